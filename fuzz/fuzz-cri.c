/* SPDX-License-Identifier: Apache-2.0 */
/* The answers of gRPC about pods, containers and the status of pods: the first byte says which one
 * the rest is. What is taken lies within the text. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "apply/cri.h"
#include "fuzz.h"

enum { STATUSES = 2, N_ANSWERS };

static void require_within(struct heir_str s, struct heir_str whole)
{
	require(s.len == 0 || (s.p >= whole.p && s.p + s.len <= whole.p + whole.len));
}

static void read_list(struct heir_str text, enum heir_cri_list what, struct heir_arena *arena)
{
	const struct heir_cri_item *items = NULL;
	uint32_t n = 0;
	int r = heir_cri_list(text, what, arena, &items, &n);

	require(r == 0 || r == -EBADMSG);
	for (uint32_t i = 0; r == 0 && i < n; i++) {
		require_within(items[i].id, text);
		require_within(items[i].pod, text);
		require_within(items[i].name, text);
		require_within(items[i].space, text);
	}
}

/* Each answer that is taken leaves less of the text. */
static void take_statuses(struct heir_str text, struct heir_arena *arena)
{
	int r = 0;

	while (r == 0 && text.len > 0) {
		struct heir_str before = text;
		struct heir_cri_status status;

		r = heir_cri_take_status(&text, arena, &status);
		require(r == 0 || r == -EBADMSG);
		require_within(text, before);
		require(r < 0 || text.len < before.len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heir_arena arena;
	struct heir_str text;

	if (size < 1)
		return 0;
	text = (struct heir_str){(const char *)data + 1, size - 1};
	heir_arena_init(&arena);
	if (data[0] % N_ANSWERS == STATUSES)
		take_statuses(text, &arena);
	else
		read_list(text, (enum heir_cri_list)(data[0] % N_ANSWERS), &arena);
	heir_arena_release(&arena);
	return 0;
}
