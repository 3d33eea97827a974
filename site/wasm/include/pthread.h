/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <signal.h>
#include <time.h>

typedef int vfs_thread, vfs_lock, vfs_wait;
#define pthread_t vfs_thread
#define pthread_mutex_t vfs_lock
#define pthread_cond_t vfs_wait
#define pthread_condattr_t vfs_wait
#define pthread_attr_t vfs_wait
#define PTHREAD_MUTEX_INITIALIZER 0
#define PTHREAD_COND_INITIALIZER 0

/* A thread cannot be made, so nothing ever waits. */
#define pthread_create(thread, attr, run, arg) ((void)(run), EAGAIN)
#define pthread_join(thread, ret) ((void)(thread), 0)
#define pthread_mutex_init(lock, attr) ((void)(lock), 0)
#define pthread_mutex_destroy(lock) ((void)(lock))
#define pthread_mutex_lock(lock) ((void)(lock), 0)
#define pthread_mutex_unlock(lock) ((void)(lock))
#define pthread_cond_init(cond, attr) ((void)(cond), 0)
#define pthread_cond_destroy(cond) ((void)(cond))
#define pthread_cond_wait(cond, lock) ((void)(cond), 0)
#define pthread_cond_timedwait(cond, lock, until) ((void)(until), ETIMEDOUT)
#define pthread_cond_signal(cond) ((void)(cond))
#define pthread_cond_broadcast(cond) ((void)(cond))
#define pthread_condattr_init(attr) ((void)(attr))
#define pthread_condattr_destroy(attr) ((void)(attr))
#define pthread_condattr_setclock(attr, clock) ((void)(attr))
