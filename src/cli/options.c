/* SPDX-License-Identifier: Apache-2.0 */
/* One row an option: the parser, the help, the manual and the completion read the rows. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"

/* What an option does: a setting of the library's, or one of the program's own. */
enum option_id {
	OPTION_FORMAT = HEIR_N_SETTING_IDS,
	OPTION_COLOR,
	OPTION_STAGE,
	OPTION_ALL,
	OPTION_AGAINST,
	OPTION_WITH,
	OPTION_RULE,
	OPTION_SKIP,
	OPTION_STRICT,
	OPTION_JOBS,
	OPTION_FIX,
	OPTION_DRY_RUN,
	OPTION_OUTPUT,
	OPTION_NAME,
	OPTION_TITLE,
	OPTION_FACT,
	OPTION_RELOAD,
	OPTION_FORCE,
	OPTION_LATE,
	OPTION_NO_LATE,
	OPTION_ALLOW_REMOVAL,
	OPTION_YES,
	OPTION_WAIT,
	OPTION_LIVE,
	OPTION_SOCKET,
	OPTION_BUILD,
	OPTION_METRICS,
	OPTION_CLUSTER,
	OPTION_NO_CACHE,
	OPTION_QUIET,
	OPTION_VERBOSE,
	OPTION_TO,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option_row rows[] = {
	{"root", 0, HEIR_ROOT, "DIR", "read the node whose files are in DIR; run nothing", 0},
	{"input", 'i', HEIR_INPUT, "FILE", "read Kubernetes objects; repeatable", 0},
	{"pool", 0, HEIR_POOL, "NAME", "MachineConfigPool of the node, with -i", 0},
	{"path", 0, HEIR_PATH, "DIRS", "$PATH for look-ups (default: that of crio.service)", 0},
	{"config", 0, HEIR_CONFIG, "FILE", "read FILE instead of /etc/crio/crio.conf", 0},
	{"config-dir", 0, HEIR_CONFIG_DIR, "DIR", "read DIR instead of /etc/crio/crio.conf.d", 0},
	{"source-dir", 0, HEIR_SOURCE_DIR, "DIR", "read DIR instead of /etc/crio/heir.d", 0},
	{"crio-version", 0, HEIR_CRIO_VERSION, "X.Y[.Z]",
		"release of CRI-O, or auto: the installed one", 0},
	{"ocp", 0, HEIR_OCP, "X.Y", "release of OpenShift, instead of CRI-O's", 0},
	{"os", 0, HEIR_OS, "NAME|FILE", "image of the node: rhel-9, rhel-10, or its paths", 0},
	{"as", 0, HEIR_AS, "SEMANTICS", "heir (default), or stock: as an unmodified CRI-O", 0},
	{"facts", 0, HEIR_FACTS, "FILE", "facts of the node, for conditions and candidates", 0},
	{"env", 0, HEIR_ENV, "NAME=VALUE", "set a variable for ${NAME}; may be repeated", 0},
	{"default-runtime", 0, HEIR_DEFAULT_RUNTIME, "NAME", "what if default_runtime were NAME",
		0},
	{"without", 0, HEIR_WITHOUT, "FILE", "what if FILE did not exist; repeatable", 0},
	{"vendor-glob", 0, HEIR_VENDOR_GLOB, "GLOB",
		"treat these drop-ins as a vendor's; repeatable", 0},
	{"crio-args", 0, HEIR_CRIO_ARGS, "ARGS", "flags of CRI-O, instead of those of crio.service",
		0},
	{"no-unit", 0, HEIR_NO_UNIT, NULL, "do not read crio.service", 0},
	{"format", 'o', OPTION_FORMAT, "FORMAT", "output format; see the commands", 0},
	{"json", 0, OPTION_FORMAT, NULL, "same as --format json", 0},
	{"color", 0, OPTION_COLOR, "WHEN", "auto (default), always or never", 0},
	{"stage", 0, OPTION_STAGE, "STAGE", "resolved (default), or loaded: before resolution",
		TAKES_STAGE},
	{"all", 0, OPTION_ALL, NULL, "every key of crio.conf, with its origin", TAKES_STAGE},
	{"against", 0, OPTION_AGAINST, "PATH", "compare with another node: DIR, or objects",
		TAKES_SIDES},
	{"with", 0, OPTION_WITH, "FILE", "compare with these objects added; repeatable",
		TAKES_SIDES},
	{"to", 0, OPTION_TO, "TARGET", "releases: 1.36, 4.20, 4.18..5.1, or several",
		TAKES_UPGRADE},
	{"rule", 0, OPTION_RULE, "ID", "report only this rule; repeatable", TAKES_RULES},
	{"skip", 0, OPTION_SKIP, "ID", "do not report this rule; repeatable", TAKES_RULES},
	{"strict", 0, OPTION_STRICT, NULL, "treat warnings as errors", TAKES_RULES},
	{"jobs", 'j', OPTION_JOBS, "N", "check N nodes at once (default: one per processor)",
		TAKES_NODES},
	{"fix", 0, OPTION_FIX, NULL, "fix findings whose fix changes no handler", TAKES_FIX},
	{"dry-run", 0, OPTION_DRY_RUN, NULL, "print a diff and write nothing",
		TAKES_FIX | TAKES_APPLY},
	{"output", 0, OPTION_OUTPUT, "FILE", "write to FILE, atomically", TAKES_OUTPUT},
	{"name", 0, OPTION_NAME, "NAME", "name of the MachineConfig (default: 99-POOL-heir)",
		TAKES_RENDER},
	{"flatten", 0, HEIR_FLATTEN, NULL, "write values, not inherit_default_runtime",
		TAKES_RENDER},
	{"title", 0, OPTION_TITLE, "WORDS", "page title", TAKES_TITLE},
	{"fact", 0, OPTION_FACT, "NAME", "only this feature or element", TAKES_FACT},
	{"reload", 0, OPTION_RELOAD, "HOW", "auto (default), sighup, restart or none", TAKES_APPLY},
	{"late", 0, OPTION_LATE, NULL, "bind handlers that inherit late", TAKES_APPLY},
	{"no-late", 0, OPTION_NO_LATE, NULL, "stop binding handlers late", TAKES_APPLY},
	{"force", 0, OPTION_FORCE, NULL, "apply or run although heir would refuse",
		TAKES_APPLY | TAKES_FORCE},
	{"allow-removal", 0, OPTION_ALLOW_REMOVAL, NULL,
		"apply even if CRI-O loses handlers of the old drop-in", TAKES_APPLY},
	{"yes", 'y', OPTION_YES, NULL, "do not ask for confirmation", TAKES_APPLY},
	{"wait", 0, OPTION_WAIT, "SECONDS", "wait for another apply (default: 10)", TAKES_APPLY},
	{"live", 0, OPTION_LIVE, "FILE", "CRI-O's answer to GET /config; -: standard input",
		TAKES_LIVE},
	{"socket", 0, OPTION_SOCKET, "PATH", "socket of CRI-O (default: as configured)",
		TAKES_LIVE | TAKES_APPLY | TAKES_SOCKET},
	{"build", 0, OPTION_BUILD, NULL, "also print compiler and libraries", TAKES_BUILD},
	{"cluster", 0, OPTION_CLUSTER, NULL, "query the cluster with oc or kubectl", TAKES_FLEET},
	{"metrics", 0, OPTION_METRICS, "FILE", "write Prometheus metrics about the outcome",
		TAKES_LIVE | TAKES_APPLY | TAKES_FLEET},
	{"no-cache", 0, OPTION_NO_CACHE, NULL, "query runtimes for their features again", 0},
	{"quiet", 'q', OPTION_QUIET, NULL, "suppress warnings", 0},
	{"verbose", 'v', OPTION_VERBOSE, NULL, "report what was read and run, with times", 0},
	{"help", 'h', OPTION_HELP, NULL, "show help for heir or for a command", 0},
	{"version", 'V', OPTION_VERSION, NULL, "show the version of heir", 0},
};

enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

static const char *const format_names[] = {
	[HEIR_FORMAT_TEXT] = "text",
	[HEIR_FORMAT_JSON] = "json",
	[HEIR_FORMAT_TOML] = "toml",
	[HEIR_FORMAT_SARIF] = "sarif",
	[HEIR_FORMAT_GITHUB] = "github",
	[HEIR_FORMAT_MACHINECONFIG] = "machineconfig",
	[HEIR_FORMAT_IGNITION] = "ignition",
	[HEIR_FORMAT_DOT] = "dot",
	[HEIR_FORMAT_MERMAID] = "mermaid",
	[HEIR_FORMAT_HTML] = "html",
	[HEIR_FORMAT_MARKDOWN] = "markdown",
	[HEIR_FORMAT_WIDE] = "wide",
};

enum { N_FORMATS = sizeof(format_names) / sizeof(format_names[0]) };

/* What options take that take only some words; each list ends with NULL. */
static const char *const semantics_words[] = {"heir", "stock", NULL};
static const char *const color_words[] = {
	[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never", NULL};
static const char *const reload_words[] = {[HEIR_RELOAD_NONE] = "none",
	[HEIR_RELOAD_AUTO] = "auto",
	[HEIR_RELOAD_SIGHUP] = "sighup",
	[HEIR_RELOAD_RESTART] = "restart",
	NULL};
static const char *const stage_words[] = {"resolved", "loaded", NULL};

const struct option_row *option_at(size_t i)
{
	return i < N_ROWS ? &rows[i] : NULL;
}

const char *const *option_words(const struct option_row *row)
{
	switch (row->id) {
	case HEIR_AS:
		return semantics_words;
	case OPTION_COLOR:
		return color_words;
	case OPTION_STAGE:
		return stage_words;
	case OPTION_RELOAD:
		return reload_words;
	default:
		return NULL;
	}
}

/* What a format is called by a command; NULL: it has no such. */
static const char *format_word(const struct command *command, unsigned format)
{
	if (format >= N_FORMATS || !(command->formats & 1u << format))
		return NULL;
	if (format == HEIR_FORMAT_TEXT && command->text)
		return command->text;
	return format_names[format];
}

/* What a command prints unasked. */
static unsigned default_format(const struct command *command)
{
	return command->format ? command->format : (unsigned)ffs((int)command->formats) - 1;
}

const char *format_at(const struct command *command, size_t i)
{
	unsigned unasked, format;

	if (!command)
		return i < N_FORMATS ? format_names[i] : NULL;
	if (!command->formats)
		return NULL;
	unasked = format = default_format(command);
	for (unsigned f = 0; i > 0; i--) {
		while (f < N_FORMATS && (f == unasked || !format_word(command, f)))
			f++;
		format = f++;
	}
	return format_word(command, format);
}

const struct command *find_command(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, command_of_alias(name)) == 0)
			return commands[i];
	return NULL;
}

/* The place of `word` in a list of words, -1 for none. */
static int choose(const char *word, const char *const *words, int n)
{
	for (int i = 0; i < n; i++)
		if (words[i] && strcmp(words[i], word) == 0)
			return i;
	return -1;
}

static int set_color(struct cli *cli, const char *value)
{
	int color = choose(value, color_words, 3);

	if (color < 0)
		return complain_of_usage(
			NULL, "--color: \"%s\" is not one of auto, always, never", value);
	cli->color = (enum color_when)color;
	return -1;
}

static int set_stage(struct cli *cli, const char *value)
{
	int stage = choose(value, stage_words, 2);

	if (stage < 0)
		return complain_of_usage(
			NULL, "--stage: \"%s\" is neither resolved nor loaded", value);
	cli->loaded = stage == 1;
	return -1;
}

/* What was said on the line that only a command can judge. */
struct said {
	const char *format, *crio_version, *ocp, *default_runtime;
	bool given[N_ROWS]; /* by their rows */
	bool help;
};

static int add_word(struct word_list *list, const char *word)
{
	const char **words = reallocarray(list->words, list->n + 1, sizeof(*words));

	if (!words) {
		complain("out of memory");
		return EXIT_IO;
	}
	list->words = words;
	words[list->n++] = word;
	return -1;
}

static int apply_setting(struct cli *cli, const struct option_row *row, const char *value)
{
	int r;

	if (!row->arg)
		value = "";
	/* No file is named so; a script's variable was empty. */
	else if (value[0] == '\0' &&
		 (strcmp(row->arg, "DIR") == 0 || strcmp(row->arg, "FILE") == 0))
		return complain_of_usage(NULL, "--%s needs a value that is not empty", row->name);
	r = heir_set(cli->ctx, (enum heir_setting_id)row->id, value);
	if (r == 0) {
		cli->rooted |= row->id == HEIR_ROOT || row->id == HEIR_INPUT;
		cli->root = row->id == HEIR_ROOT ? value : cli->root;
		cli->as |= row->id == HEIR_AS;
		cli->pool = row->id == HEIR_POOL ? value : cli->pool;
		return row->id == HEIR_INPUT ? add_word(&cli->inputs, value) : -1;
	}
	complain("--%s: %s", row->name, heir_error(cli->ctx));
	advise_of_rights(r);
	if (r != -EACCES && r != -EPERM)
		advise_of_setting(row->id);
	return row->id == HEIR_ROOT || r != -EINVAL ? EXIT_IO : EXIT_USAGE;
}

static int set_jobs(struct cli *cli, const char *value)
{
	enum { MOST = 1024 };
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end || n < 1 || n > MOST)
		return complain_of_usage(
			NULL, "--jobs: \"%s\" is not a number from 1 to %d", value, MOST);
	cli->jobs = (unsigned)n;
	return -1;
}

static int set_reload(struct cli *cli, const char *value)
{
	cli->reload = choose(value, reload_words, 4);
	if (cli->reload >= 0)
		return -1;
	return complain_of_usage(
		NULL, "--reload: \"%s\" is not one of auto, sighup, restart, none", value);
}

static int set_metrics(struct cli *cli, const char *value)
{
	if (value[0] == '\0')
		return complain_of_usage(NULL, "--metrics needs a value that is not empty");
	cli->metrics = value;
	return -1;
}

/* A path, which may stand behind "unix://" as in crictl's configuration; a relative one begins at
 * the working directory. */
static int set_socket(struct cli *cli, const char *value)
{
	static const char scheme[] = "unix://";
	static char path[PATH_MAX];
	char here[PATH_MAX];

	if (strncmp(value, scheme, sizeof(scheme) - 1) == 0)
		value += sizeof(scheme) - 1;
	cli->socket = value;
	if (value[0] == '/' || value[0] == '\0')
		return -1;
	if (!getcwd(here, sizeof(here)) ||
		snprintf(path, sizeof(path), "%s/%s", here, value) >= (int)sizeof(path))
		return complain_of_usage(cli->command, "--socket %s: the path is too long", value);
	cli->socket = path;
	return -1;
}

static int set_wait(struct cli *cli, const char *value)
{
	enum { MOST = 3600 };
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end || n > MOST)
		return complain_of_usage(
			NULL, "--wait: \"%s\" is not a number of seconds up to %d", value, MOST);
	cli->wait = (unsigned)n * 1000;
	return -1;
}

static int set_flag(bool *flag)
{
	*flag = true;
	return -1;
}

/* The list of an option that may be repeated; NULL: it is none of these. */
static struct word_list *list_of(struct cli *cli, int id)
{
	switch (id) {
	case OPTION_WITH:
		return &cli->right.with;
	case HEIR_WITHOUT:
		return &cli->right.without;
	case OPTION_RULE:
		return &cli->only;
	case OPTION_SKIP:
		return &cli->skip;
	case HEIR_OS:
		return &cli->os;
	default:
		return NULL;
	}
}

/* Where an option waits for the command; NULL: it does not. */
static const char **waiting_of(struct said *said, int id)
{
	return id == HEIR_CRIO_VERSION      ? &said->crio_version
	       : id == HEIR_OCP             ? &said->ocp
	       : id == HEIR_DEFAULT_RUNTIME ? &said->default_runtime
					    : NULL;
}

/* One option of the line. -1: go on. */
static int apply(
	struct cli *cli, struct said *said, const struct option_row *row, const char *value)
{
	struct word_list *list = list_of(cli, row->id);
	const char **waiting = waiting_of(said, row->id);

	if (list)
		return add_word(list, value);
	if (waiting) {
		*waiting = value;
		return -1;
	}
	switch (row->id) {
	case OPTION_FORMAT:
		said->format = value ? value : "json";
		return -1;
	case OPTION_COLOR:
		return set_color(cli, value);
	case OPTION_STAGE:
		return set_stage(cli, value);
	case OPTION_ALL:
		return set_flag(&cli->all);
	case OPTION_AGAINST:
		cli->right.against = value;
		return -1;
	case OPTION_TO:
		cli->to = value;
		return -1;
	case OPTION_JOBS:
		return set_jobs(cli, value);
	case OPTION_STRICT:
		return set_flag(&cli->strict);
	case OPTION_FIX:
		return set_flag(&cli->fix);
	case OPTION_DRY_RUN:
		return set_flag(&cli->dry_run);
	case OPTION_OUTPUT:
		cli->output = value;
		return -1;
	case OPTION_NAME:
		cli->name = value;
		return -1;
	case OPTION_TITLE:
		cli->title = value;
		return -1;
	case OPTION_FACT:
		cli->fact = value;
		return -1;
	case OPTION_RELOAD:
		return set_reload(cli, value);
	case OPTION_WAIT:
		return set_wait(cli, value);
	case OPTION_FORCE:
		cli->force = true;
		return -1;
	case OPTION_LATE:
		cli->late = HEIR_LATE_ON;
		return -1;
	case OPTION_NO_LATE:
		cli->late = HEIR_LATE_OFF;
		return -1;
	case OPTION_ALLOW_REMOVAL:
		cli->allow_removal = true;
		return -1;
	case OPTION_YES:
		cli->yes = true;
		return -1;
	case OPTION_LIVE:
		cli->live = value;
		return -1;
	case OPTION_SOCKET:
		return set_socket(cli, value);
	case OPTION_BUILD:
		cli->build = true;
		return -1;
	case OPTION_CLUSTER:
		cli->cluster = true;
		return -1;
	case OPTION_METRICS:
		return set_metrics(cli, value);
	case OPTION_NO_CACHE:
		cli->no_cache = true;
		return -1;
	case OPTION_QUIET:
	case OPTION_VERBOSE: /* see be_heard() */
		return -1;
	case OPTION_HELP:
		said->help = true;
		return -1;
	case OPTION_VERSION:
		return print_version();
	default:
		return apply_setting(cli, row, value);
	}
}

static int set_format(struct cli *cli, const char *value)
{
	const struct command *command = cli->command;
	int format;

	if (command->formats)
		cli->format = (enum heir_format)default_format(command);
	if (!value)
		return -1;
	format = choose(value, format_names, N_FORMATS);
	if (command->text && strcmp(value, command->text) == 0)
		format = HEIR_FORMAT_TEXT;
	if (format < 0 || !(command->formats & 1u << format))
		return no_such_format(command, value);
	cli->format = (enum heir_format)format;
	return -1;
}

static const struct option_row *row_of(int id)
{
	int i = 0;

	while (rows[i].id != id)
		i++;
	return &rows[i];
}

/* --crio-version, --ocp and --default-runtime wait for the command: diff gives the second, and the
 * end of A..B, to its right side alone. */
static int set_waiting(struct cli *cli, const struct said *said)
{
	bool sides = cli->command->takes & TAKES_SIDES;
	const char *version = said->crio_version ? said->crio_version : said->ocp;
	int id = said->crio_version ? HEIR_CRIO_VERSION : HEIR_OCP;
	const char *dots = sides && version ? strstr(version, "..") : NULL;
	char left[64];
	int code = -1;

	if (said->crio_version && said->ocp)
		return complain_of_usage(
			cli->command, "--crio-version and --ocp cannot be combined");
	if (dots) {
		cli->right.release = dots + 2;
		cli->right.release_id = id;
		snprintf(left, sizeof(left), "%.*s", (int)(dots - version), version);
		version = left;
	}
	if (version && !sides && strstr(version, ".."))
		return complain_of_usage(cli->command,
			"--%s: A..B is for diff and report, which have two sides",
			row_of(id)->name);
	if (said->crio_version && strcmp(version, "auto") == 0 && cli->n_args > 0 &&
		cli->command->takes & TAKES_NODES)
		return complain_of_usage(cli->command, "--crio-version: \"auto\" asks the CRI-O of "
						       "this machine, and of DIR nothing is "
						       "run: name the release");
	if (version)
		code = apply_setting(cli, row_of(id), version);
	if (sides)
		cli->right.default_runtime = said->default_runtime;
	else if (code < 0 && said->default_runtime)
		code = apply_setting(cli, row_of(HEIR_DEFAULT_RUNTIME), said->default_runtime);
	for (size_t i = 0; !sides && i < cli->right.without.n && code < 0; i++)
		code = apply_setting(cli, row_of(HEIR_WITHOUT), cli->right.without.words[i]);
	return code;
}

/* The command, its arguments, and the options that depend on it. */
static int judge(struct cli *cli, const struct said *said, int argc, char *argv[])
{
	int code;

	if (argc == 0)
		return said->help || !memchr(said->given, true, sizeof(said->given))
			       ? print_help(NULL)
			       : complain_of_usage(NULL, "no command");
	cli->command = find_command(argv[0]);
	if (!cli->command)
		return no_such_command(argv[0]);
	if (said->help)
		return print_help(cli->command);
	cli->args = (const char *const *)argv + 1;
	cli->n_args = (size_t)argc - 1;
	code = take_paths(cli);
	if (code >= 0)
		return code;
	if (cli->n_args < cli->command->min || cli->n_args > cli->command->max)
		return complain_of_usage(cli->command, "%s takes %s", cli->command->name,
			cli->command->args[0] ? cli->command->args : "no argument");
	for (int i = 0; i < N_ROWS; i++)
		if (said->given[i] && rows[i].takes && !(cli->command->takes & rows[i].takes))
			return takes_none(cli->command, &rows[i]);
	code = set_waiting(cli, said);
	if (code < 0 && cli->os.n > 0 && !(cli->command->takes & TAKES_UPGRADE))
		code = apply_setting(cli, row_of(HEIR_OS), cli->os.words[cli->os.n - 1]);
	return code < 0 ? set_format(cli, said->format) : code;
}

/* The rows as getopt_long wants them. */
struct getopt_rows {
	struct option options[N_ROWS + 1];
	char letters[2 * N_ROWS + 2];
};

static void fill(struct getopt_rows *ret)
{
	int n = 1;

	*ret = (struct getopt_rows){.letters = ":"};
	for (int i = 0; i < N_ROWS; i++) {
		ret->options[i] = (struct option){rows[i].name,
			rows[i].arg ? required_argument : no_argument, NULL, 0x100 + i};
		if (rows[i].letter)
			ret->letters[n++] = rows[i].letter;
		if (rows[i].letter && rows[i].arg)
			ret->letters[n++] = ':';
	}
	opterr = 0;
}

/* NULL: none, or none that is known. */
static const struct option_row *row_at(int at)
{
	for (int i = 0; i < N_ROWS; i++)
		if (at == 0x100 + i || (rows[i].letter && at == rows[i].letter))
			return &rows[i];
	return NULL;
}

/* How much is to be said, which holds for options before these as well. -1: go on. */
static int be_heard(struct cli *cli, const struct getopt_rows *known, int argc, char *argv[])
{
	/* getopt_long puts words into another order. */
	char **words = reallocarray(NULL, (size_t)argc + 1, sizeof(*words));
	int at;

	if (!words) {
		complain("out of memory");
		return EXIT_IO;
	}
	memcpy(words, argv, ((size_t)argc + 1) * sizeof(*words));
	while ((at = getopt_long(argc, words, known->letters, known->options, NULL)) != -1) {
		const struct option_row *row = row_at(at);

		cli->quiet |= row && row->id == OPTION_QUIET;
		cli->verbose |= row && row->id == OPTION_VERBOSE;
	}
	optind = 0;
	free(words);
	if (cli->quiet && cli->verbose)
		return complain_of_usage(NULL, "--quiet and --verbose exclude each other");
	if (cli->verbose)
		be_verbose(cli->ctx, NULL);
	show_waiting(cli, cli->ctx);
	return -1;
}

int parse_options(struct cli *cli, int argc, char *argv[])
{
	struct getopt_rows known;
	struct said said = {.help = false};
	int at, code;

	fill(&known);
	code = be_heard(cli, &known, argc, argv);
	while (code < 0 &&
		(at = getopt_long(argc, argv, known.letters, known.options, NULL)) != -1) {
		const struct option_row *row = row_at(at);

		if (at == ':')
			return complain_of_usage(NULL, "%s needs a value", argv[optind - 1]);
		/* Of a letter getopt says which; of a word optopt is 0, or its row. */
		if (at == '?')
			return no_such_option(argv[optind - 1],
				optopt > 0 && optopt < 0x100 ? optopt : 0,
				optopt < 0x100 ? NULL : &rows[optopt - 0x100]);
		said.given[row - rows] = true;
		code = apply(cli, &said, row, optarg);
	}
	return code < 0 ? judge(cli, &said, argc - optind, argv + optind) : code;
}
