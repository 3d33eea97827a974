/* SPDX-License-Identifier: Apache-2.0 */
/* Which parts of objects are kept, and helpers to read and report fields. */
#include "kube/object.h"

#include <stdarg.h>
#include <string.h>

#include "node/verdict.h"

/* ---- What is kept ---- */

#define ALL(name)          \
	{                  \
		name, NULL \
	}
#define SOME(name, members)   \
	{                     \
		name, members \
	}
#define END                \
	{                  \
		NULL, NULL \
	}

static const struct heir_tree_filter metadata[] = {ALL("name"), ALL("namespace"), ALL("labels"),
	ALL("annotations"), ALL("ownerReferences"), ALL("creationTimestamp"), END};

static const struct heir_tree_filter config[] = {
	ALL("ignition"), ALL("storage"), ALL("systemd"), ALL("name"), END};

static const struct heir_tree_filter mount[] = {ALL("recursiveReadOnly"), END};

static const struct heir_tree_filter container[] = {SOME("volumeMounts", mount), END};

static const struct heir_tree_filter spec[] = {SOME("config", config), ALL("machineConfigSelector"),
	ALL("nodeSelector"), ALL("configuration"), ALL("machineConfigPoolSelector"),
	ALL("containerRuntimeConfig"), ALL("runtimeClassName"), ALL("nodeName"), ALL("extensions"),
	ALL("osImageStream"), ALL("hostUsers"), ALL("osImageURL"), SOME("containers", container),
	SOME("initContainers", container), END};

static const struct heir_tree_filter node_info[] = {
	ALL("containerRuntimeVersion"), ALL("osImage"), END};

static const struct heir_tree_filter status[] = {ALL("phase"), SOME("nodeInfo", node_info),
	ALL("runtimeHandlers"), ALL("osImageStream"), END};

static const struct heir_tree_filter data[] = {ALL("config"), END};

/* The second line is for Ignition and Butane configs, the third for ConfigMaps. */
const struct heir_tree_filter heir_kube_filter[] = {ALL("apiVersion"), ALL("kind"),
	SOME("metadata", metadata), SOME("spec", spec), SOME("status", status), ALL("handler"),
	ALL("scheduling"), SOME("items", heir_kube_filter), ALL("variant"), ALL("ignition"),
	ALL("storage"), ALL("systemd"), SOME("data", data), END};

/* ---- Diagnostics ---- */

const char *heir_object_config_path(const struct heir_kube_object *object)
{
	return object->form == HEIR_KUBE_FORM_MCO ? "$.spec.config" : "$";
}

struct heir_place heir_object_place(
	const struct heir_kube_object *object, const struct heir_tree_node *node)
{
	return node ? (struct heir_place){object->whole.source, node->at, node->len}
		    : object->where;
}

struct heir_diag *heir_object_fault(struct heir_core *core, const struct heir_kube_object *object,
	enum heir_rule rule, const struct heir_tree_node *node, const char *fmt, ...)
{
	const char *name = heir_quote(&core->arena, heir_str_from(object->id.name)), *text;
	va_list args;

	va_start(args, fmt);
	text = heir_arena_vmessage(&core->arena, fmt, args);
	va_end(args);
	if (!name || !text)
		return NULL;
	return heir_diags_add(&core->diags, &core->arena, rule, heir_object_place(object, node),
		"%s %s%s %s", object->id.kind, name, *text == '$' ? "," : ":", text);
}

/* ---- Fields ---- */

struct heir_str heir_node_text(const struct heir_tree_node *node)
{
	return heir_tree_is_scalar(node) ? node->text : HEIR_STR("");
}

struct heir_str heir_object_label(const struct heir_kube_object *object, const char *name)
{
	const struct heir_tree_node *metadata_node = heir_tree_get(object->root, "metadata");

	return heir_node_text(heir_tree_get(heir_tree_get(metadata_node, "labels"), name));
}

static bool read_digits(struct heir_str text, unsigned base, int64_t *ret)
{
	int64_t value = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned d = heir_ascii_digit(text.p[i]);

		if (d >= base || __builtin_mul_overflow(value, (int64_t)base, &value) ||
			__builtin_add_overflow(value, (int64_t)d, &value))
			return false;
	}
	*ret = value;
	return text.len > 0;
}

bool heir_node_integer(const struct heir_tree_node *node, int64_t *ret)
{
	struct heir_str text = heir_node_text(node);
	bool negative = heir_str_starts(text, "-");
	int64_t value;
	unsigned base = 10;
	size_t skip = negative || heir_str_starts(text, "+");

	text.p += skip;
	text.len -= skip;
	if (!heir_tree_is(node, HEIR_TREE_PLAIN))
		return false;
	skip = 0;
	if (heir_str_starts(text, "0x")) {
		base = 16;
		skip = 2;
	} else if (heir_str_starts(text, "0o")) {
		base = 8;
		skip = 2;
	} else if (text.len > 1 && heir_str_starts(text, "0")) {
		base = 8;
		skip = 1;
	}
	if (!read_digits((struct heir_str){text.p + skip, text.len - skip}, base, &value))
		return false;
	*ret = negative ? -value : value;
	return true;
}

bool heir_node_bool(const struct heir_tree_node *node, bool *ret)
{
	static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};
	static const char *const shouted[] = {"FALSE", "TRUE", "NO", "YES", "OFF", "ON"};
	static const char *const named[] = {"False", "True", "No", "Yes", "Off", "On"};

	for (size_t i = 0; i < ARRAY_LEN(words) && heir_tree_is(node, HEIR_TREE_PLAIN); i++)
		if (heir_str_eqz(node->text, words[i]) || heir_str_eqz(node->text, shouted[i]) ||
			heir_str_eqz(node->text, named[i])) {
			*ret = i % 2 > 0;
			return true;
		}
	return false;
}

bool heir_node_is_string(const struct heir_tree_node *node)
{
	int64_t number;
	bool flag;

	return heir_tree_is_scalar(node) && !heir_node_integer(node, &number) &&
	       !heir_node_bool(node, &flag);
}
