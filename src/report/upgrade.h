/* SPDX-License-Identifier: Apache-2.0 */
/* The printers of `heir upgrade`. */
#ifndef HEIR_REPORT_UPGRADE_H
#define HEIR_REPORT_UPGRADE_H

#include "model/upgrade.h"
#include "report/out.h"

/* Each 0 or -ENOMEM. JSON is heir.upgrade/1; `version` is heir's own. */
int heir_upgrade_text(const struct heir_upgrade *upgrade, struct heir_out *out);
int heir_upgrade_json(const struct heir_upgrade *upgrade, struct heir_out *out);
int heir_upgrade_markdown(const struct heir_upgrade *upgrade, struct heir_out *out);
int heir_upgrade_sarif(
	const struct heir_upgrade *upgrade, const char *version, struct heir_out *out);

#endif
