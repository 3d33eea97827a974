/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#define fremovexattr(fd, name) vfs_fails()
#define fgetxattr(fd, name, value, size) ((ssize_t)vfs_fails())
#define fsetxattr(fd, name, value, size, flags) vfs_fails()
#define flistxattr(fd, names, size) ((ssize_t)vfs_fails())
