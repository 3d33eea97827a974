#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The schema of crio.conf: of every release, against the recorded files, and heir's own keys.

load heir

RELEASES="1.28 1.29 1.30 1.31 1.32 1.33 1.34 1.35 1.36 1.37"

needs_python()
{
	python3 -c 'import jsonschema, tomllib' 2>/dev/null ||
		skip "no python3 with tomllib and jsonschema here"
}

# All schemas, as RELEASE.AS.json.
all_schemas()
{
	for release in $RELEASES; do
		for as in heir stock; do
			heir --crio-version $release --as $as schema >$release.$as.json
		done
	done
}

# accepts SCHEMA: a document from standard input.
accepts()
{
	python3 -W ignore - "$1" /dev/fd/3 3<&0 <<-'EOF'
		import json, sys, tomllib
		from jsonschema import Draft202012Validator

		with open(sys.argv[1], encoding="utf-8") as file:
		    schema = json.load(file)
		with open(sys.argv[2], "rb") as file:
		    document = tomllib.load(file)
		errors = list(Draft202012Validator(schema).iter_errors(document))
		for error in errors:
		    print(list(error.absolute_path), error.message[:200])
		sys.exit(bool(errors))
	EOF
}

@test "every release's schema is one, says what each key is, and is the same each time" {
	needs_python
	all_schemas
	heir schema >again.json
	cmp 1.37.heir.json again.json
	heir --crio-version 1.34.2 schema >patch.json
	jq -e '."$id" == "urn:heir:crio.conf:1.34.2:heir"' patch.json
	python3 -W ignore - *.json <<-'EOF'
		import json, sys
		from jsonschema import Draft202012Validator

		def walk(node, where, name):
		    if "properties" in node:
		        assert "additionalProperties" in node, (name, where)
		    for key, value in node.get("properties", {}).items():
		        words = value.get("description", "")
		        assert words and not words.endswith("."), (name, where, key)
		        assert value.get("deprecated", False) == ("(deprecated: " in words), (name, where, key)
		        walk(value, where + [key], name)
		    more = node.get("additionalProperties")
		    if isinstance(more, dict):
		        walk(more, where + ["*"], name)

		ids = set()
		for name in sys.argv[1:]:
		    with open(name, encoding="utf-8") as file:
		        schema = json.load(file)
		    Draft202012Validator.check_schema(schema)
		    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
		    ids.add(schema["$id"])
		    walk(schema, [], name)
		assert len(ids) == 21, ids
	EOF
}

@test "the schema has exactly the keys of each release, with their types" {
	needs_python
	facts=${HEIR_FACTS:-$HEIR_SOURCE/../shared/facts}/crio-schema.tsv
	[ -r "$facts" ] || skip "no list of CRI-O's keys here"
	all_schemas
	python3 - "$facts" $RELEASES <<-'EOF'
		import csv, json, re, sys

		TYPES = {"string": ["string"], "boolean": ["boolean"], "integer": ["integer"],
		         "array of string": ["array"], "table of string": ["object"], "table": ["object"],
		         "table of tables": ["object"], "duration": ["string", "integer"]}

		# Since when keys are deprecated, where that is not always: the list speaks of the newest.
		SINCE = {"selinux": 29, "uid_mappings": 29, "gid_mappings": 29, "minimum_mappable_uid": 29,
		         "minimum_mappable_gid": 29, "stats_collection_period": 30, "insecure_registries": 34}

		def minor(text):
		    return int(re.search(r"1\.(\d+)", text).group(1))

		def known(row, release):
		    backports = [minor(tag) for tag in re.findall(r"v1\.\d+", row["backported_first_tag"])]
		    return (release >= minor(row["first_minor_at_.0"]) or release in backports) \
		        and release <= minor(row["last_minor"])

		def keys(node, table, into):
		    for key, value in node.get("properties", {}).items():
		        into[table, key] = value
		        keys(value, f"{table}.{key}", into)
		        more = value.get("additionalProperties")
		        if isinstance(more, dict):
		            keys(more, f"{table}.{key}.*", into)

		with open(sys.argv[1], encoding="utf-8") as file:
		    rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
		assert len(rows) > 150
		for release in sys.argv[2:]:
		    with open(f"{release}.stock.json", encoding="utf-8") as file:
		        found = {}
		        keys(json.load(file)["properties"]["crio"], "crio", found)
		    wanted = {(row["table"], row["key"]): row for row in rows if known(row, minor(release))}
		    # Names of Go's are there in lower case as well.
		    wanted |= {(table, key.lower()): row for (table, key), row in wanted.items()}
		    assert set(found) == set(wanted), (release, set(found) ^ set(wanted))
		    for where, row in wanted.items():
		        given = found[where]["type"]
		        given = given if isinstance(given, list) else [given]
		        assert given == TYPES[row["toml_type"].split(" (")[0]], (release, where, given)
		        old = row["deprecated"].startswith(("yes", "removed")) and "docs only" not in row["deprecated"]
		        later = re.match(r"yes \(main/1\.(\d+)\)", row["deprecated"])
		        later = int(later.group(1)) if later else SINCE.get(where[1], 0)
		        if minor(release) < later:
		            old = False
		        if row["deprecated"].startswith("removed") and where[1].lower() != "disallowedannotations":
		            old = False
		        assert found[where].get("deprecated", False) == old, (release, where)
	EOF
}

@test "files of the vectors: refused where CRI-O refuses a type, else only for what it ignores or drops" {
	needs_python
	all_schemas
	python3 -W ignore - "${HEIR_VECTORS:-$HEIR_SOURCE/tests/vectors}" $RELEASES <<-'EOF'
		import collections, glob, json, sys, tomllib
		from jsonschema import Draft202012Validator

		schemas = {}
		for release in sys.argv[2:]:
		    with open(f"{release}.stock.json", encoding="utf-8") as file:
		        schemas[release] = Draft202012Validator(json.load(file))
		count = collections.Counter()

		# Why a file on which CRI-O starts may be refused.
		def is_expected(error):
		    path = list(error.absolute_path)
		    key = next(part for part in reversed(path) if isinstance(part, str))
		    if error.validator == "not":  # a key that CRI-O ignores
		        return True
		    if error.validator == "enum":  # a handler that it drops
		        return key in ("runtime_type", "exec_cpu_affinity", "allowed_annotations")
		    # What CRI-O ignores where it wants a table.
		    return error.validator == "type" and error.validator_value == "object" and \
		        key in ("runtimes", "workloads", "default_annotations", "platform_runtime_paths")

		def check(name, text, release, refusal):
		    try:
		        document = tomllib.loads(text.removeprefix("\ufeff"))
		    except tomllib.TOMLDecodeError:
		        count["not TOML 1.0"] += 1  # of 1.1, of CRI-O's dialect, or of nobody's
		        return
		    errors = list(schemas[release].iter_errors(document))
		    if refusal is None:
		        count["started, clean" if not errors else "started, refused"] += 1
		        for error in errors:
		            assert is_expected(error), (name, list(error.absolute_path), error.message)
		    elif f"/{name}:" in refusal and "incompatible types" in refusal:
		        count["type refused" if errors else "type passed"] += 1
		        # 30.0 is an integer to JSON.
		        assert errors or "type float64; destination has type integer" in refusal, refusal

		for vectors in glob.glob(sys.argv[1] + "/crio-*.jsonl"):
		    with open(vectors, encoding="utf-8") as file:
		        for line in file:
		            vector = json.loads(line)
		            expect = vector["expect"]
		            if "loaded" not in expect:  # of starts: another reader's
		                continue
		            refusal = expect["loaded"].get("error")
		            for name, text in vector["files"].items():
		                if name.startswith("etc/crio/crio.conf"):
		                    check(name, text, vector.get("release", sys.argv[-1]), refusal)
		print(count)
		assert count["started, clean"] > 2000 and count["type refused"] > 150, count
		assert count["type passed"] <= 1, count
	EOF
}

@test "the examples: all but what is no TOML, and a key that CRI-O forgot" {
	needs_python
	heir schema >schema.json
	n=0
	refused=
	for file in "$HEIR_SOURCE"/examples/*/etc/crio/crio.conf.d/* "$HEIR_SOURCE"/examples/*/etc/crio/heir.d/*; do
		n=$((n + 1))
		accepts schema.json <"$file" >out 2>&1 || {
			refused="$refused ${file##*/}"
			grep -q "manage_ns_lifecycle\|'youki-\|TOMLDecodeError" out
		}
	done
	[ $n -ge 14 ]
	is " 00-default 20-youki.conf" "$refused"
}

@test "heir's keys: what they may be, and what they may not" {
	needs_python
	heir schema >schema.json
	while read -r line; do
		printf '[crio.runtime.runtimes.x]\n%s\n' "$line" >x.toml
		accepts schema.json <x.toml || {
			echo "refused: $line"
			return 1
		}
	done <<-'EOF'
		inherit = "default"
		inherit_fields = ["all"]
		inherit_fields = ["monitor_env", "allowed_annotations"]
		inherit_when = []
		inherit_when = [{ inherit = "a", when = { "pci.device" = { vendor = "10de" } } }]
		inherit_when = [{ inherit = "a", when = { "kernel.version.major" = { op = "Ge", value = 5 } } }]
		inherit_when = [{ inherit = "a", when = { "kernel.version.major" = ["5", 6], "cpu.cpuid.VMX" = true } }]
		inherit_when = [{ inherit = "a", when = { "memory.numa.node_count" = { op = "GtLt", value = ["1", "5"], type = "version" } } }]
		runtime_candidates = "auto"
		runtime_candidates = ["crun", "/usr/bin/runc"]
		runtime_requires = { idmap = true, cgroup_v2 = true, mount_options = ["rro"], oci_version = "1.1.0", annotations = { a = "b" } }
		runtime_requires = { namespaces = ["user"], capabilities = ["CAP_CHOWN"], seccomp_actions = ["SCMP_ACT_NOTIFY"] }
	EOF
	while read -r line; do
		printf '[crio.runtime.runtimes.x]\n%s\n' "$line" >x.toml
		run accepts schema.json <x.toml
		[ "$status" -ne 0 ] || {
			echo "accepted: $line"
			return 1
		}
	done <<-'EOF'
		inherit = true
		inherits = "default"
		inherit_fields = "all"
		inherit_fields = ["inherit"]
		inherit_when = { inherit = "a", when = {} }
		inherit_when = [{ inherit = "a" }]
		inherit_when = [{ inherit = "a", whenn = {} }]
		inherit_when = [{ inherit = "a", when = { pci.device = { vendor = "10de" } } }]
		inherit_when = [{ inherit = "a", when = { "kernel.version.major" = { op = "ge", value = "5" } } }]
		inherit_when = [{ inherit = "a", when = { "kernel.version.major" = 5.1 } }]
		inherit_when = [{ inherit = "a", when = { "kernel.version.major" = { op = "Ge", value = "5", typ = "version" } } }]
		runtime_candidates = "crun"
		runtime_candidates = [1]
		runtime_requires = { idmapp = true }
		runtime_requires = { idmap = "true" }
		runtime_requires = { mount_options = "rro" }
	EOF
	printf '[crio.runtime]\nimplicit_inherit = false\n' >x.toml
	accepts schema.json <x.toml
	printf '[crio.runtime]\nimplicit_inherit = "no"\n' >x.toml
	run accepts schema.json <x.toml
	[ "$status" -ne 0 ]
}

@test "heir resolves what the schema takes for heir's keys, and complains of what it refuses" {
	# Names that stand in two places: the schema's come from the tables that the resolver reads.
	heir schema >schema.json
	requirements=$(jq -r '.properties.crio.properties.runtime.properties.runtimes.additionalProperties
		.properties.runtime_requires.properties | keys[]' schema.json)
	[ "$(wc -l <<<"$requirements")" -eq 8 ]
	{
		echo '[crio.runtime.runtimes.x]'
		echo 'runtime_candidates = ["crun"]'
		echo '[crio.runtime.runtimes.x.runtime_requires]'
		for name in $requirements; do
			echo "$name = 1979-05-27"
		done
	} | dropin 50-x
	printf '{"runtimes": {"/usr/bin/crun": {"ociVersionMin": "1.0.0", "ociVersionMax": "1.1.0"}}}' >facts.json
	on_node --facts facts.json show >out 2>&1 || true
	grep -q "must be .*, not " out
	! grep -q "unknown requirement" out || return 1
}

@test "an unmodified CRI-O knows none of heir's keys" {
	heir --as stock schema >stock.json
	for key in inherit inherit_fields inherit_when runtime_candidates runtime_requires implicit_inherit expression; do
		jq -e --arg key "$key" '[.. | objects | has($key)] | any' <(heir schema) >/dev/null
		jq -e --arg key "$key" '[.. | objects | has($key)] | any | not' stock.json >/dev/null
	done
}

@test "durations, choices and names in any case" {
	needs_python
	heir --as stock schema >schema.json
	for value in '"1m30s"' '"0"' '"-1.5h"' '".5s"' '"1µs"' 5; do
		printf '[crio.network]\ncni_status_grace_period = %s\n' "$value" >x.toml
		accepts schema.json <x.toml
	done
	for value in '""' '"10"' '"s"' '"1 s"' 1.5 true; do
		printf '[crio.network]\ncni_status_grace_period = %s\n' "$value" >x.toml
		run accepts schema.json <x.toml
		[ "$status" -ne 0 ]
	done
	printf '[crio.runtime]\ncgroup_manager = "systemd"\n[crio.runtime.workloads.w.resources]\ncpushares = 1\nCPUSet = "0"\n' >x.toml
	accepts schema.json <x.toml
	for line in 'runtime_type = "OCI"' 'exec_cpu_affinity = "second"' 'allowed_annotations = ["nope"]' \
		'default_annotations = { a = 1 }' 'monitor_env = [1]'; do
		printf '[crio.runtime.runtimes.x]\n%s\n' "$line" >x.toml
		run accepts schema.json <x.toml
		[ "$status" -ne 0 ]
	done
	for line in 'runtime_type = "pod"' 'runtime_type = ""' 'exec_cpu_affinity = "first"' 'allowed_annotations = ["devices.crio.io"]'; do
		printf '[crio.runtime.runtimes.x]\n%s\n' "$line" >x.toml
		accepts schema.json <x.toml
	done
	# The last of them came with 1.35.
	heir --crio-version 1.34 schema >older.json
	run accepts older.json <x.toml
	[ "$status" -ne 0 ]
	for line in 'cgroup_manager = "Systemd"' 'Log_Level = "info"'; do
		printf '[crio.runtime]\n%s\n' "$line" >x.toml
		run accepts schema.json <x.toml
		[ "$status" -ne 0 ]
	done
}

@test "schema takes no argument, and JSON is its only format" {
	answers 2 heir schema crun
	answers 2 heir schema --format text
	answers 2 heir --crio-version 1.27 schema
	answers 0 heir schema --format json
	is_json .type object
	[ "$(heir schema 2>&1 >/dev/full)" != "" ]
	answers 3 bash -c "'$HEIR' schema >/dev/full"
}

@test "doc/editors.md: the configuration for taplo is TOML, and means the schema's file" {
	needs_python
	python3 - "$HEIR_SOURCE/doc/editors.md" <<-'EOF'
		import re, sys, tomllib

		with open(sys.argv[1], encoding="utf-8") as file:
		    text = file.read()
		config, comment = re.findall(r"```toml\n(.*?)```", text, re.S)
		config = tomllib.loads(config)
		assert config["rule"][0]["schema"] == {"path": "crio.schema.json"}, config
		assert config["rule"][0]["include"] == config["include"]
		assert comment == "#:schema ./crio.schema.json\n", comment
		assert "heir schema >crio.schema.json" in text
	EOF
}
