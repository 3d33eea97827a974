/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#define WNOHANG 1
#define WEXITED 4
#define WNOWAIT 0x01000000
#define P_PID 1
#define WIFEXITED(status) (((status)&0x7f) == 0)
#define WEXITSTATUS(status) (((status) >> 8) & 0xff)
#define WIFSIGNALED(status) (((status)&0x7f) != 0)
#define WTERMSIG(status) ((status)&0x7f)
#define waitpid(pid, status, flags) ((void)(status), (pid_t)vfs_fails())
#define waitid(type, id, info, flags) ((void)(id), vfs_fails())

/* Of a process that is made, which fails before it is called. */
#define SA_NOCLDWAIT 2
#define SYS_close_range 436
#ifndef SOCK_SEQPACKET
#define SOCK_SEQPACKET 5
#endif
#define setsid() vfs_fails()
#define socketpair(family, type, protocol, fds) ((void)(fds), vfs_fails())
