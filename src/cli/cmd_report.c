/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/progress.h"

/* What the page is about, and what that is compared with. */
struct sides {
	struct cli *now, *before; /* before NULL: nothing */
	char *names[2];           /* of now and before; NULL: this machine */
	/* Those of `now`, and of `before` where it has any: contexts that know the pools. */
	struct heir_ctx *pools[2];
};

struct page {
	struct heir_page_part *parts;
	size_t n;
};

/* Objects are asked for which pools they are. Whatever else is wrong with them is told when a part
 * is loaded. */
static int find_pools(const struct cli *side, struct heir_ctx **ret)
{
	int r;

	if (side->pool || side->root || side->inputs.n == 0)
		return 0;
	r = heir_ctx_copy(side->ctx, ret);
	if (r == 0 && heir_load(*ret) == -ENOMEM)
		r = -ENOMEM;
	return r;
}

static size_t count_pools(struct heir_ctx *pools)
{
	return pools ? heir_n_pools(pools) : 0;
}

static bool has_pool(struct heir_ctx *pools, const char *name)
{
	for (size_t i = 0; i < count_pools(pools); i++)
		if (strcmp(heir_pool_at(pools, i), name) == 0)
			return true;
	return false;
}

/* A context of its own for one side of a part, loaded and checked. `word` is what tells it from the
 * other; NULL: there is no other. */
static int check_side(
	const struct cli *side, const char *pool, const char *word, struct heir_ctx **ret)
{
	struct cli part = *side;
	int code, r = heir_ctx_copy(side->ctx, ret);

	part.ctx = r == 0 ? *ret : side->ctx;
	if (r == 0 && side->verbose)
		be_verbose(*ret, word);
	if (r == 0)
		show_waiting(side, *ret);
	if (r == 0 && pool)
		r = heir_set(*ret, HEIR_POOL, pool);
	if (r < 0)
		return report_result(&part, r);
	code = load(&part, false);
	return code == EXIT_FINE ? report_result(&part, heir_check(*ret, NULL, 0, NULL, 0)) : code;
}

static int add_part(struct page *page, const struct sides *sides, const char *pool)
{
	struct heir_page_part *part = &page->parts[page->n++];
	bool is_new = pool && count_pools(sides->pools[1]) > 0 && !has_pool(sides->pools[1], pool);
	int code = EXIT_FINE;

	*part = (struct heir_page_part){
		.pool = pool ? pool : sides->now->pool,
		.is_new = is_new,
		.now.root = sides->names[0],
		.before.root = sides->names[1],
	};
	if (sides->before && !is_new) {
		code = check_side(sides->before, count_pools(sides->pools[1]) > 0 ? pool : NULL,
			"before", &part->before.ctx);
		sides->now->release_of = part->before.ctx;
	}
	if (code == EXIT_FINE)
		code = check_side(sides->now, pool, sides->before ? "after" : NULL, &part->now.ctx);
	return code;
}

/* Those that are no more have but their names. */
static void add_gone(struct page *page, const struct sides *sides)
{
	for (size_t i = 0; i < count_pools(sides->pools[1]); i++) {
		const char *name = heir_pool_at(sides->pools[1], i);

		if (!has_pool(sides->pools[0], name))
			page->parts[page->n++].pool = name;
	}
}

/* Each pool has the objects read once more, so a page is for no more than an administrator has. */
enum { MAX_POOLS = 200 };

/* A part for each pool of the objects, or one. */
static int add_parts(struct page *page, const struct sides *sides)
{
	size_t n = count_pools(sides->pools[0]), n_before = count_pools(sides->pools[1]);
	int code = EXIT_FINE;

	if (n > MAX_POOLS)
		return usage_error(sides->now->command,
			"the objects are for %zu pools (at most %d per page): name one with --pool",
			n, MAX_POOLS);
	page->parts = calloc(n + n_before + 1, sizeof(*page->parts));
	if (!page->parts)
		return report_result(sides->now, -ENOMEM);
	if (n == 0)
		return add_part(page, sides, NULL);
	for (size_t i = 0; i < n && code == EXIT_FINE; i++)
		code = add_part(page, sides, heir_pool_at(sides->pools[0], i));
	if (code == EXIT_FINE)
		add_gone(page, sides);
	return code;
}

static int print_page(struct cli *cli, const void *what, heir_write_fn write, void *data)
{
	const struct page *page = what;
	struct heir_style style = output_style(cli);
	struct heir_page_about about = {
		.title = cli->title, .commit = output_commit(), .date = output_date()};
	char *command = command_line(cli->words);
	int r = -ENOMEM;

	about.command = command;
	if (command)
		r = heir_report_page(page->parts, page->n, &about, &style, write, data);
	free(command);
	return report_result(cli, r);
}

/* What stops CRI-O is reported on standard error too. */
static int judge(struct cli *cli, const struct page *page)
{
	int code = EXIT_FINE;

	for (size_t i = 0; i < page->n; i++) {
		struct heir_ctx *ctx = page->parts[i].now.ctx;
		const char *pool = page->parts[i].pool, *verdict;

		if (!ctx || !heir_fatal(ctx, NULL))
			continue;
		log_diagnostics(cli, ctx, "F");
		verdict = heir_verdict(ctx);
		if (verdict && verdict[0])
			log_error("%s%s%s%s", pool ? "pool " : "", pool ? pool : "",
				pool ? ": " : "", verdict);
		code = EXIT_FINDINGS;
	}
	return code;
}

static int report_sides(struct cli *cli, struct sides *sides)
{
	struct page page = {NULL, 0};
	int code = EXIT_FINE, r = find_pools(sides->now, &sides->pools[0]);

	if (r == 0 && sides->before)
		r = find_pools(sides->before, &sides->pools[1]);
	if (r < 0)
		return report_result(cli, r);
	code = add_parts(&page, sides);
	for (size_t i = 0; i < page.n; i++) {
		if (page.parts[i].now.ctx)
			heir_write_also(cli->ctx, page.parts[i].now.ctx);
		if (page.parts[i].before.ctx)
			heir_write_also(cli->ctx, page.parts[i].before.ctx);
	}
	if (code == EXIT_FINE)
		code = print_to_output(cli, print_page, &page);
	if (code == EXIT_FINE)
		code = judge(cli, &page);
	for (size_t i = 0; i < page.n; i++) {
		heir_ctx_unref(page.parts[i].now.ctx);
		heir_ctx_unref(page.parts[i].before.ctx);
	}
	free(page.parts);
	return code;
}

static int report_named(struct cli *cli, struct cli *right)
{
	struct sides sides = {.now = cli};
	int code, r;

	if (right)
		sides = (struct sides){.now = right, .before = cli};
	r = name_side(sides.now, right ? &right->right.with : NULL, &sides.names[0]);
	if (r == 0 && right)
		r = name_side(cli, NULL, &sides.names[1]);
	code = r == 0 ? report_sides(cli, &sides) : report_result(cli, r);
	for (int side = 0; side < 2; side++) {
		free(sides.names[side]);
		heir_ctx_unref(sides.pools[side]);
	}
	return code;
}

static int report(struct cli *cli)
{
	struct cli right = *cli;
	int code, r;

	if (!is_output_named(cli))
		return EXIT_USAGE;
	if (!has_right(cli))
		return report_named(cli, NULL);
	r = heir_ctx_copy(cli->ctx, &right.ctx);
	if (r < 0)
		return report_result(cli, r);
	code = set_right(&right);
	if (code == EXIT_FINE) {
		r = compare_as_nodes_do(cli, &right);
		code = r < 0 ? report_result(cli, r) : EXIT_FINE;
	}
	if (code == EXIT_FINE)
		code = report_named(cli, &right);
	heir_ctx_unref(right.ctx);
	return code;
}

const struct command command_report = {
	.name = "report",
	.args = "",
	.help = "Write an HTML page for the review of a change",
	.more = "Writes one HTML file that loads nothing and runs no script. It contains the\n"
		"verdict, the findings of `heir check`, the inheritance as a drawing, the\n"
		"resolved handlers and where each value comes from, the drop-in that heir would\n"
		"write, which lines of the files take effect, and what the rules mean. A filter\n"
		"above the handlers shows all of them, or only those that change, are pending or\n"
		"are dropped. With objects (-i) and without --root, each pool has a section;\n"
		"--pool selects one.\n"
		"\n"
		"With one of these options, as for `heir diff`, the page describes the new state\n"
		"and shows what changes:\n"
		"  --against PATH          this node becomes the one in PATH: a directory of its\n"
		"                          files, or objects\n"
		"  --with FILE             the same node with these objects added\n"
		"  --default-runtime NAME  what if default_runtime were NAME\n"
		"  --without FILE          what if this drop-in were removed\n"
		"  --crio-version A..B     CRI-O A becomes CRI-O B\n"
		"With --against both are read as stock, which is what nodes do; --as heir shows\n"
		"what they do once `heir apply` has run.\n"
		"\n"
		"-o markdown writes a short form for a comment on a pull request.\n"
		"\n"
		"The FILE of --output is on this machine, regardless of --root, and is replaced\n"
		"atomically. Exit code 0: written; 1: written, but CRI-O would not start.\n",
	.formats = HTML | MARKDOWN,
	.format = HEIR_FORMAT_HTML,
	.takes = TAKES_NODE | TAKES_PATH | TAKES_TWO | TAKES_SIDES | TAKES_OUTPUT | TAKES_TITLE,
	.run = report,
};
