/* SPDX-License-Identifier: Apache-2.0 */
/* heir-runtime: containers through their lives while the handler's runtime changes, with runtimes
 * that log each call, and with crun and runc themselves. $HEIR_RUNTIME_STRESS says how many
 * containers the last test creates and deletes. */
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/runtime.h"
#include "support/tap.h"

static struct bench_dir dir;

/* A call, and the runtime that must have run: "crun state c-1", one a line. */
static bool call_runs(const char *line, const char *want)
{
	char log[4096];

	run_line(dir.link, line);
	read_log(&dir, log, sizeof(log));
	if (strcmp(log, want) == 0)
		return true;
	printf("# %s\n# ran: %s# not: %s", line, *log ? log : "nothing\n", want);
	return false;
}

static bool has_record(const char *root, const char *id)
{
	return file_exists("%s/records/%s/%s", dir.late, root, id);
}

/* The name of the directory of records of a root. */
static void record_root(const char *root, char *ret, size_t size)
{
	put(ret, size, "%s", root + 1);
	for (char *p = ret; *p; p++) {
		if (*p == '/')
			*p = '%';
	}
}

/* Lets the next create sweep. */
static void age_sweep(const char *root)
{
	static const struct timespec old[2];
	char path[1024];

	put(path, sizeof(path), "%s/records/%s/.swept", dir.late, root);
	utimensat(AT_FDCWD, path, old, 0);
}

/* ---- verbs x flips x roots ------------------------------------------------------------------- */

/* What a container goes through, as conmon and CRI-O call it; %R is the root, %I the id. */
static const struct step {
	const char *verb, *line;
	bool must_work; /* with a real runtime on any machine */
} steps[] = {
	{"state", "--root %R state %I", true},
	{"start", "--root %R start %I", true},
	{"exec", "--root=%R exec %I /bin/true", true},
	{"exec", "--root %R exec -e A=b --cwd / %I /bin/true", true},
	{"pause", "--root %R pause %I", false},
	{"resume", "--root %R resume %I", false},
	{"update", "--root %R update --resources - %I", false},
	{"checkpoint",
		"--root %R checkpoint --file-locks --image-path /nonexistent/i --work-path "
		"/nonexistent/w --leave-running %I",
		false},
	{"state", "--log /dev/null --log-format json --root=%R state %I", true},
	{"kill", "--root %R kill %I 15", true},
	{"kill", "--root %R kill %I KILL", false},
	{"delete", "--root %R delete --force %I", true},
};

/* line with %R and %I replaced. */
static void fill(const char *line, const char *root, const char *id, char *ret, size_t size)
{
	size_t n = 0;

	for (; *line && n + 1 < size; line++) {
		const char *value = line[0] == '%' ? (line[1] == 'R' ? root : id) : NULL;

		if (value) {
			n += (size_t)put(ret + n, size - n, "%s", value);
			line++;
		} else {
			ret[n++] = *line;
		}
	}
	ret[n] = '\0';
}

/* One container of runtime `kind` through all steps; flips is a set of bits: the target changes
 * before step i where bit i is set. create: the line that makes it. */
static bool one_life(int kind, unsigned flips, const char *root, const char *create, bool real)
{
	static unsigned count;
	char id[64], line[2048], want[256], where[512];
	int now = kind;
	bool ok;

	put(id, sizeof(id), "c-%u", ++count);
	bench_dir_target(&dir, kind, !kind);
	fill(create, root, id, line, sizeof(line));
	put(want, sizeof(want), "%s %s %s\n", kinds[kind],
		strstr(create, "restore") ? "restore" : "create", id);
	ok = call_runs(line, want);
	record_root(root, where, sizeof(where));
	ok = ok && has_record(where, id);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct outcome outcome;
		char log[1024];

		if (flips >> i & 1) {
			now = !now;
			bench_dir_target(&dir, now, !now);
		}
		fill(steps[i].line, root, id, line, sizeof(line));
		put(want, sizeof(want), "%s %s %s\n", kinds[kind], steps[i].verb, id);
		outcome = run_line(dir.link, line);
		read_log(&dir, log, sizeof(log));
		if (strcmp(log, want) != 0 ||
			((steps[i].must_work || !real) && exit_code(&outcome) != 0)) {
			printf("# %s: exit %d\n# ran: %s# not: %s# %s\n", line, exit_code(&outcome),
				log, want, outcome.err);
			ok = false;
		}
	}
	if (has_record(where, id)) {
		printf("# the record of %s is left\n", id);
		ok = false;
	}
	return ok;
}

static const char *const creates[] = {
	"--root=%R create --bundle /nonexistent --pid-file /dev/null %I",
	"--root=%R restore --bundle /nonexistent --pid-file /dev/null --detach --image-path /i "
	"--work-path /w %I",
};

static void all_lives(void)
{
	char name[256], root[512], spelled[600];
	const size_t n_steps = sizeof(steps) / sizeof(steps[0]);

	for (int kind = 0; kind < N_KINDS; kind++) {
		for (size_t c = 0; c < 2; c++) {
			for (int r = 0; r < 2; r++) {
				bool ok = true;

				put(root, sizeof(root), "%s/root%d", dir.top, r);
				/* Never, at each step alone, before every step. */
				ok = one_life(kind, 0, root, creates[c], false);
				for (size_t i = 0; i < n_steps; i++)
					ok = one_life(kind, 1u << i, root, creates[c], false) && ok;
				ok = one_life(kind, (1u << n_steps) - 1, root, creates[c], false) &&
				     ok;
				put(name, sizeof(name), "%s by %s in root %d, flips at each step",
					kinds[kind], c ? "restore" : "create", r);
				tap_case(ok, name, "");
			}
		}
	}
	/* Both kinds at once in one root, which is spelled in two ways. */
	put(root, sizeof(root), "%s/root0", dir.top);
	put(spelled, sizeof(spelled), "--root %s//root0/./ state c-both", dir.top);
	bench_dir_target(&dir, CRUN, RUNC);
	put(name, sizeof(name), "--root=%s create c-both", root);
	run_line(dir.link, name);
	bench_dir_target(&dir, RUNC, CRUN);
	read_log(&dir, name, sizeof(name));
	tap_case(call_runs(spelled, "crun state c-both\n"), "a root that is spelled otherwise", "");
	put(name, sizeof(name), "--root %s delete c-both", root);
	run_line(dir.link, name);
	read_log(&dir, name, sizeof(name));
}

/* What is about no container goes to the current runtime. */
static void other_calls(void)
{
	static const char *const lines[][2] = {
		{"checkpoint --help", "checkpoint"},
		{"--root /r list", "list"},
		{"frobnicate --root x", "frobnicate"},
		{"features", "features"},
		{"--version", ""},
	};
	char name[256], want[256];
	struct outcome outcome;

	for (int kind = 0; kind < N_KINDS; kind++) {
		bench_dir_target(&dir, kind, !kind);
		for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
			put(want, sizeof(want), "%s %s -\n", kinds[kind], lines[i][1]);
			put(name, sizeof(name), "\"%s\" by %s", lines[i][0], kinds[kind]);
			tap_case(call_runs(lines[i][0], want), name, "");
		}
	}
	put(name, sizeof(name), "%s/now/features", dir.late);
	mkdir(name, 0755);
	put(name, sizeof(name), "%s/now/features/gpu", dir.late);
	bench_dir_write(name, "{\"both\":1}\n");
	outcome = run_line(dir.link, "features");
	read_log(&dir, want, sizeof(want));
	tap_case(strcmp(outcome.out, "{\"both\":1}\n") == 0 && exit_code(&outcome) == 0 && !*want,
		"features from the file that heir wrote", "");
	chmod(name, 0622);
	tap_case(call_runs("features", "runc features -\n"), "features from a file of another user",
		"");
}

/* ---- as if it were not there ----------------------------------------------------------------- */

static bool same_file(const char *a, const char *b)
{
	char command[1200];

	put(command, sizeof(command), "diff -u %s %s | sed 's/^/# /'; cmp -s %s %s", a, b, a, b);
	fflush(stdout);
	return system(command) == 0;
}

static void passed_on(void)
{
	static const char *const calls[] = {"--root=%R create c-seen", "--root=%R state c-seen",
		"--root %R exec -d c-seen x", "frobnicate %R", "--root %R delete --force c-seen"};
	char line[600], more[600], direct[512], late[512], log[256];
	int fd = open("/dev/null", O_RDONLY);

	put(direct, sizeof(direct), "%s/direct", dir.top);
	put(late, sizeof(late), "%s/through", dir.top);
	bench_dir_target(&dir, CRUN, RUNC);
	setenv("_OCI_SYNCPIPE", "3", 1);
	setenv("EMPTY", "", 1);
	if (chdir("/usr") < 0)
		tap_give_up("chdir");
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		char root[512];

		put(root, sizeof(root), "%s/seen", dir.top);
		fill(calls[i], root, "", line, sizeof(line));
		setenv("HEIR_TEST_DUMP", direct, 1);
		run_line(dir.runtimes[CRUN], line);
		rename(direct, late);
		if (i == 0) {
			unsetenv("HEIR_TEST_DUMP");
			fill("--root %R delete c-seen", root, "", more, sizeof(more));
			run_line(dir.runtimes[CRUN], more);
		}
		/* The same path, so that the environment is the same. */
		setenv("HEIR_TEST_DUMP", direct, 1);
		run_line(dir.link, line);
		tap_case(same_file(late, direct), "what the runtime sees is the same:", calls[i]);
	}
	unsetenv("HEIR_TEST_DUMP");
	close(fd);
	read_log(&dir, log, sizeof(log));
	if (chdir("/") < 0)
		tap_give_up("chdir");
}

static void exit_states(void)
{
	static const char *const verbs[] = {"create", "state", "exec", "delete"};
	char line[600], name[128], log[256];
	struct outcome outcome;

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		put(line, sizeof(line), "--root=%s/exits %s c-exit", dir.top, verbs[i]);
		for (int n = 0; n < 256; n += 51) {
			char how[32];

			put(how, sizeof(how), "exit %d", n);
			setenv("HEIR_TEST_ACT", how, 1);
			outcome = run_line(dir.link, line);
			put(name, sizeof(name), "exit %d of %s", n, verbs[i]);
			tap_case(exit_code(&outcome) == n, name, "");
		}
		setenv("HEIR_TEST_ACT", "signal 15", 1);
		outcome = run_line(dir.link, line);
		tap_case(WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGTERM,
			"killed by a signal:", verbs[i]);
		setenv("HEIR_TEST_ACT", "signal 9", 1);
		outcome = run_line(dir.link, line);
		tap_case(WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGKILL,
			"killed for certain:", verbs[i]);
		unsetenv("HEIR_TEST_ACT");
		/* For "delete" to have a record. */
		put(line, sizeof(line), "--root=%s/exits create c-exit", dir.top);
		run_line(dir.link, line);
	}
	put(line, sizeof(line), "--root=%s/exits delete c-exit", dir.top);
	outcome = run_line(dir.link, line);
	tap_case(exit_code(&outcome) == 0, "delete after all that", "");
	read_log(&dir, log, sizeof(log));
}

/* A signal to "delete" reaches the runtime; its death does, too. */
static void signals_of_delete(void)
{
	char line[600], log[256], text[16] = "";
	int status = 0, out[2];
	pid_t pid;

	for (int sig = SIGTERM; sig != 0; sig = sig == SIGTERM ? SIGKILL : 0) {
		put(line, sizeof(line), "%s/signals", dir.top);
		char *words[] = {
			dir.link, (char *)"--root", line, (char *)"create", (char *)"c-sig", NULL};

		unsetenv("HEIR_TEST_ACT");
		pid = fork();
		if (pid == 0) {
			execv(dir.link, words);
			_exit(98);
		}
		waitpid(pid, NULL, 0);
		setenv("HEIR_TEST_ACT", "wait", 1);
		words[3] = (char *)"delete";
		if (pipe2(out, O_CLOEXEC) < 0)
			tap_give_up("pipe");
		pid = fork();
		if (pid == 0) {
			dup2(out[1], 1);
			/* The child of a caller that ignores it. */
			signal(SIGCHLD, SIG_IGN);
			execv(dir.link, words);
			_exit(98);
		}
		close(out[1]);
		if (read(out[0], text, 6) != 6)
			tap_case(false, "delete did not begin", "");
		kill(pid, sig);
		waitpid(pid, &status, 0);
		if (sig == SIGTERM)
			tap_case(WIFEXITED(status) && WEXITSTATUS(status) == 55,
				"SIGTERM to delete reaches the runtime", "");
		/* The pipe ends with the last who holds it. */
		tap_case(read(out[0], text, 1) == 0, "the runtime ended with", strsignal(sig));
		close(out[0]);
	}
	unsetenv("HEIR_TEST_ACT");
	put(line, sizeof(line), "--root %s/signals delete c-sig", dir.top);
	run_line(dir.link, line);
	read_log(&dir, log, sizeof(log));
	put(line, sizeof(line), "%s/signals", dir.top + 1);
	tap_case(!has_record(line, "c-sig"), "and another delete removes the record", "");
}

/* While "delete" runs, the id is used again: the new record stays. So does the one of a container
 * that is being created, which "delete --force" does not find. */
static void records_of_others(void)
{
	char root[512], where[512], line[600], path[1100], text[512], log[256];
	int out[2];
	pid_t pid;

	put(root, sizeof(root), "%s/others", dir.top);
	record_root(root, where, sizeof(where));
	put(path, sizeof(path), "%s/records/%s/c-again", dir.late, where);
	put(line, sizeof(line), "--root=%s create c-again", root);
	run_line(dir.link, line);
	char *words[] = {
		dir.link, (char *)"--root", root, (char *)"delete", (char *)"c-again", NULL};
	if (pipe2(out, O_CLOEXEC) < 0)
		tap_give_up("pipe");
	setenv("HEIR_TEST_ACT", "hold", 1);
	pid = fork();
	if (pid == 0) {
		dup2(out[1], 1);
		execv(dir.link, words);
		_exit(98);
	}
	unsetenv("HEIR_TEST_ACT");
	close(out[1]);
	tap_case(read(out[0], text, 6) == 6, "delete began", "");
	put(text, sizeof(text), "heir-late 1\nruntime runc %s\ncreator 0 0\n", dir.runtimes[RUNC]);
	put(line, sizeof(line), "%s.new", path);
	bench_dir_write(line, text);
	rename(line, path);
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	close(out[0]);
	tap_case(
		has_record(where, "c-again"), "delete removes no record but the one it obeyed", "");
	put(line, sizeof(line), "--root=%s delete --force c-again", root);
	run_line(dir.link, line);
	tap_case(!has_record(where, "c-again"), "the next one does", "");
	put(text, sizeof(text), "heir-late 1\nruntime runc %s\ncreator %d 0\n", dir.runtimes[RUNC],
		getpid());
	bench_dir_write(path, text);
	run_line(dir.link, line);
	tap_case(has_record(where, "c-again"), "delete removes no record of a create that goes on",
		"");
	unlink(path);
	read_log(&dir, log, sizeof(log));
}

/* infra_ctr_cpuset has CRI-O call everything through taskset. */
static void through_taskset(void)
{
	static const char *const programs[] = {"/usr/bin/taskset", "/bin/taskset"};
	const char *taskset = access(programs[0], X_OK) == 0   ? programs[0]
			      : access(programs[1], X_OK) == 0 ? programs[1]
							       : NULL;
	static const char *const verbs[] = {"create", "state", "delete"};
	char line[1200], want[64], log[512];

	if (!taskset) {
		tap_case(true, "called through taskset # SKIP there is no taskset here", "");
		return;
	}
	bench_dir_target(&dir, CRUN, RUNC);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		put(line, sizeof(line), "--cpu-list 0 %s --root=%s/task %s c-task", dir.link,
			dir.top, verbs[i]);
		run_line(taskset, line);
		read_log(&dir, log, sizeof(log));
		put(want, sizeof(want), "crun %s c-task\n", verbs[i]);
		tap_case(strcmp(log, want) == 0, "called through taskset:", verbs[i]);
		bench_dir_target(&dir, RUNC, CRUN);
	}
}

/* ---- what goes wrong ------------------------------------------------------------------------- */

/* A container of youki, whose state directory has a form of its own; the fake runc plays youki. */
static void lost_record_of_youki(void)
{
	char path[1100], text[1400];

	bench_dir_target(&dir, CRUN, -1);
	put(path, sizeof(path), "%s/now/target/gpu", dir.late);
	put(text, sizeof(text), "heir-late 1\nruntime crun %s\nruntime youki %s\n",
		dir.runtimes[CRUN], dir.runtimes[RUNC]);
	bench_dir_write(path, text);
	put(path, sizeof(path), "%s/lost", dir.top);
	mkdir(path, 0700);
	put(path, sizeof(path), "%s/lost/c-youki", dir.top);
	mkdir(path, 0700);
	put(path, sizeof(path), "%s/lost/c-youki/youki_config.json", dir.top);
	bench_dir_write(path, "{}");
	put(text, sizeof(text), "--root %s/lost state c-youki", dir.top);
	tap_case(call_runs(text, "runc state c-youki\n"),
		"the record of a youki container is gone: its state tells", "");
	unlink(path);
	put(path, sizeof(path), "%s/lost/c-youki", dir.top);
	rmdir(path);
}

static void lost_records(void)
{
	char line[600], name[128], want[128], where[512], log[512];

	for (int kind = 0; kind < N_KINDS; kind++) {
		static const char *const ways[] = {
			"is gone", "is empty", "is damaged", "is open to others"};

		for (int way = 0; way < 4; way++) {
			char record[1100];

			bench_dir_target(&dir, kind, !kind);
			put(line, sizeof(line), "--root=%s/lost create c-lost", dir.top);
			run_line(dir.link, line);
			read_log(&dir, log, sizeof(log));
			bench_dir_target(&dir, !kind, kind);
			put(line, sizeof(line), "%s/lost", dir.top);
			record_root(line, where, sizeof(where));
			put(record, sizeof(record), "%s/records/%s/c-lost", dir.late, where);
			if (way == 0)
				unlink(record);
			else if (way < 3)
				bench_dir_write(
					record, way == 1 ? "" : "heir-late 1\nruntime crun /usr/b");
			else
				chmod(record, 0666);
			put(line, sizeof(line), "--root %s/lost state c-lost", dir.top);
			put(want, sizeof(want), "%s state c-lost\n", kinds[kind]);
			put(name, sizeof(name), "the record of a %s container %s:", kinds[kind],
				ways[way]);
			tap_case(call_runs(line, want), name, "its state tells");
			/* Nor may another create claim it. */
			put(line, sizeof(line), "--root=%s/lost create c-lost", dir.top);
			tap_case(call_runs(line, ""), name, "create of the same id runs nothing");
			put(line, sizeof(line), "--root %s/lost delete c-lost", dir.top);
			put(want, sizeof(want), "%s delete c-lost\n", kinds[kind]);
			tap_case(call_runs(line, want), name, "delete");
			tap_case(!file_exists("%s/lost/c-lost", dir.top), name, "it is deleted");
			unlink(record);
		}
	}
	put(line, sizeof(line), "--root %s/lost delete --force c-never", dir.top);
	bench_dir_target(&dir, RUNC, CRUN);
	tap_case(call_runs(line, "runc delete c-never\n"), "no container: the current runtime", "");
}

static void missing_targets(void)
{
	char line[600], path[600], log[1024], logged[600];
	struct outcome outcome;

	/* The last good one. */
	bench_dir_target(&dir, CRUN, RUNC);
	put(path, sizeof(path), "%s.away", dir.runtimes[CRUN]);
	put(line, sizeof(line), "--root=%s/miss create c-miss", dir.top);
	rename(dir.runtimes[CRUN], path);
	tap_case(call_runs(line, "runc create c-miss\n"),
		"a target that is missing: the one before", "");
	rename(path, dir.runtimes[CRUN]);
	put(line, sizeof(line), "--root=%s/miss state c-miss", dir.top);
	tap_case(call_runs(line, "runc state c-miss\n"), "and the record says so", "");
	put(line, sizeof(line), "--root=%s/miss delete c-miss", dir.top);
	run_line(dir.link, line);
	read_log(&dir, log, sizeof(log));

	/* None. */
	bench_dir_target(&dir, CRUN, -1);
	rename(dir.runtimes[CRUN], path);
	put(logged, sizeof(logged), "%s/runtime.log", dir.top);
	put(line, sizeof(line), "--log %s --log-format json --root=%s/miss create c-none", logged,
		dir.top);
	outcome = run_line(dir.link, line);
	tap_case(exit_code(&outcome) == 127, "no target that is there: exit 127", "");
	tap_case(strstr(outcome.err, dir.runtimes[CRUN]) && strstr(outcome.err, "gpu"),
		"standard error names the handler and the runtime", "");
	int fd = open(logged, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, log, sizeof(log) - 1);
	log[n > 0 ? n : 0] = '\0';
	tap_case(strncmp(log, "{\"msg\":\"", 8) == 0 && strstr(log, "\"level\":\"error\"") &&
			 strstr(log, dir.runtimes[CRUN]),
		"so does the file of --log", "");
	close(fd);
	rename(path, dir.runtimes[CRUN]);
	tap_case(!file_exists("%s/miss/c-none", dir.top), "nothing was created", "");

	/* A runtime that is this program would run itself for ever. */
	put(path, sizeof(path), "%s/now/target/gpu", dir.late);
	put(log, sizeof(log), "heir-late 1\nruntime crun %s\n", dir.link);
	bench_dir_write(path, log);
	outcome = run_line(dir.link, "list");
	tap_case(exit_code(&outcome) == 126, "a target that is heir-runtime: exit 126", "");
	unlink(path);
	outcome = run_line(dir.link, "list");
	tap_case(exit_code(&outcome) == 127 && strstr(outcome.err, "gpu"),
		"no target file: exit 127", "");
	bench_dir_write(path, "heir-late 1\nruntime crun ");
	outcome = run_line(dir.link, "list");
	tap_case(exit_code(&outcome) == 127, "a target file that was cut off: exit 127", "");
	bench_dir_target(&dir, CRUN, RUNC);
	read_log(&dir, log, sizeof(log));
}

static void other_links(void)
{
	char path[600], log[256];
	struct outcome outcome;

	put(path, sizeof(path), "%s/bin/unknown", dir.late);
	if (symlink(dir.link, path) < 0)
		tap_give_up("symlink");
	outcome = run_line(path, "--root /r create c-1");
	tap_case(exit_code(&outcome) == 127 && strstr(outcome.err, "unknown"), "an unknown handler",
		"");
	put(path, sizeof(path), "%s/bin/heir-runtime", dir.late);
	if (symlink(dir.link, path) < 0)
		tap_give_up("symlink");
	outcome = run_line(path, "--version");
	tap_case(exit_code(&outcome) == 125, "called by its own name: exit 125", "");
	read_log(&dir, log, sizeof(log));
	tap_case(!*log, "none of these ran anything", "");
}

/* In a name space of its own, with a small file system for the records. */
static int no_space(void)
{
	char records[600], line[600], log[4096];
	struct outcome outcome = {.status = 0};
	bool ok = false;

	put(records, sizeof(records), "%s/records", dir.late);
	mkdir(records, 0700);
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("tmpfs", records, "tmpfs", 0, "nr_inodes=3,mode=0700") < 0)
		return 77;
	for (int i = 0; i < 8 && !ok; i++) {
		put(line, sizeof(line), "--root=%s/space create c-full%d", dir.top, i);
		read_log(&dir, log, sizeof(log));
		outcome = run_line(dir.link, line);
		ok = exit_code(&outcome) == 125;
	}
	read_log(&dir, log, sizeof(log));
	if (!ok || *log || !strstr(outcome.err, "No space left"))
		return 1;
	/* The others live on, and one that goes makes room. */
	put(line, sizeof(line), "--root=%s/space state c-full0", dir.top);
	outcome = run_line(dir.link, line);
	if (exit_code(&outcome) != 0)
		return 2;
	put(line, sizeof(line), "--root=%s/space delete c-full0", dir.top);
	outcome = run_line(dir.link, line);
	put(line, sizeof(line), "--root=%s/space create c-full9", dir.top);
	if (exit_code(&outcome) != 0)
		return 3;
	outcome = run_line(dir.link, line);
	return exit_code(&outcome) == 0 ? 0 : 4;
}

static void full_disk(void)
{
	int status = 0;
	pid_t pid;
	char log[4096], more[32];

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(no_space());
	waitpid(pid, &status, 0);
	read_log(&dir, log, sizeof(log));
	put(more, sizeof(more), "(%d)", WEXITSTATUS(status));
	if (WEXITSTATUS(status) == 77)
		tap_case(true, "no space for a record # SKIP cannot mount a tmpfs", "");
	else
		tap_case(status == 0, "no space for a record: create fails, all else works", more);
}

/* ---- sweeping -------------------------------------------------------------------------------- */

static void sweeping(void)
{
	char line[600], where[512], path[1100], log[1024];
	struct outcome outcome;

	put(line, sizeof(line), "%s/swept", dir.top);
	record_root(line, where, sizeof(where));
	for (int i = 0; i < 3; i++) {
		put(line, sizeof(line), "--root=%s/swept create c-sweep%d", dir.top, i);
		run_line(dir.link, line);
	}
	/* It went without "delete", as where the create failed. */
	put(path, sizeof(path), "%s/swept/c-sweep1/status", dir.top);
	unlink(path);
	put(path, sizeof(path), "%s/swept/c-sweep1", dir.top);
	rmdir(path);
	/* Kinds whose state directories are not known are kept. */
	put(path, sizeof(path), "%s/records/%s/c-other", dir.late, where);
	bench_dir_write(path, "heir-late 1\nruntime - /bin/true\ncreator 0 0\n");
	/* One that is being created, by this process. */
	put(path, sizeof(path), "%s/records/%s/c-soon", dir.late, where);
	put(log, sizeof(log), "heir-late 1\nruntime crun /bin/true\ncreator %d 0\n", getpid());
	bench_dir_write(path, log);
	put(line, sizeof(line), "--root=%s/swept create c-sweep3", dir.top);
	run_line(dir.link, line);
	tap_case(has_record(where, "c-sweep1"), "records are swept once a minute", "");
	age_sweep(where);
	put(line, sizeof(line), "--root=%s/swept create c-sweep4", dir.top);
	run_line(dir.link, line);
	tap_case(!has_record(where, "c-sweep1"), "the record of a container that is gone is swept",
		"");
	tap_case(has_record(where, "c-sweep0") && has_record(where, "c-sweep2") &&
			 has_record(where, "c-sweep3") && has_record(where, "c-sweep4"),
		"those of living ones are not", "");
	tap_case(has_record(where, "c-other") && has_record(where, "c-soon"),
		"nor those that may live, or will", "");
	/* The other process goes on. */
	bench_dir_target(&dir, RUNC, CRUN);
	put(line, sizeof(line), "--root=%s/swept create c-soon", dir.top);
	outcome = run_line(dir.link, line);
	tap_case(exit_code(&outcome) == 125 && strstr(outcome.err, "c-soon"),
		"of two creates of one id the second fails", "");
	read_log(&dir, log, sizeof(log));
	tap_case(!strstr(log, "c-soon"), "and runs nothing", "");
	put(line, sizeof(line), "--root=%s/swept create c-sweep1", dir.top);
	tap_case(call_runs(line, "runc create c-sweep1\n"), "an id that is used again", "");
	for (int i = 0; i < 5; i++) {
		put(line, sizeof(line), "--root=%s/swept delete c-sweep%d", dir.top, i);
		run_line(dir.link, line);
	}
	read_log(&dir, log, sizeof(log));
}

/* ---- everything at once ---------------------------------------------------------------------- */

enum { WORKERS = 8 };

/* Runs line, and kills it at some time where the dice say so. Returns whether it was not killed. */
static bool run_or_kill(unsigned *seed, const char *line)
{
	pid_t pid = spawn_line(dir.link, line);
	bool kills = rand_r(seed) % 4 == 0;

	if (kills) {
		usleep((useconds_t)(rand_r(seed) % 2500));
		kill(pid, SIGKILL);
	}
	waitpid(pid, NULL, 0);
	return !kills;
}

static int work(unsigned seed, int n, const char *root)
{
	char line[1024];

	for (int i = 0; i < n; i++) {
		char id[64];

		/* Some ids are of all workers. */
		if (rand_r(&seed) % 3 == 0)
			put(id, sizeof(id), "c-shared%d", rand_r(&seed) % 4);
		else
			put(id, sizeof(id), "c-%u-%d", seed, i);
		put(line, sizeof(line), "--root=%s create %s", root, id);
		run_or_kill(&seed, line);
		put(line, sizeof(line), "--root %s state %s", root, id);
		run_or_kill(&seed, line);
		put(line, sizeof(line), "--root %s delete --force %s", root, id);
		if (rand_r(&seed) % 8 > 0)
			run_or_kill(&seed, line);
	}
	return 0;
}

/* Calls each with the names in a directory; returns how many. */
static int for_each(const char *path, bool (*each)(const char *name))
{
	DIR *d = opendir(path);
	struct dirent *entry;
	int n = 0;

	while (d && (entry = readdir(d))) {
		if (entry->d_name[0] != '.' && (!each || each(entry->d_name)))
			n++;
	}
	if (d)
		closedir(d);
	return n;
}

static char stress_root[512], stress_records[512];

/* A container whose record is not there, or names another kind than the one that it is of. */
static bool is_misrecorded(const char *id)
{
	char path[1100], text[1024] = "";
	int fd;
	ssize_t n;

	put(path, sizeof(path), "%s/records/%s/%s", dir.late, stress_records, id);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	if (!*text)
		return true;
	/* One that was killed right after its mkdir() is of no kind yet. */
	return (file_exists("%s/%s/status", stress_root, id) && !strstr(text, "runtime crun ")) ||
	       (file_exists("%s/%s/state.json", stress_root, id) && !strstr(text, "runtime runc "));
}

/* Says what the record has. */
static bool is_left(const char *id)
{
	char path[1100], text[1024] = "";
	int fd;

	put(path, sizeof(path), "%s/records/%s/%s", dir.late, stress_records, id);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	for (char *p = text; *p; p++) {
		if (*p == '\n')
			*p = ';';
	}
	printf("# left: %s: %s\n", id, text);
	return true;
}

/* Calls that reached a runtime of the wrong kind. An id that several use does not count: it may be
 * created again while a call about the container before it is under way. */
static unsigned count_harm(char *log)
{
	unsigned n = 0;

	for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n")) {
		if (strncmp(line, "HARM ", 5) == 0 && !strstr(line, "c-shared"))
			printf("# %u: %s\n", ++n, line);
	}
	return n;
}

static bool delete_it(const char *id)
{
	char line[1024];

	put(line, sizeof(line), "--root %s delete --force %s", stress_root, id);
	run_line(dir.link, line);
	return true;
}

static void stress(void)
{
	const char *how_many = getenv("HEIR_RUNTIME_STRESS");
	int n = how_many ? atoi(how_many) : 1000, running = WORKERS;
	unsigned seed = (unsigned)time(NULL);
	char line[1024], more[128];
	static char log[1 << 23];
	size_t flips = 0;

	put(stress_root, sizeof(stress_root), "%s/stress", dir.top);
	record_root(stress_root, stress_records, sizeof(stress_records));
	fflush(stdout);
	printf("# seed %u\n", seed);
	for (int i = 0; i < WORKERS; i++) {
		if (fork() == 0)
			_exit(work(seed + (unsigned)i, (n + WORKERS - 1) / WORKERS, stress_root));
	}
	while (running > 0) {
		bench_dir_target(&dir, rand_r(&seed) % 2, -1);
		/* The other one is needed where a record is lost, which must not be. */
		flips++;
		usleep((useconds_t)(rand_r(&seed) % 3000));
		while (running > 0 && waitpid(-1, NULL, WNOHANG) > 0)
			running--;
	}
	put(more, sizeof(more), "(%d containers, %zu flips)", n, flips);
	tap_case(for_each(stress_root, is_misrecorded) == 0, "every container has the right record",
		more);
	bench_dir_target(&dir, CRUN, -1);
	for_each(stress_root, delete_it);
	tap_case(for_each(stress_root, NULL) == 0, "every container can be deleted", more);
	age_sweep(stress_records);
	put(line, sizeof(line), "--root=%s create c-last", stress_root);
	run_line(dir.link, line);
	delete_it("c-last");
	put(line, sizeof(line), "%s/records/%s", dir.late, stress_records);
	tap_case(for_each(line, is_left) == 0, "no record is left", more);
	read_log(&dir, log, sizeof(log));
	tap_case(count_harm(log) == 0, "no other runtime than the recorded one ran", more);
}

/* ---- real containers ------------------------------------------------------------------------- */

/* Whether this machine lets the runtime make a container, without heir-runtime. */
static bool can_create(int kind, const char *bundle)
{
	char line[1024];
	const char *real = runtime_find(kind);
	struct outcome outcome;

	if (!real)
		return false;
	put(line, sizeof(line), "--root=%s/try create --bundle %s c-try", dir.top, bundle);
	outcome = run_line(real, line);
	if (exit_code(&outcome) != 0)
		printf("# %s: %s\n", real, outcome.err);
	put(line, sizeof(line), "--root=%s/try delete --force c-try", dir.top);
	run_line(real, line);
	return exit_code(&outcome) == 0;
}

static void real_lives(void)
{
	char bundle[512], create[1024], name[128], root[600];

	if (!runtime_isolate()) {
		tap_case(true, "real containers # SKIP not allowed to unshare the mounts", "");
		return;
	}
	bench_dir_remove(&dir);
	bench_dir_make(&dir, true);
	bench_dir_bundle(&dir, bundle, sizeof(bundle));
	put(create, sizeof(create), "--root=%%R create --bundle %s --pid-file %s/pid %%I", bundle,
		dir.top);
	for (int kind = 0; kind < N_KINDS; kind++) {
		const char *real = runtime_find(kind);

		setenv(kind == CRUN ? "HEIR_TEST_CRUN" : "HEIR_TEST_RUNC",
			real ? real : "/nonexistent", 1);
	}
	for (int kind = 0; kind < N_KINDS; kind++) {
		if (!can_create(kind, bundle)) {
			put(name, sizeof(name), "containers of %s # SKIP it cannot make one here",
				kinds[kind]);
			tap_case(true, name, "");
			continue;
		}
		for (int r = 0; r < 2; r++) {
			bool ok;

			put(root, sizeof(root), "%s/root%d", dir.top, r);
			ok = one_life(kind, 0, root, create, true);
			ok = one_life(kind, ~0u, root, create, true) && ok;
			for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i += r + 2u)
				ok = one_life(kind, 1u << i, root, create, true) && ok;
			put(name, sizeof(name), "a container of %s in root %d lives through flips",
				kinds[kind], r);
			tap_case(ok, name, "");
		}
	}
}

int main(int argc, char **argv)
{
	runtime_act(argc, argv);
	bench_dir_make(&dir, false);
	all_lives();
	other_calls();
	passed_on();
	exit_states();
	signals_of_delete();
	records_of_others();
	through_taskset();
	lost_records();
	lost_record_of_youki();
	missing_targets();
	other_links();
	full_disk();
	sweeping();
	stress();
	real_lives();
	bench_dir_remove(&dir);
	return tap_end();
}
