/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of the daemon `crio`: one row per global flag, from the sources of each
 * release.
 *
 * F(flag, short form, environment variables (the first one that is set counts), kind, table of its
 * key, key, since, until): `since` and `until` as in keys.h. A flag without a key sets no key of
 * crio.conf. A flag that changed has a row for each version. */
#ifndef HEIR_CONFIG_FLAGS_TABLE_H
#define HEIR_CONFIG_FLAGS_TABLE_H

/* clang-format off */
#define HEIR_FLAGS(F) \
	F("absent-mount-sources-to-reject", "", "CONTAINER_ABSENT_MOUNT_SOURCES_TO_REJECT", LIST, \
	  RUNTIME, "absent_mount_sources_to_reject", ALWAYS, STILL) \
	F("add-inheritable-capabilities", "", "CONTAINER_ADD_INHERITABLE_CAPABILITIES", BOOL, \
	  RUNTIME, "add_inheritable_capabilities", ALWAYS, STILL) \
	F("additional-artifact-stores", "", "", LIST, \
	  RUNTIME, "additional_artifact_stores", "1.36 1.35.2", STILL) \
	F("additional-devices", "", "CONTAINER_ADDITIONAL_DEVICES", LIST, \
	  RUNTIME, "additional_devices", ALWAYS, STILL) \
	F("address", "", "", STRING, NOWHERE, "", ALWAYS, STILL) \
	F("allowed-devices", "", "CONTAINER_ALLOWED_DEVICES", LIST, \
	  RUNTIME, "allowed_devices", ALWAYS, STILL) \
	F("apparmor-profile", "", "CONTAINER_APPARMOR_PROFILE", STRING, \
	  RUNTIME, "apparmor_profile", ALWAYS, STILL) \
	F("auto-reload-registries", "", "AUTO_RELOAD_REGISTRIES", BOOL, \
	  IMAGE, "auto_reload_registries", "1.30", STILL) \
	F("big-files-temporary-dir", "", "CONTAINER_BIG_FILES_TEMPORARY_DIR", STRING, \
	  IMAGE, "big_files_temporary_dir", ALWAYS, STILL) \
	F("bind-mount-prefix", "", "CONTAINER_BIND_MOUNT_PREFIX", STRING, \
	  RUNTIME, "bind_mount_prefix", ALWAYS, STILL) \
	F("blockio-config-file", "", "", STRING, \
	  RUNTIME, "blockio_config_file", ALWAYS, STILL) \
	F("blockio-reload", "", "", BOOL, RUNTIME, "blockio_reload", "1.29", STILL) \
	F("cdi-spec-dirs", "", "CONTAINER_CDI_SPEC_DIRS", LIST, \
	  RUNTIME, "cdi_spec_dirs", ALWAYS, STILL) \
	F("cgroup-manager", "", "CONTAINER_CGROUP_MANAGER", STRING, \
	  RUNTIME, "cgroup_manager", ALWAYS, STILL) \
	F("checkpoint-restore-container-level-enabled", "", \
	  "CONTAINER_CHECKPOINT_RESTORE_CONTAINER_LEVEL_ENABLED", STRING, \
	  CHECKPOINT, "container_level_enabled", "1.37", STILL) \
	F("clean-shutdown-file", "", "CONTAINER_CLEAN_SHUTDOWN_FILE", STRING, \
	  CRIO, "clean_shutdown_file", ALWAYS, STILL) \
	F("cni-config-dir", "", "CONTAINER_CNI_CONFIG_DIR", STRING, \
	  NETWORK, "network_dir", ALWAYS, STILL) \
	F("cni-default-network", "", "CONTAINER_CNI_DEFAULT_NETWORK", STRING, \
	  NETWORK, "cni_default_network", ALWAYS, STILL) \
	F("cni-plugin-dir", "", "CONTAINER_CNI_PLUGIN_DIR", LIST, \
	  NETWORK, "plugin_dirs", ALWAYS, STILL) \
	F("cni-status-grace-period", "", "CNI_STATUS_GRACE_PERIOD", DURATION, \
	  NETWORK, "cni_status_grace_period", "1.37 1.36.3", STILL) \
	F("collection-period", "", "COLLECTION_PERIOD", INT, \
	  STATS, "collection_period", "1.30", STILL) \
	F("config", "c", "CONTAINER_CONFIG", STRING, NOWHERE, "", ALWAYS, STILL) \
	F("config-dir", "d", "CONTAINER_CONFIG_DIR", STRING, NOWHERE, "", ALWAYS, STILL) \
	F("conmon", "", "CONTAINER_CONMON", STRING, RUNTIME, "conmon", ALWAYS, STILL) \
	F("conmon-cgroup", "", "CONTAINER_CONMON_CGROUP", STRING, \
	  RUNTIME, "conmon_cgroup", ALWAYS, STILL) \
	F("conmon-env", "", "CONTAINER_CONMON_ENV", LIST, \
	  RUNTIME, "conmon_env", ALWAYS, STILL) \
	F("container-attach-socket-dir", "", "CONTAINER_ATTACH_SOCKET_DIR", STRING, \
	  RUNTIME, "container_attach_socket_dir", ALWAYS, STILL) \
	F("container-exits-dir", "", "CONTAINER_EXITS_DIR", STRING, \
	  RUNTIME, "container_exits_dir", ALWAYS, STILL) \
	F("ctr-stop-timeout", "", "CONTAINER_STOP_TIMEOUT", INT, \
	  RUNTIME, "ctr_stop_timeout", ALWAYS, STILL) \
	F("decryption-keys-path", "", "", STRING, \
	  RUNTIME, "decryption_keys_path", ALWAYS, STILL) \
	F("default-capabilities", "", "CONTAINER_DEFAULT_CAPABILITIES", LIST, \
	  RUNTIME, "default_capabilities", ALWAYS, STILL) \
	F("default-env", "", "CONTAINER_DEFAULT_ENV", LIST, \
	  RUNTIME, "default_env", ALWAYS, STILL) \
	F("default-mounts-file", "", "CONTAINER_DEFAULT_MOUNTS_FILE", STRING, \
	  RUNTIME, "default_mounts_file", ALWAYS, STILL) \
	F("default-runtime", "", "CONTAINER_DEFAULT_RUNTIME", STRING, \
	  RUNTIME, "default_runtime", ALWAYS, STILL) \
	F("default-sysctls", "", "CONTAINER_DEFAULT_SYSCTLS", LIST, \
	  RUNTIME, "default_sysctls", ALWAYS, STILL) \
	F("default-transport", "", "CONTAINER_DEFAULT_TRANSPORT", STRING, \
	  IMAGE, "default_transport", ALWAYS, STILL) \
	F("default-ulimits", "", "CONTAINER_DEFAULT_ULIMITS", LIST, \
	  RUNTIME, "default_ulimits", ALWAYS, STILL) \
	F("device-ownership-from-security-context", "", "", BOOL, \
	  RUNTIME, "device_ownership_from_security_context", ALWAYS, STILL) \
	F("disable-hostport-mapping", "", "DISABLE_HOSTPORT_MAPPING", BOOL, \
	  RUNTIME, "disable_hostport_mapping", ALWAYS, STILL) \
	F("drop-infra-ctr", "", "CONTAINER_DROP_INFRA_CTR", BOOL, \
	  RUNTIME, "drop_infra_ctr", ALWAYS, STILL) \
	F("enable-criu-support", "", "CONTAINER_ENABLE_CRIU_SUPPORT", BOOL, \
	  RUNTIME, "enable_criu_support", ALWAYS, STILL) \
	F("enable-metrics", "", "CONTAINER_ENABLE_METRICS", BOOL, \
	  METRICS, "enable_metrics", ALWAYS, STILL) \
	F("enable-nri", "", "", BOOL, NRI, "enable_nri", ALWAYS, STILL) \
	F("enable-pod-events", "", "ENABLE_POD_EVENTS", BOOL, \
	  RUNTIME, "enable_pod_events", ALWAYS, STILL) \
	F("enable-profile-unix-socket", "", "ENABLE_PROFILE_UNIX_SOCKET", BOOL, \
	  NOWHERE, "", ALWAYS, STILL) \
	F("enable-tracing", "", "CONTAINER_ENABLE_TRACING", BOOL, \
	  TRACING, "enable_tracing", ALWAYS, STILL) \
	F("gid-mappings", "", "CONTAINER_GID_MAPPINGS", STRING, \
	  RUNTIME, "gid_mappings", ALWAYS, STILL) \
	F("global-auth-file", "", "CONTAINER_GLOBAL_AUTH_FILE", STRING, \
	  IMAGE, "global_auth_file", ALWAYS, STILL) \
	F("grpc-max-recv-msg-size", "", "CONTAINER_GRPC_MAX_RECV_MSG_SIZE", INT, \
	  API, "grpc_max_recv_msg_size", ALWAYS, STILL) \
	F("grpc-max-send-msg-size", "", "CONTAINER_GRPC_MAX_SEND_MSG_SIZE", INT, \
	  API, "grpc_max_send_msg_size", ALWAYS, STILL) \
	F("help", "h", "", BOOL, NOWHERE, "", ALWAYS, STILL) \
	F("hooks-dir", "", "CONTAINER_HOOKS_DIR", LIST, RUNTIME, "hooks_dir", ALWAYS, STILL) \
	F("hostnetwork-disable-selinux", "", "CONTAINER_HOSTNETWORK_DISABLE_SELINUX", BOOL, \
	  RUNTIME, "hostnetwork_disable_selinux", ALWAYS, STILL) \
	F("image-volumes", "", "CONTAINER_IMAGE_VOLUMES", STRING, \
	  IMAGE, "image_volumes", ALWAYS, STILL) \
	F("imagestore", "", "CONTAINER_IMAGESTORE", STRING, CRIO, "imagestore", "1.29", STILL) \
	F("included-pod-metrics", "", "CONTAINER_INCLUDED_POD_METRCIS", LIST, \
	  STATS, "included_pod_metrics", "1.30", "1.33") \
	F("included-pod-metrics", "", \
	  "CONTAINER_INCLUDED_POD_METRCIS CONTAINER_INCLUDED_POD_METRICS", LIST, \
	  STATS, "included_pod_metrics", "1.34", STILL) \
	F("infra-ctr-cpuset", "", "CONTAINER_INFRA_CTR_CPUSET", STRING, \
	  RUNTIME, "infra_ctr_cpuset", ALWAYS, STILL) \
	F("insecure-registry", "", "CONTAINER_INSECURE_REGISTRY", LIST, \
	  IMAGE, "insecure_registries", ALWAYS, STILL) \
	F("internal-repair", "", "CONTAINER_INTERNAL_REPAIR", BOOL, \
	  CRIO, "internal_repair", ALWAYS, STILL) \
	F("internal-wipe", "", "CONTAINER_INTERNAL_WIPE", BOOL, \
	  CRIO, "internal_wipe", ALWAYS, STILL) \
	F("irqbalance-config-file", "", "", STRING, \
	  RUNTIME, "irqbalance_config_file", ALWAYS, STILL) \
	F("irqbalance-config-restore-file", "", "", STRING, \
	  RUNTIME, "irqbalance_config_restore_file", ALWAYS, STILL) \
	F("listen", "", "CONTAINER_LISTEN", STRING, API, "listen", ALWAYS, STILL) \
	F("log", "", "CONTAINER_LOG", STRING, NOWHERE, "", ALWAYS, STILL) \
	F("log-dir", "", "CONTAINER_LOG_DIR", STRING, CRIO, "log_dir", ALWAYS, STILL) \
	F("log-filter", "", "CONTAINER_LOG_FILTER", STRING, \
	  RUNTIME, "log_filter", ALWAYS, STILL) \
	F("log-format", "", "CONTAINER_LOG_FORMAT", STRING, NOWHERE, "", ALWAYS, STILL) \
	F("log-journald", "", "CONTAINER_LOG_JOURNALD", BOOL, \
	  RUNTIME, "log_to_journald", ALWAYS, STILL) \
	F("log-level", "l", "CONTAINER_LOG_LEVEL", STRING, \
	  RUNTIME, "log_level", ALWAYS, STILL) \
	F("log-size-max", "", "CONTAINER_LOG_SIZE_MAX", INT, \
	  RUNTIME, "log_size_max", ALWAYS, STILL) \
	F("metrics-cert", "", "CONTAINER_METRICS_CERT", STRING, \
	  METRICS, "metrics_cert", ALWAYS, STILL) \
	F("metrics-collectors", "", "CONTAINER_METRICS_COLLECTORS", LIST, \
	  METRICS, "metrics_collectors", ALWAYS, STILL) \
	F("metrics-host", "", "CONTAINER_METRICS_HOST", STRING, \
	  METRICS, "metrics_host", "1.30 1.28.4 1.29.2", STILL) \
	F("metrics-key", "", "CONTAINER_METRICS_KEY", STRING, \
	  METRICS, "metrics_key", ALWAYS, STILL) \
	F("metrics-port", "", "CONTAINER_METRICS_PORT", INT, \
	  METRICS, "metrics_port", ALWAYS, STILL) \
	F("metrics-socket", "", "CONTAINER_METRICS_SOCKET", STRING, \
	  METRICS, "metrics_socket", ALWAYS, STILL) \
	F("min-injected-gomaxprocs", "", "CONTAINER_INJECT_GOMAXPROCS", INT, \
	  RUNTIME, "min_injected_gomaxprocs", "1.36 1.33.12 1.34.8 1.35.3", STILL) \
	F("minimum-mappable-gid", "", "CONTAINER_MINIMUM_MAPPABLE_GID", INT, \
	  RUNTIME, "minimum_mappable_gid", ALWAYS, STILL) \
	F("minimum-mappable-uid", "", "CONTAINER_MINIMUM_MAPPABLE_UID", INT, \
	  RUNTIME, "minimum_mappable_uid", ALWAYS, STILL) \
	F("namespaced-auth-dir", "", "CONTAINER_NAMESPACED_AUTH_DIR", STRING, \
	  IMAGE, "namespaced_auth_dir", "1.35 1.34.3", STILL) \
	F("namespaces-dir", "", "CONTAINER_NAMESPACES_DIR", STRING, \
	  RUNTIME, "namespaces_dir", ALWAYS, STILL) \
	F("no-pivot", "", "CONTAINER_NO_PIVOT", BOOL, RUNTIME, "no_pivot", ALWAYS, STILL) \
	F("nri-disable-connections", "", "", BOOL, \
	  NRI, "nri_disable_connections", "1.32", STILL) \
	F("nri-disable-connections", "", "", STRING, NOWHERE, "", ALWAYS, "1.31") \
	F("nri-enable-default-validator", "", "", BOOL, \
	  VALIDATOR, "nri_enable_default_validator", "1.34", STILL) \
	F("nri-listen", "", "", STRING, NRI, "nri_listen", ALWAYS, STILL) \
	F("nri-plugin-config-dir", "", "", STRING, \
	  NRI, "nri_plugin_config_dir", ALWAYS, STILL) \
	F("nri-plugin-dir", "", "", STRING, NRI, "nri_plugin_dir", ALWAYS, STILL) \
	F("nri-plugin-registration-timeout", "", "", DURATION, \
	  NRI, "nri_plugin_registration_timeout", ALWAYS, STILL) \
	F("nri-plugin-request-timeout", "", "", DURATION, \
	  NRI, "nri_plugin_request_timeout", ALWAYS, STILL) \
	F("nri-validator-reject-custom-seccomp-adjustment", "", "", BOOL, \
	  VALIDATOR, "nri_validator_reject_custom_seccomp_adjustment", "1.34", STILL) \
	F("nri-validator-reject-namespace-adjustment", "", "", BOOL, \
	  VALIDATOR, "nri_validator_reject_namespace_adjustment", "1.34", STILL) \
	F("nri-validator-reject-oci-hook-adjustment", "", "", BOOL, \
	  VALIDATOR, "nri_validator_reject_oci_hook_adjustment", "1.34", STILL) \
	F("nri-validator-reject-runtime-default-seccomp-adjustment", "", "", BOOL, \
	  VALIDATOR, "nri_validator_reject_runtime_default_seccomp_adjustment", "1.34", STILL) \
	F("nri-validator-reject-unconfined-seccomp-adjustment", "", "", BOOL, \
	  VALIDATOR, "nri_validator_reject_unconfined_seccomp_adjustment", "1.34", STILL) \
	F("nri-validator-required-plugins", "", "", LIST, \
	  VALIDATOR, "nri_validator_required_plugins", "1.34", STILL) \
	F("nri-validator-tolerate-missing-plugins-annotation", "", "", STRING, \
	  VALIDATOR, "nri_validator_tolerate_missing_plugins_annotation", "1.34", STILL) \
	F("oci-artifact-mount-support", "", "CONTAINER_OCI_ARTIFACT_SUPPORT", BOOL, \
	  IMAGE, "oci_artifact_mount_support", "1.33", STILL) \
	F("pause-command", "", "CONTAINER_PAUSE_COMMAND", STRING, \
	  IMAGE, "pause_command", ALWAYS, STILL) \
	F("pause-image", "", "CONTAINER_PAUSE_IMAGE", STRING, \
	  IMAGE, "pause_image", ALWAYS, STILL) \
	F("pause-image-auth-file", "", "CONTAINER_PAUSE_IMAGE_AUTH_FILE", STRING, \
	  IMAGE, "pause_image_auth_file", ALWAYS, STILL) \
	F("pids-limit", "", "CONTAINER_PIDS_LIMIT", INT, RUNTIME, "pids_limit", ALWAYS, STILL) \
	F("pinned-images", "", "CONTAINER_PINNED_IMAGES", LIST, \
	  IMAGE, "pinned_images", ALWAYS, STILL) \
	F("pinns-path", "", "CONTAINER_PINNS_PATH", STRING, \
	  RUNTIME, "pinns_path", ALWAYS, STILL) \
	F("privileged-seccomp-profile", "", "CONTAINER_PRIVILEGED_SECCOMP_PROFILE", STRING, \
	  RUNTIME, "privileged_seccomp_profile", "1.33", STILL) \
	F("profile", "", "CONTAINER_PROFILE", BOOL, NOWHERE, "", ALWAYS, STILL) \
	F("profile-cpu", "", "CONTAINER_PROFILE_CPU", STRING, NOWHERE, "", ALWAYS, STILL) \
	F("profile-mem", "", "CONTAINER_PROFILE_MEM", STRING, NOWHERE, "", ALWAYS, STILL) \
	F("profile-port", "", "CONTAINER_PROFILE_PORT", INT, NOWHERE, "", ALWAYS, STILL) \
	F("pull-progress-timeout", "", "CONTAINER_PULL_PROGRESS_TIMEOUT", DURATION, \
	  IMAGE, "pull_progress_timeout", "1.32 1.30.11 1.31.3", STILL) \
	F("rdt-config-file", "", "", STRING, RUNTIME, "rdt_config_file", ALWAYS, STILL) \
	F("read-only", "", "CONTAINER_READ_ONLY", BOOL, RUNTIME, "read_only", ALWAYS, STILL) \
	F("registries-conf", "", "CONTAINER_REGISTRIES_CONF", STRING, \
	  NOWHERE, "", ALWAYS, STILL) \
	F("registries-conf-dir", "", "CONTAINER_REGISTRIES_CONF_DIR", STRING, \
	  NOWHERE, "", ALWAYS, STILL) \
	F("registry", "", "CONTAINER_REGISTRY", LIST, IMAGE, "registries", ALWAYS, "1.30") \
	F("root", "r", "CONTAINER_ROOT", STRING, CRIO, "root", ALWAYS, STILL) \
	F("runroot", "", "CONTAINER_RUNROOT", STRING, CRIO, "runroot", ALWAYS, STILL) \
	F("runtimes", "", "CONTAINER_RUNTIMES", RUNTIMES, RUNTIME, "runtimes", ALWAYS, STILL) \
	F("seccomp-profile", "", "CONTAINER_SECCOMP_PROFILE", STRING, \
	  RUNTIME, "seccomp_profile", ALWAYS, STILL) \
	F("seccomp-use-default-when-empty", "", "CONTAINER_SECCOMP_USE_DEFAULT_WHEN_EMPTY", BOOL, \
	  RUNTIME, "seccomp_use_default_when_empty", ALWAYS, "1.29") \
	F("selinux", "", "CONTAINER_SELINUX", BOOL, RUNTIME, "selinux", ALWAYS, STILL) \
	F("separate-pull-cgroup", "", "PULL_IN_A_CGROUP", STRING, \
	  RUNTIME, "separate_pull_cgroup", ALWAYS, STILL) \
	F("shared-cpuset", "", "CONTAINER_SHARED_CPUSET", STRING, \
	  RUNTIME, "shared_cpuset", "1.29 1.28.3", STILL) \
	F("short-name-mode", "", "CONTAINER_SHORT_NAME_MODE", STRING, \
	  IMAGE, "short_name_mode", "1.34", STILL) \
	F("signature-policy", "", "CONTAINER_SIGNATURE_POLICY", STRING, \
	  IMAGE, "signature_policy", ALWAYS, STILL) \
	F("signature-policy-dir", "", "CONTAINER_SIGNATURE_POLICY_DIR", STRING, \
	  IMAGE, "signature_policy_dir", ALWAYS, STILL) \
	F("stats-collection-period", "", "CONTAINER_STATS_COLLECTION_PERIOD", INT, \
	  STATS, "stats_collection_period", ALWAYS, STILL) \
	F("storage-driver", "s", "CONTAINER_STORAGE_DRIVER", STRING, \
	  CRIO, "storage_driver", ALWAYS, STILL) \
	F("storage-opt", "", "CONTAINER_STORAGE_OPT", LIST, \
	  CRIO, "storage_option", ALWAYS, STILL) \
	F("stream-address", "", "CONTAINER_STREAM_ADDRESS", STRING, \
	  API, "stream_address", ALWAYS, STILL) \
	F("stream-enable-tls", "", "CONTAINER_ENABLE_TLS", BOOL, \
	  API, "stream_enable_tls", ALWAYS, STILL) \
	F("stream-idle-timeout", "", "STREAM_IDLE_TIMEOUT", STRING, \
	  API, "stream_idle_timeout", ALWAYS, STILL) \
	F("stream-port", "", "CONTAINER_STREAM_PORT", STRING, \
	  API, "stream_port", ALWAYS, STILL) \
	F("stream-tls-ca", "", "CONTAINER_TLS_CA", STRING, \
	  API, "stream_tls_ca", ALWAYS, STILL) \
	F("stream-tls-cert", "", "CONTAINER_TLS_CERT", STRING, \
	  API, "stream_tls_cert", ALWAYS, STILL) \
	F("stream-tls-key", "", "CONTAINER_TLS_KEY", STRING, \
	  API, "stream_tls_key", ALWAYS, STILL) \
	F("timezone", "tz", "CONTAINER_TIME_ZONE", STRING, RUNTIME, "timezone", "1.30", STILL) \
	F("tls-cipher-suites", "", "CONTAINER_TLS_CIPHER_SUITES", LIST, \
	  API, "tls_cipher_suites", "1.36 1.35.1", STILL) \
	F("tls-min-version", "", "CONTAINER_TLS_MIN_VERSION", STRING, \
	  API, "tls_min_version", "1.36 1.35.1", STILL) \
	F("tracing-endpoint", "", "CONTAINER_TRACING_ENDPOINT", STRING, \
	  TRACING, "tracing_endpoint", ALWAYS, STILL) \
	F("tracing-sampling-rate-per-million", "", \
	  "CONTAINER_TRACING_SAMPLING_RATE_PER_MILLION", INT, \
	  TRACING, "tracing_sampling_rate_per_million", ALWAYS, STILL) \
	F("uid-mappings", "", "CONTAINER_UID_MAPPINGS", STRING, \
	  RUNTIME, "uid_mappings", ALWAYS, STILL) \
	F("version", "v", "", BOOL, NOWHERE, "", ALWAYS, STILL) \
	F("version-file", "", "CONTAINER_VERSION_FILE", STRING, \
	  CRIO, "version_file", ALWAYS, STILL) \
	F("version-file-persist", "", "CONTAINER_VERSION_FILE_PERSIST", STRING, \
	  CRIO, "version_file_persist", ALWAYS, STILL)
/* clang-format on */

#endif
