#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir apply under failing system calls and kills: the drop-in is always the complete old file
# or the complete new one, and crio.conf.d contains no other name.

load heir
load machine

OUT=$CONFD/zz-heir.conf

# A node with a rendered file (old), and what is to replace it (new).
moved()
{
	binary usr/bin/runc
	dropin 10-crio.conf <<-'EOT'
		[crio.runtime]
		default_runtime = "crun"
		[crio.runtime.runtimes.runc]
		[crio.runtime.runtimes.crun]
	EOT
	dropin 50-perf.conf <<-'EOT'
		[crio.runtime.runtimes.perf]
		inherit = "default"
		runtime_type = "oci"
	EOT
	on_node apply
	cp "$NODE/$OUT" old
	sed -i 's/= "crun"/= "runc"/' "$NODE/$CONFD/10-crio.conf"
	on_node render >new
	[ -s new ] && ! cmp -s old new
}

# Old or new, and nothing else. Then old again.
whole()
{
	cmp -s "$NODE/$OUT" old || cmp -s "$NODE/$OUT" new || {
		echo "$1: neither the old file nor the new one"
		return 1
	}
	[ "$(ls -A "$NODE/$CONFD" | tr '\n' ' ')" = "10-crio.conf 50-perf.conf zz-heir.conf " ] || {
		echo "$1: stray names"
		ls -A "$NODE/$CONFD"
		return 1
	}
}

# Nor is there a temporary above.
tidy()
{
	[ "$(ls -A "$NODE/etc/crio")" = crio.conf.d ] || {
		echo "$1: a temporary is left"
		return 1
	}
}

again()
{
	rm -f "$NODE"/etc/crio/.heir-*
	rm -rf "$NODE/run"
	cp old "$NODE/$OUT"
}

teardown()
{
	stop_machine
	[ -z "${PUBLIC:-}" ] || rm -rf "$PUBLIC"
}

# traced OPTION...: heir apply under strace.
traced()
{
	scrubbed ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" timeout 60 \
		strace -qq -o trace "$@" "$HEIR" --crio-version "$RELEASE" --root "$NODE" apply
}

needs_strace()
{
	command -v strace >/dev/null && strace -qq -o /dev/null true 2>/dev/null ||
		skip "no strace here, or it may not trace"
}

# The calls from the lock to the end, as "NAME NUMBER" lines: the number is the call's among those of
# its name.
calls()
{
	traced >/dev/null
	again
	awk '{ name = $1; sub(/\(.*/, "", name); n[name]++ }
		name == "flock" { on = 1 }
		on && name ~ /^[a-z]/ && name !~ /^exit/ { print name, n[name] }' trace
}

# The last ones of calls(): those of the transaction, from where the temporary gets its name.
writing_calls()
{
	calls | awk '{ line[NR] = $0 } $1 == "getrandom" { first = NR }
		END { for (i = first; i <= NR; i++) print line[i] }'
}

@test "each system call of the writing fails in turn" {
	needs_strace
	moved
	writing_calls >list
	grep -q ^renameat list
	grep -c ^fsync list | grep -qx 3
	errors="ENOSPC EIO EINTR EROFS EACCES EDQUOT"
	! is_sanitized || errors="ENOSPC EINTR"
	n=0
	while read -r name number; do
		# What cannot fail so, and what only looks after memory.
		case $name in mmap | munmap | brk | rt_sigprocmask | close | madvise | mprotect) continue ;; esac
		for error in $errors; do
			n=$((n + 1))
			status=0
			traced -e inject="$name:error=$error:when=$number" >out 2>err || status=$?
			grep -q INJECTED trace
			whole "$name $number $error"
			[ "$name" = unlinkat ] || tidy "$name $number $error"
			# Who says that it is done has done it.
			[ $status -ne 0 ] || cmp "$NODE/$OUT" new
			[ $status -eq 0 ] || [ -s err ]
			again
		done
	done <list
	[ $n -ge 20 ]
}

@test "a write that is interrupted is begun again" {
	needs_strace
	moved
	number=$(writing_calls | awk '$1 == "write" { print $2; exit }')
	traced -e inject="write:error=EINTR:when=$number" >/dev/null
	cmp "$NODE/$OUT" new
}

@test "a file that somebody else writes meanwhile is his" {
	needs_strace
	moved
	# As if it had come between the reading and the rename.
	rm "$NODE/$OUT"
	run --separate-stderr traced -e inject=renameat2:error=EEXIST
	is 3 "$status"
	says "cannot write /$OUT: it has changed since it was read"
	[ ! -e "$NODE/$OUT" ]
	tidy theirs
	# Not every file system knows the question.
	answers 0 traced -e inject=renameat2:error=EINVAL
	cmp "$NODE/$OUT" new
}

@test "it is killed at each system call" {
	needs_strace
	moved
	calls >list
	n=0
	while read -r name number; do
		n=$((n + 1))
		status=0
		traced -e inject="$name:signal=KILL:when=$number" >out 2>err || status=$?
		whole "$name $number"
		again
		# The next one is not in the way of what is left.
		on_node apply >/dev/null
		cmp "$NODE/$OUT" new
		again
	done <list
	[ $n -ge 30 ]
}

@test "it is asked to end at each system call: no temporary is left" {
	needs_strace
	moved
	calls >list
	n=0
	while read -r name number; do
		n=$((n + 1))
		signal=TERM
		[ $((n % 2)) -eq 0 ] || signal=INT
		traced -e inject="$name:signal=$signal:when=$number" >out 2>err || :
		whole "$name $number $signal"
		tidy "$name $number $signal"
		again
	done <list
}

@test "a full disk" {
	unshare -m true 2>/dev/null || skip "may not mount here"
	moved
	cat >full.sh <<-'EOT'
		mount -t tmpfs -o size=16k none "$1/etc/crio" || exit 77
		cp -a saved "$1/etc/crio/crio.conf.d"
		head -c 100000 /dev/zero >"$1/etc/crio/fill" 2>/dev/null
		timeout 20 "$HEIR" --crio-version 1.37 --root "$1" apply
		echo $? >status
		ls -A "$1/etc/crio" "$1/etc/crio/crio.conf.d" >names
		cmp "$1/etc/crio/crio.conf.d/zz-heir.conf" old
	EOT
	cp -a "$NODE/$CONFD" saved
	run --separate-stderr unshare -m sh full.sh "$NODE"
	[ "$status" -ne 77 ] || skip "may not mount here"
	is 0 "$status"
	is 3 "$(cat status)"
	says "No space left on device"
	is "" "$(grep '^\.heir' names)"
}

@test "a quota that is used up" {
	needs_strace
	moved
	for call in write fsync; do
		number=$(writing_calls | awk -v call=$call '$1 == call { print $2; exit }')
		run --separate-stderr traced -e inject=$call:error=EDQUOT:when="$number"
		is 3 "$status"
		says "cannot write /$OUT: Disk quota exceeded"
		cmp old "$NODE/$OUT"
		tidy quota
	done
}

@test "crio.conf.d on a file system of its own" {
	unshare -m true 2>/dev/null || skip "may not mount here"
	moved
	cp -a "$NODE/$CONFD" saved
	cat >own.sh <<-'EOT'
		mount -t tmpfs none "$1/etc/crio/crio.conf.d" || exit 77
		cp -a saved/. "$1/etc/crio/crio.conf.d"
		timeout 20 "$HEIR" --crio-version 1.37 --root "$1" apply
		echo $? >status
		ls -A "$1/etc/crio" "$1/etc/crio/crio.conf.d" >names
		cmp "$1/etc/crio/crio.conf.d/zz-heir.conf" old
	EOT
	run --separate-stderr unshare -m sh own.sh "$NODE"
	[ "$status" -ne 77 ] || skip "may not mount here"
	is 0 "$status"
	is 3 "$(cat status)"
	says "cannot write /$OUT: it is on another file system"
	is "" "$(grep '^\.heir' names)"
}

@test "the new file has the labels of the old one" {
	command -v python3 >/dev/null || skip "no python3 here"
	moved
	python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.heir", b"label")' "$NODE/$OUT" 2>/dev/null ||
		skip "no attributes on this file system"
	answers 0 on_node apply
	cmp new "$NODE/$OUT"
	is label "$(python3 -c 'import os, sys; print(os.getxattr(sys.argv[1], "user.heir").decode())' "$NODE/$OUT")"
}

@test "a read-only file system" {
	unshare -m true 2>/dev/null || skip "may not mount here"
	moved
	cat >ro.sh <<-'EOT'
		mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 77
		timeout 20 "$HEIR" --crio-version 1.37 --root "$1" apply --dry-run >/dev/null || exit 1
		timeout 20 "$HEIR" --crio-version 1.37 --root "$1" apply
	EOT
	run --separate-stderr unshare -m sh ro.sh "$NODE"
	[ "$status" -ne 77 ] || skip "may not mount here"
	is 3 "$status"
	says "cannot write /$OUT: Read-only file system"
	whole ro
}

@test "no right to write, and no directory" {
	moved
	if [ "$(id -u)" -eq 0 ]; then
		command -v setpriv >/dev/null || skip "no setpriv here"
		# Where another user can go.
		PUBLIC=$(mktemp -d /tmp/heir-test-XXXXXX)
		cp -a "$NODE" "$PUBLIC/node"
		chmod -R go+rX "$PUBLIC"
		NODE=$PUBLIC/node
		as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	else
		chmod a-w "$NODE/etc/crio" "$NODE/$CONFD"
		as=()
	fi
	run --separate-stderr "${as[@]}" env -i ASAN_OPTIONS="${ASAN_OPTIONS:-}" \
		"$HEIR" --crio-version "$RELEASE" --root "$NODE" apply
	[ "$status" -ne 126 ] && [ "$status" -ne 127 ] || skip "another user cannot run it here"
	[[ $stderr != *"--root"* ]] || skip "another user cannot see the directory"
	is 3 "$status"
	says "cannot write /$OUT: Permission denied"
	whole permission
	chmod u+w "$NODE/etc/crio" "$NODE/$CONFD"
	rm -r "${NODE:?}/$CONFD"
	answers 3 on_node apply
	says "/$CONFD: no such file or directory"
	[ ! -e "$NODE/$CONFD" ]
}

@test "it is a link, or a directory" {
	moved
	rm "$NODE/$OUT"
	cp old elsewhere
	cp old "$NODE/etc/real"
	ln -s ../../real "$NODE/$OUT"
	answers 3 on_node apply
	says "it is a link"
	cmp old "$NODE/etc/real"
	rm "$NODE/$OUT"
	mkdir "$NODE/$OUT"
	answers 3 on_node apply
	[ -d "$NODE/$OUT" ]
}

@test "a reader that walks crio.conf.d as CRI-O does never misses a name or sees half a file" {
	command -v python3 >/dev/null || skip "no python3 here"
	moved
	times=1000
	! is_sanitized || times=100
	cat >walk.py <<-'EOT'
		import os, sys
		confd, stop = sys.argv[1:]
		texts = {open(name, "rb").read() for name in ("old", "new")}
		n = 0
		while not os.path.exists(stop):
		    names = sorted(os.listdir(confd))
		    assert names == ["10-crio.conf", "50-perf.conf", "zz-heir.conf"], names
		    for name in names:
		        with open(os.path.join(confd, name), "rb") as file:
		            text = file.read()
		        assert name != "zz-heir.conf" or text in texts, text
		    n += 1
		print(n)
	EOT
	cp "$NODE/$CONFD/10-crio.conf" runc
	sed 's/= "runc"/= "crun"/' runc >crun
	# The digest is of the files, and these are two.
	python3 walk.py "$NODE/$CONFD" stop >walked 3>&- &
	reader=$!
	changes=0
	for i in $(seq $((times / 2))); do
		for as in runc crun; do
			cp $as "$NODE/etc/10" && mv "$NODE/etc/10" "$NODE/$CONFD/10-crio.conf"
			[[ $("$HEIR" --crio-version "$RELEASE" --root "$NODE" apply) == *written* ]]
			changes=$((changes + 1))
		done
	done
	: >stop
	wait $reader
	is $times $changes
	[ "$(cat walked)" -ge 100 ]
}

# ---- With a CRI-O that is told ----

# A machine with a rendered file (old), and what is to replace it (new); CRI-O takes neither amiss
# unless the file mode says so.
moved_machine()
{
	needs_machine
	machine
	start
	apply >/dev/null
	cp confd/zz-heir.conf old
	sed -i 's/= "crun"/= "runc"/' confd/10-crio.conf
	scrubbed "$HEIR" "${OPTIONS[@]}" render >new
	[ -s new ] && ! cmp -s old new
	cp old confd/zz-heir.conf
	./load start
	cp answer before
}

# told OPTION...: heir apply on it under strace.
told()
{
	scrubbed ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" HEIR_LIBEXEC="$(dirname "$HEIR")" \
		timeout 60 strace -qq -o trace "$@" "$HEIR" "${OPTIONS[@]}" apply
}

# Everything as it was.
reset()
{
	# A systemctl whose heir was killed may be at work yet.
	flock turn true
	rm -rf .heir-* confd/zz-heir.conf
	cp old confd/zz-heir.conf
	cp before answer
	kill -HUP "$SERVER"
}

# The calls from the first temporary on, of each name the first five: the rest is waiting.
telling_calls()
{
	told >/dev/null || :
	awk '{ name = $1; sub(/\(.*/, "", name); n[name]++ }
		name == "getrandom" { on = 1 }
		# What is said may get lost; what is done may not.
		on && !/^write\([12],/ && name ~ /^[a-z]/ && name !~ /^(exit|mmap|munmap|brk|madvise|mprotect)/ &&
			++listed[name] <= 5 { print name, n[name] }' trace
	reset
}

# Old or new, nothing else, and CRI-O has what the exit code says.
told_whole()
{
	cmp -s confd/zz-heir.conf old || cmp -s confd/zz-heir.conf new || {
		echo "$1: neither the old file nor the new one"
		return 1
	}
	is "10-crio.conf 50-perf.conf zz-heir.conf" "$(ls -A confd | xargs)" || return 1
	case $status in
	0)
		cmp confd/zz-heir.conf new && grep -q '^runtime_path.*runc"' answer
		;;
	1)
		cmp confd/zz-heir.conf old || { echo "$1: written, but $(cat err)"; return 1; }
		grep -q "nothing is written: \|rolled back" err || { echo "$1: $(cat err)"; return 1; }
		cmp answer before
		;;
	*)
		[ -s err ]
		;;
	esac || {
		echo "$1: status $status"
		cat err
		return 1
	}
}

# in_turn MODE: fails each of those calls, then asks for its end at each, then kills it there.
in_turn()
{
	local name number fault n=0
	echo "$1" >mode
	telling_calls >list
	grep -q ^renameat list
	[ "$(wc -l <list)" -ge 40 ]
	while read -r name number; do
		n=$((n + 1))
		for fault in error=EIO signal=TERM signal=KILL; do
			# Of these the failure is none, or nobody can help it.
			case $name/$fault in
			rt_sig*/error* | close/error* | waitid/error* | wait4/error* | clock_gettime/error*) continue ;;
			esac
			# With sanitizers each takes a second.
			if is_sanitized && [ $(((n + ${#fault}) % 5)) -ne 0 ]; then
				continue
			fi
			status=0
			told -e inject="$name:$fault:when=$number" >out 2>err || status=$?
			if [ $fault = signal=KILL ]; then
				# Nobody is left to say anything.
				status=2
				echo killed >err
			fi
			flock turn true
			told_whole "$name $number $fault"
			[ $fault = signal=KILL ] || [ "$name/$fault" = unlinkat/error=EIO ] ||
				grep -q "the old text is in" err || is "" "$(find . -maxdepth 1 -name '.heir-*')"
			reset
		done
	done <list
	[ $n -ge 40 ]
}

@test "while CRI-O is told each system call fails in turn, ends it, kills it" {
	needs_strace
	moved_machine
	in_turn ""
}

@test "and so while it is taken back" {
	needs_strace
	moved_machine
	in_turn deaf
}

# The number of the first fsync behind the n-th rename: the one of the directory.
directory_fsync()
{
	awk -v n="$1" '{ name = $1; sub(/\(.*/, "", name) }
		name == "renameat" { renamed++ }
		name == "fsync" { fsyncs++ }
		name == "fsync" && renamed == n { print fsyncs; exit }' trace
}

@test "a directory that the disk does not take: what is there is said, and CRI-O knows of what is back" {
	needs_strace
	moved_machine
	told >/dev/null
	number=$(directory_fsync 1)
	reset
	run --separate-stderr told -e inject=fsync:error=EIO:when="$number"
	is 3 "$status"
	says "zz-heir.conf is written but may not survive a crash, and CRI-O was not reloaded: Input/output error"
	cmp new confd/zz-heir.conf
	reset
	echo deaf >mode
	told >/dev/null 2>&1 || :
	number=$(directory_fsync 2)
	reset
	rm told
	run --separate-stderr told -e inject=fsync:error=EIO:when="$number"
	is 1 "$status"
	says "rolled back: CRI-O rejected the new configuration"
	cmp old confd/zz-heir.conf
	is "restart show" "$(tail -n 2 told | cut -d " " -f 1 | xargs)"
}
