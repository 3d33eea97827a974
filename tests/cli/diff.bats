#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir diff: its targets, their names, and the reported differences.

load heir

# Another node beside the one at hand.
other()
{
	OTHER=$BATS_TEST_TMPDIR/other
	cp -a "$NODE" "$OTHER"
}

# other_dropin NAME
other_dropin()
{
	cat >"$OTHER/$CONFD/$1"
}

# What a migration finds: the default, a handler that follows it, one that does not, one by CRI-O's
# own rule.
sample()
{
	binary usr/bin/runc
	dropin 00-default <<-'EOF'
		[crio.runtime]
		default_runtime = "crun"
		[crio.runtime.runtimes.crun]
		runtime_root = "/run/crun"
		[crio.runtime.runtimes.runc]
		runtime_root = "/run/runc"
	EOF
	dropin 50-more.conf <<-'EOF'
		[crio.runtime.runtimes.own]
		runtime_path = "/usr/bin/runc"
		[crio.runtime.runtimes.perf]
		inherit = "default"
		[crio.runtime.runtimes.stock]
		inherit_default_runtime = true
	EOF
}

# How the handlers of $output differ, as "name change field,field" lines.
changes()
{
	jq -r '.handlers[] | "\(.name) \(.change) \(.fields | keys_unsorted | join(","))"' <<<"$output"
}

@test "by itself it compares stock with heir: what applying would change" {
	sample
	answers 1 on_node diff
	is "" "$stderr"
	shows "--- stock, CRI-O 1."
	shows "+++ heir, CRI-O 1."
	shows '* perf  fixed; it was dropped: no runtime_path, and "perf" is not in $PATH'
	shows '-> "/usr/bin/crun"  inherited from crun, 50-more.conf:4'
	shows '1 handler differs (1 fixed), 4 do not'
}

@test "without heir's keys there is nothing to tell, and 0" {
	dropin 50-x.conf <<-'EOF'
		[crio.runtime.runtimes.x]
		runtime_path = "/usr/bin/crun"
		runtime_type = "oci"
		runtime_root = "/run/crun"
	EOF
	answers 0 on_node diff
	shows "no handler differs (2 compared)"
	answers 0 on_node diff --format json
	is_json '.handlers | length' 0
}

@test "json tells both sides, each change, and whose decision each value was" {
	sample
	answers 1 on_node diff --format json
	is_json '.schema' heir.diff/1
	is_json '.left.as + " " + .right.as' "stock heir"
	is_json '.left.root' "$NODE"
	is_json '.right.default_runtime' crun
	is_json '.handlers | length' 1
	is_json '.handlers[0].name + " " + .handlers[0].change' "perf fixed"
	is_json '.handlers[0].reason' 'no runtime_path, and "perf" is not in $PATH'
	is_json '.handlers[0].fields.runtime_path.old' null
	is_json '.handlers[0].fields.runtime_path.new.value' /usr/bin/crun
	is_json '.handlers[0].fields.runtime_root.new | tojson' \
		'{"value":"/run/crun","kind":"inherited","from":"crun","layer":"template","file":"/etc/crio/crio.conf.d/00-default","line":4,"column":16}'
	is_json '[paths | map(strings) | last] | unique | join(" ")' \
		"as change column crio_version crio_version_assumed default_runtime error fields file from handlers kind layer left line name new old pending reason right root runtime_path runtime_root schema starts stops value"
	is_json 'keys_unsorted | join(" ")' "schema left right handlers"
	is_json '.left | keys_unsorted | join(" ")' "as crio_version crio_version_assumed root default_runtime error starts stops"
	is_json '.handlers[0] | keys_unsorted | join(" ")' "name change reason pending fields"
	is_json '.handlers[0].fields.runtime_path | keys_unsorted | join(" ")' "old new"
}

@test "--against another tree: every kind of change, and the other way round" {
	sample
	other
	dropin 60-here.conf <<-'EOF'
		[crio.runtime.runtimes.breaks]
		runtime_path = "/usr/bin/runc"
		[crio.runtime.runtimes.goes]
		runtime_path = "/usr/bin/runc"
		[crio.runtime.runtimes.heals]
		runtime_path = "/nowhere"
		[crio.runtime.runtimes.stays]
		runtime_path = "/nowhere"
	EOF
	other_dropin 60-there.conf <<-'EOF'
		[crio.runtime.runtimes.breaks]
		runtime_path = "/nowhere"
		[crio.runtime.runtimes.comes]
		runtime_path = "/usr/bin/runc"
		[crio.runtime.runtimes.heals]
		runtime_path = "/usr/bin/runc"
		[crio.runtime.runtimes.own]
		runtime_path = "/usr/bin/crun"
		[crio.runtime.runtimes.stays]
		runtime_path = "/elsewhere"
	EOF
	answers 1 on_node diff --against "$OTHER"
	is "" "$stderr"
	shows "--- stock, CRI-O 1.37, $NODE"
	shows "+++ stock, CRI-O 1.37, $OTHER"
	shows '! breaks  broken: /nowhere does not exist (60-there.conf:2)'
	shows '+ comes  added'
	shows '    runtime_path = "/usr/bin/runc"  explicit, 60-there.conf:4'
	shows '- goes  removed'
	shows '    runtime_path = "/usr/bin/runc"  explicit, 60-here.conf:4'
	shows '* heals  fixed; it was dropped: /nowhere does not exist (60-here.conf:6)'
	shows '~ own  changed'
	shows 'runtime_path    "/usr/bin/runc"  explicit, 50-more.conf:2'
	shows '-> "/usr/bin/crun"  explicit, 60-there.conf:8'
	shows '~ stays  still dropped: /elsewhere does not exist (60-there.conf:10) before: /nowhere'
	shows '6 handlers differ (1 added, 1 removed, 2 changed, 1 broken, 1 fixed), 4 do not'
	run heir --root "$OTHER" diff --against "$NODE" --format json
	is "breaks fixed runtime_path
comes removed runtime_path,monitor_path,container_min_memory,container_create_timeout,monitor_cgroup
goes added runtime_path,monitor_path,container_min_memory,container_create_timeout,monitor_cgroup
heals broken runtime_path
own changed runtime_path
stays changed runtime_path" "$(changes)"
	is_json '.handlers[] | select(.name == "breaks") | .reason' "/nowhere does not exist"
	is_json '.handlers[] | select(.name == "stays") | .reason' "/nowhere does not exist"
	is_json '.handlers[] | select(.name == "own") | .reason' null
}

@test "a tree against itself, and with other words for the same: nothing, and 0" {
	sample
	other
	answers 0 on_node diff --against "$NODE"
	other_dropin 50-more.conf <<-'EOF'
		# Moved, and said in another way.
		[crio.runtime.runtimes.stock]
		inherit_default_runtime = true
		[crio.runtime.runtimes.perf]
		inherit = "crun"
		[crio.runtime.runtimes.own]
		runtime_path = "/usr/bin/runc"
	EOF
	answers 0 on_node diff --against "$OTHER"
}

@test "two nodes are compared by what they do now; that heir would make them differ is said" {
	sample
	other
	# perf inherits, which stock ignores: on neither node does anything change yet.
	other_dropin 50-more.conf <<-'EOF'
		[crio.runtime.runtimes.own]
		runtime_path = "/usr/bin/runc"
		[crio.runtime.runtimes.perf]
		inherit = "runc"
	EOF
	answers 0 on_node diff --against "$OTHER" perf
	shows "--- stock"
	says "--as heir"
	answers 1 on_node diff --against "$OTHER" --as heir perf
	shows "~ perf  changed"
	is "" "$stderr"
}

@test "--as holds for both trees" {
	sample
	other
	other_dropin 50-more.conf </dev/null
	answers 1 on_node diff --as stock --against "$OTHER" --format json
	is_json '.left.as + " " + .right.as' "stock stock"
	is_json '.handlers[] | select(.name == "perf") | .change' removed
	is_json '.handlers[] | select(.name == "perf") | .reason' \
		'no runtime_path, and "perf" is not in $PATH'
}

@test "--default-runtime: what happens to the handlers when the default moves" {
	sample
	answers 1 on_node diff --default-runtime runc
	shows 'default_runtime    "crun"  00-default:2'
	shows '-> "runc"  what if'
	# The sides are called by what differs.
	[[ ${lines[0]} != *"with default_runtime"* ]]
	is "+++ heir, CRI-O 1.37, $NODE with default_runtime = \"runc\"" "${lines[1]}"
	shows '~ perf, stock  changed'
	shows '-> "/usr/bin/runc"  inherited from runc'
	[[ $output != *50-more.conf* ]]
	[[ $output != *own* ]]
	shows '2 handlers differ (2 changed), 3 do not'
	answers 0 on_node diff --default-runtime crun
	answers 1 on_node diff --default-runtime runc --as stock --format json
	is "stock changed runtime_path,runtime_root" "$(changes)"
	is_json '.left.default_runtime + " " + .right.default_runtime' "crun runc"
}

@test "what if, built in, and a file that leaves the default to CRI-O are told apart" {
	binary usr/bin/runc
	dropin 00-default <<-'EOF'
		[crio.runtime]
		default_runtime = "runc"
		[crio.runtime.runtimes.runc]
	EOF
	other
	other_dropin 00-default <<-'EOF'
		[crio.runtime]
		default_runtime = ""
		[crio.runtime.runtimes.runc]
	EOF
	answers 1 on_node diff --default-runtime crun
	shows '-> "crun"  what if'
	answers 1 on_node diff --against "$OTHER"
	shows '-> "crun"  built in'
	# The same name as in the file, but it is not the file that says it.
	answers 1 heir --root "$OTHER" diff --against "$NODE" --default-runtime runc
	shows '-> "runc"  what if'
}

@test "a chosen candidate is told with the place of the list" {
	answers 1 heir --root "$HEIR_SOURCE/examples/gpu-node" \
		--facts "$HEIR_SOURCE/examples/gpu-node/facts.json" diff userns
	shows '-> "/usr/libexec/crio/crun"  chosen candidate, 60-userns.conf:4'
}

@test "a default that no file defines: CRI-O would not start, with the reason" {
	sample
	answers 1 on_node diff --default-runtime nobody
	shows '+++ CRI-O would not start: default_runtime is "nobody", which no file defines'
	[[ $output != *handlers* ]]
	answers 1 on_node diff --default-runtime nobody --format json
	is_json '.left.error' null
	is_json '.right.error.rule' default-unknown
	is_json '.right.default_runtime' null
	is_json '.handlers | length' 0
}

@test "a file that CRI-O cannot parse, on either side" {
	sample
	other
	other_dropin 60-bad.conf <<<'[crio.runtime'
	answers 1 on_node diff --against "$OTHER"
	shows '+++ CRI-O would not start:'
	shows '(60-bad.conf:'
	answers 1 heir --root "$OTHER" diff --against "$NODE"
	shows '--- CRI-O would not start:'
	answers 1 heir --root "$OTHER" diff
	shows '--- CRI-O would not start:'
	shows '+++ CRI-O would not start:'
	# Names cannot be judged then.
	answers 1 heir --root "$OTHER" diff whoever
}

@test "--crio-version A..B: a field that arrives" {
	dropin 50-x.conf <<-'EOF'
		[crio.runtime.runtimes.crun]
		runtime_path = "/usr/bin/crun"
		container_create_timeout = 300
	EOF
	answers 1 on_node diff --crio-version 1.34..1.35
	shows "--- heir, CRI-O 1.34, $NODE"
	shows "+++ heir, CRI-O 1.35, $NODE"
	shows 'container_create_timeout    not known to CRI-O 1.34'
	shows '-> 300  explicit, 50-x.conf:3'
	answers 1 on_node diff --crio-version 1.35..1.34 --format json
	is_json '.handlers[0].fields | keys[0], .[].old.value, .[].new' "container_create_timeout
300
null"
}

@test "--crio-version A..B: CRI-O's own rule for the default arrives" {
	sample
	answers 1 on_node diff --as stock --crio-version 1.30..1.32 --format json stock
	is_json '.handlers[0].change' fixed
	is_json '.handlers[0].fields.inherit_default_runtime.new.value' true
	answers 1 on_node diff --as stock --crio-version 1.32..1.30.1 --format json stock
	is_json '.handlers[0].change' broken
	is_json '.right.crio_version' 1.30.1
}

@test "--crio-version A..B: the built-in default moves from runc to crun" {
	binary usr/bin/runc
	answers 1 on_node diff --crio-version 1.30..1.31
	shows 'default_runtime    "runc"  built in'
	shows '-> "crun"  built in'
	shows '+ crun  added'
	shows '- runc  removed'
}

@test "what-if, releases and trees may be combined" {
	sample
	other
	other_dropin 00-default <<-'EOF'
		[crio.runtime]
		default_runtime = "crun"
		[crio.runtime.runtimes.crun]
		[crio.runtime.runtimes.runc]
		runtime_root = "/run/other"
	EOF
	answers 1 on_node diff --crio-version 1.33..1.34 --against "$OTHER" --default-runtime runc \
		--as heir --format json perf
	is_json '.left | .crio_version, .default_runtime, .root' "1.33
crun
$NODE"
	is_json '.right | .crio_version, .default_runtime, .root' "1.34
runc
$OTHER"
	is_json '.handlers[0].fields.runtime_root | .old.value, .new.value' "/run/crun
/run/other"
}

@test "one release holds for both sides" {
	sample
	answers 1 on_node diff --crio-version 1.36.1 --format json
	is_json '.left.crio_version + " " + .right.crio_version' "1.36.1 1.36.1"
}

@test "names limit what is compared, and what the exit code is about" {
	sample
	answers 1 on_node diff --default-runtime runc perf own
	shows "~ perf  changed"
	shows "1 handler differs (1 changed), 1 does not"
	[[ $output != *$'\n'default_runtime* ]]
	[[ $output != *"~ stock"* ]]
	answers 0 on_node diff --default-runtime runc own
	answers 2 on_node diff prf
	says 'no file of either side defines a handler "prf" (did you mean "perf"?)'
	is "" "$output"
}

@test "a name that only one side defines is a name" {
	sample
	other
	other_dropin 60-x.conf <<-'EOF'
		[crio.runtime.runtimes.only-there]
		runtime_path = "/usr/bin/crun"
	EOF
	answers 1 on_node diff --against "$OTHER" only-there
	answers 1 heir --root "$OTHER" diff --against "$NODE" only-there
	shows "- only-there  removed"
}

@test "wrong use is 2, what cannot be read 3" {
	sample
	answers 2 on_node diff --as stock
	says "--as needs --against"
	answers 2 on_node diff --crio-version 1.34..
	says '--crio-version: "" is not a release'
	answers 2 on_node diff --crio-version ..1.34
	answers 2 on_node diff --crio-version 1.34..9.9
	says '--crio-version: "9.9" is not a release'
	answers 2 on_node diff --format toml
	answers 2 on_node show --against /
	says "show takes no --against"
	answers 2 on_node show --crio-version 1.34..1.35
	says '--crio-version: A..B is for diff and report'
	answers 3 on_node diff --against "$BATS_TEST_TMPDIR/nowhere"
	says "--against: $BATS_TEST_TMPDIR/nowhere:"
	answers 3 on_node --config /nowhere diff
}

@test "the other commands take --default-runtime and --crio-version as before" {
	sample
	answers 0 on_node --default-runtime runc --crio-version 1.34 show --format json
	is_json '.default_runtime + " " + .crio_version' "runc 1.34"
	answers 2 on_node show --crio-version 9.9
}

@test "the help says what is left and what is right" {
	answers 0 heir diff --help
	shows "The left side is this node as it is."
	shows "--against PATH"
	shows "--crio-version A..B"
	answers 0 heir show --help
	[[ $output != *--against* ]]
	while IFS= read -r line; do
		[ "${#line}" -le 80 ] || is "" "$line"
	done < <(heir diff --help | sed -n '1,/^Options/p')
}

@test "the worker of the examples: applying mends what inherits, and breaks nothing" {
	answers 1 heir --root "$HEIR_SOURCE/examples/ocp-worker" diff --format json
	is_json '[.handlers[] | .change] | unique | join(" ")' "changed fixed"
	is_json '.handlers[] | select(.name == "high-performance") | .fields.runtime_path.new.value' /usr/bin/crun
	# What `show` has for both sides is what is told here.
	wanted=$(jq -n -r \
		--argjson stock "$(heir --root "$HEIR_SOURCE/examples/ocp-worker" --as stock show --format json)" \
		--argjson heir "$(heir --root "$HEIR_SOURCE/examples/ocp-worker" show --format json)" '
		[$stock.handlers, $heir.handlers] | transpose[] |
		select(.[0].status == "ok" or .[1].status == "ok") |
		. as [$a, $b] | ($a.fields + $b.fields | keys[]) as $f |
		select($a.fields[$f].value != $b.fields[$f].value) |
		"\($a.name) \($f) \($a.fields[$f].value) \($b.fields[$f].value)"' | sort)
	[ -n "$wanted" ]
	is "$wanted" "$(jq -r '.handlers[] | .name as $name | .fields | to_entries[] |
		"\($name) \(.key) \(.value.old.value) \(.value.new.value)"' <<<"$output" | sort)"
}

@test "every document keeps to heir.diff/1" {
	python3 -c 'import jsonschema' 2>/dev/null || skip "no python3 with jsonschema here"
	sample
	n=0
	for tree in "$NODE" "$HEIR_SOURCE"/examples/{ocp-worker,debian-node,gpu-node}; do
		for options in "" "--default-runtime runc" "--default-runtime nobody" \
			"--crio-version 1.28..1.37" "--crio-version 1.35..1.30.2" \
			"--against $HEIR_SOURCE/examples/ocp-worker" \
			"--against $NODE --as stock"; do
			n=$((n + 1))
			# shellcheck disable=SC2086 # a list of words
			run --separate-stderr heir --root "$tree" diff $options --format json
			[ "$status" -le 1 ]
			echo "$output" >"$n"
		done
	done
	jq '.handlers[0].change = "other"' 1 >wrong
	jq '.handlers[0].fields.runtime_path.new.value = 7' 1 >wrong-value
	python3 -W ignore - "$HEIR_SOURCE/doc/schemas/heir.diff-1.json" "$n" <<-'EOF'
		import json, sys
		from jsonschema import Draft202012Validator

		with open(sys.argv[1], encoding="utf-8") as file:
		    schema = json.load(file)
		Draft202012Validator.check_schema(schema)
		validator = Draft202012Validator(schema)

		def errors(name):
		    with open(name, encoding="utf-8") as file:
		        return [error.message for error in validator.iter_errors(json.load(file))]

		for number in range(1, int(sys.argv[2]) + 1):
		    if errors(str(number)):
		        sys.exit(f"document {number}: {errors(str(number))}")
		if not errors("wrong") or not errors("wrong-value"):
		    sys.exit("a document that breaks its schema is not found")
	EOF
}

@test "on a terminal of 80 columns no line is wider, and colour is asked for" {
	needs_terminal
	root=$HEIR_SOURCE/examples/ocp-worker
	on_terminal="stty cols 80; NO_COLOR=1 LC_ALL=C.UTF-8 '$HEIR' --crio-version $RELEASE --root '$root' diff"
	script -qec "$on_terminal" /dev/null </dev/null | tr -d '\r' >narrow || :
	[ -s narrow ]
	run ! grep -q $'\e' narrow
	# The paths of the two roots are the caller's.
	[ -z "$(tail -n +3 narrow | grep -E '.{81}')" ]
	answers 1 heir --root "$root" --color always diff
	shows $'\e[1mhigh-performance\e[0m'
	answers 1 heir --root "$root" diff
	[[ $output != *$'\e'* ]]
}

@test "names that a terminal would obey are escaped" {
	dropin 50-x.conf <<-'EOF'
		[crio.runtime.runtimes."a\u001b[31m"]
		inherit = "crun"
	EOF
	answers 1 on_node diff
	[[ $output != *$'\e'* ]]
	shows 'a\x1b[31m'
}

@test "20,000 handlers on either side take no more than linear time" {
	is_sanitized && skip "a sanitized program is slow"
	other
	handlers 1 20000 | sed 's/$/\nruntime_path = "\/usr\/bin\/crun"/' >"$NODE/$CONFD/50-many.conf"
	sed 's/runtimes\.h/runtimes.g/' "$NODE/$CONFD/50-many.conf" >"$OTHER/$CONFD/50-many.conf"
	answers 1 on_node diff --against "$OTHER"
	shows "40000 handlers differ (20000 added, 20000 removed), 1 does not"
}

@test "what stops heir alone is not said of CRI-O" {
	mkdir -p "$NODE/etc/crio/heir.d"
	printf '[crio.runtime.runtimes.x]\nruntime_path = 5\n' >"$NODE/etc/crio/heir.d/1"
	answers 1 on_node diff
	shows "+++ heir cannot resolve:"
	[[ $output != *"CRI-O would not start"* ]]
	answers 0 on_node --as stock show
	rm "$NODE/etc/crio/heir.d/1"
	ln -s nowhere "$NODE/etc/crio/heir.d/2"
	answers 3 on_node show
	says "cannot read this file"
	[[ $stderr != *CRI-O* ]]
}

@test "between two releases, handlers of which the same is told stand together" {
	for name in a b c d; do
		printf '[crio.runtime.runtimes.%s]\nruntime_path = "/usr/bin/crun"\n' $name
	done >"$NODE/$CONFD/50-many.conf"
	printf 'exec_cpu_affinity = "first"\n' >>"$NODE/$CONFD/50-many.conf"
	answers 1 on_node diff --crio-version 1.31..1.36
	shows "~ a, b, c  changed"
	shows "~ d  changed"
	# JSON has each.
	answers 1 on_node diff --crio-version 1.31..1.36 --format json
	is "a b c crun d" "$(jq -r '[.handlers[].name] | join(" ")' <<<"$output")"
}

@test "Markdown: a table of fields, folded origins, and the graph; names cannot leave it" {
	sample
	answers 1 on_node diff --default-runtime runc --format markdown
	is "" "$stderr"
	shows '| default\_runtime | changed | | `"crun"` | `"runc"` |'
	[ "$(grep -c '<details>' <<<"$output")" -eq 2 ]
	[ "$(grep -c '</details>' <<<"$output")" -eq 2 ]
	# Every row of the table has its five cells.
	is 5 "$(sed -n '/^| handler/,/^$/p' <<<"$output" | sed '/^$/d' | tr -cd '|\n' | awk '{ print length - 1 }' | sort -u)"
	sed -n '/^```mermaid$/,/^```$/p' <<<"$output" | grep -q flowchart
	dropin 60-odd <<-'EOF'
		[crio.runtime.runtimes."a`b|c <img src=x> @team #1"]
		runtime_path = "/usr/bin/runc"
		[crio.runtime.runtimes."``` </details>"]
		runtime_path = "/usr/bin/runc"
	EOF
	answers 1 on_node diff --without 60-odd --format markdown
	[ "$(grep -c '^```$' <<<"$output")" -eq 1 ]
	[ "$(grep -c '^</details>$' <<<"$output")" -eq 2 ]
	shows '| ```` ``` </details> ````, `` a`b\|c <img src=x> @team #1 `` | removed |'
	answers 0 on_node diff --against "$NODE" --format markdown
	shows "No runtime handler differs"
}

@test "Markdown of several pools: a section each" {
	answers 1 heir -i "$HEIR_SOURCE/examples/ocp-cluster" diff --default-runtime runc --format markdown
	is "## Pool gpu" "$(grep -m 1 '^## ' <<<"$output")"
	shows "## Pool worker"
}
