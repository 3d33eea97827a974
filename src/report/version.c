/* SPDX-License-Identifier: Apache-2.0 */
#include "report/version.h"

#include <errno.h>
#include <link.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>
#include <utf8proc.h>
#include <yaml.h>
#include <zlib.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "base/macro.h"
#include "report/json.h"

/* meson.build says them, for all sources alike. */
#if !defined(HEIR_BUILD_TYPE) || !defined(HEIR_BUILD_MACHINE) || !defined(HEIR_BUILD_SANITIZERS)
#error "HEIR_BUILD_TYPE, HEIR_BUILD_MACHINE and HEIR_BUILD_SANITIZERS come from meson.build"
#endif

/* ---- What it was made of ---- */

static const char *libc_version(void)
{
#ifdef __GLIBC__
	return gnu_get_libc_version();
#else
	return NULL;
#endif
}

/* Asked of the libraries themselves: a shared one may be newer than its headers were. */
bool heir_build_part(size_t i, struct heir_build_part *ret)
{
	const struct heir_build_part parts[] = {
#ifdef __clang__
		{"compiler", "clang",
			AS_TEXT(__clang_major__) "." AS_TEXT(__clang_minor__) "." AS_TEXT(
				__clang_patchlevel__)},
#else
		{"compiler", "gcc", __VERSION__},
#endif
#ifdef __GLIBC__
		{"libc", "glibc", libc_version()},
#else
		/* It does not tell programs that it is musl, nor which. */
		{"libc", "musl", libc_version()},
#endif
		{"library", "jansson", jansson_version_str()},
		{"library", "libyaml", yaml_get_version_string()},
		/* It tells its version into a buffer only: that of its header. */
		{"library", "pcre2", AS_TEXT(PCRE2_MAJOR) "." AS_TEXT(PCRE2_MINOR)},
		{"library", "utf8proc", utf8proc_version()},
		{"library", "zlib", zlibVersion()},
#ifdef HEIR_BUILD_LIBCURL
		{"heir-fetch", "libcurl", HEIR_BUILD_LIBCURL},
#endif
#ifdef HEIR_BUILD_LIBARCHIVE
		{"heir-unpack", "libarchive", HEIR_BUILD_LIBARCHIVE},
#endif
	};

	if (i >= ARRAY_LEN(parts))
		return false;
	*ret = parts[i];
	return true;
}

/* The program itself stands first; a dynamic one names its loader. */
static int has_loader(struct dl_phdr_info *info, size_t size, void *data)
{
	bool *found = data;

	(void)size;
	for (unsigned i = 0; i < info->dlpi_phnum; i++)
		*found |= info->dlpi_phdr[i].p_type == PT_INTERP;
	return 1;
}

void heir_build_read(struct heir_build_info *ret)
{
	bool is_dynamic = false;

	dl_iterate_phdr(has_loader, &is_dynamic);
	*ret = (struct heir_build_info){
		.type = HEIR_BUILD_TYPE,
		.machine = HEIR_BUILD_MACHINE,
		.is_static = !is_dynamic,
#ifndef NDEBUG
		.has_assertions = true,
#endif
#ifdef HEIR_BUILD_LIBCURL
		.has_fetch = true,
#endif
#ifdef HEIR_BUILD_LIBARCHIVE
		.has_unpack = true,
#endif
		.sanitizers =
			strcmp(HEIR_BUILD_SANITIZERS, "none") == 0 ? NULL : HEIR_BUILD_SANITIZERS,
	};
}

/* ---- JSON ---- */

static json_t *parts_json(const char *kind)
{
	struct heir_build_part part;
	json_t *list = json_array();

	for (size_t i = 0; heir_build_part(i, &part); i++) {
		json_t *json;

		if (strcmp(part.kind, kind) != 0)
			continue;
		json = heir_json_set(json_object(), "name", heir_json_strz(part.name));
		json = heir_json_set(json, "version", heir_json_strz(part.version));
		list = heir_json_append(list, json);
	}
	return list;
}

/* The only part of a kind, or null. */
static json_t *part_json(const char *kind)
{
	json_t *list = parts_json(kind), *part = list ? json_array_get(list, 0) : NULL;

	part = part ? json_incref(part) : list ? json_null() : NULL;
	json_decref(list);
	return part;
}

static json_t *build_json(void)
{
	struct heir_build_info info;
	json_t *json;

	heir_build_read(&info);
	json = heir_json_set(json_object(), "type", heir_json_strz(info.type));
	json = heir_json_set(json, "machine", heir_json_strz(info.machine));
	json = heir_json_set(json, "static", json_boolean(info.is_static));
	json = heir_json_set(json, "compiler", part_json("compiler"));
	json = heir_json_set(json, "libc", part_json("libc"));
	json = heir_json_set(json, "libraries", parts_json("library"));
	json = heir_json_set(json, "heir_fetch", part_json("heir-fetch"));
	json = heir_json_set(json, "heir_unpack", part_json("heir-unpack"));
	json = heir_json_set(json, "assertions", json_boolean(info.has_assertions));
	return heir_json_set(json, "sanitizers", heir_json_strz(info.sanitizers));
}

static void print_json(const char *version, bool build, struct heir_out *out)
{
	heir_out_addz(out, "{\"schema\": \"heir.version/1\", \"version\": ");
	heir_json_print(out, heir_json_strz(version));
	heir_out_addz(out, ",\n \"build\": ");
	heir_json_print(out, build ? build_json() : json_null());
	heir_out_addz(out, "}\n");
}

/* ---- Text ---- */

static void print_build(struct heir_out *out)
{
	struct heir_build_info info;
	struct heir_build_part part;

	heir_build_read(&info);
	heir_out_printf(out, "%-11s %s, %s, %s\n", "build", info.type,
		info.is_static ? "static" : "dynamic", info.machine);
	for (size_t i = 0; heir_build_part(i, &part); i++)
		heir_out_printf(out, "%-11s %s %s\n", part.kind, part.name,
			part.version ? part.version : "(version unknown)");
	if (!info.has_fetch)
		heir_out_printf(out, "%-11s %s\n", "heir-fetch", "not built");
	if (!info.has_unpack)
		heir_out_printf(out, "%-11s %s\n", "heir-unpack", "not built");
	heir_out_printf(out, "%-11s %s\n", "assertions", info.has_assertions ? "yes" : "no");
	heir_out_printf(
		out, "%-11s %s\n", "sanitizers", info.sanitizers ? info.sanitizers : "none");
}

int heir_version_print(const char *version, bool build, struct heir_out *out)
{
	if (out->style.format == HEIR_FORMAT_JSON) {
		print_json(version, build, out);
	} else {
		heir_out_printf(out, "heir %s\n", version);
		if (build)
			print_build(out);
	}
	return out->error == -ENOMEM ? -ENOMEM : 0;
}
