/* SPDX-License-Identifier: Apache-2.0 */
/* TOML into terms and requirements. Whatever is written wrongly is a faulty verdict that points at
 * the smallest piece that is wrong; what is merely not so points at the entry. */
#include "inherit/when.h"

#include <errno.h>

#include "base/buf.h"
#include "base/macro.h"
#include "node/expr.h"

/* One evaluation, and the verdict so far. */
struct judge {
	const struct heir_toml_doc *doc;
	struct heir_arena *arena;
	const struct heir_facts *facts;
	const struct heir_features *features;
	struct heir_effort *effort;
	struct heir_verdict verdict;
};

static struct judge judge_new(
	const struct heir_toml_doc *doc, struct heir_arena *arena, heir_toml_node table)
{
	struct heir_toml_span whole = heir_toml_value_span(doc, table);

	return (struct judge){
		.doc = doc,
		.arena = arena,
		.verdict = {HEIR_HOLDS, whole.at, whole.len,
			heir_toml_n_children(doc, table) > 0 ? "all of it holds"
							     : "it requires nothing"},
	};
}

/* The first fault decides, else the first that does not hold. */
static void add_verdict(struct judge *judge, const struct heir_verdict *verdict)
{
	if (verdict->answer > judge->verdict.answer)
		judge->verdict = *verdict;
}

/* Both for text from the arena: NULL is a lack of memory. */
static int fault(struct judge *judge, struct heir_toml_span where, const char *text)
{
	const struct heir_verdict verdict = {HEIR_FAULTY, where.at, where.len, text};

	if (!text)
		return -ENOMEM;
	add_verdict(judge, &verdict);
	return 0;
}

static int value_fault(struct judge *judge, heir_toml_node node, const char *text)
{
	return fault(judge, heir_toml_value_span(judge->doc, node), text);
}

static int key_fault(struct judge *judge, heir_toml_node node, const char *text)
{
	return fault(judge, heir_toml_key_span(judge->doc, node), text);
}

static bool is_table(const struct judge *judge, heir_toml_node node)
{
	return heir_toml_type(judge->doc, node) == HEIR_TOML_TABLE;
}

static const char *type_name(const struct judge *judge, heir_toml_node node)
{
	return heir_toml_type_name(heir_toml_type(judge->doc, node));
}

/* From the key to the end of the value, where they stand in this order. */
static struct heir_toml_span entry_span(const struct judge *judge, heir_toml_node node)
{
	struct heir_toml_span key = heir_toml_key_span(judge->doc, node);
	struct heir_toml_span value = heir_toml_value_span(judge->doc, node);

	if (value.at < key.at + key.len)
		return key;
	return (struct heir_toml_span){key.at, value.at + value.len - key.at};
}

/* The text of a string or an integer; false: it is something else. */
static bool is_text(const struct judge *judge, heir_toml_node node)
{
	enum heir_toml_type type = heir_toml_type(judge->doc, node);

	return type == HEIR_TOML_STRING || type == HEIR_TOML_INTEGER;
}

static int get_text(const struct judge *judge, heir_toml_node node, struct heir_str *ret)
{
	if (heir_toml_type(judge->doc, node) == HEIR_TOML_STRING)
		*ret = heir_toml_string(judge->doc, node, judge->arena);
	else
		*ret = heir_str_from(heir_arena_printf(
			judge->arena, "%lld", (long long)heir_toml_integer(judge->doc, node)));
	return ret->p ? 0 : -ENOMEM;
}

/* The values of an expression: one, or an array of them. `ret_ok` says whether all was well. */
static int read_values(
	struct judge *judge, heir_toml_node node, struct heir_expr *expr, bool *ret_ok)
{
	bool is_array = heir_toml_type(judge->doc, node) == HEIR_TOML_ARRAY;
	heir_toml_node item = is_array ? heir_toml_first(judge->doc, node) : node;
	uint32_t n = is_array ? heir_toml_n_children(judge->doc, node) : 1;
	struct heir_str *values = heir_arena_zalloc(judge->arena, n, sizeof(*values));

	*ret_ok = false;
	if (!values)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		int r;

		if (!is_text(judge, item))
			return value_fault(judge, item,
				heir_arena_printf(judge->arena,
					"a value to compare with must be a string or an integer, "
					"not %s",
					type_name(judge, item)));
		r = get_text(judge, item, &values[i]);
		if (r < 0)
			return r;
		item = heir_toml_next(judge->doc, item);
	}
	expr->values = values;
	expr->n_values = n;
	*ret_ok = true;
	return 0;
}

static const char *nearest(struct heir_str name, const char *const names[], size_t n)
{
	struct heir_near near = heir_near_to(name, NULL);

	for (size_t i = 0; i < n; i++)
		heir_near_try(&near, heir_str_from(names[i]));
	return near.best.p;
}

/* "WHAT \"NAME\"", with what was probably meant. */
static int unknown(struct judge *judge, struct heir_toml_span where, const char *what,
	struct heir_str name, const char *near)
{
	const char *shown = heir_quote(judge->arena, name);

	if (!shown)
		return -ENOMEM;
	return fault(judge, where,
		near ? heir_arena_printf(
			       judge->arena, "%s %s, did you mean \"%s\"?", what, shown, near)
		     : heir_arena_printf(judge->arena, "%s %s", what, shown));
}

static int read_op(struct judge *judge, heir_toml_node node, struct heir_expr *expr, bool *ret_ok)
{
	struct heir_str name;

	*ret_ok = false;
	if (heir_toml_type(judge->doc, node) != HEIR_TOML_STRING)
		return value_fault(judge, node, "op is not a string");
	name = heir_toml_string(judge->doc, node, judge->arena);
	if (!name.p)
		return -ENOMEM;
	expr->op = heir_op_find(name);
	if (expr->op == HEIR_N_OPS)
		return unknown(judge, heir_toml_value_span(judge->doc, node), "unknown operator",
			name, heir_op_nearest(name));
	*ret_ok = true;
	return 0;
}

static int read_type(struct judge *judge, heir_toml_node node, struct heir_expr *expr, bool *ret_ok)
{
	struct heir_str name = HEIR_STR_NULL;

	if (heir_toml_type(judge->doc, node) == HEIR_TOML_STRING) {
		name = heir_toml_string(judge->doc, node, judge->arena);
		if (!name.p)
			return -ENOMEM;
	}
	expr->version = heir_str_eqz(name, "version");
	*ret_ok = expr->version || (name.p && name.len == 0);
	return *ret_ok ? 0 : value_fault(judge, node, "type is \"version\" or left out");
}

/* {op, value, type}. Goes through all keys, so that a wrong one is found beside another. */
static int read_long_form(
	struct judge *judge, heir_toml_node table, struct heir_expr *expr, bool *ret_ok)
{
	static const char *const keys[] = {"op", "value", "type"};
	bool all = true, ok, has_op = false;

	heir_toml_foreach (node, judge->doc, table) {
		struct heir_str key = heir_toml_key(judge->doc, node);
		int r;

		ok = false;
		if (heir_str_eqz(key, "op")) {
			has_op = true;
			r = read_op(judge, node, expr, &ok);
		} else if (heir_str_eqz(key, "value")) {
			r = read_values(judge, node, expr, &ok);
		} else if (heir_str_eqz(key, "type")) {
			r = read_type(judge, node, expr, &ok);
		} else {
			r = unknown(judge, heir_toml_key_span(judge->doc, node),
				"an expression has op, value and type, but no", key,
				nearest(key, keys, ARRAY_LEN(keys)));
		}
		if (r < 0)
			return r;
		all = all && ok;
	}
	*ret_ok = all && has_op;
	return all && !has_op ? value_fault(judge, table, "the expression has no op") : 0;
}

static int read_form(struct judge *judge, heir_toml_node node, struct heir_expr *expr, bool *ret_ok)
{
	switch (heir_toml_type(judge->doc, node)) {
	case HEIR_TOML_TABLE:
		return read_long_form(judge, node, expr, ret_ok);
	case HEIR_TOML_BOOL:
		expr->op = heir_toml_bool(judge->doc, node) ? HEIR_OP_ON : HEIR_OP_OFF;
		*ret_ok = true;
		return 0;
	case HEIR_TOML_STRING:
	case HEIR_TOML_INTEGER:
	case HEIR_TOML_ARRAY:
		expr->op = HEIR_OP_IN;
		return read_values(judge, node, expr, ret_ok);
	default:
		*ret_ok = false;
		return value_fault(judge, node,
			heir_arena_printf(judge->arena,
				"a condition cannot be of type %s: write it as a string",
				type_name(judge, node)));
	}
}

/* Where the i-th value of an expression is written. */
static heir_toml_node value_node(const struct judge *judge, heir_toml_node node, size_t i)
{
	heir_toml_node value = node;

	if (is_table(judge, node))
		value = heir_toml_get(judge->doc, node, HEIR_STR("value"));
	if (value == 0)
		return node;
	if (heir_toml_type(judge->doc, value) != HEIR_TOML_ARRAY)
		return value;
	node = value;
	value = heir_toml_first(judge->doc, node);
	while (value != 0 && i-- > 0)
		value = heir_toml_next(judge->doc, value);
	return value != 0 ? value : node;
}

/* Fills an expression and makes it ready; release it in any case. */
static int read_expr(struct judge *judge, heir_toml_node node, struct heir_str element,
	struct heir_expr *expr, bool *ret_ok)
{
	struct heir_toml_span where = entry_span(judge, node);
	const char *wrong = NULL;
	size_t which = 0;
	int r;

	expr->element = element;
	expr->at = where.at;
	expr->len = where.len;
	r = read_form(judge, node, expr, ret_ok);
	if (r < 0 || !*ret_ok)
		return r;
	r = heir_expr_prepare(expr, judge->effort, judge->arena, &wrong, &which);
	if (r < 0 || !wrong)
		return r;
	*ret_ok = false;
	if (which == expr->n_values)
		return value_fault(judge, node, wrong);
	return value_fault(judge, value_node(judge, node, which), wrong);
}

static void release_exprs(struct heir_term *term)
{
	for (size_t i = 0; i < term->n_exprs; i++)
		heir_expr_release(&term->exprs[i]);
}

static int new_term(struct judge *judge, heir_toml_node node, struct heir_str feature, size_t n,
	struct heir_term *ret)
{
	struct heir_toml_span where = entry_span(judge, node);

	*ret = (struct heir_term){.feature = feature, .at = where.at, .len = where.len};
	ret->exprs = heir_arena_zalloc(judge->arena, n, sizeof(*ret->exprs));
	ret->n_exprs = ret->exprs ? n : 0;
	return ret->exprs ? 0 : -ENOMEM;
}

/* Asks the facts, unless the term was written wrongly. */
static int judge_term(struct judge *judge, const struct heir_term *term, bool ok)
{
	struct heir_verdict verdict;
	int r;

	if (!ok)
		return 0;
	r = heir_term_match(term, judge->facts, judge->effort, judge->arena, &verdict);
	if (r == 0)
		add_verdict(judge, &verdict);
	return r;
}

/* "FEATURE" = {ATTRIBUTE = EXPRESSION, ...} */
static int eval_table(struct judge *judge, heir_toml_node table)
{
	_cleanup_(release_exprs) struct heir_term term = {.n_exprs = 0};
	bool all = true;
	size_t i = 0;
	int r;

	r = new_term(judge, table, heir_toml_key(judge->doc, table),
		heir_toml_n_children(judge->doc, table), &term);
	if (r < 0)
		return r;
	heir_toml_foreach (node, judge->doc, table) {
		struct heir_str element = heir_toml_key(judge->doc, node);
		bool ok = false;

		r = read_expr(judge, node, element, &term.exprs[i++], &ok);
		if (r < 0)
			return r;
		all = all && ok;
	}
	return judge_term(judge, &term, all);
}

/* "FEATURE.ATTRIBUTE" = EXPRESSION, with so many bytes of feature */
static int eval_dotted(struct judge *judge, heir_toml_node node, size_t split)
{
	_cleanup_(release_exprs) struct heir_term term = {.n_exprs = 0};
	struct heir_str key = heir_toml_key(judge->doc, node);
	struct heir_str element = {key.p + split + 1, key.len - split - 1};
	bool ok = false;
	int r;

	r = new_term(judge, node, (struct heir_str){key.p, split}, 1, &term);
	if (r < 0)
		return r;
	term.dotted = true;
	r = read_expr(judge, node, element, &term.exprs[0], &ok);
	return r < 0 ? r : judge_term(judge, &term, ok);
}

static bool is_feature(const struct judge *judge, struct heir_str name)
{
	return heir_feature_known(name) || heir_facts_feature(judge->facts, name);
}

/* How much of a key is the feature: what stands before the last dot. 0: there is no dot with
 * something on both sides. */
static size_t split_key(struct heir_str key)
{
	const char *dot = key.len > 0 ? memrchr(key.p, '.', key.len) : NULL;
	size_t n = dot ? (size_t)(dot - key.p) : 0;

	return n + 1 < key.len ? n : 0;
}

/* A key without a dot is most likely the begin of a feature's name that lacks its quotes. In *ret
 * the name that the tables below it make, in quotes, or just any. */
static int quoted_name(struct judge *judge, heir_toml_node node, const char **ret)
{
	enum { DEEPEST = 4 };
	struct heir_str key = heir_toml_key(judge->doc, node), best = HEIR_STR_NULL;
	const char *name = heir_arena_strndup(judge->arena, key.p, key.len);

	if (!name)
		return -ENOMEM;
	for (int i = 0; i < DEEPEST && is_table(judge, node); i++) {
		node = heir_toml_first(judge->doc, node);
		if (node == 0)
			break;
		key = heir_toml_key(judge->doc, node);
		name = heir_arena_printf(judge->arena, "%s.%.*s", name, HEIR_STR_ARG(key));
		if (!name)
			return -ENOMEM;
		if (is_feature(judge, heir_str_from(name)))
			best = heir_str_from(name);
	}
	*ret = heir_quote(judge->arena, best.p ? best : HEIR_STR("kernel.version.major"));
	return *ret ? 0 : -ENOMEM;
}

static int unquoted(struct judge *judge, heir_toml_node node)
{
	const char *shown = heir_quote(judge->arena, heir_toml_key(judge->doc, node)), *name;
	int r;

	if (!shown)
		return -ENOMEM;
	r = quoted_name(judge, node, &name);
	if (r < 0)
		return r;
	return key_fault(judge, node,
		heir_arena_printf(judge->arena,
			"%s is not a feature: quote the whole name of the feature, as in %s", shown,
			name));
}

static int not_an_attribute(struct judge *judge, heir_toml_node node)
{
	const char *shown = heir_quote(judge->arena, heir_toml_key(judge->doc, node));

	if (!shown)
		return -ENOMEM;
	return key_fault(judge, node,
		heir_arena_printf(judge->arena,
			"%s is a feature: add the name of one of its attributes", shown));
}

static int eval_entry(struct judge *judge, heir_toml_node node)
{
	struct heir_str key = heir_toml_key(judge->doc, node);
	size_t split = split_key(key);
	bool table = is_table(judge, node);

	if (split == 0 && !is_feature(judge, key))
		return unquoted(judge, node);
	if (is_feature(judge, key))
		return table ? eval_table(judge, node) : not_an_attribute(judge, node);
	/* The feature is unknown. It may be one whole, and then it is not available. */
	if (table && !is_feature(judge, (struct heir_str){key.p, split}) &&
		!heir_toml_get(judge->doc, node, HEIR_STR("op")))
		return eval_table(judge, node);
	return eval_dotted(judge, node, split);
}

int heir_when_eval(const struct heir_toml_doc *doc, heir_toml_node when,
	const struct heir_facts *facts, struct heir_effort *effort, struct heir_arena *arena,
	struct heir_verdict *ret)
{
	struct judge judge = judge_new(doc, arena, when);
	int r = 0;

	judge.facts = facts;
	judge.effort = effort;
	if (!is_table(&judge, when))
		r = value_fault(&judge, when, "when is not a table");
	else
		heir_toml_foreach (node, doc, when) {
			r = eval_entry(&judge, node);
			if (r < 0)
				break;
		}
	if (r == 0)
		*ret = judge.verdict;
	return r;
}

int heir_when_check(const struct heir_toml_doc *doc, heir_toml_node when,
	struct heir_effort *effort, struct heir_arena *arena, struct heir_verdict *ret)
{
	static const struct heir_facts nothing = {.features = NULL};

	return heir_when_eval(doc, when, &nothing, effort, arena, ret);
}

struct requirement {
	struct heir_requirement what;
	int (*meet)(struct judge *judge, heir_toml_node node, const struct requirement *row);
	int which;
};

/* Takes the verdict of one question, about that piece of the document. */
static int answered(struct judge *judge, heir_toml_node node, struct heir_verdict *verdict, int r)
{
	struct heir_toml_span where = entry_span(judge, node);

	if (r < 0)
		return r;
	verdict->at = where.at;
	verdict->len = where.len;
	add_verdict(judge, verdict);
	return 0;
}

static int wrong_type(
	struct judge *judge, heir_toml_node node, const char *name, const char *wanted)
{
	return value_fault(judge, node,
		heir_arena_printf(judge->arena, "%s must be %s, not %s", name, wanted,
			type_name(judge, node)));
}

static int meet_version(struct judge *judge, heir_toml_node node, const struct requirement *row)
{
	struct heir_verdict verdict = {.answer = HEIR_HOLDS};
	struct heir_str version;

	if (heir_toml_type(judge->doc, node) != HEIR_TOML_STRING)
		return wrong_type(judge, node, row->what.name, "a string");
	version = heir_toml_string(judge->doc, node, judge->arena);
	if (!version.p)
		return -ENOMEM;
	return answered(judge, node, &verdict,
		heir_features_ask_version(judge->features, version, judge->arena, &verdict));
}

static int meet_list(struct judge *judge, heir_toml_node node, const struct requirement *row)
{
	if (heir_toml_type(judge->doc, node) != HEIR_TOML_ARRAY)
		return wrong_type(judge, node, row->what.name, "an array of strings");
	heir_toml_foreach (item, judge->doc, node) {
		struct heir_verdict verdict = {.answer = HEIR_HOLDS};
		struct heir_str text;
		int r;

		if (heir_toml_type(judge->doc, item) != HEIR_TOML_STRING) {
			r = wrong_type(judge, item, row->what.name, "strings");
		} else {
			text = heir_toml_string(judge->doc, item, judge->arena);
			if (!text.p)
				return -ENOMEM;
			r = answered(judge, item, &verdict,
				heir_features_ask_item(judge->features,
					(enum heir_features_list_id)row->which, text, judge->arena,
					&verdict));
		}
		if (r < 0)
			return r;
	}
	return 0;
}

static int meet_switch(struct judge *judge, heir_toml_node node, const struct requirement *row)
{
	struct heir_verdict verdict = {.answer = HEIR_HOLDS};

	if (heir_toml_type(judge->doc, node) != HEIR_TOML_BOOL)
		return wrong_type(judge, node, row->what.name, "true or false");
	if (!heir_toml_bool(judge->doc, node))
		return 0;
	return answered(judge, node, &verdict,
		heir_features_ask_switch(judge->features, (enum heir_features_switch_id)row->which,
			judge->arena, &verdict));
}

static int meet_annotations(struct judge *judge, heir_toml_node node, const struct requirement *row)
{
	if (!is_table(judge, node))
		return wrong_type(judge, node, row->what.name, "a table of strings");
	heir_toml_foreach (item, judge->doc, node) {
		struct heir_verdict verdict = {.answer = HEIR_HOLDS};
		struct heir_str value;
		int r;

		if (is_table(judge, item)) {
			r = key_fault(judge, item,
				"an annotation's value is a string: quote the annotation's name");
		} else if (heir_toml_type(judge->doc, item) != HEIR_TOML_STRING) {
			r = wrong_type(judge, item, row->what.name, "strings");
		} else {
			value = heir_toml_string(judge->doc, item, judge->arena);
			if (!value.p)
				return -ENOMEM;
			r = answered(judge, item, &verdict,
				heir_features_ask_annotation(judge->features,
					heir_toml_key(judge->doc, item), value, judge->arena,
					&verdict));
		}
		if (r < 0)
			return r;
	}
	return 0;
}

/* clang-format off */
static const struct requirement requirements[] = {
	{{"oci_version", HEIR_TYPE_STRING, "version of the OCI specification, such as 1.1.0"},
		meet_version, 0},
	{{"mount_options", HEIR_TYPE_STRV, "options of mounts, such as rro"},
		meet_list, HEIR_MOUNT_OPTIONS},
	{{"namespaces", HEIR_TYPE_STRV, "Linux namespaces, such as user"},
		meet_list, HEIR_NAMESPACES},
	{{"capabilities", HEIR_TYPE_STRV, "capabilities, such as CAP_NET_ADMIN"},
		meet_list, HEIR_CAPABILITIES},
	{{"seccomp_actions", HEIR_TYPE_STRV, "seccomp actions, such as SCMP_ACT_NOTIFY"},
		meet_list, HEIR_SECCOMP_ACTIONS},
	{{"idmap", HEIR_TYPE_BOOL, "id-mapped mounts; false requires nothing"},
		meet_switch, HEIR_IDMAP},
	{{"cgroup_v2", HEIR_TYPE_BOOL, "cgroup version 2; false requires nothing"},
		meet_switch, HEIR_CGROUP_V2},
	{{"annotations", HEIR_TYPE_MAP, "annotations of the binary's features, with these values"},
		meet_annotations, 0},
};
/* clang-format on */

const struct heir_requirement *heir_requirement_at(size_t i)
{
	return i < ARRAY_LEN(requirements) ? &requirements[i].what : NULL;
}

static int meet_entry(struct judge *judge, heir_toml_node node)
{
	struct heir_str key = heir_toml_key(judge->doc, node);
	const char *names[ARRAY_LEN(requirements)];

	for (size_t i = 0; i < ARRAY_LEN(requirements); i++) {
		if (heir_str_eqz(key, requirements[i].what.name))
			return requirements[i].meet(judge, node, &requirements[i]);
		names[i] = requirements[i].what.name;
	}
	return unknown(judge, heir_toml_key_span(judge->doc, node), "unknown requirement", key,
		nearest(key, names, ARRAY_LEN(names)));
}

/* The words for all entries, for who reads why a runtime was taken or was not: what is missing,
 * each thing once, then "meets idmap, mount_options". */
struct tally {
	struct heir_buf missing, met;
	const char *last;
};

static void count(struct tally *tally, struct heir_str key, const struct heir_verdict *verdict)
{
	if (verdict->answer == HEIR_HOLDS) {
		heir_buf_addz(&tally->met, tally->met.len > 0 ? ", " : "meets ");
		heir_buf_adds(&tally->met, key);
	} else if (!tally->last || strcmp(tally->last, verdict->text) != 0) {
		heir_buf_addz(&tally->missing, tally->missing.len > 0 ? "; " : "");
		heir_buf_addz(&tally->missing, verdict->text);
		tally->last = verdict->text;
	}
}

static int write_reasons(struct judge *judge, struct tally *tally)
{
	if (tally->met.len > 0)
		heir_buf_printf(&tally->missing, "%s%.*s", tally->missing.len > 0 ? "; " : "",
			HEIR_STR_ARG(heir_buf_str(&tally->met)));
	if (heir_buf_error(&tally->missing) < 0 || heir_buf_error(&tally->met) < 0)
		return -ENOMEM;
	if (tally->missing.len > 0 && judge->verdict.answer != HEIR_FAULTY)
		judge->verdict.text =
			heir_arena_strndup(judge->arena, tally->missing.p, tally->missing.len);
	return judge->verdict.text ? 0 : -ENOMEM;
}

/* Each entry by itself, so that it is known of each; the verdict is as if they were one. */
static int meet_all(struct judge *judge, heir_toml_node requires)
{
	struct tally tally = {HEIR_BUF_NULL, HEIR_BUF_NULL, NULL};
	int r = 0;

	heir_toml_foreach (node, judge->doc, requires) {
		struct judge one = judge_new(judge->doc, judge->arena, requires);

		one.features = judge->features;
		r = meet_entry(&one, node);
		if (r < 0)
			break;
		count(&tally, heir_toml_key(judge->doc, node), &one.verdict);
		add_verdict(judge, &one.verdict);
	}
	if (r == 0)
		r = write_reasons(judge, &tally);
	heir_buf_release(&tally.missing);
	heir_buf_release(&tally.met);
	return r;
}

int heir_features_meet(const struct heir_features *features, const struct heir_toml_doc *doc,
	heir_toml_node requires, struct heir_arena *arena, struct heir_verdict *ret)
{
	struct judge judge = judge_new(doc, arena, requires);
	int r = 0;

	judge.features = features;
	if (!is_table(&judge, requires))
		r = value_fault(&judge, requires, "runtime_requires is not a table");
	else
		r = meet_all(&judge, requires);
	if (r == 0)
		*ret = judge.verdict;
	return r;
}
