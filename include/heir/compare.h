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
	const char *root;     /* what the report calls its HEIR_ROOT; NULL: this machine */
};

/* What differs between two resolved contexts, and whose decision it was on each side: all handlers,
 * or those named. TEXT or JSON (heir.diff/1). A value that merely comes from elsewhere is no
 * difference; a side that does not start is one, and then there is no other. 1: something differs;
 * 0: nothing; negative, with heir_error(left->ctx): as heir_report_show(). */
HEIR_PUBLIC int heir_report_diff(const struct heir_diff_side *left,
	const struct heir_diff_side *right, const char *const *names, size_t n,
	const struct heir_style *style, heir_write_fn write, void *data);

/* What happens to nodes, each a loaded context, on other releases ("1.36", OpenShift's "4.20",
 * "4.18..5.1", or several with commas) with each of `oses` (see HEIR_OS). TEXT, JSON
 * (heir.upgrade/1), SARIF, MARKDOWN. 1: something stops or is lost; 0; -EINVAL; -ENOMEM; ... */
HEIR_PUBLIC int heir_report_upgrade(const struct heir_diff_side *parts, size_t n, const char *to,
	const char *const *oses, size_t n_oses, const struct heir_style *style, heir_write_fn write,
	void *data);

/* Reads the objects of HEIR_INPUT, and compares the nodes of a cluster: the handlers that each
 * Node's own rendered MachineConfig gives on its own release, as an unmodified CRI-O takes them,
 * against those that it reports. HEIR_POOL asks for one pool. Instead of heir_load(): what was
 * loaded before is forgotten. What is wrong with the objects becomes diagnostics. 1: something
 * differs, or an object cannot be read; 0: nothing, as far as can be known; -EINVAL, with
 * heir_error(): HEIR_ROOT is set, or no Node is among the objects; -errno, with heir_error(). */
HEIR_PUBLIC int heir_fleet(struct heir_ctx *ctx);
/* What came of that: the nodes, the most damaged first, and the RuntimeClasses by pools. TEXT,
 * JSON (heir.fleet/1) or MARKDOWN. 0; -EINVAL; -ENOMEM; what `write` returned. */
HEIR_PUBLIC int heir_report_fleet(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data);

#ifdef __cplusplus
}
#endif

#endif
