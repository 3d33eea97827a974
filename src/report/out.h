/* SPDX-License-Identifier: Apache-2.0 */
/* Where a report goes: text is gathered and handed to the caller's function in large pieces. Errors
 * are sticky: print on, ask heir_out_finish() once.
 *
 * A terminal whose locale is not UTF-8 gets ASCII only: to some the bytes of other characters are
 * control characters. Foreign text is escaped on the way out, and takes the columns of that.
 *
 * A CI system reads the log of a job and obeys lines that begin with "::", and "##[" and "##vso["
 * wherever they stand. Nothing that heir writes is meant so but the lines of HEIR_FORMAT_GITHUB, so
 * whatever else begins like that is escaped here, for all formats. */
#ifndef HEIR_REPORT_OUT_H
#define HEIR_REPORT_OUT_H

#include <stdbool.h>

#include "base/buf.h"
#include "heir/heir.h"

enum heir_color {
	HEIR_COLOR_NONE,
	HEIR_COLOR_BOLD,
	HEIR_COLOR_DIM,
	HEIR_COLOR_RED,
	HEIR_COLOR_GREEN,
	HEIR_COLOR_YELLOW,
	HEIR_COLOR_CYAN,
};

struct heir_out {
	struct heir_style style;
	heir_write_fn write;
	void *data;
	struct heir_buf buf;
	size_t piece; /* so much is gathered before something is handed over */
	size_t room;  /* left for long values: model/bound.h */
	int error;
};

void heir_out_init(
	struct heir_out *out, const struct heir_style *style, heir_write_fn write, void *data);
/* Hands over what is left and releases the buffer. 0, -ENOMEM, or what `write` returned. */
int heir_out_finish(struct heir_out *out);

void heir_out_add(struct heir_out *out, struct heir_str s);
void heir_out_addz(struct heir_out *out, const char *z);
void heir_out_printf(struct heir_out *out, const char *fmt, ...) _printf_(2, 3);
void heir_out_fill(struct heir_out *out, char c, size_t n);

/* Foreign text, shown so that a terminal does not obey it. Returns its width in columns. */
size_t heir_out_show(struct heir_out *out, struct heir_str s);
/* The same of text of several lines, which keeps them and its tabs. */
void heir_out_show_lines(struct heir_out *out, struct heir_str s);
/* The same as heir_out_show() padded with blanks to `width` columns (not cut). */
void heir_out_cell(struct heir_out *out, struct heir_str s, size_t width, enum heir_color color);

/* Colour from here on, if the style has it; HEIR_COLOR_NONE ends it. */
void heir_out_color(struct heir_out *out, enum heir_color color);

/* What follows is a link to a file, up to heir_out_end_link(), if the style has links. A relative
 * path is below the working directory. */
void heir_out_begin_link(struct heir_out *out, struct heir_str path);
void heir_out_end_link(struct heir_out *out);

/* Adds a path as part of a URL. */
void heir_url_add(struct heir_buf *buf, struct heir_str path);

/* Columns that foreign text takes when it is shown. */
size_t heir_shown_width(const struct heir_out *out, struct heir_str s);
/* The same of text that can be shown already. */
size_t heir_out_width(const struct heir_out *out, struct heir_str shown);

/* Adds `s`, escaped, with its middle left out ("/usr/.../crun") so that it takes at most `width`
 * columns. A width of 0 leaves it whole. */
void heir_elide(const struct heir_out *out, struct heir_buf *buf, struct heir_str s, size_t width);

#endif
