/* SPDX-License-Identifier: Apache-2.0 */
/* All fixes are tried at once, which nearly always succeeds. If some handler would change, the
 * halves are tried one after the other, each on top of the fixes that are accepted already, down to
 * the single fix that is the cause. So one bad fix costs log2(n) tries and stops no other fix. */
#include "check/fixer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "check/fix.h"
#include "check/snapshot.h"

struct fixer {
	struct heir_fixes *fixes;
	struct heir_core *core;
	const struct heir_config *config;
	const struct heir_assume *assume;
	struct heir_where *wheres;    /* one per release */
	struct heir_snapshot *before; /* per release: the result for the old files */
	uint32_t n_wheres;
	uint32_t *candidates; /* indices of the items that are tried */
	bool *accepted;       /* by candidate */
	uint32_t n;
	unsigned n_tries;
};

static void fixer_release(struct fixer *f)
{
	for (uint32_t i = 0; i < f->n_wheres; i++)
		heir_snapshot_release(&f->before[i]);
	free(f->before);
	free(f->wheres);
	free(f->candidates);
	free(f->accepted);
}

void heir_fixes_release(struct heir_fixes *fixes)
{
	heir_overlay_release(&fixes->overlay);
	heir_arena_release(&fixes->arena);
	*fixes = (struct heir_fixes){.items = NULL};
}

/* ---- Texts ---- */

static const struct heir_fix *fix_of(const struct fixer *f, uint32_t candidate)
{
	return f->fixes->items[f->candidates[candidate]].diag->fix;
}

/* Makes these fixes in a copy of the file's text, in `arena`. */
static int fix_file(const struct fixer *f, uint32_t source, const struct heir_fix *const *fixes,
	uint32_t n, struct heir_arena *arena, struct heir_fixed_file *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	const struct heir_source *from = &f->core->sources.items[source];
	int r;

	*ret = (struct heir_fixed_file){
		.source = source, .path = from->path, .scope = from->scope, .before = from->text};
	ret->edits = heir_arena_zalloc(arena, n, sizeof(*ret->edits));
	if (!ret->edits)
		return -ENOMEM;
	r = heir_fixes_to_edits(f->config->docs[source], fixes, n, ret->edits, &ret->n_edits);
	if (r < 0)
		return r;
	heir_edits_apply(&text, from->text, ret->edits, ret->n_edits);
	r = heir_buf_error(&text);
	return r < 0 ? r : heir_text_copy(heir_buf_str(&text), arena, &ret->after);
}

/* Collects, from candidate *first on and as long as the source is the same, the fixes that are
 * accepted or in [from, to). Sets *first to the first candidate of the next source; returns how
 * many were collected. */
static uint32_t pick_source(const struct fixer *f, uint32_t *first, uint32_t from, uint32_t to,
	const struct heir_fix **ret)
{
	uint32_t source = fix_of(f, *first)->source, n = 0, i = *first;

	for (; i < f->n && fix_of(f, i)->source == source; i++)
		if (f->accepted[i] || (i >= from && i < to))
			ret[n++] = fix_of(f, i);
	*first = i;
	return n;
}

/* Makes the accepted fixes and those in [from, to); the changed files go to files[]. */
static int fix_files(const struct fixer *f, uint32_t from, uint32_t to, struct heir_arena *arena,
	struct heir_fixed_file *files, uint32_t *ret_n)
{
	const struct heir_fix **fixes = calloc(f->n, sizeof(const struct heir_fix *));
	uint32_t n_files = 0;
	int r = fixes ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < f->n && r == 0;) {
		uint32_t n = pick_source(f, &i, from, to, fixes);

		if (n > 0)
			r = fix_file(f, fixes[0]->source, fixes, n, arena, &files[n_files++]);
	}
	free(fixes);
	*ret_n = n_files;
	return r;
}

static int overlay_files(
	struct heir_overlay *overlay, const struct heir_fixed_file *files, uint32_t n, bool after)
{
	int r = 0;

	for (uint32_t i = 0; i < n && r == 0; i++) {
		struct heir_overlay_file file = {.path = files[i].path,
			.text = after ? files[i].after : files[i].before,
			.mode = 0644,
			.where = HEIR_PLACE_NONE};

		r = heir_overlay_put(overlay, &file);
	}
	return r;
}

/* ---- Trying ---- */

static int compare_snapshots(
	struct fixer *f, const struct heir_fixed_file *files, uint32_t n, const char **ret_why)
{
	_cleanup_(heir_overlay_release) struct heir_overlay overlay = HEIR_OVERLAY_NULL;
	int r = overlay_files(&overlay, files, n, true);

	for (uint32_t i = 0; i < f->n_wheres && r == 0 && !*ret_why; i++) {
		_cleanup_(heir_snapshot_release) struct heir_snapshot after = HEIR_SNAPSHOT_NULL;

		r = heir_snapshot_init(&after, f->core, &f->wheres[i], f->assume, &overlay);
		if (r == 0)
			r = heir_snapshot_compare(&f->before[i], &after, &f->fixes->arena, ret_why);
	}
	return r;
}

/* Makes the fixes [from, to) on top of the accepted ones. *ret_why: what they would change, NULL if
 * nothing. */
static int try_fixes(struct fixer *f, uint32_t from, uint32_t to, const char **ret_why)
{
	struct heir_fixed_file *files;
	struct heir_arena arena;
	uint32_t n;
	int r;

	*ret_why = NULL;
	heir_trace_wait(
		f->core->trace, "the proof that %" PRIu32 " fixes change nothing", to - from);
	heir_arena_init(&arena);
	files = heir_arena_zalloc(&arena, f->n, sizeof(*files));
	r = files ? fix_files(f, from, to, &arena, files, &n) : -ENOMEM;
	if (r == 0)
		r = compare_snapshots(f, files, n, ret_why);
	heir_arena_release(&arena);
	f->n_tries++;
	return r;
}

static void reject_fixes(struct fixer *f, uint32_t from, uint32_t to, const char *why)
{
	for (uint32_t i = from; i < to; i++)
		f->fixes->items[f->candidates[i]].why = why;
}

/* The bound falls with the size of the node, so that the total time stays linear in it; it is
 * always enough to find one bad fix. */
static unsigned max_tries(const struct fixer *f)
{
	enum { MIN_TRIES = 40, NODES = 4 << 20 };
	uint64_t n_nodes = 1;

	for (uint32_t source = 0; source < f->config->n_docs; source++)
		if (f->config->docs[source])
			n_nodes += heir_toml_n_nodes(f->config->docs[source]);
	return (unsigned)MAX(MIN_TRIES, MIN(HEIR_FIX_MAX_TRIES, NODES / n_nodes));
}

/* Bisects: a range that changes nothing is accepted, another one is halved, down to single fixes
 * that are rejected. */
static int select_fixes(struct fixer *f)
{
	struct range {
		uint32_t from, to;
	} todo[64] = {{0, f->n}};
	unsigned n = f->n > 0, max = max_tries(f);
	const char *why = NULL;
	int r = 0;

	while (n > 0 && r == 0) {
		struct range range = todo[--n];
		uint32_t middle = range.from + (range.to - range.from) / 2;

		if (f->n_tries >= max) {
			reject_fixes(f, range.from, range.to,
				"heir gave up after too many other fixes were rejected");
			continue;
		}
		r = try_fixes(f, range.from, range.to, &why);
		if (r < 0)
			break;
		if (!why) {
			for (uint32_t i = range.from; i < range.to; i++)
				f->accepted[i] = true;
		} else if (range.to - range.from == 1) {
			reject_fixes(f, range.from, range.to, why);
		} else {
			todo[n++] = (struct range){middle, range.to};
			todo[n++] = (struct range){range.from, middle};
		}
	}
	return r;
}

/* ---- Candidates ---- */

/* Returns why no fix is made in this file, NULL if they may be tried. */
static const char *reject_reason_of_source(const struct fixer *f, uint32_t source)
{
	const struct heir_source *from = &f->core->sources.items[source];
	struct stat st;
	int r;

	if (from->object)
		return "the file is part of an object";
	if (heir_toml_n_faults(f->config->docs[source]) > 0)
		return "other TOML parsers reject the file; fix that first";
	r = heir_root_lstat(&f->core->root, from->path, &st);
	if (r < 0 || !S_ISREG(st.st_mode))
		return r == 0 && S_ISLNK(st.st_mode)
			       ? "the file is a link, and another user may own its target"
			       : "the file is not a regular file";
	return NULL;
}

/* Rejects a fix that only some of the releases need: the others may not know what it writes. */
static const char *reject_reason_of_targets(const struct fixer *f, const struct heir_diag *diag)
{
	for (uint32_t i = 0; i < f->n_wheres && diag->targets; i++)
		if (!(diag->targets >> i & 1))
			return heir_arena_printf(&f->fixes->arena,
				"a fix must suit all releases of --for, and CRI-O 1.%u does not "
				"need it",
				f->wheres[i].version.minor);
	return NULL;
}

/* Lists the fixes of all findings. Those that are rejected before any try get their reason
 * here. */
static int collect_candidates(struct fixer *f)
{
	const struct heir_diags *diags = &f->core->diags;
	struct heir_fixes *fixes = f->fixes;
	uint32_t source = HEIR_SOURCE_NONE;
	const char *why = NULL;

	fixes->items = heir_arena_zalloc(&fixes->arena, diags->n + 1u, sizeof(*fixes->items));
	f->candidates = calloc(diags->n + 1u, sizeof(*f->candidates));
	f->accepted = calloc(diags->n + 1u, sizeof(*f->accepted));
	if (!fixes->items || !f->candidates || !f->accepted)
		return -ENOMEM;
	for (uint32_t i = 0; i < diags->n; i++) {
		const struct heir_diag *diag = diags->items[i];
		struct heir_fix_outcome *fix = &fixes->items[fixes->n];

		if (!diag->fix)
			continue;
		if (diag->fix->source != source) {
			source = diag->fix->source;
			why = reject_reason_of_source(f, source);
		}
		*fix = (struct heir_fix_outcome){
			diag, why ? why : reject_reason_of_targets(f, diag), 0, i};
		if (!fix->why)
			fix->why = diag->fix->why;
		if (!fix->why)
			f->candidates[f->n++] = fixes->n;
		fixes->n++;
	}
	return 0;
}

/* Resolves everything for the old texts, per release. The texts as they were read are laid over the
 * files, in case these have changed since. */
static int snapshot_before(struct fixer *f)
{
	_cleanup_(heir_overlay_release) struct heir_overlay overlay = HEIR_OVERLAY_NULL;
	uint32_t source = HEIR_SOURCE_NONE;
	int r = 0;

	for (uint32_t i = 0; i < f->n && r == 0; i++) {
		struct heir_fixed_file file;

		if (fix_of(f, i)->source == source)
			continue;
		source = fix_of(f, i)->source;
		file = (struct heir_fixed_file){.path = f->core->sources.items[source].path,
			.before = f->core->sources.items[source].text};
		r = overlay_files(&overlay, &file, 1, false);
	}
	for (uint32_t i = 0; i < f->n_wheres && r == 0; i++) {
		r = heir_snapshot_init(&f->before[i], f->core, &f->wheres[i], f->assume, &overlay);
		/* The overlay ends with this function, and nothing is read through it later. */
		f->before[i].core.root.overlay = NULL;
	}
	return r;
}

/* Copies what a file borrows from `core`, whose next load frees it. */
static int copy_file(struct heir_fixes *fixes, struct heir_fixed_file *file)
{
	file->path = heir_arena_strndup(&fixes->arena, file->path, strlen(file->path));
	if (file->before.len)
		file->before.p =
			heir_arena_strndup(&fixes->arena, file->before.p, file->before.len);
	return file->path && (file->before.p || file->before.len == 0) ? 0 : -ENOMEM;
}

/* Makes the accepted fixes for good, and the overlay with the changed files. */
static int finish_fixes(struct fixer *f)
{
	struct heir_fixes *fixes = f->fixes;
	uint32_t file = 0;
	int r;

	fixes->files = heir_arena_zalloc(&fixes->arena, f->n, sizeof(*fixes->files));
	if (!fixes->files)
		return -ENOMEM;
	r = fix_files(f, 0, 0, &fixes->arena, fixes->files, &fixes->n_files);
	for (uint32_t i = 0; i < f->n && r == 0; i++) {
		if (!f->accepted[i])
			continue;
		while (fixes->files[file].source != fix_of(f, i)->source)
			file++;
		fixes->items[f->candidates[i]].file = file;
	}
	for (uint32_t i = 0; i < fixes->n_files && r == 0; i++)
		r = copy_file(fixes, &fixes->files[i]);
	return r == 0 ? overlay_files(&fixes->overlay, fixes->files, fixes->n_files, true) : r;
}

/* Prepares one `where` and snapshot per release, or one for the release of the configuration. */
static int prepare_versions(struct fixer *f, const struct heir_version *versions, uint32_t n)
{
	uint32_t size = n ? n : 1;

	f->wheres = calloc(size, sizeof(*f->wheres));
	f->before = calloc(size, sizeof(*f->before));
	if (!f->wheres || !f->before)
		return -ENOMEM;
	for (f->n_wheres = 0; f->n_wheres < size; f->n_wheres++) {
		f->before[f->n_wheres] = (struct heir_snapshot)HEIR_SNAPSHOT_NULL;
		f->wheres[f->n_wheres] = f->config->where;
		if (n > 0)
			f->wheres[f->n_wheres].version = versions[f->n_wheres];
	}
	return 0;
}

static bool are_sound(const struct fixer *f)
{
	for (uint32_t i = 0; i < f->n_wheres; i++)
		if (!heir_snapshot_is_sound(&f->before[i]))
			return false;
	return true;
}

int heir_fixes_init(struct heir_fixes *fixes, struct heir_core *core,
	const struct heir_config *config, const struct heir_assume *assume,
	const struct heir_version *versions, uint32_t n_versions)
{
	_cleanup_(fixer_release) struct fixer f = {
		.fixes = fixes, .core = core, .config = config, .assume = assume};
	int r;

	*fixes = (struct heir_fixes){.overlay = HEIR_OVERLAY_NULL};
	heir_arena_init(&fixes->arena);
	r = prepare_versions(&f, versions, n_versions);
	if (r == 0)
		r = collect_candidates(&f);
	/* fixer_release() frees what the analyzer misses. */
	if (r < 0 || f.n == 0)
		return r; /* NOLINT(clang-analyzer-unix.Malloc) */
	r = snapshot_before(&f);
	if (r < 0)
		return r;
	if (!are_sound(&f)) {
		reject_fixes(&f, 0, f.n,
			"CRI-O does not start, so the effect of a fix cannot be determined");
		return 0;
	}
	r = select_fixes(&f);
	return r < 0 ? r : finish_fixes(&f);
}
