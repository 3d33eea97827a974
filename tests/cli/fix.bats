#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests the output of heir check --fix. tests/unit/test-fix.c tests which findings are fixed,
# tests/fix.c that no handler changes.

load heir

# One mend of each kind, with comments around it, and what no mend is for.
sample()
{
	dropin 50-gpu.conf <<-'EOF'
		# Ours since 2021.
		[crio.runtime]
		Log_Level = "info"   # as the docs say

		[crio.runtime.runtimes.gpu]
		runtime_path = "/usr/bin/crun"
		# nobody knows
		frobnicate_xyz = [
		    1,
		]
		allowed_anotations = []
	EOF
}

mended()
{
	cat <<-'EOF'
		# Ours since 2021.
		[crio.runtime]
		log_level = "info"   # as the docs say

		[crio.runtime.runtimes.gpu]
		inherit_default_runtime = true
		# nobody knows
		allowed_anotations = []
	EOF
}

names()
{
	(cd "$NODE/etc/crio" && find . | sort)
}

@test "--fix mends, says so on standard error, and tells what is left as ever" {
	sample
	chmod 640 "$NODE/$CONFD/50-gpu.conf"
	before=$(names)
	answers 0 on_node check --fix
	is '50-gpu.conf:3:1: fixed: wrote "log_level" for "Log_Level" [key-case]
50-gpu.conf:6:16: fixed: wrote "inherit_default_runtime = true" for "runtime_path" [path-copies-default]
50-gpu.conf:8:1: fixed: removed "frobnicate_xyz" [key-unknown]' "$stderr"
	shows '50-gpu.conf:8:1: warning: no release of CRI-O knows "allowed_anotations"'
	[ "$(grep -c '\[' <<<"$output")" -ge 1 ]
	mended | diff - "$NODE/$CONFD/50-gpu.conf"
	is 640 "$(stat -c %a "$NODE/$CONFD/50-gpu.conf")"
	is "$before" "$(names)"
}

@test "a second time there is nothing to fix" {
	sample
	on_node check --fix >/dev/null 2>&1
	inode=$(stat -c %i "$NODE/$CONFD/50-gpu.conf")
	answers 0 on_node check --fix
	is "" "$stderr"
	is "$inode" "$(stat -c %i "$NODE/$CONFD/50-gpu.conf")"
	answers 0 on_node check --fix --dry-run
	is "" "$output$stderr"
}

@test "--dry-run prints a diff and writes nothing; patch takes it" {
	sample
	cp -r "$NODE" copy
	answers 0 on_node check --fix --dry-run
	is "" "$stderr"
	is '--- a/etc/crio/crio.conf.d/50-gpu.conf
+++ b/etc/crio/crio.conf.d/50-gpu.conf
@@ -1,11 +1,8 @@
 # Ours since 2021.
 [crio.runtime]
-Log_Level = "info"   # as the docs say
+log_level = "info"   # as the docs say
 
 [crio.runtime.runtimes.gpu]
-runtime_path = "/usr/bin/crun"
+inherit_default_runtime = true
 # nobody knows
-frobnicate_xyz = [
-    1,
-]
 allowed_anotations = []' "$output"
	diff -r copy "$NODE"
	command -v patch >/dev/null || skip "the diff is right, but there is no patch(1) to take it"
	on_node check --fix --dry-run | patch -s -p1 -d copy
	mended | diff - "copy/$CONFD/50-gpu.conf"
	on_node check --fix >/dev/null 2>&1
	diff -r copy "$NODE"
}

@test "git takes the diff too, of a file without a newline at its end and with CRLF" {
	command -v git >/dev/null || skip "no git here"
	printf '[crio.runtime]\r\nLog_Level = "info"\r\nqqqqqq = 1' | dropin '50 x.conf'
	cp -r "$NODE" copy
	on_node check --fix --dry-run >fix.diff
	(cd copy && git apply ../fix.diff)
	on_node check --fix >/dev/null 2>&1
	diff -r copy "$NODE"
	is "$(printf '[crio.runtime]\r\nlog_level = "info"' | od -c)" \
		"$(od -c "$NODE/$CONFD/50 x.conf")"
}

@test "the exit code is by what is left, of --dry-run by what would be" {
	dropin 50-a.conf <<-'EOF'
		[crio.runtime]
		Log_Level = "info"
	EOF
	answers 1 on_node check --strict
	answers 0 on_node check --strict --fix --dry-run
	answers 0 on_node check --strict --fix
	answers 0 on_node check --strict
	dropin 60-b.conf <<-'EOF'
		[crio.runtime]
		Log_Dir = "x"
		[crio.runtime.runtimes.gone]
		runtime_path = "/gone"
	EOF
	answers 1 on_node check --fix --dry-run
	answers 1 on_node check --fix
	shows "[path-missing]"
}

@test "--rule and --skip choose, and ignore comments count" {
	sample
	sed -i 's/^frob/# heir: ignore key-unknown ours\nfrob/' "$NODE/$CONFD/50-gpu.conf"
	answers 0 on_node check --fix --rule key-case --rule key-unknown
	is '50-gpu.conf:3:1: fixed: wrote "log_level" for "Log_Level" [key-case]' "$stderr"
	[[ $output != *path-copies-default* ]]
	answers 0 on_node check --fix --skip path-copies-default
	is "" "$stderr"
	grep -q 'runtime_path = ' "$NODE/$CONFD/50-gpu.conf"
}

@test "-q tells nothing of it; --format json is what is left" {
	sample
	answers 0 on_node check --fix --format json
	is '["key-unknown"]' "$(jq -c '[.findings[].rule]' <<<"$output")"
	[ -n "$stderr" ]
	sample
	answers 0 on_node check --fix -q
	is "" "$stderr"
	mended | diff - "$NODE/$CONFD/50-gpu.conf"
}

@test "what would change a handler is left, and told" {
	dropin 50-a.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		runtime_path = "/usr/bin/crun"
		runtime_root = "/run/gpu"
	EOF
	cp "$NODE/$CONFD/50-a.conf" before
	for option in --fix "--fix --dry-run"; do
		answers 0 on_node check $option
		is '50-a.conf:2:16: not fixed: CRI-O would use another runtime_root of handler "gpu" [path-copies-default]' \
			"$stderr"
		diff before "$NODE/$CONFD/50-a.conf"
	done
}

@test "with a release before 1.32 a copied path stays" {
	sample
	answers 0 on_node check --fix --crio-version 1.31
	[[ $stderr != *path-copies-default* ]]
	grep -q 'runtime_path = ' "$NODE/$CONFD/50-gpu.conf"
}

@test "files of vendors and links are not changed" {
	dropin 00-default <<-'EOF'
		[crio.runtime]
		Log_Level = "info"
		manage_ns_lifecycle = true
		[crio.runtime.runtimes.gpu]
		runtime_path = "/usr/bin/crun"
		runtime_root = "/run/crun"
	EOF
	printf '[crio.runtime]\nDecryption_Keys_Path = "info"\n' >"$NODE/etc/shared.conf"
	ln -s ../../shared.conf "$NODE/$CONFD/50-link.conf"
	cp -r "$NODE" copy
	answers 0 on_node check --fix
	[[ $stderr != *00-default* ]]
	says '50-link.conf:2:1: not fixed: the file is a link, and another user may own its target [key-case]'
	diff -r copy "$NODE"
	[ -L "$NODE/$CONFD/50-link.conf" ]
}

@test "where CRI-O does not start nothing is fixed" {
	sample
	dropin 90-bad.conf <<<'a = '
	cp -r "$NODE" copy
	answers 1 on_node check --fix
	says 'not fixed: CRI-O does not start, so the effect of a fix cannot be determined'
	shows "[toml-syntax]"
	diff -r copy "$NODE"
}

@test "a file that cannot be written is status 3, and stays as it is" {
	sample
	cp -r "$NODE" copy
	# No room for more than half a KiB: root is let write everywhere else.
	for n in $(seq 200); do
		echo "# a comment of some length that fills the file, number $n"
	done >>"$NODE/$CONFD/50-gpu.conf"
	cp "$NODE/$CONFD/50-gpu.conf" before
	answers 3 bash -c 'trap "" XFSZ; ulimit -f 1; exec "$@"' sh "$HEIR" --crio-version "$RELEASE" --root "$NODE" check --fix
	says "cannot write /etc/crio/crio.conf.d/50-gpu.conf: "
	says 'not fixed: the file could not be written [key-case]'
	diff before "$NODE/$CONFD/50-gpu.conf"
	cp "copy/$CONFD/50-gpu.conf" "$NODE/$CONFD/50-gpu.conf"
	diff -r copy "$NODE"
}

@test "a directory that nobody may write to is status 3" {
	[ "$(id -u)" -ne 0 ] || skip "root may write everywhere"
	sample
	chmod 555 "$NODE/etc/crio"
	answers 3 on_node check --fix
	says "cannot write /etc/crio/crio.conf.d/50-gpu.conf: "
	chmod 755 "$NODE/etc/crio"
	grep -q Log_Level "$NODE/$CONFD/50-gpu.conf"
}

@test "--fix and --dry-run are wrong use elsewhere" {
	answers 2 on_node show --fix
	says "show takes no --fix"
	answers 2 on_node check --dry-run
	says "--dry-run is for --fix"
	answers 2 on_node check --fix --dry-run --format json
	says "--dry-run prints a diff, no other format"
	answers 2 on_node check --fix --default-runtime crun
	says "assumed default_runtime"
}

@test "what a file says is escaped where it is told, and not in the diff" {
	printf '[crio.runtime]\n"qqqqqq\\u001b[31m" = 1 # \xc2\x9b\n' | dropin 50-a.conf
	answers 0 on_node check --fix --dry-run
	shows $'# \xc2\x9b'
	answers 0 on_node check --fix
	says 'removed "qqqqqq\x1b[31m"'
}
