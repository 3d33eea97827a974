/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes reported by the kernel are not trusted: a file is read until it ends or exceeds its limit.
 * Only regular files are opened, because opening a FIFO or a device can block or have side
 * effects. */
#include "node/gather_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macro.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "node/expr.h"

enum { OPEN_FILE = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };

/* ---- Files ---- */

/* Reads up to `max` bytes into the buffer. Returns how many, or -1. */
static ssize_t read_upto(int fd, char *buffer, size_t max)
{
	size_t len = 0;

	while (len < max) {
		ssize_t n = read(fd, buffer + len, max - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* Reads an open regular file. The buffer grows as needed. */
static bool read_file(struct heir_gather *g, int fd, size_t max, bool head, struct heir_str *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	char chunk[HEIR_GATHER_LINE + 1];
	struct stat st;
	ssize_t n;
	char *text;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	do {
		n = read_upto(fd, chunk, MIN(sizeof(chunk), max + 1 - buf.len));
		if (n < 0)
			return false;
		heir_buf_add(&buf, chunk, (size_t)n);
	} while (n == (ssize_t)sizeof(chunk) && buf.len <= max && !buf.failed);
	if (buf.len > max && !head)
		return false;
	text = buf.failed ? NULL : heir_arena_strndup(&g->scratch, buf.p, MIN(buf.len, max));
	if (!text)
		g->error = -ENOMEM;
	*ret = (struct heir_str){text, MIN(buf.len, max)};
	return text != NULL;
}

static bool read_path(
	struct heir_gather *g, const char *path, size_t max, bool head, struct heir_str *ret)
{
	const struct heir_overlay_file *overlaid = heir_root_overlaid(g->root, path);
	_cleanup_(heir_fd_close) int fd = -1;
	struct stat st;

	g->n_opened++;
	if (overlaid) {
		*ret = (struct heir_str){overlaid->text.p, MIN(overlaid->text.len, max)};
		return head || overlaid->text.len <= max;
	}
	if (heir_root_is_assumed(g->root) || heir_root_stat(g->root, path, &st) < 0 ||
		!S_ISREG(st.st_mode))
		return false;
	fd = heir_root_openat(g->root, path, OPEN_FILE);
	return fd >= 0 && read_file(g, fd, max, head, ret);
}

bool heir_gather_read(struct heir_gather *g, const char *path, size_t max, struct heir_str *ret)
{
	return read_path(g, path, max, false, ret);
}

bool heir_gather_head(struct heir_gather *g, const char *path, struct heir_str *ret)
{
	return read_path(g, path, HEIR_GATHER_HEAD, true, ret);
}

bool heir_gather_value(struct heir_gather *g, const char *path, struct heir_str *ret)
{
	if (!read_path(g, path, HEIR_GATHER_LINE, false, ret))
		return false;
	*ret = heir_gather_trim(*ret);
	return true;
}

bool heir_gather_value_at(struct heir_gather *g, int dir, const char *name, struct heir_str *ret)
{
	_cleanup_(heir_fd_close) int fd = -1;
	struct stat st;

	g->n_opened++;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return false;
	fd = openat(dir, name, OPEN_FILE | O_NOFOLLOW);
	if (fd < 0 || !read_file(g, fd, HEIR_GATHER_LINE, false, ret))
		return false;
	*ret = heir_gather_trim(*ret);
	return true;
}

bool heir_gather_exists(struct heir_gather *g, const char *path)
{
	g->n_opened++;
	return !heir_root_is_assumed(g->root) && heir_root_find(g->root, path) == 0;
}

/* ---- Directories ---- */

int heir_gather_open(struct heir_gather *g, const char *path)
{
	int fd;

	g->n_opened++;
	fd = heir_root_openat(g->root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -1 : fd;
}

static int compare_dir_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Returns a longer array in the scratch arena. */
static const char **grow_names(struct heir_gather *g, const char **names, size_t n, size_t size)
{
	const char **longer = heir_arena_zalloc(&g->scratch, size, sizeof(*longer));

	if (!longer)
		g->error = -ENOMEM;
	else if (n > 0)
		memcpy(longer, names, n * sizeof(*names));
	return longer;
}

bool heir_gather_list(
	struct heir_gather *g, const char *path, const char *const **ret, size_t *ret_n)
{
	_cleanup_(heir_fd_close) int fd = heir_gather_open(g, path);
	_cleanup_(heir_dir_close) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const char **names = NULL;
	size_t n = 0, size = 0;
	struct dirent *entry;

	if (!dir)
		return false;
	fd = -1;
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (n == HEIR_GATHER_MAX_ENTRIES)
			return false;
		if (n == size) {
			size = MAX(size * 2, (size_t)64);
			names = grow_names(g, names, n, size);
			if (!names)
				return false;
		}
		names[n] = heir_arena_strndup(&g->scratch, entry->d_name, strlen(entry->d_name));
		if (!names[n++]) {
			g->error = -ENOMEM;
			return false;
		}
	}
	if (n > 0)
		qsort(names, n, sizeof(*names), compare_dir_names);
	*ret = names;
	*ret_n = n;
	return true;
}

const char *heir_gather_path(struct heir_gather *g, const char *a, const char *b, const char *c)
{
	const char *path = heir_arena_concat(&g->scratch, a, b, c);

	if (!path)
		g->error = -ENOMEM;
	return path;
}

/* ---- Text ---- */

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct heir_str heir_gather_trim(struct heir_str text)
{
	while (text.len > 0 && is_space(text.p[0])) {
		text.p++;
		text.len--;
	}
	while (text.len > 0 && is_space(text.p[text.len - 1]))
		text.len--;
	return text;
}

bool heir_gather_line(struct heir_str *text, struct heir_str *ret)
{
	const char *end;

	if (text->len == 0)
		return false;
	end = memchr(text->p, '\n', text->len);
	*ret = (struct heir_str){text->p, end ? (size_t)(end - text->p) : text->len};
	text->p += ret->len + (end != NULL);
	text->len -= ret->len + (end != NULL);
	return true;
}

bool heir_gather_word(struct heir_str *text, struct heir_str *ret)
{
	while (text->len > 0 && (text->p[0] == ' ' || text->p[0] == '\t')) {
		text->p++;
		text->len--;
	}
	*ret = (struct heir_str){text->p, 0};
	while (text->len > 0 && text->p[0] != ' ' && text->p[0] != '\t') {
		text->p++;
		text->len--;
		ret->len++;
	}
	return ret->len > 0;
}

bool heir_gather_is_number(struct heir_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	return text.len > 0;
}

/* ---- The feature ---- */

/* Returns an upper bound for a string in a document; 0 if it cannot be in one or no condition
 * could refer to it. */
static size_t cost_of(struct heir_str s)
{
	enum { QUOTES_AND_COMMA = 8 };
	size_t cost = QUOTES_AND_COMMA;

	if (s.len > HEIR_REGEX_MAX_VALUE || (s.len > 0 && memchr(s.p, '\0', s.len)))
		return 0;
	while (s.len > 0) {
		uint32_t c;
		size_t len = heir_utf8_decode(s, &c);

		if (len == 0)
			return 0;
		cost += len > 1 || c < 0x20 || c == 0x7f ? 6 * len : c == '"' || c == '\\' ? 2 : 1;
		s.p += len;
		s.len -= len;
	}
	return cost;
}

static bool take_room(struct heir_gather *g, size_t cost)
{
	if (cost > g->room && g->error == 0)
		g->error = -E2BIG;
	if (g->error == 0)
		g->room -= cost;
	return g->error == 0;
}

/* Remembers an error; returns whether there was none. */
static bool note_result(struct heir_gather *g, int r)
{
	if (r < 0)
		g->error = r;
	return r == 0;
}

static bool copy_scratch(struct heir_gather *g, struct heir_str s, struct heir_str *ret)
{
	char *text = heir_arena_strndup(g->arena, s.p, s.len);

	if (!text)
		g->error = -ENOMEM;
	*ret = (struct heir_str){text, s.len};
	return text != NULL;
}

void heir_gather_has_flags(struct heir_gather *g)
{
	g->feature.has_flags = true;
}

void heir_gather_has_attributes(struct heir_gather *g)
{
	g->feature.has_attributes = true;
}

void heir_gather_has_instances(struct heir_gather *g)
{
	g->feature.has_instances = true;
}

void heir_gather_flag(struct heir_gather *g, struct heir_str name)
{
	size_t cost = cost_of(name);

	g->feature.has_flags = true;
	if (cost == 0 || !take_room(g, cost) ||
		!note_result(g, HEIR_RESERVE(g->flags, g->n_flags, g->size_flags)))
		return;
	if (copy_scratch(g, name, &g->flags[g->n_flags]))
		g->n_flags++;
}

void heir_gather_set(struct heir_gather *g, struct heir_str name, struct heir_str value)
{
	size_t of_name = cost_of(name), of_value = cost_of(value);
	struct heir_gather_pair *pair;

	if (!g->feature.has_instances)
		g->feature.has_attributes = true;
	if (of_name == 0 || of_value == 0 || !take_room(g, of_name + of_value) ||
		!note_result(g, HEIR_RESERVE(g->pairs, g->n_pairs, g->size_pairs)))
		return;
	pair = &g->pairs[g->n_pairs];
	pair->at = g->n_pairs;
	if (copy_scratch(g, name, &pair->pair.name) && copy_scratch(g, value, &pair->pair.value))
		g->n_pairs++;
}

void heir_gather_setz(struct heir_gather *g, const char *name, struct heir_str value)
{
	heir_gather_set(g, heir_str_from(name), value);
}

void heir_gather_set_bool(struct heir_gather *g, const char *name, bool value)
{
	heir_gather_setz(g, name, value ? HEIR_STR("true") : HEIR_STR("false"));
}

void heir_gather_set_count(struct heir_gather *g, const char *name, size_t value)
{
	const char *text = heir_arena_printf(&g->scratch, "%zu", value);

	if (text)
		heir_gather_setz(g, name, heir_str_from(text));
	else
		g->error = -ENOMEM;
}

static int compare_pairs(const void *a, const void *b)
{
	const struct heir_gather_pair *x = a, *y = b;
	int r = heir_str_cmp(x->pair.name, y->pair.name);

	return r != 0 ? r : x->at < y->at ? -1 : x->at > y->at;
}

/* Returns the current pairs, sorted, the last of each name, and starts over. */
static bool take_pairs(struct heir_gather *g, const struct heir_pair **ret, size_t *ret_n)
{
	struct heir_pair *pairs = heir_arena_zalloc(g->arena, g->n_pairs, sizeof(*pairs));
	size_t n = 0;

	if (!pairs) {
		g->error = -ENOMEM;
		return false;
	}
	if (g->n_pairs > 0)
		qsort(g->pairs, g->n_pairs, sizeof(*g->pairs), compare_pairs);
	for (size_t i = 0; i < g->n_pairs; i++) {
		if (n > 0 && heir_str_eq(pairs[n - 1].name, g->pairs[i].pair.name))
			n--;
		pairs[n++] = g->pairs[i].pair;
	}
	*ret = pairs;
	*ret_n = n;
	g->n_pairs = 0;
	return true;
}

void heir_gather_instance(struct heir_gather *g)
{
	struct heir_instance *instance;

	g->feature.has_instances = true;
	if (!take_room(g, 8) ||
		!note_result(g, HEIR_RESERVE(g->instances, g->n_instances, g->size_instances)))
		return;
	instance = &g->instances[g->n_instances];
	if (take_pairs(g, &instance->attributes, &instance->n_attributes))
		g->n_instances++;
}

void heir_gather_forget(struct heir_gather *g)
{
	g->n_pairs = 0;
}

const struct heir_str *heir_gather_get(const struct heir_gather *g, const char *name)
{
	for (size_t i = g->n_pairs; i-- > 0;)
		if (heir_str_eqz(g->pairs[i].pair.name, name))
			return &g->pairs[i].pair.value;
	return NULL;
}

void heir_gather_init(struct heir_gather *g, struct heir_root *root, struct heir_arena *arena,
	const char *feature, size_t room)
{
	*g = (struct heir_gather){.root = root, .arena = arena, .room = room};
	g->feature.name = heir_str_from(feature);
	heir_arena_init(&g->scratch);
}

static int compare_flags(const void *a, const void *b)
{
	return heir_str_cmp(*(const struct heir_str *)a, *(const struct heir_str *)b);
}

static bool take_flags(struct heir_gather *g)
{
	struct heir_str *flags = heir_arena_zalloc(g->arena, g->n_flags, sizeof(*flags));
	size_t n = 0;

	if (!flags)
		return false;
	if (g->n_flags > 0)
		qsort(g->flags, g->n_flags, sizeof(*g->flags), compare_flags);
	for (size_t i = 0; i < g->n_flags; i++)
		if (n == 0 || !heir_str_eq(flags[n - 1], g->flags[i]))
			flags[n++] = g->flags[i];
	g->feature.flags = flags;
	g->feature.n_flags = n;
	return true;
}

int heir_gather_finish(struct heir_gather *g, const struct heir_feature **ret)
{
	struct heir_feature *feature = &g->feature, *made;
	struct heir_instance *instances;

	if (g->error == -ENOMEM)
		return -ENOMEM;
	*ret = NULL;
	if (g->error < 0 ||
		(!feature->has_flags && !feature->has_attributes && !feature->has_instances))
		return 0;
	made = heir_arena_new(g->arena, struct heir_feature);
	instances = heir_arena_zalloc(g->arena, g->n_instances, sizeof(*instances));
	if (!made || !instances || !take_flags(g))
		return -ENOMEM;
	if (feature->has_attributes && !take_pairs(g, &feature->attributes, &feature->n_attributes))
		return -ENOMEM;
	if (g->n_instances > 0)
		memcpy(instances, g->instances, g->n_instances * sizeof(*instances));
	feature->instances = instances;
	feature->n_instances = g->n_instances;
	*made = *feature;
	*ret = made;
	return 0;
}

void heir_gather_release(struct heir_gather *g)
{
	heir_arena_release(&g->scratch);
	free(g->flags);
	free(g->pairs);
	free(g->instances);
}
