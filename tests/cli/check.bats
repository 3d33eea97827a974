#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# heir check and heir rules: formats, exit codes, choosing rules. What each rule finds is tested by
# tests/check.c.

load heir

# One finding of each level: D and W and I.
sample()
{
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		runtime_path = "/opt/gpu/runc"
		[crio.runtime.runtimes.copy]
		runtime_path = "/usr/bin/crun"
		runtime_pth = "x"
	EOF
}

@test "a clean node has nothing to say, and status 0" {
	answers 0 on_node check
	is "" "$output"
	is "" "$stderr"
	answers 0 on_node check --strict
}

@test "findings stand on standard output with their line and a caret" {
	sample
	answers 1 on_node check
	is "" "$stderr"
	# Every place can be opened as it stands.
	shows "$NODE/$CONFD/50-gpu.conf:2:16: error: "'handler "gpu" is dropped: /opt/gpu/runc does not exist [path-missing]
    2 | runtime_path = "/opt/gpu/runc"
      |                ^~~~~~~~~~~~~~~
'"$NODE/$CONFD/50-gpu.conf:4:16: note: "
	shows '50-gpu.conf:5:1: warning: no release of CRI-O knows "runtime_pth" in a handler'"'"'s table; it is ignored [key-unknown]
    5 | runtime_pth = "x"
      | ^~~~~~~~~~~
help: did you mean "runtime_path"?'
}

@test "warnings alone are status 0, with --strict 1; notes never" {
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime]
		log_levle = "info"
	EOF
	answers 0 on_node check
	answers 1 on_node check --strict
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime.runtimes.copy]
		runtime_path = "/usr/bin/crun"
	EOF
	answers 0 on_node check --strict
	shows "[path-copies-default]"
}

@test "-q leaves out what is no error; under --strict warnings are errors" {
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime]
		log_levle = "info"
		[crio.runtime.runtimes.copy]
		runtime_path = "/usr/bin/crun"
	EOF
	answers 0 on_node check -q
	is "" "$output"
	answers 1 on_node check -q --strict
	shows "[key-unknown]"
	[[ $output != *path-copies-default* ]]
}

@test "--rule and --skip choose, and may be repeated" {
	sample
	answers 1 on_node check --rule path-missing
	[ "$(grep -c '\[' <<<"$output")" -eq 1 ]
	shows "[path-missing]"
	answers 0 on_node check --rule key-unknown --rule path-copies-default
	shows "[key-unknown]"
	shows "[path-copies-default]"
	[[ $output != *path-missing* ]]
	answers 0 on_node check --skip path-missing --skip key-unknown --skip path-copies-default
	is "" "$output"
}

@test "a rule that does not exist is wrong use, and the nearest is named" {
	answers 2 on_node check --rule path-mising
	says 'unknown rule "path-mising" (did you mean "path-missing"?)'
	answers 2 on_node check --skip nothing-like-it
	says 'unknown rule "nothing-like-it"'
	answers 2 heir rules path-mising
	says 'did you mean "path-missing"?'
}

@test "options of check are wrong use elsewhere" {
	answers 2 on_node show --strict
	says "show takes no --strict"
	answers 2 on_node check --format toml
	says 'check has no format "toml"'
}

@test "what stops CRI-O is told beside everything else, of all files" {
	dropin 50-a.conf <<<'a = '
	dropin 60-b.conf <<-'EOF'
		[crio.runtime]
		log_level = 1
		pids_limt = 2
	EOF
	answers 1 on_node check
	shows "[toml-syntax]"
	shows "[value-type]"
	shows "[key-unknown]"
}

@test "a file that cannot be read is status 3, and the others are checked" {
	sample
	ln -s 60-loop.conf "$NODE/$CONFD/60-loop.conf"
	answers 3 on_node check
	shows "[file-unreadable]"
	shows "[key-unknown]"
	[[ $stderr != *cannot* ]]
}

@test "JSON has the findings in order, with places and notes" {
	sample
	answers 1 on_node check --format json
	is heir.check/1 "$(jq -r .schema <<<"$output")"
	is '["path-missing","path-copies-default","key-unknown"]' \
		"$(jq -c '[.findings[].rule]' <<<"$output")"
	is '["D","error","gpu","/etc/crio/crio.conf.d/50-gpu.conf",2,16,2,31]' \
		"$(jq -c '.findings[0] | [.severity, .level, .handler, .file, .line, .column,
			.end_line, .end_column]' <<<"$output")"
	is '["rule","severity","level","message","help","handler","handlers","file","line","column","end_line","end_column","related"]' \
		"$(jq -c '.findings[0] | keys_unsorted' <<<"$output")"
}

@test "JSON keeps to its schema: check and rules" {
	python3 -c 'import jsonschema' 2>/dev/null || skip "no python3 with jsonschema here"
	for tree in ocp-worker debian-node gpu-node; do
		heir --root "$HEIR_SOURCE/examples/$tree" check --format json >"$tree.json" || [ $? -eq 1 ]
	done
	ln -s nowhere "$NODE/$CONFD/60-gone.conf"
	on_node check --format json >fatal.json || [ $? -eq 1 ]
	heir rules --format json >rules.json
	heir rules key-case --format json >rule.json
	python3 -W ignore - "$HEIR_SOURCE/doc/schemas" ./*.json <<-'EOF'
		import json, sys
		from jsonschema import Draft202012Validator

		for name in sys.argv[2:]:
		    document = json.load(open(name, encoding="utf-8"))
		    schema = document["schema"].replace("/", "-") + ".json"
		    with open(f"{sys.argv[1]}/{schema}", encoding="utf-8") as file:
		        Draft202012Validator(json.load(file)).validate(document)
	EOF
}

@test "SARIF has its rules, results with regions, and relative paths" {
	sample
	dropin 60-more.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		runtime_root = "/run/gpu"
	EOF
	answers 1 heir --root node check --format sarif
	is '["2.1.0","heir",1]' \
		"$(jq -c '[.version, .runs[0].tool.driver.name, (.runs | length)]' <<<"$output")"
	# What the standard asks of each result.
	jq -e '.runs[0] as $run | [$run.results[] |
		.ruleId == $run.tool.driver.rules[.ruleIndex].id and
		(.level | IN("error", "warning", "note")) and (.message.text | length > 0) and
		(.locations[0].physicalLocation |
			(.artifactLocation.uri | startswith("node/etc/crio/")) and
			(.region | .startLine >= 1 and .startColumn >= 1 and
				.endLine >= .startLine and .endColumn >= 1))] |
		length >= 3 and all' <<<"$output"
	jq -e '[.runs[0].tool.driver.rules[] | (.help.text | length > 0) and
		(.shortDescription.text | length > 0)] | all' <<<"$output"
	jq -e '.runs[0].results[] | select(.ruleId == "table-replaced") | .relatedLocations[0] |
		(.message.text | length > 0) and .physicalLocation.region.startLine == 1' <<<"$output"
}

@test "an absolute root is left out of relative paths, odd names are escaped" {
	printf '[crio.runtime]\nlog_levle = "x"\n' >"$NODE/$CONFD/a b,%:c"
	answers 0 on_node check --format sarif
	is "etc/crio/crio.conf.d/a%20b%2C%25%3Ac" \
		"$(jq -r '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri' \
			<<<"$output")"
	answers 0 on_node check --format github
	shows "file=etc/crio/crio.conf.d/a b%2C%25%3Ac,line=2,endLine=2,col=1,endColumn=10,title=key-unknown::"
}

@test "github has a workflow command for each finding" {
	sample
	answers 1 heir --root ./node check --format github
	is '::error file=node/etc/crio/crio.conf.d/50-gpu.conf,line=2,endLine=2,col=16,endColumn=31,title=path-missing::handler "gpu" is dropped: /opt/gpu/runc does not exist' \
		"${lines[0]}"
	[[ ${lines[1]} == "::notice file="*"title=path-copies-default::"* ]]
	[[ ${lines[2]} == "::warning file="*"title=key-unknown::"* ]]
	# What follows is text for the log.
	is 3 "$(grep -c ^:: <<<"$output")"
	is "heir: 1 error, 1 warning, 1 note" "${lines[3]}"
}

@test "a newline in a file's text cannot begin a workflow command" {
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime]
		"x\n::error::y" = 1
	EOF
	answers 0 on_node check --format github
	is 1 "$(grep -c ^:: <<<"$output")"
	shows "::error::y"
}

@test "comments ignore what they name" {
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		# heir: ignore path-missing the extension brings it
		runtime_path = "/opt/gpu/runc"
	EOF
	answers 0 on_node check
	is "" "$output"
	binary opt/gpu/runc
	answers 0 on_node check
	shows "[ignore-unused]"
}

@test "any number of comments may speak of a line" {
	{
		printf '[crio.runtime.runtimes.gpu]\n'
		for i in $(seq 150); do printf '# heir: ignore no-such-%s\n' "$i"; done
		printf 'runtime_path = "/opt/gpu/runc" # heir: ignore path-missing\n'
	} | dropin 50-gpu.conf
	answers 0 on_node check --format json
	is 150 "$(jq '.findings | length' <<<"$output")"
	is ignore-unused "$(jq -r '.findings[].rule' <<<"$output" | sort -u)"
}

@test "of many ids that no rule has, the first get a suggestion, and all are told" {
	is_sanitized && skip "a sanitized program is slow"
	awk 'BEGIN { for (i = 0; i < 500000; i++) printf "# heir: ignore path-missin%d\n", i }' |
		dropin 50-many.conf
	answers 0 on_node check --rule key-twice
	answers 0 on_node check
	is 500000 "$(grep -c 'ignore-unused\]' <<<"$output")"
	# The nearest name is for people, who read the first few.
	named=$(grep -c "did you mean" <<<"$output")
	[ "$named" -gt 0 ] && [ "$named" -lt 500000 ]
}

@test "a hidden file in heir.d is told in heir's name" {
	file etc/crio/heir.d/.50-gpu.conf <<<''
	answers 0 on_node check
	shows "heir reads this file too"
	shows "move it out of /etc/crio/heir.d"
}

@test "under --as stock heir's keys do not count" {
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		inherit = "nobody"
	EOF
	answers 1 on_node check
	shows "[parent-unknown]"
	answers 1 on_node --as stock check
	[[ $output != *parent-unknown* ]]
	shows "[path-not-found]"
}

@test "rules ID says what stops: CRI-O, or what should become a node" {
	answers 0 heir rules value-type
	is "value-type (error: CRI-O does not start)" "${lines[0]}"
	for rule in object-syntax object-invalid object-unsupported object-ambiguous; do
		answers 0 heir rules $rule
		is "$rule (error: the MCO rejects the objects)" "${lines[0]}"
	done
}

@test "rules ID says how to ignore a finding, where that is possible" {
	answers 0 heir rules path-missing
	shows "# heir: ignore path-missing REASON"
	answers 0 heir rules file-order
	shows "on the first line of the file:"
	shows "    # heir: ignore file-order REASON"
	for rule in object-no-role start-unclear rendered-stale; do
		answers 0 heir rules $rule
		shows "heir check --skip $rule"
	done
	answers 0 heir rules toml-syntax
	[[ $output != *ignore* && $output != *--skip* ]]
}

@test "rules lists every rule once, rules ID explains each" {
	answers 0 heir rules
	list=$output
	[ "${#lines[@]}" -gt 60 ]
	is "" "$(cut -d' ' -f1 <<<"$list" | sort | uniq -d)"
	while read -r id severity meaning; do
		[[ $severity == [FDEWI] ]]
		[ -n "$meaning" ]
		page=$(heir rules "$id")
		[[ $page == "$id ("* ]]
		# The line of this one is in the data of an object, which the page shows as it is.
		[ "$id" = os-lacks-binary ] ||
			[[ $page == *"Wrong"*"  > "*"Right"* || $page == *"Reported"*"  > "*"Not reported"* ]]
		[ "$(wc -L <<<"$page")" -le 80 ]
	done <<<"$list"
}

@test "a comment that ignores is not called unused when the start ended before" {
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime]
		default_runtime = "gone"
		[crio.runtime.runtimes.gpu]
		runtime_path = "/nope" # heir: ignore path-missing it comes later
	EOF
	answers 1 on_node check
	shows "[default-unknown]"
	[[ $output != *ignore-unused* ]]
}

@test "columns count characters, on a line of any length too, whatever is asked first" {
	python3 - >line <<-'EOF'
		pad = "é" * 30000
		print(f'crio = {{runtime = {{runtimes = {{a = {{runtime_path = "/nope", monitor_env = ["{pad}"]}}, '
		    f'b = {{runtime_path = "/nope"}}}}}}}}')
	EOF
	dropin 50-long.conf <line
	answers 1 on_node check --rule path-missing --format json
	where() { python3 -c 'import sys; t = open("line", encoding="utf-8").read(); print(getattr(t, sys.argv[1])("\"/nope\"") + 1)' "$1"; }
	is_json '[.findings[].column] | join(" ")' "$(where find) $(where rfind)"
}

@test "many handlers that inherit a long list cost what the file does" {
	{
		printf '[crio.runtime.runtimes.p]\nmonitor_env = ['
		seq 2000 | sed 's/.*/"V&=\\u0061",/'
		printf ']\n'
		# shellcheck disable=SC2046 # words
		printf '[crio.runtime.runtimes.h%d]\ninherit = "p"\ninherit_fields = ["all"]\n' $(seq 2000)
	} | dropin 50-many.conf
	is_sanitized && skip "a sanitized program is large"
	for command in show "check --rule path-missing"; do
		answers 0 bash -c "ulimit -v 200000; '$HEIR' --crio-version $RELEASE --root '$NODE' $command >/dev/null"
	done
}

@test "a DNS label: up to 63 lower-case letters, digits and dashes, with no dash at either end" {
	long=$(head -c 63 /dev/zero | tr '\0' a)
	for name in a 0 a-b 0-0 a--b "$long"; do
		printf '[crio.runtime.runtimes."%s"]\ninherit = "crun"\n' "$name" | dropin 50-x.conf
		answers 0 on_node check --rule name-not-dns-label --format json
		is_json '.findings | length' 0
	done
	for name in - -a a- A a.b a_b "a b" é "${long}a"; do
		printf '[crio.runtime.runtimes."%s"]\ninherit = "crun"\n' "$name" | dropin 50-x.conf
		answers 0 on_node check --rule name-not-dns-label --format json
		is_json '[.findings[].rule] | join(" ")' name-not-dns-label
	done
}

@test "a fault is one finding: what CRI-O says of the same handler is not repeated" {
	dropin 50-gpu.conf <<-'END'
		[crio.runtime.runtimes.lost]
		inherit = "nobody"
		[crio.runtime.runtimes.a]
		inherit = "b"
		[crio.runtime.runtimes.b]
		inherit = "a"
		[crio.runtime.runtimes.var]
		inherit = "${UNSET}"
		[crio.runtime.runtimes.cond]
		inherit_when = [{inherit = "crun", when = {"kernel.version.major" = "5"}}]
		[crio.runtime.runtimes.low]
		inherit = "default"
		allowed_annotations = ["no.such"]
	END
	answers 1 on_node check -o json
	is_json '[.findings[] | select(.level == "error") | .handler + " " + .rule] | sort | join(", ")' \
		"a inherit-cycle, b inherit-cycle, cond facts-needed, lost parent-unknown, low annotation-unknown, var variable-unset"
}

@test "handlers that are pending are one finding, with all their names and what to run" {
	for i in $(seq 1 300); do
		printf '[crio.runtime.runtimes.h%d]\ninherit = "default"\n' "$i"
	done | dropin 50-many.conf
	answers 0 on_node check -o json
	is_json '.findings | length' 1
	is_json '.findings[0] | .rule + " " + .level' "inherit-not-applied warning"
	is_json '.findings[0].handlers | length' 300
	is_json '.findings[0].handler' null
	is_json '.findings[0].help | contains("heir apply")' true
	is_json '.findings[0].message | startswith("300 handlers (")' true
	# A comment takes a handler out of the list.
	{
		printf '[crio.runtime.runtimes.h0]\ninherit = "default" # heir: ignore inherit-not-applied later\n'
		printf '[crio.runtime.runtimes.%s]\ninherit = "default"\n' h1 h2
	} | dropin 50-many.conf
	answers 0 on_node check -o json
	is_json '.findings[0].handlers | join(" ")' "h1 h2"
	# One alone is named where it stands.
	printf '[crio.runtime.runtimes.h1]\ninherit = "default"\n' | dropin 50-many.conf
	answers 0 on_node check -o json
	is_json '.findings[0] | .handler + " " + (.handlers | join(" "))' "h1 h1"
}

@test "every command says of the same handlers that they are pending" {
	dropin 50-gpu.conf <<-'END'
		[crio.runtime.runtimes.gpu]
		inherit = "default"
		[crio.runtime.runtimes.new]
		[crio.runtime.runtimes.own]
		runtime_path = "/usr/bin/crun"
		runtime_root = "/run/own"
	END
	words="CRI-O does this only once it is applied"
	for command in show graph; do
		answers 0 on_node $command -o json
		is_json '[.handlers[] | select(.pending) | .name] | join(" ")' "gpu new"
		answers 0 on_node $command
		shows "$words"
		answers 0 on_node --as stock $command -o json
		is_json '[.handlers[] | select(.pending)] | length' 0
	done
	answers 1 on_node diff -o json
	is_json '[.handlers[] | select(.pending) | .name] | join(" ")' "gpu new"
	answers 1 on_node diff
	shows "$words"
	answers 0 on_node explain gpu -o json
	is_json .pending true
	answers 0 on_node explain gpu
	[[ ${lines[0]} == "gpu is pending: "*"$words" ]]
	answers 0 on_node explain gpu.runtime_path
	[[ ${lines[0]} == *"pending: $words" ]]
	answers 0 on_node explain own -o json
	is_json .pending false
	answers 0 on_node report
	shows "$words"
	answers 1 on_node check
	shows "handler \"gpu\" is pending: $words"
	# What carries it to CRI-O ends that.
	on_node render >rendered
	dropin zz-heir.conf <rendered
	answers 0 on_node show -o json
	is_json '[.handlers[] | select(.pending)] | length' 0
	answers 0 on_node show
	[[ $output != *"$words"* ]]
}

@test "the last lines say how many findings there are, and where to read about them" {
	printf '[crio.runtime.runtimes.gpu]\nruntime_path = "/nope"\n' | dropin 50-gpu.conf
	answers 1 on_node check
	is "heir: 1 error, 0 warnings, 0 notes" "${lines[-2]}"
	is "For details: heir rules path-missing" "${lines[-1]}"
	answers 1 on_node check -q
	[[ $output != *"For details"* ]]
	answers 1 on_node check -o json
	is_json '.counts | tojson' '{"errors":1,"warnings":0,"notes":0}'
	answers 1 on_node check --statistics
	is "     1  error    path-missing" "${lines[0]}"
	answers 2 on_node check --statistics -o json
}

@test "--against leaves out what was there before, wherever it stands now" {
	OLD=$BATS_TEST_TMPDIR/old
	printf '[crio.runtime.runtimes.gpu]\nruntime_path = "/nope"\n' | dropin 50-gpu.conf
	cp -r "$NODE" "$OLD"
	printf '\n\n[crio.runtime.runtimes.gpu]\nruntime_path = "/nope"\n' | dropin 50-gpu.conf
	answers 0 on_node check --against "$OLD"
	is "" "$output"
	printf '[crio.runtime.runtimes.new]\nruntime_path = "/nope"\n' | dropin 60-new.conf
	answers 1 on_node check --against "$OLD" -o json
	is_json '[.findings[].handler] | join(" ")' new
	answers 1 heir --root "$OLD" check --against "$NODE" --strict -o json ||
		answers 0 heir --root "$OLD" check --against "$NODE" -o json
	is_json '.findings | length' 0
	answers 2 on_node check --against "$OLD" --fix
	answers 3 on_node check --against "$BATS_TEST_TMPDIR/nowhere"
}

@test "GitLab's Code Quality: paths below the working directory, fingerprints that stay" {
	printf '[crio.runtime.runtimes.gpu]\nruntime_path = "/nope"\n' | dropin 50-gpu.conf
	answers 1 heir --root node check -o gitlab
	is_json '.[0] | [.check_name, .severity, .location.path, .location.lines.begin] | join(" ")' \
		"path-missing critical node/$CONFD/50-gpu.conf 2"
	before=$(jq -r '.[0].fingerprint' <<<"$output")
	printf '\n[crio.runtime.runtimes.gpu]\nruntime_path = "/nope"\n' | dropin 50-gpu.conf
	answers 1 heir --root node check -o gitlab
	is_json '.[0].fingerprint' "$before"
	rm "$NODE/$CONFD/50-gpu.conf"
	answers 0 heir --root node check -o gitlab
	is_json length 0
	answers 0 heir check node node -o gitlab
	is_json length 0
}

@test "JUnit: a suite a node, a case a finding, and errors are failures" {
	printf '[crio.runtime.runtimes.gpu]\nruntime_path = "/<&nope"\n[crio.runtimes]\n' | dropin 50-gpu.conf
	run heir -i "$HEIR_SOURCE/examples/ocp-cluster" check -o junit
	is 2 "$(grep -cE '<testsuite name="heir check pool (gpu|worker)"' <<<"$output")"
	answers 1 heir --root node check -o junit
	! command -v xmllint >/dev/null || xmllint --noout - <<<"$output"
	is 1 "$(grep -c '<failure type="error"' <<<"$output")"
	is 1 "$(grep -c '<system-out>warning' <<<"$output")"
	shows "classname=\"node/$CONFD/50-gpu.conf:2:16\" name=\"path-missing\""
	[[ $output != *"/<"* || $output == *"&#60;&#38;nope"* ]]
	answers 3 heir check node gone -o junit
	shows 'name="heir check gone" tests="1" failures="0" errors="1"'
	shows '<error message="gone: no such file or directory"/>'
	answers 1 heir check node node -o junit
	is 2 "$(grep -c '<testsuite ' <<<"$output")"
	rm "$NODE/$CONFD/50-gpu.conf"
	answers 0 heir --root node check -o junit
	is 1 "$(grep -c '<testcase ' <<<"$output")"
}

@test "a handler without a path is dropped, and heir apply is named as a way out where heir would inherit" {
	binary usr/bin/crun
	dropin 50-trace.conf <<<'[crio.runtime.runtimes.trace]'
	on_node show --format json >show.json 2>/dev/null || :
	is "true" "$(jq '.handlers[] | select(.name == "trace") | .pending' show.json)"
	run -1 --separate-stderr on_node check --rule path-not-found --format json
	[[ $(jq -r '.findings[] | select(.handler == "trace") | .help' <<<"$output") == *"heir apply"* ]]
	dropin 60-off.conf <<<$'[crio.runtime]\nimplicit_inherit = false'
	run -1 --separate-stderr on_node check --rule path-not-found --format json
	[[ $(jq -r '.findings[] | select(.handler == "trace") | .help' <<<"$output") != *"heir apply"* ]]
}
