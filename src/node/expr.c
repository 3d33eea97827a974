/* SPDX-License-Identifier: Apache-2.0 */
/* Matching builds no texts. The reason is formatted once, for the expression that decided. */
#include "node/expr.h"

#include <errno.h>

#include "base/buf.h"
#include "node/json.h"

struct op_row {
	const char *name;
	uint8_t min, max; /* number of values; UINT8_MAX: any */
	bool numeric;
};

static const struct op_row rows[] = {
	[HEIR_OP_IN] = {"In", 1, UINT8_MAX, false},
	[HEIR_OP_NOT_IN] = {"NotIn", 1, UINT8_MAX, false},
	[HEIR_OP_IN_REGEXP] = {"InRegexp", 1, UINT8_MAX, false},
	[HEIR_OP_EXISTS] = {"Exists", 0, 0, false},
	[HEIR_OP_DOES_NOT_EXIST] = {"DoesNotExist", 0, 0, false},
	[HEIR_OP_GT] = {"Gt", 1, 1, true},
	[HEIR_OP_GE] = {"Ge", 1, 1, true},
	[HEIR_OP_LT] = {"Lt", 1, 1, true},
	[HEIR_OP_LE] = {"Le", 1, 1, true},
	[HEIR_OP_GT_LT] = {"GtLt", 2, 2, true},
	[HEIR_OP_GE_LE] = {"GeLe", 2, 2, true},
	[HEIR_OP_IS_TRUE] = {"IsTrue", 0, 0, false},
	[HEIR_OP_IS_FALSE] = {"IsFalse", 0, 0, false},
	[HEIR_OP_ON] = {"true", 0, 0, false},
	[HEIR_OP_OFF] = {"false", 0, 0, false},
};
static_assert(ARRAY_LEN(rows) == HEIR_N_OPS, "an operator without a row");

enum heir_op heir_op_find(struct heir_str name)
{
	enum heir_op op = HEIR_OP_IN;

	while (op < HEIR_N_NAMED_OPS && !heir_str_eqz(name, rows[op].name))
		op++;
	return op < HEIR_N_NAMED_OPS ? op : HEIR_N_OPS;
}

const char *heir_op_name(enum heir_op op)
{
	return rows[op].name;
}

const char *heir_op_nearest(struct heir_str name)
{
	struct heir_near near = heir_near_to(name, NULL);

	for (enum heir_op op = HEIR_OP_IN; op < HEIR_N_NAMED_OPS; op++)
		heir_near_try(&near, heir_str_from(rows[op].name));
	return near.best.p;
}

static const char *arity_fault(const struct op_row *row, size_t n)
{
	if (row->max == 0)
		return n > 0 ? "takes no value" : NULL;
	if (n >= row->min && (n <= row->max || row->max == UINT8_MAX))
		return NULL;
	if (row->max == UINT8_MAX)
		return "needs at least one value";
	return row->max == 1 ? "takes exactly one value" : "takes exactly two values";
}

/* Parses the operands of a comparison, once. */
static int prepare_numbers(
	struct heir_expr *expr, struct heir_arena *arena, const char **ret_fault, size_t *ret_value)
{
	for (size_t i = 0; i < expr->n_values; i++) {
		const char *shown;

		if (expr->version ? heir_semver_parse(expr->values[i], &expr->versions[i])
				  : heir_integer_parse(expr->values[i], &expr->integers[i]))
			continue;
		shown = heir_quote(arena, expr->values[i]);
		if (!shown)
			return -ENOMEM;
		*ret_fault = heir_arena_printf(arena, "%s compares %s, and %s is not one",
			rows[expr->op].name, expr->version ? "versions" : "integers", shown);
		*ret_value = i;
		return *ret_fault ? 0 : -ENOMEM;
	}
	/* As in Node Feature Discovery, which does not check this for versions. */
	if (expr->n_values == 2 && !expr->version && expr->integers[0] >= expr->integers[1]) {
		*ret_fault = heir_arena_printf(arena,
			"the first value of %s must be less than the second", rows[expr->op].name);
		return *ret_fault ? 0 : -ENOMEM;
	}
	return 0;
}

static const char too_much[] = "the conditions take more steps than heir allows";

/* Compiles the patterns of InRegexp, once. */
static int prepare_patterns(struct heir_expr *expr, struct heir_effort *effort,
	struct heir_arena *arena, const char **ret_fault, size_t *ret_value)
{
	expr->patterns = heir_arena_zalloc(arena, expr->n_values, sizeof(*expr->patterns));
	if (!expr->patterns)
		return -ENOMEM;
	for (size_t i = 0; i < expr->n_values; i++) {
		const char *error = NULL, *shown;
		int r = heir_regex_new(expr->values[i], effort, &expr->patterns[i], &error);

		if (r == 0) {
			expr->n_patterns++;
			continue;
		}
		if (r == -EOVERFLOW) {
			*ret_fault = too_much;
			*ret_value = i;
			return 0;
		}
		shown = heir_quote(arena, expr->values[i]);
		if (r != -EINVAL || !shown)
			return -ENOMEM;
		*ret_fault = heir_arena_printf(arena, "invalid pattern %s: %s", shown, error);
		*ret_value = i;
		return *ret_fault ? 0 : -ENOMEM;
	}
	return 0;
}

int heir_expr_prepare(struct heir_expr *expr, struct heir_effort *effort, struct heir_arena *arena,
	const char **ret_fault, size_t *ret_value)
{
	const struct op_row *row = &rows[expr->op];
	const char *fault = arity_fault(row, expr->n_values);

	*ret_fault = NULL;
	*ret_value = expr->n_values;
	if (!fault && expr->version && !row->numeric)
		fault = "does not compare numbers, so it accepts no type";
	if (fault) {
		*ret_fault = heir_arena_printf(arena, "%s %s", row->name, fault);
		return *ret_fault ? 0 : -ENOMEM;
	}
	if (row->numeric)
		return prepare_numbers(expr, arena, ret_fault, ret_value);
	if (expr->op == HEIR_OP_IN_REGEXP)
		return prepare_patterns(expr, effort, arena, ret_fault, ret_value);
	return 0;
}

void heir_expr_release(struct heir_expr *expr)
{
	for (size_t i = 0; i < expr->n_patterns; i++)
		heir_regex_free(expr->patterns[i]);
	expr->patterns = NULL;
	expr->n_patterns = 0;
}

static enum heir_answer answer_of(bool holds)
{
	return holds ? HEIR_HOLDS : HEIR_HOLDS_NOT;
}

static bool is_listed_value(const struct heir_expr *expr, struct heir_str value)
{
	for (size_t i = 0; i < expr->n_values; i++)
		if (heir_str_eq(expr->values[i], value))
			return true;
	return false;
}

/* Returns 0, -ENOMEM or -EOVERFLOW, like those below. */
static int match_patterns(const struct heir_expr *expr, struct heir_str value,
	struct heir_effort *effort, enum heir_answer *ret)
{
	if (value.len > HEIR_REGEX_MAX_VALUE) {
		*ret = HEIR_FAULTY;
		return 0;
	}
	*ret = HEIR_HOLDS_NOT;
	for (size_t i = 0; i < expr->n_patterns && *ret == HEIR_HOLDS_NOT; i++) {
		bool matches;
		int r = heir_regex_match(expr->patterns[i], value, effort, &matches);

		if (r < 0)
			return r;
		*ret = answer_of(matches);
	}
	return 0;
}

/* Compares a value with the i-th value of the expression: below 0, 0 or above. */
static int compare_with_operand(
	const struct heir_expr *expr, const struct heir_semver *version, int64_t integer, size_t i)
{
	if (expr->version)
		return heir_semver_cmp_core(version, &expr->versions[i]);
	return integer < expr->integers[i] ? -1 : integer > expr->integers[i];
}

/* Compares integers or versions with one or two operands. */
static enum heir_answer match_number(const struct heir_expr *expr, struct heir_str value)
{
	struct heir_semver version = {{0, 0, 0}, HEIR_STR_NULL};
	int64_t integer = 0;
	int first, second;

	if (expr->version ? !heir_semver_parse(value, &version)
			  : !heir_integer_parse(value, &integer))
		return HEIR_FAULTY;
	first = compare_with_operand(expr, &version, integer, 0);
	second = expr->n_values > 1 ? compare_with_operand(expr, &version, integer, 1) : 0;
	switch (expr->op) {
	case HEIR_OP_GT:
		return answer_of(first > 0);
	case HEIR_OP_GE:
		return answer_of(first >= 0);
	case HEIR_OP_LT:
		return answer_of(first < 0);
	case HEIR_OP_LE:
		return answer_of(first <= 0);
	case HEIR_OP_GT_LT:
		return answer_of(first > 0 && second < 0);
	default:
		return answer_of(first >= 0 && second <= 0);
	}
}

/* The cost of looking up and comparing an element, in units of effort. */
enum { ELEMENT_STEPS = 4 };

/* Matches one element; `value` is NULL for a flag. */
static int match_element(const struct heir_expr *expr, bool present, const struct heir_str *value,
	struct heir_effort *effort, enum heir_answer *ret)
{
	bool is_false = value && heir_str_eqz(*value, "false");

	if (!heir_effort_take(&effort->left, ELEMENT_STEPS + expr->n_values))
		return -EOVERFLOW;
	if (expr->op == HEIR_OP_EXISTS || expr->op == HEIR_OP_DOES_NOT_EXIST)
		*ret = answer_of(present == (expr->op == HEIR_OP_EXISTS));
	else if (expr->op == HEIR_OP_ON || expr->op == HEIR_OP_OFF)
		*ret = answer_of((present && !is_false) == (expr->op == HEIR_OP_ON));
	else if (!present || !value)
		*ret = HEIR_HOLDS_NOT;
	else if (expr->op == HEIR_OP_IN || expr->op == HEIR_OP_NOT_IN)
		*ret = answer_of(is_listed_value(expr, *value) == (expr->op == HEIR_OP_IN));
	else if (expr->op == HEIR_OP_IS_TRUE)
		*ret = answer_of(heir_str_eqz(*value, "true"));
	else if (expr->op == HEIR_OP_IS_FALSE)
		*ret = answer_of(is_false);
	else if (expr->op == HEIR_OP_IN_REGEXP)
		return match_patterns(expr, *value, effort, ret);
	else
		*ret = match_number(expr, *value);
	return 0;
}

/* Matches an expression against flags and attributes: it must hold for one of them, or for both if
 * it requires absence. */
static int match_named(const struct heir_expr *expr, const struct heir_feature *feature,
	struct heir_effort *effort, enum heir_answer *ret)
{
	const struct heir_str *value = heir_feature_attribute(feature, expr->element);
	bool both = expr->op == HEIR_OP_DOES_NOT_EXIST || expr->op == HEIR_OP_OFF;
	enum heir_answer flag = HEIR_HOLDS_NOT, attribute = HEIR_HOLDS_NOT;
	int r;

	if (feature->has_flags) {
		r = match_element(
			expr, heir_feature_has_flag(feature, expr->element), NULL, effort, &flag);
		if (r < 0)
			return r;
	}
	if (feature->has_attributes) {
		r = match_element(expr, value != NULL, value, effort, &attribute);
		if (r < 0)
			return r;
	}
	if (attribute == HEIR_FAULTY)
		*ret = HEIR_FAULTY;
	else if (both && feature->has_flags && feature->has_attributes)
		*ret = answer_of(flag == HEIR_HOLDS && attribute == HEIR_HOLDS);
	else
		*ret = answer_of(flag == HEIR_HOLDS || attribute == HEIR_HOLDS);
	return 0;
}

/* What decided: an expression, or if NULL the term. */
struct decision {
	enum heir_answer answer;
	const struct heir_expr *expr;
	const struct heir_str *value; /* of an attribute; NULL for a flag or if there is none */
};

/* Matches all expressions against flags and attributes. */
static int match_all_named(const struct heir_term *term, const struct heir_feature *feature,
	struct heir_effort *effort, struct decision *ret)
{
	*ret = (struct decision){HEIR_HOLDS, NULL, NULL};
	for (size_t i = 0; i < term->n_exprs; i++) {
		const struct heir_expr *expr = &term->exprs[i];
		enum heir_answer answer;
		int r = match_named(expr, feature, effort, &answer);

		if (r < 0)
			return r;
		if (answer == HEIR_HOLDS || (answer == HEIR_HOLDS_NOT && ret->expr))
			continue;
		*ret = (struct decision){
			answer, expr, heir_feature_attribute(feature, expr->element)};
		if (answer == HEIR_FAULTY)
			break;
	}
	return 0;
}

static int match_instance(const struct heir_term *term, const struct heir_instance *instance,
	struct heir_effort *effort, struct decision *ret)
{
	*ret = (struct decision){HEIR_HOLDS, NULL, NULL};
	for (size_t i = 0; i < term->n_exprs && ret->answer == HEIR_HOLDS; i++) {
		const struct heir_expr *expr = &term->exprs[i];
		const struct heir_str *value = heir_instance_attribute(instance, expr->element);
		int r = match_element(expr, value != NULL, value, effort, &ret->answer);

		if (r < 0)
			return r;
		ret->expr = expr;
		ret->value = value;
	}
	return 0;
}

/* Counts the instances that match completely. A fault in one makes the term faulty. */
static int match_instances(const struct heir_term *term, const struct heir_feature *feature,
	struct heir_effort *effort, size_t *ret_n, struct decision *ret_fault)
{
	size_t n = 0;

	for (size_t i = 0; i < feature->n_instances; i++) {
		struct decision decision;
		int r = match_instance(term, &feature->instances[i], effort, &decision);

		if (r < 0)
			return r;
		if (decision.answer == HEIR_FAULTY) {
			*ret_fault = decision;
			return 0;
		}
		n += decision.answer == HEIR_HOLDS;
	}
	*ret_n = n;
	return 0;
}

static void add_quoted(struct heir_buf *buf, struct heir_arena *arena, struct heir_str text)
{
	const char *shown = heir_quote(arena, text);

	if (shown)
		heir_buf_addz(buf, shown);
	else
		buf->failed = true;
}

static void add_values(struct heir_buf *buf, struct heir_arena *arena, const struct heir_expr *expr)
{
	enum { SHOWN = 4 };

	for (size_t i = 0; i < MIN(expr->n_values, (size_t)SHOWN); i++) {
		if (i > 0)
			heir_buf_addz(buf, ", ");
		add_quoted(buf, arena, expr->values[i]);
	}
	if (expr->n_values > SHOWN)
		heir_buf_printf(buf, " and %zu more", expr->n_values - SHOWN);
}

/* Appends FEATURE.ELEMENT, or FEATURE."ELEMENT" if that would be ambiguous. */
static void add_operand_name(struct heir_buf *buf, struct heir_arena *arena,
	const struct heir_term *term, const struct heir_expr *expr)
{
	bool clear = expr->element.len > 0;

	for (size_t i = 0; i < expr->element.len; i++)
		clear = clear && expr->element.p[i] > ' ' && expr->element.p[i] < 0x7f &&
			!strchr(".\"", expr->element.p[i]);
	heir_buf_adds(buf, heir_cut(term->feature));
	heir_buf_addc(buf, '.');
	if (clear)
		heir_buf_adds(buf, heir_cut(expr->element));
	else
		add_quoted(buf, arena, expr->element);
}

/* Appends why a value does not satisfy the operator. */
static void add_reason(struct heir_buf *buf, struct heir_arena *arena, const struct heir_expr *expr)
{
	switch (expr->op) {
	case HEIR_OP_IN:
		heir_buf_addz(buf, expr->n_values == 1 ? ", not " : ", not one of ");
		add_values(buf, arena, expr);
		return;
	case HEIR_OP_NOT_IN:
		heir_buf_addz(buf, ", which NotIn excludes");
		return;
	case HEIR_OP_IN_REGEXP:
		heir_buf_addz(buf, ", which does not match ");
		add_values(buf, arena, expr);
		return;
	case HEIR_OP_IS_TRUE:
	case HEIR_OP_IS_FALSE:
		heir_buf_printf(
			buf, ", not \"%s\"", expr->op == HEIR_OP_IS_TRUE ? "true" : "false");
		return;
	case HEIR_OP_DOES_NOT_EXIST:
		heir_buf_addz(buf, ", and DoesNotExist requires that it does not exist");
		return;
	case HEIR_OP_ON:
	case HEIR_OP_OFF:
		heir_buf_printf(buf, ", and %s requires the opposite", rows[expr->op].name);
		return;
	case HEIR_OP_GT:
	case HEIR_OP_GE:
	case HEIR_OP_LT:
	case HEIR_OP_LE:
	case HEIR_OP_GT_LT:
	case HEIR_OP_GE_LE:
		heir_buf_printf(buf, ", and %s ", rows[expr->op].name);
		add_values(buf, arena, expr);
		heir_buf_addz(buf, expr->n_values == 2 ? " requires a value between them"
				   : expr->op == HEIR_OP_GT || expr->op == HEIR_OP_GE
					   ? " requires more"
					   : " requires less");
		return;
	default:
		return;
	}
}

static void add_fault(struct heir_buf *buf, const struct heir_expr *expr)
{
	if (expr->op == HEIR_OP_IN_REGEXP)
		heir_buf_printf(buf, ", which is too long for InRegexp (%d bytes at most)",
			HEIR_REGEX_MAX_VALUE);
	else
		heir_buf_printf(buf, ", and %s compares %s", rows[expr->op].name,
			expr->version ? "versions" : "integers");
}

static void explain_decision(struct heir_buf *buf, struct heir_arena *arena,
	const struct heir_term *term, const struct heir_feature *feature,
	const struct decision *decision)
{
	const struct heir_expr *expr = decision->expr;

	add_operand_name(buf, arena, term, expr);
	if (decision->value) {
		heir_buf_addz(buf, " is ");
		add_quoted(buf, arena, *decision->value);
		if (decision->answer == HEIR_FAULTY)
			add_fault(buf, expr);
		else
			add_reason(buf, arena, expr);
	} else if (!heir_feature_has_flag(feature, expr->element)) {
		heir_buf_addz(buf, " does not exist");
	} else if (expr->op == HEIR_OP_DOES_NOT_EXIST || expr->op == HEIR_OP_OFF) {
		heir_buf_addz(buf, " exists");
		add_reason(buf, arena, expr);
	} else {
		heir_buf_printf(buf, " is a flag, which has no value for %s", rows[expr->op].name);
	}
}

/* Appends the reason for a term whose feature has no matching instance. */
static void explain_instances(struct heir_buf *buf, struct heir_arena *arena,
	const struct heir_term *term, const struct heir_feature *feature)
{
	struct heir_str name = heir_cut(term->feature);

	if (term->dotted && term->exprs[0].op == HEIR_OP_OFF) {
		add_operand_name(buf, arena, term, &term->exprs[0]);
		heir_buf_addz(buf, " exists, and false requires that it does not");
	} else if (feature->n_instances == 0) {
		heir_buf_message(buf, "no %.*s exists", HEIR_STR_ARG(name));
	} else {
		heir_buf_message(buf, "none of the %zu entries of %.*s matches",
			feature->n_instances, HEIR_STR_ARG(name));
	}
}

/* Turns a decision into a verdict with a place and a reason. */
static int make_verdict(const struct heir_term *term, const struct heir_feature *feature,
	const struct decision *decision, struct heir_arena *arena, struct heir_verdict *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	const struct heir_expr *expr = decision->expr;
	const char *text = "it holds";

	if (decision->answer != HEIR_HOLDS) {
		if (expr)
			explain_decision(&buf, arena, term, feature, decision);
		else
			explain_instances(&buf, arena, term, feature);
		if (heir_buf_error(&buf) < 0)
			return -ENOMEM;
		text = heir_arena_strndup(arena, buf.p, buf.len);
		if (!text)
			return -ENOMEM;
	}
	*ret = (struct heir_verdict){
		decision->answer, expr ? expr->at : term->at, expr ? expr->len : term->len, text};
	return 0;
}

/* Evaluates a term on a feature with any of its kinds of elements. */
static int match_feature(const struct heir_term *term, const struct heir_feature *feature,
	struct heir_effort *effort, struct decision *ret)
{
	bool named = feature->has_flags || feature->has_attributes;
	bool off = term->dotted && term->exprs[0].op == HEIR_OP_OFF, enough;
	struct decision fault = {HEIR_HOLDS, NULL, NULL};
	size_t n = 0;
	int r;

	*ret = (struct decision){HEIR_HOLDS_NOT, NULL, NULL};
	if (named) {
		r = match_all_named(term, feature, effort, ret);
		if (r < 0 || ret->answer == HEIR_FAULTY)
			return r;
	}
	if (!feature->has_instances)
		return 0;
	r = match_instances(term, feature, effort, &n, &fault);
	if (r < 0)
		return r;
	enough = off ? n == feature->n_instances : n > 0;
	/* Absence must hold for every kind of element, anything else for one. */
	if (fault.answer == HEIR_FAULTY)
		*ret = fault;
	else if (!named || enough != off)
		*ret = (struct decision){answer_of(enough), NULL, NULL};
	return 0;
}

/* Returns the longest prefix of a name, up to a dot, that is a feature; empty if none is. */
static struct heir_str known_prefix(const struct heir_facts *facts, struct heir_str name)
{
	for (size_t i = name.len; i-- > 0;) {
		struct heir_str prefix = {name.p, i};

		if (name.p[i] != '.')
			continue;
		if (heir_feature_known(prefix) || heir_facts_feature(facts, prefix))
			return prefix;
	}
	return HEIR_STR_NULL;
}

/* For a known feature whose attribute has a dot in its name: says how to write it. */
static const char *dotted_attribute(
	const struct heir_term *term, struct heir_str feature, struct heir_arena *arena)
{
	struct heir_str first = {
		term->feature.p + feature.len + 1, term->feature.len - feature.len - 1};
	const char *attribute = heir_arena_message(
		arena, "%.*s.%.*s", HEIR_STR_ARG(first), HEIR_STR_ARG(term->exprs[0].element));
	const char *absent = heir_quote(arena, term->feature), *shown = heir_quote(arena, feature);

	attribute = attribute ? heir_quote(arena, heir_str_from(attribute)) : NULL;
	if (!attribute || !absent || !shown)
		return NULL;
	return heir_arena_printf(arena,
		"the facts have no feature %s: for the attribute %s write %s = {%s = ...}", absent,
		attribute, shown, attribute);
}

static const char *absent_feature(const struct heir_term *term, const struct heir_facts *facts,
	struct heir_effort *effort, struct heir_arena *arena)
{
	struct heir_str prefix = term->dotted ? known_prefix(facts, term->feature) : HEIR_STR_NULL;
	const char *near = NULL, *shown;

	if (prefix.len > 0)
		return dotted_attribute(term, prefix, arena);
	if (!heir_feature_known(term->feature))
		near = heir_feature_nearest(facts, term->feature, effort);
	shown = heir_quote(arena, term->feature);
	if (!shown || !near)
		return shown ? heir_arena_printf(arena, "the facts have no feature %s", shown)
			     : NULL;
	return heir_arena_printf(
		arena, "the facts have no feature %s, did you mean \"%s\"?", shown, near);
}

int heir_term_match(const struct heir_term *term, const struct heir_facts *facts,
	struct heir_effort *effort, struct heir_arena *arena, struct heir_verdict *ret)
{
	const struct heir_feature *feature;
	struct decision decision;
	int r = heir_facts_ask(facts, term->feature, &feature);

	if (r < 0)
		return r;
	if (!feature) {
		const char *text = absent_feature(term, facts, effort, arena);

		if (!text)
			return -ENOMEM;
		*ret = (struct heir_verdict){HEIR_HOLDS_NOT, term->at, term->len, text};
		return 0;
	}
	r = match_feature(term, feature, effort, &decision);
	if (r == -EOVERFLOW) {
		*ret = (struct heir_verdict){HEIR_FAULTY, term->at, term->len, too_much};
		return 0;
	}
	return r < 0 ? r : make_verdict(term, feature, &decision, arena, ret);
}
