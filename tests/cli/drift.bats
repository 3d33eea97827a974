#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# heir drift: a running CRI-O against its files. The answers in examples/reloaded-node are those of a
# real one, after its start and after a reload with one file more.

load heir

# The node of those answers.
recorded()
{
	LIVE=$HEIR_SOURCE/examples/reloaded-node
	rm -rf "$NODE"
	mkdir "$NODE"
	cp -R "$LIVE/etc" "$LIVE/usr" "$NODE/"
}

# How handlers of $output drift, as "name drift field,field" lines.
drifts()
{
	jq -r '.handlers[] | "\(.name) \(.drift) \(.fields | keys_unsorted | join(","))"' <<<"$output"
}

# An answer of a CRI-O with the default crun, and what standard input has.
answer()
{
	{
		cat <<-'EOT'
			[crio]
			  [crio.runtime]
			    default_runtime = "crun"
			    [crio.runtime.runtimes]
			      [crio.runtime.runtimes.crun]
			        runtime_path = "/usr/bin/crun"
			        runtime_type = ""
			        runtime_root = "/run/crun"
			        allowed_annotations = ["io.containers.trace-syscall", "devices.crio.io"]
			        monitor_path = "/usr/bin/conmon"
			        monitor_cgroup = "system.slice"
			        monitor_env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
			        container_min_memory = "500KiB"
			        container_create_timeout = 240
		EOT
		cat
	} >answer.toml
	binary usr/bin/conmon
}

@test "a CRI-O that started on these files does not drift" {
	recorded
	rm "$NODE/$CONFD/10-added"
	answers 0 on_node drift --live "$LIVE/started.toml"
	shows "no handler differs (2 compared)"
	is "" "$stderr"
	answers 0 on_node drift --live "$LIVE/started.toml" --format json
	is_json .running.reloaded false
	is "" "$(drifts)"
}

@test "files that were added since are told, and nothing else is" {
	recorded
	answers 1 on_node drift --live "$LIVE/started.toml" --format json
	is "high2 missing 
newone missing " "$(drifts)"
	is_json .running.reloaded false
}

@test "what a reload lost is told of every handler, by its name" {
	recorded
	answers 1 on_node drift --live "$LIVE/reloaded.toml" --format json
	is "crun changed monitor_path,monitor_cgroup
high-performance changed monitor_path,monitor_cgroup
high2 changed monitor_path,monitor_cgroup
newone changed monitor_path,monitor_cgroup" "$(drifts)"
	is_json .running.reloaded true
	is_json '[.handlers[].fields[].cause] | unique | join(",")' reload
	is_json '.handlers[0].fields.monitor_path | "\(.files.value) \(.running) \(.files.kind)"' \
		"/usr/bin/conmon null path"
	is_json '.handlers[0].fields.monitor_cgroup | "\(.files.value) \(.running) \(.files.file):\(.files.line)"' \
		"pod null /$CONFD/00:14"
	answers 1 on_node drift --live "$LIVE/reloaded.toml"
	shows "running  not set  lost by a reload"
	shows "cri-o#10202"
}

@test "a handler whose file is gone is extra; one that would be dropped now says why" {
	recorded
	rm "$NODE/$CONFD/10-added"
	answers 1 on_node drift --live "$LIVE/reloaded.toml" --format json
	is "high2 extra " "$(drifts | sed -n 3p)"
	recorded
	rm "$NODE/usr/bin/runc"
	answers 1 on_node drift --live "$LIVE/reloaded.toml" --format json
	is_json '.handlers[] | select(.drift == "extra") | "\(.name): \(.reason)"' \
		"newone: /usr/bin/runc does not exist"
	answers 1 on_node drift --live "$LIVE/reloaded.toml"
	shows "+ newone  CRI-O would drop it now: /usr/bin/runc does not exist"
}

@test "a value that a reload does not lose is a plain difference" {
	answer <<<''
	answers 0 on_node drift --live answer.toml
	for wrong in 's/"system.slice"/"other.slice"/' 's/bin\/conmon/bin\/other/' 's/500KiB/12MiB/' \
		's/240/300/' 's/, "devices.crio.io"//' 's/runtime_type = ""/runtime_type = "vm"/'; do
		sed "$wrong" answer.toml >wrong.toml
		answers 1 on_node drift --live wrong.toml --format json
		is_json '[.handlers[].fields[]] | length' 1
		is_json '.handlers[0].fields[].cause' null
	done
}

@test "what CRI-O takes for the same is the same" {
	answer <<<''
	sed 's/runtime_type = ""/runtime_type = "oci"/; s/runtime_root = .*/runtime_root = ""/' \
		answer.toml >same.toml
	answers 0 on_node drift --live same.toml
	# A release that does not know a field prints none.
	sed '/container_create_timeout/d; /container_min_memory/d' answer.toml >old.toml
	dropin 10-crun <<-'EOT'
		[crio.runtime.runtimes.crun]
		allowed_annotations = ["io.containers.trace-syscall", "devices.crio.io"]
		monitor_cgroup = "system.slice"
		monitor_env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
	EOT
	answers 0 on_node drift --live old.toml
}

@test "another default is told" {
	answer <<-'EOT'
		[crio.runtime.runtimes.x]
		runtime_path = "/usr/bin/crun"
		monitor_path = "/usr/bin/conmon"
		monitor_cgroup = "system.slice"
	EOT
	dropin x <<-'EOT'
		[crio.runtime]
		default_runtime = "x"
		[crio.runtime.runtimes.x]
		runtime_path = "/usr/bin/crun"
	EOT
	answers 1 on_node drift --live answer.toml
	shows 'default_runtime  files    "x"'
	answers 1 on_node drift --live answer.toml --format json
	is_json '.files.default_runtime + " " + .running.default_runtime' "x crun"
	is "" "$(drifts)"
}

@test "it is compared with stock semantics; with --as heir with heir's" {
	answer <<<''
	dropin x <<-'EOT'
		[crio.runtime.runtimes.perf]
		inherit = "default"
	EOT
	answers 0 on_node drift --live answer.toml
	answers 1 on_node drift --live answer.toml --as heir --format json
	is "perf missing " "$(drifts)"
}

@test "files on which CRI-O would not start are drift" {
	answer <<<''
	dropin x <<<'x = '
	answers 1 on_node drift --live answer.toml
	shows "CRI-O would not start: "
	answers 1 on_node drift --live answer.toml --format json
	is_json '.files.error.rule' toml-syntax
	is_json '.handlers | length' 0
}

@test "the answer may come by a pipe" {
	answer <<<''
	answers 0 on_node drift --live - <answer.toml
	shows "+++ running CRI-O, -"
	answers 0 on_node drift --live <(sleep 0.2; cat answer.toml)
}

@test "what is no answer of CRI-O's is 3 with the reason" {
	printf 'x = \n' >bad
	answers 3 on_node drift --live bad
	says "heir: bad is not a configuration as CRI-O prints it: line 2, column 1: "
	printf '' >empty
	answers 3 on_node drift --live empty
	says "it has no table [crio.runtime.runtimes]"
	printf '{"storage_driver":"overlay"}' >info
	answers 3 on_node drift --live info
	printf '<html>' >html
	answers 3 on_node drift --live html
	head -c 17000000 /dev/zero >huge
	answers 3 on_node drift --live huge
	answers 3 on_node drift --live nowhere
	says "nowhere: no such file"
	answers 3 on_node drift --live .
}

@test "hostile answers are told and not obeyed" {
	answer <<-'EOT'
		[crio.runtime.runtimes."\u001b[31mx"]
		runtime_path = 5
		[crio.runtime.runtimes.y]
		allowed_annotations = [1, {}]
		monitor_env = "x"
	EOT
	answers 1 on_node drift --live answer.toml
	[[ $output != *$'\e'* ]]
	shows '\x1b[31mx'
	{
		printf '[crio.runtime.runtimes.x]\n'
		printf 'a = %s\n' "$(head -c 100000 /dev/zero | tr '\0' '[')"
	} >deep
	answers 3 on_node drift --live deep
}

@test "wrong use" {
	answers 2 on_node drift
	says "--live"
	answers 2 on_node drift --live ""
	answers 2 on_node show --live x
	answers 2 on_node drift x --live x
}

# The recordings that heir's facts were made of, where they are at hand: those in examples/ are theirs.
@test "every recorded answer drifts from its files as it is known to, and not otherwise" {
	recordings=$HEIR_SOURCE/../shared/fixtures/crio-live
	[ -d "$recordings" ] || skip "no recordings here"
	n=0
	for answer in "$recordings"/*.toml; do
		n=$((n + 1))
		recorded
		rm "$NODE/$CONFD"/*
		cp "$recordings"/conf.d/* "$NODE/$CONFD/"
		case $answer in
		*/config-started.toml)
			wanted="high2 missing 
newone missing " reloaded=false
			;;
		*/config-after-sighup.toml)
			wanted="crun changed monitor_path,monitor_cgroup
high-performance changed monitor_path,monitor_cgroup
high2 changed monitor_path,monitor_cgroup
newone changed monitor_path,monitor_cgroup" reloaded=true
			;;
		*)
			echo "nobody knows how $answer drifts"
			return 1
			;;
		esac
		answers 1 on_node drift --live "$answer" --format json
		is "$wanted" "$(drifts)"
		is_json .running.reloaded $reloaded
		# Of one field alone that is another nothing else is told.
		[ $reloaded = false ] || continue
		rm "$NODE/$CONFD/10-added-before-sighup"
		answers 0 on_node drift --live "$answer"
		for line in $(grep -nE '^ +(runtime_path|runtime_root|monitor_path|monitor_cgroup|container_min_memory) = "' \
			"$answer" | cut -d : -f 1); do
			sed "$line"'s/= ".*"/= "\/other"/' "$answer" >other.toml
			answers 1 on_node drift --live other.toml --format json
			is 1 "$(jq '[.handlers[].fields[]] | length' <<<"$output")"
			n=$((n + 1))
		done
	done
	[ $n -ge 6 ]
}
