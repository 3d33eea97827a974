/* SPDX-License-Identifier: Apache-2.0 */
/* The table of fields that field.h declares, and lookup by name. */
#include "config/field.h"

#include "base/macro.h"

#define AS_ROW(name, type, travel, since, help) \
	{HEIR_STR(#name), HEIR_TYPE_##type, HEIR_TRAVEL_##travel, since, help},
const struct heir_field_row heir_fields[HEIR_N_FIELDS] = {HEIR_FIELDS(AS_ROW)};

/* The only field without a tag in CRI-O: its key is the Go name. */
static const struct heir_str untagged = HEIR_STR("DisallowedAnnotations");

struct heir_str heir_field_key(enum heir_field field)
{
	return field == HEIR_FIELD_disallowed_annotations ? untagged : heir_fields[field].name;
}

enum heir_field heir_field_by_name(struct heir_str name, bool *ret_exact)
{
	*ret_exact = true;
	for (unsigned f = 0; f < HEIR_N_FIELDS; f++)
		if (heir_str_eq(name, heir_field_key(f)))
			return f;
	*ret_exact = false;
	for (unsigned f = 0; f < HEIR_N_FIELDS; f++)
		if (heir_str_eqfold(name, heir_field_key(f)))
			return f;
	return HEIR_N_FIELDS;
}

bool heir_field_is_known(enum heir_field field, struct heir_version version)
{
	/* The only field that was removed again. */
	if (field == HEIR_FIELD_disallowed_annotations && version.minor > 30)
		return false;
	return field < HEIR_FIRST_OWN_FIELD && heir_version_has(version, heir_fields[field].since);
}
