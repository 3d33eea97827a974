/* SPDX-License-Identifier: Apache-2.0 */
/* The builder of trees. Readers call it value by value; it drops what no filter wants, resolves
 * anchors and merge keys, and enforces the limits. */
#include "kube/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "base/vec.h"
#include "kube/build.h"

/* ---- Asking ---- */

bool heir_tree_is(const struct heir_tree_node *node, enum heir_tree_type type)
{
	return node && node->type == type;
}

bool heir_tree_is_scalar(const struct heir_tree_node *node)
{
	return node && (node->type == HEIR_TREE_PLAIN || node->type == HEIR_TREE_STRING);
}

const struct heir_tree_node *heir_tree_get(const struct heir_tree_node *node, const char *key)
{
	const struct heir_tree_node *found = NULL;

	if (!heir_tree_is(node, HEIR_TREE_MAP))
		return NULL;
	heir_tree_foreach(child, node) if (heir_str_eqz(child->key, key)) found = child;
	return heir_tree_is(found, HEIR_TREE_NULL) ? NULL : found;
}

/* ---- Building ---- */

int heir_build_fail(struct heir_tree_builder *b, const char *what, uint32_t at, uint32_t len)
{
	b->fault = (struct heir_tree_fault){what, at, len};
	return -EINVAL;
}

void heir_build_begin(struct heir_tree_builder *b)
{
	b->root = NULL;
	b->depth = b->skipped = 0;
	b->n_anchors = 0;
	heir_map_release(&b->anchor_of);
}

static void release_builder(struct heir_tree_builder *b)
{
	heir_map_release(&b->anchor_of);
	free(b->anchors);
	free(b);
}

static struct heir_tree_frame *top_frame(struct heir_tree_builder *b)
{
	return b->depth > 0 ? &b->frames[b->depth - 1] : NULL;
}

static bool awaits_key(const struct heir_tree_frame *frame)
{
	return frame && frame->node->type == HEIR_TREE_MAP && !frame->key.p;
}

bool heir_build_keeps(const struct heir_tree_builder *b)
{
	const struct heir_tree_frame *frame = b->depth > 0 ? &b->frames[b->depth - 1] : NULL;

	return b->skipped == 0 && (!frame || !frame->key.p || !frame->skips);
}

/* Adds a node at the current position. */
static int add_node(struct heir_tree_builder *b, enum heir_tree_type type, uint32_t at,
	uint32_t len, struct heir_tree_node **ret)
{
	struct heir_tree_frame *frame = top_frame(b);
	struct heir_tree_node *node;

	b->n_nodes++;
	if (b->n_nodes == HEIR_TREE_MAX_NODES)
		return heir_build_fail(b, "more values than heir reads of one input", at, len);
	node = heir_arena_new(b->arena, struct heir_tree_node);
	if (!node)
		return -ENOMEM;
	node->type = type;
	node->at = at;
	node->len = len;
	if (frame) {
		node->key = frame->key;
		frame->key = HEIR_STR_NULL;
		*frame->last = node;
		frame->last = &node->next;
	} else {
		b->root = node;
	}
	*ret = node;
	return 0;
}

/* Finishes a member that is dropped. */
static void finish_dropped(struct heir_tree_builder *b)
{
	struct heir_tree_frame *frame = top_frame(b);

	if (b->skipped == 0 && frame)
		frame->key = HEIR_STR_NULL;
}

/* Distinguished by address from a quoted key. */
static const char merge_key[] = "<<";

static void set_key(struct heir_tree_builder *b, struct heir_str text, bool plain)
{
	struct heir_tree_frame *frame = top_frame(b);
	const struct heir_tree_filter *row = frame->filter;

	while (row && row->key && !heir_str_eqz(text, row->key))
		row++;
	frame->skips = row && !row->key;
	frame->below = row ? row->members : NULL;
	frame->key = text.p ? text : HEIR_STR("");
	if (plain && heir_str_eqz(text, "<<")) {
		frame->key = heir_str_from(merge_key);
		frame->skips = false;
		frame->below = frame->filter;
		frame->merges = true;
	}
}

/* ---- Merge keys ---- */

/* The members of a map while merge keys are resolved. */
struct merging {
	struct heir_tree_builder *b;
	struct heir_map seen;
	const struct heir_tree_node **last;
};

/* Adds the members of one merge key that the map does not have yet. */
static int merge_map(struct merging *m, const struct heir_tree_node *map)
{
	uint32_t at;
	bool is_new;

	if (!heir_tree_is(map, HEIR_TREE_MAP))
		return heir_build_fail(m->b, "a merge key (<<) of neither a map nor a list of maps",
			map->at, map->len);
	heir_tree_foreach(child, map)
	{
		struct heir_tree_node *copy;
		int r;

		if (m->b->n_nodes >= HEIR_TREE_MAX_NODES - 1)
			return heir_build_fail(m->b, "more values than heir reads of one input",
				child->at, child->len);
		r = heir_map_put(&m->seen, child->key, 0, &at, &is_new);
		if (r < 0)
			return r;
		if (!is_new)
			continue;
		copy = heir_arena_new(m->b->arena, struct heir_tree_node);
		if (!copy)
			return -ENOMEM;
		m->b->n_nodes++;
		*copy = *child;
		copy->next = NULL;
		*m->last = copy;
		m->last = &copy->next;
	}
	return 0;
}

static int merge_value(struct merging *m, const struct heir_tree_node *value)
{
	int r = 0;

	if (!heir_tree_is(value, HEIR_TREE_LIST))
		return merge_map(m, value);
	heir_tree_foreach(map, value) if (r == 0) r = merge_map(m, map);
	return r;
}

/* The map's own members take precedence over merged ones, and earlier merge keys over later
 * ones. */
static int resolve_merges(struct heir_tree_builder *b, struct heir_tree_node *node)
{
	struct merging m = {.b = b, .seen = HEIR_MAP_NULL, .last = &node->first};
	const struct heir_tree_node *children = node->first, *merged[16], *child;
	size_t n = 0;
	uint32_t at;
	bool is_new;
	int r = 0;

	for (child = children; r == 0 && child; child = child->next) {
		if (child->key.p != merge_key) {
			r = heir_map_put(&m.seen, child->key, 0, &at, &is_new);
			*m.last = child;
			/* Nodes are not const while they are being built. */
			m.last = (const struct heir_tree_node **)&child->next;
		} else if (n == ARRAY_LEN(merged)) {
			r = heir_build_fail(
				b, "more merge keys (<<) than heir reads", child->at, child->len);
		} else {
			merged[n++] = child;
		}
	}
	*m.last = NULL;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = merge_value(&m, merged[i]);
	heir_map_release(&m.seen);
	return r;
}

static int add_anchor(struct heir_tree_builder *b, struct heir_str name,
	const struct heir_tree_node *node, uint64_t repeated)
{
	uint32_t at;
	bool is_new;
	int r;

	if (name.len == 0)
		return 0;
	if (HEIR_RESERVE(b->anchors, b->n_anchors, b->anchors_size) < 0)
		return -ENOMEM;
	r = heir_map_put(&b->anchor_of, name, b->n_anchors, &at, &is_new);
	if (r < 0)
		return r;
	/* A later anchor of the same name replaces it. */
	b->anchors[at] = (struct heir_tree_anchor){node, repeated};
	b->n_anchors += is_new;
	return 0;
}

int heir_build_open(
	struct heir_tree_builder *b, enum heir_tree_type type, uint32_t at, struct heir_str anchor)
{
	struct heir_tree_frame *frame = top_frame(b);
	const struct heir_tree_filter *filter = b->filter;
	struct heir_tree_node *node;
	int r;

	if (b->depth + b->skipped == HEIR_TREE_MAX_DEPTH)
		return heir_build_fail(b, "nested deeper than heir reads", at, 1);
	if (b->skipped > 0 || !heir_build_keeps(b)) {
		b->skipped++;
		return 0;
	}
	if (awaits_key(frame))
		return heir_build_fail(b, "a key that is not a string", at, 1);
	if (frame)
		filter = frame->node->type == HEIR_TREE_LIST ? frame->filter : frame->below;
	r = add_node(b, type, at, 0, &node);
	if (r < 0)
		return r;
	b->frames[b->depth++] = (struct heir_tree_frame){
		.node = node, .last = &node->first, .filter = filter, .anchor = anchor};
	return 0;
}

int heir_build_close(struct heir_tree_builder *b, uint32_t end)
{
	struct heir_tree_frame *frame = top_frame(b);
	uint64_t repeated;
	int r;

	if (b->skipped > 0) {
		b->skipped--;
		finish_dropped(b);
		return 0;
	}
	b->depth--;
	frame->node->len = end - frame->node->at;
	repeated = frame->repeated;
	r = frame->merges ? resolve_merges(b, frame->node) : 0;
	if (r < 0)
		return r;
	r = add_anchor(b, frame->anchor, frame->node, frame->node->len + repeated);
	frame = top_frame(b);
	if (frame)
		frame->repeated += repeated;
	return r;
}

int heir_build_scalar(struct heir_tree_builder *b, enum heir_tree_type type, struct heir_str text,
	uint32_t at, uint32_t len, struct heir_str anchor)
{
	struct heir_tree_node *node;
	int r;

	if (b->skipped > 0)
		return 0;
	if (awaits_key(top_frame(b))) {
		set_key(b, text, type == HEIR_TREE_PLAIN);
		return 0;
	}
	if (!heir_build_keeps(b)) {
		finish_dropped(b);
		return 0;
	}
	r = add_node(b, type, at, len, &node);
	if (r < 0)
		return r;
	node->text = text;
	return add_anchor(b, anchor, node, len);
}

/* An alias shares the children of its target, so an alias bomb takes no memory here, and the
 * budget bounds the time of code that walks the tree. */
int heir_build_alias(struct heir_tree_builder *b, struct heir_str name, uint32_t at, uint32_t len)
{
	struct heir_tree_frame *frame = top_frame(b);
	struct heir_tree_node *node;
	uint32_t i;
	int r;

	if (b->skipped > 0)
		return 0;
	if (awaits_key(frame))
		return heir_build_fail(b, "a key that is not a string", at, len);
	if (!heir_build_keeps(b)) {
		finish_dropped(b);
		return 0;
	}
	i = heir_map_get(&b->anchor_of, name);
	if (i == HEIR_MAP_NONE)
		return heir_build_fail(b, "an alias to an unknown anchor", at, len);
	b->repeated += b->anchors[i].repeated;
	if (b->repeated > HEIR_TREE_MAX_REPEATED)
		return heir_build_fail(b, "aliases repeat more than heir reads", at, len);
	r = add_node(b, b->anchors[i].node->type, at, len, &node);
	if (r < 0)
		return r;
	node->text = b->anchors[i].node->text;
	node->first = b->anchors[i].node->first;
	if (frame)
		frame->repeated += b->anchors[i].repeated;
	return 0;
}

/* ---- Reading ---- */

/* kubectl treats input that begins with a brace as JSON. Here it must continue like JSON as well,
 * because YAML's flow style begins in the same way. */
static bool begins_json(struct heir_str text, uint32_t at)
{
	size_t i = at;

	if (i == text.len || text.p[i] != '{')
		return false;
	i++;
	while (i < text.len && strchr(" \t\r\n", text.p[i]) && text.p[i])
		i++;
	return i < text.len && (text.p[i] == '"' || text.p[i] == '}');
}

/* After a fault: returns the next line that begins a document, or the end. */
static uint32_t next_document(struct heir_str text, uint32_t at)
{
	const char *p = text.p + at, *end = text.p + text.len;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		p++;
		if (end - p >= 3 && memcmp(p, "---", 3) == 0)
			return (uint32_t)(p - text.p);
	}
	return (uint32_t)text.len;
}

static uint32_t skip_blanks(struct heir_str text, uint32_t at)
{
	while (at < text.len && (text.p[at] == ' ' || text.p[at] == '\t' || text.p[at] == '\r' ||
					text.p[at] == '\n'))
		at++;
	return at;
}

static int read_on(
	struct heir_tree_builder *b, const struct heir_tree_receiver *receiver, uint32_t *at)
{
	uint32_t begin = skip_blanks(b->text, *at);

	if (begins_json(b->text, begin)) {
		*at = begin;
		return heir_build_json(b, receiver, at);
	}
	return heir_build_yaml(b, receiver, at);
}

/* Returns whether a limit of the whole text is reached, so that nothing more fits. */
static bool is_full(const struct heir_tree_builder *b)
{
	return b->n_nodes == HEIR_TREE_MAX_NODES || b->repeated > HEIR_TREE_MAX_REPEATED;
}

int heir_tree_read(struct heir_str text, struct heir_arena *arena,
	const struct heir_tree_filter *filter, const struct heir_tree_receiver *receiver)
{
	struct heir_tree_builder *b = calloc(1, sizeof(*b));
	uint32_t at = 0, faults = 0;
	int r = 0;

	if (!b)
		return -ENOMEM;
	b->text = text;
	b->arena = arena;
	b->filter = filter;
	if (text.len > HEIR_TREE_MAX_TEXT) {
		b->fault.what = "larger than 128 MiB, the most that heir reads of one input";
		r = receiver->fault(receiver->data, &b->fault);
		at = (uint32_t)(text.len = 0);
	}
	if (text.len >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	while (r == 0 && at < text.len && faults < HEIR_TREE_MAX_FAULTS && !is_full(b)) {
		r = read_on(b, receiver, &at);
		if (r == -EINVAL) {
			r = receiver->fault(receiver->data, &b->fault);
			/* The next document may begin on the line of the fault, but not before. */
			at = next_document(text, MAX(b->fault.at, at + 1) - 1);
			faults++;
		}
	}
	release_builder(b);
	return r;
}
