/* SPDX-License-Identifier: Apache-2.0 */
#include "apply/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "node/probe.h"

/* ---- The socket ---- */

/* The child of that name, as CRI-O finds it: exactly, else in any case. */
static heir_toml_node child(
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

const char *heir_fetch_socket(const struct heir_config *config)
{
	const struct heir_sources *sources = &config->core->sources;
	struct heir_str path = HEIR_STR("/var/run/crio/crio.sock");

	for (uint32_t i = 0; i < config->n_docs; i++) {
		const struct heir_toml_doc *doc = config->docs[i];
		heir_toml_node node = 0;

		if (!doc || heir_toml_fatal(doc) || sources->items[i].scope == HEIR_SCOPE_HEIR)
			continue;
		node = child(doc, HEIR_TOML_ROOT, HEIR_STR("crio"));
		node = child(doc, node, HEIR_STR("api"));
		node = child(doc, node, HEIR_STR("listen"));
		if (!node || heir_toml_type(doc, node) != HEIR_TOML_STRING)
			continue;
		path = heir_config_string(config, i, node);
		if (!path.p)
			return NULL;
	}
	return heir_arena_strndup(&config->core->arena, path.p, path.len);
}

/* ---- The answer ---- */

static const char *status_words(int status)
{
	switch (status) {
	case HEIR_FETCH_NO_CONNECTION:
		return "nobody answers there: CRI-O does not run, or listens elsewhere";
	case HEIR_FETCH_TOO_SLOW:
		return "no whole answer within 5 s";
	case HEIR_FETCH_TOO_LARGE:
		return "the answer is larger than 16 MiB";
	case HEIR_FETCH_REFUSED:
		return "it refuses the question: it is no CRI-O";
	case HEIR_FETCH_BROKEN:
		return "the answer is no HTTP, or ended too early";
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

int heir_fetch(const char *program, const char *socket, enum heir_fetch_what what,
	struct heir_arena *arena, const struct heir_trace *trace, struct heir_str *ret,
	const char **ret_error)
{
	/* It keeps its own time; this is for one that hangs. */
	enum { GRACE_MS = 2000 };
	static const char *const words[] = HEIR_FETCH_WORDS;
	const char *const args[] = {"heir-fetch", socket, words[what], NULL};
	int fd = open(program, O_PATH | O_CLOEXEC), r;
	struct heir_str text = HEIR_STR_NULL;

	*ret_error = NULL;
	if (fd < 0) {
		r = -errno;
		*ret_error =
			heir_arena_printf(arena, "%s: %s: heir was built or installed without it",
				program, heir_file_error(r));
		return *ret_error ? r : -ENOMEM;
	}
	r = heir_probe_run_for(
		fd, args, HEIR_FETCH_MS + GRACE_MS, HEIR_FETCH_MOST, arena, trace, &text);
	close(fd);
	if (r == 0)
		return heir_text_copy(text, arena, ret);
	if (r == -ENOMEM)
		return r;
	*ret_error = heir_arena_printf(
		arena, "%s: %s", socket, r > 0 ? status_words(r) : heir_file_error(r));
	return !*ret_error ? -ENOMEM : r > 0 ? status_error(r) : r;
}
