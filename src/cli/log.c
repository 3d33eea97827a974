/* SPDX-License-Identifier: Apache-2.0 */
/* What goes to standard error besides diagnostics: errors, advice, and with --verbose what was
 * used. A line is written at once, so that those of several threads do not mix. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static int add(void *data, const char *text, size_t len)
{
	return fwrite(text, 1, len, data) == len ? 0 : -ENOMEM;
}

/* What the user typed may hold anything, and comes from scripts too. */
static bool escape(const char *before, const char *text, FILE *f)
{
	struct heir_style style = message_style();

	fputs(before, f);
	if (!text || heir_escape(text, &style, add, f) < 0)
		return false;
	fputc('\n', f);
	return true;
}

/* What was said last, for output_error(). Several threads may report. */
static _Atomic(char *) kept_error, kept_advice;

static void keep(_Atomic(char *) *kept, const char *text)
{
	free(atomic_exchange(kept, text ? strdup(text) : NULL));
}

const char *last_error(void)
{
	return atomic_load(&kept_error);
}

const char *last_advice(void)
{
	return atomic_load(&kept_advice);
}

static void say(const char *before, _Atomic(char *) *kept, const char *fmt, va_list args)
	__attribute__((format(printf, 3, 0)));

/* `kept` NULL: it is no error. */
static void say(const char *before, _Atomic(char *) *kept, const char *fmt, va_list args)
{
	static const char failed[] = "heir: out of memory\n";
	char *text = NULL, *line = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&line, &len);
	bool fine;

	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	if (kept)
		keep(kept, text);
	/* The advice was about the one before. */
	if (kept == &kept_error)
		keep(&kept_advice, NULL);
	fine = f && escape(before, text, f);
	if (f && fclose(f) != 0)
		fine = false;
	/* An error of standard error cannot be reported. */
	(void)!write_all(STDERR_FILENO, fine ? line : failed, fine ? len : sizeof(failed) - 1);
	free(line);
	free(text);
}

void log_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("heir: ", &kept_error, fmt, args);
	va_end(args);
}

void log_detail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("  ", NULL, fmt, args);
	va_end(args);
}

void advise(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("help: ", &kept_advice, fmt, args);
	va_end(args);
}

const char *error_words(int error)
{
	static char words[128];

	snprintf(words, sizeof(words), "%s", strerror(-error));
	/* "I/O error" stays what it is. */
	if (islower((unsigned char)words[1]))
		words[0] = (char)tolower((unsigned char)words[0]);
	return words;
}

void advise_of_rights(int error)
{
	if ((error == -EACCES || error == -EPERM) && geteuid() != 0)
		advise("run it as root, or on a copy of the node's files with --root DIR");
}

void advise_of_setting(int id)
{
	static const char *const wanted[HEIR_N_SETTING_IDS] = {
		[HEIR_ROOT] = "DIR is the directory that holds the etc and usr of the node",
		[HEIR_INPUT] = "FILE is YAML or JSON of objects, a directory of such files, a "
			       "must-gather, or -",
		[HEIR_FACTS] = "`heir facts --format json`, run on the node, writes such a file",
		[HEIR_CRIO_VERSION] = "name the release of the node, as in --crio-version 1.34",
		[HEIR_OCP] = "name the release of OpenShift, as in --ocp 4.20",
		[HEIR_OS] =
			"--os rhel-9, --os rhel-10, or a FILE that `rpm -qla` wrote on the image",
		[HEIR_FOR] = "name releases of CRI-O or OpenShift, as in --for 1.34..1.36",
		[HEIR_AS] = "--as heir, or --as stock for what an unmodified CRI-O does",
		[HEIR_ENV] = "as in --env ARCH=x86_64, for ${ARCH} in the files",
		[HEIR_VENDOR_GLOB] = "as in --vendor-glob '10-*.conf'",
	};

	if (id >= 0 && id < HEIR_N_SETTING_IDS && wanted[id])
		advise("%s", wanted[id]);
}

int usage_error(const struct command *command, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("heir: ", &kept_error, fmt, args);
	va_end(args);
	fprintf(stderr, "Try 'heir%s%s --help'.\n", command ? " " : "",
		command ? command->name : "");
	return EXIT_USAGE;
}

/* " in 0.040 ms", " in 12 ms", " in 2.1 s"; of what took no time nothing. */
static void write_time(char *p, size_t size, uint64_t ns)
{
	const uint64_t us = 1000, ms = 1000 * us, s = 1000 * ms;

	if (ns == 0)
		p[0] = '\0';
	else if (ns < ms)
		snprintf(p, size, " in %.3f ms", (double)ns / (double)ms);
	else if (ns < s)
		snprintf(p, size, " in %" PRIu64 " ms", ns / ms);
	else
		snprintf(p, size, " in %.1f s", (double)ns / (double)s);
}

static void log_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void log_line(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("heir: ", NULL, fmt, args);
	va_end(args);
}

static void print_event(void *data, const struct heir_trace_event *event)
{
	const char *node = data;
	char took[32];

	write_time(took, sizeof(took), event->ns);
	log_line("%s %s: %s%s%s%s%s%s%s", event->kind, event->name, event->outcome, took,
		event->why ? ", " : "", event->why ? event->why : "", node ? " (" : "",
		node ? node : "", node ? ")" : "");
}

void be_verbose(struct heir_ctx *ctx, const char *node)
{
	/* It is only read. */
	heir_set_trace(ctx, print_event, (void *)(uintptr_t)node);
}
