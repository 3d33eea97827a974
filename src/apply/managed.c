/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the MachineConfig that the daemon stores on the node when it has applied it. */
#include "apply/managed.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/file.h"

static bool config_has_file(json_t *config, const char *path)
{
	json_t *files = NULL, *file;
	size_t i;

	if (json_unpack(config, "{s:{s:{s:{s:o}}}}", "spec", "config", "storage", "files", &files) <
		0)
		return false;
	json_array_foreach(files, i, file)
	{
		const char *name = json_string_value(json_object_get(file, "path"));

		if (name && strcmp(name, path) == 0)
			return true;
	}
	return false;
}

int heir_managed_brings(struct heir_root *root, const char *path, bool *ret)
{
	struct heir_arena arena;
	struct heir_str text;
	json_t *config = NULL;
	int r;

	heir_arena_init(&arena);
	r = heir_file_read(root, HEIR_MANAGED_CONFIG, &arena, &text);
	if (r == 0)
		config = json_loadb(text.p, text.len, 0, NULL);
	*ret = config && config_has_file(config, path);
	json_decref(config);
	heir_arena_release(&arena);
	return r == -ENOMEM ? r : 0;
}
