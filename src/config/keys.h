/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of crio.conf but those of a handler's table, which are in field.h: one row each. Read
 * off CRI-O's Config struct, release by release.
 *
 * K(table, key, type, the table it opens, since, until, deprecated): `since` lists the releases in
 * which the key arrived, the minor first, then the patch releases that got it too; ALWAYS is before
 * 1.28. `until` is the last minor that knew it. `deprecated` says what to do instead; NO: it is
 * not. A key that changed has two rows, one for each time. */
#ifndef HEIR_CONFIG_KEYS_H
#define HEIR_CONFIG_KEYS_H

/* clang-format off */
#define HEIR_KEYS(K) \
	K(ROOT, "crio", TABLE, CRIO, ALWAYS, STILL, NO) \
	K(CRIO, "api", TABLE, API, ALWAYS, STILL, NO) \
	K(CRIO, "checkpoint_restore", TABLE, CHECKPOINT, "1.37", STILL, NO) \
	K(CRIO, "clean_shutdown_file", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(CRIO, "image", TABLE, IMAGE, ALWAYS, STILL, NO) \
	K(CRIO, "imagestore", STRING, NOWHERE, "1.29", STILL, NO) \
	K(CRIO, "internal_repair", BOOL, NOWHERE, ALWAYS, STILL, NO) \
	K(CRIO, "internal_wipe", BOOL, NOWHERE, ALWAYS, STILL, \
	  "CRI-O always wipes after a reboot; leave it out") \
	K(CRIO, "log_dir", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(CRIO, "metrics", TABLE, METRICS, ALWAYS, STILL, NO) \
	K(CRIO, "network", TABLE, NETWORK, ALWAYS, STILL, NO) \
	K(CRIO, "nri", TABLE, NRI, ALWAYS, STILL, NO) \
	K(CRIO, "root", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(CRIO, "runroot", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(CRIO, "runtime", TABLE, RUNTIME, ALWAYS, STILL, NO) \
	K(CRIO, "stats", TABLE, STATS, ALWAYS, STILL, NO) \
	K(CRIO, "storage_driver", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(CRIO, "storage_option", STRV, NOWHERE, ALWAYS, STILL, NO) \
	K(CRIO, "tracing", TABLE, TRACING, ALWAYS, STILL, NO) \
	K(CRIO, "version_file", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(CRIO, "version_file_persist", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(API, "grpc_max_recv_msg_size", INTEGER, NOWHERE, ALWAYS, STILL, NO) \
	K(API, "grpc_max_send_msg_size", INTEGER, NOWHERE, ALWAYS, STILL, NO) \
	K(API, "listen", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(API, "stream_address", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(API, "stream_enable_tls", BOOL, NOWHERE, ALWAYS, STILL, NO) \
	K(API, "stream_idle_timeout", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(API, "stream_port", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(API, "stream_tls_ca", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(API, "stream_tls_cert", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(API, "stream_tls_key", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(API, "tls_cipher_suites", STRV, NOWHERE, "1.36 1.35.1", STILL, NO) \
	K(API, "tls_min_version", STRING, NOWHERE, "1.36 1.35.1", STILL, NO) \
	K(CHECKPOINT, "container_level_enabled", STRING, NOWHERE, "1.37", STILL, NO) \
	K(IMAGE, "auto_reload_registries", BOOL, NOWHERE, "1.30", STILL, NO) \
	K(IMAGE, "big_files_temporary_dir", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(IMAGE, "default_transport", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(IMAGE, "global_auth_file", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(IMAGE, "image_volumes", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(IMAGE, "insecure_registries", STRV, NOWHERE, ALWAYS, STILL, \
	  "it has no effect; set insecure = true in registries.conf") \
	K(IMAGE, "namespaced_auth_dir", STRING, NOWHERE, "1.35 1.34.3", STILL, NO) \
	K(IMAGE, "oci_artifact_mount_support", BOOL, NOWHERE, "1.33", STILL, NO) \
	K(IMAGE, "pause_command", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(IMAGE, "pause_image", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(IMAGE, "pause_image_auth_file", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(IMAGE, "pinned_images", STRV, NOWHERE, ALWAYS, STILL, NO) \
	K(IMAGE, "pull_progress_timeout", DURATION, NOWHERE, "1.32 1.30.11 1.31.3", STILL, NO) \
	K(IMAGE, "registries", STRV, NOWHERE, ALWAYS, "1.30", NO) \
	K(IMAGE, "short_name_mode", STRING, NOWHERE, "1.34", STILL, NO) \
	K(IMAGE, "signature_policy", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(IMAGE, "signature_policy_dir", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(METRICS, "enable_metrics", BOOL, NOWHERE, ALWAYS, STILL, NO) \
	K(METRICS, "metrics_cert", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(METRICS, "metrics_collectors", STRV, NOWHERE, ALWAYS, STILL, NO) \
	K(METRICS, "metrics_host", STRING, NOWHERE, "1.30 1.28.4 1.29.2", STILL, NO) \
	K(METRICS, "metrics_key", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(METRICS, "metrics_port", INTEGER, NOWHERE, ALWAYS, STILL, NO) \
	K(METRICS, "metrics_socket", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(NETWORK, "cni_default_network", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(NETWORK, "cni_status_grace_period", DURATION, NOWHERE, "1.37 1.36.3", STILL, NO) \
	K(NETWORK, "network_dir", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(NETWORK, "plugin_dir", STRING, NOWHERE, ALWAYS, STILL, "write plugin_dirs = [...]") \
	K(NETWORK, "plugin_dirs", STRV, NOWHERE, ALWAYS, STILL, NO) \
	K(NRI, "default_validator", TABLE, VALIDATOR, "1.34", STILL, NO) \
	K(NRI, "enable_nri", BOOL, NOWHERE, ALWAYS, STILL, NO) \
	K(NRI, "nri_config_file", STRING, NOWHERE, ALWAYS, "1.26", NO) \
	K(NRI, "nri_disable_connections", BOOL, NOWHERE, ALWAYS, STILL, NO) \
	K(NRI, "nri_listen", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(NRI, "nri_plugin_config_dir", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(NRI, "nri_plugin_dir", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(NRI, "nri_plugin_registration_timeout", DURATION, NOWHERE, ALWAYS, STILL, NO) \
	K(NRI, "nri_plugin_request_timeout", DURATION, NOWHERE, ALWAYS, STILL, NO) \
	K(VALIDATOR, "nri_enable_default_validator", BOOL, NOWHERE, "1.34", STILL, NO) \
	K(VALIDATOR, "nri_validator_reject_custom_seccomp_adjustment", \
	  BOOL, NOWHERE, "1.34", STILL, \
	  NO) \
	K(VALIDATOR, "nri_validator_reject_namespace_adjustment", BOOL, NOWHERE, "1.34", STILL, \
	  NO) \
	K(VALIDATOR, "nri_validator_reject_oci_hook_adjustment", BOOL, NOWHERE, "1.34", STILL, NO) \
	K(VALIDATOR, "nri_validator_reject_runtime_default_seccomp_adjustment", \
	  BOOL, NOWHERE, "1.34", STILL, \
	  NO) \
	K(VALIDATOR, "nri_validator_reject_unconfined_seccomp_adjustment", \
	  BOOL, NOWHERE, "1.34", STILL, \
	  NO) \
	K(VALIDATOR, "nri_validator_required_plugins", STRV, NOWHERE, "1.34", STILL, NO) \
	K(VALIDATOR, "nri_validator_tolerate_missing_plugins_annotation", \
	  STRING, NOWHERE, "1.34", STILL, \
	  NO) \
	K(RUNTIME, "absent_mount_sources_to_reject", STRV, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "add_inheritable_capabilities", BOOL, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "additional_artifact_stores", STRV, NOWHERE, "1.36 1.35.2", STILL, NO) \
	K(RUNTIME, "additional_devices", STRV, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "allowed_devices", STRV, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "apparmor_profile", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "bind_mount_prefix", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "blockio_config_file", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "blockio_reload", BOOL, NOWHERE, "1.29", STILL, NO) \
	K(RUNTIME, "cdi_spec_dirs", STRV, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "cgroup_manager", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "conmon", STRING, NOWHERE, ALWAYS, STILL, \
	  "set monitor_path in the handlers' tables") \
	K(RUNTIME, "conmon_cgroup", STRING, NOWHERE, ALWAYS, STILL, \
	  "set monitor_cgroup in the handlers' tables") \
	K(RUNTIME, "conmon_env", STRV, NOWHERE, ALWAYS, STILL, \
	  "set monitor_env in the handlers' tables") \
	K(RUNTIME, "container_attach_socket_dir", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "container_exits_dir", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "ctr_stop_timeout", INTEGER, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "decryption_keys_path", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "default_capabilities", STRV, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "default_env", STRV, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "default_mounts_file", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "default_runtime", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "default_sysctls", STRV, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "default_ulimits", STRV, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "device_ownership_from_security_context", BOOL, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "disable_hostport_mapping", BOOL, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "drop_infra_ctr", BOOL, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "enable_criu_support", BOOL, NOWHERE, ALWAYS, "1.36", NO) \
	K(RUNTIME, "enable_criu_support", BOOL, NOWHERE, "1.37", STILL, \
	  "write container_level_enabled in [crio.checkpoint_restore]") \
	K(RUNTIME, "enable_pod_events", BOOL, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "gid_mappings", STRING, NOWHERE, ALWAYS, STILL, \
	  "use the user namespaces of Kubernetes") \
	K(RUNTIME, "hooks_dir", STRV, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "hostnetwork_disable_selinux", BOOL, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "infra_ctr_cpuset", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "irqbalance_config_file", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "irqbalance_config_restore_file", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "log_filter", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "log_level", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "log_size_max", INTEGER, NOWHERE, ALWAYS, STILL, \
	  "use the kubelet's --container-log-max-size") \
	K(RUNTIME, "log_to_journald", BOOL, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "manage_ns_lifecycle", BOOL, NOWHERE, ALWAYS, "1.20", NO) \
	K(RUNTIME, "min_injected_gomaxprocs", \
	  INTEGER, NOWHERE, "1.36 1.33.12 1.34.8 1.35.3", STILL, \
	  NO) \
	K(RUNTIME, "minimum_mappable_gid", INTEGER, NOWHERE, ALWAYS, STILL, \
	  "use the user namespaces of Kubernetes") \
	K(RUNTIME, "minimum_mappable_uid", INTEGER, NOWHERE, ALWAYS, STILL, \
	  "use the user namespaces of Kubernetes") \
	K(RUNTIME, "namespaces_dir", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "no_pivot", BOOL, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "pids_limit", INTEGER, NOWHERE, ALWAYS, STILL, \
	  "use the kubelet's --pod-pids-limit") \
	K(RUNTIME, "pinns_path", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "privileged_seccomp_profile", STRING, NOWHERE, "1.33", STILL, NO) \
	K(RUNTIME, "rdt_config_file", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "read_only", BOOL, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "runtimes", TABLES, HANDLER, ALWAYS, STILL, NO) \
	K(RUNTIME, "seccomp_profile", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "seccomp_use_default_when_empty", BOOL, NOWHERE, ALWAYS, "1.29", NO) \
	K(RUNTIME, "selinux", BOOL, NOWHERE, ALWAYS, STILL, \
	  "it will be derived from the host; leave it out") \
	K(RUNTIME, "separate_pull_cgroup", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RUNTIME, "shared_cpuset", STRING, NOWHERE, "1.29 1.28.3", STILL, NO) \
	K(RUNTIME, "timezone", STRING, NOWHERE, "1.30", STILL, NO) \
	K(RUNTIME, "uid_mappings", STRING, NOWHERE, ALWAYS, STILL, \
	  "use the user namespaces of Kubernetes") \
	K(RUNTIME, "workloads", TABLES, WORKLOAD, ALWAYS, STILL, NO) \
	K(WORKLOAD, "DisallowedAnnotations", STRV, NOWHERE, ALWAYS, STILL, NO) \
	K(WORKLOAD, "activation_annotation", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(WORKLOAD, "allowed_annotations", STRV, NOWHERE, ALWAYS, STILL, NO) \
	K(WORKLOAD, "annotation_prefix", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(WORKLOAD, "resources", TABLE, RESOURCES, ALWAYS, STILL, NO) \
	K(RESOURCES, "CPULimit", INTEGER, NOWHERE, "1.30 1.29.3", STILL, NO) \
	K(RESOURCES, "CPUPeriod", INTEGER, NOWHERE, "1.30 1.29.3", STILL, NO) \
	K(RESOURCES, "CPUQuota", INTEGER, NOWHERE, "1.30 1.29.3", STILL, NO) \
	K(RESOURCES, "CPUSet", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(RESOURCES, "CPUShares", INTEGER, NOWHERE, ALWAYS, STILL, NO) \
	K(STATS, "collection_period", INTEGER, NOWHERE, "1.30", STILL, NO) \
	K(STATS, "included_pod_metrics", STRV, NOWHERE, "1.30", STILL, NO) \
	K(STATS, "stats_collection_period", INTEGER, NOWHERE, ALWAYS, STILL, \
	  "write collection_period") \
	K(TRACING, "enable_tracing", BOOL, NOWHERE, ALWAYS, STILL, NO) \
	K(TRACING, "tracing_endpoint", STRING, NOWHERE, ALWAYS, STILL, NO) \
	K(TRACING, "tracing_sampling_rate_per_million", INTEGER, NOWHERE, ALWAYS, STILL, NO)
/* clang-format on */

#endif
