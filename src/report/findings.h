/* SPDX-License-Identifier: Apache-2.0 */
/* What `heir check` found, in the formats that it has. A format is a file of its own, which prints
 * struct heir_finding, and a row of the table in findings.c. */
#ifndef HEIR_REPORT_FINDINGS_H
#define HEIR_REPORT_FINDINGS_H

#include "model/finding.h"
#include "report/out.h"

/* The findings of one root: the diagnostics of the view's core. */
struct heir_findings_part {
	const struct heir_view *view;
	const char *root;       /* what the user called the root; NULL: this machine */
	const char *pool;       /* whose nodes are meant; NULL: not objects, or all of them */
	const char *error;      /* why the root could not be read; NULL: it was */
	const char *severities; /* those that TEXT is limited to ("FDE"); NULL: all */
};

/* What stands around the parts. */
struct heir_findings_frame {
	const char *version;               /* of heir */
	const struct heir_where *where;    /* the release that is judged by */
	struct heir_finding_counts counts; /* of all parts; known at the end */
};

struct heir_findings_format {
	enum heir_format format;
	/* Prints a part, in order of file and place. 0 or -ENOMEM. */
	int (*part)(const struct heir_findings_part *part, struct heir_out *out);
	/* What stands before the parts, between two of them, and behind; NULL: nothing. */
	void (*begin)(const struct heir_findings_frame *frame, struct heir_out *out);
	const char *between;
	void (*end)(const struct heir_findings_frame *frame, struct heir_out *out);
	/* A report of one root; NULL: it is a frame with one part. 0 or -ENOMEM. */
	int (*one)(const struct heir_findings_part *part, const struct heir_findings_frame *frame,
		struct heir_out *out);
};

extern const struct heir_findings_format heir_findings_text, heir_findings_json,
	heir_findings_sarif, heir_findings_github, heir_findings_gitlab, heir_findings_junit;

/* The formats as bits of HEIR_FORMAT_BIT(), and the row of one of them. */
unsigned heir_findings_formats(void);
const struct heir_findings_format *heir_findings_format(enum heir_format format);

/* A report of one root, in the format of `out`. 0 or -ENOMEM. */
int heir_findings_print(const struct heir_findings_part *part,
	const struct heir_findings_frame *frame, struct heir_out *out);

/* A member "counts": {"errors", "warnings", "notes"}. */
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
