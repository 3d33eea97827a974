/* SPDX-License-Identifier: Apache-2.0 */
/* A program that uses the installed libheir: which binary does each handler of a node run, and
 *which line of which file says so?
 *
 *	cc main.c -o handlers $(pkg-config --cflags --libs libheir)
 *	./handlers /path/to/a/node
 */
#include <stdio.h>
#include <string.h>

#include <heir/heir.h>

static size_t field_by_name(const char *name)
{
	size_t field = 0;

	while (field < heir_n_fields() && strcmp(heir_field_name(field), name) != 0)
		field++;
	return field;
}

static void print_diagnostics(struct heir_ctx *ctx)
{
	for (size_t i = 0; i < heir_n_diagnostics(ctx); i++) {
		struct heir_diagnostic d;

		if (heir_diagnostic_at(ctx, i, &d) < 0)
			continue;
		fprintf(stderr, "%s:%u: %s: %s [%s]\n", d.where.file ? d.where.file : "-",
			(unsigned)d.where.line, d.level, d.message, d.rule);
	}
}

static int print_handler(struct heir_ctx *ctx, size_t i, size_t field)
{
	struct heir_handler_info handler;
	struct heir_field_value path;
	int r = heir_handler_at(ctx, i, &handler);

	if (r < 0)
		return r;
	if (handler.dropped) {
		printf("%s: dropped, %s\n", handler.name, handler.reason);
		return 0;
	}
	r = heir_handler_field(ctx, i, field, &path);
	if (r < 0)
		return r;
	printf("%s: %s, %s", handler.name, path.text, path.kind);
	if (path.from)
		printf(" from %s", path.from);
	if (path.where.file)
		printf(", %s:%u:%u", path.where.file, (unsigned)path.where.line,
			(unsigned)path.where.column);
	putchar('\n');
	return 0;
}

static int print_node(struct heir_ctx *ctx, const char *root)
{
	size_t field = field_by_name("runtime_path");
	int r = heir_set(ctx, HEIR_ROOT, root);

	if (r == 0)
		r = heir_load(ctx);
	if (r == 0)
		r = heir_resolve(ctx);
	if (r < 0)
		return r;
	print_diagnostics(ctx);
	for (size_t i = 0; r == 0 && i < heir_n_handlers(ctx); i++)
		r = print_handler(ctx, i, field);
	return r;
}

int main(int argc, char **argv)
{
	struct heir_ctx *ctx = NULL;
	int r, status = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
		return 2;
	}
	r = heir_ctx_new(&ctx);
	if (r == 0)
		r = print_node(ctx, argv[1]);
	if (r < 0) {
		fprintf(stderr, "%s: %s\n", argv[1], ctx ? heir_error(ctx) : strerror(-r));
		status = 3;
	} else if (heir_fatal(ctx, NULL)) {
		status = 1;
	}
	heir_ctx_unref(ctx);
	return status;
}
