/* SPDX-License-Identifier: Apache-2.0 */
/* Which files count and in which order: built-in values, crio.conf, crio.conf.d and, with heir's
 * semantics, heir.d. All of them are read even if one would stop CRI-O, so that one run reports
 * every fault; `fatal` is the one at which CRI-O stops. */
#include "config/config.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/macro.h"
#include "config/decode.h"
#include "config/flags.h"
#include "config/walk.h"

#define AS_NAME(name) HEIR_STR(#name),
const struct heir_str heir_setting_names[HEIR_N_SETTINGS] = {HEIR_SETTINGS(AS_NAME)};

const char *heir_where_config_dir(const struct heir_where *where)
{
	return where->config_dir ? where->config_dir : "/etc/crio/crio.conf.d";
}

const char *heir_where_source_dir(const struct heir_where *where)
{
	return where->source_dir ? where->source_dir : "/etc/crio/heir.d";
}

struct heir_diag *heir_config_set_fatal(struct heir_config *config, struct heir_diag *diag)
{
	if (diag && !config->fatal)
		config->fatal = diag;
	if (!diag)
		return NULL;
	diag->stops = true;
	heir_diags_push(&config->stops, diag);
	return diag;
}

/* Adds a diagnostic about a whole file, without a span. */
static int file_diag(struct heir_config *config, enum heir_rule rule, const char *path,
	const char *words, int error)
{
	struct heir_core *core = config->core;
	struct heir_diag *diag = heir_diags_add(&core->diags, &core->arena, rule, HEIR_PLACE_NONE,
		"%s%s%s", words, error ? ": " : "", error ? heir_file_error(error) : "");

	if (!diag)
		return -ENOMEM;
	diag->path = path;
	heir_config_set_fatal(config, diag);
	return 0;
}

static int report_unreadable(struct heir_config *config, const char *path, int error)
{
	if (config->io_error == 0)
		config->io_error = error;
	return file_diag(config, HEIR_RULE_FILE_UNREADABLE, path, "cannot read this file", error);
}

static const char *is_below_dir(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	return strncmp(path, dir, n) == 0 && path[n] == '/' && path[n + 1] ? path + n + 1 : NULL;
}

static enum heir_rendered judge_rendered(const struct heir_config *config, const char *path,
	struct heir_str text, enum heir_scope scope)
{
	const char *name = is_below_dir(path, heir_where_config_dir(&config->where));

	if (scope == HEIR_SCOPE_BUILTIN)
		return HEIR_RENDERED_NOT;
	return heir_rendered_judge(
		text, scope != HEIR_SCOPE_HEIR && name && strcmp(name, HEIR_RENDERED_NAME) == 0);
}

/* With heir's semantics a rendered file is ignored, because it would be rendered again. */
static bool is_left_out(const struct heir_config *config, uint32_t source)
{
	return config->where.as == HEIR_AS_HEIR && config->core->sources.items[source].rendered;
}

/* Many examples of handlers have the first key on the header's line, or an unquoted ${VAR} in a
 * header, which only heir.d accepts. Explains these two. `fault` is in a file that CRI-O reads.
 * Returns 0 or -ENOMEM. */
static int explain_fault(struct heir_config *config, uint32_t source,
	const struct heir_toml_fault *fault, struct heir_diag *diag)
{
	struct heir_arena *arena = &config->core->arena;
	struct heir_str text = config->core->sources.items[source].text;
	const char *at = text.p + fault->where.at, *end = text.p + text.len, *line, *before = at;

	if (fault->kind != HEIR_TOML_SYNTAX || fault->tolerated || fault->where.at == 0 ||
		at == end)
		return 0;
	line = memrchr(text.p, '\n', fault->where.at);
	line = line ? line + 1 : text.p;
	while (line < at && (*line == ' ' || *line == '\t'))
		line++;
	while (before > line && (before[-1] == ' ' || before[-1] == '\t'))
		before--;
	if (line == at || *line != '[')
		return 0;
	if (end - at > 1 && at[0] == '$' && at[1] == '{') {
		diag->text = "TOML does not allow an unquoted ${VARIABLE} in a header, and CRI-O "
			     "does not start";
		diag->help = heir_arena_printf(arena,
			"write the name in quotes, as \"${VARIABLE}\", or move the file to %s",
			heir_where_source_dir(&config->where));
		return diag->help ? 0 : -ENOMEM;
	}
	if (before > line && before[-1] == ']' && *at != ']') {
		diag->text =
			heir_arena_printf(arena, "%s, and CRI-O does not start", fault->message);
		diag->help = "begin a new line after the header";
	}
	return diag->text ? 0 : -ENOMEM;
}

int heir_config_add_faults(struct heir_config *config, uint32_t source)
{
	static const enum heir_rule rules[] = {
		[HEIR_TOML_SYNTAX] = HEIR_RULE_TOML_SYNTAX,
		[HEIR_TOML_DUPLICATE] = HEIR_RULE_TOML_DUPLICATE,
		[HEIR_TOML_ENCODING] = HEIR_RULE_TOML_ENCODING,
		[HEIR_TOML_VERSION] = HEIR_RULE_TOML_VERSION,
		[HEIR_TOML_LIMIT] = HEIR_RULE_TOML_LIMIT,
	};
	const struct heir_toml_doc *doc = config->docs[source];
	struct heir_core *core = config->core;

	for (size_t i = 0; i < heir_toml_n_faults(doc); i++) {
		const struct heir_toml_fault *fault = heir_toml_fault(doc, i);
		struct heir_diag *diag = heir_diags_add(&core->diags, &core->arena,
			fault->tolerated ? HEIR_RULE_TOML_TOLERATED : rules[fault->kind],
			heir_node_place(config, source, fault->where), "%s", fault->message);

		if (!diag ||
			(fault->has_other &&
				!heir_diag_note(diag, &core->arena,
					heir_node_place(config, source, fault->other),
					fault->kind == HEIR_TOML_DUPLICATE ? "first defined here"
									   : "opened here")))
			return -ENOMEM;
		if (core->sources.items[source].scope != HEIR_SCOPE_HEIR &&
			explain_fault(config, source, fault, diag) < 0)
			return -ENOMEM;
		if (!fault->tolerated && !is_left_out(config, source))
			heir_config_set_fatal(config, diag);
	}
	return 0;
}

/* Adds a text as a source, parses it, and decodes it unless it is faulty or ignored. */
static int add_config_source(
	struct heir_config *config, const char *path, struct heir_str text, enum heir_scope scope)
{
	bool is_file = scope != HEIR_SCOPE_BUILTIN && scope != HEIR_SCOPE_FLAG;
	struct heir_toml_options options = {
		HEIR_TOML_CRIO, heir_version_toml(config->where.version), false};
	struct heir_toml_doc **docs;
	uint32_t source;
	int r;

	if (scope == HEIR_SCOPE_HEIR)
		options = (struct heir_toml_options){HEIR_TOML_SPEC, HEIR_TOML_1_1, true};
	r = is_file ? heir_core_add_source(config->core, path, text, scope, &source)
		    : heir_sources_add(&config->core->sources, path, text, scope, &source);
	if (r < 0)
		return r;
	if (is_file)
		config->core->sources.items[source].mark =
			judge_rendered(config, path, text, scope);
	config->core->sources.items[source].rendered =
		config->core->sources.items[source].mark == HEIR_RENDERED_OURS;
	docs = reallocarray(config->docs, source + 1u, sizeof(*docs));
	if (!docs)
		return -ENOMEM;
	config->docs = docs;
	/* Sources that are not files of the node have no document. */
	while (config->n_docs <= source)
		docs[config->n_docs++] = NULL;
	r = heir_toml_parse(text, &options, &docs[source]);
	if (r == 0)
		r = heir_config_add_faults(config, source);
	if (r < 0 || heir_toml_fatal(docs[source]) || is_left_out(config, source))
		return r;
	return heir_decode(config, source);
}

/* Adds a file that was read, or the error of reading it. */
static int add_file(struct heir_config *config, const char *path, bool is_link,
	enum heir_scope scope, int r, struct heir_str text)
{
	if (r == 0)
		return add_config_source(config, path, text, scope);
	if (r == -ENOMEM)
		return r;
	/* CRI-O does not read heir.d, so nothing there can stop it. */
	if (scope == HEIR_SCOPE_HEIR)
		return report_unreadable(config, path, r);
	if (r == -ENOENT && is_link)
		return file_diag(config, HEIR_RULE_DROPIN_DANGLING_LINK, path,
			"the target of this link does not exist, so CRI-O does not start", 0);
	if (r == -EISDIR)
		return file_diag(config, HEIR_RULE_DROPIN_DIRECTORY_LINK, path,
			is_link ? "this link points to a directory, and CRI-O does not start"
				: "this is a directory, where CRI-O reads a file",
			0);
	return report_unreadable(config, path, r);
}

/* CRI-O skips a missing crio.conf, but not one that a flag names. */
static int conf_missing(struct heir_config *config, const char *path)
{
	struct heir_core *core = config->core;
	struct heir_diag *diag;

	/* Under an overlay alone it is not known. */
	if (heir_root_is_assumed(&core->root))
		return 0;
	diag = heir_diags_add(&core->diags, &core->arena, HEIR_RULE_CONFIG_MISSING, config->conf_at,
		"%s names \"%s\", which does not exist", config->conf_by, path);
	return heir_config_set_fatal(config, diag) ? 0 : -ENOMEM;
}

/* Returns whether the file is to be treated as missing. */
static bool is_without(struct heir_config *config, const char *path)
{
	const char *dir = heir_where_config_dir(&config->where);
	bool is = false;

	for (size_t i = 0; i < config->where.n_without; i++)
		if (heir_path_is_named(dir, path, config->where.without[i]))
			is = config->left_out[i] = true;
	if (is)
		heir_trace_report(config->core->trace, 0, HEIR_TRACE_file, path, "skipped", "%s",
			"--without names it");
	return is;
}

/* Adds crio.conf, which may be missing unless the user named it. */
static int add_conf(struct heir_config *config)
{
	const char *path = config->where.config ? config->where.config : "/etc/crio/crio.conf";
	struct heir_str text = HEIR_STR("");
	uint64_t begun = heir_trace_begin(config->core->trace);
	int r;

	if (config->no_conf)
		return 0;
	if (is_without(config, path))
		return config->conf_by ? conf_missing(config, path) : 0;
	r = heir_file_read(&config->core->root, path, &config->core->arena, &text);
	heir_trace_report_read(config->core->trace, begun, HEIR_TRACE_file, path, r, text.len);
	if (r == -ENOENT && config->conf_by)
		return conf_missing(config, path);
	if (r == -ENOENT)
		return config->where.config ? report_unreadable(config, path, r) : 0;
	return add_file(config, path, false, HEIR_SCOPE_CONF, r, text);
}

/* Recognizes files that packages, the MCO, MicroShift or minikube write into crio.conf.d, and
 * their author. */
static bool is_vendor(
	const struct heir_where *where, const char *name, enum heir_author *ret_author)
{
	static const struct {
		const char *glob;
		enum heir_author author;
	} vendors[] = {
		{"00-default", HEIR_AUTHOR_TEMPLATE},
		{"01-ctrcfg-*", HEIR_AUTHOR_CTRCFG},
		{"10-crio.conf", HEIR_AUTHOR_PACKAGE},
		{"05-high-performance-runtime.conf", HEIR_AUTHOR_PACKAGE},
		{"1?-microshift*", HEIR_AUTHOR_PACKAGE},
		{"02-crio.conf", HEIR_AUTHOR_PACKAGE},
	};

	for (unsigned i = 0; i < ARRAY_LEN(vendors); i++)
		if (fnmatch(vendors[i].glob, name, FNM_PATHNAME) == 0) {
			*ret_author = vendors[i].author;
			return true;
		}
	for (size_t i = 0; i < where->n_vendor_globs; i++)
		if (fnmatch(where->vendor_globs[i], name, FNM_PATHNAME) == 0)
			return true;
	return false;
}

/* Reads one entry of the walk and adds it. Regular files at the top are opened relative to the
 * directory, which saves a walk from the root. */
static int add_dropin(struct heir_config *config, const struct heir_walk *walk,
	const struct heir_walk_entry *entry, enum heir_scope scope)
{
	struct heir_core *core = config->core;
	bool at_top = walk->dir >= 0 && !strchr(entry->name, '/');
	enum heir_author author = HEIR_AUTHOR_UNKNOWN;
	struct heir_str text = HEIR_STR("");
	uint32_t source = core->sources.n;
	uint64_t begun = heir_trace_begin(core->trace);
	int r;

	heir_trace_wait(core->trace, "files: %s", entry->path);
	if (is_without(config, entry->path))
		return 0;
	if (entry->error)
		return report_unreadable(config, entry->path, entry->error);
	if (scope == HEIR_SCOPE_DROPIN && is_vendor(&config->where, entry->name, &author))
		scope = HEIR_SCOPE_VENDOR;
	if (at_top && entry->type == DT_REG && !entry->overlaid)
		r = heir_file_read_at(walk->dir, entry->name, &core->arena, &text);
	else
		r = heir_file_read(&core->root, entry->path, &core->arena, &text);
	heir_trace_report_read(core->trace, begun, HEIR_TRACE_file, entry->path, r, text.len);
	r = add_file(config, entry->path, entry->type == DT_LNK, scope, r, text);
	if (source < core->sources.n && !entry->overlaid)
		core->sources.items[source].author = author;
	return r;
}

static int add_dir(struct heir_config *config, const char *dir, enum heir_scope scope)
{
	struct heir_core *core = config->core;
	_cleanup_(heir_walk_release) struct heir_walk walk = HEIR_WALK_NULL;
	uint64_t begun = heir_trace_begin(core->trace);
	int r = heir_walk(&core->root, dir, &core->arena, &walk);

	if (r == 0 && (walk.n > 0 || walk.dir >= 0))
		heir_trace_report(
			core->trace, begun, HEIR_TRACE_file, dir, "listed", "files: %zu", walk.n);
	else if (r == 0)
		heir_trace_report_read(core->trace, begun, HEIR_TRACE_file, dir, -ENOENT, 0);
	if (r < 0 && r != -ENOMEM)
		return report_unreadable(config, dir, r);
	for (size_t i = 0; i < walk.n && r == 0; i++)
		r = add_dropin(config, &walk, &walk.entries[i], scope);
	return r;
}

/* Reads how CRI-O is started: from the caller, or from crio.service. */
static int read_unit(struct heir_config *config)
{
	const struct heir_where *where = &config->where;

	if (where->process)
		return heir_unit_from_process(config->core, where->process->name,
			where->process->cmdline, where->process->environ, &config->unit);
	if (where->no_unit)
		return 0;
	if (where->crio_args)
		return heir_unit_from_words(config->core, "--crio-args",
			heir_str_from(where->crio_args), &config->unit);
	return heir_unit_read(config->core, &config->unit);
}

int heir_config_load(
	struct heir_config *config, struct heir_core *core, const struct heir_where *where)
{
	struct heir_str flags = HEIR_STR("");
	int r;

	*config = (struct heir_config){.core = core, .where = *where};
	for (unsigned f = 0; f < HEIR_N_FIELDS; f++)
		config->field_known[f] = f >= HEIR_FIRST_OWN_FIELD
						 ? where->as == HEIR_AS_HEIR
						 : heir_field_is_known(f, where->version);
	config->left_out = heir_arena_zalloc(&core->arena, where->n_without + 1, sizeof(bool));
	r = config->left_out ? read_unit(config) : -ENOMEM;
	if (r == 0)
		r = heir_flags_read(config, &flags);
	if (r == 0)
		r = add_config_source(config, "(built in)",
			heir_str_from(heir_version_builtin(where->version)), HEIR_SCOPE_BUILTIN);
	if (r == 0)
		r = add_conf(config);
	if (r == 0 && !config->no_dropins)
		r = add_dir(config, heir_where_config_dir(&config->where), HEIR_SCOPE_DROPIN);
	if (r == 0 && where->as == HEIR_AS_HEIR)
		r = add_dir(config, heir_where_source_dir(where), HEIR_SCOPE_HEIR);
	else if (r == 0)
		heir_trace_report(core->trace, 0, HEIR_TRACE_file, heir_where_source_dir(where),
			"skipped", "an unmodified CRI-O does not read it");
	/* Flags override every file. */
	if (r == 0 && flags.len > 0)
		r = add_config_source(config, "(flags)", flags, HEIR_SCOPE_FLAG);
	return config->stops.failed ? -ENOMEM : r;
}

void heir_config_release(struct heir_config *config)
{
	for (uint32_t i = 0; i < config->n_docs; i++)
		heir_toml_free(config->docs[i]);
	free(config->docs);
	free(config->handlers);
	free(config->workloads);
	heir_map_release(&config->by_name);
	heir_unit_release(&config->unit);
	heir_map_release(&config->workload_by_name);
	heir_diags_release(&config->stops);
	config->docs = NULL;
	config->handlers = NULL;
	config->workloads = NULL;
	config->n_workloads = config->size_workloads = 0;
	config->n_docs = config->n_handlers = 0;
}

struct heir_handler *heir_config_handler(const struct heir_config *config, struct heir_str name)
{
	uint32_t id = heir_map_get(&config->by_name, name);

	return id == HEIR_MAP_NONE ? NULL : config->handlers[id];
}

bool heir_write_is_rendered(const struct heir_config *config, const struct heir_write *w)
{
	return config->core->sources.items[w->source].rendered;
}

bool heir_config_is_managed(const struct heir_config *config, const char *path)
{
	const char *name = is_below_dir(path, heir_where_config_dir(&config->where));
	enum heir_author author = HEIR_AUTHOR_UNKNOWN;

	return name && is_vendor(&config->where, name, &author) &&
	       (author == HEIR_AUTHOR_TEMPLATE || author == HEIR_AUTHOR_CTRCFG);
}

const char *heir_short_path(const char *config_dir, const char *path)
{
	const char *rest = is_below_dir(path, config_dir);

	if (!rest)
		rest = is_below_dir(path, "/etc/crio");
	return rest ? rest : path;
}

/* Returns whether the path ends with the names in `end`. */
static bool ends_with(const char *path, const char *end)
{
	size_t n = strlen(path), len = strlen(end);

	return len > 0 && n >= len && strcmp(path + n - len, end) == 0 &&
	       (n == len || end[0] == '/' || path[n - len - 1] == '/');
}

bool heir_path_is_named(const char *config_dir, const char *path, const char *name)
{
	return strcmp(path, name) == 0 || ends_with(name, path) ||
	       strcmp(heir_short_path(config_dir, path), name) == 0;
}

struct heir_place heir_node_place(
	const struct heir_config *config, uint32_t source, struct heir_toml_span span)
{
	if (config->core->sources.items[source].scope == HEIR_SCOPE_BUILTIN)
		return HEIR_PLACE_NONE;
	if (config->core->sources.items[source].scope == HEIR_SCOPE_FLAG)
		return heir_flags_place(&config->flags, span.at);
	return (struct heir_place){source, span.at, span.len};
}

struct heir_place heir_write_key_place(const struct heir_config *config, const struct heir_write *w)
{
	return heir_node_place(
		config, w->source, heir_toml_key_span(config->docs[w->source], w->node));
}

struct heir_place heir_write_value_place(
	const struct heir_config *config, const struct heir_write *w)
{
	return heir_node_place(
		config, w->source, heir_toml_value_span(config->docs[w->source], w->node));
}

heir_toml_node heir_table_field(
	const struct heir_config *config, const struct heir_write *table, enum heir_field field)
{
	const struct heir_toml_doc *doc = config->docs[table->source];
	heir_toml_node found = 0;

	if (!(table->fields >> field & 1))
		return 0;
	if (table->nodes)
		return table->nodes[field];
	heir_toml_foreach (node, doc, table->node) {
		uint16_t tag = heir_toml_tag(doc, node);

		if (tag >> 1 != (unsigned)field + 1)
			continue;
		found = node;
		if (tag & 1)
			break;
	}
	return found;
}

heir_toml_node heir_table_key(const struct heir_config *config, const struct heir_write *table,
	const struct heir_key_row *row)
{
	const struct heir_toml_doc *doc = config->docs[table->source];
	heir_toml_node found = 0;

	heir_toml_foreach (node, doc, table->node) {
		uint16_t tag = heir_toml_tag(doc, node);

		if (tag >> 1 != (row - heir_key_rows) + 1)
			continue;
		found = node;
		if (tag & 1)
			break;
	}
	return found;
}

struct heir_str heir_config_string(
	const struct heir_config *config, uint32_t source, heir_toml_node node)
{
	struct heir_core *core = config->core;
	const struct heir_toml_doc *doc = config->docs[source];
	struct heir_toml_span span = heir_toml_value_span(doc, node);
	const char *raw = heir_toml_text(doc).p + span.at;
	const struct heir_str *known = heir_memo_get(&core->decoded, raw);
	struct heir_str text;

	if (known)
		return *known;
	text = heir_toml_string(doc, node, &core->arena);
	/* A slice of the file needs no memory. */
	if (!text.p || (uintptr_t)text.p - (uintptr_t)raw <= span.len)
		return text;
	return heir_memo_put(&core->decoded, raw, text) < 0 ? HEIR_STR_NULL : text;
}

struct heir_str heir_config_setting(const struct heir_config *config, enum heir_setting setting)
{
	const struct heir_write *write = config->settings[setting];

	if (!write || heir_toml_type(config->docs[write->source], write->node) != HEIR_TOML_STRING)
		return HEIR_STR("");
	return heir_config_string(config, write->source, write->node);
}
