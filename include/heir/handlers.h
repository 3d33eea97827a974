/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers, their fields, and what is rendered for CRI-O. Included by heir.h. */
#ifndef HEIR_HEIR_HANDLERS_H
#define HEIR_HEIR_HANDLERS_H

#include <heir/context.h>
#include <heir/output.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Handlers, after heir_resolve() ---- */

/* Returns the handler in default_runtime; NULL if CRI-O would not start. */
HEIR_PUBLIC const char *heir_default_runtime(struct heir_ctx *ctx);

/* Returns the number of handlers, dropped ones included; 0 if CRI-O would not start. */
HEIR_PUBLIC size_t heir_n_handlers(struct heir_ctx *ctx);

struct heir_handler_info {
	const char *name;
	bool dropped;
	const char *reason; /* NULL unless dropped */
	const char *parent; /* NULL: none */
	const char
		*via; /* "inherit", "inherit_when", "inherit_default_runtime", "implicit", "none" */
};

/* Returns handler `i`, in byte order of the names. 0, -ERANGE or -ENOMEM. */
HEIR_PUBLIC int heir_handler_at(struct heir_ctx *ctx, size_t i, struct heir_handler_info *ret);
/* Finds the index of a handler by its name. Returns 0, -ENOENT or -ENOMEM. */
HEIR_PUBLIC int heir_handler_find(struct heir_ctx *ctx, const char *name, size_t *ret);

/* Returns the number of fields of a handler. */
HEIR_PUBLIC size_t heir_n_fields(void);
/* Returns the name of a field, in the order in which fields are shown; NULL: no such field. */
HEIR_PUBLIC const char *heir_field_name(size_t field);
/* Finds the number of a field by its name, in any case, as CRI-O matches keys. Returns 0 or
 * -ENOENT. */
HEIR_PUBLIC int heir_field_find(const char *name, size_t *ret);
/* Returns a description in one line; NULL: no such field. */
HEIR_PUBLIC const char *heir_field_help(size_t field);

struct heir_field_value {
	const char *text; /* as TOML writes it: "\"/usr/bin/crun\"", "[\"a\"]", "true" */
	const char *kind; /* "explicit", "inherited", "candidate", "path", "builtin", "default" */
	const char *from; /* if inherited, the handler that sets the value; else NULL */
	struct heir_location where; /* file NULL: not in a file */
};

/* Returns the value of a field of handler `i`. 0; -ENOENT if it has none; -ERANGE; -ENOMEM. */
HEIR_PUBLIC int heir_handler_field(
	struct heir_ctx *ctx, size_t i, size_t field, struct heir_field_value *ret);

enum heir_value_type {
	HEIR_VALUE_NONE, /* the handler has no value */
	HEIR_VALUE_STRING,
	HEIR_VALUE_BOOL,
	HEIR_VALUE_LIST, /* of strings */
	HEIR_VALUE_MAP,  /* of strings to strings */
};

struct heir_value_item {
	const char *key; /* NULL in a list */
	const char *value;
};

/* A rule that can decide a field, in the order in which the rules apply. */
struct heir_ruling_info {
	const char *rule; /* "explicit", "candidate", "inherit", "implicit", "path", ... */
	/* "decides", "not-set", "not-reached", "adds", "overruled", "no-answer", "not-for-it",
	 * "off" */
	const char *outcome;
	const char *reason; /* the outcome in words */
};

/* A place that sets a field, in CRI-O's load order. */
struct heir_write_info {
	const char *text; /* KEY = VALUE as it is written, on one line */
	/* "counts", "replaced", "discarded", "overruled", "empty", "ignored" */
	const char *state;
	const char *reason;         /* the state in words */
	struct heir_location where; /* of the key */
	struct heir_location by;    /* what replaces it; file NULL: nothing */
};

/* A value and its explanation. */
struct heir_explanation {
	enum heir_value_type type;
	const char *string;                  /* of a STRING */
	bool boolean;                        /* of a BOOL */
	const struct heir_value_item *items; /* of a LIST or MAP */
	size_t n_items;
	const char *owner; /* the handler that sets the value; NULL: none */
	const char *rule;  /* the rule that decided; NULL: none did */
	const struct heir_ruling_info *rulings;
	size_t n_rulings;
	const struct heir_write_info *writes;
	size_t n_writes;
};

/* Explains a field of handler `i`, as heir_report_explain() does. The answer belongs to the context
 * and is computed once. Returns 0, -ERANGE or -ENOMEM. */
HEIR_PUBLIC int heir_handler_explain(
	struct heir_ctx *ctx, size_t i, size_t field, const struct heir_explanation **ret);

/* How to call the OCI runtime of a handler: for execve(2). */
struct heir_invocation {
	const char *path;        /* absolute */
	const char *const *argv; /* begins with the path and ends with NULL */
};

/* Returns the command that CRI-O would run for the handler, followed by `args`. They are preceded
 * by
 * --root with the handler's runtime_root, or with CRI-O's default if that is empty, unless the
 * leading options of `args` include --root. Runs nothing. Returns 0; -ENOENT: no such handler;
 * -ENOTSUP with heir_error(): the handler is dropped, its runtime_type is "vm" or "pod", or CRI-O
 * would not start; -ENOMEM. */
HEIR_PUBLIC int heir_handler_invocation(struct heir_ctx *ctx, const char *handler,
	const char *const *args, size_t n, struct heir_invocation *ret);

/* Prints all handlers, or the named ones. `loaded`: before resolution. TEXT, JSON (heir.show/1) or
 * TOML. Returns 0; -ENOENT with heir_error(), without output, if a handler does not exist; -ENOMEM;
 * what `write` returned. */
HEIR_PUBLIC int heir_report_show(struct heir_ctx *ctx, const char *const *names, size_t n,
	bool loaded, const struct heir_style *style, heir_write_fn write, void *data);

/* Prints every key of the release with its value and origin; as TOML, a crio.conf; as JSON,
 * heir.show/1 with "keys". Otherwise as heir_report_show(). */
HEIR_PUBLIC int heir_report_show_all(struct heir_ctx *ctx, bool loaded,
	const struct heir_style *style, heir_write_fn write, void *data);

/* Explains a field of a handler, or all its fields (NULL). TEXT or JSON (heir.explain/1). Otherwise
 * as heir_report_show(); -ENOENT also if the field does not exist. */
HEIR_PUBLIC int heir_report_explain(struct heir_ctx *ctx, const char *handler, const char *field,
	const struct heir_style *style, heir_write_fn write, void *data);

/* Explains a key of crio.conf, "crio.runtime.log_level" or "log_level"; for "HANDLER.FIELD" as
 * heir_report_explain(). TEXT or JSON (heir.key/1). Otherwise as heir_report_show(); -ENOENT also
 * if several keys have the name. */
HEIR_PUBLIC int heir_report_explain_key(struct heir_ctx *ctx, const char *key,
	const struct heir_style *style, heir_write_fn write, void *data);

/* Draws the inheritance of all handlers, or of the named ones with their ancestors and descendants.
 * TEXT (a tree), JSON (heir.graph/1), DOT or MERMAID; empty if CRI-O would not start. Otherwise as
 * heir_report_show(). */
HEIR_PUBLIC int heir_report_graph(struct heir_ctx *ctx, const char *const *names, size_t n,
	const struct heir_style *style, heir_write_fn write, void *data);

/* Prints the drop-in with which an unmodified CRI-O gets the handlers that heir resolved; nothing
 * if CRI-O would not start. TOML; JSON (heir.render/1); MACHINECONFIG, for the nodes of `pool`
 * (NULL: the pool of the objects, else "worker") and with `name` (NULL: "99-POOL-heir"); or
 * IGNITION. A handler that follows the default handler gets inherit_default_runtime if the release
 * has that key, unless HEIR_FLATTEN is set. What a drop-in cannot express, and files that override
 * it, become diagnostics; query those afterwards. Returns 0; with heir_error(), -ECANCELED if it is
 * refused and nothing is written, or -EINVAL if HEIR_AS is "stock" or Kubernetes does not accept a
 * name; -ENOMEM; what `write` returned. */
HEIR_PUBLIC int heir_report_render(struct heir_ctx *ctx, const char *pool, const char *name,
	const struct heir_style *style, heir_write_fn write, void *data);

#ifdef __cplusplus
}
#endif

#endif
