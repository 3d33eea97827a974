#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# heir show: the resolved table, in every format and before resolution.

load heir

# Four handlers, one a rule, and one that CRI-O would drop.
sample()
{
	binary usr/bin/runc
	binary opt/nvidia/bin/nvidia-container-runtime
	dropin 00-default <<-'EOF'
		[crio.runtime]
		default_runtime = "crun"
		[crio.runtime.runtimes.crun]
		runtime_root = "/run/crun"
		allowed_annotations = ["io.containers.trace-syscall"]
		[crio.runtime.runtimes.runc]
		runtime_root = "/run/runc"
	EOF
	dropin 50-more.conf <<-'EOF'
		[crio.runtime.runtimes.nvidia]
		inherit = "runc"
		runtime_path = "/opt/nvidia/bin/nvidia-container-runtime"
		[crio.runtime.runtimes.batch]
		inherit = "nvidia"
		[crio.runtime.runtimes.trace]
		allowed_annotations = ["io.containers.trace-syscall"]
		[crio.runtime.runtimes.stock]
		inherit_default_runtime = true
		[crio.runtime.runtimes.kata]
		runtime_path = "/opt/kata/bin/containerd-shim-kata-v2"
		runtime_type = "vm"
	EOF
}

@test "the table has a row a handler: path, root, rule, source" {
	sample
	answers 0 on_node show
	is "" "$stderr"
	is 'HANDLER RUNTIME ROOT VIA FROM
batch * /opt/nvidia/bin/nvidia-container-runtime /run/runc inherit nvidia
crun (default) /usr/bin/crun /run/crun $PATH 00-default:3
nvidia * /opt/nvidia/bin/nvidia-container-runtime /run/runc explicit 50-more.conf:3
runc /usr/bin/runc /run/runc $PATH 00-default:6
stock /usr/bin/crun /run/crun inherit_default_runtime crun
trace * /usr/bin/crun /run/crun implicit crun
dropped kata /opt/kata/bin/containerd-shim-kata-v2 does not exist 50-more.conf:11
* pending: CRI-O does this only once it is applied (heir apply, heir render)' \
		"$(tr -s ' ' <<<"$output")"
}

@test "the columns of the table stand under their titles" {
	sample
	answers 0 on_node show --format wide
	for title in RUNTIME TYPE ROOT VIA FROM LAYER; do
		before=${output%%"$title"*}
		# A blank before each cell and none in its first place.
		awk -v n="${#before}" '!/^dropped|^\* / &&
			(substr($0, n, 1) != " " || substr($0, n + 1, 1) == " ") { bad = 1 }
			END { exit bad }' <<<"$output"
	done
}

@test "a narrow terminal: what matters stays, nothing is cut, and no line is too wide" {
	needs_terminal
	sample
	for columns in 60 70 80; do
		output=$(scrubbed timeout 20 script -qec \
			"stty cols $columns; '$HEIR' --crio-version $RELEASE --root '$NODE' show" /dev/null </dev/null |
			tr -d '\r')
		[ "$(wc -L <<<"$output")" -le $columns ]
		[[ $output != *ROOT* ]] || return 1
		for cell in /opt/nvidia/bin/nvidia-container-runtime inherit_default_runtime 50-more.conf:3; do
			shows "$cell"
		done
	done
	# The line goes on below the column.
	is_cell=$(grep -A1 '^batch' <<<"$output")
	[[ $(sed -n 2p <<<"$is_cell") =~ ^\ +inherit ]] || [[ $is_cell == *runtime*inherit* ]]
}

@test "a column in which every cell is a dash is in the wide table alone" {
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes.own]
		runtime_path = "/usr/bin/crun"
	EOF
	answers 0 on_node show own
	is "HANDLER RUNTIME VIA FROM" "$(head -n 1 <<<"$output" | xargs)"
	answers 0 on_node show own --format wide
	is "HANDLER RUNTIME TYPE ROOT VIA FROM LAYER" "$(head -n 1 <<<"$output" | xargs)"
}

@test "--format table and text are the table, which is the default" {
	sample
	answers 0 on_node show
	shows HANDLER
	wanted=$output
	for format in table text; do
		answers 0 on_node show --format "$format"
		is "$wanted" "$output"
	done
}

@test "handlers that are named are shown alone, each once and in byte order" {
	sample
	answers 0 on_node show trace batch trace --format json
	is_json '[.handlers[].name] | join(" ")' "batch trace"
}

@test "the JSON says path, kind, lender and place of a value" {
	sample
	answers 0 on_node show batch nvidia crun --format json
	is_json .schema heir.show/1
	is_json '"\(.as) \(.crio_version) \(.stage) \(.default_runtime) \(.error)"' \
		"heir 1.37 resolved crun null"
	path='.handlers[N].fields.runtime_path | "\(.value) \(.kind) \(.from) \(.file):\(.line):\(.column)"'
	is_json "${path/N/0}" "/opt/nvidia/bin/nvidia-container-runtime inherited nvidia /$CONFD/50-more.conf:3:16"
	is_json "${path/N/1}" "/usr/bin/crun path null null:null:null"
	is_json "${path/N/2}" "/opt/nvidia/bin/nvidia-container-runtime explicit null /$CONFD/50-more.conf:3:16"
	is_json '.handlers[0] | "\(.status) \(.reason) \(.parent) \(.via) \(.chain)"' \
		'ok null nvidia inherit ["batch","nvidia","runc"]'
}

@test "the JSON tells why a handler is dropped" {
	sample
	answers 0 on_node show kata --format json
	is_json '.handlers[0].status' dropped
	is_json '.handlers[0].reason' "/opt/kata/bin/containerd-shim-kata-v2 does not exist"
}

@test "the TOML is a configuration that unmodified semantics read the same way" {
	sample
	answers 0 on_node show --format json
	is_json ".handlers | length" 7
	wanted=$(jq -S '[.handlers[] | select(.status == "ok") |
		{name, fields: (.fields | del(.inherit_default_runtime) | map_values(.value))}]' <<<"$output")
	answers 0 on_node show --format toml
	is "" "$stderr"
	rm "$NODE/$CONFD"/*
	# It is written for CRI-O, which reads the last file last.
	dropin 99-flat.conf <<<"$output"
	answers 0 on_node --as stock show --format json
	is "$wanted" "$(jq -S '[.handlers[] | select(.status == "ok") |
		{name, fields: (.fields | del(.inherit_default_runtime) | map_values(.value))}]' <<<"$output")"
}

@test "the TOML says of each value where it is from" {
	sample
	answers 0 on_node show batch --format toml
	shows '[crio.runtime.runtimes.batch]'
	shows 'runtime_path = "/opt/nvidia/bin/nvidia-container-runtime"  # inherited from nvidia, 50-more.conf:3'
}

@test "--stage loaded shows what the files say, before inheritance, look-up and validation" {
	sample
	answers 0 on_node show --stage loaded --format json
	is_json .stage loaded
	is_json '.handlers[] | select(.name == "batch") | .fields' '{}'
	is_json '.handlers[] | select(.name == "kata") | .status' ok
	is_json '.handlers[] | select(.name == "crun") | .fields.runtime_path' null
	is_json '[.handlers[].via] | unique | join(" ")' none
}

@test "--stage resolved is the default" {
	sample
	answers 0 on_node show --format json
	shows handlers
	wanted=$output
	answers 0 on_node show --stage resolved --format json
	is "$wanted" "$output"
}

@test "--as stock drops what an unmodified CRI-O would drop" {
	sample
	answers 0 on_node --as stock show --format json
	is_json '[.handlers[] | select(.status == "dropped") | .name] | join(" ")' "batch kata trace"
	is_json '.handlers[] | select(.name == "stock") | .fields.runtime_path.value' /usr/bin/crun
}

@test "--crio-version: a release that does not know inherit_default_runtime ignores it" {
	sample
	answers 0 on_node --as stock --crio-version 1.31.2 show stock --format json
	is_json '.handlers[0].status' dropped
	answers 0 on_node --as stock --crio-version 1.31.3 show stock --format json
	is_json '.handlers[0].status' ok
}

@test "--default-runtime: what if the default were another" {
	sample
	answers 0 on_node --default-runtime runc show trace runc --format json
	is_json .default_runtime runc
	is_json '[.handlers[].fields.runtime_path.value] | unique | join(" ")' /usr/bin/runc
}

@test "--default-runtime of no handler stops CRI-O: exit 1" {
	answers 1 on_node --default-runtime rucn show
	is "" "$output"
	says "[default-unknown]"
}

@test "--path replaces the directories of look-ups" {
	sample
	rm "$NODE/usr/bin/crun"
	binary opt/bin/crun
	answers 1 on_node show
	says '"crun" is not in $PATH'
	answers 0 on_node --path /nowhere:/opt/bin:/usr/bin show crun --format json
	is_json '.handlers[0].fields.runtime_path.value' /opt/bin/crun
}

@test "the caller's \$PATH does not count" {
	rm "$NODE/usr/bin/crun"
	binary opt/bin/crun
	answers 1 scrubbed PATH=/opt/bin:/usr/bin:/bin "$HEIR" --crio-version "$RELEASE" --root "$NODE" show
}

@test "--config, --config-dir and --source-dir name other places of the node" {
	file srv/crio.conf <<-'EOF'
		[crio.runtime.runtimes.one]
		inherit = "default"
	EOF
	file srv/conf.d/x <<-'EOF'
		[crio.runtime.runtimes.two]
		inherit = "default"
	EOF
	file srv/heir.d/x <<-'EOF'
		[crio.runtime.runtimes.three]
		inherit = "default"
	EOF
	dropin ignored <<<'[crio.runtime.runtimes.four]'
	answers 0 on_node --config /srv/crio.conf --config-dir /srv/conf.d --source-dir /srv/heir.d \
		show --format json
	is_json '[.handlers[].name] | join(" ")' "crun one three two"
}

@test "crio.conf is read, and missing is fine" {
	answers 0 on_node show
	file etc/crio/crio.conf <<-'EOF'
		[crio.runtime.runtimes.mine]
		inherit = "default"
	EOF
	answers 0 on_node show mine --format json
	is_json '.handlers[0].parent' crun
}

@test "--vendor-glob: what a vendor's file defines does not inherit implicitly" {
	dropin 50-vendor.conf <<<'[crio.runtime.runtimes.sandboxed]'
	answers 0 on_node show sandboxed --format json
	is_json '.handlers[0] | "\(.status) \(.via)"' "ok implicit"
	answers 0 on_node --vendor-glob '50-ven*' show sandboxed --format json
	is_json '.handlers[0] | "\(.status) \(.via)"' "dropped none"
}

@test "every file of crio.conf.d counts, in byte order, whatever its name" {
	for name in 99-x 100-x .hidden x.bak 'x~' sub/deeper/z.txt; do
		dropin "$name" <<-EOF
			[crio.runtime]
			default_runtime = "$name"
			[crio.runtime.runtimes."$name"]
			runtime_path = "/usr/bin/crun"
		EOF
	done
	answers 0 on_node show --format json
	is_json .default_runtime 'x~'
	is_json '[.handlers[].name] | length' 7
	rm "$NODE/$CONFD"/x* "$NODE/$CONFD/sub" -r
	answers 0 on_node show --format json
	is_json .default_runtime 99-x
}

@test "the same answer twice in a row, byte for byte" {
	sample
	for command in "show" "show --format json" "show --format toml" "cat" "cat --format json" \
		"explain batch" "explain batch --format json"; do
		on_node $command >first 2>&1
		on_node $command >second 2>&1
		[ -s first ]
		cmp first second
	done
}

@test "facts decide conditions and candidates" {
	facts=$HEIR_SOURCE/examples/gpu-node/facts.json
	answers 0 heir --root "$HEIR_SOURCE/examples/gpu-node" --facts "$facts" show --format json
	is_json '.handlers[] | select(.name == "gpu") | "\(.via) \(.parent)"' "inherit_when nvidia"
	is_json '.handlers[] | select(.name == "userns") | .fields.runtime_path |
		"\(.value) \(.kind)"' "/usr/libexec/crio/crun candidate"
	is_json '[.handlers[] | select(.status == "dropped")] | length' 0
}

@test "under --root a condition without facts drops the handler, and says what is missing" {
	answers 0 heir --root "$HEIR_SOURCE/examples/gpu-node" show --format json
	is_json '[.handlers[] | select(.status == "dropped") | .name] | join(" ")' \
		"confidential gpu userns"
	is_json '.handlers[] | select(.name == "gpu") | .reason | contains("--facts")' true
}

@test "--facts - reads standard input" {
	facts=$HEIR_SOURCE/examples/gpu-node/facts.json
	answers 0 heir --root "$HEIR_SOURCE/examples/gpu-node" --facts "$facts" show
	shows inherit_when
	wanted=$output
	answers 0 heir --root "$HEIR_SOURCE/examples/gpu-node" --facts - show <"$facts"
	is "$wanted" "$output"
}

@test "--facts reads a pipe, however slow" {
	facts=$HEIR_SOURCE/examples/gpu-node/facts.json
	answers 0 heir --root "$HEIR_SOURCE/examples/gpu-node" --facts "$facts" show
	shows inherit_when
	wanted=$output
	answers 0 heir --root "$HEIR_SOURCE/examples/gpu-node" \
		--facts <(sleep 0.2; cat "$facts") show
	is "$wanted" "$output"
}
