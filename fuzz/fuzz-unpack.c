/* SPDX-License-Identifier: Apache-2.0 */
/* Any archive writes below its directory and nowhere else: no member, no hard link
 * and no link that was made leads a file out of it, all of it can be removed, and what is written
 * is bounded. */
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unpack/extract.h"
#include "unpack/tree.h"
#include "fuzz.h"

static void skip(void *data, const char *reason, const char *member)
{
	(void)data;
	require(reason && member);
}

/* The file beside the directory, which no member may touch. */
static struct stat outside;

static int judge(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)path;
	(void)kind;
	require(at->level <= TREE_MAX_DEPTH + 1);
	require(S_ISREG(st->st_mode) || S_ISDIR(st->st_mode) || S_ISLNK(st->st_mode));
	require(st->st_ino != outside.st_ino || st->st_dev != outside.st_dev);
	require((st->st_mode & (S_ISUID | S_ISGID)) == 0 || S_ISLNK(st->st_mode));
	return 0;
}

static void unpack(const char *dir, bool objects, const uint8_t *data, size_t size)
{
	struct extract x = {.objects = objects, .skip = skip};

	x.top = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	require(x.top >= 0);
	if (extract_read(&x, -1, data, size))
		extract_make_links(&x);
	else
		require(x.why[0] != '\0');
	require(x.written <= EXTRACT_MAX_WRITTEN + EXTRACT_MAX_FILE);
	extract_release(&x);
	close(x.top);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char top[] = "/dev/shm/fuzz-unpack-XXXXXX", dir[64], file[64];
	struct stat after;
	int fd;

	require(mkdtemp(top) != NULL);
	snprintf(dir, sizeof(dir), "%s/in", top);
	snprintf(file, sizeof(file), "%s/out", top);
	require(mkdir(dir, 0700) == 0);
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	require(fd >= 0 && fstat(fd, &outside) == 0);
	unpack(dir, size > 0 && data[size - 1] % 2 == 1, data, size);
	require(fstat(fd, &after) == 0 && after.st_nlink == 1 && after.st_size == 0 &&
		after.st_mode == outside.st_mode);
	close(fd);
	require(nftw(dir, judge, 80, FTW_PHYS) == 0);
	require(tree_remove(dir) == 0 && unlink(file) == 0);
	/* Nothing else came to be beside it. */
	require(rmdir(top) == 0);
	return 0;
}
