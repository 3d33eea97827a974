# SPDX-License-Identifier: Apache-2.0
# What every file of these tests begins with: nodes made of a few lines, and heir run the same way
# everywhere. HEIR is the program, HEIR_SOURCE the repository.

bats_require_minimum_version 1.5.0

# The place of a node's drop-ins.
CONFD=etc/crio/crio.conf.d

setup()
{
	# What all tests of a file need: a function of it that skips. (setup_file cannot, in bats 1.8.)
	if declare -F demands >/dev/null; then
		demands
	fi
	[ -x "${HEIR:-}" ] || {
		echo "HEIR must name the program to test"
		return 1
	}
	[ -d "${HEIR_SOURCE:-}/examples" ] || {
		echo "HEIR_SOURCE must name the repository"
		return 1
	}
	NODE=$BATS_TEST_TMPDIR/node
	mkdir -p "$NODE/$CONFD" "$NODE/usr/bin"
	# What a CRI-O needs to start.
	for program in crun conmon pinns nsenter; do
		binary "usr/bin/$program"
	done
	cd "$BATS_TEST_TMPDIR"
}

# The environment of a program that has none; UBSAN_OPTIONS and ASAN_OPTIONS are those of the run.
scrubbed()
{
	env -i PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C.UTF-8 TERM=dumb \
		XDG_CACHE_HOME="$BATS_TEST_TMPDIR/cache" \
		ASAN_OPTIONS="${ASAN_OPTIONS:-}" UBSAN_OPTIONS="${UBSAN_OPTIONS:-}" "$@"
}

# The release of CRI-O that the nodes of the tests have unless a test names one: the newest. A test
# that empties it names none.
RELEASE=1.37

# Sets $named to the option that names $RELEASE, or to nothing where the words name a release
# themselves.
name_release()
{
	named=()
	[ -n "$RELEASE" ] && [ $# -gt 0 ] && [[ " $* " != *' --crio-version'* ]] || return 0
	# Commands that ask nothing of a node take no release.
	[[ " $* " =~ \ (help|rules|version|completion|facts|features)\  ]] && return 0
	[[ " $* " != *' --ocp '* && " $* " != *' upgrade '* && " $* " != *' --for '* ]] || return 0
	named=(--crio-version "$RELEASE")
}

# heir, which must come back whatever is in its way.
heir()
{
	local named
	name_release "$@"
	scrubbed timeout 60 "$HEIR" "${named[@]}" "$@"
}

# heir on the node at hand.
on_node()
{
	heir --root "$NODE" "$@"
}

# answers STATUS COMMAND...: runs it, with standard output in $output and standard error in $stderr.
answers()
{
	local wanted=$1
	shift
	run --separate-stderr "$@"
	[ "$status" -eq "$wanted" ] || {
		printf 'status %s, not %s\noutput: %s\nstderr: %s\n' \
			"$status" "$wanted" "$output" "${stderr:-}"
		return 1
	}
}

# says TEXT: standard error holds it.
says()
{
	[[ $stderr == *"$1"* ]] || {
		printf 'not said: %s\nstderr: %s\n' "$1" "$stderr"
		return 1
	}
}

# To be called in the test itself: "run" would take the skip for the command's.
needs_terminal()
{
	script -qec true /dev/null </dev/null >/dev/null 2>&1 ||
		skip "no script(1), or no pseudo-terminals for it"
}

# shows TEXT: standard output holds it.
shows()
{
	[[ $output == *"$1"* ]] || {
		printf 'not shown: %s\noutput: %s\n' "$1" "$output"
		return 1
	}
}

# is WANTED GIVEN
is()
{
	[ "$2" = "$1" ] || {
		printf 'wanted: %s\ngiven:  %s\n' "$1" "$2"
		return 1
	}
}

# is_json FILTER WANTED: what jq finds in $output.
is_json()
{
	is "$2" "$(jq -r "$1" <<<"$output")"
}

# hold_lock: the lock of heir apply on the node, until descriptor 9 is closed.
hold_lock()
{
	mkdir -p "$NODE/run"
	mkdir -m 700 "$NODE/run/heir"
	local lock
	lock=$NODE/run/heir/$(printf '%x-%x.lock' $(stat -c '%d %i' "$NODE/etc/crio"))
	(umask 077 && : >"$lock")
	exec 9<"$lock"
	flock -x 9
}

# An executable file of the node.
binary()
{
	mkdir -p "$NODE/$(dirname "$1")"
	printf '#!/bin/sh\nexit 1\n' >"$NODE/$1"
	chmod 755 "$NODE/$1"
}

# monitor PATH [COMMANDS]: a conmon of this machine, which answers as the real one, or by COMMANDS.
monitor()
{
	printf '#!/bin/sh\n%s\n' "${2-echo conmon version 2.1.12; echo commit: unknown}" >"$1"
	chmod 755 "$1"
}

# programs DIR: what a CRI-O needs to start, in a directory that stands for $PATH.
programs()
{
	mkdir -p "$1"
	[ -e "$1/conmon" ] || monitor "$1/conmon"
	for program in conmonrs pinns nsenter; do
		[ -e "$1/$program" ] || printf '#!/bin/sh\n' >"$1/$program"
		chmod 755 "$1/$program"
	done
}

# file PATH: a file of the node, its text from standard input.
file()
{
	mkdir -p "$NODE/$(dirname "$1")"
	cat >"$NODE/$1"
}

# dropin NAME: the same for a drop-in.
dropin()
{
	file "$CONFD/$1"
}

# handlers FIRST LAST: as many tables of handlers, the first with runtime_path, the others without.
handlers()
{
	awk -v first="$1" -v last="$2" 'BEGIN {
		for (i = first; i <= last; i++)
			printf "[crio.runtime.runtimes.h%d]\n", i
	}'
}

is_sanitized()
{
	# Whoever builds with sanitizers may say so; else the program tells.
	[ -n "${HEIR_SANITIZED:-}" ] || grep -q __asan_init "$HEIR"
}

# unpack NAME: makes the node anew of tests/nodes/NAME.node, whose form tests/nodes/README tells.
unpack()
{
	local source=$HEIR_SOURCE/tests/nodes/$1.node target path
	rm -rf "$NODE"
	mkdir -p "$NODE"
	awk -v root="$NODE" '/^(==|=|->) / { $2 = "/" $2; sub(/\/[^\/]*$/, "", $2); print root $2 }
		/^\/ / { print root "/" $2 }' "$source" | sort -u | xargs -d '\n' mkdir -p
	awk -v root="$NODE" '
		/^(==|=|->|\/) / { if (file != "") close(file); file = "" }
		/^== / { file = root "/" $2; printf "" >file; next }
		/^= / { one = root "/" $2; sub(/^= [^ ]+ ?/, ""); print >one; close(one); next }
		file != "" { print >file }' "$source"
	while read -r path target; do
		ln -s "$target" "$NODE/$path"
	done < <(sed -n 's/^-> //p' "$source")
}
