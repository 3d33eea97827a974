/* SPDX-License-Identifier: Apache-2.0 */
/* What every layer works on: the memory, the file system, the sources and the diagnostics of one
 * context. Two of them share nothing. */
#ifndef HEIR_BASE_CORE_H
#define HEIR_BASE_CORE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/effort.h"
#include "base/memo.h"
#include "base/root.h"
#include "base/source.h"
#include "base/trace.h"

struct heir_core {
	struct heir_arena arena;
	/* Lists that somebody asked for, which may be as long as a chain of handlers for each of
	 * its handlers: who asks for many in turn forgets them in turn. */
	struct heir_arena values;
	/* Strings that were decoded or expanded into `arena`: a thousand handlers may inherit one.
	 */
	struct heir_memo decoded, expanded;
	/* The long lists among those that were read, by the key of their node. They stay in
	 * `arena`.
	 */
	struct heir_memo lists;
	/* What may be spent while handlers are resolved, and again while that is explained. */
	struct heir_effort effort, explaining;
	struct heir_root root;
	struct heir_sources sources;
	struct heir_diags diags;
	const char *lost;               /* a path that could not be looked up; NULL: none */
	const struct heir_trace *trace; /* whom to tell what is looked at; NULL: nobody */
};

void heir_core_init(struct heir_core *core);
void heir_core_release(struct heir_core *core);
/* Adds a file of the node as a source; where the overlay brings it, with the object that holds it.
 * `path` and `text` must outlive the core. 0 or -ENOMEM. */
int heir_core_add_source(struct heir_core *core, const char *path, struct heir_str text,
	enum heir_scope scope, uint32_t *ret);
/* All lists that heir_value_read and heir_result_get gave are gone. */
void heir_core_forget_values(struct heir_core *core);

#endif
