/* SPDX-License-Identifier: Apache-2.0 */
/* Prints a drift for people, in the layout of `heir diff`. */
#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "apply/drift.h"
#include "base/utf8.h"
#include "model/bound.h"
#include "model/diff.h"

enum { INDENT = 4 };

/* Says where a value comes from. */
static int origin_words(
	const struct heir_view *view, const struct heir_origin *origin, struct heir_buf *buf)
{
	struct heir_place place = heir_view_origin_place(view, origin);

	if (origin->kind == HEIR_KIND_UNSET)
		return 0;
	heir_view_origin_words(buf, origin);
	if (place.source == HEIR_SOURCE_NONE)
		return heir_buf_error(buf);
	heir_buf_addz(buf, ", ");
	return heir_view_place(view, buf, place, false);
}

/* "    NAME  files    VALUE  WORDS" */
static void print_drift_side(struct heir_out *out, struct heir_str name, size_t width,
	const char *side, const struct heir_buf *value, struct heir_str words)
{
	heir_out_fill(out, ' ', INDENT);
	heir_out_cell(out, name, width, HEIR_COLOR_CYAN);
	heir_out_printf(out, "  %-7s  ", side);
	heir_out_show(out, heir_buf_str(value));
	if (words.len > 0) {
		heir_out_addz(out, "  ");
		heir_out_cell(out, words, 0, HEIR_COLOR_DIM);
	}
	heir_out_addz(out, "\n");
}

static void add_value(struct heir_buf *buf, const struct heir_origin *origin)
{
	if (origin->kind == HEIR_KIND_UNSET)
		heir_buf_addz(buf, "not set");
	else
		heir_view_value(buf, &origin->value);
}

/* Prints both values of a field and where the file's value comes from. */
static int print_drift_field(const struct heir_drift *drift,
	const struct heir_drift_handler *handler, enum heir_field field, size_t width,
	struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf files = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf running = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	bool lost = handler->lost >> field & 1;
	struct heir_origin expected, has;
	int r = heir_drift_expected(drift, handler->result, field, &expected);

	if (r == 0)
		r = heir_live_get(drift->live, handler->running, field, &has);
	if (r == 0)
		r = heir_bound_value(&drift->view->core->values, &out->room, &expected);
	if (r == 0)
		r = heir_bound_value(&drift->view->core->values, &out->room, &has);
	if (r == 0)
		r = origin_words(drift->view, &expected, &words);
	if (r < 0)
		return r;
	add_value(&files, &expected);
	add_value(&running, &has);
	if (files.failed || running.failed || words.failed)
		return -ENOMEM;
	print_drift_side(
		out, heir_fields[field].name, width, "files", &files, heir_buf_str(&words));
	print_drift_side(out, HEIR_STR(""), width, "running", &running,
		lost ? HEIR_STR("lost by a reload") : HEIR_STR(""));
	return 0;
}

/* Prints the first line of a handler: sign, name and kind of difference. */
static void print_kind(const struct heir_drift_handler *handler, struct heir_out *out)
{
	static const struct {
		const char *sign, *words;
		enum heir_color color;
	} looks[HEIR_N_DRIFT_KINDS] = {
		[HEIR_DRIFT_CHANGED] = {"~", "differs", HEIR_COLOR_YELLOW},
		[HEIR_DRIFT_MISSING] = {"-", "the running CRI-O lacks it", HEIR_COLOR_RED},
		[HEIR_DRIFT_EXTRA] = {"+", "no file defines it", HEIR_COLOR_GREEN},
	};

	heir_out_cell(out, heir_str_from(looks[handler->kind].sign), 0, looks[handler->kind].color);
	heir_out_addz(out, " ");
	heir_out_cell(
		out, handler->name.len ? handler->name : HEIR_STR("\"\""), 0, HEIR_COLOR_BOLD);
	heir_out_addz(out, "  ");
	if (handler->kind == HEIR_DRIFT_EXTRA && handler->result)
		heir_out_addz(out, "CRI-O would drop it now: ");
	else
		heir_out_addz(out, looks[handler->kind].words);
}

/* Prints a handler with the fields that differ. */
static int print_drift_handler(const struct heir_drift *drift,
	const struct heir_drift_handler *handler, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf reason = HEIR_BUF_NULL;
	size_t width = 0;
	int r = 0;

	heir_out_addz(out, "\n");
	print_kind(handler, out);
	if (handler->kind == HEIR_DRIFT_EXTRA && handler->result) {
		heir_diff_reason_words(&reason, handler->result->dropped);
		if (reason.failed)
			return -ENOMEM;
		heir_out_show(out, heir_buf_str(&reason));
	}
	heir_out_addz(out, "\n");
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++)
		if (handler->fields >> f & 1)
			width = MAX(width, heir_fields[f].name.len);
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && r == 0; f++)
		if (handler->fields >> f & 1)
			r = print_drift_field(drift, handler, f, width, out);
	return r;
}

static int print_drift_default(const struct heir_drift *drift, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf files = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf running = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf place = HEIR_BUF_NULL;
	struct heir_str name = HEIR_STR("default_runtime");
	int r = heir_view_place(drift->view, &place, drift->res->default_place, false);

	heir_utf8_quote(&files, drift->res->default_runtime);
	heir_utf8_quote(&running, drift->live->default_name);
	if (r < 0 || files.failed || running.failed)
		return -ENOMEM;
	heir_out_addz(out, "\n");
	print_drift_side(out, name, name.len, "files", &files, heir_buf_str(&place));
	print_drift_side(out, HEIR_STR(""), name.len, "running", &running, HEIR_STR(""));
	return 0;
}

/* Prints the two sides as `diff` does. */
static void print_sides(const struct heir_drift *drift, struct heir_out *out)
{
	const struct heir_where *where = &drift->view->config->where;

	heir_out_printf(out, "--- files, %s, CRI-O 1.%u",
		where->as == HEIR_AS_STOCK ? "stock" : "heir", where->version.minor);
	if (where->version.patch != HEIR_PATCH_LAST)
		heir_out_printf(out, ".%u", where->version.patch);
	heir_out_addz(out, ", ");
	heir_out_show(out, heir_str_from(drift->root ? drift->root : "this machine"));
	heir_out_addz(out, "\n+++ running CRI-O, ");
	heir_out_show(out, heir_str_from(drift->live_name));
	heir_out_addz(out, "\n");
}

/* "2026-11-30 17:55:21 UTC" */
static void print_time(struct heir_out *out, int64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&when, &tm))
		heir_out_printf(out, "%04d-%02d-%02d %02d:%02d:%02d UTC", tm.tm_year + 1900,
			tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void print_reloaded(const struct heir_drift *drift, struct heir_out *out)
{
	const struct heir_running *running = drift->running;

	if (!drift->reloaded)
		return;
	heir_out_addz(out, "\nreloaded: CRI-O still runs the configuration of its start");
	if (running && running->started > 0) {
		heir_out_addz(out, ", ");
		print_time(out, running->started);
	}
	heir_out_addz(out,
		", not the one that it prints (cri-o#10202); restart CRI-O to apply the files\n");
	if (running && running->newer) {
		heir_out_addz(out, "changed since then: ");
		heir_out_show(out, heir_str_from(running->newer));
		heir_out_addz(out, "\n");
	}
}

/* Prints the first containers that contradict CRI-O's answer. */
static int print_contradictions(const struct heir_drift *drift, struct heir_out *out)
{
	enum { LIMIT = 10 };
	const struct heir_running *running = drift->running;
	uint32_t n = running ? running->n : 0;

	if (n > 0)
		heir_out_addz(out, "\n");
	for (uint32_t i = 0; i < MIN(n, (uint32_t)LIMIT); i++) {
		_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;

		heir_contradiction_words(&running->items[i], &words);
		if (words.failed)
			return -ENOMEM;
		heir_out_addz(out, "! ");
		heir_out_show(out, heir_buf_str(&words));
		heir_out_addz(out, "\n");
	}
	if (n > LIMIT)
		heir_out_printf(out, "! and %" PRIu32 " more\n", n - LIMIT);
	return 0;
}

/* Prints the last line, with the number of differences by kind. */
static void print_count(const struct heir_drift *drift, struct heir_out *out)
{
	struct heir_drift_sum sum;
	const char *before = " (";

	heir_drift_sum(drift, &sum);
	heir_out_addz(out, "\n");
	if (drift->n_handlers == 0) {
		heir_out_printf(out, "no handler differs (%" PRIu32 " compared)\n", drift->n_same);
		return;
	}
	heir_out_printf(out, "%" PRIu32 " handler%s", drift->n_handlers,
		drift->n_handlers == 1 ? " differs" : "s differ");
	for (unsigned kind = HEIR_DRIFT_CHANGED; kind < HEIR_N_DRIFT_KINDS; kind++)
		if (sum.n[kind] > 0) {
			heir_out_printf(out, "%s%" PRIu32 " %s", before, sum.n[kind],
				heir_drift_name(kind));
			before = ", ";
		}
	heir_out_printf(
		out, "), %" PRIu32 " %s not\n", drift->n_same, drift->n_same == 1 ? "does" : "do");
}

int heir_drift_text(const struct heir_drift *drift, struct heir_out *out)
{
	const struct heir_diags *stops = drift->view->stops;
	int r = 0;

	print_sides(drift, out);
	for (uint32_t i = 0; stops && i < stops->n; i++) {
		heir_out_printf(out, "\n%s: ", heir_view_fatal_words(drift->view, stops->items[i]));
		heir_out_show(out, heir_str_from(stops->items[i]->text));
	}
	if (stops && stops->n > 0)
		heir_out_addz(out, "\n");
	/* Handlers are not known then. */
	if (drift->view->fatal)
		return 0;
	if (drift->default_differs)
		r = print_drift_default(drift, out);
	for (uint32_t i = 0; i < drift->n_handlers && r == 0 && out->error == 0; i++) {
		r = print_drift_handler(drift, &drift->handlers[i], out);
		heir_core_forget_values(drift->view->core);
		heir_core_forget_values(drift->live->view.core);
	}
	if (r == 0)
		r = print_contradictions(drift, out);
	if (r == 0) {
		print_reloaded(drift, out);
		print_count(drift, out);
	}
	return r;
}
