/* SPDX-License-Identifier: Apache-2.0 */
/* One document into the configuration: what BurntSushi/toml does with CRI-O's Config struct. */
#ifndef HEIR_CONFIG_DECODE_H
#define HEIR_CONFIG_DECODE_H

#include "config/config.h"

/* Checks every value's type and adds what the document says to the configuration. A value of a
 * wrong type is a diagnostic and `fatal`. 0 or -ENOMEM. */
int heir_decode(struct heir_config *config, uint32_t source);

#endif
