/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics, the rules that find them, and fixes. Included by heir.h. */
#ifndef HEIR_HEIR_FINDINGS_H
#define HEIR_HEIR_FINDINGS_H

#include <heir/context.h>
#include <heir/output.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Diagnostics ---- */

struct heir_diagnostic {
	const char *rule; /* "parent-unknown"; ids never change */
	char severity; /* F CRI-O does not start, D handler dropped, E error, W warning, I note */
	const char *level; /* "error", "warning" or "note" */
	const char *message;
	const char *help;    /* NULL: none */
	const char *handler; /* NULL: about no handler */
	struct heir_location where;
	/* Of several releases (HEIR_FOR) those that it holds for, as "1.31..1.34, 1.36"; NULL: one
	 * is asked about. */
	const char *targets;
};

/* In order of file and place. */
HEIR_PUBLIC size_t heir_n_diagnostics(struct heir_ctx *ctx);
/* 0, -ERANGE or -ENOMEM. */
HEIR_PUBLIC int heir_diagnostic_at(struct heir_ctx *ctx, size_t i, struct heir_diagnostic *ret);

/* Would CRI-O not start? Then *ret (which may be NULL) is the first reason. After heir_load() that
 * speaks of reading the files alone, after heir_resolve() of everything that CRI-O checks. */
HEIR_PUBLIC bool heir_fatal(struct heir_ctx *ctx, struct heir_diagnostic *ret);
/* All reasons: how many, and each. 0, -ERANGE or -ENOMEM. */
HEIR_PUBLIC size_t heir_n_stops(struct heir_ctx *ctx);
HEIR_PUBLIC int heir_stop_at(struct heir_ctx *ctx, size_t i, struct heir_diagnostic *ret);
/* The verdict as a sentence without a full stop: "CRI-O 1.34 would not start: 2 reasons". "" where
 * CRI-O would start. Lives until the context is freed or loaded again. NULL: no memory. */
HEIR_PUBLIC const char *heir_verdict(struct heir_ctx *ctx);

/* A second place that a diagnostic is about. */
struct heir_related {
	const char *message;
	struct heir_location where;
};

/* Of diagnostic number `i`. 0, -ERANGE (also where there are no more) or -ENOMEM. */
HEIR_PUBLIC int heir_diagnostic_related(
	struct heir_ctx *ctx, size_t i, size_t n, struct heir_related *ret);

/* ---- Check ---- */

/* Once after each heir_load(): looks for everything that is wrong with what it read, also where it
 * failed because a file could not be read, and resolves it. What it finds takes the place of the
 * diagnostics: those of the rules `only` (all, if there are none), without those of `skip`, and
 * without what comments in the files ask to ignore. With HEIR_FOR each release is checked, and what
 * is found for several of them is one finding. 0; -ENOENT: no such rule, heir_error() names
 * the nearest; -EINVAL: nothing was loaded; -ENOMEM. */
HEIR_PUBLIC int heir_check(struct heir_ctx *ctx, const char *const *only, size_t n_only,
	const char *const *skip, size_t n_skip);
/* Takes away the findings that `base`, which was checked too, has as well: the same rule with the
 * same words about the same file, wherever the line is now. 0, -EINVAL before heir_check(), or
 * -ENOMEM. */
HEIR_PUBLIC int heir_check_drop_known(struct heir_ctx *ctx, const struct heir_ctx *base);

struct heir_rule_info {
	const char *id;
	char severity;
	const char *level;   /* as above */
	const char *meaning; /* one line */
};

HEIR_PUBLIC size_t heir_n_rules(void);
/* 0 or -ERANGE. */
HEIR_PUBLIC int heir_rule_at(size_t i, struct heir_rule_info *ret);

/* ---- Fixes, after heir_check() ---- */

/* Selects the findings that can be fixed in the files without changing a handler: the fixed texts
 * are resolved as an unmodified CRI-O and as heir do, every handler must have the values that it
 * has now, and no error may be new. Writes nothing. Returns 0; -EINVAL with heir_error() if nothing
 * was checked or HEIR_DEFAULT_RUNTIME is set; -errno. */
HEIR_PUBLIC int heir_fix(struct heir_ctx *ctx);

struct heir_fix_info {
	size_t diagnostic;  /* number of the finding */
	const char *reason; /* why it is not fixed; NULL: it can be, or has been */
};

/* The findings that have a fix, until the next heir_load(). */
HEIR_PUBLIC size_t heir_n_fixes(struct heir_ctx *ctx);
/* 0 or -ERANGE. */
HEIR_PUBLIC int heir_fix_at(struct heir_ctx *ctx, size_t i, struct heir_fix_info *ret);

/* Writes what heir_fix() found, each file at once or not at all; a file that is no longer what was
 * read is left alone, and so are those after it. 0; -errno with heir_error(), -ESTALE for such a
 * file. heir_report_fixes() prints what has been written. */
HEIR_PUBLIC int heir_write_fixes(struct heir_ctx *ctx);
/* Makes heir_load() read the fixed texts instead of the files, to check what would be left. */
HEIR_PUBLIC void heir_try_fixes(struct heir_ctx *ctx);

/* Diagnostics as compilers print them, with the source line and a caret; those of a severity in
 * `severities` ("FDE"), or all (NULL). TEXT. */
HEIR_PUBLIC int heir_report_diagnostics(struct heir_ctx *ctx, const char *severities,
	const struct heir_style *style, heir_write_fn write, void *data);

/* What heir_check() found. TEXT, JSON (heir.check/1), SARIF or GITHUB; in the last two paths are
 * relative, with `root` before them if it is relative itself (what the caller calls HEIR_ROOT;
 * NULL: this machine). */
HEIR_PUBLIC int heir_report_check(struct heir_ctx *ctx, const char *root,
	const struct heir_style *style, heir_write_fn write, void *data);

/* What heir_fix() found as a unified diff, which patch -p1 takes in the directory that is the
 * node's "/". TEXT. */
HEIR_PUBLIC int heir_report_patch(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data);
/* What heir_write_fixes() has fixed, what it has not, and why: one line per fix. Call it before the
 * next heir_load(). TEXT. */
HEIR_PUBLIC int heir_report_fixes(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data);

/* The rules of heir_check(): all of them, a line each, or what one means with a wrong and a right
 * example. TEXT or JSON (heir.rules/1). -ENOENT: no such rule. */
HEIR_PUBLIC int heir_report_rules(struct heir_ctx *ctx, const char *id,
	const struct heir_style *style, heir_write_fn write, void *data);

#ifdef __cplusplus
}
#endif

#endif
