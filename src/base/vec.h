/* SPDX-License-Identifier: Apache-2.0 */
/* Growing arrays: a pointer, the number of items and the number of items there is room for, as
 * three variables or members of the caller. The room doubles, so n appends cost O(n). */
#ifndef HEIR_BASE_VEC_H
#define HEIR_BASE_VEC_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Doubles the room. Returns the moved array and sets *size, or returns NULL and leaves the old
 * array valid. Sizes always fit into 32 bits. */
static inline void *heir_vec_grow(void *items, size_t *size, size_t item)
{
	size_t more = *size ? *size * 2 : 16;
	void *grown = more <= UINT32_MAX ? reallocarray(items, more, item) : NULL;

	if (grown)
		*size = more;
	return grown;
}

/* Makes room for one more item after the first n. Returns 0 or -ENOMEM. Assigns to `items` and
 * `size`; arguments are evaluated several times. */
#define HEIR_RESERVE(items, n, size)                                             \
	((n) < (size) ? 0 : ({                                                   \
		size_t room_ = (size);                                           \
		void *grown_ = heir_vec_grow((items), &room_, sizeof(*(items))); \
		if (grown_) {                                                    \
			(items) = grown_;                                        \
			(size) = (__typeof__(size))room_;                        \
		}                                                                \
		grown_ ? 0 : -ENOMEM;                                            \
	}))

#endif
