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
	uint16_t toml_1_1_since; /* the first patch release whose reader takes TOML 1.1 */
	bool slice_always; /* an empty monitor_cgroup becomes system.slice under cgroupfs too */
	/* A vm runtime's name is containerd-shim-X as a whole; before, it contains
	 * containerd-shim-X-v2. */
	bool whole_shim_name;
	/* Why a SIGHUP does not change its handlers, after "a SIGHUP does not change them:"; NULL:
	 * it does. */
	const char *reload_fault;
	const char *builtin; /* its built-in [crio.runtime], as TOML */
	/* What was built in before the patch release `builtin_since`; NULL: the same. */
	const char *builtin_before;
	uint16_t builtin_since;
	/* Of Ignition, what the MCO writes itself in the OpenShift that has this release: 4.15 has
	 * 1.28. */
	const char *ignition;
};

/* Oldest first. */
extern const struct heir_release heir_releases[];
extern const unsigned heir_n_releases;

/* "1.34", "1.34.2", "v1.34.2"; false for anything else. Does not ask whether the release is known.
 */
bool heir_version_parse(const char *text, struct heir_version *ret);

/* The version that the name of a build begins with: 1.31.4 of "1.31.4-3.rhaos4.18". *ret_text is as
 * it stands there. False: it begins with none. */
bool heir_version_of_build(
	struct heir_str build, struct heir_version *ret, struct heir_str *ret_text);

/* The row of a version; NULL: not a release that heir knows. */
const struct heir_release *heir_release_of(struct heir_version version);
const struct heir_release *heir_release_newest(void);

/* Whether a thing that arrived in `since` ("1.36 1.34.8 1.35.3": that minor, and these patch
 * releases and what follows them in their minors; "" is always) is there. */
bool heir_version_has(struct heir_version version, const char *since);

/* The same, and true as well of a minor that got the thing in a patch release whose number is not
 * known ("1.34.?"), of which heir_version_has() says that it lacks it. */
bool heir_version_may_have(struct heir_version version, const char *since);

/* What the release has built in, as TOML: of a release that heir knows. */
const char *heir_version_builtin(struct heir_version version);

/* Returns whether CRI-O accepts the binary for a vm runtime, by its base name. Mirrors
 * RuntimeHandler.validateRuntimeVMBinaryPath. */
bool heir_version_accepts_shim(struct heir_version version, struct heir_str path);

/* BurntSushi/toml 1.6 brought TOML 1.1 to CRI-O. */
enum heir_toml_version heir_version_toml(struct heir_version version);

#endif
