/* SPDX-License-Identifier: Apache-2.0 */
/* Reports what heir reads on the way to an answer, how long each step takes, and what it is
 * waiting for (`--verbose`). Tracing is off by default and then costs nothing: no clock is read
 * and no text is formatted. */
#ifndef HEIR_BASE_TRACE_H
#define HEIR_BASE_TRACE_H

#include <stdint.h>

#include "base/macro.h"

/* The kinds of events, and their words. */
#define HEIR_TRACE_KINDS(K)                                               \
	K(release) /* of CRI-O */                                         \
	K(path)    /* $PATH */                                            \
	K(os)      /* the image of the node */                            \
	K(pool)                                                           \
	K(objects)                                                        \
	K(file)                                                           \
	K(facts)  /* a facts document */                                  \
	K(fact)   /* a feature, or what a runtime reports about itself */ \
	K(binary) /* a lookup in $PATH */                                 \
	K(probe)  /* a program that is run */                             \
	K(step)
#define HEIR_TRACE_AS_ENUM(name) HEIR_TRACE_##name,
enum heir_trace_kind { HEIR_TRACE_KINDS(HEIR_TRACE_AS_ENUM) HEIR_N_TRACE_KINDS };

/* An event. The strings are valid during the call only. */
struct heir_traced {
	const char *kind;    /* the word of its kind */
	const char *name;    /* the path or name */
	const char *outcome; /* one word: "read", "missing", ... */
	const char *why;     /* more words, or NULL */
	uint64_t ns;         /* duration; 0 if it was not measured */
};

struct heir_trace {
	/* NULL: tracing is off. */
	void (*report)(void *data, const struct heir_traced *traced);
	void (*wait)(void *data, const char *what);
	void *data;
};

/* Returns the monotonic clock in nanoseconds, or 0 if tracing is off. The trace may be NULL, here
 * and below. */
uint64_t heir_trace_begin(const struct heir_trace *trace);

/* Reports an event that began at `begun`; 0 if it has no duration. `why` may be "". */
void heir_trace_report(const struct heir_trace *trace, uint64_t begun, enum heir_trace_kind kind,
	const char *name, const char *outcome, const char *why, ...) _printf_(6, 7);

/* The same for a file: `r` is 0 and `size` its bytes, or -errno. */
void heir_trace_report_read(const struct heir_trace *trace, uint64_t begun,
	enum heir_trace_kind kind, const char *name, int r, size_t size);

/* Reports what heir is waiting for, such as "/usr/bin/crun features", several times per second. */
void heir_trace_wait(const struct heir_trace *trace, const char *what, ...) _printf_(2, 3);

#endif
