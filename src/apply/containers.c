/* SPDX-License-Identifier: Apache-2.0 */
/* Joins the sources, in order of trust: processes, bundles, state directories, then CRI-O
 * itself. */
#include "apply/containers.h"

#include <errno.h>
#include <stdlib.h>

#include "base/vec.h"

void heir_containers_release(struct heir_containers *list)
{
	free(list->items);
	free(list->pods);
	heir_map_release(&list->by_id);
	heir_map_release(&list->pod_by_id);
	heir_arena_release(&list->arena);
	*list = HEIR_CONTAINERS_NULL;
}

int heir_containers_fail(struct heir_containers *list, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	list->fault = heir_arena_vmessage(&list->arena, fmt, args);
	va_end(args);
	return list->fault ? -EIO : -ENOMEM;
}

/* ---- By id ---- */

/* Returns the index of an id, and copies the id if it is new. */
static int intern_id(struct heir_containers *list, struct heir_map *map, uint32_t n,
	struct heir_str *id, uint32_t *ret, bool *ret_new)
{
	uint32_t at = heir_map_get(map, *id);
	char *copy;

	*ret = at;
	*ret_new = at == HEIR_MAP_NONE;
	if (!*ret_new)
		return 0;
	copy = heir_arena_strndup(&list->arena, id->p, id->len);
	if (!copy)
		return -ENOMEM;
	id->p = copy;
	return heir_map_put(map, *id, n, ret, ret_new);
}

int heir_containers_add(
	struct heir_containers *list, struct heir_str id, struct heir_container **ret)
{
	uint32_t at;
	bool is_new;
	int r = HEIR_RESERVE(list->items, list->n, list->size);

	if (r == 0)
		r = intern_id(list, &list->by_id, list->n, &id, &at, &is_new);
	if (r < 0)
		return r;
	if (is_new)
		list->items[list->n++] = (struct heir_container){.id = id, .name = HEIR_STR("")};
	*ret = &list->items[at];
	return 0;
}

int heir_containers_add_pod(
	struct heir_containers *list, struct heir_str id, struct heir_crio_pod **ret)
{
	uint32_t at;
	bool is_new;
	int r = HEIR_RESERVE(list->pods, list->n_pods, list->size_pods);

	if (r == 0)
		r = intern_id(list, &list->pod_by_id, list->n_pods, &id, &at, &is_new);
	if (r < 0)
		return r;
	if (is_new)
		list->pods[list->n_pods++] = (struct heir_crio_pod){
			.id = id, .name = HEIR_STR(""), .space = HEIR_STR("")};
	*ret = &list->pods[at];
	return 0;
}

const struct heir_crio_pod *heir_containers_pod(
	const struct heir_containers *list, struct heir_str id)
{
	uint32_t at = id.p ? heir_map_get(&list->pod_by_id, id) : HEIR_MAP_NONE;

	return at == HEIR_MAP_NONE ? NULL : &list->pods[at];
}

/* ---- Everything ---- */

/* A running container without known pod and handler: nothing can be promised about it. */
static int check_identified(struct heir_containers *list)
{
	for (uint32_t i = 0; i < list->n; i++) {
		const struct heir_container *item = &list->items[i];
		const struct heir_crio_pod *pod = heir_containers_pod(list, item->pod);

		if (!item->running || item->foreign || (pod && pod->handler.p))
			continue;
		if (!heir_container_lives(item))
			continue;
		return heir_containers_fail(list, "the handler of container %.*s is unknown: %s%s",
			HEIR_STR_ARG(item->id),
			item->bundle ? item->bundle : "its bundle was not found",
			item->bundle ? " does not name it" : "");
	}
	return 0;
}

int heir_containers_init(struct heir_containers *list, const struct heir_containers_query *query)
{
	int r = 0;

	*list = HEIR_CONTAINERS_NULL;
	heir_arena_init(&list->arena);
	if (query->live)
		r = heir_containers_read_proc(list, query);
	if (r == 0)
		r = heir_containers_read_bundles(list, query);
	if (r == 0)
		r = heir_containers_read_states(list, query);
	if (r == 0 && query->live)
		r = heir_containers_ask_crio(list, query);
	return r == 0 ? check_identified(list) : r;
}
