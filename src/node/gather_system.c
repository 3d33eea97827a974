/* SPDX-License-Identifier: Apache-2.0 */
/* The operating system, memory, storage and cgroups. */
#include "node/gather_parts.h"

#include <errno.h>

#include "base/file.h"
#include "base/macro.h"

/* ---- system ---- */

static bool is_key(struct heir_str key)
{
	for (size_t i = 0; i < key.len; i++) {
		char c = key.p[i];

		if ((c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') &&
			c != '_')
			return false;
	}
	return key.len > 0;
}

static struct heir_str unquote_os_release(struct heir_str value)
{
	while (value.len > 0 && (value.p[0] == '"' || value.p[0] == '\'')) {
		value.p++;
		value.len--;
	}
	while (value.len > 0 && (value.p[value.len - 1] == '"' || value.p[value.len - 1] == '\''))
		value.len--;
	return value;
}

/* Reads the number before a dot or the end. Returns false if something else is there. */
static bool take_version_part(struct heir_str *text, struct heir_str *ret)
{
	const char *dot = text->len > 0 ? memchr(text->p, '.', text->len) : NULL;

	*ret = (struct heir_str){text->p, dot ? (size_t)(dot - text->p) : text->len};
	text->p += ret->len + (dot != NULL);
	text->len -= ret->len + (dot != NULL);
	return heir_gather_is_number(*ret);
}

/* "9.4" has major and minor, "9.x" only major. */
static void set_os_version(struct heir_gather *g, struct heir_str version)
{
	struct heir_str major, minor;

	if (!take_version_part(&version, &major))
		return;
	heir_gather_setz(g, "VERSION_ID.major", major);
	if (take_version_part(&version, &minor))
		heir_gather_setz(g, "VERSION_ID.minor", minor);
}

void heir_parse_os_release(struct heir_gather *g, struct heir_str text)
{
	const struct heir_str *version;
	struct heir_str line;

	heir_gather_has_attributes(g);
	while (heir_gather_line(&text, &line) && g->error == 0) {
		const char *equals;
		struct heir_str key, value;

		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
		equals = line.len > 0 ? memchr(line.p, '=', line.len) : NULL;
		if (!equals)
			continue;
		key = (struct heir_str){line.p, (size_t)(equals - line.p)};
		value = (struct heir_str){equals + 1, line.len - key.len - 1};
		if (is_key(key) && value.len > 0)
			heir_gather_set(g, key, unquote_os_release(value));
	}
	version = heir_gather_get(g, "VERSION_ID");
	if (version)
		set_os_version(g, *version);
}

void heir_gather_os_release(struct heir_gather *g)
{
	struct heir_str text;

	if (heir_gather_head(g, "/etc/os-release", &text))
		heir_parse_os_release(g, text);
}

/* The host name in lower case, which the kubelet uses as node name by default. */
void heir_gather_node_name(struct heir_gather *g)
{
	struct heir_str name;
	char *text;

	if ((!heir_gather_value(g, "/proc/sys/kernel/hostname", &name) || name.len == 0) &&
		(!heir_gather_value(g, "/etc/hostname", &name) || name.len == 0))
		return;
	text = heir_arena_strndup(&g->scratch, name.p, name.len);
	if (!text) {
		g->error = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < name.len; i++)
		if (text[i] >= 'A' && text[i] <= 'Z')
			text[i] = (char)(text[i] | 0x20);
	heir_gather_setz(g, "nodename", (struct heir_str){text, name.len});
}

/* Serial numbers are omitted. */
void heir_gather_dmi(struct heir_gather *g)
{
	static const char *const names[] = {"bios_date", "bios_vendor", "bios_version",
		"board_name", "board_vendor", "board_version", "chassis_type", "chassis_vendor",
		"chassis_version", "product_family", "product_name", "product_sku",
		"product_version", "sys_vendor"};
	_cleanup_(heir_fd_close) int dir = heir_gather_open(g, "/sys/devices/virtual/dmi/id");
	struct heir_str value;

	for (size_t i = 0; i < ARRAY_LEN(names) && dir >= 0; i++)
		if (heir_gather_value_at(g, dir, names[i], &value))
			heir_gather_setz(g, names[i], value);
}

/* cgroup v1 has a directory per controller or group of controllers. If both are mounted, v2 has no
 * controllers and runtimes use v1. */
void heir_gather_cgroup(struct heir_gather *g)
{
	static const char *const first[] = {"/sys/fs/cgroup/memory/cgroup.procs",
		"/sys/fs/cgroup/pids/cgroup.procs", "/sys/fs/cgroup/cpu/cgroup.procs",
		"/sys/fs/cgroup/devices/cgroup.procs", "/sys/fs/cgroup/systemd/cgroup.procs"};

	if (heir_gather_exists(g, "/sys/fs/cgroup/cgroup.controllers")) {
		heir_gather_setz(g, "version", HEIR_STR("2"));
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(first); i++)
		if (heir_gather_exists(g, first[i])) {
			heir_gather_setz(g, "version", HEIR_STR("1"));
			return;
		}
}

/* ---- memory ---- */

void heir_gather_numa(struct heir_gather *g)
{
	const char *const *names;
	size_t n;

	if (!heir_gather_list(g, "/sys/bus/node/devices", &names, &n))
		return;
	heir_gather_set_bool(g, "is_numa", n > 1);
	heir_gather_set_count(g, "node_count", n);
}

/* The first line is a header. */
bool heir_parse_swaps(struct heir_str text)
{
	struct heir_str line;
	unsigned n = 0;

	while (n < 2 && heir_gather_line(&text, &line))
		n += heir_gather_trim(line).len > 0;
	return n > 1;
}

void heir_gather_swap(struct heir_gather *g)
{
	struct heir_str text;

	if (heir_gather_head(g, "/proc/swaps", &text))
		heir_gather_set_bool(g, "enabled", heir_parse_swaps(text));
}

/* Returns "hugepages-2048kB" as the Kubernetes resource "hugepages-2Mi", NULL for other names. */
static const char *hugepages_resource(struct heir_gather *g, const char *name)
{
	static const char *const units[] = {"Ki", "Mi", "Gi", "Ti"};
	static const char prefix[] = "hugepages-", suffix[] = "kB";
	struct heir_str size = heir_str_from(name);
	size_t n = 0, unit = 0;
	const char *text;

	if (!heir_str_starts(size, prefix))
		return NULL;
	size.p += sizeof(prefix) - 1;
	size.len -= sizeof(prefix) - 1;
	if (size.len < sizeof(suffix) || size.len > 16 ||
		strcmp(size.p + size.len - (sizeof(suffix) - 1), suffix) != 0)
		return NULL;
	size.len -= sizeof(suffix) - 1;
	if (!heir_gather_is_number(size))
		return NULL;
	for (size_t i = 0; i < size.len; i++)
		n = n * 10 + (size_t)(size.p[i] - '0');
	while (n > 0 && n % 1024 == 0 && unit + 1 < ARRAY_LEN(units)) {
		n /= 1024;
		unit++;
	}
	text = heir_arena_printf(&g->scratch, "hugepages-%zu%s", n, units[unit]);
	if (!text)
		g->error = -ENOMEM;
	return text;
}

void heir_gather_hugepages(struct heir_gather *g)
{
	static const char pages[] = "/sys/kernel/mm/hugepages/";
	const char *const *names;
	bool enabled = false;
	size_t n = 0;

	if (!heir_gather_list(g, pages, &names, &n) &&
		(g->error < 0 || heir_gather_exists(g, pages) ||
			!heir_gather_exists(g, "/sys/kernel/mm")))
		return;
	for (size_t i = 0; i < n && g->error == 0; i++) {
		const char *path = heir_gather_path(g, pages, names[i], "/nr_hugepages");
		const char *resource = path ? hugepages_resource(g, names[i]) : NULL;
		struct heir_str count;

		if (!resource || !heir_gather_value(g, path, &count) ||
			!heir_gather_is_number(count))
			continue;
		heir_gather_setz(g, resource, count);
		enabled |= !heir_str_eqz(count, "0");
	}
	heir_gather_set_bool(g, "enabled", enabled);
}

void heir_gather_nv(struct heir_gather *g)
{
	static const char devices[] = "/sys/bus/nd/devices/";
	static const char *const attributes[] = {"devtype", "mode"};
	const char *const *names;
	size_t n;

	if (!heir_gather_list(g, devices, &names, &n)) {
		/* Without the bus there are no such devices. */
		if (g->error == 0 && !heir_gather_exists(g, devices) &&
			heir_gather_exists(g, "/sys/bus"))
			heir_gather_has_instances(g);
		return;
	}
	heir_gather_has_instances(g);
	for (size_t i = 0; i < n && g->error == 0; i++) {
		const char *path = heir_gather_path(g, devices, names[i], "");
		_cleanup_(heir_fd_close) int dir = path ? heir_gather_open(g, path) : -1;
		struct heir_str value;

		heir_gather_setz(g, "name", heir_str_from(names[i]));
		for (size_t k = 0; k < ARRAY_LEN(attributes) && dir >= 0; k++)
			if (heir_gather_value_at(g, dir, attributes[k], &value))
				heir_gather_setz(g, attributes[k], value);
		heir_gather_instance(g);
	}
}
