#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# heir against a real CRI-O with real pods: $CRIO_BIN names the CRI-O, $CRICTL_BIN crictl, and $CRIO_PATH
# directories before $PATH with conmon, crun, runc and pinns, where those of the system are too old for
# it. A systemctl of the test's own starts it, since no systemd knows of this CRI-O.

load heir
load crio

demands()
{
	[ -n "${CRIO_BIN:-}" ] || skip "no real CRI-O: \$CRIO_BIN names none"
	[ -n "${CRICTL_BIN:-}" ] || skip "no crictl: \$CRICTL_BIN names none"
	[ -x "$(dirname "$HEIR")/heir-fetch" ] || skip "built without heir-fetch (no libcurl)"
	[ "$(id -u)" -eq 0 ] || skip "only root may start CRI-O"
	REALPATH=${CRIO_PATH:+$CRIO_PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	for program in cc conmon crun runc pinns nsenter python3; do
		PATH=$REALPATH command -v $program >/dev/null || skip "no $program in $REALPATH"
	done
}

teardown()
{
	[ -e s ] && remove_pods
	for file in crio.pid registry.pid mounts.pid; do
		[ ! -s $file ] || kill "$(cat $file)" 2>/dev/null || :
	done
}

found()
{
	PATH=$REALPATH command -v "$1"
}

image()
{
	cat >pause.c <<-'EOT'
		#include <signal.h>
		#include <unistd.h>
		static void end(int signal) { _exit(0); }
		int main(void) { signal(SIGTERM, end); for (;;) pause(); }
	EOT
	cc -static -Os -w -o pause pause.c
	"$HEIR_SOURCE/tests/support/registry" pause >port 2>registry.log 3>&- &
	echo $! >registry.pid
	for _ in $(seq 100); do
		[ ! -s port ] || break
		sleep 0.1
	done
	REGISTRY=127.0.0.1:$(cat port)
	printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$REGISTRY" >registries.conf
	printf '{"default": [{"type": "insecureAcceptAnything"}]}\n' >policy.json
}

configuration()
{
	at_home confd
	: >conf
	cat >confd/10-crio.conf <<-EOT
		[crio.image]
		pause_image = "$REGISTRY/pause:1"
		pause_command = "/pause"
		[crio.runtime]
		conmon = "$(found conmon)"
		seccomp_profile = ""
		irqbalance_config_file = ""
		default_runtime = "crun"
		[crio.runtime.runtimes.crun]
		runtime_path = "$(found crun)"
		runtime_root = "$PWD/state-crun"
		[crio.runtime.runtimes.runc]
		runtime_path = "$(found runc)"
		runtime_root = "$PWD/state-runc"
	EOT
	printf '[crio.runtime.runtimes.fast-io]\ninherit = "default"\n' >confd/50-fast-io.conf
}

# A mount namespace that outlives CRI-O's restarts: with heir's directories of its own, so that no
# other heir of this machine sees what is bound late, and without the second hierarchy of a machine
# that has both, which crun does not take.
mounts()
{
	mkdir -p varlib runheir /run/heir
	# shellcheck disable=SC2016 # for the other shell
	setsid unshare -m --propagation private sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null
		mount --bind "$1/varlib" /var/lib && mount --bind "$1/runheir" /run/heir && echo ready
		exec sleep 600' sh "$PWD" >mounts 2>&1 3>&- &
	echo $! >mounts.pid
	for _ in $(seq 100); do
		[ ! -s mounts ] || return 0
		sleep 0.1
	done
	return 1
}

# CRI-O, and the systemctl that heir asks for it.
crio_service()
{
	mkdir bin
	cat >bin/systemctl <<-EOT
		#!/bin/sh
		cd "$PWD"
		pid=\$(cat crio.pid 2>/dev/null)
		case \$1 in
		show)
			[ -n "\$pid" ] && kill -0 "\$pid" 2>/dev/null && state=active || state=inactive pid=0
			sed "s/^MainPID=.*/MainPID=\$pid/" "$HEIR_SOURCE/tests/fixtures/crio-1.37/systemctl/\$state"
			exit 0
			;;
		stop | *restart)
			[ -z "\$pid" ] || { kill "\$pid"; while kill -0 "\$pid" 2>/dev/null; do sleep 0.1; done; }
			rm -f s crio.pid
			[ "\$1" != stop ] || exit 0
			;;
		start) ;;
		*) exit 0 ;;
		esac
		env -u NOTIFY_SOCKET PATH="$REALPATH" setsid nsenter -t $(cat mounts.pid) -m \
			"$CRIO_BIN" --config "$PWD/conf" --config-dir "$PWD/confd" \
			--registries-conf "$PWD/registries.conf" >>crio.log 2>&1 </dev/null 3>&- &
		echo \$! >crio.pid
		for i in \$(seq 300); do
			[ ! -S s ] || exit 0
			kill -0 "\$(cat crio.pid)" 2>/dev/null || exit 1
			sleep 0.1
		done
		exit 1
	EOT
	chmod 755 bin/systemctl
	bin/systemctl start || {
		tail -n 5 crio.log
		return 1
	}
	OPTIONS=(--config "$PWD/conf" --config-dir "$PWD/confd" --source-dir /nowhere --no-unit
		--path "$PWD/bin:$REALPATH" --crio-version
		"$("$CRIO_BIN" version 2>/dev/null | sed -n 's/^Version: *\([0-9.]*\).*/\1/p')")
}

node_with_pods()
{
	image
	configuration
	mounts
	crio_service
}

ours()
{
	scrubbed HEIR_LIBEXEC="$(dirname "$HEIR")" timeout 120 nsenter -t "$(cat mounts.pid)" -m \
		"$HEIR" "${OPTIONS[@]}" "$@"
}

crictl()
{
	"$CRICTL_BIN" --config /dev/null --runtime-endpoint "unix://$PWD/s" "$@" 2>>crictl.log
}

# run_pod NAME HANDLER: a pod of the network of the node, with one container; prints its id.
run_pod()
{
	local security='"security_context": {"namespace_options": {"network": 2, "pid": 1}}' pod container
	cat >"$1.json" <<-EOT
		{"metadata": {"name": "$1", "namespace": "shop", "attempt": 1, "uid": "uid-$1"},
		 "log_directory": "$PWD/log", "linux": {"cgroup_parent": "/heir-test", $security}}
	EOT
	cat >"$1-app.json" <<-EOT
		{"metadata": {"name": "app"}, "image": {"image": "$REGISTRY/pause:1"},
		 "log_path": "$1.log", "linux": {$security}}
	EOT
	pod=$(crictl runp --runtime "$2" "$1.json") &&
		container=$(crictl create "$pod" "$1-app.json" "$1.json") &&
		crictl start "$container" >/dev/null && echo "$pod" || {
		tail -n 5 crictl.log >&2
		return 1
	}
}

remove_pods()
{
	crictl rmp -f -a >/dev/null || :
}

default_is()
{
	sed -i "s/^default_runtime = .*/default_runtime = \"$1\"/" confd/10-crio.conf
}

# The states of the containers, as CRI-O lists them.
states()
{
	crictl ps -a -o json | jq -r '[.containers[].state] | sort | join(" ")'
}

@test "a living pod keeps apply from moving its handler to another runtime; drained, it moves" {
	node_with_pods
	answers 0 ours apply --yes
	shows "1 handler confirmed"
	ours drift >/dev/null
	run_pod web fast-io
	answers 0 ours containers --format json
	is_json '.containers[] | "\(.namespace)/\(.pod) \(.name) \(.handler) \(.creator) \(.root)"' \
		"shop/web app fast-io $(found crun) $PWD/state-crun"
	cp confd/zz-heir.conf before

	default_is runc
	answers 1 ours apply --yes
	says "shop/web"
	says "$(found crun)"
	says "$(found runc)"
	cmp before confd/zz-heir.conf
	is CONTAINER_RUNNING "$(states)"
	# Who restarts it by hand is told as well; where the drop-in has values, it is refused.
	run ours apply --reload none --dry-run
	[[ $status -le 1 ]]
	shows "shop/web"

	remove_pods
	answers 0 ours apply --yes
	shows "1 handler confirmed"
	run_pod web-2 fast-io
	answers 0 ours containers --format json
	is_json '.containers[].creator' "$(found runc)"
	is_json '.containers[].root' "$PWD/state-runc"
	ours drift >/dev/null
}

@test "bound late, the default moves under a living pod: the old one is its creator's to the end" {
	[ -x "$(dirname "$HEIR")/heir-runtime" ] || skip "heir-runtime is not built"
	node_with_pods
	answers 0 ours apply --late --yes
	pid=$(cat crio.pid)
	run_pod old fast-io
	answers 0 ours containers --format json
	is_json '.containers[] | "\(.creator) \(.late)"' "$(found crun) true"

	# Only what CRI-O is not told: the default itself would need a restart.
	sed -i 's/inherit = .*/inherit = "runc"/' confd/50-fast-io.conf
	answers 0 ours apply --late --yes
	shows "fast-io: $(found crun) -> $(found runc) (late)"
	is "$pid" "$(cat crio.pid)"
	run_pod new fast-io
	answers 0 ours containers --format json
	is_json '[.containers[] | "\(.pod) \(.creator)"] | sort | join(", ")' \
		"new $(found runc), old $(found crun)"
	is "CONTAINER_RUNNING CONTAINER_RUNNING" "$(states)"

	# CRI-O starts anew and operates both; each is stopped by its own.
	bin/systemctl restart
	is "CONTAINER_RUNNING CONTAINER_RUNNING" "$(states)"
	remove_pods
	is "" "$(states)"
	is "" "$(find runheir/late -type f ! -name '.*')"
	answers 0 ours apply --no-late --yes
}
