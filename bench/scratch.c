/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

static char scratch[] = "/tmp/heir-bench-XXXXXX";

void bench_give_up(const char *what)
{
	perror(what);
	exit(1);
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static void remove_scratch(void)
{
	nftw(scratch, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

char *bench_scratch(void)
{
	static char *made;

	if (!made) {
		made = mkdtemp(scratch);
		if (!made)
			bench_give_up(scratch);
		atexit(remove_scratch);
	}
	return made;
}
