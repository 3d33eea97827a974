/* SPDX-License-Identifier: Apache-2.0 */
/* `heir -i` of a rendered worker of 200 KB against the same files from disk, in turns; and of
 * streams of 100, 1,000 and 10,000 MachineConfigs, whose time should grow as their text does. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"
#include "scratch.h"

enum { TURNS = 300, ROUNDS = 5, OTHER_FILES = 60, OTHER_SIZE = 3000 };

static const char dropin[] =
	"[crio.runtime.runtimes.h%u]\ninherit = \"crun\"\n"
	"[crio.runtime.runtimes.h%u.default_annotations]\n\"a.io/b\" = \"c\"\n";

static FILE *create(const char *name, char path[PATH_MAX])
{
	FILE *f;

	if (snprintf(path, PATH_MAX, "%s/%s", bench_scratch(), name) >= PATH_MAX)
		bench_give_up("snprintf");
	f = fopen(path, "w");
	if (!f)
		bench_give_up(path);
	return f;
}

static void make_directories(const char *path)
{
	char part[PATH_MAX];

	for (const char *p = path + 1; (p = strchr(p, '/')); p++) {
		snprintf(part, sizeof(part), "%.*s", (int)(p - path), path);
		mkdir(part, 0755);
	}
	mkdir(path, 0755);
}

/* As the MCO's templates have it: everything but letters, digits and a few signs as %XX. */
static void add_encoded(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'("
			   ")",
			    *text))
			fputc(*text, f);
		else
			fprintf(f, "%%%02X", (unsigned char)*text);
	}
}

static void begin_config(FILE *f, const char *name)
{
	fprintf(f,
		"---\napiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfig\n"
		"metadata:\n  labels:\n    machineconfiguration.openshift.io/role: worker\n"
		"  name: %s\nspec:\n  config:\n    ignition:\n      version: 3.5.0\n"
		"    storage:\n      files:\n",
		name);
}

static void add_file(FILE *f, const char *path, const char *text)
{
	fputs("      - contents:\n          source: data:,", f);
	add_encoded(f, text);
	fprintf(f, "\n        mode: 420\n        overwrite: true\n        path: %s\n", path);
}

/* A worker's objects, and the node that comes of them. */
static void make_worker(char yaml[PATH_MAX], char root[PATH_MAX])
{
	char path[PATH_MAX], text[512], filler[OTHER_SIZE + 1];
	FILE *f = create("worker.yaml", yaml), *file;

	snprintf(root, PATH_MAX, "%s/node", bench_scratch());
	snprintf(path, sizeof(path), "%s/node/usr/bin", bench_scratch());
	make_directories(path);
	snprintf(path, sizeof(path), "%s/node/etc/crio/crio.conf.d", bench_scratch());
	make_directories(path);
	fclose(create("node/usr/bin/crun", path));
	chmod(path, 0755);
	memset(filler, 'x', OTHER_SIZE);
	filler[OTHER_SIZE] = '\0';
	begin_config(f, "00-worker");
	for (unsigned i = 0; i < OTHER_FILES; i++) {
		snprintf(path, sizeof(path), "/etc/other/%u", i);
		add_file(f, path, filler);
	}
	for (unsigned i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "/etc/crio/crio.conf.d/%u0-h", i + 1);
		snprintf(text, sizeof(text), dropin, i, i);
		add_file(f, path, text);
		snprintf(path, sizeof(path), "node/etc/crio/crio.conf.d/%u0-h", i + 1);
		file = create(path, root);
		fputs(text, file);
		fclose(file);
	}
	snprintf(root, PATH_MAX, "%s/node", bench_scratch());
	fclose(f);
}

static void compare_with_files(char *heir)
{
	static double us[2][TURNS];
	char yaml[PATH_MAX], root[PATH_MAX];
	struct stat st;
	double of_files, of_objects;

	make_worker(yaml, root);
	for (size_t i = 0; i < TURNS; i++)
		for (size_t k = 0; k < 2; k++) {
			char *const files[] = {heir, (char *)"--root", root, (char *)"show", NULL};
			char *const objects[] = {heir, (char *)"-i", yaml, (char *)"show", NULL};
			size_t which = (i + k) % 2;

			us[which][i] = bench_run(which ? objects : files, 0);
		}
	stat(yaml, &st);
	of_files = bench_median(us[0], TURNS);
	of_objects = bench_median(us[1], TURNS);
	printf("a worker of %lld KB: from files %.2f ms, from objects %.2f ms (%.2f ms more)\n",
		(long long)st.st_size / 1000, of_files / 1e3, of_objects / 1e3,
		(of_objects - of_files) / 1e3);
}

static void read_stream(char *heir, unsigned n)
{
	char yaml[PATH_MAX], text[512], name[64];
	FILE *f = create("stream.yaml", yaml);
	char *const argv[] = {heir, (char *)"-i", yaml, (char *)"show", NULL};
	struct bench_memory memory;
	struct stat st;
	double us[ROUNDS];

	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "50-%u", i);
		begin_config(f, name);
		snprintf(name, sizeof(name), "/etc/crio/crio.conf.d/50-%u", i);
		snprintf(text, sizeof(text), dropin, i, i);
		add_file(f, name, text);
	}
	fclose(f);
	stat(yaml, &st);
	for (size_t i = 0; i < ROUNDS; i++)
		us[i] = bench_run(argv, 0);
	printf("%6u MachineConfigs, %5.1f MB: %7.1f ms", n, (double)st.st_size / 1e6,
		bench_median(us, ROUNDS) / 1e3);
	if (bench_memory(argv, &memory))
		printf(", at most %.1f MiB\n", (double)memory.highest / 1024);
	else
		printf("\n");
}

int main(void)
{
	char *heir = (char *)bench_setting("HEIR");

	compare_with_files(heir);
	read_stream(heir, 100);
	read_stream(heir, 1000);
	read_stream(heir, 10000);
	return 0;
}
