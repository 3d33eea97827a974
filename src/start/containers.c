/* SPDX-License-Identifier: Apache-2.0 */
/* The files in /etc/containers that libraries of other projects read when CRI-O starts. A
 * storage.conf that does not parse stops it first of all (DefaultStoreOptions), a registries.conf
 * in RuntimeConfig.Validate (sysregistriesv2.GetRegistries). Both are read by the TOML reader that
 * CRI-O uses. */
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
	uint32_t *source; /* its number among the sources, once it has a fault */
	uint32_t *next;   /* where an earlier reading may have added the source */
	uint32_t before;  /* sources that this reading of all files did not add */
};

static void free_doc(struct heir_toml_doc **doc)
{
	heir_toml_free(*doc);
}

/* Returns the file's source number. It becomes a source when it has its first fault. */
static uint32_t source_of(const struct conf *conf)
{
	struct heir_sources *sources = &conf->judge->core->sources;
	uint32_t source = *conf->source;

	if (source != HEIR_SOURCE_NONE)
		return source;
	/* The same files were read in the same order, so the search ends at its first step. */
	for (uint32_t i = 0; i < conf->before; i++) {
		source = (*conf->next + i) % conf->before;
		if (sources->items[source].scope == HEIR_SCOPE_CONTAINERS &&
			strcmp(sources->items[source].path, conf->path) == 0) {
			*conf->next = source + 1;
			return *conf->source = source;
		}
	}
	if (heir_sources_add(sources, conf->path, conf->text, HEIR_SCOPE_CONTAINERS, &source) < 0) {
		conf->judge->error = -ENOMEM;
		return HEIR_SOURCE_NONE;
	}
	*conf->source = source;
	return source;
}

static struct heir_place conf_place(const struct conf *conf, struct heir_toml_span span)
{
	uint32_t source = source_of(conf);

	return source == HEIR_SOURCE_NONE ? HEIR_PLACE_NONE
					  : (struct heir_place){source, span.at, span.len};
}

static struct heir_place value_place(const struct conf *conf, heir_toml_node node)
{
	return conf_place(conf, heir_toml_value_span(conf->doc, node));
}

#define REFUSE(conf, where, ...) \
	heir_judge_stop((conf)->judge, HEIR_RULE_CONTAINERS_CONF_INVALID, (where), __VA_ARGS__)

/* Reads and parses the file. Returns false if it does not exist or was reported. */
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
			REFUSE(conf, conf_place(conf, fault->where), "%s", fault->message);
			return false;
		}
	}
	return true;
}

/* Returns the node of a key in any case, as CRI-O's reader matches, or 0. */
static heir_toml_node find_conf_key(const struct conf *conf, heir_toml_node table, const char *key)
{
	heir_toml_node found = heir_toml_get(conf->doc, table, heir_str_from(key));

	if (found == 0)
		heir_toml_foreach (node, conf->doc, table)
			if (heir_str_eqfold(heir_toml_key(conf->doc, node), heir_str_from(key)))
				return node;
	return found;
}

static bool is_type(const struct conf *conf, heir_toml_node node, enum heir_toml_type type)
{
	return node != 0 && heir_toml_type(conf->doc, node) == type;
}

/* Returns the text of a string, "" for other types. */
static struct heir_str string_of(const struct conf *conf, heir_toml_node node)
{
	struct heir_str text = HEIR_STR("");

	if (is_type(conf, node, HEIR_TOML_STRING))
		text = heir_toml_string(conf->doc, node, &conf->judge->core->arena);
	if (!text.p) {
		conf->judge->error = -ENOMEM;
		return HEIR_STR("");
	}
	return text;
}

/* Reports a value of another type. A missing key is fine. */
static bool check_key_type(const struct conf *conf, heir_toml_node node, enum heir_toml_type type)
{
	if (node == 0 || is_type(conf, node, type) ||
		(type == HEIR_TOML_ARRAY && is_type(conf, node, HEIR_TOML_ARRAY_OF_TABLES)))
		return true;
	REFUSE(conf, value_place(conf, node), "\"%.*s\" must be %s, not %s",
		HEIR_STR_ARG(heir_toml_key(conf->doc, node)),
		type == HEIR_TOML_STRING    ? "a string"
		: type == HEIR_TOML_BOOL    ? "a boolean"
		: type == HEIR_TOML_INTEGER ? "an integer"
		: type == HEIR_TOML_TABLE   ? "a table"
					    : "an array",
		heir_toml_type_name(heir_toml_type(conf->doc, node)));
	return false;
}

/* A key that a library reads. */
struct key {
	const char *name;
	enum heir_toml_type type; /* for an array: of strings */
};

/* Checks the types of the keys in a table, which may be missing. */
static bool keys_fit(
	const struct conf *conf, heir_toml_node table, const struct key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		heir_toml_node node = find_conf_key(conf, table, keys[i].name);

		if (!check_key_type(conf, node, keys[i].type))
			return false;
		if (node == 0 || keys[i].type != HEIR_TOML_ARRAY)
			continue;
		heir_toml_foreach (item, conf->doc, node) {
			if (is_type(conf, item, HEIR_TOML_STRING))
				continue;
			REFUSE(conf, value_place(conf, item), "\"%s\" must contain strings, not %s",
				keys[i].name, heir_toml_type_name(heir_toml_type(conf->doc, item)));
			return false;
		}
	}
	return true;
}

/* ---- registries.conf ---- */

/* Mirrors parseLocation: trailing slashes do not count. */
static struct heir_str registry_location(const struct conf *conf, heir_toml_node node)
{
	struct heir_str text = string_of(conf, node);

	while (text.len > 0 && text.p[text.len - 1] == '/')
		text.len--;
	if (heir_str_starts(text, "http://") || heir_str_starts(text, "https://"))
		REFUSE(conf, value_place(conf, node),
			"\"%.*s\" is not a valid location: leave the URI scheme out",
			HEIR_STR_ARG(text));
	return text;
}

/* Returns whether the text has one of the characters. */
static bool has_any(struct heir_str text, const char *characters)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] && strchr(characters, text.p[i]))
			return true;
	return false;
}

static bool is_true(const struct conf *conf, heir_toml_node node)
{
	return is_type(conf, node, HEIR_TOML_BOOL) && heir_toml_bool(conf->doc, node);
}

/* Checks a mirror of a registry. */
static void judge_mirror(const struct conf *conf, heir_toml_node mirror, bool by_digest)
{
	static const struct key keys[] = {{"location", HEIR_TOML_STRING},
		{"insecure", HEIR_TOML_BOOL}, {"pull-from-mirror", HEIR_TOML_STRING}};
	heir_toml_node pull = find_conf_key(conf, mirror, "pull-from-mirror");

	if (!keys_fit(conf, mirror, keys, ARRAY_LEN(keys)))
		return;
	if (registry_location(conf, find_conf_key(conf, mirror, "location")).len == 0)
		REFUSE(conf, value_place(conf, mirror), "a mirror has no location");
	if (string_of(conf, pull).len == 0)
		return;
	if (by_digest)
		REFUSE(conf, value_place(conf, pull),
			"pull-from-mirror cannot be combined with the registry's "
			"mirror-by-digest-only");
	else if (!heir_word_is_in(string_of(conf, pull), "all,digest-only,tag-only", false))
		REFUSE(conf, value_place(conf, pull),
			"\"%.*s\" is not a valid pull-from-mirror (expected all, digest-only or "
			"tag-only)",
			HEIR_STR_ARG(string_of(conf, pull)));
}

/* Returns what identifies a registry: its location, else its prefix. */
static struct heir_str identity_of(const struct conf *conf, heir_toml_node registry)
{
	struct heir_str where = registry_location(conf, find_conf_key(conf, registry, "location"));

	return where.len ? where : registry_location(conf, find_conf_key(conf, registry, "prefix"));
}

/* Entries of the same registry must agree. `seen` has the switches of the first one. */
static void judge_conflict(const struct conf *conf, heir_toml_node registry, struct heir_map *seen)
{
	struct heir_str name = identity_of(conf, registry);
	uint32_t switches = (is_true(conf, find_conf_key(conf, registry, "insecure")) ? 1 : 0) |
			    (is_true(conf, find_conf_key(conf, registry, "blocked")) ? 2 : 0);
	uint32_t first = switches;
	bool is_new;

	if (heir_map_put(seen, name, switches, &first, &is_new) < 0)
		conf->judge->error = -ENOMEM;
	if (first != switches)
		REFUSE(conf, value_place(conf, registry),
			"registry \"%.*s\" occurs several times, and not with the same \"%s\"",
			HEIR_STR_ARG(name), (first ^ switches) & 1 ? "insecure" : "blocked");
}

/* Returns whether it can be compared with others. */
static bool judge_registry(const struct conf *conf, heir_toml_node registry)
{
	static const struct key keys[] = {{"prefix", HEIR_TOML_STRING},
		{"location", HEIR_TOML_STRING}, {"insecure", HEIR_TOML_BOOL},
		{"blocked", HEIR_TOML_BOOL}, {"mirror-by-digest-only", HEIR_TOML_BOOL},
		{"pull-from-mirror", HEIR_TOML_STRING}};
	heir_toml_node prefix = find_conf_key(conf, registry, "prefix");
	heir_toml_node mirrors = find_conf_key(conf, registry, "mirror");
	heir_toml_node pull = find_conf_key(conf, registry, "pull-from-mirror");
	struct heir_str text;
	size_t before = conf->judge->res->stops.n;

	if (!keys_fit(conf, registry, keys, ARRAY_LEN(keys)) ||
		!check_key_type(conf, mirrors, HEIR_TOML_ARRAY))
		return false;
	text = prefix ? registry_location(conf, prefix) : HEIR_STR("");
	if (registry_location(conf, find_conf_key(conf, registry, "location")).len == 0 &&
		!heir_str_starts(text, "*."))
		REFUSE(conf, value_place(conf, registry), "a registry has no location");
	if (heir_str_starts(text, "*.") && has_any(text, "/@:"))
		REFUSE(conf, value_place(conf, prefix),
			"\"%.*s\" is not a valid prefix (expected \"*.example.com\")",
			HEIR_STR_ARG(text));
	if (string_of(conf, pull).len > 0)
		REFUSE(conf, value_place(conf, pull),
			"pull-from-mirror belongs in a mirror, not in a registry");
	if (mirrors)
		heir_toml_foreach (mirror, conf->doc, mirrors)
			if (is_type(conf, mirror, HEIR_TOML_TABLE))
				judge_mirror(conf, mirror,
					is_true(conf, find_conf_key(conf, registry,
							      "mirror-by-digest-only")));
	return conf->judge->res->stops.n == before;
}

static void judge_all(const struct conf *conf, heir_toml_node registries)
{
	_cleanup_(heir_map_release) struct heir_map seen = HEIR_MAP_NULL;

	heir_toml_foreach (registry, conf->doc, registries)
		if (is_type(conf, registry, HEIR_TOML_TABLE) && judge_registry(conf, registry))
			judge_conflict(conf, registry, &seen);
}

/* Returns whether the file has the old format: [registries.search], [registries.insecure],
 * [registries.block]. */
static bool has_old_form(const struct conf *conf)
{
	static const char *const tables[] = {"search", "insecure", "block"};
	heir_toml_node old = find_conf_key(conf, HEIR_TOML_ROOT, "registries");

	for (unsigned i = 0; i < ARRAY_LEN(tables) && is_type(conf, old, HEIR_TOML_TABLE); i++) {
		heir_toml_node table = find_conf_key(conf, old, tables[i]);

		if (is_type(conf, table, HEIR_TOML_TABLE) &&
			find_conf_key(conf, table, "registries"))
			return true;
	}
	return false;
}

static bool has_new_form(const struct conf *conf)
{
	static const char *const keys[] = {"registry", "unqualified-search-registries",
		"credential-helpers", "short-name-mode", "additional-layer-store-auth-helper",
		"aliases"};

	for (unsigned i = 0; i < ARRAY_LEN(keys); i++)
		if (find_conf_key(conf, HEIR_TOML_ROOT, keys[i]))
			return true;
	return false;
}

static void judge_search(const struct conf *conf, heir_toml_node search)
{
	heir_toml_foreach (item, conf->doc, search) {
		size_t before = conf->judge->res->stops.n;
		struct heir_str text = registry_location(conf, item);

		if (conf->judge->res->stops.n == before && !heir_domain_is_valid(text))
			REFUSE(conf, value_place(conf, item),
				"unqualified-search-registries: \"%.*s\" is not a host (expected "
				"\"registry.example.com\")",
				HEIR_STR_ARG(text));
	}
}

/* Checks a registries.conf, or a drop-in of it. Mirrors sysregistriesv2's validation. */
static void judge_registries_file(struct heir_judge *judge, const char *path, bool is_dropin)
{
	static const struct key keys[] = {{"short-name-mode", HEIR_TOML_STRING},
		{"unqualified-search-registries", HEIR_TOML_ARRAY},
		{"credential-helpers", HEIR_TOML_ARRAY}, {"aliases", HEIR_TOML_TABLE},
		{"registries", HEIR_TOML_TABLE}};
	_cleanup_(free_doc) struct heir_toml_doc *doc = NULL;
	uint32_t source = HEIR_SOURCE_NONE;
	struct conf conf = {.judge = judge,
		.path = path,
		.source = &source,
		.next = &judge->next_source,
		.before = judge->n_sources};
	heir_toml_node mode, registries, search;

	if (!read_conf(&conf, &doc) || !keys_fit(&conf, HEIR_TOML_ROOT, keys, ARRAY_LEN(keys)))
		return;
	mode = find_conf_key(&conf, HEIR_TOML_ROOT, "short-name-mode");
	registries = find_conf_key(&conf, HEIR_TOML_ROOT, "registry");
	search = find_conf_key(&conf, HEIR_TOML_ROOT, "unqualified-search-registries");
	if (has_old_form(&conf) && (is_dropin || has_new_form(&conf)))
		REFUSE(&conf,
			value_place(&conf, find_conf_key(&conf, HEIR_TOML_ROOT, "registries")),
			is_dropin
				? "[registries] is the old format, which a drop-in must not have: "
				  "write [[registry]]"
				: "[registries] is the old format, and cannot be mixed with "
				  "[[registry]] or unqualified-search-registries");
	if (string_of(&conf, mode).len > 0 &&
		!heir_word_is_in(string_of(&conf, mode), "disabled,enforcing,permissive", false))
		REFUSE(&conf, value_place(&conf, mode),
			"\"%.*s\" is not a valid short-name-mode (expected disabled, enforcing or "
			"permissive)",
			HEIR_STR_ARG(string_of(&conf, mode)));
	if (check_key_type(&conf, registries, HEIR_TOML_ARRAY) && registries)
		judge_all(&conf, registries);
	if (search)
		judge_search(&conf, search);
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

	judge_registries_file(judge, "/etc/containers/registries.conf", false);
	r = heir_walk(judge->root, "/etc/containers/registries.conf.d", &judge->core->arena, &walk);
	if (r == -ENOMEM)
		judge->error = r;
	for (size_t i = 0; r == 0 && i < walk.n && judge->error == 0; i++)
		if (ends_in(walk.entries[i].name, ".conf") && !strchr(walk.entries[i].name, '/'))
			judge_registries_file(judge, walk.entries[i].path, true);
}

/* ---- storage.conf ---- */

static const struct key storage_keys[] = {
	{"driver", HEIR_TOML_STRING},
	{"runroot", HEIR_TOML_STRING},
	{"graphroot", HEIR_TOML_STRING},
	{"rootless_storage_path", HEIR_TOML_STRING},
	{"driver_priority", HEIR_TOML_ARRAY},
	{"transient_store", HEIR_TOML_BOOL},
	{"options", HEIR_TOML_TABLE},
};

/* Most switches are strings here. */
static const struct key options_keys[] = {
	{"additionalimagestores", HEIR_TOML_ARRAY},
	{"additionallayerstores", HEIR_TOML_ARRAY},
	{"size", HEIR_TOML_STRING},
	{"ignore_chown_errors", HEIR_TOML_STRING},
	{"skip_mount_home", HEIR_TOML_STRING},
	{"mount_program", HEIR_TOML_STRING},
	{"mountopt", HEIR_TOML_STRING},
	{"force_mask", HEIR_TOML_INTEGER},
	{"root-auto-userns-user", HEIR_TOML_STRING},
	{"auto-userns-min-size", HEIR_TOML_INTEGER},
	{"auto-userns-max-size", HEIR_TOML_INTEGER},
	{"disable-volatile", HEIR_TOML_BOOL},
	{"overlay", HEIR_TOML_TABLE},
	{"vfs", HEIR_TOML_TABLE},
};

static const struct key overlay_keys[] = {
	{"ignore_chown_errors", HEIR_TOML_STRING},
	{"mountopt", HEIR_TOML_STRING},
	{"mount_program", HEIR_TOML_STRING},
	{"size", HEIR_TOML_STRING},
	{"inodes", HEIR_TOML_STRING},
	{"skip_mount_home", HEIR_TOML_STRING},
	{"force_mask", HEIR_TOML_STRING},
};

/* Checks the types of all keys that the library decodes. */
static bool storage_decodes(const struct conf *conf, heir_toml_node storage)
{
	heir_toml_node options = storage ? find_conf_key(conf, storage, "options") : 0;
	heir_toml_node overlay = is_type(conf, options, HEIR_TOML_TABLE)
					 ? find_conf_key(conf, options, "overlay")
					 : 0;

	return check_key_type(conf, storage, HEIR_TOML_TABLE) &&
	       (!storage || keys_fit(conf, storage, storage_keys, ARRAY_LEN(storage_keys))) &&
	       (!options || keys_fit(conf, options, options_keys, ARRAY_LEN(options_keys))) &&
	       (!overlay || keys_fit(conf, overlay, overlay_keys, ARRAY_LEN(overlay_keys)));
}

/* Up to 1.33 the library has no defaults if a file omits these. */
static void judge_roots(const struct conf *conf, heir_toml_node storage)
{
	static const char *const keys[] = {"runroot", "graphroot"};

	for (unsigned i = 0; i < ARRAY_LEN(keys); i++)
		if (!storage || string_of(conf, find_conf_key(conf, storage, keys[i])).len == 0)
			REFUSE(conf,
				conf_place(conf, heir_toml_value_span(conf->doc,
							 storage ? storage : HEIR_TOML_ROOT)),
				"[storage] must set %s", keys[i]);
}

static bool judge_storage_file(struct heir_judge *judge, const char *path)
{
	enum { LAST_WITHOUT_DEFAULTS = 33, FIRST_WITH_IMAGESTORE = 29 };
	_cleanup_(free_doc) struct heir_toml_doc *doc = NULL;
	uint32_t source = HEIR_SOURCE_NONE;
	struct conf conf = {.judge = judge,
		.path = path,
		.source = &source,
		.next = &judge->next_source,
		.before = judge->n_sources};
	unsigned minor = judge->config->where.version.minor;
	heir_toml_node storage, images;
	struct heir_str graphs;

	if (!read_conf(&conf, &doc))
		return heir_root_find(judge->root, path) == 0;
	storage = find_conf_key(&conf, HEIR_TOML_ROOT, "storage");
	if (!storage_decodes(&conf, storage))
		return true;
	if (minor <= LAST_WITHOUT_DEFAULTS)
		judge_roots(&conf, storage);
	images = storage && minor >= FIRST_WITH_IMAGESTORE
			 ? find_conf_key(&conf, storage, "imagestore")
			 : 0;
	if (!check_key_type(&conf, images, HEIR_TOML_STRING) || string_of(&conf, images).len == 0)
		return true;
	graphs = string_of(&conf, find_conf_key(&conf, storage, "graphroot"));
	if (heir_str_eq(string_of(&conf, images),
		    graphs.len ? graphs : HEIR_STR("/var/lib/containers/storage")))
		REFUSE(&conf, value_place(&conf, images), "imagestore must differ from graphroot");
	return true;
}

/* The vendor's file is used if the administrator's does not exist. */
static void judge_storage(struct heir_judge *judge)
{
	if (!judge_storage_file(judge, "/etc/containers/storage.conf"))
		judge_storage_file(judge, "/usr/share/containers/storage.conf");
}

void heir_judge_containers_files(struct heir_judge *judge)
{
	if (heir_root_is_assumed(judge->root))
		return;
	judge->n_sources = judge->core->sources.n;
	judge->next_source = 0;
	judge_storage(judge);
	judge_registries(judge);
}
