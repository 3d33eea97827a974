/* SPDX-License-Identifier: Apache-2.0 */
/* Decides for each member whether to write it, keep its size, or skip it. Links are remembered and
 * created last, so that no member can be written through one. */
#include "unpack/extract.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unpack/tree.h"

struct extract_link {
	char *path, *target;
};

/* ---- What went wrong ---- */

static bool fail_extract(struct extract *x, const char *member, const char *why)
{
	snprintf(x->why, sizeof(x->why), "%.250s", why);
	snprintf(x->member, sizeof(x->member), "%.500s", member ? member : "");
	return false;
}

/* If another member is in the way, this one is skipped. A full disk ends it. */
static bool judge_member(struct extract *x, const char *member, int r)
{
	switch (r) {
	case 0:
		return true;
	case -EEXIST:
	case -ENOTDIR:
	case -ELOOP:
		x->skip(x->data, "another member has its path", member);
		return true;
	case -ENOENT:
	case -EPERM:
		x->skip(x->data, "a link to a file that is not in the archive", member);
		return true;
	default:
		return fail_extract(x, member, strerror(-r));
	}
}

/* ---- Which ones ---- */

static bool ends_with_any(const char *name, const char *const *suffixes)
{
	size_t len = strlen(name);

	for (; *suffixes; suffixes++) {
		size_t n = strlen(*suffixes);

		if (len > n && strcmp(name + len - n, *suffixes) == 0)
			return true;
	}
	return false;
}

/* What a must-gather collects are objects and logs; no Butane config is there. */
static bool is_gathered(const char *path)
{
	return strstr(path, "-sha256-") || strstr(path, "cluster-scoped-resources/") ||
	       strstr(path, "namespaces/");
}

static bool is_wanted(struct extract *x, const char *path, int64_t size)
{
	static const char *const objects[] = {".yaml", ".yml", ".json", ".bu", ".ign", NULL};
	static const char *const unread[] = {".log", ".journal", ".html", ".h", ".pyc", NULL};

	if (x->objects && ends_with_any(path, objects))
		return true;
	if (ends_with_any(path, unread))
		return false;
	return !x->objects || (!is_gathered(path) && size <= EXTRACT_MAX_BESIDE_SIZE &&
				      x->n_beside++ < EXTRACT_MAX_BESIDE);
}

/* ---- Data ---- */

static bool is_bomb(struct archive *archive)
{
	int64_t packed = archive_filter_bytes(archive, -1), read = archive_filter_bytes(archive, 0);

	return read > EXTRACT_MAX_READ ||
	       (read > EXTRACT_FREE_OF_RATIO && packed >= 0 && read / EXTRACT_MAX_RATIO > packed);
}

static bool write_at(int fd, const char *p, size_t len, int64_t at)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, p, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

/* libarchive takes anything for a raw file. Only one of objects is wanted, and compressed: the last
 * filter of each input is "none". */
static bool is_of_objects(struct archive *archive, const char *block, size_t len)
{
	static const char *const words[] = {"apiVersion", "ignition", "variant"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (archive_filter_count(archive) > 1 &&
			memmem(block, len, words[i], strlen(words[i])))
			return true;
	return false;
}

/* Reads the data of a member and writes them to `fd`, unless that is -1. */
static bool copy_member(struct extract *x, struct archive *archive, const char *path, int fd)
{
	const void *block;
	size_t len;
	int64_t at;
	int r;

	while ((r = archive_read_data_block(archive, &block, &len, &at)) != ARCHIVE_EOF) {
		if (r < ARCHIVE_WARN)
			return fail_extract(x, path,
				archive_error_string(archive) ? archive_error_string(archive)
							      : "the archive is damaged");
		if (is_bomb(archive))
			return fail_extract(x, path, "the archive unpacks to too much data");
		if (at == 0 && archive_format(archive) == ARCHIVE_FORMAT_RAW &&
			!is_of_objects(archive, block, len))
			return fail_extract(x, NULL, "Unrecognized archive format");
		if (fd < 0)
			continue;
		x->written += (int64_t)len;
		if (at < 0 || at > EXTRACT_MAX_FILE || len > (size_t)EXTRACT_MAX_FILE ||
			x->written > EXTRACT_MAX_WRITTEN)
			return fail_extract(x, path, "the archive unpacks to too much data");
		if (!write_at(fd, block, len, at))
			return fail_extract(x, path, strerror(errno));
	}
	return true;
}

/* Of programs, and of files larger than heir reads, only the size is kept, as a hole. */
static bool is_hole(mode_t mode, int64_t size)
{
	return size > EXTRACT_MAX_FILE || ((mode & 0111) && size > EXTRACT_MAX_PROGRAM);
}

static bool take_file(
	struct extract *x, struct archive *archive, struct archive_entry *entry, const char *path)
{
	mode_t mode = archive_entry_mode(entry);
	int64_t size = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : 0;
	bool hole = is_hole(mode, size), is_written;
	int fd;

	if (!is_wanted(x, path, size))
		return copy_member(x, archive, path, -1);
	if (x->n_files++ == EXTRACT_MAX_FILES)
		return fail_extract(x, path, "the archive has too many files");
	fd = tree_make_file(x->top, path, mode);
	if (fd < 0)
		return judge_member(x, path, fd) && copy_member(x, archive, path, -1);
	is_written = copy_member(x, archive, path, hole ? -1 : fd);
	/* If the file system does not support that size, a smaller file will do. */
	if (is_written && archive_entry_size_is_set(entry) && ftruncate(fd, size) < 0 &&
		ftruncate(fd, EXTRACT_MAX_FILE + 1) < 0)
		is_written = fail_extract(x, path, strerror(errno));
	close(fd);
	return is_written;
}

/* ---- Links ---- */

static bool keep_link(struct extract *x, const char *path, const char *target)
{
	struct extract_link *link;

	if (x->objects || !target || !target[0] || strlen(target) >= TREE_MAX_PATH) {
		x->skip(x->data, "a symbolic link", path);
		return true;
	}
	if (x->n_links == EXTRACT_MAX_LINKS)
		return fail_extract(x, path, "the archive has too many links");
	if (x->n_links == x->size_links) {
		uint32_t size = x->size_links ? 2 * x->size_links : 64;
		struct extract_link *links = reallocarray(x->links, size, sizeof(*links));

		if (!links)
			return fail_extract(x, path, "out of memory");
		x->links = links;
		x->size_links = size;
	}
	link = &x->links[x->n_links++];
	*link = (struct extract_link){strdup(path), strdup(target)};
	return link->path && link->target ? true : fail_extract(x, path, "out of memory");
}

static bool take_hardlink(struct extract *x, const char *path, const char *to)
{
	char target[TREE_MAX_PATH];
	const char *why;

	if (!tree_clean_path(to, target, &why))
		return fail_extract(x, path, why);
	if (!is_wanted(x, path, 0))
		return true;
	if (x->n_files++ == EXTRACT_MAX_FILES)
		return fail_extract(x, path, "the archive has too many files");
	if (!target[0]) {
		x->skip(x->data, "a link to a file that is not in the archive", path);
		return true;
	}
	return judge_member(x, path, tree_make_hardlink(x->top, path, target));
}

/* A link that a later member replaces, or that occurs twice, is detected when links are created:
 * the last one counts. */
void extract_make_links(struct extract *x)
{
	for (uint32_t i = x->n_links; i-- > 0;) {
		const struct extract_link *link = &x->links[i];
		int r = tree_make_symlink(x->top, link->path, link->target);

		if (r < 0)
			x->skip(x->data,
				r == -EEXIST || r == -ENOTDIR || r == -ELOOP
					? "another member has its path"
					: strerror(-r),
				link->path);
	}
}

/* ---- Members ---- */

static bool take_member(struct extract *x, struct archive *archive, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry), *why = NULL;
	const char *hardlink = archive_entry_hardlink(entry);
	char path[TREE_MAX_PATH];

	if (x->n_members++ == EXTRACT_MAX_MEMBERS)
		return fail_extract(x, name, "the archive has too many members");
	/* JSON is YAML as well. */
	if (archive_format(archive) == ARCHIVE_FORMAT_RAW)
		name = "data.yaml";
	if (!name)
		name = archive_entry_pathname_utf8(entry);
	if (!name) {
		x->skip(x->data, "its name is not valid", "");
		return copy_member(x, archive, "", -1);
	}
	if (!tree_clean_path(name, path, &why))
		return fail_extract(x, name, why);
	if (!path[0])
		return copy_member(x, archive, path, -1);
	if (hardlink)
		return take_hardlink(x, path, hardlink);
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
		return take_file(x, archive, entry, path);
	case AE_IFDIR:
		if (x->objects)
			return true;
		if (x->n_files++ == EXTRACT_MAX_FILES)
			return fail_extract(x, path, "the archive has too many files");
		return judge_member(x, path, tree_make_dir(x->top, path));
	case AE_IFLNK:
		return keep_link(x, path, archive_entry_symlink(entry));
	default:
		x->skip(x->data, "neither a file, a directory nor a link", path);
		return copy_member(x, archive, path, -1);
	}
}

/* Enables formats and compressions that libarchive implements itself. Those for which it would run
 * a program are refused. */
static bool set_up(struct extract *x, struct archive *archive)
{
	static int (*const support[])(struct archive *) = {
		archive_read_support_format_tar,
		archive_read_support_filter_gzip,
		archive_read_support_filter_bzip2,
		archive_read_support_filter_xz,
		archive_read_support_filter_zstd,
	};

	if (!archive)
		return fail_extract(x, NULL, "out of memory");
	/* One file of objects, compressed. */
	if (archive_read_support_format_raw(archive) != ARCHIVE_OK)
		return fail_extract(x, NULL, "this libarchive cannot read a single file");
	for (size_t i = 0; i < sizeof(support) / sizeof(support[0]); i++)
		if (support[i](archive) != ARCHIVE_OK)
			return fail_extract(
				x, NULL, "this libarchive lacks gzip, bzip2, xz or zstd");
	return true;
}

static bool read_members(struct extract *x, struct archive *archive)
{
	struct archive_entry *entry;
	int r;

	while ((r = archive_read_next_header(archive, &entry)) != ARCHIVE_EOF) {
		if (r < ARCHIVE_WARN)
			return fail_extract(x, NULL,
				archive_error_string(archive) ? archive_error_string(archive)
							      : "the archive is damaged");
		if (!take_member(x, archive, entry))
			return false;
		if (is_bomb(archive))
			return fail_extract(x, archive_entry_pathname(entry),
				"the archive unpacks to too much data");
	}
	return true;
}

bool extract_read(struct extract *x, int fd, const void *text, size_t len)
{
	struct archive *archive = archive_read_new();
	bool is_read = set_up(x, archive);
	int r = ARCHIVE_OK;

	if (is_read) {
		r = fd >= 0 ? archive_read_open_fd(archive, fd, 64 << 10)
			    : archive_read_open_memory(archive, text, len);
		if (r != ARCHIVE_OK)
			is_read = fail_extract(x, NULL,
				archive_error_string(archive) ? archive_error_string(archive)
							      : "the archive cannot be read");
	}
	if (is_read)
		is_read = read_members(x, archive);
	archive_read_free(archive);
	return is_read;
}

void extract_release(struct extract *x)
{
	for (uint32_t i = 0; i < x->n_links; i++) {
		free(x->links[i].path);
		free(x->links[i].target);
	}
	free(x->links);
	x->links = NULL;
	x->n_links = x->size_links = 0;
}
