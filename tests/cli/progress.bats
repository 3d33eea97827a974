#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests that heir shows on a terminal what it waits for, in a line that it erases. roots.bats tests
# the progress bar of `check DIR...`.

load heir

demands()
{
	needs_terminal
	[ "$(id -u)" -eq 0 ] || skip "only root's programs are asked"
}

# A runtime that never answers: heir gives it two seconds.
slow()
{
	mkdir -p bin
	printf '#!/bin/sh\nsleep 60\n' >bin/slow
	chmod 755 bin/slow
}

# seen VARIABLE=VALUE... -- COMMAND: what a terminal 40 columns wide gets, a line for each time that
# the cursor goes back.
seen()
{
	local settings=()
	while [ "$1" != -- ]; do
		settings+=("$1")
		shift
	done
	scrubbed TERM=xterm "${settings[@]}" timeout 20 script -qec "stty cols 40; $2" /dev/null \
		</dev/null | tr '\r' '\n'
}

@test "a runtime that does not answer is named, in one line, which goes away" {
	slow
	seen -- "'$HEIR' --path '$PWD/bin' features slow" >log
	grep -q $'^heir: waiting [0-9] s for /' log
	is "" "$(grep '^heir: waiting' log | sed 's/\x1b\[K$//' | awk 'length > 39')"
	# Each is taken back: the line before the answer is an empty one.
	is $'\e[K' "$(grep -A1 '^heir: waiting' log | tail -n 1 | grep -o $'^\e\[K')"
	grep -q 'did not end in 2 s' log
	# And nothing of it stands behind the answer.
	! sed '1,/did not end/d' log | grep -q waiting || return 1
}

@test "none through a pipe, on a dumb terminal, with --quiet, and with --verbose" {
	slow
	features="'$HEIR' --path '$PWD/bin' features slow"
	seen -- "$features 2>file" >log
	is "" "$(cat file)"
	! grep -q waiting log || return 1
	seen TERM=dumb -- "$features" >log
	! grep -q waiting log || return 1
	grep -q 'did not end in 2 s' log
	seen -- "$features -q" >log
	! grep -q waiting log || return 1
	grep -q 'did not end in 2 s' log
	seen -- "$features -v" >log
	! grep -q waiting log || return 1
	grep -q "^heir: probe .*bin/slow: failed" log
}

@test "--crio-version auto says whom it asks" {
	mkdir bin
	printf '#!/bin/sh\nsleep 60\n' >bin/crio
	chmod 755 bin/crio
	seen -- "'$HEIR' --path '$PWD/bin' --crio-version auto show" >log
	grep -q '^heir: waiting [0-9] s for crio --version' log
	# The line is taken back before anything else is said.
	grep -q $'^\e\[Kheir: --crio-version auto: ' log
	# Without the option it is asked too.
	seen -- "'$HEIR' --path '$PWD/bin' --config-dir '$PWD/none' show" >log
	grep -q '^heir: waiting [0-9] s for crio --version' log
	grep -q $'^\e\[Kheir: assumed CRI-O 1\.[0-9]*: ' log
}

@test "apply says that it waits for another one" {
	command -v flock >/dev/null || skip "no flock(1) here"
	cp -r "$HEIR_SOURCE/examples/ocp-worker/." "$NODE"
	heir --root "$NODE" apply
	mkdir -p -m 755 "$NODE/run/heir"
	lock=$NODE/run/heir/$(printf '%x-%x' "$((0x$(stat -c %D "$NODE/etc/crio")))" "$(stat -c %i "$NODE/etc/crio")").lock
	install -m 600 /dev/null "$lock"
	exec 8<"$lock"
	flock 8
	seen -- "'$HEIR' --crio-version $RELEASE --root '$NODE' apply --wait 2" >log
	exec 8<&-
	grep -q '^heir: waiting [0-9] s for another' log
	grep -q $'^\e\[Kheir: another heir apply is running' log
}

@test "a page of very many handlers: at which one it is" {
	n=150000
	! is_sanitized || n=30000
	awk -v n=$n 'BEGIN { for (i = 0; i < n; i++)
		printf "[crio.runtime.runtimes.h%d]\ninherit = \"default\"\n", i }' | dropin 50-many
	page="'$HEIR' --crio-version $RELEASE --root '$NODE' report --output page.html"
	begun=$(date +%s%N)
	scrubbed timeout 60 "$HEIR" --crio-version "$RELEASE" --root "$NODE" report --output page.html 2>/dev/null || :
	[ $((($(date +%s%N) - begun) / 1000000)) -gt 2500 ] || skip "this machine is too fast to be waited for"
	rm page.html
	scrubbed TERM=xterm timeout 60 script -qec "stty cols 60; $page" /dev/null </dev/null | tr '\r' '\n' >log
	grep -qE "^heir: waiting [0-9]+ s for the page: handler [0-9]+ of $((n + 1))\\b" log
	[ -s page.html ]
	is $'\e[K' "$(grep -A1 '^heir: waiting' log | tail -n 1 | grep -o $'^\e\[K')"
}
