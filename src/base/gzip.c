/* SPDX-License-Identifier: Apache-2.0 */
#include "base/gzip.h"

#include <errno.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/macro.h"

enum { CHUNK = 64 << 10, GZIP_ONLY = 16 + MAX_WBITS };

static void inflate_release(z_stream *stream)
{
	inflateEnd(stream);
}

/* Decompresses all members until the input ends, and stops at `max` bytes. */
static int inflate_members(
	z_stream *stream, size_t max, struct heir_buf *buf, const char **ret_what)
{
	unsigned char chunk[CHUNK];

	for (;;) {
		int status;

		stream->next_out = chunk;
		stream->avail_out = sizeof(chunk);
		status = inflate(stream, Z_NO_FLUSH);
		if (status == Z_MEM_ERROR)
			return -ENOMEM;
		heir_buf_add(buf, (const char *)chunk, sizeof(chunk) - stream->avail_out);
		if (buf->len > max) {
			*ret_what = "unpacks to more than heir reads of one file";
			return -EINVAL;
		}
		if (status == Z_STREAM_END && stream->avail_in == 0)
			return 0;
		if (status == Z_STREAM_END)
			status = inflateReset(stream);
		if (status != Z_OK) {
			*ret_what = status == Z_BUF_ERROR ? "truncated gzip data"
							  : "not gzip, or corrupt";
			return -EINVAL;
		}
	}
}

int heir_gunzip(struct heir_str packed, size_t *budget, struct heir_arena *arena,
	struct heir_str *ret, const char **ret_what)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	_cleanup_(inflate_release) z_stream stream = {
		.next_in = (Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.len};
	int r;

	if (inflateInit2(&stream, GZIP_ONLY) != Z_OK)
		return -ENOMEM;
	r = inflate_members(&stream, MIN(*budget, HEIR_FILE_MAX), &buf, ret_what);
	*budget -= MIN(*budget, buf.len);
	if (r < 0)
		return r;
	return buf.failed ? -ENOMEM : heir_text_copy(heir_buf_str(&buf), arena, ret);
}
