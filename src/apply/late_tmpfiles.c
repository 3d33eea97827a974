/* SPDX-License-Identifier: Apache-2.0 */
/* Writes what a node needs as a file for systemd-tmpfiles(8): a single regular file, which an
 * image can contain and the MCO can write, and which creates directories, links and targets at
 * every boot before CRI-O starts. */
#include "apply/late.h"

/* Different from those that `heir apply` creates, which have numbers. */
#define GENERATION HEIR_LATE_DIR "/image"

/* Appends an argument of a line. */
static void add_argument(struct heir_buf *buf, struct heir_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\n')
			heir_buf_addz(buf, "\\n");
		else if (s.p[i] == '\\' || s.p[i] == '%')
			heir_buf_printf(buf, "%c%c", s.p[i], s.p[i]);
		else
			heir_buf_addc(buf, s.p[i]);
	}
}

int heir_late_tmpfiles(const struct heir_late_plan *plan, struct heir_buf *buf)
{
	static const char *const directories[] = {"/var/lib/heir", HEIR_LATE_DIR,
		HEIR_LATE_DIR "/bin", GENERATION, GENERATION "/target"};

	heir_buf_addz(buf,
		"# Written by heir render --late; see tmpfiles.d(5) and heir-runtime(8).\n"
		"R! " GENERATION "\n");
	for (unsigned i = 0; i < ARRAY_LEN(directories); i++)
		heir_buf_printf(buf, "d %s 0755 root root\n", directories[i]);
	/* Names of handlers that are bound late need no escaping. */
	for (uint32_t i = 0; i < plan->n; i++) {
		const struct heir_late_file *file = &plan->items[i];

		heir_buf_printf(
			buf, "L+ " HEIR_LATE_BIN "%.*s - - - - ", HEIR_STR_ARG(file->handler));
		add_argument(buf, heir_str_from(plan->runtime));
		heir_buf_printf(buf, "\nf+ " GENERATION "/target/%.*s 0644 root root - ",
			HEIR_STR_ARG(file->handler));
		add_argument(buf, file->target);
		heir_buf_addc(buf, '\n');
	}
	heir_buf_addz(buf, "L+ " HEIR_LATE_DIR "/now - - - - image\n");
	return heir_buf_error(buf);
}
