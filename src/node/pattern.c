/* SPDX-License-Identifier: Apache-2.0 */
/* The rewriting is one pass over the pattern. It keeps the number of atoms that the pattern unfolds
 * to, because regcomp() writes counted repetitions out, one within another. */
#include "node/pattern.h"

#include <errno.h>

#include "base/buf.h"
#include "base/macro.h"

struct rewriter {
	struct heir_str in;
	size_t at;
	struct heir_buf out;
	const char *error;
	bool ignore_case;
	enum { NOTHING, ATOM, REPEATED } last; /* what a quantifier would come after */
	unsigned atoms, last_atoms;            /* so far; of the last atom */
	unsigned depth;
	unsigned open[HEIR_PATTERN_MAX_LENGTH]; /* atoms before each open group */
};

/* A set of ASCII characters. */
struct set {
	bool has[128];
};

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool more(const struct rewriter *rw)
{
	return rw->at < rw->in.len;
}

static char peek(const struct rewriter *rw, size_t ahead)
{
	return rw->at + ahead < rw->in.len ? rw->in.p[rw->at + ahead] : '\0';
}

static void atom(struct rewriter *rw)
{
	rw->last = ATOM;
	rw->last_atoms = 1;
	rw->atoms++;
}

static void literal(struct rewriter *rw, char c)
{
	if (strchr(".[()*+?{|^$\\", c))
		heir_buf_addc(&rw->out, '\\');
	heir_buf_addc(&rw->out, c);
}

static void add_range(struct set *set, char from, char to)
{
	for (unsigned c = (unsigned char)from; c <= (unsigned char)to; c++)
		set->has[c] = true;
}

/* Adds what \d, \w or \s stands for; false for any other letter. */
static bool add_class(struct set *set, char letter)
{
	switch (letter) {
	case 'w':
		add_range(set, 'a', 'z');
		add_range(set, 'A', 'Z');
		set->has['_'] = true;
		add_range(set, '0', '9');
		return true;
	case 'd':
		add_range(set, '0', '9');
		return true;
	case 's':
		set->has['\t'] = set->has['\n'] = set->has['\f'] = true;
		set->has['\r'] = set->has[' '] = true;
		return true;
	default:
		return false;
	}
}

/* The character that \t and the like or \ and punctuation stand for; 0: it is something else. */
static char escaped(char c)
{
	static const char letters[] = "atnvfr", controls[] = "\a\t\n\v\f\r";
	const char *found = c ? strchr(letters, c) : NULL;

	if (found)
		return controls[found - letters];
	return c >= ' ' && c < 0x7f && !is_alnum(c) ? c : '\0';
}

/* Writes the set so that none of its characters means more than itself within brackets. */
static void write_set(struct rewriter *rw, const struct set *set, bool negated)
{
	size_t n = 0;

	for (int c = 1; c < 128; c++)
		n += set->has[c];
	if (n == 1 && set->has['^'] && !negated) {
		heir_buf_addz(&rw->out, "\\^");
		return;
	}
	heir_buf_addz(&rw->out, negated ? "[^" : "[");
	if (set->has[']'])
		heir_buf_addc(&rw->out, ']');
	for (int c = 1; c < 128; c++)
		if (set->has[c] && c != ']' && c != '[' && c != '^' && c != '-')
			heir_buf_addc(&rw->out, (char)c);
	if (set->has['['])
		heir_buf_addc(&rw->out, '[');
	if (set->has['-'] && n == 2 && set->has['^'])
		heir_buf_addz(&rw->out, "-^");
	else if (set->has['^'])
		heir_buf_addz(&rw->out, set->has['-'] ? "^-" : "^");
	else if (set->has['-'])
		heir_buf_addc(&rw->out, '-');
	heir_buf_addc(&rw->out, ']');
}

/* [:alpha:] within brackets. */
static bool add_named(struct rewriter *rw, struct set *set)
{
	static const struct {
		const char *name;
		const char *ranges; /* pairs of first and last */
	} classes[] = {
		{"[:alnum:]", "09AZaz"},
		{"[:alpha:]", "AZaz"},
		{"[:ascii:]", "\x01\x7f"},
		{"[:blank:]", "\t\t  "},
		{"[:cntrl:]", "\x01\x1f\x7f\x7f"},
		{"[:digit:]", "09"},
		{"[:graph:]", "!~"},
		{"[:lower:]", "az"},
		{"[:print:]", " ~"},
		{"[:punct:]", "!/:@[`{~"},
		{"[:space:]", "\t\r  "},
		{"[:upper:]", "AZ"},
		{"[:word:]", "09AZaz__"},
		{"[:xdigit:]", "09AFaf"},
	};
	struct heir_str rest = {rw->in.p + rw->at, rw->in.len - rw->at};

	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		if (!heir_str_starts(rest, classes[i].name))
			continue;
		for (const char *p = classes[i].ranges; *p; p += 2)
			add_range(set, p[0], p[1]);
		rw->at += strlen(classes[i].name);
		return true;
	}
	rw->error = "it has a class of characters that is not known";
	return false;
}

/* Without its ":]" somewhere behind, "[:" is two characters. */
static bool has_class_end(const struct rewriter *rw)
{
	for (size_t at = rw->at + 2; at + 1 < rw->in.len; at++)
		if (rw->in.p[at] == ':' && rw->in.p[at + 1] == ']')
			return true;
	return false;
}

/* One character of brackets in *ret; 0 when it was a class, which is in the set already. */
static bool set_member(struct rewriter *rw, struct set *set, char *ret)
{
	char c = peek(rw, 0);

	*ret = c;
	if (c == '[' && peek(rw, 1) == ':' && has_class_end(rw)) {
		*ret = '\0';
		return add_named(rw, set);
	}
	rw->at++;
	if (c & 0x80) {
		rw->error = "it has a character outside ASCII within brackets";
		return false;
	}
	if (c != '\\')
		return true;
	c = peek(rw, 0);
	rw->at++;
	*ret = escaped(c);
	if (*ret || add_class(set, c))
		return true;
	rw->error = "it has an escape within brackets that is not supported";
	return false;
}

static bool set_range(struct rewriter *rw, struct set *set)
{
	char from, to;

	if (!set_member(rw, set, &from))
		return false;
	to = from;
	if (from && peek(rw, 0) == '-' && rw->at + 1 < rw->in.len && peek(rw, 1) != ']') {
		rw->at++;
		if (!set_member(rw, set, &to))
			return false;
	}
	if (!to && from)
		rw->error = "it has a range that ends in a class";
	else if (to < from)
		rw->error = "it has a range that ends before it begins";
	else if (from)
		add_range(set, from, to);
	return !rw->error;
}

static bool brackets(struct rewriter *rw)
{
	struct set set = {{false}};
	bool negated;

	rw->at++;
	negated = peek(rw, 0) == '^';
	rw->at += negated;
	for (bool first = true; first || peek(rw, 0) != ']'; first = false) {
		if (!more(rw)) {
			rw->error = "it has a '[' without its ']'";
			return false;
		}
		if (!set_range(rw, &set))
			return false;
	}
	rw->at++;
	write_set(rw, &set, negated);
	atom(rw);
	return true;
}

static bool escape(struct rewriter *rw)
{
	char c = peek(rw, 1), plain = escaped(c);
	struct set set = {{false}};
	bool negated = c == 'D' || c == 'W' || c == 'S';

	rw->at += 2;
	if (plain) {
		literal(rw, plain);
	} else if (add_class(&set, negated ? (char)(c | 0x20) : c)) {
		write_set(rw, &set, negated);
	} else if (c == 'b' || c == 'B') {
		heir_buf_addc(&rw->out, '\\');
		heir_buf_addc(&rw->out, c);
		rw->last = NOTHING;
		return true;
	} else if (c == 'A' || c == 'z') {
		heir_buf_addc(&rw->out, c == 'A' ? '^' : '$');
		rw->last = NOTHING;
		return true;
	} else {
		rw->error = c ? "it has an escape that is not supported" : "it ends in a '\\'";
		return false;
	}
	atom(rw);
	return true;
}

static bool group_begin(struct rewriter *rw)
{
	if (peek(rw, 1) == '?' && peek(rw, 2) != ':') {
		rw->error = "it has a group that begins with '(?', which is not supported";
		return false;
	}
	rw->at += peek(rw, 1) == '?' ? 3 : 1;
	heir_buf_addc(&rw->out, '(');
	rw->open[rw->depth++] = rw->atoms;
	rw->last = NOTHING;
	return true;
}

static bool group_end(struct rewriter *rw)
{
	if (rw->depth == 0) {
		rw->error = "it has a ')' without its '('";
		return false;
	}
	rw->at++;
	heir_buf_addc(&rw->out, ')');
	rw->atoms++;
	rw->last_atoms = rw->atoms - rw->open[--rw->depth];
	rw->last = ATOM;
	return true;
}

/* A quantifier that takes `times` copies of the last atom. */
static bool repeat(struct rewriter *rw, struct heir_str quantifier, unsigned times)
{
	if (rw->last != ATOM) {
		rw->error = rw->last == NOTHING ? "it repeats nothing" : "it repeats a repetition";
		return false;
	}
	if (times > HEIR_PATTERN_MAX_ATOMS ||
		rw->last_atoms * times >
			HEIR_PATTERN_MAX_ATOMS - MIN(rw->atoms, (unsigned)HEIR_PATTERN_MAX_ATOMS)) {
		rw->error = "its repetitions unfold to too much";
		return false;
	}
	rw->at += quantifier.len;
	heir_buf_adds(&rw->out, quantifier);
	rw->atoms += rw->last_atoms * (times ? times - 1 : 0);
	rw->last = REPEATED;
	/* Whether something matches does not depend on how eagerly it does. */
	if (peek(rw, 0) == '?')
		rw->at++;
	return true;
}

/* Digits from `at` in *ret; where they end. */
static size_t count(struct heir_str in, size_t at, unsigned *ret)
{
	unsigned n = 0;

	for (; at < in.len && in.p[at] >= '0' && in.p[at] <= '9'; at++)
		n = MIN(n * 10 + (unsigned)(in.p[at] - '0'), HEIR_PATTERN_MAX_ATOMS + 1u);
	*ret = n;
	return at;
}

/* {n}, {n,} or {n,m}; any other brace is a character. */
static bool brace(struct rewriter *rw)
{
	unsigned from, to;
	size_t start = rw->at + 1, end = count(rw->in, start, &from);
	bool counted = end > start;

	to = from;
	if (counted && end < rw->in.len && rw->in.p[end] == ',') {
		size_t second = end + 1;

		end = count(rw->in, second, &to);
		to = end == second ? from + 1 : to;
	}
	if (!counted || end >= rw->in.len || rw->in.p[end] != '}') {
		rw->at++;
		literal(rw, '{');
		atom(rw);
		return true;
	}
	if (to < from) {
		rw->error = "it has a repetition that ends before it begins";
		return false;
	}
	return repeat(rw, (struct heir_str){rw->in.p + rw->at, end + 1 - rw->at}, to);
}

/* A character outside ASCII is a group of its bytes, so that a quantifier takes them all. */
static void wide(struct rewriter *rw)
{
	heir_buf_addc(&rw->out, '(');
	do
		heir_buf_addc(&rw->out, rw->in.p[rw->at++]);
	while ((peek(rw, 0) & 0xc0) == 0x80);
	heir_buf_addc(&rw->out, ')');
	atom(rw);
	rw->atoms += 4;
	rw->last_atoms += 4;
}

static bool step(struct rewriter *rw)
{
	char c = peek(rw, 0);

	switch (c) {
	case '\\':
		return escape(rw);
	case '[':
		return brackets(rw);
	case '(':
		return group_begin(rw);
	case ')':
		return group_end(rw);
	case '{':
		return brace(rw);
	case '*':
	case '+':
	case '?':
		/* a+ is written out as aa* */
		return repeat(rw, (struct heir_str){rw->in.p + rw->at, 1}, c == '+' ? 2 : 1);
	case '|':
	case '^':
	case '$':
		heir_buf_addc(&rw->out, c);
		rw->last = NOTHING;
		break;
	case '.':
		heir_buf_addz(&rw->out, "[^\n]");
		atom(rw);
		break;
	default:
		if (c & 0x80) {
			wide(rw);
			return true;
		}
		literal(rw, c);
		atom(rw);
	}
	rw->at++;
	return true;
}

static void rewrite(struct rewriter *rw)
{
	if (heir_str_starts(rw->in, "(?i)")) {
		rw->ignore_case = true;
		rw->at = 4;
	}
	while (more(rw) && step(rw))
		;
	if (!rw->error && rw->depth > 0)
		rw->error = "it has a '(' without its ')'";
}

static int compile(
	const struct rewriter *rw, struct heir_arena *arena, regex_t *ret, const char **ret_error)
{
	int flags = REG_EXTENDED | REG_NOSUB | (rw->ignore_case ? REG_ICASE : 0);
	char words[128];
	int r;

	r = regcomp(ret, rw->out.p ? rw->out.p : "", flags);
	if (r == 0)
		return 0;
	if (r == REG_ESPACE)
		return -ENOMEM;
	regerror(r, ret, words, sizeof(words));
	*ret_error = heir_arena_printf(arena, "%s", words);
	return *ret_error ? -EINVAL : -ENOMEM;
}

int heir_pattern_compile(
	struct heir_str pattern, struct heir_arena *arena, regex_t *ret, const char **ret_error)
{
	struct rewriter rw = {.in = pattern, .out = HEIR_BUF_NULL};
	int r;

	if (pattern.len > HEIR_PATTERN_MAX_LENGTH)
		rw.error = "it is longer than 1024 bytes";
	else if (pattern.len > 0 && memchr(pattern.p, '\0', pattern.len))
		rw.error = "it has a NUL";
	else
		rewrite(&rw);
	r = heir_buf_error(&rw.out);
	if (r == 0 && rw.error) {
		*ret_error = rw.error;
		r = -EINVAL;
	} else if (r == 0) {
		r = compile(&rw, arena, ret, ret_error);
	}
	heir_buf_release(&rw.out);
	return r;
}
