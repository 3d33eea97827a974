/* SPDX-License-Identifier: Apache-2.0 */
/* A node's file system in a temporary directory. Every function ends the program when the machine
 * fails: a test that cannot be set up has not passed. */
#ifndef HEIR_TESTS_TREE_H
#define HEIR_TESTS_TREE_H

#include <stddef.h>

/* A new, empty directory; the caller frees the name and calls tree_remove(). */
char *tree_new(void);
/* Removes the directory with all that is in it, and frees the name. */
void tree_remove(char *root);

/* Creates a file below `root`, with the directories above it; `path` may begin with '/'. */
void tree_file(const char *root, const char *path, const void *content, size_t len, unsigned mode);
/* The programs that a CRI-O needs to start, in /usr/bin: crun, runc, conmon, pinns and nsenter. */
void tree_programs(const char *root);
/* The same for a text. */
void tree_text(const char *root, const char *path, const char *text);
void tree_link(const char *root, const char *path, const char *target);
/* All that a file of tests/nodes lists; its README tells the form. */
void tree_unpack(const char *root, const char *node);

#endif
