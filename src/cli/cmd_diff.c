/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/progress.h"

static int drop_output(void *data, const char *text, size_t len)
{
	(void)data;
	(void)text;
	(void)len;
	return 0;
}

/* The context once more, as heir reads the files. */
static int load_as_heir(const struct heir_ctx *ctx, struct heir_ctx **ret)
{
	int r = heir_ctx_copy(ctx, ret);

	if (r == 0)
		r = heir_set(*ret, HEIR_AS, "heir");
	if (r == 0)
		r = heir_load(*ret);
	return r < 0 ? r : heir_resolve(*ret);
}

/* Do the nodes differ once heir has been applied? "No difference" would hide a change that is on
 * its way. */
static bool differ_once_applied(struct cli *cli, struct cli *right)
{
	struct heir_ctx *copies[2] = {NULL, NULL};
	struct heir_style style = output_style(cli);
	bool differ = false;

	if (load_as_heir(cli->ctx, &copies[0]) >= 0 && load_as_heir(right->ctx, &copies[1]) >= 0) {
		struct heir_diff_side sides[] = {{copies[0], NULL}, {copies[1], NULL}};

		style.format = HEIR_FORMAT_TEXT;
		differ = heir_report_diff(&sides[0], &sides[1], cli->args, cli->n_args, &style,
				 drop_output, NULL) == 1;
	}
	heir_ctx_unref(copies[0]);
	heir_ctx_unref(copies[1]);
	return differ;
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
	right->release_of = cli->ctx;
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
	if (r == 0 && cli->right.against && !cli->as && differ_once_applied(cli, right))
		advise("they differ once `heir apply` has run: --as heir shows how");
	return r == 1 ? EXIT_FINDINGS : report_result(cli, r);
}

static int compare_named(struct cli *cli, struct cli *right)
{
	char *names[] = {NULL, NULL};
	int code, r = name_side(cli, NULL, &names[0]);

	if (r == 0)
		r = name_side(right, &right->right.with, &names[1]);
	code = r == 0 ? compare(cli, right, names) : report_result(cli, r);
	free(names[0]);
	free(names[1]);
	return code;
}

static int diff_one(struct cli *cli)
{
	bool by_semantics = !has_right(cli);
	struct cli right;
	int code, r;

	/* Which semantics are asked is not settled yet. */
	cli->is_loaded = false;
	right = *cli;
	if (by_semantics && cli->as)
		return usage_error(cli->command,
			"diff compares stock with heir; --as needs --against, --with, "
			"--default-runtime or --crio-version A..B");
	r = heir_ctx_copy(cli->ctx, &right.ctx);
	if (r < 0)
		return report_result(cli, r);
	show_waiting(cli, right.ctx);
	if (cli->verbose) {
		be_verbose(cli->ctx, "left");
		be_verbose(right.ctx, "right");
	}
	code = set_right(&right);
	if (code == EXIT_FINE && by_semantics)
		r = heir_set(cli->ctx, HEIR_AS, "stock");
	else if (code == EXIT_FINE)
		r = compare_as_nodes_do(cli, &right);
	if (code == EXIT_FINE)
		code = r < 0 ? report_result(cli, r) : compare_named(cli, &right);
	heir_ctx_unref(right.ctx);
	return code;
}

static int diff(struct cli *cli)
{
	return has_several_pools(cli) ? for_each_pool(cli, diff_one) : diff_one(cli);
}

const struct command command_diff = {
	.name = "diff",
	.args = "[HANDLER...]",
	.max = SIZE_MAX,
	.help = "Show how handlers differ between two nodes or states",
	.more = "The left side is this node as it is. The right side is:\n"
		"  (nothing)               the same node: left is stock, right is heir, which is\n"
		"                          what applying would change\n"
		"  --against PATH          another node: a directory of its files, or objects (a\n"
		"                          file, a must-gather, or -)\n"
		"  --with FILE             the same node with these objects added\n"
		"  --default-runtime NAME  what if default_runtime were NAME\n"
		"  --without FILE          what if this drop-in were removed\n"
		"  --crio-version A..B     CRI-O B, compared with CRI-O A on the left\n"
		"These can be combined. All other options, including --as, apply to both sides.\n"
		"With --against both are compared as stock, which is what nodes do now; --as heir\n"
		"compares what they do once `heir apply` has run.\n"
		"\n"
		"Signs: + added, - removed, ~ changed, ! broken (now dropped), * fixed (no longer\n"
		"dropped). Exit code 0: no difference; 1: differences, or CRI-O would not start\n"
		"on one of the sides.\n",
	.formats = TEXT | JSON | MARKDOWN,
	.takes = TAKES_NODE | TAKES_SIDES | TAKES_PATH | TAKES_TWO,
	.names = "`heir show` lists the handlers of a side",
	.states_release = true,
	.run = diff,
};
