/* SPDX-License-Identifier: Apache-2.0 */
#include "support/runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/tap.h"

extern char **environ;

const char *const kinds[N_KINDS] = {"crun", "runc"};
static const char *const forms[N_KINDS] = {"status", "state.json"};

/* ---- a runtime ------------------------------------------------------------------------------- */

static const char *const verbs[] = {"create", "restore", "start", "state", "kill", "exec", "update",
	"pause", "resume", "checkpoint", "delete", "list", "features", "frobnicate"};

struct call {
	const char *verb, *root, *id;
};

/* Simpler than what is tested: the tests write ids that begin with "c-". */
static struct call read_call(int argc, char **argv)
{
	struct call call = {"", NULL, "-"};

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--root=", 7) == 0)
			call.root = argv[i] + 7;
		else if (strcmp(argv[i], "--root") == 0 && i + 1 < argc)
			call.root = argv[++i];
		else if (strncmp(argv[i], "c-", 2) == 0)
			call.id = argv[i];
		for (size_t v = 0; !call.verb[0] && v < sizeof(verbs) / sizeof(verbs[0]); v++) {
			if (strcmp(argv[i], verbs[v]) == 0)
				call.verb = verbs[v];
		}
	}
	return call;
}

static void log_line(const char *dir, const char *what, const struct call *call)
{
	char path[512], line[1024];
	int n = put(line, sizeof(line), "%s %s %s\n", what, call->verb, call->id);
	int fd;

	put(path, sizeof(path), "%s/../log", dir);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, line, (size_t)n) != n)
		_exit(99);
	close(fd);
}

/* Everything that a runtime can see of its caller. */
static void dump(const char *path, int argc, char **argv)
{
	char link[64], to[512];
	FILE *f = fopen(path, "we");

	if (!f)
		_exit(99);
	for (int i = 0; i < argc; i++)
		fprintf(f, "arg %s\n", argv[i]);
	for (char **e = environ; *e; e++)
		fprintf(f, "env %s\n", *e);
	fprintf(f, "cwd %s\n", getcwd(to, sizeof(to)));
	for (int i = 0; i < 64; i++) {
		ssize_t n;

		if (i == fileno(f))
			continue;
		put(link, sizeof(link), "/proc/self/fd/%d", i);
		n = readlink(link, to, sizeof(to) - 1);
		to[n > 0 ? n : 0] = '\0';
		if (n >= 0)
			/* Names of temporary files differ behind the ".". */
			fprintf(f, "fd %d %.*s\n", i, (int)(strcspn(to, ".")), to);
	}
	for (int i = 1; i < 32; i++) {
		struct sigaction act;
		sigset_t mask;

		sigprocmask(SIG_BLOCK, NULL, &mask);
		sigaction(i, NULL, &act);
		fprintf(f, "signal %d %d %d\n", i, act.sa_handler == SIG_IGN,
			sigismember(&mask, i));
	}
	fclose(f);
}

static int fake(const char *dir, int kind, const struct call *call)
{
	char state[512], own[600], other[600];

	put(state, sizeof(state), "%s/%s", call->root ? call->root : "/nonexistent", call->id);
	put(own, sizeof(own), "%s/%s", state, forms[kind]);
	put(other, sizeof(other), "%s/%s", state, forms[!kind]);
	if (strcmp(call->verb, "create") == 0 || strcmp(call->verb, "restore") == 0) {
		mkdir(call->root, 0700);
		if (mkdir(state, 0700) < 0) {
			fprintf(stderr, "container exists\n");
			return 1;
		}
		bench_dir_write(own, "");
		return 0;
	}
	if (strcmp(call->id, "-") == 0)
		return 0;
	if (access(other, F_OK) == 0) {
		log_line(dir, "HARM", call);
		return 1;
	}
	if (strcmp(call->verb, "delete") == 0) {
		unlink(own);
		return rmdir(state) == 0 || errno == ENOENT ? 0 : 1;
	}
	return access(own, F_OK) == 0 ? 0 : 1;
}

/* $HEIR_TEST_ACT says what else a runtime does: "exit N", "signal N", "wait" for SIGTERM and then
 * exit with 55, or "hold" on until SIGTERM. */
static void act(const char *how)
{
	int n = atoi(strchr(how, ' ') ? strchr(how, ' ') : "0");
	sigset_t one;

	if (strncmp(how, "exit", 4) == 0)
		_exit(n);
	if (strncmp(how, "signal", 6) == 0)
		kill(getpid(), n);
	if (strncmp(how, "wait", 4) == 0 || strncmp(how, "hold", 4) == 0) {
		sigemptyset(&one);
		sigaddset(&one, SIGTERM);
		sigprocmask(SIG_BLOCK, &one, NULL);
		if (write(STDOUT_FILENO, "ready\n", 6) != 6)
			_exit(99);
		sigwait(&one, &n);
		if (how[0] == 'w')
			_exit(55);
	}
}

void runtime_act(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
	const char *how = getenv("HEIR_TEST_ACT"), *to = getenv("HEIR_TEST_DUMP"), *real;
	char dir[512];
	struct call call = read_call(argc, argv);
	int kind = 0;

	while (kind < N_KINDS && strcmp(name, kinds[kind]) != 0)
		kind++;
	if (kind == N_KINDS || !slash)
		return;
	put(dir, sizeof(dir), "%.*s", (int)(slash - argv[0]), argv[0]);
	if (to)
		dump(to, argc, argv);
	log_line(dir, name, &call);
	if (strcmp(dir + strlen(dir) - 4, "real") == 0) {
		real = getenv(kind == CRUN ? "HEIR_TEST_CRUN" : "HEIR_TEST_RUNC");
		argv[0] = (char *)(real ? real : "/nonexistent");
		execv(argv[0], argv);
		_exit(99);
	}
	if (how)
		act(how);
	if (call.id[0] == '-')
		printf("this is %s %s\n", name, call.verb);
	fflush(stdout);
	_exit(fake(dir, kind, &call));
}

/* ---- a directory ----------------------------------------------------------------------------- */

void bench_dir_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		tap_give_up(path);
	close(fd);
}

int put(char *ret, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(ret, size, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= size)
		tap_give_up(format);
	return n;
}

bool file_exists(const char *format, ...)
{
	char path[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	return access(path, F_OK) == 0;
}

/* $HEIR_RUNTIME, else heir-runtime beside $HEIR. */
static void runtime_program(char *ret, size_t size)
{
	const char *program = getenv("HEIR_RUNTIME"), *heir = getenv("HEIR");
	char *real;

	if (program)
		put(ret, size, "%s", program);
	else if (heir && strrchr(heir, '/'))
		put(ret, size, "%.*s/heir-runtime", (int)(strrchr(heir, '/') - heir), heir);
	else
		tap_give_up("HEIR_RUNTIME is not set");
	real = realpath(ret, NULL);
	if (!real)
		tap_give_up("heir-runtime is not built");
	put(ret, size, "%s", real);
	free(real);
}

void bench_dir_make(struct bench_dir *dir, bool real)
{
	char path[512], program[512], self[512];
	const char *tmp = getenv("TMPDIR");
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	*dir = (struct bench_dir){.generation = 0};
	if (n < 0)
		tap_give_up("/proc/self/exe");
	self[n] = '\0';
	put(dir->top, sizeof(dir->top), "%s/heir-runtime.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(dir->top))
		tap_give_up("mkdtemp");
	put(dir->late, sizeof(dir->late), "%s/late", dir->top);
	put(dir->link, sizeof(dir->link), "%s/bin/gpu", dir->late);
	put(dir->log, sizeof(dir->log), "%s/log", dir->top);
	bench_dir_write(dir->log, "");
	mkdir(dir->late, 0755);
	put(path, sizeof(path), "%s/bin", dir->late);
	mkdir(path, 0755);
	runtime_program(program, sizeof(program));
	if (symlink(program, dir->link) < 0)
		tap_give_up("symlink");
	put(path, sizeof(path), "%s/%s", dir->top, real ? "real" : "rt");
	mkdir(path, 0755);
	for (int i = 0; i < N_KINDS; i++) {
		put(dir->runtimes[i], sizeof(dir->runtimes[i]), "%s/%s", path, kinds[i]);
		if (symlink(self, dir->runtimes[i]) < 0)
			tap_give_up("symlink");
	}
	bench_dir_target(dir, CRUN, RUNC);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

void bench_dir_remove(struct bench_dir *dir)
{
	nftw(dir->top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void bench_dir_target(struct bench_dir *dir, int first, int second)
{
	char path[512], text[1024], now[512], name[32];
	int n;

	put(name, sizeof(name), "g%u", ++dir->generation);
	put(path, sizeof(path), "%s/%s", dir->late, name);
	mkdir(path, 0755);
	put(path, sizeof(path), "%s/%s/target", dir->late, name);
	mkdir(path, 0755);
	put(path, sizeof(path), "%s/%s/target/gpu", dir->late, name);
	n = put(text, sizeof(text), "heir-late 1\nruntime %s %s\n", kinds[first],
		dir->runtimes[first]);
	if (second >= 0)
		put(text + n, sizeof(text) - (size_t)n, "runtime %s %s\n", kinds[second],
			dir->runtimes[second]);
	bench_dir_write(path, text);
	put(path, sizeof(path), "%s/new", dir->late);
	put(now, sizeof(now), "%s/now", dir->late);
	if (symlink(name, path) < 0 || rename(path, now) < 0)
		tap_give_up("cannot switch the target");
}

void bench_dir_bundle(struct bench_dir *dir, char *ret, size_t size)
{
	static const char *const shared[] = {"/usr", "/bin", "/lib", "/lib64", "/sbin"};
	char path[1024], text[4096];
	int n;

	put(ret, size, "%s/bundle", dir->top);
	mkdir(ret, 0755);
	put(path, sizeof(path), "%s/rootfs", ret);
	mkdir(path, 0755);
	put(path, sizeof(path), "%s/rootfs/dev", ret);
	mkdir(path, 0755);
	n = put(text, sizeof(text),
		"{\"ociVersion\":\"1.0.0\",\"process\":{\"terminal\":false,\"user\":{\"uid\":0,"
		"\"gid\":0},"
		"\"args\":[\"/bin/sleep\",\"1000\"],\"cwd\":\"/\",\"env\":[\"PATH=/usr/bin:/bin\"],"
		"\"capabilities\":{\"bounding\":[\"CAP_KILL\"]}},"
		"\"root\":{\"path\":\"rootfs\"},\"hostname\":\"c\",\"mounts\":["
		"{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"}");
	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		if (file_exists("%s", shared[i]))
			n += put(text + n, sizeof(text) - (size_t)n,
				",{\"destination\":\"%s\",\"type\":\"bind\",\"source\":\"%s\","
				"\"options\":[\"rbind\",\"ro\"]}",
				shared[i], shared[i]);
	}
	put(text + n, sizeof(text) - (size_t)n,
		"],\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"},{\"type\":"
		"\"ipc\"},"
		"{\"type\":\"uts\"}]}}\n");
	put(path, sizeof(path), "%s/config.json", ret);
	bench_dir_write(path, text);
}

const char *runtime_find(int kind)
{
	static const char *const directories[] = {"/usr/bin", "/usr/sbin", "/usr/local/bin"};
	static char found[N_KINDS][64];

	for (size_t i = 0; i < 3; i++) {
		put(found[kind], sizeof(found[kind]), "%s/%s", directories[i], kinds[kind]);
		if (access(found[kind], X_OK) == 0)
			return found[kind];
	}
	return NULL;
}

bool runtime_isolate(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return false;
	/* crun knows cgroup v1 and v2, but not both at once. */
	umount2("/sys/fs/cgroup/unified", MNT_DETACH);
	return true;
}

/* ---- calls ----------------------------------------------------------------------------------- */

static void run_words(const char *path, const char *line)
{
	char text[2048], *argv[64], *rest = text, *word;
	int argc = 0;

	put(text, sizeof(text), "%s", line);
	argv[argc++] = (char *)path;
	while (argc < 63 && (word = strsep(&rest, " "))) {
		if (*word)
			argv[argc++] = word;
	}
	argv[argc] = NULL;
	execv(path, argv);
	_exit(98);
}

pid_t spawn_line(const char *path, const char *line)
{
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		if (null > 2)
			close(null);
		run_words(path, line);
	}
	return pid;
}

static void read_back(int fd, char *ret, size_t size)
{
	ssize_t n = pread(fd, ret, size - 1, 0);

	ret[n > 0 ? n : 0] = '\0';
	close(fd);
}

struct outcome run_line(const char *path, const char *line)
{
	char template[2][64] = {"/tmp/heir-out.XXXXXX", "/tmp/heir-err.XXXXXX"};
	struct outcome outcome;
	int fd[2];
	pid_t pid;

	/* Files: a container keeps its descriptors, so that a pipe would not end. */
	for (int i = 0; i < 2; i++) {
		fd[i] = mkostemp(template[i], O_CLOEXEC);
		if (fd[i] < 0)
			tap_give_up("mkostemp");
		unlink(template[i]);
	}
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

		dup2(null, 0);
		dup2(fd[0], 1);
		dup2(fd[1], 2);
		run_words(path, line);
	}
	while (waitpid(pid, &outcome.status, 0) < 0 && errno == EINTR)
		;
	read_back(fd[0], outcome.out, sizeof(outcome.out));
	read_back(fd[1], outcome.err, sizeof(outcome.err));
	return outcome;
}

int exit_code(const struct outcome *outcome)
{
	return WIFEXITED(outcome->status) ? WEXITSTATUS(outcome->status) : -1;
}

void read_log(struct bench_dir *dir, char *ret, size_t size)
{
	int fd = open(dir->log, O_RDWR | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, ret, size - 1);

	if (n < 0 || ftruncate(fd, 0) < 0)
		tap_give_up("cannot read the log");
	ret[n] = '\0';
	close(fd);
}
