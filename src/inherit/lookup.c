/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit/lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"

const char *const heir_oci_runtimes[] = {"crun-wasm", "crun-vm", "crun", "runc", "youki", "runsc",
	"krun", "kata-runtime", "sysbox-runc", "nvidia-container-runtime", "urunc", NULL};

bool heir_is_oci_runtime(struct heir_str name)
{
	for (unsigned i = 0; heir_oci_runtimes[i]; i++)
		if (heir_str_eqz(name, heir_oci_runtimes[i]))
			return true;
	return false;
}

/* Is `sbin` the directory `bin`, or does it not exist? */
static bool is_merged(struct heir_root *root, const char *bin, const char *sbin, bool may_lack)
{
	struct stat x, y;
	int r = heir_root_stat(root, sbin, &x);

	if (r < 0)
		return may_lack && r == -ENOENT;
	return heir_root_stat(root, bin, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

const char *heir_lookup_default(struct heir_root *root)
{
	if (!heir_root_is_assumed(root) && is_merged(root, "/usr/bin", "/usr/sbin", false) &&
		is_merged(root, "/usr/local/bin", "/usr/local/sbin", true))
		return "/usr/local/bin:/usr/bin:/bin";
	return HEIR_DEFAULT_PATH;
}

void heir_lookup_init(struct heir_lookup *lookup, struct heir_core *core, const char *path)
{
	*lookup = (struct heir_lookup){.core = core, .path = path};
}

void heir_lookup_release(struct heir_lookup *lookup)
{
	heir_map_release(&lookup->missing);
	heir_map_release(&lookup->binaries);
	for (uint32_t i = 0; i < lookup->n_dirs; i++)
		if (lookup->dirs[i].fd >= 0)
			close(lookup->dirs[i].fd);
	lookup->n_dirs = 0;
	free(lookup->found);
	lookup->found = NULL;
}

/* It is not known whether there is such a file: remembers the path for the message. */
static int fail(struct heir_lookup *lookup, const char *path, int error)
{
	if (error != -ENOMEM && !lookup->core->lost)
		lookup->core->lost = path;
	return error;
}

int heir_lookup_missing(struct heir_lookup *lookup, struct heir_str path, bool *ret)
{
	uint32_t known;
	bool is_new;
	int r;

	/* Too long for any file: to CRI-O that is another error than "not there", as a NUL is. */
	*ret = false;
	if (path.len >= PATH_MAX)
		return 0;
	known = heir_map_get(&lookup->missing, path);
	if (known == HEIR_MAP_NONE) {
		char *z = heir_arena_strndup(&lookup->core->arena, path.p, path.len);

		if (!z)
			return -ENOMEM;
		r = strlen(z) < path.len ? -EINVAL : heir_root_find(&lookup->core->root, z);
		if (r < 0 && !heir_root_is_absent(r))
			return fail(lookup, z, r);
		r = heir_map_put(&lookup->missing, path, r == -ENOENT, &known, &is_new);
		if (r < 0)
			return r;
	}
	*ret = known;
	return 0;
}

/* Mirrors findExecutable of os/exec, run by root: some x bit is enough. A slice may hold a NUL: no
 * file has such a name. */
static int is_executable(struct heir_lookup *lookup, struct heir_str path)
{
	char *z = heir_arena_strndup(&lookup->core->arena, path.p, path.len);
	struct stat st;
	int r;

	if (!z)
		return -ENOMEM;
	r = strlen(z) < path.len ? -EINVAL : heir_root_stat(&lookup->core->root, z, &st);
	if (r < 0)
		return heir_root_is_absent(r) ? 0 : fail(lookup, z, r);
	return !S_ISDIR(st.st_mode) && (st.st_mode & 0111) != 0;
}

/* A $PATH of more directories than this costs no descriptors. */
enum { NOT_OPENED = -1, CANNOT_OPEN = -2, MAX_OPEN = 32 };

/* Forgets the directories of a long $PATH that do not exist or occur twice, and refuses one that is
 * still too long: a look-up costs as many steps as there are directories. An overlay may bring
 * directories later. Returns 0 or -errno. */
static_assert(HEIR_LOOKUP_MAX_DIRS == 128, "shorten_path() names the limit");
static int shorten_path(struct heir_lookup *lookup)
{
	_cleanup_(heir_map_release) struct heir_map seen = HEIR_MAP_NULL;
	struct heir_root *root = &lookup->core->root;
	uint32_t n = 0, known;
	int r = 0;

	for (uint32_t i = 0; i < lookup->n_dirs && r >= 0; i++) {
		const char *dir = lookup->dirs[i].path, *key = dir;
		bool is_new = true;
		struct stat st;

		if (!root->overlay && !heir_root_is_assumed(root)) {
			r = heir_root_stat(root, dir, &st);
			if (r == -ENOENT) {
				r = 0;
				continue;
			}
			if (r == 0)
				key = heir_arena_printf(&lookup->core->arena, "%jx:%jx",
					(uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
			else if (r != -ENOMEM)
				r = 0;
		}
		if (r == 0)
			r = key ? heir_map_put(&seen, heir_str_from(key), i, &known, &is_new)
				: -ENOMEM;
		if (r == 0 && is_new && n == HEIR_LOOKUP_MAX_DIRS)
			return fail(lookup, "all directories of $PATH, more than 128", -E2BIG);
		if (r == 0 && is_new)
			lookup->dirs[n++] = lookup->dirs[i];
	}
	lookup->n_dirs = n;
	return r;
}

/* Go refuses what a relative directory has (ErrDot), and heir does not even look there. */
static int split_path(struct heir_lookup *lookup)
{
	uint32_t n = 1;

	if (!lookup->path)
		lookup->path = heir_lookup_default(&lookup->core->root);
	for (const char *p = lookup->path; *p; p++)
		n += *p == ':';
	lookup->dirs = heir_arena_zalloc(&lookup->core->arena, n, sizeof(*lookup->dirs));
	if (!lookup->dirs)
		return -ENOMEM;
	for (const char *p = lookup->path; *p;) {
		size_t len = strcspn(p, ":"), kept = len;
		char *dir;

		while (kept > 1 && p[kept - 1] == '/')
			kept--;
		dir = heir_arena_strndup(&lookup->core->arena, p, kept);
		if (!dir)
			return -ENOMEM;
		if (dir[0] == '/')
			lookup->dirs[lookup->n_dirs++] = (struct heir_lookup_dir){dir, NOT_OPENED};
		p += len + (p[len] == ':');
	}
	return lookup->n_dirs > MAX_OPEN ? shorten_path(lookup) : 0;
}

int heir_lookup_is_bare(struct heir_lookup *lookup)
{
	int r = lookup->dirs ? 0 : split_path(lookup);

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < lookup->n_dirs; i++)
		if (heir_root_find(&lookup->core->root, lookup->dirs[i].path) != -ENOENT)
			return 0;
	return 1;
}

/* Whether a directory of $PATH has the binary; then *ret is its path. */
static int search_dir(
	struct heir_lookup *lookup, struct heir_lookup_dir *dir, const char *name, const char **ret)
{
	char *path;
	int r;

	path = heir_arena_concat(&lookup->core->arena, dir->path[1] ? dir->path : "", "/", name);
	if (!path)
		return -ENOMEM;
	/* An open directory does not know what lies over it. */
	if (!lookup->core->root.overlay && lookup->n_dirs <= MAX_OPEN && dir->fd == NOT_OPENED) {
		r = heir_root_openat(&lookup->core->root, dir->path, O_PATH | O_DIRECTORY);
		if (r < 0 && !heir_root_is_absent(r))
			return fail(lookup, dir->path, r);
		dir->fd = r < 0 ? CANNOT_OPEN : r;
	}
	if (dir->fd == CANNOT_OPEN)
		return 0;
	if (dir->fd == NOT_OPENED)
		r = is_executable(lookup, heir_str_from(path));
	else
		r = heir_root_has_executable(&lookup->core->root, dir->fd, name, path);
	if (r > 0)
		*ret = path;
	return r < 0 ? fail(lookup, path, r) : r;
}

/* What the nodes of OpenShift have in /usr/bin, unless their image is known to lack it. */
static bool is_shipped(struct heir_str name)
{
	static const char *const names[] = {
		"crun", "runc", "conmon", "conmonrs", "pinns", "nsenter", "taskset"};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (heir_str_eqz(name, names[i]))
			return true;
	return false;
}

/* Where the rest of the node is unknown: what the overlay brings, and what the nodes of
 * OpenShift ship. */
static int assume_binary(
	struct heir_lookup *lookup, struct heir_str name, const char *z, const char **ret)
{
	for (uint32_t i = 0; i < lookup->n_dirs && !*ret; i++) {
		const char *dir = lookup->dirs[i].path;
		const char *path =
			heir_arena_concat(&lookup->core->arena, dir[1] ? dir : "", "/", z);
		const struct heir_overlay_file *laid;
		enum heir_os_verdict os;

		if (!path)
			return -ENOMEM;
		laid = heir_root_overlaid(&lookup->core->root, path);
		os = heir_root_os_lookup(&lookup->core->root, path);
		if (laid ? (laid->mode & 0111) != 0
			 : os == HEIR_OS_HAS || (os == HEIR_OS_UNKNOWN && is_shipped(name) &&
							strcmp(dir, "/usr/bin") == 0))
			*ret = path;
	}
	return 0;
}

static int search_path(struct heir_lookup *lookup, struct heir_str name, const char **ret)
{
	char *z = heir_arena_strndup(&lookup->core->arena, name.p, name.len);
	int r = z ? 0 : -ENOMEM;

	if (r == 0 && !lookup->dirs)
		r = split_path(lookup);
	if (r == 0 && heir_root_is_assumed(&lookup->core->root))
		return assume_binary(lookup, name, z, ret);
	for (uint32_t i = 0; i < lookup->n_dirs && r == 0; i++)
		r = search_dir(lookup, &lookup->dirs[i], z, ret);
	return r < 0 ? r : 0;
}

static int search(struct heir_lookup *lookup, struct heir_str name, const char **ret)
{
	int r;

	*ret = NULL;
	if (name.len == 0 || memchr(name.p, '\0', name.len))
		return 0;
	if (!memchr(name.p, '/', name.len))
		return search_path(lookup, name, ret);
	r = is_executable(lookup, name);
	if (r <= 0)
		return r;
	*ret = heir_arena_strndup(&lookup->core->arena, name.p, name.len);
	return *ret ? 0 : -ENOMEM;
}

static void trace_lookup(
	const struct heir_lookup *lookup, uint64_t begun, struct heir_str name, const char *path)
{
	const struct heir_trace *trace = lookup->core->trace;
	char *z;

	/* Of a slice the name has to be made. */
	if (!trace || !(z = heir_arena_strndup(&lookup->core->arena, name.p, name.len)))
		return;
	heir_trace_report(trace, begun, HEIR_TRACE_binary, z, path ? "found" : "missing", "%s",
		path ? path : "");
}

int heir_lookup_binary(struct heir_lookup *lookup, struct heir_str name, const char **ret)
{
	uint32_t known = heir_map_get(&lookup->binaries, name);
	uint64_t begun;
	bool is_new;
	int r;

	if (known != HEIR_MAP_NONE) {
		*ret = lookup->found[known];
		return 0;
	}
	if (HEIR_RESERVE(lookup->found, lookup->n_found, lookup->size_found) < 0)
		return -ENOMEM;
	begun = heir_trace_begin(lookup->core->trace);
	r = search(lookup, name, ret);
	if (r == 0)
		trace_lookup(lookup, begun, name, *ret);
	if (r == 0)
		r = heir_map_put(&lookup->binaries, name, lookup->n_found, &known, &is_new);
	if (r == 0)
		lookup->found[lookup->n_found++] = *ret;
	return r;
}
