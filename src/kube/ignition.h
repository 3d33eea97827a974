/* SPDX-License-Identifier: Apache-2.0 */
/* Merges the files of MachineConfigs, Ignition and Butane configs: storage.files and systemd.units
 * of Ignition configs, versions 2.2 and 3.0 to 3.5. The MCO validates each config when it reads
 * it, but decodes only the contents that remain after merging; heir does the same. */
#ifndef HEIR_KUBE_IGNITION_H
#define HEIR_KUBE_IGNITION_H

#include "base/overlay.h"
#include "kube/object.h"

/* Limit for all gzip in all objects together, after decompression. */
#define HEIR_IGNITION_MAX_UNPACKED ((size_t)64 << 20)

/* An entry of storage.files. */
struct heir_ignition_entry {
	const struct heir_kube_object *config;
	const struct heir_tree_node *node;
	uint32_t index;
	const char *path;
	bool for_crio; /* its path is below /etc/crio */
	bool is_bad;   /* a fault is reported already */
};

/* The state of a path after the configs merged so far. */
struct heir_ignition_file {
	struct heir_overlay_file file;    /* its text is decoded, but not decompressed */
	struct heir_ignition_entry entry; /* the entry with the current contents, else the first */
	const struct heir_tree_node *source; /* NULL: no contents */
	bool is_set;                         /* it has a text, from whatever source */
	bool is_inline;                      /* the source is the text itself */
	bool is_packed;                      /* compression, as the last entry says */
	bool keeps;                          /* overwrite: false */
	bool is_mask;                        /* a masked unit */
	/* was a mask that was removed, with nothing in its place */
	bool no_file;
};

struct heir_ignition {
	struct heir_core *core;
	struct heir_ignition_file *files;
	uint32_t n, size;
	struct heir_map by_path;
	size_t budget; /* the rest of HEIR_IGNITION_MAX_UNPACKED */
};

void heir_ignition_init(struct heir_ignition *ign, struct heir_core *core);
void heir_ignition_release(struct heir_ignition *ign);

/* Merges the files of a MachineConfig into those of earlier ones: a later entry for a path
 * replaces contents and mode, if it has them. Entries that the MCO would reject become
 * diagnostics: of severity F under /etc/crio, else warnings. Returns 0 or -ENOMEM. */
int heir_ignition_merge(struct heir_ignition *ign, const struct heir_kube_object *config);
/* The same for a file that the MCO itself writes. */
int heir_ignition_put(struct heir_ignition *ign, const struct heir_overlay_file *file);
/* Adds the result to the overlay. Returns 0 or -ENOMEM. */
int heir_ignition_finish(struct heir_ignition *ign, struct heir_overlay *overlay);

#endif
