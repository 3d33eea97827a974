#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir blame: which lines of the files take effect, and what depends on a line.

load heir

# states FILE: the states of its lines, from what blame printed as JSON in $output.
states()
{
	jq -r --arg file "$1" '.files[] | select(.path | endswith($file)) | [.lines[].state] | join(" ")' \
		<<<"$output"
}

# by FILE LINE: what replaces the line.
by()
{
	jq -r --arg file "$1" --argjson line "$2" '.files[] | select(.path | endswith($file)).lines[$line - 1].by |
		if . then "\(.file):\(.line)" else "none" end' <<<"$output"
}

two_files()
{
	dropin 10-a <<-'EOF'
		# first
		[crio.runtime]
		log_level = "debug"
		no_such_key = 1

		[crio.runtime.runtimes.gpu]
		runtime_path = "/usr/bin/crun"
		monitor_env = [
		  "A=1",
		]
		inherit = "default"
	EOF
	dropin 20-b <<-'EOF'
		[crio.runtime]
		log_level = "info"
		[crio.runtime.runtimes.gpu]
		runtime_path = "/usr/bin/crun"
		runtime_root = ""
		inherit_fields = ["all"]
	EOF
}

@test "each line has one state, and names the line that replaces or discards it" {
	two_files
	answers 0 on_node blame --format json
	is "comment replaced replaced no-effect comment discarded replaced discarded discarded discarded discarded" \
		"$(states 10-a)"
	is "counts counts counts counts no-effect heir-only" "$(states 20-b)"
	is "/$CONFD/20-b:2" "$(by 10-a 3)"
	is "/$CONFD/20-b:3" "$(by 10-a 6)"
	is "/$CONFD/20-b:4" "$(by 10-a 7)"
	is "/$CONFD/20-b:3" "$(by 10-a 8)"
	is none "$(by 20-b 2)"
	is_json '.files[0].lines[6] | "\(.key) \(.handler)"' "crio.runtime.runtimes.gpu.runtime_path gpu"
	is_json '.files[0].lines[2] | "\(.key) \(.handler)"' "crio.runtime.log_level null"
}

@test "text has the lines as they are, behind their numbers and what they come to" {
	two_files
	answers 0 on_node blame 10-a
	shows "# /$CONFD/10-a (user)"
	[[ ${lines[3]} =~ ^\ 3\ +replaced\ by\ 20-b:2\ +log_level\ =\ \"debug\"$ ]]
	[[ ${lines[1]} =~ ^\ 1\ +#\ first$ ]]
	is 12 "${#lines[@]}"
	answers 0 on_node blame --color always 10-a
	shows $'\033['
}

@test "a flag overrides all files, with its place in crio.service" {
	two_files
	file usr/lib/systemd/system/crio.service <<-'EOF'
		[Service]
		ExecStart=/usr/bin/crio --log-level warn --runtimes gpu:/usr/bin/crun:/run/gpu
	EOF
	answers 0 on_node blame --format json
	is "overridden overridden overridden overridden overridden overridden" "$(states 20-b)"
	is /usr/lib/systemd/system/crio.service:2 "$(by 20-b 2)"
	is /usr/lib/systemd/system/crio.service:2 "$(by 20-b 4)"
	# Without the flag an earlier file would still be replaced.
	is "/$CONFD/20-b:2" "$(by 10-a 3)"
}

@test "conmon and inherit_default_runtime replace what a handler says itself" {
	binary usr/bin/runc
	dropin 10 <<-'EOF'
		[crio.runtime]
		conmon = "/usr/bin/conmon"
		[crio.runtime.runtimes.gpu]
		runtime_path = "/usr/bin/runc"
		monitor_path = "/usr/bin/conmon"
		inherit_default_runtime = true
	EOF
	answers 0 on_node blame --format json
	is "counts counts counts replaced replaced counts" "$(states 10)"
	is "/$CONFD/10:6" "$(by 10 4)"
	is "/$CONFD/10:2" "$(by 10 5)"
	# A release that does not know the key obeys the path.
	answers 0 on_node --crio-version 1.28 --default-runtime runc blame --format json
	is "counts counts counts counts replaced no-effect" "$(states 10)"
}

@test "heir.d is for heir only; a file that is not TOML is unread; what heir rendered is CRI-O's" {
	file etc/crio/heir.d/10 <<-'EOF'
		[crio.runtime.runtimes.x]
		inherit = "default"
	EOF
	answers 0 on_node apply --reload none
	answers 0 on_node blame --format json
	is "heir-only heir-only" "$(states heir.d/10)"
	is_json '[.files[] | "\(.path | sub(".*/"; "")) \(.layer)"] | join(", ")' "zz-heir.conf heir, 10 user"
	is true "$(states zz-heir.conf | grep -q counts && echo true)"
	dropin 50 <<<$'# x\na = 1\nb = '
	answers 1 on_node blame --format json
	is "comment unread unread" "$(states 50)"
}

@test "layers: package, template, ctrcfg, user; of objects the MachineConfig and its age" {
	for name in 00-default 01-ctrcfg-log 10-crio.conf 50-mine; do
		dropin "$name" <<<'[crio.runtime]'
	done
	answers 0 on_node blame --format json
	is_json '[.files[].layer] | join(" ")' "template ctrcfg package user"
	cat >mc.yaml <<-'EOF'
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfig
		metadata:
		  name: 99-gpu
		  creationTimestamp: "2026-01-31T10:00:00Z"
		  labels: {machineconfiguration.openshift.io/role: worker}
		spec:
		  config:
		    ignition: {version: 3.2.0}
		    storage:
		      files:
		      - path: /etc/crio/crio.conf.d/99-gpu
		        contents: {source: "data:,%5Bcrio.runtime.runtimes.gpu%5D%0Aruntime_path%20%3D%20%22%2Fusr%2Fbin%2Fcrun%22"}
		---
		apiVersion: node.k8s.io/v1
		kind: RuntimeClass
		metadata: {name: fast}
		handler: gpu
		---
		apiVersion: v1
		kind: Pod
		metadata: {name: p, namespace: team}
		spec: {runtimeClassName: fast}
	EOF
	answers 0 on_node -i mc.yaml blame --format json
	is_json '.files[] | select(.object) | "\(.layer) \(.object.name) \(.object.created)"' \
		"user 99-gpu 2026-01-31T10:00:00Z"
	answers 0 on_node -i mc.yaml blame 99-gpu:2 --format json
	is_json '.depends | [.handlers[0].name, (.handlers[0].fields | keys[0]), .runtimeClasses[0], .pools[0],
		.pods[0].namespace] | join(" ")' "gpu runtime_path fast worker team"
	is_json '.depends.handlers[0].fields.runtime_path | "\(.value) \(.kind) \(.file):\(.line) \(.object.name)"' \
		"/usr/bin/crun explicit /$CONFD/99-gpu:2 99-gpu"
	answers 0 on_node -i mc.yaml blame 99-gpu:2
	shows "MachineConfig 99-gpu, created 2026-01-31T10:00:00Z"
	shows "RuntimeClass  fast"
}

@test "FILE:LINE: the handlers that depend on it, over parents and the default" {
	binary usr/bin/runc
	dropin 10 <<-'EOF'
		[crio.runtime]
		default_runtime = "runc"
		[crio.runtime.runtimes.runc]
		runtime_path = "/usr/bin/runc"
		[crio.runtime.runtimes.a]
		inherit = "default"
		[crio.runtime.runtimes.b]
		inherit = "a"
		[crio.runtime.runtimes.c]
		runtime_path = "/usr/bin/crun"
	EOF
	names='[.depends.handlers[].name] | join(" ")'
	answers 0 on_node blame 10:4 --format json
	is_json "$names" "a b runc"
	answers 0 on_node blame 10:2 --format json
	is_json "$names" "a b runc"
	answers 0 on_node blame 10:6 --format json
	is_json "$names" "a b"
	answers 0 on_node blame 10:10 --format json
	is_json "$names" c
	is_json '.files[0].lines | length' 1
	# By its path, and by that of the copy.
	for path in "/$CONFD/10" "$NODE/$CONFD/10"; do
		answers 0 on_node blame "$path:10" --format json
		is_json "$names" c
	done
}

@test "what depends on a line, where handlers cannot be resolved" {
	dropin 50 <<<$'[crio.runtime]\ndefault_runtime = "nope"\n[crio.runtime.runtimes.a]\ninherit = "default"'
	for line in 1 2 3 4; do
		answers 1 on_node blame "50:$line" --format json
		is_json '.depends.handlers | length' 0
		answers 1 on_node blame "50:$line"
		shows " depends on this line"
	done
}

@test "a file that a link makes CRI-O read twice: a line counts that counts in one of the readings" {
	binary usr/bin/runc
	file etc/crio/crio.conf <<-'EOF'
		[crio.runtime]
		log_level = "debug"
		no_such_key = 1
		[crio.runtime.runtimes.runc]
		runtime_path = "/usr/bin/runc"
	EOF
	ln -s ../crio.conf "$NODE/$CONFD/77-link"
	dropin 80 <<<$'[crio.runtime]\nlog_level = "info"'
	answers 0 on_node blame --format json
	is "replaced replaced no-effect counts counts" "$(states /crio.conf)"
	is "replaced replaced no-effect counts counts" "$(states 77-link)"
	# What depends on it does so by either name.
	for name in /etc/crio/crio.conf 77-link; do
		answers 0 on_node blame "$name:5" --format json
		is_json '.files | length' 1
		is_json '.depends.handlers[].name' runc
	done
	# Two files of the same text are two.
	rm "$NODE/$CONFD/77-link"
	cp "$NODE/etc/crio/crio.conf" "$NODE/$CONFD/77-link"
	answers 0 on_node blame --format json
	is "replaced replaced no-effect discarded replaced" "$(states /crio.conf)"
	is "/$CONFD/77-link:4" "$(by /crio.conf 4)"
}

@test "a file that neither reads, and a line that is not there" {
	dropin 10-gpu.conf <<<'[crio.runtime]'
	answers 2 on_node blame 10-gpu.cnf
	says 'did you mean "10-gpu.conf"?'
	answers 2 on_node blame 10-gpu.conf:2
	says "has 1 lines"
	answers 0 on_node blame 10-gpu.conf:1
	answers 2 on_node blame a b
}

@test "what a file says is escaped" {
	dropin 10 <<<$'# \033[31mred\n::error::x = 1\n'
	run on_node blame
	[[ $output != *$'\033['* ]]
	! grep -q '^::error' <<<"$output" || return 1
}

@test "show -o wide has the layer of each path, and is not cut" {
	dropin 01-ctrcfg-x <<<$'[crio.runtime.runtimes.a]\nruntime_path = "/usr/bin/crun"'
	dropin 10-crio.conf <<<$'[crio.runtime.runtimes.b]\nruntime_path = "/usr/bin/crun"'
	dropin 50 <<<$'[crio.runtime.runtimes.c]\ninherit = "a"\n[crio.runtime.runtimes.d]\nruntime_path = "/usr/bin/crun"'
	answers 0 on_node show --format wide
	is "HANDLER LAYER, a ctrcfg, b package, c ctrcfg, crun builtin, d user" \
		"$(awk '!/^[*]/ { printf "%s%s %s", sep, $1, $NF; sep = ", " }' <<<"$output")"
	answers 0 on_node show
	! grep -q LAYER <<<"$output" || return 1
	answers 0 on_node --crio-args '--runtimes x:/usr/bin/crun:/run/x' show --format wide x
	[[ ${lines[1]} == *flag ]]
}
