/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit/validate.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/macro.h"
#include "config/annotation.h"
#include "inherit/drop.h"
#include "inherit/order.h"
#include "node/seccomp.h"

/* A handler under judgement. Its fields are asked for as they are needed: most have few. */
struct trial {
	struct heir_resolution *res;
	struct heir_result *result;
	struct heir_str type; /* "oci" for "" */
};

static int get(const struct trial *t, enum heir_field field, struct heir_origin *ret)
{
	return heir_result_get(t->res, t->result, field, ret);
}

/* The place of what is wrong: where the value is written, or the handler's table. */
static struct heir_place place_of(const struct trial *t, const struct heir_origin *origin)
{
	const struct heir_config *config = t->res->config;

	if (origin->node == 0)
		return heir_write_key_place(config, t->result->handler->table);
	return heir_node_place(config, origin->source,
		heir_toml_value_span(config->docs[origin->source], origin->node));
}

#define REFUSE(t, rule, origin, ...)                                                              \
	(heir_drop((t)->res, (t)->result, HEIR_RULE_##rule, place_of((t), (origin)), __VA_ARGS__) \
			? 0                                                                       \
			: -ENOMEM)

static bool is_type(const struct trial *t, const char *type)
{
	return heir_str_eqz(t->type, type);
}

static int check_type(struct trial *t)
{
	struct heir_origin type;
	int r = get(t, HEIR_FIELD_runtime_type, &type);

	if (r < 0)
		return r;
	t->type = type.value.string.len ? type.value.string : HEIR_STR("oci");
	if (is_type(t, "oci") || is_type(t, "vm") || is_type(t, "pod"))
		return 0;
	return REFUSE(t, TYPE_UNKNOWN, &type, "runtime_type \"%.*s\" is not one of oci, vm, pod",
		HEIR_STR_ARG(t->type));
}

/* What can stand instead of a runtime that the image of the node lacks; NULL: nothing is known. */
static const char *help_lacking(const struct trial *t)
{
	const struct heir_overlay *overlay = t->res->core->root.overlay;
	const struct heir_os_program *p = overlay->os->programs;

	while (p && p->name && !p->has)
		p++;
	if (!p || !p->name)
		return NULL;
	return heir_arena_printf(&t->res->core->arena,
		"%s has %s: write runtime_path = \"/usr/bin/%s\" and runtime_root = \"/run/%s\"",
		overlay->os->name, p->name, p->name, p->name);
}

/* Drops the handler where it is the image of the node's operating system that lacks its binary; 1
 * where it is not. */
static int refuse_lacking(struct trial *t, const struct heir_origin *origin)
{
	struct heir_core *core = t->res->core;
	bool is_named = !heir_origin_is_unset(origin);
	struct heir_str name = is_named ? origin->value.string : t->result->handler->name;
	const char *z = heir_arena_strndup(&core->arena, name.p, name.len);
	const char *path =
		z ? heir_arena_concat(&core->arena, is_named ? "" : "/usr/bin/", z, "") : NULL;
	struct heir_diag *diag;

	if (!path)
		return -ENOMEM;
	if (heir_root_os_lookup(&core->root, path) != HEIR_OS_LACKS)
		return 1;
	diag = heir_drop(t->res, t->result, HEIR_RULE_OS_LACKS_BINARY, place_of(t, origin),
		"%s%s has no %s", is_named ? "" : "no runtime_path, and ",
		core->root.overlay->os->name, path);
	if (!diag)
		return -ENOMEM;
	diag->help = help_lacking(t);
	return 0;
}

static int check_path(struct trial *t)
{
	struct heir_origin path;
	bool missing = false;
	int r = get(t, HEIR_FIELD_runtime_path, &path);

	if (r < 0)
		return r;
	if (heir_origin_is_unset(&path)) {
		r = refuse_lacking(t, &path);
		if (r <= 0)
			return r;
		return REFUSE(t, PATH_NOT_FOUND, &path,
			"no runtime_path, and \"%.*s\" is not in $PATH",
			HEIR_STR_ARG(t->result->handler->name));
	}
	/* What $PATH answered was looked at when it was found. */
	if (t->result->lender[HEIR_FIELD_runtime_path]->path_kind != HEIR_KIND_PATH)
		r = heir_lookup_missing(&t->res->lookup, path.value.string, &missing);
	if (r < 0)
		return r;
	if (missing)
		r = refuse_lacking(t, &path);
	if (missing && r <= 0)
		return r;
	if (missing)
		return REFUSE(t, PATH_MISSING, &path, "%.*s does not exist",
			HEIR_STR_ARG(path.value.string));
	if (is_type(t, "vm") &&
		!heir_version_accepts_shim(t->res->config->where.version, path.value.string))
		return REFUSE(t, VM_BINARY_NAME, &path,
			"runtime_type is \"vm\", and %.*s is not named %s",
			HEIR_STR_ARG(path.value.string),
			heir_release_of(t->res->config->where.version)->whole_shim_name
				? "containerd-shim-*"
				: "containerd-shim-*-v2");
	return 0;
}

static int check_config_path(struct trial *t)
{
	struct heir_origin path;
	bool missing;
	int r = get(t, HEIR_FIELD_runtime_config_path, &path);

	if (r < 0 || heir_origin_is_unset(&path))
		return r;
	if (!is_type(t, "vm"))
		return REFUSE(t, CONFIG_PATH_TYPE, &path,
			"runtime_config_path is for runtime_type \"vm\" only");
	r = heir_lookup_missing(&t->res->lookup, path.value.string, &missing);
	if (r < 0 || !missing)
		return r;
	return REFUSE(t, CONFIG_PATH_MISSING, &path, "runtime_config_path %.*s does not exist",
		HEIR_STR_ARG(path.value.string));
}

/* The first name of the handler's own list that the release does not know; p is NULL: none.
 * *ret_index: which item it is. */
static int find_unknown(const struct heir_resolution *res, const struct heir_result *result,
	struct heir_origin *own, struct heir_str *ret, uint32_t *ret_index)
{
	int r = heir_result_own(res, result, HEIR_FIELD_allowed_annotations, own);

	*ret = HEIR_STR_NULL;
	if (r < 0 || own->kind == HEIR_KIND_BUILTIN)
		return r;
	for (uint32_t i = 0; i < own->value.list.n; i++) {
		*ret = own->value.list.entries[i].value;
		*ret_index = i;
		if (!heir_annotation_is_known(*ret, res->config->where.version))
			return 0;
	}
	*ret = HEIR_STR_NULL;
	return 0;
}

/* The place of an item of an array. */
static struct heir_place item_place(
	const struct trial *t, const struct heir_origin *origin, uint32_t index)
{
	const struct heir_config *config = t->res->config;
	const struct heir_toml_doc *doc = config->docs[origin->source];
	heir_toml_node item = heir_toml_first(doc, origin->node);

	while (item && index-- > 0)
		item = heir_toml_next(doc, item);
	return item ? heir_node_place(config, origin->source, heir_toml_value_span(doc, item))
		    : place_of(t, origin);
}

/* What may have been meant by a name that the release does not know; NULL: nothing, or no memory.
 */
static const char *help_unknown(const struct trial *t, struct heir_str name)
{
	struct heir_version version = t->res->config->where.version;
	const char *since = heir_annotation_since(name);
	struct heir_near near = heir_near_to(name, &t->res->core->effort);
	struct heir_str other;

	if (since)
		return heir_arena_printf(&t->res->core->arena, "it was added in CRI-O %.*s",
			(int)strcspn(since, " "), since);
	for (unsigned i = 0; (other = heir_annotation_at(i)).p; i++)
		if (heir_annotation_is_known(other, version))
			heir_near_try(&near, other);
	return near.best.p ? heir_arena_printf(&t->res->core->arena, "did you mean \"%.*s\"?",
				     HEIR_STR_ARG(near.best))
			   : NULL;
}

static int refuse_annotation(
	struct trial *t, const struct heir_origin *own, struct heir_str name, uint32_t index)
{
	struct heir_diag *diag = heir_drop(t->res, t->result, HEIR_RULE_ANNOTATION_UNKNOWN,
		item_place(t, own, index), "CRI-O 1.%u knows no annotation \"%.*s\"",
		t->res->config->where.version.minor, HEIR_STR_ARG(name));

	if (!diag)
		return -ENOMEM;
	diag->help = help_unknown(t, name);
	return 0;
}

/* The parent is judged first, so an inherited list is not gone through again. */
static int check_annotations(struct trial *t)
{
	const struct heir_result *base = heir_result_base(t->result);
	struct heir_origin own;
	struct heir_str name;
	uint32_t index;
	int r = find_unknown(t->res, t->result, &own, &name, &index);

	if (r < 0)
		return r;
	if (name.p)
		t->result->unknown_annotation = t->result;
	else if (base && t->result->requested >> HEIR_FIELD_allowed_annotations & 1)
		t->result->unknown_annotation = base->unknown_annotation;
	if (!t->result->unknown_annotation || t->result->dropped)
		return 0;
	if (!name.p)
		r = find_unknown(t->res, t->result->unknown_annotation, &own, &name, &index);
	return r < 0 ? r : refuse_annotation(t, &own, name, index);
}

static int check_sync_log(struct trial *t)
{
	struct heir_origin flag;
	int r = get(t, HEIR_FIELD_no_sync_log, &flag);

	if (r < 0 || !flag.value.boolean || is_type(t, "oci"))
		return r;
	return REFUSE(t, SYNC_LOG_TYPE, &flag, "no_sync_log is for runtime_type \"oci\" only");
}

static int check_websockets(struct trial *t)
{
	struct heir_origin flag;
	int r = get(t, HEIR_FIELD_stream_websockets, &flag);

	if (r < 0 || !flag.value.boolean || is_type(t, "pod"))
		return r;
	return REFUSE(
		t, WEBSOCKETS_TYPE, &flag, "stream_websockets is for runtime_type \"pod\" only");
}

static int check_affinity(struct trial *t)
{
	struct heir_origin affinity;
	int r = get(t, HEIR_FIELD_exec_cpu_affinity, &affinity);

	if (r < 0 || heir_origin_is_unset(&affinity) ||
		heir_str_eqz(affinity.value.string, "first"))
		return r;
	return REFUSE(t, AFFINITY_UNKNOWN, &affinity, "exec_cpu_affinity \"%.*s\" is not \"first\"",
		HEIR_STR_ARG(affinity.value.string));
}

/* CRI-O refuses what it cannot read, too: a directory, say. */
static int load_seccomp(struct trial *t, struct heir_str path, const char **ret_problem)
{
	struct heir_core *core = t->res->core;
	char *z = heir_arena_strndup(&core->arena, path.p, path.len);
	int r;

	*ret_problem = NULL;
	if (!z)
		return -ENOMEM;
	if (!heir_root_is_known(&core->root, z))
		return 0;
	r = heir_seccomp_load(&core->root, z, &core->arena, ret_problem);
	if (r < 0 && r != -ENOMEM)
		*ret_problem = heir_file_error(r);
	return r == -ENOMEM ? r : 0;
}

static int check_seccomp(struct trial *t)
{
	struct heir_origin profile;
	const char *problem;
	bool missing;
	int r = get(t, HEIR_FIELD_seccomp_profile, &profile);

	if (r < 0 || heir_origin_is_unset(&profile))
		return r;
	r = heir_lookup_missing(&t->res->lookup, profile.value.string, &missing);
	if (r < 0)
		return r;
	if (missing)
		return REFUSE(t, SECCOMP_MISSING, &profile, "seccomp_profile %.*s does not exist",
			HEIR_STR_ARG(profile.value.string));
	r = load_seccomp(t, profile.value.string, &problem);
	if (r < 0 || !problem)
		return r;
	return REFUSE(t, SECCOMP_INVALID, &profile, "seccomp_profile %.*s is not valid: %s",
		HEIR_STR_ARG(profile.value.string), problem);
}

/* A script that neither writes a brace nor passes its arguments on prints no JSON object. (An old
 * conmonrs says "unexpected argument" instead, which CRI-O accepts.) What is
 * longer than a wrapper, or no script, is not judged by its text. */
static int prints_no_json(struct trial *t, const char *path, bool *ret)
{
	enum { MAX_WRAPPER = 4096 };
	struct heir_core *core = t->res->core;
	struct heir_str text = HEIR_STR("");
	const char *body;
	int r = heir_file_read(&core->root, path, &core->arena, &text);

	*ret = false;
	if (r < 0 || text.len > MAX_WRAPPER || !heir_str_starts(text, "#!"))
		return r == -ENOMEM ? r : 0;
	body = memchr(text.p, '\n', text.len);
	/* Where nothing follows, the file stands for a program. */
	if (!body || body + 1 == text.p + text.len)
		return 0;
	*ret = !strchr(body, '{') && !strstr(body, "$@") && !strstr(body, "$*") &&
	       !strstr(body, "unexpected argument");
	return 0;
}

/* Whether `MONITOR --version-json` could answer as conmonrs does, by what a file tells: its name,
 * behind links, and that root may run it. NULL: it could. */
static int trouble_of_pod_monitor(struct trial *t, struct heir_str path, const char **ret)
{
	struct heir_core *core = t->res->core;
	char *z = heir_arena_strndup(&core->arena, path.p, path.len);
	const char *slash;
	bool mute = false;
	struct stat st;
	int r = 0;

	*ret = NULL;
	if (!z)
		return -ENOMEM;
	if (heir_root_is_assumed(&core->root)) {
		if (heir_root_find(&core->root, z) < 0)
			*ret = "does not exist";
		return 0;
	}
	slash = strrchr(z, '/');
	if (heir_root_stat(&core->root, z, &st) < 0)
		*ret = "does not exist";
	else if (!S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0)
		*ret = "is not executable";
	else if (strncmp(slash ? slash + 1 : z, "conmonrs", strlen("conmonrs")) != 0)
		*ret = "is not conmonrs";
	else
		r = prints_no_json(t, z, &mute);
	if (mute)
		*ret = "is a script that does not answer as conmonrs does";
	return r;
}

/* From 1.34 on CRI-O asks the monitor of a pod handler what it can do. */
static int check_pod_monitor(struct trial *t)
{
	struct heir_origin monitor;
	const char *found = NULL, *problem = NULL;
	struct heir_str path;
	int r = get(t, HEIR_FIELD_monitor_path, &monitor);

	if (r < 0 || !is_type(t, "pod") || t->res->config->where.version.minor < 34)
		return r;
	path = monitor.value.string;
	if (heir_origin_is_unset(&monitor)) {
		r = heir_lookup_binary(&t->res->lookup, HEIR_STR("conmonrs"), &found);
		if (r == 0 && !found)
			return REFUSE(t, POD_MONITOR_MISSING, &monitor,
				"no monitor_path, and \"conmonrs\" is not in $PATH");
		path = heir_str_from(found);
	}
	if (r == 0)
		r = trouble_of_pod_monitor(t, path, &problem);
	if (r < 0 || !problem)
		return r;
	return REFUSE(t, POD_MONITOR_MISSING, &monitor, "the monitor %.*s %s", HEIR_STR_ARG(path),
		problem);
}

int heir_validate(struct heir_resolution *res, struct heir_result *result)
{
	static int (*const checks[])(struct trial *) = {check_type, check_path, check_config_path,
		check_annotations, check_sync_log, check_websockets, check_pod_monitor,
		check_affinity, check_seccomp};
	struct trial t = {res, result, HEIR_STR("oci")};
	int r = 0;

	for (unsigned i = 0; i < ARRAY_LEN(checks) && r == 0 && !result->lost; i++)
		if (!result->dropped || checks[i] == check_annotations)
			r = checks[i](&t);
	heir_core_forget_values(res->core);
	return r;
}
