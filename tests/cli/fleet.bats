#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir fleet: the nodes of a cluster against what they report.

load heir

FLEET=$HEIR_SOURCE/tests/support/fleet

# fleet ARG...: on the cluster in cluster.json
fleet()
{
	heir -i cluster.json "$@" fleet
}

# change FILTER: of the cluster, with jq
change()
{
	jq "$1" cluster.json >changed.json
	mv changed.json cluster.json
}

# One node's differences as "KIND HANDLER", one a line.
of_node()
{
	jq -r --arg name "$1" '.nodes[] | select(.name == $name) | .differences[] | "\(.kind) \(.handler)"' \
		<<<"$output"
}

@test "a cluster that is as it should be: no difference, each class counted, each pool folded" {
	"$FLEET" cluster 12 3 >cluster.json
	answers 0 fleet
	shows "12 nodes, no difference"
	shows "4 of 4 nodes alike: node-0, node-3, node-6, node-9"
	shows "as expected"
	answers 0 fleet --format json
	is_json '.schema' heir.fleet/1
	is_json '.nodes | length' 12
	is_json '[.nodes[].differences[]] | length' 0
	is_json '[.classes[] | select(.name == "extra").pools[] | "\(.pool) \(.have) of \(.of)"] | join(", ")' \
		"master 4 of 4, pool2 0 of 4, worker 0 of 4"
	is_json 'keys | join(" ")' "classes nodes schema"
	is_json '.nodes[0] | keys | join(" ")' "crio_version current desired differences name os pool"
}

@test "500 changes of real clusters: each is found and named, and nothing else is" {
	clusters=$HEIR_SOURCE/../shared/fixtures/clusters
	[ -d "$clusters" ] || skip "no recorded clusters at hand"
	for cluster in "$clusters"/*.json; do
		answers 0 heir -i "$cluster" --format json fleet
		is_json '[.nodes[].differences[]] | length' 0
		is_json '.nodes | length' 6
	done
	"$FLEET" mutate 1 500 "$clusters"/*.json
}

@test "90 changes of a small cluster: each is found and named, and nothing else is" {
	"$FLEET" cluster 12 3 >cluster.json
	"$FLEET" mutate 2 90 cluster.json
}

@test "the list is read from standard input, from a directory, and as YAML" {
	answers 1 heir -i "$HEIR_SOURCE/examples/ocp-fleet" fleet
	wanted=$output
	answers 1 heir -i - fleet <"$HEIR_SOURCE/examples/ocp-fleet/cluster.yaml"
	is "$(grep -v '(-:\|cluster.yaml:' <<<"$wanted" | head -3)" "$(head -3 <<<"$output")"
	mkdir -p must-gather/cluster-scoped-resources/core/nodes must-gather/namespaces
	"$FLEET" cluster 4 2 >cluster.json
	for i in 0 1 2 3; do
		jq ".items[] | select(.metadata.name == \"node-$i\")" cluster.json \
			>must-gather/cluster-scoped-resources/core/nodes/node-$i.json
	done
	jq '.items |= map(select(.kind != "Node"))' cluster.json >must-gather/namespaces/rest.json
	answers 0 heir -i must-gather --format json fleet
	is_json '.nodes | length' 4
}

@test "the worst comes first, then what concerns more nodes" {
	"$FLEET" cluster 12 3 >cluster.json
	change '(.items[] | select(.metadata.name == "node-1").status.runtimeHandlers) += [{name: "kata"}]
		| (.items[] | select(.metadata.name == "node-2").status.runtimeHandlers) |= map(select(.name != "runc"))'
	answers 1 fleet --format json
	is_json '[.nodes[:2][].name] | join(" ")' "node-2 node-1"
	is "missing runc" "$(of_node node-2)"
	is "extra kata" "$(of_node node-1)"
	is_json '.nodes[0].differences[0] | "\(.file):\(.line)"' "/etc/crio/crio.conf.d/00-default:5"
	answers 1 fleet --pool worker --format json
	is_json '[.nodes[] | select(.differences != []).name] | join(" ")' node-1
	is_json '.nodes | length' 4
}

@test "an extra handler that the release drops: the reason is named" {
	"$FLEET" cluster 2 1 >cluster.json
	change '(.items[] | select(.kind == "MachineConfig").spec.config.storage.files) += [{path: "/etc/crio/crio.conf.d/50-x",
		contents: {source: "data:,%5Bcrio.runtime.runtimes.x%5D%0Aruntime_path%3D%22/usr/bin/crun%22%0Aallowed_annotations%3D%5B%22devices.crio.io%22%5D%0A"}}]
		| (.items[] | select(.kind == "Node").status.runtimeHandlers) += [{name: "x"}]'
	answers 1 fleet --format json
	is "extra x" "$(of_node node-0)"
	is_json '.nodes[0].differences[0].file' /etc/crio/crio.conf.d/50-x
	is_json '.nodes[0].differences[0].message | test("drops it.*devices.crio.io")' true
}

@test "pods that ask for a feature which the handler does not have: on their nodes, and where they may go" {
	"$FLEET" cluster 6 3 >cluster.json
	change '.items += [
		{apiVersion: "v1", kind: "Pod", metadata: {name: "p", namespace: "a"}, status: {phase: "Running"},
		 spec: {runtimeClassName: "legacy", nodeName: "node-1", hostUsers: false}},
		{apiVersion: "v1", kind: "Pod", metadata: {name: "done", namespace: "a"}, status: {phase: "Succeeded"},
		 spec: {runtimeClassName: "legacy", nodeName: "node-2", hostUsers: false}},
		{apiVersion: "v1", kind: "Pod", metadata: {name: "fine", namespace: "a"}, status: {phase: "Running"},
		 spec: {runtimeClassName: "crun", nodeName: "node-3", hostUsers: false}}]'
	answers 1 fleet --format json
	is_json '[.nodes[] | select(.differences != []) | .name] | join(" ")' node-1
	is "unsupported runc" "$(of_node node-1)"
	# Recursive mounts, of a container or an init container.
	change '(.items[] | select(.kind == "Node").status.runtimeHandlers[] | select(.name == "crun").features) =
			{recursiveReadOnlyMounts: false, userNamespaces: true}
		| (.items[] | select(.metadata.name == "fine").spec.initContainers) =
			[{name: "i", volumeMounts: [{name: "v", recursiveReadOnly: "Enabled"}]}]'
	answers 1 fleet --format json
	is "unsupported crun" "$(of_node node-3)"
	# One that waits for a node, whose class selects some.
	change '(.items[] | select(.metadata.name == "p")) |= (del(.spec.nodeName) | .status.phase = "Pending")
		| (.items[] | select(.metadata.name == "legacy").scheduling) = {nodeSelector: {"kubernetes.io/hostname": "node-4"}}'
	answers 1 fleet --format json
	is "unsupported runc" "$(of_node node-4)"
	is "" "$(of_node node-5)"
	answers 1 fleet
	shows "a/p"
}

@test "CRI-O will not start, on what the node has and on what its pool wants" {
	"$FLEET" cluster 4 2 >cluster.json
	change '(.items[] | select(.kind == "MachineConfig" and (.metadata.name | test("worker"))).spec.config.storage.files[0].contents.source) =
		"data:,%5Bcrio.runtime%5D%0Adefault_runtime%3D%22nope%22%0A"'
	answers 1 fleet --format json
	is_json '[.nodes[] | select(.differences != []).name] | join(" ")' "node-1 node-3"
	is_json '.nodes[0].differences[0] | "\(.kind) \(.file):\(.line)"' "will-not-start /etc/crio/crio.conf.d/00-default:2"
	# master wants it.
	change '(.items[] | select(.kind == "MachineConfig" and (.metadata.name | test("worker"))).metadata.name) as $bad
		| (.items[] | select(.kind == "MachineConfigPool" and .metadata.name == "master").spec.configuration.name) = $bad'
	answers 1 fleet --format json
	is_json '[.nodes[] | select([.differences[].kind] | index("will-not-start")).name] | length' 4
}

@test "what cannot be known is said, and is no difference" {
	"$FLEET" cluster 6 2 >cluster.json
	change '(.items[] | select(.metadata.name == "node-0").status) |= del(.runtimeHandlers)
		| (.items[] | select(.metadata.name == "node-1").status.nodeInfo.containerRuntimeVersion) = "containerd://2.0"
		| (.items[] | select(.metadata.name == "node-2").status.nodeInfo.containerRuntimeVersion) = "cri-o://1.99.0"
		| (.items[] | select(.metadata.name == "node-3").metadata) |= del(.annotations)
		| (.items[] | select(.metadata.name == "node-4")) |= del(.status)
		| (.items[] | select(.metadata.name == "node-5").metadata.annotations) |=
			map_values(sub("rendered-.*"; "rendered-worker-0123456789abcdef0123456789abcdef"))'
	answers 1 fleet
	shows "6 nodes, 1 differs: 1 behind" # node-2's image is that of node-0
	shows "status.runtimeHandlers"
	shows "2 nodes: no CRI-O"
	shows "a release of CRI-O that heir does not know"
	shows "no annotation names"
	shows "is not among the objects"
	shows "SIGHUP"
}

@test "hostile lists: duplicates, no status, cyclic owners, odd types, many handlers" {
	"$FLEET" cluster 4 2 >cluster.json
	change '.items += [(.items[] | select(.kind == "Node")) | .status.runtimeHandlers = "none"]
		| .items += [{apiVersion: "v1", kind: "Node", metadata: {name: "bare"}}]
		| .items += [{apiVersion: "v1", kind: "Node", metadata: {name: "odd", labels: [], annotations: 7},
			status: {runtimeHandlers: [1, null, [], {name: {}}, {name: null}], nodeInfo: "x"}}]
		| .items += [{apiVersion: "v1", kind: "Pod", metadata: {name: "a", namespace: "n",
				ownerReferences: [{kind: "Pod", name: "b"}]}, spec: {runtimeClassName: "r"}, status: {phase: "Pending"}},
			{apiVersion: "v1", kind: "Pod", metadata: {name: "b", namespace: "n",
				ownerReferences: [{kind: "Pod", name: "a"}]}, spec: {runtimeClassName: "r"}, status: {phase: "Pending"}},
			{apiVersion: "node.k8s.io/v1", kind: "RuntimeClass", metadata: {name: "r", ownerReferences: [{kind: "RuntimeClass", name: "r"}]},
			 handler: "crun", scheduling: {nodeSelector: []}}]'
	answers 0 fleet --format json
	says object-twice
	is_json '.nodes | length' 6
	answers 0 fleet
	shows "n/a, n/b"
	change '(.items[] | select(.kind == "Node" and .metadata.name == "bare")) |= (.status = {nodeInfo: {containerRuntimeVersion: "cri-o://1.33.1"},
			runtimeHandlers: [range(20000) | {name: "h\(.)"}]}
		| .metadata.annotations = {"machineconfiguration.openshift.io/currentConfig": "rendered-worker-0"})
		| (.items[] | select(.kind == "MachineConfig" and (.metadata.name | test("worker"))).metadata.name) = "rendered-worker-0"'
	answers 1 fleet --format json
	is_json '[.nodes[] | select(.name == "bare").differences[]] | length' 100
}

@test "wrong use: no objects, no Node, another root, heir's own semantics" {
	answers 2 heir fleet
	answers 2 on_node fleet
	"$FLEET" cluster 2 1 >cluster.json
	answers 2 fleet --as heir
	answers 2 fleet --pool nope
	jq '.items |= map(select(.kind != "Node"))' cluster.json >none.json
	answers 2 heir -i none.json fleet
	says "no Node"
	answers 3 heir -i /nowhere fleet
}

@test "it keeps to heir.fleet/1" {
	python3 -c 'import jsonschema' 2>/dev/null || skip "no python3 with jsonschema here"
	answers 1 heir -i "$HEIR_SOURCE/examples/ocp-fleet" --format json fleet
	printf '%s' "$output" >out.json
	python3 -W ignore - out.json "$HEIR_SOURCE/doc/schemas/heir.fleet-1.json" <<-'EOF'
		import json, sys
		from jsonschema import Draft202012Validator
		document, schema = (json.load(open(name)) for name in sys.argv[1:])
		Draft202012Validator.check_schema(schema)
		Draft202012Validator(schema).validate(document)
		assert document["nodes"] and document["classes"]
		document["nodes"][0]["more"] = 1
		assert not Draft202012Validator(schema).is_valid(document)
	EOF
}

@test "Markdown: a table of differences, one of RuntimeClasses, and no name is obeyed" {
	answers 1 heir -i "$HEIR_SOURCE/examples/ocp-fleet" --format markdown fleet
	shows "| missing | kata | worker | 1 of 4 nodes: worker-0 |"
	shows "| kata | kata | - | 2 of 4 | ci/builder-7 |"
	"$FLEET" cluster 2 1 >cluster.json
	change '(.items[] | select(.metadata.name == "node-0").status.runtimeHandlers) += [{name: "|<b>`x`\n@team"}]'
	answers 1 fleet --format markdown
	shows '\|\<b\>\`x\`'
	is 1 "$(grep -c '^| extra | [^e]' <<<"$output")"
}

@test "--metrics: results, nodes by kind, classes by pool; a list that cannot be read is a failure" {
	answers 1 heir -i "$HEIR_SOURCE/examples/ocp-fleet" --metrics out.prom fleet
	for line in 'heir_fleet_result{result="differs"} 1' 'heir_fleet_result{result="failed"} 0' \
		'heir_fleet_nodes{pool="worker"} 4' 'heir_fleet_differing_nodes{kind="missing"} 1' \
		'heir_fleet_differing_nodes{kind="will-not-start"} 0' 'heir_fleet_unknown_nodes 0' \
		'heir_fleet_class_nodes{runtime_class="kata",handler="kata",pool="worker"} 4' \
		'heir_fleet_class_ready_nodes{runtime_class="kata",handler="kata",pool="worker"} 2' \
		'heir_fleet_class_pending_pods{runtime_class="kata"} 1'; do
		grep -qxF "$line" out.prom
	done
	[ "$(grep -c '^heir_fleet_time_seconds [0-9]*$' out.prom)" -eq 1 ]
	if command -v promtool >/dev/null; then
		promtool check metrics <out.prom
	fi
	answers 3 heir -i /nowhere --metrics out.prom fleet
	grep -qxF 'heir_fleet_result{result="failed"} 1' out.prom
	run ! grep -q heir_fleet_nodes out.prom
}

@test "the page of report has a section of the nodes, where Nodes are among the objects" {
	answers 0 heir -i "$HEIR_SOURCE/examples/ocp-fleet" report
	shows 'id="fleet"'
	shows '7 nodes, 3 differ: 1 missing, 1 behind, 1 extra'
	shows 'ci/builder-7'
	"$FLEET" cluster 2 1 >cluster.json
	change '.items |= map(select(.kind != "Node"))'
	answers 0 heir -i cluster.json report
	[[ $output != *'id="fleet"'* ]] || return 1
}

# An oc or kubectl that has the objects of cluster.json, and writes down what it was called with.
client()
{
	mkdir -p clients
	cat >"clients/$1" <<-END
		#!/bin/sh
		echo "$1 \$*" >>$PWD/called
		case \$2 in
		nodes*) jq '.items |= map(select(.kind == "Node" or .kind == "RuntimeClass"))' $PWD/cluster.json ;;
		machine*) ${2:-jq "'.items |= map(select(.kind | startswith(\"Machine\")))'" $PWD/cluster.json} ;;
		*) echo '{"apiVersion": "v1", "kind": "List", "items": []}' ;;
		esac
	END
	chmod 755 "clients/$1" clients
}

with_clients()
{
	env PATH="$PWD/clients:$PATH" "${@:2}" timeout 20 "$HEIR" --cluster ${1:+$1} fleet
}

@test "--cluster runs oc, else kubectl, with get only; what a cluster does not have is said" {
	"$FLEET" cluster 6 2 >cluster.json
	client kubectl
	client oc
	answers 0 with_clients ""
	shows "6 nodes, no difference"
	is 3 "$(grep -c '^oc get ' called)"
	is 3 "$(wc -l <called)"
	rm called
	answers 0 with_clients "" HEIR_KUBECTL=kubectl
	is 3 "$(grep -c '^kubectl get ' called)"
	# No Machine Config Operator.
	client oc "echo no such type >&2; exit 1"
	answers 0 with_clients ""
	says "no MachineConfigs are read"
	shows "is not among the objects"
	answers 0 with_clients "-q"
	# Nodes cannot be read.
	printf '#!/bin/sh\nexit 1\n' >clients/oc
	answers 3 with_clients ""
	says "oc get nodes,runtimeclasses.node.k8s.io: failed"
}

@test "--cluster runs no client that another user may write, and needs one" {
	"$FLEET" cluster 2 1 >cluster.json
	client oc
	chmod 777 clients
	answers 3 with_clients ""
	says "writable by another user"
	[ ! -e called ]
	mkdir -m 755 none
	answers 3 env PATH=/nowhere "$HEIR" --cluster fleet
	says "neither oc nor kubectl"
}

# A server, for as long as descriptor 8 is open; its configuration is kubeconfig.
serve()
{
	mkfifo end
	"$HEIR_SOURCE/tests/support/api-server" cluster.json kubeconfig requests <end >/dev/null 2>&1 3>&- &
	exec 8>end
	for _ in $(seq 100); do
		[ -s kubeconfig ] && return
		sleep 0.1
	done
	return 1
}

@test "the plugin: the real kubectl finds it, and it asks the cluster by that kubectl, reading only" {
	command -v kubectl >/dev/null || skip "no kubectl here"
	mkdir plugin
	cp "$HEIR_SOURCE"/dist/krew/kubectl-heir plugin/
	ln -s kubectl-heir plugin/oc-heir
	ln -s "$HEIR" plugin/heir
	chmod 755 plugin
	export PATH=$PWD/plugin:$PATH KUBECONFIG=$PWD/kubeconfig HOME=$PWD
	answers 0 kubectl plugin list
	shows "$PWD/plugin/kubectl-heir"
	"$FLEET" cluster 6 2 >cluster.json
	change '(.items[] | select(.metadata.name == "node-1").status.runtimeHandlers) += [{name: "kata"}]'
	answers 1 kubectl heir fleet -i cluster.json
	shows "6 nodes, 1 differs: 1 extra"
	serve
	answers 1 kubectl heir
	shows "6 nodes, 1 differs: 1 extra"
	shows "legacy"
	grep -q '^GET .*/machineconfigs' requests
	run ! grep -qv '^GET ' requests
	answers 0 kubectl heir version
	# oc finds oc-heir, and then oc is what is asked.
	cp "$(command -v kubectl)" plugin/oc
	answers 1 oc-heir fleet --format json
	is_json '.nodes | length' 6
	exec 8>&-
}

@test "the manifest of krew: made of tarballs of a release, with their digests, and the same again" {
	python3 -c 'import yaml' 2>/dev/null || skip "no python3 with yaml here"
	mkdir -p stage/heir-1.2.3/bin stage/heir-1.2.3/share/licenses/heir one two
	cp "$HEIR" stage/heir-1.2.3/bin/heir
	cp "$HEIR_SOURCE/LICENSE" stage/heir-1.2.3/share/licenses/heir/
	for arch in x86_64 aarch64; do
		tar -C stage -cJf "heir-1.2.3-linux-$arch.tar.xz" heir-1.2.3
	done
	"$HEIR_SOURCE/dist/krew/make-plugin" one https://example.test/v1.2.3 heir-1.2.3-linux-*.tar.xz >one.yaml
	"$HEIR_SOURCE/dist/krew/make-plugin" two https://example.test/v1.2.3 heir-1.2.3-linux-*.tar.xz >two.yaml
	cmp one.yaml two.yaml
	python3 - <<-'EOF'
		import hashlib, os, tarfile, yaml
		manifest = yaml.safe_load(open("one.yaml"))
		assert manifest["apiVersion"] == "krew.googlecontainertools.github.com/v1alpha2"
		assert manifest["kind"] == "Plugin" and manifest["metadata"]["name"] == "heir"
		spec = manifest["spec"]
		assert spec["version"] == "v1.2.3" and len(spec["shortDescription"]) <= 50, spec
		assert {p["selector"]["matchLabels"]["arch"] for p in spec["platforms"]} == {"amd64", "arm64"}
		for platform in spec["platforms"]:
		    file = "one/" + os.path.basename(platform["uri"])
		    assert platform["uri"].endswith(".tar.gz")
		    assert hashlib.sha256(open(file, "rb").read()).hexdigest() == platform["sha256"]
		    names = tarfile.open(file).getnames()
		    assert platform["bin"] in names and "heir" in names and "LICENSE" in names, names
	EOF
}

@test "the alerts are about metrics that there are; promtool takes them, where it is" {
	alerts=$HEIR_SOURCE/dist/prometheus/heir-alerts.yaml
	answers 1 heir -i "$HEIR_SOURCE/examples/ocp-fleet" --metrics fleet.prom fleet
	heir --root "$HEIR_SOURCE/examples/reloaded-node" drift --live \
		"$HEIR_SOURCE/examples/reloaded-node/started.toml" --metrics drift.prom >/dev/null || [ $? -eq 1 ]
	for name in $(grep -oE 'heir_(fleet|drift)_[a-z_]+' "$alerts" | sort -u); do
		grep -q "^# TYPE $name gauge" fleet.prom drift.prom || {
			echo "$name is no metric"
			return 1
		}
	done
	if command -v promtool >/dev/null; then
		promtool check rules "$alerts"
	fi
}

@test "an image without runc: its nodes do not lack the handler, and a node that reports it has more" {
	"$FLEET" cluster 3 1 >cluster.json
	change '(.items[] | select(.kind == "Node" and .metadata.name != "node-0")).status.nodeInfo.osImage =
		"Red Hat Enterprise Linux CoreOS 10.1.20260815-0 (Coughlan)"'
	change '(.items[] | select(.kind == "Node" and .metadata.name == "node-1")).status.runtimeHandlers |=
		map(select(.name != "runc"))'
	answers 1 fleet --format json
	is "" "$(of_node node-0)"
	is "" "$(of_node node-1)"
	is "extra runc" "$(of_node node-2)"
	# With the image of RHEL 9 the same node does lack it.
	change '(.items[] | select(.kind == "Node" and .metadata.name == "node-1")).status.nodeInfo.osImage =
		"Red Hat Enterprise Linux CoreOS 9.6"'
	answers 1 fleet --format json
	is "missing runc" "$(of_node node-1)"
}
