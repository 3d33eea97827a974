#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir graph: the drawing of inheritance.

load heir

# Tables of handlers, from lines "NAME PARENT"; "-" is no parent, but a path.
family()
{
	local name parent
	while read -r name parent; do
		printf '[crio.runtime.runtimes.%s]\n' "$name"
		if [ "$parent" = - ]; then
			echo 'runtime_path = "/usr/bin/crun"'
		else
			printf 'inherit = "%s"\n' "$parent"
		fi
	done
}

# parses FORMAT: is $output a document of that language, as far as heir uses it? A grammar of one
# line each, so that whatever breaks out of a label is found. Sets $labels to the labels.
parses()
{
	local head node edge tail
	case $1 in
	dot)
		head='^digraph handlers \{$'
		node='^	n[0-9]+ \[label="([^"\\]|\\["\\n])*"(, style=bold|, style=dashed, color=red)?\]$'
		edge='^	n[0-9]+ -> n[0-9]+ \[label="[a-z_]+"\]$'
		tail='^\}$|^	rankdir=BT$|^	(node|edge) \[[a-zA-Z=", 0-9-]*\]$'
		;;
	mermaid)
		head='^flowchart BT$'
		node='^	n[0-9]+\["([^]"#`%&<>\\;[]|#[0-9]+;|<br/>)*"\](:::(standard|dropped))?$'
		edge='^	n[0-9]+ -->\|[a-z_]+\| n[0-9]+$'
		tail='^	classDef '
		;;
	esac
	grep -qE "$head" <<<"$(head -n 1 <<<"$output")"
	! tail -n +2 <<<"$output" | LC_ALL=C grep -vE "$node|$edge|$tail" || return 1
}

# drawn FORMAT TEXT: a program that reads the language accepts it, where one is here.
drawn()
{
	parses "$1"
	if [ "$1" = dot ] && command -v dot >/dev/null; then
		dot -Tplain -o plain <<<"$output"
	fi
}

@test "a tree: roots at the margin, children below, the rule in brackets" {
	dropin 50-x <<-'EOF'
		[crio.runtime]
		implicit_inherit = true
		[crio.runtime.runtimes.nvidia]
		inherit = "default"
		runtime_path = "/usr/bin/nvidia"
		[crio.runtime.runtimes.gpu]
		inherit = "nvidia"
		[crio.runtime.runtimes.gpu-batch]
		inherit = "gpu"
		[crio.runtime.runtimes.builder]
		inherit_default_runtime = true
		[crio.runtime.runtimes.trace]
		[crio.runtime.runtimes.alone]
		inherit = "none"
		runtime_path = "/usr/bin/crun"
	EOF
	binary usr/bin/nvidia
	answers 0 on_node graph
	is "alone  /usr/bin/crun
crun (default)  /usr/bin/crun
├─ builder (inherit_default_runtime)
├─ nvidia (inherit)  /usr/bin/nvidia
│  └─ gpu (inherit) *
│     └─ gpu-batch (inherit) *
└─ trace (implicit) *

* pending: CRI-O does this only once it is applied (heir apply, heir render)" "$output"
	tree=$output
	answers 0 on_node graph --format tree
	is "$tree" "$output"
	answers 0 on_node graph --format text
	is "$tree" "$output"
}

@test "without UTF-8 the branches are ASCII" {
	family <<<"a -
b a
c b
d a" | dropin 50-x
	answers 0 env LC_ALL=C "$HEIR" --crio-version "$RELEASE" --root "$NODE" graph a
	is 'a  /usr/bin/crun
|- b (inherit) *
|  \- c (inherit) *
\- d (inherit) *

* pending: CRI-O does this only once it is applied (heir apply, heir render)' "$output"
}

@test "a handler that was named is drawn with all above and below it, and nobody else" {
	family <<<"root -
left root
right root
left-child left
left-grandchild left-child
other -" | dropin 50-x
	answers 0 on_node graph left
	is "root  /usr/bin/crun
└─ left (inherit) *
   └─ left-child (inherit) *
      └─ left-grandchild (inherit) *

* pending: CRI-O does this only once it is applied (heir apply, heir render)" "$output"
	answers 0 on_node graph left-child other
	is "other  /usr/bin/crun
root  /usr/bin/crun
└─ left (inherit) *
   └─ left-child (inherit) *
      └─ left-grandchild (inherit) *

* pending: CRI-O does this only once it is applied (heir apply, heir render)" "$output"
	for format in dot mermaid; do
		answers 0 on_node graph right --format $format
		shows right
		[[ $output != *left* && $output != *other* ]]
	done
	answers 2 on_node graph lfet
	is "" "$output"
	says 'did you mean "left"?'
}

@test "a dropped handler is told, and why" {
	family <<<"orphan nobody
child orphan" | dropin 50-x
	for format in tree dot mermaid; do
		answers 0 on_node graph orphan --format $format
		shows dropped
		shows 'which no file defines'
	done
	answers 0 on_node graph orphan --format dot
	shows 'style=dashed'
	answers 0 on_node graph orphan --format mermaid
	shows ':::dropped'
}

@test "a circle is told once round, with whoever hangs on it" {
	family <<<"b a
c b
a c
hanging b
below hanging
self self" | dropin 50-x
	answers 0 on_node graph a self
	is 'a  dropped: inherits from itself: "a" -> "c" -> "b" -> "a"
└─ b (inherit)  dropped: inherits from itself: "b" -> "a" -> "c" -> "b"
   ├─ c (inherit)  dropped: inherits from itself: "c" -> "b" -> "a" -> "c"
   │  └─ a (inherit)  again: a cycle
   └─ hanging (inherit)  dropped: inherits from "b", which is dropped
      └─ below (inherit)  dropped: inherits from "hanging", which is dropped
self  dropped: inherits from itself: "self" -> "self"
└─ self (inherit)  again: a cycle' "$output"
	all=$(on_node graph 2>/dev/null)
	answers 0 on_node graph hanging
	shows "└─ a (inherit)  again: a cycle"
	shows "below"
	for name in b c; do
		answers 0 on_node graph $name self
		is "$(sed '/^crun/d' <<<"$all")" "$output"
	done
	for format in dot mermaid; do
		answers 0 on_node graph --format $format
		drawn $format
		# An edge for each of the six.
		is 6 "$(grep -cE -- '^	n[0-9]+ (->|-->)' <<<"$output")"
	done
}

@test "the default that inherits from itself by CRI-O's own rule is a root" {
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes.crun]
		inherit_default_runtime = true
	EOF
	answers 0 on_node graph
	is "crun (default)  /usr/bin/crun" "$output"
}

@test "arrows lead from the child to the parent" {
	family <<<"parent -
child parent" | dropin 50-x
	answers 0 on_node graph child --format dot
	shows '	n0 [label="child (pending)"]'
	shows '	n1 [label="parent\n/usr/bin/crun"]'
	shows '	n0 -> n1 [label="inherit"]'
	answers 0 on_node graph child --format mermaid
	shows '	n0["child (pending)"]'
	shows '	n1["parent<br/>/usr/bin/crun"]'
	shows '	n0 -->|inherit| n1'
}

@test "the default stands out" {
	answers 0 on_node graph --format dot
	shows 'n0 [label="crun (default)\n/usr/bin/crun", style=bold]'
	answers 0 on_node graph --format mermaid
	shows 'n0["crun (default)<br/>/usr/bin/crun"]:::standard'
}

@test "no name breaks out of its label" {
	n=0
	for name in '\"' '\"]' '\"; n9 [label=\"' '\\\\' '\\\\\"' '\\n' '\u001b[31m' ']' '[' '}' '{' \
		'\"]\n n9 --> n8' '%%{init: {}}%%' '#quot;' '&quot;' '<b>' '<script>' '`x`' '**x**' \
		'end' 'style a:b#c;' 'classDef x:#;' ';' '|' '-->' '--' '%% x' '\u202e' 'ü€𝄞' ':::dropped'; do
		n=$((n + 1))
		printf '[crio.runtime.runtimes."%s"]\nruntime_path = "/usr/bin/crun"\n' "$name"
		printf '[crio.runtime.runtimes."child of %s"]\ninherit = "%s"\n' "$name" "$name"
		printf '[crio.runtime.runtimes."%s dropped"]\nruntime_path = "/no/%s"\n' "$name" "$name"
	done | dropin 50-x
	for format in dot mermaid; do
		answers 0 on_node graph --format $format
		drawn $format
		is 30 "$(grep -cE -- '^	n[0-9]+ (-> |-->)' <<<"$output")"
		is 91 "$(grep -cE '^	n[0-9]+( \[label=|\[)"' <<<"$output")"
		! LC_ALL=C grep -q $'[\001-\010\013-\037\177]' <<<"$output" || return 1
	done
	answers 0 on_node graph --format dot
	shows '[label="\"; n9 [label=\"\n'
	shows '[label="&amp;quot;\n'
	shows '[label="\\u{202e}\n'
	answers 0 on_node graph --format mermaid
	shows '["#35;quot#59;<br/>'
	shows '["ü€𝄞<br/>'
	answers 0 on_node graph
	is 93 "$(wc -l <<<"$output")"
	! LC_ALL=C grep -q $'[\001-\010\013-\037\177]' <<<"$output" || return 1
}

@test "the grammar of these tests finds what breaks out" {
	family <<<"a -" | dropin 50-x
	for format in dot mermaid; do
		answers 0 on_node graph --format $format
		good=$output
		parses $format
		output=${good/label=\"a/label=\"a\"b}
		output=${output/[\"a/[\"a\"b}
		[ "$output" != "$good" ]
		run parses $format
		[ "$status" -ne 0 ]
	done
}

@test "CRI-O would not start: nothing is drawn, exit 1, and the document is still one" {
	family <<<"a -" | dropin 50-x
	answers 1 on_node --default-runtime nobody graph
	is "" "$output"
	says "default-unknown"
	for format in dot mermaid; do
		answers 1 on_node --default-runtime nobody graph --format $format
		drawn $format
		[[ $output != *n0* ]]
	done
}

@test "as stock: only what CRI-O itself inherits" {
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes.a]
		inherit = "default"
		[crio.runtime.runtimes.b]
		inherit_default_runtime = true
	EOF
	answers 0 on_node --as stock graph
	shows "└─ b (inherit_default_runtime)"
	[[ $output != *"a (inherit)"* ]]
	# A release that knows no inheritance at all.
	binary usr/bin/runc
	answers 0 on_node --as stock --crio-version 1.30 graph
	[[ $output != *"─"* ]]
}

@test "a chain of 100,000 costs a line each, and no more than a few characters" {
	n=100000
	is_sanitized && n=20000
	{
		echo '[crio.runtime.runtimes.h000000]'
		echo 'inherit = "default"'
		awk -v n=$n 'BEGIN { for (i = 1; i < n; i++)
			printf "[crio.runtime.runtimes.h%06d]\ninherit = \"h%06d\"\n", i, i - 1 }'
	} | dropin 50-x
	for format in tree dot mermaid; do
		on_node graph --format $format >drawn-$format
		is $n "$(grep -oE 'h[0-9]{6}' drawn-$format | sort -u | wc -l)"
		[ "$(wc -l <drawn-$format)" -lt $((n * 2 + 100)) ]
		[ "$(wc -c <drawn-$format)" -lt $((n * 150)) ]
	done
	# Sixteen deep, then at the margin again, each handler where its parent's line is.
	grep -q '└─ h000015 (inherit) \*  continued below$' drawn-tree
	grep -q '^h000015 (goes on)$' drawn-tree
	is 1 "$(grep -c 'h000015 (inherit)' drawn-tree)"
	is "└─ h000016 (inherit) *" "$(grep -A1 '^h000015 (goes on)$' drawn-tree | tail -n 1)"
}

@test "a circle of 100,000, and as many children of one parent" {
	n=100000
	is_sanitized && n=20000
	awk -v n=$n 'BEGIN { for (i = 0; i < n; i++) {
		printf "[crio.runtime.runtimes.c%06d]\ninherit = \"c%06d\"\n", i, (i + 1) % n
		printf "[crio.runtime.runtimes.w%06d]\ninherit = \"default\"\n", i } }' | dropin 50-x
	on_node -q graph >drawn
	is $n "$(grep -oE 'w[0-9]{6} \(inherit\)' drawn | wc -l)"
	is 1 "$(grep -c 'again: a cycle' drawn)"
	is $n "$(grep -oE '^ *(└─ )?c[0-9]{6} \(inherit\)' drawn | sort -u | wc -l)"
	[ "$(wc -c <drawn)" -lt $((n * 500)) ]
}

@test "colour is there when it is asked for" {
	family <<<"a -
b a" | dropin 50-x
	answers 0 on_node graph --color always
	shows $'\033[1ma\033[0m'
	answers 0 on_node graph
	[[ $output != *$'\033'* ]]
}
