/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#define LOCK_SH 1
#define LOCK_EX 2
#define LOCK_NB 4
#define LOCK_UN 8
#define flock(fd, how) vfs_fails()
