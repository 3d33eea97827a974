/* SPDX-License-Identifier: Apache-2.0 */
/* The lineage as text. All that comes from the files goes through the escaping functions of out.h.
 */
#include "report/explain.h"

#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "inherit/order.h"
#include "report/explain_parts.h"
#include "model/late.h"

const char *heir_explain_keep(struct heir_explainer *e, const char *p)
{
	if (!p)
		e->grid.error = -ENOMEM;
	return p ? p : "";
}

const char *heir_explain_take(struct heir_explainer *e, struct heir_buf *buf)
{
	struct heir_str text = heir_buf_str(buf);
	char *copy = buf->failed ? NULL : heir_arena_strndup(&e->arena, text.p, text.len);

	heir_buf_release(buf);
	return heir_explain_keep(e, copy);
}

const char *heir_explain_place(struct heir_explainer *e, const struct heir_location *where)
{
	if (!where->file)
		return "(built in)";
	heir_explain_name(e, where);
	return HEIR_EXPLAIN_WORDS(e, "%s:%u:%u",
		heir_view_short_path(e->lineage->view, where->file), where->line, where->column);
}

const char *heir_explain_release(struct heir_explainer *e)
{
	struct heir_version v = e->lineage->view->config->where.version;

	if (v.patch == HEIR_PATCH_LAST)
		return HEIR_EXPLAIN_WORDS(e, "CRI-O 1.%u", v.minor);
	return HEIR_EXPLAIN_WORDS(e, "CRI-O 1.%u.%u", v.minor, v.patch);
}

/* ---- What decided ---- */

const char *heir_explain_rule(const char *rule)
{
	return !rule                          ? "nothing"
	       : strcmp(rule, "path") == 0    ? "$PATH"
	       : strcmp(rule, "default") == 0 ? "CRI-O's own rule"
					      : rule;
}

static bool has_decided(const struct heir_lineage_ruling *ruling)
{
	return ruling->outcome == HEIR_RULED_DECIDES;
}

/* "explicit, candidate: not set": the rules from `*i` on that have the same to say. Moves `*i` to
 * the last of them. */
static const char *verdict(
	struct heir_explainer *e, const struct heir_lineage_field *f, uint32_t *i)
{
	struct heir_buf buf = HEIR_BUF_NULL;
	const struct heir_lineage_ruling *first = &f->rulings[*i];

	heir_buf_addz(&buf, heir_explain_rule(first->rule));
	for (uint32_t k = *i + 1; k < f->n_rulings; k++) {
		const struct heir_lineage_ruling *next = &f->rulings[k];

		if (has_decided(next))
			continue;
		if (strcmp(next->text, first->text) != 0)
			break;
		heir_buf_printf(&buf, ", %s", heir_explain_rule(next->rule));
		*i = k;
	}
	heir_buf_printf(&buf, ": %s", first->text);
	return heir_explain_take(e, &buf);
}

/* The rules that did not decide, as many on a line as fit. Begins in column `start`. */
static void print_verdicts(
	struct heir_explainer *e, const struct heir_lineage_field *f, size_t start)
{
	enum { DOT = 3 };
	struct heir_out *out = e->out;
	size_t at = start, edge = out->style.width;
	bool begun = false;

	for (uint32_t i = 0; i < f->n_rulings; i++) {
		struct heir_str text;
		enum heir_color color = HEIR_COLOR_NONE;

		if (has_decided(&f->rulings[i]))
			continue;
		text = heir_str_from(verdict(e, f, &i));
		if (f->withheld && strcmp(f->rulings[i].rule, "inherit_fields") == 0)
			color = HEIR_COLOR_YELLOW;
		if (begun && edge > 0 && at + DOT + heir_grid_width(out, text) > edge) {
			heir_out_addz(out, "\n");
			heir_out_fill(out, ' ', start);
			at = start;
		} else if (begun) {
			heir_out_addz(out, out->style.ascii ? " | " : " \xc2\xb7 ");
			at += DOT;
		}
		at = heir_grid_wrap(out, at, text, color);
		begun = true;
	}
	heir_out_addz(out, "\n");
}

static void print_decision(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	enum { RULE_WIDTH = 17, GAP = 2 };
	struct heir_str rule = heir_str_from(heir_explain_rule(f->decided_by));
	size_t start = heir_grid_label(e->out, "decided by");
	bool others = false;

	for (uint32_t i = 0; i < f->n_rulings; i++)
		others = others || !has_decided(&f->rulings[i]);
	heir_out_cell(e->out, rule, others ? RULE_WIDTH : rule.len,
		f->decided_by ? HEIR_COLOR_GREEN : HEIR_COLOR_NONE);
	if (others)
		heir_out_fill(e->out, ' ', GAP);
	print_verdicts(e, f, start + MAX(rule.len, (size_t)RULE_WIDTH) + GAP);
}

/* ---- Stock ---- */

/* What stock makes of it, without the release's name. */
static void add_stock_values(struct heir_explainer *e, struct heir_buf *buf, bool whole)
{
	const struct heir_lineage_stock *stock = &e->lineage->stock;

	for (uint32_t i = 0; i < stock->n_fields; i++) {
		const struct heir_stock_field *field = &stock->fields[i];

		heir_buf_addz(buf, i ? ", " : "");
		if (whole)
			heir_buf_printf(buf, "%s = ", heir_fields[field->field].name.p);
		heir_buf_printf(buf, "%s", field->text ? field->text : "nothing");
		if (field->kind == HEIR_KIND_PATH)
			heir_buf_addz(buf, " (from $PATH)");
	}
}

/* Behind "CRI-O 1.37", and a space. */
static void add_stock_words(
	struct heir_explainer *e, struct heir_buf *buf, const struct heir_lineage_field *f)
{
	const struct heir_lineage_stock *stock = &e->lineage->stock;

	switch (stock->state) {
	case HEIR_STOCK_SAME:
		if (stock->reason)
			heir_buf_printf(buf, "drops the handler too (%s)", stock->reason->text);
		else
			heir_buf_addz(buf, !f        ? "gives it the same values"
					   : f->text ? "uses the same value"
						     : "has no value for it either");
		break;
	case HEIR_STOCK_DIFFERS:
		heir_buf_addz(buf, "would take ");
		add_stock_values(e, buf, !f);
		break;
	case HEIR_STOCK_DROPS:
		heir_buf_printf(buf, "would drop the handler (%s)", stock->reason->text);
		break;
	case HEIR_STOCK_KEEPS:
		heir_buf_addz(buf, "would keep the handler");
		heir_buf_addz(buf, stock->n_fields > 0 ? ", with " : "");
		add_stock_values(e, buf, true);
		break;
	case HEIR_STOCK_UNKNOWN:
		heir_buf_addz(buf, "does not know the handler: it reads no file that defines it");
		break;
	default:
		heir_buf_printf(buf, "would not start (%s)", stock->reason->text);
	}
}

/* "CRI-O 1.37 ignores `inherit`: it " */
static void add_stock_start(struct heir_explainer *e, struct heir_buf *buf)
{
	const struct heir_lineage_stock *stock = &e->lineage->stock;
	bool implicit = e->lineage->result->via == HEIR_VIA_IMPLICIT;
	bool reads = stock->state != HEIR_STOCK_UNKNOWN && stock->state != HEIR_STOCK_NO_START;
	uint32_t n_ignores = reads ? stock->n_ignores : 0;

	heir_buf_addz(buf, heir_explain_release(e));
	for (uint32_t i = 0; i < n_ignores; i++)
		heir_buf_printf(buf, "%s `%s`", i ? "," : " ignores",
			heir_fields[stock->ignores[i]].name.p);
	if (n_ignores > 0)
		heir_buf_addz(buf, ": it ");
	else
		heir_buf_addz(buf, implicit && reads && stock->state != HEIR_STOCK_SAME
					   ? " has no implicit inheritance: it "
					   : " ");
}

const char *heir_explain_stock_words(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	struct heir_buf buf = HEIR_BUF_NULL;

	if (e->lineage->stock.state == HEIR_STOCK_IS_IT)
		return NULL;
	add_stock_start(e, &buf);
	add_stock_words(e, &buf, f);
	return heir_explain_take(e, &buf);
}

void heir_explain_stock(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	const struct heir_lineage_stock *stock = &e->lineage->stock;
	const char *words = heir_explain_stock_words(e, f);
	size_t at;

	if (!words)
		return;
	at = heir_grid_label(e->out, "stock");
	heir_grid_wrap(e->out, at, heir_str_from(words),
		stock->state == HEIR_STOCK_SAME ? HEIR_COLOR_NONE : HEIR_COLOR_YELLOW);
	heir_out_addz(e->out, "\n");
}

/* ---- History and searches ---- */

void heir_explain_written(
	struct heir_explainer *e, const char *label, const struct heir_written *written, uint32_t n)
{
	static const struct heir_grid_shape shape = {3, {18, 28, 24}, true};

	for (uint32_t i = 0; i < n; i++) {
		const struct heir_written *w = &written[i];
		bool counts = w->state == HEIR_WRITTEN_COUNTS;
		enum heir_color color = counts ? HEIR_COLOR_NONE : HEIR_COLOR_DIM;
		struct heir_grid_row row = {{heir_explain_place(e, &w->where), w->text, w->why},
			{color, color, counts ? HEIR_COLOR_GREEN : HEIR_COLOR_DIM}};

		heir_grid_add(&e->grid, &row);
	}
	heir_grid_print(&e->grid, label, &shape);
}

void heir_explain_conditions(struct heir_explainer *e)
{
	static const char *const states[] = {[HEIR_CONDITION_MATCHED] = "matched: ",
		[HEIR_CONDITION_HOLDS_NOT] = "does not hold: ",
		[HEIR_CONDITION_FAULTY] = "cannot be evaluated: ",
		[HEIR_CONDITION_NOT_REACHED] = ""};
	static const struct heir_grid_shape shape = {3, {18, 16, 24}, true};
	const struct heir_lineage *lineage = e->lineage;

	for (uint32_t i = 0; i < lineage->n_conditions; i++) {
		const struct heir_condition *c = &lineage->conditions[i];
		enum heir_color color = c->state == HEIR_CONDITION_MATCHED  ? HEIR_COLOR_GREEN
					: c->state == HEIR_CONDITION_FAULTY ? HEIR_COLOR_RED
									    : HEIR_COLOR_DIM;
		struct heir_grid_row row = {
			{heir_explain_place(e, &c->where),
				HEIR_EXPLAIN_WORDS(e, "%.*s", HEIR_STR_ARG(c->inherit)),
				HEIR_EXPLAIN_WORDS(e, "%s%s", states[c->state], c->text)},
			{HEIR_COLOR_DIM, HEIR_COLOR_NONE, color}};

		heir_grid_add(&e->grid, &row);
	}
	heir_grid_print(&e->grid, "conditions", &shape);
}

void heir_explain_candidates(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	static const char *const states[] = {[HEIR_TRIED_CHOSEN] = "chosen: ",
		[HEIR_TRIED_NOT_FOUND] = "",
		[HEIR_TRIED_UNFIT] = "not usable: ",
		[HEIR_TRIED_NOT] = ""};
	static const struct heir_grid_shape shape = {3, {12, 16, 24}, true};

	for (uint32_t i = 0; i < f->n_tried; i++) {
		const struct heir_tried *t = &f->tried[i];
		bool chosen = t->state == HEIR_TRIED_CHOSEN;
		enum heir_color color = chosen ? HEIR_COLOR_GREEN : HEIR_COLOR_DIM;
		struct heir_grid_row row = {
			{HEIR_EXPLAIN_WORDS(e, "%.*s", HEIR_STR_ARG(t->name)),
				t->path ? t->path : "-",
				HEIR_EXPLAIN_WORDS(e, "%s%s%s", states[t->state], t->text,
					t->cached ? " (cached)" : "")},
			{HEIR_COLOR_NONE, HEIR_COLOR_NONE, color}};

		heir_grid_add(&e->grid, &row);
	}
	heir_grid_print(&e->grid, "candidates", &shape);
}

const char *heir_explain_looked(
	struct heir_explainer *e, const struct heir_lineage_field *f, bool *ret_found)
{
	struct heir_buf buf = HEIR_BUF_NULL;
	bool found = false;

	if (!f->looked_for.p)
		return NULL;
	heir_utf8_quote(&buf, f->looked_for);
	if (f->n_looked == 0)
		heir_buf_addz(&buf, memchr(f->looked_for.p, '/', f->looked_for.len)
					    ? " is a path, so $PATH is not searched"
					    : " is not looked up");
	for (uint32_t i = 0; i < f->n_looked; i++) {
		found = f->looked[i].found;
		heir_buf_addz(&buf, found ? (i ? ", but in " : " is in ")
				    : i   ? ", "
					  : " is not in ");
		heir_buf_adds(&buf, f->looked[i].directory);
	}
	if (f->assumed)
		heir_buf_addz(&buf, found ? " (assumed: the node's own files are not known)"
					  : " (the node's own files are not known)");
	*ret_found = found;
	return heir_explain_take(e, &buf);
}

static void print_looked(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	bool found;
	const char *words = heir_explain_looked(e, f, &found);
	size_t at;

	if (!words)
		return;
	at = heir_grid_label(e->out, "$PATH");
	heir_grid_wrap(
		e->out, at, heir_str_from(words), found ? HEIR_COLOR_NONE : HEIR_COLOR_YELLOW);
	heir_out_addz(e->out, "\n");
}

void heir_explain_searches(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	heir_explain_candidates(e, f);
	print_looked(e, f);
}

/* ---- One field ---- */

bool heir_explain_asks_default(const struct heir_lineage *lineage, uint32_t n_steps)
{
	for (uint32_t i = 0; i < n_steps; i++)
		if (lineage->chain[i].as_default)
			return true;
	return false;
}

/* What a handler that is bound late runs. */
static void print_late(struct heir_explainer *e)
{
	static const struct heir_grid_shape shape = {1, {0}, false};
	const struct heir_lineage *lineage = e->lineage;
	const struct heir_late_target *now = NULL;
	struct heir_seen_late late;
	struct heir_str words;
	int r = lineage->unresolved ? 0 : heir_seen_late_read(&late, lineage->view);

	if (r == 0 && !lineage->unresolved)
		r = heir_seen_late_of(&late, lineage->result, &now, &words);
	if (r < 0)
		e->grid.error = r;
	if (!now)
		return;
	heir_grid_add(&e->grid, &(struct heir_grid_row){{words.p}, {HEIR_COLOR_NONE}});
	heir_grid_print(&e->grid, "late", &shape);
}

static void explain_field(struct heir_explainer *e)
{
	const struct heir_lineage *lineage = e->lineage;
	const struct heir_lineage_field *f = &lineage->fields[0];

	heir_explain_field_head(e, f);
	heir_explain_chain(e, f);
	if (f->field == HEIR_FIELD_runtime_path || f->field == HEIR_FIELD_runtime_root)
		print_late(e);
	heir_out_addz(e->out, "\n");
	if (!lineage->unresolved)
		print_decision(e, f);
	heir_explain_stock(e, f);
	heir_explain_conditions(e);
	heir_explain_searches(e, f);
	heir_explain_items(e, f);
	heir_explain_written(e, "written", f->written, f->n_written);
	if (heir_explain_asks_default(lineage, f->n_steps))
		heir_explain_written(
			e, "default", lineage->default_written, lineage->n_default_written);
}

/* ---- The whole handler ---- */

/* The origin in a word or two. */
static const char *short_kind(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	switch (f->origin.kind) {
	case HEIR_KIND_EXPLICIT:
		return f->decided_by && strcmp(f->decided_by, "explicit") != 0 ? f->decided_by
									       : "set";
	case HEIR_KIND_INHERITED:
		return HEIR_EXPLAIN_WORDS(e, "from %.*s", HEIR_STR_ARG(f->origin.from->name));
	case HEIR_KIND_CANDIDATE:
		return "candidate";
	case HEIR_KIND_PATH:
		return "$PATH";
	case HEIR_KIND_BUILTIN:
		return "built in";
	case HEIR_KIND_DEFAULT:
		return "by CRI-O";
	default:
		return "";
	}
}

static const char *line_of(struct heir_explainer *e, const struct heir_location *where)
{
	heir_explain_name(e, where);
	return HEIR_EXPLAIN_WORDS(
		e, "%s:%u", heir_view_short_path(e->lineage->view, where->file), where->line);
}

static void print_fields(struct heir_explainer *e)
{
	enum { NARROW = 72 };
	/* The names are cut last. */
	bool narrow = e->out->style.width < NARROW;
	struct heir_grid_shape shape = {4, {narrow ? 16 : 24, 12, 9, 14}, false};
	const struct heir_lineage *lineage = e->lineage;

	for (uint32_t i = 0; i < lineage->n_fields; i++) {
		const struct heir_lineage_field *f = &lineage->fields[i];
		bool inherited = f->origin.kind == HEIR_KIND_INHERITED;
		struct heir_grid_row row = {
			{heir_fields[f->field].name.p, f->text, short_kind(e, f),
				f->where.file ? line_of(e, &f->where) : ""},
			{HEIR_COLOR_NONE, HEIR_COLOR_BOLD,
				inherited ? HEIR_COLOR_CYAN : HEIR_COLOR_NONE, HEIR_COLOR_DIM}};

		if (f->text && !heir_value_is_zero(&f->origin.value))
			heir_grid_add(&e->grid, &row);
	}
	if (e->grid.n == 0)
		return;
	heir_grid_print(&e->grid, NULL, &shape);
	heir_out_addz(e->out, "\n");
}

static void print_withheld(struct heir_explainer *e)
{
	static const struct heir_grid_shape shape = {2, {31, 24}, false};

	for (uint32_t i = 0; i < e->lineage->n_fields; i++) {
		const struct heir_lineage_field *f = &e->lineage->fields[i];
		struct heir_grid_row row = {
			{heir_fields[f->field].name.p, NULL}, {HEIR_COLOR_NONE, HEIR_COLOR_YELLOW}};

		if (!f->withheld)
			continue;
		for (uint32_t k = 0; k < f->n_rulings; k++)
			if (strcmp(f->rulings[k].rule, "inherit_fields") == 0)
				row.cells[1] = HEIR_EXPLAIN_WORDS(
					e, "inherit_fields %s", f->rulings[k].text);
		heir_grid_add(&e->grid, &row);
	}
	heir_grid_print(&e->grid, "not taken", &shape);
}

static int by_place(const void *a, const void *b)
{
	const struct heir_written *x = a, *y = b;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* What earlier tables of the handler had set, and the one that counts does not. */
static void print_lost(struct heir_explainer *e)
{
	const struct heir_lineage *lineage = e->lineage;
	static const char label[] = "discarded: ";
	struct heir_written *lost;
	uint32_t n = 0;

	for (uint32_t i = 0; i < lineage->n_fields; i++)
		n += lineage->fields[i].n_written;
	lost = heir_arena_zalloc(&e->arena, n, sizeof(*lost));
	if (!lost) {
		e->grid.error = -ENOMEM;
		return;
	}
	n = 0;
	for (uint32_t i = 0; i < lineage->n_fields; i++) {
		const struct heir_lineage_field *f = &lineage->fields[i];
		heir_toml_node now = heir_table_field(
			lineage->view->config, lineage->result->handler->table, f->field);

		for (uint32_t k = 0; k < f->n_written && now == 0; k++)
			if (f->written[k].state == HEIR_WRITTEN_DISCARDED)
				lost[n++] = f->written[k];
	}
	/* The label says already what became of them. */
	for (uint32_t i = 0; i < n; i++)
		lost[i].why +=
			heir_str_starts(heir_str_from(lost[i].why), label) ? sizeof(label) - 1 : 0;
	if (n > 1)
		qsort(lost, n, sizeof(*lost), by_place);
	heir_explain_written(e, "discarded", lost, n);
}

static void print_notes(struct heir_explainer *e)
{
	static const struct heir_grid_shape shape = {1, {0}, false};
	const char *notes[HEIR_EXPLAIN_MAX_NOTES];
	unsigned n = heir_explain_notes(e->lineage->result->handler->name, notes);

	for (unsigned i = 0; i < n; i++)
		heir_grid_add(&e->grid, &(struct heir_grid_row){{notes[i]}, {HEIR_COLOR_NONE}});
	heir_grid_print(&e->grid, "note", &shape);
}

static void explain_handler(struct heir_explainer *e)
{
	const struct heir_lineage *lineage = e->lineage;

	heir_explain_handler_head(e);
	heir_explain_chain(e, NULL);
	print_late(e);
	heir_out_addz(e->out, "\n");
	print_fields(e);
	heir_explain_stock(e, NULL);
	heir_explain_conditions(e);
	for (uint32_t i = 0; i < lineage->n_fields; i++)
		heir_explain_searches(e, &lineage->fields[i]);
	print_withheld(e);
	print_lost(e);
	if (heir_explain_asks_default(lineage, lineage->n_chain))
		heir_explain_written(
			e, "default", lineage->default_written, lineage->n_default_written);
	print_notes(e);
}

static int explain_text(const struct heir_lineage *lineage, struct heir_out *out)
{
	struct heir_explainer e = {.lineage = lineage, .out = out, .grid = {.out = out}};

	heir_arena_init(&e.arena);
	if (lineage->whole)
		explain_handler(&e);
	else
		explain_field(&e);
	heir_explain_layers(&e);
	heir_grid_release(&e.grid);
	heir_arena_release(&e.arena);
	return e.grid.error;
}

int heir_explain(const struct heir_explain_request *request, struct heir_out *out)
{
	struct heir_lineage lineage;
	int r = heir_lineage_init(
		&lineage, request->view, request->stock, request->handler, request->field, false);

	if (r == 0 && out->style.format == HEIR_FORMAT_JSON)
		heir_explain_json(&lineage, out);
	else if (r == 0)
		r = explain_text(&lineage, out);
	heir_lineage_release(&lineage);
	return r < 0 ? r : out->error == -ENOMEM ? -ENOMEM : 0;
}
