/* SPDX-License-Identifier: Apache-2.0 */
#include "base/trace.h"

#include <errno.h>
#include <stdarg.h>
#include <time.h>

#include "base/buf.h"
#include "base/file.h"

#define AS_WORD(name) [HEIR_TRACE_##name] = #name,
static const char *const kinds[HEIR_N_TRACE_KINDS] = {HEIR_TRACE_KINDS(AS_WORD)};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t heir_trace_begin(const struct heir_trace *trace)
{
	return trace && trace->report ? now() : 0;
}

void heir_trace_report(const struct heir_trace *trace, uint64_t begun, enum heir_trace_kind kind,
	const char *name, const char *outcome, const char *why, ...)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	struct heir_traced traced = {kinds[kind], name, outcome, NULL, 0};
	va_list args;

	if (!trace || !trace->report)
		return;
	if (begun > 0)
		traced.ns = MAX(now() - begun, (uint64_t)1);
	va_start(args, why);
	heir_buf_vmessage(&words, why, args);
	va_end(args);
	/* Without memory only the words are dropped. */
	if (!words.failed && words.len > 0)
		traced.why = words.p;
	trace->report(trace->data, &traced);
}

void heir_trace_report_read(const struct heir_trace *trace, uint64_t begun,
	enum heir_trace_kind kind, const char *name, int r, size_t size)
{
	if (r == 0)
		heir_trace_report(trace, begun, kind, name, "read", "%zu bytes", size);
	else if (r == -ENOENT)
		heir_trace_report(trace, begun, kind, name, "missing", "%s", "");
	else
		heir_trace_report(trace, begun, kind, name, "failed", "%s", heir_file_error(r));
}

void heir_trace_wait(const struct heir_trace *trace, const char *what, ...)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	va_list args;

	if (!trace || !trace->wait)
		return;
	va_start(args, what);
	heir_buf_vmessage(&words, what, args);
	va_end(args);
	if (!words.failed && words.len > 0)
		trace->wait(trace->data, words.p);
}
