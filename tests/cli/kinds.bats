#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests every command about a node with every kind of input. Each input defines the handler x
# without errors.

load heir

X='[crio.runtime.runtimes.x]
runtime_path = "/usr/bin/crun"
runtime_root = "/run/crun"'

# machineconfig NAME ROLE
machineconfig()
{
	cat <<-END
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfig
		metadata: {name: $1, labels: {machineconfiguration.openshift.io/role: $2}}
		spec: {config: {ignition: {version: 3.2.0}, storage: {files: [{path: /etc/crio/crio.conf.d/50-x.conf,
		  contents: {source: "data:;base64,$(base64 -w 0 <<<"$X")"}}]}}}
	END
}

make_kinds()
{
	dropin 50-x.conf <<<"$X"
	mkdir -p repo/etc role dropins
	cp -a "$NODE/etc/crio" repo/etc
	cp -a "$NODE/etc/crio/crio.conf.d" role
	echo "$X" >dropins/50-x.conf
	echo "$X" >x.conf
	machineconfig 99-x worker >worker.yaml
	machineconfig 99-x master >master.yaml
	machineconfig rendered-worker-29e0932f943a175b9179772373764bc4 "" >rendered.yaml
	{ printf 'apiVersion: v1\nkind: List\nitems:\n- '; sed '2,$s/^/  /' worker.yaml; } >list.yaml
	{
		printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata:\n  config: |\n'
		sed 's/^/    /' worker.yaml
	} >configmap.yaml
	printf '{"ignition": {"version": "3.4.0"}, "storage": {"files": [{"path": "%s", "contents": {"source": "data:;base64,%s"}}]}}' \
		/etc/crio/crio.conf.d/50-x.conf "$(base64 -w 0 <<<"$X")" >x.ign
	printf 'variant: fcos\nversion: 1.5.0\nstorage:\n  files:\n  - path: /etc/crio/crio.conf.d/50-x.conf\n    contents: {local: x.conf}\n' >x.bu
	mkdir objects
	cp worker.yaml objects
	# What the CRI-O of such a node answers to GET /config.
	printf '[crio]\n[crio.runtime]\ndefault_runtime = "crun"\n[crio.runtime.runtimes.x]\nruntime_path = "/usr/bin/crun"\n' >live.toml
	tar -cf node.tar -C node .
	tar -czf crio.tgz -C node/etc crio
	tar -cJf objects.tar.xz objects
}

# Archives are kinds where heir-unpack was built.
archives()
{
	[ ! -x "$(dirname "$HEIR")/heir-unpack" ] || echo "$@"
}

scrubbed()
{
	env -i PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C.UTF-8 TERM=dumb \
		XDG_CACHE_HOME="$BATS_TEST_TMPDIR/cache" HEIR_LIBEXEC="$(dirname "$HEIR")" \
		ASAN_OPTIONS="${ASAN_OPTIONS:-}" UBSAN_OPTIONS="${UBSAN_OPTIONS:-}" "$@"
}

KINDS="--root:node --root:repo path:node path:repo path:node/etc/crio path:node/etc/crio/crio.conf.d
	path:node/etc/crio/crio.conf.d/50-x.conf path:role path:dropins/ path:./x.conf
	-i:worker.yaml -i:master.yaml -i:rendered.yaml -i:list.yaml -i:configmap.yaml -i:x.ign -i:x.bu -i:objects
	path:worker.yaml path:x.ign path:x.bu path:objects/"

# ask KIND COMMAND ARG...: the command about what is of that kind.
ask()
{
	local how=${1%%:*} what=${1#*:} command=$2
	shift 2
	# A path holds a slash.
	[[ $how != path || $what == */* ]] || what=./$what
	if [ "$how" = path ]; then
		heir "$command" "$what" "$@"
	else
		heir "$how" "$what" "$command" "$@"
	fi
}

@test "show, explain, check, graph, cat, render and diff over every kind of input" {
	make_kinds
	for kind in $KINDS; do
		answers 0 ask "$kind" show x -o json
		is_json '.handlers[0].fields.runtime_path.value' /usr/bin/crun
		answers 0 ask "$kind" explain x runtime_path -o json
		is_json .handler x
		answers 0 ask "$kind" check -o json
		is_json .starts "$([[ $kind == path:node || $kind == path:repo ]] && echo null || echo true)"
		answers 0 ask "$kind" graph -o json
		shows '"x"'
		answers 0 ask "$kind" cat
		shows 'runtimes.x]'
		answers 0 ask "$kind" render
		answers 0 ask "$kind" diff
		answers 0 ask "$kind" diff --default-runtime x x
	done
}

@test "the same over archives" {
	make_kinds
	for kind in $(archives --root:node.tar --root:crio.tgz path:node.tar path:./crio.tgz -i:objects.tar.xz path:objects.tar.xz); do
		answers 0 ask "$kind" show x -o json
		is_json '.handlers[0].fields.runtime_path.value' /usr/bin/crun
		answers 0 ask "$kind" explain x runtime_path -o json
		answers 0 ask "$kind" check
		answers 0 ask "$kind" cat
		shows 'runtimes.x]'
		answers 0 ask "$kind" render
		answers 0 ask "$kind" report
		shows "<html"
	done
}

@test "report over every kind of input" {
	make_kinds
	for kind in $KINDS; do
		answers 0 ask "$kind" report --title "of $kind"
		shows "<html"
		shows "of $kind"
		answers 0 ask "$kind" report --default-runtime x --output page.html
		[ -s page.html ]
	done
}

@test "facts, drift and apply over every kind of input: an answer, or why there is none" {
	make_kinds
	for kind in $KINDS $(archives --root:node.tar path:node.tar -i:objects.tar.xz path:objects.tar.xz); do
		case $kind in
		# Of a node's files facts are read.
		--root:* | path:node* | path:repo* | path:role | path:dropins/ | path:*.conf)
			answers 0 ask "$kind" facts
			is_json .schema heir.facts/1
			;;
		*)
			answers 2 ask "$kind" facts
			says "objects alone contain no node facts"
			;;
		esac
		# The CRI-O of another node answers through a file alone.
		answers 2 ask "$kind" drift
		says "pass its answer with --live"
		run --separate-stderr ask "$kind" drift --live live.toml -o json
		[ "$status" -le 1 ]
		is_json .schema heir.drift/1
	done
	for kind in $KINDS; do
		case $kind in
		--root:*)
			run --separate-stderr ask "$kind" apply --dry-run
			[ "$status" -le 1 ]
			;;
		-i:*)
			run --separate-stderr ask "$kind" apply --dry-run
			[ "$status" -ge 2 ]
			[ -n "$stderr" ]
			;;
		*)
			# It writes: to which node is said with --root.
			answers 2 ask "$kind" apply --dry-run
			;;
		esac
	done
}

@test "collect over every kind of input that is a node" {
	make_kinds
	for root in node repo; do
		answers 0 heir --root $root collect --output out.tar
		tar -tf out.tar | grep -qx etc/crio/crio.conf.d/50-x.conf
	done
	answers 2 heir -i objects collect --output out.tar
}

@test "of one file the findings of that file, and whatever stops CRI-O" {
	dropin 50-x.conf <<<"$X
no_such_key = 1"
	dropin 60-y.conf <<<'[crio.runtime]
no_such_key = 2'
	answers 0 heir check "$NODE/$CONFD/50-x.conf" -o json
	is_json '[.findings[].file | split("/") | last] | unique | join(" ")' 50-x.conf
	answers 0 heir check "$NODE/$CONFD" -o json
	is_json '[.findings[].file | split("/") | last] | unique | join(" ")' "50-x.conf 60-y.conf"
	# It is never "ok" where CRI-O does not start.
	dropin 70-z.conf <<<'[crio.runtime]
log_level = "loud"'
	answers 1 heir check "$NODE/$CONFD/50-x.conf" -o json
	is_json .starts false
	is_json '[.findings[].file | split("/") | last] | unique | join(" ")' "50-x.conf 70-z.conf"
}
