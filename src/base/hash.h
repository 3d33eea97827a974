/* SPDX-License-Identifier: Apache-2.0 */
/* The hash of everything that is searched by name: SipHash-1-3 (Aumasson and Bernstein, 2012), for
 * which nobody finds names that collide without the key. */
#ifndef HEIR_BASE_HASH_H
#define HEIR_BASE_HASH_H

#include <stdint.h>

#include "base/str.h"

struct heir_hash_key {
	uint64_t k[2];
};

/* Everybody knows this one: for what is so small that collisions cost nothing. */
#define HEIR_HASH_KEY_OPEN ((struct heir_hash_key){{0, 0}})

/* A key that only this process knows, the same each time, from what the kernel gave it at its
 * start. */
struct heir_hash_key heir_hash_key_secret(void);

uint64_t heir_hash(const struct heir_hash_key *key, struct heir_str s);

#endif
