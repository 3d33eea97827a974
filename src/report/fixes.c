/* SPDX-License-Identifier: Apache-2.0 */
#include "report/fixes.h"

#include "check/fix.h"
#include "report/diagnostics.h"
#include "report/udiff.h"

int heir_print_patch(const struct heir_fixes *fixes, struct heir_out *out)
{
	int r = 0;

	for (uint32_t i = 0; i < fixes->n_files && r == 0; i++) {
		const struct heir_fixed_file *file = &fixes->files[i];

		r = heir_udiff(out, file->path, file->before, file->edits, file->n_edits);
	}
	return r;
}

/* What was done, to the key as it was written, or to the item of an array. */
static void print_done(
	const struct heir_view *view, const struct heir_fix *fix, struct heir_out *out)
{
	const struct heir_toml_doc *doc = view->config->docs[fix->source];
	bool is_item = fix->kind == HEIR_FIX_ADD;
	struct heir_toml_span span = heir_toml_value_span(doc, fix->node);
	struct heir_str old = is_item ? (struct heir_str){heir_toml_text(doc).p + span.at, span.len}
				      : heir_toml_key(doc, fix->node);

	if (fix->kind == HEIR_FIX_REMOVE) {
		heir_out_addz(out, "removed ");
	} else {
		heir_out_addz(out, is_item ? "wrote " : "wrote \"");
		/* Without the comma before it. */
		heir_out_add(out, is_item ? (struct heir_str){fix->text.p + 2, fix->text.len - 2}
					  : fix->text);
		heir_out_addz(out, is_item ? " beside " : "\" for ");
	}
	heir_out_addz(out, is_item ? "" : "\"");
	heir_out_show(out, old);
	heir_out_addz(out, is_item ? "" : "\"");
}

static int print_fix(
	const struct heir_view *view, const struct heir_fix_outcome *fix, struct heir_out *out)
{
	int r = heir_print_place(view, fix->diag->where, out);

	if (r < 0)
		return r;
	heir_out_color(out, fix->why ? HEIR_COLOR_YELLOW : HEIR_COLOR_GREEN);
	heir_out_addz(out, fix->why ? "not fixed: " : "fixed: ");
	heir_out_color(out, HEIR_COLOR_NONE);
	if (fix->why)
		heir_out_show(out, heir_str_from(fix->why));
	else
		print_done(view, fix->diag->fix, out);
	heir_out_printf(out, " [%s]\n", heir_rules[fix->diag->rule].id);
	return 0;
}

int heir_print_fixes(
	const struct heir_view *view, const struct heir_fixes *fixes, struct heir_out *out)
{
	int r = 0;

	for (uint32_t i = 0; i < fixes->n && r == 0 && out->error == 0; i++) {
		const struct heir_fix_outcome *fix = &fixes->items[i];

		if (fix->why || fixes->files[fix->file].written)
			r = print_fix(view, fix, out);
	}
	return r;
}
