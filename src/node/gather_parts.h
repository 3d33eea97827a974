/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the gatherers: reading a node's files, and the feature under construction. Each
 * gatherer builds one feature. Finding nothing is not an error; errors are sticky in the struct,
 * so callers need not check. */
#ifndef HEIR_NODE_GATHER_PARTS_H
#define HEIR_NODE_GATHER_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/root.h"
#include "node/facts.h"

enum {
	HEIR_GATHER_LINE = 4096, /* a file with one value; the kernel's are shorter */
	/* limit for /proc/cpuinfo, which grows with the number of CPUs */
	HEIR_GATHER_HEAD = 64 << 10,
	HEIR_GATHER_MAX_ENTRIES = 16384, /* per directory */
};

/* An element under construction. `at` is its order: the last of several with one name counts. */
struct heir_gather_pair {
	struct heir_pair pair;
	size_t at;
};

struct heir_gather {
	struct heir_root *root;
	struct heir_arena *arena;  /* for the names and values of the feature */
	struct heir_arena scratch; /* for what was read */
	struct heir_feature feature;
	struct heir_str *flags;
	struct heir_gather_pair *pairs; /* of the feature, or of the current instance */
	struct heir_instance *instances;
	size_t n_flags, size_flags, n_pairs, size_pairs, n_instances, size_instances;
	size_t room; /* bytes that the feature may still need in a document */
	size_t n_opened;
	int64_t now; /* seconds since 1970 (UTC), for expiry times */
	int error;   /* -ENOMEM, or another such as -E2BIG: then the feature is not available */
};

/* ---- The node's files. False, or -1: it cannot be read, or is not what it should be. ---- */

/* Reads a regular file of at most `max` bytes into the scratch arena. */
bool heir_gather_read(struct heir_gather *g, const char *path, size_t max, struct heir_str *ret);
/* Reads at most HEIR_GATHER_HEAD bytes of a file. */
bool heir_gather_head(struct heir_gather *g, const char *path, struct heir_str *ret);
/* Reads a file with one value, without the white space around it. */
bool heir_gather_value(struct heir_gather *g, const char *path, struct heir_str *ret);
/* The same for a name in an open directory, which must not be a link. */
bool heir_gather_value_at(struct heir_gather *g, int dir, const char *name, struct heir_str *ret);
bool heir_gather_exists(struct heir_gather *g, const char *path);
/* Lists the names in a directory, in byte order. */
bool heir_gather_list(
	struct heir_gather *g, const char *path, const char *const **ret, size_t *ret_n);
/* Opens a directory, following links within the root. The caller closes it with
 * heir_fd_close(). */
int heir_gather_open(struct heir_gather *g, const char *path);
/* Formats a path in the scratch arena. Returns NULL if there is no memory. */
const char *heir_gather_path(struct heir_gather *g, const char *a, const char *b, const char *c);

/* ---- Pieces of text ---- */

/* Removes the next line, without its end, from the text. Returns false if there is none. */
bool heir_gather_line(struct heir_str *text, struct heir_str *ret);
/* Removes the next word (between blanks and tabs) from the text. Returns false if there is
 * none. */
bool heir_gather_word(struct heir_str *text, struct heir_str *ret);
struct heir_str heir_gather_trim(struct heir_str text);
bool heir_gather_is_number(struct heir_str text);

/* ---- The feature ---- */

/* Mark the feature as available, even if empty. Adding elements does so too. */
void heir_gather_has_flags(struct heir_gather *g);
void heir_gather_has_attributes(struct heir_gather *g);
void heir_gather_has_instances(struct heir_gather *g);
void heir_gather_flag(struct heir_gather *g, struct heir_str name);
/* Sets an attribute of the feature or current instance. Of two with the same name the later
 * counts. */
void heir_gather_set(struct heir_gather *g, struct heir_str name, struct heir_str value);
void heir_gather_setz(struct heir_gather *g, const char *name, struct heir_str value);
void heir_gather_set_bool(struct heir_gather *g, const char *name, bool value);
void heir_gather_set_count(struct heir_gather *g, const char *name, size_t value);
/* Ends an instance with the attributes set so far; forget() drops them. */
void heir_gather_instance(struct heir_gather *g);
void heir_gather_forget(struct heir_gather *g);
/* Returns an attribute of the current instance, or NULL. */
const struct heir_str *heir_gather_get(const struct heir_gather *g, const char *name);

void heir_gather_init(struct heir_gather *g, struct heir_root *root, struct heir_arena *arena,
	const char *feature, size_t room);
/* Ends the feature; *ret is NULL if it is not available. Returns 0 or -ENOMEM; release it in any
 * case. */
int heir_gather_finish(struct heir_gather *g, const struct heir_feature **ret);
void heir_gather_release(struct heir_gather *g);

/* ---- The gatherers, by what they look at ---- */

void heir_gather_cpuid(struct heir_gather *g);
void heir_gather_cpu_coprocessor(struct heir_gather *g);
void heir_gather_cpu_cstate(struct heir_gather *g);
void heir_gather_cpu_model(struct heir_gather *g);
void heir_gather_cpu_pstate(struct heir_gather *g);
void heir_gather_cpu_rdt(struct heir_gather *g);
void heir_gather_cpu_security(struct heir_gather *g);
void heir_gather_cpu_topology(struct heir_gather *g);
void heir_gather_block(struct heir_gather *g);
void heir_gather_character_devices(struct heir_gather *g);
void heir_gather_net(struct heir_gather *g);
void heir_gather_net_virtual(struct heir_gather *g);
void heir_gather_nv(struct heir_gather *g);
void heir_gather_pci(struct heir_gather *g);
void heir_gather_usb(struct heir_gather *g);
void heir_gather_kernel_config(struct heir_gather *g);
void heir_gather_kernel_version(struct heir_gather *g);
void heir_gather_kvm(struct heir_gather *g);
void heir_gather_modules_enabled(struct heir_gather *g);
void heir_gather_modules_loaded(struct heir_gather *g);
void heir_gather_selinux(struct heir_gather *g);
void heir_gather_local_features(struct heir_gather *g);
void heir_gather_local_labels(struct heir_gather *g);
void heir_gather_cgroup(struct heir_gather *g);
void heir_gather_dmi(struct heir_gather *g);
void heir_gather_hugepages(struct heir_gather *g);
void heir_gather_node_name(struct heir_gather *g);
void heir_gather_numa(struct heir_gather *g);
void heir_gather_os_release(struct heir_gather *g);
void heir_gather_swap(struct heir_gather *g);

/* Parsers; they accept any text. */
void heir_parse_cpuid(struct heir_gather *g, struct heir_str cpuinfo);
void heir_parse_cpu_model(struct heir_gather *g, struct heir_str cpuinfo);
void heir_parse_cpu_rdt(struct heir_gather *g, struct heir_str cpuinfo);
void heir_parse_kernel_config(struct heir_gather *g, struct heir_str config);
void heir_parse_kernel_version(struct heir_gather *g, struct heir_str release);
/* A file of the "local" source: what it adds to local.feature and local.label. */
void heir_parse_local_features(struct heir_gather *g, struct heir_str text);
void heir_parse_local_labels(struct heir_gather *g, struct heir_str text);
void heir_parse_modules(struct heir_gather *g, struct heir_str modules);
void heir_parse_os_release(struct heir_gather *g, struct heir_str text);
/* Sets class, vendor, device, subsystem_vendor and subsystem_device. Returns false if one is
 * missing. */
bool heir_parse_pci_uevent(struct heir_gather *g, struct heir_str uevent);
bool heir_parse_swaps(struct heir_str text); /* is there any swap? */
/* Returns whether an x86 CPU has a flag of the kernel's name. */
bool heir_cpuinfo_has(struct heir_str cpuinfo, const char *flag);

#endif
