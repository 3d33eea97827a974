/* SPDX-License-Identifier: Apache-2.0 */
/* The ustar format, with GNU's extensions for long names and sparse files. */
#include "base/tar.h"

#include <stdio.h>
#include <string.h>

#include "base/macro.h"

enum { BLOCK = 512, MAX_NAME = 100 };

/* GNU tar's header of a sparse member: the map of its data and its real size replace the
 * prefix. */
struct header {
	char name[MAX_NAME], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type;
	char target[MAX_NAME], magic[8], owner[32], group[32], major[8], minor[8];
	char times_and_more[41];
	char sparse[4][24]; /* offset and length of each piece of data */
	char extended, real_size[12], padding[17];
};
static_assert(sizeof(struct header) == BLOCK, "a header is a block");

/* Writes octal digits and a NUL, or base 256 if they do not suffice. */
static void put_tar_number(char *field, size_t size, uint64_t n)
{
	if (n >> (3 * (size - 1))) {
		for (size_t i = size; i-- > 0; n >>= 8)
			field[i] = (char)(n & 0xff);
		field[0] |= (char)0x80;
		return;
	}
	field[size - 1] = '\0';
	for (size_t i = size - 1; i-- > 0; n >>= 3)
		field[i] = (char)('0' + (n & 7));
}

static void put_header(struct heir_buf *buf, struct header *header)
{
	const unsigned char *bytes = (const unsigned char *)header;
	unsigned sum = 0;

	memcpy(header->magic, "ustar  ", sizeof(header->magic));
	memset(header->checksum, ' ', sizeof(header->checksum));
	for (size_t i = 0; i < sizeof(*header); i++)
		sum += bytes[i];
	put_tar_number(header->checksum, 7, sum);
	heir_buf_add(buf, (const char *)header, sizeof(*header));
}

static void put_data(struct heir_buf *buf, const char *p, size_t len)
{
	heir_buf_add(buf, p, len);
	heir_buf_fill(buf, '\0', (BLOCK - len % BLOCK) % BLOCK);
}

static struct header make_header(char type, mode_t mode, uint64_t size)
{
	struct header header = {.type = type};

	put_tar_number(header.mode, sizeof(header.mode), mode & 07777);
	put_tar_number(header.uid, sizeof(header.uid), 0);
	put_tar_number(header.gid, sizeof(header.gid), 0);
	put_tar_number(header.size, sizeof(header.size), size);
	put_tar_number(header.mtime, sizeof(header.mtime), 0);
	return header;
}

/* Writes a name into the header, or as a member before it ('L', for link targets 'K'). */
static void put_name(struct heir_buf *buf, char type, const char *name, char *field)
{
	size_t len = strlen(name);

	memcpy(field, name, MIN(len, (size_t)MAX_NAME));
	if (len > MAX_NAME) {
		struct header header = make_header(type, 0644, len + 1);

		memcpy(header.name, "././@LongLink", sizeof("././@LongLink"));
		put_header(buf, &header);
		put_data(buf, name, len + 1);
	}
}

static const char *relative(const char *path)
{
	return path + strspn(path, "/");
}

void heir_tar_file(struct heir_buf *buf, const char *path, mode_t mode, struct heir_str text)
{
	struct header header = make_header('0', mode, text.len);

	put_name(buf, 'L', relative(path), header.name);
	put_header(buf, &header);
	put_data(buf, text.p, text.len);
}

void heir_tar_hole(struct heir_buf *buf, const char *path, mode_t mode, uint64_t size)
{
	struct header header = make_header(size ? 'S' : '0', mode, 0);

	put_name(buf, 'L', relative(path), header.name);
	if (size > 0) {
		put_tar_number(header.real_size, sizeof(header.real_size), size);
		put_tar_number(header.sparse[0], 12, size);
		put_tar_number(header.sparse[0] + 12, 12, 0);
	}
	put_header(buf, &header);
}

void heir_tar_dir(struct heir_buf *buf, const char *path)
{
	struct header header = make_header('5', 0755, 0);

	put_name(buf, 'L', relative(path), header.name);
	put_header(buf, &header);
}

void heir_tar_link(struct heir_buf *buf, const char *path, const char *target)
{
	struct header header = make_header('2', 0777, 0);

	put_name(buf, 'K', target, header.target);
	put_name(buf, 'L', relative(path), header.name);
	put_header(buf, &header);
}

void heir_tar_end(struct heir_buf *buf)
{
	heir_buf_fill(buf, '\0', (size_t)2 * BLOCK);
}
