/* SPDX-License-Identifier: Apache-2.0 */
/* The drop-in that makes an unmodified CRI-O do what heir says: tables in which everything is
 * written out, of those handlers that CRI-O would give something else. It is tried before it is
 * given out: what CRI-O would make of it is compared with heir's answer, and what still differs is
 * told. */
#ifndef HEIR_RENDER_RENDER_H
#define HEIR_RENDER_RENDER_H

#include "inherit/stock.h"

struct heir_rendering {
	const struct heir_config *config;
	const struct heir_resolution *res;
	const char *version;  /* of heir */
	const char *path;     /* where it belongs, as the node sees it */
	struct heir_str text; /* terminated; belongs to the core's arena */
	uint32_t settings;    /* those of [crio.runtime] that it sets, a bit for each */
	uint64_t digest;      /* of the files that it was made from */
	uint32_t n_files;     /* how many those are */
	uint32_t n_handlers;  /* that it has a table of */
	const struct heir_result **handlers; /* in byte order of their names */
	bool what_if;                        /* the default is neither a file's nor built in */
};

#define HEIR_RENDERING_NULL ((struct heir_rendering){.handlers = NULL})

/* Renders what was resolved under heir's semantics, and not fatally. What a drop-in cannot say and
 * what comes in its way become diagnostics of the core. 0 or -ENOMEM; release in any case. */
int heir_render(struct heir_rendering *ret, const struct heir_config *config,
	const struct heir_resolution *res, const struct heir_assume *assume, const char *version);
void heir_rendering_release(struct heir_rendering *rendering);

/* The value of a setting that the drop-in sets. 0 or -ENOMEM. */
int heir_rendering_setting(
	const struct heir_rendering *rendering, enum heir_setting setting, struct heir_value *ret);

/* Adds the Ignition config that holds the drop-in, or the MachineConfig with it; `pool` and `name`
 * are names of Kubernetes objects, and the path is UTF-8. 0 or -ENOMEM. */
int heir_render_ignition(const struct heir_rendering *rendering, struct heir_buf *buf);
int heir_render_machineconfig(const struct heir_rendering *rendering, const char *pool,
	const char *name, struct heir_buf *buf);

/* ---- For the files of this layer ---- */

/* Writes the drop-in's text, once it is decided what is in it. 0 or -ENOMEM. */
int heir_render_text(struct heir_rendering *rendering);

#endif
