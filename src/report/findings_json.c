/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>

#include "model/finding.h"
#include "report/findings.h"
#include "report/json.h"

static json_t *note_json(const struct heir_view *view, const struct heir_note *note)
{
	json_t *json = heir_json_set(json_object(), "message", heir_json_strz(note->text));

	return heir_json_set_place(json, view, note->where);
}

/* The place with its end; of a file as a whole only its path. */
static json_t *set_place(json_t *json, const struct heir_location *where)
{
	bool known = where->line > 0;

	json = heir_json_set(json, "file", heir_json_strz(where->file));
	json = heir_json_set(json, "line", known ? json_integer(where->line) : json_null());
	json = heir_json_set(json, "column", known ? json_integer(where->column) : json_null());
	json = heir_json_set(json, "end_line", known ? json_integer(where->end_line) : json_null());
	json = heir_json_set(
		json, "end_column", known ? json_integer(where->end_column) : json_null());
	return heir_json_set_holder(json, where);
}

/* All handlers that it is about, one or several. */
static json_t *handlers_json(const struct heir_diag *diag)
{
	json_t *json = json_array();

	if (diag->handler.p)
		json = heir_json_append(json, heir_json_str(diag->handler));
	for (uint32_t i = 0; i < diag->n_handlers && json; i++)
		json = heir_json_append(json, heir_json_name(diag->handlers[i]));
	return json;
}

static json_t *finding_json(const struct heir_view *view, const struct heir_diag *diag)
{
	_cleanup_(heir_finding_release) struct heir_finding finding;
	json_t *json, *related = json_array();

	for (const struct heir_note *note = diag->notes; note; note = note->next)
		related = heir_json_append(related, note_json(view, note));
	if (heir_finding_read(view, diag, &finding) < 0) {
		json_decref(related);
		return NULL;
	}
	json = heir_json_set(json_object(), "rule", heir_json_strz(finding.rule));
	json = heir_json_set(
		json, "severity", heir_json_str((struct heir_str){&finding.severity, 1}));
	json = heir_json_set(json, "level", heir_json_strz(finding.level));
	json = heir_json_set(json, "message", heir_json_str(heir_buf_str(&finding.words)));
	json = heir_json_set(json, "help", heir_json_strz(diag->help));
	json = heir_json_set(json, "handler", heir_json_str(diag->handler));
	json = heir_json_set(json, "handlers", handlers_json(diag));
	json = set_place(json, &finding.spot.where);
	if (view->targets)
		json = heir_json_set(json, "targets", heir_json_targets(view, diag->targets));
	return heir_json_set(json, "related", related);
}

/* What was asked of `heir check --for`. */
static void print_targets(const struct heir_view *view, const char *begin, struct heir_out *out)
{
	json_t *list = json_array();

	if (!view->targets) {
		json_decref(list);
		return;
	}
	for (uint32_t i = 0; i < view->n_targets; i++) {
		const struct heir_view_target *target = &view->targets[i];
		json_t *json = heir_json_set(json_object(), "name", heir_json_strz(target->name));

		json = heir_json_set(json, "crio_version", heir_json_version(target->version));
		json = heir_json_set(
			json, "ocp", heir_json_strz(target->ocp ? target->ocp->name : NULL));
		json = heir_json_set(json, "os", heir_json_strz(target->os));
		json = heir_json_set(json, "os_from", heir_json_strz(target->os_from));
		json = heir_json_set(json, "starts", json_boolean(target->starts));
		list = heir_json_append(list, json);
	}
	heir_out_printf(out, ",%s\"targets\": ", begin);
	heir_json_print(out, list);
}

/* `begin` begins a line. */
static void print_findings(const struct heir_view *view, const char *begin, struct heir_out *out)
{
	const struct heir_diags *diags = &view->core->diags;

	heir_findings_sort(view->core);
	heir_out_printf(out, ",%s", begin);
	heir_counts_json(out, heir_findings_count(diags));
	heir_out_printf(out, ",%s\"findings\": [", begin);
	for (uint32_t i = 0; i < diags->n && out->error == 0; i++) {
		heir_out_printf(out, "%s%s ", i ? "," : "", begin);
		heir_json_print(out, finding_json(view, diags->items[i]));
	}
	heir_out_addz(out, "]}");
}

static int print_one(const struct heir_findings_part *part, const struct heir_findings_frame *frame,
	struct heir_out *out)
{
	const struct heir_view *view = part->view;

	(void)frame;
	heir_out_addz(out, "{\"schema\": \"heir.check/1\", ");
	heir_json_print_release(out, &view->config->where);
	heir_json_print_os(out, view, "\n ");
	heir_json_print_verdict(out, view, "\n ");
	print_targets(view, "\n ", out);
	print_findings(view, "\n ", out);
	heir_out_addz(out, "\n");
	return out->error == -ENOMEM ? -ENOMEM : 0;
}

static int print_part(const struct heir_findings_part *part, struct heir_out *out)
{
	const struct heir_view *view = part->view;

	heir_out_addz(out, "\n  {\"root\": ");
	heir_json_print(out, heir_json_strz(part->root));
	heir_out_addz(out, ", \"error\": ");
	heir_json_print(out, heir_json_strz(part->error));
	if (!part->error) {
		heir_json_print_os(out, view, "\n   ");
		heir_json_print_verdict(out, view, "\n   ");
		print_targets(view, "\n   ", out);
	}
	print_findings(view, "\n   ", out);
	return out->error == -ENOMEM ? -ENOMEM : 0;
}

static void begin(const struct heir_findings_frame *frame, struct heir_out *out)
{
	heir_out_addz(out, "{\"schema\": \"heir.checks/1\", ");
	heir_json_print_release(out, frame->where);
	heir_out_addz(out, ",\n \"roots\": [");
}

static void end(const struct heir_findings_frame *frame, struct heir_out *out)
{
	heir_out_addz(out, "],\n ");
	heir_counts_json(out, frame->counts);
	heir_out_addz(out, "}\n");
}

const struct heir_findings_format heir_findings_json = {
	.format = HEIR_FORMAT_JSON,
	.part = print_part,
	.begin = begin,
	.between = ",",
	.end = end,
	.one = print_one,
};
