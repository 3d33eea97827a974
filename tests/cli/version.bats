#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir version against what the machine reports about the program.

load heir

build()
{
	heir version --build --format json | jq -r "$1"
}

@test "heir version is heir --version, and VERSION" {
	answers 0 heir version
	is "heir $(cat "$HEIR_SOURCE/VERSION")" "$output"
	is "" "$stderr"
	answers 0 heir --version
	is "heir $(cat "$HEIR_SOURCE/VERSION")" "$output"
	is "$(cat "$HEIR_SOURCE/VERSION") null" \
		"$(heir version --format json | jq -r '"\(.version) \(.build)"')"
}

@test "--build is of version alone, and version takes nothing else" {
	answers 2 heir show --build
	says "show takes no --build"
	answers 2 heir version now
	says "version takes no argument"
	answers 2 heir version --format toml
	says 'version has no format "toml"'
}

@test "the libraries have the versions that are installed" {
	command -v pkg-config >/dev/null || skip "no pkg-config here"
	for name in jansson yaml-0.1:libyaml libpcre2-8:pcre2 zlib; do
		is "$(pkg-config --modversion "${name%:*}")" \
			"$(build ".build.libraries[] | select(.name == \"${name#*:}\").version")"
	done
	# What pkg-config says of utf8proc is not its version everywhere.
	header=$(echo '#include <utf8proc.h>
		UTF8PROC_VERSION_MAJOR.UTF8PROC_VERSION_MINOR.UTF8PROC_VERSION_PATCH' |
		gcc -E -P - | tail -n 1 | tr -d ' ')
	is "$header" "$(build '.build.libraries[] | select(.name == "utf8proc").version')"
	is "jansson libyaml pcre2 utf8proc zlib" "$(build '[.build.libraries[].name] | join(" ")')"
}

@test "static is whether the program names a loader" {
	command -v readelf >/dev/null || skip "no readelf here"
	static=true
	if readelf -lW "$HEIR" | grep -q INTERP; then
		static=false
	fi
	is $static "$(build .build.static)"
}

@test "the compiler is the one that left its name in the program" {
	command -v readelf >/dev/null || skip "no readelf here"
	comment=$(readelf -p .comment "$HEIR")
	name=$(build .build.compiler.name)
	version=$(build .build.compiler.version)
	[[ ${comment,,} == *"$name"* ]]
	[[ $comment == *"${version%% *}"* ]]
}

@test "glibc is that of the machine" {
	glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || skip "no glibc here"
	is "$glibc" "$(build '.build.libc | "\(.name) \(.version)"')"
}

@test "sanitizers are told where there are some" {
	sanitizers=$(build .build.sanitizers)
	if is_sanitized; then
		[[ $sanitizers == *address* ]]
	else
		is null "$sanitizers"
	fi
}

@test "the text has the same, a line for each, and fits 80 columns" {
	answers 0 heir version --build
	is "" "$stderr"
	for part in $(build '.build | .compiler, .libc, .libraries[], .heir_fetch // empty |
		.version // "tell"' | cut -d ' ' -f 1); do
		shows "$part"
	done
	shows "$(build .build.machine)"
	[ "$(wc -L <<<"$output")" -le 80 ]
}

@test "nothing of it tells where or when it was built" {
	answers 0 heir version --build
	[[ $output != */* ]]
	[[ $output != *"$(date +%Y-)"* ]]
	[[ $output != *"$(hostname 2>/dev/null || echo no-host-name)"* ]]
}

@test "a version that cannot be written is an error" {
	[ -w /dev/full ] || skip "no /dev/full here"
	run bash -c '"$1" version --build >/dev/full' - "$HEIR"
	is 3 "$status"
	[[ ${output,,} == *"no space left"* ]]
}
