/* SPDX-License-Identifier: Apache-2.0 */
/* What every layer works on: memory, file system, sources and diagnostics of one context. Two
 * cores share nothing. */
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
	/* Lists of values for the caller. Each may be as long as the chain of parents of its
	 * handler, so callers that go through all handlers free them with
	 * heir_core_forget_values() as they go. */
	struct heir_arena values;
	/* Caches of strings that were decoded or expanded into `arena`, because many handlers may
	 * inherit the same one. */
	struct heir_memo decoded, expanded;
	/* Caches of long lists, by the key of their node. The lists are in `arena`. */
	struct heir_memo lists;
	/* Budgets for resolving handlers, and for explaining the result. */
	struct heir_effort effort, explaining;
	uint64_t selecting; /* see HEIR_SELECTING */
	struct heir_root root;
	struct heir_sources sources;
	struct heir_diags diags;
	const char *lost;               /* a path whose lookup failed; NULL if none did */
	const struct heir_trace *trace; /* receives what is read; NULL if nothing does */
};

void heir_core_init(struct heir_core *core);
void heir_core_release(struct heir_core *core);
/* Adds a file of the node as a source. If an overlay provides the file, the source names the
 * object that contains it. `path` and `text` must outlive the core. Returns 0 or -ENOMEM. */
int heir_core_add_source(struct heir_core *core, const char *path, struct heir_str text,
	enum heir_scope scope, uint32_t *ret);
/* Frees all lists that heir_value_read() and heir_result_get() returned. */
void heir_core_forget_values(struct heir_core *core);

#endif
