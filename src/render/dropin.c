/* SPDX-License-Identifier: Apache-2.0 */
/* The text: the same bytes for the same answers. It contains neither the time nor the
 * machine, and does not depend on the width of a terminal. TOML 1.0, which every release reads. */
#include <errno.h>
#include <inttypes.h>

#include "base/file.h"
#include "base/utf8.h"
#include "render/render.h"

/* Foreign text in a comment: a control character would end it. */
static void add_place(struct heir_buf *buf, const struct heir_rendering *rendering,
	const char *path, uint32_t line)
{
	const char *dir = heir_where_config_dir(&rendering->config->where);

	heir_utf8_show(buf, heir_str_from(heir_short_path(dir, path)));
	heir_buf_addc(buf, ':');
	heir_buf_number(buf, line);
}

static int add_source(struct heir_buf *buf, const struct heir_rendering *rendering, uint32_t source,
	heir_toml_node node)
{
	struct heir_core *core = rendering->config->core;
	struct heir_source *file = &core->sources.items[source];
	struct heir_position where;
	struct heir_place place;
	int r;

	if (file->scope == HEIR_SCOPE_BUILTIN) {
		heir_buf_addz(buf, "built in");
		return 0;
	}
	place = heir_node_place(rendering->config, source,
		heir_toml_value_span(rendering->config->docs[source], node));
	file = &core->sources.items[place.source];
	r = heir_source_locate(file, &core->arena, place.at, &where);
	if (r == 0)
		add_place(buf, rendering, file->path, where.line);
	return r;
}

/* Where a path comes from that stands in no file. */
static const char *path_words(const struct heir_result *lender)
{
	return lender && lender->path_kind == HEIR_KIND_CANDIDATE
		       ? "chosen among runtime_candidates"
		       : "found in $PATH";
}

static int add_origin(struct heir_buf *buf, const struct heir_rendering *rendering,
	const struct heir_result *result, const struct heir_origin *origin, bool late)
{
	int r = 0;

	heir_buf_addz(buf, "  # ");
	if (late) {
		heir_buf_addz(buf, "bound late\n");
		return 0;
	}
	if (origin->from) {
		heir_buf_addz(buf, "inherited from ");
		heir_utf8_show(buf, origin->from->name);
		heir_buf_addz(buf, ": ");
	}
	if (origin->kind == HEIR_KIND_DEFAULT)
		heir_buf_addz(buf, "CRI-O's default");
	else if (origin->node)
		r = add_source(buf, rendering, origin->source, origin->node);
	else
		heir_buf_addz(buf, path_words(result->lender[HEIR_FIELD_runtime_path]));
	heir_buf_addc(buf, '\n');
	return r;
}

/* Where it is said that the handler follows the default. The comment does not name the default, so
 * that the text stays the same when that moves. */
static int add_follows(struct heir_buf *buf, const struct heir_rendering *rendering,
	const struct heir_result *result)
{
	const struct heir_write *table = result->handler->table;
	int r;

	heir_buf_addz(buf, "  # follows the default: ");
	r = result->via_node ? add_source(buf, rendering, result->via_source, result->via_node)
			     : add_source(buf, rendering, table->source, table->node);
	heir_buf_addc(buf, '\n');
	return r;
}

/* What CRI-O takes from the default, by its key, as if the key stood where the parent is named. */
static struct heir_origin flag_of(
	const struct heir_rendering *rendering, const struct heir_result *result)
{
	struct heir_origin origin = {.kind = HEIR_KIND_EXPLICIT,
		.value = {.type = HEIR_TYPE_BOOL, .boolean = true},
		.source = result->via_source,
		.node = result->via_node};

	if (result->via != HEIR_VIA_INHERIT_DEFAULT_RUNTIME) {
		origin.kind = HEIR_KIND_INHERITED;
		origin.from = rendering->res->default_result->handler;
	}
	return origin;
}

int heir_rendering_field(const struct heir_rendering *rendering, const struct heir_result *result,
	enum heir_field field, struct heir_origin *ret)
{
	bool follows = heir_rendering_follows(rendering, result);
	bool is_flag = field == HEIR_FIELD_inherit_default_runtime;
	struct heir_origin origin = {.kind = HEIR_KIND_UNSET};
	int r = 0;

	/* With its flag CRI-O takes the default's values over those that stand beside it. */
	if (follows && is_flag)
		origin = flag_of(rendering, result);
	/* CRI-O itself looks up a monitor and lets the setting `conmon` overrule it. */
	else if (field == HEIR_FIELD_monitor_path)
		r = heir_result_lendable(rendering->res, result, field, &origin);
	else if (!is_flag && !(follows && (unsigned)field < HEIR_N_BY_FLAG))
		r = heir_result_get(rendering->res, result, field, &origin);
	if (r < 0)
		return r;
	if (origin.kind != HEIR_KIND_UNSET && heir_value_is_zero(&origin.value))
		origin.kind = HEIR_KIND_UNSET;
	*ret = origin;
	return 0;
}

static int refuse_bytes(struct heir_rendering *rendering, struct heir_diags *diags,
	const struct heir_handler *handler, const struct heir_origin *origin, const char *key)
{
	const struct heir_config *config = rendering->config;
	struct heir_place where =
		origin->node
			? heir_node_place(config, origin->source,
				  heir_toml_value_span(config->docs[origin->source], origin->node))
		: handler ? heir_write_key_place(config, handler->table)
			  : HEIR_PLACE_NONE;

	return heir_render_refuse(rendering, diags, handler, where,
		"%s is not UTF-8, so a drop-in cannot contain it", key);
}

static int add_handler(struct heir_buf *buf, struct heir_rendering *rendering,
	const struct heir_result *result, struct heir_diags *diags)
{
	const struct heir_handler *handler = result->handler;

	if (!heir_utf8_is_valid(handler->name))
		return refuse_bytes(rendering, diags, handler, &(struct heir_origin){.node = 0},
			"the name of a handler");
	heir_buf_addz(buf, "\n[crio.runtime.runtimes.");
	heir_key_write(buf, handler->name);
	heir_buf_addz(buf, "]\n");
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++) {
		struct heir_origin origin;
		int r = heir_rendering_field(rendering, result, f, &origin);

		if (r < 0)
			return r;
		if (origin.kind == HEIR_KIND_UNSET)
			continue;
		if (!heir_value_is_utf8(&origin.value))
			return refuse_bytes(
				rendering, diags, handler, &origin, heir_fields[f].name.p);
		heir_buf_addz(buf, heir_fields[f].name.p);
		heir_buf_addz(buf, " = ");
		heir_value_write(buf, &origin.value);
		r = f == HEIR_FIELD_inherit_default_runtime
			    ? add_follows(buf, rendering, result)
			    : add_origin(buf, rendering, result, &origin,
				      result->late && (f == HEIR_FIELD_runtime_path ||
							      f == HEIR_FIELD_runtime_root));
		if (r < 0)
			return r;
	}
	return 0;
}

static int add_setting(struct heir_buf *buf, struct heir_rendering *rendering,
	enum heir_setting setting, struct heir_diags *diags)
{
	const struct heir_write *w = rendering->config->settings[setting];
	bool is_default = setting == HEIR_SETTING_default_runtime;
	struct heir_value value;
	int r = heir_rendering_setting(rendering, setting, &value);

	if (r < 0)
		return r;
	if (!heir_value_is_utf8(&value))
		return refuse_bytes(rendering, diags, NULL,
			&(struct heir_origin){.source = w ? w->source : 0, .node = w ? w->node : 0},
			heir_setting_names[setting].p);
	heir_buf_addz(buf, heir_setting_names[setting].p);
	heir_buf_addz(buf, " = ");
	heir_value_write(buf, &value);
	heir_buf_addz(buf, "  # ");
	if (is_default && rendering->what_if)
		heir_buf_addz(buf, "--default-runtime");
	else if (is_default && rendering->res->default_place.source == HEIR_SOURCE_NONE)
		heir_buf_addz(buf, "built in");
	else
		r = add_source(buf, rendering, w->source, w->node);
	heir_buf_addc(buf, '\n');
	return r;
}

static int add_settings(
	struct heir_buf *buf, struct heir_rendering *rendering, struct heir_diags *diags)
{
	int r = 0;

	if (rendering->settings == 0)
		return 0;
	heir_buf_addz(buf, "\n[crio.runtime]\n");
	for (unsigned s = 0; s < HEIR_N_SETTINGS && r == 0 && !rendering->refused; s++)
		if (rendering->settings >> s & 1)
			r = add_setting(buf, rendering, s, diags);
	return r;
}

static void add_header(struct heir_buf *buf, const struct heir_rendering *rendering)
{
	struct heir_version version = rendering->config->where.version;

	heir_rendered_begin(buf);
	heir_buf_printf(buf, "# heir %s, CRI-O 1.%u", rendering->version, version.minor);
	if (version.patch != HEIR_PATCH_LAST)
		heir_buf_printf(buf, ".%u", version.patch);
	heir_buf_printf(buf, ", from %" PRIu32 " file%s (FNV-1a %016" PRIx64 ").\n",
		rendering->n_files, rendering->n_files == 1 ? "" : "s", rendering->digest);
	if (rendering->n_handlers == 0 && rendering->settings == 0)
		heir_buf_addz(
			buf, "# Empty: an unmodified CRI-O resolves every handler as heir does.\n");
}

int heir_render_text(struct heir_rendering *rendering, struct heir_diags *diags)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_core *core = rendering->config->core;
	char *text;
	int r;

	add_header(&buf, rendering);
	r = add_settings(&buf, rendering, diags);
	for (uint32_t i = 0; i < rendering->n_handlers && r == 0 && !rendering->refused; i++) {
		const struct heir_result *result = rendering->handlers[i];

		r = add_handler(&buf, rendering, result, diags);
		if (r == 0 && !rendering->refused && buf.len > HEIR_FILE_MAX)
			r = heir_render_refuse_size(rendering, diags, result->handler);
		heir_core_forget_values(core);
	}
	if (r < 0 || rendering->refused)
		return r;
	heir_rendered_seal(&buf);
	text = buf.failed ? NULL : heir_arena_strndup(&core->arena, buf.p, buf.len);
	if (!text)
		return -ENOMEM;
	rendering->text = (struct heir_str){text, buf.len};
	return 0;
}
