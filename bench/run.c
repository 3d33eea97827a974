/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The same small environment for all: what a program does with a large one is not our subject. */
static char path_word[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
static char locale_word[] = "LC_ALL=C.UTF-8";
static char *const environment[] = {path_word, locale_word, NULL};

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int exit_status(const char *name, int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	fprintf(stderr, "%s: killed by signal %d\n", name, WTERMSIG(status));
	return -1;
}

int bench_spawn(char *const argv[], double *ret_us)
{
	posix_spawn_file_actions_t actions;
	double start;
	pid_t pid;
	int status, r;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	start = now_us();
	r = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environment);
	if (r == 0 && waitpid(pid, &status, 0) < 0)
		r = errno;
	*ret_us = now_us() - start;
	posix_spawn_file_actions_destroy(&actions);
	if (r != 0) {
		fprintf(stderr, "%s: %s\n", argv[0], strerror(r));
		return -1;
	}
	return exit_status(argv[0], status);
}

double bench_run(char *const argv[], int most)
{
	double us;
	int status = bench_spawn(argv, &us);

	if (status >= 0 && status <= most)
		return us;
	fprintf(stderr, "%s ended with status %d\n", argv[0], status);
	exit(1);
}

/* The number behind "NAME:" in a file of /proc; -1 where there is none. */
static long proc_number(pid_t pid, const char *file, const char *name)
{
	char path[64], line[256];
	long value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (value < 0 && fgets(line, sizeof(line), f))
		if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':')
			value = strtol(line + strlen(name) + 1, NULL, 10);
	fclose(f);
	return value;
}

static void become_traced(char *const argv[])
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		_exit(127);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(127);
	execvpe(argv[0], argv, environment);
	_exit(127);
}

static bool is_exit_stop(int status)
{
	return WIFSTOPPED(status) && status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXIT << 8));
}

bool bench_memory(char *const argv[], struct bench_memory *ret)
{
	struct bench_memory memory = {-1, -1, -1};
	int status;
	pid_t pid = fork();

	if (pid == 0)
		become_traced(argv);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status))
		return false;
	ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(uintptr_t)PTRACE_O_TRACEEXIT);
	while (WIFSTOPPED(status)) {
		if (is_exit_stop(status)) {
			memory.rss = proc_number(pid, "smaps_rollup", "Rss");
			memory.dirty = proc_number(pid, "smaps_rollup", "Private_Dirty");
			memory.highest = proc_number(pid, "status", "VmHWM");
		}
		if (ptrace(PTRACE_CONT, pid, NULL, NULL) < 0 || waitpid(pid, &status, 0) < 0)
			return false;
	}
	*ret = memory;
	return memory.rss > 0;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_median(double *values, size_t n)
{
	if (n == 0)
		return 0;
	qsort(values, n, sizeof(*values), by_value);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

bool bench_is_in_path(const char *name)
{
	const char *path = getenv("PATH");

	while (path && *path) {
		size_t len = strcspn(path, ":");
		char file[4096];

		snprintf(file, sizeof(file), "%.*s/%s", (int)len, path, name);
		if (access(file, X_OK) == 0)
			return true;
		path += len;
		path += *path == ':';
	}
	return false;
}

const char *bench_setting(const char *name)
{
	const char *value = getenv(name);

	if (!value || !*value) {
		fprintf(stderr, "$%s is not set: run this through ./dev bench\n", name);
		exit(2);
	}
	return value;
}
