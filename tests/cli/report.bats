#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir report. tests/browser tests the page in a browser.

load heir

# A drop-in of the node from lines.
drop_in()
{
	cat >"$NODE/$CONFD/${1:-50-x.conf}"
}

# page: is $output HTML whose elements are all closed, by those that HTML lets stand open alone? As
# its text, without what is only shown, in $text.
page()
{
	printf '%s' "$output" >page.html
	text=$(python3 - page.html <<-'END'
		import html.parser, sys
		VOID = {"meta", "br", "hr", "img", "link", "input", "wbr"}
		class Reader(html.parser.HTMLParser):
		    def __init__(self):
		        super().__init__(convert_charrefs=True)
		        self.open, self.text, self.ids, self.links = [], [], [], []
		    def handle_starttag(self, tag, attributes):
		        names = [name for name, _ in attributes]
		        assert len(names) == len(set(names)), (tag, names)
		        for name, value in attributes:
		            assert not name.startswith("on") and name != "style", (tag, name)
		            if name == "id": self.ids.append(value)
		            if name in ("href", "src"): self.links.append(value)
		        assert tag not in ("script", "img", "iframe", "object", "link", "base", "form"), tag
		        if tag not in VOID: self.open.append(tag)
		        if tag in ("td", "th", "dt", "dd", "span", "text", "p"): self.text.append(" ")
		    def handle_startendtag(self, tag, attributes):
		        assert tag in ("path", "rect"), tag
		    def handle_endtag(self, tag):
		        assert self.open and self.open[-1] == tag, (self.open[-3:], tag, self.getpos())
		        self.open.pop()
		    def handle_data(self, data):
		        if "style" not in self.open: self.text.append(data)
		reader = Reader()
		reader.feed(open(sys.argv[1], encoding="utf-8").read())
		reader.close()
		assert not reader.open, reader.open
		assert len(reader.ids) == len(set(reader.ids)), "an id stands twice"
		for link in reader.links:
		    assert link.startswith("#") and link[1:] in reader.ids, link
		print(" ".join("".join(reader.text).split()))
	END
	)
}

# tells TEXT...: the page's text holds each of them.
tells()
{
	local words
	for words in "$@"; do
		[[ $text == *"$words"* ]] || {
			printf 'not told: %s\ntext: %s\n' "$words" "$text"
			return 1
		}
	done
}

tells_not()
{
	[[ $text != *"$1"* ]] || {
		echo "told: $1"
		return 1
	}
}

@test "one page with what show, graph, explain, check and rules say" {
	for tree in ocp-worker debian-node; do
		answers 0 heir --root "$HEIR_SOURCE/examples/$tree" report
		is "" "$stderr"
		page
		heir --root "$HEIR_SOURCE/examples/$tree" show --format json >show.json
		while IFS=$'\t' read -r name path; do
			tells "$name" "$path"
		done < <(jq -r '.handlers[] | [.name, .fields.runtime_path.value // ""] | @tsv' show.json)
		heir --root "$HEIR_SOURCE/examples/$tree" check --format json >check.json || :
		while IFS=$'\t' read -r rule message; do
			tells "$(tr -s ' ' <<<"$message")"
			heir rules "$rule" --format json | jq -r '.rules[0].text' >rule
			tells "$(cat rule)"
		done < <(jq -r '.findings[] | [.rule, .message] | @tsv' check.json)
		heir --root "$HEIR_SOURCE/examples/$tree" graph >graph
		tells "$(tr -s ' \n' '  ' <graph | sed 's/ *$//')"
	done
}

@test "the words of explain stand with each value" {
	tree=$HEIR_SOURCE/examples/ocp-worker
	answers 0 heir --root "$tree" report
	page
	tells 'runtime_path "/usr/bin/crun" inherited from crun' \
		'crun sets no runtime_path; 4th of 6 directories has it' \
		'discarded: 99-runtimes.conf:4 replaces the table' \
		'Without heir: CRI-O 1.37 ignores `inherit`'
	n=$(heir --root "$tree" show --format json | jq '.handlers | length')
	is "$n" "$(grep -c '<details class="handler ' page.html)"
	is "$n" "$(grep -c '<h4 id="p0-h[0-9]*">' page.html)"
}

@test "the sums at the top are those of show and check" {
	tree=$HEIR_SOURCE/examples/ocp-worker
	answers 0 heir --root "$tree" report
	page
	tells "CRI-O 1.37 default runtime crun 8 handlers 1 dropped 2 errors 4 warnings 1 note Findings"
	is 8 "$(heir --root "$tree" show --format json | jq '[.handlers[] | select(.status == "ok")] | length')"
	is "2 4 1" "$(heir --root "$tree" check --format json | jq -r '[.findings[].level] |
		[(["error", "warning", "note"][] as $l | map(select(. == $l)) | length)] | join(" ")')"
}

@test "the policy allows the page's own style, and nothing else" {
	answers 0 on_node report
	page
	policy=$(grep -o 'Content-Security-Policy" content="[^"]*"' page.html | sed "s/&#39;/'/g; s/.*content=//; s/\"//g")
	digest=$(python3 -c '
import base64, hashlib, re, sys
css = re.search(r"<style>(.*?)</style>", open("page.html", newline="").read(), re.S)[1]
print(base64.b64encode(hashlib.sha256(css.encode()).digest()).decode())')
	is "default-src 'none'; style-src 'sha256-$digest'; base-uri 'none'; form-action 'none'" "$policy"
	! grep -E 'https?:|url\(h|@import|javascript:' page.html || return 1
}

# The footer names the command and the date.
without_footer()
{
	sed '/<footer>/,$d'
}

@test "the same node gives the same bytes" {
	answers 0 heir --root "$HEIR_SOURCE/examples/ocp-worker" report
	first=$(without_footer <<<"$output")
	answers 0 heir --root "$HEIR_SOURCE/examples/ocp-worker" report --format html
	is "$first" "$(without_footer <<<"$output")"
}

@test "what files say stays text" {
	drop_in <<-'END'
		[crio.runtime.runtimes."<script>alert(1)</script>"]
		runtime_path = "/usr/bin/crun"
		[crio.runtime.runtimes."\"><img src=x onerror=alert(1)>"]
		inherit = "<script>alert(1)</script>"
		[crio.runtime.runtimes."javascript:alert(1)"]
		inherit = "'><svg onload=alert(1)>"
		[crio.runtime.runtimes."a\u202Eb\u0007&lt;"]
		inherit = "default"
		[crio.runtime.runtimes.""]
		inherit = "default"
		[crio.runtime.runtimes.env]
		inherit = "default"
		monitor_env = ["A=</pre></code><b>", "B=]]>", "C=<!--"]
	END
	answers 0 on_node report --title '</title><script>' --default-runtime '<script>alert(1)</script>'
	page
	tells '</title><script>' '<script>alert(1)</script>' '"><img src=x onerror=alert(1)>' \
		'javascript:alert(1)' "'><svg onload=alert(1)>" 'a\u{202e}b\x07&lt;' '</pre></code><b>' 'C=<!--'
	! grep -E '<(script|img|svg onload|b>")' page.html || return 1
}

@test "bytes that are not UTF-8, and names of any length" {
	printf '[crio.runtime.runtimes.%s]\ninherit = "default"\n# \xff\n' \
		"$(printf 'x%.0s' {1..5000})" | drop_in
	answers 1 on_node report
	page
	tells 'would not start: ' '\xff'
	printf '[crio.runtime.runtimes.%s]\ninherit = "default"\n' "$(printf 'x%.0s' {1..5000})" | drop_in
	answers 0 on_node report
	page
	python3 -c 'open("page.html", encoding="utf-8", errors="strict").read()'
}

@test "a default that changes: old and new, with whose decision it was, and the badge" {
	drop_in <<-'END'
		[crio.runtime.runtimes.runc]
		runtime_path = "/usr/bin/crun"
		runtime_root = "/run/runc"
		[crio.runtime.runtimes.gpu]
		inherit = "default"
		[crio.runtime.runtimes.own]
		runtime_path = "/usr/bin/crun"
	END
	answers 0 on_node report --default-runtime runc
	page
	tells '1 handler differs' 'default_runtime "crun" built in "runc" what if' \
		'runtime_root "/run/crun" inherited from crun, 50-x.conf:5 (user) "/run/runc" inherited from runc, 50-x.conf:3 (user)' 'gpu changed'
	grep -q '<del>&quot;/run/crun&quot;</del>' page.html
	is 1 "$(grep -c '<a class="badge" href="#p0-changes">changed</a>' page.html)"
	is 1 "$(grep -c '<span class="badge">changed</span></summary>' page.html)"
	answers 0 on_node report
	page
	tells_not 'handler differs'
	! grep -q 'p0-changes' page.html || return 1
}

@test "another node: the page is about it, and tells what was" {
	cp -r node other
	drop_in <<-'END'
		[crio.runtime.runtimes.gone]
		inherit = "default"
		[crio.runtime.runtimes.stays]
		inherit = "nobody"
	END
	cat >other/$CONFD/50-x.conf <<-'END'

		[crio.runtime.runtimes.new]
		inherit = "default"
		[crio.runtime.runtimes.stays]
		inherit = "nobody"
	END
	answers 0 on_node report --against other
	page
	tells 'Node other' "Before $NODE" 'After other' 'gone removed' 'new added' '2 handlers differ'
	# What was wrong before is not new, though it stands elsewhere.
	is 1 "$(grep -c 'class="badge new"' page.html)"
	tells '1 earlier finding is gone'
	answers 0 heir --root other report --against other
	page
	tells 'No handler differs' '0 handlers differ'
}

@test "each pool of the objects has its section, and --pool asks for one" {
	objects=$HEIR_SOURCE/examples/ocp-cluster
	answers 0 heir -i "$objects" report
	page
	tells 'Pool gpu' 'Pool worker'
	is 2 "$(grep -c '<h2 id="p[0-9]"' page.html)"
	answers 0 heir -i "$objects" --pool gpu report
	page
	tells 'Pool gpu'
	tells_not 'Pool worker'
	answers 2 heir -i "$objects" --pool none report
	says 'the objects have no pool "none"'
	is "" "$output"
}

@test "a pool that is new has nothing to differ from" {
	cat >old.yaml <<-'END'
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfig
		metadata: {name: 99-a, labels: {machineconfiguration.openshift.io/role: worker}}
		spec:
		  config:
		    ignition: {version: 3.2.0}
		    storage:
		      files:
		      - path: /etc/crio/crio.conf.d/50-a.conf
		        contents: {source: "data:,%5Bcrio.runtime.runtimes.a%5D"}
	END
	sed 's/99-a/99-b/; s/role: worker/role: gpu/; s/50-a/50-b/; s/runtimes.a/runtimes.b/' old.yaml >new.yaml
	answers 0 heir -i old.yaml report --with new.yaml
	page
	tells 'Pool gpu' 'Pool worker'
	is 1 "$(grep -c 'id="p[0-9]-changes"' page.html)"
	tells 'This pool is new' 'Pool worker: no handler changes' 'Pool gpu: CRI-O would start'
	tells_not 'gone'
	# Both at a glance, in order.
	tells 'At a glance Default runtime Handlers Dropped Differ Errors Warnings Notes Pool gpu crun'
}

@test "more pools than a page has room for" {
	for i in {1..201}; do
		printf -- '---\nkind: MachineConfigPool\napiVersion: machineconfiguration.openshift.io/v1\nmetadata: {name: p%d}\n' "$i"
	done >pools.yaml
	answers 2 heir -i "$HEIR_SOURCE/examples/ocp-cluster" -i pools.yaml report
	says '(at most 200 per page): name one with --pool'
	answers 0 heir -i "$HEIR_SOURCE/examples/ocp-cluster" -i pools.yaml --pool p7 report
}

@test "a pool that is no more is named" {
	objects=$HEIR_SOURCE/examples/ocp-cluster
	answers 0 heir -i "$objects" report --against "$objects/01-worker-container-runtime.yaml"
	page
	tells 'Pool gpu: is removed' 'Pool gpu removed' 'Pool gpu This pool is removed' 'Pool worker'
	is 1 "$(grep -c 'id="p[0-9]-handlers"' page.html)"
}

@test "where CRI-O would not start the page says so on top, and the exit code is 1" {
	drop_in <<<'[crio.runtime]
default_runtime = "none"'
	answers 1 on_node report
	says '[default-unknown]'
	page
	tells "Node $NODE CRI-O $RELEASE would not start: 1 reason" '1 error'
	tells_not 'What the handlers resolve to'
	# What was before does not count: the change mends it.
	cp -r node other
	rm other/$CONFD/50-x.conf
	answers 0 on_node report --against other
	page
	tells 'would not start' 'What the handlers resolve to'
	answers 1 heir --root other report --against "$NODE"
	page
}

@test "the verdict comes first: every reason with its place, on the page and in the terminal" {
	drop_in <<<'[crio.runtime]
log_level = "loud"
cgroup_manager = "none"'
	answers 1 on_node report
	page
	tells "Node $NODE CRI-O $RELEASE would not start: 2 reasons" '50-x.conf:2 log_level' '50-x.conf:3 ' \
		'What the handlers resolve to'
	says "CRI-O $RELEASE would not start: 2 reasons"
	is "$(heir --root "$NODE" show --format json | jq '.stops | length')" \
		"$(grep -c '^<li><code>50-x.conf' page.html)"
}

# section_lines: of each file of the page its lines, as "NUMBER STATE TEXT".
section_lines()
{
	python3 -c '
import html, re, sys
page = open("page.html", errors="surrogateescape").read()
for body in re.findall(r"<table class=\"source\">(.*?)</table>", page, re.S):
	for row in re.findall(r"<tr[^>]*><th scope=\"row\">(\d+)</th><td[^>]*>(.*?)</td><td><code>(.*?)</code></td></tr>", body, re.S):
		print("|".join(html.unescape(cell) for cell in row))
'
}

@test "each file line by line, with the states of heir blame" {
	for tree in ocp-worker debian-node; do
		answers 0 heir --root "$HEIR_SOURCE/examples/$tree" report
		page
		section_lines >lines
		heir --root "$HEIR_SOURCE/examples/$tree" blame --format json >blame.json
		is "$(jq '[.files[].lines[]] | length' blame.json)" "$(grep -c . lines)"
		# "replaced by FILE:LINE", "no effect", "heir only" are the words for the states.
		jq -r '.files[].lines[] | "\(.line)|" + (if .state == "comment" then "" else .state end | sub("-"; " "))
			+ (if .by then " by \(.by.file | sub(".*/crio.conf.d/"; "")):\(.by.line)" else "" end)' blame.json >states
		is "$(cat states)" "$(cut -d'|' -f1,2 lines)"
		while IFS= read -r path; do
			grep -qF "<summary><h4><code>$path</code></h4>" page.html
		done < <(jq -r '.files[].path' blame.json)
		grep -q '<a href="#p0-files">' page.html
	done
}

@test "the files of the page: escaped, bounded, and also of a CRI-O that would not start" {
	drop_in <<-'END'
		[crio.runtime]
		default_runtime = "nope" # </code></td><script>alert(1)</script>
	END
	{
		printf '# %s\n' "$(head -c 5000 /dev/zero | tr '\0' x)"
		for i in $(seq 25000); do
			echo "# $i"
		done
	} >"$NODE/$CONFD/60-long"
	answers 1 on_node report
	page
	section_lines >lines
	is 20000 "$(grep -c . lines)"
	grep -qF '2|counts|default_runtime = "nope" # </code></td><script>alert(1)</script>' lines
	! grep -q '<script' page.html || return 1
	grep -q '^1||# x\{1022\} … and 3978 more bytes$' lines
	tells "5003 more lines"
}

@test "circles and long chains are drawn, each handler as a link" {
	{
		for i in {1..40}; do
			printf '[crio.runtime.runtimes.c%d]\ninherit = "c%d"\n' $((i + 1)) "$i"
		done
		printf '[crio.runtime.runtimes.%s]\ninherit = "%s"\n' c1 default a b b a
	} | drop_in
	answers 0 on_node report
	page
	tells 'a inherits from b, again: a cycle' 'b inherits from a, dropped: in a cycle' 'goes on' 'c41 inherits from c40'
	n=$(on_node show --format json | jq '.handlers | length')
	is "$n" "$(grep -oE '<a href="#p0-h[0-9]+"><svg class="box( main| gone)?"' page.html | sort -u | wc -l)"
}

@test "10,000 handlers, and what is left out is said" {
	{
		echo '[crio.runtime]'
		for i in {1..10000}; do
			printf '[crio.runtime.runtimes.h%d]\ninherit = "h%d"\n' "$i" $((i - 1))
		done
		printf '[crio.runtime.runtimes.h0]\ninherit = "default"\n'
	} | drop_in
	# Memory that grew faster than the handlers would not do; sanitizers need address space.
	[[ $HEIR == *clang* ]] || ulimit -v 400000
	on_node report --output page.html
	grep -q 'More than 1000 handlers are not drawn' page.html
	grep -q 'shows values without their origin' page.html
	is "$(on_node show --format json | jq '.handlers | length')" "$(grep -c '<details class="handler ' page.html)"
	[ "$(stat -c %s page.html)" -lt 40000000 ]
}

@test "the footer names the version, the date and the command, without values of variables" {
	command=("$HEIR" --env TOKEN=secret --env=OTHER=secret --root "$NODE" --crio-version "$RELEASE"
		report --title "it's <b>")
	SOURCE_DATE_EPOCH=1764590700 run --separate-stderr "${command[@]}"
	page
	tells "Made by $(heir --version) on 2025-12-01 12:05 UTC with heir --env TOKEN=REDACTED --env=OTHER=REDACTED --root $NODE --crio-version $RELEASE report --title 'it'\\''s <b>'. This page"
	[[ $output != *secret* ]]
	SOURCE_DATE_EPOCH=1764590700 "${command[@]}" >again.html
	printf '%s\n' "$output" | cmp - again.html
	run --separate-stderr "${command[@]}"
	[[ $output == *"on $(date -u +%Y-)"*" UTC with <code>"* ]]
	CI_COMMIT_SHA=0123456789abcdef0123456789abcdef01234567 run --separate-stderr "${command[@]}"
	[[ $output == *" at commit <code>0123456789abcdef0123456789abcdef01234567</code>. This page"* ]]
	CI_COMMIT_SHA='<script>' run --separate-stderr "${command[@]}"
	[[ $output != *" at commit "* ]]
}

@test "-o replaces the file as a whole, or leaves it" {
	answers 0 on_node report
	wanted=$(without_footer <<<"$output")
	echo old >page
	answers 0 on_node report --output page
	is "" "$output"
	is "$wanted" "$(without_footer <page)"
	answers 0 on_node report --output -
	is "$wanted" "$(without_footer <<<"$output")"
	echo old >page
	drop_in <<<'not toml ='
	answers 1 on_node report --output page
	grep -q 'would not start' page
	answers 3 on_node report --output nowhere/page
	says 'nowhere/page: no such file or directory'
	answers 2 on_node report --output ''
	says 'needs a value that is not empty'
	run bash -c "'$HEIR' --crio-version $RELEASE --root '$NODE' report >/dev/full"
	[ "$status" -eq 3 ]
}

@test "what cannot be read, and wrong use" {
	answers 3 heir --root nowhere report
	answers 3 on_node report --with nowhere.yaml
	says nowhere.yaml
	answers 2 on_node report gpu
	says 'report takes no argument'
	answers 2 on_node report --format json
	says 'report has no format "json"'
	answers 2 on_node show --title x
	says 'show takes no --title'
	answers 2 on_node report --crio-version 1.37..9
	mkdir "$NODE/$CONFD/60-x.conf"
	ln -s nowhere "$NODE/$CONFD/70.conf"
	answers 1 on_node report
	page
	tells 'would not start: '
}

@test "stock's own view, and a release" {
	drop_in <<<'[crio.runtime.runtimes.gpu]
inherit = "default"'
	answers 0 on_node --as stock --crio-version 1.34.2 report
	page
	tells 'CRI-O 1.34.2, as it is without heir' 'dropped'
	tells_not 'Without heir:'
}

@test "the first sentence of a part says what becomes of it" {
	verdict()
	{
		sed -n 's/^<p class="verdict \([a-z]*\)"><strong>\(.*\)<\/strong><\/p>$/\1: \2/p' page.html
	}
	cp -r node other
	answers 0 heir --root other report --against other
	page
	is "ok: no handler changes" "$(verdict)"
	cat >other/$CONFD/50-x.conf <<-'END'
		[crio.runtime.runtimes.new]
		runtime_path = "/usr/bin/crun"
	END
	answers 0 on_node report --against other
	page
	is "ok: 1 handler is new, nothing breaks" "$(verdict)"
	answers 0 heir --root other report --against "$NODE"
	page
	is "bad: 1 handler is removed" "$(verdict)"
	# A handler that arrives and is dropped is nothing good.
	sed -i 's,/usr/bin/crun,/usr/bin/none,' other/$CONFD/50-x.conf
	answers 0 on_node report --against other
	page
	is "bad: 1 new handler is dropped" "$(verdict)"
	answers 0 heir --root other report
	page
	is "bad: CRI-O would start, but drop 1 of 2 handlers" "$(verdict)"
	answers 0 on_node report
	page
	is "ok: CRI-O would start and drop no handler" "$(verdict)"
}

@test "handlers that change in the same way are one entry, wherever they stand in the files" {
	{
		printf '[crio.runtime.runtimes.runc]\nruntime_path = "/usr/bin/crun"\nruntime_root = "/run/runc"\n'
		for i in {1..20}; do
			printf '[crio.runtime.runtimes.h%02d]\ninherit = "default"\n' "$i"
		done
		# This one has another value of its own, and changes in the same way.
		printf '[crio.runtime.runtimes.z]\ninherit = "default"\nprivileged_without_host_devices = true\n'
	} | drop_in
	answers 0 on_node report --as heir --default-runtime runc
	page
	is 1 "$(grep -c '~</span> <a href="#p0-h[0-9]*"><bdi>h01' page.html)"
	is 0 "$(grep -c '~</span> <a href="#p0-h[0-9]*"><bdi>h02' page.html)"
	tells 'and 9 more changed' 'The other 9 that change in the same way' 'with default_runtime = "runc"'
	# Each is in the graph, coloured, and in the legend.
	is "$(grep -o 'class="box altered"' page.html | wc -l)" "$(on_node diff --as heir --default-runtime runc --format json | jq '[.handlers[] | select(.change == "changed")] | length')"
	grep -q 'class="swatch altered">changed<' page.html
	# Without a comparison there is nothing to tell apart.
	answers 0 on_node report
	page
	! grep -q 'swatch altered' page.html || return 1
	tells_not 'Decided by nothing'
}

@test "the drop-in that heir would write is on the page, and only where there is one" {
	drop_in <<-'END'
		[crio.runtime.runtimes."g</pre>"]
		inherit = "default"
	END
	answers 0 on_node report
	page
	python3 - >shown <<-'END'
		import html, re
		page = open("page.html").read()
		print(html.unescape(re.search(r'<pre class="drop-in"[^>]*>(.*?)</pre>', page, re.S)[1]), end="")
	END
	on_node render >rendered
	is "$(cat rendered)" "$(cat shown)"
	grep -q '<a href="#p0-drop-in">' page.html
	# What was rendered for the page is no finding of it.
	is "$(on_node check --format json | jq '.findings | length')" "$(grep -c '<li class="finding ' page.html)"
	for without in "--as stock" "--against $NODE"; do
		answers 0 on_node report $without
		page
		! grep -q 'p0-drop-in' page.html || return 1
	done
}

@test "Markdown: the verdict of each part first, what changes, and the findings folded" {
	local clusters=$HEIR_SOURCE/examples/ocp-cluster
	answers 0 heir -i "$clusters" report --format markdown --title 'a|b <img src=x> @team'
	is "# a\\|b \\<img src=x\\> \\@&#8203;team" "$(head -n 1 <<<"$output")"
	is "## Pool gpu, ## Pool worker" "$(grep '^## ' <<<"$output" | paste -sd, | sed 's/,/, /')"
	is "**CRI-O would start and drop no handler**" "$(grep -m 1 '^\*\*' <<<"$output")"
	shows "| error | RuntimeClass"
	[ "$(grep -c '^<details>' <<<"$output")" -eq "$(grep -c '^</details>' <<<"$output")" ]
	# A second side: what `heir diff` says is in it.
	answers 0 heir -i "$clusters" --pool gpu report --default-runtime runc --format markdown
	cp /dev/stdin page <<<"$output"
	run heir -i "$clusters" --pool gpu diff --default-runtime runc --format markdown
	[ -n "$output" ]
	is "" "$(grep -vxFf page <<<"$output")"
}
