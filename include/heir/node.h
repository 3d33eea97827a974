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

/* Prints the files that CRI-O and heir read, in load order. TEXT or JSON (heir.cat/1). Needs only
 * heir_load(). */
HEIR_PUBLIC int heir_report_cat(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data);

/* Prints all files, or `file`, line by line, with the effect of each line on an unmodified CRI-O.
 * For a `line` (1-based; 0: none) of the `file`, also what depends on it: handlers, RuntimeClasses,
 * pools and pods. `file` is a path of the node, also with leading directories, or a name in
 * crio.conf.d; NULL: all. TEXT or JSON (heir.blame/1). Returns 0; -ENOENT if neither CRI-O nor heir
 * reads such a file; -ERANGE if it has no such line; -ENOMEM; what `write` returned. */
HEIR_PUBLIC int heir_report_blame(struct heir_ctx *ctx, const char *file, unsigned line,
	const struct heir_style *style, heir_write_fn write, void *data);

/* Writes a tar archive with everything that HEIR_ROOT needs of a node: the files of CRI-O and heir,
 * crio.service and files below /etc/containers, all without secrets; names, kinds and sizes of the
 * programs in $PATH and of other files that these name; the facts, as heir_report_facts() prints
 * them; and the release if it is known. Equal nodes give equal bytes. Call it after heir_resolve(),
 * even if CRI-O would not start. Returns 0; -EINVAL with objects; -ENOMEM; what `write` returned.
 */
HEIR_PUBLIC int heir_collect(struct heir_ctx *ctx, heir_write_fn write, void *data);

/* Prints the facts that conditions and candidates can use: those of HEIR_FACTS; else those gathered
 * from HEIR_ROOT, without running a program; else those of this machine, with the features of its
 * runtimes as in heir_report_features(). Or only one `fact`: "FEATURE", or "FEATURE.ELEMENT", which
 * is printed bare, one line per instance; then no runtime is run. TEXT or JSON (heir.facts/1, the
 * format of HEIR_FACTS). Needs no heir_load(), except to lay the files of HEIR_INPUT over
 * HEIR_ROOT. -ENOENT if the fact is not known, with the nearest name in heir_error(), or if nothing
 * but objects is known about the node. */
HEIR_PUBLIC int heir_report_facts(struct heir_ctx *ctx, const char *fact,
	const struct heir_style *style, heir_write_fn write, void *data);

/* Compares the features of OCI runtimes: of those in `names` (a name is searched in HEIR_PATH, a
 * path starts with "/"), or if n is 0, of the existing ones of "auto". Runs each with `features`,
 * but only if no user other than root can write it or a directory above it; an error is reported in
 * place of its features. With HEIR_FACTS, runs nothing and prints those facts (all, if n is 0).
 * TEXT or JSON (heir.features/1). Needs no heir_load(). -ENOENT with heir_error() if an executable
 * does not exist, or for HEIR_ROOT or objects without facts, because nothing is run for them. */
HEIR_PUBLIC int heir_report_features(struct heir_ctx *ctx, const char *const *names, size_t n,
	const struct heir_style *style, heir_write_fn write, void *data);

/* Prints heir_version(), and with `build` also heir_build_info() and heir_build_part_at(). Needs no
 * heir_load(). TEXT or JSON (heir.version/1). Returns 0, -ENOMEM, or what `write` returned. */
HEIR_PUBLIC int heir_report_version(struct heir_ctx *ctx, bool build,
	const struct heir_style *style, heir_write_fn write, void *data);

/* Prints the keys of crio.conf and its drop-ins as a JSON Schema (2020-12), for editors: those of
 * HEIR_CRIO_VERSION, and heir's own unless HEIR_AS is "stock". Needs no heir_load(). JSON. */
HEIR_PUBLIC int heir_report_schema(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data);

#ifdef __cplusplus
}
#endif

#endif
