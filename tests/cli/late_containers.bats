#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests late binding with running containers of crun and runc: no drain is needed, and heir-runtime
# calls for each container the runtime that created it.

load heir
load containers

demands()
{
	needs_containers
	unshare -m true 2>/dev/null || skip "not allowed to unshare the mounts"
}

teardown()
{
	end_containers
}

CRUN=$(command -v crun) RUNC=$(command -v runc)

# Where what is written beside the configuration is the test's own, and crun finds no hybrid cgroups.
# State directories stay visible: they are below $PWD.
apart()
{
	mkdir -p varlib run/heir
	# shellcheck disable=SC2016 # for the other shell
	unshare -m sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null
		here=$1
		shift
		mkdir -p /run/heir && mount --bind "$here/varlib" /var/lib &&
			mount --bind "$here/run/heir" /run/heir && exec "$@"' sh "$PWD" "$@"
}

applies_late()
{
	local wanted=$1
	shift
	answers "$wanted" apart env -i PATH="$PATH" HEIR_LIBEXEC="$(dirname "$HEIR")" timeout 60 "$HEIR" \
		"${OPTIONS[@]}" apply --reload none "$@"
}

# What a call through the link comes to.
through()
{
	answers "$1" apart /var/lib/heir/late/bin/k "--root=$PWD/run/crun" "${@:2}"
}

# Handler k follows the default, in a root that both kinds of runtime share.
node()
{
	container_node
	printf '[crio.runtime.runtimes.k]\ninherit = "default"\nruntime_root = "%s"\n' "$PWD/run/crun" >confd/50-k
	applies_late 0
	pod k k
}

default_is()
{
	sed -i "s/^default_runtime = .*/default_runtime = \"$1\"/" confd/10-crio.conf
}

@test "the default moves while a container of the runtime before lives, and moves back" {
	node
	container k box "$CRUN" "$PWD/run/crun"
	# Without it the move would orphan the container.
	default_is runc
	applies_late 1
	default_is crun
	applies_late 0 --late
	# Recorded, by what conmon says.
	is "runtime crun $CRUN" "$(grep ^runtime "run/heir/late/"*"/$ID")"
	default_is runc
	applies_late 0
	shows "k: $PWD/bin/crun -> $PWD/bin/runc (late)"
	through 0 state "$ID"
	is_json .status running
	rm -r run/heir/late
	# The record is lost: its state tells.
	through 0 state "$ID"
	is_json .status running
	default_is crun
	applies_late 0
	through 0 state "$ID"
	through 0 delete --force "$ID"
	[ ! -e "run/crun/$ID" ]
}

@test "moving out is refused where the runtime of the files is another one than the container's" {
	node
	applies_late 0 --late
	container k box "$CRUN" "$PWD/run/crun"
	default_is runc
	applies_late 0
	applies_late 1 --no-late
	says "CRI-O could no longer operate 1 running container"
	says "created by $CRUN with root"
	# As one that was created through the link: what is recorded counts, and what is not is unknown.
	kill "$MONITOR"
	monitored "$ID" /var/lib/heir/late/bin/k "$PWD/run/crun"
	root=${PWD#/}/run/crun
	record=run/heir/late/${root//\//%}/$ID
	mkdir -p "${record%/*}"
	applies_late 1 --no-late
	says "created by an unknown runtime (late) with root $PWD/run/crun"
	applies_late 1 --no-late --format json
	is_json '.at_risk[0] | "\(.creator) \(.late)"' "null true"
	printf 'heir-late 1\nruntime crun %s\ncreator 0 0\n' "$CRUN" >"$record"
	applies_late 1 --no-late
	says "created by $CRUN (late) with root $PWD/run/crun"
	applies_late 1 --no-late --format json
	is_json '.at_risk[0] | "\(.creator) \(.late)"' "$CRUN true"
	[ -L varlib/heir/late/now ]
	default_is crun
	applies_late 0
	applies_late 0 --no-late
	[ ! -e varlib/heir/late/now ]
}

@test "a handler whose runtime_root would move into another one is refused" {
	node
	container k box "$CRUN" "$PWD/run/crun"
	sed -i "s#run/crun\"#run/other\"#" confd/50-k
	applies_late 1 --late
	[ ! -e varlib/heir/late/now ]
}

lists()
{
	answers 0 apart env -i PATH="$PATH" HEIR_LIBEXEC="$(dirname "$HEIR")" timeout 60 "$HEIR" \
		"${OPTIONS[@]}" containers "$@"
}

@test "heir containers names handler and creator, and of a late one what is recorded" {
	node
	lists
	is "no running containers" "$output"
	container k box "$CRUN" "$PWD/run/crun"
	lists --format json
	is_json '.containers | length' 1
	is_json '.containers[0] | "\(.namespace) \(.pod) \(.name) \(.handler) \(.late)"' "ns-k k box k false"
	is_json '.containers[0].creator' "$CRUN"
	is_json '.containers[0].root' "$PWD/run/crun"
	applies_late 0 --late
	# As one that was created through the link.
	kill "$MONITOR"
	monitored "$ID" /var/lib/heir/late/bin/k "$PWD/run/crun"
	lists
	shows "ns-k/k"
	shows "$CRUN (late)"
	lists --format json
	is_json '.containers[0].creator' "$CRUN"
	is_json '.containers[0].late' true
	if python3 -c 'import jsonschema' 2>/dev/null; then
		printf '%s\n' "$output" >out
		python3 -c '
import json, jsonschema, sys
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))' \
			out "$HEIR_SOURCE/doc/schemas/heir.containers-1.json"
	fi
	rm "run/heir/late/"*"/$ID"
	lists --format json
	is_json '.containers[0].creator' null
}
