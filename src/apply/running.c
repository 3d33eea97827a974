/* SPDX-License-Identifier: Apache-2.0 */
/* Compares a running CRI-O's behaviour with its answer; see running.h. */
#include "apply/running.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "apply/fetch.h"
#include "apply/operator.h"
#include "apply/process.h"
#include "base/file.h"
#include "check/check.h"

void heir_running_release(struct heir_running *running)
{
	free(running->items);
	heir_containers_release(&running->list);
	*running = HEIR_RUNNING_NULL;
}

/* ---- Files ---- */

/* Returns whether the source defines a handler or the default. */
static bool defines_handlers(const struct heir_config *config, uint32_t source)
{
	const struct heir_write *standard = config->settings[HEIR_SETTING_default_runtime];

	if (standard && standard->source == source)
		return true;
	for (uint32_t i = 0; i < config->n_handlers; i++)
		if (config->handlers[i]->table->source == source)
			return true;
	return false;
}

/* One second, because a file may be written while CRI-O starts. */
static const char *find_newer(const struct heir_config *config, int64_t started)
{
	for (uint32_t i = 0; i < config->n_docs; i++) {
		const struct heir_source *source = &config->core->sources.items[i];
		struct stat st;

		if (source->scope == HEIR_SCOPE_BUILTIN || source->scope == HEIR_SCOPE_HEIR ||
			!defines_handlers(config, i))
			continue;
		if (heir_root_stat(&config->core->root, source->path, &st) == 0 &&
			st.st_mtim.tv_sec > started + 1)
			return source->path;
	}
	return NULL;
}

/* ---- Containers ---- */

/* Gets what the answer gives a handler; *ret_path is NULL if it has none of that name. */
static int get_answer_of(struct heir_running *running, const struct heir_live *live,
	const struct heir_config *config, struct heir_str name, const char **ret_path,
	const char **ret_root)
{
	const struct heir_handler *handler = heir_config_handler(&live->config, name);
	struct heir_arena *arena = &running->list.arena;
	struct heir_origin path, root;
	int r;

	*ret_path = *ret_root = NULL;
	if (!handler)
		return 0;
	r = heir_live_get(live, handler, HEIR_FIELD_runtime_path, &path);
	if (r == 0)
		r = heir_live_get(live, handler, HEIR_FIELD_runtime_root, &root);
	if (r < 0)
		return r;
	heir_value_fill_in(config, HEIR_FIELD_runtime_root, &root.value);
	*ret_path = heir_arena_strndup(
		arena, path.value.string.p ? path.value.string.p : "", path.value.string.len);
	*ret_root = heir_arena_strndup(arena, root.value.string.p, root.value.string.len);
	return *ret_path && *ret_root ? 0 : -ENOMEM;
}

/* Returns whether both are the same file or directory. Missing ones are compared by name. */
static bool is_same_path(const char *a, const char *b)
{
	struct stat st[2];

	if (strcmp(a, b) == 0)
		return true;
	return stat(a, &st[0]) == 0 && stat(b, &st[1]) == 0 && st[0].st_dev == st[1].st_dev &&
	       st[0].st_ino == st[1].st_ino;
}

/* A container created since CRI-O started shows what CRI-O uses. An older one only contradicts the
 * answer if CRI-O could not operate it. */
static int is_contradiction(struct heir_running *running, struct heir_operating *operating,
	const struct heir_container *container, const char *path, const char *root, bool *ret)
{
	struct heir_operator operator= {.path = path, .root = root};
	enum heir_operates operates;
	int r;

	*ret = true;
	if (!path)
		return 0;
	if (container->creator && container->root && running->started > 0 &&
		heir_container_began(container) > running->started) {
		*ret = !is_same_path(container->creator, path) ||
		       !is_same_path(container->root, root);
		running->n_new += *ret;
		return 0;
	}
	r = heir_operator_judge(&operator, operating, container, &operates);
	*ret = r < 0 || operates != HEIR_OPERATES;
	return r == -ENOMEM ? r : 0;
}

static int compare_running(struct heir_running *running, const struct heir_config *config,
	const struct heir_live *live, struct heir_operating *operating)
{
	const struct heir_containers *list = &running->list;

	running->items = calloc(list->n + 1u, sizeof(*running->items));
	if (!running->items)
		return -ENOMEM;
	for (uint32_t i = 0; i < list->n; i++) {
		const struct heir_container *container = &list->items[i];
		const struct heir_crio_pod *pod = heir_containers_pod(list, container->pod);
		struct heir_contradiction item = {.pod = pod, .container = container};
		bool found = false;
		int r;

		/* Containers in virtual machines have no conmon and no state that heir knows. */
		if (!container->running || container->foreign || !pod || !pod->handler.p ||
			(!container->creator && !container->root))
			continue;
		r = get_answer_of(running, live, config,
			pod->handler.len ? pod->handler : live->default_name, &item.path,
			&item.root);
		if (r == 0)
			r = is_contradiction(
				running, operating, container, item.path, item.root, &found);
		if (r < 0)
			return r;
		if (found && heir_container_lives(container))
			running->items[running->n++] = item;
	}
	return 0;
}

/* Lists every runtime_root of the answer. */
static int list_answer_roots(const struct heir_config *config, const struct heir_live *live,
	struct heir_str **ret, uint32_t *ret_n)
{
	struct heir_str *roots = calloc(live->config.n_handlers + 2u, sizeof(*roots));
	uint32_t n = 0;

	*ret = roots;
	if (!roots)
		return -ENOMEM;
	roots[n++] = HEIR_STR("/run/crun");
	roots[n++] = HEIR_STR("/run/runc");
	for (uint32_t i = 0; i < live->config.n_handlers; i++) {
		struct heir_origin root;
		int r = heir_live_get(
			live, live->config.handlers[i], HEIR_FIELD_runtime_root, &root);

		if (r < 0)
			return r;
		heir_value_fill_in(config, HEIR_FIELD_runtime_root, &root.value);
		roots[n++] = root.value.string;
	}
	*ret_n = n;
	return 0;
}

int heir_running_init(struct heir_running *running, const struct heir_config *config,
	const struct heir_live *live, const char *fetch, const char *socket)
{
	enum { MAX_MS = 10000 };
	struct heir_containers_query query = {.root = &config->core->root,
		.live = true,
		.fetch = fetch,
		.socket = socket,
		.deadline = heir_deadline_in(MAX_MS),
		.trace = config->core->trace};
	struct heir_operating operating = {
		query.root, true, &running->list.arena, query.trace, query.deadline, 0};
	struct heir_str *roots = NULL;
	pid_t pid = 0;
	int r = list_answer_roots(config, live, &roots, &query.n_roots);

	*running = HEIR_RUNNING_NULL;
	if (r == 0 && heir_process_of(socket, &pid) == 0 && pid > 1)
		running->started = heir_process_began(pid);
	if (running->started > 0)
		running->newer = find_newer(config, running->started);
	query.roots = roots;
	query.runroot = heir_fetch_runroot(config, &query.runroot_is_set);
	if (r == 0)
		r = query.runroot ? heir_containers_init(&running->list, &query) : -ENOMEM;
	if (r == -EIO) {
		running->fault = running->list.fault;
		r = 0;
	} else if (r == 0) {
		r = compare_running(running, config, live, &operating);
	}
	free(roots);
	return r;
}

void heir_contradiction_words(const struct heir_contradiction *item, struct heir_buf *buf)
{
	const struct heir_crio_pod *pod = item->pod;
	const struct heir_container *container = item->container;

	heir_buf_message(buf, "%.*s/%.*s: container %.*s was created by %s with root %s, and ",
		HEIR_STR_ARG(pod->space), HEIR_STR_ARG(pod->name), HEIR_STR_ARG(container->name),
		container->creator ? container->creator : "an unknown runtime",
		container->root ? container->root : "unknown");
	if (item->path)
		heir_buf_message(buf, "CRI-O reports %s with root %s", item->path, item->root);
	else
		heir_buf_addz(buf, "CRI-O does not have the handler");
	if (pod->handler.len > 0)
		heir_buf_message(buf, " (handler \"%.*s\")", HEIR_STR_ARG(pod->handler));
}
