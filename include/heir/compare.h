/* SPDX-License-Identifier: Apache-2.0 */
/* What differs: two contexts, releases, the nodes of a cluster. Included by heir.h. */
#ifndef HEIR_HEIR_COMPARE_H
#define HEIR_HEIR_COMPARE_H

#include <heir/context.h>
#include <heir/output.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Comparing ---- */

/* A side of a comparison. This struct does not grow, as there are arrays of it. */
struct heir_diff_side {
	struct heir_ctx *ctx; /* after heir_resolve() */
	const char *root;     /* name of its HEIR_ROOT in the report; NULL: this machine */
};

/* Compares all handlers, or the named ones, of two resolved contexts, with the origin of each
 * value. TEXT, JSON (heir.diff/1) or MARKDOWN. Equal values with different origins do not differ.
 * If CRI-O would not start with one of them, this is the only difference. Returns 1 if something
 * differs; 0 if nothing does; negative as heir_report_show(), with heir_error(left->ctx). */
HEIR_PUBLIC int heir_report_diff(const struct heir_diff_side *left,
	const struct heir_diff_side *right, const char *const *names, size_t n,
	const struct heir_style *style, heir_write_fn write, void *data);

/* Reports what changes for nodes, each a loaded context, on other releases ("1.36", OpenShift's
 * "4.20", "4.18..5.1", or a list with commas) with each of `oses` (see HEIR_OS). TEXT, JSON
 * (heir.upgrade/1), SARIF or MARKDOWN. Returns 1 if CRI-O would not start or a handler is lost; 0;
 * -EINVAL; -ENOMEM; what `write` returned. */
HEIR_PUBLIC int heir_report_upgrade(const struct heir_diff_side *parts, size_t n, const char *to,
	const char *const *oses, size_t n_oses, const struct heir_style *style, heir_write_fn write,
	void *data);

/* Reads the objects of HEIR_INPUT and compares the nodes of a cluster: the handlers that an
 * unmodified CRI-O of the node's release gets from its rendered MachineConfig, with those that the
 * Node reports. HEIR_POOL selects a pool. Call it instead of heir_load(); it discards what was
 * loaded. Errors in the objects become diagnostics. Returns 1 if something differs or an object
 * cannot be read; 0 if no difference is known; with heir_error(), -EINVAL if HEIR_ROOT is set or
 * the objects include no Node, or -errno. */
HEIR_PUBLIC int heir_fleet(struct heir_ctx *ctx);
/* Prints the result of heir_fleet(): the nodes, the worst first, and the RuntimeClasses per pool.
 * TEXT, JSON (heir.fleet/1) or MARKDOWN. Returns 0; -EINVAL; -ENOMEM; what `write` returned. */
HEIR_PUBLIC int heir_report_fleet(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data);

#ifdef __cplusplus
}
#endif

#endif
