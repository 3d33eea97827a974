/* SPDX-License-Identifier: Apache-2.0 */
/* Mirrors the MCO's container-runtime-config controller: which ContainerRuntimeConfigs it accepts,
 * how it numbers the MachineConfigs, and the drop-ins it writes. */
#include "kube/ctrcfg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "kube/store.h"

#define SUFFIX_ANNOTATION "machineconfiguration.openshift.io/mc-name-suffix"

enum { MAX_SUFFIX = 9, MIN_PIDS = 20, MIN_LOG_SIZE = 8192 };

/* ---- Names ---- */

/* A ContainerRuntimeConfig that selects the pool. */
struct chosen {
	const struct heir_kube_object *object;
	struct heir_str created;
	uint32_t number; /* order of reading, if creation times are equal or missing */
	int suffix;      /* 0: none; -1: not known yet */
};

/* Kubernetes timestamps sort as text. */
static int compare_chosen(const void *a, const void *b)
{
	const struct chosen *one = a, *other = b;
	int order = heir_str_cmp(one->created, other->created);

	if (order != 0)
		return order;
	return one->number < other->number ? -1 : one->number > other->number;
}

/* Returns the suffix that an earlier sync of the MCO recorded on it. */
static int written_suffix(const struct heir_kube_object *object)
{
	const struct heir_tree_node *metadata = heir_tree_get(object->root, "metadata");
	const struct heir_tree_node *node =
		heir_tree_get(heir_tree_get(metadata, "annotations"), SUFFIX_ANNOTATION);
	struct heir_str text = heir_node_text(node);

	if (!node)
		return -1;
	if (text.len == 1 && text.p[0] >= '1' && text.p[0] <= '9')
		return text.p[0] - '0';
	return text.len == 0 ? 0 : -1;
}

static const struct heir_tree_node *selector_of(const struct heir_kube_object *object)
{
	return heir_tree_get(heir_tree_get(object->root, "spec"), "machineConfigPoolSelector");
}

int heir_ctrcfg_judge(struct heir_kube *kube, const bool **ret_usable)
{
	const struct heir_kube_list *all = &kube->lists[HEIR_KUBE_CTRCFG];
	bool *usable = heir_arena_zalloc(&kube->core->arena, all->n + 1, sizeof(*usable));
	int r = usable ? 0 : -ENOMEM;

	for (uint32_t i = 0; r == 0 && i < all->n; i++)
		r = heir_selector_check(kube->core, all->items[i], selector_of(all->items[i]),
			"$.spec.machineConfigPoolSelector", &usable[i]);
	*ret_usable = usable;
	return r;
}

static bool is_empty_selector(const struct heir_tree_node *selector)
{
	static const char *const parts[] = {"matchLabels", "matchExpressions"};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const struct heir_tree_node *part = heir_tree_get(selector, parts[i]);

		if (part && part->first)
			return false;
	}
	return true;
}

bool heir_ctrcfg_selects_nothing(
	const struct heir_kube *kube, const struct heir_kube_object *object)
{
	enum { MAX_POOLS = 1000 };
	const struct heir_kube_list *pools = &kube->lists[HEIR_KUBE_POOL];
	const struct heir_tree_node *selector = selector_of(object);

	if (object->hosted_by)
		return false;
	if (is_empty_selector(selector))
		return true;
	if (pools->n == 0 || pools->n > MAX_POOLS || !heir_selector_is_bounded(selector))
		return false;
	for (uint32_t i = 0; i < pools->n; i++) {
		struct heir_labels labels = heir_labels_of(pools->items[i]);

		if (heir_selector_matches(kube->core, object, selector, &labels))
			return false;
	}
	return true;
}

/* In HyperShift each has its own selector. */
static bool selects_pool(const struct heir_kube *kube, const struct heir_kube_object *object,
	struct heir_str pool, const struct heir_labels *labels)
{
	return object->hosted_by
		       ? heir_kube_hosts(kube, pool, object->hosted_by)
		       : heir_selector_matches(kube->core, object, selector_of(object), labels);
}

static uint32_t choose_ctrcfgs(const struct heir_kube *kube, const bool *usable,
	struct heir_str pool, const struct heir_labels *labels, struct chosen *list)
{
	const struct heir_kube_list *all = &kube->lists[HEIR_KUBE_CTRCFG];
	uint32_t n = 0;

	for (uint32_t i = 0; i < all->n; i++) {
		const struct heir_kube_object *object = all->items[i];
		const struct heir_tree_node *metadata = heir_tree_get(object->root, "metadata");

		if (usable[i] && selects_pool(kube, object, pool, labels))
			list[n++] = (struct chosen){object,
				heir_node_text(heir_tree_get(metadata, "creationTimestamp")), i,
				written_suffix(object)};
	}
	return n;
}

/* The first gets no suffix; others get one more than the highest, so that the newest is merged
 * last. */
static void number_ctrcfgs(struct chosen *list, uint32_t n)
{
	int highest = -1;

	for (uint32_t i = 0; i < n; i++)
		highest = MAX(highest, list[i].suffix);
	for (uint32_t i = 0; i < n; i++)
		if (list[i].suffix < 0)
			list[i].suffix = ++highest;
}

static const char *name_of(struct heir_arena *arena, struct heir_str pool, int suffix)
{
	const char *z = heir_arena_strndup(arena, pool.p, pool.len);

	if (!z)
		return NULL;
	return suffix > 0
		       ? heir_arena_printf(arena, "99-%s-generated-containerruntime-%d", z, suffix)
		       : heir_arena_printf(arena, "99-%s-generated-containerruntime", z);
}

static int refuse_number(struct heir_core *core, const struct chosen *one)
{
	return heir_object_fault(core, one->object, HEIR_RULE_OBJECT_INVALID, NULL,
		       "the MCO rejects it: at most ten may select the same pool")
		       ? 0
		       : -ENOMEM;
}

int heir_ctrcfg_make(struct heir_kube *kube, const bool *usable, struct heir_str pool,
	const struct heir_labels *labels, struct heir_ctrcfg_made **ret, uint32_t *ret_n)
{
	struct heir_arena *arena = &kube->core->arena;
	uint32_t all = kube->lists[HEIR_KUBE_CTRCFG].n, n, n_made = 0;
	struct chosen *list = heir_arena_zalloc(arena, all + 1, sizeof(*list));
	struct heir_ctrcfg_made *made = heir_arena_zalloc(arena, all + 1, sizeof(*made));

	if (!list || !made)
		return -ENOMEM;
	n = choose_ctrcfgs(kube, usable, pool, labels, list);
	qsort(list, n, sizeof(*list), compare_chosen);
	number_ctrcfgs(list, n);
	for (uint32_t i = 0; i < n; i++) {
		if (list[i].suffix > MAX_SUFFIX) {
			*ret_n = 0;
			return refuse_number(kube->core, &list[i]);
		}
		made[n_made].object = list[i].object;
		made[n_made].name = name_of(arena, pool, list[i].suffix);
		if (!made[n_made++].name)
			return -ENOMEM;
	}
	*ret = made;
	*ret_n = n_made;
	return 0;
}

/* ---- Values ---- */

/* A ContainerRuntimeConfig whose values are checked, then written. */
struct job {
	struct heir_core *core;
	const struct heir_kube_object *object;
	const struct heir_tree_node *spec;
	struct heir_object *author;
	bool is_bad;
};

static int add_ctrcfg_fault(
	struct job *job, const struct heir_tree_node *node, const char *field, const char *what)
{
	job->is_bad = true;
	return heir_object_fault(job->core, job->object, HEIR_RULE_OBJECT_INVALID, node,
		       "$.spec.containerRuntimeConfig.%s: %s", field, what)
		       ? 0
		       : -ENOMEM;
}

static bool is_one_of(struct heir_str text, const char *const *words)
{
	for (; *words; words++)
		if (heir_str_eqz(text, *words))
			return true;
	return false;
}

static int judge_word(
	struct job *job, const char *field, const char *const *words, const char *what)
{
	const struct heir_tree_node *node = heir_tree_get(job->spec, field);

	return !node || (heir_tree_is_scalar(node) && is_one_of(node->text, words))
		       ? 0
		       : add_ctrcfg_fault(job, node, field, what);
}

/* Reads a quantity of at least 0; *ret is unchanged if there is none. */
static int judge_size(struct job *job, const char *field, int64_t *ret)
{
	const struct heir_tree_node *node = heir_tree_get(job->spec, field);
	int64_t value;

	if (!node)
		return 0;
	if (!heir_quantity_parse(heir_node_text(node), &value))
		return add_ctrcfg_fault(job, node, field, "no quantity");
	*ret = value;
	return 0;
}

static int judge_pids(struct job *job, int64_t *ret)
{
	const struct heir_tree_node *node = heir_tree_get(job->spec, "pidsLimit");

	if (!node)
		return 0;
	if (!heir_node_integer(node, ret))
		return add_ctrcfg_fault(job, node, "pidsLimit", "not a whole number");
	return *ret != 0 && *ret < MIN_PIDS
		       ? add_ctrcfg_fault(job, node, "pidsLimit", "neither 0 nor at least 20")
		       : 0;
}

/* Reads the numeric values; -1 for missing ones. */
static int judge_ctrcfg(struct job *job, int64_t *ret_pids, int64_t *ret_log_size)
{
	static const char *const levels[] = {
		"", "error", "fatal", "panic", "warn", "info", "debug", "trace", NULL};
	static const char *const runtimes[] = {"", "crun", "runc", NULL};
	int64_t overlay_size = 0;
	int r = judge_word(job, "logLevel", levels,
		"not one of fatal, panic, error, warn, info, debug, trace");

	if (r == 0)
		r = judge_word(job, "defaultRuntime", runtimes, "neither crun nor runc");
	if (r == 0)
		r = judge_pids(job, ret_pids);
	if (r == 0)
		r = judge_size(job, "logSizeMax", ret_log_size);
	if (r == 0)
		r = judge_size(job, "overlaySize", &overlay_size);
	if (r == 0 && *ret_log_size > 0 && *ret_log_size <= MIN_LOG_SIZE)
		r = add_ctrcfg_fault(job, heir_tree_get(job->spec, "logSizeMax"), "logSizeMax",
			"neither 0 nor more than 8192");
	if (r == 0 && overlay_size < 0)
		r = add_ctrcfg_fault(
			job, heir_tree_get(job->spec, "overlaySize"), "overlaySize", "less than 0");
	return r;
}

/* ---- Files ---- */

/* As the API server validates it. */
static bool is_store(struct heir_str path)
{
	enum { LIMIT = 256 };

	if (path.len < 2 || path.len > LIMIT || path.p[0] != '/')
		return false;
	for (size_t i = 0; i < path.len; i++) {
		char c = path.p[i], small = (char)(c | 0x20);

		if (!(small >= 'a' && small <= 'z') && !(c >= '0' && c <= '9') &&
			(c == '\0' || !strchr("/._-", c)))
			return false;
	}
	return !memmem(path.p, path.len, "//", 2);
}

/* The MCO's encoder indents tables and writes every key. */
static int put_line(struct job *job, struct heir_ignition *ign, const char *field, const char *line)
{
	struct heir_arena *arena = &job->core->arena;
	struct heir_overlay_file file = {.mode = 0644, .object = job->author};
	const char *text =
		line ? heir_arena_concat(arena, "[crio]\n  [crio.runtime]\n    ", line, "\n")
		     : NULL;
	int r = text ? heir_text_copy(heir_str_from(text), arena, &file.text) : -ENOMEM;

	file.path = heir_arena_concat(arena, "/etc/crio/crio.conf.d/01-ctrcfg-", field, "");
	if (r < 0 || !file.path)
		return -ENOMEM;
	file.where = heir_object_place(job->object, heir_tree_get(job->spec, field));
	return heir_ignition_put(ign, &file);
}

static int put_word(struct job *job, struct heir_ignition *ign, const char *field, const char *key)
{
	struct heir_str text = heir_node_text(heir_tree_get(job->spec, field));

	return text.len == 0 ? 0
			     : put_line(job, ign, field,
				       heir_arena_printf(&job->core->arena, "%s = \"%.*s\"", key,
					       HEIR_STR_ARG(text)));
}

/* Writes a list of paths as the encoder does. */
static int put_stores(struct job *job, struct heir_ignition *ign)
{
	static const char field[] = "additionalArtifactStores";
	const struct heir_tree_node *stores = heir_tree_get(job->spec, field);
	_cleanup_(heir_buf_release) struct heir_buf line = HEIR_BUF_NULL;

	if (!stores || !stores->first)
		return 0;
	heir_buf_addz(&line, "additional_artifact_stores = [");
	heir_tree_foreach(store, stores)
	{
		struct heir_str path = heir_node_text(heir_tree_get(store, "path"));

		if (!is_store(path))
			return add_ctrcfg_fault(job, store, field,
				"a path is neither absolute nor made of a-z, A-Z, 0-9 and /._-");
		heir_buf_addz(&line, store == stores->first ? "\"" : ", \"");
		heir_buf_add(&line, path.p, path.len);
		heir_buf_addz(&line, "\"");
	}
	heir_buf_addz(&line, "]");
	heir_buf_add(&line, "", 1);
	return line.failed ? -ENOMEM : put_line(job, ign, field, line.p);
}

static int put_number_line(struct job *job, struct heir_ignition *ign, const char *field,
	const char *key, int64_t value)
{
	return put_line(job, ign, field,
		heir_arena_printf(&job->core->arena, "%s = %lld", key, (long long)value));
}

int heir_ctrcfg_merge(
	struct heir_core *core, const struct heir_kube_object *object, struct heir_ignition *ign)
{
	struct job job = {.core = core, .object = object};
	const struct heir_tree_node *spec = heir_tree_get(object->root, "spec");
	int64_t pids = -1, log_size = 0;
	int r;

	job.spec = heir_tree_get(spec, "containerRuntimeConfig");
	job.author = heir_arena_new(&core->arena, struct heir_object);
	if (!job.author)
		return -ENOMEM;
	*job.author = object->id;
	job.author->author = HEIR_AUTHOR_CTRCFG;
	r = judge_ctrcfg(&job, &pids, &log_size);
	if (r < 0 || job.is_bad)
		return r;
	r = put_word(&job, ign, "logLevel", "log_level");
	if (r == 0 && heir_tree_get(job.spec, "pidsLimit"))
		r = put_number_line(&job, ign, "pidsLimit", "pids_limit", pids);
	if (r == 0 && log_size != 0)
		r = put_number_line(&job, ign, "logSizeMax", "log_size_max", log_size);
	if (r == 0)
		r = put_stores(&job, ign);
	return r == 0 ? put_word(&job, ign, "defaultRuntime", "default_runtime") : r;
}
