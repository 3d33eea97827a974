#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The nodes of a cluster against what they report: heir fleet.

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
