#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir drift after a SIGHUP, when CRI-O prints another configuration than it uses: real
# containers of crun and runc, and a stand-in that prints the files.

load heir
load containers

demands()
{
	needs_containers
	command -v python3 >/dev/null || skip "no python3 here"
	[ -x "$(dirname "$HEIR")/heir-fetch" ] || skip "built without heir-fetch (no libcurl)"
}

teardown()
{
	[ -z "${SERVER:-}" ] || kill "$SERVER"
	end_containers
}

CRUN=$(command -v crun) RUNC=$(command -v runc)

# handler NAME PATH ROOT
handler()
{
	printf '[crio.runtime.runtimes.%s]\nruntime_path = "%s"\nruntime_root = "%s"\n' "$1" "$2" "$3"
}

# CRI-O's answer to GET /config is what the files say, monitors included.
shows_files()
{
	heir "${OPTIONS[@]}" --as stock show --format toml >answer
	[ -z "${SERVER:-}" ] || kill -HUP "$SERVER"
}

# Starts on the files as they are, which are older.
crio_starts()
{
	handler k "$CRUN" "$PWD/run/k" >confd/50-k
	touch -d "1 hour ago" conf confd/*
	shows_files
	"$HEIR_SOURCE/tests/support/crio-socket" "$PWD/s" chunked "$PWD/answer" >ready 3>&- &
	SERVER=$!
	for _ in $(seq 100); do
		[ ! -s ready ] || return 0
		sleep 0.05
	done
	return 1
}

drift()
{
	scrubbed HEIR_LIBEXEC="$(dirname "$HEIR")" timeout 60 "$HEIR" "${OPTIONS[@]}" drift "$@"
}

@test "containers that run as CRI-O says are no drift" {
	container_node
	crio_starts
	pod k k
	container k box "$CRUN" "$PWD/run/k"
	pod plain ""
	container plain box "$CRUN" "$PWD/run/crun"
	answers 0 drift
	shows "no handler differs"
	answers 0 drift --format json
	is_json '.containers | length' 0
	is_json .running.reloaded false
	[ "$(jq .running.started <<<"$output")" -gt 1000000000 ]
}

@test "a container made after a SIGHUP tells that CRI-O goes on with the old handlers" {
	container_node
	crio_starts
	handler k "$RUNC" "$PWD/run/k" >confd/50-k
	touch -d "1 hour ago" confd/50-k
	shows_files
	sleep 2.5
	# What CRI-O runs with is what it had when it started.
	pod k k
	container k box "$CRUN" "$PWD/run/k"
	answers 1 drift
	shows "! ns-k/k: container box was created by $CRUN with root $PWD/run/k, and CRI-O reports $RUNC with root $PWD/run/k (handler \"k\")"
	shows "reloaded: CRI-O still runs the configuration of its start, "
	shows "restart CRI-O to apply the files"
	answers 1 drift --format json
	is_json .running.reloaded true
	is_json '.containers[] | "\(.namespace)/\(.pod) \(.handler) \(.creator) \(.running_path)"' \
		"ns-k/k k $CRUN $RUNC"
}

@test "an older container that CRI-O could not operate is told with its pod" {
	container_node
	pod k k
	container k box "$CRUN" "$PWD/run/k"
	pod gone gone
	container gone box "$CRUN" "$PWD/run/k"
	sleep 1.5
	crio_starts
	answers 1 drift
	shows "! ns-gone/gone: container box was created by $CRUN with root $PWD/run/k, and CRI-O does not have the handler (handler \"gone\")"
	is 1 "$(grep -c '^!' <<<"$output")"
	# A copy of the same runtime could.
	cp "$CRUN" copy
	handler k "$PWD/copy" "$PWD/run/k" >confd/50-k
	touch -d "1 hour ago" confd/50-k
	shows_files
	answers 1 drift
	is 1 "$(grep -c '^!' <<<"$output")"
	handler k "$PWD/copy" "$PWD/run/other" >confd/50-k
	touch -d "1 hour ago" confd/50-k
	shows_files
	answers 1 drift
	is 2 "$(grep -c '^!' <<<"$output")"
}

@test "a file that is newer than CRI-O, which prints it all the same, tells of a SIGHUP" {
	container_node
	crio_starts
	answers 0 drift
	handler k "$CRUN" "$PWD/run/new" >confd/50-k
	touch -d "now + 1 hour" confd/50-k
	# Not reloaded: a plain difference.
	answers 1 drift
	shows "~ k"
	[[ $output != *reloaded:* ]]
	shows_files
	answers 1 drift
	shows "reloaded: CRI-O still runs the configuration of its start"
	shows "changed since then: $PWD/confd/50-k"
	answers 1 drift --format json
	is_json '"\(.running.reloaded) \(.running.newer)"' "true $PWD/confd/50-k"
	# A file that says nothing of handlers does not count.
	touch -d "1 hour ago" confd/50-k
	printf '[crio.runtime]\nlog_level = "info"\n' >confd/60-log
	answers 0 drift
}

@test "containers that cannot be listed are not called the same" {
	container_node
	crio_starts
	pod k k
	container k box "$CRUN" "$PWD/run/k"
	config=$(bundle "$(id_of k/box)")/config.json
	echo '{' >"$config"
	answers 3 drift
	says "cannot compare the running containers: $config"
	answers 3 drift --format json
	is_json .containers null
}

@test "a CRI-O that was started with flags is compared with its flags" {
	container_node
	handler k "$CRUN" "$PWD/run/k" >confd/50-k
	touch -d "1 hour ago" conf confd/*
	heir "${OPTIONS[@]}" --crio-args "--default-runtime k" --as stock show --format toml >answer
	grep -q 'default_runtime = "k"' answer
	# The daemon is known by its name, and has a variable of its own; what it does is in a module that
	# Python loads by itself, so that no other word stands in its command line.
	mkdir python
	printf 'import runpy, sys\nsys.argv = %s\nrunpy.run_path(sys.argv[0])\n' \
		"['$HEIR_SOURCE/tests/support/crio-socket', '$PWD/s', 'chunked', '$PWD/answer']" >python/usercustomize.py
	cp python/usercustomize.py python/sitecustomize.py
	python=$(python3 -c 'import sys; print(sys.executable)')
	home=$(python3 -c 'import sys; print(sys.base_prefix)')
	(PYTHONPATH=$PWD/python PYTHONHOME=$home CONTAINER_DEFAULT_RUNTIME=k \
		exec -a /usr/bin/crio "$python" >ready </dev/null 3>&-) &
	SERVER=$!
	for _ in $(seq 100); do
		[ ! -s ready ] || break
		sleep 0.05
	done
	answers 0 drift
	answers 1 drift --no-unit
	shows 'default_runtime  files    "crun"'
	pod plain ""
	container plain box "$CRUN" "$PWD/run/k"
	answers 0 drift
}

@test "where CRI-O listens may be relative, and a URL" {
	container_node
	crio_starts
	answers 0 drift --socket s
	shows "+++ running CRI-O, $PWD/s"
	answers 0 drift --socket "unix://$PWD/s"
	sed -i "s|listen = \"|&unix://|" confd/10-crio.conf
	touch -d "1 hour ago" confd/*
	answers 0 drift
	command -v setpriv >/dev/null || skip "no setpriv here"
	PUBLIC=$(mktemp -d /tmp/heir-test-XXXXXX)
	mkdir "$PUBLIC/closed"
	cp -R conf confd "$PUBLIC"
	chmod -R go+rX "$PUBLIC"
	chmod 700 "$PUBLIC/closed"
	run --separate-stderr setpriv --reuid 65534 --regid 65534 --clear-groups env \
		HEIR_LIBEXEC="$(dirname "$HEIR")" "$HEIR" --config "$PUBLIC/conf" \
		--config-dir "$PUBLIC/confd" drift --socket "$PUBLIC/closed/s"
	rm -r "$PUBLIC"
	[[ $stderr == *closed/s* ]] || skip "another user cannot run it here"
	is 3 "$status"
	says "closed/s: permission denied"
}
