/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about Kubernetes objects: RuntimeClasses against the handlers of the pool, and who writes
 * what the Machine Config Operator (MCO) manages. */
#include <errno.h>
#include <string.h>

#include "check/check.h"
#include "kube/kube.h"

static const struct heir_tree_node *get(
	const struct heir_kube_object *object, const char *const *path)
{
	const struct heir_tree_node *node = object->root;

	for (; *path && node; path++)
		node = heir_tree_get(node, *path);
	return node;
}

#define GET(object, ...) get(object, (const char *const[]){__VA_ARGS__, NULL})

/* ---- RuntimeClasses ---- */

#define ROLE_LABEL "node-role.kubernetes.io/"

/* May a pod of the class come to a node of the pool? A selector that names the role of another pool
 * keeps it away; nodes of a custom pool are workers too. */
static bool is_for_pool(const struct heir_kube_object *class, const char *pool)
{
	bool other = false;

	heir_tree_foreach(label, GET(class, "scheduling", "nodeSelector"))
	{
		struct heir_str role = label->key;

		if (!heir_str_starts(role, ROLE_LABEL))
			continue;
		role.p += strlen(ROLE_LABEL);
		role.len -= strlen(ROLE_LABEL);
		if (heir_str_eqz(role, pool))
			return true;
		other |= !heir_str_eqz(role, "worker") || strcmp(pool, "master") == 0;
	}
	return !other;
}

static void add_near(struct heir_check *check, struct heir_diag *diag, struct heir_str name)
{
	struct heir_near near = heir_near_to(name);

	for (uint32_t i = 0; i < MIN(check->config->n_handlers, 1000u); i++)
		heir_near_try(&near, check->config->handlers[i]->name);
	if (near.best.p)
		heir_find_help(check, diag, "did you mean \"%.*s\"?", HEIR_STR_ARG(near.best));
}

static void check_class(struct heir_check *check, const struct heir_kube_object *class)
{
	const struct heir_tree_node *node = GET(class, "handler");
	struct heir_str name = heir_node_text(node);
	const struct heir_result *result = heir_resolution_find(check->res, name);
	struct heir_diag *diag;

	if (!node || !is_for_pool(class, check->pool) || (result && !result->dropped))
		return;
	if (!result) {
		diag = heir_find(check, HEIR_RULE_RUNTIMECLASS_HANDLER,
			heir_object_place(class, node),
			"RuntimeClass \"%s\" names the handler \"%.*s\", which no node of the pool "
			"\"%s\" has: its pods never start",
			class->id.name, HEIR_STR_ARG(name), check->pool);
		add_near(check, diag, name);
		return;
	}
	diag = heir_find(check, HEIR_RULE_RUNTIMECLASS_HANDLER, heir_object_place(class, node),
		"RuntimeClass \"%s\" names the handler \"%.*s\", which is dropped on nodes of the "
		"pool \"%s\": its pods never start",
		class->id.name, HEIR_STR_ARG(name), check->pool);
	heir_find_about(diag, result->handler);
	heir_find_note(check, diag, result->dropped->where, "%s", result->dropped->text);
}

/* ---- The MCO's files ---- */

/* The last MachineConfig of the MCO's own that has the file; NULL: none is among the objects. */
static const struct heir_kube_object *managed_by(const struct heir_kube_taken *taken, uint32_t n,
	const char *path, const struct heir_tree_node **ret_node)
{
	for (uint32_t i = n; i-- > 0;) {
		enum heir_author author = taken[i].object->id.author;

		if (author != HEIR_AUTHOR_TEMPLATE && author != HEIR_AUTHOR_CTRCFG &&
			author != HEIR_AUTHOR_RENDERED)
			continue;
		heir_tree_foreach(file, GET(taken[i].object, "spec", "config", "storage", "files"))
		{
			*ret_node = heir_tree_get(file, "path");
			if (heir_str_eqz(heir_node_text(*ret_node), path))
				return taken[i].object;
		}
	}
	return NULL;
}

/* A file of an object that is not the MCO's, where the MCO writes. */
static void check_managed(struct heir_check *check, const struct heir_overlay_file *file,
	const struct heir_kube_taken *taken, uint32_t n)
{
	const struct heir_kube_object *mco;
	const struct heir_tree_node *node = NULL;
	struct heir_diag *diag;

	if (!heir_config_is_managed(check->config, file->path))
		return;
	mco = managed_by(taken, n, file->path, &node);
	diag = heir_find(check, HEIR_RULE_MCO_MANAGED_OVERRIDE, file->where,
		"%s \"%s\" replaces %s, which the Machine Config Operator manages: what it writes "
		"there later never gets to the nodes",
		file->object->kind, file->object->name, file->path);
	if (mco)
		heir_find_note(check, diag, heir_object_place(mco, node),
			"this is what %s \"%s\" has, replaced as a whole", mco->id.kind,
			mco->id.name);
	heir_find_help(check, diag,
		"put the difference into a drop-in of its own, such as "
		"/etc/crio/crio.conf.d/50-%s.conf",
		file->object->name);
}

/* ---- ContainerRuntimeConfigs ---- */

static bool is_ctrcfg(const struct heir_kube_object *object)
{
	return strcmp(object->id.kind, "ContainerRuntimeConfig") == 0;
}

/* What an earlier one says, and a later one of the pool too. */
static void check_conflicts(
	struct heir_check *check, const struct heir_kube_taken *taken, uint32_t n)
{
	_cleanup_(heir_map_release) struct heir_map winners = {NULL, 0, 0};

	for (uint32_t i = n; i-- > 0 && check->error == 0;) {
		if (!is_ctrcfg(taken[i].object))
			continue;
		heir_tree_foreach(value, GET(taken[i].object, "spec", "containerRuntimeConfig"))
		{
			struct heir_diag *diag;
			uint32_t winner;
			bool is_new;

			if (heir_map_put(&winners, value->key, i, &winner, &is_new) < 0) {
				check->error = -ENOMEM;
				return;
			}
			if (is_new || winner == i)
				continue;
			diag = heir_find(check, HEIR_RULE_CTRCFG_CONFLICT,
				heir_object_place(taken[i].object, value),
				"ContainerRuntimeConfig \"%s\" sets %.*s for the pool \"%s\", and "
				"so does \"%s\", which is newer and counts",
				taken[i].object->id.name, HEIR_STR_ARG(value->key), check->pool,
				taken[winner].object->id.name);
			heir_find_note(check, diag,
				heir_object_place(taken[winner].object,
					heir_tree_get(GET(taken[winner].object, "spec",
							      "containerRuntimeConfig"),
						heir_arena_strndup(&check->core->arena,
							value->key.p, value->key.len))),
				"set here too");
		}
	}
}

void heir_check_objects(struct heir_check *check)
{
	const struct heir_overlay *overlay = check->core->root.overlay;
	const struct heir_kube_taken *taken;
	uint32_t n;

	if (!check->kube || !check->pool)
		return;
	if (heir_kube_take(check->kube, check->pool, &taken, &n) < 0) {
		check->error = -ENOMEM;
		return;
	}
	for (uint32_t i = 0; !check->res->fatal && i < heir_kube_n(check->kube, HEIR_KUBE_CLASS);
		i++)
		check_class(check, heir_kube_at(check->kube, HEIR_KUBE_CLASS, i));
	for (uint32_t i = 0; i < overlay->n; i++) {
		const struct heir_object *object = overlay->files[i].object;

		if (object && (object->author == HEIR_AUTHOR_USER ||
				      object->author == HEIR_AUTHOR_OPERATOR))
			check_managed(check, &overlay->files[i], taken, n);
	}
	check_conflicts(check, taken, n);
}
