#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests the command line, and the messages for usage errors.

load heir

@test "--help lists every command and every option" {
	answers 0 heir --help
	for word in show explain diff check rules cat graph help; do
		grep -qE "^  $word( |\$)" <<<"$output"
	done
	for word in root path config config-dir source-dir crio-version as facts env default-runtime \
		vendor-glob format color quiet help version; do
		grep -qE -- "--$word( |\$)" <<<"$output"
	done
	for code in 0 1 2 3; do
		grep -qE "^  $code  [a-z]" <<<"$output"
	done
}

@test "-h is --help" {
	answers 0 heir --help
	shows "Usage: heir"
	long=$output
	answers 0 heir -h
	is "$long" "$output"
}

@test "every command has a help of its own" {
	for command in show explain diff check rules cat graph help; do
		answers 0 heir "$command" --help
		shows "Usage: heir [OPTION...] $command"
		is "" "$stderr"
	done
}

@test "heir help COMMAND is heir COMMAND --help" {
	for command in show explain diff check rules cat graph help; do
		answers 0 heir "$command" --help
		shows "Usage: heir"
		wanted=$output
		answers 0 heir help "$command"
		is "$wanted" "$output"
	done
}

@test "heir help alone is heir --help" {
	answers 0 heir --help
	shows "Usage: heir"
	wanted=$output
	answers 0 heir help
	is "$wanted" "$output"
}

@test "the help of show knows --stage and its formats" {
	answers 0 heir show --help
	shows "--stage STAGE"
	shows "json"
	shows "toml"
}

@test "the help of a command leaves out what it does not take" {
	answers 0 heir cat --help
	shows "Usage: heir"
	[[ $output != *--stage* ]]
	[[ $output != *toml* ]]
}

@test "no line of any help is wider than 80 columns" {
	mapfile -t commands < <(heir help --format json | jq -r '.commands[].name')
	[ "${#commands[@]}" -ge 9 ]
	for command in "" "${commands[@]}"; do
		answers 0 heir $command --help
		shows "Usage: heir"
		[ "$(awk 'length > 80' <<<"$output")" = "" ]
	done
}

@test "--version is the content of VERSION" {
	answers 0 heir --version
	is "heir $(cat "$HEIR_SOURCE/VERSION")" "$output"
	answers 0 heir -V
	is "heir $(cat "$HEIR_SOURCE/VERSION")" "$output"
}

@test "no command: usage, exit 2, and a hint" {
	answers 2 heir -q
	is "" "$output"
	says "no command"
	says "--help"
}

@test "an unknown command: exit 2, and a hint" {
	answers 2 heir shwo
	is "" "$output"
	says 'no such command: "shwo"'
	says "Try 'heir --help'"
}

@test "an unknown command of help: exit 2" {
	answers 2 heir help shwo
	says 'no such command: "shwo"'
}

@test "an unknown option: exit 2, and its name" {
	answers 2 on_node --rot show
	says '"--rot"'
	says "--help"
	answers 2 on_node show -x
	says '"-x"'
}

@test "an option without its value: exit 2" {
	for option in root path config config-dir source-dir crio-version as facts env \
		default-runtime vendor-glob format color stage; do
		answers 2 heir show "--$option"
		says "--$option needs a value"
	done
}

@test "an empty path, of a variable that was empty: exit 2" {
	for option in root config config-dir source-dir facts; do
		answers 2 heir "--$option" "" show
		says "--$option needs a value that is not empty"
	done
}

@test "of letters in a row the unknown one is named" {
	answers 2 on_node show -qxq
	says '"-x"'
}

@test "a value where none belongs: exit 2" {
	answers 2 on_node show --quiet=yes
}

@test "--crio-version that is none: exit 2, and the releases that there are" {
	for version in 1.27 1.38 2.30 1 1. 1.x 1.34.x 1.34.2.1 "" latest 1.99999999999999999999; do
		answers 2 on_node --crio-version "$version" show
		says "1.28 to 1.37"
	done
}

@test "--crio-version takes X.Y, X.Y.Z and a v before it" {
	binary usr/bin/runc # the default up to 1.30
	for version in 1.28 1.30.4 1.34 v1.34.2 1.37; do
		answers 0 on_node --crio-version "$version" show --format json
		is_json .crio_version "${version#v}"
	done
}

@test "--as takes heir and stock, and nothing else" {
	for as in heir stock; do
		answers 0 on_node --as "$as" show --format json
		is_json .as "$as"
	done
	for as in Heir crio ""; do
		answers 2 on_node --as "$as" show
		says "neither"
	done
}

@test "--color and --stage take their words only" {
	answers 2 on_node --color sometimes show
	says "auto, always, never"
	answers 2 on_node show --stage done
	says "loaded"
}

@test "a format that the command does not have: exit 2" {
	answers 2 on_node show --format yaml
	says '"yaml"'
	answers 2 on_node cat --format toml
	says 'cat has no format "toml"'
	answers 2 on_node explain crun --format toml
	says 'explain has no format "toml"'
}

@test "--stage with another command than show: exit 2" {
	answers 2 on_node cat --stage loaded
	says "--stage"
}

@test "--env without a name or an equals sign: exit 2" {
	for value in NAME =value ""; do
		answers 2 on_node --env "$value" show
		says "NAME=VALUE"
	done
}

@test "too many or too few arguments: exit 2, and what the command takes" {
	answers 2 on_node cat crun
	says "no argument"
	answers 2 on_node explain
	says "HANDLER [FIELD]"
	answers 2 on_node explain crun runtime_path more
	says "HANDLER [FIELD]"
	answers 2 heir help show cat
}

@test "options may stand before and after the command" {
	answers 0 on_node --format json show
	before=$output
	answers 0 on_node show --format json
	is "$before" "$output"
	answers 0 heir show crun --root "$NODE" --format=json
	is_json '.handlers[0].name' crun
}

@test "what follows -- is an argument" {
	answers 2 on_node show -- --format
	says '"--format"'
}

@test "an unknown handler: exit 2, and the nearest name" {
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime.runtimes.nvidia]
		inherit = "default"
	EOF
	for command in show explain; do
		answers 2 on_node "$command" nvidai
		is "" "$output"
		says '"nvidai"'
		says '"nvidia"'
	done
}

@test "an unknown handler that is near to none: exit 2 without a guess" {
	answers 2 on_node show quite-another-thing
	says '"quite-another-thing"'
	[[ $stderr != *"did you mean"* ]]
}

@test "one unknown handler among known ones: exit 2 and no half an answer" {
	answers 2 on_node show crun crum
	is "" "$output"
	says '"crum"'
}

@test "an unknown field: exit 2, and the nearest name" {
	answers 2 on_node explain crun runtime_pth
	is "" "$output"
	says '"runtime_pth"'
	says '"runtime_path"'
}

@test "--vendor-glob that can match nothing is wrong use" {
	answers 2 heir --vendor-glob '' show
	says "the pattern is empty"
	answers 2 heir --vendor-glob '50-[a' show
	says '"50-[a" is not a valid pattern'
}

@test "of the formats of a command the one that is printed unasked comes first" {
	answers 0 heir help --format json
	is_json '[.commands[] | select(.formats != []) | "\(.name) \(.formats[0])"] | join(", ")' \
		"show table, explain text, diff text, upgrade text, drift text, fleet text, check text, report html, rules text, render toml, apply text, blame text, cat text, graph tree, containers text, facts json, features table, schema json, version text, help text"
	answers 0 heir render --help
	shows "Formats: toml, json, machineconfig, ignition, tmpfiles."
	answers 0 on_node render
	[[ $output != "{"* ]]
	answers 0 heir facts --root "$NODE"
	[[ $output == "{"* ]]
}

@test "a range of releases where there is one side" {
	answers 2 heir show --crio-version 1.30..1.31
	says "--crio-version: A..B is for diff and report, which have two sides"
}

@test "an option is honoured or refused: commands that ask nothing of a node take none about it" {
	for option in "--as stock" "--root $NODE" "-i $HEIR_SOURCE/examples/ocp-cluster" "--pool a" \
		"--path /bin" "--facts $HEIR_SOURCE/examples/gpu-node/facts.json" "--env A=b" \
		"--crio-version 1.37" "--default-runtime runc" --no-unit --no-cache; do
		for command in rules version "completion bash"; do
			answers 2 "$HEIR" $option $command
			says "takes no --"
		done
	done
	for pair in "blame:--as stock" "containers:--as stock" "collect:--as stock" "facts:--as stock" \
		"facts:--config /x" "facts:--ocp 4.18" "features:--as stock" "features:--env A=b" \
		"show:--strict" "check:--reload none"; do
		answers 2 "$HEIR" ${pair#*:} "${pair%%:*}"
		says "${pair%%:*} takes no --"
		# Neither its help nor its JSON has it.
		option=${pair#*:}
		! heir help "${pair%%:*}" | grep -qE -- "^ .*${option%% *} " || return 1
	done
}
