/* SPDX-License-Identifier: Apache-2.0 */
/* Where reports go, and how they look. Included by heir.h. */
#ifndef HEIR_HEIR_OUTPUT_H
#define HEIR_HEIR_OUTPUT_H

#include <heir/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Output ---- */

/* Receives a report piece by piece. A negative return stops it and is passed on. */
typedef int (*heir_write_fn)(void *data, const char *text, size_t len);

enum heir_format {
	HEIR_FORMAT_TEXT,
	HEIR_FORMAT_JSON,
	HEIR_FORMAT_TOML,
	HEIR_FORMAT_SARIF,         /* 2.1.0 */
	HEIR_FORMAT_GITHUB,        /* workflow commands */
	HEIR_FORMAT_MACHINECONFIG, /* YAML */
	HEIR_FORMAT_IGNITION,      /* 3.x, JSON */
	HEIR_FORMAT_DOT,           /* Graphviz */
	HEIR_FORMAT_MERMAID,
	HEIR_FORMAT_HTML,
	HEIR_FORMAT_MARKDOWN, /* tables as GitHub has them */
	HEIR_FORMAT_WIDE,     /* as TEXT, with more columns, and none is cut */
};

struct heir_style {
	enum heir_format format; /* one that the report has; -EINVAL for others */
	unsigned width;          /* columns of the terminal; 0: unbounded */
	bool color;
	bool ascii; /* no characters beyond ASCII of heir's own */
	/* It is for a terminal: what that would obey is escaped in heir_report_cat() too, and with
	 * `ascii` foreign text beyond ASCII in all reports. */
	bool escape;
};

/* Writes foreign text as the reports show it: control characters, what turns text around or cannot
 * be seen and bytes that are not UTF-8 as \xNN or \u{N}; where the style has `ascii` and `escape`,
 * all beyond ASCII too. 0, -ENOMEM, or what `write` returned. */
HEIR_PUBLIC int heir_escape(
	const char *text, const struct heir_style *style, heir_write_fn write, void *data);

/* The one of n names that was probably meant by another, by their letters; NULL: none is near. */
HEIR_PUBLIC const char *heir_nearest(const char *wanted, const char *const *names, size_t n);

/* Writes a file of this machine as a whole or not at all, whatever HEIR_ROOT is; a relative path
 * starts at the working directory. A device or a pipe is written into. The temporary is not in a
 * directory of drop-ins (crio.conf.d, or HEIR_CONFIG_DIR's last name), where CRI-O reads every
 * name, and the thread's signals are blocked while there is one. A new file gets `mode`, less what
 * group and others may not read of the files that the context read; an old one keeps its own mode,
 * unless with `is_public`: then it is `mode` in any case. 0, or -errno with heir_error(): -ELOOP
 * the path is a link of another user; -EPERM for root, a directory or link on the way is not
 * root's, or another user has a file of that name where several users may write. */
HEIR_PUBLIC int heir_write_file(struct heir_ctx *ctx, const char *path, unsigned mode,
	bool is_public, const char *text, size_t len);

/* What heir_write_file() writes for `ctx` from here on may hold what `other` read, too: its files
 * narrow the mode as those of `ctx` do. */
HEIR_PUBLIC void heir_write_also(struct heir_ctx *ctx, const struct heir_ctx *other);

#ifdef __cplusplus
}
#endif

#endif
