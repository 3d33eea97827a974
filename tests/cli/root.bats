#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests --root: the answer is about the node in that directory. heir follows no link out of it and
# ignores the machine that it runs on.

load heir

# Something outside the node that must not be reached, in a place that the links below would lead to
# if they were followed as the machine does.
setup_outside()
{
	OUTSIDE=$BATS_TEST_TMPDIR/outside
	mkdir -p "$OUTSIDE/bin" "$OUTSIDE/conf.d"
	printf '#!/bin/sh\n' >"$OUTSIDE/bin/crun"
	chmod 755 "$OUTSIDE/bin/crun"
	cp "$OUTSIDE/bin/crun" "$OUTSIDE/bin/outsider"
	printf '[crio.runtime.runtimes.outsider]\nruntime_path = "/usr/bin/crun"\n' \
		>"$OUTSIDE/conf.d/50-outside.conf"
}

@test "an absolute link leads to the node's own file" {
	setup_outside
	file elsewhere/x <<-'EOF'
		[crio.runtime.runtimes.inside]
		runtime_path = "/usr/bin/crun"
	EOF
	ln -s /elsewhere/x "$NODE/$CONFD/50-x"
	answers 0 on_node show inside --format json
	is_json '.handlers[0].status' ok
}

@test "an absolute link to what only the machine has points nowhere" {
	setup_outside
	ln -s "$OUTSIDE/conf.d/50-outside.conf" "$NODE/$CONFD/50-x"
	answers 1 on_node show
	says "[dropin-dangling-link]"
}

@test "a relative link out of the root stops at the root" {
	setup_outside
	ln -s ../../../../outside/conf.d/50-outside.conf "$NODE/$CONFD/50-x"
	[ -e "$NODE/$CONFD/50-x" ]
	answers 1 on_node show
	says "[dropin-dangling-link]"
	# The same link, where the node has such a file.
	file outside/conf.d/50-outside.conf <<-'EOF'
		[crio.runtime.runtimes.inside]
		runtime_path = "/usr/bin/crun"
	EOF
	answers 0 on_node show --format json
	is_json '[.handlers[].name] | join(" ")' "crun inside"
}

@test ".. in an option's path stops at the root" {
	setup_outside
	mkdir "$NODE/etc/x"
	answers 0 on_node --config-dir /../outside/conf.d show --format json
	is_json '[.handlers[].name] | join(" ")' crun
	answers 3 on_node --config /etc/../../outside/conf.d/50-outside.conf show
}

@test "a runtime_path that leads out of the root does not exist" {
	setup_outside
	ln -s "$OUTSIDE/bin/outsider" "$NODE/usr/bin/absolute"
	ln -s ../../../outside/bin/outsider "$NODE/usr/bin/relative"
	[ -e "$NODE/usr/bin/relative" ]
	dropin 50-x <<-EOF
		[crio.runtime.runtimes.a]
		runtime_path = "/usr/bin/absolute"
		[crio.runtime.runtimes.b]
		runtime_path = "/usr/bin/relative"
		[crio.runtime.runtimes.c]
		runtime_path = "/../outside/bin/outsider"
		[crio.runtime.runtimes.d]
		runtime_path = "$OUTSIDE/bin/outsider"
		[crio.runtime.runtimes.e]
		runtime_path = "/usr/../usr/bin/../../usr/bin/crun"
	EOF
	answers 0 on_node show a b c d e --format json
	is_json '[.handlers[].status] | join(" ")' "dropped dropped dropped dropped ok"
}

@test "a runtime_path through links inside the root exists" {
	mkdir -p "$NODE/opt"
	ln -s /usr/bin "$NODE/opt/bin"
	ln -s ../../../../../../usr/bin/crun "$NODE/opt/climbing"
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes.a]
		runtime_path = "/opt/bin/crun"
		[crio.runtime.runtimes.b]
		runtime_path = "/opt/climbing"
	EOF
	answers 0 on_node show a b --format json
	is_json '[.handlers[].status] | join(" ")' "ok ok"
}

@test "a link in \$PATH that leads out of the root finds nothing" {
	setup_outside
	dropin 50-x <<<'[crio.runtime.runtimes.outsider]'
	ln -s "$OUTSIDE/bin" "$NODE/absolute"
	ln -s ../outside/bin "$NODE/relative"
	[ -x "$NODE/relative/outsider" ]
	answers 0 on_node --as stock --path "/absolute:/relative:/../outside/bin:$OUTSIDE/bin:/usr/bin" \
		show outsider --format json
	is_json '.handlers[0].status' dropped
}

@test "a link in \$PATH that stays in the root is followed, and the answer names the entry" {
	ln -s /usr/bin "$NODE/bin"
	answers 0 on_node --path /bin show crun --format json
	is_json '.handlers[0].fields.runtime_path.value' /bin/crun
}

@test "crio.conf.d itself behind a link: CRI-O does not start, and what it leads to is not read" {
	setup_outside
	rmdir "$NODE/$CONFD"
	ln -s "$OUTSIDE/conf.d" "$NODE/$CONFD"
	# Below the root that link points nowhere, and then there is no directory.
	answers 0 on_node show --format json
	is_json '[.handlers[].name] | join(" ")' crun
	rm "$NODE/$CONFD"
	mkdir "$NODE/etc/elsewhere"
	ln -s /etc/elsewhere "$NODE/$CONFD"
	answers 1 on_node show
	says "[dropin-directory-link]"
}

@test "a parent of crio.conf.d behind a link is followed inside the root" {
	mv "$NODE/etc/crio" "$NODE/srv-crio"
	ln -s /srv-crio "$NODE/etc/crio"
	printf '[crio.runtime.runtimes.inside]\ninherit = "default"\n' \
		>"$NODE/srv-crio/crio.conf.d/50-x"
	answers 0 on_node show inside --format json
	is_json '.handlers[0].fields.runtime_path.value' /usr/bin/crun
}

@test "a root that is itself behind a link, relative, or ends in a slash is the same root" {
	answers 0 on_node show
	shows /usr/bin/crun
	wanted=$output
	ln -s "$NODE" link
	for root in link link/ node node/ ./node/../node "$NODE/."; do
		answers 0 heir --root "$root" show
		is "$wanted" "$output"
	done
}

@test "an empty root is a node without CRI-O's files" {
	mkdir empty
	answers 1 heir --root empty show
	says '"crun" is not in $PATH'
	binary usr/bin/crun
	rm -r "$NODE/etc"
	answers 0 on_node show --format json
	is_json '[.handlers[].name] | join(" ")' crun
}

@test "nothing of the node is run" {
	printf '#!/bin/sh\ntouch "%s/was-run"\n' "$BATS_TEST_TMPDIR" >"$NODE/usr/bin/crun"
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes.pick]
		runtime_candidates = ["crun"]
		[crio.runtime.runtimes.pick.runtime_requires]
		idmap = true
	EOF
	answers 0 on_node show
	shows pick
	answers 0 on_node explain pick
	shows pick
	[ ! -e was-run ]
}

@test "the node's files are only read" {
	dropin 50-x <<<'[crio.runtime.runtimes.x]'
	find "$NODE" -printf '%p %m %s %T@ %C@\n' | sort >before
	for command in show "show --format json" cat "explain x" "show --as stock"; do
		answers 0 on_node $command
		[ -n "$output" ]
	done
	find "$NODE" -printf '%p %m %s %T@ %C@\n' | sort >after
	cmp before after
}

@test "with --root variables come from --env alone" {
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes."x-${NAME:-unset}"]
		inherit = "default"
	EOF
	answers 0 scrubbed NAME=environment "$HEIR" --crio-version "$RELEASE" --root "$NODE" show --format json
	is_json '[.handlers[].name] | join(" ")' "crun x-unset"
	answers 0 on_node --env NAME=option show --format json
	is_json '[.handlers[].name] | join(" ")' "crun x-option"
}

@test "without --root the environment counts, and --env goes before it" {
	dropin 50-x <<-'EOF'
		[crio.runtime.runtimes."x-${NAME:-unset}"]
		runtime_path = "/"
	EOF
	where=(--config /dev/null --config-dir "$NODE/$CONFD" --source-dir "$NODE/gone"
		--path "$NODE/usr/bin")
	answers 0 scrubbed NAME=environment "$HEIR" "${where[@]}" show --format json
	is_json '[.handlers[].name] | join(" ")' "crun x-environment"
	answers 0 scrubbed NAME=environment "$HEIR" --env NAME=option "${where[@]}" show --format json
	is_json '[.handlers[].name] | join(" ")' "crun x-option"
	answers 0 heir "${where[@]}" show --format json
	is_json '[.handlers[].name] | join(" ")' "crun x-unset"
}
