/* SPDX-License-Identifier: Apache-2.0 */
/* The files themselves: order, names, permissions, and files that nothing reads. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/check.h"

static const char *dropins_directory(const struct heir_check *check)
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

static const char *name_after_slash(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const char *source_path(const struct heir_check *check, uint32_t source)
{
	return check->core->sources.items[source].path;
}

/* Returns a name without trailing digits and separators: "x.conf.bak" for "x.conf.bak.2024-01-01".
 * *ret_digits: the number of digits. */
static struct heir_str without_number(struct heir_str name, unsigned *ret_digits)
{
	*ret_digits = 0;
	while (name.len > 0) {
		char c = name.p[name.len - 1];

		if (c >= '0' && c <= '9')
			++*ret_digits;
		else if (*ret_digits == 0 || !strchr("-._:T", c))
			break;
		name.len--;
	}
	return name;
}

/* Recognizes leftovers of editors, package managers and people: a known suffix, possibly followed
 * by a number or date, or ".conf" followed by one. */
static bool is_backup(const char *z)
{
	static const char *const ends[] = {"~", ".bak", ".bkp", ".backup", "_bak", "_backup",
		"-bak", "-backup", ".old", "_old", "-old", ".orig", ".save", ".saved", ".copy",
		".rpmsave", ".rpmnew", ".rpmorig", ".rpmmoved", ".dpkg-old", ".dpkg-new",
		".dpkg-dist", ".dpkg-tmp", ".dpkg-bak", ".dpkg-remove", ".apk-new", ".apk-old",
		".pacnew", ".pacsave", ".pacorig", ".swp", ".swo", ".swx", ".tmp", ".temp",
		".template", ".tmpl", ".sample", ".example", ".dist", ".disabled", ".disable",
		".off", ".rej"};
	enum { DATE = 6 };
	struct heir_str name = heir_str_from(z), stem;
	unsigned digits;

	stem = without_number(name, &digits);
	if (digits >= DATE || (digits > 0 && heir_str_ends(stem, ".conf")))
		return stem.len > 0 && stem.len + digits < name.len;
	for (unsigned i = 0; i < ARRAY_LEN(ends); i++)
		if (heir_str_ends(name, ends[i]) || heir_str_ends(stem, ends[i]))
			return true;
	return strstr(z, ".ucf-") || (z[0] == '#' && heir_str_ends(name, "#"));
}

/* heir reads heir.d by the same rules as CRI-O reads crio.conf.d. */
static void check_name(struct heir_check *check, uint32_t source)
{
	const char *path = source_path(check, source), *name = name_after_slash(path);
	bool of_heir = heir_scope_of(check, source) == HEIR_SCOPE_HEIR;
	const char *who = of_heir ? "heir" : "CRI-O";
	struct heir_diag *diag;

	if (is_backup(name))
		diag = heir_find_file(check, HEIR_RULE_FILE_BACKUP, source, path,
			"%s reads this file too, although it looks like a backup copy", who);
	else if (name[0] == '.')
		diag = heir_find_file(check, HEIR_RULE_FILE_HIDDEN, source, path,
			"%s reads this file too, although it is hidden", who);
	else
		return;
	heir_find_help(check, diag, "move it out of %s",
		of_heir ? source_dir(check) : dropins_directory(check));
}

/* Returns the digits at the beginning of a name. */
static struct heir_str number_of(const char *path)
{
	const char *name = name_after_slash(path);

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

/* Reports files that are read before one with a smaller number. Walking backwards, the smallest
 * number so far is enough. */
static void check_order(struct heir_check *check)
{
	uint32_t smallest = HEIR_SOURCE_NONE;
	size_t dir = strlen(dropins_directory(check));

	for (uint32_t source = check->config->n_docs; source-- > 0;) {
		const char *path = source_path(check, source);
		struct heir_str number = number_of(path), behind;
		struct heir_diag *diag;

		/* Numbers in subdirectories of crio.conf.d are not comparable. */
		if (!is_drop_in(check, source) || number.len == 0 ||
			(size_t)(number.p - path) > dir + 1)
			continue;
		behind = smallest == HEIR_SOURCE_NONE ? number
						      : number_of(source_path(check, smallest));
		if (is_less(behind, number)) {
			diag = heir_find_file(check, HEIR_RULE_FILE_ORDER, source, path,
				"CRI-O reads this file before %s: names are compared byte by byte, "
				"not as numbers",
				name_after_slash(source_path(check, smallest)));
			heir_find_help(check, diag, "give all numbers the same width");
		}
		if (smallest == HEIR_SOURCE_NONE || is_less(number, behind))
			smallest = source;
	}
}

/* Returns the file itself, even if an overlay replaces its text. */
static int stat_file(struct heir_root *root, const char *path, struct stat *ret)
{
	const struct heir_overlay_file *laid = heir_root_overlaid(root, path);
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

/* Reports a file that users other than root can change. Below --root owners are not checked. */
static void check_writable(struct heir_check *check, uint32_t source, const char *path)
{
	struct stat st;
	int r = stat_file(&check->core->root, path, &st);
	const char *who;

	if (r < 0)
		return;
	if (st.st_mode & S_IWOTH)
		who = "writable by all users";
	else if (st.st_mode & S_IWGRP)
		who = "writable by its group";
	else if (!check->rooted && st.st_uid != 0)
		who = "not owned by root";
	else
		return;
	heir_find_file(check, HEIR_RULE_CONFIG_WRITABLE, source, path,
		"%s: a user who can write it decides what root runs", who);
}

void heir_check_files(struct heir_check *check)
{
	uint32_t n = check->config->n_docs;

	for (uint32_t source = 0; source < n; source++) {
		if (!heir_is_node_file(check, source))
			continue;
		if (is_drop_in(check, source) || heir_scope_of(check, source) == HEIR_SCOPE_HEIR)
			check_name(check, source);
		check_writable(check, source, source_path(check, source));
	}
	check_writable(check, HEIR_SOURCE_NONE, dropins_directory(check));
	check_order(check);
}
