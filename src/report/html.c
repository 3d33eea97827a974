/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html.h"

#include <errno.h>
#include <string.h>

#include "base/utf8.h"

static const char *entity_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* Text that is harmless already but for what HTML makes of it. */
static void add_escaped(struct heir_out *out, struct heir_str s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.len; i++) {
		const char *entity = entity_of(s.p[i]);

		if (!entity)
			continue;
		heir_out_add(out, (struct heir_str){s.p + from, i - from});
		heir_out_addz(out, entity);
		from = i + 1;
	}
	if (from < s.len)
		heir_out_add(out, (struct heir_str){s.p + from, s.len - from});
}

void heir_html_text(struct heir_out *out, struct heir_str s)
{
	_cleanup_(heir_buf_release) struct heir_buf shown = HEIR_BUF_NULL;

	heir_utf8_show(&shown, s);
	if (shown.failed)
		out->error = out->error ? out->error : -ENOMEM;
	else
		add_escaped(out, heir_buf_str(&shown));
}

void heir_html_textz(struct heir_out *out, const char *z)
{
	heir_html_text(out, heir_str_from(z));
}

void heir_html_blanked(struct heir_out *out, struct heir_str s, char c)
{
	while (s.len > 0) {
		const char *end = memchr(s.p, c, s.len);
		size_t len = end ? (size_t)(end - s.p) : s.len;

		heir_html_text(out, (struct heir_str){s.p, len});
		heir_out_addz(out, end ? " " : "");
		len += end != NULL;
		s.p += len;
		s.len -= len;
	}
}

void heir_html_element(
	struct heir_out *out, const char *tag, const char *class, struct heir_str text)
{
	heir_out_printf(out, "<%s", tag);
	if (class)
		heir_out_printf(out, " class=\"%s\"", class);
	heir_out_addz(out, ">");
	heir_html_text(out, text);
	heir_out_printf(out, "</%s>", tag);
}

void heir_html_elementz(struct heir_out *out, const char *tag, const char *class, const char *text)
{
	heir_html_element(out, tag, class, heir_str_from(text));
}

static int pipe_write(void *data, const char *text, size_t len)
{
	struct heir_out *out = data;

	add_escaped(out, (struct heir_str){text, len});
	return out->error;
}

void heir_html_pipe_init(struct heir_html_pipe *pipe, struct heir_out *out)
{
	static const struct heir_style plain = {.format = HEIR_FORMAT_TEXT};

	pipe->out = out;
	heir_out_init(&pipe->text, &plain, pipe_write, out);
}

void heir_html_pipe_finish(struct heir_html_pipe *pipe)
{
	int r = heir_out_finish(&pipe->text);

	if (r < 0 && pipe->out->error == 0)
		pipe->out->error = r;
}

void heir_html_name(struct heir_out *out, struct heir_str name)
{
	heir_html_element(out, "bdi", NULL, name.len ? name : HEIR_STR("\"\""));
}
