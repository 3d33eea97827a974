/* SPDX-License-Identifier: Apache-2.0 */
/* Included before every file of heir that is compiled to WebAssembly: what of Linux wasi-libc does
 * not have. Files are those of vfs.c, in memory; there are no processes, threads, users, signals or
 * sockets, and whatever would make one fails with ENOSYS. */
#pragma once

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* ---- Files ---- */

#undef dirent64
#undef getdents64
#undef O_RDONLY
#undef O_WRONLY
#undef O_RDWR
#undef O_ACCMODE
#undef O_CREAT
#undef O_EXCL
#undef O_TRUNC
#undef O_APPEND
#undef O_NONBLOCK
#undef O_DIRECTORY
#undef O_NOFOLLOW
#undef O_CLOEXEC
#undef O_NOCTTY
#undef O_PATH
#undef O_TMPFILE
#undef DT_UNKNOWN
#undef DT_FIFO
#undef DT_CHR
#undef DT_DIR
#undef DT_BLK
#undef DT_REG
#undef DT_LNK
#undef DT_SOCK
#undef IFTODT
#undef S_IFIFO
#undef AT_EACCESS
#undef AT_SYMLINK_NOFOLLOW
#undef AT_SYMLINK_FOLLOW
#undef AT_REMOVEDIR
#undef AT_EMPTY_PATH
#undef F_DUPFD_CLOEXEC

#define O_RDONLY 0
#define O_WRONLY 01
#define O_RDWR 02
#define O_ACCMODE 03
#define O_CREAT 0100
#define O_EXCL 0200
#define O_NOCTTY 0400
#define O_TRUNC 01000
#define O_APPEND 02000
#define O_NONBLOCK 04000
#define O_DIRECTORY 0200000
#define O_NOFOLLOW 0400000
#define O_CLOEXEC 02000000
#define O_PATH 010000000
#define O_TMPFILE 020200000
#define DT_UNKNOWN 0
#define DT_FIFO 1
#define DT_CHR 2
#define DT_DIR 4
#define DT_BLK 6
#define DT_REG 8
#define DT_LNK 10
#define DT_SOCK 12
#define IFTODT(mode) ((mode) >> 12 & 017)
#define S_IFIFO 0010000
#define AT_EACCESS 0x200
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_SYMLINK_FOLLOW 0x400
#define AT_REMOVEDIR 0x200
#define AT_EMPTY_PATH 0x1000
#define F_DUPFD_CLOEXEC 1030

struct dirent64 {
	uint64_t d_ino;
	int64_t d_off;
	unsigned short d_reclen;
	unsigned char d_type;
	char d_name[256];
};

struct vfs_dir;
struct statfs {
	long f_type, f_bsize;
	uint64_t f_blocks, f_bfree, f_bavail;
};

int vfs_open(const char *path, int flags, ...);
int vfs_openat(int at, const char *path, int flags, ...);
int vfs_close(int fd);
ssize_t vfs_read(int fd, void *buf, size_t size);
ssize_t vfs_pread(int fd, void *buf, size_t size, off_t at);
ssize_t vfs_write(int fd, const void *buf, size_t size);
off_t vfs_lseek(int fd, off_t at, int whence);
int vfs_fstat(int fd, struct stat *ret);
int vfs_stat(const char *path, struct stat *ret);
int vfs_lstat(const char *path, struct stat *ret);
int vfs_fstatat(int at, const char *path, struct stat *ret, int flags);
int vfs_access(const char *path, int mode);
int vfs_faccessat(int at, const char *path, int mode, int flags);
ssize_t vfs_readlink(const char *path, char *buf, size_t size);
ssize_t vfs_readlinkat(int at, const char *path, char *buf, size_t size);
ssize_t vfs_getdents64(int fd, void *buf, size_t size);
int vfs_fcntl(int fd, int what, ...);
struct vfs_dir *vfs_fdopendir(int fd);
struct vfs_dir *vfs_opendir(const char *path);
struct dirent *vfs_readdir(struct vfs_dir *dir);
int vfs_closedir(struct vfs_dir *dir);
void vfs_rewinddir(struct vfs_dir *dir);
int vfs_dirfd(struct vfs_dir *dir);
int vfs_fstatfs(int fd, struct statfs *ret);
char *vfs_getcwd(char *buf, size_t size);
char *vfs_realpath(const char *path, char *buf);
long vfs_syscall(long number, ...);
int vfs_fails(void);

/* ---- What there is none of ---- */

/* Numbers that wasi-libc does not use. */
#define ENODATA 1061
#define ELIBACC 1079
#define ELIBBAD 1080
#define EUCLEAN 1117
#define EREMOTEIO 1121
#define EKEYREJECTED 1129
#define SO_PEERCRED 17
#undef lseek
#define GRND_NONBLOCK 1

#define getrandom(buf, size, flags) (memset(buf, 0, size), (ssize_t)vfs_fails())
#define getpid() ((pid_t)1)
#define getuid() ((uid_t)1000)
#define geteuid() ((uid_t)1000)
#define getgid() ((gid_t)1000)
#define getegid() ((gid_t)1000)
#define getpgrp() ((pid_t)1)
#define umask(mask) ((mode_t)022)
#define fork() ((pid_t)vfs_fails())
#define execv(path, argv) vfs_fails()
#define execve(path, argv, envp) vfs_fails()
#define fexecve(fd, argv, envp) vfs_fails()
#define pipe2(fds, flags) ((void)(fds), vfs_fails())
#define dup(fd) vfs_fails()
#define dup2(from, to) vfs_fails()
#define dup3(from, to, flags) vfs_fails()
#define socket(family, type, protocol) vfs_fails()
#define connect(fd, address, size) vfs_fails()
#define send(fd, data, size, flags) ((ssize_t)vfs_fails())
#define recv(fd, data, size, flags) ((ssize_t)vfs_fails())
#define shutdown(fd, how) vfs_fails()
#define getsockopt(fd, level, what, value, size) vfs_fails()
#define setsockopt(fd, level, what, value, size) vfs_fails()
#define chdir(path) vfs_fails()
#define fchmod(fd, mode) vfs_fails()
#define fchown(fd, uid, gid) vfs_fails()
#define fchmodat(at, path, mode, flags) vfs_fails()
#define fsync(fd) vfs_fails()
#define ftruncate(fd, size) vfs_fails()
#define unlinkat(at, path, flags) vfs_fails()
#define unlink(path) vfs_fails()
#define renameat(from, old, to, new) vfs_fails()
#define rename(old, new) vfs_fails()
#define linkat(from, old, to, new, flags) vfs_fails()
#define symlinkat(target, at, path) vfs_fails()
#define mkdirat(at, path, mode) vfs_fails()
#define mkdir(path, mode) vfs_fails()
#define futimens(fd, times) vfs_fails()
#define isatty(fd) 0

#define open vfs_open
#define openat vfs_openat
#define close vfs_close
#define read vfs_read
#define pread vfs_pread
#define write vfs_write
#define lseek vfs_lseek
#define fstat vfs_fstat
#define stat(path, ret) vfs_stat(path, ret)
#define lstat vfs_lstat
#define fstatat vfs_fstatat
#define access vfs_access
#define faccessat vfs_faccessat
#define readlink vfs_readlink
#define readlinkat vfs_readlinkat
#define getdents64 vfs_getdents64
#define fcntl vfs_fcntl
#define DIR struct vfs_dir
#define fdopendir vfs_fdopendir
#define opendir vfs_opendir
#define readdir vfs_readdir
#define closedir vfs_closedir
#define rewinddir vfs_rewinddir
#define dirfd vfs_dirfd
#define fstatfs vfs_fstatfs
#define getcwd vfs_getcwd
#define realpath vfs_realpath
#define syscall vfs_syscall
