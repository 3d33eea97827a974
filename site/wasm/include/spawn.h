/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <sys/types.h>

typedef struct {
	int none;
} posix_spawn_file_actions_t, posix_spawnattr_t;

#define POSIX_SPAWN_SETSID 0x80
#define POSIX_SPAWN_SETSIGDEF 0x04
#define POSIX_SPAWN_SETSIGMASK 0x08
#define POSIX_SPAWN_SETPGROUP 0x02

#define posix_spawn(pid, path, actions, attr, argv, envp) ((void)(actions), (void)(attr), ENOSYS)
#define posix_spawnp(pid, path, actions, attr, argv, envp) ((void)(actions), (void)(attr), ENOSYS)
#define posix_spawn_file_actions_init(actions) ((void)(actions), 0)
#define posix_spawn_file_actions_destroy(actions) ((void)(actions), 0)
#define posix_spawn_file_actions_adddup2(actions, from, to) ((void)(actions), 0)
#define posix_spawn_file_actions_addclose(actions, fd) ((void)(actions), 0)
#define posix_spawn_file_actions_addopen(actions, fd, path, flags, mode) ((void)(actions), 0)
#define posix_spawn_file_actions_addchdir_np(actions, path) ((void)(actions), 0)
#define posix_spawnattr_init(attr) ((void)(attr), 0)
#define posix_spawnattr_destroy(attr) ((void)(attr), 0)
#define posix_spawnattr_setflags(attr, flags) ((void)(attr), 0)
#define posix_spawnattr_setsigdefault(attr, set) ((void)(attr), 0)
#define posix_spawnattr_setsigmask(attr, set) ((void)(attr), 0)
#define posix_spawnattr_setpgroup(attr, group) ((void)(attr), 0)
