/* SPDX-License-Identifier: Apache-2.0 */
/* `heir check --for`: one node, several releases. Each is checked in a context of its own, exactly
 * as `heir check` does it for that release; what several of them find is one finding. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api/context.h"
#include "check/fix.h"
#include "report/diagnostics.h"

static void use_target(struct heir_ctx *ctx, const struct heir_target *target)
{
	ctx->ocp = target->ocp;
	ctx->where.version = target->version;
	ctx->where.version_assumed = false;
	ctx->version_from = HEIR_VERSION_NAMED;
}

int heir_ctx_set_targets(struct heir_ctx *ctx, const char *value)
{
	struct heir_target targets[HEIR_MAX_TARGETS];
	int n = heir_ctx_read_targets(ctx, value, targets);
	struct heir_target *copy;

	if (n < 0)
		return n;
	copy = heir_arena_zalloc(&ctx->settings_arena, (size_t)n, sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	memcpy(copy, targets, (size_t)n * sizeof(*copy));
	ctx->targets = copy;
	ctx->n_targets = (uint32_t)n;
	use_target(ctx, &targets[0]);
	return 0;
}

/* ---- Diagnostics of another context ---- */

/* What is found for the target number `i`, read in `from`, on its way to `ctx`. */
struct merge {
	struct heir_ctx *ctx;
	const struct heir_core *from;
	uint32_t i;
	uint16_t minor;
	struct heir_map found[2]; /* by key: the number in the list of findings, and of stops */
};

static const char *copy_text(struct merge *m, const char *text)
{
	return text ? heir_arena_strndup(&m->ctx->core.arena, text, strlen(text)) : NULL;
}

static bool is_same_source(const struct heir_source *a, const struct heir_source *b)
{
	return a->scope == b->scope && strcmp(a->path, b->path) == 0 &&
	       heir_str_eq(a->text, b->text);
}

/* Adds a source that only the other release has: its flags, or what a fix was tried with. */
static int add_source(struct merge *m, const struct heir_source *source, uint32_t *ret)
{
	struct heir_core *core = &m->ctx->core;
	const char *path = copy_text(m, source->path);
	struct heir_str text = source->text;
	int r;

	if (text.len > 0)
		text.p = heir_arena_strndup(&core->arena, text.p, text.len);
	if (!path || (text.len > 0 && !text.p))
		return -ENOMEM;
	r = heir_sources_add(&core->sources, path, text, source->scope, ret);
	if (r == 0) {
		core->sources.items[*ret].author = source->author;
		core->sources.items[*ret].rendered = source->rendered;
		core->sources.items[*ret].mark = source->mark;
	}
	return r;
}

/* The same files were read, nearly always in the same order. */
static int take_place(struct merge *m, struct heir_place from, struct heir_place *ret)
{
	struct heir_sources *sources = &m->ctx->core.sources;
	const struct heir_source *source;

	*ret = from;
	if (from.source == HEIR_SOURCE_NONE)
		return 0;
	source = &m->from->sources.items[from.source];
	if (from.source < sources->n && is_same_source(source, &sources->items[from.source]))
		return 0;
	for (uint32_t i = 0; i < sources->n; i++)
		if (is_same_source(source, &sources->items[i])) {
			ret->source = i;
			return 0;
		}
	return add_source(m, source, &ret->source);
}

static int take_notes(struct merge *m, const struct heir_diag *diag, struct heir_diag *copy)
{
	for (const struct heir_note *note = diag->notes; note; note = note->next) {
		struct heir_place where;
		int r = take_place(m, note->where, &where);

		if (r < 0)
			return r;
		if (!heir_diag_note(copy, &m->ctx->core.arena, where, "%s", note->text))
			return -ENOMEM;
	}
	return 0;
}

/* What does not hold for the first of several releases is not fixed: a fix that says so. */
static int take_fix(struct merge *m, const struct heir_fix *fix, struct heir_diag *copy)
{
	const struct heir_config *config = &m->ctx->config;
	struct heir_place where = {fix->source, 0, 0};
	struct heir_fix *own = heir_arena_new(&m->ctx->core.arena, struct heir_fix);
	int r = own ? take_place(m, where, &where) : -ENOMEM;

	if (r < 0 || where.source >= config->n_docs || !config->docs[where.source])
		return r;
	*own = (struct heir_fix){.kind = fix->kind,
		.source = where.source,
		.why = "the first release of --for does not need it"};
	copy->fix = own;
	return 0;
}

/* A copy that owes nothing to the other context. */
static int take_diag(struct merge *m, const struct heir_diag *diag, struct heir_place where,
	struct heir_diag **ret)
{
	struct heir_arena *arena = &m->ctx->core.arena;
	struct heir_diag *copy = heir_arena_new(arena, struct heir_diag);
	int r = 0;

	if (!copy)
		return -ENOMEM;
	*copy = (struct heir_diag){.rule = diag->rule,
		.number = m->ctx->core.diags.n_made++,
		.where = where,
		.text = copy_text(m, diag->text),
		.help = copy_text(m, diag->help),
		.path = copy_text(m, diag->path),
		.stops = diag->stops};
	if (diag->handler.p) {
		copy->handler.len = diag->handler.len;
		copy->handler.p = heir_arena_strndup(arena, diag->handler.p, diag->handler.len);
	}
	if (!copy->text || (diag->help && !copy->help) || (diag->path && !copy->path) ||
		(diag->handler.p && !copy->handler.p))
		return -ENOMEM;
	*ret = copy;
	if (diag->fix)
		r = take_fix(m, diag->fix, copy);
	return r == 0 ? take_notes(m, diag, copy) : r;
}

/* ---- One finding of several ---- */

/* A text without the number of the release that it was made for, "CRI-O 1.34 knows no ...": other
 * releases say the same. */
static int add_plain(struct heir_buf *buf, const char *text, uint16_t minor)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	const char *found;

	heir_buf_printf(&words, "CRI-O 1.%u ", minor);
	if (words.failed)
		return -ENOMEM;
	while ((found = strstr(text, words.p))) {
		heir_buf_add(buf, text, (size_t)(found - text));
		heir_buf_addz(buf, "CRI-O ");
		text = found + words.len;
	}
	heir_buf_addz(buf, text);
	return heir_buf_error(buf);
}

/* What two findings have in common that are one. *ret is of `ctx`. */
static int make_key(struct merge *m, const struct heir_diag *diag, struct heir_place where,
	struct heir_str *ret, const char **ret_text)
{
	_cleanup_(heir_buf_release) struct heir_buf key = HEIR_BUF_NULL;
	size_t at;
	int r;

	heir_buf_printf(&key, "%u %" PRIu32 " %" PRIu32 " %" PRIu32 " %zu %.*s %s ",
		(unsigned)diag->rule, where.source, where.at, where.len, diag->handler.len,
		HEIR_STR_ARG(diag->handler), diag->path ? diag->path : "");
	at = key.len;
	r = add_plain(&key, diag->text, m->minor);
	if (r < 0)
		return r;
	ret->len = key.len;
	ret->p = heir_arena_strndup(&m->ctx->core.arena, key.p, key.len);
	*ret_text = ret->p ? ret->p + at : NULL;
	return ret->p ? 0 : -ENOMEM;
}

/* Adds the finding to a list of `ctx`, or its target to the one that says the same. `own`: it is of
 * `ctx`, and stands in the list already. */
static int merge_diag(struct merge *m, struct heir_map *found, struct heir_diags *list,
	uint32_t number, struct heir_diag *diag, bool own)
{
	struct heir_place where = diag->where;
	struct heir_diag *here = diag;
	struct heir_str key = HEIR_STR_NULL;
	const char *text = NULL;
	bool is_new = false;
	uint32_t at = 0;
	int r = own ? 0 : take_place(m, diag->where, &where);

	if (r == 0)
		r = make_key(m, diag, where, &key, &text);
	if (r == 0)
		r = heir_map_put(found, key, own ? number : list->n, &at, &is_new);
	if (r == 0 && is_new && !own) {
		r = take_diag(m, diag, where, &here);
		if (r == 0 && !heir_diags_push(list, here))
			r = -ENOMEM;
	}
	if (r < 0)
		return r;
	if (!is_new && !own)
		here = list->items[at];
	if (!own && strcmp(here->text, diag->text) != 0)
		here->text = text;
	here->targets |= UINT64_C(1) << m->i;
	return 0;
}

static int merge_all(struct merge *m, struct heir_map *found, struct heir_diags *list,
	const struct heir_diags *others, bool own)
{
	uint32_t n = others->n;
	int r = 0;

	for (uint32_t i = 0; i < n && r == 0; i++)
		r = merge_diag(m, found, list, i, others->items[i], own);
	return r;
}

/* What was found for target number `i` in `other`, which may be `ctx` itself. */
static int merge_context(struct merge *m, struct heir_ctx *other, struct heir_view_target *ret)
{
	const struct heir_overlay *overlay = other->core.root.overlay;
	struct heir_ctx *ctx = m->ctx;
	bool own = other == ctx;
	int r;

	m->from = &other->core;
	m->minor = other->where.version.minor;
	ret->version = other->where.version;
	ret->ocp = ctx->targets[m->i].ocp;
	ret->starts = other->check_stops.n == 0;
	if (overlay && overlay->os) {
		ret->os = copy_text(m, overlay->os->name);
		ret->os_from = overlay->os_from;
		if (!ret->os)
			return -ENOMEM;
	}
	ret->name = ret->ocp ? ret->ocp->name : NULL;
	if (!ret->name && ret->version.patch == HEIR_PATCH_LAST)
		ret->name = heir_arena_printf(&ctx->core.arena, "1.%u", m->minor);
	else if (!ret->name)
		ret->name = heir_arena_printf(
			&ctx->core.arena, "1.%u.%u", m->minor, ret->version.patch);
	r = ret->name ? merge_all(m, &m->found[0], &ctx->core.diags, &other->core.diags, own)
		      : -ENOMEM;
	return r == 0 ? merge_all(m, &m->found[1], &ctx->check_stops, &other->check_stops, own) : r;
}

static int check_other(struct merge *m, const char *const *only, size_t n_only,
	const char *const *skip, size_t n_skip, struct heir_view_target *ret)
{
	struct heir_ctx *ctx = m->ctx, *other = NULL;
	int r = heir_ctx_copy(ctx, &other);

	if (r < 0)
		return r;
	other->targets = NULL;
	other->n_targets = 0;
	use_target(other, &ctx->targets[m->i]);
	other->waits = ctx->waits;
	other->waits_data = ctx->waits_data;
	if (ctx->core.root.overlay == &ctx->fixes.overlay)
		other->core.root.overlay = &ctx->fixes.overlay;
	r = heir_load(other);
	/* A file that cannot be read is a finding. */
	if (r < 0 && r != -ENOMEM && heir_fatal(other, NULL))
		r = 0;
	if (r == 0)
		r = heir_check(other, only, n_only, skip, n_skip);
	if (r < 0 && r != -ENOMEM)
		heir_ctx_fail(ctx, r, "%s", heir_error(other));
	if (r == 0)
		r = merge_context(m, other, ret);
	heir_ctx_unref(other);
	return r;
}

int heir_ctx_check_targets(struct heir_ctx *ctx, const char *const *only, size_t n_only,
	const char *const *skip, size_t n_skip)
{
	struct merge m = {.ctx = ctx, .found = {HEIR_MAP_NULL, HEIR_MAP_NULL}};
	struct heir_view_target *targets =
		heir_arena_zalloc(&ctx->core.arena, ctx->n_targets, sizeof(*targets));
	int r = targets ? merge_context(&m, ctx, &targets[0]) : -ENOMEM;

	for (m.i = 1; m.i < ctx->n_targets && r == 0; m.i++)
		r = check_other(&m, only, n_only, skip, n_skip, &targets[m.i]);
	heir_map_release(&m.found[0]);
	heir_map_release(&m.found[1]);
	if (r == -ENOMEM)
		heir_ctx_fail(ctx, r, "out of memory");
	if (r < 0)
		return r;
	ctx->view.targets = targets;
	ctx->view.n_targets = ctx->n_targets;
	ctx->core.diags.n_sorted = 0;
	heir_findings_sort(&ctx->core);
	return 0;
}
