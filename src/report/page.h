/* SPDX-License-Identifier: Apache-2.0 */
/* One page of HTML for the review of a change: `heir report`. It loads nothing: style
 * and drawings are in it, there is no script, and its Content-Security-Policy allows none. */
#ifndef HEIR_REPORT_PAGE_H
#define HEIR_REPORT_PAGE_H

#include "base/map.h"
#include "fleet/fleet.h"
#include "model/late.h"
#include "report/diff.h"
#include "report/out.h"
#include "model/view.h"

/* A node, or what a pool makes of nodes. */
struct heir_page_node {
	const char *pool; /* NULL: it is no pool's */
	bool is_new;      /* there was no such pool before */
	const char *root; /* what the node is called; NULL: this machine */
	/* Resolved, and its diagnostics are findings; NULL: the pool was there before only. */
	const struct heir_view *view;
	const struct heir_view *stock; /* the same files for an unmodified CRI-O; NULL: is itself */
	const struct heir_diff *diff;  /* from what was before; NULL: nothing is compared */
	/* What an unmodified CRI-O makes of the files, also if it would not start; NULL: unknown */
	const struct heir_config *stock_config;
	const struct heir_resolution *stock_res;
	/* What `heir apply` would write, and where; .p NULL: nothing, or `refused` says why. */
	struct heir_str drop_in;
	const char *drop_in_path, *refused;
};

struct heir_page {
	const char *title;   /* NULL: none */
	const char *version; /* of heir */
	/* What made the page, of which commit, and when; NULL: left out. */
	const char *command, *commit, *date;
	const struct heir_page_node *parts;
	size_t n;
	const struct heir_fleet *fleet; /* the nodes of the cluster; NULL: none were compared */
};

/* Prints the page. 0 or -ENOMEM. Linear in handlers, values and findings: what would not be, or
 * too much for a browser, is left out from some number on, and the page says so. */
int heir_page_print(const struct heir_page *page, struct heir_out *out);
/* The same for a comment on a pull request, in short. 0 or -ENOMEM. */
int heir_page_markdown(const struct heir_page *page, struct heir_out *out);

/* ---- The sections: for the files page*.c ---- */

enum {
	HEIR_PAGE_MAX_DRAWN = 1000,     /* handlers in a drawing */
	HEIR_PAGE_MAX_EXPLAINED = 1000, /* handlers whose values have their lineage */
	HEIR_PAGE_MAX_LINES = 20000,    /* of files, on the whole page */
};

struct heir_page_printer {
	const struct heir_page *page;
	const struct heir_page_node *part;
	size_t number; /* of the part: anchors are "NUMBER-WORD" */
	struct heir_out *out;
	uint8_t *changes; /* enum heir_change, by handlers' ids; NULL: nothing is compared */
	bool rules[HEIR_N_RULES];   /* that something on the page was found by */
	struct heir_seen_late late; /* of the handlers of the part */
	uint32_t n_lines;           /* of files that are on the page already */
};

/* Adds the sentence that says what becomes of a part, which has a view. Returns whether it is bad
 * news. */
bool heir_page_verdict(const struct heir_page_node *part, struct heir_buf *words);

/* "<h3 id="p0-findings">TITLE</h3>" and what goes before it. */
void heir_page_heading(struct heir_page_printer *p, const char *word, const char *title);
void heir_page_end(struct heir_page_printer *p);
/* A link to a handler of the part, or its name where there is none of that name. */
void heir_page_link(struct heir_page_printer *p, struct heir_str name);
/* "<code>50-gpu.conf:3</code>" */
int heir_page_place(struct heir_page_printer *p, struct heir_place place);
/* A link to what the page says of the rule. */
void heir_page_rule(struct heir_page_printer *p, enum heir_rule rule);
/* Behind a name: that it is the default, and what becomes of it; `linked` to the changes. */
void heir_page_badges(struct heir_page_printer *p, const struct heir_handler *handler, bool linked);
/* What becomes of a handler of the part; HEIR_CHANGE_NONE also where nothing is compared. */
enum heir_change heir_page_change(
	const struct heir_page_printer *p, const struct heir_handler *handler);
/* "3 handlers" */
void heir_page_count(struct heir_out *out, size_t n, const char *one, const char *many);

/* Each prints a section, or nothing. 0 or -ENOMEM. */
int heir_page_changes(struct heir_page_printer *p);
int heir_page_findings(struct heir_page_printer *p);
int heir_page_graph(struct heir_page_printer *p);
int heir_page_handlers(struct heir_page_printer *p);
int heir_page_drop_in(struct heir_page_printer *p);
int heir_page_rules(struct heir_page_printer *p);
int heir_page_fleet(const struct heir_fleet *fleet, struct heir_out *out);

/* The files, line by line. 0 or -ENOMEM. */
int heir_page_blame(struct heir_page_printer *p);
/* The class of the style for a colour; NULL: none. */
const char *heir_page_class(enum heir_color color);

/* The values of a handler, each with its lineage. 0 or -ENOMEM. */
int heir_page_lineage(struct heir_page_printer *p, const struct heir_handler *handler);

/* Made of page.css when heir is built: the text, and its digest as a policy has it. */
extern const char heir_page_css[], heir_page_css_digest[];

#endif
