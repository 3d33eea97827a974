/* SPDX-License-Identifier: Apache-2.0 */
/* The two answers of gRPC that tell pods and containers: the first two bytes say how long the first
 * is. What is taken lies within them, and each container that is found leads to a pod. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "apply/living.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void require_within(struct heir_str s, struct heir_str whole)
{
	require(s.len == 0 || (s.p >= whole.p && s.p + s.len <= whole.p + whole.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heir_living living = HEIR_LIVING_NULL;
	struct heir_str all, pods, containers;
	struct heir_arena arena;
	size_t n;
	int r;

	if (size < 2)
		return 0;
	n = (size_t)data[0] << 8 | data[1];
	all = (struct heir_str){(const char *)data + 2, size - 2};
	n = n < all.len ? n : all.len;
	pods = (struct heir_str){all.p, n};
	containers = (struct heir_str){all.p + n, all.len - n};
	heir_arena_init(&arena);
	r = heir_living_init(&living, pods, containers, &arena);
	require(r == 0 || r == -EBADMSG);
	for (uint32_t i = 0; r == 0 && i < living.n_pods; i++) {
		require_within(living.pods[i].id, pods);
		require_within(living.pods[i].of, pods);
		require(heir_living_pod(&living, living.pods[i].id) != NULL);
	}
	for (uint32_t i = 0; r == 0 && i < living.n_containers; i++) {
		const struct heir_living_item *pod;

		require_within(living.containers[i].id, containers);
		require_within(living.containers[i].of, containers);
		pod = heir_living_pod(&living, living.containers[i].id);
		require(!pod || (pod >= living.pods && pod < living.pods + living.n_pods));
	}
	heir_living_release(&living);
	heir_arena_release(&arena);
	return 0;
}
