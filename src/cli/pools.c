/* SPDX-License-Identifier: Apache-2.0 */
/* A command for each pool of the objects, if none is named: a section each, or one JSON
 * document (heir.pools/1) whose pools are the documents of the command. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/progress.h"

/* Each pool has the objects read once more. */
enum { MAX_POOLS = 200 };

bool has_several_pools(struct cli *cli)
{
	if (cli->pool || cli->root || cli->inputs.n == 0)
		return false;
	if (cli->release_of)
		heir_set_release_of(cli->ctx, cli->release_of);
	cli->load_error = heir_load(cli->ctx);
	cli->is_loaded = true;
	return heir_n_pools(cli->ctx) > 1;
}

/* Are all the handlers that are asked for absent, or is there nothing in it of a node? */
static bool is_passed_over(struct cli *part)
{
	struct heir_handler_info handler;

	if (heir_pool_is_empty(part->ctx))
		return true;
	if (part->n_args == 0 || part->load_error < 0 || heir_resolve(part->ctx) < 0)
		return false;
	for (size_t i = 0; i < part->n_args; i++)
		for (size_t h = 0; heir_handler_at(part->ctx, h, &handler) == 0; h++)
			if (fnmatch(part->args[i], handler.name, 0) == 0)
				return false;
	return true;
}

static int open_part(const struct cli *cli, const char *pool, struct cli *ret)
{
	int r;

	*ret = *cli;
	ret->is_loaded = false;
	ret->pool = pool;
	r = heir_ctx_copy(cli->ctx, &ret->ctx);
	if (r == 0 && cli->verbose)
		be_verbose(ret->ctx, pool);
	if (r == 0)
		r = heir_set(ret->ctx, HEIR_POOL, pool);
	if (r < 0)
		return r;
	show_waiting(cli, ret->ctx);
	if (cli->release_of)
		heir_set_release_of(ret->ctx, cli->release_of);
	ret->load_error = heir_load(ret->ctx);
	ret->is_loaded = true;
	return ret->load_error == -ENOMEM ? -ENOMEM : 0;
}

bool is_wanted_pool(const struct cli *cli, const char *name)
{
	for (size_t i = 0; i < cli->only_pools.n; i++)
		if (strcmp(cli->only_pools.words[i], name) == 0)
			return true;
	return cli->only_pools.n == 0;
}

/* The names outlive a reload. */
static char **copy_names(struct cli *cli, size_t n)
{
	char **names = calloc(n + 1, sizeof(*names));
	size_t n_wanted = 0;

	for (size_t i = 0; names && i < n; i++)
		if (is_wanted_pool(cli, heir_pool_at(cli->ctx, i)))
			names[n_wanted++] = strdup(heir_pool_at(cli->ctx, i));
	return names;
}

/* A name in heir.toml that no object knows would be a check of nothing. */
static int judge_wanted(const struct cli *cli)
{
	for (size_t i = 0; i < cli->only_pools.n; i++) {
		size_t n = 0;

		while (heir_pool_at(cli->ctx, n) &&
			strcmp(heir_pool_at(cli->ctx, n), cli->only_pools.words[i]) != 0)
			n++;
		if (!heir_pool_at(cli->ctx, n))
			return usage_error(cli->command,
				"heir.toml: the objects have no pool \"%s\"",
				cli->only_pools.words[i]);
	}
	return EXIT_FINE;
}

static int worse(int code, int other)
{
	return code > other ? code : other;
}

static int run_part(struct cli *part, pool_fn run, unsigned *n)
{
	int code;

	output_begin_part(part, (*n)++);
	code = run(part);
	output_end_part(part, code);
	return code;
}

/* `all`: those too that have nothing. */
static int run_parts(
	struct cli *cli, char *const *names, size_t n, pool_fn run, bool all, unsigned *ret_n)
{
	int code = EXIT_FINE;

	*ret_n = 0;
	for (size_t i = 0; i < n && names[i]; i++) {
		struct cli part;
		int r = open_part(cli, names[i], &part);

		if (r < 0)
			code = worse(code, report_result(cli, r));
		else if (all || !is_passed_over(&part))
			code = worse(code, run_part(&part, run, ret_n));
		heir_ctx_unref(part.ctx);
	}
	return code;
}

int for_each_pool(struct cli *cli, pool_fn run)
{
	size_t n = heir_n_pools(cli->ctx);
	char **names;
	unsigned n_shown;
	int code;

	if (n > MAX_POOLS)
		return usage_error(cli->command,
			"the objects are for %zu pools (at most %d): name one with --pool", n,
			MAX_POOLS);
	if (cli->format == HEIR_FORMAT_TOML)
		return usage_error(cli->command, "the objects are for several pools, and TOML can "
						 "show only one: name it with --pool");
	code = judge_wanted(cli);
	if (code != EXIT_FINE)
		return code;
	names = copy_names(cli, n);
	if (!names)
		return report_result(cli, -ENOMEM);
	output_begin_parts(cli);
	code = run_parts(cli, names, n, run, false, &n_shown);
	/* Nothing is in any of them: then the first one says so. */
	if (n_shown == 0)
		code = run_parts(cli, names, 1, run, true, &n_shown);
	output_end_parts(cli);
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return code;
}
