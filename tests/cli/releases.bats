#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests user-visible differences between releases of CRI-O.
load heir

# The fields of a handler, as JSON, under a release.
field()
{
	on_node --crio-version "$1" show --format json |
		jq -c --arg name "$2" --arg field "$3" \
			'.handlers[] | select(.name == $name).fields[$field].value'
}

@test "1.30 fills in an empty container_min_memory, as the others do" {
	binary usr/bin/runc
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		runtime_path = "/usr/bin/runc"
	EOF
	for release in 1.29 1.30 1.31; do
		is '"12MiB"' "$(field "$release" gpu container_min_memory)"
	done
}

@test "the built-in runc allows the annotation Devices from 1.28.3 on" {
	binary usr/bin/runc
	is '["io.containers.trace-syscall"]' "$(field 1.28.2 runc allowed_annotations)"
	is '["io.containers.trace-syscall","io.kubernetes.cri-o.Devices"]' \
		"$(field 1.28.3 runc allowed_annotations)"
}

@test "the built-in handler has a monitor_cgroup under systemd only, from 1.33 on" {
	dropin 50-cgroup.conf <<-'EOF'
		[crio.runtime]
		cgroup_manager = "cgroupfs"
	EOF
	is '"system.slice"' "$(field 1.32 crun monitor_cgroup)"
	is null "$(field 1.33 crun monitor_cgroup)"
	is null "$(field 1.37 crun monitor_cgroup)"
	rm "$NODE/$CONFD/50-cgroup.conf"
	is '"system.slice"' "$(field 1.33 crun monitor_cgroup)"
}

@test "vm runtimes are named by the release" {
	binary usr/bin/runc
	binary usr/bin/containerd-shim-runsc-v1
	binary usr/bin/my-containerd-shim-kata-v2.sh
	dropin 50-vm.conf <<-'EOF'
		[crio.runtime.runtimes.gvisor]
		runtime_path = "/usr/bin/containerd-shim-runsc-v1"
		runtime_type = "vm"
		[crio.runtime.runtimes.kata]
		runtime_path = "/usr/bin/my-containerd-shim-kata-v2.sh"
		runtime_type = "vm"
	EOF
	dropped()
	{
		on_node --crio-version "$1" show --format json |
			jq -r '[.handlers[] | select(.status == "dropped").name] | join(" ")'
	}
	is gvisor "$(dropped 1.28)"
	is gvisor "$(dropped 1.36)"
	is kata "$(dropped 1.37)"
}

@test "a key is suggested in the spelling of the documentation" {
	dropin 50-x.conf <<-'EOF'
		[crio.runtime.workloads.w]
		activation_annotation = "a"
		[crio.runtime.workloads.w.resources]
		cpusett = "0-1"
	EOF
	answers 0 on_node check
	shows 'did you mean "cpuset"?'
}

@test "keys of releases of old are told to be removed, and since when" {
	dropin 50-x.conf <<-'EOF'
		[crio]
		file_locking = false
	EOF
	answers 0 on_node check
	shows "1.15"
	shows "[key-removed]"
	[[ $output != *"no release"* ]]
}

@test "a path below a file passes CRI-O, which only asks whether there is nothing" {
	dropin 50-x.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		runtime_path = "/usr/bin/crun/gpu"
	EOF
	is '"ok"' "$(on_node show --format json | jq '.handlers[] | select(.name == "gpu").status')"
	answers 1 on_node check
	shows "[path-not-executable]"
}
