/* SPDX-License-Identifier: Apache-2.0 */
/* The drop-in that makes an unmodified CRI-O do what heir says: tables of those handlers that CRI-O
 * would give something else. A handler that follows the default runtime gets CRI-O's own
 * inherit_default_runtime where the release has that key, any other field is written out. The
 * drop-in is tried before it is given out: what CRI-O would make of it is compared with heir's
 * answer, and any difference is reported. */
#ifndef HEIR_RENDER_RENDER_H
#define HEIR_RENDER_RENDER_H

#include "base/macro.h"
#include "inherit/stock.h"

struct heir_rendering {
	const struct heir_config *config;
	const struct heir_resolution *res;
	const char *version;  /* of heir */
	const char *path;     /* where it belongs, as the node sees it */
	struct heir_str text; /* terminated; belongs to the core's arena; p is NULL if refused */
	const char *refused;  /* why there is no text; NULL: there is one */
	bool flatten;         /* values also where inherit_default_runtime would do */
	uint32_t settings;    /* those of [crio.runtime] that it sets, a bit for each */
	uint64_t digest;      /* of the files that it was made from */
	uint32_t n_files;     /* how many those are */
	uint32_t n_handlers;  /* that it has a table of */
	const struct heir_result **handlers; /* in byte order of their names */
	/* Another file beside it, for handlers that are bound late; NULL: none. */
	const char *late_path;
	struct heir_str late_text;
	bool what_if; /* the default is neither a file's nor built in */
};

#define HEIR_RENDERING_NULL ((struct heir_rendering){.handlers = NULL})

/* Renders what was resolved under heir's semantics, and not fatally. What a drop-in cannot say and
 * what comes in its way become diagnostics of the core. `refused` is set instead of a text that is
 * not UTF-8, that heir would not read back, or that stops CRI-O. 0 or -ENOMEM; release in any case.
 */
int heir_render(struct heir_rendering *ret, const struct heir_config *config,
	const struct heir_resolution *res, const struct heir_assume *assume, const char *version);
/* The same without inherit_default_runtime: what CRI-O would take by it is written as values. */
int heir_render_flat(struct heir_rendering *ret, const struct heir_config *config,
	const struct heir_resolution *res, const struct heir_assume *assume, const char *version);
void heir_rendering_release(struct heir_rendering *rendering);

/* The value of a setting that the drop-in sets. 0 or -ENOMEM. */
int heir_rendering_setting(
	const struct heir_rendering *rendering, enum heir_setting setting, struct heir_value *ret);

/* Whether the drop-in says inherit_default_runtime of a handler: its parent is the default handler,
 * whichever that is, and all four fields that CRI-O takes by the key are the default's. */
bool heir_rendering_follows(
	const struct heir_rendering *rendering, const struct heir_result *result);

/* What the handler's table in the drop-in has for a field; kind UNSET: the key is not written.
 * 0 or -ENOMEM. */
int heir_rendering_field(const struct heir_rendering *rendering, const struct heir_result *result,
	enum heir_field field, struct heir_origin *ret);

/* Adds the Ignition config that holds the drop-in, or the MachineConfig with it; `pool` and `name`
 * are names of Kubernetes objects, and the path is UTF-8. 0 or -ENOMEM. */
int heir_render_ignition(const struct heir_rendering *rendering, struct heir_buf *buf);
int heir_render_machineconfig(const struct heir_rendering *rendering, const char *pool,
	const char *name, struct heir_buf *buf);

/* ---- For the files of this layer ---- */

/* Writes the drop-in's text, once it is decided what is in it, or refuses. 0 or -ENOMEM. */
int heir_render_text(struct heir_rendering *rendering, struct heir_diags *diags);

/* Refuses: a diagnostic whose text is the reason, about a handler unless that is NULL. 0 or
 * -ENOMEM. */
int heir_render_refuse(struct heir_rendering *rendering, struct heir_diags *diags,
	const struct heir_handler *handler, struct heir_place where, const char *fmt, ...)
	_printf_(5, 6);
int heir_render_refuse_size(struct heir_rendering *rendering, struct heir_diags *diags,
	const struct heir_handler *handler);

#endif
