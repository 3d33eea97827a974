/* SPDX-License-Identifier: Apache-2.0 */
/* What the gatherers have in common: looking at a node's files, and the feature in the making. One
 * gatherer makes one feature; that it found nothing is no error, and what went wrong with memory or
 * grew too large sticks to the struct, so nobody has to look. */
#ifndef HEIR_NODE_GATHER_PARTS_H
#define HEIR_NODE_GATHER_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/root.h"
#include "node/facts.h"

enum {
	HEIR_GATHER_LINE = 4096,         /* a file of one value: the kernel writes no longer ones */
	HEIR_GATHER_HEAD = 64 << 10,     /* what is read of /proc/cpuinfo: it grows with the CPUs */
	HEIR_GATHER_MAX_ENTRIES = 16384, /* of a directory */
};

/* An element in the making; `at` counts them, for the last of a name counts. */
struct heir_gather_pair {
	struct heir_pair pair;
	size_t at;
};

struct heir_gather {
	struct heir_root *root;
	struct heir_arena *arena;  /* the feature's names and values */
	struct heir_arena scratch; /* what was read */
	struct heir_feature feature;
	struct heir_str *flags;
	struct heir_gather_pair *pairs; /* of the feature, or of the instance at hand */
	struct heir_instance *instances;
	size_t n_flags, size_flags, n_pairs, size_pairs, n_instances, size_instances;
	size_t room; /* bytes that the feature may still take in a document */
	size_t n_opened;
	int64_t now; /* what has expired before is not there; seconds since 1970 in UTC */
	int error;   /* -ENOMEM; any other, such as -E2BIG: the feature cannot be known whole */
};

/* ---- The node's files. False, or -1: it cannot be read, or is not what it should be. ---- */

/* A whole regular file of at most `most` bytes; its text lives in the scratch. */
bool heir_gather_read(struct heir_gather *g, const char *path, size_t max, struct heir_str *ret);
/* The beginning of a file, up to HEIR_GATHER_HEAD bytes. */
bool heir_gather_head(struct heir_gather *g, const char *path, struct heir_str *ret);
/* A file of one value, without the white space around it. */
bool heir_gather_value(struct heir_gather *g, const char *path, struct heir_str *ret);
/* The same for a name in an open directory; it must not be a link. */
bool heir_gather_value_at(struct heir_gather *g, int dir, const char *name, struct heir_str *ret);
bool heir_gather_exists(struct heir_gather *g, const char *path);
/* The names in a directory, in byte order, terminated. */
bool heir_gather_list(
	struct heir_gather *g, const char *path, const char *const **ret, size_t *ret_n);
/* An open directory, links followed within the root; the caller closes it with heir_fd_close(). */
int heir_gather_open(struct heir_gather *g, const char *path);
/* A path in the scratch; NULL: no memory. */
const char *heir_gather_path(struct heir_gather *g, const char *a, const char *b, const char *c);

/* ---- Pieces of text ---- */

/* Takes the next line, without its end; false: there is none. */
bool heir_gather_line(struct heir_str *text, struct heir_str *ret);
/* Takes the next word between blanks and tabs; false: there is none. */
bool heir_gather_word(struct heir_str *text, struct heir_str *ret);
struct heir_str heir_gather_trim(struct heir_str text);
bool heir_gather_is_number(struct heir_str text);

/* ---- The feature ---- */

/* It is available, be it empty; adding elements says so too. */
void heir_gather_has_flags(struct heir_gather *g);
void heir_gather_has_attributes(struct heir_gather *g);
void heir_gather_has_instances(struct heir_gather *g);
void heir_gather_flag(struct heir_gather *g, struct heir_str name);
/* An attribute, of the feature or of the instance at hand. Of two with one name the later counts.
 */
void heir_gather_set(struct heir_gather *g, struct heir_str name, struct heir_str value);
void heir_gather_setz(struct heir_gather *g, const char *name, struct heir_str value);
void heir_gather_set_bool(struct heir_gather *g, const char *name, bool value);
void heir_gather_set_count(struct heir_gather *g, const char *name, size_t value);
/* The attributes set so far are those of one instance; or of none. */
void heir_gather_instance(struct heir_gather *g);
void heir_gather_forget(struct heir_gather *g);
/* Of the instance at hand; NULL: it is not set. */
const struct heir_str *heir_gather_get(const struct heir_gather *g, const char *name);

void heir_gather_init(struct heir_gather *g, struct heir_root *root, struct heir_arena *arena,
	const char *feature, size_t room);
/* *ret is NULL where the feature is not available. 0 or -ENOMEM; release it in any case. */
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

/* Their parsers, for texts of any kind. */
void heir_parse_cpuid(struct heir_gather *g, struct heir_str cpuinfo);
void heir_parse_cpu_model(struct heir_gather *g, struct heir_str cpuinfo);
void heir_parse_cpu_rdt(struct heir_gather *g, struct heir_str cpuinfo);
void heir_parse_kernel_config(struct heir_gather *g, struct heir_str config);
void heir_parse_kernel_version(struct heir_gather *g, struct heir_str release);
/* One file for the "local" source: what it adds to local.feature and to local.label. */
void heir_parse_local_features(struct heir_gather *g, struct heir_str text);
void heir_parse_local_labels(struct heir_gather *g, struct heir_str text);
void heir_parse_modules(struct heir_gather *g, struct heir_str modules);
void heir_parse_os_release(struct heir_gather *g, struct heir_str text);
/* Sets class, vendor, device, subsystem_vendor and subsystem_device; false: one is missing. */
bool heir_parse_pci_uevent(struct heir_gather *g, struct heir_str uevent);
bool heir_parse_swaps(struct heir_str text); /* is there any? */
/* Does an x86 CPU have what the kernel calls so? */
bool heir_cpuinfo_has(struct heir_str cpuinfo, const char *flag);

#endif
