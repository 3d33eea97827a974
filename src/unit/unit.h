/* SPDX-License-Identifier: Apache-2.0 */
/* crio.service as systemd composes it: the words and the environment that the daemon is started
 * with, each with its place. Knows no flag of CRI-O.
 *
 * What cannot be known is never guessed: `unclear` then says why, and `args` is empty. */
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
	bool gone;    /* UnsetEnvironment= took it away */
	bool unknown; /* the value holds a specifier that depends on the machine */
};

struct heir_unit_vars {
	struct heir_unit_var *items; /* each name once */
	uint32_t n, size;
	struct heir_map by_name;
};

struct heir_unit {
	const char *path;            /* of the unit file; NULL: there is none */
	struct heir_unit_words args; /* what follows the daemon's own name */
	struct heir_unit_vars vars;
	const char *unclear; /* why args are not known, or not all of vars; NULL: they are */
	struct heir_place unclear_at;
	/* An EnvironmentFile that must exist and does not: systemd does not start the unit. */
	const char *missing;
	struct heir_place missing_at;
};

#define HEIR_UNIT_NULL ((struct heir_unit){.path = NULL})

void heir_unit_release(struct heir_unit *unit);

/* Reads crio.service of the node: the unit file, its drop-ins, those of its aliases and of
 * service.d, and its environment files. Each becomes a source of scope HEIR_SCOPE_UNIT. Costs three
 * system calls where there is no unit. 0 or -ENOMEM; release in any case. */
int heir_unit_read(struct heir_core *core, struct heir_unit *ret);

/* A command line as ExecStart= would hold it behind the daemon's name, without specifiers and
 * variables. `text` outlives the core; `name` is what places call it. 0 or -ENOMEM. */
int heir_unit_from_words(
	struct heir_core *core, const char *name, struct heir_str text, struct heir_unit *ret);

/* A process that runs: /proc/PID/cmdline and environ, NUL behind each word. The places are lines of
 * two texts called `name`/cmdline and `name`/environ. 0 or -ENOMEM. */
int heir_unit_from_process(struct heir_core *core, const char *name, struct heir_str cmdline,
	struct heir_str environ, struct heir_unit *ret);

/* The value of a variable; NULL: it is not set. */
const struct heir_unit_var *heir_unit_var(const struct heir_unit *unit, struct heir_str name);

#endif
