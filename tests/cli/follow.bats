#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir render: which handlers follow the default runtime, and what is never written.

load heir

# A node whose default is crun, and handlers that get their identity from it in each way.
sample()
{
	binary usr/bin/runc
	binary usr/libexec/crio/conmon
	binary usr/libexec/crio/other-conmon
	dropin 10-base.conf <<-'EOF'
		[crio.runtime]
		default_runtime = "crun"
		[crio.runtime.runtimes.crun]
		runtime_path = "/usr/bin/crun"
		monitor_path = "/usr/libexec/crio/conmon"
		[crio.runtime.runtimes.runc]
		runtime_path = "/usr/bin/runc"
		runtime_root = "/run/runc"
		monitor_path = "/usr/libexec/crio/conmon"
	EOF
	dropin 50-mine.conf <<-'EOF'
		[crio.runtime.runtimes.asks]
		inherit = "default"
		[crio.runtime.runtimes.implied]
		allowed_annotations = ["io.containers.trace-syscall"]
		[crio.runtime.runtimes.named]
		inherit = "crun"
		[crio.runtime.runtimes.rooted]
		inherit = "default"
		runtime_root = "/run/mine"
		[crio.runtime.runtimes.behind]
		inherit = "asks"
	EOF
}

# What CRI-O, left to itself, runs a handler with.
runs()
{
	on_node --as stock show "$1" --format json | jq -r '.handlers[0].fields.runtime_path.value'
}

# The keys of a handler's table in what is rendered.
keys()
{
	on_node render "${@:2}" | awk -v h="[crio.runtime.runtimes.$1]" \
		'/^\[/ { on = $0 == h } on && / = / { print $1 }' | head -n 3 | paste -sd' '
}

@test "a handler that follows the default says so, another has values" {
	sample
	is "monitor_path inherit_default_runtime container_min_memory" "$(keys asks)"
	is "monitor_path inherit_default_runtime allowed_annotations" "$(keys implied)"
	is "runtime_path monitor_path container_min_memory" "$(keys named)"
	is "runtime_path runtime_root monitor_path" "$(keys rooted)"
	is "runtime_path monitor_path container_min_memory" "$(keys behind)"
	answers 0 on_node render
	shows 'inherit_default_runtime = true  # follows the default: 50-mine.conf:2'
	answers 0 on_node render --format json
	is_json '.handlers[] | select(.name == "asks").fields |
		[.inherit_default_runtime.value, .inherit_default_runtime.line, .runtime_path] | @csv' true,2,
	answers 0 on_node render --output "$NODE/$CONFD/zz-heir.conf"
	answers 0 on_node diff
	answers 0 on_node apply --dry-run
	shows "nothing to change"
}

@test "a default that moves takes along what follows it, without heir" {
	sample
	answers 0 on_node render --output "$NODE/$CONFD/zz-heir.conf"
	dropin zzz-move.conf <<-'EOF'
		[crio.runtime]
		default_runtime = "runc"
	EOF
	is /usr/bin/runc "$(runs asks)"
	is /usr/bin/runc "$(runs implied)"
	is /usr/bin/crun "$(runs named)"
	is /usr/bin/crun "$(runs rooted)"
	answers 0 on_node --as stock show asks --format json
	is_json '.handlers[0].fields.runtime_root.value' /run/runc
	# Only what heir would write otherwise now is stale.
	answers 0 on_node check --rule rendered-stale --format json
	is_json '[.findings[0].related[].message] | join(";")' \
		'"rooted" differs in runtime_path;"behind" differs in runtime_path, runtime_root'
	answers 0 on_node render --flatten --output "$NODE/$CONFD/zz-heir.conf"
	dropin zzz-move.conf </dev/null
	is /usr/bin/runc "$(runs asks)"
}

@test "--flatten writes values, and releases without the key get them" {
	sample
	is "runtime_path monitor_path container_min_memory" "$(keys asks --flatten)"
	answers 0 on_node render --flatten
	[[ $output != *inherit_default_runtime* ]]
	for release in 1.28 1.30 1.31.2; do
		answers 0 on_node --crio-version $release render
		[[ $output != *inherit_default_runtime* ]]
	done
	for release in 1.31 1.31.3 1.32.0 1.37; do
		answers 0 on_node --crio-version $release render
		shows "inherit_default_runtime = true"
	done
	answers 2 on_node show --flatten
}

@test "a drop-in is not stale for being flattened, nor for not being" {
	sample
	for how in --flatten ""; do
		answers 0 on_node render $how --output "$NODE/$CONFD/zz-heir.conf"
		answers 0 on_node check --rule rendered-stale
		is "" "$output"
		answers 0 on_node diff
	done
	# Once the default moves the values are.
	answers 0 on_node render --flatten --output "$NODE/$CONFD/zz-heir.conf"
	sed -i 's/"crun"$/"runc"/' "$NODE/$CONFD/10-base.conf"
	answers 0 on_node check --rule rendered-stale
	shows '"asks" differs in runtime_path, runtime_root'
}

@test "CRI-O's own key beside inherit needs no table, until the monitor differs" {
	sample
	dropin 50-mine.conf <<-'EOF'
		[crio.runtime.runtimes.both]
		inherit = "default"
		inherit_default_runtime = true
		monitor_path = "/usr/libexec/crio/other-conmon"
	EOF
	answers 0 on_node render
	shows "# Empty: "
	sed -i /other-conmon/d "$NODE/$CONFD/50-mine.conf"
	is "monitor_path inherit_default_runtime container_min_memory" "$(keys both)"
}

@test "a handler that has the default's values by chance is made to follow" {
	sample
	# CRI-O finds the default's very binary by the handler's name.
	sed -i '/monitor_path/d' "$NODE/$CONFD/10-base.conf"
	dropin 50-mine.conf <<-'EOF'
		[crio.runtime.runtimes.youki]
		inherit = "default"
	EOF
	binary usr/bin/youki
	sed -i 's|/usr/bin/crun|/usr/bin/youki|' "$NODE/$CONFD/10-base.conf"
	answers 0 on_node render
	shows "inherit_default_runtime = true"
	answers 0 on_node render --flatten
	shows "# Empty: "
}

@test "a monitor that CRI-O finds itself is not written" {
	sample
	binary usr/bin/conmon
	sed -i '/monitor_path/d' "$NODE/$CONFD/10-base.conf"
	answers 0 on_node render
	shows "inherit_default_runtime = true"
	[[ $output != *monitor_path* ]]
	# Nor one that the setting overrules.
	sed -i '1a conmon = "/usr/libexec/crio/conmon"' "$NODE/$CONFD/10-base.conf"
	answers 0 on_node render
	[[ $output != *monitor_path* ]]
}

# heir on this machine's root, with the node's directories and a variable that is not UTF-8.
with_bytes()
{
	scrubbed BYTES=$'\xff' timeout 20 "$HEIR" --crio-version 1.34 --config "$NODE/etc/crio/crio.conf" \
		--config-dir "$NODE/$CONFD" --source-dir "$NODE/etc/crio/heir.d" \
		--path "$NODE/usr/bin" --no-unit "$@"
}

@test "what is not UTF-8 is refused, never written" {
	file etc/crio/crio.conf <<-EOF
		[crio.runtime]
		default_runtime = "mine"
		[crio.runtime.runtimes.mine]
		runtime_path = "$NODE/usr/bin/crun"
	EOF
	file etc/crio/heir.d/10.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		inherit = "default"
		runtime_root = "/run/${BYTES}"
	EOF
	answers 1 with_bytes render
	is "" "$output"
	says "heir.d/10.conf:3:16: warning: runtime_root is not UTF-8, so a drop-in cannot contain it [render-cannot-say]"
	says "nothing is rendered"
	answers 1 with_bytes render --output "$NODE/out"
	[ ! -e "$NODE/out" ]
	monitor "$NODE/usr/bin/conmon"
	answers 1 with_bytes apply --reload none
	says "nothing is written: runtime_root is not UTF-8"
	[ ! -e "$NODE/$CONFD/zz-heir.conf" ]
	file etc/crio/heir.d/10.conf <<<'[crio.runtime.runtimes."${BYTES}"]'
	answers 1 with_bytes render
	says "the name of a handler is not UTF-8"
}

# lists N HANDLERS [CHARACTER [LENGTH]]: a list of N strings of so many characters, 1,000 if not
# given, and HANDLERS that inherit it.
lists()
{
	awk -v n="$1" -v m="$2" -v c="${3-x}" -v len="${4-1000}" 'BEGIN {
		item = sprintf("%" len "s", ""); gsub(/ /, c, item)
		print "[crio.runtime.runtimes.base]\nruntime_path = \"/usr/bin/crun\"\nmonitor_env = ["
		for (i = 0; i < n; i++)
			printf "\"%s%d\",\n", item, i
		print "]"
		for (i = 0; i < m; i++)
			printf "[crio.runtime.runtimes.h%d]\nruntime_path = \"/usr/bin/crun\"\n" \
				"inherit = \"base\"\ninherit_fields = [\"all\"]\n", i
	}'
}

@test "what heir would not read it does not write" {
	lists 200 90 | dropin 50-many.conf
	answers 1 on_node render
	is "" "$output"
	says "the drop-in would be larger than 16 MiB, more than heir reads [render-cannot-say]"
	answers 1 on_node apply --dry-run
	is "" "$output"
	says "nothing is written: the drop-in would be larger than 16 MiB"
	[ ! -e "$NODE/$CONFD/zz-heir.conf" ]
	# An escape takes more bytes than the character.
	lists 200 20 '\\\\u0001' | dropin 50-many.conf
	answers 1 on_node render
	is "" "$output"
	says "larger than 16 MiB"
	# As a Kubernetes object it is longer, and an object is read as any file is.
	lists 200 75 | dropin 50-many.conf
	answers 0 on_node render --output out
	[ "$(stat -c %s out)" -gt 15000000 ]
	answers 1 on_node render --format machineconfig
	is "" "$output"
	says "the object would be larger than 16 MiB"
}

@test "a list that very many handlers inherit costs no more than a drop-in may have" {
	# In full that would be two thousand million strings.
	lists 100000 20000 x 2 | dropin 50-many.conf
	for command in render "apply --dry-run"; do
		# shellcheck disable=SC2086
		answers 1 on_node $command
		is "" "$output"
		says "larger than 16 MiB"
	done
}

# ---- Law 4 ----

# The layout of CRI-O's packages: conmon is outside of $PATH.
packaged()
{
	sample
	rm "$NODE/usr/bin/conmon"
}

@test "what inherits has a monitor where the package keeps it" {
	packaged
	answers 0 on_node render
	is 5 "$(grep -c '^monitor_path = "/usr/libexec/crio/conmon"' <<<"$output")"
	answers 0 on_node render --output "$NODE/$CONFD/zz-heir.conf"
	answers 0 on_node --as stock show --format json
	is_json .starts true
	is_json '[.handlers[] | select(.status == "ok")] | length' 7
	answers 0 on_node --crio-version 1.30 render --output "$NODE/$CONFD/zz-heir.conf"
	answers 0 on_node --crio-version 1.30 --as stock show --format json
	is_json .starts true
}

@test "a drop-in that leaves a handler without a monitor is never written" {
	packaged
	for table in 'inherit_default_runtime = true' $'inherit = "default"\nmonitor_path = "/gone"'; do
		# CRI-O starts without it: it has no such handler.
		printf '[crio.runtime.runtimes.bad]\n%s\n' "$table" | file etc/crio/heir.d/10.conf
		answers 0 on_node --as stock show --format json
		is_json .starts true
		answers 1 on_node render
		is "" "$output"
		says "[monitor-missing]"
		says "CRI-O 1.37 would not start: 1 reason"
		answers 1 on_node render --format machineconfig --output "$NODE/out"
		[ ! -e "$NODE/out" ]
		answers 1 on_node apply
		[ ! -e "$NODE/$CONFD/zz-heir.conf" ]
	done
}

@test "CRI-O's own key in the package's layout is told of, with the place of conmon" {
	packaged
	dropin 50-mine.conf <<-'EOF'
		[crio.runtime.runtimes.low-latency]
		inherit_default_runtime = true
	EOF
	answers 1 on_node check --format json
	is_json .starts false
	is_json '[.findings[] | select(.rule == "monitor-missing").handler] | join(" ")' low-latency
	shows "/usr/libexec/crio/conmon"
	# inherit brings the monitor along.
	sed -i 's/inherit_default_runtime = true/inherit = "default"/' "$NODE/$CONFD/50-mine.conf"
	answers 0 on_node render --output "$NODE/$CONFD/zz-heir.conf"
	answers 0 on_node check --format json
	is_json .starts true
}

@test "a handler that CRI-O keeps may stop it by what the drop-in sets" {
	binary usr/bin/containerd-shim-x-v2
	dropin 50-kept.conf <<-'EOF'
		[crio.runtime.runtimes.crun]
		runtime_path = "/usr/bin/containerd-shim-x-v2"
		runtime_type = "vm"
		[crio.runtime.runtimes.kept]
		runtime_path = "/usr/bin/crun"
		inherit = "nobody"
	EOF
	file etc/crio/heir.d/10.conf <<-'EOF'
		[crio.runtime]
		conmon = "/gone"
	EOF
	# heir has no handler that needs a monitor.
	answers 0 on_node show --format json
	is_json .starts true
	answers 0 on_node --as stock show --format json
	is_json .starts true
	answers 1 on_node render
	is "" "$output"
	says '50-kept.conf:4:24: warning: CRI-O would not start with it: monitor of handler "kept"'
	says 'nothing is rendered: CRI-O would not start with it: monitor of handler "kept"'
	answers 1 on_node apply
	[ ! -e "$NODE/$CONFD/zz-heir.conf" ]
}

@test "on files on which CRI-O does not start anyway nothing is rendered" {
	sample
	sed -i '1a log_level = "loud"' "$NODE/$CONFD/10-base.conf"
	answers 1 on_node render
	is "" "$output"
	says "[value-invalid]"
	answers 1 on_node apply
	[ ! -e "$NODE/$CONFD/zz-heir.conf" ]
}
