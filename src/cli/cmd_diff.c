/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdint.h>

#include "cli/cli.h"

/* Gives the right side what it has of its own. */
static int set_right(struct cli *right)
{
	int r = 0;

	if (right->right.crio_version)
		r = heir_set(right->ctx, HEIR_CRIO_VERSION, right->right.crio_version);
	if (r < 0)
		return complain_of_usage(
			right->command, "--crio-version: %s", heir_error(right->ctx));
	if (right->right.default_runtime)
		r = heir_set(right->ctx, HEIR_DEFAULT_RUNTIME, right->right.default_runtime);
	if (r < 0)
		return complain_of_usage(
			right->command, "--default-runtime: %s", heir_error(right->ctx));
	if (!right->right.root)
		return EXIT_FINE;
	right->rooted = true;
	right->root = right->right.root;
	if (heir_set(right->ctx, HEIR_ROOT, right->root) == 0)
		return EXIT_FINE;
	complain("--against: %s", heir_error(right->ctx));
	return EXIT_IO;
}

static int compare(struct cli *cli, struct cli *right)
{
	struct heir_diff_side sides[] = {{cli->ctx, cli->root}, {right->ctx, right->root}};
	struct heir_style style = output_style(cli);
	int code = load(cli, true), r;

	if (code == EXIT_FINE)
		code = load(right, true);
	if (code != EXIT_FINE)
		return code;
	r = heir_report_diff(
		&sides[0], &sides[1], cli->args, cli->n_args, &style, write_output, NULL);
	return r == 1 ? EXIT_FINDINGS : report_result(cli, r);
}

static int diff(struct cli *cli)
{
	bool by_semantics =
		!cli->right.root && !cli->right.crio_version && !cli->right.default_runtime;
	struct cli right = *cli;
	int code, r;

	if (by_semantics && cli->as)
		return complain_of_usage(cli->command,
			"diff compares stock with heir; --as needs --against, --default-runtime or "
			"--crio-version A..B");
	r = heir_ctx_copy(cli->ctx, &right.ctx);
	if (r < 0)
		return report_result(cli, r);
	code = set_right(&right);
	if (code == EXIT_FINE && by_semantics)
		r = heir_set(cli->ctx, HEIR_AS, "stock");
	if (code == EXIT_FINE)
		code = r < 0 ? report_result(cli, r) : compare(cli, &right);
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
		"  --against DIR           the node whose files lie in DIR\n"
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
