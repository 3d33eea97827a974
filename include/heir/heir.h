/* SPDX-License-Identifier: Apache-2.0 */
/* libheir: resolves CRI-O's runtime handlers on a node, and shows where every value comes from.
 *
 *	struct heir_ctx *ctx;
 *	int r = heir_ctx_new(&ctx);
 *
 *	if (r == 0)
 *		r = heir_set(ctx, HEIR_ROOT, "/path/to/a/node");
 *	if (r == 0)
 *		r = heir_load(ctx);
 *	if (r == 0)
 *		r = heir_resolve(ctx);
 *	for (size_t i = 0; r == 0 && i < heir_n_handlers(ctx); i++)
 *		...
 *	heir_ctx_unref(ctx);
 *
 * Errors. A negative return value is a failure of the machine, -errno (-ENOMEM, -EIO, ...).
 * heir_error() returns the message, except for -ENOMEM, for -ERANGE of an index, and for what the
 * caller's own heir_write_fn returned. Errors in the user's files are diagnostics, and the call
 * succeeds; heir_fatal() returns whether they keep CRI-O from starting.
 *
 * Ownership. Everything that a context returns belongs to it, and lives until its last
 * heir_ctx_unref() or its next heir_load(). Repeated queries need no further memory. Strings are
 * UTF-8 and terminated unless documented otherwise. Strings from files can contain control
 * characters, which the reports escape. NUL, which TOML can express, is "\x00" in them; no name
 * passed by the caller matches such a string.
 *
 * Structs that the caller fills begin with `size`, the sizeof of the struct at compile time, and
 * are zero for defaults, so that a later library can add fields. A size smaller than in the
 * first release is -EINVAL. A nonzero field that this library does not know is -E2BIG.
 *
 * Threads. A context must not be used by two threads at once. Different contexts share nothing,
 * except that a copy made by heir_ctx_copy() reads the settings of the original. The library never
 * prints, never exits, does not read the environment, and has no global state.
 *
 * Processes. The library runs other programs (runtimes, crio, systemctl) and waits for them. If the
 * caller ignores SIGCHLD or sets SA_NOCLDWAIT, they are run below a helper process that waits for
 * them. A caller must not reap children that it did not start: their exit status would be lost, and
 * their output is not used (-ECHILD). */
#ifndef HEIR_HEIR_H
#define HEIR_HEIR_H

#include <heir/version.h>
#include <heir/context.h>
#include <heir/output.h>
#include <heir/findings.h>
#include <heir/handlers.h>
#include <heir/node.h>
#include <heir/compare.h>
#include <heir/apply.h>

#endif
