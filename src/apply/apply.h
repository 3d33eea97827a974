/* SPDX-License-Identifier: Apache-2.0 */
/* Installs the drop-in on the node: it is rendered, read back as an unmodified CRI-O would,
 * compared with what heir promises, and only then written. */
#ifndef HEIR_APPLY_APPLY_H
#define HEIR_APPLY_APPLY_H

#include <limits.h>

#include "apply/late.h"
#include "base/txn.h"
#include "inherit/stock.h"
#include "render/render.h"
#include "report/out.h"
#include "model/view.h"

struct heir_applying {
	struct heir_core *core;
	struct heir_rendering rendering;
	struct heir_stock before,
		after;             /* what CRI-O makes of the files now, and with the drop-in */
	struct heir_view views[2]; /* of the two */
	struct heir_str old;       /* the existing file; .p is NULL if there is none */
	/* Handlers that the existing file defines and that CRI-O would no longer have. */
	struct heir_str *dropped;
	uint32_t n_dropped;
	/* for handlers that are bound late; NULL: there never were any */
	struct heir_late_plan *late;
	const char *refused; /* why nothing may be written; NULL: it may */
	/* A temporary with the old text, so that a rollback needs no disk space. */
	struct heir_txn undo;
};

#define HEIR_APPLYING_NULL                                                                 \
	{                                                                                  \
		.rendering = HEIR_RENDERING_NULL, .views = {{.handlers = NULL}}, .undo = { \
			.dir = -1,                                                         \
			.staging = -1,                                                     \
			.fd = -1,                                                          \
			.keeps_owner = true                                                \
		}                                                                          \
	}

/* Decides what to write, based on a resolution with heir's semantics that is not fatal. What the
 * drop-in cannot express becomes diagnostics of the core. Returns 0 or -ENOMEM; release in any
 * case, before the configuration. */
int heir_applying_init(struct heir_applying *applying, const struct heir_config *config,
	const struct heir_resolution *res, const struct heir_assume *assume, const char *version);
void heir_applying_release(struct heir_applying *applying);

/* Returns whether there is anything to write. */
bool heir_applying_changes(const struct heir_applying *applying);

/* Prints the file as a unified diff, then the handlers before and after, as CRI-O resolves them.
 * `root` is the node's name, NULL for this machine. Returns 0 or -ENOMEM. */
int heir_applying_text(
	const struct heir_applying *applying, const char *root, struct heir_out *out);

/* Writes the drop-in completely or not at all, by base/txn. Signals are blocked in the meantime.
 * Returns 0; -ESTALE if the existing file has changed; -errno as heir_txn_begin(). After a failure,
 * heir_applying_verify() determines whether the new file is in place. */
int heir_applying_write(const struct heir_applying *applying);

/* Prepares heir_applying_restore() before anything is written: creates a temporary above the
 * drop-ins with the existing text, which is removed by the release. Returns 0 or -errno as
 * above. */
int heir_applying_prepare(struct heir_applying *applying);

/* Restores what existed before heir_applying_write(), or removes the file. Returns -ESTALE and
 * does nothing if it was changed since. Returns 0, also if a crash may undo this, or -errno; then,
 * except for -ESTALE, the old text remains in the file *ret_kept (NULL: there was none). */
int heir_applying_restore(struct heir_applying *applying, const char **ret_kept);

/* Checks that the file is what heir_applying_write() wrote. Returns 0; -ESTALE; -errno. */
int heir_applying_verify(const struct heir_applying *applying);

/* Determines whether CRI-O would behave differently with the drop-in. Returns 0 or -ENOMEM. */
int heir_applying_matters(const struct heir_applying *applying, bool *ret);

/* Returns the directory above the drop-ins, in which CRI-O does not read every name. It is
 * determined through the file system, because the path may end in "." or contain links. Returns 0
 * or -errno. */
int heir_apply_directory_above(struct heir_root *root, const char *config_dir, char ret[PATH_MAX]);

#endif
