/* SPDX-License-Identifier: Apache-2.0 */
/* An entry of the cache: one that is damaged is refused, what is taken lies within it and is
 * written as it was. Its own key is tried too, without which nearly every entry would be another
 * file's. */
#include <stdint.h>
#include <stdlib.h>

#include "base/macro.h"
#include "node/cache.h"
#include "fuzz.h"

static void read_entry(struct heir_str text, const struct heir_cache_key *key, bool is_mine)
{
	_cleanup_(heir_buf_release) struct heir_buf again = HEIR_BUF_NULL;
	struct heir_cache_answer answer;

	if (!heir_cache_parse(text, key, &answer)) {
		require(!is_mine);
		return;
	}
	require(answer.features.len == 0 ||
		(answer.features.p >= text.p &&
			answer.features.p + answer.features.len <= text.p + text.len));
	require(answer.version.len == 0 ||
		(answer.version.p >= text.p &&
			answer.version.p + answer.version.len <= text.p + text.len));
	heir_cache_format(key, &answer, &again);
	require(heir_buf_error(&again) == 0 && heir_str_eq(heir_buf_str(&again), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(heir_buf_release) struct heir_buf mine = HEIR_BUF_NULL;
	const struct heir_cache_key key = {1, 2, 3, {4, 5}, {6, 7}};
	struct heir_str text = {(const char *)data, size};
	struct heir_cache_answer answer = {0, HEIR_STR_NULL, HEIR_STR_NULL};

	read_entry(text, &key, false);
	/* What was told may be anything, and one byte of what was written another. */
	answer.status = size > 0 ? data[0] : 0;
	answer.features = (struct heir_str){text.p, size / 2};
	answer.version = (struct heir_str){text.p + size / 2, size - size / 2};
	heir_cache_format(&key, &answer, &mine);
	require(heir_buf_error(&mine) == 0);
	read_entry(heir_buf_str(&mine), &key, true);
	if (size > 1) {
		mine.p[data[1] * mine.len / 256] ^= (char)(data[0] | 1);
		read_entry(heir_buf_str(&mine), &key, false);
	}
	return 0;
}
