#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests allowed_annotations: items that are unknown, too new, or only one of two names. Each finding
# names its item.
load heir

gpu()
{
	binary usr/bin/runc
	dropin 50-gpu.conf <<-EOF
		[crio.runtime.runtimes.gpu]
		runtime_path = "/usr/bin/runc"
		runtime_root = "/run/runc"
		allowed_annotations = [
		    "io.containers.trace-syscall",
		    $1,
		]
	EOF
}

# RULE LINE COLUMN of the findings.
findings()
{
	on_node "$@" check --format json |
		jq -r '.findings[] | "\(.rule) \(.line) \(.column)"'
}

@test "an unknown annotation is told at its item, with the nearest name" {
	gpu '"bundle", "io.kubernetes.cri-o.devices"'
	is "annotation-unknown 6 15" "$(findings --crio-version 1.34)"
	answers 1 on_node --crio-version 1.34 check
	shows 'did you mean "io.kubernetes.cri-o.Devices"?'
}

@test "of a name that came later the release is told" {
	gpu '"devices.crio.io"'
	answers 1 on_node --crio-version 1.34 check
	shows "it was added in CRI-O 1.35"
	answers 0 on_node --crio-version 1.35 check
}

@test "the default's is told at its item too, with the same help" {
	dropin 50-crun.conf <<-'EOF'
		[crio.runtime.runtimes.crun]
		allowed_annotations = [
		    "io.kubernetes.cri-o.ShmSize ",
		]
	EOF
	answers 1 on_node check
	shows "50-crun.conf:3:5: error:"
	shows 'did you mean "io.kubernetes.cri-o.ShmSize"?'
}

@test "one of two names is a warning from 1.35 on, at the item" {
	gpu '"io.kubernetes.cri-o.Devices"'
	is "" "$(findings --crio-version 1.34)"
	is "annotation-deprecated 6 5" "$(findings --crio-version 1.35)"
	gpu '"devices.crio.io"'
	is "annotation-deprecated 6 5" "$(findings)"
	gpu '"io.kubernetes.cri-o.Devices", "devices.crio.io"'
	is "" "$(findings)"
}

@test "--fix adds the other name" {
	gpu '"io.kubernetes.cri-o.Devices"'
	answers 0 on_node --crio-version 1.36 check --fix
	grep -Fx '    "io.kubernetes.cri-o.Devices", "devices.crio.io",' "$NODE/$CONFD/50-gpu.conf"
	is "" "$(findings)"
}
