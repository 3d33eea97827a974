/* SPDX-License-Identifier: Apache-2.0 */
/* What may be defined where, by two laws at once.
 *
 * The specification: a header defines a table once; dotted keys define tables that no header
 * defines again, and add to none that a header defined; an inline table is closed when it ends; a
 * key has one value. The marks BY_HEADER, BY_DOTS and CLOSED say who defined a table.
 *
 * BurntSushi/toml, which CRI-O reads with: a key that exists may be given again if it is marked as
 * ARRAYTYPED (its last value was an array in brackets: the new value replaces the old one) or as
 * IMPLICIT (the old value stays and the mark goes; the new one is forgotten). A table that a longer
 * header or a dotted key needs is made with IMPLICIT. A dotted key, and an inline table at its
 * opening, sets IMPLICIT on each table on its way *before* giving it an empty table, so it passes
 * through whatever is there and toggles the mark of what was there already. That is why a header
 * may follow one dotted key into its table but not two. Mirrors setValue, addContext,
 * addImplicitContext, valueArray and valueInlineTable of BurntSushi's parser.
 *
 * BurntSushi keeps the marks by path, this file by node. The two differ only for a path into one
 * array of tables whose elements use the same key in different ways, and for what lay below a value
 * that was replaced.
 *
 * In CRI-O's dialect its law decides what the tree holds and what is fatal; what the specification
 * alone forbids is a tolerated fault. */
#include <errno.h>

#include "toml/parse.h"

/* What happens when a frame closes. */
enum {
	STORED,   /* nothing: its node is in place already */
	REPLACE,  /* its node replaces `existing` */
	TWICE,    /* its key was defined before; BurntSushi reports that at the end */
	OBSTACLE, /* its path leads through `existing`, which is not a table */
	BLOCKED,  /* the same for a table: reported at its first entry, else as TWICE */
};

static struct heir_toml_cell *cell_of(const struct heir_toml_parser *parser, heir_toml_node node)
{
	return heir_toml_cell(parser->doc, node);
}

/* Reports `before` "path of node" `after`, with the node as the other place. */
static int report_definition(struct heir_toml_parser *parser, bool tolerated,
	struct heir_toml_span where, heir_toml_node node, const char *before, const char *after)
{
	struct heir_toml_span other = heir_toml_key_span(parser->doc, node);
	const char *path = heir_toml_path(parser, node), *message;

	if (!path)
		return -ENOMEM;
	message = heir_arena_printf(&parser->doc->arena, "%s\"%s\"%s", before, path, after);
	if (!message)
		return -ENOMEM;
	return heir_toml_report(parser, HEIR_TOML_DUPLICATE, tolerated, where, &other, message);
}

static int report_twice(struct heir_toml_parser *parser, bool tolerated,
	struct heir_toml_span where, heir_toml_node node)
{
	return report_definition(parser, tolerated, where, node,
		cell_of(parser, node)->type == HEIR_TOML_TABLE ? "table " : "key ",
		" is already defined");
}

static int report_not_table(
	struct heir_toml_parser *parser, struct heir_toml_span where, heir_toml_node node)
{
	return report_definition(
		parser, false, where, node, "key ", " is already defined and is not a table");
}

static int report_added(struct heir_toml_parser *parser, bool tolerated,
	struct heir_toml_span where, heir_toml_node node)
{
	const struct heir_toml_cell *cell = cell_of(parser, node);

	if (cell->type == HEIR_TOML_ARRAY_OF_TABLES)
		return report_definition(parser, tolerated, where, node, "array of tables ",
			" cannot be extended with dotted keys");
	if (cell->flags & HEIR_TOML_CLOSED)
		return report_definition(
			parser, tolerated, where, node, "inline table ", " cannot be extended");
	return report_definition(parser, tolerated, where, node, "table ",
		" is defined by a header, so dotted keys cannot extend it");
}

/* Gives the node another value. It keeps its position among its siblings. */
static void overwrite(struct heir_toml_parser *parser, heir_toml_node node,
	enum heir_toml_type type, const struct heir_toml_part *part, struct heir_toml_span value)
{
	struct heir_toml_cell *cell = cell_of(parser, node);

	heir_toml_doc_drop_children(parser->doc, node);
	parser->prefix_node = 0;
	cell->type = type & 0xf;
	cell->flags &= HEIR_TOML_DECODED;
	cell->value = value;
	/* The decoded copy of a key is found by the number of its node, so the entry must move to
	 * this node. */
	if (!part->decoded || cell->flags & HEIR_TOML_DECODED)
		cell->key = part->span;
}

static heir_toml_node add_child(struct heir_toml_parser *parser, heir_toml_node parent,
	enum heir_toml_type type, const struct heir_toml_part *part, struct heir_toml_span value,
	unsigned flags)
{
	heir_toml_node node = heir_toml_doc_add(parser->doc, type, part, value, flags);

	if (!node)
		return 0;
	if (parent && heir_toml_doc_append(parser->doc, parent, node) < 0)
		return 0;
	return node;
}

static heir_toml_node find_child(const struct heir_toml_parser *parser, heir_toml_node table,
	const struct heir_toml_part *part)
{
	return heir_toml_doc_find(parser->doc, table, part->hash, part->key);
}

/* Enters the table, or the last element of the array of tables. */
static void enter_definition(
	struct heir_toml_parser *parser, struct heir_toml_target *target, heir_toml_node node)
{
	const struct heir_toml_cell *cell = cell_of(parser, node);
	bool array = cell->type == HEIR_TOML_ARRAY_OF_TABLES;

	target->parent = array ? cell->last : node;
	target->depth += 1u + array;
}

static bool holds_keys(const struct heir_toml_cell *cell)
{
	return cell->type == HEIR_TOML_TABLE || cell->type == HEIR_TOML_ARRAY_OF_TABLES;
}

/* Walks through an existing node by BurntSushi's rules. `next`: another part follows before the
 * last. */
static int pass_crio(struct heir_toml_parser *parser, struct heir_toml_target *target,
	heir_toml_node node, const struct heir_toml_part *part, bool next)
{
	struct heir_toml_cell *cell = cell_of(parser, node);
	int r = 0;

	cell->flags &= ~HEIR_TOML_IMPLICIT & 0xfff;
	if (cell->flags & HEIR_TOML_ARRAYTYPED) {
		r = report_twice(parser, true, part->span, node);
		overwrite(parser, node, HEIR_TOML_TABLE, part, part->span);
		cell->flags |= HEIR_TOML_ARRAYTYPED | HEIR_TOML_BY_DOTS;
		enter_definition(parser, target, node);
		return r;
	}
	if (!holds_keys(cell) || (cell->flags & HEIR_TOML_SHADOWED && parser->n_frames)) {
		target->parent = 0;
		/* BurntSushi walks through the last part before the value only after reading the
		 * value. */
		target->obstacle = next ? 0 : node;
		return next ? report_not_table(parser, part->span, node) : 0;
	}
	if (cell->type == HEIR_TOML_ARRAY_OF_TABLES ||
		cell->flags & (HEIR_TOML_BY_HEADER | HEIR_TOML_CLOSED))
		r = report_added(parser, true, part->span, node);
	cell->flags |= HEIR_TOML_BY_DOTS;
	enter_definition(parser, target, node);
	return r;
}

static int pass_spec(struct heir_toml_parser *parser, struct heir_toml_target *target,
	heir_toml_node node, const struct heir_toml_part *part)
{
	struct heir_toml_cell *cell = cell_of(parser, node);

	if (cell->type == HEIR_TOML_TABLE &&
		!(cell->flags & (HEIR_TOML_BY_HEADER | HEIR_TOML_CLOSED))) {
		cell->flags |= HEIR_TOML_BY_DOTS;
		enter_definition(parser, target, node);
		return 0;
	}
	target->parent = 0;
	return holds_keys(cell) ? report_added(parser, false, part->span, node)
				: report_not_table(parser, part->span, node);
}

/* Reports the first entry of an inline table whose key has a value of another type. */
static int report_blocked(struct heir_toml_parser *parser)
{
	struct heir_toml_frame *frame = &parser->frames[parser->n_frames - 1];

	frame->ending = STORED;
	return report_not_table(parser, parser->last_key, frame->existing);
}

int heir_toml_walk_key(struct heir_toml_parser *parser, struct heir_toml_target *target)
{
	unsigned flags = HEIR_TOML_BY_DOTS | (parser->crio ? HEIR_TOML_IMPLICIT : 0);
	size_t last = parser->n_parts - 1;
	int r = 0;

	target->part = &parser->parts[last];
	if (parser->n_frames && parser->frames[parser->n_frames - 1].ending == BLOCKED)
		r = report_blocked(parser);
	for (size_t i = 0; i < last && r == 0 && target->parent; i++) {
		const struct heir_toml_part *part = &parser->parts[i];
		heir_toml_node node = find_child(parser, target->parent, part);

		if (target->depth > HEIR_TOML_MAX_DEPTH)
			return heir_toml_refuse_depth(parser, parser->text + part->span.at);
		if (node) {
			r = parser->crio ? pass_crio(parser, target, node, part, i + 1 < last)
					 : pass_spec(parser, target, node, part);
			continue;
		}
		node = add_child(parser, target->parent, HEIR_TOML_TABLE, part, part->span, flags);
		if (!node)
			return -ENOMEM;
		enter_definition(parser, target, node);
	}
	return r;
}

int heir_toml_walk_header(struct heir_toml_parser *parser, struct heir_toml_target *target,
	struct heir_toml_span header)
{
	unsigned flags = parser->crio ? HEIR_TOML_IMPLICIT : 0;
	size_t last = parser->n_parts - 1;
	int r = 0;

	target->part = &parser->parts[last];
	for (size_t i = 0; i < last && r == 0 && target->parent; i++) {
		const struct heir_toml_part *part = &parser->parts[i];
		heir_toml_node node = find_child(parser, target->parent, part);

		if (target->depth > HEIR_TOML_MAX_DEPTH)
			return heir_toml_refuse_depth(parser, parser->text + part->span.at);
		if (!node) {
			node = add_child(
				parser, target->parent, HEIR_TOML_TABLE, part, header, flags);
			if (!node)
				return -ENOMEM;
		} else if (!holds_keys(cell_of(parser, node))) {
			target->parent = 0;
			return report_not_table(parser, part->span, node);
		} else if (cell_of(parser, node)->flags & HEIR_TOML_CLOSED) {
			r = report_added(parser, parser->crio, part->span, node);
			if (!parser->crio) {
				target->parent = 0;
				return r;
			}
		}
		enter_definition(parser, target, node);
	}
	return r;
}

/* A header names an existing table. Returns whether the header may define it. */
static bool take_over(struct heir_toml_parser *parser, heir_toml_node node,
	const struct heir_toml_part *part, struct heir_toml_span header, int *r)
{
	struct heir_toml_cell *cell = cell_of(parser, node);
	bool defined = cell->type != HEIR_TOML_TABLE || cell->flags & HEIR_TOML_DEFINED;

	if (parser->crio && cell->flags & HEIR_TOML_ARRAYTYPED) {
		*r = report_twice(parser, true, part->span, node);
		overwrite(parser, node, HEIR_TOML_TABLE, part, header);
		return true;
	}
	if (parser->crio ? !(cell->flags & HEIR_TOML_IMPLICIT) : defined) {
		*r = report_twice(parser, false, part->span, node);
		return false;
	}
	if (defined)
		*r = report_twice(parser, true, part->span, node);
	cell->flags &= ~HEIR_TOML_IMPLICIT & 0xfff;
	cell->value = header;
	return true;
}

static int define_table(struct heir_toml_parser *parser, const struct heir_toml_target *target,
	struct heir_toml_span header)
{
	heir_toml_node node = find_child(parser, target->parent, target->part);
	int r = 0;

	if (!node) {
		node = add_child(parser, target->parent, HEIR_TOML_TABLE, target->part, header, 0);
		if (!node)
			return -ENOMEM;
	} else if (!take_over(parser, node, target->part, header, &r)) {
		return r;
	}
	cell_of(parser, node)->flags |= HEIR_TOML_BY_HEADER;
	parser->table = node;
	parser->table_depth = target->depth;
	return r;
}

static int define_element(struct heir_toml_parser *parser, const struct heir_toml_target *target,
	struct heir_toml_span header)
{
	heir_toml_node array = find_child(parser, target->parent, target->part);

	if (target->depth + 1 > HEIR_TOML_MAX_DEPTH)
		return heir_toml_refuse_depth(parser, parser->text + target->part->span.at);
	if (!array)
		array = add_child(
			parser, target->parent, HEIR_TOML_ARRAY_OF_TABLES, target->part, header, 0);
	else if (cell_of(parser, array)->type != HEIR_TOML_ARRAY_OF_TABLES)
		return report_definition(parser, false, target->part->span, array, "key ",
			" is already defined and is not an array of tables");
	if (!array)
		return -ENOMEM;
	parser->table =
		add_child(parser, array, HEIR_TOML_TABLE, NULL, header, HEIR_TOML_BY_HEADER);
	parser->table_depth = target->depth + 1;
	return parser->table ? 0 : -ENOMEM;
}

int heir_toml_define_header(struct heir_toml_parser *parser, const struct heir_toml_target *target,
	bool array, struct heir_toml_span header)
{
	if (!target->parent)
		return 0;
	if (target->depth > HEIR_TOML_MAX_DEPTH)
		return heir_toml_refuse_depth(parser, parser->text + target->part->span.at);
	return array ? define_element(parser, target, header)
		     : define_table(parser, target, header);
}

/* Assigns a scalar to an existing key, by BurntSushi's rules. */
static int set_again(struct heir_toml_parser *parser, heir_toml_node node,
	const struct heir_toml_part *part, enum heir_toml_type type, struct heir_toml_span value)
{
	struct heir_toml_cell *cell = cell_of(parser, node);
	bool array = parser->n_frames && parser->frames[parser->n_frames - 1].in_array;
	bool implicit = cell->flags & HEIR_TOML_IMPLICIT;
	int r = report_twice(
		parser, implicit || cell->flags & HEIR_TOML_ARRAYTYPED, part->span, node);

	/* Unlike other values, an inline table in an array is not taken from the common tree but
	 * from its own entries; the last one counts. */
	if (cell->flags & HEIR_TOML_ARRAYTYPED || (implicit && array)) {
		overwrite(parser, node, type, part, value);
	} else if (implicit) {
		cell->flags &= ~HEIR_TOML_IMPLICIT & 0xfff;
		if (parser->n_frames)
			cell->flags |= HEIR_TOML_SHADOWED;
	}
	return r;
}

int heir_toml_define_scalar(struct heir_toml_parser *parser, const struct heir_toml_target *target,
	enum heir_toml_type type, struct heir_toml_span value)
{
	heir_toml_node node = 0;

	if (UNLIKELY(!target->parent))
		return target->obstacle
			       ? report_not_table(parser, target->part->span, target->obstacle)
			       : 0;
	if (target->part)
		node = find_child(parser, target->parent, target->part);
	if (LIKELY(!node))
		return add_child(parser, target->parent, type, target->part, value, 0) ? 0
										       : -ENOMEM;
	if (parser->crio)
		return set_again(parser, node, target->part, type, value);
	return report_twice(parser, false, target->part->span, node);
}

/* For BurntSushi an inline table in an array is, as long as the array is open, in an array of
 * tables at the array's key. So an existing value there must be one. */
static int open_item(struct heir_toml_parser *parser)
{
	heir_toml_node existing = 0;
	uint8_t ending = STORED;

	for (size_t i = parser->n_frames; i > 0 && !parser->frames[i - 1].table; i--) {
		struct heir_toml_frame *frame = &parser->frames[i - 1];

		existing = frame->existing;
		ending = frame->ending;
		if (existing && ending == REPLACE &&
			cell_of(parser, existing)->type == HEIR_TOML_ARRAY_OF_TABLES)
			return 0;
		frame->existing = 0;
		frame->ending = STORED;
	}
	if (!existing)
		return 0;
	if (ending == OBSTACLE)
		return report_not_table(parser, parser->last_key, existing);
	return report_definition(parser, false, parser->last_key, existing, "key ",
		" is already defined and is not an array of tables");
}

/* Assigns an inline table to an existing key, by BurntSushi's rules. */
static int open_table_again(struct heir_toml_parser *parser, const struct heir_toml_part *part,
	struct heir_toml_frame *frame, struct heir_toml_span value)
{
	struct heir_toml_cell *cell = cell_of(parser, frame->existing);

	cell->flags &= ~HEIR_TOML_IMPLICIT & 0xfff;
	if (cell->flags & HEIR_TOML_ARRAYTYPED) {
		int r = report_twice(parser, true, part->span, frame->existing);

		overwrite(parser, frame->existing, HEIR_TOML_TABLE, part, value);
		frame->node = frame->existing;
		return r;
	}
	frame->ending = holds_keys(cell) ? TWICE : BLOCKED;
	if (cell->type == HEIR_TOML_TABLE)
		frame->node = frame->existing;
	else if (cell->type == HEIR_TOML_ARRAY_OF_TABLES)
		frame->node = cell->last;
	return 0;
}

/* The place has a fault. Gives the frame a node outside the tree, unless it has one. */
static int open_elsewhere(struct heir_toml_parser *parser, const struct heir_toml_target *target,
	struct heir_toml_frame *frame, struct heir_toml_span value)
{
	/* Items of arrays have no key. */
	struct heir_toml_span span = target->part ? target->part->span : value;
	int r = 0;

	if (target->obstacle) {
		frame->existing = target->obstacle;
		frame->ending = frame->table ? STORED : OBSTACLE;
		if (frame->table)
			r = report_not_table(parser, span, frame->existing);
	} else if (frame->existing && !parser->crio) {
		r = report_twice(parser, false, span, frame->existing);
	} else if (frame->existing && frame->table && target->part) {
		r = open_table_again(parser, target->part, frame, value);
	} else if (frame->existing) {
		frame->ending = REPLACE;
	}
	if (r == 0 && !frame->node)
		frame->node = heir_toml_doc_add(parser->doc,
			frame->table ? HEIR_TOML_TABLE : HEIR_TOML_ARRAY, target->part, value, 0);
	return r < 0 || frame->node ? r : -ENOMEM;
}

int heir_toml_define_open(struct heir_toml_parser *parser, const struct heir_toml_target *target,
	bool table, const char *p)
{
	struct heir_toml_span value = heir_toml_span(parser, p, p + 1);
	struct heir_toml_frame *above =
		parser->n_frames ? &parser->frames[parser->n_frames - 1] : NULL;
	struct heir_toml_frame *frame = &parser->frames[parser->n_frames];
	unsigned flags = parser->crio && !table ? HEIR_TOML_ARRAYTYPED : 0;
	int r = 0;

	*frame = (struct heir_toml_frame){.depth = target->depth,
		.opened = value.at,
		.table = table,
		.in_array = !table || (above && above->in_array)};
	if (above && !above->table && table)
		r = open_item(parser);
	if (r == 0 && target->parent && target->part)
		frame->existing = find_child(parser, target->parent, target->part);
	if (r < 0)
		return r;
	if (UNLIKELY(!target->parent || frame->existing)) {
		r = open_elsewhere(parser, target, frame, value);
	} else {
		frame->node = add_child(parser, target->parent,
			table ? HEIR_TOML_TABLE : HEIR_TOML_ARRAY, target->part, value, flags);
		if (!frame->node)
			r = -ENOMEM;
	}
	parser->n_frames++;
	return r;
}

int heir_toml_define_close(struct heir_toml_parser *parser, const char *end)
{
	struct heir_toml_frame *frame = &parser->frames[--parser->n_frames];
	struct heir_toml_cell *cell = cell_of(parser, frame->node), *existing;
	int r = 0;

	if (cell->value.at == frame->opened)
		cell->value.len = heir_toml_span(parser, parser->text, end).len - frame->opened;
	if (frame->table)
		cell->flags |= HEIR_TOML_CLOSED;
	switch (frame->ending) {
	case REPLACE:
		existing = cell_of(parser, frame->existing);
		r = report_twice(parser, true, cell->key, frame->existing);
		heir_toml_doc_move(parser->doc, frame->existing, frame->node);
		existing->flags &= HEIR_TOML_DECODED;
		existing->flags |= HEIR_TOML_ARRAYTYPED;
		if (!(cell->flags & HEIR_TOML_DECODED) || existing->flags & HEIR_TOML_DECODED)
			existing->key = cell->key;
		parser->prefix_node = 0;
		break;
	case TWICE:
	case BLOCKED:
		r = report_twice(parser, false, parser->last_key, frame->existing);
		break;
	case OBSTACLE:
		r = report_not_table(parser, parser->last_key, frame->existing);
		break;
	default:
		break;
	}
	return r;
}
