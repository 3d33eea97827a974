#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests the forms of a cluster's configuration that -i accepts: objects of one pool or of none,
# merged ones, Ignition, Butane, and HyperShift's ConfigMaps.

load heir

# config NAME LABELS HANDLER: a MachineConfig that defines the handler.
config()
{
	cat <<-END
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfig
		metadata: {name: $1, labels: $2}
		spec:
		  config:
		    ignition: {version: 3.2.0}
		    storage:
		      files:
		      - path: /etc/crio/crio.conf.d/50-$3.conf
		        mode: 420
		        contents: {source: "data:,%5Bcrio.runtime.runtimes.$3%5D%0Aruntime_path%20%3D%20%22%2Fusr%2Fbin%2Fcrun%22%0A"}
	END
}

role()
{
	echo "{machineconfiguration.openshift.io/role: $1}"
}

# handlers ARG...: those that show lists besides the built-in one.
handlers()
{
	heir "$@" show --format json | jq -r '[.handlers[].name | select(. != "crun")] | join(" ")'
}

# butane VARIANT CONTENTS [PATH]
butane()
{
	cat <<-END
		variant: $1
		version: 4.16.0
		metadata:
		  name: 99-worker-gpu
		  labels: $(role worker)
		storage:
		  files:
		  - path: ${3:-/etc/crio/crio.conf.d/50-gpu.conf}
		    mode: 0644
		    overwrite: true
		    contents:
		      $2
	END
}

@test "masters alone, and what is rendered already" {
	config 99-master-x "$(role master)" x >master.yaml
	is x "$(handlers -i master.yaml)"
	config rendered-master-29e0932f943a175b9179772373764bc4 '{}' y >rendered.yaml
	is y "$(handlers -i rendered.yaml)"
	# The daemon's currentconfig is such a one, in JSON and without a suffix.
	heir -i rendered.yaml cat --format json | jq '{apiVersion: "machineconfiguration.openshift.io/v1",
		kind: "MachineConfig", metadata: {name: "rendered-worker-29e0932f943a175b9179772373764bc4"},
		spec: {config: {ignition: {version: "3.4.0"}, storage: {files: [.files[] |
			{path: .path, contents: {source: ("data:;base64," + (.content | @base64))}}]}}}}' >currentconfig
	is y "$(handlers -i currentconfig)"
}

@test "an Ignition config by itself" {
	cat >node.ign <<-'EOF'
		{"ignition": {"version": "3.4.0"}, "storage": {"files": [{"path": "/etc/crio/crio.conf.d/50-z.conf",
		"contents": {"source": "data:,%5Bcrio.runtime.runtimes.z%5D%0Aruntime_path%20%3D%20%22%2Fusr%2Fbin%2Fcrun%22%0A"}}]}}
	EOF
	is z "$(handlers -i node.ign)"
	is z "$(handlers -i - <node.ign)"
	# Its faults have the paths that it has.
	sed -i 's/data:/https:/' node.ign
	answers 1 heir -i node.ign check
	shows '$.storage.files[0].contents.source'
	[[ $output != *spec.config* ]]
	# Those of an installation are of other nodes: in a directory they are not read.
	mkdir dir
	cp node.ign dir
	config 99-x "$(role worker)" x >dir/x.yaml
	is x "$(handlers -i dir)"
	echo '{"ignition": {"version": "3.2.0", "config": {"merge": [{"source": "https://api:22623/config/worker"}]}}}' >pointer.ign
	answers 1 heir -i pointer.ign check
	shows "[object-unsupported]"
}

@test "what render writes as Ignition is read again" {
	dropin 50-x.conf <<<'[crio.runtime.runtimes.x]'
	answers 0 on_node render --format ignition
	printf '%s' "$output" >x.ign
	# It is what CRI-O reads; heir itself leaves out what it rendered.
	is x "$(handlers -i x.ign --as stock)"
}

@test "Butane: inline, and local files beside it" {
	butane openshift 'inline: "[crio.runtime.runtimes.gpu]\nruntime_path = \"/usr/bin/crun\""' >gpu.bu
	is gpu "$(handlers -i gpu.bu)"
	mkdir dir
	mv gpu.bu dir
	is gpu "$(handlers -i dir)"
	# What butane made of it counts, and is not told as a second one.
	config 99-worker-gpu "$(role worker)" made >dir/gpu.yaml
	answers 0 heir -i dir check --skip object-no-base --strict
	is made "$(handlers -i dir)"
	mkdir -p local/files
	printf '[crio.runtime.runtimes.l]\nruntime_path = "/usr/bin/crun"\n' >local/files/l.conf
	butane openshift 'local: files/l.conf' >local/l.bu
	is l "$(handlers -i local/l.bu)"
	(cd local && is l "$(handlers -i l.bu)")
	butane fcos 'local: files/l.conf' | sed '/^metadata/,/labels/d' >local/l.bu
	is l "$(handlers -i local/l.bu)"
}

@test "Butane: what only butane can expand" {
	butane r4e 'inline: ""' >a.bu
	butane openshift 'inline: ""' >b.bu
	printf '  trees:\n  - {local: tree}\n' >>b.bu
	butane openshift 'local: nothing' >c.bu
	for file in a b c; do
		answers 1 heir -i $file.bu check
		shows "[object-unsupported]"
		shows "run butane first"
	done
	# No local file leaves the directory.
	echo '[crio.runtime.runtimes.secret]' >secret
	mkdir -p dir
	ln -s ../secret dir/link
	for path in ../secret "$PWD/secret" link a/../../secret; do
		butane openshift "local: $path" >dir/d.bu
		answers 1 heir -i dir/d.bu show
		[[ $output$stderr != *runtimes.secret* ]]
		says "[object-unsupported]"
	done
	# Of files that CRI-O never sees that is a warning.
	butane openshift 'local: nothing' /etc/motd >e.bu
	answers 0 heir -i e.bu check
	shows "[object-refused]"
}

@test "HyperShift: ConfigMaps, and the NodePools that name them" {
	for name in a b; do
		printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm-%s}\ndata:\n  config: |\n' $name
		config 99-$name "$(role worker)" $name | sed 's/^/    /'
		echo ---
	done >maps.yaml
	is "a b" "$(handlers -i maps.yaml)"
	cat >pool.yaml <<-'EOF'
		apiVersion: hypershift.openshift.io/v1beta1
		kind: NodePool
		metadata: {name: np, namespace: clusters}
		spec: {config: [{name: cm-b}]}
	EOF
	is b "$(handlers -i maps.yaml -i pool.yaml)"
	is b "$(handlers -i maps.yaml -i pool.yaml --pool np)"
	# A ContainerRuntimeConfig needs no selector there.
	cat >ctrcfg.yaml <<-'EOF'
		apiVersion: v1
		kind: ConfigMap
		metadata: {name: cm-b}
		data:
		  config: |
		    apiVersion: machineconfiguration.openshift.io/v1
		    kind: ContainerRuntimeConfig
		    metadata: {name: runc}
		    spec: {containerRuntimeConfig: {defaultRuntime: runc}}
	EOF
	heir -i ctrcfg.yaml -i pool.yaml cat --format json >cat.json
	is /etc/crio/crio.conf.d/01-ctrcfg-defaultRuntime "$(jq -r '.files[0].path' cat.json)"
	answers 1 heir -i ctrcfg.yaml -i pool.yaml check --format json
	is_json '[.findings[] | select(.rule == "ctrcfg-selects-nothing")] | length' 0
	# Other ConfigMaps are none of heir's business.
	printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {config: "kind: ["}\n' >other.yaml
	answers 0 heir -i other.yaml -i maps.yaml check
}

@test "a List within a List, and merge keys" {
	config 99-x "$(role worker)" x >x.yaml
	{
		printf 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n'
		sed 's/^/    /; 1s/^   /  -/' x.yaml
	} >list.yaml
	is x "$(handlers -i list.yaml)"
	sed 's/^metadata: .*/metadata:\n  <<: {labels: {machineconfiguration.openshift.io\/role: worker}}\n  name: y/' x.yaml >merge.yaml
	is x "$(handlers -i merge.yaml)"
}

@test "additionalArtifactStores becomes the drop-in of the MCO" {
	cat >stores.yaml <<-'EOF'
		apiVersion: machineconfiguration.openshift.io/v1
		kind: ContainerRuntimeConfig
		metadata: {name: stores}
		spec:
		  machineConfigPoolSelector: {matchLabels: {pools.operator.machineconfiguration.openshift.io/worker: ""}}
		  containerRuntimeConfig:
		    additionalArtifactStores: [{path: /var/a}, {path: /var/b}]
	EOF
	answers 0 heir -i stores.yaml --pool worker cat --format json
	is_json '.files[] | select(.path | endswith("01-ctrcfg-additionalArtifactStores")).content' \
		"$(printf '[crio]\n  [crio.runtime]\n    additional_artifact_stores = ["/var/a", "/var/b"]\n')"
	for path in var /var//b '/a b' /; do
		sed "s|/var/b|$path|" stores.yaml >bad.yaml
		answers 1 heir -i bad.yaml --pool worker check
		shows "[object-invalid]"
	done
}

@test "all pools: a broken master beside a good worker is told" {
	config 99-w "$(role worker)" w >w.yaml
	config 99-m "$(role master)" m | sed 's/"data:/"https:/' >m.yaml
	answers 1 heir -i w.yaml -i m.yaml check
	shows "pool master:"
	shows "[object-unsupported]"
	answers 1 heir -i w.yaml -i m.yaml check --format json
	is_json '[.pools[] | "\(.pool) \(.starts)"] | join(", ")' "master false, worker true"
	answers 1 heir -i w.yaml -i m.yaml check --format github
	shows "file=m.yaml"
	answers 1 heir -i w.yaml -i m.yaml check --format sarif
	is_json '[.runs[0].results[].ruleId | select(. == "object-unsupported")] | length' 1
	answers 1 heir -i w.yaml -i m.yaml show --format json
	is_json '[.pools[] | "\(.pool) \(.handlers | length)"] | join(", ")' "master 0, worker 2"
	# TOML is for one pool, and one that is named is all.
	answers 2 heir -i w.yaml -i m.yaml show --format toml
	answers 0 heir -i w.yaml -i m.yaml --pool worker show
	[[ $output != pool* ]]
}

@test "all pools: a handler that one of them has, and pools that have nothing" {
	config 99-w "$(role worker)" w >w.yaml
	config 99-m "$(role master)" m >m.yaml
	printf 'apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfigPool\nmetadata: {name: idle}\n' >idle.yaml
	answers 0 heir -i w.yaml -i m.yaml -i idle.yaml show w
	is "pool worker:" "$(head -n 1 <<<"$output")"
	[[ $output != *master* ]]
	answers 2 heir -i w.yaml -i m.yaml show nope
	is "" "$output"
	answers 0 heir -i w.yaml -i m.yaml -i idle.yaml show
	[[ $output != *idle* ]]
	answers 1 heir -i w.yaml -i m.yaml diff --default-runtime w
	shows "pool worker:"
}

@test "-v names each object that is passed over, and why" {
	config 99-x "$(role worker)" x >x.yaml
	printf -- '---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\n' >>x.yaml
	config 99-m "$(role master)" m >m.yaml
	answers 0 heir -i x.yaml -i m.yaml --pool worker -v show
	says "Deployment app: not a kind"
	says "MachineConfig 99-m: not for the pool worker"
}
