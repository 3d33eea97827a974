/* SPDX-License-Identifier: Apache-2.0 */
/* The two sides of a comparison: what the right one has of its own, and what they are called. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/paths.h"

bool has_right(const struct cli *cli)
{
	return cli->right.against || cli->right.release || cli->right.default_runtime ||
	       cli->right.with.n > 0 || cli->right.without.n > 0;
}

/* Another node instead of this one. */
static int set_against(struct cli *right)
{
	static const enum heir_setting_id ids[] = {
		HEIR_CONFIG, HEIR_CONFIG_DIR, HEIR_SOURCE_DIR, HEIR_NO_UNIT};
	const char *path = right->right.against;
	bool root = is_node_root(path);
	int r;

	heir_unset(right->ctx, HEIR_ROOT);
	heir_unset(right->ctx, HEIR_INPUT);
	right->inputs = (struct word_list){NULL, 0};
	right->root = NULL;
	right->rooted = true;
	/* What a path of the left side meant. */
	for (size_t i = 0; right->path_name && i < sizeof(ids) / sizeof(ids[0]); i++)
		heir_unset(right->ctx, ids[i]);
	right->path_name = NULL;
	if (is_part_of_node(path) || kind_of(path) == IS_ARCHIVE)
		return (r = take_path(right, path)) < 0 ? EXIT_FINE : r;
	r = heir_set(right->ctx, root ? HEIR_ROOT : HEIR_INPUT, path);
	if (r == -EINVAL)
		return usage_error(right->command, "--against: %s", heir_error(right->ctx));
	if (r < 0) {
		log_error("--against: %s", heir_error(right->ctx));
		advise("PATH is the directory of a node, as for --root, or what -i takes");
		return EXIT_IO;
	}
	if (root)
		right->root = path;
	else
		right->inputs = (struct word_list){&right->right.against, 1};
	return EXIT_FINE;
}

/* Objects that the right side has besides. */
static int set_with(struct cli *right)
{
	const struct word_list *with = &right->right.with;
	int r = 0;

	/* They lie over what is there: here, over this machine. */
	if (with->n > 0 && !right->root && right->inputs.n == 0)
		r = heir_set(right->ctx, HEIR_ROOT, "/");
	for (size_t i = 0; i < with->n && r == 0; i++) {
		int code = open_archive(right, with->words[i], FOR_OBJECTS);

		if (code >= 0)
			return code;
		r = heir_set(right->ctx, HEIR_INPUT, with->words[i]);
	}
	if (r == 0)
		return EXIT_FINE;
	log_error("--with: %s", heir_error(right->ctx));
	return EXIT_IO;
}

int set_right(struct cli *right)
{
	const char *option = right->right.release_id == HEIR_OCP ? "ocp" : "crio-version";
	int code = EXIT_FINE, r = 0;

	if (right->right.release)
		r = heir_set(right->ctx, (enum heir_setting_id)right->right.release_id,
			right->right.release);
	if (r == -EINVAL)
		return usage_error(right->command, "--%s: %s", option, heir_error(right->ctx));
	if (r < 0) {
		log_error("--%s: %s", option, heir_error(right->ctx));
		return EXIT_IO;
	}
	if (right->right.default_runtime)
		r = heir_set(right->ctx, HEIR_DEFAULT_RUNTIME, right->right.default_runtime);
	if (r < 0)
		return usage_error(right->command, "--default-runtime: %s", heir_error(right->ctx));
	for (size_t i = 0; i < right->right.without.n && r == 0; i++)
		r = heir_set(right->ctx, HEIR_WITHOUT, right->right.without.words[i]);
	if (r < 0) {
		log_error("--without: %s", heir_error(right->ctx));
		return EXIT_IO;
	}
	if (right->right.against)
		code = set_against(right);
	return code == EXIT_FINE ? set_with(right) : code;
}

int compare_as_nodes_do(struct cli *left, struct cli *right)
{
	int r;

	if (left->as || !left->right.against)
		return 0;
	r = heir_set(left->ctx, HEIR_AS, "stock");
	return r < 0 ? r : heir_set(right->ctx, HEIR_AS, "stock");
}

int name_side(const struct cli *cli, const struct word_list *with, char **ret)
{
	const struct word_list *const lists[] = {&cli->inputs, with};
	char *name = NULL;
	size_t len = 0;
	bool failed;
	FILE *f;

	*ret = NULL;
	if (cli->inputs.n + (with ? with->n : 0) == 0 && !cli->root && !cli->path_name)
		return 0;
	f = open_memstream(&name, &len);
	if (!f)
		return -ENOMEM;
	if (cli->root || cli->inputs.n == 0)
		fputs(cli->root ? cli->root : cli->path_name ? cli->path_name : "this machine", f);
	for (int l = 0; l < 2; l++)
		for (size_t i = 0; lists[l] && i < lists[l]->n; i++)
			fprintf(f, "%s%s", ftell(f) > 0 ? " + " : "", lists[l]->words[i]);
	failed = ferror(f) != 0;
	if (fclose(f) != 0 || failed) {
		free(name);
		return -ENOMEM;
	}
	*ret = name;
	return 0;
}
