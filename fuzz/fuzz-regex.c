/* SPDX-License-Identifier: Apache-2.0 */
/* A pattern, a NUL, and a value: what is read as Go's is either run within its bounds or refused in
 * words, and asked twice the answer is the same. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/regex.h"
#include "fuzz.h"

static int run(struct heir_str pattern, struct heir_str value, uint64_t left, bool *ret)
{
	struct heir_effort effort = {left, 0};
	struct heir_regex *regex = NULL;
	const char *error = NULL;
	int r = heir_regex_new(pattern, &effort, &regex, &error);

	require(r == 0 || r == -EOVERFLOW || (r == -EINVAL && error));
	require(effort.left <= left && (r == 0) == (regex != NULL));
	if (r == 0)
		r = heir_regex_match(regex, value, &effort, ret);
	require(r == 0 || r == -EOVERFLOW || r == -EINVAL);
	require(left - effort.left <= 5000 + (uint64_t)HEIR_REGEX_MAX_STEPS * 65);
	heir_regex_free(regex);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *nul = size > 0 ? memchr(data, '\0', size) : NULL;
	struct heir_str pattern = {
		(const char *)data, nul ? (size_t)(nul - (const char *)data) : size};
	struct heir_str value = {nul ? nul + 1 : NULL, nul ? size - pattern.len - 1 : 0};
	bool first = false, second = false;
	const char *fault = "";
	int r;

	require(heir_regex_check(pattern, &fault) == 0);
	r = run(pattern, value, UINT64_MAX, &first);
	require(!fault || r == -EINVAL);
	require(run(pattern, value, UINT64_MAX, &second) == r && first == second);
	/* With less effort the answer is the same or none. */
	r = run(pattern, value, 1000, &second);
	require(r != 0 || first == second);
	return 0;
}
