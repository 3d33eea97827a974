/* SPDX-License-Identifier: Apache-2.0 */
/* Long answers on a terminal go through a pager, as those of git do. The pager starts with the
 * first text, so that messages on standard error are printed before it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"

enum {
	MAX_WORDS = 32,
	N_ADDED = 3, /* variables that the pager may get in addition to heir's own */
};

/* The process has at most one pager. */
static bool is_wanted;
static pid_t pager; /* 0: it does not run */
static int pager_input;

void use_pager(const struct cli *cli)
{
	const char *term = getenv("TERM");

	is_wanted = !cli->no_pager && term && strcmp(term, "dumb") != 0 && isatty(STDOUT_FILENO);
}

/* The command line of the pager. It comes from the caller's environment alone; NULL: no pager. */
static const char *pager_command(void)
{
	const char *command = getenv("HEIR_PAGER");

	if (!command)
		command = getenv("PAGER");
	if (!command)
		return "less";
	command += strspn(command, " \t");
	return command[0] && strcmp(command, "cat") != 0 ? command : NULL;
}

/* Splits a command line that needs no shell, in place. False: it needs one, or has too many words.
 */
static bool split(char *command, char *ret[MAX_WORDS + 1])
{
	char *rest = NULL, *word;
	size_t n = 0;

	if (strpbrk(command, "|&;<>()$`\\\"'*?[]#~=%{}!\n"))
		return false;
	for (word = strtok_r(command, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
		if (n == MAX_WORDS)
			return false;
		ret[n++] = word;
	}
	ret[n] = NULL;
	return n > 0;
}

/* heir's environment, and what makes the usual pagers show colours and end after a single screen.
 * The caller frees the list; NULL: out of memory. */
static char **pager_environment(void)
{
	static char less[] = "LESS=FRX", lv[] = "LV=-c", secure[] = "LESSSECURE=1";
	char **list;
	size_t n = 0;

	while (environ[n])
		n++;
	list = calloc(n + N_ADDED + 1, sizeof(*list));
	if (!list)
		return NULL;
	memcpy(list, environ, n * sizeof(*list));
	if (!getenv("LESS"))
		list[n++] = less;
	if (!getenv("LV"))
		list[n++] = lv;
	/* Under sudo, less starts no shell and no editor with the rights of root. */
	if (getenv("SUDO_UID") && !getenv("LESSSECURE"))
		list[n++] = secure;
	return list;
}

/* Starts a program that reads from `input`, with the signals as they are by default. 0 or -errno.
 */
static int spawn(char *const words[], char *const list[], int input, pid_t *ret)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t defaults;
	int r = posix_spawn_file_actions_init(&actions);

	if (r != 0)
		return -r;
	r = posix_spawnattr_init(&attr);
	if (r != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return -r;
	}
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGQUIT);
	sigaddset(&defaults, SIGPIPE);
	r = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	if (r == 0)
		r = posix_spawnattr_setsigdefault(&attr, &defaults);
	if (r == 0)
		r = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	if (r == 0)
		r = posix_spawnp(ret, words[0], &actions, &attr, words, list);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

/* 0 or -errno. */
static int start(const char *command)
{
	char *copy = strdup(command), *words[MAX_WORDS + 1], **list = pager_environment();
	char shell[] = "/bin/sh", option[] = "-c";
	int ends[2], r = copy && list ? 0 : -ENOMEM;

	if (r == 0 && !split(copy, words)) {
		/* strtok_r may have cut it. */
		strcpy(copy, command);
		words[0] = shell;
		words[1] = option;
		words[2] = copy;
		words[3] = NULL;
	}
	if (r == 0 && pipe2(ends, O_CLOEXEC) < 0)
		r = -errno;
	if (r == 0) {
		r = spawn(words, list, ends[0], &pager);
		close(ends[0]);
		if (r == 0)
			pager_input = ends[1];
		else
			close(ends[1]);
	}
	free(list);
	free(copy);
	return r;
}

static void heed_signals(void (*how)(int))
{
	signal(SIGINT, how);
	signal(SIGQUIT, how);
	signal(SIGPIPE, how);
}

int pager_fd(void)
{
	const char *command;

	if (pager > 0)
		return pager_input;
	if (!is_wanted)
		return STDOUT_FILENO;
	is_wanted = false;
	command = pager_command();
	if (!command)
		return STDOUT_FILENO;
	/* Ctrl-C is a command of the pager, and the pager may end before it has read everything. */
	heed_signals(SIG_IGN);
	if (start(command) == 0)
		return pager_input;
	/* Without a pager the answer is printed as it is. */
	heed_signals(SIG_DFL);
	pager = 0;
	return STDOUT_FILENO;
}

bool pager_has_ended(int fd, int error)
{
	return pager > 0 && fd == pager_input && error == -EPIPE;
}

void finish_pager(void)
{
	if (pager == 0)
		return;
	close(pager_input);
	while (waitpid(pager, NULL, 0) < 0 && errno == EINTR)
		continue;
	pager = 0;
}
