#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests that the documents show what the program prints. After an intended change: tools/transcripts
# -i DOCUMENT

load heir

# check DOCUMENT
check()
{
	grep -q '^```console$' "$HEIR_SOURCE/$1" || {
		echo "$1: no console block"
		return 1
	}
	timeout 60 "$HEIR_SOURCE/tools/transcripts" "$HEIR_SOURCE/$1" >fresh
	diff -u --label "$1" --label "what heir prints" "$HEIR_SOURCE/$1" fresh
}

@test "a document that shows something else is found" {
	mkdir -p source
	ln -s "$HEIR_SOURCE/tools" "$HEIR_SOURCE/examples" source/
	wanted=$(cat "$HEIR_SOURCE/VERSION")
	HEIR_SOURCE=$PWD/source
	printf '```console\n$ heir --version\nheir 0.0.0\n```\n' >source/wrong.md
	run check wrong.md
	[ "$status" -ne 0 ]
	printf '```console\n$ heir --version\nheir %s\n$ heir\nx\n```\n' "$wanted" >source/wrong.md
	run check wrong.md
	[ "$status" -ne 0 ]
	printf '# A document\n\n```console\n$ heir --version\nheir %s\n$ (exit 3)\n$ echo $?\n3\n```\n\nText.\n' \
		"$wanted" >source/right.md
	check right.md
}

@test "README.md shows what the program prints" {
	check README.md
}

@test "doc/json.md shows what the program prints" {
	check doc/json.md
}

@test "every other document with console blocks shows what the program prints" {
	for document in "$HEIR_SOURCE"/*.md "$HEIR_SOURCE"/doc/*.md "$HEIR_SOURCE"/man/*.scd.in; do
		document=${document#"$HEIR_SOURCE"/}
		grep -q '^```console$' "$HEIR_SOURCE/$document" || continue
		check "$document"
	done
}

@test "README.md stays short, and shows the picture that tools/make-picture draws" {
	[ "$(wc -c <"$HEIR_SOURCE/README.md")" -lt 10240 ]
	"$HEIR_SOURCE/tools/make-picture" "$HEIR" >picture.svg
	grep -q '(doc/heir.svg)' "$HEIR_SOURCE/README.md"
	cmp picture.svg "$HEIR_SOURCE/doc/heir.svg"
}

@test "doc/messages.md has what the wrong example of every rule makes heir print" {
	"$HEIR_SOURCE/tools/make-messages" "$HEIR" >messages.md
	is "$(heir rules --format json | jq -r '.rules[].id')" \
		"$(sed -n 's/^## //p' messages.md)"
	diff -u "$HEIR_SOURCE/doc/messages.md" messages.md
}

@test "README.md names the releases that the program knows" {
	answers 2 heir --crio-version 0 show
	[[ $stderr =~ (1\.[0-9]+)" to "(1\.[0-9]+) ]]
	grep -q "${BASH_REMATCH[1]} to ${BASH_REMATCH[2]}" "$HEIR_SOURCE/README.md"
}

@test "the program in C of doc/library.md compiles, and says what heir says" {
	command -v cc >/dev/null || skip "no C compiler here"
	is_sanitized && skip "the library wants the sanitizers' own runtime"
	[ -e "$(dirname "$HEIR")/src/libheir.a" ] || skip "the library is not beside the program"
	node=$HEIR_SOURCE/examples/ocp-worker
	awk '/^```c$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$HEIR_SOURCE/doc/library.md" >page.c
	wanted=$(heir --root "$node" show --format json |
		jq -r '.handlers[] | "\(.name): \(if .status == "dropped" then .reason else .via end)"')
	[ "$(wc -l <<<"$wanted")" -ge 8 ]
	sed -i "s|/path/to/a/node|$node|" page.c
	grep -qF "$node" page.c
	cc -Wall -Wextra -Werror -I "$HEIR_SOURCE/include" -o page page.c \
		"$(dirname "$HEIR")/src/libheir.a" $(pkg-config --libs jansson yaml-0.1 zlib libutf8proc libpcre2-8)
	is "$wanted" "$(./page)"
}

@test "links between the documents lead somewhere" {
	for document in "$HEIR_SOURCE"/*.md "$HEIR_SOURCE"/doc/*.md; do
		for target in $(grep -oE '\]\([^)#: ]+\)' "$document" | tr -d ']()'); do
			[ -e "$(dirname "$document")/$target" ] || {
				echo "$document: $target"
				return 1
			}
		done
	done
}

@test "the demonstration's commands all end well" {
	demonstration=$(awk '/^demonstration\(\)/ { on = 1 } on && /^EOF$/ { exit }
		text { print } on && /<</ { text = 1 }' "$HEIR_SOURCE/dev")
	demonstration=$(grep -v '^#' <<<"$demonstration")
	[ "$(wc -l <<<"$demonstration")" -ge 9 ]
	cd "$HEIR_SOURCE"
	while read -r tree command; do
		wanted=0
		# What these two find is what is to be seen.
		case $command in check* | diff*) wanted=1 ;; esac
		how=--root
		[ -d "examples/$tree/etc" ] || how=-i
		answers $wanted heir $how "examples/$tree" $command
		[ -n "$output" ]
	done <<<"$demonstration"
}
