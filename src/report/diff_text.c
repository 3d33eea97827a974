/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/utf8.h"
#include "report/diff.h"
#include "report/pending.h"

enum { INDENT = 4 };

/* A line that is continued, indented, where the terminal ends. */
struct line {
	struct heir_out *out;
	size_t column, indent;
};

static void put(struct line *line, struct heir_str s, size_t gap, enum heir_color color)
{
	size_t width = heir_shown_width(line->out, s), most = line->out->style.width;

	if (most && line->column > line->indent && line->column + gap + width > most) {
		heir_out_addz(line->out, "\n");
		heir_out_fill(line->out, ' ', line->indent);
		line->column = line->indent;
	} else {
		heir_out_fill(line->out, ' ', gap);
		line->column += gap;
	}
	heir_out_cell(line->out, s, 0, color);
	line->column += width;
}

/* A text that may be broken at each `mark`, which counts as a blank; `gap` columns away from what
 * stands before it. */
static void put_pieces(struct line *line, struct heir_str text, char mark, size_t gap)
{
	while (text.len > 0) {
		const char *end = memchr(text.p, mark, text.len);
		size_t len = end ? (size_t)(end - text.p) : text.len;

		put(line, (struct heir_str){text.p, len}, gap, HEIR_COLOR_NONE);
		gap = 1;
		len += end != NULL;
		text.p += len;
		text.len -= len;
	}
}

static void put_words(struct line *line, struct heir_str text, size_t gap)
{
	put_pieces(line, text, ' ', gap);
}

/* Adds "50-gpu.conf:3 (user)". */
static int add_place_and_layer(
	const struct heir_view *view, struct heir_buf *buf, struct heir_place place)
{
	int r = heir_view_place(view, buf, place, false);

	heir_buf_addz(buf, " (");
	heir_buf_addz(
		buf, heir_layer_name(heir_source_layer(&view->core->sources.items[place.source])));
	heir_buf_addc(buf, ')');
	return r < 0 ? r : heir_buf_error(buf);
}

/* Adds ", 50-gpu.conf:3 (user)", or nothing for a place that no file has. */
static int add_place(const struct heir_view *view, struct heir_buf *buf, struct heir_place place)
{
	if (place.source == HEIR_SOURCE_NONE)
		return heir_buf_error(buf);
	heir_buf_addz(buf, ", ");
	return add_place_and_layer(view, buf, place);
}

/* Where a handler names its parent. */
static struct heir_place link_place(
	const struct heir_view *view, const struct heir_handler *handler)
{
	const struct heir_result *result = heir_view_result(view, handler);

	if (result->via_node == 0)
		return HEIR_PLACE_NONE;
	return heir_node_place(view->config, result->via_source,
		heir_toml_value_span(view->config->docs[result->via_source], result->via_node));
}

/* Where a handler lists its candidates. */
static struct heir_place candidates_place(
	const struct heir_view *view, const struct heir_handler *handler)
{
	const struct heir_config *config = view->config;
	const struct heir_write *table = handler->table;
	heir_toml_node node = heir_table_field(config, table, HEIR_FIELD_runtime_candidates);

	if (node == 0)
		return HEIR_PLACE_NONE;
	return heir_node_place(
		config, table->source, heir_toml_value_span(config->docs[table->source], node));
}

/* Whose decision a value was. */
static int origin_words(const struct heir_view *view, const struct heir_handler *handler,
	const struct heir_origin *origin, struct heir_buf *buf)
{
	struct heir_place place = heir_view_origin_place(view, origin);

	if (origin->kind == HEIR_KIND_CANDIDATE) {
		heir_buf_addz(buf, "chosen candidate");
		return add_place(view, buf, candidates_place(view, handler));
	}
	/* What $PATH or CRI-O gave the parent stands in no file; the link to it may. */
	if (origin->kind == HEIR_KIND_INHERITED && place.source == HEIR_SOURCE_NONE)
		place = link_place(view, handler);
	heir_view_origin_words(buf, origin);
	return add_place(view, buf, place);
}

static void add_version(struct heir_buf *buf, struct heir_version version)
{
	heir_buf_printf(buf, "CRI-O 1.%u", version.minor);
	if (version.patch != HEIR_PATCH_LAST)
		heir_buf_printf(buf, ".%u", version.patch);
}

void heir_diff_row_release(struct heir_diff_row *row)
{
	heir_buf_release(&row->value);
	heir_buf_release(&row->origin);
}

static int row_error(const struct heir_diff_row *row)
{
	return row->value.failed || row->origin.failed ? -ENOMEM : 0;
}

static void print_row(struct heir_out *out, const struct heir_diff_row *row, size_t column)
{
	struct line line = {out, column, column + 2};

	put_pieces(&line, heir_buf_str(&row->value), '\n', 0);
	if (row->origin.len > 0)
		put(&line, heir_buf_str(&row->origin), 2, HEIR_COLOR_DIM);
	heir_out_addz(out, "\n");
}

/* "NAME    OLD  origin" and below it "     -> NEW  origin", the values in one column. */
static void print_rows(struct heir_out *out, struct heir_str name, size_t width, size_t indent,
	const struct heir_diff_row rows[HEIR_N_SIDES])
{
	static const char arrow[] = " -> ";
	size_t column = indent + width + strlen(arrow);

	heir_out_fill(out, ' ', indent);
	heir_out_cell(out, name, width + strlen(arrow), HEIR_COLOR_CYAN);
	print_row(out, &rows[HEIR_LEFT], column);
	heir_out_fill(out, ' ', indent + width);
	heir_out_addz(out, arrow);
	print_row(out, &rows[HEIR_RIGHT], column);
}

/* ---- Lists ---- */

static struct heir_str list_name(const struct heir_value *value, uint32_t i)
{
	const struct heir_entry *entry = &value->list.entries[i];

	return value->type == HEIR_TYPE_MAP ? entry->key : entry->value;
}

static int index_list(const struct heir_value *value, struct heir_map *map)
{
	int r = 0;

	for (uint32_t i = 0; i < value->list.n && r == 0; i++) {
		bool is_new;
		uint32_t at;

		r = heir_map_put(map, list_name(value, i), i, &at, &is_new);
	}
	return r;
}

/* Whether item `i` is in the other list too, a map's with the same value. */
static bool is_common(const struct heir_value *value, uint32_t i, const struct heir_value *other,
	const struct heir_map *others)
{
	uint32_t at = other ? heir_map_get(others, list_name(value, i)) : HEIR_MAP_NONE;

	return at != HEIR_MAP_NONE &&
	       heir_str_eq(value->list.entries[i].value, other->list.entries[at].value);
}

/* Adds the list, with "..." for several items in a row that both have; `other` is NULL: in full. */
static void add_list(struct heir_buf *buf, const struct heir_value *value,
	const struct heir_value *other, const struct heir_map *others)
{
	bool is_map = value->type == HEIR_TYPE_MAP;
	uint32_t next;

	heir_buf_addz(buf, is_map ? "{ " : "[");
	for (uint32_t i = 0; i < value->list.n; i = next) {
		next = i;
		while (next < value->list.n && is_common(value, next, other, others))
			next++;
		heir_buf_addz(buf, i ? ",\n" : "");
		if (next - i > 1) {
			heir_buf_addz(buf, "...");
			continue;
		}
		next = i + 1;
		if (is_map) {
			heir_view_key(buf, value->list.entries[i].key);
			heir_buf_addz(buf, " = ");
		}
		heir_utf8_quote(buf, value->list.entries[i].value);
	}
	heir_buf_addz(buf, is_map ? " }" : "]");
}

static bool is_list(const struct heir_origin *origin)
{
	enum heir_type type = origin->value.type;

	return origin->kind != HEIR_KIND_UNSET &&
	       (type == HEIR_TYPE_STRV || type == HEIR_TYPE_MAP) && origin->value.list.n > 0;
}

/* Writes two lists into the rows' values. Lists with the same items, in another order, are written
 * in full. */
static int list_values(
	const struct heir_origin origins[HEIR_N_SIDES], struct heir_diff_row rows[HEIR_N_SIDES])
{
	_cleanup_(heir_map_release) struct heir_map left = HEIR_MAP_NULL;
	_cleanup_(heir_map_release) struct heir_map right = HEIR_MAP_NULL;
	const struct heir_value *old = &origins[HEIR_LEFT].value, *new = &origins[HEIR_RIGHT].value;
	bool differ = false;
	int r = index_list(old, &left);

	if (r == 0)
		r = index_list(new, &right);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < old->list.n && !differ; i++)
		differ = !is_common(old, i, new, &right);
	for (uint32_t i = 0; i < new->list.n && !differ; i++)
		differ = !is_common(new, i, old, &left);
	if (differ) {
		add_list(&rows[HEIR_LEFT].value, old, new, &right);
		add_list(&rows[HEIR_RIGHT].value, new, old, &left);
	} else {
		add_list(&rows[HEIR_LEFT].value, old, NULL, NULL);
		add_list(&rows[HEIR_RIGHT].value, new, NULL, NULL);
	}
	return 0;
}

/* ---- Handlers ---- */

/* A field's value, or why there is none. */
static void single_value(const struct heir_view *view, enum heir_field field,
	const struct heir_origin *origin, struct heir_buf *buf)
{
	if (is_list(origin)) {
		add_list(buf, &origin->value, NULL, NULL);
	} else if (origin->kind != HEIR_KIND_UNSET) {
		heir_view_value(buf, &origin->value);
	} else if (view->config->field_known[field]) {
		heir_buf_addz(buf, "not set");
	} else {
		heir_buf_addz(buf, "not known to ");
		add_version(buf, view->config->where.version);
	}
}

int heir_diff_rows(const struct heir_diff *diff, const struct heir_diff_handler *handler,
	enum heir_field field, const struct heir_origin origins[HEIR_N_SIDES],
	struct heir_diff_row rows[HEIR_N_SIDES])
{
	/* Of what is not whole it cannot be said what is not in the other. */
	bool are_lists = is_list(&origins[HEIR_LEFT]) && is_list(&origins[HEIR_RIGHT]) &&
			 origins[HEIR_LEFT].left_out + origins[HEIR_RIGHT].left_out == 0;
	int r = are_lists ? list_values(origins, rows) : 0;

	for (unsigned side = 0; side < HEIR_N_SIDES && r == 0; side++) {
		if (!are_lists)
			single_value(diff->view[side], field, &origins[side], &rows[side].value);
		if (origins[side].kind != HEIR_KIND_UNSET)
			r = origin_words(diff->view[side], handler->handler[side], &origins[side],
				&rows[side].origin);
		if (r == 0)
			r = row_error(&rows[side]);
	}
	return r;
}

/* What a handler has that the other side does not define: one line a field. */
static void print_only(
	struct heir_out *out, enum heir_field field, size_t width, const struct heir_diff_row *row)
{
	static const char equals[] = " = ";

	heir_out_fill(out, ' ', INDENT);
	heir_out_cell(out, heir_fields[field].name, width, HEIR_COLOR_CYAN);
	heir_out_addz(out, equals);
	print_row(out, row, INDENT + width + strlen(equals));
}

int heir_diff_told(
	const struct heir_diff *diff, const struct heir_diff_handler *handler, uint32_t *ret)
{
	enum heir_side only = handler->handler[HEIR_LEFT] ? HEIR_LEFT : HEIR_RIGHT;

	*ret = handler->fields;
	if (handler->change != HEIR_CHANGE_ADDED && handler->change != HEIR_CHANGE_REMOVED)
		return 0;
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++) {
		struct heir_origin origins[HEIR_N_SIDES];
		int r = heir_diff_origins(diff, handler, f, origins);

		if (r < 0)
			return r;
		if (origins[only].kind == HEIR_KIND_DEFAULT)
			*ret &= ~(UINT32_C(1) << f);
	}
	return 0;
}

static int print_field(const struct heir_diff *diff, const struct heir_diff_handler *handler,
	enum heir_field field, size_t width, struct heir_out *out)
{
	struct heir_origin origins[HEIR_N_SIDES];
	struct heir_diff_row rows[HEIR_N_SIDES] = {
		{HEIR_BUF_NULL, HEIR_BUF_NULL}, {HEIR_BUF_NULL, HEIR_BUF_NULL}};
	int r = heir_diff_origins(diff, handler, field, origins);

	if (r == 0)
		r = heir_diff_bound(diff, &out->room, origins);
	if (r == 0)
		r = heir_diff_rows(diff, handler, field, origins, rows);
	if (r == 0) {
		if (!handler->handler[HEIR_LEFT])
			print_only(out, field, width, &rows[HEIR_RIGHT]);
		else if (!handler->handler[HEIR_RIGHT])
			print_only(out, field, width, &rows[HEIR_LEFT]);
		else
			print_rows(out, heir_fields[field].name, width, INDENT, rows);
	}
	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		heir_diff_row_release(&rows[side]);
	return r;
}

/* " REASON (place)" */
static int put_reason(struct line *line, const struct heir_view *view, const struct heir_diag *diag)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf place = HEIR_BUF_NULL;
	int r = 0;

	heir_diff_reason_words(&words, diag);
	if (diag->where.source != HEIR_SOURCE_NONE) {
		heir_buf_addc(&place, '(');
		r = heir_view_place(view, &place, diag->where, false);
		heir_buf_addc(&place, ')');
	} else if (diag->path) {
		heir_buf_printf(&place, "(%s)", heir_view_short_path(view, diag->path));
	}
	if (r == 0 && (words.failed || place.failed))
		r = -ENOMEM;
	if (r < 0)
		return r;
	put_words(line, heir_buf_str(&words), 1);
	if (place.len > 0)
		put(line, heir_buf_str(&place), 1, HEIR_COLOR_DIM);
	return 0;
}

const char *heir_diff_change_words(const struct heir_diff_handler *handler)
{
	bool was = handler->dropped[HEIR_LEFT], is = handler->dropped[HEIR_RIGHT];

	switch (handler->change) {
	case HEIR_CHANGE_ADDED:
		return is ? "added, but dropped:" : "added";
	case HEIR_CHANGE_REMOVED:
		return was ? "removed; it was dropped:" : "removed";
	case HEIR_CHANGE_BROKEN:
		return "broken:";
	case HEIR_CHANGE_MENDED:
		return "mended; it was dropped:";
	default:
		return is ? "still dropped:" : "changed";
	}
}

static int put_change(
	const struct heir_diff *diff, const struct heir_diff_handler *handler, struct line *line)
{
	const struct heir_diag *old = handler->dropped[HEIR_LEFT],
			       *new = handler->dropped[HEIR_RIGHT];
	int r = 0;

	put_words(line, heir_str_from(heir_diff_change_words(handler)), 2);
	if (new)
		r = put_reason(line, diff->view[HEIR_RIGHT], new);
	if (new &&old && r == 0)
		put_words(line, HEIR_STR("before:"), 1);
	if (old && r == 0)
		r = put_reason(line, diff->view[HEIR_LEFT], old);
	return r;
}

/* "    pods    12: training 9, vision 3" */
static void print_pods(
	const struct heir_pod_count *counts, uint32_t n, const char *which, struct heir_out *out)
{
	struct line line = {out, 0, 2 * INDENT};
	char number[32];
	uint64_t sum = 0;

	if (n == 0)
		return;
	for (uint32_t i = 0; i < n; i++)
		sum += counts[i].n;
	heir_out_fill(out, ' ', INDENT);
	line.column = INDENT;
	snprintf(number, sizeof(number), "%" PRIu64 " pod%s", sum, sum == 1 ? "" : "s");
	put(&line, heir_str_from(number), 0, HEIR_COLOR_BOLD);
	put_words(&line, heir_str_from(which), 1);
	for (uint32_t i = 0; i < n; i++) {
		put(&line, counts[i].namespace, 1, HEIR_COLOR_NONE);
		snprintf(
			number, sizeof(number), "%" PRIu32 "%s", counts[i].n, i + 1 < n ? "," : "");
		put(&line, heir_str_from(number), 1, HEIR_COLOR_NONE);
	}
	heir_out_addz(out, "\n");
}

static void print_pods_of(
	const struct heir_diff *diff, const struct heir_diff_handler *handler, struct heir_out *out)
{
	const struct heir_pod_count *counts;
	uint32_t n;

	counts = heir_diff_pods(diff, handler, false, &n);
	print_pods(counts, n, "by namespace:", out);
	counts = heir_diff_pods(diff, handler, true, &n);
	print_pods(counts, n, "without RuntimeClass, by namespace:", out);
}

static int print_handler(
	const struct heir_diff *diff, const struct heir_diff_handler *handler, struct heir_out *out)
{
	static const struct {
		const char *sign;
		enum heir_color color;
	} looks[HEIR_N_CHANGES] = {
		[HEIR_CHANGE_NONE] = {" ", HEIR_COLOR_NONE},
		[HEIR_CHANGE_ADDED] = {"+", HEIR_COLOR_GREEN},
		[HEIR_CHANGE_REMOVED] = {"-", HEIR_COLOR_RED},
		[HEIR_CHANGE_CHANGED] = {"~", HEIR_COLOR_YELLOW},
		[HEIR_CHANGE_BROKEN] = {"!", HEIR_COLOR_RED},
		[HEIR_CHANGE_MENDED] = {"*", HEIR_COLOR_GREEN},
	};
	struct line line = {out, 0, INDENT};
	size_t width = 0;
	uint32_t told;
	int r = heir_diff_told(diff, handler, &told);

	if (r < 0)
		return r;
	heir_out_addz(out, "\n");
	put(&line, heir_str_from(looks[handler->change].sign), 0, looks[handler->change].color);
	put(&line, handler->name.len ? handler->name : HEIR_STR("\"\""), 1, HEIR_COLOR_BOLD);
	r = put_change(diff, handler, &line);
	heir_out_addz(out, "\n");
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++)
		if (told >> f & 1)
			width = MAX(width, heir_fields[f].name.len);
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && r == 0; f++)
		if (told >> f & 1)
			r = print_field(diff, handler, f, width, out);
	print_pods_of(diff, handler, out);
	return r;
}

/* ---- The whole ---- */

static int print_side(const struct heir_diff *diff, enum heir_side side, struct heir_out *out)
{
	const struct heir_where *where = &diff->view[side]->config->where;
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

	heir_buf_addz(&text, side == HEIR_LEFT ? "--- " : "+++ ");
	heir_buf_addz(&text, where->as == HEIR_AS_STOCK ? "stock, " : "heir, ");
	add_version(&text, where->version);
	heir_buf_addz(&text, ", ");
	heir_buf_addz(&text, diff->root[side] ? diff->root[side] : "this machine");
	if (text.failed)
		return -ENOMEM;
	heir_out_cell(out, heir_buf_str(&text), 0, HEIR_COLOR_BOLD);
	heir_out_addz(out, "\n");
	return 0;
}

/* Whether a default that stands in no file is the built-in one, rather than one of which somebody
 * asked "what if". */
static int is_builtin_default(const struct heir_view *view, bool *ret)
{
	const struct heir_config *config = view->config;
	const struct heir_write *last = config->settings[HEIR_SETTING_default_runtime];
	const struct heir_write *first = last;
	struct heir_str builtin, said = heir_config_setting(config, HEIR_SETTING_default_runtime);

	while (first->replaced)
		first = first->replaced;
	builtin = heir_config_string(config, first->source, first->node);
	if (!builtin.p || !said.p)
		return -ENOMEM;
	/* CRI-O takes its own where a file says "". */
	*ret = (first == last || said.len == 0) && heir_str_eq(view->res->default_runtime, builtin);
	return 0;
}

int heir_diff_default_rows(const struct heir_diff *diff, struct heir_diff_row rows[HEIR_N_SIDES])
{
	int r = 0;

	for (unsigned side = 0; side < HEIR_N_SIDES && r == 0; side++) {
		const struct heir_view *view = diff->view[side];
		struct heir_place place = view->res->default_place;
		bool is_builtin = false;

		heir_utf8_quote(&rows[side].value, view->res->default_runtime);
		if (place.source != HEIR_SOURCE_NONE) {
			r = add_place_and_layer(view, &rows[side].origin, place);
		} else {
			r = is_builtin_default(view, &is_builtin);
			heir_buf_addz(&rows[side].origin, is_builtin ? "built in" : "what if");
		}
		if (r == 0)
			r = row_error(&rows[side]);
	}
	return r;
}

static int print_default(const struct heir_diff *diff, struct heir_out *out)
{
	static const struct heir_str name = {"default_runtime", sizeof("default_runtime") - 1};
	struct heir_diff_row rows[HEIR_N_SIDES] = {
		{HEIR_BUF_NULL, HEIR_BUF_NULL}, {HEIR_BUF_NULL, HEIR_BUF_NULL}};
	const struct heir_pod_count *counts;
	uint32_t n;
	int r = heir_diff_default_rows(diff, rows);

	if (r == 0) {
		heir_out_addz(out, "\n");
		print_rows(out, name, name.len, 0, rows);
		counts = heir_pods_of(&diff->pods, HEIR_STR(""), &n);
		print_pods(counts, n, "without RuntimeClass, by namespace:", out);
	}
	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		heir_diff_row_release(&rows[side]);
	return r;
}

static int print_fatal(const struct heir_diff *diff, enum heir_side side, struct heir_out *out)
{
	struct line line = {out, 0, INDENT};
	int r;

	heir_out_addz(out, "\n");
	put(&line, side == HEIR_LEFT ? HEIR_STR("---") : HEIR_STR("+++"), 0, HEIR_COLOR_RED);
	put_words(&line,
		heir_str_from(heir_view_fatal_words(diff->view[side], diff->view[side]->fatal)), 1);
	heir_out_addz(out, ":");
	line.column++;
	r = put_reason(&line, diff->view[side], diff->view[side]->fatal);
	heir_out_addz(out, "\n");
	return r;
}

/* "3 handlers differ (2 changed, 1 mended), 5 do not" */
static void print_count(const struct heir_diff *diff, struct heir_out *out)
{
	uint32_t n[HEIR_N_CHANGES] = {0};
	const char *before = " (";

	for (uint32_t i = 0; i < diff->n_handlers; i++)
		n[diff->handlers[i].change]++;
	heir_out_addz(out, "\n");
	if (diff->n_handlers == 0) {
		heir_out_printf(out, "no handler differs of %" PRIu32 "\n", diff->n_same);
		return;
	}
	heir_out_printf(out, "%" PRIu32 " handler%s", diff->n_handlers,
		diff->n_handlers == 1 ? " differs" : "s differ");
	for (unsigned change = HEIR_CHANGE_ADDED; change < HEIR_N_CHANGES; change++)
		if (n[change] > 0) {
			heir_out_printf(out, "%s%" PRIu32 " %s", before, n[change],
				heir_change_name(change));
			before = ", ";
		}
	heir_out_printf(
		out, "), %" PRIu32 " %s not\n", diff->n_same, diff->n_same == 1 ? "does" : "do");
}

/* Below the count: what of the new side is not on its node yet. */
static void print_pending(const struct heir_diff *diff, struct heir_out *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < diff->n_handlers; i++)
		n += heir_diff_is_pending(diff, &diff->handlers[i]);
	heir_pending_footer(out, n, n == diff->n_handlers ? "" : "some are ");
}

int heir_diff_text(const struct heir_diff *diff, struct heir_out *out)
{
	bool starts = true;
	int r = 0;

	for (unsigned side = 0; side < HEIR_N_SIDES && r == 0; side++)
		r = print_side(diff, side, out);
	for (unsigned side = 0; side < HEIR_N_SIDES && r == 0; side++)
		if (diff->view[side]->fatal) {
			starts = false;
			r = print_fatal(diff, side, out);
		}
	if (r == 0 && diff->default_differs)
		r = print_default(diff, out);
	for (uint32_t i = 0; i < diff->n_handlers && r == 0 && out->error == 0; i++) {
		r = print_handler(diff, &diff->handlers[i], out);
		heir_core_forget_values(diff->view[HEIR_LEFT]->core);
		heir_core_forget_values(diff->view[HEIR_RIGHT]->core);
	}
	if (r == 0 && starts)
		print_count(diff, out);
	if (r == 0 && starts)
		print_pending(diff, out);
	return r;
}
