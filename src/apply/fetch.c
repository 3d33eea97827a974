/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the socket in the configuration, and runs heir-fetch on it. */
#include "apply/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apply/process.h"
#include "base/file.h"
#include "node/probe.h"

/* ---- The socket ---- */

/* Returns the child of that name as CRI-O finds it: exactly, else in any case. */
static heir_toml_node find_child_key(
	const struct heir_toml_doc *doc, heir_toml_node table, struct heir_str name)
{
	heir_toml_node found = table ? heir_toml_get(doc, table, name) : 0;

	if (found || !table || heir_toml_type(doc, table) != HEIR_TOML_TABLE)
		return found;
	heir_toml_foreach (node, doc, table)
		if (heir_str_eqfold(heir_toml_key(doc, node), name))
			found = node;
	return found;
}

/* Returns a string of [crio] or of a table in it, from the last file that sets it. NULL if there
 * is no memory. */
static const char *key_of_crio(const struct heir_config *config, struct heir_str table,
	struct heir_str key, struct heir_str otherwise)
{
	const struct heir_sources *sources = &config->core->sources;
	struct heir_str path = otherwise;

	for (uint32_t i = 0; i < config->n_docs; i++) {
		const struct heir_toml_doc *doc = config->docs[i];
		heir_toml_node node = 0;

		if (!doc || heir_toml_fatal(doc) || sources->items[i].scope == HEIR_SCOPE_HEIR)
			continue;
		node = find_child_key(doc, HEIR_TOML_ROOT, HEIR_STR("crio"));
		if (table.len > 0)
			node = find_child_key(doc, node, table);
		node = find_child_key(doc, node, key);
		if (!node || heir_toml_type(doc, node) != HEIR_TOML_STRING)
			continue;
		path = heir_config_string(config, i, node);
		if (!path.p)
			return NULL;
	}
	return heir_arena_strndup(&config->core->arena, path.p, path.len);
}

const char *heir_fetch_socket(const struct heir_config *config)
{
	static const char scheme[] = "unix://";
	const char *path = key_of_crio(
		config, HEIR_STR("api"), HEIR_STR("listen"), HEIR_STR("/var/run/crio/crio.sock"));

	return path && strncmp(path, scheme, sizeof(scheme) - 1) == 0 ? path + sizeof(scheme) - 1
								      : path;
}

const char *heir_fetch_runroot(const struct heir_config *config, bool *ret_set)
{
	const char *path = key_of_crio(config, HEIR_STR(""), HEIR_STR("runroot"), HEIR_STR(""));

	*ret_set = path && path[0];
	return path && !path[0] ? "/run/containers/storage" : path;
}

/* ---- The answer ---- */

static const char *status_words(int status)
{
	switch (status) {
	case HEIR_FETCH_NO_CONNECTION:
		return "cannot connect: CRI-O is not running or uses another socket";
	case HEIR_FETCH_TOO_SLOW:
		return "timed out: no complete answer";
	case HEIR_FETCH_TOO_LARGE:
		return "the answer is larger than 16 MiB";
	case HEIR_FETCH_REFUSED:
		return "unexpected HTTP status: the server does not look like CRI-O";
	case HEIR_FETCH_BROKEN:
		return "the answer is not HTTP or ends too early";
	case HEIR_FETCH_FAILED:
		return "CRI-O answers with an error";
	default:
		return "heir-fetch failed";
	}
}

static int status_error(int status)
{
	switch (status) {
	case HEIR_FETCH_NO_CONNECTION:
		return -ECONNREFUSED;
	case HEIR_FETCH_TOO_SLOW:
		return -ETIMEDOUT;
	case HEIR_FETCH_TOO_LARGE:
		return -EFBIG;
	default:
		return -EBADMSG;
	}
}

/* Returns why no connection is possible; heir-fetch only knows that it failed. */
static const char *connection_words(const char *socket)
{
	pid_t pid;
	int r = heir_process_of(socket, &pid);

	if (r == -EACCES || r == -EPERM)
		return "permission denied";
	return status_words(HEIR_FETCH_NO_CONNECTION);
}

enum { MAX_IDS = 256 };

int heir_fetch_ids(const char *program, const char *socket, enum heir_fetch_what what,
	const char *const *ids, int ms, struct heir_arena *arena, const struct heir_trace *trace,
	struct heir_str *ret, const char **ret_error)
{
	/* heir-fetch enforces the limit itself; this is for one that hangs. */
	enum { GRACE_MS = 200 };
	static const char *const words[] = HEIR_FETCH_WORDS;
	char max[16];
	const char *args[MAX_IDS + 5] = {"heir-fetch", socket, words[what], max};
	int fd = program[0] == '/' ? heir_probe_open_own(program, NULL) : -EINVAL, r;
	struct heir_str text = HEIR_STR_NULL;

	*ret_error = NULL;
	if (fd < 0) {
		r = fd;
		*ret_error = heir_arena_printf(arena, "%s: %s", program, heir_probe_own_error(r));
		return *ret_error ? r : -ENOMEM;
	}
	snprintf(max, sizeof(max), "%d", MAX(ms, 1));
	for (size_t i = 0; ids && ids[i] && i < MAX_IDS; i++)
		args[i + 4] = ids[i];
	r = heir_probe_run_for(
		fd, args, MAX(ms, 1) + GRACE_MS, HEIR_FETCH_MAX, arena, trace, &text);
	close(fd);
	if (r == 0)
		return heir_text_copy(text, arena, ret);
	if (r == -ENOMEM)
		return r;
	*ret_error = heir_arena_printf(arena, "%s: %s", socket,
		r == HEIR_FETCH_NO_CONNECTION ? connection_words(socket)
		: r > 0                       ? status_words(r)
					      : heir_file_error(r));
	return !*ret_error ? -ENOMEM : r > 0 ? status_error(r) : r;
}

int heir_fetch(const char *program, const char *socket, enum heir_fetch_what what,
	struct heir_arena *arena, const struct heir_trace *trace, struct heir_str *ret,
	const char **ret_error)
{
	return heir_fetch_ids(
		program, socket, what, NULL, HEIR_FETCH_MS, arena, trace, ret, ret_error);
}
