/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the tree of bench-scale for trying things by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tree.h"

int main(int argc, char **argv)
{
	size_t bytes;

	if (argc != 4) {
		fprintf(stderr, "usage: gen-tree NEW-DIRECTORY HANDLERS DEPTH\n");
		return 2;
	}
	if (mkdir(argv[1], 0755) < 0 ||
		bench_make_tree(argv[1], (unsigned)strtoul(argv[2], NULL, 10),
			(unsigned)strtoul(argv[3], NULL, 10), &bytes) < 0) {
		perror(argv[1]);
		return 3;
	}
	printf("%zu bytes\n", bytes);
	return 0;
}
