/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as objects: nothing crashes, every place lies in the text, whatever pool is asked has
 * files with clean paths, and the same question has the same answer. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/core.h"
#include "kube/ctrcfg.h"
#include "kube/kube.h"
#include "fuzz.h"

static void check_place(const struct heir_core *core, struct heir_place place)
{
	if (place.source == HEIR_SOURCE_NONE)
		return;
	require(place.source < core->sources.n);
	require(place.at <= core->sources.items[place.source].text.len);
	require(place.len <= core->sources.items[place.source].text.len - place.at);
}

static void check_diags(const struct heir_core *core)
{
	for (uint32_t i = 0; i < core->diags.n; i++) {
		const struct heir_diag *diag = core->diags.items[i];

		require(diag->text && diag->text[0]);
		check_place(core, diag->where);
		for (const struct heir_note *note = diag->notes; note; note = note->next)
			check_place(core, note->where);
	}
}

static void check_files(struct heir_core *core, const struct heir_overlay *overlay)
{
	for (uint32_t i = 0; i < overlay->n; i++) {
		const struct heir_overlay_file *file = &overlay->files[i];

		require(file->path[0] == '/' && !strstr(file->path, "//"));
		require(!strstr(file->path, "/../") && !strstr(file->path, "/./"));
		require(file->text.p[file->text.len] == '\0');
		require(file->text.p[file->text.len + 15] == '\0');
		require(file->mode <= 07777 && file->object);
		require(heir_overlay_find(overlay, file->path) == file);
		check_place(core, file->where);
	}
}

static uint64_t hash_of(const struct heir_overlay *overlay)
{
	uint64_t hash = overlay->n;

	for (uint32_t i = 0; i < overlay->n; i++) {
		hash = hash * 31 +
		       heir_digest_add(HEIR_DIGEST_START, heir_str_from(overlay->files[i].path));
		hash = hash * 31 + heir_digest_add(HEIR_DIGEST_START, overlay->files[i].text);
	}
	return hash;
}

static uint64_t ask_pool(struct heir_kube *kube, struct heir_core *core, const char *pool)
{
	struct heir_overlay overlay = HEIR_OVERLAY_NULL;
	uint64_t hash;

	require(heir_kube_files(kube, pool, &overlay) == 0);
	check_files(core, &overlay);
	hash = hash_of(&overlay);
	heir_overlay_release(&overlay);
	return hash;
}

static uint64_t ask(struct heir_str text)
{
	const char *const *pools;
	struct heir_kube *kube;
	struct heir_core core;
	uint64_t hash = 0;
	uint32_t n;

	heir_core_init(&core);
	require(heir_kube_new(&core, &kube) == 0);
	require(heir_kube_read(kube, "-", text) == 0);
	for (size_t i = 0; i < HEIR_KUBE_N_KINDS; i++)
		for (uint32_t k = 0; k < heir_kube_n(kube, (enum heir_kube_kind)i); k++)
			check_place(&core, heir_kube_at(kube, (enum heir_kube_kind)i, k)->where);
	require(heir_kube_pools(kube, &pools, &n) == 0);
	hash = ask_pool(kube, &core, "worker") * 31 + ask_pool(kube, &core, "gpu");
	for (uint32_t i = 0; i < n && i < 4; i++)
		hash = hash * 31 + ask_pool(kube, &core, pools[i]);
	check_diags(&core);
	heir_kube_free(kube);
	heir_core_release(&core);
	return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1);
	struct heir_str text = {copy, size};
	int64_t value;

	/* A copy without anything behind it, so that a step too far is seen. */
	require(copy != NULL);
	if (size)
		memcpy(copy, data, size);
	require(ask(text) == ask(text));
	heir_quantity_parse(text, &value);
	free(copy);
	return 0;
}
