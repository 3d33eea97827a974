/* SPDX-License-Identifier: Apache-2.0 */
/* `heir check` of one node against `heir show` of it, in turns; and of 5,000 nodes in one run, on
 * one processor and on all. The nodes are copies of examples/ocp-worker. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"
#include "scratch.h"

enum { NODES = 5000, ROUNDS = 5, TURNS = 1000, MAX_ENTRIES = 256, MAX_TEXT = 64 << 10 };

/* What the node consists of, directories before what is in them. */
static struct entry {
	char *path; /* below the node */
	mode_t mode;
	char *text; /* of a file, or where a link points */
	size_t len;
} entries[MAX_ENTRIES];
static size_t n_entries, n_prefix;

static int read_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	static char text[MAX_TEXT];
	struct entry *entry = &entries[n_entries];
	ssize_t n = 0;

	(void)kind;
	(void)ftw;
	if (n_entries++ == MAX_ENTRIES)
		return -1;
	if (S_ISLNK(st->st_mode)) {
		n = readlink(path, text, sizeof(text) - 1);
	} else if (S_ISREG(st->st_mode)) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	if (n < 0 || n == sizeof(text) - 1)
		return -1;
	text[n] = '\0';
	*entry = (struct entry){strdup(path + n_prefix), st->st_mode, strdup(text), (size_t)n};
	return entry->path && entry->text ? 0 : -1;
}

static void write_entry(const char *node, const struct entry *entry)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s%s", node, entry->path);
	if (S_ISDIR(entry->mode)) {
		if (mkdir(path, entry->mode & 07777) < 0)
			bench_give_up(path);
		return;
	}
	if (S_ISLNK(entry->mode)) {
		if (symlink(entry->text, path) < 0)
			bench_give_up(path);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, entry->mode & 07777);
	if (fd < 0 || write(fd, entry->text, entry->len) != (ssize_t)entry->len)
		bench_give_up(path);
	close(fd);
}

static void compare_with_show(char *heir, char *root)
{
	char *const show[] = {heir, (char *)"--root", root, (char *)"show", NULL};
	char *const check[] = {heir, (char *)"--root", root, (char *)"check", NULL};
	static double us[2][TURNS];
	double of_show, of_check;

	for (size_t i = 0; i < TURNS; i++)
		for (size_t k = 0; k < 2; k++) {
			size_t which = (i + k) % 2;

			us[which][i] = bench_run(which ? check : show, 1);
		}
	of_show = bench_median(us[0], TURNS);
	of_check = bench_median(us[1], TURNS);
	printf("one node: show %.0f us, check %.0f us (%.2fx)\n", of_show, of_check,
		of_check / of_show);
}

static void check_many(char *heir, char **dirs, char *jobs)
{
	static char *argv[NODES + 5];
	struct bench_memory memory;
	double us[ROUNDS];
	size_t n = 0;

	argv[n++] = heir;
	argv[n++] = (char *)"check";
	if (jobs) {
		argv[n++] = (char *)"--jobs";
		argv[n++] = jobs;
	}
	memcpy(argv + n, dirs, NODES * sizeof(*dirs));
	argv[n + NODES] = NULL;
	for (size_t i = 0; i < ROUNDS; i++)
		us[i] = bench_run(argv, 1);
	printf("%d nodes, %s: %.2f s", NODES, jobs ? "one processor" : "all processors",
		bench_median(us, ROUNDS) / 1e6);
	if (bench_memory(argv, &memory))
		printf(", at most %.1f MiB\n", (double)memory.highest / 1024);
	else
		printf("\n");
}

int main(void)
{
	static char *dirs[NODES];
	char *heir = (char *)bench_setting("HEIR"), root[PATH_MAX];

	snprintf(root, sizeof(root), "%s/examples/ocp-worker", bench_setting("HEIR_SOURCE"));
	n_prefix = strlen(root);
	if (nftw(root, read_entry, 16, FTW_PHYS) != 0)
		bench_give_up(root);
	for (size_t i = 0; i < NODES; i++) {
		if (asprintf(&dirs[i], "%s/%zu", bench_scratch(), i) < 0)
			bench_give_up("asprintf");
		for (size_t k = 0; k < n_entries; k++)
			write_entry(dirs[i], &entries[k]);
	}
	compare_with_show(heir, root);
	check_many(heir, dirs, (char *)"1");
	check_many(heir, dirs, NULL);
	return 0;
}
