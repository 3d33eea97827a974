/* SPDX-License-Identifier: Apache-2.0 */
#include "support/node.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/view.h"
#include "support/tree.h"
#include "start/start.h"

static void give_up(const char *what)
{
	fprintf(stderr, "Bail out! %s\n", what);
	exit(99);
}

static const char *variable(void *data, const char *name)
{
	const struct node *node = data;
	size_t len = strlen(name);

	for (const char *const *at = node->env; at && *at; at++)
		if (strncmp(*at, name, len) == 0 && (*at)[len] == '=')
			return *at + len + 1;
	return NULL;
}

struct node *node_new(void)
{
	struct node *node = calloc(1, sizeof(*node));

	if (!node)
		give_up("no memory for a node");
	node->dir = tree_new();
	heir_arena_init(&node->facts_arena);
	heir_core_init(&node->core);
	node->where.version = (struct heir_version){heir_release_newest()->minor, HEIR_PATCH_LAST};
	node->where.getenv = variable;
	node->where.getenv_data = node;
	tree_programs(node->dir);
	return node;
}

void node_forget(struct node *node)
{
	heir_resolution_release(&node->res);
	heir_config_release(&node->config);
	heir_core_release(&node->core);
	node->res = (struct heir_resolution){.config = NULL};
	node->config = (struct heir_config){.core = NULL};
	heir_core_init(&node->core);
}

void node_free(struct node *node)
{
	node_forget(node);
	heir_arena_release(&node->facts_arena);
	heir_overlay_release(&node->overlay);
	tree_remove(node->dir);
	free(node);
}

void node_release(struct node *node, const char *release)
{
	if (!heir_version_parse(release, &node->where.version))
		give_up("no such release");
}

void node_conf(struct node *node, const char *name, const char *text)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "etc/crio/crio.conf.d/%s", name);
	tree_text(node->dir, path, text);
}

void node_binary(struct node *node, const char *path)
{
	tree_file(node->dir, path, "#!/bin/sh\n", 10, 0755);
}

void node_lay(struct node *node, const char *path, const char *text, uint32_t mode)
{
	struct heir_overlay_file file = {path, heir_str_from(text), mode, NULL, HEIR_PLACE_NONE};

	if (heir_overlay_put(&node->overlay, &file) < 0)
		give_up("no memory for the overlay");
}

void node_facts(struct node *node, const char *json)
{
	struct heir_facts *facts = NULL;
	const char *error = NULL;

	if (heir_facts_parse(heir_str_from(json), &node->facts_arena, &facts, &error) < 0)
		give_up(error ? error : "no memory for facts");
	node->assume.facts = facts;
}

int node_load(struct node *node)
{
	node_forget(node);
	if (heir_root_open(&node->core.root, node->dir) < 0)
		give_up("cannot open the tree");
	node->core.root.overlay = node->overlay.n > 0 ? &node->overlay : NULL;
	return heir_config_load(&node->config, &node->core, &node->where);
}

int node_resolve(struct node *node)
{
	int r = node_load(node);

	return r == 0 ? heir_start_resolve(&node->res, &node->config, &node->assume) : r;
}

/* ---- What came of it ---- */

static struct heir_view view_of(struct node *node)
{
	return (struct heir_view){.core = &node->core,
		.config = &node->config,
		.res = &node->res,
		.config_dir = "/etc/crio/crio.conf.d"};
}

static const char *told(struct node *node, struct heir_buf *buf)
{
	if (buf->failed)
		give_up("no memory to tell");
	snprintf(node->told, sizeof(node->told), "%.*s", HEIR_STR_ARG(heir_buf_str(buf)));
	heir_buf_release(buf);
	return node->told;
}

static void add_place(struct node *node, struct heir_buf *buf, struct heir_place place)
{
	struct heir_view view = view_of(node);

	if (heir_view_place(&view, buf, place, true) < 0)
		give_up("no memory for a place");
}

const char *node_tell_place(struct node *node, struct heir_place place)
{
	struct heir_buf buf = HEIR_BUF_NULL;

	add_place(node, &buf, place);
	return told(node, &buf);
}

static struct heir_result *result_of(struct node *node, const char *handler)
{
	struct heir_result *result = heir_resolution_find(&node->res, heir_str_from(handler));

	if (!result) {
		fprintf(stderr, "# no handler \"%s\"\n", handler);
		give_up("a case asks for a handler that is not there");
	}
	return result;
}

const char *node_tell(struct node *node, const char *handler, enum heir_field field)
{
	struct heir_view view = view_of(node);
	struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_origin origin;

	if (heir_result_get(&node->res, result_of(node, handler), field, &origin) < 0)
		give_up("no memory for a value");
	if (origin.kind == HEIR_KIND_UNSET)
		return "unset";
	heir_view_value(&buf, &origin.value);
	heir_buf_printf(&buf, " %s", heir_kind_name(origin.kind));
	if (origin.from)
		heir_buf_printf(&buf, " %.*s", HEIR_STR_ARG(origin.from->name));
	if (heir_view_origin_place(&view, &origin).source != HEIR_SOURCE_NONE) {
		heir_buf_addc(&buf, ' ');
		add_place(node, &buf, heir_view_origin_place(&view, &origin));
	}
	return told(node, &buf);
}

const char *node_tell_via(struct node *node, const char *handler)
{
	const struct heir_result *result = result_of(node, handler);
	struct heir_buf buf = HEIR_BUF_NULL;

	heir_buf_addz(&buf, heir_via_name(result->via));
	if (result->parent)
		heir_buf_printf(&buf, " %.*s", HEIR_STR_ARG(result->parent->handler->name));
	return told(node, &buf);
}

static void add_diag(struct node *node, struct heir_buf *buf, const struct heir_diag *diag)
{
	heir_buf_printf(buf, "%s ", heir_rules[diag->rule].id);
	if (diag->where.source == HEIR_SOURCE_NONE && diag->path)
		heir_buf_addz(buf, diag->path);
	else
		add_place(node, buf, diag->where);
}

const char *node_tell_dropped(struct node *node, const char *handler)
{
	const struct heir_result *result = result_of(node, handler);
	struct heir_buf buf = HEIR_BUF_NULL;

	if (!result->dropped)
		return "ok";
	add_diag(node, &buf, result->dropped);
	return told(node, &buf);
}

const char *node_tell_fatal(struct node *node)
{
	const struct heir_diag *fatal = node->res.config ? node->res.fatal : node->config.fatal;
	struct heir_buf buf = HEIR_BUF_NULL;

	if (!fatal)
		return "starts";
	add_diag(node, &buf, fatal);
	return told(node, &buf);
}

const char *node_tell_diagnostics(struct node *node)
{
	struct heir_buf buf = HEIR_BUF_NULL;

	for (uint32_t i = 0; i < node->core.diags.n; i++) {
		heir_buf_addz(&buf, i ? ", " : "");
		add_diag(node, &buf, node->core.diags.items[i]);
	}
	return told(node, &buf);
}
