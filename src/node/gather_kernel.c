/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel: version, configuration, modules, SELinux. */
#include "node/gather_parts.h"

#include <errno.h>

#include "base/file.h"
#include "base/gzip.h"
#include "base/macro.h"

/* ---- kernel.version ---- */

static bool is_plain_char(char c)
{
	return heir_ascii_is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '-' || c == '_' || c == '.';
}

/* Makes a valid label value: other characters become "_", and are removed at the ends. */
static struct heir_str as_label(struct heir_gather *g, struct heir_str release)
{
	char *text = heir_arena_strndup(&g->scratch, release.p, release.len);
	struct heir_str full = {text, release.len};

	if (!text) {
		g->error = -ENOMEM;
		return HEIR_STR_NULL;
	}
	for (size_t i = 0; i < release.len; i++)
		if (!is_plain_char(text[i]))
			text[i] = '_';
	while (full.len > 0 && memchr("-_.", full.p[0], 3)) {
		full.p++;
		full.len--;
	}
	while (full.len > 0 && memchr("-_.", full.p[full.len - 1], 3))
		full.len--;
	return full;
}

/* Splits "5.14.0-427.el9" into major, minor and revision. The latter two may be missing; anything
 * may follow "-". *ret_n is 0 if it has another form. */
static void split_version(struct heir_str text, struct heir_str ret[3], size_t *ret_n)
{
	size_t at = 0, n = 0;

	*ret_n = 0;
	while (n < 3) {
		size_t begin = at;

		while (at < text.len && heir_ascii_is_digit(text.p[at]))
			at++;
		if (at == begin)
			return;
		ret[n++] = (struct heir_str){text.p + begin, at - begin};
		if (at == text.len || text.p[at] != '.' || n == 3)
			break;
		at++;
	}
	if (at == text.len || text.p[at] == '-')
		*ret_n = n;
}

void heir_parse_kernel_version(struct heir_gather *g, struct heir_str release)
{
	static const char *const names[] = {"major", "minor", "revision"};
	struct heir_str full = as_label(g, heir_gather_trim(release)), numbers[3];
	size_t n;

	if (full.len == 0)
		return;
	heir_gather_setz(g, "full", full);
	split_version(full, numbers, &n);
	for (size_t i = 0; i < n; i++)
		heir_gather_setz(g, names[i], numbers[i]);
}

static bool get_release(struct heir_gather *g, struct heir_str *ret)
{
	return heir_gather_value(g, "/proc/sys/kernel/osrelease", ret);
}

void heir_gather_kernel_version(struct heir_gather *g)
{
	struct heir_str release;

	if (get_release(g, &release))
		heir_parse_kernel_version(g, release);
}

/* Returns the release as part of paths, NULL if it is not usable there. */
static const char *release_in_paths(struct heir_gather *g)
{
	struct heir_str release;
	const char *text;

	if (!get_release(g, &release) || release.len == 0 || memchr(release.p, '/', release.len) ||
		memchr(release.p, '\0', release.len))
		return NULL;
	text = heir_arena_strndup(&g->scratch, release.p, release.len);
	if (!text)
		g->error = -ENOMEM;
	return text;
}

/* ---- kernel.config ---- */

static struct heir_str unquote_config(struct heir_str value)
{
	while (value.len > 0 && value.p[0] == '"') {
		value.p++;
		value.len--;
	}
	while (value.len > 0 && value.p[value.len - 1] == '"')
		value.len--;
	return value;
}

void heir_parse_kernel_config(struct heir_gather *g, struct heir_str config)
{
	static const char prefix[] = "CONFIG_";
	struct heir_str line;

	heir_gather_has_attributes(g);
	while (heir_gather_line(&config, &line) && g->error == 0) {
		const char *equals;
		struct heir_str name, value;

		if (!heir_str_starts(line, prefix))
			continue;
		equals = memchr(line.p, '=', line.len);
		if (!equals)
			continue;
		name = (struct heir_str){line.p + sizeof(prefix) - 1,
			(size_t)(equals - line.p) - (sizeof(prefix) - 1)};
		value = (struct heir_str){equals + 1, line.len - (size_t)(equals - line.p) - 1};
		if (name.len > 0)
			heir_gather_set(g, name, unquote_config(value));
	}
}

/* Reads /proc/config.gz, which exists with CONFIG_IKCONFIG_PROC. */
static bool read_packed(struct heir_gather *g, struct heir_str *ret)
{
	size_t budget = HEIR_FILE_MAX;
	struct heir_str packed;
	const char *what;
	int r;

	if (!heir_gather_read(g, "/proc/config.gz", HEIR_FILE_MAX, &packed))
		return false;
	r = heir_gunzip(packed, &budget, &g->scratch, ret, &what);
	if (r == -ENOMEM)
		g->error = r;
	return r == 0;
}

void heir_gather_kernel_config(struct heir_gather *g)
{
	/* In the order of Node Feature Discovery; the release goes between the two parts. */
	static const char *const places[][2] = {
		{"/usr/src/linux-", "/.config"},
		{"/usr/src/linux-rt-", "/.config"},
		{"/usr/src/linux/.config", NULL},
		{"/usr/lib/modules/", "/config"},
		{"/usr/lib/ostree-boot/config-", ""},
		{"/usr/lib/kernel/config-", ""},
		{"/usr/src/linux-headers-", "/.config"},
		{"/lib/modules/", "/build/.config"},
		{"/usr/src/linux-rt-headers-", "/.config"},
		{"/boot/config-", ""},
	};
	struct heir_str config;
	const char *release;

	if (read_packed(g, &config)) {
		heir_parse_kernel_config(g, config);
		return;
	}
	release = release_in_paths(g);
	for (size_t i = 0; i < ARRAY_LEN(places) && g->error == 0; i++) {
		const char *path = places[i][0];

		if (places[i][1])
			path = release ? heir_gather_path(g, path, release, places[i][1]) : NULL;
		if (path && heir_gather_read(g, path, HEIR_FILE_MAX, &config)) {
			heir_parse_kernel_config(g, config);
			return;
		}
	}
}

/* ---- Modules ---- */

void heir_parse_modules(struct heir_gather *g, struct heir_str modules)
{
	struct heir_str line, name;

	heir_gather_has_flags(g);
	while (heir_gather_line(&modules, &line) && g->error == 0)
		if (heir_gather_word(&line, &name))
			heir_gather_flag(g, name);
}

static bool read_modules(struct heir_gather *g, struct heir_str *ret)
{
	return heir_gather_read(g, "/proc/modules", HEIR_FILE_MAX, ret);
}

void heir_gather_modules_loaded(struct heir_gather *g)
{
	struct heir_str modules;

	if (read_modules(g, &modules))
		heir_parse_modules(g, modules);
}

/* Reads lines such as "kernel/fs/ext4/ext4.ko". */
static void add_builtin(struct heir_gather *g, struct heir_str text)
{
	static const char suffix[] = ".ko";
	struct heir_str line;

	while (heir_gather_line(&text, &line) && g->error == 0) {
		size_t n = sizeof(suffix) - 1;
		const char *slash;

		line = heir_gather_trim(line);
		if (line.len <= n || memcmp(line.p + line.len - n, suffix, n) != 0)
			continue;
		line.len -= n;
		slash = memrchr(line.p, '/', line.len);
		if (slash) {
			line.len -= (size_t)(slash + 1 - line.p);
			line.p = slash + 1;
		}
		if (line.len > 0)
			heir_gather_flag(g, line);
	}
}

void heir_gather_modules_enabled(struct heir_gather *g)
{
	const char *release = release_in_paths(g), *path;
	struct heir_str builtin, modules;

	if (!release)
		return;
	path = heir_gather_path(g, "/lib/modules/", release, "/modules.builtin");
	if (!path || !heir_gather_read(g, path, HEIR_FILE_MAX, &builtin) ||
		!read_modules(g, &modules))
		return;
	heir_parse_modules(g, modules);
	add_builtin(g, builtin);
}

/* ---- Switches ---- */

/* "enabled" in Node Feature Discovery means that it enforces. */
void heir_gather_selinux(struct heir_gather *g)
{
	struct heir_str enforce;

	if (!heir_gather_exists(g, "/sys/fs"))
		return;
	if (!heir_gather_exists(g, "/sys/fs/selinux"))
		heir_gather_set_bool(g, "enabled", false);
	else if (heir_gather_value(g, "/sys/fs/selinux/enforce", &enforce) && enforce.len > 0)
		heir_gather_set_bool(g, "enabled", enforce.p[0] == '1');
}

void heir_gather_kvm(struct heir_gather *g)
{
	if (heir_gather_exists(g, "/sys/devices/virtual"))
		heir_gather_set_bool(
			g, "enabled", heir_gather_exists(g, "/sys/devices/virtual/misc/kvm"));
}
