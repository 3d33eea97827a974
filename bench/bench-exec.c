/* SPDX-License-Identifier: Apache-2.0 */
/* What `heir exec` adds to a call of the runtime: a program that does nothing stands for it, called
 * directly and through a handler that inherits it. They take turns; heir may add a millisecond. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"

enum { ROUNDS = 2000, WARM_UP = 20, MAX_US = 1000 };

static char scratch[] = "/tmp/heir-bench-XXXXXX";
static char config[64], config_dir[64], drop_in[96];

static void remove_scratch(void)
{
	unlink(config);
	unlink(drop_in);
	rmdir(config_dir);
	rmdir(scratch);
}

static void give_up(const char *what)
{
	perror(what);
	exit(1);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		give_up(path);
}

static void make_files(const char *runtime)
{
	char text[8192];

	if (!mkdtemp(scratch))
		give_up(scratch);
	snprintf(config, sizeof(config), "%s/crio.conf", scratch);
	snprintf(config_dir, sizeof(config_dir), "%s/crio.conf.d", scratch);
	snprintf(drop_in, sizeof(drop_in), "%s/50-handlers.conf", config_dir);
	atexit(remove_scratch);
	if (mkdir(config_dir, 0755) < 0)
		give_up(config_dir);
	write_file(config, "");
	snprintf(text, sizeof(text),
		"[crio.runtime.runtimes.crun]\nruntime_path = \"%s\"\nruntime_root = "
		"\"/run/crun\"\n"
		"[crio.runtime.runtimes.gpu]\ninherit = \"default\"\n",
		runtime);
	write_file(drop_in, text);
}

int main(void)
{
	static double direct[ROUNDS], through[ROUNDS];
	char runtime[4096];
	double medians[2], added;

	snprintf(runtime, sizeof(runtime), "%s/empty", bench_setting("HEIR_BENCH"));
	make_files(runtime);
	char *const direct_argv[] = {runtime, (char *)"--root", (char *)"/run/crun",
		(char *)"state", (char *)"id", NULL};
	char *const through_argv[] = {(char *)bench_setting("HEIR"), (char *)"--config", config,
		(char *)"--config-dir", config_dir, (char *)"--source-dir", (char *)"/none",
		(char *)"exec", (char *)"gpu", (char *)"--", (char *)"state", (char *)"id", NULL};

	for (int i = -WARM_UP; i < ROUNDS; i++) {
		direct[i < 0 ? 0 : i] = bench_run(direct_argv, 0);
		through[i < 0 ? 0 : i] = bench_run(through_argv, 0);
	}
	medians[0] = bench_median(direct, ROUNDS);
	medians[1] = bench_median(through, ROUNDS);
	added = medians[1] - medians[0];
	printf("%-24s %9s\n", "", "median us");
	printf("%-24s %9.0f\n", "the runtime itself", medians[0]);
	printf("%-24s %9.0f\n", "through heir exec", medians[1]);
	printf("heir exec adds %.0f us; it may add %d: %s\n", added, MAX_US,
		added <= MAX_US ? "fine" : "too much");
	return added <= MAX_US ? 0 : 1;
}
