/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/progress.h"

enum { MAX_POOLS = 200 };

struct upgrade {
	struct heir_diff_side *parts;
	size_t n;
	const struct word_list *os;
	const char *to;
};

/* A context of its own for a pool, loaded. */
static int add_part(struct cli *cli, struct upgrade *upgrade, const char *pool)
{
	struct heir_diff_side *part = &upgrade->parts[upgrade->n];
	struct cli own = *cli;
	int r = heir_ctx_copy(cli->ctx, &part->ctx);

	if (r < 0)
		return report_result(cli, r);
	upgrade->n++;
	own.ctx = part->ctx;
	part->root = cli->root;
	if (cli->verbose)
		be_verbose(own.ctx, pool);
	show_waiting(cli, own.ctx);
	if (pool)
		r = heir_set(own.ctx, HEIR_POOL, pool);
	return r < 0 ? report_result(&own, r) : load(&own, false);
}

/* One for each pool of the objects, or one for the node. */
static int add_parts(struct cli *cli, struct upgrade *upgrade)
{
	struct heir_ctx *pools = NULL;
	size_t n = 0;
	int code = EXIT_FINE, r = 0;

	if (!cli->pool && !cli->root && cli->inputs.n > 0) {
		r = heir_ctx_copy(cli->ctx, &pools);
		if (r == 0 && heir_load(pools) == -ENOMEM)
			r = -ENOMEM;
		n = r == 0 ? heir_n_pools(pools) : 0;
	}
	upgrade->parts = r == 0 ? calloc(n + 1, sizeof(*upgrade->parts)) : NULL;
	if (!upgrade->parts)
		code = report_result(cli, r < 0 ? r : -ENOMEM);
	else if (n > MAX_POOLS)
		code = usage_error(cli->command,
			"the objects are for %zu pools (at most %d): name one with --pool", n,
			MAX_POOLS);
	else if (n == 0)
		code = add_part(cli, upgrade, NULL);
	for (size_t i = 0; i < n && code == EXIT_FINE; i++)
		code = add_part(cli, upgrade, heir_pool_at(pools, i));
	heir_ctx_unref(pools);
	return code;
}

static int print(struct cli *cli, const void *what, heir_write_fn write, void *data)
{
	const struct upgrade *upgrade = what;
	struct heir_style style = output_style(cli);
	struct cli first = *cli;
	int r = heir_report_upgrade(upgrade->parts, upgrade->n, upgrade->to, upgrade->os->words,
		upgrade->os->n, &style, write, data);

	first.ctx = upgrade->parts[0].ctx;
	if (r == -EINVAL)
		return usage_error(cli->command, "%s", heir_error(first.ctx));
	return r == 1 ? EXIT_FINDINGS : report_result(&first, r);
}

static int run(struct cli *cli)
{
	struct upgrade upgrade = {.os = &cli->os, .to = cli->to};
	int code, r = 0;

	if (!cli->to)
		return usage_error(cli->command,
			"upgrade needs --to TARGET, as in --to 1.36 or --to 4.20..4.22");
	/* It is about what nodes do, not about what heir would make of them. */
	if (!cli->as)
		r = heir_set(cli->ctx, HEIR_AS, "stock");
	if (r < 0)
		return report_result(cli, r);
	code = add_parts(cli, &upgrade);
	if (code == EXIT_FINE)
		code = print(cli, &upgrade, write_output, NULL);
	for (size_t i = 0; i < upgrade.n; i++)
		heir_ctx_unref(upgrade.parts[i].ctx);
	free(upgrade.parts);
	return code;
}

const struct command command_upgrade = {
	.name = "upgrade",
	.args = "",
	.help = "Show what the next release and OS image change",
	.more = "--to names releases of CRI-O or OpenShift: 1.36, 4.20, a range such as\n"
		"4.18..5.1, or several, separated by commas. --os names the image of the nodes\n"
		"after the upgrade and can be repeated: each release is combined with each image.\n"
		"Without --os, the image is the osImageStream of the pool, else the one of its\n"
		"Nodes, else the one of the release; the report names it. With objects (-i) and\n"
		"without --root, each pool has a section. The present release is the one of\n"
		"--crio-version or --ocp, else of the Nodes, else the one before the first\n"
		"target.\n"
		"\n"
		"  stops                 CRI-O would not start\n"
		"  lost                  CRI-O would drop the handler\n"
		"  annotations filtered  pods lose annotations that they can use now\n"
		"  changes               other fields change\n"
		"  unused                lost, but defined by a vendor and not used\n"
		"  same                  nothing changes\n"
		"\n"
		"Exit code 0: nothing stops or is lost; 1: something stops or is lost.\n",
	.formats = TEXT | JSON | SARIF | MARKDOWN,
	.takes = TAKES_NODE | TAKES_UPGRADE | TAKES_PATH,
	.run = run,
};
