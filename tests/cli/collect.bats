#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests heir collect: a tar archive of what --root needs, without secrets.

load heir
load archives

# Sets $got to a directory with what was collected.
collected()
{
	on_node "$@" collect >node.tar
	rm -rf got
	mkdir got
	tar -xf node.tar -C got
}

@test "the archive stands for the node" {
	reads_archives
	for node in "$HEIR_SOURCE"/examples/{gpu-node,ocp-worker,debian-node,reloaded-node}; do
		heir --root "$node" collect >node.tar
		for command in "check" "show" "diff" "explain crun"; do
			# shellcheck disable=SC2086 # words
			run heir --root "$node" $command
			wanted="$status $output"
			# shellcheck disable=SC2086 # words
			run heir --root node.tar $command
			is "${wanted//$node/NODE}" "$status ${output//node.tar/NODE}"
		done
	done
	is "" "$(ls -A tmp)"
}

@test "equal nodes give equal bytes, whatever the times and owners" {
	dropin 50-x.conf <<<'[crio.runtime.runtimes.x]'
	cp -a "$NODE" other
	find other -exec touch -h -d 2001-01-01 {} +
	on_node collect >a.tar
	heir --root other collect --output b.tar
	cmp a.tar b.tar
	is "$(tar -tf a.tar)" "$(tar -tf a.tar | LC_ALL=C sort)"
	is "0/0" "$(tar --numeric-owner -tvf a.tar | awk '{ print $2 }' | sort -u)"
}

@test "programs are names, kinds and sizes, with the links that lead to them" {
	head -c 123456 /dev/zero | tr '\0' x >"$NODE/usr/bin/runc"
	chmod 755 "$NODE/usr/bin/runc"
	mkdir -p "$NODE/opt/edge/bin" "$NODE/usr/share/doc"
	ln -s edge "$NODE/opt/current"
	ln -s /usr/bin/runc "$NODE/opt/edge/bin/youki"
	ln -s usr/bin "$NODE/bin"
	echo text >"$NODE/usr/bin/readme"
	dropin 50-x.conf <<<'[crio.runtime.runtimes.x]
runtime_path = "/opt/current/bin/youki"
[crio.runtime.runtimes.y]
runtime_path = "/opt/missing"'
	collected
	is 123456 "$(stat -c %s got/usr/bin/runc)"
	[ -x got/usr/bin/runc ]
	is 0 "$(tr -d '\0' <got/usr/bin/runc | wc -c)"
	is edge "$(readlink got/opt/current)"
	is /usr/bin/runc "$(readlink got/opt/edge/bin/youki)"
	[ ! -e got/usr/bin/readme ]
	[ ! -e got/opt/missing ]
	[ "$(stat -c %s node.tar)" -lt 30000 ]
	# Long names and large sizes.
	long=$(printf 'd%.0s' $(seq 90))
	mkdir -p "$NODE/opt/$long/$long"
	truncate -s 9G "$NODE/opt/$long/$long/runtime"
	chmod 755 "$NODE/opt/$long/$long/runtime"
	dropin 50-x.conf <<-END
		[crio.runtime.runtimes.x]
		runtime_path = "/opt/$long/$long/runtime"
	END
	collected
	is "$((9 << 30))" "$(stat -c %s "got/opt/$long/$long/runtime")"
	reads_archives
	answers 0 heir --root node.tar show x
}

@test "no secrets" {
	token=sha256~Zm9vYmFyYmF6MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3A
	mkdir -p "$NODE/etc/sysconfig" "$NODE/etc/systemd/system/crio.service.d" "$NODE/etc/containers" \
		"$NODE/etc/crio/conf.d" "$NODE/usr/lib/systemd/system" "$NODE/root/.docker" "$NODE/etc/machine-config-daemon"
	dropin 50-x.conf <<-END
		# the old token was $token
		[crio.runtime.runtimes.x]
		runtime_path = "/usr/bin/crun"
		monitor_env = ["PATH=/canary01", "API=can'ary02", "A=c\"canary03"]
		[crio.runtime]
		conmon_env = [
			"PLAIN=canary04",
			'QUOTED=canary05"canary06'
		]
		default_env = [ "B=canary07" ]
		[x]
		password = "canary08"
		proxy = "http://user:canary09@proxy:3128/"
		key = """
		-----BEGIN EC PRIVATE KEY-----
		canary10
		-----END EC PRIVATE KEY-----
		"""
	END
	printf 'CONTAINER_LOG_LEVEL=debug\nHTTPS_PROXY=http://u:canary11@p\nMY_VAR=canary12\n# OLD=canary13\nLONG=a\\\ncanary14\n' \
		>"$NODE/etc/sysconfig/crio"
	printf '[Service]\nEnvironmentFile=/etc/sysconfig/crio\nExecStart=/usr/bin/crio --log-level info\n' \
		>"$NODE/usr/lib/systemd/system/crio.service"
	printf '[Service]\nEnvironment=A=canary15 "B=canary16 canary17" CONTAINER_X_TOKEN=canary18\n' \
		>"$NODE/etc/systemd/system/crio.service.d/10-env.conf"
	printf 'GPU=nvidia\nREGISTRY_PASSWORD=canary19\n' >"$NODE/etc/crio/heir.env"
	for file in etc/containers/auth.json etc/crio/auth.json etc/crio/conf.d/pull-secret root/.docker/config.json \
		etc/machine-config-daemon/currentconfig var/lib/kubelet/config.json; do
		mkdir -p "$NODE/$(dirname $file)"
		echo '{"auths": {"r": {"auth": "canary20"}}}' >"$NODE/$file"
	done
	printf '[crio.image]\nglobal_auth_file = "/etc/crio/auth.json"\n[crio.api]\nstream_tls_key = "/etc/crio/conf.d/pull-secret"\n' |
		dropin 60-auth.conf
	collected
	is "" "$(grep -roah 'canary[0-9]*' got | sort -u | tr '\n' ' ')"
	is "" "$(grep -rl Zm9vYmFy got || :)"
	# What says something about handlers is still there, and on its line.
	grep -q REDACTED "got/$CONFD/50-x.conf"
	is "$(grep -n runtime_path "$NODE/$CONFD/50-x.conf")" "$(grep -n runtime_path "got/$CONFD/50-x.conf")"
	is "$(wc -l <"$NODE/$CONFD/50-x.conf")" "$(wc -l <"got/$CONFD/50-x.conf")"
	grep -qx CONTAINER_LOG_LEVEL=debug got/etc/sysconfig/crio
	grep -qx HTTPS_PROXY=REDACTED got/etc/sysconfig/crio
	grep -qx GPU=nvidia got/etc/crio/heir.env
	grep -q 'monitor_env = \["PATH=REDACTED"' "got/$CONFD/50-x.conf"
	grep -q 'proxy = "http://REDACTED@proxy' "got/$CONFD/50-x.conf"
	# That there is a file of credentials is known, and not what it says.
	[ -e got/etc/crio/auth.json ]
	is 0 "$(tr -d '\0' <got/etc/crio/auth.json | wc -c)"
}

@test "facts and the release come along, and the caller's come before them" {
	reads_archives
	mkdir -p "$NODE/proc"
	: >"$NODE/proc/cpuinfo"
	echo '{"features": {"kernel.version": {"major": "6"}}}' >facts.json
	dropin 50-x.conf <<-'END'
		[crio.runtime.runtimes.x]
		inherit_when = [{ inherit = "crun", when = { "kernel.version.major" = "6" } }]
	END
	RELEASE=''
	heir --root "$NODE" --crio-version 1.34 --facts facts.json collect >node.tar
	answers 0 heir --root node.tar show x -o json
	is_json .crio_version 1.34
	is_json '.handlers[0].via' inherit_when
	[[ $stderr != *assumed* ]]
	answers 0 heir --root node.tar --crio-version 1.36 show x -o json
	is_json .crio_version 1.36
	sed s/\"6\"/\"5\"/ facts.json >other.json
	for order in "--root node.tar --facts other.json" "--facts other.json --root node.tar"; do
		# shellcheck disable=SC2086 # words
		answers 0 heir $order show x -o json
		is_json '.handlers[0].via' implicit
	done
	# A root has them too, and what lies there may be anything.
	mkdir got
	tar -xf node.tar -C got
	answers 0 heir --root got show x
	echo '{' >got/heir-facts.json
	answers 3 heir --root got show x
	says heir-facts.json
	echo 1.99 >got/heir-release
	rm got/heir-facts.json
	answers 0 heir --root got show crun -o json
	is_json .crio_version_assumed true
	# A release that is assumed is not recorded, and facts that the files do not tell are none.
	rm -r "$NODE/proc"
	heir --root "$NODE" collect >node.tar
	is "" "$(tar -tf node.tar | grep ^heir- || :)"
}

@test "a node on which CRI-O does not start is collected as well" {
	reads_archives
	dropin 50-x.conf <<<'not TOML ['
	ln -s /nowhere "$NODE/$CONFD/60-dangling.conf"
	mkdir -p "$NODE/etc/crio/conf.d"
	echo '[crio.runtime.runtimes.nv]' >"$NODE/etc/crio/conf.d/99-nv.toml"
	collected
	[ -e "got/$CONFD/50-x.conf" ]
	is /nowhere "$(readlink "got/$CONFD/60-dangling.conf")"
	answers 1 heir --root node.tar check
	shows toml-syntax
	answers 2 heir --root "$NODE" collect --output ''
}

@test "not to a terminal, and not of objects" {
	cp "$HEIR_SOURCE"/examples/ocp-cluster/99-gpu.yaml .
	answers 2 heir -i 99-gpu.yaml collect
	is "" "$output"
	needs_terminal
	run script -qec "'$HEIR' --root '$NODE' collect" /dev/null </dev/null
	[[ $output == *"not written to a terminal: heir collect >node.tar"* ]]
}
