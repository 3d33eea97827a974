#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir explain: where each value comes from. The tests assert content, not exact wording.

load heir

sample()
{
	binary usr/bin/runc
	dropin 00-default <<-'EOF'
		[crio.runtime]
		default_runtime = "crun"
		[crio.runtime.runtimes.crun]
		runtime_root = "/run/crun"
		allowed_annotations = ["io.containers.trace-syscall"]
	EOF
	dropin 50-old.conf <<-'EOF'
		[crio.runtime.runtimes.perf]
		runtime_path = "/usr/bin/runc"
		monitor_env = ["A=b"]
	EOF
	dropin 99-runtimes.conf <<-'EOF'
		[crio.runtime.runtimes.perf]
		inherit = "default"
		[crio.runtime.runtimes.child]
		inherit = "perf"
	EOF
}

@test "a handler of a file that does not parse: what is wrong with that is the answer" {
	dropin 50-gpu <<<'[crio.runtime.runtimes.gpu'
	answers 1 on_node explain gpu
	says "[toml-syntax]"
	[[ $stderr != *"no file defines"* ]]
}

@test "the chain is told from the handler to \$PATH, with the place of each step" {
	sample
	answers 0 on_node explain child runtime_path
	is "" "$stderr"
	shows 'child.runtime_path = "/usr/bin/crun"'
	shows '99-runtimes.conf:4:1'
	shows 'inherit = "perf"'
	shows '99-runtimes.conf:2:1'
	shows 'inherit = "default"'
	shows '00-default:2:1'
	shows 'default_runtime = "crun"'
	shows '/usr/bin/crun'
	# In this order.
	is "child perf crun" "$(grep -oE '^ *(└─ )?(child|perf|crun) ' <<<"$output" |
		tr -d ' └─' | xargs)"
}

@test "what a later table discards is told, with who discards it" {
	sample
	answers 0 on_node explain perf runtime_path
	discarded=$(grep -A 1 '50-old.conf:2:1' <<<"$output")
	[[ $discarded == *'runtime_path = "/usr/bin/runc"'* ]]
	[[ $discarded == *discarded*99-runtimes.conf:1* ]]
}

@test "fields that the winning table does not even mention are told as lost" {
	sample
	answers 0 on_node explain perf
	grep -q '50-old.conf:3:1.*monitor_env' <<<"$output"
	answers 0 on_node explain perf monitor_env
	grep -q 'discarded' <<<"$output"
}

@test "the rule that decided is told, and why the others did not" {
	sample
	answers 0 on_node explain child runtime_path --format json
	is_json '.fields[].decided_by' inherit
	is_json '[.fields[].rules[].rule] | join(" ")' "explicit candidate inherit implicit path"
	answers 0 on_node explain crun runtime_path --format json
	is_json '.fields[].decided_by' path
	answers 0 on_node explain child runtime_path
	grep -q 'decided by *inherit' <<<"$output"
}

@test "the directories of \$PATH that were tried are told" {
	sample
	answers 0 on_node --path /opt/bin:/usr/bin:/bin explain crun runtime_path --format json
	is_json '.fields[].path[] | "\(.directory) \(.found)"' "/opt/bin false
/usr/bin true"
	answers 0 on_node --path /opt/bin:/usr/bin:/bin explain crun runtime_path
	shows /opt/bin
}

@test "what an unmodified CRI-O would do is told" {
	sample
	answers 0 on_node explain perf runtime_path
	grep -q 'stock .*CRI-O 1.37' <<<"$output"
	grep -q 'drop' <<<"$output"
	answers 0 on_node explain crun runtime_path
	grep 'stock .*CRI-O 1.37' <<<"$output" | grep -q same
}

@test "a field that the parent has and inherit_fields does not name is told as not inherited" {
	sample
	answers 0 on_node explain perf allowed_annotations
	shows "not set"
	shows "inherit_fields"
}

@test "a dropped handler: the reason and its rule come first" {
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes.x]
		inherit = "crum"
	EOF
	answers 0 on_node explain x
	[[ ${lines[0]} == *dropped*crum*"[parent-unknown]"* ]]
	answers 0 on_node explain x --format json
	is_json '"\(.status) \(.rule)"' "dropped parent-unknown"
}

@test "a circle is told and ends" {
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes.a]
		inherit = "b"
		[crio.runtime.runtimes.b]
		inherit = "c"
		[crio.runtime.runtimes.c]
		inherit = "a"
	EOF
	answers 0 on_node explain a
	[[ ${lines[0]} == *"[inherit-cycle]"* ]]
	[ "${#lines[@]}" -lt 40 ]
}

@test "implicit inheritance is told as such, and what would switch it off" {
	dropin 50-x <<<'[crio.runtime.runtimes.mine]'
	answers 0 on_node explain mine runtime_path
	shows implicit
	dropin 60-off <<-'EOF'
		[crio.runtime]
		implicit_inherit = false
	EOF
	answers 0 on_node explain mine runtime_path
	shows 60-off:2
}

@test "conditions: which held, which did not and why" {
	gpu=(--root "$HEIR_SOURCE/examples/gpu-node" --facts "$HEIR_SOURCE/examples/gpu-node/facts.json")
	answers 0 heir "${gpu[@]}" explain confidential runtime_config_path
	grep -q 'kata-snp .*does not hold' <<<"$output"
	grep -q 'kata-tdx .*matched' <<<"$output"
}

@test "candidates: which was chosen, and what the others lack" {
	gpu=(--root "$HEIR_SOURCE/examples/gpu-node" --facts "$HEIR_SOURCE/examples/gpu-node/facts.json")
	answers 0 heir "${gpu[@]}" explain userns runtime_path
	grep -q '/usr/libexec/crio/crun .*chosen' <<<"$output"
	grep -q '/usr/bin/runc .*idmap' <<<"$output"
}

@test "conmon_cgroup that overrules a handler's own value is named" {
	dropin 50-x <<-'EOF'
		[crio.runtime]
		conmon_cgroup = "pod"
		[crio.runtime.runtimes.x]
		inherit = "default"
		monitor_cgroup = "mine.slice"
	EOF
	answers 0 on_node explain x monitor_cgroup
	shows '"pod"'
	shows 50-x:2
	grep -q 'overruled' <<<"$output"
}

@test "a chain of 1,000 is shortened in text and whole in JSON" {
	awk 'BEGIN {
		print "[crio.runtime.runtimes.h0]\ninherit = \"default\""
		for (i = 1; i < 1000; i++)
			printf "[crio.runtime.runtimes.h%d]\ninherit = \"h%d\"\n", i, i - 1
	}' | dropin 50-chain
	answers 0 on_node explain h999 runtime_path
	[ "${#lines[@]}" -lt 60 ]
	shows " more"
	answers 0 on_node explain h999 runtime_path --format json
	is_json '.chain | length' 1001
}

@test "a field may be written in any case, as in the files" {
	answers 0 on_node explain crun runtime_path
	shows crun.runtime_path
	wanted=$output
	answers 0 on_node explain crun RUNTIME_PATH
	is "$wanted" "$output"
}

@test "every field of every handler of the examples can be explained" {
	n=0
	for tree in ocp-worker debian-node gpu-node; do
		root=(--root "$HEIR_SOURCE/examples/$tree")
		for name in $(heir "${root[@]}" show --format json | jq -r '.handlers[].name'); do
			n=$((n + 1))
			answers 0 heir "${root[@]}" explain "$name"
			[[ $output =~ ^"$name"(\ |,) ]]
			for field in runtime_type container_min_memory monitor_env seccomp_profile; do
				answers 0 heir "${root[@]}" explain "$name" "$field"
				shows "$name.$field"
			done
		done
	done
	[ $n -eq 20 ]
}

@test "--as stock explains what an unmodified CRI-O does" {
	sample
	answers 0 on_node --as stock explain perf
	[[ ${lines[0]} == *dropped* ]]
	[[ $output != *"inherited from"* ]]
}

@test "implicit_inherit of another type: heir cannot resolve, and CRI-O starts" {
	binary usr/bin/crun
	dropin 50-x <<-'EOF'
		[crio.runtime]
		implicit_inherit = "no"
		[crio.runtime.runtimes.a]
		inherit = "default"
	EOF
	for command in show "explain a" diff "diff --default-runtime a" check; do
		answers 1 on_node $command
		[[ $output$stderr == *"heir's key \"implicit_inherit\" must be a boolean"* ]]
		[[ $output$stderr != *"CRI-O would not start"* ]]
		[[ $output$stderr != *value-type* ]]
	done
	answers 1 on_node explain a
	shows "heir cannot resolve"
	answers 1 on_node show --format json
	is_json .error.rule inherit-invalid
	answers 1 on_node diff
	shows "heir cannot resolve"
	answers 1 on_node show
	says "50-x:2:20: error: "
	says "[inherit-invalid]"
	answers 0 on_node show --as stock
}

@test "no candidate answers: the parent's path is not the handler's" {
	binary usr/bin/crun
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes.a]
		inherit = "default"
		runtime_candidates = ["none", "nothere"]
	EOF
	answers 0 on_node explain a runtime_path
	shows "none of its runtime_candidates exists"
	shows "a.runtime_path is not resolved"
	shows "candidate: none is usable · inherit, implicit, \$PATH: not reached"
	shows "nothere  -  not in \$PATH"
	[[ $output != *"its parent's"* ]]
	answers 0 on_node explain a
	[[ $output != *'"/usr/bin/crun"'* ]]
	shows "runtime_root"
	answers 0 on_node show a --format json
	is_json '.handlers[0].fields.runtime_path' null
	answers 0 on_node explain a runtime_path --format json
	is_json '.fields[] | "\(.value) \(.candidates | length)"' "null 2"
}

@test "conditions and requirements are shown whole, as TOML that can be copied back" {
	binary usr/bin/runc
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes.runc]
		[crio.runtime.runtimes.a]
		inherit_when = [ # by hand
			{ inherit = "runc", when = { "cpu.security" = { "sev.snp.enabled" = true }, # SEV
				"local.label" = { "vendor.io/a b" = 'q"\', "x\u0000" = ["\u0000", 0x10] } } },
			{ inherit = "crun", when."kernel.version.major" = { op = "Ge", value = 5 } },
		]
		runtime_requires = {}
		[crio.runtime.runtimes.b]
		[[crio.runtime.runtimes.b.inherit_when]]
		inherit = "runc"
		[crio.runtime.runtimes.b.inherit_when.when]
		"cpu.security"."sev.snp.enabled" = true
		[crio.runtime.runtimes.b.inherit_when.when."local.label"]
		"vendor.io/a b" = 'q"\'
		"x\u0000" = [
			"\u0000", 0x10
		]
		[[crio.runtime.runtimes.b.inherit_when]]
		inherit = "crun"
		when = { "kernel.version.major" = { op = "Ge", value = 5 } }
	EOF
	when='[{ inherit = "runc", when = { "cpu.security" = { "sev.snp.enabled" = true }, "local.label" = { "vendor.io/a b" = "q\"\\", "x\u0000" = ["\u0000", 0x10] } } }, { inherit = "crun", when = { "kernel.version.major" = { op = "Ge", value = 5 } } }]'
	echo '{"features": {"cpu.security": {}, "local.label": {}, "kernel.version": {"major": "6"}}}' >facts.json
	for handler in a b; do
		answers 0 on_node --facts facts.json explain $handler inherit_when --format json
		is_json '.fields[].value' "$when"
		is_json '.fields[].written[0].text' "inherit_when = $when"
		answers 0 on_node --facts facts.json explain $handler
		shows "  inherit_when              $when"
		# The element's name is told from the feature's.
		shows 'does not hold: cpu.security."sev.snp.enabled" does not exist'
		[[ $output$'\n' != *' '$'\n'* ]]
		answers 0 on_node --facts facts.json explain $handler inherit_when
		shows "written     50-x:"
		[[ $output$'\n' != *' '$'\n'* ]]
	done
	# Copied back it means the same.
	printf '[crio.runtime.runtimes.a]\ninherit_when = %s\n[crio.runtime.runtimes.runc]\n' "$when" >"$NODE/$CONFD/50-x"
	answers 0 on_node --facts facts.json explain a inherit_when --format json
	is_json '.fields[].value' "$when"
	is_json '.conditions[].answer' "does-not-hold
matched"
}

@test "what nobody means anything by is shown to a depth" {
	dropin 50-x <<-EOF
		[crio.runtime.runtimes.a]
		inherit_when = $(printf '[%.0s' {1..900})$(printf ']%.0s' {1..900})
	EOF
	answers 0 on_node explain a inherit_when --format json
	is_json '.fields[].value' "$(printf '[%.0s' {1..17}) ... $(printf ']%.0s' {1..17})"
}

@test "names that mean something to CRI-O have a note" {
	for name in high-performance my-high-performance-2 Kata-qemu; do
		dropin 50-x.conf <<-EOF
			[crio.runtime.runtimes.$name]
			inherit = "default"
		EOF
		answers 0 on_node explain "$name"
		shows "note"
		shows "the name contains"
		answers 0 on_node explain "$name" --format json
		is_json '.notes | length' 1
	done
	# Of one field they are not told, and other names have none.
	answers 0 on_node explain Kata-qemu runtime_path
	[[ "$output" != *"the name contains"* ]]
	answers 0 on_node explain crun
	[[ "$output" != *"the name contains"* ]]
	answers 0 on_node explain crun --format json
	is_json '.notes | length' 0
}

@test "a monitor from $PATH: no count of directories, which nothing recorded" {
	answers 0 heir --root "$HEIR_SOURCE/examples/ocp-worker" explain crun monitor_path
	[[ $output != *"0th of 0"* ]]
	shows '/usr/bin/conmon'
}

# A chain of three handlers that all add to a list and to a table.
merging()
{
	dropin 01-ctrcfg-x <<-'EOF'
		[crio.runtime.runtimes.base]
		runtime_path = "/usr/bin/crun"
		monitor_env = ["A=1", "B=2", "B=2"]
		default_annotations = { "a" = "1", "b" = "2" }
	EOF
	dropin 10-a <<-'EOF'
		[crio.runtime.runtimes.mid]
		inherit = "base"
		inherit_fields = ["all"]
		monitor_env = [
		  "C=3",
		  "A=1",
		]
		default_annotations = { "b" = "3" }
		[crio.runtime.runtimes.gpu]
		inherit = "mid"
		inherit_fields = ["monitor_env", "default_annotations"]
		monitor_env = ["D=4"]
		[crio.runtime.runtimes.gpu.default_annotations]
		c = "4"
	EOF
}

@test "items of merged arrays and keys of merged tables have their own origin: text, JSON, report" {
	merging
	wanted='A=1 base ctrcfg 01-ctrcfg-x:3:16, B=2 base ctrcfg 01-ctrcfg-x:3:23, B=2 base ctrcfg 01-ctrcfg-x:3:30, C=3 mid user 10-a:5:3, D=4 gpu user 10-a:12:16'
	items='[.items[] | "\(.key // "" | if . == "" then . else . + "=" end)\(.value) \(.from) \(.layer) \(.file | sub(".*/"; "")):\(.line):\(.column)"] | join(", ")'
	answers 0 on_node explain gpu monitor_env --format json
	is_json ".fields[] | $items" "$wanted"
	is_json '.fields[] | "\(.layer) \([.items[].value] == .value)"' "user true"
	answers 0 on_node show gpu --format json
	is_json ".handlers[0].fields.monitor_env | $items" "$wanted"
	is_json ".handlers[0].fields.default_annotations | $items" \
		'a=1 base ctrcfg 01-ctrcfg-x:4:31, b=3 mid user 10-a:8:31, c=4 gpu user 10-a:14:5'
	# What one handler alone gives needs none.
	is_json '.handlers[0].fields.runtime_path | has("items")' false
	answers 0 on_node show base --format json
	is_json '.handlers[0].fields.monitor_env | has("items")' false
	answers 0 on_node explain gpu default_annotations
	grep -qE '^  items +a = "1" +from base +01-ctrcfg-x:4:31$' <<<"$output"
	grep -qE '^ +b = "3" +from mid +10-a:8:31$' <<<"$output"
	answers 0 on_node report
	grep -qF '<td>c = &quot;4&quot;</td><td class="note">from gpu</td><td class="dim">10-a:14:5</td>' <<<"$output"
}

@test "the place of an item is where it is: edited there, that item alone changes" {
	merging
	on_node show gpu --format json >before
	for i in 0 3 4; do
		read -r file line column < <(jq -r ".handlers[0].fields.monitor_env.items[$i] | \"\(.file) \(.line) \(.column)\"" before)
		cp "$NODE/$file" kept
		sed -i "${line}s/^\(.\{$column\}\)/\1Z/" "$NODE/$file"
		on_node show gpu --format json >after
		cp kept "$NODE/$file"
		# A=1 of mid is its own now, and comes behind those of the parent.
		is "Z$(jq -r ".handlers[0].fields.monitor_env.value[$i]" before)" "$(jq -r ".handlers[0].fields.monitor_env.value[$i]" after)"
	done
}

@test "many items: the first ones have their origin, and how many have not is said" {
	{
		printf '[crio.runtime.runtimes.base]\nruntime_path = "/usr/bin/crun"\nmonitor_env = ['
		# shellcheck disable=SC2046 # words
		printf '"V%d=1", ' $(seq 3000)
		echo ']'
		for i in $(seq 60); do
			printf '[crio.runtime.runtimes.h%d]\ninherit = "base"\ninherit_fields = ["monitor_env"]\nmonitor_env = ["X=%d"]\n' "$i" "$i"
		done
	} | dropin 10
	answers 0 on_node explain h1 monitor_env --format json
	is_json '.fields[].items | length' 3001
	answers 0 on_node explain h1 monitor_env
	shows "... and 2901 more items"
	answers 0 on_node show --format json
	# 16 MiB at 256 bytes an item are enough for some of them; the others have 16 each.
	is_json '[.handlers[].fields.monitor_env.items // [] | length] | unique | tostring' '[16,3001]'
	is_json '.handlers[] | select(.name == "h9").fields.monitor_env | (.items | length) + .items_left_out
		== (.value | length) - (if .left_out then 1 else 0 end)' true
}

@test "each field has the layer of its line: heir.show, explain, diff, render" {
	merging
	file usr/lib/systemd/system/crio.service <<-'EOF'
		[Service]
		ExecStart=/usr/bin/crio --runtimes flagged:/usr/bin/crun:/run/f
	EOF
	answers 0 on_node show --format json
	is_json '[.handlers[] | "\(.name)=\(.fields.runtime_path.layer)"] | join(" ")' \
		"base=ctrcfg crun=null flagged=flag gpu=ctrcfg mid=ctrcfg"
	is_json '.handlers[] | select(.name == "crun").fields.monitor_cgroup.layer' builtin
	answers 0 on_node explain base runtime_path --format json
	is_json '.fields[].layer' ctrcfg
	answers 1 on_node diff --format json
	is_json '.handlers[] | select(.name == "gpu").fields.runtime_path.new.layer' ctrcfg
	answers 1 on_node diff
	shows '"/usr/bin/crun"  inherited from base, 01-ctrcfg-x:2 (ctrcfg)'
	answers 0 on_node render --format json
	is_json '[.. | .layer? // empty] | unique | join(" ")' "builtin ctrcfg user"
}
