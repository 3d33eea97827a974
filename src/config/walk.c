/* SPDX-License-Identifier: Apache-2.0 */
/* Mirrors Go's filepath.Walk. Directories are read whole and sorted before their entries are
 * visited; a stack of frames replaces recursion. */
#include "config/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macro.h"
#include "base/vec.h"

/* A name in a directory that is being walked. */
struct name {
	const char *name;
	unsigned char type; /* DT_* */
};

/* A directory that is being walked: its names, and the current position. */
struct frame {
	const char *path;
	struct name *names;
	size_t n, size, next;
};

struct walker {
	struct heir_root *root;
	struct heir_arena *arena;
	struct heir_walk *walk;
	size_t skip; /* length of "DIR/" */
	struct frame *frames;
	size_t depth, size;
};

void heir_walk_release(struct heir_walk *walk)
{
	free(walk->entries);
	if (walk->dir >= 0)
		close(walk->dir);
	*walk = HEIR_WALK_NULL;
}

static int add_entry(struct walker *w, const char *path, unsigned char type, int error)
{
	struct heir_walk *walk = w->walk;
	size_t len = strlen(path);

	if (HEIR_RESERVE(walk->entries, walk->n, walk->size) < 0)
		return -ENOMEM;
	walk->entries[walk->n++] =
		(struct heir_walk_entry){path, path + MIN(len, w->skip), type, error, NULL};
	return 0;
}

static int compare_walk_names(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->name, ((const struct name *)b)->name);
}

static int add_walk_name(struct walker *w, struct frame *frame, const struct dirent64 *entry)
{
	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
		return 0;
	if (HEIR_RESERVE(frame->names, frame->n, frame->size) < 0)
		return -ENOMEM;
	frame->names[frame->n].type = entry->d_type;
	frame->names[frame->n].name =
		heir_arena_strndup(w->arena, entry->d_name, strlen(entry->d_name));
	return frame->names[frame->n++].name ? 0 : -ENOMEM;
}

/* Uses getdents64() directly, because the buffer of a DIR would add noticeably to a start on a
 * small node. */
static int read_names(struct walker *w, int fd, struct frame *frame)
{
	_Alignas(struct dirent64) char entries[4096];
	ssize_t n;

	while ((n = getdents64(fd, (void *)entries, sizeof(entries))) > 0)
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *entry = (const struct dirent64 *)(entries + at);
			int r = add_walk_name(w, frame, entry);

			if (r < 0)
				return r;
			at += entry->d_reclen;
		}
	if (n == 0 && frame->n > 1)
		qsort(frame->names, frame->n, sizeof(*frame->names), compare_walk_names);
	return n < 0 ? -errno : 0;
}

static int push_frame(struct walker *w, const struct frame *frame)
{
	if (HEIR_RESERVE(w->frames, w->depth, w->size) < 0)
		return -ENOMEM;
	w->frames[w->depth++] = *frame;
	return 0;
}

/* Enters an open directory. One that cannot be listed becomes an entry with its error. */
static int enter_open(struct walker *w, const char *path, int fd)
{
	struct frame frame = {.path = path};
	int r = read_names(w, fd, &frame);

	if (r == 0)
		r = push_frame(w, &frame);
	if (r == 0)
		return 0;
	free(frame.names);
	return r == -ENOMEM ? r : add_entry(w, path, DT_UNKNOWN, r);
}

static int enter_directory(struct walker *w, const char *path)
{
	int fd = heir_root_openat(w->root, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), r;

	if (fd < 0)
		return fd == -ENOMEM ? fd : add_entry(w, path, DT_UNKNOWN, fd);
	r = enter_open(w, path, fd);
	close(fd);
	return r;
}

/* Visits one name of the innermost directory. */
static int visit_name(struct walker *w, const char *dir, const struct name *name)
{
	const char *slash = dir[strlen(dir) - 1] == '/' ? "" : "/";
	const char *path = heir_arena_concat(w->arena, dir, slash, name->name);
	unsigned char type = name->type;

	if (!path)
		return -ENOMEM;
	if (strlen(path) >= PATH_MAX)
		return add_entry(w, path, DT_UNKNOWN, -ENAMETOOLONG);
	if (type == DT_UNKNOWN) {
		struct stat st;
		int r = heir_root_lstat(w->root, path, &st);

		if (r < 0)
			return add_entry(w, path, DT_UNKNOWN, r);
		type = IFTODT(st.st_mode);
	}
	return type == DT_DIR ? enter_directory(w, path) : add_entry(w, path, type, 0);
}

/* For a `dir` that is not a directory. CRI-O calls stat on it: a dangling link does not exist,
 * anything else is read as a file. */
static int visit_alone(struct walker *w, const char *dir)
{
	struct stat st;
	int r = heir_root_stat(w->root, dir, &st);

	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = heir_root_lstat(w->root, dir, &st);
	return r < 0 ? r : add_entry(w, dir, IFTODT(st.st_mode), 0);
}

static int walk_on(struct walker *w)
{
	int r = 0;

	while (r == 0 && w->depth > 0) {
		struct frame *frame = &w->frames[w->depth - 1];

		if (frame->next < frame->n) {
			struct name name = frame->names[frame->next++];

			r = visit_name(w, frame->path, &name);
		} else {
			free(frame->names);
			w->depth--;
		}
	}
	return r;
}

/* Lists everything below `dir`. A missing directory is empty. */
static int walk_dir(struct walker *w, const char *dir)
{
	int fd = heir_root_openat(w->root, dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), r;

	if (fd == -ENOENT)
		return 0;
	if (fd == -ENOTDIR || fd == -ELOOP)
		return visit_alone(w, dir);
	if (fd < 0)
		return fd;
	w->walk->dir = fd;
	r = enter_open(w, dir, fd);
	if (r == 0)
		r = walk_on(w);
	while (w->depth > 0)
		free(w->frames[--w->depth].names);
	free(w->frames);
	return r;
}

/* The order of a walk is byte order with '/' before all other bytes. */
static int compare_entries(const void *a, const void *b)
{
	const unsigned char *x = (const unsigned char *)((const struct heir_walk_entry *)a)->path;
	const unsigned char *y = (const unsigned char *)((const struct heir_walk_entry *)b)->path;

	while (*x && *x == *y) {
		x++;
		y++;
	}
	return (*x == '/' ? 1 : *x ? *x + 1 : 0) - (*y == '/' ? 1 : *y ? *y + 1 : 0);
}

/* Adds the overlay's files below the directory, and removes those that they hide. */
static int merge_overlay(struct walker *w, const char *dir)
{
	const struct heir_overlay *overlay = w->root->overlay;
	struct heir_walk *walk = w->walk;
	size_t kept = 0;
	int r = 0;

	for (size_t i = 0; i < walk->n; i++)
		if (!heir_overlay_find(overlay, walk->entries[i].path))
			walk->entries[kept++] = walk->entries[i];
	walk->n = kept;
	for (uint32_t i = 0; i < overlay->n && r == 0; i++) {
		const struct heir_overlay_file *file = &overlay->files[i];

		if (strncmp(file->path, dir, w->skip - 1) != 0 || file->path[w->skip - 1] != '/')
			continue;
		r = add_entry(w, file->path, DT_REG, 0);
		if (r == 0)
			walk->entries[walk->n - 1].overlaid = file;
	}
	if (walk->n > 1)
		qsort(walk->entries, walk->n, sizeof(*walk->entries), compare_entries);
	return r;
}

int heir_walk(
	struct heir_root *root, const char *dir, struct heir_arena *arena, struct heir_walk *ret)
{
	size_t len = strlen(dir);
	struct walker w = {root, arena, ret, len + (len > 0 && dir[len - 1] != '/'), NULL, 0, 0};
	int r;

	*ret = HEIR_WALK_NULL;
	r = walk_dir(&w, dir);
	if (r == 0 && root->overlay && w.skip > 0)
		r = merge_overlay(&w, dir);
	return r;
}
