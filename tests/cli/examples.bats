#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The trees of examples/ are what they claim to be.

load heir

# of TREE ARG...
of()
{
	local tree=$1
	shift
	heir --root "$HEIR_SOURCE/examples/$tree" "$@"
}

path_of()
{
	jq -r --arg name "$1" '.handlers[] | select(.name == $name) | .fields.runtime_path.value' <<<"$output"
}

@test "the binaries of the examples are executable stubs" {
	n=0
	while read -r file; do
		n=$((n + 1))
		[ -x "$file" ]
		run "$file"
		[ "$status" -eq 1 ]
		is "" "$output"
	done < <(find "$HEIR_SOURCE"/examples/{ocp-worker,debian-node,gpu-node} -type f -path '*bin/*' \
		-o -type f -path '*/toolkit/*' -o -type f -path '*/libexec/*')
	[ $n -ge 12 ]
}

@test "ocp-worker: who inherits runs crun, who copied in the days of runc still runs runc" {
	answers 0 of ocp-worker show --format json
	is_json .default_runtime crun
	for name in crun high-performance builder trace; do
		is /usr/bin/crun "$(path_of $name)"
	done
	is /usr/bin/runc "$(path_of low-latency)"
	is_json '[.handlers[] | select(.status == "dropped") | .name] | join(" ")' kata
}

@test "ocp-worker: every rule of the table but those that need facts" {
	answers 0 of ocp-worker show
	for via in inherit explicit implicit inherit_default_runtime '\$PATH'; do
		grep -qE " $via " <<<"$output"
	done
	answers 0 of gpu-node --facts "$HEIR_SOURCE/examples/gpu-node/facts.json" show
	for via in inherit_when candidate; do
		grep -qE " $via " <<<"$output"
	done
}

@test "ocp-worker: when the default moves back, all but the copy follow" {
	answers 0 of ocp-worker --default-runtime runc show --format json
	for name in high-performance builder trace runc low-latency; do
		is /usr/bin/runc "$(path_of $name)"
	done
	is_json '.handlers[] | select(.name == "gpu-batch") | .fields.runtime_root.value' /run/runc
}

@test "ocp-worker: stock CRI-O drops what only heir can resolve" {
	answers 0 of ocp-worker --as stock show --format json
	is_json '[.handlers[] | select(.status == "dropped") | .name] | join(" ")' \
		"gpu-batch high-performance kata trace"
}

@test "debian-node: the variable picks the build and names the handler" {
	answers 0 of debian-node show --format json
	is /opt/youki-stable/bin/youki "$(path_of youki-stable)"
	answers 0 of debian-node --env CHANNEL=edge show --format json
	is /opt/youki-edge/bin/youki "$(path_of youki-edge)"
	answers 0 of debian-node --env CHANNEL=nightly show --format json
	is_json '.handlers[] | select(.name == "youki-nightly") | .status' dropped
}

@test "debian-node: the packages' table has nothing of what is built in" {
	answers 0 of debian-node show crun --format json
	is_json '.handlers[0].fields.container_min_memory | "\(.value) \(.kind)"' "12MiB default"
	is_json '.handlers[0].fields.allowed_annotations.value | join(" ")' io.containers.trace-syscall
}

@test "gpu-node: the same name means what the node can do" {
	facts=$HEIR_SOURCE/examples/gpu-node/facts.json
	answers 0 of gpu-node --facts "$facts" show --format json
	is_json '.handlers[] | select(.name == "confidential") | .parent' kata-tdx
	is_json '.handlers[] | select(.name == "gpu") | .parent' nvidia
	# An AMD machine without a card.
	jq '.features["cpu.security"] = {"sev.snp.enabled": "true"} | .features["pci.device"] = []' \
		"$facts" >amd.json
	answers 0 of gpu-node --facts amd.json show --format json
	is_json '.handlers[] | select(.name == "confidential") | .parent' kata-snp
	is_json '.handlers[] | select(.name == "gpu") | .parent' crun
	# A machine that can do neither.
	jq '.features["cpu.security"] = {}' "$facts" >plain.json
	answers 0 of gpu-node --facts plain.json show --format json
	is_json '.handlers[] | select(.name == "confidential") | .status' dropped
}

@test "no example has a word on standard error" {
	for tree in ocp-worker debian-node gpu-node; do
		answers 0 of $tree show
		shows HANDLER
		is "" "$stderr"
	done
}

# A table without any key of heir that CRI-O drops is an error, also where implicit_inherit would
# give it the default's runtime.
@test "the handlers that show marks as pending are those of which check says so" {
	for input in "--root ocp-worker" "--root debian-node" "--root gpu-node" \
		"--root gpu-node --facts gpu-node/facts.json" "--root reloaded-node" \
		"-i ocp-cluster --pool gpu" "-i ocp-fleet" "-i runc-upgrade --pool worker"; do
		cd "$HEIR_SOURCE/examples"
		# shellcheck disable=SC2086 # a list of words
		shown=$(heir $input show --format json | jq -c '[(.pools // [.])[].handlers[] | select(.pending and .via != "implicit").name] | sort')
		# shellcheck disable=SC2086
		found=$({ heir $input check --rule inherit-not-applied --format json || :; } |
			jq -c '[(.pools // [.])[].findings[].handlers[]?] | sort')
		is "$input: $shown" "$input: $found"
	done
}
