/* SPDX-License-Identifier: Apache-2.0 */
/* crio.service as systemd composes it: the command line and environment of the daemon, each word
 * with its place. This layer knows nothing about CRI-O's flags.
 *
 * Nothing is guessed: if something cannot be determined, `unclear` says why and `args` is
 * empty. */
#ifndef HEIR_UNIT_UNIT_H
#define HEIR_UNIT_UNIT_H

#include <stdbool.h>

#include "base/core.h"
#include "base/map.h"

/* A word of a command line. */
struct heir_unit_word {
	struct heir_str text; /* terminated; may be empty */
	struct heir_place where;
};

struct heir_unit_words {
	struct heir_unit_word *items;
	uint32_t n, size;
};

/* A variable of the environment. */
struct heir_unit_var {
	struct heir_str name, value; /* terminated */
	struct heir_place where;
	bool gone;    /* removed by UnsetEnvironment= */
	bool unknown; /* the value has a specifier that depends on the machine */
};

struct heir_unit_vars {
	struct heir_unit_var *items; /* names are unique */
	uint32_t n, size;
	struct heir_map by_name;
};

struct heir_unit {
	const char *path;            /* the unit file; NULL if there is none */
	struct heir_unit_words args; /* the words after the daemon's name */
	struct heir_unit_vars vars;
	const char *unclear; /* why args, or some of vars, are not known; NULL if they are */
	struct heir_place unclear_at;
	/* An EnvironmentFile= that must exist and does not, so systemd does not start the unit. */
	const char *missing;
	struct heir_place missing_at;
};

#define HEIR_UNIT_NULL ((struct heir_unit){.path = NULL})

void heir_unit_release(struct heir_unit *unit);

/* Reads crio.service of the node: the unit file, its drop-ins, those of its aliases and of
 * service.d, and its environment files. Each becomes a source of scope HEIR_SCOPE_UNIT. Costs
 * three system calls if there is no unit. Returns 0 or -ENOMEM; release in any case. */
int heir_unit_read(struct heir_core *core, struct heir_unit *ret);

/* Takes a command line as in ExecStart=, after the daemon's name, without specifiers and
 * variables. `text` must outlive the core; `name` is what places call it. Returns 0 or -ENOMEM. */
int heir_unit_from_words(
	struct heir_core *core, const char *name, struct heir_str text, struct heir_unit *ret);

/* Takes a running process: /proc/PID/cmdline and environ, with a NUL after each word. Places are
 * lines of two texts called `name`/cmdline and `name`/environ. Returns 0 or -ENOMEM. */
int heir_unit_from_process(struct heir_core *core, const char *name, struct heir_str cmdline,
	struct heir_str environ, struct heir_unit *ret);

/* Returns a variable, NULL if it is not set. */
const struct heir_unit_var *heir_unit_var(const struct heir_unit *unit, struct heir_str name);

#endif
