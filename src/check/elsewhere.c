/* SPDX-License-Identifier: Apache-2.0 */
/* Files that CRI-O never reads, in places where users expect it to: next to crio.conf.d, and in
 * directories where other programs look for theirs. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/vec.h"
#include "check/check.h"

static const char *crio_directory(const struct heir_check *check)
{
	return heir_where_config_dir(&check->config->where);
}

/* Other directories with CRI-O's configuration, directly or in a crio.conf.d. */
static const char *const other_dirs[] = {"/etc/crio.conf.d", "/etc/crio.d", "/etc/cri-o",
	"/etc/crio-o", "/run/crio", "/usr/etc/crio", "/usr/lib/crio", "/usr/local/etc/crio",
	"/usr/local/lib/crio", "/usr/share/crio"};

/* Directories in /etc/crio that users mistake for crio.conf.d. */
static bool is_elsewhere_dir(const char *name)
{
	static const char *const names[] = {"conf.d", "config.d", "crio.d", "crio.conf",
		"crio.confd", "crio.config.d", "runtimes.d"};

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return strncmp(name, "crio.conf.d.", strlen("crio.conf.d.")) == 0 ||
	       strncmp(name, "crio.conf.d-", strlen("crio.conf.d-")) == 0 ||
	       strncmp(name, "crio.conf.d~", strlen("crio.conf.d~")) == 0;
}

struct names {
	char **items;
	size_t n, size;
};

static void names_release(struct names *names)
{
	free(names->items);
}

static int compare_name_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Stores the name after "d" for a directory, else "-". */
static void add_dir_entry(
	struct heir_check *check, struct names *names, const struct dirent64 *entry)
{
	if (HEIR_RESERVE(names->items, names->n, names->size) < 0) {
		check->error = -ENOMEM;
		return;
	}
	names->items[names->n] = heir_arena_printf(
		&check->core->arena, "%c%s", entry->d_type == DT_DIR ? 'd' : '-', entry->d_name);
	if (names->items[names->n])
		names->n++;
	else
		check->error = -ENOMEM;
}

/* Lists the names of a directory, sorted, each after "d" or "-". */
static void list_directory(struct heir_check *check, const char *path, struct names *ret)
{
	_Alignas(struct dirent64) char entries[4096];
	int fd = heir_root_openat(&check->core->root, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return;
	while (check->error == 0 && (n = getdents64(fd, (void *)entries, sizeof(entries))) > 0)
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *entry = (const struct dirent64 *)(entries + at);

			add_dir_entry(check, ret, entry);
			at += entry->d_reclen;
		}
	close(fd);
	if (ret->n > 1)
		qsort(ret->items, ret->n, sizeof(*ret->items), compare_name_strings);
}

/* Returns whether the directory that CRI-O reads has a file of that name. On an ostree system,
 * /etc has a copy of what the package installed in /usr/etc. */
static bool has_copy(struct heir_check *check, const char *path)
{
	const char *rest = strstr(path, "/crio/");
	char *copy;

	if (strncmp(path, "/usr/etc/", strlen("/usr/etc/")) != 0 || !rest)
		return false;
	copy = heir_arena_concat(&check->core->arena, "/etc", rest, "");
	if (!copy) {
		check->error = -ENOMEM;
		return false;
	}
	return heir_root_find(&check->core->root, copy) == 0;
}

/* Returns the line of the table [crio.runtime.runtimes.NAME] in a text that is not parsed, or
 * 0. */
static uint32_t line_of_table(struct heir_str text, struct heir_str name)
{
	static const char head[] = "[crio.runtime.runtimes.";
	const char *p = text.p, *end = text.p + text.len;

	for (uint32_t line = 1; p && p < end; line++) {
		const char *newline = memchr(p, '\n', (size_t)(end - p)), *at = p;
		size_t left;
		bool quoted;

		while (at < end && (*at == ' ' || *at == '\t'))
			at++;
		left = (size_t)(end - at);
		if (left > sizeof(head) + name.len && memcmp(at, head, sizeof(head) - 1) == 0) {
			at += sizeof(head) - 1;
			quoted = *at == '"' || *at == '\'';
			at += quoted;
			if ((size_t)(end - at) > name.len && memcmp(at, name.p, name.len) == 0 &&
				at[name.len] == (quoted ? at[-1] : ']'))
				return line;
		}
		p = newline ? newline + 1 : NULL;
	}
	return 0;
}

/* Checks whether the file defines the handler. */
static void seek_handler(struct heir_check *check, const char *path)
{
	struct heir_unread *unread = check->unread;
	struct heir_str text = HEIR_STR_NULL;

	if (unread->path ||
		heir_file_read(&check->core->root, path, &check->core->arena, &text) < 0)
		return;
	unread->line = line_of_table(text, unread->handler);
	if (unread->line > 0)
		unread->path = path;
}

/* Reports a file, or looks in it for the handler that the caller asks about. */
static void report_elsewhere(struct heir_check *check, const char *dir, const char *name)
{
	char *path = heir_arena_printf(&check->core->arena, "%s/%s", dir, name);
	const struct heir_overlay_file *laid;
	struct heir_diag *diag;

	if (!path) {
		check->error = -ENOMEM;
		return;
	}
	if (check->unread) {
		seek_handler(check, path);
		return;
	}
	laid = heir_root_overlaid(&check->core->root, path);
	if ((laid && laid->object) || has_copy(check, path))
		return;
	diag = heir_find_file(check, HEIR_RULE_FILE_ELSEWHERE, HEIR_SOURCE_NONE, path,
		"CRI-O never reads this file");
	heir_find_help(check, diag, "move it to %s", crio_directory(check));
}

/* Checks the files of a directory: all of them, or those named like configuration. */
static void elsewhere_dir(struct heir_check *check, const char *dir, bool all)
{
	_cleanup_(names_release) struct names names = {NULL, 0, 0};

	list_directory(check, dir, &names);
	for (size_t i = 0; i < names.n && check->error == 0; i++)
		if (names.items[i][0] != 'd' &&
			(all || heir_str_ends(heir_str_from(names.items[i] + 1), ".conf")))
			report_elsewhere(check, dir, names.items[i] + 1);
}

static bool is_elsewhere_file(const char *name)
{
	return heir_str_ends(heir_str_from(name), ".conf") && strcmp(name, "crio.conf") != 0;
}

/* Returns whether CRI-O would read such a file in its own directory, but never looks here. */
static bool is_elsewhere(struct heir_check *check, const char *path)
{
	struct heir_str dir = HEIR_STR("/etc/crio/"), z = heir_str_from(path);
	const char *name = path + dir.len, *slash;

	for (unsigned i = 0; i < ARRAY_LEN(other_dirs); i++) {
		size_t len = strlen(other_dirs[i]);

		if (heir_str_starts(z, other_dirs[i]) && path[len] == '/')
			return heir_str_ends(heir_str_from(path), ".conf") &&
			       !has_copy(check, path);
	}
	if (!heir_str_starts(z, dir.p))
		return false;
	slash = strchr(name, '/');
	if (!slash)
		return is_elsewhere_file(name);
	name = heir_arena_strndup(&check->core->arena, name, (size_t)(slash - name));
	if (!name)
		check->error = -ENOMEM;
	return name && is_elsewhere_dir(name) && !strchr(slash + 1, '/');
}

/* The same for a file that an object provides. */
static void check_overlaid(struct heir_check *check, const struct heir_overlay_file *file)
{
	struct heir_diag *diag;

	if (!file->object || !is_elsewhere(check, file->path))
		return;
	if (check->unread) {
		seek_handler(check, file->path);
		return;
	}
	diag = heir_find(
		check, HEIR_RULE_FILE_ELSEWHERE, file->where, "CRI-O never reads %s", file->path);
	heir_find_help(check, diag, "move it to %s", crio_directory(check));
}

/* Checks /etc/crio itself and its directories other than crio.conf.d. */
static void check_etc(struct heir_check *check)
{
	_cleanup_(names_release) struct names names = {NULL, 0, 0};

	list_directory(check, "/etc/crio", &names);
	for (size_t i = 0; i < names.n && check->error == 0; i++) {
		const char *name = names.items[i] + 1;
		char *dir;

		if (names.items[i][0] == '-' && is_elsewhere_file(name))
			report_elsewhere(check, "/etc/crio", name);
		if (names.items[i][0] != 'd' || !is_elsewhere_dir(name))
			continue;
		dir = heir_arena_concat(&check->core->arena, "/etc/crio/", name, "");
		if (dir)
			elsewhere_dir(check, dir, true);
		else
			check->error = -ENOMEM;
	}
}

void heir_check_elsewhere(struct heir_check *check)
{
	const struct heir_overlay *overlay = check->core->root.overlay;

	if (check->config->where.config || check->config->where.config_dir)
		return;
	check_etc(check);
	for (unsigned i = 0; i < ARRAY_LEN(other_dirs) && check->error == 0; i++) {
		char *dir =
			heir_arena_concat(&check->core->arena, other_dirs[i], "/crio.conf.d", "");

		if (!dir) {
			check->error = -ENOMEM;
			return;
		}
		elsewhere_dir(check, other_dirs[i], false);
		elsewhere_dir(check, dir, false);
	}
	for (uint32_t i = 0; overlay && i < overlay->n && check->error == 0; i++)
		check_overlaid(check, &overlay->files[i]);
}

int heir_check_unread(
	struct heir_core *core, const struct heir_config *config, struct heir_unread *unread)
{
	struct heir_check check = {.core = core, .config = config, .unread = unread};

	heir_check_elsewhere(&check);
	return check.error;
}
