/* SPDX-License-Identifier: Apache-2.0 */
/* Reads JSON from others: bounded, and with the path of each error. */
#ifndef HEIR_NODE_JSON_H
#define HEIR_NODE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/macro.h"
#include "base/str.h"
#include "node/features.h"

/* jansson needs about 80 times the size. */
enum { HEIR_JSON_MAX_SIZE = 2 << 20 };

/* Memory for results, and the message in `error` after -EINVAL. */
struct heir_json {
	struct heir_arena *arena;
	const char *error;
};

/* A value in a document: the member `key` of `up`, or if that is NULL the item `index`. A chain of
 * these is on the stack while functions descend; NULL is the document. */
struct heir_json_place {
	const struct heir_json_place *up;
	const char *key;
	size_t index;
};

/* Parses a document. Returns 0, and the caller owns *ret; -EINVAL; -ENOMEM. Refuses duplicate
 * keys, NUL, and whatever jansson refuses: encodings other than UTF-8, more than 2048 levels,
 * numbers out of range. */
int heir_json_load(struct heir_json *json, struct heir_str text, json_t **ret);
void heir_json_decrefp(json_t **value);

/* Sets the message "PLACE WHAT". Returns -EINVAL or -ENOMEM for the caller to return. */
int heir_json_wrong(struct heir_json *json, const struct heir_json_place *place, const char *what);

/* Copies a string, with `loose` also an integer or boolean. */
int heir_json_string(struct heir_json *json, const struct heir_json_place *place,
	const json_t *value, bool loose, struct heir_str *ret);
/* An array of strings, sorted, duplicates dropped. */
int heir_json_strings(struct heir_json *json, const struct heir_json_place *place,
	const json_t *value, const struct heir_str **ret, size_t *ret_n);
/* An object of strings, sorted by name. */
int heir_json_pairs(struct heir_json *json, const struct heir_json_place *place, json_t *value,
	bool loose, const struct heir_pair **ret, size_t *ret_n);

/* The value of that name in such an array; NULL: none. */
const struct heir_str *heir_pairs_find(
	const struct heir_pair *pairs, size_t n, struct heir_str name);
bool heir_strings_find(const struct heir_str *strings, size_t n, struct heir_str name);

#endif
