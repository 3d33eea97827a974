/* SPDX-License-Identifier: Apache-2.0 */
/* The answer is TOML, so it is parsed and decoded like a file, into a configuration of its own. */
#include "apply/live.h"

#include <errno.h>
#include <stdlib.h>

#include "config/decode.h"
#include "inherit/value.h"

void heir_live_release(struct heir_live *live)
{
	heir_view_release(&live->view);
	heir_config_release(&live->config);
	heir_core_release(&live->core);
	live->error = NULL;
}

/* Records why it is not a valid answer, with the place if there is one. */
static int reject_answer(struct heir_live *live, uint32_t at, const char *why)
{
	struct heir_position where;
	int r = heir_source_locate(&live->core.sources.items[0], &live->core.arena, at, &where);

	if (r == 0)
		live->error = at ? heir_arena_printf(&live->core.arena, "line %u, column %u: %s",
					   where.line, where.column, why)
				 : why;
	return r == 0 && live->error ? -EBADMSG : -ENOMEM;
}

static int parse_answer(struct heir_live *live, struct heir_str text)
{
	/* CRI-O writes with the same library that it reads with. */
	struct heir_toml_options options = {HEIR_TOML_CRIO, HEIR_TOML_1_1, false};
	struct heir_config *config = &live->config;
	uint32_t source;
	int r = heir_sources_add(&live->core.sources, "", text, HEIR_SCOPE_CONF, &source);

	if (r < 0)
		return r;
	config->docs = calloc(1, sizeof(*config->docs));
	if (!config->docs)
		return -ENOMEM;
	config->n_docs = 1;
	r = heir_toml_parse(text, &options, &config->docs[0]);
	if (r < 0)
		return r;
	for (size_t i = 0; i < heir_toml_n_faults(config->docs[0]); i++) {
		const struct heir_toml_fault *fault = heir_toml_fault(config->docs[0], i);

		if (!fault->tolerated)
			return reject_answer(live, fault->where.at, fault->message);
	}
	return heir_decode(config, source);
}

int heir_live_init(struct heir_live *live, struct heir_str text, struct heir_version version)
{
	struct heir_config *config = &live->config;
	int r;

	*live = (struct heir_live){.default_name = HEIR_STR_NULL};
	heir_core_init(&live->core);
	config->core = &live->core;
	config->where = (struct heir_where){.version = version, .as = HEIR_AS_STOCK};
	/* It may be of another release than the assumed one. */
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++)
		config->field_known[f] = true;
	r = parse_answer(live, text);
	if (r < 0)
		return r;
	/* A value of an unexpected type is treated as missing, and reported as a difference. */
	config->fatal = NULL;
	heir_diags_release(&config->stops);
	if (config->n_handlers == 0)
		return reject_answer(live, 0, "it has no table [crio.runtime.runtimes]");
	if (config->settings[HEIR_SETTING_default_runtime]) {
		live->default_name = heir_config_setting(config, HEIR_SETTING_default_runtime);
		if (!live->default_name.p)
			return -ENOMEM;
	}
	return heir_view_init(&live->view, &live->core, config, NULL);
}

int heir_live_get(const struct heir_live *live, const struct heir_handler *handler,
	enum heir_field field, struct heir_origin *ret)
{
	heir_toml_node node = heir_table_field(&live->config, handler->table, field);

	*ret = (struct heir_origin){
		.kind = HEIR_KIND_UNSET, .value = {.type = heir_fields[field].type}};
	if (node == 0)
		return 0;
	ret->kind = HEIR_KIND_EXPLICIT;
	ret->node = node;
	return heir_value_read(
		&live->config, handler->table->source, node, heir_fields[field].type, &ret->value);
}
