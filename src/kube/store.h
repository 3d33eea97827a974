/* SPDX-License-Identifier: Apache-2.0 */
/* The objects that were read, by kind. */
#ifndef HEIR_KUBE_STORE_H
#define HEIR_KUBE_STORE_H

#include "base/map.h"
#include "kube/kube.h"

struct heir_kube_list {
	const struct heir_kube_object **items;
	uint32_t n, size;
	struct heir_map by_name; /* of pods by NAMESPACE/NAME */
};

struct heir_kube {
	struct heir_core *core;
	struct heir_kube_list lists[HEIR_KUBE_N_KINDS];
	/* The last answer of heir_kube_take(), in the arena; the pool is NULL: there was none. */
	const char *selected_by;
	const struct heir_kube_selected *taken;
	uint32_t n_taken;
	size_t local_left; /* bytes of local files that Butane configs may still take in */
};

/* A text that is being read. */
struct heir_kube_input {
	struct heir_kube *kube;
	const char *name;
	const char *dir; /* of a file, for what lies beside it; NULL: it is none */
	uint32_t source;
	struct heir_str text;
	bool in_directory; /* of which all files are read */
	bool is_silent;    /* nobody knows that it should parse */
	const char *hosted_by;
	/* What ConfigMaps hold, to be read next. */
	struct heir_kube_hosted *hosted, **last_hosted;
};

struct heir_kube_hosted {
	struct heir_kube_hosted *next;
	const char *config_map;
	struct heir_str text;
};

/* A document without a kind: an Ignition or a Butane config. *ret is NULL for anything else. */
int heir_kube_make_config(const struct heir_kube_input *input, const struct heir_tree_node *root,
	struct heir_kube_object **ret);
/* A ConfigMap of HyperShift: what it holds waits in the input. */
int heir_kube_take_config_map(struct heir_kube_input *input, const struct heir_tree_node *root);
/* May the text hold a MachineConfig and its kin? A look for the name of their API. */
bool heir_kube_mentions_api(struct heir_str text);
/* Does a pool take what the ConfigMap of HyperShift holds? */
bool heir_kube_hosts(const struct heir_kube *kube, struct heir_str pool, const char *config_map);

/* The same as heir_kube_read for a file; with `in_directory` the text of one that may be about
 * anything. */
int heir_kube_read_text(
	struct heir_kube *kube, const char *path, struct heir_str text, bool in_directory);
/* May the text hold an object that heir reads? A look for the names of kinds. */
bool heir_kube_may_hold(struct heir_str text);

/* Is it a MachineConfig of the MCO's that is merged already, and of which pool? */
bool heir_kube_is_rendered(const struct heir_kube_object *config, struct heir_str *ret_pool);

#endif
