#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests Kubernetes objects instead of a node's files, or over them: -i and --pool.
# examples/ocp-cluster is a small cluster.

load heir

cluster()
{
	heir -i "$HEIR_SOURCE/examples/ocp-cluster" "$@"
}

# machineconfig NAME ROLE PATH: one whose file has the text of standard input.
machineconfig()
{
	cat <<-END
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfig
		metadata:
		  name: $1
		  labels: {machineconfiguration.openshift.io/role: $2}
		spec:
		  config:
		    ignition: {version: 3.4.0}
		    storage:
		      files:
		      - path: $3
		        contents: {source: "data:;base64,$(base64 -w 0)"}
	END
}

gpu_handler()
{
	printf '[crio.runtime.runtimes.gpu]\n%s\n' "$1"
}

@test "a cluster of several pools: all are shown, and one that is named exists" {
	answers 0 cluster show
	is "gpu worker" "$(awk '$1 == "pool" {print $2}' <<<"$output" | tr -d : | xargs)"
	answers 2 cluster explain crun
	says "several pools; name one with --pool: gpu, worker"
	answers 2 cluster --pool gpus show
	says 'no pool "gpus"; there are: gpu, worker'
	answers 0 cluster --pool gpu show
	shows "gpu-legacy"
	answers 0 cluster --pool worker show
	[[ $output != *gpu* ]]
}

@test "the only pool there is needs no name" {
	gpu_handler 'inherit = "crun"' | machineconfig 99-gpu gpu /etc/crio/crio.conf.d/50-gpu >gpu.yaml
	answers 0 heir -i gpu.yaml show gpu
	shows /usr/bin/crun
	answers 0 heir -i - show gpu <gpu.yaml
	shows /usr/bin/crun
}

@test "a cycle that closes through the default, which nothing names: it stands at the handler's table" {
	printf '[crio.runtime]\ndefault_runtime = "d"\n[crio.runtime.runtimes.d]\ninherit = "x"\n[crio.runtime.runtimes.x]\n' |
		machineconfig 99-x worker /etc/crio/crio.conf.d/50-x.conf >x.yaml
	for command in show check "explain x" graph report; do
		# shellcheck disable=SC2086 # words
		answers 1 heir -i x.yaml $command
	done
	answers 1 heir -i x.yaml check --format json
	is_json '[.findings[] | select(.rule == "inherit-cycle" and .handler == "x")][0] | .line' 5
}

@test "cat: what the MCO would write, with the object that each file comes from" {
	answers 0 cluster --pool gpu cat --format json
	is_json '[.files[].path | ltrimstr("/etc/crio/crio.conf.d/")] | join(" ")' \
		"00-default 01-ctrcfg-defaultRuntime 01-ctrcfg-pidsLimit 20-gpu-legacy.conf 50-gpu.conf 99-runtimes.conf"
	is_json '[.files[].object.author] | join(" ")' "template ctrcfg ctrcfg user user operator"
	is_json '.files[1].object.kind' ContainerRuntimeConfig
	is_json '.files[4].content | contains("inherit = \"default\"")' true
	answers 0 cluster --pool gpu cat
	shows "# /etc/crio/crio.conf.d/50-gpu.conf"
	[[ $output != *apiVersion* ]]
}

@test "explain names the layers: template, ContainerRuntimeConfig, operator, user" {
	answers 0 cluster --pool gpu explain gpu runtime_root
	shows "00-default"
	shows "the MCO's template"
	shows "MachineConfig 01-worker-container-runtime"
	shows "a ContainerRuntimeConfig, by the MCO"
	shows "99-gpu.yaml:18:19"
	answers 0 cluster --pool gpu explain high-performance allowed_annotations
	shows "an operator"
	shows "MachineConfig 50-performance-low-latency"
	answers 0 cluster --pool gpu explain gpu runtime_path
	shows "probably has"
	answers 0 heir --root "$HEIR_SOURCE/examples/ocp-worker" explain crun runtime_root
	shows "layers"
	shows "the MCO's template"
}

@test "a place in a file of an object names both, and the line of each" {
	printf '# one\n[crio.runtime.runtimes.gpu]\ninherit = "nvidai"\n' |
		machineconfig 99-gpu worker /etc/crio/crio.conf.d/50-gpu >gpu.yaml
	answers 1 heir -i gpu.yaml check --rule parent-unknown
	shows 'gpu.yaml:12:28: error:'
	shows '[parent-unknown] (line 3 of /etc/crio/crio.conf.d/50-gpu, MachineConfig 99-gpu)'
	answers 1 heir -i gpu.yaml check --rule parent-unknown --format json
	is_json '.findings[0] | "\(.file):\(.line)"' /etc/crio/crio.conf.d/50-gpu:3
	is_json '.findings[0].object | "\(.input):\(.line) \(.kind) \(.name)"' \
		"gpu.yaml:12 MachineConfig 99-gpu"
	answers 1 heir -i gpu.yaml check --rule parent-unknown --format github
	shows "file=gpu.yaml,line=12,"
	shows "(MachineConfig 99-gpu, /etc/crio/crio.conf.d/50-gpu"
	answers 1 heir -i gpu.yaml check --rule parent-unknown --format sarif
	is_json '.runs[0].results[0].locations[0].physicalLocation | "\(.artifactLocation.uri):\(.region.startLine)"' \
		gpu.yaml:12
}

@test "without --root what else the node has is not known" {
	printf '[crio.runtime.runtimes.a]\nruntime_path = "/opt/a"\n[crio.runtime.runtimes.kata-runtime]\n' |
		machineconfig 99-a worker /etc/crio/crio.conf.d/50-a >a.yaml
	answers 0 heir -i a.yaml show
	shows /opt/a
	shows 'dropped'
	answers 1 heir -i a.yaml check
	[[ $output != *path-missing* ]]
	shows '"kata-runtime" is not in $PATH'
}

@test "with --root the objects lie over the node" {
	gpu_handler 'runtime_path = "/usr/bin/crun"' | dropin 50-gpu
	gpu_handler 'runtime_path = "/opt/missing"' |
		machineconfig 99-gpu worker /etc/crio/crio.conf.d/50-gpu >gpu.yaml
	answers 0 on_node show gpu
	shows /usr/bin/crun
	answers 0 on_node -i gpu.yaml show gpu
	shows "/opt/missing does not exist"
	answers 1 on_node diff --with gpu.yaml
	shows "! gpu"
	shows "+ gpu.yaml"
	answers 0 on_node diff --with gpu.yaml crun
}

@test "a new MachineConfig lies over what the MCO rendered" {
	printf '[crio.runtime]\ndefault_runtime = "runc"\n[crio.runtime.runtimes.runc]\n' |
		machineconfig rendered-worker-0123456789abcdef0123456789abcdef worker \
			/etc/crio/crio.conf.d/00-default >rendered.yaml
	gpu_handler 'inherit = "default"' |
		machineconfig 99-gpu worker /etc/crio/crio.conf.d/50-gpu >gpu.yaml
	answers 0 heir -i gpu.yaml -i rendered.yaml show gpu
	shows /usr/bin/runc
	answers 1 heir -i rendered.yaml diff --with gpu.yaml --format json
	is_json '[.handlers[] | .name + " " + .change] | join(", ")' "gpu added"
	gpu_handler '' | machineconfig 99-mine worker /etc/crio/crio.conf.d/00-default >mine.yaml
	answers 1 heir -i mine.yaml -i rendered.yaml check --rule mco-managed-override --strict
	shows 'this is the file of MachineConfig "rendered-worker-'
}

@test "a ContainerRuntimeConfig counts, not what the MCO made of it before" {
	printf '[crio.runtime]\npids_limit = 1024\n' |
		machineconfig 99-gpu-generated-containerruntime gpu \
			/etc/crio/crio.conf.d/01-ctrcfg-pidsLimit >made.yaml
	answers 0 heir -i made.yaml cat
	shows "pids_limit = 1024"
	cat >changed.yaml <<-END
		apiVersion: machineconfiguration.openshift.io/v1
		kind: ContainerRuntimeConfig
		metadata: {name: gpu}
		spec:
		  machineConfigPoolSelector:
		    matchLabels: {pools.operator.machineconfiguration.openshift.io/gpu: ""}
		  containerRuntimeConfig: {pidsLimit: 4096, defaultRuntime: runc}
	END
	answers 0 heir -i made.yaml -i changed.yaml cat
	shows "pids_limit = 4096"
	[[ $output != *1024* ]]
	answers 1 heir -i made.yaml diff --with changed.yaml
	shows 'default_runtime is "runc"'
}

@test "diff: another cluster, a node, and a what-if with its pods" {
	answers 1 cluster --pool gpu diff --default-runtime runc
	shows "2 pods without RuntimeClass, by namespace: web 2"
	shows "2 pods by namespace: training 2"
	answers 1 cluster --pool gpu diff --default-runtime runc --format json
	is_json '.handlers[] | select(.name == "gpu") | .pods[0] | "\(.namespace) \(.count)"' "training 2"
	is_json '.pods_of_default[0].count' 2
	answers 1 cluster --pool worker diff --against "$HEIR_SOURCE/examples/ocp-worker"
	shows "+++ stock, CRI-O 1.37, $HEIR_SOURCE/examples/ocp-worker"
	gpu_handler 'runtime_path = "/usr/bin/runc"' |
		machineconfig 99-other gpu /etc/crio/crio.conf.d/50-gpu.conf >other.yaml
	answers 1 cluster --pool gpu diff --against other.yaml
	shows "removed"
	answers 1 cluster --pool gpu diff --with other.yaml
	shows "gpu  changed"
	answers 3 on_node diff --with nothing.yaml
	says "nothing.yaml: no such file"
}

@test "a pod that comes twice counts once, as in a must-gather" {
	mkdir -p gather/namespaces/training/core gather/namespaces/training/pods/resnet-0/resnet-0
	cp "$HEIR_SOURCE/examples/ocp-cluster/"* gather
	jq '.items |= map(select(.metadata.namespace == "training")) | .kind = "PodList"' \
		"$HEIR_SOURCE/examples/ocp-cluster/pods.json" >gather/namespaces/training/core/pods.json
	jq '.items[0]' gather/namespaces/training/core/pods.json \
		>gather/namespaces/training/pods/resnet-0/resnet-0.json
	jq '.items[0] | .metadata.namespace = "other"' gather/namespaces/training/core/pods.json \
		>gather/namespaces/training/pods/resnet-0/other.json
	answers 1 heir -i gather --pool gpu diff --default-runtime runc gpu
	shows "3 pods by namespace: other 1, training 2"
	is "" "$stderr"
}

@test "pods that have ended are nobody's concern" {
	jq '(.items[] | select(.metadata.name == "resnet-0")) += {status: {phase: "Succeeded"}}
		| (.items[] | select(.metadata.namespace == "web")) += {status: {phase: "Failed"}}' \
		"$HEIR_SOURCE/examples/ocp-cluster/pods.json" >pods.json
	for name in 01-worker-container-runtime.yaml 50-performance.json 99-gpu.yaml; do
		cp "$HEIR_SOURCE/examples/ocp-cluster/$name" .
	done
	answers 1 heir -i . --pool gpu diff --default-runtime runc
	shows "1 pod by namespace: training 1"
	[[ $output != *"without RuntimeClass"* ]]
}

@test "check: RuntimeClasses, files of the MCO's, ContainerRuntimeConfigs" {
	answers 1 cluster --pool gpu check --rule runtimeclass-handler
	shows 'RuntimeClass "kata" names the handler "kata", which no node of the pool "gpu" has'
	gpu_handler 'inherit = "crun"' |
		machineconfig 99-mine worker /etc/crio/crio.conf.d/00-default >mine.yaml
	answers 1 cluster -i mine.yaml --pool worker check --rule mco-managed-override --strict
	shows 'MachineConfig "99-mine" replaces /etc/crio/crio.conf.d/00-default'
	shows 'this is the file of MachineConfig "01-worker-container-runtime"'
	sed '/^kind: ContainerRuntimeConfig/,/^---/!d; s/more-processes/fewer/; s/8192/1024/' \
		"$HEIR_SOURCE/examples/ocp-cluster/99-gpu.yaml" |
		sed '1i apiVersion: machineconfiguration.openshift.io/v1' >fewer.yaml
	answers 1 cluster -i fewer.yaml --pool gpu check --rule ctrcfg-conflict --strict
	shows 'sets pidsLimit'
	shows 'set here too'
}

@test "check: keys of the MCO's own files are not the user's, but those of a file in their place" {
	printf '[crio.runtime]\nmanage_ns_lifecycle = true\n[crio.runtime.runtimes.crun]\n' >text
	machineconfig 01-worker-container-runtime worker /etc/crio/crio.conf.d/00-default <text >mco.yaml
	answers 0 heir -i mco.yaml check --strict
	is "" "$output"
	machineconfig 99-mine worker /etc/crio/crio.conf.d/00-default <text >mine.yaml
	answers 1 heir -i mine.yaml check --strict
	shows '[key-removed]'
}

@test "check: a ContainerRuntimeConfig for workers and a custom pool contradicts nobody" {
	cat >both.yaml <<-END
		apiVersion: machineconfiguration.openshift.io/v1
		kind: ContainerRuntimeConfig
		metadata: {name: both}
		spec:
		  machineConfigPoolSelector:
		    matchExpressions: [{key: nobody-has-this, operator: DoesNotExist}]
		  containerRuntimeConfig: {logLevel: debug}
	END
	gpu_handler '' | machineconfig 99-gpu gpu /etc/crio/crio.conf.d/50-gpu >gpu.yaml
	answers 0 heir -i both.yaml -i gpu.yaml --pool gpu check --rule ctrcfg-conflict
	is "" "$output"
	sed -i 's/DoesNotExist/Perhaps/' both.yaml
	answers 1 heir -i both.yaml -i gpu.yaml --pool gpu check --format json
	is_json '[.findings[] | select(.rule == "object-invalid")] | length' 1
}

@test "check: a finding about a file as a whole is where the object holds it" {
	printf '' | machineconfig 99-a gpu /etc/crio/crio.conf.d/9-a.conf >a.yaml
	printf '' | machineconfig 99-b gpu /etc/crio/crio.conf.d/10-b.conf >b.yaml
	answers 0 heir -i a.yaml -i b.yaml check --rule file-order
	shows 'b.yaml:12:28: warning: '
	shows '[file-order] (/etc/crio/crio.conf.d/10-b.conf, MachineConfig 99-b)'
	answers 0 heir -i a.yaml -i b.yaml check --rule file-order --format github
	shows '::warning file=b.yaml,line=12,'
	shows '(MachineConfig 99-b, /etc/crio/crio.conf.d/10-b.conf)'
	answers 0 heir -i a.yaml -i b.yaml check --rule file-order --format sarif
	is_json '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri' b.yaml
	answers 0 heir -i "$PWD/a.yaml" -i "$PWD/b.yaml" check --rule file-order --format sarif
	is_json '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri' "file://$PWD/b.yaml"
	answers 0 heir -i "$PWD/a.yaml" -i "$PWD/b.yaml" check --rule file-order --format github
	shows "::warning file=$PWD/b.yaml,"
	answers 0 heir -i a.yaml -i b.yaml check --rule file-order --format json
	is_json '.findings[0] | "\(.file) \(.line) \(.object.input):\(.object.line)"' \
		"/etc/crio/crio.conf.d/10-b.conf null b.yaml:12"
}

@test "check: files that objects put where CRI-O never looks" {
	printf '' | machineconfig 99-a gpu /etc/crio/conf.d/50-gpu.conf >a.yaml
	printf '' | machineconfig 99-b gpu /etc/crio/50-gpu.conf >b.yaml
	printf '' | machineconfig 99-c gpu /etc/crio/crio.conf >c.yaml
	printf '' | machineconfig 99-d gpu /etc/crio/other.d/50-gpu.conf >d.yaml
	answers 0 heir -i a.yaml -i b.yaml -i c.yaml -i d.yaml check --rule file-elsewhere
	shows 'a.yaml:12:28: warning: CRI-O never reads /etc/crio/conf.d/50-gpu.conf'
	shows 'b.yaml:12:28: warning: CRI-O never reads /etc/crio/50-gpu.conf'
	[[ $output != *c.yaml* && $output != *d.yaml* ]]
}

@test "check: what an object brings hides a link of the node" {
	ln -s runc "$NODE/usr/bin/crun-old"
	binary usr/bin/runc
	gpu_handler 'runtime_path = "/usr/bin/crun-old"' | dropin 50-gpu
	answers 0 on_node check --rule path-not-canonical
	shows "/usr/bin/crun-old is a link to another runtime"
	echo text | machineconfig 99-crun worker /usr/bin/crun-old >crun.yaml
	answers 0 on_node -i crun.yaml check --rule path-not-canonical
	is "" "$output"
}

@test "facts: of objects alone nothing is known, and not this machine's either" {
	answers 2 cluster --pool gpu facts
	says "objects alone contain no node facts"
	is "" "$output"
	answers 0 heir --root "$NODE" -i "$HEIR_SOURCE/examples/ocp-cluster" --pool gpu facts
	shows heir.facts/1
}

# many N FORMAT: as many lines, with their numbers from 1 to N.
many()
{
	seq -f "$2" "$1"
}

@test "hostile objects: time is linear, and so is what is said" {
	local head='apiVersion: machineconfiguration.openshift.io/v1
kind: MachineConfig
metadata: {name: %s, labels: {machineconfiguration.openshift.io/role: gpu}}
spec:
  config:
    ignition: {version: 3.4.0}
    storage:
      files:
'
	local one='      - {path: /etc/crio/crio.conf.d/01-ctrcfg-%.0f, contents: {source: "data:,"}}'
	local n=60000 nodes=40000
	if is_sanitized; then
		n=20000
		nodes=2000
	fi
	{
		# shellcheck disable=SC2059 # a format
		printf "$head" 00-gpu
		many "$n" "$one"
		# shellcheck disable=SC2059
		printf -- "---\n$head" 99-user
		many "$n" "$one"
	} >files.yaml
	answers 0 heir -i files.yaml check --rule mco-managed-override --format json
	is_json '.findings | length' "$n"

	# Labels that nodes and pools share: what they match grows with the product of all three.
	local labels=800 n_each=100
	{
		printf 'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Node, metadata: {name: n, labels: &l {'
		many "$labels" 'k%.0f: "1",' | tr -d '\n'
		echo 'z: "1"}}}'
		many "$n_each" '- {apiVersion: machineconfiguration.openshift.io/v1, kind: MachineConfigPool, metadata: {name: p%.0f}, spec: {machineConfigSelector: {matchLabels: *l}, nodeSelector: {matchLabels: *l}}}'
		many "$n_each" '- {apiVersion: v1, kind: Node, metadata: {name: n%.0f, labels: *l}}'
		many "$n_each" '- {apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: r%.0f}, handler: x, scheduling: {nodeSelector: {k700: "1"}}}'
	} >selectors.yaml
	answers 1 timeout 60 "$HEIR" -i selectors.yaml fleet
	says "take too long to match"

	# A name of which much would be made.
	gpu_handler '' | machineconfig "$(printf '%0254d' 0)" gpu /etc/crio/crio.conf.d/50 >long.yaml
	answers 1 heir -i long.yaml --pool gpu show
	says '$.metadata.name: too long for a name'

	gpu_handler '' | machineconfig 99-gpu gpu /etc/crio/crio.conf.d/50 >gpu.yaml
	{
		many "$nodes" '{"apiVersion": "machineconfiguration.openshift.io/v1",
			"kind": "MachineConfigPool", "metadata": {"name": "pool-%.0f"},
			"spec": {"nodeSelector": {"matchLabels": {"a": "x"}}}}'
		many "$nodes" '{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n-%.0f",
			"labels": {"a": "y"}}}'
		echo '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}'
	} >nodes.json
	answers 1 heir -i gpu.yaml -i nodes.json --pool gpu diff --default-runtime runc
	shows 'default_runtime'

	many 100000 '{"apiVersion": "machineconfiguration.openshift.io/v1",
		"kind": "MachineConfigPool", "metadata": {"name": "pool-%.0f"}}' >pools.json
	answers 2 heir -i pools.json show
	says 'for 100000 pools (at most 200)'
	[ "${#stderr}" -lt 1000 ]
}

@test "a RuntimeClass for other nodes, and one of a dropped handler" {
	gpu_handler 'runtime_path = "/opt/missing"' | dropin 50-gpu
	cat >class.yaml <<-END
		apiVersion: node.k8s.io/v1
		kind: RuntimeClass
		metadata: {name: gpu}
		handler: gpu
		scheduling: {nodeSelector: {node-role.kubernetes.io/gpu: ""}}
		---
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfig
		metadata: {name: 99-x, labels: {machineconfiguration.openshift.io/role: worker}}
	END
	answers 0 on_node -i class.yaml check --rule runtimeclass-handler
	is "" "$output"
	sed -i '/^scheduling/d' class.yaml
	answers 1 on_node -i class.yaml check --rule runtimeclass-handler
	shows 'which is dropped on nodes of the pool "worker"'
	shows '50-gpu:2:16: note: /opt/missing does not exist'
}

@test "what the MCO would reject stops heir, and says so" {
	sed 's/data:;base64,/https:\/\/example.com\/x?/' \
		<(gpu_handler '' | machineconfig 99-gpu worker /etc/crio/crio.conf.d/50-gpu) >gpu.yaml
	answers 1 heir -i gpu.yaml show
	says "object-unsupported"
	says '$.spec.config.storage.files[0].contents.source'
	answers 1 heir -i gpu.yaml diff
	shows "the MCO would reject"
	printf 'kind: [\n' >broken.yaml
	answers 1 heir -i broken.yaml --pool x show
	says "object-syntax"
	answers 3 heir -i nothing.yaml show
	says "nothing.yaml: no such file or directory"
	echo 'kind: Pod' >pod.yaml
	answers 2 heir -i pod.yaml show
	says "the objects contain no MachineConfig"
	answers 2 heir -i pod.yaml --pool worker check
	says "the objects contain no MachineConfig"
}

@test "objects alone have no facts, and those of this machine are not theirs" {
	answers 2 cluster --pool gpu facts
	says "objects alone contain no node facts"
	is "" "$output"
	answers 0 cluster --pool gpu --root "$HEIR_SOURCE/examples/gpu-node" facts
	answers 0 cluster --pool gpu --facts "$HEIR_SOURCE/examples/gpu-node/facts.json" facts
}

@test "what is wrong with an object is told before that no pool is known" {
	printf 'kind: [\n' >broken.yaml
	answers 1 heir -i broken.yaml check
	shows "[object-syntax]"
	gpu_handler '' | machineconfig '' gpu /etc/crio/crio.conf.d/50-gpu >nameless.yaml
	answers 1 heir -i nameless.yaml check
	shows "no name [object-invalid]"
	gpu_handler '' | machineconfig 99-gpu gpu /etc/crio/crio.conf.d/50-gpu |
		grep -v labels >roleless.yaml
	answers 2 heir -i roleless.yaml check
	says "no MachineConfig has the label machineconfiguration.openshift.io/role"
	sed '/^kind: ContainerRuntimeConfig/,/^---/!d' "$HEIR_SOURCE/examples/ocp-cluster/99-gpu.yaml" |
		sed '1i apiVersion: machineconfiguration.openshift.io/v1' >config.yaml
	answers 2 heir -i config.yaml check
	says "the objects name no pool: name one with --pool"
}

@test "cases of the MCO's own merge: the files, or a refusal" {
	# Of all of them tests/mco.c asks the library.
	vectors=$HEIR_SOURCE/tests/vectors/mco-random.jsonl
	jq -r '.expect | has("error")' "$vectors" >refused
	n=0
	while read -r refused && read -r -u 3 vector; do
		n=$((n + 1))
		[ $((n % 20)) -eq 0 ] || continue
		jq '{apiVersion: "v1", kind: "List", items: .machineconfigs}' <<<"$vector" >case.json
		run --separate-stderr heir -i case.json --pool gpu-pool cat --format json
		[ "$refused" = true ] && continue
		[ "$status" -le 1 ]
		is "$(jq -S .expect.files <<<"$vector")" \
			"$(jq -S '[.files[] | {key: .path, value: .content}] | from_entries' <<<"$output")"
	done <refused 3<"$vectors"
	is 400 $n
}

@test "a RuntimeClass is checked against a node without a pool too" {
	dropin 50-x.conf <<-'EOF'
		[crio.runtime.runtimes.nvidia-cdi]
		runtime_path = "/usr/bin/crun"
	EOF
	cat >class.yaml <<-'EOF'
		apiVersion: node.k8s.io/v1
		kind: RuntimeClass
		metadata: {name: nvidia}
		handler: nvidia
	EOF
	answers 1 on_node -i class.yaml check --format json
	is_json '.findings[] | select(.rule == "runtimeclass-handler").line' 4
	sed -i 's/handler: nvidia/handler: nvidia-cdi/' class.yaml
	answers 0 on_node -i class.yaml check
	# Which roles the node has nobody knows.
	sed -i 's/handler: nvidia-cdi/handler: nope/' class.yaml
	echo 'scheduling: {nodeSelector: {node-role.kubernetes.io/gpu: ""}}' >>class.yaml
	answers 0 on_node -i class.yaml check
}

@test "an extension brings its handler" {
	cat >kata.yaml <<-'EOF'
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfig
		metadata:
		  name: 50-kata
		  labels: {machineconfiguration.openshift.io/role: kata-oc}
		spec:
		  config: {ignition: {version: 3.2.0}}
		  extensions: [usbguard, sandboxed-containers]
		---
		apiVersion: node.k8s.io/v1
		kind: RuntimeClass
		metadata: {name: kata}
		handler: kata
	EOF
	answers 0 heir -i kata.yaml --pool kata-oc check
	sed -i 's/, sandboxed-containers//' kata.yaml
	answers 1 heir -i kata.yaml --pool kata-oc check
	shows "[runtimeclass-handler]"
}

@test "a ContainerRuntimeConfig that selects nothing is told" {
	printf 'apiVersion: machineconfiguration.openshift.io/v1\nkind: %s\n' \
		"ContainerRuntimeConfig
metadata: {name: all}
spec:
  machineConfigPoolSelector: SELECTOR
  containerRuntimeConfig: {defaultRuntime: crun}" >ctrcfg.yaml
	try()
	{
		sed "s/SELECTOR/$1/" ctrcfg.yaml >try.yaml
		heir -i try.yaml "${@:2}" --pool worker check --format json |
			jq -r '[.findings[] | select(.rule == "ctrcfg-selects-nothing").line] | join(" ")'
	}
	is 3 "$(sed '/machineConfigPoolSelector/d' ctrcfg.yaml >none.yaml &&
		heir -i none.yaml --pool worker check --format json |
		jq -r '.findings[] | select(.rule == "ctrcfg-selects-nothing").line')"
	is 5 "$(try '{}')"
	is 5 "$(try '{matchLabels: {}}')"
	# Without pools nobody knows their labels.
	is "" "$(try '{matchLabels: {a: b}}')"
	cat >pool.yaml <<-'EOF'
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfigPool
		metadata: {name: worker, labels: {a: c}}
		spec: {machineConfigSelector: {matchLabels: {machineconfiguration.openshift.io/role: worker}}}
	EOF
	is 5 "$(try '{matchLabels: {a: b}}' -i pool.yaml)"
	is "" "$(try '{matchLabels: {a: c}}' -i pool.yaml)"
}

# one_file NAME URL: a MachineConfig with a drop-in.
one_file()
{
	cat <<-EOF
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfig
		metadata:
		  name: 99-gpu
		  labels: {machineconfiguration.openshift.io/role: worker}
		spec:
		  config:
		    ignition: {version: 3.2.0}
		    storage:
		      files:
		      - path: /etc/crio/crio.conf.d/$1
		        contents: {source: "$2"}
	EOF
}

@test "objects without 00-default are told to rest on what is built in" {
	one_file 50-x.conf data:, >gpu.yaml
	answers 0 heir -i gpu.yaml check
	shows "[object-no-base]"
	# Over a node its own files count.
	answers 0 on_node -i gpu.yaml check
	[[ "$output" != *object-no-base* ]]
	sed -i 's/50-x.conf/00-default/' gpu.yaml
	answers 0 heir -i gpu.yaml check
	[[ "$output" != *object-no-base* ]]
}

@test "objects that the MCO refuses are its verdict, not CRI-O's" {
	one_file 50-gpu.conf 'data:;base64,%%%' >bad.yaml
	answers 1 heir -i bad.yaml show
	says "the MCO would refuse the objects: 1 reason"
	[[ $stderr != *"would not start"* ]]
}
