/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core.h"

void heir_core_init(struct heir_core *core)
{
	*core = (struct heir_core){
		.root = HEIR_ROOT_NULL,
		.effort = HEIR_EFFORT,
		.explaining = HEIR_EFFORT,
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
	heir_arena_release(&core->values);
	heir_arena_release(&core->arena);
}

void heir_core_forget_values(struct heir_core *core)
{
	heir_arena_clear(&core->values);
}
