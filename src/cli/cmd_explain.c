/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "cli/cli.h"

/* A handler, or else a key of crio.conf. What has a dot or an underscore was meant as a key. */
static int explain_name(struct cli *cli, const char *field, const struct heir_style *style)
{
	const char *name = cli->args[0];
	int r = heir_report_explain(cli->ctx, name, field, style, write_output, NULL);

	if (r != -ENOENT || field)
		return r;
	r = heir_report_explain_key(cli->ctx, name, style, write_output, NULL);
	if (r == -ENOENT && !strpbrk(name, "._"))
		return heir_report_explain(cli->ctx, name, field, style, write_output, NULL);
	return r;
}

static int explain(struct cli *cli)
{
	const char *field = cli->n_args > 1 ? cli->args[1] : NULL;
	struct heir_style style = output_style(cli);
	int code = load(cli, true), explained, r;

	if (code != EXIT_FINE)
		return code;
	code = print_diagnostics(cli);
	use_pager(cli);
	r = explain_name(cli, field, &style);
	/* The findings above may be the reason why the handler is unknown. */
	if (r == -ENOENT && code != EXIT_FINE)
		return code;
	explained = report_result(cli, r);
	return explained ? explained : code;
}

const struct command command_explain = {
	.name = "explain",
	.args = "HANDLER [FIELD]",
	.min = 1,
	.max = 2,
	.help = "Show where each value of a handler comes from",
	.more = "Shows the chain of handlers that a value comes from, every place that sets it,\n"
		"which one wins and by which rule, what a later table discards, and what an\n"
		"unmodified CRI-O would do. HANDLER can also be a key of crio.conf, for example\n"
		"crio.runtime.log_level or log_level: then its value, its origin, every place\n"
		"that sets it, and findings about it are shown.\n",
	.formats = TEXT | JSON,
	.names = "`heir show` lists the handlers, `heir explain HANDLER` the fields of one",
	.takes = TAKES_NODE | TAKES_PATH,
	.states_release = true,
	.run = explain,
};
