/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 1000, MAX_CELLS = 40, LEAST_CELLS = 5 };

static struct timespec after(int ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += ms * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_nsec -= 1000000000L;
		t.tv_sec++;
	}
	return t;
}

static bool is_past(const struct timespec *t)
{
	struct timespec now = after(0);

	return now.tv_sec > t->tv_sec || (now.tv_sec == t->tv_sec && now.tv_nsec >= t->tv_nsec);
}

/* Is standard error a terminal that can take a line back? */
static bool can_rewrite(void)
{
	const char *term = getenv("TERM");

	return term && term[0] && strcmp(term, "dumb") != 0 && isatty(STDERR_FILENO);
}

void progress_init(struct progress *progress, const struct cli *cli, const char *what, size_t total)
{
	*progress = (struct progress){.what = what, .total = total};
	progress->possible = !cli->quiet && !cli->verbose && total > 0 && can_rewrite();
	if (!progress->possible)
		return;
	progress->ascii = !is_utf8_locale();
	progress->next = after(PATIENCE_MS);
}

/* A bar of that many cells. */
static int draw(char *p, size_t size, size_t cells, size_t full, bool ascii)
{
	int n = 0;

	for (size_t i = 0; i < cells; i++)
		n += snprintf(p + n, size - (size_t)n, "%s",
			i < full ? (ascii ? "#" : "\xe2\x96\x88") : (ascii ? "-" : "\xe2\x96\x91"));
	return n;
}

void progress_show(struct progress *progress, size_t done)
{
	char numbers[96], line[256];
	unsigned width;
	size_t taken, cells;
	int n;

	if (!progress->possible || !is_past(&progress->next))
		return;
	progress->next = after(PROGRESS_MS);
	/* Asked each time: people pull at their windows. The last column stays free, where some
	 * terminals go on to the next line. */
	width = terminal_width(STDERR_FILENO);
	taken = (size_t)snprintf(
		numbers, sizeof(numbers), "%s %zu/%zu", progress->what, done, progress->total);
	if (taken >= width)
		return;
	n = snprintf(line, sizeof(line), "\r%s", numbers);
	cells = width - taken > LEAST_CELLS + 2 ? width - taken - 2 : 0;
	cells = cells > MAX_CELLS ? MAX_CELLS : cells;
	if (cells > 0) {
		line[n++] = ' ';
		n += draw(line + n, sizeof(line) - (size_t)n, cells, cells * done / progress->total,
			progress->ascii);
	}
	n += snprintf(line + n, sizeof(line) - (size_t)n, "\033[K");
	progress->shown = true;
	/* Nothing depends on it. */
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		progress->possible = false;
}

void progress_clear(struct progress *progress)
{
	static const char clear[] = "\r\033[K";

	if (progress->shown && write(STDERR_FILENO, clear, sizeof(clear) - 1) < 0)
		progress->possible = false;
	progress->shown = false;
}

/* ---- Waiting ---- */

/* Of the process's one thread that waits; nothing is asked of the system before it does. */
static struct progress waiting;
static bool waits;
static struct timespec since;

/* One line, whatever is waited for: its end is cut, for there is no room for more. */
static void draw_wait(const char *what)
{
	struct timespec now = after(0);
	unsigned width = terminal_width(STDERR_FILENO);
	char line[256];
	int n = snprintf(line, sizeof(line), "\rheir: waiting %lld s for ",
		(long long)(now.tv_sec - since.tv_sec - (now.tv_nsec < since.tv_nsec)));

	/* What is no plain ASCII may take more columns, or none. */
	for (; *what && (unsigned)n < width && (size_t)n + sizeof("\033[K") < sizeof(line); what++)
		line[n++] = *what >= 0x20 && *what < 0x7f ? *what : '?';
	memcpy(line + n, "\033[K", sizeof("\033[K"));
	waiting.shown = true;
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		waiting.possible = false;
}

static void wait_on(void *data, const char *what)
{
	(void)data;
	if (!waits) {
		waits = true;
		waiting.possible = can_rewrite();
		since = after(0);
		waiting.next = after(PATIENCE_MS);
	}
	if (!waiting.possible || !is_past(&waiting.next))
		return;
	waiting.next = after(PROGRESS_MS);
	draw_wait(what);
}

void show_waiting(const struct cli *cli, struct heir_ctx *ctx)
{
	if (!cli->quiet && !cli->verbose)
		heir_set_wait(ctx, wait_on, NULL);
}

void wait_for(const struct cli *cli, const char *what)
{
	if (!cli->quiet && !cli->verbose)
		wait_on(NULL, what);
}

void clear_waiting(void)
{
	if (waiting.shown)
		progress_clear(&waiting);
}
