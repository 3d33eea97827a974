/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

typedef int vfs_cpus;
#define cpu_set_t vfs_cpus
#define CPU_COUNT(set) 1
#define CPU_COUNT_S(size, set) 1
#define CPU_ALLOC(n) malloc(sizeof(vfs_cpus))
#define CPU_ALLOC_SIZE(n) sizeof(vfs_cpus)
#define CPU_FREE(set) free(set)
#define sched_getaffinity(pid, size, set) vfs_fails()
#define sched_yield() 0
