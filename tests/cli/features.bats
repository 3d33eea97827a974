#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir features: what runtimes report, and that a misbehaving runtime cannot harm the caller.

load heir

demands()
{
	[ "$(id -u)" -eq 0 ] || skip "only root can make a file that root owns"
}

# runtime NAME: a program in bin/, its script from standard input.
runtime()
{
	mkdir -p bin
	{
		echo '#!/bin/sh'
		cat
	} >"bin/$1"
	chmod 755 "bin/$1"
}

# answering NAME JSON: a runtime that has an answer.
answering()
{
	runtime "$1" <<<"[ \"\$*\" = features ] && printf '%s\n' '$2'"
}

features()
{
	heir --path "$PWD/bin" features "$@"
}

# told NAME KEY: what the JSON says of bin/NAME.
told()
{
	features --format json "$1" | jq -r ".runtimes[0].$2"
}

# not_told NAME REASON: it has no features, and is otherwise taken as it is.
not_told()
{
	answers 0 features --format json "$1"
	is_json '.runtimes[0].features' null
	is_json '.runtimes[0].status' "$2"
	is_json '.runtimes[0].reason' "$3"
}

@test "real runtimes are told as they tell" {
	asked=0
	for name in runc crun; do
		path=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin type -P $name) || continue
		asked=$((asked + 1))
		heir features --format json "$path" >told.json
		is "$path" "$(jq -r '.runtimes[0].path' told.json)"
		if "$path" features >real.json 2>/dev/null; then
			is features "$(jq -r '.runtimes[0].status' told.json)"
			# All that heir reads, sorted as it sorts.
			filter='{ociVersionMin, ociVersionMax, mountOptions: (.mountOptions | sort),
				namespaces: (.linux.namespaces | sort), capabilities: (.linux.capabilities | sort),
				actions: (.linux.seccomp.actions | sort), v2: .linux.cgroup.v2,
				idmap: .linux.mountExtensions.idmap.enabled, annotations}'
			is "$(jq -S "$filter" real.json)" "$(jq -S ".runtimes[0].features | $filter" told.json)"
		else
			is no-features "$(jq -r '.runtimes[0].status' told.json)"
			is "$("$path" --version | head -n 1)" "$(jq -r '.runtimes[0].version' told.json)"
		fi
	done
	[ $asked -gt 0 ] || skip "neither runc nor crun is here"
}

@test "without a name: the automatic ones that are there" {
	answering crun '{"ociVersionMin": "1.0.0", "ociVersionMax": "1.1.0"}'
	answering youki '{}'
	answering other '{}'
	answers 0 features --format json
	is "crun youki" "$(jq -r '[.runtimes[].path | select(startswith("/usr/libexec") | not) |
		split("/") | last] | join(" ")' <<<"$output")"
	rm -r bin
	[ ! -e /usr/libexec/crio ] || return 0
	answers 0 features
	is "no known runtime is installed" "$output"
	answers 0 features --format json
	is_json '.runtimes | length' 0
}

@test "the table compares them side by side" {
	cat >facts.json <<-'EOF'
		{"runtimes": {"/usr/bin/one": {"ociVersionMin": "1.0.0", "ociVersionMax": "1.2.0",
			"mountOptions": ["ro", "rw", "rro"], "linux": {"namespaces": ["user", "pid"],
			"cgroup": {"v2": true}, "seccomp": {"actions": []},
			"mountExtensions": {"idmap": {"enabled": false}}}, "annotations": {"v": "1", "same": "x"}},
		"/usr/bin/two": {"ociVersionMin": "1.0.0", "ociVersionMax": "1.1.0+dev",
			"mountOptions": ["rw", "ro"], "linux": {"namespaces": ["user", "pid", "time"],
			"mountExtensions": {"idmap": {"enabled": true}}}, "annotations": {"v": "2", "same": "x"}},
		"/usr/bin/zero": null}}
	EOF
	answers 0 heir --facts facts.json features
	is "                 /usr/bin/one        /usr/bin/two        /usr/bin/zero
tells            features            features            no features
OCI version      1.0.0 to 1.2.0      1.0.0 to 1.1.0+dev  ?
mount options    3                   2                   ?
  rro            yes                 -                   ?
namespaces       2                   3                   ?
  time           -                   yes                 ?
  all of them    pid user
capabilities     ?                   ?                   ?
seccomp actions  0                   ?                   ?
idmap            no                  yes                 ?
cgroup v2        yes                 ?                   ?
annotations      2                   2                   ?
  same           x                   x                   ?
  v              1                   2                   ?" "$output"
	# Of one alone there is nothing to compare, and it is told.
	answers 0 heir --facts facts.json features /usr/bin/one
	shows "
  all of them    ro rro rw
"
	runtime three <<<'[ "$1" = --version ] && { echo "three 0.9"; exit 0; }; exit 1'
	answers 0 features three
	shows "

$PWD/bin/three: \"features\" ended with status 1; it is three 0.9"
}

@test "it is asked with features, without a shell, a terminal, input, descriptors or environment" {
	runtime asked <<-EOF
		exec 4>$PWD/asked
		{
			echo "\$# \$1"
			env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD=
			wc -c
			pwd
			(: </dev/tty) 2>/dev/null && echo a terminal
			[ -e /proc/self/fd/9 ] && echo a descriptor
		} >&4 2>&4
		echo '{}'
	EOF
	exec 9</dev/null
	is features "$(SECRET=x told asked status)"
	exec 9<&-
	is "1 features
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
0
/" "$(<asked)"
}

@test "one without the command is asked for its version, and marked" {
	runtime old <<<'[ "$1" = --version ] && { echo "old version 1.0"; echo more; exit 0; }; exit 3'
	not_told old no-features '"features" ended with status 3'
	is_json '.runtimes[0].version' "old version 1.0"
	runtime old <<<'[ "$1" = --version ] && printf "\033[31mred\n"; exit 0'
	not_told old no-features '"features" prints nothing'
	answers 0 features old
	[[ $output != *$'\033'* ]]
	shows '\x1b[31mred'
	runtime old <<<'exit 1'
	not_told old no-features '"features" ended with status 1'
	is_json '.runtimes[0].version' null
	runtime old <<<'kill -9 $$'
	not_told old no-features '"features" ended with status 137'
}

@test "the liar: what is no answer is none, and says why" {
	while IFS='|' read -r json reason; do
		answering liar "$json"
		not_told liar no-features "the output of \"features\" is not valid: $reason"
	done <<-'EOF'
		[]|the document is not an object
		{"mountOptions": "rro"}|mountOptions is not an array
		{"mountOptions": [1]}|mountOptions[0] is not a string
		{"linux": {"cgroup": {"v2": "yes"}}}|linux.cgroup.v2 is not a boolean
		{"ociVersionMin": {}}|ociVersionMin is not a string
	EOF
	answering liar 'features: all of them'
	is no-features "$(told liar status)"
	# Nothing comes of what nobody asked for, nor of what a terminal would obey.
	answering liar '{"unheard": {"of": []}, "annotations": {"\u001b[2J": "\u202e"}}'
	is features "$(told liar status)"
	answers 0 features liar
	[[ $output != *$'\033'* && $output != *$'\u202e'* ]]
}

@test "the hanger is killed after two seconds, with what it started" {
	runtime hanger <<-EOF
		sleep 300 &
		echo \$! \$\$ >$PWD/pids
		echo '{}'
		sleep 300
	EOF
	SECONDS=0
	not_told hanger failed '"features" did not end in 2 s'
	[ $SECONDS -lt 10 ]
	for pid in $(<pids); do
		! kill -0 "$pid" 2>/dev/null || [[ $(cut -d' ' -f3 "/proc/$pid/stat") == Z ]]
	done
}

@test "the flooder is killed, and a long answer is one" {
	runtime flooder <<<'exec yes'
	not_told flooder failed '"features" prints more than 1 MiB'
	runtime flooder <<<'echo "{\"x\": \"$(head -c 1000000 /dev/zero | tr "\0" x)\"}"'
	is features "$(told flooder status)"
}

@test "the forker leaves nobody behind, and is not waited for" {
	runtime forker <<-EOF
		sleep 300 &
		echo \$! >$PWD/pids
		setsid sleep 4 &
		echo '{}'
	EOF
	SECONDS=0
	is features "$(told forker status)"
	[ $SECONDS -lt 4 ]
	pid=$(<pids)
	! kill -0 "$pid" 2>/dev/null || [[ $(cut -d' ' -f3 "/proc/$pid/stat") == Z ]]
}

@test "one that is changed meanwhile: what was judged is what runs" {
	runtime another <<<"touch $PWD/ran; echo another"
	runtime changing <<-EOF
		[ "\$1" = --version ] && { echo judged; exit 0; }
		mv $PWD/bin/another $PWD/bin/changing
		exit 1
	EOF
	is judged "$(told changing version)"
	[ ! -e ran ]
	is another "$(told changing version || :)" || [ -e ran ]
}

@test "what others may write, or lead elsewhere, is not run" {
	refused='it is not run: non-root users can write it, or a directory above it'
	runtime crun <<<"touch $PWD/ran; echo '{}'"
	for mode in 775 757 777; do
		chmod $mode bin/crun
		not_told crun failed "$refused"
	done
	chmod 755 bin/crun
	for mode in 775 757 777; do
		chmod $mode bin
		not_told crun failed "$refused"
	done
	chmod 755 bin
	chown 65534 bin
	not_told crun failed "$refused"
	chown 0 bin
	chown 65534 bin/crun
	not_told crun failed "$refused"
	chown 0 bin/crun
	# A link is as good as the way that it leads.
	mkdir -m 777 open
	cp bin/crun open/real
	ln -s ../open/real bin/link
	not_told link failed "$refused"
	chmod 1777 open
	[ ! -e ran ]
	is features "$(told link status)"
	# With the sticky bit each has his own there: of others nothing is taken.
	rm ran
	ln -s ../bin/crun open/theirs
	chown -h 65534 open/theirs
	not_told "$PWD/open/theirs" failed "$refused"
	[ ! -e ran ]
	is features "$(told crun status)"
	[ -e ran ]
}

@test "a path starts where the user is, a name in --path" {
	answering mine '{}'
	is "$PWD/bin/mine" "$(heir features --format json bin/mine | jq -r '.runtimes[0].path')"
	answers 2 heir features bin/none
	says "there is no executable \"$PWD/bin/none\""
	answers 2 features none
	says 'there is no executable "none" in $PATH'
	answers 2 features ""
	answers 2 heir features --format toml
}

@test "of another node nothing is run: facts answer" {
	facts=$HEIR_SOURCE/examples/gpu-node/facts.json
	runtime crun <<<"touch $PWD/ran; echo '{}'"
	for node in "--root /" "--root $NODE" "-i $HEIR_SOURCE/examples/objects.yaml"; do
		[ "${node%% *}" = --root ] || [ -e "${node#* }" ] || continue
		answers 2 heir $node --path "$PWD/bin" features
		says "cannot run programs of another node"
		answers 0 heir $node --path "$PWD/bin" --facts "$facts" features --format json
		is "$(jq -c '.runtimes | keys' "$facts")" "$(jq -c '[.runtimes[].path]' <<<"$output")"
		answers 0 heir $node --facts "$facts" features /usr/bin/runc --format json
		is_json '.runtimes | length' 1
		answers 2 heir $node --facts "$facts" features /usr/bin/none
	done
	answers 0 heir --path "$PWD/bin" --facts "$facts" features
	[ ! -e ran ]
}

@test "what was told is kept, and --no-cache asks again" {
	runtime crun <<<"echo asked >>$PWD/asked; echo '{\"ociVersionMax\": \"1.0.0\", \"ociVersionMin\": \"1.0.0\"}'"
	runtime old <<<"echo asked >>$PWD/asked; [ \"\$1\" = --version ] && echo 'old 1.0' && exit; exit 1"
	# What has only just changed might change again unseen.
	sleep 1.2
	is false "$(told crun cached)"
	is false "$(told old cached)"
	is 3 "$(wc -l <asked)"
	before=$(features crun old --format json --no-cache | jq 'del(.runtimes[].cached)')
	rm asked
	is true "$(told crun cached)"
	is true "$(told old cached)"
	is "$before" "$(features crun old --format json | jq 'del(.runtimes[].cached)')"
	answers 0 features crun
	shows "features (cached)"
	[ ! -e asked ]
	is false "$(features --no-cache crun --format json | jq '.runtimes[0].cached')"
	is 1 "$(wc -l <asked)"
	# It is the directory's of the user.
	[ -d cache/heir ]
	for entry in cache/heir/*; do echo damaged >"$entry"; done
	is false "$(told crun cached)"
	is true "$(told crun cached)"
	rm -r cache
	touch cache
	is false "$(told crun cached)"
	rm cache
	# explain says so too.
	programs bin
	mkdir conf.d
	touch crio.conf
	printf '[crio.runtime.runtimes.x]\nruntime_candidates = ["crun"]\nruntime_requires = {oci_version = "1.0.0"}\n' >conf.d/x
	explain=(heir --path "$PWD/bin" --config "$PWD/crio.conf" --config-dir "$PWD/conf.d" explain x runtime_path)
	answers 0 "${explain[@]}"
	shows "chosen: meets oci_version"
	[[ $output != *cached* ]]
	answers 0 "${explain[@]}"
	shows "chosen: meets oci_version (cached)"
	answers 0 "${explain[@]}" --format json
	is_json '.fields[].candidates[0].cached' true
	answers 0 "${explain[@]}" --no-cache
	[[ $output != *cached* ]]
}

@test "the cache is where the environment says, or at home" {
	runtime crun <<<'echo "{}"'
	sleep 1.2
	asked_in() {
		env -i PATH=/usr/bin:/bin ASAN_OPTIONS="${ASAN_OPTIONS:-}" "$@" "$HEIR" --path "$PWD/bin" features \
			"$PWD/bin/crun" --format json | jq -r '.runtimes[0].cached'
	}
	is false "$(asked_in XDG_CACHE_HOME="$PWD/deep/down")"
	[ -d deep/down/heir ] || [ ! -e deep ]
	mkdir xdg
	is false "$(asked_in XDG_CACHE_HOME="$PWD/xdg")"
	is true "$(asked_in XDG_CACHE_HOME="$PWD/xdg")"
	is 1 "$(ls xdg/heir | wc -l)"
	# With --root nothing of it counts.
	env XDG_CACHE_HOME="$PWD/none" "$HEIR" --root / --facts "$HEIR_SOURCE/examples/gpu-node/facts.json" features >/dev/null
	[ ! -e none ]
	# Of others at home; theirs must be a place that they may enter.
	setpriv --reuid 65534 --clear-groups "$HEIR" --version >/dev/null 2>&1 ||
		skip "the program cannot be run by another user here"
	home=$(TMPDIR=/tmp mktemp -d)
	chown 65534 "$home"
	at_home() {
		env -i PATH=/usr/bin:/bin HOME="$home" ASAN_OPTIONS="${ASAN_OPTIONS:-}" setpriv --reuid 65534 \
			--clear-groups "$HEIR" features /bin/true --format json | jq -r '.runtimes[0].cached'
	}
	is "false true $home/.cache/heir" "$(at_home) $(at_home) $(ls -d "$home"/.cache/heir)"
	rm -r "$home"
}

@test "in a narrow terminal no line is longer than it is" {
	needs_terminal
	for name in one two three four five; do
		answering $name "{\"ociVersionMin\": \"1.0.0\", \"ociVersionMax\": \"1.1.0+$name\",
			\"annotations\": {\"org.example.a.long.name.of.$name\": \"and a long value of $name\"},
			\"linux\": {\"namespaces\": [\"user\", \"mount\", \"network\", \"pid\"]}}"
	done
	for columns in 40 80 120; do
		script -qec "stty cols $columns; LC_ALL=C.UTF-8 $HEIR --path $PWD/bin features one two three four five" \
			/dev/null </dev/null | tr -d '\r' | sed 's/\x1b\[[0-9;]*m//g' >shown
		grep -q "OCI version" shown
		[ "$(LC_ALL=C.UTF-8 wc -L <shown)" -le $columns ]
	done
}

@test "three runtimes in 80 columns: nothing of versions and answers is cut" {
	needs_terminal
	for name in one two three; do
		answering $name '{"ociVersionMin": "1.0.0", "ociVersionMax": "1.0.2-dev",
			"annotations": {"org.opencontainers.runc.checkpoint.enabled": "a value of some length"}}'
	done
	sleep 1.2
	for i in 1 2; do
		script -qec "stty cols 80; LC_ALL=C.UTF-8 XDG_CACHE_HOME=$PWD/cache $HEIR --color never --path $PWD/bin features one two three" \
			/dev/null </dev/null | tr -d '\r' >shown
		grep -E "^OCI version +1\.0\.0 to 1\.0\.2-dev  1\.0\.0 to 1\.0\.2-dev  1\.0\.0 to 1\.0\.2-dev$" shown
	done
	grep -E "^tells +features \(cached\) +features \(cached\) +features \(cached\)$" shown
	grep -E "^  org\.\S*…\S+ " shown
}
