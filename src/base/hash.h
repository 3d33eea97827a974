/* SPDX-License-Identifier: Apache-2.0 */
/* The hash of all maps: SipHash-1-3 (Aumasson and Bernstein, 2012). Without the key, names that
 * collide cannot be constructed. */
#ifndef HEIR_BASE_HASH_H
#define HEIR_BASE_HASH_H

#include <stdint.h>

#include "base/str.h"

struct heir_hash_key {
	uint64_t k[2];
};

/* A public key, for maps so small that collisions cost nothing. */
#define HEIR_HASH_KEY_OPEN ((struct heir_hash_key){{0, 0}})

/* Returns a secret key from the 16 random bytes that the kernel gives each process at its start.
 * It is the same for the whole process. */
struct heir_hash_key heir_hash_key_secret(void);

uint64_t heir_hash(const struct heir_hash_key *key, struct heir_str s);

#endif
