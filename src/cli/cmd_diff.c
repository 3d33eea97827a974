/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

/* A directory is a node's if it has what nodes have, or nothing. What else there is are objects;
 * and what is not there is told as the directory that it should be. */
static bool is_root(const char *path)
{
	static const char *const of_nodes[] = {"etc", "usr", "bin", "opt"};
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	bool has_entries = false, is = false;
	DIR *dir;

	if (fd < 0)
		return errno != ENOTDIR;
	for (size_t i = 0; i < sizeof(of_nodes) / sizeof(of_nodes[0]); i++)
		is |= faccessat(fd, of_nodes[i], F_OK, 0) == 0;
	dir = is ? NULL : fdopendir(fd);
	if (!dir) {
		close(fd);
		return is;
	}
	while (!has_entries && (entry = readdir(dir)))
		has_entries = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(dir);
	return !has_entries;
}

/* Another node instead of this one. */
static int set_against(struct cli *right)
{
	const char *path = right->right.against;
	bool root = is_root(path);
	int r;

	heir_unset(right->ctx, HEIR_ROOT);
	heir_unset(right->ctx, HEIR_INPUT);
	right->inputs = (struct word_list){NULL, 0};
	right->root = NULL;
	right->rooted = true;
	r = heir_set(right->ctx, root ? HEIR_ROOT : HEIR_INPUT, path);
	if (r == -EINVAL)
		return complain_of_usage(right->command, "--against: %s", heir_error(right->ctx));
	if (r < 0) {
		complain("--against: %s", heir_error(right->ctx));
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
	for (size_t i = 0; i < with->n && r == 0; i++)
		r = heir_set(right->ctx, HEIR_INPUT, with->words[i]);
	if (r == 0)
		return EXIT_FINE;
	complain("--with: %s", heir_error(right->ctx));
	return EXIT_IO;
}

/* Gives the right side what it has of its own. */
static int set_right(struct cli *right)
{
	int code = EXIT_FINE, r = 0;

	if (right->right.crio_version)
		r = heir_set(right->ctx, HEIR_CRIO_VERSION, right->right.crio_version);
	if (r == -EINVAL)
		return complain_of_usage(
			right->command, "--crio-version: %s", heir_error(right->ctx));
	if (r < 0) {
		complain("--crio-version: %s", heir_error(right->ctx));
		return EXIT_IO;
	}
	if (right->right.default_runtime)
		r = heir_set(right->ctx, HEIR_DEFAULT_RUNTIME, right->right.default_runtime);
	if (r < 0)
		return complain_of_usage(
			right->command, "--default-runtime: %s", heir_error(right->ctx));
	if (right->right.against)
		code = set_against(right);
	return code == EXIT_FINE ? set_with(right) : code;
}

/* What the report calls a side: "DIR", "a.yaml", "DIR + a.yaml + b.yaml"; NULL: this machine. */
static char *name_side(const struct cli *cli, const struct word_list *with)
{
	const struct word_list *const lists[] = {&cli->inputs, with};
	char *name = NULL;
	size_t len = 0;
	FILE *f;

	if (cli->inputs.n + (with ? with->n : 0) == 0 && !cli->root)
		return NULL;
	f = open_memstream(&name, &len);
	if (!f)
		return NULL;
	if (cli->root || cli->inputs.n == 0)
		fputs(cli->root ? cli->root : "this machine", f);
	for (int l = 0; l < 2; l++)
		for (size_t i = 0; lists[l] && i < lists[l]->n; i++)
			fprintf(f, "%s%s", ftell(f) > 0 ? " + " : "", lists[l]->words[i]);
	fclose(f);
	return name;
}

/* Loads both and prints how they differ; `names` is what the report calls them. */
static int compare(struct cli *cli, struct cli *right, char *const names[2])
{
	struct heir_diff_side sides[] = {{cli->ctx, names[0]}, {right->ctx, names[1]}};
	struct heir_style style = output_style(cli);
	int code = load(cli, true), r;

	/* That a file of the node could not be read is in the JSON as well. */
	if (code != EXIT_FINE && !(style.format == HEIR_FORMAT_JSON && heir_fatal(cli->ctx, NULL)))
		return code;
	r = load(right, true);
	if (r != EXIT_FINE && !(style.format == HEIR_FORMAT_JSON && heir_fatal(right->ctx, NULL)))
		return r;
	code = code == EXIT_FINE ? r : code;
	if (code != EXIT_FINE && (heir_resolve(cli->ctx) < 0 || heir_resolve(right->ctx) < 0))
		return code;
	r = heir_report_diff(
		&sides[0], &sides[1], cli->args, cli->n_args, &style, write_output, NULL);
	if (r >= 0 && code != EXIT_FINE)
		return code;
	return r == 1 ? EXIT_FINDINGS : report_result(cli, r);
}

static int compare_named(struct cli *cli, struct cli *right)
{
	char *names[] = {name_side(cli, NULL), name_side(right, &right->right.with)};
	int code = compare(cli, right, names);

	free(names[0]);
	free(names[1]);
	return code;
}

static int diff(struct cli *cli)
{
	bool by_semantics = !cli->right.against && !cli->right.crio_version &&
			    !cli->right.default_runtime && cli->right.with.n == 0;
	struct cli right = *cli;
	int code, r;

	if (by_semantics && cli->as)
		return complain_of_usage(cli->command,
			"diff compares stock with heir; --as needs --against, --with, "
			"--default-runtime or --crio-version A..B");
	r = heir_ctx_copy(cli->ctx, &right.ctx);
	if (r < 0)
		return report_result(cli, r);
	code = set_right(&right);
	if (code == EXIT_FINE && by_semantics)
		r = heir_set(cli->ctx, HEIR_AS, "stock");
	if (code == EXIT_FINE)
		code = r < 0 ? report_result(cli, r) : compare_named(cli, &right);
	heir_ctx_free(right.ctx);
	return code;
}

const struct command command_diff = {
	.name = "diff",
	.args = "[HANDLER...]",
	.max = SIZE_MAX,
	.help = "Show which handlers differ between two sides, and how",
	.more = "The left side is this node as it is. What is on the right, these say:\n"
		"  (nothing)               the same node, and then left is stock, right heir:\n"
		"                          what applying would change\n"
		"  --against PATH          the node whose files lie in the directory PATH, or\n"
		"                          what its objects make: a file, a must-gather, -\n"
		"  --with FILE             the same node with these objects too\n"
		"  --default-runtime NAME  what if default_runtime were NAME\n"
		"  --crio-version A..B     CRI-O B, and on the left CRI-O A\n"
		"They may be combined. All other options, --as among them, hold for both sides.\n"
		"\n"
		"Signs: + added, - removed, ~ changed, ! broken (dropped now), * mended (dropped\n"
		"no longer). Exit code 0: nothing differs; 1: something does, or CRI-O would not\n"
		"start on one of them.\n",
	.formats = TEXT | JSON,
	.takes = TAKES_SIDES,
	.run = diff,
};
