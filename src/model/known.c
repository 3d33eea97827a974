/* SPDX-License-Identifier: Apache-2.0 */
#include "model/known.h"

#include <errno.h>

#include "base/buf.h"

/* What makes two findings the same. */
static int make_key(
	const struct heir_core *core, const struct heir_diag *diag, struct heir_buf *buf)
{
	uint32_t source = diag->where.source;
	const char *path = diag->path;

	if (!path && source != HEIR_SOURCE_NONE)
		path = core->sources.items[source].path;
	heir_buf_addz(buf, heir_rules[diag->rule].id);
	heir_buf_addc(buf, '\n');
	heir_buf_addz(buf, path ? path : "");
	heir_buf_addc(buf, '\n');
	if (diag->handler.p)
		heir_buf_adds(buf, diag->handler);
	heir_buf_addc(buf, '\n');
	heir_buf_addz(buf, diag->text);
	return heir_buf_error(buf);
}

static int add(struct heir_known *known, const struct heir_core *core, const struct heir_diag *diag)
{
	_cleanup_(heir_buf_release) struct heir_buf key = HEIR_BUF_NULL;
	int r = make_key(core, diag, &key);
	struct heir_str kept;
	uint32_t n;
	bool is_new;

	if (r < 0)
		return r;
	n = heir_map_get(&known->counts, heir_buf_str(&key));
	if (n != HEIR_MAP_NONE) {
		heir_map_replace(&known->counts, heir_buf_str(&key), n + 1);
		return 0;
	}
	kept = (struct heir_str){heir_arena_strndup(&known->arena, key.p, key.len), key.len};
	return kept.p ? heir_map_put(&known->counts, kept, 1, &n, &is_new) : -ENOMEM;
}

int heir_known_init(struct heir_known *known, const struct heir_core *core)
{
	const struct heir_diags *diags = &core->diags;
	int r = 0;

	*known = (struct heir_known){.counts = HEIR_MAP_NULL};
	heir_arena_init(&known->arena);
	for (uint32_t i = 0; i < diags->n && r == 0; i++)
		r = add(known, core, diags->items[i]);
	return r;
}

void heir_known_release(struct heir_known *known)
{
	heir_map_release(&known->counts);
	heir_arena_release(&known->arena);
}

int heir_known_take(struct heir_known *known, const struct heir_core *core,
	const struct heir_diag *diag, bool *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf key = HEIR_BUF_NULL;
	int r = make_key(core, diag, &key);
	uint32_t n;

	if (r < 0)
		return r;
	n = heir_map_get(&known->counts, heir_buf_str(&key));
	*ret = n != HEIR_MAP_NONE && n > 0;
	if (*ret)
		heir_map_replace(&known->counts, heir_buf_str(&key), n - 1);
	return 0;
}

uint32_t heir_known_left(const struct heir_known *known)
{
	const struct heir_map *map = &known->counts;
	uint32_t n = 0;

	for (uint32_t i = 0; i < map->size; i++)
		n += map->entries[i].key.p ? map->entries[i].value : 0;
	return n;
}
