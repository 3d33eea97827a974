/* SPDX-License-Identifier: Apache-2.0 */
/* Decodes one document into the configuration, as BurntSushi/toml decodes into CRI-O's Config
 * struct. */
#ifndef HEIR_CONFIG_DECODE_H
#define HEIR_CONFIG_DECODE_H

#include "config/config.h"

/* Checks the type of every value and adds the document to the configuration. A wrong type is a
 * diagnostic and `fatal`. Returns 0 or -ENOMEM. */
int heir_decode(struct heir_config *config, uint32_t source);

#endif
