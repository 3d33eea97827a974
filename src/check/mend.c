/* SPDX-License-Identifier: Apache-2.0 */
/* Where a mend begins and ends in the text. The document has no faults, so that a key which stands
 * in no inline table begins a line, but for the parts of a dotted key and blanks before it, and
 * behind its value there is nothing but a comment. */
#include "check/mend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_inline(const struct heir_toml_doc *doc, heir_toml_node node)
{
	return heir_toml_type(doc, node) == HEIR_TOML_TABLE && node != HEIR_TOML_ROOT &&
	       heir_toml_text(doc).p[heir_toml_value_span(doc, node).at] == '{';
}

static bool is_in_inline(const struct heir_toml_doc *doc, heir_toml_node node)
{
	for (node = heir_toml_parent(doc, node); node; node = heir_toml_parent(doc, node))
		if (is_inline(doc, node))
			return true;
	return false;
}

static uint32_t end_of(struct heir_toml_span span)
{
	return span.at + span.len;
}

static uint32_t end_of_value(const struct heir_toml_doc *doc, heir_toml_node node)
{
	return end_of(heir_toml_value_span(doc, node));
}

/* Are there only blanks in [from, to), and a comma if one is asked for? */
static bool is_gap(struct heir_str text, uint32_t from, uint32_t to, bool comma)
{
	for (; from < to; from++) {
		if (comma && text.p[from] == ',')
			comma = false;
		else if (text.p[from] != ' ' && text.p[from] != '\t')
			return false;
	}
	return !comma;
}

/* Is every entry of the inline table a key and its value, with nothing but blanks and commas
 * between them? */
static bool is_simple(const struct heir_toml_doc *doc, heir_toml_node table)
{
	struct heir_str text = heir_toml_text(doc);
	struct heir_toml_span span = heir_toml_value_span(doc, table);
	uint32_t end = span.at + 1;
	bool comma = false;

	heir_toml_foreach (node, doc, table) {
		struct heir_toml_span key = heir_toml_key_span(doc, node);
		struct heir_toml_span value = heir_toml_value_span(doc, node);

		/* A table of dotted keys has no value of its own. */
		if (value.at <= key.at || key.at < end || !is_gap(text, end, key.at, comma))
			return false;
		end = end_of(value);
		comma = true;
	}
	return is_gap(text, end, end_of(span) - 1, false);
}

/* Is there a way to make it? Entries of one table are asked for one after the other. */
static bool is_possible(struct heir_check *check, const struct heir_mend *mend)
{
	const struct heir_toml_doc *doc = check->config->docs[mend->source];
	heir_toml_node table = heir_toml_parent(doc, mend->node);
	enum heir_toml_type type = heir_toml_type(doc, mend->node);

	if (mend->kind == HEIR_MEND_SPELL || mend->kind == HEIR_MEND_ADD)
		return true;
	if (type == HEIR_TOML_ARRAY_OF_TABLES ||
		(type == HEIR_TOML_TABLE && !is_inline(doc, mend->node)))
		return false;
	if (mend->kind == HEIR_MEND_REPLACE || !is_in_inline(doc, mend->node))
		return true;
	if (check->inline_table.source != mend->source || check->inline_table.node != table) {
		check->inline_table.source = mend->source;
		check->inline_table.node = table;
		check->inline_table.simple = is_inline(doc, table) && is_simple(doc, table);
	}
	return check->inline_table.simple;
}

void heir_find_mend(struct heir_check *check, struct heir_diag *diag, const struct heir_mend *mend)
{
	struct heir_mend *copy;

	if (!diag || !is_possible(check, mend))
		return;
	copy = heir_arena_new(&check->core->arena, struct heir_mend);
	if (!copy) {
		check->error = -ENOMEM;
		return;
	}
	*copy = *mend;
	diag->mend = copy;
}

/* ---- Edits ---- */

struct editor {
	const struct heir_toml_doc *doc;
	struct heir_str text;
	uint8_t *marks; /* by node: 1 << heir_mend_kind, DONE */
	struct heir_edit *edits;
	uint32_t n;
};

enum { DONE = 1 << 7 };

static void add(struct editor *e, uint32_t from, uint32_t to, struct heir_str text)
{
	e->edits[e->n++] = (struct heir_edit){from, to - from, text};
}

static bool is_removed(const struct editor *e, heir_toml_node node)
{
	return e->marks[node] >> HEIR_MEND_REMOVE & 1;
}

/* Of an inline table all at once, because where a comma belongs depends on what is left: one that
 * has something left before it goes with the comma before it, the others with the one behind. */
static void remove_entries(struct editor *e, heir_toml_node table)
{
	heir_toml_node next, before = 0;
	bool is_left = false;

	if (e->marks[table] & DONE)
		return;
	e->marks[table] |= DONE;
	for (heir_toml_node node = heir_toml_first(e->doc, table); node; node = next) {
		uint32_t from = heir_toml_key_span(e->doc, node).at;
		uint32_t to = end_of_value(e->doc, node);

		next = heir_toml_next(e->doc, node);
		if (!is_removed(e, node))
			is_left = true;
		else if (is_left)
			add(e, end_of_value(e->doc, before), to, HEIR_STR(""));
		else
			add(e, from, next ? heir_toml_key_span(e->doc, next).at : to, HEIR_STR(""));
		before = node;
	}
}

/* The whole line, or lines, but not a byte order mark. */
static void remove_lines(struct editor *e, heir_toml_node node)
{
	const char *p = e->text.p, *key = p + heir_toml_key_span(e->doc, node).at;
	const char *before = memrchr(p, '\n', (size_t)(key - p));
	const char *from = before ? before + 1 : p;
	uint32_t value = end_of_value(e->doc, node);
	const char *after = memchr(p + value, '\n', e->text.len - value);

	if (from == p && heir_str_starts(e->text, "\xef\xbb\xbf"))
		from += 3;
	add(e, (uint32_t)(from - p), (uint32_t)(after ? after + 1 - p : (ptrdiff_t)e->text.len),
		HEIR_STR(""));
}

static void make(struct editor *e, const struct heir_mend *mend)
{
	struct heir_toml_span key = heir_toml_key_span(e->doc, mend->node);
	heir_toml_node table = heir_toml_parent(e->doc, mend->node);

	if (mend->kind == HEIR_MEND_ADD)
		add(e, end_of_value(e->doc, mend->node), end_of_value(e->doc, mend->node),
			mend->text);
	else if (mend->kind == HEIR_MEND_REPLACE)
		add(e, key.at, end_of_value(e->doc, mend->node), mend->text);
	else if (mend->kind == HEIR_MEND_SPELL && !(e->marks[mend->node] >> HEIR_MEND_REPLACE & 1))
		add(e, key.at, end_of(key), mend->text);
	else if (mend->kind == HEIR_MEND_REMOVE && is_inline(e->doc, table))
		remove_entries(e, table);
	else if (mend->kind == HEIR_MEND_REMOVE)
		remove_lines(e, mend->node);
}

/* A text without a newline at its end stays one: with its last line goes the newline before it. */
static void keep_end(struct editor *e)
{
	struct heir_edit *last = e->n ? &e->edits[e->n - 1] : NULL;
	const char *p = e->text.p;

	if (!last || last->text.len || (size_t)last->at + last->len < e->text.len ||
		last->at == 0 || p[last->at - 1] != '\n' || p[e->text.len - 1] == '\n')
		return;
	last->at--;
	last->len++;
	if (last->at > 0 && p[last->at - 1] == '\r') {
		last->at--;
		last->len++;
	}
}

int heir_mends_edit(const struct heir_toml_doc *doc, const struct heir_mend *const *mends,
	uint32_t n, struct heir_edit *edits, uint32_t *ret_n)
{
	struct editor e = {.doc = doc, .text = heir_toml_text(doc), .edits = edits};

	e.marks = calloc(heir_toml_n_nodes(doc) + 1u, 1);
	if (!e.marks)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		e.marks[mends[i]->node] |= (uint8_t)(1 << mends[i]->kind);
	for (uint32_t i = 0; i < n; i++)
		make(&e, mends[i]);
	free(e.marks);
	e.n = heir_edits_sort(edits, e.n);
	keep_end(&e);
	*ret_n = e.n;
	return 0;
}
