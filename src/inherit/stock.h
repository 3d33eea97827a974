/* SPDX-License-Identifier: Apache-2.0 */
/* What an unmodified CRI-O makes of files that were read under heir's semantics: the judge whom
 * `check`, `explain` and `render` ask. Nothing is read or parsed a second time. */
#ifndef HEIR_INHERIT_STOCK_H
#define HEIR_INHERIT_STOCK_H

#include "inherit/resolve.h"

struct heir_stock {
	struct heir_config config; /* its documents are those of the other one */
	struct heir_resolution res;
	struct heir_toml_doc **docs; /* a list of its own, with that of a draft; or NULL */
	uint32_t draft;              /* its source */
};

/* A drop-in that is not written yet, instead of all that `heir render` ever wrote. */
struct heir_draft {
	const char *path;     /* where it will lie; a file that lies there does not count */
	struct heir_str text; /* p is NULL: there is none. Lives as long as the core */
};

/* Decodes the documents of `config` once more, those that were rendered too, or those with a draft;
 * then resolve `config` into `res` (start/start.h). What is found becomes diagnostics of its core.
 * 0 or -ENOMEM; release in any case, before `config`. */
int heir_stock_read(
	struct heir_stock *stock, const struct heir_config *config, const struct heir_draft *draft);
void heir_stock_release(struct heir_stock *stock);

/* Is the diagnostic about heir.d, which CRI-O never reads? */
bool heir_diag_is_of_heir(const struct heir_config *config, const struct heir_diag *diag);
#endif
