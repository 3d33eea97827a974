/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of a running CRI-O to GET /config: its configuration after validation. It is read by
 * the same code as the files, but no part of it is assumed to exist. */
#ifndef HEIR_APPLY_LIVE_H
#define HEIR_APPLY_LIVE_H

#include "config/config.h"
#include "model/view.h"

struct heir_live {
	struct heir_core core; /* its own, because its places are not on the node */
	struct heir_config config;
	struct heir_view view;        /* handlers in its order */
	struct heir_str default_name; /* .p NULL: not in the answer */
	const char *error;            /* why it is not such an answer */
};

#define HEIR_LIVE_NULL                            \
	{                                         \
		.core = {.root = HEIR_ROOT_NULL } \
	}

/* Reads an answer, which must be padded as by heir_file_read() and outlive it. `version` is the
 * assumed release. Returns 0; -EBADMSG with `error` if it is not CRI-O's; -ENOMEM. Release in any
 * case. */
int heir_live_init(struct heir_live *live, struct heir_str text, struct heir_version version);
void heir_live_release(struct heir_live *live);

/* Gets what the running CRI-O has for a field; kind UNSET if it does not print it. A list is valid
 * until heir_core_forget_values(live->core). Returns 0 or -ENOMEM. */
int heir_live_get(const struct heir_live *live, const struct heir_handler *handler,
	enum heir_field field, struct heir_origin *ret);

#endif
