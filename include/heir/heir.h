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
 *	heir_ctx_free(ctx);
 *
 * Errors. A negative return is the machine's failure, -errno (-ENOMEM, -EIO, ...): heir_error() has
 * it in words, except for -ENOMEM, for the -ERANGE of an index, and for what the caller's own
 * heir_write_fn returned. What is wrong with the user's files is a diagnostic instead, and the call
 * succeeds; ask heir_fatal() whether CRI-O would start at all.
 *
 * Ownership. Everything that a context hands out belongs to it and lives until heir_ctx_free(), or
 * until the next heir_load() of the same context; to ask again takes no more memory. Strings are
 * UTF-8 and terminated unless told otherwise; those that quote files may hold control characters,
 * which the reports escape. A NUL, which TOML can write, stands in them as "\x00", and no name that
 * you give means such a one.
 *
 * Threads. A context must not be used by two threads at once; different contexts share nothing,
 * but for one made by heir_ctx_copy(), which borrows the settings of the other. The library never
 * prints, never exits, reads no environment and has no global state.
 *
 * Processes. The library runs other programs (runtimes, crio, systemctl) and waits for them. A
 * caller must not ignore SIGCHLD, set SA_NOCLDWAIT or reap children that it did not start: the exit
 * status would be lost, and what such a program said is not believed (-ECHILD). */
#ifndef HEIR_HEIR_H
#define HEIR_HEIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HEIR_PUBLIC __attribute__((visibility("default")))

/* The version that was compiled against; heir_version() is the one that runs. */
#define HEIR_VERSION_MAJOR 0
#define HEIR_VERSION_MINOR 1
#define HEIR_VERSION_PATCH 0

HEIR_PUBLIC const char *heir_version(void);

/* How this library was built. It tells no time, place or path: the same sources built with the same
 * tools say the same. */
struct heir_build_info {
	const char *type;       /* meson's name for it: "release", "debug", "plain", ... */
	const char *machine;    /* "x86_64-linux" */
	bool is_static;         /* the program that asks was linked statically */
	bool has_assertions;    /* NDEBUG was not set */
	bool has_fetch;         /* heir-fetch was built beside it */
	const char *sanitizers; /* "address,undefined"; NULL: none */
};

/* Cannot fail. */
HEIR_PUBLIC void heir_build_info(struct heir_build_info *ret);

/* What it was built with, and uses. */
struct heir_build_part {
	const char *kind;    /* "compiler", "libc", "library", or "heir-fetch": a library of that */
	const char *name;    /* "gcc", "glibc", "jansson", ... */
	const char *version; /* of libraries as they say at run time; NULL: it does not tell */
};

/* 0, or -ERANGE: there are no more. */
HEIR_PUBLIC int heir_build_part_at(size_t i, struct heir_build_part *ret);

/* The one of n names that was probably meant by another, by their letters; NULL: none is near. */
HEIR_PUBLIC const char *heir_nearest(const char *wanted, const char *const *names, size_t n);

/* The releases of CRI-O that are known, 1.MINOR, the oldest first; 0: there are no more. */
HEIR_PUBLIC unsigned heir_release_minor(size_t i);

/* ---- Context ---- */

struct heir_ctx;

/* 0 or -ENOMEM. */
HEIR_PUBLIC int heir_ctx_new(struct heir_ctx **ret);
/* Takes NULL, returns NULL. */
HEIR_PUBLIC struct heir_ctx *heir_ctx_free(struct heir_ctx *ctx);

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
	HEIR_OCP, /* "4.20": instead of HEIR_CRIO_VERSION, the release that this OpenShift has */
	HEIR_OS,  /* "rhel-10", or a file with a list of the paths of the node's image */
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

/* Before heir_load() of `ctx`, after that of `other`: the release of `other`, unless it is assumed,
 * is that of `ctx` where neither HEIR_CRIO_VERSION nor Nodes tell it. */
HEIR_PUBLIC void heir_set_release_of(struct heir_ctx *ctx, const struct heir_ctx *other);

/* The last error in words, lower case; "" if there was none. */
HEIR_PUBLIC const char *heir_error(const struct heir_ctx *ctx);
/* One of the lines that an error is about, without an end of line: of containers at risk the first
 * ten and a count. NULL: there is no such number. */
HEIR_PUBLIC const char *heir_error_detail(const struct heir_ctx *ctx, size_t i);

/* ---- Diagnostics ---- */

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

struct heir_diagnostic {
	const char *rule; /* "parent-unknown"; ids never change */
	char severity; /* F CRI-O does not start, D handler dropped, E error, W warning, I note */
	const char *level; /* "error", "warning" or "note" */
	const char *message;
	const char *help;    /* NULL: none */
	const char *handler; /* NULL: about no handler */
	struct heir_location where;
};

/* In order of file and place. */
HEIR_PUBLIC size_t heir_n_diagnostics(struct heir_ctx *ctx);
/* 0, -ERANGE or -ENOMEM. */
HEIR_PUBLIC int heir_diagnostic_at(struct heir_ctx *ctx, size_t i, struct heir_diagnostic *ret);

/* Would CRI-O not start? Then *ret (which may be NULL) is the first reason. After heir_load() that
 * speaks of reading the files alone, after heir_resolve() of everything that CRI-O checks. */
HEIR_PUBLIC bool heir_fatal(struct heir_ctx *ctx, struct heir_diagnostic *ret);
/* All reasons: how many, and each. 0, -ERANGE or -ENOMEM. */
HEIR_PUBLIC size_t heir_n_stops(struct heir_ctx *ctx);
HEIR_PUBLIC int heir_stop_at(struct heir_ctx *ctx, size_t i, struct heir_diagnostic *ret);
/* The verdict as a sentence without a full stop: "CRI-O 1.34 would not start: 2 reasons". "" where
 * CRI-O would start. Lives until the context is freed or loaded again. NULL: no memory. */
HEIR_PUBLIC const char *heir_verdict(struct heir_ctx *ctx);

/* A second place that a diagnostic is about. */
struct heir_related {
	const char *message;
	struct heir_location where;
};

/* Of diagnostic number `i`. 0, -ERANGE (also where there are no more) or -ENOMEM. */
HEIR_PUBLIC int heir_diagnostic_related(
	struct heir_ctx *ctx, size_t i, size_t n, struct heir_related *ret);

/* ---- Check ---- */

/* Once after each heir_load(): looks for everything that is wrong with what it read, also where it
 * failed because a file could not be read, and resolves it. What it finds takes the place of the
 * diagnostics: those of the rules `only` (all, if there are none), without those of `skip`, and
 * without what comments in the files ask to ignore. 0; -ENOENT: no such rule, heir_error() names
 * the nearest; -EINVAL: nothing was loaded; -ENOMEM. */
HEIR_PUBLIC int heir_check(struct heir_ctx *ctx, const char *const *only, size_t n_only,
	const char *const *skip, size_t n_skip);

struct heir_rule_info {
	const char *id;
	char severity;
	const char *level;   /* as above */
	const char *meaning; /* one line */
};

HEIR_PUBLIC size_t heir_n_rules(void);
/* 0 or -ERANGE. */
HEIR_PUBLIC int heir_rule_at(size_t i, struct heir_rule_info *ret);

/* ---- Mends, after heir_check() ---- */

/* Finds out which of the findings can be mended in the files without changing anything: what an
 * unmodified CRI-O and what heir make of every handler is the same before and after, and no error
 * is new, which is proved by resolving the mended texts. Writes nothing. 0; -EINVAL, with
 * heir_error(): nothing was checked, or HEIR_DEFAULT_RUNTIME supposes something; -errno. */
HEIR_PUBLIC int heir_fix(struct heir_ctx *ctx);

struct heir_fix_info {
	size_t diagnostic;  /* number of the finding */
	const char *reason; /* why it is not mended; NULL: it can be, or has been */
};

/* The findings that offer a mend, until the next heir_load(). */
HEIR_PUBLIC size_t heir_n_fixes(struct heir_ctx *ctx);
/* 0 or -ERANGE. */
HEIR_PUBLIC int heir_fix_at(struct heir_ctx *ctx, size_t i, struct heir_fix_info *ret);

/* Writes what heir_fix() found, each file at once or not at all; a file that is no longer what was
 * read is left alone, and so are those after it. 0; -errno with heir_error(), -ESTALE for such a
 * file. What has been written then is told by heir_report_fixes(). */
HEIR_PUBLIC int heir_write_fixes(struct heir_ctx *ctx);
/* From now on heir_load() reads the mended texts instead of the files: to see what would be left to
 * find. */
HEIR_PUBLIC void heir_try_fixes(struct heir_ctx *ctx);

/* ---- Applying ---- */

/* Before heir_load(): no other caller of this function writes to the node's configuration until
 * heir_unlock() or heir_ctx_free(). The lock is a file below /run/heir of the node; with HEIR_ROOT
 * it is removed afterwards. Temporaries that a crash left beside the drop-ins more than an hour ago
 * are removed. Waits at most `ms` milliseconds. 0; -EAGAIN, another process holds it; -errno, with
 * heir_error(). */
HEIR_PUBLIC int heir_lock(struct heir_ctx *ctx, unsigned ms);
HEIR_PUBLIC void heir_unlock(struct heir_ctx *ctx);

/* ---- Handlers, after heir_resolve() ---- */

/* The handler that default_runtime names; NULL when CRI-O would not start. */
HEIR_PUBLIC const char *heir_default_runtime(struct heir_ctx *ctx);

/* Handlers in byte order of their names, dropped ones included; none when CRI-O would not start. */
HEIR_PUBLIC size_t heir_n_handlers(struct heir_ctx *ctx);

struct heir_handler_info {
	const char *name;
	bool dropped;
	const char *reason; /* NULL unless dropped */
	const char *parent; /* NULL: none */
	const char
		*via; /* "inherit", "inherit_when", "inherit_default_runtime", "implicit", "none" */
};

/* 0, -ERANGE or -ENOMEM. */
HEIR_PUBLIC int heir_handler_at(struct heir_ctx *ctx, size_t i, struct heir_handler_info *ret);
/* The index of a name for the calls above and below; -ENOENT if there is none; -ENOMEM. */
HEIR_PUBLIC int heir_handler_find(struct heir_ctx *ctx, const char *name, size_t *ret);

/* The fields of a handler, in the order in which they are shown. */
HEIR_PUBLIC size_t heir_n_fields(void);
/* NULL: no such field. */
HEIR_PUBLIC const char *heir_field_name(size_t field);
/* One line on what it is; NULL: no such field. */
HEIR_PUBLIC const char *heir_field_help(size_t field);

struct heir_field_value {
	const char *text; /* as TOML writes it: "\"/usr/bin/crun\"", "[\"a\"]", "true" */
	const char *kind; /* "explicit", "inherited", "candidate", "path", "builtin", "default" */
	const char *from; /* the handler whose own value it is, where it was inherited; else NULL */
	struct heir_location where; /* file NULL: written in no file */
};

/* What handler number `i` gets for a field. 0; -ENOENT: nothing; -ERANGE; -ENOMEM. */
HEIR_PUBLIC int heir_handler_field(
	struct heir_ctx *ctx, size_t i, size_t field, struct heir_field_value *ret);

/* How to call the OCI runtime of a handler: for execve(2). */
struct heir_invocation {
	const char *path;        /* absolute */
	const char *const *argv; /* begins with the path and ends with NULL */
};

/* What CRI-O would run for the handler, with `args` behind it; before them stands --root with the
 * handler's runtime_root, or what CRI-O takes where that is empty, unless the options at their
 * beginning have a --root. Runs nothing. 0; -ENOENT: no such handler; -ENOTSUP: it is dropped, its
 * runtime is none that could be called so (runtime_type "vm" and "pod"), or CRI-O would not start,
 * and heir_error() says which; -ENOMEM. */
HEIR_PUBLIC int heir_handler_invocation(struct heir_ctx *ctx, const char *handler,
	const char *const *args, size_t n, struct heir_invocation *ret);

/* Whether only root and the effective user can write the program of that absolute path, the
 * interpreters of a script (also what env finds in the directories `dirs`, as in $PATH) and the
 * directories above them. 0; -EPERM, with heir_error(): another user can; -errno. */
HEIR_PUBLIC int heir_judge_program(struct heir_ctx *ctx, const char *path, const char *dirs);

/* ---- Reports ---- */

/* Receives a report piece by piece. A negative return stops it and is passed on. */
typedef int (*heir_write_fn)(void *data, const char *text, size_t len);

enum heir_format {
	HEIR_FORMAT_TEXT,
	HEIR_FORMAT_JSON,
	HEIR_FORMAT_TOML,
	HEIR_FORMAT_SARIF,         /* 2.1.0 */
	HEIR_FORMAT_GITHUB,        /* workflow commands */
	HEIR_FORMAT_MACHINECONFIG, /* YAML */
	HEIR_FORMAT_IGNITION,      /* 3.x, JSON */
	HEIR_FORMAT_DOT,           /* Graphviz */
	HEIR_FORMAT_MERMAID,
	HEIR_FORMAT_HTML,
	HEIR_FORMAT_MARKDOWN, /* tables as GitHub has them */
	HEIR_FORMAT_WIDE,     /* as TEXT, with more columns, and none is cut */
};

struct heir_style {
	enum heir_format format; /* one that the report has; -EINVAL for others */
	unsigned width;          /* columns of the terminal; 0: unbounded */
	bool color;
	bool ascii; /* no characters beyond ASCII of heir's own */
	/* It is for a terminal: what that would obey is escaped in heir_report_cat() too, and with
	 * `ascii` foreign text beyond ASCII in all reports. */
	bool escape;
};

/* Writes foreign text as the reports show it: control characters, what turns text around or cannot
 * be seen and bytes that are not UTF-8 as \xNN or \u{N}; where the style has `ascii` and `escape`,
 * all beyond ASCII too. 0, -ENOMEM, or what `write` returned. */
HEIR_PUBLIC int heir_escape(
	const char *text, const struct heir_style *style, heir_write_fn write, void *data);

/* The handlers: all, or those named. `loaded`: before resolution. TEXT, JSON (heir.show/1) or TOML.
 * 0; -ENOENT: a name is no handler's (nothing is written, heir_error() has it); -ENOMEM; what
 * `write` returned. */
HEIR_PUBLIC int heir_report_show(struct heir_ctx *ctx, const char *const *names, size_t n,
	bool loaded, const struct heir_style *style, heir_write_fn write, void *data);

/* Every key of the release with its value and origin; as TOML a crio.conf. JSON is heir.show/1 with
 * "keys". As heir_report_show(). */
HEIR_PUBLIC int heir_report_show_all(struct heir_ctx *ctx, bool loaded,
	const struct heir_style *style, heir_write_fn write, void *data);

/* The lineage of a handler's field, or of all its fields (NULL). TEXT or JSON (heir.explain/1). As
 * above; -ENOENT too for a field that does not exist. */
HEIR_PUBLIC int heir_report_explain(struct heir_ctx *ctx, const char *handler, const char *field,
	const struct heir_style *style, heir_write_fn write, void *data);

/* The lineage of a key of crio.conf, "crio.runtime.log_level" or "log_level"; "HANDLER.FIELD" is
 * heir_report_explain()'s. TEXT or JSON (heir.key/1). As above; -ENOENT too for several keys. */
HEIR_PUBLIC int heir_report_explain_key(struct heir_ctx *ctx, const char *key,
	const struct heir_style *style, heir_write_fn write, void *data);

/* The files, or one, line by line, with what an unmodified CRI-O makes of each line; of a `line`
 * (1-based; 0: none) of the `file` also what depends on it: handlers, RuntimeClasses, pools and
 * pods. `file` is a path of the node, with directories before it or not, or a name in crio.conf.d;
 * NULL: all. TEXT or JSON (heir.blame/1). 0; -ENOENT: neither CRI-O nor heir reads such a file;
 * -ERANGE: it has no such line; -ENOMEM; what `write` returned. */
HEIR_PUBLIC int heir_report_blame(struct heir_ctx *ctx, const char *file, unsigned line,
	const struct heir_style *style, heir_write_fn write, void *data);

/* Who inherits from whom: all handlers, or those named with all that they inherit from and that
 * inherit from them. TEXT (a tree), JSON (heir.graph/1), DOT or MERMAID; of a configuration on
 * which CRI-O would not start, nothing. Like heir_report_show(). */
HEIR_PUBLIC int heir_report_graph(struct heir_ctx *ctx, const char *const *names, size_t n,
	const struct heir_style *style, heir_write_fn write, void *data);

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

/* A section of the page: a node, or what a pool makes of nodes. A pool that is no more has but its
 * name, and is not the first part. */
struct heir_page_part {
	const char *pool;             /* its heading; NULL: the name of the node */
	bool is_new;                  /* there was no such pool before */
	struct heir_diff_side now;    /* after heir_check(); ctx NULL: there is no such pool now */
	struct heir_diff_side before; /* what it is compared with, likewise; ctx NULL: nothing */
};

/* A page for the review of a change: of each part what is wrong, who inherits from whom, what the
 * handlers get and why, and how that differs from what was before. It stands for itself: nothing
 * is loaded from elsewhere, and there is no script. `title` may be NULL. Of more than a thousand
 * handlers the drawing and the lineage are left out, as the page then says. HTML. 0; -EINVAL,
 * with heir_error() of the first context: something is not checked; -ENOMEM; what `write`
 * returned. */
HEIR_PUBLIC int heir_report_page(const struct heir_page_part *parts, size_t n, const char *title,
	const struct heir_style *style, heir_write_fn write, void *data);

/* Reads what the running CRI-O answered to GET /config: a file of this machine, whatever HEIR_ROOT
 * is; "-": standard input. 0; -errno, with heir_error(). */
HEIR_PUBLIC int heir_read_live(struct heir_ctx *ctx, const char *path);

/* Asks the CRI-O of this machine instead, on the unix socket `socket` (NULL: the one that the
 * loaded configuration names) through `program`, heir-fetch, which is run as it is; for 5 seconds
 * and 16 MiB at most. The files are then loaded and resolved again with the flags and the
 * environment that this CRI-O was started with, unless HEIR_CRIO_ARGS or HEIR_NO_UNIT is set. 0;
 * -EINVAL, for a node that is none; -errno, with heir_error(). */
HEIR_PUBLIC int heir_fetch_live(struct heir_ctx *ctx, const char *program, const char *socket);

/* What the running CRI-O has, as it was read, against what was resolved: handlers that it lacks or
 * has besides, and fields that differ. HEIR_AS "stock" is what it would have if it were started
 * now. `root` is what the report calls HEIR_ROOT; NULL: this machine. TEXT or JSON (heir.drift/1).
 * Of a CRI-O that was asked with heir_fetch_live() living containers are compared too, and it is
 * told if it was only reloaded, so that it runs with other handlers than it prints.
 * 1: something differs, or CRI-O would not start; 0: nothing; -EIO: containers could not be
 * compared, after the report; -EBADMSG: what was read is no configuration as CRI-O prints it;
 * -EINVAL; -ENOMEM; what `write` returned. */
HEIR_PUBLIC int heir_report_drift(struct heir_ctx *ctx, const char *root,
	const struct heir_style *style, heir_write_fn write, void *data);

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

/* Writes a file of this machine as a whole or not at all, whatever HEIR_ROOT is; a relative path
 * starts at the working directory. A device or a pipe is written into. The temporary is not in a
 * directory of drop-ins (crio.conf.d, or HEIR_CONFIG_DIR's last name), where CRI-O reads every
 * name, and the thread's signals are blocked while there is one. A new file gets `mode`, less what
 * group and others may not read of the files that the context read; an old one keeps its own mode,
 * unless with `is_public`: then it is `mode` in any case. 0, or -errno with heir_error(): -ELOOP
 * the path is a link of another user; -EPERM for root, a directory or link on the way is not
 * root's, or another user has a file of that name where several users may write. */
HEIR_PUBLIC int heir_write_file(struct heir_ctx *ctx, const char *path, unsigned mode,
	bool is_public, const char *text, size_t len);

/* What heir_write_file() writes for `ctx` from here on may hold what `other` read, too: its files
 * narrow the mode as those of `ctx` do. */
HEIR_PUBLIC void heir_write_also(struct heir_ctx *ctx, const struct heir_ctx *other);

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

/* The files that count, in load order. TEXT or JSON (heir.cat/1). Needs heir_load() only. */
HEIR_PUBLIC int heir_report_cat(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data);

/* The drop-in that makes an unmodified CRI-O do what heir says of the handlers; nothing at all
 * where CRI-O would not start. TOML; JSON (heir.render/1); MACHINECONFIG, for the nodes of `pool`
 * (NULL: that of the objects, else "worker") and called `name` (NULL: "99-POOL-heir"); or IGNITION.
 * A handler that follows the default handler, whichever that is, gets inherit_default_runtime where
 * the release has it, unless HEIR_FLATTEN is set.
 * What a drop-in cannot say and what comes in its way become diagnostics, so ask for those
 * afterwards. 0; -ECANCELED: refused, nothing is written, heir_error() says why; -EINVAL: the
 * context is HEIR_AS "stock", or a name is none that Kubernetes takes, heir_error() says which;
 * -ENOMEM; what `write` returned. */
HEIR_PUBLIC int heir_report_render(struct heir_ctx *ctx, const char *pool, const char *name,
	const struct heir_style *style, heir_write_fn write, void *data);

/* Diagnostics as compilers print them, with the source line and a caret; those of a severity in
 * `severities` ("FDE"), or all (NULL). TEXT. */
HEIR_PUBLIC int heir_report_diagnostics(struct heir_ctx *ctx, const char *severities,
	const struct heir_style *style, heir_write_fn write, void *data);

/* What heir_check() found. TEXT, JSON (heir.check/1), SARIF or GITHUB; in the last two paths are
 * relative, with `root` before them if it is relative itself (what the caller calls HEIR_ROOT;
 * NULL: this machine). */
HEIR_PUBLIC int heir_report_check(struct heir_ctx *ctx, const char *root,
	const struct heir_style *style, heir_write_fn write, void *data);

/* What heir_check() found in several contexts, as one report. Each gives a part, which depends on
 * nothing else: threads may make parts side by side, and heir_report_checks() puts them together.
 * `root` is what the caller calls HEIR_ROOT of the context, and stands before every path, but for
 * JSON, which has it apart. TEXT can leave out what is of none of the `severities` ("FDE"; NULL:
 * all). A context that could not be loaded gives a part as well; in JSON that says why. Formats as
 * above, but heir.checks/1. 0, -ENOMEM, or what `write` returned. */
HEIR_PUBLIC int heir_report_check_part(struct heir_ctx *ctx, const char *root,
	const char *severities, const struct heir_style *style, heir_write_fn write, void *data);

/* Hands over the next part, which must live until the next call: 1; 0 when there are no more; or a
 * negative number, which ends the report. */
typedef int (*heir_part_fn)(void *data, const char **ret_text, size_t *ret_len);

/* Writes the parts that `next` hands over. They were all made with the settings of `ctx` but for
 * HEIR_ROOT, and with this style. 0, -ENOMEM, or what `next` or `write` returned. */
HEIR_PUBLIC int heir_report_checks(struct heir_ctx *ctx, const struct heir_style *style,
	heir_part_fn next, void *next_data, heir_write_fn write, void *data);

/* What heir_fix() found as a unified diff, which patch -p1 takes in the directory that is the
 * node's "/". TEXT. */
HEIR_PUBLIC int heir_report_patch(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data);
/* What heir_write_fixes() has mended, and what is left out and why, a line for each. Before the
 * next heir_load(). TEXT. */
HEIR_PUBLIC int heir_report_fixes(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data);

/* The rules of heir_check(): all of them, a line each, or what one means with a wrong and a right
 * example. TEXT or JSON (heir.rules/1). -ENOENT: no such rule. */
HEIR_PUBLIC int heir_report_rules(struct heir_ctx *ctx, const char *id,
	const struct heir_style *style, heir_write_fn write, void *data);

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
