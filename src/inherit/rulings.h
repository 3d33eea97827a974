/* SPDX-License-Identifier: Apache-2.0 */
/* The rules that give a handler its values (sections 4.1 and 4.2 of the design). Those of the
 * identity fields are one table: resolution goes through it until a rule answers and records which
 * one did; heir_rulings() goes through the whole of it and says what became of each rule. */
#ifndef HEIR_INHERIT_RULINGS_H
#define HEIR_INHERIT_RULINGS_H

#include "inherit/resolve.h"

enum heir_ruled {
	HEIR_RULED_DECIDES,
	HEIR_RULED_NOT_SET,
	HEIR_RULED_NOT_REACHED, /* an earlier rule answered, or the handler was dropped before */
	HEIR_RULED_ADDS,        /* what it says is a part of the value */
	HEIR_RULED_OVERRULED,   /* it has an answer, which CRI-O replaces */
	HEIR_RULED_NO_ANSWER,   /* asked without result */
	HEIR_RULED_NOT_FOR_IT,  /* it does not concern this handler or field */
	HEIR_RULED_OFF,
};

/* "decides", "not-set", … */
const char *heir_ruled_name(enum heir_ruled outcome);

/* R(enumerator, outcome, words): why a rule answered or did not. Empty words, and those that end in
 * a blank, are continued by what the reason is about: the ruling's `name`, `place` or `value`. */
#define HEIR_REASONS(R)                                                                \
	R(SET, DECIDES, "set")                                                         \
	R(CHOSEN, DECIDES, "chosen")                                                   \
	R(OF_PARENT, DECIDES, "its parent's")                                          \
	R(OF_DEFAULT, DECIDES, "the default's")                                        \
	R(FOUND, DECIDES, "found")                                                     \
	R(OF_SETTING, DECIDES, "overrules every oci handler's")                        \
	R(NAMED, DECIDES, "names it")                                                  \
	R(FILLED_IN, DECIDES, "CRI-O fills it in")                                     \
	R(REPLACED, DECIDES, "CRI-O uses its own value instead")                       \
	R(NOT_SET, NOT_SET, "not set")                                                 \
	R(EMPTY, NOT_SET, "empty")                                                     \
	R(NO_MATCH, NOT_SET, "no condition matches")                                   \
	R(NOT_NAMED, NOT_SET, "does not name it")                                      \
	R(WITHHELD, NOT_SET, "does not name it, though ")                              \
	R(NOT_REACHED, NOT_REACHED, "not reached")                                     \
	R(DROPPED_BEFORE, NOT_REACHED, "not reached: dropped before")                  \
	R(ADDS, ADDS, "adds to it")                                                    \
	R(OVERRULED, OVERRULED, "set, but overruled")                                  \
	R(NONE_FITS, NO_ANSWER, "none is usable")                                      \
	R(CANNOT_TELL, NO_ANSWER, "unknown: it is dropped")                            \
	R(NO_PARENT, NO_ANSWER, "no parent (\"none\")")                                \
	R(PARENT_LACKS, NO_ANSWER, "")                                                 \
	R(NAMED_LACKS, NO_ANSWER, "names it, and ")                                    \
	R(DEFAULT_LACKS, NO_ANSWER, "the default has none")                            \
	R(NOT_FOUND, NO_ANSWER, "")                                                    \
	R(IS_DEFAULT, NOT_FOR_IT, "it is the default itself")                          \
	R(LEFT_ALONE, NOT_FOR_IT, "does not inherit monitor_path")                     \
	R(OCI_ONLY, NOT_FOR_IT, "for oci handlers only")                               \
	R(ORPHAN, NOT_FOR_IT, "it has no parent")                                      \
	R(NEVER_DEFAULT, NOT_FOR_IT, "does not apply: it is the default")              \
	R(NEVER_BUILTIN, NOT_FOR_IT, "does not apply: built into CRI-O")               \
	R(NEVER_VENDOR, NOT_FOR_IT, "does not apply: vendor layer defines it ")        \
	R(NEVER_RUNTIME, NOT_FOR_IT, "does not apply: has the name of an OCI runtime") \
	R(NEVER_SET, NOT_FOR_IT, "does not apply: ")                                   \
	R(UNKNOWN, NOT_FOR_IT, "this CRI-O does not know the key")                     \
	R(OFF, OFF, "switched off by implicit_inherit = false at ")

#define HEIR_REASON_ENUM(name, outcome, words) HEIR_REASON_##name,
enum heir_reason { HEIR_REASONS(HEIR_REASON_ENUM) HEIR_N_REASONS };
#undef HEIR_REASON_ENUM

enum heir_ruled heir_reason_outcome(enum heir_reason reason);
const char *heir_reason_words(enum heir_reason reason);

/* One rule of those that may decide a field, and what became of it. */
struct heir_ruling {
	const char *rule; /* "explicit", "inherit", "path", … */
	enum heir_reason reason;
	struct heir_str name;    /* of the handler or key that the reason is about */
	struct heir_place place; /* of the key that switches off, or of the vendor's table */
	struct heir_value value; /* that the parent has; lives until heir_core_forget_values() */
};

enum { HEIR_MAX_RULINGS = 6 };

/* All rules that may give a field of the handler, in the order in which they are asked; `origin` is
 * what the field is. 0 or -ENOMEM. */
int heir_rulings(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, const struct heir_origin *origin, struct heir_ruling *ret,
	uint32_t *ret_n);

/* Whether a key makes CRI-O take another value than that of the handler's own table: a setting of
 * [crio.runtime], or inherit_default_runtime. Then which one. */
bool heir_is_overruled(const struct heir_result *result, enum heir_field field,
	const struct heir_origin *origin, uint32_t *ret_source, heir_toml_node *ret_node);

/* Decides whose value each identity field is. Drops the handler if none of its candidates can be
 * taken. 0 or -errno. */
int heir_identity_decide(
	struct heir_resolution *res, struct heir_result *result, const struct heir_result *base);

#endif
