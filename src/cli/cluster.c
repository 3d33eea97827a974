/* SPDX-License-Identifier: Apache-2.0 */
/* --cluster: the objects of the cluster that oc or kubectl talks to, as the user, with `get` only.
 * Nothing of heir knows about API servers, certificates or tokens. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"

enum { MAX_BYTES = 128 << 20, PIECE = 1 << 20, TICK_MS = 200 };

#define MCO ".machineconfiguration.openshift.io"

/* What is asked for, one call each: where a cluster has no such kinds, the others still count. */
static const struct {
	const char *args[8];
	const char *without; /* what heir does without them; NULL: nothing */
} calls[] = {
	{{"nodes,runtimeclasses.node.k8s.io"}, NULL},
	{{"machineconfigpools" MCO ",machineconfigs" MCO ",containerruntimeconfigs" MCO},
		"no MachineConfigs are read, so handlers are only counted"},
	{{"pods", "--all-namespaces",
		 "--field-selector=status.phase!=Succeeded,status.phase!=Failed"},
		"no pods are read"},
};

enum { N_CALLS = sizeof(calls) / sizeof(calls[0]), MAX_ARGS = 16 };

struct answer {
	char *text;
	size_t len, size;
};

/* ---- The program ---- */

/* The first of that name in the absolute directories of $PATH. */
static bool find_in_path(const char *name, char *ret, size_t size)
{
	const char *dirs = getenv("PATH");

	while (dirs && *dirs) {
		size_t len = strcspn(dirs, ":");

		if (dirs[0] == '/' &&
			snprintf(ret, size, "%.*s/%s", (int)len, dirs, name) < (int)size &&
			access(ret, X_OK) == 0)
			return true;
		dirs += len + (dirs[len] == ':');
	}
	return false;
}

/* $HEIR_KUBECTL is what the plugin of oc or kubectl was called by. */
static int find_program(struct cli *cli, char *ret, size_t size)
{
	const char *wanted = getenv("HEIR_KUBECTL");
	bool found = wanted && wanted[0]
			     ? find_in_path(wanted, ret, size)
			     : find_in_path("oc", ret, size) || find_in_path("kubectl", ret, size);

	if (!found) {
		log_error("--cluster: neither oc nor kubectl is in $PATH");
		advise("give the objects with -i: oc get nodes,mcp,mc,runtimeclass -o json | heir "
		       "fleet -i -");
		return EXIT_IO;
	}
	if (heir_judge_program(cli->ctx, ret, getenv("PATH")) < 0) {
		log_error("--cluster: %s", heir_error(cli->ctx));
		return EXIT_IO;
	}
	return EXIT_FINE;
}

/* ---- A call ---- */

static int grow(struct answer *answer)
{
	char *text;

	if (answer->size - answer->len >= PIECE)
		return 0;
	text = realloc(answer->text, answer->size + answer->size / 2 + 2 * PIECE);
	if (!text)
		return -ENOMEM;
	answer->text = text;
	answer->size += answer->size / 2 + 2 * PIECE;
	return 0;
}

/* All that it prints, while a line says what is waited for. */
static int read_all(const struct cli *cli, int fd, const char *what, struct answer *answer)
{
	for (;;) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};
		ssize_t n;
		int r = poll(&ready, 1, TICK_MS);

		if (r < 0 && errno != EINTR)
			return -errno;
		wait_for(cli, what);
		if (r <= 0)
			continue;
		r = grow(answer);
		if (r < 0)
			return r;
		n = read(fd, answer->text + answer->len, PIECE);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return 0;
		answer->len += n > 0 ? (size_t)n : 0;
		if (answer->len > MAX_BYTES)
			return -EFBIG;
	}
}

static int start(const char *const *args, int out, pid_t *ret)
{
	posix_spawn_file_actions_t actions;
	int r = posix_spawn_file_actions_init(&actions);

	if (r != 0)
		return -r;
	r = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	/* The strings are only read, whatever the type says. */
	if (r == 0)
		r = posix_spawn(
			ret, args[0], &actions, NULL, (char *const *)(uintptr_t)args, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

static int finish(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EREMOTEIO;
}

static int run(
	const struct cli *cli, const char *const *args, const char *what, struct answer *answer)
{
	int pipe[2], r, ended;
	pid_t pid;

	if (pipe2(pipe, O_CLOEXEC) < 0)
		return -errno;
	r = start(args, pipe[1], &pid);
	close(pipe[1]);
	if (r < 0) {
		close(pipe[0]);
		return r;
	}
	r = read_all(cli, pipe[0], what, answer);
	close(pipe[0]);
	/* It ends by the closed pipe, if not by itself. */
	ended = finish(pid);
	clear_waiting();
	return r < 0 ? r : ended;
}

static int log_call_error(const struct cli *cli, const char *what, int error, const char *without)
{
	const char *words = error == -EREMOTEIO ? "failed" : error_words(error);

	if (without && error != -ENOMEM) {
		if (!cli->quiet)
			log_error("warning: %s: %s: %s", what, words, without);
		return EXIT_FINE;
	}
	log_error("%s: %s", what, words);
	if (error == -EFBIG)
		advise("give smaller lists with -i");
	return EXIT_IO;
}

static int call(struct cli *cli, const char *program, size_t i)
{
	const char *args[MAX_ARGS] = {program, "get"};
	const char *base = strrchr(program, '/') + 1;
	struct answer answer = {NULL, 0, 0};
	char what[256];
	size_t n = 2;
	int r;

	for (size_t a = 0; calls[i].args[a]; a++)
		args[n++] = calls[i].args[a];
	args[n++] = "--output=json";
	args[n++] = "--request-timeout=60s";
	snprintf(what, sizeof(what), "%s get %s", base, calls[i].args[0]);
	if (cli->verbose)
		log_error("%s", what);
	r = run(cli, args, what, &answer);
	if (r == 0)
		r = heir_add_objects(cli->ctx, what, answer.text, answer.len);
	free(answer.text);
	return r == 0 ? EXIT_FINE : log_call_error(cli, what, r, calls[i].without);
}

int read_cluster(struct cli *cli)
{
	char program[PATH_MAX];
	int code = find_program(cli, program, sizeof(program));

	for (size_t i = 0; i < N_CALLS && code == EXIT_FINE; i++)
		code = call(cli, program, i);
	return code;
}
