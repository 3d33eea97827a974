/* SPDX-License-Identifier: Apache-2.0 */
/* Random nodes: a few files with handlers that are wrong in many ways, and sometimes right. The
 * same seed grows the same tree. */
#ifndef HEIR_TESTS_GROW_H
#define HEIR_TESTS_GROW_H

#include <stdbool.h>
#include <stdint.h>

/* Chance: begins anew; a number below n. */
void grow_seed(uint64_t seed);
unsigned roll(unsigned n);

enum { GROW_MAX_FILES = 10, GROW_FILE_SIZE = 16 << 10, GROW_HANDLERS = 8 };

struct grow_file {
	char path[64];
	char text[GROW_FILE_SIZE];
};

struct grow_tree {
	struct grow_file files[GROW_MAX_FILES];
	unsigned n;
	bool plain; /* none of heir's keys, and no new handler without a path */
};

/* Up to six files of crio.conf and crio.conf.d. */
void grow(struct grow_tree *tree, bool plain);
/* The same with more of what is heir's: heir.d, variables, names that need quotes, settings; and
 * with files that come late. */
void grow_wild(struct grow_tree *tree);

/* Adds a text, and a handler's table. */
void grow_say(struct grow_file *file, const char *text);
void grow_handler(struct grow_file *file, const char *name, bool plain);

/* Makes the files, and the binaries that they may speak of, below `dir`. */
void grow_write(const char *dir, const struct grow_tree *tree);

#endif
