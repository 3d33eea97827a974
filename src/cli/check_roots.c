/* SPDX-License-Identifier: Apache-2.0 */
/* `heir check DIR...`: each a node of its own, checked by as many threads as there are processors,
 * and told in the order of the arguments. A thread loads, checks and prints into memory; the first
 * one puts the parts together. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/check.h"
#include "cli/parallel.h"
#include "cli/paths.h"
#include "cli/progress.h"

/* What came of one root. */
struct part {
	char *text;
	size_t len, size;
	char *failure;   /* it could not be read: why */
	bool unreadable; /* one of its files could not */
	int error;       /* no memory */
	struct check_sums sums;
};

struct roots {
	struct cli *cli;
	struct heir_style style;
	struct parallel *map;
	struct progress progress;
	struct check_sums sums;
	bool unreadable;
	bool by_pool; /* the arguments are pools */
	/* Of --against, NULL without: a context with its settings, never loaded itself; and, if the
	 * arguments are found below it, its name. */
	struct heir_ctx *base;
	const char *base_dir;
};

/* Writes the name of the path below the base; false: it is not below the base. */
static bool name_below(const char *base, const char *path, char ret[2 * PATH_MAX])
{
	return path[0] != '/' && strncmp(path, "..", 2) != 0 &&
	       snprintf(ret, 2 * PATH_MAX, "%s/%s", base, path) < PATH_MAX &&
	       access(ret, F_OK) == 0;
}

static int append(void *data, const char *text, size_t len)
{
	struct part *part = data;

	if (len > part->size - part->len) {
		size_t size = (part->len + len) * 2;
		char *longer = realloc(part->text, size);

		if (!longer)
			return -ENOMEM;
		part->text = longer;
		part->size = size;
	}
	memcpy(part->text + part->len, text, len);
	part->len += len;
	return 0;
}

static int find(const struct roots *roots, struct heir_ctx *ctx)
{
	const struct cli *cli = roots->cli;

	return heir_check(ctx, cli->only.words, cli->only.n, cli->skip.words, cli->skip.n);
}

/* Takes away what the node, or the pool, of --against has too. */
static int drop_known(
	const struct roots *roots, struct heir_ctx *ctx, const char *dir, struct part *ret)
{
	struct heir_ctx *base = NULL;
	char below[2 * PATH_MAX];
	int r;

	/* A node that the base does not have is new, and so is all that it has. */
	if (roots->base_dir && !name_below(roots->base_dir, dir, below))
		return 0;
	r = heir_ctx_copy(roots->base, &base);
	if (r < 0)
		return r;
	heir_set_release_of(base, ctx);
	if (roots->by_pool)
		r = heir_set(base, HEIR_POOL, dir);
	else if (roots->base_dir)
		r = heir_set(base, HEIR_ROOT, below);
	if (r == 0)
		r = heir_load(base);
	if (r == 0 || heir_fatal(base, NULL)) {
		r = find(roots, base);
		if (r == 0)
			r = heir_check_drop_known(ctx, base);
	} else if (r != -ENOMEM) {
		ret->unreadable = true;
		r = asprintf(&ret->failure, "--against: %s", heir_error(base)) < 0 ? -ENOMEM : 0;
	}
	heir_ctx_unref(base);
	return r;
}

static int check(const struct roots *roots, struct heir_ctx *ctx, const char *dir, struct part *ret)
{
	const struct cli *cli = roots->cli;
	int r = heir_set(ctx, roots->by_pool ? HEIR_POOL : HEIR_ROOT, dir);

	if (r == 0)
		r = heir_load(ctx);
	ret->unreadable = r < 0;
	/* A file that cannot be read is a finding, and does not keep the others from theirs. */
	if (r == 0 || heir_fatal(ctx, NULL)) {
		r = find(roots, ctx);
		if (r == 0 && roots->base)
			r = drop_known(roots, ctx, dir, ret);
		if (r == 0)
			r = check_count(cli, ctx, &ret->sums);
		if (r < 0)
			return r;
	} else {
		ret->failure = strdup(heir_error(ctx));
		if (r == -ENOMEM || !ret->failure)
			return -ENOMEM;
	}
	return heir_report_check_part(ctx, roots->by_pool ? NULL : dir, check_severities(cli),
		&roots->style, append, ret);
}

static void check_root(void *data, size_t item, void *result)
{
	const struct roots *roots = data;
	struct part *part = result;
	struct heir_ctx *ctx = NULL;

	part->error = heir_ctx_copy(roots->cli->ctx, &ctx);
	if (part->error == 0 && roots->cli->verbose)
		be_verbose(ctx, roots->cli->args[item]);
	if (part->error == 0)
		part->error = check(roots, ctx, roots->cli->args[item], part);
	heir_ctx_unref(ctx);
}

static void release_part(void *result)
{
	struct part *part = result;

	free(part->text);
	free(part->failure);
}

/* A heir_part_fn: waits for the next one, and shows the progress. */
static int next_part(void *data, struct heir_part *ret)
{
	struct roots *roots = data;
	struct part *part;

	while (!(part = parallel_next(roots->map, roots->progress.possible ? PROGRESS_MS : -1))) {
		if (parallel_n_done(roots->map) == roots->cli->n_args)
			return 0;
		progress_show(&roots->progress, parallel_n_done(roots->map));
	}
	check_add_sums(&roots->sums, &part->sums);
	roots->unreadable |= part->unreadable;
	if (part->failure) {
		progress_clear(&roots->progress);
		log_error("%s", part->failure);
	}
	progress_show(&roots->progress, parallel_n_done(roots->map));
	*ret = (struct heir_part){part->text, roots->cli->statistics ? 0 : part->len,
		part->sums.errors, part->sums.warnings, part->sums.notes};
	return part->error < 0 ? part->error : 1;
}

static int write_part(void *data, const char *text, size_t len)
{
	struct roots *roots = data;

	progress_clear(&roots->progress);
	return write_output(NULL, text, len);
}

/* What is wrong with the line itself, before any thread begins. */
static int judge(struct cli *cli, bool by_pool)
{
	int r;

	if (cli->root)
		return usage_error(cli->command, "check takes --root or DIR..., not both");
	for (size_t i = 0; i < cli->n_args && !by_pool; i++) {
		if (cli->args[i][0] == '\0')
			return usage_error(cli->command, "the name of a DIR is empty");
		if (!heir_archive_dir(cli->ctx, cli->args[i]) && advise_of_path(cli->args[i], true))
			return EXIT_USAGE;
	}
	/* Nothing is loaded, so this looks at the names of the rules and no further. */
	r = heir_check(cli->ctx, cli->only.words, cli->only.n, cli->skip.words, cli->skip.n);
	return r == -ENOENT ? report_result(cli, r) : EXIT_FINE;
}

/* What --against names: a directory with the same paths, as of another commit, or else one node for
 * all of them. An exit_code. */
static int set_base(struct roots *roots)
{
	struct cli right = *roots->cli;
	char below[2 * PATH_MAX];
	enum kind kind;
	int r;

	if (!right.right.against)
		return EXIT_FINE;
	for (size_t i = 0; i < right.n_args && !roots->by_pool && !roots->base_dir; i++)
		if (name_below(right.right.against, right.args[i], below))
			roots->base_dir = right.right.against;
	r = heir_ctx_copy(right.ctx, &right.ctx);
	if (r < 0)
		return report_result(roots->cli, r);
	roots->base = right.ctx;
	if (roots->base_dir)
		return EXIT_FINE;
	kind = kind_of(right.right.against);
	if (!roots->by_pool && (kind == IS_UNKNOWN || kind == IS_NODES)) {
		log_error("--against: %s is not a node and has none of the arguments below it",
			right.right.against);
		return EXIT_USAGE;
	}
	return set_right(&right);
}

static int check_items(struct cli *cli, bool by_pool)
{
	struct roots roots = {.cli = cli, .style = output_style(cli), .by_pool = by_pool};
	int code = judge(cli, by_pool), r;

	if (code != EXIT_FINE)
		return code;
	code = set_base(&roots);
	if (code != EXIT_FINE) {
		heir_ctx_unref(roots.base);
		return code;
	}
	print_assumed(cli, cli->ctx);
	progress_init(&roots.progress, cli, "checking", cli->n_args);
	roots.map = parallel_new(&(struct parallel_job){.n = cli->n_args,
		.threads = cli->jobs ? cli->jobs : parallel_n_processors(),
		.work = check_root,
		.result_size = sizeof(struct part),
		.release = release_part,
		.data = &roots});
	r = roots.map ? heir_report_checks(
				cli->ctx, &roots.style, next_part, &roots, write_part, &roots)
		      : -ENOMEM;
	parallel_free(roots.map);
	progress_clear(&roots.progress);
	heir_ctx_unref(roots.base);
	code = report_result(cli, r);
	if (code != EXIT_FINE)
		return code;
	check_print_sums(cli, &roots.sums);
	return roots.unreadable ? EXIT_IO : check_verdict(cli, &roots.sums);
}

int check_roots(struct cli *cli)
{
	return check_items(cli, false);
}

int check_pools(struct cli *cli)
{
	size_t n = heir_n_pools(cli->ctx);
	const char **names = calloc(n, sizeof(*names));
	struct cli pools = *cli;
	int code;

	if (!names)
		return report_result(cli, -ENOMEM);
	pools.n_args = 0;
	for (size_t i = 0; i < n; i++)
		if (is_wanted_pool(cli, heir_pool_at(cli->ctx, i)))
			names[pools.n_args++] = heir_pool_at(cli->ctx, i);
	pools.args = names;
	code = check_items(&pools, true);
	free(names);
	return code;
}
