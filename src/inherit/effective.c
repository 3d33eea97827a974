/* SPDX-License-Identifier: Apache-2.0 */
/* What a handler gets in the end: what it says, what it inherits, and then what CRI-O itself makes
 * of it. Mirrors RuntimeConfig.TranslateMonitorFields, ValidateContainerMinMemory and
 * ValidateContainerCreateTimeout. */
#include <errno.h>

#include "config/duration.h"
#include "inherit/fields.h"
#include "inherit/late.h"
#include "inherit/order.h"
#include "inherit/resolve.h"

static int get_identity(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, struct heir_origin *ret)
{
	const struct heir_result *lender = result->lender[field];
	int r;

	*ret = (struct heir_origin){.value = {.type = HEIR_TYPE_STRING, .string = HEIR_STR("")}};
	if (result->late &&
		(field == HEIR_FIELD_runtime_path || field == HEIR_FIELD_runtime_root)) {
		ret->kind = HEIR_KIND_EXPLICIT;
		ret->value.string =
			field == HEIR_FIELD_runtime_path ? result->late->link : result->late->root;
		return 0;
	}
	if (!lender)
		return 0;
	if (field == HEIR_FIELD_runtime_path && lender->path) {
		ret->kind = lender->path_kind;
		ret->value.string = heir_str_from(lender->path);
	} else {
		r = heir_result_own(res, lender, field, ret);
		if (r < 0)
			return r;
	}
	if (lender != result) {
		ret->kind = HEIR_KIND_INHERITED;
		ret->from = lender->handler;
	}
	return 0;
}

/* A scalar is the nearest one's. */
static int get_scalar(const struct heir_resolution *res, const struct heir_result *result,
	const struct heir_result *holder, enum heir_field field, struct heir_origin *ret)
{
	int r = heir_result_own(res, holder ? holder : result, field, ret);

	if (r == 0 && holder && holder != result) {
		ret->kind = HEIR_KIND_INHERITED;
		ret->from = holder->handler;
	}
	return r;
}

/* Those who have a part in a list, the nearest first. */
struct parts {
	const struct heir_result **items; /* in the core's values */
	uint32_t n, size;
};

static int add_part(
	const struct heir_resolution *res, struct parts *parts, const struct heir_result *part)
{
	if (parts->n == parts->size) {
		uint32_t size = parts->size ? parts->size * 2 : 8;
		const struct heir_result **items = heir_arena_zalloc(
			&res->core->values, size, sizeof(const struct heir_result *));

		if (!items)
			return -ENOMEM;
		for (uint32_t i = 0; i < parts->n; i++)
			items[i] = parts->items[i];
		parts->items = items;
		parts->size = size;
	}
	parts->items[parts->n++] = part;
	return 0;
}

/* From `holder` on up. 0 or -ENOMEM. */
static int find_parts(const struct heir_resolution *res, const struct heir_result *holder,
	enum heir_field field, struct parts *parts)
{
	while (holder) {
		const struct heir_result *base = heir_result_base(holder);
		bool asks = base && holder->requested >> field & 1;
		int r = add_part(res, parts, holder);

		holder = NULL;
		if (r == 0 && asks)
			r = heir_field_holder(res, base, field, &holder);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The parts together, from the first handler down. The value is `from` the first one; its place is
 * the last one's. */
static int get_list(const struct heir_resolution *res, const struct heir_result *result,
	const struct heir_result *holder, enum heir_field field, struct heir_origin *ret)
{
	_cleanup_(heir_merge_release) struct heir_merge merge = {NULL, 0, 0, HEIR_MAP_NULL};
	const struct heir_result *first;
	struct parts parts = {NULL, 0, 0};
	bool alone;
	int r;

	if (!holder)
		return heir_result_own(res, result, field, ret);
	r = find_parts(res, holder, field, &parts);
	if (r < 0)
		return r;
	first = parts.items[parts.n - 1];
	alone = parts.n == 1;
	while (parts.n > 0 && r == 0) {
		const struct heir_result *part = parts.items[--parts.n];

		r = heir_result_own(res, part, field, ret);
		/* One part alone is the whole: an array keeps its own duplicates, a map has none.
		 */
		if (r == 0 && !alone)
			r = heir_merge_add(&merge, &ret->value, part->handler);
	}
	if (r < 0)
		return r;
	if (first != result) {
		ret->kind = HEIR_KIND_INHERITED;
		ret->from = first->handler;
	}
	return alone ? 0 : heir_merge_finish(&merge, &res->core->values, &ret->value);
}

/* The value before CRI-O touches it. */
static int get_plain(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, struct heir_origin *ret)
{
	enum heir_type type = heir_fields[field].type;
	const struct heir_result *holder;
	int r;

	if ((unsigned)field < HEIR_N_IDENTITY)
		return get_identity(res, result, field, ret);
	if (!(result->requested >> field & 1))
		return heir_result_own(res, result, field, ret);
	r = heir_field_holder(res, result, field, &holder);
	if (r < 0)
		return r;
	return type == HEIR_TYPE_STRV || type == HEIR_TYPE_MAP
		       ? get_list(res, result, holder, field, ret)
		       : get_scalar(res, result, holder, field, ret);
}

int heir_result_lendable(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, struct heir_origin *ret)
{
	return get_plain(res, result, field, ret);
}

static void fill_in(struct heir_origin *origin, const char *text)
{
	*origin = (struct heir_origin){.kind = HEIR_KIND_DEFAULT,
		.value = {.type = HEIR_TYPE_STRING, .string = heir_str_from(text)}};
}

static bool manager_is(const struct heir_config *config, const char *name)
{
	return heir_str_eqz(heir_config_setting(config, HEIR_SETTING_cgroup_manager), name);
}

static void default_cgroup(const struct heir_config *config, struct heir_origin *origin)
{
	bool always = heir_release_of(config->where.version)->slice_always;

	if (origin->value.string.len == 0 && (always || manager_is(config, "systemd")))
		fill_in(origin, "system.slice");
	else if (!always && manager_is(config, "cgroupfs") &&
		 heir_str_eqz(origin->value.string, "system.slice"))
		fill_in(origin, "");
}

/* 1.30 does so only if the runtime answers --version, as one that can run does. */
static void default_memory(struct heir_origin *origin)
{
	struct heir_str memory = origin->value.string;

	if (memory.len == 0 || !heir_size_is_valid(memory))
		fill_in(origin, "12MiB");
}

static void clamp_timeout(struct heir_origin *origin)
{
	enum { DEFAULT = 240, LEAST = 30 };
	int64_t seconds = origin->kind == HEIR_KIND_UNSET ? 0 : origin->value.integer;

	if (seconds >= LEAST)
		return;
	*origin = (struct heir_origin){.kind = HEIR_KIND_DEFAULT,
		.value = {.type = HEIR_TYPE_INTEGER, .integer = seconds == 0 ? DEFAULT : LEAST}};
}

void heir_origin_default(
	const struct heir_config *config, enum heir_field field, struct heir_origin *origin)
{
	if (field == HEIR_FIELD_monitor_cgroup)
		default_cgroup(config, origin);
	else if (field == HEIR_FIELD_container_min_memory)
		default_memory(origin);
	else if (field == HEIR_FIELD_container_create_timeout)
		clamp_timeout(origin);
}

enum heir_setting heir_field_setting(enum heir_field field)
{
	switch (field) {
	case HEIR_FIELD_monitor_path:
		return HEIR_SETTING_conmon;
	case HEIR_FIELD_monitor_cgroup:
		return HEIR_SETTING_conmon_cgroup;
	case HEIR_FIELD_monitor_env:
		return HEIR_SETTING_conmon_env;
	default:
		return HEIR_N_SETTINGS;
	}
}

/* The deprecated settings of [crio.runtime] overrule every oci handler's own. */
static int translate_monitor(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, struct heir_origin *ret)
{
	const struct heir_config *config = res->config;
	const struct heir_write *write = config->settings[heir_field_setting(field)];
	struct heir_origin type, overrule = {.kind = HEIR_KIND_EXPLICIT, .by_setting = true};
	int r = get_identity(res, result, HEIR_FIELD_runtime_type, &type);

	if (r < 0 || (type.value.string.len > 0 && !heir_str_eqz(type.value.string, "oci")))
		return r;
	if (write) {
		r = heir_value_read(config, write->source, write->node, heir_fields[field].type,
			&overrule.value);
		if (r < 0)
			return r;
		overrule.source = write->source;
		overrule.node = write->node;
		if (!heir_value_is_zero(&overrule.value))
			*ret = overrule;
	}
	heir_origin_default(config, field, ret);
	/* CRI-O keeps what it found in $PATH as if the file had said so. */
	if (field == HEIR_FIELD_monitor_path && heir_origin_is_unset(ret) && res->conmon)
		*ret = (struct heir_origin){.kind = HEIR_KIND_PATH,
			.value = {.type = HEIR_TYPE_STRING, .string = heir_str_from(res->conmon)}};
	return 0;
}

int heir_result_get(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, struct heir_origin *ret)
{
	int r = get_plain(res, result, field, ret);

	if (r < 0 || !res->config->field_known[field])
		return r;
	switch (field) {
	case HEIR_FIELD_monitor_path:
	case HEIR_FIELD_monitor_cgroup:
	case HEIR_FIELD_monitor_env:
		return translate_monitor(res, result, field, ret);
	case HEIR_FIELD_container_min_memory:
	case HEIR_FIELD_container_create_timeout:
		heir_origin_default(res->config, field, ret);
		return 0;
	default:
		return 0;
	}
}
