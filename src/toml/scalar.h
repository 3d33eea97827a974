/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, dates and times: recognised when the document is read, worked out when somebody asks.
 * Both are the same code, so what is accepted can always be worked out. */
#ifndef HEIR_TOML_SCALAR_H
#define HEIR_TOML_SCALAR_H

#include "toml/toml.h"

enum heir_toml_flaw {
	HEIR_TOML_SOUND,
	HEIR_TOML_NO_VALUE, /* neither number nor date nor one of the words */
	HEIR_TOML_BAD_NUMBER,
	HEIR_TOML_LEADING_ZERO,
	HEIR_TOML_UNDERSCORE,
	HEIR_TOML_OUT_OF_RANGE,
	HEIR_TOML_SIGNED_PREFIX, /* +0x1 */
	HEIR_TOML_BAD_DATE,
	HEIR_TOML_NO_SECONDS,  /* fine from TOML 1.1 on */
	HEIR_TOML_WIDE_OFFSET, /* fine for CRI-O: hours to 24, minutes to 60 */
	HEIR_TOML_N_FLAWS,
};

/* Where the token ends that begins at p: a date takes the time after a space with it. */
const char *heir_toml_token_end(const char *p, const char *end);

/* What the token is. *ret is set in any case, to the likeliest type. */
enum heir_toml_flaw heir_toml_token_type(struct heir_str token, enum heir_toml_type *ret);

/* A valid float token; too large is infinite. */
double heir_toml_parse_float(struct heir_str token);
enum heir_toml_flaw heir_toml_parse_datetime(
	struct heir_str token, struct heir_toml_datetime *ret, enum heir_toml_type *ret_type);

#endif
