/* SPDX-License-Identifier: Apache-2.0 */
/* `heir rules`: the list, and a page for each. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check/pages.h"
#include "report/explain_grid.h"
#include "report/findings.h"
#include "report/json.h"

enum { WIDTH = 78, INDENT = 4 };

const char *heir_rules_severity(const struct heir_rule_row *row)
{
	switch (row->severity) {
	case 'F':
		return strncmp(row->id, "object-", 7) == 0 ? "error: the MCO rejects the objects"
							   : "error: CRI-O does not start";
	case 'D':
		return "error: the handler is dropped";
	case 'E':
		return "error";
	case 'W':
		return "warning";
	default:
		return "note";
	}
}

/* ---- JSON ---- */

static json_t *files_json(const struct heir_page_file *files)
{
	static const char *const kinds[] = {
		[HEIR_PAGE_TEXT] = "file",
		[HEIR_PAGE_LOOSE] = "file, mode 0666",
		[HEIR_PAGE_BINARY] = "executable",
		[HEIR_PAGE_OPEN] = "executable, mode 0777",
		[HEIR_PAGE_LINK] = "link",
		[HEIR_PAGE_DIR] = "directory",
		[HEIR_PAGE_OBJECTS] = "objects",
		[HEIR_PAGE_ALONE] = "objects",
		[HEIR_PAGE_FACTS] = "facts",
	};
	json_t *list = json_array();

	for (; files->path; files++) {
		json_t *json = heir_json_set(json_object(), "path", heir_json_strz(files->path));

		json = heir_json_set(json, "kind", heir_json_strz(kinds[files->kind]));
		json = heir_json_set(json, "content", heir_json_strz(files->text));
		list = heir_json_append(list, json);
	}
	return list;
}

static json_t *rule_json(enum heir_rule rule)
{
	const struct heir_rule_row *row = &heir_rules[rule];
	const struct heir_rule_page *page = &heir_rule_pages[rule];
	const char severity[] = {row->severity, '\0'};
	json_t *json = heir_json_set(json_object(), "id", heir_json_strz(row->id));

	json = heir_json_set(json, "severity", heir_json_strz(severity));
	json = heir_json_set(json, "level", heir_json_strz(heir_rule_level(rule)));
	json = heir_json_set(json, "meaning", heir_json_strz(row->help));
	json = heir_json_set(json, "text", heir_json_strz(page->what));
	json = heir_json_set(json, "crio_version", heir_json_strz(page->version));
	json = heir_json_set(json, "at", heir_json_strz(page->at));
	json = heir_json_set(json, "wrong", files_json(page->wrong));
	json = heir_json_set(json, "right", files_json(page->right));
	return heir_json_set(json, "fix", heir_json_strz(heir_rule_fix(rule)));
}

static void print_json(struct heir_out *out, unsigned from, unsigned to)
{
	heir_out_addz(out, "{\"schema\": \"heir.rules/1\",\n \"rules\": [");
	for (unsigned rule = from; rule < to && out->error == 0; rule++) {
		heir_out_addz(out, rule > from ? ",\n  " : "\n  ");
		heir_json_print(out, rule_json(rule));
	}
	heir_out_addz(out, "]}\n");
}

/* ---- Text ---- */

/* Words in lines of at most WIDTH columns. */
static void print_wrapped(struct heir_out *out, const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > 0 && column + 1 + len > WIDTH) {
			heir_out_addz(out, "\n");
			column = 0;
		} else if (column > 0) {
			heir_out_addz(out, " ");
			column++;
		}
		heir_out_add(out, (struct heir_str){text, len});
		column += len;
		text += len;
		text += strspn(text, " ");
	}
	heir_out_addz(out, "\n");
}

/* The lines of a file, the one that is meant marked. */
static void print_lines(struct heir_out *out, const char *text, unsigned marked)
{
	for (unsigned line = 1; *text; line++) {
		_cleanup_(heir_buf_release) struct heir_buf shown = HEIR_BUF_NULL;
		size_t len = strcspn(text, "\n");

		heir_elide(out, &shown, (struct heir_str){text, len}, WIDTH - INDENT);
		if (shown.failed)
			out->error = out->error ? out->error : -ENOMEM;
		heir_out_addz(out, line == marked ? "  > " : "    ");
		heir_out_add(out, heir_buf_str(&shown));
		heir_out_addz(out, "\n");
		text += len + (text[len] == '\n');
	}
}

static bool is_objects(const struct heir_page_file *file)
{
	return file->kind == HEIR_PAGE_OBJECTS || file->kind == HEIR_PAGE_ALONE;
}

void heir_rules_files(struct heir_out *out, const struct heir_page_file *files, const char *at)
{
	for (; files->path; files++) {
		size_t len = strlen(files->path);
		bool is_meant = at && strncmp(at, files->path, len) == 0 &&
				(at[len] == ':' || at[len] == '\0');
		unsigned marked = 0;

		heir_out_addz(out, is_meant && at[len] == '\0' ? "  > " : "    ");
		heir_out_printf(out, "# %s", files->path);
		if (files->kind == HEIR_PAGE_LINK)
			heir_out_printf(out, " -> %s", files->text);
		else if (files->kind == HEIR_PAGE_DIR)
			heir_out_addz(out, " (a directory)");
		else if (files->kind == HEIR_PAGE_BINARY)
			heir_out_addz(out, " (an executable)");
		else if (files->kind == HEIR_PAGE_OPEN)
			heir_out_addz(out, " (an executable, mode 0777)");
		else if (files->kind == HEIR_PAGE_LOOSE)
			heir_out_addz(out, " (mode 0666)");
		else if (is_objects(files))
			heir_out_addz(out, " (objects, for heir -i)");
		else if (files->kind == HEIR_PAGE_FACTS)
			heir_out_addz(out, " (node facts, for heir --facts)");
		heir_out_addz(out, "\n");
		if (files->kind != HEIR_PAGE_TEXT && files->kind != HEIR_PAGE_LOOSE &&
			files->kind != HEIR_PAGE_FACTS && !is_objects(files))
			continue;
		for (const char *p = is_meant && at[len] ? at + len + 1 : ""; *p; p++)
			marked = marked * 10 + (unsigned)(*p - '0');
		print_lines(out, files->text, marked);
	}
}

static void print_fix(struct heir_out *out, enum heir_rule rule)
{
	char text[256];

	if (!heir_rule_fix(rule))
		return;
	snprintf(text, sizeof(text), "`heir check --fix` %s.", heir_rule_fix(rule));
	heir_out_addz(out, "\n");
	print_wrapped(out, text);
}

/* Comments are read in TOML only, and would make heir's own drop-in a foreign one. */
static bool takes_comment(const struct heir_rule_page *page)
{
	return strncmp(page->at, "/etc/systemd/", strlen("/etc/systemd/")) != 0 &&
	       !strstr(page->at, ".yaml") && strcmp(page->at, "zz-heir.conf") != 0;
}

static void print_ignoring(struct heir_out *out, enum heir_rule rule)
{
	const struct heir_rule_page *page = &heir_rule_pages[rule];
	const char *id = heir_rules[rule].id;

	if (heir_rules[rule].severity == 'F')
		return;
	if (!takes_comment(page))
		heir_out_printf(out, "\nTo leave the rule out:\n    heir check --skip %s\n", id);
	else
		heir_out_printf(out,
			"\nTo ignore a finding, write this comment %s:\n"
			"    # heir: ignore %s REASON\n",
			strchr(page->at, ':') ? "above its line" : "on the first line of the file",
			id);
}

static void print_page(struct heir_out *out, enum heir_rule rule)
{
	const struct heir_rule_row *row = &heir_rules[rule];
	const struct heir_rule_page *page = &heir_rule_pages[rule];

	heir_out_color(out, HEIR_COLOR_BOLD);
	heir_out_addz(out, row->id);
	heir_out_color(out, HEIR_COLOR_NONE);
	heir_out_printf(out, " (%s)\n%s\n\n", heir_rules_severity(row), row->help);
	print_wrapped(out, page->what);
	print_fix(out, rule);
	print_ignoring(out, rule);
	/* What a note points out need not be a mistake. */
	heir_out_addz(out, row->severity == 'I' ? "\nReported" : "\nWrong");
	if (page->version)
		heir_out_printf(out, ", for CRI-O %s", page->version);
	heir_out_addz(out, ":\n");
	heir_rules_files(out, page->wrong, page->at);
	heir_out_addz(out, row->severity == 'I' ? "\nNot reported:\n" : "\nRight:\n");
	heir_rules_files(out, page->right, NULL);
}

static int finish(const struct heir_out *out)
{
	return out->error == -ENOMEM ? -ENOMEM : 0;
}

int heir_rules_list(struct heir_out *out)
{
	size_t width = 0;

	if (out->style.format == HEIR_FORMAT_JSON) {
		print_json(out, 0, HEIR_N_RULES);
		return finish(out);
	}
	for (unsigned rule = 0; rule < HEIR_N_RULES; rule++)
		width = MAX(width, strlen(heir_rules[rule].id));
	for (unsigned rule = 0; rule < HEIR_N_RULES; rule++) {
		heir_out_cell(out, heir_str_from(heir_rules[rule].id), width + 2, HEIR_COLOR_BOLD);
		heir_out_printf(out, "%c  ", heir_rules[rule].severity);
		heir_grid_wrap(out, width + 2 + strlen("F  "), heir_str_from(heir_rules[rule].help),
			HEIR_COLOR_NONE);
		heir_out_addz(out, "\n");
	}
	return finish(out);
}

int heir_rules_page(enum heir_rule rule, struct heir_out *out)
{
	if (out->style.format == HEIR_FORMAT_JSON)
		print_json(out, rule, rule + 1u);
	else
		print_page(out, rule);
	return finish(out);
}
