/* SPDX-License-Identifier: Apache-2.0 */
/* What every handler gets: its parent, its fields with their origins, and whether CRI-O would keep
 * it. Under HEIR_AS_STOCK that is what an unmodified CRI-O of the release does
 * (RuntimeConfig.ValidateRuntimes and TranslateMonitorFields), under HEIR_AS_HEIR inheritance comes
 * before it. */
#ifndef HEIR_INHERIT_RESOLVE_H
#define HEIR_INHERIT_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "inherit/lookup.h"
#include "inherit/record.h"
#include "inherit/value.h"
#include "node/facts.h"

/* By which rule a handler has its parent. */
enum heir_via {
	HEIR_VIA_NONE,
	HEIR_VIA_INHERIT,
	HEIR_VIA_INHERIT_WHEN,
	HEIR_VIA_INHERIT_DEFAULT_RUNTIME,
	HEIR_VIA_IMPLICIT,
	HEIR_N_VIAS,
};

/* "none", "inherit", … as in heir.show/1. */
const char *heir_via_name(enum heir_via via);

/* The identity fields are the first of heir_fields; inherit_default_runtime takes the first of
 * these from the default handler, and leaves monitor_path alone. */
enum { HEIR_N_IDENTITY = 5, HEIR_N_BY_FLAG = 4 };

#define HEIR_IS_IDENTITY(name, type, travel, ...)           \
	&&(HEIR_TRAVEL_##travel == HEIR_TRAVEL_IDENTITY) == \
		((int)HEIR_FIELD_##name < HEIR_N_IDENTITY)
_Static_assert(true HEIR_FIELDS(HEIR_IS_IDENTITY), "the identity fields come first");
_Static_assert(HEIR_FIELD_monitor_path == (int)HEIR_N_BY_FLAG, "monitor_path is the last of them");
#undef HEIR_IS_IDENTITY

struct heir_result {
	const struct heir_handler *handler;
	struct heir_result *parent; /* the default itself under its own inherit_default_runtime */
	const struct heir_diag *dropped; /* NULL: ok */
	/* The handler that sets each identity field itself; NULL: none. */
	const struct heir_result *lender[HEIR_N_IDENTITY];
	const char *path; /* what a candidate or $PATH gave; NULL: the table's own runtime_path */
	/* Whose table names an annotation that the release does not know, of all that it has. */
	const struct heir_result *unknown_annotation;
	/* Of each field that inherit_fields asks the parent for, in their order: the nearest on the
	 * way up, itself included, whose own table has something. NULL: none. */
	const struct heir_result **holders;
	/* What was asked on the way: entries of inherit_when in their order, and candidates (NULL:
	 * none were tried). In the core's arena. */
	struct heir_condition_record *conditions;
	const struct heir_candidates *candidates;
	uint32_t n_conditions;
	const struct heir_late_bound *late; /* late.h; NULL: it is not bound late */
	uint32_t requested;                 /* a bit for each of them */
	uint32_t mark;                      /* for the walk that puts parents first */
	uint32_t via_source;                /* where the parent is named; via_node 0: nowhere */
	heir_toml_node via_node;
	uint8_t via;       /* enum heir_via */
	uint8_t path_kind; /* enum heir_kind of `path` */
	bool decided;      /* the rules were asked for its identity fields (rulings.h) */
	bool by_default;   /* its parent is the default handler, whichever that is */
	bool lost; /* its parent, name or candidate is unknown: no handler can inherit from it */
};

struct heir_resolution {
	const struct heir_config *config;
	struct heir_core *core;
	struct heir_lookup lookup;
	const struct heir_facts *facts; /* NULL: none */
	struct heir_monitors *monitors; /* NULL: none is asked */
	struct heir_result *results;    /* by the handlers' ids */
	struct heir_result **order;     /* parents first */
	struct heir_result *default_result;
	struct heir_str default_runtime;
	struct heir_place
		default_place;         /* where it is set; HEIR_PLACE_NONE: built in, or what if */
	const struct heir_diag *fatal; /* why handlers could not be resolved to the end */
	struct heir_diags stops;       /* why CRI-O would not start, `fatal` among them */
	const char *conmon;            /* the monitor in $PATH; NULL: there is none */
	uint32_t n_unknown;            /* parents that no file defines */
};

/* Appends to `stops`. 0 or -ENOMEM. */
int heir_resolution_stop(struct heir_resolution *res, struct heir_diag *diag);

/* What to assume instead of what the machine or the files say; NULL: nothing. */
struct heir_assume {
	const char *path;            /* $PATH */
	const char *default_runtime; /* what if */
	const struct heir_facts *facts;
	struct heir_monitors *monitors; /* of this machine, to be asked as CRI-O does */
};

/* Resolves. A configuration with `fatal` set gives a resolution with it and without results. What
 * goes wrong becomes diagnostics. 0 or -ENOMEM; release in any case. */
int heir_resolve_config(struct heir_resolution *res, const struct heir_config *config,
	const struct heir_assume *assume);
void heir_resolution_release(struct heir_resolution *res);

/* The result of a handler by name, or NULL. */
struct heir_result *heir_resolution_find(const struct heir_resolution *res, struct heir_str name);

/* What the handler's own table says about a field, before anything else: in its own words, with
 * variables expanded. kind UNSET if the key does not exist. 0 or -ENOMEM. */
int heir_result_own(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, struct heir_origin *ret);

/* What the handler gets, for a field before HEIR_N_SHOWN_FIELDS; kind UNSET for nothing. Works for
 * dropped handlers as far as they were resolved. A list lives until heir_core_forget_values(). 0 or
 * -ENOMEM. */
int heir_result_get(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, struct heir_origin *ret);

/* The same before CRI-O's own rules make something else of it: what the handler has for a child
 * that asks for the field. */
int heir_result_lendable(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, struct heir_origin *ret);

/* The setting of [crio.runtime] that overrules the field of every oci handler; HEIR_N_SETTINGS:
 * none does. */
enum heir_setting heir_field_setting(enum heir_field field);

/* What CRI-O makes of a value that it fills in or replaces; of a monitor's field, of oci handlers.
 */
void heir_origin_default(
	const struct heir_config *config, enum heir_field field, struct heir_origin *origin);

/* Whether a value leaves its field unset: not there, or "". */
bool heir_origin_is_unset(const struct heir_origin *origin);

#endif
