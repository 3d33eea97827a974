/* SPDX-License-Identifier: Apache-2.0 */
/* What depends on a line of a file: the handlers that have a value, a parent or their table from
 * it, and what asks for these handlers. */
#ifndef HEIR_MODEL_DEPENDS_H
#define HEIR_MODEL_DEPENDS_H

#include "blame/blame.h"
#include "kube/kube.h"
#include "model/pods.h"
#include "model/view.h"

struct heir_depend {
	const struct heir_handler *handler;
	uint32_t fields; /* a bit for each of whose value it is the origin, or a parent's table */
};

struct heir_depends {
	struct heir_depend *handlers; /* in byte order of their names */
	uint32_t n_handlers;
	bool is_default;      /* of pods that name no RuntimeClass, too */
	const char **classes; /* RuntimeClasses of these handlers, in the order of the objects */
	uint32_t n_classes;
	const char **pools; /* whose nodes have the line */
	uint32_t n_pools;
	struct heir_pod_count *pods; /* under these handlers, by namespace */
	uint32_t n_pods;
	bool pods_known;
};

/* Of one line, 1-based, of a source. `view` is resolved; `same`, `kube` and `pool` may be NULL; the
 * pools are those of the objects. 0 or -ENOMEM; release in any case. */
int heir_depends_init(struct heir_depends *depends, const struct heir_view *view,
	const struct heir_same *same, struct heir_kube *kube, const char *pool, uint32_t source,
	uint32_t line);
void heir_depends_release(struct heir_depends *depends);

#endif
