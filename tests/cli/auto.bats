#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests where the release comes from. --crio-version auto runs `crio --version`, and a misbehaving
# crio cannot harm the caller. Without the option heir queries crio if possible, else assumes the
# newest release.

load heir
RELEASE=

demands()
{
	[ "$(id -u)" -eq 0 ] || skip "only root can make a file that root owns"
}

# A crio in bin/, its script from standard input.
crio()
{
	mkdir -p bin
	{
		echo '#!/bin/sh'
		cat
	} >bin/crio
	chmod 755 bin/crio
}

# The release that the machine's CRI-O says, by what `cat` of no file tells.
auto()
{
	heir --path "$PWD/bin" --config-dir "$PWD/none" --source-dir "$PWD/none" --config /dev/null \
		--crio-version auto "$@"
}

release()
{
	auto diff --format json | jq -r .right.crio_version
}

# refused WORDS: status 3, and why.
refused()
{
	answers 3 auto cat
	is "" "$output"
	says "heir: --crio-version auto: $PWD/bin/crio$1"
}

@test "the release is what crio says" {
	crio <<<'echo "crio version 1.34.2"; echo "Version:        1.34.2"; echo "GitCommit:  unknown"'
	is 1.34.2 "$(release)"
	crio <<<'echo "crio version 1.31.4-3.rhaos4.18.gitabc.el9"'
	is 1.31.4 "$(release)"
	crio <<<'echo "crio version 1.37.0-dev"'
	is 1.37.0 "$(release)"
}

@test "it is asked with --version, without a shell, a terminal, input or environment" {
	crio <<-'EOF'
		exec 3>&-
		{
			echo "$# $1"
			env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD=
			wc -c
			pwd
			echo $(ls /proc/self/fd)
			(: </dev/tty) 2>/dev/null && echo a terminal
			grep -E '^SigBlk' /proc/self/status
			# Without those that the C library keeps for itself.
			echo "ignored: $((0x$(awk '/^SigIgn/ { print $2 }' /proc/self/status) & 0x7fffffff))"
		} >"${0%/*}/asked" 2>&1 || :
		echo "crio version 1.34.2"
	EOF
	# $0 is the descriptor that was judged.
	sed -i "s,\${0%/\*},$PWD," bin/crio
	is 1.34.2 "$(export SECRET=x; trap '' PIPE; release)"
	is "1 --version
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
0
/
0 1 2 3
SigBlk:	0000000000000000
ignored: 0" "$(<asked)"
}

@test "crio of the shell's PATH is not asked, nor one of a relative directory" {
	[ ! -e /usr/bin/crio ] && [ ! -e /usr/local/bin/crio ] || skip "there is a CRI-O here"
	crio <<<'echo "crio version 1.34.2"'
	answers 3 scrubbed PATH="$PWD/bin:/usr/bin:/bin" "$HEIR" --crio-version auto cat
	says "no crio in /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	answers 3 heir --path bin --crio-version auto cat
	says "no crio in bin"
}

@test "the first executable crio of --path is asked" {
	crio <<<'echo "crio version 1.34.2"'
	mkdir -p one/crio two
	cp bin/crio two/
	chmod 644 two/crio
	answers 0 heir --path "$PWD/none:$PWD/one:$PWD/two:$PWD/bin" --crio-version auto cat
	chmod 755 two/crio
	sed -i 's/1.34.2/1.99.0/' two/crio
	answers 3 heir --path "$PWD/none:$PWD/one:$PWD/two:$PWD/bin" --crio-version auto cat
	says "$PWD/two/crio is CRI-O 1.99.0"
}

@test "a crio that others may write, or that is not root's, is not run" {
	crio <<<"touch $PWD/ran; echo crio version 1.34.2"
	for mode in 775 757 777; do
		chmod $mode bin/crio
		refused " is not run"
	done
	chmod 755 bin/crio
	chown 65534 bin/crio
	refused " is not run"
	[ ! -e ran ]
	chown 0 bin/crio
	answers 0 auto cat
	[ -e ran ]
}

@test "a release that heir does not know: the range is named" {
	crio <<<'echo "crio version 1.99.1"'
	refused " is CRI-O 1.99.1, and heir knows 1.28 to 1."
	crio <<<'echo "crio version 1.20.0"'
	refused " is CRI-O 1.20.0, and heir knows 1.28 to 1."
}

@test "what is no version is none" {
	for text in '' 'runc version 1.2.3' 'crio version' 'crio version 99.1.1' 'crio version 1.34.2x' \
		' crio version 1.34.2' 'crio version 1.34.2.3' 'crio version $(id)' \
		'crio version 1.34.22222222222222222222222222222222222222222222'; do
		crio <<<"printf '%s\n' '$text'"
		refused ' --version does not print "crio version 1.Y.Z"'
	done
	crio <<<'head -c 60000 /dev/urandom'
	refused ' --version does not print "crio version 1.Y.Z"'
	crio <<<'echo "crio version 1.34.2" >&2'
	refused ' --version does not print "crio version 1.Y.Z"'
}

@test "one that fails is not believed" {
	crio <<<'echo "crio version 1.34.2"; exit 3'
	refused " --version ended with status 3"
	crio <<<'echo "crio version 1.34.2"; kill -9 $$'
	refused " --version ended with status 137"
	printf '\177ELF nothing' >bin/crio
	refused ": "
}

@test "one that hangs is killed after two seconds, with what it started" {
	crio <<-EOF
		sleep 300 &
		echo \$! \$\$ >$PWD/pids
		echo "crio version 1.34.2"
		sleep 300
	EOF
	SECONDS=0
	refused " --version did not end in 2 s"
	[ $SECONDS -lt 10 ]
	for pid in $(<pids); do
		! kill -0 "$pid" 2>/dev/null || [[ $(cut -d' ' -f3 "/proc/$pid/stat") == Z ]]
	done
}

@test "one that prints without end is killed" {
	crio <<<'echo "crio version 1.34.2"; exec yes'
	refused " --version prints more than 64 KiB"
	# So many are not too many.
	crio <<<'echo "crio version 1.34.2"; head -c 65000 /dev/zero'
	is 1.34.2 "$(release)"
}

@test "one that leaves somebody behind with its output is not waited for" {
	crio <<-EOF
		sleep 300 &
		echo \$! >$PWD/pids
		setsid sleep 4 &
		echo "crio version 1.34.2"
	EOF
	SECONDS=0
	is 1.34.2 "$(release)"
	[ $SECONDS -lt 4 ]
	pid=$(<pids)
	! kill -0 "$pid" 2>/dev/null || [[ $(cut -d' ' -f3 "/proc/$pid/stat") == Z ]]
	# Nor one that closes it and goes on.
	crio <<<'echo "crio version 1.34.2"; exec >&-; sleep 0.2'
	is 1.34.2 "$(release)"
}

@test "of another node nothing is run: name the release" {
	crio <<<"touch $PWD/ran; echo crio version 1.34.2"
	answers 2 on_node --path "$PWD/bin" --crio-version auto show
	says '--crio-version: "auto" queries the CRI-O of this machine'
	answers 2 heir --path "$PWD/bin" --crio-version auto --root "$NODE" show
	answers 2 heir --path "$PWD/bin" --crio-version auto check "$NODE"
	says '"auto" queries the CRI-O of this machine'
	answers 2 on_node --path "$PWD/bin" --crio-version 1.34..auto diff
	[ ! -e ran ]
	answers 2 auto diff --against "$NODE"
	says "--against: $NODE: --crio-version auto is for this machine only: name the release"
}

# node NAME ROLE CRIO: one that runs that CRI-O.
node()
{
	cat <<-END
		---
		apiVersion: v1
		kind: Node
		metadata: {name: $1, labels: {node-role.kubernetes.io/$2: ""}}
		status: {nodeInfo: {containerRuntimeVersion: "$3"}}
	END
}

# A pool of workers in objects.yaml: built in, the default is runc up to 1.30.
objects()
{
	cat >objects.yaml <<-END
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfig
		metadata: {name: 99-x, labels: {machineconfiguration.openshift.io/role: worker}}
		spec:
		  config:
		    ignition: {version: 3.4.0}
		    storage:
		      files: [{path: /etc/crio/crio.conf.d/50-x, contents: {source: "data:,"}}]
	END
}

of_nodes()
{
	heir -i objects.yaml "$@" show --format json | jq -r '"\(.crio_version) \(.default_runtime)"'
}

@test "of objects, the Nodes of the pool tell" {
	objects
	{
		node m0 master cri-o://1.29.1
		node w0 worker cri-o://1.30.4-3.rhaos4.17.gitabc.el9
		node w1 worker cri-o://1.30.4-3.rhaos4.17.gitabc.el9
		node w2 worker containerd://1.7.2
	} >>objects.yaml
	is "1.30.4 runc" "$(of_nodes --crio-version auto)"
	is "1.29.1 runc" "$(of_nodes --crio-version auto --pool master)"
	# Nothing of this machine is run for them.
	crio <<<"touch $PWD/ran; echo crio version 1.34.2"
	is "1.30.4 runc" "$(of_nodes --path "$PWD/bin:/usr/bin" --crio-version auto)"
	[ ! -e ran ]
	# The right side of diff asks its own.
	auto diff --against objects.yaml --format json >json || :
	is "1.34.2 1.30.4" "$(jq -r '.left.crio_version + " " + .right.crio_version' json)"
}

@test "Nodes that disagree, say nothing, or run what heir does not know" {
	node w0 worker cri-o://1.30.4 >nodes
	node w1 worker cri-o://1.31.1 >>nodes
	objects
	answers 2 heir -i objects.yaml --crio-version auto show
	says "no Node of the pool reports a release of CRI-O: name the release"
	answers 2 heir -i objects.yaml -i nodes --crio-version auto show
	says 'Node "w0" runs CRI-O 1.30.4, and "w1" 1.31.1: name the release'
	answers 2 heir -i objects.yaml -i nodes --crio-version auto --pool master show
	says "no Node of the pool"
	for crio in cri-o://1.30.4x cri-o:// cri-o://x containerd://1.30.4 1.30.4; do
		node w0 worker $crio >nodes
		answers 2 heir -i objects.yaml -i nodes --crio-version auto show
		says "no Node of the pool"
	done
	node w0 worker cri-o://1.20.3 >nodes
	answers 2 heir -i objects.yaml -i nodes --crio-version auto show
	says 'Node "w0" runs CRI-O 1.20.3, and heir knows 1.28 to 1.'
}

@test "the Nodes tell the release that no option names" {
	objects
	is "1.37 crun" "$(of_nodes 2>/dev/null)"
	{
		node m0 master cri-o://1.29.1
		node w0 worker cri-o://1.30.4-3.rhaos4.17.gitabc.el9
	} >>objects.yaml
	is "1.30.4 runc" "$(of_nodes)"
	is "1.29.1 runc" "$(of_nodes --pool master)"
	is "1.31 crun" "$(of_nodes --crio-version 1.31)"
	answers 0 heir -i objects.yaml show
	is "" "$stderr"
	answers 0 heir -i objects.yaml check --strict --skip object-no-base
	# Nothing of this machine is run for them.
	crio <<<"touch $PWD/ran; echo crio version 1.34.2"
	is "1.30.4 runc" "$(of_nodes --path "$PWD/bin:/usr/bin")"
	[ ! -e ran ]
}

@test "Nodes that contradict each other, or the releases that heir knows, are told" {
	objects
	node w0 worker cri-o://1.30.4 >nodes
	node w1 worker cri-o://1.31.4 >>nodes
	answers 0 heir -i objects.yaml -i nodes show
	says "heir: assumed CRI-O 1."
	says "nodes:5:46: warning: Node \"w0\", "
	says "the node runs CRI-O 1.30.4, but heir checks for 1."
	says "[release-differs]"
	answers 1 heir -i objects.yaml -i nodes check --strict --rule release-differs
	for named in 1.31 1.30; do
		answers 0 heir -i objects.yaml -i nodes --crio-version $named check --strict \
			--skip object-no-base
	done
	node w0 worker cri-o://1.20.4 >nodes
	answers 1 heir -i objects.yaml -i nodes check --strict --rule release-differs
	# Nor is one of another pool.
	node w0 master cri-o://1.30.4 >nodes
	answers 0 heir -i objects.yaml -i nodes check --strict --skip object-no-base
}

# A node with a handler of its own.
handled()
{
	dropin 50-x.conf <<<$'[crio.runtime.runtimes.gpu]\ninherit = "default"'
}

# assumes COMMAND...: that the release is assumed is said once, on standard error.
assumes()
{
	run --separate-stderr "$@"
	is 1 "$(grep -c '^heir: assumed CRI-O 1\.[0-9]*\(: .*\)\?; --crio-version X.Y names another release$' <<<"$stderr")"
}

# document FILTER COMMAND...: the document says it, and standard error does not.
document()
{
	local filter=$1
	shift
	run --separate-stderr "$@"
	is "" "$(grep assumed <<<"$stderr")"
	is_json "$filter" true
}

@test "every command says that it assumes a release" {
	handled
	printf '[crio.runtime]\ndefault_runtime = "crun"\n[crio.runtime.runtimes.crun]\n' >answer
	for command in show "show gpu" "explain gpu" "check" "check --format sarif" diff render graph \
		"graph --format dot" "report --output page.html" "drift --live answer"; do
		assumes on_node $command
		run --separate-stderr on_node -q $command
		[[ $stderr != *assumed* ]]
		run --separate-stderr on_node --crio-version 1.34 $command
		[[ $stderr != *assumed* ]]
	done
	for command in show "explain gpu" check render graph; do
		document '.crio_version_assumed' on_node $command --format json
		run on_node --crio-version 1.34 $command --format json
		is_json .crio_version_assumed false
	done
	document '.left.crio_version_assumed and .right.crio_version_assumed' on_node diff --format json
	document '.files.crio_version_assumed' on_node drift --live answer --format json
	document .crio_version_assumed heir check "$NODE" --format json
	assumes heir check "$NODE" "$NODE"
	assumes heir schema
	# What it does not depend on.
	answers 0 on_node cat
	is "" "$stderr"
}

@test "the page of the report says that its release is assumed" {
	on_node report --output page.html
	grep -q 'CRI-O 1\.[0-9]* (assumed)' page.html
	on_node --crio-version 1.34 report --output page.html
	grep -q 'CRI-O 1\.34' page.html
	! grep -q '(assumed)' page.html || return 1
}

@test "what writes refuses to assume a release" {
	handled
	cp -R "$NODE" before
	for command in apply "apply --dry-run" "apply --format json" "check --fix" "check --fix --dry-run"; do
		answers 2 on_node $command
		[[ $command == *json ]] || is "" "$output"
		[[ $command != *json ]] || is_json .schema heir.error/1
		says "the release of CRI-O is not known: name it with --crio-version X.Y"
		diff -r before "$NODE"
	done
	run --separate-stderr on_node --crio-version 1.34 check --fix
	[ "$status" -ne 2 ]
	answers 0 on_node --crio-version 1.34 apply
	[ -e "$NODE/$CONFD/zz-heir.conf" ]
}

# here COMMAND...: this machine, with the crio of bin/ and no other file.
here()
{
	heir --path "$PWD/bin" --config-dir "$PWD/none" --source-dir "$PWD/none" --config /dev/null "$@"
}

@test "the installed crio is asked without an option too" {
	crio <<<'echo "crio version 1.34.2"'
	run --separate-stderr here diff --format json
	is_json '[.left, .right | .crio_version, .crio_version_assumed] | join(" ")' "1.34.2 false 1.34.2 false"
	run --separate-stderr here show
	[[ $stderr != *assumed* ]]
	run --separate-stderr here schema
	is "" "$stderr"
	shows "1.34"
	# With --root it says nothing of that node.
	answers 0 on_node --path /usr/bin show --format json
	is_json .crio_version_assumed true
}

@test "a crio that does not tell its release is named where one is assumed" {
	crio <<<'exit 3'
	assumes here show
	says "$PWD/bin/crio --version ended with status 3"
	answers 2 here apply --dry-run
	says "the release of CRI-O is not known: $PWD/bin/crio --version ended with status 3: name it with"
	crio <<<'echo "crio version 1.99.0"'
	assumes here show
	says "$PWD/bin/crio is CRI-O 1.99.0"
	# One that others may write is not run.
	crio <<<"touch $PWD/ran; echo crio version 1.34.2"
	chmod 777 bin/crio
	assumes here show
	[ ! -e ran ]
}

@test "the right side has the release of the left one, unless it tells its own" {
	crio <<<'echo "crio version 1.34.2"'
	versions() { jq -r '[.left, .right | .crio_version] | join(" ")' <<<"$output"; }
	run --separate-stderr here diff --against "$NODE" --format json
	is "1.34.2 1.34.2" "$(versions)"
	objects
	node w0 worker cri-o://1.30.4 >>objects.yaml
	run --separate-stderr here diff --against objects.yaml --format json
	is "1.34.2 1.30.4" "$(versions)"
}

@test "what crio says is kept as long as it is the same file" {
	crio <<<"echo >>$PWD/calls; echo crio version 1.34.2"
	touch -d "1 hour ago" bin/crio
	sleep 1.2
	for _ in 1 2 3; do
		is 1.34.2 "$(here diff --format json 2>/dev/null | jq -r .left.crio_version)"
	done
	is 1 "$(wc -l <calls)"
	crio <<<"echo >>$PWD/calls; echo crio version 1.35.0"
	is 1.35.0 "$(here diff --format json 2>/dev/null | jq -r .left.crio_version)"
}

@test "diff takes it for either side" {
	crio <<<'echo "crio version 1.34.2"'
	one=(heir --path "$PWD/bin" --config-dir "$PWD/none" --source-dir "$PWD/none" --config /dev/null)
	run "${one[@]}" diff --crio-version auto..1.36 --format json
	is_json '[.left.crio_version, .right.crio_version] | join(" ")' "1.34.2 1.36"
	run "${one[@]}" diff --crio-version 1.30..auto --format json
	is_json '[.left.crio_version, .right.crio_version] | join(" ")' "1.30 1.34.2"
	echo exit 1 >>bin/crio
	answers 3 "${one[@]}" diff --crio-version 1.30..auto
	says "ended with status 1"
}
