/* SPDX-License-Identifier: Apache-2.0 */
/* How CPU time grows with the input: each row is a kind of input, each column ten times as much of
 * it. What is linear grows 10-fold at most per decade. A growth above LIMIT is an error, for which
 * the program ends with 1. Times of less than LEAST are the program's start and tell nothing. */
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macro.h"
#include "run.h"
#include "scratch.h"
#include "toml/doc.h"

enum { DECADES = 3, FIRST = 300, ROUNDS = 3, WIDEST_COMMAND = 4 };

static const double LIMIT = 20, LEAST = 4; /* ms */

static void write_handlers(FILE *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "[crio.runtime.runtimes.h%u]\ninherit = \"crun\"\n", i);
}

static void write_fields(FILE *f, unsigned n)
{
	fputs("[crio.runtime.runtimes.x]\ninherit = \"crun\"\n"
	      "[crio.runtime.runtimes.x.default_annotations]\n",
		f);
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "\"a.io/k%u\" = \"v\"\n", i);
}

static void write_conditions(FILE *f, unsigned n)
{
	fputs("[crio.runtime.runtimes.x]\n", f);
	for (unsigned i = 0; i < n; i++)
		fprintf(f,
			"[[crio.runtime.runtimes.x.inherit_when]]\ninherit = \"crun\"\n"
			"when = { \"pci.device\" = { vendor = \"no%u\" } }\n",
			i);
}

static void write_objects(FILE *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		fprintf(f,
			"---\napiVersion: machineconfiguration.openshift.io/v1\n"
			"kind: MachineConfig\nmetadata:\n  labels:\n"
			"    machineconfiguration.openshift.io/role: worker\n  name: 50-%u\n"
			"spec:\n  config:\n    ignition:\n      version: 3.5.0\n    storage:\n"
			"      files:\n      - contents:\n          source: data:,x\n"
			"        overwrite: true\n        path: /etc/other/%u\n",
			i, i);
}

/* Each finding can be fixed. */
static void write_findings(FILE *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "[crio.runtime.runtimes.h%u]\nruntime_path = \"/usr/bin/crun\"\n", i);
}

static void write_ignores(FILE *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "# heir: ignore bogus-%u\n", i);
}

static void write_unknown(FILE *f, unsigned n)
{
	fputs("[crio.runtime]\n", f);
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "unknown%u = 1\n", i);
}

/* All inherit from a parent that has much to read. */
static void write_heirs(FILE *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		fprintf(f,
			"[crio.runtime.runtimes.h%u]\ninherit = \"crun\"\n"
			"inherit_fields = [\"all\"]\n",
			i);
}

static void write_wide(FILE *f, unsigned n)
{
	fputs("[crio.runtime.runtimes.crun]\n", f);
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "unknown%u = 1\n", i);
	write_heirs(f, n);
}

static void write_escapes(FILE *f, unsigned n)
{
	fputs("[crio.runtime.runtimes.crun]\nallowed_annotations = [\"", f);
	for (unsigned i = 0; i < n; i++)
		fputs("\\u0041", f);
	fputs("\"]\n", f);
	write_heirs(f, n);
}

/* ---- Names that collide ---- */

/* The parser's hash without a key: a name of 16 bytes goes through mix() by halves, so that for any
 * second half a first one can be found that leads to the same hash. Where that stops being true,
 * which is looked at, other names must be found. */
static const uint64_t mix_a = 0x9e3779b97f4a7c15u, mix_b = 0xd6e8feb86659fd93u;

static uint64_t inverse(uint64_t a)
{
	uint64_t x = a;

	for (unsigned i = 0; i < 6; i++)
		x *= 2 - a * x;
	return x;
}

/* What mix(state, x) was, for x. */
static uint64_t unmix(uint64_t mixed, uint64_t state)
{
	uint64_t x = mixed * inverse(mix_b);

	x ^= x >> 32;
	return x * inverse(mix_a) ^ state;
}

static bool is_printable(uint64_t bytes)
{
	for (unsigned i = 0; i < 8; i++) {
		unsigned char c = (unsigned char)(bytes >> (8 * i));

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
			return false;
	}
	return true;
}

static void write_colliding(FILE *f, unsigned n)
{
	uint64_t state = 16 * mix_b, random = 1;
	uint32_t hash = 0;

	for (unsigned i = 0; i < n;) {
		char name[17] = "";
		uint64_t half[2] = {0, 0};

		/* Letters, and the like. */
		random = random * 6364136223846793005u + 1442695040888963407u;
		for (unsigned c = 0; c < 8; c++)
			half[1] |= ('@' + (random >> (8 + 7 * c) & 63)) << (8 * c);
		half[0] = unmix(half[1] ^ mix_b, state);
		if (!is_printable(half[0]) || !is_printable(half[1]))
			continue;
		memcpy(name, half, 16);
		if (i > 0 && heir_toml_key_hash((struct heir_str){name, 16}) != hash)
			bench_give_up("these names collide no longer");
		hash = heir_toml_key_hash((struct heir_str){name, 16});
		fprintf(f, "[crio.runtime.runtimes.\"%s\"]\ninherit = \"crun\"\n", name);
		i++;
	}
}

/* ---- Rows ---- */

static const struct row {
	const char *name;
	void (*write)(FILE *f, unsigned n);
	bool is_object;
	const char *command[WIDEST_COMMAND];
} rows[] = {
	{"handlers", write_handlers, false, {"show"}},
	{"handlers, as JSON", write_handlers, false, {"show", "--format", "json"}},
	{"handlers, rendered", write_handlers, false, {"render"}},
	{"fields", write_fields, false, {"explain", "x"}},
	{"conditions", write_conditions, false, {"show"}},
	{"objects", write_objects, true, {"show"}},
	{"findings", write_findings, false, {"check"}},
	{"findings, fixed", write_findings, false, {"check", "--fix", "--dry-run"}},
	{"ignore comments", write_ignores, false, {"check"}},
	{"unknown keys", write_unknown, false, {"check"}},
	{"wide parent", write_wide, false, {"show"}},
	{"escapes, inherited", write_escapes, false, {"check"}},
	{"names that collide", write_colliding, false, {"show"}},
};

static void make_directory(const char *root, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	if (mkdir(path, 0755) < 0)
		bench_give_up(path);
}

static void write_file(const char *path, const struct row *row, unsigned n)
{
	FILE *f = fopen(path, "w");

	if (!f)
		bench_give_up(path);
	row->write(f, n);
	if (fclose(f) != 0)
		bench_give_up(path);
}

/* Runs heir; returns the CPU time in ms. */
static double run(char *const argv[])
{
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	int status, r;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	r = posix_spawn(&pid, argv[0], &actions, NULL, argv, (char *[]){(char *)"PATH=/", NULL});
	posix_spawn_file_actions_destroy(&actions);
	/* 1: there are findings. */
	if (r != 0 || wait4(pid, &status, 0, &usage) < 0 || !WIFEXITED(status) ||
		WEXITSTATUS(status) > 1)
		bench_give_up(argv[0]);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

/* The least of some runs. */
static double measure(const struct row *row, unsigned number, unsigned n)
{
	char *argv[WIDEST_COMMAND + 6] = {(char *)bench_setting("HEIR")};
	char root[PATH_MAX - 64], file[PATH_MAX];
	double least = 0;
	int args = 1;

	snprintf(root, sizeof(root), "%s/%u-%u", bench_scratch(), number, n);
	if (mkdir(root, 0755) < 0)
		bench_give_up(root);
	make_directory(root, "etc");
	make_directory(root, "etc/crio");
	make_directory(root, "etc/crio/crio.conf.d");
	snprintf(file, sizeof(file), "%s/%s", root,
		row->is_object ? "objects.yaml" : "etc/crio/crio.conf.d/50-x.conf");
	write_file(file, row, n);
	argv[args++] = (char *)"--root";
	argv[args++] = root;
	if (row->is_object) {
		argv[args++] = (char *)"-i";
		argv[args++] = file;
	}
	for (unsigned i = 0; i < WIDEST_COMMAND && row->command[i]; i++)
		argv[args++] = (char *)row->command[i];
	for (unsigned i = 0; i < ROUNDS; i++) {
		double ms = run(argv);

		least = i == 0 ? ms : MIN(least, ms);
	}
	return least;
}

static bool print_row(const struct row *row, unsigned number)
{
	double before = 0;
	bool is_linear = true;
	unsigned n = FIRST;

	printf("%-20s", row->name);
	for (unsigned i = 0; i < DECADES; i++, n *= 10) {
		double ms = measure(row, number, n);

		printf(" %9.1f", ms);
		if (i > 0)
			printf(" %6.1fx", ms / before);
		is_linear &= i == 0 || ms <= LIMIT * MAX(before, LEAST);
		fflush(stdout);
		before = ms;
	}
	printf("%s\n", is_linear ? "" : "  not linear");
	return is_linear;
}

int main(void)
{
	bool is_linear = true;
	unsigned n = FIRST;

	printf("%-20s", "CPU time in ms of");
	for (unsigned i = 0; i < DECADES; i++, n *= 10)
		printf(" %9u%s", n, i > 0 ? " growth" : "");
	printf("\n");
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
		is_linear &= print_row(&rows[i], i);
	return is_linear ? 0 : 1;
}
