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

/* The handler that default_runtime names; NULL when CRI-O would not start. */
HEIR_PUBLIC const char *heir_default_runtime(struct heir_ctx *ctx);

/* Handlers in byte order of their names, dropped ones included; none when CRI-O would not start. */
HEIR_PUBLIC size_t heir_n_handlers(struct heir_ctx *ctx);

struct heir_handler_info {
	const char *name;
	bool dropped;
	const char *reason; /* NULL unless dropped */
	const char *parent; /* NULL: none */
	const char
		*via; /* "inherit", "inherit_when", "inherit_default_runtime", "implicit", "none" */
};

/* 0, -ERANGE or -ENOMEM. */
HEIR_PUBLIC int heir_handler_at(struct heir_ctx *ctx, size_t i, struct heir_handler_info *ret);
/* The index of a name for the calls above and below; -ENOENT if there is none; -ENOMEM. */
HEIR_PUBLIC int heir_handler_find(struct heir_ctx *ctx, const char *name, size_t *ret);

/* The fields of a handler, in the order in which they are shown. */
HEIR_PUBLIC size_t heir_n_fields(void);
/* NULL: no such field. */
HEIR_PUBLIC const char *heir_field_name(size_t field);
/* The number of the field of that name, which is matched in any case as CRI-O matches keys. 0, or
 * -ENOENT. */
HEIR_PUBLIC int heir_field_find(const char *name, size_t *ret);
/* One line on what it is; NULL: no such field. */
HEIR_PUBLIC const char *heir_field_help(size_t field);

struct heir_field_value {
	const char *text; /* as TOML writes it: "\"/usr/bin/crun\"", "[\"a\"]", "true" */
	const char *kind; /* "explicit", "inherited", "candidate", "path", "builtin", "default" */
	const char *from; /* the handler whose own value it is, where it was inherited; else NULL */
	struct heir_location where; /* file NULL: written in no file */
};

/* What handler number `i` gets for a field. 0; -ENOENT: nothing; -ERANGE; -ENOMEM. */
HEIR_PUBLIC int heir_handler_field(
	struct heir_ctx *ctx, size_t i, size_t field, struct heir_field_value *ret);

enum heir_value_type {
	HEIR_VALUE_NONE, /* the handler gets nothing */
	HEIR_VALUE_STRING,
	HEIR_VALUE_BOOL,
	HEIR_VALUE_LIST, /* of strings */
	HEIR_VALUE_MAP,  /* of strings to strings */
};

struct heir_value_item {
	const char *key; /* NULL in a list */
	const char *value;
};

/* One of the rules that may decide a field, in the order in which they are asked. */
struct heir_ruling_info {
	const char *rule; /* "explicit", "candidate", "inherit", "implicit", "path", ... */
	/* "decides", "not-set", "not-reached", "adds", "overruled", "no-answer", "not-for-it",
	 * "off" */
	const char *outcome;
	const char *reason; /* the outcome in words */
};

/* A place that sets a field, in the order in which CRI-O reads them. */
struct heir_write_info {
	const char *text; /* KEY = VALUE as it is written, on one line */
	/* "counts", "replaced", "discarded", "overruled", "empty", "ignored" */
	const char *state;
	const char *reason;         /* the state in words */
	struct heir_location where; /* of the key */
	struct heir_location by;    /* what replaces it; file NULL: nothing */
};

/* A value, and why it is what it is. */
struct heir_explanation {
	enum heir_value_type type;
	const char *string;                  /* of a STRING */
	bool boolean;                        /* of a BOOL */
	const struct heir_value_item *items; /* of a LIST or MAP */
	size_t n_items;
	const char *owner; /* the handler whose own value it is; NULL: none */
	const char *rule;  /* the rule that decided; NULL: none did */
	const struct heir_ruling_info *rulings;
	size_t n_rulings;
	const struct heir_write_info *writes;
	size_t n_writes;
};

/* Explains what handler number `i` gets for a field, as heir_report_explain() prints it. The answer
 * belongs to the context, and is made once. 0; -ERANGE; -ENOMEM. */
HEIR_PUBLIC int heir_handler_explain(
	struct heir_ctx *ctx, size_t i, size_t field, const struct heir_explanation **ret);

/* How to call the OCI runtime of a handler: for execve(2). */
struct heir_invocation {
	const char *path;        /* absolute */
	const char *const *argv; /* begins with the path and ends with NULL */
};

/* What CRI-O would run for the handler, with `args` behind it; before them stands --root with the
 * handler's runtime_root, or what CRI-O takes where that is empty, unless the options at their
 * beginning have a --root. Runs nothing. 0; -ENOENT: no such handler; -ENOTSUP: it is dropped, its
 * runtime is none that could be called so (runtime_type "vm" and "pod"), or CRI-O would not start,
 * and heir_error() says which; -ENOMEM. */
HEIR_PUBLIC int heir_handler_invocation(struct heir_ctx *ctx, const char *handler,
	const char *const *args, size_t n, struct heir_invocation *ret);

/* The handlers: all, or those named. `loaded`: before resolution. TEXT, JSON (heir.show/1) or TOML.
 * 0; -ENOENT: a name is no handler's (nothing is written, heir_error() has it); -ENOMEM; what
 * `write` returned. */
HEIR_PUBLIC int heir_report_show(struct heir_ctx *ctx, const char *const *names, size_t n,
	bool loaded, const struct heir_style *style, heir_write_fn write, void *data);

/* Every key of the release with its value and origin; as TOML a crio.conf. JSON is heir.show/1 with
 * "keys". As heir_report_show(). */
HEIR_PUBLIC int heir_report_show_all(struct heir_ctx *ctx, bool loaded,
	const struct heir_style *style, heir_write_fn write, void *data);

/* The lineage of a handler's field, or of all its fields (NULL). TEXT or JSON (heir.explain/1). As
 * above; -ENOENT too for a field that does not exist. */
HEIR_PUBLIC int heir_report_explain(struct heir_ctx *ctx, const char *handler, const char *field,
	const struct heir_style *style, heir_write_fn write, void *data);

/* The lineage of a key of crio.conf, "crio.runtime.log_level" or "log_level"; "HANDLER.FIELD" is
 * heir_report_explain()'s. TEXT or JSON (heir.key/1). As above; -ENOENT too for several keys. */
HEIR_PUBLIC int heir_report_explain_key(struct heir_ctx *ctx, const char *key,
	const struct heir_style *style, heir_write_fn write, void *data);

/* Who inherits from whom: all handlers, or those named with all that they inherit from and that
 * inherit from them. TEXT (a tree), JSON (heir.graph/1), DOT or MERMAID; of a configuration on
 * which CRI-O would not start, nothing. Like heir_report_show(). */
HEIR_PUBLIC int heir_report_graph(struct heir_ctx *ctx, const char *const *names, size_t n,
	const struct heir_style *style, heir_write_fn write, void *data);

/* The drop-in that makes an unmodified CRI-O do what heir says of the handlers; nothing at all
 * where CRI-O would not start. TOML; JSON (heir.render/1); MACHINECONFIG, for the nodes of `pool`
 * (NULL: that of the objects, else "worker") and called `name` (NULL: "99-POOL-heir"); or IGNITION.
 * A handler that follows the default handler, whichever that is, gets inherit_default_runtime where
 * the release has it, unless HEIR_FLATTEN is set.
 * What a drop-in cannot say and what comes in its way become diagnostics, so ask for those
 * afterwards. 0; -ECANCELED: refused, nothing is written, heir_error() says why; -EINVAL: the
 * context is HEIR_AS "stock", or a name is none that Kubernetes takes, heir_error() says which;
 * -ENOMEM; what `write` returned. */
HEIR_PUBLIC int heir_report_render(struct heir_ctx *ctx, const char *pool, const char *name,
	const struct heir_style *style, heir_write_fn write, void *data);

#ifdef __cplusplus
}
#endif

#endif
