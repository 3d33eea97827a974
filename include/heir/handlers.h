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
