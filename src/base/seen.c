/* SPDX-License-Identifier: Apache-2.0 */
#include "base/seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "base/vec.h"

void heir_seen_init(struct heir_seen *seen)
{
	*seen = (struct heir_seen){.by_path = {HEIR_MAP_NULL, HEIR_MAP_NULL}};
	heir_arena_init(&seen->arena);
}

void heir_seen_release(struct heir_seen *seen)
{
	heir_map_release(&seen->by_path[0]);
	heir_map_release(&seen->by_path[1]);
	heir_arena_release(&seen->arena);
	free(seen->items);
	heir_seen_init(seen);
}

bool heir_seen_get(const struct heir_seen *seen, const char *path, bool follow, struct stat *ret,
	int *ret_error)
{
	uint32_t at = heir_map_get(&seen->by_path[follow], heir_str_from(path));

	if (at == HEIR_MAP_NONE)
		return false;
	*ret_error = seen->items[at].error;
	if (*ret_error == 0)
		*ret = seen->items[at].st;
	return true;
}

void heir_seen_put(
	struct heir_seen *seen, const char *path, bool follow, const struct stat *st, int error)
{
	struct heir_str key = {NULL, strlen(path)};
	bool is_new;
	uint32_t at;

	if (HEIR_RESERVE(seen->items, seen->n, seen->size) < 0)
		return;
	key.p = heir_arena_strndup(&seen->arena, path, key.len);
	if (!key.p || heir_map_put(&seen->by_path[follow], key, seen->n, &at, &is_new) < 0)
		return;
	if (is_new)
		seen->items[seen->n++] =
			(struct heir_seen_path){error, error == 0 ? *st : (struct stat){0}};
}
