#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests the hooks for pre-commit, the action for GitHub, and the examples of doc/ci.md.

load heir

needs_yaml()
{
	python3 -c 'import yaml' 2>/dev/null || skip "no python3 with yaml here"
}

# yaml FILE EXPRESSION: what Python finds in it, "y" being the document; a list is a line an item.
yaml()
{
	python3 - "$@" <<-'EOF'
		import re, sys, yaml

		with open(sys.argv[1], encoding="utf-8") as file:
		    y = yaml.safe_load(file)
		value = eval(sys.argv[2])
		print("\n".join(map(str, value)) if isinstance(value, list) else value)
	EOF
}

# hook ID [ARG...]: runs it as pre-commit does, in the working directory: the entry's words, then the
# arguments, the hook's own unless there are others.
hook()
{
	local id=$1 words args
	shift
	mapfile -t words <<<"$(yaml "$HOOKS" "next(h for h in y if h['id'] == '$id')['entry'].split()")"
	mapfile -t args <<<"$(yaml "$HOOKS" "next(h for h in y if h['id'] == '$id')['args']")"
	[ $# -eq 0 ] || args=("$@")
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	ln -sf "$HEIR" "$BATS_TEST_TMPDIR/bin/heir"
	scrubbed PATH="$BATS_TEST_TMPDIR/bin:$PATH" "${words[@]}" "${args[@]}"
}

# step NAME: the script of a step of the action.
step()
{
	yaml "$ACTION" "next(s for s in y['runs']['steps'] if s['name'] == '$1')['run']"
}

# action [NAME=VALUE...]: the check as GitHub runs it, with these instead of empty inputs.
action()
{
	step Check >script
	scrubbed HEIR="$HEIR" ROOT= INPUT= POOL= CRIO_VERSION= STRICT=false SKIP= SARIF= "$@" \
		bash --noprofile --norc -eo pipefail "$PWD/script"
}

# The blocks of doc/ci.md, as FIRST-WORD.yaml.
blocks()
{
	awk '/^```yaml$/ { inside = 1; name = ""; next } /^```$/ { inside = 0 }
		inside { if (!name) { name = $1; sub(/:.*/, "", name) } print >(name ".yaml") }' \
		"$HEIR_SOURCE/doc/ci.md"
}

worker()
{
	mkdir -p "$1"
	cp -R "$HEIR_SOURCE/examples/ocp-worker/." "$1"
	chmod -R u+w "$1"
}

setup_file()
{
	export HOOKS="$HEIR_SOURCE/.pre-commit-hooks.yaml" ACTION="$HEIR_SOURCE/dist/github-action/action.yml"
}

@test "the hooks are what pre-commit asks for, and run when crio's files change" {
	needs_yaml
	is "heir-check-tree heir-check-machineconfig" "$(yaml "$HOOKS" "' '.join(h['id'] for h in y)")"
	is "True" "$(yaml "$HOOKS" "all(h['name'] and h['entry'] and h['language'] == 'system' and h['pass_filenames'] is False for h in y)")"
	tree="next(h for h in y if h['id'] == 'heir-check-tree')"
	for path in etc/crio/crio.conf nodes/worker/etc/crio/crio.conf.d/50-gpu.conf etc/crio/heir.d/x; do
		is True "$(yaml "$HOOKS" "bool(re.search($tree['files'], '$path'))")"
	done
	for path in doc/etc-crio.md src/crio.conf netc/crio/crio.conf; do
		is False "$(yaml "$HOOKS" "bool(re.search($tree['files'], '$path'))")"
	done
}

@test "the hook for trees: the repository, one node, several" {
	needs_yaml
	cd node
	answers 0 hook heir-check-tree
	is "" "$output"
	worker nodes/worker
	answers 1 hook heir-check-tree --root nodes/worker
	shows "[path-missing]"
	answers 0 hook heir-check-tree --root nodes/worker --rule file-backup
	worker nodes/gpu
	answers 1 hook heir-check-tree nodes/worker nodes/gpu
	shows "nodes/gpu/etc/crio"
}

@test "the hook for MachineConfigs" {
	needs_yaml
	mkdir repository
	cd repository
	cat >99-gpu.yaml <<-'EOF'
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfig
		metadata:
		  name: 99-gpu
		  labels: {machineconfiguration.openshift.io/role: worker}
		spec:
		  config:
		    ignition: {version: 3.2.0}
		    storage:
		      files:
		        - path: /etc/crio/crio.conf.d/50-gpu.conf
		          mode: 420
		          contents:
		            source: data:,%5Bcrio.runtime%5D%0Alog_size_max%20%3D%20%22x%22%0A
	EOF
	printf 'kind: Other\n' >other.yaml
	answers 1 hook heir-check-machineconfig
	shows "[value-type]"
	sed -i '/source:/s/log_size_max.*/log_level%20%3D%20%22info%22%0A/' 99-gpu.yaml
	answers 0 hook heir-check-machineconfig
	# A repository has not what the cluster has besides.
	is 1 "$(grep -c '^[^ ].*: [a-z]*: ' <<<"$output")"
	shows "[object-no-base]"
	answers 0 hook heir-check-machineconfig -i . --skip object-no-base
	is "" "$output"
	# Nothing to check is no success.
	answers 2 hook heir-check-machineconfig -i other.yaml
	says "the objects contain no MachineConfig"
}

@test "the action is a composite one whose scripts take their inputs from variables" {
	needs_yaml
	is composite "$(yaml "$ACTION" "y['runs']['using']")"
	is True "$(yaml "$ACTION" "all(s.get('shell') == 'bash' for s in y['runs']['steps'] if 'run' in s)")"
	is False "$(yaml "$ACTION" "any('\${{' in s.get('run', '') for s in y['runs']['steps'])")"
	is True "$(yaml "$ACTION" "all(i['description'] and 'default' in i for i in y['inputs'].values())")"
	# Each input is used, and none that does not exist; each variable of the script is set.
	is True "$(yaml "$ACTION" "set(re.findall(r'inputs\.([a-z-]+)', str(y['runs']))) == set(y['inputs'])")"
	is True "$(yaml "$ACTION" "set(re.findall(r'[$]([A-Z_]+)', y['runs']['steps'][1]['run'])) == set(y['runs']['steps'][1]['env'])")"
}

@test "the action annotates, and ends as the check does" {
	needs_yaml
	worker nodes/worker
	answers 1 action ROOT=nodes/worker
	shows "::error file=nodes/worker/etc/crio/crio.conf.d/50-kata.conf,line=4,"
	is "$(heir check --root nodes/worker --format github || true)" "$output"
	answers 0 action ROOT=node
	cd node
	answers 0 action
	printf '[crio.runtime]\nlog_levle = "info"\n' >"$CONFD/50-x"
	answers 0 action
	shows "::warning file=etc/crio/crio.conf.d/50-x,line=2,"
	answers 1 action STRICT=true
	printf '[crio.api]\ntls_min_version = "VersionTLS12"\n' >"$CONFD/50-x"
	answers 0 action STRICT=true
	answers 1 action STRICT=true CRIO_VERSION=1.34
	answers 2 action CRIO_VERSION=2
	answers 1 action STRICT=true CRIO_VERSION=1.34 SKIP=key-case
	answers 0 action STRICT=true CRIO_VERSION=1.34 SKIP=$'key-case\nkey-too-new\n'
	answers 3 action ROOT=/nowhere
}

@test "the action writes SARIF where it is asked to" {
	needs_yaml
	worker nodes/worker
	answers 1 action ROOT=nodes/worker SARIF=heir.sarif
	jq -e '.version == "2.1.0" and (.runs[0].results | length > 3)' heir.sarif
	answers 3 action ROOT=/nowhere SARIF=none.sarif
	[ ! -e none.sarif ]
}

@test "the action takes several nodes, and objects" {
	needs_yaml
	worker nodes/worker
	worker 'nodes/with blank'
	answers 1 action ROOT=$'nodes/worker\n\nnodes/with blank\n'
	shows "file=nodes/worker/etc"
	shows "file=nodes/with blank/etc"
	answers 1 action INPUT="$HEIR_SOURCE/examples/ocp-cluster" POOL=gpu
	shows "title=runtimeclass-handler"
	printf 'kind: Other\n' >other.yaml
	answers 2 action INPUT=other.yaml POOL=worker
	answers 1 action ROOT=nodes/worker INPUT=other.yaml POOL=worker
}

@test "what a workflow says is never run" {
	needs_yaml
	for name in ROOT INPUT POOL CRIO_VERSION STRICT SKIP; do
		run action "$name=\$(touch $PWD/run) ; touch $PWD/run; --help"
		[ ! -e run ]
	done
}

@test "the action builds the source that it came with" {
	needs_yaml
	mkdir -p source/dist/github-action
	printf '#!/bin/sh\necho "$1 $2" >>said\n' >source/dev
	chmod 755 source/dev
	step "Build heir" >script
	scrubbed GITHUB_ACTION_PATH="$PWD/source/dist/github-action" GITHUB_OUTPUT="$PWD/output" \
		bash --noprofile --norc -eo pipefail "$PWD/script"
	is "deps build
build " "$(cat source/said)"
	is "program=$PWD/source/build/heir" "$(cat output)"
	# And that is where ./dev builds it.
	grep -q 'build/heir' "$HEIR_SOURCE/dev"
	[ -d "$HEIR_SOURCE/dist/github-action/../../src" ]
}

@test "doc/ci.md: its YAML is some, and what it names is there" {
	needs_yaml
	blocks
	is True "$(yaml crio.yaml "all(line.startswith(('heir check ', 'heir report ')) for line in y['crio']['script'] + y['crio']['after_script'])")"
	for id in $(yaml repos.yaml "' '.join(h['id'] for h in y['repos'][0]['hooks'])"); do
		yaml "$HOOKS" "next(h for h in y if h['id'] == '$id')" >/dev/null
		grep -q "^| \`$id\` |" "$HEIR_SOURCE/doc/ci.md"
	done
	inputs=$(yaml "$ACTION" "' '.join(y['inputs'])")
	for input in $inputs; do
		grep -q "^| \`$input\` |" "$HEIR_SOURCE/doc/ci.md"
	done
	for input in $(yaml on.yaml "' '.join(y['jobs']['crio']['steps'][1]['with'])"); do
		[[ " $inputs " == *" $input "* ]]
	done
	[[ $(yaml on.yaml "y['jobs']['crio']['steps'][1]['uses']") == */heir/dist/github-action@* ]]
}

@test "doc/ci.md: the pipeline gives the task what it takes, and the images are of this version" {
	needs_yaml
	blocks
	task=$HEIR_SOURCE/dist/tekton/heir-check.yaml
	is heir-check "$(yaml "$task" "y['metadata']['name']")"
	is heir-check "$(yaml apiVersion.yaml "y['spec']['tasks'][0]['taskRef']['name']")"
	is "$(yaml "$task" "sorted(p['name'] for p in y['spec']['params'])")" \
		"$(yaml apiVersion.yaml "sorted({p['name'] for p in y['spec']['tasks'][0]['params']})" | sort)"
	is "$(yaml "$task" "[w['name'] for w in y['spec']['workspaces']]")" \
		"$(yaml apiVersion.yaml "[w['name'] for w in y['spec']['tasks'][0]['workspaces']]")"
	worker nodes/worker
	mapfile -t args <<<"$(yaml apiVersion.yaml "y['spec']['tasks'][0]['params'][1]['value']")"
	answers 1 heir check "${args[@]}"
	shows path-missing
	version=$(cat "$HEIR_SOURCE/VERSION")
	is "" "$(grep -ohE 'registry\.example\.com/heir(-node)?:[0-9.]+' "$HEIR_SOURCE"/doc/*.md |
		grep -v ":$version\$" || :)"
}

@test "doc/ci.md: a repository without binaries" {
	skipped=$(grep -oE -- '--skip [a-z-]+' "$HEIR_SOURCE/doc/ci.md")
	mkdir -p bare/$CONFD
	printf '[crio.runtime.runtimes.gpu]\nruntime_path = "/opt/gpu"\n[crio.runtime.runtimes.kata]\n' >bare/$CONFD/50-gpu
	answers 1 heir check --root bare
	answers 0 heir check --root bare $skipped
}

@test "doc/ci.md: its commands run" {
	needs_yaml
	blocks
	worker nodes/worker
	worker nodes/gpu
	mapfile -t lines <<<"$(yaml crio.yaml "y['crio']['script'] + y['crio']['after_script']")"
	[ "${#lines[@]}" -ge 2 ]
	for line in "${lines[@]}"; do
		line=${line%% >*}
		if [[ $line == 'heir report '* ]]; then
			answers 0 heir ${line#heir }
			grep -q path-missing heir.html
			continue
		fi
		answers 1 heir ${line#heir }
		shows path-missing
	done
	grep -qx 'heir.html' <<<"$(yaml crio.yaml "y['crio']['artifacts']['paths']")"
	cp -r nodes before
	mkdir -p before/nodes
	mv before/worker before/nodes
	line=$(sed -nE 's/^ *- run: heir (.*--against.*)/\1/p' "$HEIR_SOURCE/doc/ci.md")
	[ -n "$line" ]
	eval "answers 0 heir ${line//\$\{\{*\}\}/7}"
	grep -q '<h1>Pull request 7</h1>' change.html
	mapfile -t args <<<"$(yaml repos.yaml "y['repos'][0]['hooks'][0]['args']")"
	answers 1 hook heir-check-tree "${args[@]}"
	mkdir machineconfigs
	cp "$HEIR_SOURCE/examples/ocp-cluster/"01-*.yaml machineconfigs
	mapfile -t args <<<"$(yaml repos.yaml "y['repos'][0]['hooks'][1]['args']")"
	answers 0 hook heir-check-machineconfig "${args[@]}"
}

@test "the action writes the counts per rule into the step summary" {
	needs_yaml
	worker nodes/worker
	answers 1 action ROOT=nodes/worker CRIO_VERSION=1.37 GITHUB_STEP_SUMMARY="$PWD/summary.md"
	grep -q '^### heir check$' summary.md
	grep -Eq '^ +1  error    path-missing$' summary.md
	grep -Eq '^heir: [0-9]+ errors' summary.md
	is 2 "$(grep -c '^```' summary.md)"
}
