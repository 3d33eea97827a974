/* SPDX-License-Identifier: Apache-2.0 */
/* `heir schema`: crio.conf as a JSON Schema (2020-12), for editors. */
#ifndef HEIR_REPORT_SCHEMA_H
#define HEIR_REPORT_SCHEMA_H

#include "config/config.h"
#include "report/out.h"

/* The keys of a release, HEIR_AS_HEIR with heir's own. It is about one file at a time: what no
 * single file can get right or wrong, such as a default_runtime that no file defines, is for `heir
 * check`. 0 or -ENOMEM. */
int heir_schema(struct heir_version version, enum heir_semantics as, struct heir_out *out);

#endif
