/* SPDX-License-Identifier: Apache-2.0 */
/* `heir version`: which heir this is, and what it was made of. */
#ifndef HEIR_REPORT_VERSION_H
#define HEIR_REPORT_VERSION_H

#include "report/out.h"

/* Nothing here tells where or when it was built: two builds of the same text say the same. */
void heir_build_read(struct heir_build_info *ret);
/* The part number `i`; false: there are no more. */
bool heir_build_part(size_t i, struct heir_build_part *ret);

/* `build`: with what it was made of. 0 or -ENOMEM. */
int heir_version_print(const char *version, bool build, struct heir_out *out);

#endif
