/* SPDX-License-Identifier: Apache-2.0 */
/* CRI-O's default for keys that no file, flag or variable sets, unless it is the zero value of the
 * type (empty string, empty array, 0, false).
 *
 * D(table, key, since, value as TOML): the last row that applies to the release counts; `since` as
 * in keys.h. "?": not known, because it depends on the host or because no record of that release
 * has it. default_runtime and cgroup_manager are in release.c. */
#ifndef HEIR_CONFIG_DEFAULTS_H
#define HEIR_CONFIG_DEFAULTS_H

/* clang-format off */
#define HEIR_KEY_DEFAULTS(D) \
	D(CRIO, "clean_shutdown_file", ALWAYS, "\"/var/lib/crio/clean.shutdown\"") \
	D(CRIO, "imagestore", ALWAYS, "?") \
	D(CRIO, "internal_repair", ALWAYS, "false") \
	D(CRIO, "internal_repair", "1.31", "true") \
	D(CRIO, "internal_wipe", ALWAYS, "true") \
	D(CRIO, "log_dir", ALWAYS, "\"/var/log/crio/pods\"") \
	D(CRIO, "root", ALWAYS, "?") \
	D(CRIO, "runroot", ALWAYS, "?") \
	D(CRIO, "storage_driver", ALWAYS, "?") \
	D(CRIO, "storage_option", ALWAYS, "?") \
	D(CRIO, "version_file", ALWAYS, "\"/var/run/crio/version\"") \
	D(API, "grpc_max_recv_msg_size", ALWAYS, "83886080") \
	D(API, "grpc_max_send_msg_size", ALWAYS, "83886080") \
	D(API, "listen", ALWAYS, "\"/var/run/crio/crio.sock\"") \
	D(API, "stream_address", ALWAYS, "\"127.0.0.1\"") \
	D(API, "stream_port", ALWAYS, "\"0\"") \
	D(API, "tls_min_version", ALWAYS, "\"VersionTLS12\"") \
	D(CHECKPOINT, "container_level_enabled", ALWAYS, "\"checkpoint_only\"") \
	D(CHECKPOINT, "container_level_enabled", "1.37", "\"checkpoint_restore\"") \
	D(IMAGE, "default_transport", ALWAYS, "\"docker://\"") \
	D(IMAGE, "image_volumes", ALWAYS, "\"mkdir\"") \
	D(IMAGE, "namespaced_auth_dir", ALWAYS, "\"/etc/crio/auth\"") \
	D(IMAGE, "oci_artifact_mount_support", ALWAYS, "true") \
	D(IMAGE, "pause_command", ALWAYS, "\"/pause\"") \
	D(IMAGE, "pause_image", ALWAYS, "?") \
	D(IMAGE, "pause_image", "1.37", "\"registry.k8s.io/pause:3.10.1\"") \
	D(IMAGE, "pull_progress_timeout", ALWAYS, "\"10s\"") \
	D(IMAGE, "pull_progress_timeout", "1.33", "\"0s\"") \
	D(IMAGE, "short_name_mode", ALWAYS, "\"enforcing\"") \
	D(IMAGE, "signature_policy_dir", ALWAYS, "\"/etc/crio/policies\"") \
	D(METRICS, "metrics_collectors", ALWAYS, "?") \
	D(METRICS, "metrics_collectors", "1.37",  \
	  "[\"image_pulls_layer_size\",\"containers_events_dropped_total\"," \
	  "\"containers_oom_total\",\"processes_defunct\",\"operations_total\"," \
	  "\"operations_latency_seconds\",\"operations_latency_seconds_total\"," \
	  "\"operations_errors_total\",\"image_pulls_bytes_total\"," \
	  "\"image_pulls_skipped_bytes_total\",\"image_pulls_failure_total\"," \
	  "\"image_pulls_success_total\",\"image_layer_reuse_total\"," \
	  "\"containers_oom_count_total\",\"containers_seccomp_notifier_count_total\"," \
	  "\"resources_stalled_at_stage\",\"containers_stopped_monitor_count\"," \
	  "\"default_runtime\"]") \
	D(METRICS, "metrics_host", ALWAYS, "\"127.0.0.1\"") \
	D(METRICS, "metrics_port", ALWAYS, "9090") \
	D(NETWORK, "cni_status_grace_period", ALWAYS, "\"0s\"") \
	D(NETWORK, "network_dir", ALWAYS, "\"/etc/cni/net.d/\"") \
	D(NETWORK, "plugin_dirs", ALWAYS, "[\"/opt/cni/bin/\"]") \
	D(NRI, "enable_nri", ALWAYS, "false") \
	D(NRI, "enable_nri", "1.30", "true") \
	D(NRI, "nri_listen", ALWAYS, "\"/var/run/nri/nri.sock\"") \
	D(NRI, "nri_plugin_config_dir", ALWAYS, "\"/etc/nri/conf.d\"") \
	D(NRI, "nri_plugin_dir", ALWAYS, "\"/opt/nri/plugins\"") \
	D(NRI, "nri_plugin_registration_timeout", ALWAYS, "\"5s\"") \
	D(NRI, "nri_plugin_request_timeout", ALWAYS, "\"2s\"") \
	D(RUNTIME, "allowed_devices", ALWAYS, "[\"/dev/fuse\",\"/dev/net/tun\"]") \
	D(RUNTIME, "apparmor_profile", ALWAYS, "\"crio-default\"") \
	D(RUNTIME, "cdi_spec_dirs", ALWAYS, "[\"/etc/cdi\",\"/var/run/cdi\"]") \
	D(RUNTIME, "container_attach_socket_dir", ALWAYS, "\"/var/run/crio\"") \
	D(RUNTIME, "container_exits_dir", ALWAYS, "\"/var/run/crio/exits\"") \
	D(RUNTIME, "ctr_stop_timeout", ALWAYS, "30") \
	D(RUNTIME, "decryption_keys_path", ALWAYS, "\"/etc/crio/keys/\"") \
	D(RUNTIME, "default_capabilities", ALWAYS,  \
	  "[\"CHOWN\",\"DAC_OVERRIDE\",\"FSETID\",\"FOWNER\",\"SETGID\",\"SETUID\"," \
	  "\"SETPCAP\",\"NET_BIND_SERVICE\",\"KILL\"]") \
	D(RUNTIME, "drop_infra_ctr", ALWAYS, "true") \
	D(RUNTIME, "enable_criu_support", ALWAYS, "false") \
	D(RUNTIME, "enable_criu_support", "1.30", "true") \
	D(RUNTIME, "hooks_dir", ALWAYS, "[\"/usr/share/containers/oci/hooks.d\"]") \
	D(RUNTIME, "hostnetwork_disable_selinux", ALWAYS, "true") \
	D(RUNTIME, "irqbalance_config_file", ALWAYS, "\"/etc/sysconfig/irqbalance\"") \
	D(RUNTIME, "irqbalance_config_restore_file", ALWAYS,  \
	  "\"/etc/sysconfig/orig_irq_banned_cpus\"") \
	D(RUNTIME, "log_level", ALWAYS, "\"info\"") \
	D(RUNTIME, "log_size_max", ALWAYS, "-1") \
	D(RUNTIME, "minimum_mappable_gid", ALWAYS, "-1") \
	D(RUNTIME, "minimum_mappable_uid", ALWAYS, "-1") \
	D(RUNTIME, "namespaces_dir", ALWAYS, "\"/var/run\"") \
	D(RUNTIME, "pids_limit", ALWAYS, "0") \
	D(RUNTIME, "pids_limit", "1.29", "-1") \
	D(RUNTIME, "selinux", ALWAYS, "?") \
	D(TRACING, "tracing_endpoint", ALWAYS, "?") \
	D(TRACING, "tracing_endpoint", "1.31", "\"127.0.0.1:4317\"") \
	D(IMAGE, "registries", ALWAYS, "?") \
	D(RUNTIME, "seccomp_use_default_when_empty", ALWAYS, "?")
/* clang-format on */

#endif
