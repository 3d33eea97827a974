#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir apply --late: handlers whose runtime_path leads to heir-runtime. tests/runtime.c tests
# what heir-runtime does with containers.

load heir
load machine

OUT=$CONFD/zz-heir.conf
LATE=var/lib/heir/late

teardown()
{
	stop_machine
}

# A node with two runtimes and heir-runtime, whose default is crun.
late_node()
{
	binary usr/bin/runc
	mkdir -p "$NODE/opt" "$NODE/var/lib"
	cp "$(dirname "$HEIR")/heir-runtime" "$NODE/opt/"
	dropin 10-crio.conf <<-'EOT'
		[crio.runtime]
		default_runtime = "crun"
		[crio.runtime.runtimes.crun]
		runtime_path = "/usr/bin/crun"
		runtime_root = "/run/crun"
		[crio.runtime.runtimes.runc]
		runtime_path = "/usr/bin/runc"
		runtime_root = "/run/runc"
	EOT
	dropin 50-gpu.conf <<-'EOT'
		[crio.runtime.runtimes.gpu]
		inherit = "default"
	EOT
}

# apply on that node.
apply_late()
{
	scrubbed HEIR_LIBEXEC=/opt timeout 20 "$HEIR" --crio-version "$RELEASE" --root "$NODE" apply "$@"
}

default_is()
{
	sed -i "s/^default_runtime = .*/default_runtime = \"$1\"/" "$NODE/$CONFD/10-crio.conf"
}

# The current runtime of a handler.
target()
{
	sed -n 's/^runtime [^ ]* //p' "$NODE/$LATE/now/target/$1" | head -n 1
}

@test "a handler that inherits gets a link, a target and its root; the others stay" {
	late_node
	answers 0 apply_late --late
	shows "gpu: /usr/bin/crun (late)"
	is "/opt/heir-runtime" "$(readlink "$NODE/$LATE/bin/gpu")"
	is "gpu" "$(ls "$NODE/$LATE/bin")"
	is "/usr/bin/crun" "$(target gpu)"
	is "root /run/crun" "$(grep '^root' "$NODE/$LATE/now/target/gpu")"
	# The other one may own a container whose record is lost.
	grep -qx 'runtime runc /usr/bin/runc' "$NODE/$LATE/now/target/gpu"
	answers 0 on_node --as stock show gpu --format json
	is_json '.handlers[0].fields.runtime_path.value' "/$LATE/bin/gpu"
	is_json '.handlers[0].fields.runtime_root.value' /run/crun
	answers 0 on_node --as stock show crun --format json
	is_json '.handlers[0].fields.runtime_path.value' /usr/bin/crun
	# Nothing else to do, and it stays so without the option.
	answers 0 apply_late
	is "nothing to change" "$output"
}

@test "the default moves by the targets alone: what CRI-O reads stays the same" {
	late_node
	dropin 60-other.conf <<-'EOT'
		[crio.runtime.runtimes.other]
		inherit = "gpu"
	EOT
	apply_late --late
	before=$(sed '/^#/d' "$NODE/$OUT")
	default_is runc
	answers 0 apply_late
	shows "gpu: /usr/bin/crun -> /usr/bin/runc (late)"
	shows "other: /usr/bin/crun -> /usr/bin/runc (late)"
	is "/usr/bin/runc" "$(target gpu)"
	is "/usr/bin/runc" "$(target other)"
	# The root stays, so that the containers there are still found.
	is "root /run/crun" "$(grep '^root' "$NODE/$LATE/now/target/gpu")"
	is "$before" "$(sed '/^#/d' "$NODE/$OUT")"
	# One generation is kept.
	is "bin gen-2 now" "$(ls "$NODE/$LATE" | xargs)"
	default_is crun
	apply_late
	is "/usr/bin/crun" "$(target gpu)"
}

@test "heir-runtime runs what apply wrote" {
	late_node
	printf '#!/bin/sh\necho "crun $*"\n' >"$NODE/usr/bin/crun"
	apply_late --late
	# The targets are the node's; here they lead to the copy of it.
	cp -r "$NODE/$LATE" late
	sed -i "s#/usr/bin/#$NODE/usr/bin/#" late/now/target/gpu
	rm late/bin/gpu
	ln -s "$NODE/opt/heir-runtime" late/bin/gpu
	answers 0 "$PWD/late/bin/gpu" --root=/nonexistent/r create --bundle /b c1
	is "crun --root=/nonexistent/r create --bundle /b c1" "$output"
	[ -e late/records/nonexistent%r/c1 ]
}

# The files that a call opens behind the start of the program, below the node.
opened()
{
	strace -qq -o calls -e trace=open,openat,openat2 "$PWD/late/bin/gpu" "$@" >/dev/null
	# What the runtime opens is not heir-runtime's.
	sed -n '/execve/q; s/^open[a-z0-9]*([^"]*"\([^"]*\)".*/\1/p' calls |
		grep -v -e '^/etc/ld' -e '\.so' | sed "s#^$PWD/##"
}

@test "a call opens the files of doc/late-binding.md, and no other" {
	is_sanitized && skip "the sanitizers look into /proc themselves"
	strace -qq -o /dev/null true 2>/dev/null || skip "no strace here, or it may not trace"
	late_node
	# A program of no libraries, so that its own files can be told apart.
	printf 'int main(void) { return 0; }' | ${CC:-cc} -static -o "$NODE/usr/bin/crun" -x c - 2>/dev/null ||
		skip "no compiler here"
	apply_late --late
	cp -r "$NODE/$LATE" late
	sed -i "s#/usr/bin/#$NODE/usr/bin/#" late/now/target/gpu
	rm late/bin/gpu
	ln -s "$NODE/opt/heir-runtime" late/bin/gpu
	# The first create sweeps records of containers that are gone.
	is "late/now/target/gpu late/records nonexistent%r c1 /proc/PID/stat .new .swept ." \
		"$(echo $(opened --root=/nonexistent/r create --bundle /b c1 | sed 's#/proc/[0-9]*/#/proc/PID/#'))"
	is "late/now/target/gpu late/records nonexistent%r c2 /proc/PID/stat .new" \
		"$(echo $(opened --root=/nonexistent/r create --bundle /b c2 | sed 's#/proc/[0-9]*/#/proc/PID/#'))"
	for call in start state kill pause; do
		is "late/records/nonexistent%r/c1" "$(opened --root=/nonexistent/r $call c1)"
	done
	is "late/now/target/gpu" "$(opened --root=/nonexistent/r list)"
	is "late/now/features/gpu late/now/target/gpu" "$(echo $(opened features))"
}

@test "show sees through the link: what new containers get now, and what the files want" {
	late_node
	apply_late --late
	answers 0 on_node show gpu
	shows "/usr/bin/crun (late)"
	answers 0 on_node --as stock show gpu
	shows "/usr/bin/crun (late)"
	[[ $output != *"$LATE"* ]]
	default_is runc
	answers 0 on_node show gpu
	shows "/usr/bin/runc, now /usr/bin/crun (late)"
	# The root that its containers have.
	shows "/run/crun"
	[[ $output != */run/runc* ]]
	answers 0 on_node show --format json gpu crun
	is_json '.handlers[] | select(.name == "gpu").late.runtime' /usr/bin/crun
	is_json '.handlers[] | select(.name == "gpu").late.root' /run/crun
	is_json '.handlers[] | select(.name == "crun") | has("late")' false
	apply_late
	answers 0 on_node show gpu
	shows "/usr/bin/runc (late)"
	[[ $output != *now* ]]
}

@test "--dry-run shows what would move, and writes nothing" {
	late_node
	answers 0 apply_late --late --dry-run
	shows "gpu: /usr/bin/crun (late)"
	[ ! -e "$NODE/$LATE" ]
	[ ! -e "$NODE/$OUT" ]
	apply_late --late
	default_is runc
	answers 0 apply_late --dry-run
	shows "gpu: /usr/bin/crun -> /usr/bin/runc (late)"
	is "/usr/bin/crun" "$(target gpu)"
}

@test "--no-late takes everything away" {
	late_node
	apply_late --late
	answers 0 apply_late --no-late
	answers 0 on_node --as stock show gpu --format json
	is_json '.handlers[0].fields.runtime_path.value' /usr/bin/crun
	is "bin" "$(ls "$NODE/$LATE")"
	is "" "$(ls "$NODE/$LATE/bin")"
	answers 0 apply_late
	is "nothing to change" "$output"
}

@test "a handler that no longer inherits, or is of another type, loses its link" {
	late_node
	dropin 60-other.conf <<-'EOT'
		[crio.runtime.runtimes.other]
		inherit = "default"
	EOT
	apply_late --late
	is "gpu other" "$(ls "$NODE/$LATE/bin" | xargs)"
	printf 'runtime_path = "/usr/bin/runc"\n' >>"$NODE/$CONFD/60-other.conf"
	answers 0 apply_late
	is "gpu" "$(ls "$NODE/$LATE/bin")"
	is "gpu" "$(ls "$NODE/$LATE/now/target")"
}

@test "vm handlers, those with platform_runtime_paths and odd roots stay as they are" {
	late_node
	dropin 60-others.conf <<-'EOT'
		[crio.runtime.runtimes.kata]
		inherit = "default"
		runtime_type = "vm"
		[crio.runtime.runtimes.arch]
		inherit = "default"
		platform_runtime_paths = { "linux/arm64" = "/usr/bin/crun" }
		[crio.runtime.runtimes.odd]
		inherit = "default"
		runtime_root = "/run/a%b"
	EOT
	dropin 70-own.conf <<-'EOT'
		[crio.runtime.runtimes.sandboxed]
		runtime_path = "/usr/bin/containerd-shim-kata-v2"
		runtime_type = "vm"
	EOT
	binary usr/bin/containerd-shim-kata-v2
	answers 0 apply_late --late
	is "gpu" "$(ls "$NODE/$LATE/bin")"
	# Each is named with the reason; that crun and runc have paths of their own is no news.
	shows "sandboxed: not bound late: its runtime_type is not \"oci\""
	shows "arch: not bound late: it sets platform_runtime_paths"
	shows "odd: not bound late: its runtime_root cannot be recorded"
	[[ $output != *"crun: not bound"* && $output != *"runc: not bound"* ]]
}

@test "without heir-runtime, or a handler to bind, nothing is written" {
	late_node
	rm "$NODE/opt/heir-runtime"
	answers 1 apply_late --late
	says "/opt/heir-runtime does not exist"
	cp "$(dirname "$HEIR")/heir-runtime" "$NODE/opt/"
	rm "$NODE/$CONFD/50-gpu.conf"
	answers 1 apply_late --late
	says "no handler can be bound late"
	[ ! -e "$NODE/$LATE" ]
}

# ---- A machine whose CRI-O runs ----

# heir apply with directories of its own for what it writes beside the configuration.
apply_live()
{
	mkdir -p varlib run
	scrubbed HEIR_LIBEXEC="$(dirname "$HEIR")" timeout 60 unshare -m sh -c '
		mount --bind "$0/varlib" /var/lib && mount --bind "$0/run" /run && shift 0 && exec "$@"' \
		"$PWD" "$HEIR" "${OPTIONS[@]}" apply "$@"
}

late_machine()
{
	needs_machine
	unshare -m true 2>/dev/null || skip "not allowed to unshare the mounts"
	machine
	for name in crun runc; do
		cat >bin/$name <<-EOT
			#!/bin/sh
			case \$1 in
			--version) echo "$name version 1.0" ;;
			features) cat "$PWD/features.$name" ;;
			esac
		EOT
	done
	cat >features.crun <<-'EOT'
		{"ociVersionMin": "1.0.0", "ociVersionMax": "1.2.0", "mountOptions": ["ro", "rro", "idmap"],
		 "linux": {"cgroup": {"v1": true, "v2": true}, "mountExtensions": {"idmap": {"enabled": true}}},
		 "annotations": {"run.oci.crun.version": "1.0"}, "potentiallyUnsafeConfigAnnotations": ["run.oci."]}
	EOT
	cat >features.runc <<-'EOT'
		{"ociVersionMin": "1.0.1", "ociVersionMax": "1.1.0", "mountOptions": ["ro", "rro"],
		 "linux": {"cgroup": {"v1": true, "v2": false}},
		 "potentiallyUnsafeConfigAnnotations": ["bundle"]}
	EOT
	start
}

@test "CRI-O is restarted once, and never again for another default" {
	late_machine
	answers 0 apply_live --late
	shows "CRI-O restarted"
	shows "perf: $PWD/bin/crun (late)"
	rm told
	sed -i 's/^default_runtime = .*/default_runtime = "runc"/' confd/10-crio.conf
	answers 0 apply_live
	shows "perf: $PWD/bin/crun -> $PWD/bin/runc (late)"
	shows "CRI-O is not reloaded: its handlers do not change"
	[ ! -e told ]
	is "runtime runc $PWD/bin/runc" "$(grep -m 1 ^runtime varlib/heir/late/now/target/perf)"
}

@test "features and version are what all runtimes have in common" {
	late_machine
	apply_live --late
	output=$(cat varlib/heir/late/now/features/perf)
	is_json .ociVersionMin 1.0.1
	is_json .ociVersionMax 1.1.0
	is_json '.mountOptions | join(" ")' "ro rro"
	is_json .linux.cgroup.v1 true
	is_json .linux.cgroup.v2 false
	is_json '.linux | has("mountExtensions")' false
	is_json 'has("annotations")' false
	is_json '.potentiallyUnsafeConfigAnnotations | sort | join(" ")' "bundle run.oci."
	is "heir-runtime for: crun version 1.0, runc version 1.0" "$(cat varlib/heir/late/now/version/perf)"
	# One without the command promises nothing.
	printf '#!/bin/sh\n[ $1 != features ]\n' >bin/runc
	apply_live
	output=$(cat varlib/heir/late/now/features/perf)
	is_json 'keys | join(" ")' "ociVersionMax ociVersionMin potentiallyUnsafeConfigAnnotations"
}

@test "where CRI-O does not take it, the targets are put back too" {
	late_machine
	apply_live --late
	ls varlib/heir/late/now/target >before
	cat >>confd/50-perf.conf <<-'EOT'
		[crio.runtime.runtimes.perf2]
		inherit = "default"
	EOT
	echo fails >mode
	answers 3 apply_live
	ls varlib/heir/late/now/target | diff before -
	grep -q perf varlib/heir/late/now/target/* || [ -e varlib/heir/late/now/target/perf ]
	is 1 "$(ls -d varlib/heir/late/gen-* | wc -l)"
}

@test "every report sees through the link: explain, graph, report, show as TOML" {
	late_node
	answers 0 apply_late --late
	default_is runc
	# The files have moved, and the targets have not: what runs is what counts.
	for as in heir stock; do
		answers 0 on_node --as $as explain gpu
		shows "runs /usr/bin/crun now (late)"
		answers 0 on_node --as $as explain gpu runtime_path
		shows "runs /usr/bin/crun now (late)"
		answers 0 on_node --as $as explain gpu --format json
		is_json '.late | "\(.runtime) \(.root)"' "/usr/bin/crun /run/crun"
		answers 0 on_node --as $as graph
		shows "runs /usr/bin/crun now (late)"
		for format in dot mermaid; do
			answers 0 on_node --as $as graph --format $format
			shows "runs /usr/bin/crun now (late)"
		done
		answers 0 on_node --as $as graph --format json
		is_json '[.handlers[] | select(.late) | "\(.name) \(.late.runtime)"] | join(",")' \
			"gpu /usr/bin/crun"
		answers 0 on_node --as $as show --format toml
		shows "# runs /usr/bin/crun now (late)"
	done
	answers 0 on_node report --output page.html
	grep -q "runs /usr/bin/crun now (late)" page.html
	answers 0 on_node explain crun
	[[ $output != *late* ]]
}

@test "check takes a link for the runtime that it leads to, while that is what heir says; drift finds none" {
	late_node
	answers 0 apply_late --late
	answers 0 heir --crio-version "$RELEASE" --root "$NODE" check --format json
	is "" "$(jq -r '.findings[].rule' <<<"$output" | grep -x -e rendered-stale -e root-shared)"
	# As CRI-O would answer that has read these files.
	heir --crio-version "$RELEASE" --root "$NODE" --as stock show --format toml |
		sed 's/  # .*//; /^#/d' >live
	answers 0 heir --crio-version "$RELEASE" --root "$NODE" drift --live live --format json
	is 0 "$(jq '.handlers | length' <<<"$output")"
	# The default moves: until apply has switched the targets, gpu is not what the files say.
	default_is runc
	answers 0 heir --crio-version "$RELEASE" --root "$NODE" check --format json
	is rendered-stale "$(jq -r '.findings[].rule' <<<"$output" | grep -x rendered-stale)"
	# What CRI-O has is what it read: the default alone is another one.
	answers 1 heir --crio-version "$RELEASE" --root "$NODE" drift --live live --format json
	is "crun runc 0" "$(jq -r '"\(.running.default_runtime) \(.files.default_runtime) \(.handlers | length)"' <<<"$output")"
	answers 0 apply_late
	answers 0 heir --crio-version "$RELEASE" --root "$NODE" check --format json
	is "" "$(jq -r '.findings[].rule' <<<"$output" | grep -x rendered-stale)"
}

# ---- Faults ----

# killed OPTION...: apply of that node is killed at each system call that changes it. CRI-O then finds
# a target behind each link that its files name, and the next apply finishes what was begun.
killed()
{
	local name number n=0
	cp -a "$NODE" saved
	line=(env HEIR_LIBEXEC=/opt "ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0" timeout 60 strace -qq -o trace)
	scrubbed "${line[@]}" "$HEIR" --crio-version "$RELEASE" --root "$NODE" apply "$@" >/dev/null
	cp "$NODE/$OUT" wanted
	final=$(target gpu)
	awk '{ name = $1; sub(/\(.*/, "", name); n[name]++ }
		name == "flock" { on = 1 }
		on && name ~ /^(mkdir|rename|symlink|link|unlink|rmdir|write|fsync|fchmod)/ { print name, n[name] }' \
		trace >list
	while read -r name number; do
		n=$((n + 1))
		rm -rf "$NODE"
		cp -a saved "$NODE"
		scrubbed "${line[@]}" -e inject="$name:signal=KILL:when=$number" \
			"$HEIR" --crio-version "$RELEASE" --root "$NODE" apply "$@" >out 2>err || :
		if grep -q "/$LATE/bin/gpu" "$NODE/$OUT" 2>/dev/null; then
			[ -L "$NODE/$LATE/bin/gpu" ] && [ -n "$(target gpu)" ] || {
				echo "$name $number: a link without a target"
				return 1
			}
		fi
		# Either target is whole.
		[ ! -e "$NODE/$LATE/now" ] || grep -q '^runtime ' "$NODE/$LATE/now/target/gpu" || {
			echo "$name $number: half a target"
			return 1
		}
		apply_late "$@" >out 2>err || {
			echo "$name $number: the next apply fails: $(cat err)"
			return 1
		}
		cmp "$NODE/$OUT" wanted
		is "$final" "$(target gpu)"
		is "/opt/heir-runtime" "$(readlink "$NODE/$LATE/bin/gpu")"
	done <list
	[ $n -ge 10 ]
}

@test "it is killed at each system call: each link has a target, and the next apply ends it" {
	strace -qq -o /dev/null true 2>/dev/null || skip "no strace here, or it may not trace"
	late_node
	# The first time, and when the default moves.
	killed --late
	default_is runc
	rm -rf saved
	killed --late
}

render_late()
{
	scrubbed HEIR_LIBEXEC=/opt timeout 20 "$HEIR" --crio-version "$RELEASE" --root "$NODE" render --late "$@"
}

@test "render --late: systemd-tmpfiles makes of it what apply --late writes" {
	command -v systemd-tmpfiles >/dev/null || skip "no systemd-tmpfiles here"
	late_node
	printf '[crio.runtime.runtimes.other]\ninherit = "runc"\n' >>"$NODE/$CONFD/50-gpu.conf"
	answers 0 render_late --format tmpfiles --output late.conf
	answers 0 render_late --output rendered.conf
	cp -r "$NODE" applied
	scrubbed HEIR_LIBEXEC=/opt timeout 20 "$HEIR" --crio-version "$RELEASE" --root applied apply --late
	# It is its own drop-in, and the one that apply writes.
	is "$(grep -v '^# The FNV' applied/$OUT)" "$(grep -v '^# The FNV' rendered.conf)"
	# As at a boot; twice, with what an older image left.
	mkdir -p "$NODE/$LATE/image/target"
	touch "$NODE/$LATE/image/target/gone"
	systemd-tmpfiles --remove --create --boot --root="$NODE" "$PWD/late.conf"
	systemd-tmpfiles --remove --create --boot --root="$NODE" "$PWD/late.conf"
	is "gpu other" "$(ls "$NODE/$LATE/now/target" | xargs)"
	diff -r "$NODE/$LATE/now/target" applied/$LATE/now/target
	is /opt/heir-runtime "$(readlink "$NODE/$LATE/bin/gpu")"
	is "$(ls applied/$LATE/bin)" "$(ls "$NODE/$LATE/bin")"
	# heir goes on from there: a moved default moves the targets alone.
	cp rendered.conf "$NODE/$OUT"
	answers 0 apply_late
	is "nothing to change" "$output"
	default_is runc
	answers 0 apply_late
	shows "gpu: /usr/bin/crun -> /usr/bin/runc (late)"
	cmp rendered.conf "$NODE/$OUT" || grep -q runc "$NODE/$OUT"
}

@test "render --late: both files in MachineConfig, Ignition and JSON; refused where nothing can be bound" {
	late_node
	answers 0 render_late --format tmpfiles
	tmpfiles=$output
	answers 0 render_late --format ignition
	is "/etc/crio/crio.conf.d/zz-heir.conf /etc/tmpfiles.d/heir-late.conf" "$(jq -r '[.storage.files[].path] | join(" ")' <<<"$output")"
	is "$tmpfiles" "$(jq -r '.storage.files[1].contents.source' <<<"$output" | sed 's/.*base64,//' | base64 -d)"
	answers 0 render_late --format machineconfig
	is 2 "$(grep -c '^        - path: ' <<<"$output")"
	answers 0 render_late --format json
	is "$tmpfiles" "$(jq -r .late.content <<<"$output")"
	is_json .late.path /etc/tmpfiles.d/heir-late.conf
	answers 0 on_node render --format json
	is_json 'has("late")' false
	answers 2 on_node render --format tmpfiles
	says "--late"
	rm "$NODE/$CONFD/50-gpu.conf"
	answers 1 render_late
	says "no handler can be bound late"
	is "" "$output"
}

@test "apply's JSON has the handlers that are bound late and move" {
	late_node
	answers 0 apply_late --late --format json
	is '[{"handler":"gpu","old":null,"new":"/usr/bin/crun"}]' "$(jq -c .late <<<"$output")"
	default_is runc
	answers 0 apply_late --dry-run --format json || answers 1 apply_late --dry-run --format json
	is '[{"handler":"gpu","old":"/usr/bin/crun","new":"/usr/bin/runc"}]' "$(jq -c .late <<<"$output")"
	answers 0 apply_late
	answers 0 apply_late --format json
	is '[]' "$(jq -c .late <<<"$output")"
}
