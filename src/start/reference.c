/* SPDX-License-Identifier: Apache-2.0 */
/* Image names: [DOMAIN/]PATH[:TAG][@DIGEST], by the grammar of distribution/reference, after
 * ParseNormalizedNamed has added a missing domain. */
#include "start/judge.h"

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static size_t index_of(struct heir_str s, char c)
{
	const char *at = s.len ? memchr(s.p, c, s.len) : NULL;

	return at ? (size_t)(at - s.p) : s.len;
}

static struct heir_str from(struct heir_str s, size_t n)
{
	return (struct heir_str){s.p + n, s.len - n};
}

/* Labels of letters, digits and inner dashes, separated by dots. */
static bool is_host(struct heir_str s)
{
	for (size_t i = 0; i <= s.len; i++) {
		bool edge = i == 0 || s.p[i - 1] == '.';

		if (i == s.len)
			return s.len > 0 && !edge && s.p[i - 1] != '-';
		if (s.p[i] == '.' ? edge || s.p[i - 1] == '-'
				  : !is_alnum(s.p[i]) && (edge || s.p[i] != '-'))
			return false;
	}
	return false;
}

static bool is_ipv6(struct heir_str s)
{
	if (s.len < 3 || s.p[0] != '[' || s.p[s.len - 1] != ']')
		return false;
	for (size_t i = 1; i + 1 < s.len; i++)
		if (s.p[i] != ':' && !strchr("0123456789abcdefABCDEF", s.p[i]))
			return false;
	return true;
}

bool heir_domain_is_valid(struct heir_str s)
{
	size_t close = s.len && s.p[0] == '[' ? index_of(s, ']') : 0;
	size_t colon = close + index_of(from(s, close), ':');

	if (colon < s.len) {
		if (colon + 1 == s.len)
			return false;
		for (size_t i = colon + 1; i < s.len; i++)
			if (s.p[i] < '0' || s.p[i] > '9')
				return false;
		s.len = colon;
	}
	return is_host(s) || is_ipv6(s);
}

/* Lower-case letters and digits, separated by ".", "_", "__" or dashes. */
static bool is_component(struct heir_str s)
{
	size_t i = 0;

	if (s.len == 0 || !is_lower(s.p[0]) || !is_lower(s.p[s.len - 1]))
		return false;
	while (i < s.len) {
		size_t start;

		while (i < s.len && is_lower(s.p[i]))
			i++;
		start = i;
		while (i < s.len && s.p[i] == '-')
			i++;
		if (i > start || i == s.len)
			continue;
		if (s.p[i] == '.')
			i++;
		else if (s.p[i] == '_')
			i += 1 + (s.p[i + 1] == '_');
		else
			return false;
		if (!is_lower(s.p[i]))
			return false;
	}
	return true;
}

static bool is_path(struct heir_str s)
{
	while (s.len > 0) {
		size_t slash = index_of(s, '/');

		if (!is_component((struct heir_str){s.p, slash}))
			return false;
		if (slash == s.len)
			return true;
		s = from(s, slash + 1);
	}
	return false;
}

static bool is_tag(struct heir_str s)
{
	if (s.len == 0 || s.len > 128)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != '_' &&
			(i == 0 || (s.p[i] != '.' && s.p[i] != '-')))
			return false;
	return true;
}

static bool is_hex(struct heir_str s, size_t len)
{
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("0123456789abcdef", s.p[i]) || s.p[i] == '\0')
			return false;
	return s.len == len;
}

static bool is_digest(struct heir_str s)
{
	static const struct {
		const char *algorithm;
		size_t len;
	} known[] = {{"sha256:", 64}, {"sha384:", 96}, {"sha512:", 128}};

	for (unsigned i = 0; i < ARRAY_LEN(known); i++)
		if (heir_str_starts(s, known[i].algorithm))
			return is_hex(from(s, sizeof("sha256:") - 1), known[i].len);
	return false;
}

/* Returns whether the part before the first slash is a domain. */
static bool begins_with_domain(struct heir_str s, size_t slash)
{
	struct heir_str first = {s.p, slash};

	if (slash == s.len)
		return false;
	return index_of(first, '.') < slash || index_of(first, ':') < slash ||
	       heir_str_eqz(first, "localhost");
}

bool heir_reference_is_valid(struct heir_str text)
{
	enum { MAX_NAME = 255 };
	size_t slash = index_of(text, '/'), at, colon;
	struct heir_str name = text;

	if (is_hex(text, 64))
		return false;
	if (begins_with_domain(text, slash)) {
		if (!heir_domain_is_valid((struct heir_str){text.p, slash}))
			return false;
		name = from(text, slash + 1);
	}
	at = index_of(name, '@');
	if (at < name.len && !is_digest(from(name, at + 1)))
		return false;
	name.len = at;
	colon = index_of(name, ':');
	if (colon < name.len && !is_tag(from(name, colon + 1)))
		return false;
	name.len = colon;
	return name.len <= MAX_NAME && is_path(name);
}
