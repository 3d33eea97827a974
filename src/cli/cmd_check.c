/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/check.h"

static void count_rule(struct check_sums *sums, const char *id)
{
	struct heir_rule_info rule;

	for (size_t i = 0; i < CHECK_MAX_RULES && heir_rule_at(i, &rule) == 0; i++)
		if (strcmp(rule.id, id) == 0)
			sums->by[i]++;
}

void check_add_sums(struct check_sums *sums, const struct check_sums *more)
{
	if (!sums->rule || (more->errors > 0 && sums->errors == 0))
		sums->rule = more->rule ? more->rule : sums->rule;
	sums->errors += more->errors;
	sums->warnings += more->warnings;
	sums->notes += more->notes;
	for (size_t i = 0; i < CHECK_MAX_RULES; i++)
		sums->by[i] += more->by[i];
}

int check_count(const struct cli *cli, struct heir_ctx *ctx, struct check_sums *sums)
{
	for (size_t i = 0; i < heir_n_diagnostics(ctx); i++) {
		struct heir_diagnostic finding;
		int r = heir_diagnostic_at(ctx, i, &finding);

		if (r < 0)
			return r;
		if (!sums->rule || (finding.level[0] == 'e' && sums->errors == 0))
			sums->rule = finding.rule;
		sums->errors += finding.level[0] == 'e';
		sums->warnings += finding.level[0] == 'w';
		sums->notes += finding.level[0] == 'n';
		if (cli->statistics)
			count_rule(sums, finding.rule);
	}
	return 0;
}

/* What makes the exit code is shown, even if the user asks for quiet. */
const char *check_severities(const struct cli *cli)
{
	if (!cli->quiet)
		return NULL;
	return cli->strict ? "FDEW" : "FDE";
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void print_statistics(const struct check_sums *sums)
{
	struct heir_rule_info rule;

	for (size_t i = 0; i < CHECK_MAX_RULES && heir_rule_at(i, &rule) == 0; i++)
		if (sums->by[i] > 0)
			printf("%6u  %-7s  %s\n", sums->by[i], rule.level, rule.id);
}

/* Where there is nothing to say, a script gets no line. */
void check_print_sums(const struct cli *cli, const struct check_sums *sums)
{
	bool any = sums->errors + sums->warnings + sums->notes > 0;

	/* In the log of a workflow a line that is not a command is text; an annotation without a
	 * file would take one of the few that GitHub shows. */
	bool has_room = cli->format == HEIR_FORMAT_TEXT || cli->format == HEIR_FORMAT_GITHUB;

	if (!has_room || cli->quiet || (!any && !isatty(STDOUT_FILENO)))
		return;
	if (cli->statistics)
		print_statistics(sums);
	printf("heir: ");
	if (cli->n_args > 0)
		printf("%zu node%s: ", cli->n_args, plural(cli->n_args));
	if (sums->errors + sums->warnings + sums->notes == 0)
		printf("no findings\n");
	else
		printf("%zu error%s, %zu warning%s, %zu note%s\n", sums->errors,
			plural(sums->errors), sums->warnings, plural(sums->warnings), sums->notes,
			plural(sums->notes));
	if (sums->rule)
		printf("For details: heir rules %s\n", sums->rule);
	fflush(stdout);
}

int check_verdict(const struct cli *cli, const struct check_sums *sums)
{
	return sums->errors || (cli->strict && sums->warnings) ? EXIT_FINDINGS : EXIT_FINE;
}

/* Loads and checks. *ret_unreadable: a file cannot be read, which is a finding too. */
static int find(struct cli *cli, bool *ret_unreadable)
{
	int r = load_any(cli);

	if (r < 0)
		return -r;
	*ret_unreadable = r > 0;
	if (r > 0)
		advise_of_rights(cli->load_error);
	r = heir_check(cli->ctx, cli->only.words, cli->only.n, cli->skip.words, cli->skip.n);
	return report_result(cli, r);
}

/* Fixes findings, reports the fixes, and checks again; with --dry-run prints the diff only. */
static int fix(struct cli *cli, bool *ret_unreadable)
{
	struct heir_style style = cli->dry_run ? output_style(cli) : error_style(cli);
	int r = heir_fix(cli->ctx), written = 0, code;

	if (r == -EINVAL)
		return usage_error(cli->command, "--fix: %s", heir_error(cli->ctx));
	if (r == 0 && cli->dry_run)
		r = heir_report_patch(cli->ctx, &style, write_output, NULL);
	else if (r == 0)
		written = heir_write_fixes(cli->ctx);
	if (written < 0)
		log_error("%s", heir_error(cli->ctx));
	style = error_style(cli);
	if (r == 0 && !cli->quiet)
		r = heir_report_fixes(cli->ctx, &style, write_error, NULL);
	if (r < 0)
		return report_result(cli, r);
	if (cli->dry_run)
		heir_try_fixes(cli->ctx);
	code = find(cli, ret_unreadable);
	return code == EXIT_FINE && written < 0 ? EXIT_IO : code;
}

/* Takes away what the node of --against has too. An exit_code, after saying what went wrong. */
static int drop_known(struct cli *cli)
{
	struct cli base = *cli;
	int code, r;

	if (!cli->right.against)
		return EXIT_FINE;
	r = heir_ctx_copy(cli->ctx, &base.ctx);
	if (r < 0)
		return report_result(cli, r);
	base.is_loaded = false;
	base.release_of = cli->ctx;
	code = set_right(&base);
	r = code == EXIT_FINE ? load_any(&base) : 0;
	if (r < 0)
		code = -r;
	if (code == EXIT_FINE)
		code = report_result(&base, heir_check(base.ctx, cli->only.words, cli->only.n,
						    cli->skip.words, cli->skip.n));
	if (code == EXIT_FINE)
		code = report_result(cli, heir_check_drop_known(cli->ctx, base.ctx));
	heir_ctx_unref(base.ctx);
	return code;
}

/* What of the line does not go together. An exit_code. */
static int judge(const struct cli *cli)
{
	if (cli->statistics && cli->format != HEIR_FORMAT_TEXT)
		return usage_error(
			cli->command, "--statistics prints text; JSON has counts without it");
	if (cli->right.against && cli->fix)
		return usage_error(cli->command, "--against and --fix cannot be combined");
	return EXIT_FINE;
}

static int report(struct cli *cli)
{
	struct heir_style style = output_style(cli);

	if (cli->fix && cli->dry_run)
		return 0;
	if (cli->statistics)
		return 0;
	if (cli->format == HEIR_FORMAT_TEXT)
		return heir_report_check_part(cli->ctx, root_of_places(cli), check_severities(cli),
			&style, write_output, NULL);
	return heir_report_check(cli->ctx, cli->root, &style, write_output, NULL);
}

static int check_one(struct cli *cli)
{
	struct check_sums sums = {.rule = NULL};
	bool unreadable = false;
	int code, fixed = EXIT_FINE, r;

	code = find(cli, &unreadable);
	if (code == EXIT_FINE && cli->fix)
		fixed = fix(cli, &unreadable);
	if (code != EXIT_FINE || fixed == EXIT_USAGE)
		return code != EXIT_FINE ? code : fixed;
	r = drop_known(cli);
	if (r > 0)
		return r;
	r = report(cli);
	if (r == 0)
		r = check_count(cli, cli->ctx, &sums);
	code = report_result(cli, r);
	if (code != EXIT_FINE)
		return code;
	if (cli->format == HEIR_FORMAT_TEXT)
		print_verdict(cli);
	if (!cli->dry_run)
		check_print_sums(cli, &sums);
	return unreadable || fixed != EXIT_FINE ? EXIT_IO : check_verdict(cli, &sums);
}

/* Formats whose document holds all pools; of the others each pool has one. */
enum { ONE_DOCUMENT = SARIF | GITLAB | JUNIT };

static int check(struct cli *cli)
{
	if (judge(cli) != EXIT_FINE)
		return EXIT_USAGE;
	if (cli->n_args > 0 && cli->fix)
		return usage_error(cli->command, "--fix is for one node, with --root DIR");
	if (cli->n_args > 0)
		return check_roots(cli);
	if (cli->dry_run && !cli->fix)
		return usage_error(cli->command, "--dry-run is for --fix");
	if (cli->dry_run && cli->format != HEIR_FORMAT_TEXT)
		return usage_error(cli->command, "--dry-run prints a diff, no other format");
	if (!has_several_pools(cli))
		return check_one(cli);
	return ONE_DOCUMENT & 1u << cli->format ? check_pools(cli) : for_each_pool(cli, check_one);
}

const struct command command_check = {
	.name = "check",
	.args = "[PATH...]",
	.max = SIZE_MAX,
	.help = "Report problems in the files",
	.more = "PATH is a node's root, its etc/crio or crio.conf.d, one file of these, or\n"
		"Kubernetes objects. Several roots are several nodes: they are checked in\n"
		"parallel and reported in the order of the arguments, with the root before every\n"
		"path. Without PATH, this machine or the node of --root is checked.\n"
		"\n"
		"`heir rules` lists the rules, and `heir rules ID` explains one. A comment \"#\n"
		"heir: ignore ID reason\", on the line above or at the end of the line, hides a\n"
		"finding, unless it stops CRI-O.\n"
		"\n"
		"--fix fixes findings if the fix changes no handler, neither for the given\n"
		"release (--crio-version) nor for heir, and reports the rest. With --dry-run it\n"
		"prints a diff and writes nothing; the exit code is the same.\n"
		"\n"
		"--for checks several releases and prints with each finding the releases that it\n"
		"applies to. --fix then fixes only findings of all of them, if the fix changes no\n"
		"handler on any of them.\n"
		"\n"
		"--against PATH compares with an earlier state, a node's files or objects, and\n"
		"reports only new findings; a finding whose line has moved is not new. If PATH\n"
		"has the same roots below it, such as another checkout, heir compares root by\n"
		"root; all findings of a root that PATH lacks are new.\n"
		"\n"
		"Exit code 0: no error; 1: errors, with --strict also warnings; 2: usage error;\n"
		"3: a file or PATH cannot be read, or a file cannot be written.\n",
	.formats = TEXT | JSON | SARIF | GITHUB | GITLAB | JUNIT,
	.takes = TAKES_NODE | TAKES_RULES | TAKES_NODES | TAKES_FIX | TAKES_BASE,
	.names = "`heir rules` lists the rules",
	.states_release = true,
	.run = check,
};
