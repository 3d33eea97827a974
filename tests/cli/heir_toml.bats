#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir.toml: what `heir check` without arguments does in a repository, and what the file must
# not be able to do.

load heir

RELEASE=''

make_repo()
{
	mkdir -p repo/nodes/a/etc/crio/crio.conf.d repo/nodes/b/etc/crio/crio.conf.d repo/manifests repo/docs/deep
	mkdir repo/.git
	printf '[crio.runtime.runtimes.x]\nruntime_path = "/usr/bin/crun"\nruntime_root = "/run/crun"\n' |
		tee repo/nodes/a/etc/crio/crio.conf.d/50-x.conf >repo/nodes/b/etc/crio/crio.conf.d/50-x.conf
	cp "$HEIR_SOURCE"/examples/ocp-cluster/*.yaml repo/manifests
}

# toml LINE...: heir.toml of the repository.
toml()
{
	printf '%s\n' "$@" >repo/heir.toml
}

# inside DIR ARG...: heir with that working directory.
inside()
{
	(cd "$1" && shift && heir "$@")
}

@test "heir check alone does the whole job, from any directory of the repository" {
	make_repo
	toml 'crio-version = "1.34"' 'roots = ["nodes/*"]' 'skip = ["toml-tolerated"]'
	answers 0 inside repo check -o json
	is_json '[.roots[].root] | join(" ")' "nodes/a nodes/b"
	is_json .crio_version 1.34
	[[ $stderr != *assumed* ]]
	answers 0 inside repo/docs/deep check -o json
	is_json '[.roots[].root] | join(" ")' "../../nodes/a ../../nodes/b"
	echo 'runtime_path = 1' >>repo/nodes/b/etc/crio/crio.conf.d/50-x.conf
	answers 1 inside repo check
	shows "nodes/b/etc/crio/crio.conf.d/50-x.conf:4"
	# The line goes before the file.
	answers 0 inside repo check nodes/a
	answers 0 inside repo --root nodes/a check -o json
	is_json .crio_version 1.34
	answers 0 inside repo --root nodes/a --crio-version 1.36 check -o json
	is_json .crio_version 1.36
	answers 0 inside repo --root nodes/a --ocp 4.20 show -o json
	is_json .crio_version 1.33
}

@test "objects, pools, and rules" {
	make_repo
	toml 'ocp = "4.18"' 'inputs = ["manifests"]'
	run inside repo check -o json
	is_json '[.pools[].pool] | join(" ")' "gpu worker"
	toml 'ocp = "4.18"' 'inputs = ["manifests/*.yaml"]' 'pools = ["gpu"]'
	run inside repo check -o json
	is_json .crio_version 1.31
	[[ $output != *'"pools"'* ]]
	rules=$(jq -r '[.findings[].rule] | unique | map("\"" + . + "\"") | join(", ")' <<<"$output")
	[ -n "$rules" ]
	toml 'ocp = "4.18"' 'inputs = ["manifests/*.yaml"]' 'pools = ["gpu"]' "skip = [$rules]"
	run inside repo check -o json
	is_json '.findings | length' 0
	toml 'inputs = ["manifests"]' 'pools = ["gpu", "wrker"]'
	answers 2 inside repo check
	says 'no pool "wrker"'
	toml 'inputs = ["manifests"]' 'skip = ["no-such-rule"]'
	answers 2 inside repo check
	says no-such-rule
}

@test "strict, an archive, one file" {
	make_repo
	printf '[crio.runtime]\nno_such_key = 1\n' >repo/nodes/a/etc/crio/crio.conf.d/60-y.conf
	toml 'roots = ["nodes/a/etc/crio/crio.conf.d"]'
	answers 0 inside repo check
	toml 'roots = ["nodes/a/etc/crio/crio.conf.d"]' 'strict = true'
	answers 1 inside repo check
}

@test "without paths, and for this machine, it says nothing" {
	make_repo
	toml 'crio-version = "1.29"' 'skip = ["toml-syntax"]'
	programs bin
	mkdir conf.d
	run inside repo --config-dir "$PWD/conf.d" --config /dev/null show -o json
	[[ $(jq -r .crio_version <<<"$output") != 1.29* ]]
	toml 'crio-version = "1.29"' 'roots = ["nodes/*"]'
	run inside repo --no-unit --config /dev/null --config-dir "$PWD/conf.d" check -o json
	[[ $(jq -r .crio_version <<<"$output") != 1.29* ]]
	# The search ends at the top of the repository.
	mkdir -p repo/vendor/other/.git
	answers 0 inside repo/vendor/other --root ../../nodes/a show -o json
	is_json .crio_version_assumed true
}

@test "a mistake is told with its line" {
	make_repo
	while IFS='|' read -r line words; do
		toml '' "$line"
		answers 2 inside repo check
		says "heir.toml:2: $words"
	done <<-'END'
		crio_version = "1.34"|unknown key "crio_version"
		roots = "nodes"|expected an array of strings for "roots"
		roots = [1]|expected an array of strings for "roots"
		strict = "yes"|expected true or false for "strict"
		ocp = 4.20|expected a string for "ocp"
		roots = ]|
		[roots]|expected an array of strings for "roots"
		skip = [""]|invalid value
	END
	toml 'roots = ["nowhere/*"]'
	answers 3 inside repo check
	says 'no path matches "nowhere/*"'
	toml 'roots = ["nodes/a"]' 'inputs = ["manifests"]'
	answers 2 inside repo check
	says "cannot be combined"
	toml 'crio-version = "1.34"' 'ocp = "4.20"' 'roots = ["nodes/a"]'
	answers 2 inside repo check
	toml 'crio-version = "9.9"' 'roots = ["nodes/a"]'
	answers 2 inside repo check
	says 9.9
}

@test "a hostile one reads nothing elsewhere, writes nothing, and runs nothing" {
	make_repo
	mkdir -p outside/etc/crio/crio.conf.d
	echo '[crio.runtime.runtimes.secret' >outside/etc/crio/crio.conf.d/50-s.conf
	ln -s ../outside repo/link
	for path in "$PWD/outside" ../outside nodes/../../outside link 'l*' -o /etc; do
		toml "roots = [\"$path\"]"
		answers 2 inside repo check
		[[ $output$stderr != *runtimes.secret* ]]
		toml "inputs = [\"$path\"]"
		answers 2 inside repo check
	done
	# What is written is decided by the line alone.
	toml 'crio-version = "1.34"' 'roots = ["nodes/*"]'
	printf '[crio.runtime.runtimes.x]\nRuntime_Path = "/usr/bin/crun"\n' >repo/nodes/a/etc/crio/crio.conf.d/50-x.conf
	sum=$(find repo outside -type f -exec cat {} + | cksum)
	run inside repo check --fix
	answers 2 inside repo --root nodes/a check --fix
	says "release of CRI-O is not known"
	run --separate-stderr inside repo --root nodes/a apply --yes
	[ "$status" -ge 2 ]
	is "$sum" "$(find repo outside -type f -exec cat {} + | cksum)"
	# FIFOs, directories, large files, and what another user put there.
	rm repo/heir.toml
	mkfifo repo/heir.toml
	answers 2 inside repo check
	rm repo/heir.toml
	mkdir repo/heir.toml
	answers 2 inside repo check
	rmdir repo/heir.toml
	head -c 100000 /dev/zero | tr '\0' '#' >repo/heir.toml
	answers 3 inside repo check
	if [ "$(id -u)" -eq 0 ]; then
		toml 'crio-version = "1.29"'
		chown nobody repo/heir.toml
		answers 0 inside repo --root nodes/b show -o json
		is_json .crio_version_assumed true
		says "ignored: heir.toml belongs to another user"
	fi
}

@test "patterns are matched level by level, in a bounded number of steps" {
	make_repo
	# Ten links to where they are: nine stars would be 1,000,000,000 paths.
	for i in $(seq 10); do
		ln -s . repo/l$i
	done
	toml 'roots = ["*/*/*/*/*/*/*/*/*"]'
	(
		is_sanitized || ulimit -v $((256 << 10))
		answers 2 inside repo check
		says "names more than 10000 paths"
	)
	# Links out of the repository are not searched.
	mkdir -p outside/x/etc
	ln -s ../outside repo/out
	toml 'roots = ["o*/*"]'
	answers 3 inside repo check
	says 'no path matches "o*/*"'
	toml 'roots = ["out/*"]'
	answers 3 inside repo check
	toml 'roots = ["out/x"]'
	answers 2 inside repo check
	says "is outside the directory of heir.toml"
	rm repo/l* repo/out
	# Names that begin with a dot, files among directories, brackets, and the order.
	mkdir -p repo/nodes/.hidden/etc
	: >repo/nodes/file
	cp -r repo/nodes/a inner
	cp -r inner repo/nodes/a/in
	cp -r inner repo/nodes/b/in
	toml 'roots = ["nodes/*/in", "nod?s/[b]"]'
	run --separate-stderr inside repo check
	is "nodes/a/in nodes/b nodes/b/in" "$(grep -oE '^nodes/[a-z/.]+' <<<"$output" | sed 's|/etc/crio/.*||' | sort -u | xargs)"
	toml 'roots = ["n*/.h*"]'
	run --separate-stderr inside repo check
	[ "$status" -le 1 ]
	toml 'roots = ["nodes/[b-a]*"]'
	answers 3 inside repo check
}

@test "the schema and the program agree on the keys" {
	is "crio-version inputs ocp os pools roots skip strict" \
		"$(jq -r '.properties | keys | join(" ")' "$HEIR_SOURCE/doc/schemas/heir.toml-1.json")"
	for key in $(jq -r '.properties | keys[]' "$HEIR_SOURCE/doc/schemas/heir.toml-1.json"); do
		grep -q "\`$key\`" "$HEIR_SOURCE/doc/heir-toml.md"
	done
}
