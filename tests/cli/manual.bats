#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests that the manual and the program agree: nothing is missing or made up. readme.bats runs its
# examples.

load heir

demands()
{
	[ -e "$(dirname "$HEIR")/man/heir.1" ] || skip "built without the manual (no scdoc)"
}

# page NAME: its text, without what roff wants.
page()
{
	sed 's/\\f[BIR]//g; s/\\&//g; s/\\[-~^(]*-/-/g; s/\\-/-/g; s/\\e/\\/g; s/\\\\/\\/g' \
		"$(dirname "$HEIR")/man/$1"
}

# section PAGE TITLE: the lines of a section.
section()
{
	page "$1" | awk -v title=".SH $2" '$0 == title { on = 1; next } /^\.SH/ { on = 0 } on'
}

# has NAME... : each stands in $text as a term of its own.
has()
{
	local word
	for word in "$@"; do
		grep -qwF -- "$word" <<<"$text" || {
			echo "missing: $word"
			return 1
		}
	done
}

@test "heir(1): every command with its usage, and no other" {
	text=$(section heir.1 COMMANDS)
	while read -r name args; do
		grep -qxF -- "$name${args:+ $args}" <<<"$text" || {
			echo "missing: $name $args"
			return 1
		}
	done < <(heir help --format json | jq -r '.commands[] | "\(.name) \(.args)"')
	# What is "heir COMMAND" anywhere is one.
	for command in $(page heir.1 | grep -oE '\$ heir [^|]*' | sed -E 's/ -q//; s/ --[a-z-]+ [^ ]+//g' |
		awk '{ print $3 }' | sort -u); do
		heir help "$command" >help
		grep -q "^Usage: heir .* $command" help
	done
}

@test "heir(1): every option of every command's --help, with what it takes" {
	text=$(section heir.1 OPTIONS)
	n=0
	for command in "" $(heir help --format json | jq -r '.commands[].name'); do
		while read -r option; do
			n=$((n + 1))
			grep -qxF -- "$option" <<<"$text" || {
				echo "missing: $option"
				return 1
			}
		done < <(heir $command --help | sed -n '/^Options:/,$p' |
			sed -nE 's/^  ((-., )?--[a-z-]+( [^ ]+)?) .*/\1/p')
	done
	[ $n -gt 100 ]
}

@test "heir(1): the kinds that --verbose tells of are those of the library" {
	kinds=$(sed -nE 's/^\tK\(([a-z]+)\).*/\1/p' "$HEIR_SOURCE/src/base/trace.h")
	[ "$(wc -w <<<"$kinds")" -ge 9 ]
	for text in "$(section heir.1 OUTPUT | tr '\n' ' ' | grep -oE 'KIND is one of [^;]*')" \
		"$(sed -n '/struct heir_trace_event {/,/const char .kind;/p' "$HEIR_SOURCE/include/heir/context.h")"; do
		is "$(sort <<<"$kinds")" "$(grep -oE "$(paste -sd '|' <<<"$kinds")" <<<"$text" | sort -u)"
	done
}

@test "heir(1) and heir-rules(7): no option that does not exist" {
	known=$(heir help --format json | jq -r '.options[].name')
	n=0
	for option in $(page heir.1 | grep -oE -- '--[a-z][a-z-]+' | sort -u) \
		$(section heir-rules.7 DESCRIPTION | grep -oE -- '--[a-z][a-z-]+'); do
		n=$((n + 1))
		grep -qx -- "${option#--}" <<<"$known" || {
			echo "$option"
			return 1
		}
	done
	[ $n -gt 15 ]
}

@test "heir(1): every exit code, and every variable that the program reads" {
	text=$(section heir.1 "EXIT STATUS")
	while IFS=$'\t' read -r code meaning; do
		grep -qx -- "$code" <<<"$text"
		grep -qF -- "$meaning" <<<"$text"
	done < <(heir help --format json | jq -r '.exit_codes[] | "\(.code)\t\(.meaning)"')
	text=$(section heir.1 ENVIRONMENT)
	variables=$(grep -ohE 'getenv\("[A-Z_]+"\)|"(LC_|LANG)[A-Z_]*"' "$HEIR_SOURCE"/src/cli/*.c |
		grep -oE '[A-Z][A-Z_]+')
	[ "$(wc -l <<<"$variables")" -ge 6 ]
	has $variables
}

@test "heir.conf(5): every key of heir's, every field of CRI-O's" {
	runtimes=.properties.crio.properties.runtime.properties.runtimes.additionalProperties.properties
	fields=$(heir schema --as stock | jq -r "$runtimes | keys[]")
	keys=$(heir schema | jq -r "$runtimes | keys[]" | grep -vxF "$fields")
	is "inherit inherit_fields inherit_when runtime_candidates runtime_requires" "$(echo $keys)"
	text=$(section heir.conf.5 "KEYS OF A HANDLER")
	has $keys $(heir schema | jq -r "$runtimes.runtime_requires.properties | keys[]") when
	text=$(section heir.conf.5 "KEYS OF CRIO.RUNTIME")
	has implicit_inherit
	text=$(section heir.conf.5 "FIELDS OF A HANDLER")
	has $fields
	# And none that is no key: names with an underscore are nothing else.
	for word in $(page heir.conf.5 | grep -oE '\b[a-z]+(_[a-z0-9]+)+\b' | sort -u); do
		heir schema | grep -q "\"$word\"" || {
			echo "no key: $word"
			return 1
		}
	done
}

@test "heir-rules(7): every rule, with its examples, and no other" {
	is "$(heir rules --format json | jq -r '.rules[] | "\(.id) (\(.severity))"')" \
		"$(page heir-rules.7 | sed -n 's/^\.SS //p')"
	rules=$(heir rules --format json | jq '.rules | length')
	is "$rules" "$(page heir-rules.7 | grep -cE '^(Wrong|Reported)')"
	is "$rules" "$(page heir-rules.7 | grep -cE '^(Right|Not reported)')"
}

@test "libheir(3): every function of heir.h, and no other" {
	declared=$(cat "$HEIR_SOURCE"/include/heir/*.h | gcc -fpreprocessed -dD -E -P -x c - 2>/dev/null |
		grep -oE '\bheir_[a-z_]+\(' | sort -u) || skip "no gcc here"
	[ "$(wc -l <<<"$declared")" -ge 25 ]
	is "$declared" "$(page libheir.3 | grep -oE '\bheir_[a-z_]+\(' | sort -u)"
}

@test "no place of a template is left, and nothing is lost that roff would obey" {
	for template in "$HEIR_SOURCE"/man/*.scd.in; do
		name=$(basename "$template" .scd.in)
		! page "$name" | grep -E '^@[a-z-]+@' || return 1
		command -v mandoc >/dev/null || continue
		# It has the date of a release only: see make-man.
		! mandoc -T lint -W warning "$(dirname "$HEIR")/man/$name" | grep -v 'missing date' || return 1
	done
	# A backslash of an example.
	page heir.conf.5 | grep -qF "'/^\\[/,\$p'"
}

@test "every page is rendered without a warning, 80 columns wide" {
	man --version >/dev/null 2>&1 || skip "no man-db here"
	for template in "$HEIR_SOURCE"/man/*.scd.in; do
		page=$(dirname "$HEIR")/man/$(basename "$template" .scd.in)
		MANWIDTH=80 LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l "$page" >text 2>warnings
		[ "$(wc -l <text)" -gt 50 ]
		is "" "$(cat warnings)"
	done
}

@test "the manual is the same bytes on another day" {
	command -v scdoc >/dev/null || skip "no scdoc here"
	man=$(dirname "$HEIR")/man
	scrubbed PATH="$PATH" "$HEIR_SOURCE/man/make-man" "$(command -v scdoc)" "$HEIR" \
		"$HEIR_SOURCE/include/heir/heir.h" "$HEIR_SOURCE/man/heir.1.scd.in" again
	cmp "$man/heir.1" again
	scrubbed PATH="$PATH" SOURCE_DATE_EPOCH=86400 "$HEIR_SOURCE/man/make-man" "$(command -v scdoc)" \
		"$HEIR" "$HEIR_SOURCE/include/heir/heir.h" "$HEIR_SOURCE/man/heir.1.scd.in" dated
	grep -q '1970-01-02' dated
	! grep -qE '^\.TH .*[0-9]{4}-[0-9]{2}-[0-9]{2}' again || return 1
}
