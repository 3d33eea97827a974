/* SPDX-License-Identifier: Apache-2.0 */
/* "# heir: ignore RULE-ID reason" comments. On a line of its own, a comment applies to the next
 * line that has more than a comment; after a value, to its own line; on the first line of a file
 * also to findings about the file as a whole. Findings that stop CRI-O cannot be ignored.
 *
 * Each text is scanned for these words before strings are known, because that is one memmem() for
 * most files. What turns out to be inside a string is marked dead afterwards. Findings are looked
 * at once, whatever the number of files with such comments. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "check/check.h"

/* One such comment. */
struct ignore {
	uint32_t at, len; /* of the comment */
	struct heir_str id;
	enum heir_rule rule; /* HEIR_N_RULES: no rule has this id */
	uint32_t on, line;   /* its own line, and the line that it applies to */
	bool dead;           /* inside a string, or inside the reason of another comment */
	bool used;           /* a finding was ignored because of it */
};

/* A line (0: the file as a whole) and rule that a comment applies to. */
struct target {
	uint32_t line;
	enum heir_rule rule;
	uint32_t ignore; /* its number */
};

struct ignores {
	struct heir_check *check;
	uint32_t source;
	struct ignore *items;
	uint32_t n, size;
	struct target *targets; /* sorted */
	uint32_t n_targets;
};

static void ignores_release(struct ignores *list)
{
	free(list->items);
	free(list->targets);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct ignore *add_ignore(struct ignores *list)
{
	if (HEIR_RESERVE(list->items, list->n, list->size) < 0) {
		list->check->error = -ENOMEM;
		return NULL;
	}
	list->items[list->n] = (struct ignore){0};
	return &list->items[list->n++];
}

/* Returns the rule id of "# heir: ignore ID ...", .p NULL if this is another comment. */
static struct heir_str id_of(const char *hash, const char *end)
{
	static const char words[] = "heir: ignore";
	const char *p = hash + 1, *id;

	while (p < end && is_space(*p))
		p++;
	if ((size_t)(end - p) < sizeof(words) - 1 || memcmp(p, words, sizeof(words) - 1) != 0)
		return HEIR_STR_NULL;
	p += sizeof(words) - 1;
	if (p < end && !is_space(*p))
		return HEIR_STR_NULL;
	while (p < end && is_space(*p))
		p++;
	for (id = p; p < end && !is_space(*p);)
		p++;
	return (struct heir_str){id, (size_t)(p - id)};
}

/* Collects what may be such comments on one line of the text. */
static void scan_line(
	struct ignores *list, const char *text, const char *from, const char *end, uint32_t line)
{
	for (const char *hash = from; (hash = memchr(hash, '#', (size_t)(end - hash))); hash++) {
		struct heir_str id = id_of(hash, end);
		struct ignore *ignore = id.p ? add_ignore(list) : NULL;

		if (ignore)
			*ignore = (struct ignore){.at = (uint32_t)(hash - text),
				.len = (uint32_t)(end - hash),
				.id = id,
				.rule = heir_rule_find(id, NULL, NULL),
				.on = line,
				.line = line};
	}
}

/* Returns whether the line has more than blanks and a comment. */
static bool has_more(const char *from, const char *end)
{
	while (from < end && is_space(*from))
		from++;
	return from < end && *from != '#';
}

/* A comment that has a line to itself gets the number of the next line that has more. */
static void scan_text(struct ignores *list, struct heir_str text)
{
	const char *p = text.p, *end = text.p + text.len;
	uint32_t waiting = 0, line = 1;

	for (; p < end && list->check->error == 0; line++) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));

		stop = stop ? stop : end;
		scan_line(list, text.p, p, stop > p && stop[-1] == '\r' ? stop - 1 : stop, line);
		if (has_more(p, stop))
			for (; waiting < list->n; waiting++)
				list->items[waiting].line = line;
		p = stop + 1;
	}
	for (; waiting < list->n; waiting++)
		list->items[waiting].line = line;
}

/* Marks the comments inside the span, which is a string. Comments are sorted by place. */
static void mark_span(struct ignores *list, struct heir_toml_span span)
{
	uint32_t low = 0, high = list->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (list->items[middle].at < span.at)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < list->n && list->items[low].at - span.at < span.len; low++)
		list->items[low].dead = true;
}

static void mark_strings(struct ignores *list)
{
	const struct heir_toml_doc *doc = list->check->config->docs[list->source];
	uint32_t n = doc ? heir_toml_n_nodes(doc) : 0;

	for (heir_toml_node node = HEIR_TOML_ROOT + 1; node <= n; node++) {
		enum heir_toml_type type = heir_toml_type(doc, node);

		if (type == HEIR_TOML_STRING)
			mark_span(list, heir_toml_value_span(doc, node));
		if (type != HEIR_TOML_NONE &&
			heir_toml_type(doc, heir_toml_parent(doc, node)) == HEIR_TOML_TABLE)
			mark_span(list, heir_toml_key_span(doc, node));
	}
}

/* The first comment of a line that is not inside a string counts; others are part of its reason. */
static void mark_reasons(struct ignores *list)
{
	uint32_t on = 0;

	for (uint32_t i = 0; i < list->n; i++) {
		struct ignore *ignore = &list->items[i];

		if (!ignore->dead && ignore->on == on)
			ignore->dead = true;
		if (!ignore->dead)
			on = ignore->on;
	}
}

static int compare_targets(const void *a, const void *b)
{
	const struct target *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->rule != y->rule)
		return (int)x->rule - (int)y->rule;
	return x->ignore < y->ignore ? -1 : x->ignore > y->ignore;
}

/* Sorts the lines that comments apply to, so that each finding takes one binary search. */
static void index_targets(struct ignores *list)
{
	/* One more: the comment on the first line applies to the file as well. */
	list->targets = reallocarray(NULL, (size_t)list->n + 1, sizeof(*list->targets));
	if (!list->targets) {
		list->check->error = -ENOMEM;
		return;
	}
	for (uint32_t i = 0; i < list->n; i++) {
		const struct ignore *ignore = &list->items[i];

		if (ignore->dead || ignore->rule == HEIR_N_RULES ||
			heir_rules[ignore->rule].severity == 'F')
			continue;
		list->targets[list->n_targets++] = (struct target){ignore->line, ignore->rule, i};
		if (ignore->on == 1)
			list->targets[list->n_targets++] = (struct target){0, ignore->rule, i};
	}
	qsort(list->targets, list->n_targets, sizeof(*list->targets), compare_targets);
}

/* Returns whether a comment ignores this finding. `line` is its line, 0 for the whole file. */
static bool is_ignored(struct ignores *list, const struct heir_diag *diag, uint32_t line)
{
	const struct target wanted = {line, diag->rule, 0};
	uint32_t low = 0, high = list->n_targets;
	const struct target *found;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (compare_targets(&list->targets[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	found = &list->targets[low];
	if (low == list->n_targets || found->line != line || found->rule != diag->rule)
		return false;
	return list->items[found->ignore].used = true;
}

/* Reports a comment that ignores nothing: unknown rule, fatal rule, or no such finding. */
static void report_unused(struct ignores *list, const struct ignore *ignore)
{
	struct heir_check *check = list->check;
	struct heir_place where = {list->source, ignore->at, ignore->len};
	struct heir_str near = HEIR_STR_NULL;
	enum heir_rule rule = ignore->rule;
	struct heir_diag *diag;

	if (rule == HEIR_N_RULES) {
		heir_rule_find(ignore->id, &check->core->effort, &near);
		diag = heir_find(check, HEIR_RULE_IGNORE_UNUSED, where,
			ignore->id.len ? "unknown rule \"%.*s\""
				       : "this ignore comment names no rule%.*s",
			HEIR_STR_ARG(ignore->id));
		if (near.p)
			heir_find_help(check, diag, "did you mean \"%.*s\"?", HEIR_STR_ARG(near));
	} else if (heir_rules[rule].severity == 'F') {
		heir_find(check, HEIR_RULE_IGNORE_UNUSED, where,
			"a finding that keeps CRI-O from starting cannot be ignored: %s",
			heir_rules[rule].id);
	} else if (!check->res->fatal && !check->stock->fatal) {
		/* If CRI-O would not start, the check ended early and the finding may exist. */
		diag = heir_find(check, HEIR_RULE_IGNORE_UNUSED, where,
			"unused ignore comment: no %s finding on this line", heir_rules[rule].id);
		heir_find_help(check, diag, "remove the comment");
	}
}

/* Drops the findings that are ignored. `lists` has one list per source. */
static void filter_findings(struct heir_check *check, struct ignores *lists)
{
	struct heir_diags *found = &check->findings;
	uint32_t n = 0;

	for (uint32_t i = 0; i < found->n; i++) {
		struct heir_diag *diag = found->items[i];
		uint32_t s = diag->where.source;
		struct heir_position position = {0, 0};

		check->n_filtered++;
		if (s < check->config->n_docs && lists[s].n_targets > 0) {
			if (!diag->path &&
				heir_source_locate(&check->core->sources.items[s],
					&check->core->arena, diag->where.at, &position) < 0)
				check->error = -ENOMEM;
			if (is_ignored(&lists[s], diag, position.line))
				continue;
		}
		found->items[n++] = diag;
	}
	found->n = n;
}

static void read_ignores(struct ignores *list)
{
	struct heir_str text = list->check->core->sources.items[list->source].text;

	if (!heir_is_node_file(list->check, list->source) ||
		!memmem(text.p, text.len, "heir: ignore", strlen("heir: ignore")))
		return;
	scan_text(list, text);
	if (list->n == 0 || list->check->error)
		return;
	mark_strings(list);
	mark_reasons(list);
	index_targets(list);
}

void heir_check_ignores(struct heir_check *check)
{
	uint32_t n = check->config->n_docs;
	struct ignores *lists = calloc(n + 1u, sizeof(*lists));

	if (!lists) {
		check->error = -ENOMEM;
		return;
	}
	for (uint32_t s = 0; s < n; s++) {
		lists[s].check = check;
		lists[s].source = s;
		if (check->error == 0)
			read_ignores(&lists[s]);
	}
	if (check->error == 0)
		filter_findings(check, lists);
	for (uint32_t s = 0; s < n; s++) {
		for (uint32_t i = 0; i < lists[s].n && check->error == 0; i++)
			if (!lists[s].items[i].dead && !lists[s].items[i].used)
				report_unused(&lists[s], &lists[s].items[i]);
		ignores_release(&lists[s]);
	}
	free(lists);
}
