/* SPDX-License-Identifier: Apache-2.0 */
#include "base/edit.h"

#include <stdlib.h>

static int compare_edits(const void *a, const void *b)
{
	const struct heir_edit *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->len < y->len ? -1 : x->len > y->len;
}

uint32_t heir_edits_sort(struct heir_edit *edits, uint32_t n)
{
	uint32_t kept = 0;

	if (n == 0)
		return 0;
	qsort(edits, n, sizeof(*edits), compare_edits);
	for (uint32_t i = 1; i < n; i++) {
		struct heir_edit *last = &edits[kept];

		if (last->text.len == 0 && edits[i].text.len == 0 &&
			edits[i].at <= last->at + last->len) {
			uint32_t end = edits[i].at + edits[i].len;

			last->len = end > last->at + last->len ? end - last->at : last->len;
		} else {
			edits[++kept] = edits[i];
		}
	}
	return kept + 1;
}

void heir_edits_apply(
	struct heir_buf *buf, struct heir_str text, const struct heir_edit *edits, uint32_t n)
{
	size_t at = 0;

	for (uint32_t i = 0; i < n; i++) {
		heir_buf_add(buf, text.p + at, edits[i].at - at);
		heir_buf_adds(buf, edits[i].text);
		at = (size_t)edits[i].at + edits[i].len;
	}
	heir_buf_add(buf, text.p + at, text.len - at);
}
