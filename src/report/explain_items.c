/* SPDX-License-Identifier: Apache-2.0 */
/* The items of a list that several handlers make up, each with its own origin. */
#include <errno.h>

#include "base/macro.h"
#include "base/utf8.h"
#include "report/explain_parts.h"

/* What is asked about one field shows all; a page and a terminal have room for so many. */
enum { MAX_ITEMS = 100 };

static const char *item_words(
	struct heir_explainer *e, const struct heir_entry *entry, bool has_key)
{
	struct heir_buf buf = HEIR_BUF_NULL;

	if (has_key) {
		heir_key_write(&buf, entry->key);
		heir_buf_addz(&buf, " = ");
	}
	heir_utf8_quote(&buf, entry->value);
	return heir_explain_take(e, &buf);
}

void heir_explain_items(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	static const struct heir_grid_shape shape = {3, {24, 12, 18}, false};
	const struct heir_view *view = e->lineage->view;
	const struct heir_value *value = &f->origin.value;
	bool has_key = value->type == HEIR_TYPE_MAP;
	uint32_t n = value->list.n;

	if (f->origin.kind == HEIR_KIND_UNSET || !heir_value_is_merged(value))
		return;
	for (uint32_t i = 0; i < MIN(n, (uint32_t)MAX_ITEMS); i++) {
		const struct heir_entry *entry = &value->list.entries[i];
		struct heir_location where;
		struct heir_str from = entry->from->name;
		struct heir_place place = heir_node_place(view->config, entry->source,
			heir_toml_value_span(view->config->docs[entry->source], entry->node));

		if (heir_view_locate(view, place, &where) < 0) {
			e->grid.error = -ENOMEM;
			return;
		}
		heir_grid_add(&e->grid,
			&(struct heir_grid_row){
				{item_words(e, entry, has_key),
					HEIR_EXPLAIN_WORDS(e, "from %.*s", HEIR_STR_ARG(from)),
					heir_explain_place(e, &where)},
				{HEIR_COLOR_NONE, HEIR_COLOR_CYAN, HEIR_COLOR_DIM}});
	}
	if (n > MAX_ITEMS)
		heir_grid_add(&e->grid,
			&(struct heir_grid_row){
				{HEIR_EXPLAIN_WORDS(e, "... and %u more items", n - MAX_ITEMS), "",
					""},
				{HEIR_COLOR_DIM, HEIR_COLOR_DIM, HEIR_COLOR_DIM}});
	heir_grid_print(&e->grid, "items", &shape);
}
