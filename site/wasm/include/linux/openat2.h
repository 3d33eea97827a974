/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#define RESOLVE_IN_ROOT 0x10
#define SYS_openat2 437
#define SYS_renameat2 316

struct open_how {
	uint64_t flags, mode, resolve;
};
