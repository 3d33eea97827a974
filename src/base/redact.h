/* SPDX-License-Identifier: Apache-2.0 */
/* Taking secrets out of the text of a configuration file, line by line, so that what is left says
 * the same about handlers: values of variables, tokens, private keys, and passwords in URLs become
 * the word REDACTED. */
#ifndef HEIR_BASE_REDACT_H
#define HEIR_BASE_REDACT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* `environment`: a file of NAME=VALUE lines, of which only variables of CRI-O and $PATH keep their
 * values. Adds the text to the buffer, with as many lines as before. */
void heir_redact(struct heir_str text, bool environment, struct heir_buf *buf);

#endif
