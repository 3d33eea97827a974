/* SPDX-License-Identifier: Apache-2.0 */
/* The files themselves: their order, their names, who may write them, and those that nobody reads.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/check.h"

static const char *config_dir(const struct heir_check *check)
{
	return heir_where_config_dir(&check->config->where);
}

static const char *source_dir(const struct heir_check *check)
{
	return heir_where_source_dir(&check->config->where);
}

static bool is_drop_in(const struct heir_check *check, uint32_t source)
{
	enum heir_scope scope = heir_scope_of(check, source);

	return scope == HEIR_SCOPE_VENDOR || scope == HEIR_SCOPE_DROPIN;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const char *path_of(const struct heir_check *check, uint32_t source)
{
	return check->core->sources.items[source].path;
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n > m && strcmp(name + n - m, end) == 0;
}

/* What editors and package managers leave behind. */
static bool is_backup(const char *name)
{
	static const char *const ends[] = {"~", ".bak", ".backup", ".old", ".orig", ".save",
		".rpmsave", ".rpmnew", ".rpmorig", ".dpkg-old", ".dpkg-new", ".dpkg-dist",
		".dpkg-tmp", ".ucf-old", ".ucf-new", ".ucf-dist", ".swp", ".swo", ".tmp",
		".disabled", ".off"};

	for (unsigned i = 0; i < ARRAY_LEN(ends); i++)
		if (ends_with(name, ends[i]))
			return true;
	return name[0] == '#' && ends_with(name, "#");
}

/* Of heir.d heir reads whatever CRI-O reads of crio.conf.d. */
static void check_name(struct heir_check *check, uint32_t source)
{
	const char *path = path_of(check, source), *name = base_name(path);
	bool of_heir = heir_scope_of(check, source) == HEIR_SCOPE_HEIR;
	const char *who = of_heir ? "heir" : "CRI-O";
	struct heir_diag *diag;

	if (is_backup(name))
		diag = heir_find_file(check, HEIR_RULE_FILE_BACKUP, source, path,
			"%s reads this file too, whatever its name ends in", who);
	else if (name[0] == '.')
		diag = heir_find_file(check, HEIR_RULE_FILE_HIDDEN, source, path,
			"%s reads this file too, although its name hides it", who);
	else
		return;
	heir_find_help(
		check, diag, "move it out of %s", of_heir ? source_dir(check) : config_dir(check));
}

/* The digits that a name begins with. */
static struct heir_str number_of(const char *path)
{
	const char *name = base_name(path);

	return (struct heir_str){name, strspn(name, "0123456789")};
}

static bool is_less(struct heir_str a, struct heir_str b)
{
	while (a.len > 1 && a.p[0] == '0') {
		a.p++;
		a.len--;
	}
	while (b.len > 1 && b.p[0] == '0') {
		b.p++;
		b.len--;
	}
	return a.len != b.len ? a.len < b.len : heir_str_cmp(a, b) < 0;
}

/* Is it read before a file with a smaller number? From the last file to the first, the one with the
 * smallest number of those behind is enough to know. */
static void check_order(struct heir_check *check)
{
	uint32_t smallest = HEIR_SOURCE_NONE;
	size_t dir = strlen(config_dir(check));

	for (uint32_t source = check->config->n_docs; source-- > 0;) {
		const char *path = path_of(check, source);
		struct heir_str number = number_of(path), behind;
		struct heir_diag *diag;

		/* Of a directory in crio.conf.d the numbers mean something else. */
		if (!is_drop_in(check, source) || number.len == 0 ||
			(size_t)(number.p - path) > dir + 1)
			continue;
		behind =
			smallest == HEIR_SOURCE_NONE ? number : number_of(path_of(check, smallest));
		if (is_less(behind, number)) {
			diag = heir_find_file(check, HEIR_RULE_FILE_ORDER, source, path,
				"CRI-O reads this file before %s: names are compared byte by byte, "
				"not as numbers",
				base_name(path_of(check, smallest)));
			heir_find_help(check, diag, "give all numbers the same width");
		}
		if (smallest == HEIR_SOURCE_NONE || is_less(number, behind))
			smallest = source;
	}
}

/* The file itself, even where a text that is tried lies over it. */
static int stat_file(struct heir_root *root, const char *path, struct stat *ret)
{
	const struct heir_overlay_file *laid = heir_root_laid(root, path);
	int fd, r;

	if (!laid)
		return heir_root_stat(root, path, ret);
	fd = laid->object ? -ENOENT : heir_root_openat(root, path, O_PATH);
	if (fd < 0)
		return fd;
	r = fstat(fd, ret) < 0 ? -errno : 0;
	close(fd);
	return r;
}

static void check_writable(struct heir_check *check, uint32_t source, const char *path)
{
	struct stat st;
	int r = stat_file(&check->core->root, path, &st);
	const char *who;

	if (r < 0)
		return;
	if (st.st_mode & S_IWOTH)
		who = "everybody may write it";
	else if (st.st_mode & S_IWGRP)
		who = "its group may write it";
	else if (!check->rooted && st.st_uid != 0)
		who = "it is not root's";
	else
		return;
	heir_find_file(check, HEIR_RULE_CONFIG_WRITABLE, source, path,
		"%s: who writes it decides what root runs", who);
}

/* ---- What is never read ---- */

/* Names of directories that people take for crio.conf.d. */
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

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Keeps "d" or "-" and the name. */
static void add_name(struct heir_check *check, struct names *names, const struct dirent64 *entry)
{
	if (names->n == names->size) {
		size_t size = names->size ? names->size * 2 : 16;
		char **items = reallocarray(names->items, size, sizeof(*items));

		if (!items) {
			check->error = -ENOMEM;
			return;
		}
		names->items = items;
		names->size = size;
	}
	names->items[names->n] = heir_arena_printf(
		&check->core->arena, "%c%s", entry->d_type == DT_DIR ? 'd' : '-', entry->d_name);
	if (names->items[names->n])
		names->n++;
	else
		check->error = -ENOMEM;
}

/* The sorted names of a directory with their types: "d" or "-" before each. */
static void list(struct heir_check *check, const char *path, struct names *ret)
{
	_Alignas(struct dirent64) char entries[4096];
	int fd = heir_root_openat(&check->core->root, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return;
	while (check->error == 0 && (n = getdents64(fd, (void *)entries, sizeof(entries))) > 0)
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *entry = (const struct dirent64 *)(entries + at);

			add_name(check, ret, entry);
			at += entry->d_reclen;
		}
	close(fd);
	if (ret->n > 1)
		qsort(ret->items, ret->n, sizeof(*ret->items), compare_names);
}

static void elsewhere(struct heir_check *check, const char *dir, const char *name)
{
	char *path = heir_arena_printf(&check->core->arena, "%s/%s", dir, name);
	const struct heir_overlay_file *laid;
	struct heir_diag *diag;

	if (!path) {
		check->error = -ENOMEM;
		return;
	}
	laid = heir_root_laid(&check->core->root, path);
	if (laid && laid->object)
		return;
	diag = heir_find_file(check, HEIR_RULE_FILE_ELSEWHERE, HEIR_SOURCE_NONE, path,
		"CRI-O never reads this file");
	heir_find_help(check, diag, "drop-ins belong into %s", config_dir(check));
}

static void elsewhere_dir(struct heir_check *check, const char *parent, const char *name)
{
	_cleanup_(names_release) struct names names = {NULL, 0, 0};
	char *dir = heir_arena_printf(&check->core->arena, "%s/%s", parent, name);

	if (!dir) {
		check->error = -ENOMEM;
		return;
	}
	list(check, dir, &names);
	for (size_t i = 0; i < names.n && check->error == 0; i++)
		if (names.items[i][0] != 'd')
			elsewhere(check, dir, names.items[i] + 1);
}

static bool is_elsewhere_file(const char *name)
{
	return ends_with(name, ".conf") && strcmp(name, "crio.conf") != 0;
}

/* The same of a file that an object brings. */
static void check_laid(struct heir_check *check, const struct heir_overlay_file *file)
{
	struct heir_str dir = HEIR_STR("/etc/crio/");
	const char *name, *slash;
	struct heir_diag *diag;

	if (!file->object || !heir_str_starts(heir_str_from(file->path), dir.p))
		return;
	name = file->path + dir.len;
	slash = strchr(name, '/');
	if (slash) {
		name = heir_arena_strndup(&check->core->arena, name, (size_t)(slash - name));
		if (!name) {
			check->error = -ENOMEM;
			return;
		}
	}
	if (slash ? !is_elsewhere_dir(name) || strchr(slash + 1, '/') : !is_elsewhere_file(name))
		return;
	diag = heir_find(
		check, HEIR_RULE_FILE_ELSEWHERE, file->where, "CRI-O never reads %s", file->path);
	heir_find_help(check, diag, "drop-ins belong into %s", config_dir(check));
}

/* Beside crio.conf.d, where people put what they mean for it. */
static void check_elsewhere(struct heir_check *check)
{
	const struct heir_overlay *overlay = check->core->root.overlay;
	_cleanup_(names_release) struct names names = {NULL, 0, 0};

	if (check->config->where.config || check->config->where.config_dir)
		return;
	list(check, "/etc/crio", &names);
	for (size_t i = 0; i < names.n && check->error == 0; i++) {
		const char *name = names.items[i] + 1;

		if (names.items[i][0] == 'd' && is_elsewhere_dir(name))
			elsewhere_dir(check, "/etc/crio", name);
		else if (names.items[i][0] == '-' && is_elsewhere_file(name))
			elsewhere(check, "/etc/crio", name);
	}
	for (uint32_t i = 0; overlay && i < overlay->n && check->error == 0; i++)
		check_laid(check, &overlay->files[i]);
}

void heir_check_files(struct heir_check *check)
{
	uint32_t n = check->config->n_docs;

	for (uint32_t source = 0; source < n; source++) {
		if (!heir_is_node_file(check, source))
			continue;
		if (is_drop_in(check, source) || heir_scope_of(check, source) == HEIR_SCOPE_HEIR)
			check_name(check, source);
		check_writable(check, source, path_of(check, source));
	}
	check_writable(check, HEIR_SOURCE_NONE, config_dir(check));
	check_order(check);
	check_elsewhere(check);
}
