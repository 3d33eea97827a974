/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

void heir_buf_release(struct heir_buf *buf)
{
	free(buf->p);
	*buf = HEIR_BUF_NULL;
}

void heir_buf_clear(struct heir_buf *buf)
{
	buf->len = 0;
	if (buf->p)
		buf->p[0] = '\0';
}

/* Makes room for `more` bytes and the terminator. */
static bool reserve_bytes(struct heir_buf *buf, size_t more)
{
	size_t need, size = buf->size ? buf->size : 256;
	char *p;

	if (buf->failed)
		return false;
	if (__builtin_add_overflow(buf->len, more, &need) || need > SIZE_MAX / 4) {
		buf->failed = true;
		return false;
	}
	if (need + 1 <= buf->size)
		return true;
	while (size < need + 1)
		size *= 2;
	p = realloc(buf->p, size);
	if (!p) {
		buf->failed = true;
		return false;
	}
	buf->p = p;
	buf->size = size;
	return true;
}

void heir_buf_add(struct heir_buf *buf, const char *p, size_t len)
{
	if (!reserve_bytes(buf, len))
		return;
	if (len)
		memcpy(buf->p + buf->len, p, len);
	buf->len += len;
	buf->p[buf->len] = '\0';
}

void heir_buf_addz(struct heir_buf *buf, const char *z)
{
	heir_buf_add(buf, z, strlen(z));
}

void heir_buf_addc(struct heir_buf *buf, char c)
{
	heir_buf_add(buf, &c, 1);
}

void heir_buf_adds(struct heir_buf *buf, struct heir_str s)
{
	heir_buf_add(buf, s.p, s.len);
}

void heir_buf_fill(struct heir_buf *buf, char c, size_t n)
{
	if (!reserve_bytes(buf, n))
		return;
	memset(buf->p + buf->len, c, n);
	buf->len += n;
	buf->p[buf->len] = '\0';
}

void heir_buf_number(struct heir_buf *buf, uint32_t n)
{
	char digits[10];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + n % 10);
	while (n /= 10);
	heir_buf_add(buf, digits + i, sizeof(digits) - i);
}

int heir_buf_error(const struct heir_buf *buf)
{
	return buf->failed ? -ENOMEM : 0;
}

struct heir_str heir_buf_str(const struct heir_buf *buf)
{
	return (struct heir_str){buf->p, buf->len};
}
