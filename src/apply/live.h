/* SPDX-License-Identifier: Apache-2.0 */
/* What a running CRI-O answers to GET /config: its configuration as it prints it, after validation.
 * Read by the same code as the files, but nothing of it is trusted to be there. */
#ifndef HEIR_APPLY_LIVE_H
#define HEIR_APPLY_LIVE_H

#include "config/config.h"
#include "report/view.h"

struct heir_live {
	struct heir_core core; /* of its own: its places are none of the node's */
	struct heir_config config;
	struct heir_view view;        /* the handlers in their order */
	struct heir_str default_name; /* p NULL: it does not say */
	const char *error;            /* why it is no such answer, in words */
};

#define HEIR_LIVE_NULL                            \
	{                                         \
		.core = {.root = HEIR_ROOT_NULL } \
	}

/* Reads an answer, whose text is terminated as heir_file_read does it and outlives it. `version` is
 * the release that is assumed. 0; -EBADMSG, it is no answer of CRI-O's, and `error` says why;
 * -ENOMEM. Release in any case. */
int heir_live_init(struct heir_live *live, struct heir_str text, struct heir_version version);
void heir_live_release(struct heir_live *live);

/* What the running CRI-O has for a field; kind UNSET where it prints none. A list lives until the
 * values of live->core are forgotten. 0 or -ENOMEM. */
int heir_live_get(const struct heir_live *live, const struct heir_handler *handler,
	enum heir_field field, struct heir_origin *ret);

#endif
