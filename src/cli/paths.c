/* SPDX-License-Identifier: Apache-2.0 */
/* Paths as arguments: a node's root, CRI-O's directory or its drop-ins, one file of it, or objects.
 * What a path is, is seen from what is there; of anything else is said what it is, and what to type
 * instead. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/paths.h"

static bool has(const char *dir, const char *name)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/%s", dir, name) < (int)sizeof(path) &&
	       access(path, F_OK) == 0;
}

static bool ends(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && strcmp(name + n - m, suffix) == 0;
}

static bool ends_with_any(const char *name, const char *const *suffixes)
{
	for (; *suffixes; suffixes++)
		if (ends(name, *suffixes))
			return true;
	return false;
}

bool names_objects(const char *name)
{
	static const char *const suffixes[] = {".yaml", ".yml", ".json", ".bu", ".ign", NULL};

	return ends_with_any(name, suffixes);
}

static bool names_archive(const char *name)
{
	static const char *const suffixes[] = {
		".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".tbz2", ".txz", ".zip", NULL};

	return ends_with_any(name, suffixes);
}

static bool names_conf(const char *name)
{
	static const char *const suffixes[] = {".conf", ".toml", NULL};

	return ends_with_any(name, suffixes);
}

bool is_node_root(const char *path)
{
	static const char *const of_nodes[] = {"etc", "usr", "bin", "opt"};
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is = false;

	if (fd < 0)
		return errno != ENOTDIR;
	for (size_t i = 0; i < sizeof(of_nodes) / sizeof(of_nodes[0]); i++)
		is |= faccessat(fd, of_nodes[i], F_OK, 0) == 0;
	close(fd);
	return is;
}

/* By the names in it. */
static enum kind kind_of_entries(const char *path)
{
	DIR *dir = opendir(path);
	enum kind kind = IS_UNKNOWN;
	struct dirent *entry;

	if (!dir)
		return IS_LOST;
	while (kind != IS_OBJECTS && (entry = readdir(dir))) {
		const char *name = entry->d_name;
		char below[PATH_MAX];

		if (names_objects(name) || strcmp(name, "cluster-scoped-resources") == 0 ||
			strstr(name, "-sha256-"))
			kind = IS_OBJECTS;
		else if (names_conf(name) || strcmp(name, "00-default") == 0)
			kind = IS_DROPIN_DIR;
		else if (kind == IS_UNKNOWN && name[0] != '.' &&
			 snprintf(below, sizeof(below), "%s/%s/etc/crio", path, name) <
				 (int)sizeof(below) &&
			 access(below, F_OK) == 0)
			kind = IS_NODES;
	}
	closedir(dir);
	return kind;
}

/* The etc of a node, whose opt would make it a root. */
static bool is_etc(const char *path)
{
	return (has(path, "crio") || has(path, "os-release")) && !has(path, "etc");
}

enum kind kind_of_dir(const char *path)
{
	if (has(path, "crio.conf.d") || has(path, "crio.conf"))
		return IS_CRIO_DIR;
	if (is_etc(path))
		return IS_UNKNOWN;
	if (is_node_root(path))
		return IS_ROOT;
	return ends(path, "/crio.conf.d") || strcmp(path, "crio.conf.d") == 0
		       ? IS_DROPIN_DIR
		       : kind_of_entries(path);
}

bool is_archive_text(const char *text, size_t len)
{
	static const struct {
		const char *magic;
		size_t len, at;
	} formats[] = {
		{"\x1f\x8b", 2, 0}, /* gzip */
		{"\xfd"
		 "7zXZ",
			5, 0},
		{"\x28\xb5\x2f\xfd", 4, 0}, /* zstd */
		{"BZh", 3, 0},
		{"PK\x03\x04", 4, 0},
		{"ustar", 5, 257},
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (len >= formats[i].at + formats[i].len &&
			memcmp(text + formats[i].at, formats[i].magic, formats[i].len) == 0)
			return true;
	return false;
}

size_t peek(int fd, char *text, size_t size)
{
	ssize_t n = pread(fd, text, size, 0);
	int ends[2];

	if (n < 0 && pipe2(ends, O_CLOEXEC) == 0) {
		n = tee(fd, ends[1], size, 0);
		n = n > 0 ? read(ends[0], text, size) : n;
		close(ends[0]);
		close(ends[1]);
	}
	return n > 0 ? (size_t)n : 0;
}

bool is_conf_text(const char *text)
{
	const char *at = strstr(text, "[crio");

	return at && (at == text || at[-1] == '\n' || at[-1] == ' ' || at[-1] == '\t');
}

/* Whatever CRI-O finds there it reads. */
static bool is_in_crio_dir(const char *path)
{
	char real[PATH_MAX];

	return realpath(path, real) &&
	       (strstr(real, "/etc/crio/") || strstr(real, "/crio.conf.d/"));
}

/* How long a pipe is waited for before it is judged. */
enum { PIPE_MS = 1000 };

/* By what it begins with. */
static enum kind kind_of_file(const char *path, bool is_pipe)
{
	char text[16384], real[PATH_MAX];
	struct pollfd waiting = {.fd = -1, .events = POLLIN};
	size_t len, at = 0;
	int fd;

	/* What waits in a FIFO is lost once nothing has it open. The shell's pipes stay open. */
	if (is_pipe && realpath(path, real))
		return IS_OBJECTS;
	waiting.fd = fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return IS_LOST;
	/* Of a command that writes slowly nothing is known. */
	if (is_pipe)
		poll(&waiting, 1, PIPE_MS);
	len = peek(fd, text, sizeof(text) - 1);
	close(fd);
	text[len] = '\0';
	if (is_archive_text(text, len))
		return IS_ARCHIVE;
	while (at < len && strchr(" \t\r\n", text[at]))
		at++;
	if (names_objects(path) || text[at] == '{' || strstr(text, "apiVersion:") ||
		strncmp(text + at, "variant:", 8) == 0)
		return IS_OBJECTS;
	/* A pipe cannot be read a second time. */
	if (is_pipe)
		return is_conf_text(text) ? IS_UNKNOWN : IS_OBJECTS;
	return names_conf(path) || is_conf_text(text) || is_in_crio_dir(path) ? IS_CONF
									      : IS_UNKNOWN;
}

static bool is_conf_input(void)
{
	char text[16384];

	text[peek(STDIN_FILENO, text, sizeof(text) - 1)] = '\0';
	return is_conf_text(text) && !strstr(text, "apiVersion") && !strchr("{ \t", text[0]);
}

enum kind kind_of(const char *path)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		return is_conf_input() ? IS_UNKNOWN : IS_OBJECTS;
	if (stat(path, &st) < 0)
		return IS_LOST;
	return S_ISDIR(st.st_mode) ? kind_of_dir(path) : kind_of_file(path, S_ISFIFO(st.st_mode));
}

bool is_part_of_node(const char *path)
{
	enum kind kind = kind_of(path);

	return kind == IS_CRIO_DIR || kind == IS_DROPIN_DIR || kind == IS_CONF;
}

/* ---- Settings ---- */

static int set(struct cli *cli, enum heir_setting_id id, const char *value)
{
	int r = heir_set(cli->ctx, id, value);

	if (r == 0)
		return -1;
	log_error("%s", heir_error(cli->ctx));
	advise_of_rights(r);
	return r == -EINVAL ? EXIT_USAGE : EXIT_IO;
}

/* What is there of a directory of CRI-O's. */
static int set_below(struct cli *cli, enum heir_setting_id id, const char *dir, const char *name)
{
	char path[PATH_MAX + 16];

	if (!has(dir, name))
		return -1;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return set(cli, id, path);
}

/* Whatever else the machine has says nothing: its own files are not known. */
static int set_parts(struct cli *cli, const char *path, enum kind kind)
{
	int code = set(cli, HEIR_ROOT, "/");

	if (code < 0)
		code = set(cli, HEIR_KNOWN, path);
	if (code < 0)
		code = set(cli, HEIR_NO_UNIT, "");
	if (code >= 0 || kind == IS_CONF)
		return code < 0 ? set(cli, HEIR_CONFIG, path) : code;
	if (kind == IS_DROPIN_DIR)
		return set(cli, HEIR_CONFIG_DIR, path);
	code = set_below(cli, HEIR_CONFIG, path, "crio.conf");
	if (code < 0)
		code = set_below(cli, HEIR_CONFIG_DIR, path, "crio.conf.d");
	return code < 0 ? set_below(cli, HEIR_SOURCE_DIR, path, "heir.d") : code;
}

/* The root that a path below its etc/crio implies: in `path`, which ends there; false: it lies
 * elsewhere. */
static bool find_root(char *path)
{
	char *at = strstr(path, "/etc/crio");

	while (at && at[9] != '\0' && at[9] != '/')
		at = strstr(at + 1, "/etc/crio");
	if (!at)
		return false;
	*(at == path ? at + 1 : at) = '\0';
	return true;
}

/* A file or a directory of CRI-O's. */
static int take_parts(struct cli *cli, const char *path, enum kind kind)
{
	char real[PATH_MAX], *root;

	if (!realpath(path, real)) {
		log_error("%s: %s", path, error_words(-errno));
		return EXIT_IO;
	}
	cli->rooted = true;
	cli->path_name = path;
	root = strdup(real);
	if (root && find_root(root)) {
		int code = set(cli, HEIR_ROOT, root);

		cli->root = root;
		if (code < 0 && kind == IS_CONF)
			code = set(cli, HEIR_ABOUT, root[1] ? real + strlen(root) : real);
		return code;
	}
	free(root);
	return set_parts(cli, real, kind);
}

static int take_objects(struct cli *cli, const char *path)
{
	const char **words = reallocarray(cli->inputs.words, cli->inputs.n + 1, sizeof(*words));

	if (!words) {
		log_error("out of memory");
		return EXIT_IO;
	}
	words[cli->inputs.n++] = path;
	cli->inputs.words = words;
	cli->rooted = true;
	return set(cli, HEIR_INPUT, path);
}

int refuse_path(const char *path, enum kind kind)
{
	struct stat st;

	if (kind == IS_LOST) {
		log_error("%s: %s", path, error_words(errno ? -errno : -ENOENT));
		return EXIT_IO;
	}
	if (kind == IS_NODES) {
		log_error("%s holds the files of several nodes", path);
		advise("heir check %s%s*", path, ends(path, "/") ? "" : "/");
		return EXIT_USAGE;
	}
	if (strcmp(path, "-") == 0) {
		log_error(
			"standard input is a configuration file of CRI-O, not Kubernetes objects");
		advise("write it to a file whose name ends in .conf");
		return EXIT_USAGE;
	}
	if (is_etc(path)) {
		log_error("%s is the etc of a node, not its root", path);
		advise("heir check %s%scrio", path, ends(path, "/") ? "" : "/");
		return EXIT_USAGE;
	}
	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode)) {
		log_error("%s is a pipe, and not of Kubernetes objects", path);
		advise("write it to a file whose name ends in .conf");
		return EXIT_USAGE;
	}
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && kind_of(path) != IS_ARCHIVE) {
		log_error("%s is %s", path,
			st.st_size == 0
				? "an empty file"
				: "neither a configuration file of CRI-O nor Kubernetes objects");
		advise("the name of a configuration file ends in .conf, or it has a [crio] table");
		return EXIT_USAGE;
	}
	log_error("%s holds neither the files of a node nor Kubernetes objects", path);
	advise("a PATH is a node's root, its etc/crio or crio.conf.d, one file of it, or objects");
	return EXIT_USAGE;
}

/* What an archive holds is known once it is open. */
static enum kind kind_inside(const struct cli *cli, const char *path)
{
	const char *dir = heir_archive_dir(cli->ctx, path);

	char below[PATH_MAX];

	return dir ? kind_of_unpacked(dir, below) : kind_of(path);
}

int take_path(struct cli *cli, const char *path)
{
	int code = open_archive(cli, path, FOR_ANY);
	enum kind kind = kind_inside(cli, path);

	if (code >= 0)
		return code;
	switch (kind) {
	case IS_ROOT:
		cli->rooted = true;
		cli->root = path;
		return set(cli, HEIR_ROOT, path);
	case IS_CRIO_DIR:
	case IS_DROPIN_DIR:
	case IS_CONF:
		return take_parts(cli, path, kind);
	case IS_OBJECTS:
		return take_objects(cli, path);
	default:
		return refuse_path(path, kind);
	}
}

/* ---- Arguments ---- */

/* Handlers have no slash in their names, and are no files. */
static bool looks_like_path(const char *word)
{
	return strchr(word, '/') || strcmp(word, "-") == 0 || strcmp(word, ".") == 0 ||
	       strcmp(word, "..") == 0 ||
	       ((names_objects(word) || names_conf(word) || names_archive(word)) &&
		       access(word, F_OK) == 0);
}

/* Of `diff A B` both are there, whatever they are called. */
static bool are_two(const struct cli *cli)
{
	return cli->command->takes & TAKES_TWO && cli->n_args >= 2 && !cli->right.against &&
	       cli->right.with.n == 0 && access(cli->args[0], F_OK) == 0 &&
	       access(cli->args[1], F_OK) == 0;
}

static void drop_argument(struct cli *cli)
{
	cli->args++;
	cli->n_args--;
}

/* One PATH of check is a node as well; a root has its name before each place, as one of several. */
static bool is_lone_path(const struct cli *cli)
{
	return cli->command->takes & TAKES_NODES && cli->n_args == 1 && cli->args[0][0] &&
	       kind_inside(cli, cli->args[0]) != IS_ROOT &&
	       kind_inside(cli, cli->args[0]) != IS_LOST;
}

/* As many files of objects as there are become one node. */
static bool are_objects(const struct cli *cli)
{
	for (size_t i = 0; i < cli->n_args; i++)
		if (!cli->args[i][0] || kind_inside(cli, cli->args[i]) != IS_OBJECTS)
			return false;
	return cli->command->takes & TAKES_NODES && cli->n_args > 1;
}

int take_paths(struct cli *cli)
{
	bool is_free = !cli->root && cli->inputs.n == 0;
	int code = -1;

	for (size_t i = 0; cli->command->takes & TAKES_NODES && is_free && i < cli->n_args; i++) {
		code = open_archive(cli, cli->args[i], FOR_ANY);
		if (code >= 0)
			return code;
	}
	if (is_free && (is_lone_path(cli) || are_objects(cli))) {
		while (code < 0 && cli->n_args > 0) {
			code = take_path(cli, cli->args[0]);
			drop_argument(cli);
		}
		return code;
	}
	if (!(cli->command->takes & TAKES_PATH) || !is_free || cli->n_args == 0)
		return -1;
	if (are_two(cli)) {
		code = take_path(cli, cli->args[0]);
		cli->right.against = cli->args[1];
		drop_argument(cli);
		drop_argument(cli);
	} else if (looks_like_path(cli->args[0]) ||
		   (cli->command->max == 0 && access(cli->args[0], F_OK) == 0)) {
		code = take_path(cli, cli->args[0]);
		drop_argument(cli);
	}
	return code;
}

bool advise_of_path(const char *path, bool as_root)
{
	enum kind kind = kind_of(path);

	if (as_root && kind == IS_OBJECTS) {
		log_error("%s holds Kubernetes objects, not the files of a node", path);
		advise("use -i %s", path);
		return true;
	}
	if (as_root && kind == IS_UNKNOWN && is_etc(path)) {
		refuse_path(path, kind);
		return true;
	}
	if (as_root && kind == IS_CONF) {
		log_error("%s is one file of a node, not its root", path);
		advise("check one file alone, or the directory that has all of them");
		return true;
	}
	if (as_root && kind == IS_DROPIN_DIR) {
		log_error("%s has drop-ins of a node, and is not its root", path);
		advise("heir check %s", path);
		return true;
	}
	if (as_root && kind == IS_CRIO_DIR && !is_node_root(path)) {
		log_error("%s is CRI-O's directory of a node, not its root", path);
		advise("heir check %s", path);
		return true;
	}
	if (as_root || kind == IS_OBJECTS || kind == IS_LOST || kind == IS_UNKNOWN ||
		kind == IS_ARCHIVE)
		return false;
	log_error("%s holds the files of a node, not Kubernetes objects", path);
	advise(kind == IS_ROOT ? "use --root %s" : "heir check %s", path);
	return true;
}
