# SPDX-License-Identifier: Apache-2.0
# A machine whose CRI-O runs, in the directory of the test: a stand-in that loads its files when it is
# told and serves /config, and a systemctl that tells it. To be loaded behind heir.bash.

needs_machine()
{
	[ -x "$(dirname "$HEIR")/heir-fetch" ] || skip "built without heir-fetch (no libcurl)"
	command -v python3 >/dev/null || skip "no python3 here"
	[ "$(id -u)" -eq 0 ] || skip "only a systemctl that is root's is run"
}

stop_machine()
{
	[ -z "${SERVER:-}" ] || kill "$SERVER"
}

# What this machine's CRI-O is made of; the file "mode" says what it does wrong. What systemctl shows of
# the unit was recorded, tests/fixtures/crio-1.37/systemctl; the file "state" names one.
machine()
{
	mkdir confd bin
	for name in crun runc pinns nsenter; do
		printf '#!/bin/sh\n' >bin/$name
	done
	monitor bin/conmon
	# Containers of this machine are none of the test's.
	cat >confd/10-crio.conf <<-EOT
		[crio]
		runroot = "$PWD/storage"
		[crio.api]
		listen = "$PWD/s"
		[crio.runtime]
		default_runtime = "crun"
		conmon = "$PWD/bin/conmon"
		[crio.runtime.runtimes.crun]
		[crio.runtime.runtimes.runc]
	EOT
	# Its own runtime_type keeps perf from following by CRI-O's key: its values are in the drop-in.
	cat >confd/50-perf.conf <<-'EOT'
		[crio.runtime.runtimes.perf]
		inherit = "default"
		runtime_type = "oci"
	EOT
	: >conf
	OPTIONS=(--crio-version "$RELEASE" --config "$PWD/conf" --config-dir "$PWD/confd" --source-dir /nowhere --path "$PWD/bin")
	# Loads the files as CRI-O does; after a reload what it fills in at its start is gone.
	cat >load <<-EOT
		#!/bin/sh
		cd "$PWD"
		ASAN_OPTIONS=${ASAN_OPTIONS:-} "$HEIR" ${OPTIONS[*]} --as stock show --format toml >loaded 2>/dev/null
		[ "\$1" != reload ] || sed -i '/runtimes.crun\]/,/^\$/{/^monitor_cgroup/d}' loaded
		case \$(cat mode) in
		lacks) sed -i '/runtimes.perf\]/,/^\$/d' loaded ;;
		wrong) sed -i 's/^runtime_path.*crun"/runtime_path = "\/elsewhere"/' loaded ;;
		deaf) cp answer loaded ;;
		esac
		mv loaded answer
	EOT
	cat >bin/systemctl <<-EOT
		#!/bin/sh
		cd "$PWD"
		exec 9>turn
		flock 9
		echo "\$*" >>told
		case \$1 in
		show) cat "$HEIR_SOURCE/tests/fixtures/crio-1.37/systemctl/\$(cat state 2>/dev/null || { [ -e running ] && echo active; } || echo inactive)"; exit 0 ;;
		reset-failed) rm -f state; exit 0 ;;
		restart) : >running ;;
		try-restart) [ -e running ] || exit 0 ;;
		reload | reload-or-restart) ;;
		*) exit 2 ;;
		esac
		case \$1 in
		*re*)
			[ "\$(cat mode)" != fails ] || exit 1
			case \$(cat mode) in
			blocks) rm confd/zz-heir.conf; mkdir confd/zz-heir.conf; exit 1 ;;
			adds) cp later confd/60-later ;;
			grows) printf '%s\n' "[crio.runtime.runtimes.g\$(wc -l <told)]" 'inherit = "default"' >>confd/70 ;;
			writes) echo '# another' >confd/zz-heir.conf; exit 1 ;;
			keeps) ./load start; kill -HUP "\$(cat pid)"; cp own confd/zz-heir.conf; exit 0 ;;
			esac
			[ "\$(cat mode)" != dies ] || { rm running; : >mode; exit 1; }
			[ "\$(cat mode)" != quits ] || { rm running; : >mode; exit 0; }
			[ "\$(cat mode)" != limit ] || { rm -f running; echo start-limit-hit >state; exit 1; }
			[ "\$(cat mode)" != limited ] || { rm running; : >mode; echo start-limit-hit >state; exit 1; }
			[ ! -e state ] || exit 1
			./load "\$1"
			kill -HUP "\$(cat pid)"
			;;
		esac
	EOT
	chmod 755 bin/* load
	: >mode
	: >answer
	./load start
}

# Starts the stand-in on what is there.
start()
{
	"$HEIR_SOURCE/tests/support/crio-socket" "$PWD/s" chunked "$PWD/answer" >ready 3>&- &
	SERVER=$!
	echo $SERVER >pid
	: >running
	for _ in $(seq 100); do
		[ ! -s ready ] || return 0
		sleep 0.05
	done
	return 1
}

apply()
{
	scrubbed HEIR_LIBEXEC="${LIBEXEC:-$(dirname "$HEIR")}" timeout 60 "$HEIR" \
		"${OPTIONS[@]}" apply "$@"
}

# The stand-in goes on where CRI-O would start anew, so its files must not look newer than it is.
drift()
{
	touch -d "1 hour ago" conf confd/*
	scrubbed HEIR_LIBEXEC="$(dirname "$HEIR")" timeout 60 "$HEIR" "${OPTIONS[@]}" drift "$@"
}
