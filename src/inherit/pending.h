/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers that are pending: what heir makes of them exists on a node only after `heir apply`, or
 * with what `heir render` writes. All commands say so in the words that stand here. */
#ifndef HEIR_INHERIT_PENDING_H
#define HEIR_INHERIT_PENDING_H

#include "inherit/resolve.h"

#define HEIR_PENDING_WORDS "CRI-O does this only once it is applied"
#define HEIR_PENDING_HELP "run heir apply on the node, or heir render"

/* May any handler be pending? Without asking what CRI-O makes of the files, which costs more. */
bool heir_pending_may_be(const struct heir_resolution *res);

/* Finds the handlers of a resolution under heir's semantics that CRI-O, with the same files, keeps
 * with other values or not at all: *ret, by their ids, is NULL where there are none. It belongs to
 * the core's arena. Nothing is pending where CRI-O's own answer, `stock`, is not usable. 0 or
 * -errno. */
int heir_pending_find(
	const struct heir_resolution *res, const struct heir_resolution *stock, const bool **ret);

#endif
