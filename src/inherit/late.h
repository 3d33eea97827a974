/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers that are bound late: their runtime_path is a link to heir-runtime, which chooses the
 * runtime when a container is created (doc/late-binding.md). What it chooses is in files below
 * HEIR_LATE_DIR, which `heir apply --late` writes and this reads. */
#ifndef HEIR_INHERIT_LATE_H
#define HEIR_INHERIT_LATE_H

#include "inherit/resolve.h"

/* As src/runtime/runtime.h has them. */
#define HEIR_LATE_DIR "/var/lib/heir/late"
#define HEIR_LATE_RECORDS "/run/heir/late"

#define HEIR_LATE_BIN HEIR_LATE_DIR "/bin/"
#define HEIR_LATE_TARGETS HEIR_LATE_DIR "/now/target"

enum { HEIR_LATE_MAX_RUNTIMES = 16, HEIR_LATE_MAX_TARGETS = 1024 };

struct heir_late_runtime {
	struct heir_str kind, path; /* kind "-": unknown */
};

/* The file of one handler. */
struct heir_late_target {
	struct heir_str handler;
	struct heir_str root; /* the runtime_root it is bound with, which stays; "": CRI-O's own */
	struct heir_late_runtime runtimes[HEIR_LATE_MAX_RUNTIMES]; /* the current one first */
	uint32_t n;
};

struct heir_late {
	struct heir_late_target *items; /* in byte order of the handlers */
	uint32_t n;
};

/* Reads what is in force on the node, all into the arena; none where no handler is bound late or
 * the files are damaged. 0 or -ENOMEM. */
int heir_late_read(struct heir_root *root, struct heir_arena *arena, struct heir_late *ret);
const struct heir_late_target *heir_late_find(const struct heir_late *late, struct heir_str name);

/* The handler whose link this path is; p NULL: it is none. */
struct heir_str heir_late_handler_of(struct heir_str path);

/* Why a handler cannot be bound late, in words; NULL: it can. The first are those that do not
 * inherit their runtime_path. 0 or -ENOMEM. */
enum heir_late_kind { HEIR_LATE_CAN, HEIR_LATE_OWN_PATH, HEIR_LATE_CANNOT };
int heir_late_judge(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_late_kind *ret, const char **ret_why);

/* What a handler that is bound late has instead of what it inherits. */
struct heir_late_bound {
	struct heir_str link, root;
	struct heir_str path; /* that it inherits: the current target */
};

/* Gives each handler that can be bound late its link as runtime_path, and the runtime_root that
 * `late` has for it, else its own; *ret_n is how many those are. heir_late_unbind() takes that
 * back. 0 or -ENOMEM. */
int heir_late_bind(struct heir_resolution *res, const struct heir_late *late, uint32_t *ret_n);
void heir_late_unbind(struct heir_resolution *res);
/* Gives its link to each handler whose target in force is what heir resolves it to: it has what the
 * files say, by another way. For comparisons with what CRI-O has. 0 or -ENOMEM. */
int heir_late_bind_current(struct heir_resolution *res, const struct heir_late *late);

/* What is in force for a handler that is bound late, NULL in *ret: it is not. Under HEIR_AS_STOCK
 * that is one whose runtime_path is a link, else one that heir would bind and that has a target. 0
 * or -ENOMEM. */
int heir_late_now(const struct heir_late *late, const struct heir_resolution *res,
	const struct heir_result *result, const struct heir_late_target **ret);

#endif
