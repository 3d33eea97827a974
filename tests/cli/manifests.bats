#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests the deployment files without a cluster: the manifests of dist/kubernetes as kubectl renders
# them, the output of dist/machineconfig, and the Tekton task. One compiler is enough: nothing here
# depends on how heir was built.

load heir

KUBERNETES=dist/kubernetes
IMAGE=registry.example.com/heir-node@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

demands()
{
	python3 -c 'import yaml' 2>/dev/null || skip "no python3 with yaml here"
}

# rendered DIR: into rendered.yaml, what kubectl makes of it.
rendered()
{
	command -v kubectl >/dev/null || skip "no kubectl here"
	kubectl kustomize "$HEIR_SOURCE/$KUBERNETES/$1" >rendered.yaml 2>kubectl.said || {
		grep -q 'cannot unmarshal\|unknown field "components"' kubectl.said && [ "$1" != base ] &&
			skip "the kustomize of this kubectl is older than components"
		cat kubectl.said
		return 1
	}
	# Nothing deprecated.
	is "" "$(cat kubectl.said)"
}

overlays()
{
	(cd "$HEIR_SOURCE/$KUBERNETES" && ls -d overlays/*)
}

# ask FILE EXPRESSION: Python's answer, "docs" being the documents, "one(kind)" the one of a kind; a
# list is a line an item.
ask()
{
	python3 - "$@" <<-'PYTHON'
		import sys, yaml

		with open(sys.argv[1], encoding="utf-8") as file:
		    docs = list(yaml.safe_load_all(file))

		def one(kind):
		    (doc,) = [doc for doc in docs if doc["kind"] == kind]
		    return doc

		def spec():
		    return one("DaemonSet")["spec"]["template"]["spec"]

		value = eval(sys.argv[2])
		print("\n".join(map(str, value)) if isinstance(value, list) else value)
	PYTHON
}

# The directories that heir has to write, and the sockets of systemd.
policy()
{
	"$HEIR_SOURCE/tests/support/pod-policy" /usr/local /etc/systemd/system \
		/run/systemd/system=ro /run/dbus=ro <"${1:-rendered.yaml}"
}

@test "each directory is rendered, into the one namespace" {
	n=0
	for dir in "$HEIR_SOURCE/$KUBERNETES"/base "$HEIR_SOURCE/$KUBERNETES"/overlays/*; do
		n=$((n + 1))
		rendered "${dir#"$HEIR_SOURCE/$KUBERNETES/"}"
		is "heir" "$(ask rendered.yaml "one('Namespace')['metadata']['name']")"
		is "[]" "$(ask rendered.yaml "str([d for d in docs if d['kind'] not in ('Namespace', 'SecurityContextConstraints') and d['metadata'].get('namespace') != 'heir'])")"
		is "heir" "$(ask rendered.yaml "spec()['serviceAccountName']")"
		is "heir" "$(ask rendered.yaml "one('ServiceAccount')['metadata']['name']")"
		is "privileged" "$(ask rendered.yaml "one('Namespace')['metadata']['labels']['pod-security.kubernetes.io/enforce']")"
		# What is selected is what is made.
		is True "$(ask rendered.yaml "one('DaemonSet')['spec']['selector']['matchLabels'].items() <= one('DaemonSet')['spec']['template']['metadata']['labels'].items()")"
	done
	is 6 $n
}

# What kubectl's own types keep of a DaemonSet, compared with what it says; a key that they do not
# know is missing then, and a value of another type an error.
types_keep()
{
	python3 -c '
import json, sys, yaml
print(json.dumps(next(d for d in yaml.safe_load_all(sys.stdin) if d["kind"] == "DaemonSet")))
	' <"$1" >daemonset.json
	# It prints nothing where nothing changes.
	kubectl set image --local -o json -f daemonset.json '*=other:1' >kept.json || return 1
	python3 - <<-'PYTHON'
		import json, sys

		def lost(said, kept, at):
		    if isinstance(said, dict) and isinstance(kept, dict):
		        for key, value in said.items():
		            if key == "image":
		                continue
		            if key not in kept:
		                yield f"{at}.{key}"
		            else:
		                yield from lost(value, kept[key], f"{at}.{key}")
		    elif isinstance(said, list) and isinstance(kept, list) and len(said) == len(kept):
		        for i, value in enumerate(said):
		            yield from lost(value, kept[i], f"{at}[{i}]")
		    elif said != kept:
		        yield f"{at}: {said!r}, kept as {kept!r}"

		found = list(lost(json.load(open("daemonset.json")), json.load(open("kept.json")), ""))
		print("\n".join(found))
		sys.exit(bool(found))
	PYTHON
}

@test "the types of Kubernetes know every key" {
	for dir in base $(overlays); do
		rendered $dir
		types_keep rendered.yaml
	done
	# They would not.
	for wrong in s/readOnlyRootFilesystem/readOnlyRootFileSystem/ 's/minReadySeconds: .*/minReadySeconds: x/' \
		s/maxUnavailable/maxUnavailible/ s/hostPath:/hostDir:/; do
		sed "$wrong" rendered.yaml >wrong.yaml
		! cmp -s rendered.yaml wrong.yaml || return 1
		run types_keep wrong.yaml
		[ "$status" -ne 0 ]
	done
}

@test "the pods may do what they must and no more" {
	for dir in base $(overlays | grep -v dry-run); do
		rendered $dir
		policy
	done
	# What would be more is found.
	n=0
	while read -r change; do
		n=$((n + 1))
		sed -E "$change" rendered.yaml >more.yaml
		! cmp -s rendered.yaml more.yaml || {
			echo "nothing changed: $change"
			return 1
		}
		run policy more.yaml
		[ "$status" -eq 1 ] || {
			echo "not found: $change"
			return 1
		}
	done <<-'EOF'
		s/(image: .*):[0-9.]+$/\1:latest/
		s/(image: .*):[0-9.]+$/\1/
		s/cpu: 500m/other: 1/
		s/allowPrivilegeEscalation: false/allowPrivilegeEscalation: true/
		s/readOnlyRootFilesystem: true/readOnlyRootFilesystem: false/
		s/drop:/add:/
		s/type: RuntimeDefault/type: Unconfined/
		s/runAsNonRoot: true/runAsNonRoot: false/
		s/automountServiceAccountToken: false/automountServiceAccountToken: true/
		s/priorityClassName: .*/hostPID: true/
		s/priorityClassName: .*/hostNetwork: true/
		s|path: /usr/local|path: /|
		s/readOnly: true/readOnly: false/
		s/type: Directory/other: x/
		s/kind: NetworkPolicy/kind: ClusterRoleBinding/
	EOF
	is 15 $n
}

@test "one node after the other, and every node" {
	rendered base
	is 1 "$(ask rendered.yaml "one('DaemonSet')['spec']['updateStrategy']['rollingUpdate']['maxUnavailable']")"
	is "RollingUpdate" "$(ask rendered.yaml "one('DaemonSet')['spec']['updateStrategy']['type']")"
	is True "$(ask rendered.yaml "one('DaemonSet')['spec']['minReadySeconds'] >= 10")"
	is "system-node-critical" "$(ask rendered.yaml "spec()['priorityClassName']")"
	is "[{'operator': 'Exists'}]" "$(ask rendered.yaml "str(spec()['tolerations'])")"
	is "linux" "$(ask rendered.yaml "spec()['nodeSelector']['kubernetes.io/os']")"
}

@test "the images are of this version, and what they are told is something that heir-node knows" {
	version=$(cat "$HEIR_SOURCE/VERSION")
	known=$("$HEIR_SOURCE/dist/container/heir-node" 2>&1 | sed -nE 's/^  ([a-z]+) .*/\1/p' || :)
	for dir in base $(overlays); do
		rendered $dir
		is "registry.example.com/heir-node:$version" \
			"$(ask rendered.yaml "list({c['image'] for c in spec()['containers'] + spec()['initContainers']})")"
		for command in $(ask rendered.yaml "[c['args'][0] for c in spec()['containers'] + spec()['initContainers']]"); do
			grep -qx "$command" <<<"$known"
		done
	done
	# The label of AppArmor names a container that is there.
	is True "$(ask rendered.yaml "{k.partition('/')[2] for k in one('DaemonSet')['spec']['template']['metadata']['annotations']} <= {c['name'] for c in spec()['initContainers']}")"
}

@test "dry-run: the node can be read, and nothing of it written" {
	for dir in $(overlays | grep dry-run); do
		rendered $dir
		"$HEIR_SOURCE/tests/support/pod-policy" /=ro <rendered.yaml
		is "look" "$(ask rendered.yaml "spec()['initContainers'][0]['args']")"
		is "/host" "$(ask rendered.yaml "[m['mountPath'] for m in spec()['initContainers'][0]['volumeMounts']]")"
	done
}

@test "remove: the programs and units go, and apply is not run" {
	for dir in $(overlays | grep remove); do
		rendered $dir
		is "remove" "$(ask rendered.yaml "spec()['initContainers'][0]['args']")"
	done
}

@test "OpenShift: what its constraint allows is what the pods want" {
	for dir in $(overlays | grep openshift); do
		rendered $dir
		is "system:serviceaccount:heir:heir" "$(ask rendered.yaml "one('SecurityContextConstraints')['users']")"
		is "[]" "$(ask rendered.yaml "str([k for k, v in one('SecurityContextConstraints').items() if k.startswith('allow') and v and k != 'allowHostDirVolumePlugin'])")"
		is "ALL" "$(ask rendered.yaml "one('SecurityContextConstraints')['requiredDropCapabilities']")"
		is True "$(ask rendered.yaml "one('SecurityContextConstraints')['readOnlyRootFilesystem']")"
		is True "$(ask rendered.yaml "{k for v in spec()['volumes'] for k in v if k != 'name'} <= set(one('SecurityContextConstraints')['volumes'])")"
		# Its keys are those that the constraint has had since OpenShift 4.
		is "set()" "$(ask rendered.yaml "str(set(one('SecurityContextConstraints')) - {'apiVersion', 'kind', 'metadata', 'users', 'groups', 'priority', 'allowHostDirVolumePlugin', 'allowHostIPC', 'allowHostNetwork', 'allowHostPID', 'allowHostPorts', 'allowPrivilegeEscalation', 'allowPrivilegedContainer', 'allowedCapabilities', 'defaultAddCapabilities', 'requiredDropCapabilities', 'readOnlyRootFilesystem', 'runAsUser', 'seLinuxContext', 'fsGroup', 'supplementalGroups', 'seccompProfiles', 'volumes'})")"
		is "false" "$(ask rendered.yaml "one('Namespace')['metadata']['labels']['security.openshift.io/scc.podSecurityLabelSync']")"
	done
}

# ---- MachineConfig ----

made()
{
	"$HEIR_SOURCE/dist/machineconfig/make-machineconfig" "$@" >made.yaml
}

# unit NAME: its text in made.yaml.
unit()
{
	ask made.yaml "next(u for u in one('MachineConfig')['spec']['config']['systemd']['units'] if u['name'] == '$1')['contents']"
}

@test "the MachineConfig has the units that are in dist/systemd, as they are there" {
	made "$IMAGE"
	n=0
	for file in "$HEIR_SOURCE"/dist/systemd/*; do
		name=${file##*/}
		[[ $name =~ \.(path|service|timer)$ ]] || continue
		n=$((n + 1))
		is "$(sed 's|/usr/bin/heir|/usr/local/bin/heir|g' "$file")" "$(unit "$name")"
		wanted=False
		grep -qx '\[Install\]' "$file" && wanted=True
		is $wanted "$(ask made.yaml "next(u for u in one('MachineConfig')['spec']['config']['systemd']['units'] if u['name'] == '$name')['enabled']")"
	done
	is $((n + 1)) \
		"$(ask made.yaml "len(one('MachineConfig')['spec']['config']['systemd']['units'])")"
	! grep -q '/usr/bin/heir' made.yaml || return 1
}

@test "make-machineconfig --late: only the apply before CRI-O binds handlers late" {
	made --late --pool gpu "$IMAGE"
	is "98-gpu-heir-node" "$(ask made.yaml "one('MachineConfig')['metadata']['name']")"
	unit heir-apply.service >apply.service
	grep -Fxq 'ExecStart=/usr/local/bin/heir apply --reload none --late' apply.service
	is 1 "$(grep -c -e '--late' made.yaml)"
}

@test "heir takes the MachineConfig, and the Machine Config Operator's form is kept" {
	made --pool gpu "$IMAGE"
	is "98-gpu-heir-node gpu 3.2.0" "$(ask made.yaml "' '.join([one('MachineConfig')['metadata']['name'], one('MachineConfig')['metadata']['labels']['machineconfiguration.openshift.io/role'], one('MachineConfig')['spec']['config']['ignition']['version']])")"
	answers 0 heir -i made.yaml check --strict --skip object-no-base
	is "" "$output$stderr"
	# It takes it among others, and changes no handler.
	objects=$HEIR_SOURCE/examples/ocp-cluster
	answers 0 heir -i "$objects" --pool gpu diff --with made.yaml
	sed -i 's/version: 3.2.0/version: 9.2.0/' made.yaml
	answers 1 heir -i made.yaml check
}

@test "heir-install.service: systemd takes it, and it takes the programs out of the image" {
	made "$IMAGE"
	unit heir-install.service >heir-install.service
	is 3 "$(grep -c "$IMAGE" heir-install.service)"
	! grep -q '@IMAGE@' heir-install.service || return 1
	run_line=$(grep '^ExecStart=.*podman run' heir-install.service)
	[[ $run_line == *" --cap-drop=all "*" --volume=/usr/local:/host/usr/local $IMAGE copy" ]]
	"$HEIR_SOURCE/dist/container/heir-node" 2>&1 | grep -q '^  copy '
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze here"
	# Of the node's programs it does not matter whether they are here.
	sed -i 's|=-*/usr/s*bin/[a-z]*|=/bin/true|' heir-install.service
	systemd-analyze verify --man=no --recursive-errors=no ./heir-install.service >said 2>&1 || {
		cat said
		return 1
	}
	is "" "$(grep heir-install said)"
}

@test "make-machineconfig refuses a name that is not an image, or that can move to another" {
	for wrong in '' heir-node r.example/heir-node r.example/heir-node:latest \
		'r.example/heir:1"; touch x' 'r.example/h:1|e' --pool -x/y:1; do
		answers 2 made "$wrong"
		says usage
	done
	answers 2 made
	answers 2 made --pool 'A b' "$IMAGE"
	answers 2 made "$IMAGE" more
	answers 0 made registry.example.com:5000/heir-node:0.1.0
	says "name its digest"
	answers 0 made "registry.example.com:5000/heir-node@sha256:$(printf %064d 1)"
	is "" "$stderr"
}

@test "make-daemonset puts the image into each directory, and warns of a tag" {
	rendered base
	digest=registry.example.com:5000/heir-node@sha256:$(printf %064d 1)
	for overlay in base $(overlays); do
		name=(--overlay "${overlay#overlays/}")
		[ $overlay != base ] || name=()
		answers 0 "$HEIR_SOURCE/$KUBERNETES/make-daemonset" "${name[@]}" "$digest"
		is "" "$stderr"
		is "$digest" "$(sed -n 's/^ *image: //p' <<<"$output" | sort -u)"
	done
	answers 0 "$HEIR_SOURCE/$KUBERNETES/make-daemonset" registry.example.com/heir-node:2
	says "name its digest"
	shows "image: registry.example.com/heir-node:2"
	for wrong in '' heir-node r.example/heir-node:latest 'r.example/h:1|e' "r.example/h:1'"; do
		answers 2 "$HEIR_SOURCE/$KUBERNETES/make-daemonset" "$wrong"
		says usage
	done
	answers 2 "$HEIR_SOURCE/$KUBERNETES/make-daemonset" --overlay none "$digest"
}

# ---- Tekton ----

@test "the Tekton task: what it names is there, and its command runs" {
	task=$HEIR_SOURCE/dist/tekton/heir-check.yaml
	is "tekton.dev/v1" "$(ask "$task" "one('Task')['apiVersion']")"
	is "registry.example.com/heir:$(cat "$HEIR_SOURCE/VERSION")" \
		"$(ask "$task" "next(p['default'] for p in one('Task')['spec']['params'] if p['name'] == 'image')")"
	# Each parameter is used, and none that is not there.
	is True "$(ask "$task" "set(__import__('re').findall(r'params[.]([a-z]+)', str(one('Task')['spec']['steps']))) == {p['name'] for p in one('Task')['spec']['params']}")"
	is "/usr/local/bin/heir" "$(ask "$task" "one('Task')['spec']['steps'][0]['command']")"
	is '$(workspaces.source.path)' "$(ask "$task" "one('Task')['spec']['steps'][0]['workingDir']")"
	# As Tekton puts it together.
	mapfile -t words <<<"$(ask "$task" "one('Task')['spec']['steps'][0]['args'][:-1] + one('Task')['spec']['params'][1]['default']")"
	cd node
	answers 0 heir "${words[@]}"
	printf '[crio.runtime\n' >"$CONFD/50-x"
	answers 1 heir "${words[@]}"
}
