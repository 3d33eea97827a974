/* SPDX-License-Identifier: Apache-2.0 */
/* Adds what only the running CRI-O knows: containers of virtual machines, and pods whose bundles
 * were not found. */
#include <errno.h>
#include <string.h>

#include "apply/containers.h"
#include "apply/cri.h"
#include "apply/fetch.h"
#include "apply/process.h"
#include "base/file.h"

static int query_crio(struct heir_containers *list, const struct heir_containers_query *query,
	enum heir_fetch_what what, const char *const *ids, struct heir_str *ret)
{
	uint64_t begun = heir_trace_begin(query->trace);
	const char *error = NULL;
	int r = heir_fetch_ids(query->fetch, query->socket, what, ids,
		heir_deadline_left(query->deadline, HEIR_FETCH_MS), &list->arena, query->trace, ret,
		&error);

	heir_trace_report_read(
		query->trace, begun, HEIR_TRACE_probe, query->socket, r, r == 0 ? ret->len : 0);
	return r == 0 || r == -ENOMEM
		       ? r
		       : heir_containers_fail(list, "cannot list the pods of CRI-O: %s", error);
}

static int reject_garbled(struct heir_containers *list, const char *socket, int r)
{
	return r == -EBADMSG ? heir_containers_fail(
				       list, "%s: the answer about pods cannot be decoded", socket)
			     : r;
}

static void set_if_empty(struct heir_str *to, struct heir_str from)
{
	if (to->len == 0 && from.len > 0)
		*to = from;
}

/* ---- Lists ---- */

static int add_pods(struct heir_containers *list, const struct heir_cri_item *items, uint32_t n)
{
	int r = 0;

	for (uint32_t i = 0; i < n && r == 0; i++) {
		struct heir_crio_pod *pod;

		r = heir_containers_add_pod(list, items[i].id, &pod);
		if (r < 0)
			break;
		set_if_empty(&pod->name, items[i].name);
		set_if_empty(&pod->space, items[i].space);
	}
	return r;
}

static int add_containers(
	struct heir_containers *list, const struct heir_cri_item *items, uint32_t n)
{
	int r = 0;

	for (uint32_t i = 0; i < n && r == 0; i++) {
		struct heir_container *item;

		r = heir_containers_add(list, items[i].id, &item);
		if (r < 0)
			break;
		set_if_empty(&item->name, items[i].name);
		if (!item->pod.p)
			item->pod = items[i].pod;
		item->foreign = false;
		item->running |= !items[i].ended;
	}
	return r;
}

static int ask_for_list(struct heir_containers *list, const struct heir_containers_query *query,
	enum heir_cri_list what)
{
	const struct heir_cri_item *items;
	struct heir_str text;
	uint32_t n;
	int r = query_crio(list, query,
		what == HEIR_CRI_PODS ? HEIR_FETCH_PODS : HEIR_FETCH_CONTAINERS, NULL, &text);

	if (r == 0)
		r = reject_garbled(
			list, query->socket, heir_cri_list(text, what, &list->arena, &items, &n));
	if (r < 0)
		return r;
	return what == HEIR_CRI_PODS ? add_pods(list, items, n) : add_containers(list, items, n);
}

/* ---- Pods whose handler is in no bundle ---- */

/* Adds names and handlers of pods from several answers to PodSandboxStatus. */
static int take_statuses(struct heir_containers *list, const struct heir_containers_query *query,
	struct heir_str text)
{
	while (text.len > 0) {
		struct heir_cri_status status;
		struct heir_crio_pod *pod;
		int r = reject_garbled(
			list, query->socket, heir_cri_take_status(&text, &list->arena, &status));

		if (r == 0 && status.id.len > 0)
			r = heir_containers_add_pod(list, status.id, &pod);
		if (r < 0)
			return r;
		if (status.id.len == 0)
			continue;
		set_if_empty(&pod->name, status.name);
		set_if_empty(&pod->space, status.space);
		pod->handler = status.handler;
	}
	return 0;
}

/* Queries the status of all pods without a known handler, 128 per run of heir-fetch. */
static int ask_for_statuses(struct heir_containers *list, const struct heir_containers_query *query)
{
	enum { AT_ONCE = 128 };
	const char *ids[AT_ONCE + 1];
	uint32_t n_pods = list->n_pods, n = 0;

	for (uint32_t i = 0; i <= n_pods; i++) {
		struct heir_str text;
		int r;

		if (i < n_pods && !list->pods[i].handler.p) {
			ids[n] = heir_arena_strndup(
				&list->arena, list->pods[i].id.p, list->pods[i].id.len);
			if (!ids[n++])
				return -ENOMEM;
		}
		if (n == 0 || (n < AT_ONCE && i < n_pods))
			continue;
		ids[n] = NULL;
		r = query_crio(list, query, HEIR_FETCH_POD_STATUS, ids, &text);
		if (r == 0)
			r = take_statuses(list, query, text);
		if (r < 0)
			return r;
		n = 0;
	}
	return 0;
}

int heir_containers_ask_crio(
	struct heir_containers *list, const struct heir_containers_query *query)
{
	pid_t pid = 0;
	int r = query->socket ? heir_process_of(query->socket, &pid) : -ENOENT;

	/* CRI-O is not running. */
	if (r == -ENOENT || r == -ENOTDIR || r == -ECONNREFUSED)
		return 0;
	if (r < 0)
		return heir_containers_fail(list, "%s: %s", query->socket, heir_file_error(r));
	if (pid == 0)
		return heir_containers_fail(list,
			"%s: CRI-O runs in another PID namespace, so /proc does not show its "
			"containers",
			query->socket);
	if (!query->fetch)
		return heir_containers_fail(
			list, "%s: cannot query CRI-O without heir-fetch", query->socket);
	r = ask_for_list(list, query, HEIR_CRI_PODS);
	if (r == 0)
		r = ask_for_list(list, query, HEIR_CRI_CONTAINERS);
	return r == 0 ? ask_for_statuses(list, query) : r;
}
