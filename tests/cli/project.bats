#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests statements of the repository about itself. One compiler is enough: nothing here depends on
# how heir was built.

load heir

# workflow FILTER: jq's answer about the GitHub workflow.
workflow()
{
	python3 -c 'import yaml' 2>/dev/null || skip "no python3 with yaml here"
	python3 -c '
import json, sys, yaml
# "on" is a boolean in YAML 1.1.
print(json.dumps({str(k): v for k, v in yaml.safe_load(sys.stdin).items()}))
	' <"$HEIR_SOURCE/.github/workflows/test.yml" >workflow.json
	jq -r "$1" workflow.json
}

@test "the workflow runs ./dev test on three systems and two machines" {
	workflow .name
	is "alpine debian fedora" "$(workflow '[.jobs.test.strategy.matrix.image[] | split(":")[0]] | sort | join(" ")')"
	is "ubuntu-24.04 ubuntu-24.04-arm" "$(workflow '.jobs.test.strategy.matrix.runner | sort | join(" ")')"
	is "{}" "$(jq -c .permissions workflow.json)"
	is "read" "$(workflow '[.jobs[].permissions.contents] | unique | join(" ")')"
	workflow '.jobs.test.steps[].run // empty' >commands
	grep -q '\./dev test$' commands
	# Each place of the matrix that is named is one.
	for job in $(workflow '.jobs | keys[]'); do
		for name in $(workflow ".jobs.$job" | grep -oE 'matrix\.[a-z]+' | sort -u); do
			[ "$(workflow ".jobs.$job.strategy.$name | length")" -gt 1 ]
		done
		is "true" "$(workflow ".jobs.$job | has(\"runs-on\") and .[\"timeout-minutes\"] > 0")"
	done
}

@test "the workflow builds the images that there are" {
	workflow '.jobs.image.steps[].run // empty' >commands
	recipe=$(grep -oE -- '--file [^ ]+' commands | sort -u | cut -d ' ' -f 2)
	for target in $(sed -nE 's/^FROM .* AS (heir|node)$/\1/p' "$HEIR_SOURCE/$recipe"); do
		grep -q -- "--file $recipe --target $target " commands
	done
	is 2 "$(grep -c 'docker build' commands)"
}

@test "the workflow of a release makes it twice, and may not write to the repository" {
	python3 -c 'import yaml' 2>/dev/null || skip "no python3 with yaml here"
	python3 -c '
import json, sys, yaml
print(json.dumps({str(k): v for k, v in yaml.safe_load(sys.stdin).items()}))
	' <"$HEIR_SOURCE/.github/workflows/release.yml" >release.json
	is '{}' "$(jq -c .permissions release.json)"
	is '["read"]' "$(jq -c '[.jobs[].permissions.contents] | unique' release.json)"
	# "on", as YAML 1.1 reads it.
	is '["v*"]' "$(jq -c '.True.push.tags' release.json)"
	jq -r '.jobs.tarballs.steps[].run // empty' release.json >commands
	grep -q 'for n in 1 2' commands
	grep -qF './dev release' commands
	grep -q 'cmp .*SHA256SUMS' commands
	grep -qF 'v$(cat VERSION)' commands
}

@test "every command of ./dev that a document or the workflow names is one" {
	known=$("$HEIR_SOURCE/dev" 2>&1 | sed -nE 's/^  ([a-z]+) .*/\1/p') || :
	[ "$(wc -w <<<"$known")" -ge 6 ]
	n=0
	for command in $(grep -ohE '\./dev [a-z]+' "$HEIR_SOURCE"/*.md "$HEIR_SOURCE"/doc/*.md \
		"$HEIR_SOURCE"/.github/workflows/*.yml "$HEIR_SOURCE/.ci/run" | cut -d ' ' -f 2 | sort -u); do
		n=$((n + 1))
		grep -qx "$command" <<<"$known" || {
			echo "./dev $command"
			return 1
		}
	done
	[ $n -ge 4 ]
}

@test "every dependency has a package for Debian, Fedora and Alpine" {
	awk '/^dependencies\(\)/ { on = 1 } on && /^EOF$/ { exit } text { print } on && /<</ { text = 1 }' \
		"$HEIR_SOURCE/dev" >dependencies
	[ "$(wc -l <dependencies)" -ge 20 ]
	is "" "$(awk 'NF != 5' dependencies)"
	is "bench browser build doc lint package playground site test" "$(echo $(cut -d ' ' -f 1 dependencies | sort -u))"
}

@test "no document names a command or option of heir that does not exist" {
	commands=$(heir help --format json | jq -r '.commands[].name')
	options=$(heir help --format json | jq -r '.options[].name')
	for document in CONTRIBUTING SECURITY README HACKING ARCHITECTURE; do
		for option in $(grep -oE '`(heir )?[^`]*`' "$HEIR_SOURCE/$document.md" | grep -E '`(heir |--)' |
			grep -oE -- ' --[a-z][a-z-]+|`--[a-z][a-z-]+' | tr -d ' `'); do
			grep -qx -- "${option#--}" <<<"$options" || {
				echo "$document: $option"
				return 1
			}
		done
		for command in $(grep -oE '`heir [a-z]+' "$HEIR_SOURCE/$document.md" | cut -d ' ' -f 2 | sort -u); do
			grep -qx "$command" <<<"$commands" || {
				echo "$document: heir $command"
				return 1
			}
		done
	done
}

@test "no test looks for what is not there and passes all the same" {
	# To the shell a command with ! before it never ends a test, unless it is the last one.
	printf '\t! grep -q x file\n\t! a | b || return 1\n\t! a |\n\t\tb\n' >bad
	unheard()
	{
		awk '/^[ \t]*! / { open = 1 } open && !/[|\\]$/ { if (!/\|\|/) print FILENAME ":" FNR; open = 0 }' "$@"
	}
	is "bad:1 bad:4" "$(echo $(unheard bad))"
	is "" "$(unheard "$HEIR_SOURCE"/tests/cli/*.ba*)"
}
