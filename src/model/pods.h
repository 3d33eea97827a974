/* SPDX-License-Identifier: Apache-2.0 */
/* Which pods run under a runtime handler, as far as the objects that were read tell: a pod names a
 * RuntimeClass, which names the handler. */
#ifndef HEIR_MODEL_PODS_H
#define HEIR_MODEL_PODS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "kube/kube.h"

/* How many of one handler there are in one namespace. */
struct heir_pod_count {
	struct heir_str handler; /* "": the default one, for they name no RuntimeClass */
	struct heir_str namespace;
	uint32_t n;
};

struct heir_pods {
	struct heir_pod_count *counts; /* in byte order of handlers, then of namespaces */
	uint32_t n;
	bool known; /* pods are among the objects */
};

#define HEIR_PODS_NULL ((struct heir_pods){NULL, 0, false})

/* Counts the pods of the pool that have not ended: those on its nodes, and those of whose node
 * nothing is known. `kube` may be NULL. 0 or -ENOMEM. Linear but for sorting. */
int heir_pods_init(struct heir_pods *pods, const struct heir_kube *kube, const char *pool);
void heir_pods_release(struct heir_pods *pods);

/* Those of a handler; *ret_n may be 0. */
const struct heir_pod_count *heir_pods_of(
	const struct heir_pods *pods, struct heir_str handler, uint32_t *ret_n);

#endif
