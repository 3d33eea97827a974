/* SPDX-License-Identifier: Apache-2.0 */
/* A page for each rule: what it means, why it matters, a wrong and a right example. The examples
 * are nodes; tests/check.c runs all of them. */
#ifndef HEIR_CHECK_PAGES_H
#define HEIR_CHECK_PAGES_H

#include "base/rule.h"

enum heir_page_kind {
	HEIR_PAGE_TEXT,    /* a file, mode 0644 */
	HEIR_PAGE_LOOSE,   /* a file that everyone may write, mode 0666 */
	HEIR_PAGE_BINARY,  /* an executable, mode 0755 */
	HEIR_PAGE_OPEN,    /* an executable that everyone may write, mode 0777 */
	HEIR_PAGE_LINK,    /* `text` is the target */
	HEIR_PAGE_DIR,     /* an empty directory */
	HEIR_PAGE_OBJECTS, /* Kubernetes objects, for heir -i, not a file of the node */
	HEIR_PAGE_ALONE,   /* the same without a node */
	HEIR_PAGE_FACTS,   /* node facts, for heir --facts, not a file of the node */
};

struct heir_page_file {
	const char *path; /* a bare name is a drop-in; NULL ends the list */
	enum heir_page_kind kind;
	const char *text;
};

struct heir_rule_page {
	const char *what; /* sentences: meaning, importance */
	/* where the rule reports: "50-gpu.conf:2"; without line: the whole file */
	const char *at;
	const char *version; /* of CRI-O; NULL: the newest */
	/* /usr/bin has crun, runc, conmon, pinns and nsenter. */
	struct heir_page_file wrong[5], right[5];
};

extern const struct heir_rule_page heir_rule_pages[HEIR_N_RULES];

#endif
