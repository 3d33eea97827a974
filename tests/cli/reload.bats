#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir apply on a machine with a running CRI-O: a stand-in that loads its files on start and
# on SIGHUP and serves /config, and a systemctl that controls it.

load heir
load machine

demands()
{
	needs_machine
}

teardown()
{
	stop_machine
}

@test "CRI-O is restarted, asked, and has what heir says" {
	machine
	start
	is "" "$(grep 'runtimes.perf]' answer)"
	answers 0 apply
	shows "zz-heir.conf: written, with 1 handler"
	[[ $output =~ "CRI-O restarted ("[0-9]+"."[0-9]" s), 1 handler confirmed" ]]
	is "show try-restart show" "$(cut -d ' ' -f 1 told | xargs)"
	answers 0 drift
	# Nothing to change: nobody is told.
	rm told
	answers 0 apply
	is "nothing to change" "$output"
	[ ! -e told ]
}

@test "what changes no handler is written, and CRI-O left alone" {
	machine
	start
	apply
	rm told
	printf '# a line\n' >>confd/50-perf.conf
	answers 0 apply
	shows "CRI-O is not reloaded: its handlers do not change"
	[ ! -e told ]
}

@test "--reload sighup is refused where handlers change: CRI-O would go on with the old ones" {
	machine
	start
	answers 1 apply --reload sighup
	says "nothing is written: a SIGHUP does not change the handlers of CRI-O 1.37: it keeps the handlers that it started with (cri-o#10202); use --reload restart"
	[ ! -e confd/zz-heir.conf ]
	[ ! -e told ]
	answers 0 apply --reload restart --socket "$PWD/s"
	shows "handler confirmed"
	# Where no handler changes there is nothing to tell.
	printf '# a line\n' >>confd/50-perf.conf
	answers 0 apply --reload sighup
	shows "CRI-O is not reloaded: its handlers do not change"
}

@test "what auto takes, and why, is said of each release, and of what would be done" {
	machine
	answers 2 heir --crio-version 0 show
	[[ $stderr =~ 1\.([0-9]+)" to "1\.([0-9]+) ]]
	for release in $(seq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"); do
		answers 0 apply --dry-run --crio-version 1."$release"
		shows "CRI-O would be restarted: a SIGHUP does not change the handlers of CRI-O 1.$release: "
		answers 1 apply --dry-run --reload sighup --crio-version 1."$release"
	done
	answers 0 apply --dry-run --reload restart
	is "CRI-O would be restarted" "$(tail -n 1 <<<"$output")"
	answers 0 apply --dry-run --reload none
	is "" "$(grep 'would be' <<<"$output")"
	[ ! -e told ]
}

@test "a CRI-O that does not run is not started" {
	machine
	answers 0 apply
	shows "CRI-O is not running: the handlers take effect when it starts"
	is "show" "$(cut -d ' ' -f 1 told)"
	[ -s confd/zz-heir.conf ]
}

@test "a parent that ignores SIGCHLD makes no CRI-O run" {
	machine
	run python3 - "$HEIR" "${OPTIONS[@]}" apply <<-'EOT'
		import os, signal, sys
		signal.signal(signal.SIGCHLD, signal.SIG_IGN)
		os.execve(sys.argv[1], sys.argv[1:], {
		    **os.environ, "HEIR_LIBEXEC": os.path.dirname(sys.argv[1])})
	EOT
	is 0 "$status"
	[[ $output == *"CRI-O is not running"* ]]
	is "show" "$(cut -d ' ' -f 1 told)"
}

@test "--reload none asks and tells nobody" {
	machine
	start
	answers 0 apply --reload none
	[ ! -e told ]
	[ -s confd/zz-heir.conf ]
	answers 1 drift
}

@test "what CRI-O does not take is taken back: the handler and the field are named" {
	machine
	start
	while read -r mode words; do
		echo "$mode" >mode
		rm -f told
		answers 1 apply
		says "heir: rolled back: CRI-O rejected the new configuration: $words"
		[ ! -e confd/zz-heir.conf ]
		is "show try-restart show reset-failed restart show" "$(cut -d " " -f 1 told | xargs)"
		: >mode
		./load start
		kill -HUP $SERVER
	done <<-'EOT'
		lacks it lacks handler "perf"
		wrong handler "perf" has another runtime_path
	EOT
}

@test "an old file is put back, byte for byte" {
	machine
	start
	apply
	cp confd/zz-heir.conf old
	sed -i 's/= "crun"/= "runc"/' confd/10-crio.conf
	echo deaf >mode
	answers 1 apply
	says 'rolled back: CRI-O rejected the new configuration: handler "perf" has another runtime_path'
	cmp old confd/zz-heir.conf
	is "10-crio.conf 50-perf.conf zz-heir.conf" "$(ls -A confd | xargs)"
}

@test "a CRI-O that ended over the new file runs again on the old one" {
	machine
	start
	apply
	cp confd/zz-heir.conf old
	sed -i 's/= "crun"/= "runc"/' confd/10-crio.conf
	while read -r mode words; do
		echo "$mode" >mode
		answers 1 apply
		says "rolled back: CRI-O rejected the new configuration: $words"
		[ -e running ]
		cmp old confd/zz-heir.conf
		is "" "$(find . -maxdepth 1 -name '.heir-*')"
		./load start
		kill -HUP $SERVER
	done <<-'EOT'
		dies systemctl try-restart crio ended with status 1: crio.service is inactive (dead)
		quits crio.service is inactive (dead)
		limited systemctl try-restart crio ended with status 1: crio.service is failed (start-limit-hit)
	EOT
	# After too many failed starts nothing starts it before that is reset.
	grep -q reset-failed told
}

@test "rolled back is said only if CRI-O runs again, else it is 3 with what to do" {
	machine
	start
	apply
	cp confd/zz-heir.conf old
	sed -i 's/= "crun"/= "runc"/' confd/10-crio.conf
	for mode in fails limit; do
		echo $mode >mode
		: >running
		rm -f state
		answers 3 apply --metrics m.prom
		says "heir: rolled back, but CRI-O is not running: systemctl restart crio ended with status 1"
		says "journalctl -u crio"
		says "systemctl reset-failed crio"
		cmp old confd/zz-heir.conf
		grep -q 'heir_apply_result{result="failed"} 1' m.prom
	done
}

@test "a unit that fails to start again and again is told by a restart too" {
	machine
	start
	echo auto-restart >state
	kill $SERVER
	SERVER=
	answers 3 apply
	is "show try-restart show reset-failed restart" "$(cut -d " " -f 1 told | xargs)"
}

@test "one that systemd calls active and that listens elsewhere is not touched" {
	machine
	start
	answers 1 apply --socket "$PWD/nowhere"
	says "nothing is written: crio.service is active, and its socket $PWD/nowhere cannot be used: "
	[ ! -e confd/zz-heir.conf ]
	is show "$(cut -d ' ' -f 1 told | xargs)"
}

@test "asking takes 10 seconds at most, however slow the answers are" {
	machine
	start
	apply
	cp confd/zz-heir.conf old
	sed -i 's/= "crun"/= "runc"/' confd/10-crio.conf
	for fault in silent slow; do
		kill $SERVER
		rm s
		: >ready
		"$HEIR_SOURCE/tests/support/crio-socket" "$PWD/s" $fault "$PWD/answer" >ready 3>&- &
		SERVER=$!
		echo $SERVER >pid
		until [ -s ready ]; do sleep 0.05; done
		SECONDS=0
		answers 1 apply
		says "nothing is written: cannot query the handlers of CRI-O: $PWD/s: timed out"
		[ $SECONDS -lt 25 ]
		cmp old confd/zz-heir.conf
		SECONDS=0
		answers 3 apply --force
		says "rolled back, but CRI-O is not running: $PWD/s: timed out"
		# Once for what it has, and as often for the old file as for the new one.
		[ $SECONDS -lt 35 ]
		cmp old confd/zz-heir.conf
	done
}

@test "what cannot be rolled back is said, and the old file kept" {
	machine
	start
	apply
	cp confd/zz-heir.conf old
	sed -i 's/= "crun"/= "runc"/' confd/10-crio.conf
	# Whoever is told puts a directory where the file was.
	echo blocks >mode
	answers 3 apply
	says "CRI-O rejected the new configuration: systemctl try-restart crio ended with status 1"
	says "confd/zz-heir.conf cannot be rolled back: "
	kept=$(sed -n 's/.*the old text is in //p' <<<"$stderr")
	cmp old "$kept"
	# Whoever is told writes another file: that one is left.
	rm -r confd/zz-heir.conf "$kept"
	cp old confd/zz-heir.conf
	: >told
	echo writes >mode
	answers 3 apply
	says "cannot be rolled back: it has changed since it was read"
	is "# another" "$(cat confd/zz-heir.conf)"
	is "" "$(find . -maxdepth 1 -name '.heir-*')"
}

@test "a daemon that puts its own file back is told of" {
	machine
	start
	apply
	sed -i 's/= "crun"/= "runc"/' confd/10-crio.conf
	cp confd/zz-heir.conf own
	echo keeps >mode
	answers 3 apply
	says "it has changed since it was read: another program, such as the machine-config-daemon, writes it too"
	cmp own confd/zz-heir.conf
}

@test "a CRI-O that systemd knows nothing of is not touched" {
	machine
	rm bin/systemctl
	start
	answers 1 apply
	says "nothing is written: CRI-O runs as process $SERVER and not as crio.service"
	[ ! -e confd/zz-heir.conf ]
	answers 0 apply --reload none
	kill $SERVER
	SERVER=
	rm -f s confd/zz-heir.conf
	answers 0 apply
	shows "CRI-O is not running"
}

@test "what is changed while CRI-O is told is written too" {
	machine
	start
	cat >later <<-'EOT'
		[crio.runtime.runtimes.later]
		inherit = "default"
	EOT
	echo adds >mode
	answers 0 apply --metrics m.prom
	is "1 2" "$(grep -o 'with [0-9] handler' <<<"$output" | cut -d ' ' -f 2 | xargs)"
	is "" "$(grep 'nothing to change' <<<"$output")"
	is 2 "$(grep -c try-restart told)"
	grep -q 'result="written"} 1' m.prom
	grep -q 'heir_apply_drift_handlers{drift="none"} 4' m.prom
	answers 0 drift
	# Somebody who never ends is not followed for ever.
	echo grows >mode
	printf '# x
[crio.runtime.runtimes.one]
inherit = "default"
' >confd/60-more
	: >told
	answers 0 apply
	is 10 "$(grep -c try-restart told)"
}

# ---- What CRI-O says ----

# A perf that moves from crun to runc, on a CRI-O that lists the recorded pods of $1.
populated()
{
	machine
	apply --reload none
	mkdir cri
	printf '%s\n' "$1" >cri/only
	CRI=$PWD/cri start
	sed -i 's/= "crun"/= "runc"/' confd/10-crio.conf
	for name in follow h-own-root mon noroot; do
		printf '[crio.runtime.runtimes.%s]\nruntime_path = "%s"\n' $name "$PWD/bin/crun" >>confd/20-recorded
	done
	./load start
}

@test "containers that only CRI-O lists count, by the handler that PodSandboxStatus tells" {
	# No process and no file of these is here: what would operate them does not have their state.
	populated "plain plain-runc plain-follow plain-own infra empty exited stopped"
	cp confd/zz-heir.conf old
	answers 1 apply
	says "nothing is written: CRI-O could no longer operate 5 running containers"
	says 'ns-plain/plain: container box (dce39c2f872c), created by an unknown runtime, default handler "runc":'
	says 'ns-plain-follow/plain-follow: container box ('
	says 'handler "follow":'
	says 'ns-plain-own/plain-own: container box ('
	says 'handler "h-own-root":'
	is "" "$(cat told 2>/dev/null)"
	cmp old confd/zz-heir.conf
	# Pods without a process count where their handler is gone.
	echo empty exited stopped >cri/only
	answers 0 apply
	sed -i 's/= "runc"/= "crun"/' confd/10-crio.conf
	sed -i '/follow/,+1d' confd/20-recorded
	answers 1 apply
	says "no longer operate 2 running"
	says 'ns-empty/empty: no running container, handler "follow": CRI-O would not have the handler'
	says "ns-stopped/stopped: no running container"
}

@test "a pod whose handler CRI-O does not tell is a refusal" {
	# Its status was not recorded: CRI-O says that it does not have it.
	populated plain-mon
	answers 1 apply
	says "cannot list the running containers: the handler of container c32ccb59efb8"
}

@test "a CRI-O that does not say which pods it has, or not all of it, is a refusal and not an empty node" {
	populated plain
	while read -r fault words; do
		echo "$fault" >cri/fault
		answers 1 apply
		says "nothing is written: cannot list the running containers: cannot list the pods of CRI-O: $PWD/s: $words"
		is "" "$(cat told 2>/dev/null)"
	done <<-'EOT'
		error CRI-O answers with an error
		untold the answer is not HTTP or ends too early
		huge the answer is larger than 16 MiB
	EOT
	kill $SERVER
	rm s
	CRI=$PWD/cri start
	echo silent >cri/fault
	SECONDS=0
	answers 1 apply
	says "timed out: no complete answer"
	[ $SECONDS -lt 12 ]
	kill $SERVER
	rm s
	CRI=$PWD/cri start
	for fault in cut garbage; do
		echo $fault >cri/fault
		answers 1 apply
		says "$PWD/s: the answer about pods cannot be decoded"
	done
	rm cri/fault
	LIBEXEC=$PWD answers 1 apply --reload none
	says "cannot list the pods of CRI-O: $PWD/heir-fetch"
	# Where no process listens CRI-O is absent, and nothing is needed to ask it.
	kill $SERVER
	SERVER=
	LIBEXEC=$PWD answers 0 apply --reload none
}

@test "a socket that may not be connected to is a refusal" {
	populated plain
	command -v setpriv >/dev/null || skip "no setpriv here"
	mkdir closed
	mv s closed/s
	sed -i "s|$PWD/s|$PWD/closed/s|" confd/10-crio.conf
	chmod 700 closed
	chmod 755 . "$BATS_TEST_TMPDIR"
	chmod -R go+rX confd conf
	run --separate-stderr setpriv --reuid 65534 --regid 65534 --clear-groups env \
		HEIR_LIBEXEC="$(dirname "$HEIR")" "$HEIR" "${OPTIONS[@]}" apply --reload none
	[[ $stderr == *"closed/s"* ]] || skip "another user cannot run it here"
	is 1 "$status"
	says "closed/s: permission denied"
}

# ---- In the midst ----

@test "who is asked to end while CRI-O is asked puts the old file back first" {
	machine
	start
	apply
	cp confd/zz-heir.conf old
	sed -i 's/= "crun"/= "runc"/' confd/10-crio.conf
	echo deaf >mode
	rm told
	for signal in INT TERM HUP; do
		python3 - "$signal" "$HEIR" "${OPTIONS[@]}" apply 2>said <<-'EOT' >/dev/null
			import os, signal, subprocess, sys, time
			program = subprocess.Popen(sys.argv[2:], env={
			    **os.environ, "HEIR_LIBEXEC": os.path.dirname(sys.argv[2])})
			while not os.path.exists("told") or "restart" not in open("told").read():
			    time.sleep(0.01)
			program.send_signal(getattr(signal, "SIG" + sys.argv[1]))
			sys.exit(program.wait() != 1)
		EOT
		grep -q "rolled back: " said
		cmp old confd/zz-heir.conf
		is "" "$(find . -maxdepth 1 -name '.heir-*')"
		rm told
	done
}

@test "who reads what it says may go: CRI-O is told and asked all the same" {
	machine
	start
	apply
	sed -i 's/= "crun"/= "runc"/' confd/10-crio.conf
	# What --verbose says is said in the midst of it.
	python3 - "$HEIR" "${OPTIONS[@]}" --verbose apply <<-'EOT'
		import os, subprocess, sys
		out, into = os.pipe()
		program = subprocess.Popen(sys.argv[1:], stdout=into, stderr=into, env={
		    **os.environ, "HEIR_LIBEXEC": os.path.dirname(sys.argv[1])})
		os.close(into)
		said = b""
		while b"show crio" not in said:
		    piece = os.read(out, 4096)
		    assert piece, said
		    said += piece
		os.close(out)
		sys.exit(program.wait() < 0)
	EOT
	grep -q 'try-restart' told
	grep -q '^runtime_path.*runc"' answer
	is "" "$(find . -maxdepth 1 -name '.heir-*')"
}

@test "where nobody could look nothing is written" {
	machine
	start
	LIBEXEC=$PWD answers 1 apply
	says "$PWD/heir-fetch: no such file or directory: heir was built or installed without it"
	chmod 777 bin/systemctl
	answers 1 apply
	says "nothing is written: systemctl in $PWD/bin is writable by non-root users"
	[ ! -e confd/zz-heir.conf ]
}
