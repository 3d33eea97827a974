/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses the runtime of a call and replaces this process by it. Only "delete" runs it as a child,
 * to remove the record afterwards. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/runtime.h"

extern char **environ;

struct job {
	struct heir_call call;
	struct heir_place place;
	char **argv;
	struct heir_list target; /* n == 0: not read, or it cannot be */
	int target_error;
	const char *usable; /* the last path that is_usable() found so */
};

/* ---- where things are ------------------------------------------------------------------------ */

/* "DIR/bin/HANDLER" says both; a name alone, the handler. Returns whether it can be one. */
static bool read_place(char *argv0, struct heir_place *place)
{
	char *slash = strrchr(argv0, '/');
	size_t len = slash ? (size_t)(slash - argv0) : 0;

	strcpy(place->dir, HEIR_LATE_DIR);
	strcpy(place->records, HEIR_LATE_RECORDS);
	if (argv0[0] == '/' && len > 4 && len + HEIR_NAME_SIZE < sizeof(place->dir) &&
		memcmp(slash - 4, "/bin", 4) == 0) {
		len -= 4;
		/* Elsewhere, as tests do, the records are beside the targets. */
		if (len != strlen(HEIR_LATE_DIR) || memcmp(argv0, HEIR_LATE_DIR, len) != 0) {
			memcpy(place->dir, argv0, len);
			place->dir[len] = '\0';
			memcpy(place->records, argv0, len);
			strcpy(place->records + len, "/records");
		}
	}
	place->handler = slash ? slash + 1 : argv0;
	len = strlen(place->handler);
	return len > 0 && len < HEIR_NAME_SIZE && place->handler[0] != '.' &&
	       strspn(place->handler, HEIR_NAME_BYTES) == len &&
	       strcmp(place->handler, "heir-runtime") != 0;
}

static int now_path(const struct job *job, const char *what, char *ret, size_t size)
{
	int n = snprintf(ret, size, "%s/now/%s/%s", job->place.dir, what, job->place.handler);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

static const struct heir_list *read_target(struct job *job)
{
	char path[HEIR_PATH_SIZE + HEIR_NAME_SIZE];

	if (job->target.n == 0 && job->target_error == 0) {
		job->target_error = now_path(job, "target", path, sizeof(path));
		if (job->target_error == 0)
			job->target_error = heir_list_read(AT_FDCWD, path, &job->target);
		if (job->target_error < 0)
			job->target.n = 0;
	}
	return &job->target;
}

/* ---- which runtime --------------------------------------------------------------------------- */

/* Whether path can be executed and is another program than this one, which would never end. */
static bool is_usable(struct job *job, const char *path)
{
	struct stat st, self;

	if (path == job->usable)
		return true;
	if (stat(path, &st) < 0 || access(path, X_OK) < 0)
		return false;
	if (stat("/proc/self/exe", &self) == 0 && st.st_dev == self.st_dev &&
		st.st_ino == self.st_ino) {
		errno = ELOOP;
		return false;
	}
	job->usable = path;
	return true;
}

/* The current runtime of the handler; where it is missing, the last one before it that is there.
 * NULL: none is. */
static const struct heir_runtime *find_current(struct job *job)
{
	const struct heir_list *target = read_target(job);

	for (unsigned i = 0; i < target->n; i++) {
		if (is_usable(job, target->runtimes[i].path))
			return &target->runtimes[i];
	}
	return NULL;
}

/* A runtime of this kind among those of the handler. */
static const char *find_kind(struct job *job, const char *kind)
{
	const struct heir_list *target = read_target(job);

	for (unsigned i = 0; i < target->n; i++) {
		if (strcmp(target->runtimes[i].kind, kind) == 0 && strcmp(kind, "-") != 0 &&
			is_usable(job, target->runtimes[i].path))
			return target->runtimes[i].path;
	}
	return NULL;
}

/* The runtime of a container that has a record: the recorded one; where that is missing, another
 * of its kind. */
static const char *of_record(struct job *job, const struct heir_list *record)
{
	const char *path = record->runtimes[0].path, *other;

	if (is_usable(job, path))
		return path;
	other = find_kind(job, record->runtimes[0].kind);
	return other ? other : path;
}

static const char *current_path(struct job *job)
{
	const struct heir_runtime *runtime = find_current(job);

	if (runtime)
		return runtime->path;
	return job->target.n > 0 ? job->target.runtimes[0].path : NULL;
}

/* The runtime of a container that has no record: the owner by the form of its state directory,
 * else the current runtime. */
static const char *of_state(struct job *job)
{
	const char *kind = heir_state_kind(&job->call);
	const char *path = kind ? find_kind(job, kind) : NULL;

	return path ? path : current_path(job);
}

/* ---- running it ------------------------------------------------------------------------------ */

/* Replaces this process by the runtime. Returns the exit code if that fails. */
static int exec_runtime(struct job *job, const char *path)
{
	int error;

	if (!path) {
		heir_log(&job->call, "handler \"%s\": cannot read its target in %s/now: %s",
			job->place.handler, job->place.dir, strerror(-job->target_error));
		return HEIR_EXIT_NOT_FOUND;
	}
	if (is_usable(job, path)) {
		job->argv[0] = (char *)path;
		execve(path, job->argv, environ);
	}
	error = errno;
	heir_log(&job->call, "handler \"%s\": cannot run \"%s\": %s", job->place.handler, path,
		strerror(error));
	return error == ENOENT ? HEIR_EXIT_NOT_FOUND : HEIR_EXIT_CANNOT_RUN;
}

/* Records the current runtime for the container, then runs it. If it cannot be executed, the
 * record is removed. */
static int create_container(struct job *job)
{
	const struct heir_runtime *runtime = find_current(job);
	struct heir_list record;
	int r;

	/* Says why. */
	if (!runtime)
		return exec_runtime(job, current_path(job));
	r = heir_record_claim(&job->place, &job->call, runtime);
	if (r < 0) {
		heir_log(&job->call, "handler \"%s\": cannot create container %s: %s%s%s",
			job->place.handler, job->call.id,
			r == -EEXIST  ? "it exists"
			: r == -EBUSY ? "another process is creating it"
				      : job->place.records,
			r == -EEXIST || r == -EBUSY ? "" : ": ",
			r == -EEXIST || r == -EBUSY ? "" : strerror(-r));
		return HEIR_EXIT_OURS;
	}
	r = exec_runtime(job, runtime->path);
	if (heir_record_read(&job->place, &job->call, &record) == 0 && record.creator == getpid())
		heir_record_remove(&job->place, &job->call, &record, true);
	return r;
}

/* Waits for child, to which it passes on the signals that this process alone receives. */
static int wait_for(pid_t child, const sigset_t *signals)
{
	siginfo_t info;
	int status;

	for (;;) {
		if (sigwaitinfo(signals, &info) < 0)
			continue;
		if (info.si_signo != SIGCHLD) {
			/* Those of a terminal reach the child by themselves. */
			if (info.si_code != SI_KERNEL)
				kill(child, info.si_signo);
		} else if (waitpid(child, &status, WNOHANG) == child) {
			return status;
		}
	}
}

/* Ends as the child did. */
static int end_as(int status)
{
	static const struct rlimit none;
	sigset_t one;

	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	setrlimit(RLIMIT_CORE, &none);
	signal(WTERMSIG(status), SIG_DFL);
	sigemptyset(&one);
	sigaddset(&one, WTERMSIG(status));
	raise(WTERMSIG(status));
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	return 128 + WTERMSIG(status);
}

/* Runs the runtime as a child, which dies with this process as if it were this process. */
static int delete (struct job *job, const struct heir_list *record)
{
	static const struct sigaction standard = {.sa_handler = SIG_DFL};
	const char *path = of_record(job, record);
	struct sigaction old;
	sigset_t all, mask;
	pid_t self = getpid(), child;
	int status;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &mask);
	sigaction(SIGCHLD, &standard, &old);
	child = fork();
	if (child < 0) {
		heir_log(&job->call, "handler \"%s\": cannot fork: %s", job->place.handler,
			strerror(errno));
		return HEIR_EXIT_OURS;
	}
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != self)
			_exit(HEIR_EXIT_OURS);
		sigaction(SIGCHLD, &old, NULL);
		sigprocmask(SIG_SETMASK, &mask, NULL);
		_exit(exec_runtime(job, path));
	}
	status = wait_for(child, &all);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		heir_record_remove(&job->place, &job->call, record, false);
	return end_as(status);
}

/* Prints the file that `heir apply --late` wrote: what all of the handler's runtimes have in
 * common. Where there is none, the current runtime answers. */
static int print_features(struct job *job, const char *what)
{
	char path[HEIR_PATH_SIZE + HEIR_NAME_SIZE], buf[HEIR_TEXT_SIZE];
	int fd = now_path(job, what, path, sizeof(path));
	ssize_t n;

	if (fd == 0)
		fd = heir_file_open(AT_FDCWD, path);
	if (fd < 0)
		return exec_runtime(job, current_path(job));
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		for (ssize_t done = 0, part; done < n; done += part) {
			part = write(STDOUT_FILENO, buf + done, (size_t)(n - done));
			if (part < 0 && errno == EINTR)
				part = 0;
			if (part < 0)
				return HEIR_EXIT_OURS;
		}
	}
	return n < 0 ? HEIR_EXIT_OURS : 0;
}

static int run_job(struct job *job)
{
	struct heir_list record;

	switch (job->call.kind) {
	case HEIR_CALL_CREATE:
		return create_container(job);
	case HEIR_CALL_CONTAINER:
	case HEIR_CALL_DELETE:
		if (heir_record_read(&job->place, &job->call, &record) < 0)
			return exec_runtime(job, of_state(job));
		if (job->call.kind == HEIR_CALL_DELETE)
			return delete (job, &record);
		return exec_runtime(job, of_record(job, &record));
	case HEIR_CALL_FEATURES:
		return print_features(job, "features");
	case HEIR_CALL_VERSION:
		return print_features(job, "version");
	default:
		return exec_runtime(job, current_path(job));
	}
}

int main(int argc, char **argv)
{
	static struct job job;
	bool no_stdout = fcntl(STDOUT_FILENO, F_GETFD) < 0;
	bool no_stderr = fcntl(STDERR_FILENO, F_GETFD) < 0;

	job.argv = argv;
	if (argc > 0)
		heir_call_read(argc, argv, &job.call);
	job.call.no_stderr = no_stderr;
	if (argc < 1 || !read_place(argv[0], &job.place)) {
		heir_log(&job.call,
			"CRI-O runs this program through a link that is named after a handler; "
			"`heir apply --late` makes it");
		return HEIR_EXIT_OURS;
	}
	/* What is opened here could become descriptor 1. */
	if (no_stdout &&
		(job.call.kind == HEIR_CALL_FEATURES || job.call.kind == HEIR_CALL_VERSION))
		return HEIR_EXIT_OURS;
	return run_job(&job);
}
