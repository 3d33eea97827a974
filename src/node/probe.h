/* SPDX-License-Identifier: Apache-2.0 */
/* Running a program of this machine to read what it prints, where nobody else knows the answer.
 * Only what root owns and nobody else may write is run, the directories above it included
 * (trust.h), and what is run is the file that was judged, whatever bears its name by then. It is
 * run without a shell, with nothing to read, no environment but crio.service's $PATH, no terminal,
 * in "/", and whatever it starts ends with it, unless that took itself out of its session. */
#ifndef HEIR_NODE_PROBE_H
#define HEIR_NODE_PROBE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/trace.h"

/* It may take this long. */
enum { HEIR_PROBE_MS = 2000 };

/* Holds a file of this machine for heir_probe_run(). If it is a script, its interpreter is judged
 * like it, and so is the program that `#!/usr/bin/env NAME` finds. A descriptor, for the caller to
 * close, or: -EPERM it, its interpreter or a directory above them is not root's, or others may
 * write there; -EACCES not executable; else -errno. A relative path starts at "/". */
int heir_probe_open(const char *path);
/* The same, but what belongs to the effective user is as good as root's, and env finds programs in
 * the directories `dirs` (NULL: crio.service's $PATH). */
int heir_probe_open_own(const char *path, const char *dirs);
/* Why it cannot be run, from what heir_probe_open_own() returned, or -EINVAL for a relative path.
 */
const char *heir_probe_own_error(int error);

/* The same for the first executable of that name in the directories `dirs` ("/usr/bin:/bin"), of
 * which relative ones do not count; *ret_path is its path then, also where it may not be run. It
 * belongs to the arena. -ENOENT: none has it, and *ret_path is NULL; -errno: it is not known
 * whether the directory of *ret_path has it. */
int heir_probe_find(
	const char *dirs, const char *name, struct heir_arena *arena, const char **ret_path);

/* Runs it. `args` begins with its name and ends with NULL. 0: it ended with status 0, and *ret is
 * what it wrote to standard output, terminated, in the arena. Positive: the status that it ended
 * with, or 128 and the signal that ended it. Negative: -ETIMEDOUT it took too long; -EFBIG it
 * printed more than `max` bytes; -ECHILD its status is lost, because the caller reaps all of its
 * children (one that only ignores SIGCHLD gets the status); -ENOMEM; else -errno, it could not be
 * run. */
int heir_probe_run(int fd, const char *const *args, size_t max, struct heir_arena *arena,
	struct heir_str *ret);

/* The same for a program that may take `ms` milliseconds. `trace` (or NULL) is told that it is
 * waited for. */
int heir_probe_run_for(int fd, const char *const *args, int ms, size_t max,
	struct heir_arena *arena, const struct heir_trace *trace, struct heir_str *ret);
/* The same, with standard error in the output too, as exec.Cmd's CombinedOutput of Go has it. */
int heir_probe_run_both(int fd, const char *const *args, int ms, size_t max,
	struct heir_arena *arena, const struct heir_trace *trace, struct heir_str *ret);

/* Where a program finds the descriptor `more`. */
enum { HEIR_PROBE_MORE_FD = 4 };

/* Starts it and leaves it running, with `in` as standard input, `out` as standard output, and
 * `more`. The caller keeps the descriptors, and reaps the process. 0 or -errno. */
int heir_probe_start(int fd, const char *const *args, int in, int out, int more, pid_t *ret);

#endif
