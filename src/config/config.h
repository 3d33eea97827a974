/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration as CRI-O merges it: which handlers the files define, and every place that ever
 * wrote a value. What a handler *gets* once inheritance is resolved is inherit/'s to say. */
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
	HEIR_AS_STOCK, /* what an unmodified CRI-O does */
};

/* One assignment at one place: a value, or a handler's whole table. */
struct heir_write {
	const struct heir_write *replaced; /* what stood here before: a list down to the built-in */
	uint32_t source;
	heir_toml_node node;
	uint32_t fields; /* of a handler's table: a bit for each field that it gives */
	/* Of a large one, the keys that give them: else each child that inherits a field would
	 * search all keys. NULL: they are searched. */
	const heir_toml_node *nodes;
};

/* Keys of [crio.runtime] that decide about handlers. */
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
	struct heir_str name;           /* expanded */
	const struct heir_write *table; /* the one that counts */
	struct heir_diag *broken;       /* the name cannot be used: why (under HEIR_AS_HEIR) */
	uint32_t id;                    /* its index */
	bool vendor;                    /* a vendor layer defines it somewhere */
};

/* A table of [crio.runtime.workloads], which a later file replaces as a whole. */
struct heir_workload {
	struct heir_str name;
	const struct heir_write *table; /* the one that counts */
};

/* A daemon that runs, as /proc/PID tells: NUL behind each word. */
struct heir_process {
	const char *name; /* "/proc/PID", for places */
	struct heir_str cmdline, environ;
};

/* Where to look and what to assume. Strings belong to the caller and outlive the configuration. */
struct heir_where {
	/* NULL: what the flags of CRI-O name, else /etc/crio/crio.conf, which may be missing */
	const char *config;
	const char *config_dir; /* NULL: the same, and /etc/crio/crio.conf.d */
	const char *source_dir; /* NULL: /etc/crio/heir.d */
	const char *const *vendor_globs;
	size_t n_vendor_globs;
	/* What if these files were not there: see heir_path_is_named(). */
	const char *const *without;
	size_t n_without;
	struct heir_version version;
	bool version_assumed; /* nothing told it: it is the newest that heir knows */
	enum heir_semantics as;
	const char *crio_args; /* the flags of CRI-O, instead of those of crio.service; or NULL */
	bool no_unit;          /* crio.service is not read */
	const struct heir_process *process; /* how CRI-O was started, instead of both; or NULL */
	/* The value of a variable, or NULL; for ${VAR}. */
	const char *(*getenv)(void *data, const char *name);
	void *getenv_data;
};

/* The directory of drop-ins, and that of heir's own files. */
const char *heir_where_config_dir(const struct heir_where *where);
const char *heir_where_source_dir(const struct heir_where *where);

/* From `at` on, the text of the flags says what stands at `where`. */
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
	struct heir_handler **handlers; /* in order of their first definition */
	uint32_t n_handlers, size_handlers;
	struct heir_map by_name;
	const struct heir_write *settings[HEIR_N_SETTINGS];
	bool field_known[HEIR_N_FIELDS]; /* by this release, under these semantics */
	const struct heir_diag *fatal;   /* the first of `stops` */
	struct heir_diags stops;         /* why CRI-O does not start on these files */
	const struct heir_write
		*keys[HEIR_N_KEY_ROWS];  /* the one that counts, by row of schema.h */
	struct heir_workload *workloads; /* in order of their first definition */
	uint32_t n_workloads, size_workloads;
	struct heir_map workload_by_name;
	int io_error;                 /* something could not be read: -errno of the first */
	struct heir_unit unit;        /* how CRI-O is started */
	struct heir_flag_lines flags; /* the source of scope HEIR_SCOPE_FLAG, line by line */
	const char *path;             /* $PATH that the unit sets; NULL: systemd's default */
	bool no_conf, no_dropins;     /* a flag says that none are read */
	bool *left_out;               /* by number of where.without: there is such a file */
	/* The flag that names crio.conf; conf_by is NULL where none does. */
	struct heir_place conf_at;
	const char *conf_by;
};

/* Reads and merges everything. What is wrong with the files becomes diagnostics, and `fatal` when
 * CRI-O would not start; what heir itself cannot read becomes `io_error` beside a diagnostic. 0 or
 * -ENOMEM. Mirrors Config.UpdateFromFile and UpdateFromPath. */
int heir_config_load(
	struct heir_config *config, struct heir_core *core, const struct heir_where *where);
void heir_config_release(struct heir_config *config);

/* The handler of that (expanded) name, or NULL. */
struct heir_handler *heir_config_handler(const struct heir_config *config, struct heir_str name);

/* The first line of what `heir render` writes, and its name in the directory of drop-ins. */
#define HEIR_RENDERED_LINE "# Written by heir render; edit what it was made from, not this file."
#define HEIR_RENDERED_NAME "zz-heir.conf"

/* Begins the drop-in's text in an empty buffer: the first line, and a line for the digest. */
void heir_rendered_begin(struct heir_buf *buf);
/* Puts the digest of all that follows into its line, once the text is complete. */
void heir_rendered_seal(struct heir_buf *buf);
/* Whether `text` is what heir wrote. It is not, whatever it begins with, unless it has heir's own
 * path (`is_own_path`) and the digest matches. A text without a digest is heir 0.1.0's. */
enum heir_rendered heir_rendered_judge(struct heir_str text, bool is_own_path);

/* Did `heir render` write the file that `w` stands in? */
bool heir_write_is_rendered(const struct heir_config *config, const struct heir_write *w);
/* "50-gpu.conf" for a file below `config_dir`, "crio.conf", "heir.d/10.conf", else the path. */
const char *heir_short_path(const char *config_dir, const char *path);

/* Does `name` mean the file of that path? By its path on the node, by that with directories of this
 * machine before it, or by its short path. */
bool heir_path_is_named(const char *config_dir, const char *path, const char *name);

/* The place of a write: its key, or its value. HEIR_PLACE_NONE for what is built in. */
struct heir_place heir_write_key_place(
	const struct heir_config *config, const struct heir_write *w);
struct heir_place heir_write_value_place(
	const struct heir_config *config, const struct heir_write *w);
struct heir_place heir_node_place(
	const struct heir_config *config, uint32_t source, struct heir_toml_span span);

/* The value that `table` (a handler's) gives a field; 0 for none. Where two spellings stand side by
 * side, the exact one, else the last. */
heir_toml_node heir_table_field(
	const struct heir_config *config, const struct heir_write *table, enum heir_field field);

/* The value that `table` gives the key of that row, by the same rule; 0 for none. */
heir_toml_node heir_table_key(const struct heir_config *config, const struct heir_write *table,
	const struct heir_key_row *row);

/* The string of a node of type string; p is NULL when memory runs out. */
struct heir_str heir_config_string(
	const struct heir_config *config, uint32_t source, heir_toml_node node);

/* The string of a setting; "" when it is not set; p is NULL when memory runs out. */
struct heir_str heir_config_setting(const struct heir_config *config, enum heir_setting setting);

/* Does the Machine Config Operator write the file of that path: its template, or what it makes of a
 * ContainerRuntimeConfig? */
bool heir_config_is_managed(const struct heir_config *config, const char *path);

/* Makes diagnostics of the faults of a document. 0 or -ENOMEM. */
int heir_config_add_faults(struct heir_config *config, uint32_t source);

/* Appends `diag` to the reasons why CRI-O does not start; passes it on. Where memory runs out the
 * load or the decoding that is under way returns -ENOMEM (stops.failed). */
struct heir_diag *heir_config_set_fatal(struct heir_config *config, struct heir_diag *diag);

#endif
