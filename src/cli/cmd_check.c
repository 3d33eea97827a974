/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/check.h"

int check_count(struct heir_ctx *ctx, struct check_sums *sums)
{
	for (size_t i = 0; i < heir_n_diagnostics(ctx); i++) {
		struct heir_diagnostic finding;
		int r = heir_diagnostic_at(ctx, i, &finding);

		if (r < 0)
			return r;
		sums->errors += finding.level[0] == 'e';
		sums->warnings += finding.level[0] == 'w';
		sums->notes += finding.level[0] == 'n';
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

/* For a person only: a script reads the exit code. */
void check_print_sums(const struct cli *cli, const struct check_sums *sums)
{
	if (cli->format != HEIR_FORMAT_TEXT || !isatty(STDOUT_FILENO))
		return;
	printf("heir: ");
	if (cli->n_args > 0)
		printf("%zu node%s: ", cli->n_args, plural(cli->n_args));
	if (sums->errors + sums->warnings + sums->notes == 0)
		printf("no findings\n");
	else
		printf("%zu error%s, %zu warning%s, %zu note%s\n", sums->errors,
			plural(sums->errors), sums->warnings, plural(sums->warnings), sums->notes,
			plural(sums->notes));
	fflush(stdout);
}

int check_verdict(const struct cli *cli, const struct check_sums *sums)
{
	return sums->errors || (cli->strict && sums->warnings) ? EXIT_FINDINGS : EXIT_FINE;
}

static int check(struct cli *cli)
{
	struct check_sums sums = {0, 0, 0};
	struct heir_style style;
	int unreadable, r, code;

	if (cli->n_args > 0)
		return check_roots(cli);
	style = output_style(cli);
	unreadable = load_any(cli);
	if (unreadable < 0)
		return EXIT_IO;
	r = heir_check(cli->ctx, cli->only.ids, cli->only.n, cli->skip.ids, cli->skip.n);
	if (r < 0)
		return report_result(cli, r);
	if (cli->format == HEIR_FORMAT_TEXT)
		r = heir_report_diagnostics(
			cli->ctx, check_severities(cli), &style, write_output, NULL);
	else
		r = heir_report_check(cli->ctx, cli->root, &style, write_output, NULL);
	if (r == 0)
		r = check_count(cli->ctx, &sums);
	code = report_result(cli, r);
	if (code != EXIT_FINE)
		return code;
	check_print_sums(cli, &sums);
	return unreadable ? EXIT_IO : check_verdict(cli, &sums);
}

const struct command command_check = {
	.name = "check",
	.args = "[DIR...]",
	.max = SIZE_MAX,
	.help = "Say what is wrong with the files, before CRI-O does",
	.more = "Each DIR holds the files of a node of its own, as with --root DIR. They are\n"
		"checked side by side and told in the order of the arguments, with DIR before\n"
		"every path. Without DIR it is this machine, or that of --root.\n"
		"\n"
		"`heir rules` lists what is looked for, `heir rules ID` explains it. A comment\n"
		"\"# heir: ignore ID reason\", on the line above or at the end of the line, takes\n"
		"a finding away, unless it stops CRI-O.\n"
		"\n"
		"Exit code 0: no error; 1: errors, with --strict warnings too; 2: wrong use; 3: a\n"
		"file or a DIR cannot be read.\n",
	.formats = TEXT | JSON | SARIF | GITHUB,
	.takes = TAKES_RULES | TAKES_NODES,
	.run = check,
};
