#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir check DIR...: several nodes in one run.

load heir

# node NAME [LINE...]: a node with what CRI-O needs to start, and one drop-in.
node()
{
	local name=$1
	shift
	mkdir -p "$name/$CONFD" "$name/usr/bin"
	cp "$NODE/usr/bin/"* "$name/usr/bin/"
	[ $# -eq 0 ] || printf '%s\n' "$@" >"$name/$CONFD/50-x.conf"
}

# Three of them: an error, nothing, a warning.
sample()
{
	node bad '[crio.runtime.runtimes.gpu]' 'runtime_path = "/nope"'
	node good
	node odd '[crio.runtime]' 'log_levle = "info"'
}

@test "what is found in each DIR stands behind its name, in the order of the arguments" {
	sample
	answers 1 heir check odd bad good
	is "odd/$CONFD/50-x.conf:2:1: warning: no release of CRI-O knows \"log_levle\" in [crio.runtime]; it is ignored [key-unknown]
    2 | log_levle = \"info\"
      | ^~~~~~~~~
help: did you mean \"log_level\"?
bad/$CONFD/50-x.conf:2:16: error: handler \"gpu\" is dropped: /nope does not exist [path-missing]
    2 | runtime_path = \"/nope\"
      |                ^~~~~~~
heir: 3 nodes: 1 error, 1 warning, 0 notes
For details: heir rules path-missing" "$output"
	is "" "$stderr"
	# The names lead to the files.
	while IFS=: read -r file rest; do
		[ -f "$file" ]
	done < <(grep -E '^[^ ].*\[[a-z-]+\]$' <<<"$output")
}

@test "DIR is shown as it was given, with one slash behind it" {
	sample
	answers 0 heir check ./odd// "$PWD/odd"
	[[ ${lines[0]} == "./odd/$CONFD/50-x.conf:2:1: "* ]]
	[[ ${lines[4]} == "$PWD/odd/$CONFD/50-x.conf:2:1: "* ]]
	answers 1 heir check bad --default-runtime nobody
	[[ ${lines[0]} == "bad: error: default_runtime is \"nobody\""* ]]
}

@test "notes about another file have its DIR too" {
	node two '[crio.runtime.runtimes.gpu]' 'runtime_path = "/usr/bin/crun"' 'monitor_env = ["A=b"]'
	printf '[crio.runtime.runtimes.gpu]\nruntime_path = "/usr/bin/crun"\n' >"two/$CONFD/60-y.conf"
	answers 0 heir check two --rule table-replaced
	shows "two/$CONFD/60-y.conf:1:24: warning:"
	shows "two/$CONFD/50-x.conf:1:24: note:"
}

@test "the exit code is the worst of all: 3 before 1 before 0" {
	sample
	answers 0 heir check good odd
	answers 1 heir check --strict good odd
	answers 1 heir check good bad good
	answers 3 heir check good gone bad
	answers 3 heir check gone good
	ln -s 60-loop "odd/$CONFD/60-loop"
	answers 3 heir check bad odd good
	shows "[file-unreadable]"
	shows "[path-missing]"
}

@test "a DIR that is not there, or none, is told, and the others are checked" {
	sample
	echo >file
	answers 3 heir check gone bad file odd
	is "heir: gone: no such file or directory
heir: file: not a directory" "$stderr"
	shows "bad/$CONFD/50-x.conf:2:16: error:"
	shows "odd/$CONFD/50-x.conf:2:1: warning:"
}

@test "the same DIR twice is told twice" {
	sample
	answers 1 heir check bad bad
	is 2 "$(grep -c '\[path-missing\]' <<<"$output")"
}

@test "a DIR may be called like an option" {
	sample
	mv bad ./-q
	answers 1 heir check -- -q good
	[[ ${lines[0]} == "-q/$CONFD/50-x.conf:2:16: error:"* ]]
}

@test "--root and DIR, an empty DIR, no such rule: wrong use, before anything is read" {
	sample
	answers 2 heir --root good check bad
	says "check takes --root or DIR..., not both"
	answers 2 heir check bad ""
	says "the name of a DIR is empty"
	answers 2 heir check bad --rule path-mising
	says 'unknown rule "path-mising" (did you mean "path-missing"?)'
	is "" "$output"
}

@test "--jobs is a number from 1 on, and of check alone" {
	sample
	for n in 0 -1 x 2x "" 1025 99999999999999999999 " 2"; do
		answers 2 heir check --jobs "$n" good
		says "is not a number from 1 to 1024"
	done
	answers 2 heir show -j 2
	says "show takes no --jobs"
	answers 2 heir check -j
	says "needs a value"
	for n in 1 2 1024; do
		answers 1 heir check "-j$n" bad
		answers 1 heir check --jobs="$n" bad good odd
	done
	answers 0 on_node check -j 2
}

@test "nothing depends on how many are checked at once" {
	sample
	for i in $(seq 30); do
		node "n$i" '[crio.runtime.runtimes.gpu]' "runtime_path = \"/nope/$i\"" 'log_levle = 1'
	done
	rm -r n7 n23
	# One that takes its time before others that do not.
	awk 'BEGIN { for (i = 0; i < 5000; i++) printf "# heir: ignore path-missing\n" }' >"n3/$CONFD/60-slow"
	dirs=(n3 bad good)
	for i in $(seq 30); do dirs+=("n$i"); done
	for format in text json sarif github; do
		run --separate-stderr heir check -j 1 --format $format "${dirs[@]}"
		is 3 "$status"
		[ -n "$output" ]
		wanted=$output told=$stderr
		for n in 2 3 16; do
			run --separate-stderr heir check -j $n --format $format "${dirs[@]}"
			is 3 "$status"
			is "$wanted" "$output"
			is "$told" "$stderr"
		done
	done
}

@test "of the environment nothing counts" {
	node vars '[crio.runtime.runtimes."gpu${N}"]' 'inherit = "default"'
	answers 1 scrubbed N=1 "$HEIR" check vars --rule variable-unset
	shows "[variable-unset]"
	answers 0 scrubbed "$HEIR" --env N=1 check vars --rule variable-unset
}

@test "links of a DIR stay in it, as those of --root do" {
	node linked '[crio.runtime.runtimes.gpu]' 'runtime_path = "/usr/bin/gpu"'
	ln -s /bin/sh linked/usr/bin/gpu
	answers 1 heir check linked
	shows "/usr/bin/gpu does not exist"
}

@test "JSON has a part for each DIR, those that cannot be read among them" {
	sample
	answers 3 heir check bad gone good bad --format json
	is '["schema","crio_version","crio_version_assumed","roots","counts"]' "$(jq -c keys_unsorted <<<"$output")"
	is heir.checks/1 "$(jq -r .schema <<<"$output")"
	is '["bad","gone","good","bad"]' "$(jq -c '[.roots[].root]' <<<"$output")"
	is '["root","error","os","os_from","starts","stops","counts","findings"]' "$(jq -c '.roots[0] | keys_unsorted' <<<"$output")"
	is '[null,"gone: no such file or directory",null,null]' "$(jq -c '[.roots[].error]' <<<"$output")"
	is '[1,0,0,1]' "$(jq -c '[.roots[].findings | length]' <<<"$output")"
	is '{"errors":2,"warnings":0,"notes":0}' "$(jq -c .counts <<<"$output")"
	# A finding is what it is for one root.
	heir --root bad check --format json >one || true
	is "$(jq -c .findings one)" "$(jq -c '.roots[0].findings' <<<"$output")"
	# One DIR is a list of one.
	answers 0 heir check good --format json
	is '{"schema":"heir.checks/1","crio_version":"1.37","crio_version_assumed":false,"roots":[{"root":"good","error":null,"os":null,"os_from":null,"starts":true,"stops":[],"counts":{"errors":0,"warnings":0,"notes":0},"findings":[]}],"counts":{"errors":0,"warnings":0,"notes":0}}' \
		"$(jq -c . <<<"$output")"
	answers 0 heir --root good check --format json
	is heir.check/1 "$(jq -r .schema <<<"$output")"
}

@test "SARIF is one run, with a URI that leads to each file" {
	sample
	mv odd "o d"
	answers 3 heir check ./bad gone "$PWD/o d" good --format sarif
	is 1 "$(jq '.runs | length' <<<"$output")"
	jq -e '.runs[0] as $run | [$run.results[] |
		.ruleId == $run.tool.driver.rules[.ruleIndex].id] | length == 2 and all' <<<"$output"
	is "bad/$CONFD/50-x.conf
file://$PWD/o%20d/$CONFD/50-x.conf" \
		"$(jq -r '.runs[0].results[].locations[0].physicalLocation.artifactLocation.uri' <<<"$output")"
	is '{"errors":1,"warnings":1,"notes":0}' "$(jq -c '.runs[0].properties.counts' <<<"$output")"
	answers 0 heir check good good --format sarif
	is '[]' "$(jq -c '.runs[0].results' <<<"$output")"
}

@test "--against another checkout: root by root, in every format; a new root is new as a whole" {
	sample
	mkdir base
	cp -r good odd base
	cp -r bad base/bad
	answers 0 heir check bad odd --against base
	is "" "$output"
	rm -r base/bad
	answers 1 heir check bad odd --against base --format json
	is '[1,0]' "$(jq -c '[.roots[].findings | length]' <<<"$output")"
	for format in sarif junit gitlab github; do
		answers 0 heir check odd good --against base --format "$format"
		! grep -qE '"ruleId"|name="key-unknown|check_name|^::' <<<"$output" || return 1
	done
	# One node for all of them.
	answers 0 heir check bad --against "$PWD/bad"
	is "" "$output"
	answers 0 heir check odd bad --against bad --format json
	is '[1,0]' "$(jq -c '[.roots[].findings | length]' <<<"$output")"
	mkdir -p empty/sub
	answers 2 heir check odd bad --against empty
	says "not a node"
	answers 3 heir check odd bad --against gone
}

@test "--against is heeded by the formats that have the pools in one document" {
	sample
	cluster=$HEIR_SOURCE/examples/ocp-cluster
	for format in sarif junit gitlab; do
		answers 0 heir -i "$cluster" check --against "$cluster" --strict --format "$format"
		answers 1 heir -i "$cluster" check --against good --strict --format "$format"
	done
}

@test "github names the file of each finding" {
	sample
	answers 1 heir check ./bad "$PWD/odd" --format github
	is 2 "$(grep -c ^:: <<<"$output")"
	is "heir: 2 nodes: 1 error, 1 warning, 0 notes" "${lines[2]}"
	[[ ${lines[0]} == "::error file=bad/$CONFD/50-x.conf,line=2,"* ]]
	[[ ${lines[1]} == "::warning file=$PWD/odd/$CONFD/50-x.conf,line=2,"* ]]
}

@test "a DIR with odd characters cannot speak to the terminal" {
	sample
	mv bad $'b\033[31mad'
	answers 3 heir check $'b\033[31mad' $'go\033ne'
	[[ $output$stderr != *$'\033'* ]]
	shows 'b\x1b[31mad/'
}

# under TERMINAL-OPTIONS... : heir's check of many nodes on a terminal 50 columns wide, which hears
# standard error; who reads standard output takes a rest first.
many_on_terminal()
{
	local dirs=() i
	for i in $(seq 1500); do dirs+=(odd); done
	scrubbed "${environment[@]}" script -qec \
		"stty cols 50; '$HEIR' --crio-version $RELEASE check $* ${dirs[*]} | (sleep 1.3; cat >/dev/null)" /dev/null \
		</dev/null
}

@test "on a terminal a bar says how far it is, and goes away" {
	needs_terminal
	sample
	environment=(TERM=xterm)
	many_on_terminal -j 2 >log
	tr '\r' '\n' <log >bars
	grep -qE '^checking [0-9]+/1500 █*░+'$'\033''\[K' bars
	# One column is left free.
	[ "$(sed 's/\x1b\[K//' bars | wc -L)" -eq 49 ]
	[[ $(tail -c 4 log) == *$'\r\033[K' ]]
	# Without threads too, and in ASCII.
	environment=(TERM=xterm LC_ALL=C)
	many_on_terminal -j 1 >log
	tr '\r' '\n' <log >bars
	grep -qE '^checking [0-9]+/1500 #*-+'$'\033''\[K' bars
	! grep -q '[█░]' bars || return 1
}

@test "no bar with -q, on a dumb terminal, or where standard error is none" {
	needs_terminal
	sample
	environment=(TERM=xterm)
	is "" "$(many_on_terminal -q)"
	is "" "$(many_on_terminal '2>&1')"
	environment=(TERM=dumb)
	is "" "$(many_on_terminal)"
}

@test "no bar for what is done at once; a summary for a person" {
	needs_terminal
	sample
	scrubbed TERM=xterm script -qec "'$HEIR' --crio-version $RELEASE check --color never bad good odd" /dev/null </dev/null >log || true
	[[ $(<log) != *checking* ]]
	is "heir: 3 nodes: 1 error, 1 warning, 0 notes" "$(tail -n 2 log | head -n 1 | tr -d '\r')"
	scrubbed TERM=xterm script -qec "'$HEIR' --crio-version $RELEASE check good" /dev/null </dev/null >log
	is "heir: 1 node: no findings" "$(tr -d '\r' <log)"
}

@test "who stops reading stops the run" {
	sample
	dirs=()
	for i in $(seq 3000); do dirs+=(bad); done
	set +o pipefail
	heir check "${dirs[@]}" | head -n 1 | grep -q path-missing
	answers 3 bash -c "'$HEIR' check ${dirs[*]} >/dev/full"
	says "no space left on device"
}
