#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir upgrade: nodes with other releases and operating systems. examples/runc-upgrade is a
# public incident (okd#2255): a pool that moves to an image without runc, a leftover MachineConfig
# that pins runc, and a handler that names its path.

load heir

incident()
{
	heir -i "$HEIR_SOURCE/examples/runc-upgrade" "$@"
}

# config TEXT: MachineConfig 99-more of the workers, with a drop-in.
config()
{
	cat <<-END
		---
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfig
		metadata:
		  name: 99-more
		  labels: {machineconfiguration.openshift.io/role: worker}
		spec:
		  config:
		    ignition: {version: 3.4.0}
		    storage:
		      files:
		      - path: /etc/crio/crio.conf.d/60-more.conf
		        contents: {source: "data:;base64,$(printf "$1" | base64 -w 0)"}
	END
}

# verdicts ARGS...: RELEASE VERDICT of every pool.
verdicts()
{
	heir "$@" --format json | jq -r '.targets[] | .release as $r | .pools[] | "\($r) \(.verdict)"'
}

@test "the incident: both are named with file and line, and the exit code is 1" {
	answers 1 incident upgrade --to 4.22 --format json
	jq -e '.schema == "heir.upgrade/1"' <<<"$output"
	jq -e '.now[0] | .starts and .release == "1.34.2" and .os == "rhel-9"' <<<"$output"
	jq -e '.targets[0] | .ocp == "4.22" and .release == "1.35"' <<<"$output"
	jq -e '.targets[0].pools[0] | .pool == "worker" and .verdict == "stops" and .os == "rhel-10" and .nodes == 1' <<<"$output"
	jq -e '.targets[0].pools[0].stops | length == 1' <<<"$output"
	jq -e '.targets[0].pools[0].stops[0] | .rule == "default-invalid" and .line == 3 and (.already | not) and
		.object.name == "00-override-worker-generated-crio-default-container-runtime" and
		.object.line == 18 and .help == "write default_runtime = \"crun\""' <<<"$output"
	jq -e '.targets[0].pools[0].handlers[0] | .name == "legacy" and .change == "lost" and .line == 3 and
		.object.name == "99-worker-legacy" and .object.line == 18 and .rule == "os-lacks-binary" and
		.classes == ["legacy"] and .pods == [{"namespace": "billing", "count": 1}] and
		(.help | contains("/usr/bin/crun"))' <<<"$output"
	jq -e '.targets[0].pools[0] | .stops[0].edit == "reboot" and .handlers[0].edit == "reboot"' <<<"$output"
	answers 1 incident upgrade --to 4.22
	shows "00-override-worker.yaml:18:"
	shows "99-legacy.yaml:18:"
	shows 'write default_runtime = "crun"'
}

@test "the incident, mended: silent" {
	cp -r "$HEIR_SOURCE/examples/runc-upgrade" mended
	rm mended/00-override-worker.yaml
	answers 1 heir -i mended upgrade --to 4.22 --format json
	is "lost" "$(jq -r '.targets[0].pools[0].verdict' <<<"$output")"
	sed -i 's,%2Fusr%2Fbin%2Frunc,%2Fusr%2Fbin%2Fcrun,; s,%2Frun%2Frunc,%2Frun%2Fcrun,' mended/99-legacy.yaml
	answers 0 heir -i mended upgrade --to 4.22 --format json
	jq -e '.targets[0].pools[0] | (.verdict == "same" or .verdict == "changes") and (.stops | length == 0) and
		([.handlers[] | select(.change == "lost")] | length == 0)' <<<"$output"
	# The template's runc, which nothing uses, is told and does no harm.
	jq -e '.targets[0].pools[0].handlers[] | select(.name == "runc") | .change == "unused"' <<<"$output"
}

@test "on the old image nothing is lost; several images and releases are tried each with each" {
	answers 0 incident upgrade --to 4.22 --os rhel-9
	answers 1 incident upgrade --to 1.35,1.36 --os rhel-9 --os rhel-10 --format json
	is "1.35 rhel-9,1.35 rhel-10,1.36 rhel-9,1.36 rhel-10" \
		"$(jq -r '[.targets[] | "\(.release) \(.os)"] | join(",")' <<<"$output")"
	is "changes,stops,changes,stops" "$(jq -r '[.targets[].pools[0].verdict] | join(",")' <<<"$output")"
}

@test "what is wrong with the line" {
	answers 2 incident upgrade
	says "--to"
	answers 2 incident upgrade --to 1.99
	says '"1.99"'
	answers 2 incident upgrade --to 4.22..4.18
	answers 2 incident upgrade --to 4.22 --os rhel-11
	answers 2 incident show --to 4.22
}

@test "the release and the image now: given, told by Nodes, or assumed and named" {
	is "1.33 as given" "$(incident --ocp 4.20 upgrade --to 4.22 --format json |
		jq -r '.now[0] | "\(.release) \(.release_from)"')"
	is "1.34.2 reported by the Nodes of the pool" "$(incident upgrade --to 4.22 --format json |
		jq -r '.now[0] | "\(.release) \(.release_from)"')"
	is "1.34 assumed: the release before the target" "$(on_node upgrade --to 1.36,1.35 --format json |
		jq -r '.now[0] | "\(.release) \(.release_from)"')"
	answers 0 on_node upgrade --to 1.36
	shows "assumed"
}

@test "allowed_annotations with the newer names: lost before 1.35, clean from then on" {
	config '[crio.runtime.runtimes.more]\nruntime_path = "/usr/bin/crun"\nallowed_annotations = ["devices.crio.io"]\n' >more.yaml
	cp -r "$HEIR_SOURCE/examples/runc-upgrade" both
	rm both/00-override-worker.yaml both/99-legacy.yaml
	cp more.yaml both
	heir --crio-version 1.36 -i both upgrade --to 1.28..1.37 --format json >out.json || [ $? -eq 1 ]
	is "1.28 1.29 1.30 1.31 1.32 1.33 1.34" "$(jq -r '[.targets[] | select(.pools[0].handlers[] |
		.name == "more" and .change == "lost" and .rule == "annotation-unknown") | .release] | join(" ")' out.json)"
	# Of the default handler CRI-O does not start at all.
	config '[crio.runtime.runtimes.crun]\nruntime_path = "/usr/bin/crun"\nallowed_annotations = ["devices.crio.io"]\n' >both/more.yaml
	heir --crio-version 1.36 -i both upgrade --to 1.28..1.37 --format json >out.json || [ $? -eq 1 ]
	is "1.28 1.29 1.30 1.31 1.32 1.33 1.34" "$(jq -r '[.targets[] | select(.pools[0].verdict == "stops") | .release] | join(" ")' out.json)"
}

@test "annotations that pods may use now and that are filtered then" {
	dropin 10-crun.conf <<-'EOF'
		[crio.runtime]
		default_runtime = "crun"
	EOF
	# CRI-O's own table has the older name before 1.35, and the newer one from then on.
	heir --root "$NODE" --crio-version 1.34 upgrade --to 1.35 --format json >out.json
	jq -e '.targets[0].pools[0].handlers[] | select(.name == "crun") | .change == "annotations" and
		(.fields.allowed_annotations.new.value | type == "array")' out.json
	answers 0 on_node --crio-version 1.34 upgrade --to 1.35
	shows "annotations filtered: crun"
}

@test "equal changes of handlers are told once, and equal targets together" {
	for name in a b c d e; do
		printf '[crio.runtime.runtimes.%s]\nruntime_path = "/usr/bin/crun"\n' $name
	done >"$NODE/$CONFD/50-many.conf"
	answers 0 on_node --crio-version 1.31 upgrade --to 1.35..1.36
	shows "changes: a, b, c, d, e"
	is 1 "$(grep -c 'changes: ' <<<"$output")"
	shows "CRI-O 1.35, CRI-O 1.36"
}

@test "the built-in default moves from runc to crun: no handler that is used is lost" {
	binary usr/bin/runc
	answers 0 on_node --crio-version 1.30 upgrade --to 1.31 --format json
	jq -e '.targets[0].pools[0] | .verdict == "changes" and .default_runtime == {"old": "runc", "new": "crun"} and
		(.handlers[] | select(.name == "runc") | .change == "unused")' <<<"$output"
}

@test "the documents keep to heir.upgrade/1" {
	python3 -c 'import jsonschema' 2>/dev/null || skip "no python3 with jsonschema here"
	incident upgrade --to 1.28..1.37 --os rhel-9 --os rhel-10 --format json >1.json || [ $? -eq 1 ]
	heir -i "$HEIR_SOURCE/examples/ocp-cluster" upgrade --to 4.15..5.2 --format json >2.json || [ $? -eq 1 ]
	on_node upgrade --to 1.28 --format json >3.json || [ $? -eq 1 ]
	heir --root "$HEIR_SOURCE/examples/ocp-worker" upgrade --to 1.28 --format json >4.json || [ $? -eq 1 ]
	python3 -W ignore - "$HEIR_SOURCE/doc/schemas/heir.upgrade-1.json" [1-4].json <<-'EOF'
		import json, sys
		from jsonschema import Draft202012Validator

		schema = json.load(open(sys.argv[1], encoding="utf-8"))
		Draft202012Validator.check_schema(schema)
		for name in sys.argv[2:]:
		    Draft202012Validator(schema).validate(json.load(open(name, encoding="utf-8")))
	EOF
}

@test "what an edit does to a node is told of each handler" {
	dropin 50-x.conf <<-'EOF'
		[crio.runtime.runtimes.binary]
		runtime_path = "/usr/bin/runc"
		[crio.runtime.runtimes.words]
		runtime_path = "/usr/bin/crun"
		allowed_annotations = ["devices.crio.io"]
	EOF
	binary usr/bin/runc
	answers 1 on_node --crio-version 1.35 upgrade --to 1.34 --os rhel-10 --format json
	is "binary drain,words restart" "$(jq -r '[.targets[0].pools[0].handlers[] | select(.change == "lost") | "\(.name) \(.edit)"] | join(",")' <<<"$output")"
	answers 1 on_node --crio-version 1.35 upgrade --to 1.34 --os rhel-10
	shows "edit: drain the node, then restart CRI-O"
	shows "edit: restart CRI-O"
}

@test "what stops CRI-O now already is told as such" {
	printf '[crio.runtime]\ndefault_runtime = "nobody"\n' >"$NODE/$CONFD/50-x.conf"
	answers 1 on_node --crio-version 1.34 upgrade --to 1.35 --format json
	jq -e '.targets[0].pools[0] | .verdict == "stops" and .stops[0].already' <<<"$output"
	answers 1 on_node --crio-version 1.34 upgrade --to 1.35
	shows "stops already"
}

@test "a text that only newer releases read: CRI-O does not start on the older ones" {
	printf '[crio.runtime.runtimes.x]\nruntime_path = "/usr/bin/crun"\ndefault_annotations = {\n"a" = "b",\n}\n' >"$NODE/$CONFD/50-x.conf"
	heir --root "$NODE" --crio-version 1.37 upgrade --to 1.34,1.36 --format json >out.json || [ $? -eq 1 ]
	is "1.34 stops 1.36 same" "$(jq -r '[.targets[] | "\(.release) \(.pools[0].verdict)"] | join(" ")' out.json)"
	heir --root "$NODE" --crio-version 1.34 upgrade --to 1.36 --format json >out.json || [ $? -eq 1 ]
	jq -e '(.now[0].starts | not) and .targets[0].pools[0].stops == []' out.json
}

@test "upgrade agrees with the commands that look at one release" {
	for version in 1.28 1.31 1.33 1.35 1.37; do
		for root in ocp-worker debian-node; do
			tree=$HEIR_SOURCE/examples/$root
			heir --root "$tree" --crio-version 1.34 upgrade --to $version --format json >out.json || [ $? -eq 1 ]
			heir --root "$tree" --as stock --crio-version $version show --format json >show.json || [ $? -eq 1 ]
			heir --root "$tree" --as stock --crio-version 1.34 show --format json >now.json || [ $? -eq 1 ]
			is "$(jq -r .starts show.json)" "$(jq -r '.targets[0].pools[0].verdict != "stops"' out.json)"
			lost=$(jq -rn --slurpfile a now.json --slurpfile b show.json '
				[$b[0].handlers[] | select(.status != "ok") | .name] as $bad |
				[$a[0].handlers[] | select(.status == "ok") | .name | select(. as $n | $bad | index($n))] | sort | join(" ")')
			is "$lost" "$(jq -r '[.targets[0].pools[0].handlers[] | select(.change == "lost" or .change == "unused") | .name] | sort | join(" ")' out.json)"
		done
	done
}

@test "as SARIF each finding stands once, with its targets; as Markdown nothing is obeyed" {
	answers 1 incident upgrade --to 4.22,5.0 --format sarif
	jq -e '[.runs[0].results[] | select(.ruleId == "os-lacks-binary")] | length == 1' <<<"$output"
	jq -e '.runs[0].results[] | select(.ruleId == "os-lacks-binary") | (.message.text | contains("4.22")) and
		(.message.text | contains("5.0")) and
		(.locations[0].physicalLocation.artifactLocation.uri | endswith("99-legacy.yaml"))' <<<"$output"
	answers 1 incident upgrade --to 4.22 --format markdown
	shows "### OpenShift 4.22 (CRI-O 1.35)"
	shows '`legacy`'
}

@test "clusters at hand upgrade to each later release without a false alarm" {
	clusters=$HEIR_SOURCE/../shared/fixtures/clusters
	[ -d "$clusters" ] || skip "no recorded clusters here"
	for file in "$clusters"/*.json; do
		# A reduced object of one of them lacks the version that the MCO asks for.
		jq '.items |= map(select(.metadata.name != "99-worker-realtime"))' "$file" >cluster.json
		answers 0 heir -i cluster.json upgrade --to 4.19..5.2 --format json
		jq -e '[.targets[].pools[] | .verdict] | all(. == "same" or . == "changes" or . == "unused")' <<<"$output"
		answers 0 heir -i cluster.json upgrade --to 4.21..5.2 --os rhel-9 --os rhel-10 --format json
	done
}
