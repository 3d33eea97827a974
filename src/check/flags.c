/* SPDX-License-Identifier: Apache-2.0 */
/* Flags and variables of the daemon: which keys of the files they override. */
#include <errno.h>

#include "check/check.h"
#include "config/flags.h"

/* Returns the key of that name in a table, in any case; the last of several; 0 for none. */
static heir_toml_node find_flag_key(
	const struct heir_toml_doc *doc, heir_toml_node table, struct heir_str name)
{
	heir_toml_node found = 0;

	if (heir_toml_type(doc, table) != HEIR_TOML_TABLE)
		return 0;
	heir_toml_foreach (node, doc, table)
		if (heir_str_eqfold(heir_toml_key(doc, node), name))
			found = node;
	return found;
}

/* Returns the node with the same keys as `node` in another document, or 0. Names of handlers are
 * case-sensitive. */
static heir_toml_node same_key(const struct heir_toml_doc *flags, heir_toml_node node,
	const struct heir_toml_doc *doc, bool is_handler)
{
	heir_toml_node path[8], at = HEIR_TOML_ROOT;
	unsigned n = 0;

	for (; node != HEIR_TOML_ROOT && n < ARRAY_LEN(path); node = heir_toml_parent(flags, node))
		path[n++] = node;
	while (n-- > 0) {
		struct heir_str key = heir_toml_key(flags, path[n]);

		at = is_handler && n == 0 ? heir_toml_get(doc, at, key)
					  : find_flag_key(doc, at, key);
		if (at == 0)
			return 0;
	}
	return at;
}

/* Returns whether two values are equal. */
static bool is_same_setting(struct heir_check *check, uint32_t flags, heir_toml_node node,
	uint32_t file, heir_toml_node other)
{
	const struct heir_toml_doc *a = check->config->docs[flags], *b = check->config->docs[file];
	struct heir_toml_span x = heir_toml_value_span(a, node), y = heir_toml_value_span(b, other);
	struct heir_str one, two;

	if (heir_toml_type(a, node) != heir_toml_type(b, other))
		return false;
	if (heir_toml_type(a, node) != HEIR_TOML_STRING)
		return heir_str_eq((struct heir_str){heir_toml_text(a).p + x.at, x.len},
			(struct heir_str){heir_toml_text(b).p + y.at, y.len});
	one = heir_config_string(check->config, flags, node);
	two = heir_config_string(check->config, file, other);
	if (!one.p || !two.p)
		check->error = -ENOMEM;
	return heir_str_eq(one, two);
}

/* Reports the last file that sets the key, which the flag overrides. */
static void check_key(
	struct heir_check *check, uint32_t flags, heir_toml_node node, bool is_handler)
{
	const struct heir_config *config = check->config;
	struct heir_str key = heir_toml_key(config->docs[flags], node);
	struct heir_diag *diag;

	for (uint32_t i = flags; i-- > 0;) {
		enum heir_scope scope = heir_scope_of(check, i);
		heir_toml_node other = 0;

		if (!config->docs[i] || heir_toml_fatal(config->docs[i]) ||
			(scope != HEIR_SCOPE_CONF && scope != HEIR_SCOPE_DROPIN &&
				scope != HEIR_SCOPE_VENDOR && scope != HEIR_SCOPE_HEIR) ||
			check->core->sources.items[i].rendered)
			continue;
		other = same_key(config->docs[flags], node, config->docs[i], is_handler);
		if (other == 0)
			continue;
		if (!is_handler && is_same_setting(check, flags, node, i, other))
			return;
		diag = heir_find(check, HEIR_RULE_FLAG_OVERRIDES,
			heir_key_place(check, flags, node),
			is_handler ? "%s replaces the table of handler \"%.*s\""
				   : "%s overrides %.*s",
			heir_flags_by(
				&config->flags, heir_toml_key_span(config->docs[flags], node).at),
			HEIR_STR_ARG(key));
		if (diag && is_handler)
			diag->handler = key;
		heir_find_note(check, diag,
			is_handler ? heir_key_place(check, i, other)
				   : heir_value_place(check, i, other),
			"this has no effect");
		return;
	}
}

/* Checks the keys of tables, and handlers as a whole. */
static void check_table(
	struct heir_check *check, uint32_t source, heir_toml_node table, unsigned depth)
{
	const struct heir_toml_doc *doc = check->config->docs[source];
	const struct heir_str runtimes = HEIR_STR("runtimes");

	heir_toml_foreach (node, doc, table) {
		bool handlers = depth == 2 && heir_str_eq(heir_toml_key(doc, node), runtimes);

		if (heir_toml_type(doc, node) != HEIR_TOML_TABLE)
			check_key(check, source, node, false);
		else if (handlers)
			heir_toml_foreach (handler, doc, node)
				check_key(check, source, handler, true);
		else if (depth < 4) /* the depth of the document of the flags */
			check_table(check, source, node, depth + 1);
	}
}

void heir_check_flags(struct heir_check *check)
{
	for (uint32_t i = 0; i < check->config->n_docs && check->error == 0; i++)
		if (heir_scope_of(check, i) == HEIR_SCOPE_FLAG)
			check_table(check, i, HEIR_TOML_ROOT, 0);
}
