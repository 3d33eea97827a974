/* SPDX-License-Identifier: Apache-2.0 */
/* Is the file of `heir render` up to date? Compared is what CRI-O makes of it, not its bytes:
 * changed comments do not matter. */
#include "inherit/rendered.h"

#include "check/check.h"
#include "inherit/late.h"

/* A handler, or the default, that the rendered file defines differently. */
struct stale {
	const struct heir_result *mine;   /* NULL: heir drops it or has no such handler */
	const struct heir_result *theirs; /* NULL: CRI-O drops it or has no such handler */
	uint32_t fields;
};

enum { MAX_NOTES = 5 };

struct stales {
	struct heir_check *check;
	struct stale items[MAX_NOTES];
	uint32_t n;
};

static void add_stale(struct stales *list, struct stale stale)
{
	if (list->n < MAX_NOTES)
		list->items[list->n] = stale;
	list->n++;
}

/* Returns the last file that heir rendered and CRI-O reads, or HEIR_SOURCE_NONE. */
static uint32_t rendered_source(const struct heir_check *check)
{
	uint32_t found = HEIR_SOURCE_NONE;

	for (uint32_t i = 0; i < check->config->n_docs; i++)
		if (check->core->sources.items[i].rendered &&
			heir_scope_of(check, i) != HEIR_SCOPE_HEIR)
			found = i;
	return found;
}

/* Compares heir's handlers. */
static void compare_ours(struct stales *list)
{
	struct heir_check *check = list->check;

	for (uint32_t i = 0; i < check->config->n_handlers && check->error == 0; i++) {
		const struct heir_result *mine = &check->res->results[i];
		const struct heir_result *theirs = heir_kept_by_stock(check, mine->handler);
		uint32_t fields = 0;

		if (mine->dropped)
			continue;
		if (theirs)
			check->error = heir_results_differ(
				check->res, mine, check->stock, theirs, &fields);
		if (check->error == 0 && (!theirs || fields))
			add_stale(list, (struct stale){mine, theirs, fields});
		heir_core_forget_values(check->core);
	}
}

/* Finds what is rendered but no longer should be. */
static void compare_theirs(struct stales *list)
{
	const struct heir_check *check = list->check;

	for (uint32_t i = 0; i < check->stock_config->n_handlers; i++) {
		const struct heir_result *theirs = &check->stock->results[i];
		const struct heir_result *mine =
			heir_resolution_find(check->res, theirs->handler->name);

		if (!theirs->dropped && (!mine || mine->dropped) &&
			heir_write_is_rendered(check->stock_config, theirs->handler->table))
			add_stale(list, (struct stale){NULL, theirs, 0});
	}
}

/* Adds a note about one stale handler. */
static void add_note(struct heir_check *check, struct heir_diag *diag, const struct stale *stale)
{
	const struct heir_handler *handler =
		stale->mine ? stale->mine->handler : stale->theirs->handler;
	const char *names = stale->fields ? heir_check_field_names(check, stale->fields) : "";
	struct heir_place where = heir_write_key_place(
		stale->mine ? check->config : check->stock_config, handler->table);

	if (!stale->mine)
		heir_find_note(check, diag, where, "heir no longer has a handler \"%.*s\"",
			HEIR_STR_ARG(handler->name));
	else if (!stale->theirs)
		heir_find_note(check, diag, where, "it does not define \"%.*s\"",
			HEIR_STR_ARG(handler->name));
	else if (names)
		heir_find_note(check, diag, where, "\"%.*s\" differs in %s",
			HEIR_STR_ARG(handler->name), names);
}

/* Compares heir's resolution with what CRI-O makes of the rendered file, with late-bound handlers
 * at their links. */
static void check_stale(struct heir_check *check, uint32_t source)
{
	struct stales list = {.check = check, .n = 0};
	struct heir_diag *diag;
	struct heir_late late;
	bool other_default = check->stock->fatal || !heir_str_eq(check->res->default_runtime,
							    check->stock->default_runtime);

	check->error = heir_late_read(&check->core->root, &check->core->arena, &late);
	if (check->error == 0 && heir_resolution_is_usable(check->stock)) {
		struct heir_resolution bound = *check->res;

		check->error = heir_late_bind_current(&bound, &late);
		compare_ours(&list);
		compare_theirs(&list);
		heir_late_unbind(&bound);
	}
	if (check->error || (list.n == 0 && !other_default))
		return;
	diag = heir_find_file(check, HEIR_RULE_RENDERED_STALE, source,
		check->core->sources.items[source].path,
		"this file is out of date: %u handler%s differ%s%s", list.n, list.n == 1 ? "" : "s",
		list.n == 1 ? "s" : "", other_default ? ", and so does the default" : "");
	for (uint32_t i = 0; i < MIN(list.n, MAX_NOTES); i++)
		add_note(check, diag, &list.items[i]);
	if (late.n > 0)
		heir_find_help(check, diag, "run heir apply: handlers are bound late here");
	else
		heir_find_help(check, diag, "regenerate it: heir render --output %s",
			check->core->sources.items[source].path);
}

bool heir_is_carried(const struct heir_check *check, const struct heir_handler *handler)
{
	const struct heir_handler *theirs = heir_config_handler(check->stock_config, handler->name);

	for (const struct heir_write *w = theirs ? theirs->table : NULL; w; w = w->replaced)
		if (heir_write_is_rendered(check->stock_config, w))
			return true;
	return false;
}

void heir_check_rendered(struct heir_check *check)
{
	uint32_t source = rendered_source(check), n = check->findings.n;

	check->error = heir_report_later(check->stock_config, &check->findings);
	/* A later file is the cause and must be fixed first. */
	if (check->error == 0 && source != HEIR_SOURCE_NONE && n == check->findings.n &&
		check->res != check->stock && check->res->results && !check->res->fatal)
		check_stale(check, source);
	if (check->error == 0)
		check->error = heir_report_foreign(check->config, &check->findings);
	if (check->error == 0 && check->res != check->stock)
		check->error = heir_report_kept(check->stock, check->res, &check->findings);
}
