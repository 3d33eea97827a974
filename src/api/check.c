/* SPDX-License-Identifier: Apache-2.0 */
/* `heir check` and its rules. */
#include "check/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/context.h"
#include "report/diagnostics.h"
#include "model/known.h"
#include "report/findings.h"

static int no_such_rule(struct heir_ctx *ctx, const char *id, struct heir_str best)
{
	struct heir_near near = {heir_str_from(id), best, 0, NULL};

	return heir_ctx_no_such(ctx, "unknown rule", &near);
}

/* Marks the rules of a list. */
static int mark(struct heir_ctx *ctx, const char *const *ids, size_t n, bool marks[HEIR_N_RULES])
{
	for (size_t i = 0; i < n; i++) {
		struct heir_str near = HEIR_STR_NULL;
		enum heir_rule rule = heir_rule_find(heir_str_from(ids[i]), NULL, &near);

		if (rule == HEIR_N_RULES)
			return no_such_rule(ctx, ids[i], near);
		marks[rule] = true;
	}
	return 0;
}

/* Keeps the findings of the rules that are wanted. */
static void filter(struct heir_diags *diags, const bool *only, const bool *skip)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < diags->n; i++) {
		enum heir_rule rule = diags->items[i]->rule;

		if ((!only || only[rule]) && !skip[rule])
			diags->items[n++] = diags->items[i];
	}
	diags->n = n;
}

/* Keeps those about one file, and whatever stops CRI-O: the answer is never better than it is. */
static void keep_about(struct heir_core *core, const char *path)
{
	struct heir_diags *diags = &core->diags;
	uint32_t n = 0;

	for (uint32_t i = 0; i < diags->n; i++) {
		const struct heir_diag *diag = diags->items[i];
		uint32_t source = diag->where.source;

		if (heir_rules[diag->rule].severity == 'F' ||
			(source != HEIR_SOURCE_NONE &&
				strcmp(core->sources.items[source].path, path) == 0))
			diags->items[n++] = diags->items[i];
	}
	diags->n = n;
}

/* For the release that was loaded. */
static int check_loaded(struct heir_ctx *ctx, const char *const *only, size_t n_only,
	const char *const *skip, size_t n_skip)
{
	bool wanted[HEIR_N_RULES] = {false}, skipped[HEIR_N_RULES] = {false};
	const struct heir_check_objects objects = {ctx->kube, ctx->meant_pool};
	struct heir_assume assumed;
	uint64_t begun = 0;
	int r = mark(ctx, only, n_only, wanted);

	if (r == 0)
		r = mark(ctx, skip, n_skip, skipped);
	heir_ctx_ask_monitors(ctx);
	if (r == 0)
		r = heir_resolve(ctx);
	if (r < 0)
		return r;
	assumed = heir_ctx_assume(ctx);
	begun = heir_trace_begin(&ctx->trace);
	heir_diags_release(&ctx->check_stops);
	r = heir_check_run(
		&ctx->core, &ctx->config, &ctx->resolution, &assumed, &objects, &ctx->check_stops);
	ctx->view.stops = &ctx->check_stops;
	if (r == 0)
		r = heir_ctx_trouble(ctx);
	if (r < 0)
		return heir_ctx_fail_of(ctx, r);
	heir_trace_report(&ctx->trace, begun, HEIR_TRACE_step, "check", "done", "findings: %zu",
		(size_t)ctx->core.diags.n);
	filter(&ctx->core.diags, n_only ? wanted : NULL, skipped);
	if (ctx->about)
		keep_about(&ctx->core, ctx->about);
	heir_findings_sort(&ctx->core);
	ctx->checked = true;
	return 0;
}

int heir_check(struct heir_ctx *ctx, const char *const *only, size_t n_only,
	const char *const *skip, size_t n_skip)
{
	int r = check_loaded(ctx, only, n_only, skip, n_skip);

	return r == 0 && ctx->targets ? heir_ctx_check_targets(ctx, only, n_only, skip, n_skip) : r;
}

int heir_check_drop_known(struct heir_ctx *ctx, const struct heir_ctx *base)
{
	_cleanup_(heir_known_release) struct heir_known known;
	struct heir_diags *diags = &ctx->core.diags;
	uint32_t n = 0;
	int r = heir_known_init(&known, &base->core);

	if (!ctx->checked || !base->checked)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is checked yet");
	for (uint32_t i = 0; i < diags->n && r == 0; i++) {
		bool was = false;

		r = heir_known_take(&known, &ctx->core, diags->items[i], &was);
		if (r == 0 && !was)
			diags->items[n++] = diags->items[i];
	}
	if (r == 0)
		diags->n = n;
	return r < 0 ? heir_ctx_fail_of(ctx, r) : 0;
}

size_t heir_n_rules(void)
{
	return HEIR_N_RULES;
}

int heir_rule_at(size_t i, struct heir_rule_info *ret)
{
	if (i >= HEIR_N_RULES)
		return -ERANGE;
	*ret = (struct heir_rule_info){heir_rules[i].id, heir_rules[i].severity,
		heir_rule_level((enum heir_rule)i), heir_rules[i].help};
	return 0;
}

int heir_diagnostic_related(struct heir_ctx *ctx, size_t i, size_t n, struct heir_related *ret)
{
	const struct heir_note *note;

	if (i >= ctx->core.diags.n)
		return -ERANGE;
	heir_findings_sort(&ctx->core);
	note = ctx->core.diags.items[i]->notes;
	for (; note && n > 0; n--)
		note = note->next;
	if (!note)
		return -ERANGE;
	ret->message = note->text;
	return heir_view_locate(&ctx->view, note->where, &ret->where);
}

int heir_report_check(struct heir_ctx *ctx, const char *root, const struct heir_style *style,
	heir_write_fn write, void *data)
{
	struct heir_findings_frame frame = {.version = heir_version()};
	struct heir_out out;
	int r;

	if (ctx->stage == HEIR_STAGE_NEW)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is loaded yet");
	r = heir_ctx_check_format(ctx, style, heir_findings_formats());
	if (r < 0)
		return r;
	heir_out_init(&out, style, write, data);
	frame.where = &ctx->where;
	frame.counts = heir_findings_count(&ctx->core.diags);
	r = heir_findings_print(
		&(struct heir_findings_part){
			.view = &ctx->view, .root = root, .pool = ctx->meant_pool},
		&frame, &out);
	return heir_ctx_end(ctx, &out, r);
}

int heir_report_check_part(struct heir_ctx *ctx, const char *root, const char *severities,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	struct heir_out out;
	int r = heir_ctx_check_format(ctx, style, heir_findings_formats());

	if (r < 0)
		return r;
	heir_out_init(&out, style, write, data);
	ctx->view.root = root;
	r = heir_findings_format(style->format)
		    ->part(&(struct heir_findings_part){.view = &ctx->view,
				   .root = root,
				   .pool = ctx->meant_pool,
				   .error = ctx->stage == HEIR_STAGE_NEW ? heir_error(ctx) : NULL,
				   .severities = severities},
			    &out);
	ctx->view.root = NULL;
	return heir_ctx_end(ctx, &out, r);
}

int heir_report_checks(struct heir_ctx *ctx, const struct heir_style *style, heir_part_fn next,
	void *next_data, heir_write_fn write, void *data)
{
	const struct heir_findings_format *format;
	struct heir_findings_frame frame = {.version = heir_version(), .where = &ctx->where};
	const char *between = NULL;
	struct heir_part part;
	struct heir_out out;
	int r = heir_ctx_check_format(ctx, style, heir_findings_formats());

	if (r < 0)
		return r;
	format = heir_findings_format(style->format);
	heir_out_init(&out, style, write, data);
	heir_ctx_assume_release(ctx);
	if (format->begin)
		format->begin(&frame, &out);
	while (out.error == 0 && (r = next(next_data, &part)) > 0) {
		frame.counts.errors += (uint32_t)part.errors;
		frame.counts.warnings += (uint32_t)part.warnings;
		frame.counts.notes += (uint32_t)part.notes;
		/* A root of which there is nothing to say. */
		if (part.len == 0)
			continue;
		heir_out_addz(&out, between ? between : "");
		heir_out_add(&out, (struct heir_str){part.text, part.len});
		between = format->between;
	}
	if (r == 0 && format->end)
		format->end(&frame, &out);
	return heir_ctx_end(ctx, &out, r);
}

int heir_report_rules(struct heir_ctx *ctx, const char *id, const struct heir_style *style,
	heir_write_fn write, void *data)
{
	struct heir_str near = HEIR_STR_NULL;
	enum heir_rule rule = id ? heir_rule_find(heir_str_from(id), NULL, &near) : HEIR_N_RULES;
	struct heir_out out;
	int r;

	if (id && rule == HEIR_N_RULES)
		return no_such_rule(ctx, id, near);
	r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON));
	if (r < 0)
		return r;
	heir_out_init(&out, style, write, data);
	r = id ? heir_rules_page(rule, &out) : heir_rules_list(&out);
	return heir_ctx_end(ctx, &out, r);
}
