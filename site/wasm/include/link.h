/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define PT_INTERP 3
struct dl_phdr {
	uint32_t p_type;
};
struct dl_phdr_info {
	uintptr_t dlpi_addr;
	const char *dlpi_name;
	const struct dl_phdr *dlpi_phdr;
	uint16_t dlpi_phnum;
};
#define dl_iterate_phdr(each, data) ((void)(each), 0)
