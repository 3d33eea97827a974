#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests what new users type: paths as arguments, names of commands and formats of other programs,
# patterns.

load heir

gpu()
{
	printf '[crio.runtime.runtimes.%s]\nruntime_path = "/usr/local/nvidia/%s"\n' "$1" "$1"
}

names()
{
	jq -r '[.handlers[].name] | join(" ")' <<<"$output"
}

@test "heir alone prints the help" {
	answers 0 heir
	shows "Usage: heir"
	answers 2 heir --root "$NODE"
	is "" "$output"
}

@test "-o FORMAT and --json, as kubectl and crictl have it" {
	answers 0 on_node show --format json
	wanted=$output
	answers 0 on_node show -o json
	is "$wanted" "$output"
	answers 0 on_node --json show
	is "$wanted" "$output"
	# Files are named otherwise.
	answers 2 on_node render -o out.conf
	says "--output FILE"
	[ ! -e out.conf ]
}

@test "list, get, lint and validate are known" {
	answers 0 on_node show
	wanted=$output
	for command in list get; do
		answers 0 on_node $command
		is "$wanted" "$output"
	done
	for command in lint validate; do
		answers 0 on_node $command
	done
	answers 0 heir lint --help
	shows "Usage: heir [OPTION...] check"
}

@test "commands of other programs are told by what they mean" {
	for words in "compare diff" "describe explain" "install apply" "status drift" "tree graph" "verify check"; do
		# shellcheck disable=SC2086 # words
		set -- $words
		answers 2 heir "$1"
		says "heir $2"
	done
}

@test "patterns for handlers" {
	for name in gpu-a gpu-b other; do gpu $name | dropin 50-$name.conf; done
	for name in gpu-a gpu-b other; do binary usr/local/nvidia/$name; done
	answers 0 on_node show 'gpu-*' -o json
	is "gpu-a gpu-b" "$(names)"
	answers 0 on_node show 'gpu-?' other -o json
	is "gpu-a gpu-b other" "$(names)"
	answers 2 on_node show 'x*'
	answers 0 on_node diff --default-runtime other 'gpu*' other
	shows "(3 compared)"
}

@test "a PATH is a node's root, CRI-O's directory, its drop-ins or one file" {
	gpu gpu | dropin 50-gpu.conf
	binary usr/local/nvidia/gpu
	for path in "$NODE" "$NODE/etc/crio" "$NODE/etc/crio/crio.conf.d" "$NODE/etc/crio/crio.conf.d/50-gpu.conf"; do
		answers 0 heir show "$path" -o json
		is "crun gpu" "$(names)"
		answers 0 heir check "$path"
		answers 0 heir show "$path" gpu -o json
		is gpu "$(names)"
		answers 0 heir explain "$path" gpu
		shows /usr/local/nvidia/gpu
	done
	(cd "$NODE/etc/crio/crio.conf.d" && answers 0 heir show ./50-gpu.conf -o json && is "crun gpu" "$(names)")
}

@test "drop-ins and files that lie elsewhere: their programs are assumed" {
	mkdir dropins
	gpu a >dropins/50-a.conf
	gpu b >dropins/60-b.conf
	printf '[crio.runtime.runtimes.c]\n' >beside.conf
	answers 0 heir show dropins/ -o json
	is "a b crun" "$(names)"
	says "programs are assumed"
	answers 0 heir show dropins/60-b.conf -o json
	is "b crun" "$(names)"
	answers 0 heir check dropins/60-b.conf
	answers 0 heir -q show dropins/60-b.conf
	is "" "$stderr"
	# Places can be opened.
	echo 'runtime_path = 1' >>dropins/60-b.conf
	answers 1 heir check dropins/60-b.conf
	shows "dropins/60-b.conf:3"
	# CRI-O's directory under another name.
	mkdir -p role/files/crio.conf.d
	gpu d >role/files/crio.conf.d/50-d.conf
	answers 0 heir show role/files -o json
	is "crun d" "$(names)"
}

@test "a root with configuration and no programs" {
	mkdir -p repo/etc/crio/crio.conf.d
	gpu x >repo/etc/crio/crio.conf.d/50-x.conf
	answers 0 heir check repo
	answers 0 heir --root repo show -o json
	says "repo has configuration only"
	is "crun x" "$(names)"
	is_json .starts true
	# With any program the others are missing.
	mkdir -p repo/usr/bin
	answers 1 heir --root repo check
	[[ $stderr != *assumed* ]]
}

@test "objects as a PATH" {
	answers 0 heir check "$HEIR_SOURCE/examples/ocp-cluster" --rule toml-syntax
	shows "pool gpu:"
	answers 0 heir show "$HEIR_SOURCE/examples/ocp-cluster" gpu -o json
	is_json '.pools[0].handlers[0].name' gpu
	cp "$HEIR_SOURCE"/examples/ocp-cluster/*.yaml .
	answers 0 heir check ./*.yaml --rule toml-syntax
	shows "pool gpu:"
	answers 0 heir show - --pool gpu <99-gpu.yaml
	shows gpu
}

@test "diff A B" {
	mkdir -p a/etc/crio/crio.conf.d a/usr/bin
	cp -a "$NODE/." b
	gpu x >b/etc/crio/crio.conf.d/50-x.conf
	binary usr/local/nvidia/x
	mkdir -p b/usr/local && cp -a "$NODE/usr/local/." b/usr/local
	answers 1 heir diff "$NODE" b
	shows "+ x"
	answers 0 heir diff "$NODE" b crun
	answers 1 heir diff "$NODE" b -o json
	is_json '.left.root + " " + .right.root' "$NODE b"
	gpu y >y.conf
	gpu z >z.conf
	answers 1 heir diff y.conf z.conf
	shows "+ z"
	shows "- y"
}

@test "the wrong thing gets a sentence that says what it is" {
	mkdir mcs nothing
	cp "$HEIR_SOURCE"/examples/ocp-cluster/*.yaml mcs
	answers 2 heir --root mcs show
	says "holds Kubernetes objects"
	says "use -i mcs"
	answers 2 heir -i "$NODE" show
	says "use --root $NODE"
	answers 2 heir --root "$NODE/etc/crio" show
	says "heir check $NODE/etc/crio"
	mkdir nodes
	cp -a "$NODE" nodes/one
	answers 2 heir show nodes/
	says "heir check nodes/*"
	answers 3 heir show ./gone
	says "no such file"
	echo hello >mcs/../nothing/readme
	answers 2 heir show nothing/
	says "neither the files of a node nor Kubernetes objects"
}

@test "a handler that only a file defines which CRI-O never reads" {
	mkdir -p "$NODE/etc/crio/conf.d"
	printf '# NVIDIA\n\n[crio.runtime]\n  [crio.runtime.runtimes.nvidia]\n' >"$NODE/etc/crio/conf.d/99-nvidia.toml"
	for command in "show nvidia" "explain nvidia"; do
		# shellcheck disable=SC2086 # words
		answers 2 on_node $command
		says "/etc/crio/conf.d/99-nvidia.toml:4, in a file that CRI-O never reads"
	done
	answers 2 on_node show nvidi
	[[ $stderr != *99-nvidia* ]]
}

@test "HANDLER.FIELD, completion, and paths that are no words" {
	gpu gpu | dropin 50-gpu.conf
	binary usr/local/nvidia/gpu
	answers 0 on_node explain gpu.runtime_path -o json
	wanted=$output
	answers 0 on_node explain gpu runtime_path -o json
	is "$wanted" "$output"
	for shell in bash zsh fish; do
		answers 0 heir completion $shell
		[ -n "$output" ]
	done
	# A command that takes no handler takes the name of a directory as one.
	answers 0 heir render node
	answers 0 heir cat node
	shows 'runtimes.gpu]'
}

@test "the wrong thing gets a sentence that says what it is, and no findings" {
	node=$HEIR_SOURCE/examples/gpu-node
	printf '\211PNG\r\n\032\n\0\0' >p.png
	printf 'root:x:0:0:root:/root:/bin/sh\n' >passwd
	: >nothing
	printf 'apiVersion: v1\nkind: Config\nclusters: []\n' >kubeconfig
	mkdir -p pictures
	cp p.png pictures
	for path in p.png passwd; do
		answers 2 heir check "$path"
		is "" "$output"
		says "$path is neither a configuration file of CRI-O nor Kubernetes objects"
		answers 2 heir show "./$path"
		# As a handler it is none; the path is told.
		run --separate-stderr heir --root "$node" show "$path"
		[ "$status" -eq 2 ]
		says "no file defines a handler"
		says "heir show ./$path"
	done
	answers 2 heir check nothing
	says "nothing is an empty file"
	# Not a node without anything, on which CRI-O would not start.
	mkdir bare
	answers 2 heir check bare
	says "bare holds neither"
	answers 2 heir check pictures
	says "holds neither"
	answers 2 heir check kubeconfig
	says "of kind Config"
	answers 2 heir check "$node/etc"
	says "is the etc of a node, not its root"
	says "heir check $node/etc/crio"
	answers 2 heir --root "$node/etc" show
	says "is the etc of a node, not its root"
	cp "$node/etc/crio/crio.conf.d/50-gpu.conf" "$node/etc/crio/crio.conf.d/40-confidential.conf" .
	answers 2 heir check 50-gpu.conf 40-confidential.conf
	says "is one file of a node, not its root"
	answers 2 heir check "$node/etc/crio" "$node/etc/crio"
	says "not its root"
}

@test "a file of CRI-O's is known by its name, its place or its text; pipes are looked at, not emptied" {
	node=$HEIR_SOURCE/examples/gpu-node
	conf=$node/etc/crio/crio.conf.d/50-gpu.conf
	cp "$conf" 50-gpu
	cp "$conf" 50-gpu.conf
	mkdir crio.conf.d
	echo '# nothing yet' >crio.conf.d/10-x
	for path in 50-gpu 50-gpu.conf; do
		answers 1 heir check "$path" --rule facts-needed
		shows "$path:"
	done
	answers 0 heir check crio.conf.d/10-x
	objects() { heir check <(cat "$HEIR_SOURCE/examples/ocp-cluster/99-gpu.yaml") --rule object-no-base; }
	answers 0 objects
	shows "[object-no-base]"
	piped() { heir check <(cat "$conf"); }
	answers 2 piped
	says "is a pipe"
	piped() { heir check - <"$conf"; }
	answers 2 piped
	says "standard input is a configuration file of CRI-O"
}
