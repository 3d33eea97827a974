/* SPDX-License-Identifier: Apache-2.0 */
/* A context: its settings, and what it loads. Included by heir.h. */
#ifndef HEIR_HEIR_CONTEXT_H
#define HEIR_HEIR_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <heir/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Context ---- */

struct heir_ctx;

/* Makes a context with one reference. Returns 0 or -ENOMEM. */
HEIR_PUBLIC int heir_ctx_new(struct heir_ctx **ret);
/* Adds a reference and returns the context; NULL for NULL. The counter is not locked: a context is
 * for one thread at a time. */
HEIR_PUBLIC struct heir_ctx *heir_ctx_ref(struct heir_ctx *ctx);
/* Drops a reference, and frees the context with the last. Accepts NULL. Returns NULL. */
HEIR_PUBLIC struct heir_ctx *heir_ctx_unref(struct heir_ctx *ctx);

enum heir_setting_id {
	HEIR_ROOT,         /* directory used as "/"; nothing outside it is read */
	HEIR_PATH,         /* $PATH for look-ups; crio.service's when not set */
	HEIR_CONFIG,       /* crio.conf, which must exist. Overrides --config of CRI-O */
	HEIR_CONFIG_DIR,   /* crio.conf.d */
	HEIR_SOURCE_DIR,   /* heir.d */
	HEIR_CRIO_VERSION, /* "1.34" (its last patch release) or "1.34.2". Not set: the release of
			      the Nodes of HEIR_INPUT; without HEIR_INPUT and HEIR_ROOT,
			      of `crio --version`; else the newest is assumed, and
			      heir_assumed_release() returns it */
	HEIR_AS,           /* "heir" or "stock" */
	HEIR_FACTS,        /* file of this machine with the node's facts; "-": standard input */
	HEIR_ENV,          /* "NAME=VALUE"; may be given many times */
	HEIR_DEFAULT_RUNTIME, /* what if default_runtime were this */
	HEIR_VENDOR_GLOB,     /* more files of crio.conf.d to treat as a vendor's; many times */
	HEIR_INPUT, /* objects (YAML or JSON): a file, a directory, "-"; many times. Their files are
		       laid over HEIR_ROOT; without one the node has no other files, and other
		       paths are assumed to exist */
	HEIR_POOL,  /* the MachineConfigPool of the node, if the objects are for several */
	HEIR_CACHE, /* cache of runtimes' features; used only if the process's user owns it */
	HEIR_CRIO_ARGS, /* the flags of CRI-O, instead of those of crio.service */
	HEIR_NO_UNIT,   /* crio.service is not read: CRI-O has no flags. The value is ignored */
	HEIR_FLATTEN,   /* render writes values, not inherit_default_runtime; no value */
	HEIR_KNOWN,     /* a path of HEIR_ROOT: only what is below it is known of the node */
	HEIR_WITHOUT,   /* what if this file, or name in crio.conf.d, did not exist; many times */
	HEIR_OCP,       /* "4.20": instead of HEIR_CRIO_VERSION: the release in this OpenShift */
	HEIR_OS,        /* "rhel-10", or a file with a list of the paths of the node's image */
	HEIR_FOR,   /* several releases instead of one: "1.31..1.36", "4.18..5.1", or a list with
		       commas. heir_load() is for the first, heir_check() and heir_fix() for all */
	HEIR_LATE,  /* render binds handlers late: the path of heir-runtime on the node */
	HEIR_ABOUT, /* a file of the node: from others, heir_check() reports only what stops CRI-O
		     */
	HEIR_N_SETTING_IDS,
};

/* Sets `id`; call it before heir_load(). Runs no program. Returns 0; -EINVAL with heir_error() for
 * an invalid value; -errno if HEIR_ROOT or HEIR_FACTS cannot be opened; -ENOMEM.
 *
 * HEIR_CRIO_VERSION can be "auto": heir_load() and heir_report_schema() then run `crio --version`,
 * with the crio in HEIR_PATH, and fail if it does not print the version. With HEIR_INPUT, the
 * release is the one of the pool's Nodes, and heir_load() fails if they have none. "auto" cannot be
 * combined with HEIR_ROOT, for which no program is run. */
HEIR_PUBLIC int heir_set(struct heir_ctx *ctx, enum heir_setting_id id, const char *value);

/* Adds objects to those of HEIR_INPUT: `text`, which is copied. `name` is used as the file name in
 * messages. Call it before heir_load() or heir_fleet(). Returns 0; -EINVAL if HEIR_ROOT is set;
 * -ENOMEM. */
HEIR_PUBLIC int heir_add_objects(
	struct heir_ctx *ctx, const char *name, const char *text, size_t len);

/* Unpacks an archive (tar, also compressed with gzip, bzip2, xz or zstd) into a private directory
 * in `tmp`, an absolute path. `fd` is read by `program`, heir-unpack, which is run without further
 * checks. `objects`: unpacks only files that may contain objects. In HEIR_ROOT and HEIR_INPUT of
 * this context and its copies, and in messages, `name` then refers to the directory. It is removed
 * by heir_close_archives() or heir_ctx_unref(), and when the process ends in any way. The archive
 * may be hostile: nothing is written outside the directory, and sizes, numbers and depth are
 * bounded. Returns 0; with heir_error(), -EBADMSG if it is not such an archive or is refused, or
 * -errno. */
HEIR_PUBLIC int heir_open_archive(struct heir_ctx *ctx, const char *name, int fd, bool objects,
	const char *program, const char *tmp);
/* Returns the directory of the archive `name`, or NULL if it is not open. */
HEIR_PUBLIC const char *heir_archive_dir(const struct heir_ctx *ctx, const char *name);
/* Makes `name` refer to `dir`, a directory below the archive's. `root`: `dir` is a node's root, so
 * the links of the archive are created too; readers that follow links themselves must not see them.
 * Returns 0, or -errno with heir_error(). */
HEIR_PUBLIC int heir_use_archive(
	struct heir_ctx *ctx, const char *name, const char *dir, bool root);
/* Removes the directories of the archives that this context opened. */
HEIR_PUBLIC void heir_close_archives(struct heir_ctx *ctx);

/* The content of heir.toml, at the top of a repository; NULL and empty lists for missing keys. */
struct heir_project_list {
	const char **words;
	size_t n;
};
struct heir_project {
	const char *crio_version, *ocp, *os;    /* as HEIR_CRIO_VERSION, HEIR_OCP and HEIR_OS */
	struct heir_project_list roots, inputs; /* patterns for HEIR_ROOT and HEIR_INPUT: paths
						   below the directory of the file */
	struct heir_project_list pools, skip;   /* names of pools; ids of rules */
	bool strict;
};

/* Reads a heir.toml without applying it to the context, which owns the strings. Returns 0; -EINVAL
 * with heir_error() if the content is not valid; -EPERM if the owner is neither root nor the
 * caller; -errno. */
HEIR_PUBLIC int heir_read_project(struct heir_ctx *ctx, const char *path, struct heir_project *ret);

/* Restores the default of `id`. */
HEIR_PUBLIC void heir_unset(struct heir_ctx *ctx, enum heir_setting_id id);

/* Makes a context with the settings of `ctx` and nothing loaded, to query the same node with one
 * setting changed. The copy reads strings and facts of `ctx`, which must outlive it. Several
 * threads may copy `ctx` and use one copy each, as long as no thread changes `ctx`. Returns 0;
 * -ENOMEM; -errno if the descriptor of HEIR_ROOT cannot be duplicated. */
HEIR_PUBLIC int heir_ctx_copy(const struct heir_ctx *ctx, struct heir_ctx **ret);

/* Sets the source of variables that HEIR_ENV does not name, for ${VAR}; without it, they are unset.
 */
HEIR_PUBLIC void heir_set_getenv(
	struct heir_ctx *ctx, const char *(*get)(void *data, const char *name), void *data);

/* A file, program or fact that was used for an answer. Strings are valid during the call. */
struct heir_trace_event {
	/* "release", "path", "os", "pool", "objects", "file", "facts", "fact", "binary", "probe",
	 * "step": one of these, or one that a later version adds. */
	const char *kind;
	const char *name;    /* of what: a path, "cpu.cpuid", "load" */
	const char *outcome; /* one word: "read", "missing", "skipped", "failed", "ran", ... */
	const char *why;     /* more words; NULL: none */
	uint64_t ns;         /* duration, by a monotonic clock; 0: not measured */
};

typedef void (*heir_trace_fn)(void *data, const struct heir_trace_event *event);

/* Sets a callback for files, facts and programs that are used or skipped, with the time each took;
 * NULL turns tracing off. `trace` is called in the thread that uses the context, and must not use
 * the context. Copies of the context do not trace. Without a callback no clock is read. */
HEIR_PUBLIC void heir_set_trace(struct heir_ctx *ctx, heir_trace_fn trace, void *data);

/* Sets a callback that is called several times per second while the library waits for a program,
 * CRI-O or a lock; `what` names it, as in "/usr/bin/crun features". NULL turns it off. Otherwise as
 * heir_set_trace(). */
typedef void (*heir_wait_fn)(void *data, const char *what);
HEIR_PUBLIC void heir_set_wait(struct heir_ctx *ctx, heir_wait_fn wait, void *data);

/* Reads the files, as CRI-O does at its start. Returns 0 or -errno; a file that exists and cannot
 * be read is -EIO, -EACCES and so on, and a diagnostic too. */
HEIR_PUBLIC int heir_load(struct heir_ctx *ctx);
/* Resolves the loaded configuration. Conditions use HEIR_FACTS; without it and without HEIR_ROOT,
 * only the facts of this machine that they name are read. Returns 0 or -ENOMEM. */
HEIR_PUBLIC int heir_resolve(struct heir_ctx *ctx);

/* Returns the number of MachineConfigPools that the objects of HEIR_INPUT are for. Call it after
 * heir_load(), even if that failed because HEIR_POOL has to name one of them. */
HEIR_PUBLIC size_t heir_n_pools(const struct heir_ctx *ctx);
/* Returns the name of pool `i`, in byte order; NULL if `i` is out of range. */
HEIR_PUBLIC const char *heir_pool_at(const struct heir_ctx *ctx, size_t i);

/* After heir_load(): true if HEIR_ROOT has configuration but no programs, so that these are assumed
 * to exist. */
HEIR_PUBLIC bool heir_assumes_programs(const struct heir_ctx *ctx);
/* After heir_load(): true if the objects have no file for the node of the pool. */
HEIR_PUBLIC bool heir_pool_is_empty(const struct heir_ctx *ctx);
/* After heir_load(): false if HEIR_POOL is neither master, worker nor a pool of one of the objects.
 * This can be intended or a typing error. */
HEIR_PUBLIC bool heir_pool_is_known(const struct heir_ctx *ctx);

/* After heir_load(): returns the release that was assumed, such as "1.37"; NULL if it is known.
 * *ret_why (`ret_why` may be NULL) is why it could not be found out, or NULL if no source exists.
 * heir_apply() and heir_fix() refuse an assumed release. The strings live as long as the context.
 */
HEIR_PUBLIC const char *heir_assumed_release(struct heir_ctx *ctx, const char **ret_why);

/* Returns the message of the last error, in lower case; "" if there was none. */
HEIR_PUBLIC const char *heir_error(const struct heir_ctx *ctx);
/* Returns line `i` of the details of the last error, without a newline: the first ten containers at
 * risk and a count. NULL if `i` is out of range. */
HEIR_PUBLIC const char *heir_error_detail(const struct heir_ctx *ctx, size_t i);

/* ---- Places ---- */

/* A Kubernetes object that holds a file of the node, and where. */
struct heir_holder {
	const char *input;       /* as HEIR_INPUT named it; NULL: the file is not from an object */
	const char *kind, *name; /* "MachineConfig", "99-gpu" */
	uint32_t line, column;   /* in the input */
};

struct heir_location {
	const char *file;                            /* NULL: no place */
	uint32_t line, column, end_line, end_column; /* 1-based, columns in characters; 0: none */
	/* The author of the file: "package"; "template" or "ctrcfg", the MCO; "operator"; "user";
	 * "rendered": a rendered MachineConfig, which does not name it. NULL: not known. */
	const char *author;
	struct heir_holder holder;
};

#ifdef __cplusplus
}
#endif

#endif
