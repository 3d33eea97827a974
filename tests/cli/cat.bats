#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir cat: the files that CRI-O reads, in load order.

load heir

sample()
{
	file etc/crio/crio.conf <<<'# the main file'
	dropin 50-b.conf <<<'# fifty'
	dropin 00-default <<<'# a vendor'
	printf '# no line break at its end' | dropin 60-c
	file etc/crio/heir.d/x <<<'# heir'\''s own'
}

@test "each file stands under its path, in load order" {
	sample
	answers 0 on_node cat
	is "" "$stderr"
	is '# /etc/crio/crio.conf
# the main file

# /etc/crio/crio.conf.d/00-default
# a vendor

# /etc/crio/crio.conf.d/50-b.conf
# fifty

# /etc/crio/crio.conf.d/60-c
# no line break at its end

# /etc/crio/heir.d/x
# heir'\''s own' "$output"
}

@test "--as stock leaves out heir.d" {
	sample
	answers 0 on_node --as stock cat
	[[ $output != *heir.d* ]]
	shows 50-b.conf
}

@test "the JSON has the same files, with the layer that they are from" {
	sample
	answers 0 on_node cat --format json
	is_json .schema heir.cat/1
	is_json '.files[] | "\(.path) \(.from)"' '/etc/crio/crio.conf crio.conf
/etc/crio/crio.conf.d/00-default vendor
/etc/crio/crio.conf.d/50-b.conf drop-in
/etc/crio/crio.conf.d/60-c drop-in
/etc/crio/heir.d/x heir.d'
	is_json '.files[3].content' '# no line break at its end'
}

@test "the content in JSON is the file's, byte for byte" {
	printf 'a = "\\u00e4 \303\244"\t# \342\202\254\r\n[crio]\n' | dropin 50-x
	on_node cat --format json >json
	jq -j '.files[0].content' json | cmp - "$NODE/$CONFD/50-x"
}

@test "of a file that is not UTF-8 the JSON shows the bytes that are not, and nothing else" {
	printf 'a = "\377\303\244"\r\n\tb\\xff\n\303' | dropin 50-x
	answers 1 on_node cat --format json
	is 'a = "�ä"'$'\r\n\t''b\xff'$'\n''�' "$(jq -j '.files[0].content' <<<"$output")"
}

@test "no file at all: nothing, and an empty list" {
	answers 0 on_node cat
	is "" "$output"
	answers 0 on_node cat --format json
	is_json '.files | length' 0
}

@test "what it prints is a configuration: it can be read again" {
	dropin 10-x <<-'EOF'
		[crio.runtime.runtimes.x]
		inherit = "default"
	EOF
	dropin 20-y <<-'EOF'
		[crio.runtime.runtimes.y]
		inherit = "x"
	EOF
	answers 0 on_node show
	shows x
	shows y
	wanted=$(cut -d ' ' -f 1 <<<"$output")
	on_node cat >all
	rm "$NODE/$CONFD"/*
	dropin 50-all <all
	answers 0 on_node show
	is "$wanted" "$(cut -d ' ' -f 1 <<<"$output")"
}

@test "a terminal does not obey what a file says; who reads a pipe gets the bytes" {
	needs_terminal
	printf '# \033]0;x\007 \302\2332J \342\200\256 \377 \303\244\r\n\ta\rb\0\n' | dropin 50-x
	on_node cat >raw || :
	tail -n +2 raw | cmp - "$NODE/$CONFD/50-x"
	scrubbed script -qec "'$HEIR' --crio-version $RELEASE --root '$NODE' cat 2>/dev/null" /dev/null </dev/null >shown || :
	is '# \x1b]0;x\x07 \u{9b}2J \u{202e} \xff ä' "$(sed -n 2p shown | tr -d '\r')"
	is $'\ta\\x0db\\x00' "$(sed -n 3p shown | tr -d '\r')"
}
