/* SPDX-License-Identifier: Apache-2.0 */
/* What OpenShift wants around a file: an entry of an Ignition config with a data URL, and the
 * MachineConfig that holds it. Both are written by hand, in one form: the MCO reboots a pool for
 * every byte that changes. */
#include "base/utf8.h"
#include "render/render.h"

/* What the MCO's own controllers write before the base64. */
#define DATA_URL "data:text/plain;charset=utf-8;base64,"

static void add_base64(struct heir_buf *buf, struct heir_str s)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.len; i += 3) {
		const uint8_t *p = (const uint8_t *)s.p + i;
		size_t n = s.len - i;
		uint32_t bits =
			(uint32_t)p[0] << 16 | (n > 1 ? p[1] : 0u) << 8 | (n > 2 ? p[2] : 0u);

		heir_buf_addc(buf, letters[bits >> 18]);
		heir_buf_addc(buf, letters[bits >> 12 & 63]);
		heir_buf_addc(buf, n > 1 ? letters[bits >> 6 & 63] : '=');
		heir_buf_addc(buf, n > 2 ? letters[bits & 63] : '=');
	}
}

static const char *ignition_version(const struct heir_rendering *rendering)
{
	return heir_release_of(rendering->config->where.version)->ignition;
}

/* A string in quotes is the same in JSON and YAML as in TOML. */
static void add_quoted(struct heir_buf *buf, const char *z)
{
	heir_utf8_quote(buf, heir_str_from(z));
}

static void add_json_file(struct heir_buf *buf, const char *path, struct heir_str text)
{
	heir_buf_addz(buf, "\n  {\"path\": ");
	add_quoted(buf, path);
	heir_buf_addz(buf,
		", \"mode\": 420, \"overwrite\": true,\n   \"contents\": {\"source\": \"" DATA_URL);
	add_base64(buf, text);
	heir_buf_addz(buf, "\"}}");
}

int heir_render_ignition(const struct heir_rendering *rendering, struct heir_buf *buf)
{
	heir_buf_printf(
		buf, "{\"ignition\": {\"version\": \"%s\"},\n", ignition_version(rendering));
	heir_buf_addz(buf, " \"storage\": {\"files\": [");
	add_json_file(buf, rendering->path, rendering->text);
	if (rendering->late_path) {
		heir_buf_addc(buf, ',');
		add_json_file(buf, rendering->late_path, rendering->late_text);
	}
	heir_buf_addz(buf, "]}}\n");
	return heir_buf_error(buf);
}

static void add_yaml_file(struct heir_buf *buf, const char *path, struct heir_str text)
{
	heir_buf_addz(buf, "        - path: ");
	add_quoted(buf, path);
	heir_buf_addz(buf, "\n"
			   "          mode: 420\n"
			   "          overwrite: true\n"
			   "          contents:\n"
			   "            source: " DATA_URL);
	add_base64(buf, text);
	heir_buf_addc(buf, '\n');
}

int heir_render_machineconfig(const struct heir_rendering *rendering, const char *pool,
	const char *name, struct heir_buf *buf)
{
	heir_buf_addz(buf, "apiVersion: machineconfiguration.openshift.io/v1\n"
			   "kind: MachineConfig\n"
			   "metadata:\n"
			   "  labels:\n"
			   "    machineconfiguration.openshift.io/role: ");
	add_quoted(buf, pool);
	heir_buf_addz(buf, "\n  name: ");
	add_quoted(buf, name);
	heir_buf_printf(buf,
		"\nspec:\n"
		"  config:\n"
		"    ignition:\n"
		"      version: %s\n"
		"    storage:\n"
		"      files:\n",
		ignition_version(rendering));
	add_yaml_file(buf, rendering->path, rendering->text);
	if (rendering->late_path)
		add_yaml_file(buf, rendering->late_path, rendering->late_text);
	return heir_buf_error(buf);
}
