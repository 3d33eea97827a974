/* SPDX-License-Identifier: Apache-2.0 */
/* One row an option: the parser, the help, the manual and the completion read the rows. */
#include <string.h>
#include <strings.h>

#include "cli/options.h"

static const struct option_row rows[] = {
	{"root", 0, HEIR_ROOT, "DIR", "read the node whose files are in DIR; run nothing",
		TAKES_ROOT, GROUP_NODE},
	{"input", 'i', HEIR_INPUT, "FILE", "read Kubernetes objects; repeatable", TAKES_ROOT,
		GROUP_NODE},
	{"pool", 0, HEIR_POOL, "NAME", "MachineConfigPool of the node, with -i", TAKES_ROOT,
		GROUP_NODE},
	{"path", 0, HEIR_PATH, "DIRS", "$PATH for look-ups (default: that of crio.service)",
		TAKES_LOOKUP, GROUP_NODE},
	{"config", 0, HEIR_CONFIG, "FILE", "read FILE instead of /etc/crio/crio.conf", TAKES_TREE,
		GROUP_NODE},
	{"config-dir", 0, HEIR_CONFIG_DIR, "DIR", "read DIR instead of /etc/crio/crio.conf.d",
		TAKES_TREE, GROUP_NODE},
	{"source-dir", 0, HEIR_SOURCE_DIR, "DIR", "read DIR instead of /etc/crio/heir.d",
		TAKES_TREE, GROUP_NODE},
	{"crio-version", 0, HEIR_CRIO_VERSION, "X.Y[.Z]",
		"release of CRI-O, or auto: the installed one", TAKES_RELEASE, GROUP_NODE},
	{"ocp", 0, HEIR_OCP, "X.Y", "release of OpenShift, instead of CRI-O's", TAKES_RELEASE,
		GROUP_NODE},
	{"os", 0, HEIR_OS, "NAME|FILE", "image of the node: rhel-9, rhel-10, or its paths",
		TAKES_RELEASE, GROUP_NODE},
	{"as", 0, HEIR_AS, "SEMANTICS", "heir (default), or stock: as an unmodified CRI-O",
		TAKES_AS, GROUP_NODE},
	{"facts", 0, HEIR_FACTS, "FILE", "facts of the node, for conditions and candidates",
		TAKES_FACTS, GROUP_NODE},
	{"env", 0, HEIR_ENV, "NAME=VALUE", "set a variable for ${NAME}; may be repeated",
		TAKES_TREE, GROUP_NODE},
	{"default-runtime", 0, HEIR_DEFAULT_RUNTIME, "NAME", "what if default_runtime were NAME",
		TAKES_RELEASE, GROUP_WHAT_IF},
	{"without", 0, HEIR_WITHOUT, "FILE", "what if FILE did not exist; repeatable", TAKES_TREE,
		GROUP_WHAT_IF},
	{"vendor-glob", 0, HEIR_VENDOR_GLOB, "GLOB",
		"treat these drop-ins as a vendor's; repeatable", TAKES_TREE, GROUP_NODE},
	{"crio-args", 0, HEIR_CRIO_ARGS, "ARGS", "flags of CRI-O, instead of those of crio.service",
		TAKES_TREE, GROUP_NODE},
	{"no-unit", 0, HEIR_NO_UNIT, NULL, "do not read crio.service", TAKES_TREE, GROUP_NODE},
	{"format", 'o', OPTION_FORMAT, "FORMAT", "output format; see the commands", 0,
		GROUP_OUTPUT},
	{"json", 0, OPTION_FORMAT, NULL, "same as --format json", 0, GROUP_OUTPUT},
	{"color", 0, OPTION_COLOR, "WHEN", "auto (default), always or never", 0, GROUP_OUTPUT},
	{"stage", 0, OPTION_STAGE, "STAGE", "resolved (default), or loaded: before resolution",
		TAKES_STAGE, GROUP_OWN},
	{"all", 0, OPTION_ALL, NULL, "every key of crio.conf, with its origin", TAKES_STAGE,
		GROUP_OWN},
	{"against", 0, OPTION_AGAINST, "PATH", "compare with another node: DIR, or objects",
		TAKES_SIDES | TAKES_BASE, GROUP_WHAT_IF},
	{"with", 0, OPTION_WITH, "FILE", "compare with these objects added; repeatable",
		TAKES_SIDES, GROUP_WHAT_IF},
	{"to", 0, OPTION_TO, "TARGET", "releases: 1.36, 4.20, 4.18..5.1, or several", TAKES_UPGRADE,
		GROUP_WHAT_IF},
	{"for", 0, HEIR_FOR, "TARGETS", "check for several releases: 1.34..1.36, 4.20", TAKES_RULES,
		GROUP_WHAT_IF},
	{"rule", 0, OPTION_RULE, "ID", "report only this rule; repeatable", TAKES_RULES, GROUP_OWN},
	{"skip", 0, OPTION_SKIP, "ID", "do not report this rule; repeatable", TAKES_RULES,
		GROUP_OWN},
	{"statistics", 0, OPTION_STATISTICS, NULL, "print how many findings each rule has",
		TAKES_BASE, GROUP_OUTPUT},
	{"strict", 0, OPTION_STRICT, NULL, "treat warnings as errors", TAKES_RULES, GROUP_OWN},
	{"jobs", 'j', OPTION_JOBS, "N", "check N nodes at once (default: one per processor)",
		TAKES_NODES, GROUP_OWN},
	{"fix", 0, OPTION_FIX, NULL, "fix findings whose fix changes no handler", TAKES_FIX,
		GROUP_OWN},
	{"dry-run", 0, OPTION_DRY_RUN, NULL, "print a diff and write nothing",
		TAKES_FIX | TAKES_APPLY, GROUP_OWN},
	{"output", 0, OPTION_OUTPUT, "FILE", "write to FILE, atomically", TAKES_OUTPUT,
		GROUP_OUTPUT},
	{"name", 0, OPTION_NAME, "NAME", "name of the MachineConfig (default: 99-POOL-heir)",
		TAKES_RENDER, GROUP_OWN},
	{"flatten", 0, HEIR_FLATTEN, NULL, "write values, not inherit_default_runtime",
		TAKES_RENDER, GROUP_OWN},
	{"title", 0, OPTION_TITLE, "WORDS", "page title", TAKES_TITLE, GROUP_OUTPUT},
	{"fact", 0, OPTION_FACT, "NAME", "only this feature or element", TAKES_FACT, GROUP_OWN},
	{"reload", 0, OPTION_RELOAD, "HOW", "auto (default), sighup, restart or none", TAKES_APPLY,
		GROUP_OWN},
	{"late", 0, OPTION_LATE, NULL, "bind handlers that inherit late",
		TAKES_APPLY | TAKES_RENDER, GROUP_OWN},
	{"no-late", 0, OPTION_NO_LATE, NULL, "stop binding handlers late", TAKES_APPLY, GROUP_OWN},
	{"force", 0, OPTION_FORCE, NULL, "apply or run although heir would refuse",
		TAKES_APPLY | TAKES_FORCE, GROUP_OWN},
	{"allow-removal", 0, OPTION_ALLOW_REMOVAL, NULL,
		"apply even if CRI-O loses handlers of the old drop-in", TAKES_APPLY, GROUP_OWN},
	{"yes", 'y', OPTION_YES, NULL, "do not ask for confirmation", TAKES_APPLY, GROUP_OWN},
	{"wait", 0, OPTION_WAIT, "SECONDS", "wait for another apply (default: 10)", TAKES_APPLY,
		GROUP_OWN},
	{"live", 0, OPTION_LIVE, "FILE", "CRI-O's answer to GET /config; -: standard input",
		TAKES_LIVE, GROUP_NODE},
	{"socket", 0, OPTION_SOCKET, "PATH", "socket of CRI-O (default: as configured)",
		TAKES_LIVE | TAKES_APPLY | TAKES_SOCKET, GROUP_NODE},
	{"build", 0, OPTION_BUILD, NULL, "also print compiler and libraries", TAKES_BUILD,
		GROUP_OUTPUT},
	{"cluster", 0, OPTION_CLUSTER, NULL, "query the cluster with oc or kubectl", TAKES_FLEET,
		GROUP_NODE},
	{"metrics", 0, OPTION_METRICS, "FILE", "write Prometheus metrics about the outcome",
		TAKES_LIVE | TAKES_APPLY | TAKES_FLEET, GROUP_OUTPUT},
	{"no-cache", 0, OPTION_NO_CACHE, NULL, "query runtimes for their features again",
		TAKES_FACTS, GROUP_NODE},
	{"no-pager", 0, OPTION_NO_PAGER, NULL, "do not show long answers in a pager", 0,
		GROUP_OUTPUT},
	{"quiet", 'q', OPTION_QUIET, NULL, "suppress warnings", 0, GROUP_OUTPUT},
	{"verbose", 'v', OPTION_VERBOSE, NULL, "report what was read and run, with times", 0,
		GROUP_OUTPUT},
	{"help", 'h', OPTION_HELP, NULL, "show help for heir or for a command", 0, GROUP_OUTPUT},
	{"version", 'V', OPTION_VERSION, NULL, "show the version of heir", 0, GROUP_OUTPUT},
};

enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

_Static_assert((int)N_ROWS <= (int)MAX_OPTION_ROWS, "what was said has room for each row");

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
	[HEIR_FORMAT_GITLAB] = "gitlab",
	[HEIR_FORMAT_JUNIT] = "junit",
	[HEIR_FORMAT_TMPFILES] = "tmpfiles",
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

unsigned default_format(const struct command *command)
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

int find_format(const struct command *command, const char *name)
{
	if (command->text && strcmp(name, command->text) == 0)
		return HEIR_FORMAT_TEXT;
	for (unsigned f = 0; f < N_FORMATS; f++)
		if (strcmp(name, format_names[f]) == 0)
			return command->formats & 1u << f ? (int)f : -1;
	return -1;
}

int choose_option_word(int id, const char *word)
{
	const char *const *words = option_words(row_of_option(id));

	for (int i = 0; words && words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

size_t index_of_option(const struct option_row *row)
{
	return (size_t)(row - rows);
}

const struct option_row *row_of_option(int id)
{
	int i = 0;

	while (rows[i].id != id)
		i++;
	return &rows[i];
}
