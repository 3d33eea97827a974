/* SPDX-License-Identifier: Apache-2.0 */
/* For each running container, compares the operator that created it with the one that CRI-O
 * would use after the change. */
#include "apply/guard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply/fetch.h"
#include "apply/late.h"
#include "apply/operator.h"
#include "base/file.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "check/check.h"

enum { MAX_MS = 10000, SHORT_ID = 12 };

void heir_guard_release(struct heir_guard *guard)
{
	free(guard->items);
	heir_containers_release(&guard->containers);
	*guard = HEIR_GUARD_NULL;
}

struct search {
	struct heir_guard *guard;
	const struct heir_applying *applying;
	const struct heir_live *before; /* NULL if unknown */
	struct heir_operating operating;
	struct heir_operator *operators; /* of the handlers that pods name, by `by_name` */
	struct heir_str *roots;
	uint32_t n_operators, n_roots;
	struct heir_map by_name, roots_seen;
	struct heir_arena arena; /* for the roots */
};

static int fail_guard(struct heir_guard *guard, const char *fmt, ...) _printf_(2, 3);

static int fail_guard(struct heir_guard *guard, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	guard->fault = heir_arena_vmessage(&guard->containers.arena, fmt, args);
	va_end(args);
	return guard->fault ? -EIO : -ENOMEM;
}

/* ---- Every runtime_root that is known ---- */

static int add_root(struct search *search, struct heir_str root)
{
	bool is_new;
	int r = heir_map_put(&search->roots_seen, root, 0, &(uint32_t){0}, &is_new);

	if (r == 0 && is_new)
		search->roots[search->n_roots++] = root;
	return r;
}

/* Gets a field of the running CRI-O, including its default. */
static int live_string(struct search *search, const struct heir_handler *handler,
	enum heir_field field, const char **ret)
{
	struct heir_origin origin;
	int r = heir_live_get(search->before, handler, field, &origin);

	if (r < 0)
		return r;
	heir_value_fill_in(search->applying->before.res.config, field, &origin.value);
	*ret = heir_arena_strndup(&search->arena, origin.value.string.p, origin.value.string.len);
	return *ret ? 0 : -ENOMEM;
}

static int add_roots(struct search *search, const struct heir_resolution *res)
{
	int r = 0;

	for (uint32_t i = 0; i < res->config->n_handlers && r == 0 && res->results; i++) {
		struct heir_origin root;

		r = heir_result_get(res, &res->results[i], HEIR_FIELD_runtime_root, &root);
		if (r < 0)
			return r;
		heir_value_fill_in(res->config, HEIR_FIELD_runtime_root, &root.value);
		r = add_root(search, root.value.string);
	}
	return r;
}

static int add_roots_of_live(struct search *search, const struct heir_live *live)
{
	int r = 0;

	for (uint32_t i = 0; i < live->config.n_handlers && r == 0; i++) {
		const char *root;

		r = live_string(search, live->config.handlers[i], HEIR_FIELD_runtime_root, &root);
		if (r == 0)
			r = add_root(search, heir_str_from(root));
	}
	return r;
}

/* Collects every runtime_root before and after the change, and the defaults of crun and runc,
 * because containers may exist below each of them. */
static int find_runtime_roots(struct search *search)
{
	const struct heir_resolution *before = &search->applying->before.res;
	const struct heir_resolution *after = &search->applying->after.res;
	const struct heir_live *live = search->before;
	int r;

	search->roots = calloc(before->config->n_handlers + after->config->n_handlers +
				       (live ? live->config.n_handlers : 0) + 2u,
		sizeof(*search->roots));
	if (!search->roots)
		return -ENOMEM;
	r = add_root(search, HEIR_STR("/run/crun"));
	if (r == 0)
		r = add_root(search, HEIR_STR("/run/runc"));
	if (r == 0)
		r = add_roots(search, before);
	if (r == 0 && live)
		r = add_roots_of_live(search, live);
	return r == 0 ? add_roots(search, after) : r;
}

/* ---- Who operates what ---- */

static int operator_of(struct search *search, struct heir_str handler, struct heir_operator **ret)
{
	uint32_t at;
	bool is_new;
	int r = heir_map_put(&search->by_name, handler, search->n_operators, &at, &is_new);

	if (r == 0 && is_new)
		r = heir_operator_init(&search->operators[search->n_operators++],
			&search->applying->after.res, handler, &search->guard->containers.arena);
	*ret = &search->operators[at];
	return r;
}

static int add_risk(struct search *search, struct heir_risk risk)
{
	struct heir_guard *guard = search->guard;

	if (!risk.why)
		return -ENOMEM;
	if (HEIR_RESERVE(guard->items, guard->n, guard->size) < 0)
		return -ENOMEM;
	guard->items[guard->n++] = risk;
	return 0;
}

/* Returns the current operator of a handler: the running CRI-O's, else that of the files. */
static int operator_before(
	struct search *search, const struct heir_crio_pod *pod, struct heir_operator *ret)
{
	const struct heir_live *live = search->before;
	const struct heir_resolution *files = &search->applying->before.res;
	const struct heir_handler *handler;
	struct heir_str name = pod->handler;
	const char *type;
	int r;

	if (!live)
		return heir_operator_init(ret, files, name.len ? name : files->default_runtime,
			&search->guard->containers.arena);
	handler = heir_config_handler(&live->config, name.len ? name : live->default_name);
	*ret = (struct heir_operator){.gone = !handler, .path = "", .root = ""};
	if (!handler)
		return 0;
	r = live_string(search, handler, HEIR_FIELD_runtime_path, &ret->path);
	if (r == 0)
		r = live_string(search, handler, HEIR_FIELD_runtime_root, &ret->root);
	if (r == 0)
		r = live_string(search, handler, HEIR_FIELD_runtime_type, &type);
	if (r == 0)
		ret->vm = strcmp(type, "vm") == 0;
	return r;
}

/* Containers in virtual machines have no conmon and no state that heir knows. All that can be
 * checked is whether the handler stays the same. */
static int judge_vm(struct search *search, const struct heir_operator *operator,
	struct heir_risk * risk, bool *ret)
{
	struct heir_arena *arena = &search->guard->containers.arena;
	struct heir_operator before;
	int r = operator_before(search, risk->pod, &before);

	*ret = r == 0 && !before.gone && before.vm && !risk->container->creator &&
	       strcmp(before.path, operator->path) == 0 && strcmp(before.root, operator->root) == 0;
	risk->why = heir_arena_printf(
		arena, "%s would operate it as a virtual machine", operator->path);
	return r;
}

/* Sets the reason if a container is at risk, else NULL. */
static int judge_container(
	struct search *search, struct heir_operator *operator, struct heir_risk * risk)
{
	struct heir_arena *arena = &search->guard->containers.arena;
	const struct heir_container *container = risk->container;
	enum heir_operates operates = HEIR_OPERATES_OTHER_ROOT;
	bool fine = false;
	int r = 0;

	if (operator->gone)
		risk->why = "CRI-O would not have the handler";
	else if (!container)
		fine = true;
	else if (operator->vm)
		r = judge_vm(search, operator, risk, &fine);
	else
		r = heir_operator_judge(operator, & search->operating, container, &operates);
	if (r < 0 || fine || operator->gone || risk->why) {
		if (fine)
			risk->why = NULL;
		return r;
	}
	if (operates == HEIR_OPERATES)
		return 0;
	risk->why = heir_arena_printf(arena, "%s with root %s would operate it%s%s%s",
		operator->path, operator->root, operator->problem ? " (cannot query it: " : "",
		operator->problem ? operator->problem : "", operator->problem ? ")" : "");
	return risk->why ? 0 : -ENOMEM;
}

static int look_at(struct search *search, const struct heir_crio_pod *pod,
	const struct heir_container *container)
{
	struct heir_risk risk = {.pod = pod, .container = container, .creator = HEIR_STR("")};
	struct heir_operator *operator;
	int r;

	/* It names no handler, so it gets the default at the time when CRI-O operates it. */
	risk.handler =
		pod->handler.len ? pod->handler : search->applying->after.res.default_runtime;
	r = operator_of(search, risk.handler, &operator);
	if (r == 0)
		r = judge_container(search, operator, & risk);
	/* It may have ended during the check. */
	if (r < 0 && r != -ENOMEM && !(container && !heir_container_lives(container)))
		return fail_guard(search->guard,
			"whether %s can operate container %.*s is unknown: %s", operator->path,
			HEIR_STR_ARG(container ? container->id : pod->id), heir_file_error(r));
	if (r == -ENOMEM || !risk.why || (container && !heir_container_lives(container)))
		return r == -ENOMEM ? r : 0;
	if (container)
		r = heir_late_creator(search->operating.root, container,
			&search->guard->containers.arena, &risk.creator, &risk.late);
	return r < 0 ? r : add_risk(search, risk);
}

static int find_risks(struct search *search)
{
	const struct heir_containers *list = &search->guard->containers;
	struct heir_map inhabited = {.entries = NULL};
	int r = 0;

	for (uint32_t i = 0; i < list->n && r == 0; i++) {
		const struct heir_container *item = &list->items[i];
		const struct heir_crio_pod *pod = heir_containers_pod(list, item->pod);

		if (!item->running || item->foreign || !pod || !pod->handler.p)
			continue;
		r = heir_map_put(&inhabited, pod->id, 0, &(uint32_t){0}, &(bool){false});
		if (r == 0)
			r = look_at(search, pod, item);
	}
	for (uint32_t i = 0; i < list->n_pods && r == 0; i++)
		if (list->pods[i].handler.p &&
			heir_map_get(&inhabited, list->pods[i].id) == HEIR_MAP_NONE)
			r = look_at(search, &list->pods[i], NULL);
	heir_map_release(&inhabited);
	return r;
}

static int by_names(const void *a, const void *b)
{
	const struct heir_risk *left = a, *right = b;
	int r = heir_str_cmp(left->pod->space, right->pod->space);

	if (r == 0)
		r = heir_str_cmp(left->pod->name, right->pod->name);
	if (r == 0 && left->container && right->container)
		r = heir_str_cmp(left->container->name, right->container->name);
	return r != 0 ? r : heir_str_cmp(left->pod->id, right->pod->id);
}

int heir_guard_init(struct heir_guard *guard, const struct heir_applying *applying,
	struct heir_guard_query query)
{
	struct search search = {.guard = guard, .applying = applying, .before = query.before};
	struct heir_containers_query sources = {.root = &applying->core->root,
		.live = query.live,
		.fetch = query.fetch,
		.socket = query.socket,
		.deadline = heir_deadline_in(MAX_MS),
		.trace = applying->core->trace};
	int r;

	*guard = HEIR_GUARD_NULL;
	heir_arena_init(&search.arena);
	r = find_runtime_roots(&search);
	sources.runroot = heir_fetch_runroot(applying->rendering.config, &sources.runroot_is_set);
	if (!sources.runroot)
		r = -ENOMEM;
	sources.roots = search.roots;
	sources.n_roots = search.n_roots;
	if (r == 0)
		r = heir_containers_init(&guard->containers, &sources);
	if (r == -EIO)
		guard->fault = guard->containers.fault;
	search.operators =
		r == 0 ? calloc(guard->containers.n_pods + 1u, sizeof(*search.operators)) : NULL;
	if (r == 0 && !search.operators)
		r = -ENOMEM;
	search.operating = (struct heir_operating){sources.root, query.live,
		&guard->containers.arena, sources.trace, sources.deadline, 0};
	if (r == 0)
		r = find_risks(&search);
	if (r == 0 && guard->n > 1)
		qsort(guard->items, guard->n, sizeof(*guard->items), by_names);
	heir_map_release(&search.by_name);
	heir_map_release(&search.roots_seen);
	free(search.operators);
	free(search.roots);
	heir_arena_release(&search.arena);
	return r;
}

static void add_words(const struct heir_risk *risk, struct heir_buf *buf)
{
	const struct heir_container *container = risk->container;
	struct heir_str id;

	if (risk->pod->name.len > 0)
		heir_buf_message(buf, "%.*s/%.*s: ", HEIR_STR_ARG(risk->pod->space),
			HEIR_STR_ARG(risk->pod->name));
	else
		heir_buf_message(buf, "pod %.*s: ", HEIR_STR_ARG(risk->pod->id));
	if (!container) {
		heir_buf_addz(buf, "no running container");
	} else {
		id = container->id;
		id.len = MIN(id.len, (size_t)SHORT_ID);
		heir_buf_message(buf, "container %.*s%s%.*s%s", HEIR_STR_ARG(container->name),
			container->name.len ? " (" : "", HEIR_STR_ARG(id),
			container->name.len ? ")" : "");
		if (risk->creator.len > 0)
			heir_buf_message(buf, ", created by %.*s", HEIR_STR_ARG(risk->creator));
		else
			heir_buf_addz(buf, ", created by an unknown runtime");
		heir_buf_addz(buf, risk->late ? " (late)" : "");
		if (container->root)
			heir_buf_message(buf, " with root %s", container->root);
	}
	heir_buf_message(buf, ", %shandler \"%.*s\": %s", risk->pod->handler.len ? "" : "default ",
		HEIR_STR_ARG(risk->handler), risk->why);
}

const char *heir_risk_text(const struct heir_risk *risk, struct heir_arena *arena)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL, shown = HEIR_BUF_NULL;

	add_words(risk, &words);
	heir_utf8_show(&shown, heir_buf_str(&words));
	return words.failed || shown.failed ? NULL : heir_arena_strndup(arena, shown.p, shown.len);
}
