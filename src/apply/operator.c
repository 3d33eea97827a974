/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a runtime can operate a container. First what costs nothing: the state directory must be
 * the very one in which the container was created, and the kind of the state file must be what the
 * runtime's --version names. Copies, links, wrappers and moved directories pass so, and a file that
 * was replaced by another runtime does not. On this machine the runtime is then asked as CRI-O does
 * it, RUNTIME --root ROOT state ID, and that answer counts: once for each kind of state where the
 * kinds agree, and for every container where they do not, because a wrapper may choose. */
#include "apply/operator.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "check/check.h"
#include "inherit/late.h"
#include "node/probe.h"

enum { MAX_OUTPUT = 1 << 20, MAX_FAILURES = 16 };

/* ---- A handler's ---- */

static int get_path(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, struct heir_arena *arena, const char **ret)
{
	struct heir_origin origin;
	int r = heir_result_get(res, result, field, &origin);

	if (r < 0)
		return r;
	heir_value_fill_in(res->config, field, &origin.value);
	*ret = heir_arena_strndup(arena, origin.value.string.p, origin.value.string.len);
	return *ret ? 0 : -ENOMEM;
}

int heir_operator_init(struct heir_operator *operator, const struct heir_resolution * res,
	struct heir_str name, struct heir_arena *arena)
{
	const struct heir_result *result = heir_resolution_find(res, name);
	const char *type;
	int r;

	*operator=(struct heir_operator){.gone = true, .path = "", .root = ""};
	if (!result || result->dropped)
		return 0;
	operator->gone = false;
	r = get_path(res, result, HEIR_FIELD_runtime_path, arena, &operator->path);
	if (r == 0)
		r = get_path(res, result, HEIR_FIELD_runtime_root, arena, &operator->root);
	if (r == 0)
		r = get_path(res, result, HEIR_FIELD_runtime_type, arena, &type);
	if (r == 0)
		operator->vm = strcmp(type, "vm") == 0;
	return r;
}

/* ---- Kinds ---- */

enum heir_state_form heir_state_form_of(struct heir_str text)
{
	size_t n = 0;

	while (n < text.len && text.p[n] != ' ' && text.p[n] != '\n')
		n++;
	text.len = n;
	if (heir_str_eqz(text, "crun"))
		return HEIR_FORM_CRUN;
	if (heir_str_eqz(text, "runc"))
		return HEIR_FORM_RUNC;
	return n > 0 ? HEIR_FORM_OTHER : HEIR_FORM_UNKNOWN;
}

/* Elsewhere nothing is run: "crun", "crun-wasm", "/usr/local/bin/crun.real". */
static enum heir_state_form kind_of_name(const char *path)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;

	if (strncmp(name, "crun", 4) == 0 || strcmp(name, "krun") == 0)
		return HEIR_FORM_CRUN;
	return strncmp(name, "runc", 4) == 0 ? HEIR_FORM_RUNC : HEIR_FORM_UNKNOWN;
}

static int run_operator(const struct heir_operator *operator, struct heir_operating * operating,
	const char *const *args, struct heir_str *ret)
{
	uint64_t begun = heir_trace_begin(operating->trace);
	int left = heir_deadline_left(operating->deadline, HEIR_PROBE_MS);
	int fd = left > 0 ? heir_probe_open(operator->path) : -ETIMEDOUT, r = fd;

	if (fd >= 0) {
		r = heir_probe_run_for(
			fd, args, left, MAX_OUTPUT, operating->arena, operating->trace, ret);
		close(fd);
	}
	heir_trace_report(operating->trace, begun, HEIR_TRACE_probe, operator->path,
		r < 0 ? "failed" : "ran", "%s: %s%d", args[1], r < 0 ? "error " : "status ",
		r < 0 ? -r : r);
	return r;
}

static int ask_kind(struct heir_operator *operator, struct heir_operating * operating)
{
	const char *const args[] = {operator->path, "--version", NULL};
	struct heir_str text = HEIR_STR_NULL;
	int r;

	if (operator->is_probed)
		return 0;
	operator->is_probed = true;
	if (!operating->live) {
		operator->kind = kind_of_name(operator->path);
		operator->problem = "it is not run";
		return 0;
	}
	r = run_operator(operator, operating, args, &text);
	if (r == -ENOMEM)
		return r;
	if (r == 0)
		operator->kind = heir_state_form_of(text);
	/* A runtime that does not support --version may still support `state`. */
	else if (r < 0)
		operator->problem = r == - EPERM ? "writable by non-root users"
						 : heir_file_error(r);
	return 0;
}

/* ---- State ---- */

static int stat_state(struct heir_operating *operating, const char *root, struct heir_str id,
	const char *name, struct stat *ret)
{
	const char *path =
		heir_arena_printf(operating->arena, "%s/%.*s%s", root, HEIR_STR_ARG(id), name);

	return path ? heir_root_stat(operating->root, path, ret) : -ENOMEM;
}

/* Returns whether it exists and is the directory in which the container was created. 1; 0;
 * -errno. */
static int is_its_state(const struct heir_operator *operator, struct heir_operating * operating,
	const struct heir_container *container)
{
	struct stat there, own;
	int r = stat_state(operating, operator->root, container->id, "", &there);

	if (r == 0 && container->root)
		r = stat_state(operating, container->root, container->id, "", &own);
	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r < 0 || !container->root)
		return r < 0 ? r : 1;
	return there.st_dev == own.st_dev && there.st_ino == own.st_ino;
}

static int kind_of_state(const struct heir_operator *operator, struct heir_operating * operating,
	struct heir_str id, enum heir_state_form *ret)
{
	struct stat st;
	int r = stat_state(operating, operator->root, id, "/status", &st);

	*ret = HEIR_FORM_CRUN;
	if (r != -ENOENT)
		return r;
	r = stat_state(operating, operator->root, id, "/state.json", &st);
	*ret = r == 0 ? HEIR_FORM_RUNC : HEIR_FORM_UNKNOWN;
	return r == -ENOENT ? 0 : r;
}

/* Queries the runtime as CRI-O does. Returns 0 if it knows the container, positive if not,
 * -errno. */
static int query_state(const struct heir_operator *operator, struct heir_operating * operating,
	const struct heir_container *container)
{
	const char *id = heir_arena_strndup(operating->arena, container->id.p, container->id.len);
	const char *const args[] = {operator->path, "--root", operator->root, "state", id, NULL};
	struct heir_str text;

	return id ? run_operator(operator, operating, args, &text) : -ENOMEM;
}

/* ---- Judging ---- */

static int judge_state(struct heir_operator *operator, struct heir_operating * operating,
	const struct heir_container *container, bool *ret)
{
	enum heir_state_form kind;
	int r = kind_of_state(operator, operating, container->id, &kind);
	bool same;

	if (r == 0)
		r = ask_kind(operator, operating);
	if (r < 0)
		return r;
	same = kind == operator->kind && kind != HEIR_FORM_UNKNOWN;
	*ret = same;
	if (operator->problem ||(same &&operator->harmless>> kind & 1))
		return 0;
	/* Enough failures: the others would fail as well. */
	if (operating->n_asked >= MAX_FAILURES && !same)
		return 0;
	r = query_state(operator, operating, container);
	if (r < 0)
		return r;
	*ret = r == 0;
	if (r == 0 && same)
		operator->harmless |=(uint8_t)(1u << kind);
	operating->n_asked += r > 0;
	return 0;
}

int heir_operator_judge(struct heir_operator *operator, struct heir_operating * operating,
	const struct heir_container *container, enum heir_operates *ret)
{
	bool fine = false;
	int r = is_its_state(operator, operating, container);

	*ret = HEIR_OPERATES_OTHER_ROOT;
	if (r <= 0)
		return r;
	/* heir-runtime runs the recorded runtime, or the one that the state belongs to. */
	if (heir_late_handler_of(heir_str_from(operator->path)).p) {
		*ret = HEIR_OPERATES;
		return 0;
	}
	r = judge_state(operator, operating, container, &fine);
	*ret = fine ? HEIR_OPERATES : HEIR_OPERATES_NOT;
	return r;
}
