/* SPDX-License-Identifier: Apache-2.0 */
/* The tables with names: workloads as the files have them, handlers as they are resolved. */
#include <errno.h>

#include "model/bound.h"
#include "report/keys.h"
#include "report/show.h"

struct printer {
	const struct heir_view *view;
	struct heir_out *out;
	struct heir_buf line, from;
	bool toml;
};

/* One key of a table: as "TABLE.KEY = VALUE  ORIGIN", or with the origin as a comment. */
static int print_key(struct printer *p, struct heir_str table, struct heir_str key,
	const struct heir_value *value, struct heir_place place, const char *words)
{
	int r = 0;

	heir_buf_clear(&p->line);
	heir_buf_clear(&p->from);
	if (!p->toml) {
		heir_buf_adds(&p->line, table);
		heir_buf_addc(&p->line, '.');
	}
	heir_key_write(&p->line, key);
	heir_buf_addz(&p->line, " = ");
	heir_value_write(&p->line, value);
	if (place.source != HEIR_SOURCE_NONE)
		r = heir_place_words(p->view, place, &p->from);
	else
		heir_buf_addz(&p->from, words);
	if (p->toml)
		heir_out_add(p->out, heir_buf_str(&p->line));
	else
		heir_out_cell(p->out, heir_buf_str(&p->line), HEIR_KEYS_WIDTH, HEIR_COLOR_NONE);
	heir_out_addz(p->out, p->toml ? "  # " : "  ");
	heir_out_add(p->out, heir_buf_str(&p->from));
	heir_out_addz(p->out, "\n");
	return r < 0 ? r : heir_buf_error(&p->line);
}

static void begin_table(struct printer *p, struct heir_buf *table)
{
	if (!p->toml)
		return;
	heir_out_addz(p->out, "\n[");
	heir_out_add(p->out, heir_buf_str(table));
	heir_out_addz(p->out, "]\n");
}

/* ---- Workloads ---- */

/* The known keys of a workload's table, or of its resources: those that are no tables. */
static int print_entries(struct printer *p, const struct heir_write *in, heir_toml_node table_node,
	enum heir_key_table as, struct heir_str table)
{
	const struct heir_config *config = p->view->config;
	const struct heir_toml_doc *doc = config->docs[in->source];
	int r = 0;

	for (unsigned i = 0; i < heir_n_key_rows && r == 0; i++) {
		const struct heir_key_row *row = &heir_key_rows[i];
		struct heir_write within = *in;
		heir_toml_node node;
		struct heir_value value;

		if (row->table != as || row->type == HEIR_TYPE_TABLE ||
			!heir_key_is_known(row, config->where.version))
			continue;
		within.node = table_node;
		node = heir_table_key(config, &within, row);
		if (!node)
			continue;
		r = heir_value_read(config, in->source, node, row->type, &value);
		if (r == 0)
			r = print_key(p, table, row->name, &value,
				heir_node_place(
					config, in->source, heir_toml_value_span(doc, node)),
				"");
	}
	return r;
}

static heir_toml_node resources_of(const struct heir_config *config, const struct heir_write *table)
{
	for (unsigned i = 0; i < heir_n_key_rows; i++)
		if (heir_key_rows[i].table == HEIR_KEYS_WORKLOAD &&
			heir_key_rows[i].type == HEIR_TYPE_TABLE)
			return heir_table_key(config, table, &heir_key_rows[i]);
	return 0;
}

static int print_workload(struct printer *p, const struct heir_workload *workload)
{
	_cleanup_(heir_buf_release) struct heir_buf table = HEIR_BUF_NULL;
	heir_toml_node resources = resources_of(p->view->config, workload->table);
	int r;

	heir_buf_addz(&table, "crio.runtime.workloads.");
	heir_key_write(&table, workload->name);
	begin_table(p, &table);
	r = print_entries(p, workload->table, workload->table->node, HEIR_KEYS_WORKLOAD,
		heir_buf_str(&table));
	if (r == 0 && resources) {
		heir_buf_addz(&table, ".resources");
		begin_table(p, &table);
		r = print_entries(
			p, workload->table, resources, HEIR_KEYS_RESOURCES, heir_buf_str(&table));
	}
	heir_core_forget_values(p->view->core);
	return r < 0 ? r : heir_buf_error(&table);
}

/* ---- Handlers ---- */

static int print_handler(struct printer *p, const struct heir_handler *handler)
{
	const struct heir_result *result = heir_view_result(p->view, handler);
	_cleanup_(heir_buf_release) struct heir_buf table = HEIR_BUF_NULL, words = HEIR_BUF_NULL;
	int r = 0;

	if (result && result->dropped)
		return 0;
	heir_buf_addz(&table, "crio.runtime.runtimes.");
	heir_key_write(&table, handler->name);
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && r == 0; f++) {
		struct heir_origin origin;

		r = heir_view_field(p->view, handler, f, &origin);
		if (r == 0)
			r = heir_bound_value(&p->view->core->values, &p->out->room, &origin);
		if (r < 0 || origin.kind == HEIR_KIND_UNSET || heir_value_is_zero(&origin.value))
			continue;
		heir_buf_clear(&words);
		heir_view_origin_words(&words, &origin);
		r = print_key(p, heir_buf_str(&table), heir_fields[f].name, &origin.value,
			heir_view_origin_place(p->view, &origin), words.p ? words.p : "");
	}
	heir_core_forget_values(p->view->core);
	return r < 0 ? r : heir_buf_error(&table);
}

int heir_keys_named(const struct heir_view *view, bool toml, struct heir_out *out)
{
	struct printer p = {view, out, HEIR_BUF_NULL, HEIR_BUF_NULL, toml};
	int r = 0;

	for (uint32_t i = 0; i < view->config->n_workloads && r == 0; i++)
		r = print_workload(&p, &view->config->workloads[i]);
	/* As TOML they are heir_show_toml_handlers()'s. */
	for (uint32_t i = 0; i < view->n_handlers && r == 0 && !toml; i++)
		r = print_handler(&p, view->handlers[i]);
	heir_buf_release(&p.line);
	heir_buf_release(&p.from);
	return r;
}
