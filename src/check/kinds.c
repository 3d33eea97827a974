/* SPDX-License-Identifier: Apache-2.0 */
/* Binaries that do not fit the handler's type or each other, judged by their names. */
#include <errno.h>
#include <string.h>

#include "check/check.h"

/* A handler that CRI-O keeps. */
struct subject {
	struct heir_check *check;
	const struct heir_result *result;
	const char *path; /* runtime_path, or NULL */
	struct heir_origin origin;
	struct heir_str type; /* "oci" instead of "" */
};

static struct heir_str base_of(struct heir_str path)
{
	const char *slash = path.len ? memrchr(path.p, '/', path.len) : NULL;

	return slash ? (struct heir_str){slash + 1, (size_t)(path.p + path.len - slash - 1)} : path;
}

static bool is_oci_subject(const struct subject *s)
{
	return heir_str_eqz(s->type, "oci");
}

static const char *terminated_text(const struct subject *s, struct heir_str text)
{
	const char *z = heir_arena_strndup(&s->check->core->arena, text.p, text.len);

	if (!z)
		s->check->error = -ENOMEM;
	return z;
}

/* Inherited values are reported where they are written. */
static void check_type(const struct subject *s)
{
	struct heir_str base = base_of(s->origin.value.string);
	bool shim = heir_str_starts(base, "containerd-shim-");
	struct heir_diag *diag;

	if (!is_oci_subject(s) || s->origin.kind == HEIR_KIND_INHERITED ||
		(!shim && !heir_str_eqz(base, "kata-runtime")))
		return;
	diag = heir_find(s->check, HEIR_RULE_TYPE_MISSING,
		heir_origin_place(s->check, s->result->handler, &s->origin),
		shim ? "%.*s speaks containerd's shim protocol, and runtime_type is not \"vm\": no "
		       "pod "
		       "starts"
		     : "%.*s is not an OCI runtime since Kata Containers 2.0: no pod starts",
		HEIR_STR_ARG(s->origin.value.string));
	heir_find_about(diag, s->result->handler);
	heir_find_help(s->check, diag,
		shim ? "write runtime_type = \"vm\""
		     : "use containerd-shim-kata-v2 with runtime_type = \"vm\"");
}

/* ---- platform_runtime_paths ---- */

/* Reports an entry of platform_runtime_paths, at its key if a file has it. */
static void report_platform(const struct subject *s, const struct heir_origin *map,
	const struct heir_entry *entry, const char *path, bool missing)
{
	const struct heir_toml_doc *doc = s->check->config->docs[map->source];
	struct heir_place where = heir_value_place(s->check, map->source, map->node);
	struct heir_diag *diag;

	heir_toml_foreach (node, doc, map->node)
		if (heir_str_eq(heir_toml_key(doc, node), entry->key))
			where = heir_value_place(s->check, map->source, node);
	diag = missing ? heir_find(s->check, HEIR_RULE_PLATFORM_RUNTIME, where,
				 "%s does not exist: pods of the platform \"%.*s\" do not start",
				 path, HEIR_STR_ARG(entry->key))
		       : heir_find(s->check, HEIR_RULE_PLATFORM_RUNTIME, where,
				 "pods of the platform \"%.*s\" run %s, which is another runtime "
				 "than %s, with the same runtime_root",
				 HEIR_STR_ARG(entry->key), path, s->path);
	heir_find_about(diag, s->result->handler);
}

static void check_platform(
	const struct subject *s, const struct heir_origin *map, const struct heir_entry *entry)
{
	const char *path = terminated_text(s, entry->value), *own, *other;

	if (!path || path[0] == '\0')
		return;
	own = s->path ? heir_runtime_of(s->path) : NULL;
	other = heir_runtime_of(path);
	if (path[0] == '/' && heir_root_find(&s->check->core->root, path) == -ENOENT)
		report_platform(s, map, entry, path, true);
	else if (own && other && strcmp(own, other) != 0)
		report_platform(s, map, entry, path, false);
}

static void check_platforms(const struct subject *s)
{
	struct heir_origin map;

	if (!heir_check_own(
		    s->check, s->check->stock, s->result, HEIR_FIELD_platform_runtime_paths, &map))
		return;
	for (uint32_t i = 0; i < map.value.list.n && s->check->error == 0; i++)
		check_platform(s, &map, &map.value.list.entries[i]);
}

/* ---- The monitor ---- */

/* A monitor that [crio.runtime] sets for all handlers is reported once: *reported. */
static void check_monitor(const struct subject *s, bool *reported)
{
	const struct heir_write *global = s->check->stock_config->settings[HEIR_SETTING_conmon];
	struct heir_origin path;
	struct heir_diag *diag;
	struct heir_str base;
	bool rust, wrong, is_global;

	if (!heir_check_get(s->check, s->check->stock, s->result, HEIR_FIELD_monitor_path, &path))
		return;
	base = base_of(path.value.string);
	rust = heir_str_eqz(base, "conmonrs") || heir_str_eqz(base, "conmon-rs");
	wrong = is_oci_subject(s) ? rust
				  : heir_str_eqz(s->type, "pod") && heir_str_eqz(base, "conmon");
	is_global = global && path.node == global->node && path.source == global->source;
	if (!wrong || path.kind == HEIR_KIND_INHERITED || (is_global && *reported))
		return;
	*reported |= is_global;
	diag = heir_find(s->check, HEIR_RULE_MONITOR_TYPE,
		heir_origin_place(s->check, s->result->handler, &path),
		is_oci_subject(s)
			? "%.*s is the monitor for runtime_type \"pod\", and \"%.*s\" is of type "
			  "oci"
			: "%.*s is the monitor for runtime_type \"oci\", and \"%.*s\" is of type "
			  "pod",
		HEIR_STR_ARG(path.value.string), HEIR_STR_ARG(s->result->handler->name));
	heir_find_about(diag, s->result->handler);
	heir_find_help(s->check, diag, is_oci_subject(s) ? "use conmon" : "use conmonrs");
}

void heir_check_kinds(struct heir_check *check)
{
	bool reported = false;

	for (uint32_t i = 0; i < check->stock_config->n_handlers && check->error == 0; i++) {
		struct subject s = {.check = check,
			.result = heir_kept_by_stock(check, check->stock_config->handlers[i])};
		struct heir_origin type;

		if (!s.result ||
			!heir_check_get(
				check, check->stock, s.result, HEIR_FIELD_runtime_type, &type) ||
			!heir_check_get(
				check, check->stock, s.result, HEIR_FIELD_runtime_path, &s.origin))
			continue;
		s.type = type.value.string.len ? type.value.string : HEIR_STR("oci");
		s.path = s.origin.value.string.len ? terminated_text(&s, s.origin.value.string)
						   : NULL;
		check_type(&s);
		check_platforms(&s);
		check_monitor(&s, &reported);
		heir_core_forget_values(check->core);
	}
}
