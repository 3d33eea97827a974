/* SPDX-License-Identifier: Apache-2.0 */
/* SipHash with one round per word and three at the end. The secret key comes from AT_RANDOM, so it
 * needs no system call and cannot fail. */
#include "base/hash.h"

#include <endian.h>
#include <sys/auxv.h>

#include "base/macro.h"

struct state {
	uint64_t v[4];
};

static uint64_t rotate(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static inline void round_(struct state *s)
{
	uint64_t *v = s->v;

	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] = rotate(v[2], 32);
}

/* A word of eight bytes, little-endian. */
static uint64_t whole_word(const char *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return le64toh(x);
}

/* The same for fewer than eight bytes. */
static uint64_t word(const char *p, size_t n)
{
	uint64_t x = 0;

	for (size_t i = 0; i < n; i++)
		x |= (uint64_t)(uint8_t)p[i] << (8 * i);
	return x;
}

static void mix_word(struct state *s, uint64_t x)
{
	s->v[3] ^= x;
	round_(s);
	s->v[0] ^= x;
}

struct heir_hash_key heir_hash_key_secret(void)
{
	const char *random = (const char *)getauxval(AT_RANDOM);

	if (!random)
		return HEIR_HASH_KEY_OPEN;
	return (struct heir_hash_key){{whole_word(random), whole_word(random + 8)}};
}

uint64_t heir_hash(const struct heir_hash_key *key, struct heir_str text)
{
	struct state s = {{
		key->k[0] ^ UINT64_C(0x736f6d6570736575),
		key->k[1] ^ UINT64_C(0x646f72616e646f6d),
		key->k[0] ^ UINT64_C(0x6c7967656e657261),
		key->k[1] ^ UINT64_C(0x7465646279746573),
	}};
	size_t at = 0;

	text.p = text.p ? text.p : "";
	for (; text.len - at >= 8; at += 8)
		mix_word(&s, whole_word(text.p + at));
	mix_word(&s, (uint64_t)text.len << 56 | word(text.p + at, text.len - at));
	s.v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		round_(&s);
	return s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
}
