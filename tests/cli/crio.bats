#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# heir against a CRI-O: a real one where $CRIO_BIN names it, started on files, a storage and a socket of
# its own; else a stand-in that reloads on SIGHUP and serves /config as recorded. No systemd knows of
# either, so that apply sends the SIGHUP itself.

load heir
load crio

demands()
{
	[ -n "${CRIO_BIN:-}" ] || skip "no real CRI-O: \$CRIO_BIN names none"
	[ -x "$(dirname "$HEIR")/heir-fetch" ] || skip "built without heir-fetch (no libcurl)"
	command -v python3 >/dev/null || skip "no python3 here"
	[ "$(id -u)" -eq 0 ] || skip "only root may start CRI-O"
}

teardown()
{
	[ -z "${SERVER:-}" ] || { kill "$SERVER"; wait "$SERVER" 2>/dev/null || :; }
}

# A configuration in this directory: two runtimes by their paths, and a handler that inherits.
configured()
{
	at_home confd
	mkdir bin
	# The stand-in, as heir shows a handler, says nothing of what CRI-O looks up for the monitor.
	# A real CRI-O wants pinns and nsenter too.
	for name in crun runc pinns nsenter; do
		printf '#!/bin/sh\nexit 0\n' >bin/$name
		chmod 755 bin/$name
	done
	[ -z "${CRIO_BIN:-}" ] || monitor bin/conmon
	cat >confd/10-crio.conf <<-EOT
		[crio.metrics]
		enable_metrics = false
		[crio.runtime]
		irqbalance_config_file = ""
		default_runtime = "crun"
		[crio.runtime.runtimes.crun]
		runtime_path = "$PWD/bin/crun"
		runtime_root = "$PWD/state"
		[crio.runtime.runtimes.runc]
		runtime_path = "$PWD/bin/runc"
		runtime_root = "$PWD/state"
	EOT
	printf '[crio.runtime.runtimes.fast-io]\ninherit = "default"\n' \
		>confd/50-fast-io.conf
	printf '{"default": [{"type": "insecureAcceptAnything"}]}\n' >policy.json
	: >conf
	version=()
	[ -z "${CRIO_BIN:-}" ] || version=(--crio-version \
		"$("$CRIO_BIN" version | sed -n 's/^Version: *\([0-9]*\.[0-9]*\).*/\1/p')")
	OPTIONS=(--config "$PWD/conf" --config-dir "$PWD/confd" --source-dir /nowhere
		--path "$PWD/bin" "${version[@]}")
}

# The stand-in's files are what an unmodified CRI-O makes of them; after a reload without what it fills
# in at its start, as in the recorded answers.
stand_in()
{
	cat >load <<-EOT
		#!/bin/sh
		cd "$PWD"
		ASAN_OPTIONS=${ASAN_OPTIONS:-} "$HEIR" ${OPTIONS[*]} --as stock show --format toml >loaded 2>/dev/null
		[ "\${1-}" != reload ] || sed -i '/runtimes.[cr]/,/^\$/{/^monitor_cgroup/d}' loaded
		mv loaded answer
	EOT
	chmod +x load
	./load
	LOAD="$PWD/load reload" exec "$HEIR_SOURCE/tests/support/crio-socket" "$PWD/s" chunked "$PWD/answer"
}

start_crio()
{
	if [ -n "${CRIO_BIN:-}" ]; then
		env -u NOTIFY_SOCKET PATH="$PWD/bin:$PATH" "$CRIO_BIN" --config "$PWD/conf" --config-dir "$PWD/confd" >crio.log 2>&1 3>&- &
	else
		(stand_in) >crio.log 2>&1 3>&- &
	fi
	SERVER=$!
	for _ in $(seq 300); do
		if "$(dirname "$HEIR")/heir-fetch" "$PWD/s" config >answer.toml 2>/dev/null; then
			return 0
		fi
		kill -0 $SERVER 2>/dev/null || break
		sleep 0.1
	done
	cat crio.log
	return 1
}

stop_crio()
{
	kill "$SERVER"
	wait "$SERVER" || :
	SERVER=
	rm -f s
}

ours()
{
	scrubbed HEIR_LIBEXEC="$(dirname "$HEIR")" timeout 60 "$HEIR" "${OPTIONS[@]}" "$@"
}

# How the running one drifts, as "name drift fields" lines.
drifts()
{
	ours drift --format json >drift.json || [ $? -eq 1 ]
	jq -r '.handlers[] | "\(.name) \(.drift) \(.fields | keys_unsorted | join(","))"' drift.json
}

@test "a CRI-O that starts on the drop-in has what heir says; after SIGHUP it lacks what a reload loses" {
	configured
	start_crio
	is "" "$(drifts)"

	# Nobody could restart it.
	answers 1 ours apply
	says "nothing is written: CRI-O runs as process $SERVER "
	[ ! -e confd/zz-heir.conf ]

	# A SIGHUP would not change the handlers that run.
	answers 1 ours apply --reload sighup
	says "a SIGHUP does not change the handlers"
	answers 0 ours apply --reload none
	[ -s confd/zz-heir.conf ]

	# Started anew, it has it whole.
	stop_crio
	start_crio
	is "" "$(drifts)"
	ours --as heir drift

	# The default moves: told, and so.
	sed -i 's/^default_runtime = "crun"/default_runtime = "runc"/' confd/10-crio.conf
	ours drift --format json >drift.json || :
	is "runc crun" "$(jq -r '.files.default_runtime + " " + .running.default_runtime' drift.json)"
	answers 0 ours apply --reload none
	stop_crio
	start_crio
	"$(dirname "$HEIR")/heir-fetch" "$PWD/s" config >answer.toml
	sed -n '/runtimes.fast-io\]/,/^ *\[/p' answer.toml | grep -q "runtime_path = \"$PWD/bin/runc\""
}
