/* SPDX-License-Identifier: Apache-2.0 */
/* The patterns of heir.toml, expanded one level of directories after the other. glob(3) has no
 * bound: ten links to "." and a pattern of nine stars are 1,000,000,000 paths. Directories outside
 * that of heir.toml are not read. */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/options.h"

enum { MAX_PATHS = 10000, MAX_NAMES = 1000000 };

/* The paths that match the pattern up to a level. They are copies. */
struct level {
	char **paths;
	size_t n, size;
};

static void level_release(struct level *level)
{
	for (size_t i = 0; i < level->n; i++)
		free(level->paths[i]);
	free(level->paths);
	*level = (struct level){.paths = NULL};
}

static int fail_memory(void)
{
	log_error("out of memory");
	return EXIT_IO;
}

/* Returns -1, or an exit_code. */
static int add_to_level(
	const char *up, struct level *level, const char *dir, const char *name, size_t len)
{
	char path[2 * PATH_MAX];
	size_t n = strlen(dir);

	/* No path of the file system is longer. */
	if (n + len + 2 > PATH_MAX)
		return -1;
	if (level->n == MAX_PATHS) {
		log_error("%sheir.toml names more than %d paths", up, MAX_PATHS);
		return EXIT_USAGE;
	}
	if (level->n == level->size) {
		size_t size = level->size ? 2 * level->size : 16;
		char **paths = reallocarray(level->paths, size, sizeof(*paths));

		if (!paths)
			return fail_memory();
		level->paths = paths;
		level->size = size;
	}
	snprintf(path, sizeof(path), "%s%s%.*s", dir, n && dir[n - 1] != '/' ? "/" : "", (int)len,
		name);
	level->paths[level->n] = strdup(path);
	return level->paths[level->n++] ? -1 : fail_memory();
}

/* Returns whether the path, once resolved, is in the directory of heir.toml; 0 or -errno in
 * *ret_error. */
static bool is_inside(const char *up, const char *path, int *ret_error)
{
	char top[PATH_MAX], real[PATH_MAX];
	size_t n;

	*ret_error = realpath(up[0] ? up : ".", top) && realpath(path, real) ? 0 : -errno;
	if (*ret_error < 0)
		return false;
	n = top[1] ? strlen(top) : 0;
	return strncmp(real, top, n) == 0 && (real[n] == '/' || real[n] == '\0');
}

/* Returns whether names are to be looked up in it. */
static bool is_directory_inside(const char *up, const char *path)
{
	const char *at = path[0] ? path : ".";
	struct stat st;
	int error;

	return stat(at, &st) == 0 && S_ISDIR(st.st_mode) && is_inside(up, at, &error);
}

/* Adds the names of a directory that match: of directories inside only, unless it is the last
 * level. Returns -1, or an exit_code. */
static int match_names(const char *up, const char *dir, const char *pattern, bool is_last,
	unsigned *names, struct level *level)
{
	DIR *stream = is_directory_inside(up, dir) ? opendir(dir[0] ? dir : ".") : NULL;
	struct dirent *entry;
	int code = -1;

	while (stream && code < 0 && (entry = readdir(stream))) {
		size_t before = level->n;

		if (++*names > MAX_NAMES) {
			log_error("%sheir.toml: the patterns match against more than %d names", up,
				MAX_NAMES);
			code = EXIT_USAGE;
		} else if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
			   fnmatch(pattern, entry->d_name, FNM_PERIOD) == 0) {
			code = add_to_level(up, level, dir, entry->d_name, strlen(entry->d_name));
		}
		if (!is_last && level->n > before && !is_directory_inside(up, level->paths[before]))
			free(level->paths[--level->n]);
	}
	if (stream)
		closedir(stream);
	return code;
}

/* Goes from one level to the next. Returns -1, or an exit_code. */
static int descend(const char *up, const char *name, size_t len, bool is_last, unsigned *names,
	struct level *level)
{
	struct level next = {.paths = NULL};
	char pattern[NAME_MAX + 1];
	struct stat st;
	int code = -1;

	memcpy(pattern, name, len);
	pattern[len] = '\0';
	for (size_t i = 0; i < level->n && code < 0; i++) {
		const char *dir = level->paths[i];
		size_t before = next.n;

		if (strpbrk(pattern, "*?[\\")) {
			code = match_names(up, dir, pattern, is_last, names, &next);
			continue;
		}
		code = add_to_level(up, &next, dir, name, len);
		if (next.n > before && lstat(next.paths[before], &st) < 0)
			free(next.paths[--next.n]);
	}
	level_release(level);
	*level = next;
	return code;
}

static int compare_paths(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* Moves the paths into the list. A link of the repository may lead anywhere: no file of another
 * place is read and shown. Returns -1, or an exit_code. */
static int take_level(
	const char *up, const char *pattern, struct level *level, struct word_list *list)
{
	int code = -1, error;

	if (level->n == 0) {
		log_error("%sheir.toml: no path matches \"%s\"", up, pattern);
		return EXIT_IO;
	}
	qsort(level->paths, level->n, sizeof(*level->paths), compare_paths);
	for (size_t i = 0; i < level->n && code < 0; i++) {
		if (!is_inside(up, level->paths[i], &error)) {
			if (error < 0)
				log_error("%sheir.toml: %s: %s", up, level->paths[i],
					error_words(error));
			else
				log_error("%sheir.toml: %s is outside the directory of heir.toml",
					up, level->paths[i]);
			return EXIT_USAGE;
		}
		if (list->n == MAX_PATHS) {
			log_error("%sheir.toml names more than %d paths", up, MAX_PATHS);
			return EXIT_USAGE;
		}
		/* The list keeps it as long as the process runs. */
		code = add_word(list, level->paths[i]);
		level->paths[i] = NULL;
	}
	return code;
}

static int expand(const char *up, const char *pattern, unsigned *names, struct word_list *list)
{
	struct level level = {.paths = NULL};
	int code = add_to_level(up, &level, up, "", 0);

	for (const char *p = pattern; code < 0 && *p;) {
		size_t len = strcspn(p, "/");

		if (len > NAME_MAX)
			level_release(&level);
		else if (len > 0)
			code = descend(up, p, len, p[len] == '\0', names, &level);
		p += len + (p[len] == '/');
	}
	if (code < 0)
		code = take_level(up, pattern, &level, list);
	level_release(&level);
	return code;
}

int expand_project_paths(
	const char *up, const struct heir_project_list *patterns, struct word_list *list)
{
	unsigned names = 0;
	int code = -1;

	for (size_t i = 0; i < patterns->n && code < 0; i++)
		code = expand(up, patterns->words[i], &names, list);
	return code;
}
