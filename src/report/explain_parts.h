/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the text that explain.c puts together, and the other printer. For the files
 * explain*.c. */
#ifndef HEIR_REPORT_EXPLAIN_PARTS_H
#define HEIR_REPORT_EXPLAIN_PARTS_H

#include "report/explain_grid.h"
#include "model/lineage.h"

/* What a text is printed with. */
struct heir_explainer {
	const struct heir_lineage *lineage;
	struct heir_out *out;
	struct heir_grid grid;
	struct heir_arena arena; /* of cells that are put together here */
	/* Files that were named, of whose author something is known; no more than so many. */
	struct heir_location named[16];
	uint32_t n_named;
};

#define HEIR_EXPLAIN_WORDS(e, ...) \
	heir_explain_keep((e), heir_arena_printf(&(e)->arena, __VA_ARGS__))
/* `p`, or "" where it is NULL for want of memory. */
const char *heir_explain_keep(struct heir_explainer *e, const char *p);
/* A copy of what was gathered in `buf`, which is released. */
const char *heir_explain_take(struct heir_explainer *e, struct heir_buf *buf);
/* "50-gpu.conf:3:1", or "(built in)". */
const char *heir_explain_place(struct heir_explainer *e, const struct heir_location *where);
/* Remembers that a file is named. */
void heir_explain_name(struct heir_explainer *e, const struct heir_location *where);
/* Who wrote the files that were named. */
void heir_explain_layers(struct heir_explainer *e);
/* "CRI-O 1.37" */
const char *heir_explain_release(struct heir_explainer *e);

/* What is printed first: the answer, for a field or the whole handler. */
void heir_explain_field_head(struct heir_explainer *e, const struct heir_lineage_field *f);
void heir_explain_handler_head(struct heir_explainer *e);
/* Whose decision a value was: "inherited from NAME". */
const char *heir_explain_kind(struct heir_explainer *e, const struct heir_lineage_field *f);
/* What a rule is called; NULL: "nothing". */
const char *heir_explain_rule(const char *rule);
/* Why a handler is dropped, with what lies behind it. */
const char *heir_explain_reason(struct heir_explainer *e, const struct heir_diag *reason);
/* Whether one of the first `n_steps` handlers of the chain was asked for as "the default". */
bool heir_explain_asks_default(const struct heir_lineage *lineage, uint32_t n_steps);

/* The chain as a tree, up to whose own value the field is; of no field (NULL) the whole. */
void heir_explain_chain(struct heir_explainer *e, const struct heir_lineage_field *f);
void heir_explain_conditions(struct heir_explainer *e);
void heir_explain_searches(struct heir_explainer *e, const struct heir_lineage_field *f);
void heir_explain_candidates(struct heir_explainer *e, const struct heir_lineage_field *f);
/* Where $PATH was looked into, and whether that has the name; NULL: nowhere was looked. */
const char *heir_explain_looked(
	struct heir_explainer *e, const struct heir_lineage_field *f, bool *ret_found);
void heir_explain_written(struct heir_explainer *e, const char *label,
	const struct heir_written *written, uint32_t n);
/* The items of a list that several handlers make up; nothing for any other value. */
void heir_explain_items(struct heir_explainer *e, const struct heir_lineage_field *f);
/* What stock does otherwise; `f` NULL: with the whole handler. */
void heir_explain_stock(struct heir_explainer *e, const struct heir_lineage_field *f);
/* The words alone; NULL: the view is stock's own. */
const char *heir_explain_stock_words(struct heir_explainer *e, const struct heir_lineage_field *f);

/* What CRI-O does because of the very name of a handler: sentences without a full stop. Returns how
 * many. */
enum { HEIR_EXPLAIN_MAX_NOTES = 2 };
unsigned heir_explain_notes(struct heir_str name, const char *ret[HEIR_EXPLAIN_MAX_NOTES]);

/* The lineage as heir.explain/1. */
void heir_explain_json(const struct heir_lineage *lineage, struct heir_out *out);

#endif
