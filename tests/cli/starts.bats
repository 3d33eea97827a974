#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests the start verdict for values that the recorded starts do not contain. The expected checks
# are from the sources of each release's CRI-O and of its libraries.

load heir

# A node on which CRI-O starts.
sample()
{
	printf '[crio.runtime]\ndefault_runtime = "crun"\n[crio.runtime.runtimes.crun]\n' | dropin 10-base
	mkdir -p "$NODE/etc/containers/registries.conf.d" "$NODE/usr/share/containers"
}

# verdict true|false [RELEASE...]: does CRI-O start?
verdict()
{
	local wanted=$1 release
	shift
	for release in "${@:-1.37}"; do
		run --separate-stderr on_node --crio-version "$release" --as stock show --format json
		[ "$(jq .starts <<<"$output")" = "$wanted" ] || {
			echo "$release: starts is not $wanted: $(jq -c .stops <<<"$output")"
			return 1
		}
	done
}

# With that text in a file of the node, which goes away again.
starts_with()
{
	printf "$2" | file "$1"
	verdict true "${@:3}"
	rm "$NODE/$1"
}

stops_with()
{
	printf "$2" | file "$1"
	verdict false "${@:3}"
	[ "$(jq -r '.stops[0].rule' <<<"$output")" = "${RULE:-containers-conf-invalid}" ] || return 1
	rm "$NODE/$1"
}

@test "storage.conf without roots stops releases up to 1.33" {
	sample
	local roots='runroot = "/run/s"\ngraphroot = "/var/s"\n'
	for text in '[storage]\ndriver = "overlay"\n' '[storage]\nrunroot = "/run/s"\n' ''; do
		stops_with etc/containers/storage.conf "$text" 1.28 1.30 1.33
		starts_with etc/containers/storage.conf "$text" 1.34 1.36 1.37
	done
	starts_with etc/containers/storage.conf "[storage]\n$roots" 1.28 1.37
	# The vendor's file counts where the administrator's does not exist.
	stops_with usr/share/containers/storage.conf '[storage]\n' 1.33
	printf '[storage]\n' | file usr/share/containers/storage.conf
	starts_with etc/containers/storage.conf "[storage]\n$roots" 1.28 1.37
}

@test "storage.conf: types, and an imagestore that is the graphroot" {
	sample
	local roots='[storage]\nrunroot = "/run/s"\ngraphroot = "/var/s"\n'
	stops_with etc/containers/storage.conf "${roots}driver = 5\n" 1.28 1.37
	stops_with etc/containers/storage.conf "${roots}driver_priority = [1]\n"
	stops_with etc/containers/storage.conf "${roots}[storage.options]\nignore_chown_errors = true\n"
	stops_with etc/containers/storage.conf "${roots}[storage.options.overlay]\nmountopt = [\"nodev\"]\n"
	stops_with etc/containers/storage.conf 'storage = 1\n'
	starts_with etc/containers/storage.conf \
		"${roots}[storage.options]\nignore_chown_errors = \"true\"\n[storage.options.overlay]\nmountopt = \"nodev\"\n"
	starts_with etc/containers/storage.conf "${roots}imagestore = \"/var/s\"\n" 1.28
	stops_with etc/containers/storage.conf "${roots}imagestore = \"/var/s\"\n" 1.29 1.37
	starts_with etc/containers/storage.conf "${roots}imagestore = \"/var/i\"\n" 1.29 1.37
}

@test "registries.conf: mirrors, conflicts, search lists, and the old format" {
	sample
	local at=etc/containers/registries.conf r='[[registry]]\nlocation = "r.io"\n'
	starts_with $at "$r[[registry.mirror]]\nlocation = \"m.io\"\npull-from-mirror = \"digest-only\"\n"
	stops_with $at "$r[[registry.mirror]]\nlocation = \"m.io\"\npull-from-mirror = \"never\"\n" 1.28 1.37
	stops_with $at "${r}pull-from-mirror = \"all\"\n"
	stops_with $at "${r}mirror-by-digest-only = true\n[[registry.mirror]]\nlocation = \"m\"\npull-from-mirror = \"all\"\n"
	stops_with $at "$r[[registry.mirror]]\nlocation = 5\n"
	starts_with $at "${r}blocked = true\n[[registry]]\nprefix = \"r.io/x\"\nlocation = \"r.io/\"\nblocked = true\n"
	stops_with $at "${r}blocked = true\n[[registry]]\nprefix = \"r.io/x\"\nlocation = \"r.io/\"\n"
	stops_with $at "${r}[[registry]]\nprefix = \"r.io/x\"\nlocation = \"r.io\"\ninsecure = true\n"
	starts_with $at '[[registry]]\nprefix = "*.r.io"\n'
	stops_with $at '[[registry]]\nprefix = "*.r.io/x"\n'
	starts_with $at 'unqualified-search-registries = ["r.io", "localhost:5000", "[::1]:5000"]\n'
	for item in r.io/library r_o https://r.io ''; do
		stops_with $at "unqualified-search-registries = [\"$item\"]\n" 1.28 1.37
	done
	stops_with $at 'unqualified-search-registries = [1]\n'
	starts_with $at '[registries.search]\nregistries = ["r.io"]\n'
	stops_with $at 'short-name-mode = "enforcing"\n[registries.search]\nregistries = ["r.io"]\n'
	stops_with ${at}.d/10.conf '[registries.insecure]\nregistries = ["r.io"]\n'
	starts_with ${at}.d/10.conf '[registries.insecure]\n'
	# What is below a directory is not read.
	starts_with ${at}.d/sub/10.conf '['
	stops_with ${at}.d/10.conf '['
}

@test "very many entries of one registry take no time" {
	sample
	awk 'BEGIN { for (i = 0; i < 20000; i++) printf "[[registry]]\nlocation = \"r%d.io\"\n", i }' |
		file etc/containers/registries.conf
	verdict true
}

@test "a device that is a link is not one" {
	sample
	mkdir -p "$NODE/dev"
	mkfifo "$NODE/dev/real"
	ln -s real "$NODE/dev/link"
	printf '[crio.runtime]\nadditional_devices = ["/dev/real"]\n' | dropin 20
	verdict true
	printf '[crio.runtime]\nadditional_devices = ["/dev/link"]\n' | dropin 20
	verdict false 1.28 1.37
}

# The same of lines in a drop-in.
starts()
{
	starts_with "$CONFD/20" "$@"
}

stops()
{
	RULE=value-invalid stops_with "$CONFD/20" "$@"
}

@test "files that CRI-O writes before it serves" {
	sample
	printf x | file etc/blocked
	mkdir -p "$NODE/var/full/dir" "$NODE/var/empty"
	for key in version_file version_file_persist; do
		stops "[crio]\n$key = \"/etc/blocked/version\"\n" 1.28 1.37
		stops "[crio]\n$key = \"/var/full\"\n"
		starts "[crio]\n$key = \"/var/new/version\"\n"
		starts "[crio]\n$key = \"\"\n"
	done
	stops '[crio.api]\nlisten = "/var/full"\n' 1.28 1.37
	starts '[crio.api]\nlisten = "/var/empty"\n'
	stops '[crio.api]\nlisten = ""\n' 1.28 1.37
	stops '[crio.api]\nlisten = "@crio"\n'
	starts '[crio.api]\nlisten = "crio.sock"\n'
}

@test "metrics are looked at where they are served" {
	sample
	printf x | file etc/blocked
	for line in 'metrics_port = 70000' 'metrics_port = -1' 'metrics_socket = "/etc/blocked/s"' \
		"metrics_socket = \"/$(printf '%0110d' 0)\""; do
		stops "[crio.metrics]\nenable_metrics = true\n$line\n" 1.28 1.37
		starts "[crio.metrics]\nenable_metrics = false\n$line\n" 1.28 1.37
		starts "[crio.metrics]\n$line\n"
	done
	starts '[crio.metrics]\nenable_metrics = true\nmetrics_port = 0\nmetrics_socket = "/run/m/s"\n'
}

@test "options of the storage driver" {
	sample
	stops '[crio]\nstorage_option = ["overlay.mountopt"]\n' 1.28 1.37
	starts '[crio]\nstorage_option = ["other.key=1"]\n'
	for option in overlay.mountopt=nodev .size=1G mount_program= Overlay.Size=1; do
		starts "[crio]\nstorage_driver = \"overlay\"\nstorage_option = [\"$option\"]\n"
	done
	stops '[crio]\nstorage_driver = "overlay"\nstorage_option = ["overlay.nope=1"]\n'
	stops '[crio]\nstorage_driver = "vfs"\nstorage_option = ["vfs.mountopt=nodev"]\n' 1.28 1.37
	starts '[crio]\nstorage_driver = "vfs"\nstorage_option = ["vfs.ignore_chown_errors=true"]\n'
}

@test "the authorities of the streaming server are read since 1.32" {
	sample
	for name in cert key; do
		printf -- '-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n' | file etc/tls/$name
	done
	tls='[crio.api]\nstream_tls_cert = "/etc/tls/cert"\nstream_tls_key = "/etc/tls/key"\n'
	stops "${tls}stream_enable_tls = true\nstream_tls_ca = \"/none\"\n" 1.32 1.37
	starts "${tls}stream_enable_tls = true\nstream_tls_ca = \"/none\"\n" 1.28 1.31
	starts "${tls}stream_enable_tls = false\nstream_tls_ca = \"/none\"\n"
	starts "${tls}stream_enable_tls = true\nstream_tls_ca = \"/etc/tls/cert\"\n"
}

@test "a time zone is a compiled zone" {
	sample
	printf 'TZif2' | file usr/share/zoneinfo/Europe/Berlin
	printf '# text' | file usr/share/zoneinfo/zone.tab
	starts '[crio.runtime]\ntimezone = "Europe/Berlin"\n' 1.30 1.37
	stops '[crio.runtime]\ntimezone = "zone.tab"\n' 1.30 1.37
	starts '[crio.runtime]\ntimezone = "zone.tab"\n' 1.29
}
