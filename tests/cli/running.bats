#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir apply after the files were edited since CRI-O's start: heir queries the running CRI-O
# and does not derive its state from files. The stand-in serves what it loaded; the containers are
# real.

load heir
load machine
load containers

demands()
{
	needs_machine
}

teardown()
{
	stop_machine
	end_containers
}

# The machine with a handler that follows the default by CRI-O's own key, applied.
following()
{
	machine
	printf '[crio.runtime.runtimes.perf]\ninherit = "default"\n' >confd/50-perf.conf
	start
	answers 0 apply
	shows "1 handler confirmed"
	grep -q 'inherit_default_runtime = true' confd/zz-heir.conf
	cp confd/zz-heir.conf drop-in
	rm told
}

edit_default()
{
	sed -i 's/default_runtime = "crun"/default_runtime = "runc"/' confd/10-crio.conf
}

# The drop-in says the same, but for the digest of the files that it was made from.
same_but_digest()
{
	diff <(grep -v FNV drop-in) <(grep -v FNV confd/zz-heir.conf)
}

@test "a default that is edited restarts CRI-O for the handlers that follow it" {
	following
	edit_default
	answers 0 apply --dry-run
	shows "the running CRI-O differs from the files: handler \"perf\" has another runtime_path"
	shows "CRI-O would be restarted"
	[ ! -e told ]
	answers 0 apply --format json
	is_json '[.result, .told, .confirmed] | join(" ")' "written restarted 1"
	is_json '.handlers | length' 0
	is "show try-restart show" "$(cut -d ' ' -f 1 told | xargs)"
	grep -A9 'runtimes.perf]' answer | grep -q "$PWD/bin/runc"
	same_but_digest
	rm told
	answers 0 apply
	is "nothing to change" "$output"
	[ ! -e told ]
}

@test "a drop-in that was written for nobody restarts the CRI-O that does not have it" {
	following
	edit_default
	answers 0 apply --reload none
	[ ! -e told ]
	cp confd/zz-heir.conf drop-in
	answers 0 apply --reload none
	is "nothing to change" "$output"
	answers 0 apply --dry-run
	is 2 "$(wc -l <<<"$output")"
	shows "the running CRI-O differs from the files"
	answers 0 apply --format json
	is_json '[.result, .told, .confirmed] | join(" ")' "unchanged restarted 1"
	cmp drop-in confd/zz-heir.conf
	answers 0 apply
	is "nothing to change" "$output"
}

@test "what is edited and concerns no handler of the drop-in restarts nothing" {
	following
	printf '[crio.runtime.runtimes.mine]\nruntime_path = "%s"\n' "$PWD/bin/crun" >confd/60-mine.conf
	answers 0 apply
	shows "CRI-O is not reloaded: its handlers do not change"
	answers 0 apply
	is "nothing to change" "$output"
	[ ! -e told ]
	# Nobody runs.
	answers 0 apply --reload none
	edit_default
	kill "$SERVER"
	wait "$SERVER" || :
	SERVER=
	rm s running
	answers 0 apply
	shows "CRI-O is not reloaded: its handlers do not change"
}

@test "a CRI-O that got a SIGHUP runs what it started with, and is restarted" {
	following
	edit_default
	./load reload
	kill -HUP "$SERVER"
	sleep 0.2
	answers 0 apply
	shows "CRI-O restarted"
}

@test "a CRI-O that is restarted and has something else is told; what was not written is not rolled back" {
	following
	edit_default
	echo deaf >mode
	answers 1 apply
	says "rolled back: CRI-O rejected the new configuration: handler \"perf\" has another runtime_path"
	cmp drop-in confd/zz-heir.conf
	answers 0 apply --reload none
	cp confd/zz-heir.conf drop-in
	answers 3 apply
	says "CRI-O was restarted but does not match the files: handler \"perf\" has another runtime_path"
	cmp drop-in confd/zz-heir.conf
	echo fails >mode
	answers 3 apply
	cmp drop-in confd/zz-heir.conf
}

# The same, with containers that can be made.
inhabited()
{
	needs_containers
	machine
	rm bin/*
	container_node
	printf '[crio.runtime.runtimes.perf]\ninherit = "default"\n' >confd/50-perf.conf
	mkdir own
	# What machine() made of them.
	cat >bin/systemctl <<-EOT
		#!/bin/sh
		cd "$PWD"
		echo "\$*" >>told
		case \$1 in
		show) cat "$HEIR_SOURCE/tests/fixtures/crio-1.37/systemctl/active" ;;
		try-restart) ./load start && kill -HUP "\$(cat pid)" ;;
		esac
	EOT
	chmod 755 bin/systemctl
	./load start
	start
	answers 0 apply
	cp confd/zz-heir.conf drop-in
	rm told
	pod web perf
	container web app "$PWD/bin/crun" "$PWD/run/crun"
}

@test "the guard is asked before CRI-O is restarted for an edited default" {
	inhabited
	edit_default
	for option in "" --dry-run; do
		answers 1 apply $option
		says "ns-web/web"
		says "handler \"perf\""
		! grep -q restart told || return 1
	done
	cmp drop-in confd/zz-heir.conf
	answers 0 apply --force
	shows "CRI-O restarted"
	sed -i 's/"runc"/"crun"/' confd/10-crio.conf
	# Right before the restart too: a drop-in that nobody was told of.
	answers 0 apply --reload none --force
	answers 0 apply
}

@test "where CRI-O is not to be told, what its next restart would cost is said" {
	inhabited
	edit_default
	for option in --dry-run ""; do
		answers 0 apply --reload none $option
		shows "next restart"
		shows "ns-web/web"
	done
	[ ! -e told ]
	# Each time, until it is restarted or the pod is gone.
	answers 0 apply --reload none --format json
	is_json '[.result, (.at_risk | length)] | join(" ")' "unchanged 1"
	sed -i 's/"runc"/"crun"/' confd/10-crio.conf
	answers 0 apply --reload none
	[[ $output != *"next restart"* ]]
}

@test "a runtime_root that only the running CRI-O has is looked into" {
	inhabited
	kill -KILL "$MONITOR"
	sed -i "s,run/crun\",run/other\"," confd/10-crio.conf
	answers 1 apply
	says "ns-web/web"
	says "root $PWD/run/other"
	sed -i "s,run/other\",run/crun\"," confd/10-crio.conf
	answers 0 apply
	is "nothing to change" "$output"
}
