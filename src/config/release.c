/* SPDX-License-Identifier: Apache-2.0 */
/* The table of releases. A new release is a row here; see HACKING.md. */
#include "config/release.h"

#include <stdio.h>
#include <string.h>

#include "base/macro.h"

#define NEVER HEIR_PATCH_LAST

/* The parts of the built-in table that never changed. */
#define MONITOR                               \
	"monitor_cgroup = \"system.slice\"\n" \
	"monitor_env = [\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"]\n"
#define RUNTIME(name)                        \
	"[crio.runtime]\n"                   \
	"default_runtime = \"" name "\"\n"   \
	"cgroup_manager = \"systemd\"\n"     \
	"[crio.runtime.runtimes." name "]\n" \
	"runtime_type = \"oci\"\n"           \
	"runtime_root = \"/run/" name "\"\n" MONITOR
#define V1_ANNOTATIONS                                             \
	"allowed_annotations = [\"io.containers.trace-syscall\", " \
	"\"io.kubernetes.cri-o.Devices\"]\n"
#define V2_ANNOTATIONS \
	"allowed_annotations = [\"io.containers.trace-syscall\", \"devices.crio.io\"]\n"

/* Mirrors config.DefaultConfig of CRI-O: the default changed from runc to crun in 1.31. Fields
 * that a release does not have are not read from here. */
#define RUNC_BEFORE                                                 \
	RUNTIME("runc")                                             \
	"allowed_annotations = [\"io.containers.trace-syscall\"]\n" \
	"container_min_memory = \"12MiB\"\n"
#define RUNC RUNTIME("runc") V1_ANNOTATIONS "container_min_memory = \"12MiB\"\n"
#define CRUN RUNTIME("crun") V1_ANNOTATIONS "container_min_memory = \"500KiB\"\n"
#define CRUN_V2                                              \
	RUNTIME("crun")                                      \
	V2_ANNOTATIONS "container_min_memory = \"500KiB\"\n" \
		       "container_create_timeout = 240\n"

/* Config.ReloadRuntimes does not call TranslateMonitorFields, and its result goes to a copy of the
 * configuration that running containers do not use. This holds for all releases that reload
 * handlers. */
#define STALE "it keeps the handlers that it started with (cri-o#10202)"

/* clang-format off */
const struct heir_release heir_releases[] = {
	/* TOML 1.1  slice_always  whole_shim_name  reload_fault */
	{28, NEVER,  true,         false,           STALE,     RUNC,    RUNC_BEFORE, 3, "3.4.0"},
	{29, NEVER,  true,         false,           STALE,     RUNC,    NULL, 0,        "3.4.0"},
	{30, NEVER,  true,         false,           STALE,     RUNC,    NULL, 0,        "3.4.0"},
	{31, NEVER,  true,         false,           STALE,     CRUN,    NULL, 0,        "3.4.0"},
	{32, NEVER,  true,         false,           STALE,     CRUN,    NULL, 0,        "3.5.0"},
	{33, NEVER,  false,        false,           STALE,     CRUN,    NULL, 0,        "3.5.0"},
	{34, NEVER,  false,        false,           STALE,     CRUN,    NULL, 0,        "3.5.0"},
	{35, 1,      false,        false,           STALE,     CRUN_V2, NULL, 0,        "3.5.0"},
	{36, 0,      false,        false,           STALE,     CRUN_V2, NULL, 0,        "3.5.0"},
	{37, 0,      false,        true,            STALE,     CRUN_V2, NULL, 0,        "3.5.0"},
};
/* clang-format on */
const unsigned heir_n_releases = ARRAY_LEN(heir_releases);

/* Reads a number below 65535. Returns what follows, or NULL. */
static const char *read_minor(const char *p, uint16_t *ret)
{
	unsigned n = 0;

	if (*p < '0' || *p > '9')
		return NULL;
	for (; *p >= '0' && *p <= '9'; p++) {
		n = n * 10 + (unsigned)(*p - '0');
		if (n >= HEIR_PATCH_LAST)
			return NULL;
	}
	*ret = (uint16_t)n;
	return p;
}

/* Reads one version. Returns what follows: for "1.34.?" the question mark. */
static const char *read_release(const char *p, struct heir_version *ret)
{
	uint16_t major;

	ret->patch = HEIR_PATCH_LAST;
	p = read_minor(p, &major);
	if (!p || major != 1 || *p != '.')
		return NULL;
	p = read_minor(p + 1, &ret->minor);
	if (p && *p == '.')
		p = p[1] == '?' ? p + 1 : read_minor(p + 1, &ret->patch);
	return p;
}

bool heir_version_parse(const char *text, struct heir_version *ret)
{
	const char *end = read_release(text[0] == 'v' ? text + 1 : text, ret);

	return end && *end == '\0';
}

static bool is_of_version(char c)
{
	return (c >= '0' && c <= '9') || c == '.';
}

bool heir_version_of_build(
	struct heir_str build, struct heir_version *ret, struct heir_str *ret_text)
{
	struct heir_str text = {build.p, 0};
	char z[32];

	while (text.len < build.len && is_of_version(text.p[text.len]))
		text.len++;
	if (text.len < build.len && !strchr("-+~ \t\r", text.p[text.len]))
		return false;
	snprintf(z, sizeof(z), "%.*s", HEIR_STR_ARG(text));
	*ret_text = text;
	return text.len < sizeof(z) && heir_version_parse(z, ret);
}

const struct heir_release *heir_release_of(struct heir_version v)
{
	for (unsigned i = 0; i < heir_n_releases; i++)
		if (heir_releases[i].minor == v.minor)
			return &heir_releases[i];
	return NULL;
}

const struct heir_release *heir_release_newest(void)
{
	return &heir_releases[heir_n_releases - 1];
}

/* Returns whether a `since` list has an entry for the version. `vague` is the result for an entry
 * such as "1.34.?". */
static bool is_listed(struct heir_version v, const char *since, bool vague)
{
	struct heir_version first = {0, 0};

	while (*since) {
		since = read_release(since, &first);
		assert(since);
		if (*since == '?') {
			since++;
			if (vague && v.minor == first.minor)
				return true;
		} else if (first.patch == HEIR_PATCH_LAST
				   ? v.minor >= first.minor
				   : v.minor == first.minor && v.patch >= first.patch) {
			return true;
		}
		since += *since == ' ';
	}
	return false;
}

bool heir_version_has(struct heir_version v, const char *since)
{
	return since[0] == '\0' || is_listed(v, since, false);
}

bool heir_version_may_have(struct heir_version v, const char *since)
{
	return since[0] == '\0' || is_listed(v, since, true);
}

const char *heir_version_builtin(struct heir_version v)
{
	const struct heir_release *release = heir_release_of(v);

	return release->builtin_before && v.patch < release->builtin_since ? release->builtin_before
									   : release->builtin;
}

static bool is_shim_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '+';
}

#define SHIM "containerd-shim-"

/* ^containerd-shim-[a-zA-Z0-9\-\+]+$ */
static bool is_whole_shim(struct heir_str name)
{
	size_t i = sizeof(SHIM) - 1;

	if (!heir_str_starts(name, SHIM) || name.len == i)
		return false;
	while (i < name.len && is_shim_char(name.p[i]))
		i++;
	return i == name.len;
}

/* containerd-shim-([a-zA-Z0-9\-\+])+-v2, anywhere. A run of these characters is checked once: a
 * later "containerd-shim-" in it matches only if the first one does. */
static bool has_shim(struct heir_str name)
{
	static const char end[] = "-v2";
	const char *stop = name.p + name.len;

	while (name.len > 0) {
		const char *shim = memmem(name.p, name.len, SHIM, sizeof(SHIM) - 1), *p;

		if (!shim)
			return false;
		shim += sizeof(SHIM) - 1;
		for (p = shim; p < stop && is_shim_char(*p); p++)
			;
		if (p - shim > 1 && memmem(shim + 1, (size_t)(p - shim - 1), end, sizeof(end) - 1))
			return true;
		name = (struct heir_str){p, (size_t)(stop - p)};
	}
	return false;
}

bool heir_version_accepts_shim(struct heir_version v, struct heir_str path)
{
	const char *slash;

	while (path.len > 1 && path.p[path.len - 1] == '/')
		path.len--;
	slash = path.len ? memrchr(path.p, '/', path.len) : NULL;
	if (slash)
		path = (struct heir_str){slash + 1, (size_t)(path.p + path.len - slash - 1)};
	return heir_release_of(v)->whole_shim_name ? is_whole_shim(path) : has_shim(path);
}

enum heir_toml_version heir_version_toml(struct heir_version v)
{
	const struct heir_release *release = heir_release_of(v);

	return release && release->toml_1_1_since != NEVER && v.patch >= release->toml_1_1_since
		       ? HEIR_TOML_1_1
		       : HEIR_TOML_1_0;
}
