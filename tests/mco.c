/* SPDX-License-Identifier: Apache-2.0 */
/* What the Machine Config Operator's own code made of lists of MachineConfigs, a TAP line a case:
 * the files under /etc/crio of a node in the pool gpu-pool, or that it refuses. Each list is read
 * as one List and as a stream, by the layer that reads objects; and as people ask, through the
 * library: `heir -i FILE --pool gpu-pool cat --format json`. */
#include <heir/heir.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/core.h"
#include "base/utf8.h"
#include "kube/kube.h"
#include "support/tap.h"
#include "support/tree.h"
#include "support/vector.h"

/* As Go writes it into JSON: a byte that is not UTF-8 is a question mark in a box. */
static json_t *json_of(struct heir_str text)
{
	struct heir_buf buf = HEIR_BUF_NULL;
	json_t *json;

	while (text.len > 0) {
		uint32_t c;
		size_t len = heir_utf8_decode(text, &c);

		heir_buf_add(&buf, len ? text.p : "\xef\xbf\xbd", len ? len : 3);
		text.p += len ? len : 1;
		text.len -= len ? len : 1;
	}
	json = json_stringn(buf.p ? buf.p : "", buf.len);
	heir_buf_release(&buf);
	return json;
}

static json_t *files_of(const struct heir_overlay *overlay)
{
	json_t *files = json_object();

	for (uint32_t i = 0; i < overlay->n; i++)
		if (strncmp(overlay->files[i].path, "/etc/crio/", 10) == 0)
			json_object_set_new(
				files, overlay->files[i].path, json_of(overlay->files[i].text));
	return files;
}

static bool refuses(const struct heir_core *core, char severity)
{
	for (uint32_t i = 0; i < core->diags.n; i++)
		if (heir_rules[core->diags.items[i]->rule].severity == severity)
			return true;
	return false;
}

static void tell(const struct heir_core *core, json_t *want, json_t *got)
{
	char *a = json_dumps(want, JSON_SORT_KEYS), *b = json_dumps(got, JSON_SORT_KEYS);

	printf("#   want %s\n#   got  %s\n", a, b);
	for (uint32_t i = 0; i < core->diags.n; i++)
		printf("#   %s [%s]\n", core->diags.items[i]->text,
			heir_rules[core->diags.items[i]->rule].id);
	free(a);
	free(b);
}

/* Whatever the MCO refuses heir tells: where the fault is in a file of CRI-O's it `stops`, else it
 * warns. */
static bool check(json_t *expect, const char *text, bool stops)
{
	struct heir_overlay overlay = HEIR_OVERLAY_NULL;
	json_t *want = json_object_get(expect, "files"), *got;
	struct heir_kube *kube;
	struct heir_core core;
	bool ok;

	heir_core_init(&core);
	if (heir_kube_new(&core, &kube) < 0 || heir_kube_read(kube, "-", heir_str_from(text)) < 0 ||
		heir_kube_files(kube, "gpu-pool", &overlay) < 0)
		tap_give_up("no memory");
	got = files_of(&overlay);
	if (want)
		ok = json_equal(want, got) && !refuses(&core, 'F') && !refuses(&core, 'W');
	else
		ok = refuses(&core, stops ? 'F' : 'W');
	if (!ok)
		tell(&core, expect, got);
	json_decref(got);
	heir_overlay_release(&overlay);
	heir_kube_free(kube);
	heir_core_release(&core);
	return ok;
}

/* ---- As people ask ---- */

static int collect(void *data, const char *text, size_t len)
{
	heir_buf_add(data, text, len);
	return heir_buf_error(data);
}

static struct heir_ctx *load_input(const char *path)
{
	struct heir_ctx *ctx;

	if (heir_ctx_new(&ctx) < 0 || heir_set(ctx, HEIR_INPUT, path) < 0 ||
		heir_set(ctx, HEIR_POOL, "gpu-pool") < 0)
		tap_give_up("no context");
	if (heir_load(ctx) < 0)
		tap_give_up(heir_error(ctx));
	return ctx;
}

/* The `files` of heir.cat/1, by path. */
static json_t *cat(struct heir_ctx *ctx)
{
	const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	struct heir_buf buf = HEIR_BUF_NULL;
	json_t *document, *files = json_object(), *file;
	size_t i;

	if (heir_report_cat(ctx, &style, collect, &buf) < 0)
		tap_give_up(heir_error(ctx));
	document = json_loadb(buf.p, buf.len, JSON_ALLOW_NUL, NULL);
	json_array_foreach(json_object_get(document, "files"), i, file) json_object_set(files,
		json_string_value(json_object_get(file, "path")), json_object_get(file, "content"));
	json_decref(document);
	heir_buf_release(&buf);
	return files;
}

static bool answers(json_t *expect, const char *path, bool stops)
{
	json_t *want = json_object_get(expect, "files"), *got;
	struct heir_ctx *ctx = load_input(path);
	bool ok;

	got = cat(ctx);
	ok = want ? json_equal(want, got) : !stops || heir_fatal(ctx, NULL);
	if (!ok) {
		char *a = json_dumps(expect, JSON_SORT_KEYS), *b = json_dumps(got, JSON_SORT_KEYS);

		printf("#   want %s\n#   cat  %s\n", a, b);
		free(a);
		free(b);
	}
	json_decref(got);
	heir_ctx_unref(ctx);
	return ok;
}

/* ---- The cases ---- */

/* Is there a fault in an entry for /etc/crio? The recorded words tell the place but seldom the
 * path, so the faults that the recording has are looked for here, by other means than heir's. */
static bool has_fault(json_t *entry, bool is_v2)
{
	json_t *contents = json_object_get(entry, "contents");
	const char *source = json_string_value(json_object_get(contents, "source"));
	const char *packed = json_string_value(json_object_get(contents, "compression"));

	if (packed && strcmp(packed, "xz") == 0)
		return true;
	if (!source)
		return is_v2 || !json_is_false(json_object_get(entry, "overwrite"));
	if (strncmp(source, "data:", 5) != 0 || !strchr(source, ',') || strstr(source, "@@@"))
		return true;
	/* Base64 of gzip's magic. */
	return packed && packed[0] && !strstr(source, ",H4s");
}

static bool concerns_crio(json_t *configs)
{
	json_t *config, *entry;
	size_t i, k;

	json_array_foreach(configs, i, config)
	{
		json_t *spec = json_object_get(json_object_get(config, "spec"), "config");
		json_t *version = json_object_get(json_object_get(spec, "ignition"), "version");
		json_t *files = json_object_get(json_object_get(spec, "storage"), "files");

		json_array_foreach(files, k, entry)
		{
			const char *path = json_string_value(json_object_get(entry, "path"));

			if (strncmp(path, "/etc/crio/", 10) == 0 &&
				has_fault(entry, json_string_value(version)[0] == '2'))
				return true;
		}
	}
	return false;
}

static char *as_stream(json_t *configs)
{
	char *stream = strdup("");
	json_t *config;
	size_t i;

	json_array_foreach(configs, i, config)
	{
		char *text = json_dumps(config, JSON_INDENT(1)), *longer = NULL;

		if (asprintf(&longer, "%s\n---\n%s", stream, text) < 0)
			tap_give_up("no memory");
		free(text);
		free(stream);
		stream = longer;
	}
	return stream;
}

static void run(const char *file, json_t *vector)
{
	json_t *configs = json_object_get(vector, "machineconfigs");
	json_t *expect = json_object_get(vector, "expect");
	json_t *list =
		json_pack("{s:s,s:s,s:O}", "kind", "List", "apiVersion", "v1", "items", configs);
	char *text = json_dumps(list, JSON_COMPACT), *stream = as_stream(configs);
	bool stops = concerns_crio(configs);
	char *dir = tree_new(), path[512];

	tree_text(dir, "case.json", text);
	snprintf(path, sizeof(path), "%s/case.json", dir);
	tap_case(check(expect, text, stops) && check(expect, stream, stops) &&
			 answers(expect, path, stops),
		file, vector_title(vector));
	tree_remove(dir);
	free(text);
	free(stream);
	json_decref(list);
}

int main(void)
{
	vector_each("mco-random.jsonl", run);
	return tap_end();
}
