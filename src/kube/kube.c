/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/kube.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kube/author.h"
#include "kube/store.h"
#include "node/verdict.h"

/* Of an object of Kubernetes. */
enum { MAX_NAME_LEN = 253 };

struct kind_row {
	const char *kind, *group;
};

#define AS_ROW(name, kind, group) {kind, group},
static const struct kind_row kinds[] = {HEIR_KUBE_KINDS(AS_ROW)};

/* A text that is being read. */
struct input {
	struct heir_kube *kube;
	const char *name;
	uint32_t source;
	struct heir_str text;
	bool is_silent; /* nobody knows that it should parse */
};

int heir_kube_new(struct heir_core *core, struct heir_kube **ret)
{
	struct heir_kube *kube = calloc(1, sizeof(*kube));

	if (!kube)
		return -ENOMEM;
	kube->core = core;
	*ret = kube;
	return 0;
}

struct heir_kube *heir_kube_free(struct heir_kube *kube)
{
	if (!kube)
		return NULL;
	for (size_t i = 0; i < HEIR_KUBE_N_KINDS; i++) {
		free(kube->lists[i].items);
		heir_map_release(&kube->lists[i].by_name);
	}
	free(kube);
	return NULL;
}

uint32_t heir_kube_n(const struct heir_kube *kube, enum heir_kube_kind kind)
{
	return kube->lists[kind].n;
}

const struct heir_kube_object *heir_kube_at(
	const struct heir_kube *kube, enum heir_kube_kind kind, uint32_t i)
{
	return kube->lists[kind].items[i];
}

const struct heir_kube_object *heir_kube_find(
	const struct heir_kube *kube, enum heir_kube_kind kind, struct heir_str name)
{
	uint32_t i = heir_map_get(&kube->lists[kind].by_name, name);

	return i == HEIR_MAP_NONE ? NULL : kube->lists[kind].items[i];
}

bool heir_kube_is_rendered(const struct heir_kube_object *config, struct heir_str *ret_pool)
{
	return heir_is_rendered(heir_str_from(config->id.name), ret_pool);
}

/* ---- Keeping ---- */

static int append(struct heir_kube_list *list, const struct heir_kube_object *object)
{
	if (list->n == list->size) {
		uint32_t size = list->size ? list->size * 2 : 16;
		const struct heir_kube_object **items =
			reallocarray(list->items, size, sizeof(*items)); /* NOLINT */

		if (!items)
			return -ENOMEM;
		list->items = items;
		list->size = size;
	}
	list->items[list->n++] = object;
	return 0;
}

static int replace(struct heir_kube *kube, struct heir_kube_list *list, uint32_t i,
	const struct heir_kube_object *object)
{
	const struct heir_kube_object *before = list->items[i];
	struct heir_diag *diag;

	list->items[i] = object;
	if (heir_str_eq(before->text, object->text))
		return 0;
	diag = heir_object_fault(kube->core, object, HEIR_RULE_OBJECT_TWICE, NULL,
		"which comes twice: this one counts");
	return diag && heir_diag_note(diag, &kube->core->arena, before->where, "the other one")
		       ? 0
		       : -ENOMEM;
}

/* What no two of a kind have in common; empty: no memory. */
static struct heir_str key_of(struct heir_kube *kube, const struct heir_kube_object *object)
{
	const struct heir_tree_node *metadata = heir_tree_get(object->root, "metadata");
	struct heir_str namespace;

	if (object->kind != HEIR_KUBE_POD)
		return heir_str_from(object->id.name);
	namespace = heir_node_text(heir_tree_get(metadata, "namespace"));
	return heir_str_from(heir_arena_printf(
		&kube->core->arena, "%.*s/%s", HEIR_STR_ARG(namespace), object->id.name));
}

static int keep(struct heir_kube *kube, const struct heir_kube_object *object)
{
	struct heir_kube_list *list = &kube->lists[object->kind];
	struct heir_str key = key_of(kube, object);
	uint32_t i;
	bool is_new;
	int r = key.p ? heir_map_put(&list->by_name, key, list->n, &i, &is_new) : -ENOMEM;

	kube->taken_by = NULL;
	if (r < 0)
		return r;
	if (is_new)
		return append(list, object);
	/* A must-gather has each pod twice: in the list of its namespace, and by itself. */
	if (object->kind == HEIR_KUBE_POD) {
		list->items[i] = object;
		return 0;
	}
	return replace(kube, list, i, object);
}

static int judge_role(
	struct heir_kube *kube, const struct heir_kube_object *config, struct heir_str role)
{
	if (config->id.author == HEIR_AUTHOR_RENDERED || role.len > 0)
		return 0;
	return heir_object_fault(kube->core, config, HEIR_RULE_OBJECT_NO_ROLE, NULL,
		       "$.metadata.labels: without the label " HEIR_KUBE_ROLE " no pool takes it")
		       ? 0
		       : -ENOMEM;
}

/* ---- Objects of a text ---- */

static int make_object(const struct input *input, enum heir_kube_kind kind,
	const struct heir_tree_node *root, struct heir_kube_object **ret)
{
	const struct heir_tree_node *name = heir_tree_get(heir_tree_get(root, "metadata"), "name");
	struct heir_arena *arena = &input->kube->core->arena;
	struct heir_kube_object *object = heir_arena_new(arena, struct heir_kube_object);
	struct heir_str text = heir_node_text(name);

	if (!object)
		return -ENOMEM;
	object->kind = kind;
	object->root = root;
	object->text = (struct heir_str){input->text.p + root->at, root->len};
	object->whole = (struct heir_place){input->source, root->at, root->len};
	object->where = heir_object_place(object, name ? name : root);
	object->id.input = input->name;
	object->id.kind = kinds[kind].kind;
	object->id.author = HEIR_AUTHOR_USER;
	object->id.name = heir_arena_strndup(arena, text.p, text.len);
	if (!object->id.name)
		return -ENOMEM;
	*ret = object;
	return 0;
}

static int take_object(
	const struct input *input, enum heir_kube_kind kind, const struct heir_tree_node *root)
{
	struct heir_kube *kube = input->kube;
	struct heir_kube_object *object;
	const char *fault;
	struct heir_str role;
	int r = make_object(input, kind, root, &object);

	if (r < 0)
		return r;
	/* The name goes into whatever is told of the object's files. */
	fault = object->id.name[0] == '\0'               ? "no name"
		: strlen(object->id.name) > MAX_NAME_LEN ? "longer than a name can be"
							 : NULL;
	if (fault)
		return heir_object_fault(kube->core, object, HEIR_RULE_OBJECT_INVALID, root,
			       "$.metadata.name: %s", fault)
			       ? 0
			       : -ENOMEM;
	if (kind == HEIR_KUBE_CONFIG) {
		role = heir_object_label(object, HEIR_KUBE_ROLE);
		object->id.author = heir_author_of_config(object, role);
		r = judge_role(kube, object, role);
	}
	return r == 0 ? keep(kube, object) : r;
}

static bool is_of_kind(const struct kind_row *row, struct heir_str kind, struct heir_str version)
{
	/* The group of Pod and Node has no name: there the version stands alone. */
	bool in_group = strchr(row->group, '/') ? heir_str_starts(version, row->group)
						: heir_str_eqz(version, row->group);

	return in_group && heir_str_eqz(kind, row->kind);
}

/* One object. Items of a list as the API server sends it have neither kind nor version: they are
 * what the list is said to be of. */
static int take_item(const struct input *input, const struct heir_tree_node *root,
	struct heir_str kind, struct heir_str version)
{
	const struct heir_tree_node *own_kind = heir_tree_get(root, "kind");
	const struct heir_tree_node *own_version = heir_tree_get(root, "apiVersion");

	if (own_kind)
		kind = heir_node_text(own_kind);
	if (own_version)
		version = heir_node_text(own_version);
	for (size_t i = 0; i < HEIR_KUBE_N_KINDS; i++)
		if (is_of_kind(&kinds[i], kind, version))
			return take_object(input, (enum heir_kube_kind)i, root);
	return 0;
}

static int take_document(void *data, const struct heir_tree_node *root)
{
	const struct input *input = data;
	struct heir_str kind = heir_node_text(heir_tree_get(root, "kind"));
	struct heir_str version = heir_node_text(heir_tree_get(root, "apiVersion"));
	const struct heir_tree_node *items = heir_tree_get(root, "items");
	int r = 0;

	if (!heir_tree_is(items, HEIR_TREE_LIST) || kind.len < 4 ||
		memcmp(kind.p + kind.len - 4, "List", 4) != 0)
		return take_item(input, root, kind, version);
	kind.len -= 4;
	heir_tree_foreach(item, items)
	{
		r = take_item(input, item, kind, version);
		if (r < 0)
			break;
	}
	return r;
}

static int take_fault(void *data, const struct heir_tree_fault *fault)
{
	const struct input *input = data;
	struct heir_core *core = input->kube->core;

	if (input->is_silent)
		return 0;
	return heir_diags_add(&core->diags, &core->arena, HEIR_RULE_OBJECT_SYNTAX,
		       (struct heir_place){input->source, fault->at, fault->len}, "%s", fault->what)
		       ? 0
		       : -ENOMEM;
}

static bool mentions(struct heir_str text, const char *word)
{
	return text.len > 0 && memmem(text.p, text.len, word, strlen(word));
}

bool heir_kube_may_hold(struct heir_str text)
{
	for (size_t i = 0; i < HEIR_KUBE_N_KINDS; i++)
		if (mentions(text, kinds[i].kind))
			return true;
	return false;
}

static bool mentions_api(struct heir_str text)
{
	return mentions(text, kinds[HEIR_KUBE_CONFIG].group) ||
	       mentions(text, kinds[HEIR_KUBE_CLASS].group);
}

int heir_kube_read_text(
	struct heir_kube *kube, const char *input, struct heir_str text, bool in_directory)
{
	struct input reading = {.kube = kube, .name = input, .text = text};
	const struct heir_tree_receiver receiver = {&reading, take_document, take_fault};
	struct heir_core *core = kube->core;
	bool too_long = text.len > HEIR_TREE_MAX_TEXT;
	int r;

	reading.is_silent = in_directory && !too_long && !mentions_api(text);
	r = heir_sources_add(&core->sources, input, too_long ? HEIR_STR("") : text,
		HEIR_SCOPE_OBJECT, &reading.source);
	return r == 0 ? heir_tree_read(text, &core->arena, heir_kube_filter, &receiver) : r;
}

int heir_kube_read(struct heir_kube *kube, const char *input, struct heir_str text)
{
	return heir_kube_read_text(kube, input, text, false);
}
