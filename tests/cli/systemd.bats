#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests the units of dist/systemd under a real systemd in namespaces of its own, with a stand-in for
# CRI-O: heir-apply.path keeps the drop-in current and does not loop.

load heir

demands()
{
	[ -x "$(dirname "$HEIR")/heir-fetch" ] || skip "built without heir-fetch (no libcurl)"
	command -v python3 >/dev/null || skip "no python3 here"
	[ "$(id -u)" -eq 0 ] || skip "only root may make namespaces"
	[ -x /usr/lib/systemd/systemd ] || [ -x /lib/systemd/systemd ] || skip "no systemd here"
	unshare --cgroup --mount --pid --fork true 2>/dev/null || skip "no namespaces here"
}

teardown()
{
	[ -z "${BOX:-}" ] || { kill "$BOX" && wait "$BOX" || :; }
}

# unit NAME: its text from standard input.
unit()
{
	cat >"units/$1"
}

# What the units of dist/ are, but for where the programs are, and what is counted.
installed()
{
	local name
	for name in heir-apply.service heir-reapply.service heir-apply.path heir-watch.service; do
		sed "s|/usr/bin/heir|$HEIR --crio-version $RELEASE|" "$HEIR_SOURCE/dist/systemd/$name" >"units/$name"
	done
	mkdir units/heir-reapply.service.d units/heir-apply.service.d units/heir-watch.service.d
	# This systemd knows the units of one directory alone.
	printf '[Service]\nEnvironment=HEIR_WATCH_UNITS=%s\nReadWritePaths=%s\nPrivateTmp=no\n' \
		"$PWD/units" "$PWD/units" >units/heir-watch.service.d/test.conf
	cat >units/heir-reapply.service.d/test.conf <<-EOT
		[Service]
		Environment=HEIR_LIBEXEC=$(dirname "$HEIR") ASAN_OPTIONS=${ASAN_OPTIONS:-}
		ExecStartPre=+/bin/sh -c 'echo >>$PWD/rounds'
		# The test itself may be in /tmp.
		PrivateTmp=no
	EOT
	# The sanitizers want memory that may be written and run, and look at themselves.
	! is_sanitized || cat >>units/heir-reapply.service.d/test.conf <<-'EOT'
		MemoryDenyWriteExecute=no
		SystemCallFilter=
	EOT
	cp units/heir-reapply.service.d/test.conf units/heir-apply.service.d/
	sed -i /rounds/d units/heir-apply.service.d/test.conf
}

# A machine: an /etc, some targets, a CRI-O that loads its files when it starts.
machine()
{
	mkdir -p units/default.target.wants units/crio.service.wants etc/crio/crio.conf.d etc/crio/heir.d
	cp /etc/passwd /etc/group etc/
	[ ! -e /etc/ld.so.cache ] || cp /etc/ld.so.cache etc/
	[ ! -e /etc/alternatives ] || cp -R /etc/alternatives etc/
	# CRI-O and heir ask it for its version.
	printf '#!/bin/sh\necho conmon version 2.1.12\necho commit: unknown\n' >conmon
	chmod 755 conmon
	cat >etc/crio/crio.conf.d/10-crio.conf <<-EOT
		[crio.runtime]
		default_runtime = "crun"
		conmon = "$PWD/conmon"
		pinns_path = "/bin/true"
		[crio.runtime.runtimes.crun]
		runtime_path = "/bin/true"
		[crio.runtime.runtimes.runc]
		runtime_path = "/bin/false"
	EOT
	cat >etc/crio/crio.conf.d/50-perf.conf <<-'EOT'
		[crio.runtime.runtimes.perf]
		inherit = "default"
		# One of its own, so that the default's values are written and not followed.
		runtime_type = "oci"
	EOT
	for name in sysinit basic paths shutdown umount multi-user default; do
		printf '[Unit]\nDefaultDependencies=no\n' | unit $name.target
	done
	cat >load <<-EOT
		#!/bin/sh
		cd "$PWD"
		echo >>starts
		[ ! -e deaf ] || exit 0
		ASAN_OPTIONS=${ASAN_OPTIONS:-} "$HEIR" --as stock show --format toml >loaded 2>/dev/null
		mv loaded answer
	EOT
	chmod +x load
	unit crio.service <<-EOT
		[Service]
		ExecStartPre=/bin/sh -c '$PWD/load; mkdir -p /run/crio; rm -f /run/crio/crio.sock'
		ExecStart=$(command -v python3) $HEIR_SOURCE/tests/support/crio-socket /run/crio/crio.sock chunked $PWD/answer
	EOT
	: >rounds
	: >starts
	installed
	ln -s ../crio.service ../heir-apply.path units/default.target.wants/
	ln -s ../heir-apply.service units/crio.service.wants/
}

boot()
{
	"$HEIR_SOURCE/tests/support/systemd-box" "$PWD" >first 2>box.log 3>&- &
	BOX=$!
	for _ in $(seq 200); do
		[ ! -s first ] || break
		kill -0 $BOX 2>/dev/null || {
			status=0
			wait $BOX || status=$?
			BOX=
			[ $status -ne 77 ] || skip "no systemd of its own here: $(tail -n 1 boot.log)"
			return 1
		}
		sleep 0.1
	done
	FIRST=$(cat first)
	for _ in $(seq 150); do
		if [ "$(control is-active heir-apply.path)" = active ] &&
			[ "$(control is-active crio.service)" = active ]; then
			settle
			return
		fi
		sleep 0.2
	done
	control status crio.service heir-apply.path
	return 1
}

inside()
{
	nsenter -t "$FIRST" -m -p -C "$@"
}

control()
{
	inside systemctl "$@" 2>&1 || :
}

# Until nothing was started for two seconds; a minute at most.
settle()
{
	local quiet=0 before=
	for _ in $(seq 240); do
		local now
		now="$(wc -l <rounds) $(wc -l <starts)"
		case $(control is-active heir-reapply.service) in activating*) quiet=0 ;; esac
		[ "$now" = "$before" ] || quiet=0
		before=$now
		quiet=$((quiet + 1))
		[ $quiet -lt 9 ] || return 0
		sleep 0.25
	done
	echo "it does not come to rest: $before"
	return 1
}

rounds()
{
	wc -l <rounds
}

starts()
{
	wc -l <starts
}

@test "it comes to rest after each change, and CRI-O has what the files say" {
	machine
	boot
	out=etc/crio/crio.conf.d/zz-heir.conf
	# Before CRI-O started; what was written then needed no second round, or one.
	grep -q '"/bin/true"' $out
	is 1 "$(starts)"
	is active "$(control is-active heir-apply.service)"
	[ "$(rounds)" -le 1 ]

	# The default moves: one start of CRI-O, and one round, or a second one that changes nothing.
	: >rounds
	sed -i 's/= "crun"/= "runc"/' etc/crio/crio.conf.d/10-crio.conf
	settle
	grep -q '"/bin/false"' $out
	is 2 "$(starts)"
	[ "$(rounds)" -ge 1 ] && [ "$(rounds)" -le 2 ]
	is inactive "$(control is-active heir-reapply.service)"
	inside env HEIR_LIBEXEC="$(dirname "$HEIR")" "$HEIR" drift

	# A change that changes nothing: nothing is written, and nobody told.
	: >rounds
	before=$(stat -c '%i %y' $out)
	touch etc/crio/crio.conf.d/50-perf.conf
	settle
	is 1 "$(rounds)"
	is 2 "$(starts)"
	is "$before" "$(stat -c '%i %y' $out)"

	# Below crio.conf.d too: a new directory is watched from the round on that it starts.
	mkdir etc/crio/crio.conf.d/sub
	settle
	grep -qx PathChanged=/etc/crio/crio.conf.d/sub units/heir-apply.path.d/50-directories.conf
	is active "$(control is-active heir-apply.path)"
	: >rounds
	printf '[crio.runtime.runtimes.below]\ninherit = "default"\nruntime_type = "oci"\n' >etc/crio/crio.conf.d/sub/60
	settle
	[ "$(rounds)" -ge 1 ] && [ "$(rounds)" -le 2 ]
	grep -q below $out
	is 3 "$(starts)"

	# Of heir.d and of a crio.conf that was not there too.
	for file in heir.d/x crio.conf; do
		: >rounds
		printf '# %s\n' "$file" >etc/crio/$file
		settle
		[ "$(rounds)" -ge 1 ] && [ "$(rounds)" -le 2 ]
	done

	# Somebody runs heir by hand: one round more.
	: >rounds
	sed -i 's/= "runc"/= "crun"/' etc/crio/crio.conf.d/10-crio.conf
	inside env HEIR_LIBEXEC="$(dirname "$HEIR")" "$HEIR" --crio-version "$RELEASE" apply --wait 60
	settle
	grep -q '"/bin/true"' $out
	is 4 "$(starts)"
	[ "$(rounds)" -le 2 ]
}

# Where the changes stop between its last look and systemd's next watch they wait for the next one.
@test "what is changed while it is at work counts, with the next change at the latest" {
	machine
	boot
	: >rounds
	for i in $(seq 12); do
		printf '[crio.runtime.runtimes.x%s]\ninherit = "default"\n' "$i" \
			>etc/crio/crio.conf.d/60-$i
		sleep 0.2
	done
	settle
	[ "$(grep -c '^\[crio.runtime.runtimes' etc/crio/crio.conf.d/zz-heir.conf)" -gt 1 ]
	touch etc/crio/crio.conf.d/60-1
	settle
	is 13 "$(grep -c '^\[crio.runtime.runtimes' etc/crio/crio.conf.d/zz-heir.conf)"
	[ "$(rounds)" -le 7 ]
}

@test "what CRI-O does not take is taken back once, and not tried for ever" {
	machine
	boot
	: >rounds
	: >starts
	out=etc/crio/crio.conf.d/zz-heir.conf
	cp $out old
	: >deaf
	sed -i 's/= "crun"/= "runc"/' etc/crio/crio.conf.d/10-crio.conf
	settle
	cmp old $out
	is failed "$(control is-active heir-reapply.service)"
	# Told of the new file and of the old one.
	is 2 "$(starts)"
	is 1 "$(rounds)"
	# It goes on when there is something new.
	rm deaf
	touch etc/crio/crio.conf.d/50-perf.conf
	settle
	grep -q '"/bin/false"' $out
	is inactive "$(control is-active heir-reapply.service)"
}

@test "against somebody who puts the file back each time it gives up" {
	machine
	sed -i 's/^StartLimitBurst=.*/StartLimitBurst=4/' units/heir-reapply.service
	boot
	: >rounds
	cp etc/crio/crio.conf.d/zz-heir.conf own
	sed -i 's/= "crun"/= "runc"/' etc/crio/crio.conf.d/10-crio.conf
	(while :; do
		cmp -s own etc/crio/crio.conf.d/zz-heir.conf || {
			sleep 2
			cp own etc/crio/crio.conf.d/zz-heir.conf
		}
		sleep 0.1
	done) 3>&- &
	daemon=$!
	for _ in $(seq 300); do
		[ "$(control is-active heir-apply.path)" != failed ] || break
		sleep 0.2
	done
	kill $daemon
	is failed "$(control is-active heir-apply.path)"
	[ "$(rounds)" -le 4 ]
}
