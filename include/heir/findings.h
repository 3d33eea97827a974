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
	const char *handler; /* NULL: does not concern one handler */
	struct heir_location where;
	/* With HEIR_FOR, the releases that have the finding, as in "1.31..1.34, 1.36"; else
	 * NULL. */
	const char *targets;
};

/* Returns the number of diagnostics, which are sorted by file and place. */
HEIR_PUBLIC size_t heir_n_diagnostics(struct heir_ctx *ctx);
/* 0, -ERANGE or -ENOMEM. */
HEIR_PUBLIC int heir_diagnostic_at(struct heir_ctx *ctx, size_t i, struct heir_diagnostic *ret);

/* Returns whether CRI-O would fail to start; *ret (`ret` may be NULL) is then the first reason.
 * After heir_load() this covers reading the files only, after heir_resolve() everything that CRI-O
 * checks. */
HEIR_PUBLIC bool heir_fatal(struct heir_ctx *ctx, struct heir_diagnostic *ret);
/* The number of reasons, and reason `i`. heir_stop_at() returns 0, -ERANGE or -ENOMEM. */
HEIR_PUBLIC size_t heir_n_stops(struct heir_ctx *ctx);
HEIR_PUBLIC int heir_stop_at(struct heir_ctx *ctx, size_t i, struct heir_diagnostic *ret);
/* Returns the verdict as a sentence without a full stop: "CRI-O 1.34 would not start: 2 reasons";
 * "" if CRI-O would start; NULL without memory. Lives until the context is freed or loaded again.
 */
HEIR_PUBLIC const char *heir_verdict(struct heir_ctx *ctx);

/* A further place of a diagnostic. */
struct heir_related {
	const char *message;
	struct heir_location where;
};

/* Returns further place `n` of diagnostic `i`. 0, -ERANGE or -ENOMEM. */
HEIR_PUBLIC int heir_diagnostic_related(
	struct heir_ctx *ctx, size_t i, size_t n, struct heir_related *ret);

/* ---- Check ---- */

/* Resolves and checks what was loaded. Call it once after each heir_load(), even if that failed
 * because a file could not be read. Its findings replace the diagnostics: those of the rules `only`
 * (all if n_only is 0), without those of `skip`, and without those that comments in the files
 * ignore. With HEIR_FOR each release is checked, and a finding of several releases is reported
 * once. Returns 0; -ENOENT if a rule does not exist, with the nearest one in heir_error(); -EINVAL
 * if nothing was loaded; -ENOMEM. */
HEIR_PUBLIC int heir_check(struct heir_ctx *ctx, const char *const *only, size_t n_only,
	const char *const *skip, size_t n_skip);
/* Removes the findings that `base`, which was checked too, also has: the same rule and message in
 * the same file, in any line. Returns 0; -EINVAL before heir_check(); -ENOMEM. */
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
	size_t diagnostic;  /* index of the finding */
	const char *reason; /* why it is not fixed; NULL: it can be or has been fixed */
};

/* Returns the number of findings with a fix, until the next heir_load(). */
HEIR_PUBLIC size_t heir_n_fixes(struct heir_ctx *ctx);
/* 0 or -ERANGE. */
HEIR_PUBLIC int heir_fix_at(struct heir_ctx *ctx, size_t i, struct heir_fix_info *ret);

/* Writes the fixes of heir_fix(), each file atomically. Stops at a file that has changed since it
 * was read. Returns 0; with heir_error(), -ESTALE for such a file, or -errno. heir_report_fixes()
 * prints what was written. */
HEIR_PUBLIC int heir_write_fixes(struct heir_ctx *ctx);
/* Makes heir_load() read the fixed texts instead of the files, to check what would remain. */
HEIR_PUBLIC void heir_try_fixes(struct heir_ctx *ctx);

/* Prints diagnostics in the style of compilers, with the source line and a caret: those with a
 * severity in `severities` ("FDE"), or all (NULL). TEXT. */
HEIR_PUBLIC int heir_report_diagnostics(struct heir_ctx *ctx, const char *severities,
	const struct heir_style *style, heir_write_fn write, void *data);

/* Prints the findings of heir_check(). TEXT, JSON (heir.check/1), SARIF, GITHUB, GITLAB or JUNIT.
 * Paths for CI systems are relative, and begin with `root` if it is relative. `root` is the name of
 * HEIR_ROOT; NULL: this machine. */
HEIR_PUBLIC int heir_report_check(struct heir_ctx *ctx, const char *root,
	const struct heir_style *style, heir_write_fn write, void *data);

/* Prints the fixes of heir_fix() as a unified diff for patch -p1 in the node's "/". TEXT. */
HEIR_PUBLIC int heir_report_patch(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data);
/* Prints one line per fix: whether heir_write_fixes() wrote it, and if not, why. Call it before the
 * next heir_load(). TEXT. */
HEIR_PUBLIC int heir_report_fixes(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data);

/* Lists the rules of heir_check(), or explains one with a wrong and a right example. TEXT or JSON
 * (heir.rules/1). -ENOENT: no such rule. */
HEIR_PUBLIC int heir_report_rules(struct heir_ctx *ctx, const char *id,
	const struct heir_style *style, heir_write_fn write, void *data);

#ifdef __cplusplus
}
#endif

#endif
