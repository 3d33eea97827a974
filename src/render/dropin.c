/* SPDX-License-Identifier: Apache-2.0 */
/* The text: the same bytes for the same answers. Neither the time nor the machine is in it, and no
 * line is longer because somebody looked at it in a wide terminal. TOML 1.0, which every release
 * reads. */
#include <errno.h>
#include <inttypes.h>

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
	const struct heir_result *result, const struct heir_origin *origin)
{
	int r = 0;

	heir_buf_addz(buf, "  # ");
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

static int add_handler(struct heir_buf *buf, const struct heir_rendering *rendering,
	const struct heir_result *result)
{
	heir_buf_addz(buf, "\n[crio.runtime.runtimes.");
	heir_key_write(buf, result->handler->name);
	heir_buf_addz(buf, "]\n");
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++) {
		struct heir_origin origin;
		int r;

		/* The flag would take the default's values once more, over those that stand here.
		 */
		if (f == HEIR_FIELD_inherit_default_runtime)
			continue;
		r = heir_result_get(rendering->res, result, f, &origin);
		if (r < 0)
			return r;
		if (origin.kind == HEIR_KIND_UNSET || heir_value_is_zero(&origin.value))
			continue;
		heir_buf_addz(buf, heir_fields[f].name.p);
		heir_buf_addz(buf, " = ");
		heir_value_write(buf, &origin.value);
		r = add_origin(buf, rendering, result, &origin);
		if (r < 0)
			return r;
	}
	return 0;
}

static int add_setting(
	struct heir_buf *buf, const struct heir_rendering *rendering, enum heir_setting setting)
{
	const struct heir_write *w = rendering->config->settings[setting];
	bool is_default = setting == HEIR_SETTING_default_runtime;
	struct heir_value value;
	int r = heir_rendering_setting(rendering, setting, &value);

	if (r < 0)
		return r;
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

static int add_settings(struct heir_buf *buf, const struct heir_rendering *rendering)
{
	int r = 0;

	if (rendering->settings == 0)
		return 0;
	heir_buf_addz(buf, "\n[crio.runtime]\n");
	for (unsigned s = 0; s < HEIR_N_SETTINGS && r == 0; s++)
		if (rendering->settings >> s & 1)
			r = add_setting(buf, rendering, s);
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
		heir_buf_addz(buf,
			"# There is nothing to say: an unmodified CRI-O gives every handler what "
			"heir gives it.\n");
}

int heir_render_text(struct heir_rendering *rendering)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_core *core = rendering->config->core;
	char *text;
	int r;

	add_header(&buf, rendering);
	r = add_settings(&buf, rendering);
	for (uint32_t i = 0; i < rendering->n_handlers && r == 0; i++) {
		r = add_handler(&buf, rendering, rendering->handlers[i]);
		heir_core_forget_values(core);
	}
	if (r < 0)
		return r;
	heir_rendered_seal(&buf);
	text = buf.failed ? NULL : heir_arena_strndup(&core->arena, buf.p, buf.len);
	if (!text)
		return -ENOMEM;
	rendering->text = (struct heir_str){text, buf.len};
	return 0;
}
