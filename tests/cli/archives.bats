#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests archives as nodes and as objects. heir-unpack unpacks them into a private directory; hostile
# archives write nothing elsewhere and are rejected.

load heir
load archives

demands()
{
	reads_archives
}

# Nothing is left of what was unpacked.
left_nothing()
{
	is "" "$(ls -A tmp)"
}

handlers_of()
{
	heir "$@" show -o json | jq -r '[.handlers[].name | select(. != "crun")] | join(" ")'
}

# make ARCHIVE: python's tarfile, for what tar refuses to write; add(name, text or keywords) in
# standard input.
make()
{
	python3 -c '
import io, sys, tarfile
archive = tarfile.open(sys.argv[1], "w")
def add(name, text="", **more):
    info = tarfile.TarInfo(name)
    info.mode = 0o644
    for key, value in more.items():
        setattr(info, key, value)
    data = text.encode()
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))
def programs():
    for name in "crun conmon pinns nsenter".split():
        add("usr/bin/" + name, "#!/bin/sh", mode=0o755)
conf = "etc/crio/crio.conf.d/50-x.conf"
x = "[crio.runtime.runtimes.x]\nruntime_path = \"/usr/bin/crun\"\n"
exec(sys.stdin.read())
archive.close()' "$1"
}

x_node()
{
	dropin 50-x.conf <<<'[crio.runtime.runtimes.x]
runtime_path = "/usr/bin/crun"'
}

@test "a root: plain, compressed, under a directory, or a part of one" {
	x_node
	tar -cf node.tar -C "$NODE" .
	tar -czf node.tar.gz -C "$BATS_TEST_TMPDIR" node
	tar -cJf node.tar.xz -C "$NODE" .
	tar -cjf node.tar.bz2 -C "$NODE" .
	tar -cf crio.tar -C "$NODE/etc" crio
	tar -cf dropins.tar -C "$NODE/$CONFD" .
	tar -cf etc.tar -C "$NODE" etc
	archives="node.tar node.tar.gz node.tar.xz node.tar.bz2 crio.tar dropins.tar etc.tar"
	if command -v zstd >/dev/null; then
		zstd -q node.tar -o node.tar.zst
		archives+=" node.tar.zst"
	fi
	for archive in $archives; do
		is x "$(handlers_of --root $archive)"
		answers 0 heir show $archive x
		answers 0 heir check $archive
		answers 0 heir explain ./$archive x
	done
	# What is not named as one is seen by what it is.
	mv node.tar.xz thing
	answers 0 heir show ./thing x
	left_nothing
}

@test "what is in an archive is told by its name" {
	x_node
	echo 'runtime_path = 1' >>"$NODE/$CONFD/50-x.conf"
	tar -cf node.tar -C "$NODE" .
	answers 1 heir check node.tar
	shows "node.tar/etc/crio/crio.conf.d/50-x.conf:3"
	answers 1 heir --root node.tar show
	says "50-x.conf:3:1: error"
	left_nothing
}

@test "programs are there as on the node, links too" {
	x_node
	ln -s /usr/libexec/gone "$NODE/usr/bin/youki"
	ln -s ../bin/crun "$NODE/usr/bin/runsc"
	mkdir "$NODE/usr/libexec"
	head -c 200000 /dev/zero >"$NODE/usr/libexec/large"
	chmod 755 "$NODE/usr/libexec/large"
	ln "$NODE/usr/libexec/large" "$NODE/usr/libexec/same"
	for name in youki runsc large same; do
		dir=libexec
		[ -e "$NODE/usr/libexec/$name" ] || dir=bin
		printf '[crio.runtime.runtimes.%s-h]\nruntime_path = "/usr/%s/%s"\n' $name $dir $name
	done | dropin 60-more.conf
	tar -cf node.tar -C "$NODE" .
	answers 1 heir --root node.tar check -o json
	is youki-h "$(jq -r '[.findings[] | select(.rule == "path-missing") | .handler] | unique | join(" ")' <<<"$output")"
	# From an absolute link of the archive nothing of this machine is read.
	printf '[crio.runtime.runtimes.secret]\n' >secret
	make evil.tar <<-END
		programs()
		add("etc/crio/crio.conf.d/10-s.conf", type=tarfile.SYMTYPE, linkname="$PWD/secret")
		add("etc/crio/crio.conf.d/11-s.conf", type=tarfile.SYMTYPE, linkname="../../../../../../../../../..$PWD/secret")
	END
	answers 1 heir check evil.tar
	[[ $output$stderr != *runtimes.secret* ]]
	shows 10-s.conf
	left_nothing
}

@test "several at once, and on both sides" {
	x_node
	tar -cf a.tar -C "$NODE" .
	sed -i s/.x]/.y]/ "$NODE/$CONFD/50-x.conf"
	tar -czf b.tgz -C "$NODE" .
	answers 0 heir check a.tar b.tgz "$NODE"
	answers 1 heir diff a.tar b.tgz
	shows "+ y"
	shows "- x"
	answers 1 heir --root a.tar diff --against b.tgz -o json
	is_json '.left.root + " " + .right.root' "a.tar b.tgz"
	left_nothing
}

@test "objects: with -i, as a PATH, a must-gather, and from standard input" {
	must=must-gather.local.1/quay-io-openshift-sha256-0/cluster-scoped-resources/machineconfiguration.openshift.io/machineconfigs
	mkdir -p $must $must/../../../namespaces
	cp "$HEIR_SOURCE"/examples/ocp-cluster/99-gpu.yaml $must
	echo log >$must/../../../namespaces/crio.log
	echo 2026 >must-gather.local.1/timestamp
	tar -czf must-gather.tar.gz must-gather.local.1
	for pool in "" "--pool gpu"; do
		# shellcheck disable=SC2086 # words
		answers 1 heir -i must-gather.tar.gz $pool check
		shows "must-gather.tar.gz/$must/99-gpu.yaml"
	done
	answers 1 heir check must-gather.tar.gz
	shows "must-gather.tar.gz/$must/99-gpu.yaml"
	answers 0 heir show - gpu <must-gather.tar.gz
	answers 0 heir -i - --pool gpu show gpu < <(cat must-gather.tar.gz)
	x_node
	tar -cf node.tar -C "$NODE" .
	is x "$(handlers_of --root - < <(cat node.tar))"
	answers 0 heir diff --root node.tar --with must-gather.tar.gz --pool gpu x
	left_nothing
}

@test "the wrong thing gets a sentence that says what it is" {
	mkdir mcs docs
	cp "$HEIR_SOURCE"/examples/ocp-cluster/*.yaml mcs
	tar -cf mcs.tar mcs
	answers 2 heir --root mcs.tar show
	says "holds Kubernetes objects"
	says "use -i mcs.tar"
	x_node
	tar -cf node.tar -C "$NODE" .
	answers 2 heir -i node.tar show
	says "use --root node.tar"
	echo >docs/readme
	tar -cf docs.tar docs
	answers 2 heir check docs.tar
	says "holds neither the files of a node nor Kubernetes objects"
	cp -a "$NODE" nodes-a
	mkdir nodes && mv nodes-a nodes/a && cp -a "$NODE" nodes/b
	tar -cf nodes.tar nodes
	answers 2 heir show nodes.tar
	says "several nodes"
	head -c 3000 node.tar | gzip >cut.tar.gz
	answers 3 heir show cut.tar.gz
	says "cut.tar.gz"
	echo x | gzip >x.gz
	answers 3 heir show ./x.gz
	says "x.gz: Unrecognized archive format"
	left_nothing
}

@test "a member that leads out ends it, and nothing is written there" {
	for name in ../out a/../../out etc/../../../out ..; do
		make evil.tar <<-END
			add(conf, x)
			add("$name", "x")
		END
		answers 3 heir show evil.tar
		says "evil.tar: member \"$name\": a path with \"..\" leads out of the archive"
		make evil.tar <<-END
			add(conf, x)
			add("usr/bin/crun", type=tarfile.LNKTYPE, linkname="$name")
		END
		answers 3 heir show evil.tar
		says "leads out"
	done
	[ ! -e out ] && [ ! -e tmp/out ]
	left_nothing
}

@test "an absolute name is one in the archive" {
	make abs.tar <<-END
		add("$PWD/out", "x")
		add("/" + conf, x)
		programs()
	END
	answers 0 heir show abs.tar x
	[ ! -e out ]
	left_nothing
}

@test "nothing is written through a link, and no file of this machine is linked to" {
	mkdir out
	echo mine >out/file
	make evil.tar <<-END
		add(conf, x)
		programs()
		add("etc/way", type=tarfile.SYMTYPE, linkname="$PWD/out")
		add("etc/way/new", "x")
		add("etc/way/file", "x")
		add("etc/f", type=tarfile.SYMTYPE, linkname="$PWD/out/file")
		add("etc/f", "# x")
		add("etc/h", type=tarfile.LNKTYPE, linkname="$PWD/out/file")
		add("etc/h", "x")
		add("etc/crio/crio.conf.d/60-h.conf", type=tarfile.LNKTYPE, linkname="etc/f")
		add("etc/self", type=tarfile.LNKTYPE, linkname="etc/self")
	END
	answers 0 heir show evil.tar x -v
	says "skipped"
	is "file" "$(ls out)"
	is mine "$(cat out/file)"
	is 1 "$(stat -c %h out/file)"
	# Objects have no links at all.
	printf 'apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfig\nmetadata: {name: secret}\n' >out/secret.yaml
	make evil.tar <<-END
		add("a.yaml", type=tarfile.SYMTYPE, linkname="$PWD/out/secret.yaml")
		add("b.yaml", "apiVersion: v1\nkind: List\nitems: []\n")
	END
	for how in "-i evil.tar show" "show evil.tar"; do
		# shellcheck disable=SC2086 # words
		answers 2 heir -v $how
		[[ $stderr != *"MachineConfig secret"* ]]
	done
	answers 2 heir -v -i evil.tar show
	says "a.yaml: skipped, a symbolic link"
	left_nothing
}

@test "devices, FIFOs and what else is no file are passed over" {
	make odd.tar <<-END
		add(conf, x)
		programs()
		add("etc/crio/crio.conf.d/10-fifo", type=tarfile.FIFOTYPE)
		add("etc/crio/crio.conf.d/11-null", type=tarfile.CHRTYPE, devmajor=1, devminor=3)
		add("etc/crio/crio.conf.d/12-disk", type=tarfile.BLKTYPE, devmajor=8, devminor=0)
	END
	answers 0 heir show odd.tar x -v
	for name in 10-fifo 11-null 12-disk; do
		says "$name: skipped, neither a file, a directory nor a link"
	done
	left_nothing
}

@test "a member twice: the last one counts; one in the way of another is passed over" {
	make twice.tar <<-END
		add(conf, "[crio.runtime.runtimes.old]\n")
		add(conf, x)
		programs()
		add("usr/bin/crun/below", "x")
		add("etc/crio", "x")
		add("etc/crio", type=tarfile.SYMTYPE, linkname="/nowhere")
	END
	is x "$(handlers_of --root twice.tar)"
	answers 0 heir show twice.tar x -v
	says "another member has its path"
	left_nothing
}

@test "bombs: of bytes, of depth, of members" {
	make deep.tar <<-END
		add("etc/" + "d/" * 200 + "x", "x")
	END
	answers 3 heir show deep.tar
	says "too long or too deep"
	make long.tar <<-END
		add("etc/" + "d" * 300, "x")
	END
	answers 3 heir show long.tar
	says "too long or too deep"
	truncate -s 100M zeros
	tar -czf ratio.tar.gz zeros
	answers 3 heir show ratio.tar.gz
	says "ratio.tar.gz: member \"zeros\": the archive unpacks to too much data"
	# What is written of many files is bounded too: each is a hole in the archive and none here.
	make written.tar <<-'END'
		for i in range(40):
		    add("etc/%d" % i, "x" * (15 << 20))
	END
	answers 3 heir show written.tar
	says "the archive unpacks to too much data"
	# A file that is larger than heir reads is not written, and neither is one that claims to be.
	python3 - <<-'END'
		import tarfile
		info = tarfile.TarInfo("etc/huge")
		info.size = 1 << 60
		open("huge.tar", "wb").write(info.tobuf(tarfile.GNU_FORMAT) + b"x" * 10240)
	END
	answers 3 heir show huge.tar
	says huge.tar
	left_nothing
}

@test "names of members are escaped" {
	make esc.tar <<-'END'
		add("../\x1b[31m\n", "x")
	END
	answers 3 heir show esc.tar
	[[ $stderr != *$'\e'* ]]
	says "esc.tar"
	left_nothing
}

@test "the directory is private, and removed however heir ends" {
	x_node
	mkfifo facts
	mkdir tmp
	tar -cf node.tar -C "$NODE" .
	for signal in TERM INT HUP KILL; do
		# It waits for the facts, with the archive open.
		(exec env TMPDIR="$PWD/tmp" HEIR_LIBEXEC="$(dirname "$HEIR")" "$HEIR" \
			--root node.tar --facts - show <facts >/dev/null 2>&1) &
		pid=$!
		exec 8>facts
		for _ in $(seq 100); do
			[ -n "$(ls tmp)" ] && break
			sleep 0.05
		done
		is 700 "$(stat -c %a tmp/heir-*)"
		kill -s $signal "$pid"
		wait "$pid" || :
		exec 8>&-
		for _ in $(seq 100); do
			[ -z "$(ls tmp)" ] && break
			sleep 0.05
		done
		left_nothing
	done
}

@test "without heir-unpack it is said what is missing, and one that others may write is not run" {
	x_node
	tar -cf node.tar -C "$NODE" .
	mkdir libexec
	bare() { scrubbed env HEIR_LIBEXEC="$PWD/libexec" "$HEIR" --crio-version 1.37 "$@"; }
	answers 3 bare show node.tar
	says "built or installed without it"
	says "mkdir node && tar -C node -xf node.tar"
	# Wherever the archive stands, the machine lacks the same.
	for words in "check node.tar" "check node.tar node.tar" "check -i node.tar" "show --root node.tar" \
		"diff node.tar node.tar" "upgrade node.tar --to 1.36" "fleet -i node.tar" \
		"--root $NODE diff --against node.tar" "--root $NODE report --against node.tar"; do
		# shellcheck disable=SC2086 # a list of words
		answers 3 bare $words
		says "built or installed without it"
	done
	printf '#!/bin/sh\n: >%s/ran\n' "$PWD" >libexec/heir-unpack
	chmod 757 libexec/heir-unpack
	answers 3 bare show node.tar
	says "writable by another user"
	[ ! -e ran ]
	chmod 755 libexec/heir-unpack
	answers 3 bare show node.tar
	says "heir-unpack ended without an answer"
	left_nothing
}

@test "local files of Butane configs, in an archive as beside them" {
	mkdir -p repo/files repo/namespaces/x
	printf '[crio.runtime.runtimes.l]\nruntime_path = "/usr/bin/crun"\n' >repo/files/l
	cat >repo/99.bu <<-'EOF'
		variant: openshift
		version: 4.17.0
		metadata:
		  name: 99-worker-l
		  labels: {machineconfiguration.openshift.io/role: worker}
		storage:
		  files:
		  - path: /etc/crio/crio.conf.d/50-l.conf
		    contents: {local: files/l}
	EOF
	tar -czf repo.tar.gz repo
	tar -cf flat.tar -C repo 99.bu files
	for words in "-i repo.tar.gz show l" "-i flat.tar show l" "show repo.tar.gz l" "show flat.tar l"; do
		# shellcheck disable=SC2086 # a list of words
		answers 0 heir $words --format json
		is_json '.handlers[0].fields.runtime_path.value' /usr/bin/crun
	done
	# Of a must-gather only objects are unpacked: it has no Butane.
	mv repo/files repo/namespaces/x/files
	sed -i 's|files/l|namespaces/x/files/l|' repo/99.bu
	tar -cf gathered.tar repo
	answers 1 heir -i gathered.tar check
	shows "[object-unsupported]"
	tar -cf none.tar -C repo namespaces
	answers 2 heir -i none.tar check
	says "holds no file named"
	left_nothing
}

@test "a zip archive is said to be none that heir reads" {
	printf 'PK\3\4' >x.zip
	for words in "check x.zip" "show x.zip" "show -i x.zip"; do
		# shellcheck disable=SC2086 # a list of words
		answers 3 heir $words
		says "unzip -d node x.zip"
	done
	left_nothing
}

@test "one file of objects, compressed, is that file; what unpacks to too much is not" {
	command -v xz >/dev/null || skip "no xz here"
	cp "$HEIR_SOURCE/examples/ocp-cluster/99-gpu.yaml" gpu.yaml
	gzip -k gpu.yaml && xz -k gpu.yaml
	wanted=$(heir -i gpu.yaml --pool gpu show --format json | jq -S '.handlers[].name')
	for file in gpu.yaml.gz gpu.yaml.xz; do
		answers 0 heir -i "$file" --pool gpu show --format json
		is "$wanted" "$(jq -S '.handlers[].name' <<<"$output")"
		run heir check "$file" --format json
		is_json .schema heir.check/1
		answers 2 heir --root "$file" show
		says "use -i $file"
	done
	{ cat gpu.yaml && head -c 40000000 /dev/zero; } | gzip >zero.yaml.gz
	answers 3 heir -i zero.yaml.gz show
	says "unpacks to too much"
}
