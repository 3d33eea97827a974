/* SPDX-License-Identifier: Apache-2.0 */
/* What is inside a context. For the files of this layer. */
#ifndef HEIR_API_CONTEXT_H
#define HEIR_API_CONTEXT_H

#include "api/program.h"
#include "apply/drift.h"
#include "apply/lock.h"
#include "base/core.h"
#include "check/fixer.h"
#include "config/config.h"
#include "config/target.h"
#include "fleet/fleet.h"
#include "heir/heir.h"
#include "inherit/resolve.h"
#include "kube/kube.h"
#include "node/gather.h"
#include "node/monitors.h"
#include "node/unpack.h"
#include "render/render.h"
#include "model/diff.h"
#include "report/out.h"
#include "model/view.h"
#include "unit/unit.h"

enum heir_stage { HEIR_STAGE_NEW, HEIR_STAGE_LOADED, HEIR_STAGE_RESOLVED };

/* Who said which release it is. */
enum heir_version_from {
	HEIR_VERSION_UNSET, /* the caller did not: Nodes, the CRI-O here, else the newest one */
	HEIR_VERSION_NAMED,
	HEIR_VERSION_MACHINE, /* the CRI-O that is installed here */
	HEIR_VERSION_NODES,   /* the objects will: their Nodes */
};

/* Objects that the caller has read itself; `name` is one of the inputs. */
struct heir_given_text {
	const char *name;
	struct heir_str text;
	const struct heir_given_text *next;
};

/* An archive that was unpacked; `dir` is what its name stands for. */
struct heir_archive {
	const char *name, *dir;
	struct heir_unpacked unpacked;
	struct heir_archive *next;
};

/* By what the image of the node is known. */
enum heir_os_from {
	HEIR_OS_FROM_NONE,
	HEIR_OS_FROM_NAMED,
	HEIR_OS_FROM_STREAM,  /* osImageStream of the MachineConfigPool */
	HEIR_OS_FROM_NODES,   /* osImage of its Nodes */
	HEIR_OS_FROM_RELEASE, /* what the OpenShift of the release has */
};

struct heir_explained; /* explanation.c */

/* What was computed for an answer, and is kept for the next: see answers.c. */
struct heir_answers {
	bool has_stock, has_rendering;
	bool is_judged;          /* the stock: whether CRI-O would start is known too */
	struct heir_stock stock; /* what an unmodified CRI-O makes of the same files */
	struct heir_view view;   /* of it, once it is judged */
	struct heir_rendering rendering;
	bool rendered_flat;
	struct heir_memo explanations;    /* by the address of a handler's result and field */
	struct heir_explained *explained; /* the last one first */
	uint32_t n_diags; /* how many diagnostics had been made when it was rendered */
};

struct heir_ctx {
	size_t n_refs;
	struct heir_arena settings_arena; /* settings and facts: they outlive a reload */
	struct heir_where where;
	struct heir_assume assume;
	const char **env, **globs, **without;
	struct heir_unit_vars file_env; /* of HEIR_ENV_FILE; in the core's arena */
	size_t n_env, n_globs, n_without;
	/* Objects: the files as they were named, and standard input, which can be read once. */
	const char **inputs;
	size_t n_inputs;
	struct heir_str standard_input;
	const struct heir_given_text *texts; /* of heir_add_objects(), the last one first */
	/* The last one first; those that the context was copied with belong to the other one. */
	struct heir_archive *archives, *archives_of_others;
	const char *about; /* HEIR_ABOUT; NULL: all files */
	const char *pool;
	const char *cache;        /* directory for what runtimes told; NULL: none */
	bool flatten;             /* render writes values, not inherit_default_runtime */
	const char *late_runtime; /* HEIR_LATE; NULL: not given */
	enum heir_version_from version_from;
	const char *version_why; /* where the release is from, in words, or why it is assumed */
	struct heir_version version_else;  /* where nothing tells it; minor 0: none */
	const struct heir_openshift *ocp;  /* HEIR_OCP; NULL: not given */
	const struct heir_target *targets; /* HEIR_FOR, in the arena of settings; NULL: not given */
	uint32_t n_targets;
	const struct heir_os *os_named;   /* HEIR_OS; NULL: not given */
	enum heir_os_from os_from;        /* of what was loaded: by what overlay.os is known */
	bool facts_of_root;               /* assume.facts are those that lie in HEIR_ROOT */
	struct heir_version root_version; /* the release that lies there; minor 0: none */
	const char *(*getenv)(void *data, const char *name);
	void *getenv_data;
	const char *error;
	const char *const *details; /* of the error: ends with NULL; NULL: none */
	heir_trace_fn traced_by;    /* NULL: tracing is off */
	void *traced_by_data;
	heir_wait_fn waits;
	void *waits_data;
	struct heir_trace trace;   /* leads there */
	struct heir_facts watched; /* the given facts, while their use is traced */
	struct heir_facts_watch watch;
	struct heir_apply_lock lock;
	mode_t kept_from; /* bits that heir_write_also() takes from written files */
	/* What the running CRI-O answered, and who it was; live_name NULL: not queried. */
	struct heir_str live_text;
	const char *live_name;
	const char
		*live_fetch; /* the program that asked it on the socket live_name; NULL: a file */
	/* How apply and drift ended, for heir_report_metrics(). */
	enum heir_apply_result applied;
	enum heir_drift_result drifted;
	struct heir_drift_sum apply_drift, drift;

	enum heir_stage stage;
	uint64_t selecting; /* core.selecting of each load */
	struct heir_core core;
	struct heir_kube *kube;   /* NULL: no objects */
	const char *const *pools; /* those that the objects tell of, in byte order */
	uint32_t n_pools;
	const char *meant_pool; /* the pool whose node it is; NULL: of none */
	struct heir_overlay overlay;
	uint32_t n_load_diags;    /* how many diagnostics loading made */
	uint32_t n_resolve_diags; /* and resolving */
	struct heir_config config;
	struct heir_gatherer live;     /* of this machine; each feature once for what was loaded */
	struct heir_runtimes runtimes; /* and each runtime */
	struct heir_monitors monitors; /* and each monitor */
	bool asks_monitors;            /* check and apply do, while resolving */
	struct heir_resolution resolution;
	struct heir_view view;
	struct heir_diags check_stops; /* what heir_check() found that stops CRI-O */
	struct heir_answers answers;
	struct heir_memo kept; /* answers that were given, by what they are about */
	/* Of heir_fix(); its items are of the diagnostics that are there. */
	struct heir_fixes fixes;
	bool checked; /* they are those of heir_check() */
	/* Of heir_fleet(); kube is NULL: it was not asked, or failed. */
	struct heir_fleet fleet;
	bool fleet_differs;
};

/* Turns on tracing in the layers below, if requested. Called before anything is read. */
void heir_ctx_begin_trace(struct heir_ctx *ctx);
/* Tells what holds for all that follows, once it is known which release it is. */
void heir_ctx_trace_settings(struct heir_ctx *ctx);
/* Tells of $PATH, which crio.service may set: after it was read. */
void heir_ctx_trace_path(struct heir_ctx *ctx);

/* Variables for ${VAR}, the same for the shell, the units and containers: as EnvironmentFile= of
 * systemd. */
#define HEIR_ENV_FILE "/etc/crio/heir.env"
/* What `heir collect` adds to the files of a node: its facts, and its release. A root that has them
 * is taken by them where the caller gives no others. */
#define HEIR_COLLECTED_FACTS "/heir-facts.json"
#define HEIR_COLLECTED_RELEASE "/heir-release"

/* Remembers the words for heir_error() and returns `error`. */
int heir_ctx_fail(struct heir_ctx *ctx, int error, const char *fmt, ...) _printf_(3, 4);
/* The same for what the library itself could not do: memory, or a look-up of core.lost. */
int heir_ctx_fail_of(struct heir_ctx *ctx, int error);
/* Where a look-up failed for a reason that lies in the machine: its error, for heir_ctx_fail_of();
 * 0. */
int heir_ctx_trouble(struct heir_ctx *ctx);
/* The same for -ENOENT: WORDS "NAME", with the name that was probably meant. */
int heir_ctx_no_such(struct heir_ctx *ctx, const char *words, const struct heir_near *near);
/* The same for a handler. */
int heir_ctx_no_such_handler(struct heir_ctx *ctx, const char *name);

/* Whether a struct of `size` that the caller filled can be read as one of `known` bytes. 0;
 * -EINVAL: it is smaller; -E2BIG: what is behind is not zero. Both after heir_ctx_fail(). */
int heir_ctx_check_size(struct heir_ctx *ctx, const void *filled, size_t size, size_t known);
/* 0, or -EINVAL for a format that is none of `formats`, a bit each. */
int heir_ctx_check_format(struct heir_ctx *ctx, const struct heir_style *style, unsigned formats);
#define HEIR_FORMAT_BIT(format) (1u << HEIR_FORMAT_##format)

/* Ends a report that came to `r`: 0, or what went wrong first, with words for -ENOMEM. */
int heir_ctx_end(struct heir_ctx *ctx, struct heir_out *out, int r);

/* What to assume: of the facts those that the caller gave, else those of this machine, which are
 * gathered as conditions ask for them. Of a copy of a node nothing is known without asking. */
struct heir_assume heir_ctx_assume(struct heir_ctx *ctx);
/* Adds to the facts of this machine what those runtimes tell of which "auto" is made up. All of it
 * goes to the arena. 0 or -ENOMEM. */
int heir_ctx_runtimes(struct heir_ctx *ctx, struct heir_arena *arena, struct heir_facts *facts);
/* From now on resolving asks the monitors of handlers as CRI-O does when it starts, if the node is
 * this machine. Returns whether that is new. */
bool heir_ctx_ask_monitors(struct heir_ctx *ctx);
/* What an unmodified CRI-O makes of the same files, whose diagnostics are not the context's; under
 * HEIR_AS "stock" the context's own view. After heir_resolve(). 0 or -errno. */
int heir_ctx_stock(struct heir_ctx *ctx, const struct heir_view **ret);
/* Its resolution alone, under heir's semantics: without the verdict about the start, which looks at
 * more files. 0 or -errno. */
int heir_ctx_resolve_stock(struct heir_ctx *ctx, const struct heir_resolution **ret);
/* What heir_render() makes of the context, with its diagnostics behind those of resolving. After
 * heir_resolve(). 0 or -ENOMEM. */
int heir_ctx_rendering(struct heir_ctx *ctx, const struct heir_rendering **ret);
/* Frees a list of explanations. Accepts NULL. */
void heir_explained_free(struct heir_explained *list);
void heir_ctx_forget_answers(struct heir_ctx *ctx);
/* Forgets what was read, and keeps the settings. */
void heir_ctx_forget(struct heir_ctx *ctx);
/* Reads the objects of the settings, and lays nothing over the root. 0, or -errno after
 * heir_ctx_fail(). */
int heir_ctx_read_inputs(struct heir_ctx *ctx);
/* Reads the objects of the settings, if there are any, and lays their files over the root. 0, or
 * -errno after heir_ctx_fail(). */
int heir_ctx_read_objects(struct heir_ctx *ctx);
/* Takes the release from the CRI-O of this machine if HEIR_CRIO_VERSION is "auto". 0, or -errno
 * after heir_ctx_fail(). */
int heir_ctx_ask_machine(struct heir_ctx *ctx);
/* Takes the release from the Nodes of the pool if HEIR_CRIO_VERSION is "auto". If it is not set:
 * from the Nodes that tell it, else from heir_set_release_of(), else from the CRI-O of this machine
 * without a root and objects, else the newest is assumed, with a warning about a Node that
 * contradicts it. 0, or -errno after heir_ctx_fail(). */
int heir_ctx_choose_release(struct heir_ctx *ctx);
/* The newest release, if HEIR_CRIO_VERSION is not set. */
void heir_ctx_assume_release(struct heir_ctx *ctx);
/* 0, or -EINVAL after heir_ctx_fail() if the release is assumed: for what writes. */
int heir_ctx_demand_release(struct heir_ctx *ctx);
/* Reads targets: how many, or -EINVAL after heir_ctx_fail(). */
int heir_ctx_read_targets(
	struct heir_ctx *ctx, const char *text, struct heir_target ret[HEIR_MAX_TARGETS]);
/* HEIR_FOR. 0, or -errno after heir_ctx_fail(). */
int heir_ctx_set_targets(struct heir_ctx *ctx, const char *value);
/* Checks a context that was checked for the first of its targets for the others as well, each in a
 * copy, and merges what is found. 0, or -errno after heir_ctx_fail(). */
int heir_ctx_check_targets(struct heir_ctx *ctx, const char *const *only, size_t n_only,
	const char *const *skip, size_t n_skip);
/* The release that the Nodes of the pool run, the first that tells; false: none does. */
bool heir_ctx_version_of_nodes(const struct heir_ctx *ctx, struct heir_version *ret);
/* HEIR_OCP and HEIR_OS. 0, or -errno after heir_ctx_fail(). */
int heir_ctx_set_ocp(struct heir_ctx *ctx, const char *value);
int heir_ctx_set_os(struct heir_ctx *ctx, const char *value);
/* Reads an operating system by name or file, into the arena of settings. */
int heir_ctx_read_os(struct heir_ctx *ctx, const char *value, const struct heir_os **ret);
/* Checks HEIR_OCP against the Nodes of the pool, and lays the image of the node, if it is known,
 * over the root. After heir_ctx_choose_release(). 0, or -errno after heir_ctx_fail(). */
int heir_ctx_choose_os(struct heir_ctx *ctx);
/* What the objects say of the pool's image: where it is going, or where it is (`reached`). */
const struct heir_os *heir_ctx_os_of_objects(
	const struct heir_ctx *ctx, bool reached, enum heir_os_from *ret_from);
/* "osImageStream of the pool", ...; as one word for JSON. */
const char *heir_os_from_words(enum heir_os_from from);
const char *heir_os_from_name(enum heir_os_from from);
/* Reads a file that the user named; it may be a pipe. 0 or -errno. */
int heir_ctx_read_named(struct heir_arena *arena, const char *path, struct heir_str *ret);
/* What differs between two resolved contexts, and whose pods would notice; release in any case. 0
 * or -ENOMEM. */
int heir_ctx_compare(const struct heir_diff_side *left, const struct heir_diff_side *right,
	const struct heir_map *only, struct heir_diff *diff);
/* What makes the MCO refuse the objects; NULL: nothing. */
struct heir_diag *heir_ctx_refused(const struct heir_ctx *ctx);
/* Finds out which handlers are pending, for the view of what is resolved. 0, or -errno after
 * heir_ctx_fail(). */
int heir_ctx_find_pending(struct heir_ctx *ctx);
/* Puts the names of the handlers that a pattern of the shell matches. 1; 0: it matches none, or is
 * no pattern; or -ENOMEM. */
int heir_ctx_match(struct heir_ctx *ctx, const struct heir_view *view, const char *pattern,
	struct heir_map *ret);
/* Remembers an input. */
int heir_ctx_add_input(struct heir_ctx *ctx, const char *name);
/* Adds to a growing list of strings. 0 or -ENOMEM. */
int heir_ctx_append(const char ***list, size_t *n, const char *value);

/* A heir_where.getenv for a context: HEIR_ENV first, then HEIR_ENV_FILE, then, without a root, the
 * caller's function. */
const char *heir_ctx_getenv(void *data, const char *name);

#endif
