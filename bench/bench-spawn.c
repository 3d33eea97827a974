/* SPDX-License-Identifier: Apache-2.0 */
/* What a start of heir costs as a whole process, against a program that does nothing and was linked
 * the same way, and against `crio config` where CRI-O is installed ($CRIO_BIN, or crio in $PATH).
 * The programs take turns, so that what else the machine does falls upon all of them; only the
 * ratios of one run mean something. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* crio takes a hundred times as long as the others, so it runs in every 20th round. */
enum { ROUNDS = 2000, WARM_UP = 20, SLOW_EVERY = 20 };

struct subject {
	const char *name;
	char *const *argv;
	unsigned every; /* runs in each every-th round */
	double us[ROUNDS];
	size_t runs;
	double median;
};

static void run(struct subject *subject, bool counts)
{
	double us;
	int status = bench_spawn(subject->argv, &us);

	if (status != 0) {
		fprintf(stderr, "%s ended with status %d\n", subject->name, status);
		exit(1);
	}
	if (counts)
		subject->us[subject->runs++] = us;
}

static void run_all(struct subject *subjects, size_t n)
{
	for (unsigned round = 0; round < ROUNDS + WARM_UP; round++) {
		bool counts = round >= WARM_UP;

		/* Another one begins in each round: none is always the one after crio. */
		for (size_t i = 0; i < n; i++) {
			struct subject *subject = &subjects[(i + round) % n];

			if (round % subject->every == 0 && (counts || subject->every == 1))
				run(subject, counts);
		}
	}
}

static void print_row(const struct subject *subject, double floor)
{
	struct bench_memory memory;

	printf("%-28s %6zu %9.0f %8.2fx", subject->name, subject->runs, subject->median,
		subject->median / floor);
	if (bench_memory(subject->argv, &memory))
		printf(" %9ld %9ld %9ld\n", memory.rss, memory.dirty, memory.highest);
	else
		printf("   (not measured: no permission to trace)\n");
}

int main(void)
{
	static struct subject subjects[3];
	char *heir = (char *)bench_setting("HEIR"), *crio = getenv("CRIO_BIN");
	char root[4096], empty[4096];
	size_t n = 2;

	snprintf(root, sizeof(root), "%s/examples/ocp-worker", bench_setting("HEIR_SOURCE"));
	snprintf(empty, sizeof(empty), "%s/empty", bench_setting("HEIR_BENCH"));
	char *const heir_argv[] = {heir, (char *)"--root", root, (char *)"show", NULL};
	char *const empty_argv[] = {empty, NULL};
	char *const crio_argv[] = {crio ? crio : (char *)"crio", (char *)"config", NULL};

	subjects[0] = (struct subject){.name = "empty program", .argv = empty_argv, .every = 1};
	subjects[1] = (struct subject){.name = "heir show", .argv = heir_argv, .every = 1};
	if (crio || bench_is_in_path("crio"))
		subjects[n++] = (struct subject){
			.name = "crio config", .argv = crio_argv, .every = SLOW_EVERY};

	run_all(subjects, n);
	for (size_t i = 0; i < n; i++)
		subjects[i].median = bench_median(subjects[i].us, subjects[i].runs);
	printf("%-28s %6s %9s %9s %9s %9s %9s\n", "", "runs", "median us", "ratio", "Rss KiB",
		"dirty KiB", "peak KiB");
	for (size_t i = 0; i < n; i++)
		print_row(&subjects[i], subjects[0].median);
	if (n > 2)
		printf("crio config takes %.0f times as long as heir show\n",
			subjects[2].median / subjects[1].median);
	else
		printf("crio is not here: not compared\n");
	printf("Rss and dirty: at exit, exact. peak: the kernel's mark, coarse below 1 MiB.\n");
	return 0;
}
