/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a node, its facts, and its runtimes. Included by heir.h. */
#ifndef HEIR_HEIR_NODE_H
#define HEIR_HEIR_NODE_H

#include <heir/context.h>
#include <heir/output.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Files and facts of a node ---- */

/* The files that count, in load order. TEXT or JSON (heir.cat/1). Needs heir_load() only. */
HEIR_PUBLIC int heir_report_cat(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data);

/* The files, or one, line by line, with what an unmodified CRI-O makes of each line; of a `line`
 * (1-based; 0: none) of the `file` also what depends on it: handlers, RuntimeClasses, pools and
 * pods. `file` is a path of the node, with directories before it or not, or a name in crio.conf.d;
 * NULL: all. TEXT or JSON (heir.blame/1). 0; -ENOENT: neither CRI-O nor heir reads such a file;
 * -ERANGE: it has no such line; -ENOMEM; what `write` returned. */
HEIR_PUBLIC int heir_report_blame(struct heir_ctx *ctx, const char *file, unsigned line,
	const struct heir_style *style, heir_write_fn write, void *data);

/* What HEIR_ROOT needs of a node, as a tar archive through `write`: the files of CRI-O and of heir,
 * crio.service, files below /etc/containers, each without secrets; names, kinds and sizes of the
 * programs in $PATH and of all else that these files name; facts, as heir_report_facts() prints
 * them, and the release if it is known. Equal nodes give equal bytes. After heir_resolve(), also
 * where CRI-O would not start. 0; -EINVAL: objects are loaded; -ENOMEM; what `write` returned. */
HEIR_PUBLIC int heir_collect(struct heir_ctx *ctx, heir_write_fn write, void *data);

/* What conditions and candidates can ask about the node: what HEIR_FACTS holds, or else what is
 * gathered from HEIR_ROOT, running nothing, or from this machine, with what its runtimes tell (as
 * heir_report_features() asks them). Or one `fact`: "FEATURE", or "FEATURE.ELEMENT", which is
 * printed bare, a line for each instance; then no runtime is asked. TEXT or JSON (heir.facts/1,
 * which HEIR_FACTS takes). Needs nothing to be loaded, but for the files of HEIR_INPUT, which lie
 * over HEIR_ROOT from heir_load() on. -ENOENT: nothing is known of it, heir_error() has the nearest
 * name; or objects are all that is known of the node. */
HEIR_PUBLIC int heir_report_facts(struct heir_ctx *ctx, const char *fact,
	const struct heir_style *style, heir_write_fn write, void *data);

/* What OCI runtimes say of themselves, side by side: those that `names` name (a name is looked up
 * in HEIR_PATH, a path starts at "/"), or, where n is 0, those of "auto" that are there. They are
 * run, each with `features`, if they and the directories above are root's and nobody else may write
 * them; what is wrong with one is told in its place. Where HEIR_FACTS is set nothing is run, and
 * the facts are told (where n is 0: all of them). TEXT or JSON (heir.features/1). Needs nothing to
 * be loaded. -ENOENT: no such executable, or nothing is run, of HEIR_ROOT or objects, and there are
 * no facts; heir_error() says which. */
HEIR_PUBLIC int heir_report_features(struct heir_ctx *ctx, const char *const *names, size_t n,
	const struct heir_style *style, heir_write_fn write, void *data);

/* heir_version(), and with `build` what heir_build_info() and heir_build_part_at() tell. Needs
 * nothing to be loaded. TEXT or JSON (heir.version/1). 0, -ENOMEM, or what `write` returned. */
HEIR_PUBLIC int heir_report_version(struct heir_ctx *ctx, bool build,
	const struct heir_style *style, heir_write_fn write, void *data);

/* The keys of crio.conf and its drop-ins as a JSON Schema (2020-12), for editors: those of
 * HEIR_CRIO_VERSION, and heir's own unless HEIR_AS is "stock". Needs nothing to be loaded. JSON. */
HEIR_PUBLIC int heir_report_schema(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data);

#ifdef __cplusplus
}
#endif

#endif
