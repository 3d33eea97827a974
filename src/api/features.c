/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtimes of the node say of themselves. */
#include "report/features.h"

#include <errno.h>
#include <stdlib.h>

#include "api/context.h"
#include "inherit/candidates.h"

/* What a report needs that is gone when it is done. */
struct inquiry {
	struct heir_ctx *ctx;
	struct heir_core core; /* for what is looked up; its root is the context's */
	struct heir_lookup lookup;
	struct heir_runtimes runtimes;
	struct heir_runtime_list list;
};

/* What is told goes to `arena`, NULL: to one that is gone in the end. */
static void inquiry_init(struct inquiry *q, struct heir_ctx *ctx, struct heir_arena *arena)
{
	*q = (struct inquiry){.ctx = ctx};
	heir_core_init(&q->core);
	q->core.root = ctx->core.root;
	heir_lookup_init(
		&q->lookup, &q->core, ctx->assume.path ? ctx->assume.path : ctx->config.path);
	heir_runtimes_init(&q->runtimes, arena ? arena : &q->core.arena, ctx->cache);
	q->core.trace = q->runtimes.trace = &ctx->trace;
}

static void inquiry_release(struct inquiry *q)
{
	heir_lookup_release(&q->lookup);
	heir_runtimes_release(&q->runtimes);
	free(q->list.items);
	q->core.root = HEIR_ROOT_NULL;
	heir_core_release(&q->core);
}

static int add(struct inquiry *q, const struct heir_runtime_facts *runtime)
{
	const struct heir_runtime_facts **longer;

	/* $PATH may lead where another name leads too. */
	for (size_t i = 0; i < q->list.n; i++)
		if (q->list.items[i] == runtime)
			return 0;
	longer = reallocarray(
		q->list.items, q->list.n + 1, sizeof(const struct heir_runtime_facts *));
	if (!longer)
		return -ENOMEM;
	q->list.items = longer;
	longer[q->list.n++] = runtime;
	return 0;
}

/* What is known of the binary at that path. */
static int inquire(struct inquiry *q, const char *path)
{
	const struct heir_facts *given = q->ctx->assume.facts;
	const struct heir_runtime_facts *runtime = NULL;
	int r;

	if (given)
		r = heir_facts_ask_runtime(given, heir_str_from(path), &runtime);
	else
		r = heir_runtimes_get(&q->runtimes, heir_str_from(path), &runtime);
	if (r == 0 && !runtime)
		return heir_ctx_fail(
			q->ctx, -ENOENT, "the facts do not include the runtime \"%s\"", path);
	return r == 0 ? add(q, runtime) : r;
}

static int inquire_named(struct inquiry *q, const char *name)
{
	const char *path;
	int r = heir_lookup_binary(&q->lookup, heir_str_from(name), &path);

	/* A copy of a node may lack the binaries that its facts tell of. */
	if (r == 0 && !path && q->ctx->assume.facts && name[0] == '/')
		path = name;
	if (r == 0 && !path)
		return heir_ctx_fail(q->ctx, -ENOENT, "there is no executable \"%s\"%s", name,
			strchr(name, '/') ? "" : " in $PATH");
	return r == 0 ? inquire(q, path) : r;
}

static int inquire_all(struct inquiry *q)
{
	const struct heir_facts *given = q->ctx->assume.facts;
	const char *name, *path;
	int r = 0;

	for (size_t i = 0; given && i < given->n_runtimes && r == 0; i++)
		r = add(q, &given->runtimes[i]);
	for (size_t i = 0; !given && r == 0 && (name = heir_candidate_automatic(i)); i++) {
		r = heir_lookup_binary(&q->lookup, heir_str_from(name), &path);
		if (r == 0 && path)
			r = inquire(q, path);
	}
	return r;
}

static int compare_paths(const void *a, const void *b)
{
	const struct heir_runtime_facts *x = a, *y = b;

	return heir_str_cmp(x->path, y->path);
}

int heir_ctx_runtimes(struct heir_ctx *ctx, struct heir_arena *arena, struct heir_facts *facts)
{
	_cleanup_(inquiry_release) struct inquiry q;
	struct heir_runtime_facts *runtimes = NULL;
	size_t n = 0;
	int r;

	inquiry_init(&q, ctx, arena);
	r = inquire_all(&q);
	if (r == 0)
		runtimes = heir_arena_zalloc(arena, q.list.n, sizeof(*runtimes));
	if (!runtimes)
		return r < 0 ? r : -ENOMEM;
	/* The features of those that failed are unknown. */
	for (size_t i = 0; i < q.list.n; i++)
		if (q.list.items[i]->state != HEIR_RUNTIME_FAILED)
			runtimes[n++] = *q.list.items[i];
	if (n > 0)
		qsort(runtimes, n, sizeof(*runtimes), compare_paths);
	facts->runtimes = runtimes;
	facts->n_runtimes = n;
	return 0;
}

static int report(
	struct inquiry *q, const struct heir_style *style, heir_write_fn write, void *data)
{
	struct heir_out out;
	int r, finished;

	heir_out_init(&out, style, write, data);
	r = style->format == HEIR_FORMAT_JSON ? heir_features_print_json(&q->list, &out)
					      : heir_features_print_table(&q->list, &out);
	finished = heir_out_finish(&out);
	return r < 0 ? r : finished;
}

int heir_report_features(struct heir_ctx *ctx, const char *const *names, size_t n,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	_cleanup_(inquiry_release) struct inquiry q;
	int r;

	inquiry_init(&q, ctx, NULL);
	r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON));
	if (r < 0)
		return r;
	if (!ctx->assume.facts && (ctx->core.root.fd >= 0 || ctx->n_inputs > 0))
		return heir_ctx_fail(ctx, -ENOENT,
			"cannot run programs of another node: pass --facts FILE, the output of "
			"heir facts on that node");
	if (n == 0)
		r = inquire_all(&q);
	for (size_t i = 0; i < n && r == 0; i++)
		r = inquire_named(&q, names[i]);
	if (r == 0)
		r = report(&q, style, write, data);
	return r == -ENOMEM ? heir_ctx_fail(ctx, r, "out of memory") : r;
}
