#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests that each promise of SECURITY.md names existing tests, and the security of workflows and
# images.

load heir

# Each test that SECURITY.md names, as FILE and NAME with a tab between.
named()
{
	grep '^|' "$1" | grep -oE '`tests/[^`]*`: `[^`]*`(, `[^`]*`)*' | while IFS= read -r group; do
		file=${group#\`}
		file=${file%%\`*}
		grep -oE '`[^`]*`' <<<"${group#*: }" | sed 's/^`//; s/`$//' | while IFS= read -r name; do
			printf '%s\t%s\n' "$file" "$name"
		done
	done
}

# exists FILE NAME
exists()
{
	case $1 in
	*.bats) grep -qxF "@test \"$2\" {" "$HEIR_SOURCE/$1" ;;
	*) grep -qE "(cmocka_unit_test[a-z_]*|CASE|ROOT_CASE|TEST)\($2[,)]" "$HEIR_SOURCE/$1" ;;
	esac
}

@test "each promise of SECURITY.md names tests that exist" {
	named "$HEIR_SOURCE/SECURITY.md" >tests
	[ "$(wc -l <tests)" -ge 60 ]
	while IFS=$'\t' read -r file name; do
		exists "$file" "$name" || {
			echo "no such test: $file: $name"
			return 1
		}
	done <tests
	# Every row of every table has some.
	is "" "$(grep '^| [A-Z`]' "$HEIR_SOURCE/SECURITY.md" | grep -v '`tests/.*`: `' || :)"
	run exists tests/cli/writing.bats "no such"
	[ "$status" -ne 0 ]
	run exists tests/unit/test-root.c no_such
	[ "$status" -ne 0 ]
}

@test "workflows: actions by commit, no credentials, least rights" {
	files=("$HEIR_SOURCE"/.github/workflows/*.yml "$HEIR_SOURCE/dist/github-action/action.yml")
	grep -hE '^ *-? *uses:' "${files[@]}" >uses
	[ "$(wc -l <uses)" -ge 4 ]
	is "" "$(grep -vE 'uses: [a-z-]+/[a-z/-]+@[0-9a-f]{40} # v[0-9.]+$' uses || :)"
	grep -qE 'docker run .* debian:12-slim@sha256:[0-9a-f]{64} ' "$HEIR_SOURCE/.github/workflows/release.yml"
	for file in "$HEIR_SOURCE"/.github/workflows/*.yml; do
		is "$(grep -c 'uses: actions/checkout' "$file")" "$(grep -c 'persist-credentials: false' "$file")"
		grep -qx 'permissions: {}' "$file"
		# Each job says what it may: to read.
		is "$(grep -c 'runs-on:' "$file")" "$(grep -cx '    permissions:' "$file")"
		is "" "$(grep -A2 -x '    permissions:' "$file" | grep -vE 'permissions:|contents: read|^--|steps:|strategy:' || :)"
	done
	# Nothing runs with the rights of the target, and no text of a stranger is part of a script.
	all=("${files[@]}" "$HEIR_SOURCE/dist/tekton/heir-check.yaml")
	is "" "$(grep -nE 'pull_request_target|workflow_run|secrets\.|github\.event|github\.head_ref' "${all[@]}" || :)"
	python3 -c 'import yaml' 2>/dev/null || skip "no python3 with yaml here"
	python3 - "${all[@]}" >scripts <<-'END'
		import sys, yaml

		def scripts(value):
		    if isinstance(value, dict):
		        for key in ("run", "script"):
		            if isinstance(value.get(key), str):
		                yield value[key]
		        for item in value.values():
		            yield from scripts(item)
		    elif isinstance(value, list):
		        for item in value:
		            yield from scripts(item)

		for path in sys.argv[1:]:
		    with open(path, encoding="utf-8") as f:
		        for script in scripts(yaml.safe_load(f)):
		            print(script)
	END
	[ "$(grep -c . scripts)" -ge 20 ]
	is "" "$(grep -E '\$\{\{|\$\((params|context|tasks)' scripts | grep -vF '${{ matrix.image }}' || :)"
}
