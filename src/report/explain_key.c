/* SPDX-License-Identifier: Apache-2.0 */
#include "report/explain_key.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "config/flags.h"
#include "model/finding.h"
#include "report/keys.h"

static void label(struct heir_out *out, const char *word)
{
	heir_out_addz(out, "  ");
	heir_out_cell(out, heir_str_from(word), 10, HEIR_COLOR_DIM);
	heir_out_addz(out, "  ");
}

static void line(struct heir_out *out, const char *word, const char *text)
{
	label(out, word);
	heir_out_show(out, heir_str_from(text));
	heir_out_addz(out, "\n");
}

static int print_value(const struct heir_key_lineage *l, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL, from = HEIR_BUF_NULL;
	const struct heir_key_row *row = l->found->row;
	bool has_value = l->found->state == HEIR_KEY_KNOWN && row->type != HEIR_TYPE_TABLE &&
			 row->type != HEIR_TYPE_TABLES && (heir_key_has_value(row) || l->is_set);
	int r = 0;

	heir_out_color(out, HEIR_COLOR_BOLD);
	heir_out_show(out, heir_buf_str(&l->path));
	heir_out_color(out, HEIR_COLOR_NONE);
	if (has_value && l->value.kind == HEIR_KEY_UNKNOWN)
		heir_buf_addz(&text, " = ?");
	else if (has_value) {
		heir_buf_addz(&text, " = ");
		heir_value_write(&text, &l->value.value);
	}
	heir_out_add(out, heir_buf_str(&text));
	heir_out_addz(out, "\n");
	line(out, "is", row->help);
	if (l->found->state == HEIR_KEY_KNOWN && heir_key_has_value(row)) {
		r = heir_key_origin_words(l->view, &l->value, &from);
		label(out, heir_key_kind_name(l->value.kind));
		heir_out_add(out, heir_buf_str(&from));
		heir_out_addz(out, "\n");
	} else if (l->found->state == HEIR_KEY_KNOWN && !l->is_set) {
		line(out, "default", "nothing sets it");
	}
	return r < 0 ? r : heir_buf_error(&text);
}

static int print_built_in(const struct heir_key_lineage *l, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	const struct heir_key_row *row = l->found->row;
	struct heir_value value;
	bool known;
	int r;

	if (l->found->state != HEIR_KEY_KNOWN || !heir_key_has_value(row) || !l->n_places ||
		l->value.write == NULL)
		return 0;
	r = heir_key_get_default(l->view->config, row, &value, &known);
	if (known)
		heir_value_write(&text, &value);
	else
		heir_buf_addz(&text, "unknown");
	line(out, "built in", text.p ? text.p : "");
	return r < 0 ? r : heir_buf_error(&text);
}

static int print_places(const struct heir_key_lineage *l, struct heir_out *out)
{
	for (uint32_t i = 0; i < l->n_places; i++) {
		_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
		const struct heir_key_place *place = &l->places[i];
		int r = heir_place_words(l->view, place->where, &text);

		heir_buf_addz(&text, ": ");
		heir_view_source(l->view, &text, place->source, place->node);
		heir_buf_printf(&text, "; %s", heir_blame_state_name(place->state));
		if (r == 0 && place->by.source != HEIR_SOURCE_NONE) {
			heir_buf_addz(&text, " by ");
			r = heir_view_place(l->view, &text, place->by, false);
		}
		line(out, i ? "" : "written", text.p ? text.p : "");
		if (r < 0 || text.failed)
			return -ENOMEM;
	}
	return 0;
}

static int print_rest(const struct heir_key_lineage *l, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	const struct heir_key_row *row = l->found->row;
	const struct heir_diags *diags = &l->view->core->diags;

	if (l->found->state == HEIR_KEY_TOO_NEW)
		heir_buf_printf(&text, "CRI-O 1.%u does not know it: it was added in %s",
			l->view->config->where.version.minor, row->since);
	else if (l->found->state == HEIR_KEY_REMOVED)
		heir_buf_printf(&text,
			"CRI-O 1.%u does not know it: the last release that knew it was %s",
			l->view->config->where.version.minor, row->until);
	if (text.p)
		line(out, "ignored", text.p);
	if (row->deprecated[0])
		line(out, "deprecated", row->deprecated);
	for (uint32_t i = 0; i < diags->n; i++) {
		if (!heir_key_concerns(l, diags->items[i]))
			continue;
		heir_buf_clear(&text);
		heir_finding_words(diags->items[i], &text);
		heir_buf_printf(&text, " [%s]", heir_rules[diags->items[i]->rule].id);
		line(out, "finding", text.p);
	}
	return heir_buf_error(&text);
}

int heir_explain_key(
	const struct heir_view *view, const struct heir_key_found *found, struct heir_out *out)
{
	_cleanup_(heir_key_lineage_release) struct heir_key_lineage l;
	int r = heir_key_lineage_init(&l, view, found);

	if (r == 0 && out->style.format == HEIR_FORMAT_JSON) {
		r = heir_explain_key_json(&l, out);
	} else if (r == 0) {
		r = print_value(&l, out);
		if (r == 0)
			r = print_built_in(&l, out);
		if (r == 0)
			r = print_places(&l, out);
		if (r == 0)
			r = print_rest(&l, out);
	}
	heir_core_forget_values(view->core);
	return r;
}
