#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests that every JSON document conforms to its schema in doc/schemas.

load heir

# Validates documents, one argument each, against the schema that "schema" in them names.
conform()
{
	python3 -W ignore - "$HEIR_SOURCE/doc/schemas" "$@" <<-'EOF'
		import json, sys
		from jsonschema import Draft202012Validator

		failed = False
		for name in sys.argv[2:]:
		    with open(name, encoding="utf-8") as file:
		        document = json.load(file)
		    schema_name = document["schema"].replace("/", "-") + ".json"
		    with open(f"{sys.argv[1]}/{schema_name}", encoding="utf-8") as file:
		        schema = json.load(file)
		    Draft202012Validator.check_schema(schema)
		    for error in Draft202012Validator(schema).iter_errors(document):
		        failed = True
		        where = "/".join(str(part) for part in error.absolute_path)
		        print(f"{name} ({schema_name}): {where}: {error.message}"[:400])
		sys.exit(failed)
	EOF
}

needs_jsonschema()
{
	python3 -c 'import jsonschema' 2>/dev/null || skip "no python3 with jsonschema here"
}

# into FILE COMMAND...: its output, whatever its status.
into()
{
	local file=$1
	shift
	"$@" >"$file" 2>/dev/null || [ $? -le 3 ]
	[ -s "$file" ]
}

@test "a document that breaks its schema is found" {
	needs_jsonschema
	into good on_node show --format json
	conform good
	jq '.handlers[0].status = "fine"' good >bad
	run conform bad
	[ "$status" -ne 0 ]
	jq '.more = 1' good >bad
	run conform bad
	[ "$status" -ne 0 ]
}

@test "wherever a schema lists the fields of a handler it lists all, with their types" {
	python3 - "$HEIR_SOURCE/doc/schemas" <(heir schema --as stock) <<-'EOF'
		import glob, json, sys

		KINDS = {"string": "string", "boolean": "boolean", "integer": "integer",
		         "array": "strings", "object": "map"}

		def lists(node, found):
		    if isinstance(node, dict):
		        if "runtime_pull_image" in node.get("properties", ()):
		            found.append(node["properties"])
		        for value in node.values():
		            lists(value, found)
		    elif isinstance(node, list):
		        for value in node:
		            lists(value, found)
		    return found

		with open(sys.argv[2], encoding="utf-8") as file:
		    wanted = {name: KINDS[value["type"]] for name, value in lists(json.load(file), [])[0].items()}
		n = 0
		for path in sorted(glob.glob(sys.argv[1] + "/*.json")):
		    with open(path, encoding="utf-8") as file:
		        for given in lists(json.load(file), []):
		            n += 1
		            given = {name: value["$ref"].removeprefix("#/$defs/") for name, value in given.items()}
		            assert given == wanted, (path, set(given.items()) ^ set(wanted.items()))
		assert n >= 5, n
	EOF
}

@test "show keeps to heir.show/1: examples, semantics, releases, stages, errors" {
	needs_jsonschema
	n=0
	facts=(--facts "$HEIR_SOURCE/examples/gpu-node/facts.json")
	for tree in ocp-worker debian-node gpu-node; do
		for options in "" "--as stock" "--crio-version 1.28" "--crio-version 1.31.2" \
			"--default-runtime nobody" "--config /nowhere" "--stage loaded" "--all"; do
			n=$((n + 1))
			into "$n" heir --root "$HEIR_SOURCE/examples/$tree" "${facts[@]}" \
				show $options --format json
		done
	done
	conform $(seq $n)
}

@test "explain keeps to heir.explain/1: every handler of the examples, whole and by field" {
	needs_jsonschema
	n=0
	facts=(--facts "$HEIR_SOURCE/examples/gpu-node/facts.json")
	for tree in ocp-worker debian-node gpu-node; do
		for as in heir stock; do
			node=(--root "$HEIR_SOURCE/examples/$tree" "${facts[@]}" --as $as)
			for name in $(heir "${node[@]}" show --format json | jq -r '.handlers[].name'); do
				for field in "" runtime_path allowed_annotations; do
					n=$((n + 1))
					into "$n" heir "${node[@]}" explain "$name" $field --format json
				done
			done
		done
	done
	[ $n -gt 100 ]
	# Without facts too.
	n=$((n + 1))
	into "$n" heir --root "$HEIR_SOURCE/examples/gpu-node" explain gpu --format json
	conform $(seq $n)
}

@test "graph keeps to heir.graph/1: examples, some handlers, a circle, and an error; it has the edges of dot" {
	needs_jsonschema
	n=0
	for tree in ocp-worker debian-node gpu-node; do
		for options in "" crun "--as stock" "--default-runtime nobody"; do
			n=$((n + 1))
			into "$n" heir --root "$HEIR_SOURCE/examples/$tree" graph $options --format json
		done
		heir --root "$HEIR_SOURCE/examples/$tree" graph --format dot 2>/dev/null >dot
		is "$(grep -c -- '->' dot)" "$(jq '[.handlers[] | select(.parent)] | length' $((n - 3)))"
		is "$(heir --root "$HEIR_SOURCE/examples/$tree" show --format json 2>/dev/null |
			jq -c '[.handlers[] | [.name, .parent, .via, .status]]')" \
			"$(jq -c '[.handlers[] | [.name, .parent, .via, .status]]' $((n - 3)))"
	done
	dropin 50-x <<-'END'
		[crio.runtime.runtimes.a]
		inherit = "b"
		[crio.runtime.runtimes.b]
		inherit = "a"
	END
	into circle on_node graph --format json
	is "b a" "$(jq -r '[.handlers[] | select(.name != "crun").parent] | join(" ")' circle)"
	conform $(seq $n) circle
}

@test "cat keeps to heir.cat/1: examples, and no file at all" {
	needs_jsonschema
	for tree in ocp-worker debian-node gpu-node; do
		into "$tree" heir --root "$HEIR_SOURCE/examples/$tree" cat --format json
	done
	into none on_node cat --format json
	conform ocp-worker debian-node gpu-node none
}

@test "explain KEY keeps to heir.key/1: every key of the release" {
	needs_jsonschema
	dropin 10 <<<$'[crio.runtime]\nlog_level = "debug"\n[crio]\nstorage_option = ["a"]'
	dropin 20 <<<$'[crio.runtime]\nlog_level = "odd"\n[crio.api]\nlisten = "/x"'
	n=0
	for key in $(on_node show --all --format json 2>/dev/null | jq -r '.keys | keys[]' | awk 'NR % 5 == 0') \
		crio.runtime.log_level crio.storage_option crio.api.listen crio.runtime.manage_ns_lifecycle; do
		n=$((n + 1))
		into "$n" on_node explain "$key" --format json
	done
	conform $(seq $n)
}

@test "blame keeps to heir.blame/1: examples, a line, objects, a file that is not TOML, no file" {
	needs_jsonschema
	for tree in ocp-worker debian-node gpu-node; do
		into "$tree" heir --root "$HEIR_SOURCE/examples/$tree" blame --format json
	done
	into line heir --root "$HEIR_SOURCE/examples/ocp-worker" blame 00-default:22 --format json
	is runc "$(jq -r '.depends.handlers[0].name' line)"
	into objects heir -i "$HEIR_SOURCE/examples/ocp-cluster" --pool worker blame --format json
	is true "$(jq 'any(.files[]; .object.name)' objects)"
	into none on_node blame --format json
	dropin x <<<'x = '
	into unread on_node blame --format json
	conform ocp-worker debian-node gpu-node line objects none unread
}

@test "render keeps to heir.render/1: examples, releases, settings, and nothing to say" {
	needs_jsonschema
	n=0
	facts=(--facts "$HEIR_SOURCE/examples/gpu-node/facts.json")
	for tree in ocp-worker debian-node gpu-node; do
		for options in "" "--crio-version 1.28" "--crio-version 1.31.2" "--default-runtime runc"; do
			n=$((n + 1))
			heir --root "$HEIR_SOURCE/examples/$tree" "${facts[@]}" render $options \
				--format json >"$n" 2>/dev/null || n=$((n - 1))
		done
	done
	[ $n -ge 9 ]
	on_node render --format json >none
	file etc/crio/heir.d/x <<-'EOF'
		[crio.runtime]
		default_runtime = "\u001bx"
		cgroup_manager = "cgroupfs"
		conmon = "/x"
		conmon_cgroup = "pod"
		conmon_env = ["A=1"]
		[crio.runtime.runtimes."\u001bx"]
		inherit = "crun"
	EOF
	binary x
	on_node render --format json >settings
	is 5 "$(jq '.settings | length' settings)"
	conform $(seq $n) none settings
}

@test "drift keeps to heir.drift/1: every kind of it, and files on which CRI-O would not start" {
	needs_jsonschema
	live=$HEIR_SOURCE/examples/reloaded-node
	n=0
	for options in "" "--as heir" "--path /nowhere" "--default-runtime newone" "--config /nowhere"; do
		for answer in started reloaded; do
			n=$((n + 1))
			into "$n" heir --root "$live" drift --live "$live/$answer.toml" $options \
				--format json
		done
	done
	into bare on_node drift --live "$live/reloaded.toml" --format json
	is "changed extra" "$(jq -r '[.handlers[].drift] | unique | join(" ")' bare)"
	conform $(seq $n) bare
}

@test "facts keep to heir.facts/1: the machines of the tests, a file with runtimes, this machine" {
	needs_jsonschema
	for name in intel amd arm64 gpu snp; do
		unpack "$name"
		into "$name" on_node facts
	done
	into file heir --facts "$HEIR_SOURCE/examples/gpu-node/facts.json" facts
	into here heir facts
	conform intel amd arm64 gpu file here
}

@test "features keep to heir.features/1: a file with runtimes, this machine" {
	needs_jsonschema
	into file heir --facts "$HEIR_SOURCE/examples/gpu-node/facts.json" features --format json
	into here heir features --format json
	into odd heir features /bin/sh /bin/true --format json
	conform file here odd
}

@test "help keeps to heir.help/1, whole and of every command" {
	needs_jsonschema
	into help heir help --format json
	for command in $(jq -r '.commands[].name' help); do
		into "$command" heir help "$command" --format json
		is "$command" "$(jq -r '.commands[].name' "$command")"
	done
	conform help show check diff
	same_options=$(heir check --help | sed -nE 's/^  (-., )?--([a-z-]+)( .*|$)/\2/p' | sort)
	is "$same_options" "$(jq -r '.options[].name' check | sort)"
}

@test "version keeps to heir.version/1, with and without --build" {
	needs_jsonschema
	into plain heir version --format json
	into build heir version --build --format json
	conform plain build
}

@test "trees of every odd kind keep to the schemas" {
	needs_jsonschema
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes."\u001bname\u0000 \u009b"]
		runtime_path = "/usr/bin/crun"
		platform_runtime_paths = {"linux/arm64" = "/usr/bin/crun"}
		default_annotations = {"" = "", "a.b" = "c"}
		[crio.runtime.runtimes.""]
		inherit = "default"
		[crio.runtime.runtimes.one]
		inherit = "two"
		[crio.runtime.runtimes.two]
		inherit = "one"
		[crio.runtime.runtimes.three]
		inherit = "one"
		[crio.runtime.runtimes.self]
		inherit = "self"
		[crio.runtime.runtimes.orphan]
		inherit = "nobody"
		[crio.runtime.runtimes.picky]
		runtime_candidates = "auto"
		[crio.runtime.runtimes.picky.runtime_requires]
		idmap = true
		[crio.runtime.runtimes.long]
		inherit = "default"
		inherit_fields = ["all"]
		no_sync_log = true
		container_create_timeout = 5
	EOF
	documents=(show cat)
	on_node show --format json >show 2>/dev/null
	on_node cat --format json >cat 2>/dev/null
	for name in "" one two three self orphan picky long $'\033name'; do
		on_node explain "$name" --format json >"explain-$name" 2>/dev/null || continue
		documents+=("explain-$name")
	done
	[ ${#documents[@]} -eq 10 ]
	conform "${documents[@]}"
}

@test "every JSON document of a command has a schema and a chapter in doc/json.md" {
	n=0
	for command in $(heir help --format json | jq -r '.commands[] | select(.formats | index("json")).name'); do
		# That of schema is one itself.
		[ "$command" != schema ] || continue
		n=$((n + 1))
		[ -e "$HEIR_SOURCE/doc/schemas/heir.$command-1.json" ] || {
			echo "no schema: $command"
			return 1
		}
		grep -q "heir\.$command/1" "$HEIR_SOURCE/doc/json.md" || {
			echo "not in doc/json.md: $command"
			return 1
		}
	done
	[ $n -ge 12 ]
}

@test "fields is an object by name in every schema" {
	n=0
	for schema in "$HEIR_SOURCE"/doc/schemas/heir.*.json; do
		types=$(jq -r '[.. | .properties? | .fields? | .type? // empty] | unique | join(" ")' "$schema")
		[ -n "$types" ] || continue
		n=$((n + 1))
		is object "$types"
	done
	[ $n -ge 7 ]
}

@test "check of several nodes keeps to heir.checks/1, whose findings are those of heir.check/1" {
	needs_jsonschema
	cd "$HEIR_SOURCE/examples"
	into "$BATS_TEST_TMPDIR/all" heir check ocp-worker debian-node gone gpu-node --format json
	into "$BATS_TEST_TMPDIR/fatal" heir check ocp-worker --default-runtime nobody --format json
	into "$BATS_TEST_TMPDIR/none" heir check gone --format json
	cd "$BATS_TEST_TMPDIR"
	conform all fatal none
	is true "$(jq '[.roots[].findings | length] | add > 10' all)"
	schemas=$HEIR_SOURCE/doc/schemas
	is "$(jq -cS .properties.findings.items "$schemas/heir.check-1.json")" \
		"$(jq -cS '."$defs".finding' "$schemas/heir.checks-1.json")"
}

@test "apply keeps to heir.apply/1: written, unchanged, planned, refused" {
	needs_jsonschema
	rm -rf "$NODE"
	cp -R "$HEIR_SOURCE/examples/ocp-worker" "$NODE"
	into planned on_node apply --dry-run --format json
	into written on_node apply --format json
	into unchanged on_node apply --format json
	rm "$NODE/$CONFD/60-tracing.conf"
	into lost on_node apply --format json
	dropin x <<<'x = '
	into fatal on_node apply --format json
	conform planned written unchanged lost fatal
	is "planned written unchanged refused refused" \
		"$(jq -r .result planned written unchanged lost fatal | xargs)"
	is trace "$(jq -r '.lost | join(" ")' lost)"
	is "null 0" "$(jq -r '"\(.path) \(.handlers | length)"' fatal)"
}

@test "documents of several pools keep to heir.pools/1, and each part to its own schema" {
	needs_jsonschema
	for command in show check "diff --default-runtime runc"; do
		# shellcheck disable=SC2086 # words
		into pools heir -i "$HEIR_SOURCE/examples/ocp-cluster" $command --format json
		conform pools
		is "gpu worker" "$(jq -r '[.pools[].pool] | join(" ")' pools)"
		for i in 0 1; do
			jq ".pools[$i] | del(.pool)" pools >part
			conform part
		done
	done
}

@test "a command that fails prints heir.error/1 in place of its document, and only where JSON was asked for" {
	needs_jsonschema
	local n=0
	for words in "shwo" "show --nope" "show nosuch" "explain nosuch" "check --rule none" "exec" "blame nosuch.conf" \
		"graph nosuch" "diff --as stock" "upgrade --to 9.9" "rules nosuch" "facts --fact no.such" \
		"cat --root gone" "drift --live gone" "apply --reload now" "fleet -i gone" "schema extra" "version extra"; do
		n=$((n + 1))
		run --separate-stderr heir --root "$NODE" $words --format json
		[[ $words != *"--root gone" ]] || run --separate-stderr heir $words --format json
		[ "$status" -ne 0 ]
		echo "$output" >"error$n"
		is_json '"\(.schema) \(.exit_code)"' "heir.error/1 $status" || { echo "$words"; return 1; }
		says "$(jq -r .error <<<"$output" | cut -c 1-20)"
		run --separate-stderr heir --root "$NODE" $words
		is "" "$output" || { echo "$words"; return 1; }
	done
	conform $(seq -f 'error%g' $n)
	# A file that is to hold the document gets none.
	run heir --root "$NODE" render --output out.json --format jsn
	[ ! -e out.json ]
}
