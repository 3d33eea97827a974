/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit/rendered.h"

#include <errno.h>
#include <string.h>

struct heir_str heir_default_root(const struct heir_config *config)
{
	return config->where.version.minor <= 30 ? HEIR_STR("/run/runc") : HEIR_STR("/run/crun");
}

void heir_value_fill_in(
	const struct heir_config *config, enum heir_field field, struct heir_value *value)
{
	if (field == HEIR_FIELD_runtime_type && value->string.len == 0)
		value->string = HEIR_STR("oci");
	if (field == HEIR_FIELD_runtime_root && value->string.len == 0)
		value->string = heir_default_root(config);
}

static int compare(const struct heir_resolution *a, const struct heir_result *x,
	const struct heir_resolution *b, const struct heir_result *y, bool filled_in, uint32_t *ret)
{
	uint32_t differ = 0;

	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++) {
		struct heir_origin ours, theirs;
		int r;

		if (f == HEIR_FIELD_inherit_default_runtime)
			continue;
		r = heir_result_get(a, x, f, &ours);
		if (r == 0)
			r = heir_result_get(b, y, f, &theirs);
		if (r < 0)
			return r;
		if (filled_in) {
			heir_value_fill_in(a->config, f, &ours.value);
			heir_value_fill_in(b->config, f, &theirs.value);
		}
		if (!heir_value_equal(&ours.value, &theirs.value))
			differ |= UINT32_C(1) << f;
	}
	*ret = differ;
	return 0;
}

int heir_results_differ(const struct heir_resolution *a, const struct heir_result *x,
	const struct heir_resolution *b, const struct heir_result *y, uint32_t *ret)
{
	return compare(a, x, b, y, false, ret);
}

int heir_results_act_differently(const struct heir_resolution *a, const struct heir_result *x,
	const struct heir_resolution *b, const struct heir_result *y, uint32_t *ret)
{
	return compare(a, x, b, y, true, ret);
}

bool heir_resolution_is_usable(const struct heir_resolution *res)
{
	return res->results && (!res->fatal || res->fatal->rule == HEIR_RULE_DEFAULT_INVALID);
}

const char *heir_rendered_path(const struct heir_config *config)
{
	const char *dir = heir_where_config_dir(&config->where);
	size_t len = strlen(dir);

	while (len > 1 && dir[len - 1] == '/')
		len--;
	if (len == 1 && dir[0] == '/')
		len = 0;
	dir = heir_arena_strndup(&config->core->arena, dir, len);
	return dir ? heir_arena_concat(&config->core->arena, dir, "/" HEIR_RENDERED_NAME, "")
		   : NULL;
}

/* One key or table, from the write that counts down: what was written over something rendered? */
static int report_chain(const struct heir_config *stock, const struct heir_handler *handler,
	const struct heir_write *w, struct heir_diags *diags)
{
	struct heir_arena *arena = &stock->core->arena;

	for (; w && w->replaced; w = w->replaced) {
		struct heir_str name = handler ? handler->name : HEIR_STR_NULL;
		struct heir_diag *diag;

		if (heir_write_is_rendered(stock, w) || !heir_write_is_rendered(stock, w->replaced))
			continue;
		if (!handler)
			name = heir_toml_key(stock->docs[w->source], w->node);
		diag = heir_diags_add(diags, arena, HEIR_RULE_RENDERED_NOT_LAST,
			heir_write_key_place(stock, w),
			"CRI-O reads this \"%.*s\" after the one that heir rendered",
			HEIR_STR_ARG(name));
		if (!diag || !heir_diag_note(diag, arena, heir_write_key_place(stock, w->replaced),
				     "the rendered table, which has no effect"))
			return -ENOMEM;
		if (handler)
			diag->handler = handler->name;
		diag->help = "rename the file so that it sorts before the rendered one";
	}
	return 0;
}

int heir_report_later(const struct heir_config *stock, struct heir_diags *diags)
{
	int r = 0;

	for (unsigned s = 0; s < HEIR_N_SETTINGS && r == 0; s++)
		r = report_chain(stock, NULL, stock->settings[s], diags);
	for (uint32_t i = 0; i < stock->n_handlers && r == 0; i++)
		r = report_chain(stock, stock->handlers[i], stock->handlers[i]->table, diags);
	return r;
}

static int report_file(const struct heir_config *config, enum heir_rule rule, uint32_t source,
	const char *words, const char *help, struct heir_diags *diags)
{
	struct heir_diag *diag = heir_diags_add(
		diags, &config->core->arena, rule, (struct heir_place){source, 0, 0}, "%s", words);

	if (!diag)
		return -ENOMEM;
	diag->path = config->core->sources.items[source].path;
	diag->help = help;
	return 0;
}

/* A file of the drop-in's path. */
static int report_own(const struct heir_config *config, uint32_t source, struct heir_diags *diags)
{
	if (config->core->sources.items[source].mark == HEIR_RENDERED_EDITED)
		return report_file(config, HEIR_RULE_RENDERED_FOREIGN, source,
			"this file was edited after heir wrote it, so it counts as an ordinary "
			"drop-in",
			"move the edits to a file of another name and remove this one", diags);
	return report_file(config, HEIR_RULE_RENDERED_FOREIGN, source,
		"heir did not write this file, but renders to this name",
		"rename it so that it sorts before this name", diags);
}

static int report_elsewhere(const struct heir_config *config, uint32_t source, const char *path,
	struct heir_diags *diags)
{
	const char *help = heir_arena_printf(&config->core->arena,
		"remove it if heir wrote it, or remove its first line if not: heir's own drop-in "
		"is %s",
		path);

	if (!help)
		return -ENOMEM;
	return report_file(config, HEIR_RULE_RENDERED_ELSEWHERE, source,
		"this file begins like the drop-in that heir renders, but under this name it is an "
		"ordinary drop-in",
		help, diags);
}

int heir_report_foreign(const struct heir_config *config, struct heir_diags *diags)
{
	struct heir_sources *sources = &config->core->sources;
	const char *path = heir_rendered_path(config);

	if (!path)
		return -ENOMEM;
	for (uint32_t i = 0; i < config->n_docs; i++) {
		const struct heir_source *source = &sources->items[i];
		int r = 0;

		if (source->mark == HEIR_RENDERED_ELSEWHERE)
			r = report_elsewhere(config, i, path, diags);
		else if (!source->rendered && strcmp(source->path, path) == 0)
			r = report_own(config, i, diags);
		if (r < 0)
			return r;
	}
	return 0;
}

static int report_kept(const struct heir_resolution *stock, const struct heir_result *kept,
	const struct heir_resolution *res, const struct heir_result *mine, struct heir_diags *diags)
{
	const struct heir_handler *handler = kept->handler;
	struct heir_place where = heir_write_key_place(stock->config, handler->table);
	struct heir_arena *arena = &res->core->arena;
	struct heir_diag *diag;

	if (mine)
		diag = heir_diags_add(diags, arena, HEIR_RULE_RENDER_CANNOT_SAY,
			heir_write_key_place(res->config, mine->handler->table),
			"an unmodified CRI-O keeps \"%.*s\", which heir drops: a drop-in cannot "
			"remove a handler",
			HEIR_STR_ARG(handler->name));
	else
		diag = heir_diags_add(diags, arena, HEIR_RULE_RENDER_CANNOT_SAY, where,
			"an unmodified CRI-O keeps a handler named exactly \"%.*s\": a drop-in "
			"cannot remove it",
			HEIR_STR_ARG(handler->name));
	if (!diag)
		return -ENOMEM;
	diag->handler = handler->name;
	if (mine && where.source != diag->where.source && where.source != HEIR_SOURCE_NONE &&
		!heir_diag_note(diag, arena, where, "the table that defines it"))
		return -ENOMEM;
	return 0;
}

int heir_report_kept(const struct heir_resolution *stock, const struct heir_resolution *res,
	struct heir_diags *diags)
{
	int r = 0;

	if (!heir_resolution_is_usable(stock) || !heir_resolution_is_usable(res))
		return 0;
	for (uint32_t i = 0; i < stock->config->n_handlers && r == 0; i++) {
		const struct heir_result *kept = &stock->results[i];
		const struct heir_result *mine = heir_resolution_find(res, kept->handler->name);

		if (!kept->dropped && (!mine || mine->dropped) &&
			!heir_write_is_rendered(stock->config, kept->handler->table))
			r = report_kept(stock, kept, res, mine, diags);
	}
	return r;
}
