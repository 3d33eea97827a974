/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "report/features.h"
#include "report/json.h"

static json_t *runtime_json(const struct heir_runtime_facts *runtime)
{
	static const char *const states[] = {[HEIR_RUNTIME_OLD] = "no-features",
		[HEIR_RUNTIME_ANSWERS] = "features",
		[HEIR_RUNTIME_FAILED] = "failed"};
	json_t *json = heir_json_set(json_object(), "path", heir_json_str(runtime->path));

	json = heir_json_set(json, "status", json_string(states[runtime->state]));
	json = heir_json_set(json, "reason", heir_json_strz(runtime->problem));
	json = heir_json_set(json, "version", heir_json_strz(runtime->version));
	json = heir_json_set(json, "cached", json_boolean(runtime->cached));
	return heir_json_set(json, "features", heir_features_json(runtime->features));
}

int heir_features_print_json(const struct heir_runtime_list *list, struct heir_out *out)
{
	heir_out_addz(out, "{\"schema\": \"heir.features/1\",\n \"runtimes\": [");
	for (size_t i = 0; i < list->n; i++) {
		heir_out_addz(out, i > 0 ? ",\n  " : "\n  ");
		heir_json_print(out, runtime_json(list->items[i]));
	}
	heir_out_addz(out, "]}\n");
	return out->error == -ENOMEM ? -ENOMEM : 0;
}
