/* SPDX-License-Identifier: Apache-2.0 */
/* The lineage: everything that can be said about where the values of one handler come from. Built
 * once, printed as text (explain.c) or JSON (explain_json.c); nothing is printed here.
 *
 * Texts quote the files as they are: printers escape them. A location without a file is no place in
 * a file: built in, found, assumed. */
#ifndef HEIR_MODEL_LINEAGE_H
#define HEIR_MODEL_LINEAGE_H

#include "inherit/rulings.h"
#include "model/view.h"

/* One handler on the way up, the explained one first. */
struct heir_step {
	const struct heir_result *result;
	enum heir_via via;          /* how it leads to the next one */
	const char *text;           /* the words that do, as in the file; NULL: it leads nowhere */
	struct heir_location where; /* of the words; of the table where there are none */
	const char *table_text;     /* the header of its table */
	struct heir_location table;
	bool as_default; /* it was asked for as "the default", not by its name */
};

enum heir_condition_state {
	HEIR_CONDITION_MATCHED,
	HEIR_CONDITION_HOLDS_NOT,
	HEIR_CONDITION_FAULTY, /* it cannot be answered, and the handler is dropped */
	HEIR_CONDITION_NOT_REACHED,
};

/* One entry of inherit_when. */
struct heir_condition {
	enum heir_condition_state state;
	struct heir_str inherit; /* the parent's name as written; empty: faulty */
	const char *text;        /* why */
	struct heir_location where;
};

/* One rule of those that may decide a field, and what became of it. */
struct heir_lineage_ruling {
	const char *rule; /* "explicit", "inherit", "path", … */
	enum heir_ruled outcome;
	const char *text; /* the outcome in words */
};

enum heir_tried_state {
	HEIR_TRIED_CHOSEN,
	HEIR_TRIED_NOT_FOUND,
	HEIR_TRIED_UNFIT, /* there, and does not meet runtime_requires */
	HEIR_TRIED_NOT,   /* another one was chosen before its turn */
};

/* One of runtime_candidates. */
struct heir_tried {
	struct heir_str name;
	const char *path; /* NULL: not found, or not looked for */
	enum heir_tried_state state;
	const char *text; /* why */
	bool cached;      /* by what it told earlier */
};

/* One directory of $PATH that was looked into. */
struct heir_looked {
	struct heir_str directory;
	bool found;
};

enum heir_written_state {
	HEIR_WRITTEN_COUNTS,
	HEIR_WRITTEN_REPLACED,  /* a later table sets it again */
	HEIR_WRITTEN_DISCARDED, /* a later table of the handler stands instead, without it */
	HEIR_WRITTEN_OVERRULED, /* it is what the files say, and CRI-O takes something else */
	HEIR_WRITTEN_EMPTY,     /* as if it were not there */
	HEIR_WRITTEN_IGNORED,   /* CRI-O does not read it */
};

/* "counts", "replaced", … */
const char *heir_written_state_name(enum heir_written_state state);

/* A place that sets something, in load order. */
struct heir_written {
	const char *text; /* KEY = VALUE as it stands there, on one line, long values cut */
	enum heir_written_state state;
	const char *why; /* the state in words, with the place that is to blame */
	struct heir_location where;
	struct heir_location by; /* what replaces it */
	uint32_t source, at;
};

/* What one step of the chain itself says about the field, where that is (a part of) the value. */
struct heir_share {
	uint32_t step;
	const char *text;
	struct heir_location where;
};

struct heir_lineage_field {
	enum heir_field field;
	struct heir_origin origin; /* kind UNSET: there is nothing */
	enum heir_kind lent;       /* what the value is to the one who lends it */
	const char *text;          /* as TOML writes it; NULL: nothing */
	struct heir_location where;
	uint32_t n_steps;       /* of the chain, up to whose own value it is */
	const char *decided_by; /* the rule; NULL: none */
	bool withheld;          /* the parent has a value, and inherit_fields does not ask for it */
	struct heir_lineage_ruling *rulings;
	uint32_t n_rulings;
	struct heir_share *shares;
	uint32_t n_shares;
	struct heir_tried *tried;
	uint32_t n_tried;
	struct heir_looked *looked;
	uint32_t n_looked, n_directories; /* of those in $PATH */
	struct heir_str looked_for;
	bool assumed; /* what $PATH has is not known, and taken for granted */
	struct heir_written *written;
	uint32_t n_written;
};

enum heir_stock_state {
	HEIR_STOCK_IS_IT, /* the explained view is stock itself */
	HEIR_STOCK_SAME,
	HEIR_STOCK_DIFFERS,
	HEIR_STOCK_DROPS,   /* stock drops the handler, heir does not */
	HEIR_STOCK_KEEPS,   /* heir drops it, stock does not */
	HEIR_STOCK_UNKNOWN, /* no file that CRI-O reads defines it */
	HEIR_STOCK_NO_START,
};

/* "same", "differs", … */
const char *heir_stock_state_name(enum heir_stock_state state);

/* What stock gives a field that differs. */
struct heir_stock_field {
	enum heir_field field;
	const char *text; /* NULL: nothing */
	struct heir_value value;
	enum heir_kind kind;
};

struct heir_lineage_stock {
	enum heir_stock_state state;
	const struct heir_diag *reason; /* of DROPS, NO_START, and SAME where both drop it */
	enum heir_field
		ignores[HEIR_N_FIELDS - HEIR_FIRST_OWN_FIELD]; /* heir's keys in the table */
	uint32_t n_ignores;
	struct heir_stock_field *fields;
	uint32_t n_fields;
};

struct heir_lineage {
	const struct heir_view *view;
	struct heir_arena arena;
	const struct heir_result *result;
	struct heir_result blank; /* stands for the result where CRI-O would not even resolve */
	const struct heir_diag *reason; /* why it is dropped, or CRI-O does not start; NULL: ok */
	bool dropped;
	bool unresolved; /* parent and values were not worked out */
	bool whole;      /* all fields were asked for */
	struct heir_step *chain;
	uint32_t n_chain;
	bool cycle; /* the last step is on the chain already */
	struct heir_condition *conditions;
	uint32_t n_conditions;
	/* Where the default runtime is set, if the chain goes through "the default". */
	const char *default_text;
	const char *default_note; /* instead of a place: "what if", … */
	struct heir_location default_where;
	struct heir_written *default_written;
	uint32_t n_default_written;
	/* Of the whole handler: what it has, or what some place set. */
	struct heir_lineage_field *fields;
	uint32_t n_fields;
	struct heir_lineage_stock stock;
};

/* The lineage of one field, or of all (HEIR_N_FIELDS). `stock` may be NULL: `view` is stock itself.
 * Both views outlive it. `brief`: of long values the beginning, for those who print many lineages.
 * 0 or -ENOMEM; release in any case. */
int heir_lineage_init(struct heir_lineage *lineage, const struct heir_view *view,
	const struct heir_view *stock, const struct heir_handler *handler, enum heir_field field,
	bool brief);
void heir_lineage_release(struct heir_lineage *lineage);

#endif
