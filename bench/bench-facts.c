/* SPDX-License-Identifier: Apache-2.0 */
/* What `heir facts` takes as a whole process: on this machine, for one fact of it, and on a large
 * node made for it; against a program that does nothing. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"
#include "scratch.h"

enum { ROUNDS = 200, WARM_UP = 5, DEVICES = 512, CPUS = 256, OPTIONS = 10000 };

/* Opens a new file of the node, with the directories above it. */
static FILE *create(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static FILE *create(const char *fmt, ...)
{
	char path[4096];
	size_t len = (size_t)snprintf(path, sizeof(path), "%s/", bench_scratch());
	va_list args;
	FILE *file;

	va_start(args, fmt);
	vsnprintf(path + len, sizeof(path) - len, fmt, args);
	va_end(args);
	for (char *slash = path + len; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			bench_give_up(path);
		*slash = '/';
	}
	file = fopen(path, "w");
	if (!file)
		bench_give_up(path);
	return file;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = create("%s", path);

	fputs(text, file);
	fclose(file);
}

static void make_node(void)
{
	FILE *file;

	write_file("proc/sys/kernel/osrelease", "6.1.0\n");
	write_file("etc/os-release", "ID=rhcos\nVERSION_ID=4.18\n");
	file = create("boot/config-6.1.0");
	for (int i = 0; i < OPTIONS; i++)
		fprintf(file, "CONFIG_AN_OPTION_OF_SOME_LENGTH_%d=%c\n", i, i % 2 ? 'y' : 'm');
	fclose(file);
	for (int i = 0; i < DEVICES; i++) {
		file = create("sys/bus/pci/devices/0000:%02x:%02x.0/uevent", i / 32, i % 32);
		fprintf(file, "PCI_CLASS=20000\nPCI_ID=8086:159B\nPCI_SUBSYS_ID=8086:0003\n");
		fclose(file);
	}
	file = create("proc/cpuinfo");
	for (int i = 0; i < CPUS; i++) {
		fprintf(file,
			"processor : %d\nvendor_id : GenuineIntel\ncpu family : 6\n"
			"model : 143\nflags : fpu sse sse2 avx avx2 avx512f\n\n",
			i);
	}
	fclose(file);
	for (int i = 0; i < CPUS; i++) {
		file = create("sys/bus/cpu/devices/cpu%d/topology/thread_siblings_list", i);
		fprintf(file, "%d,%d\n", i, i + CPUS);
		fclose(file);
		file = create("sys/bus/cpu/devices/cpu%d/topology/physical_package_id", i);
		fprintf(file, "%d\n", i / 64);
		fclose(file);
	}
}

static void print_row(const char *name, char *const argv[], double *floor)
{
	struct bench_memory memory;
	double us[ROUNDS], median;

	for (int i = -WARM_UP; i < ROUNDS; i++) {
		int status = bench_spawn(argv, &us[i < 0 ? 0 : i]);

		if (status != 0) {
			fprintf(stderr, "%s ended with status %d\n", argv[0], status);
			exit(1);
		}
	}
	median = bench_median(us, ROUNDS);
	if (*floor == 0)
		*floor = median;
	printf("%-34s %9.2f %8.1fx", name, median / 1e3, median / *floor);
	if (bench_memory(argv, &memory))
		printf(" %9ld\n", memory.highest);
	else
		printf("   (not measured: no permission to trace)\n");
}

int main(void)
{
	char *heir = (char *)bench_setting("HEIR");
	char empty[4096];
	double floor = 0;

	make_node();
	snprintf(empty, sizeof(empty), "%s/empty", bench_setting("HEIR_BENCH"));
	char *const nothing[] = {empty, NULL};
	char *const all[] = {heir, (char *)"facts", NULL};
	char *const one[] = {
		heir, (char *)"facts", (char *)"--fact", (char *)"kernel.version.major", NULL};
	char *const large[] = {heir, (char *)"--root", bench_scratch(), (char *)"facts", NULL};

	printf("%-34s %9s %9s %9s\n", "", "median ms", "ratio", "peak KiB");
	print_row("empty program", nothing, &floor);
	print_row("heir facts --fact NAME", one, &floor);
	print_row("heir facts", all, &floor);
	print_row("heir facts, a large node", large, &floor);
	printf("The large node has %d PCI devices, %d CPUs, %d options of the kernel.\n", DEVICES,
		CPUS, OPTIONS);
	return 0;
}
