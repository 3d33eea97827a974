/* SPDX-License-Identifier: Apache-2.0 */
/* What another release of CRI-O makes of files that were read already. Nothing is read a second
 * time; a text is parsed again only where the releases read different dialects of TOML. */
#ifndef HEIR_INHERIT_RETARGET_H
#define HEIR_INHERIT_RETARGET_H

#include "inherit/resolve.h"

struct heir_retarget {
	struct heir_config config;
	struct heir_toml_doc **docs; /* by source number: those of the other one, or its own */
	bool *owned;
};

/* Decodes the documents of `config` for another release, under the same semantics. Then resolve
 * `config` as often as is wanted, before the next release is decoded. Flags of the daemon stay what
 * they are. What is found becomes diagnostics of its core. 0 or -ENOMEM; release in any case,
 * before `config`. */
int heir_retarget_read(struct heir_retarget *retarget, const struct heir_config *config,
	struct heir_version version);
void heir_retarget_release(struct heir_retarget *retarget);

#endif
