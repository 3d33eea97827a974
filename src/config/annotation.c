/* SPDX-License-Identifier: Apache-2.0 */
/* The table of annotations and the lookup in it. Twins are found through the table, so a feature
 * is one bit whatever its name. */
#include "config/annotation.h"

#include <stdlib.h>

#include "base/macro.h"

#define ALWAYS ""
#define NO_TWIN         \
	{               \
		NULL, 0 \
	}

struct annotation {
	struct heir_str name;
	const char *since;
	struct heir_str twin; /* the other name of the same feature */
};

/* In byte order. Mirrors annotations.AllAllowedAnnotations of CRI-O, which grew in 1.30 (names
 * that are unsafe to pass to a runtime) and in 1.35 (names that end in .crio.io). */
/* clang-format off */
static const struct annotation annotations[] = {
	{HEIR_STR("bundle"), "1.30 1.28.6 1.29.4", NO_TWIN},
	{HEIR_STR("cgroup2-mount-hierarchy-rw.crio.io"), "1.35",
	 HEIR_STR("io.kubernetes.cri-o.cgroup2-mount-hierarchy-rw")},
	{HEIR_STR("cpu-c-states.crio.io"), ALWAYS, NO_TWIN},
	{HEIR_STR("cpu-freq-governor.crio.io"), ALWAYS, NO_TWIN},
	{HEIR_STR("cpu-load-balancing.crio.io"), ALWAYS, NO_TWIN},
	{HEIR_STR("cpu-quota.crio.io"), ALWAYS, NO_TWIN},
	{HEIR_STR("cpu-shared.crio.io"), "1.29 1.28.3", NO_TWIN},
	{HEIR_STR("devices.crio.io"), "1.35",
	 HEIR_STR("io.kubernetes.cri-o.Devices")},
	{HEIR_STR("disable-fips.crio.io"), "1.35",
	 HEIR_STR("io.kubernetes.cri-o.DisableFIPS")},
	{HEIR_STR("io.containers.trace-syscall"), ALWAYS, NO_TWIN},
	{HEIR_STR("io.kubernetes.cri-o.Devices"), ALWAYS,
	 HEIR_STR("devices.crio.io")},
	{HEIR_STR("io.kubernetes.cri-o.DisableFIPS"), "1.30",
	 HEIR_STR("disable-fips.crio.io")},
	{HEIR_STR("io.kubernetes.cri-o.LinkLogs"), ALWAYS,
	 HEIR_STR("link-logs.crio.io")},
	{HEIR_STR("io.kubernetes.cri-o.PlatformRuntimePath"), "1.35",
	 HEIR_STR("platform-runtime-path.crio.io")},
	{HEIR_STR("io.kubernetes.cri-o.PodLinuxOverhead"), ALWAYS,
	 HEIR_STR("pod-linux-overhead.crio.io")},
	{HEIR_STR("io.kubernetes.cri-o.PodLinuxResources"), ALWAYS,
	 HEIR_STR("pod-linux-resources.crio.io")},
	{HEIR_STR("io.kubernetes.cri-o.ShmSize"), ALWAYS,
	 HEIR_STR("shm-size.crio.io")},
	{HEIR_STR("io.kubernetes.cri-o.Spoofed"), "1.35",
	 HEIR_STR("spoofed.crio.io")},
	{HEIR_STR("io.kubernetes.cri-o.TrySkipVolumeSELinuxLabel"), ALWAYS,
	 HEIR_STR("try-skip-volume-selinux-label.crio.io")},
	{HEIR_STR("io.kubernetes.cri-o.UnifiedCgroup"), ALWAYS,
	 HEIR_STR("unified-cgroup.crio.io")},
	{HEIR_STR("io.kubernetes.cri-o.cgroup2-mount-hierarchy-rw"), ALWAYS,
	 HEIR_STR("cgroup2-mount-hierarchy-rw.crio.io")},
	{HEIR_STR("io.kubernetes.cri-o.seccompNotifierAction"), ALWAYS,
	 HEIR_STR("seccomp-notifier-action.crio.io")},
	{HEIR_STR("io.kubernetes.cri-o.umask"), ALWAYS,
	 HEIR_STR("umask.crio.io")},
	{HEIR_STR("io.kubernetes.cri-o.userns-mode"), ALWAYS,
	 HEIR_STR("userns-mode.crio.io")},
	{HEIR_STR("io.kubernetes.cri.container-type"), "1.30 1.28.6 1.29.4", NO_TWIN},
	{HEIR_STR("io.kubernetes.cri.rdt-class"), ALWAYS, NO_TWIN},
	{HEIR_STR("irq-load-balancing.crio.io"), ALWAYS, NO_TWIN},
	{HEIR_STR("link-logs.crio.io"), "1.35",
	 HEIR_STR("io.kubernetes.cri-o.LinkLogs")},
	{HEIR_STR("module.wasm.image/variant"), "1.30 1.28.6 1.29.4", NO_TWIN},
	{HEIR_STR("org.criu.config"), "1.30 1.28.6 1.29.4", NO_TWIN},
	{HEIR_STR("org.opencontainers.image.stopSignal"), "1.35", NO_TWIN},
	{HEIR_STR("org.systemd.property."), "1.30 1.28.6 1.29.4", NO_TWIN},
	{HEIR_STR("platform-runtime-path.crio.io"), "1.35",
	 HEIR_STR("io.kubernetes.cri-o.PlatformRuntimePath")},
	{HEIR_STR("pod-linux-overhead.crio.io"), "1.35",
	 HEIR_STR("io.kubernetes.cri-o.PodLinuxOverhead")},
	{HEIR_STR("pod-linux-resources.crio.io"), "1.35",
	 HEIR_STR("io.kubernetes.cri-o.PodLinuxResources")},
	{HEIR_STR("run.oci."), "1.30 1.28.6 1.29.4", NO_TWIN},
	{HEIR_STR("seccomp-notifier-action.crio.io"), "1.35",
	 HEIR_STR("io.kubernetes.cri-o.seccompNotifierAction")},
	{HEIR_STR("seccomp-profile.crio.io"), "1.35",
	 HEIR_STR("seccomp-profile.kubernetes.cri-o.io")},
	{HEIR_STR("seccomp-profile.kubernetes.cri-o.io"), "1.30",
	 HEIR_STR("seccomp-profile.crio.io")},
	{HEIR_STR("shm-size.crio.io"), "1.35",
	 HEIR_STR("io.kubernetes.cri-o.ShmSize")},
	{HEIR_STR("spoofed.crio.io"), "1.35",
	 HEIR_STR("io.kubernetes.cri-o.Spoofed")},
	{HEIR_STR("try-skip-volume-selinux-label.crio.io"), "1.35",
	 HEIR_STR("io.kubernetes.cri-o.TrySkipVolumeSELinuxLabel")},
	{HEIR_STR("umask.crio.io"), "1.35",
	 HEIR_STR("io.kubernetes.cri-o.umask")},
	{HEIR_STR("unified-cgroup.crio.io"), "1.35",
	 HEIR_STR("io.kubernetes.cri-o.UnifiedCgroup")},
	{HEIR_STR("userns-mode.crio.io"), "1.35",
	 HEIR_STR("io.kubernetes.cri-o.userns-mode")},
};
/* clang-format on */

static int compare_annotation(const void *key, const void *item)
{
	return heir_str_cmp(*(const struct heir_str *)key, ((const struct annotation *)item)->name);
}

static const struct annotation *find_annotation(struct heir_str name)
{
	return bsearch(&name, annotations, ARRAY_LEN(annotations), sizeof(annotations[0]),
		compare_annotation);
}

bool heir_annotation_is_known(struct heir_str name, struct heir_version version)
{
	const struct annotation *found = find_annotation(name);

	return found && heir_version_has(version, found->since);
}

const char *heir_annotation_since(struct heir_str name)
{
	const struct annotation *found = find_annotation(name);

	return found ? found->since : NULL;
}

struct heir_str heir_annotation_twin(struct heir_str name, struct heir_version version)
{
	const struct annotation *found = find_annotation(name);

	return found && found->twin.p && heir_annotation_is_known(name, version) &&
			       heir_annotation_is_known(found->twin, version)
		       ? found->twin
		       : HEIR_STR_NULL;
}

_Static_assert(ARRAY_LEN(annotations) <= 64, "a bit for each name");

uint64_t heir_annotation_bit(struct heir_str name)
{
	const struct annotation *found = find_annotation(name), *twin;

	if (!found)
		return 0;
	twin = found->twin.p ? find_annotation(found->twin) : found;
	return UINT64_C(1) << (MIN(found, twin) - annotations);
}

struct heir_str heir_annotation_at(unsigned i)
{
	return i < ARRAY_LEN(annotations) ? annotations[i].name : HEIR_STR_NULL;
}
