/* SPDX-License-Identifier: Apache-2.0 */
/* From values to lines. The tree is walked with a work list. A value covers the lines from its key
 * to its end, a header the lines below it. */
#include <errno.h>
#include <stdlib.h>

#include "base/macro.h"
#include "base/vec.h"
#include "blame/blame.h"

/* A table that remains to be walked. */
struct todo {
	heir_toml_node node;
	enum heir_key_table as;            /* NOWHERE: its keys have the verdict of the table */
	struct heir_blame_verdict verdict; /* for values without their own */
};

struct walk {
	const struct heir_blame *blame;
	const struct heir_toml_doc *doc;
	struct heir_source *source;
	struct heir_blame_file *file;
	const struct heir_blame_verdict *verdicts;
	heir_toml_node *headers; /* by line - 1: the table of a header, or 0 */
	bool *covered;           /* by line - 1: a value is on it */
	bool *alive;             /* by line - 1: it counts in any case */
	struct todo *todo;
	size_t n, size;
	int error; /* -ENOMEM, sticky */
};

static void push_todo(struct walk *w, const struct todo *next)
{
	if (HEIR_RESERVE(w->todo, w->n, w->size) < 0) {
		w->error = -ENOMEM;
		return;
	}
	w->todo[w->n++] = *next;
}

/* Returns the index of the line with that offset. */
static uint32_t line_at(struct walk *w, uint32_t offset)
{
	uint32_t low = 0, high = w->file->n_lines;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (w->source->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static struct heir_place by_of(const struct walk *w, const struct heir_blame_verdict *verdict)
{
	const struct heir_config *config = w->blame->config;

	if (!verdict->by_node)
		return HEIR_PLACE_NONE;
	return heir_node_place(config, verdict->by_source,
		heir_toml_key_span(config->docs[verdict->by_source], verdict->by_node));
}

static void set_line(struct walk *w, uint32_t line, const struct heir_blame_verdict *verdict,
	heir_toml_node node)
{
	w->file->lines[line] = (struct heir_blame_line){
		(enum heir_blame_state)verdict->state, node, by_of(w, verdict)};
}

/* Gives the value's lines its verdict, unless another value there has a higher one. */
static void cover_lines(
	struct walk *w, heir_toml_node node, const struct heir_blame_verdict *verdict)
{
	struct heir_toml_span key = heir_toml_key_span(w->doc, node);
	struct heir_toml_span value = heir_toml_value_span(w->doc, node);
	uint32_t last = line_at(w, value.at + (value.len ? value.len - 1 : 0));

	for (uint32_t i = line_at(w, key.at < value.at ? key.at : value.at); i <= last; i++) {
		if (!w->covered[i] || w->file->lines[i].state < verdict->state)
			set_line(w, i, verdict, node);
		w->covered[i] = true;
	}
}

/* How a table is written. */
enum form { FORM_VALUE, FORM_HEADER, FORM_INLINE, FORM_DOTS };

static enum form form_of(const struct walk *w, heir_toml_node node)
{
	enum heir_toml_type type = heir_toml_type(w->doc, node);
	struct heir_toml_span span = heir_toml_value_span(w->doc, node);
	char first = span.len ? heir_toml_text(w->doc).p[span.at] : '\0';

	if (type == HEIR_TOML_ARRAY_OF_TABLES)
		return FORM_DOTS;
	if (type != HEIR_TOML_TABLE)
		return FORM_VALUE;
	return first == '[' ? FORM_HEADER : first == '{' ? FORM_INLINE : FORM_DOTS;
}

/* The state of a key without a verdict. */
static enum heir_blame_state default_state(
	const struct walk *w, heir_toml_node node, enum heir_key_table as)
{
	struct heir_str key = heir_toml_key(w->doc, node);
	bool exact;

	if (as == HEIR_KEYS_HANDLER && heir_field_by_name(key, &exact) < HEIR_N_FIELDS &&
		heir_field_by_name(key, &exact) >= HEIR_FIRST_OWN_FIELD)
		return HEIR_BLAME_HEIR_ONLY;
	if (as == HEIR_KEYS_RUNTIME &&
		heir_str_eqfold(key, heir_setting_names[HEIR_SETTING_implicit_inherit]))
		return HEIR_BLAME_HEIR_ONLY;
	return HEIR_BLAME_NO_EFFECT;
}

/* Returns the row of a key that CRI-O reads; NULL if there is none, or if the table's keys have no
 * rows. */
static const struct heir_key_row *row_of(
	const struct walk *w, heir_toml_node node, enum heir_key_table as)
{
	bool exact;

	if (as == HEIR_KEYS_HANDLER || as == HEIR_KEYS_NOWHERE)
		return NULL;
	return heir_key_find(
		as, heir_toml_key(w->doc, node), w->blame->config->where.version, &exact);
}

/* Queues a table, depending on its form. */
static void enter_table(struct walk *w, heir_toml_node node, enum heir_key_table as,
	const struct heir_blame_verdict *verdict)
{
	struct todo next = {node, as, *verdict};
	enum form form = form_of(w, node);

	if (form == FORM_HEADER)
		w->headers[line_at(w, heir_toml_value_span(w->doc, node).at)] = node;
	else if (form == FORM_INLINE && verdict->is_judged)
		cover_lines(w, node, verdict);
	/* Without the first dotted key the table might not exist. */
	else if (verdict->is_judged && verdict->state == HEIR_BLAME_COUNTS)
		w->alive[line_at(w, heir_toml_key_span(w->doc, node).at)] = true;
	/* The lines inside an inline table belong to the table. */
	if (form != FORM_INLINE || as != HEIR_KEYS_NOWHERE)
		push_todo(w, &next);
}

/* Queues the named tables below [crio.runtime.runtimes] or workloads. */
static void enter_names(struct walk *w, heir_toml_node node, const struct heir_key_row *row)
{
	static const struct heir_blame_verdict none = {
		.state = HEIR_BLAME_NO_EFFECT, .is_judged = true};

	if (form_of(w, node) == FORM_HEADER)
		w->headers[line_at(w, heir_toml_value_span(w->doc, node).at)] = node;
	heir_toml_foreach (entry, w->doc, node) {
		if (heir_toml_type(w->doc, entry) == HEIR_TOML_TABLE)
			enter_table(w, entry, row->opens, &w->verdicts[entry]);
		else
			cover_lines(w, entry, &none);
	}
}

static void walk_key(struct walk *w, heir_toml_node node, const struct todo *in)
{
	const struct heir_key_row *row = row_of(w, node, in->as);
	struct heir_blame_verdict verdict = w->verdicts[node];
	bool is_table = heir_toml_type(w->doc, node) == HEIR_TOML_TABLE;

	if (row && is_table && row->type == HEIR_TYPE_TABLES) {
		enter_names(w, node, row);
		return;
	}
	if (row && is_table && row->type == HEIR_TYPE_TABLE) {
		/* A workload's resources get verdicts like its other keys. */
		enter_table(w, node, row->opens, &verdict);
		return;
	}
	/* The keys of resources, and everything below a key, share its verdict. */
	if (!verdict.is_judged && (in->as == HEIR_KEYS_NOWHERE || row))
		verdict = in->verdict;
	/* In a replaced table, heir's keys are replaced as well. */
	if (!verdict.is_judged && in->as == HEIR_KEYS_HANDLER && in->verdict.is_judged &&
		in->verdict.state != HEIR_BLAME_COUNTS &&
		default_state(w, node, in->as) == HEIR_BLAME_HEIR_ONLY)
		verdict = in->verdict;
	if (!verdict.is_judged)
		verdict = (struct heir_blame_verdict){.is_judged = true,
			.state = (uint8_t)(row ? HEIR_BLAME_COUNTS
					       : default_state(w, node, in->as))};
	if (form_of(w, node) == FORM_VALUE)
		cover_lines(w, node, &verdict);
	else
		enter_table(w, node, HEIR_KEYS_NOWHERE, &verdict);
}

static void walk_tree(struct walk *w, const struct heir_blame_verdict *all)
{
	struct todo root = {HEIR_TOML_ROOT, all ? HEIR_KEYS_NOWHERE : HEIR_KEYS_ROOT,
		all ? *all : (struct heir_blame_verdict){.state = HEIR_BLAME_COMMENT}};

	push_todo(w, &root);
	while (w->n > 0 && w->error == 0) {
		struct todo next = w->todo[--w->n];

		heir_toml_foreach (node, w->doc, next.node)
			walk_key(w, node, &next);
	}
}

/* ---- Lines without a value ---- */

/* Returns the first character that is not blank, '\0' if there is none or it begins a comment. */
static char first_of(const struct walk *w, uint32_t line)
{
	struct heir_str text = heir_source_line(w->source, line + 1);
	size_t i = line == 0 && heir_str_starts(text, "\xef\xbb\xbf") ? 3 : 0;

	while (i < text.len && (text.p[i] == ' ' || text.p[i] == '\t'))
		i++;
	return i == text.len || text.p[i] == '#' ? '\0' : text.p[i];
}

/* A header depends on the lines below it: alive if one of them is, else dead like the first. */
static void settle_header(struct walk *w, uint32_t line, uint32_t end)
{
	heir_toml_node node = w->headers[line];
	const struct heir_blame_verdict *own = node ? &w->verdicts[node] : NULL;
	struct heir_blame_line *header = &w->file->lines[line];
	bool is_set = false;

	*header = (struct heir_blame_line){
		w->alive[line] ? HEIR_BLAME_COUNTS : HEIR_BLAME_NO_EFFECT, node, HEIR_PLACE_NONE};
	if (own && own->is_judged && !w->alive[line]) {
		set_line(w, line, own, node);
		is_set = true;
	}
	for (uint32_t i = line + 1; i < end && header->state != HEIR_BLAME_COUNTS; i++) {
		const struct heir_blame_line *below = &w->file->lines[i];

		if (!w->covered[i] || (is_set && below->state != HEIR_BLAME_COUNTS))
			continue;
		header->state = below->state;
		header->by = below->by;
		is_set = true;
	}
	if (header->state == HEIR_BLAME_COUNTS)
		header->by = HEIR_PLACE_NONE;
}

/* Backwards, so that the lines below a header are known when it is reached. */
static void settle_rest(struct walk *w, const struct heir_blame_verdict *all)
{
	uint32_t end = w->file->n_lines;

	for (uint32_t i = w->file->n_lines; i-- > 0;) {
		char first = first_of(w, i);

		if (w->covered[i])
			continue;
		if (first == '\0') {
			w->file->lines[i] =
				(struct heir_blame_line){HEIR_BLAME_COMMENT, 0, HEIR_PLACE_NONE};
			continue;
		}
		if (first == '[' && !all) {
			settle_header(w, i, end);
			end = i;
			continue;
		}
		/* What TOML forbids but CRI-O's reader accepts is better left alone. */
		w->file->lines[i] = (struct heir_blame_line){
			all ? (enum heir_blame_state)all->state : HEIR_BLAME_COUNTS,
			all ? w->headers[i] : 0, HEIR_PLACE_NONE};
	}
}

/* Without a line at which CRI-O stops, CRI-O might start. */
static void mark_stops(struct walk *w, const struct heir_diags *stops)
{
	for (uint32_t i = 0; i < stops->n; i++)
		if (stops->items[i]->where.source == w->file->source)
			w->alive[line_at(w, stops->items[i]->where.at)] = true;
}

/* Returns whether line `i` belongs to the value on line `other`. */
static bool is_same_value(const struct walk *w, uint32_t i, uint32_t other)
{
	return w->covered[i] && w->file->lines[i].node == w->file->lines[other].node;
}

/* All lines of a value count if one does. */
static void revive_values(struct walk *w)
{
	static const struct heir_blame_verdict counts = {
		.state = HEIR_BLAME_COUNTS, .is_judged = true};

	for (uint32_t i = 0; i < w->file->n_lines; i++) {
		uint32_t first = i, end = i + 1;

		if (!w->alive[i] || !w->covered[i])
			continue;
		while (first > 0 && !w->alive[first - 1] && is_same_value(w, first - 1, i))
			first--;
		while (end < w->file->n_lines && is_same_value(w, end, i))
			end++;
		for (uint32_t k = first; k < end; k++)
			set_line(w, k, &counts, w->file->lines[k].node);
		i = end - 1;
	}
}

/* ---- A file ---- */

/* Returns the verdict on all lines of a file, whatever they contain, or NULL. */
static const struct heir_blame_verdict *verdict_of_file(const struct walk *w)
{
	static const struct heir_blame_verdict unread = {
		.state = HEIR_BLAME_UNREAD, .is_judged = true};
	static const struct heir_blame_verdict heir_only = {
		.state = HEIR_BLAME_HEIR_ONLY, .is_judged = true};

	if (heir_toml_fatal(w->doc))
		return &unread;
	return w->source->scope == HEIR_SCOPE_HEIR ? &heir_only : NULL;
}

static int make_line_room(struct walk *w)
{
	struct heir_position ignored;
	int r = heir_source_locate(
		w->source, &w->blame->config->core->arena, (uint32_t)w->source->text.len, &ignored);
	uint32_t n = w->source->n_lines;

	if (r < 0)
		return r;
	/* There is no line after the last line end. */
	if (n > 0 && w->source->lines[n - 1] >= w->source->text.len)
		n--;
	w->file->n_lines = n;
	w->file->lines = calloc(n ? n : 1, sizeof(*w->file->lines));
	w->headers = calloc(n ? n : 1, sizeof(*w->headers));
	w->covered = calloc(n ? n : 1, sizeof(*w->covered));
	w->alive = calloc(n ? n : 1, sizeof(*w->alive));
	return w->file->lines && w->headers && w->covered && w->alive ? 0 : -ENOMEM;
}

static void judge_lines(struct walk *w)
{
	const struct heir_blame_verdict *all = verdict_of_file(w);
	const struct heir_blame *blame = w->blame;

	if (!heir_toml_fatal(w->doc))
		walk_tree(w, all);
	if (!all) {
		mark_stops(w, &blame->config->stops);
		if (blame->res)
			mark_stops(w, &blame->res->stops);
		revive_values(w);
	}
	settle_rest(w, all);
}

/* Judges the lines of one source alone. */
static int judge_source(
	const struct heir_blame *blame, uint32_t source, struct heir_blame_file *ret)
{
	struct walk w = {.blame = blame,
		.doc = blame->config->docs[source],
		.source = &blame->config->core->sources.items[source],
		.file = ret,
		.verdicts = blame->verdicts[source]};
	int r;

	*ret = (struct heir_blame_file){.source = source};
	r = make_line_room(&w);
	if (r == 0 && ret->n_lines > 0)
		judge_lines(&w);
	free(w.headers);
	free(w.covered);
	free(w.alive);
	free(w.todo);
	return r < 0 ? r : w.error;
}

/* Determines which lines of a file count in any of its readings. Returns 0 or -ENOMEM. */
static int find_alive(struct heir_blame *blame, uint32_t first, uint32_t n_lines)
{
	struct heir_same_file *same = &blame->same.files[first];
	int r = 0;

	if (same->alive)
		return 0;
	same->alive = calloc(n_lines + 1u, sizeof(*same->alive));
	if (!same->alive)
		return -ENOMEM;
	same->n_alive = n_lines;
	for (uint32_t s = first; s < blame->same.n && r == 0; s++) {
		struct heir_blame_file file;

		if (blame->same.files[s].first != first || !blame->verdicts[s])
			continue;
		r = judge_source(blame, s, &file);
		/* A file that changed between two readings may have more lines now. */
		for (uint32_t i = 0; r == 0 && i < MIN(n_lines, file.n_lines); i++)
			same->alive[i] |= file.lines[i].state == HEIR_BLAME_COUNTS;
		heir_blame_file_release(&file);
	}
	return r;
}

int heir_blame_lines(struct heir_blame *blame, uint32_t source, struct heir_blame_file *ret)
{
	uint32_t first = blame->same.files[source].first;
	const struct heir_same_file *same = &blame->same.files[first];
	int r = judge_source(blame, source, ret);

	if (r < 0 || !same->is_again)
		return r;
	r = find_alive(blame, first, ret->n_lines);
	for (uint32_t i = 0; r == 0 && i < MIN(ret->n_lines, same->n_alive); i++) {
		struct heir_blame_line *line = &ret->lines[i];

		if (same->alive[i] && line->state != HEIR_BLAME_COUNTS) {
			line->state = HEIR_BLAME_COUNTS;
			line->by = HEIR_PLACE_NONE;
		}
	}
	return r;
}

void heir_blame_file_release(struct heir_blame_file *file)
{
	free(file->lines);
	file->lines = NULL;
	file->n_lines = 0;
}
