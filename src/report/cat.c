/* SPDX-License-Identifier: Apache-2.0 */
#include "report/cat.h"

#include <errno.h>

#include "report/json.h"

static const char *scope_name(enum heir_scope scope)
{
	switch (scope) {
	case HEIR_SCOPE_VENDOR:
		return "vendor";
	case HEIR_SCOPE_CONF:
		return "crio.conf";
	case HEIR_SCOPE_DROPIN:
		return "drop-in";
	case HEIR_SCOPE_HEIR:
		return "heir.d";
	default:
		return "builtin";
	}
}

/* What heir rendered is CRI-O's to read. */
static bool counts(const struct heir_view *view, const struct heir_source *source)
{
	return source->scope != HEIR_SCOPE_BUILTIN && source->scope < HEIR_SCOPE_OBJECT &&
	       (view->config->where.as == HEIR_AS_STOCK || !source->rendered);
}

static json_t *file_json(const struct heir_view *view, uint32_t number)
{
	const struct heir_source *source = &view->core->sources.items[number];
	struct heir_location where;
	json_t *json = heir_json_set(json_object(), "path", heir_json_strz(source->path));

	json = heir_json_set(json, "from", json_string(scope_name(source->scope)));
	json = heir_json_set(json, "content", heir_json_content(source->text));
	if (heir_view_locate(view, (struct heir_place){number, 0, 0}, &where) < 0) {
		json_decref(json);
		return NULL;
	}
	return heir_json_set_holder(json, &where);
}

static void print_json(const struct heir_view *view, struct heir_out *out)
{
	const char *before = "\n  ";

	heir_out_addz(out, "{\"schema\": \"heir.cat/1\",\n \"files\": [");
	for (uint32_t i = 0; i < view->core->sources.n; i++) {
		const struct heir_source *source = &view->core->sources.items[i];

		if (!counts(view, source))
			continue;
		heir_out_addz(out, before);
		heir_json_print(out, file_json(view, i));
		before = ",\n  ";
	}
	heir_out_addz(out, "]}\n");
}

static void print_text(const struct heir_view *view, struct heir_out *out)
{
	bool first = true;

	for (uint32_t i = 0; i < view->core->sources.n; i++) {
		const struct heir_source *source = &view->core->sources.items[i];

		if (!counts(view, source))
			continue;
		heir_out_addz(out, first ? "# " : "\n# ");
		heir_out_show(out, heir_str_from(source->path));
		heir_out_addz(out, "\n");
		if (out->style.escape)
			heir_out_show_lines(out, source->text);
		else
			heir_out_add(out, source->text);
		if (source->text.len > 0 && source->text.p[source->text.len - 1] != '\n')
			heir_out_addz(out, "\n");
		first = false;
	}
}

int heir_cat(const struct heir_view *view, struct heir_out *out)
{
	if (out->style.format == HEIR_FORMAT_JSON)
		print_json(view, out);
	else
		print_text(view, out);
	return out->error == -ENOMEM ? -ENOMEM : 0;
}
