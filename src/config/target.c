/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of OpenShift releases and operating systems, and the parser of release lists. */
#include "config/target.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/macro.h"

/* CRI-O has the minor number of the release's Kubernetes. */
/* clang-format off */
const struct heir_openshift heir_openshifts[] = {
	{"4.15", 28, "rhel-9", false},
	{"4.16", 29, "rhel-9", false},
	{"4.17", 30, "rhel-9", false},
	{"4.18", 31, "rhel-9", false},
	{"4.19", 32, "rhel-9", false},
	{"4.20", 33, "rhel-9", false},
	{"4.21", 34, "rhel-9", false},
	{"4.22", 35, "rhel-9", false},
	{"4.23", 36, NULL,     false},
	{"5.0",  36, NULL,     false},
	{"5.1",  36, NULL,     true},
	{"5.2",  36, NULL,     true},
};
/* clang-format on */
const unsigned heir_n_openshifts = ARRAY_LEN(heir_openshifts);

/* Only what was verified is listed; about other programs the tables say nothing. */
static const struct heir_os_program both[] = {{"crun", true}, {"runc", true}, {NULL, false}};
static const struct heir_os_program crun_only[] = {{"crun", true}, {"runc", false}, {NULL, false}};

#define DATE "2026-09-21"
static const struct heir_os oses[] = {
	{"rhel-9", "RHEL CoreOS 9", both,
		"openshift/machine-config-operator#5891, openshift/hypershift#9486", DATE, NULL, 0},
	{"rhel-10", "RHEL CoreOS 10", crun_only,
		"openshift/machine-config-operator#5891, openshift/hypershift#9486", DATE, NULL, 0},
	{"scos-10", "CentOS Stream CoreOS 10", crun_only, "okd-project/okd#2255", DATE, NULL, 0},
};

const struct heir_openshift *heir_openshift_find(struct heir_str name)
{
	for (unsigned i = 0; i < heir_n_openshifts; i++)
		if (heir_str_eqz(name, heir_openshifts[i].name))
			return &heir_openshifts[i];
	return NULL;
}

const struct heir_openshift *heir_openshift_of_crio(struct heir_version version)
{
	for (unsigned i = 0; i < heir_n_openshifts; i++)
		if (heir_openshifts[i].crio == version.minor)
			return &heir_openshifts[i];
	return NULL;
}

const struct heir_openshift *heir_openshift_of_build(struct heir_str build)
{
	static const char mark[] = "rhaos";
	const char *p = build.len ? memmem(build.p, build.len, mark, strlen(mark)) : NULL;
	struct heir_str name;

	if (!p)
		return NULL;
	name = (struct heir_str){p + strlen(mark), 0};
	while (name.p + name.len < build.p + build.len &&
		((name.p[name.len] >= '0' && name.p[name.len] <= '9') ||
			(name.p[name.len] == '.' && name.p + name.len + 1 < build.p + build.len &&
				name.p[name.len + 1] >= '0' && name.p[name.len + 1] <= '9')))
		name.len++;
	return heir_openshift_find(name);
}

const struct heir_os *heir_os_at(unsigned i)
{
	return i < ARRAY_LEN(oses) ? &oses[i] : NULL;
}

const struct heir_os *heir_os_find(struct heir_str name)
{
	for (unsigned i = 0; i < ARRAY_LEN(oses); i++)
		if (heir_str_eqz(name, oses[i].name))
			return &oses[i];
	return NULL;
}

/* Reads a number of at most four digits, or returns -1. */
static int read_digits(const char **p, const char *end)
{
	const char *begin = *p;
	int n = 0;

	while (*p < end && **p >= '0' && **p <= '9' && *p - begin < 4)
		n = n * 10 + (*(*p)++ - '0');
	return *p > begin ? n : -1;
}

const struct heir_os *heir_os_of_image(struct heir_str image)
{
	static const char mark[] = "CoreOS ";
	const char *end = image.p + image.len;
	const char *p = image.len ? memmem(image.p, image.len, mark, strlen(mark)) : NULL;
	bool stream = heir_str_starts(image, "CentOS Stream ");
	char name[16];
	int n;

	if (!p || (!stream && !heir_str_starts(image, "Red Hat Enterprise Linux ")))
		return NULL;
	p += strlen(mark);
	n = read_digits(&p, end);
	/* "418.94" is OpenShift 4.18 on RHEL 9.4; newer images have RHEL's own number. */
	if (n >= 400 && p < end && *p == '.') {
		p++;
		n = read_digits(&p, end);
		n = n >= 100 ? n / 10 : n >= 90 ? 9 : n;
	}
	snprintf(name, sizeof(name), "%s-%d", stream ? "scos" : "rhel", n);
	return heir_os_find(heir_str_from(name));
}

/* ---- Targets ---- */

struct list {
	struct heir_target *items;
	int n;
};

/* Returns the position of a name in its table, or -1. */
static int find_alias(struct heir_str name, bool *ret_is_ocp)
{
	char z[16];
	struct heir_version version;
	const struct heir_openshift *ocp = heir_openshift_find(name);

	*ret_is_ocp = ocp != NULL;
	if (ocp)
		return (int)(ocp - heir_openshifts);
	snprintf(z, sizeof(z), "%.*s", HEIR_STR_ARG(name));
	if (name.len >= sizeof(z) || !heir_version_parse(z, &version) || !heir_release_of(version))
		return -1;
	return (int)(heir_release_of(version) - heir_releases);
}

static int add_target(struct list *list, struct heir_target target)
{
	for (int i = 0; i < list->n; i++)
		if (list->items[i].ocp == target.ocp &&
			list->items[i].version.minor == target.version.minor &&
			list->items[i].version.patch == target.version.patch)
			return 0;
	if (list->n == HEIR_MAX_TARGETS)
		return -E2BIG;
	list->items[list->n++] = target;
	return 0;
}

static struct heir_target target_at(bool is_ocp, int i)
{
	if (is_ocp)
		return (struct heir_target){
			{heir_openshifts[i].crio, HEIR_PATCH_LAST}, &heir_openshifts[i]};
	return (struct heir_target){{heir_releases[i].minor, HEIR_PATCH_LAST}, NULL};
}

/* Adds "1.36", "1.36.2" or "4.18..5.1". */
static int add_target_part(struct list *list, struct heir_str part)
{
	const char *dots = part.len ? memmem(part.p, part.len, "..", 2) : NULL;
	struct heir_str first = part, last = part;
	struct heir_target one;
	bool is_ocp, last_is_ocp;
	char z[16];
	int from, to, r = 0;

	if (dots) {
		first.len = (size_t)(dots - part.p);
		last = (struct heir_str){dots + 2, part.len - first.len - 2};
	}
	from = find_alias(first, &is_ocp);
	to = find_alias(last, &last_is_ocp);
	if (from < 0 || to < from || is_ocp != last_is_ocp)
		return -EINVAL;
	one = target_at(is_ocp, from);
	snprintf(z, sizeof(z), "%.*s", HEIR_STR_ARG(first));
	/* A specific patch release. */
	if (!is_ocp && !dots && heir_version_parse(z, &one.version))
		return add_target(list, one);
	for (int i = from; i <= to && r == 0; i++)
		r = add_target(list, target_at(is_ocp, i));
	return r;
}

int heir_targets_read(
	const char *text, struct heir_target ret[HEIR_MAX_TARGETS], struct heir_str *ret_bad)
{
	struct list list = {ret, 0};
	int r = 0;

	for (const char *p = text; r == 0;) {
		size_t n = strcspn(p, ",");

		*ret_bad = (struct heir_str){p, n};
		r = add_target_part(&list, *ret_bad);
		if (r < 0 || p[n] == '\0')
			break;
		p += n + 1;
	}
	return r < 0 ? r : list.n;
}
