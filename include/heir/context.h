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

/* Makes a context with one reference. 0 or -ENOMEM. */
HEIR_PUBLIC int heir_ctx_new(struct heir_ctx **ret);
/* Adds a reference and returns the context; NULL for NULL. References are counted without a lock,
 * as everything of a context is for one thread at a time. */
HEIR_PUBLIC struct heir_ctx *heir_ctx_ref(struct heir_ctx *ctx);
/* Drops a reference, and frees the context with the last. Accepts NULL. Returns NULL. */
HEIR_PUBLIC struct heir_ctx *heir_ctx_unref(struct heir_ctx *ctx);

enum heir_setting_id {
	HEIR_ROOT,         /* directory that stands for "/"; nothing outside it is looked at */
	HEIR_PATH,         /* $PATH for look-ups; crio.service's when not set */
	HEIR_CONFIG,       /* crio.conf; then it must exist. Wins over --config of CRI-O */
	HEIR_CONFIG_DIR,   /* crio.conf.d */
	HEIR_SOURCE_DIR,   /* heir.d */
	HEIR_CRIO_VERSION, /* "1.34" (its last patch release) or "1.34.2". Not set: what the Nodes
			      of HEIR_INPUT tell; without HEIR_INPUT and HEIR_ROOT what
			      `crio --version` says; else the newest is assumed, and
			      heir_assumed_release() says so */
	HEIR_AS,           /* "heir" or "stock" */
	HEIR_FACTS,        /* file of this machine with the node's facts; "-": standard input */
	HEIR_ENV,          /* "NAME=VALUE"; may be given many times */
	HEIR_DEFAULT_RUNTIME, /* what if default_runtime were this */
	HEIR_VENDOR_GLOB,     /* more files of crio.conf.d that vendors write; many times */
	HEIR_INPUT, /* objects (YAML or JSON): a file, a directory, "-"; many times. What they bring
		       lies over HEIR_ROOT; without one the node has nothing else, and other paths
		       are taken to be there */
	HEIR_POOL,  /* the MachineConfigPool of the node, where the objects tell of several */
	HEIR_CACHE, /* directory for what runtimes told; used only if it is the process's own */
	HEIR_CRIO_ARGS, /* the flags that CRI-O is started with, not those of crio.service */
	HEIR_NO_UNIT,   /* crio.service is not read: CRI-O has no flags. The value says nothing */
	HEIR_FLATTEN,   /* render writes values, not inherit_default_runtime; no value */
	HEIR_KNOWN,     /* a path of HEIR_ROOT: only what is below it is known of the node */
	HEIR_WITHOUT,   /* what if this file, or name in crio.conf.d, were not there; many times */
	HEIR_OCP,   /* "4.20": instead of HEIR_CRIO_VERSION, the release that this OpenShift has */
	HEIR_OS,    /* "rhel-10", or a file with a list of the paths of the node's image */
	HEIR_FOR,   /* several releases instead of one: "1.31..1.36", "4.18..5.1", or a list with
		       commas. heir_load() is for the first, heir_check() and heir_fix() for all */
	HEIR_LATE,  /* render binds handlers late: the path of heir-runtime on the node */
	HEIR_ABOUT, /* a file of the node: heir_check() reports of others only what stops CRI-O */
	HEIR_N_SETTING_IDS,
};

/* Before heir_load(). 0; -EINVAL for a value that cannot be, with heir_error() saying why; -errno
 * where HEIR_ROOT or HEIR_FACTS cannot be opened; -ENOMEM. Nothing is run here. HEIR_CRIO_VERSION
 * may be "auto": then heir_load() and heir_report_schema() run `crio --version`, with the crio of
 * HEIR_PATH, and fail if that does not say the version; not beside a HEIR_ROOT, for which nothing
 * is run. Beside a HEIR_INPUT it is what the Nodes of the pool say, and heir_load() fails where
 * they do not. */
HEIR_PUBLIC int heir_set(struct heir_ctx *ctx, enum heir_setting_id id, const char *value);

/* More objects, besides those of HEIR_INPUT: a text, of which a copy is kept. `name` stands for the
 * file in messages. Before heir_load() or heir_fleet(). 0, or -ENOMEM; -EINVAL: a HEIR_ROOT is set.
 */
HEIR_PUBLIC int heir_add_objects(
	struct heir_ctx *ctx, const char *name, const char *text, size_t len);

/* Unpacks the archive that the descriptor `fd` reads (tar, also compressed with gzip, bzip2, xz or
 * zstd) through `program`, heir-unpack, which is run as it is, into a private directory in `tmp`,
 * an absolute path: all of it, or what may hold objects. From then on HEIR_ROOT and HEIR_INPUT of
 * this context and its copies mean that directory by `name`, and so do messages. It is removed by
 * heir_close_archives() or heir_ctx_unref(), and when the process ends, however it does. The
 * archive may be hostile: nothing is written outside the directory, and sizes, numbers and depth
 * are bounded. 0; -EBADMSG: it is no such archive, or refused; -errno; with heir_error(). */
HEIR_PUBLIC int heir_open_archive(struct heir_ctx *ctx, const char *name, int fd, bool objects,
	const char *program, const char *tmp);
/* The directory that the name of an archive stands for; NULL: it is not open. */
HEIR_PUBLIC const char *heir_archive_dir(const struct heir_ctx *ctx, const char *name);
/* From now on it stands for `dir`, a directory below that one. `root`: it is a node's root, and
 * gets the links of the archive, which a reader that follows them by itself must not see. 0 or
 * -errno, with heir_error(). */
HEIR_PUBLIC int heir_use_archive(
	struct heir_ctx *ctx, const char *name, const char *dir, bool root);
/* Removes the directories of the archives that this context opened. */
HEIR_PUBLIC void heir_close_archives(struct heir_ctx *ctx);

/* What heir.toml, at the top of a repository, says of its nodes; NULL and empty lists where it says
 * nothing. */
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

/* Reads one. Nothing is applied to the context, which keeps the strings. 0; -EINVAL: it is not what
 * heir.toml may be, and heir_error() says where; -EPERM: it is neither root's nor the caller's;
 * -errno. */
HEIR_PUBLIC int heir_read_project(struct heir_ctx *ctx, const char *path, struct heir_project *ret);

/* Back to what it is when it was never set. */
HEIR_PUBLIC void heir_unset(struct heir_ctx *ctx, enum heir_setting_id id);

/* A new context with the settings of `ctx`, and nothing loaded: to ask the same question with one
 * answer changed. It uses strings and facts of `ctx`, which must outlive it; that is all that the
 * two share, and both only read them: several threads may copy `ctx` and use a copy each, while
 * nobody changes it. 0, -ENOMEM, or -errno where HEIR_ROOT cannot be held a second time. */
HEIR_PUBLIC int heir_ctx_copy(const struct heir_ctx *ctx, struct heir_ctx **ret);

/* The value of variables that HEIR_ENV does not name, for ${VAR}; without it they are unset. */
HEIR_PUBLIC void heir_set_getenv(
	struct heir_ctx *ctx, const char *(*get)(void *data, const char *name), void *data);

/* Something that was looked at on the way to an answer. Strings live for the call. */
struct heir_trace_event {
	/* "release", "path", "os", "pool", "objects", "file", "facts", "fact", "binary", "probe",
	 * "step": one of these, or one that a later version adds. */
	const char *kind;
	const char *name;    /* of what: a path, "cpu.cpuid", "load" */
	const char *outcome; /* one word: "read", "missing", "skipped", "failed", "ran", ... */
	const char *why;     /* more words; NULL: none */
	uint64_t ns;         /* how long it took, by a clock that only goes forward; 0: no time */
};

typedef void (*heir_trace_fn)(void *data, const struct heir_trace_event *event);

/* From now on `trace` (NULL: nobody) is told which files, facts and programs are looked at and how
 * long each took; what is skipped, too. It is called by the thread that uses the context, and must
 * not use the context itself; a copy of the context has none. Without it no clock is read. */
HEIR_PUBLIC void heir_set_trace(struct heir_ctx *ctx, heir_trace_fn trace, void *data);

/* Some times a second, while the answer has to wait for something that may take long, a program
 * that was asked, CRI-O, a lock, `wait` (NULL: nobody) is told what it is: "/usr/bin/crun
 * features". Otherwise as heir_set_trace(). */
typedef void (*heir_wait_fn)(void *data, const char *what);
HEIR_PUBLIC void heir_set_wait(struct heir_ctx *ctx, heir_wait_fn wait, void *data);

/* Reads the files. 0, or -errno; a file that is there and cannot be read is -EIO, -EACCES and so
 * on, and a diagnostic too. */
HEIR_PUBLIC int heir_load(struct heir_ctx *ctx);
/* Resolves what was read. Conditions ask HEIR_FACTS; without it and without HEIR_ROOT this machine,
 * of which only what they ask for is looked at. 0 or -ENOMEM. */
HEIR_PUBLIC int heir_resolve(struct heir_ctx *ctx);

/* The MachineConfigPools that the objects of HEIR_INPUT are for, in byte order: after heir_load(),
 * also where it failed because one of them has to be named with HEIR_POOL. */
HEIR_PUBLIC size_t heir_n_pools(const struct heir_ctx *ctx);
/* NULL: there is no such number. */
HEIR_PUBLIC const char *heir_pool_at(const struct heir_ctx *ctx, size_t i);

/* After heir_load(): true if HEIR_ROOT has configuration and no programs: of these is assumed that
 * they are there. */
HEIR_PUBLIC bool heir_assumes_programs(const struct heir_ctx *ctx);
/* After heir_load(): true if the objects give the node of the pool no file at all. */
HEIR_PUBLIC bool heir_pool_is_empty(const struct heir_ctx *ctx);
/* After heir_load(): false if HEIR_POOL names a pool that none of the objects is about, neither
 * master nor worker. That may be right, and may be a slip of the fingers. */
HEIR_PUBLIC bool heir_pool_is_known(const struct heir_ctx *ctx);

/* After heir_load(): the release that was assumed because nothing told it, "1.37", and in *ret_why
 * (which may be NULL) what went wrong with asking, or NULL: there was nothing to ask. NULL: the
 * release is known. heir_apply() and heir_fix() refuse a release that is assumed. The strings live
 * as long as the context. */
HEIR_PUBLIC const char *heir_assumed_release(struct heir_ctx *ctx, const char **ret_why);

/* The last error in words, lower case; "" if there was none. */
HEIR_PUBLIC const char *heir_error(const struct heir_ctx *ctx);
/* One of the lines that an error is about, without an end of line: of containers at risk the first
 * ten and a count. NULL: there is no such number. */
HEIR_PUBLIC const char *heir_error_detail(const struct heir_ctx *ctx, size_t i);

/* ---- Places ---- */

/* A Kubernetes object that holds a file of the node, and where. */
struct heir_holder {
	const char *input;       /* as HEIR_INPUT named it; NULL: no object holds the file */
	const char *kind, *name; /* "MachineConfig", "99-gpu" */
	uint32_t line, column;   /* in the input */
};

struct heir_location {
	const char *file;                            /* NULL: no place */
	uint32_t line, column, end_line, end_column; /* 1-based, columns in characters; 0: none */
	/* Who wrote the file: "package"; "template" or "ctrcfg", which is the MCO; "operator",
	 * "user"; "rendered": the MCO, and it no longer tells for whom. NULL: nobody knows. */
	const char *author;
	struct heir_holder holder;
};

#ifdef __cplusplus
}
#endif

#endif
