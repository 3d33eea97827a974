/* SPDX-License-Identifier: Apache-2.0 */
/* Creates and releases what a core owns. Order matters on release: caches point into the arena. */
#include "base/core.h"

void heir_core_init(struct heir_core *core)
{
	*core = (struct heir_core){
		.root = HEIR_ROOT_NULL,
		.effort = HEIR_EFFORT,
		.explaining = HEIR_EFFORT,
		.selecting = HEIR_SELECTING,
	};
	heir_arena_init(&core->arena);
	heir_arena_init(&core->values);
}

void heir_core_release(struct heir_core *core)
{
	heir_diags_release(&core->diags);
	heir_sources_release(&core->sources);
	heir_root_close(&core->root);
	heir_memo_release(&core->expanded);
	heir_memo_release(&core->decoded);
	heir_memo_release(&core->lists);
	heir_arena_release(&core->values);
	heir_arena_release(&core->arena);
}

int heir_core_add_source(struct heir_core *core, const char *path, struct heir_str text,
	enum heir_scope scope, uint32_t *ret)
{
	const struct heir_overlay_file *overlaid = heir_root_overlaid(&core->root, path);
	int r = heir_sources_add(&core->sources, path, text, scope, ret);

	if (r == 0 && overlaid) {
		struct heir_source *item = &core->sources.items[*ret];

		item->object = overlaid->object;
		item->author = overlaid->object ? overlaid->object->author : HEIR_AUTHOR_UNKNOWN;
		item->held_at = overlaid->where;
	}
	return r;
}

void heir_core_forget_values(struct heir_core *core)
{
	heir_arena_clear(&core->values);
}
