/* SPDX-License-Identifier: Apache-2.0 */
/* `heir check --fix`: which of the mends that findings offer leave every handler as it is. They are
 * made on texts in memory, laid over the node, and all is resolved again, as an unmodified CRI-O
 * does it and as heir does; what would be other than before is left out. Nothing is written here.
 */
#ifndef HEIR_CHECK_FIX_H
#define HEIR_CHECK_FIX_H

#include "base/edit.h"
#include "base/overlay.h"
#include "check/check.h"

/* A finding that offers a mend. */
struct heir_fix {
	const struct heir_diag *diag;
	const char *why; /* it is not mended; NULL: it is */
	uint32_t file;   /* index of its file, if it is */
	uint32_t number; /* of the finding */
};

/* A file as it is and as it would be. */
struct heir_fixed_file {
	uint32_t source;
	const char *path;
	enum heir_scope scope;
	struct heir_str before, after;
	struct heir_edit *edits; /* in order; they make the one of the other */
	uint32_t n_edits;
	bool written;
};

struct heir_fixes {
	struct heir_arena arena; /* all that is below but for the diagnostics */
	struct heir_fix *items;  /* in order of the findings */
	uint32_t n;
	struct heir_fixed_file *files; /* those that change, in load order */
	uint32_t n_files;
	struct heir_overlay overlay; /* the changed texts */
};

enum {
	/* So often at most is everything resolved again to find the mends that cannot be made; of
	 * large nodes less often. */
	HEIR_FIX_MAX_TRIES = 200,
};

/* Takes the mends of the findings in `core`, which are in order of their places and were made for
 * `config`, and for each of `versions` if there are any: a mend then has to hold for all of them,
 * as bits of heir_diag.targets say of the finding. 0, -ENOMEM, or -errno where the root cannot be
 * held a second time; release in any case. The diagnostics stay those of `core`. */
int heir_fixes_init(struct heir_fixes *fixes, struct heir_core *core,
	const struct heir_config *config, const struct heir_assume *assume,
	const struct heir_version *versions, uint32_t n_versions);
void heir_fixes_release(struct heir_fixes *fixes);

#endif
