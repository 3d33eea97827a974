#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir drift against a socket: tests/support/crio-socket answers as CRI-O does, or in invalid
# ways.

load heir

demands()
{
	[ -x "$(dirname "$HEIR")/heir-fetch" ] || skip "built without heir-fetch (no libcurl)"
	command -v python3 >/dev/null || skip "no python3 here"
}

stop()
{
	[ -z "${SERVER:-}" ] || kill "$SERVER"
	SERVER=
	rm -f s ready
}

teardown()
{
	stop
}

# A configuration of this machine with the files and binaries of the recorded node.
this_machine()
{
	LIVE=$HEIR_SOURCE/examples/reloaded-node
	cp -R "$LIVE/etc/crio/crio.conf.d" confd
	OPTIONS=(--crio-version "$RELEASE" --config-dir "$PWD/confd" --source-dir /nowhere --path "$LIVE/usr/bin")
	: >conf
	OPTIONS+=(--config "$PWD/conf")
}

# serve MODE [FILE]
serve()
{
	"$HEIR_SOURCE/tests/support/crio-socket" "$PWD/s" "$1" \
		"${2:-$HEIR_SOURCE/examples/reloaded-node/started.toml}" >ready 3>&- &
	SERVER=$!
	for _ in $(seq 100); do
		[ ! -s ready ] || return 0
		sleep 0.05
	done
	return 1
}

drift()
{
	scrubbed HEIR_LIBEXEC="${LIBEXEC:-$(dirname "$HEIR")}" timeout 20 "$HEIR" \
		"${OPTIONS[@]}" drift "$@"
}

@test "the answer of the socket is compared, in chunks or in one piece" {
	this_machine
	for mode in chunked length; do
		serve "$mode"
		answers 1 drift --socket "$PWD/s" --format json
		is_json .running.source "$PWD/s"
		is_json '[.handlers[] | select(.drift == "missing").name] | sort | join(",")' high2,newone
		stop
	done
	head -n 1 s.asked | grep -q '^GET /config HTTP/1'
}

@test "it is the same as with the saved answer" {
	this_machine
	serve chunked "$LIVE/reloaded.toml"
	answers 1 drift --socket "$PWD/s"
	# But for when it started, which a file does not tell.
	sed '2d; s/its start, 2[^,]* UTC,/its start,/' <<<"$output" >asked
	answers 1 drift --live "$LIVE/reloaded.toml"
	diff asked <(sed 2d <<<"$output")
}

@test "the socket is that of the configuration, the last file's, unless one is given" {
	this_machine
	serve chunked
	printf '[crio.api]\nlisten = "/nowhere/a"\n' >confd/20
	printf '[CRIO.Api]\nLISTEN = "%s/s"\n' "$PWD" >confd/30
	answers 1 drift --format json
	is_json .running.source "$PWD/s"
	printf '[crio.api]\nlisten = "/nowhere/b"\n' >confd/40
	answers 3 drift
	says "heir: /nowhere/b: cannot connect: CRI-O is not running"
	rm confd/*
	answers 3 drift --socket nowhere
	says "nowhere: cannot connect: CRI-O is not running"
}

@test "an answer that is not from CRI-O gives exit code 3 and the reason, and soon" {
	this_machine
	while read -r mode words; do
		serve "$mode"
		answers 3 drift --socket "$PWD/s"
		says "heir: $PWD/s: $words"
		is "" "$output"
		stop
	done <<-'EOT'
		garbage the answer is not HTTP or ends too early
		early the answer is not HTTP or ends too early
		nothing the answer is not HTTP or ends too early
		huge the answer is larger than 16 MiB
		missing unexpected HTTP status
		elsewhere unexpected HTTP status
	EOT
}

@test "one that drips, and one that says nothing, are left after 5 seconds" {
	this_machine
	for mode in slow silent; do
		serve "$mode"
		SECONDS=0
		answers 3 drift --socket "$PWD/s"
		says "timed out: no complete answer"
		[ $SECONDS -lt 10 ]
		stop
	done
}

@test "without heir-fetch it says what is missing" {
	this_machine
	LIBEXEC=$PWD/none answers 3 drift --socket "$PWD/s"
	says "$PWD/none/heir-fetch: no such file"
}

@test "another node's CRI-O is not asked" {
	answers 2 on_node drift
	says "pass its answer with --live"
	answers 2 on_node drift --socket x
	answers 2 heir drift --socket x --live y
}

@test "HEIR_LIBEXEC: relative ones and those that others may write are refused" {
	mkdir -p libexec
	printf '#!/bin/sh\n: >%s/ran\n' "$PWD" >libexec/heir-fetch
	chmod 755 libexec/heir-fetch
	answers 3 scrubbed HEIR_LIBEXEC=libexec timeout 20 "$HEIR" drift --socket "$PWD/s"
	says "not an absolute path"
	chmod 757 libexec/heir-fetch
	answers 3 scrubbed HEIR_LIBEXEC="$PWD/libexec" timeout 20 "$HEIR" drift --socket "$PWD/s"
	says "writable by another user"
	chmod 755 libexec/heir-fetch
	chmod 777 libexec
	answers 3 scrubbed HEIR_LIBEXEC="$PWD/libexec" timeout 20 "$HEIR" drift --socket "$PWD/s"
	says "writable by another user"
	chmod 755 libexec
	if [ "$(id -u)" -eq 0 ] && id nobody >/dev/null 2>&1; then
		chown nobody libexec/heir-fetch
		answers 3 scrubbed HEIR_LIBEXEC="$PWD/libexec" timeout 20 "$HEIR" drift --socket "$PWD/s"
		says "writable by another user"
	fi
	[ ! -e ran ]
}
