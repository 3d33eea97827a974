#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests the units in dist/systemd: systemd accepts them, and their sandboxing is as documented.
# systemd.bats tests what they do.

load heir

UNITS="heir-apply.path heir-apply.service heir-reapply.service heir-watch.service"
SERVICES="heir-apply.service heir-reapply.service"

needs_analyze()
{
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze here"
}

# The units with programs that are there, in the directory units.
copied()
{
	local unit
	mkdir -p units
	for unit in $UNITS; do
		sed "s|/usr/bin/heir|$HEIR|" "$HEIR_SOURCE/dist/systemd/$unit" >units/$unit
	done
}

# Of other units, and of manuals, it does not matter what is there.
verify()
{
	(cd units && systemd-analyze verify --man=no --recursive-errors=no $1) >said 2>&1 || return 1
	[ -z "$(grep heir- said)" ]
}

# What is set in a section, sorted.
settings()
{
	sed -n "/^\[$2\]/,/^\[/{/^[A-Z]/p}" "$HEIR_SOURCE/dist/systemd/$1" | sort
}

@test "systemd finds no fault in them" {
	needs_analyze
	copied
	for unit in $UNITS; do
		verify ./$unit || {
			cat said
			return 1
		}
	done
	# It would be found.
	while read -r unit edit; do
		copied
		sed -i "$edit" units/$unit
		run verify ./$unit
		[ "$status" -ne 0 ] || {
			echo "not found: $edit"
			return 1
		}
	done <<-'EOT'
		heir-apply.service s/^Type=.*/Type=once/
		heir-apply.service s/^ProtectSystem.*/ProtectSystem=most/
		heir-reapply.service s/^SystemCallFilter=.*/SystemCallFilter=@none/
		heir-apply.path s/^PathChanged=/PathChanges=/
		heir-apply.path s/^Unit=.*/Unit=heir.target.x/
	EOT
}

@test "systemd finds them closed" {
	needs_analyze
	copied
	for unit in $SERVICES heir-watch.service; do
		systemd-analyze security --offline=yes --no-pager --threshold=30 units/$unit \
			>said 2>&1 || {
			grep -q 'Unknown\|unrecognized' said && skip "this systemd-analyze judges no files"
			cat said
			return 1
		}
		grep -q 'Overall exposure level' said
	done
	# An open one is not.
	sed -i '/^Protect/d; /^SystemCall/d; /^Restrict/d; /^Capab/d; /^NoNew/d' units/heir-apply.service
	run systemd-analyze security --offline=yes --no-pager --threshold=30 units/heir-apply.service
	[ "$status" -ne 0 ]
}

@test "their commands are these, and write where they may" {
	command="sed -n s/^ExecStart=.usr.bin.heir.//p"
	is "apply --reload none" "$($command "$HEIR_SOURCE/dist/systemd/heir-apply.service")"
	is "apply --wait 300" "$($command "$HEIR_SOURCE/dist/systemd/heir-reapply.service")"
	for unit in $SERVICES; do
		service=$(settings $unit Service)
		is ReadWritePaths=/etc/crio "$(grep ^ReadWritePaths <<<"$service")"
		for line in StateDirectory=heir StateDirectoryMode=0755 \
			ProtectSystem=strict NoNewPrivileges=yes RestrictAddressFamilies=AF_UNIX \
			SystemCallFilter=@system-service 'SystemCallFilter=~@resources' Type=oneshot \
			PrivateTmp=yes CacheDirectory=heir RuntimeDirectory=heir \
			RuntimeDirectoryMode=0700 RuntimeDirectoryPreserve=yes MemoryMax=1G TasksMax=64; do
			grep -qx "$line" <<<"$service"
		done
		# What conditions ask must be seen as by anybody else.
		is "" "$(grep -E '^(PrivateDevices|PrivateNetwork|ProtectProc|ProtectHome=yes|Inaccess)' \
			<<<"$service")"
	done
	grep -qx Before=crio.service <<<"$(settings heir-apply.service Unit)"
	# As closed as each other.
	for unit in $SERVICES; do
		settings $unit Service |
			grep -vE '^(Exec|Remain|Success|Timeout)' >$unit.closed
	done
	diff heir-apply.service.closed heir-reapply.service.closed
	[ "$(wc -l <heir-apply.service.closed)" -ge 20 ]
}

@test "what is watched is what heir reads, and not where it makes its files ready" {
	for path in crio.conf crio.conf.d heir.d heir.env; do
		echo "PathChanged=/etc/crio/$path"
	done | diff - <(settings heir-apply.path Path | grep ^Path)
	grep -qx Unit=heir-reapply.service <<<"$(settings heir-apply.path Path)"
	# Not CRI-O's start, which waits for it.
	is "" "$(settings heir-reapply.service Unit | grep ^Before)"
}

# watch: what heir-watch.service runs, for the directory $NODE, with a systemctl that is counted.
watch()
{
	local script
	script=$(python3 -c '
import re, sys
text = open(sys.argv[1]).read().replace("\\\n", " ")
print(re.search(r"^ExecStart=/bin/sh -euc \x27(.*)\x27$", text, re.M)[1].replace("$$", "$").replace("%%", "%"))' \
		"$HEIR_SOURCE/dist/systemd/heir-watch.service")
	: >calls
	scrubbed PATH="$PWD/bin:$PATH" HEIR_WATCH_ROOT="$NODE" HEIR_WATCH_UNITS="$PWD/run" sh -euc "$script"
}

@test "directories below those that are watched are watched too, also new ones" {
	mkdir bin run
	printf '#!/bin/sh\necho "$*" >>"%s/calls"\n' "$PWD" >bin/systemctl
	chmod 755 bin/systemctl
	wanted=run/heir-apply.path.d/50-directories.conf
	# Without any there is nothing to write.
	watch
	[ ! -e $wanted ]
	is "" "$(cat calls)"
	mkdir -p "$NODE/$CONFD/b/deep" "$NODE/$CONFD/a@1" "$NODE/etc/crio/heir.d/x" elsewhere/below
	ln -s "$PWD/elsewhere" "$NODE/$CONFD/link"
	mkdir "$NODE/$CONFD/"$'n\n[Service]' "$NODE/$CONFD/odd%n" "$NODE/$CONFD/back\\"
	dropin file </dev/null
	watch
	printf '%s\n' '[Path]' PathChanged="$NODE/$CONFD/a@1" PathChanged="$NODE/$CONFD/b" \
		PathChanged="$NODE/$CONFD/b/deep" PathChanged="$NODE/etc/crio/heir.d/x" | diff - $wanted
	# What changed in them before they were watched is not lost.
	printf '%s\n' daemon-reload "--quiet is-active heir-apply.path" "restart heir-apply.path" \
		"--no-block start heir-reapply.service" | diff - calls
	# Nothing new: nothing is done, so it comes to rest.
	watch
	is "" "$(cat calls)"
	is "50-directories.conf" "$(ls run/heir-apply.path.d)"
	rmdir "$NODE/$CONFD/a@1"
	watch
	! grep -q a@1 $wanted || return 1
	grep -q daemon-reload calls
	# systemd takes it.
	if command -v systemd-analyze >/dev/null; then
		copied
		cp -R run/heir-apply.path.d units/
		verify ./heir-apply.path
	fi
	for unit in heir-apply.path heir-reapply.service; do
		grep -qx Wants=heir-watch.service <<<"$(settings $unit Unit)"
	done
}

@test "what looks for directories can write where units are, and is closed otherwise" {
	service=$(settings heir-watch.service Service)
	is ReadWritePaths=/run/systemd/system "$(grep ^ReadWritePaths <<<"$service")"
	for line in ProtectSystem=strict ProtectProc=invisible PrivateTmp=yes NoNewPrivileges=yes \
		CapabilityBoundingSet= RestrictAddressFamilies=AF_UNIX MemoryMax=64M TasksMax=16; do
		grep -qx "$line" <<<"$service"
	done
}

@test "whoever watches, and does not look away while heir writes, sees it come to rest" {
	command -v python3 >/dev/null || skip "no python3 here"
	binary usr/bin/runc
	mkdir "$NODE/etc/crio/heir.d"
	dropin 10-crio.conf <<-'EOT'
		[crio.runtime]
		default_runtime = "crun"
		[crio.runtime.runtimes.crun]
		[crio.runtime.runtimes.runc]
	EOT
	dropin 50-perf.conf <<-'EOT'
		[crio.runtime.runtimes.perf]
		inherit = "default"
		runtime_type = "oci"
	EOT
	on_node apply
	watch=$HEIR_SOURCE/tests/support/watch
	paths=("$NODE/etc/crio/crio.conf" "$NODE/$CONFD" "$NODE/etc/crio/heir.d")
	# A change that matters, and the one that heir itself makes then.
	is 2 "$("$watch" "sed -i 's/= \"crun\"/= \"runc\"/' $NODE/$CONFD/10-crio.conf" \
		"$HEIR --crio-version $RELEASE --root $NODE apply" "${paths[@]}")"
	grep -q '"/usr/bin/runc"' "$NODE/$CONFD/zz-heir.conf"
	# One that does not matter is seen once.
	is 1 "$("$watch" "touch $NODE/$CONFD/50-perf.conf" "$HEIR --crio-version $RELEASE --root $NODE apply" "${paths[@]}")"
	is 1 "$("$watch" "touch $NODE/etc/crio/heir.d/x; rm $NODE/etc/crio/heir.d/x" \
		"$HEIR --crio-version $RELEASE --root $NODE apply" "${paths[@]}")"
	# A program that always writes would never come to rest.
	is 20 "$("$watch" "touch $NODE/$CONFD/50-perf.conf" "touch $NODE/$CONFD/zz-heir.conf" "${paths[@]}")"
}

@test "they are installed where systemd looks, with the program that was installed, and not enabled" {
	command -v meson >/dev/null || skip "no meson here"
	for options in "" "-Dsystemdsystemunitdir=no" "-Dsystemdsystemunitdir=/units --prefix=/opt/heir"; do
		rm -rf build root
		meson setup build "$HEIR_SOURCE" -Dtests=disabled -Dman=disabled -Dfetch=disabled $options >log 2>&1 || {
			tail -n 20 log
			skip "no build here"
		}
		meson introspect build --installed | jq -r 'to_entries[].value' | grep -E '/heir-.*\.(path|service)$' | sort >where || :
		case $options in
		"") ! pkg-config --exists systemd || is "/usr/local/lib/systemd/system/heir-apply.path" "$(head -n 1 where)" ;;
		*=no) is "" "$(cat where)" ;;
		*)
			is "/units/heir-apply.path /units/heir-apply.service /units/heir-reapply.service /units/heir-watch.service" \
				"$(xargs <where)"
			ninja -C build dist/systemd/heir-reapply.service >log 2>&1
			grep -qx 'ExecStart=/opt/heir/bin/heir apply --wait 300' build/dist/systemd/heir-reapply.service
			grep -qx 'Documentation=man:heir(1)' build/dist/systemd/heir-reapply.service
			;;
		esac
		is "" "$(meson introspect build --installed | grep -E '\.wants/')"
	done
}
