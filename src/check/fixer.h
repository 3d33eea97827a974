/* SPDX-License-Identifier: Apache-2.0 */
/* `heir check --fix`: selects the fixes that change no handler. They are made on texts in memory,
 * which are laid over the node's files; then everything is resolved again, as an unmodified CRI-O
 * would and as heir does, and compared with the result for the old files. Nothing is written here:
 * heir_write_fixes() does that. */
#ifndef HEIR_CHECK_FIXER_H
#define HEIR_CHECK_FIXER_H

#include "base/edit.h"
#include "base/overlay.h"
#include "check/check.h"

/* What became of the fix of one finding. */
struct heir_fix_outcome {
	const struct heir_diag *diag;
	const char *why; /* why it is not made; NULL: it is */
	uint32_t file;   /* index in heir_fixes.files, if it is made */
	uint32_t number; /* of the finding in the list of diagnostics */
};

/* A file that changes: its old and its new text. */
struct heir_fixed_file {
	uint32_t source;
	const char *path;
	enum heir_scope scope;
	struct heir_str before, after;
	struct heir_edit *edits; /* sorted; they turn `before` into `after` */
	uint32_t n_edits;
	bool written;
};

struct heir_fixes {
	struct heir_arena arena;        /* all that is below but for the diagnostics */
	struct heir_fix_outcome *items; /* in order of the findings */
	uint32_t n;
	struct heir_fixed_file *files; /* those that change, in load order */
	uint32_t n_files;
	struct heir_overlay overlay; /* the changed texts */
};

enum {
	/* How often everything is resolved again, at most, to find the fixes that cannot be made.
	 * For large nodes the bound is lower. */
	HEIR_FIX_MAX_TRIES = 200,
};

/* Decides about the fixes of all findings in `core`, which must be sorted by place and result from
 * `config`. With `versions`, a fix is only made if it changes no handler for any of these releases
 * and heir_diag.targets has all of them. Returns 0, -ENOMEM, or -errno if the root's descriptor
 * cannot be duplicated; call heir_fixes_release() in any case. The diagnostics stay owned by
 * `core`. */
int heir_fixes_init(struct heir_fixes *fixes, struct heir_core *core,
	const struct heir_config *config, const struct heir_assume *assume,
	const struct heir_version *versions, uint32_t n_versions);
void heir_fixes_release(struct heir_fixes *fixes);

#endif
