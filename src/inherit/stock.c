/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit/stock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/decode.h"

bool heir_diag_is_of_heir(const struct heir_config *config, const struct heir_diag *diag)
{
	const char *dir = heir_where_source_dir(&config->where);

	if (diag->where.source != HEIR_SOURCE_NONE)
		return config->core->sources.items[diag->where.source].scope == HEIR_SCOPE_HEIR;
	if (!diag->path || strncmp(diag->path, dir, strlen(dir)) != 0)
		return false;
	return diag->path[strlen(dir)] == '/' || diag->path[strlen(dir)] == '\0';
}

void heir_stock_release(struct heir_stock *stock)
{
	heir_resolution_release(&stock->res);
	if (stock->docs)
		heir_toml_free(stock->docs[stock->draft]);
	free(stock->docs);
	stock->docs = NULL;
	stock->config.docs = NULL; /* borrowed */
	stock->config.n_docs = 0;
	heir_config_release(&stock->config);
}

/* What stopped the other run stops this one, unless it stands in a file that does not count. */
static void take_faults(struct heir_stock *stock, const struct heir_config *config, bool all)
{
	const struct heir_core *core = config->core;

	for (uint32_t i = 0; i < core->diags.n; i++) {
		struct heir_diag *diag = core->diags.items[i];
		uint32_t source = diag->where.source;

		if (heir_rule_is_of_text(diag->rule) && !heir_diag_is_of_heir(config, diag) &&
			(all || source == HEIR_SOURCE_NONE ||
				!core->sources.items[source].rendered))
			heir_config_set_fatal(&stock->config, diag);
	}
}

/* Parses the draft as a source of its own, in a list of documents that is the other's and one more.
 */
static int add_draft(struct heir_stock *stock, const struct heir_draft *draft)
{
	struct heir_config *config = &stock->config;
	struct heir_sources *sources = &config->core->sources;
	struct heir_toml_options options = {
		HEIR_TOML_CRIO, heir_version_toml(config->where.version), false};
	int r = heir_sources_add(
		sources, draft->path, draft->text, HEIR_SCOPE_DROPIN, &stock->draft);

	if (r < 0)
		return r;
	sources->items[stock->draft].rendered = true;
	stock->docs = calloc(stock->draft + 1u, sizeof(*stock->docs));
	if (!stock->docs)
		return -ENOMEM;
	for (uint32_t i = 0; i < config->n_docs; i++)
		stock->docs[i] = config->docs[i];
	config->docs = stock->docs;
	config->n_docs = stock->draft + 1;
	return heir_toml_parse(draft->text, &options, &stock->docs[stock->draft]);
}

/* A name's bytes in the order of the walk: what lies in a directory comes before whatever has the
 * directory's name as its beginning. */
static int rank(char c)
{
	return c == '\0' ? -1 : c == '/' ? 0 : (uint8_t)c;
}

/* Is the source what CRI-O reads after a drop-in of that path: another one, or its flags? */
static bool is_behind(const struct heir_source *source, const char *path)
{
	const char *p = source->path;

	if (source->scope == HEIR_SCOPE_FLAG)
		return true;
	if (source->scope != HEIR_SCOPE_DROPIN && source->scope != HEIR_SCOPE_VENDOR)
		return false;
	while (*p && *p == *path) {
		p++;
		path++;
	}
	return rank(*p) > rank(*path);
}

static bool counts(const struct heir_source *source, const struct heir_draft *draft)
{
	if (source->scope == HEIR_SCOPE_HEIR)
		return false;
	return !draft || (!source->rendered && strcmp(source->path, draft->path) != 0);
}

int heir_stock_read(
	struct heir_stock *stock, const struct heir_config *config, const struct heir_draft *draft)
{
	struct heir_core *core = config->core;
	bool pending = draft && draft->text.p;
	int r = 0;

	*stock = (struct heir_stock){.config = {.core = core, .where = config->where}};
	stock->config.where.as = HEIR_AS_STOCK;
	stock->config.flags = config->flags;
	stock->config.path = config->path;
	stock->config.docs = config->docs;
	stock->config.n_docs = config->n_docs;
	memcpy(stock->config.field_known, config->field_known, sizeof(config->field_known));
	for (unsigned f = HEIR_FIRST_OWN_FIELD; f < HEIR_N_FIELDS; f++)
		stock->config.field_known[f] = false;
	take_faults(stock, config, !draft);
	if (pending)
		r = add_draft(stock, draft);
	/* heir's own text parses; if it ever did not, its handlers would be missed and told. */
	pending = pending && r == 0 && !heir_toml_fatal(stock->docs[stock->draft]);
	for (uint32_t source = 0; source < config->n_docs && r == 0; source++) {
		if (pending && is_behind(&core->sources.items[source], draft->path)) {
			pending = false;
			r = heir_decode(&stock->config, stock->draft);
		}
		if (r == 0 && counts(&core->sources.items[source], draft) && config->docs[source] &&
			!heir_toml_fatal(config->docs[source]))
			r = heir_decode(&stock->config, source);
	}
	if (pending && r == 0)
		r = heir_decode(&stock->config, stock->draft);
	return r;
}
