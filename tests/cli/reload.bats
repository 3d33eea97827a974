#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# heir apply on a machine whose CRI-O runs: a stand-in that loads its files when it is told and serves
# /config, and a systemctl that tells it.

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
	shows "CRI-O is restarted: after a reload of CRI-O 1.37 monitor_path and monitor_cgroup are lost"
	shows "CRI-O has them"
	is "is-active crio
try-restart crio" "$(cat told)"
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
	shows "CRI-O does the same as before, and is not told"
	[ ! -e told ]
}

@test "--reload sighup: what a reload loses by its nature is no fault" {
	machine
	start
	answers 0 apply --reload sighup
	shows "CRI-O is reloaded"
	shows "cri-o#10202"
	is "reload crio" "$(tail -n 1 told)"
	answers 1 drift --format json
	is_json .running.reloaded true
	# It is waited for, and what never comes is taken back.
	sed -i 's/= "crun"/= "runc"/' confd/10-crio.conf
	cp confd/zz-heir.conf old
	echo deaf >mode
	SECONDS=0
	answers 1 apply --reload sighup
	says "taken back: CRI-O did not take it"
	[ $SECONDS -ge 9 ]
	cmp old confd/zz-heir.conf
}

@test "--reload restart says no more than that" {
	machine
	start
	answers 0 apply --reload restart --socket "$PWD/s"
	is "CRI-O is restarted
CRI-O has them" "$(tail -n 2 <<<"$output")"
}

@test "what auto takes, and why, is said of each release, and of what would be done" {
	machine
	answers 2 heir --crio-version 0 show
	[[ $stderr =~ 1\.([0-9]+)" to "1\.([0-9]+) ]]
	for release in $(seq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"); do
		answers 0 apply --dry-run --crio-version 1."$release"
		shows "CRI-O would be restarted: after a reload of CRI-O 1.$release monitor_path and monitor_cgroup are lost, and new handlers do not run (cri-o#10202)"
	done
	answers 0 apply --dry-run --reload sighup
	shows "CRI-O would be reloaded: after a reload of CRI-O 1.37"
	answers 0 apply --dry-run --reload restart
	is "CRI-O would be restarted" "$(tail -n 1 <<<"$output")"
	answers 0 apply --dry-run --reload none
	is "" "$(grep 'would be' <<<"$output")"
	[ ! -e told ]
}

@test "a CRI-O that does not run is not started" {
	machine
	answers 0 apply
	shows "CRI-O does not run: it has them when it starts"
	is "is-active crio" "$(cat told)"
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
	[[ $output == *"CRI-O does not run"* ]]
	is "is-active crio" "$(cat told)"
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
		says "heir: taken back: CRI-O did not take it: $words"
		[ ! -e confd/zz-heir.conf ]
		is "is-active try-restart reset-failed restart" "$(cut -d " " -f 1 told | xargs)"
		: >mode
		./load start
		kill -HUP $SERVER
	done <<-'EOT'
		lacks it lacks handler "perf"
		wrong handler "perf" has another runtime_path
		fails systemctl try-restart crio ended with status 1
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
	says 'taken back: CRI-O did not take it: handler "perf" has another runtime_path'
	cmp old confd/zz-heir.conf
	is "10-crio.conf 50-perf.conf zz-heir.conf" "$(ls -A confd | xargs)"
}

@test "a CRI-O that ended over the new file runs again on the old one" {
	machine
	start
	echo dies >mode
	answers 1 apply
	says "taken back: CRI-O did not take it: systemctl try-restart crio ended with status 1"
	[ -e running ]
	[ ! -e confd/zz-heir.conf ]
	: >mode
	answers 0 apply --reload sighup
	cp confd/zz-heir.conf old
	sed -i 's/= "crun"/= "runc"/' confd/10-crio.conf
	echo dies >mode
	answers 1 apply --reload sighup
	is "reload-or-restart crio" "$(tail -n 1 told)"
	cmp old confd/zz-heir.conf
	is "" "$(find . -maxdepth 1 -name '.heir-*')"
}

@test "what cannot be taken back is said, and the old file kept" {
	machine
	start
	apply
	cp confd/zz-heir.conf old
	sed -i 's/= "crun"/= "runc"/' confd/10-crio.conf
	# Whoever is told puts a directory where the file was.
	echo blocks >mode
	answers 3 apply
	says "CRI-O did not take it: systemctl try-restart crio ended with status 1"
	says "confd/zz-heir.conf cannot be taken back: "
	kept=$(sed -n 's/.*what was there is in //p' <<<"$stderr")
	cmp old "$kept"
	# Whoever is told writes another file: that one is left.
	rm -r confd/zz-heir.conf "$kept"
	cp old confd/zz-heir.conf
	: >told
	echo writes >mode
	answers 3 apply
	says "cannot be taken back: it has changed since it was read"
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
	says "it has changed since it was read: somebody else, a MachineConfig daemon maybe, looks after"
	cmp own confd/zz-heir.conf
}

@test "without systemd the process that listens is told" {
	machine
	rm bin/systemctl
	answers 0 apply --reload none
	rm confd/zz-heir.conf
	start
	answers 1 apply
	says "nothing is written: CRI-O runs as process $SERVER, and not by systemd"
	[ ! -e confd/zz-heir.conf ]
	# Loads its files when it is told, as CRI-O does.
	kill $SERVER
	rm s
	LOAD="$PWD/load reload" start
	answers 0 apply --reload sighup
	shows "CRI-O is reloaded: after a reload of CRI-O 1.37 monitor_path and monitor_cgroup are lost"
	shows "CRI-O lists them"
	grep -q perf answer
	kill $SERVER
	SERVER=
	rm -f s confd/zz-heir.conf
	answers 0 apply
	shows "CRI-O does not run"
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

# ---- Who lives there ----

# A perf that moves from crun to runc, on a CRI-O that lists pods; its directories of state are in
# this one.
populated()
{
	machine
	sed -i "s|^\[crio.runtime.runtimes.c.*|&\nruntime_root = \"$PWD/state\"|" confd/10-crio.conf
	./load start
	apply --reload none
	./load start
	cat >cri <<-'EOT'
		pod pod-of-perf perf 0
		container of-perf pod-of-perf 1
		container ended pod-of-perf 2
		pod pod-of-default - 0
		container of-default pod-of-default 1
		pod pod-of-runc runc 0
		container of-runc pod-of-runc 1
		container of-nobody pod-of-nobody 1
	EOT
	mkdir state
	CRI=$PWD/cri start
	sed -i 's/= "crun"/= "runc"/' confd/10-crio.conf
}

@test "containers that CRI-O lists under a handler that moves stop it, whatever the directories say" {
	populated
	answers 1 apply
	says 'containers live under handlers that would change: 2 containers of "perf" that CRI-O lists: of-perf, pod-of-perf;'
	is "" "$(cat told 2>/dev/null)"
	# What a directory has is told with it, once; an ended one still has its state.
	mkdir state/of-perf state/ended state/unknown
	answers 1 apply
	says "3 containers in $PWD/state, the runtime_root of \"perf\": ended, of-perf, unknown; 1 container of \"perf\" that CRI-O lists: pod-of-perf;"
	answers 0 apply --force
}

@test "containers of handlers that stay do not count, though they share a directory" {
	populated
	sed -i '/perf/d' cri
	mkdir state/of-default state/pod-of-default state/of-runc
	answers 0 apply
	shows "written"
}

@test "a pod that names no handler is the default's" {
	populated
	sed -i '/perf/d' cri
	# heir.d moves the default; CRI-O alone knows whose pods those are.
	mkdir source
	OPTIONS=("${OPTIONS[@]/\/nowhere/$PWD/source}")
	sed -i 's/default_runtime = "runc"/default_runtime = "crun"/' confd/10-crio.conf
	printf '[crio.runtime]\ndefault_runtime = "runc"\n' >source/x
	answers 1 apply
	says '2 containers of "crun" that CRI-O lists: of-default, pod-of-default;'
}

@test "where CRI-O would not start on the files as they are, any container may be one that moves" {
	populated
	sed -i 's/default_runtime = "runc"/default_runtime = "perf"/' confd/10-crio.conf
	sed -i 's/inherit = "default"/inherit = "crun"/' confd/50-perf.conf
	rm confd/zz-heir.conf
	answers 1 heir "${OPTIONS[@]}" --as stock show
	answers 1 apply
	says "containers that CRI-O lists, on files on which it would not start anew:"
	says "of-runc"
	[ ! -e confd/zz-heir.conf ]
	: >cri
	answers 0 apply
}

@test "a CRI-O that lists nothing, or nonsense, is as one that does not" {
	populated
	mkdir state/a1
	for raw in 00 0000000000ff 0000000005 0100000000 000000000a0a08 00000000020a00 000000000b0a09ffffffffffffffffff \
		00000000040a020a05 00000000030a0103 ""; do
		if [ -n "$raw" ]; then
			echo "raw $raw" >cri
		else
			: >cri
		fi
		answers 1 apply
		says "1 container in $PWD/state, the runtime_root of \"perf\": a1;"
	done
	rmdir state/a1
	answers 0 apply
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
		python3 - "$signal" "$HEIR" "${OPTIONS[@]}" apply --reload sighup 2>said <<-'EOT' >/dev/null
			import os, signal, subprocess, sys, time
			program = subprocess.Popen(sys.argv[2:], env={
			    **os.environ, "HEIR_LIBEXEC": os.path.dirname(sys.argv[2])})
			while not os.path.exists("told") or "reload" not in open("told").read():
			    time.sleep(0.01)
			program.send_signal(getattr(signal, "SIG" + sys.argv[1]))
			sys.exit(program.wait() != 1)
		EOT
		grep -q "and heir is asked to end" said
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
		while b"is-active" not in said:
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
	says "nothing is written: without $PWD/heir-fetch"
	chmod 777 bin/systemctl
	answers 1 apply
	says "nothing is written: no systemctl that only root may write in $PWD/bin"
	[ ! -e confd/zz-heir.conf ]
}
