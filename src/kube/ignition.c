/* SPDX-License-Identifier: Apache-2.0 */
/* Each config is merged entry by entry into a map of paths. Contents stay encoded until all
 * configs are merged, because only those that remain are decoded, and limits apply to them. */
#include "kube/ignition.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/gzip.h"
#include "base/vec.h"
#include "kube/author.h"
#include "kube/dataurl.h"
#include "node/verdict.h"

enum { DEFAULT_MODE = 0644, MAX_MODE = 07777 };

/* An empty file. */
static const char nothing[HEIR_TEXT_PADDING];

/* A MachineConfig that is being merged. */
struct job {
	struct heir_ignition *ign;
	const struct heir_kube_object *config;
	bool is_v2;
	struct heir_map seen; /* from paths to their last entries */
};

void heir_ignition_init(struct heir_ignition *ign, struct heir_core *core)
{
	*ign = (struct heir_ignition){.core = core, .budget = HEIR_IGNITION_MAX_UNPACKED};
}

void heir_ignition_release(struct heir_ignition *ign)
{
	free(ign->files);
	heir_map_release(&ign->by_path);
}

/* ---- Faults ---- */

/* Reports a fault in a field of an entry. Faults in files that CRI-O does not read are warnings,
 * although the MCO would reject the whole object. */
static int add_entry_fault(struct heir_ignition *ign, struct heir_ignition_entry *entry,
	enum heir_rule rule, const struct heir_tree_node *node, const char *field, const char *what)
{
	const char *quoted =
		entry->path ? heir_quote(&ign->core->arena, heir_str_from(entry->path)) : "";

	entry->is_bad = true;
	if (!quoted)
		return -ENOMEM;
	return heir_object_fault(ign->core, entry->config,
		       entry->for_crio ? rule : HEIR_RULE_OBJECT_REFUSED, node ? node : entry->node,
		       "%s.storage.files[%u]%s%s%s%s: %s", heir_object_config_path(entry->config),
		       entry->index, field, entry->path ? " (" : "", quoted, entry->path ? ")" : "",
		       what)
		       ? 0
		       : -ENOMEM;
}

/* Reports a fault of the whole config: what it would have written is unknown. */
static int fault_of_config(struct job *job, enum heir_rule rule, const struct heir_tree_node *node,
	const char *field, const char *what)
{
	return heir_object_fault(job->ign->core, job->config, rule, node, "%s%s: %s",
		       heir_object_config_path(job->config), field, what)
		       ? 0
		       : -ENOMEM;
}

/* ---- Paths ---- */

/* Go's path.Clean for an absolute path. Returns NULL if there is no memory. */
static char *clean_path(struct heir_arena *arena, struct heir_str path)
{
	char *copy = heir_arena_bytes(arena, path.len + 2), *to = copy;

	if (!copy)
		return NULL;
	for (size_t i = 0; i < path.len;) {
		size_t begin, len;

		while (i < path.len && path.p[i] == '/')
			i++;
		for (begin = i; i < path.len && path.p[i] != '/';)
			i++;
		len = i - begin;
		if (len == 0 || (len == 1 && path.p[begin] == '.'))
			continue;
		if (len == 2 && memcmp(path.p + begin, "..", 2) == 0) {
			while (to > copy && *--to != '/')
				;
			continue;
		}
		*to++ = '/';
		memcpy(to, path.p + begin, len);
		to += len;
	}
	if (to == copy)
		*to++ = '/';
	*to = '\0';
	return copy;
}

static bool is_for_crio(const char *path)
{
	return heir_str_starts(heir_str_from(path), "/etc/crio/") || strcmp(path, "/etc/crio") == 0;
}

/* Reads the path of an entry. It must be absolute and normalized, as the MCO requires. */
static int read_path(struct job *job, struct heir_ignition_entry *entry)
{
	const struct heir_tree_node *node = heir_tree_get(entry->node, "path");
	struct heir_str written = heir_node_text(node);
	const char *path = clean_path(&job->ign->core->arena, written);

	if (!path)
		return -ENOMEM;
	entry->for_crio = is_for_crio(path);
	if (!heir_node_is_string(node) || written.len == 0)
		return add_entry_fault(
			job->ign, entry, HEIR_RULE_OBJECT_INVALID, node, ".path", "no path");
	entry->path = path;
	if (written.p[0] != '/')
		return add_entry_fault(job->ign, entry, HEIR_RULE_OBJECT_INVALID, node, ".path",
			"the path is not absolute");
	if (!heir_str_eqz(written, path))
		return add_entry_fault(job->ign, entry, HEIR_RULE_OBJECT_INVALID, node, ".path",
			"the path is not in its shortest form: a repeated or trailing slash, \".\" "
			"or \"..\"");
	return 0;
}

/* ---- Fields ---- */

static bool is_unset_string(const struct heir_tree_node *node)
{
	return !node || (heir_tree_is_scalar(node) && node->text.len == 0);
}

static const struct heir_tree_node *contents_of(const struct heir_ignition_entry *entry)
{
	return heir_tree_get(entry->node, "contents");
}

/* Butane's inline contents. */
static const struct heir_tree_node *inline_of(const struct heir_ignition_entry *entry)
{
	return entry->config->form == HEIR_KUBE_FORM_BUTANE
		       ? heir_tree_get(contents_of(entry), "inline")
		       : NULL;
}

static int read_inline(struct job *job, struct heir_ignition_entry *entry,
	const struct heir_tree_node *text, struct heir_ignition_file *file)
{
	file->is_set = file->is_inline = true;
	file->source = text;
	file->entry = *entry;
	file->file.where = heir_object_place(entry->config, text);
	return heir_text_copy(heir_node_text(text), &job->ign->core->arena, &file->file.text);
}

/* Other schemes pass, as in the MCO, and are refused if they remain at the end. */
static int read_source(
	struct job *job, struct heir_ignition_entry *entry, struct heir_ignition_file *file)
{
	const struct heir_tree_node *source = heir_tree_get(contents_of(entry), "source");
	const char *what;
	int r;

	if (inline_of(entry))
		return read_inline(job, entry, inline_of(entry), file);
	if (source && !heir_node_is_string(source))
		return add_entry_fault(job->ign, entry, HEIR_RULE_OBJECT_INVALID, source,
			".contents.source", "not a string");
	/* In version 2 a missing source is an empty one. */
	if (!source && !job->is_v2)
		return 0;
	file->is_set = true;
	file->is_inline = false;
	file->source = source;
	file->entry = *entry;
	file->file.text = (struct heir_str){nothing, 0};
	file->file.where = heir_object_place(entry->config, source ? source : entry->node);
	if (!source || !heir_str_starts(source->text, "data:"))
		return 0;
	r = heir_dataurl_decode(source->text, &job->ign->core->arena, &file->file.text, &what);
	return r == -EINVAL ? add_entry_fault(job->ign, entry, HEIR_RULE_OBJECT_INVALID, source,
				      ".contents.source", what)
			    : r;
}

/* An entry without compression removes that of an earlier one, as the MCO does before merging. */
static int read_compression(
	struct job *job, struct heir_ignition_entry *entry, struct heir_ignition_file *file)
{
	const struct heir_tree_node *node = heir_tree_get(contents_of(entry), "compression");

	file->is_packed = heir_str_eqz(heir_node_text(node), "gzip");
	if (file->is_packed || is_unset_string(node))
		return 0;
	return add_entry_fault(job->ign, entry, HEIR_RULE_OBJECT_UNSUPPORTED, node,
		".contents.compression", "neither \"gzip\" nor empty");
}

static int read_overwrite(
	struct job *job, struct heir_ignition_entry *entry, struct heir_ignition_file *file)
{
	const struct heir_tree_node *node = heir_tree_get(entry->node, "overwrite");
	bool overwrite = true;

	if (node && !heir_node_bool(node, &overwrite))
		return add_entry_fault(job->ign, entry, HEIR_RULE_OBJECT_INVALID, node,
			".overwrite", "neither true nor false");
	file->keeps = !overwrite;
	if (!job->is_v2 && node && overwrite && !heir_tree_get(contents_of(entry), "source") &&
		!inline_of(entry))
		return add_entry_fault(job->ign, entry, HEIR_RULE_OBJECT_INVALID, node,
			".overwrite", "true, and there is no contents.source");
	return 0;
}

static int read_mode(
	struct job *job, struct heir_ignition_entry *entry, struct heir_ignition_file *file)
{
	const struct heir_tree_node *node = heir_tree_get(entry->node, "mode");
	int64_t mode;

	if (!node)
		return 0;
	if (!heir_node_integer(node, &mode) || mode < 0 || mode > MAX_MODE)
		return add_entry_fault(job->ign, entry, HEIR_RULE_OBJECT_INVALID, node, ".mode",
			"not a number from 0 to 4095 (07777)");
	file->file.mode = (uint32_t)mode;
	return 0;
}

/* Appending to an existing file is refused by the MCO's daemon. */
static int refuse_append(struct job *job, struct heir_ignition_entry *entry)
{
	const struct heir_tree_node *node = heir_tree_get(entry->node, "append");
	bool appends = heir_tree_is(node, HEIR_TREE_LIST) && node->first;

	if (node && !heir_tree_is(node, HEIR_TREE_LIST))
		heir_node_bool(node, &appends);
	return appends ? add_entry_fault(job->ign, entry, HEIR_RULE_OBJECT_UNSUPPORTED, node,
				 ".append",
				 entry->config->form == HEIR_KUBE_FORM_MCO
					 ? "the MCO cannot append to files"
					 : "heir does not support appending to files")
		       : 0;
}

static int check_types(struct job *job, struct heir_ignition_entry *entry)
{
	const struct heir_tree_node *contents = contents_of(entry);
	const struct heir_tree_node *filesystem = heir_tree_get(entry->node, "filesystem");

	if (contents && !heir_tree_is(contents, HEIR_TREE_MAP))
		return add_entry_fault(job->ign, entry, HEIR_RULE_OBJECT_INVALID, contents,
			".contents", "not an object");
	if (job->is_v2 && !heir_str_eqz(heir_node_text(filesystem), "root"))
		return add_entry_fault(job->ign, entry, HEIR_RULE_OBJECT_UNSUPPORTED, filesystem,
			".filesystem", "not \"root\"");
	return 0;
}

/* ---- Merging ---- */

/* Determines the object that files are attributed to; for a rendered MachineConfig, from their
 * paths. */
static int find_author(struct job *job, const char *path, const struct heir_object **ret)
{
	enum heir_author author = heir_author_of_file(&job->config->id, path);
	struct heir_object *object;

	*ret = &job->config->id;
	if (author == job->config->id.author)
		return 0;
	object = heir_arena_new(&job->ign->core->arena, struct heir_object);
	if (!object)
		return -ENOMEM;
	*object = job->config->id;
	object->author = author;
	*ret = object;
	return 0;
}

/* Returns the file with that path, created if necessary; NULL if there is no memory. */
static struct heir_ignition_file *find_file(struct heir_ignition *ign, const char *path)
{
	uint32_t at;
	bool is_new;

	if (HEIR_RESERVE(ign->files, ign->n, ign->size) < 0)
		return NULL;
	if (heir_map_put(&ign->by_path, heir_str_from(path), ign->n, &at, &is_new) < 0)
		return NULL;
	if (is_new)
		ign->files[ign->n++] = (struct heir_ignition_file){
			.file = {.path = path, .text = {nothing, 0}, .mode = DEFAULT_MODE}};
	return &ign->files[at];
}

/* Merges one entry of storage.files. */
static int merge_entry(struct job *job, struct heir_ignition_entry *entry)
{
	struct heir_ignition_file *file = find_file(job->ign, entry->path);
	struct heir_ignition_file next;
	int r;

	if (!file)
		return -ENOMEM;
	next = *file;
	if (!next.is_set) {
		next.entry = *entry;
		next.file.where = heir_object_place(entry->config, entry->node);
	}
	r = read_source(job, entry, &next);
	if (r == 0 && !entry->is_bad)
		r = read_compression(job, entry, &next);
	if (r == 0 && !entry->is_bad)
		r = read_overwrite(job, entry, &next);
	if (r == 0 && !entry->is_bad)
		r = read_mode(job, entry, &next);
	if (r == 0 && !entry->is_bad)
		r = refuse_append(job, entry);
	if (r < 0)
		return r;
	if (next.entry.node == entry->node)
		r = find_author(job, entry->path, &next.file.object);
	next.entry.is_bad |= entry->is_bad;
	*file = next;
	return r;
}

/* If a path occurs twice in one config, version 2 uses the last entry; version 3 forbids it. */
static int note_path(struct job *job, struct heir_ignition_entry *entry)
{
	uint32_t before;
	bool is_new;
	int r = heir_map_put(
		&job->seen, heir_str_from(entry->path), entry->index, &before, &is_new);

	if (r < 0 || is_new)
		return r;
	heir_map_replace(&job->seen, heir_str_from(entry->path), entry->index);
	return job->is_v2 ? 0
			  : add_entry_fault(job->ign, entry, HEIR_RULE_OBJECT_INVALID, NULL,
				    ".path", "duplicate path");
}

static int open_entry(struct job *job, const struct heir_tree_node *node, uint32_t index,
	struct heir_ignition_entry *ret)
{
	int r;

	*ret = (struct heir_ignition_entry){.config = job->config, .node = node, .index = index};
	r = read_path(job, ret);
	return r == 0 && !ret->is_bad ? check_types(job, ret) : r;
}

/* Merges storage.files of a config. */
static int merge_files(struct job *job, const struct heir_tree_node *files)
{
	struct heir_ignition_entry *entries;
	uint32_t n = 0, i = 0;
	int r = 0;

	heir_tree_foreach(node, files) n++;
	entries = heir_arena_zalloc(&job->ign->core->arena, n, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	heir_tree_foreach(node, files)
	{
		r = open_entry(job, node, i, &entries[i]);
		if (r == 0 && !entries[i].is_bad)
			r = note_path(job, &entries[i]);
		if (r < 0)
			return r;
		i++;
	}
	for (i = 0; r == 0 && i < n; i++)
		if (!entries[i].is_bad &&
			heir_map_get(&job->seen, heir_str_from(entries[i].path)) == i)
			r = merge_entry(job, &entries[i]);
	return r;
}

/* Links are not files, and the MCO does not create them on an existing node. */
static int refuse_links(struct job *job, const struct heir_tree_node *links)
{
	uint32_t i = 0;

	heir_tree_foreach(link, links)
	{
		const struct heir_tree_node *node = heir_tree_get(link, "path");
		const char *path = clean_path(&job->ign->core->arena, heir_node_text(node));

		if (!path)
			return -ENOMEM;
		if (is_for_crio(path) &&
			!heir_object_fault(job->ign->core, job->config,
				HEIR_RULE_OBJECT_UNSUPPORTED, node, "%s.storage.links[%u]: %s",
				heir_object_config_path(job->config), i,
				job->config->form == HEIR_KUBE_FORM_MCO
					? "the MCO does not create links"
					: "heir does not support links"))
			return -ENOMEM;
		i++;
	}
	return 0;
}

static int merge_storage(struct job *job, const struct heir_tree_node *storage)
{
	const struct heir_tree_node *files = heir_tree_get(storage, "files");
	int r;

	if (files && !heir_tree_is(files, HEIR_TREE_LIST))
		return fault_of_config(
			job, HEIR_RULE_OBJECT_INVALID, files, ".storage.files", "not a list");
	r = merge_files(job, files);
	return r == 0 ? refuse_links(job, heir_tree_get(storage, "links")) : r;
}

/* ---- Units ---- */

#define UNITS "/etc/systemd/system/"

/* Returns whether it is a single name that can be part of a path. */
static bool is_path_name(struct heir_str name)
{
	return name.len > 0 && name.len < 256 && name.p[0] != '.' &&
	       !memchr(name.p, '/', name.len) && !memchr(name.p, '\0', name.len);
}

/* Adds a file of a unit, which replaces an earlier one completely. */
static int put_unit_file(struct job *job, const char *path, const struct heir_tree_node *node,
	struct heir_str text, bool is_mask)
{
	struct heir_overlay_file file = {
		.path = path, .mode = DEFAULT_MODE, .where = heir_object_place(job->config, node)};
	struct heir_ignition_file *slot = find_file(job->ign, path);
	int r;

	if (!slot)
		return -ENOMEM;
	/* A later text does not unmask the unit. */
	if (slot->is_mask && !is_mask)
		return 0;
	r = heir_text_copy(text, &job->ign->core->arena, &file.text);
	if (r == 0)
		r = find_author(job, path, &file.object);
	if (r == 0)
		*slot = (struct heir_ignition_file){
			.file = file, .is_set = true, .is_mask = is_mask};
	return r;
}

/* The MCO and Ignition write no file for empty contents. */
static int merge_dropins(struct job *job, const char *unit, const struct heir_tree_node *dropins)
{
	struct heir_arena *arena = &job->ign->core->arena;
	int r = 0;

	heir_tree_foreach(dropin, dropins)
	{
		struct heir_str name = heir_node_text(heir_tree_get(dropin, "name"));
		const struct heir_tree_node *contents = heir_tree_get(dropin, "contents");
		struct heir_str text = heir_node_text(contents);
		const char *z, *path;

		if (r < 0 || !is_path_name(name) || text.len == 0)
			continue;
		z = heir_arena_strndup(arena, name.p, name.len);
		path = z ? heir_arena_concat(arena, unit, ".d/", z) : NULL;
		r = path ? put_unit_file(job, path, contents, text, false) : -ENOMEM;
	}
	return r;
}

/* Merges one unit: its text, its mask, and its drop-ins. */
static int merge_unit(struct job *job, const struct heir_tree_node *unit)
{
	struct heir_arena *arena = &job->ign->core->arena;
	struct heir_str name = heir_node_text(heir_tree_get(unit, "name"));
	const struct heir_tree_node *contents = heir_tree_get(unit, "contents");
	const struct heir_tree_node *mask = heir_tree_get(unit, "mask");
	struct heir_str text = heir_node_text(contents);
	const char *z = heir_arena_strndup(arena, name.p ? name.p : "", name.len);
	const char *path = z ? heir_arena_concat(arena, UNITS, z, "") : NULL;
	struct heir_ignition_file *slot;
	bool masked = false;
	int r = 0;

	if (!path)
		return -ENOMEM;
	if (!is_path_name(name))
		return 0;
	if (mask && heir_node_bool(mask, &masked) && !masked) {
		slot = find_file(job->ign, path);
		if (!slot)
			return -ENOMEM;
		/* Without contents nothing is left of the mask. */
		slot->no_file = slot->is_mask || !slot->is_set;
		slot->is_mask = false;
	}
	if (masked)
		r = put_unit_file(job, path, mask, HEIR_STR(""), true);
	else if (text.len > 0)
		r = put_unit_file(job, path, contents, text, false);
	return r == 0 ? merge_dropins(job, path, heir_tree_get(unit, "dropins")) : r;
}

/* What the MCO refuses about units does not affect CRI-O. */
static int merge_units(struct job *job, const struct heir_tree_node *units)
{
	int r = 0;

	heir_tree_foreach(unit, units) if (r == 0) r = merge_unit(job, unit);
	return r;
}

static bool is_supported(struct heir_str version, bool *ret_v2)
{
	*ret_v2 = heir_str_eqz(version, "2.2.0");
	return *ret_v2 ||
	       (version.len == 5 && memcmp(version.p, "3.", 2) == 0 && version.p[2] >= '0' &&
		       version.p[2] <= '5' && memcmp(version.p + 3, ".0", 2) == 0);
}

/* Returns whether the config includes others, which are elsewhere. */
static bool names_others(const struct heir_tree_node *ignition)
{
	static const char *const keys[] = {"merge", "replace", "append"};
	const struct heir_tree_node *config = heir_tree_get(ignition, "config");

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct heir_tree_node *other = heir_tree_get(config, keys[i]);

		if (other && other->first)
			return true;
	}
	return false;
}

int heir_ignition_merge(struct heir_ignition *ign, const struct heir_kube_object *config)
{
	struct job job = {.ign = ign, .config = config};
	const struct heir_tree_node *node = config->config;
	const struct heir_tree_node *ignition = heir_tree_get(node, "ignition");
	const struct heir_tree_node *version = heir_tree_get(ignition, "version");
	bool is_butane = config->form == HEIR_KUBE_FORM_BUTANE;
	int r;

	if (!node || (heir_tree_is(node, HEIR_TREE_MAP) && !node->first))
		return 0;
	if (!heir_tree_is(node, HEIR_TREE_MAP))
		return fault_of_config(&job, HEIR_RULE_OBJECT_INVALID, node, "", "not an object");
	if (!version && !is_butane)
		return fault_of_config(&job, HEIR_RULE_OBJECT_INVALID, node, ".ignition.version",
			"the Ignition version is missing");
	if (!is_butane && !is_supported(heir_node_text(version), &job.is_v2))
		return fault_of_config(&job, HEIR_RULE_OBJECT_UNSUPPORTED, version,
			".ignition.version", "the MCO reads Ignition 2.2.0 and 3.0.0 to 3.5.0");
	if (config->form != HEIR_KUBE_FORM_MCO && names_others(ignition))
		return fault_of_config(&job, HEIR_RULE_OBJECT_UNSUPPORTED, ignition,
			".ignition.config",
			"heir does not fetch the configs that this one merges or is replaced by");
	r = merge_storage(&job, heir_tree_get(node, "storage"));
	if (r == 0)
		r = merge_units(&job, heir_tree_get(heir_tree_get(node, "systemd"), "units"));
	heir_map_release(&job.seen);
	return r;
}

/* ---- What is left ---- */

int heir_ignition_put(struct heir_ignition *ign, const struct heir_overlay_file *file)
{
	struct heir_ignition_file *slot = find_file(ign, file->path);

	if (!slot)
		return -ENOMEM;
	*slot = (struct heir_ignition_file){.file = *file, .is_set = true};
	return 0;
}

static int unpack_contents(struct heir_ignition *ign, struct heir_ignition_file *file)
{
	const char *what;
	int r = heir_gunzip(
		file->file.text, &ign->budget, &ign->core->arena, &file->file.text, &what);

	return r == -EINVAL ? add_entry_fault(ign, &file->entry, HEIR_RULE_OBJECT_INVALID,
				      file->source, ".contents.source", what)
			    : r;
}

/* Checks what the MCO detects only at the end. */
static int finish_file(struct heir_ignition *ign, struct heir_ignition_file *file)
{
	struct heir_ignition_entry *entry = &file->entry;
	int r = 0;

	if (!entry->node || entry->is_bad)
		return 0;
	if (!file->is_set && !file->keeps)
		return add_entry_fault(ign, entry, HEIR_RULE_OBJECT_INVALID, NULL,
			".contents.source",
			"an empty file needs \"data:,\" here, or overwrite: false");
	if (file->is_set && !file->is_inline &&
		!heir_str_starts(heir_node_text(file->source), "data:"))
		return add_entry_fault(ign, entry, HEIR_RULE_OBJECT_UNSUPPORTED, file->source,
			".contents.source",
			entry->config->form == HEIR_KUBE_FORM_MCO ? "the MCO accepts data URLs only"
								  : "heir supports data URLs only");
	if (file->is_packed && file->is_set)
		r = unpack_contents(ign, file);
	if (r == 0 && file->file.text.len > HEIR_FILE_MAX)
		r = add_entry_fault(ign, entry, HEIR_RULE_OBJECT_UNSUPPORTED, file->source,
			".contents.source", heir_file_error(-EFBIG));
	return r;
}

/* Files that are not CRI-O's are added despite faults, because most checks only need their
 * existence. */
int heir_ignition_finish(struct heir_ignition *ign, struct heir_overlay *overlay)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < ign->n; i++) {
		struct heir_ignition_file *file = &ign->files[i];

		if (file->no_file)
			continue;
		r = finish_file(ign, file);
		if (r < 0 || (file->entry.is_bad && file->entry.for_crio))
			continue;
		if (file->entry.is_bad)
			file->file.text = (struct heir_str){nothing, 0};
		r = heir_overlay_put(overlay, &file->file);
	}
	return r;
}
