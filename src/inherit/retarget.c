/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit/retarget.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/decode.h"
#include "inherit/stock.h"

void heir_retarget_release(struct heir_retarget *retarget)
{
	for (uint32_t i = 0; retarget->owned && i < retarget->config.n_docs; i++)
		if (retarget->owned[i])
			heir_toml_free(retarget->docs[i]);
	free(retarget->docs);
	free(retarget->owned);
	retarget->docs = NULL;
	retarget->owned = NULL;
	retarget->config.docs = NULL; /* freed above */
	retarget->config.n_docs = 0;
	heir_config_release(&retarget->config);
}

static bool is_file(const struct heir_source *source)
{
	return source->scope == HEIR_SCOPE_CONF || source->scope == HEIR_SCOPE_VENDOR ||
	       source->scope == HEIR_SCOPE_DROPIN;
}

/* What stopped the loading, but for faults of texts that are parsed again. */
static void take_stops(struct heir_retarget *retarget, const struct heir_config *config, bool again)
{
	for (uint32_t i = 0; i < config->stops.n; i++) {
		struct heir_diag *diag = config->stops.items[i];

		if (!heir_rule_is_of_text(diag->rule) ||
			(again && heir_rules[diag->rule].source == HEIR_RULE_FROM_TOML &&
				diag->where.source != HEIR_SOURCE_NONE &&
				is_file(&config->core->sources.items[diag->where.source])))
			continue;
		heir_config_set_fatal(&retarget->config, diag);
	}
}

/* Parses a text by the dialect of the release. */
static int parse(struct heir_retarget *retarget, uint32_t source)
{
	struct heir_config *config = &retarget->config;
	struct heir_toml_options options = {
		HEIR_TOML_CRIO, heir_version_toml(config->where.version), false};
	int r = heir_toml_parse(
		config->core->sources.items[source].text, &options, &retarget->docs[source]);

	if (r < 0)
		return r;
	retarget->owned[source] = true;
	return heir_config_add_faults(config, source);
}

/* What the release has built in, as a source of its own. */
static int add_builtin(struct heir_retarget *retarget, uint32_t *ret)
{
	struct heir_config *config = &retarget->config;

	return heir_sources_add(&config->core->sources, "(built in)",
		heir_str_from(heir_version_builtin(config->where.version)), HEIR_SCOPE_BUILTIN,
		ret);
}

static int make_docs(struct heir_retarget *retarget, const struct heir_config *config, bool again,
	uint32_t builtin)
{
	const struct heir_source *sources = config->core->sources.items;
	int r = 0;

	retarget->docs = calloc(builtin + 1u, sizeof(*retarget->docs));
	retarget->owned = calloc(builtin + 1u, sizeof(*retarget->owned));
	if (!retarget->docs || !retarget->owned)
		return -ENOMEM;
	retarget->config.docs = retarget->docs;
	retarget->config.n_docs = builtin + 1;
	for (uint32_t i = 0; i < config->n_docs && r == 0; i++) {
		if (!config->docs[i] || sources[i].scope == HEIR_SCOPE_BUILTIN)
			continue;
		if (again && is_file(&sources[i]))
			r = parse(retarget, i);
		else
			retarget->docs[i] = config->docs[i];
	}
	return r == 0 ? parse(retarget, builtin) : r;
}

int heir_retarget_read(struct heir_retarget *retarget, const struct heir_config *config,
	struct heir_version version)
{
	struct heir_core *core = config->core;
	bool again = heir_version_toml(version) != heir_version_toml(config->where.version);
	bool as_heir = config->where.as == HEIR_AS_HEIR;
	uint32_t builtin;
	int r;

	*retarget = (struct heir_retarget){.config = {.core = core, .where = config->where}};
	retarget->config.where.version = version;
	retarget->config.flags = config->flags;
	retarget->config.path = config->path;
	for (unsigned f = 0; f < HEIR_N_FIELDS; f++)
		retarget->config.field_known[f] =
			f >= HEIR_FIRST_OWN_FIELD ? as_heir : heir_field_is_known(f, version);
	take_stops(retarget, config, again);
	r = add_builtin(retarget, &builtin);
	if (r == 0)
		r = make_docs(retarget, config, again, builtin);
	if (r == 0)
		r = heir_decode(&retarget->config, builtin);
	for (uint32_t i = 0; i < builtin && r == 0; i++)
		if (retarget->docs[i] && !heir_toml_fatal(retarget->docs[i]) &&
			!(as_heir && core->sources.items[i].rendered))
			r = heir_decode(&retarget->config, i);
	return r;
}
