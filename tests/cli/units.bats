#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The unit in dist/systemd: systemd takes it, and it is as closed as it says.

load heir

UNIT=dist/systemd/heir-apply.service

demands()
{
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze here"
}

@test "systemd finds no fault in it" {
	sed "s|/usr/bin/heir|$HEIR|" "$HEIR_SOURCE/$UNIT" >heir-apply.service
	# Of other units, and of manuals, it does not matter what is there.
	systemd-analyze verify --man=no --recursive-errors=no ./heir-apply.service >said 2>&1 || {
		cat said
		return 1
	}
	is "" "$(grep heir-apply said)"
	# It would be found.
	sed -i 's/^Type=.*/Type=once/; s/^ProtectSystem.*/ProtectSystem=most/' heir-apply.service
	systemd-analyze verify --man=no --recursive-errors=no ./heir-apply.service >said 2>&1 || :
	grep -q heir-apply said
}

@test "systemd finds it closed" {
	cp "$HEIR_SOURCE/$UNIT" .
	systemd-analyze security --offline=yes --no-pager --threshold=30 ./heir-apply.service >said 2>&1 || {
		grep -q 'Unknown\|unrecognized' said && skip "this systemd-analyze judges no files"
		cat said
		return 1
	}
	grep -q 'Overall exposure level' said
}

@test "its command is one, and writes where it may" {
	command=$(sed -n 's/^ExecStart=\/usr\/bin\/heir //p' "$HEIR_SOURCE/$UNIT")
	is "apply --reload none" "$command"
	grep -qx 'ReadWritePaths=/etc/crio' "$HEIR_SOURCE/$UNIT"
	grep -qx 'ProtectSystem=strict' "$HEIR_SOURCE/$UNIT"
	grep -qx 'Before=crio.service' "$HEIR_SOURCE/$UNIT"
	# What conditions ask must be seen as by anybody else.
	! grep -E '^(PrivateDevices|PrivateNetwork|ProtectProc|ProtectHome=yes|InaccessiblePaths)' \
		"$HEIR_SOURCE/$UNIT"
}
