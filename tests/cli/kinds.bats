#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every command that asks about a node, over every kind of thing that describes one. All of them
# define the handler x, and nothing is wrong with it.

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
