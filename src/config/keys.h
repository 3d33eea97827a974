/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of crio.conf, except those of handlers (field.h): one row each, from CRI-O's Config
 * struct of each release.
 *
 * K(table, key, type, table it opens, since, until, deprecated, meaning): `since` lists the
 * releases that added the key, first the minor, then patch releases that have it too; ALWAYS is
 * before 1.28. "1.34.?" is an unknown patch release of that minor: it counts as not having the key
 * (heir_version_may_have()). `until` is the last minor with the key, possibly before 1.28.
 * `deprecated` says what to use instead; NO: it is not. A key that changed has a row for each
 * version. */
#ifndef HEIR_CONFIG_KEYS_H
#define HEIR_CONFIG_KEYS_H

/* clang-format off */
#define HEIR_KEYS(K) \
	K(ROOT, "crio", TABLE, CRIO, ALWAYS, STILL, NO, \
	  "all tables that CRI-O reads from this file") \
	K(CRIO, "api", TABLE, API, ALWAYS, STILL, NO, \
	  "the CRI socket, and the server that streams exec, attach and port-forward") \
	K(CRIO, "checkpoint_restore", TABLE, CHECKPOINT, \
	  "1.37 1.30.? 1.31.? 1.32.? 1.33.? 1.34.? 1.36.?", STILL, NO, \
	  "checkpoints of containers and their restoration") \
	K(CRIO, "clean_shutdown_file", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "file that only an orderly shutdown leaves behind") \
	K(CRIO, "file_locking", BOOL, NOWHERE, ALWAYS, "1.15", NO, \
	  "lock the storage with a file") \
	K(CRIO, "file_locking_path", STRING, NOWHERE, ALWAYS, "1.15", NO, \
	  "that file") \
	K(CRIO, "image", TABLE, IMAGE, ALWAYS, STILL, NO, \
	  "images: pulling, trust, the pause image") \
	K(CRIO, "imagestore", STRING, NOWHERE, "1.29", STILL, NO, \
	  "directory for images, if they are stored apart from containers") \
	K(CRIO, "internal_repair", BOOL, NOWHERE, ALWAYS, STILL, NO, \
	  "check and repair the storage after an unclean shutdown") \
	K(CRIO, "internal_wipe", BOOL, NOWHERE, ALWAYS, STILL, \
	  "CRI-O always wipes after a reboot; leave it out", \
	  "remove containers after a reboot, and images after an upgrade") \
	K(CRIO, "log_dir", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "directory of container logs for which the kubelet sets no path") \
	K(CRIO, "metrics", TABLE, METRICS, ALWAYS, STILL, NO, \
	  "the Prometheus endpoint") \
	K(CRIO, "network", TABLE, NETWORK, ALWAYS, STILL, NO, \
	  "CNI") \
	K(CRIO, "nri", TABLE, NRI, ALWAYS, STILL, NO, \
	  "the Node Resource Interface and its plugins") \
	K(CRIO, "root", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "directory of images and containers; containers-storage's where it is unset") \
	K(CRIO, "runroot", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "directory of the storage's volatile state") \
	K(CRIO, "runtime", TABLE, RUNTIME, ALWAYS, STILL, NO, \
	  "how containers are run: handlers, defaults, cgroups, security") \
	K(CRIO, "stats", TABLE, STATS, ALWAYS, STILL, NO, \
	  "statistics of pods and containers") \
	K(CRIO, "storage_driver", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "driver of containers-storage, such as overlay") \
	K(CRIO, "storage_option", STRV, NOWHERE, ALWAYS, STILL, NO, \
	  "options of the storage driver; files add to each other here") \
	K(CRIO, "tracing", TABLE, TRACING, ALWAYS, STILL, NO, \
	  "OpenTelemetry traces") \
	K(CRIO, "version_file", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "file by which CRI-O detects a reboot of the node") \
	K(CRIO, "version_file_persist", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "file by which CRI-O detects its own upgrade") \
	K(API, "grpc_max_recv_msg_size", INTEGER, NOWHERE, ALWAYS, STILL, NO, \
	  "largest gRPC message that is accepted, in bytes") \
	K(API, "grpc_max_send_msg_size", INTEGER, NOWHERE, ALWAYS, STILL, NO, \
	  "largest gRPC message that is sent, in bytes") \
	K(API, "host_ip", STRING, NOWHERE, ALWAYS, "1.16", NO, \
	  "address of the host that pods get") \
	K(API, "listen", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "path of the CRI socket") \
	K(API, "stream_address", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "address on which the streaming server listens") \
	K(API, "stream_enable_tls", BOOL, NOWHERE, ALWAYS, STILL, NO, \
	  "encrypt streams") \
	K(API, "stream_idle_timeout", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "how long an idle stream stays open, such as 4h") \
	K(API, "stream_port", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "port of the streaming server; 0: any free port") \
	K(API, "stream_tls_ca", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "file of the certificate authorities for client certificates") \
	K(API, "stream_tls_cert", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "certificate file of the streaming server") \
	K(API, "stream_tls_key", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "key file of the streaming server") \
	K(API, "tls_cipher_suites", STRV, NOWHERE, "1.36 1.35.1", STILL, NO, \
	  "cipher suites that CRI-O's servers offer; the Go defaults if empty") \
	K(API, "tls_min_version", STRING, NOWHERE, "1.36 1.35.1", STILL, NO, \
	  "oldest TLS version that CRI-O's servers accept, such as VersionTLS12") \
	K(CHECKPOINT, "container_level_enabled", STRING, NOWHERE, \
	  "1.37 1.30.? 1.31.? 1.32.? 1.33.? 1.34.? 1.36.?", STILL, NO, \
	  "settings for checkpoint and restore of containers") \
	K(IMAGE, "auto_reload_registries", BOOL, NOWHERE, "1.30", STILL, NO, \
	  "reread registries.conf when it changes") \
	K(IMAGE, "big_files_temporary_dir", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "directory for large files while an image is pulled") \
	K(IMAGE, "default_transport", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "prefix of image names that have none, such as docker://") \
	K(IMAGE, "global_auth_file", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "credentials for pulling, in the format of docker's config.json") \
	K(IMAGE, "image_volumes", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "how to handle volumes that images declare: mkdir, bind or ignore") \
	K(IMAGE, "insecure_registries", STRV, NOWHERE, ALWAYS, "1.33", NO, \
	  "registries whose certificates are not checked") \
	K(IMAGE, "insecure_registries", STRV, NOWHERE, "1.34", "1.34", \
	  "set insecure = true in registries.conf", \
	  "registries whose certificates are not checked") \
	K(IMAGE, "insecure_registries", STRV, NOWHERE, "1.35", STILL, \
	  "it has no effect; set insecure = true in registries.conf", \
	  "registries whose certificates are not checked") \
	K(IMAGE, "namespaced_auth_dir", STRING, NOWHERE, "1.35 1.34.3", STILL, NO, \
	  "directory of credentials by Kubernetes namespace") \
	K(IMAGE, "oci_artifact_mount_support", BOOL, NOWHERE, "1.33", STILL, NO, \
	  "let pods mount OCI artifacts as volumes") \
	K(IMAGE, "pause_command", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "command of the pause image") \
	K(IMAGE, "pause_image", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "image of the container that holds a pod's namespaces") \
	K(IMAGE, "pause_image_auth_file", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "credentials for pulling the pause image") \
	K(IMAGE, "pinned_images", STRV, NOWHERE, ALWAYS, STILL, NO, \
	  "images that the kubelet must not remove; * at the end, or at both ends of a word") \
	K(IMAGE, "pull_progress_timeout", DURATION, NOWHERE, "1.32 1.30.11 1.31.3", STILL, NO, \
	  "how long a pull may make no progress before it is canceled; 0s: no limit") \
	K(IMAGE, "registries", STRV, NOWHERE, ALWAYS, "1.30", NO, \
	  "registries for image names without one") \
	K(IMAGE, "short_name_mode", STRING, NOWHERE, "1.34", STILL, NO, \
	  "how image names without a registry are resolved: enforcing or disabled") \
	K(IMAGE, "signature_policy", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "policy file for trusted images") \
	K(IMAGE, "signature_policy_dir", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "directory of trust policies by Kubernetes namespace") \
	K(METRICS, "enable_metrics", BOOL, NOWHERE, ALWAYS, STILL, NO, \
	  "serve metrics for Prometheus") \
	K(METRICS, "metrics_cert", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "certificate file; with it metrics are served over TLS") \
	K(METRICS, "metrics_collectors", STRV, NOWHERE, ALWAYS, STILL, NO, \
	  "metrics that are collected; all, if unset") \
	K(METRICS, "metrics_host", STRING, NOWHERE, "1.30 1.28.4 1.29.2", STILL, NO, \
	  "address on which metrics are served") \
	K(METRICS, "metrics_key", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "key file of metrics_cert") \
	K(METRICS, "metrics_port", INTEGER, NOWHERE, ALWAYS, STILL, NO, \
	  "port on which metrics are served") \
	K(METRICS, "metrics_socket", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "Unix socket on which metrics are also served") \
	K(NETWORK, "cni_default_network", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "name of the CNI network; the first in network_dir, if unset") \
	K(NETWORK, "cni_status_grace_period", DURATION, NOWHERE, "1.37 1.36.3", STILL, NO, \
	  "how long a CNI plugin may fail before the network counts as not ready") \
	K(NETWORK, "network_dir", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "directory of CNI configurations") \
	K(NETWORK, "plugin_dir", STRING, NOWHERE, ALWAYS, STILL, "write plugin_dirs = [...]", \
	  "one more directory of CNI plugins") \
	K(NETWORK, "plugin_dirs", STRV, NOWHERE, ALWAYS, STILL, NO, \
	  "directories of CNI plugins") \
	K(NRI, "default_validator", TABLE, VALIDATOR, "1.34", STILL, NO, \
	  "the built-in validator of changes by plugins") \
	K(NRI, "enable_nri", BOOL, NOWHERE, ALWAYS, STILL, NO, \
	  "serve NRI plugins") \
	K(NRI, "nri_config_file", STRING, NOWHERE, ALWAYS, "1.26", NO, \
	  "configuration file of NRI") \
	K(NRI, "nri_disable_connections", BOOL, NOWHERE, ALWAYS, STILL, NO, \
	  "refuse plugins that were not started by CRI-O") \
	K(NRI, "nri_listen", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "path of the NRI socket") \
	K(NRI, "nri_plugin_config_dir", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "directory of the plugins' configurations") \
	K(NRI, "nri_plugin_dir", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "directory of plugins that CRI-O starts") \
	K(NRI, "nri_plugin_registration_timeout", DURATION, NOWHERE, ALWAYS, STILL, NO, \
	  "how long a plugin may take to register") \
	K(NRI, "nri_plugin_request_timeout", DURATION, NOWHERE, ALWAYS, STILL, NO, \
	  "how long a plugin may take to answer a request") \
	K(VALIDATOR, "nri_enable_default_validator", BOOL, NOWHERE, "1.34", STILL, NO, \
	  "enable the built-in validator") \
	K(VALIDATOR, "nri_validator_reject_custom_seccomp_adjustment", \
	  BOOL, NOWHERE, "1.34", STILL, NO, \
	  "refuse changes to the seccomp profile of a pod") \
	K(VALIDATOR, "nri_validator_reject_namespace_adjustment", \
	  BOOL, NOWHERE, "1.34", STILL, NO, \
	  "refuse changes to Linux namespaces") \
	K(VALIDATOR, "nri_validator_reject_oci_hook_adjustment", BOOL, NOWHERE, "1.34", STILL, NO, \
	  "refuse OCI hooks that plugins add") \
	K(VALIDATOR, "nri_validator_reject_runtime_default_seccomp_adjustment", \
	  BOOL, NOWHERE, "1.34", STILL, NO, \
	  "refuse changes to the runtime's default seccomp profile") \
	K(VALIDATOR, "nri_validator_reject_unconfined_seccomp_adjustment", \
	  BOOL, NOWHERE, "1.34", STILL, NO, \
	  "refuse seccomp profiles for containers that are unconfined") \
	K(VALIDATOR, "nri_validator_required_plugins", STRV, NOWHERE, "1.34", STILL, NO, \
	  "plugins without which no container is created") \
	K(VALIDATOR, "nri_validator_tolerate_missing_plugins_annotation", \
	  STRING, NOWHERE, "1.34", STILL, NO, \
	  "annotation that exempts a pod from the required plugins") \
	K(RUNTIME, "absent_mount_sources_to_reject", STRV, NOWHERE, ALWAYS, STILL, NO, \
	  "host paths of mounts that CRI-O does not create if they are missing") \
	K(RUNTIME, "add_inheritable_capabilities", BOOL, NOWHERE, ALWAYS, STILL, NO, \
	  "put capabilities into the inheritable set too, as older releases did") \
	K(RUNTIME, "additional_artifact_stores", STRV, NOWHERE, "1.36 1.35.2", STILL, NO, \
	  "further stores that OCI artifacts are looked up in, read only") \
	K(RUNTIME, "additional_devices", STRV, NOWHERE, ALWAYS, STILL, NO, \
	  "host devices for every container, as SOURCE:TARGET:PERMISSIONS") \
	K(RUNTIME, "allowed_devices", STRV, NOWHERE, ALWAYS, STILL, NO, \
	  "devices that the devices annotation may ask for") \
	K(RUNTIME, "apparmor_profile", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "AppArmor profile of containers that name none") \
	K(RUNTIME, "bind_mount_prefix", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "prefix for the sources of all bind mounts") \
	K(RUNTIME, "blockio_config_file", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "file of block I/O classes") \
	K(RUNTIME, "blockio_reload", BOOL, NOWHERE, "1.29", STILL, NO, \
	  "reread blockio_config_file for every container") \
	K(RUNTIME, "cdi_spec_dirs", STRV, NOWHERE, ALWAYS, STILL, NO, \
	  "directories of CDI device descriptions") \
	K(RUNTIME, "cgroup_manager", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "cgroup manager; the kubelet must use the same") \
	K(RUNTIME, "conmon", STRING, NOWHERE, ALWAYS, STILL, \
	  "set monitor_path in the handlers' tables", \
	  "monitor binary of all oci handlers; overwrites their monitor_path") \
	K(RUNTIME, "conmon_cgroup", STRING, NOWHERE, ALWAYS, STILL, \
	  "set monitor_cgroup in the handlers' tables", \
	  "cgroup of monitors of all oci handlers; overwrites their monitor_cgroup") \
	K(RUNTIME, "conmon_env", STRV, NOWHERE, ALWAYS, STILL, \
	  "set monitor_env in the handlers' tables", \
	  "environment of monitors of all oci handlers; overwrites their monitor_env") \
	K(RUNTIME, "container_attach_socket_dir", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "directory of the sockets to attach to containers") \
	K(RUNTIME, "container_exits_dir", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "directory in which monitors write exit codes") \
	K(RUNTIME, "ctr_stop_timeout", INTEGER, NOWHERE, ALWAYS, STILL, NO, \
	  "least number of seconds that a container gets to stop") \
	K(RUNTIME, "decryption_keys_path", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "directory of the keys for encrypted images") \
	K(RUNTIME, "default_capabilities", STRV, NOWHERE, ALWAYS, STILL, NO, \
	  "capabilities of containers that do not request any") \
	K(RUNTIME, "default_env", STRV, NOWHERE, ALWAYS, STILL, NO, \
	  "environment variables for every container") \
	K(RUNTIME, "default_mounts", STRV, NOWHERE, ALWAYS, "1.19", NO, \
	  "mounts for every container, as HOST:CONTAINER") \
	K(RUNTIME, "default_mounts_file", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "file of mounts for every container") \
	K(RUNTIME, "default_runtime", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "the handler of pods that name no RuntimeClass") \
	K(RUNTIME, "default_sysctls", STRV, NOWHERE, ALWAYS, STILL, NO, \
	  "sysctls of every pod, as NAME=VALUE") \
	K(RUNTIME, "default_ulimits", STRV, NOWHERE, ALWAYS, STILL, NO, \
	  "ulimits of every container, as NAME=SOFT:HARD") \
	K(RUNTIME, "default_workload_trust", STRING, NOWHERE, ALWAYS, "1.13", NO, \
	  "trust in pods without a trust annotation: trusted or untrusted") \
	K(RUNTIME, "device_ownership_from_security_context", BOOL, NOWHERE, ALWAYS, STILL, NO, \
	  "devices belong to the container's user and group") \
	K(RUNTIME, "disable_hostport_mapping", BOOL, NOWHERE, ALWAYS, STILL, NO, \
	  "do not manage host ports") \
	K(RUNTIME, "drop_infra_ctr", BOOL, NOWHERE, ALWAYS, STILL, NO, \
	  "omit the pause container if a pod does not need it") \
	K(RUNTIME, "enable_criu_support", BOOL, NOWHERE, ALWAYS, "1.36", NO, \
	  "checkpoint and restore containers with CRIU") \
	K(RUNTIME, "enable_criu_support", BOOL, NOWHERE, "1.37", STILL, \
	  "write container_level_enabled in [crio.checkpoint_restore]", \
	  "checkpoint and restore containers with CRIU") \
	K(RUNTIME, "enable_pod_events", BOOL, NOWHERE, ALWAYS, STILL, NO, \
	  "send events to the kubelet instead of waiting for queries") \
	K(RUNTIME, "gid_mappings", STRING, NOWHERE, ALWAYS, "1.28", NO, \
	  "group ids of containers' user namespace, as CONTAINER:HOST:SIZE") \
	K(RUNTIME, "gid_mappings", STRING, NOWHERE, "1.29", STILL, \
	  "use the user namespaces of Kubernetes", \
	  "group ids of containers' user namespace, as CONTAINER:HOST:SIZE") \
	K(RUNTIME, "hooks_dir", STRV, NOWHERE, ALWAYS, STILL, NO, \
	  "directories of OCI hooks") \
	K(RUNTIME, "hooks_dir_path", STRING, NOWHERE, ALWAYS, "1.11", NO, \
	  "directory of OCI hooks") \
	K(RUNTIME, "hostnetwork_disable_selinux", BOOL, NOWHERE, ALWAYS, STILL, NO, \
	  "no SELinux separation for pods in the host's network") \
	K(RUNTIME, "infra_ctr_cpuset", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "CPUs of pause containers, as in 0-1,5") \
	K(RUNTIME, "irqbalance_config_file", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "configuration file of irqbalance, changed for pods without interrupt balancing") \
	K(RUNTIME, "irqbalance_config_restore_file", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "file that keeps the originally banned CPUs; disable: none") \
	K(RUNTIME, "log_filter", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "regular expression for the log messages to keep") \
	K(RUNTIME, "log_level", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "trace, debug, info, warn, error, fatal or panic") \
	K(RUNTIME, "log_size_max", INTEGER, NOWHERE, ALWAYS, STILL, \
	  "use the kubelet's --container-log-max-size", \
	  "largest log of a container in bytes; negative: no limit") \
	K(RUNTIME, "log_to_journald", BOOL, NOWHERE, ALWAYS, STILL, NO, \
	  "write container logs to the journal too") \
	K(RUNTIME, "manage_network_ns_lifecycle", BOOL, NOWHERE, ALWAYS, "1.18", NO, \
	  "CRI-O itself creates and removes pods' network namespaces") \
	K(RUNTIME, "manage_ns_lifecycle", BOOL, NOWHERE, ALWAYS, "1.20", NO, \
	  "CRI-O itself creates and removes pods' namespaces") \
	K(RUNTIME, "min_injected_gomaxprocs", \
	  INTEGER, NOWHERE, "1.36 1.33.12 1.34.8 1.35.3", STILL, NO, \
	  "least GOMAXPROCS that containers get, by their CPU request; 0: none") \
	K(RUNTIME, "minimum_mappable_gid", INTEGER, NOWHERE, ALWAYS, "1.28", NO, \
	  "lowest host group id that a user namespace may map; negative: any") \
	K(RUNTIME, "minimum_mappable_gid", INTEGER, NOWHERE, "1.29", STILL, \
	  "use the user namespaces of Kubernetes", \
	  "lowest host group id that a user namespace may map; negative: any") \
	K(RUNTIME, "minimum_mappable_uid", INTEGER, NOWHERE, ALWAYS, "1.28", NO, \
	  "lowest host user id that a user namespace may map; negative: any") \
	K(RUNTIME, "minimum_mappable_uid", INTEGER, NOWHERE, "1.29", STILL, \
	  "use the user namespaces of Kubernetes", \
	  "lowest host user id that a user namespace may map; negative: any") \
	K(RUNTIME, "namespaces_dir", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "directory to which pods' namespaces are pinned") \
	K(RUNTIME, "no_pivot", BOOL, NOWHERE, ALWAYS, STILL, NO, \
	  "change the root by moving the mount, not with pivot_root") \
	K(RUNTIME, "pids_limit", INTEGER, NOWHERE, ALWAYS, STILL, \
	  "use the kubelet's --pod-pids-limit", \
	  "most processes of a container; negative: no limit") \
	K(RUNTIME, "pinns_path", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "the binary pinns; looked up in $PATH if unset") \
	K(RUNTIME, "privileged_seccomp_profile", STRING, NOWHERE, "1.33", STILL, NO, \
	  "seccomp profile of privileged containers") \
	K(RUNTIME, "rdt_config_file", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "file of RDT classes (cache and memory bandwidth)") \
	K(RUNTIME, "read_only", BOOL, NOWHERE, ALWAYS, STILL, NO, \
	  "root file systems of all containers are read only") \
	K(RUNTIME, "runtime_untrusted_workload", STRING, NOWHERE, ALWAYS, "1.13", NO, \
	  "binary that runs the containers of untrusted pods") \
	K(RUNTIME, "runtimes", TABLES, HANDLER, ALWAYS, STILL, NO, \
	  "the handlers, by the names that RuntimeClasses use") \
	K(RUNTIME, "seccomp_profile", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "default seccomp profile; the built-in one if unset") \
	K(RUNTIME, "seccomp_use_default_when_empty", BOOL, NOWHERE, ALWAYS, "1.29", NO, \
	  "containers without seccomp profile get the default") \
	K(RUNTIME, "selinux", BOOL, NOWHERE, ALWAYS, "1.28", NO, \
	  "separate pods by SELinux") \
	K(RUNTIME, "selinux", BOOL, NOWHERE, "1.29", STILL, \
	  "it will be derived from the host; leave it out", \
	  "separate pods by SELinux") \
	K(RUNTIME, "separate_pull_cgroup", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "cgroup in which images are pulled; pod is the pod's own") \
	K(RUNTIME, "shared_cpuset", STRING, NOWHERE, "1.29 1.28.3", STILL, NO, \
	  "CPUs that containers with exclusive CPUs may share") \
	K(RUNTIME, "timezone", STRING, NOWHERE, "1.30", STILL, NO, \
	  "time zone of containers, such as Europe/Berlin; Local is the host's") \
	K(RUNTIME, "uid_mappings", STRING, NOWHERE, ALWAYS, "1.28", NO, \
	  "user ids of containers' user namespace, as CONTAINER:HOST:SIZE") \
	K(RUNTIME, "uid_mappings", STRING, NOWHERE, "1.29", STILL, \
	  "use the user namespaces of Kubernetes", \
	  "user ids of containers' user namespace, as CONTAINER:HOST:SIZE") \
	K(RUNTIME, "workloads", TABLES, WORKLOAD, ALWAYS, STILL, NO, \
	  "kinds of pods that an annotation selects, by name") \
	K(WORKLOAD, "DisallowedAnnotations", STRV, NOWHERE, ALWAYS, STILL, NO, \
	  "computed; settable by accident") \
	K(WORKLOAD, "activation_annotation", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "annotation that makes a pod one of this workload; its value is ignored") \
	K(WORKLOAD, "allowed_annotations", STRV, NOWHERE, ALWAYS, STILL, NO, \
	  "annotations that CRI-O acts on for these pods") \
	K(WORKLOAD, "annotation_prefix", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "prefix of the annotations that set resources for one container") \
	K(WORKLOAD, "resources", TABLE, RESOURCES, ALWAYS, STILL, NO, \
	  "resources of these pods' containers") \
	K(RESOURCES, "CPULimit", INTEGER, NOWHERE, "1.30 1.29.3", STILL, NO, \
	  "CPU limit in thousandths of a CPU, from which the quota is computed") \
	K(RESOURCES, "CPUPeriod", INTEGER, NOWHERE, "1.30 1.29.3", STILL, NO, \
	  "period of the CPU quota in microseconds") \
	K(RESOURCES, "CPUQuota", INTEGER, NOWHERE, "1.30 1.29.3", STILL, NO, \
	  "CPU quota in microseconds per period") \
	K(RESOURCES, "CPUSet", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "CPUs, as in 0-1,5") \
	K(RESOURCES, "CPUShares", INTEGER, NOWHERE, ALWAYS, STILL, NO, \
	  "CPU shares") \
	K(STATS, "collection_period", INTEGER, NOWHERE, "1.30", STILL, NO, \
	  "seconds between collections; 0: on request") \
	K(STATS, "included_pod_metrics", STRV, NOWHERE, "1.30", STILL, NO, \
	  "groups of pod metrics to collect, such as network and cpu") \
	K(STATS, "stats_collection_period", INTEGER, NOWHERE, ALWAYS, "1.29", NO, \
	  "seconds between collections; 0: on request") \
	K(STATS, "stats_collection_period", INTEGER, NOWHERE, "1.30", STILL, \
	  "write collection_period", \
	  "seconds between collections; 0: on request") \
	K(TRACING, "enable_tracing", BOOL, NOWHERE, ALWAYS, STILL, NO, \
	  "export traces") \
	K(TRACING, "tracing_endpoint", STRING, NOWHERE, ALWAYS, STILL, NO, \
	  "address of the collector") \
	K(TRACING, "tracing_sampling_rate_per_million", INTEGER, NOWHERE, ALWAYS, STILL, NO, \
	  "samples per million spans; 1000000: all")
/* clang-format on */

#endif
