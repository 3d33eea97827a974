#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# --ocp and --os: the release of OpenShift, and the image of the node.

load heir

# pool [MEMBER...]: the pool of workers, with more members of its spec.
pool()
{
	cat <<-END
		---
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfigPool
		metadata: {name: worker}
		spec:
		  nodeSelector: {matchLabels: {node-role.kubernetes.io/worker: ""}}
		  machineConfigSelector: {matchLabels: {machineconfiguration.openshift.io/role: worker}}
	END
	printf '  %s\n' "$@"
}

# node CRIO OSIMAGE
node()
{
	cat <<-END
		---
		apiVersion: v1
		kind: Node
		metadata: {name: node-1, labels: {node-role.kubernetes.io/worker: ""}}
		status: {nodeInfo: {containerRuntimeVersion: "cri-o://$1", osImage: "$2"}}
	END
}

# legacy [MEMBER...]: a handler that names runc, with more members of the object's spec.
legacy()
{
	cat <<-END
		---
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfig
		metadata:
		  name: 99-legacy
		  labels: {machineconfiguration.openshift.io/role: worker}
		spec:
		  config:
		    ignition: {version: 3.4.0}
		    storage:
		      files:
		      - path: /etc/crio/crio.conf.d/50-legacy.conf
		        contents:
		          source: "data:;base64,$(printf '[crio.runtime.runtimes.legacy]\nruntime_path = "/usr/bin/runc"\n' | base64 -w 0)"
	END
	printf '  %s\n' "$@"
}

# os_of ARGS...: the image that a check is about, and by what it is known.
os_of()
{
	heir "$@" check --format json | jq -r '"\(.os) \(.os_from)"'
}

lacks()
{
	answers 1 heir "$@" check --format json --rule os-lacks-binary
	jq -e '[.findings[] | select(.handler == "legacy" and .line == 2)] | length == 1' <<<"$output"
}

@test "--ocp is the release of CRI-O that it has" {
	for pair in 4.15:1.28 4.18:1.31 4.20:1.33 4.22:1.35 5.0:1.36; do
		is "${pair#*:}" "$(on_node --ocp "${pair%:*}" check --format json | jq -r .crio_version)"
	done
	is "1.31 1.33" "$(on_node --ocp 4.18..4.20 diff --format json |
		jq -r '"\(.left.crio_version) \(.right.crio_version)"')"
	answers 2 on_node --ocp 4.14 show
	says "4.15 to 5.2"
	answers 2 on_node --ocp 4.20 --crio-version 1.33 show
	says "cannot be combined"
	answers 2 on_node --ocp 4.18..4.20 show
}

@test "a Node of that OpenShift knows its CRI-O better than the table" {
	{ legacy; pool; node 1.34.1-2.rhaos4.20.el9 "Red Hat Enterprise Linux CoreOS 9.6.2"; } >a.yaml
	heir -i a.yaml --ocp 4.20 check --format json >out.json
	is "1.34.1 release-differs" "$(jq -r '"\(.crio_version) \([.findings[].rule | select(startswith("release"))][0])"' out.json)"
	# A Node of another OpenShift says nothing about this one.
	heir -i a.yaml --ocp 4.22 check --format json >out.json
	is "1.35 null" "$(jq -r '"\(.crio_version) \([.findings[].rule | select(startswith("release"))][0])"' out.json)"
}

@test "the image is known by the option, the pool, its Nodes, or the release" {
	{ legacy; pool "osImageStream: {name: rhel-10}"; node 1.33.3 "Red Hat Enterprise Linux CoreOS 9.6.2"; } >stream.yaml
	{ legacy; pool; node 1.33.3 "Red Hat Enterprise Linux CoreOS 10.0.2"; } >nodes.yaml
	{ legacy; pool; } >none.yaml
	is "rhel-9 option" "$(os_of -i stream.yaml --ocp 4.22 --os rhel-9)"
	is "rhel-10 pool" "$(os_of -i stream.yaml --ocp 4.22)"
	is "rhel-10 nodes" "$(os_of -i nodes.yaml --ocp 4.22)"
	is "rhel-9 release" "$(os_of -i none.yaml --ocp 4.22)"
	is "null null" "$(os_of -i none.yaml --ocp 5.0)"
	is "null null" "$(os_of --root "$NODE")"
	is "rhel-10 option" "$(os_of --root "$NODE" --os rhel-10)"
	answers 1 heir -v -i stream.yaml --ocp 4.22 check
	says "os rhel-10: used, osImageStream of the pool"
}

@test "what the image lacks: the handler is dropped, and the line is named" {
	{ legacy; pool; } >a.yaml
	lacks -i a.yaml --ocp 4.22 --os rhel-10
	lacks -i a.yaml --ocp 4.22 --os scos-10
	answers 0 heir -i a.yaml --ocp 4.22 --os rhel-9 check --rule os-lacks-binary
	# What an object brings is there, whatever the image has.
	{ cat a.yaml; legacy | sed 's,99-legacy,98-runc,; s,path: .*,path: /usr/bin/runc\n        mode: 493,'; } >b.yaml
	answers 0 heir -i b.yaml --ocp 4.22 --os rhel-10 check --rule os-lacks-binary
}

@test "a list of paths is an image" {
	{ legacy; pool; } >a.yaml
	printf 'usr/bin/\nusr/bin/crun\nusr/bin/conmon\n' >list
	lacks -i a.yaml --ocp 4.22 --os list
	echo /usr/bin/runc >>list
	answers 0 heir -i a.yaml --ocp 4.22 --os list check --rule os-lacks-binary
	echo /etc/motd >list
	answers 2 heir -i a.yaml --os list check
	says "no path in /usr/bin"
	answers 2 heir -i a.yaml --os rhel-11 check
	says rhel-10
	answers 3 heir -i a.yaml --os ./missing check
}

@test "with packages besides the image, a list lacks only what no such package brings" {
	printf '/usr/bin/crun\n/usr/bin/conmon\n' >list
	{ legacy "extensions: [sandboxed-containers]"; pool; } >a.yaml
	lacks -i a.yaml --ocp 4.22 --os list
	legacy | sed 's,99-legacy,99-kata,; s,50-legacy,60-kata,' |
		sed "s,base64.*,base64\\,$(printf '[crio.runtime.runtimes.kata]\nruntime_path = "/usr/bin/kata"\n' | base64 -w 0)\"," >kata.yaml
	heir -i a.yaml -i kata.yaml --ocp 4.22 --os list check --format json >out.json || true
	is '["legacy"]' "$(jq -c '[.findings[] | select(.rule == "os-lacks-binary") | .handler]' out.json)"
	sed -i /extensions/d a.yaml
	heir -i a.yaml -i kata.yaml --ocp 4.22 --os list check --format json >out.json || true
	is '["kata","legacy"]' "$(jq -c '[.findings[] | select(.rule == "os-lacks-binary") | .handler] | sort' out.json)"
}

@test "the image goes before the files of --root" {
	binary usr/bin/runc
	printf '[crio.runtime.runtimes.legacy]\nruntime_path = "/usr/bin/runc"\n' >"$NODE/$CONFD/50-legacy.conf"
	answers 0 on_node check --rule os-lacks-binary
	lacks --root "$NODE" --os rhel-10
	rm "$NODE/usr/bin/runc"
	answers 0 on_node --os rhel-9 check --rule path-missing --rule os-lacks-binary
}

@test "the default of a pool whose image lacks it: the line that makes it the default is named" {
	printf '[crio.runtime]\ndefault_runtime = "runc"\n[crio.runtime.runtimes.runc]\n' >"$NODE/$CONFD/10-default.conf"
	binary usr/bin/runc
	answers 0 on_node --crio-version 1.34 check
	answers 1 on_node --crio-version 1.34 --os rhel-10 check --format json
	jq -e '.findings[] | select(.rule == "default-invalid") |
		.line == 2 and .help == "write default_runtime = \"crun\"" and .related[0].line == 3' <<<"$output"
}

@test "a vendor's handler that nothing uses is no more than a note" {
	for file in "$HEIR_SOURCE"/examples/ocp-cluster/01-worker*.yaml; do
		answers 0 heir -i "$file" --ocp 4.22 --os rhel-10 check --format json
		jq -e '[.findings[].rule] | index("vendor-binary-absent")' <<<"$output"
	done
}
