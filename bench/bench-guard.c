/* SPDX-License-Identifier: Apache-2.0 */
/* What the guard of `heir apply` costs on a node with 200 containers in 200 pods: processes with
 * conmon's command line, two bundles each of about 10 kB, state directories, and a runtime that is
 * asked. Compared with the same node without them; 200 ms is the most it may take. The fastest
 * round counts, because others who use the processors are not the guard's. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

enum { CONTAINERS = 200, ROUNDS = 15, MAX_MS = 200, PATH_SIZE = 256 };

static char scratch[] = "/tmp/heir-bench-XXXXXX";
static pid_t children[CONTAINERS];

static void end_children(void)
{
	for (int i = 0; i < CONTAINERS; i++)
		if (children[i] > 0) {
			kill(children[i], SIGKILL);
			waitpid(children[i], NULL, 0);
			children[i] = 0;
		}
}

static void clean_up(void)
{
	char command[PATH_SIZE];

	end_children();
	snprintf(command, sizeof(command), "rm -rf %s", scratch);
	if (system(command) != 0)
		perror(scratch);
}

static void give_up(const char *what)
{
	perror(what);
	exit(1);
}

/* Makes the directories above it too. */
static void write_file(const char *path, const char *text, mode_t mode)
{
	char above[PATH_SIZE];
	FILE *file;

	snprintf(above, sizeof(above), "%s", path);
	for (char *p = above + strlen(scratch) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(above, 0755);
		*p = '/';
	}
	file = fopen(path, "we");
	if (!file || fputs(text, file) < 0 || fclose(file) != 0 || chmod(path, mode) < 0)
		give_up(path);
}

static void write_bundle(const char *id, const char *pod, const char *type)
{
	static char filler[8192], text[12000];
	char path[PATH_SIZE];

	memset(filler, 'x', sizeof(filler) - 1);
	snprintf(path, sizeof(path), "%s/storage/overlay-containers/%s/userdata/config.json",
		scratch, id);
	snprintf(text, sizeof(text),
		"{\"annotations\": {\"io.kubernetes.cri-o.SandboxID\": \"%s\", "
		"\"io.kubernetes.cri-o.ContainerType\": \"%s\", "
		"\"io.kubernetes.cri-o.RuntimeHandler\": \"gpu\", \"filler\": \"%s\"}}",
		pod, type, filler);
	write_file(path, text, 0644);
}

/* This program, with the command line of a conmon. */
static pid_t start_monitor(const char *id)
{
	char self[4096], bundle[PATH_SIZE], root[PATH_SIZE], runtime[PATH_SIZE];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	pid_t pid = n < 0 ? -1 : fork();

	if (pid != 0)
		return pid;
	self[n] = '\0';
	snprintf(bundle, sizeof(bundle), "%s/storage/overlay-containers/%s/userdata", scratch, id);
	snprintf(root, sizeof(root), "--root=%s/state", scratch);
	snprintf(runtime, sizeof(runtime), "%s/runtime", scratch);
	execl(self, "conmon", "-b", bundle, "-c", id, "-r", runtime, "--runtime-arg", root, NULL);
	_exit(127);
}

static void make_node(void)
{
	/* What a CRI-O needs to start. */
	static const char *const needed[] = {"conmon", "pinns", "nsenter"};
	char path[PATH_SIZE], text[2048];

	if (!mkdtemp(scratch))
		give_up(scratch);
	atexit(clean_up);
	snprintf(path, sizeof(path), "%s/runtime", scratch);
	write_file(path, "#!/bin/sh\necho crun version 1.28\n", 0755);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		snprintf(path, sizeof(path), "%s/bin/%s", scratch, needed[i]);
		write_file(path, "#!/bin/sh\necho conmon version 2.1.12\n", 0755);
	}
	snprintf(path, sizeof(path), "%s/crio.conf", scratch);
	snprintf(text, sizeof(text),
		"[crio]\nrunroot = \"%s/storage\"\n[crio.api]\nlisten = \"%s/none\"\n", scratch,
		scratch);
	write_file(path, text, 0644);
	snprintf(path, sizeof(path), "%s/crio.conf.d/50", scratch);
	snprintf(text, sizeof(text),
		"[crio.runtime.runtimes.crun]\nruntime_path = \"%s/runtime\"\nruntime_root = "
		"\"%s/state\"\n[crio.runtime.runtimes.gpu]\ninherit = \"default\"\n",
		scratch, scratch);
	write_file(path, text, 0644);
}

static void make_containers(void)
{
	for (int i = 0; i < CONTAINERS; i++) {
		char id[65], pod[65], path[PATH_SIZE];

		snprintf(id, sizeof(id), "%064d", 2 * i);
		snprintf(pod, sizeof(pod), "%064d", 2 * i + 1);
		write_bundle(id, pod, "container");
		write_bundle(pod, pod, "sandbox");
		snprintf(path, sizeof(path), "%s/state/%s/status", scratch, id);
		write_file(path, "{}", 0644);
		children[i] = start_monitor(id);
		if (children[i] < 0)
			give_up("fork");
	}
	sleep(1);
}

static double measure(void)
{
	static double times[ROUNDS];
	char heir[4096], config[PATH_SIZE], dir[PATH_SIZE], bin[PATH_SIZE];
	char *const argv[] = {heir, (char *)"--config", config, (char *)"--config-dir", dir,
		(char *)"--path", bin, (char *)"--source-dir", (char *)"/nowhere",
		(char *)"--crio-version", (char *)"1.37", (char *)"apply", (char *)"--dry-run",
		(char *)"--reload", (char *)"none", NULL};

	snprintf(heir, sizeof(heir), "%s", bench_setting("HEIR"));
	snprintf(config, sizeof(config), "%s/crio.conf", scratch);
	snprintf(dir, sizeof(dir), "%s/crio.conf.d", scratch);
	snprintf(bin, sizeof(bin), "%s/bin", scratch);
	for (int i = -1; i < ROUNDS; i++) {
		double us;
		int status = bench_spawn(argv, &us);

		if (status != 0) {
			fprintf(stderr, "heir apply --dry-run ended with status %d\n", status);
			exit(1);
		}
		if (i >= 0)
			times[i] = us / 1000;
	}
	bench_median(times, ROUNDS);
	return times[0];
}

int main(int argc, char *argv[])
{
	double with, without;

	(void)argv;
	/* One that is started as conmon only has its command line. */
	if (argc > 1)
		for (;;)
			pause();
	if (geteuid() != 0) {
		printf("the guard asks only runtimes that are root's: run it as root\n");
		return 0;
	}
	make_node();
	without = measure();
	make_containers();
	with = measure();
	printf("heir apply --dry-run, %d containers: %.1f ms; none: %.1f ms; the guard: %.1f ms\n",
		CONTAINERS, with, without, with - without);
	if (with - without > MAX_MS) {
		printf("more than %d ms\n", MAX_MS);
		return 1;
	}
	return 0;
}
