/* SPDX-License-Identifier: Apache-2.0 */
/* SARIF 2.1.0: one run, with the rules that found something; where several roots are one run, with
 * all rules, since what they found is known too late. */
#include <errno.h>
#include <stdio.h>

#include "check/pages.h"
#include "model/finding.h"
#include "report/findings.h"
#include "report/json.h"

struct sarif {
	const struct heir_view *view;
	const char *root;
	int index[HEIR_N_RULES]; /* of a rule among those that are listed; -1: not listed */
};

/* A message. Braces are doubled in SARIF (3.11.5), for they are placeholders; and "[text](uri)" is
 * a link (3.11.6), which nothing that a file says shall become. */
static json_t *text_json(const char *text)
{
	_cleanup_(heir_buf_release) struct heir_buf plain = HEIR_BUF_NULL;

	for (; *text; text++) {
		heir_buf_addc(&plain, *text);
		if (*text == '{' || *text == '}')
			heir_buf_addc(&plain, *text);
		else if (text[0] == ']' && text[1] == '(')
			heir_buf_addc(&plain, ' ');
	}
	return heir_json_set(
		json_object(), "text", plain.failed ? NULL : heir_json_str(heir_buf_str(&plain)));
}

/* The path of a place as a URI reference. */
static json_t *uri_json(const struct sarif *s, const struct heir_spot *spot)
{
	_cleanup_(heir_buf_release) struct heir_buf plain = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf uri = HEIR_BUF_NULL;

	heir_spot_path(s->view, spot, s->root, &plain);
	if (plain.len > 0 && plain.p[0] == '/')
		heir_buf_addz(&uri, "file://");
	heir_url_add(&uri, heir_buf_str(&plain));
	return plain.failed || uri.failed ? NULL : heir_json_str(heir_buf_str(&uri));
}

static json_t *region_json(const struct heir_location *where)
{
	json_t *json = heir_json_set(json_object(), "startLine", json_integer(where->line));

	json = heir_json_set(json, "startColumn", json_integer(where->column));
	json = heir_json_set(json, "endLine", json_integer(where->end_line));
	return heir_json_set(json, "endColumn", json_integer(where->end_column));
}

/* A location; of a file as a whole without region. */
static json_t *location_json(const struct sarif *s, const struct heir_spot *spot)
{
	json_t *json = json_object(), *physical;

	if (!spot->open.file)
		return json;
	physical = heir_json_set(json_object(), "artifactLocation",
		heir_json_set(json_object(), "uri", uri_json(s, spot)));
	if (spot->open.line > 0)
		physical = heir_json_set(physical, "region", region_json(&spot->open));
	return heir_json_set(json, "physicalLocation", physical);
}

/* NULL without memory, as the next. */
static json_t *note_location_json(const struct sarif *s, const struct heir_note *note, int id)
{
	struct heir_spot spot;
	json_t *json;

	if (heir_spot_of(s->view, note->where, &spot) < 0)
		return NULL;
	json = heir_json_set(location_json(s, &spot), "message", text_json(note->text));
	return heir_json_set(json, "id", json_integer(id));
}

static json_t *result_json(const struct sarif *s, const struct heir_diag *diag)
{
	_cleanup_(heir_finding_release) struct heir_finding finding;
	_cleanup_(heir_buf_release) struct heir_buf line = HEIR_BUF_NULL;
	json_t *json, *locations = json_array(), *related = json_array();
	int n = 0;

	if (heir_finding_read(s->view, diag, &finding) < 0 ||
		heir_finding_line(s->view, &finding, &line) < 0) {
		json_decref(locations);
		json_decref(related);
		return NULL;
	}
	if (finding.spot.open.file)
		locations = heir_json_append(locations, location_json(s, &finding.spot));
	for (const struct heir_note *note = diag->notes; note; note = note->next)
		if (note->where.source != HEIR_SOURCE_NONE)
			related = heir_json_append(related, note_location_json(s, note, ++n));
	json = heir_json_set(json_object(), "ruleId", heir_json_strz(finding.rule));
	json = heir_json_set(json, "ruleIndex", json_integer(s->index[diag->rule]));
	json = heir_json_set(json, "level", heir_json_strz(finding.level));
	json = heir_json_set(json, "message", text_json(line.p));
	json = heir_json_set(json, "locations", locations);
	if (s->view->targets)
		json = heir_json_set(json, "properties",
			heir_json_set(json_object(), "targets",
				heir_json_targets(s->view, diag->targets)));
	return heir_json_set(json, "relatedLocations", related);
}

static json_t *rule_json(enum heir_rule rule)
{
	const struct heir_rule_row *row = &heir_rules[rule];
	const char severity[] = {row->severity, '\0'};
	json_t *json = heir_json_set(json_object(), "id", heir_json_strz(row->id));

	json = heir_json_set(json, "shortDescription", text_json(row->help));
	json = heir_json_set(json, "fullDescription", text_json(heir_rule_pages[rule].what));
	json = heir_json_set(json, "help", text_json(heir_rule_pages[rule].what));
	json = heir_json_set(json, "defaultConfiguration",
		heir_json_set(json_object(), "level", heir_json_strz(heir_rule_level(rule))));
	return heir_json_set(json, "properties",
		heir_json_set(json_object(), "severity", heir_json_strz(severity)));
}

static json_t *driver_json(const char *version, json_t *rules)
{
	json_t *json = heir_json_set(json_object(), "name", heir_json_strz("heir"));

	json = heir_json_set(json, "version", heir_json_strz(version));
	return heir_json_set(json, "rules", rules);
}

/* The rules that found something, in their order. */
static json_t *list_rules(struct sarif *s)
{
	const struct heir_diags *diags = &s->view->core->diags;
	json_t *rules = json_array();
	int n = 0;

	for (unsigned rule = 0; rule < HEIR_N_RULES; rule++) {
		s->index[rule] = -1;
		for (uint32_t i = 0; i < diags->n && s->index[rule] < 0; i++)
			if (diags->items[i]->rule == rule) {
				rules = heir_json_append(rules, rule_json(rule));
				s->index[rule] = n++;
			}
	}
	return rules;
}

/* Takes `rules` over. */
static void print_head(struct heir_out *out, const char *version, json_t *rules)
{
	heir_out_addz(out, "{\"version\": \"2.1.0\",\n \"$schema\": "
			   "\"https://json.schemastore.org/sarif-2.1.0.json\",\n"
			   " \"runs\": [{\n  \"tool\": {\"driver\": ");
	heir_json_print(out, driver_json(version, rules));
	heir_out_addz(out, "},\n  \"columnKind\": \"unicodeCodePoints\",\n  \"results\": [");
}

static void print_results(const struct sarif *s, struct heir_out *out)
{
	const struct heir_diags *diags = &s->view->core->diags;

	for (uint32_t i = 0; i < diags->n && out->error == 0; i++) {
		heir_out_addz(out, i ? ",\n   " : "\n   ");
		heir_json_print(out, result_json(s, diags->items[i]));
	}
}

static void end(const struct heir_findings_frame *frame, struct heir_out *out)
{
	heir_out_addz(out, "],\n  \"properties\": {");
	heir_counts_json(out, frame->counts);
	heir_out_addz(out, "}}]}\n");
}

static int print_one(const struct heir_findings_part *part, const struct heir_findings_frame *frame,
	struct heir_out *out)
{
	struct sarif s = {.view = part->view, .root = part->root};

	heir_findings_sort(part->view->core);
	print_head(out, frame->version, list_rules(&s));
	print_results(&s, out);
	end(frame, out);
	return out->error == -ENOMEM ? -ENOMEM : 0;
}

static int print_part(const struct heir_findings_part *part, struct heir_out *out)
{
	struct sarif s = {.view = part->view, .root = part->root};

	if (part->error)
		return 0;
	for (unsigned rule = 0; rule < HEIR_N_RULES; rule++)
		s.index[rule] = (int)rule;
	heir_findings_sort(part->view->core);
	print_results(&s, out);
	return out->error == -ENOMEM ? -ENOMEM : 0;
}

static void begin(const struct heir_findings_frame *frame, struct heir_out *out)
{
	json_t *rules = json_array();

	for (unsigned rule = 0; rule < HEIR_N_RULES; rule++)
		rules = heir_json_append(rules, rule_json(rule));
	print_head(out, frame->version, rules);
}

const struct heir_findings_format heir_findings_sarif = {
	.format = HEIR_FORMAT_SARIF,
	.part = print_part,
	.begin = begin,
	.between = ",",
	.end = end,
	.one = print_one,
};
