/* SPDX-License-Identifier: Apache-2.0 */
/* Only a few fields of these messages matter, so this file implements just enough of the Protocol
 * Buffers wire format to skip the others. gRPC adds five bytes before a message. */
#include "apply/cri.h"

#include <errno.h>
#include <jansson.h>

#include "base/macro.h"
#include "node/json.h"

/* Field numbers of runtime.v1. PodSandbox and PodSandboxStatus { id, metadata, state }, Container {
 * id, pod_sandbox_id, metadata, state }, both metadata { name }, that of a pod { namespace }. */
struct shape {
	uint32_t id, pod, metadata, state;
};

static const struct shape shapes[] = {
	[HEIR_CRI_PODS] = {1, 0, 2, 3},
	[HEIR_CRI_CONTAINERS] = {1, 2, 3, 6},
};
enum { METADATA_NAME = 1, METADATA_NAMESPACE = 3 };
enum { POD_READY = 0, CONTAINER_EXITED = 2 };
/* PodSandboxStatusResponse { status, info }; entries of the map info { key, value }. */
enum { RESPONSE_STATUS = 1, RESPONSE_INFO = 2, ENTRY_KEY = 1, ENTRY_VALUE = 2 };

enum wire { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

struct field {
	uint32_t number;
	enum wire wire;
	uint64_t value;        /* for VARINT */
	struct heir_str bytes; /* for BYTES */
};

/* Decodes a number at the front. */
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

/* Decodes the key and value of the next field. Unknown wire types are errors, because their length
 * is unknown. */
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

static bool read_metadata(struct heir_str text, struct heir_cri_item *item)
{
	while (text.len > 0) {
		struct field field;

		if (!take_field(&text, &field))
			return false;
		if (field.wire == BYTES && field.number == METADATA_NAME)
			item->name = field.bytes;
		else if (field.wire == BYTES && field.number == METADATA_NAMESPACE)
			item->space = field.bytes;
	}
	return true;
}

/* A missing field is zero in this format. */
static bool read_item(struct heir_str text, enum heir_cri_list what, struct heir_cri_item *ret)
{
	const struct shape *shape = &shapes[what];
	uint64_t state = 0;

	*ret = (struct heir_cri_item){.id = HEIR_STR("")};
	while (text.len > 0) {
		struct field field;

		if (!take_field(&text, &field))
			return false;
		if (field.wire == VARINT && field.number == shape->state)
			state = field.value;
		if (field.wire != BYTES)
			continue;
		if (field.number == shape->id)
			ret->id = field.bytes;
		else if (field.number == shape->pod)
			ret->pod = field.bytes;
		else if (field.number == shape->metadata && !read_metadata(field.bytes, ret))
			return false;
	}
	ret->ended = what == HEIR_CRI_PODS ? state != POD_READY : state == CONTAINER_EXITED;
	return ret->id.len > 0;
}

/* Removes a message at the front: five bytes say that it is not compressed and how long it is. */
static bool take_message(struct heir_str *text, struct heir_str *ret)
{
	const unsigned char *p = (const unsigned char *)text->p;
	uint32_t len;

	if (text->len < 5 || p[0] != 0)
		return false;
	len = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4];
	text->p += 5;
	text->len -= 5;
	return take_bytes(text, len, ret);
}

/* Both lists are field 1 of their answers. */
int heir_cri_list(struct heir_str text, enum heir_cri_list what, struct heir_arena *arena,
	const struct heir_cri_item **ret, uint32_t *ret_n)
{
	struct heir_cri_item *items;
	struct heir_str message, rest;
	struct field field;
	uint32_t n = 0;

	if (!take_message(&text, &message) || text.len > 0)
		return -EBADMSG;
	for (rest = message; rest.len > 0; n += field.number == 1 && field.wire == BYTES)
		if (!take_field(&rest, &field))
			return -EBADMSG;
	items = heir_arena_zalloc(arena, n + 1u, sizeof(*items));
	if (!items)
		return -ENOMEM;
	*ret = items;
	*ret_n = n;
	for (n = 0; message.len > 0;) {
		take_field(&message, &field);
		if (field.number == 1 && field.wire == BYTES &&
			!read_item(field.bytes, what, &items[n++]))
			return -EBADMSG;
	}
	return 0;
}

/* ---- The status of a pod ---- */

/* {"runtimeSpec": {"annotations": {...}}} */
static int read_handler(struct heir_str info, struct heir_arena *arena, struct heir_str *ret)
{
	_cleanup_(heir_json_decrefp) json_t *json = NULL;
	struct heir_json reading = {.arena = arena};
	json_t *value;
	int r = heir_json_load(&reading, info, &json);

	if (r < 0)
		return r == -EINVAL ? -EBADMSG : r;
	value = json_object_get(json_object_get(json, "runtimeSpec"), "annotations");
	value = json_object_get(value, "io.kubernetes.cri-o.RuntimeHandler");
	if (!json_is_string(value))
		return 0;
	ret->len = json_string_length(value);
	ret->p = heir_arena_strndup(arena, json_string_value(value), ret->len);
	return ret->p ? 0 : -ENOMEM;
}

static int read_info(struct heir_str text, struct heir_arena *arena, struct heir_str *ret)
{
	struct heir_str key = HEIR_STR(""), value = HEIR_STR("");

	while (text.len > 0) {
		struct field field;

		if (!take_field(&text, &field))
			return -EBADMSG;
		if (field.wire == BYTES && field.number == ENTRY_KEY)
			key = field.bytes;
		else if (field.wire == BYTES && field.number == ENTRY_VALUE)
			value = field.bytes;
	}
	return heir_str_eqz(key, "info") ? read_handler(value, arena, ret) : 0;
}

int heir_cri_take_status(
	struct heir_str *text, struct heir_arena *arena, struct heir_cri_status *ret)
{
	struct heir_cri_item item = {.id = HEIR_STR("")};
	struct heir_str message, handler = HEIR_STR_NULL;
	int r = 0;

	if (!take_message(text, &message))
		return -EBADMSG;
	while (message.len > 0 && r == 0) {
		struct field field;

		if (!take_field(&message, &field))
			return -EBADMSG;
		if (field.wire == BYTES && field.number == RESPONSE_STATUS)
			r = read_item(field.bytes, HEIR_CRI_PODS, &item) ? 0 : -EBADMSG;
		else if (field.wire == BYTES && field.number == RESPONSE_INFO)
			r = read_info(field.bytes, arena, &handler);
	}
	*ret = (struct heir_cri_status){item.id, item.name, item.space, handler};
	return r;
}
