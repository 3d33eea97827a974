# SPDX-License-Identifier: Apache-2.0
# What the tests with a CRI-O share.

# at_home DIR: a drop-in there that has CRI-O keep everything below the working directory, whatever else
# runs on this machine. policy.json is the caller's.
at_home()
{
	mkdir -p "$1" cni empty
	cat >"$1/05-at-home.conf" <<-EOT
		[crio]
		root = "$PWD/storage"
		runroot = "$PWD/run"
		log_dir = "$PWD/log"
		version_file = "$PWD/version"
		clean_shutdown_file = "$PWD/clean"
		storage_driver = "vfs"
		[crio.api]
		listen = "$PWD/s"
		stream_port = "0"
		[crio.nri]
		enable_nri = false
		[crio.image]
		signature_policy = "$PWD/policy.json"
		[crio.network]
		network_dir = "$PWD/cni"
		plugin_dirs = ["$PWD/empty"]
		[crio.runtime]
		cgroup_manager = "cgroupfs"
		conmon_cgroup = "pod"
		disable_hostport_mapping = true
		apparmor_profile = "unconfined"
		container_exits_dir = "$PWD/exits"
		container_attach_socket_dir = "$PWD/attach"
		namespaces_dir = "$PWD/ns"
	EOT
}
