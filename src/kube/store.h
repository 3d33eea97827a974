/* SPDX-License-Identifier: Apache-2.0 */
/* The objects that were read, by kind, and the input being read. */
#ifndef HEIR_KUBE_STORE_H
#define HEIR_KUBE_STORE_H

#include "base/map.h"
#include "kube/kube.h"

struct heir_kube_list {
	const struct heir_kube_object **items;
	uint32_t n, size;
	struct heir_map by_name; /* pods by NAMESPACE/NAME */
};

struct heir_kube {
	struct heir_core *core;
	struct heir_kube_list lists[HEIR_KUBE_N_KINDS];
	/* The last result of heir_kube_take(), in the arena, and its pool, or NULL. */
	const char *selected_by;
	const struct heir_kube_selected *taken;
	uint32_t n_taken;
	const char *other_kind; /* of the first object that says nothing about CRI-O; or NULL */
	size_t local_left;      /* bytes that local files of Butane configs may still have */
};

/* A text that is being read. */
struct heir_kube_input {
	struct heir_kube *kube;
	const char *name;
	const char *dir; /* the directory of the file, for local files; or NULL */
	uint32_t source;
	struct heir_str text;
	bool in_directory; /* one of all files in a directory */
	bool is_silent;    /* it need not parse */
	const char *hosted_by;
	/* The contents of ConfigMaps, to be read next. */
	struct heir_kube_hosted *hosted, **last_hosted;
};

struct heir_kube_hosted {
	struct heir_kube_hosted *next;
	const char *config_map;
	struct heir_str text;
};

/* Makes an object of a document without kind: an Ignition or Butane config. *ret is NULL for
 * anything else. */
int heir_kube_make_config(const struct heir_kube_input *input, const struct heir_tree_node *root,
	struct heir_kube_object **ret);
/* Queues the contents of a HyperShift ConfigMap. */
int heir_kube_take_config_map(struct heir_kube_input *input, const struct heir_tree_node *root);
/* Returns whether the text mentions the API of MachineConfigs: a cheap text search. */
bool heir_kube_mentions_api(struct heir_str text);
/* Returns whether a pool uses the contents of a HyperShift ConfigMap. */
bool heir_kube_hosts(const struct heir_kube *kube, struct heir_str pool, const char *config_map);

/* heir_kube_read() for a file at `path`, called `name`. `in_directory`: the text may be about
 * anything. */
int heir_kube_read_text(struct heir_kube *kube, const char *name, const char *path,
	struct heir_str text, bool in_directory);
/* Returns whether the text may contain an object that heir reads: a cheap search for names of
 * kinds. */
bool heir_kube_may_hold(struct heir_str text);

/* Returns whether it is a MachineConfig merged by the MCO, and of which pool. */
bool heir_kube_is_rendered(const struct heir_kube_object *config, struct heir_str *ret_pool);

#endif
