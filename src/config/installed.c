/* SPDX-License-Identifier: Apache-2.0 */
/* Finds and runs the installed crio; its answer is cached until the file changes. */
#include "config/installed.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "node/cache.h"
#include "node/probe.h"

enum { MAX_OUTPUT = 64 << 10 };

bool heir_installed_parse(
	struct heir_str output, struct heir_version *ret, struct heir_str *ret_text)
{
	static const char words[] = "crio version ";

	while (output.len > 0) {
		const char *newline = memchr(output.p, '\n', output.len);
		struct heir_str line = {
			output.p, newline ? (size_t)(newline - output.p) : output.len};

		output.p += line.len + (newline != NULL);
		output.len -= line.len + (newline != NULL);
		if (heir_str_starts(line, words)) {
			line.p += sizeof(words) - 1;
			line.len -= sizeof(words) - 1;
			return heir_version_of_build(line, ret, ret_text);
		}
	}
	return false;
}

/* Describes why there is no answer. */
static const char *explain_probe_error(int error, const char *path, struct heir_arena *arena)
{
	switch (error) {
	case -EPERM:
		return heir_arena_printf(arena,
			"%s is not run: non-root users can write it, or a directory above it",
			path);
	case -ETIMEDOUT:
		return heir_arena_printf(
			arena, "%s --version did not end in %d s", path, HEIR_PROBE_MS / 1000);
	case -EFBIG:
		return heir_arena_printf(
			arena, "%s --version prints more than %d KiB", path, MAX_OUTPUT >> 10);
	case -EBADMSG:
		return heir_arena_printf(
			arena, "%s --version does not print \"crio version 1.Y.Z\"", path);
	default:
		return heir_arena_printf(arena, "%s: %s", path, heir_file_error(error));
	}
}

/* Gets the output of `crio --version`, cached while the file is the same. Returns 0, its exit
 * status, or -errno. */
static int read_version(int fd, const char *cache, struct heir_arena *arena,
	const struct heir_trace *trace, struct heir_str *ret)
{
	static const char *const args[] = {"crio", "--version", NULL};
	struct heir_cache_answer answer = {.status = 0};
	struct heir_cache_key key, after;
	int r = cache ? heir_cache_key_of(fd, &key) : 0;

	if (r == 0 && cache)
		r = heir_cache_get(cache, &key, arena, &answer);
	if (r < 0)
		return r;
	if (r > 0 && answer.version.len > 0) {
		*ret = answer.version;
		return 0;
	}
	r = heir_probe_run_for(fd, args, HEIR_PROBE_MS, MAX_OUTPUT, arena, trace, ret);
	answer = (struct heir_cache_answer){.version = *ret};
	if (r == 0 && cache && heir_cache_key_of(fd, &after) == 0 &&
		memcmp(&key, &after, sizeof(after)) == 0)
		heir_cache_put(cache, &key, &answer);
	return r;
}

/* Returns 0 or -errno; sets the reason unless explain_probe_error() has one. */
static int query_version(int fd, const char *path, const char *cache, struct heir_arena *arena,
	const struct heir_trace *trace, struct heir_version *ret, const char **ret_error)
{
	struct heir_version version;
	struct heir_str output, text;
	int r = read_version(fd, cache, arena, trace, &output);

	if (r > 0) {
		*ret_error = heir_arena_printf(arena, "%s --version ended with status %d", path, r);
		return -EBADMSG;
	}
	if (r < 0)
		return r;
	if (!heir_installed_parse(output, &version, &text))
		return -EBADMSG;
	if (!heir_release_of(version)) {
		*ret_error = heir_arena_message(arena,
			"%s is CRI-O %.*s, and heir knows 1.%u to 1.%u: name the nearest", path,
			HEIR_STR_ARG(text), heir_releases[0].minor, heir_release_newest()->minor);
		return -ENOTSUP;
	}
	*ret = version;
	return 0;
}

int heir_installed_version(const char *dirs, const char *cache, struct heir_arena *arena,
	const struct heir_trace *trace, struct heir_version *ret, const char **ret_error)
{
	const char *path;
	int fd = heir_probe_find(dirs, "crio", arena, &path), r = fd;

	*ret_error = NULL;
	if (fd >= 0) {
		r = query_version(fd, path, cache, arena, trace, ret, ret_error);
		close(fd);
	} else if (!path && fd != -ENOMEM) {
		*ret_error = heir_arena_printf(arena, "no crio in %s", dirs);
	}
	if (r < 0 && r != -ENOMEM && !*ret_error)
		*ret_error = explain_probe_error(r, path, arena);
	return r < 0 ? r : 0;
}
