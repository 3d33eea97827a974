#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests the container images as far as possible without a builder, and the commands of the node
# image with a stand-in for the node's systemd.

load heir

RECIPES="dist/container/Containerfile dist/machineconfig/Containerfile"

# in_chroot DIR COMMAND...: with nothing but what DIR has.
in_chroot()
{
	local dir=$1
	shift
	if [ "$(id -u)" -eq 0 ]; then
		env -i "$(command -v chroot)" "$dir" "$@"
	else
		env -i PATH=/usr/sbin:/usr/bin:/bin unshare -r chroot "$dir" "$@"
	fi
}

needs_chroot()
{
	[ "$(id -u)" -eq 0 ] || unshare -r true 2>/dev/null || skip "no chroot for this user here"
}

# instructions FILE: one a line, without comments.
instructions()
{
	sed -e '/^#/d' -e ':a' -e '/\\$/{N;s/\\\n[[:space:]]*/ /;ta' -e '}' "$HEIR_SOURCE/$1"
}

# ---- The recipes ----

@test "the recipes: pinned bases, sources that are there, the version of this tree" {
	for recipe in $RECIPES; do
		instructions $recipe >lines
		is "" "$(grep -vE '^(ARG|FROM|WORKDIR|COPY|RUN|LABEL|ENV|USER|ENTRYPOINT) |^$' lines || :)"
		grep -qi latest lines && return 1
		# Of other stages nothing is known here, and an RPM is brought along.
		for source in $(sed -nE 's/^COPY ([^-].*) [^ ]+$/\1/p' lines); do
			[ -e "$HEIR_SOURCE/$source" ] || [ "$source" = "heir-*.rpm" ]
		done
	done
	instructions dist/container/Containerfile >lines
	is "ARG VERSION=$(cat "$HEIR_SOURCE/VERSION")" "$(grep '^ARG VERSION' lines | sort -u)"
	is 'FROM ${DEBIAN} AS build
FROM scratch AS heir
FROM ${DEBIAN} AS node' "$(grep ^FROM lines)"
	grep -qE "^ARG DEBIAN=docker.io/library/debian:12-slim@sha256:[0-9a-f]{64}$" lines
	is 2 "$(grep -c '^USER 65532:65532$' lines)"
	for label in title description licenses version revision; do
		is 2 "$(grep -c "org.opencontainers.image.$label=" lines)"
	done
	# What is started is what was put there.
	for program in $(sed -nE 's/^ENTRYPOINT \["(.*)"\]$/\1/p' lines); do
		grep -qE "^COPY .* $program$" lines
	done
}

@test "the context leaves out what no image is built from, and nothing that one is" {
	is "$(printf '%s\n' .git build '**/*~')" "$(grep -v '^#' "$HEIR_SOURCE/.dockerignore")"
	for name in dev meson.build src include man completion tests dist VERSION LICENSE; do
		[ -e "$HEIR_SOURCE/$name" ]
		! grep -qx "$name" "$HEIR_SOURCE/.dockerignore" || return 1
	done
}

@test "a builder makes both images" {
	for builder in podman buildah docker ""; do
		[ -n "$builder" ] || skip "no builder of images at work here"
		"$builder" info >/dev/null 2>&1 && break
	done
	base=$(instructions dist/container/Containerfile | sed -n 's/^ARG DEBIAN=//p')
	timeout 120 "$builder" pull "$base" >pull.said 2>&1 || skip "$base is not to be had here"
	[ "$builder" = buildah ] && build="buildah build" || build="$builder build"
	for target in heir node; do
		timeout 900 $build -f "$HEIR_SOURCE/dist/container/Containerfile" --target $target \
			-t "heir-test-$target" "$HEIR_SOURCE" >build.said 2>&1 || {
			tail -n 40 build.said
			return 1
		}
	done
	[ "$builder" != buildah ] || return 0
	is "heir $(cat "$HEIR_SOURCE/VERSION")" "$("$builder" run --rm heir-test-heir --version)"
	"$builder" run --rm heir-test-node 2>&1 | grep -q 'usage: heir-node'
	"$builder" rmi heir-test-heir heir-test-node
}

# ---- What they hold ----

@test "the static program needs nothing of the image" {
	needs_chroot
	readelf -l "$HEIR" | grep -q INTERP && skip "this build is not static"
	mkdir -p image/usr/local/bin image/work
	cp "$HEIR" image/usr/local/bin/heir
	cp -R "$HEIR_SOURCE/examples/ocp-worker" image/work/node
	is "heir $(cat "$HEIR_SOURCE/VERSION")" "$(in_chroot image /usr/local/bin/heir --version)"
	is "$(heir --root "$HEIR_SOURCE/examples/ocp-worker" show)" \
		"$(in_chroot image /usr/local/bin/heir --root /work/node show)"
	in_chroot image /usr/local/bin/heir --root /work/node render >rendered
	is "$(heir --root "$HEIR_SOURCE/examples/ocp-worker" render)" "$(cat rendered)"
	run in_chroot image /usr/local/bin/heir --root /work/node check
	[ "$status" -eq 1 ]
}

@test "heir-fetch takes its libraries along, and none of the node's" {
	needs_chroot
	is_sanitized && skip "a sanitizer wants more than the program"
	command -v patchelf >/dev/null || skip "no patchelf here"
	fetch=$(dirname "$HEIR")/heir-fetch
	[ -x "$fetch" ] || fetch=$(dirname "$HEIR")/release/heir-fetch
	[ -x "$fetch" ] || skip "heir was built without heir-fetch"
	"$HEIR_SOURCE/dist/container/bundle" "$fetch" /usr/local/libexec/heir "$PWD/image"
	run in_chroot image /usr/local/libexec/heir/heir-fetch
	[[ "$status $output" == "2 usage: heir-fetch SOCKET config|"* ]]
	# And asks, where nobody is, without another word.
	run in_chroot image /usr/local/libexec/heir/heir-fetch /nowhere config
	is "10 " "$status $output"
	# One library less, and it would not.
	rm image/usr/local/libexec/heir/lib/libcurl.so.4
	run -127 in_chroot image /usr/local/libexec/heir/heir-fetch
	is 127 "$status"
	run "$HEIR_SOURCE/dist/container/bundle" "$fetch"
	is 2 "$status"
}

@test "heir-unpack does so too, beside heir-fetch" {
	needs_chroot
	is_sanitized && skip "a sanitizer wants more than the program"
	command -v patchelf >/dev/null || skip "no patchelf here"
	unpack=$(dirname "$HEIR")/heir-unpack
	[ -x "$unpack" ] || skip "heir was built without heir-unpack"
	"$HEIR_SOURCE/dist/container/bundle" "$unpack" /usr/local/libexec/heir "$PWD/image"
	run in_chroot image /usr/local/libexec/heir/heir-unpack
	[[ "$status $output" == "2 usage: heir-unpack "* ]]
}

# ---- heir-node ----

# What the image holds, a node's directories, and a systemd that notes what it is asked; what it shall
# run it does not, but ends with the status that is in $PWD/status.
image()
{
	OWN=$PWD/own HOST=$PWD/host
	mkdir -p own/usr/local/bin own/usr/local/libexec/heir/lib own/usr/local/share/heir \
		host/usr/local/bin host/etc/systemd/system bin
	cp "$HEIR" own/usr/local/bin/heir
	echo fetch >own/usr/local/libexec/heir/heir-fetch
	echo runtime >own/usr/local/libexec/heir/heir-runtime
	echo curl >own/usr/local/libexec/heir/lib/libcurl.so.4
	cp -R "$HEIR_SOURCE/dist/systemd" own/usr/local/share/heir/systemd
	UNITS=$OWN/usr/local/share/heir/systemd
	# Of each kind, whatever there is today.
	printf '[Path]\nPathChanged=/x\n[Install]\nWantedBy=x.target\n' >"$UNITS/heir-x.path"
	printf '[Service]\nExecStart=/usr/bin/heir x\n' >"$UNITS/heir-x.service"
	echo "no unit" >"$UNITS/meson.build"
	echo 0 >status
	printf '#!/bin/sh\necho "systemctl $*" >>"%s/asked"\n' "$PWD" >bin/systemctl
	cat >bin/systemd-run <<-EOF
		#!/bin/sh
		case " \$* " in *" --wait "*" -- "*) ;; *) exit 99 ;; esac
		while [ "\$1" != -- ]; do shift; done
		shift
		echo "run \$1 \$2" >>"$PWD/asked"
		case "\$2" in apply) echo "on the node: \$*"; exit "\$(cat "$PWD/status")" ;; esac
	EOF
	chmod 755 bin/*
}

# node COMMAND...: heir-node as in its container, of which nothing can be written.
node()
{
	: >asked
	PATH="$PWD/bin:$PATH" HEIR_OWN=$OWN HEIR_HOST=$HOST sh "$HEIR_SOURCE/dist/container/heir-node" "$@"
}

# The image's units; those that say [Install].
units()
{
	(cd "$UNITS" && ls | grep -E '\.(path|service|timer)$')
}

wanted()
{
	(cd "$UNITS" && grep -lx '\[Install\]' $(units))
}

@test "heir-node install: programs, units, apply, and then they are enabled" {
	image
	answers 0 node install --wait 60
	shows "on the node: /usr/local/bin/heir apply --wait 300 --wait 60"
	shows "heir is on this node"
	cmp "$HEIR" host/usr/local/bin/heir
	[ -x host/usr/local/bin/heir ]
	[ -x host/usr/local/libexec/heir/heir-fetch ]
	[ -x host/usr/local/libexec/heir/heir-runtime ]
	cmp own/usr/local/libexec/heir/lib/libcurl.so.4 host/usr/local/libexec/heir/lib/libcurl.so.4
	for unit in $(units); do
		is "$(sed 's|/usr/bin/heir|/usr/local/bin/heir|' "$UNITS/$unit")" \
			"$(cat "host/etc/systemd/system/$unit")"
	done
	is "$(units)" "$(ls host/etc/systemd/system)"
	{
		echo "systemctl daemon-reload"
		echo "run /bin/sh -c"
		echo "run /usr/local/bin/heir apply"
		for unit in $(wanted); do
			echo "systemctl enable --now $unit"
		done
	} >expected
	diff expected asked
	# Nothing is left of the way there.
	is "" "$(find host -name '*.new' -o -name '*.made')"
}

@test "heir-node install: what is there already is left alone" {
	image
	answers 0 node install
	find host -type f -printf '%p %i %T@\n' | sort >before
	answers 0 node install
	find host -type f -printf '%p %i %T@\n' | sort >after
	diff before after
	! grep -q daemon-reload asked || return 1
	is "on the node: /usr/local/bin/heir apply --wait 300
heir-node: heir is on this node" "$output"
}

@test "heir-node install: another version takes the place of the first, libraries included" {
	image
	answers 0 node install
	mv own/usr/local/libexec/heir/lib/libcurl.so.4 own/usr/local/libexec/heir/lib/libcurl.so.5
	echo newer >own/usr/local/bin/heir
	exec 9<host/usr/local/bin/heir
	answers 0 node install
	is newer "$(cat host/usr/local/bin/heir)"
	is libcurl.so.5 "$(ls host/usr/local/libexec/heir/lib)"
	# The old one was not written over: it may be running.
	cmp "$HEIR" - <&9
	exec 9<&-
}

@test "heir-node install: where nothing can be written all stays as it is, and nothing is run" {
	image
	answers 0 node install
	# As on a full disk: half of it, and an error.
	printf '#!/bin/sh\nhead -c 10 "$1" >"$2"\nexit 1\n' >bin/cp
	chmod 755 bin/cp
	echo newer >own/usr/local/bin/heir
	answers 3 node install
	says "/usr/local/bin/heir cannot be written"
	cmp "$HEIR" host/usr/local/bin/heir
	is "" "$(find host -name '*.new')"
	is "" "$(cat asked)"
	cp "$HEIR" own/usr/local/bin/heir
	echo "# newer" >>"$UNITS/heir-x.service"
	answers 3 node install
	says "/etc/systemd/system/heir-x.service cannot be written"
	is "" "$(cat asked)"
}

@test "heir-node install: where apply is refused nothing is enabled, and it fails as apply does" {
	image
	echo 1 >status
	answers 1 node install
	shows "heir apply ended with status 1"
	! grep -q enable asked || return 1
	echo 3 >status
	answers 3 node install
	# The pod tries again; by then it may go.
	echo 0 >status
	answers 0 node install
	grep -q 'systemctl enable' asked
}

@test "heir-node remove: nothing of it is left, and all else is" {
	image
	echo other >host/usr/local/bin/other
	echo other >host/etc/systemd/system/other.service
	cp -R host before
	answers 0 node install
	answers 0 node remove
	rmdir host/usr/local/libexec
	diff -r before host
	for unit in $(units); do
		grep -qx "systemctl disable --now $unit" asked
	done
	is "systemctl daemon-reload" "$(tail -n 1 asked)"
	shows "zz-heir.conf stays"
	# Again: there is nothing to do.
	answers 0 node remove
	! grep -q disable asked || return 1
}

@test "heir-node remove: handlers that are bound late first get their paths back" {
	image
	answers 0 node install --late
	shows "on the node: /usr/local/bin/heir apply --wait 300 --late"
	mkdir -p host/var/lib/heir/late
	ln -s gen-1 host/var/lib/heir/late/now
	echo 1 >status
	answers 1 node remove
	shows "nothing is removed"
	[ -x host/usr/local/libexec/heir/heir-runtime ]
	echo 0 >status
	answers 0 node remove
	shows "on the node: /usr/local/bin/heir apply --no-late --wait 300"
	[ ! -e host/usr/local/libexec/heir ]
}

@test "heir-node copy: the programs and nothing else" {
	image
	answers 0 node copy
	is "" "$(cat asked)"
	is "" "$(ls host/etc/systemd/system)"
	cmp "$HEIR" host/usr/local/bin/heir
}

@test "heir-node look: the node is not touched, and what would be done is said" {
	image
	HOST=$NODE
	dropin 50-x.conf <<<$'[crio.runtime.runtimes.gpu]\ninherit = "default"'
	cp -R "$NODE" before
	answers 2 node look
	says "--crio-version X.Y"
	answers 0 node look --crio-version "$RELEASE"
	shows '+[crio.runtime.runtimes.gpu]'
	shows 'inherit_default_runtime = true'
	# The node's own crio tells the release.
	printf '#!/bin/sh\n[ "$*" = "%s crio --version" ] && echo "crio version 1.31.2-3.x"\n' \
		"$NODE" >bin/chroot
	chmod 755 bin/chroot
	answers 0 node look
	shows '+runtime_path = "/usr/bin/crun"'
	diff -r before "$NODE"
	is "" "$(cat asked)"
	# What apply would refuse, it refuses.
	echo "# not heir's" >"$NODE/$CONFD/zz-heir.conf"
	answers 1 node look --crio-version "$RELEASE"
	says "nothing is written: "
	says "$CONFD/zz-heir.conf"
}

@test "heir-node wait: ends when it is told to" {
	image
	PATH="$PWD/bin:$PATH" sh "$HEIR_SOURCE/dist/container/heir-node" wait 3>&- &
	pid=$!
	# It must have come to its trap.
	until [ -n "$(cat /proc/$pid/task/$pid/children 2>/dev/null)" ]; do
		kill -0 $pid
	done
	child=$(cat /proc/$pid/task/$pid/children)
	kill -TERM $pid
	wait $pid
	# Its child has ended too, or is about to.
	for _ in $(seq 100); do
		grep -qE '^State:[[:space:]]+[^Z]' /proc/$child/status 2>/dev/null || return 0
		sleep 0.05
	done
	return 1
}

@test "heir-node: wrong use" {
	image
	for wrong in "" "--help" "instal"; do
		answers 2 node $wrong
		says "usage: heir-node"
		is "" "$(cat asked)"
	done
}

@test "doc/deploy.md: drift in a container" {
	fetch=$(dirname "$HEIR")/heir-fetch
	[ -x "$fetch" ] || fetch=$(dirname "$HEIR")/release/heir-fetch
	[ -x "$fetch" ] || skip "heir was built without heir-fetch"
	command -v python3 >/dev/null || skip "no python3 here"
	command=$(sed -n "s/^\t*'\(.*heir-fetch .*\)'\$/\1/p" "$HEIR_SOURCE/doc/deploy.md")
	[ -n "$command" ]
	node=$HEIR_SOURCE/examples/reloaded-node
	coproc "$HEIR_SOURCE/tests/support/crio-socket" crio.sock length "$node/reloaded.toml"
	pid=$COPROC_PID
	read -r ready <&"${COPROC[0]}"
	is ready "$ready"
	command=${command/'/usr/local/libexec/heir/heir-fetch'/$fetch}
	command=${command/'/crio.sock'/$PWD/crio.sock}
	command=${command/' heir '/ $HEIR }
	run --separate-stderr bash -c "${command/'/host'/$node}"
	kill $pid
	is "$(heir --root "$node" drift --live "$node/reloaded.toml" | grep -v '^+++')" "$(grep -v '^+++' <<<"$output")"
	is 1 "$status"
}
