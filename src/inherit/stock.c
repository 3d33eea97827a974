/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit/stock.h"

#include <string.h>

#include "config/decode.h"

bool heir_diag_is_of_heir(const struct heir_config *config, const struct heir_diag *diag)
{
	const char *dir = config->where.source_dir ? config->where.source_dir : "/etc/crio/heir.d";

	if (diag->where.source != HEIR_SOURCE_NONE)
		return config->core->sources.items[diag->where.source].scope == HEIR_SCOPE_HEIR;
	if (!diag->path || strncmp(diag->path, dir, strlen(dir)) != 0)
		return false;
	return diag->path[strlen(dir)] == '/' || diag->path[strlen(dir)] == '\0';
}

bool heir_rule_is_of_text(enum heir_rule rule)
{
	return rule <= HEIR_RULE_TOML_LIMIT || rule == HEIR_RULE_DROPIN_DANGLING_LINK ||
	       rule == HEIR_RULE_DROPIN_DIRECTORY_LINK || rule == HEIR_RULE_FILE_UNREADABLE;
}

void heir_stock_release(struct heir_stock *stock)
{
	heir_resolution_release(&stock->res);
	stock->config.docs = NULL; /* borrowed */
	stock->config.n_docs = 0;
	heir_config_release(&stock->config);
}

int heir_stock_init(struct heir_stock *stock, const struct heir_config *config,
	const struct heir_assume *assume)
{
	struct heir_core *core = config->core;
	uint32_t n = core->diags.n;
	int r = 0;

	stock->res = (struct heir_resolution){.results = NULL};
	stock->config = (struct heir_config){.core = core, .where = config->where};
	stock->config.where.as = HEIR_AS_STOCK;
	stock->config.docs = config->docs;
	stock->config.n_docs = config->n_docs;
	memcpy(stock->config.field_known, config->field_known, sizeof(config->field_known));
	for (unsigned f = HEIR_FIRST_OWN_FIELD; f < HEIR_N_FIELDS; f++)
		stock->config.field_known[f] = false;
	for (uint32_t i = 0; i < n; i++)
		if (heir_rule_is_of_text(core->diags.items[i]->rule) &&
			!heir_diag_is_of_heir(config, core->diags.items[i]))
			heir_config_set_fatal(&stock->config, core->diags.items[i]);
	for (uint32_t source = 0; source < config->n_docs && r == 0; source++)
		if (core->sources.items[source].scope != HEIR_SCOPE_HEIR && config->docs[source] &&
			!heir_toml_fatal(config->docs[source]))
			r = heir_decode(&stock->config, source);
	return r < 0 ? r : heir_resolve_config(&stock->res, &stock->config, assume);
}
