/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 500, MOST_CELLS = 40, LEAST_CELLS = 5 };

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

void progress_init(struct progress *progress, const struct cli *cli, const char *what, size_t total)
{
	const char *term = getenv("TERM");

	*progress = (struct progress){.what = what, .total = total};
	progress->possible = !cli->quiet && !cli->verbose && total > 0 && term && term[0] &&
			     strcmp(term, "dumb") != 0 && isatty(STDERR_FILENO);
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
	cells = cells > MOST_CELLS ? MOST_CELLS : cells;
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
