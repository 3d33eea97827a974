/* SPDX-License-Identifier: Apache-2.0 */
/* The history: every place that ever set something, in load order, and what became of it. */
#include <errno.h>
#include <stdlib.h>

#include "model/lineage_parts.h"

const char *heir_written_state_name(enum heir_written_state state)
{
	static const char *const names[] = {
		[HEIR_WRITTEN_COUNTS] = "counts",
		[HEIR_WRITTEN_REPLACED] = "replaced",
		[HEIR_WRITTEN_DISCARDED] = "discarded",
		[HEIR_WRITTEN_OVERRULED] = "overruled",
		[HEIR_WRITTEN_EMPTY] = "empty",
		[HEIR_WRITTEN_IGNORED] = "ignored",
	};

	return names[state];
}

/* The list of writes in load order. */
static const struct heir_write **in_order(
	struct heir_lineage_build *b, const struct heir_write *last, uint32_t *ret_n)
{
	const struct heir_write **writes;
	uint32_t n = 0;

	for (const struct heir_write *w = last; w; w = w->replaced)
		n++;
	writes = heir_lineage_alloc(b, n, sizeof(*writes));
	*ret_n = writes ? n : 0;
	for (const struct heir_write *w = last; w && writes; w = w->replaced)
		writes[--n] = w;
	return writes;
}

static bool is_field(const struct heir_config *config, const struct heir_toml_doc *doc,
	heir_toml_node node, enum heir_field field)
{
	/* What the release does not know has no tag. */
	if (!config->field_known[field])
		return heir_str_eqfold(heir_toml_key(doc, node), heir_fields[field].name);
	return heir_toml_tag(doc, node) >> 1 == (unsigned)field + 1;
}

static uint32_t count_in_table(
	const struct heir_config *config, const struct heir_write *table, enum heir_field field)
{
	const struct heir_toml_doc *doc = config->docs[table->source];
	uint32_t n = 0;

	heir_toml_foreach (node, doc, table->node)
		n += is_field(config, doc, node, field);
	return n;
}

static void settle(struct heir_lineage_build *b, struct heir_written *w,
	enum heir_written_state state, struct heir_place by, const char *why)
{
	w->state = state;
	w->why = why;
	w->by = heir_lineage_locate(b, by);
}

static struct heir_written *add(struct heir_lineage_build *b, struct heir_written *list,
	uint32_t *n, uint32_t source, heir_toml_node node, enum heir_type type)
{
	struct heir_written *w = &list[(*n)++];

	*w = (struct heir_written){
		.source = source, .at = heir_toml_key_span(b->config->docs[source], node).at};
	w->text = heir_lineage_assignment(b, source, node, type);
	w->where = heir_lineage_locate(b, heir_lineage_key(b, source, node));
	settle(b, w, HEIR_WRITTEN_COUNTS, HEIR_PLACE_NONE, "counts");
	return w;
}

static void replaced_by(
	struct heir_lineage_build *b, struct heir_written *w, uint32_t source, heir_toml_node node)
{
	struct heir_place by = heir_lineage_key(b, source, node);

	settle(b, w, HEIR_WRITTEN_REPLACED, by,
		HEIR_LINEAGE_WORDS(b, "replaced: %s sets it again", heir_lineage_place(b, by)));
}

/* In a table that a later one of the same handler stands for. */
static void settle_in_old_table(struct heir_lineage_build *b, struct heir_written *w,
	enum heir_field field, const struct heir_write *next)
{
	heir_toml_node node = heir_table_field(b->config, next, field);
	struct heir_place by = heir_write_value_place(b->config, next);

	if (node)
		replaced_by(b, w, next->source, node);
	else
		settle(b, w, HEIR_WRITTEN_DISCARDED, by,
			HEIR_LINEAGE_WORDS(
				b, "discarded: %s replaces the table", heir_lineage_place(b, by)));
}

/* The key that counts in the table that counts: its value may still not be the handler's. */
static void settle_in_table(struct heir_lineage_build *b, struct heir_written *w,
	const struct heir_lineage_field *f, const struct heir_write *table, heir_toml_node node)
{
	enum heir_toml_type type = heir_toml_type(b->config->docs[table->source], node);
	struct heir_origin own;
	heir_toml_node by_node;
	uint32_t by_source;
	int r = heir_result_own(b->view->res, b->result, f->field, &own);

	if (r < 0) {
		b->error = r;
	} else if (heir_fields[f->field].type == HEIR_TYPE_MAP && type != HEIR_TOML_TABLE) {
		settle(b, w, HEIR_WRITTEN_IGNORED, HEIR_PLACE_NONE,
			"ignored: CRI-O expects a table");
	} else if (type == HEIR_TOML_STRING && own.value.string.len == 0 &&
		   own.value.type == HEIR_TYPE_STRING) {
		settle(b, w, HEIR_WRITTEN_EMPTY, HEIR_PLACE_NONE, "empty: treated as unset");
	} else if (heir_is_overruled(b->result, f->field, &f->origin, &by_source, &by_node)) {
		struct heir_place by = heir_lineage_key(b, by_source, by_node);

		settle(b, w, HEIR_WRITTEN_OVERRULED, by,
			!f->origin.by_setting ? "overruled by inherit_default_runtime"
					      : HEIR_LINEAGE_WORDS(b, "overruled by %s at %s",
							f->decided_by, heir_lineage_place(b, by)));
	} else if (f->origin.kind == HEIR_KIND_DEFAULT) {
		settle(b, w, HEIR_WRITTEN_OVERRULED, HEIR_PLACE_NONE,
			HEIR_LINEAGE_WORDS(b, "overruled: CRI-O uses %s", f->text));
	}
}

static void add_in_table(struct heir_lineage_build *b, struct heir_lineage_field *f,
	const struct heir_write *table, const struct heir_write *next)
{
	const struct heir_toml_doc *doc = b->config->docs[table->source];
	heir_toml_node chosen = heir_table_field(b->config, table, f->field);

	heir_toml_foreach (node, doc, table->node) {
		struct heir_written *w;

		if (!is_field(b->config, doc, node, f->field))
			continue;
		w = add(b, f->written, &f->n_written, table->source, node,
			heir_fields[f->field].type);
		if (!b->config->field_known[f->field])
			settle(b, w, HEIR_WRITTEN_IGNORED, HEIR_PLACE_NONE,
				"ignored: this CRI-O does not know the key");
		else if (next)
			settle_in_old_table(b, w, f->field, next);
		else if (node != chosen)
			replaced_by(b, w, table->source, chosen);
		else
			settle_in_table(b, w, f, table, node);
	}
}

/* conmon and its like set the monitor's fields of every oci handler. */
static void add_settings(struct heir_lineage_build *b, struct heir_lineage_field *f,
	const struct heir_write *const *writes, uint32_t n)
{
	for (uint32_t i = 0; i < n && b->error == 0; i++) {
		enum heir_type type = heir_fields[f->field].type;
		struct heir_written *w =
			add(b, f->written, &f->n_written, writes[i]->source, writes[i]->node, type);
		struct heir_value value;

		if (i + 1 < n)
			replaced_by(b, w, writes[i + 1]->source, writes[i + 1]->node);
		else if (heir_value_read(
				 b->config, writes[i]->source, writes[i]->node, type, &value) < 0)
			b->error = -ENOMEM;
		else if (heir_value_is_zero(&value))
			settle(b, w, HEIR_WRITTEN_EMPTY, HEIR_PLACE_NONE,
				"empty: treated as unset");
		else if (!f->origin.by_setting)
			settle(b, w, HEIR_WRITTEN_IGNORED, HEIR_PLACE_NONE,
				"ignored: it is for oci handlers");
	}
}

static int by_place(const void *a, const void *b)
{
	const struct heir_written *x = a, *y = b;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

void heir_lineage_written(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	const struct heir_write **tables, **settings = NULL;
	enum heir_setting setting = heir_field_setting(f->field);
	uint32_t n_tables, n_settings = 0, n = 0;

	tables = in_order(b, b->result->handler->table, &n_tables);
	if (setting != HEIR_N_SETTINGS)
		settings = in_order(b, b->config->settings[setting], &n_settings);
	for (uint32_t i = 0; i < n_tables; i++)
		n += count_in_table(b->config, tables[i], f->field);
	f->written = heir_lineage_alloc(b, n + n_settings, sizeof(*f->written));
	if (!f->written)
		return;
	for (uint32_t i = 0; i < n_tables && b->error == 0; i++)
		add_in_table(b, f, tables[i], i + 1 < n_tables ? tables[i + 1] : NULL);
	add_settings(b, f, settings, n_settings);
	if (f->n_written > 1)
		qsort(f->written, f->n_written, sizeof(*f->written), by_place);
}

void heir_lineage_default_written(struct heir_lineage_build *b, bool what_if)
{
	struct heir_lineage *lineage = b->lineage;
	const struct heir_write **writes;
	uint32_t n, *done = &lineage->n_default_written;
	struct heir_str last = heir_config_setting(b->config, HEIR_SETTING_default_runtime);

	writes = in_order(b, b->config->settings[HEIR_SETTING_default_runtime], &n);
	lineage->default_written = heir_lineage_alloc(b, n, sizeof(*lineage->default_written));
	for (uint32_t i = 0; i < n && b->error == 0; i++) {
		struct heir_written *w = add(b, lineage->default_written, done, writes[i]->source,
			writes[i]->node, HEIR_TYPE_STRING);

		if (i == 0 && last.len == 0 && !what_if)
			settle(b, w, HEIR_WRITTEN_COUNTS, HEIR_PLACE_NONE,
				"counts: the last one is empty");
		else if (i + 1 < n)
			replaced_by(b, w, writes[i + 1]->source, writes[i + 1]->node);
		else if (what_if)
			settle(b, w, HEIR_WRITTEN_OVERRULED, HEIR_PLACE_NONE,
				"overruled: another one is assumed");
		else if (last.len == 0)
			settle(b, w, HEIR_WRITTEN_EMPTY, HEIR_PLACE_NONE,
				"empty: the built-in value is used");
	}
}
