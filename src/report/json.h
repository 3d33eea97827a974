/* SPDX-License-Identifier: Apache-2.0 */
/* Values for JSON reports, made with jansson and printed through heir_out. Every function takes
 * over the references it is given, and takes and returns NULL when memory ran out: check once,
 * where the whole is printed. */
#ifndef HEIR_REPORT_JSON_H
#define HEIR_REPORT_JSON_H

#include <jansson.h>

#include "report/out.h"
#include "model/late.h"
#include "model/pods.h"
#include "model/view.h"

/* A string; null for p == NULL. Bytes that are not UTF-8 are shown as \xNN. */
json_t *heir_json_str(struct heir_str s);
json_t *heir_json_strz(const char *z);
/* What a file holds. Bytes that are not UTF-8 become U+FFFD each, as Go's encoding/json has it. */
json_t *heir_json_content(struct heir_str s);
/* The name of another handler, bounded as bound.h has it. */
json_t *heir_json_name(struct heir_str name);

/* Sets a key of `object`; both NULL when anything is. */
json_t *heir_json_set(json_t *object, const char *key, json_t *value);
json_t *heir_json_append(json_t *array, json_t *value);

/* A value of a field, in JSON's own type. */
json_t *heir_json_value(const struct heir_value *value);

/* Sets "file", "line" and "column", null where there is no place, and "object" where an object
 * holds the file; or that alone. */
json_t *heir_json_set_location(json_t *object, const struct heir_location *where);
json_t *heir_json_set_holder(json_t *object, const struct heir_location *where);
json_t *heir_json_set_place(json_t *object, const struct heir_view *view, struct heir_place place);

/* A field of heir.show/1: the value with its kind, layer and place, and the origins of its items.
 * `room` is that of bound.h. */
json_t *heir_json_origin(
	const struct heir_view *view, const struct heir_origin *origin, size_t *room);
/* The same, or null if the field has no value: what a document has for each of two configurations.
 */
json_t *heir_json_field(
	const struct heir_view *view, const struct heir_origin *origin, size_t *room);
/* Sets "layer": that of the place, "builtin" for what CRI-O itself has or fills in, else null. */
json_t *heir_json_set_layer(
	json_t *object, const struct heir_view *view, const struct heir_origin *origin);
/* Sets "items", the origin of each item of a list that several handlers make up; nothing for any
 * other value. Beyond the first few they take room, and "items_left_out" counts what had none. */
json_t *heir_json_set_items(json_t *object, const struct heir_view *view,
	const struct heir_origin *origin, size_t *room);

/* What stops CRI-O as {"message","file","line","column","rule"}, or null. */
json_t *heir_json_fatal(const struct heir_view *view);
/* The image of the node as members of an object that is open: "os" and "os_from", null where it is
 * not known. `begin` begins a line. */
void heir_json_print_os(struct heir_out *out, const struct heir_view *view, const char *begin);
/* The verdict as members of an object that is open: "starts", and "stops", the reasons why not.
 * `begin` begins a line. */
void heir_json_print_verdict(struct heir_out *out, const struct heir_view *view, const char *begin);
/* The same for an object that is not printed yet. */
json_t *heir_json_set_verdict(json_t *object, const struct heir_view *view);

/* "heir" or "stock". */
const char *heir_semantics_name(enum heir_semantics as);
/* "1.37" or "1.34.2". */
json_t *heir_json_version(struct heir_version version);
/* The names of targets, of a bit each. */
json_t *heir_json_targets(const struct heir_view *view, uint64_t targets);
/* The release as members of an object that is open, the first without a comma before it:
 * "crio_version", "1.37" or "1.34.2", and "crio_version_assumed". */
void heir_json_print_release(struct heir_out *out, const struct heir_where *where);
/* The same for an object that is not printed yet. */
json_t *heir_json_set_release(json_t *object, const struct heir_where *where);

/* Prints `json` on one line, without a newline, and drops it. NULL is -ENOMEM, kept in out->error.
 */
void heir_json_print(struct heir_out *out, json_t *json);
/* The same on lines of their own, indented, with a newline at the end. */
void heir_json_print_lines(struct heir_out *out, json_t *json);

/* Sets "late" of an object, {"runtime","root"}, where the handler is bound late. */
json_t *heir_json_set_late(
	json_t *object, const struct heir_seen_late *seen, const struct heir_result *result);

/* Appends counts of pods to a list: {"namespace", "count"}. */
json_t *heir_json_pods(json_t *list, const struct heir_pod_count *counts, uint32_t n);

#endif
