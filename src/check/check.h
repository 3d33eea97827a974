/* SPDX-License-Identifier: Apache-2.0 */
/* `heir check`: everything that is wrong with the files, in one run. What stops CRI-O and which
 * handlers it drops is determined by resolving as an unmodified CRI-O would; faults in inheritance
 * by heir's semantics; the rest by the rules in this layer, one subject per file. */
#ifndef HEIR_CHECK_CHECK_H
#define HEIR_CHECK_CHECK_H

#include "inherit/rendered.h"
#include "inherit/resolve.h"

struct heir_kube;

/* The objects that the files came from, and their pool. */
struct heir_check_objects {
	struct heir_kube *kube; /* NULL: none */
	const char *pool;       /* NULL: no pool */
};

/* Replaces the diagnostics of `core` with the findings about a configuration that was loaded and
 * resolved in it, whether or not CRI-O would start. The result is not sorted. `objects` may be
 * NULL. `stops` receives the findings that stop CRI-O, now or with what heir would render; may be
 * NULL. Returns 0, or -ENOMEM with unusable diagnostics. */
int heir_check_run(struct heir_core *core, const struct heir_config *config,
	const struct heir_resolution *res, const struct heir_assume *assume,
	const struct heir_check_objects *objects, struct heir_diags *stops);

/* ---- For the files of this layer ---- */

/* A handler, and the first file that defines it although CRI-O never reads that file. */
struct heir_unread {
	struct heir_str handler;
	const char *path; /* NULL if there is none */
	uint32_t line;
};

struct heir_check {
	struct heir_core *core;
	const struct heir_config *config, *stock_config;
	/* With heir's semantics, and as an unmodified CRI-O; the same if the user asked for stock.
	 * A resolution that ended fatally has no results. */
	const struct heir_resolution *res, *stock;
	struct heir_kube *kube; /* NULL: no objects */
	const char *pool;       /* NULL: no pool */
	struct heir_diags findings;
	bool rooted;         /* a copy of a node, where owners of files mean nothing */
	int error;           /* -ENOMEM, sticky */
	uint64_t n_filtered; /* findings examined by heir_check_ignores(), for tests */
	/* a handler to look for in files that CRI-O never reads, or NULL */
	struct heir_unread *unread;
	/* The last inline table that check/fix.c examined. */
	struct {
		uint32_t source;
		heir_toml_node node;
		bool simple;
	} inline_table;
};

/* Adds a finding. Returns NULL and sets check->error if there is no memory. */
struct heir_diag *heir_find(struct heir_check *check, enum heir_rule rule, struct heir_place where,
	const char *fmt, ...) _printf_(4, 5);
/* Adds a finding about a whole file. */
struct heir_diag *heir_find_file(struct heir_check *check, enum heir_rule rule, uint32_t source,
	const char *path, const char *fmt, ...) _printf_(5, 6);
/* Set the handler, add a note or a help text. Each does nothing if `diag` is NULL. */
void heir_find_about(struct heir_diag *diag, const struct heir_handler *handler);
void heir_find_note(struct heir_check *check, struct heir_diag *diag, struct heir_place where,
	const char *fmt, ...) _printf_(4, 5);
void heir_find_help(struct heir_check *check, struct heir_diag *diag, const char *fmt, ...)
	_printf_(3, 4);

/* Return the place of a node's key or value, and of a resolved value (the handler's table if no
 * file sets it). */
struct heir_place heir_key_place(
	const struct heir_check *check, uint32_t source, heir_toml_node node);
struct heir_place heir_value_place(
	const struct heir_check *check, uint32_t source, heir_toml_node node);
struct heir_place heir_origin_place(const struct heir_check *check,
	const struct heir_handler *handler, const struct heir_origin *origin);

/* Get a handler's value, or what its own table says. Return false if there is none or check->error
 * is set. */
bool heir_check_get(struct heir_check *check, const struct heir_resolution *res,
	const struct heir_result *result, enum heir_field field, struct heir_origin *ret);
bool heir_check_own(struct heir_check *check, const struct heir_resolution *res,
	const struct heir_result *result, enum heir_field field, struct heir_origin *ret);

/* Returns "runtime_path, runtime_root" for a bit mask of fields. NULL: check->error. */
const char *heir_check_field_names(struct heir_check *check, uint32_t fields);

/* Returns what stock CRI-O makes of a handler; NULL if it drops it or does not have it. */
const struct heir_result *heir_kept_by_stock(
	const struct heir_check *check, const struct heir_handler *handler);

/* Returns whether a rendered file defines the handler, even if a later file overrides it. */
bool heir_is_carried(const struct heir_check *check, const struct heir_handler *handler);
/* Returns whether its table uses heir's keys or is in heir.d. */
bool heir_is_ours(const struct heir_check *check, const struct heir_handler *handler);
/* Returns whether heir resolves the handler to something that no rendered file passes on to
 * CRI-O. */
bool heir_is_pending(const struct heir_check *check, const struct heir_result *result);

/* Returns the OCI runtime in the name of a binary: "crun" for "/usr/bin/crun-1.21"; NULL if there
 * is none. */
const char *heir_runtime_of(const char *path);

enum heir_scope heir_scope_of(const struct heir_check *check, uint32_t source);
/* Returns whether a vendor writes the file. Not if the user's own object provides it; then the
 * user can fix it. */
bool heir_is_of_vendor(const struct heir_check *check, uint32_t source);
/* Returns whether it is a file of the node, not built-in or an object. */
bool heir_is_node_file(const struct heir_check *check, uint32_t source);

/* Returns the rule with that id, or HEIR_N_RULES. Then *ret_near (may be NULL) is the nearest id,
 * or empty. */
enum heir_rule heir_rule_find(
	struct heir_str id, struct heir_effort *effort, struct heir_str *ret_near);

/* The subjects. Each sets check->error if there is no memory. */
void heir_check_keys(struct heir_check *check);
void heir_check_files(struct heir_check *check);
void heir_check_elsewhere(struct heir_check *check);
/* Looks for the handler in files that look as if CRI-O read them. Returns 0 or -ENOMEM. */
int heir_check_unread(
	struct heir_core *core, const struct heir_config *config, struct heir_unread *unread);
void heir_check_paths(struct heir_check *check);
void heir_check_handlers(struct heir_check *check);
void heir_check_kinds(struct heir_check *check);
void heir_check_replaced(struct heir_check *check);
void heir_check_annotations(struct heir_check *check);
void heir_check_inheritance(struct heir_check *check);
void heir_check_conditions(struct heir_check *check);
void heir_check_flags(struct heir_check *check);
void heir_check_objects(struct heir_check *check);
void heir_check_rendered(struct heir_check *check);
/* Drops the findings that comments in the files ignore, and reports comments that ignore nothing.
 * Comes after all others. Linear in findings and files. */
void heir_check_ignores(struct heir_check *check);
/* Merges the findings of inherit-not-applied into one, after ignored ones are dropped. */
void heir_check_group_pending(struct heir_check *check);

#endif
