/* SPDX-License-Identifier: Apache-2.0 */
/* What the printers of findings for machines share. */
#include "report/findings.h"

#include <inttypes.h>
#include <string.h>

#include "report/diagnostics.h"

const char heir_no_root[] = "";

void heir_finding_path(
	const struct heir_view *view, struct heir_buf *buf, const char *root, const char *path)
{
	if (root == heir_no_root) {
		heir_buf_addz(buf, path);
		return;
	}
	if (root && (root[0] != '/' || view->root)) {
		while (root[0] == '.' && root[1] == '/') {
			root += 2;
			while (root[0] == '/')
				root++;
		}
		if (root[0] != '\0' && strcmp(root, ".") != 0) {
			size_t len = strlen(root);

			while (len > 0 && root[len - 1] == '/')
				len--;
			heir_buf_add(buf, root, len);
			heir_buf_addc(buf, '/');
		}
	}
	while (path[0] == '/')
		path++;
	heir_buf_addz(buf, path);
}

/* For tools that open files the place is that of the object, where one holds the file. */
static void point_at_input(const struct heir_view *view, struct heir_place place, const char **root,
	struct heir_location *where)
{
	const struct heir_holder holder = where->holder;

	if (holder.input) {
		*where = (struct heir_location){holder.input, holder.line, holder.column,
			holder.line, holder.column, NULL, {NULL, NULL, NULL, 0, 0}};
		*root = heir_no_root;
	} else if (place.source != HEIR_SOURCE_NONE &&
		   view->core->sources.items[place.source].scope == HEIR_SCOPE_OBJECT) {
		*root = heir_no_root;
	}
}

int heir_finding_locate(const struct heir_view *view, const struct heir_diag *diag,
	const char **root, struct heir_location *ret)
{
	int r = heir_diagnostic_locate(view, diag, ret);

	if (r == 0)
		point_at_input(view, diag->where, root, ret);
	return r;
}

int heir_finding_locate_note(const struct heir_view *view, const struct heir_note *note,
	const char **root, struct heir_location *ret)
{
	int r = heir_view_locate(view, note->where, ret);

	if (r == 0)
		point_at_input(view, note->where, root, ret);
	return r;
}

int heir_finding_words(
	const struct heir_view *view, const struct heir_diag *diag, struct heir_buf *buf)
{
	struct heir_location where = {.file = NULL};
	int r = heir_diagnostic_words(diag, buf);

	if (r == 0)
		r = heir_diagnostic_locate(view, diag, &where);
	if (r < 0)
		return r;
	if (where.holder.input) {
		heir_buf_printf(
			buf, " (%s %s, %s", where.holder.kind, where.holder.name, where.file);
		if (where.line > 0)
			heir_buf_printf(buf, ":%" PRIu32 ":%" PRIu32, where.line, where.column);
		heir_buf_addc(buf, ')');
	}
	heir_view_targets(view, diag->targets, buf);
	if (diag->help)
		heir_buf_printf(buf, " (help: %s)", diag->help);
	return heir_buf_error(buf);
}
