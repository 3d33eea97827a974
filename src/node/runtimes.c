/* SPDX-License-Identifier: Apache-2.0 */
/* Each runtime is run once per process, and its answer is kept by path; across processes, by the
 * cache of node/cache.h. */
#include "node/runtimes.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/vec.h"
#include "node/cache.h"
#include "node/probe.h"

enum { MAX_OUTPUT_OF_VERSION = 64 << 10 };

/* Sets the state and its description, which is NULL if there was no memory. */
static int set_runtime_state(
	struct heir_runtime_facts *runtime, enum heir_runtime_state state, const char *problem)
{
	runtime->state = state;
	runtime->problem = problem;
	return problem ? 0 : -ENOMEM;
}

/* Sets the state of a runtime that could not be run or did not finish. */
static int set_runtime_failed(
	struct heir_runtime_facts *runtime, int error, struct heir_arena *arena)
{
	const char *words;

	switch (error) {
	case -ENOMEM:
		return error;
	case -EPERM:
		words = "it is not run: non-root users can write it, or a directory above it";
		break;
	case -ETIMEDOUT:
		words = heir_arena_printf(
			arena, "\"features\" did not end in %d s", HEIR_PROBE_MS / 1000);
		break;
	case -EFBIG:
		words = heir_arena_printf(arena, "\"features\" prints more than %d MiB",
			HEIR_RUNTIME_MAX_OUTPUT >> 20);
		break;
	default:
		words = heir_arena_printf(arena, "it cannot be run: %s", heir_file_error(error));
	}
	return set_runtime_state(runtime, HEIR_RUNTIME_FAILED, words);
}

/* Runs `--version` for display only. */
static int run_version(const struct heir_runtimes *runtimes, int fd, const char *path,
	struct heir_cache_answer *answer)
{
	const char *const args[] = {path, "--version", NULL};
	struct heir_str output;
	size_t len = 0;
	int r = heir_probe_run_for(fd, args, HEIR_PROBE_MS, MAX_OUTPUT_OF_VERSION, runtimes->arena,
		runtimes->trace, &output);

	if (r != 0)
		return r == -ENOMEM ? r : 0;
	while (len < output.len && len < HEIR_RUNTIME_MAX_VERSION && output.p[len] != '\n' &&
		output.p[len] != '\0')
		len++;
	answer->version = (struct heir_str){output.p, len};
	return 0;
}

/* Interprets the answer to `features`. */
static int interpret_answer(const struct heir_cache_answer *answer, struct heir_arena *arena,
	struct heir_runtime_facts *runtime)
{
	struct heir_features *features = NULL;
	const char *error = NULL;
	int r;

	if (answer->status != 0)
		return set_runtime_state(runtime, HEIR_RUNTIME_OLD,
			heir_arena_printf(
				arena, "\"features\" ended with status %d", answer->status));
	/* youki before 0.5.2 does that. */
	if (answer->features.len == 0)
		return set_runtime_state(runtime, HEIR_RUNTIME_OLD, "\"features\" prints nothing");
	r = heir_features_parse(answer->features, arena, &features, &error);
	if (r == -EINVAL)
		return set_runtime_state(runtime, HEIR_RUNTIME_OLD,
			heir_arena_printf(
				arena, "the output of \"features\" is not valid: %s", error));
	runtime->features = features;
	runtime->state = HEIR_RUNTIME_ANSWERS;
	return r;
}

/* Runs it and caches the answer. */
static int ask_file(const struct heir_runtimes *runtimes, int fd, const char *path,
	const struct heir_cache_key *key, struct heir_cache_answer *answer,
	struct heir_runtime_facts *runtime)
{
	enum { NO_VERDICT = 126 }; /* 126, 127 and signals: it did not get far enough to answer */
	const char *const args[] = {path, "features", NULL};
	struct heir_cache_key after;
	int r = heir_probe_run_for(fd, args, HEIR_PROBE_MS, HEIR_RUNTIME_MAX_OUTPUT,
		runtimes->arena, runtimes->trace, &answer->features);

	if (r < 0)
		return set_runtime_failed(runtime, r, runtimes->arena);
	answer->status = r;
	r = interpret_answer(answer, runtimes->arena, runtime);
	if (r == 0 && runtime->state == HEIR_RUNTIME_OLD)
		r = run_version(runtimes, fd, path, answer);
	if (r == 0 && runtimes->cache && answer->status < NO_VERDICT &&
		heir_cache_key_of(fd, &after) == 0 && memcmp(key, &after, sizeof(after)) == 0)
		heir_cache_put(runtimes->cache, key, answer);
	return r;
}

/* Opens the binary and gets its answer, or records why that is not possible. */
static int ask_runtime(
	const struct heir_runtimes *runtimes, const char *path, struct heir_runtime_facts *runtime)
{
	_cleanup_(heir_fd_close) int fd = heir_probe_open(path);
	struct heir_cache_answer answer = {.status = 0};
	struct heir_cache_key key;
	int r = fd < 0 ? fd : heir_cache_key_of(fd, &key), kept = 0;

	if (r < 0)
		return set_runtime_failed(runtime, r, runtimes->arena);
	if (runtimes->cache)
		kept = heir_cache_get(runtimes->cache, &key, runtimes->arena, &answer);
	if (kept < 0)
		return kept;
	runtime->cached = kept > 0;
	r = kept > 0 ? interpret_answer(&answer, runtimes->arena, runtime)
		     : ask_file(runtimes, fd, path, &key, &answer, runtime);
	if (r < 0 || answer.version.len == 0)
		return r;
	runtime->version =
		heir_arena_strndup(runtimes->arena, answer.version.p, answer.version.len);
	return runtime->version ? 0 : -ENOMEM;
}

void heir_runtimes_init(struct heir_runtimes *runtimes, struct heir_arena *arena, const char *cache)
{
	*runtimes = (struct heir_runtimes){.arena = arena, .cache = cache};
}

void heir_runtimes_release(struct heir_runtimes *runtimes)
{
	heir_map_release(&runtimes->known);
	free(runtimes->asked);
	*runtimes = (struct heir_runtimes){
		.arena = runtimes->arena, .cache = runtimes->cache, .trace = runtimes->trace};
}

static void trace_runtime(const struct heir_runtimes *runtimes, uint64_t begun,
	const struct heir_runtime_facts *runtime)
{
	const char *outcome = runtime->cached                         ? "kept"
			      : runtime->state == HEIR_RUNTIME_FAILED ? "failed"
								      : "ran";

	heir_trace_report(runtimes->trace, begun, HEIR_TRACE_probe, runtime->path.p, outcome, "%s",
		runtime->problem  ? runtime->problem
		: runtime->cached ? "from the cache: the file has not changed"
				  : "features");
}

int heir_runtimes_get(
	struct heir_runtimes *runtimes, struct heir_str path, const struct heir_runtime_facts **ret)
{
	uint32_t at = heir_map_get(&runtimes->known, path);
	struct heir_runtime_facts *runtime;
	uint64_t begun = 0;
	bool is_new;
	char *copy;
	int r;

	if (at != HEIR_MAP_NONE) {
		*ret = runtimes->asked[at];
		return 0;
	}
	runtime = heir_arena_new(runtimes->arena, struct heir_runtime_facts);
	copy = heir_arena_strndup(runtimes->arena, path.p, path.len);
	if (!runtime || !copy)
		return -ENOMEM;
	runtime->path = (struct heir_str){copy, path.len};
	begun = heir_trace_begin(runtimes->trace);
	r = HEIR_RESERVE(runtimes->asked, runtimes->n, runtimes->size);
	if (r == 0)
		r = ask_runtime(runtimes, copy, runtime);
	if (r == 0)
		trace_runtime(runtimes, begun, runtime);
	if (r == 0)
		r = heir_map_put(&runtimes->known, runtime->path, runtimes->n, &at, &is_new);
	if (r < 0)
		return r;
	runtimes->asked[runtimes->n++] = runtime;
	*ret = runtime;
	return 0;
}
