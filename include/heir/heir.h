/* SPDX-License-Identifier: Apache-2.0 */
/* libheir: what CRI-O's runtime handlers resolve to on a node, and where every value comes from.
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
 * Errors. A negative return is the machine's failure, -errno (-ENOMEM, -EIO, ...): heir_error() has
 * it in words, except for -ENOMEM, for the -ERANGE of an index, and for what the caller's own
 * heir_write_fn returned. What is wrong with the user's files is a diagnostic instead, and the call
 * succeeds; ask heir_fatal() whether CRI-O would start at all.
 *
 * Ownership. Everything that a context hands out belongs to it and lives until its last
 *heir_ctx_unref(), or until the next heir_load() of the same context; to ask again takes no more
 *memory. Strings are UTF-8 and terminated unless told otherwise; those that quote files may hold
 *control characters, which the reports escape. A NUL, which TOML can write, stands in them as
 *"\x00", and no name that you give means such a one.
 *
 * Structs that the caller fills begin with `size`, the sizeof of the struct that the caller was
 * compiled with, and are zero where nothing is wanted. So a later library can add fields. A size
 * below that of the first release is -EINVAL; -E2BIG if a field that this library does not know is
 * not zero.
 *
 * Threads. A context must not be used by two threads at once; different contexts share nothing,
 * but for one made by heir_ctx_copy(), which borrows the settings of the other. The library never
 * prints, never exits, reads no environment and has no global state.
 *
 * Processes. The library runs other programs (runtimes, crio, systemctl) and waits for them. A
 * caller may ignore SIGCHLD or set SA_NOCLDWAIT: the programs then run below a process that waits
 * for them. A caller must not reap children that it did not start: the exit status would be lost,
 * and what such a program said is not believed (-ECHILD). */
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
