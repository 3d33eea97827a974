/* SPDX-License-Identifier: Apache-2.0 */
/* The annotations in a bundle. A config.json has 10 kB and more, of which five strings matter: the
 * tree reader keeps only those, and is several times as fast as jansson. */
#include <errno.h>

#include "apply/containers.h"
#include "base/file.h"
#include "kube/tree.h"

struct reading {
	struct heir_containers *list;
	struct heir_str id;
	const char *bundle, *path; /* the directory, and its config.json */
	bool is_read;
};

/* ---- What counts ---- */

static const struct heir_tree_filter annotations_filter[] = {
	{"io.kubernetes.cri-o.ContainerType", NULL},
	{"io.kubernetes.cri-o.KubeName", NULL},
	{"io.kubernetes.cri-o.Namespace", NULL},
	{"io.kubernetes.cri-o.RuntimeHandler", NULL},
	{"io.kubernetes.cri-o.SandboxID", NULL},
	{"io.kubernetes.container.name", NULL},
	{"io.kubernetes.pod.name", NULL},
	{NULL, NULL},
};

static const struct heir_tree_filter filter[] = {
	{"annotations", annotations_filter},
	{NULL, NULL},
};

/* Copies an annotation; .p is NULL if there is none. */
static int copy_annotation(struct heir_containers *list, const struct heir_tree_node *annotations,
	const char *name, struct heir_str *ret)
{
	const struct heir_tree_node *value = heir_tree_get(annotations, name);

	*ret = HEIR_STR_NULL;
	if (!heir_tree_is(value, HEIR_TREE_STRING))
		return 0;
	ret->len = value->text.len;
	ret->p = heir_arena_strndup(&list->arena, value->text.p, ret->len);
	return ret->p ? 0 : -ENOMEM;
}

/* Adds the pod of a sandbox. Old releases have its name in the annotation KubeName. */
static int read_sandbox(
	struct heir_containers *list, const struct heir_tree_node *annotations, struct heir_str id)
{
	struct heir_str name, space, handler;
	struct heir_crio_pod *pod;
	int r = copy_annotation(list, annotations, "io.kubernetes.pod.name", &name);

	if (r == 0 && !name.p)
		r = copy_annotation(list, annotations, "io.kubernetes.cri-o.KubeName", &name);
	if (r == 0)
		r = copy_annotation(list, annotations, "io.kubernetes.cri-o.Namespace", &space);
	if (r == 0)
		r = copy_annotation(
			list, annotations, "io.kubernetes.cri-o.RuntimeHandler", &handler);
	if (r == 0)
		r = heir_containers_add_pod(list, id, &pod);
	if (r < 0)
		return r;
	if (name.p)
		pod->name = name;
	if (space.p)
		pod->space = space;
	if (handler.p)
		pod->handler = handler;
	return 0;
}

/* Adds the container of a bundle. Without the id of a sandbox it is not CRI-O's. */
static int read_annotations(const struct reading *reading, const struct heir_tree_node *annotations)
{
	struct heir_containers *list = reading->list;
	struct heir_str pod, name, type;
	struct heir_container *item;
	int r = copy_annotation(list, annotations, "io.kubernetes.cri-o.SandboxID", &pod);

	if (r == 0)
		r = copy_annotation(list, annotations, "io.kubernetes.container.name", &name);
	if (r == 0)
		r = copy_annotation(list, annotations, "io.kubernetes.cri-o.ContainerType", &type);
	if (r == 0)
		r = heir_containers_add(list, reading->id, &item);
	if (r < 0)
		return r;
	item->bundle = item->bundle ? item->bundle : reading->bundle;
	item->foreign = !pod.p;
	item->pod = pod;
	if (name.p)
		item->name = name;
	return pod.p && type.p && heir_str_eqz(type, "sandbox")
		       ? read_sandbox(list, annotations, pod)
		       : 0;
}

/* ---- Reading ---- */

static int read_bundle(void *data, const struct heir_tree_node *root)
{
	struct reading *reading = data;

	if (reading->is_read)
		return heir_containers_fail(
			reading->list, "%s: more than one document", reading->path);
	reading->is_read = true;
	if (!heir_tree_is(root, HEIR_TREE_MAP))
		return heir_containers_fail(reading->list, "%s: not an object", reading->path);
	return read_annotations(reading, heir_tree_get(root, "annotations"));
}

static int reject_bundle(void *data, const struct heir_tree_fault *fault)
{
	const struct reading *reading = data;

	return heir_containers_fail(reading->list, "%s: byte %u: %s", reading->path,
		(unsigned)fault->at + 1, fault->what);
}

/* Returns whether it is JSON; the tree reader would accept YAML as well. */
static bool begins_object(struct heir_str text)
{
	size_t i = 0;

	while (i < text.len && text.p[i] && strchr(" \t\r\n", text.p[i]))
		i++;
	return i < text.len && text.p[i] == '{';
}

int heir_containers_read_bundle(struct heir_containers *list, struct heir_root *root,
	struct heir_str id, const char *bundle)
{
	struct reading reading = {list, id, bundle,
		heir_arena_concat(&list->arena, bundle, "/config.json", ""), false};
	const struct heir_tree_receiver receiver = {&reading, read_bundle, reject_bundle};
	struct heir_arena arena;
	struct heir_str text;
	int r;

	if (!reading.path)
		return -ENOMEM;
	heir_arena_init(&arena);
	r = heir_file_read(root, reading.path, &arena, &text);
	if (r == -ENOTDIR)
		r = -ENOENT;
	else if (r < 0 && r != -ENOENT && r != -ENOMEM)
		r = heir_containers_fail(list, "%s: %s", reading.path, heir_file_error(r));
	else if (r == 0 && !begins_object(text))
		r = heir_containers_fail(list, "%s: not a JSON object", reading.path);
	else if (r == 0)
		r = heir_tree_read(text, &arena, filter, &receiver);
	heir_arena_release(&arena);
	return r;
}
