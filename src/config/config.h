/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration as CRI-O merges it: the handlers that the files define, and every assignment
 * of every value. What a handler *gets* after inheritance is resolved in inherit/. */
#ifndef HEIR_CONFIG_CONFIG_H
#define HEIR_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/core.h"
#include "base/map.h"
#include "config/field.h"
#include "config/release.h"
#include "config/schema.h"
#include "toml/toml.h"
#include "unit/unit.h"

enum heir_semantics {
	HEIR_AS_HEIR,  /* with heir's keys and heir.d */
	HEIR_AS_STOCK, /* as an unmodified CRI-O */
};

/* One assignment at one place: a value, or a handler's whole table. */
struct heir_write {
	/* the assignment that it replaces: a list down to the built-in one */
	const struct heir_write *replaced;
	uint32_t source;
	heir_toml_node node;
	uint32_t fields; /* of a handler's table: one bit per field that it sets */
	/* For a large table, the key of each field, so that children that inherit need not search
	 * it. NULL: search. */
	const heir_toml_node *nodes;
};

/* The keys of [crio.runtime] that affect handlers. */
#define HEIR_SETTINGS(S)   \
	S(default_runtime) \
	S(cgroup_manager)  \
	S(conmon)          \
	S(conmon_cgroup)   \
	S(conmon_env)      \
	S(implicit_inherit)
#define HEIR_SETTING_AS_ENUM(name) HEIR_SETTING_##name,
enum heir_setting { HEIR_SETTINGS(HEIR_SETTING_AS_ENUM) HEIR_N_SETTINGS };

extern const struct heir_str heir_setting_names[HEIR_N_SETTINGS];

struct heir_handler {
	struct heir_str name;           /* with variables expanded */
	const struct heir_write *table; /* the one that counts */
	/* why the name cannot be used, or NULL (only with HEIR_AS_HEIR) */
	struct heir_diag *broken;
	uint32_t id; /* its index */
	bool vendor; /* some vendor file defines it */
};

/* A table of [crio.runtime.workloads]. A later file replaces it completely. */
struct heir_workload {
	struct heir_str name;
	const struct heir_write *table; /* the one that counts */
};

/* A running daemon, from /proc/PID. A NUL follows each word. */
struct heir_process {
	const char *name; /* "/proc/PID", for places */
	struct heir_str cmdline, environ;
};

/* Where to read and what to assume. Strings belong to the caller and must outlive the
 * configuration. */
struct heir_where {
	/* NULL: as CRI-O's flags say, else /etc/crio/crio.conf, which may be missing */
	const char *config;
	const char *config_dir; /* NULL: as CRI-O's flags say, else /etc/crio/crio.conf.d */
	const char *source_dir; /* NULL: /etc/crio/heir.d */
	const char *const *vendor_globs;
	size_t n_vendor_globs;
	/* Files that are treated as missing; see heir_path_is_named(). */
	const char *const *without;
	size_t n_without;
	struct heir_version version;
	bool version_assumed; /* not known: the newest release that heir knows */
	enum heir_semantics as;
	const char *crio_args; /* CRI-O's flags, instead of those in crio.service; or NULL */
	bool no_unit;          /* do not read crio.service */
	const struct heir_process *process; /* the running CRI-O, instead of both; or NULL */
	/* Returns the value of a variable for ${VAR}, or NULL. */
	const char *(*getenv)(void *data, const char *name);
	void *getenv_data;
};

/* The directory of drop-ins, and that of heir's own files. */
const char *heir_where_config_dir(const struct heir_where *where);
const char *heir_where_source_dir(const struct heir_where *where);

/* From offset `at` on, the text of the flags represents what is at `where`. */
struct heir_flag_line {
	uint32_t at;
	struct heir_place where;
	const char *by; /* "--conmon", "CONTAINER_CONMON" */
};

struct heir_flag_lines {
	const struct heir_flag_line *items; /* in the arena */
	uint32_t n;
};

struct heir_config {
	struct heir_core *core;
	struct heir_where where;
	struct heir_toml_doc **docs; /* by source number */
	uint32_t n_docs;
	struct heir_handler **handlers; /* in the order of their first definitions */
	uint32_t n_handlers, size_handlers;
	struct heir_map by_name;
	const struct heir_write *settings[HEIR_N_SETTINGS];
	bool field_known[HEIR_N_FIELDS]; /* in this release, with these semantics */
	const struct heir_diag *fatal;   /* the first one in `stops` */
	struct heir_diags stops;         /* why CRI-O does not start with these files */
	/* the assignment that counts, by row of schema.h */
	const struct heir_write *keys[HEIR_N_KEY_ROWS];
	struct heir_workload *workloads; /* in the order of their first definitions */
	uint32_t n_workloads, size_workloads;
	struct heir_map workload_by_name;
	int io_error;                 /* -errno of the first file that could not be read */
	struct heir_unit unit;        /* how CRI-O is started */
	struct heir_flag_lines flags; /* the lines of the source of scope HEIR_SCOPE_FLAG */
	const char *path;             /* $PATH set by the unit; NULL: systemd's default */
	bool no_conf, no_dropins;     /* a flag disables them */
	bool *left_out;               /* by index of where.without: such a file exists */
	/* The flag that names crio.conf; conf_by is NULL if none does. */
	struct heir_place conf_at;
	const char *conf_by;
};

/* Reads and merges everything. Faults in the files become diagnostics, and `fatal` if CRI-O would
 * not start. What heir itself cannot read becomes `io_error` and a diagnostic. Returns 0 or
 * -ENOMEM. Mirrors Config.UpdateFromFile and UpdateFromPath. */
int heir_config_load(
	struct heir_config *config, struct heir_core *core, const struct heir_where *where);
void heir_config_release(struct heir_config *config);

/* Returns the handler with that (expanded) name, or NULL. */
struct heir_handler *heir_config_handler(const struct heir_config *config, struct heir_str name);

/* The first line that `heir render` writes, and its file name in the directory of drop-ins. */
#define HEIR_RENDERED_LINE "# Written by heir render; edit what it was made from, not this file."
#define HEIR_RENDERED_NAME "zz-heir.conf"

/* Begins a drop-in in an empty buffer: the first line, and a line for the digest. */
void heir_rendered_begin(struct heir_buf *buf);
/* Writes the digest of the following text into its line, once the text is complete. */
void heir_rendered_seal(struct heir_buf *buf);
/* Determines whether heir wrote `text`: only if it has heir's path (`is_own_path`) and a correct
 * digest, whatever it begins with. A text without digest is from heir 0.1.0. */
enum heir_rendered heir_rendered_judge(struct heir_str text, bool is_own_path);

/* Returns whether `heir render` wrote the file with this assignment. */
bool heir_write_is_rendered(const struct heir_config *config, const struct heir_write *w);
/* Returns "50-gpu.conf" for a file below `config_dir`, "crio.conf", "heir.d/10.conf", else the
 * path. */
const char *heir_short_path(const char *config_dir, const char *path);

/* Returns whether `name` means the file `path`: its path on the node, that path after directories
 * of this machine, or its short path. */
bool heir_path_is_named(const char *config_dir, const char *path, const char *name);

/* Return the place of the key or value; HEIR_PLACE_NONE for built-in values. */
struct heir_place heir_write_key_place(
	const struct heir_config *config, const struct heir_write *w);
struct heir_place heir_write_value_place(
	const struct heir_config *config, const struct heir_write *w);
struct heir_place heir_node_place(
	const struct heir_config *config, uint32_t source, struct heir_toml_span span);

/* Returns the value that a handler's table gives a field, 0 for none. If two spellings exist, the
 * exact one counts, else the last. */
heir_toml_node heir_table_field(
	const struct heir_config *config, const struct heir_write *table, enum heir_field field);

/* Returns the value that `table` gives a key, by the same rule, or 0. */
heir_toml_node heir_table_key(const struct heir_config *config, const struct heir_write *table,
	const struct heir_key_row *row);

/* Returns the string of a node of type string; .p is NULL if there is no memory. */
struct heir_str heir_config_string(
	const struct heir_config *config, uint32_t source, heir_toml_node node);

/* Returns the string of a setting, "" if it is not set; .p is NULL if there is no memory. */
struct heir_str heir_config_setting(const struct heir_config *config, enum heir_setting setting);

/* Returns whether the Machine Config Operator writes the file: from a template, or from a
 * ContainerRuntimeConfig. */
bool heir_config_is_managed(const struct heir_config *config, const char *path);

/* Adds diagnostics for the faults of a document. Returns 0 or -ENOMEM. */
int heir_config_add_faults(struct heir_config *config, uint32_t source);

/* Adds `diag` to the reasons why CRI-O does not start, and returns it. If there is no memory,
 * stops.failed makes the load return -ENOMEM. */
struct heir_diag *heir_config_set_fatal(struct heir_config *config, struct heir_diag *diag);

#endif
