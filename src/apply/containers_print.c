/* SPDX-License-Identifier: Apache-2.0 */
#include "apply/containers_print.h"

#include <errno.h>
#include <stdlib.h>

#include "apply/late.h"
#include "base/utf8.h"
#include "report/json.h"

enum { POD, CONTAINER, HANDLER, CREATOR, ROOT, N_COLUMNS, GAP = 2, SHORT_ID = 12 };

static bool is_shown(const struct heir_container *container)
{
	return container->running && !container->foreign && heir_container_lives(container);
}

static int shorten_cell(
	struct heir_arena *arena, struct heir_str text, const char *behind, const char **ret)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	heir_utf8_show(&buf, text);
	heir_buf_addz(&buf, behind);
	*ret = buf.failed ? NULL : heir_arena_strndup(arena, buf.p ? buf.p : "", buf.len);
	return *ret ? 0 : -ENOMEM;
}

/* Formats one row. Long names are shortened; "-" means unknown. */
static int fill_cells(struct heir_containers *list, struct heir_root *root,
	const struct heir_container *container, const char *cells[N_COLUMNS])
{
	const struct heir_crio_pod *pod = heir_containers_pod(list, container->pod);
	struct heir_str creator, id = {container->id.p, MIN(container->id.len, (size_t)SHORT_ID)};
	const char *pod_name = "-";
	bool late;
	int r = heir_late_creator(root, container, &list->arena, &creator, &late);

	if (r == 0 && pod && pod->name.len > 0) {
		pod_name = heir_arena_printf(&list->arena, "%.*s/%.*s", HEIR_STR_ARG(pod->space),
			HEIR_STR_ARG(pod->name));
		r = pod_name ? 0 : -ENOMEM;
	}
	if (r == 0)
		r = shorten_cell(&list->arena, heir_str_from(pod_name), "", &cells[POD]);
	if (r == 0)
		r = shorten_cell(&list->arena, container->name.len > 0 ? container->name : id, "",
			&cells[CONTAINER]);
	if (r == 0)
		r = shorten_cell(&list->arena,
			!pod || !pod->handler.p ? HEIR_STR("-")
			: pod->handler.len > 0  ? pod->handler
						: HEIR_STR("(default)"),
			"", &cells[HANDLER]);
	if (r == 0)
		r = shorten_cell(&list->arena, creator.len > 0 ? creator : HEIR_STR("-"),
			late ? " (late)" : "", &cells[CREATOR]);
	return r < 0 ? r
		     : shorten_cell(&list->arena,
			       heir_str_from(container->root ? container->root : "-"), "",
			       &cells[ROOT]);
}

static void print_container_row(
	const char *const cells[N_COLUMNS], const size_t width[N_COLUMNS], struct heir_out *out)
{
	for (unsigned c = 0; c < N_COLUMNS; c++) {
		size_t len = heir_utf8_width(heir_str_from(cells[c]), false);

		heir_out_addz(out, cells[c]);
		for (size_t i = len; c + 1 < N_COLUMNS && i < width[c] + GAP; i++)
			heir_out_addz(out, " ");
	}
	heir_out_addz(out, "\n");
}

int heir_containers_text(struct heir_containers *list, struct heir_root *root, struct heir_out *out)
{
	static const char *const titles[N_COLUMNS] = {
		"POD", "CONTAINER", "HANDLER", "CREATOR", "ROOT"};
	const char *(*rows)[N_COLUMNS] = calloc(list->n + 1u, sizeof(*rows));
	size_t width[N_COLUMNS];
	uint32_t n = 0;
	int r = rows ? 0 : -ENOMEM;

	for (unsigned c = 0; c < N_COLUMNS; c++)
		width[c] = strlen(titles[c]);
	for (uint32_t i = 0; i < list->n && r == 0; i++) {
		if (!is_shown(&list->items[i]))
			continue;
		r = fill_cells(list, root, &list->items[i], rows[n]);
		for (unsigned c = 0; c < N_COLUMNS && r == 0; c++)
			width[c] = MAX(width[c], heir_utf8_width(heir_str_from(rows[n][c]), false));
		n++;
	}
	if (r == 0 && n == 0)
		heir_out_addz(out, "no running containers\n");
	if (r == 0 && n > 0)
		print_container_row(titles, width, out);
	for (uint32_t i = 0; i < n && r == 0; i++)
		print_container_row(rows[i], width, out);
	free(rows);
	return r;
}

static json_t *name_json(struct heir_str s)
{
	return s.len > 0 ? heir_json_str(s) : json_null();
}

/* Returns a container as an object of heir.containers/1. */
static json_t *container_json(struct heir_containers *list, struct heir_root *root,
	const struct heir_container *container)
{
	const struct heir_crio_pod *pod = heir_containers_pod(list, container->pod);
	json_t *json = heir_json_set(json_object(), "id", heir_json_str(container->id));
	struct heir_str creator;
	bool late;

	if (heir_late_creator(root, container, &list->arena, &creator, &late) < 0) {
		json_decref(json);
		return NULL;
	}
	json = heir_json_set(json, "name", name_json(container->name));
	json = heir_json_set(json, "namespace", pod ? name_json(pod->space) : json_null());
	json = heir_json_set(json, "pod", pod ? name_json(pod->name) : json_null());
	/* "" is the default handler, null means unknown. */
	json = heir_json_set(
		json, "handler", pod && pod->handler.p ? heir_json_str(pod->handler) : json_null());
	json = heir_json_set(json, "creator", name_json(creator));
	json = heir_json_set(json, "root", heir_json_strz(container->root));
	return heir_json_set(json, "late", json_boolean(late));
}

int heir_containers_json(struct heir_containers *list, struct heir_root *root, struct heir_out *out)
{
	bool first = true;

	heir_out_addz(out, "{\"schema\": \"heir.containers/1\",\n \"containers\": [");
	for (uint32_t i = 0; i < list->n && out->error == 0; i++) {
		if (!is_shown(&list->items[i]))
			continue;
		heir_out_addz(out, first ? "\n  " : ",\n  ");
		heir_json_print(out, container_json(list, root, &list->items[i]));
		first = false;
	}
	heir_out_addz(out, "]}\n");
	return out->error == -ENOMEM ? -ENOMEM : 0;
}
