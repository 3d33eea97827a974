/* SPDX-License-Identifier: Apache-2.0 */
/* What each option of the line does. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/options.h"

static int set_color(struct cli *cli, const char *value)
{
	int color = choose_option_word(OPTION_COLOR, value);

	if (color < 0)
		return usage_error(
			NULL, "--color: \"%s\" is not one of auto, always, never", value);
	cli->color = (enum color_when)color;
	return -1;
}

static int set_stage(struct cli *cli, const char *value)
{
	int stage = choose_option_word(OPTION_STAGE, value);

	if (stage < 0)
		return usage_error(NULL, "--stage: \"%s\" is neither resolved nor loaded", value);
	cli->loaded = stage == 1;
	return -1;
}

int add_word(struct word_list *list, const char *word)
{
	const char **words = reallocarray(list->words, list->n + 1, sizeof(*words));

	if (!words) {
		log_error("out of memory");
		return EXIT_IO;
	}
	list->words = words;
	words[list->n++] = word;
	return -1;
}

int apply_setting(struct cli *cli, const struct option_row *row, const char *value)
{
	int r;

	if (!row->arg)
		value = "";
	/* No file is named so; a script's variable was empty. */
	else if (value[0] == '\0' &&
		 (strcmp(row->arg, "DIR") == 0 || strcmp(row->arg, "FILE") == 0))
		return usage_error(NULL, "--%s needs a value that is not empty", row->name);
	if (row->id == HEIR_ROOT || row->id == HEIR_INPUT) {
		r = open_archive(cli, value, row->id == HEIR_INPUT ? FOR_OBJECTS : FOR_ROOT);
		if (r >= 0)
			return r;
	}
	r = heir_set(cli->ctx, (enum heir_setting_id)row->id, value);
	if (r == 0) {
		cli->rooted |= row->id == HEIR_ROOT || row->id == HEIR_INPUT;
		cli->root = row->id == HEIR_ROOT ? value : cli->root;
		cli->as |= row->id == HEIR_AS;
		cli->pool = row->id == HEIR_POOL ? value : cli->pool;
		return row->id == HEIR_INPUT ? add_word(&cli->inputs, value) : -1;
	}
	log_error("--%s: %s", row->name, heir_error(cli->ctx));
	advise_of_rights(r);
	if (r != -EACCES && r != -EPERM)
		advise_of_setting(row->id);
	return row->id == HEIR_ROOT || r != -EINVAL ? EXIT_IO : EXIT_USAGE;
}

static int set_jobs(struct cli *cli, const char *value)
{
	enum { LIMIT = 1024 };
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end || n < 1 || n > LIMIT)
		return usage_error(
			NULL, "--jobs: \"%s\" is not a number from 1 to %d", value, LIMIT);
	cli->jobs = (unsigned)n;
	return -1;
}

static int set_reload(struct cli *cli, const char *value)
{
	cli->reload = choose_option_word(OPTION_RELOAD, value);
	if (cli->reload >= 0)
		return -1;
	return usage_error(
		NULL, "--reload: \"%s\" is not one of auto, sighup, restart, none", value);
}

static int set_metrics(struct cli *cli, const char *value)
{
	if (value[0] == '\0')
		return usage_error(NULL, "--metrics needs a value that is not empty");
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
		return usage_error(cli->command, "--socket %s: the path is too long", value);
	cli->socket = path;
	return -1;
}

static int set_wait(struct cli *cli, const char *value)
{
	enum { LIMIT = 3600 };
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end || n > LIMIT)
		return usage_error(
			NULL, "--wait: \"%s\" is not a number of seconds up to %d", value, LIMIT);
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

int apply_option(
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
	case OPTION_STATISTICS:
		return set_flag(&cli->statistics);
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
		return set_flag(&cli->force);
	case OPTION_LATE:
		cli->late = HEIR_LATE_ON;
		return -1;
	case OPTION_NO_LATE:
		cli->late = HEIR_LATE_OFF;
		return -1;
	case OPTION_ALLOW_REMOVAL:
		return set_flag(&cli->allow_removal);
	case OPTION_YES:
		return set_flag(&cli->yes);
	case OPTION_LIVE:
		cli->live = value;
		return -1;
	case OPTION_SOCKET:
		return set_socket(cli, value);
	case OPTION_BUILD:
		return set_flag(&cli->build);
	case OPTION_CLUSTER:
		return set_flag(&cli->cluster);
	case OPTION_METRICS:
		return set_metrics(cli, value);
	case OPTION_NO_CACHE:
		return set_flag(&cli->no_cache);
	case OPTION_NO_PAGER:
		return set_flag(&cli->no_pager);
	case OPTION_QUIET:
	case OPTION_VERBOSE: /* see set_verbosity() */
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
