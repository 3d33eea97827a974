/* SPDX-License-Identifier: Apache-2.0 */
/* All mends are tried at once, which nearly always holds. Where it does not, the halves are tried
 * one after the other, each on top of what holds already, down to the mend that is at fault. */
#include "check/fix.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "check/mend.h"
#include "check/snapshot.h"

struct fixer {
	struct heir_fixes *fixes;
	struct heir_core *core;
	const struct heir_config *config;
	const struct heir_assume *assume;
	struct heir_where *wheres;    /* of each release */
	struct heir_snapshot *before; /* and what they make of the files */
	uint32_t n_wheres;
	uint32_t *candidates; /* indices of items that may hold */
	bool *taken;          /* by candidate */
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
	free(f->taken);
}

void heir_fixes_release(struct heir_fixes *fixes)
{
	heir_overlay_release(&fixes->overlay);
	heir_arena_release(&fixes->arena);
	*fixes = (struct heir_fixes){.items = NULL};
}

/* ---- Texts ---- */

static const struct heir_mend *mend_of(const struct fixer *f, uint32_t candidate)
{
	return f->fixes->items[f->candidates[candidate]].diag->mend;
}

/* The file with these mends, in `arena`. */
static int mend_file(const struct fixer *f, uint32_t source, const struct heir_mend *const *mends,
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
	r = heir_mends_edit(f->config->docs[source], mends, n, ret->edits, &ret->n_edits);
	if (r < 0)
		return r;
	heir_edits_apply(&text, from->text, ret->edits, ret->n_edits);
	r = heir_buf_error(&text);
	return r < 0 ? r : heir_text_copy(heir_buf_str(&text), arena, &ret->after);
}

/* Those of the candidates that are taken, and of [from, to), which are of one source from `first`
 * on. *first is behind them afterwards. */
static uint32_t pick_source(const struct fixer *f, uint32_t *first, uint32_t from, uint32_t to,
	const struct heir_mend **ret)
{
	uint32_t source = mend_of(f, *first)->source, n = 0, i = *first;

	for (; i < f->n && mend_of(f, i)->source == source; i++)
		if (f->taken[i] || (i >= from && i < to))
			ret[n++] = mend_of(f, i);
	*first = i;
	return n;
}

/* Makes the mends that are taken and those of [from, to), into files[]. */
static int mend_files(const struct fixer *f, uint32_t from, uint32_t to, struct heir_arena *arena,
	struct heir_fixed_file *files, uint32_t *ret_n)
{
	const struct heir_mend **mends = calloc(f->n, sizeof(const struct heir_mend *));
	uint32_t n_files = 0;
	int r = mends ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < f->n && r == 0;) {
		uint32_t n = pick_source(f, &i, from, to, mends);

		if (n > 0)
			r = mend_file(f, mends[0]->source, mends, n, arena, &files[n_files++]);
	}
	free(mends);
	*ret_n = n_files;
	return r;
}

static int lay(
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

static int judge(
	struct fixer *f, const struct heir_fixed_file *files, uint32_t n, const char **ret_why)
{
	_cleanup_(heir_overlay_release) struct heir_overlay overlay = HEIR_OVERLAY_NULL;
	int r = lay(&overlay, files, n, true);

	for (uint32_t i = 0; i < f->n_wheres && r == 0 && !*ret_why; i++) {
		_cleanup_(heir_snapshot_release) struct heir_snapshot after = HEIR_SNAPSHOT_NULL;

		r = heir_snapshot_init(&after, f->core, &f->wheres[i], f->assume, &overlay);
		if (r == 0)
			r = heir_snapshot_compare(&f->before[i], &after, &f->fixes->arena, ret_why);
	}
	return r;
}

/* Do the mends [from, to) hold on top of those that are taken? *ret_why is NULL then. */
static int try(struct fixer *f, uint32_t from, uint32_t to, const char **ret_why)
{
	struct heir_fixed_file *files;
	struct heir_arena arena;
	uint32_t n;
	int r;

	*ret_why = NULL;
	heir_trace_wait(
		f->core->trace, "the proof that %" PRIu32 " mends change nothing", to - from);
	heir_arena_init(&arena);
	files = heir_arena_zalloc(&arena, f->n, sizeof(*files));
	r = files ? mend_files(f, from, to, &arena, files, &n) : -ENOMEM;
	if (r == 0)
		r = judge(f, files, n, ret_why);
	heir_arena_release(&arena);
	f->n_tries++;
	return r;
}

static void leave(struct fixer *f, uint32_t from, uint32_t to, const char *why)
{
	for (uint32_t i = from; i < to; i++)
		f->fixes->items[f->candidates[i]].why = why;
}

/* Of a large node fewer, so that the time is linear in its size, but enough to find one mend. */
static unsigned most_tries(const struct fixer *f)
{
	enum { LEAST = 40, NODES = 4 << 20 };
	uint64_t n_nodes = 1;

	for (uint32_t source = 0; source < f->config->n_docs; source++)
		if (f->config->docs[source])
			n_nodes += heir_toml_n_nodes(f->config->docs[source]);
	return (unsigned)MAX(LEAST, MIN(HEIR_FIX_MAX_TRIES, NODES / n_nodes));
}

static int try_all(struct fixer *f)
{
	struct range {
		uint32_t from, to;
	} todo[64] = {{0, f->n}};
	unsigned n = f->n > 0, most = most_tries(f);
	const char *why = NULL;
	int r = 0;

	while (n > 0 && r == 0) {
		struct range range = todo[--n];
		uint32_t middle = range.from + (range.to - range.from) / 2;

		if (f->n_tries >= most) {
			leave(f, range.from, range.to, "too many other mends cannot be made");
			continue;
		}
		r = try(f, range.from, range.to, &why);
		if (r < 0)
			break;
		if (!why) {
			for (uint32_t i = range.from; i < range.to; i++)
				f->taken[i] = true;
		} else if (range.to - range.from == 1) {
			leave(f, range.from, range.to, why);
		} else {
			todo[n++] = (struct range){middle, range.to};
			todo[n++] = (struct range){range.from, middle};
		}
	}
	return r;
}

/* ---- What may be tried ---- */

/* Why nothing of this file is mended; NULL: it may be. */
static const char *judge_source(const struct fixer *f, uint32_t source)
{
	const struct heir_source *from = &f->core->sources.items[source];
	struct stat st;
	int r;

	if (from->object)
		return "an object holds the file";
	if (heir_toml_n_faults(f->config->docs[source]) > 0)
		return "other readers refuse the file: that is to be mended first";
	r = heir_root_lstat(&f->core->root, from->path, &st);
	if (r < 0 || !S_ISREG(st.st_mode))
		return r == 0 && S_ISLNK(st.st_mode)
			       ? "the file is a link, and another user may own its target"
			       : "the file is not a regular file";
	return NULL;
}

/* A mend that only some of the releases need: the others may not know what it writes. */
static const char *judge_targets(const struct fixer *f, const struct heir_diag *diag)
{
	for (uint32_t i = 0; i < f->n_wheres && diag->targets; i++)
		if (!(diag->targets >> i & 1))
			return heir_arena_printf(&f->fixes->arena,
				"it is made for all releases of --for or for none, and CRI-O "
				"1.%u does not need it",
				f->wheres[i].version.minor);
	return NULL;
}

static int collect(struct fixer *f)
{
	const struct heir_diags *diags = &f->core->diags;
	struct heir_fixes *fixes = f->fixes;
	uint32_t source = HEIR_SOURCE_NONE;
	const char *why = NULL;

	fixes->items = heir_arena_zalloc(&fixes->arena, diags->n + 1u, sizeof(*fixes->items));
	f->candidates = calloc(diags->n + 1u, sizeof(*f->candidates));
	f->taken = calloc(diags->n + 1u, sizeof(*f->taken));
	if (!fixes->items || !f->candidates || !f->taken)
		return -ENOMEM;
	for (uint32_t i = 0; i < diags->n; i++) {
		const struct heir_diag *diag = diags->items[i];
		struct heir_fix *fix = &fixes->items[fixes->n];

		if (!diag->mend)
			continue;
		if (diag->mend->source != source) {
			source = diag->mend->source;
			why = judge_source(f, source);
		}
		*fix = (struct heir_fix){diag, why ? why : judge_targets(f, diag), 0, i};
		if (!fix->why)
			fix->why = diag->mend->why;
		if (!fix->why)
			f->candidates[f->n++] = fixes->n;
		fixes->n++;
	}
	return 0;
}

/* The files as they were read are the measure, whatever has become of them since. */
static int measure(struct fixer *f)
{
	_cleanup_(heir_overlay_release) struct heir_overlay overlay = HEIR_OVERLAY_NULL;
	uint32_t source = HEIR_SOURCE_NONE;
	int r = 0;

	for (uint32_t i = 0; i < f->n && r == 0; i++) {
		struct heir_fixed_file file;

		if (mend_of(f, i)->source == source)
			continue;
		source = mend_of(f, i)->source;
		file = (struct heir_fixed_file){.path = f->core->sources.items[source].path,
			.before = f->core->sources.items[source].text};
		r = lay(&overlay, &file, 1, false);
	}
	for (uint32_t i = 0; i < f->n_wheres && r == 0; i++) {
		r = heir_snapshot_init(&f->before[i], f->core, &f->wheres[i], f->assume, &overlay);
		/* It has been read; the texts that lay there are gone after this. */
		f->before[i].core.root.overlay = NULL;
	}
	return r;
}

/* What is left outlives the texts of `core`. */
static int keep_file(struct heir_fixes *fixes, struct heir_fixed_file *file)
{
	file->path = heir_arena_strndup(&fixes->arena, file->path, strlen(file->path));
	if (file->before.len)
		file->before.p =
			heir_arena_strndup(&fixes->arena, file->before.p, file->before.len);
	return file->path && (file->before.p || file->before.len == 0) ? 0 : -ENOMEM;
}

static int finish(struct fixer *f)
{
	struct heir_fixes *fixes = f->fixes;
	uint32_t file = 0;
	int r;

	fixes->files = heir_arena_zalloc(&fixes->arena, f->n, sizeof(*fixes->files));
	if (!fixes->files)
		return -ENOMEM;
	r = mend_files(f, 0, 0, &fixes->arena, fixes->files, &fixes->n_files);
	for (uint32_t i = 0; i < f->n && r == 0; i++) {
		if (!f->taken[i])
			continue;
		while (fixes->files[file].source != mend_of(f, i)->source)
			file++;
		fixes->items[f->candidates[i]].file = file;
	}
	for (uint32_t i = 0; i < fixes->n_files && r == 0; i++)
		r = keep_file(fixes, &fixes->files[i]);
	return r == 0 ? lay(&fixes->overlay, fixes->files, fixes->n_files, true) : r;
}

/* A place for each release, or for the one of the configuration. */
static int take_versions(struct fixer *f, const struct heir_version *versions, uint32_t n)
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

static bool is_sound(const struct fixer *f)
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
	r = take_versions(&f, versions, n_versions);
	if (r == 0)
		r = collect(&f);
	/* fixer_release() frees what the analyzer misses. */
	if (r < 0 || f.n == 0)
		return r; /* NOLINT(clang-analyzer-unix.Malloc) */
	r = measure(&f);
	if (r < 0)
		return r;
	if (!is_sound(&f)) {
		leave(&f, 0, f.n,
			"CRI-O does not start, so the effect of a fix cannot be determined");
		return 0;
	}
	r = try_all(&f);
	return r < 0 ? r : finish(&f);
}
