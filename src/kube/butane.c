/* SPDX-License-Identifier: Apache-2.0 */
/* Rewrites a Butane config into the tree of an Ignition config by replacing `local` and `inline`
 * members. Nodes are copied where they change, so places stay those of the Butane file. */
#include "kube/butane.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "kube/store.h"

struct job {
	struct heir_kube *kube;
	struct heir_core *core;
	struct heir_kube_object *object;
	const char *dir;       /* or NULL */
	struct heir_root root; /* of `dir` */
	bool is_open;
};

/* ---- Trees ---- */

/* Copies a member or item with its siblings; an empty one if `from` is NULL. Returns NULL if there
 * is no memory. */
static struct heir_tree_node *copy_tree_node(struct job *job, const struct heir_tree_node *from)
{
	struct heir_tree_node *node = heir_arena_new(&job->core->arena, struct heir_tree_node);

	if (node && from)
		*node = *from;
	if (node)
		node->next = NULL;
	return node;
}

/* Copies the map with `value` as member `key`. Returns NULL if there is no memory. */
static const struct heir_tree_node *with_member(struct job *job, const struct heir_tree_node *map,
	const char *key, const struct heir_tree_node *value)
{
	struct heir_tree_node *new = copy_tree_node(job, map), *member = copy_tree_node(job, value);
	const struct heir_tree_node **last;

	if (!new || !member)
		return NULL;
	last = &new->first;
	heir_tree_foreach(child, map)
	{
		struct heir_tree_node *other;

		if (heir_str_eqz(child->key, key))
			continue;
		other = copy_tree_node(job, child);
		if (!other)
			return NULL;
		*last = other;
		last = &other->next;
	}
	member->key = heir_str_from(key);
	*last = member;
	return new;
}

/* Returns the replacement of an item, or NULL if there is no memory. */
typedef const struct heir_tree_node *(*change_fn)(
	struct job *job, const struct heir_tree_node *item, uint32_t index);

/* Copies the map with `change` applied to each item of the list `key`. Returns NULL if there is no
 * memory. */
static const struct heir_tree_node *with_changed(
	struct job *job, const struct heir_tree_node *map, const char *key, change_fn change)
{
	const struct heir_tree_node *list = heir_tree_get(map, key), **last;
	struct heir_tree_node *new;
	uint32_t index = 0;

	if (!heir_tree_is(list, HEIR_TREE_LIST))
		return map;
	new = copy_tree_node(job, list);
	if (!new)
		return NULL;
	last = &new->first;
	heir_tree_foreach(child, list)
	{
		const struct heir_tree_node *changed = change(job, child, index++);
		struct heir_tree_node *item = changed ? copy_tree_node(job, changed) : NULL;

		if (!item)
			return NULL;
		*last = item;
		last = &item->next;
	}
	return with_member(job, map, key, new);
}

/* ---- Local files ---- */

/* Returns whether the path stays below its start, as butane requires. */
static bool stays(struct heir_str path)
{
	size_t begin = 0;

	if (path.len == 0 || path.p[0] == '/' || memchr(path.p, '\0', path.len))
		return false;
	for (size_t i = 0; i <= path.len; i++) {
		if (i < path.len && path.p[i] != '/')
			continue;
		if (i - begin == 2 && memcmp(path.p + begin, "..", 2) == 0)
			return false;
		begin = i + 1;
	}
	return true;
}

static int open_files_dir(struct job *job)
{
	int r = job->is_open ? 0 : heir_root_open(&job->root, job->dir[0] ? job->dir : ".");

	job->is_open |= r == 0;
	return r;
}

/* Reads a local file. Returns why it cannot be read; NULL on success, or if *ret_r is -ENOMEM. */
static const char *read_local(
	struct job *job, struct heir_str path, struct heir_str *ret, int *ret_r)
{
	const char *z;
	int r;

	if (!job->dir)
		return "local files need a directory";
	if (!stays(path))
		return "not a path below the directory of the config";
	z = heir_arena_printf(&job->core->arena, "/%.*s", HEIR_STR_ARG(path));
	r = z ? open_files_dir(job) : -ENOMEM;
	if (r == 0)
		r = heir_file_read(&job->root, z, &job->core->arena, ret);
	if (r == 0 && ret->len > job->kube->local_left)
		return "the local files are larger than heir reads";
	if (r == 0)
		job->kube->local_left -= ret->len;
	*ret_r = r == -ENOMEM ? r : 0;
	return r == 0 || r == -ENOMEM ? NULL : heir_file_error(r);
}

/* Returns the text of a local file as a scalar at the place of its name, or NULL if there is no
 * memory. */
static const struct heir_tree_node *inlined(
	struct job *job, const struct heir_tree_node *name, bool for_crio, const char *where)
{
	struct heir_tree_node *node = copy_tree_node(job, name);
	struct heir_str text = HEIR_STR("");
	struct heir_diag *diag;
	const char *what;
	int r = 0;

	if (!node)
		return NULL;
	what = read_local(job, heir_node_text(name), &text, &r);
	node->type = HEIR_TREE_STRING;
	node->text = what ? HEIR_STR("") : text;
	if (!what)
		return r == 0 ? node : NULL;
	diag = heir_object_fault(job->core, job->object,
		for_crio ? HEIR_RULE_OBJECT_UNSUPPORTED : HEIR_RULE_OBJECT_REFUSED, name,
		"%s: cannot read the local file: %s", where, what);
	if (diag)
		diag->help = "run butane first, and pass its output to heir";
	return diag ? node : NULL;
}

static const struct heir_tree_node *change_file(
	struct job *job, const struct heir_tree_node *file, uint32_t index)
{
	const struct heir_tree_node *contents = heir_tree_get(file, "contents");
	const struct heir_tree_node *local = heir_tree_get(contents, "local");
	struct heir_str path = heir_node_text(heir_tree_get(file, "path"));
	const char *where;

	if (!local)
		return file;
	where = heir_arena_printf(&job->core->arena, "$.storage.files[%u].contents.local", index);
	local = where ? inlined(job, local, heir_str_starts(path, "/etc/crio/"), where) : NULL;
	contents = local ? with_member(job, contents, "inline", local) : NULL;
	return contents ? with_member(job, file, "contents", contents) : NULL;
}

/* Handles units and their drop-ins. */
static const struct heir_tree_node *change_contents(
	struct job *job, const struct heir_tree_node *unit, uint32_t index)
{
	const struct heir_tree_node *local = heir_tree_get(unit, "contents_local");

	(void)index;
	if (!local)
		return unit;
	local = inlined(job, local, false, "$.systemd.units[].contents_local");
	return local ? with_member(job, unit, "contents", local) : NULL;
}

static const struct heir_tree_node *change_unit(
	struct job *job, const struct heir_tree_node *unit, uint32_t index)
{
	unit = change_contents(job, unit, index);
	return unit ? with_changed(job, unit, "dropins", change_contents) : NULL;
}

/* ---- The config ---- */

static int refuse_butane(struct job *job, const struct heir_tree_node *node, const char *text)
{
	struct heir_diag *diag = heir_object_fault(
		job->core, job->object, HEIR_RULE_OBJECT_UNSUPPORTED, node, "%s", text);

	if (diag)
		diag->help = "run butane first, and pass its output to heir";
	return diag ? 0 : -ENOMEM;
}

static int judge_butane(struct job *job)
{
	const struct heir_tree_node *root = job->object->root;
	const struct heir_tree_node *variant = heir_tree_get(root, "variant");
	const struct heir_tree_node *trees = heir_tree_get(heir_tree_get(root, "storage"), "trees");
	struct heir_str name = heir_node_text(variant);

	if (!heir_str_eqz(name, "openshift") && !heir_str_eqz(name, "fcos"))
		return refuse_butane(job, variant,
			"$.variant: heir reads the variants openshift and fcos of Butane");
	return trees && trees->first
		       ? refuse_butane(
				 job, trees, "$.storage.trees: heir does not expand trees of files")
		       : 0;
}

int heir_butane_read(struct heir_kube *kube, struct heir_kube_object *object, const char *dir)
{
	struct job job = {.kube = kube, .core = kube->core, .object = object, .dir = dir};
	const struct heir_tree_node *config = object->root;
	const struct heir_tree_node *storage = heir_tree_get(config, "storage");
	const struct heir_tree_node *systemd = heir_tree_get(config, "systemd");
	int r = judge_butane(&job);

	if (r < 0)
		return r;
	if (storage)
		storage = with_changed(&job, storage, "files", change_file);
	if (storage)
		config = with_member(&job, config, "storage", storage);
	if (config && systemd)
		systemd = with_changed(&job, systemd, "units", change_unit);
	if (config && systemd)
		config = with_member(&job, config, "systemd", systemd);
	if (job.is_open)
		heir_root_close(&job.root);
	if (!config || (heir_tree_get(object->root, "storage") && !storage) ||
		(heir_tree_get(object->root, "systemd") && !systemd))
		return -ENOMEM;
	object->config = config;
	return 0;
}
