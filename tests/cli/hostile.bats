#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests hostile content of a configuration directory, and heir's answers to it.

load heir

# Comes back at once: a program that opened a FIFO would wait for a writer.
quickly()
{
	scrubbed timeout 5 "$HEIR" --crio-version "$RELEASE" --root "$NODE" "$@"
}

# Nothing on standard output or standard error that a terminal would obey.
is_harmless()
{
	! LC_ALL=C grep -q $'[\001-\010\013-\037\177]' <<<"$output$stderr" || {
		printf 'control characters: %q\n' "$output$stderr"
		return 1
	}
}

@test "a FIFO as drop-in: exit 3 at once, and its name" {
	mkfifo "$NODE/$CONFD/50-pipe"
	answers 3 quickly show
	is "" "$output"
	says "50-pipe: error: "
	says "[file-unreadable]"
}

@test "a FIFO behind a link: exit 3 at once" {
	mkfifo "$NODE/pipe"
	ln -s /pipe "$NODE/$CONFD/50-pipe"
	answers 3 quickly show
	says "50-pipe"
}

@test "a FIFO as crio.conf or as crio.conf.d: exit 3 at once" {
	mkfifo "$NODE/etc/crio/crio.conf"
	answers 3 quickly show
	says "crio.conf: error: "
	rm "$NODE/etc/crio/crio.conf"
	rmdir "$NODE/$CONFD"
	mkfifo "$NODE/$CONFD"
	answers 3 quickly show
	says "crio.conf.d: error: "
}

@test "a device as drop-in: exit 3 at once" {
	mknod "$NODE/$CONFD/50-zero" c 1 5 || skip "mknod is not permitted here"
	answers 3 quickly show
	says "50-zero"
}

@test "a socket as drop-in: exit 3 at once" {
	python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' \
		"$NODE/$CONFD/s" 2>/dev/null || skip "no python3 here to make a socket"
	answers 3 quickly show
	says "s: error: "
}

@test "/dev/null as drop-in reads as empty, as CRI-O reads it" {
	mkdir "$NODE/dev"
	mknod "$NODE/dev/null" c 1 3 || skip "mknod is not permitted here"
	ln -s /dev/null "$NODE/$CONFD/50-off.conf"
	answers 0 quickly show --format json
	is_json '[.handlers[].name] | join(" ")' crun
	is "" "$stderr"
}

@test "a link of a directory to itself: CRI-O does not start, and no loop" {
	ln -s . "$NODE/$CONFD/again"
	answers 1 quickly show
	says "again: error: "
	says "[dropin-directory-link]"
}

@test "a link to a directory: CRI-O does not start" {
	mkdir "$NODE/elsewhere"
	ln -s /elsewhere "$NODE/$CONFD/50-more"
	answers 1 quickly show
	says "[dropin-directory-link]"
}

@test "a link that points nowhere: CRI-O does not start" {
	ln -s /nowhere "$NODE/$CONFD/50-gone.conf"
	answers 1 quickly show
	says "50-gone.conf: error: "
	says "[dropin-dangling-link]"
}

@test "links in a circle: exit 3 at once" {
	ln -s b "$NODE/$CONFD/a"
	ln -s a "$NODE/$CONFD/b"
	answers 3 quickly show
	says "loop"
}

@test "directories nested 500 deep are read" {
	deep=$NODE/$CONFD
	for _ in $(seq 500); do
		deep=$deep/d
	done
	mkdir -p "$deep"
	printf '[crio.runtime.runtimes.deep]\ninherit = "default"\n' >"$deep/x"
	answers 0 quickly show deep --format json
	is_json '.handlers[0].status' ok
}

@test "a file of 16 MiB is read" {
	{
		printf '[crio.runtime.runtimes.big]\ninherit = "default"\n#'
		head -c $((16 << 20)) /dev/zero | tr '\0' x
	} | head -c $((16 << 20)) >"$NODE/$CONFD/big"
	answers 0 quickly show big --format json
	is_json '.handlers[0].status' ok
}

@test "a file of 16 MiB and a byte: exit 3, and the limit" {
	truncate -s $(((16 << 20) + 1)) "$NODE/$CONFD/big"
	answers 3 quickly show
	says "big: error: "
	says "16 MiB"
}

@test "a sparse file of 1 GiB: exit 3 at once, in little memory" {
	truncate -s 1G "$NODE/$CONFD/huge"
	is_sanitized || ulimit -v 65536
	answers 3 quickly show
	says "huge: error: "
	says "16 MiB"
}

@test "facts of 1 GiB: exit 3" {
	truncate -s 1G facts
	answers 3 quickly --facts facts show
	says "16 MiB"
}

@test "a FIFO as facts or objects: who writes is waited for, but not nobody" {
	mkfifo pipe
	answers 3 quickly --facts pipe show
	says "pipe: a FIFO without a writer"
	answers 3 quickly -i pipe show
	says "pipe: a FIFO without a writer"
	# Somebody who takes his time; who says nothing; who says much.
	(sleep 0.3; exec >pipe; sleep 0.3; printf '{"schema": '; sleep 0.3; printf '"heir.facts/1"}') &
	answers 0 quickly --facts pipe show
	wait
	: >pipe &
	answers 2 quickly --facts pipe show
	says "pipe: the document is not JSON"
	wait
	{ printf '{}'; head -c 1000000 /dev/zero | tr '\0' ' '; } >pipe &
	answers 0 quickly --facts pipe show
	wait
	answers 0 quickly --facts <(echo '{}') show
	(sleep 0.3; echo 'a: [' >pipe) &
	answers 1 quickly -i pipe show
	says "pipe:2:1: error: "
	wait
}

@test "facts of 2 MiB and a byte: exit 2, and the limit; 2 MiB made to hurt: little memory" {
	head -c $(((2 << 20) + 1)) /dev/zero | tr '\0' ' ' >facts
	answers 2 quickly --facts facts show
	says "facts: the document is longer than 2 MiB"
	{
		printf '{"features": {"a.b": ['
		yes '{},' | head -n 690000 | tr -d '\n'
		printf '{}]}}'
	} >facts
	[ "$(wc -c <facts)" -le $((2 << 20)) ]
	is_sanitized || ulimit -v $((256 << 10))
	answers 0 quickly --facts facts show
}

@test "NUL bytes: exit 1, and where" {
	printf 'a = 1\nb = "x\0y"\n' >"$NODE/$CONFD/50-nul"
	answers 1 quickly show
	says "50-nul:2:7: error: "
	says 'b = "x\x00y"'
	says "[toml-encoding]"
	is_harmless
}

@test "bytes that are not UTF-8: exit 1, with line and column" {
	printf 'a = 1\nb = "\303\244\377"\n' >"$NODE/$CONFD/50-latin"
	answers 1 quickly show
	says "50-latin:2:7: error: "
	says "0xff"
	says "[toml-encoding]"
	LC_ALL=C.UTF-8 grep -qa 0xff <<<"$stderr"
	! LC_ALL=C grep -q $'\377' <<<"$stderr" || return 1
}

@test "UTF-16: exit 1" {
	printf '\377\376a\0=\0001\0\n\0' >"$NODE/$CONFD/50-wide"
	answers 1 quickly show
	says "50-wide:1:1: error: "
	is_harmless
}

@test "a byte order mark and CRLF are taken as CRI-O takes them" {
	printf '\357\273\277[crio.runtime.runtimes.dos]\r\ninherit = "default"\r\n' \
		>"$NODE/$CONFD/50-dos.conf"
	answers 0 quickly show dos --format json
	is_json '.handlers[0].status' ok
	is "" "$stderr"
}

@test "a name with control characters is shown escaped, in every format" {
	dropin 50-evil <<-'EOF'
		[crio.runtime.runtimes."\u001b[31mred\u0007"]
		inherit = "default"
		[crio.runtime.runtimes."\u009b1m\u202egnp"]
		runtime_path = "/nowhere/\u001b]0;title\u0007"
		[crio.runtime.runtimes."two\nlines"]
		runtime_root = "/\u001bc"
	EOF
	for format in table toml json; do
		answers 0 quickly show --format "$format"
		is_harmless
	done
	for command in show explain; do
		name=$(printf '\033[31mred\007')
		answers 0 quickly "$command" "$name"
		shows '\x1b[31mred\x07'
		is_harmless
		answers 0 quickly "$command" $'\u009b1m\u202egnp'
		! grep -q $'[\u009b\u202e]' <<<"$output$stderr" || return 1
		is_harmless
	done
}

@test "a name with a NUL does not end there" {
	dropin 50-nul <<-'EOF'
		[crio.runtime.runtimes."a\u0000b"]
		inherit = "c\u0000d"
		[crio.runtime.runtimes.e]
		inherit = "a\u0000b"
		[crio.runtime.runtimes.f]
		runtime_type = "v\u0000w"
	EOF
	answers 1 quickly check
	shows 'inherits from "c\x00d", which no file defines'
	shows 'handler "a\x00b" is dropped'
	shows 'inherits from "a\x00b", which is dropped'
	shows 'runtime_type "v\x00w" is not one of'
	answers 0 quickly explain e
	shows '"a\x00b"'
	shows 'inherits from "c\x00d", which no file defines'
}

@test "a name with a line break makes no row of its own" {
	dropin 50-evil <<-'EOF'
		[crio.runtime.runtimes."x\ncrun (default)  /bin/evil"]
		inherit = "default"
	EOF
	answers 0 quickly show
	is 4 "$(wc -l <<<"$output")"
	answers 0 quickly show --format toml
	is 1 "$(grep -c '^\[crio.runtime.runtimes.crun\]' <<<"$output")"
}

@test "control characters of a file's own name and text are escaped in messages" {
	printf 'a = \033[2J\n' >"$NODE/$CONFD/"$'50\033[31m'
	answers 1 quickly show
	says '50\x1b[31m:1:'
	is_harmless
}

@test "control characters of the command line are escaped in messages" {
	for words in $'show\033[2J' $'--\033[2J'; do
		answers 2 quickly "$words"
		is_harmless
	done
	answers 2 quickly show $'x\033[2J'
	is_harmless
	answers 2 quickly --as $'x\033[2J' show
	is_harmless
	answers 2 quickly --color $'x\033[2J' show
	is_harmless
	answers 2 quickly --format $'x\033[2J' show
	is_harmless
	answers 3 heir --root $'x\033[2J' show
	is_harmless
	for words in $'\u202e\u2066x' $'\u009b2J' $'\377'; do
		answers 2 quickly "$words"
		is_harmless
		! LC_ALL=C grep -q $'[\200-\377]' <<<"$stderr" || return 1
	done
}

@test "an array nested 100,000 deep: exit 1, and the limit" {
	{
		printf 'a = '
		head -c 100000 /dev/zero | tr '\0' '['
	} >"$NODE/$CONFD/50-deep"
	answers 1 quickly show
	says "50-deep:1:"
	says "error: "
}

@test "an array nested 1,000 deep is read" {
	{
		printf 'a = '
		head -c 1000 /dev/zero | tr '\0' '['
		head -c 1000 /dev/zero | tr '\0' ']'
	} >"$NODE/$CONFD/50-deep"
	answers 0 quickly show
	shows crun
}

@test "several faults of several files are told in one run, with the line and a caret" {
	printf 'a = \nb = 1\nb = 2\n' | dropin 50-one
	printf '[crio.runtime]\nlog_level = 5\n' | dropin 60-two
	answers 1 quickly show
	is "" "$output"
	says "50-one:2:1: error: " # where CRI-O says that it misses a value
	says "50-one:3:1: error: "
	says "[toml-duplicate]"
	says "60-two:2:13: error: "
	says "[value-type]"
	says "    2 | log_level = 5"
	says "      |             ^"
}

@test "a fatal configuration: exit 1, and JSON that says so" {
	printf '[crio.runtime]\ndefault_runtime = "rucn"\n' | dropin 50-x
	answers 1 quickly show --format json
	is_json '.error | "\(.rule) \(.file):\(.line):\(.column)"' \
		"default-unknown /$CONFD/50-x:2:19"
	is_json '.handlers | length' 0
	is_json '.default_runtime' null
	says "50-x:2:19: error: "
	for command in "explain crun" "show --format toml" "show crun"; do
		answers 1 quickly $command
		says "[default-unknown]"
	done
}

@test "a file that cannot be read: exit 3, and JSON that says so" {
	truncate -s 17M "$NODE/$CONFD/50-x"
	answers 3 quickly show --format json
	is_json '.error | "\(.rule) \(.file) \(.line)"' "file-unreadable /$CONFD/50-x null"
	dropin 60-y <<<'# y'
	answers 3 quickly cat --format json
	is_json '.files[] | "\(.path) \(.content)"' "/$CONFD/60-y # y"
	says "50-x: error: "
	answers 3 quickly diff --format json
	is_json '.left.error.rule + " " + .right.error.rule' "file-unreadable file-unreadable"
	binary other/usr/bin/crun
	answers 3 quickly diff --against "$NODE/other" --format json
	is_json '.left.error.rule + " " + (.right.error | tostring)' "file-unreadable null"
	answers 3 heir --root "$NODE/other" diff --against "$NODE" --format json
	is_json '.right.error.rule' file-unreadable
	for command in cat diff; do
		answers 3 quickly $command
		is "" "$output"
	done
}

@test "a file without permission: exit 3" {
	[ "$(id -u)" -ne 0 ] || skip "root may read everything"
	dropin 50-secret <<<''
	chmod 0 "$NODE/$CONFD/50-secret"
	answers 3 quickly show
	says "permission denied"
}

@test "--config that does not exist: exit 3, and its name" {
	answers 3 quickly --config /etc/crio/other.conf show
	says "other.conf: error: "
	says "no such file"
}

@test "--root that does not exist, or is a file: exit 3" {
	answers 3 heir --root /does/not/exist show
	says "/does/not/exist"
	answers 3 heir --root "$HEIR_SOURCE/VERSION" show
}

@test "--facts that does not exist: exit 3; that is no JSON, or of another shape: exit 2" {
	answers 3 quickly --facts /does/not/exist show
	says "/does/not/exist"
	for text in '' '{' '[]' '{"features": 1}' '{"features": {"pci.device": [{"vendor": 1.5}]}}' \
		'{"schema": "heir.facts/2"}' '{"a": 1, "a": 2}'; do
		printf '%s' "$text" >facts
		answers 2 quickly --facts facts show
		says "facts"
	done
}

@test "a broken drop-in does not hide what the others say: cat prints it, exit 1" {
	printf 'a = \n' | dropin 50-x
	answers 1 quickly cat
	shows "a = "
	says "50-x:2:1: error: "
}

@test "what CRI-O's parser tolerates and TOML forbids: a warning, and exit 0" {
	dropin 50-x <<-'EOF'
		[crio]
		runtime.log_level = "info"
		[crio.runtime]
		selinux = true
	EOF
	answers 0 quickly show
	says "warning: "
	says "[toml-tolerated]"
	answers 0 quickly --quiet show
	is "" "$stderr"
	answers 0 quickly -q show
	is "" "$stderr"
}

@test "--quiet does not silence what stops CRI-O" {
	printf 'a = \n' | dropin 50-x
	answers 1 quickly --quiet show
	says "50-x:2:1: error: "
}

@test "a chain of 100,000 handlers, and one in a circle" {
	n=100000
	is_sanitized && n=5000
	awk -v n=$n 'BEGIN {
		print "[crio.runtime.runtimes.h0]\ninherit = \"default\""
		for (i = 1; i < n; i++)
			printf "[crio.runtime.runtimes.h%d]\ninherit = \"h%d\"\n", i, i - 1
	}' | dropin 50-chain
	answers 0 quickly show "h$((n - 1))" --format json
	is_json '.handlers[0] | "\(.status) \(.chain | length)"' "ok 256"
	answers 0 quickly show h9 --format json
	is_json '.handlers[0].chain | "\(length) \(.[0]) \(.[10])"' "11 h9 crun"
	printf '[crio.runtime.runtimes.h0]\ninherit = "h%d"\n' $((n - 1)) | dropin 60-circle
	answers 0 quickly show h7 --format json
	is_json '.handlers[0].status' dropped
}

@test "the JSON of a chain of 20,000 grows with the handlers, not with their square" {
	n=20000
	is_sanitized && n=1000
	awk -v n=$n 'BEGIN {
		print "[crio.runtime.runtimes.h0]\ninherit = \"default\""
		for (i = 1; i < n; i++)
			printf "[crio.runtime.runtimes.h%d]\ninherit = \"h%d\"\n", i, i - 1
	}' | dropin 50-chain
	on_node show --format json >all
	[ "$(wc -c <all)" -lt $((n * 5000)) ]
	is $((n + 1)) "$(jq '.handlers | length' all)"
}

@test "a million handlers in several files: exit 0 in reasonable time and memory" {
	files=11 each=100000
	is_sanitized && files=2 each=5000
	for i in $(seq 1 $files); do
		handlers $(((i - 1) * each)) $((i * each - 1)) | dropin "50-$i"
	done
	[ "$(cat "$NODE/$CONFD"/* | grep -c '^\[')" -eq $((files * each)) ]
	# Resolved twice, as heir and as an unmodified CRI-O: which ones are pending?
	is_sanitized || ulimit -v $((1280 << 10))
	scrubbed timeout 120 "$HEIR" --crio-version "$RELEASE" --root "$NODE" show >table
	is $((files * each + 2)) "$(grep -vc "^\*" table)"
	grep -v "^\*" table | tail -n 1 | grep -q implicit
}

# inherited FIELD VALUE: a value of 1 MiB more, and 999 handlers that inherit it.
inherited()
{
	local n=999
	is_sanitized && n=20
	{
		printf '[crio.runtime.runtimes.base]\n%s = "%s' "$1" "$2"
		head -c $((1 << 20)) /dev/zero | tr '\0' a
		printf '"\n'
		# shellcheck disable=SC2046 # words
		printf '[crio.runtime.runtimes.h%d]\ninherit = "base"\n' $(seq $n)
	}
}

@test "1 MiB with an escape, inherited by 999 handlers, is decoded once" {
	binary usr/bin/base
	is_sanitized || ulimit -v $((64 << 10))
	for field in runtime_root runtime_path; do
		inherited $field '/\u0061' | dropin 50-long
		answers 0 on_node show h5 --format toml
		answers 0 on_node check --rule root-shared
	done
}

@test "1 MiB with a variable, inherited by 999 handlers, is expanded once" {
	is_sanitized || ulimit -v $((64 << 10))
	for field in runtime_root runtime_path; do
		binary usr/bin/base
		inherited $field '/${A:-a}' | file etc/crio/heir.d/50-long
		answers 0 on_node show h5 --format toml
		answers 0 on_node check --rule root-shared
	done
}

@test "1 MiB that is wrong, inherited by 999 handlers, is told in short" {
	binary usr/bin/base
	is_sanitized || ulimit -v $((64 << 10))
	inherited runtime_type 'x' | dropin 50-long
	answers 0 quickly show
	is_sanitized || [ ${#output} -lt $((1 << 20)) ]
	shows 'runtime_type "xaaa'
	answers 0 quickly show h5 --format json
	is_json '.handlers[0].reason | length < 700' true
}

# huge FIELD VALUE: the field of "base", and 299 handlers that inherit it.
huge()
{
	local n=299
	is_sanitized && n=40
	{
		printf '[crio.runtime.runtimes.base]\nruntime_path = "/usr/bin/base"\n'
		printf '%s = ' "$1"
		cat
		printf '\n'
		local handler='[crio.runtime.runtimes.h%d]\ninherit = "base"\n'
		[ "$1" = runtime_root ] || handler+="inherit_fields = [\"$1\"]\n"
		# shellcheck disable=SC2046,SC2059 # words; a format
		printf "$handler" $(seq $n)
	} | dropin 50-huge
}

@test "a value of 1 MB that hundreds of handlers inherit: every report is bounded and says so" {
	local field most=$((24 << 20))
	binary usr/bin/base
	mkdir -p empty/usr/bin
	cp "$NODE"/usr/bin/* empty/usr/bin
	for field in runtime_root monitor_env default_annotations; do
		case $field in
		runtime_root) value='"/%s"' ;;
		monitor_env) value='["X=%s"]' ;;
		*) value='{ k = "%s" }' ;;
		esac
		# shellcheck disable=SC2059
		printf "$value" "$(head -c 1000000 /dev/zero | tr '\0' a)" | huge $field
		for command in "show" "show --format json" "show --format toml" "report" \
			"diff --against empty" "diff --against empty --format json"; do
			# shellcheck disable=SC2086
			quickly $command >out || [ $? -eq 1 ]
			[ "$(wc -c <out)" -lt $most ]
		done
		quickly show --format json >out
		is true "$(jq "[.handlers[].fields.$field | select(.left_out)] | length > 10" out)"
		is true "$(jq "[.handlers[].fields.$field | select(.left_out) | .value |
			.. | strings, (objects | keys[])] |
			all(test(\"^(k|X=)?a*/?a*\\\\.\\\\.\\\\. and [0-9]+ more (bytes|items)$\") or . == \"\")" out)"
		quickly show --format toml >out
		grep -q "^# $field = .* more " out
		is "" "$(grep "^$field = .* more \(bytes\|items\)" out)"
	done
}

@test "long lists that many handlers inherit are read once, and their own report is whole" {
	binary usr/bin/base
	{
		printf '{'
		seq -f '"k%.0f" = "v",' 1 60000 | tr -d '\n'
		printf 'z = "z" }'
	} | huge default_annotations
	answers 0 quickly show --format toml
	quickly show base --format json >out
	is "60001 null" "$(jq -r '.handlers[0].fields.default_annotations |
		"\(.value | length) \(.left_out)"' out)"
}

@test "a name of 1 MB makes no other row as wide" {
	{
		printf '[crio.runtime.runtimes.%s]\nruntime_path = "/usr/bin/crun"\n' \
			"$(head -c 1000000 /dev/zero | tr '\0' n)"
		handlers 0 299
	} | dropin 50-name
	quickly show >out
	[ "$(wc -c <out)" -lt $((2 << 20)) ]
}

@test "a long PATH costs no look-up per handler: absent and repeated directories are passed over, and it has a limit" {
	local n=2000
	is_sanitized && n=200
	handlers 1 $n | dropin 50-x.conf
	absent=$(seq -s: -f '/absent/%.0f' 2000)
	same=$(yes /usr/bin: | head -n 2000 | tr -d '\n')
	answers 0 quickly show --path "$absent:$same/usr/bin"
	answers 0 quickly show --path "$absent:$same" crun --format json
	is_json '.handlers[0].fields.runtime_path.value' /usr/bin/crun
	# The unit of the node says it as well.
	mkdir -p "$NODE/d"
	(cd "$NODE/d" && seq 200 | xargs mkdir)
	many=$(seq -s: -f '/d/%.0f' 200)
	answers 3 quickly show --path "$many"
	says '$PATH'
	file etc/systemd/system/crio.service <<-EOF
		[Service]
		Environment=PATH=$many
		ExecStart=/usr/bin/crio
	EOF
	answers 3 quickly show
	says '$PATH'
	answers 0 quickly show --path "$(seq -s: -f '/d/%.0f' 127):/usr/bin"
}

@test "a closed standard input is empty, not a directory" {
	answers 2 bash -c "'$HEIR' --crio-version $RELEASE --root '$NODE' --facts - show <&-"
	[[ $stderr != *directory* ]]
}

@test "nothing hostile gets out as it is, from any command in any format, nor would a CI system obey it" {
	command -v python3 >/dev/null || skip "no python3 here"
	run -0 --separate-stderr python3 "$HEIR_SOURCE/tests/cli/raw_bytes.py" "$HEIR" "$PWD/raw"
	is "" "$output"
	[[ $stderr == *" commands" ]]
}

@test "what a CI system would obey is escaped where a line is long, and in a diff for patch" {
	{
		printf '[crio.runtime.runtimes.x]\ninherit = "crun"\n#'
		head -c 200000 /dev/zero | tr '\0' x
		printf '##[group]\n::error::\n' | sed 's/^:/# :/'
	} | dropin 50-long.conf
	answers 0 on_node cat
	shows 'x\x23#[group]'
	answers 0 on_node cat --format json
	shows '\u0023#[group]'
	is_json '.files[0].content | endswith("##[group]\n# ::error::\n")' true
}
