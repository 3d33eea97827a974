/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit/rulings.h"

#include "base/macro.h"
#include "inherit/candidates.h"
#include "inherit/link.h"
#include "inherit/order.h"

const char *heir_ruled_name(enum heir_ruled outcome)
{
	static const char *const names[] = {
		[HEIR_RULED_DECIDES] = "decides",
		[HEIR_RULED_NOT_SET] = "not-set",
		[HEIR_RULED_NOT_REACHED] = "not-reached",
		[HEIR_RULED_ADDS] = "adds",
		[HEIR_RULED_OVERRULED] = "overruled",
		[HEIR_RULED_NO_ANSWER] = "no-answer",
		[HEIR_RULED_NOT_FOR_IT] = "not-for-it",
		[HEIR_RULED_OFF] = "off",
	};

	return names[outcome];
}

static const struct {
	enum heir_ruled outcome;
	const char *words;
} reasons[HEIR_N_REASONS] = {
#define AS_ROW(name, outcome, words) [HEIR_REASON_##name] = {HEIR_RULED_##outcome, words},
	HEIR_REASONS(AS_ROW)
#undef AS_ROW
};

enum heir_ruled heir_reason_outcome(enum heir_reason reason)
{
	return reasons[reason].outcome;
}

const char *heir_reason_words(enum heir_reason reason)
{
	return reasons[reason].words;
}

/* ---- The identity fields ---- */

/* What a rule is asked. */
struct question {
	const struct heir_resolution *res;
	const struct heir_result *result, *base;
	enum heir_field field;
};

static void begin(struct heir_ruling *ruling, const char *rule, enum heir_reason reason)
{
	*ruling = (struct heir_ruling){.rule = rule, .reason = reason, .place = HEIR_PLACE_NONE};
}

static bool is_by_flag(const struct heir_result *result)
{
	return result->via == HEIR_VIA_INHERIT_DEFAULT_RUNTIME;
}

static bool is_named(const struct question *q)
{
	return q->result->via != HEIR_VIA_NONE && q->result->via != HEIR_VIA_IMPLICIT;
}

static bool is_implicit(const struct question *q)
{
	return q->result->via == HEIR_VIA_IMPLICIT;
}

static bool has_key(const struct question *q, enum heir_field field)
{
	return heir_table_field(q->res->config, q->result->handler->table, field) != 0;
}

/* CRI-O's own rule: four fields are the default's, whatever the table says. */
static bool is_by_default(const struct heir_result *result, enum heir_field field)
{
	return is_by_flag(result) && (unsigned)field < HEIR_N_BY_FLAG && heir_result_base(result);
}

bool heir_is_overruled(const struct heir_result *result, enum heir_field field,
	const struct heir_origin *origin, uint32_t *ret_source, heir_toml_node *ret_node)
{
	bool by_default = result->decided && is_by_default(result, field);

	*ret_source = origin->by_setting ? origin->source : result->via_source;
	*ret_node = origin->by_setting ? origin->node : result->via_node;
	return origin->by_setting || by_default;
}

static bool is_free(const struct question *q)
{
	return !is_by_default(q->result, q->field);
}

static int ask_own(const struct question *q, struct heir_ruling *ret)
{
	const struct heir_result *result = q->result;
	struct heir_origin own;
	int r = heir_result_own(q->res, result, q->field, &own);

	if (r < 0)
		return r;
	ret->reason = HEIR_REASON_SET;
	if (own.kind == HEIR_KIND_UNSET)
		ret->reason = HEIR_REASON_NOT_SET;
	else if (heir_origin_is_unset(&own))
		ret->reason = HEIR_REASON_EMPTY;
	else if (!result->decided)
		ret->reason = HEIR_REASON_DROPPED_BEFORE;
	else if (!is_free(q))
		ret->reason = HEIR_REASON_OVERRULED;
	return 0;
}

static int search_candidates(struct heir_resolution *res, struct heir_result *result)
{
	return is_by_flag(result) ? 0 : heir_candidates_choose(res, result);
}

static int ask_candidates(const struct question *q, struct heir_ruling *ret)
{
	const struct heir_candidates *candidates = q->result->candidates;

	if (!has_key(q, HEIR_FIELD_runtime_candidates))
		ret->reason = HEIR_REASON_NOT_SET;
	else if (!candidates)
		ret->reason = HEIR_REASON_NOT_REACHED;
	else
		ret->reason = candidates->chosen  ? HEIR_REASON_CHOSEN
			      : candidates->fault ? HEIR_REASON_CANNOT_TELL
						  : HEIR_REASON_NONE_FITS;
	return 0;
}

/* What the parent has that a key names. */
static int ask_named(const struct question *q, struct heir_ruling *ret)
{
	const struct heir_result *result = q->result;

	if (is_by_flag(result) && (unsigned)q->field >= HEIR_N_BY_FLAG) {
		ret->reason = HEIR_REASON_LEFT_ALONE;
	} else if (!result->decided && (result->via_node || has_key(q, HEIR_FIELD_inherit) ||
					       has_key(q, HEIR_FIELD_inherit_when))) {
		ret->reason = HEIR_REASON_CANNOT_TELL;
	} else if (!is_named(q)) {
		ret->reason = has_key(q, HEIR_FIELD_inherit_when) ? HEIR_REASON_NO_MATCH
			      : has_key(q, HEIR_FIELD_inherit)    ? HEIR_REASON_EMPTY
								  : HEIR_REASON_NOT_SET;
	} else if (!q->base) {
		ret->reason = result->parent ? HEIR_REASON_IS_DEFAULT : HEIR_REASON_NO_PARENT;
	} else {
		ret->reason = q->base->lender[q->field] ? HEIR_REASON_OF_PARENT
							: HEIR_REASON_PARENT_LACKS;
		ret->name = q->base->handler->name;
	}
	return 0;
}

static int ask_implicit(const struct question *q, struct heir_ruling *ret)
{
	if (!is_implicit(q))
		return heir_link_implicit(q->res, q->result, ret);
	ret->reason = q->base && q->base->lender[q->field] ? HEIR_REASON_OF_DEFAULT
							   : HEIR_REASON_DEFAULT_LACKS;
	return 0;
}

/* No handler lends a path: $PATH is searched for the handler's own name. A name that is not found
 * is reported when the handler is validated. */
static int search_path(struct heir_resolution *res, struct heir_result *result)
{
	int r = heir_lookup_binary(&res->lookup, result->handler->name, &result->path);

	if (r == 0 && result->path)
		result->path_kind = HEIR_KIND_PATH;
	return r;
}

static int ask_path(const struct question *q, struct heir_ruling *ret)
{
	ret->name = q->result->handler->name;
	ret->reason = q->result->path && q->result->path_kind == HEIR_KIND_PATH
			      ? HEIR_REASON_FOUND
			      : HEIR_REASON_NOT_FOUND;
	return 0;
}

enum { CANDIDATES = 1 };

/* In the order of section 4.1: the first that answers decides. */
static const struct rule {
	const char *name; /* NULL: the key that names the parent */
	bool of_path;     /* it gives runtime_path alone */
	bool of_heir;     /* CRI-O does not have it */
	int (*ask)(const struct question *q, struct heir_ruling *ret);
	/* Whether it can decide, at no cost; NULL: it may. */
	bool (*can)(const struct question *q);
	/* Looks for the answer, once, when the rule is reached. */
	int (*search)(struct heir_resolution *res, struct heir_result *result);
} rules[] = {
	{"explicit", false, false, ask_own, is_free, NULL},
	[CANDIDATES] = {"candidate", true, true, ask_candidates, NULL, search_candidates},
	{NULL, false, false, ask_named, is_named, NULL},
	{"implicit", false, true, ask_implicit, is_implicit, NULL},
	{"path", true, false, ask_path, NULL, search_path},
};

static int decide(struct heir_resolution *res, struct heir_result *result,
	const struct heir_result *base, enum heir_field field)
{
	struct question question = {res, result, base, field};

	for (unsigned i = 0; i < ARRAY_LEN(rules); i++) {
		const struct rule *rule = &rules[i];
		struct heir_ruling ruling;
		int r = 0;

		if ((rule->of_path && field != HEIR_FIELD_runtime_path) ||
			(rule->can && !rule->can(&question)))
			continue;
		if (rule->search)
			r = rule->search(res, result);
		if (r == 0)
			r = rule->ask(&question, &ruling);
		if (r < 0)
			return r;
		/* If no candidate answered, the path is not taken from the parent. */
		if (i == CANDIDATES && result->lost)
			return 0;
		if (reasons[ruling.reason].outcome != HEIR_RULED_DECIDES)
			continue;
		result->lender[field] = ruling.reason == HEIR_REASON_OF_PARENT ||
							ruling.reason == HEIR_REASON_OF_DEFAULT
						? base->lender[field]
						: result;
		return 0;
	}
	return 0;
}

int heir_identity_decide(
	struct heir_resolution *res, struct heir_result *result, const struct heir_result *base)
{
	int r = 0;

	result->decided = true;
	for (unsigned f = 0; f < HEIR_N_IDENTITY && r == 0; f++)
		r = decide(res, result, base, f);
	return r;
}

static const char *parent_rule(const struct question *q)
{
	if (is_named(q))
		return heir_via_name(q->result->via);
	return q->res->config->where.as == HEIR_AS_HEIR ? "inherit" : "inherit_default_runtime";
}

/* What an answer is worth once another rule has answered. A rule that no key invokes stays "not
 * set". */
static enum heir_reason reason_behind(enum heir_reason reason)
{
	switch (reasons[reason].outcome) {
	case HEIR_RULED_NOT_SET:
	case HEIR_RULED_NOT_REACHED:
	case HEIR_RULED_OVERRULED:
		return reason;
	default:
		return reason == HEIR_REASON_SET ? HEIR_REASON_OVERRULED
		       : reason == HEIR_REASON_LEFT_ALONE || reason == HEIR_REASON_CANNOT_TELL
			       ? reason
			       : HEIR_REASON_NOT_REACHED;
	}
}

static int rule_identity(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, bool answered, struct heir_ruling *ret, uint32_t *ret_n)
{
	struct question question = {res, result, heir_result_base(result), field};

	answered = answered || !result->decided;
	for (unsigned i = 0; i < ARRAY_LEN(rules); i++) {
		const struct rule *rule = &rules[i];
		struct heir_ruling *ruling = &ret[*ret_n];
		bool ends;
		int r;

		if ((rule->of_path && field != HEIR_FIELD_runtime_path) ||
			(rule->of_heir && res->config->where.as != HEIR_AS_HEIR))
			continue;
		begin(ruling, rule->name ? rule->name : parent_rule(&question),
			HEIR_REASON_NOT_SET);
		r = rule->ask(&question, ruling);
		if (r < 0)
			return r;
		/* Candidates without an answer end the search. */
		ends = reasons[ruling->reason].outcome == HEIR_RULED_DECIDES ||
		       (i == CANDIDATES && result->candidates);
		if (answered)
			ruling->reason = reason_behind(ruling->reason);
		answered = answered || ends;
		++*ret_n;
	}
	return 0;
}

/* ---- The settings, and the other fields ---- */

static int rule_setting(const struct heir_resolution *res, enum heir_field field,
	enum heir_setting setting, const struct heir_origin *origin, struct heir_ruling *ret)
{
	const struct heir_write *write = res->config->settings[setting];
	struct heir_value value;
	int r;

	begin(ret, heir_setting_names[setting].p,
		origin->by_setting ? HEIR_REASON_OF_SETTING : HEIR_REASON_NOT_SET);
	if (!write || origin->by_setting)
		return 0;
	r = heir_value_read(
		res->config, write->source, write->node, heir_fields[field].type, &value);
	ret->reason =
		r == 0 && heir_value_is_zero(&value) ? HEIR_REASON_EMPTY : HEIR_REASON_OCI_ONLY;
	return r;
}

static enum heir_reason rule_own(const struct heir_origin *origin, const struct heir_origin *own)
{
	if (own->kind == HEIR_KIND_UNSET)
		return HEIR_REASON_NOT_SET;
	if (origin->kind != HEIR_KIND_INHERITED && origin->node == own->node &&
		origin->source == own->source)
		return HEIR_REASON_SET;
	if (heir_origin_is_unset(own))
		return HEIR_REASON_EMPTY;
	return origin->kind == HEIR_KIND_INHERITED ? HEIR_REASON_ADDS : HEIR_REASON_OVERRULED;
}

/* That a value does not travel unless it is named is what surprises people. */
static int rule_request(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, const struct heir_origin *origin, const struct heir_origin *own,
	struct heir_ruling *ret)
{
	const struct heir_result *base = heir_result_base(result);
	bool is_named_here = result->requested >> field & 1, lacks;
	struct heir_origin lent;
	int r;

	begin(ret, "inherit_fields", HEIR_REASON_ORPHAN);
	if (!base)
		return 0;
	ret->reason = result->lost || base->lost ? HEIR_REASON_DROPPED_BEFORE : HEIR_REASON_NAMED;
	if (result->lost || base->lost || origin->kind == HEIR_KIND_INHERITED)
		return 0;
	r = heir_result_lendable(res, base, field, &lent);
	if (r < 0)
		return r;
	lacks = heir_origin_is_unset(&lent) || heir_value_is_zero(&lent.value);
	ret->name = base->handler->name;
	ret->value = lent.value;
	if (is_named_here)
		ret->reason = lacks ? HEIR_REASON_NAMED_LACKS : HEIR_REASON_NOT_REACHED;
	else
		ret->reason = lacks || !heir_origin_is_unset(own) ? HEIR_REASON_NOT_NAMED
								  : HEIR_REASON_WITHHELD;
	return 0;
}

static int rule_plain(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, const struct heir_origin *origin, struct heir_ruling *ret,
	uint32_t *ret_n)
{
	struct heir_origin own = *origin;
	int r = 0;

	/* heir's own keys are the table's and of any type. */
	if (field < HEIR_FIRST_OWN_FIELD)
		r = heir_result_own(res, result, field, &own);
	if (r < 0)
		return r;
	begin(&ret[(*ret_n)++], "explicit", rule_own(origin, &own));
	if (res->config->where.as == HEIR_AS_HEIR &&
		heir_fields[field].travel == HEIR_TRAVEL_ON_REQUEST)
		r = rule_request(res, result, field, origin, &own, &ret[(*ret_n)++]);
	if (origin->kind == HEIR_KIND_DEFAULT)
		begin(&ret[(*ret_n)++], "default",
			own.kind == HEIR_KIND_UNSET ? HEIR_REASON_FILLED_IN : HEIR_REASON_REPLACED);
	return r;
}

int heir_rulings(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, const struct heir_origin *origin, struct heir_ruling *ret,
	uint32_t *ret_n)
{
	enum heir_setting setting = heir_field_setting(field);
	int r = 0;

	*ret_n = 0;
	if (!res->config->field_known[field]) {
		begin(&ret[(*ret_n)++], "release", HEIR_REASON_UNKNOWN);
		return 0;
	}
	if (setting != HEIR_N_SETTINGS)
		r = rule_setting(res, field, setting, origin, &ret[(*ret_n)++]);
	if (r == 0 && (unsigned)field < HEIR_N_IDENTITY)
		r = rule_identity(res, result, field, origin->by_setting, ret, ret_n);
	else if (r == 0)
		r = rule_plain(res, result, field, origin, ret, ret_n);
	return r;
}
