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

/* Before heir_load(): no other caller of this function writes to the node's configuration until
 * heir_unlock() or heir_ctx_unref(). The lock is a file below /run/heir of the node; with HEIR_ROOT
 * it is removed afterwards. Temporaries that a crash left beside the drop-ins more than an hour ago
 * are removed. Waits at most `ms` milliseconds. 0; -EAGAIN, another process holds it; -errno, with
 * heir_error(). */
HEIR_PUBLIC int heir_lock(struct heir_ctx *ctx, unsigned ms);
HEIR_PUBLIC void heir_unlock(struct heir_ctx *ctx);

/* Reads what the running CRI-O answered to GET /config: a file of this machine, whatever HEIR_ROOT
 * is; "-": standard input. 0; -errno, with heir_error(). */
HEIR_PUBLIC int heir_read_live(struct heir_ctx *ctx, const char *path);

/* Asks the CRI-O of this machine instead, on the unix socket `socket` (NULL: the one that the
 * loaded configuration names) through `program`, heir-fetch, which is run as it is; for 5 seconds
 * and 16 MiB at most. The files are then loaded and resolved again with the flags and the
 * environment that this CRI-O was started with, unless HEIR_CRIO_ARGS or HEIR_NO_UNIT is set. 0;
 * -EINVAL, for a node that is none; -errno, with heir_error(). */
HEIR_PUBLIC int heir_fetch_live(struct heir_ctx *ctx, const char *program, const char *socket);

/* What the running CRI-O has, as it was read, against what was resolved: missing and
 * additional handlers, and fields that differ. HEIR_AS "stock" is what it would have if it were
 * started now. `root` is what the report calls HEIR_ROOT; NULL: this machine. TEXT or JSON
 * (heir.drift/1). Of a CRI-O that was asked with heir_fetch_live() living containers are compared
 * too, and it is told if it was only reloaded, so that it runs with other handlers than it prints.
 * 1: something differs, or CRI-O would not start; 0: nothing; -EIO: containers could not be
 * compared, after the report; -EBADMSG: what was read is no configuration as CRI-O prints it;
 * -EINVAL; -ENOMEM; what `write` returned. */
HEIR_PUBLIC int heir_report_drift(struct heir_ctx *ctx, const char *root,
	const struct heir_style *style, heir_write_fn write, void *data);

/* How CRI-O is told. */
enum heir_reload {
	HEIR_RELOAD_NONE,
	HEIR_RELOAD_AUTO, /* what lets its release run the handlers */
	HEIR_RELOAD_SIGHUP,
	HEIR_RELOAD_RESTART,
};

/* Whether the runtime_path of handlers that inherit leads to heir-runtime. */
enum heir_late_how {
	HEIR_LATE_KEEP,
	HEIR_LATE_ON,
	HEIR_LATE_OFF,
};

struct heir_apply_how {
	size_t size;  /* sizeof(struct heir_apply_how) */
	bool dry_run; /* tells what would change, and writes nothing */
	bool force;   /* even if living containers are orphaned */
	/* Even if CRI-O then lacks handlers that the old file defines. */
	bool allow_removal;
	const char *root; /* what the report calls HEIR_ROOT; NULL: this machine */
	/* NONE below a HEIR_ROOT. systemctl is looked for in HEIR_PATH, and only one is run that
	 * nobody but root may write. */
	enum heir_reload reload;
	const char *fetch, *socket; /* as in heir_fetch_live(); not for NONE */
	/* It was written, and this is to look whether the files changed meanwhile: that they did
	 * not is not told. */
	bool again;
	/* Binding handlers late: as it is on the node, or from now on, or no longer. */
	enum heir_late_how late;
	const char
		*runtime; /* heir-runtime as the node sees it; NULL: no handler can be bound late */
};

/* Writes what heir_report_render() gives to where it belongs, below HEIR_ROOT or on this machine,
 * after it was read back with stock semantics; all of it or nothing, and nothing if the bytes are
 * there already. Prints what it did, or the plan. If CRI-O runs and would do other than it does it
 * is restarted, and asked; if it lacks a handler or gives it another field the old file is put
 * back, and CRI-O restarted again. A caller that must not be ended in between blocks its signals:
 * waiting ends soon if SIGINT, SIGTERM or SIGHUP is pending. TEXT or JSON (heir.apply/1, also after
 * a refusal). 1: written, or would be; 0: nothing to change; -ECANCELED: refused or rolled back,
 * and CRI-O runs as before; heir_error() says why; -ENOTEMPTY: refused, because CRI-O could no
 * longer operate living containers (heir_error_detail() has the first), or because they cannot be
 * listed; -EINVAL: HEIR_AS "stock", HEIR_DEFAULT_RUNTIME or objects; -errno, with heir_error(): it
 * cannot be written, or CRI-O does not run after a rollback. What a drop-in cannot say becomes
 * diagnostics. */
HEIR_PUBLIC int heir_apply(struct heir_ctx *ctx, const struct heir_apply_how *how,
	const struct heir_style *style, heir_write_fn write, void *data);

enum heir_metrics_of { HEIR_METRICS_APPLY, HEIR_METRICS_DRIFT, HEIR_METRICS_FLEET };

/* How the last heir_apply(), heir_report_drift() or heir_fleet() of this context ended, as a text
 * for Prometheus: when, `time` in seconds since 1970, with which result, what became of the
 * handlers, and how the running CRI-O differs, if it was asked. That neither was come to is a
 * failure, and told as one, in whatever state the context is. 0; -ENOMEM; what `write` returned. */
HEIR_PUBLIC int heir_report_metrics(struct heir_ctx *ctx, enum heir_metrics_of of, int64_t time,
	heir_write_fn write, void *data);

/* The living containers of CRI-O with pod, handler, runtime_root and the runtime that created each:
 * for one whose handler is bound late the recorded one. On this machine processes and bundles are
 * read, and CRI-O is asked by `fetch` and `socket` (as in heir_fetch_live()) for what these do not
 * tell; below HEIR_ROOT each state directory counts as one. TEXT or JSON (heir.containers/1). 0;
 * -EINVAL with objects; -EIO: a source does not answer, heir_error() says which; -ENOMEM; what
 * `write` returned. */
HEIR_PUBLIC int heir_report_containers(struct heir_ctx *ctx, const char *fetch, const char *socket,
	const struct heir_style *style, heir_write_fn write, void *data);

#ifdef __cplusplus
}
#endif

#endif
