/* SPDX-License-Identifier: Apache-2.0 */
/* A page for each rule: what it means and why it matters, with a wrong and a right example. The
 * examples are nodes, and tests/check.c runs every one of them. */
#ifndef HEIR_CHECK_PAGES_H
#define HEIR_CHECK_PAGES_H

#include "base/rule.h"

enum heir_page_kind {
	HEIR_PAGE_TEXT,    /* a file, mode 0644 */
	HEIR_PAGE_LOOSE,   /* a file that everybody may write, mode 0666 */
	HEIR_PAGE_BINARY,  /* an executable, mode 0755 */
	HEIR_PAGE_OPEN,    /* an executable that everybody may write, mode 0777 */
	HEIR_PAGE_LINK,    /* `text` is where it points */
	HEIR_PAGE_DIR,     /* an empty directory */
	HEIR_PAGE_OBJECTS, /* Kubernetes objects: not a file of the node, but for heir -i */
	HEIR_PAGE_ALONE,   /* the same without a node */
};

struct heir_page_file {
	const char *path; /* a name is that of a drop-in; NULL ends the list */
	enum heir_page_kind kind;
	const char *text;
};

struct heir_rule_page {
	const char *what;    /* sentences: what it means, why it matters */
	const char *at;      /* where it fires: "50-gpu.conf:2"; no line: the file as a whole */
	const char *version; /* of CRI-O; NULL: the newest */
	/* crun, runc, conmon, pinns and nsenter are in /usr/bin. */
	struct heir_page_file wrong[5], right[5];
};

extern const struct heir_rule_page heir_rule_pages[HEIR_N_RULES];

#endif
