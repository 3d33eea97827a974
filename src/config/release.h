/* SPDX-License-Identifier: Apache-2.0 */
/* The releases of CRI-O that heir knows and their differences, one row per minor. Keys and fields
 * have their own `since`. */
#ifndef HEIR_CONFIG_RELEASE_H
#define HEIR_CONFIG_RELEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "toml/toml.h"

/* 1.MINOR.PATCH; a patch of HEIR_PATCH_LAST is the last one of the minor. */
struct heir_version {
	uint16_t minor, patch;
};

#define HEIR_PATCH_LAST UINT16_MAX

struct heir_release {
	uint16_t minor;
	uint16_t toml_1_1_since; /* the first patch release whose reader accepts TOML 1.1 */
	bool slice_always; /* an empty monitor_cgroup becomes system.slice with cgroupfs too */
	/* The name of a vm runtime must be containerd-shim-X; before, it only had to contain
	 * containerd-shim-X-v2. */
	bool whole_shim_name;
	/* Why a SIGHUP does not change handlers, to be printed after "a SIGHUP does not change
	 * them:"; NULL: it does. */
	const char *reload_fault;
	const char *builtin; /* its built-in [crio.runtime] as TOML */
	/* The same before the patch release `builtin_since`; NULL: no difference. */
	const char *builtin_before;
	uint16_t builtin_since;
	/* The Ignition version that the MCO writes in the OpenShift with this release: 4.15 has
	 * 1.28. */
	const char *ignition;
};

/* Oldest first. */
extern const struct heir_release heir_releases[];
extern const unsigned heir_n_releases;

/* Parses "1.34", "1.34.2", "v1.34.2". Returns false for anything else. Does not check whether the
 * release is known. */
bool heir_version_parse(const char *text, struct heir_version *ret);

/* Parses the version at the beginning of a build's name: 1.31.4 in "1.31.4-3.rhaos4.18". *ret_text
 * is the version as written. Returns false if there is none. */
bool heir_version_of_build(
	struct heir_str build, struct heir_version *ret, struct heir_str *ret_text);

/* Returns the row of a version; NULL if heir does not know the release. */
const struct heir_release *heir_release_of(struct heir_version version);
const struct heir_release *heir_release_newest(void);

/* Returns whether a version has what was added in `since`: "1.36 1.34.8 1.35.3" means that minor,
 * and these patch releases and later ones of their minors; "" means always. */
bool heir_version_has(struct heir_version version, const char *since);

/* The same, but also true for a minor that has it since an unknown patch release ("1.34.?"). */
bool heir_version_may_have(struct heir_version version, const char *since);

/* Returns the built-in configuration of a known release, as TOML. */
const char *heir_version_builtin(struct heir_version version);

/* Returns whether CRI-O accepts the binary for a vm runtime, by its base name. Mirrors
 * RuntimeHandler.validateRuntimeVMBinaryPath. */
bool heir_version_accepts_shim(struct heir_version version, struct heir_str path);

/* BurntSushi/toml 1.6 brought TOML 1.1 to CRI-O. */
enum heir_toml_version heir_version_toml(struct heir_version version);

#endif
