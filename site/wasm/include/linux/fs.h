/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2
