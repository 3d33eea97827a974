/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/utf8.h"
#include "model/bound.h"
#include "report/json.h"
#include "report/keys.h"
#include "model/late.h"
#include "report/show.h"

/* A comment: control characters would end it. */
static void add_comment(
	struct heir_out *out, const char *before, struct heir_str text, const char *after)
{
	heir_out_addz(out, before);
	heir_out_show(out, text);
	heir_out_addz(out, after);
}

static void add_name(struct heir_out *out, struct heir_str name)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

	heir_bound_name(&text, name);
	out->buf.failed |= text.failed;
	add_comment(out, " from ", heir_buf_str(&text), "");
}

static int print_origin(
	const struct heir_view *view, const struct heir_origin *origin, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf place = HEIR_BUF_NULL;
	int r = 0;

	heir_out_addz(out, "  # ");
	heir_out_addz(out, heir_kind_name(origin->kind));
	if (origin->from)
		add_name(out, origin->from->name);
	if (origin->node && origin->kind != HEIR_KIND_BUILTIN) {
		r = heir_view_place(view, &place, heir_view_origin_place(view, origin), false);
		add_comment(out, ", ", heir_buf_str(&place), "");
	}
	heir_out_addz(out, "\n");
	return r;
}

static int print_handler(const struct heir_view *view, const struct heir_handler *handler,
	const struct heir_seen_late *late, struct heir_out *out)
{
	const struct heir_result *result = heir_view_result(view, handler);
	const struct heir_late_target *now;
	struct heir_str words;
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

	heir_out_addz(out, "\n");
	if (result && result->dropped) {
		add_comment(out, "# dropped: ", handler->name, ": ");
		add_comment(out, "", heir_str_from(result->dropped->text), "\n");
		return 0;
	}
	heir_buf_addz(&text, "[crio.runtime.runtimes.");
	heir_view_key(&text, handler->name);
	heir_buf_addz(&text, "]\n");
	heir_out_add(out, heir_buf_str(&text));
	if (heir_seen_late_of(late, result, &now, &words) < 0)
		return -ENOMEM;
	if (now)
		add_comment(out, "# ", words, "\n");
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++) {
		struct heir_origin origin;
		int r = heir_view_field(view, handler, f, &origin);

		if (r == 0)
			r = heir_bound_value(&view->core->values, &out->room, &origin);
		if (r < 0)
			return r;
		if (origin.kind == HEIR_KIND_UNSET || heir_value_is_zero(&origin.value))
			continue;
		heir_buf_clear(&text);
		/* What is not the whole value must not be taken for it. */
		heir_buf_printf(
			&text, "%s%s = ", origin.left_out > 0 ? "# " : "", heir_fields[f].name.p);
		heir_view_value(&text, &origin.value);
		heir_out_add(out, heir_buf_str(&text));
		r = print_origin(view, &origin, out);
		if (r < 0)
			return r;
	}
	return heir_buf_error(&text);
}

int heir_show_toml_handlers(
	const struct heir_view *view, struct heir_selection selection, struct heir_out *out)
{
	struct heir_seen_late late;
	int r = heir_seen_late_read(&late, view);

	for (uint32_t i = 0; i < selection.n && r == 0 && out->error == 0; i++) {
		r = print_handler(view, selection.handlers[i], &late, out);
		heir_core_forget_values(view->core);
	}
	return r;
}

int heir_show_all(const struct heir_view *view, struct heir_out *out)
{
	bool toml = out->style.format == HEIR_FORMAT_TOML;
	struct heir_selection all = {view->handlers, view->n_handlers};
	int r;

	if (out->style.format == HEIR_FORMAT_JSON)
		return heir_show_json(view, all, true, out);
	if (view->fatal)
		return 0;
	r = toml ? heir_keys_toml(view, out) : heir_keys_table(view, out);
	if (r == 0)
		r = heir_keys_named(view, toml, out);
	return r == 0 && toml ? heir_show_toml_handlers(view, all, out) : r;
}

int heir_show_toml(
	const struct heir_view *view, struct heir_selection selection, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	int r;

	if (view->fatal)
		return 0;
	heir_buf_addz(&text, "[crio.runtime]\ndefault_runtime = ");
	heir_utf8_quote(
		&text, view->res ? view->res->default_runtime
				 : heir_config_setting(view->config, HEIR_SETTING_default_runtime));
	heir_buf_addc(&text, '\n');
	heir_out_add(out, heir_buf_str(&text));
	r = heir_show_toml_handlers(view, selection, out);
	return r == 0 ? heir_buf_error(&text) : r;
}
