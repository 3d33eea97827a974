/* SPDX-License-Identifier: Apache-2.0 */
#include "support/vector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/tap.h"
#include "support/tree.h"

void vector_each(const char *name, void (*run)(const char *name, json_t *vector))
{
	const char *dir = getenv("HEIR_VECTORS");
	char path[512], *line = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir ? dir : "tests/vectors", name);
	file = fopen(path, "r");
	if (!file)
		tap_give_up(path);
	while (getline(&line, &size, file) > 0) {
		json_t *vector = json_loads(line, JSON_ALLOW_NUL, NULL);

		if (!vector)
			tap_give_up(path);
		run(name, vector);
		json_decref(vector);
	}
	free(line);
	fclose(file);
}

const char *vector_title(json_t *vector)
{
	static char text[128];
	json_t *name = json_object_get(vector, "name");

	if (name)
		snprintf(text, sizeof(text), "%s", json_string_value(name));
	else
		snprintf(text, sizeof(text), "%lld",
			(long long)json_integer_value(json_object_get(vector, "seed")));
	return text;
}

static void add_base64(const char *root, const char *path, const char *text)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char *bytes = malloc(strlen(text) + 1);
	unsigned bits = 0, have = 0;
	size_t n = 0;

	for (; *text && *text != '='; text++) {
		bits = bits << 6 | (unsigned)(strchr(letters, *text) - letters);
		have += 6;
		if (have >= 8)
			bytes[n++] = (unsigned char)(bits >> (have -= 8));
	}
	tree_file(root, path, bytes, n, 0644);
	free(bytes);
}

static void add_stubs(const char *root, json_t *list, unsigned mode)
{
	size_t i;
	json_t *item;

	json_array_foreach(list, i, item)
		tree_file(root, json_string_value(item), "#!/bin/sh\n", 10, mode);
}

char *vector_tree(json_t *vector)
{
	char *root = tree_new();
	json_t *files = json_object_get(vector, "files"), *value;
	const char *path;

	json_object_foreach(files, path, value)
		tree_file(root, path, json_string_value(value), json_string_length(value), 0644);
	json_object_foreach(json_object_get(vector, "files_base64"), path, value)
		add_base64(root, path, json_string_value(value));
	add_stubs(root, json_object_get(vector, "bins"), 0755);
	/* The whole of a node, though it may have no programs: not its configuration alone. */
	tree_file(root, "var/whole", "", 0, 0644);
	add_stubs(root, json_object_get(vector, "nonexec"), 0644);
	json_object_foreach(
		json_object_get(vector, "links"), path, value) if (!json_object_get(files, path))
		tree_link(root, path, json_string_value(value));
	return root;
}
