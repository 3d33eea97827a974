/* SPDX-License-Identifier: Apache-2.0 */
/* The registry of rules: everything that heir can report about a configuration, one row each. An
 * id never changes its meaning and is never reused. Severities: F CRI-O does not start, D CRI-O
 * drops the handler, E error, W warning, I note. */
#ifndef HEIR_BASE_RULE_H
#define HEIR_BASE_RULE_H

#include <stdbool.h>

/* Who finds it, which decides whose run of `heir check` is believed. */
enum heir_rule_source {
	HEIR_RULE_FROM_TOML, /* the text as TOML: depends on the dialect that the release reads */
	HEIR_RULE_FROM_READING, /* the files, or the objects that bring them, before any semantics
				 */
	HEIR_RULE_FROM_CRIO,    /* CRI-O itself would find it */
	HEIR_RULE_FROM_HEIR,    /* heir's own keys, and what only `heir check` looks for */
};

/* R(enumerator, id, severity, source, what it means) */
#define HEIR_RULES(R)                                                                              \
	R(TOML_SYNTAX, "toml-syntax", 'F', TOML, "the file does not parse as TOML")                \
	R(TOML_DUPLICATE, "toml-duplicate", 'F', TOML,                                             \
		"a key or table is defined twice in one file")                                     \
	R(TOML_ENCODING, "toml-encoding", 'F', TOML,                                               \
		"the file is not UTF-8, or contains control characters")                           \
	R(TOML_VERSION, "toml-version", 'F', TOML,                                                 \
		"TOML 1.1 syntax, but this release reads TOML 1.0")                                \
	R(TOML_LIMIT, "toml-limit", 'F', TOML, "nested more deeply than heir reads")               \
	R(VALUE_TYPE, "value-type", 'F', CRIO, "a key has a value of another type")                \
	R(DROPIN_DANGLING_LINK, "dropin-dangling-link", 'F', READING,                              \
		"a link in crio.conf.d has no target")                                             \
	R(DROPIN_DIRECTORY_LINK, "dropin-directory-link", 'F', READING,                            \
		"a link in crio.conf.d points to a directory")                                     \
	R(DEFAULT_UNKNOWN, "default-unknown", 'F', CRIO,                                           \
		"no file defines the handler in default_runtime")                                  \
	R(DEFAULT_INVALID, "default-invalid", 'F', CRIO, "the default handler is not valid")       \
	R(FILE_UNREADABLE, "file-unreadable", 'F', READING, "a configuration file cannot be read") \
	R(CGROUP_MISMATCH, "cgroup-mismatch", 'F', CRIO,                                           \
		"the cgroup manager rejects a monitor_cgroup")                                     \
	R(FLAG_INVALID, "flag-invalid", 'F', READING,                                              \
		"CRI-O rejects a flag or an environment variable")                                 \
	R(CONFIG_MISSING, "config-missing", 'F', READING,                                          \
		"a file that crio.service names does not exist")                                   \
	R(MONITOR_MISSING, "monitor-missing", 'F', CRIO,                                           \
		"the monitor of an oci handler cannot be run")                                     \
	R(PROGRAM_MISSING, "program-missing", 'F', CRIO,                                           \
		"CRI-O needs a program that is not in $PATH")                                      \
	R(VALUE_INVALID, "value-invalid", 'F', CRIO, "this release rejects the value of a key")    \
	R(WORKLOAD_INVALID, "workload-invalid", 'F', CRIO, "a workload is not valid")              \
	R(CONTAINERS_CONF_INVALID, "containers-conf-invalid", 'F', CRIO,                           \
		"storage.conf or registries.conf cannot be loaded")                                \
	R(PATH_MISSING, "path-missing", 'D', CRIO, "runtime_path does not exist")                  \
	R(PATH_NOT_FOUND, "path-not-found", 'D', CRIO,                                             \
		"no runtime_path, and no such binary in $PATH")                                    \
	R(OS_LACKS_BINARY, "os-lacks-binary", 'D', CRIO,                                           \
		"the operating system of the node has no such binary")                             \
	R(TYPE_UNKNOWN, "type-unknown", 'D', CRIO, "this release does not know the runtime_type")  \
	R(VM_BINARY_NAME, "vm-binary-name", 'D', CRIO,                                             \
		"a vm runtime is not named containerd-shim-*")                                     \
	R(CONFIG_PATH_TYPE, "config-path-type", 'D', CRIO,                                         \
		"runtime_config_path without runtime_type vm")                                     \
	R(CONFIG_PATH_MISSING, "config-path-missing", 'D', CRIO,                                   \
		"runtime_config_path does not exist")                                              \
	R(ANNOTATION_UNKNOWN, "annotation-unknown", 'D', CRIO,                                     \
		"allowed_annotations has an unknown annotation")                                   \
	R(AFFINITY_UNKNOWN, "affinity-unknown", 'D', CRIO, "exec_cpu_affinity is not \"first\"")   \
	R(SYNC_LOG_TYPE, "sync-log-type", 'D', CRIO,                                               \
		"no_sync_log with a runtime_type other than oci")                                  \
	R(WEBSOCKETS_TYPE, "websockets-type", 'D', CRIO,                                           \
		"stream_websockets without runtime_type pod")                                      \
	R(SECCOMP_INVALID, "seccomp-invalid", 'D', CRIO, "seccomp_profile is not a valid profile") \
	R(POD_MONITOR_MISSING, "pod-monitor-missing", 'D', CRIO,                                   \
		"a pod handler has no working conmonrs")                                           \
	R(SECCOMP_MISSING, "seccomp-missing", 'D', CRIO,                                           \
		"seccomp_profile does not exist or cannot be read")                                \
	R(PARENT_UNKNOWN, "parent-unknown", 'D', HEIR,                                             \
		"inherit names a handler that no file defines")                                    \
	R(PARENT_DROPPED, "parent-dropped", 'D', HEIR,                                             \
		"the handler it inherits from cannot be resolved")                                 \
	R(INHERIT_CYCLE, "inherit-cycle", 'D', HEIR,                                               \
		"handlers inherit from each other in a cycle")                                     \
	R(INHERIT_INVALID, "inherit-invalid", 'D', HEIR,                                           \
		"one of heir's keys has an invalid value")                                         \
	R(VARIABLE_UNSET, "variable-unset", 'D', HEIR, "a ${VARIABLE} is not set")                 \
	R(NAME_EMPTY, "name-empty", 'D', HEIR,                                                     \
		"a handler's name is empty once its variables are expanded")                       \
	R(NAME_COLLISION, "name-collision", 'D', HEIR, "two names are equal after expansion")      \
	R(CANDIDATE_NONE, "candidate-none", 'D', HEIR, "no candidate meets runtime_requires")      \
	R(FACTS_NEEDED, "facts-needed", 'D', HEIR,                                                 \
		"a condition or requirement needs facts of the node")                              \
	R(KEY_TWICE, "key-twice", 'E', HEIR,                                                       \
		"two spellings of one key: CRI-O picks one at random")                             \
	R(TOML_TOLERATED, "toml-tolerated", 'W', HEIR, "CRI-O's parser accepts what TOML forbids") \
	R(VALUE_IGNORED, "value-ignored", 'W', HEIR,                                               \
		"CRI-O expects a table here and ignores other values")                             \
	R(PATH_NOT_EXECUTABLE, "path-not-executable", 'E', HEIR, "runtime_path is not executable") \
	R(PATH_DIRECTORY, "path-directory", 'E', HEIR, "runtime_path is a directory")              \
	R(PLATFORM_RUNTIME, "platform-runtime", 'E', HEIR,                                         \
		"platform_runtime_paths names another runtime, or a missing one")                  \
	R(TYPE_MISSING, "type-missing", 'E', HEIR, "a VM runtime without runtime_type vm")         \
	R(BINARY_WRITABLE, "binary-writable", 'E', HEIR,                                           \
		"non-root users can write a binary that root runs")                                \
	R(KEY_UNKNOWN, "key-unknown", 'W', HEIR, "no release of CRI-O knows the key")              \
	R(KEY_TOO_NEW, "key-too-new", 'W', HEIR, "the key is newer than this release")             \
	R(KEY_REMOVED, "key-removed", 'I', HEIR, "this release no longer has the key")             \
	R(KEY_DEPRECATED, "key-deprecated", 'I', HEIR, "the key is deprecated")                    \
	R(KEY_CASE, "key-case", 'W', HEIR, "a key is not in its documented spelling")              \
	R(FILE_ORDER, "file-order", 'W', HEIR,                                                     \
		"numbers of different width: 100-x is read before 99-x")                           \
	R(FILE_BACKUP, "file-backup", 'W', HEIR, "CRI-O reads backup copies in crio.conf.d too")   \
	R(FILE_HIDDEN, "file-hidden", 'W', HEIR, "CRI-O reads hidden files in crio.conf.d too")    \
	R(FILE_ELSEWHERE, "file-elsewhere", 'W', HEIR,                                             \
		"a file in a directory that CRI-O never reads")                                    \
	R(CONFIG_WRITABLE, "config-writable", 'W', HEIR,                                           \
		"non-root users can write a configuration file")                                   \
	R(ANNOTATION_DEPRECATED, "annotation-deprecated", 'W', HEIR,                               \
		"allowed_annotations has only one of two names of an annotation")                  \
	R(PATH_RELATIVE, "path-relative", 'W', HEIR, "runtime_path is a relative path")            \
	R(PATH_NOT_CANONICAL, "path-not-canonical", 'W', HEIR,                                     \
		"runtime_path is a link to another runtime")                                       \
	R(PATH_OVERRIDDEN, "path-overridden", 'W', HEIR,                                           \
		"inherit_default_runtime overwrites the runtime_path")                             \
	R(PATH_STALE_DEFAULT, "path-stale-default", 'W', HEIR,                                     \
		"runtime_path was copied from a default that has changed")                         \
	R(PATH_COPIES_DEFAULT, "path-copies-default", 'I', HEIR,                                   \
		"runtime_path repeats the default's")                                              \
	R(ROOT_SHARED, "root-shared", 'W', HEIR, "different binaries share one runtime_root")      \
	R(TABLE_REPLACED, "table-replaced", 'W', HEIR,                                             \
		"a later table of the same handler discards fields")                               \
	R(FLAG_OVERRIDES, "flag-overrides", 'W', HEIR, "a flag or a variable overrides a file")    \
	R(START_UNCLEAR, "start-unclear", 'W', HEIR,                                               \
		"the flags in crio.service cannot be determined")                                  \
	R(DEFAULT_OVERRIDDEN, "default-overridden", 'W', HEIR,                                     \
		"a later file replaces the default_runtime of an earlier one")                     \
	R(IMPLICIT_SHADOWS, "implicit-shadows", 'W', HEIR,                                         \
		"heir inherits, but CRI-O finds a binary named like the handler")                  \
	R(INHERIT_NOT_APPLIED, "inherit-not-applied", 'W', HEIR,                                   \
		"heir's keys have no effect until they are applied")                               \
	R(MONITOR_TYPE, "monitor-type", 'W', HEIR, "monitor_path is for another runtime_type")     \
	R(MONITOR_OVERRIDDEN, "monitor-overridden", 'W', HEIR,                                     \
		"conmon, conmon_cgroup or conmon_env replaces a handler's own value")              \
	R(MEMORY_INVALID, "memory-invalid", 'W', HEIR, "container_min_memory is not a valid size") \
	R(TIMEOUT_CLAMPED, "timeout-clamped", 'W', HEIR, "CRI-O raises container_create_timeout")  \
	R(VENDOR_BINARY_ABSENT, "vendor-binary-absent", 'I', HEIR,                                 \
		"the binary of a vendor's handler does not exist, and nothing uses the handler")   \
	R(NAME_NOT_DNS_LABEL, "name-not-dns-label", 'W', HEIR,                                     \
		"no RuntimeClass can name the handler")                                            \
	R(ANNOTATIONS_INHERITED, "annotations-inherited", 'I', HEIR,                               \
		"allowed_annotations is inherited")                                                \
	R(IGNORE_UNUSED, "ignore-unused", 'W', HEIR, "an ignore comment that hides no finding")    \
	R(REQUIRES_UNUSED, "requires-unused", 'W', HEIR,                                           \
		"runtime_requires without runtime_candidates")                                     \
	R(CANDIDATES_UNUSED, "candidates-unused", 'W', HEIR,                                       \
		"runtime_candidates has no effect next to runtime_path")                           \
	R(FEATURE_UNKNOWN, "feature-unknown", 'W', HEIR,                                           \
		"a condition names a feature that does not exist")                                 \
	R(CONDITION_INVALID, "condition-invalid", 'W', HEIR,                                       \
		"a condition is invalid but not evaluated yet")                                    \
	R(OBJECT_SYNTAX, "object-syntax", 'F', READING,                                            \
		"a document of objects is neither YAML nor JSON")                                  \
	R(OBJECT_INVALID, "object-invalid", 'F', READING,                                          \
		"the MCO rejects an object or a file in it")                                       \
	R(OBJECT_UNSUPPORTED, "object-unsupported", 'F', READING,                                  \
		"a file of an object uses an encoding that the MCO does not support")              \
	R(OBJECT_AMBIGUOUS, "object-ambiguous", 'F', READING,                                      \
		"several rendered MachineConfigs, and no pool that selects one")                   \
	R(OBJECT_REFUSED, "object-refused", 'W', HEIR,                                             \
		"the MCO rejects an object because of a file that is not CRI-O's")                 \
	R(OBJECT_TWICE, "object-twice", 'W', HEIR, "two objects of one kind have the same name")   \
	R(OBJECT_NO_ROLE, "object-no-role", 'W', HEIR,                                             \
		"a MachineConfig without a role: no pool selects it")                              \
	R(RELEASE_DIFFERS, "release-differs", 'W', HEIR,                                           \
		"the nodes of a pool run different releases of CRI-O")                             \
	R(RUNTIMECLASS_HANDLER, "runtimeclass-handler", 'E', HEIR,                                 \
		"a RuntimeClass names a handler that the pool does not have")                      \
	R(OBJECT_NO_BASE, "object-no-base", 'W', HEIR,                                             \
		"objects without the MCO's 00-default: the built-in defaults are assumed")         \
	R(CTRCFG_SELECTS_NOTHING, "ctrcfg-selects-nothing", 'W', HEIR,                             \
		"a ContainerRuntimeConfig that selects no pool")                                   \
	R(MCO_MANAGED_OVERRIDE, "mco-managed-override", 'W', HEIR,                                 \
		"a MachineConfig replaces a file that the MCO manages")                            \
	R(CTRCFG_CONFLICT, "ctrcfg-conflict", 'W', HEIR,                                           \
		"two ContainerRuntimeConfigs of a pool set the same value")                        \
	R(CTRCFG_UNKNOWN, "ctrcfg-unknown", 'W', HEIR,                                             \
		"a ContainerRuntimeConfig sets a field that no release knows")                     \
	R(RENDERED_STALE, "rendered-stale", 'W', HEIR,                                             \
		"the rendered drop-in is not what heir would render now")                          \
	R(RENDERED_NOT_LAST, "rendered-not-last", 'W', HEIR,                                       \
		"a later file overrides the rendered drop-in")                                     \
	R(RENDERED_FOREIGN, "rendered-foreign", 'W', HEIR,                                         \
		"zz-heir.conf is not the file that heir wrote")                                    \
	R(RENDERED_ELSEWHERE, "rendered-elsewhere", 'W', HEIR,                                     \
		"a file under another name begins like the rendered drop-in")                      \
	R(RENDER_CANNOT_SAY, "render-cannot-say", 'W', HEIR,                                       \
		"no drop-in can remove a handler that heir drops")

#define HEIR_RULE_AS_ENUM(name, ...) HEIR_RULE_##name,
enum heir_rule { HEIR_RULES(HEIR_RULE_AS_ENUM) HEIR_N_RULES };

struct heir_rule_row {
	const char *id;
	char severity;
	enum heir_rule_source source;
	const char *help;
};

extern const struct heir_rule_row heir_rules[HEIR_N_RULES];

/* Is it found before any semantics? */
static inline bool heir_rule_is_of_text(enum heir_rule rule)
{
	return heir_rules[rule].source == HEIR_RULE_FROM_TOML ||
	       heir_rules[rule].source == HEIR_RULE_FROM_READING;
}

/* Returns "error", "warning" or "note". */
const char *heir_rule_level(enum heir_rule rule);

/* The rules whose findings `check --fix` can fix. M(enumerator, what it does) */
#define HEIR_RULE_FIXES(M)                                                               \
	M(KEY_UNKNOWN, "removes the key, unless its name resembles another one's or it " \
		       "belongs in another table")                                       \
	M(KEY_REMOVED, "removes the key")                                                \
	M(KEY_CASE, "writes the key in its own spelling")                                \
	M(ANNOTATION_DEPRECATED, "adds the other name")                                  \
	M(PATH_COPIES_DEFAULT,                                                           \
		"writes inherit_default_runtime = true instead, for CRI-O 1.32 and later")

/* Returns what `check --fix` does about the rule, or NULL. */
const char *heir_rule_fix(enum heir_rule rule);

#endif
