/* SPDX-License-Identifier: Apache-2.0 */
/* heir-unpack TMPDIR all|objects: unpacks an archive into a new directory in TMPDIR, keeps it
 * while heir lives, and removes it however heir ends. It is a program of its own, so that heir
 * does not load libarchive at its start, and so that a hostile archive attacks a process that
 * holds nothing else. node/unpack_words.h describes the protocol. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node/unpack_words.h"
#include "unpack/extract.h"
#include "unpack/tree.h"

enum { USAGE = 2, SECONDS = HEIR_UNPACK_MS / 1000 };

static void write_pipe(const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		/* The reader has closed the pipe; the other process notices that too. */
		if (n <= 0)
			return;
		p += n;
		len -= (size_t)n;
	}
}

/* Sends a record, shortened if necessary. */
static void send_record(char kind, const char *a, const char *b)
{
	char text[1024];
	int n = snprintf(text, sizeof(text), "%c%s%s%s", kind, a, b ? "\n" : "", b ? b : "");

	write_pipe(text, (n < (int)sizeof(text) ? (size_t)n : sizeof(text) - 1) + 1);
}

/* ---- The worker ---- */

static void count_skipped(void *data, const char *reason, const char *member)
{
	unsigned *n = data;

	if ((*n)++ < HEIR_UNPACK_MAX_REPORTED)
		send_record('S', reason, member);
}

/* Sets resource limits for the worker. */
static void set_limits(void)
{
	struct rlimit cpu = {SECONDS, SECONDS}, none = {0, 0}, size = {1LL << 34, 1LL << 34};

	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_CORE, &none);
	setrlimit(RLIMIT_FSIZE, &size);
#ifndef HEIR_SANITIZED
	struct rlimit memory = {1 << 30, 1 << 30};

	setrlimit(RLIMIT_DATA, &memory);
	setrlimit(RLIMIT_NPROC, &none);
#endif
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	alarm(SECONDS);
}

static int run_worker(const char *dir, bool objects)
{
	unsigned n_skipped = 0;
	char number[16], command;
	struct extract x = {.objects = objects, .skip = count_skipped, .data = &n_skipped};

	x.top = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (x.top < 0) {
		send_record('E', strerror(errno), "");
		return EXIT_FAILURE;
	}
	if (!extract_read(&x, HEIR_UNPACK_FD, NULL, 0)) {
		send_record('E', x.why, x.member);
		return EXIT_FAILURE;
	}
	snprintf(number, sizeof(number), "%u", n_skipped);
	send_record('N', number, NULL);
	send_record('K', "", NULL);
	alarm(0);
	while (read(STDIN_FILENO, &command, 1) == 1)
		if (command == HEIR_UNPACK_LINKS) {
			extract_make_links(&x);
			send_record('K', "", NULL);
		}
	extract_release(&x);
	return EXIT_SUCCESS;
}

/* ---- The keeper ---- */

static int block_signals(void)
{
	sigset_t ending;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	sigprocmask(SIG_BLOCK, &ending, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &ending, SFD_CLOEXEC);
}

/* The worker reports why it failed, unless it was killed. */
static void reap_worker(pid_t worker)
{
	int status = 0;

	if (waitpid(worker, &status, 0) != worker || !WIFSIGNALED(status))
		return;
	/* The last record may be incomplete. */
	write_pipe("", 1);
	send_record('E',
		WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGXCPU
			? "unpacking takes too long"
			: "unpacking crashed",
		"");
}

/* Waits until heir closes its end of standard input or ends. */
static void hold_tree(pid_t worker, int life, int signals)
{
	struct pollfd fds[] = {
		{.fd = STDIN_FILENO}, {.fd = signals, .events = POLLIN}, {.fd = life}};

	for (;;) {
		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			break;
		if (fds[0].revents || fds[1].revents)
			break;
		if (fds[2].revents) {
			reap_worker(worker);
			worker = -1;
			fds[2].fd = -1;
		}
	}
	if (worker > 0) {
		kill(worker, SIGKILL);
		waitpid(worker, NULL, 0);
	}
}

static int unpack_input(const char *dir, bool objects)
{
	int signals = block_signals(), life[2];
	pid_t worker;

	if (signals < 0 || pipe2(life, O_CLOEXEC) < 0) {
		send_record('E', strerror(errno), "");
		return EXIT_FAILURE;
	}
	worker = fork();
	if (worker == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		close(life[0]);
		set_limits();
		_exit(run_worker(dir, objects));
	}
	close(life[1]);
	close(HEIR_UNPACK_FD);
	if (worker < 0) {
		send_record('E', strerror(errno), "");
		return EXIT_FAILURE;
	}
	hold_tree(worker, life[0], signals);
	return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
	char dir[1024];
	int code, n;

	if (argc != 3 || (strcmp(argv[2], HEIR_UNPACK_ALL) != 0 &&
				 strcmp(argv[2], HEIR_UNPACK_OBJECTS) != 0)) {
		fputs("usage: heir-unpack TMPDIR all|objects\n", stderr);
		return USAGE;
	}
	/* Member names are UTF-8, whatever the locale. */
	setlocale(LC_CTYPE, "C.UTF-8");
	umask(077);
	n = snprintf(dir, sizeof(dir), "%s/heir-XXXXXX", argv[1]);
	if (n >= (int)sizeof(dir) || !mkdtemp(dir)) {
		send_record('E',
			n >= (int)sizeof(dir) ? "the name of TMPDIR is too long" : strerror(errno),
			argv[1]);
		return EXIT_FAILURE;
	}
	send_record('D', dir, NULL);
	code = unpack_input(dir, strcmp(argv[2], HEIR_UNPACK_OBJECTS) == 0);
	tree_remove(dir);
	return code;
}
