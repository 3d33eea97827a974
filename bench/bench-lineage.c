/* SPDX-License-Identifier: Apache-2.0 */
/* What the lineage of all keys costs commands that ask for handlers alone: `heir show` on a node
 * with three handlers, and on the same node with a crio.conf that sets every key of the release.
 * The second one has more text to read, and may take a millisecond more for it; blame and
 * show --all stand beside it. All take turns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"
#include "scratch.h"

enum { ROUNDS = 200, WARM_UP = 10, MAX_US = 1000, N_CASES = 4 };

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		bench_give_up(path);
}

static void make_dirs(const char *root)
{
	static const char *const dirs[] = {"", "/etc", "/etc/crio", "/etc/crio/crio.conf.d"};
	char path[256];

	for (unsigned i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", root, dirs[i]);
		if (mkdir(path, 0755) < 0)
			bench_give_up(path);
	}
	snprintf(path, sizeof(path), "%s/etc/crio/crio.conf.d/50-handlers", root);
	write_file(path, "[crio.runtime.runtimes.a]\ninherit = \"default\"\n"
			 "[crio.runtime.runtimes.b]\ninherit = \"a\"\n"
			 "[crio.runtime.runtimes.c]\nruntime_path = \"/usr/bin/runc\"\n");
}

/* Every key that heir knows a value for, as it prints them itself. */
static void set_all_keys(const char *heir, const char *bare, const char *full)
{
	char command[1024];

	snprintf(command, sizeof(command),
		"'%s' --root '%s' --as stock show --all -o toml >'%s/etc/crio/crio.conf' "
		"2>/dev/null",
		heir, bare, full);
	if (system(command) != 0)
		bench_give_up("heir show --all");
}

static double measure(char *const argv[])
{
	double us;

	if (bench_spawn(argv, &us) != 0) {
		fprintf(stderr, "%s %s failed\n", argv[0], argv[3]);
		exit(1);
	}
	return us;
}

int main(void)
{
	static const char *const titles[N_CASES] = {"show, handlers alone", "show, all keys",
		"show --all, all keys", "blame, all keys"};
	static double us[N_CASES][ROUNDS];
	char *heir = (char *)bench_setting("HEIR"), bare[128], full[128];
	char *const argvs[N_CASES][6] = {
		{heir, (char *)"--root", bare, (char *)"show", NULL},
		{heir, (char *)"--root", full, (char *)"show", NULL},
		{heir, (char *)"--root", full, (char *)"show", (char *)"--all", NULL},
		{heir, (char *)"--root", full, (char *)"blame", NULL},
	};
	double first, more;

	snprintf(bare, sizeof(bare), "%s/bare", bench_scratch());
	snprintf(full, sizeof(full), "%s/full", bench_scratch());
	make_dirs(bare);
	make_dirs(full);
	set_all_keys(heir, bare, full);
	for (int round = -WARM_UP; round < ROUNDS; round++)
		for (unsigned i = 0; i < N_CASES; i++) {
			double taken = measure(argvs[i]);

			if (round >= 0)
				us[i][round] = taken;
		}
	first = bench_median(us[0], ROUNDS);
	for (unsigned i = 0; i < N_CASES; i++) {
		double median = bench_median(us[i], ROUNDS);

		printf("%-22s %8.0f us %6.2fx\n", titles[i], median, median / first);
	}
	more = bench_median(us[1], ROUNDS) - first;
	if (more <= MAX_US)
		return 0;
	fprintf(stderr, "keys that are not asked for cost %.0f us, more than %d\n", more, MAX_US);
	return 1;
}
