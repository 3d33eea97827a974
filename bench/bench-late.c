/* SPDX-License-Identifier: Apache-2.0 */
/* What late binding adds to a call of a runtime: CPU time of the call and of what it waited for,
 * crun and runc called directly and through heir-runtime. They take turns; heir-runtime may add a
 * millisecond to each. Containers need root. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"
#include "support/runtime.h"

enum { ROUNDS = 300, LIVES = 60, WARM_UP = 5, MAX_US = 1000 };

static struct bench_dir dir;

static double cpu_us(const char *program, const char *line)
{
	struct rusage used;
	int status;
	pid_t pid = spawn_line(program, line);

	if (wait4(pid, &status, 0, &used) != pid || status != 0) {
		fprintf(stderr, "%s %s ended with status %d\n", program, line, status);
		exit(1);
	}
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/* create, start and delete: three calls. */
static double life_us(const char *program, const char *bundle)
{
	static unsigned count;
	char line[1024];
	double us;

	count++;
	put(line, sizeof(line), "--root=%s/r create --bundle %s c-%u", dir.top, bundle, count);
	us = cpu_us(program, line);
	put(line, sizeof(line), "--root=%s/r start c-%u", dir.top, count);
	us += cpu_us(program, line);
	put(line, sizeof(line), "--root=%s/r delete --force c-%u", dir.top, count);
	return us + cpu_us(program, line);
}

static bool report(
	const char *name, const char *what, double *direct, double *late, size_t n, int calls)
{
	double medians[2] = {bench_median(direct, n), bench_median(late, n)};
	double added = (medians[1] - medians[0]) / calls;

	printf("%-6s %-22s %9.0f %9.0f %9.0f  %s\n", name, what, medians[0], medians[1], added,
		added <= MAX_US ? "fine" : "too much");
	return added <= MAX_US;
}

static bool measure(int kind, const char *bundle)
{
	static double direct[ROUNDS], late[ROUNDS];
	const char *real = runtime_find(kind);
	char path[1024], text[512], line[1024];
	bool fine;

	put(path, sizeof(path), "%s/now/target/gpu", dir.late);
	put(text, sizeof(text), "heir-late 1\nruntime %s %s\n", kinds[kind], real);
	bench_dir_write(path, text);
	for (int i = -WARM_UP; i < ROUNDS; i++) {
		direct[i < 0 ? 0 : i] = cpu_us(real, "--version");
		late[i < 0 ? 0 : i] = cpu_us(dir.link, "--version");
	}
	fine = report(kinds[kind], "--version", direct, late, ROUNDS, 1);
	if (!bundle)
		return fine;
	put(line, sizeof(line), "--root=%s/r create --bundle %s c-%s", dir.top, bundle,
		kinds[kind]);
	cpu_us(dir.link, line);
	put(line, sizeof(line), "--root=%s/r state c-%s", dir.top, kinds[kind]);
	for (int i = -WARM_UP; i < ROUNDS; i++) {
		direct[i < 0 ? 0 : i] = cpu_us(real, line);
		late[i < 0 ? 0 : i] = cpu_us(dir.link, line);
	}
	fine = report(kinds[kind], "state", direct, late, ROUNDS, 1) && fine;
	put(line, sizeof(line), "--root=%s/r delete --force c-%s", dir.top, kinds[kind]);
	cpu_us(dir.link, line);
	for (int i = -WARM_UP; i < LIVES; i++) {
		direct[i < 0 ? 0 : i] = life_us(real, bundle);
		late[i < 0 ? 0 : i] = life_us(dir.link, bundle);
	}
	return report(kinds[kind], "create, start, delete", direct, late, LIVES, 3) && fine;
}

int main(int argc, char **argv)
{
	char bundle[512];
	bool contained, fine = true;

	runtime_act(argc, argv);
	contained = runtime_isolate();
	bench_dir_make(&dir, false);
	bench_dir_bundle(&dir, bundle, sizeof(bundle));
	printf("%-6s %-22s %9s %9s %9s\n", "", "median us of CPU", "direct", "late", "per call");
	for (int kind = 0; kind < N_KINDS; kind++) {
		if (runtime_find(kind))
			fine = measure(kind, contained ? bundle : NULL) && fine;
	}
	bench_dir_remove(&dir);
	return fine ? 0 : 1;
}
