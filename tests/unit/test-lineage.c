/* SPDX-License-Identifier: Apache-2.0 */
/* What `heir explain` knows, not how it words it: the chain, which rule decided and why the others
 * did not, what became of every place that sets a field, what was searched, what stock does
 * otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "node/facts.h"
#include "report/explain.h"
#include "model/lineage.h"
#include "support/fail-alloc.h"
#include "support/tree.h"
#include "start/start.h"

/* The files read and resolved under one of the two semantics. */
struct side {
	struct heir_core core;
	struct heir_config config;
	struct heir_resolution res;
	struct heir_view view;
};

struct fixture {
	char *dir;
	struct side heir, stock;
	struct heir_lineage lineage;
	struct heir_arena arena;
	struct heir_facts *facts;
	const char *default_runtime; /* what if */
	uint16_t minor;              /* 0: the newest */
};

static int set_up(void **state)
{
	struct fixture *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	t->dir = tree_new();
	heir_arena_init(&t->arena);
	tree_programs(t->dir);
	tree_file(t->dir, "usr/bin/crun", "x", 1, 0755);
	tree_file(t->dir, "usr/bin/runc", "x", 1, 0755);
	tree_file(t->dir, "opt/x", "x", 1, 0755);
	*state = t;
	return 0;
}

static void side_release(struct side *side)
{
	heir_view_release(&side->view);
	heir_resolution_release(&side->res);
	heir_config_release(&side->config);
	heir_core_release(&side->core);
}

static int tear_down(void **state)
{
	struct fixture *t = *state;

	heir_lineage_release(&t->lineage);
	side_release(&t->heir);
	side_release(&t->stock);
	heir_arena_release(&t->arena);
	tree_remove(t->dir);
	free(t);
	return 0;
}

static void drop_in(struct fixture *t, const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "etc/crio/crio.conf.d/%s", name);
	tree_text(t->dir, path, text);
}

static void facts(struct fixture *t, const char *json)
{
	const char *error = NULL;

	assert_int_equal(heir_facts_parse(heir_str_from(json), &t->arena, &t->facts, &error), 0);
}

static const char *no_variable(void *data, const char *name)
{
	(void)data;
	(void)name;
	return NULL;
}

static void side_load(struct fixture *t, struct side *side, enum heir_semantics as)
{
	struct heir_where where = {.as = as, .getenv = no_variable};
	struct heir_assume assume = {.facts = t->facts, .default_runtime = t->default_runtime};

	where.version.minor = t->minor ? t->minor : heir_release_newest()->minor;
	where.version.patch = HEIR_PATCH_LAST;
	heir_core_init(&side->core);
	assert_int_equal(heir_root_open(&side->core.root, t->dir), 0);
	assert_int_equal(heir_config_load(&side->config, &side->core, &where), 0);
	assert_int_equal(heir_start_resolve(&side->res, &side->config, &assume), 0);
	assert_int_equal(heir_view_init(&side->view, &side->core, &side->config, &side->res), 0);
}

static void load(struct fixture *t)
{
	side_load(t, &t->heir, HEIR_AS_HEIR);
	side_load(t, &t->stock, HEIR_AS_STOCK);
}

static const struct heir_handler *handler(const struct fixture *t, const char *name)
{
	const struct heir_handler *found =
		heir_config_handler(&t->heir.config, heir_str_from(name));

	if (!found)
		fail_msg("no handler %s", name);
	return found;
}

/* The lineage of a field; of the first one where all are asked for. */
static const struct heir_lineage_field *look(
	struct fixture *t, const char *name, enum heir_field field)
{
	heir_lineage_release(&t->lineage);
	assert_int_equal(heir_lineage_init(&t->lineage, &t->heir.view, &t->stock.view,
				 handler(t, name), field, false),
		0);
	assert_true(t->lineage.n_fields > 0);
	return t->lineage.fields;
}

#define LOOK(t, name, field) look((t), (name), HEIR_FIELD_##field)

/* "a b c" */
static void assert_chain(const struct fixture *t, const char *names)
{
	char text[512] = "";
	size_t n = 0;

	for (uint32_t i = 0; i < t->lineage.n_chain; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%.*s", i ? " " : "",
			HEIR_STR_ARG(t->lineage.chain[i].result->handler->name));
	assert_string_equal(text, names);
}

static void assert_at(const struct heir_location *where, const char *file, uint32_t line)
{
	if (!file) {
		assert_null(where->file);
		return;
	}
	assert_non_null(where->file);
	assert_string_equal(strrchr(where->file, '/') + 1, file);
	assert_int_equal(where->line, line);
}

static enum heir_ruled outcome(const struct heir_lineage_field *f, const char *rule)
{
	for (uint32_t i = 0; i < f->n_rulings; i++)
		if (strcmp(f->rulings[i].rule, rule) == 0)
			return f->rulings[i].outcome;
	fail_msg("no ruling of %s", rule);
	return HEIR_RULED_OFF;
}

static void assert_written(const struct heir_lineage_field *f, uint32_t i,
	enum heir_written_state state, const char *file, uint32_t line, const char *by,
	uint32_t by_line)
{
	assert_true(i < f->n_written);
	assert_string_equal(
		heir_written_state_name(f->written[i].state), heir_written_state_name(state));
	assert_at(&f->written[i].where, file, line);
	assert_at(&f->written[i].by, by, by_line);
}

/* The example of the design: a copy that went stale, and was replaced by inheritance. */
static void follows_the_default(void **state)
{
	struct fixture *t = *state;
	const struct heir_lineage_field *f;

	drop_in(t, "00-default",
		"[crio.runtime]\ndefault_runtime = \"crun\"\n"
		"[crio.runtime.runtimes.crun]\nruntime_root = \"/run/crun\"\n");
	drop_in(t, "50-old.conf", "[crio.runtime.runtimes.hp]\nruntime_path = \"/usr/bin/runc\"\n");
	drop_in(t, "99-new.conf", "[crio.runtime.runtimes.hp]\ninherit = \"default\"\n");
	load(t);
	f = LOOK(t, "hp", runtime_path);
	assert_string_equal(f->text, "\"/usr/bin/crun\"");
	assert_int_equal(f->origin.kind, HEIR_KIND_INHERITED);
	assert_int_equal(f->lent, HEIR_KIND_PATH);
	assert_string_equal(f->decided_by, "inherit");
	assert_int_equal(outcome(f, "explicit"), HEIR_RULED_NOT_SET);
	assert_int_equal(outcome(f, "candidate"), HEIR_RULED_NOT_SET);
	assert_int_equal(outcome(f, "inherit"), HEIR_RULED_DECIDES);
	assert_int_equal(outcome(f, "implicit"), HEIR_RULED_NOT_REACHED);
	assert_int_equal(outcome(f, "path"), HEIR_RULED_NOT_REACHED);
	assert_chain(t, "hp crun");
	assert_int_equal(f->n_steps, 2);
	assert_string_equal(t->lineage.chain[0].text, "inherit = \"default\"");
	assert_at(&t->lineage.chain[0].where, "99-new.conf", 2);
	assert_true(t->lineage.chain[1].as_default);
	assert_at(&t->lineage.default_where, "00-default", 2);
	assert_int_equal(t->lineage.n_default_written, 2);
	assert_int_equal(t->lineage.default_written[0].state, HEIR_WRITTEN_REPLACED);
	assert_int_equal(t->lineage.default_written[1].state, HEIR_WRITTEN_COUNTS);
	assert_int_equal(f->n_looked, 4);
	assert_int_equal(f->n_directories, 6);
	assert_false(f->looked[2].found);
	assert_true(f->looked[3].found);
	assert_true(heir_str_eqz(f->looked[3].directory, "/usr/bin"));
	assert_int_equal(f->n_written, 1);
	assert_written(f, 0, HEIR_WRITTEN_DISCARDED, "50-old.conf", 2, "99-new.conf", 1);
	assert_int_equal(t->lineage.stock.state, HEIR_STOCK_DROPS);
	assert_int_equal(t->lineage.stock.reason->rule, HEIR_RULE_PATH_NOT_FOUND);
	assert_int_equal(t->lineage.stock.n_ignores, 1);
}

static void history_of_a_field(void **state)
{
	struct fixture *t = *state;
	const struct heir_lineage_field *f;

	drop_in(t, "10-a",
		"[crio.runtime.runtimes.x]\nmonitor_cgroup = \"a.slice\"\n"
		"runtime_path = \"/opt/x\"\nseccomp_profile = \"\"\n"
		"platform_runtime_paths = 5\n[crio.runtime]\nconmon_cgroup = \"\"\n");
	drop_in(t, "20-b", "[crio.runtime.runtimes.x]\nruntime_root = \"/r\"\n");
	drop_in(t, "30-c",
		"[crio.runtime.runtimes.x]\nmonitor_cgroup = \"c.slice\"\n"
		"runtime_path = \"/opt/x\"\nRuntime_Path = \"/opt/y\"\n"
		"seccomp_profile = \"\"\nplatform_runtime_paths = 5\n"
		"container_create_timeout = 5\n"
		"[crio.runtime]\nconmon_cgroup = \"pod\"\n");
	load(t);
	f = LOOK(t, "x", monitor_cgroup);
	assert_int_equal(f->n_written, 4);
	assert_written(f, 0, HEIR_WRITTEN_DISCARDED, "10-a", 2, "20-b", 1);
	assert_written(f, 1, HEIR_WRITTEN_REPLACED, "10-a", 7, "30-c", 9);
	assert_written(f, 2, HEIR_WRITTEN_OVERRULED, "30-c", 2, "30-c", 9);
	assert_written(f, 3, HEIR_WRITTEN_COUNTS, "30-c", 9, NULL, 0);
	assert_string_equal(f->decided_by, "conmon_cgroup");
	assert_int_equal(outcome(f, "explicit"), HEIR_RULED_OVERRULED);
	f = LOOK(t, "x", runtime_path);
	assert_int_equal(f->n_written, 3);
	assert_written(f, 0, HEIR_WRITTEN_DISCARDED, "10-a", 3, "20-b", 1);
	assert_written(f, 1, HEIR_WRITTEN_COUNTS, "30-c", 3, NULL, 0);
	assert_written(f, 2, HEIR_WRITTEN_REPLACED, "30-c", 4, "30-c", 3);
	f = LOOK(t, "x", seccomp_profile);
	assert_written(f, 1, HEIR_WRITTEN_EMPTY, "30-c", 5, NULL, 0);
	f = LOOK(t, "x", platform_runtime_paths);
	assert_written(f, 1, HEIR_WRITTEN_IGNORED, "30-c", 6, NULL, 0);
	f = LOOK(t, "x", container_create_timeout);
	assert_written(f, 0, HEIR_WRITTEN_OVERRULED, "30-c", 7, NULL, 0);
	assert_string_equal(f->decided_by, "default");
	assert_int_equal(f->origin.value.integer, 30);
	f = LOOK(t, "x", runtime_root);
	assert_written(f, 0, HEIR_WRITTEN_DISCARDED, "20-b", 2, "30-c", 1);
}

/* The built-in table is a place like others. */
static void history_begins_with_the_built_in(void **state)
{
	struct fixture *t = *state;
	const struct heir_lineage_field *f;

	drop_in(t, "10-a", "[crio.runtime.runtimes.crun]\nruntime_root = \"/r\"\n");
	load(t);
	f = LOOK(t, "crun", runtime_root);
	assert_int_equal(f->n_written, 2);
	assert_written(f, 0, HEIR_WRITTEN_REPLACED, NULL, 0, "10-a", 2);
	assert_written(f, 1, HEIR_WRITTEN_COUNTS, "10-a", 2, NULL, 0);
	f = LOOK(t, "crun", runtime_type);
	assert_int_equal(f->n_written, 1);
	assert_written(f, 0, HEIR_WRITTEN_DISCARDED, NULL, 0, "10-a", 1);
	assert_null(f->text);
}

static void reasons_against_implicit_inheritance(void **state)
{
	struct fixture *t = *state;
	static const struct {
		const char *name;
		enum heir_ruled implicit;
		const char *decided_by;
	} cases[] = {
		{"new", HEIR_RULED_DECIDES, "implicit"},
		{"vendor", HEIR_RULED_NOT_FOR_IT, NULL},
		{"runc", HEIR_RULED_NOT_FOR_IT, "path"},
		{"crun", HEIR_RULED_NOT_FOR_IT, "path"},
		{"none", HEIR_RULED_NOT_FOR_IT, NULL},
		{"own", HEIR_RULED_NOT_REACHED, "explicit"},
		{"flag", HEIR_RULED_NOT_REACHED, "inherit_default_runtime"},
	};

	drop_in(t, "10-crio.conf", "[crio.runtime.runtimes.vendor]\n");
	drop_in(t, "50-x",
		"[crio.runtime.runtimes.new]\n[crio.runtime.runtimes.runc]\n"
		"[crio.runtime.runtimes.none]\ninherit = \"none\"\n"
		"[crio.runtime.runtimes.own]\nruntime_path = \"/opt/x\"\n"
		"[crio.runtime.runtimes.flag]\nruntime_path = \"/opt/x\"\n"
		"inherit_default_runtime = true\n");
	load(t);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct heir_lineage_field *f = LOOK(t, cases[i].name, runtime_path);

		if (outcome(f, "implicit") != cases[i].implicit)
			fail_msg("%s: implicit is %d", cases[i].name, (int)outcome(f, "implicit"));
		if (!cases[i].decided_by)
			assert_null(f->decided_by);
		else
			assert_string_equal(f->decided_by, cases[i].decided_by);
	}
	/* CRI-O's own rule overrules what is written. */
	assert_int_equal(outcome(LOOK(t, "flag", runtime_path), "explicit"), HEIR_RULED_OVERRULED);
	assert_int_equal(LOOK(t, "flag", runtime_path)->written[0].state, HEIR_WRITTEN_OVERRULED);
	assert_int_equal(outcome(LOOK(t, "none", runtime_path), "inherit"), HEIR_RULED_NO_ANSWER);
	assert_int_equal(outcome(LOOK(t, "none", runtime_path), "path"), HEIR_RULED_NO_ANSWER);
	assert_int_equal(LOOK(t, "none", runtime_path)->n_looked, 6);
}

static void implicit_inheritance_switched_off(void **state)
{
	struct fixture *t = *state;

	drop_in(t, "50-x",
		"[crio.runtime]\nimplicit_inherit = false\n"
		"[crio.runtime.runtimes.new]\n");
	load(t);
	assert_int_equal(outcome(LOOK(t, "new", runtime_path), "implicit"), HEIR_RULED_OFF);
	assert_true(t->lineage.dropped);
	assert_int_equal(t->lineage.stock.state, HEIR_STOCK_SAME);
}

static void conditions(void **state)
{
	struct fixture *t = *state;
	static const enum heir_condition_state states[] = {
		HEIR_CONDITION_HOLDS_NOT, HEIR_CONDITION_MATCHED, HEIR_CONDITION_NOT_REACHED};

	facts(t, "{\"schema\": \"heir.facts/1\", \"features\":"
		 " {\"kernel.version\": {\"major\": \"6\"}}}");
	drop_in(t, "50-x",
		"[crio.runtime.runtimes.x]\ninherit_when = [\n"
		" {inherit = \"runc\", when = {\"kernel.version.major\" = \"5\"}},\n"
		" {inherit = \"crun\", when = {\"kernel.version.major\" = \"6\"}},\n"
		" {inherit = \"runc\", when = {\"kernel.version.major\" = \"6\"}}]\n");
	load(t);
	assert_string_equal(LOOK(t, "x", runtime_path)->decided_by, "inherit_when");
	assert_int_equal(t->lineage.n_conditions, ARRAY_LEN(states));
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		assert_int_equal(t->lineage.conditions[i].state, states[i]);
		assert_at(&t->lineage.conditions[i].where, "50-x", (uint32_t)i + 3);
	}
	assert_chain(t, "x crun");
	assert_false(t->lineage.chain[1].as_default);
}

static void conditions_without_facts(void **state)
{
	struct fixture *t = *state;

	drop_in(t, "50-x",
		"[crio.runtime.runtimes.x]\ninherit_when = [\n"
		" {inherit = \"crun\", when = {\"kernel.version.major\" = \"6\"}},\n"
		" {inherit = \"runc\", when = {\"kernel.version.major\" = \"6\"}}]\n");
	load(t);
	assert_null(LOOK(t, "x", runtime_path)->decided_by);
	assert_true(t->lineage.dropped);
	assert_int_equal(t->lineage.reason->rule, HEIR_RULE_FACTS_NEEDED);
	assert_int_equal(t->lineage.conditions[0].state, HEIR_CONDITION_FAULTY);
	assert_int_equal(t->lineage.conditions[1].state, HEIR_CONDITION_NOT_REACHED);
}

static void candidates(void **state)
{
	struct fixture *t = *state;
	const struct heir_lineage_field *f;

	drop_in(t, "50-x",
		"[crio.runtime.runtimes.a]\n"
		"runtime_candidates = [\"youki\", \"runc\", \"crun\"]\n"
		"[crio.runtime.runtimes.b]\ninherit = \"a\"\n"
		"[crio.runtime.runtimes.c]\nruntime_candidates = [\"youki\"]\n"
		"[crio.runtime.runtimes.d]\nruntime_candidates = [\"runc\"]\n"
		"runtime_requires = {idmap = true}\n"
		"[crio.runtime.runtimes.e]\nruntime_candidates = [\"runc\"]\n"
		"runtime_path = \"/opt/x\"\n");
	facts(t, "{\"schema\": \"heir.facts/1\", \"runtimes\": {\"/usr/bin/runc\": null}}");
	load(t);
	for (unsigned i = 0; i < 2; i++) {
		f = LOOK(t, i ? "b" : "a", runtime_path);
		assert_string_equal(f->decided_by, i ? "inherit" : "candidate");
		assert_int_equal(f->lent, HEIR_KIND_CANDIDATE);
		assert_int_equal(f->n_tried, 3);
		assert_int_equal(f->tried[0].state, HEIR_TRIED_NOT_FOUND);
		assert_int_equal(f->tried[1].state, HEIR_TRIED_CHOSEN);
		assert_string_equal(f->tried[1].path, "/usr/bin/runc");
		assert_int_equal(f->tried[2].state, HEIR_TRIED_NOT);
		assert_int_equal(f->n_looked, 0);
	}
	f = LOOK(t, "c", runtime_path);
	assert_int_equal(outcome(f, "candidate"), HEIR_RULED_NO_ANSWER);
	assert_int_equal(f->n_tried, 1);
	assert_int_equal(f->tried[0].state, HEIR_TRIED_NOT_FOUND);
	f = LOOK(t, "d", runtime_path);
	assert_int_equal(f->n_tried, 1);
	assert_int_equal(f->tried[0].state, HEIR_TRIED_UNFIT);
	f = LOOK(t, "e", runtime_path);
	assert_int_equal(outcome(f, "candidate"), HEIR_RULED_NOT_REACHED);
	assert_int_equal(f->n_tried, 0);
}

static const struct heir_lineage_field *field_of(const struct fixture *t, enum heir_field field)
{
	for (uint32_t i = 0; i < t->lineage.n_fields; i++)
		if (t->lineage.fields[i].field == field)
			return &t->lineage.fields[i];
	return NULL;
}

/* A rule that was asked is not told as one that was not, though the handler is dropped in the end:
 * for candidates that cannot be judged, or for a key that is read after the rules were asked. */
static void rules_of_dropped_handlers(void **state)
{
	struct fixture *t = *state;
	const struct heir_lineage_field *f;

	drop_in(t, "00-default", "[crio.runtime]\ndefault_runtime = \"crun\"\n");
	drop_in(t, "50-a",
		"[crio.runtime]\nconmon = \"/opt/x\"\n"
		"[crio.runtime.runtimes.a]\ninherit = \"crun\"\nruntime_candidates = [5]\n"
		"[crio.runtime.runtimes.runsc]\ninherit_fields = [\"no\"]\n"
		"[crio.runtime.runtimes.b]\ninherit = \"crun\"\nruntime_root = \"/r\"\n"
		"inherit_fields = [\"no\"]\n"
		"[crio.runtime.runtimes.c]\ninherit = \"nope\"\nmonitor_path = \"/opt/y\"\n");
	load(t);
	f = LOOK(t, "a", runtime_path);
	assert_true(t->lineage.dropped);
	assert_null(f->decided_by);
	assert_int_equal(outcome(f, "candidate"), HEIR_RULED_NO_ANSWER);
	assert_int_equal(outcome(f, "inherit"), HEIR_RULED_NOT_REACHED);
	f = LOOK(t, "a", runtime_root);
	assert_string_equal(f->decided_by, "inherit");
	f = LOOK(t, "runsc", runtime_path);
	assert_true(t->lineage.dropped);
	assert_int_equal(outcome(f, "implicit"), HEIR_RULED_NOT_FOR_IT);
	assert_int_equal(outcome(f, "path"), HEIR_RULED_NO_ANSWER);
	f = LOOK(t, "b", runtime_root);
	assert_string_equal(f->decided_by, "explicit");
	assert_int_equal(outcome(f, "inherit"), HEIR_RULED_NOT_REACHED);
	f = LOOK(t, "b", runtime_config_path);
	assert_int_equal(outcome(f, "inherit"), HEIR_RULED_NO_ANSWER);
	f = LOOK(t, "c", monitor_path);
	assert_string_equal(f->decided_by, "conmon");
	assert_int_equal(outcome(f, "explicit"), HEIR_RULED_NOT_REACHED);
	assert_int_equal(outcome(f, "inherit"), HEIR_RULED_NO_ANSWER);
	assert_written(f, 1, HEIR_WRITTEN_OVERRULED, "50-a", 14, "50-a", 2);
}

static void what_does_not_travel_unasked(void **state)
{
	struct fixture *t = *state;
	const struct heir_lineage_field *f;

	drop_in(t, "50-x",
		"[crio.runtime.runtimes.crun]\nno_sync_log = true\n"
		"monitor_env = [\"A=1\"]\n"
		"[crio.runtime.runtimes.x]\ninherit = \"crun\"\n"
		"[crio.runtime.runtimes.y]\ninherit = \"x\"\n"
		"inherit_fields = [\"monitor_env\"]\n"
		"[crio.runtime.runtimes.z]\ninherit = \"crun\"\n"
		"inherit_fields = [\"all\"]\nmonitor_env = [\"B=2\"]\n");
	load(t);
	look(t, "x", HEIR_N_FIELDS);
	f = field_of(t, HEIR_FIELD_no_sync_log);
	assert_non_null(f);
	assert_true(f->withheld);
	assert_null(f->text);
	assert_int_equal(outcome(f, "inherit_fields"), HEIR_RULED_NOT_SET);
	f = LOOK(t, "y", monitor_env);
	assert_false(f->withheld);
	assert_int_equal(outcome(f, "inherit_fields"), HEIR_RULED_NO_ANSWER);
	f = LOOK(t, "z", monitor_env);
	assert_string_equal(f->decided_by, "inherit_fields");
	assert_int_equal(outcome(f, "explicit"), HEIR_RULED_ADDS);
	assert_string_equal(f->text, "[\"A=1\", \"B=2\"]");
	assert_int_equal(f->n_shares, 2);
	assert_at(&f->shares[0].where, "50-x", 12);
	assert_at(&f->shares[1].where, "50-x", 3);
}

static void circles(void **state)
{
	struct fixture *t = *state;

	drop_in(t, "50-x",
		"[crio.runtime.runtimes.a]\ninherit = \"b\"\n"
		"[crio.runtime.runtimes.b]\ninherit = \"a\"\n"
		"[crio.runtime.runtimes.c]\ninherit = \"a\"\n"
		"[crio.runtime.runtimes.d]\ninherit = \"d\"\n");
	load(t);
	assert_null(LOOK(t, "a", runtime_path)->decided_by);
	assert_chain(t, "a b a");
	assert_true(t->lineage.cycle);
	LOOK(t, "c", runtime_path);
	assert_chain(t, "c a b a");
	LOOK(t, "d", runtime_path);
	assert_chain(t, "d d");
}

/* The default's own inherit_default_runtime means nothing, and is no circle. */
static void default_of_itself(void **state)
{
	struct fixture *t = *state;
	const struct heir_lineage_field *f;

	drop_in(t, "50-x", "[crio.runtime.runtimes.crun]\ninherit_default_runtime = true\n");
	load(t);
	f = LOOK(t, "crun", runtime_path);
	assert_chain(t, "crun");
	assert_false(t->lineage.cycle);
	assert_string_equal(f->decided_by, "path");
	assert_int_equal(outcome(f, "inherit_default_runtime"), HEIR_RULED_NOT_FOR_IT);
}

static void default_runtime_history(void **state)
{
	struct fixture *t = *state;

	drop_in(t, "10-a",
		"[crio.runtime]\ndefault_runtime = \"runc\"\n"
		"[crio.runtime.runtimes.runc]\n[crio.runtime.runtimes.x]\n");
	drop_in(t, "20-b", "[crio.runtime]\ndefault_runtime = \"\"\n");
	load(t);
	LOOK(t, "x", runtime_path);
	assert_chain(t, "x crun");
	assert_null(t->lineage.default_where.file);
	assert_int_equal(t->lineage.n_default_written, 3);
	assert_int_equal(t->lineage.default_written[0].state, HEIR_WRITTEN_COUNTS);
	assert_int_equal(t->lineage.default_written[1].state, HEIR_WRITTEN_REPLACED);
	assert_int_equal(t->lineage.default_written[2].state, HEIR_WRITTEN_EMPTY);
	LOOK(t, "runc", runtime_path);
	assert_int_equal(t->lineage.n_default_written, 0);
}

static void what_if(void **state)
{
	struct fixture *t = *state;

	drop_in(t, "10-a", "[crio.runtime.runtimes.runc]\n[crio.runtime.runtimes.x]\n");
	t->default_runtime = "runc";
	load(t);
	assert_string_equal(LOOK(t, "x", runtime_path)->text, "\"/usr/bin/runc\"");
	assert_chain(t, "x runc");
	assert_string_equal(t->lineage.default_text, "default_runtime = \"runc\"");
	assert_int_equal(t->lineage.n_default_written, 1);
	assert_int_equal(t->lineage.default_written[0].state, HEIR_WRITTEN_OVERRULED);
}

static void stock(void **state)
{
	struct fixture *t = *state;
	static const struct {
		const char *name;
		enum heir_stock_state state;
		uint32_t n_fields;
	} cases[] = {
		{"crun", HEIR_STOCK_SAME, 0},
		{"runc", HEIR_STOCK_DIFFERS, 1},
		{"lost", HEIR_STOCK_KEEPS, 1},
		{"new", HEIR_STOCK_DROPS, 0},
		{"gone", HEIR_STOCK_SAME, 0},
		{"only", HEIR_STOCK_UNKNOWN, 0},
	};

	drop_in(t, "50-x",
		"[crio.runtime.runtimes.new]\n"
		"[crio.runtime.runtimes.runc]\ninherit = \"crun\"\n"
		"runtime_root = \"/r\"\nruntime_type = \"oci\"\n"
		"[crio.runtime.runtimes.lost]\ninherit = \"nobody\"\n"
		"runtime_path = \"/opt/x\"\n"
		"[crio.runtime.runtimes.gone]\nruntime_path = \"/opt/gone\"\n");
	tree_text(t->dir, "etc/crio/heir.d/x", "[crio.runtime.runtimes.only]\n");
	load(t);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct heir_lineage_stock *s = &t->lineage.stock;

		look(t, cases[i].name, HEIR_N_FIELDS);
		if (s->state != cases[i].state || s->n_fields != cases[i].n_fields)
			fail_msg("%s: %s, %u fields", cases[i].name,
				heir_stock_state_name(s->state), s->n_fields);
	}
	assert_string_equal(LOOK(t, "runc", runtime_path)->text, "\"/usr/bin/crun\"");
	assert_string_equal(t->lineage.stock.fields[0].text, "\"/usr/bin/runc\"");
	assert_int_equal(t->lineage.stock.fields[0].kind, HEIR_KIND_PATH);
	LOOK(t, "runc", runtime_root);
	assert_int_equal(t->lineage.stock.state, HEIR_STOCK_SAME);
}

static void stock_does_not_start(void **state)
{
	struct fixture *t = *state;

	drop_in(t, "50-x",
		"[crio.runtime]\ndefault_runtime = \"x\"\n"
		"[crio.runtime.runtimes.x]\ninherit = \"crun\"\n");
	load(t);
	assert_string_equal(LOOK(t, "x", runtime_path)->decided_by, "inherit");
	assert_int_equal(t->lineage.stock.state, HEIR_STOCK_NO_START);
	assert_int_equal(t->lineage.stock.reason->rule, HEIR_RULE_DEFAULT_INVALID);
}

/* CRI-O would not start: what the files say can be told all the same. */
static void nothing_is_resolved(void **state)
{
	static const char *const faults[] = {"[crio.runtime]\ndefault_runtime = \"nobody\"\n",
		"[crio.runtime]\nlog_level = 5\n"};

	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct fixture *t = *state;
		const struct heir_lineage_field *f;

		drop_in(t, "50-x", "[crio.runtime.runtimes.x]\nruntime_path = \"/opt/x\"\n");
		drop_in(t, "60-y", faults[i]);
		load(t);
		f = LOOK(t, "x", runtime_path);
		assert_true(t->lineage.unresolved);
		assert_false(t->lineage.dropped);
		assert_ptr_equal(t->lineage.reason, t->heir.view.fatal);
		assert_null(f->decided_by);
		assert_int_equal(f->n_rulings, 0);
		assert_chain(t, "x");
		assert_written(f, 0, HEIR_WRITTEN_COUNTS, "50-x", 2, NULL, 0);
		assert_int_equal(t->lineage.stock.state, HEIR_STOCK_NO_START);
		assert_int_equal(tear_down(state), 0);
		assert_int_equal(set_up(state), 0);
	}
}

static void a_field_that_the_release_does_not_know(void **state)
{
	struct fixture *t = *state;
	const struct heir_lineage_field *f;

	drop_in(t, "50-x", "[crio.runtime.runtimes.crun]\nseccomp_profile = \"/x\"\n");
	t->minor = 30;
	drop_in(t, "60-x", "[crio.runtime]\ndefault_runtime = \"crun\"\n");
	load(t);
	f = LOOK(t, "crun", seccomp_profile);
	assert_null(f->decided_by);
	assert_null(f->text);
	assert_int_equal(f->n_written, 1);
	assert_written(f, 0, HEIR_WRITTEN_IGNORED, "50-x", 2, NULL, 0);
}

/* ---- Printing ---- */

static int gather(void *data, const char *text, size_t len)
{
	struct heir_buf *buf = data;

	heir_buf_add(buf, text, len);
	return heir_buf_error(buf);
}

static int print(struct fixture *t, const char *name, enum heir_field field,
	const struct heir_style *style, struct heir_buf *ret)
{
	struct heir_explain_request request = {
		&t->heir.view, &t->stock.view, handler(t, name), field};
	struct heir_out out;
	int r, finished;

	heir_out_init(&out, style, gather, ret);
	r = heir_explain(&request, &out);
	finished = heir_out_finish(&out);
	return r < 0 ? r : finished;
}

static void long_chain(void **state)
{
	enum { LINKS = 3000, WIDTH = 80, MAX_LINES = 40 };
	struct fixture *t = *state;
	_cleanup_(heir_buf_release) struct heir_buf toml = HEIR_BUF_NULL, text = HEIR_BUF_NULL;
	struct heir_style style = {
		.size = sizeof(struct heir_style), .width = WIDTH, .ascii = true};
	unsigned lines = 0;

	heir_buf_addz(&toml, "[crio.runtime.runtimes.h0]\ninherit = \"default\"\n");
	for (unsigned i = 1; i < LINKS; i++)
		heir_buf_printf(
			&toml, "[crio.runtime.runtimes.h%u]\ninherit = \"h%u\"\n", i, i - 1);
	drop_in(t, "50-x", toml.p);
	load(t);
	assert_int_equal(LOOK(t, "h2999", runtime_path)->n_steps, LINKS + 1);
	assert_int_equal(t->lineage.n_chain, LINKS + 1);
	assert_int_equal(print(t, "h2999", HEIR_FIELD_runtime_path, &style, &text), 0);
	assert_non_null(strstr(text.p, "... 2986 more"));
	for (const char *line = text.p, *end; (end = strchr(line, '\n')); line = end + 1, lines++)
		assert_true(end - line <= WIDTH);
	assert_true(lines < MAX_LINES);
}

static void foreign_text_is_escaped(void **state)
{
	struct fixture *t = *state;
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

	drop_in(t, "50-\033[31m",
		"[crio.runtime.runtimes.\"x\\u001b[2J\\n\"]\n"
		"runtime_root = \"/\\u0007\\u202e\"\ninherit = \"crun\"\n");
	load(t);
	for (unsigned format = HEIR_FORMAT_TEXT; format <= HEIR_FORMAT_JSON; format++) {
		struct heir_style style = {
			.size = sizeof(struct heir_style), .format = format, .width = 80};

		assert_int_equal(print(t, "x\033[2J\n", HEIR_N_FIELDS, &style, &text), 0);
		assert_int_equal(print(t, "x\033[2J\n", HEIR_FIELD_runtime_root, &style, &text), 0);
	}
	for (const char *p = text.p; *p; p++)
		assert_false((*p >= 0 && *p < ' ' && *p != '\n') || *p == 0x7f);
}

/* A tree that has something of everything. */
static void rich_tree(struct fixture *t)
{
	facts(t, "{\"schema\": \"heir.facts/1\", \"features\":"
		 " {\"kernel.version\": {\"major\": \"6\"}}}");
	drop_in(t, "00-default",
		"[crio.runtime]\ndefault_runtime = \"crun\"\n"
		"conmon_cgroup = \"pod\"\n[crio.runtime.runtimes.crun]\n"
		"allowed_annotations = [\"io.containers.trace-syscall\"]\n");
	drop_in(t, "50-x",
		"[crio.runtime.runtimes.p]\nruntime_candidates = [\"youki\", \"runc\", \"crun\"]\n"
		"[crio.runtime.runtimes.x]\nruntime_path = \"/opt/x\"\nno_sync_log = true\n");
	drop_in(t, "60-y",
		"[crio.runtime.runtimes.x]\ninherit = \"default\"\n"
		"inherit_fields = [\"allowed_annotations\"]\nallowed_annotations = [\"a\"]\n"
		"inherit_when = [{inherit = \"p\", when = {\"kernel.version.major\" = \"5\"}}]\n"
		"[crio.runtime.runtimes.\"d\xc3\xa9\"]\ninherit = \"nobody\"\n");
	load(t);
}

static void memory_runs_out(void **state)
{
	static const struct {
		const char *name;
		enum heir_field field;
	} asked[] = {{"x", HEIR_N_FIELDS}, {"x", HEIR_FIELD_runtime_path},
		{"p", HEIR_FIELD_runtime_path}, {"d\xc3\xa9", HEIR_FIELD_allowed_annotations}};
	struct fixture *t = *state;

	rich_tree(t);
	for (size_t i = 0; i < ARRAY_LEN(asked) * 2; i++) {
		struct heir_style style = {.size = sizeof(struct heir_style),
			.format = i % 2 ? HEIR_FORMAT_JSON : HEIR_FORMAT_TEXT,
			.width = 80};
		_cleanup_(heir_buf_release) struct heir_buf whole = HEIR_BUF_NULL;
		bool reached = true;
		int r;

		assert_int_equal(
			print(t, asked[i / 2].name, asked[i / 2].field, &style, &whole), 0);
		for (unsigned long n = 0; reached; n++) {
			_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

			heir_test_fail_alloc(n);
			r = print(t, asked[i / 2].name, asked[i / 2].field, &style, &text);
			reached = heir_test_alloc_count() > n;
			heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
			if (r == 0)
				assert_string_equal(text.p, whole.p);
			else
				assert_int_equal(r, -ENOMEM);
			assert_true(reached || r == 0);
		}
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(follows_the_default),
		CASE(history_of_a_field),
		CASE(history_begins_with_the_built_in),
		CASE(reasons_against_implicit_inheritance),
		CASE(implicit_inheritance_switched_off),
		CASE(conditions),
		CASE(conditions_without_facts),
		CASE(candidates),
		CASE(rules_of_dropped_handlers),
		CASE(what_does_not_travel_unasked),
		CASE(circles),
		CASE(default_of_itself),
		CASE(default_runtime_history),
		CASE(what_if),
		CASE(stock),
		CASE(stock_does_not_start),
		CASE(nothing_is_resolved),
		CASE(a_field_that_the_release_does_not_know),
		CASE(long_chain),
		CASE(foreign_text_is_escaped),
		CASE(memory_runs_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
