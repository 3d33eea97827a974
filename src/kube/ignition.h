/* SPDX-License-Identifier: Apache-2.0 */
/* The files of MachineConfigs, and of Ignition and Butane configs, merged: storage.files and
 * systemd.units of Ignition configs, version 2.2 or 3.0 to 3.5. The MCO judges each config when it
 * reads it, but looks into the contents only of what is left after merging; heir does the same. */
#ifndef HEIR_KUBE_IGNITION_H
#define HEIR_KUBE_IGNITION_H

#include "base/overlay.h"
#include "kube/object.h"

/* What all gzip of all objects may unpack to. */
#define HEIR_IGNITION_MAX_UNPACKED ((size_t)64 << 20)

/* An entry of storage.files. */
struct heir_ignition_entry {
	const struct heir_kube_object *config;
	const struct heir_tree_node *node;
	uint32_t index;
	const char *path;
	bool for_crio; /* it is about /etc/crio */
	bool is_bad;   /* a fault was told */
};

/* What has come for a path so far. */
struct heir_ignition_file {
	struct heir_overlay_file file; /* its text is decoded, but not unpacked */
	struct heir_ignition_entry
		entry; /* whose contents these are; the first, if there are none */
	const struct heir_tree_node *source; /* NULL: no contents */
	bool is_set;                         /* the text is there, wherever it came from */
	bool is_inline;                      /* the source is the text itself */
	bool is_packed;                      /* as the last entry says */
	bool keeps;                          /* overwrite: false */
	bool is_mask;                        /* of a unit: nothing starts it */
	bool no_file;                        /* a mask was taken away, and nothing else came */
};

struct heir_ignition {
	struct heir_core *core;
	struct heir_ignition_file *files;
	uint32_t n, size;
	struct heir_map by_path;
	size_t budget; /* what is left of HEIR_IGNITION_MAX_UNPACKED */
};

void heir_ignition_init(struct heir_ignition *ign, struct heir_core *core);
void heir_ignition_release(struct heir_ignition *ign);

/* Merges the files of a MachineConfig into those before it: a later entry for a path replaces the
 * contents and the mode as far as it has its own. Entries that the MCO would refuse become
 * diagnostics: of severity F under /etc/crio, warnings elsewhere. 0 or -ENOMEM. */
int heir_ignition_merge(struct heir_ignition *ign, const struct heir_kube_object *config);
/* The same for a file that the MCO writes itself. */
int heir_ignition_put(struct heir_ignition *ign, const struct heir_overlay_file *file);
/* Lays what came of it into the overlay. 0 or -ENOMEM. */
int heir_ignition_finish(struct heir_ignition *ign, struct heir_overlay *overlay);

#endif
