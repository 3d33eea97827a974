/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the files that crio.service is composed of, as systemd's unit loading does: unit file,
 * drop-ins, aliases. */
#include "unit/parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/trace.h"
#include "base/vec.h"

#define NAME "crio.service"

/* The directories of units. Earlier ones mask later ones. */
static const char *const unit_dirs[] = {
	"/etc/systemd/system",
	"/run/systemd/system",
	"/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system",
	"/lib/systemd/system",
};
enum { N_DIRS = ARRAY_LEN(unit_dirs), AT_RUN = 1, AT_LIB = 4 };

/* A file that may be a drop-in. */
struct dropin {
	const char *name, *path;
	uint32_t rank; /* of several with the same name, the lowest counts */
};

/* A symbolic link among the units. */
struct link {
	const char *name, *path;
};

struct finder {
	struct heir_core *core;
	const char *names[HEIR_UNIT_MAX_NAMES];
	uint32_t n_names;
	struct link *links;
	uint32_t n_links, size_links;
	struct dropin *dropins;
	uint32_t n_dropins, size_dropins;
	bool has_dir[N_DIRS];
};

void heir_unit_files_release(struct heir_unit_files *files)
{
	free(files->sources);
	files->sources = NULL;
	files->n = 0;
}

int heir_unit_add_source(struct heir_core *core, const char *path, uint32_t *ret)
{
	struct heir_str text = HEIR_STR("");
	uint64_t begun;
	int r;

	/* Under an overlay without a file system nothing is known. */
	if (!heir_root_is_known(&core->root, path))
		return -ENOENT;
	begun = heir_trace_begin(core->trace);
	r = heir_file_read(&core->root, path, &core->arena, &text);
	heir_trace_report_read(core->trace, begun, HEIR_TRACE_file, path, r, text.len);
	return r < 0 ? r : heir_core_add_source(core, path, text, HEIR_SCOPE_UNIT, ret);
}

static int take_source(struct heir_unit_files *files, uint32_t source)
{
	if (HEIR_RESERVE(files->sources, files->n, files->size) < 0)
		return -ENOMEM;
	files->sources[files->n++] = source;
	return 0;
}

/* Reads a file of the unit. One that cannot be read is remembered. Returns 1 if it was read, 0, or
 * -ENOMEM. */
static int take_file(struct heir_core *core, struct heir_unit_files *files, const char *path)
{
	uint32_t source;
	int r = heir_unit_add_source(core, path, &source);

	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		if (r != -ENOENT && r != -ENOTDIR && r != -EISDIR && !files->unreadable) {
			files->unreadable = path;
			files->error = r;
		}
		return 0;
	}
	r = take_source(files, source);
	return r < 0 ? r : 1;
}

/* ---- The unit file ---- */

/* Checks the three directories that packages and people use first. If none of them has the unit,
 * the other two are not checked: they only mask and repeat. */
static int find_main(struct heir_core *core, struct heir_unit_files *files)
{
	static const unsigned first[] = {0, 2, 3};
	unsigned found = N_DIRS;
	int r = 0;

	for (unsigned i = 0; i < ARRAY_LEN(first) && r == 0 && found == N_DIRS; i++) {
		const char *path =
			heir_arena_concat(&core->arena, unit_dirs[first[i]], "/" NAME, "");

		r = path ? take_file(core, files, path) : -ENOMEM;
		if (r == 1)
			found = first[i];
		if (r == 0 && files->unreadable)
			return 0;
	}
	if (r < 0 || found == N_DIRS || found < AT_RUN)
		return r < 0 ? r : 0;
	files->n = 0;
	r = take_file(core, files, "/run/systemd/system/" NAME);
	if (r < 0 || files->n > 0)
		return r < 0 ? r : 0;
	/* The source that was added counts again. */
	return take_source(files, core->sources.n - 1);
}

/* If only an overlay is known, assumes the unit of CRI-O's package, because objects bring drop-ins
 * for it. */
static int assume_main(struct heir_core *core, struct heir_unit_files *files)
{
	static const char text[] = "[Service]\n"
				   "EnvironmentFile=-/etc/sysconfig/crio\n"
				   "ExecStart=/usr/bin/crio $CRIO_CONFIG_OPTIONS "
				   "$CRIO_RUNTIME_OPTIONS $CRIO_STORAGE_OPTIONS "
				   "$CRIO_NETWORK_OPTIONS $CRIO_METRICS_OPTIONS\n"
				   "[Install]\n"
				   "Alias=cri-o.service\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
	uint32_t source;
	int r = heir_sources_add(&core->sources, "/usr/lib/systemd/system/" NAME,
		(struct heir_str){text, sizeof(text) - 1 - HEIR_TEXT_PADDING}, HEIR_SCOPE_UNIT,
		&source);

	return r == 0 ? take_source(files, source) : r;
}

/* ---- Names ---- */

static bool has_name(const struct finder *f, const char *name)
{
	for (uint32_t i = 0; i < f->n_names; i++)
		if (strcmp(f->names[i], name) == 0)
			return true;
	return false;
}

static void add_unit_name(struct finder *f, const char *name)
{
	size_t len = strlen(name);

	if (len > 8 && len <= NAME_MAX && strcmp(name + len - 8, ".service") == 0 &&
		!strchr(name, '/') && !has_name(f, name) && f->n_names < HEIR_UNIT_MAX_NAMES)
		f->names[f->n_names++] = name;
}

/* Adds the names in Alias= of the unit file. An enabled unit has links with these names. */
static int add_aliases(struct finder *f, uint32_t source)
{
	struct heir_source *file = &f->core->sources.items[source];
	_cleanup_(heir_buf_release) struct heir_buf word = HEIR_BUF_NULL;
	_cleanup_(heir_ini_release) struct heir_ini ini;
	struct heir_ini_line line;
	int r;

	heir_ini_init(&ini, file->text, source);
	while ((r = heir_ini_next(&ini, &line)) > 0) {
		size_t at = 0, from;

		if (!heir_str_eqz(line.section, "Install") || !heir_str_eqz(line.key, "Alias"))
			continue;
		while ((r = heir_word_next(line.value, &at, HEIR_WORD_RELAXED, &word, &from)) > 0) {
			const char *name = heir_arena_strndup(&f->core->arena, word.p, word.len);

			if (!name)
				return -ENOMEM;
			add_unit_name(f, name);
		}
		if (r < 0)
			return r;
	}
	return r;
}

static const char *unit_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Returns the last name of a link's target; NULL if it is not a link or cannot be read. */
static int read_link(struct finder *f, const char *path, const char **ret)
{
	char target[PATH_MAX];
	_cleanup_(heir_fd_close) int fd =
		heir_root_openat(&f->core->root, path, O_PATH | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", target, sizeof(target) - 1);

	*ret = NULL;
	if (n <= 0)
		return 0;
	target[n] = '\0';
	*ret = heir_arena_strndup(
		&f->core->arena, unit_base_name(target), strlen(unit_base_name(target)));
	return *ret ? 0 : -ENOMEM;
}

/* Follows links of other names that lead to the unit, also through one another. */
static int follow_links(struct finder *f)
{
	const char **targets = calloc(f->n_links + 1u, sizeof(*targets));
	uint32_t before = 0;
	int r = targets ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < f->n_links && r == 0; i++)
		r = read_link(f, f->links[i].path, &targets[i]);
	while (r == 0 && before != f->n_names) {
		before = f->n_names;
		for (uint32_t i = 0; i < f->n_links; i++) {
			if (!targets[i])
				continue;
			if (has_name(f, targets[i]))
				add_unit_name(f, f->links[i].name);
			else if (strcmp(f->links[i].name, NAME) == 0)
				add_unit_name(f, targets[i]);
		}
	}
	free(targets);
	return r;
}

/* ---- Directories ---- */

typedef int each_fn(
	struct finder *f, const char *path, const char *name, unsigned char type, uint32_t rank);

/* Calls `each` for the names of a directory, which may be missing. */
static int list_unit_dir(
	struct finder *f, const char *dir, each_fn *each, uint32_t rank, bool *ret_is)
{
	_Alignas(struct dirent64) char entries[8192];
	_cleanup_(heir_fd_close) int fd =
		heir_root_openat(&f->core->root, dir, O_RDONLY | O_DIRECTORY);
	ssize_t n;

	*ret_is = fd >= 0;
	while (fd >= 0 && (n = getdents64(fd, (void *)entries, sizeof(entries))) > 0)
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *entry = (const struct dirent64 *)(entries + at);
			const char *path, *name;
			int r;

			at += entry->d_reclen;
			if (entry->d_name[0] == '.')
				continue;
			path = heir_arena_concat(&f->core->arena, dir, "/", entry->d_name);
			if (!path)
				return -ENOMEM;
			name = path + strlen(dir) + 1;
			if (heir_root_overlaid(&f->core->root, path))
				continue;
			r = each(f, path, name, entry->d_type, rank);
			if (r < 0)
				return r;
		}
	return fd == -ENOMEM ? fd : 0;
}

static int note_any(
	struct finder *f, const char *path, const char *name, unsigned char type, uint32_t rank)
{
	enum { LIMIT = 4096 };

	(void)type;
	(void)rank;
	if (f->n_links == LIMIT)
		return 0;
	if (HEIR_RESERVE(f->links, f->n_links, f->size_links) < 0)
		return -ENOMEM;
	f->links[f->n_links++] = (struct link){name, path};
	return 0;
}

static int note_link(
	struct finder *f, const char *path, const char *name, unsigned char type, uint32_t rank)
{
	size_t len = strlen(name);

	if ((type != DT_LNK && type != DT_UNKNOWN) || len < 8 ||
		strcmp(name + len - 8, ".service") != 0)
		return 0;
	return note_any(f, path, name, type, rank);
}

static int note_dropin(
	struct finder *f, const char *path, const char *name, unsigned char type, uint32_t rank)
{
	size_t len = strlen(name);

	if (type == DT_DIR || len < 6 || strcmp(name + len - 5, ".conf") != 0)
		return 0;
	if (HEIR_RESERVE(f->dropins, f->n_dropins, f->size_dropins) < 0)
		return -ENOMEM;
	f->dropins[f->n_dropins++] = (struct dropin){name, path, rank};
	return 0;
}

/* ---- Drop-ins ---- */

/* The directories of drop-ins: for each name, for its prefixes before each '-', and for all
 * services. Later ones have lower priority. */
enum { MAX_SUFFIXES = 4 * HEIR_UNIT_MAX_NAMES };

/* Lists where drop-ins of the unit's names may be, in the order of systemd. */
static uint32_t list_suffixes(struct finder *f, const char **suffixes)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < f->n_names; i++) {
		const char *name = f->names[i];

		suffixes[n++] = heir_arena_concat(&f->core->arena, name, ".d", "");
		for (size_t at = strlen(name); at-- > 1 && n < MAX_SUFFIXES - 1;) {
			const char *prefix;

			if (name[at] != '-')
				continue;
			prefix = heir_arena_strndup(&f->core->arena, name, at + 1);
			suffixes[n++] = prefix ? heir_arena_concat(
							 &f->core->arena, prefix, ".service.d", "")
					       : NULL;
		}
		if (n >= MAX_SUFFIXES - 4)
			break;
	}
	return n;
}

/* Lists files of the overlay in a directory of drop-ins. */
static int list_overlaid(struct finder *f, const char *dir, uint32_t rank)
{
	const struct heir_overlay *overlay = f->core->root.overlay;
	size_t len = strlen(dir);
	int r = 0;

	for (uint32_t i = 0; overlay && i < overlay->n && r == 0; i++) {
		const char *path = overlay->files[i].path;

		if (strncmp(path, dir, len) == 0 && path[len] == '/' && path[len + 1] != '.' &&
			!strchr(path + len + 1, '/'))
			r = note_dropin(f, path, path + len + 1, DT_REG, rank);
	}
	return r;
}

static int list_dropins_of(struct finder *f, const char *suffix, uint32_t n, bool for_all)
{
	int r = suffix ? 0 : -ENOMEM;

	for (unsigned i = 0; i < N_DIRS && r == 0; i++) {
		const char *dir = heir_arena_concat(&f->core->arena, unit_dirs[i], "/", suffix);
		uint32_t rank = (for_all ? N_DIRS + i : i) * (MAX_SUFFIXES + 1u) + n;
		bool is;

		if (!dir)
			return -ENOMEM;
		r = f->has_dir[i] ? list_unit_dir(f, dir, note_dropin, rank, &is) : 0;
		if (r == 0)
			r = list_overlaid(f, dir, rank);
	}
	return r;
}

static int compare_dropins(const void *a, const void *b)
{
	const struct dropin *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static int find_dropins(struct finder *f, struct heir_unit_files *files)
{
	const char *suffixes[MAX_SUFFIXES];
	uint32_t n = list_suffixes(f, suffixes);
	int r = 0;

	for (uint32_t i = 0; i < n && r == 0; i++)
		r = list_dropins_of(f, suffixes[i], i, false);
	if (r == 0)
		r = list_dropins_of(f, "service.d", MAX_SUFFIXES, true);
	if (r == 0 && f->n_dropins > 1)
		qsort(f->dropins, f->n_dropins, sizeof(*f->dropins), compare_dropins);
	for (uint32_t i = 0; i < f->n_dropins && r == 0; i++)
		if (i == 0 || strcmp(f->dropins[i - 1].name, f->dropins[i].name) != 0)
			r = MIN(take_file(f->core, files, f->dropins[i].path), 0);
	return r;
}

static int find_all(struct finder *f, struct heir_unit_files *files)
{
	int r = 0;

	add_unit_name(f, NAME);
	for (unsigned i = 0; i < N_DIRS && r == 0; i++)
		r = list_unit_dir(f, unit_dirs[i], note_link, i, &f->has_dir[i]);
	if (r == 0)
		r = follow_links(f);
	if (r == 0)
		r = add_aliases(f, files->sources[0]);
	return r == 0 ? find_dropins(f, files) : r;
}

int heir_unit_find(struct heir_core *core, struct heir_unit_files *ret)
{
	struct finder f = {.core = core};
	int r;

	*ret = (struct heir_unit_files){.sources = NULL};
	r = find_main(core, ret);
	if (r == 0 && ret->n == 0 && heir_root_is_assumed(&core->root))
		r = assume_main(core, ret);
	/* An empty unit file masks the unit and its drop-ins. */
	if (r == 0 && ret->n > 0 && core->sources.items[ret->sources[0]].text.len > 0)
		r = find_all(&f, ret);
	free(f.links);
	free(f.dropins);
	return r;
}

/* ---- Wildcards ---- */

static int compare_words(const void *a, const void *b)
{
	const struct heir_unit_word *x = a, *y = b;

	return heir_str_cmp(x->text, y->text);
}

/* Keeps those of the noted names that match the pattern. */
static int keep_matching(struct finder *f, const char *pattern, struct heir_unit_words *ret)
{
	int r = 0;

	for (uint32_t i = 0; i < f->n_links && r == 0; i++)
		if (fnmatch(pattern, f->links[i].name, FNM_PERIOD) == 0)
			r = heir_words_add(&f->core->arena, ret, heir_str_from(f->links[i].path),
				HEIR_PLACE_NONE);
	if (r == 0 && ret->n > 1)
		qsort(ret->items, ret->n, sizeof(*ret->items), compare_words);
	return r;
}

int heir_unit_glob(struct heir_core *core, const char *path, struct heir_unit_words *ret)
{
	const struct heir_overlay *overlay = core->root.overlay;
	struct finder f = {.core = core};
	const char *pattern = unit_base_name(path);
	const char *dir = heir_arena_strndup(&core->arena, path, (size_t)(pattern - path));
	size_t len = (size_t)(pattern - path);
	bool is;
	int r;

	if (!dir)
		return -ENOMEM;
	if (len > 1)
		((char *)(uintptr_t)dir)[len - 1] = '\0';
	r = list_unit_dir(&f, dir, note_any, 0, &is);
	for (uint32_t i = 0; overlay && i < overlay->n && r == 0; i++) {
		const char *overlaid = overlay->files[i].path;

		if (strncmp(overlaid, path, len) == 0 && !strchr(overlaid + len, '/'))
			r = note_any(&f, overlaid, overlaid + len, DT_REG, 0);
	}
	if (r == 0)
		r = keep_matching(&f, pattern, ret);
	free(f.links);
	return r;
}
