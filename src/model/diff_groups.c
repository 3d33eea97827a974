/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers that change in the same way. What is said of each is hashed, without the places, so that
 * ten thousand handlers that inherit one long value cost sixteen bytes each. */
#include <errno.h>
#include <string.h>

#include "base/hash.h"
#include "model/bound.h"
#include "model/diff.h"

struct digest {
	uint64_t half[2];
};

static int add_field(const struct heir_diff *diff, const struct heir_diff_handler *handler,
	enum heir_field field, struct heir_buf *buf)
{
	struct heir_diff_row rows[HEIR_N_SIDES] = {
		{HEIR_BUF_NULL, HEIR_BUF_NULL}, {HEIR_BUF_NULL, HEIR_BUF_NULL}};
	struct heir_origin origins[HEIR_N_SIDES];
	size_t room = 0;
	int r = heir_diff_origins(diff, handler, field, origins);

	if (r == 0)
		r = heir_diff_bound(diff, &room, origins);
	if (r == 0)
		r = heir_diff_rows(diff, handler, field, origins, rows);
	heir_buf_printf(buf, "%u\n", (unsigned)field);
	for (unsigned side = 0; side < HEIR_N_SIDES; side++) {
		heir_buf_adds(buf, heir_buf_str(&rows[side].value));
		heir_buf_addc(buf, '\t');
		heir_buf_adds(buf, heir_buf_str(&rows[side].origin));
		heir_buf_addc(buf, '\t');
		/* Values of which only the beginning is known are not the same as any other. */
		if (origins[side].left_out > 0)
			heir_buf_adds(buf, handler->name);
		heir_diff_row_release(&rows[side]);
	}
	return r;
}

static void add_pods(const struct heir_diff *diff, const struct heir_diff_handler *handler,
	bool classless, struct heir_buf *buf)
{
	uint32_t n;
	const struct heir_pod_count *counts = heir_diff_pods(diff, handler, classless, &n);

	heir_buf_addc(buf, '\n');
	for (uint32_t i = 0; i < n; i++) {
		heir_buf_printf(buf, "%u ", counts[i].n);
		heir_buf_adds(buf, counts[i].namespace);
	}
}

/* Everything that is said of a handler but its name and the places. */
static int digest_of(
	const struct heir_diff *diff, const struct heir_diff_handler *handler, struct digest *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_hash_key key = heir_hash_key_secret();
	uint32_t shown;
	int r = heir_diff_shown(diff, handler, &shown);

	heir_buf_printf(&buf, "%u\n", (unsigned)handler->change);
	for (unsigned side = 0; side < HEIR_N_SIDES; side++) {
		if (handler->dropped[side])
			heir_diff_reason_words(&buf, handler->dropped[side]);
		heir_buf_addc(&buf, '\n');
	}
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && r == 0; f++)
		if (shown >> f & 1)
			r = add_field(diff, handler, f, &buf);
	add_pods(diff, handler, false, &buf);
	add_pods(diff, handler, true, &buf);
	if (r == 0)
		r = heir_buf_error(&buf);
	if (r < 0)
		return r;
	for (unsigned i = 0; i < ARRAY_LEN(ret->half); i++) {
		ret->half[i] = heir_hash(&key, heir_buf_str(&buf));
		key.k[0] ^= UINT64_C(0x6865697264696666);
	}
	return 0;
}

static int link_handler(
	struct heir_diff *diff, uint32_t i, struct heir_map *last, struct heir_arena *arena)
{
	struct heir_diff_handler *handler = &diff->handlers[i];
	struct digest digest;
	uint32_t before;
	bool is_new;
	char *name;
	int r = digest_of(diff, handler, &digest);

	if (r < 0)
		return r;
	name = heir_arena_alloc(arena, sizeof(digest));
	if (!name)
		return -ENOMEM;
	memcpy(name, &digest, sizeof(digest));
	r = heir_map_put(last, (struct heir_str){name, sizeof(digest)}, i, &before, &is_new);
	if (r < 0 || is_new)
		return r;
	diff->handlers[before].next = i;
	handler->follows = true;
	heir_map_replace(last, (struct heir_str){name, sizeof(digest)}, i);
	return 0;
}

int heir_diff_group(struct heir_diff *diff)
{
	_cleanup_(heir_map_release) struct heir_map last = HEIR_MAP_NULL;
	struct heir_arena arena;
	int r = 0;

	heir_arena_init(&arena);
	/* Rows without places from here on, to compare them; then of those that are grouped. */
	for (uint32_t i = 0; i < diff->n_handlers; i++)
		diff->handlers[i].grouped = true;
	for (uint32_t i = 0; i < diff->n_handlers && r == 0; i++) {
		r = link_handler(diff, i, &last, &arena);
		heir_core_forget_values(diff->view[HEIR_LEFT]->core);
		heir_core_forget_values(diff->view[HEIR_RIGHT]->core);
	}
	for (uint32_t i = 0; i < diff->n_handlers; i++)
		diff->handlers[i].grouped = diff->handlers[i].follows || diff->handlers[i].next;
	heir_arena_release(&arena);
	return r;
}
