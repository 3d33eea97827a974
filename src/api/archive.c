/* SPDX-License-Identifier: Apache-2.0 */
/* Archives instead of directories: unpacked once, and known by their names from then on. */
#include <errno.h>
#include <string.h>

#include "api/context.h"

static struct heir_archive *find(const struct heir_ctx *ctx, const char *name)
{
	for (struct heir_archive *archive = ctx->archives; archive; archive = archive->next)
		if (strcmp(archive->name, name) == 0)
			return archive;
	return NULL;
}

int heir_open_archive(struct heir_ctx *ctx, const char *name, int fd, bool objects,
	const char *program, const char *tmp)
{
	struct heir_arena *arena = &ctx->settings_arena;
	struct heir_archive *archive = heir_arena_new(arena, struct heir_archive);
	const char *error = NULL;
	uint64_t begun;
	int r = -ENOMEM;

	heir_ctx_begin_trace(ctx);
	begun = heir_trace_begin(&ctx->trace);
	if (archive)
		archive->name = heir_arena_strndup(arena, name, strlen(name));
	if (archive && archive->name)
		r = heir_unpack(program, tmp, archive->name, fd, objects, arena, &ctx->trace,
			&archive->unpacked, &error);
	heir_trace_report(&ctx->trace, begun, HEIR_TRACE_objects, name,
		r < 0 ? "failed" : "unpacked", "%s", r < 0 && error ? error : "");
	if (r < 0)
		return heir_ctx_fail(ctx, r, "%s", error ? error : "out of memory");
	archive->dir = archive->unpacked.dir;
	archive->next = ctx->archives;
	ctx->archives = archive;
	return 0;
}

const char *heir_archive_dir(const struct heir_ctx *ctx, const char *name)
{
	const struct heir_archive *archive = find(ctx, name);

	return archive ? archive->dir : NULL;
}

int heir_use_archive(struct heir_ctx *ctx, const char *name, const char *dir, bool root)
{
	struct heir_archive *archive = find(ctx, name);
	int r;

	if (!archive)
		return heir_ctx_fail(ctx, -EINVAL, "%s is not an open archive", name);
	archive->dir = heir_arena_strndup(&ctx->settings_arena, dir, strlen(dir));
	if (!archive->dir)
		return heir_ctx_fail(ctx, -ENOMEM, "out of memory");
	r = root ? heir_unpack_links(
			   &archive->unpacked, archive->name, &ctx->settings_arena, &ctx->trace)
		 : 0;
	return r < 0 ? heir_ctx_fail(ctx, r, "cannot create the links of %s", name) : 0;
}

void heir_close_archives(struct heir_ctx *ctx)
{
	for (; ctx->archives != ctx->archives_of_others; ctx->archives = ctx->archives->next)
		heir_unpack_close(&ctx->archives->unpacked);
}
