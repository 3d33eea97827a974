# SPDX-License-Identifier: Apache-2.0
# For tests that read archives.

# As in heir.bash, with what archives need: the program, and a place that is looked at afterwards.
scrubbed()
{
	mkdir -p "$BATS_TEST_TMPDIR/tmp"
	env -i PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C.UTF-8 TERM=dumb \
		XDG_CACHE_HOME="$BATS_TEST_TMPDIR/cache" TMPDIR="$BATS_TEST_TMPDIR/tmp" \
		HEIR_LIBEXEC="$(dirname "$HEIR")" \
		ASAN_OPTIONS="${ASAN_OPTIONS:-}" UBSAN_OPTIONS="${UBSAN_OPTIONS:-}" "$@"
}

reads_archives()
{
	[ -x "$(dirname "$HEIR")/heir-unpack" ] || skip "built without heir-unpack (no libarchive)"
}
