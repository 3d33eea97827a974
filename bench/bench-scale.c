/* SPDX-License-Identifier: Apache-2.0 */
/* Time and memory of `heir show` on trees of 1,000 to 100,000 handlers, in chains 1,000 deep. What
 * is linear has a growth of about 10 from one row to the next, and a peak that stays the same
 * multiple of the text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"
#include "scratch.h"
#include "tree.h"

enum { ROUNDS = 7, DEPTH = 1000 };

/* The median of some runs in milliseconds; ends the process where one fails. */
static double measure(char *const argv[])
{
	double us[ROUNDS];

	for (unsigned i = 0; i < ROUNDS; i++) {
		int status = bench_spawn(argv, &us[i]);

		if (status != 0) {
			fprintf(stderr, "%s ended with status %d\n", argv[0], status);
			exit(1);
		}
	}
	return bench_median(us, ROUNDS) / 1e3;
}

static double print_row(unsigned handlers, double before)
{
	char *heir = (char *)bench_setting("HEIR");
	char root[64];
	struct bench_memory memory;
	size_t bytes;
	double ms;

	snprintf(root, sizeof(root), "%s/%u", bench_scratch(), handlers);
	if (mkdir(root, 0755) < 0 || bench_make_tree(root, handlers, DEPTH, &bytes) < 0) {
		perror(root);
		exit(1);
	}
	char *const argv[] = {heir, (char *)"--root", root, (char *)"show", NULL};

	ms = measure(argv);
	printf("%9u %9.1f %9.1f", handlers, (double)bytes / 1048576, ms);
	if (before > 0)
		printf(" %8.1fx", ms / before);
	else
		printf(" %9s", "");
	if (bench_memory(argv, &memory))
		printf(" %9.1f %8.2fx\n", (double)memory.highest / 1024,
			(double)memory.highest * 1024 / (double)bytes);
	else
		printf("   (not measured: no permission to trace)\n");
	return ms;
}

int main(void)
{
	double before = 0;

	printf("%9s %9s %9s %9s %9s %9s\n", "handlers", "text MiB", "ms", "growth", "peak MiB",
		"peak/text");
	for (unsigned handlers = 1000; handlers <= 100000; handlers *= 10)
		before = print_row(handlers, before);
	return 0;
}
