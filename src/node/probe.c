/* SPDX-License-Identifier: Apache-2.0 */
/* Running programs. The file is opened and checked first (base/way), and then executed through its
 * descriptor, so the checked file is the one that runs. If the caller ignores SIGCHLD, a child of
 * heir (the warden) waits for the program and reports its status through a socket. */
#include "node/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/root.h"
#include "base/way.h"

/* The polling interval, and how long a killed program may take to disappear. */
enum { SLICE_MS = 20, FAREWELL_MS = 500 };

/* The program's descriptors. The last is its own file, which an interpreter reads. */
enum { PROGRAM_FD = 3 };

/* ---- What may be run ---- */

static const char default_dirs[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static int check_program(int fd, enum heir_way way)
{
	struct stat st;
	bool ours;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0)
		return -EACCES;
	ours = st.st_uid == 0 || (way == HEIR_WAY_RUN_OWN && st.st_uid == geteuid());
	return !ours || (st.st_mode & (S_IWGRP | S_IWOTH)) ? -EPERM : 0;
}

static int open_judged(const char *path, enum heir_way way)
{
	int fd = heir_way_open(-1, path, way), r;

	if (fd < 0)
		return fd;
	r = check_program(fd, way);
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

/* Returns whether exec.LookPath would go on to the next directory for certain: files that are not
 * executable do not count, but what cannot be checked may exist. */
static bool is_passed_over(const char *path, enum heir_way way, int error)
{
	int fd;

	if (error != -EACCES)
		return heir_root_is_absent(error);
	fd = heir_way_open(-1, path, way);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Finds what env would run for that name. */
static int find_judged(const char *dirs, const char *name, enum heir_way way)
{
	char path[PATH_MAX];

	while (*dirs) {
		int len = (int)strcspn(dirs, ":"), r;

		/* A relative directory depends on the working directory. */
		if (dirs[0] != '/')
			return -EPERM;
		if (snprintf(path, sizeof(path), "%.*s/%s", len, dirs, name) >= (int)sizeof(path))
			return -ENAMETOOLONG;
		r = open_judged(path, way);
		if (r >= 0 || !is_passed_over(path, way, r))
			return r;
		dirs += len + (dirs[len] == ':');
	}
	return -ENOENT;
}

enum { FIRST_LINE = 256, MAX_INTERPRETERS = 5 };

/* Cuts off the next word. Returns NULL if there is none. */
static char *cut_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");
	size_t len = strcspn(word, " \t");

	*rest = word + len + (word[len] != '\0');
	word[len] = '\0';
	return len ? word : NULL;
}

/* Reads the first line of a script after "#!". Returns 1, or 0 if it is not a script. */
static int read_first_line(int fd, char ret[static FIRST_LINE + 1])
{
	_cleanup_(heir_fd_close) int in = -1;
	char self[64];
	ssize_t n;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	in = open(self, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	/* An interpreter could not read it either. */
	if (in < 0)
		return errno == EACCES ? 0 : -errno;
	n = pread(in, ret, FIRST_LINE, 0);
	if (n < 0)
		return -errno;
	if (n < 2 || ret[0] != '#' || ret[1] != '!')
		return 0;
	memmove(ret, ret + 2, (size_t)n - 2);
	ret[n - 2] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
	return 1;
}

/* Returns the program that env runs. With options other than -S and -i it cannot be determined. */
static const char *env_program(char *rest)
{
	char *word = cut_word(&rest);

	while (word && (strcmp(word, "-S") == 0 || strcmp(word, "-i") == 0))
		word = cut_word(&rest);
	if (word && strncmp(word, "-S", 2) == 0)
		word += 2;
	return word && word[0] != '-' && !strchr(word, '=') ? word : NULL;
}

/* Opens the interpreter that runs a script with that first line. */
static int open_interpreter(char *line, enum heir_way way, const char *dirs)
{
	const char *path = cut_word(&line), *slash = path ? strrchr(path, '/') : NULL, *program;
	int fd;

	if (!path || path[0] != '/')
		return -EPERM;
	fd = open_judged(path, way);
	if (fd < 0 || strcmp(slash, "/env") != 0)
		return fd;
	close(fd);
	program = env_program(line);
	if (!program)
		return -EPERM;
	if (!strchr(program, '/'))
		return find_judged(dirs, program, way);
	return program[0] == '/' ? open_judged(program, way) : -EPERM;
}

/* Checks the interpreters of a script. Returns 0 even if one is missing, because then nothing
 * runs. */
static int judge_interpreters(int script, enum heir_way way, const char *dirs)
{
	_cleanup_(heir_fd_close) int fd = fcntl(script, F_DUPFD_CLOEXEC, PROGRAM_FD + 1);
	char line[FIRST_LINE + 1];

	if (fd < 0)
		return -errno;
	for (int i = 0; i < MAX_INTERPRETERS; i++) {
		int r = read_first_line(fd, line);

		if (r <= 0)
			return r;
		r = open_interpreter(line, way, dirs);
		if (r < 0)
			return r == -ENOENT || r == -ENOTDIR ? 0 : r;
		heir_fd_close(&fd);
		fd = r;
	}
	return -ELOOP;
}

static int open_program(const char *path, enum heir_way way, const char *dirs)
{
	int fd = open_judged(path, way), r;

	if (fd < 0)
		return fd;
	r = judge_interpreters(fd, way, dirs);
	if (r == 0)
		return fd;
	close(fd);
	return r == -EACCES ? -EPERM : r;
}

int heir_probe_open(const char *path)
{
	return open_program(path, HEIR_WAY_RUN, default_dirs);
}

int heir_probe_open_own(const char *path, const char *dirs)
{
	return open_program(path, HEIR_WAY_RUN_OWN, dirs ? dirs : default_dirs);
}

const char *heir_probe_own_error(int error)
{
	switch (error) {
	case -EINVAL:
		return "not an absolute path";
	case -EPERM:
		return "writable by another user (or its interpreter or a parent directory is)";
	case -ENOENT:
		return "no such file or directory: heir was built or installed without it";
	}
	return heir_file_error(error);
}

int heir_probe_find(
	const char *dirs, const char *name, struct heir_arena *arena, const char **ret_path)
{
	*ret_path = NULL;
	for (const char *p = dirs; *p;) {
		size_t len = 0;
		const char *dir, *path;
		int r;

		while (p[len] && p[len] != ':')
			len++;
		dir = heir_arena_strndup(arena, p, len);
		path = dir ? heir_arena_concat(arena, dir, "/", name) : NULL;
		if (!path)
			return -ENOMEM;
		/* If a directory cannot be read, a later one does not count. */
		r = p[0] == '/' ? heir_probe_open(path) : -ENOENT;
		if (r >= 0 || !is_passed_over(path, HEIR_WAY_RUN, r)) {
			*ret_path = path;
			return r;
		}
		p += len + (p[len] == ':');
	}
	return -ENOENT;
}

/* ---- Running it ---- */

struct run {
	pid_t pid;
	int pipe; /* its output */
	int ms;   /* time limit */
	const char *const *args;
	const struct heir_trace *trace;
	struct timespec start; /* on the monotonic clock */
	bool both;             /* includes standard error */
	/* If the caller ignores SIGCHLD, `pid` is a child of heir that waits for the program and
	 * reports its status here; -1: `pid` is the program. */
	int warden;
	bool ended;
	bool lost;  /* its status cannot be determined */
	int status; /* after the end: the result of heir_probe_run() */
};

static int ms_left(const struct run *run, int ms)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return ms - (int)((now.tv_sec - run->start.tv_sec) * 1000 +
			    (now.tv_nsec - run->start.tv_nsec) / 1000000);
}

/* Moves the descriptor to a number that the program's own do not use. */
static int move_descriptor(int fd)
{
	int lifted = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, HEIR_PROBE_MORE_FD + 1);
	int r = lifted < 0 ? -errno : lifted;

	heir_fd_close(&fd);
	return r;
}

/* Closes all descriptors above `last` in the program. */
static int close_other_fds(posix_spawn_file_actions_t *actions, int last)
{
#ifdef __GLIBC__
	return posix_spawn_file_actions_addclosefrom_np(actions, last + 1);
#else
	/* musl has no such action. Closes those that are open now; heir's own are close-on-exec.
	 * Closing one twice is harmless there. */
	_cleanup_(heir_dir_close) DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	int r = dir ? 0 : errno;

	while (r == 0 && (entry = readdir(dir))) {
		int fd = atoi(entry->d_name);

		if (fd > last && fd != dirfd(dir))
			r = posix_spawn_file_actions_addclose(actions, fd);
	}
	return r;
#endif
}

/* Descriptors for the program, moved out of the way. */
struct given {
	int program, in, out, more; /* in and more may be -1 */
	bool both;                  /* `out` is standard error too */
};

static int add_actions(posix_spawn_file_actions_t *actions, const struct given *fds)
{
	int r = fds->in < 0 ? posix_spawn_file_actions_addopen(
				      actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
			    : posix_spawn_file_actions_adddup2(actions, fds->in, STDIN_FILENO);

	r = r ? r : posix_spawn_file_actions_adddup2(actions, fds->out, STDOUT_FILENO);
	if (r == 0)
		r = fds->both ? posix_spawn_file_actions_adddup2(actions, fds->out, STDERR_FILENO)
			      : posix_spawn_file_actions_addopen(
					actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	r = r ? r : posix_spawn_file_actions_adddup2(actions, fds->program, PROGRAM_FD);
	if (r == 0 && fds->more >= 0)
		r = posix_spawn_file_actions_adddup2(actions, fds->more, HEIR_PROBE_MORE_FD);
	r = r ? r : close_other_fds(actions, fds->more >= 0 ? HEIR_PROBE_MORE_FD : PROGRAM_FD);
	return r ? r : posix_spawn_file_actions_addchdir_np(actions, "/");
}

/* Sets a session of its own and default signals. */
static int set_attributes(posix_spawnattr_t *attributes, bool own_session)
{
	short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
	sigset_t all, none;
	int r;

	sigfillset(&all);
	sigemptyset(&none);
	r = posix_spawnattr_setflags(
		attributes, own_session ? (short)(flags | POSIX_SPAWN_SETSID) : flags);
	r = r ? r : posix_spawnattr_setsigdefault(attributes, &all);
	return r ? r : posix_spawnattr_setsigmask(attributes, &none);
}

/* Everything needed for posix_spawn(). */
struct spawning {
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char path[sizeof("PATH=") + sizeof(default_dirs)];
	const char *const *args;
};

static void drop_spawning(struct spawning *s)
{
	posix_spawnattr_destroy(&s->attributes);
	posix_spawn_file_actions_destroy(&s->actions);
}

/* Returns 0, and the caller must drop it, or -errno. */
static int prepare_spawn(
	struct spawning *s, const struct given *fds, const char *const *args, bool own_session)
{
	int r = posix_spawn_file_actions_init(&s->actions);

	if (r != 0)
		return -r;
	s->args = args;
	snprintf(s->path, sizeof(s->path), "PATH=%s", default_dirs);
	posix_spawnattr_init(&s->attributes);
	r = add_actions(&s->actions, fds);
	r = r ? r : set_attributes(&s->attributes, own_session);
	if (r != 0)
		drop_spawning(s);
	return -r;
}

/* The path makes the new process execute exactly the open file. Does not allocate. */
static int spawn_prepared(const struct spawning *s, pid_t *ret)
{
	const char *const environment[] = {s->path, NULL};

	/* posix_spawn() does not modify the strings. */
	return -posix_spawn(ret, "/proc/self/fd/3", &s->actions, &s->attributes,
		(char *const *)(uintptr_t)s->args, (char *const *)(uintptr_t)environment);
}

static int spawn_program(const struct given *fds, const char *const *args, pid_t *ret)
{
	struct spawning spawning;
	int r = prepare_spawn(&spawning, fds, args, true);

	if (r < 0)
		return r;
	r = spawn_prepared(&spawning, ret);
	drop_spawning(&spawning);
	return r;
}

/* ---- For a caller that ignores SIGCHLD ---- */

/* How the program ended, as reported by the warden. */
struct ending {
	int error; /* -errno: it was not started */
	int status;
};

/* Returns whether SIGCHLD is ignored. Then the kernel discards the status of children, and a
 * library cannot change that without changing it for the caller. */
static bool forgets_children(void)
{
	struct sigaction action;

	return sigaction(SIGCHLD, NULL, &action) == 0 &&
	       (action.sa_handler == SIG_IGN || action.sa_flags & SA_NOCLDWAIT);
}

/* Runs the program, reports its status, and stays until it is killed, so that the id of the
 * process group remains valid. Calls only what is safe after fork(). */
static _Noreturn void be_warden(const struct spawning *spawning, int channel)
{
	struct ending ending = {0, 0};
	siginfo_t info;
	pid_t pid;
	char end;

	setsid();
	signal(SIGCHLD, SIG_DFL);
	ending.error = spawn_prepared(spawning, &pid);
	/* Close-on-exec applies to programs, but this process executes none. */
	if (dup2(channel, STDIN_FILENO) >= 0)
		syscall(SYS_close_range, STDIN_FILENO + 1, ~0U, 0);
	if (ending.error == 0) {
		while (waitid(P_PID, (id_t)pid, &info, WEXITED) < 0 && errno == EINTR)
			continue;
		ending.status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
	}
	if (send(STDIN_FILENO, &ending, sizeof(ending), MSG_NOSIGNAL) == sizeof(ending))
		while (read(STDIN_FILENO, &end, 1) < 0 && errno == EINTR)
			continue;
	_exit(0);
}

/* Forks the warden, which starts the program. */
static int start_warden(struct run *run, const struct given *fds)
{
	struct spawning spawning;
	int channel[2], r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) < 0)
		return -errno;
	r = prepare_spawn(&spawning, fds, run->args, false);
	if (r == 0) {
		run->pid = fork();
		if (run->pid == 0)
			be_warden(&spawning, channel[1]);
		r = run->pid < 0 ? -errno : 0;
		drop_spawning(&spawning);
	}
	close(channel[1]);
	if (r == 0)
		run->warden = channel[0];
	else
		close(channel[0]);
	return r;
}

static int start_child(struct run *run, int fd)
{
	_cleanup_(heir_fd_close) int program = fcntl(fd, F_DUPFD_CLOEXEC, HEIR_PROBE_MORE_FD + 1);
	_cleanup_(heir_fd_close) int in = -1, out = -1;
	int ends[2];

	if (program < 0 || pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	in = ends[0];
	out = move_descriptor(ends[1]);
	if (out < 0)
		return out;
	/* Only for the reading end: the program expects a blocking one. */
	if (fcntl(in, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	run->pipe = TAKE_FD(in);
	clock_gettime(CLOCK_MONOTONIC, &run->start);
	if (forgets_children())
		return start_warden(run, &(struct given){program, -1, out, -1, run->both});
	return spawn_program(
		&(struct given){program, -1, out, -1, run->both}, run->args, &run->pid);
}

int heir_probe_start(int fd, const char *const *args, int in, int out, int more, pid_t *ret)
{
	enum { LIFTED = HEIR_PROBE_MORE_FD + 1 };
	struct given fds = {fcntl(fd, F_DUPFD_CLOEXEC, LIFTED), fcntl(in, F_DUPFD_CLOEXEC, LIFTED),
		fcntl(out, F_DUPFD_CLOEXEC, LIFTED), fcntl(more, F_DUPFD_CLOEXEC, LIFTED), false};
	int r = fds.program < 0 || fds.in < 0 || fds.out < 0 || fds.more < 0 ? -errno : 0;

	if (r == 0)
		r = spawn_program(&fds, args, ret);
	heir_fd_close(&fds.program);
	heir_fd_close(&fds.in);
	heir_fd_close(&fds.out);
	heir_fd_close(&fds.more);
	return r;
}

static int read_warden(struct run *run)
{
	struct ending ending;
	ssize_t n = recv(run->warden, &ending, sizeof(ending), MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	run->ended = true;
	/* The warden was killed. */
	run->lost = n != sizeof(ending);
	run->status = run->lost ? 0 : ending.status;
	return run->lost ? 0 : ending.error;
}

/* Checks whether it has ended, without reaping it: until then its id is not reused and its group
 * can be killed. */
static int poll_child(struct run *run)
{
	siginfo_t info = {.si_pid = 0};

	if (run->ended)
		return 0;
	if (run->warden >= 0)
		return read_warden(run);
	if (waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0) {
		/* The caller reaps all children, so the status is lost. */
		run->ended = run->lost = errno == ECHILD;
	} else if (info.si_pid == run->pid) {
		run->ended = true;
		run->status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
	}
	return 0;
}

/* Reads available output. Returns 1 at its end, 0, or -errno. */
static int read_output(const struct run *run, struct heir_buf *buf, size_t max)
{
	char piece[4096];

	for (;;) {
		ssize_t n = read(run->pipe, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (n == 0)
			return 1;
		if ((size_t)n > max - buf->len)
			return -EFBIG;
		heir_buf_add(buf, piece, (size_t)n);
		if (buf->failed)
			return -ENOMEM;
	}
}

/* Waits until it has ended and its output is read. Other processes may still have the pipe open
 * then. */
static int receive_output(struct run *run, struct heir_buf *buf, size_t max)
{
	struct pollfd fd = {.fd = run->pipe, .events = POLLIN};
	int left, r = 0, polled;

	while (!run->ended) {
		left = ms_left(run, run->ms);
		if (left <= 0)
			return -ETIMEDOUT;
		heir_trace_wait(
			run->trace, "%s %s", run->args[0], run->args[1] ? run->args[1] : "");
		if (poll(&fd, 1, MIN(left, r > 0 ? 1 : SLICE_MS)) < 0 && errno != EINTR)
			return -errno;
		polled = poll_child(run);
		if (polled < 0)
			return polled;
		/* A closed pipe would make poll() return at once. */
		r = fd.fd < 0 ? 1 : read_output(run, buf, max);
		if (r < 0)
			return r;
		if (r > 0)
			fd.fd = -1;
	}
	return 0;
}

/* Kills the whole group and reaps the child. Does not wait for one that cannot be killed. */
static void end_child(struct run *run)
{
	kill(-run->pid, SIGKILL);
	/* It may not have its own group yet. */
	if (run->warden >= 0)
		kill(run->pid, SIGKILL);
	clock_gettime(CLOCK_MONOTONIC, &run->start);
	while (waitpid(run->pid, NULL, WNOHANG) == 0 && ms_left(run, FAREWELL_MS) > 0)
		poll(NULL, 0, 1);
}

/* Runs a prepared program to its end or its time limit. */
static int run_it(
	struct run *run, int fd, size_t max, struct heir_arena *arena, struct heir_str *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	char *text;
	int r = start_child(run, fd);

	if (r == 0) {
		r = receive_output(run, &buf, max);
		if (r == 0 && run->lost)
			r = -ECHILD;
		end_child(run);
	}
	heir_fd_close(&run->pipe);
	heir_fd_close(&run->warden);
	if (r != 0 || run->status != 0)
		return r != 0 ? r : run->status;
	text = heir_arena_strndup(arena, buf.len ? buf.p : "", buf.len);
	if (!text)
		return -ENOMEM;
	*ret = (struct heir_str){text, buf.len};
	return 0;
}

int heir_probe_run_for(int fd, const char *const *args, int ms, size_t max,
	struct heir_arena *arena, const struct heir_trace *trace, struct heir_str *ret)
{
	struct run run = {.pipe = -1, .warden = -1, .ms = ms, .args = args, .trace = trace};

	return run_it(&run, fd, max, arena, ret);
}

int heir_probe_run_both(int fd, const char *const *args, int ms, size_t max,
	struct heir_arena *arena, const struct heir_trace *trace, struct heir_str *ret)
{
	struct run run = {
		.pipe = -1, .warden = -1, .ms = ms, .args = args, .trace = trace, .both = true};

	return run_it(&run, fd, max, arena, ret);
}

int heir_probe_run(
	int fd, const char *const *args, size_t max, struct heir_arena *arena, struct heir_str *ret)
{
	return heir_probe_run_for(fd, args, HEIR_PROBE_MS, max, arena, NULL, ret);
}
