/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: those that no release has, or not this one, and other spellings. CRI-O ignores all of them
 * silently. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "check/check.h"
#include "check/fix.h"
#include "config/schema.h"

/* A table that remains to be walked. */
struct todo {
	heir_toml_node node;
	enum heir_key_table as;
};

struct walk {
	struct heir_check *check;
	const struct heir_toml_doc *doc;
	struct heir_version version;
	uint32_t source;
	struct todo *todo;
	size_t n, size;
	unsigned n_unknown;
	/* For one table: how often each key occurs, in any spelling. */
	struct heir_map spellings;
	heir_toml_node counted;
};

/* After this many unknown keys no similar names are searched: they are not typing mistakes. */
enum { MANY_UNKNOWN = 200 };

static void push_table(struct walk *w, heir_toml_node node, enum heir_key_table as)
{
	if (HEIR_RESERVE(w->todo, w->n, w->size) < 0) {
		w->check->error = -ENOMEM;
		return;
	}
	w->todo[w->n++] = (struct todo){node, as};
}

/* Names a table in messages. */
static const char *table_words(enum heir_key_table table)
{
	static const char *const words[] = {
		[HEIR_KEYS_ROOT] = "the top of a file",
		[HEIR_KEYS_CRIO] = "[crio]",
		[HEIR_KEYS_API] = "[crio.api]",
		[HEIR_KEYS_CHECKPOINT] = "[crio.checkpoint_restore]",
		[HEIR_KEYS_IMAGE] = "[crio.image]",
		[HEIR_KEYS_METRICS] = "[crio.metrics]",
		[HEIR_KEYS_NETWORK] = "[crio.network]",
		[HEIR_KEYS_NRI] = "[crio.nri]",
		[HEIR_KEYS_VALIDATOR] = "[crio.nri.default_validator]",
		[HEIR_KEYS_RUNTIME] = "[crio.runtime]",
		[HEIR_KEYS_WORKLOAD] = "a workload's table",
		[HEIR_KEYS_RESOURCES] = "a workload's resources",
		[HEIR_KEYS_STATS] = "[crio.stats]",
		[HEIR_KEYS_TRACING] = "[crio.tracing]",
		[HEIR_KEYS_HANDLER] = "a handler's table",
	};

	return words[table];
}

/* Returns the key that was probably meant: a similar one of the same table. */
static struct heir_str nearest_key(
	const struct walk *w, enum heir_key_table as, struct heir_str key)
{
	struct heir_near near = heir_near_to(key, &w->check->core->effort);

	for (unsigned i = 0; i < heir_n_key_rows; i++)
		if (heir_key_rows[i].table == as &&
			heir_key_is_known(&heir_key_rows[i], w->version))
			heir_near_try(&near, heir_key_rows[i].name);
	for (unsigned f = 0; f < HEIR_N_FIELDS; f++)
		if (as == HEIR_KEYS_HANDLER && w->check->config->field_known[f])
			heir_near_try(&near, heir_fields[f].name);
	if (as == HEIR_KEYS_RUNTIME)
		heir_near_try(&near, heir_setting_names[HEIR_SETTING_implicit_inherit]);
	return near.best;
}

/* Returns a key as CRI-O's documentation spells it: one without a tag in lower case, instead of
 * the Go name. Empty if there is no memory. */
static struct heir_str documented_name(struct walk *w, struct heir_str name)
{
	char *lower = heir_arena_strndup(&w->check->core->arena, name.p, name.len);

	if (!lower) {
		w->check->error = -ENOMEM;
		return HEIR_STR("");
	}
	for (char *p = lower; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 'a' - 'A');
	return (struct heir_str){lower, name.len};
}

/* Returns the table that has a key of exactly this name, or NOWHERE. */
static enum heir_key_table home_of(struct heir_str key)
{
	bool exact;

	for (unsigned i = 0; i < heir_n_key_rows; i++)
		if (heir_str_eqfold(key, heir_key_rows[i].name))
			return heir_key_rows[i].table;
	return heir_field_by_name(key, &exact) < HEIR_N_FIELDS ? HEIR_KEYS_HANDLER
							       : HEIR_KEYS_NOWHERE;
}

/* Users cannot fix a vendor's files. */
static bool is_vendors(const struct walk *w)
{
	return heir_is_of_vendor(w->check, w->source);
}

static void offer_fix(struct walk *w, struct heir_diag *diag, enum heir_fix_kind kind,
	heir_toml_node node, struct heir_str text)
{
	heir_find_fix(w->check, diag, &(struct heir_fix){kind, w->source, node, text, NULL});
}

/* Reports a key that no release has, with the nearest name or the table where it belongs. */
static void report_unknown(struct walk *w, heir_toml_node node, enum heir_key_table as)
{
	struct heir_str key = heir_toml_key(w->doc, node);
	enum heir_key_table home = home_of(key);
	struct heir_str near;
	struct heir_diag *diag;

	if (is_vendors(w))
		return;
	near = w->n_unknown++ < MANY_UNKNOWN ? nearest_key(w, as, key) : HEIR_STR_NULL;
	diag = heir_find(w->check, HEIR_RULE_KEY_UNKNOWN, heir_key_place(w->check, w->source, node),
		"no release of CRI-O knows \"%.*s\" in %s; it is ignored", HEIR_STR_ARG(key),
		table_words(as));

	if (near.p) {
		near = documented_name(w, near);
		heir_find_help(w->check, diag, "did you mean \"%.*s\"?", HEIR_STR_ARG(near));
	} else if (home != HEIR_KEYS_NOWHERE)
		heir_find_help(w->check, diag, "it belongs in %s", table_words(home));
	else
		offer_fix(w, diag, HEIR_FIX_REMOVE, node, HEIR_STR(""));
}

/* If similar names were not searched, no key is removed, so that --fix gives the same result when
 * it runs again. */
static void take_offers_back(struct walk *w)
{
	for (uint32_t i = 0; w->n_unknown > MANY_UNKNOWN && i < w->check->findings.n; i++)
		if (w->check->findings.items[i]->rule == HEIR_RULE_KEY_UNKNOWN)
			w->check->findings.items[i]->fix = NULL;
}

/* "1.36 1.34.8 1.35.3": the first one is the minor. */
static void too_new(struct walk *w, heir_toml_node node, const char *since)
{
	size_t first = strcspn(since, " ");
	struct heir_str key = heir_toml_key(w->doc, node);
	struct heir_diag *diag;

	if (is_vendors(w))
		return;
	diag = heir_find(w->check, HEIR_RULE_KEY_TOO_NEW, heir_key_place(w->check, w->source, node),
		"CRI-O 1.%u does not know \"%.*s\" and ignores it: it was added in %.*s",
		w->version.minor, HEIR_STR_ARG(key), (int)first, since);

	if (since[first])
		heir_find_help(
			w->check, diag, "these patch releases have it too:%s", since + first);
}

static void report_removed(struct walk *w, heir_toml_node node, const char *until)
{
	struct heir_str key = heir_toml_key(w->doc, node);
	struct heir_diag *diag;

	if (is_vendors(w))
		return;
	diag = heir_find(w->check, HEIR_RULE_KEY_REMOVED, heir_key_place(w->check, w->source, node),
		"CRI-O 1.%u ignores \"%.*s\": the last release that had it was %s",
		w->version.minor, HEIR_STR_ARG(key), until);

	heir_find_help(w->check, diag, "remove the line");
	offer_fix(w, diag, HEIR_FIX_REMOVE, node, HEIR_STR(""));
}

/* Returns a key in its own spelling, empty if it is unknown. */
static struct heir_str own_name(const struct walk *w, enum heir_key_table as, heir_toml_node node)
{
	struct heir_str key = heir_toml_key(w->doc, node);
	struct heir_str own = heir_setting_names[HEIR_SETTING_implicit_inherit];
	const struct heir_key_row *row;
	enum heir_key_state state;
	enum heir_field field;
	bool exact;

	if (as == HEIR_KEYS_HANDLER) {
		field = heir_field_by_name(key, &exact);
		return field < HEIR_N_FIELDS ? heir_fields[field].name : HEIR_STR("");
	}
	row = heir_key_find_any(as, key, w->version, &exact, &state);
	if (row)
		return row->name;
	return as == HEIR_KEYS_RUNTIME && heir_str_eqfold(key, own) ? own : HEIR_STR("");
}

/* Counts once per table: searching the table for each key would be quadratic. */
static void count_spellings(struct walk *w, heir_toml_node table, enum heir_key_table as)
{
	heir_map_release(&w->spellings);
	w->counted = table;
	heir_toml_foreach (node, w->doc, table) {
		struct heir_str name = own_name(w, as, node);
		uint32_t n;
		bool is_new;

		if (name.len == 0)
			continue;
		if (heir_map_put(&w->spellings, name, 1, &n, &is_new) < 0)
			w->check->error = -ENOMEM;
		else if (!is_new)
			heir_map_replace(&w->spellings, name, n + 1);
	}
}

/* Reports another spelling. If the right one is there too, key-twice reports it. */
static void report_spelling(
	struct walk *w, enum heir_key_table as, heir_toml_node node, struct heir_str name)
{
	struct heir_str key = heir_toml_key(w->doc, node);
	struct heir_diag *diag;

	if (is_vendors(w))
		return;
	for (size_t i = 0; i < name.len; i++)
		if (name.p[i] >= 'A' && name.p[i] <= 'Z')
			/* a Go name without tag, for which there is no customary spelling */
			return;
	if (w->counted != heir_toml_parent(w->doc, node))
		count_spellings(w, heir_toml_parent(w->doc, node), as);
	if (heir_map_get(&w->spellings, name) != 1)
		return;
	diag = heir_find(w->check, HEIR_RULE_KEY_CASE, heir_key_place(w->check, w->source, node),
		"CRI-O reads \"%.*s\" as \"%.*s\", but other readers of the file do not",
		HEIR_STR_ARG(key), HEIR_STR_ARG(name));
	heir_find_help(w->check, diag, "write \"%.*s\"", HEIR_STR_ARG(name));
	offer_fix(w, diag, HEIR_FIX_SPELL, node, name);
}

static void report_deprecated(struct walk *w, heir_toml_node node, const struct heir_key_row *row)
{
	struct heir_diag *diag;

	if (row->deprecated[0] == '\0' || is_vendors(w) ||
		w->check->core->sources.items[w->source].rendered ||
		heir_key_is_default(row, w->version, w->doc, node))
		return;
	diag = heir_find(w->check, HEIR_RULE_KEY_DEPRECATED,
		heir_key_place(w->check, w->source, node), "\"%.*s\" is deprecated",
		HEIR_STR_ARG(row->name));
	heir_find_help(w->check, diag, "%s", row->deprecated);
}

/* Checks heir's own tables in a handler: an entry of inherit_when. */
static void check_condition(struct walk *w, heir_toml_node entry)
{
	static const struct heir_str names[] = {HEIR_STR("inherit"), HEIR_STR("when")};

	if (heir_toml_type(w->doc, entry) != HEIR_TOML_TABLE || is_vendors(w))
		return;
	heir_toml_foreach (node, w->doc, entry) {
		struct heir_str key = heir_toml_key(w->doc, node);
		struct heir_near near = heir_near_to(key, &w->check->core->effort);
		struct heir_diag *diag;

		if (heir_str_eq(key, names[0]) || heir_str_eq(key, names[1]))
			continue;
		heir_near_try(&near, names[0]);
		heir_near_try(&near, names[1]);
		diag = heir_find(w->check, HEIR_RULE_KEY_UNKNOWN,
			heir_key_place(w->check, w->source, node),
			"\"%.*s\" is not a key of inherit_when; it is ignored", HEIR_STR_ARG(key));
		if (near.best.p)
			heir_find_help(
				w->check, diag, "did you mean \"%.*s\"?", HEIR_STR_ARG(near.best));
		else
			offer_fix(w, diag, HEIR_FIX_REMOVE, node, HEIR_STR(""));
	}
}

/* Checks a key of a handler's table. */
static void check_field(struct walk *w, heir_toml_node node)
{
	bool exact;
	enum heir_field field = heir_field_by_name(heir_toml_key(w->doc, node), &exact);

	if (field == HEIR_N_FIELDS) {
		report_unknown(w, node, HEIR_KEYS_HANDLER);
		return;
	}
	if (!w->check->config->field_known[field] && field < HEIR_FIRST_OWN_FIELD) {
		if (field == HEIR_FIELD_disallowed_annotations)
			report_removed(w, node, "1.30");
		else
			too_new(w, node, heir_fields[field].since);
		return;
	}
	if (!exact)
		report_spelling(w, HEIR_KEYS_HANDLER, node, heir_fields[field].name);
	if (field == HEIR_FIELD_inherit_when)
		heir_toml_foreach (entry, w->doc, node)
			check_condition(w, entry);
}

static void descend_key(struct walk *w, heir_toml_node node, const struct heir_key_row *row)
{
	if (heir_toml_type(w->doc, node) != HEIR_TOML_TABLE)
		return;
	if (row->type == HEIR_TYPE_TABLE)
		push_table(w, node, row->opens);
	else if (row->type == HEIR_TYPE_TABLES)
		heir_toml_foreach (entry, w->doc, node)
			if (heir_toml_type(w->doc, entry) == HEIR_TOML_TABLE)
				push_table(w, entry, row->opens);
}

/* Checks a key of another table, and queues the table that it opens. */
static void check_key(struct walk *w, heir_toml_node node, enum heir_key_table as)
{
	struct heir_str key = heir_toml_key(w->doc, node);
	struct heir_str own = heir_setting_names[HEIR_SETTING_implicit_inherit];
	enum heir_key_state state;
	bool exact;
	const struct heir_key_row *row = heir_key_find_any(as, key, w->version, &exact, &state);

	if (!row && as == HEIR_KEYS_RUNTIME && heir_str_eqfold(key, own)) {
		if (!heir_str_eq(key, own))
			report_spelling(w, as, node, own);
	} else if (!row) {
		report_unknown(w, node, as);
	} else if (state == HEIR_KEY_TOO_NEW) {
		/* With a backport in an unknown patch release it is not certain. */
		if (heir_version_may_have(w->version, row->since))
			descend_key(w, node, row);
		else
			too_new(w, node, row->since);
	} else if (state == HEIR_KEY_REMOVED) {
		report_removed(w, node, row->until);
	} else {
		if (!exact)
			report_spelling(w, as, node, row->name);
		report_deprecated(w, node, row);
		descend_key(w, node, row);
	}
}

static void check_source(struct walk *w)
{
	w->n = 0;
	w->counted = 0;
	push_table(w, HEIR_TOML_ROOT, HEIR_KEYS_ROOT);
	for (size_t i = 0; i < w->n && w->check->error == 0; i++) {
		struct todo next = w->todo[i];

		heir_toml_foreach (node, w->doc, next.node) {
			if (next.as == HEIR_KEYS_HANDLER)
				check_field(w, node);
			else
				check_key(w, node, next.as);
		}
	}
}

void heir_check_keys(struct heir_check *check)
{
	const struct heir_config *config = check->config;
	struct walk w = {.check = check, .version = config->where.version};

	for (uint32_t source = 0; source < config->n_docs; source++) {
		w.source = source;
		w.doc = config->docs[source];
		if (heir_is_node_file(check, source) && w.doc && !heir_toml_fatal(w.doc))
			check_source(&w);
	}
	take_offers_back(&w);
	heir_map_release(&w.spellings);
	free(w.todo);
}
