/* SPDX-License-Identifier: Apache-2.0 */
/* A finding as every format prints it: text, JSON, SARIF, GitHub, GitLab, JUnit, the page, and the
 * public interface are printers of this one record. */
#ifndef HEIR_MODEL_FINDING_H
#define HEIR_MODEL_FINDING_H

#include "model/view.h"

/* A place in two forms. They differ where a Kubernetes object holds the file. */
struct heir_spot {
	struct heir_location where; /* on the node; of a file as a whole without a line */
	/* For opening the file: the object that contains it, if one does. */
	struct heir_location open;
	bool is_input; /* `open` is a file that the user named, and no node's */
};

struct heir_finding {
	const struct heir_diag *diag;
	const char *rule;      /* its id */
	const char *level;     /* "error", "warning" or "note" */
	char severity;         /* F, D, E, W or I */
	struct heir_buf words; /* the message with its handler, never NULL */
	struct heir_spot spot;
};

/* How many findings there are of a level. */
struct heir_finding_counts {
	uint32_t errors, warnings, notes;
};

/* Sorts the diagnostics of a core by source and place, what has no place last. */
void heir_findings_sort(struct heir_core *core);

struct heir_finding_counts heir_findings_count(const struct heir_diags *diags);

/* Fills *ret, which need not be initialized; release in any case. 0 or -ENOMEM. */
int heir_finding_read(
	const struct heir_view *view, const struct heir_diag *diag, struct heir_finding *ret);
void heir_finding_release(struct heir_finding *finding);

/* The place of a diagnostic, which can be a file as a whole; and any other one, such as that of a
 * note. 0 or -ENOMEM. */
int heir_finding_spot(
	const struct heir_view *view, const struct heir_diag *diag, struct heir_spot *ret);
int heir_spot_of(const struct heir_view *view, struct heir_place place, struct heir_spot *ret);

/* Adds the message of a diagnostic with its handler: 'handler "x" is dropped: REASON'. 0 or
 * -ENOMEM. */
int heir_finding_words(const struct heir_diag *diag, struct heir_buf *buf);

/* Adds all that the finding says in one line: with the file that an object holds, the releases, and
 * the fix. 0 or -ENOMEM. */
int heir_finding_line(
	const struct heir_view *view, const struct heir_finding *finding, struct heir_buf *buf);

/* Adds the path that opens a file from the working directory: "etc/crio/crio.conf" with `root`
 * (what the user called the directory that stands for "/", or NULL) before it where that is
 * relative. An absolute root is left out, unless the view is one of several. A path of the user's
 * stays. */
void heir_spot_path(const struct heir_view *view, const struct heir_spot *spot, const char *root,
	struct heir_buf *buf);

#endif
