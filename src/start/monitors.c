/* SPDX-License-Identifier: Apache-2.0 */
/* The monitors of all oci handlers that CRI-O keeps, default or not: a missing one, or a monitor
 * cgroup that the cgroup manager does not accept, stops CRI-O. Mirrors
 * RuntimeConfig.TranslateMonitorFields. Without running monitors, their answer to `--version` is
 * assumed to be fine. */
#include <errno.h>

#include "inherit/drop.h"
#include "node/monitors.h"
#include "start/judge.h"

/* Returns a field of a handler after CRI-O's translation; UNSET if there is no memory. */
static struct heir_origin get_translated(
	struct heir_judge *judge, const struct heir_result *result, enum heir_field field)
{
	struct heir_origin origin = {.kind = HEIR_KIND_UNSET};
	int r = heir_result_get(judge->res, result, field, &origin);

	if (r < 0)
		judge->error = r;
	return origin;
}

static struct heir_place origin_place(struct heir_judge *judge, const struct heir_result *result,
	const struct heir_origin *origin)
{
	if (origin->node == 0)
		return heir_write_key_place(judge->config, result->handler->table);
	return heir_node_place(judge->config, origin->source,
		heir_toml_value_span(judge->config->docs[origin->source], origin->node));
}

/* Returns the path of a conmon that a handler's table or a distribution's package has. */
static const char *find_conmon(struct heir_judge *judge)
{
	static const char *const places[] = {"/usr/libexec/crio/conmon", "/usr/bin/conmon",
		"/usr/libexec/podman/conmon", "/usr/local/bin/conmon", "/usr/sbin/conmon"};
	struct stat st;

	for (unsigned i = 0; i < ARRAY_LEN(places); i++)
		if (heir_root_stat(judge->root, places[i], &st) == 0 && S_ISREG(st.st_mode) &&
			(st.st_mode & 0111) != 0)
			return places[i];
	return NULL;
}

static void add_conmon_help(struct heir_judge *judge, struct heir_diag *diag)
{
	const char *conmon = find_conmon(judge);

	if (conmon)
		heir_judge_help(
			judge, diag, "set monitor_path = \"%s\" in the handler's table", conmon);
	else
		heir_judge_help(judge, diag, "install conmon, or set monitor_path to it");
}

/* Returns why the path cannot be run as a monitor, or NULL. */
static const char *problem_of(struct heir_judge *judge, const char *path)
{
	struct stat st;

	if (heir_root_is_assumed(judge->root) && path[0] != '/')
		return "is not an absolute path";
	if (heir_root_is_assumed(judge->root))
		return heir_root_find(judge->root, path) < 0 ? "does not exist" : NULL;
	if (heir_root_stat(judge->root, path, &st) < 0)
		return heir_judge_is_bare(judge) ? NULL : "does not exist";
	if (path[0] != '/')
		return "is not an absolute path";
	if (S_ISDIR(st.st_mode))
		return "is a directory";
	if (!S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0)
		return "is not executable";
	return st.st_size == 0 ? "is empty" : NULL;
}

/* Returns what CRI-O would not accept in the answer to --version, or NULL. */
static const char *answer_problem(struct heir_judge *judge, struct heir_str path)
{
	const char *problem = NULL, *words;
	int r = judge->res->monitors ? heir_monitors_ask(judge->res->monitors, path, &problem) : 0;

	if (r < 0)
		judge->error = r;
	if (r < 0 || !problem)
		return NULL;
	words = heir_arena_concat(&judge->core->arena, "--version ", problem, "");
	if (!words)
		judge->error = -ENOMEM;
	return words;
}

/* Checks that the monitor exists, is executable, and answers --version. */
static void judge_path(struct heir_judge *judge, const struct heir_result *result)
{
	struct heir_origin path = get_translated(judge, result, HEIR_FIELD_monitor_path);
	struct heir_str name = result->handler->name;
	struct heir_diag *diag = NULL;
	const char *problem;
	char *z;

	if (judge->error < 0)
		return;
	if (path.value.string.len == 0 && heir_judge_is_bare(judge))
		return;
	if (path.value.string.len == 0) {
		diag = heir_judge_stop(judge, HEIR_RULE_MONITOR_MISSING,
			origin_place(judge, result, &path),
			"handler \"%.*s\" has no monitor_path, and \"conmon\" is not in $PATH",
			HEIR_STR_ARG(name));
	} else {
		z = heir_arena_strndup(
			&judge->core->arena, path.value.string.p, path.value.string.len);
		problem = z && path.kind != HEIR_KIND_PATH ? problem_of(judge, z) : NULL;
		if (!z)
			judge->error = -ENOMEM;
		else if (!problem)
			problem = answer_problem(judge, path.value.string);
		if (problem)
			diag = heir_judge_stop(judge, HEIR_RULE_MONITOR_MISSING,
				origin_place(judge, result, &path),
				"monitor of handler \"%.*s\": %s %s", HEIR_STR_ARG(name), z,
				problem);
	}
	if (!diag)
		return;
	diag->handler = name;
	add_conmon_help(judge, diag);
}

static bool ends_in_slice(struct heir_str cgroup)
{
	const char *suffix = ".slice";
	size_t len = strlen(suffix);

	return cgroup.len >= len && memcmp(cgroup.p + cgroup.len - len, suffix, len) == 0;
}

/* Checks monitor_cgroup: "pod", or with systemd a slice. */
static void judge_cgroup(struct heir_judge *judge, const struct heir_result *result)
{
	struct heir_str manager = heir_config_setting(judge->config, HEIR_SETTING_cgroup_manager);
	struct heir_origin cgroup = get_translated(judge, result, HEIR_FIELD_monitor_cgroup);
	struct heir_str text = cgroup.value.string;
	bool systemd = heir_str_eqz(manager, "systemd");
	const struct heir_write *written = judge->config->settings[HEIR_SETTING_cgroup_manager];
	struct heir_diag *diag;

	/* An invalid cgroup manager is reported separately. */
	if (judge->error < 0 || (!systemd && !heir_str_eqz(manager, "cgroupfs")) ||
		heir_str_eqz(text, "pod") || (systemd ? ends_in_slice(text) : text.len == 0))
		return;
	diag = heir_judge_stop(judge, HEIR_RULE_CGROUP_MISMATCH,
		cgroup.node ? origin_place(judge, result, &cgroup)
			    : heir_write_value_place(judge->config, written),
		"monitor_cgroup of handler \"%.*s\" is \"%.*s\", and cgroup_manager %.*s accepts "
		"only %s",
		HEIR_STR_ARG(result->handler->name), HEIR_STR_ARG(text), HEIR_STR_ARG(manager),
		systemd ? "\"pod\" or a slice" : "\"pod\"");
	if (!diag)
		return;
	diag->handler = result->handler->name;
	heir_judge_help(judge, diag, "write monitor_cgroup = \"pod\"");
}

void heir_judge_monitors(struct heir_judge *judge)
{
	for (uint32_t i = 0; i < judge->config->n_handlers && judge->error == 0; i++) {
		const struct heir_result *result = &judge->res->results[i];
		struct heir_origin type;

		if (result->dropped)
			continue;
		type = get_translated(judge, result, HEIR_FIELD_runtime_type);
		if (type.value.string.len == 0 || heir_str_eqz(type.value.string, "oci")) {
			judge_path(judge, result);
			judge_cgroup(judge, result);
		}
		heir_core_forget_values(judge->core);
	}
}
