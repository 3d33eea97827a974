/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program of this machine and reads its output. Only programs that belong to root and that
 * no other user can replace are run (base/way.h), and exactly the file that was checked, by
 * descriptor. There is no shell, no input, no terminal; the environment has only crio.service's
 * $PATH; the directory is "/". Everything the program starts is killed when it ends, unless it
 * left its session. */
#ifndef HEIR_NODE_PROBE_H
#define HEIR_NODE_PROBE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/trace.h"

/* The time limit. */
enum { HEIR_PROBE_MS = 2000 };

/* Opens a file of this machine for heir_probe_run(). The interpreter of a script is checked too,
 * as is the program that `#!/usr/bin/env NAME` finds. A relative path starts at "/". Returns a
 * descriptor that the caller closes; -EPERM if the file, its interpreter or a directory above does
 * not belong to root or is writable by others; -EACCES if it is not executable; else -errno. */
int heir_probe_open(const char *path);
/* The same, except that the effective user is trusted as well as root, and env searches the
 * directories `dirs` (NULL: crio.service's $PATH). */
int heir_probe_open_own(const char *path, const char *dirs);
/* Describes why it cannot be run: an error of heir_probe_open_own(), or -EINVAL for a relative
 * path. */
const char *heir_probe_own_error(int error);

/* The same for the first executable of that name in the directories `dirs` ("/usr/bin:/bin");
 * relative ones are skipped. *ret_path is its path, in the arena, even if it may not be run.
 * Returns -ENOENT with *ret_path NULL if none has it; -errno if it cannot be determined whether
 * the directory of *ret_path has it. */
int heir_probe_find(
	const char *dirs, const char *name, struct heir_arena *arena, const char **ret_path);

/* Runs it. `args` begins with its name and ends with NULL. Returns 0 if its status was 0, with its
 * standard output, terminated, in *ret; a positive status, or 128 plus the signal; or -ETIMEDOUT;
 * -EFBIG if it printed more than `max` bytes; -ECHILD if the caller reaps all of its children, so
 * that the status is lost (merely ignoring SIGCHLD is handled); -ENOMEM; else -errno if it could
 * not be run. */
int heir_probe_run(int fd, const char *const *args, size_t max, struct heir_arena *arena,
	struct heir_str *ret);

/* The same with a time limit of `ms` milliseconds. `trace` may be NULL. */
int heir_probe_run_for(int fd, const char *const *args, int ms, size_t max,
	struct heir_arena *arena, const struct heir_trace *trace, struct heir_str *ret);
/* The same with standard error included in the output, as Go's exec.Cmd.CombinedOutput() does. */
int heir_probe_run_both(int fd, const char *const *args, int ms, size_t max,
	struct heir_arena *arena, const struct heir_trace *trace, struct heir_str *ret);

/* The program's number for the descriptor `more`. */
enum { HEIR_PROBE_MORE_FD = 4 };

/* Starts it and leaves it running, with `in` as standard input, `out` as standard output, and
 * `more`. The caller keeps the descriptors and reaps the process. Returns 0 or -errno. */
int heir_probe_start(int fd, const char *const *args, int in, int out, int more, pid_t *ret);

#endif
