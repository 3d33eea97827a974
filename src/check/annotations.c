/* SPDX-License-Identifier: Apache-2.0 */
/* Annotations with two names of which a handler or workload allows only one: since 1.35 CRI-O
 * filters the other from pods. */
#include "config/annotation.h"

#include <errno.h>
#include <string.h>

#include "check/check.h"
#include "check/fix.h"
#include "inherit/link.h"

/* A list of annotations in a document. */
struct list {
	struct heir_check *check;
	const struct heir_handler *handler; /* NULL: a workload's */
	const struct heir_value *allowed;   /* everything that is allowed in the end */
	uint32_t source;
	heir_toml_node node;
	struct heir_str owner;
};

static bool is_allowed(const struct list *list, struct heir_str name)
{
	for (uint32_t i = 0; i < list->allowed->list.n; i++)
		if (heir_str_eq(list->allowed->list.entries[i].value, name))
			return true;
	return false;
}

/* Reports a name whose twin is not allowed, and offers to add the twin. */
static void check_item(const struct list *list, heir_toml_node item, struct heir_str name)
{
	struct heir_check *check = list->check;
	struct heir_str twin = heir_annotation_twin(name, check->config->where.version);
	struct heir_fix fix = {HEIR_FIX_ADD, list->source, item, HEIR_STR_NULL, NULL};
	struct heir_diag *diag;

	if (!twin.p || is_allowed(list, twin))
		return;
	diag = heir_find(check, HEIR_RULE_ANNOTATION_DEPRECATED,
		heir_value_place(check, list->source, item),
		"\"%.*s\" allows \"%.*s\" and not its other name, \"%.*s\", which CRI-O filters "
		"from pods",
		HEIR_STR_ARG(list->owner), HEIR_STR_ARG(name), HEIR_STR_ARG(twin));
	if (list->handler)
		heir_find_about(diag, list->handler);
	heir_find_help(check, diag, "allow both names");
	fix.text.p = heir_arena_printf(&check->core->arena, ", \"%.*s\"", HEIR_STR_ARG(twin));
	if (!fix.text.p) {
		check->error = -ENOMEM;
		return;
	}
	fix.text.len = strlen(fix.text.p);
	heir_find_fix(check, diag, &fix);
}

/* Reports the first name of each feature only. */
static void check_list(const struct list *list, const struct heir_value *own)
{
	const struct heir_toml_doc *doc = list->check->config->docs[list->source];
	uint64_t seen = 0;
	uint32_t i = 0;

	heir_toml_foreach (item, doc, list->node) {
		struct heir_str name =
			i < own->list.n ? own->list.entries[i++].value : HEIR_STR("");
		uint64_t bit = heir_annotation_bit(name);

		if ((seen & bit) == 0 && bit != 0)
			check_item(list, item, name);
		seen |= bit;
	}
}

static void check_handler(struct heir_check *check, const struct heir_result *result)
{
	struct list list = {.check = check, .handler = result->handler};
	struct heir_origin own, all;

	if (!heir_check_own(check, check->res, result, HEIR_FIELD_allowed_annotations, &own) ||
		!heir_check_get(check, check->res, result, HEIR_FIELD_allowed_annotations, &all) ||
		heir_is_of_vendor(check, own.source) ||
		check->core->sources.items[own.source].rendered)
		return;
	list.allowed = &all.value;
	list.source = own.source;
	list.node = own.node;
	list.owner = result->handler->name;
	check_list(&list, &own.value);
}

void heir_check_annotations(struct heir_check *check)
{
	for (uint32_t i = 0; check->res->results && i < check->config->n_handlers; i++) {
		if (check->error)
			return;
		if (!check->res->results[i].dropped)
			check_handler(check, &check->res->results[i]);
		heir_core_forget_values(check->core);
	}
}
