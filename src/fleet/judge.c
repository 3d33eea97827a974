/* SPDX-License-Identifier: Apache-2.0 */
/* The differences of each profile: its own MachineConfig compared with what it reports, and with
 * the one that its pool should have. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/target.h"
#include "fleet/parts.h"
#include "kube/author.h"

struct judging {
	struct heir_fleet *fleet;
	struct heir_fleet_expect expect;
	/* by MachineConfig: a profile that has finished updating to it */
	struct heir_map samples;
	struct heir_fleet_profile *profile;
	const struct heir_fleet_expected *own, *target; /* NULL: not known, or the same */
	struct heir_fleet_list *list;
};

/* ---- Releases ---- */

static struct heir_str release_of(const struct heir_fleet_profile *profile)
{
	struct heir_version version;
	struct heir_str text;

	return heir_version_of_build(profile->kube_node.crio, &version, &text) ? text
									       : HEIR_STR("");
}

/* A profile and the image of its nodes, as far as it is known. */
struct imaged {
	struct heir_fleet_profile *profile;
	struct heir_str image, os;
};

/* Sorts by image, then by release, newest first. */
static int by_image(const void *a, const void *b)
{
	const struct imaged *x = a, *y = b;
	struct heir_version one = x->profile->version, other = y->profile->version;
	int order = heir_str_cmp(x->image, y->image);

	if (order == 0)
		order = heir_str_cmp(x->os, y->os);
	if (order)
		return order;
	if (one.minor != other.minor)
		return one.minor > other.minor ? -1 : 1;
	if (one.patch != other.patch)
		return one.patch > other.patch ? -1 : 1;
	return (x->profile > y->profile) - (x->profile < y->profile);
}

static bool same_release(const struct heir_fleet_profile *a, const struct heir_fleet_profile *b)
{
	return a->version.minor == b->version.minor && a->version.patch == b->version.patch;
}

/* The nodes of one image, which has one CRI-O. A node that is being updated is reported later. */
static void judge_releases_of(struct imaged *items, uint32_t n)
{
	const struct heir_fleet_profile *majority = NULL;
	uint32_t n_majority = 0;

	for (uint32_t i = 0, n_same = 0; i < n; i++) {
		n_same = i > 0 && same_release(items[i - 1].profile, items[i].profile) ? n_same : 0;
		n_same += items[i].profile->n_nodes;
		if (n_same > n_majority) {
			n_majority = n_same;
			majority = items[i].profile;
		}
	}
	for (uint32_t i = 0; i < n; i++)
		if (!same_release(items[i].profile, majority) &&
			!heir_str_eqz(items[i].profile->kube_node.state, "Working")) {
			items[i].profile->majority = majority;
			items[i].profile->n_majority = n_majority;
		}
}

/* The image in its MachineConfig; else that of other nodes with the same MachineConfig. */
static struct heir_str image_of(
	const struct heir_fleet *fleet, const struct heir_fleet_profile *profile)
{
	const struct heir_kube_object *config =
		heir_kube_find(fleet->kube, HEIR_KUBE_CONFIG, profile->kube_node.current);
	const struct heir_tree_node *spec = config ? heir_tree_get(config->root, "spec") : NULL;
	struct heir_str image = heir_node_text(heir_tree_get(spec, "osImageURL"));

	return image.len > 0 ? image : profile->kube_node.current;
}

/* Finds nodes that run another CRI-O than most nodes with the same image. */
static int judge_releases(struct heir_fleet *fleet)
{
	struct imaged *items =
		heir_arena_zalloc(fleet->arena, fleet->n_profiles + 1u, sizeof(*items));
	uint32_t n = 0, n_same;

	if (!items)
		return -ENOMEM;
	for (uint32_t i = 0; i < fleet->n_profiles; i++) {
		struct heir_fleet_profile *profile = &fleet->profiles[i];

		if (profile->kube_node.current.len > 0 && release_of(profile).len > 0)
			items[n++] = (struct imaged){
				profile, image_of(fleet, profile), profile->kube_node.os};
	}
	if (n > 1)
		qsort(items, n, sizeof(*items), by_image);
	for (uint32_t i = 0; i < n; i += n_same) {
		n_same = 1;
		while (i + n_same < n && heir_str_eq(items[i].image, items[i + n_same].image) &&
			heir_str_eq(items[i].os, items[i + n_same].os))
			n_same++;
		judge_releases_of(items + i, n_same);
	}
	return 0;
}

/* Finds nodes whose release shows what a MachineConfig comes with. */
static int find_samples(struct judging *judging)
{
	struct heir_fleet *fleet = judging->fleet;
	int r = 0;

	for (uint32_t i = 0; i < fleet->n_profiles && r == 0; i++) {
		const struct heir_fleet_profile *profile = &fleet->profiles[i];
		uint32_t at;
		bool is_new;

		if (profile->kube_node.current.len == 0 ||
			!heir_str_eqz(profile->kube_node.state, "Done") ||
			release_of(profile).len == 0 || profile->majority)
			continue;
		r = heir_map_put(&judging->samples, profile->kube_node.current, i, &at, &is_new);
		if (r == 0 && profile->n_nodes > fleet->profiles[at].n_nodes)
			heir_map_replace(&judging->samples, profile->kube_node.current, i);
	}
	return r;
}

/* ---- One difference ---- */

static int add_difference(struct judging *judging, enum heir_fleet_kind kind,
	struct heir_str handler, struct heir_place where, const char *message)
{
	if (!message)
		return -ENOMEM;
	heir_fleet_list_add(
		judging->list, &(struct heir_fleet_difference){kind, handler, message, where});
	return 0;
}

/* Names the author of handlers that are in no MachineConfig. */
static const char *author_of(struct heir_str handler)
{
	static const struct {
		const char *prefix, *words;
	} rows[] = {
		{"nvidia", "nvidia-ctk writes such a file"},
		{"kata", "kata-deploy writes such a file"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (heir_str_starts(handler, rows[i].prefix))
			return rows[i].words;
	return "a program or a person wrote a file on the node";
}

static struct heir_arena *arena_of(const struct judging *judging)
{
	return judging->fleet->arena;
}

/* ---- What is reported ---- */

/* Adds handlers that are configured but not reported. */
static int judge_missing(struct judging *judging)
{
	const struct heir_fleet_expected *own = judging->own;
	int r = 0;

	for (uint32_t i = 0; i < own->n_handlers && r == 0 && !judging->list->full; i++) {
		const struct heir_fleet_handler *handler = &own->handlers[i];

		if (handler->dropped || heir_fleet_reports(judging->profile, handler->name))
			continue;
		r = add_difference(judging, HEIR_FLEET_MISSING, handler->name, handler->where,
			heir_arena_message(arena_of(judging),
				"%s gives it, but the node does not report it: CRI-O dropped it "
				"or runs without it since its start",
				own->config->id.name));
	}
	return r;
}

/* Adds a handler that is reported but not configured, unless the next configuration has it. */
static int judge_extra(struct judging *judging, const struct heir_fleet_reported *reported)
{
	const struct heir_fleet_handler *handler = heir_fleet_gives(judging->own, reported->name);
	const struct heir_fleet_handler *later =
		judging->target ? heir_fleet_gives(judging->target, reported->name) : NULL;
	struct heir_str name = reported->name;

	/* The second entry of the default handler. */
	if (name.len == 0 || (handler && !handler->dropped) || (later && !later->dropped))
		return 0;
	if (handler)
		return add_difference(judging, HEIR_FLEET_EXTRA, name, handler->where,
			heir_arena_message(arena_of(judging),
				"the node reports it, but CRI-O 1.%u drops it: %s",
				judging->profile->version.minor, handler->dropped));
	return add_difference(judging, HEIR_FLEET_EXTRA, name, judging->profile->where,
		heir_arena_message(arena_of(judging),
			"the node reports it, but %s does not give it: %s",
			judging->own->config->id.name, author_of(name)));
}

static int judge_reported(struct judging *judging)
{
	struct heir_fleet_profile *profile = judging->profile;
	int r = judge_missing(judging);

	for (uint32_t i = 0; i < profile->n_reported && r == 0 && !judging->list->full; i++)
		r = judge_extra(judging, &profile->reported[i]);
	return r;
}

/* ---- Behind ---- */

/* What the pool's MachineConfig will change. */
static int judge_coming(struct judging *judging)
{
	const struct heir_fleet_expected *own = judging->own, *target = judging->target;
	int r = 0;

	for (uint32_t i = 0; i < target->n_handlers && r == 0 && !judging->list->full; i++) {
		const struct heir_fleet_handler *handler = &target->handlers[i];
		const struct heir_fleet_handler *now = heir_fleet_gives(own, handler->name);

		if (handler->dropped || (now && !now->dropped) ||
			heir_fleet_reports(judging->profile, handler->name))
			continue;
		r = add_difference(judging, HEIR_FLEET_BEHIND, handler->name, handler->where,
			heir_arena_message(arena_of(judging),
				"%s gives it, but the node still runs %s", target->config->id.name,
				own->config->id.name));
	}
	for (uint32_t i = 0; i < own->n_handlers && r == 0 && !judging->list->full; i++) {
		const struct heir_fleet_handler *handler = &own->handlers[i];
		const struct heir_fleet_handler *later = heir_fleet_gives(target, handler->name);

		if (handler->dropped || (later && !later->dropped) ||
			!heir_fleet_reports(judging->profile, handler->name))
			continue;
		r = add_difference(judging, HEIR_FLEET_BEHIND, handler->name, handler->where,
			heir_arena_message(arena_of(judging),
				"%s does not give it any more, but the node still runs %s",
				target->config->id.name, own->config->id.name));
	}
	return r;
}

/* A node that moves to another pool keeps the old one's configuration until it is updated. */
static bool is_of_other_pool(const struct judging *judging, struct heir_str *ret_other)
{
	const struct heir_fleet_profile *profile = judging->profile;
	const char *pool = judging->fleet->pools[profile->pool].name;
	struct heir_str desired;

	if (!pool || !heir_is_rendered(profile->kube_node.current, ret_other) ||
		heir_str_eqz(*ret_other, pool))
		return false;
	return heir_str_eqz(profile->kube_node.state, "Done") ||
	       !heir_is_rendered(profile->kube_node.desired, &desired) ||
	       !heir_str_eqz(desired, pool);
}

static int judge_pool(struct judging *judging, struct heir_str other)
{
	const struct heir_fleet_profile *profile = judging->profile;

	return add_difference(judging, HEIR_FLEET_BEHIND, HEIR_STR_NULL, profile->where,
		heir_arena_message(arena_of(judging),
			"the node is of pool \"%s\", but runs %.*s of pool \"%.*s\"",
			judging->fleet->pools[profile->pool].name,
			HEIR_STR_ARG(profile->kube_node.current), HEIR_STR_ARG(other)));
}

static int judge_release(struct judging *judging)
{
	const struct heir_fleet_profile *profile = judging->profile;
	struct heir_str own = release_of(profile), majority;

	if (!profile->majority)
		return 0;
	majority = release_of(profile->majority);
	return add_difference(judging, HEIR_FLEET_BEHIND, HEIR_STR_NULL, profile->where,
		heir_arena_message(arena_of(judging),
			"the node runs CRI-O %.*s, but %u %s of the same image %s CRI-O %.*s",
			HEIR_STR_ARG(own), profile->n_majority,
			profile->n_majority == 1 ? "node" : "nodes",
			profile->n_majority == 1 ? "runs" : "run", HEIR_STR_ARG(majority)));
}

/* The MCO's daemon reports that nothing remains to be done, but something does. */
static int judge_stale(struct judging *judging)
{
	const struct heir_kube_node *kube_node = &judging->profile->kube_node;

	if (!heir_str_eqz(kube_node->state, "Done") || kube_node->desired.len == 0 ||
		heir_str_eq(kube_node->desired, kube_node->current))
		return 0;
	return add_difference(judging, HEIR_FLEET_BEHIND, HEIR_STR_NULL, judging->profile->where,
		heir_arena_message(arena_of(judging),
			"%.*s is desired, but the node is done with %.*s",
			HEIR_STR_ARG(kube_node->desired), HEIR_STR_ARG(kube_node->current)));
}

static int judge_behind(struct judging *judging)
{
	uint32_t before = judging->list->n;
	struct heir_str other;
	int r = judge_release(judging);

	if (r < 0)
		return r;
	if (is_of_other_pool(judging, &other))
		return judge_pool(judging, other);
	if (judging->own && judging->target)
		r = judge_coming(judging);
	return r == 0 && judging->list->n == before ? judge_stale(judging) : r;
}

/* ---- Start ---- */

static int judge_start(struct judging *judging, const struct heir_fleet_expected *expected,
	const char *when, const char *config)
{
	int r = 0;

	for (uint32_t i = 0; i < expected->n_stops && r == 0; i++) {
		const struct heir_fleet_difference *stop = &expected->stops[i];

		r = add_difference(judging, HEIR_FLEET_WILL_NOT_START, stop->handler, stop->where,
			heir_arena_message(arena_of(judging), "CRI-O 1.%u would not start %s%s: %s",
				expected->version.minor, when, config, stop->message));
	}
	return r;
}

/* ---- A look ---- */

static struct heir_str pool_target(const struct judging *judging)
{
	const struct heir_fleet_profile *profile = judging->profile;
	struct heir_str target = judging->fleet->pools[profile->pool].target;

	return target.len > 0 ? target : profile->kube_node.desired;
}

/* On the release of nodes that have it already, else on this node's. */
static int expect_target(struct judging *judging)
{
	struct heir_str target = pool_target(judging);
	struct heir_version version = judging->profile->version;
	uint32_t sample = heir_map_get(&judging->samples, target);

	if (heir_str_eq(target, judging->profile->kube_node.current))
		return 0;
	if (sample != HEIR_MAP_NONE && heir_release_of(judging->fleet->profiles[sample].version))
		version = judging->fleet->profiles[sample].version;
	return heir_fleet_expect(&judging->expect, target, version,
		heir_os_of_image(judging->profile->kube_node.os), &judging->target);
}

/* Gets what the profile's own MachineConfig and that of its pool give. */
static int expect_config(struct judging *judging)
{
	struct heir_fleet_profile *profile = judging->profile;
	int r = 0;

	judging->own = judging->target = NULL;
	if (profile->unknown == HEIR_FLEET_KNOWN || profile->unknown == HEIR_FLEET_NO_LIST)
		r = heir_fleet_expect(&judging->expect, profile->kube_node.current,
			profile->version, heir_os_of_image(profile->kube_node.os), &judging->own);
	if (r == 0 && judging->own)
		r = expect_target(judging);
	if (judging->own && judging->own->too_much) {
		profile->unknown = HEIR_FLEET_TOO_MUCH;
		judging->own = NULL;
	}
	if (judging->target && judging->target->too_much)
		judging->target = NULL;
	return r;
}

/* Determines all differences of a profile, the start first: if CRI-O does not start, handlers do
 * not matter. */
static int judge_profile(struct judging *judging)
{
	struct heir_fleet_profile *profile = judging->profile;
	int r = expect_config(judging);

	if (r == 0 && judging->own && judging->own->n_stops > 0)
		r = judge_start(judging, judging->own, "after the next reboot", "");
	else if (r == 0 && judging->target && judging->target->n_stops > 0)
		r = judge_start(judging, judging->target, "on ", judging->target->config->id.name);
	/* If CRI-O does not start with these files, they give no handlers. */
	if (r == 0 && judging->own && judging->own->n_stops == 0 && profile->kube_node.handlers)
		r = judge_reported(judging);
	if (judging->own && judging->own->n_stops > 0)
		judging->own = NULL;
	if (judging->target && judging->target->n_stops > 0)
		judging->target = NULL;
	if (r == 0)
		r = judge_behind(judging);
	return r == 0 ? heir_fleet_list_finish(judging->list, arena_of(judging),
				&profile->differences, &profile->n_differences)
		      : r;
}

int heir_fleet_judge(struct heir_fleet *fleet)
{
	struct heir_fleet_list *list = heir_arena_new(fleet->arena, struct heir_fleet_list);
	struct judging judging = {.fleet = fleet, .samples = HEIR_MAP_NULL, .list = list};
	int r = list ? 0 : -ENOMEM;

	heir_fleet_expect_init(&judging.expect, fleet);
	if (r == 0)
		r = judge_releases(fleet);
	if (r == 0)
		r = find_samples(&judging);
	for (uint32_t i = 0; i < fleet->n_profiles && r == 0; i++) {
		judging.profile = &fleet->profiles[i];
		list->n = 0;
		list->full = false;
		r = judge_profile(&judging);
	}
	heir_fleet_expect_release(&judging.expect);
	heir_map_release(&judging.samples);
	return r;
}
