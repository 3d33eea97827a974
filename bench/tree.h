/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a node's file tree with many handlers. */
#ifndef HEIR_BENCH_TREE_H
#define HEIR_BENCH_TREE_H

#include <stddef.h>

/* Into the directory `dir`, which must exist and be empty: `handlers` handlers in chains `depth`
 * deep, the first of each inheriting from the default runtime, spread over drop-ins of at most
 * 12 MiB. Every second chain is written backwards: the child before its parent. Returns 0 and the
 * bytes of all files, or -1 with errno. */
int bench_make_tree(const char *dir, unsigned handlers, unsigned depth, size_t *ret_bytes);

#endif
