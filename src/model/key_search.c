/* SPDX-License-Identifier: Apache-2.0 */
/* A key by its name, of which the beginning may be left out. */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/macro.h"
#include "model/key_lineage.h"

struct parts {
	struct heir_str items[HEIR_KEY_MAX_PARTS];
	unsigned n;
};

/* At dots, but for those in quotes. False: there are too many. */
static bool split(struct heir_str text, struct parts *ret)
{
	const char *p = text.p, *end = text.p + text.len;

	ret->n = 0;
	while (p <= end) {
		const char *from = p, *to;
		char quote = p < end && (*p == '"' || *p == '\'') ? *p : '\0';

		if (quote) {
			from = p + 1;
			to = memchr(from, quote, (size_t)(end - from));
			to = to ? to : end;
			p = to < end ? to + 1 : end;
		} else {
			to = memchr(p, '.', (size_t)(end - p));
			to = to ? to : end;
			p = to;
		}
		if (ret->n == HEIR_KEY_MAX_PARTS)
			return false;
		ret->items[ret->n++] = (struct heir_str){from, (size_t)(to - from)};
		p++;
	}
	return true;
}

/* Do the parts end a key of the table? *ret_name: what stands for "*". */
static bool is_end(const struct parts *given, enum heir_key_table table, struct heir_str key,
	struct heir_str *ret_name)
{
	struct parts own;

	split(heir_str_from(heir_key_table_path(table)), &own);
	if (table == HEIR_KEYS_ROOT)
		own.n = 0;
	if (own.n == HEIR_KEY_MAX_PARTS)
		return false;
	own.items[own.n++] = key;
	if (given->n > own.n)
		return false;
	*ret_name = HEIR_STR_NULL;
	for (unsigned i = 0; i < given->n; i++) {
		struct heir_str mine = own.items[own.n - given->n + i];

		if (heir_str_eqz(mine, "*"))
			*ret_name = given->items[i];
		else if (!heir_str_eqfold(given->items[i], mine))
			return false;
	}
	return true;
}

/* A table with a name is meant only with its name. */
static bool is_named(enum heir_key_table table)
{
	return strchr(heir_key_table_path(table), '*') != NULL;
}

static void search_rows(
	const struct heir_config *config, const struct parts *given, struct heir_key_found *ret)
{
	struct heir_version version = config->where.version;

	for (unsigned i = 0; i < heir_n_key_rows; i++) {
		const struct heir_key_row *row = &heir_key_rows[i];
		bool is_known = heir_key_is_known(row, version);
		struct heir_str name;

		if (!is_end(given, row->table, row->name, &name) ||
			(is_named(row->table) && !name.p))
			continue;
		/* A key that changed has several rows. */
		if (ret->row && ret->row->table == row->table &&
			heir_str_eq(ret->row->name, row->name)) {
			if (is_known)
				ret->row = row;
		} else {
			ret->n_matches++;
			if (!ret->row || (is_known && !heir_key_is_known(ret->row, version)))
				ret->row = row;
			ret->name = name;
		}
	}
	if (ret->row)
		ret->state = heir_key_is_known(ret->row, version)         ? HEIR_KEY_KNOWN
			     : heir_version_has(version, ret->row->since) ? HEIR_KEY_REMOVED
									  : HEIR_KEY_TOO_NEW;
}

/* "crio.runtime.runtimes.gpu", with a field behind it or not; "gpu.runtime_path". */
static bool search_handler(
	const struct heir_config *config, const struct parts *given, struct heir_key_found *ret)
{
	struct heir_str name, last = given->items[given->n - 1];
	bool exact;

	ret->field = HEIR_N_FIELDS;
	if (given->n > 1 && is_end(given, HEIR_KEYS_HANDLER, last, &name) && name.p) {
		ret->handler = name;
		ret->field = heir_field_by_name(last, &exact);
		if (ret->field < HEIR_N_FIELDS && heir_config_handler(config, name))
			return true;
	}
	ret->handler = last;
	ret->field = HEIR_N_FIELDS;
	if (given->n > 1 && heir_str_eqfold(given->items[given->n - 2], HEIR_STR("runtimes")) &&
		heir_config_handler(config, last))
		return true;
	ret->handler = HEIR_STR_NULL;
	return false;
}

/* ---- What may have been meant ---- */

/* The key that is nearest to one of several parts. */
struct nearest {
	const struct heir_config *config;
	const struct parts *given;
	struct parts best; /* n 0: none is near */
	unsigned distance; /* of the best; at first more than is near */
};

/* Tries a key of a table. `name` stands for "*"; p NULL: what was given there. */
static void try_key(struct nearest *nearest, enum heir_key_table table, struct heir_str key,
	struct heir_str name)
{
	const struct parts *given = nearest->given;
	unsigned distance = 0, left_out;
	struct parts own;

	split(heir_str_from(heir_key_table_path(table)), &own);
	if (table == HEIR_KEYS_ROOT)
		own.n = 0;
	if (own.n == HEIR_KEY_MAX_PARTS)
		return;
	own.items[own.n++] = key;
	if (own.n < given->n)
		return;
	left_out = own.n - given->n;
	for (unsigned i = 0; i < own.n && distance < nearest->distance; i++) {
		if (heir_str_eqz(own.items[i], "*") && i < left_out)
			return;
		if (heir_str_eqz(own.items[i], "*"))
			own.items[i] = name.p ? name : given->items[i - left_out];
		if (i >= left_out)
			distance += heir_str_distance(given->items[i - left_out], own.items[i],
				nearest->distance - distance);
	}
	if (distance >= nearest->distance)
		return;
	nearest->distance = distance;
	nearest->best = own;
}

/* Fields, of the handler that the part before the last one names, or nearly does. */
static void try_fields(struct nearest *nearest)
{
	struct heir_str name = nearest->given->items[nearest->given->n - 2];
	const struct heir_config *config = nearest->config;
	struct heir_near handler = heir_near_to(name, NULL);

	for (uint32_t i = 0; i < config->n_handlers; i++)
		heir_near_try(&handler, config->handlers[i]->name);
	for (unsigned f = 0; handler.best.p && f < HEIR_N_FIELDS; f++)
		if (config->field_known[f])
			try_key(nearest, HEIR_KEYS_HANDLER, heir_fields[f].name, handler.best);
}

/* What is nearest to a key with the name of its table. It replaces what is as near by its bare
 * name. Without memory there is only less help. */
static void find_nearest(
	const struct heir_config *config, const struct parts *given, struct heir_near *near)
{
	struct heir_near last = heir_near_to(given->items[given->n - 1], NULL);
	struct nearest nearest = {config, given, {.n = 0}, MIN(last.distance, near->distance + 1)};
	struct heir_buf path = HEIR_BUF_NULL;
	struct heir_str copy;

	for (unsigned i = 0; i < heir_n_key_rows; i++) {
		const struct heir_key_row *row = &heir_key_rows[i];

		if (heir_key_is_known(row, config->where.version))
			try_key(&nearest, row->table, row->name, HEIR_STR_NULL);
	}
	try_fields(&nearest);
	for (unsigned i = 0; i < nearest.best.n; i++) {
		heir_buf_addz(&path, i > 0 ? "." : "");
		heir_key_write(&path, nearest.best.items[i]);
	}
	if (nearest.best.n > 0 && !path.failed &&
		heir_text_copy(heir_buf_str(&path), &config->core->arena, &copy) == 0) {
		near->best = copy;
		near->distance = nearest.distance;
	}
	heir_buf_release(&path);
}

int heir_key_search(const struct heir_config *config, const char *key, struct heir_key_found *ret,
	struct heir_near *near)
{
	struct parts given;

	*ret = (struct heir_key_found){.row = NULL};
	*near = heir_near_to(heir_str_from(key), NULL);
	for (unsigned i = 0; i < heir_n_key_rows; i++)
		if (heir_key_is_known(&heir_key_rows[i], config->where.version))
			heir_near_try(near, heir_key_rows[i].name);
	for (uint32_t i = 0; i < config->n_handlers; i++)
		heir_near_try(near, config->handlers[i]->name);
	if (!split(heir_str_from(key), &given))
		return -ENOENT;
	if (search_handler(config, &given, ret))
		return 0;
	search_rows(config, &given, ret);
	if (!ret->row && given.n > 1)
		find_nearest(config, &given, near);
	return ret->row ? 0 : -ENOENT;
}
