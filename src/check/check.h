/* SPDX-License-Identifier: Apache-2.0 */
/* `heir check`: everything that is wrong with the files, in one run. What stops CRI-O and which
 * handlers it drops is told by what an unmodified CRI-O does with them; what inheritance finds, by
 * heir's own semantics; the rest by the rules of this layer, one subject a file. */
#ifndef HEIR_CHECK_CHECK_H
#define HEIR_CHECK_CHECK_H

#include "inherit/resolve.h"

struct heir_kube;

/* The objects that the files came from, and the pool they were put together for. */
struct heir_check_objects {
	struct heir_kube *kube; /* NULL: none */
	const char *pool;       /* NULL: of no pool */
};

/* Replaces the diagnostics of `core` with the findings about a configuration that was loaded and
 * resolved in it, whether or not CRI-O would start. 0 or -ENOMEM (then the diagnostics are of no
 * use any more). Not sorted. `objects` may be NULL. `stops` gets the findings that stop CRI-O, now
 * or with what heir would render; NULL: nobody asks. */
int heir_check_run(struct heir_core *core, const struct heir_config *config,
	const struct heir_resolution *res, const struct heir_assume *assume,
	const struct heir_check_objects *objects, struct heir_diags *stops);

/* ---- For the files of this layer ---- */

/* A handler, and the first file that defines it though CRI-O never reads it. */
struct heir_unread {
	struct heir_str handler;
	const char *path; /* NULL: there is none */
	uint32_t line;
};

struct heir_check {
	struct heir_core *core;
	const struct heir_config *config, *stock_config;
	/* Under heir's semantics and as an unmodified CRI-O; one and the same where the user asked
	 * for stock. A resolution that ended fatally has no results. */
	const struct heir_resolution *res, *stock;
	struct heir_kube *kube; /* NULL: no objects */
	const char *pool;       /* NULL: they are of none */
	struct heir_diags findings;
	bool rooted;                /* a copy of a node: owners say nothing */
	int error;                  /* -ENOMEM, sticky */
	uint64_t n_filtered;        /* findings looked at by heir_check_ignores(), for tests */
	struct heir_unread *unread; /* what is sought in files that CRI-O never reads, or NULL */
	/* The inline table that check/fix.c judged last. */
	struct {
		uint32_t source;
		heir_toml_node node;
		bool simple;
	} inline_table;
};

/* A new finding; NULL when memory ran out, which check->error remembers. */
struct heir_diag *heir_find(struct heir_check *check, enum heir_rule rule, struct heir_place where,
	const char *fmt, ...) _printf_(4, 5);
/* A finding about a file as a whole. */
struct heir_diag *heir_find_file(struct heir_check *check, enum heir_rule rule, uint32_t source,
	const char *path, const char *fmt, ...) _printf_(5, 6);
/* Says whom it is about, adds a note, or the fix; each does nothing for NULL. */
void heir_find_about(struct heir_diag *diag, const struct heir_handler *handler);
void heir_find_note(struct heir_check *check, struct heir_diag *diag, struct heir_place where,
	const char *fmt, ...) _printf_(4, 5);
void heir_find_help(struct heir_check *check, struct heir_diag *diag, const char *fmt, ...)
	_printf_(3, 4);

/* The place of a node's key or value, and of a resolved value (of the handler's table where it is
 * written nowhere). */
struct heir_place heir_key_place(
	const struct heir_check *check, uint32_t source, heir_toml_node node);
struct heir_place heir_value_place(
	const struct heir_check *check, uint32_t source, heir_toml_node node);
struct heir_place heir_origin_place(const struct heir_check *check,
	const struct heir_handler *handler, const struct heir_origin *origin);

/* A handler's value, and what its own table says; false: nothing, or check->error. */
bool heir_check_get(struct heir_check *check, const struct heir_resolution *res,
	const struct heir_result *result, enum heir_field field, struct heir_origin *ret);
bool heir_check_own(struct heir_check *check, const struct heir_resolution *res,
	const struct heir_result *result, enum heir_field field, struct heir_origin *ret);

/* "runtime_path, runtime_root", of a bit a field; NULL: check->error. */
const char *heir_check_field_names(struct heir_check *check, uint32_t fields);

/* What stock CRI-O makes of a handler; NULL: nothing, or it drops it. */
const struct heir_result *heir_kept_by_stock(
	const struct heir_check *check, const struct heir_handler *handler);

/* Is a table of the handler in what heir rendered, whether or not it counts? */
bool heir_is_carried(const struct heir_check *check, const struct heir_handler *handler);
/* Does its table speak heir's language, or stand in heir.d? */
bool heir_is_ours(const struct heir_check *check, const struct heir_handler *handler);
/* Does heir make something of the handler that nothing carries to CRI-O? */
bool heir_is_pending(const struct heir_check *check, const struct heir_result *result);

/* The OCI runtime that the name of a binary speaks of: "crun" of "/usr/bin/crun-1.21"; NULL: none.
 */
const char *heir_runtime_of(const char *path);

enum heir_scope heir_scope_of(const struct heir_check *check, uint32_t source);
/* Is it a file that a vendor writes? Not where the user's own object stands in its place: then it
 * is the user's to fix. */
bool heir_is_of_vendor(const struct heir_check *check, uint32_t source);
/* Is it a file of the node, rather than what is built in or an object? */
bool heir_is_node_file(const struct heir_check *check, uint32_t source);

/* The runtime_root of a handler that has none: CRI-O's DefaultRuntimeRoot. */
struct heir_str heir_default_root(const struct heir_config *config);
/* Makes of a value that is "" what CRI-O takes it for. */
void heir_value_fill_in(
	const struct heir_config *config, enum heir_field field, struct heir_value *value);

/* The rule of that id; HEIR_N_RULES for none, and then *ret_near (which may be NULL) is the nearest
 * id or has none. */
enum heir_rule heir_rule_find(
	struct heir_str id, struct heir_effort *effort, struct heir_str *ret_near);

/* The subjects; each sets check->error where memory runs out. */
void heir_check_keys(struct heir_check *check);
void heir_check_files(struct heir_check *check);
void heir_check_elsewhere(struct heir_check *check);
/* Looks for the handler in files that people take to be read. 0 or -ENOMEM. */
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
/* Makes one finding of all that say of a handler that it is pending, once none is ignored any more.
 */
void heir_check_group_pending(struct heir_check *check);

#endif
