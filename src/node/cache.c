/* SPDX-License-Identifier: Apache-2.0 */
/* An entry has three lines and two texts:
 *
 *         heir.cache/1 DIGEST          of everything that follows, 16 digits
 *         DEVICE INODE SIZE MTIME CTIME
 *         STATUS LENGTH LENGTH         of the texts */
#include "node/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/txn.h"
#include "base/way.h"

#define MAGIC "heir.cache/1 "
#define PREFIX "runtime-"
#define TEMPORARY ".heir-"

enum {
	MAX_BYTES = 2 << 20, /* of an entry */
	MAX_LOOKED_AT = 4096,
	SETTLED_S = 1, /* after this time a further change would get a different ctime */
	DIGITS = 16,
};

int heir_cache_key_of(int fd, struct heir_cache_key *ret)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	*ret = (struct heir_cache_key){.device = st.st_dev,
		.inode = st.st_ino,
		.size = (uint64_t)st.st_size,
		.mtime = {st.st_mtim.tv_sec, st.st_mtim.tv_nsec},
		.ctime = {st.st_ctim.tv_sec, st.st_ctim.tv_nsec}};
	return 0;
}

/* ---- The text of an entry ---- */

/* Adds the line with the key, without its end. */
static void add_key(struct heir_buf *buf, const struct heir_cache_key *key)
{
	char line[192];

	snprintf(line, sizeof(line),
		"%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64 ".%09" PRId64 " %" PRId64
		".%09" PRId64,
		key->device, key->inode, key->size, key->mtime[0], key->mtime[1], key->ctime[0],
		key->ctime[1]);
	heir_buf_addz(buf, line);
}

static void digits_of(uint64_t n, char ret[static DIGITS + 1])
{
	snprintf(ret, DIGITS + 1, "%016" PRIx64, n);
}

void heir_cache_format(const struct heir_cache_key *key, const struct heir_cache_answer *answer,
	struct heir_buf *buf)
{
	_cleanup_(heir_buf_release) struct heir_buf body = HEIR_BUF_NULL;
	char digest[DIGITS + 1];

	add_key(&body, key);
	heir_buf_printf(
		&body, "\n%d %zu %zu\n", answer->status, answer->features.len, answer->version.len);
	heir_buf_adds(&body, answer->features);
	heir_buf_adds(&body, answer->version);
	digits_of(heir_digest_add(HEIR_DIGEST_START, heir_buf_str(&body)), digest);
	heir_buf_addz(buf, MAGIC);
	heir_buf_addz(buf, digest);
	heir_buf_addc(buf, '\n');
	heir_buf_adds(buf, heir_buf_str(&body));
	buf->failed |= body.failed;
}

static bool take_prefix(struct heir_str *text, struct heir_str beginning)
{
	if (text->len < beginning.len || memcmp(text->p, beginning.p, beginning.len) != 0)
		return false;
	text->p += beginning.len;
	text->len -= beginning.len;
	return true;
}

/* Reads a short number and the character after it. */
static bool take_field(struct heir_str *text, char end, size_t *ret)
{
	size_t n = 0, i = 0;

	for (; i < text->len && i < 8 && text->p[i] >= '0' && text->p[i] <= '9'; i++)
		n = n * 10 + (size_t)(text->p[i] - '0');
	if (i == 0 || i == text->len || text->p[i] != end)
		return false;
	text->p += i + 1;
	text->len -= i + 1;
	*ret = n;
	return true;
}

static bool take_key(struct heir_str *text, const struct heir_cache_key *key)
{
	_cleanup_(heir_buf_release) struct heir_buf line = HEIR_BUF_NULL;

	add_key(&line, key);
	heir_buf_addc(&line, '\n');
	return !line.failed && take_prefix(text, heir_buf_str(&line));
}

bool heir_cache_parse(
	struct heir_str text, const struct heir_cache_key *key, struct heir_cache_answer *ret)
{
	size_t status, features, version;
	char digest[DIGITS + 1];
	struct heir_str body;

	if (!take_prefix(&text, HEIR_STR(MAGIC)) || text.len < DIGITS + 1)
		return false;
	body = (struct heir_str){text.p + DIGITS + 1, text.len - DIGITS - 1};
	digits_of(heir_digest_add(HEIR_DIGEST_START, body), digest);
	digest[DIGITS] = '\n';
	if (memcmp(text.p, digest, sizeof(digest)) != 0 || !take_key(&body, key))
		return false;
	if (!take_field(&body, ' ', &status) || status > INT_MAX ||
		!take_field(&body, ' ', &features) || !take_field(&body, '\n', &version) ||
		body.len != features + version)
		return false;
	*ret = (struct heir_cache_answer){
		(int)status, {body.p, features}, {body.p + features, version}};
	return true;
}

/* ---- The directory ---- */

static bool is_ours(const struct stat *st)
{
	return st->st_uid == geteuid() && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Opens the directory; returns a descriptor or -1. The variable that names it must not make heir
 * write below crio.conf.d, where CRI-O would read the entries. */
static int open_cache_dir(const char *dir)
{
	_cleanup_(heir_fd_close) int way = heir_way_open(AT_FDCWD, dir, HEIR_WAY_WRITE);
	int fd = way < 0 ? -1 : openat(way, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && is_ours(&st) && heir_way_below_dropins(fd, NULL) == 0)
		return fd;
	heir_fd_close(&fd);
	return -1;
}

static void name_of(const struct heir_cache_key *key, char ret[static 32])
{
	_cleanup_(heir_buf_release) struct heir_buf line = HEIR_BUF_NULL;
	char digits[DIGITS + 1];

	add_key(&line, key);
	digits_of(heir_digest_add(HEIR_DIGEST_START, heir_buf_str(&line)), digits);
	snprintf(ret, 32, PREFIX "%s", digits);
}

int heir_cache_get(const char *dir, const struct heir_cache_key *key, struct heir_arena *arena,
	struct heir_cache_answer *ret)
{
	_cleanup_(heir_fd_close) int at = open_cache_dir(dir), fd = -1;
	struct heir_str text;
	struct stat st;
	char name[32];
	int r;

	if (at < 0)
		return 0;
	name_of(key, name);
	fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !is_ours(&st))
		return 0;
	r = heir_file_read_fd(fd, MAX_BYTES, arena, &text);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	return heir_cache_parse(text, key, ret);
}

/* Returns 0 or -errno. */
static int make_dir(const char *path)
{
	struct heir_way_end end = HEIR_WAY_END_NULL;
	int r = heir_way_end(AT_FDCWD, path, &end);

	if (r == 0 && (end.is_proc || heir_way_below_dropins(end.dir, NULL) != 0))
		r = -EPERM;
	if (r == 0 && mkdirat(end.dir, end.name, 0700) < 0)
		r = -errno;
	heir_fd_close(&end.dir);
	return r;
}

static int open_or_make_dir(const char *dir)
{
	const char *slash = strrchr(dir, '/');
	char parent[PATH_MAX];

	if (make_dir(dir) == -ENOENT && slash && slash > dir &&
		(size_t)(slash - dir) < sizeof(parent)) {
		memcpy(parent, dir, (size_t)(slash - dir));
		parent[slash - dir] = '\0';
		if (make_dir(parent) == 0)
			make_dir(dir);
	}
	return open_cache_dir(dir);
}

/* Returns whether it is an entry, or what a crash left of one. */
static bool is_entry(const char *name)
{
	return strncmp(name, PREFIX, strlen(PREFIX)) == 0 ||
	       strncmp(name, TEMPORARY, strlen(TEMPORARY)) == 0;
}

/* Counts the entries and finds the oldest. */
static unsigned find_oldest(DIR *dir, char ret_oldest[static NAME_MAX + 1])
{
	struct timespec oldest = {0, 0};
	struct dirent *entry;
	unsigned n = 0;

	rewinddir(dir);
	for (unsigned i = 0; i < MAX_LOOKED_AT && (entry = readdir(dir)); i++) {
		struct stat st;

		if (!is_entry(entry->d_name) ||
			fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (n++ == 0 || st.st_mtim.tv_sec < oldest.tv_sec ||
			(st.st_mtim.tv_sec == oldest.tv_sec &&
				st.st_mtim.tv_nsec < oldest.tv_nsec)) {
			oldest = st.st_mtim;
			snprintf(ret_oldest, NAME_MAX + 1, "%s", entry->d_name);
		}
	}
	return n;
}

/* Entries are written one at a time, so normally at most one is too many. */
static void drop_oldest(int *at)
{
	_cleanup_(heir_dir_close) DIR *dir = fdopendir(*at);
	char oldest[NAME_MAX + 1];

	if (!dir)
		return;
	*at = -1;
	for (unsigned i = 0; i < MAX_LOOKED_AT && find_oldest(dir, oldest) > HEIR_CACHE_MAX; i++)
		if (unlinkat(dirfd(dir), oldest, 0) < 0)
			return;
}

/* Returns whether a later change would be visible in the key. */
static bool is_settled(const struct heir_cache_key *key)
{
	struct timespec now;
	int64_t age;

	if (clock_gettime(CLOCK_REALTIME, &now) < 0)
		return false;
	age = now.tv_sec - key->ctime[0];
	return age > SETTLED_S || (age == SETTLED_S && now.tv_nsec > key->ctime[1]);
}

void heir_cache_put(
	const char *dir, const struct heir_cache_key *key, const struct heir_cache_answer *answer)
{
	_cleanup_(heir_txn_release) struct heir_txn txn = HEIR_TXN_NULL;
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	_cleanup_(heir_fd_close) int at = -1;
	int to, beside;
	char name[32];

	name_of(key, name);
	if (!is_settled(key))
		return;
	heir_cache_format(key, answer, &text);
	at = open_or_make_dir(dir);
	if (text.failed || at < 0)
		return;
	to = fcntl(at, F_DUPFD_CLOEXEC, 3);
	beside = fcntl(at, F_DUPFD_CLOEXEC, 3);
	if (heir_txn_begin_at(&txn, to, beside, name, 0600) < 0)
		return;
	if (heir_txn_write(&txn, heir_buf_str(&text)) == 0 && heir_txn_commit(&txn) == 0)
		drop_oldest(&at);
}
