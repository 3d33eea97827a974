/* SPDX-License-Identifier: Apache-2.0 */
#include "model/pods.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "kube/cluster.h"

void heir_pods_release(struct heir_pods *pods)
{
	free(pods->counts);
	*pods = HEIR_PODS_NULL;
}

static int compare(const void *a, const void *b)
{
	const struct heir_pod_count *x = a, *y = b;
	int order = heir_str_cmp(x->handler, y->handler);

	return order ? order : heir_str_cmp(x->namespace, y->namespace);
}

/* Makes one of those that follow each other and are the same. */
static void merge(struct heir_pods *pods)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < pods->n; i++) {
		if (n > 0 && compare(&pods->counts[n - 1], &pods->counts[i]) == 0)
			pods->counts[n - 1].n += pods->counts[i].n;
		else
			pods->counts[n++] = pods->counts[i];
	}
	pods->n = n;
}

/* Numbers of the nodes that the objects tell of and that are not of the pool. */
static int find_strangers(
	const struct heir_kube *kube, const char *pool, struct heir_map *ret_strangers)
{
	uint32_t n = heir_kube_n(kube, HEIR_KUBE_NODE), at;
	bool is_new;
	int r = 0;

	for (uint32_t i = 0; i < n && r == 0 && pool; i++) {
		const struct heir_kube_object *node = heir_kube_at(kube, HEIR_KUBE_NODE, i);
		const char *own = heir_kube_pool_of(kube, node);

		if (!own || strcmp(own, pool) != 0)
			r = heir_map_put(
				ret_strangers, heir_str_from(node->id.name), i, &at, &is_new);
	}
	return r;
}

/* The handler that a pod asks for; p is NULL if its RuntimeClass does not exist. */
static struct heir_str handler_of(const struct heir_kube *kube, const struct heir_pod *pod)
{
	struct heir_runtime_class class = {.handler = HEIR_STR_NULL};
	const struct heir_kube_object *object;

	if (pod->runtime_class.len == 0)
		return HEIR_STR("");
	object = heir_kube_find(kube, HEIR_KUBE_CLASS, pod->runtime_class);
	if (object)
		heir_runtime_class_read(object, &class);
	return class.handler;
}

int heir_pods_init(struct heir_pods *pods, const struct heir_kube *kube, const char *pool)
{
	_cleanup_(heir_map_release) struct heir_map strangers = HEIR_MAP_NULL;
	uint32_t n = kube ? heir_kube_n(kube, HEIR_KUBE_POD) : 0;
	int r;

	*pods = HEIR_PODS_NULL;
	if (n == 0)
		return 0;
	r = find_strangers(kube, pool, &strangers);
	if (r < 0)
		return r;
	pods->counts = calloc(n, sizeof(*pods->counts));
	if (!pods->counts)
		return -ENOMEM;
	pods->known = true;
	for (uint32_t i = 0; i < n; i++) {
		struct heir_str handler;
		struct heir_pod pod;

		heir_pod_read(heir_kube_at(kube, HEIR_KUBE_POD, i), &pod);
		handler = handler_of(kube, &pod);
		if (handler.p && !pod.ended &&
			(pod.node.len == 0 || heir_map_get(&strangers, pod.node) == HEIR_MAP_NONE))
			pods->counts[pods->n++] =
				(struct heir_pod_count){handler, pod.namespace, 1};
	}
	if (pods->n > 1)
		qsort(pods->counts, pods->n, sizeof(*pods->counts), compare);
	merge(pods);
	return 0;
}

const struct heir_pod_count *heir_pods_of(
	const struct heir_pods *pods, struct heir_str handler, uint32_t *ret_n)
{
	uint32_t low = 0, high = pods->n, n = 0;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (heir_str_cmp(pods->counts[middle].handler, handler) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + n < pods->n && heir_str_eq(pods->counts[low + n].handler, handler))
		n++;
	*ret_n = n;
	return n > 0 ? &pods->counts[low] : NULL;
}
