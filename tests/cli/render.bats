#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir render: the drop-in, its formats, and what it must never write.

load heir

# A node on which heir says more than CRI-O.
sample()
{
	binary usr/bin/runc
	dropin 00-default <<-'EOF'
		[crio.runtime.runtimes.crun]
		runtime_path = "/usr/bin/crun"
		monitor_path = "/usr/bin/conmon"
		[crio.runtime.runtimes.runc]
		runtime_path = "/usr/bin/runc"
		runtime_root = "/run/runc"
	EOF
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		inherit = "runc"
		default_annotations = { "a.b/c" = "x" }
		[crio.runtime.runtimes.plain]
		runtime_path = "/usr/bin/runc"
	EOF
}

# Renders into the node's own directory.
rendered()
{
	answers 0 on_node "$@" render --output "$NODE/$CONFD/zz-heir.conf"
	is "" "$output"
}

@test "only what differs is written, and all of it" {
	sample
	answers 0 on_node render
	is '[crio.runtime.runtimes.gpu]
runtime_path = "/usr/bin/runc"  # inherited from runc: 00-default:5
runtime_root = "/run/runc"  # inherited from runc: 00-default:6
default_annotations = { "a.b/c" = "x" }  # 50-gpu.conf:3
container_min_memory = "12MiB"  # CRI-O'"'"'s default
container_create_timeout = 240  # CRI-O'"'"'s default
monitor_cgroup = "system.slice"  # CRI-O'"'"'s default' "$(sed 1,4d <<<"$output")"
	is "# Written by heir render; edit what it was made from, not this file." "${lines[0]}"
	[[ ${lines[1]} == "# The FNV-1a of what follows is "*. ]]
	[[ ${lines[2]} == "# heir 0.1.0, CRI-O 1.37, from 2 files (FNV-1a "*")." ]]
	is "" "$stderr"
}

@test "where nothing differs there is no table" {
	dropin 00-default <<<'[crio.runtime.runtimes.runc]'
	answers 0 on_node render
	[ "${#lines[@]}" -eq 4 ]
	[ -z "$(grep -v '^#' <<<"$output")" ]
	shows "# Empty: "
}

@test "with the drop-in in place stock and heir are one" {
	sample
	answers 1 on_node diff
	rendered
	answers 0 on_node diff
	shows "no handler differs (4 compared)"
	answers 0 on_node explain gpu --format json
	is_json .stock.outcome same
	answers 0 on_node check
	[[ $output != *"inherit-not-applied"* && $output != *"rendered-"* ]]
	answers 0 on_node --as stock show gpu
	shows "/usr/bin/runc"
}

@test "the drop-in is no input under its own name" {
	sample
	on_node render >first
	cp first "$NODE/$CONFD/zz-heir.conf"
	on_node render >second
	cmp first second
	on_node show >shown
	grep -q '^gpu .*/usr/bin/runc' shown
	# Nor does it count among the files, but for CRI-O it does.
	answers 0 on_node cat
	[[ $output != *"Written by heir"* ]]
	answers 0 on_node --as stock cat
	shows "Written by heir"
	# Another first line, and it is a file as any other; so is a copy.
	sed '1s/edit/Edit/' first >"$NODE/$CONFD/60-middle.conf"
	cp first "$NODE/$CONFD/61-copy.conf"
	answers 0 on_node cat
	shows "60-middle.conf"
	shows "61-copy.conf"
}

@test "a fault in an old drop-in does not keep a new one from being written" {
	sample
	on_node render >first
	{ sed 2d first; echo 'x = '; } >"$NODE/$CONFD/zz-heir.conf"
	answers 0 on_node render
	is "$(cat first)" "$output"
	answers 1 on_node check
	shows "toml-syntax"
	# With a digest it is visible that heir did not write the fault.
	{ cat first; echo 'x = '; } >"$NODE/$CONFD/zz-heir.conf"
	answers 1 on_node render
	is "" "$output"
	says "toml-syntax"
}

@test "the same bytes, whoever looks at them" {
	sample
	on_node render >piped
	COLUMNS=20 scrubbed COLUMNS=20 NO_COLOR= "$HEIR" --crio-version "$RELEASE" --root "$NODE" --color always render >colored
	cmp piped colored
	answers 0 on_node -q render --output -
	is "$(cat piped)" "$output"
	needs_terminal
	scrubbed COLUMNS=20 script -qec "stty cols 20; '$HEIR' --crio-version $RELEASE --root '$NODE' render" /dev/null \
		</dev/null | tr -d '\r' >terminal
	cmp piped terminal
}

@test "the default and the settings of heir.d are written" {
	sample
	file etc/crio/heir.d/10.conf <<-'EOF'
		[crio.runtime]
		default_runtime = "mine"
		conmon_cgroup = "pod"
		[crio.runtime.runtimes.mine]
		inherit = "runc"
	EOF
	answers 0 on_node render
	shows '[crio.runtime]
default_runtime = "mine"  # heir.d/10.conf:2
conmon_cgroup = "pod"  # heir.d/10.conf:3'
	# The handlers that differ by them alone need no table.
	is 2 "$(grep -c '^\[crio.runtime.runtimes' <<<"$output")"
	rendered
	answers 0 on_node diff
	answers 0 on_node --default-runtime gpu render
	shows 'default_runtime = "gpu"  # --default-runtime'
	# What the files say already needs no saying.
	answers 0 on_node --default-runtime mine render
	shows 'default_runtime = "mine"  # --default-runtime'
	answers 0 on_node --source-dir /none --default-runtime crun render
	[[ $output != *default_runtime* ]]
}

@test "a handler by a variable's name is a new one for CRI-O" {
	file etc/crio/crio.conf.d/50.conf <<-'EOF'
		[crio.runtime.runtimes."${TENANT}"]
		inherit = "default"
		[crio.runtime.runtimes."${UNSET}"]
		runtime_path = "/usr/bin/crun"
	EOF
	answers 0 on_node --env TENANT=blue render
	shows "[crio.runtime.runtimes.blue]"
	[[ $output != *'inherit ='* && $output != *'${'* ]]
	says '50.conf:3:24: warning: an unmodified CRI-O keeps "${UNSET}", which heir drops'
	says '[render-cannot-say]'
}

@test "names and values that would like to be more than that" {
	file etc/crio/crio.conf.d/50.conf <<-'EOF'
		[crio.runtime.runtimes."a\"]\n[crio.runtime]\nlog_level = \"x"]
		inherit = "default"
		runtime_root = "\"\n[crio]\n# \u0007\u001b[31m\u202e\u0000\\"
		[crio.runtime.runtimes."q'"]
		inherit = "a\"]\n[crio.runtime]\nlog_level = \"x"
		[crio.runtime.runtimes.""]
		inherit = "default"
		[crio.runtime.runtimes."n\u0000l"]
		inherit = "default"
		default_annotations = { "" = "", "\n" = "\r\n", "x\ty" = "'''" }
	EOF
	answers 0 on_node render
	[ -z "$(tr -d '\n\40-\176' <<<"$output")" ]
	is 4 "$(grep -c '^\[crio.runtime.runtimes\.' <<<"$output")"
	is 0 "$(grep -c '^\[crio\]\|^\[crio.runtime\]\|^log_level' <<<"$output")"
	rendered
	answers 0 on_node diff
	binary usr/bin/runc
	answers 0 on_node --crio-version 1.30 render
	rendered --crio-version 1.30
	answers 0 on_node --crio-version 1.30 diff
}

# Every table of a drop-in on standard input, as Python's own reader has it, against heir's show.
reads_the_same()
{
	python3 - "$1" "$2" <<-'EOF'
		import json, sys, tomllib
		with open(sys.argv[1], "rb") as file:
		    runtimes = tomllib.load(file).get("crio", {}).get("runtime", {}).get("runtimes", {})
		with open(sys.argv[2], encoding="utf-8") as file:
		    handlers = {h["name"]: h for h in json.load(file)["handlers"]}
		for name, table in runtimes.items():
		    fields = {f: v["value"] for f, v in handlers[name]["fields"].items()
		              if f != "inherit_default_runtime"
		              and (f, v["kind"]) != ("monitor_path", "path")}
		    # CRI-O takes the default's: these stand in no table.
		    if table.pop("inherit_default_runtime", False):
		        for f in "path", "type", "root", "config_path":
		            fields.pop("runtime_" + f, None)
		    assert handlers[name]["status"] == "ok" and fields == table, (name, fields, table)
		print(len(runtimes))
	EOF
}

@test "another reader of TOML finds what heir says" {
	python3 -c 'import tomllib' 2>/dev/null || skip "no python3 with tomllib here"
	local tree
	for tree in ocp-worker debian-node gpu-node; do
		heir --root "$HEIR_SOURCE/examples/$tree" --facts "$HEIR_SOURCE/examples/gpu-node/facts.json" \
			render >rendered.toml
		heir --root "$HEIR_SOURCE/examples/$tree" --facts "$HEIR_SOURCE/examples/gpu-node/facts.json" \
			show --format json >shown.json
		[ "$(reads_the_same rendered.toml shown.json)" -gt 1 ]
	done
	dropin 50.conf <<-'EOF'
		[crio.runtime.runtimes."\"\\\u0000\u202e\U0001f600"]
		inherit = "default"
		runtime_root = "\b\t\n\f\r\"\\\u0000\u007f\u0085 #'"
		platform_runtime_paths = { "linux/arm64" = "/x", "" = "\u2028" }
		monitor_env = ["", "A=\u0001", "B='''\"\"\""]
		privileged_without_host_devices = true
	EOF
	on_node render >rendered.toml
	on_node show --format json >shown.json
	is 1 "$(reads_the_same rendered.toml shown.json)"
}

@test "another reader finds the same in some vectors" {
	python3 -c 'import tomllib' 2>/dev/null || skip "no python3 with tomllib here"
	local compared=0 line
	while read -r -u 7 line; do
		rm -rf "$NODE"
		mkdir -p "$NODE"
		jq -r '.files | to_entries[] | [.key, (.value | @base64)] | @tsv' <<<"$line" |
			while IFS=$'\t' read -r path content; do
				base64 -d <<<"$content" | file "$path"
			done
		for path in $(jq -r '.bins[]' <<<"$line") usr/bin/conmon usr/bin/pinns usr/bin/nsenter; do
			binary "$path"
		done
		jq '.facts' <<<"$line" >facts.json
		run --separate-stderr on_node --env H=gpu --facts facts.json show --format json
		[ "$status" -eq 0 ] || continue
		echo "$output" >shown.json
		on_node --env H=gpu --facts facts.json render >rendered.toml 2>/dev/null
		reads_the_same rendered.toml shown.json >/dev/null
		compared=$((compared + 1))
	done 7< <(sed -n 1,40p "$HEIR_SOURCE/tests/vectors/heir-random.jsonl")
	[ $compared -gt 20 ]
}

@test "the path is told whole, however long it is" {
	local dir
	dir=/etc/$(printf 'd%0199d/' 1 2 3)conf.d
	answers 0 on_node --config-dir "$dir/" render --format json
	is_json .path "$dir/zz-heir.conf"
	dropin 50-gpu.conf <<<'[crio.runtime.runtimes.gpu]
		inherit = "default"'
	mkdir -p "$NODE/${dir%/*}"
	mv "$NODE/$CONFD" "$NODE/$dir"
	answers 0 on_node --config-dir "$dir" render --output "$NODE$dir/zz-heir.conf"
	echo '# mine' >"$NODE$dir/zz-heir.conf"
	answers 0 on_node --config-dir "$dir" render
	says rendered-foreign
}

@test "files on which CRI-O would not start give nothing" {
	sample
	echo 'x = ' >>"$NODE/$CONFD/50-gpu.conf"
	for format in toml json machineconfig ignition; do
		answers 1 on_node render --format $format
		if [ $format = json ]; then
			is_json .schema heir.error/1
		else
			is "" "$output"
		fi
		says "toml-syntax"
	done
	echo keep >out
	answers 1 on_node render --output out
	is keep "$(cat out)"
	sample
	answers 1 on_node --default-runtime nobody render
	is "" "$output"
	says "default-unknown"
}

@test "an output file is replaced as a whole, and nothing stands beside it" {
	sample
	mkdir -p etc/crio/crio.conf.d/sub
	echo old >etc/crio/crio.conf.d/sub/zz-heir.conf
	chmod 600 etc/crio/crio.conf.d/sub/zz-heir.conf
	ln -s sub/zz-heir.conf etc/crio/crio.conf.d/link
	answers 0 on_node render --output etc/crio/crio.conf.d/link
	on_node render | cmp - etc/crio/crio.conf.d/sub/zz-heir.conf
	[ -L etc/crio/crio.conf.d/link ]
	is 600 "$(stat -c %a etc/crio/crio.conf.d/sub/zz-heir.conf)"
	is 4 "$(find etc/crio/crio.conf.d | wc -l)"
	is 1 "$(find etc/crio -mindepth 1 -maxdepth 1 | wc -l)"
	answers 0 on_node render --output new.conf
	is 644 "$(stat -c %a new.conf)"
	# What is no file is written into.
	mkfifo fifo
	timeout 20 cat fifo >got &
	answers 0 on_node render --output fifo
	wait $!
	[ -p fifo ]
	on_node render | cmp - got
	answers 0 on_node render --output /dev/stdout
	shows "[crio.runtime.runtimes.gpu]"
}

@test "the temporary file is outside of crio.conf.d" {
	command -v strace >/dev/null || skip "no strace here"
	is_sanitized && skip "the sanitizers do not like to be traced"
	sample
	mkdir -p etc/crio/crio.conf.d/sub etc/crio/other.d
	local name dir
	for name in crio.conf.d/zz-heir.conf crio.conf.d/sub/zz other.d/x; do
		strace -f -y -e trace=openat -o trace "$HEIR" --crio-version "$RELEASE" --root "$NODE" \
			--config-dir /etc/crio/other.d render --output "etc/crio/$name"
		dir=$(grep -o '<[^<>]*>, "\.heir-' trace | head -n 1)
		is "<$PWD/etc/crio>" "${dir%%, *}"
	done
}

@test "what cannot be written is said" {
	sample
	answers 3 on_node render --output /nonexistent/dir/file
	says "/nonexistent/dir/file: no such file or directory"
	answers 3 on_node render --output "$NODE"
	says "is a directory"
	answers 3 on_node render --output "$NODE/new/"
	answers 2 on_node render --output ""
	answers 3 on_node render --output /dev/full
	[[ $stderr == *"o space left on device"* ]]
	run --separate-stderr bash -c "'$HEIR' --crio-version $RELEASE --root '$NODE' render >/dev/full"
	is 3 "$status"
}

@test "wrong use" {
	sample
	answers 2 on_node render gpu
	answers 2 on_node --as stock render
	says "and --as stock cannot be combined"
	answers 0 on_node --as heir render
	answers 2 on_node render --name x
	says "--format machineconfig"
	answers 2 on_node show --output x
	says "show takes no --output"
	answers 2 on_node render --format sarif
	answers 0 heir render --help
	shows "zz-heir.conf"
	shows "Formats: toml, json, machineconfig, ignition, tmpfiles."
}

# The drop-in in a config of Ignition or a MachineConfig on standard input.
unwrapped()
{
	grep -o 'data:text/plain;charset=utf-8;base64,[A-Za-z0-9+/=]*' | cut -d, -f2 | base64 -d
}

@test "a MachineConfig holds the same bytes" {
	sample
	on_node render >plain
	answers 0 on_node render --format machineconfig
	is 'apiVersion: machineconfiguration.openshift.io/v1
kind: MachineConfig
metadata:
  labels:
    machineconfiguration.openshift.io/role: "worker"
  name: "99-worker-heir"
spec:
  config:
    ignition:
      version: 3.5.0
    storage:
      files:
        - path: "/etc/crio/crio.conf.d/zz-heir.conf"
          mode: 420
          overwrite: true
          contents:' "$(head -n -1 <<<"$output")"
	unwrapped <<<"$output" | cmp - plain
	# Each length that base64 knows.
	for padding in a ab abc; do
		dropin 60-x <<<"[crio.runtime.runtimes.$padding]
			inherit = \"default\""
		on_node render >plain
		on_node render --format ignition | unwrapped | cmp - plain
	done
}

@test "pool and name of a MachineConfig, and the Ignition of the release" {
	sample
	answers 0 on_node render --format machineconfig --pool gpu-pool
	shows 'role: "gpu-pool"'
	shows 'name: "99-gpu-pool-heir"'
	answers 0 on_node render --format machineconfig --name 98-x.y
	shows 'role: "worker"'
	shows 'name: "98-x.y"'
	for name in "" A a_b -a a- .a a. a..b a.-b 'a
b' "$(printf '%064d' 0)"; do
		answers 2 on_node render --format machineconfig --pool "$name"
		is "" "$output"
		says "is not a valid name of a pool"
	done
	answers 2 on_node render --format machineconfig --name 'x: y'
	says 'is not a valid name of a MachineConfig'
	answers 0 on_node --crio-version 1.31 render --format ignition
	is_json .ignition.version 3.4.0
	answers 0 on_node --config-dir /etc/crio/crio.conf.d/ render --format ignition
	is_json '.storage.files[0] | .path + " " + (.mode | tostring) + " " + (.overwrite | tostring)' \
		"/etc/crio/crio.conf.d/zz-heir.conf 420 true"
	answers 2 on_node --config-dir $'/x\377' render --format ignition
	says "not UTF-8"
}

@test "JSON has the tables, where they come from, and the text" {
	sample
	on_node render >plain
	answers 0 on_node render --format json
	jq -j .content <<<"$output" | cmp - plain
	is_json '.handlers[0].fields.runtime_root | .value + " " + .kind + " " + .from + " " + .file + ":" + (.line | tostring)' \
		"/run/runc inherited runc /etc/crio/crio.conf.d/00-default:6"
	is_json .path /etc/crio/crio.conf.d/zz-heir.conf
	is "$(jq -r .digest <<<"$output" | cut -d: -f2)" "$(grep -o '(FNV-1a [0-9a-f]*' plain | cut -d' ' -f2)"
	# It is the files' own, and says when they change.
	local before
	before=$(jq -r .digest <<<"$output")
	rendered
	answers 0 on_node render --format json
	is_json .digest "$before"
	echo >>"$NODE/$CONFD/50-gpu.conf"
	answers 0 on_node render --format json
	[ "$(jq -r .digest <<<"$output")" != "$before" ]
}

@test "check tells a drop-in that is stale, overridden, or none of heir's" {
	sample
	rendered
	answers 0 on_node check --rule rendered-stale --rule rendered-not-last --rule rendered-foreign
	is "" "$output"
	# A comment hurts nobody.
	echo '# more' >>"$NODE/$CONFD/50-gpu.conf"
	answers 0 on_node check --rule rendered-stale
	is "" "$output"
	sed -i 's/inherit = "runc"/inherit = "crun"/' "$NODE/$CONFD/50-gpu.conf"
	answers 0 on_node check --rule rendered-stale --rule inherit-not-applied
	shows "zz-heir.conf: warning: this file is out of date: 1 handler differs [rendered-stale]"
	shows '"gpu" differs in runtime_path, runtime_root'
	[[ $output != *"inherit-not-applied]"* ]]
	rendered
	answers 0 on_node check --rule rendered-stale
	is "" "$output"
	# A handler that is gone.
	sed -i '/gpu/d' "$NODE/$CONFD/50-gpu.conf"
	printf '[crio.runtime.runtimes.new]\ninherit = "runc"\n' >>"$NODE/$CONFD/50-gpu.conf"
	sed -i '1,3d' "$NODE/$CONFD/50-gpu.conf"
	answers 0 on_node check --rule rendered-stale --rule inherit-not-applied
	shows 'heir no longer has a handler "gpu"'
	shows 'it does not define "new"'
	shows 'inherit-not-applied'
	rendered
	dropin zzz <<<'[crio.runtime.runtimes.new]'
	answers 0 on_node check --rule rendered-not-last --rule rendered-stale
	shows 'zzz:1:24: warning: CRI-O reads this "new" after the one that heir rendered [rendered-not-last]'
	[[ $output != *rendered-stale* ]]
	rm "$NODE/$CONFD/zzz"
	sed -i 1d "$NODE/$CONFD/zz-heir.conf"
	answers 0 on_node check --rule rendered-foreign
	shows "heir did not write this file"
}

@test "the first line hides no file of another name" {
	sample
	printf '%s\n' "# Written by heir render; edit what it was made from, not this file." \
		'[crio.runtime.runtimes.crun]' 'runtime_path = "/usr/bin/runc"' >"$NODE/$CONFD/98-x.conf"
	answers 0 on_node show crun --format json
	is_json '.handlers[0].fields.runtime_path.value' /usr/bin/runc
	answers 0 on_node check --rule rendered-elsewhere
	shows "98-x.conf: warning:"
	shows "[rendered-elsewhere]"
	# Nor a digest that matches, nor the name in another directory.
	rm "$NODE/$CONFD/98-x.conf"
	rendered
	mkdir "$NODE/$CONFD/sub" "$NODE/etc/crio/heir.d"
	cp "$NODE/$CONFD/zz-heir.conf" "$NODE/$CONFD/sub"
	cp "$NODE/$CONFD/zz-heir.conf" "$NODE/$CONFD/zz-heir.conf.bak"
	cp "$NODE/$CONFD/zz-heir.conf" "$NODE/etc/crio/heir.d"
	answers 0 on_node check --rule rendered-elsewhere --rule rendered-foreign --format json
	is_json '.findings | length' 3
}

@test "an edited drop-in of heir's counts as an ordinary one, and is not replaced" {
	sample
	rendered
	answers 0 on_node check --rule rendered-foreign
	is "" "$output"
	cp "$NODE/$CONFD/zz-heir.conf" good
	for edit in '$a # mine' 's|/usr/bin/runc|/usr/bin/crun|' '3s/heir/heiress/' '2s/.\.$/z./' '2s/$/\r/'; do
		sed "$edit" good >"$NODE/$CONFD/zz-heir.conf"
		cmp -s good "$NODE/$CONFD/zz-heir.conf" && return 1
		answers 0 on_node check --rule rendered-foreign
		shows "this file was edited after heir wrote it"
		shows "[rendered-foreign]"
		answers 1 on_node apply
		says "was edited after heir wrote it"
	done
	sed 's|/usr/bin/runc|/usr/bin/crun|' good >"$NODE/$CONFD/zz-heir.conf"
	answers 0 on_node show gpu --format json
	is_json '.handlers[0].fields.runtime_path.value' /usr/bin/crun
}

@test "a drop-in of heir 0.1.0, which has no digest, is heir's under its own name" {
	sample
	rendered
	sed -i 2d "$NODE/$CONFD/zz-heir.conf"
	answers 0 on_node check --rule rendered-foreign --rule rendered-elsewhere --rule rendered-stale
	is "" "$output"
	answers 0 on_node apply
	on_node render | cmp - "$NODE/$CONFD/zz-heir.conf"
}

@test "render tells what comes after it before it is there" {
	sample
	dropin zzz <<<'[crio.runtime.runtimes.gpu]
	inherit = "runc"'
	answers 0 on_node render
	says 'zzz:1:24: warning: CRI-O reads this "gpu" after the one that heir rendered [rendered-not-last]'
	rm "$NODE/$CONFD/zzz"
	dropin zz-heir.conf <<<'# mine'
	answers 0 on_node render
	says 'rendered-foreign'
	answers 0 on_node -q render
	is "" "$stderr"
}
