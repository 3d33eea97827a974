/* SPDX-License-Identifier: Apache-2.0 */
/* Names of handlers that mean something to CRI-O. */
#include <string.h>

#include "base/macro.h"
#include "report/explain_parts.h"

static const struct {
	const char *part;
	bool any_case;
	const char *what;
} names[] = {
	/* server.sandboxRun: kataRuntime and the SELinux label of a container for KVM. */
	{"kata", true,
		"the name contains \"kata\": CRI-O keeps the infra container of each pod and gives "
		"its "
		"processes the SELinux label for virtual machines"},
	/* runtimehandlerhooks.HighPerformance */
	{"high-performance", false,
		"the name contains \"high-performance\": CRI-O runs its high-performance hooks for "
		"the "
		"pods (CPU load balancing, quota, interrupts), if their annotations ask for them; "
		"exec_cpu_affinity of the first such handler counts for all of them"},
};

_Static_assert(ARRAY_LEN(names) == HEIR_EXPLAIN_MAX_NOTES, "room for each");

static bool contains(struct heir_str name, const char *part, bool any_case)
{
	size_t len = strlen(part);

	for (size_t i = 0; i + len <= name.len; i++) {
		struct heir_str at = {name.p + i, len};

		if (any_case ? heir_str_eqfold(at, heir_str_from(part)) : heir_str_eqz(at, part))
			return true;
	}
	return false;
}

unsigned heir_explain_notes(struct heir_str name, const char *ret[HEIR_EXPLAIN_MAX_NOTES])
{
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (contains(name, names[i].part, names[i].any_case))
			ret[n++] = names[i].what;
	return n;
}
