/* SPDX-License-Identifier: Apache-2.0 */
/* What goes into the drop-in. Settings first: what heir.d or the user sets otherwise than the files
 * of CRI-O. Then, with these settings, each handler to which CRI-O gives something else. What heir
 * ever rendered does not count here, or the second drop-in would be empty. */
#include "render/render.h"

#include <errno.h>
#include <stdlib.h>

#include "base/file.h"
#include "inherit/rendered.h"
#include "start/start.h"

void heir_rendering_release(struct heir_rendering *rendering)
{
	free(rendering->handlers);
	rendering->handlers = NULL;
}

/* ---- Refusing ---- */

int heir_render_refuse(struct heir_rendering *rendering, struct heir_diags *diags,
	const struct heir_handler *handler, struct heir_place where, const char *fmt, ...)
{
	struct heir_diag *diag;
	va_list args;

	va_start(args, fmt);
	diag = heir_diags_addv(
		diags, &rendering->res->core->arena, HEIR_RULE_RENDER_CANNOT_SAY, where, fmt, args);
	va_end(args);
	if (!diag)
		return -ENOMEM;
	if (handler)
		diag->handler = handler->name;
	rendering->refused = diag->text;
	return 0;
}

int heir_render_refuse_size(struct heir_rendering *rendering, struct heir_diags *diags,
	const struct heir_handler *handler)
{
	int r = heir_render_refuse(rendering, diags, handler,
		heir_write_key_place(rendering->config, handler->table),
		"the drop-in would be larger than %u MiB, more than heir reads",
		(unsigned)(HEIR_FILE_MAX >> 20));

	if (r == 0)
		diags->items[diags->n - 1]->help =
			"let fewer handlers inherit the long lists, or shorten these";
	return r;
}

/* ---- Settings ---- */

/* What default_runtime comes to, as CRI-O reads it. */
static struct heir_str default_of(const struct heir_config *config)
{
	const struct heir_write *w = config->settings[HEIR_SETTING_default_runtime];
	struct heir_str name = heir_config_setting(config, HEIR_SETTING_default_runtime);

	if (name.p && name.len == 0) {
		while (w->replaced)
			w = w->replaced;
		name = heir_config_string(config, w->source, w->node);
	}
	return name;
}

static int read_setting(
	const struct heir_config *config, enum heir_setting setting, struct heir_value *ret)
{
	const struct heir_write *w = config->settings[setting];
	enum heir_type type =
		setting == HEIR_SETTING_conmon_env ? HEIR_TYPE_STRV : HEIR_TYPE_STRING;

	*ret = (struct heir_value){.type = type};
	return w ? heir_value_read(config, w->source, w->node, type, ret) : 0;
}

int heir_rendering_setting(
	const struct heir_rendering *rendering, enum heir_setting setting, struct heir_value *ret)
{
	if (setting != HEIR_SETTING_default_runtime)
		return read_setting(rendering->config, setting, ret);
	*ret = (struct heir_value){
		.type = HEIR_TYPE_STRING, .string = rendering->res->default_runtime};
	return 0;
}

/* Whether heir and CRI-O read a setting differently. */
static int setting_differs(const struct heir_rendering *rendering, const struct heir_config *stock,
	enum heir_setting setting, bool *ret)
{
	struct heir_value ours, theirs;
	struct heir_str name;
	int r;

	if (setting == HEIR_SETTING_default_runtime) {
		name = default_of(stock);
		*ret = !heir_str_eq(name, rendering->res->default_runtime);
		return name.p ? 0 : -ENOMEM;
	}
	r = read_setting(rendering->config, setting, &ours);
	if (r == 0)
		r = read_setting(stock, setting, &theirs);
	if (r == 0)
		*ret = !heir_value_equal(&ours, &theirs);
	return r;
}

/* Decides the settings, and sets those in `stock` too. */
static int choose_settings(struct heir_rendering *rendering, struct heir_config *stock)
{
	for (unsigned s = 0; s < HEIR_N_SETTINGS; s++) {
		bool differs;
		int r;

		if (s == HEIR_SETTING_implicit_inherit)
			continue;
		r = setting_differs(rendering, stock, s, &differs);
		if (r < 0)
			return r;
		if (!differs)
			continue;
		rendering->settings |= UINT32_C(1) << s;
		stock->settings[s] = rendering->config->settings[s];
	}
	return 0;
}

/* ---- Handlers ---- */

bool heir_rendering_follows(
	const struct heir_rendering *rendering, const struct heir_result *result)
{
	const struct heir_result *base = rendering->res->default_result;

	if (rendering->flatten || result->late || !result->by_default || result == base ||
		!rendering->config->field_known[HEIR_FIELD_inherit_default_runtime])
		return false;
	for (unsigned f = 0; f < HEIR_N_BY_FLAG; f++)
		if (result->lender[f] != base->lender[f])
			return false;
	return true;
}

/* Whether CRI-O, left to itself, gives the handler something else, or something that would not
 * follow the default as heir's does. */
static int is_needed(const struct heir_rendering *rendering, const struct heir_resolution *stock,
	const struct heir_result *result, bool *ret)
{
	const struct heir_result *theirs = heir_resolution_find(stock, result->handler->name);
	uint32_t differ;
	int r;

	*ret = true;
	if (!heir_resolution_is_usable(stock) || !theirs || theirs->dropped)
		return 0;
	/* If heir goes another way than CRI-O's flag, both may end at the same values, until the
	 * default moves. */
	if (heir_rendering_follows(rendering, result)
			? theirs->via != HEIR_VIA_INHERIT_DEFAULT_RUNTIME
			: theirs->via == HEIR_VIA_INHERIT_DEFAULT_RUNTIME &&
				  result->via != HEIR_VIA_INHERIT_DEFAULT_RUNTIME &&
				  result != rendering->res->default_result)
		return 0;
	r = heir_results_differ(rendering->res, result, stock, theirs, &differ);
	*ret = differ != 0;
	return r;
}

static int by_name(const void *a, const void *b)
{
	const struct heir_result *const *x = a, *const *y = b;

	return heir_str_cmp((*x)->handler->name, (*y)->handler->name);
}

/* Adds the least that the handler's values take in the drop-in. */
static int add_size(
	const struct heir_rendering *rendering, const struct heir_result *result, size_t *size)
{
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++) {
		struct heir_origin origin;
		int r = heir_rendering_field(rendering, result, f, &origin);

		if (r < 0)
			return r;
		if (origin.kind != HEIR_KIND_UNSET)
			*size += heir_value_size(&origin.value);
	}
	return 0;
}

/* A list that many handlers inherit is read for each of them: no more of them than a drop-in can
 * hold. */
static int choose_handlers(struct heir_rendering *rendering, const struct heir_resolution *stock,
	struct heir_diags *diags)
{
	const struct heir_resolution *res = rendering->res;
	uint32_t n = rendering->config->n_handlers;
	size_t size = 0;

	rendering->handlers = calloc(n, sizeof(const struct heir_result *));
	if (!rendering->handlers)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		const struct heir_result *result = &res->results[i];
		bool needed = false;
		int r;

		if (result->dropped)
			continue;
		r = is_needed(rendering, stock, result, &needed);
		if (r == 0 && needed)
			r = add_size(rendering, result, &size);
		if (r < 0)
			return r;
		heir_core_forget_values(res->core);
		if (size > HEIR_FILE_MAX)
			return heir_render_refuse_size(rendering, diags, result->handler);
		if (needed)
			rendering->handlers[rendering->n_handlers++] = result;
	}
	if (rendering->n_handlers > 1)
		qsort(rendering->handlers, rendering->n_handlers, sizeof(*rendering->handlers),
			by_name);
	return 0;
}

/* The default may be one that only the drop-in brings. Then the others are judged beside the
 * built-in one; those that follow the default by CRI-O's own flag differ then, and are written. */
static int resolve(struct heir_stock *stock, const struct heir_assume *assume)
{
	struct heir_assume other = *assume;
	struct heir_str builtin =
		stock->config.n_handlers ? stock->config.handlers[0]->name : HEIR_STR("");
	int r = heir_start_resolve(&stock->res, &stock->config, assume);

	if (r < 0 || heir_resolution_is_usable(&stock->res))
		return r;
	heir_resolution_release(&stock->res);
	other.default_runtime =
		heir_arena_strndup(&stock->config.core->arena, builtin.p, builtin.len);
	if (!other.default_runtime)
		return -ENOMEM;
	return heir_start_resolve(&stock->res, &stock->config, &other);
}

static int choose(struct heir_rendering *rendering, const struct heir_assume *assume,
	struct heir_diags *diags)
{
	_cleanup_(heir_stock_release) struct heir_stock stock = {.docs = NULL};
	struct heir_draft none = {rendering->path, HEIR_STR_NULL};
	int r = heir_stock_read(&stock, rendering->config, &none);

	if (r == 0)
		r = choose_settings(rendering, &stock.config);
	if (r == 0)
		r = resolve(&stock, assume);
	return r < 0 ? r : choose_handlers(rendering, &stock.res, diags);
}

/* ---- The trial ---- */

static int report_unwritable(struct heir_rendering *rendering, struct heir_diags *diags,
	const struct heir_result *result, const char *words)
{
	struct heir_diag *diag =
		heir_diags_add(diags, &rendering->res->core->arena, HEIR_RULE_RENDER_CANNOT_SAY,
			heir_write_key_place(rendering->config, result->handler->table),
			"the values of \"%.*s\" cannot be written to a drop-in%s",
			HEIR_STR_ARG(result->handler->name), words);

	if (!diag)
		return -ENOMEM;
	diag->handler = result->handler->name;
	return 0;
}

/* Checks that CRI-O resolves every handler as heir does. Reports a difference that no earlier
 * message explains. */
static int compare(struct heir_rendering *rendering, const struct heir_resolution *stock,
	struct heir_diags *diags)
{
	const struct heir_resolution *res = rendering->res;

	for (uint32_t i = 0; i < rendering->config->n_handlers; i++) {
		const struct heir_result *mine = &res->results[i], *theirs;
		uint32_t differ = 0;
		int r = 0;

		if (mine->dropped)
			continue;
		theirs = heir_resolution_is_usable(stock)
				 ? heir_resolution_find(stock, mine->handler->name)
				 : NULL;
		if (theirs && !theirs->dropped)
			r = heir_results_differ(res, mine, stock, theirs, &differ);
		heir_core_forget_values(res->core);
		if (r == 0 && (!theirs || theirs->dropped || differ))
			r = report_unwritable(
				rendering, diags, mine, theirs ? "" : " under this name");
		if (r < 0)
			return r;
	}
	return 0;
}

/* A diagnostic outlives the draft, whose document may own the name. */
static int keep_names(struct heir_arena *arena, struct heir_diags *diags)
{
	for (uint32_t i = 0; i < diags->n; i++) {
		struct heir_str *name = &diags->items[i]->handler;

		if (!name->p)
			continue;
		name->p = heir_arena_strndup(arena, name->p, name->len);
		if (!name->p)
			return -ENOMEM;
	}
	return 0;
}

/* Whether an unmodified CRI-O starts on the files as they are, without anything rendered. */
static int starts_without(
	const struct heir_rendering *rendering, const struct heir_assume *assume, bool *ret)
{
	_cleanup_(heir_stock_release) struct heir_stock stock = {.docs = NULL};
	struct heir_draft none = {rendering->path, HEIR_STR_NULL};
	int r = heir_stock_read(&stock, rendering->config, &none);

	if (r == 0)
		r = heir_start_resolve(&stock.res, &stock.config, assume);
	*ret = r == 0 && stock.res.stops.n == 0;
	return r;
}

/* Refuses for a reason why CRI-O would not start. heir's own verdict reports it, if it has it too.
 */
static int refuse_stop(
	struct heir_rendering *rendering, const struct heir_diag *stop, struct heir_diags *diags)
{
	const struct heir_handler *handler =
		stop->handler.p ? heir_config_handler(rendering->config, stop->handler) : NULL;
	int r;

	if (rendering->res->stops.n > 0) {
		rendering->refused = heir_arena_printf(&rendering->res->core->arena,
			"CRI-O would not start with it: %s", stop->text);
		return rendering->refused ? 0 : -ENOMEM;
	}
	r = heir_render_refuse(rendering, diags, handler,
		handler ? heir_write_key_place(rendering->config, handler->table) : HEIR_PLACE_NONE,
		"CRI-O would not start with it: %s", stop->text);
	if (r == 0)
		diags->items[diags->n - 1]->help = stop->help;
	return r;
}

/* Refuses a draft that stops CRI-O: one that holds the reason itself, or without which CRI-O
 * starts. What stops it anyway is not the draft's fault. */
static int judge_start(struct heir_rendering *rendering, const struct heir_stock *stock,
	const struct heir_assume *assume, struct heir_diags *diags)
{
	const struct heir_diags *stops = &stock->res.stops;
	const struct heir_diag *found = NULL;
	bool starts;
	int r;

	for (uint32_t i = 0; i < stops->n && !found; i++)
		if (stops->items[i]->where.source == stock->draft)
			found = stops->items[i];
	if (stops->n > 0 && !found) {
		r = starts_without(rendering, assume, &starts);
		if (r < 0)
			return r;
		found = starts ? stops->items[0] : NULL;
	}
	return found ? refuse_stop(rendering, found, diags) : 0;
}

static int try_out(struct heir_rendering *rendering, const struct heir_assume *assume,
	struct heir_diags *diags)
{
	_cleanup_(heir_stock_release) struct heir_stock stock = {.docs = NULL};
	struct heir_draft draft = {rendering->path, rendering->text};
	/* The rendered default stands for itself. */
	struct heir_assume plain = {assume->path, NULL, assume->facts, assume->monitors};
	bool later;
	int r = heir_stock_read(&stock, rendering->config, &draft);

	if (r == 0)
		r = heir_start_resolve(&stock.res, &stock.config, &plain);
	if (r == 0)
		r = heir_report_later(&stock.config, diags);
	later = diags->n > 0;
	if (r == 0)
		r = judge_start(rendering, &stock, &plain, diags);
	if (r == 0 && !later && !rendering->refused)
		r = compare(rendering, &stock.res, diags);
	if (r == 0)
		r = heir_report_foreign(rendering->config, diags);
	if (r == 0)
		r = heir_report_kept(&stock.res, rendering->res, diags);
	return r < 0 ? r : keep_names(&rendering->res->core->arena, diags);
}

/* ---- All of it ---- */

/* The files that count, in their order: what heir rendered is none of them. */
static void digest_files(struct heir_rendering *rendering)
{
	const struct heir_config *config = rendering->config;
	const struct heir_str end = {"", 1};

	rendering->digest = HEIR_DIGEST_START;
	for (uint32_t i = 0; i < config->n_docs; i++) {
		const struct heir_source *source = &config->core->sources.items[i];

		if (source->scope == HEIR_SCOPE_BUILTIN || source->scope == HEIR_SCOPE_FLAG ||
			source->rendered || !config->docs[i])
			continue;
		rendering->digest = heir_digest_add(rendering->digest, heir_str_from(source->path));
		rendering->digest = heir_digest_add(rendering->digest, end);
		rendering->digest = heir_digest_add(rendering->digest, source->text);
		rendering->digest = heir_digest_add(rendering->digest, end);
		rendering->n_files++;
	}
}

static int render(struct heir_rendering *rendering, const struct heir_assume *assume)
{
	struct heir_diags found = {.items = NULL}, *diags = &rendering->config->core->diags;
	uint32_t n = diags->n_made;
	int r;

	rendering->path = heir_rendered_path(rendering->config);
	rendering->what_if = assume->default_runtime != NULL;
	if (!rendering->path)
		return -ENOMEM;
	digest_files(rendering);
	r = choose(rendering, assume, &found);
	if (r == 0 && !rendering->refused)
		r = heir_render_text(rendering, &found);
	if (r == 0 && !rendering->refused)
		r = try_out(rendering, assume, &found);
	if (rendering->refused)
		rendering->text = HEIR_STR_NULL;
	/* What CRI-O's runs found is not what was asked. */
	heir_diags_forget(diags, n);
	for (uint32_t i = 0; i < found.n && r == 0; i++) {
		found.items[i]->number = diags->n_made++;
		if (!heir_diags_push(diags, found.items[i]))
			r = -ENOMEM;
	}
	heir_diags_release(&found);
	return r;
}

int heir_render(struct heir_rendering *ret, const struct heir_config *config,
	const struct heir_resolution *res, const struct heir_assume *assume, const char *version)
{
	*ret = (struct heir_rendering){.config = config, .res = res, .version = version};
	return render(ret, assume);
}

int heir_render_flat(struct heir_rendering *ret, const struct heir_config *config,
	const struct heir_resolution *res, const struct heir_assume *assume, const char *version)
{
	*ret = (struct heir_rendering){
		.config = config, .res = res, .version = version, .flatten = true};
	return render(ret, assume);
}
