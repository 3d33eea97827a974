/* SPDX-License-Identifier: Apache-2.0 */
#include "model/key_lineage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct heir_place key_place(
	const struct heir_config *config, uint32_t source, heir_toml_node node)
{
	return heir_node_place(config, source, heir_toml_key_span(config->docs[source], node));
}

static bool is_of(const struct heir_key_lineage *l, uint32_t source, enum heir_scope scope)
{
	return l->view->core->sources.items[source].scope == scope;
}

/* Puts a place in front of those that are there: writes come from the last one on. */
static struct heir_key_place *add_before(
	struct heir_key_lineage *l, uint32_t size, uint32_t source, heir_toml_node node)
{
	struct heir_key_place *place = &l->places[size - ++l->n_places];

	*place = (struct heir_key_place){HEIR_BLAME_COUNTS,
		key_place(l->view->config, source, node), HEIR_PLACE_NONE, source, node};
	return place;
}

static void replace(const struct heir_key_lineage *l, struct heir_key_place *place,
	const struct heir_write *next, heir_toml_node node)
{
	place->state = is_of(l, next->source, HEIR_SCOPE_FLAG) ? HEIR_BLAME_OVERRIDDEN
		       : node                                  ? HEIR_BLAME_REPLACED
							       : HEIR_BLAME_DISCARDED;
	place->by = key_place(l->view->config, next->source, node ? node : next->node);
}

/* The key of a row in a workload's table, or in its resources. */
static heir_toml_node find_in(const struct heir_config *config, const struct heir_write *table,
	const struct heir_key_row *row)
{
	struct heir_write within = *table;

	if (row->table == HEIR_KEYS_RESOURCES) {
		within.node = 0;
		for (unsigned i = 0; i < heir_n_key_rows && !within.node; i++)
			if (heir_key_rows[i].table == HEIR_KEYS_WORKLOAD &&
				heir_key_rows[i].type == HEIR_TYPE_TABLE)
				within.node = heir_table_key(config, table, &heir_key_rows[i]);
	}
	return within.node ? heir_table_key(config, &within, row) : 0;
}

static const struct heir_write *last_write(const struct heir_key_lineage *l)
{
	const struct heir_config *config = l->view->config;
	uint32_t id;

	if (!l->found->name.p)
		return config->keys[l->found->row - heir_key_rows];
	id = heir_map_get(&config->workload_by_name, l->found->name);
	return id == HEIR_MAP_NONE ? NULL : config->workloads[id].table;
}

static int find_places(struct heir_key_lineage *l)
{
	const struct heir_config *config = l->view->config;
	const struct heir_key_row *row = l->found->row;
	const struct heir_write *last = last_write(l), *next = NULL;
	bool adds = row->table == HEIR_KEYS_CRIO && heir_str_eqz(row->name, "storage_option");
	uint32_t n = 0;

	for (const struct heir_write *w = last; w; w = w->replaced)
		n++;
	l->places = calloc(n + 1u, sizeof(*l->places));
	if (!l->places)
		return -ENOMEM;
	for (const struct heir_write *w = last; w; next = w, w = w->replaced) {
		heir_toml_node node = l->found->name.p ? find_in(config, w, row) : w->node;
		struct heir_key_place *place;

		if (!node || is_of(l, w->source, HEIR_SCOPE_BUILTIN))
			continue;
		place = add_before(l, n, w->source, node);
		if (next && row->type != HEIR_TYPE_TABLE && row->type != HEIR_TYPE_TABLES &&
			!(adds && !is_of(l, next->source, HEIR_SCOPE_FLAG)))
			replace(l, place, next,
				l->found->name.p ? find_in(config, next, row) : next->node);
		else if (next && l->found->name.p)
			replace(l, place, next, find_in(config, next, row));
	}
	memmove(l->places, l->places + (n - l->n_places), l->n_places * sizeof(*l->places));
	return 0;
}

static int find_value(struct heir_key_lineage *l)
{
	const struct heir_config *config = l->view->config;
	const struct heir_key_row *row = l->found->row;
	const struct heir_write *last = last_write(l);
	heir_toml_node node;

	l->is_set = l->n_places > 0;
	if (l->found->state != HEIR_KEY_KNOWN)
		return 0;
	if (heir_key_has_value(row))
		return heir_key_get(config, row, &l->value);
	node = last && l->found->name.p ? find_in(config, last, row) : 0;
	l->is_set = node || (!l->found->name.p && l->is_set);
	if (!node || row->type == HEIR_TYPE_TABLE)
		return 0;
	l->value.kind = HEIR_KEY_FILE;
	return heir_value_read(config, last->source, node, row->type, &l->value.value);
}

static void name_path(struct heir_key_lineage *l)
{
	const char *path = heir_key_table_path(l->found->row->table), *star = strchr(path, '*');

	if (star) {
		heir_buf_add(&l->path, path, (size_t)(star - path));
		heir_key_write(&l->path, l->found->name);
		heir_buf_addz(&l->path, star + 1);
	} else {
		heir_buf_addz(&l->path, path);
	}
	if (l->path.len > 0)
		heir_buf_addc(&l->path, '.');
	heir_key_write(&l->path, l->found->row->name);
}

bool heir_key_concerns(const struct heir_key_lineage *l, const struct heir_diag *diag)
{
	for (uint32_t i = 0; i < l->n_places; i++) {
		const struct heir_key_place *place = &l->places[i];
		const struct heir_toml_doc *doc = l->view->config->docs[place->source];
		struct heir_toml_span key = heir_toml_key_span(doc, place->node);
		struct heir_toml_span value = heir_toml_value_span(doc, place->node);

		if (diag->where.source == place->source && diag->where.at >= key.at &&
			diag->where.at < value.at + value.len)
			return true;
	}
	return false;
}

int heir_key_lineage_init(struct heir_key_lineage *lineage, const struct heir_view *view,
	const struct heir_key_found *found)
{
	int r;

	*lineage = (struct heir_key_lineage){.view = view, .found = found};
	r = find_places(lineage);
	name_path(lineage);
	if (r == 0)
		r = find_value(lineage);
	return r == 0 ? heir_buf_error(&lineage->path) : r;
}

void heir_key_lineage_release(struct heir_key_lineage *lineage)
{
	heir_buf_release(&lineage->path);
	free(lineage->places);
	lineage->places = NULL;
}
