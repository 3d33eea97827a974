/* SPDX-License-Identifier: Apache-2.0 */
/* What CRI-O requires of values other than the handlers', in the order of its checks, one row
 * each.
 *
 * S(table, key, check, argument, since, until, unset, rule): for a list every item is checked.
 * `since` and `until` as in keys.h; `unset` is checked if no file sets the key. */
#ifndef HEIR_START_ROWS_H
#define HEIR_START_ROWS_H

/* clang-format off */
#define HEIR_CONSTRAINTS(S) \
	S(RUNTIME, "log_level", enum_fold, "panic,fatal,error,warn,warning,info,debug,trace", \
	  ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(RUNTIME, "log_filter", regexp, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(IMAGE, "image_volumes", enum, "mkdir,bind,ignore", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(CRIO, "log_dir", absolute, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(CRIO, "log_dir", directory, "", ALWAYS, STILL, "/var/log/crio/pods", VALUE_INVALID) \
	S(CRIO, "root", optional_directory, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(CRIO, "runroot", optional_directory, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(CRIO, "storage_driver", enum_or_empty, "overlay,overlay2,vfs,btrfs,zfs", \
	  ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(CRIO, "storage_option", storage_option, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(RUNTIME, "min_injected_gomaxprocs", minimum, "0", "1.33", STILL, NULL, VALUE_INVALID) \
	S(RUNTIME, "additional_artifact_stores", absolute, "", "1.35", STILL, NULL, VALUE_INVALID) \
	S(RUNTIME, "default_ulimits", ulimit, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(RUNTIME, "additional_devices", device, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(RUNTIME, "timezone", timezone, "", "1.30", STILL, NULL, VALUE_INVALID) \
	S(RUNTIME, "log_size_max", negative_or_minimum, "8192", ALWAYS, STILL, NULL, \
		VALUE_INVALID) \
	S(RUNTIME, "default_sysctls", sysctl, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(RUNTIME, "default_capabilities", capability, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(RUNTIME, "infra_ctr_cpuset", cpuset, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(RUNTIME, "infra_ctr_cpuset", taskset, "", ALWAYS, STILL, NULL, PROGRAM_MISSING) \
	S(RUNTIME, "cgroup_manager", enum, "systemd,cgroupfs", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(RUNTIME, "pinns_path", pinns, "", ALWAYS, STILL, "", PROGRAM_MISSING) \
	S(RUNTIME, "namespaces_dir", directory, "", ALWAYS, STILL, "/var/run", VALUE_INVALID) \
	S(RUNTIME, "enable_criu_support", criu, "", ALWAYS, "1.29", NULL, PROGRAM_MISSING) \
	S(RUNTIME, "seccomp_profile", seccomp_profile, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(RUNTIME, "blockio_config_file", blockio, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(CHECKPOINT, "container_level_enabled", checkpoint, \
		"none,checkpoint_only,checkpoint_restore", \
	  "1.37", STILL, NULL, VALUE_INVALID) \
	S(IMAGE, "signature_policy_dir", absolute, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(IMAGE, "signature_policy_dir", directory, "", ALWAYS, STILL, "/etc/crio/policies", \
	  VALUE_INVALID) \
	S(IMAGE, "namespaced_auth_dir", absolute, "", "1.34", STILL, NULL, VALUE_INVALID) \
	S(IMAGE, "namespaced_auth_dir", directory, "", "1.34", STILL, "/etc/crio/auth", \
	  VALUE_INVALID) \
	S(IMAGE, "pause_image", reference, "", "1.29", STILL, NULL, VALUE_INVALID) \
	S(IMAGE, "short_name_mode", enum_or_empty, "enforcing,disabled", "1.34", STILL, NULL, \
	  VALUE_INVALID) \
	S(NETWORK, "cni_status_grace_period", not_negative, "", "1.36", STILL, NULL, \
		VALUE_INVALID) \
	S(NETWORK, "network_dir", network_directory, "", ALWAYS, STILL, "/etc/cni/net.d/", \
	  VALUE_INVALID) \
	S(NETWORK, "plugin_dirs", directory, "", ALWAYS, STILL, "/opt/cni/bin/", VALUE_INVALID) \
	S(NETWORK, "plugin_dir", optional_directory, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(API, "stream_enable_tls", tls_file, "stream_tls_cert", "1.32", STILL, NULL, \
	  VALUE_INVALID) \
	S(API, "stream_enable_tls", tls_file, "stream_tls_key", "1.32", STILL, NULL, \
	  VALUE_INVALID) \
	S(API, "tls_min_version", enum_or_empty, "VersionTLS12,VersionTLS13", "1.35", STILL, NULL, \
	  VALUE_INVALID) \
	S(API, "tls_cipher_suites", cipher, "", "1.35", STILL, NULL, VALUE_INVALID) \
	S(API, "listen", parent, "", ALWAYS, STILL, "/var/run/crio/crio.sock", VALUE_INVALID) \
	S(STATS, "included_pod_metrics", metrics, \
	  "all,cpu,disk,diskIO,hugetlb,memory,network,oom,process,spec,pressure", "1.35", STILL, \
	  NULL, VALUE_INVALID) \
	S(API, "listen", length, "107", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(API, "listen", replaceable, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(API, "listen", named_socket, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(RUNTIME, "container_attach_socket_dir", directory, "", ALWAYS, STILL, "/var/run/crio", \
	  VALUE_INVALID) \
	S(RUNTIME, "container_exits_dir", directory, "", ALWAYS, STILL, "/var/run/crio/exits", \
	  VALUE_INVALID) \
	S(RUNTIME, "hooks_dir", hooks, "", ALWAYS, STILL, "/usr/share/containers/oci/hooks.d", \
	  VALUE_INVALID) \
	S(RUNTIME, "uid_mappings", id_map, "gid_mappings", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(RUNTIME, "gid_mappings", id_map, "uid_mappings", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(API, "stream_port", port, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(API, "stream_idle_timeout", duration, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(API, "stream_enable_tls", tls_pair, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(API, "stream_tls_ca", tls_ca, "", "1.32", STILL, NULL, VALUE_INVALID) \
	S(METRICS, "metrics_port", metrics_port, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(METRICS, "metrics_socket", metrics_socket, "107", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(CRIO, "version_file", file, "", ALWAYS, STILL, NULL, VALUE_INVALID) \
	S(CRIO, "version_file_persist", file, "", ALWAYS, STILL, NULL, VALUE_INVALID)
/* clang-format on */

#endif
