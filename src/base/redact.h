/* SPDX-License-Identifier: Apache-2.0 */
/* Removes secrets from the text of a configuration file, line by line: values of variables,
 * tokens, private keys, and passwords in URLs become the word REDACTED. The result configures the
 * same handlers. */
#ifndef HEIR_BASE_REDACT_H
#define HEIR_BASE_REDACT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* Appends the redacted text, with the same number of lines. `environment`: the file has NAME=VALUE
 * lines; only variables of CRI-O and $PATH keep their values. */
void heir_redact(struct heir_str text, bool environment, struct heir_buf *buf);

#endif
