/* SPDX-License-Identifier: Apache-2.0 */
#include "report/label.h"

#include "base/macro.h"
#include "base/utf8.h"

void heir_label_add(struct heir_buf *buf, const char *name, struct heir_str value)
{
	_cleanup_(heir_buf_release) struct heir_buf shown = HEIR_BUF_NULL;

	heir_utf8_show(&shown, value);
	/* What is quoted looks like no other name: two samples that are the same spoil the file. */
	if (!heir_str_eq(heir_buf_str(&shown), value) || (value.len > 0 && value.p[0] == '"')) {
		heir_buf_clear(&shown);
		heir_utf8_quote(&shown, value);
	}
	heir_buf_printf(buf, "%s%s=\"", buf->len ? "," : "", name);
	for (size_t i = 0; i < shown.len; i++) {
		if (shown.p[i] == '"' || shown.p[i] == '\\')
			heir_buf_addz(buf, "\\");
		heir_buf_add(buf, shown.p + i, 1);
	}
	heir_buf_addz(buf, "\"");
	buf->failed |= shown.failed;
}
