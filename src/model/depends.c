/* SPDX-License-Identifier: Apache-2.0 */
#include "model/depends.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kube/cluster.h"

struct search {
	struct heir_depends *depends;
	const struct heir_view *view;
	const struct heir_same *same;
	struct heir_kube *kube;
	const char *pool;
	uint32_t source;
	uint32_t from, to; /* bytes of the line */
	/* By the handlers' ids: the line is why they have their parent, or an ancestor has. */
	bool *linked;
	/* The handler whose table begins in the line; NULL: none's. */
	const struct heir_handler *table;
};

/* Is a source the file of the line? */
static bool is_here(const struct search *s, uint32_t source)
{
	return heir_is_same_file(s->same, source, s->source);
}

/* Does a value of a document, with its key, stand in the line? */
static bool is_there(const struct search *s, uint32_t source, heir_toml_node node)
{
	const struct heir_toml_doc *doc;
	struct heir_toml_span key, value;

	if (node == 0 || !is_here(s, source))
		return false;
	doc = s->view->config->docs[source];
	key = heir_toml_key_span(doc, node);
	value = heir_toml_value_span(doc, node);
	return (key.at < value.at ? key.at : value.at) <= s->to && value.at + value.len > s->from;
}

static void find_table(struct search *s)
{
	const struct heir_config *config = s->view->config;

	for (uint32_t i = 0; i < config->n_handlers && !s->table; i++) {
		const struct heir_write *table = config->handlers[i]->table;
		struct heir_toml_span header;

		if (!is_here(s, table->source))
			continue;
		header = heir_toml_value_span(config->docs[table->source], table->node);
		if (header.at >= s->from && header.at <= s->to)
			s->table = config->handlers[i];
	}
}

/* Is the default handler the default because of the line? */
static bool names_default(const struct search *s)
{
	const struct heir_place place = s->view->res->default_place;

	return is_here(s, place.source) && place.at >= s->from && place.at <= s->to;
}

/* The results in their order: parents come first. */
static void find_links(struct search *s)
{
	const struct heir_resolution *res = s->view->res;
	bool by_default = names_default(s);

	for (uint32_t i = 0; i < s->view->config->n_handlers; i++) {
		const struct heir_result *result = res->order[i];
		const struct heir_result *parent = result->parent;
		bool linked = is_there(s, result->via_source, result->via_node) ||
			      (by_default && (result->by_default || result == res->default_result));

		if (parent && parent != result)
			linked |= s->linked[parent->handler->id];
		s->linked[result->handler->id] = linked;
	}
}

/* Does an item of a list that several handlers make up stand in the line? */
static bool has_item_there(const struct search *s, const struct heir_value *value)
{
	if (!heir_value_is_merged(value))
		return false;
	for (uint32_t i = 0; i < value->list.n; i++) {
		const struct heir_entry *entry = &value->list.entries[i];

		if (is_there(s, entry->source, entry->node) ||
			(s->table && entry->from == s->table))
			return true;
	}
	return false;
}

/* The fields of a handler that come from the line, or from the handler whose table it begins. */
static int find_fields(const struct search *s, const struct heir_handler *handler, uint32_t *ret)
{
	const struct heir_result *result = heir_view_result(s->view, handler);
	int r = 0;

	*ret = 0;
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && r == 0; f++) {
		struct heir_origin origin;

		r = heir_result_get(s->view->res, result, (enum heir_field)f, &origin);
		if (r == 0 && origin.kind != HEIR_KIND_UNSET &&
			(is_there(s, origin.source, origin.node) ||
				has_item_there(s, &origin.value) ||
				(s->table && origin.from == s->table) ||
				(handler == s->table && origin.node && !origin.from &&
					is_here(s, origin.source))))
			*ret |= 1u << f;
	}
	heir_core_forget_values(s->view->core);
	return r;
}

static int find_handlers(struct search *s)
{
	const struct heir_view *view = s->view;
	struct heir_depends *depends = s->depends;
	int r = 0;

	s->linked = calloc(view->n_handlers + 1u, sizeof(*s->linked));
	depends->handlers = calloc(view->n_handlers + 1u, sizeof(*depends->handlers));
	if (!s->linked || !depends->handlers)
		return -ENOMEM;
	find_table(s);
	find_links(s);
	for (uint32_t i = 0; i < view->n_handlers && r == 0; i++) {
		const struct heir_handler *handler = view->handlers[i];
		uint32_t fields;

		r = find_fields(s, handler, &fields);
		if (r < 0 || (!fields && !s->linked[handler->id] && handler != s->table))
			continue;
		depends->handlers[depends->n_handlers++] = (struct heir_depend){handler, fields};
		depends->is_default |= heir_view_result(view, handler) == view->res->default_result;
	}
	return r;
}

static bool has_handler(const struct heir_depends *depends, struct heir_str name)
{
	uint32_t low = 0, high = depends->n_handlers;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = heir_str_cmp(depends->handlers[middle].handler->name, name);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static int find_classes(struct search *s)
{
	uint32_t n = heir_kube_n(s->kube, HEIR_KUBE_CLASS);
	struct heir_depends *depends = s->depends;

	depends->classes = calloc(n + 1u, sizeof(*depends->classes));
	if (!depends->classes)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		struct heir_runtime_class class;

		heir_runtime_class_read(heir_kube_at(s->kube, HEIR_KUBE_CLASS, i), &class);
		if (class.handler.len > 0 && has_handler(depends, class.handler))
			depends->classes[depends->n_classes++] = class.name;
	}
	return 0;
}

static bool is_same_object(const struct heir_object *a, const struct heir_object *b)
{
	return strcmp(a->kind, b->kind) == 0 && strcmp(a->name, b->name) == 0;
}

/* The pools that take the object which holds the file. */
static int find_pools(struct search *s)
{
	const struct heir_object *object = s->view->core->sources.items[s->source].object;
	struct heir_depends *depends = s->depends;
	const char *const *pools;
	uint32_t n;
	int r = heir_kube_pools(s->kube, &pools, &n);

	if (r < 0)
		return r;
	depends->pools = calloc(n + 1u, sizeof(*depends->pools));
	if (!depends->pools)
		return -ENOMEM;
	for (uint32_t i = 0; i < n && object && r == 0; i++) {
		const struct heir_kube_selected *taken;
		uint32_t n_taken = 0;
		bool takes = false;

		r = heir_kube_take(s->kube, pools[i], &taken, &n_taken);
		for (uint32_t k = 0; k < n_taken && r == 0; k++)
			takes |= is_same_object(&taken[k].object->id, object);
		if (takes)
			depends->pools[depends->n_pools++] = pools[i];
	}
	return r;
}

static int find_pods(struct search *s)
{
	struct heir_depends *depends = s->depends;
	struct heir_pods pods;
	int r = heir_pods_init(&pods, s->kube, s->pool);

	depends->pods = r == 0 ? calloc(pods.n + 1u, sizeof(*depends->pods)) : NULL;
	if (r == 0 && !depends->pods)
		r = -ENOMEM;
	depends->pods_known = pods.known;
	for (uint32_t i = 0; r == 0 && i < pods.n; i++) {
		struct heir_str handler = pods.counts[i].handler;

		if (handler.len > 0 ? has_handler(depends, handler) : depends->is_default)
			depends->pods[depends->n_pods++] = pods.counts[i];
	}
	heir_pods_release(&pods);
	return r;
}

int heir_depends_init(struct heir_depends *depends, const struct heir_view *view,
	const struct heir_same *same, struct heir_kube *kube, const char *pool, uint32_t source,
	uint32_t line)
{
	struct heir_source *item = &view->core->sources.items[source];
	struct search s = {depends, view, same, kube, pool, source, 0, 0, NULL, NULL};
	struct heir_position ignored;
	struct heir_str text;
	int r = heir_source_locate(item, &view->core->arena, 0, &ignored);

	*depends = (struct heir_depends){.handlers = NULL};
	if (r < 0)
		return r;
	text = heir_source_line(item, line);
	s.from = text.len ? (uint32_t)(text.p - item->text.p) : 0;
	s.to = s.from + (uint32_t)text.len;
	/* Without a default that exists nothing was resolved, and there is no order. */
	if (text.len > 0 && view->res && view->res->results && view->res->order && !view->fatal)
		r = find_handlers(&s);
	if (r == 0 && kube)
		r = find_classes(&s);
	if (r == 0 && kube)
		r = find_pools(&s);
	if (r == 0 && kube)
		r = find_pods(&s);
	free(s.linked);
	return r;
}

void heir_depends_release(struct heir_depends *depends)
{
	free(depends->handlers);
	free(depends->classes);
	free(depends->pools);
	free(depends->pods);
	*depends = (struct heir_depends){.handlers = NULL};
}
