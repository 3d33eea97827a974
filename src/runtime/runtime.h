/* SPDX-License-Identifier: Apache-2.0 */
/* heir-runtime: the OCI runtime that CRI-O sees where a handler is bound late.
 *
 * CRI-O's runtime_path is a link DIR/bin/HANDLER to this program. DIR holds what `heir apply
 *--late` writes, and one directory of records holds what this program writes:
 *
 *	DIR/now                     a link to the current generation, switched by one rename
 *	DIR/now/target/HANDLER      the runtimes of the handler, the current one first
 *	DIR/now/features/HANDLER    what to print for "features" (optional)
 *	DIR/now/version/HANDLER     what to print for "--version" (optional)
 *	RECORDS/ROOT/ID             the runtime that created container ID under --root ROOT
 *
 * "create" and "restore" run the current runtime and record it before; calls about a container run
 * the recorded runtime; all others run the current one. Descriptors, environment, working directory
 * and arguments are passed on unchanged. Only "delete" forks, because its record is removed after
 *it.
 *
 * The program runs as root on arguments that it does not control. It links to libc only, does not
 * allocate, reads no environment variable, follows no link in RECORDS, and uses no file that
 *another user could have written. Functions return 0, or -ERRNO.
 */
#ifndef HEIR_RUNTIME_H
#define HEIR_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define HEIR_LATE_DIR "/var/lib/heir/late"
#define HEIR_LATE_RECORDS "/run/heir/late"

enum {
	HEIR_PATH_SIZE = 4096, /* of a path with its NUL */
	HEIR_NAME_SIZE = 256,  /* of a file name with its NUL */
	HEIR_TEXT_SIZE = 8192, /* of a target file or a record with a NUL */
	HEIR_N_RUNTIMES = 16,  /* per target file; further ones are ignored */
};

/* What names of handlers and containers consist of; they do not begin with ".". */
#define HEIR_NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-"

/* Exit codes, as those of env(1): this program failed; the runtime is not executable; does not
 * exist.
 */
enum { HEIR_EXIT_OURS = 125, HEIR_EXIT_CANNOT_RUN = 126, HEIR_EXIT_NOT_FOUND = 127 };

/* ---- args.c: what a command line asks for ---------------------------------------------------- */

enum heir_call_kind {
	HEIR_CALL_OTHER,     /* goes to the current runtime */
	HEIR_CALL_CONTAINER, /* goes to the recorded runtime; the kinds below too, unless they say
				otherwise */
	HEIR_CALL_CREATE,    /* chooses the runtime and records it */
	HEIR_CALL_DELETE,    /* removes the record */
	HEIR_CALL_FEATURES,  /* prints a file, or goes to the current runtime */
	HEIR_CALL_VERSION,   /* prints a file, or goes to the current runtime */
};

/* The strings are arguments, or parts of one. */
struct heir_call {
	enum heir_call_kind kind;
	const char *root; /* absolute; NULL: not given */
	const char *id;   /* not empty for CONTAINER, CREATE and DELETE, else NULL */
	const char *log;  /* NULL: not given */
	bool log_json;
	bool no_stderr; /* descriptor 2 was closed when the program started */
};

/* Reads argv[1] to argv[argc - 1]; never fails. Whatever it does not understand is HEIR_CALL_OTHER.
 */
void heir_call_read(int argc, char *const argv[], struct heir_call *ret);

/* ---- file.c: files of lines ------------------------------------------------------------------ */

/* "runtime KIND PATH": KIND is the first word of `PATH --version`, or "-" where it is not known. */
struct heir_runtime {
	const char *kind, *path;
};

/* A target file or a record. Its strings point into text, so it cannot be copied. */
struct heir_list {
	char text[HEIR_TEXT_SIZE];
	struct heir_runtime runtimes[HEIR_N_RUNTIMES];
	unsigned n;
	pid_t creator;                    /* the process that is or was "create"; 0: none */
	unsigned long long creator_start; /* in ticks since boot; 0: not known */
	int fd;                           /* open, so that the inode is not used again */
	dev_t dev;
	ino_t ino;
};

/* Opens a regular file that only its owner, the effective user, can write. Returns the descriptor,
 * -EPERM for any other file, or -ERRNO. */
int heir_file_open(int dir, const char *path);

/* Reads path below dir. -EBADMSG: it is damaged. On success the caller closes list->fd. */
int heir_list_read(int dir, const char *path, struct heir_list *list);

/* Whether the process that the list names as creator still runs. */
bool heir_list_creator_runs(const struct heir_list *list);

/* When process pid started, in ticks since boot. -ESRCH: no such process, or a zombie. */
int heir_process_start(pid_t pid, unsigned long long *ret);

/* ---- record.c: which runtime created a container --------------------------------------------- */

/* The directories, and the handler of this call. */
struct heir_place {
	char dir[HEIR_PATH_SIZE];
	char records[HEIR_PATH_SIZE];
	const char *handler;
};

/* The kind of runtime that the call's container has by the form of its state directory; NULL:
 * there is none. */
const char *heir_state_kind(const struct heir_call *call);

/* Reads the record of the call's container. -ENOENT: there is none. */
int heir_record_read(
	const struct heir_place *place, const struct heir_call *call, struct heir_list *ret);

/* Records that this process creates the call's container with runtime, and removes records of
 * containers that are gone. -EEXIST: the container exists; -EBUSY: another process is creating it.
 * Then the runtime must not be called: that container could be gone by then, and its id recorded
 * with another runtime. */
int heir_record_claim(const struct heir_place *place, const struct heir_call *call,
	const struct heir_runtime *runtime);

/* Removes the record, if it is still the one that was read, and unless the container exists or is
 * being created. ours: this process wrote it and did not run the runtime. */
void heir_record_remove(const struct heir_place *place, const struct heir_call *call,
	const struct heir_list *record, bool ours);

/* ---- log.c ----------------------------------------------------------------------------------- */

/* Prints an error to standard error, which CRI-O shows in the pod's event, and to the file of
 * --log. */
__attribute__((format(printf, 2, 3))) void heir_log(
	const struct heir_call *call, const char *format, ...);

#endif
