#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir exec: which program it runs, with which arguments, and for which handlers it refuses.

load heir

# heir on this machine, but with the files of CRI-O that stand here.
live()
{
	mkdir -p conf.d
	touch crio.conf
	heir --config "$PWD/crio.conf" --config-dir "$PWD/conf.d" --source-dir "$PWD/heir.d" \
		--path "$PWD/bin:/usr/bin:/bin" "$@"
}

# A runtime that says how it was called.
echoing()
{
	mkdir -p bin conf.d
	printf '#!/bin/sh\nprintf "<%%s>" "$0" "$@"\nexit 7\n' >bin/echoing
	chmod 755 bin/echoing
	printf '[crio.runtime.runtimes.x]\nruntime_path = "%s/bin/echoing"\n%s\n' "$PWD" "$1" >conf.d/x
	called=$PWD/bin/echoing
}

@test "the runtime takes heir's place, with the handler's root before the arguments" {
	echoing 'runtime_root = "/run/x y"'
	answers 7 live exec x -- run --bundle "a b" "" id
	is "<$called><--root></run/x y><run><--bundle><a b><><id>" "$output"
	is "" "$stderr"
	answers 7 live exec x list
	is "<$called><--root></run/x y><list>" "$output"
	# What inherits gets what it inherits.
	printf '[crio.runtime.runtimes.y]\ninherit = "x"\n' >conf.d/y
	answers 7 live exec y -- list
	is "<$called><--root></run/x y><list>" "$output"
}

@test "without runtime_root it is what CRI-O takes" {
	echoing 'inherit = "none"'
	answers 7 live exec x -- list
	is "<$called><--root></run/crun><list>" "$output"
	answers 7 live --crio-version 1.30 exec x -- list
	is "<$called><--root></run/runc><list>" "$output"
}

@test "a --root of the arguments' own is kept, if it is the runtime's" {
	echoing 'runtime_root = "/run/x"'
	while read -r args; do
		answers 7 live exec x -- $args
		is "<$called>$(printf '<%s>' $args)" "$output"
	done <<-'EOF'
		--root /r list
		--root=/r list
		-root /r list
		--debug --root /r list
		--log /l --log-format=json --root /r list
		--cgroup-manager disabled --root /r list
	EOF
	while read -r args; do
		answers 7 live exec x -- $args
		is "<$called><--root></run/x>$(printf '<%s>' $args)" "$output"
	done <<-'EOF'
		exec id sh --root /r
		list --root
		--log --root list
		--rooted list
		--debug list --root=/r
	EOF
}

@test "the environment, standard input and the directory are the caller's" {
	echoing ''
	printf '#!/bin/sh\necho "$WORD"; cat; pwd\n' >bin/echoing
	touch crio.conf
	answers 0 env WORD=said HEIR="$HEIR" sh -c \
		'echo typed | "$HEIR" --config "$PWD/crio.conf" --config-dir "$PWD/conf.d" --source-dir /none exec x -- run'
	is "said
typed
$PWD" "$output"
}

@test "a relative path starts where CRI-O works" {
	echoing ''
	printf '[crio.runtime.runtimes.x]\nruntime_path = "bin/echo"\nruntime_root = "/r"\n' >conf.d/x
	[ -x /bin/echo ] || skip "no /bin/echo here"
	answers 0 live exec x -- said
	is "--root /r said" "$output"
}

@test "warnings do not stand between what the runtime says" {
	echoing 'no_such_key = 1'
	answers 7 live exec x -- list
	is "" "$stderr"
}

@test "a shim is no runtime, and a pod's belongs to its conmon" {
	mkdir -p conf.d bin
	printf '#!/bin/sh\ntouch %s/ran\n' "$PWD" >bin/containerd-shim-x
	chmod 755 bin/containerd-shim-x
	printf '[crio.runtime.runtimes.x]\nruntime_path = "%s/bin/containerd-shim-x"\nruntime_type = "vm"\n' "$PWD" >conf.d/x
	answers 1 live exec x -- list
	says 'heir: the handler "x" is of runtime_type "vm": its binary is a shim'
	programs bin
	sed -i 's/"vm"/"pod"/' conf.d/x
	answers 1 live exec x -- list
	says 'heir: the handler "x" is of runtime_type "pod": '
	[ ! -e ran ]
	sed -i 's/"pod"/"oci"/' conf.d/x
	answers 0 live exec x -- list
	[ -e ran ]
}

@test "of a dropped handler nothing is run, and it says why" {
	echoing ''
	printf '[crio.runtime.runtimes.gone]\nruntime_path = "/no/such/runtime"\n' >conf.d/gone
	answers 1 live exec gone -- list
	says 'heir: CRI-O drops the handler "gone": /no/such/runtime does not exist'
	printf '[crio.runtime.runtimes.gone]\nruntime_candidates = ["none"]\n' >conf.d/gone
	answers 1 live exec gone -- list
	says "none of its runtime_candidates exists"
	printf '[crio.runtime]\ndefault_runtime = "nobody"\n' >conf.d/gone
	answers 1 live exec x -- list
	says 'default_runtime is "nobody"'
	is "" "$output"
}

@test "what cannot be run is an error of the machine" {
	echoing ''
	chmod 644 bin/echoing
	answers 3 live exec x -- list
	says "$called: permission denied"
	printf '\177ELF nothing' >bin/echoing
	chmod 755 bin/echoing
	answers 3 live exec x -- list
	says "$called: "
}

@test "wrong use" {
	echoing ''
	answers 2 live exec
	answers 2 live exec x
	answers 2 live exec x --
	says "exec takes HANDLER -- ARG..."
	answers 2 live exec z -- list
	says 'no file defines a handler "z"'
	answers 2 live exec x --format json -- list
	for node in "--root $NODE" "--root /" "-i /dev/null"; do
		answers 2 live $node exec x -- list
		says "cannot be used for another node"
		is "" "$output"
	done
}

# bundle RUNTIME OPTION...: a bundle whose process says hello and ends with 7.
bundle()
{
	mkdir -p bundle/rootfs
	cat >init.c <<-'EOF'
		#include <unistd.h>
		int main(void) { return write(1, "hello from inside\n", 18) == 18 ? 7 : 1; }
	EOF
	gcc -static -o bundle/rootfs/init init.c 2>gcc.log || skip "no static C library here"
	(cd bundle && "$1" spec "${@:2}") 2>spec.log || skip "$1 makes no bundle here: $(head -n 1 spec.log)"
	jq '.process.terminal = false | .process.args = ["/init"]' bundle/config.json >config.json
	mv config.json bundle/config.json
}

# says_hello HANDLER RUNTIME DIR INSIDE... -- OPTION...: a container by the runtime and by the handler, which
# inherits it. INSIDE is run with the command behind it, and sees what stands here below DIR.
says_hello()
{
	local handler=$1 path=$2 dir=$3 inside=()
	shift 3
	while [ "$1" != -- ]; do
		inside+=("$1")
		shift
	done
	shift
	mkdir -p conf.d
	printf '[crio.runtime.runtimes.%s]\nruntime_path = "%s"\nruntime_root = "%s/state"\n' "${path##*/}" "$path" "$dir" >conf.d/x
	printf '[crio.runtime.runtimes.%s]\ninherit = "%s"\n' "$handler" "${path##*/}" >conf.d/y
	touch crio.conf
	# Without heir first: whether the machine allows it at all.
	"${inside[@]}" "$path" --root "$dir/plain" "$@" run -b "$dir/bundle" "direct-$$" >direct 2>why ||
		[ $? -eq 7 ] || skip "this machine does not let ${path##*/} make a container: $(tail -n 1 why)"
	is "hello from inside" "$(cat direct)"
	run --separate-stderr "${inside[@]}" "$dir/heir" --config "$dir/crio.conf" \
		--config-dir "$dir/conf.d" --source-dir /none exec "$handler" -- "$@" run -b "$dir/bundle" "heir-$$"
	[ "$status" -eq 7 ] || {
		printf 'status %s\n%s\n%s\n' "$status" "$output" "$stderr"
		return 1
	}
	is "hello from inside" "$output"
	# It lived below the handler's root, and is gone.
	[ -d state ]
	is "" "$(ls state)"
}

# container NAME OPTION...: runs one with the runtime, through heir, where the machine allows it.
container()
{
	local name=$1 path
	shift
	[ "$(id -u)" -eq 0 ] || skip "only root may make containers without further ado"
	path=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin type -P "$name") || skip "$name is not here"
	[ -n "$(ls /sys/fs/cgroup 2>/dev/null)" ] || skip "no cgroups here"
	bundle "$path"
	ln -s "$HEIR" heir
	cat >inside <<-'EOF'
		# crun wants cgroup v2 alone, which the mounts of this namespace may well be.
		[ "$1" = runc ] || mount -t cgroup2 none /sys/fs/cgroup || exit 125
		shift
		exec "$@"
	EOF
	says_hello child "$path" "$PWD" unshare -m sh inside "$name" -- "$@"
}

# rootless NAME OPTION...: the same by somebody without privileges; if root tests, by nobody.
rootless()
{
	local name=$1 path user group
	shift
	path=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin type -P "$name") || skip "$name is not here"
	bundle "$path" --rootless
	cp "$HEIR" heir
	user=$(id -u) group=$(id -g)
	[ "$user" -ne 0 ] || user=65534 group=65534
	jq ".linux.uidMappings = [{containerID: 0, hostID: $user, size: 1}] |
		.linux.gidMappings = [{containerID: 0, hostID: $group, size: 1}]" bundle/config.json >config.json
	mv config.json bundle/config.json
	if [ "$(id -u)" -ne 0 ]; then
		says_hello child "$path" "$PWD" env XDG_RUNTIME_DIR="$PWD" -- "$@"
		return
	fi
	type setpriv >/dev/null 2>&1 || skip "no setpriv here"
	cat >inside <<-'EOF'
		# Nobody may look into the directories above, but for where root shows them these.
		mount --bind "$1" /mnt && cd /mnt || exit 125
		[ "$2" = runc ] || mount -t cgroup2 none /sys/fs/cgroup || exit 125
		shift 2
		exec setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs env XDG_RUNTIME_DIR=/mnt "$@"
	EOF
	mkdir conf.d
	chmod 755 .
	chown -R 65534:65534 .
	says_hello child "$path" /mnt unshare -m sh inside "$PWD" "$name" -- "$@"
}

@test "a real container: runc" {
	container runc
}

@test "a real container: crun" {
	container crun --cgroup-manager=disabled
}

@test "a real container without privileges: runc" {
	rootless runc
}

@test "a real container without privileges: crun" {
	rootless crun --cgroup-manager=disabled
}

@test "a binary that other users may write is not run, unless with --force" {
	echoing ''
	chmod 757 bin/echoing
	answers 1 live exec x -- list
	is "" "$output"
	says "writable by another user"
	answers 7 live exec --force x -- list
	chmod 755 bin/echoing
	answers 7 live exec x -- list
	# Nor with such an interpreter, also where env finds it, or in such a directory.
	printf '#!/bin/sh\nexit 7\n' >bin/interpreter
	chmod 777 bin/interpreter
	for first in "#!$PWD/bin/interpreter" "#!/usr/bin/env $PWD/bin/interpreter"; do
		printf '%s\n' "$first" >bin/echoing
		answers 1 live exec x -- list
		says "writable by another user"
	done
	chmod 755 bin/interpreter
	answers 7 live exec x -- list
	chmod 777 bin
	answers 1 live exec x -- list
	chmod 755 bin
}
