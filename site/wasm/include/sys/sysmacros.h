/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#define major(dev) ((unsigned)(((dev) >> 8) & 0xfff))
#define minor(dev) ((unsigned)((dev)&0xff))
#define makedev(high, low) (((dev_t)(high) << 8) | (low))
