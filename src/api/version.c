/* SPDX-License-Identifier: Apache-2.0 */
#include "report/version.h"

#include <errno.h>

#include "api/context.h"
#include "base/macro.h"

const char *heir_version(void)
{
	return AS_TEXT(HEIR_VERSION_MAJOR) "." AS_TEXT(HEIR_VERSION_MINOR) "." AS_TEXT(
		HEIR_VERSION_PATCH);
}

unsigned heir_version_number(void)
{
	return HEIR_VERSION_NUMBER;
}

void heir_build_info(struct heir_build_info *ret)
{
	heir_build_read(ret);
}

int heir_build_part_at(size_t i, struct heir_build_part *ret)
{
	return heir_build_part(i, ret) ? 0 : -ERANGE;
}

int heir_report_version(struct heir_ctx *ctx, bool build, const struct heir_style *style,
	heir_write_fn write, void *data)
{
	struct heir_out out;
	int r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON));

	if (r < 0)
		return r;
	heir_out_init(&out, style, write, data);
	r = heir_version_print(heir_version(), build, &out);
	return heir_ctx_end(ctx, &out, r);
}
