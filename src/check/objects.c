/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about Kubernetes objects: RuntimeClasses compared with the handlers of the pool, and files
 * that the Machine Config Operator (MCO) manages. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "kube/cluster.h"
#include "kube/ctrcfg.h"

static const struct heir_tree_node *get_member(
	const struct heir_kube_object *object, const char *const *path)
{
	const struct heir_tree_node *node = object->root;

	for (; *path && node; path++)
		node = heir_tree_get(node, *path);
	return node;
}

#define GET(object, ...) get_member(object, (const char *const[]){__VA_ARGS__, NULL})

/* ---- RuntimeClasses ---- */

#define ROLE_LABEL "node-role.kubernetes.io/"

/* Returns whether a pod of the class can be scheduled on a node of the pool. A selector for the
 * role of another pool prevents it; nodes of custom pools are workers too. */
static bool is_for_pool(const struct heir_runtime_class *class, const char *pool)
{
	bool other = false;

	heir_tree_foreach(label, class->selects)
	{
		struct heir_str role = label->key;

		if (!heir_str_starts(role, ROLE_LABEL))
			continue;
		/* The roles of a single node are not known. */
		if (!pool)
			return false;
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
	struct heir_near near = heir_near_to(name, &check->core->effort);

	for (uint32_t i = 0; i < check->config->n_handlers; i++)
		heir_near_try(&near, check->config->handlers[i]->name);
	if (near.best.p)
		heir_find_help(check, diag, "did you mean \"%.*s\"?", HEIR_STR_ARG(near.best));
}

/* Handlers from packages that an OpenShift extension installs. */
static bool is_of_extension(
	const struct heir_kube_selected *taken, uint32_t n, struct heir_str handler)
{
	static const struct {
		const char *extension, *handler;
	} brought[] = {{"sandboxed-containers", "kata"}};

	for (size_t b = 0; b < ARRAY_LEN(brought); b++) {
		if (!heir_str_eqz(handler, brought[b].handler))
			continue;
		for (uint32_t i = 0; i < n; i++)
			heir_tree_foreach(name,
				GET(taken[i].object, "spec",
					"extensions")) if (heir_str_eqz(heir_node_text(name),
								   brought[b]
									   .extension)) return true;
	}
	return false;
}

/* Compares the class with the handlers; n is 0 if there are none. */
static void check_class(struct heir_check *check, const struct heir_kube_object *object,
	const struct heir_kube_selected *taken, uint32_t n)
{
	const struct heir_result *result;
	struct heir_runtime_class class;
	struct heir_diag *diag;
	const char *pool_words;

	heir_runtime_class_read(object, &class);
	result = heir_resolution_find(check->res, class.handler);
	if (class.handler.len == 0 || !is_for_pool(&class, check->pool) ||
		(result && !result->dropped))
		return;
	if (!result && is_of_extension(taken, n, class.handler))
		return;
	pool_words = check->pool ? heir_arena_concat(&check->core->arena, " of the pool \"",
					   check->pool, "\"")
				 : "";
	if (!pool_words) {
		check->error = -ENOMEM;
		return;
	}
	if (!result) {
		diag = heir_find(check, HEIR_RULE_RUNTIMECLASS_HANDLER, class.where,
			"RuntimeClass \"%s\" names the handler \"%.*s\", which %s%s%s: its pods do "
			"not start there",
			class.name, HEIR_STR_ARG(class.handler),
			check->pool ? "no node" : "the node does not have", pool_words,
			check->pool ? " has" : "");
		add_near(check, diag, class.handler);
		return;
	}
	diag = heir_find(check, HEIR_RULE_RUNTIMECLASS_HANDLER, class.where,
		"RuntimeClass \"%s\" names the handler \"%.*s\", which is dropped on %s%s: its "
		"pods do "
		"not start there",
		class.name, HEIR_STR_ARG(class.handler), check->pool ? "nodes" : "the node",
		pool_words);
	heir_find_about(diag, result->handler);
	heir_find_note(check, diag, result->dropped->where, "%s", result->dropped->text);
}

/* ---- The MCO's files ---- */

/* The MCO's own version of a file. */
struct managed {
	const struct heir_kube_object *object; /* NULL: not among the objects */
	const struct heir_tree_node *path;
};

/* Finds for each file of the overlay the last MachineConfig of the MCO's own that has it. */
static void find_managed(const struct heir_overlay *overlay, const struct heir_kube_selected *taken,
	uint32_t n, struct managed *by_file)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct heir_kube_object *object = taken[i].object;
		enum heir_author author = object->id.author;

		if (author != HEIR_AUTHOR_TEMPLATE && author != HEIR_AUTHOR_CTRCFG &&
			author != HEIR_AUTHOR_RENDERED)
			continue;
		heir_tree_foreach(file, GET(object, "spec", "config", "storage", "files"))
		{
			const struct heir_tree_node *path = heir_tree_get(file, "path");
			uint32_t at = heir_map_get(&overlay->by_path, heir_node_text(path));

			if (at != HEIR_MAP_NONE)
				by_file[at] = (struct managed){object, path};
		}
	}
}

/* Reports a file of a foreign object where the MCO writes. */
static void check_managed(
	struct heir_check *check, const struct heir_overlay_file *file, const struct managed *mco)
{
	struct heir_diag *diag;

	if (!file->object ||
		(file->object->author != HEIR_AUTHOR_USER &&
			file->object->author != HEIR_AUTHOR_OPERATOR) ||
		!heir_config_is_managed(check->config, file->path))
		return;
	diag = heir_find(check, HEIR_RULE_MCO_MANAGED_OVERRIDE, file->where,
		"%s \"%s\" replaces %s, which the Machine Config Operator manages: its later "
		"changes do not reach the nodes",
		file->object->kind, file->object->name, file->path);
	if (mco->object)
		heir_find_note(check, diag, heir_object_place(mco->object, mco->path),
			"this is the file of %s \"%s\", which is replaced as a whole",
			mco->object->id.kind, mco->object->id.name);
	heir_find_help(check, diag,
		"put the difference into a drop-in of its own, such as "
		"/etc/crio/crio.conf.d/50-%s.conf",
		file->object->name);
}

/* The overlay has the files in the order of the objects. */
static void check_files(
	struct heir_check *check, const struct heir_kube_selected *taken, uint32_t n)
{
	const struct heir_overlay *overlay = check->core->root.overlay;
	struct managed *by_file = calloc(overlay->n + 1u, sizeof(*by_file));

	if (!by_file) {
		check->error = -ENOMEM;
		return;
	}
	find_managed(overlay, taken, n, by_file);
	for (uint32_t i = 0; i < overlay->n; i++)
		check_managed(check, &overlay->files[i], &by_file[i]);
	free(by_file);
}

/* ---- ContainerRuntimeConfigs ---- */

/* The fields that the MCO reads; those after N_COMMON_FIELDS only in some releases, and not as
 * values that a later one replaces. */
static const char *const ctrcfg_fields[] = {"pidsLimit", "logLevel", "logSizeMax", "overlaySize",
	"defaultRuntime", "additionalLayerStores", "additionalImageStores",
	"additionalArtifactStores", "containerGomaxprocsBehavior"};
enum { N_COMMON_FIELDS = 5 };

static bool is_ctrcfg(const struct heir_kube_object *object)
{
	return object->kind == HEIR_KUBE_CTRCFG;
}

static void check_field(struct heir_check *check, const struct heir_kube_object *object,
	const struct heir_tree_node *value)
{
	struct heir_near near = heir_near_to(value->key, &check->core->effort);
	struct heir_diag *diag;

	for (size_t i = 0; i < ARRAY_LEN(ctrcfg_fields); i++) {
		if (heir_str_eqz(value->key, ctrcfg_fields[i]))
			return;
		heir_near_try(&near, heir_str_from(ctrcfg_fields[i]));
	}
	diag = heir_find(check, HEIR_RULE_CTRCFG_UNKNOWN, heir_object_place(object, value),
		"ContainerRuntimeConfig \"%s\" sets \"%.*s\", which no release knows: the API "
		"server drops it",
		object->id.name, HEIR_STR_ARG(value->key));
	if (near.best.p)
		heir_find_help(check, diag, "did you mean \"%.*s\"?", HEIR_STR_ARG(near.best));
}

static void check_fields(struct heir_check *check)
{
	uint32_t n = heir_kube_n(check->kube, HEIR_KUBE_CTRCFG);

	for (uint32_t i = 0; i < n; i++) {
		const struct heir_kube_object *object =
			heir_kube_at(check->kube, HEIR_KUBE_CTRCFG, i);

		const struct heir_tree_node *config = GET(object, "spec", "containerRuntimeConfig");

		if (!heir_tree_is(config, HEIR_TREE_MAP))
			continue;
		heir_tree_foreach(value, config) check_field(check, object, value);
	}
}

/* Reports what an earlier and a later object of the pool both set. A custom pool may take the same
 * object twice: for itself and as part of what workers get. */
static void check_conflict(struct heir_check *check, const struct heir_kube_selected *taken,
	uint32_t n, const char *field)
{
	const struct heir_kube_object *winner = NULL;
	struct heir_place counts = HEIR_PLACE_NONE;

	for (uint32_t i = n; i-- > 0;) {
		const struct heir_kube_object *object = taken[i].object;
		const struct heir_tree_node *value;
		struct heir_diag *diag;

		if (!is_ctrcfg(object) || object == winner)
			continue;
		value = GET(object, "spec", "containerRuntimeConfig", field);
		if (!value)
			continue;
		if (!winner) {
			winner = object;
			counts = heir_object_place(object, value);
			continue;
		}
		diag = heir_find(check, HEIR_RULE_CTRCFG_CONFLICT, heir_object_place(object, value),
			"ContainerRuntimeConfig \"%s\" sets %s for the pool \"%.*s\", and so "
			"does \"%s\", which is newer and wins",
			object->id.name, field, HEIR_STR_ARG(heir_str_from(check->pool)),
			winner->id.name);
		heir_find_note(check, diag, counts, "set here too");
	}
}

/* ---- What is missing ---- */

/* Reports ContainerRuntimeConfigs that select no pool. */
static void check_selectors(struct heir_check *check)
{
	uint32_t n = heir_kube_n(check->kube, HEIR_KUBE_CTRCFG);

	for (uint32_t i = 0; i < n; i++) {
		const struct heir_kube_object *object =
			heir_kube_at(check->kube, HEIR_KUBE_CTRCFG, i);
		const struct heir_tree_node *selector =
			GET(object, "spec", "machineConfigPoolSelector");
		struct heir_diag *diag;

		if (!heir_ctrcfg_selects_nothing(check->kube, object))
			continue;
		diag = heir_find(check, HEIR_RULE_CTRCFG_SELECTS_NOTHING,
			heir_object_place(object, selector),
			selector && selector->first
				? "ContainerRuntimeConfig \"%s\" selects no pool and has no effect"
				: "ContainerRuntimeConfig \"%s\" has no machineConfigPoolSelector, "
				  "so it selects no pool and has no effect",
			object->id.name);
		heir_find_help(check, diag,
			"select a pool by a label of it: machineConfigPoolSelector: {matchLabels: "
			"{pools.operator.machineconfiguration.openshift.io/worker: \"\"}}");
	}
}

/* Only objects, without the MCO's templates: the rest of the node is not known. */
static void check_base(struct heir_check *check, const struct heir_kube_selected *taken, uint32_t n)
{
	static const char base[] = "/etc/crio/crio.conf.d/00-default";
	struct heir_diag *diag;

	if (n == 0 || !heir_root_is_assumed(&check->core->root) ||
		heir_root_overlaid(&check->core->root, base))
		return;
	diag = heir_find(check, HEIR_RULE_OBJECT_NO_BASE, taken[0].object->where,
		"the objects do not contain %s, which the Machine Config Operator writes on every "
		"node: "
		"CRI-O's built-in defaults are assumed instead",
		base);
	heir_find_help(check, diag,
		"add the MachineConfigs of the cluster: oc get machineconfigs -o yaml");
}

void heir_check_objects(struct heir_check *check)
{
	const struct heir_kube_selected *taken = NULL;
	uint32_t n = 0;

	if (!check->kube)
		return;
	if (check->pool && heir_kube_take(check->kube, check->pool, &taken, &n) < 0) {
		check->error = -ENOMEM;
		return;
	}
	for (uint32_t i = 0; !check->res->fatal && i < heir_kube_n(check->kube, HEIR_KUBE_CLASS);
		i++)
		check_class(check, heir_kube_at(check->kube, HEIR_KUBE_CLASS, i), taken, n);
	check_selectors(check);
	check_fields(check);
	if (!check->pool)
		return;
	check_base(check, taken, n);
	check_files(check, taken, n);
	for (size_t i = 0; i < N_COMMON_FIELDS; i++)
		check_conflict(check, taken, n, ctrcfg_fields[i]);
}
