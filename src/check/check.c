/* SPDX-License-Identifier: Apache-2.0 */
/* The two runs. The files were read and resolved with heir's semantics; the same documents are
 * resolved again as an unmodified CRI-O would. Then each finding is taken from the run that is
 * authoritative for it. */
#include "check/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kube/cluster.h"
#include "start/start.h"

/* Other drops are heir's own. */
static bool is_stock_drop(enum heir_rule rule)
{
	return heir_rules[rule].severity == 'D' && heir_rules[rule].source == HEIR_RULE_FROM_CRIO;
}

static void take_finding(struct heir_check *check, struct heir_diag *diag)
{
	if (!heir_diags_push(&check->findings, diag))
		check->error = -ENOMEM;
}

/* Returns whether CRI-O starts now but would not with what heir renders. */
static bool is_new_stop(const struct heir_check *check, const struct heir_diag *diag)
{
	/* Why the default cannot be used is a separate finding. */
	return diag->stops && check->stock->stops.n == 0 && diag->rule != HEIR_RULE_DEFAULT_INVALID;
}

/* Returns whether heir itself drops the handler. Then heir's reason is the fault, and what CRI-O
 * says about a table that it does not understand is a consequence. */
static bool is_dropped_by_heir(const struct heir_check *check, const struct heir_diag *diag)
{
	const struct heir_handler *handler;

	if (!check->res->results || check->res == check->stock)
		return false;
	handler = heir_config_handler(check->config, diag->handler);
	return handler && check->res->results[handler->id].dropped && heir_is_ours(check, handler);
}

/* Takes a finding of heir's run, except those about what CRI-O would do. */
static void take_from_heir(struct heir_check *check, struct heir_diag *diag)
{
	bool of_heir = heir_diag_is_of_heir(check->config, diag);
	char severity = heir_rules[diag->rule].severity;

	if (heir_rule_is_of_text(diag->rule) || of_heir || (severity != 'F' && severity != 'D') ||
		is_new_stop(check, diag) ||
		(severity == 'D' &&
			(!is_stock_drop(diag->rule) ||
				!heir_config_handler(check->stock_config, diag->handler) ||
				is_dropped_by_heir(check, diag))))
		take_finding(check, diag);
}

/* Returns whether CRI-O's own inheritance may be what is missing. Not if the table has keys for
 * inheritance already. */
static bool can_inherit(
	const struct heir_check *check, const struct heir_result *def, struct heir_str name)
{
	const struct heir_handler *handler = heir_config_handler(check->stock_config, name);
	const struct heir_handler *same = heir_config_handler(check->config, name);

	return check->config->field_known[HEIR_FIELD_inherit_default_runtime] && handler && same &&
	       same->table->fields >> HEIR_FIRST_OWN_FIELD == 0 && handler != def->handler;
}

/* Determines which handlers of check->config are referenced: by a handler that inherits, or by a
 * RuntimeClass. Returns NULL and sets check->error if there is no memory. */
static bool *find_used(struct heir_check *check)
{
	const struct heir_resolution *res = check->res;
	bool *used = calloc(check->config->n_handlers + 1u, sizeof(*used));

	if (!used) {
		check->error = -ENOMEM;
		return NULL;
	}
	for (uint32_t i = 0; res->results && i < check->config->n_handlers; i++)
		if (res->results[i].parent && res->results[i].parent != &res->results[i])
			used[res->results[i].parent->handler->id] = true;
	for (uint32_t i = 0; check->kube && i < heir_kube_n(check->kube, HEIR_KUBE_CLASS); i++) {
		const struct heir_handler *handler;
		struct heir_runtime_class class;

		heir_runtime_class_read(heir_kube_at(check->kube, HEIR_KUBE_CLASS, i), &class);
		handler = heir_config_handler(check->config, class.handler);
		if (handler)
			used[handler->id] = true;
	}
	return used;
}

/* Returns whether only vendors' files define the handler. */
static bool is_only_vendors(const struct heir_check *check, const struct heir_handler *handler)
{
	for (const struct heir_write *w = handler->table; w; w = w->replaced)
		if (heir_scope_of(check, w->source) != HEIR_SCOPE_BUILTIN &&
			!heir_is_of_vendor(check, w->source))
			return false;
	return true;
}

/* Returns whether it is a vendor's handler without binary that nothing uses: distributions ship
 * such handlers. */
static bool is_spare(const struct heir_check *check, const struct heir_diag *diag, const bool *used)
{
	const struct heir_handler *handler;

	if (diag->rule != HEIR_RULE_PATH_NOT_FOUND && diag->rule != HEIR_RULE_PATH_MISSING &&
		diag->rule != HEIR_RULE_OS_LACKS_BINARY)
		return false;
	handler = heir_config_handler(check->config, diag->handler);
	return handler && !used[handler->id] && is_only_vendors(check, handler);
}

static void take_spare(struct heir_check *check, const struct heir_diag *diag)
{
	struct heir_diag *spare = heir_find(check, HEIR_RULE_VENDOR_BINARY_ABSENT, diag->where,
		"CRI-O drops the handler \"%.*s\", which nothing uses: %s",
		HEIR_STR_ARG(diag->handler), diag->text);

	if (spare)
		spare->handler = diag->handler;
}

/* Returns whether CRI-O drops the handler only because nothing passes on what heir makes of its
 * keys, or because heir cannot resolve them. That is a finding of its own (inherit-not-applied, or
 * the rule by which heir drops it). */
static bool is_of_pending(const struct heir_check *check, const struct heir_diag *diag)
{
	const struct heir_result *def = check->stock->default_result;
	const struct heir_handler *handler;

	if (!check->res->results || !is_stock_drop(diag->rule))
		return false;
	handler = heir_config_handler(check->config, diag->handler);
	/* CRI-O does not start if the default is dropped. */
	return handler && !(def && heir_str_eq(def->handler->name, diag->handler)) &&
	       (heir_is_pending(check, &check->res->results[handler->id]) ||
		       is_dropped_by_heir(check, diag));
}

/* How a handler without a path gets that of the default. heir lets it inherit implicitly, which
 * show calls pending; CRI-O does so from 1.32 on if the key is set. NULL: not at all. */
static const char *advice_on_path(const struct heir_check *check, const struct heir_diag *diag)
{
	const struct heir_result *def = check->stock->default_result;
	const struct heir_handler *handler = heir_config_handler(check->config, diag->handler);
	bool by_key = def && can_inherit(check, def, diag->handler);
	bool by_heir = check->res != check->stock && check->res->results && handler &&
		       check->res->results[handler->id].via == HEIR_VIA_IMPLICIT &&
		       !check->res->results[handler->id].dropped;

	if (by_key && by_heir)
		return "to follow the default, write inherit_default_runtime = true or run heir "
		       "apply";
	return by_key    ? "to follow the default, write inherit_default_runtime = true"
	       : by_heir ? "to follow the default, run heir apply"
			 : NULL;
}

/* Takes a finding of CRI-O's run. A dropped default is reported by its effect on the start. */
static void take_from_stock(struct heir_check *check, struct heir_diag *diag, const bool *used)
{
	const struct heir_result *def = check->stock->default_result;

	if (def && check->stock->fatal && diag == def->dropped)
		return;
	if (check->res != check->stock && is_of_pending(check, diag))
		return;
	if (is_spare(check, diag, used)) {
		take_spare(check, diag);
		return;
	}
	if (diag->rule == HEIR_RULE_PATH_NOT_FOUND && !diag->help)
		diag->help = advice_on_path(check, diag);
	take_finding(check, diag);
}

static int compare_findings(const void *a, const void *b)
{
	const struct heir_diag *x = *(struct heir_diag *const *)a,
			       *y = *(struct heir_diag *const *)b;
	int order;

	if (x->where.source != y->where.source)
		return x->where.source < y->where.source ? -1 : 1;
	if (x->where.at != y->where.at)
		return x->where.at < y->where.at ? -1 : 1;
	if (x->rule != y->rule)
		return (int)x->rule - (int)y->rule;
	order = strcmp(x->path ? x->path : "", y->path ? y->path : "");
	return order ? order : strcmp(x->text, y->text);
}

/* Both runs read the same keys. */
static void drop_doubles(struct heir_diags *list)
{
	uint32_t n = 0;

	if (list->n == 0)
		return;
	qsort(list->items, list->n, sizeof(*list->items), compare_findings);
	for (uint32_t i = 1; i < list->n; i++)
		if (compare_findings(&list->items[n], &list->items[i]) != 0 ||
			!heir_str_eq(list->items[n]->handler, list->items[i]->handler))
			list->items[++n] = list->items[i];
	list->n = n + 1;
}

/* `n` diagnostics are from heir's run, the rest from CRI-O's. */
static void take_findings(struct heir_check *check, uint32_t n)
{
	struct heir_diags *diags = &check->core->diags;
	bool *used = find_used(check);

	for (uint32_t i = 0; used && i < diags->n; i++) {
		if (check->res != check->stock && i < n)
			take_from_heir(check, diags->items[i]);
		else
			take_from_stock(check, diags->items[i], used);
	}
	free(used);
	drop_doubles(&check->findings);
}

/* Merges the reasons of both runs without duplicates. */
static void merge_stops(struct heir_check *check, struct heir_diags *stops)
{
	const struct heir_diags *both[] = {&check->stock->stops, &check->res->stops};

	for (unsigned run = 0; run < (check->res == check->stock ? 1 : 2); run++)
		for (uint32_t i = 0; i < both[run]->n; i++)
			if (!heir_diags_push(stops, both[run]->items[i]))
				check->error = -ENOMEM;
	drop_doubles(stops);
}

static void check_subjects(struct heir_check *check)
{
	static void (*const subjects[])(struct heir_check *) = {heir_check_keys, heir_check_files,
		heir_check_elsewhere, heir_check_replaced, heir_check_handlers, heir_check_kinds,
		heir_check_annotations, heir_check_flags, heir_check_inheritance,
		heir_check_conditions, heir_check_rendered, heir_check_paths, heir_check_objects,
		heir_check_ignores, heir_check_group_pending};

	for (unsigned i = 0; i < ARRAY_LEN(subjects) && check->error == 0; i++)
		subjects[i](check);
}

int heir_check_run(struct heir_core *core, const struct heir_config *config,
	const struct heir_resolution *res, const struct heir_assume *assume,
	const struct heir_check_objects *objects, struct heir_diags *stops)
{
	_cleanup_(heir_stock_release) struct heir_stock stock = {.config = {.core = core}};
	struct heir_check check = {.core = core,
		.config = config,
		.stock_config = config,
		.res = res,
		.stock = res,
		.kube = objects ? objects->kube : NULL,
		.pool = objects ? objects->pool : NULL,
		.rooted = core->root.fd >= 0};
	uint32_t n = core->diags.n;
	int r;

	if (config->where.as == HEIR_AS_HEIR) {
		r = heir_start_stock(&stock, config, assume);
		if (r < 0)
			return r;
		check.stock_config = &stock.config;
		check.stock = &stock.res;
	}
	check.findings.n_made = core->diags.n_made;
	take_findings(&check, n);
	if (stops)
		merge_stops(&check, stops);
	check_subjects(&check);
	heir_diags_release(&core->diags);
	core->diags = check.findings;
	return check.error;
}
