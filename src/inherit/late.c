/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit/late.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* ---- Reading ---- */

/* The rest of the line if it begins with the word and a blank; p NULL: it does not. */
static struct heir_str after(struct heir_str line, const char *word)
{
	size_t len = strlen(word);

	if (line.len <= len || memcmp(line.p, word, len) != 0 || line.p[len] != ' ')
		return HEIR_STR_NULL;
	return (struct heir_str){line.p + len + 1, line.len - len - 1};
}

static void read_line(struct heir_late_target *target, struct heir_str line)
{
	struct heir_str runtime = after(line, "runtime"), root = after(line, "root");
	const char *blank;

	if (root.p)
		target->root = root;
	if (!runtime.p || target->n == HEIR_LATE_MAX_RUNTIMES)
		return;
	blank = memchr(runtime.p, ' ', runtime.len);
	if (!blank || blank == runtime.p)
		return;
	target->runtimes[target->n++] =
		(struct heir_late_runtime){{runtime.p, (size_t)(blank - runtime.p)},
			{blank + 1, runtime.len - (size_t)(blank + 1 - runtime.p)}};
}

static void read_target(struct heir_late_target *target, struct heir_str text)
{
	target->root = HEIR_STR("");
	for (size_t at = 0, end; at < text.len; at = end + 1) {
		const char *newline = memchr(text.p + at, '\n', text.len - at);

		/* A last line without its end was cut off. */
		if (!newline)
			return;
		end = (size_t)(newline - text.p);
		read_line(target, (struct heir_str){text.p + at, end - at});
	}
}

static int by_handler(const void *a, const void *b)
{
	const struct heir_late_target *x = a, *y = b;

	return heir_str_cmp(x->handler, y->handler);
}

static int read_directory(DIR *dir, struct heir_arena *arena, struct heir_late *late)
{
	struct dirent *entry;

	late->items = heir_arena_zalloc(arena, HEIR_LATE_MAX_TARGETS, sizeof(*late->items));
	if (!late->items)
		return -ENOMEM;
	while (late->n < HEIR_LATE_MAX_TARGETS && (entry = readdir(dir))) {
		struct heir_late_target *target = &late->items[late->n];
		struct heir_str text;
		int r;

		if (entry->d_name[0] == '.')
			continue;
		r = heir_file_read_at(dirfd(dir), entry->d_name, arena, &text);
		if (r == -ENOMEM)
			return r;
		if (r < 0)
			continue;
		*target = (struct heir_late_target){.n = 0};
		target->handler.len = strlen(entry->d_name);
		target->handler.p = heir_arena_strndup(arena, entry->d_name, target->handler.len);
		if (!target->handler.p)
			return -ENOMEM;
		read_target(target, text);
		late->n += target->n > 0;
	}
	if (late->n > 1)
		qsort(late->items, late->n, sizeof(*late->items), by_handler);
	return 0;
}

int heir_late_read(struct heir_root *root, struct heir_arena *arena, struct heir_late *ret)
{
	_cleanup_(heir_dir_close) DIR *dir = NULL;
	int fd = heir_root_openat(root, HEIR_LATE_TARGETS, O_RDONLY | O_DIRECTORY);

	*ret = (struct heir_late){.n = 0};
	if (fd < 0)
		return fd == -ENOMEM ? fd : 0;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	return read_directory(dir, arena, ret);
}

const struct heir_late_target *heir_late_find(const struct heir_late *late, struct heir_str name)
{
	for (uint32_t i = 0; i < late->n; i++)
		if (heir_str_eq(late->items[i].handler, name))
			return &late->items[i];
	return NULL;
}

struct heir_str heir_late_handler_of(struct heir_str path)
{
	size_t len = strlen(HEIR_LATE_BIN);

	if (path.len <= len || memcmp(path.p, HEIR_LATE_BIN, len) != 0 ||
		memchr(path.p + len, '/', path.len - len))
		return HEIR_STR_NULL;
	return (struct heir_str){path.p + len, path.len - len};
}

/* ---- Which ---- */

/* A name that heir-runtime takes. */
static bool is_name(struct heir_str name)
{
	static const char bytes[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-";

	if (name.len == 0 || name.len > NAME_MAX || name.p[0] == '.' ||
		heir_str_eqz(name, "heir-runtime"))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!memchr(bytes, name.p[i], sizeof(bytes) - 1))
			return false;
	return true;
}

/* A root that heir-runtime takes: absolute, without "..", "%" and "@", and not long. */
static bool is_root(struct heir_str root)
{
	enum { LIMIT = 200 };

	if (root.len == 0)
		return true;
	if (root.p[0] != '/' || root.len > LIMIT)
		return false;
	for (size_t i = 0; i < root.len; i++) {
		if (root.p[i] == '%' || root.p[i] == '@' || root.p[i] == '\n' || root.p[i] == '\0')
			return false;
		if (root.p[i] == '.' && i + 1 < root.len && root.p[i + 1] == '.')
			return false;
	}
	return true;
}

static int get_string(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, struct heir_str *ret)
{
	struct heir_origin origin;
	int r = heir_result_get(res, result, field, &origin);

	if (r == 0)
		*ret = origin.kind == HEIR_KIND_UNSET ? HEIR_STR("") : origin.value.string;
	return r;
}

int heir_late_judge(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_late_kind *ret, const char **ret_why)
{
	const struct heir_result *lender = result->lender[HEIR_FIELD_runtime_path];
	struct heir_str type = HEIR_STR(""), root = type, path = type;
	struct heir_origin platforms;
	int r = get_string(res, result, HEIR_FIELD_runtime_type, &type);

	if (r == 0)
		r = get_string(res, result, HEIR_FIELD_runtime_root, &root);
	if (r == 0)
		r = get_string(res, result, HEIR_FIELD_runtime_path, &path);
	if (r == 0)
		r = heir_result_get(res, result, HEIR_FIELD_platform_runtime_paths, &platforms);
	if (r < 0)
		return r;
	*ret = HEIR_LATE_CANNOT;
	*ret_why = NULL;
	if (result->dropped || !lender || lender == result || result == res->default_result) {
		*ret = HEIR_LATE_OWN_PATH;
		*ret_why = "it does not inherit its runtime_path";
	} else if (type.len > 0 && !heir_str_eqz(type, "oci")) {
		*ret_why = "its runtime_type is not \"oci\"";
	} else if (platforms.kind != HEIR_KIND_UNSET && !heir_value_is_zero(&platforms.value)) {
		*ret_why = "it sets platform_runtime_paths";
	} else if (!is_name(result->handler->name)) {
		*ret_why = "its name cannot be the name of a file";
	} else if (!is_root(root)) {
		*ret_why = "its runtime_root cannot be recorded";
	} else if (path.len == 0 || path.p[0] != '/' || memchr(path.p, '\n', path.len)) {
		*ret_why = "its runtime_path is not absolute";
	} else {
		*ret = HEIR_LATE_CAN;
	}
	return 0;
}

/* ---- Binding ---- */

static int bind_one(struct heir_resolution *res, struct heir_result *result,
	const struct heir_late_target *target)
{
	struct heir_arena *arena = &res->core->arena;
	struct heir_late_bound *bound = heir_arena_zalloc(arena, 1, sizeof(*bound));
	struct heir_str name = result->handler->name;
	char *link;
	int r;

	if (!bound)
		return -ENOMEM;
	r = get_string(res, result, HEIR_FIELD_runtime_path, &bound->path);
	if (r == 0)
		r = get_string(res, result, HEIR_FIELD_runtime_root, &bound->root);
	if (r < 0)
		return r;
	if (target)
		bound->root = target->root;
	link = heir_arena_printf(arena, HEIR_LATE_BIN "%.*s", HEIR_STR_ARG(name));
	if (!link)
		return -ENOMEM;
	bound->link = heir_str_from(link);
	result->late = bound;
	return 0;
}

int heir_late_bind(struct heir_resolution *res, const struct heir_late *late, uint32_t *ret_n)
{
	*ret_n = 0;
	for (uint32_t i = 0; i < res->config->n_handlers; i++) {
		struct heir_result *result = &res->results[i];
		enum heir_late_kind kind;
		const char *why;
		int r = heir_late_judge(res, result, &kind, &why);

		if (r == 0 && kind == HEIR_LATE_CAN)
			r = bind_one(res, result, heir_late_find(late, result->handler->name));
		heir_core_forget_values(res->core);
		if (r < 0)
			return r;
		*ret_n += kind == HEIR_LATE_CAN;
	}
	return 0;
}

void heir_late_unbind(struct heir_resolution *res)
{
	for (uint32_t i = 0; i < res->config->n_handlers; i++)
		res->results[i].late = NULL;
}

int heir_late_bind_current(struct heir_resolution *res, const struct heir_late *late)
{
	uint32_t n;
	int r = late->n > 0 ? heir_late_bind(res, late, &n) : 0;

	for (uint32_t i = 0; i < res->config->n_handlers && late->n > 0 && r == 0; i++) {
		struct heir_result *result = &res->results[i];
		const struct heir_late_target *target = heir_late_find(late, result->handler->name);

		if (!target || !result->late ||
			!heir_str_eq(target->runtimes[0].path, result->late->path))
			result->late = NULL;
	}
	return r;
}

int heir_late_now(const struct heir_late *late, const struct heir_resolution *res,
	const struct heir_result *result, const struct heir_late_target **ret)
{
	enum heir_late_kind kind;
	struct heir_str path;
	const char *why;
	int r;

	*ret = NULL;
	if (late->n == 0 || !result || result->dropped)
		return 0;
	r = get_string(res, result, HEIR_FIELD_runtime_path, &path);
	if (r < 0)
		return r;
	if (heir_late_handler_of(path).p) {
		*ret = heir_late_find(late, heir_late_handler_of(path));
		return 0;
	}
	if (res->config->where.as == HEIR_AS_STOCK)
		return 0;
	r = heir_late_judge(res, result, &kind, &why);
	if (r == 0 && kind == HEIR_LATE_CAN)
		*ret = heir_late_find(late, result->handler->name);
	return r;
}
