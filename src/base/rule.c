/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rule.h"

#define AS_ROW(name, id, severity, help) {id, severity, help},
const struct heir_rule_row heir_rules[HEIR_N_RULES] = {HEIR_RULES(AS_ROW)};

#define AS_MEND(name, what) [HEIR_RULE_##name] = (what),
const char *heir_rule_mend(enum heir_rule rule)
{
	static const char *const mends[HEIR_N_RULES] = {HEIR_RULE_MENDS(AS_MEND)};

	return mends[rule];
}

const char *heir_rule_level(enum heir_rule rule)
{
	switch (heir_rules[rule].severity) {
	case 'W':
		return "warning";
	case 'I':
		return "note";
	default:
		return "error";
	}
}
