#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests that `heir check --format sarif` conforms to SARIF 2.1.0: to the properties of
# doc/schemas/sarif-subset.json, and to rules that a schema cannot express.

load heir

# Documents, one argument each.
conform()
{
	python3 -W ignore - "$HEIR_SOURCE/doc/schemas/sarif-subset.json" "$@" <<-'EOF'
		import json, sys
		from jsonschema import Draft202012Validator

		with open(sys.argv[1], encoding="utf-8") as file:
		    schema = json.load(file)
		Draft202012Validator.check_schema(schema)
		validator = Draft202012Validator(schema)
		failed = False

		def fail(name, *words):
		    global failed
		    failed = True
		    print(name, *words)

		def check_run(name, run):
		    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
		    used = set()
		    if len(set(rules)) != len(rules):
		        fail(name, "a rule twice")
		    for result in run["results"]:
		        used.add(result["ruleId"])
		        if result["ruleIndex"] >= len(rules) or rules[result["ruleIndex"]] != result["ruleId"]:
		            fail(name, "ruleIndex", result["ruleIndex"])
		        ids = [location["id"] for location in result["relatedLocations"]]
		        if len(set(ids)) != len(ids):
		            fail(name, "ids of related locations", ids)
		        places = result["locations"] + result["relatedLocations"]
		        for message in [result["message"]] + [place["message"] for place in result["relatedLocations"]]:
		            if "](" in message["text"]:
		                fail(name, "a link", message["text"])
		        for region in [place["physicalLocation"].get("region") for place in places]:
		            if region and (region["endLine"], region["endColumn"]) < (region["startLine"], region["startColumn"]):
		                fail(name, "a region ends before it begins", region)
		    if used != set(rules):
		        fail(name, "rules without a result", set(rules) - used)

		for name in sys.argv[2:]:
		    with open(name, encoding="utf-8") as file:
		        document = json.load(file)
		    errors = list(validator.iter_errors(document))
		    for error in errors:
		        fail(name, "/".join(map(str, error.absolute_path)), error.message[:300])
		    if not errors:
		        for run in document["runs"]:
		            check_run(name, run)
		sys.exit(failed)
	EOF
}

needs_jsonschema()
{
	python3 -c 'import jsonschema' 2>/dev/null || skip "no python3 with jsonschema here"
}

# sarif FILE COMMAND...: what it prints.
sarif()
{
	local file=$1
	shift
	"$@" check --format sarif >"$file" || [ $? -le 3 ]
	[ -s "$file" ]
}

@test "a document with a misspelt or missing property, or a wrong index, is found" {
	needs_jsonschema
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		runtime_path = "/opt/gpu/runc"
	EOF
	dropin 60-gpu.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		runtime_root = "/run/gpu"
	EOF
	sarif good on_node
	conform good
	jq -e '[.runs[0].results[].relatedLocations | length] | add > 0' good
	n=0
	while read -r filter; do
		n=$((n + 1))
		jq "$filter" good >bad
		! cmp -s good bad || return 1
		run conform bad
		[ "$status" -ne 0 ] || {
			echo "passed: $filter"
			return 1
		}
	done <<-'EOF'
		.runs[0].results[0].ruleID = "x"
		del(.runs[0].results[0].message.text)
		.runs[0].results[0].message.text += " {0}"
		.runs[0].results[0].message.text += " [x](http://x)"
		.runs[0].results[0].level = "info"
		.runs[0].results[0].ruleIndex = 99
		.runs[0].results[0].ruleIndex = (.runs[0].results[1].ruleIndex)
		.runs[0].results[0].locations[0].physicalLocation.region.startLine = 0
		.runs[0].results[0].locations[0].physicalLocation.region.endColumn = 1
		.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri = "/etc/crio"
		.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri = "a b"
		.runs[0].results[0].locations[0].physicalLocation.artefactLocation = {}
		.runs[0].tool.driver.rules[0].defaultConfiguration.level = "fatal"
		.runs[0].tool.driver.rules += [.runs[0].tool.driver.rules[0]]
		.runs[0].tool.driver.rules[0].helpText = "x"
		.runs[0].columnKind = "bytes"
		.version = "2.1"
	EOF
	[ $n -eq 17 ]
}

@test "the examples, under every semantics of theirs, and a clean node" {
	needs_jsonschema
	n=0
	cd "$HEIR_SOURCE"
	for tree in ocp-worker debian-node gpu-node; do
		for options in "" "--crio-version 1.28" "--config /nowhere" "--default-runtime nobody"; do
			for root in "examples/$tree" "./examples//$tree/" "$PWD/examples/$tree"; do
				n=$((n + 1))
				sarif "$BATS_TEST_TMPDIR/$n" heir --root "$root" $options
			done
		done
	done
	cd "$BATS_TEST_TMPDIR"
	conform $(seq $n)
	sarif clean on_node
	conform clean
	is 0 "$(jq '.runs[0].results | length' clean)"
}

@test "every rule, by the wrong example of its page" {
	needs_jsonschema
	"$HEIR_SOURCE/tools/make-messages" --lay-out pages "$HEIR"
	n=0
	for rule in pages/*; do
		rule=${rule#pages/}
		n=$((n + 1))
		mapfile -t args <"pages/$rule/args"
		cd "pages/$rule"
		# A release that is named is never doubted, and one that is assumed is said on stderr.
		RELEASE= heir -q "${args[@]}" --format sarif >"$BATS_TEST_TMPDIR/$rule.sarif" || [ $? -le 3 ]
		cd "$BATS_TEST_TMPDIR"
		jq -e --arg rule "$rule" '[.runs[0].results[].ruleId] | index($rule) != null' "$rule.sarif" >/dev/null || {
			echo "no result of $rule"
			return 1
		}
	done
	[ $n -ge 50 ]
	conform *.sarif
}

@test "whatever the files say is text: no placeholder, no link, no path that is none" {
	needs_jsonschema
	dropin 'a {0} [b](c)?#é:%2F' <<-'EOF'
		[crio.runtime.runtimes."{0} {{ [click](http://x.example) \u001b\u202e"]
		runtime_path = "/no/{1}/[x](1)"
		runtime_root = "${HOME}"
		"}{" = 1
	EOF
	sarif odd on_node
	conform odd
	is "etc/crio/crio.conf.d/a%20%7B0%7D%20%5Bb%5D%28c%29%3F%23%C3%A9%3A%252F" \
		"$(jq -r '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri' odd)"
	jq -e '[.runs[0].results[].message.text] | any(contains("/no/{{1}}/[x] (1)"))' odd
}
