#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests look-ups of binaries and paths that fail: heir reports an error instead of an answer.

load heir

needs_strace()
{
	command -v strace >/dev/null && strace -qq -o /dev/null true 2>/dev/null ||
		skip "no strace here, or it may not trace"
}

# injected FUNCTION ERROR PATTERN COMMAND...: the call of that function whose line has the pattern
# fails with the error.
injected()
{
	local function=$1 error=$2 pattern=$3 number
	shift 3
	scrubbed ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" strace -qq -o calls -e trace="$function" "$@" >/dev/null 2>&1 || true
	number=$(grep -n -m 1 -e "$pattern" calls | cut -d: -f1)
	[ -n "$number" ] || {
		echo "no call of $pattern"
		return 1
	}
	scrubbed ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" timeout 20 strace -qq -o trace \
		-e trace="$function" -e inject="$function:error=$error:when=$number" "$@"
}

@test "a directory of the path that cannot be read: 3, and never another binary" {
	needs_strace
	mkdir -p bin1 bin2 conf.d
	for dir in bin1 bin2; do
		for name in crun twin conmon pinns nsenter; do
			printf '#!/bin/sh\n' >$dir/$name
			chmod 755 $dir/$name
		done
	done
	: >conf
	printf '[crio.runtime.runtimes.twin]\ninherit = "none"\n' >conf.d/50
	line=("$HEIR" --config "$PWD/conf" --config-dir "$PWD/conf.d" --source-dir /nowhere
		--path "$PWD/bin1:$PWD/bin2" show twin --format json)
	for error in ENFILE EMFILE EIO EACCES ENOMEM; do
		answers 3 injected openat $error "$PWD/bin1\"" "${line[@]}"
		[ "$error" = ENOMEM ] || says "cannot look up $PWD/bin1: "
		is_json .schema heir.error/1
	done
	for error in EIO EACCES; do
		answers 3 injected newfstatat $error '([0-9]*, "twin"' "${line[@]}"
		says "cannot look up $PWD/bin1/twin: "
		is_json .schema heir.error/1
	done
	# That it is not there is an answer.
	for error in ENOENT ENOTDIR; do
		answers 0 injected openat $error "$PWD/bin1\"" "${line[@]}"
		is_json '.handlers[0].fields.runtime_path.value' "$PWD/bin2/twin"
	done
}

@test "a runtime_path that cannot be looked at: 3, and not missing" {
	needs_strace
	printf '[crio.runtime.runtimes.x]\nruntime_path = "/usr/bin/x"\n' >"$NODE/$CONFD/50"
	binary usr/bin/x
	line=("$HEIR" --crio-version "$RELEASE" --root "$NODE" show x --format json)
	for error in ENFILE EIO EACCES; do
		answers 3 injected openat2 $error '"/usr/bin/x"' "${line[@]}"
		says "cannot look up /usr/bin/x: "
		is_json .schema heir.error/1
	done
}

# Whoever asks for a file may take it for absent, which is no answer where the machine failed.
@test "each look-up fails in turn: 3, or the answer that it is without" {
	needs_strace
	local command error n total
	printf '[crio.runtime.runtimes.x]\nruntime_path = "/usr/bin/x"\nseccomp_profile = "/etc/p"\n' \
		>"$NODE/$CONFD/50"
	binary usr/bin/x
	printf '{}' | file etc/p
	printf '[Service]\nExecStart=/usr/bin/crio\n' | file usr/lib/systemd/system/crio.service
	for command in show check; do
		for error in EIO ENFILE; do
			on_node $command --format json >whole || true
			scrubbed ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" strace -qq -o calls \
				-e trace=openat2 "$HEIR" --crio-version "$RELEASE" --root "$NODE" $command --format json >/dev/null || true
			total=$(wc -l <calls)
			[ "$total" -gt 10 ]
			for n in $(seq "$total"); do
				status=0
				scrubbed ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" strace -qq -o trace \
					-e trace=openat2 -e inject="openat2:error=$error:when=$n" \
					"$HEIR" --crio-version "$RELEASE" --root "$NODE" $command --format json >got 2>err || status=$?
				[ "$status" -eq 3 ] || cmp -s got whole || {
					echo "$command: status $status with $error for $(sed -n "${n}p" calls)"
					return 1
				}
			done
		done
	done
}
