/* SPDX-License-Identifier: Apache-2.0 */
/* Answers about paths of an image. Images have /bin, /sbin and /lib as links to /usr, so paths are
 * normalized before they are looked up. */
#include "base/os.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"

static bool is_below(struct heir_str path, const char *dir)
{
	size_t n = strlen(dir);

	return path.len > n && memcmp(path.p, dir, n) == 0 && path.p[n] == '/';
}

/* Writes the path as the image knows it: absolute, without "." and empty names, and below /usr
 * where the image has a link to it. Returns false if it is too long or has "..". */
static bool normalize(struct heir_str path, char out[PATH_MAX], struct heir_str *ret)
{
	static const char *const merged[] = {"bin", "sbin", "lib", "lib64"};
	size_t len = 0;

	for (size_t i = 0; i < path.len;) {
		const char *name = path.p + i;
		const char *end = memchr(name, '/', path.len - i);
		size_t n = end ? (size_t)(end - name) : path.len - i;

		i += n + 1;
		if (n == 0 || (n == 1 && name[0] == '.'))
			continue;
		if ((n == 2 && name[0] == '.' && name[1] == '.') ||
			len + n + sizeof("/usr/") >= PATH_MAX)
			return false;
		for (unsigned m = 0; len == 0 && m < ARRAY_LEN(merged); m++)
			if (n == strlen(merged[m]) && memcmp(name, merged[m], n) == 0) {
				memcpy(out, "/usr", 4);
				len = 4;
			}
		out[len++] = '/';
		memcpy(out + len, name, n);
		len += n;
	}
	*ret = (struct heir_str){out, len};
	return len > 0;
}

/* Returns the name of a program in /usr/bin or /usr/sbin; .p is NULL for other paths. */
static struct heir_str program_of(struct heir_str path)
{
	static const char *const dirs[] = {"/usr/bin", "/usr/sbin"};

	for (unsigned i = 0; i < ARRAY_LEN(dirs); i++) {
		size_t n = strlen(dirs[i]) + 1;

		if (is_below(path, dirs[i]) && !memchr(path.p + n, '/', path.len - n))
			return (struct heir_str){path.p + n, path.len - n};
	}
	return HEIR_STR_NULL;
}

static enum heir_os_verdict ask_table(const struct heir_os *os, struct heir_str path)
{
	struct heir_str program = program_of(path);

	for (const struct heir_os_program *p = os->programs; program.p && p->name; p++)
		if (heir_str_eqz(program, p->name)) {
			if (!p->has)
				return HEIR_OS_LACKS;
			return is_below(path, "/usr/bin") ? HEIR_OS_HAS : HEIR_OS_UNKNOWN;
		}
	return HEIR_OS_UNKNOWN;
}

/* Returns whether only the image itself can provide the path, not a package on top of it. */
static bool is_of_every_image(struct heir_str path)
{
	static const char *const names[] = {"runc", "crun", "conmon", "conmonrs"};
	struct heir_str program = program_of(path);

	for (unsigned i = 0; program.p && i < ARRAY_LEN(names); i++)
		if (heir_str_eqz(program, names[i]))
			return true;
	return false;
}

/* Returns the position of a path in the sorted list. */
static size_t place_in(const struct heir_os *os, struct heir_str path)
{
	size_t low = 0, high = os->n_paths;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (heir_str_cmp(os->paths[middle], path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Returns whether the list has the path or something below it. `path` needs room for one more
 * character. */
static bool is_listed(const struct heir_os *os, char *path, size_t len)
{
	struct heir_str known = {path, len};
	size_t at = place_in(os, known);

	if (at < os->n_paths && heir_str_eq(os->paths[at], known))
		return true;
	path[len] = '/';
	known.len++;
	at = place_in(os, known);
	return at < os->n_paths && os->paths[at].len > len &&
	       memcmp(os->paths[at].p, path, known.len) == 0;
}

enum heir_os_verdict heir_os_lookup(const struct heir_os *os, const char *path, bool extended)
{
	char buf[PATH_MAX];
	struct heir_str known;

	if (!os || !normalize(heir_str_from(path), buf, &known))
		return HEIR_OS_UNKNOWN;
	if (os->programs)
		return ask_table(os, known);
	if (is_listed(os, buf, known.len))
		return HEIR_OS_HAS;
	if (!is_below(known, "/usr") || is_below(known, "/usr/local") ||
		(extended && !is_of_every_image(known)))
		return HEIR_OS_UNKNOWN;
	return HEIR_OS_LACKS;
}

static int by_bytes(const void *a, const void *b)
{
	return heir_str_cmp(*(const struct heir_str *)a, *(const struct heir_str *)b);
}

/* Copies the path that a line names; ret->p is NULL if it names none. */
static int copy_line(struct heir_arena *arena, struct heir_str line, struct heir_str *ret)
{
	char buf[PATH_MAX];

	*ret = HEIR_STR_NULL;
	while (line.len > 0 && (line.p[line.len - 1] == '\r' || line.p[line.len - 1] == ' '))
		line.len--;
	if (line.len == 0 || memchr(line.p, '\0', line.len) || !normalize(line, buf, ret))
		return 0;
	ret->p = heir_arena_strndup(arena, buf, ret->len);
	return ret->p ? 0 : -ENOMEM;
}

int heir_os_read(struct heir_os *os, struct heir_arena *arena, struct heir_str text)
{
	bool has_programs = false;
	struct heir_str *paths;
	size_t n_lines = 1, n = 0;

	for (size_t i = 0; i < text.len; i++)
		n_lines += text.p[i] == '\n';
	paths = heir_arena_zalloc(arena, n_lines, sizeof(*paths));
	if (!paths)
		return -ENOMEM;
	for (size_t i = 0; i < text.len;) {
		const char *end = memchr(text.p + i, '\n', text.len - i);
		struct heir_str line = {
			text.p + i, end ? (size_t)(end - text.p) - i : text.len - i};

		i += line.len + 1;
		if (copy_line(arena, line, &paths[n]) < 0)
			return -ENOMEM;
		if (!paths[n].p)
			continue;
		has_programs |= is_below(paths[n++], "/usr/bin");
	}
	qsort(paths, n, sizeof(*paths), by_bytes);
	os->paths = paths;
	os->n_paths = n;
	return has_programs ? 0 : -EINVAL;
}
