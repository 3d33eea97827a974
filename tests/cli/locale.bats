#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests that columns are aligned for any names, and that a terminal with an ASCII locale gets only
# ASCII. glibc's width of a text (wc -L) is the reference.

load heir

# Two columns each, a mark that combines, two columns, a mark with room of its own, a Hangul
# syllable in parts.
WIDE=語語語 MARKED=$'cafe\u0301' SMILE=😀x SPACING=$'\u0915\u093f' PARTS=$'\u1112\u1161\u11ab'

names()
{
	printf '%s\n' "$WIDE" "$MARKED" "$SMILE" "$SPACING" "$PARTS" plain-enough
}

prepare()
{
	local name
	names | while read -r name; do
		printf '[crio.runtime.runtimes."%s"]\nruntime_path = "/usr/bin/crun"\n' "$name"
	done | dropin 50-names
}

# column TEXT: of each line that holds TEXT, on standard input, the column where it begins.
column()
{
	local line
	while IFS= read -r line; do
		[[ $line != *"$1"* ]] || printf %s "${line%%"$1"*}" | LC_ALL=C.UTF-8 wc -L
	done
}

# aligned N TEXT: N lines of $output hold TEXT, all at the same column.
aligned()
{
	local columns
	columns=$(column "$2" <<<"$output")
	is "$1" "$(wc -l <<<"$columns")"
	is 1 "$(sort -u <<<"$columns" | wc -l)"
}

# What heir shows on a terminal in a locale: on_terminal LOCALE COLUMNS ARG...
on_terminal()
{
	local locale=$1 columns=$2
	shift 2
	scrubbed LC_ALL="$locale" timeout 20 script -qec \
		"stty cols $columns; '$HEIR' --crio-version $RELEASE --root '$NODE' $*" /dev/null </dev/null | tr -d '\r'
}

# terminals COMMAND: the output of COMMAND in each locale and on terminals of several widths, a
# check of $output on standard input.
each_terminal()
{
	local locale columns
	for locale in C.UTF-8 C; do
		for columns in 60 80 132; do
			output=$(on_terminal "$locale" "$columns" "$1")
			"${@:2}"
			[ "$locale" != C ] || ! LC_ALL=C grep -q $'[\200-\377]' <<<"$output" || return 1
		done
	done
}

@test "show: columns align, through a pipe and on terminals" {
	needs_terminal
	prepare
	answers 0 on_node show
	aligned 6 "/usr/bin/crun  -"
	aligned 6 explicit
	each_terminal show aligned 6 explicit
}

@test "show: so do the reasons of dropped handlers" {
	prepare
	sed -i 's/^runtime_path.*/inherit = "nobody"/' "$NODE/$CONFD/50-names"
	answers 0 on_node show
	aligned 6 "inherits from"
	aligned 6 "50-names:"
}

@test "show: what is wider than its column has the line to itself" {
	needs_terminal
	for i in 1 2; do
		long=$(printf '語%.0s' $(seq 40))$i
		printf '[crio.runtime.runtimes."%s"]\nruntime_path = "/usr/bin/crun"\n' "$long" |
			dropin "$long"
	done
	for columns in 64 65 66 67; do
		output=$(on_terminal C.UTF-8 $columns show)
		aligned 2 explicit
		aligned 3 /usr/bin/crun
		[[ $output == *"$long"* && $output != *…* ]]
	done
}

@test "explain: values and places align" {
	needs_terminal
	dropin 60-x <<-END
		[crio.runtime.runtimes.child]
		inherit = "$WIDE"
		monitor_env = ["A=$WIDE"]
		allowed_annotations = ["$MARKED"]
		monitor_path = "/usr/bin/$SMILE"
	END
	prepare
	answers 0 on_node explain child
	aligned 4 "set  "
	each_terminal "explain child" aligned 4 "set  "
}

@test "graph: the branches are drawn in what the locale has" {
	needs_terminal
	dropin 60-x <<-END
		[crio.runtime.runtimes.child]
		inherit = "$WIDE"
	END
	prepare
	output=$(on_terminal C.UTF-8 80 "graph '$WIDE'")
	shows "└─ child"
	output=$(on_terminal C 80 "graph '$WIDE'")
	shows '\- child'
	shows '\u{8a9e}\u{8a9e}\u{8a9e}'
}

@test "diff: both sides' values begin in one column" {
	prepare
	mkdir other
	cp -r "$NODE/." other
	sed -i "s|/usr/bin/crun|/usr/bin/$WIDE|" "other/$CONFD/50-names"
	binary usr/bin/$WIDE
	cp "$NODE/usr/bin/$WIDE" other/usr/bin
	answers 1 heir --root "$NODE" diff --against other "$WIDE"
	aligned 2 '"/usr/bin/'
	answers 1 heir --root other diff --against "$NODE" "$WIDE"
	aligned 2 '"/usr/bin/'
}

@test "features: a table of runtimes with wide names" {
	jq -n --arg a "/usr/bin/$WIDE" --arg b "/usr/bin/$SMILE" '{schema: "heir.facts/1", features: {},
		runtimes: {($a): {ociVersionMin: "1.0.0", ociVersionMax: "1.1.0"},
			($b): {ociVersionMin: "1.0.0", ociVersionMax: "1.2.0"}}}' >facts
	answers 0 heir --facts facts features
	is "$(column "/usr/bin/$SMILE" <<<"$output")" "$(column "1.0.0 to 1.2.0" <<<"$output")"
}

@test "check: the caret stands under what it means, behind tabs and wide characters" {
	needs_terminal
	printf '[crio.runtime.runtimes."%s"] #\t%s\n\tinherit\t= "%s" # %s\n' \
		"$WIDE$MARKED" "$WIDE" "$MARKED$WIDE" "$SMILE" | dropin 50-x
	under='    2 |  inherit = "'
	for locale in C.UTF-8 C; do
		for how in on_terminal piped; do
			if [ $how = piped ]; then
				run scrubbed LC_ALL=$locale "$HEIR" --crio-version "$RELEASE" --root "$NODE" check --rule parent-unknown
			else
				output=$(on_terminal $locale 100 check --color never --rule parent-unknown)
			fi
			shows "$under"
			marked=$(sed -n '/^    2 /{ s/.*= //; s/ # .*//; p; }' <<<"$output")
			is "$((${#under} - 1))" "$(column '^' <<<"$output")"
			is "$(LC_ALL=C.UTF-8 wc -L <<<"$marked")" "$(grep -oE '\^~*' <<<"$output" | tr -d '\n' | wc -c)"
		done
	done
}

@test "a long line is cut between characters" {
	{
		printf 'x = "%s" # ' "$(printf '語%.0s' $(seq 100))"
		printf '\n[crio.runtime.runtimes.x]\nruntime_type = "%s語"\n' "$(printf 'a%.0s' $(seq 142))"
	} | dropin 50-x
	answers 1 on_node check --rule type-unknown
	! grep -q '\\x' <<<"$output" || return 1
}

@test "what cannot be seen is written as an escape, everywhere" {
	hidden=$'a\u200bb\u200dc\u2066d\ufe0fe\U000e0041f\u3164'
	dropin 50-x <<<"[crio.runtime.runtimes.\"$hidden\"]"$'\n'"runtime_path = \"/usr/bin/crun\""
	wanted='a\u{200b}b\u{200d}c\u{2066}d\u{fe0f}e\u{e0041}f\u{3164}'
	for command in show graph "graph --format dot" "check --format github"; do
		run on_node $command
		[[ ${output//\\\\/\\} == *"$wanted"* ]] || {
			echo "$command: $output"
			return 1
		}
	done
	for command in "show --format json" "show --format toml" "check --format sarif"; do
		run on_node $command
		! grep -qF $'\u200b' <<<"$output" || return 1
		! grep -qF $'\U000e0041' <<<"$output" || return 1
	done
	# And the JSON and the TOML say the same name.
	on_node show --format json >json
	is "$hidden" "$(jq -r '.handlers[] | select(.name != "crun").name' json)"
	python3 -c 'import tomllib' 2>/dev/null || return 0
	on_node show --format toml >toml
	is "$hidden" "$(python3 -c 'import tomllib
for name in tomllib.load(open("toml", "rb"))["crio"]["runtime"]["runtimes"]:
    if name != "crun": print(name)')"
}

@test "through a pipe a name stays as it is, whatever the locale" {
	prepare
	for locale in C C.UTF-8; do
		answers 0 scrubbed LC_ALL=$locale "$HEIR" --crio-version "$RELEASE" --root "$NODE" show
		for name in "$WIDE" "$MARKED" "$SMILE"; do
			shows "$name"
		done
	done
}

@test "on a terminal without UTF-8 JSON and TOML stay what they are" {
	needs_terminal
	prepare
	on_terminal C 80 show --format json >json
	! LC_ALL=C grep -q $'[\200-\377]' json || return 1
	is "$(names | sort)" "$(jq -r '.handlers[].name' json | grep -vx crun | sort)"
	on_terminal C 80 show --format toml >toml
	! LC_ALL=C grep -q $'[\200-\377]' toml || return 1
	grep -qF '"\u8a9e\u8a9e\u8a9e"' toml
	grep -qF '"\U0001f600x"' toml
	output=$(on_terminal C 80 show nobody-$WIDE)
	shows 'nobody-\u{8a9e}\u{8a9e}\u{8a9e}'
}

@test "which locale it is: LC_ALL before LC_CTYPE before LANG, and none is ASCII" {
	dropin 50-x <<-END
		[crio.runtime.runtimes.a]
		inherit = "crun"
	END
	drawn()
	{
		is "$1" "$(env -i PATH=/usr/bin:/bin ASAN_OPTIONS="${ASAN_OPTIONS:-}" "${@:2}" \
			"$HEIR" --crio-version "$RELEASE" --root "$NODE" graph | grep -c '└─')"
	}
	drawn 0
	drawn 1 LANG=de_DE.UTF-8
	drawn 1 LANG=C LC_CTYPE=ja_JP.utf8
	drawn 0 LANG=C.UTF-8 LC_CTYPE=C
	drawn 0 LANG=C.UTF-8 LC_CTYPE=C.UTF-8 LC_ALL=POSIX
	drawn 1 LANG=C.UTF-8 LC_ALL=
	drawn 0 LANG=de_DE
	drawn 0 LANG=ja_JP.eucJP
}
