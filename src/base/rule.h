/* SPDX-License-Identifier: Apache-2.0 */
/* The registry of rules: what heir can say about a configuration. One row each; an id never changes
 * its meaning and never comes back. Severities: F CRI-O does not start, D it drops the handler, E
 * error, W warning, I note. */
#ifndef HEIR_BASE_RULE_H
#define HEIR_BASE_RULE_H

/* R(enumerator, id, severity, what it means) */
#define HEIR_RULES(R)                                                                              \
	R(TOML_SYNTAX, "toml-syntax", 'F', "the file does not parse as TOML")                      \
	R(TOML_DUPLICATE, "toml-duplicate", 'F', "a key or table is defined twice in one file")    \
	R(TOML_ENCODING, "toml-encoding", 'F',                                                     \
		"the file is not UTF-8, or holds control characters")                              \
	R(TOML_VERSION, "toml-version", 'F', "TOML 1.1 syntax, and this release reads 1.0")        \
	R(TOML_LIMIT, "toml-limit", 'F', "nested deeper than heir reads")                          \
	R(VALUE_TYPE, "value-type", 'F', "a key has a value of another type")                      \
	R(DROPIN_DANGLING_LINK, "dropin-dangling-link", 'F',                                       \
		"a link in crio.conf.d points nowhere")                                            \
	R(DROPIN_DIRECTORY_LINK, "dropin-directory-link", 'F',                                     \
		"a link in crio.conf.d points to a directory")                                     \
	R(DEFAULT_UNKNOWN, "default-unknown", 'F', "default_runtime names no handler")             \
	R(DEFAULT_INVALID, "default-invalid", 'F', "the default handler does not validate")        \
	R(FILE_UNREADABLE, "file-unreadable", 'F', "a configuration file cannot be read")          \
	R(PATH_MISSING, "path-missing", 'D', "runtime_path does not exist")                        \
	R(PATH_NOT_FOUND, "path-not-found", 'D', "no runtime_path, and $PATH has no such binary")  \
	R(TYPE_UNKNOWN, "type-unknown", 'D', "runtime_type is none that this release knows")       \
	R(VM_BINARY_NAME, "vm-binary-name", 'D', "a vm runtime is not named containerd-shim-*")    \
	R(CONFIG_PATH_TYPE, "config-path-type", 'D',                                               \
		"runtime_config_path without runtime_type vm")                                     \
	R(CONFIG_PATH_MISSING, "config-path-missing", 'D', "runtime_config_path does not exist")   \
	R(ANNOTATION_UNKNOWN, "annotation-unknown", 'D',                                           \
		"allowed_annotations names an unknown one")                                        \
	R(AFFINITY_UNKNOWN, "affinity-unknown", 'D', "exec_cpu_affinity is not \"first\"")         \
	R(SYNC_LOG_TYPE, "sync-log-type", 'D', "no_sync_log with a runtime_type other than oci")   \
	R(WEBSOCKETS_TYPE, "websockets-type", 'D', "stream_websockets without runtime_type pod")   \
	R(SECCOMP_MISSING, "seccomp-missing", 'D', "seccomp_profile cannot be loaded")             \
	R(PARENT_UNKNOWN, "parent-unknown", 'D', "inherit names a handler that no file defines")   \
	R(PARENT_DROPPED, "parent-dropped", 'D',                                                   \
		"the handler it inherits from cannot be resolved")                                 \
	R(INHERIT_CYCLE, "inherit-cycle", 'D', "handlers inherit from each other in a circle")     \
	R(INHERIT_INVALID, "inherit-invalid", 'D',                                                 \
		"a key of heir has a value that it cannot have")                                   \
	R(VARIABLE_UNSET, "variable-unset", 'D', "a ${VARIABLE} is not set")                       \
	R(NAME_EMPTY, "name-empty", 'D',                                                           \
		"a handler's name is empty once its variables are expanded")                       \
	R(NAME_COLLISION, "name-collision", 'D', "two handlers' names become one by expansion")    \
	R(CANDIDATE_NONE, "candidate-none", 'D', "no candidate meets runtime_requires")            \
	R(FACTS_NEEDED, "facts-needed", 'D', "a condition or requirement needs facts of the node") \
	R(KEY_TWICE, "key-twice", 'E', "two spellings of one key: CRI-O picks one at random")      \
	R(TOML_TOLERATED, "toml-tolerated", 'W', "CRI-O's parser accepts what TOML forbids")       \
	R(VALUE_IGNORED, "value-ignored", 'W', "CRI-O wants a table here and ignores other values")

#define HEIR_RULE_AS_ENUM(name, id, severity, help) HEIR_RULE_##name,
enum heir_rule { HEIR_RULES(HEIR_RULE_AS_ENUM) HEIR_N_RULES };

struct heir_rule_row {
	const char *id;
	char severity;
	const char *help;
};

extern const struct heir_rule_row heir_rules[HEIR_N_RULES];

/* "error", "warning" or "note". */
const char *heir_rule_level(enum heir_rule rule);

#endif
