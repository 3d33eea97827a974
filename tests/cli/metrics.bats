#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests --metrics: the file for node_exporter's textfile collector, for every outcome of the
# command.

load heir

OUT=$CONFD/zz-heir.conf

sample()
{
	binary usr/bin/runc
	dropin 10-crio.conf <<-'EOT'
		[crio.runtime]
		default_runtime = "crun"
		[crio.runtime.runtimes.crun]
		[crio.runtime.runtimes.runc]
	EOT
	dropin 50-perf.conf <<-'EOT'
		[crio.runtime.runtimes.perf]
		inherit = "default"
		[crio.runtime.runtimes.kata]
		runtime_path = "/usr/bin/kata-runtime"
	EOT
}

# well_formed FILE...: the text format 0.0.4, as strictly as promtool takes it: HELP and TYPE once and
# before the samples of their family, which stand together, no sample twice, in all files together.
well_formed()
{
	python3 - "$@" <<-'EOT' || return 1
		import re, sys
		name = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
		label = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"'
		sample = re.compile(rf"({name})(?:\{{({label}(?:,{label})*)\}})? (-?[0-9]+)\Z")
		seen, families = set(), {}
		for file in sys.argv[1:]:
		    text = open(file, "rb").read().decode("utf-8")
		    assert text.endswith("\n"), "no newline at the end"
		    family = kind = None
		    for line in text[:-1].split("\n"):
		        if line.startswith("# HELP "):
		            family, words = re.fullmatch(rf"# HELP ({name}) (\S.*)", line).groups()
		            assert "\\" not in words and family not in families, line
		            families[family] = 0
		            kind = None
		        elif line.startswith("# TYPE "):
		            assert re.fullmatch(rf"# TYPE {family} (gauge|counter)", line), line
		            assert kind is None, line
		            kind = line.split()[-1]
		        else:
		            found = sample.match(line)
		            assert found and found[1] == family and kind, line
		            labels = re.findall(label, found[2] or "")
		            assert len({key for key, _ in labels}) == len(labels), line
		            identity = (found[1], tuple(sorted(labels)))
		            assert identity not in seen, line
		            seen.add(identity)
		            families[family] += 1
		assert families and all(families.values()), "a family without samples"
	EOT
	! command -v promtool >/dev/null || cat "$@" | promtool check metrics
}

needs_python()
{
	command -v python3 >/dev/null || skip "no python3 here"
}

# result FAMILY FILE: which result holds.
result()
{
	sed -n "s/^heir_$1_result{result=\"\(.*\)\"} 1\$/\1/p" "$2"
}

@test "what is no such text is found" {
	needs_python
	sample
	on_node apply --metrics good
	well_formed good
	for edit in '/^# HELP heir_apply_result/d' '/^# TYPE heir_apply_result/d' '$s/ 1$/ one/' \
		'$s/runtime_path=/runtime-path=/' '$p' 's/"crun"/"cr"un"/' 's/"crun"/"cr\\un"/' \
		'$s/.*/# HELP x y/' '1d;$G'; do
		sed "$edit" good >bad
		[ "$(cat bad)" != "$(cat good)" ]
		run well_formed bad
		[ "$status" -ne 0 ] || {
			echo "$edit"
			return 1
		}
	done
	printf '# HELP x y\n# TYPE x gauge\nx 1' >bad
	run well_formed bad
	[ "$status" -ne 0 ]
}

@test "handlers by status, when and how it ended" {
	needs_python
	sample
	before=$(date +%s)
	answers 0 on_node apply --metrics m.prom
	after=$(date +%s)
	well_formed m.prom
	is written "$(result apply m.prom)"
	time=$(sed -n 's/^heir_apply_time_seconds //p' m.prom)
	[ "$before" -le "$time" ] && [ "$time" -le "$after" ]
	grep -qx 'heir_apply_handlers{status="ok"} 3' m.prom
	grep -qx 'heir_apply_handlers{status="dropped"} 1' m.prom
	grep -qxF 'heir_apply_handler_info{handler="perf",status="ok",runtime_path="/usr/bin/crun"} 1' m.prom
	grep -qxF 'heir_apply_handler_info{handler="kata",status="dropped",runtime_path=""} 1' m.prom
	# CRI-O was not asked.
	is "" "$(grep drift m.prom)"
	answers 0 on_node apply --metrics m.prom
	is unchanged "$(result apply m.prom)"
	well_formed m.prom
}

@test "what failed tells so too" {
	needs_python
	sample
	on_node apply
	cp -R "$NODE" saved
	while read -r status wanted command; do
		rm -rf "$NODE" m.prom
		cp -R saved "$NODE"
		sed -i 's/= "crun"/= "runc"/' "$NODE/$CONFD/10-crio.conf"
		eval "$command"
		answers "$status" on_node apply --metrics m.prom --wait 0
		is "$wanted" "$(result apply m.prom)"
		well_formed m.prom
	done <<-'EOT'
		1 refused sed -i /perf/,+1d "$NODE/$CONFD/50-perf.conf"
		1 failed echo 'x =' >"$NODE/$CONFD/x"
		3 failed rm -r "$NODE/etc"
		3 failed mv "$NODE/$OUT" "$NODE/etc/real"; ln -s ../../real "$NODE/$OUT"
		3 failed mkfifo "$NODE/$CONFD/pipe"
	EOT
	rm -rf "$NODE" m.prom
	cp -R saved "$NODE"
	hold_lock
	answers 3 on_node apply --metrics m.prom --wait 0 9<&-
	is failed "$(result apply m.prom)"
	exec 9<&-
}

@test "the file is replaced at once, and may be read by all" {
	sample
	(umask 077 && on_node apply --metrics m.prom)
	is 644 "$(stat -c %a m.prom)"
	first=$(stat -c %i m.prom)
	ln m.prom old
	on_node apply --metrics m.prom
	is written "$(result apply old)"
	is unchanged "$(result apply m.prom)"
	[ "$first" != "$(stat -c %i m.prom)" ]
	is "m.prom old" "$(find . -maxdepth 1 -type f -printf '%P\n' | sort | xargs)"
}

@test "no collector takes the temporary for a file of its own" {
	command -v strace >/dev/null && strace -qq -o /dev/null true 2>/dev/null ||
		skip "no strace here, or it may not trace"
	sample
	mkdir collector
	ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" strace -qq -o trace -e trace=%file \
		"$HEIR" --crio-version "$RELEASE" --root "$NODE" apply --metrics collector/m.prom
	grep -q 'rename.*"m.prom"' trace
	is "" "$(grep 'open.*O_CREAT' trace | grep '\.prom"')"
}

@test "a file that cannot be written is 3, and the drop-in is written all the same" {
	sample
	answers 3 on_node apply --metrics nowhere/m.prom
	says "heir: nowhere/m.prom: "
	says "o such file or directory"
	[ -s "$NODE/$OUT" ]
	answers 3 on_node apply --metrics .
	# What went wrong first counts.
	dropin x <<<'x = '
	answers 1 on_node apply --metrics nowhere/m.prom
	says "[toml-syntax]"
	live=$HEIR_SOURCE/examples/reloaded-node
	answers 3 heir --root "$live" drift --live "$live/reloaded.toml" --metrics nowhere/m.prom
}

@test "names that mean something to the format, or to a terminal" {
	needs_python
	for name in 'a"b' 'a\\b' 'a\nb' '\u001b[31m' 'ü{}' '\"quoted\"' '\\x1b' ''; do
		name=${name//a\"b/a\\\"b}
		printf '[crio.runtime.runtimes."%s"]\nruntime_path = "/usr/bin/crun"\n' "$name"
	done | dropin x
	answers 0 on_node apply --metrics m.prom
	well_formed m.prom
	is 9 "$(grep -c handler_info{ m.prom)"
	grep -qF 'handler="ü{}"' m.prom
	is "" "$(grep $'\e' m.prom)"
}

@test "drift tells what differs, and that it could not ask" {
	needs_python
	live=$HEIR_SOURCE/examples/reloaded-node
	answers 1 heir --root "$live" drift --live "$live/reloaded.toml" --metrics d.prom
	well_formed d.prom
	is differs "$(result drift d.prom)"
	grep -qx 'heir_drift_handlers{drift="changed"} 4' d.prom
	grep -qx 'heir_drift_reloaded 1' d.prom
	grep -qx 'heir_drift_default_runtime 0' d.prom
	answers 1 heir --root "$live" drift --live "$live/started.toml" --metrics d.prom
	grep -qx 'heir_drift_handlers{drift="missing"} 2' d.prom
	grep -qx 'heir_drift_reloaded 0' d.prom
	cp -R "$live" copy
	rm copy/$CONFD/10-added
	answers 0 heir --root copy drift --live "$live/started.toml" --metrics d.prom
	is same "$(result drift d.prom)"
	answers 3 heir --root copy drift --live nowhere --metrics d.prom
	is failed "$(result drift d.prom)"
	well_formed d.prom
	is "" "$(grep handlers d.prom)"
	echo 'x =' >copy/$CONFD/x
	answers 1 heir --root copy drift --live "$live/started.toml" --metrics d.prom
	is differs "$(result drift d.prom)"
	is "" "$(grep handlers d.prom)"
	# In one directory with those of apply.
	sample
	on_node apply --metrics m.prom
	well_formed m.prom d.prom
}

@test "wrong use" {
	sample
	answers 2 on_node apply --dry-run --metrics m.prom
	answers 2 on_node apply --metrics ""
	answers 2 on_node show --metrics m.prom
	answers 2 on_node apply --as stock --metrics m.prom
	[ ! -e m.prom ]
}

@test "the documents name the metrics that there are, and the alerts ask for them" {
	sample
	live=$HEIR_SOURCE/examples/reloaded-node
	on_node apply --metrics m.prom
	heir --root "$live" drift --live "$live/reloaded.toml" --metrics d.prom >/dev/null || :
	# What only a CRI-O that was told has.
	{
		sed -n 's/^# TYPE \([a-z_]*\) .*/\1/p' m.prom d.prom
		echo heir_apply_drift_handlers
	} | sort -u >there
	[ "$(wc -l <there)" -eq 10 ]
	for document in doc/apply.md man/heir.1.scd.in; do
		grep -oE '\bheir_(apply|drift)_[a-z_]+[a-z]\b' "$HEIR_SOURCE/$document" | grep -v '\.prom' |
			sort -u | diff there -
	done
	command -v python3 >/dev/null && python3 -c 'import yaml' 2>/dev/null || skip "no python3 with yaml here"
	sed -n '/^```yaml$/,/^```$/{/^```/!p}' "$HEIR_SOURCE/doc/apply.md" >rules.yaml
	python3 - rules.yaml <<-'EOT'
		import sys, yaml
		[group] = yaml.safe_load(open(sys.argv[1]))["groups"]
		assert len(group["rules"]) >= 4
		for rule in group["rules"]:
		    assert set(rule) == {"alert", "expr", "for", "annotations"}, rule
	EOT
	! command -v promtool >/dev/null || promtool check rules rules.yaml
}
