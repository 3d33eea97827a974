/* SPDX-License-Identifier: Apache-2.0 */
/* /etc/containers: what the libraries of other projects read when CRI-O starts. A storage.conf that
 * does not parse stops it before anything else (DefaultStoreOptions), a registries.conf in
 * RuntimeConfig.Validate (sysregistriesv2.GetRegistries). They are read by CRI-O's TOML reader. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "config/walk.h"
#include "start/judge.h"

struct conf {
	struct heir_judge *judge;
	const char *path;
	struct heir_str text;
	struct heir_toml_doc *doc;
};

static void free_doc(struct heir_toml_doc **doc)
{
	heir_toml_free(*doc);
}

/* The number of the file among the sources: it has one as soon as it has a fault. */
static uint32_t source_of(const struct conf *conf)
{
	struct heir_sources *sources = &conf->judge->core->sources;
	uint32_t source;

	for (source = 0; source < sources->n; source++)
		if (sources->items[source].scope == HEIR_SCOPE_CONTAINERS &&
			strcmp(sources->items[source].path, conf->path) == 0)
			return source;
	if (heir_sources_add(sources, conf->path, conf->text, HEIR_SCOPE_CONTAINERS, &source) < 0) {
		conf->judge->error = -ENOMEM;
		return HEIR_SOURCE_NONE;
	}
	return source;
}

static struct heir_place place_of(const struct conf *conf, struct heir_toml_span span)
{
	uint32_t source = source_of(conf);

	return source == HEIR_SOURCE_NONE ? HEIR_PLACE_NONE
					  : (struct heir_place){source, span.at, span.len};
}

static struct heir_place value_place(const struct conf *conf, heir_toml_node node)
{
	return place_of(conf, heir_toml_value_span(conf->doc, node));
}

#define REFUSE(conf, where, ...) \
	heir_judge_stop((conf)->judge, HEIR_RULE_CONTAINERS_CONF_INVALID, (where), __VA_ARGS__)

/* Reads and parses. False where the file does not exist, or where it is a reason already. */
static bool read_conf(struct conf *conf, struct heir_toml_doc **doc)
{
	struct heir_judge *judge = conf->judge;
	struct heir_toml_options options = {
		HEIR_TOML_CRIO, heir_version_toml(judge->config->where.version), false};
	struct heir_diag *diag;
	int r = heir_file_read(judge->root, conf->path, &judge->core->arena, &conf->text);

	if (r == -ENOENT || r == -ENOTDIR)
		return false;
	if (r == 0)
		r = heir_toml_parse(conf->text, &options, doc);
	if (r == -ENOMEM)
		judge->error = r;
	if (r == -EISDIR) {
		diag = REFUSE(
			conf, HEIR_PLACE_NONE, "this is a directory, where CRI-O reads a file");
		if (diag)
			diag->path = conf->path;
	}
	if (r < 0)
		return false;
	conf->doc = *doc;
	for (size_t i = 0; i < heir_toml_n_faults(*doc); i++) {
		const struct heir_toml_fault *fault = heir_toml_fault(*doc, i);

		if (!fault->tolerated) {
			REFUSE(conf, place_of(conf, fault->where), "%s", fault->message);
			return false;
		}
	}
	return true;
}

/* The node of a key in any case, as CRI-O's reader matches; 0 for none. */
static heir_toml_node find(const struct conf *conf, heir_toml_node table, const char *key)
{
	heir_toml_node found = heir_toml_get(conf->doc, table, heir_str_from(key));

	if (found == 0)
		heir_toml_foreach (node, conf->doc, table)
			if (heir_str_eqfold(heir_toml_key(conf->doc, node), heir_str_from(key)))
				return node;
	return found;
}

static bool is(const struct conf *conf, heir_toml_node node, enum heir_toml_type type)
{
	return node != 0 && heir_toml_type(conf->doc, node) == type;
}

/* A string's text; "" for no string. */
static struct heir_str string(const struct conf *conf, heir_toml_node node)
{
	struct heir_str text = HEIR_STR("");

	if (is(conf, node, HEIR_TOML_STRING))
		text = heir_toml_string(conf->doc, node, &conf->judge->core->arena);
	if (!text.p) {
		conf->judge->error = -ENOMEM;
		return HEIR_STR("");
	}
	return text;
}

/* Refuses a value of another type; true where the key is not there, too. */
static bool fits(const struct conf *conf, heir_toml_node node, enum heir_toml_type type)
{
	if (node == 0 || is(conf, node, type) ||
		(type == HEIR_TOML_ARRAY && is(conf, node, HEIR_TOML_ARRAY_OF_TABLES)))
		return true;
	REFUSE(conf, value_place(conf, node), "\"%.*s\" must be %s, not %s",
		HEIR_STR_ARG(heir_toml_key(conf->doc, node)),
		type == HEIR_TOML_STRING ? "a string"
		: type == HEIR_TOML_BOOL ? "a boolean"
					 : "an array",
		heir_toml_type_name(heir_toml_type(conf->doc, node)));
	return false;
}

/* ---- registries.conf ---- */

/* parseLocation: slashes at the end do not count. */
static struct heir_str location(const struct conf *conf, heir_toml_node node)
{
	struct heir_str text = string(conf, node);

	while (text.len > 0 && text.p[text.len - 1] == '/')
		text.len--;
	if (heir_str_starts(text, "http://") || heir_str_starts(text, "https://"))
		REFUSE(conf, value_place(conf, node),
			"\"%.*s\" is not a valid location: leave the URI scheme out",
			HEIR_STR_ARG(text));
	return text;
}

static void judge_mirrors(const struct conf *conf, heir_toml_node mirrors)
{
	heir_toml_foreach (mirror, conf->doc, mirrors)
		if (is(conf, mirror, HEIR_TOML_TABLE) &&
			location(conf, find(conf, mirror, "location")).len == 0)
			REFUSE(conf, value_place(conf, mirror), "a mirror has no location");
}

static void judge_registry(const struct conf *conf, heir_toml_node registry)
{
	heir_toml_node prefix = find(conf, registry, "prefix");
	heir_toml_node where = find(conf, registry, "location");
	heir_toml_node mirrors = find(conf, registry, "mirror");

	if (!fits(conf, prefix, HEIR_TOML_STRING) || !fits(conf, where, HEIR_TOML_STRING) ||
		!fits(conf, find(conf, registry, "insecure"), HEIR_TOML_BOOL) ||
		!fits(conf, find(conf, registry, "blocked"), HEIR_TOML_BOOL) ||
		!fits(conf, mirrors, HEIR_TOML_ARRAY))
		return;
	if (location(conf, where).len == 0 && !heir_str_starts(string(conf, prefix), "*."))
		REFUSE(conf, value_place(conf, registry), "a registry has no location");
	if (prefix)
		location(conf, prefix);
	if (mirrors)
		judge_mirrors(conf, mirrors);
}

static void judge_registries_file(struct heir_judge *judge, const char *path)
{
	_cleanup_(free_doc) struct heir_toml_doc *doc = NULL;
	struct conf conf = {.judge = judge, .path = path};
	heir_toml_node mode, registries, search;

	if (!read_conf(&conf, &doc))
		return;
	mode = find(&conf, HEIR_TOML_ROOT, "short-name-mode");
	registries = find(&conf, HEIR_TOML_ROOT, "registry");
	search = find(&conf, HEIR_TOML_ROOT, "unqualified-search-registries");
	if (fits(&conf, mode, HEIR_TOML_STRING) && string(&conf, mode).len > 0 &&
		!heir_word_is_in(string(&conf, mode), "disabled,enforcing,permissive", false))
		REFUSE(&conf, value_place(&conf, mode),
			"\"%.*s\" is not a valid short-name-mode (expected disabled, enforcing or "
			"permissive)",
			HEIR_STR_ARG(string(&conf, mode)));
	if (fits(&conf, registries, HEIR_TOML_ARRAY) && registries)
		heir_toml_foreach (registry, doc, registries)
			if (is(&conf, registry, HEIR_TOML_TABLE))
				judge_registry(&conf, registry);
	if (fits(&conf, search, HEIR_TOML_ARRAY) && search)
		heir_toml_foreach (item, doc, search)
			location(&conf, item);
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t len = strlen(name), n = strlen(suffix);

	return len >= n && strcmp(name + len - n, suffix) == 0;
}

static void judge_registries(struct heir_judge *judge)
{
	_cleanup_(heir_walk_release) struct heir_walk walk = HEIR_WALK_NULL;
	int r;

	judge_registries_file(judge, "/etc/containers/registries.conf");
	r = heir_walk(judge->root, "/etc/containers/registries.conf.d", &judge->core->arena, &walk);
	if (r == -ENOMEM)
		judge->error = r;
	for (size_t i = 0; r == 0 && i < walk.n && judge->error == 0; i++)
		if (ends_in(walk.entries[i].name, ".conf"))
			judge_registries_file(judge, walk.entries[i].path);
}

/* ---- storage.conf ---- */

static void judge_storage(struct heir_judge *judge)
{
	_cleanup_(free_doc) struct heir_toml_doc *doc = NULL;
	struct conf conf = {.judge = judge, .path = "/etc/containers/storage.conf"};
	heir_toml_node storage;

	if (!read_conf(&conf, &doc))
		return;
	storage = find(&conf, HEIR_TOML_ROOT, "storage");
	for (unsigned i = 0; i < 2; i++) {
		const char *key = i == 0 ? "runroot" : "graphroot";
		heir_toml_node node =
			is(&conf, storage, HEIR_TOML_TABLE) ? find(&conf, storage, key) : 0;

		if (fits(&conf, node, HEIR_TOML_STRING) && string(&conf, node).len == 0)
			REFUSE(&conf,
				place_of(&conf, heir_toml_value_span(
							doc, storage ? storage : HEIR_TOML_ROOT)),
				"[storage] must set %s", key);
	}
}

void heir_judge_containers_files(struct heir_judge *judge)
{
	if (heir_root_is_assumed(judge->root))
		return;
	judge_storage(judge);
	judge_registries(judge);
}
