/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule decided a field, and why the others did not (sections 4.1 and 4.2 of the design). */
#include <errno.h>

#include "base/macro.h"
#include "inherit/link.h"
#include "inherit/order.h"
#include "report/lineage_parts.h"

enum { MAX_RULINGS = 5 };

const char *heir_outcome_name(enum heir_outcome outcome)
{
	static const char *const names[] = {
		[HEIR_OUTCOME_DECIDES] = "decides",
		[HEIR_OUTCOME_NOT_SET] = "not-set",
		[HEIR_OUTCOME_NOT_REACHED] = "not-reached",
		[HEIR_OUTCOME_ADDS] = "adds",
		[HEIR_OUTCOME_OVERRULED] = "overruled",
		[HEIR_OUTCOME_NO_ANSWER] = "no-answer",
		[HEIR_OUTCOME_NOT_FOR_IT] = "not-for-it",
		[HEIR_OUTCOME_OFF] = "off",
	};

	return names[outcome];
}

static void rule(
	struct heir_lineage_field *f, const char *name, enum heir_outcome outcome, const char *text)
{
	f->rulings[f->n_rulings++] = (struct heir_ruling){name, outcome, text};
}

static bool is_heir(const struct heir_lineage_build *b)
{
	return b->config->where.as == HEIR_AS_HEIR;
}

static bool decided(const struct heir_lineage_field *f, const char *name)
{
	return f->decided_by && strcmp(f->decided_by, name) == 0;
}

static bool has_key(const struct heir_lineage_build *b, enum heir_field field)
{
	return heir_table_field(b->config, b->result->handler->table, field) != 0;
}

static bool is_dropped_for(const struct heir_result *result, enum heir_rule why)
{
	return result->dropped && result->dropped->rule == why;
}

/* ---- The settings that overrule a field ---- */

static void rule_setting(
	struct heir_lineage_build *b, struct heir_lineage_field *f, enum heir_setting setting)
{
	const char *name = heir_setting_names[setting].p;
	const struct heir_write *write = b->config->settings[setting];
	struct heir_value value;

	if (!write) {
		rule(f, name, HEIR_OUTCOME_NOT_SET, "not set");
		return;
	}
	if (heir_value_read(
		    b->config, write->source, write->node, heir_fields[f->field].type, &value) < 0)
		b->error = -ENOMEM;
	else if (decided(f, name))
		rule(f, name, HEIR_OUTCOME_DECIDES, "overrules every oci handler's");
	else if (heir_value_is_zero(&value))
		rule(f, name, HEIR_OUTCOME_NOT_SET, "empty");
	else
		rule(f, name, HEIR_OUTCOME_NOT_FOR_IT, "for oci handlers only");
}

/* ---- The identity ---- */

static const char *identity_decider(const struct heir_result *result, enum heir_field field)
{
	const struct heir_result *lender = result->lender[field];

	if (!lender)
		return NULL;
	if (lender != result)
		return heir_via_name(result->via);
	if (field != HEIR_FIELD_runtime_path || !result->path)
		return "explicit";
	return result->path_kind == HEIR_KIND_CANDIDATE ? "candidate" : "path";
}

static void rule_explicit(
	struct heir_lineage_build *b, struct heir_lineage_field *f, const struct heir_origin *own)
{
	if (decided(f, "explicit"))
		rule(f, "explicit", HEIR_OUTCOME_DECIDES, "set");
	else if (own->kind == HEIR_KIND_UNSET)
		rule(f, "explicit", HEIR_OUTCOME_NOT_SET, "not set");
	else if (heir_origin_is_unset(own))
		rule(f, "explicit", HEIR_OUTCOME_NOT_SET, "empty");
	else if (b->result->lost)
		rule(f, "explicit", HEIR_OUTCOME_NOT_REACHED, "not reached: dropped before");
	else
		rule(f, "explicit", HEIR_OUTCOME_OVERRULED, "set, and overruled");
}

static void rule_candidate(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	if (decided(f, "candidate"))
		rule(f, "candidate", HEIR_OUTCOME_DECIDES, "chosen");
	else if (!has_key(b, HEIR_FIELD_runtime_candidates))
		rule(f, "candidate", HEIR_OUTCOME_NOT_SET, "not set");
	else if (is_dropped_for(b->result, HEIR_RULE_CANDIDATE_NONE))
		rule(f, "candidate", HEIR_OUTCOME_NO_ANSWER, "none of them fits");
	else
		rule(f, "candidate", HEIR_OUTCOME_NOT_REACHED, "not reached");
}

/* Why the named parent, or the search for one, gave nothing. */
static void rule_empty_link(
	struct heir_lineage_build *b, struct heir_lineage_field *f, const char *name)
{
	const struct heir_result *result = b->result;
	const struct heir_result *parent = result->parent;

	if (result->lost && (result->via_node || has_key(b, HEIR_FIELD_inherit) ||
				    has_key(b, HEIR_FIELD_inherit_when)))
		rule(f, name, HEIR_OUTCOME_NO_ANSWER, "cannot be told: it is dropped");
	else if (result->via == HEIR_VIA_NONE || result->via == HEIR_VIA_IMPLICIT)
		rule(f, name, HEIR_OUTCOME_NOT_SET,
			has_key(b, HEIR_FIELD_inherit_when) ? "no condition matches"
			: has_key(b, HEIR_FIELD_inherit)    ? "empty"
							    : "not set");
	else if (!parent)
		rule(f, name, HEIR_OUTCOME_NO_ANSWER, "no parent (\"none\")");
	else if (!heir_result_base(result))
		rule(f, name, HEIR_OUTCOME_NOT_FOR_IT, "it is the default itself");
	else
		rule(f, name, HEIR_OUTCOME_NO_ANSWER,
			HEIR_LINEAGE_WORDS(
				b, "\"%.*s\" has none", HEIR_STR_ARG(parent->handler->name)));
}

static void rule_link(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	bool named = b->result->via != HEIR_VIA_NONE && b->result->via != HEIR_VIA_IMPLICIT;
	const char *name = named        ? heir_via_name(b->result->via)
			   : is_heir(b) ? "inherit"
					: "inherit_default_runtime";

	if (decided(f, name))
		rule(f, name, HEIR_OUTCOME_DECIDES, "its parent's");
	else if (named && (decided(f, "explicit") || decided(f, "candidate") ||
				  heir_lineage_is_overruled(b, f) ||
				  (f->field == HEIR_FIELD_runtime_path &&
					  is_dropped_for(b->result, HEIR_RULE_CANDIDATE_NONE))))
		rule(f, name, HEIR_OUTCOME_NOT_REACHED, "not reached");
	else
		rule_empty_link(b, f, name);
}

/* The vendor layer that defines the handler: its first. */
static const char *vendor_words(struct heir_lineage_build *b)
{
	const struct heir_write *found = NULL;

	for (const struct heir_write *w = b->result->handler->table; w; w = w->replaced)
		if (b->view->core->sources.items[w->source].scope <= HEIR_SCOPE_VENDOR)
			found = w;
	if (!found || b->view->core->sources.items[found->source].scope == HEIR_SCOPE_BUILTIN)
		return "does not apply: built into CRI-O";
	return HEIR_LINEAGE_WORDS(b, "does not apply: vendor layer defines it (%s)",
		heir_view_short_path(b->view, b->view->core->sources.items[found->source].path));
}

/* Why the handler does not inherit implicitly. */
static void rule_no_implicit(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	const struct heir_write *off = b->config->settings[HEIR_SETTING_implicit_inherit];
	const char *text;

	if (off && !heir_toml_bool(b->config->docs[off->source], off->node)) {
		rule(f, "implicit", HEIR_OUTCOME_OFF,
			HEIR_LINEAGE_WORDS(b, "switched off by implicit_inherit = false at %s",
				heir_lineage_place(
					b, heir_lineage_key(b, off->source, off->node))));
		return;
	}
	if (b->result == b->view->res->default_result)
		text = "does not apply: it is the default";
	else if (b->result->handler->vendor)
		text = vendor_words(b);
	else if (!heir_is_new(b->view->res, b->result))
		text = "does not apply: bears the name of an OCI runtime";
	else if (b->result->via != HEIR_VIA_NONE)
		text = HEIR_LINEAGE_WORDS(
			b, "does not apply: %s is set", heir_via_name(b->result->via));
	else if (has_key(b, HEIR_FIELD_runtime_candidates))
		text = "does not apply: runtime_candidates is set";
	else
		text = "does not apply: runtime_path is set";
	rule(f, "implicit", HEIR_OUTCOME_NOT_FOR_IT, text);
}

static void rule_implicit(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	if (decided(f, "implicit"))
		rule(f, "implicit", HEIR_OUTCOME_DECIDES, "the default's");
	else if (b->result->lost || (f->decided_by && !decided(f, "path")))
		rule(f, "implicit", HEIR_OUTCOME_NOT_REACHED, "not reached");
	else if (b->result->via == HEIR_VIA_IMPLICIT)
		rule(f, "implicit", HEIR_OUTCOME_NO_ANSWER, "the default has none");
	else
		rule_no_implicit(b, f);
}

static void rule_path(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	if (decided(f, "path"))
		rule(f, "path", HEIR_OUTCOME_DECIDES, "found");
	else if (f->decided_by || b->result->lost)
		rule(f, "path", HEIR_OUTCOME_NOT_REACHED, "not reached");
	else
		rule(f, "path", HEIR_OUTCOME_NO_ANSWER,
			HEIR_LINEAGE_WORDS(b, "\"%.*s\" is not in $PATH",
				HEIR_STR_ARG(b->result->handler->name)));
}

/* inherit_default_runtime leaves monitor_path alone. */
static bool flag_leaves(const struct heir_result *result, enum heir_field field)
{
	return (unsigned)field >= HEIR_N_BY_FLAG && result->via == HEIR_VIA_INHERIT_DEFAULT_RUNTIME;
}

static void rule_identity(
	struct heir_lineage_build *b, struct heir_lineage_field *f, const struct heir_origin *own)
{
	bool is_path = f->field == HEIR_FIELD_runtime_path;
	enum heir_setting setting = heir_lineage_overruler(f->field);

	f->decided_by = heir_lineage_is_overruled(b, f) ? heir_setting_names[setting].p
							: identity_decider(b->result, f->field);
	if (setting != HEIR_N_SETTINGS && b->config->field_known[f->field])
		rule_setting(b, f, setting);
	rule_explicit(b, f, own);
	if (is_path && is_heir(b))
		rule_candidate(b, f);
	if (flag_leaves(b->result, f->field))
		rule(f, "inherit_default_runtime", HEIR_OUTCOME_NOT_FOR_IT,
			"does not take monitor_path along");
	else
		rule_link(b, f);
	if (is_heir(b))
		rule_implicit(b, f);
	if (is_path)
		rule_path(b, f);
}

/* ---- The other fields ---- */

static void rule_own(struct heir_lineage_field *f, const struct heir_origin *own)
{
	if (decided(f, "explicit"))
		rule(f, "explicit", HEIR_OUTCOME_DECIDES, "set");
	else if (own->kind == HEIR_KIND_UNSET)
		rule(f, "explicit", HEIR_OUTCOME_NOT_SET, "not set");
	else if (heir_origin_is_unset(own))
		rule(f, "explicit", HEIR_OUTCOME_NOT_SET, "empty");
	else if (f->origin.kind == HEIR_KIND_INHERITED)
		rule(f, "explicit", HEIR_OUTCOME_ADDS, "adds to it");
	else
		rule(f, "explicit", HEIR_OUTCOME_OVERRULED, "set, and overruled");
}

static bool is_requested(const struct heir_result *result, enum heir_field field)
{
	return result->requested >> field & 1;
}

/* That a value does not travel unasked is what surprises people. */
static void rule_request(
	struct heir_lineage_build *b, struct heir_lineage_field *f, const struct heir_origin *own)
{
	static const char name[] = "inherit_fields";
	const struct heir_result *base = heir_result_base(b->result);
	bool has_own = own->kind != HEIR_KIND_UNSET && !heir_origin_is_unset(own);
	struct heir_origin lent;

	if (!base) {
		rule(f, name, HEIR_OUTCOME_NOT_FOR_IT, "it has no parent");
	} else if (b->result->lost || base->lost) {
		rule(f, name, HEIR_OUTCOME_NOT_REACHED, "not reached: dropped before");
	} else if (decided(f, name)) {
		rule(f, name, HEIR_OUTCOME_DECIDES, "names it");
	} else if (heir_result_lendable(b->view->res, base, f->field, &lent) < 0) {
		b->error = -ENOMEM;
	} else if (is_requested(b->result, f->field)) {
		if (heir_origin_is_unset(&lent) || heir_value_is_zero(&lent.value))
			rule(f, name, HEIR_OUTCOME_NO_ANSWER,
				HEIR_LINEAGE_WORDS(b, "names it, and \"%.*s\" has none",
					HEIR_STR_ARG(base->handler->name)));
		else
			rule(f, name, HEIR_OUTCOME_NOT_REACHED, "not reached");
	} else if (has_own || heir_origin_is_unset(&lent) || heir_value_is_zero(&lent.value)) {
		rule(f, name, HEIR_OUTCOME_NOT_SET, "does not name it");
	} else {
		f->withheld = !heir_value_equal(&lent.value, &f->origin.value) &&
			      !heir_lineage_is_overruled(b, f);
		rule(f, name, HEIR_OUTCOME_NOT_SET,
			HEIR_LINEAGE_WORDS(b, "does not name it, though \"%.*s\" has %s",
				HEIR_STR_ARG(base->handler->name),
				heir_lineage_value(b, &lent.value)));
	}
}

static const char *plain_decider(
	const struct heir_lineage_build *b, const struct heir_lineage_field *f)
{
	switch (f->origin.kind) {
	case HEIR_KIND_UNSET:
		return NULL;
	case HEIR_KIND_INHERITED:
		return "inherit_fields";
	case HEIR_KIND_DEFAULT:
		return "default";
	default:
		return heir_lineage_is_overruled(b, f)
			       ? heir_setting_names[heir_lineage_overruler(f->field)].p
			       : "explicit";
	}
}

static void rule_plain(
	struct heir_lineage_build *b, struct heir_lineage_field *f, const struct heir_origin *own)
{
	enum heir_setting setting = heir_lineage_overruler(f->field);
	bool by_default = f->origin.kind == HEIR_KIND_DEFAULT;

	f->decided_by = plain_decider(b, f);
	if (setting != HEIR_N_SETTINGS && b->config->field_known[f->field])
		rule_setting(b, f, setting);
	rule_own(f, own);
	if (is_heir(b) && heir_fields[f->field].travel == HEIR_TRAVEL_ON_REQUEST)
		rule_request(b, f, own);
	if (by_default)
		rule(f, "default", HEIR_OUTCOME_DECIDES,
			own->kind == HEIR_KIND_UNSET ? "CRI-O fills it in"
						     : "CRI-O takes its own value instead");
}

void heir_lineage_rulings(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	struct heir_origin own;
	int r = heir_result_own(b->view->res, b->result, f->field, &own);

	f->rulings = heir_lineage_alloc(b, MAX_RULINGS, sizeof(*f->rulings));
	if (r < 0)
		b->error = r;
	if (b->error < 0)
		return;
	if (f->field >= HEIR_FIRST_OWN_FIELD)
		own = f->origin;
	if (!b->config->field_known[f->field])
		rule(f, "release", HEIR_OUTCOME_NOT_FOR_IT, "this CRI-O does not know the key");
	else if ((unsigned)f->field < HEIR_N_IDENTITY)
		rule_identity(b, f, &own);
	else
		rule_plain(b, f, &own);
}
