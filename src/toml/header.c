/* SPDX-License-Identifier: Apache-2.0 */
/* Headers, [a.b] and [[a.b]]. Files with handlers repeat the same prefix in every header. So the
 * text before the last part is compared with the previous header; if it is equal, the walk is
 * skipped. */
#include <errno.h>

#include "toml/parse.h"
#include "toml/scan.h"

/* Chooses a table outside the tree for the keys after a bad header, so that they are still
 * checked. */
static int go_nowhere(struct heir_toml_parser *parser)
{
	parser->table = heir_toml_doc_add(
		parser->doc, HEIR_TOML_TABLE, NULL, (struct heir_toml_span){0, 0}, 0);
	parser->table_depth = 0;
	return parser->table ? 0 : -ENOMEM;
}

static bool same_way(const struct heir_toml_parser *parser, const char *name)
{
	return parser->prefix_node && (size_t)(parser->end - name) > parser->prefix_len &&
	       memcmp(name, parser->prefix, parser->prefix_len) == 0;
}

/* Remembers the walk for the next header. */
static void remember_header(struct heir_toml_parser *parser, const char *name,
	const struct heir_toml_target *target, bool clean)
{
	const char *last = parser->text + target->part->span.at;

	parser->prefix = name;
	parser->prefix_len = (size_t)(last - name);
	parser->prefix_node = clean && last > name ? target->parent : 0;
	parser->prefix_depth = target->depth;
}

/* Reads [a.b] or [[a.b]]. If the text up to the last part equals the previous header's, its walk
 * is reused. */
static int read_header(struct heir_toml_parser *parser)
{
	const char *start = parser->p, *p = start + 1, *name;
	bool array = p < parser->end && *p == '[', clean;
	struct heir_toml_target target = {.parent = HEIR_TOML_ROOT, .depth = 1};
	uint32_t n_faults = parser->doc->n_faults;
	int r;

	name = p + array;
	parser->p = name;
	parser->last_key = heir_toml_span(parser, start, start + 1);
	if (same_way(parser, name)) {
		target.parent = parser->prefix_node;
		target.depth = parser->prefix_depth;
		parser->p = name + parser->prefix_len;
	}
	parser->prefix_node = 0;
	r = heir_toml_read_key(parser, ']');
	if (r != 0)
		return r;
	p = parser->p + 1;
	if (array && (p == parser->end || *p != ']'))
		return heir_toml_refuse(parser, p, "expected ']]' after the name of the table");
	p += array;
	r = heir_toml_walk_header(parser, &target, heir_toml_span(parser, start, p));
	if (r != 0)
		return r;
	clean = n_faults == parser->doc->n_faults;
	r = heir_toml_define_header(parser, &target, array, heir_toml_span(parser, start, p));
	if (r == 0)
		remember_header(parser, name, &target, clean && target.parent);
	parser->p = p;
	return r;
}

int heir_toml_header(struct heir_toml_parser *parser)
{
	int r;

	parser->table = 0;
	r = read_header(parser);
	if (r < 0 || parser->table)
		return r;
	return go_nowhere(parser) < 0 ? -ENOMEM : r;
}
