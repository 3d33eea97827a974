/* SPDX-License-Identifier: Apache-2.0 */
#include "report/findings.h"

#include <inttypes.h>

#include "base/macro.h"

static const struct heir_findings_format *const formats[] = {
	&heir_findings_text,
	&heir_findings_json,
	&heir_findings_sarif,
	&heir_findings_github,
	&heir_findings_gitlab,
	&heir_findings_junit,
};

unsigned heir_findings_formats(void)
{
	unsigned bits = 0;

	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		bits |= 1u << formats[i]->format;
	return bits;
}

const struct heir_findings_format *heir_findings_format(enum heir_format format)
{
	for (size_t i = 1; i < ARRAY_LEN(formats); i++)
		if (formats[i]->format == format)
			return formats[i];
	return formats[0];
}

int heir_findings_print(const struct heir_findings_part *part,
	const struct heir_findings_frame *frame, struct heir_out *out)
{
	const struct heir_findings_format *format = heir_findings_format(out->style.format);
	int r;

	if (format->one)
		return format->one(part, frame, out);
	if (format->begin)
		format->begin(frame, out);
	r = format->part(part, out);
	if (format->end)
		format->end(frame, out);
	return r;
}

void heir_counts_json(struct heir_out *out, struct heir_finding_counts counts)
{
	heir_out_printf(out,
		"\"counts\": {\"errors\": %" PRIu32 ", \"warnings\": %" PRIu32
		", \"notes\": %" PRIu32 "}",
		counts.errors, counts.warnings, counts.notes);
}
