/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes, in both dialects and versions: nothing crashes, every span lies in the text, the tree
 * hangs together, every key is found again, every value can be decoded, and the two dialects differ
 * only where a fault says so. */
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/macro.h"
#include "toml/toml.h"
#include "fuzz.h"

#define CHECK(condition)                  \
	do {                              \
		if (!(condition))         \
			__builtin_trap(); \
	} while (0)

static void check_span(const struct heir_toml_doc *doc, struct heir_toml_span span)
{
	size_t len = heir_toml_text(doc).len;

	CHECK(span.at <= len && span.len <= len - span.at);
}

static void decode(const struct heir_toml_doc *doc, heir_toml_node node, struct heir_arena *arena)
{
	struct heir_toml_datetime t;

	switch (heir_toml_type(doc, node)) {
	case HEIR_TOML_STRING:
		CHECK(heir_toml_string(doc, node, arena).len <=
			heir_toml_value_span(doc, node).len);
		break;
	case HEIR_TOML_INTEGER:
		(void)heir_toml_integer(doc, node);
		break;
	case HEIR_TOML_FLOAT:
		(void)isnan(heir_toml_float(doc, node));
		break;
	case HEIR_TOML_BOOL:
		(void)heir_toml_bool(doc, node);
		break;
	case HEIR_TOML_DATETIME:
	case HEIR_TOML_DATETIME_LOCAL:
	case HEIR_TOML_DATE_LOCAL:
	case HEIR_TOML_TIME_LOCAL:
		t = heir_toml_datetime(doc, node);
		CHECK(heir_toml_fatal(doc) || (t.month <= 12 && t.hour < 24 && t.n_digits <= 9));
		break;
	default:
		break;
	}
}

static void check_children(const struct heir_toml_doc *doc, heir_toml_node node)
{
	bool table = heir_toml_type(doc, node) == HEIR_TOML_TABLE;
	uint32_t n = 0;

	heir_toml_foreach (child, doc, node) {
		CHECK(heir_toml_parent(doc, child) == node);
		CHECK(heir_toml_type(doc, child) != HEIR_TOML_NONE);
		if (table)
			CHECK(heir_toml_get(doc, node, heir_toml_key(doc, child)) == child);
		n++;
	}
	CHECK(n == heir_toml_n_children(doc, node));
}

static void check_document(const struct heir_toml_doc *doc)
{
	struct heir_arena arena;
	bool fatal = false;

	heir_arena_init(&arena);
	for (heir_toml_node node = 1; node <= heir_toml_n_nodes(doc); node++) {
		check_span(doc, heir_toml_key_span(doc, node));
		check_span(doc, heir_toml_value_span(doc, node));
		check_children(doc, node);
		decode(doc, node, &arena);
	}
	for (size_t i = 0; i < heir_toml_n_faults(doc); i++) {
		const struct heir_toml_fault *fault = heir_toml_fault(doc, i);

		check_span(doc, fault->where);
		check_span(doc, fault->other);
		CHECK(fault->where.len > 0 || fault->where.at == heir_toml_text(doc).len);
		fatal |= !fault->tolerated;
	}
	CHECK(fatal == heir_toml_fatal(doc));
	heir_arena_release(&arena);
}

static struct heir_toml_doc *parse(struct heir_str text, enum heir_toml_dialect dialect,
	enum heir_toml_version version, bool variables)
{
	struct heir_toml_options options = {dialect, version, variables};
	struct heir_toml_doc *doc;

	CHECK(heir_toml_parse(text, &options, &doc) == 0);
	check_document(doc);
	return doc;
}

static void compare(const struct heir_toml_doc *spec, const struct heir_toml_doc *crio)
{
	if (heir_toml_n_faults(crio) == 0) {
		CHECK(heir_toml_n_faults(spec) == 0);
		CHECK(heir_toml_n_nodes(spec) == heir_toml_n_nodes(crio));
		for (heir_toml_node node = 1; node <= heir_toml_n_nodes(spec); node++)
			CHECK(heir_toml_type(spec, node) == heir_toml_type(crio, node));
	}
	if (heir_toml_n_faults(spec) == 0) {
		/* Go's limits of numbers and seconds, and nothing else. */
		for (size_t i = 0; i < heir_toml_n_faults(crio); i++) {
			CHECK(!heir_toml_fault(crio, i)->tolerated);
			CHECK(heir_toml_fault(crio, i)->kind == HEIR_TOML_SYNTAX);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heir_str text;
	char *copy = malloc(size ? size : 1);

	/* A copy without anything behind it, so that a step too far is seen. */
	CHECK(copy);
	if (size)
		memcpy(copy, data, size);
	text = (struct heir_str){copy, size};
	for (int i = 0; i < 4; i++) {
		enum heir_toml_version version = i & 1 ? HEIR_TOML_1_1 : HEIR_TOML_1_0;
		struct heir_toml_doc *spec = parse(text, HEIR_TOML_SPEC, version, i & 2);
		struct heir_toml_doc *crio = parse(text, HEIR_TOML_CRIO, version, i & 2);

		compare(spec, crio);
		heir_toml_free(spec);
		heir_toml_free(crio);
	}
	free(copy);
	return 0;
}
