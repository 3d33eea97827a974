/* SPDX-License-Identifier: Apache-2.0 */
/* The process that listens on CRI-O's socket. */
#ifndef HEIR_APPLY_PROCESS_H
#define HEIR_APPLY_PROCESS_H

#include <sys/types.h>

/* Connects to the socket and gets the process that listens; 0 if it is in another PID namespace.
 * Returns 0; -ENOENT, -ENOTDIR or -ECONNREFUSED if no process listens; -errno if it is not
 * known. */
int heir_process_of(const char *socket, pid_t *ret);

#endif
