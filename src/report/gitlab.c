/* SPDX-License-Identifier: Apache-2.0 */
/* Code Quality of GitLab: a list of findings, each with a fingerprint that stays when lines move.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "model/finding.h"
#include "report/findings.h"
#include "report/json.h"

static const char *severity_of(const struct heir_finding *finding)
{
	switch (finding->severity) {
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
static json_t *fingerprint_json(const struct heir_finding *finding, struct heir_str path,
	struct heir_str line, uint32_t nth)
{
	uint64_t hash = HEIR_DIGEST_START;
	char number[16], text[32];

	snprintf(number, sizeof(number), "%" PRIu32, nth);
	hash = heir_digest_add(hash, heir_str_from(finding->rule));
	hash = heir_digest_add(hash, HEIR_STR("\n"));
	hash = heir_digest_add(hash, path);
	hash = heir_digest_add(hash, HEIR_STR("\n"));
	hash = heir_digest_add(hash, line);
	hash = heir_digest_add(hash, heir_str_from(number));
	snprintf(text, sizeof(text), "%016" PRIx64, hash);
	return json_string(text);
}

static json_t *finding_json(const struct heir_view *view, const char *root,
	const struct heir_diag *diag, const struct heir_diag *before, uint32_t *nth)
{
	_cleanup_(heir_finding_release) struct heir_finding finding;
	_cleanup_(heir_buf_release) struct heir_buf line = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf path = HEIR_BUF_NULL;
	const struct heir_location *open = &finding.spot.open;
	json_t *json, *location;

	if (heir_finding_read(view, diag, &finding) < 0 ||
		heir_finding_line(view, &finding, &line) < 0)
		return NULL;
	/* A path is a must. */
	if (open->file)
		heir_spot_path(view, &finding.spot, root, &path);
	else
		heir_spot_path(
			view, &(struct heir_spot){.open = {.file = "etc/crio"}}, root, &path);
	if (path.failed)
		return NULL;
	*nth = before && before->rule == diag->rule && strcmp(before->text, diag->text) == 0
		       ? *nth + 1
		       : 0;
	json = heir_json_set(json_object(), "description", heir_json_str(heir_buf_str(&line)));
	json = heir_json_set(json, "check_name", heir_json_strz(finding.rule));
	json = heir_json_set(json, "fingerprint",
		fingerprint_json(&finding, heir_buf_str(&path), heir_buf_str(&line), *nth));
	json = heir_json_set(json, "severity", json_string(severity_of(&finding)));
	location = heir_json_set(json_object(), "path", heir_json_str(heir_buf_str(&path)));
	location = heir_json_set(location, "lines",
		heir_json_set(
			json_object(), "begin", json_integer(open->line > 0 ? open->line : 1)));
	return heir_json_set(json, "location", location);
}

static int print_part(const struct heir_findings_part *part, struct heir_out *out)
{
	const struct heir_diags *diags = &part->view->core->diags;
	uint32_t nth = 0;

	if (part->error)
		return 0;
	heir_findings_sort(part->view->core);
	for (uint32_t i = 0; i < diags->n && out->error == 0; i++) {
		heir_out_addz(out, i ? ",\n " : "\n ");
		heir_json_print(out, finding_json(part->view, part->root, diags->items[i],
					     i ? diags->items[i - 1] : NULL, &nth));
	}
	return out->error == -ENOMEM ? -ENOMEM : 0;
}

static void begin(const struct heir_findings_frame *frame, struct heir_out *out)
{
	(void)frame;
	heir_out_addz(out, "[");
}

static void end(const struct heir_findings_frame *frame, struct heir_out *out)
{
	(void)frame;
	heir_out_addz(out, "]\n");
}

const struct heir_findings_format heir_findings_gitlab = {
	.format = HEIR_FORMAT_GITLAB,
	.part = print_part,
	.begin = begin,
	.between = ",",
	.end = end,
};
