/* SPDX-License-Identifier: Apache-2.0 */
/* Telling whoever asks what was looked at on the way to an answer, and how long that took; and
 * while it takes, what is waited for. Nobody asks as a rule, and then nothing is done: no clock is
 * read, and no words are made. */
#ifndef HEIR_BASE_TRACE_H
#define HEIR_BASE_TRACE_H

#include <stdint.h>

#include "base/macro.h"

/* What is told of, and the word for it. */
#define HEIR_TRACE_KINDS(K)                                     \
	K(release) /* of CRI-O */                               \
	K(path)    /* $PATH */                                  \
	K(os)      /* the image of the node */                  \
	K(pool)                                                 \
	K(objects)                                              \
	K(file)                                                 \
	K(facts)  /* a document of them */                      \
	K(fact)   /* a feature, or what is told of a runtime */ \
	K(binary) /* looked up in $PATH */                      \
	K(probe)  /* a program that is asked */                 \
	K(step)
#define HEIR_TRACE_AS_ENUM(name) HEIR_TRACE_##name,
enum heir_trace_kind { HEIR_TRACE_KINDS(HEIR_TRACE_AS_ENUM) HEIR_N_TRACE_KINDS };

/* Strings live for the call. */
struct heir_traced {
	const char *kind;    /* its word */
	const char *name;    /* of what */
	const char *outcome; /* one word: "read", "missing", ... */
	const char *why;     /* more words; NULL: none */
	uint64_t ns;         /* how long it took; 0: nobody measured */
};

struct heir_trace {
	/* NULL: nobody asks. */
	void (*tell)(void *data, const struct heir_traced *traced);
	void (*wait)(void *data, const char *what);
	void *data;
};

/* When something begins: of the clock that only goes forward, in nanoseconds; 0 where nobody asks.
 * The trace may be NULL, here and below. */
uint64_t heir_trace_begin(const struct heir_trace *trace);

/* Tells that it is over. `begun` 0: it takes no time. Words for `why` may be "". */
void heir_trace_report(const struct heir_trace *trace, uint64_t begun, enum heir_trace_kind kind,
	const char *name, const char *outcome, const char *why, ...) _printf_(6, 7);

/* The same of a file: `r` is 0 and `size` its bytes, or why it cannot be read, -errno. */
void heir_trace_report_read(const struct heir_trace *trace, uint64_t begun,
	enum heir_trace_kind kind, const char *name, int r, size_t size);

/* Says what is waited for, some times a second while it lasts: "/usr/bin/crun features". */
void heir_trace_wait(const struct heir_trace *trace, const char *what, ...) _printf_(2, 3);

#endif
