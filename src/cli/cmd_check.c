/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"

struct sums {
	size_t errors, warnings, notes;
};

static int count(struct cli *cli, struct sums *ret)
{
	for (size_t i = 0; i < heir_n_diagnostics(cli->ctx); i++) {
		struct heir_diagnostic finding;
		int r = heir_diagnostic_at(cli->ctx, i, &finding);

		if (r < 0)
			return r;
		ret->errors += finding.level[0] == 'e';
		ret->warnings += finding.level[0] == 'w';
		ret->notes += finding.level[0] == 'n';
	}
	return 0;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* For a person only: a script reads the exit code. */
static void print_sums(const struct sums *sums)
{
	if (!isatty(STDOUT_FILENO))
		return;
	if (sums->errors + sums->warnings + sums->notes == 0)
		printf("heir: no findings\n");
	else
		printf("heir: %zu error%s, %zu warning%s, %zu note%s\n", sums->errors,
			plural(sums->errors), sums->warnings, plural(sums->warnings), sums->notes,
			plural(sums->notes));
	fflush(stdout);
}

static int check(struct cli *cli)
{
	struct heir_style style = output_style(cli);
	int unreadable = load_any(cli), r, code;
	struct sums sums = {0, 0, 0};

	if (unreadable < 0)
		return EXIT_IO;
	r = heir_check(cli->ctx, cli->only.ids, cli->only.n, cli->skip.ids, cli->skip.n);
	if (r < 0)
		return report_result(cli, r);
	if (cli->quiet && cli->format == HEIR_FORMAT_TEXT)
		r = heir_report_diagnostics(
			cli->ctx, cli->strict ? "FDEW" : "FDE", &style, write_output, NULL);
	else
		r = heir_report_check(cli->ctx, cli->root, &style, write_output, NULL);
	if (r == 0)
		r = count(cli, &sums);
	code = report_result(cli, r);
	if (code != EXIT_FINE)
		return code;
	if (cli->format == HEIR_FORMAT_TEXT)
		print_sums(&sums);
	if (unreadable)
		return EXIT_IO;
	return sums.errors || (cli->strict && sums.warnings) ? EXIT_FINDINGS : EXIT_FINE;
}

const struct command command_check = {
	.name = "check",
	.args = "",
	.help = "Say what is wrong with the files, before CRI-O does",
	.more = "`heir rules` lists what is looked for, `heir rules ID` explains it. A comment\n"
		"\"# heir: ignore ID reason\", on the line above or at the end of the line, takes\n"
		"a finding away, unless it stops CRI-O.\n"
		"\n"
		"Exit code 0: no error; 1: errors, with --strict warnings too; 2: wrong use; 3: a\n"
		"file cannot be read.\n",
	.formats = TEXT | JSON | SARIF | GITHUB,
	.takes = TAKES_RULES,
	.run = check,
};
