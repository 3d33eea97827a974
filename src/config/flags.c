/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the command line as urfave/cli does: short and long forms, "=", lists, and variables for
 * flags that are not given. The last part checks values that the daemon itself refuses. */
#include "config/flags.h"

#include <errno.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/macro.h"
#include "base/utf8.h"
#include "config/duration.h"
#include "config/flags_table.h"
#include "config/flags_text.h"

#define ALWAYS ""
#define STILL ""
#define AS_ROW(name, alias, variables, kind, table, key, since, until) \
	{name, alias, variables, HEIR_FLAG_##kind, HEIR_KEYS_##table, key, since, until},
const struct heir_flag_row heir_flag_rows[] = {HEIR_FLAGS(AS_ROW)};
const unsigned heir_n_flag_rows = ARRAY_LEN(heir_flag_rows);
_Static_assert(ARRAY_LEN(heir_flag_rows) <= HEIR_MAX_FLAGS, "a flag without a place");

struct reader {
	struct heir_config *config;
	const struct heir_unit *unit;
	struct heir_flag_values values;
};

static bool is_known_flag(const struct heir_flag_row *row, struct heir_version version)
{
	struct heir_version last;

	return heir_version_has(version, row->since) &&
	       (row->until[0] == '\0' ||
		       (heir_version_parse(row->until, &last) && version.minor <= last.minor));
}

/* ---- What the daemon refuses ---- */

static struct heir_diag *refuse_flag(
	struct heir_config *config, struct heir_place where, const char *fmt, ...) _printf_(3, 4);

static struct heir_diag *refuse_flag(
	struct heir_config *config, struct heir_place where, const char *fmt, ...)
{
	struct heir_core *core = config->core;
	struct heir_diag *diag;
	va_list args;

	va_start(args, fmt);
	diag = heir_diags_addv(
		&core->diags, &core->arena, HEIR_RULE_FLAG_INVALID, where, fmt, args);
	va_end(args);
	if (diag && where.source == HEIR_SOURCE_NONE)
		diag->path = config->unit.path;
	return heir_config_set_fatal(config, diag);
}

static int report_unclear(struct heir_config *config, const char *why, struct heir_place where)
{
	struct heir_core *core = config->core;
	struct heir_diag *diag = heir_diags_add(&core->diags, &core->arena, HEIR_RULE_START_UNCLEAR,
		where, "the flags of CRI-O are not known: %s", why);

	if (!diag)
		return -ENOMEM;
	if (where.source == HEIR_SOURCE_NONE)
		diag->path = config->unit.path;
	diag->help = "give its flags with --crio-args, or leave the unit out with --no-unit";
	return 0;
}

static int bad_value(struct heir_config *config, const struct heir_flag_row *row,
	const struct heir_flag_value *value, struct heir_str text)
{
	static const struct {
		const char *kind, *example;
	} words[] = {
		[HEIR_FLAG_BOOL] = {"boolean", "true"},
		[HEIR_FLAG_INT] = {"integer", "-1"},
		[HEIR_FLAG_DURATION] = {"duration", "30s"},
	};

	return refuse_flag(config, value->where,
		       "%s: \"%.*s\" is not a valid %s (expected for example %s)", value->by,
		       HEIR_STR_ARG(text), words[row->kind].kind, words[row->kind].example)
		       ? 0
		       : -ENOMEM;
}

/* ---- Values ---- */

/* Go's strconv.ParseBool. */
static bool read_bool(struct heir_str s, bool *ret)
{
	static const char *const words[] = {
		"1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"};

	for (unsigned i = 0; i < ARRAY_LEN(words); i++)
		if (heir_str_eqz(s, words[i])) {
			*ret = i < ARRAY_LEN(words) / 2;
			return true;
		}
	return false;
}

/* Returns the base by a number's prefix; *ret is the length of the prefix. */
static size_t read_base(struct heir_str s, unsigned *ret)
{
	char letter = s.len > 1 && s.p[0] == '0' ? (char)(s.p[1] | 0x20) : '\0';

	*ret = letter == 'x' ? 16 : letter == 'b' ? 2 : s.len > 1 && s.p[0] == '0' ? 8 : 10;
	return letter == 'x' || letter == 'b' || letter == 'o' ? 2 : 0;
}

/* Go's strconv.ParseInt of base 0 and 64 bits. */
static bool read_int(struct heir_str s, int64_t *ret)
{
	bool negative = heir_str_starts(s, "-"), after_digit;
	size_t skip = negative || heir_str_starts(s, "+");
	int64_t value = 0;
	unsigned base;

	s = (struct heir_str){s.p + skip, s.len - skip};
	skip = read_base(s, &base);
	/* Underscores are allowed between digits and after the prefix. */
	after_digit = skip > 0;
	if (s.len == skip)
		return false;
	for (size_t i = skip; i < s.len; i++) {
		unsigned d = heir_ascii_digit(s.p[i]);

		if (s.p[i] == '_' && after_digit) {
			after_digit = false;
			continue;
		}
		if (d >= base || __builtin_mul_overflow(value, (int64_t)base, &value) ||
			__builtin_sub_overflow(value, (int64_t)d, &value))
			return false;
		after_digit = true;
	}
	if (!after_digit || (!negative && value == INT64_MIN))
		return false;
	*ret = negative ? value : -value;
	return true;
}

static struct heir_str trim_blanks(struct heir_str s)
{
	while (s.len > 0 && strchr(" \t\n\v\f\r", s.p[0]))
		s = (struct heir_str){s.p + 1, s.len - 1};
	while (s.len > 0 && strchr(" \t\n\v\f\r", s.p[s.len - 1]))
		s.len--;
	return s;
}

/* Adds the items of a list separated by commas. "" is one item. */
static int add_items(struct reader *r, struct heir_flag_value *value, struct heir_str text)
{
	int error = 0;

	while (error == 0) {
		const char *comma = text.len > 0 ? memchr(text.p, ',', text.len) : NULL;
		struct heir_str item = {text.p, comma ? (size_t)(comma - text.p) : text.len};

		error = heir_flag_value_add(value, trim_blanks(item), value->where);
		if (!comma)
			break;
		text = (struct heir_str){comma + 1, text.len - item.len - 1};
	}
	(void)r;
	return error;
}

/* Sets a flag's value. An empty one from a variable is treated differently (`from_variable`). */
static int take_flag(struct reader *r, const struct heir_flag_row *row,
	struct heir_flag_value *value, struct heir_str text, bool from_variable)
{
	bool empty = from_variable && text.len == 0;

	if (!heir_utf8_is_valid(text))
		return report_unclear(r->config, "a value is not UTF-8", value->where);
	switch (row->kind) {
	case HEIR_FLAG_BOOL:
		if (empty)
			value->boolean = false;
		else if (!read_bool(text, &value->boolean))
			return bad_value(r->config, row, value, text);
		break;
	case HEIR_FLAG_INT:
		if (empty)
			return 0;
		if (!read_int(text, &value->integer))
			return bad_value(r->config, row, value, text);
		break;
	case HEIR_FLAG_DURATION:
		if (empty)
			return 0;
		if (!heir_duration_is_valid(text))
			return bad_value(r->config, row, value, text);
		break;
	case HEIR_FLAG_LIST:
	case HEIR_FLAG_RUNTIMES:
		value->set = true;
		return add_items(r, value, text);
	case HEIR_FLAG_STRING:
		break;
	}
	value->set = true;
	value->text = text;
	return 0;
}

/* ---- Variables ---- */

/* Returns the first of a row's variables that is set, or NULL. */
static const struct heir_unit_var *find_variable(
	const struct heir_unit *unit, const struct heir_flag_row *row)
{
	const char *p = row->variables;

	while (*p) {
		size_t len = strcspn(p, " ");
		const struct heir_unit_var *var = heir_unit_var(unit, (struct heir_str){p, len});

		if (var)
			return var;
		p += len + (p[len] == ' ');
	}
	return NULL;
}

static int read_variables(struct reader *r)
{
	int error = 0;

	for (unsigned i = 0; i < heir_n_flag_rows && error == 0; i++) {
		const struct heir_flag_row *row = &heir_flag_rows[i];
		struct heir_flag_value *value = &r->values.items[i];
		const struct heir_unit_var *var;

		if (!is_known_flag(row, r->config->where.version))
			continue;
		var = find_variable(r->unit, row);
		if (!var)
			continue;
		value->where = var->where;
		value->by = var->name.p;
		error = var->unknown ? report_unclear(r->config,
					       "a variable depends on the machine", var->where)
				     : take_flag(r, row, value, var->value, true);
	}
	return error;
}

/* ---- The command line ---- */

static int find_row(struct reader *r, struct heir_str name, bool *ret_alias)
{
	for (unsigned i = 0; i < heir_n_flag_rows; i++) {
		const struct heir_flag_row *row = &heir_flag_rows[i];

		if (!is_known_flag(row, r->config->where.version))
			continue;
		*ret_alias = row->alias[0] && heir_str_eqz(name, row->alias);
		if (*ret_alias || heir_str_eqz(name, row->name))
			return (int)i;
	}
	return -1;
}

static int unknown_flag(struct reader *r, struct heir_str name, struct heir_place where)
{
	struct heir_near near = heir_near_to(name, &r->config->core->explaining);
	struct heir_diag *diag;

	for (unsigned i = 0; i < heir_n_flag_rows; i++)
		if (is_known_flag(&heir_flag_rows[i], r->config->where.version))
			heir_near_try(&near, heir_str_from(heir_flag_rows[i].name));
	diag = refuse_flag(r->config, where, "CRI-O 1.%u has no flag \"%.*s\"",
		r->config->where.version.minor, HEIR_STR_ARG(name));
	if (!diag)
		return -ENOMEM;
	if (near.best.p) {
		diag->help = heir_arena_printf(
			&r->config->core->arena, "did you mean --%.*s?", HEIR_STR_ARG(near.best));
		return diag->help ? 0 : -ENOMEM;
	}
	return 0;
}

/* Reads a word that begins with '-'; `next` is the next word, or NULL. *ret_words: how many of the
 * two it uses, 0 if the daemon stops reading there. */
static int read_flag(struct reader *r, const struct heir_unit_word *word,
	const struct heir_unit_word *next, unsigned *ret_words)
{
	size_t minus = word->text.p[1] == '-' ? 2 : 1;
	struct heir_str name = {word->text.p + minus, word->text.len - minus};
	const char *equals = name.len > 0 ? memchr(name.p, '=', name.len) : NULL;
	struct heir_str text = HEIR_STR("true");
	const struct heir_flag_row *row;
	struct heir_flag_value *value;
	bool alias;
	int at;

	*ret_words = 0;
	name.len = equals ? (size_t)(equals - name.p) : name.len;
	if (name.len == 0 || name.p[0] == '-')
		return refuse_flag(r->config, word->where, "\"%.*s\" is not a flag",
			       HEIR_STR_ARG(word->text))
			       ? 0
			       : -ENOMEM;
	at = find_row(r, name, &alias);
	if (at < 0)
		return unknown_flag(r, name, word->where);
	row = &heir_flag_rows[at];
	value = &r->values.items[at];
	if (equals)
		text = (struct heir_str){
			equals + 1, (size_t)(word->text.p + word->text.len - equals - 1)};
	else if (row->kind != HEIR_FLAG_BOOL && !next)
		return refuse_flag(r->config, word->where, "--%s needs a value", row->name)
			       ? 0
			       : -ENOMEM;
	else if (row->kind != HEIR_FLAG_BOOL)
		text = next->text;
	*ret_words = equals || row->kind == HEIR_FLAG_BOOL ? 1 : 2;
	if (!value->forms)
		heir_flag_value_clear(value);
	value->forms |= alias ? 1 : 2;
	value->where = word->where;
	value->by = heir_arena_concat(&r->config->core->arena, "--", row->name, "");
	if (!value->by)
		return -ENOMEM;
	if (value->forms == 3)
		return refuse_flag(r->config, word->where,
			       "--%s and its short form -%s are both given", row->name, row->alias)
			       ? 0
			       : -ENOMEM;
	return take_flag(r, row, value, text, false);
}

static int refuse_word(struct reader *r, const struct heir_unit_word *word)
{
	static const char *const commands[] = {"check", "complete", "completion", "config", "help",
		"h", "man", "markdown", "md", "publish", "status", "version", "wipe"};
	struct heir_diag *diag;

	for (unsigned i = 0; i < ARRAY_LEN(commands); i++)
		if (heir_str_eqz(word->text, commands[i])) {
			diag = refuse_flag(r->config, word->where,
				"\"crio %s\" does not start the daemon", commands[i]);
			return diag ? 0 : -ENOMEM;
		}
	diag = refuse_flag(r->config, word->where,
		"\"%.*s\" is neither a flag nor a command of crio", HEIR_STR_ARG(word->text));
	return diag ? 0 : -ENOMEM;
}

static int read_args(struct reader *r)
{
	const struct heir_unit_words *args = &r->unit->args;
	uint32_t i = 0;
	int error = 0;

	while (i < args->n && error == 0) {
		struct heir_str word = args->items[i].text;
		unsigned taken;

		if (word.len < 2 || word.p[0] != '-')
			break;
		if (heir_str_eqz(word, "--")) {
			i++;
			break;
		}
		error = read_flag(
			r, &args->items[i], i + 1 < args->n ? &args->items[i + 1] : NULL, &taken);
		if (error < 0 || taken == 0)
			return error;
		i += taken;
	}
	return error == 0 && i < args->n ? refuse_word(r, &args->items[i]) : error;
}

/* ---- What flags say that are no keys ---- */

static struct heir_flag_value *flag_value(struct reader *r, const char *name)
{
	for (unsigned i = 0; i < heir_n_flag_rows; i++)
		if (strcmp(heir_flag_rows[i].name, name) == 0 && r->values.items[i].set)
			return &r->values.items[i];
	return NULL;
}

static const char *copy_text(struct reader *r, struct heir_str text)
{
	return heir_arena_strndup(&r->config->core->arena, text.p ? text.p : "", text.len);
}

/* Determines which files are read. heir's own options override the flags. */
static int take_files(struct reader *r)
{
	const struct heir_flag_value *file = flag_value(r, "config");
	const struct heir_flag_value *dir = flag_value(r, "config-dir");
	struct heir_config *config = r->config;
	const char *path;

	if (file && !config->where.config) {
		path = copy_text(r, file->text);
		if (!path)
			return -ENOMEM;
		config->no_conf = path[0] == '\0';
		config->where.config = path[0] ? path : NULL;
		config->conf_at = file->where;
		config->conf_by = file->by;
	}
	if (dir && !config->where.config_dir) {
		path = copy_text(r, dir->text);
		if (!path)
			return -ENOMEM;
		config->no_dropins = path[0] == '\0';
		config->where.config_dir = path[0] ? path : NULL;
	}
	return 0;
}

/* The daemon appends to its log, and creates it if it is missing. */
static int check_log(struct reader *r, const struct heir_flag_value *log)
{
	struct heir_root *root = &r->config->core->root;
	char *path = heir_arena_strndup(&r->config->core->arena, log->text.p, log->text.len);
	char *slash = path ? strrchr(path, '/') : NULL;
	struct stat st;
	int error;

	if (!path)
		return -ENOMEM;
	if (path[0] == '\0' || heir_root_is_assumed(root))
		return 0;
	error = heir_root_stat(root, path, &st);
	if (error == -ENOENT && slash && slash > path) {
		*slash = '\0';
		error = heir_root_stat(root, path, &st);
		if (error == 0 && !S_ISDIR(st.st_mode))
			error = -ENOTDIR;
		*slash = '/';
	} else if (error == -ENOENT) {
		error = 0;
	} else if (error == 0 && S_ISDIR(st.st_mode)) {
		error = -EISDIR;
	}
	/* The daemon may have permissions that heir lacks. */
	if (error != -ENOENT && error != -ENOTDIR && error != -EISDIR)
		return error == -ENOMEM ? error : 0;
	return refuse_flag(r->config, log->where, "%s: cannot write \"%s\": %s", log->by, path,
		       heir_file_error(error))
		       ? 0
		       : -ENOMEM;
}

static int check_other_flags(struct reader *r)
{
	static const char *const printing[] = {"help", "version"};
	const struct heir_flag_value *log = flag_value(r, "log");
	const struct heir_flag_value *format = flag_value(r, "log-format");

	for (unsigned i = 0; i < ARRAY_LEN(printing); i++) {
		const struct heir_flag_value *value = flag_value(r, printing[i]);

		if (value && value->boolean &&
			!refuse_flag(r->config, value->where,
				"%s prints its output and exits: the daemon does not start",
				value->by))
			return -ENOMEM;
	}
	if (format && !heir_str_eqz(format->text, "text") && !heir_str_eqz(format->text, "json") &&
		!refuse_flag(r->config, format->where,
			"%s: \"%.*s\" is not a valid format (expected text or json)", format->by,
			HEIR_STR_ARG(format->text)))
		return -ENOMEM;
	return log ? check_log(r, log) : 0;
}

/* ---- All of it ---- */

static int report_unit(struct heir_config *config)
{
	struct heir_core *core = config->core;
	const struct heir_unit *unit = &config->unit;
	struct heir_diag *diag;

	if (unit->missing) {
		diag = heir_diags_add(&core->diags, &core->arena, HEIR_RULE_CONFIG_MISSING,
			unit->missing_at,
			"EnvironmentFile= names \"%s\", which does not exist: systemd does not "
			"start CRI-O",
			unit->missing);
		if (!heir_config_set_fatal(config, diag))
			return -ENOMEM;
		diag->help = "create the file, or write \"-\" before its name";
	}
	return unit->unclear ? report_unclear(config, unit->unclear, unit->unclear_at) : 0;
}

int heir_flags_read(struct heir_config *config, struct heir_str *ret_text)
{
	struct reader r = {.config = config, .unit = &config->unit};
	const struct heir_unit_var *path;
	int error;

	*ret_text = HEIR_STR("");
	if (!config->unit.path)
		return 0;
	error = report_unit(config);
	if (error == 0)
		error = read_variables(&r);
	if (error == 0)
		error = read_args(&r);
	if (error == 0)
		error = take_files(&r);
	if (error == 0)
		error = check_other_flags(&r);
	path = heir_unit_var(&config->unit, HEIR_STR("PATH"));
	if (path && !path->unknown)
		config->path = path->value.p;
	if (error == 0)
		error = heir_flags_text(config, &r.values, ret_text);
	heir_flag_values_release(&r.values);
	return error;
}
