/* SPDX-License-Identifier: Apache-2.0 */
/* Targets of an upgrade: releases of OpenShift, operating systems, and what their images carry. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/macro.h"
#include "config/target.h"

static void releases_of_openshift(void **state)
{
	const struct heir_openshift *ocp;

	(void)state;
	assert_int_equal(heir_openshift_find(HEIR_STR("4.20"))->crio, 33);
	assert_int_equal(heir_openshift_find(HEIR_STR("5.0"))->crio, 36);
	assert_null(heir_openshift_find(HEIR_STR("4.2")));
	assert_null(heir_openshift_find(HEIR_STR("")));
	ocp = heir_openshift_of_build(HEIR_STR("1.33.3-3.rhaos4.20.git22d4f06.el9"));
	assert_string_equal(ocp->name, "4.20");
	assert_null(heir_openshift_of_build(HEIR_STR("1.33.3")));
	assert_null(heir_openshift_of_build(HEIR_STR("1.33.3-3.rhaos")));
	for (unsigned i = 0; i < heir_n_openshifts; i++) {
		struct heir_version version = {heir_openshifts[i].crio, HEIR_PATCH_LAST};

		assert_non_null(heir_release_of(version));
		if (heir_openshifts[i].os)
			assert_non_null(heir_os_find(heir_str_from(heir_openshifts[i].os)));
	}
	for (unsigned i = 0; heir_os_at(i); i++) {
		assert_true(strlen(heir_os_at(i)->source) > 0);
		assert_int_equal(strlen(heir_os_at(i)->date), strlen("2026-01-01"));
	}
}

static void images_of_nodes(void **state)
{
	static const struct {
		const char *image, *os;
	} images[] = {
		{"Red Hat Enterprise Linux CoreOS 418.94.202410260038-0", "rhel-9"},
		{"Red Hat Enterprise Linux CoreOS 9.6.20250811-0 (Plow)", "rhel-9"},
		{"Red Hat Enterprise Linux CoreOS 10.1.20260811-0 (Coughlan)", "rhel-10"},
		{"CentOS Stream CoreOS 10.0.20250922-0", "scos-10"},
		{"CentOS Stream CoreOS 9.0.20250922-0", NULL},
		{"Red Hat Enterprise Linux CoreOS", NULL},
		{"Red Hat Enterprise Linux CoreOS 8.6", NULL},
		{"Ubuntu 24.04.1 LTS", NULL},
		{"Fedora CoreOS 42.20250803.3.0", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(images); i++) {
		const struct heir_os *os = heir_os_of_image(heir_str_from(images[i].image));

		if (images[i].os && !os)
			fail_msg("%s: nothing", images[i].image);
		if (os && (!images[i].os || strcmp(os->name, images[i].os) != 0))
			fail_msg("%s: %s", images[i].image, os->name);
	}
}

static void tables_tell_programs(void **state)
{
	const struct heir_os *nine = heir_os_find(HEIR_STR("rhel-9"));
	const struct heir_os *ten = heir_os_find(HEIR_STR("rhel-10"));
	static const struct {
		const char *path;
		enum heir_os_verdict nine, ten;
	} paths[] = {
		{"/usr/bin/runc", HEIR_OS_HAS, HEIR_OS_LACKS},
		{"/bin/runc", HEIR_OS_HAS, HEIR_OS_LACKS},
		{"//usr/./bin//runc", HEIR_OS_HAS, HEIR_OS_LACKS},
		{"/usr/sbin/runc", HEIR_OS_UNKNOWN, HEIR_OS_LACKS},
		{"/usr/bin/crun", HEIR_OS_HAS, HEIR_OS_HAS},
		{"/usr/bin/kata-runtime", HEIR_OS_UNKNOWN, HEIR_OS_UNKNOWN},
		{"/usr/local/bin/runc", HEIR_OS_UNKNOWN, HEIR_OS_UNKNOWN},
		{"/usr/bin/sub/runc", HEIR_OS_UNKNOWN, HEIR_OS_UNKNOWN},
		{"/usr/bin/../local/runc", HEIR_OS_UNKNOWN, HEIR_OS_UNKNOWN},
		{"", HEIR_OS_UNKNOWN, HEIR_OS_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (heir_os_lookup(nine, paths[i].path, false) != paths[i].nine)
			fail_msg("rhel-9: %s", paths[i].path);
		if (heir_os_lookup(ten, paths[i].path, true) != paths[i].ten)
			fail_msg("rhel-10: %s", paths[i].path);
	}
	assert_int_equal(heir_os_lookup(NULL, "/usr/bin/runc", false), HEIR_OS_UNKNOWN);
}

static void lists_tell_everything(void **state)
{
	static const char text[] = "/usr/bin/crun\r\n./usr/bin/crun-x\nusr/bin/crun.d/\n"
				   "/usr/share/hooks/x/y.json\nbin/conmon\n\n/opt/gpu/runc\n"
				   "/usr/bin/../bin/runc";
	static const struct {
		const char *path;
		enum heir_os_verdict plain, extended;
	} paths[] = {
		{"/usr/bin/crun", HEIR_OS_HAS, HEIR_OS_HAS},
		{"/usr/bin/conmon", HEIR_OS_HAS, HEIR_OS_HAS},
		{"/usr/share/hooks", HEIR_OS_HAS, HEIR_OS_HAS},
		{"/usr/share/hook", HEIR_OS_LACKS, HEIR_OS_UNKNOWN},
		{"/usr/bin/runc", HEIR_OS_LACKS, HEIR_OS_LACKS},
		{"/usr/bin/kata-runtime", HEIR_OS_LACKS, HEIR_OS_UNKNOWN},
		{"/opt/gpu/runc", HEIR_OS_HAS, HEIR_OS_HAS},
		{"/opt/kata/bin/kata", HEIR_OS_UNKNOWN, HEIR_OS_UNKNOWN},
		{"/usr/local/bin/runc", HEIR_OS_UNKNOWN, HEIR_OS_UNKNOWN},
		{"/etc/crio/crio.conf", HEIR_OS_UNKNOWN, HEIR_OS_UNKNOWN},
	};
	struct heir_os os = {.name = "list"};
	struct heir_arena arena;

	(void)state;
	heir_arena_init(&arena);
	assert_int_equal(heir_os_read(&os, &arena, HEIR_STR(text)), 0);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (heir_os_lookup(&os, paths[i].path, false) != paths[i].plain)
			fail_msg("%s", paths[i].path);
		if (heir_os_lookup(&os, paths[i].path, true) != paths[i].extended)
			fail_msg("extended: %s", paths[i].path);
	}
	assert_int_equal(heir_os_read(&os, &arena, HEIR_STR("/etc/motd\nnothing\n")), -EINVAL);
	assert_int_equal(heir_os_read(&os, &arena, HEIR_STR("")), -EINVAL);
	heir_arena_release(&arena);
}

static void targets_are_read(void **state)
{
	static const struct {
		const char *text;
		int n; /* or -errno */
		const char *bad;
		int first, last; /* minors */
	} targets[] = {
		{"1.31..1.36", 6, NULL, 31, 36},
		{"4.18..5.1", 8, NULL, 31, 36},
		{"4.20", 1, NULL, 33, 33},
		{"1.34.2", 1, NULL, 34, 34},
		{"1.36,4.20,1.28", 3, NULL, 36, 28},
		{"1.36,1.36,1.35..1.36", 2, NULL, 36, 35},
		{"4.20..4.20", 1, NULL, 33, 33},
		{"1.28..1.37", 10, NULL, 28, 37},
		{"", -EINVAL, "", 0, 0},
		{"1.36,", -EINVAL, "", 0, 0},
		{"4.22..4.18", -EINVAL, "4.22..4.18", 0, 0},
		{"1.31..4.20", -EINVAL, "1.31..4.20", 0, 0},
		{"1.31..", -EINVAL, "1.31..", 0, 0},
		{"1.36,9.9", -EINVAL, "9.9", 0, 0},
		{"1.99", -EINVAL, "1.99", 0, 0},
		{"4.20.1", -EINVAL, "4.20.1", 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		struct heir_target list[HEIR_MAX_TARGETS];
		struct heir_str bad = HEIR_STR_NULL;
		int n = heir_targets_read(targets[i].text, list, &bad);

		if (n != targets[i].n)
			fail_msg("%s: %d", targets[i].text, n);
		if (n < 0) {
			assert_true(heir_str_eqz(bad, targets[i].bad));
			continue;
		}
		assert_int_equal(list[0].version.minor, targets[i].first);
		assert_int_equal(list[n - 1].version.minor, targets[i].last);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(releases_of_openshift),
		cmocka_unit_test(images_of_nodes),
		cmocka_unit_test(tables_tell_programs),
		cmocka_unit_test(lists_tell_everything),
		cmocka_unit_test(targets_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
