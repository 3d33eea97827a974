#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests where the output goes: a terminal and its width, colour, a full disk, a closed pipe.

load heir

ESC=$'\033'

# in_terminal COLUMNS VARIABLE=VALUE... -- ARG...: what heir writes to a terminal that wide.
in_terminal()
{
	local columns=$1 settings=()
	shift
	while [ "$1" != -- ]; do
		settings+=("$1")
		shift
	done
	shift
	# The words of the examples have no blanks or quotes.
	scrubbed TERM=xterm HEIR_PAGER=cat "${settings[@]}" timeout 20 \
		script -qec "stty cols $columns; '$HEIR' --crio-version $RELEASE $*" /dev/null </dev/null | tr -d '\r'
}

# The commands of the demonstration.
each_example()
{
	local gpu="--root $HEIR_SOURCE/examples/gpu-node --facts $HEIR_SOURCE/examples/gpu-node/facts.json"
	local ocp="--root $HEIR_SOURCE/examples/ocp-worker" deb="--root $HEIR_SOURCE/examples/debian-node"
	printf '%s\n' "$ocp show" "$ocp --as stock show" "$deb show" "$gpu show" \
		"--root $HEIR_SOURCE/examples/gpu-node show" \
		"$ocp explain high-performance" "$ocp explain high-performance runtime_path" \
		"$ocp explain low-latency" "$ocp explain gpu-batch" "$ocp explain kata" \
		"$ocp explain crun" "$ocp explain trace runtime_path" \
		"$deb explain crun container_min_memory" "$deb explain youki-stable" \
		"$gpu explain gpu" "$gpu explain userns runtime_path" "$gpu explain confidential"
}

@test "no colour through a pipe" {
	answers 0 on_node show
	shows crun
	[[ $output != *"$ESC"* ]]
	answers 0 on_node explain crun
	shows crun
	[[ $output != *"$ESC"* ]]
}

@test "--color always colours a pipe, and changes nothing else" {
	for command in show "explain crun"; do
		answers 0 on_node $command
		plain=$output
		answers 0 on_node --color always $command
		[[ $output == *"$ESC["* ]]
		is "$plain" "$(sed "s/$ESC\[[0-9;]*m//g" <<<"$output")"
	done
}

@test "colour never gets into JSON and TOML" {
	dropin 50-x <<<"# a file"
	for command in "show --format json" "show --format toml" "cat --format json" \
		"explain crun --format json"; do
		answers 0 on_node --color always $command
		[ -n "$output" ]
		[[ $output != *"$ESC"* ]]
	done
}

@test "a terminal has colour" {
	needs_terminal
	run in_terminal 100 -- --root "$NODE" show
	[[ $output == *"$ESC["* ]]
}

@test "--color never, NO_COLOR and a dumb terminal have none" {
	needs_terminal
	run in_terminal 100 -- --root "$NODE" --color never show
	shows HANDLER
	[[ $output != *"$ESC"* ]]
	run in_terminal 100 NO_COLOR=1 -- --root "$NODE" show
	shows HANDLER
	[[ $output != *"$ESC"* ]]
	run in_terminal 100 TERM=dumb -- --root "$NODE" show
	shows HANDLER
	[[ $output != *"$ESC"* ]]
}

@test "an empty NO_COLOR counts as none, and --color always goes before it" {
	needs_terminal
	run in_terminal 100 NO_COLOR= -- --root "$NODE" show
	[[ $output == *"$ESC["* ]]
	run in_terminal 100 NO_COLOR=1 -- --root "$NODE" --color always show
	[[ $output == *"$ESC["* ]]
}

@test "in a terminal of 80 columns no line of the examples is wider" {
	needs_terminal
	while read -r command; do
		run in_terminal 80 -- --color never $command
		[ "${#lines[@]}" -ge 2 ]
		for line in "${lines[@]}"; do
			# Characters, not bytes.
			[ "$(printf %s "$line" | LC_ALL=C.UTF-8 wc -m)" -le 80 ] || {
				printf 'heir %s\n%s\n' "$command" "$line"
				return 1
			}
		done
	done < <(each_example)
}

@test "through a pipe nothing is cut" {
	long=/usr/$(head -c 300 /dev/zero | tr '\0' x)
	dropin 50-x <<-EOF
		[crio.runtime.runtimes.long]
		inherit = "default"
		runtime_root = "$long"
	EOF
	answers 0 on_node show
	shows "$long"
	answers 0 on_node explain long runtime_root
	shows "$long"
}

@test "without UTF-8 in the locale heir's own characters are ASCII" {
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes.a]
		inherit = "default"
	EOF
	answers 0 on_node explain a
	LC_ALL=C grep -q $'[\200-\377]' <<<"$output"
	answers 0 scrubbed LC_ALL=C "$HEIR" --crio-version "$RELEASE" --root "$NODE" explain a
	! LC_ALL=C grep -q $'[\200-\377]' <<<"$output" || return 1
}

@test "a full disk: exit 3, and a message" {
	for command in show "show --format json" "show --format toml" "explain crun" \
		"explain crun --format json" --help --version "help show"; do
		run --separate-stderr bash -c '"$@" >/dev/full' - \
			env LC_ALL=C.UTF-8 "$HEIR" --crio-version "$RELEASE" --root "$NODE" $command
		[ "$status" -eq 3 ] || {
			echo "$command: $status"
			return 1
		}
		says "heir: "
	done
	dropin 50-x <<<'# something to print'
	run bash -c '"$0" --root "$1" cat >/dev/full' "$HEIR" "$NODE"
	[ "$status" -eq 3 ]
}

@test "closed standard output: exit 3" {
	for command in show "explain crun" --help; do
		run --separate-stderr bash -c '"$@" >&-' - "$HEIR" --crio-version "$RELEASE" --root "$NODE" $command
		[ "$status" -eq 3 ] || {
			echo "$command: $status"
			return 1
		}
	done
}

@test "a reader who goes away ends heir without noise" {
	handlers 1 20000 | dropin 50-many
	run --separate-stderr bash -c '"$0" --crio-version 1.37 --root "$1" show | head -n 1' "$HEIR" "$NODE"
	shows HANDLER
	is "" "$stderr"
}

@test "standard error may be closed, standard input too" {
	printf 'a = \n' | dropin 50-x
	run bash -c '"$0" --root "$1" show 2>&- <&-' "$HEIR" "$NODE"
	[ "$status" -eq 1 ]
}

@test "diagnostics go to standard error only" {
	printf 'a = \n' | dropin 50-x
	answers 1 on_node show
	is "" "$output"
	[ -n "$stderr" ]
}

@test "places are links to the files, on terminals with colour alone" {
	needs_terminal
	mkdir -p "a b"
	cp -r "$NODE" "a b/node"
	printf '[crio.runtime.runtimes.x]\nruntime_path = "/gone"\n' >"a b/node/$CONFD/50-x.conf"
	on_terminal()
	{
		scrubbed PATH="$PATH" "$1" "$2" timeout 20 script -qec \
			"'$HEIR' --crio-version $RELEASE --root 'a b/node' check --rule path-missing" /dev/null </dev/null |
			tr -d '\r'
	}
	link=$'\e]8;;file://'"$(uname -n)$PWD/a%20b/node/$CONFD/50-x.conf"$'\e\\'
	on_terminal TERM=xterm NO_COLOR= >shown
	grep -qF "${link}a b/node/$CONFD/50-x.conf:2:16"$'\e]8;;\e\\: ' shown
	for settings in 'TERM=xterm NO_COLOR=1' 'TERM=dumb NO_COLOR=' 'TERM=linux NO_COLOR='; do
		# shellcheck disable=SC2086 # two words
		on_terminal $settings >shown
		grep -q path-missing shown
		[[ $(<shown) != *"]8;"* ]]
	done
	run heir --color always --root "a b/node" check --rule path-missing
	[[ $output == *path-missing* && $output != *"]8;"* ]]
}
