#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests runtime_candidates and runtime_requires on the live machine: which runtimes heir runs, how
# often, and which one it chooses.

load heir

demands()
{
	[ "$(id -u)" -eq 0 ] || skip "only root can make a file that root owns"
}

# answering NAME JSON: a runtime in bin/ that has an answer, and notes that it was asked.
answering()
{
	mkdir -p bin
	printf '#!/bin/sh\necho "%s $1" >>%s/asked\nprintf "%%s\\n" '\''%s'\''\n' "$1" "$PWD" "$2" >"bin/$1"
	chmod 755 "bin/$1"
}

# heir on this machine, but with the files of CRI-O that stand here.
live()
{
	mkdir -p conf.d
	touch crio.conf
	programs bin
	heir --config "$PWD/crio.conf" --config-dir "$PWD/conf.d" --source-dir "$PWD/heir.d" \
		--path "$PWD/bin" "$@"
}

# asks CANDIDATES REQUIRES: a handler that does.
asks()
{
	mkdir -p conf.d
	printf '[crio.runtime.runtimes.x]\nruntime_candidates = %s\nruntime_requires = {%s}\n' "$1" "$2" >conf.d/x
	rm -f asked
}

# x FILTER: of the handler in what show says.
x()
{
	live show --format json 2>/dev/null | jq -r ".handlers[] | select(.name == \"x\") | $1"
}

path()
{
	x '.fields.runtime_path.value // "none" | split("/") | last'
}

setup_runtimes()
{
	answering crun '{"ociVersionMin": "1.0.0", "ociVersionMax": "1.1.0+dev", "mountOptions": ["rro"],
		"linux": {"mountExtensions": {"idmap": {"enabled": false}}}}'
	answering runc '{"ociVersionMin": "1.0.0", "ociVersionMax": "1.2.0-rc.1", "mountOptions": ["rro", "ro"],
		"linux": {"mountExtensions": {"idmap": {"enabled": true}}}}'
	answering youki '{"ociVersionMin": "1.0.0", "ociVersionMax": "1.3.0",
		"linux": {"mountExtensions": {"idmap": {"enabled": true}}}}'
}

@test "the first that meets what is asked is chosen, and who comes after it is not asked" {
	setup_runtimes
	asks '["crun", "runc", "youki"]' 'idmap = true'
	is runc "$(path)"
	is "crun features
runc features" "$(<asked)"
	asks '["youki", "nobody", "crun"]' 'mount_options = ["rro"]'
	is crun "$(path)"
	is "youki features
crun features" "$(<asked)"
	asks '"auto"' 'oci_version = "1.3.0"'
	is youki "$(path)"
}

@test "nobody is asked where nothing is" {
	setup_runtimes
	asks '["runc", "crun"]' ''
	is runc "$(path)"
	[ ! -e asked ]
	printf '[crio.runtime.runtimes.x]\ninherit = "default"\n' >conf.d/x
	answers 0 live show
	answers 0 live explain x
	live check || :
	[ ! -e asked ]
	# Nor where the path is set.
	printf '[crio.runtime.runtimes.x]\nruntime_path = "/bin/sh"\nruntime_candidates = ["runc"]\nruntime_requires = {idmap = true}\n' >conf.d/x
	answers 0 live show
	[ ! -e asked ]
}

@test "each is asked once, however many handlers ask, and however often a command resolves" {
	setup_runtimes
	mkdir -p conf.d
	for i in $(seq 50); do
		printf '[crio.runtime.runtimes.h%d]\nruntime_candidates = ["crun", "runc"]\nruntime_requires = {idmap = true}\n' "$i"
	done >conf.d/x
	for command in show "explain h1" check graph render; do
		rm -f asked
		live $command >/dev/null 2>&1 || :
		is "crun features
runc features" "$(<asked)"
	done
}

@test "versions are ranges of semantic versions, pre-releases before releases" {
	setup_runtimes
	while read -r wanted chosen; do
		asks '["crun", "runc", "youki"]' "oci_version = \"$wanted\""
		is "$wanted $chosen" "$wanted $(path)"
	done <<-'EOF'
		1.0.0 crun
		1.1.0-rc.3 crun
		1.1.0 crun
		1.1.1-alpha runc
		1.2.0-alpha.9 runc
		1.2.0-rc.1 runc
		1.2.0-rc.2 youki
		1.2.0 youki
		1.3.0+build youki
		1.0.0-rc.9 none
		1.3.1 none
	EOF
}

@test "who meets nothing: the handler is dropped, and the default stops CRI-O" {
	setup_runtimes
	asks '["crun", "nobody"]' 'idmap = true'
	is dropped "$(x .status)"
	is "none of its runtime_candidates exists and meets runtime_requires" "$(x .reason)"
	answers 1 live --default-runtime x show
	# Old ones count as supporting nothing that is asked.
	printf '#!/bin/sh\nexit 1\n' >bin/crun
	asks '["crun"]' 'mount_options = []'
	is crun "$(path)"
	asks '["crun"]' 'namespaces = ["pid"]'
	is dropped "$(x .status)"
}

@test "explain tells of each candidate what it meets or lacks" {
	setup_runtimes
	printf '#!/bin/sh\nexit 1\n' >bin/old
	printf '#!/bin/sh\ntouch %s/ran\n' "$PWD" >bin/open
	chmod 755 bin/old
	chmod 777 bin/open
	asks '["nobody", "old", "open", "crun", "runc", "youki"]' 'idmap = true, mount_options = ["rro"]'
	answers 0 live explain x runtime_path --format json
	is_json '.fields[].candidates[] | "\(.name): \(.outcome): \(.text)"' \
		'nobody: not-found: not in $PATH
old: unfit: "features" ended with status 1
open: unfit: it is not run: non-root users can write it, or a directory above it
crun: unfit: the runtime does not support idmap mounts; meets mount_options
runc: chosen: meets idmap, mount_options
youki: not-tried: not tried'
	answers 0 live explain x runtime_path
	shows "meets idmap, mount_options"
	shows "not usable: the runtime does not support idmap mounts"
	[ ! -e ran ]
	# Also where nobody is chosen, whatever field was asked for.
	asks '["crun", "old"]' 'idmap = true, oci_version = "1.9.0", mount_options = ["rro"]'
	answers 0 live explain x
	shows 'not usable: the runtime does not support idmap mounts; the runtime supports oci_version "1.0.0" to "1.1.0+dev", not "1.9.0"; meets mount_options'
	shows 'not usable: "features" ended with status 1'
}

@test "for another node, and where there are facts, nothing is run" {
	setup_runtimes
	asks '["crun", "runc"]' 'idmap = true'
	echo '{"runtimes": {"'"$PWD"'/bin/crun": {"linux": {"mountExtensions": {"idmap": {"enabled": true}}}}}}' >facts.json
	is crun "$(live --facts facts.json show --format json |
		jq -r '.handlers[] | select(.name == "x").fields.runtime_path.value | split("/") | last')"
	answers 0 live --root / show
	answers 0 live --root / --facts facts.json show
	answers 0 live --root / explain x
	[ ! -e asked ]
}

@test "real runtimes are chosen by what they tell" {
	runc=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin type -P runc) || skip "runc is not here"
	"$runc" features >real.json || skip "this runc tells no features"
	real() {
		live --path /usr/sbin:/usr/bin:/sbin:/bin show --format json | jq -r '.handlers[] |
			select(.name == "x") | .fields.runtime_path.value // "none"'
	}
	asks "[\"$runc\"]" "oci_version = \"$(jq -r .ociVersionMax real.json)\", mount_options = $(jq -c .mountOptions real.json)"
	is "$runc" "$(real)"
	asks "[\"$runc\"]" 'mount_options = ["no such option"]'
	is none "$(real)"
}
