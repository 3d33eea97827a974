/* SPDX-License-Identifier: Apache-2.0 */
/* Where a fix begins and ends in the text. Only documents without faults are fixed, so a key
 * outside inline tables has a line to itself: before it are only blanks and the other parts of a
 * dotted key, after its value only a comment. That makes removing it a matter of removing lines. */
#include "check/fix.h"

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

/* Returns whether [from, to) has only blanks, and one comma if `comma`. */
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

/* Returns whether the inline table has only keys and values with blanks and commas between them: no
 * comments, newlines or dotted keys, which TOML 1.1 allows and an edit would have to preserve. */
static bool is_simple_inline(const struct heir_toml_doc *doc, heir_toml_node table)
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

/* Returns whether one edit can make the fix. The answer for an inline table is kept: rules ask for
 * its entries one after the other, and a table may have as many as the file is long. */
static bool is_one_edit(struct heir_check *check, const struct heir_fix *fix)
{
	const struct heir_toml_doc *doc = check->config->docs[fix->source];
	heir_toml_node table = heir_toml_parent(doc, fix->node);
	enum heir_toml_type type = heir_toml_type(doc, fix->node);

	if (fix->kind == HEIR_FIX_SPELL || fix->kind == HEIR_FIX_ADD)
		return true;
	if (type == HEIR_TOML_ARRAY_OF_TABLES ||
		(type == HEIR_TOML_TABLE && !is_inline(doc, fix->node)))
		return false;
	if (fix->kind == HEIR_FIX_REPLACE || !is_in_inline(doc, fix->node))
		return true;
	if (check->inline_table.source != fix->source || check->inline_table.node != table) {
		check->inline_table.source = fix->source;
		check->inline_table.node = table;
		check->inline_table.simple = is_inline(doc, table) && is_simple_inline(doc, table);
	}
	return check->inline_table.simple;
}

void heir_find_fix(struct heir_check *check, struct heir_diag *diag, const struct heir_fix *fix)
{
	struct heir_fix *copy;

	if (!diag || !is_one_edit(check, fix))
		return;
	copy = heir_arena_new(&check->core->arena, struct heir_fix);
	if (!copy) {
		check->error = -ENOMEM;
		return;
	}
	*copy = *fix;
	diag->fix = copy;
}

/* ---- Edits ---- */

struct editor {
	const struct heir_toml_doc *doc;
	struct heir_str text;
	uint8_t *marks; /* by node: 1 << heir_fix_kind, DONE */
	struct heir_edit *edits;
	uint32_t n;
};

enum { DONE = 1 << 7 };

static void add_edit(struct editor *e, uint32_t from, uint32_t to, struct heir_str text)
{
	e->edits[e->n++] = (struct heir_edit){from, to - from, text};
}

static bool is_removed(const struct editor *e, heir_toml_node node)
{
	return e->marks[node] >> HEIR_FIX_REMOVE & 1;
}

/* Removes all entries of an inline table that are to go. At once, because which comma goes with an
 * entry depends on what is left: the one before it if an entry before it stays, else the one after
 * it. */
static void remove_inline_entries(struct editor *e, heir_toml_node table)
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
			add_edit(e, end_of_value(e->doc, before), to, HEIR_STR(""));
		else
			add_edit(e, from, next ? heir_toml_key_span(e->doc, next).at : to,
				HEIR_STR(""));
		before = node;
	}
}

/* Removes all lines of a key and its value, but not a byte order mark. */
static void remove_lines(struct editor *e, heir_toml_node node)
{
	const char *p = e->text.p, *key = p + heir_toml_key_span(e->doc, node).at;
	const char *before = memrchr(p, '\n', (size_t)(key - p));
	const char *from = before ? before + 1 : p;
	uint32_t value = end_of_value(e->doc, node);
	const char *after = memchr(p + value, '\n', e->text.len - value);

	if (from == p && heir_str_starts(e->text, "\xef\xbb\xbf"))
		from += 3;
	add_edit(e, (uint32_t)(from - p),
		(uint32_t)(after ? after + 1 - p : (ptrdiff_t)e->text.len), HEIR_STR(""));
}

static void add_edits_of(struct editor *e, const struct heir_fix *fix)
{
	struct heir_toml_span key = heir_toml_key_span(e->doc, fix->node);
	heir_toml_node table = heir_toml_parent(e->doc, fix->node);

	if (fix->kind == HEIR_FIX_ADD)
		add_edit(e, end_of_value(e->doc, fix->node), end_of_value(e->doc, fix->node),
			fix->text);
	else if (fix->kind == HEIR_FIX_REPLACE)
		add_edit(e, key.at, end_of_value(e->doc, fix->node), fix->text);
	else if (fix->kind == HEIR_FIX_SPELL && !(e->marks[fix->node] >> HEIR_FIX_REPLACE & 1))
		add_edit(e, key.at, end_of(key), fix->text);
	else if (fix->kind == HEIR_FIX_REMOVE && is_inline(e->doc, table))
		remove_inline_entries(e, table);
	else if (fix->kind == HEIR_FIX_REMOVE)
		remove_lines(e, fix->node);
}

/* If the last line of a text without a final newline was removed, removes the newline before it as
 * well, so that the text still has none. */
static void keep_final_newline(struct editor *e)
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

int heir_fixes_to_edits(const struct heir_toml_doc *doc, const struct heir_fix *const *fixes,
	uint32_t n, struct heir_edit *edits, uint32_t *ret_n)
{
	struct editor e = {.doc = doc, .text = heir_toml_text(doc), .edits = edits};

	e.marks = calloc(heir_toml_n_nodes(doc) + 1u, 1);
	if (!e.marks)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		e.marks[fixes[i]->node] |= (uint8_t)(1 << fixes[i]->kind);
	for (uint32_t i = 0; i < n; i++)
		add_edits_of(&e, fixes[i]);
	free(e.marks);
	e.n = heir_edits_sort(edits, e.n);
	keep_final_newline(&e);
	*ret_n = e.n;
	return 0;
}
