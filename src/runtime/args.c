/* SPDX-License-Identifier: Apache-2.0 */
/* Finds out which call the arguments are, without knowing every option of every runtime: only the
 * container id, --root, --log and --log-format matter. */
#include <string.h>

#include "runtime/runtime.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* One word of each call, and how the id is found in it. The short options are those that take a
 * value; they differ between the words (-f is a file of "create", and a flag of "delete"). */
static const struct word {
	const char *name;
	enum heir_call_kind kind;
	bool first;    /* the id is the first word that is not an option, else the last */
	bool patterns; /* may be about several containers: -r, --regex (crun) */
	const char *short_values;
} words[] = {
	{"create", HEIR_CALL_CREATE, false, false, "bf"},
	{"restore", HEIR_CALL_CREATE, false, false, "b"},
	{"run", HEIR_CALL_CREATE, false, false, "bf"},
	{"delete", HEIR_CALL_DELETE, false, true, ""},
	{"start", HEIR_CALL_CONTAINER, false, false, ""},
	{"state", HEIR_CALL_CONTAINER, false, false, ""},
	{"kill", HEIR_CALL_CONTAINER, true, true, ""},
	{"exec", HEIR_CALL_CONTAINER, true, false, "cegpu"},
	{"update", HEIR_CALL_CONTAINER, false, false, "r"},
	{"pause", HEIR_CALL_CONTAINER, false, false, ""},
	{"resume", HEIR_CALL_CONTAINER, false, false, ""},
	{"checkpoint", HEIR_CALL_CONTAINER, false, false, ""},
	{"events", HEIR_CALL_CONTAINER, false, false, ""},
	{"ps", HEIR_CALL_CONTAINER, true, false, "f"},
	{"features", HEIR_CALL_FEATURES, false, false, ""},
	{"list", HEIR_CALL_OTHER, false, false, "f"},
	{"spec", HEIR_CALL_OTHER, false, false, "b"},
	{"help", HEIR_CALL_OTHER, false, false, ""},
};

/* Long options whose value may be the next word: those before the call's word, then the others. */
static const char *const global_values[] = {
	"root", "log", "log-format", "log-level", "criu", "rootless", "cgroup-manager"};
static const char *const call_values[] = {"bundle", "config", "console-socket", "pid-file",
	"pidfd-socket", "preserve-fds", "image-path", "work-path", "parent-path",
	"manage-cgroups-mode", "manage-cgroup-mode", "empty-ns", "lsm-profile", "lsm-mount-context",
	"status-fd", "page-server", "network-lock-method", "process", "cwd", "env", "user",
	"additional-gids", "process-label", "apparmor", "cap", "cgroup", "resources",
	"blkio-weight", "cpu-period", "cpu-quota", "cpu-burst", "cpu-share", "cpu-rt-period",
	"cpu-rt-runtime", "cpu-idle", "cpuset-cpus", "cpuset-mems", "kernel-memory",
	"kernel-memory-tcp", "memory", "memory-reservation", "memory-swap", "pids-limit",
	"l3-cache-schema", "mem-bw-schema", "interval", "format"};

static const struct word *find_word(const char *s)
{
	for (size_t i = 0; i < N(words); i++) {
		if (strcmp(words[i].name, s) == 0)
			return &words[i];
	}
	return NULL;
}

static bool is_option(const char *s)
{
	return s[0] == '-' && s[1];
}

/* The name of the long option s if it is one of names; then its value after a "=", or NULL. */
static const char *find_name(
	const char *const names[], size_t n, const char *s, const char **ret_value)
{
	if (strncmp(s, "--", 2) != 0)
		return NULL;
	for (size_t i = 0, len; i < n; i++) {
		len = strlen(names[i]);
		if (strncmp(s + 2, names[i], len) != 0 || (s[2 + len] && s[2 + len] != '='))
			continue;
		*ret_value = s[2 + len] ? s + 2 + len + 1 : NULL;
		return names[i];
	}
	return NULL;
}

static void set_global(struct heir_call *call, const char *name, const char *value)
{
	if (strcmp(name, "root") == 0)
		call->root = value;
	else if (strcmp(name, "log") == 0)
		call->log = value;
	else if (strcmp(name, "log-format") == 0)
		call->log_json = strcmp(value, "json") == 0;
}

/* The options before the call's word. Returns its index, or argc. An option that is not known may
 * have a value: a word that follows it and is none of a call's. */
static int read_globals(int argc, char *const argv[], struct heir_call *call)
{
	int i = 1;

	for (; i < argc && is_option(argv[i]); i++) {
		const char *value = NULL;
		const char *name = find_name(global_values, N(global_values), argv[i], &value);

		if (name) {
			if (!value && ++i == argc)
				break;
			set_global(call, name, value ? value : argv[i]);
		} else if (strcmp(argv[i], "--version") == 0 || strcmp(argv[i], "-v") == 0 ||
			   strcmp(argv[i], "-V") == 0) {
			call->kind = HEIR_CALL_VERSION;
		} else if (!strchr(argv[i], '=') && i + 1 < argc && !is_option(argv[i + 1]) &&
			   !find_word(argv[i + 1])) {
			i++;
		}
	}
	return i;
}

/* An id becomes the name of a file. Runtimes refuse others, or CRI-O does not have them. */
static bool is_id(const char *s)
{
	return s && s[0] && s[0] != '.' && strlen(s) < HEIR_NAME_SIZE &&
	       strspn(s, HEIR_NAME_BYTES) == strlen(s);
}

/* The id behind the call's word, or NULL. */
static const char *read_id(int argc, char *const argv[], int i, const struct word *word)
{
	bool options = true;
	const char *id = NULL;

	for (i++; i < argc && !(id && word->first); i++) {
		const char *s = argv[i], *value = NULL;

		if (!options || !is_option(s))
			id = s;
		else if (strcmp(s, "--") == 0)
			options = false;
		else if (word->patterns &&
			 (strcmp(s, "--regex") == 0 || (s[1] != '-' && strchr(s, 'r'))))
			return NULL;
		else if (s[1] != '-')
			i += !s[2] && strchr(word->short_values, s[1]);
		else if (find_name(call_values, N(call_values), s, &value))
			i += !value;
	}
	return is_id(id) ? id : NULL;
}

void heir_call_read(int argc, char *const argv[], struct heir_call *ret)
{
	struct heir_call call = {.kind = HEIR_CALL_OTHER};
	int i = read_globals(argc, argv, &call);
	const struct word *word = i < argc ? find_word(argv[i]) : NULL;

	if (word && call.kind != HEIR_CALL_VERSION) {
		call.kind = word->kind;
		if (call.kind == HEIR_CALL_FEATURES) {
			if (i + 1 < argc)
				call.kind = HEIR_CALL_OTHER;
		} else if (call.kind != HEIR_CALL_OTHER) {
			call.id = read_id(argc, argv, i, word);
			/* A relative root is another one in each working directory. */
			if (!call.id || (call.root && call.root[0] != '/')) {
				call.kind = HEIR_CALL_OTHER;
				call.id = NULL;
			}
		}
	}
	if (call.root && call.root[0] != '/')
		call.root = NULL;
	*ret = call;
}
