/* SPDX-License-Identifier: Apache-2.0 */
/* The "local" source of Node Feature Discovery: files that other programs write. Lines are read as
 * source/local/local.go does: "KEY" or "KEY=VALUE", comments, and directives. An expiry-time
 * applies until the next one, other directives to the next line that has not expired. */
#include "node/gather_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/macro.h"
#include "base/vec.h"

enum {
	MAX_OF_A_FILE = 64 << 10, /* Node Feature Discovery skips larger files */
	MAX_OF_ALL = 1 << 20,
};

static const char directory[] = "/etc/kubernetes/node-feature-discovery/features.d/";

/* ---- Times ---- */

/* Reads a fixed number of digits, and the character after them unless it is NUL. Returns false if
 * they do not exist. */
static bool take_digits(struct heir_str *text, size_t n, char behind, int64_t *ret)
{
	size_t len = n + (behind != '\0');

	if (text->len < len || !heir_gather_is_number((struct heir_str){text->p, n}) ||
		(behind && text->p[n] != behind))
		return false;
	*ret = 0;
	for (size_t i = 0; i < n; i++)
		*ret = *ret * 10 + (text->p[i] - '0');
	text->p += len;
	text->len -= len;
	return true;
}

/* Reads "Z", or "+HH:MM" (ahead of UTC), as seconds to add to a local time. */
static bool parse_zone(struct heir_str text, int64_t *ret)
{
	bool ahead = text.len > 0 && text.p[0] == '+';
	int64_t hours, minutes;

	*ret = 0;
	if (text.len == 1 && text.p[0] == 'Z')
		return true;
	if (!ahead && (text.len == 0 || text.p[0] != '-'))
		return false;
	text.p++;
	text.len--;
	if (!take_digits(&text, 2, ':', &hours) || !take_digits(&text, 2, '\0', &minutes) ||
		text.len > 0 || hours > 23 || minutes > 59)
		return false;
	*ret = (hours * 60 + minutes) * (ahead ? -60 : 60);
	return true;
}

/* Days in the Gregorian calendar since 1970-01-01. Years begin in March, so that a leap day is the
 * last of its year. */
static int64_t days_until(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1, m = (month + 9) % 12;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 719469;
}

static int64_t days_of_month(int64_t year, int64_t month)
{
	return month == 12 ? 31 : days_until(year, month + 1, 1) - days_until(year, month, 1);
}

/* Parses RFC 3339; fractions of a second are ignored. */
static bool parse_time(struct heir_str text, int64_t *ret)
{
	int64_t year, month, day, hour, minute, second, zone;

	if (!take_digits(&text, 4, '-', &year) || !take_digits(&text, 2, '-', &month) ||
		!take_digits(&text, 2, 'T', &day) || !take_digits(&text, 2, ':', &hour) ||
		!take_digits(&text, 2, ':', &minute) || !take_digits(&text, 2, '\0', &second))
		return false;
	if (text.len > 1 && text.p[0] == '.' && text.p[1] >= '0' && text.p[1] <= '9')
		do {
			text.p++;
			text.len--;
		} while (text.len > 0 && text.p[0] >= '0' && text.p[0] <= '9');
	if (!parse_zone(text, &zone) || month < 1 || month > 12 || day < 1 ||
		day > days_of_month(year, month) || hour > 23 || minute > 59 || second > 59)
		return false;
	*ret = ((days_until(year, month, day) * 24 + hour) * 60 + minute) * 60 + second + zone;
	return true;
}

/* ---- One file ---- */

struct line {
	struct heir_str key, value;
	size_t at;
	bool left_out;
};

struct reading {
	const char *leave_out; /* the directive that excludes a line from this feature */
	int64_t now, expires;
	bool left_out; /* the next line is excluded */
	struct line *lines;
	size_t n, size;
};

static void apply_directive(struct reading *reading, struct heir_str directive)
{
	static const char expiry[] = "expiry-time";
	const char *equals = memchr(directive.p, '=', directive.len);
	struct heir_str name = directive, value = HEIR_STR_NULL;
	int64_t time;

	if (equals) {
		name.len = (size_t)(equals - directive.p);
		value = (struct heir_str){equals + 1, directive.len - name.len - 1};
	}
	if (heir_str_eqz(name, expiry) && parse_time(heir_gather_trim(value), &time))
		reading->expires = time;
	else if (heir_str_eqz(name, reading->leave_out))
		reading->left_out = true;
}

/* Returns 0 or -ENOMEM. */
static int keep_line(struct reading *reading, struct heir_str line)
{
	const char *equals = memchr(line.p, '=', line.len);
	size_t len = equals ? (size_t)(equals - line.p) : line.len;

	if (HEIR_RESERVE(reading->lines, reading->n, reading->size) < 0)
		return -ENOMEM;
	reading->lines[reading->n] = (struct line){{line.p, len},
		equals ? (struct heir_str){equals + 1, line.len - len - 1} : HEIR_STR("true"),
		reading->n, reading->left_out};
	reading->n++;
	reading->left_out = false;
	return 0;
}

static int read_local_line(struct reading *reading, struct heir_str line)
{
	static const char directive[] = "# +";

	line = heir_gather_trim(line);
	if (heir_str_starts(line, directive)) {
		line.p += sizeof(directive) - 1;
		line.len -= sizeof(directive) - 1;
		if (line.len > 0)
			apply_directive(reading, line);
		return 0;
	}
	if (line.len == 0 || line.p[0] == '#' || reading->expires < reading->now)
		return 0;
	return keep_line(reading, line);
}

static int compare_lines(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int r = heir_str_cmp(x->key, y->key);

	return r != 0 ? r : x->at < y->at ? -1 : x->at > y->at;
}

/* Within a file the last line of a key decides, including whether the key is excluded. */
static void set_last(struct heir_gather *g, struct reading *reading)
{
	if (reading->n > 0)
		qsort(reading->lines, reading->n, sizeof(*reading->lines), compare_lines);
	for (size_t i = 0; i < reading->n; i++) {
		const struct line *line = &reading->lines[i];

		if (i + 1 < reading->n && heir_str_eq(line->key, line[1].key))
			continue;
		if (!line->left_out && line->key.len > 0)
			heir_gather_set(g, line->key, line->value);
	}
}

static void parse_local_file(struct heir_gather *g, struct heir_str text, const char *leave_out)
{
	struct reading reading = {.leave_out = leave_out, .now = g->now, .expires = g->now};
	struct heir_str line;

	heir_gather_has_attributes(g);
	while (g->error == 0 && heir_gather_line(&text, &line))
		g->error = read_local_line(&reading, line);
	set_last(g, &reading);
	free(reading.lines);
}

void heir_parse_local_features(struct heir_gather *g, struct heir_str text)
{
	parse_local_file(g, text, "no-feature");
}

void heir_parse_local_labels(struct heir_gather *g, struct heir_str text)
{
	parse_local_file(g, text, "no-label");
}

/* ---- The directory ---- */

/* Counts the overlay's files in the directory, and stores them in `names` unless NULL. */
static size_t overlaid_names(const struct heir_gather *g, const char **names)
{
	const struct heir_overlay *overlay = g->root->overlay;
	size_t n = 0, len = sizeof(directory) - 1;

	for (uint32_t i = 0; overlay && i < overlay->n; i++) {
		const char *path = overlay->files[i].path;

		if (strncmp(path, directory, len) != 0 || strchr(path + len, '/'))
			continue;
		if (names)
			names[n] = path + len;
		n++;
	}
	return n;
}

static int compare_local_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Lists all names in byte order, including the overlay's. Returns false if the directory cannot be
 * read. */
static bool list_local_files(struct heir_gather *g, const char *const **ret, size_t *ret_n)
{
	const char *const *here = NULL;
	const char **all;
	size_t n = 0, overlaid = overlaid_names(g, NULL);

	if (!heir_gather_list(g, directory, &here, &n) &&
		(g->error < 0 || heir_gather_exists(g, directory) ||
			!heir_gather_exists(g, "/etc/kubernetes")))
		return false;
	all = heir_arena_zalloc(&g->scratch, n + overlaid, sizeof(*all));
	if (!all) {
		g->error = -ENOMEM;
		return false;
	}
	if (n > 0)
		memcpy(all, here, n * sizeof(*all));
	overlaid_names(g, all + n);
	if (n + overlaid > 0)
		qsort(all, n + overlaid, sizeof(*all), compare_local_names);
	*ret = all;
	*ret_n = n + overlaid;
	return true;
}

/* Links are followed. Skips what is not a file, too large or dangling. If an existing file cannot
 * be read, the feature is not known. */
static bool read_local_file(struct heir_gather *g, const char *name, struct heir_str *ret)
{
	const char *path = heir_gather_path(g, directory, name, "");
	struct stat st;

	if (!path)
		return false;
	if (!heir_root_overlaid(g->root, path) &&
		(heir_root_stat(g->root, path, &st) < 0 || !S_ISREG(st.st_mode) ||
			st.st_size > MAX_OF_A_FILE))
		return false;
	if (heir_gather_read(g, path, MAX_OF_A_FILE, ret))
		return true;
	if (!heir_root_overlaid(g->root, path) && g->error == 0)
		g->error = -EACCES;
	return false;
}

static void gather_local(
	struct heir_gather *g, void (*parse_file)(struct heir_gather *g, struct heir_str text))
{
	const char *const *names;
	struct heir_str text;
	struct timespec now;
	size_t n, all = 0;

	if (clock_gettime(CLOCK_REALTIME, &now) < 0 || !list_local_files(g, &names, &n))
		return;
	g->now = now.tv_sec;
	heir_gather_has_attributes(g);
	for (size_t i = 0; i < n && g->error == 0; i++) {
		/* A file may be in the overlay and below it. */
		if (names[i][0] == '.' || (i > 0 && strcmp(names[i - 1], names[i]) == 0) ||
			!read_local_file(g, names[i], &text))
			continue;
		all += text.len;
		if (all > MAX_OF_ALL)
			g->error = -E2BIG;
		else
			parse_file(g, text);
	}
}

void heir_gather_local_features(struct heir_gather *g)
{
	gather_local(g, heir_parse_local_features);
}

void heir_gather_local_labels(struct heir_gather *g)
{
	gather_local(g, heir_parse_local_labels);
}
