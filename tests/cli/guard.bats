#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests the guard of heir apply with real containers of crun and runc: which changes orphan them,
# which are harmless, and which cannot be decided.

load heir
load containers

demands()
{
	needs_containers
}

teardown()
{
	end_containers
	[ -z "${PUBLIC:-}" ] || rm -rf "$PUBLIC"
}

# handler NAME PATH ROOT: a table; "-" leaves the root out.
handler()
{
	printf '[crio.runtime.runtimes.%s]\nruntime_path = "%s"\n' "$1" "$2"
	[ "$3" = - ] || printf 'runtime_root = "%s"\n' "$3"
}

# moves PATH ROOT: handler k, under which a container lives, gets those.
moves()
{
	handler b "$1" "$2" >confd/30-b
	printf '[crio.runtime.runtimes.k]\ninherit = "b"\n' >confd/50-k
}

# living PATH ROOT: handler k has those, and a container of it lives.
living()
{
	container_node
	handler a "$1" "$2" >confd/20-a
	printf '[crio.runtime.runtimes.k]\ninherit = "a"\n' >confd/50-k
	applies 0
	pod k k
	container k box "$1" "$2"
}

CRUN=$(command -v crun) RUNC=$(command -v runc)

# What a real CRI-O does in each of these cases is in facts of it: harm is "Exited, exec fails, hangs".
@test "a copy, a link, a wrapper or a hard link of the same runtime is harmless, whatever its place" {
	living "$CRUN" "$PWD/run/k"
	cp "$CRUN" copy
	ln -s "$CRUN" link
	ln copy hard
	mkdir opt
	cp "$CRUN" opt/anything
	printf '#!/bin/sh\nexec %s "$@"\n' "$CRUN" >wrapper
	chmod 755 wrapper
	for new in copy link hard opt/anything wrapper; do
		moves "$PWD/$new" "$PWD/run/k"
		applies 0
	done
	# The same root by another name.
	ln -s "$PWD/run/k" run/link
	moves "$PWD/copy" "$PWD/run/link"
	applies 0
	moves "$PWD/copy" "$PWD/run//k/"
	applies 0
}

@test "the same of runc" {
	living "$RUNC" "$PWD/run/k"
	cp "$RUNC" copy
	moves "$PWD/copy" "$PWD/run/k"
	applies 0
}

@test "another runtime under the same root is harm, both ways" {
	living "$CRUN" "$PWD/run/k"
	pod other a2
	handler a2 "$RUNC" "$PWD/run/k2" >confd/21-a2
	container other box "$RUNC" "$PWD/run/k2"
	cp confd/zz-heir.conf old
	moves "$RUNC" "$PWD/run/k"
	applies 1
	says "nothing is written: CRI-O could no longer operate 1 running container"
	says "ns-k/k: container box ($(id_of k/box | cut -c 1-12)), created by $CRUN with root $PWD/run/k, handler \"k\": $RUNC with root $PWD/run/k would operate it"
	says "kubectl drain"
	cmp old confd/zz-heir.conf
	sed -i 's/"a"/"b"/; s/50-k/&/' confd/50-k
	printf '[crio.runtime.runtimes.a2]\ninherit = "c"\n' >confd/21-a2
	handler c "$CRUN" "$PWD/run/k2" >confd/22-c
	moves "$CRUN" "$PWD/run/k"
	applies 1
	says "ns-other/other: container box"
	applies 0 --force
}

@test "the same runtime with another root is harm" {
	living "$CRUN" "$PWD/run/k"
	moves "$CRUN" "$PWD/run/other"
	applies 1
	# Nothing is made by asking.
	[ ! -e run/other ]
	mkdir -p "run/other/$(id_of k/box)"
	applies 1
}

@test "a file replaced under the same path counts by what it is" {
	cp "$CRUN" in-place
	living "$PWD/in-place" "$PWD/run/k"
	cp "$CRUN" new
	mv new in-place
	# Something else changes, so that there is something to apply.
	printf 'allowed_annotations = ["io.kubernetes.cri-o.Devices"]\n' >>confd/50-k
	applies 0
	cp "$RUNC" new
	mv new in-place
	sed -i '$d' confd/50-k
	applies 1
	says "created by $PWD/in-place"
}

@test "a wrapper that chooses by container is asked for each" {
	living "$CRUN" "$PWD/run/k"
	container k second "$RUNC" "$PWD/run/k"
	cat >late <<-EOT
		#!/bin/sh
		for id; do :; done
		[ "\$1" != --version ] && [ ! -e "\$2/\$id/status" ] || exec $CRUN "\$@"
		exec $RUNC "\$@"
	EOT
	chmod 755 late
	moves "$PWD/late" "$PWD/run/k"
	applies 0
}

@test "a handler that is gone orphans its containers, and pods that have none" {
	living "$CRUN" "$PWD/run/k"
	pod empty k
	rm confd/50-k
	applies 1 --allow-removal
	says "ns-k/k: container box"
	says 'handler "k": CRI-O would not have the handler'
	says "ns-empty/empty: no running container"
	end_containers
	sleep 0.2
	rm -r "storage/overlay-containers/$(id_of k)"
	applies 1 --allow-removal
	rm -r "storage/overlay-containers/$(id_of empty)"
	applies 0 --allow-removal
}

@test "the default flipped concerns every pod that named no handler, and no other" {
	container_node
	# Its own runtime_type keeps perf from following by CRI-O's key: the drop-in has to change.
	printf '[crio.runtime.runtimes.perf]\ninherit = "default"\nruntime_type = "oci"\n' >confd/50-perf
	applies 0
	pod plain ""
	container plain box "$CRUN" "$PWD/run/crun"
	pod named crun
	container named box "$CRUN" "$PWD/run/crun"
	sed -i 's/= "crun"/= "runc"/' confd/10-crio.conf
	# Whatever else makes apply have something to tell: a handler that is new, or a copy of the default.
	printf '[crio.runtime.runtimes.another]\ninherit = "runc"\n' >confd/51-another
	for release in 1.37 1.30; do
		cp confd/zz-heir.conf old
		applies 1 --crio-version $release
		says "nothing is written: CRI-O could no longer operate 1 running"
		says "ns-plain/plain: container box"
		says "default handler \"runc\": $PWD/bin/runc with root $PWD/run/runc would operate it"
		cmp old confd/zz-heir.conf
		rm -f confd/51-another
	done
}

@test "what was edited since does not count as what runs" {
	living "$CRUN" "$PWD/run/k"
	# The files said so before heir was asked, and CRI-O was not restarted.
	moves "$RUNC" "$PWD/run/k"
	"$HEIR" "${OPTIONS[@]}" render >confd/zz-heir.conf
	printf 'allowed_annotations = ["io.kubernetes.cri-o.Devices"]\n' >>confd/50-k
	applies 1
	says "created by $CRUN with root $PWD/run/k"
}

@test "a container whose conmon was killed still counts, one that has ended does not" {
	living "$CRUN" "$PWD/run/k"
	kill -KILL "$MONITOR"
	moves "$RUNC" "$PWD/run/k"
	applies 1
	says "ns-k/k: container box"
	# Its root is in no file any more; CRI-O's own record names the process.
	pid=$(process_of "$(id_of k/box)" run/k)
	start=$(cut -d ' ' -f 22 "/proc/$pid/stat")
	printf '{"status":"running","initPid":%s,"initStartTime":"%s"}' "$pid" "$start" \
		>"$(bundle "$(id_of k/box)")/state.json"
	rm confd/20-a
	moves "$RUNC" "$PWD/run/new"
	rm confd/zz-heir.conf
	applies 1
	says "ns-k/k: container box"
	kill -KILL "$pid"
	sleep 0.2
	applies 0
}

@test "an unset runtime_root is CRI-O's own, for every runtime" {
	[ ! -e /run/crun ] || [ -w /run/crun ] || skip "/run/crun is not ours"
	living "$RUNC" /run/crun
	rm confd/20-a
	cp "$RUNC" copy
	moves "$PWD/copy" -
	applies 0
	moves "$PWD/copy" /run/runc
	applies 1
	runc --root /run/crun delete --force "$(id_of k/box)"
}

@test "containers of others do not count" {
	living "$CRUN" "$PWD/run/k"
	dir=$(bundle "$(id_of k/box)")
	jq '.annotations = {"io.container.manager": "libpod"}' "$dir/config.json" >new
	mv new "$dir/config.json"
	rm -r "storage/overlay-containers/$(id_of k)"
	moves "$RUNC" "$PWD/run/k"
	applies 0
}

@test "where a file says which storage CRI-O has, containers with bundles elsewhere do not count" {
	living "$CRUN" "$PWD/run/k"
	moves "$RUNC" "$PWD/run/k"
	applies 1
	ln -s "$PWD/storage" link
	sed -i 's|/storage"|/link"|' confd/10-crio.conf
	applies 1
	mkdir other
	sed -i 's|/link"|/other"|' confd/10-crio.conf
	applies 0
}

@test "what cannot be known is a refusal with its reason" {
	living "$CRUN" "$PWD/run/k"
	printf 'allowed_annotations = ["io.kubernetes.cri-o.Devices"]\n' >>confd/50-k
	config=$(bundle "$(id_of k/box)")/config.json
	cp "$config" saved
	for text in '{' '[]' 'annotations: {}' '{} {}' '{"annotations": {"a": "b}'; do
		echo "$text" >"$config"
		applies 1
		says "nothing is written: cannot list the running containers: $config"
	done
	rm "$config"
	applies 1
	says "the handler of container $(id_of k/box) is unknown"
	cp saved "$config"
	sandbox=storage/overlay-containers/$(id_of k)
	mv "$sandbox" elsewhere
	applies 1
	says "the handler of container $(id_of k/box) is unknown"
	mv elsewhere "$sandbox"
	# A runtime that others may write is not asked.
	cp "$CRUN" open
	chmod 777 open
	moves "$PWD/open" "$PWD/run/k"
	applies 1
	says "cannot query it: writable by non-root users"
}

@test "who may not see the processes of others is refused" {
	command -v setpriv >/dev/null || skip "no setpriv here"
	is_sanitized && skip "a sanitized program wants to read /proc itself"
	PUBLIC=$(mktemp -d /tmp/heir-test-XXXXXX)
	cd "$PUBLIC"
	container_node
	printf '[crio.runtime.runtimes.perf]\ninherit = "default"\n' >confd/50-perf
	chmod -R go+rX .
	# As another user, to whom /proc shows no process but his own.
	blind()
	{
		# shellcheck disable=SC2016 # for the other shell
		run --separate-stderr unshare -m sh -c '
			mount -t proc -o hidepid=2 proc /proc || exit 77
			exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"' sh \
			"$HEIR" "${OPTIONS[@]}" apply --reload none "$@"
		[ "$status" -ne 77 ] || skip "may not mount here"
		[ "$status" -ne 127 ] && [ "$status" -ne 126 ] || skip "another user cannot run it here"
	}
	# The guard's own word: a dry run takes no lock.
	blind --dry-run
	is 1 "$status"
	says "cannot list the running containers: "
	# The lock is root's.
	blind
	is 3 "$status"
	says "cannot lock"
	[ ! -e confd/zz-heir.conf ]
}

# others N HANDLER FIRST: pods like k with a container like its box, and that one's process. Without a
# process for each of them: there may be many.
others()
{
	local box pod status i id pod_id texts=() dirs=()
	box=$(id_of k/box) pod=$(id_of k)
	texts=("$(<"$(bundle "$box")/config.json")" "$(<"$(bundle "$pod")/config.json")")
	status=$(<"run/k/$box/status")
	for ((i = $3; i < $3 + $1; i++)); do
		printf -v id %064x "$i"
		printf -v pod_id %064x $((i + 0x10000))
		dirs+=("run/k/$id" "storage/overlay-containers/$id/userdata" "storage/overlay-containers/$pod_id/userdata")
	done
	mkdir -p "${dirs[@]}"
	for ((i = $3; i < $3 + $1; i++)); do
		printf -v id %064x "$i"
		printf -v pod_id %064x $((i + 0x10000))
		printf %s "${status//$box/$id}" >"run/k/$id/status"
		local text=${texts[0]//$box/$id}
		text=${text//$pod/$pod_id}
		printf %s "$text" >"storage/overlay-containers/$id/userdata/config.json"
		printf %s "$text" >"run/k/$id/config.json"
		text=${texts[1]//$pod/$pod_id}
		text=${text//ns-k/ns-$2$i}
		printf %s "${text//RuntimeHandler\": \"k/RuntimeHandler\": \"$2}" \
			>"storage/overlay-containers/$pod_id/userdata/config.json"
	done
}

@test "of many containers the first ten are named" {
	living "$CRUN" "$PWD/run/k"
	others 10 k 1
	moves "$RUNC" "$PWD/run/k"
	applies 1
	says "no longer operate 11 running containers"
	is 10 "$(grep -c "would operate it" <<<"$stderr")"
	says "and 1 more"
}

@test "of 200 containers each counts, and each with its own handler" {
	living "$CRUN" "$PWD/run/k"
	# The other half follows the default.
	printf '[crio.runtime.runtimes.j]\ninherit = "default"\nruntime_type = "oci"\n' >confd/51-j
	sed -i "s|run/crun|run/k|" confd/10-crio.conf
	applies 0
	others 100 k 1
	others 100 j 1001
	moves "$RUNC" "$PWD/run/k"
	applies 1
	says "no longer operate 101 running containers"
	says "and 91 more"
	! grep -q ns-j <<<"$stderr" || return 1
	answers 1 heir "${OPTIONS[@]}" apply --reload none --dry-run --format json
	is_json '.at_risk | length' 101
	is_json '[.at_risk[].namespace] | unique | length' 101
	is_json '[.at_risk[] | select(.handler != "k")] | length' 0
	# And the other way round.
	moves "$CRUN" "$PWD/run/k"
	sed -i 's/default_runtime = "crun"/default_runtime = "runc"/; s|run/runc|run/k|' confd/10-crio.conf
	answers 1 heir "${OPTIONS[@]}" apply --reload none --dry-run --format json
	is_json '.at_risk | length' 100
	is_json '[.at_risk[] | select(.handler != "j")] | length' 0
}
