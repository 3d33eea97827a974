/* SPDX-License-Identifier: Apache-2.0 */
/* How heir-runtime reads command lines, target files and records. What it does with them is in
 * tests/runtime.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/runtime.h"

static const struct {
	const char *line; /* the arguments, by blanks */
	enum heir_call_kind kind;
	const char *root, *id, *log;
} lines[] = {
	/* As conmon and CRI-O call. */
	{.line = "--root=/run/crun create --bundle /b --pid-file /p c1",
		.kind = HEIR_CALL_CREATE,
		.root = "/run/crun",
		.id = "c1"},
	{.line = "--systemd-cgroup --root=/run/crun create --bundle /b --pid-file /p c1",
		.kind = HEIR_CALL_CREATE,
		.root = "/run/crun",
		.id = "c1"},
	{.line = "--root=/r create --no-pivot --bundle /b --pid-file /p c1",
		.kind = HEIR_CALL_CREATE,
		.root = "/r",
		.id = "c1"},
	{.line = "--root=/r restore --bundle /b --pid-file /p --detach --image-path /i --work-path "
		 "/w c1",
		.kind = HEIR_CALL_CREATE,
		.root = "/r",
		.id = "c1"},
	{.line = "--root=/r restore --bundle /b --pid-file /p --detach --image-path /i --work-path "
		 "/w "
		 "--manage-cgroups-mode soft --lsm-mount-context l --lsm-profile selinux:p c1",
		.kind = HEIR_CALL_CREATE,
		.root = "/r",
		.id = "c1"},
	{.line = "--root=/r exec --pid-file /p --process /f --detach c1",
		.kind = HEIR_CALL_CONTAINER,
		.root = "/r",
		.id = "c1"},
	{.line = "--root /r --systemd-cgroup exec --process /f c1",
		.kind = HEIR_CALL_CONTAINER,
		.root = "/r",
		.id = "c1"},
	{.line = "--root /r exec -t --cwd / -u 0:0 -e A=b --env C=d c1 sh --root /x -c id",
		.kind = HEIR_CALL_CONTAINER,
		.root = "/r",
		.id = "c1"},
	{.line = "--root /r start c1", .kind = HEIR_CALL_CONTAINER, .root = "/r", .id = "c1"},
	{.line = "--root /r --systemd-cgroup state c1",
		.kind = HEIR_CALL_CONTAINER,
		.root = "/r",
		.id = "c1"},
	{.line = "--root /r pause c1", .kind = HEIR_CALL_CONTAINER, .root = "/r", .id = "c1"},
	{.line = "--root /r resume c1", .kind = HEIR_CALL_CONTAINER, .root = "/r", .id = "c1"},
	{.line = "--root /r kill c1 15", .kind = HEIR_CALL_CONTAINER, .root = "/r", .id = "c1"},
	{.line = "--root /r kill c1 KILL", .kind = HEIR_CALL_CONTAINER, .root = "/r", .id = "c1"},
	{.line = "--root /r kill -a c1 9", .kind = HEIR_CALL_CONTAINER, .root = "/r", .id = "c1"},
	{.line = "--root /r kill --all c1 9",
		.kind = HEIR_CALL_CONTAINER,
		.root = "/r",
		.id = "c1"},
	{.line = "--root /r delete --force c1", .kind = HEIR_CALL_DELETE, .root = "/r", .id = "c1"},
	{.line = "--root /r delete -f c1", .kind = HEIR_CALL_DELETE, .root = "/r", .id = "c1"},
	{.line = "--root /r delete c1", .kind = HEIR_CALL_DELETE, .root = "/r", .id = "c1"},
	{.line = "--root /r update --resources - c1",
		.kind = HEIR_CALL_CONTAINER,
		.root = "/r",
		.id = "c1"},
	{.line = "--root /r update -r - c1", .kind = HEIR_CALL_CONTAINER, .root = "/r", .id = "c1"},
	{.line = "--root /r update --memory 5 --pids-limit=7 c1",
		.kind = HEIR_CALL_CONTAINER,
		.root = "/r",
		.id = "c1"},
	{.line = "checkpoint --help", .kind = HEIR_CALL_OTHER},
	{.line = "--root /r checkpoint --file-locks --image-path /i --work-path /w --leave-running "
		 "c1",
		.kind = HEIR_CALL_CONTAINER,
		.root = "/r",
		.id = "c1"},
	{.line = "--version", .kind = HEIR_CALL_VERSION},
	{.line = "-v", .kind = HEIR_CALL_VERSION},
	{.line = "features", .kind = HEIR_CALL_FEATURES},
	/* What else there is. */
	{.line = "--root /r features", .kind = HEIR_CALL_FEATURES, .root = "/r"},
	{.line = "features --help", .kind = HEIR_CALL_OTHER},
	{.line = "features c1", .kind = HEIR_CALL_OTHER},
	{.line = "--version state c1", .kind = HEIR_CALL_VERSION},
	{.line = "state --version c1", .kind = HEIR_CALL_CONTAINER, .id = "c1"},
	{.line = "--log /l --log-format json --root /r state c1",
		.kind = HEIR_CALL_CONTAINER,
		.root = "/r",
		.id = "c1",
		.log = "/l"},
	{.line = "--log=/l --log-format=text --debug --root=/r state c1",
		.kind = HEIR_CALL_CONTAINER,
		.root = "/r",
		.id = "c1",
		.log = "/l"},
	{.line = "--rootless true --root /r state c1",
		.kind = HEIR_CALL_CONTAINER,
		.root = "/r",
		.id = "c1"},
	{.line = "--rootless=auto --cgroup-manager disabled --criu /c --root /r create c1",
		.kind = HEIR_CALL_CREATE,
		.root = "/r",
		.id = "c1"},
	{.line = "--root /a --root=/b state c1",
		.kind = HEIR_CALL_CONTAINER,
		.root = "/b",
		.id = "c1"},
	{.line = "--root create create c1", .kind = HEIR_CALL_OTHER},
	{.line = "--root /r --root", .kind = HEIR_CALL_OTHER, .root = "/r"},
	{.line = "--rooted=/x --root /r state c1",
		.kind = HEIR_CALL_CONTAINER,
		.root = "/r",
		.id = "c1"},
	{.line = "--platform ptrace --root /r create c1",
		.kind = HEIR_CALL_CREATE,
		.root = "/r",
		.id = "c1"},
	{.line = "--unknown create c1", .kind = HEIR_CALL_CREATE, .id = "c1"},
	{.line = "--root relative create c1", .kind = HEIR_CALL_OTHER},
	{.line = "--root relative state c1", .kind = HEIR_CALL_OTHER},
	{.line = "create c1 --bundle /b", .kind = HEIR_CALL_CREATE, .id = "c1"},
	{.line = "create --config -f c1", .kind = HEIR_CALL_CREATE, .id = "c1"},
	{.line = "create -f config c1", .kind = HEIR_CALL_CREATE, .id = "c1"},
	{.line = "create -b /b -- -c1", .kind = HEIR_CALL_CREATE, .id = "-c1"},
	{.line = "create --unknown value c1", .kind = HEIR_CALL_CREATE, .id = "c1"},
	{.line = "create", .kind = HEIR_CALL_OTHER},
	{.line = "create --bundle", .kind = HEIR_CALL_OTHER},
	{.line = "create --bundle c1", .kind = HEIR_CALL_OTHER},
	{.line = "create --help", .kind = HEIR_CALL_OTHER},
	{.line = "run -d -b /b c1", .kind = HEIR_CALL_CREATE, .id = "c1"},
	{.line = "create ../c1", .kind = HEIR_CALL_OTHER},
	{.line = "create a/b", .kind = HEIR_CALL_OTHER},
	{.line = "create .c1", .kind = HEIR_CALL_OTHER},
	{.line = "create ..", .kind = HEIR_CALL_OTHER},
	{.line = "create c%1", .kind = HEIR_CALL_OTHER},
	{.line = "create a_B-9+.", .kind = HEIR_CALL_CREATE, .id = "a_B-9+."},
	{.line = "delete --regex c.*", .kind = HEIR_CALL_OTHER},
	{.line = "delete -fr c1", .kind = HEIR_CALL_OTHER},
	{.line = "kill -r c1 9", .kind = HEIR_CALL_OTHER},
	{.line = "list", .kind = HEIR_CALL_OTHER},
	{.line = "list -f json", .kind = HEIR_CALL_OTHER},
	{.line = "spec", .kind = HEIR_CALL_OTHER},
	{.line = "help create", .kind = HEIR_CALL_OTHER},
	{.line = "ps -f json c1", .kind = HEIR_CALL_CONTAINER, .id = "c1"},
	{.line = "events --stats c1", .kind = HEIR_CALL_CONTAINER, .id = "c1"},
	{.line = "events --interval 5s c1", .kind = HEIR_CALL_CONTAINER, .id = "c1"},
	{.line = "frobnicate c1", .kind = HEIR_CALL_OTHER},
	{.line = "", .kind = HEIR_CALL_OTHER},
	{.line = "-", .kind = HEIR_CALL_OTHER},
	{.line = "--", .kind = HEIR_CALL_OTHER},
};

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void command_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char text[512], *argv[32] = {(char *)"/d/bin/gpu"}, *rest = text, *word;
		struct heir_call call;
		int argc = 1;

		snprintf(text, sizeof(text), "%s", lines[i].line);
		while ((word = strsep(&rest, " "))) {
			if (*word)
				argv[argc++] = word;
		}
		heir_call_read(argc, argv, &call);
		if (call.kind != lines[i].kind || !same(call.root, lines[i].root) ||
			!same(call.id, lines[i].id) || !same(call.log, lines[i].log))
			fail_msg("%s: kind %d root %s id %s log %s", lines[i].line, call.kind,
				call.root ? call.root : "-", call.id ? call.id : "-",
				call.log ? call.log : "-");
	}
}

/* Arguments may be empty, or be without end. */
static void odd_words(void **state)
{
	char *empty[] = {(char *)"/d/bin/gpu", (char *)"create", (char *)""};
	char *value[] = {
		(char *)"/d/bin/gpu", (char *)"--root", (char *)"", (char *)"state", (char *)"c1"};
	char *json[] = {(char *)"/d/bin/gpu", (char *)"--log-format=json", (char *)"list"};
	char id[HEIR_NAME_SIZE + 1];
	char *length[] = {(char *)"/d/bin/gpu", (char *)"create", id};
	struct heir_call call;

	(void)state;
	heir_call_read(3, empty, &call);
	assert_int_equal(call.kind, HEIR_CALL_OTHER);
	heir_call_read(5, value, &call);
	assert_int_equal(call.kind, HEIR_CALL_OTHER);
	assert_null(call.root);
	heir_call_read(3, json, &call);
	assert_true(call.log_json);
	heir_call_read(0, NULL, &call);
	assert_int_equal(call.kind, HEIR_CALL_OTHER);
	memset(id, 'a', sizeof(id));
	id[HEIR_NAME_SIZE] = '\0';
	heir_call_read(3, length, &call);
	assert_int_equal(call.kind, HEIR_CALL_OTHER);
	id[HEIR_NAME_SIZE - 1] = '\0';
	heir_call_read(3, length, &call);
	assert_int_equal(call.kind, HEIR_CALL_CREATE);
}

static char scratch[] = "/tmp/heir-test-runtime.XXXXXX";

static void write_file(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	close(fd);
}

static const struct {
	const char *text;
	int r;
	unsigned n;
	const char *kind, *path;
} files[] = {
	{.text = "heir-late 1\nruntime crun /usr/bin/crun\n",
		.r = 0,
		.n = 1,
		.kind = "crun",
		.path = "/usr/bin/crun"},
	{.text = "heir-late 1\nruntime - /a b/c\nruntime runc /d\n",
		.r = 0,
		.n = 2,
		.kind = "-",
		.path = "/a b/c"},
	{.text = "heir-late 1\nhandler x\nfuture thing\nruntime crun /c\ncreator 12 34\n",
		.r = 0,
		.n = 1,
		.kind = "crun",
		.path = "/c"},
	{.text = "", .r = -EBADMSG},
	{.text = "\n", .r = -EBADMSG},
	{.text = "heir-late 1\n", .r = -EBADMSG},
	{.text = "heir-late 2\nruntime crun /c\n", .r = -EBADMSG},
	{.text = "runtime crun /c\n", .r = -EBADMSG},
	{.text = "heir-late 1\nruntime crun /c", .r = -EBADMSG},
	{.text = "heir-late 1\nruntime crun /c\nrunt", .r = -EBADMSG},
	{.text = "heir-late 1\nruntime crun c\n", .r = -EBADMSG},
	{.text = "heir-late 1\nruntime /c\n", .r = -EBADMSG},
	{.text = "heir-late 1\nruntime /c\n", .r = -EBADMSG},
	{.text = "heir-late 1\nruntime crun /c\ncreator x y\n", .r = -EBADMSG},
	{.text = "heir-late 1\nruntime crun /c\ncreator -1 1\n", .r = -EBADMSG},
	{.text = "heir-late 1\nruntime crun /c\ncreator 99999999999 1\n", .r = -EBADMSG},
	{.text = "heir-late 1\nruntime crun /c\ncreator 1\n", .r = -EBADMSG},
};

static void target_files(void **state)
{
	static struct heir_list list;
	char path[64], text[HEIR_TEXT_SIZE + 1];

	(void)state;
	snprintf(path, sizeof(path), "%s/file", scratch);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		write_file(path, files[i].text, strlen(files[i].text));
		if (heir_list_read(AT_FDCWD, path, &list) != files[i].r)
			fail_msg("%s", files[i].text);
		if (files[i].r < 0)
			continue;
		close(list.fd);
		assert_int_equal(list.n, files[i].n);
		assert_string_equal(list.runtimes[0].kind, files[i].kind);
		assert_string_equal(list.runtimes[0].path, files[i].path);
	}
	write_file(path, "heir-late 1\nruntime crun /c\0\n", 29);
	assert_int_equal(heir_list_read(AT_FDCWD, path, &list), -EBADMSG);
	memset(text, '\n', sizeof(text));
	memcpy(text, "heir-late 1\nruntime crun /c\n", 28);
	write_file(path, text, HEIR_TEXT_SIZE);
	assert_int_equal(heir_list_read(AT_FDCWD, path, &list), -EFBIG);
	write_file(path, text, HEIR_TEXT_SIZE - 1);
	assert_int_equal(heir_list_read(AT_FDCWD, path, &list), 0);
	close(list.fd);
}

static void only_trusted_files(void **state)
{
	static struct heir_list list;
	char path[64], link[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/file", scratch);
	snprintf(link, sizeof(link), "%s/link", scratch);
	write_file(path, "heir-late 1\nruntime crun /c\n", 28);
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(heir_list_read(AT_FDCWD, link, &list), -ELOOP);
	chmod(path, 0620);
	assert_int_equal(heir_list_read(AT_FDCWD, path, &list), -EPERM);
	chmod(path, 0602);
	assert_int_equal(heir_list_read(AT_FDCWD, path, &list), -EPERM);
	chmod(path, 0644);
	assert_int_equal(heir_list_read(AT_FDCWD, path, &list), 0);
	close(list.fd);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 1, 1), 0);
		assert_int_equal(heir_list_read(AT_FDCWD, path, &list), -EPERM);
	}
	unlink(path);
	assert_int_equal(heir_list_read(AT_FDCWD, path, &list), -ENOENT);
	/* It must not wait for a writer. */
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(heir_list_read(AT_FDCWD, path, &list), -EPERM);
	unlink(path);
	assert_int_equal(heir_list_read(AT_FDCWD, scratch, &list), -EPERM);
	unlink(link);
}

static void a_creator(void **state)
{
	static struct heir_list list;
	unsigned long long start = 0;
	pid_t child;
	int status;

	(void)state;
	assert_false(heir_list_creator_runs(&list));
	assert_int_equal(heir_process_start(getpid(), &start), 0);
	list.creator = getpid();
	list.creator_start = start;
	assert_true(heir_list_creator_runs(&list));
	/* Another process with the same number. */
	list.creator_start = start + 1;
	assert_false(heir_list_creator_runs(&list));
	child = fork();
	if (child == 0)
		_exit(0);
	siginfo_t info;
	assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
	/* It ended, and its parent does not know yet. */
	list.creator = child;
	list.creator_start = 0;
	assert_false(heir_list_creator_runs(&list));
	waitpid(child, &status, 0);
	assert_false(heir_list_creator_runs(&list));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_lines),
		cmocka_unit_test(odd_words),
		cmocka_unit_test(target_files),
		cmocka_unit_test(only_trusted_files),
		cmocka_unit_test(a_creator),
	};
	int failed;

	if (!mkdtemp(scratch))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	char path[64];

	snprintf(path, sizeof(path), "%s/file", scratch);
	unlink(path);
	rmdir(scratch);
	return failed;
}
