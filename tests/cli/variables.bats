#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests ${VAR} in names and parents, and in heir.d also in paths and bare headers.

load heir

@test "a variable in a handler's name and in inherit" {
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes."gpu-${SITE}"]
		inherit = "${BASE}"
	EOF
	answers 0 on_node --env SITE=north --env BASE=crun show gpu-north --format json
	is_json '.handlers[0].parent' crun
}

@test "the last --env of a name counts" {
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes."x-${A}"]
		inherit = "default"
	EOF
	answers 0 on_node --env A=one --env A=two show x-two
	shows x-two
}

@test "\${VAR:-word} is the word when the variable is unset or empty" {
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes."x-${A:-word}"]
		inherit = "default"
	EOF
	answers 0 on_node show x-word
	shows x-word
	answers 0 on_node --env A= show x-word
	shows x-word
	answers 0 on_node --env A=set show x-set
	shows x-set
}

@test "an unset variable drops the handler, and is named" {
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes."x-${A}"]
		inherit = "default"
		[crio.runtime.runtimes.y]
		inherit = "${B}"
	EOF
	answers 0 on_node show --format json
	is_json '[.handlers[] | select(.status == "dropped") | .reason | contains("is not set")] |
		"\(length) \(all)"' "2 true"
	answers 0 on_node show
	shows '"A"'
	shows '"B"'
}

@test "an unset variable in the name of the default: exit 1" {
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes.mine]
		inherit = "${A}"
		[crio.runtime]
		default_runtime = "mine"
	EOF
	answers 1 on_node show
	says '"A"'
}

@test "a value of a variable adds no table and no key" {
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes."x-${A}"]
		inherit = "default"
	EOF
	answers 0 on_node --env $'A="]\nruntime_path = "/bin/sh"\n[crio.runtime.runtimes.evil' \
		show --format json
	is_json '.handlers | length' 2
	is_json 'any(.handlers[].name; . == "evil")' false
	is_json '.handlers[1].fields.runtime_path.value' /usr/bin/crun
}

@test "two names that become one: an error that names both places" {
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes."x-${A}"]
		inherit = "default"
		[crio.runtime.runtimes.x-one]
		inherit = "default"
	EOF
	answers 0 on_node --env A=one show x-one
	shows dropped
	answers 0 on_node --env A=one show x-one --format json
	is_json '.handlers[0].status' dropped
}

@test "a bare \${VAR} header is accepted in heir.d" {
	file etc/crio/heir.d/20-x <<-'EOF'
		[crio.runtime.runtimes.${NAME}]
		inherit = "default"
	EOF
	answers 0 on_node --env NAME=mine show mine --format json
	is_json '.handlers[0].status' ok
}

@test "a bare \${VAR} header in crio.conf.d stops CRI-O" {
	dropin 20-x <<-'EOF'
		[crio.runtime.runtimes.${NAME}]
		inherit = "default"
	EOF
	answers 1 on_node --env NAME=mine show
	says "20-x:1:"
	says "[toml-syntax]"
}

@test "variables in paths count in heir.d, and are plain text in crio.conf.d" {
	binary opt/one/bin/crun
	dropin 20-x <<-'EOF'
		[crio.runtime.runtimes.plain]
		runtime_path = "/opt/${A}/bin/crun"
	EOF
	file etc/crio/heir.d/20-x <<-'EOF'
		[crio.runtime.runtimes.expanded]
		runtime_path = "/opt/${A}/bin/crun"
	EOF
	answers 0 on_node --env A=one show expanded plain --format json
	is_json '.handlers[0].fields.runtime_path.value' /opt/one/bin/crun
	is_json '.handlers[1].status' dropped
}

@test "heir.d is read after crio.conf.d, and not at all by an unmodified CRI-O" {
	dropin 99-x <<-'EOF'
		[crio.runtime.runtimes.x]
		runtime_root = "/run/dropin"
	EOF
	file etc/crio/heir.d/00-x <<-'EOF'
		[crio.runtime.runtimes.x]
		inherit = "default"
		runtime_root = "/run/heir"
	EOF
	answers 0 on_node show x --format json
	is_json '.handlers[0].fields.runtime_root.value' /run/heir
	answers 0 on_node --as stock show x --format json
	is_json '.handlers[0].fields.runtime_root.value' /run/dropin
}

@test "a bare variable in a header of crio.conf.d stops CRI-O, and both ways out are named" {
	dropin 50-x.conf <<-'EOF'
		[crio.runtime.runtimes.${VAR}]
		runtime_path = "/usr/bin/crun"
	EOF
	answers 1 on_node check
	shows "50-x.conf:1:24: error:"
	shows "CRI-O does not start"
	shows "quotes"
	shows "heir.d"
	# In heir.d it is accepted.
	file etc/crio/heir.d/50-x.conf <"$NODE/$CONFD/50-x.conf"
	rm "$NODE/$CONFD/50-x.conf"
	answers 0 on_node --env VAR=gpu check --rule toml-syntax
}

@test "a key on the line of its header stops CRI-O, and a newline is named" {
	for line in '[crio.runtime.runtimes.x] runtime_path = "/usr/bin/crun"' \
		'  [crio.runtime.runtimes.x]runtime_path = "/usr/bin/crun"'; do
		dropin 50-x.conf <<<"$line"
		answers 1 on_node check
		shows "CRI-O does not start"
		shows "begin a new line after the header"
		answers 1 on_node show
	done
	# Other faults have no such help.
	for line in '[crio.runtime.runtimes.x]]' '[crio.runtime' 'a = [1] b' '[[crio]] $'; do
		dropin 50-x.conf <<<"$line"
		answers 1 on_node check
		shows "[toml-"
	done
	dropin 50-x.conf <<<'a = [1] b'
	answers 1 on_node check
	[[ "$output" != *"new line"* ]]
}

@test "variables come from --env, then from heir.env, which is read as systemd reads it" {
	dropin 50-x.conf <<-'EOT'
		[crio.runtime.runtimes.one]
		inherit = "${PARENT}"
		[crio.runtime.runtimes.two]
		inherit = "${OTHER:-crun}"
		[crio.runtime.runtimes.runc]
	EOT
	binary usr/bin/runc
	answers 0 on_node show one --format json
	is_json '.handlers[0].status' dropped
	file etc/crio/heir.env <<-'EOT'
		# a comment
		; another
		PARENT="ru\
		nc"
		OTHER='runc'
		not an assignment
	EOT
	answers 0 on_node show --format json
	is_json '[.handlers[] | select(.name == "one" or .name == "two") | .fields.runtime_path.value] | join(" ")' \
		"/usr/bin/runc /usr/bin/runc"
	answers 0 on_node --env PARENT=crun show one --format json
	is_json '.handlers[0].fields.runtime_path.value' /usr/bin/crun
	# The environment is of this machine, and not of the node below --root.
	rm "$NODE/etc/crio/heir.env"
	answers 0 scrubbed PARENT=runc "$HEIR" --crio-version "$RELEASE" --root "$NODE" show one --format json
	is_json '.handlers[0].status' dropped
	mkdir "$NODE/etc/crio/heir.env"
	answers 3 on_node show
	says "/etc/crio/heir.env: is a directory"
}

@test "without --root the environment counts, after heir.env" {
	unshare -m true 2>/dev/null || skip "may not mount here"
	mkdir -p crio/crio.conf.d
	printf '[crio.runtime.runtimes.one]\ninherit = "${PARENT}"\n[crio.runtime.runtimes.p1]\nruntime_path = "/bin/true"\n[crio.runtime.runtimes.p2]\nruntime_path = "/bin/sh"\n' \
		>crio/crio.conf.d/50
	cat >go.sh <<-'EOT'
		mkdir -p /etc/crio 2>/dev/null
		mount --bind "$1" /etc/crio || exit 77
		PARENT=p2 "$HEIR" show one --format json
	EOT
	export HEIR
	run --separate-stderr unshare -m sh go.sh "$PWD/crio"
	[ "$status" -ne 77 ] || skip "may not mount here"
	is_json '.handlers[0].fields.runtime_path.value' /bin/sh
	echo PARENT=p1 >crio/heir.env
	run --separate-stderr unshare -m sh go.sh "$PWD/crio"
	is_json '.handlers[0].fields.runtime_path.value' /bin/true
}
