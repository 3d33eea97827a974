/* SPDX-License-Identifier: Apache-2.0 */
#include "report/explain_key.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "config/flags.h"
#include "report/diagnostics.h"
#include "report/keys.h"

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

/* ---- Text ---- */

static void label(struct heir_out *out, const char *word)
{
	heir_out_addz(out, "  ");
	heir_out_cell(out, heir_str_from(word), 10, HEIR_COLOR_DIM);
	heir_out_addz(out, "  ");
}

static void line(struct heir_out *out, const char *word, const char *text)
{
	label(out, word);
	heir_out_show(out, heir_str_from(text));
	heir_out_addz(out, "\n");
}

static int print_value(const struct heir_key_lineage *l, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL, from = HEIR_BUF_NULL;
	const struct heir_key_row *row = l->found->row;
	bool has_value = l->found->state == HEIR_KEY_KNOWN && row->type != HEIR_TYPE_TABLE &&
			 row->type != HEIR_TYPE_TABLES && (heir_key_has_value(row) || l->is_set);
	int r = 0;

	heir_out_color(out, HEIR_COLOR_BOLD);
	heir_out_show(out, heir_buf_str(&l->path));
	heir_out_color(out, HEIR_COLOR_NONE);
	if (has_value && l->value.kind == HEIR_KEY_UNKNOWN)
		heir_buf_addz(&text, " = ?");
	else if (has_value) {
		heir_buf_addz(&text, " = ");
		heir_value_write(&text, &l->value.value);
	}
	heir_out_add(out, heir_buf_str(&text));
	heir_out_addz(out, "\n");
	line(out, "is", row->help);
	if (l->found->state == HEIR_KEY_KNOWN && heir_key_has_value(row)) {
		r = heir_key_origin_words(l->view, &l->value, &from);
		label(out, heir_key_kind_name(l->value.kind));
		heir_out_add(out, heir_buf_str(&from));
		heir_out_addz(out, "\n");
	} else if (l->found->state == HEIR_KEY_KNOWN && !l->is_set) {
		line(out, "default", "nothing sets it");
	}
	return r < 0 ? r : heir_buf_error(&text);
}

static int print_built_in(const struct heir_key_lineage *l, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	const struct heir_key_row *row = l->found->row;
	struct heir_value value;
	bool known;
	int r;

	if (l->found->state != HEIR_KEY_KNOWN || !heir_key_has_value(row) || !l->n_places ||
		l->value.write == NULL)
		return 0;
	r = heir_key_get_default(l->view->config, row, &value, &known);
	if (known)
		heir_value_write(&text, &value);
	else
		heir_buf_addz(&text, "unknown");
	line(out, "built in", text.p ? text.p : "");
	return r < 0 ? r : heir_buf_error(&text);
}

static int print_places(const struct heir_key_lineage *l, struct heir_out *out)
{
	for (uint32_t i = 0; i < l->n_places; i++) {
		_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
		const struct heir_key_place *place = &l->places[i];
		int r = heir_place_words(l->view, place->where, &text);

		heir_buf_addz(&text, ": ");
		heir_view_source(l->view, &text, place->source, place->node);
		heir_buf_printf(&text, "; %s", heir_blame_state_name(place->state));
		if (r == 0 && place->by.source != HEIR_SOURCE_NONE) {
			heir_buf_addz(&text, " by ");
			r = heir_view_place(l->view, &text, place->by, false);
		}
		line(out, i ? "" : "written", text.p ? text.p : "");
		if (r < 0 || text.failed)
			return -ENOMEM;
	}
	return 0;
}

static int print_rest(const struct heir_key_lineage *l, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	const struct heir_key_row *row = l->found->row;
	const struct heir_diags *diags = &l->view->core->diags;

	if (l->found->state == HEIR_KEY_TOO_NEW)
		heir_buf_printf(&text, "CRI-O 1.%u does not know it: it was added in %s",
			l->view->config->where.version.minor, row->since);
	else if (l->found->state == HEIR_KEY_REMOVED)
		heir_buf_printf(&text, "CRI-O 1.%u does not know it: the last release to was %s",
			l->view->config->where.version.minor, row->until);
	if (text.p)
		line(out, "ignored", text.p);
	if (row->deprecated[0])
		line(out, "deprecated", row->deprecated);
	for (uint32_t i = 0; i < diags->n; i++) {
		if (!heir_key_concerns(l, diags->items[i]))
			continue;
		heir_buf_clear(&text);
		heir_diagnostic_words(diags->items[i], &text);
		heir_buf_printf(&text, " [%s]", heir_rules[diags->items[i]->rule].id);
		line(out, "finding", text.p);
	}
	return heir_buf_error(&text);
}

int heir_explain_key(
	const struct heir_view *view, const struct heir_key_found *found, struct heir_out *out)
{
	struct heir_key_lineage l = {.view = view, .found = found};
	int r = find_places(&l);

	name_path(&l);
	if (r == 0)
		r = find_value(&l);
	if (r == 0 && out->style.format == HEIR_FORMAT_JSON) {
		r = heir_explain_key_json(&l, out);
	} else if (r == 0) {
		r = print_value(&l, out);
		if (r == 0)
			r = print_built_in(&l, out);
		if (r == 0)
			r = print_places(&l, out);
		if (r == 0)
			r = print_rest(&l, out);
	}
	if (r == 0)
		r = heir_buf_error(&l.path);
	heir_core_forget_values(view->core);
	heir_buf_release(&l.path);
	free(l.places);
	return r;
}
