/* SPDX-License-Identifier: Apache-2.0 */
/* Bringing what heir says onto the node: the drop-in is rendered, read back as an unmodified CRI-O
 * would read it, compared, and only then written. */
#ifndef HEIR_APPLY_APPLY_H
#define HEIR_APPLY_APPLY_H

#include <limits.h>

#include "apply/late.h"
#include "base/txn.h"
#include "inherit/stock.h"
#include "render/render.h"
#include "report/out.h"
#include "report/view.h"

struct heir_applying {
	struct heir_core *core;
	struct heir_rendering rendering;
	struct heir_stock before,
		after;             /* what CRI-O makes of the files now, and with the drop-in */
	struct heir_view views[2]; /* of the two */
	struct heir_str old;       /* what stands there; p NULL: no file does */
	/* Handlers that the file that stands there defines, and that CRI-O would not have any more.
	 */
	struct heir_str *lost;
	uint32_t n_dropped;
	struct heir_late_plan *late; /* of the handlers that are bound late; NULL: none ever was */
	const char *refused;         /* why nothing may be written, in words; NULL: it may */
	/* The old text, on disk already, so that putting it back needs no room. */
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

/* Decides what to write, of what was resolved under heir's semantics and not fatally. What the
 * drop-in cannot say becomes diagnostics of the core. 0 or -ENOMEM; release in any case, before
 * the configuration. */
int heir_applying_init(struct heir_applying *applying, const struct heir_config *config,
	const struct heir_resolution *res, const struct heir_assume *assume, const char *version);
void heir_applying_release(struct heir_applying *applying);

/* Is there something to write? */
bool heir_applying_changes(const struct heir_applying *applying);

/* The file as a unified diff, then the handlers as CRI-O has them before and after. `root` is what
 * the node is called; NULL: this machine. 0 or -ENOMEM. */
int heir_applying_text(
	const struct heir_applying *applying, const char *root, struct heir_out *out);

/* Writes the drop-in, all of it or nothing, by base/txn. While it does so no signal that can be
 * held back ends the program. 0 or -errno: -ESTALE what is to be replaced has changed; and as
 * heir_txn_begin. After a failure heir_applying_verify() says whether it is there all the same. */
int heir_applying_write(const struct heir_applying *applying);

/* Makes ready for heir_applying_restore(), before anything is written: a temporary above the
 * drop-ins that holds what stands there, until the release. 0 or -errno, as above. */
int heir_applying_prepare(struct heir_applying *applying);

/* Puts back what stood there before heir_applying_write(), or takes the file away, unless somebody
 * has written to it since, -ESTALE. 0, also where only a crash may bring the new one back, or
 * -errno; for others than -ESTALE the old text is left in
 * the file *ret_kept then (NULL: there was none). */
int heir_applying_restore(struct heir_applying *applying, const char **ret_kept);

/* Is what heir_applying_write() wrote still there? 0; -ESTALE; -errno. */
int heir_applying_verify(const struct heir_applying *applying);

/* Would CRI-O do other than it does, once it has the drop-in? 0 or -ENOMEM. */
int heir_applying_matters(const struct heir_applying *applying, bool *ret);

/* The directory above that of the drop-ins, in which CRI-O does not read every name. By the file
 * system's word: the path may end in "." or lead through links. 0 or -errno. */
int heir_apply_directory_above(struct heir_root *root, const char *config_dir, char ret[PATH_MAX]);

#endif
