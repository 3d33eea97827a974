/* SPDX-License-Identifier: Apache-2.0 */
#include "base/overlay.h"

#include <errno.h>
#include <stdlib.h>

#include "base/vec.h"

void heir_overlay_release(struct heir_overlay *overlay)
{
	free(overlay->files);
	heir_map_release(&overlay->by_path);
	*overlay = HEIR_OVERLAY_NULL;
}

int heir_overlay_put(struct heir_overlay *overlay, const struct heir_overlay_file *file)
{
	uint32_t at;
	bool is_new;
	int r = HEIR_RESERVE(overlay->files, overlay->n, overlay->size);

	if (r == 0)
		r = heir_map_put(
			&overlay->by_path, heir_str_from(file->path), overlay->n, &at, &is_new);
	if (r < 0)
		return r;
	overlay->files[at] = *file;
	overlay->n += is_new;
	return 0;
}

const struct heir_overlay_file *heir_overlay_find(
	const struct heir_overlay *overlay, const char *path)
{
	uint32_t at = heir_map_get(&overlay->by_path, heir_str_from(path));

	return at == HEIR_MAP_NONE ? NULL : &overlay->files[at];
}
