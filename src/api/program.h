/* SPDX-License-Identifier: Apache-2.0 */
/* What the program heir uses of the library besides heir.h. It is for no other program, is not
 * exported and may change with any release. */
#ifndef HEIR_API_PROGRAM_H
#define HEIR_API_PROGRAM_H

#include "heir/heir.h"

/* The one of n names that was probably meant by another, by their letters; NULL: none is near. */
const char *heir_nearest(const char *wanted, const char *const *names, size_t n);

/* Writes foreign text as the reports show it: control characters, what turns text around or cannot
 * be seen and bytes that are not UTF-8 as \xNN or \u{N}; where the style has `ascii` and `escape`,
 * all beyond ASCII too. 0, -ENOMEM, or what `write` returned. */
int heir_escape(const char *text, const struct heir_style *style, heir_write_fn write, void *data);

/* Writes a file of this machine as a whole or not at all, whatever HEIR_ROOT is; a relative path
 * starts at the working directory. A device or a pipe is written into. The temporary is not in a
 * directory of drop-ins (crio.conf.d, or HEIR_CONFIG_DIR's last name), where CRI-O reads every
 * name, and the thread's signals are blocked while there is one. A new file gets `mode`, less what
 * group and others may not read of the files that the context read; an old one keeps its own mode,
 * unless with `is_public`: then it is `mode` in any case. 0, or -errno with heir_error(): -ELOOP
 * the path is a link of another user; -EPERM for root, a directory or link on the way is not
 * root's, or another user has a file of that name where several users may write. */
int heir_write_file(struct heir_ctx *ctx, const char *path, unsigned mode, bool is_public,
	const char *text, size_t len);

/* What heir_write_file() writes for `ctx` from here on may hold what `other` read, too: its files
 * narrow the mode as those of `ctx` do. */
void heir_write_also(struct heir_ctx *ctx, const struct heir_ctx *other);

/* Before heir_load() of `ctx`, after that of `other`: the release of `other`, unless it is assumed,
 * is that of `ctx` where neither HEIR_CRIO_VERSION nor Nodes tell it. */
void heir_set_release_of(struct heir_ctx *ctx, const struct heir_ctx *other);

/* Whether only root and the effective user can write the program of that absolute path, the
 * interpreters of a script (also what env finds in the directories `dirs`, as in $PATH) and the
 * directories above them. 0; -EPERM, with heir_error(): another user can; -errno. */
int heir_judge_program(struct heir_ctx *ctx, const char *path, const char *dirs);

/* What heir_check() found in several contexts, as one report. Each gives a part, which depends on
 * nothing else: threads may make parts side by side, and heir_report_checks() puts them together.
 * `root` is what the caller calls HEIR_ROOT of the context, and stands before every path, but for
 * JSON, which has it apart. TEXT can leave out what is of none of the `severities` ("FDE"; NULL:
 * all). A context that could not be loaded gives a part as well; in JSON that says why. Formats as
 * above, but heir.checks/1. 0, -ENOMEM, or what `write` returned. */
int heir_report_check_part(struct heir_ctx *ctx, const char *root, const char *severities,
	const struct heir_style *style, heir_write_fn write, void *data);

/* What heir_report_check_part() wrote, and its number of findings of each level. */
struct heir_part {
	const char *text;
	size_t len;
	size_t errors, warnings, notes;
};

/* Hands over the next part, which must live until the next call: 1; 0 when there are no more; or a
 * negative number, which ends the report. */
typedef int (*heir_part_fn)(void *data, struct heir_part *ret);

/* Writes the parts that `next` hands over. They were all made with the settings of `ctx` but for
 * HEIR_ROOT, and with this style. 0, -ENOMEM, or what `next` or `write` returned. */
int heir_report_checks(struct heir_ctx *ctx, const struct heir_style *style, heir_part_fn next,
	void *next_data, heir_write_fn write, void *data);

/* A section of the page: a node, or what a pool makes of nodes. A pool that is no more has but its
 * name, and is not the first part. */
struct heir_page_part {
	const char *pool;             /* its heading; NULL: the name of the node */
	bool is_new;                  /* there was no such pool before */
	struct heir_diff_side now;    /* after heir_check(); ctx NULL: there is no such pool now */
	struct heir_diff_side before; /* what it is compared with, likewise; ctx NULL: nothing */
};

/* Texts about the page itself. Each may be NULL, and is then left out. */
struct heir_page_about {
	const char *title;
	const char *command; /* the command line that made it */
	const char *commit;  /* of the repository that it is about */
	const char *date;
};

/* A page for the review of a change: of each part what is wrong, who inherits from whom, what the
 * handlers get and why, and how that differs from what was before. It stands for itself: nothing
 * is loaded from elsewhere, and it has no script. `about` may be NULL. Of more than a thousand
 * handlers the drawing and the lineage are left out, as the page then says. HTML. 0; -EINVAL,
 * with heir_error() of the first context: something is not checked; -ENOMEM; what `write`
 * returned. */
int heir_report_page(const struct heir_page_part *parts, size_t n,
	const struct heir_page_about *about, const struct heir_style *style, heir_write_fn write,
	void *data);

#endif
