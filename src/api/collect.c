/* SPDX-License-Identifier: Apache-2.0 */
/* `heir collect`: what HEIR_ROOT needs of a node, as a tar archive. Of configuration the text,
 * without secrets; of programs, and of whatever else the files name, kind, mode and size. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/context.h"
#include "base/file.h"
#include "base/redact.h"
#include "base/tar.h"
#include "base/vec.h"
#include "inherit/lookup.h"
#include "report/facts.h"

enum { MAX_ENTRIES = 50000, MAX_LINKS = 40, MAX_DEPTH = 8 };

struct entry {
	const char *path;
	enum { FILE_TEXT, FILE_HOLE, DIRECTORY, LINK } kind;
	mode_t mode;
	uint64_t size;
	struct heir_str text; /* of a file; where a link leads */
};

struct collector {
	struct heir_root *root;
	struct heir_arena *arena;
	struct heir_map seen;
	struct entry *entries;
	uint32_t n, size;
};

/* ---- Entries ---- */

/* The place of a new entry. 1: *ret is new; 0: the path has one, or there are too many; -ENOMEM. */
static int add(struct collector *c, const char *path, struct entry **ret)
{
	char *copy = heir_arena_strndup(c->arena, path, strlen(path));
	bool is_new;
	uint32_t at;
	int r = copy ? heir_map_put(&c->seen, heir_str_from(copy), c->n, &at, &is_new) : -ENOMEM;

	if (r < 0 || !is_new || c->n == MAX_ENTRIES)
		return r < 0 ? r : 0;
	if (HEIR_RESERVE(c->entries, c->n, c->size) < 0)
		return -ENOMEM;
	*ret = &c->entries[c->n++];
	**ret = (struct entry){.path = copy};
	return 1;
}

static int add_link(struct collector *c, const char *path, const char *target)
{
	struct entry *entry;
	int r = add(c, path, &entry);

	if (r <= 0)
		return r;
	entry->kind = LINK;
	return heir_text_copy(heir_str_from(target), c->arena, &entry->text);
}

/* ---- Paths ---- */

/* The way to a path, on which links are taken along. */
struct way {
	char at[PATH_MAX], rest[PATH_MAX];
	unsigned n_links;
};

/* Puts where the link at way->at/NAME leads before the rest. 0 or -errno. */
static int follow(struct collector *c, struct way *way, const char *link)
{
	_cleanup_(heir_fd_close) int fd = heir_root_openat(c->root, link, O_PATH | O_NOFOLLOW);
	char target[PATH_MAX];
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", target, sizeof(target) - 1);
	size_t left = strlen(way->rest);
	int r;

	if (n < 0)
		return fd < 0 ? fd : -errno;
	if (++way->n_links > MAX_LINKS || (size_t)n + left + 2 > sizeof(way->rest))
		return -ELOOP;
	target[n] = '\0';
	r = add_link(c, link, target);
	if (r < 0)
		return r;
	memmove(way->rest + n + 1, way->rest, left + 1);
	memcpy(way->rest, target, (size_t)n);
	way->rest[n] = '/';
	if (target[0] == '/')
		way->at[0] = '\0';
	return 0;
}

/* One name of the rest. 0 or -errno. */
static int step(struct collector *c, struct way *way)
{
	size_t from = strspn(way->rest, "/"), len = strcspn(way->rest + from, "/");
	size_t n = strlen(way->at);
	char name[NAME_MAX + 1], next[2 * PATH_MAX];
	struct stat st;
	int r;

	if (len > NAME_MAX || n + len + 2 > sizeof(way->at))
		return -ENAMETOOLONG;
	memcpy(name, way->rest + from, len);
	name[len] = '\0';
	memmove(way->rest, way->rest + from + len, strlen(way->rest + from + len) + 1);
	if (len == 0 || strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") == 0) {
		char *slash = strrchr(way->at, '/');

		*(slash ? slash : way->at) = '\0';
		return 0;
	}
	memcpy(next, way->at, n);
	next[n] = '/';
	memcpy(next + n + 1, name, len + 1);
	r = heir_root_lstat(c->root, next, &st);
	if (r < 0)
		return r;
	if (S_ISLNK(st.st_mode))
		return follow(c, way, next);
	memcpy(way->at, next, n + len + 2);
	return 0;
}

/* Where a path ends, with links followed and taken along; into `ret`. 0 or -errno. */
static int reach(struct collector *c, const char *path, char ret[static PATH_MAX])
{
	struct way way = {.at = ""};
	int r = 0;

	if (strlen(path) >= sizeof(way.rest))
		return -ENAMETOOLONG;
	memcpy(way.rest, path, strlen(path) + 1);
	while (r == 0 && way.rest[strspn(way.rest, "/")] != '\0')
		r = step(c, &way);
	memcpy(ret, way.at, sizeof(way.at));
	return r;
}

static int no_matter(int r)
{
	return r == -ENOMEM ? r : 0;
}

/* What lies where a path ends: 0, or -errno where nothing does. */
static int reach_file(
	struct collector *c, const char *path, char ret[static PATH_MAX], struct stat *ret_st)
{
	int r = reach(c, path, ret);

	if (r == 0 && !ret[0])
		return -EISDIR;
	return r == 0 ? heir_root_lstat(c->root, ret, ret_st) : r;
}

/* That there is something, and what: nothing of what it says. 0 or -ENOMEM. */
static int add_kind(struct collector *c, const char *path)
{
	char end[PATH_MAX];
	struct entry *entry;
	struct stat st;
	int r = reach_file(c, path, end, &st);

	if (r < 0 || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return no_matter(r);
	r = add(c, end, &entry);
	if (r <= 0)
		return r;
	entry->kind = S_ISDIR(st.st_mode) ? DIRECTORY : FILE_HOLE;
	entry->mode = st.st_mode & 0777;
	entry->size = (uint64_t)st.st_size;
	return 0;
}

static bool is_environment(const char *path)
{
	static const char *const ends[] = {".service", ".conf", ".toml", ".json"};

	return !heir_str_ends_any(heir_str_from(path), ends, ARRAY_LEN(ends));
}

/* A file with its text. `environment`: it may be one of variables. 0 or -ENOMEM. */
static int add_text(struct collector *c, const char *path, bool environment)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_str text = HEIR_STR_NULL;
	char end[PATH_MAX];
	struct entry *entry;
	struct stat st;
	int r = reach_file(c, path, end, &st);

	if (r < 0 || !S_ISREG(st.st_mode))
		return no_matter(r);
	r = heir_file_read(c->root, end, c->arena, &text);
	if (r < 0)
		return no_matter(r);
	r = add(c, end, &entry);
	if (r <= 0)
		return r;
	heir_redact(text, environment && is_environment(end), &buf);
	entry->kind = FILE_TEXT;
	entry->mode = st.st_mode & 0777;
	r = heir_buf_error(&buf);
	return r < 0 ? r : heir_text_copy(heir_buf_str(&buf), c->arena, &entry->text);
}

/* ---- Directories ---- */

static DIR *open_dir(struct collector *c, const char *path)
{
	int fd = heir_root_openat(c->root, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

typedef int (*each_fn)(struct collector *c, const char *path);

static int for_each_in(struct collector *c, const char *path, each_fn each)
{
	_cleanup_(heir_dir_close) DIR *dir = open_dir(c, path);
	const struct dirent *entry;
	int r = 0;

	while (dir && r == 0 && c->n < MAX_ENTRIES && (entry = readdir(dir))) {
		char *below;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		below = heir_arena_concat(c->arena, path, "/", entry->d_name);
		r = below ? each(c, below) : -ENOMEM;
	}
	return r;
}

/* Programs alone: a directory of $PATH has nothing else that counts. */
static int add_program(struct collector *c, const char *path)
{
	struct stat st;

	if (heir_root_stat(c->root, path, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return 0;
	return add_kind(c, path);
}

static int add_config(struct collector *c, const char *path)
{
	return add_text(c, path, false);
}

/* Whether a file may be configuration, where CRI-O does not read all there is. */
static bool names_config(const char *path)
{
	static const char *const ends[] = {".conf", ".toml"};

	return heir_str_ends_any(heir_str_from(path), ends, ARRAY_LEN(ends));
}

/* All files below a directory that CRI-O reads, or those that may be configuration. */
static int add_tree(struct collector *c, const char *top, bool all)
{
	const char *dirs[256];
	size_t n = 0;
	int r = 0;

	dirs[n++] = top;
	while (n > 0 && r == 0) {
		const char *path = dirs[--n];
		_cleanup_(heir_dir_close) DIR *dir = open_dir(c, path);
		const struct dirent *entry;

		r = dir ? add_kind(c, path) : 0;
		while (dir && r == 0 && (entry = readdir(dir))) {
			char *below;
			struct stat st;

			if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
				continue;
			below = heir_arena_concat(c->arena, path, "/", entry->d_name);
			if (!below)
				return -ENOMEM;
			if (heir_root_lstat(c->root, below, &st) < 0)
				continue;
			if (S_ISDIR(st.st_mode) && n < ARRAY_LEN(dirs))
				dirs[n++] = below;
			else
				r = all || names_config(below) ? add_config(c, below)
							       : add_kind(c, below);
		}
	}
	return r;
}

/* ---- What counts ---- */

static int add_path_dirs(struct collector *c, const char *dirs)
{
	static const char *const more[] = {"/usr/libexec/crio", "/usr/libexec/podman"};
	int r = 0;

	for (const char *p = dirs; *p && r == 0;) {
		size_t len = strcspn(p, ":");
		char *dir = heir_arena_strndup(c->arena, p, len);

		if (!dir)
			return -ENOMEM;
		if (dir[0] == '/')
			r = add_kind(c, dir);
		if (r == 0 && dir[0] == '/')
			r = for_each_in(c, dir, add_program);
		p += len + (p[len] == ':');
	}
	for (size_t i = 0; i < ARRAY_LEN(more) && r == 0; i++)
		r = for_each_in(c, more[i], add_program);
	return r;
}

/* Paths in a text: what begins with a slash behind a quote, a blank or the like. */
static int add_named(struct collector *c, struct heir_str text)
{
	int r = 0;

	for (size_t i = 0; i < text.len && r == 0; i++) {
		size_t len = 0;
		char *path;

		if (text.p[i] != '/' || (i > 0 && !strchr(" \t\n\"'=:,[", text.p[i - 1])))
			continue;
		while (i + len < text.len && text.p[i + len] &&
			!strchr(" \t\r\n\"',]:;", text.p[i + len]))
			len++;
		if (len < 2 || len >= PATH_MAX)
			continue;
		path = heir_arena_strndup(c->arena, text.p + i, len);
		r = path ? add_kind(c, path) : -ENOMEM;
		i += len - 1;
	}
	return r;
}

/* Texts that make a difference to whether CRI-O starts, and what is known by them. Credentials,
 * such as /etc/containers/auth.json, are not among them. */
static int add_known(struct collector *c)
{
	static const char *const files[] = {"/etc/crio/crio.conf", "/etc/crio/heir.env",
		"/etc/containers/policy.json", "/etc/containers/registries.conf",
		"/etc/containers/storage.conf", "/etc/containers/containers.conf",
		"/etc/containers/seccomp.json", "/usr/share/containers/containers.conf",
		"/usr/share/containers/storage.conf", "/usr/share/containers/seccomp.json",
		"/etc/os-release", "/usr/lib/os-release", "/etc/services", "/etc/subuid",
		"/etc/subgid"};
	static const char *const trees[] = {"/etc/crio/crio.conf.d", "/etc/crio/heir.d",
		"/etc/containers/registries.conf.d", "/etc/containers/containers.conf.d"};
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(files) && r == 0; i++)
		r = add_config(c, files[i]);
	for (size_t i = 0; i < ARRAY_LEN(trees) && r == 0; i++)
		r = add_tree(c, trees[i], true);
	/* Directories of /etc/crio that CRI-O does not read, and people write to. */
	return r < 0 ? r : add_tree(c, "/etc/crio", false);
}

static bool is_file(const struct heir_source *source)
{
	return source->path[0] == '/' && !source->object && source->scope != HEIR_SCOPE_FLAG &&
	       source->scope != HEIR_SCOPE_BUILTIN;
}

/* What was read has its text, before anything else is only named. */
static int add_sources(struct collector *c, const struct heir_sources *sources)
{
	int r = 0;

	for (uint32_t i = 0; i < sources->n && r == 0; i++)
		if (is_file(&sources->items[i]))
			r = add_text(c, sources->items[i].path,
				sources->items[i].scope == HEIR_SCOPE_UNIT);
	if (r == 0)
		r = add_known(c);
	for (uint32_t i = 0; i < sources->n && r == 0; i++)
		if (is_file(&sources->items[i]))
			r = add_named(c, sources->items[i].text);
	return r;
}

/* What handlers come to may be named nowhere: a variable stood there. */
static int add_resolved(struct heir_ctx *ctx, struct collector *c)
{
	size_t n = ctx->stage == HEIR_STAGE_RESOLVED ? heir_n_handlers(ctx) : 0;
	struct heir_field_value value;
	int r = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t field = 0; field < heir_n_fields() && r != -ENOMEM; field++) {
			r = heir_handler_field(ctx, i, field, &value);
			if (r == 0 && value.text)
				r = add_named(c, heir_str_from(value.text));
		}
	return r == -ENOMEM ? r : 0;
}

static int append(void *data, const char *text, size_t len)
{
	heir_buf_add(data, text, len);
	return heir_buf_error(data);
}

/* Facts as `heir facts` prints them, for HEIR_ROOT to find. */
static int add_facts(struct heir_ctx *ctx, struct collector *c)
{
	static const struct heir_style json = {.size = sizeof(json), .format = HEIR_FORMAT_JSON};
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	struct entry *entry;
	int r;

	/* A copy of files alone has none, which is not the same as a node that lacks all. */
	if (!ctx->assume.facts && ctx->core.root.fd >= 0 &&
		heir_root_find(c->root, "/proc/cpuinfo") < 0)
		return 0;
	r = heir_report_facts(ctx, NULL, &json, append, &buf);
	if (r == 0)
		r = add(c, HEIR_COLLECTED_FACTS, &entry);
	if (r <= 0)
		return r;
	entry->mode = 0644;
	return heir_text_copy(heir_buf_str(&buf), c->arena, &entry->text);
}

/* The release, where it is known and not assumed. */
static int add_release(const struct heir_ctx *ctx, struct collector *c)
{
	struct heir_version version = ctx->where.version;
	struct entry *entry;
	char *text;
	int r = ctx->where.version_assumed ? 0 : add(c, HEIR_COLLECTED_RELEASE, &entry);

	if (r <= 0)
		return r;
	entry->mode = 0644;
	text = version.patch == HEIR_PATCH_LAST
		       ? heir_arena_printf(c->arena, "1.%u\n", version.minor)
		       : heir_arena_printf(c->arena, "1.%u.%u\n", version.minor, version.patch);
	if (!text)
		return -ENOMEM;
	entry->text = heir_str_from(text);
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

static int print(struct collector *c, heir_write_fn write, void *data)
{
	int r = 0;

	if (c->n > 0)
		qsort(c->entries, c->n, sizeof(*c->entries), compare);
	for (uint32_t i = 0; i <= c->n && r == 0; i++) {
		_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
		const struct entry *entry = &c->entries[i];

		if (i == c->n)
			heir_tar_end(&buf);
		else if (entry->kind == FILE_TEXT)
			heir_tar_file(&buf, entry->path, entry->mode, entry->text);
		else if (entry->kind == FILE_HOLE)
			heir_tar_hole(&buf, entry->path, entry->mode, entry->size);
		else if (entry->kind == DIRECTORY)
			heir_tar_dir(&buf, entry->path);
		else
			heir_tar_link(&buf, entry->path, entry->text.p);
		r = heir_buf_error(&buf);
		if (r == 0)
			r = write(data, buf.p, buf.len);
	}
	return r;
}

int heir_collect(struct heir_ctx *ctx, heir_write_fn write, void *data)
{
	_cleanup_(heir_arena_release) struct heir_arena arena;
	_cleanup_(heir_root_close) struct heir_root root = HEIR_ROOT_NULL;
	struct collector c = {.root = &root, .arena = &arena, .seen = HEIR_MAP_NULL};
	const char *dirs;
	int r;

	heir_arena_init(&arena);
	if (ctx->stage == HEIR_STAGE_NEW || ctx->n_inputs > 0)
		return heir_ctx_fail(ctx, -EINVAL, "a node is collected, not objects");
	r = heir_root_dup(&ctx->core.root, &root);
	if (r < 0)
		return heir_ctx_fail(ctx, r, "%s", heir_file_error(r));
	/* What is assumed to be there is not. */
	root.only = NULL;
	dirs = ctx->assume.path   ? ctx->assume.path
	       : ctx->config.path ? ctx->config.path
				  : HEIR_DEFAULT_PATH;
	r = add_sources(&c, &ctx->core.sources);
	if (r == 0)
		r = add_resolved(ctx, &c);
	if (r == 0)
		r = add_path_dirs(&c, dirs);
	if (r == 0)
		r = add_facts(ctx, &c);
	if (r == 0)
		r = add_release(ctx, &c);
	if (r == 0)
		r = print(&c, write, data);
	heir_map_release(&c.seen);
	free(c.entries);
	return r == -ENOMEM ? heir_ctx_fail(ctx, r, "out of memory") : r;
}
