#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# heir show --all: every key of crio.conf with its value and its origin.

load heir

# A key of $output, which show --all printed as JSON.
key()
{
	jq -c --arg key "$1" '.keys[$key] | [.value, .kind, .layer, (.file // "" | sub(".*/"; "")), .line]' \
		<<<"$output"
}

@test "what files, flags, variables and the release give, each with its place" {
	dropin 10-crio.conf <<<$'[crio.runtime]\nlog_level = "debug"\npids_limit = 5'
	dropin 50 <<<$'[crio.runtime]\nlog_level = "warn"\n[crio.image]\npull_progress_timeout = 10'
	file usr/lib/systemd/system/crio.service <<-'EOF'
		[Service]
		Environment=CONTAINER_LOG_DIR=/var/log/x
		ExecStart=/usr/bin/crio --listen /run/c.sock
	EOF
	mkdir -p "$NODE/run"
	answers 0 on_node show --all --format json
	is '["warn","file","user","50",2]' "$(key crio.runtime.log_level)"
	is '[5,"file","package","10-crio.conf",3]' "$(key crio.runtime.pids_limit)"
	is '[10,"file","user","50",4]' "$(key crio.image.pull_progress_timeout)"
	is '["/var/log/x","environment","flag","crio.service",2]' "$(key crio.log_dir)"
	is '["/run/c.sock","flag","flag","crio.service",3]' "$(key crio.api.listen)"
	is '[30,"default","builtin","",null]' "$(key crio.runtime.ctr_stop_timeout)"
	is '["systemd","default","builtin","",null]' "$(key crio.runtime.cgroup_manager)"
	is '[null,"unknown","builtin","",null]' "$(key crio.runroot)"
	answers 0 on_node show --all
	[[ $output =~ crio\.runtime\.log_level\ =\ \"warn\"\ +50:2\ \(user\) ]]
	[[ $output =~ crio\.runroot\ =\ \?\ +unknown ]]
}

@test "defaults are those of the release, and unknown where there is no record" {
	binary usr/bin/runc
	for case in "1.28 0 false" "1.29 -1 false" "1.30 -1 true" "1.37 -1 true"; do
		read -r release pids nri <<<"$case"
		answers 0 on_node --crio-version "$release" show --all --format json
		is "[$pids,\"default\",\"builtin\",\"\",null]" "$(key crio.runtime.pids_limit)"
		is "[$nri,\"default\",\"builtin\",\"\",null]" "$(key crio.nri.enable_nri)"
	done
	is '["registry.k8s.io/pause:3.10.1","default","builtin","",null]' "$(key crio.image.pause_image)"
	answers 0 on_node --crio-version 1.36 show --all --format json
	is '[null,"unknown","builtin","",null]' "$(key crio.image.pause_image)"
	is null "$(jq -c '.keys["crio.runtime.seccomp_use_default_when_empty"]' <<<"$output")"
}

@test "files add up in storage_option; a flag stands for all of them" {
	dropin 10 <<<$'[crio]\nstorage_option = ["a=1"]'
	dropin 20 <<<$'[crio]\nstorage_option = ["b=2"]'
	answers 0 on_node show --all --format json
	is '["a=1","b=2"]' "$(jq -c '.keys["crio.storage_option"].value' <<<"$output")"
	answers 0 on_node --crio-args '--storage-opt c=3' show --all --format json
	is '["c=3"]' "$(jq -c '.keys["crio.storage_option"].value' <<<"$output")"
}

@test "as TOML it is a crio.conf that says the same: keys, workloads and handlers" {
	dropin 10 <<-'EOF'
		[crio.runtime]
		log_level = "warn"
		default_env = ["A=\"1\"", "B=\u001b"]
		[crio.runtime.runtimes."a b"]
		runtime_path = "/usr/bin/crun"
		[crio.runtime.workloads."w w"]
		activation_annotation = "x"
		resources = { cpushares = 5, cpuset = "0-1" }
	EOF
	answers 0 on_node --as stock show --all --format json
	values='{keys: (.keys | map_values(.value)), handlers: [.handlers[] | [.name, (.fields | map_values(.value))]]}'
	before=$(jq -cS "$values" <<<"$output")
	answers 0 on_node --as stock show --all --format toml
	shows '[crio.runtime.workloads."w w".resources]'
	rm "$NODE/$CONFD/10"
	file etc/crio/crio.conf <<<"$output"
	first=$output
	answers 0 on_node --as stock show --all --format json
	is "$before" "$(jq -cS "$values" <<<"$output")"
	answers 0 on_node --as stock show --all --format toml
	is "$(sed 's/  # .*//' <<<"$first" | grep -v '^#')" "$(sed 's/  # .*//' <<<"$output" | grep -v '^#')"
	answers 0 on_node check
}

@test "what real CRI-Os print is what heir shows" {
	fixtures=$HEIR_SOURCE/../shared/fixtures
	[ -d "$fixtures/crio-live" ] || skip "no recordings of CRI-O here"
	python3 -c 'import tomllib' 2>/dev/null || skip "no python3 with tomllib here"
	cp "$fixtures/crio-live/conf.d/00" "$NODE/$CONFD/00"
	on_node --as stock show --all --format json >live.json || true
	on_node --as stock show --all --format toml >live.toml || true
	rm "$NODE/$CONFD/00"
	cp "$fixtures/crio-1.37/2-http/before.crio.conf" "$NODE/etc/crio/crio.conf"
	cp "$fixtures/crio-1.37/2-http/before.drop-ins.conf" "$NODE/$CONFD/50"
	on_node --as stock --crio-args '--pinns-path /usr/local/bin/pinns' show --all --format json >http.json || true
	# The drop-ins, of which the recording is one text, have handlers alone.
	rm "$NODE/$CONFD/50"
	on_node --as stock --crio-args '--pinns-path /usr/local/bin/pinns' show --all --format toml >http.toml || true
	python3 - "$fixtures/crio-live/config-started.toml" live.json \
		"$fixtures/crio-1.37/2-http/before.config.http" http.json <<-'EOF'
		import json, sys, tomllib

		# A running CRI-O pins its pause image, and resolves handlers.
		OWN = {"crio.image.pinned_images"}

		def flatten(table, path=""):
		    for name, value in table.items():
		        where = f"{path}.{name}" if path else name
		        if isinstance(value, dict) and where != "crio.runtime.runtimes":
		            yield from flatten(value, where)
		        elif where != "crio.runtime.runtimes":
		            yield where, value

		failed = compared = 0
		for recorded, shown in zip(sys.argv[1::2], sys.argv[2::2]):
		    text = open(recorded).read()
		    if recorded.endswith(".http"):
		        text = text[text.index("[crio]"):].rsplit("\n\n0", 1)[0]
		    want = dict(flatten(tomllib.loads(text)))
		    # The document that is valid input for CRI-O has the same values.
		    had = dict(flatten(tomllib.loads(open(shown[:-4] + "toml").read())))
		    keys = json.load(open(shown))["keys"]
		    for name, value in want.items():
		        if name in OWN:
		            continue
		        if name not in keys:
		            failed += 1
		            print(f"not shown: {name}")
		        elif keys[name]["kind"] != "unknown":
		            compared += 1
		            if had.get(name) != value:
		                failed += 1
		                print(f"{name}: wanted {value!r}, in TOML {had.get(name)!r}")
		            if keys[name]["value"] != value:
		                failed += 1
		                print(f"{name}: wanted {value!r}, shown {keys[name]['value']!r}")
		    # CRI-O prints no empty array.
		    for name, key in keys.items():
		        if name not in want and key["value"] not in ([], None, ""):
		            failed += 1
		            print(f"not in what CRI-O prints: {name} = {key['value']!r}")
		print(f"compared: {compared}")
		sys.exit(failed > 0 or compared < 150)
	EOF
}

@test "--all is for all handlers, and of show alone" {
	answers 2 on_node show --all crun
	answers 2 on_node cat --all
}

@test "explain KEY: the value, every place that set it, what won, findings" {
	dropin 10 <<<$'[crio.runtime]\nlog_level = "debug"'
	dropin 20 <<<$'[crio.runtime]\nlog_level = "odd"\npids_limit = 5'
	for key in log_level runtime.log_level crio.runtime.log_level CRIO.Runtime."log_level"; do
		run --separate-stderr on_node explain "$key" --format json
		is_json .key crio.runtime.log_level
	done
	is_json '.value | "\(.value) \(.kind) \(.layer) \(.line)"' "odd file user 2"
	is_json .default info
	is_json '[.written[] | "\(.state) \(.line) \(.by.file // "-" | sub(".*/"; ""))"] | join(", ")' \
		"replaced 2 20, counts 2 -"
	is_json '.findings[0].rule' value-invalid
	run --separate-stderr on_node explain log_level
	shows 'crio.runtime.log_level = "odd"'
	shows '10:2 (user): "debug"; replaced by 20:2'
	shows '[value-invalid]'
	answers 1 on_node explain crio.runtime.pids_limit
	shows deprecated
}

@test "explain KEY of the release, of a flag, of what no release sets" {
	answers 0 on_node explain crio.api.listen --format json
	is_json '"\(.value.value) \(.value.kind) \(.written | length)"' "/var/run/crio/crio.sock default 0"
	answers 0 on_node --crio-args '--listen /x' explain crio.api.listen --format json
	is_json '"\(.value.value) \(.value.kind) \(.written[0].state)"' "/x flag counts"
	answers 0 on_node explain crio.runroot --format json
	is_json '"\(.value.kind) \(.default)"' "unknown null"
	answers 0 on_node --crio-version 1.33 explain short_name_mode --format json
	is_json '"\(.known) \(.value)"' "false null"
	answers 0 on_node --crio-version 1.33 explain short_name_mode
	shows ignored
}

@test "explain KEY of a workload, of a handler, and names that are not there" {
	dropin 10 <<-'EOF'
		[crio.runtime.workloads.a]
		activation_annotation = "x"
		allowed_annotations = ["y"]
	EOF
	dropin 20 <<-'EOF'
		[crio.runtime.workloads.a]
		activation_annotation = "x"
		resources = { cpushares = 5 }
	EOF
	answers 0 on_node explain workloads.a.activation_annotation --format json
	is_json '[.written[].state] | join(" ")' "replaced counts"
	answers 0 on_node explain workloads.a.allowed_annotations --format json
	is_json '[.written[] | "\(.state) \(.by.line)"] | join(" ")' "discarded 1"
	answers 0 on_node explain workloads.a.resources
	shows "crio.runtime.workloads.a.resources"
	answers 0 on_node explain workloads.a.resources.cpushares
	shows "= 5"
	for name in crun.runtime_path runtimes.crun.runtime_path crio.runtime.runtimes.crun.runtime_path; do
		answers 0 on_node explain "$name"
		is "$(on_node explain crun runtime_path)" "$output"
	done
	answers 2 on_node explain log_levle
	says 'did you mean "log_level"?'
	answers 2 on_node explain crio.runtime.defualt_runtime
	says 'did you mean "crio.runtime.default_runtime"?'
	answers 2 on_node explain runtime.log_levle
	says 'did you mean "crio.runtime.log_level"?'
	answers 2 on_node explain crio.runtim.log_level
	says 'did you mean "crio.runtime.log_level"?'
	answers 2 on_node explain crio.runtime.workloads.a.activation_annotatoin
	says 'did you mean "crio.runtime.workloads.a.activation_annotation"?'
	answers 2 on_node explain crio.runtime.runtimes.crun.runtime_pth
	says 'did you mean "crio.runtime.runtimes.crun.runtime_path"?'
	answers 2 on_node explain runtimes.crnu.runtime_path
	says 'did you mean "crio.runtime.runtimes.crun.runtime_path"?'
	answers 2 on_node explain crio.runtime.nothing_like_it
	! grep -q "did you mean" <<<"$stderr" || return 1
	answers 2 on_node explain crnu
	says 'did you mean "crun"?'
}
