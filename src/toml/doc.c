/* SPDX-License-Identifier: Apache-2.0 */
/* The tree. See doc.h for the layout of cells; this file allocates them, links children, and finds
 * children by name. */
#include "toml/doc.h"

#include <errno.h>
#include <stdlib.h>

#include "base/vec.h"

enum {
	FIRST_SLOTS = 64,
	/* From this many keys on a table's hash is seeded. Below that, colliding keys cost next to
	 * nothing. */
	SEED_FROM = 1024,
};

static const uint64_t mix_a = 0x9e3779b97f4a7c15u, mix_b = 0xd6e8feb86659fd93u;

static uint64_t mix_words(uint64_t a, uint64_t b)
{
	uint64_t x = (a ^ b) * mix_a;

	return (x ^ (x >> 32)) * mix_b;
}

static uint64_t load_word(const char *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return x;
}

/* Loads the last 0 to 8 bytes. */
static uint64_t load_tail(const char *p, size_t n)
{
	uint32_t low, high;

	if (n >= 4) {
		memcpy(&low, p, sizeof(low));
		memcpy(&high, p + n - 4, sizeof(high));
		return (uint64_t)high << 32 | low;
	}
	if (n == 0)
		return 0;
	return (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n >> 1] << 8 |
	       (unsigned char)p[n - 1];
}

static uint64_t hash_bytes(const char *p, size_t n, uint64_t seed)
{
	uint64_t h = seed + n * mix_b;

	while (n > 8) {
		h = mix_words(h, load_word(p));
		p += 8;
		n -= 8;
	}
	h = mix_words(h, load_tail(p, n));
	return h ^ (h >> 29);
}

uint32_t heir_toml_key_hash(struct heir_str key)
{
	return (uint32_t)hash_bytes(key.p, key.len, 0);
}

static uint32_t slot_hash(
	const struct heir_toml_doc *doc, heir_toml_node table, uint32_t hash, struct heir_str key)
{
	uint64_t h = doc->seeded ? heir_hash(&doc->seed, key) : hash;

	h = mix_words(h, (uint64_t)table << 32);
	return (uint32_t)(h >> 16);
}

struct heir_toml_doc *heir_toml_doc_new(struct heir_str text)
{
	struct heir_toml_doc *doc = calloc(1, sizeof(*doc));

	if (!doc)
		return NULL;
	doc->text = text;
	heir_arena_init(&doc->arena);
	if (heir_toml_doc_add(doc, HEIR_TOML_TABLE, NULL, (struct heir_toml_span){0, 0}, 0) == 0)
		return heir_toml_free(doc);
	return doc;
}

/* Returns how many chunks to allocate at once if there are n already. */
static uint32_t chunks_at(uint32_t n)
{
	return n < HEIR_TOML_SINGLE_CHUNKS ? 1 : HEIR_TOML_SLAB;
}

struct heir_toml_doc *heir_toml_free(struct heir_toml_doc *doc)
{
	if (!doc)
		return NULL;
	for (uint32_t i = 0; i < doc->n_chunks; i += chunks_at(i))
		free(doc->chunks[i]);
	free(doc->chunks);
	free(doc->slots);
	free(doc->decoded);
	free(doc->faults);
	heir_arena_release(&doc->arena);
	free(doc);
	return NULL;
}

/* Allocates the next chunks: single ones at first, groups later. */
static int add_chunks(struct heir_toml_doc *doc)
{
	uint32_t n = chunks_at(doc->n_chunks);
	struct heir_toml_cell *cells;

	if (doc->n_chunks + n > doc->max_chunks) {
		uint32_t max = doc->max_chunks ? doc->max_chunks * 2 + n
					       : (uint32_t)HEIR_TOML_SINGLE_CHUNKS;
		void *grown = realloc(doc->chunks, max * sizeof(doc->chunks[0]));

		if (!grown)
			return -ENOMEM;
		doc->chunks = grown;
		doc->max_chunks = max;
	}
	cells = malloc(sizeof(*cells) * HEIR_TOML_CHUNK * n);
	if (!cells)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		doc->chunks[doc->n_chunks++] = cells + i * HEIR_TOML_CHUNK;
	return 0;
}

static int remember_decoded(struct heir_toml_doc *doc, heir_toml_node node, struct heir_str key)
{
	if (HEIR_RESERVE(doc->decoded, doc->n_decoded, doc->max_decoded) < 0)
		return -ENOMEM;
	doc->decoded[doc->n_decoded++] = (struct heir_toml_decoded){node, key};
	return 0;
}

/* Written with one store: changing single members right afterwards would stall. */
heir_toml_node heir_toml_doc_add(struct heir_toml_doc *doc, enum heir_toml_type type,
	const struct heir_toml_part *part, struct heir_toml_span value, unsigned flags)
{
	static const struct heir_toml_part nothing;
	heir_toml_node node = doc->n_nodes + 1;

	if (node >> HEIR_TOML_CHUNK_BITS >= doc->n_chunks && add_chunks(doc) < 0)
		return 0;
	if (!part)
		part = &nothing;
	if (UNLIKELY(part->decoded)) {
		flags |= HEIR_TOML_DECODED;
		if (remember_decoded(doc, node, part->key) < 0)
			return 0;
	}
	*heir_toml_cell(doc, node) = (struct heir_toml_cell){
		.key = part->span,
		.value = value,
		.hash = part->hash,
		.type = type & 0xf,
		.flags = flags & 0xfff,
	};
	doc->n_nodes = node;
	return node;
}

static struct heir_str find_decoded(const struct heir_toml_doc *doc, heir_toml_node node)
{
	uint32_t low = 0, high = doc->n_decoded;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (doc->decoded[middle].node <= node)
			low = middle;
		else
			high = middle;
	}
	return doc->decoded[low].key;
}

struct heir_str heir_toml_key(const struct heir_toml_doc *doc, heir_toml_node node)
{
	const struct heir_toml_cell *cell = heir_toml_cell(doc, node);
	struct heir_str key = {doc->text.p + cell->key.at, cell->key.len};

	if (cell->flags & HEIR_TOML_DECODED)
		return find_decoded(doc, node);
	if (key.len && (*key.p == '"' || *key.p == '\''))
		return (struct heir_str){key.p + 1, key.len - 2};
	return key;
}

static void put_slot(struct heir_toml_slot *slots, uint32_t n, struct heir_toml_slot slot)
{
	uint32_t i = slot.hash & (n - 1);

	while (slots[i].node)
		i = (i + 1) & (n - 1);
	slots[i] = slot;
}

static uint32_t slot_hash_of(const struct heir_toml_doc *doc, heir_toml_node node)
{
	const struct heir_toml_cell *cell = heir_toml_cell(doc, node);

	return slot_hash(doc, cell->parent, cell->hash, heir_toml_key(doc, node));
}

/* Doubles the shared hash and drops slots of removed nodes. From SEED_FROM children on it switches
 * to a secret key. */
static int grow_slots(struct heir_toml_doc *doc)
{
	uint32_t n = doc->n_slots ? doc->n_slots * 2 : FIRST_SLOTS;
	struct heir_toml_slot *slots = calloc(n, sizeof(*slots));
	bool seed = !doc->seeded && doc->n_used >= SEED_FROM;

	if (!slots)
		return -ENOMEM;
	if (seed) {
		doc->seed = heir_hash_key_secret();
		doc->seeded = true;
	}
	for (uint32_t i = 0; i < doc->n_slots; i++) {
		struct heir_toml_slot slot = doc->slots[i];

		if (!slot.node)
			continue;
		if (heir_toml_cell(doc, slot.node)->parent == 0) {
			doc->n_used--;
			continue;
		}
		if (seed)
			slot.hash = slot_hash_of(doc, slot.node);
		put_slot(slots, n, slot);
	}
	free(doc->slots);
	doc->slots = slots;
	doc->n_slots = n;
	return 0;
}

static int remember_key(struct heir_toml_doc *doc, heir_toml_node node)
{
	if (doc->n_used >= doc->n_slots / 4 * 3 && grow_slots(doc) < 0)
		return -ENOMEM;
	put_slot(doc->slots, doc->n_slots, (struct heir_toml_slot){slot_hash_of(doc, node), node});
	doc->n_used++;
	return 0;
}

/* Puts the children into the hash, because the table is too large to walk. */
static int remember_children(struct heir_toml_doc *doc, struct heir_toml_cell *table)
{
	heir_toml_node node = table->last;

	table->flags |= HEIR_TOML_HASHED;
	do {
		if (remember_key(doc, node) < 0)
			return -ENOMEM;
		node = heir_toml_cell(doc, node)->next;
	} while (node != table->last);
	return 0;
}

int heir_toml_doc_append(struct heir_toml_doc *doc, heir_toml_node parent, heir_toml_node node)
{
	struct heir_toml_cell *above = heir_toml_cell(doc, parent);
	struct heir_toml_cell *cell = heir_toml_cell(doc, node);

	cell->parent = parent;
	cell->next = node;
	if (above->last) {
		struct heir_toml_cell *last = heir_toml_cell(doc, above->last);

		cell->next = last->next;
		last->next = node;
	}
	above->last = node;
	above->n++;
	if (above->n <= HEIR_TOML_FEW || above->type != HEIR_TOML_TABLE)
		return 0;
	if (above->flags & HEIR_TOML_HASHED)
		return remember_key(doc, node);
	return remember_children(doc, above);
}

static heir_toml_node find_hashed(
	const struct heir_toml_doc *doc, heir_toml_node table, uint32_t hash, struct heir_str key)
{
	uint32_t wanted = slot_hash(doc, table, hash, key);
	uint32_t i = wanted & (doc->n_slots - 1);

	for (; doc->slots[i].node; i = (i + 1) & (doc->n_slots - 1)) {
		heir_toml_node node = doc->slots[i].node;

		if (doc->slots[i].hash == wanted && heir_toml_cell(doc, node)->parent == table &&
			heir_str_eq(heir_toml_key(doc, node), key))
			return node;
	}
	return 0;
}

heir_toml_node heir_toml_doc_find(
	const struct heir_toml_doc *doc, heir_toml_node table, uint32_t hash, struct heir_str key)
{
	const struct heir_toml_cell *cell = heir_toml_cell(doc, table);
	heir_toml_node node = cell->last;

	if (cell->flags & HEIR_TOML_HASHED)
		return find_hashed(doc, table, hash, key);
	if (!node)
		return 0;
	do {
		const struct heir_toml_cell *child = heir_toml_cell(doc, node);

		if (child->hash == hash && heir_str_eq(heir_toml_key(doc, node), key))
			return node;
		node = child->next;
	} while (node != cell->last);
	return 0;
}

/* Always removes the first leaf, so depth costs no stack. Slots of the shared hash remain: their
 * nodes have no parent any more and match nothing. */
void heir_toml_doc_drop_children(struct heir_toml_doc *doc, heir_toml_node top)
{
	heir_toml_node node = top;

	for (;;) {
		struct heir_toml_cell *cell = heir_toml_cell(doc, node), *above;
		heir_toml_node parent = cell->parent;

		if (cell->last) {
			node = heir_toml_cell(doc, cell->last)->next;
			continue;
		}
		cell->flags &= (uint32_t)~HEIR_TOML_HASHED & 0xfff;
		cell->n = 0;
		if (node == top)
			return;
		above = heir_toml_cell(doc, parent);
		if (above->last == node)
			above->last = 0;
		else
			heir_toml_cell(doc, above->last)->next = cell->next;
		cell->parent = 0;
		cell->type = HEIR_TOML_NONE;
		node = parent;
	}
}

void heir_toml_doc_move(struct heir_toml_doc *doc, heir_toml_node to, heir_toml_node from)
{
	struct heir_toml_cell *target = heir_toml_cell(doc, to);
	struct heir_toml_cell *source = heir_toml_cell(doc, from);
	heir_toml_node node = source->last;

	heir_toml_doc_drop_children(doc, to);
	target->type = source->type;
	target->last = source->last;
	target->n = source->n;
	target->value = source->value;
	source->type = HEIR_TOML_NONE;
	source->last = 0;
	source->n = 0;
	if (!node)
		return;
	do {
		heir_toml_cell(doc, node)->parent = to;
		node = heir_toml_cell(doc, node)->next;
	} while (node != target->last);
}

struct heir_str heir_toml_text(const struct heir_toml_doc *doc)
{
	return doc->text;
}

uint32_t heir_toml_n_nodes(const struct heir_toml_doc *doc)
{
	return doc->n_nodes;
}

enum heir_toml_type heir_toml_type(const struct heir_toml_doc *doc, heir_toml_node node)
{
	return node ? (enum heir_toml_type)heir_toml_cell(doc, node)->type : HEIR_TOML_NONE;
}

const char *heir_toml_type_name(enum heir_toml_type type)
{
	static const char *const names[] = {
		[HEIR_TOML_NONE] = "nothing",
		[HEIR_TOML_STRING] = "string",
		[HEIR_TOML_INTEGER] = "integer",
		[HEIR_TOML_FLOAT] = "float",
		[HEIR_TOML_BOOL] = "boolean",
		[HEIR_TOML_DATETIME] = "date-time",
		[HEIR_TOML_DATETIME_LOCAL] = "local date-time",
		[HEIR_TOML_DATE_LOCAL] = "local date",
		[HEIR_TOML_TIME_LOCAL] = "local time",
		[HEIR_TOML_ARRAY] = "array",
		[HEIR_TOML_ARRAY_OF_TABLES] = "array of tables",
		[HEIR_TOML_TABLE] = "table",
	};

	static_assert(ARRAY_LEN(names) == HEIR_TOML_N_TYPES, "a type without a name");
	return (unsigned)type < ARRAY_LEN(names) ? names[type] : names[HEIR_TOML_NONE];
}

struct heir_toml_span heir_toml_key_span(const struct heir_toml_doc *doc, heir_toml_node node)
{
	const struct heir_toml_cell *cell = heir_toml_cell(doc, node);

	return cell->key.len ? cell->key : cell->value;
}

struct heir_toml_span heir_toml_value_span(const struct heir_toml_doc *doc, heir_toml_node node)
{
	return heir_toml_cell(doc, node)->value;
}

heir_toml_node heir_toml_first(const struct heir_toml_doc *doc, heir_toml_node node)
{
	heir_toml_node last = node ? heir_toml_cell(doc, node)->last : 0;

	return last ? heir_toml_cell(doc, last)->next : 0;
}

heir_toml_node heir_toml_next(const struct heir_toml_doc *doc, heir_toml_node node)
{
	const struct heir_toml_cell *cell = heir_toml_cell(doc, node);

	if (!cell->parent || heir_toml_cell(doc, cell->parent)->last == node)
		return 0;
	return cell->next;
}

uint32_t heir_toml_n_children(const struct heir_toml_doc *doc, heir_toml_node node)
{
	return heir_toml_cell(doc, node)->n;
}

heir_toml_node heir_toml_parent(const struct heir_toml_doc *doc, heir_toml_node node)
{
	return heir_toml_cell(doc, node)->parent;
}

heir_toml_node heir_toml_get(
	const struct heir_toml_doc *doc, heir_toml_node table, struct heir_str key)
{
	if (heir_toml_type(doc, table) != HEIR_TOML_TABLE)
		return 0;
	return heir_toml_doc_find(doc, table, heir_toml_key_hash(key), key);
}

uint16_t heir_toml_tag(const struct heir_toml_doc *doc, heir_toml_node node)
{
	return (uint16_t)heir_toml_cell(doc, node)->tag;
}

void heir_toml_set_tag(struct heir_toml_doc *doc, heir_toml_node node, uint16_t tag)
{
	heir_toml_cell(doc, node)->tag = tag;
}
