#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests --verbose: one line on standard error for each thing that was used, with its time.

load heir

# told PATTERN: a line of standard error is that, from its beginning to its end.
told()
{
	grep -qxE "heir: $1" <<<"$stderr" || {
		printf 'not told: %s\nstderr: %s\n' "$1" "$stderr"
		return 1
	}
}

# How long something took.
TIME=' in ([0-9]+\.[0-9]{3} ms|[0-9]+ ms|[0-9]+\.[0-9] s)'

@test "files that were read, that are missing, that are skipped, and the release and \$PATH" {
	dropin 50-x <<<"[crio.runtime.runtimes.x]"
	RELEASE= answers 0 on_node show --verbose
	told "release 1\.37: used, the newest release that heir knows"
	told "path /usr/local/sbin:.*: used, default of crio\.service"
	told "file /etc/crio/crio\.conf: missing$TIME"
	told "file /etc/crio/crio\.conf\.d: listed$TIME, files: 1"
	told "file /etc/crio/crio\.conf\.d/50-x: read$TIME, 26 bytes"
	told "file /etc/crio/heir\.d: missing$TIME"
	told "binary crun: found$TIME, /usr/bin/crun"
	told "facts of the node: skipped, not this machine, and --facts is not given"
	told "step load: done$TIME"
	told "step resolve: done$TIME, handlers: 2"
	answers 0 on_node -v --as stock --crio-version 1.31.2 --path /usr/bin show
	told "release 1\.31\.2: used, as given"
	told "path /usr/bin: used, as given"
	told "file /etc/crio/heir\.d: skipped, an unmodified CRI-O does not read it"
}

@test "standard output is the same, and without it nothing is told" {
	dropin 50-x <<<"[crio.runtime.runtimes.x]"
	for command in show "show --format json" "explain x" "check --format sarif" cat graph render; do
		run --separate-stderr on_node $command
		plain=$output
		[[ $stderr != *"heir: file"* ]]
		run --separate-stderr on_node $command -v
		is "$plain" "$output"
		told "file /etc/crio/crio\.conf\.d/50-x: read$TIME, 26 bytes"
	done
}

@test "every line is one of the kinds that the header names" {
	kinds=$(sed -n '/struct heir_trace_event {/,/const char \*kind;/p' "$HEIR_SOURCE/include/heir/context.h" |
		grep -oE '"[a-z]+"' | tr -d '"' | paste -sd '|')
	[[ $kinds == *"|"* ]]
	answers 1 heir -v --root "$HEIR_SOURCE/examples/gpu-node" \
		--facts "$HEIR_SOURCE/examples/gpu-node/facts.json" diff
	! grep '^heir: ' <<<"$stderr" | grep -vE "^heir: ($kinds) .+: [a-z]+($TIME)?(, .+)? \((left|right)\)$" |
		grep -v '^heir: facts .*facts.json: read' || return 1
}

@test "facts: the document, which of them conditions asked for, once each, and what was gathered" {
	facts=$HEIR_SOURCE/examples/gpu-node/facts.json
	answers 0 heir show --root "$HEIR_SOURCE/examples/gpu-node" --facts "$facts" -v
	told "facts $facts: read$TIME, $(stat -c %s "$facts") bytes"
	is 1 "$(grep -c '^heir: fact pci.device: known' <<<"$stderr")"
	unpack intel
	answers 0 on_node facts -v
	told "fact cgroup: gathered$TIME, files opened: [0-9]+"
	told "fact memory\.nv: (missing|gathered)$TIME, .*"
	answers 0 on_node -v facts --fact cgroup.version
	is 1 "$(grep -c '^heir: fact ' <<<"$stderr")"
}

@test "runtimes: the one that was run, the one that was kept, and the one that is not run" {
	[ "$(id -u)" -eq 0 ] || skip "only root's programs are run"
	mkdir -m 755 bin
	printf '#!/bin/sh\necho "{\\"ociVersionMin\\": \\"1.0.0\\", \\"ociVersionMax\\": \\"1.1.0\\"}"\n' >bin/crun
	chmod 755 bin/crun
	# A file that has only just changed is not kept.
	touch -d '1 hour ago' bin/crun
	sleep 1.2
	heir_may_run "$PWD/bin/crun" || skip "directories above the tests are not root's alone"
	answers 0 heir features -v --no-cache "$PWD/bin/crun"
	told "probe $PWD/bin/crun: ran$TIME, features"
	answers 0 heir features "$PWD/bin/crun"
	answers 0 heir features -v "$PWD/bin/crun"
	told "probe $PWD/bin/crun: kept$TIME, from the cache.*"
	chmod 777 bin/crun
	answers 0 heir features -v "$PWD/bin/crun"
	told "probe $PWD/bin/crun: failed$TIME, it is not run: non-root users can write it.*"
}

# Whether nobody but root may write the directories above.
heir_may_run()
{
	[[ $(heir features --format json "$1") != *"it is not run"* ]]
}

@test "objects: the pool, what was read, and what was skipped and why" {
	mkdir objects
	cat >objects/mc.yaml <<-'EOF'
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfig
		metadata:
		  name: 99-x
		  labels: {machineconfiguration.openshift.io/role: worker}
		spec:
		  config: {ignition: {version: 3.2.0}}
	EOF
	echo "kind: ConfigMap" >objects/other.yaml
	echo text >objects/README
	answers 0 heir -v -i objects show
	told "objects objects/mc\.yaml: read$TIME, [0-9]+ bytes"
	told "objects objects/other\.yaml: skipped$TIME, it contains no object of a kind that heir reads"
	told "objects objects/README: skipped, neither \.yaml, \.yml, \.json nor \.bu"
	told "pool worker: used, what the objects are for"
	answers 0 heir -v -i objects --pool worker show
	told "pool worker: used, as given"
}

@test "several nodes: each line names its node, and is whole" {
	for i in $(seq 20); do
		mkdir -p "n$i/$CONFD"
		echo "# $i" >"n$i/$CONFD/50-x"
	done
	answers 0 heir check -v -j 4 n[0-9]*
	for i in $(seq 20); do
		is 1 "$(grep -cxE "heir: file /etc/crio/crio\.conf\.d/50-x: read$TIME, [0-9]+ bytes \(n$i\)" <<<"$stderr")"
	done
	! grep -vE '^heir: [a-z]+ .* \(n[0-9]+\)$' <<<"$stderr" || return 1
}

@test "report: the node, and of two sides which one it is" {
	dropin 50-x <<<"[crio.runtime.runtimes.x]"
	answers 0 on_node -v report --output "$BATS_TEST_TMPDIR/page.html"
	told "file /etc/crio/crio\.conf\.d/50-x: read$TIME, 26 bytes"
	told "step resolve: done$TIME, handlers: 2"
	answers 0 on_node -v report --crio-version 1.36..1.37 --output "$BATS_TEST_TMPDIR/page.html"
	for side in before after; do
		told "file /etc/crio/crio\.conf\.d/50-x: read$TIME, 26 bytes \($side\)"
	done
}

@test "a file that cannot be read is told as such" {
	ln -s loop "$NODE/$CONFD/loop"
	run --separate-stderr on_node -v show
	told "file /etc/crio/crio\.conf\.d/loop: failed$TIME, too many symbolic links, or a loop of them"
}

@test "what is told is escaped" {
	dropin $'50-\e[31mx' <<<"# x"
	answers 0 on_node -v show
	says '50-\x1b[31mx: read'
	[[ $stderr != *$'\e'* ]]
}

@test "--quiet and --verbose cannot be combined, in whatever order" {
	for options in "-q -v" "-vq" "--verbose --quiet"; do
		answers 2 on_node show $options
		says "--quiet and --verbose cannot be combined"
	done
	# Behind -- it is no option.
	answers 2 on_node show -- -v
	says '"-v"'
}
