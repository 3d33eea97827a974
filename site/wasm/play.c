/* SPDX-License-Identifier: Apache-2.0 */
/* What the page calls: it allocates, adds files, and runs heir once. An instance is for one run. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vfs.h"

#define EXPORT(name) __attribute__((export_name(name), used))

enum { MAX_ARGS = 64 };

int heir_main(int argc, char **argv);

EXPORT("allocate") void *play_allocate(size_t size);
EXPORT("add") int play_add(const char *path, unsigned mode, const char *data, size_t size);
EXPORT("run") int play_run(char *words, size_t size);

ssize_t vfs_host_write(int fd, const void *buf, size_t size)
{
	return write(fd, buf, size);
}

void *play_allocate(size_t size)
{
	return malloc(size > 0 ? size : 1);
}

int play_add(const char *path, unsigned mode, const char *data, size_t size)
{
	return vfs_add(path, mode, data, size);
}

/* The words stand one after another, each with a NUL behind it. Returns through exit(). */
int play_run(char *words, size_t size)
{
	char *args[MAX_ARGS + 1];
	int n = 0;

	for (char *word = words; word < words + size && n < MAX_ARGS; word += strlen(word) + 1)
		args[n++] = word;
	args[n] = NULL;
	exit(heir_main(n, args));
}
