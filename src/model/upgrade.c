/* SPDX-License-Identifier: Apache-2.0 */
#include "model/upgrade.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kube/cluster.h"
#include "start/start.h"

const char *heir_upgrade_word(enum heir_upgrade_change change)
{
	static const char *const words[] = {
		[HEIR_UPGRADE_SAME] = "same",
		[HEIR_UPGRADE_UNUSED] = "unused",
		[HEIR_UPGRADE_CHANGES] = "changes",
		[HEIR_UPGRADE_ANNOTATIONS] = "annotations",
		[HEIR_UPGRADE_LOST] = "lost",
		[HEIR_UPGRADE_STOPS] = "stops",
	};

	return words[change];
}

void heir_upgrade_release_words(struct heir_buf *buf, const struct heir_target *target)
{
	if (target->ocp)
		heir_buf_printf(buf, "OpenShift %s (", target->ocp->name);
	heir_buf_printf(buf, "CRI-O 1.%u", target->version.minor);
	if (target->version.patch != HEIR_PATCH_LAST)
		heir_buf_printf(buf, ".%u", target->version.patch);
	if (target->ocp)
		heir_buf_addz(buf, target->ocp->unsure ? ", not certain)" : ")");
}

/* Resolves a configuration on a node whose image is that of `os`. */
static int resolve(struct heir_upgrade_part *part, const struct heir_config *config,
	const struct heir_os *os, struct heir_resolution *res, struct heir_view *view)
{
	struct heir_root *root = &part->core->root;
	const struct heir_overlay *laid = root->overlay;
	const struct heir_os *before = part->overlay->os;
	int r;

	part->overlay->os = os;
	if (os)
		root->overlay = part->overlay;
	r = heir_start_resolve(res, config, part->assume);
	if (r == 0)
		r = heir_view_init(view, part->core, config, res);
	part->overlay->os = before;
	root->overlay = laid;
	return r;
}

/* ---- Handlers ---- */

const char *heir_upgrade_class_at(
	const struct heir_upgrade_case *c, struct heir_str handler, uint32_t i)
{
	const struct heir_kube *kube = c->part->kube;

	for (uint32_t k = 0; kube && k < heir_kube_n(kube, HEIR_KUBE_CLASS); k++) {
		struct heir_runtime_class class;

		heir_runtime_class_read(heir_kube_at(kube, HEIR_KUBE_CLASS, k), &class);
		if (heir_str_eq(class.handler, handler) && i-- == 0)
			return class.name;
	}
	return NULL;
}

/* Does something name the handler: a RuntimeClass, or a handler that inherits? */
static bool is_used(const struct heir_upgrade_case *c, struct heir_str name)
{
	const struct heir_view *now = &c->part->view;

	if (heir_upgrade_class_at(c, name, 0))
		return true;
	for (uint32_t i = 0; i < now->n_handlers; i++) {
		const struct heir_result *result = heir_view_result(now, now->handlers[i]);

		if (result->parent && result->parent != result &&
			heir_str_eq(result->parent->handler->name, name))
			return true;
	}
	/* Where another becomes the default, pods without a RuntimeClass get that one. */
	return !c->diff.default_differs && heir_str_eq(now->res->default_runtime, name);
}

/* Do only vendors, or CRI-O itself, define it? */
static bool is_of_vendors(const struct heir_view *view, const struct heir_handler *handler)
{
	const struct heir_source *sources = view->core->sources.items;

	for (const struct heir_write *w = handler->table; w; w = w->replaced)
		if (sources[w->source].scope != HEIR_SCOPE_BUILTIN &&
			sources[w->source].scope != HEIR_SCOPE_VENDOR)
			return false;
	return true;
}

static bool is_of_binary(const struct heir_diag *diag)
{
	return diag->rule == HEIR_RULE_PATH_MISSING || diag->rule == HEIR_RULE_PATH_NOT_FOUND ||
	       diag->rule == HEIR_RULE_OS_LACKS_BINARY;
}

static bool has_item(const struct heir_value *list, struct heir_str name)
{
	for (uint32_t i = 0; i < list->list.n; i++)
		if (heir_str_eq(list->list.entries[i].value, name))
			return true;
	return false;
}

/* Is something that pods may ask for now filtered then? */
static int is_filtered(
	const struct heir_upgrade_case *c, const struct heir_diff_handler *handler, bool *ret)
{
	struct heir_origin origins[HEIR_N_SIDES];
	int r = heir_diff_origins(&c->diff, handler, HEIR_FIELD_allowed_annotations, origins);

	*ret = false;
	if (r < 0 || origins[HEIR_LEFT].kind == HEIR_KIND_UNSET)
		return r;
	for (uint32_t i = 0; i < origins[HEIR_LEFT].value.list.n; i++)
		*ret |= origins[HEIR_RIGHT].kind == HEIR_KIND_UNSET ||
			!has_item(&origins[HEIR_RIGHT].value,
				origins[HEIR_LEFT].value.list.entries[i].value);
	return 0;
}

/* The binary and the root of its state: what another than the creator's cannot operate. */
#define IDENTITY                                                                           \
	(UINT32_C(1) << HEIR_FIELD_runtime_path | UINT32_C(1) << HEIR_FIELD_runtime_root | \
		UINT32_C(1) << HEIR_FIELD_runtime_type)

static int judge_handler(const struct heir_upgrade_case *c, const struct heir_diff_handler *diff,
	struct heir_upgrade_handler *ret)
{
	const struct heir_diag *dropped = diff->dropped[HEIR_RIGHT];
	bool filtered = false;
	int r = 0;

	*ret = (struct heir_upgrade_handler){.diff = diff, .fields = diff->fields};
	if (diff->change == HEIR_CHANGE_BROKEN || diff->change == HEIR_CHANGE_REMOVED) {
		const struct heir_handler *handler = diff->handler[HEIR_LEFT];
		bool gone = !dropped || is_of_binary(dropped);

		ret->fields = 0;
		ret->change =
			gone && is_of_vendors(&c->part->view, handler) && !is_used(c, diff->name)
				? HEIR_UPGRADE_UNUSED
				: HEIR_UPGRADE_LOST;
		return 0;
	}
	/* What CRI-O has besides, or no longer drops, harms nothing. */
	if (diff->change != HEIR_CHANGE_CHANGED || dropped)
		return 0;
	if (diff->fields >> HEIR_FIELD_allowed_annotations & 1)
		r = is_filtered(c, diff, &filtered);
	ret->change = filtered ? HEIR_UPGRADE_ANNOTATIONS : HEIR_UPGRADE_CHANGES;
	ret->drains = (diff->fields & IDENTITY) != 0;
	heir_core_forget_values(c->part->core);
	return r;
}

static int by_damage(const void *a, const void *b)
{
	const struct heir_upgrade_handler *x = a, *y = b;

	if (x->change != y->change)
		return x->change > y->change ? -1 : 1;
	if (x->fields != y->fields)
		return x->fields > y->fields ? -1 : 1;
	return heir_str_cmp(x->diff->name, y->diff->name);
}

/* Is its loss the reason why CRI-O does not start? That is reported once. */
static bool is_of_stop(const struct heir_upgrade_case *c, const struct heir_diff_handler *diff)
{
	const struct heir_diag *fatal = c->res.fatal;

	return fatal && fatal->rule == HEIR_RULE_DEFAULT_INVALID &&
	       heir_str_eq(diff->name, c->res.default_runtime);
}

static int judge(struct heir_upgrade_case *c)
{
	int r = heir_diff_init(&c->diff, &c->part->view, &c->view, NULL);

	if (r < 0)
		return r;
	c->verdict = c->view.stops->n > 0 ? HEIR_UPGRADE_STOPS : HEIR_UPGRADE_SAME;
	if (c->diff.default_differs && c->verdict < HEIR_UPGRADE_CHANGES)
		c->verdict = HEIR_UPGRADE_CHANGES;
	c->handlers = calloc(c->diff.n_handlers + 1u, sizeof(*c->handlers));
	if (!c->handlers)
		return -ENOMEM;
	for (uint32_t i = 0; i < c->diff.n_handlers && r == 0; i++) {
		struct heir_upgrade_handler *handler = &c->handlers[c->n_handlers];

		if (is_of_stop(c, &c->diff.handlers[i]))
			continue;
		r = judge_handler(c, &c->diff.handlers[i], handler);
		c->n_handlers += handler->change != HEIR_UPGRADE_SAME;
		if (handler->change != HEIR_UPGRADE_UNUSED && handler->change > c->verdict)
			c->verdict = handler->change;
	}
	qsort(c->handlers, c->n_handlers, sizeof(*c->handlers), by_damage);
	return r;
}

bool heir_upgrade_stops_already(const struct heir_upgrade_case *c, const struct heir_diag *stop)
{
	const struct heir_diags *now = c->part->view.stops;

	for (uint32_t i = 0; i < now->n; i++) {
		const struct heir_diag *other = now->items[i];

		if (other == stop ||
			(other->rule == stop->rule && other->where.source == stop->where.source &&
				other->where.at == stop->where.at &&
				strcmp(other->text, stop->text) == 0))
			return true;
	}
	return false;
}

enum heir_upgrade_edit heir_upgrade_edit_of(
	const struct heir_upgrade_case *c, const struct heir_diag *diag)
{
	const struct heir_source *source;

	if (diag->where.source == HEIR_SOURCE_NONE)
		return HEIR_UPGRADE_EDIT_NONE;
	source = &c->view.core->sources.items[diag->where.source];
	if (source->object || source->scope == HEIR_SCOPE_OBJECT)
		return HEIR_UPGRADE_EDIT_REBOOT;
	if (source->scope == HEIR_SCOPE_BUILTIN)
		return HEIR_UPGRADE_EDIT_NONE;
	return is_of_binary(diag) || diag->rule == HEIR_RULE_DEFAULT_INVALID
		       ? HEIR_UPGRADE_EDIT_DRAIN
		       : HEIR_UPGRADE_EDIT_RESTART;
}

/* ---- All ---- */

static int init_part(struct heir_upgrade_part *part)
{
	int r = heir_retarget_read(&part->retarget, part->config, part->version);

	if (r == 0)
		r = resolve(part, &part->retarget.config, part->os, &part->res, &part->view);
	if (r == 0)
		r = heir_pods_init(&part->pods, part->kube, part->pool);
	return r;
}

static bool is_same_release(
	const struct heir_upgrade_target *a, const struct heir_upgrade_target *b)
{
	return a->release.version.minor == b->release.version.minor &&
	       a->release.version.patch == b->release.version.patch;
}

/* The first target of the same release: its documents are decoded once. */
static size_t first_of_release(const struct heir_upgrade *upgrade, size_t target)
{
	size_t i = 0;

	while (!is_same_release(&upgrade->targets[i], &upgrade->targets[target]))
		i++;
	return i;
}

static int init_case(struct heir_upgrade_case *c, struct heir_upgrade_part *part,
	const struct heir_upgrade_target *target, const struct heir_config *config)
{
	int r;

	c->part = part;
	c->target = target;
	c->os = target->os ? target->os : part->os_then;
	c->os_from = target->os ? NULL : part->os_then_from;
	if (!c->os && part->os_by_release && target->release.ocp && target->release.ocp->os) {
		c->os = heir_os_find(heir_str_from(target->release.ocp->os));
		c->os_from = "default of the release";
	}
	r = resolve(part, config, c->os, &c->res, &c->view);
	return r == 0 ? judge(c) : r;
}

/* A part on all targets, a release after the other: tags of keys are those of the release that was
 * decoded last. */
static int init_cases(struct heir_upgrade *upgrade, size_t p)
{
	struct heir_retarget *retargets = &upgrade->retargets[p * upgrade->n_targets];
	struct heir_upgrade_part *part = &upgrade->parts[p];
	uint32_t n_made = part->core->diags.n_made;
	struct heir_seen seen;
	int r;

	heir_seen_init(&seen);
	part->core->root.seen = &seen;
	r = init_part(part);

	for (size_t t = 0; t < upgrade->n_targets && r == 0; t++) {
		if (first_of_release(upgrade, t) != t)
			continue;
		r = heir_retarget_read(
			&retargets[t], part->config, upgrade->targets[t].release.version);
		for (size_t same = t; same < upgrade->n_targets && r == 0; same++)
			if (first_of_release(upgrade, same) == t)
				r = init_case(&upgrade->cases[same * upgrade->n_parts + p], part,
					&upgrade->targets[same], &retargets[t].config);
	}
	part->core->root.seen = NULL;
	heir_seen_release(&seen);
	heir_diags_forget(&part->core->diags, n_made);
	return r;
}

int heir_upgrade_init(struct heir_upgrade *upgrade, struct heir_upgrade_part *parts, size_t n_parts,
	const struct heir_upgrade_target *targets, size_t n_targets)
{
	int r = 0;

	*upgrade = (struct heir_upgrade){
		.parts = parts, .n_parts = n_parts, .targets = targets, .n_targets = n_targets};
	upgrade->cases = calloc(n_parts * n_targets + 1, sizeof(*upgrade->cases));
	upgrade->retargets = calloc(n_parts * n_targets + 1, sizeof(*upgrade->retargets));
	if (!upgrade->cases || !upgrade->retargets)
		return -ENOMEM;
	for (size_t p = 0; p < n_parts && r == 0; p++)
		r = init_cases(upgrade, p);
	for (size_t i = 0; i < n_parts * n_targets && r == 0; i++)
		if (upgrade->cases[i].verdict > upgrade->verdict)
			upgrade->verdict = upgrade->cases[i].verdict;
	return r;
}

/* By damage, then in the order of the parts, of which there are few. */
const struct heir_upgrade_case *heir_upgrade_worst(
	const struct heir_upgrade *upgrade, size_t target, size_t i)
{
	for (int verdict = HEIR_UPGRADE_STOPS; verdict >= HEIR_UPGRADE_SAME; verdict--)
		for (size_t p = 0; p < upgrade->n_parts; p++) {
			const struct heir_upgrade_case *c = heir_upgrade_at(upgrade, target, p);

			if ((int)c->verdict == verdict && i-- == 0)
				return c;
		}
	return NULL;
}

void heir_upgrade_release(struct heir_upgrade *upgrade)
{
	size_t n = upgrade->n_parts * upgrade->n_targets;

	for (size_t i = 0; upgrade->cases && i < n; i++) {
		heir_diff_release(&upgrade->cases[i].diff);
		heir_view_release(&upgrade->cases[i].view);
		heir_resolution_release(&upgrade->cases[i].res);
		free(upgrade->cases[i].handlers);
	}
	for (size_t i = 0; upgrade->retargets && i < n; i++)
		heir_retarget_release(&upgrade->retargets[i]);
	for (size_t p = 0; p < upgrade->n_parts; p++) {
		heir_pods_release(&upgrade->parts[p].pods);
		heir_view_release(&upgrade->parts[p].view);
		heir_resolution_release(&upgrade->parts[p].res);
		heir_retarget_release(&upgrade->parts[p].retarget);
	}
	free(upgrade->cases);
	free(upgrade->retargets);
}
