#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests --without FILE: the answer as if a configuration file did not exist.

load heir

two_files()
{
	binary usr/bin/runc
	dropin 10 <<<$'[crio.runtime.runtimes.gpu]\nruntime_path = "/usr/bin/crun"'
	dropin 20 <<<$'[crio.runtime.runtimes.gpu]\nruntime_path = "/usr/bin/runc"'
	file etc/crio/heir.d/30 <<<$'[crio.runtime.runtimes.more]\ninherit = "gpu"'
}

path_of()
{
	jq -r --arg name "$1" '.handlers[] | select(.name == $name).fields.runtime_path.value' <<<"$output"
}

@test "the file is not read, by its name, its path, and its path in the copy" {
	two_files
	answers 0 on_node show --format json
	is /usr/bin/runc "$(path_of gpu)"
	for name in 20 "/$CONFD/20" "$NODE/$CONFD/20"; do
		answers 0 on_node --without "$name" show --format json
		is /usr/bin/crun "$(path_of gpu)"
	done
	answers 0 on_node --without 20 --without heir.d/30 show --format json
	is "crun gpu" "$(jq -r '[.handlers[].name] | join(" ")' <<<"$output")"
	answers 0 on_node --without 20 cat
	! grep -q "$CONFD/20" <<<"$output" || return 1
	answers 0 on_node --without 20 blame --format json
	is_json '.files[0].lines[1].state' counts
	[ -e "$NODE/$CONFD/20" ]
}

@test "diff and report say what would change" {
	two_files
	answers 1 on_node diff --without 20 --format json
	is_json '[.handlers[] | "\(.name) \(.change)"] | join(", ")' "gpu changed, more changed"
	answers 0 on_node diff --without 20 --as stock crun
	answers 0 on_node report --without 20
	shows "/usr/bin/crun"
}

@test "crio.conf too; one that a flag names would be missed" {
	file etc/crio/crio.conf <<<$'[crio.runtime]\nlog_level = "debug"'
	answers 0 on_node --without crio.conf explain log_level --format json
	is_json .value.kind default
	answers 1 on_node --crio-args '--config /etc/crio/crio.conf' --without crio.conf show
	says config-missing
}

@test "a file that is not read is an error; nothing is written without a file" {
	two_files
	answers 2 on_node --without 21 show
	says '"21"'
	answers 2 on_node diff --without 21
	run --separate-stderr on_node --without 20 apply
	[ "$status" -ne 0 ]
	[ ! -e "$NODE/$CONFD/zz-heir.conf" ]
	run --separate-stderr on_node --without 20 check --fix
	[ "$status" -ne 0 ]
}
