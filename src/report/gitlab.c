/* SPDX-License-Identifier: Apache-2.0 */
/* Code Quality of GitLab: a list of findings, each with a fingerprint that stays when lines move.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "report/diagnostics.h"
#include "report/findings.h"
#include "report/json.h"

static const char *severity_of(enum heir_rule rule)
{
	switch (heir_rules[rule].severity) {
	case 'F':
		return "blocker";
	case 'D':
		return "critical";
	case 'E':
		return "major";
	case 'W':
		return "minor";
	default:
		return "info";
	}
}

/* `nth` tells findings from each other that say the same of one file. */
static json_t *fingerprint_json(
	enum heir_rule rule, struct heir_str path, struct heir_str words, uint32_t nth)
{
	uint64_t hash = HEIR_DIGEST_START;
	char number[16], text[32];

	snprintf(number, sizeof(number), "%" PRIu32, nth);
	hash = heir_digest_add(hash, heir_str_from(heir_rules[rule].id));
	hash = heir_digest_add(hash, HEIR_STR("\n"));
	hash = heir_digest_add(hash, path);
	hash = heir_digest_add(hash, HEIR_STR("\n"));
	hash = heir_digest_add(hash, words);
	hash = heir_digest_add(hash, heir_str_from(number));
	snprintf(text, sizeof(text), "%016" PRIx64, hash);
	return json_string(text);
}

static json_t *finding_json(const struct heir_view *view, const char *root,
	const struct heir_diag *diag, const struct heir_diag *before, uint32_t *nth)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf path = HEIR_BUF_NULL;
	struct heir_location where = {.file = NULL};
	json_t *json, *location;

	if (heir_finding_words(view, diag, &words) < 0 ||
		heir_finding_locate(view, diag, &root, &where) < 0)
		return NULL;
	heir_finding_path(view, &path, root, where.file ? where.file : "etc/crio");
	if (path.failed)
		return NULL;
	*nth = before && before->rule == diag->rule && strcmp(before->text, diag->text) == 0
		       ? *nth + 1
		       : 0;
	json = heir_json_set(json_object(), "description", heir_json_str(heir_buf_str(&words)));
	json = heir_json_set(json, "check_name", heir_json_strz(heir_rules[diag->rule].id));
	json = heir_json_set(json, "fingerprint",
		fingerprint_json(diag->rule, heir_buf_str(&path), heir_buf_str(&words), *nth));
	json = heir_json_set(json, "severity", json_string(severity_of(diag->rule)));
	location = heir_json_set(json_object(), "path", heir_json_str(heir_buf_str(&path)));
	location = heir_json_set(location, "lines",
		heir_json_set(
			json_object(), "begin", json_integer(where.line > 0 ? where.line : 1)));
	return heir_json_set(json, "location", location);
}

int heir_findings_gitlab_part(const struct heir_view *view, const char *root, struct heir_out *out)
{
	const struct heir_diags *diags = &view->core->diags;
	uint32_t nth = 0;

	heir_sort_diagnostics(view->core);
	for (uint32_t i = 0; i < diags->n && out->error == 0; i++) {
		heir_out_addz(out, i ? ",\n " : "\n ");
		heir_json_print(out, finding_json(view, root, diags->items[i],
					     i ? diags->items[i - 1] : NULL, &nth));
	}
	return out->error == -ENOMEM ? -ENOMEM : 0;
}
