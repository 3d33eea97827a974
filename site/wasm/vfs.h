/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Adds a file, a link or a directory by its mode, and the directories above it. -1: a name is both
 * a directory and not. */
int vfs_add(const char *path, unsigned mode, const char *data, size_t size);

/* The host's write(). */
ssize_t vfs_host_write(int fd, const void *buf, size_t size);
