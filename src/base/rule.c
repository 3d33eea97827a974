/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rule.h"

#define AS_ROW(name, id, severity, source, help) {id, severity, HEIR_RULE_FROM_##source, help},
const struct heir_rule_row heir_rules[HEIR_N_RULES] = {HEIR_RULES(AS_ROW)};

#define AS_FIX(name, what) [HEIR_RULE_##name] = (what),
const char *heir_rule_fix(enum heir_rule rule)
{
	static const char *const fixes[HEIR_N_RULES] = {HEIR_RULE_FIXES(AS_FIX)};

	return fixes[rule];
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
