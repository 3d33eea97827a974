/* SPDX-License-Identifier: Apache-2.0 */
/* Decodes a running CRI-O's answers to ListPodSandbox, ListContainers and PodSandboxStatus of the
 * Container Runtime Interface, as heir-fetch prints them. The content is not trusted. */
#ifndef HEIR_APPLY_CRI_H
#define HEIR_APPLY_CRI_H

#include "base/arena.h"
#include "base/str.h"

enum heir_cri_list { HEIR_CRI_PODS, HEIR_CRI_CONTAINERS };

/* Missing strings are empty. */
struct heir_cri_item {
	struct heir_str id;
	struct heir_str pod;         /* for a container, the id of its pod */
	struct heir_str name, space; /* from its metadata; containers have no namespace */
	bool ended;                  /* a pod that is not ready, a container that has exited */
};

/* Decodes a list. Strings are slices of `text`; the array is in the arena. Returns 0; -EBADMSG if
 * the text is not such an answer or is truncated; -ENOMEM. */
int heir_cri_list(struct heir_str text, enum heir_cri_list what, struct heir_arena *arena,
	const struct heir_cri_item **ret, uint32_t *ret_n);

struct heir_cri_status {
	struct heir_str id; /* empty if CRI-O does not have the pod */
	struct heir_str name, space;
	/* The annotation io.kubernetes.cri-o.RuntimeHandler, in the arena: "" if the pod names no
	 * handler, .p NULL if there is no such annotation. (CRI-O never sets the field of that
	 * name.) */
	struct heir_str handler;
};

/* Decodes the first of several answers to PodSandboxStatus (verbose), and removes it from `text`.
 * Returns 0; -EBADMSG; -ENOMEM. */
int heir_cri_take_status(
	struct heir_str *text, struct heir_arena *arena, struct heir_cri_status *ret);

#endif
