/* SPDX-License-Identifier: Apache-2.0 */
/* The process that listens on CRI-O's socket, for machines whose CRI-O no systemd looks after. */
#ifndef HEIR_APPLY_PROCESS_H
#define HEIR_APPLY_PROCESS_H

#include <sys/types.h>

/* Who listens there, by the kernel's word; 0: nobody does, or none that can be seen from here. */
pid_t heir_process_of(const char *socket);

/* Sends it a SIGHUP. 0 or -errno. */
int heir_process_hang_up(pid_t pid);

#endif
