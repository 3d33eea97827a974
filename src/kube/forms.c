/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that are equivalent to MachineConfigs: Ignition and Butane configs, and the contents of
 * HyperShift ConfigMaps. */
#include <errno.h>
#include <string.h>

#include "kube/store.h"
#include "node/verdict.h"

/* The last part of the input's name. */
static const char *input_base_name(const char *name)
{
	const char *slash = strrchr(name, '/');

	if (strcmp(name, "-") == 0)
		return "standard-input";
	return slash && slash[1] ? slash + 1 : name;
}

static enum heir_kube_form form_of(
	const struct heir_kube_input *input, const struct heir_tree_node *root)
{
	const struct heir_tree_node *ignition = heir_tree_get(root, "ignition");

	if (heir_tree_is_scalar(heir_tree_get(root, "variant")))
		return HEIR_KUBE_FORM_BUTANE;
	/* Those in an installation directory belong to other nodes. */
	return heir_tree_is_scalar(heir_tree_get(ignition, "version")) && !input->in_directory
		       ? HEIR_KUBE_FORM_IGNITION
		       : HEIR_KUBE_FORM_MCO;
}

int heir_kube_make_config(const struct heir_kube_input *input, const struct heir_tree_node *root,
	struct heir_kube_object **ret)
{
	static const char *const kinds[] = {[HEIR_KUBE_FORM_IGNITION] = "Ignition config",
		[HEIR_KUBE_FORM_BUTANE] = "Butane config"};
	const struct heir_tree_node *name = heir_tree_get(heir_tree_get(root, "metadata"), "name");
	struct heir_arena *arena = &input->kube->core->arena;
	enum heir_kube_form form = form_of(input, root);
	struct heir_str text = heir_node_text(name);
	struct heir_kube_object *object;

	*ret = NULL;
	if (form == HEIR_KUBE_FORM_MCO)
		return 0;
	object = heir_arena_new(arena, struct heir_kube_object);
	if (!object)
		return -ENOMEM;
	if (text.len == 0)
		text = heir_str_from(input_base_name(input->name));
	object->kind = HEIR_KUBE_CONFIG;
	object->form = form;
	object->root = root;
	object->config = root;
	object->text = (struct heir_str){input->text.p + root->at, root->len};
	object->whole = (struct heir_place){input->source, root->at, root->len};
	object->where = heir_object_place(object, name ? name : root);
	object->id.input = input->name;
	object->id.kind = kinds[form];
	object->id.name = heir_arena_strndup(arena, text.p, text.len);
	object->hosted_by = input->hosted_by;
	object->any_pool = heir_object_label(object, HEIR_KUBE_ROLE).len == 0;
	*ret = object;
	return object->id.name ? 0 : -ENOMEM;
}

int heir_kube_take_config_map(struct heir_kube_input *input, const struct heir_tree_node *root)
{
	struct heir_arena *arena = &input->kube->core->arena;
	struct heir_str name =
		heir_node_text(heir_tree_get(heir_tree_get(root, "metadata"), "name"));
	struct heir_str text = heir_node_text(heir_tree_get(heir_tree_get(root, "data"), "config"));
	struct heir_kube_hosted *hosted;

	if (input->hosted_by || name.len == 0 || !heir_kube_mentions_api(text))
		return 0;
	hosted = heir_arena_new(arena, struct heir_kube_hosted);
	if (!hosted)
		return -ENOMEM;
	hosted->text = text;
	hosted->config_map = heir_arena_strndup(arena, name.p, name.len);
	if (!hosted->config_map)
		return -ENOMEM;
	*input->last_hosted = hosted;
	input->last_hosted = &hosted->next;
	return 0;
}
