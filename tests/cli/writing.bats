#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests the files that heir writes: never through a path that another user controls, never readable
# by more users than their sources, and no leftover files.

load heir

OUT=$CONFD/zz-heir.conf

sample()
{
	binary usr/bin/runc
	dropin 10-crio.conf <<-'EOT'
		[crio.runtime]
		default_runtime = "crun"
		[crio.runtime.runtimes.crun]
		[crio.runtime.runtimes.runc]
	EOT
	dropin 50-perf.conf <<-'EOT'
		[crio.runtime.runtimes.perf]
		inherit = "default"
		monitor_env = ["TOKEN=x"]
	EOT
}

needs_root()
{
	[ "$(id -u)" -eq 0 ] && id nobody >/dev/null 2>&1 || skip "needs root, and a user nobody"
}

needs_strace()
{
	command -v strace >/dev/null && strace -qq -o /dev/null true 2>/dev/null ||
		skip "no strace here, or it may not trace"
}

# others: a directory of another user's with a link in it, and one that all may write.
others()
{
	echo keep >victim
	mkdir theirs
	mkdir -m 1777 shared
	for dir in theirs shared; do
		ln -s "$PWD/victim" $dir/link
		ln -s "$PWD/new" $dir/dangling
		ln -s "$PWD" $dir/way
		echo theirs >$dir/file
		chown -h nobody $dir/*
	done
	chown nobody theirs
}

# refused COMMAND...: it is, for each path that another user decides; nothing is written.
refused()
{
	local path
	for path in theirs/link theirs/dangling theirs/file theirs/none theirs/way/none \
		shared/link shared/dangling shared/way/none shared/file; do
		answers 3 "$@" $path
		says "$path: "
		says "another user"
		is keep "$(cat victim)"
		is theirs "$(cat theirs/file)"
		[ ! -e new ] && [ ! -e none ] && [ ! -e theirs/none ] || return 1
	done
	is "" "$(find . -name '.heir-*')"
}

@test "--output, --metrics: not where another user decides" {
	needs_root
	sample
	others
	refused on_node render --output
	refused on_node report --output
	refused on_node apply --metrics
	# root's own links are followed, also in a directory that all may write.
	ln -s "$PWD/mine" shared/own
	ln -s shared/own link
	answers 0 on_node render --output link
	[ -L link ] && [ -L shared/own ] && [ -s mine ] && [ ! -L mine ]
	answers 0 on_node render --output shared/new
	[ -s shared/new ]
}

@test "a user writes where that user may, and through no other user's link" {
	needs_root
	command -v setpriv >/dev/null || skip "no setpriv here"
	public=$(mktemp -d -p /tmp)
	chmod 1777 "$public"
	as_nobody() { setpriv --reuid nobody --regid nogroup --clear-groups "$@"; }
	as_nobody true 2>/dev/null || as_nobody() { setpriv --reuid nobody --clear-groups "$@"; }
	as_nobody mkdir "$public/own"
	as_nobody ln -s "$public/own/x" "$public/own-link"
	: >"$public/roots" && ln -s "$public/own/y" "$public/roots-link"
	[ "$(id -u daemon)" -gt 0 ] && ln -s "$public/own/z" "$public/daemons" && chown -h daemon "$public/daemons"
	cp "$HEIR" "$public/heir"
	for path in own/a own-link roots-link; do
		(cd "$public" && as_nobody ./heir --root / report --output "$path" >/dev/null 2>&1) || true
	done
	ls "$public/own" >found
	status=0
	(cd "$public" && as_nobody ./heir --root / report --output daemons) 2>err || status=$?
	rm -rf "$public"
	is "$(printf 'a\nx\ny')" "$(cat found)"
	is 3 $status
	grep -q "link of another user" err
}

@test "the cache: not through another user's link, nor among the drop-ins" {
	needs_root
	needs_strace
	sample
	runtime=$BATS_TEST_TMPDIR/runtime
	printf '#!/bin/sh\necho "{\\"ociVersionMin\\":\\"1.0.0\\",\\"ociVersionMax\\":\\"1.1.0\\"}"\n' >"$runtime"
	chmod 755 "$runtime"
	touch -d '1 hour ago' "$runtime"
	sleep 2.1
	mkdir -p drop/crio.conf.d/sub cache theirs/.cache
	probe() { scrubbed XDG_CACHE_HOME="$1" timeout 20 "$HEIR" features "$runtime" >/dev/null; }
	probe "$PWD/cache"
	[ -n "$(find cache -name 'runtime-*')" ] || skip "nothing is kept here"
	rm -r cache/*
	ln -s "$PWD/drop/crio.conf.d" cache/heir
	probe "$PWD/cache"
	probe "$PWD/drop/crio.conf.d"
	probe "$PWD/drop/crio.conf.d/sub"
	mkdir elsewhere
	ln -s "$PWD/elsewhere" theirs/.cache/heir
	chown -hR nobody theirs
	probe "$PWD/theirs/.cache"
	is "" "$(find drop elsewhere -type f)"
	is 1 "$(find elsewhere | wc -l)"
}

@test "apply: a directory of another user's on this machine's way to the drop-ins is refused" {
	needs_root
	mkdir -p theirs/crio.conf.d bin
	for name in crun pinns nsenter; do
		printf '#!/bin/sh\n' >bin/$name
		chmod 755 bin/$name
	done
	monitor bin/conmon
	printf '[crio.runtime]\ndefault_runtime = "crun"\n[crio.runtime.runtimes.crun]\n[crio.runtime.runtimes.new]\n' \
		>theirs/crio.conf.d/10
	chown -R nobody theirs
	: >conf
	answers 3 heir --config "$PWD/conf" --config-dir "$PWD/theirs/crio.conf.d" --source-dir /nowhere \
		--path "$PWD/bin" apply --reload none --force
	says "another user"
	[ ! -e theirs/crio.conf.d/zz-heir.conf ]
}

@test "a signal leaves no temporary" {
	needs_strace
	sample
	for signal in TERM INT HUP; do
		for call in fsync renameat; do
			scrubbed ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" timeout 60 strace -qq -o trace \
				-e inject="$call:signal=SIG$signal:when=1" \
				"$HEIR" --crio-version "$RELEASE" --root "$NODE" report --output page.html || true
			grep -q "SIG$signal" trace
			is "" "$(find . -name '.heir-*')"
		done
	done
	# And while the page is made there is none yet.
	awk '/O_CREAT/ { made = 1 } made && /openat.*crio.conf.d/ { bad = 1 } END { exit bad }' trace
}

@test "apply removes temporaries that crashes left, and nothing else" {
	sample
	above=$NODE/etc/crio
	old="$above/.heir-0123456789abcdef $above/.heir-fedcba9876543210"
	: >"$above/.heir-00000000000000aa"
	touch -d '3 hours ago' $old "$above/.heir-kept-0123456789abcdef" "$above/.heir-12" \
		"$above/.heir-0123456789abcdeg" "$above/.heirloom"
	mkdir "$above/.heir-1111111111111111"
	touch -d '3 hours ago' "$above/.heir-1111111111111111"
	answers 0 on_node apply --dry-run
	is 8 "$(find "$above" -name '.heir*' | wc -l)"
	answers 0 on_node apply
	is ".heir-00000000000000aa
.heir-0123456789abcdeg
.heir-1111111111111111
.heir-12
.heir-kept-0123456789abcdef
.heirloom" "$(cd "$above" && find . -name '.heir*' -printf '%P\n' | LC_ALL=C sort)"
}

@test "no more users can read the drop-in than all of its sources" {
	sample
	answers 0 on_node apply
	is 644 "$(stat -c %a "$NODE/$OUT")"
	chmod 640 "$NODE/$CONFD/50-perf.conf"
	sed -i 's/TOKEN=x/TOKEN=y/' "$NODE/$CONFD/50-perf.conf"
	answers 0 on_node apply
	is 640 "$(stat -c %a "$NODE/$OUT")"
	rm "$NODE/$OUT"
	chmod 600 "$NODE/$CONFD/50-perf.conf"
	answers 0 on_node apply
	is 600 "$(stat -c %a "$NODE/$OUT")"
	for format in toml json machineconfig ignition; do
		answers 0 on_node render --format "$format" --output "rendered.$format"
		is 600 "$(stat -c %a "rendered.$format")"
	done
	touch page.html
	for page in page.html new.html; do
		answers 0 on_node report --output "$page"
		is 600 "$(stat -c %a "$page")"
	done
	mkdir -p "other/$CONFD"
	answers 0 heir --root other report --against "$NODE" --output both.html
	is 600 "$(stat -c %a both.html)"
	chmod 644 "$NODE/$CONFD/50-perf.conf"
	answers 0 on_node report --output readable.html
	is 644 "$(stat -c %a readable.html)"
}

@test "no more users can read the output than the objects, and what they say of a file" {
	objects()
	{
		printf '%s\n' 'apiVersion: machineconfiguration.openshift.io/v1' \
			'kind: MachineConfig' 'metadata:' '  name: 50-x' '  labels:' \
			'    machineconfiguration.openshift.io/role: worker' 'spec:' '  config:' \
			'    ignition: { version: 3.5.0 }' '    storage:' '      files:' \
			'      - contents:' \
			'          source: data:,%5Bcrio.runtime.runtimes.x%5D%0Ainherit%20%3D%20%22crun%22%0A' \
			'        overwrite: true' "        mode: $1" \
			'        path: /etc/crio/crio.conf.d/50-x.conf' >objects.yaml
		chmod "$2" objects.yaml
		rm -f out out.html
		answers 0 heir -i objects.yaml render --format machineconfig --output out
		answers 0 heir -i objects.yaml report --output out.html
		is "$3 $3" "$(echo $(stat -c %a out out.html))"
	}
	objects 420 644 644
	objects 384 644 600
	objects 420 600 600
}

@test "a default access list gives no user more than the old file's mode" {
	command -v setfacl >/dev/null || skip "no setfacl here (package acl)"
	sample
	answers 0 on_node apply
	chmod 660 "$NODE/$OUT"
	setfacl -d -m u:12345:rw -m m::rw "$NODE/etc/crio" 2>/dev/null ||
		skip "no access lists on this file system"
	sed -i 's/TOKEN=x/TOKEN=y/' "$NODE/$CONFD/50-perf.conf"
	answers 0 on_node apply
	is "" "$(getfacl -cpn "$NODE/$OUT" | grep 12345)"
	is 660 "$(stat -c %a "$NODE/$OUT")"
	# One of the file's own stays.
	setfacl -m u:54321:r "$NODE/$OUT"
	sed -i 's/TOKEN=y/TOKEN=z/' "$NODE/$CONFD/50-perf.conf"
	answers 0 on_node apply
	getfacl -cpn "$NODE/$OUT" | grep -q '^user:54321:r--'
}

# ---- The lock ----

@test "a lock on the directory keeps no apply waiting, and nothing is left of heir's own" {
	sample
	exec 9<"$NODE/etc/crio"
	flock -x 9
	answers 0 on_node apply --wait 0 9<&-
	exec 9<&-
	[ -s "$NODE/$OUT" ]
	[ ! -e "$NODE/run" ]
	# What was there stays.
	mkdir -p "$NODE/run/heir"
	: >"$NODE/run/heir/other"
	sed -i 's/TOKEN=x/TOKEN=y/' "$NODE/$CONFD/50-perf.conf"
	answers 0 on_node apply
	is other "$(ls "$NODE/run/heir")"
}

@test "the lock is in a directory of the caller's and not another user's file" {
	needs_root
	sample
	mkdir -p "$NODE/run/heir"
	chown nobody "$NODE/run/heir"
	answers 3 on_node apply --wait 0
	says "/run/heir"
	chown 0 "$NODE/run/heir"
	chmod 777 "$NODE/run/heir"
	answers 3 on_node apply --wait 0
	rm -r "$NODE/run/heir"
	ln -s /etc "$NODE/run/heir"
	answers 3 on_node apply --wait 0
	rm "$NODE/run/heir"
	hold_lock
	exec 9<&-
	chmod 644 "$NODE"/run/heir/*.lock
	answers 3 on_node apply --wait 0
	[ ! -e "$NODE/$OUT" ]
}

@test "a crash leaves no lock" {
	needs_strace
	sample
	scrubbed ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" timeout 60 strace -qq -o trace \
		-e inject=renameat,renameat2:signal=SIGKILL:when=1 "$HEIR" --crio-version "$RELEASE" --root "$NODE" apply || true
	grep -q SIGKILL trace
	[ -n "$(ls "$NODE/run/heir")" ]
	answers 0 on_node apply --wait 0
	[ -s "$NODE/$OUT" ]
	[ ! -e "$NODE/run/heir" ]
}
