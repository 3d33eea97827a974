/* SPDX-License-Identifier: Apache-2.0 */
/* How a lineage is put together: for the files lineage*.c. */
#ifndef HEIR_MODEL_LINEAGE_PARTS_H
#define HEIR_MODEL_LINEAGE_PARTS_H

#include "model/lineage.h"

/* A lineage in the making. Memory that runs out is remembered in `error`, and asked for once. */
struct heir_lineage_build {
	struct heir_lineage *lineage;
	const struct heir_view *view;
	const struct heir_config *config;
	const struct heir_result *result;
	bool brief;
	int error;
};

/* n zeroed objects; NULL: no memory, and `error` says so. */
void *heir_lineage_alloc(struct heir_lineage_build *b, size_t n, size_t size);
/* `p`, or "" where it is NULL for want of memory. */
const char *heir_lineage_keep(struct heir_lineage_build *b, const char *p);
#define HEIR_LINEAGE_WORDS(b, ...) \
	heir_lineage_keep((b), heir_arena_message(&(b)->lineage->arena, __VA_ARGS__))
/* A copy of what was gathered in `buf`, which is released. */
const char *heir_lineage_take(struct heir_lineage_build *b, struct heir_buf *buf);

struct heir_location heir_lineage_locate(struct heir_lineage_build *b, struct heir_place place);
/* "50-gpu.conf:3" */
const char *heir_lineage_place(struct heir_lineage_build *b, struct heir_place place);
/* The place of a node's key. */
struct heir_place heir_lineage_key(
	const struct heir_lineage_build *b, uint32_t source, heir_toml_node node);
/* KEY = VALUE as it stands in the file; of a table with a header of its own what is in it. */
const char *heir_lineage_assignment(
	struct heir_lineage_build *b, uint32_t source, heir_toml_node node, enum heir_type type);
/* A value as TOML writes it. */
const char *heir_lineage_value(struct heir_lineage_build *b, const struct heir_value *value);

/* Each fills in what its name says; after the origin, and `written` after the rulings. */
void heir_lineage_rulings(struct heir_lineage_build *b, struct heir_lineage_field *f);
void heir_lineage_searches(struct heir_lineage_build *b, struct heir_lineage_field *f);
void heir_lineage_written(struct heir_lineage_build *b, struct heir_lineage_field *f);
void heir_lineage_default_written(struct heir_lineage_build *b, bool what_if);
void heir_lineage_conditions(struct heir_lineage_build *b);
void heir_lineage_stock(struct heir_lineage_build *b, const struct heir_view *stock);

#endif
