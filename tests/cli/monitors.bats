#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests monitors: CRI-O runs `MONITOR --version` for every oci handler before it serves, and exits
# if that fails. check, report and apply run the monitors of this machine in the same way, and
# nothing else.

load heir

demands()
{
	[ "$(id -u)" -eq 0 ] || skip "only root can make a file that root owns"
}

# A machine in this directory whose default handler has the monitor bin/conmon, made of COMMANDS.
monitored()
{
	mkdir -p confd bin
	printf '#!/bin/sh\n' | tee bin/crun bin/pinns bin/nsenter >/dev/null
	chmod 755 bin/*
	monitor bin/conmon "$@"
	# Containers of this machine, such as those of other tests, are none of the test's.
	cat >confd/10 <<-EOT
		[crio.runtime]
		default_runtime = "crun"
		[crio.runtime.runtimes.crun]
		monitor_path = "$PWD/bin/conmon"
		[crio]
		runroot = "$PWD/storage"
	EOT
	: >conf
}

live()
{
	heir --config "$PWD/conf" --config-dir "$PWD/confd" --source-dir /nowhere --path "$PWD/bin" "$@"
}

# passes [COMMANDS] and refused WORDS [COMMANDS]: what check says of such a monitor.
passes()
{
	monitored "$@"
	answers 0 live check --format json
	is_json '"\(.starts) \(.stops | length)"' "true 0"
}

refused()
{
	local words=$1
	shift
	monitored "$@"
	answers 1 live check --format json
	is_json '"\(.starts) \(.stops | length) \(.stops[0].rule)"' "false 1 monitor-missing"
	is_json '.stops[0].message' "monitor of handler \"crun\": $PWD/bin/conmon --version $words"
	is_json '.stops[0] | "\(.file) \(.line)"' "$PWD/confd/10 4"
}

@test "what CRI-O takes for a monitor passes" {
	passes
	passes 'echo conmon version 2.1.12-dev'
	passes 'echo conmon version 2.1.12+git.5'
	passes 'echo crun version 1.28.0'
	passes 'printf "a\n\n\tb 0.0.0 and more"'
	# Both outputs count.
	passes 'echo conmon >&2; echo version 2.1.12'
}

@test "what CRI-O does not take stops it" {
	refused 'ended with status 1' 'echo conmon version 2.1.12; exit 1'
	refused 'ended with status 137' 'kill -KILL $$'
	refused 'prints fewer than three words' :
	refused 'prints fewer than three words' 'echo conmon 2.1.12'
	for version in v2.1.12 2.1 2.1.12.1 02.1.12 2.1.12- 2.1.12-01 2.1.x conmon; do
		refused 'prints a third word that is not a version' "echo conmon version $version"
	done
	monitored
	printf '\001\002' >bin/conmon
	answers 1 live check
	shows "conmon --version cannot be run: "
	printf '#!/nowhere/sh\n' >bin/conmon
	answers 1 live check
	shows "conmon --version cannot be run: "
}

@test "a monitor that does not answer is given 2 seconds" {
	refused 'did not end in 2 s' 'sleep 30'
}

@test "one that CRI-O finds in its path is asked too" {
	monitored 'exit 3'
	sed -i '/^monitor_path/d' confd/10
	answers 1 live check --format json
	is_json '.stops[0].message' "monitor of handler \"crun\": $PWD/bin/conmon --version ended with status 3"
}

@test "each monitor is asked once, and those of handlers that have none are not" {
	monitored "echo \"\$*\" >>$PWD/asked; echo conmon version 2.1.12"
	# A handler that is dropped, and one of a virtual machine.
	monitor bin/other "touch $PWD/other"
	printf '#!/bin/sh\n' >bin/containerd-shim-kata-v2
	chmod 755 bin/containerd-shim-kata-v2
	cat >confd/20 <<-EOT
		[crio.runtime.runtimes.same]
		runtime_path = "$PWD/bin/crun"
		monitor_path = "$PWD/bin/conmon"
		[crio.runtime.runtimes.gone]
		runtime_path = "/nowhere"
		monitor_path = "$PWD/bin/other"
		[crio.runtime.runtimes.kata]
		runtime_path = "$PWD/bin/containerd-shim-kata-v2"
		runtime_type = "vm"
		monitor_path = "$PWD/bin/other"
	EOT
	answers 1 live check --format json
	is_json .starts true
	is "--version" "$(cat asked)"
	[ ! -e other ]
}

@test "a monitor that others may write is not run" {
	monitored "touch $PWD/ran; exit 1"
	starts()
	{
		run --separate-stderr live check --format json
		is_json .starts true
	}
	chmod 777 bin/conmon
	starts
	chmod 755 bin/conmon
	chown nobody bin/conmon
	starts
	chown root bin/conmon
	chmod 777 bin
	starts
	[ ! -e ran ]
	chmod 755 bin
	answers 1 live check
	[ -e ran ]
}

@test "the other commands do not ask, and only this machine is asked" {
	monitored "touch $PWD/ran; exit 1"
	for command in show "explain crun" render diff graph; do
		live $command >/dev/null 2>&1 || :
		[ ! -e ran ] || { echo "$command"; return 1; }
	done
	# The same files as a copy of another node.
	mkdir -p "$NODE/$PWD"
	cp -a confd bin conf "$NODE/$PWD"
	answers 0 live --root "$NODE" check
	[ ! -e ran ]
	printf '%s\n' 'apiVersion: machineconfiguration.openshift.io/v1' 'kind: MachineConfigPool' \
		'metadata: {name: worker}' >pool.yaml
	live -i pool.yaml check >/dev/null 2>&1 || :
	[ ! -e ran ]
	answers 1 live check
	[ -e ran ]
}

@test "apply writes nothing where a monitor does not answer" {
	monitored 'exit 1'
	printf '[crio.runtime.runtimes.perf]\ninherit = "default"\n' >confd/50-perf
	for option in --dry-run ""; do
		answers 1 live apply --reload none $option
		says "nothing is written: CRI-O would not start on these files: monitor of handler"
		says "$PWD/bin/conmon --version ended with status 1"
		[ ! -e confd/zz-heir.conf ]
	done
	monitor bin/conmon
	answers 0 live apply --reload none
	[ -e confd/zz-heir.conf ]
}
