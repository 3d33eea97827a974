/* SPDX-License-Identifier: Apache-2.0 */
/* Sorts documents into objects by kind, and replaces objects that occur again. */
#include "kube/kube.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "kube/author.h"
#include "kube/butane.h"
#include "kube/ignition.h"
#include "kube/store.h"
#include "node/verdict.h"

/* Kubernetes' limit. */
enum { MAX_NAME_LEN = 253 };

struct kind_row {
	const char *kind, *group;
};

#define AS_ROW(name, kind, group) {kind, group},
static const struct kind_row kinds[] = {HEIR_KUBE_KINDS(AS_ROW)};

int heir_kube_new(struct heir_core *core, struct heir_kube **ret)
{
	struct heir_kube *kube = calloc(1, sizeof(*kube));

	if (!kube)
		return -ENOMEM;
	kube->core = core;
	kube->local_left = HEIR_IGNITION_MAX_UNPACKED;
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

static int append_object(struct heir_kube_list *list, const struct heir_kube_object *object)
{
	if (HEIR_RESERVE(list->items, list->n, list->size) < 0)
		return -ENOMEM;
	list->items[list->n++] = object;
	return 0;
}

static int replace_object(struct heir_kube *kube, struct heir_kube_list *list, uint32_t i,
	const struct heir_kube_object *object)
{
	const struct heir_kube_object *before = list->items[i];
	struct heir_diag *diag;

	/* The output of butane is often next to its input. */
	if (object->form == HEIR_KUBE_FORM_BUTANE && before->form == HEIR_KUBE_FORM_MCO)
		return 0;
	list->items[i] = object;
	if (heir_str_eq(before->text, object->text) ||
		(object->form == HEIR_KUBE_FORM_MCO && before->form == HEIR_KUBE_FORM_BUTANE))
		return 0;
	diag = heir_object_fault(kube->core, object, HEIR_RULE_OBJECT_TWICE, NULL,
		"defined twice; the later one is used");
	return diag && heir_diag_note(diag, &kube->core->arena, before->where, "the other one")
		       ? 0
		       : -ENOMEM;
}

/* Returns what identifies the object within its kind; empty if there is no memory. */
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

/* Adds an object, or lets it replace an earlier one with the same name. */
static int keep_object(struct heir_kube *kube, const struct heir_kube_object *object)
{
	struct heir_kube_list *list = &kube->lists[object->kind];
	struct heir_str key = key_of(kube, object);
	uint32_t i;
	bool is_new;
	int r = key.p ? heir_map_put(&list->by_name, key, list->n, &i, &is_new) : -ENOMEM;

	kube->selected_by = NULL;
	if (r < 0)
		return r;
	if (is_new)
		return append_object(list, object);
	/* A must-gather has each pod twice: in the list of its namespace and in a file of its
	 * own. */
	if (object->kind == HEIR_KUBE_POD) {
		list->items[i] = object;
		return 0;
	}
	return replace_object(kube, list, i, object);
}

static int judge_role(
	struct heir_kube *kube, const struct heir_kube_object *config, struct heir_str role)
{
	if (config->id.author == HEIR_AUTHOR_RENDERED || role.len > 0 || config->any_pool)
		return 0;
	return heir_object_fault(kube->core, config, HEIR_RULE_OBJECT_NO_ROLE, NULL,
		       "$.metadata.labels: without the label " HEIR_KUBE_ROLE " no pool selects it")
		       ? 0
		       : -ENOMEM;
}

/* ---- Objects of a text ---- */

/* Makes an object of a document: names, places, and the Ignition config in it. */
static int make_object(const struct heir_kube_input *input, enum heir_kube_kind kind,
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
	object->id.created =
		heir_node_text(heir_tree_get(heir_tree_get(root, "metadata"), "creationTimestamp"));
	object->id.author = HEIR_AUTHOR_USER;
	object->hosted_by = input->hosted_by;
	object->any_pool = input->hosted_by != NULL;
	if (kind == HEIR_KUBE_CONFIG)
		object->config = heir_tree_get(heir_tree_get(root, "spec"), "config");
	object->id.name = heir_arena_strndup(arena, text.p, text.len);
	if (!object->id.name)
		return -ENOMEM;
	*ret = object;
	return 0;
}

/* Keeps the object, if it has a valid name. */
static int judge_object(const struct heir_kube_input *input, struct heir_kube_object *object)
{
	struct heir_kube *kube = input->kube;
	const char *fault;
	struct heir_str role;
	int r = 0;

	/* The name is part of every message about the object's files. */
	fault = object->id.name[0] == '\0'               ? "no name"
		: strlen(object->id.name) > MAX_NAME_LEN ? "too long for a name"
							 : NULL;
	if (fault)
		return heir_object_fault(kube->core, object, HEIR_RULE_OBJECT_INVALID, object->root,
			       "$.metadata.name: %s", fault)
			       ? 0
			       : -ENOMEM;
	if (object->kind == HEIR_KUBE_CONFIG) {
		role = heir_object_label(object, HEIR_KUBE_ROLE);
		object->id.author = heir_author_of_config(object, role);
		r = judge_role(kube, object, role);
	}
	return r == 0 ? keep_object(kube, object) : r;
}

static bool is_of_kind(const struct kind_row *row, struct heir_str kind, struct heir_str version)
{
	/* The core API group has no name; the version stands alone. */
	bool in_group = strchr(row->group, '/') ? heir_str_starts(version, row->group)
						: heir_str_eqz(version, row->group);

	return in_group && heir_str_eqz(kind, row->kind);
}

static int skip_object(const struct heir_kube_input *input, const struct heir_tree_node *root,
	struct heir_str kind, const char *why)
{
	const struct heir_trace *trace = input->kube->core->trace;
	struct heir_str name =
		heir_node_text(heir_tree_get(heir_tree_get(root, "metadata"), "name"));

	heir_trace_report(trace, 0, HEIR_TRACE_objects, input->name, "skipped", "%.*s %.*s: %s",
		HEIR_STR_ARG(kind), HEIR_STR_ARG(name), why);
	if (!input->kube->other_kind && kind.len > 0)
		input->kube->other_kind = heir_arena_printf(&input->kube->core->arena, "%.*s",
			(int)MIN(kind.len, (size_t)MAX_NAME_LEN), kind.p);
	return kind.len > 0 && !input->kube->other_kind ? -ENOMEM : 0;
}

static int take_kindless(const struct heir_kube_input *input, const struct heir_tree_node *root)
{
	struct heir_kube_object *object;
	int r = heir_kube_make_config(input, root, &object);

	if (r < 0 || !object)
		return r;
	if (object->form == HEIR_KUBE_FORM_BUTANE)
		r = heir_butane_read(input->kube, object, input->dir);
	return r == 0 ? judge_object(input, object) : r;
}

static int take_item(struct heir_kube_input *input, const struct heir_tree_node *root,
	struct heir_str kind, struct heir_str version)
{
	if (kind.len == 0 && version.len == 0)
		return take_kindless(input, root);
	if (heir_str_eqz(kind, "ConfigMap") && heir_str_eqz(version, "v1"))
		return heir_kube_take_config_map(input, root);
	for (size_t i = 0; i < HEIR_KUBE_N_KINDS; i++)
		if (is_of_kind(&kinds[i], kind, version)) {
			struct heir_kube_object *object;
			int r = make_object(input, (enum heir_kube_kind)i, root, &object);

			return r == 0 ? judge_object(input, object) : r;
		}
	return skip_object(input, root, kind, "not a kind that heir reads");
}

/* A list that is being read. Items of a typed list, as the API server sends it, have neither kind
 * nor version: the list's name gives both. */
struct open_list {
	const struct heir_tree_node *next;
	struct heir_str kind, version;
};

static bool open_list(const struct heir_tree_node *root, struct heir_str kind,
	struct heir_str version, struct open_list *ret)
{
	const struct heir_tree_node *items = heir_tree_get(root, "items");

	if (!heir_tree_is(items, HEIR_TREE_LIST) || kind.len < 4 ||
		memcmp(kind.p + kind.len - 4, "List", 4) != 0)
		return false;
	kind.len -= 4;
	/* A plain List says nothing about its items. */
	*ret = (struct open_list){items->first, kind, kind.len ? version : HEIR_STR("")};
	return true;
}

/* Walks a document and the lists in it without recursion, and keeps all objects. */
static int keep_document(void *data, const struct heir_tree_node *root)
{
	struct heir_kube_input *input = data;
	/* A list within a list takes two levels. */
	struct open_list lists[HEIR_TREE_MAX_DEPTH / 2 + 1];
	const struct open_list outermost = {root, HEIR_STR(""), HEIR_STR("")};
	size_t n = 1;
	int r = 0;

	lists[0] = outermost;
	while (r == 0 && n > 0) {
		struct open_list *top = &lists[n - 1];
		const struct heir_tree_node *item = top->next;
		const struct heir_tree_node *kind_node = heir_tree_get(item, "kind");
		const struct heir_tree_node *version_node = heir_tree_get(item, "apiVersion");
		struct heir_str kind = kind_node ? heir_node_text(kind_node) : top->kind;
		struct heir_str version =
			version_node ? heir_node_text(version_node) : top->version;

		if (!item) {
			n--;
			continue;
		}
		top->next = n > 1 ? item->next : NULL;
		if (n < ARRAY_LEN(lists) && open_list(item, kind, version, &lists[n]))
			n++;
		else
			r = take_item(input, item, kind, version);
	}
	return r;
}

static int keep_fault(void *data, const struct heir_tree_fault *fault)
{
	const struct heir_kube_input *input = data;
	struct heir_core *core = input->kube->core;

	if (input->is_silent)
		return 0;
	return heir_diags_add(&core->diags, &core->arena, HEIR_RULE_OBJECT_SYNTAX,
		       (struct heir_place){input->source, fault->at, fault->len}, "%s", fault->what)
		       ? 0
		       : -ENOMEM;
}

static bool has_word(struct heir_str text, const char *word)
{
	return text.len > 0 && memmem(text.p, text.len, word, strlen(word));
}

bool heir_kube_may_hold(struct heir_str text)
{
	for (size_t i = 0; i < HEIR_KUBE_N_KINDS; i++)
		if (has_word(text, kinds[i].kind))
			return true;
	/* For Butane configs and HyperShift ConfigMaps. */
	return has_word(text, "variant:") ||
	       (has_word(text, "ConfigMap") && heir_kube_mentions_api(text));
}

bool heir_kube_mentions_api(struct heir_str text)
{
	return has_word(text, kinds[HEIR_KUBE_CONFIG].group) ||
	       has_word(text, kinds[HEIR_KUBE_CLASS].group);
}

static int read_one(struct heir_kube_input *input)
{
	const struct heir_tree_receiver receiver = {input, keep_document, keep_fault};
	struct heir_core *core = input->kube->core;
	bool too_long = input->text.len > HEIR_TREE_MAX_TEXT;
	int r;

	input->is_silent = input->in_directory && !too_long && !heir_kube_mentions_api(input->text);
	r = heir_sources_add(&core->sources, input->name, too_long ? HEIR_STR("") : input->text,
		HEIR_SCOPE_OBJECT, &input->source);
	return r == 0 ? heir_tree_read(input->text, &core->arena, heir_kube_filter, &receiver) : r;
}

/* Reads the contents of a ConfigMap, in which another ConfigMap is ignored. */
static int read_hosted(const struct heir_kube_input *outer, const struct heir_kube_hosted *hosted)
{
	struct heir_arena *arena = &outer->kube->core->arena;
	struct heir_kube_input input = {
		.kube = outer->kube, .text = hosted->text, .hosted_by = hosted->config_map};

	input.name = heir_arena_printf(arena, "%s (ConfigMap %s)", outer->name, hosted->config_map);
	return input.name ? read_one(&input) : -ENOMEM;
}

static int read_input(struct heir_kube_input *input)
{
	int r;

	input->last_hosted = &input->hosted;
	r = read_one(input);
	for (const struct heir_kube_hosted *h = input->hosted; r == 0 && h; h = h->next)
		r = read_hosted(input, h);
	return r;
}

int heir_kube_read_text(struct heir_kube *kube, const char *name, const char *path,
	struct heir_str text, bool in_directory)
{
	struct heir_kube_input input = {
		.kube = kube, .name = name, .text = text, .in_directory = in_directory};
	const char *slash = strrchr(path, '/');

	input.dir = slash ? heir_arena_strndup(&kube->core->arena, path,
				    slash == path ? 1 : (size_t)(slash - path))
			  : "";
	return input.dir ? read_input(&input) : -ENOMEM;
}

int heir_kube_read(struct heir_kube *kube, const char *input, struct heir_str text)
{
	struct heir_kube_input reading = {.kube = kube, .name = input, .text = text};

	return read_input(&reading);
}

const char *heir_kube_other_kind(const struct heir_kube *kube)
{
	return kube->other_kind;
}
