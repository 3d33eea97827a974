/* SPDX-License-Identifier: Apache-2.0 */
/* The MCO names its MachineConfigs by fixed patterns, and other operators set owner references.
 * Everything else counts as the user's. */
#include "kube/author.h"

#include <string.h>

enum { HASH_LEN = 32 };

static struct heir_str text_after(struct heir_str s, size_t n)
{
	return (struct heir_str){s.p + n, s.len - n};
}

static bool ends_in(struct heir_str s, const char *suffix)
{
	size_t len = strlen(suffix);

	return s.len >= len && memcmp(s.p + s.len - len, suffix, len) == 0;
}

static bool has_part(struct heir_str s, const char *part)
{
	return s.len > 0 && memmem(s.p, s.len, part, strlen(part));
}

bool heir_is_rendered(struct heir_str name, struct heir_str *ret_pool)
{
	size_t prefix = strlen("rendered-");

	if (!heir_str_starts(name, "rendered-") || name.len < prefix + 1 + 1 + HASH_LEN)
		return false;
	for (size_t i = name.len - HASH_LEN; i < name.len; i++)
		if (!strchr("0123456789abcdef", name.p[i]) || !name.p[i])
			return false;
	if (name.p[name.len - HASH_LEN - 1] != '-')
		return false;
	*ret_pool = (struct heir_str){name.p + prefix, name.len - prefix - HASH_LEN - 1};
	return true;
}

/* 00-ROLE, and 01-ROLE-*: made by the MCO from its templates. */
static bool is_template(struct heir_str name, struct heir_str role)
{
	struct heir_str rest;

	if (role.len == 0 || name.len < 3 + role.len ||
		!heir_str_eq((struct heir_str){name.p + 3, role.len}, role))
		return false;
	rest = text_after(name, 3 + role.len);
	return heir_str_starts(name, "00-")
		       ? rest.len == 0
		       : heir_str_starts(name, "01-") && heir_str_starts(rest, "-");
}

/* 99-POOL-generated-containerruntime, with or without a number; the old form with the pool's uid;
 * and what upgrades pin. */
static bool is_ctrcfg(struct heir_str name)
{
	if (heir_str_starts(name, "00-override-"))
		return true;
	return heir_str_starts(name, "99-") && (has_part(name, "-generated-containerruntime") ||
						       ends_in(name, "-containerruntime"));
}

/* Returns whether it belongs to a controller other than the MCO's. */
static bool has_foreign_owner(const struct heir_kube_object *config)
{
	static const char *const own[] = {"MachineConfigPool", "ContainerRuntimeConfig",
		"KubeletConfig", "ControllerConfig", "MachineConfiguration"};
	const struct heir_tree_node *owners =
		heir_tree_get(heir_tree_get(config->root, "metadata"), "ownerReferences");

	heir_tree_foreach(owner, owners)
	{
		struct heir_str kind = heir_node_text(heir_tree_get(owner, "kind"));
		bool is_own = kind.len == 0;

		for (size_t i = 0; i < ARRAY_LEN(own); i++)
			is_own |= heir_str_eqz(kind, own[i]);
		if (!is_own)
			return true;
	}
	return false;
}

static bool is_operators(struct heir_str name)
{
	return heir_str_starts(name, "50-performance-") || heir_str_starts(name, "50-nto-") ||
	       ((heir_str_starts(name, "99-") || heir_str_starts(name, "97-")) &&
		       has_part(name, "-generated-"));
}

enum heir_author heir_author_of_config(const struct heir_kube_object *config, struct heir_str role)
{
	struct heir_str name = heir_str_from(config->id.name), pool;

	if (heir_is_rendered(name, &pool))
		return HEIR_AUTHOR_RENDERED;
	if (is_template(name, role))
		return HEIR_AUTHOR_TEMPLATE;
	if (is_ctrcfg(name))
		return HEIR_AUTHOR_CTRCFG;
	return is_operators(name) || has_foreign_owner(config) ? HEIR_AUTHOR_OPERATOR
							       : HEIR_AUTHOR_USER;
}

enum heir_author heir_author_of_file(const struct heir_object *config, const char *path)
{
	static const char dir[] = "/etc/crio/crio.conf.d/";
	struct heir_str name = heir_str_from(path);

	if (config->author != HEIR_AUTHOR_RENDERED || !heir_str_starts(name, dir))
		return config->author;
	name = text_after(name, strlen(dir));
	if (heir_str_eqz(name, "00-default"))
		return HEIR_AUTHOR_TEMPLATE;
	return heir_str_starts(name, "01-ctrcfg-") ? HEIR_AUTHOR_CTRCFG : HEIR_AUTHOR_RENDERED;
}
