#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests that errors name the next step: the name that was probably meant, or the command that lists
# the names.

load heir

# helps TEXT: a line of help on standard error is that.
helps()
{
	grep -qxF -- "help: $1" <<<"$stderr" || {
		printf 'no such help: %s\nstderr: %s\n' "$1" "$stderr"
		return 1
	}
}

@test "a command: the nearest one" {
	answers 2 heir shwo
	says 'no such command: "shwo" (did you mean "show"?)'
	answers 2 heir help explian
	says 'no such command: "explian" (did you mean "explain"?)'
	# Nothing that is for programs, and nothing far away.
	for word in complet frobnicate; do
		answers 2 heir $word
		[[ $stderr != *"did you mean"* ]]
		says "Try 'heir --help'."
	done
}

@test "an option: the nearest one, those that begin so, a value that it does not take" {
	answers 2 heir show --formta json
	says 'no such option: "--formta" (did you mean "--format"?)'
	answers 2 heir show --rot=/x
	says 'no such option: "--rot=/x" (did you mean "--root"?)'
	answers 2 heir show --co always
	says 'option "--co" is ambiguous'
	helps "there are --config, --config-dir, --color"
	answers 2 heir show --quiet=yes
	says "--quiet takes no value"
	answers 2 heir show --frobnicate
	[[ $stderr != *"did you mean"* ]]
	# All options begin with nothing.
	answers 2 heir show --=x
	says 'no such option: "--=x"'
	[[ $stderr != *"help: "* ]]
	# What begins one option alone is that option.
	answers 0 on_node show --verb
}

@test "an option of another command: whose it is" {
	answers 2 heir cat --stage loaded
	says "cat takes no --stage"
	helps "it is for show"
	answers 2 heir show --dry-run
	helps "it is for check, apply"
}

@test "a format: the nearest one, and which there are" {
	for command in $(heir help --format json | jq -r '.commands[] | select(.formats | length > 0).name'); do
		answers 2 heir "$command" --format nonsense $( [ "$command" != explain ] || echo x) \
			$( [ "$command" != exec ] || echo x y)
		says "$command has no format \"nonsense\""
		helps "its formats are $(heir help "$command" --format json | jq -r '.commands[0].formats | join(", ")')"
	done
	answers 2 heir show --format jsno
	says '(did you mean "json"?)'
}

@test "handlers, fields, rules, facts: the nearest one, and who lists them" {
	for command in show explain graph diff; do
		answers 2 on_node $command cruns
		says '(did you mean "crun"?)'
		says 'help: `heir show` lists the handlers'
	done
	answers 2 on_node explain crun nonsense
	says '`heir explain HANDLER` the fields of one'
	for command in "rules parent-unkown" "check --rule parent-unkown" "check --skip parent-unkown" \
		"check --rule parent-unkown $NODE"; do
		answers 2 heir $command
		says '(did you mean "parent-unknown"?)'
		helps '`heir rules` lists the rules'
	done
	answers 2 on_node facts --fact cpu.nonsense
	helps '`heir facts` lists what is known'
	# And what is recommended works.
	for command in show facts "explain crun"; do
		answers 0 on_node $command
	done
	answers 0 heir rules
}

@test "a value that is none, or cannot be read: what would be one" {
	answers 3 heir --root gone show
	says "--root: gone: no such file or directory"
	helps "DIR is the directory that holds the etc and usr of the node"
	answers 3 on_node --facts gone show
	helps '`heir facts --format json`, run on the node, writes such a file'
	answers 2 on_node --crio-version 9 show
	helps "name the release of the node, as in --crio-version 1.34"
	answers 2 on_node --env X show
	helps 'as in --env ARCH=x86_64, for ${ARCH} in the files'
	answers 2 on_node --as both show
	helps "--as heir, or --as stock for what an unmodified CRI-O does"
	answers 3 on_node diff --against gone
	helps "PATH is the directory of a node, as for --root, or what -i takes"
	# The examples are good ones.
	answers 0 on_node --crio-version 1.34 --env ARCH=x86_64 --vendor-glob '10-*.conf' show
	on_node facts --format json >facts
	answers 0 on_node --facts facts show
}

@test "drift: how to name a socket, or get the answer" {
	answers 3 heir drift --live gone
	says "help: \`curl --unix-socket"
	# One that cannot be run is enough: what is said of it is no matter here.
	: >heir-fetch
	answers 3 scrubbed HEIR_LIBEXEC="$PWD" "$HEIR" drift --socket "$PWD/gone"
	helps "name the socket of a running CRI-O with --socket, or a file that holds its answer with --live"
}

@test "apply: how to wait longer, and what stands in the way" {
	command -v flock >/dev/null || skip "no flock(1) here"
	cp -r "$HEIR_SOURCE/examples/ocp-worker/." "$NODE"
	hold_lock
	answers 3 on_node apply --wait 0
	helps "use --wait SECONDS to wait longer"
	exec 9<&-
}

@test "what only root may read: to be root, or to take a copy" {
	[ "$(id -u)" -eq 0 ] || skip "cannot take the rights of others here"
	command -v setpriv >/dev/null || skip "no setpriv(1) here"
	dropin 50-x <<<"[crio.runtime.runtimes.x]"
	chmod 600 "$NODE/$CONFD/50-x"
	chmod 755 "$BATS_TEST_TMPDIR"
	cp "$HEIR" here
	cat here >/dev/null
	as_nobody()
	{
		scrubbed setpriv --reuid 65534 --regid 65534 --clear-groups timeout 20 ./here "$@"
	}
	as_nobody --version >/dev/null || skip "others cannot reach the directory of the tests"
	for command in show check; do
		answers 3 as_nobody --root node $command
		[[ $output$stderr == *"permission denied"* ]]
		helps "run it as root, or on a copy of the node's files with --root DIR"
	done
	# To root it would be of no use.
	answers 0 on_node show
	[[ $stderr != *"as root"* ]]
}

@test "a pool that no object is about: a warning, unless every cluster has it" {
	cat >mc.yaml <<-'EOF'
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfig
		metadata:
		  name: 99-x
		  labels: {machineconfiguration.openshift.io/role: gpu}
		spec:
		  config: {ignition: {version: 3.2.0}}
	EOF
	for pool in gpu worker master; do
		answers 0 heir -i mc.yaml --pool $pool show
		is "" "$stderr"
	done
	answers 0 heir -i mc.yaml --pool gup show
	says 'warning: no object is about the pool "gup"'
	answers 0 heir -i mc.yaml --pool gup show -q
	is "" "$stderr"
	# Without objects there is nothing to say.
	answers 0 on_node --pool gup show
	is "" "$stderr"
}

@test "a message of the system is lower case, as heir's own are" {
	answers 3 on_node render --output gone/x
	says "gone/x: no such file or directory"
	if [ -c /dev/full ]; then
		answers 3 bash -c "'$HEIR' --crio-version $RELEASE --root '$NODE' show >/dev/full"
		says "heir: no space left on device"
	fi
}

@test "whatever the format, an error is text on standard error, and standard output is empty or JSON" {
	n=0
	while read -r line; do
		n=$((n + 1))
		run --separate-stderr heir $line --format json
		[ "$status" -ge 1 ]
		[[ $stderr == heir:* || $stderr == *": error: "* ]]
		[ -z "$output" ] || jq -e . <<<"$output" >/dev/null
	done <<-END
		--root $NODE show nobody
		--root $NODE explain nobody
		--root $NODE explain crun nothing
		--root $NODE diff nobody
		--root $NODE show --config /gone
		--root $NODE cat --config /gone
		--root $NODE drift --live /gone
		--root $NODE check --rule nothing
		--root $NODE render --config /gone
		--root $NODE facts --fact nothing
		--root $NODE features
		--root $NODE graph nobody
		rules nothing
		help nothing
		schema --crio-version 9
		nonsense
	END
	[ $n -eq 16 ]
}

@test "apply: containers are drained, not somebody's file" {
	cp -r "$HEIR_SOURCE/examples/ocp-worker/." "$NODE"
	echo "# mine" >"$NODE/etc/crio/crio.conf.d/zz-heir.conf"
	answers 1 on_node apply
	says "nothing is written: heir did not write"
	[[ $stderr != *drain* ]] || return 1
	rm "$NODE/etc/crio/crio.conf.d/zz-heir.conf"
	answers 0 on_node apply
	mkdir -p "$NODE/run/crun/3f2a9c"
	echo '{}' >"$NODE/run/crun/3f2a9c/status"
	sed -i '/default_runtime/s/crun/runc/' "$NODE/etc/crio/crio.conf.d/00-default"
	sed -i 's/inherit = "default"/inherit = "runc"/' "$NODE/etc/crio/crio.conf.d/99-runtimes.conf"
	answers 1 on_node apply
	helps 'drain the node (kubectl drain), or use --force to orphan what is listed'
}

@test "facts and rules: no line is wider than the terminal" {
	command -v script >/dev/null || skip "no script(1) here"
	local command line
	for command in "facts --format text --facts $HEIR_SOURCE/examples/gpu-node/facts.json" rules; do
		LC_ALL=C NO_COLOR=1 script -qc "stty cols 60; $HEIR $command" /dev/null |
			tr -d '\r' >shown
		[ -s shown ]
		while IFS= read -r line; do
			[ "${#line}" -le 60 ] || { echo "$line"; return 1; }
		done <shown
	done
	# Nothing is lost by that.
	heir rules | tr -s ' \n' '\n' >whole
	tr -s ' \n' '\n' <shown | cmp - whole
}

@test "drift without heir-fetch: where it could be, or the answer" {
	answers 3 scrubbed HEIR_LIBEXEC="$PWD/gone" "$HEIR" drift
	helps "\$HEIR_LIBEXEC names the directory of heir-fetch, and --live a file that holds CRI-O's answer"
}
