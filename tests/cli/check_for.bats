#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir check --for: several releases at once. The targets of a finding are those for which a
# check of that release alone finds it.

load heir

# keys: RULE FILE LINE HANDLER of each finding of a document on standard input, and of those of
# target $1 if it is given.
keys()
{
	jq -r --arg t "${1-}" '.findings[] | select($t == "" or (.targets | index($t))) |
		"\(.rule) \(.file) \(.line) \(.column) \(.handler)"' | sort
}

# both_spellings: handlers that allow the older, the newer, and both names of an annotation.
both_spellings()
{
	binary usr/bin/runc
	dropin 50-x.conf <<-'EOF'
		[crio.runtime.runtimes.old]
		runtime_path = "/usr/bin/runc"
		allowed_annotations = ["io.kubernetes.cri-o.Devices"]
		[crio.runtime.runtimes.both]
		runtime_path = "/usr/bin/runc"
		allowed_annotations = ["io.kubernetes.cri-o.Devices", "devices.crio.io"]
	EOF
}

@test "each target finds what a check of it alone finds" {
	for tree in ocp-worker debian-node ocp-files; do
		tree=$HEIR_SOURCE/examples/$tree
		[ -d "$tree" ] || continue
		heir --root "$tree" check --for 1.28..1.37 --format json >all.json || [ $? -eq 1 ]
		for version in 1.28 1.31 1.34 1.35 1.37; do
			heir --root "$tree" --crio-version $version check --format json >one.json || [ $? -eq 1 ]
			is "$(keys <one.json)" "$(keys $version <all.json)"
			is "$(jq .starts one.json)" "$(jq --arg t $version '.targets[] | select(.name == $t) | .starts' all.json)"
		done
	done
}

@test "objects: each target with its image, and what stops CRI-O on one of them" {
	input=$HEIR_SOURCE/examples/runc-upgrade
	heir -i "$input" check --for 4.20..4.22,1.36 --os rhel-10 --format json >all.json || [ $? -eq 1 ]
	for version in 4.20 4.22; do
		heir -i "$input" --ocp $version --os rhel-10 check --format json >one.json || [ $? -eq 1 ]
		is "$(keys <one.json)" "$(keys $version <all.json)"
	done
	jq -e '[.targets[] | .name, .crio_version, .ocp, .os] == ["4.20", "1.33", "4.20", "rhel-10",
		"4.21", "1.34", "4.21", "rhel-10", "4.22", "1.35", "4.22", "rhel-10", "1.36", "1.36", null, "rhel-10"]' all.json
	jq -e '(.starts | not) and (.stops | length > 0) and .stops[0].targets == ["4.20", "4.21", "4.22", "1.36"]' all.json
}

@test "one finding for several releases, with those it holds for" {
	both_spellings
	answers 1 on_node check --for 1.31..1.36 --rule annotation-unknown --rule annotation-deprecated
	shows '50-x.conf:6:55: error: handler "both" is dropped: CRI-O knows no annotation "devices.crio.io" [annotation-unknown] (1.31..1.34)'
	shows '[annotation-deprecated] (1.35, 1.36)'
	is 1 "$(grep -c "\[annotation-unknown" <<<"$output")"
	answers 1 on_node check --for 1.34,1.36,1.35 --rule annotation-unknown
	shows "[annotation-unknown] (1.34)"
	# Of one release the text is what it always is.
	answers 1 on_node --crio-version 1.34 check --rule annotation-unknown
	shows "CRI-O 1.34 knows no annotation"
	[[ $output != *"(1.34)"* ]]
}

@test "as SARIF, for GitHub, of several roots and of several pools" {
	both_spellings
	answers 1 on_node check --for 1.33..1.36 --rule annotation-unknown --format sarif
	jq -e '.runs[0].results | length == 1 and .[0].properties.targets == ["1.33", "1.34"] and
		(.[0].message.text | contains("(1.33, 1.34)"))' <<<"$output"
	answers 1 on_node check --for 1.33..1.36 --rule annotation-unknown --format github
	is 1 "$(grep -c '^::error' <<<"$output")"
	shows "(1.33, 1.34)"
	cp -r "$NODE" other
	answers 1 heir check "$NODE" other --for 1.33..1.36 --rule annotation-unknown --format json
	jq -e '.schema == "heir.checks/1" and ([.roots[] | .findings[0].targets] == [["1.33", "1.34"], ["1.33", "1.34"]]) and
		(.roots[1].targets | length == 4)' <<<"$output"
	answers 1 heir check "$NODE" other --for 1.33..1.36 --rule annotation-unknown
	is 2 "$(grep -c '(1.33, 1.34)$' <<<"$output")"
	heir -i "$HEIR_SOURCE/examples/ocp-cluster" check --for 4.18,5.0 --format json >pools.json || [ $? -eq 1 ]
	jq -e '[.pools[].targets | length] | length > 1 and all(. == 2)' pools.json
}

@test "--fix writes both spellings where every release knows both" {
	both_spellings
	# 1.34 does not know the newer name, and would drop the handler.
	cp "$NODE/$CONFD/50-x.conf" before
	sed -i '/runtimes.both/,$d' "$NODE/$CONFD/50-x.conf" before
	answers 0 on_node check --for 1.34..1.36 --rule annotation-deprecated --fix
	cmp before "$NODE/$CONFD/50-x.conf"
	says "1.34 does not need it"
	answers 0 on_node check --for 1.36,1.34 --rule annotation-deprecated --fix
	cmp before "$NODE/$CONFD/50-x.conf"
	answers 0 on_node check --for 1.35..1.37 --rule annotation-deprecated --fix
	grep -Fxq 'allowed_annotations = ["io.kubernetes.cri-o.Devices", "devices.crio.io"]' "$NODE/$CONFD/50-x.conf"
	answers 0 on_node check --for 1.35..1.37 --rule annotation-deprecated
	is "" "$output"
}

@test "allowed_annotations with the newer names: fatal of the default handler for 1.28 to 1.34, clean from 1.35 on" {
	dropin 50-x.conf <<-'EOF'
		[crio.runtime.runtimes.main]
		runtime_path = "/usr/bin/crun"
		allowed_annotations = ["devices.crio.io", "io.kubernetes.cri-o.Devices"]
	EOF
	printf '[crio.runtime]\ndefault_runtime = "main"\n' >"$NODE/$CONFD/60-d.conf"
	answers 1 on_node check --for 1.28..1.37 --format json
	is "1.28 1.29 1.30 1.31 1.32 1.33 1.34" "$(jq -r '[.targets[] | select(.starts | not) | .name] | join(" ")' <<<"$output")"
	is "[]" "$(jq -c '[.findings[] | select(.targets | index("1.35", "1.36", "1.37"))]' <<<"$output")"
	answers 1 on_node check --for 1.28..1.37
	says "CRI-O would not start: 1 reason (1.28..1.34)"
}

@test "what is wrong with the line" {
	answers 2 on_node check --for 1.99
	says "1.99"
	answers 2 on_node check --for 1.36..1.34
	answers 2 on_node --crio-version 1.34 check --for 1.36
	says "--for"
	answers 2 on_node --ocp 4.20 check --for 1.36
	answers 2 on_node show --for 1.36
}

@test "the documents keep to their schemas" {
	python3 -c 'import jsonschema' 2>/dev/null || skip "no python3 with jsonschema here"
	both_spellings
	on_node check --for 1.28..1.37 --format json >1.json || [ $? -eq 1 ]
	heir -i "$HEIR_SOURCE/examples/runc-upgrade" check --for 4.20..5.2 --os rhel-10 --format json >2.json || [ $? -eq 1 ]
	heir check "$NODE" --for 1.28..1.37 --format json >3.json || [ $? -eq 1 ]
	on_node check --for 1.28..1.37 --format sarif >sarif.json || [ $? -eq 1 ]
	python3 -W ignore - "$HEIR_SOURCE/doc/schemas" [1-3].json <<-'EOF'
		import json, sys
		from jsonschema import Draft202012Validator

		for name in sys.argv[2:]:
		    document = json.load(open(name, encoding="utf-8"))
		    schema = json.load(open(f"{sys.argv[1]}/{document['schema'].replace('/', '-')}.json", encoding="utf-8"))
		    Draft202012Validator(schema).validate(document)
		    assert document.get("targets") or document["roots"][0]["targets"]
		schema = json.load(open(f"{sys.argv[1]}/sarif-subset.json", encoding="utf-8"))
		Draft202012Validator(schema).validate(json.load(open("sarif.json", encoding="utf-8")))
	EOF
}
