/* SPDX-License-Identifier: Apache-2.0 */
/* JSON and YAML files that keys of crio.conf name: OCI hooks, and block I/O classes. */
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "config/walk.h"
#include "kube/tree.h"
#include "node/json.h"
#include "start/judge.h"

/* ---- hooks_dir ---- */

static const char stages[] =
	"createContainer,createRuntime,prestart,poststart,poststop,startContainer";

/* Returns the member in any case, as Go decodes it. */
static json_t *find_member(json_t *object, const char *name)
{
	const char *key;
	json_t *value, *found = json_object_get(object, name);

	if (!found)
		json_object_foreach(object, key, value) if (heir_ascii_eqfold(key, name, SIZE_MAX))
			found = value;
	return found;
}

static const char *text_of(json_t *value)
{
	return json_is_string(value) ? json_string_value(value) : "";
}

/* Version 0.1.0 calls the binary "hook", and has "stage" for "stages". */
static const char *judge_stages(json_t *hook)
{
	json_t *list = find_member(hook, "stages"), *item;
	size_t i;

	if (!list)
		list = find_member(hook, "stage");
	if (!json_is_array(list))
		return "\"stages\" is missing";
	json_array_foreach(
		list, i, item) if (!heir_word_is_in(heir_str_from(text_of(item)), stages,
					   false)) return "it names a stage that does not exist";
	return NULL;
}

/* Returns why CRI-O refuses a hook, or NULL. *ret_absent: only because its binary does not exist,
 * which CRI-O tolerates if it is the first fault of the directory. */
static const char *judge_hook(struct heir_judge *judge, json_t *hook, bool *ret_absent)
{
	const char *version = text_of(find_member(hook, "version"));
	bool old = version[0] == '\0' || strcmp(version, "0.1.0") == 0;
	json_t *inner = find_member(hook, "hook");
	const char *path = text_of(old ? inner : find_member(inner, "path"));

	if (!json_is_object(hook))
		return "it is not a JSON object";
	if (!old && strcmp(version, "1.0.0") != 0)
		return "its version is neither 1.0.0 nor 0.1.0";
	if (path[0] == '\0')
		return old ? "\"hook\" is missing" : "\"hook.path\" is missing";
	if (heir_root_find(judge->root, path) == -ENOENT) {
		*ret_absent = true;
		return "its binary does not exist";
	}
	return judge_stages(hook);
}

/* The same for a file. */
static const char *judge_hook_file(struct heir_judge *judge, const char *path, bool *ret_absent)
{
	_cleanup_(heir_json_decrefp) json_t *json = NULL;
	struct heir_str text;
	json_error_t error;
	int r = heir_file_read(judge->root, path, &judge->core->arena, &text);

	if (r == -ENOMEM)
		judge->error = r;
	if (r == -ENOENT || r == -ENOMEM)
		return NULL;
	if (r < 0)
		return heir_file_error(r);
	json = json_loadb(text.p, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	if (!json && json_error_code(&error) == json_error_out_of_memory)
		judge->error = -ENOMEM;
	return json ? judge_hook(judge, json, ret_absent) : "it is not JSON";
}

void heir_judge_hooks(struct heir_judge *judge, const struct heir_given *given)
{
	_cleanup_(heir_walk_release) struct heir_walk walk = HEIR_WALK_NULL;
	char *dir = heir_arena_strndup(&judge->core->arena, given->text.p, given->text.len);
	struct stat st;
	int r;

	if (!dir)
		judge->error = -ENOMEM;
	/* A path that is not a directory is ignored. */
	if (!dir || heir_root_is_assumed(judge->root) ||
		heir_root_stat(judge->root, dir, &st) < 0 || !S_ISDIR(st.st_mode))
		return;
	r = heir_walk(judge->root, dir, &judge->core->arena, &walk);
	if (r == -ENOMEM)
		judge->error = r;
	for (size_t i = 0; r == 0 && i < walk.n && judge->error == 0; i++) {
		const char *path = walk.entries[i].path, *name = walk.entries[i].name, *problem;
		size_t len = strlen(name);
		bool absent = false;
		struct heir_diag *diag;

		if (len < 5 || strcmp(name + len - 5, ".json") != 0 || strchr(name, '/'))
			continue;
		problem = judge_hook_file(judge, path, &absent);
		if (absent)
			return;
		if (!problem)
			continue;
		diag = heir_judge_stop(judge, given->row->rule, given->where,
			"hooks_dir: %s is not a valid hook: %s", path, problem);
		heir_judge_help(judge, diag, "fix the file, or move it out of %s", dir);
	}
}

/* ---- blockio_config_file ---- */

struct blockio {
	bool is_seen, is_fine;
};

static int keep_document_root(void *data, const struct heir_tree_node *root)
{
	struct blockio *blockio = data;
	const struct heir_tree_node *classes = heir_tree_get(root, "Classes");

	/* Only the first document counts. */
	if (blockio->is_seen)
		return 0;
	blockio->is_seen = true;
	blockio->is_fine = heir_tree_is(root, HEIR_TREE_MAP) || heir_tree_is(root, HEIR_TREE_NULL);
	if (!classes)
		return 0;
	blockio->is_fine = blockio->is_fine && heir_tree_is(classes, HEIR_TREE_MAP);
	heir_tree_foreach(class, heir_tree_is(classes, HEIR_TREE_MAP)
					 ? classes
					 : NULL) if (!heir_tree_is(class, HEIR_TREE_LIST) &&
						     !heir_tree_is(class, HEIR_TREE_NULL))
		blockio->is_fine = false;
	return 0;
}

static int keep_document_fault(void *data, const struct heir_tree_fault *fault)
{
	struct blockio *blockio = data;

	(void)fault;
	if (!blockio->is_seen)
		*blockio = (struct blockio){true, false};
	return 0;
}

void heir_judge_blockio(struct heir_judge *judge, const struct heir_given *given)
{
	struct blockio blockio = {false, true};
	struct heir_tree_receiver receiver = {&blockio, keep_document_root, keep_document_fault};
	char *z = heir_arena_strndup(&judge->core->arena, given->text.p, given->text.len);
	struct heir_str text;
	int r;

	if (!z)
		judge->error = -ENOMEM;
	if (!z || z[0] == '\0' || heir_root_is_assumed(judge->root))
		return;
	r = heir_file_read(judge->root, z, &judge->core->arena, &text);
	if (r == -ENOMEM)
		judge->error = r;
	if (r < 0) {
		heir_judge_stop(judge, given->row->rule, given->where,
			"blockio_config_file: cannot read \"%s\": %s", z, heir_file_error(r));
		return;
	}
	if (heir_tree_read(text, &judge->core->arena, NULL, &receiver) < 0)
		judge->error = -ENOMEM;
	if (!blockio.is_fine)
		heir_judge_stop(judge, given->row->rule, given->where,
			"blockio_config_file: %s is not a valid list of classes", z);
}
