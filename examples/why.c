/* SPDX-License-Identifier: Apache-2.0 */
/* Prints why each handler of a node runs what it runs: cc why.c $(pkg-config --cflags --libs
 * libheir); ./a.out /path/to/a/node */
#include <stdio.h>

#include <heir/heir.h>

static int print_handler(struct heir_ctx *ctx, size_t i, size_t field)
{
	const struct heir_explanation *why;
	struct heir_handler_info handler;
	int r = heir_handler_at(ctx, i, &handler);

	if (r == 0)
		r = heir_handler_explain(ctx, i, field, &why);
	if (r < 0)
		return r;
	printf("%s runs %s\n", handler.name, why->string ? why->string : "nothing");
	for (size_t k = 0; k < why->n_rulings; k++)
		printf("  %s: %s\n", why->rulings[k].rule, why->rulings[k].reason);
	for (size_t k = 0; k < why->n_writes; k++)
		printf("  %s:%u: %s\n", why->writes[k].where.file,
			(unsigned)why->writes[k].where.line, why->writes[k].text);
	return 0;
}

int main(int argc, char **argv)
{
	struct heir_ctx *ctx;
	size_t field;
	int r = heir_ctx_new(&ctx);

	if (r < 0)
		return 3;
	if ((r = heir_set(ctx, HEIR_ROOT, argc > 1 ? argv[1] : "/")) == 0 &&
		(r = heir_load(ctx)) == 0 && (r = heir_resolve(ctx)) == 0)
		r = heir_field_find("runtime_path", &field);
	for (size_t i = 0; r == 0 && i < heir_n_handlers(ctx); i++)
		r = print_handler(ctx, i, field);
	if (r < 0)
		fprintf(stderr, "%s\n", heir_error(ctx));
	heir_ctx_unref(ctx);
	return r < 0 ? 3 : 0;
}
