/* SPDX-License-Identifier: Apache-2.0 */
/* The recorded cases in tests/vectors: a JSON object a line, each a tree, a question and its
 * answer. */
#ifndef HEIR_TESTS_VECTOR_H
#define HEIR_TESTS_VECTOR_H

#include <jansson.h>

/* Calls `run` for every vector of tests/vectors/NAME ($HEIR_VECTORS/NAME, if set). A file that is
 * not there, or not made of JSON, ends the program. */
void vector_each(const char *name, void (*run)(const char *name, json_t *vector));

/* Its name, or the seed that it was generated from; valid until the next call. */
const char *vector_title(json_t *vector);

/* Its files, binaries and links as a tree; for tree_remove(). */
char *vector_tree(json_t *vector);

#endif
