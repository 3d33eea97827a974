/* SPDX-License-Identifier: Apache-2.0 */
/* What an upgrade does, for people: as text, and as Markdown for a pull request or a ticket. What
 * is the same for several handlers or several targets is printed once. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "model/finding.h"
#include "report/markdown.h"
#include "report/upgrade.h"

struct printer {
	struct heir_out *out;
	bool markdown;
};

static void begin(struct printer *p, unsigned level)
{
	if (p->markdown) {
		heir_out_fill(p->out, ' ', level * 2);
		heir_out_addz(p->out, "- ");
	} else {
		heir_out_fill(p->out, ' ', (level + 1) * 2);
	}
}

/* Foreign text; in Markdown as code. */
static void show(struct printer *p, struct heir_str s)
{
	if (p->markdown)
		heir_markdown_code(p->out, s);
	else
		heir_out_show(p->out, s);
}

static void end(struct printer *p)
{
	heir_out_addz(p->out, "\n");
}

/* "x.yaml:14:19 (MachineConfig 99-gpu, 50-gpu.conf:3)", or what of it is known; false: nothing. */
static int add_place(
	const struct heir_view *view, const struct heir_diag *diag, struct heir_buf *buf)
{
	const struct heir_location *where;
	struct heir_spot spot;
	int r = heir_finding_spot(view, diag, &spot);

	where = &spot.where;
	if (r < 0 || !where->file)
		return r;
	if (where->holder.input)
		heir_buf_printf(buf, "%s:%" PRIu32 ":%" PRIu32 " (%s %s, ", spot.open.file,
			spot.open.line, spot.open.column, where->holder.kind, where->holder.name);
	heir_buf_addz(buf, where->file);
	if (where->line > 0)
		heir_buf_printf(buf, ":%" PRIu32, where->line);
	if (where->holder.input)
		heir_buf_addc(buf, ')');
	return heir_buf_error(buf);
}

/* Where to edit, what to write, and what that does to the nodes. */
static int print_edit(
	struct printer *p, const struct heir_upgrade_case *c, const struct heir_diag *diag)
{
	static const char *const costs[] = {
		[HEIR_UPGRADE_EDIT_RESTART] = "restart CRI-O",
		[HEIR_UPGRADE_EDIT_DRAIN] = "drain the node, then restart CRI-O",
		[HEIR_UPGRADE_EDIT_REBOOT] = "drains and reboots each node of the pool",
	};
	const char *cost = costs[heir_upgrade_edit_of(c, diag)];
	_cleanup_(heir_buf_release) struct heir_buf place = HEIR_BUF_NULL;
	unsigned level = 2;
	int r = add_place(&c->view, diag, &place);

	if (r < 0)
		return r;
	if (place.len > 0) {
		begin(p, level);
		heir_out_addz(p->out, "at ");
		show(p, heir_buf_str(&place));
		end(p);
	}
	if (diag->help) {
		begin(p, level);
		heir_out_addz(p->out, "help: ");
		show(p, heir_str_from(diag->help));
		end(p);
	}
	if (cost) {
		begin(p, level);
		heir_out_printf(p->out, "edit: %s", cost);
		end(p);
	}
	return 0;
}

static int print_stops(struct printer *p, const struct heir_upgrade_case *c)
{
	int r = 0;

	for (uint32_t i = 0; i < c->view.stops->n && r == 0; i++) {
		const struct heir_diag *stop = c->view.stops->items[i];

		begin(p, 1);
		heir_out_addz(p->out,
			heir_upgrade_stops_already(c, stop) ? "stops already: " : "stops: ");
		show(p, heir_str_from(stop->text));
		heir_out_printf(p->out, " [%s]", heir_rules[stop->rule].id);
		end(p);
		r = print_edit(p, c, stop);
	}
	return r;
}

/* ---- Handlers ---- */

/* The text about a handler, to find handlers with the same text. */
static int add_rows(const struct heir_upgrade_case *c, const struct heir_upgrade_handler *handler,
	unsigned f, struct heir_buf *buf)
{
	struct heir_origin origins[HEIR_N_SIDES];
	int r = heir_diff_origins(&c->diff, handler->diff, (enum heir_field)f, origins);

	heir_buf_adds(buf, heir_fields[f].name);
	for (unsigned side = 0; side < HEIR_N_SIDES && r == 0; side++) {
		const struct heir_view *view = c->diff.view[side];
		heir_buf_addz(buf, side ? " -> " : "  ");
		if (origins[side].kind != HEIR_KIND_UNSET)
			heir_view_value(buf, &origins[side].value);
		else if (!view->config->field_known[f])
			heir_buf_addz(buf, "not known");
		else
			heir_buf_addz(buf, "not set");
	}
	heir_core_forget_values(c->part->core);
	return r;
}

static int add_story(const struct heir_upgrade_case *c, const struct heir_upgrade_handler *handler,
	struct heir_buf *buf)
{
	int r = 0;

	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && r == 0; f++)
		if (handler->fields >> f & 1) {
			r = add_rows(c, handler, f, buf);
			heir_buf_addc(buf, '\n');
		}
	return r < 0 ? r : heir_buf_error(buf);
}

static void print_pods(struct printer *p, const struct heir_upgrade_case *c, struct heir_str name)
{
	const char *class, *before = "RuntimeClass ";
	const struct heir_pod_count *counts;
	uint32_t n, sum = 0;

	for (uint32_t i = 0; (class = heir_upgrade_class_at(c, name, i)); i++) {
		if (i == 0)
			begin(p, 2);
		heir_out_addz(p->out, before);
		show(p, heir_str_from(class));
		before = ", ";
	}
	counts = heir_pods_of(&c->part->pods, name, &n);
	for (uint32_t i = 0; i < n; i++)
		sum += counts[i].n;
	if (sum > 0 && before[0] != ',')
		begin(p, 2);
	if (sum > 0)
		heir_out_printf(p->out, "%s%" PRIu32 " pod%s", before[0] == ',' ? ", " : "", sum,
			sum == 1 ? "" : "s");
	for (uint32_t i = 0; i < n; i++) {
		heir_out_addz(p->out, i ? ", " : " (");
		show(p, counts[i].namespace);
		heir_out_printf(p->out, " %" PRIu32, counts[i].n);
	}
	if (n > 0)
		heir_out_addz(p->out, ")");
	if (sum > 0 || before[0] == ',')
		end(p);
}

static const char *const words[] = {
	[HEIR_UPGRADE_UNUSED] = "unused: ",
	[HEIR_UPGRADE_CHANGES] = "changes: ",
	[HEIR_UPGRADE_ANNOTATIONS] = "annotations filtered: ",
	[HEIR_UPGRADE_LOST] = "lost: ",
};

static int print_lost(struct printer *p, const struct heir_upgrade_case *c,
	const struct heir_upgrade_handler *handler)
{
	const struct heir_diag *reason = handler->diff->dropped[HEIR_RIGHT];

	begin(p, 1);
	heir_out_addz(p->out, words[handler->change]);
	show(p, handler->diff->name);
	heir_out_addz(p->out, ": ");
	show(p, reason ? heir_str_from(reason->text) : HEIR_STR("it is no longer defined"));
	if (reason)
		heir_out_printf(p->out, " [%s]", heir_rules[reason->rule].id);
	end(p);
	if (handler->change == HEIR_UPGRADE_UNUSED)
		return 0;
	print_pods(p, c, handler->diff->name);
	return reason ? print_edit(p, c, reason) : 0;
}

static void print_story(struct printer *p, struct heir_str story)
{
	while (story.len > 0) {
		const char *newline = memchr(story.p, '\n', story.len);
		size_t len = newline ? (size_t)(newline - story.p) : story.len;

		begin(p, 2);
		show(p, (struct heir_str){story.p, len});
		end(p);
		len += newline != NULL;
		story.p += len;
		story.len -= len;
	}
}

/* A handler that changes, and later ones with the same text. *ret_n: how many. */
static int print_group(
	struct printer *p, const struct heir_upgrade_case *c, uint32_t at, uint32_t *ret_n)
{
	_cleanup_(heir_buf_release) struct heir_buf story = HEIR_BUF_NULL;
	const struct heir_upgrade_handler *first = &c->handlers[at];
	bool same = true;
	int r = add_story(c, first, &story);

	begin(p, 1);
	heir_out_addz(p->out, words[first->change]);
	show(p, first->diff->name);
	for (*ret_n = 1; r == 0 && same && at + *ret_n < c->n_handlers;) {
		const struct heir_upgrade_handler *next = &c->handlers[at + *ret_n];
		_cleanup_(heir_buf_release) struct heir_buf other = HEIR_BUF_NULL;

		if (next->change != first->change || next->fields != first->fields)
			break;
		r = add_story(c, next, &other);
		same = heir_str_eq(heir_buf_str(&other), heir_buf_str(&story));
		if (!same)
			break;
		heir_out_addz(p->out, ", ");
		show(p, next->diff->name);
		++*ret_n;
	}
	if (first->drains)
		heir_out_addz(p->out, " (drain the nodes: another runtime cannot operate running "
				      "containers)");
	end(p);
	print_story(p, heir_buf_str(&story));
	for (uint32_t i = 0; i < *ret_n; i++)
		print_pods(p, c, c->handlers[at + i].diff->name);
	return r;
}

/* ---- Parts and targets ---- */

static int print_case(struct printer *p, const struct heir_upgrade_case *c)
{
	uint32_t n = 1;
	int r;

	begin(p, 0);
	if (p->markdown)
		heir_out_addz(p->out, "**");
	if (c->part->pool)
		heir_out_addz(p->out, "pool ");
	show(p, heir_str_from(c->part->pool   ? c->part->pool
			      : c->part->root ? c->part->root
					      : "this machine"));
	heir_out_printf(p->out, "%s: %s", p->markdown ? "**" : "", heir_upgrade_word(c->verdict));
	if (c->part->n_nodes > 0)
		heir_out_printf(p->out, ", %" PRIu32 " node%s", c->part->n_nodes,
			c->part->n_nodes == 1 ? "" : "s");
	heir_out_addz(p->out, ", ");
	show(p, heir_str_from(c->os ? c->os->name : "image not known"));
	if (c->os && c->os_from)
		heir_out_printf(p->out, " (%s)", c->os_from);
	end(p);
	r = print_stops(p, c);
	if (c->diff.default_differs && r == 0) {
		begin(p, 1);
		heir_out_addz(p->out, "changes: default_runtime ");
		show(p, c->part->view.res->default_runtime);
		heir_out_addz(p->out, " -> ");
		show(p, c->res.default_runtime);
		end(p);
	}
	for (uint32_t i = 0; i < c->n_handlers && r == 0; i += n) {
		n = 1;
		r = c->handlers[i].change == HEIR_UPGRADE_LOST ||
				    c->handlers[i].change == HEIR_UPGRADE_UNUSED
			    ? print_lost(p, c, &c->handlers[i])
			    : print_group(p, c, i, &n);
	}
	return r;
}

static int keep(void *data, const char *text, size_t len)
{
	struct heir_buf *buf = data;

	heir_buf_add(buf, text, len);
	return heir_buf_error(buf);
}

/* All parts on a target. */
static int add_target(const struct heir_upgrade *upgrade, size_t t, bool markdown,
	const struct heir_style *style, struct heir_buf *ret)
{
	const struct heir_upgrade_case *c;
	struct heir_out out;
	struct printer p = {&out, markdown};
	int r = 0, finished;

	heir_out_init(&out, style, keep, ret);
	for (size_t i = 0; r == 0 && (c = heir_upgrade_worst(upgrade, t, i)); i++)
		r = print_case(&p, c);
	finished = heir_out_finish(&out);
	return r < 0 ? r : finished;
}

static void add_heading(const struct heir_upgrade_target *target, struct heir_buf *buf)
{
	heir_upgrade_release_words(buf, &target->release);
	if (target->os)
		heir_buf_printf(buf, " on %s", target->os->name);
}

static int print_now(struct printer *p, const struct heir_upgrade *upgrade)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	for (size_t i = 0; i < upgrade->n_parts; i++) {
		const struct heir_upgrade_part *part = &upgrade->parts[i];
		struct heir_target now = {part->version, NULL};

		heir_buf_clear(&buf);
		heir_buf_addz(&buf, "now: ");
		if (part->pool)
			heir_buf_printf(&buf, "pool %s: ", part->pool);
		heir_upgrade_release_words(&buf, &now);
		heir_buf_printf(&buf, " (%s), ", part->version_from);
		if (part->os)
			heir_buf_printf(&buf, "%s (%s)", part->os->name, part->os_from);
		else
			heir_buf_addz(&buf, "image not known");
		if (p->markdown)
			heir_markdown_text(p->out, heir_buf_str(&buf));
		else
			heir_out_show(p->out, heir_buf_str(&buf));
		heir_out_addz(p->out, p->markdown ? "  \n" : "\n");
	}
	return heir_buf_error(&buf);
}

/* An upgrade to what stops a node is the incident. */
static void print_end(struct printer *p, const struct heir_upgrade *upgrade)
{
	if (upgrade->verdict < HEIR_UPGRADE_LOST)
		return;
	heir_out_addz(p->out, "\n");
	heir_out_printf(p->out, "Edit the %s before the upgrade.\n",
		upgrade->parts[0].pool ? "objects" : "files");
}

static int print_all(const struct heir_upgrade *upgrade, bool markdown, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf body = HEIR_BUF_NULL;
	struct printer p = {out, markdown};
	int r = print_now(&p, upgrade);

	for (size_t t = 0; t < upgrade->n_targets && r == 0;) {
		_cleanup_(heir_buf_release) struct heir_buf heading = HEIR_BUF_NULL;
		_cleanup_(heir_buf_release) struct heir_buf next = HEIR_BUF_NULL;

		heir_buf_clear(&body);
		r = add_target(upgrade, t, markdown, &out->style, &body);
		add_heading(&upgrade->targets[t], &heading);
		while (r == 0 && ++t < upgrade->n_targets) {
			heir_buf_clear(&next);
			r = add_target(upgrade, t, markdown, &out->style, &next);
			if (r < 0 || !heir_str_eq(heir_buf_str(&next), heir_buf_str(&body)))
				break;
			heir_buf_addz(&heading, ", ");
			add_heading(&upgrade->targets[t], &heading);
		}
		heir_out_addz(out, markdown ? "\n### " : "\n");
		heir_out_color(out, HEIR_COLOR_BOLD);
		heir_out_show(out, heir_buf_str(&heading));
		heir_out_color(out, HEIR_COLOR_NONE);
		heir_out_addz(out, markdown ? "\n\n" : "\n");
		heir_out_add(out, heir_buf_str(&body));
		if (heading.failed || next.failed)
			r = -ENOMEM;
	}
	print_end(&p, upgrade);
	return r;
}

int heir_upgrade_text(const struct heir_upgrade *upgrade, struct heir_out *out)
{
	return print_all(upgrade, false, out);
}

int heir_upgrade_markdown(const struct heir_upgrade *upgrade, struct heir_out *out)
{
	return print_all(upgrade, true, out);
}
