/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#define PROC_SUPER_MAGIC 0x9fa0
