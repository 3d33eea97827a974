/* SPDX-License-Identifier: Apache-2.0 */
/* Renders the drop-in, resolves twice as an unmodified CRI-O would (without and with it), and
 * decides whether it may be written. */
#include "apply/apply.h"

#include <errno.h>
#include <string.h>

#include "inherit/rendered.h"
#include "report/diff.h"
#include "report/udiff.h"
#include "start/start.h"

void heir_applying_release(struct heir_applying *applying)
{
	heir_txn_release(&applying->undo);
	heir_view_release(&applying->views[0]);
	heir_view_release(&applying->views[1]);
	heir_stock_release(&applying->after);
	heir_stock_release(&applying->before);
	heir_rendering_release(&applying->rendering);
}

/* ---- What may not be written ---- */

static int refuse_apply(struct heir_applying *applying, const char *fmt, ...) _printf_(2, 3);

static int refuse_apply(struct heir_applying *applying, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	applying->refused = heir_arena_vmessage(&applying->core->arena, fmt, args);
	va_end(args);
	return applying->refused ? 0 : -ENOMEM;
}

/* Checks the file that the drop-in would replace, and whether it may be replaced. */
static int resolve_files(struct heir_applying *applying, const struct heir_config *config)
{
	const struct heir_sources *sources = &applying->core->sources;

	for (uint32_t i = 0; i < config->n_docs; i++) {
		const struct heir_source *source = &sources->items[i];

		if (strcmp(source->path, applying->rendering.path) == 0) {
			applying->old = source->text.p ? source->text : HEIR_STR("");
			if (source->mark == HEIR_RENDERED_EDITED)
				return refuse_apply(applying,
					"%s was edited after heir wrote it: move the edits to "
					"another file and remove it",
					source->path);
			if (!source->rendered)
				return refuse_apply(applying,
					"heir did not write %s and does not replace it",
					source->path);
		} else if (source->mark == HEIR_RENDERED_ELSEWHERE &&
			   source->scope != HEIR_SCOPE_HEIR) {
			return refuse_apply(applying,
				"%s begins like a drop-in that heir rendered: remove the file, or "
				"its first line",
				source->path);
		}
	}
	return 0;
}

/* Law 2: CRI-O must give each handler that heir resolves exactly heir's fields. */
static int check_promise(struct heir_applying *applying, const struct heir_resolution *res)
{
	const struct heir_resolution *stock = &applying->after.res;

	if (!heir_resolution_is_usable(stock) || stock->stops.n > 0)
		return refuse_apply(applying, "CRI-O would not start with it%s%s",
			stock->stops.n ? ": " : "",
			stock->stops.n ? stock->stops.items[0]->text : "");
	if (!heir_str_eq(stock->default_runtime, res->default_runtime))
		return refuse_apply(applying, "CRI-O would use another default_runtime: \"%.*s\"",
			HEIR_STR_ARG(stock->default_runtime));
	for (uint32_t i = 0; i < res->config->n_handlers; i++) {
		const struct heir_result *mine = &res->results[i], *theirs;
		uint32_t differ = 0;
		int r = 0;

		if (mine->dropped)
			continue;
		theirs = heir_resolution_find(stock, mine->handler->name);
		if (theirs && !theirs->dropped)
			r = heir_results_differ(res, mine, stock, theirs, &differ);
		heir_core_forget_values(applying->core);
		if (r < 0)
			return r;
		if (theirs && !theirs->dropped && !differ)
			continue;
		return refuse_apply(applying, "CRI-O would not resolve \"%.*s\" as heir does%s%s",
			HEIR_STR_ARG(mine->handler->name), differ ? ": " : "",
			differ ? heir_fields[__builtin_ctz(differ)].name.p : "");
	}
	return 0;
}

/* ---- Deciding ---- */

static int read_back(struct heir_applying *applying, const struct heir_config *config,
	const struct heir_assume *assume)
{
	struct heir_draft draft = {applying->rendering.path, applying->rendering.text};
	int r = heir_start_stock(&applying->before, config, assume);

	if (r == 0)
		r = heir_stock_read(&applying->after, config, &draft);
	if (r == 0)
		r = heir_start_resolve(&applying->after.res, &applying->after.config, assume);
	if (r == 0)
		r = heir_view_init(&applying->views[0], applying->core, &applying->before.config,
			&applying->before.res);
	if (r == 0)
		r = heir_view_init(&applying->views[1], applying->core, &applying->after.config,
			&applying->after.res);
	return r;
}

/* Returns whether the existing file defines the handler, even if another file overrides it. */
static bool is_in_old(const struct heir_applying *applying, const struct heir_handler *handler)
{
	const struct heir_config *config = &applying->before.config;

	for (const struct heir_write *w = handler->table; w; w = w->replaced)
		if (heir_write_is_rendered(config, w) &&
			strcmp(config->core->sources.items[w->source].path,
				applying->rendering.path) == 0)
			return true;
	return false;
}

/* Whether CRI-O could start with the current files does not matter: it may be running with
 * them. */
static int find_dropped(struct heir_applying *applying)
{
	const struct heir_config *config = &applying->before.config;
	uint32_t n = config->n_handlers;

	applying->dropped =
		heir_arena_zalloc(&applying->core->arena, n + 1u, sizeof(*applying->dropped));
	if (!applying->dropped)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		const struct heir_handler *handler = config->handlers[i];
		const struct heir_result *after =
			heir_resolution_find(&applying->after.res, handler->name);

		if (is_in_old(applying, handler) && (!after || after->dropped))
			applying->dropped[applying->n_dropped++] = handler->name;
	}
	return 0;
}

int heir_applying_init(struct heir_applying *applying, const struct heir_config *config,
	const struct heir_resolution *res, const struct heir_assume *assume, const char *version)
{
	struct heir_diags *diags = &config->core->diags;
	uint32_t n;
	int r;

	*applying = (struct heir_applying)HEIR_APPLYING_NULL;
	applying->core = config->core;
	r = heir_render(&applying->rendering, config, res, assume, version);
	applying->refused = applying->rendering.refused;
	if (r < 0 || applying->refused)
		return r;
	n = diags->n_made;
	r = resolve_files(applying, config);
	if (r == 0)
		r = read_back(applying, config, assume);
	if (r == 0)
		r = find_dropped(applying);
	/* Diagnostics of the two resolutions are not part of the answer. */
	heir_diags_forget(diags, n);
	if (r == 0 && !applying->refused)
		r = check_promise(applying, res);
	return r;
}

bool heir_applying_changes(const struct heir_applying *applying)
{
	const struct heir_rendering *rendering = &applying->rendering;

	if (!rendering->text.p)
		return false;
	if (!applying->old.p)
		return rendering->n_handlers > 0 || rendering->settings != 0;
	return !heir_str_eq(applying->old, rendering->text);
}

/* ---- Telling ---- */

/* Returns the length of the common whole lines at the beginning. */
static size_t common_head(struct heir_str a, struct heir_str b)
{
	size_t line = 0;

	for (size_t i = 0; i < a.len && i < b.len && a.p[i] == b.p[i]; i++)
		if (a.p[i] == '\n')
			line = i + 1;
	return line;
}

static size_t common_tail(struct heir_str a, struct heir_str b, size_t head)
{
	size_t max = MIN(a.len, b.len) - head, line = 0;

	for (size_t i = 0; i < max && a.p[a.len - i - 1] == b.p[b.len - i - 1]; i++)
		if (a.p[a.len - i - 1] == '\n')
			line = i;
	return line;
}

/* Prints the difference as a single edit: the file is small. */
static int print_dropin_diff(const struct heir_applying *applying, struct heir_out *out)
{
	struct heir_str before = applying->old.p ? applying->old : HEIR_STR("");
	struct heir_str after = applying->rendering.text;
	size_t head = common_head(before, after), tail = common_tail(before, after, head);
	struct heir_edit edit = {(uint32_t)head, (uint32_t)(before.len - head - tail),
		{after.p + head, after.len - head - tail}};

	return heir_udiff(out, applying->rendering.path, before, &edit, 1);
}

int heir_applying_text(const struct heir_applying *applying, const char *root, struct heir_out *out)
{
	_cleanup_(heir_diff_release) struct heir_diff diff = {.handlers = NULL};
	int r = heir_diff_init(&diff, &applying->views[0], &applying->views[1], NULL);

	diff.root[HEIR_LEFT] = root;
	diff.root[HEIR_RIGHT] = heir_arena_printf(&applying->core->arena, "%s with %s",
		root ? root : "this machine", HEIR_RENDERED_NAME);
	if (r == 0 && !diff.root[HEIR_RIGHT])
		r = -ENOMEM;
	if (r == 0)
		r = print_dropin_diff(applying, out);
	heir_out_addz(out, "\n");
	return r < 0 ? r : heir_diff_text(&diff, out);
}

int heir_applying_matters(const struct heir_applying *applying, bool *ret)
{
	_cleanup_(heir_diff_release) struct heir_diff diff = {.handlers = NULL};
	int r = heir_diff_init(&diff, &applying->views[0], &applying->views[1], NULL);

	*ret = r == 0 && !heir_diff_is_empty(&diff);
	return r;
}
