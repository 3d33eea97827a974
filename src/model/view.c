/* SPDX-License-Identifier: Apache-2.0 */
#include "model/view.h"

#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "model/bound.h"

static int by_name(const void *a, const void *b)
{
	const struct heir_handler *const *x = a, *const *y = b;

	return heir_str_cmp((*x)->name, (*y)->name);
}

int heir_view_init(struct heir_view *view, struct heir_core *core, const struct heir_config *config,
	const struct heir_resolution *res)
{
	uint32_t n = config->n_handlers;

	*view = (struct heir_view){.core = core, .config = config, .res = res};
	view->config_dir = heir_where_config_dir(&config->where);
	view->stops = res ? &res->stops : &config->stops;
	view->fatal = res ? res->fatal : config->fatal;
	/* Without a valid default CRI-O does not start, but what each handler gets is known. */
	if (view->fatal && view->fatal->rule == HEIR_RULE_DEFAULT_INVALID)
		view->fatal = NULL;
	if (view->fatal)
		return 0;
	view->handlers = calloc(n ? n : 1, sizeof(const struct heir_handler *));
	if (!view->handlers)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		view->handlers[i] = config->handlers[i];
	qsort(view->handlers, n, sizeof(const struct heir_handler *), by_name);
	view->n_handlers = n;
	return 0;
}

void heir_view_release(struct heir_view *view)
{
	free(view->handlers);
	view->handlers = NULL;
}

const struct heir_result *heir_view_result(
	const struct heir_view *view, const struct heir_handler *handler)
{
	return view->res ? &view->res->results[handler->id] : NULL;
}

bool heir_view_next_pair(struct heir_view_walk *walk, const struct heir_handler *ret[2])
{
	int order = 0;

	for (unsigned side = 0; side < 2; side++)
		ret[side] = walk->at[side] < walk->view[side]->n_handlers
				    ? walk->view[side]->handlers[walk->at[side]]
				    : NULL;
	if (ret[0] && ret[1])
		order = heir_str_cmp(ret[0]->name, ret[1]->name);
	if (order > 0)
		ret[0] = NULL;
	if (order < 0)
		ret[1] = NULL;
	walk->at[0] += ret[0] != NULL;
	walk->at[1] += ret[1] != NULL;
	return ret[0] || ret[1];
}

int heir_view_field(const struct heir_view *view, const struct heir_handler *handler,
	enum heir_field field, struct heir_origin *ret)
{
	struct heir_result unresolved = {.handler = handler};
	struct heir_resolution res = {.config = view->config, .core = view->core};

	if (view->res)
		return heir_result_get(view->res, heir_view_result(view, handler), field, ret);
	return heir_result_own(&res, &unresolved, field, ret);
}

bool heir_view_is_pending(const struct heir_view *view, const struct heir_handler *handler)
{
	return view->res && view->pending && view->pending[handler->id];
}

const char *heir_view_short_path(const struct heir_view *view, const char *path)
{
	return heir_short_path(view->config_dir, path);
}

int heir_view_place(
	const struct heir_view *view, struct heir_buf *buf, struct heir_place place, bool column)
{
	struct heir_location where;
	int r = heir_view_locate(view, place, &where);

	if (r < 0)
		return r;
	if (!where.file) {
		heir_buf_addz(buf, "(built in)");
		return heir_buf_error(buf);
	}
	heir_buf_addz(buf, heir_view_short_path(view, where.file));
	heir_buf_addc(buf, ':');
	heir_buf_number(buf, where.line);
	if (column) {
		heir_buf_addc(buf, ':');
		heir_buf_number(buf, where.column);
	}
	return heir_buf_error(buf);
}

int heir_view_place_and_layer(
	const struct heir_view *view, struct heir_buf *buf, struct heir_place place)
{
	int r = heir_view_place(view, buf, place, false);

	if (r == 0 && place.source != HEIR_SOURCE_NONE)
		heir_buf_printf(buf, " (%s)",
			heir_layer_name(
				heir_source_layer(&view->core->sources.items[place.source])));
	return r < 0 ? r : heir_buf_error(buf);
}

static const char *author_name(enum heir_author author)
{
	static const char *const names[] = {
		[HEIR_AUTHOR_UNKNOWN] = NULL,
		[HEIR_AUTHOR_PACKAGE] = "package",
		[HEIR_AUTHOR_TEMPLATE] = "template",
		[HEIR_AUTHOR_CTRCFG] = "ctrcfg",
		[HEIR_AUTHOR_OPERATOR] = "operator",
		[HEIR_AUTHOR_USER] = "user",
		[HEIR_AUTHOR_RENDERED] = "rendered",
	};

	return names[author];
}

/* The object that holds a source, and where. 0 or -ENOMEM. */
static int locate_holder(
	const struct heir_view *view, const struct heir_source *source, struct heir_holder *ret)
{
	const struct heir_object *object = source->object;
	struct heir_position at = {0, 0};
	int r = 0;

	if (source->held_at.source != HEIR_SOURCE_NONE)
		r = heir_source_locate(&view->core->sources.items[source->held_at.source],
			&view->core->arena, source->held_at.at, &at);
	*ret = (struct heir_holder){object->input, object->kind, object->name, at.line, at.column};
	return r;
}

int heir_view_locate(
	const struct heir_view *view, struct heir_place place, struct heir_location *ret)
{
	struct heir_position from, to;
	struct heir_source *source;
	int r;

	*ret = (struct heir_location){.file = NULL};
	if (place.source == HEIR_SOURCE_NONE)
		return 0;
	source = &view->core->sources.items[place.source];
	r = heir_source_locate(source, &view->core->arena, place.at, &from);
	if (r == 0)
		r = heir_source_locate(source, &view->core->arena, place.at + place.len, &to);
	if (r == 0 && source->object)
		r = locate_holder(view, source, &ret->holder);
	if (r < 0)
		return r;
	ret->file = source->path;
	ret->author = author_name(source->author);
	ret->line = from.line;
	ret->column = from.column;
	ret->end_line = to.line;
	ret->end_column = to.column;
	return 0;
}

void heir_view_origin_words(struct heir_buf *buf, const struct heir_origin *origin)
{
	_cleanup_(heir_buf_release) struct heir_buf name = HEIR_BUF_NULL;

	switch (origin->kind) {
	case HEIR_KIND_INHERITED:
		heir_buf_addz(buf, "inherited");
		if (origin->from) {
			heir_buf_addz(buf, " from ");
			heir_bound_name(&name, origin->from->name);
			heir_utf8_show(buf, heir_buf_str(&name));
			buf->failed |= name.failed;
		}
		break;
	case HEIR_KIND_PATH:
		heir_buf_addz(buf, "found in $PATH");
		break;
	case HEIR_KIND_BUILTIN:
		heir_buf_addz(buf, "built in");
		break;
	case HEIR_KIND_DEFAULT:
		heir_buf_addz(buf, "CRI-O's own default");
		break;
	default:
		heir_buf_addz(buf, heir_kind_name(origin->kind));
	}
}

struct heir_place heir_view_origin_place(
	const struct heir_view *view, const struct heir_origin *origin)
{
	if (origin->node == 0)
		return HEIR_PLACE_NONE;
	return heir_node_place(view->config, origin->source,
		heir_toml_value_span(view->config->docs[origin->source], origin->node));
}

static bool is_of_objects(const struct heir_view *view, const struct heir_diag *diag)
{
	uint32_t source = diag->where.source;

	return source != HEIR_SOURCE_NONE &&
	       view->core->sources.items[source].scope == HEIR_SCOPE_OBJECT;
}

/* Who refuses: objects that the MCO does not render never reach a CRI-O. */
static void add_subject(const struct heir_view *view, struct heir_buf *buf)
{
	const struct heir_version version = view->config->where.version;
	uint32_t n_objects = 0;

	for (uint32_t i = 0; i < view->stops->n; i++)
		n_objects += is_of_objects(view, view->stops->items[i]);
	if (n_objects == view->stops->n) {
		heir_buf_addz(buf, "the MCO would refuse the objects");
		return;
	}
	heir_buf_addz(buf, "CRI-O");
	if (!view->targets)
		heir_buf_printf(buf, " 1.%u", version.minor);
	if (!view->targets && version.patch != HEIR_PATCH_LAST)
		heir_buf_printf(buf, ".%u", version.patch);
	heir_buf_addz(buf, " would not start");
}

void heir_view_verdict(const struct heir_view *view, struct heir_buf *buf)
{
	uint32_t n = view->stops->n;
	uint64_t stopped = 0;

	if (n == 0)
		return;
	add_subject(view, buf);
	heir_buf_printf(buf, ": %u reason%s", n, n == 1 ? "" : "s");
	for (uint32_t i = 0; i < view->n_targets; i++)
		stopped |= (uint64_t)!view->targets[i].starts << i;
	heir_view_targets(view, stopped, buf);
}

void heir_view_targets(const struct heir_view *view, uint64_t targets, struct heir_buf *buf)
{
	const char *before = " (";

	if (!view->targets)
		return;
	for (uint32_t i = 0, next; i < view->n_targets; i = next) {
		next = i + 1;
		if (!(targets >> i & 1))
			continue;
		while (next < view->n_targets && targets >> next & 1)
			next++;
		/* A range of two is longer than both. */
		if (next - i == 2)
			next--;
		heir_buf_printf(buf, "%s%s", before, view->targets[i].name);
		if (next - i > 1)
			heir_buf_printf(buf, "..%s", view->targets[next - 1].name);
		before = ", ";
	}
	heir_buf_addz(buf, before[0] == ',' ? ")" : "");
}

const char *heir_view_fatal_words(const struct heir_view *view, const struct heir_diag *fatal)
{
	uint32_t source = fatal->where.source;
	bool of_heir = fatal->rule == HEIR_RULE_INHERIT_INVALID ||
		       (source != HEIR_SOURCE_NONE &&
			       view->core->sources.items[source].scope == HEIR_SCOPE_HEIR);

	if (source != HEIR_SOURCE_NONE &&
		view->core->sources.items[source].scope == HEIR_SCOPE_OBJECT)
		return "the MCO would reject";
	return of_heir ? "heir cannot resolve" : "CRI-O would not start";
}

void heir_view_key(struct heir_buf *buf, struct heir_str key)
{
	heir_key_write(buf, key);
}

void heir_view_value(struct heir_buf *buf, const struct heir_value *value)
{
	heir_value_write(buf, value);
}

void heir_view_source(
	const struct heir_view *view, struct heir_buf *buf, uint32_t source, heir_toml_node node)
{
	enum { LIMIT = 60 };
	const struct heir_toml_doc *doc = view->config->docs[source];
	struct heir_toml_span span = heir_toml_value_span(doc, node);
	struct heir_str text = {heir_toml_text(doc).p + span.at, span.len};
	bool blank = false;
	size_t n = 0;

	for (size_t i = 0; i < text.len && n < LIMIT; n++) {
		uint32_t c;
		size_t len = heir_utf8_decode((struct heir_str){text.p + i, text.len - i}, &c);
		bool is_blank = text.p[i] == ' ' || text.p[i] == '\t' || text.p[i] == '\n' ||
				text.p[i] == '\r';

		len = len ? len : 1;
		if (is_blank && !blank)
			heir_buf_addc(buf, ' ');
		else if (!is_blank)
			heir_buf_add(buf, text.p + i, len);
		blank = is_blank;
		i += len;
		if (n + 1 == LIMIT && i < text.len)
			heir_buf_addz(buf, "...");
	}
}

/* What a node is within another: the key, if it has one, and what stands between. */
static void begin_item(
	struct heir_buf *buf, const struct heir_toml_doc *doc, heir_toml_node node, bool is_table)
{
	bool first = heir_toml_first(doc, heir_toml_parent(doc, node)) == node;

	heir_buf_addz(buf, !first ? ", " : is_table ? " " : "");
	if (is_table) {
		heir_key_write(buf, heir_toml_key(doc, node));
		heir_buf_addz(buf, " = ");
	}
}

static void add_scalar(struct heir_buf *buf, const struct heir_toml_doc *doc, heir_toml_node node,
	struct heir_arena *arena)
{
	struct heir_toml_span span = heir_toml_value_span(doc, node);
	struct heir_str text;

	if (heir_toml_type(doc, node) != HEIR_TOML_STRING) {
		heir_buf_add(buf, heir_toml_text(doc).p + span.at, span.len);
		return;
	}
	text = heir_toml_string(doc, node, arena);
	if (text.p)
		heir_utf8_quote(buf, text);
	else
		buf->failed = true;
}

/* Recurses to a depth that is ours. */
static void add_node(struct heir_buf *buf, const struct heir_toml_doc *doc, heir_toml_node node,
	unsigned depth, struct heir_arena *arena)
{
	enum heir_toml_type type = heir_toml_type(doc, node);
	bool is_table = type == HEIR_TOML_TABLE;

	if (!is_table && type != HEIR_TOML_ARRAY && type != HEIR_TOML_ARRAY_OF_TABLES) {
		add_scalar(buf, doc, node, arena);
		return;
	}
	heir_buf_addz(buf, is_table ? "{" : "[");
	if (depth == HEIR_VIEW_DEEPEST)
		heir_buf_addz(buf, " ... ");
	else
		heir_toml_foreach (item, doc, node) {
			begin_item(buf, doc, item, is_table);
			add_node(buf, doc, item, depth + 1, arena);
		}
	heir_buf_addz(buf, !is_table ? "]" : heir_toml_first(doc, node) != 0 ? " }" : "}");
}

int heir_view_node(
	const struct heir_view *view, struct heir_buf *buf, uint32_t source, heir_toml_node node)
{
	_cleanup_(heir_arena_release) struct heir_arena arena;

	heir_arena_init(&arena);
	add_node(buf, view->config->docs[source], node, 0, &arena);
	return heir_buf_error(buf) < 0 ? -ENOMEM : 0;
}
