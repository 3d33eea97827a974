#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir apply: what it writes, what it refuses, and which running containers stop it.
# apply_faults.bats tests failures of the machine.

load heir

OUT=$CONFD/zz-heir.conf

# A handler that inherits from the default, but by its own runtime_type not by CRI-O's key: when the
# default moves, heir has to write.
sample()
{
	binary usr/bin/runc
	dropin 10-crio.conf <<-'EOT'
		[crio.runtime]
		default_runtime = "crun"
		[crio.runtime.runtimes.crun]
		runtime_root = "/run/crun"
		[crio.runtime.runtimes.runc]
		runtime_root = "/run/runc"
	EOT
	dropin 50-perf.conf <<-'EOT'
		[crio.runtime.runtimes.perf]
		inherit = "default"
		runtime_type = "oci"
	EOT
}

# All names of the node, with what is in the files.
inventory()
{
	(cd "$NODE" && find . -type d -o -type f -exec md5sum {} + | sort)
}

@test "it writes what render prints, and CRI-O then does what heir says" {
	sample
	answers 0 on_node apply
	is "/$OUT: written, with 1 handler" "$output"
	on_node render | diff - "$NODE/$OUT"
	is 644 "$(stat -c %a "$NODE/$OUT")"
	answers 0 on_node diff
	answers 0 on_node --as stock show perf --format json
	is_json '.handlers[0].fields.runtime_path.value' /usr/bin/crun
	is "crio.conf.d" "$(ls -A "$NODE/etc/crio")"
}

@test "what is there already is not written again" {
	sample
	on_node apply
	before=$(stat -c '%i %y' "$NODE/$OUT")
	answers 0 on_node apply
	is "nothing to change" "$output"
	is "$before" "$(stat -c '%i %y' "$NODE/$OUT")"
}

@test "a node that needs nothing gets no file; one that no longer does gets an empty one" {
	answers 0 on_node apply
	is "nothing to change" "$output"
	[ ! -e "$NODE/$OUT" ]
	sample
	on_node apply
	rm "$NODE/$CONFD/50-perf.conf"
	answers 0 on_node apply --allow-removal
	is "/$OUT: written, with 0 handlers" "$output"
	answers 0 on_node diff
}

@test "it follows the default when that moves" {
	sample
	on_node apply
	sed -i 's/"crun"/"runc"/' "$NODE/$CONFD/10-crio.conf"
	answers 0 on_node apply
	grep -q 'runtime_path = "/usr/bin/runc"' "$NODE/$OUT"
	answers 0 on_node diff
}

@test "--dry-run writes nothing, and prints what patch takes and which handlers change" {
	sample
	before=$(inventory)
	answers 0 on_node apply --dry-run
	is "$before" "$(inventory)"
	shows "* perf  fixed; it was dropped:"
	shows "1 handler differs"
	on_node apply --dry-run >new.patch
	(cd "$NODE" && patch -sp1) <new.patch
	on_node render | diff - "$NODE/$OUT"
	# Over an old one too.
	sed -i 's/"crun"/"runc"/' "$NODE/$CONFD/10-crio.conf"
	on_node apply --dry-run >change.patch
	grep -q '^-runtime_path = "/usr/bin/crun"' change.patch
	(cd "$NODE" && patch -sp1) <change.patch
	on_node render | diff - "$NODE/$OUT"
	answers 0 on_node apply --dry-run
	is "nothing to change" "$output"
}

@test "a rendered file keeps its mode" {
	sample
	on_node apply
	chmod 600 "$NODE/$OUT"
	sed -i 's/"crun"/"runc"/' "$NODE/$CONFD/10-crio.conf"
	on_node apply
	is 600 "$(stat -c %a "$NODE/$OUT")"
}

@test "a file of that name that heir did not write is left alone" {
	sample
	dropin zz-heir.conf <<<'# mine'
	before=$(inventory)
	answers 1 on_node apply
	says "nothing is written: heir did not write /$OUT"
	is "$before" "$(inventory)"
}

@test "where CRI-O would not obey nothing is written" {
	sample
	dropin zzz <<-'EOT'
		[crio.runtime.runtimes.perf]
		runtime_type = "oci"
		inherit = "default"
	EOT
	before=$(inventory)
	answers 1 on_node apply
	says 'nothing is written: CRI-O would not resolve "perf" as heir does'
	says "[rendered-not-last]"
	is "$before" "$(inventory)"
}

@test "another rendered file is in the way" {
	sample
	on_node apply
	mv "$NODE/$OUT" "$NODE/$CONFD/40-old"
	answers 1 on_node apply
	says "/$CONFD/40-old begins like a drop-in that heir rendered"
	[ ! -e "$NODE/$OUT" ]
}

@test "files on which CRI-O would not start are 1, and nothing is written" {
	sample
	dropin x <<<'x = '
	answers 1 on_node apply
	says "[toml-syntax]"
	[ ! -e "$NODE/$OUT" ]
}

@test "wrong use" {
	sample
	answers 2 on_node apply --as stock
	answers 2 on_node apply --default-runtime runc
	answers 2 on_node apply --reload now
	answers 2 on_node apply --wait x
	answers 2 on_node apply --wait -1
	answers 2 on_node apply --format toml
	answers 2 on_node apply x
	answers 2 on_node apply --reload restart
	says "--reload none"
	[ ! -e "$NODE/$OUT" ]
	heir -i "$HEIR_SOURCE/examples/ocp-cluster" --pool worker show >/dev/null
	answers 2 heir -i "$HEIR_SOURCE/examples/ocp-cluster" --pool worker apply
	says "apply and -i cannot be combined"
}

@test "a file that a MachineConfig brings is not written: its daemon would put it back" {
	sample
	on_node apply
	before=$(inventory)
	jq -n --arg path "/$OUT" '{spec: {config: {storage: {files: [{path: "/x"}, {path: $path}]}}}}' |
		file etc/machine-config-daemon/currentconfig
	answers 0 on_node apply
	is "nothing to change" "$output"
	sed -i 's/"crun"/"runc"/' "$NODE/$CONFD/10-crio.conf"
	before=$(inventory)
	answers 1 on_node apply --force
	says "nothing is written: a MachineConfig manages /$OUT"
	says "render --format machineconfig"
	is "$before" "$(inventory)"
	# Other files, and what is no such config, are in nobody's way.
	for text in '{"spec":{"config":{"storage":{"files":[{"path":"/x"},{},1]}}}}' '{' '[]' ''; do
		file etc/machine-config-daemon/currentconfig <<<"$text"
		cp -R "$NODE" try
		answers 0 heir --root try apply --force
		rm -r try
	done
}

@test "a handler that the old drop-in has and the new one lacks is named, and needs --allow-removal" {
	sample
	dropin 51-more.conf <<-'EOT'
		[crio.runtime.runtimes.more]
		inherit = "runc"
		[crio.runtime.runtimes.var]
		inherit = "${PARENT}"
	EOT
	answers 0 on_node --env PARENT=runc apply
	before=$(inventory)
	# A variable that is unset, and a binary that is gone.
	answers 1 on_node apply
	says "nothing is written: CRI-O would lose handlers that /$OUT defines: \"var\" ("
	says "PARENT"
	says "--allow-removal"
	is "$before" "$(inventory)"
	answers 1 on_node apply --force
	rm "$NODE/usr/bin/runc"
	before=$(inventory)
	answers 1 on_node --env PARENT=runc apply
	says '"more" ('
	says '"var" ('
	is "$before" "$(inventory)"
	answers 1 on_node --env PARENT=runc apply --dry-run
	shows "CRI-O would lose handler more"
	answers 0 on_node --env PARENT=runc apply --allow-removal
	is "/$OUT: written, with 1 handler" "$output"
	# One that no longer needs the drop-in is not lost.
	dropin 50-perf.conf <<-'EOT'
		[crio.runtime.runtimes.perf]
		runtime_path = "/usr/bin/crun"
	EOT
	answers 0 on_node --env PARENT=runc apply
}

@test "--format json says how it ended, after a refusal too" {
	sample
	answers 0 on_node apply --dry-run --format json
	is_json '"\(.schema) \(.result) \(.dry_run) \(.rendered)"' "heir.apply/1 planned true 1"
	is_json '[.handlers[] | "\(.name) \(.change)"] | join(",")' "perf fixed"
	[ ! -e "$NODE/$OUT" ]
	answers 0 on_node apply --format json
	is_json '"\(.result) \(.path) \(.told)"' "written /$OUT null"
	answers 0 on_node apply --format json
	is_json .result unchanged
	state crun run/crun a1 perf
	sed -i 's/"crun"/"runc"/' "$NODE/$CONFD/10-crio.conf"
	answers 1 on_node apply --format json
	is_json .result refused
	is_json '.at_risk[] | "\(.namespace)/\(.pod) \(.container) \(.container_id) \(.handler) \(.creator) \(.runtime_root)"' \
		"ns-plain/plain box a1 perf null /run/crun"
	says "could no longer operate"
	is_json .error "$(sed -n 's/^heir: //p' <<<"$stderr")"
}

@test "on a terminal the plan is printed and confirmed, unless with --yes" {
	needs_terminal
	sample
	on_terminal()
	{
		scrubbed ASAN_OPTIONS="${ASAN_OPTIONS:-}" timeout 20 script -qec "$*" /dev/null
	}
	for answer in n "" N; do
		printf '%s\n' "$answer" | on_terminal "$HEIR" --crio-version "$RELEASE" --root "$NODE" apply >said || status=$?
		grep -q "Apply this? \[y/N\]" said
		grep -q "perf" said
		is 1 "$status"
		[ ! -e "$NODE/$OUT" ]
	done
	printf 'y\n' | on_terminal "$HEIR" --crio-version "$RELEASE" --root "$NODE" apply >said
	grep -q "written, with 1 handler" said
	rm "$NODE/$OUT"
	on_terminal "$HEIR" --crio-version "$RELEASE" --root "$NODE" apply --yes </dev/null >said
	[ -s "$NODE/$OUT" ]
	! grep -q "Apply this" said || return 1
	# What CRI-O would lose stands in the plan, and is confirmed with it.
	rm "$NODE/$CONFD/50-perf.conf"
	on_terminal "$HEIR" --crio-version "$RELEASE" --root "$NODE" apply --yes </dev/null >said || status=$?
	is 1 "$status"
	printf 'y\n' | on_terminal "$HEIR" --crio-version "$RELEASE" --root "$NODE" apply >said
	grep -q "CRI-O would lose handler perf" said
	grep -q "written, with 0 handlers" said
}

# ---- Who lives there: of another node, state directories and bundles tell ----

# state FORM ROOT ID: a state directory as crun or runc have it, of a container in pod p-ID.
state()
{
	local bundles=run/containers/storage/overlay-containers recorded=$HEIR_SOURCE/tests/fixtures/crio-1.37
	local crun=dce39c2f872cc748c70b1fc51ddaffda0d8845905aba223e4761eb5dbaab9852
	local runc=6f96f8f47a66dfe410bde98da59e216d7d9c84e5c425f0298e164bc12cf6a9d4
	mkdir -p "$NODE/$2/$3" "$NODE/$bundles/$3/userdata" "$NODE/$bundles/p-$3/userdata"
	if [ "$1" = crun ]; then
		sed "s/$crun/$3/g" "$recorded/states/run_crun_dce39c2f872c_status.json" >"$NODE/$2/$3/status"
	else
		sed "s/$runc/$3/g" "$recorded/states/run_runc_6f96f8f47a66_state.json" >"$NODE/$2/$3/state.json"
	fi
	sed "s/$crun/$3/g; s/b84ae349e545181b584c8f2b3567e01817848c70e0311adf64df450927d1f38a/p-$3/g" \
		"$recorded/bundles/$crun.annotations.json" >"$NODE/$bundles/$3/userdata/config.json"
	sed "s/b84ae349e545181b584c8f2b3567e01817848c70e0311adf64df450927d1f38a/p-$3/g
		s/\\(RuntimeHandler\": \"\\)/\\1${4:-}/" \
		"$recorded/bundles/b84ae349e545181b584c8f2b3567e01817848c70e0311adf64df450927d1f38a.annotations.json" \
		>"$NODE/$bundles/p-$3/userdata/config.json"
}

@test "containers that another runtime would operate stop it, by pod and id" {
	sample
	on_node apply
	state crun run/crun a1 perf
	state crun run/crun b2 ""
	mkdir -p "$NODE/run/crun/.cache" "$NODE/run/crun/empty"
	: >"$NODE/run/crun/file"
	sed -i 's/"crun"/"runc"/' "$NODE/$CONFD/10-crio.conf"
	before=$(inventory)
	answers 1 on_node apply
	says "nothing is written: CRI-O could no longer operate 2 running containers"
	says 'ns-plain/plain: container box (a1), created by an unknown runtime with root /run/crun, handler "perf": /usr/bin/runc with root /run/runc would operate it'
	says 'container box (b2), created by an unknown runtime with root /run/crun, default handler "runc":'
	is "$before" "$(inventory)"
	answers 1 on_node apply --dry-run
	shows "~ perf  changed"
	answers 0 on_node apply --force
	[ "$before" != "$(inventory)" ]
}

@test "containers elsewhere, and of handlers that stay, stop nothing" {
	sample
	state crun run/crun a1 crun
	state runc run/runc b1 runc
	answers 0 on_node apply
	# Another field than what operates its containers.
	printf 'monitor_cgroup = "pod"\n' >>"$NODE/$CONFD/50-perf.conf"
	answers 0 on_node apply
	is "/$OUT: written, with 1 handler" "$output"
	sed -i 's/"crun"/"runc"/' "$NODE/$CONFD/10-crio.conf"
	answers 0 on_node apply
	is "/$OUT: written, with 1 handler" "$output"
}

@test "a handler without runtime_root has CRI-O's own" {
	dropin 10 <<-'EOT'
		[crio.runtime.runtimes.x]
		runtime_path = "/usr/bin/crun"
		[crio.runtime.runtimes.y]
		inherit = "x"
	EOT
	binary usr/bin/y
	binary usr/bin/runc
	on_node apply
	state crun run/crun a1 y
	sed -i 's/bin\/crun/bin\/runc/' "$NODE/$CONFD/10"
	answers 1 on_node apply
	says 'handler "y": /usr/bin/runc with root /run/crun would operate it'
}

# ---- One at a time ----

@test "somebody else's lock is waited for, and not for ever" {
	sample
	hold_lock
	sleep 30 3>&- &
	holder=$!
	exec 9<&-
	SECONDS=0
	answers 3 on_node apply --wait 1
	says "another heir apply is running"
	[ $SECONDS -lt 10 ]
	[ ! -e "$NODE/$OUT" ]
	# Looking is free.
	answers 0 on_node apply --dry-run --wait 0
	(sleep 1; kill $holder) 3>&- &
	answers 0 on_node apply
	[ -s "$NODE/$OUT" ]
}

@test "many at once: each says it is done, and one whole file is there" {
	sample
	for i in $(seq 8); do
		on_node apply >"$i.out" 2>&1 3>&- &
	done
	wait
	is 1 "$(cat ./*.out | grep -c written)"
	is 7 "$(cat ./*.out | grep -c 'nothing to change')"
	on_node render | diff - "$NODE/$OUT"
}
