#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests files of vendors: no findings on an unmodified node, and a finding for each value of the
# administrator that they discard. Also leftover files, and directories that CRI-O never reads.
load heir

# RULE FILE LINE of the findings, by name of the file.
findings()
{
	on_node "$@" check --format json |
		jq -r '.findings[] | "\(.rule) \(.file | split("/") | last) \(.line)"'
}

# No warning and no error, for any of these releases.
quiet()
{
	local release
	for release; do
		answers 0 on_node --crio-version "$release" check --format json
		is_json '[.findings[] | select(.level != "note") | .rule] | join(" ")' ""
	done
}

# What the Machine Config Operator writes, reduced to what has changed over the releases.
mco()
{
	binary usr/bin/conmon
	binary usr/bin/pinns
	binary usr/bin/nsenter
	binary usr/bin/runc
	{
		cat <<-'EOF'
			[crio]
			internal_wipe = true
			[crio.api]
			stream_address = "127.0.0.1"
			stream_port = "0"
			[crio.runtime]
			selinux = true
			conmon = ""
			conmon_cgroup = "pod"
			cgroup_manager = "systemd"
			log_level = "info"
			manage_ns_lifecycle = true
			drop_infra_ctr = true
			hooks_dir = ["/etc/containers/oci/hooks.d", "/run/containers/oci/hooks.d"]
			default_sysctls = ["net.ipv4.ping_group_range=0 2147483647"]
		EOF
		[ "$1" -lt 31 ] || echo 'default_runtime = "crun"'
		cat <<-'EOF'
			[crio.runtime.workloads.openshift-builder]
			activation_annotation = "io.openshift.builder"
			allowed_annotations = ["io.kubernetes.cri-o.userns-mode", "io.kubernetes.cri-o.Devices"]
			[crio.runtime.workloads.openshift-builder.resources]
			[crio.image]
			global_auth_file = "/var/lib/kubelet/config.json"
			[crio.metrics]
			enable_metrics = true
			[crio.checkpoint_restore]
			container_level_enabled = "none"
		EOF
		if [ "$1" -ge 28 ]; then
			cat <<-'EOF'
				[crio.runtime.runtimes.runc]
				runtime_root = "/run/runc"
				allowed_annotations = ["io.containers.trace-syscall", "io.kubernetes.cri-o.Devices", "io.kubernetes.cri-o.LinkLogs"]
				[crio.runtime.runtimes.crun]
				runtime_root = "/run/crun"
				allowed_annotations = ["io.containers.trace-syscall", "io.kubernetes.cri-o.Devices", "io.kubernetes.cri-o.LinkLogs"]
				container_min_memory = "512KiB"
				default_annotations = {"run.oci.systemd.subgroup" = ""}
			EOF
		fi
	} | dropin 00-default
	dropin 01-ctrcfg-pidsLimit <<-'EOF'
		[crio.runtime]
		pids_limit = 4096
	EOF
}

@test "a node of the Machine Config Operator is quiet, for all releases" {
	for release in 28 29 30 31 32 33 34 35 36 37; do
		mco "$release"
		quiet "1.$release"
	done
}

@test "an unused runc of the MCO that the system does not ship is a note" {
	mco 36
	rm "$NODE/usr/bin/runc"
	quiet 1.36
	is "vendor-binary-absent 00-default" "$(findings --crio-version 1.36 | cut -d' ' -f1,2)"
}

@test "one that something uses is dropped, and an error" {
	mco 36
	rm "$NODE/usr/bin/runc"
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		inherit = "runc"
	EOF
	findings --crio-version 1.36 | grep -q "^path-not-found 00-default"
	rm "$NODE/$CONFD/50-gpu.conf"
	dropin 50-runc.conf <<-'EOF'
		[crio.runtime.runtimes.runc]
		runtime_root = "/run/runc"
	EOF
	findings --crio-version 1.36 | grep -q "^path-not-found 50-runc.conf"
}

@test "a RuntimeClass is a use" {
	mco 36
	rm "$NODE/usr/bin/runc"
	cat >class.yaml <<-'EOF'
		apiVersion: node.k8s.io/v1
		kind: RuntimeClass
		metadata: {name: old}
		handler: runc
	EOF
	findings -i class.yaml --crio-version 1.36 | grep -q "^path-not-found 00-default"
}

@test "the node of CRI-O's packages is quiet" {
	binary usr/libexec/crio/crun
	binary usr/libexec/crio/runc
	binary usr/libexec/crio/conmon
	binary usr/bin/pinns
	binary usr/bin/nsenter
	dropin 10-crio.conf <<-'EOF'
		[crio.image]
		signature_policy = "/etc/crio/policy.json"
		[crio.runtime]
		default_runtime = "crun"
		[crio.runtime.runtimes.crun]
		runtime_path = "/usr/libexec/crio/crun"
		runtime_root = "/run/crun"
		monitor_path = "/usr/libexec/crio/conmon"
		allowed_annotations = ["io.containers.trace-syscall"]
		[crio.runtime.runtimes.runc]
		runtime_path = "/usr/libexec/crio/runc"
		runtime_root = "/run/runc"
		monitor_path = "/usr/libexec/crio/conmon"
	EOF
	quiet 1.31 1.34 1.37
}

@test "nodes of MicroShift and minikube are quiet" {
	binary usr/bin/conmon
	binary usr/bin/pinns
	binary usr/bin/nsenter
	dropin 05-high-performance-runtime.conf <<-'EOF'
		[crio.runtime.runtimes.high-performance]
		runtime_path = "/usr/bin/crun"
		runtime_type = "oci"
		runtime_root = "/run/crun"
		allowed_annotations = ["cpu-load-balancing.crio.io", "cpu-quota.crio.io"]
	EOF
	dropin 10-microshift_amd64.conf <<-'EOF'
		[crio.image]
		pause_command = "/usr/bin/pod"
	EOF
	dropin 11-microshift-ovn.conf <<-'EOF'
		[crio.network]
		cni_default_network = "ovn-kubernetes"
		[crio.runtime.workloads.management]
		activation_annotation = "target.workload.openshift.io/management"
		annotation_prefix = "resources.workload.openshift.io"
	EOF
	quiet 1.31 1.35
	rm "$NODE/$CONFD"/*
	dropin 02-crio.conf <<-'EOF'
		[crio.image]
		pause_image = "registry.k8s.io/pause:3.10"
		[crio.network]
		[crio.runtime]
		cgroup_manager = "systemd"
		conmon_cgroup = "pod"
		pids_limit = 1024
	EOF
	quiet 1.31 1.35
}

@test "a node of kubespray is quiet: keys of old in crio.conf are notes" {
	binary usr/local/bin/conmon
	binary usr/local/bin/runc
	binary usr/bin/pinns
	binary usr/bin/nsenter
	file etc/crio/crio.conf <<-'EOF'
		[crio]
		log_dir = "/var/log/crio/pods"
		version_file = "/var/run/crio/version"
		[crio.runtime]
		default_runtime = "runc"
		conmon = "/usr/local/bin/conmon"
		conmon_cgroup = "system.slice"
		conmon_env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
		selinux = false
		cgroup_manager = "systemd"
		default_mounts = []
		pids_limit = 1024
		log_size_max = -1
		uid_mappings = ""
		gid_mappings = ""
		manage_ns_lifecycle = false
		[crio.runtime.runtimes.runc]
		runtime_path = "/usr/local/bin/runc"
		runtime_type = "oci"
		runtime_root = "/run/runc"
		privileged_without_host_devices = false
		[crio.image]
		insecure_registries = []
		registries = []
	EOF
	quiet 1.31 1.34 1.37
}

# ---- What is taken away ----

@test "a package that replaces the administrator's default is a warning, one that repeats it is not" {
	binary usr/bin/runc
	file etc/crio/crio.conf <<-'EOF'
		[crio.runtime]
		default_runtime = "runc"
		[crio.runtime.runtimes.runc]
		runtime_root = "/run/runc"
	EOF
	dropin 10-crio.conf <<-'EOF'
		[crio.runtime]
		default_runtime = "crun"
	EOF
	is "default-overridden 10-crio.conf 2" "$(findings)"
	answers 1 on_node check --strict
	dropin 10-crio.conf <<-'EOF'
		[crio.runtime]
		default_runtime = "runc"
	EOF
	is "" "$(findings)"
}

@test "vendors may replace each other's default, and the administrator a vendor's" {
	binary usr/bin/runc
	dropin 00-default <<-'EOF'
		[crio.runtime]
		default_runtime = "crun"
		[crio.runtime.runtimes.runc]
		runtime_root = "/run/runc"
	EOF
	dropin 01-ctrcfg-defaultRuntime <<-'EOF'
		[crio.runtime]
		default_runtime = "runc"
	EOF
	is "" "$(findings)"
	dropin 99-mine.conf <<-'EOF'
		[crio.runtime]
		default_runtime = "crun"
	EOF
	is "" "$(findings)"
}

@test "a package that replaces the administrator's table is told, with what changes" {
	binary usr/libexec/crio/crun
	file etc/crio/crio.conf <<-'EOF'
		[crio.runtime.runtimes.crun]
		runtime_path = "/usr/bin/crun"
		runtime_type = "oci"
		runtime_root = "/run/crun"
		container_min_memory = "12MiB"
		allowed_annotations = ["bundle"]
	EOF
	dropin 10-crio.conf <<-'EOF'
		[crio.runtime.runtimes.crun]
		runtime_path = "/usr/libexec/crio/crun"
	EOF
	is "table-replaced crio.conf 1
table-replaced 10-crio.conf 1" "$(findings)"
	answers 0 on_node check
	# Types, roots and sizes are the same without being written.
	shows "discards its allowed_annotations, and changes its runtime_path"
}

@test "a table that loses nothing that counts is not told" {
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		runtime_path = "/usr/bin/crun"
		runtime_type = "oci"
		monitor_cgroup = "system.slice"
		[crio.runtime]
		conmon_env = ["A=1"]
	EOF
	dropin 60-gpu.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		runtime_path = "/usr/bin/crun"
		runtime_root = "/run/crun"
	EOF
	[[ "$(findings)" != *table-replaced* ]]
	dropin 60-gpu.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		monitor_cgroup = "pod"
		inherit_default_runtime = true
	EOF
	[[ "$(findings)" != *table-replaced* ]]
}

@test "a cgroup that CRI-O would have filled in or removed is not told as lost" {
	dropin 50-gpu.conf <<-'EOF'
		[crio.runtime]
		cgroup_manager = "cgroupfs"
		[crio.runtime.runtimes.gpu]
		runtime_path = "/usr/bin/crun"
		monitor_cgroup = "system.slice"
	EOF
	dropin 60-gpu.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		runtime_path = "/usr/bin/crun"
	EOF
	for release in 1.32 1.34; do
		run on_node check --crio-version "$release"
		[[ "$output" != *table-replaced* ]]
	done
	dropin 55-gpu.conf <<-'EOF'
		[crio.runtime.runtimes.gpu]
		runtime_path = "/usr/bin/crun"
		monitor_cgroup = "pod"
	EOF
	run on_node check --crio-version 1.34
	[[ "$output" == *table-replaced* ]]
}

# ---- Files ----

@test "leftovers are told by their names" {
	for name in 10-x.conf~ 10-x.conf.bak 10-x.conf.bak.20240101 10-x.conf_backup 10-x.conf-20240101 \
		10-x.conf.2024-01-01 10-x.conf.1 10-x.conf.apk-new 10-x.conf.template 10-x.conf.ucf-old \
		10-x.conf.ucf-20240101 '#10-x.conf#' 10-x.conf.rpmnew 10-x.conf.dpkg-dist \
		10-x.conf.pacnew 10-x.conf.old; do
		dropin "$name" <<<""
		is "file-backup $name" "$(findings | cut -d' ' -f1,2)"
		rm "$NODE/$CONFD/$name"
	done
	for name in 00-default 01-ctrcfg-pidsLimit 50-gpu.conf 50-gpu-2.conf 50-v2 50 20240101 \
		gpu-1.2 50-gpu-20240101.conf 99-backup.conf; do
		dropin "$name" <<<""
		is "" "$(findings)"
		rm "$NODE/$CONFD/$name"
	done
}

@test "directories that CRI-O never reads are told" {
	for path in usr/lib/crio/crio.conf usr/lib/crio/crio.conf.d/50.conf usr/etc/crio/crio.conf.d/50.conf \
		run/crio/crio.conf.d/50.conf etc/crio.conf.d/50.conf etc/crio/conf.d/50.conf \
		etc/crio/crio.d/50.conf etc/crio.d/50.conf; do
		file "$path" <<<""
		is "file-elsewhere ${path##*/}" "$(findings | cut -d' ' -f1,2)"
		rm "$NODE/$path"
	done
	# What is no configuration, and what an ostree system keeps of the package's.
	file usr/lib/crio/helper <<<""
	file usr/etc/crio/crio.conf <<<""
	file etc/crio/crio.conf <<<""
	is "" "$(findings)"
}
