/* SPDX-License-Identifier: Apache-2.0 */
/* The running CRI-O, and the drop-in on the node. Included by heir.h. */
#ifndef HEIR_HEIR_APPLY_H
#define HEIR_HEIR_APPLY_H

#include <heir/context.h>
#include <heir/output.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Applying ---- */

/* Locks the node's configuration against other callers of this function, until heir_unlock() or
 * heir_ctx_unref(). Call it before heir_load(). The lock is a file below /run/heir of the node;
 * with HEIR_ROOT it is removed afterwards. Also removes temporaries that a crash left more than an
 * hour ago. Waits at most `ms` milliseconds. Returns 0; -EAGAIN if another process holds the lock;
 * -errno with heir_error(). */
HEIR_PUBLIC int heir_lock(struct heir_ctx *ctx, unsigned ms);
HEIR_PUBLIC void heir_unlock(struct heir_ctx *ctx);

/* Reads a saved answer of the running CRI-O to GET /config. `path` is a file of this machine even
 * with HEIR_ROOT; "-": standard input. Returns 0, or -errno with heir_error(). */
HEIR_PUBLIC int heir_read_live(struct heir_ctx *ctx, const char *path);

/* Queries the CRI-O of this machine on the unix socket `socket` (NULL: the one in the loaded
 * configuration) through `program`, heir-fetch, which is run without further checks; at most 5 s
 * and 16 MiB. Then loads and resolves the files again with the flags and the environment of this
 * CRI-O, unless HEIR_CRIO_ARGS or HEIR_NO_UNIT is set. Returns 0; -EINVAL if the context is not for
 * this machine; -errno with heir_error(). */
HEIR_PUBLIC int heir_fetch_live(struct heir_ctx *ctx, const char *program, const char *socket);

/* Compares the running CRI-O, read before, with what was resolved: missing and additional handlers,
 * and fields that differ. With HEIR_AS "stock", compares with what CRI-O would have if it started
 * now. `root` is the name of HEIR_ROOT in the report; NULL: this machine. TEXT or JSON
 * (heir.drift/1). After heir_fetch_live(), running containers are compared too, and a CRI-O that
 * was only reloaded, and so prints other handlers than it uses, is reported. Returns 1 if something
 * differs or CRI-O would not start; 0 if nothing differs; -EIO, after the report, if containers
 * could not be compared; -EBADMSG if the answer is not a configuration of CRI-O; -EINVAL; -ENOMEM;
 * what `write` returned. */
HEIR_PUBLIC int heir_report_drift(struct heir_ctx *ctx, const char *root,
	const struct heir_style *style, heir_write_fn write, void *data);

/* How CRI-O is notified. */
enum heir_reload {
	HEIR_RELOAD_NONE,
	HEIR_RELOAD_AUTO, /* as its release needs it to use the handlers */
	HEIR_RELOAD_SIGHUP,
	HEIR_RELOAD_RESTART,
};

/* Whether the runtime_path of handlers that inherit is a link to heir-runtime. */
enum heir_late_how {
	HEIR_LATE_KEEP,
	HEIR_LATE_ON,
	HEIR_LATE_OFF,
};

struct heir_apply_how {
	size_t size;  /* sizeof(struct heir_apply_how) */
	bool dry_run; /* reports what would change, and writes nothing */
	bool force;   /* even if running containers are orphaned */
	/* Even if CRI-O loses handlers that the old file defines. */
	bool allow_removal;
	const char *root; /* name of HEIR_ROOT in the report; NULL: this machine */
	/* NONE with HEIR_ROOT. systemctl is searched in HEIR_PATH, and run only if no user other
	 * than root can write it. */
	enum heir_reload reload;
	const char *fetch, *socket; /* as in heir_fetch_live(); not for NONE */
	/* A repeated call, to see if the files have changed since the last: prints nothing if they
	 * have not. */
	bool again;
	/* Late binding: keep the node's state, turn it on, or turn it off. */
	enum heir_late_how late;
	const char
		*runtime; /* heir-runtime as the node sees it; NULL: no handler can be bound late */
};

/* Installs the output of heir_report_render(), below HEIR_ROOT or on this machine, after reading it
 * back with stock semantics. The file is replaced atomically, and not at all if the bytes are the
 * same. Prints what it did, or the plan. If CRI-O is running and its handlers would change, it is
 * restarted and queried; if a handler is missing or a field differs, the old file is restored and
 * CRI-O restarted again. A caller that must not be interrupted blocks its signals: waiting ends
 * soon if SIGINT, SIGTERM or SIGHUP is pending. TEXT or JSON (heir.apply/1, also after a refusal).
 * What a drop-in cannot express becomes diagnostics. Returns:
 *
 * 1: written, or would be;
 * 0: nothing to change;
 * -ECANCELED with heir_error(): refused or rolled back, and CRI-O runs as before;
 * -ENOTEMPTY: refused, because CRI-O could no longer operate running containers
 *	(heir_error_detail() has the first), or because they cannot be listed;
 * -EINVAL: HEIR_AS "stock", HEIR_DEFAULT_RUNTIME or objects;
 * -errno with heir_error(): it cannot be written, or CRI-O does not run after a rollback. */
HEIR_PUBLIC int heir_apply(struct heir_ctx *ctx, const struct heir_apply_how *how,
	const struct heir_style *style, heir_write_fn write, void *data);

enum heir_metrics_of { HEIR_METRICS_APPLY, HEIR_METRICS_DRIFT, HEIR_METRICS_FLEET };

/* Prints the outcome of the last heir_apply(), heir_report_drift() or heir_fleet() of this context
 * as metrics for Prometheus: `time`, in seconds since 1970, the result, the handlers, and how the
 * running CRI-O differs, if it was queried. If that function was not reached, the result is a
 * failure. Works in any state of the context. Returns 0; -ENOMEM; what `write` returned. */
HEIR_PUBLIC int heir_report_metrics(struct heir_ctx *ctx, enum heir_metrics_of of, int64_t time,
	heir_write_fn write, void *data);

/* Lists the running containers of CRI-O with pod, handler, runtime_root and the runtime that
 * created each; for a handler bound late, the recorded one. On this machine reads processes and
 * bundles, and queries CRI-O with `fetch` and `socket` (as in heir_fetch_live()) for what these
 * lack; with HEIR_ROOT, each state directory counts as a container. TEXT or JSON
 * (heir.containers/1). Returns 0; -EINVAL with objects; -EIO with heir_error() if a source does not
 * answer; -ENOMEM; what `write` returned. */
HEIR_PUBLIC int heir_report_containers(struct heir_ctx *ctx, const char *fetch, const char *socket,
	const struct heir_style *style, heir_write_fn write, void *data);

#ifdef __cplusplus
}
#endif

#endif
