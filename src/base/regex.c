/* SPDX-License-Identifier: Apache-2.0 */
/* PCRE2 backtracks, so a match can take exponential time. Its match limit restarts at each
 * position where a match could begin. Therefore heir runs one anchored match whose prefix goes
 * through these positions, with a callout before each item that counts the real cost. */
#include "base/regex.h"

#include <errno.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/macro.h"
#include "base/regex_syntax.h"
#include "base/utf8.h"

enum {
	HEAP_KIB = 16384,
	/* an item can go through the whole value, so this many bytes cost a step */
	BYTES_A_STEP = 64,
};

struct heir_regex {
	pcre2_code *code;
};

int heir_regex_check(struct heir_str pattern, const char **ret_fault)
{
	struct heir_regex_syntax syntax;
	int r = heir_regex_parse(pattern, NULL, &syntax);

	if (r == 0)
		*ret_fault = syntax.fault;
	return r;
}

struct heir_regex *heir_regex_free(struct heir_regex *regex)
{
	if (regex)
		pcre2_code_free(regex->code);
	free(regex);
	return NULL;
}

/* Compiles a translated pattern with the options that make PCRE2 behave like RE2. */
static int compile(struct heir_str pattern, struct heir_regex **ret, const char **ret_error)
{
	const uint32_t options = PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_ANCHORED |
				 PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_CIRCUMFLEX | PCRE2_AUTO_CALLOUT |
				 PCRE2_NO_AUTO_CAPTURE;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	struct heir_regex *regex = calloc(1, sizeof(*regex));
	int error = PCRE2_ERROR_NOMEMORY;
	size_t at;

	if (context && regex) {
		(void)pcre2_set_newline(context, PCRE2_NEWLINE_LF);
		(void)pcre2_set_parens_nest_limit(context, HEIR_REGEX_MAX_DEPTH + 1);
		regex->code = pcre2_compile(
			(PCRE2_SPTR)pattern.p, pattern.len, options, &error, &at, context);
	}
	pcre2_compile_context_free(context);
	if (regex && regex->code) {
		*ret = regex;
		return 0;
	}
	heir_regex_free(regex);
	/* 121 is PCRE2's error for lack of memory during compilation. */
	if (error == PCRE2_ERROR_NOMEMORY || error == PCRE2_ERROR_HEAP_FAILED)
		return -ENOMEM;
	*ret_error = "PCRE2 does not accept it";
	return -EINVAL;
}

int heir_regex_new(struct heir_str pattern, struct heir_effort *effort, struct heir_regex **ret,
	const char **ret_error)
{
	_cleanup_(heir_buf_release) struct heir_buf out = HEIR_BUF_NULL;
	struct heir_regex_syntax syntax;
	int r;

	if (pattern.len > HEIR_REGEX_MAX_LENGTH) {
		*ret_error = "it is longer than 1024 bytes";
		return -EINVAL;
	}
	heir_buf_addz(&out, "(?s:.*?)(?:");
	r = heir_regex_parse(pattern, &out, &syntax);
	heir_buf_addc(&out, ')');
	if (r < 0 || heir_buf_error(&out) < 0)
		return -ENOMEM;
	if (!syntax.fault && syntax.depth > HEIR_REGEX_MAX_DEPTH)
		syntax.unsupported = "its groups are nested more than 250 deep";
	else if (!syntax.fault && syntax.size > HEIR_REGEX_MAX_SIZE)
		syntax.unsupported = "its repetitions expand to too many states";
	if (syntax.fault || syntax.unsupported) {
		*ret_error = syntax.fault ? syntax.fault : syntax.unsupported;
		return -EINVAL;
	}
	if (!heir_effort_take(&effort->left, pattern.len + syntax.size))
		return -EOVERFLOW;
	return compile(heir_buf_str(&out), ret, ret_error);
}

struct steps {
	struct heir_effort *effort;
	uint64_t one; /* units of effort */
	unsigned left;
};

static int count_step(pcre2_callout_block *block, void *data)
{
	struct steps *steps = data;

	(void)block;
	if (steps->left-- == 0 || !heir_effort_take(&steps->effort->left, steps->one))
		return PCRE2_ERROR_CALLOUT;
	return 0;
}

/* Runs the match with a callout that charges each step to the effort. */
static int match(const struct heir_regex *regex, struct heir_str value, struct heir_effort *effort,
	bool *ret)
{
	struct steps steps = {effort, 1 + value.len / BYTES_A_STEP, HEIR_REGEX_MAX_STEPS};
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	int r = PCRE2_ERROR_NOMEMORY;

	if (context && data) {
		(void)pcre2_set_callout(context, count_step, &steps);
		(void)pcre2_set_heap_limit(context, HEAP_KIB);
		r = pcre2_match(regex->code, (PCRE2_SPTR)(value.p ? value.p : ""), value.len, 0,
			PCRE2_NO_UTF_CHECK, data, context);
	}
	pcre2_match_data_free(data);
	pcre2_match_context_free(context);
	if (r == PCRE2_ERROR_NOMEMORY)
		return -ENOMEM;
	if (r < 0 && r != PCRE2_ERROR_NOMATCH)
		return -EOVERFLOW;
	*ret = r >= 0;
	return 0;
}

int heir_regex_match(const struct heir_regex *regex, struct heir_str value,
	struct heir_effort *effort, bool *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf valid = HEIR_BUF_NULL;

	if (value.len > HEIR_REGEX_MAX_VALUE || !heir_effort_take(&effort->left, 1))
		return -EOVERFLOW;
	if (heir_utf8_is_valid(value))
		return match(regex, value, effort, ret);
	while (value.len > 0) {
		uint32_t c;
		size_t n = heir_utf8_decode(value, &c);

		if (n == 0)
			heir_buf_addz(&valid, "\xef\xbf\xbd");
		else
			heir_buf_add(&valid, value.p, n);
		n = MAX(n, (size_t)1);
		value = (struct heir_str){value.p + n, value.len - n};
	}
	if (heir_buf_error(&valid) < 0)
		return -ENOMEM;
	return match(regex, heir_buf_str(&valid), effort, ret);
}
