#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir facts: what it reads from the files of a node. The machines are those of tests/nodes.

load heir

@test "each machine has exactly the facts that are written beside it" {
	for name in intel amd arm64 gpu snp; do
		unpack "$name"
		on_node facts >facts.json
		diff -u "$HEIR_SOURCE/tests/nodes/$name.json" facts.json
		on_node facts --format json >again.json
		cmp facts.json again.json
	done
}

@test "what is printed can be read, and is printed the same again" {
	for name in intel amd arm64 gpu snp; do
		heir --facts "$HEIR_SOURCE/tests/nodes/$name.json" facts >again.json
		diff -u "$HEIR_SOURCE/tests/nodes/$name.json" again.json
	done
	# With runtimes, and features of several kinds.
	heir --facts "$HEIR_SOURCE/examples/gpu-node/facts.json" facts >once.json
	heir --facts once.json facts >twice.json
	cmp once.json twice.json
	wanted=$(jq -cS '.runtimes | map_values(if . then {ociVersionMax, mountOptions,
		namespaces: .linux.namespaces, annotations} else . end)' "$HEIR_SOURCE/examples/gpu-node/facts.json")
	is "$wanted" "$(jq -cS '.runtimes | map_values(if . then {ociVersionMax, mountOptions,
		namespaces: .linux.namespaces, annotations} else . end)' once.json)"
	echo '{"features": {"a.b": {"instances": [{"x": "1"}, {}], "flags": ["f"]}, "c.d": [],
		"e.f": {"attributes": {}, "flags": []}, "g.h": {}, "I.J": {"flags": "2"}}}' >odd.json
	heir --facts odd.json facts >once.json
	heir --facts once.json facts >twice.json
	cmp once.json twice.json
	is '[["f"],[{"x":"1"},{}]]' "$(jq -c '.features["a.b"] | [.flags, .instances]' once.json)"
	is '[[],{},{"flags":"2"}]' "$(jq -c '.features | [.["c.d"], .["g.h"], .["i.j"]]' once.json)"
}

@test "this machine has facts, twice the same" {
	[ -e /proc/sys/kernel/osrelease ] || skip "no /proc here"
	heir facts >once.json
	heir facts >twice.json
	cmp once.json twice.json
	is "$(uname -r | tr -c -- '-A-Za-z0-9_.\n' _)" "$(jq -r '.features["kernel.version"].full' once.json)"
	heir --facts once.json facts >again.json
	cmp once.json again.json
}

@test "this machine's runtimes are told, and one fact asks none" {
	[ "$(id -u)" -eq 0 ] || skip "only root can make a file that root owns"
	mkdir bin
	printf '#!/bin/sh\necho asked >>%s/asked\necho "{\\"ociVersionMin\\": \\"1.0.0\\", \\"ociVersionMax\\": \\"1.1.0\\"}"\n' "$PWD" >bin/crun
	printf '#!/bin/sh\necho asked >>%s/asked\nexit 1\n' "$PWD" >bin/runc
	printf '#!/bin/sh\necho "{}"\n' >bin/youki
	chmod 755 bin/crun bin/runc
	chmod 777 bin/youki
	answers 0 heir --path "$PWD/bin" facts --fact kernel.version.major
	[ ! -e asked ]
	heir --path "$PWD/bin" facts >facts.json
	is '{"crun":"1.1.0","runc":null}' "$(jq -c '[.runtimes | to_entries[] | select(.key | startswith("/usr/libexec") | not) |
		{(.key | split("/") | last): .value.ociVersionMax}] | add' facts.json)"
	# --facts answers as the machine did.
	mkdir conf.d
	programs bin
	printf '[crio.runtime.runtimes.x]\nruntime_candidates = ["runc", "crun"]\nruntime_requires = {oci_version = "1.0.5"}\n' >conf.d/x
	rm asked
	answers 0 heir --path "$PWD/bin" --config /dev/null --config-dir "$PWD/conf.d" --facts facts.json show --format json
	is_json '.handlers[] | select(.name == "x").fields.runtime_path.value' "$PWD/bin/crun"
	answers 0 heir --root / --path "$PWD/bin" facts
	is_json .runtimes null
	[ ! -e asked ]
	heir --facts facts.json facts >again.json
	cmp facts.json again.json
}

@test "--fact prints an element bare, whatever the format" {
	unpack intel
	while read -r fact wanted; do
		answers 0 on_node facts --fact "$fact"
		is "$wanted" "$output"
		answers 0 on_node facts --fact "$fact" --format text
		is "$wanted" "$output"
	done <<-'EOT'
		kernel.version.major 5
		Kernel.Version.full 5.14.0-427.40.1.el9_4.x86_64
		system.osrelease.VERSION_ID.minor 18
		system.osrelease.NAME Red Hat Enterprise Linux CoreOS
		cpu.cpuid.AVX512F true
		cgroup.version 2
		device.kvm true
		kernel.selinux.enabled true
	EOT
	answers 0 on_node facts --fact storage.block.rotational
	is $'0\n1' "$output"
	answers 0 on_node facts --fact pci.device.iommu_group/type
	is DMA-FQ "$output"
}

@test "--fact prints a feature, as JSON or as rows" {
	unpack intel
	answers 0 on_node facts --fact kernel.version
	is '{"full": "5.14.0-427.40.1.el9_4.x86_64", "major": "5", "minor": "14", "revision": "0"}' "$output"
	answers 0 on_node facts --fact pci.device
	is_json 'length' 2
	answers 0 on_node facts --fact memory.nv
	is '[]' "$output"
	answers 0 on_node facts --fact storage.block --format text
	is "storage.block  dax=0  name=nvme0n1  nr_zones=0  rotational=0  zoned=none
               name=sda  rotational=1" "$output"
}

@test "--fact names what was probably meant" {
	unpack gpu
	answers 2 on_node facts --fact kernel.version.mayor
	says 'unknown fact "kernel.version.mayor" (did you mean "kernel.version.major"?)'
	answers 2 on_node facts --fact pci.devise
	says 'did you mean "pci.device"?'
	answers 2 on_node facts --fact cpu.cpuid.SSE43
	says 'did you mean "cpu.cpuid.SSE'
	answers 2 on_node facts --fact ""
	says 'unknown fact ""'
	answers 2 on_node facts --fact wholly.unlike.anything.else
	[[ $stderr != *"did you mean"* ]]
	# Known, and nothing to be read here.
	answers 2 on_node facts --fact memory.swap
	says 'the node has no fact "memory.swap"'
	is "" "$output"
	answers 2 heir --facts "$HEIR_SOURCE/examples/gpu-node/facts.json" facts --fact kernel.kvm.enabeld
	says 'did you mean "kernel.kvm.enabled"?'
}

@test "text is a short table" {
	unpack intel
	answers 0 on_node facts --format text
	shows "FEATURE               ELEMENTS"
	shows "kernel.version        full=5.14.0-427.40.1.el9_4.x86_64  major=5  minor=14  revision=0"
	shows "device                fuse kvm"
	shows "memory.nv             none"
	[[ $output =~ "cpu.cpuid             ADX AESNI AMXBF16 AMXINT8 AMXTILE AVX AVX2 AVX512BF16 … "[0-9]+" more" ]]
	answers 0 env -i LC_ALL=C ASAN_OPTIONS="${ASAN_OPTIONS:-}" "$HEIR" --root "$NODE" facts --format text
	shows "..."
	answers 0 heir --facts "$HEIR_SOURCE/examples/gpu-node/facts.json" facts --format text
	shows "/usr/bin/crun           cannot report its features"
}

@test "device nodes count where there is a /dev" {
	unpack gpu
	mkdir -p "$NODE/dev/vfio"
	mknod "$NODE/dev/nvidia0" c 195 0 2>/dev/null || skip "no device nodes can be made here"
	mknod "$NODE/dev/nvidiactl" c 195 255
	mknod "$NODE/dev/nvidia-b" b 195 1
	mkdir "$NODE/dev/nvidia-caps"
	echo >"$NODE/dev/nvidia-file"
	mknod "$NODE/dev/kvm" c 10 232
	echo >"$NODE/dev/fuse"
	answers 0 on_node facts --fact device
	is '["kvm", "nvidia0", "nvidiactl"]' "$output"
}

@test "a configuration packed by gzip" {
	unpack intel
	printf 'CONFIG_PACKED=y\n' | gzip >"$NODE/proc/config.gz"
	answers 0 on_node facts --fact kernel.config
	is '{"PACKED": "y"}' "$output"
}

@test "control characters reach no terminal, and JSON stays JSON" {
	unpack amd
	printf 'ID=\033[31mred\nNAME=\302\233\nX=\342\200\256rtl\nBAD=\377\n' >"$NODE/etc/evil"
	ln -sf evil "$NODE/etc/os-release"
	answers 0 on_node facts --fact system.osrelease.ID
	is '\x1b[31mred' "$output"
	answers 0 on_node facts --format text
	[[ $output != *$'\033'* ]]
	answers 0 on_node facts --fact system.osrelease
	is '{"ID": "\u001B[31mred", "NAME": "\u009b", "X": "\u202ertl"}' "$output"
	on_node facts >facts.json
	heir --facts facts.json facts >again.json
	cmp facts.json again.json
}

@test "wrong use" {
	answers 2 heir facts kernel.version
	answers 2 heir show --fact kernel.version
	says "show takes no --fact"
	answers 2 heir facts --format toml
	answers 3 heir --root /nowhere facts
}

# heir on this machine, but with the files of CRI-O that stand here.
live()
{
	mkdir -p conf.d
	touch crio.conf
	heir --config "$PWD/crio.conf" --config-dir "$PWD/conf.d" --source-dir "$PWD/heir.d" \
		--path "$NODE/usr/bin" "$@"
}

# condition WHEN: a handler that inherits from crun when it holds.
condition()
{
	mkdir -p conf.d
	printf '[crio.runtime.runtimes.x]\nruntime_path = "/bin/sh"\ninherit_when = [{inherit = "crun", when = {%s}}]\n' \
		"$1" >conf.d/x
}

@test "conditions ask this machine" {
	[ -e /proc/sys/kernel/osrelease ] || skip "no /proc here"
	condition "\"kernel.version.full\" = \"$(uname -r | tr -c -- '-A-Za-z0-9_.\n' _)\""
	answers 0 live show --format json
	is_json '.handlers[] | select(.name == "x").via' inherit_when
	condition '"kernel.version.major" = "0"'
	answers 0 live show --format json
	is_json '.handlers[] | select(.name == "x").via' none
	# A file of facts is then all that is known.
	echo '{"features": {"kernel.version": {"major": "0"}}}' >facts.json
	answers 0 live --facts facts.json show --format json
	is_json '.handlers[] | select(.name == "x").via' inherit_when
	# explain asks the same.
	condition '"kernel.version.major" = "0"'
	answers 0 live explain x runtime_path
	shows "kernel.version.major is \"$(uname -r | sed 's/\..*//')\", not \"0\""
	# The answers are those of what heir facts prints.
	heir facts >facts.json
	condition '"pci.device" = {}, "system.osrelease.ID" = {op = "Exists"}, "kernel.selinux.enabled" = true'
	is "$(live --facts facts.json explain x --format json | jq -c .conditions)" \
		"$(live explain x --format json | jq -c .conditions)"
}

@test "below --root facts are still to be given" {
	condition '"kernel.version.major" = "0"'
	answers 0 live --root / show --format json
	is_json '.handlers[] | select(.name == "x").status' dropped
	printf '[crio.runtime.runtimes.x]\nruntime_candidates = ["sh"]\nruntime_requires = {idmap = true}\n' >conf.d/x
	programs bin
	answers 0 live --root / --path "/usr/bin:/bin:$PWD/bin" show --format json
	is_json '.handlers[] | select(.name == "x").reason' 'runtime_requires needs the features of the runtimes (--facts FILE)'
}

@test "a mistake in a condition is told without facts, and so is a feature that there is not" {
	condition '"kernel.version.major" = {op = "Gtt", value = 5}'
	sed -i 's/^runtime_path.*//' conf.d/x
	answers 0 live --root / show
	shows 'dropped  x      unknown operator "Gtt", did you mean "Gt"?'
	answers 1 live --root / check --rule inherit-invalid
	shows 'x:3:75: error: handler "x" is dropped: unknown operator "Gtt", did you mean "Gt"? [inherit-invalid]'
	condition '"kernel.vresion.major" = 5'
	answers 0 live --root / --facts "$HEIR_SOURCE/tests/nodes/gpu.json" check --rule feature-unknown
	shows 'x:3:44: warning: unknown feature "kernel.vresion": the condition never holds [feature-unknown]'
	shows 'help: did you mean "kernel.version"?'
	condition '"cpu.security.sev.snp.enabled" = true'
	answers 0 live --root / --facts "$HEIR_SOURCE/tests/nodes/snp.json" check --rule feature-unknown
	shows 'unknown feature "cpu.security.sev.snp"'
	shows 'help: write an attribute with dots in a table: "cpu.security" = { "sev.snp.enabled" = ... }'
	condition '"cpu.security" = { "sev.snp.enabled" = true }'
	answers 0 live --root / --facts "$HEIR_SOURCE/tests/nodes/snp.json" check --rule feature-unknown
	[[ $output != *feature-unknown* ]]
}

# looked_at COMMAND...: the paths below /proc and /sys that it asked the kernel for, but for those of libc.
looked_at()
{
	strace -f -o trace -e trace=%file "$@" >/dev/null 2>&1 || return
	grep -oE '"/(proc|sys)/[^"]*"' trace | tr -d '"' | grep -v '^/proc/self/exe$' | sort -u
}

@test "only what a condition asks for is looked at" {
	strace -o /dev/null true 2>/dev/null || skip "no strace here, or it may not trace"
	is_sanitized && skip "the sanitizers look into /proc themselves"
	mkdir -p conf.d
	touch crio.conf
	live=("$HEIR" --config "$PWD/crio.conf" --config-dir "$PWD/conf.d" --path "$NODE/usr/bin")
	printf '[crio.runtime.runtimes.x]\ninherit = "default"\n' >conf.d/x
	is "" "$(looked_at "${live[@]}" show)"
	is "" "$(looked_at "${live[@]}" check)"
	condition '"kernel.version.major" = "6"'
	is /proc/sys/kernel/osrelease "$(looked_at "${live[@]}" show)"
	is /proc/sys/kernel/osrelease "$(looked_at "${live[@]}" explain x)"
	condition '"cgroup.version" = "7", "no.such.feature" = true'
	looked=$(looked_at "${live[@]}" show)
	[[ $looked == /sys/fs/cgroup/* && $looked != */proc/* ]]
}
