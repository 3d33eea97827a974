/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over the pattern without recursion; a stack has the open groups. For each group only
 * its costs are kept, by which Go limits repetitions: the number of instructions, and the product
 * of nested counted repetitions. */
#include "base/regex_syntax.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/macro.h"
#include "base/map.h"
#include "base/regex_class.h"
#include "base/vec.h"

enum {
	GO_MAX_REPEAT = 1000,
	GO_MAX_DEPTH = 1000,
	GO_MAX_SIZE = 3355443, /* 128 MiB, of 40 bytes each */
};

struct cost {
	uint64_t size;
	unsigned product; /* of nested counted repetitions, the largest */
};

struct group {
	struct cost done; /* of everything before the last part */
	uint8_t flags;    /* restored at the end of the group */
	bool captures;
};

struct parser {
	struct heir_regex_class_reader in;
	struct heir_buf *out;
	struct group *groups; /* [0] is the whole pattern */
	uint32_t depth, size_groups, captures, deepest;
	struct heir_map names;
	/* What a quantifier would apply to: nothing, a part, or a part that has a quantifier
	 * already. */
	enum { NOTHING, PART, REPEATED } last;
	bool settled; /* followed by something without width or text: (?i), \Q\E */
	struct cost part;
	bool no_memory;
};

static bool refuse_pattern(struct parser *p, const char *why)
{
	p->in.fault = why;
	return false;
}

static void write_text(struct parser *p, const char *z)
{
	if (p->out)
		heir_buf_addz(p->out, z);
}

/* Begins a part with that cost. */
static void begin_part(struct parser *p, uint64_t size, unsigned product)
{
	struct cost *done = &p->groups[p->depth].done;

	done->size += p->part.size;
	done->product = MAX(done->product, p->part.product);
	p->part = (struct cost){size, product};
	p->last = PART;
	p->settled = false;
}

/* Ends the last part: a quantifier no longer applies to it. */
static void end_part(struct parser *p)
{
	begin_part(p, 0, 1);
	p->last = NOTHING;
}

static void parse_literal(struct parser *p, uint32_t c)
{
	begin_part(p, 1, 1);
	if (p->out)
		heir_regex_write_char(p->out, c);
}

/* Adds an assertion, which has no width. In a group, because PCRE2 accepts no quantifier after
 * it. */
static bool parse_assertion(struct parser *p, const char *text, size_t len)
{
	begin_part(p, 1, 1);
	write_text(p, text);
	p->in.at += len;
	return true;
}

/* ---- Groups ---- */

static bool push_group(struct parser *p, bool captures, uint8_t flags)
{
	uint32_t depth = p->depth + 1;

	if (HEIR_RESERVE(p->groups, depth, p->size_groups) < 0) {
		p->no_memory = true;
		return false;
	}
	begin_part(p, 0, 1);
	p->last = NOTHING;
	p->captures += captures;
	if (p->captures >= GO_MAX_DEPTH)
		return refuse_pattern(p, "it nests too deeply");
	p->depth = depth;
	p->deepest = MAX(p->deepest, depth);
	p->groups[depth] = (struct group){{0, 1}, p->in.flags, captures};
	p->in.flags = flags;
	return true;
}

static bool close_group(struct parser *p)
{
	struct group *group = &p->groups[p->depth];
	struct cost cost;

	if (p->depth == 0)
		return refuse_pattern(p, "it has a ')' without its '('");
	end_part(p);
	cost = group->done;
	p->in.flags = group->flags;
	p->captures -= group->captures;
	p->depth--;
	p->in.at++;
	/* What preceded the group was added to the cost when the group began. */
	p->part = (struct cost){MAX(cost.size, 1u) + (group->captures ? 2 : 0), cost.product};
	p->last = PART;
	p->settled = false;
	write_text(p, ")");
	return true;
}

/* Reads (?P<name> or (?<name>; `at` is the '<'. */
static bool named_group(struct parser *p, size_t at)
{
	const char *name = p->in.text.p + at + 1;
	const char *end = memchr(name, '>', p->in.text.len - at - 1);
	struct heir_str s = {name, end ? (size_t)(end - name) : 0};
	bool is_new = true;
	uint32_t n;

	for (size_t i = 0; i < s.len; i++)
		if (!heir_regex_is_word(s.p[i]))
			s.len = 0;
	if (s.len == 0)
		return refuse_pattern(p, "it has a group whose name is not valid");
	if (heir_map_put(&p->names, s, 0, &n, &is_new) < 0) {
		p->no_memory = true;
		return false;
	}
	if (!is_new)
		return refuse_pattern(p, "it has two groups of one name");
	p->in.at = (size_t)(end - p->in.text.p) + 1;
	write_text(p, "(?:");
	return push_group(p, true, p->in.flags);
}

static void write_flags(struct parser *p, uint8_t flags)
{
	static const char letters[] = "ims";

	write_text(p, "(?");
	for (int on = 1; on >= 0 && p->out; on--) {
		if (!on && flags != HEIR_REGEX_ALL_FLAGS)
			heir_buf_addc(p->out, '-');
		for (unsigned i = 0; letters[i]; i++)
			if (((flags >> i) & 1) == on)
				heir_buf_addc(p->out, letters[i]);
	}
}

/* Reads (?i) and (?i:, with the flags i, m, s and U; those after a '-' are cleared. */
static bool flags_group(struct parser *p)
{
	static const char letters[] = "imsU";
	uint8_t flags = p->in.flags;
	bool minus = false, any = false;

	for (size_t at = p->in.at + 2; at < p->in.text.len; at++) {
		char c = p->in.text.p[at];
		const char *letter = c ? strchr(letters, c) : NULL;

		if (letter) {
			uint8_t bit = (uint8_t)((1u << (letter - letters)) & HEIR_REGEX_ALL_FLAGS);

			flags = (uint8_t)(minus ? flags & ~bit : flags | bit);
			any = true;
		} else if (c == '-' && !minus) {
			minus = true;
			any = false;
		} else if ((c == ':' || c == ')') && (any || !minus)) {
			p->in.at = at + 1;
			write_flags(p, flags);
			write_text(p, c == ':' ? ":" : ")");
			if (c == ':')
				return push_group(p, false, flags);
			p->in.flags = flags;
			p->settled = true;
			return true;
		} else {
			break;
		}
	}
	return refuse_pattern(p, "it has a group that begins with '(?', which RE2 does not know");
}

static bool open_group(struct parser *p)
{
	struct heir_str rest = {p->in.text.p + p->in.at, p->in.text.len - p->in.at};

	if (heir_str_starts(rest, "(?P<"))
		return named_group(p, p->in.at + 3);
	if (heir_str_starts(rest, "(?<"))
		return named_group(p, p->in.at + 2);
	if (heir_str_starts(rest, "(?"))
		return flags_group(p);
	p->in.at++;
	write_text(p, "(?:");
	return push_group(p, true, p->in.flags);
}

/* ---- Repetitions ---- */

/* Applies a quantifier of `len` bytes to the last part. `max` is UINT_MAX for no limit. */
static bool parse_repeat(struct parser *p, size_t len, unsigned min, unsigned max, bool counted)
{
	struct cost *part = &p->part;
	unsigned times = max == UINT_MAX ? min : max;

	if (p->last == NOTHING)
		return refuse_pattern(p, "it repeats nothing");
	if (p->last == REPEATED && !p->settled)
		return refuse_pattern(p, "it repeats a repetition");
	if (p->settled || p->last == REPEATED)
		p->in.unsupported = "it repeats a group of flags";
	if (p->out)
		heir_buf_add(p->out, p->in.text.p + p->in.at, len);
	p->in.at += len;
	/* Greediness does not change whether something matches. */
	if (heir_regex_peek(&p->in, 0) == '?')
		p->in.at++;
	p->last = REPEATED;
	p->settled = false;
	if (!counted || (max == UINT_MAX && min == 0)) {
		part->size++;
		return true;
	}
	if (max == 0)
		*part = (struct cost){1, 1};
	else if (max == UINT_MAX)
		part->size = 1 + min * part->size;
	else
		part->size = max * part->size + (max - min);
	if (max != 0 && part->product <= GO_MAX_REPEAT)
		part->product *= MAX(times, 1u);
	if (times >= 2 && part->product > GO_MAX_REPEAT)
		return refuse_pattern(p, "its repetitions multiply to more than 1000");
	if (part->size > GO_MAX_SIZE)
		return refuse_pattern(p, "its repetitions expand to too many states");
	return true;
}

/* Reads a number as Go does, capped. Returns where it ends, or 0 if there is none. */
static size_t read_count(struct heir_str s, size_t at, unsigned *ret)
{
	size_t start = at;

	*ret = 0;
	for (; at < s.len && s.p[at] >= '0' && s.p[at] <= '9'; at++)
		*ret = MIN(*ret * 10 + (unsigned)(s.p[at] - '0'), 100000u);
	return at == start || (at > start + 1 && s.p[start] == '0') ? 0 : at;
}

/* Reads {n}, {n,} or {n,m}. Any other brace is a plain character. */
static bool parse_brace(struct parser *p)
{
	struct heir_str s = p->in.text;
	unsigned min, max;
	size_t at = read_count(s, p->in.at + 1, &min);

	max = min;
	if (at > 0 && at < s.len && s.p[at] == ',') {
		size_t second = at + 1;

		max = UINT_MAX;
		at = second < s.len && s.p[second] == '}' ? second : read_count(s, second, &max);
	}
	if (at == 0 || at >= s.len || s.p[at] != '}') {
		parse_literal(p, '{');
		p->in.at++;
		return true;
	}
	if (min > GO_MAX_REPEAT || (max != UINT_MAX && (max > GO_MAX_REPEAT || max < min)))
		return refuse_pattern(
			p, "it has a repetition that is not {n}, {n,} or {n,m} up to 1000");
	return parse_repeat(p, at + 1 - p->in.at, min, max, true);
}

/* ---- Escapes ---- */

/* Reads \Q...\E: literal text. */
static bool parse_quoted(struct parser *p)
{
	bool ended = false;

	p->in.at += 2;
	p->settled = true;
	while (p->in.at < p->in.text.len && !ended) {
		struct heir_str rest = {p->in.text.p + p->in.at, p->in.text.len - p->in.at};
		uint32_t c;

		ended = heir_str_starts(rest, "\\E");
		if (ended)
			p->in.at += 2;
		else if (heir_regex_next(&p->in, &c))
			parse_literal(p, c);
		else
			return false;
	}
	return true;
}

/* Translates an escape outside brackets. */
static bool parse_escape(struct parser *p)
{
	uint32_t c;

	switch (heir_regex_peek(&p->in, 1)) {
	case 'A':
		return parse_assertion(p, "(?:\\A)", 2);
	case 'b':
		return parse_assertion(p, "(?:\\b)", 2);
	case 'B':
		return parse_assertion(p, "(?:\\B)", 2);
	case 'z':
		return parse_assertion(p, "(?:\\z)", 2);
	case 'Q':
		return parse_quoted(p);
	default:
		break;
	}
	if (heir_regex_is_class(&p->in)) {
		begin_part(p, 1, 1);
		return heir_regex_read_class(&p->in, p->out);
	}
	if (!heir_regex_read_escape(&p->in, &c))
		return false;
	parse_literal(p, c);
	return true;
}

/* Translates the next element of the pattern. */
static bool parse_step(struct parser *p)
{
	char c = heir_regex_peek(&p->in, 0);
	uint32_t wide;

	switch (c) {
	case '\\':
		return parse_escape(p);
	case '[':
		begin_part(p, 1, 1);
		return heir_regex_read_brackets(&p->in, p->out);
	case '(':
		return open_group(p);
	case ')':
		return close_group(p);
	case '{':
		return parse_brace(p);
	case '*':
	case '+':
		return parse_repeat(p, 1, c == '+', UINT_MAX, false);
	case '?':
		return parse_repeat(p, 1, 0, 1, false);
	case '^':
		return parse_assertion(p, "(?:^)", 1);
	case '$':
		return parse_assertion(p, "(?:$)", 1);
	case '|':
		end_part(p);
		p->groups[p->depth].done.size++;
		write_text(p, "|");
		p->in.at++;
		return true;
	case '.':
		begin_part(p, 1, 1);
		write_text(p, ".");
		p->in.at++;
		return true;
	default:
		if (!heir_regex_next(&p->in, &wide))
			return false;
		parse_literal(p, wide);
		return true;
	}
}

int heir_regex_parse(struct heir_str pattern, struct heir_buf *out, struct heir_regex_syntax *ret)
{
	struct parser p = {.in = {.text = pattern}, .out = out};
	int r;

	p.groups = calloc(16, sizeof(*p.groups));
	if (!p.groups)
		return -ENOMEM;
	p.size_groups = 16;
	p.groups[0].done.product = 1;
	while (p.in.at < pattern.len && parse_step(&p))
		;
	if (!p.in.fault && p.depth > 0)
		p.in.fault = "it has a '(' without its ')'";
	end_part(&p);
	*ret = (struct heir_regex_syntax){
		p.in.fault, p.in.unsupported, p.groups[0].done.size, p.deepest};
	r = p.no_memory ? -ENOMEM : 0;
	heir_map_release(&p.names);
	free(p.groups);
	return r;
}
