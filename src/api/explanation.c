/* SPDX-License-Identifier: Apache-2.0 */
/* A value of a handler as a program reads it: typed, with the rules that were asked and the places
 * that were read. It is a lineage whose texts are kept. */
#include <errno.h>
#include <stdlib.h>

#include "api/context.h"
#include "base/buf.h"
#include "model/lineage.h"

struct heir_explained {
	struct heir_lineage lineage; /* its arena has all of the explanation */
	struct heir_explanation explanation;
	struct heir_explained *next;
};

void heir_explained_free(struct heir_explained *list)
{
	while (list) {
		struct heir_explained *next = list->next;

		heir_lineage_release(&list->lineage);
		free(list);
		list = next;
	}
}

/* A terminated copy, in which a NUL is written as "\x00". */
static const char *keep_text(struct heir_arena *arena, struct heir_str s)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

	heir_buf_add_text(&text, s);
	return text.failed ? NULL : heir_arena_strndup(arena, text.p ? text.p : "", text.len);
}

static int take_items(
	struct heir_arena *arena, const struct heir_value *value, struct heir_explanation *ret)
{
	struct heir_value_item *items =
		heir_arena_zalloc(arena, value->list.n + 1u, sizeof(*items));

	if (!items)
		return -ENOMEM;
	for (uint32_t i = 0; i < value->list.n; i++) {
		const struct heir_entry *entry = &value->list.entries[i];

		items[i].value = keep_text(arena, entry->value);
		if (value->type == HEIR_TYPE_MAP)
			items[i].key = keep_text(arena, entry->key);
		if (!items[i].value || (value->type == HEIR_TYPE_MAP && !items[i].key))
			return -ENOMEM;
	}
	ret->items = items;
	ret->n_items = value->list.n;
	ret->type = value->type == HEIR_TYPE_MAP ? HEIR_VALUE_MAP : HEIR_VALUE_LIST;
	return 0;
}

static int take_value(
	struct heir_arena *arena, const struct heir_origin *origin, struct heir_explanation *ret)
{
	const struct heir_value *value = &origin->value;

	if (origin->kind == HEIR_KIND_UNSET || heir_value_is_zero(value))
		return 0;
	switch (value->type) {
	case HEIR_TYPE_STRV:
	case HEIR_TYPE_MAP:
		return take_items(arena, value, ret);
	case HEIR_TYPE_BOOL:
		ret->type = HEIR_VALUE_BOOL;
		ret->boolean = value->boolean;
		return 0;
	default:
		ret->type = HEIR_VALUE_STRING;
		ret->string = keep_text(arena, value->string);
		return ret->string ? 0 : -ENOMEM;
	}
}

/* The handler whose own value it is. */
static int take_owner(struct heir_arena *arena, const struct heir_lineage_field *f,
	const struct heir_result *result, struct heir_explanation *ret)
{
	const struct heir_handler *owner = f->origin.from;

	if (!owner && f->origin.kind != HEIR_KIND_UNSET && f->origin.kind != HEIR_KIND_DEFAULT)
		owner = result->handler;
	if (!owner)
		return 0;
	ret->owner = keep_text(arena, owner->name);
	return ret->owner ? 0 : -ENOMEM;
}

static int take_records(
	struct heir_arena *arena, const struct heir_lineage_field *f, struct heir_explanation *ret)
{
	struct heir_ruling_info *rulings =
		heir_arena_zalloc(arena, f->n_rulings + 1u, sizeof(*rulings));
	struct heir_write_info *writes =
		heir_arena_zalloc(arena, f->n_written + 1u, sizeof(*writes));

	if (!rulings || !writes)
		return -ENOMEM;
	for (uint32_t i = 0; i < f->n_rulings; i++)
		rulings[i] = (struct heir_ruling_info){f->rulings[i].rule,
			heir_ruled_name(f->rulings[i].outcome), f->rulings[i].text};
	for (uint32_t i = 0; i < f->n_written; i++)
		writes[i] = (struct heir_write_info){f->written[i].text,
			heir_written_state_name(f->written[i].state), f->written[i].why,
			f->written[i].where, f->written[i].by};
	ret->rule = f->decided_by;
	ret->rulings = rulings;
	ret->n_rulings = f->n_rulings;
	ret->writes = writes;
	ret->n_writes = f->n_written;
	return 0;
}

static int explain(struct heir_ctx *ctx, const struct heir_handler *handler, enum heir_field field,
	struct heir_explained *ret)
{
	const struct heir_lineage_field *f;
	struct heir_arena *arena = &ret->lineage.arena;
	int r = heir_lineage_init(&ret->lineage, &ctx->view, NULL, handler, field, false);

	if (r < 0)
		return r;
	f = &ret->lineage.fields[0];
	r = take_value(arena, &f->origin, &ret->explanation);
	if (r == 0)
		r = take_owner(arena, f, ret->lineage.result, &ret->explanation);
	return r == 0 ? take_records(arena, f, &ret->explanation) : r;
}

int heir_handler_explain(
	struct heir_ctx *ctx, size_t i, size_t field, const struct heir_explanation **ret)
{
	struct heir_explained *made;
	const struct heir_str *known;
	const char *key;
	int r;

	if (i >= heir_n_handlers(ctx) || field >= HEIR_N_SHOWN_FIELDS)
		return -ERANGE;
	key = (const char *)heir_view_result(&ctx->view, ctx->view.handlers[i]) + field;
	known = heir_memo_get(&ctx->answers.explanations, key);
	if (known) {
		*ret = (const struct heir_explanation *)(const void *)known->p;
		return 0;
	}
	made = calloc(1, sizeof(*made));
	if (!made)
		return heir_ctx_fail(ctx, -ENOMEM, "out of memory");
	r = explain(ctx, ctx->view.handlers[i], (enum heir_field)field, made);
	heir_core_forget_values(&ctx->core);
	if (r == 0)
		r = heir_memo_put(&ctx->answers.explanations, key,
			(struct heir_str){(const char *)&made->explanation, 0});
	if (r < 0) {
		heir_explained_free(made);
		return heir_ctx_fail_of(ctx, r);
	}
	made->next = ctx->answers.explained;
	ctx->answers.explained = made;
	*ret = &made->explanation;
	return 0;
}
