/* SPDX-License-Identifier: Apache-2.0 */
/* Of the messages three fields each are of interest, so what stands here of Protocol Buffers' wire
 * format is as much as it takes to pass the others by. gRPC puts five bytes before a message. */
#include "apply/living.h"

#include <errno.h>
#include <stdlib.h>

/* Which fields of an item say what. */
struct shape {
	uint32_t id, of, state;
};

/* runtime.v1 of the CRI: PodSandbox { id, state, runtime_handler }, and SANDBOX_READY; Container
 * { id, pod_sandbox_id, state }, and CONTAINER_EXITED. */
static const struct shape pod_shape = {1, 7, 3}, container_shape = {1, 2, 6};
enum { POD_READY = 0, CONTAINER_EXITED = 2 };

enum wire { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

struct field {
	uint32_t number;
	enum wire wire;
	uint64_t value;        /* of VARINT */
	struct heir_str bytes; /* of BYTES */
};

/* Takes a number off the front. */
static bool take_varint(struct heir_str *s, uint64_t *ret)
{
	*ret = 0;
	for (unsigned shift = 0; shift < 64 && s->len > 0; shift += 7) {
		uint8_t byte = (uint8_t)*s->p++;

		s->len--;
		*ret |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

static bool take_bytes(struct heir_str *s, uint64_t n, struct heir_str *ret)
{
	if (n > s->len)
		return false;
	*ret = (struct heir_str){s->p, (size_t)n};
	s->p += n;
	s->len -= (size_t)n;
	return true;
}

static bool take_field(struct heir_str *s, struct field *ret)
{
	uint64_t key, n;

	if (!take_varint(s, &key) || key >> 3 == 0 || key >> 3 > UINT32_MAX)
		return false;
	*ret = (struct field){.number = (uint32_t)(key >> 3), .wire = (enum wire)(key & 7)};
	switch (ret->wire) {
	case VARINT:
		return take_varint(s, &ret->value);
	case FIXED64:
		return take_bytes(s, 8, &ret->bytes);
	case BYTES:
		return take_varint(s, &n) && take_bytes(s, n, &ret->bytes);
	case FIXED32:
		return take_bytes(s, 4, &ret->bytes);
	}
	return false;
}

/* What is not there is zero: so says the format. */
static bool read_item(struct heir_str text, const struct shape *shape, struct heir_living_item *ret,
	uint64_t *ret_state)
{
	*ret = (struct heir_living_item){HEIR_STR(""), HEIR_STR(""), false};
	*ret_state = 0;
	while (text.len > 0) {
		struct field field;

		if (!take_field(&text, &field))
			return false;
		if (field.wire == BYTES && field.number == shape->id)
			ret->id = field.bytes;
		else if (field.wire == BYTES && field.number == shape->of)
			ret->of = field.bytes;
		else if (field.wire == VARINT && field.number == shape->state)
			*ret_state = field.value;
	}
	return ret->id.len > 0;
}

/* The message behind the five bytes, which say that it is not compressed, and how long it is. */
static bool open_message(struct heir_str *text)
{
	const unsigned char *p = (const unsigned char *)text->p;
	uint32_t len;

	if (text->len < 5 || p[0] != 0)
		return false;
	len = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4];
	text->p += 5;
	text->len -= 5;
	return text->len == len;
}

/* Both answers are a list of items, field 1. */
static int read_list(struct heir_str text, const struct shape *shape, struct heir_arena *arena,
	const struct heir_living_item **ret, uint32_t *ret_n)
{
	struct heir_living_item *items;
	struct heir_str rest;
	struct field field;
	uint32_t n = 0;

	if (!open_message(&text))
		return -EBADMSG;
	for (rest = text; rest.len > 0; n += field.number == 1 && field.wire == BYTES)
		if (!take_field(&rest, &field))
			return -EBADMSG;
	items = heir_arena_zalloc(arena, n + 1u, sizeof(*items));
	if (!items)
		return -ENOMEM;
	*ret = items;
	*ret_n = n;
	for (n = 0; text.len > 0;) {
		uint64_t state;

		take_field(&text, &field);
		if (field.number != 1 || field.wire != BYTES)
			continue;
		if (!read_item(field.bytes, shape, &items[n], &state))
			return -EBADMSG;
		items[n++].ended =
			shape == &pod_shape ? state != POD_READY : state == CONTAINER_EXITED;
	}
	return 0;
}

int heir_living_init(struct heir_living *living, struct heir_str pods, struct heir_str containers,
	struct heir_arena *arena)
{
	int r;

	*living = HEIR_LIVING_NULL;
	r = read_list(pods, &pod_shape, arena, &living->pods, &living->n_pods);
	if (r == 0)
		r = read_list(containers, &container_shape, arena, &living->containers,
			&living->n_containers);
	for (uint32_t i = 0; i < living->n_pods && r == 0; i++)
		r = heir_map_put(
			&living->by_id, living->pods[i].id, i, &(uint32_t){0}, &(bool){false});
	/* A pod of the same id is that container's. */
	for (uint32_t i = 0; i < living->n_containers && r == 0; i++) {
		uint32_t pod = heir_map_get(&living->by_id, living->containers[i].of);

		if (pod != HEIR_MAP_NONE)
			r = heir_map_put(&living->by_id, living->containers[i].id, pod,
				&(uint32_t){0}, &(bool){false});
	}
	return r;
}

void heir_living_release(struct heir_living *living)
{
	heir_map_release(&living->by_id);
}

const struct heir_living_item *heir_living_pod(const struct heir_living *living, struct heir_str id)
{
	uint32_t pod = heir_map_get(&living->by_id, id);

	return pod == HEIR_MAP_NONE ? NULL : &living->pods[pod];
}
