/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of values that are paths of the node. If nothing is known about the node (objects alone),
 * every path is assumed to be fine. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "node/seccomp.h"
#include "start/judge.h"

/* Returns the path terminated. NULL if there is no memory, or if it contains a NUL, which no
 * existing path does. */
static char *terminate_path(struct heir_judge *judge, struct heir_str text)
{
	char *z = heir_arena_strndup(&judge->core->arena, text.p, text.len);

	if (!z)
		judge->error = -ENOMEM;
	return z && strlen(z) == text.len ? z : NULL;
}

void heir_judge_absolute(struct heir_judge *judge, const struct heir_given *given)
{
	if (given->text.len == 0 || given->text.p[0] != '/')
		heir_judge_stop(judge, given->row->rule, given->where,
			"%.*s: \"%.*s\" is not an absolute path", HEIR_STR_ARG(given->key),
			HEIR_STR_ARG(given->text));
}

/* Checks a path that must be a directory: 0 if it is one, -ENOENT if missing, -ENOTDIR if
 * something else. Other errors are heir's own and say nothing about CRI-O. */
static int directory_error(struct heir_judge *judge, const char *path)
{
	struct stat st;
	int r = heir_root_stat(judge->root, path, &st);

	if (r == 0)
		return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
	if (r == -ENOENT && heir_root_lstat(judge->root, path, &st) == 0)
		return -ENOTDIR; /* a dangling link */
	return r == -ENOENT || r == -ENOTDIR ? r : 0;
}

/* Returns the prefix of a path at which os.MkdirAll fails, or NULL. Modifies `path`. */
static const char *blocked_at(struct heir_judge *judge, char *path)
{
	int kind = directory_error(judge, path);

	if (path[0] == '\0')
		return path;
	if (kind != -ENOENT)
		return kind < 0 ? path : NULL;
	/* From the top, because most missing paths are missing there. */
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		kind = directory_error(judge, path);
		if (kind == -ENOENT)
			return NULL;
		if (kind < 0)
			return path;
		*p = '/';
	}
	return NULL;
}

static void judge_directory(
	struct heir_judge *judge, const struct heir_given *given, struct heir_str path)
{
	char *z = terminate_path(judge, path);
	const char *at;

	if (!z || heir_root_is_assumed(judge->root))
		return;
	at = blocked_at(judge, z);
	if (!at)
		return;
	if (at[0] == '\0')
		heir_judge_stop(judge, given->row->rule, given->where,
			"%.*s is empty, and CRI-O has to create it", HEIR_STR_ARG(given->key));
	else
		heir_judge_stop(judge, given->row->rule, given->where,
			"%.*s: CRI-O cannot create the directory \"%.*s\": %s is not a directory",
			HEIR_STR_ARG(given->key), HEIR_STR_ARG(path), at);
}

/* A directory that CRI-O creates with os.MkdirAll. */
void heir_judge_directory(struct heir_judge *judge, const struct heir_given *given)
{
	/* Where an absolute path is required, an empty one is an error too. */
	if (given->text.len > 0 || given->row->table == HEIR_KEYS_RUNTIME ||
		given->row->table == HEIR_KEYS_NETWORK)
		judge_directory(judge, given, given->text);
}

void heir_judge_optional_directory(struct heir_judge *judge, const struct heir_given *given)
{
	if (given->text.len > 0)
		judge_directory(judge, given, given->text);
}

/* CRI-O calls stat first: any error but "does not exist" stops it. */
void heir_judge_network_directory(struct heir_judge *judge, const struct heir_given *given)
{
	judge_directory(judge, given, given->text);
}

/* The directory of a socket. */
void heir_judge_parent(struct heir_judge *judge, const struct heir_given *given)
{
	const char *slash = given->text.len ? memrchr(given->text.p, '/', given->text.len) : NULL;
	struct heir_str parent = {given->text.p, slash ? (size_t)(slash - given->text.p) : 0};

	if (parent.len > 0)
		judge_directory(judge, given, parent);
}

static bool is_empty_directory(struct heir_judge *judge, const char *path)
{
	int fd = heir_root_openat(judge->root, path, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int n = 0;

	if (fd >= 0 && !dir)
		close(fd);
	/* "." and ".." always exist. */
	while (dir && n <= 2 && (entry = readdir(dir)))
		n++;
	if (dir)
		closedir(dir);
	return n <= 2;
}

/* A file that CRI-O replaces, in a directory that it creates. */
void heir_judge_file(struct heir_judge *judge, const struct heir_given *given)
{
	char *z = terminate_path(judge, given->text);

	if (!z || z[0] == '\0')
		return;
	heir_judge_parent(judge, given);
	if (!heir_root_is_assumed(judge->root) && directory_error(judge, z) == 0 &&
		heir_root_find(judge->root, z) == 0)
		heir_judge_stop(judge, given->row->rule, given->where,
			"%.*s: \"%s\" is a directory, where CRI-O writes a file",
			HEIR_STR_ARG(given->key), z);
}

/* CRI-O removes what is at the path of a socket, which fails for a directory that is not empty. */
void heir_judge_replaceable(struct heir_judge *judge, const struct heir_given *given)
{
	char *z = terminate_path(judge, given->text);
	struct stat st;

	if (!z || z[0] != '/' || heir_root_is_assumed(judge->root) ||
		heir_root_stat(judge->root, z, &st) < 0 || !S_ISDIR(st.st_mode) ||
		is_empty_directory(judge, z))
		return;
	heir_judge_stop(judge, given->row->rule, given->where,
		"%.*s: \"%s\" is a directory, where CRI-O creates a socket",
		HEIR_STR_ARG(given->key), z);
}

/* Only if metrics are enabled. */
void heir_judge_metrics_socket(struct heir_judge *judge, const struct heir_given *given)
{
	struct heir_given enabled = heir_judge_other(judge, HEIR_KEYS_METRICS, "enable_metrics");

	if (!enabled.boolean || given->text.len == 0)
		return;
	heir_judge_parent(judge, given);
	heir_judge_length(judge, given);
	heir_judge_replaceable(judge, given);
}

void heir_judge_pinns(struct heir_judge *judge, const struct heir_given *given)
{
	struct heir_diag *diag = NULL;
	char *z = terminate_path(judge, given->text);

	if (!z)
		return;
	if (z[0] == '\0') {
		if (!heir_judge_has_program(judge, "pinns"))
			diag = heir_judge_stop(judge, given->row->rule, given->where,
				"pinns_path is not set, and \"pinns\" is not in $PATH");
	} else if (heir_root_find(judge->root, z) < 0 && !heir_judge_is_bare(judge)) {
		diag = heir_judge_stop(
			judge, given->row->rule, given->where, "pinns_path: %s does not exist", z);
	}
	heir_judge_help(judge, diag, "install CRI-O's pinns, or set pinns_path to it");
}

void heir_judge_taskset(struct heir_judge *judge, const struct heir_given *given)
{
	if (given->text.len > 0 && !heir_judge_has_program(judge, "taskset"))
		heir_judge_stop(judge, given->row->rule, given->where,
			"infra_ctr_cpuset is set, and \"taskset\" is not in $PATH");
}

/* The global profile. If it does not exist, CRI-O uses its own. */
void heir_judge_seccomp_profile(struct heir_judge *judge, const struct heir_given *given)
{
	const char *problem = NULL;
	char *z = terminate_path(judge, given->text);
	int r;

	if (!z || z[0] == '\0')
		return;
	r = heir_seccomp_load(judge->root, z, &judge->core->arena, &problem);
	if (r == -ENOMEM)
		judge->error = r;
	else if (r == -EISDIR)
		problem = "it is a directory";
	if (problem)
		heir_judge_stop(judge, given->row->rule, given->where,
			"seccomp_profile: %s is not a valid profile: %s", z, problem);
}

/* ---- TLS ---- */

static bool has_block(struct heir_str text, const char *words)
{
	return memmem(text.p, text.len, words, strlen(words)) != NULL;
}

static void judge_pem(struct heir_judge *judge, const char *key, const char *block)
{
	struct heir_given given = heir_judge_other(judge, HEIR_KEYS_API, key);
	struct heir_str text;
	char *z = terminate_path(judge, given.text);
	int r;

	/* Releases that check for an empty path have reported it already. */
	if (!z || heir_root_is_assumed(judge->root) ||
		(z[0] == '\0' && judge->config->where.version.minor >= 32))
		return;
	r = z[0] ? heir_file_read(judge->root, z, &judge->core->arena, &text) : -ENOENT;
	if (r == -ENOMEM)
		judge->error = r;
	else if (r < 0)
		heir_judge_stop(judge, HEIR_RULE_VALUE_INVALID, given.where,
			"stream_enable_tls is true, and %s cannot be read: \"%s\": %s", key, z,
			heir_file_error(r));
	else if (!has_block(text, "-----BEGIN ") || !has_block(text, block))
		heir_judge_stop(judge, HEIR_RULE_VALUE_INVALID, given.where,
			"%s: %s does not contain a %s in PEM", key, z, block);
}

void heir_judge_tls_pair(struct heir_judge *judge, const struct heir_given *given)
{
	if (!given->boolean)
		return;
	judge_pem(judge, "stream_tls_cert", "CERTIFICATE");
	judge_pem(judge, "stream_tls_key", "PRIVATE KEY");
}

/* Since 1.32 the file is read at the start; its content is not checked. */
void heir_judge_tls_ca(struct heir_judge *judge, const struct heir_given *given)
{
	struct heir_given enabled = heir_judge_other(judge, HEIR_KEYS_API, "stream_enable_tls");
	char *z = terminate_path(judge, given->text);
	struct heir_str text;
	int r;

	if (!z || z[0] == '\0' || !enabled.boolean || heir_root_is_assumed(judge->root))
		return;
	r = heir_file_read(judge->root, z, &judge->core->arena, &text);
	if (r == -ENOMEM)
		judge->error = r;
	else if (r < 0)
		heir_judge_stop(judge, given->row->rule, given->where,
			"stream_enable_tls is true, and %.*s cannot be read: \"%s\": %s",
			HEIR_STR_ARG(given->key), z, heir_file_error(r));
}
