/* SPDX-License-Identifier: Apache-2.0 */
#include "config/annotation.h"

#include <stdlib.h>

#include "base/macro.h"

#define ALWAYS ""

struct annotation {
	struct heir_str name;
	const char *since;
};

/* In byte order. Mirrors annotations.AllAllowedAnnotations of CRI-O; the list grew in 1.30 (names
 * that are unsafe to hand to a runtime) and in 1.35 (the names that end in .crio.io). */
/* clang-format off */
static const struct annotation annotations[] = {
	{HEIR_STR("bundle"), "1.30 1.28.6 1.29.4"},
	{HEIR_STR("cgroup2-mount-hierarchy-rw.crio.io"), "1.35"},
	{HEIR_STR("cpu-c-states.crio.io"), ALWAYS},
	{HEIR_STR("cpu-freq-governor.crio.io"), ALWAYS},
	{HEIR_STR("cpu-load-balancing.crio.io"), ALWAYS},
	{HEIR_STR("cpu-quota.crio.io"), ALWAYS},
	{HEIR_STR("cpu-shared.crio.io"), "1.29 1.28.3"},
	{HEIR_STR("devices.crio.io"), "1.35"},
	{HEIR_STR("disable-fips.crio.io"), "1.35"},
	{HEIR_STR("io.containers.trace-syscall"), ALWAYS},
	{HEIR_STR("io.kubernetes.cri-o.Devices"), ALWAYS},
	{HEIR_STR("io.kubernetes.cri-o.DisableFIPS"), "1.30"},
	{HEIR_STR("io.kubernetes.cri-o.LinkLogs"), ALWAYS},
	{HEIR_STR("io.kubernetes.cri-o.PlatformRuntimePath"), "1.35"},
	{HEIR_STR("io.kubernetes.cri-o.PodLinuxOverhead"), ALWAYS},
	{HEIR_STR("io.kubernetes.cri-o.PodLinuxResources"), ALWAYS},
	{HEIR_STR("io.kubernetes.cri-o.ShmSize"), ALWAYS},
	{HEIR_STR("io.kubernetes.cri-o.Spoofed"), "1.35"},
	{HEIR_STR("io.kubernetes.cri-o.TrySkipVolumeSELinuxLabel"), ALWAYS},
	{HEIR_STR("io.kubernetes.cri-o.UnifiedCgroup"), ALWAYS},
	{HEIR_STR("io.kubernetes.cri-o.cgroup2-mount-hierarchy-rw"), ALWAYS},
	{HEIR_STR("io.kubernetes.cri-o.seccompNotifierAction"), ALWAYS},
	{HEIR_STR("io.kubernetes.cri-o.umask"), ALWAYS},
	{HEIR_STR("io.kubernetes.cri-o.userns-mode"), ALWAYS},
	{HEIR_STR("io.kubernetes.cri.container-type"), "1.30 1.28.6 1.29.4"},
	{HEIR_STR("io.kubernetes.cri.rdt-class"), ALWAYS},
	{HEIR_STR("irq-load-balancing.crio.io"), ALWAYS},
	{HEIR_STR("link-logs.crio.io"), "1.35"},
	{HEIR_STR("module.wasm.image/variant"), "1.30 1.28.6 1.29.4"},
	{HEIR_STR("org.criu.config"), "1.30 1.28.6 1.29.4"},
	{HEIR_STR("org.opencontainers.image.stopSignal"), "1.35"},
	{HEIR_STR("org.systemd.property."), "1.30 1.28.6 1.29.4"},
	{HEIR_STR("platform-runtime-path.crio.io"), "1.35"},
	{HEIR_STR("pod-linux-overhead.crio.io"), "1.35"},
	{HEIR_STR("pod-linux-resources.crio.io"), "1.35"},
	{HEIR_STR("run.oci."), "1.30 1.28.6 1.29.4"},
	{HEIR_STR("seccomp-notifier-action.crio.io"), "1.35"},
	{HEIR_STR("seccomp-profile.crio.io"), "1.35"},
	{HEIR_STR("seccomp-profile.kubernetes.cri-o.io"), "1.30"},
	{HEIR_STR("shm-size.crio.io"), "1.35"},
	{HEIR_STR("spoofed.crio.io"), "1.35"},
	{HEIR_STR("try-skip-volume-selinux-label.crio.io"), "1.35"},
	{HEIR_STR("umask.crio.io"), "1.35"},
	{HEIR_STR("unified-cgroup.crio.io"), "1.35"},
	{HEIR_STR("userns-mode.crio.io"), "1.35"},
};
/* clang-format on */

static int by_name(const void *key, const void *item)
{
	return heir_str_cmp(*(const struct heir_str *)key, ((const struct annotation *)item)->name);
}

bool heir_annotation_is_known(struct heir_str name, struct heir_version version)
{
	const struct annotation *found = bsearch(
		&name, annotations, ARRAY_LEN(annotations), sizeof(annotations[0]), by_name);

	return found && heir_version_has(version, found->since);
}

struct heir_str heir_annotation_at(unsigned i)
{
	return i < ARRAY_LEN(annotations) ? annotations[i].name : HEIR_STR_NULL;
}
