/* SPDX-License-Identifier: Apache-2.0 */
/* Output of reports: the writer, formats and style. Included by heir.h. */
#ifndef HEIR_HEIR_OUTPUT_H
#define HEIR_HEIR_OUTPUT_H

#include <heir/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Output ---- */

/* Receives a report in pieces. A negative return value stops the report and is returned. */
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
	HEIR_FORMAT_GITLAB,   /* Code Quality, JSON */
	HEIR_FORMAT_JUNIT,    /* XML */
	HEIR_FORMAT_TMPFILES, /* a file of systemd-tmpfiles(8) */
};

struct heir_style {
	size_t size;             /* sizeof(struct heir_style) */
	enum heir_format format; /* -EINVAL if the report does not have it */
	unsigned width;          /* columns of the terminal; 0: unbounded */
	bool color;
	bool ascii; /* heir's own text is ASCII only */
	/* The output is a terminal: heir_report_cat() also escapes control characters, and with
	 * `ascii` all reports escape text from files that is not ASCII. */
	bool escape;
	/* The name of this machine and the working directory, as "HOST/DIRECTORY": the places of
	 * diagnostics become links (OSC 8), if there is colour too. NULL: they do not. */
	const char *links;
};

#ifdef __cplusplus
}
#endif

#endif
