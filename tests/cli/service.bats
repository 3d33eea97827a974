#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# crio.service: the flags and the environment of the daemon as a layer above the files.

load heir

UNITS=etc/systemd/system

# service FLAGS: a unit that starts CRI-O with them.
service()
{
	printf '[Service]\nExecStart=/usr/bin/crio %s\n' "$1" | file "$UNITS/crio.service"
}

# The rules of the findings in $output.
ids()
{
	jq -r '[.findings[].rule] | sort | unique | join(" ")' <<<"$output"
}

@test "a place in crio.service is told as that of a file" {
	binary usr/bin/runc
	binary usr/bin/conmon
	file "$UNITS/crio.service" <<-'EOF'
		[Service]
		EnvironmentFile=-/etc/sysconfig/crio
		ExecStart=/usr/bin/crio \
		    $CRIO_RUNTIME_OPTIONS
	EOF
	file "$UNITS/crio.service.d/10-x.conf" <<-'EOF'
		[Service]
		# not what it seems
		Environment=CONTAINER_DEFAULT_RUNTIME=gpu
	EOF
	file etc/sysconfig/crio <<-'EOF'
		# flags
		CRIO_RUNTIME_OPTIONS="--runtimes gpu:/usr/bin/runc:/run/gpu"
	EOF
	answers 0 on_node show --format json
	is_json .default_runtime gpu
	is_json '.handlers[] | select(.name == "gpu").fields.runtime_path | "\(.file):\(.line)"' \
		/etc/sysconfig/crio:2
	answers 0 on_node explain gpu runtime_path
	shows /etc/sysconfig/crio:2
	answers 0 on_node --no-unit show --format json
	is_json .default_runtime crun
}

@test "a flag overrides a file, and both places are told" {
	binary usr/bin/runc
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime]
		default_runtime = "gpu"
		conmon_cgroup = "pod"
		[crio.runtime.runtimes.gpu]
		runtime_path = "/usr/bin/runc"
		runtime_root = "/run/gpu"
		monitor_cgroup = "pod"
	EOF
	service '--default-runtime crun --conmon-cgroup pod --runtimes gpu:/usr/bin/runc:/run/gpu'
	run on_node check --rule flag-overrides --format json
	is_json '.findings | length' 2
	is_json '[.findings[] | "\(.file):\(.line)"] | unique | join(" ")' "/$UNITS/crio.service:2"
	is_json '[.findings[].related[0] | "\(.file):\(.line)"] | sort | join(" ")' \
		"/$CONFD/50-gpu.conf:2 /$CONFD/50-gpu.conf:4"
	run on_node check --rule table-replaced --rule default-overridden --format json
	is_json '.findings | length' 0
}

@test "what the daemon refuses stops CRI-O under both semantics" {
	local flags rule as
	while read -r rule flags; do
		service "$flags"
		for as in stock heir; do
			answers 1 on_node --as $as show
			says "[$rule]"
			run on_node --as $as check --format json
			[ "$status" -eq 1 ]
			[[ " $(ids) " == *" $rule "* ]]
		done
	done <<-'EOF'
		flag-invalid --no-such-flag
		flag-invalid --log-size-max=x
		flag-invalid --runtimes gpu:/usr/bin/runc
		flag-invalid --log-format xml
		flag-invalid stray
		flag-invalid --help
		config-missing --config /etc/crio/none.conf
	EOF
	file "$UNITS/crio.service" <<-'EOF'
		[Service]
		EnvironmentFile=/etc/default/crio
		ExecStart=/usr/bin/crio
	EOF
	answers 1 on_node show
	says '[config-missing]'
}

@test "--config and --config-dir of the unit choose the files, and heir's own win" {
	file etc/crio/crio.conf <<<'[crio.runtime.runtimes.plain]'
	file opt/c.conf <<<'[crio.runtime.runtimes.named]'
	file opt/d/1.conf <<<'[crio.runtime.runtimes.also]'
	service '-c /opt/c.conf --config-dir=/opt/d'
	answers 0 on_node cat --format json
	is_json '[.files[].path] | join(" ")' "/opt/c.conf /opt/d/1.conf"
	answers 0 on_node --config /etc/crio/crio.conf cat --format json
	is_json '[.files[].path] | join(" ")' "/etc/crio/crio.conf /opt/d/1.conf"
	answers 0 on_node --crio-args '--config-dir=' cat --format json
	is_json '[.files[].path] | join(" ")' "/etc/crio/crio.conf"
}

@test "--crio-args is split as systemd does, and its places are its own" {
	answers 0 on_node --crio-args "--runtimes 'a b:/usr/bin/crun:'" show --format json
	is_json '[.handlers[].name] | join(",")' "a b,crun"
	is_json '.handlers[0].fields.runtime_path | "\(.file):\(.line):\(.column)"' --crio-args:1:1
	answers 1 on_node --crio-args '--nope' show
	says '--crio-args:1:1: error'
}

@test "a unit that cannot be understood is a warning, and nothing is guessed" {
	file "$UNITS/crio.service" <<-'EOF'
		[Service]
		Environment=CONTAINER_CONMON_CGROUP=pod
		ExecStart=/usr/local/bin/start-crio --config /etc/crio
	EOF
	answers 0 on_node check --rule start-unclear --format json
	is_json '.findings[0] | "\(.rule) \(.file):\(.line)"' "start-unclear /$UNITS/crio.service:3"
	# The environment is known all the same.
	answers 0 on_node show --format json
	is_json '.handlers[0].fields.monitor_cgroup | "\(.value) \(.line)"' "pod 2"
	answers 0 on_node --no-unit check --rule start-unclear
}

@test "an untouched unit of the package says nothing" {
	file usr/lib/systemd/system/crio.service <<-'EOF'
		[Unit]
		Description=Container Runtime Interface for OCI (CRI-O)
		[Service]
		Type=notify
		EnvironmentFile=-/etc/sysconfig/crio
		Environment=GOTRACEBACK=crash
		ExecStart=/usr/bin/crio \
		          $CRIO_CONFIG_OPTIONS \
		          $CRIO_RUNTIME_OPTIONS \
		          $CRIO_STORAGE_OPTIONS \
		          $CRIO_NETWORK_OPTIONS \
		          $CRIO_METRICS_OPTIONS
		[Install]
		Alias=cri-o.service
	EOF
	answers 0 on_node check --rule start-unclear --rule flag-invalid --rule config-missing \
		--rule flag-overrides --format json
	is_json '.findings | length' 0
}

@test "render does not fight a flag" {
	binary usr/bin/runc
	file etc/crio/heir.d/1.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		inherit = "default"
	EOF
	service '--runtimes gpu:/usr/bin/runc:/run/gpu'
	answers 0 on_node show --format json
	is_json '.handlers[] | select(.name == "gpu").fields.runtime_path.value' /usr/bin/runc
	answers 0 on_node render
	[[ $output != *runtimes.gpu* ]]
}

@test "\$PATH is that of systemd where sbin is a link to bin" {
	dropin 1.conf <<<'[crio.runtime.runtimes.crun]'
	ln -s bin "$NODE/usr/sbin"
	answers 0 on_node show --format json
	is_json '.handlers[0].fields.runtime_path.value' /usr/bin/crun
	mkdir -p "$NODE/usr/local/sbin" "$NODE/usr/local/bin"
	answers 0 on_node show --format json
	is_json '.handlers[0].fields.runtime_path.value' /usr/sbin/crun
}

@test "\$PATH of the unit is where binaries are looked up" {
	binary opt/bin/crun
	file "$UNITS/crio.service" <<-'EOF'
		[Service]
		Environment=PATH=/opt/bin:/usr/bin
		ExecStart=/usr/bin/crio
	EOF
	answers 0 on_node show --format json
	is_json '.handlers[0].fields.runtime_path.value' /opt/bin/crun
	answers 0 on_node --path /usr/bin show --format json
	is_json '.handlers[0].fields.runtime_path.value' /usr/bin/crun
}

@test "where there is no unit reading it costs three system calls" {
	command -v strace >/dev/null || skip "no strace"
	is_sanitized && skip "the sanitizers do not like to be traced"
	strace -f -o calls true 2>/dev/null || skip "strace is not permitted"
	strace -o with "$HEIR" --crio-version "$RELEASE" --root "$NODE" show >/dev/null
	strace -o without "$HEIR" --crio-version "$RELEASE" --root "$NODE" --no-unit show >/dev/null
	local n=$(($(wc -l <with) - $(wc -l <without)))
	[ "$n" -le 3 ] || {
		echo "$n system calls more"
		return 1
	}
	grep -q crio.service with
}

# machine_config NAME: a MachineConfig of workers, its spec.config from standard input.
machine_config()
{
	cat <<-EOF
		apiVersion: machineconfiguration.openshift.io/v1
		kind: MachineConfig
		metadata: {name: $1, labels: {machineconfiguration.openshift.io/role: worker}}
		spec:
		  config:
		    ignition: {version: 3.4.0}
	EOF
	sed 's/^/    /'
	echo ---
}

@test "drop-ins of MachineConfigs lie over the unit, and places are in the object" {
	machine_config 10-a >objects.yaml <<-'EOF'
		systemd:
		  units:
		  - name: crio.service
		    dropins:
		    - name: 10-a.conf
		      contents: |
		        [Service]
		        Environment=CONTAINER_CONMON_CGROUP=pod
		    - name: 20-b.conf
		      contents: |
		        [Service]
		        Environment=CONTAINER_CGROUP_MANAGER=nope
		  - name: kubelet.service
		    enabled: true
	EOF
	machine_config 20-b >>objects.yaml <<-'EOF'
		systemd:
		  units:
		  - name: crio.service
		    dropins:
		    - {name: 20-b.conf, contents: "[Service]\nEnvironment=CONTAINER_DEFAULT_RUNTIME=runc\nEnvironment=CONTAINER_RUNTIMES=runc:/usr/bin/runc:/run/runc\n"}
		    - {name: ../../bad.conf, contents: "[Service]\n"}
	EOF
	answers 0 heir -i objects.yaml show --format json
	is_json .default_runtime runc
	is_json '.handlers[] | select(.name == "runc").fields.monitor_cgroup | "\(.value) \(.file):\(.line)"' \
		"pod /$UNITS/crio.service.d/10-a.conf:2"
	answers 0 heir -i objects.yaml explain runc
	shows "MachineConfig 20-b"

	# With a root its unit is what they lie over.
	binary usr/bin/runc
	service '--conmon-cgroup system.slice'
	answers 0 on_node -i objects.yaml show --format json
	is_json .default_runtime runc
	is_json '.handlers[] | select(.name == "runc").fields.monitor_cgroup.value' system.slice
}

@test "a unit of a MachineConfig replaces the node's, and a mask starts nothing" {
	service '--nope'
	machine_config 10-a >objects.yaml <<-'EOF'
		systemd:
		  units:
		  - name: crio.service
		    contents: |
		      [Service]
		      ExecStart=/usr/bin/crio --conmon-cgroup pod
	EOF
	answers 0 on_node -i objects.yaml show --format json
	is_json '.handlers[0].fields.monitor_cgroup | "\(.value) \(.line)"' 'pod 2'
	machine_config 20-b >>objects.yaml <<-'EOF'
		systemd: {units: [{name: crio.service, mask: true}]}
	EOF
	answers 0 on_node -i objects.yaml check --rule start-unclear --format json
	is_json '.findings | length' 1
	machine_config 30-c >>objects.yaml <<-'EOF'
		systemd: {units: [{name: crio.service, mask: false, contents: "[Service]\nExecStart=/usr/bin/crio\n"}]}
	EOF
	answers 0 on_node -i objects.yaml check --rule start-unclear --format json
	is_json '.findings | length' 0
}
