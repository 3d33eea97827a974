/* SPDX-License-Identifier: Apache-2.0 */
/* conmon's command lines as they were recorded (tests/fixtures/crio-1.37/proc), and the two ways to
 * write each of their options; state files and --version. What the guard makes of them, with real
 * containers, is in tests/cli/guard.bats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply/containers.h"
#include "apply/operator.h"
#include "base/macro.h"

#define LINE(text) ((struct heir_str){text, sizeof(text)})

static void recorded(void **state)
{
	static const char *const rows[][4] = {
		{"124", "dce39c2f872cc748c70b1fc51ddaffda0d8845905aba223e4761eb5dbaab9852",
			"/usr/bin/crun", "/run/crun"},
		{"167", "6f96f8f47a66dfe410bde98da59e216d7d9c84e5c425f0298e164bc12cf6a9d4",
			"/usr/sbin/runc", "/run/runc"},
	};
	const char *source = getenv("HEIR_SOURCE");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char path[4096], text[8192], bundle[256];
		struct heir_conmon conmon;
		size_t n;
		FILE *file;

		snprintf(path, sizeof(path), "%s/tests/fixtures/crio-1.37/proc/%s",
			source ? source : ".", rows[i][0]);
		file = fopen(path, "r");
		assert_non_null(file);
		n = fread(text, 1, sizeof(text), file);
		fclose(file);
		assert_true(heir_conmon_read((struct heir_str){text, n}, &conmon));
		snprintf(bundle, sizeof(bundle),
			"/run/containers/storage/overlay-containers/%s/userdata", rows[i][1]);
		assert_string_equal(conmon.id, rows[i][1]);
		assert_string_equal(conmon.creator, rows[i][2]);
		assert_string_equal(conmon.root, rows[i][3]);
		assert_string_equal(conmon.bundle, bundle);
		/* One that is cut off is not taken at its word. */
		for (size_t len = 0; len < n; len++)
			if (text[len] != '\0')
				assert_false(heir_conmon_read(
					(struct heir_str){text, len + 1}, &conmon));
	}
}

static void one_word_or_two(void **state)
{
	static const struct {
		struct heir_str line;
		const char *root;
	} rows[] = {
		{LINE("conmon\0-c\0i\0-b\0/b\0-r\0/r\0--runtime-arg\0--root=/x"), "/x"},
		{LINE("conmon\0-c\0i\0-b\0/b\0-r\0/r\0--runtime-arg=--root=/x"), "/x"},
		{LINE("conmon\0-c\0i\0-b\0/b\0-r\0/r\0--runtime-arg\0--root\0--runtime-arg\0/x"),
			"/x"},
		{LINE("conmon\0-c\0i\0-b\0/b\0-r\0/r\0--runtime-arg=--root\0--runtime-arg=/x"),
			"/x"},
		{LINE("conmon\0--cid\0i\0--bundle=/b\0--runtime\0/r\0--runtime-arg\0"
		      "--systemd-cgroup\0--runtime-arg\0--root=/x"),
			"/x"},
		{LINE("other-name\0-c\0i\0-b\0/b\0-r\0/r"), NULL},
		/* --root of something else. */
		{LINE("conmon\0-c\0i\0-b\0/b\0-r\0/r\0--root=/y"), NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct heir_conmon conmon;

		assert_true(heir_conmon_read(rows[i].line, &conmon));
		assert_string_equal(conmon.id, "i");
		assert_string_equal(conmon.bundle, "/b");
		assert_string_equal(conmon.creator, "/r");
		if (rows[i].root)
			assert_string_equal(conmon.root, rows[i].root);
		else
			assert_null(conmon.root);
	}
}

static void others(void **state)
{
	static const struct heir_str lines[] = {
		{"", 0},
		LINE("conmon"),
		LINE("sh\0-c\0echo"),
		LINE("conmon\0-c\0i\0-b\0/b"),
		LINE("conmon\0-c\0i\0-r\0/r"),
		LINE("conmon\0-b\0/b\0-r\0/r"),
		LINE("conmon\0-c\0\0-b\0/b\0-r\0/r"),
		LINE("conmon\0-c\0i\0-b\0b\0-r\0/r"),
		LINE("conmon\0-c\0i\0-b\0/b\0-r\0r"),
		LINE("conmon\0-c\0i\0-b\0/b\0-r"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct heir_conmon conmon;

		assert_false(heir_conmon_read(lines[i], &conmon));
	}
}

static void forms(void **state)
{
	(void)state;
	assert_int_equal(
		heir_state_form_of(HEIR_STR("crun version 1.28\ncommit: x\n")), HEIR_FORM_CRUN);
	assert_int_equal(heir_state_form_of(HEIR_STR("runc version 1.3.6\n")), HEIR_FORM_RUNC);
	assert_int_equal(heir_state_form_of(HEIR_STR("runc")), HEIR_FORM_RUNC);
	assert_int_equal(heir_state_form_of(HEIR_STR("runsc version x\n")), HEIR_FORM_OTHER);
	assert_int_equal(heir_state_form_of(HEIR_STR("crunx\n")), HEIR_FORM_OTHER);
	assert_int_equal(heir_state_form_of(HEIR_STR("")), HEIR_FORM_UNKNOWN);
	assert_int_equal(heir_state_form_of(HEIR_STR("\n")), HEIR_FORM_UNKNOWN);
}

static void lives(void **state)
{
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0)
		_exit(0);
	assert_true(heir_process_lives(getpid(), 0));
	assert_false(heir_process_lives(getpid(), 1));
	assert_false(heir_process_lives(0, 0));
	assert_false(heir_process_lives(-1, 0));
	/* A zombie, and what is gone. */
	assert_int_equal(
		waitid(P_PID, (id_t)child, &(siginfo_t){.si_pid = 0}, WEXITED | WNOWAIT), 0);
	assert_false(heir_process_lives(child, 0));
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_false(heir_process_lives(child, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded),
		cmocka_unit_test(one_word_or_two),
		cmocka_unit_test(others),
		cmocka_unit_test(forms),
		cmocka_unit_test(lives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
