/* SPDX-License-Identifier: Apache-2.0 */
/* A key of crio.conf outside of the handlers' tables: its value, and every place that sets it. */
#ifndef HEIR_MODEL_KEY_LINEAGE_H
#define HEIR_MODEL_KEY_LINEAGE_H

#include "blame/blame.h"
#include "blame/key.h"
#include "model/view.h"

/* No key has more parts. */
enum { HEIR_KEY_MAX_PARTS = 8 };

/* A key that was found by its name. */
struct heir_key_found {
	const struct heir_key_row *row;
	enum heir_key_state state; /* whether the release knows it */
	struct heir_str name;      /* of the workload; p NULL: it is in no table with a name */
	struct heir_str handler;   /* it is a handler's field; p NULL: it is not */
	enum heir_field field;
	unsigned n_matches; /* several: the name is ambiguous, and row is the first */
};

/* Parts of "crio.runtime.workloads."a.b".resources", any number of which may be left out at the
 * beginning. *ret_near: what may have been meant. 0; -ENOENT. */
int heir_key_search(const struct heir_config *config, const char *key, struct heir_key_found *ret,
	struct heir_near *near);

/* A place that sets the key. */
struct heir_key_place {
	enum heir_blame_state state;
	struct heir_place where, by;
	uint32_t source;
	heir_toml_node node;
};

/* The key as the files have it. */
struct heir_key_lineage {
	const struct heir_view *view;
	const struct heir_key_found *found;
	struct heir_buf path; /* "crio.runtime.log_level" */
	struct heir_key_value value;
	bool is_set;                   /* of a table: it is there */
	struct heir_key_place *places; /* in load order */
	uint32_t n_places;
};

/* Finds what the view's files say of the key. `found` must outlive the lineage. 0 or -ENOMEM;
 * release in any case. Values live until heir_core_forget_values(). */
int heir_key_lineage_init(struct heir_key_lineage *lineage, const struct heir_view *view,
	const struct heir_key_found *found);
void heir_key_lineage_release(struct heir_key_lineage *lineage);

/* Is the diagnostic about one of the places? */
bool heir_key_concerns(const struct heir_key_lineage *lineage, const struct heir_diag *diag);

#endif
