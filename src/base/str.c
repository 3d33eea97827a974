/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of base/str.h that are too long to be inline. */
#include "base/str.h"

#include "base/macro.h"

int heir_str_cmp(struct heir_str a, struct heir_str b)
{
	size_t n = MIN(a.len, b.len);
	int r = n ? memcmp(a.p, b.p, n) : 0;

	if (r != 0)
		return r;
	return a.len < b.len ? -1 : a.len > b.len;
}

bool heir_str_starts(struct heir_str s, const char *prefix)
{
	size_t n = strlen(prefix);

	return n == 0 || (s.len >= n && memcmp(s.p, prefix, n) == 0);
}

bool heir_str_ends(struct heir_str s, const char *end)
{
	size_t n = strlen(end);

	return s.len > n && memcmp(s.p + s.len - n, end, n) == 0;
}

bool heir_str_ends_any(struct heir_str s, const char *const *ends, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (heir_str_ends(s, ends[i]))
			return true;
	return false;
}

bool heir_str_eqfold(struct heir_str a, struct heir_str ascii)
{
	size_t i = 0;

	for (size_t k = 0; k < ascii.len; k++) {
		char want = heir_ascii_lower(ascii.p[k]);

		if (i >= a.len)
			return false;
		if (heir_ascii_lower(a.p[i]) == want)
			i++;
		else if (want == 'k' && a.len - i >= 3 && memcmp(a.p + i, "\xe2\x84\xaa", 3) == 0)
			i += 3;
		else if (want == 's' && a.len - i >= 2 && memcmp(a.p + i, "\xc5\xbf", 2) == 0)
			i += 2;
		else
			return false;
	}
	return i == a.len;
}

uint64_t heir_digest_add(uint64_t digest, struct heir_str s)
{
	for (size_t i = 0; i < s.len; i++)
		digest = (digest ^ (uint8_t)s.p[i]) * UINT64_C(0x100000001b3);
	return digest;
}

enum {
	LONGEST = 64,     /* longest name whose distance is computed */
	CELLS_A_UNIT = 4, /* of the distance table, per unit of effort */
};

unsigned heir_str_distance(struct heir_str a, struct heir_str b, unsigned limit)
{
	unsigned rows[3][LONGEST + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2];

	if (a.len > LONGEST || b.len > LONGEST)
		return limit + 1;
	for (size_t j = 0; j <= b.len; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= a.len; i++) {
		unsigned *spare;

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b.len; j++) {
			char x = heir_ascii_lower(a.p[i - 1]), y = heir_ascii_lower(b.p[j - 1]);
			unsigned best = last[j - 1] + (x != y);

			best = MIN(best, MIN(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && x == heir_ascii_lower(b.p[j - 2]) &&
				y == heir_ascii_lower(a.p[i - 2]))
				best = MIN(best, before[j - 2] + 1);
			now[j] = best;
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return MIN(last[b.len], limit + 1);
}

struct heir_near heir_near_to(struct heir_str wanted, struct heir_effort *effort)
{
	/* A short name has many near neighbours, so fewer differences are allowed. */
	unsigned letters = wanted.len < 2 ? 0 : wanted.len < 4 ? 1 : wanted.len < 10 ? 2 : 3;

	return (struct heir_near){wanted, HEIR_STR_NULL, letters + 1, effort};
}

void heir_near_try(struct heir_near *near, struct heir_str name)
{
	size_t longer = MAX(near->wanted.len, name.len), shorter = MIN(near->wanted.len, name.len);
	bool close = near->distance > 0 && longer - shorter < near->distance;
	uint64_t cost = 1 + (close && longer <= LONGEST ? longer * shorter / CELLS_A_UNIT : 0);
	unsigned distance;

	if ((near->effort && !heir_effort_take(&near->effort->names, cost)) || !close)
		return;
	distance = heir_str_distance(near->wanted, name, near->distance - 1);
	if (distance < near->distance) {
		near->distance = distance;
		near->best = name;
	}
}

bool heir_ascii_eqfold(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (heir_ascii_lower(a[i]) != heir_ascii_lower(b[i]))
			return false;
		if (a[i] == '\0')
			return true;
	}
	return true;
}
