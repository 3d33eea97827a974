/* SPDX-License-Identifier: Apache-2.0 */
/* crio.service from bytes: the input is cut at each 0xff byte into a unit file, drop-ins, an
 * environment file and a command line, which lie over nothing. Whatever they say, reading ends in
 * one of its own answers, every place is one of a source, and flags become a document that
 * parses. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "config/config.h"
#include "fuzz.h"

static const char *const files[] = {"/etc/systemd/system/crio.service",
	"/etc/systemd/system/crio.service.d/10.conf", "/run/systemd/system/cri-o.service.d/20.conf",
	"/etc/sysconfig/crio", "/etc/crio/crio.conf"};

static struct heir_str cut(const uint8_t **data, size_t *size)
{
	const uint8_t *end = *size ? memchr(*data, 0xff, *size) : NULL;
	struct heir_str piece = {(const char *)*data, end ? (size_t)(end - *data) : *size};

	*data += piece.len + (end != NULL);
	*size -= piece.len + (end != NULL);
	return piece;
}

static void lay(struct heir_overlay *overlay, struct heir_arena *arena, const char *path,
	struct heir_str text)
{
	struct heir_overlay_file file = {.path = path, .mode = 0644, .where = HEIR_PLACE_NONE};

	require(heir_text_copy(text, arena, &file.text) == 0);
	require(heir_overlay_put(overlay, &file) == 0);
}

static void check_place(const struct heir_core *core, struct heir_place where)
{
	if (where.source == HEIR_SOURCE_NONE)
		return;
	require(where.source < core->sources.n);
	require(where.at <= core->sources.items[where.source].text.len);
	require(where.len <= core->sources.items[where.source].text.len - where.at);
}

static void check_config(const struct heir_config *config)
{
	const struct heir_core *core = config->core;

	for (uint32_t i = 0; i < config->unit.args.n; i++)
		check_place(core, config->unit.args.items[i].where);
	for (uint32_t i = 0; i < config->unit.vars.n; i++)
		check_place(core, config->unit.vars.items[i].where);
	for (uint32_t i = 0; i < core->diags.n; i++)
		check_place(core, core->diags.items[i]->where);
	for (uint32_t i = 0; i < config->n_docs; i++)
		if (core->sources.items[i].scope == HEIR_SCOPE_FLAG) {
			require(!heir_toml_fatal(config->docs[i]));
			for (uint32_t at = 0; at < core->sources.items[i].text.len; at++)
				check_place(core,
					heir_node_place(config, i, (struct heir_toml_span){at, 0}));
		}
}

static void load(struct heir_overlay *overlay, const struct heir_where *where)
{
	struct heir_config config;
	struct heir_core core;

	heir_core_init(&core);
	core.root.overlay = overlay;
	require(heir_config_load(&config, &core, where) == 0);
	check_config(&config);
	heir_config_release(&config);
	core.root.overlay = NULL;
	heir_core_release(&core);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heir_overlay overlay = HEIR_OVERLAY_NULL;
	struct heir_where where = {.as = HEIR_AS_STOCK};
	struct heir_str words;
	struct heir_arena arena;

	if (size == 0)
		return 0;
	where.version = (struct heir_version){
		heir_releases[data[0] % heir_n_releases].minor, HEIR_PATCH_LAST};
	data++;
	size--;
	heir_arena_init(&arena);
	overlay.alone = true;
	for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		lay(&overlay, &arena, files[i], cut(&data, &size));
	load(&overlay, &where);
	words = cut(&data, &size);
	where.crio_args = heir_arena_strndup(&arena, words.p, words.len);
	require(where.crio_args != NULL);
	load(&overlay, &where);
	where.crio_args = NULL;
	where.process = &(struct heir_process){"/proc/1", words, cut(&data, &size)};
	load(&overlay, &where);
	heir_overlay_release(&overlay);
	heir_arena_release(&arena);
	return 0;
}
