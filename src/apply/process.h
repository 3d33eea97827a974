/* SPDX-License-Identifier: Apache-2.0 */
/* The process that listens on CRI-O's socket. */
#ifndef HEIR_APPLY_PROCESS_H
#define HEIR_APPLY_PROCESS_H

#include <sys/types.h>

/* Connects, and gives the process that listens there; 0: it is in another PID namespace. 0;
 * -ENOENT, -ENOTDIR or -ECONNREFUSED: no process listens; else -errno: that is not known. */
int heir_process_of(const char *socket, pid_t *ret);

#endif
