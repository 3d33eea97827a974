/* SPDX-License-Identifier: Apache-2.0 */
/* `heir show --all`: every key of the release with its value and its origin. */
#ifndef HEIR_REPORT_KEYS_H
#define HEIR_REPORT_KEYS_H

#include <jansson.h>

#include "blame/key.h"
#include "report/out.h"
#include "model/view.h"

enum { HEIR_KEYS_WIDTH = 60 };

/* A line per key, with its origin behind so many columns. 0 or -ENOMEM. */
int heir_keys_table(const struct heir_view *view, struct heir_out *out);
/* The tables of a crio.conf, all but those with names and default_runtime's, with origins as
 * comments; what is not known is a comment. 0 or -ENOMEM. */
int heir_keys_toml(const struct heir_view *view, struct heir_out *out);
/* The member "keys" of heir.show/1. */
int heir_keys_json(const struct heir_view *view, struct heir_out *out);

/* The keys of workloads and, but for TOML, of the handlers that are not dropped. 0 or -ENOMEM. */
int heir_keys_named(const struct heir_view *view, bool toml, struct heir_out *out);

/* A key with its value, kind, layer and place, as in that member; NULL: no memory. */
json_t *heir_key_json(const struct heir_view *view, const struct heir_key_value *key);
/* "20-b.conf:2 (user)", "built in", "unknown" into the buffer. 0 or -ENOMEM. */
int heir_key_origin_words(
	const struct heir_view *view, const struct heir_key_value *key, struct heir_buf *buf);
/* The same for a place. */
int heir_place_words(const struct heir_view *view, struct heir_place place, struct heir_buf *buf);

#endif
