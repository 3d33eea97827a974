/* SPDX-License-Identifier: Apache-2.0 */
/* What `heir check` found, for machines. Each prints the diagnostics of the view's core in order of
 * file and place. `root` is what the user called the directory that stands for "/", or NULL. 0 or
 * -ENOMEM. */
#ifndef HEIR_REPORT_FINDINGS_H
#define HEIR_REPORT_FINDINGS_H

#include "model/finding.h"
#include "model/view.h"
#include "report/out.h"

/* heir.check/1. */
int heir_findings_json(const struct heir_view *view, struct heir_out *out);

/* SARIF 2.1.0; `version` is heir's own. */
int heir_findings_sarif(
	const struct heir_view *view, const char *root, const char *version, struct heir_out *out);

/* Workflow commands of GitHub, one a line. */
int heir_findings_github(const struct heir_view *view, const char *root, struct heir_out *out);

/* ---- Several roots ---- */

/* What the findings of one root are in a report of several: view->root says which. `error`: why it
 * could not be read, or NULL. */
int heir_findings_json_part(const struct heir_view *view, const char *error, struct heir_out *out);
int heir_findings_sarif_part(const struct heir_view *view, struct heir_out *out);
/* Code Quality of GitLab, and JUnit: items of a list, and a suite. */
int heir_findings_gitlab_part(const struct heir_view *view, const char *root, struct heir_out *out);
int heir_findings_junit_part(const struct heir_view *view, const char *root, struct heir_out *out);
/* The suite of a root that could not be read. */
int heir_findings_junit_error(const char *root, const char *error, struct heir_out *out);

/* What stands before the parts, between two of them, and behind: heir.checks/1, one run of SARIF, a
 * list of GitLab's, JUnit's document. Other formats have only parts. */
void heir_findings_head(struct heir_out *out, const char *version, const struct heir_where *where);
const char *heir_findings_between(enum heir_format format);
void heir_findings_tail(struct heir_out *out, struct heir_finding_counts counts);
/* The head of SARIF, and its tail: what the run found. */
void heir_sarif_head(struct heir_out *out, const char *version);
void heir_sarif_tail(struct heir_out *out, struct heir_finding_counts counts);
/* "counts": {"errors", "warnings", "notes"} */
void heir_counts_json(struct heir_out *out, struct heir_finding_counts counts);

/* The rules: all, or the one. TEXT or JSON (heir.rules/1). */
int heir_rules_list(struct heir_out *out);
int heir_rules_page(enum heir_rule rule, struct heir_out *out);
/* What a severity means: "error: the handler is dropped". */
const char *heir_rules_severity(const struct heir_rule_row *row);
/* The files of an example, with a mark at `at`: "50-gpu.conf:2"; NULL: nowhere. */
struct heir_page_file;
void heir_rules_files(struct heir_out *out, const struct heir_page_file *files, const char *at);

#endif
