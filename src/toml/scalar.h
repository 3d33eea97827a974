/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, dates and times: recognized when the document is read, converted when requested. Both
 * use the same code, so what is accepted can always be converted. */
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
	HEIR_TOML_NO_SECONDS,  /* valid since TOML 1.1 */
	HEIR_TOML_WIDE_OFFSET, /* valid for CRI-O: hours to 24, minutes to 60 */
	HEIR_TOML_N_FLAWS,
};

/* Returns the end of the token at p. A date includes the time after a space. */
const char *heir_toml_token_end(const char *p, const char *end);

/* Determines the type of the token. *ret is set even for a flaw, to the most likely type. */
enum heir_toml_flaw heir_toml_token_type(struct heir_str token, enum heir_toml_type *ret);

/* Converts a valid float token. If it is too large, the result is infinite. */
double heir_toml_parse_float(struct heir_str token);
enum heir_toml_flaw heir_toml_parse_datetime(
	struct heir_str token, struct heir_toml_datetime *ret, enum heir_toml_type *ret_type);

#endif
