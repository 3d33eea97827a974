/* SPDX-License-Identifier: Apache-2.0 */
/* A node made for a test: its files, and what is loaded and resolved of them. What the machine
 * fails at ends the program, as in tree.h. */
#ifndef HEIR_TESTS_NODE_H
#define HEIR_TESTS_NODE_H

#include "base/core.h"
#include "config/config.h"
#include "inherit/resolve.h"

struct node {
	char *dir;
	struct heir_core core;
	struct heir_where where;       /* at first: the newest release, heir's semantics */
	struct heir_assume assume;     /* at first: nothing */
	const char *const *env;        /* "NAME=VALUE", up to a NULL; or NULL */
	struct heir_arena facts_arena; /* of assume.facts */
	struct heir_overlay overlay;   /* lies over the tree once it has files */
	struct heir_config config;
	struct heir_resolution res;
	char told[4096]; /* what the node_tell functions answered */
};

/* An empty tree but for the executables /usr/bin/crun and /usr/bin/runc. NULL-safe to release. */
struct node *node_new(void);
void node_free(struct node *node);

/* The release to assume, "1.34.2". */
void node_release(struct node *node, const char *release);
/* /etc/crio/crio.conf.d/NAME */
void node_conf(struct node *node, const char *name, const char *text);
void node_binary(struct node *node, const char *path);
/* A file of the overlay. The texts are not copied. */
void node_lay(struct node *node, const char *path, const char *text, uint32_t mode);
void node_facts(struct node *node, const char *json);

/* Forgets what was loaded, and loads (and resolves) again. 0 or -ENOMEM. */
int node_load(struct node *node);
int node_resolve(struct node *node);
void node_forget(struct node *node);

/* "FILE:LINE:COLUMN", FILE relative to crio.conf.d; "(built in)". */
const char *node_tell_place(struct node *node, struct heir_place place);
/* "VALUE KIND[ FROM][ PLACE]" of a field, PLACE where it is written; "unset". */
const char *node_tell(struct node *node, const char *handler, enum heir_field field);
/* "VIA[ PARENT]" */
const char *node_tell_via(struct node *node, const char *handler);
/* "RULE PLACE" of why it is dropped, or "ok". */
const char *node_tell_dropped(struct node *node, const char *handler);
/* "RULE PLACE" of what stops CRI-O, or "starts". Also of a node that is only loaded. */
const char *node_tell_fatal(struct node *node);
/* "RULE PLACE, RULE PLACE..." of all diagnostics in their order; "" for none. */
const char *node_tell_diagnostics(struct node *node);

#endif
