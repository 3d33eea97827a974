/* SPDX-License-Identifier: Apache-2.0 */
/* The layers: who wrote the files that an explanation names. */
#include <string.h>

#include "base/macro.h"
#include "report/explain_parts.h"

void heir_explain_name(struct heir_explainer *e, const struct heir_location *where)
{
	if (!where->file || !where->author || e->n_named == ARRAY_LEN(e->named))
		return;
	for (uint32_t i = 0; i < e->n_named; i++)
		if (strcmp(e->named[i].file, where->file) == 0)
			return;
	e->named[e->n_named++] = *where;
}

/* `author` is one of heir_location's. */
static const char *author_words(const char *author)
{
	static const struct {
		const char *author, *words;
	} all[] = {
		{"package", "CRI-O's package"},
		{"template", "the MCO's template"},
		{"ctrcfg", "a ContainerRuntimeConfig, by the MCO"},
		{"operator", "an operator"},
		{"user", "a user"},
		{"rendered", "merged by the MCO"},
	};

	for (unsigned i = 0; i < ARRAY_LEN(all); i++)
		if (strcmp(author, all[i].author) == 0)
			return all[i].words;
	return author;
}

void heir_explain_layers(struct heir_explainer *e)
{
	static const struct heir_grid_shape shape = {3, {18, 18, 24}, true};

	for (uint32_t i = 0; i < e->n_named; i++) {
		const struct heir_location *where = &e->named[i];
		const struct heir_holder *holder = &where->holder;
		struct heir_grid_row row = {{heir_view_short_path(e->lineage->view, where->file),
						    author_words(where->author), NULL},
			{HEIR_COLOR_DIM, HEIR_COLOR_NONE, HEIR_COLOR_DIM}};

		if (holder->input)
			row.cells[2] = HEIR_EXPLAIN_WORDS(e, "%s %s, %s:%u:%u", holder->kind,
				holder->name, holder->input, holder->line, holder->column);
		heir_grid_add(&e->grid, &row);
	}
	heir_grid_print(&e->grid, "layers", &shape);
}
