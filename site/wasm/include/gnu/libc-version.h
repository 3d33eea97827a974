/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#define gnu_get_libc_version() "wasi-libc"
