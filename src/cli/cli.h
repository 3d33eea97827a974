/* SPDX-License-Identifier: Apache-2.0 */
/* The program: options, commands, exit codes. The only code that prints or exits; everything else
 * it asks of libheir through its public header. */
#ifndef HEIR_CLI_CLI_H
#define HEIR_CLI_CLI_H

#include <heir/heir.h>

#include "api/program.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum exit_code {
	EXIT_FINE = 0,
	EXIT_FINDINGS = 1, /* CRI-O would not start, or what a check found */
	EXIT_USAGE = 2,
	EXIT_IO = 3, /* cannot read or write; out of memory too */
};

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* The values of an option that may be repeated. */
struct word_list {
	const char **words;
	size_t n;
};

struct cli {
	struct heir_ctx *ctx;
	const char *const *words; /* the command line; NULL at the end */
	const struct command *command;
	const char *const *args; /* of the command */
	size_t n_args;
	enum heir_format format;
	enum color_when color;
	const char *root;        /* --root; NULL: this machine */
	const char *path_name;   /* a path that stands for a node, as it was given; or NULL */
	struct word_list inputs; /* -i */
	/* What the right side of diff has of its own; NULL: nothing. */
	struct {
		const char *against, *release, *default_runtime;
		int release_id; /* HEIR_CRIO_VERSION or HEIR_OCP, which `release` is of */
		struct word_list with, without;
	} right;
	struct word_list os; /* --os */
	struct {
		struct word_list roots, inputs;
	} project;                           /* the paths that heir.toml names */
	const char *to;                      /* --to; NULL: not given */
	struct word_list only, skip;         /* --rule and --skip */
	struct heir_project_list only_pools; /* of heir.toml; empty: all */
	/* Of render; NULL: not given. */
	const char *output, *name;
	const char *title;   /* --title; NULL: not given */
	const char *pool;    /* --pool; NULL: not given */
	const char *fact;    /* --fact; NULL: all */
	const char *live;    /* --live; NULL: not given */
	const char *socket;  /* --socket; NULL: that of the configuration */
	const char *metrics; /* --metrics; NULL: not given */
	int reload;          /* --reload, enum heir_reload; -1: not given */
	unsigned wait;       /* --wait, in milliseconds */
	enum heir_late_how late;
	bool force;
	bool allow_removal, yes;
	bool strict;
	bool statistics;
	bool fix, dry_run;
	bool as;     /* --as was given */
	bool loaded; /* --stage loaded */
	bool rooted; /* --root: the environment does not count */
	bool quiet, verbose;
	bool wants_json; /* --format json, before that is known to be a format of the command */
	int load_error;  /* what heir_load() came to */
	bool is_loaded;  /* heir_load() need not be called again */
	/* The context whose release is used if no other is known; NULL: none. */
	const struct heir_ctx *release_of;
	bool *assumed; /* that a release is assumed was printed; shared by both sides */
	bool no_cache;
	bool no_pager;
	bool build;    /* --build */
	bool all;      /* --all */
	bool cluster;  /* --cluster */
	unsigned jobs; /* --jobs; 0: as many as there are processors */
};

/* What a command can print. */
enum {
	TEXT = 1 << HEIR_FORMAT_TEXT,
	JSON = 1 << HEIR_FORMAT_JSON,
	TOML = 1 << HEIR_FORMAT_TOML,
	SARIF = 1 << HEIR_FORMAT_SARIF,
	GITHUB = 1 << HEIR_FORMAT_GITHUB,
	MACHINECONFIG = 1 << HEIR_FORMAT_MACHINECONFIG,
	IGNITION = 1 << HEIR_FORMAT_IGNITION,
	DOT = 1 << HEIR_FORMAT_DOT,
	MERMAID = 1 << HEIR_FORMAT_MERMAID,
	HTML = 1 << HEIR_FORMAT_HTML,
	MARKDOWN = 1 << HEIR_FORMAT_MARKDOWN,
	WIDE = 1 << HEIR_FORMAT_WIDE,
	GITLAB = 1 << HEIR_FORMAT_GITLAB,
	JUNIT = 1 << HEIR_FORMAT_JUNIT,
	TMPFILES = 1 << HEIR_FORMAT_TMPFILES,
};

/* Options that only some commands take; and, for TAKES_SIDES, those that say more there. */
enum {
	TAKES_STAGE = 1 << 0,
	TAKES_SIDES = 1 << 1,
	TAKES_RULES = 1 << 2,
	TAKES_NODES = 1 << 3,
	TAKES_FIX = 1 << 4,
	TAKES_RENDER = 1 << 5,
	TAKES_FACT = 1 << 6,
	TAKES_LIVE = 1 << 7,
	TAKES_APPLY = 1 << 8,
	TAKES_BUILD = 1 << 11,
	TAKES_OUTPUT = 1 << 9,
	TAKES_TITLE = 1 << 10,
	TAKES_SOCKET = 1 << 12,
	TAKES_FORCE = 1 << 20,
	TAKES_PATH = 1 << 21, /* the first argument may be a path: see paths.c */
	TAKES_TWO = 1 << 22,  /* the second one too */
	TAKES_FLEET = 1 << 23,
	TAKES_UPGRADE = 1 << 24,
	TAKES_BASE = 1 << 28, /* --against: what was before, of which nothing is reported */
	TAKES_ROOT = 1 << 13,
	TAKES_TREE = 1 << 14,   /* which files of the node, and what else is assumed of it */
	TAKES_LOOKUP = 1 << 15, /* --path */
	TAKES_RELEASE = 1 << 16,
	TAKES_AS = 1 << 17,
	TAKES_FACTS = 1 << 18,
	/* What resolves the handlers of a node, as both semantics do; and as one of them. */
	TAKES_STATE = TAKES_ROOT | TAKES_TREE | TAKES_LOOKUP | TAKES_RELEASE | TAKES_FACTS,
	TAKES_NODE = TAKES_STATE | TAKES_AS,
};

struct command {
	const char *name;
	const char *args; /* for the usage line; "" for none */
	size_t min, max;  /* how many */
	const char *help; /* one line */
	const char *more; /* further lines of `heir COMMAND --help`, or NULL */
	unsigned formats; /* the first of TEXT, JSON, TOML that is set is the default */
	const char *text; /* what else this command calls TEXT, or NULL */
	unsigned takes;
	/* Instead of the first; TEXT, which is 0, for none. */
	enum heir_format format;
	bool hidden;                 /* for programs: in no list of commands */
	bool states_release;         /* its JSON has crio_version_assumed */
	bool any_release;            /* nothing is said of a release that is assumed */
	const char *names;           /* who lists the names that it takes: help for a wrong one */
	int (*run)(struct cli *cli); /* returns an exit_code */
};

extern const struct command command_apply;
extern const struct command command_blame;
extern const struct command command_cat;
extern const struct command command_check;
extern const struct command command_collect;
extern const struct command command_complete;
extern const struct command command_completion;
extern const struct command command_containers;
extern const struct command command_diff;
extern const struct command command_drift;
extern const struct command command_exec;
extern const struct command command_explain;
extern const struct command command_facts;
extern const struct command command_features;
extern const struct command command_fleet;
extern const struct command command_graph;
extern const struct command command_help;
extern const struct command command_render;
extern const struct command command_report;
extern const struct command command_rules;
extern const struct command command_schema;
extern const struct command command_show;
extern const struct command command_upgrade;
extern const struct command command_version;

/* All of them, in the order in which they are listed; ends with NULL. */
extern const struct command *const commands[];
/* By its name or an alias of it. NULL: there is none. */
const struct command *find_command(const char *name);
/* The command that an alias names, else the word itself. */
const char *command_of_alias(const char *name);
/* What does what another program's command of that name does: "heir apply --dry-run". NULL: nothing
 * is known. */
const char *command_by_meaning(const char *name);

/* What options are about, in the order in which the help lists them. */
enum option_group {
	GROUP_OWN, /* what the command does */
	GROUP_NODE,
	GROUP_WHAT_IF,
	GROUP_OUTPUT,
	N_OPTION_GROUPS,
};

struct option_row {
	const char *name;
	char letter; /* 0: none */
	int id;
	const char *arg; /* NULL: takes none */
	const char *help;
	unsigned takes; /* a command that has this takes it; 0: all do */
	enum option_group group;
};

/* NULL: there are no more. */
const struct option_row *option_at(size_t i);
/* The words that an option takes, up to a NULL; NULL: others too. */
const char *const *option_words(const struct option_row *row);
/* The i-th format of a command, what it prints unasked before the others; without a command of all
 * that there are. NULL: no more. */
const char *format_at(const struct command *command, size_t i);

/* Complaints about words of the line, with what was probably meant; EXIT_USAGE. Of an option: the
 * word as it was typed, its letter (0: it is a word), and the option that it names with a value
 * that it does not take, or NULL. */
int no_such_command(const char *name);
int no_such_option(const char *word, int letter, const struct option_row *known);
int no_such_format(const struct command *command, const char *value);
/* The option is for other commands. */
int takes_none(const struct command *command, const struct option_row *row);

/* By enum exit_code; ends with NULL. */
extern const char *const exit_code_meanings[];

/* Parses the command line into *cli. -1: go on; else the exit_code to end with. */
int parse_options(struct cli *cli, int argc, char *argv[]);

/* Returns the command line as a shell reads it, without the values of --env, which can be secrets.
 * The caller frees it. NULL: no memory. */
char *command_line(const char *const *words);
/* Returns the commit that a CI system runs for (GitHub, GitLab), or NULL. */
const char *output_commit(void);
/* Returns the date of $SOURCE_DATE_EPOCH, or the current one, as "2026-12-01 13:45 UTC". */
const char *output_date(void);

/* The completion scripts, made of completion/ when heir is built; ends with NULL. */
struct completion_script {
	const char *shell, *text;
};
extern const struct completion_script completion_scripts[];

/* Prints the help of the program (NULL) or of a command to standard output; an exit_code. */
int print_help(const struct command *command);

/* The same as JSON (heir.help/1). */
int print_help_json(const struct command *command);

/* --version; an exit_code. */
int print_version(void);

/* "heir: TEXT" on standard error. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* "  TEXT", a line that belongs to the error before it. */
void log_detail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The last error of those and its advice, not escaped yet; NULL: none. Valid until the next one. */
const char *last_error(void);
const char *last_advice(void);
/* The words for -errno, lower case as heir's own are. */
const char *error_words(int error);
/* Says what to do about files that only others may read or write; nothing for another error. */
void advise_of_rights(int error);
/* Says what the setting (enum heir_setting_id) wants, if there is something to say. */
void advise_of_setting(int id);
/* "help: TEXT", what to do about an error that was logged. */
void advise(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* What the context looks at is told on standard error from now on, a line each: "heir: KIND NAME:
 * OUTCOME in 1.2 ms, WHY (NODE)". `node` NULL: there is only one. It must live as long as ctx. */
void be_verbose(struct heir_ctx *ctx, const char *node);
/* "heir: TEXT" and how to get help; returns EXIT_USAGE. */
int usage_error(const struct command *command, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Says where to keep what runtimes told, unless nothing is run or kept. */
void use_cache(struct cli *cli);

/* Reads the configuration. 0; 1: a file cannot be read, which is a diagnostic; or what else went
 * wrong has been said, and this is an exit_code, negative. */
int load_any(struct cli *cli);
/* Reads and, unless told otherwise, resolves the configuration. EXIT_FINE also when CRI-O would not
 * start: ask heir_fatal(). */
int load(struct cli *cli, bool resolve);

/* Takes the paths out of a command's arguments: each is recognised by what it is, and becomes the
 * settings that mean it. -1: go on; else an exit_code, after saying what is wrong. */
int take_paths(struct cli *cli);
/* Sets what the path means; the same. */
int take_path(struct cli *cli, const char *path);
/* Is it CRI-O's directory, its drop-ins, or a file of it? */
bool is_part_of_node(const char *path);
/* Unpacks a path that is an archive, for HEIR_ROOT or HEIR_INPUT to mean what is in it. "-" is
 * standard input. -1: it is none, or open now; an exit_code, after saying why not. */
enum archive_for { FOR_ANY, FOR_ROOT, FOR_OBJECTS };
int open_archive(struct cli *cli, const char *path, enum archive_for what);
/* May the directory be that of a node? One that cannot be opened may, unless it is no directory. */
bool is_node_root(const char *path);
/* Says what a directory is that was taken for a node's (`as_root`) or for objects, if that is not
 * what it is; returns whether it did. */
bool advise_of_path(const char *path, bool as_root);

/* Whether heir.toml leaves the pool in. */
bool is_wanted_pool(const struct cli *cli, const char *name);
/* Whether the objects are for several pools of which none is named. Loads the context then, or
 * leaves it as it is. */
bool has_several_pools(struct cli *cli);
/* Does the work of a command for one pool; an exit_code. */
typedef int (*pool_fn)(struct cli *cli);
/* The same for each pool that has files; the worst exit_code. */
int for_each_pool(struct cli *cli, pool_fn run);

/* Whether a command that takes sides was given a right one. */
bool has_right(const struct cli *cli);
/* Gives the right side, a copy of the left one with a copy of its context, what it has of its own.
 * An exit_code, after saying what went wrong. */
int set_right(struct cli *right);
/* Two nodes (--against) are compared by what they do now, both as an unmodified CRI-O, unless --as
 * says how. What heir makes of files is on no node until it is applied. 0 or the error of
 * heir_set(). */
int compare_as_nodes_do(struct cli *left, struct cli *right);
/* What a report calls a side: "DIR", "a.yaml", "DIR + a.yaml + b.yaml"; NULL: this machine. The
 * caller frees it. 0 or -ENOMEM. */
int name_side(const struct cli *cli, const struct word_list *with, char **ret);

/* What stands before the path of a node in the place of a finding, so that an editor in the working
 * directory finds it; NULL: objects have names of their own. */
const char *root_of_places(const struct cli *cli);
/* Prints diagnostics of these severities to standard error, as text. */
void log_diagnostics(const struct cli *cli, struct heir_ctx *ctx, const char *severities);
/* Prints diagnostics to standard error: what stops CRI-O, or warnings. Returns EXIT_FINDINGS for
 * the first, EXIT_FINE else. */
int print_diagnostics(struct cli *cli);
/* On standard error, after heir_load(): that the release is assumed, unless the document says so.
 */
void print_assumed(struct cli *cli, struct heir_ctx *ctx);
/* On standard error, where CRI-O would not start: that, and how many reasons there are. */
void print_verdict(struct cli *cli);

/* The style for standard output, and for standard error. */
struct heir_style output_style(const struct cli *cli);
struct heir_style error_style(const struct cli *cli);
/* The same before anything is known. */
struct heir_style message_style(void);
/* The columns of a terminal. */
unsigned terminal_width(int fd);
bool is_utf8_locale(void);
/* All of it. 0 or -errno. */
int write_all(int fd, const char *text, size_t len);
/* From here on standard output goes through a pager ($HEIR_PAGER, $PAGER, else less), if it is a
 * terminal and --no-pager was not given. */
void use_pager(const struct cli *cli);
/* The descriptor to write an answer to: standard output, or the pager, which the first call starts.
 */
int pager_fd(void);
/* Whether a write to that descriptor failed with this -errno because the user left the pager. */
bool pager_has_ended(int fd, int error);
/* Waits until the user leaves the pager. */
void finish_pager(void);
/* A heir_write_fn to standard output, and to standard error. */
int write_output(void *data, const char *text, size_t len);
int write_error(void *data, const char *text, size_t len);

/* Standard output in parts, one a pool: each has a heading, which stands before the first that is
 * written; in JSON the parts are items of one document. `n` is how many came before. */
void output_begin_parts(const struct cli *cli);
void output_begin_part(const struct cli *cli, unsigned n);
void output_end_part(const struct cli *cli, int code);
void output_end_parts(const struct cli *cli);
/* A document (heir.error/1) for a program that asked for JSON, where the command failed before it
 * could write its own. */
void output_error(const struct cli *cli, int code);

/* What a file will hold. */
struct output_file {
	FILE *stream;
	char *text;
	size_t len;
};

/* 0 or -errno; close in any case. */
int output_file_open(struct output_file *file);
/* A heir_write_fn to a struct output_file. */
int output_file_write(void *data, const char *text, size_t len);
/* Writes the file as heir_write_file() does. 0, or -errno with heir_error(). */
int output_file_commit(struct cli *cli, struct output_file *file, const char *path, bool is_public);
void output_file_close(struct output_file *file);

/* Prints `what` through `write`; returns an exit_code. */
typedef int (*print_fn)(struct cli *cli, const void *what, heir_write_fn write, void *data);
/* False, after log_error(): --output was given without a name. */
bool is_output_named(const struct cli *cli);
/* Prints into the file of --output, or to standard output where there is none or it is "-". An
 * exit_code. */
int print_to_output(struct cli *cli, print_fn print, const void *what);

/* A helper program of heir: that of $HEIR_LIBEXEC, else the one that is installed with it. 0 or
 * -ENAMETOOLONG. */
int libexec_program(const char *name, char *ret, size_t size);
/* The directory for temporary files, absolute. 0 or -errno. */
int temporary_directory(char *ret, size_t size);
/* The path of heir-fetch. 0 or -ENAMETOOLONG. */
int fetch_program(char *ret, size_t size);

/* From here on SIGINT, SIGTERM and SIGHUP wait: the program ends soon, and tidies up first. So does
 * SIGPIPE, and write reports a closed pipe. */
void hold_signals(void);
/* Writes --metrics, if it was given, all of it or nothing, for a command that ended with `code`:
 * not for one that was used wrongly. EXIT_FINE, or EXIT_IO after saying why not. */
int write_metrics(struct cli *cli, enum heir_metrics_of of, int code);

/* Asks oc or kubectl for the objects of the cluster. An exit_code, after saying what went wrong. */
int read_cluster(struct cli *cli);

/* What a report returned, as an exit_code, after saying what went wrong. */
int report_result(struct cli *cli, int r);

#endif
