/* SPDX-License-Identifier: Apache-2.0 */
/* Standard output and standard error: colour, width, and what went wrong. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"

const char *const exit_code_meanings[] = {
	[EXIT_FINE] = "success",
	[EXIT_FINDINGS] = "findings, or CRI-O would not start",
	[EXIT_USAGE] = "usage error",
	[EXIT_IO] = "cannot read or write",
	NULL,
};

int write_all(int fd, const char *text, size_t len)
{
	clear_waiting();
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

static bool has_answered;

/* To standard output or its pager. Once the pager has ended, nothing else is wanted. */
static int write_answer(const char *text, size_t len)
{
	int fd = pager_fd(), r = write_all(fd, text, len);

	has_answered |= len > 0;
	return pager_has_ended(fd, r) ? 0 : r;
}

/* What stands before the next that is written; it belongs to output_begin_part(). */
static char *heading;
static bool opens_object;

int write_output(void *data, const char *text, size_t len)
{
	int r = 0;

	(void)data;
	if (heading && len > 0) {
		r = write_answer(heading, strlen(heading));
		free(heading);
		heading = NULL;
		/* The brace of the document is in the heading. */
		text += opens_object;
		len -= opens_object;
	}
	return r < 0 ? r : write_answer(text, len);
}

static int write_word(void *data, const char *text, size_t len)
{
	return fwrite(text, 1, len, data) == len ? 0 : -EIO;
}

/* Reads a character of UTF-8; U+FFFD for a byte that is not. Returns where the next one begins. */
static const char *read_character(const char *text, uint32_t *ret)
{
	unsigned char first = (unsigned char)*text++;
	unsigned more = first < 0xc0 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;

	*ret = first < 0x80 ? first : more > 0 ? first & (0x3fu >> more) : 0xfffd;
	for (; more > 0; more--, text++) {
		if (((unsigned char)*text & 0xc0) != 0x80) {
			*ret = 0xfffd;
			return text;
		}
		*ret = *ret << 6 | ((unsigned char)*text & 0x3f);
	}
	return text;
}

/* What is not ASCII is escaped, so that no terminal obeys it; "#" as CI systems obey "##[". */
static void write_json_string(FILE *f, const char *text)
{
	uint32_t c;

	putc('"', f);
	while (*text) {
		text = read_character(text, &c);
		if (c > 0xffff)
			fprintf(f, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
				(unsigned)(0xdc00 + (c & 0x3ff)));
		else if (c < 0x20 || c > 0x7e || c == '#')
			fprintf(f, "\\u%04x", (unsigned)c);
		else
			fprintf(f, "%s%c", c == '"' || c == '\\' ? "\\" : "", (char)c);
	}
	putc('"', f);
}

static bool has_headings(const struct cli *cli)
{
	return cli->format == HEIR_FORMAT_TEXT || cli->format == HEIR_FORMAT_WIDE ||
	       cli->format == HEIR_FORMAT_MARKDOWN;
}

/* For write_word(): what could mean something to Markdown loses that. */
static int write_markdown(void *data, const char *text, size_t len)
{
	int r = 0;

	for (size_t i = 0; i < len && r == 0; i++) {
		bool plain = isalnum((unsigned char)text[i]) || (unsigned char)text[i] >= 0x80 ||
			     strchr("-. ", text[i]);

		r = plain ? 0 : write_word(data, "\\", 1);
		if (r == 0)
			r = write_word(data, text + i, 1);
	}
	return r;
}

void output_begin_parts(const struct cli *cli)
{
	static const char head[] = "{\"schema\": \"heir.pools/1\", \"pools\": [";

	if (cli->format == HEIR_FORMAT_JSON)
		write_output(NULL, head, sizeof(head) - 1);
}

void output_begin_part(const struct cli *cli, unsigned n)
{
	struct heir_style style = output_style(cli);
	size_t len = 0;
	FILE *f = open_memstream(&heading, &len);

	if (!f)
		return;
	opens_object = cli->format == HEIR_FORMAT_JSON;
	if (opens_object) {
		fputs(n > 0 ? ",\n{\"pool\": " : "\n{\"pool\": ", f);
		write_json_string(f, cli->pool);
		fputs(", ", f);
	} else if (cli->format == HEIR_FORMAT_MARKDOWN) {
		fputs(n > 0 ? "\n## Pool " : "## Pool ", f);
		heir_escape(cli->pool, &style, write_markdown, f);
		fputs("\n\n", f);
	} else if (has_headings(cli)) {
		fputs(n > 0 ? "\npool " : "pool ", f);
		heir_escape(cli->pool, &style, write_word, f);
		fputs(":\n", f);
	}
	fclose(f);
}

void output_end_part(const struct cli *cli, int code)
{
	/* A pool without output is named too. */
	if (heading && has_headings(cli) && code <= EXIT_FINDINGS)
		write_answer(heading, strlen(heading));
	else if (heading && opens_object && heading[0])
		write_answer(heading, strlen(heading) - 2);
	if (heading && opens_object)
		write_answer("}", 1);
	free(heading);
	heading = NULL;
	opens_object = false;
}

void output_end_parts(const struct cli *cli)
{
	if (cli->format == HEIR_FORMAT_JSON)
		write_output(NULL, "]}\n", 3);
}

int write_error(void *data, const char *text, size_t len)
{
	(void)data;
	return write_all(STDERR_FILENO, text, len);
}

/* NO_COLOR (no-color.org) and dumb terminals have no colour unless it is asked for. */
static bool has_color(const struct cli *cli, bool is_terminal)
{
	const char *no_color, *term;

	if (cli->color != COLOR_AUTO)
		return cli->color == COLOR_ALWAYS;
	no_color = getenv("NO_COLOR");
	term = getenv("TERM");
	return is_terminal && !(no_color && no_color[0]) && term && strcmp(term, "dumb") != 0;
}

unsigned terminal_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return columns ? (unsigned)strtoul(columns, NULL, 10) : 80;
}

/* Asked of the variables, because setlocale would read files at every start. */
bool is_utf8_locale(void)
{
	static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *value = getenv(variables[i]);

		if (value && value[0])
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

/* What relative paths are below, where the terminal may open links; NULL: it may not. Links name
 * the machine, so that a terminal which shows another one opens no file of its own. */
static const char *link_base(void)
{
	static char base[sizeof(((struct utsname *)NULL)->nodename) + PATH_MAX];
	const char *term = getenv("TERM");
	struct utsname machine;
	size_t len;

	if (base[0])
		return base;
	/* Consoles print what they do not know. */
	if (!term || strcmp(term, "linux") == 0 || uname(&machine) < 0)
		return NULL;
	len = strlen(machine.nodename);
	memcpy(base, machine.nodename, len);
	if (!getcwd(base + len, sizeof(base) - len)) {
		base[0] = '\0';
		return NULL;
	}
	return base;
}

static struct heir_style style_of(const struct cli *cli, int fd)
{
	bool is_terminal = isatty(fd), color = has_color(cli, is_terminal);

	return (struct heir_style){.size = sizeof(struct heir_style),
		.width = is_terminal ? terminal_width(fd) : 0,
		.color = color,
		.links = is_terminal && color ? link_base() : NULL,
		.ascii = !is_utf8_locale(),
		.escape = is_terminal};
}

struct heir_style output_style(const struct cli *cli)
{
	struct heir_style style = style_of(cli, STDOUT_FILENO);

	style.format = cli->format;
	return style;
}

struct heir_style error_style(const struct cli *cli)
{
	return style_of(cli, STDERR_FILENO);
}

struct heir_style message_style(void)
{
	return style_of(&(struct cli){.color = COLOR_NEVER}, STDERR_FILENO);
}

static const char *get_environment(void *data, const char *name)
{
	(void)data;
	return getenv(name);
}

void use_cache(struct cli *cli)
{
	const char *base = getenv("XDG_CACHE_HOME"), *below = "/heir";
	char *dir = NULL;

	if (cli->rooted || cli->no_cache)
		return;
	/* A relative one is to be ignored, says the specification. */
	if (!base || base[0] != '/') {
		base = geteuid() == 0 ? "/var/cache" : getenv("HOME");
		below = geteuid() == 0 ? "/heir" : "/.cache/heir";
	}
	/* Without one it only takes longer. */
	if (base && base[0] == '/' && asprintf(&dir, "%s%s", base, below) >= 0)
		heir_set(cli->ctx, HEIR_CACHE, dir);
	free(dir);
}

void print_assumed(struct cli *cli, struct heir_ctx *ctx)
{
	static const char help[] = "--crio-version X.Y names another release";
	const char *why, *release = heir_assumed_release(ctx, &why);

	if (!release || cli->quiet || cli->command->any_release || *cli->assumed ||
		(cli->format == HEIR_FORMAT_JSON && cli->command->states_release))
		return;
	*cli->assumed = true;
	if (why)
		log_error("assumed CRI-O %s: %s; %s", release, why, help);
	else
		log_error("assumed CRI-O %s; %s", release, help);
}

/* What writes does not write for a release that is assumed. */
static int demand_release(const struct cli *cli)
{
	const char *why;

	if (!(cli->fix || cli->command == &command_apply) || !heir_assumed_release(cli->ctx, &why))
		return EXIT_FINE;
	return usage_error(cli->command,
		"the release of CRI-O is not known%s%s: name it with --crio-version X.Y",
		why ? ": " : "", why ? why : "");
}

int load_any(struct cli *cli)
{
	int r;

	if (cli->root && !cli->is_loaded && !heir_archive_dir(cli->ctx, cli->root) &&
		advise_of_path(cli->root, true))
		return -EXIT_USAGE;
	/* With --root the answer must not depend on the machine that asks. */
	if (!cli->rooted)
		heir_set_getenv(cli->ctx, get_environment, NULL);
	if (cli->release_of)
		heir_set_release_of(cli->ctx, cli->release_of);
	r = cli->is_loaded ? cli->load_error : heir_load(cli->ctx);
	cli->load_error = r;
	if (r == 0 || heir_fatal(cli->ctx, NULL)) {
		if (demand_release(cli) != EXIT_FINE)
			return -EXIT_USAGE;
		print_assumed(cli, cli->ctx);
	}
	if (!cli->quiet && heir_assumes_programs(cli->ctx))
		log_error("note: %s has configuration only: programs are assumed to exist",
			cli->root        ? cli->root
			: cli->path_name ? cli->path_name
					 : "the node");
	if (!cli->quiet && !heir_pool_is_known(cli->ctx))
		log_error("warning: no object is about the pool \"%s\": heir uses the "
			  "configuration of workers",
			cli->pool);
	if (r == 0)
		return 0;
	if (heir_fatal(cli->ctx, NULL))
		return 1;
	if (r == -EINVAL && cli->inputs.n > 0 && advise_of_path(cli->inputs.words[0], false))
		return -EXIT_USAGE;
	if (r == -EINVAL)
		return -usage_error(cli->command, "%s", heir_error(cli->ctx));
	log_error("%s", heir_error(cli->ctx));
	advise_of_rights(r);
	return -EXIT_IO;
}

const char *root_of_places(const struct cli *cli)
{
	return cli->root ? cli->root : cli->inputs.n > 0 ? NULL : "";
}

void log_diagnostics(const struct cli *cli, struct heir_ctx *ctx, const char *severities)
{
	struct heir_style style = style_of(cli, STDERR_FILENO);

	style.format = HEIR_FORMAT_TEXT;
	heir_report_check_part(ctx, root_of_places(cli), severities, &style, write_error, NULL);
}

int load(struct cli *cli, bool resolve)
{
	int r = load_any(cli);

	if (r > 0) {
		log_diagnostics(cli, cli->ctx, "F");
		advise_of_rights(cli->load_error);
	}
	if (r != 0)
		return r < 0 ? -r : EXIT_IO;
	if (resolve && heir_resolve(cli->ctx) < 0) {
		log_error("%s", heir_error(cli->ctx));
		return EXIT_IO;
	}
	return EXIT_FINE;
}

void print_verdict(struct cli *cli)
{
	const char *verdict = heir_verdict(cli->ctx);

	if (verdict && verdict[0])
		log_error("%s", verdict);
}

int print_diagnostics(struct cli *cli)
{
	bool fatal = heir_fatal(cli->ctx, NULL);

	if (heir_n_diagnostics(cli->ctx) == 0)
		return EXIT_FINE;
	if (fatal || !cli->quiet)
		log_diagnostics(cli, cli->ctx, fatal ? "F" : "EW");
	print_verdict(cli);
	return fatal ? EXIT_FINDINGS : EXIT_FINE;
}

/* Returns the argument that does not name a handler, if a path has that name; else NULL. */
static const char *path_named(const struct cli *cli)
{
	for (size_t i = 0; cli->command->takes & TAKES_PATH && i < cli->n_args; i++)
		if (cli->args[i][0] && strstr(heir_error(cli->ctx), cli->args[i]) &&
			access(cli->args[i], F_OK) == 0)
			return cli->args[i];
	return NULL;
}

int report_result(struct cli *cli, int r)
{
	if (r >= 0)
		return EXIT_FINE;
	if (r == -ENOENT && cli->command->names) {
		const char *path = path_named(cli);

		log_error("%s", heir_error(cli->ctx));
		if (path)
			advise("to read the path of that name: heir %s ./%s", cli->command->name,
				path);
		else
			advise("%s", cli->command->names);
		return EXIT_USAGE;
	}
	if (r == -ENOENT)
		return usage_error(cli->command, "%s", heir_error(cli->ctx));
	log_error("%s", r == -ENOMEM ? "out of memory" : error_words(r));
	return EXIT_IO;
}

void output_error(const struct cli *cli, int code)
{
	const char *error = last_error(), *advice = last_advice();
	char *text = NULL;
	size_t len = 0;
	FILE *f;

	if (code == EXIT_FINE || !cli->wants_json || cli->output || has_answered || !error)
		return;
	f = open_memstream(&text, &len);
	if (!f)
		return;
	fputs("{\"schema\": \"heir.error/1\", \"error\": ", f);
	write_json_string(f, error);
	fputs(", \"help\": ", f);
	if (advice)
		write_json_string(f, advice);
	else
		fputs("null", f);
	fprintf(f, ", \"exit_code\": %d}\n", code);
	if (fclose(f) == 0)
		write_answer(text, len);
	free(text);
}
