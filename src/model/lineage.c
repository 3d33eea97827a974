/* SPDX-License-Identifier: Apache-2.0 */
/* The chain and the values, from what resolution left behind. Nothing is resolved, looked up or
 * evaluated a second time. */
#include "model/lineage.h"

#include <errno.h>

#include "base/utf8.h"
#include "inherit/order.h"
#include "model/bound.h"
#include "model/lineage_parts.h"

void *heir_lineage_alloc(struct heir_lineage_build *b, size_t n, size_t size)
{
	void *p = heir_arena_zalloc(&b->lineage->arena, n, size);

	if (!p)
		b->error = -ENOMEM;
	return p;
}

const char *heir_lineage_keep(struct heir_lineage_build *b, const char *p)
{
	if (!p)
		b->error = -ENOMEM;
	return p ? p : "";
}

const char *heir_lineage_take(struct heir_lineage_build *b, struct heir_buf *buf)
{
	struct heir_str text = heir_buf_str(buf);
	char *copy = buf->failed ? NULL : heir_arena_strndup(&b->lineage->arena, text.p, text.len);

	heir_buf_release(buf);
	return heir_lineage_keep(b, copy);
}

struct heir_location heir_lineage_locate(struct heir_lineage_build *b, struct heir_place place)
{
	struct heir_location where;
	int r = heir_view_locate(b->view, place, &where);

	if (r < 0)
		b->error = r;
	return where;
}

const char *heir_lineage_place(struct heir_lineage_build *b, struct heir_place place)
{
	struct heir_buf buf = HEIR_BUF_NULL;
	int r = heir_view_place(b->view, &buf, place, false);

	if (r < 0)
		b->error = r;
	return heir_lineage_take(b, &buf);
}

struct heir_place heir_lineage_key(
	const struct heir_lineage_build *b, uint32_t source, heir_toml_node node)
{
	return heir_node_place(
		b->config, source, heir_toml_key_span(b->config->docs[source], node));
}

const char *heir_lineage_value(struct heir_lineage_build *b, const struct heir_value *value)
{
	struct heir_origin shown = {.kind = HEIR_KIND_EXPLICIT, .value = *value};
	struct heir_buf buf = HEIR_BUF_NULL;

	if (b->brief && heir_bound_value(&b->view->core->values, NULL, &shown) < 0) {
		b->error = -ENOMEM;
		return "";
	}
	heir_view_value(&buf, &shown.value);
	return heir_lineage_take(b, &buf);
}

const char *heir_lineage_assignment(
	struct heir_lineage_build *b, uint32_t source, heir_toml_node node, enum heir_type type)
{
	const struct heir_toml_doc *doc = b->config->docs[source];
	struct heir_toml_span key = heir_toml_key_span(doc, node);
	struct heir_toml_span span = heir_toml_value_span(doc, node);
	const char *text = heir_toml_text(doc).p;
	struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_value value;

	heir_buf_add(&buf, text + key.at, key.len);
	heir_buf_addz(&buf, " = ");
	if (type == HEIR_TYPE_ANY) {
		if (heir_view_node(b->view, &buf, source, node) < 0)
			b->error = -ENOMEM;
	} else if (heir_toml_type(doc, node) != HEIR_TOML_TABLE || type != HEIR_TYPE_MAP ||
		   (span.len > 0 && text[span.at] == '{')) {
		heir_view_source(b->view, &buf, source, node);
	} else if (heir_value_read(b->config, source, node, type, &value) < 0) {
		b->error = -ENOMEM;
	} else {
		heir_buf_addz(&buf, heir_lineage_value(b, &value));
	}
	return heir_lineage_take(b, &buf);
}

/* ---- The chain ---- */

static const char *link_text(struct heir_lineage_build *b, const struct heir_result *result)
{
	const char *text;

	if (result->via == HEIR_VIA_IMPLICIT)
		return "no runtime_path: a new handler uses the default's (implicit_inherit is on)";
	text = heir_lineage_assignment(b, result->via_source, result->via_node, HEIR_TYPE_ANY);
	if (result->via == HEIR_VIA_INHERIT_WHEN)
		return HEIR_LINEAGE_WORDS(b, "inherit_when: %s", text);
	if (result->parent == result && !heir_result_base(result))
		return HEIR_LINEAGE_WORDS(b, "%s, of the default itself: it has no effect", text);
	return text;
}

static void fill_step(struct heir_lineage_build *b, struct heir_step *step,
	const struct heir_result *result, bool as_default, bool is_end)
{
	const struct heir_write *table = result->handler->table;
	struct heir_buf header = HEIR_BUF_NULL;

	*step = (struct heir_step){.result = result, .as_default = as_default};
	step->table = heir_lineage_locate(b, heir_write_value_place(b->config, table));
	heir_view_source(b->view, &header, table->source, table->node);
	step->table_text = heir_lineage_take(b, &header);
	step->where = step->table;
	if (is_end || result->via == HEIR_VIA_NONE)
		return;
	step->via = result->via;
	step->text = link_text(b, result);
	if (result->via_node)
		step->where = heir_lineage_locate(
			b, heir_lineage_key(b, result->via_source, result->via_node));
}

/* How many handlers there are up to the end of the chain, or until a cycle closes. */
static uint32_t chain_length(struct heir_lineage_build *b)
{
	uint8_t *seen = heir_lineage_alloc(b, b->config->n_handlers / 8 + 1, 1);
	uint32_t n = 0;

	for (const struct heir_result *at = b->result; at && seen; at = heir_result_base(at)) {
		uint32_t id = at->handler->id;

		n++;
		if (seen[id / 8] & 1u << id % 8) {
			b->lineage->cycle = true;
			break;
		}
		seen[id / 8] |= (uint8_t)(1u << id % 8);
	}
	return n;
}

static void build_chain(struct heir_lineage_build *b)
{
	struct heir_lineage *lineage = b->lineage;
	const struct heir_result *at = b->result;
	uint32_t n = chain_length(b);
	bool as_default = false;

	lineage->chain = heir_lineage_alloc(b, n, sizeof(*lineage->chain));
	if (!lineage->chain)
		return;
	for (uint32_t i = 0; i < n && b->error == 0; i++) {
		fill_step(b, &lineage->chain[i], at, as_default, lineage->cycle && i + 1 == n);
		lineage->n_chain = i + 1;
		as_default = heir_result_base(at) && at->by_default;
		at = heir_result_base(at);
	}
}

/* Where the default runtime is set, for a chain that goes through it. */
static void build_default(struct heir_lineage_build *b)
{
	const struct heir_write *write = b->config->settings[HEIR_SETTING_default_runtime];
	struct heir_lineage *lineage = b->lineage;
	struct heir_str name = b->view->res->default_runtime;
	struct heir_str set, stands;
	const struct heir_write *builtin = write;
	struct heir_buf text = HEIR_BUF_NULL;
	bool passes = false, what_if;

	for (uint32_t i = 0; i < lineage->n_chain; i++)
		passes |= lineage->chain[i].as_default;
	if (!passes || b->error < 0 || !write)
		return;
	while (builtin->replaced)
		builtin = builtin->replaced;
	set = heir_config_setting(b->config, HEIR_SETTING_default_runtime);
	stands = set.len > 0 ? set : heir_config_string(b->config, builtin->source, builtin->node);
	if (!set.p || !stands.p) {
		b->error = -ENOMEM;
		return;
	}
	what_if = !heir_str_eq(name, stands);
	heir_lineage_default_written(b, what_if);
	heir_buf_addz(&text, "default_runtime = ");
	heir_utf8_quote(&text, name);
	lineage->default_text = heir_lineage_take(b, &text);
	if (what_if)
		lineage->default_note = "(what if)";
	else if (set.len == 0)
		lineage->default_note = "(built in)";
	else
		lineage->default_where =
			heir_lineage_locate(b, heir_lineage_key(b, write->source, write->node));
}

/* ---- One field ---- */

static bool is_list(enum heir_field field)
{
	return heir_fields[field].type == HEIR_TYPE_STRV ||
	       heir_fields[field].type == HEIR_TYPE_MAP;
}

static enum heir_kind scope_kind(const struct heir_lineage_build *b, uint32_t source)
{
	return b->view->core->sources.items[source].scope == HEIR_SCOPE_BUILTIN
		       ? HEIR_KIND_BUILTIN
		       : HEIR_KIND_EXPLICIT;
}

/* heir's own keys are of any type: what is neither a string nor a list of strings is shown as
 * TOML on one line. */
static void get_own_key(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	const struct heir_write *table = b->result->handler->table;
	const struct heir_toml_doc *doc = b->config->docs[table->source];
	heir_toml_node node = heir_table_field(b->config, table, f->field);
	enum heir_toml_type type = heir_toml_type(doc, node);
	enum heir_type as = HEIR_TYPE_ANY;
	struct heir_buf text = HEIR_BUF_NULL;

	if (node == 0)
		return;
	if (type == HEIR_TOML_STRING)
		as = HEIR_TYPE_STRING;
	else if (type == HEIR_TOML_ARRAY &&
		 heir_toml_type(doc, heir_toml_first(doc, node)) == HEIR_TOML_STRING)
		as = HEIR_TYPE_STRV;
	f->origin.kind = scope_kind(b, table->source);
	f->origin.source = table->source;
	f->origin.node = node;
	if (as == HEIR_TYPE_ANY) {
		if (heir_view_node(b->view, &text, table->source, node) < 0)
			b->error = -ENOMEM;
		f->text = heir_lineage_take(b, &text);
		f->origin.value.string = heir_str_from(f->text);
	} else if (heir_value_read(b->config, table->source, node, as, &f->origin.value) < 0) {
		b->error = -ENOMEM;
	} else {
		f->text = heir_lineage_value(b, &f->origin.value);
	}
}

static void get_value(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	int r;

	if (f->field >= HEIR_FIRST_OWN_FIELD) {
		get_own_key(b, f);
	} else if (!b->lineage->unresolved) {
		r = heir_result_get(b->view->res, b->result, f->field, &f->origin);
		if (r < 0)
			b->error = r;
		else if (f->origin.kind != HEIR_KIND_UNSET)
			f->text = heir_lineage_value(b, &f->origin.value);
	}
	f->where = heir_lineage_locate(b, heir_view_origin_place(b->view, &f->origin));
}

/* Whose own value it is, how many steps up, and what it is there. */
static void find_lender(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	const struct heir_lineage *lineage = b->lineage;
	const struct heir_result *lender;

	f->n_steps = 1;
	f->lent = f->origin.kind;
	/* Who has no value has one of those above to thank for it. */
	if (f->origin.kind == HEIR_KIND_UNSET && (unsigned)f->field < HEIR_N_IDENTITY)
		f->n_steps = lineage->n_chain;
	if (f->origin.kind != HEIR_KIND_INHERITED)
		return;
	while (f->n_steps < lineage->n_chain &&
		lineage->chain[f->n_steps - 1].result->handler != f->origin.from)
		f->n_steps++;
	lender = lineage->chain[f->n_steps - 1].result;
	if (f->field == HEIR_FIELD_runtime_path && lender->path)
		f->lent = lender->path_kind;
	else
		f->lent = scope_kind(b, f->origin.source);
}

/* A list may be made of what several handlers say, any other value is one handler's. */
static void find_shares(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	uint32_t first = is_list(f->field) ? 0 : f->n_steps - 1;

	if (f->lent != HEIR_KIND_EXPLICIT && f->lent != HEIR_KIND_BUILTIN)
		return;
	f->shares = heir_lineage_alloc(b, f->n_steps - first, sizeof(*f->shares));
	for (uint32_t i = first; i < f->n_steps && f->shares; i++) {
		const struct heir_write *table = b->lineage->chain[i].result->handler->table;
		heir_toml_node node = heir_table_field(b->config, table, f->field);
		uint32_t source = table->source;

		if (f->origin.by_setting) {
			node = f->origin.node;
			source = f->origin.source;
		}
		if (node == 0)
			continue;
		f->shares[f->n_shares++] = (struct heir_share){i,
			heir_lineage_assignment(b, source, node, heir_fields[f->field].type),
			heir_lineage_locate(b, heir_lineage_key(b, source, node))};
	}
}

static void build_field(
	struct heir_lineage_build *b, struct heir_lineage_field *f, enum heir_field field)
{
	*f = (struct heir_lineage_field){
		.field = field, .origin.value = {.type = HEIR_TYPE_STRING, .string = HEIR_STR("")}};
	get_value(b, f);
	if (b->error == 0)
		find_lender(b, f);
	if (b->error == 0)
		find_shares(b, f);
	if (b->error == 0 && !b->lineage->unresolved) {
		heir_lineage_rulings(b, f);
		heir_lineage_searches(b, f);
	}
	if (b->error == 0)
		heir_lineage_written(b, f);
}

static bool is_worth_reporting(const struct heir_lineage_field *f)
{
	return f->n_written > 0 || f->n_tried > 0 || f->withheld ||
	       (f->origin.kind != HEIR_KIND_UNSET && !heir_value_is_zero(&f->origin.value));
}

static void build_fields(struct heir_lineage_build *b, enum heir_field field)
{
	struct heir_lineage *lineage = b->lineage;
	unsigned first = field == HEIR_N_FIELDS ? 0 : field;
	unsigned end = field == HEIR_N_FIELDS ? HEIR_N_FIELDS : field + 1u;

	lineage->whole = field == HEIR_N_FIELDS;
	lineage->fields = heir_lineage_alloc(b, end - first, sizeof(*lineage->fields));
	for (unsigned i = first; i < end && b->error == 0; i++) {
		struct heir_lineage_field *f = &lineage->fields[lineage->n_fields];

		build_field(b, f, i);
		if (!lineage->whole || is_worth_reporting(f))
			lineage->n_fields++;
	}
}

/* ---- The whole ---- */

static void find_result(struct heir_lineage_build *b, const struct heir_handler *handler)
{
	struct heir_lineage *lineage = b->lineage;
	const struct heir_resolution *res = b->view->res;

	lineage->unresolved = !res->results || !res->default_result;
	lineage->blank = (struct heir_result){.handler = handler, .lost = true};
	b->result = lineage->unresolved ? &lineage->blank : &res->results[handler->id];
	lineage->result = b->result;
	lineage->dropped = b->result->dropped;
	lineage->reason = lineage->dropped ? b->result->dropped : b->view->fatal;
}

int heir_lineage_init(struct heir_lineage *lineage, const struct heir_view *view,
	const struct heir_view *stock, const struct heir_handler *handler, enum heir_field field,
	bool brief)
{
	struct heir_lineage_build b = {
		.lineage = lineage, .view = view, .config = view->config, .brief = brief};

	*lineage = (struct heir_lineage){.view = view};
	heir_arena_init(&lineage->arena);
	find_result(&b, handler);
	build_chain(&b);
	build_default(&b);
	if (b.error == 0)
		heir_lineage_conditions(&b);
	if (b.error == 0)
		build_fields(&b, field);
	if (b.error == 0)
		heir_lineage_stock(&b, stock);
	return b.error;
}

void heir_lineage_release(struct heir_lineage *lineage)
{
	heir_arena_release(&lineage->arena);
}
