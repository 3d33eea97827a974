/* SPDX-License-Identifier: Apache-2.0 */
/* A directory with heir-runtime as a handler, and runtimes that log each call. A test program that
 * is called as one of them is that runtime. */
#ifndef HEIR_TESTS_RUNTIME_H
#define HEIR_TESTS_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { CRUN, RUNC, N_KINDS };
extern const char *const kinds[N_KINDS];

struct bench_dir {
	char top[256];  /* the directory of everything */
	char late[300]; /* DIR of heir-runtime */
	char link[320]; /* DIR/bin/gpu */
	char log[300];
	char runtimes[N_KINDS][300];
	unsigned generation;
};

/* Where the program is called as a runtime, becomes that and does not return. In a directory named
 * "real" it logs and runs $HEIR_TEST_CRUN or $HEIR_TEST_RUNC, elsewhere it only acts as one. */
void runtime_act(int argc, char **argv);

/* Makes the directory; real: with runtimes that run the real ones. */
void bench_dir_make(struct bench_dir *dir, bool real);
void bench_dir_remove(struct bench_dir *dir);
/* The handler's current runtime, and the other kind behind it; -1 as second: none. */
void bench_dir_target(struct bench_dir *dir, int first, int second);
void bench_dir_write(const char *path, const char *text);
/* snprintf(), which gives up where the text does not fit. */
__attribute__((format(printf, 3, 4))) int put(char *ret, size_t size, const char *format, ...);
/* Whether a file exists; format makes its path. */
__attribute__((format(printf, 1, 2))) bool file_exists(const char *format, ...);

/* A bundle whose container sleeps, with the machine's programs. Its path into ret. */
void bench_dir_bundle(struct bench_dir *dir, char *ret, size_t size);
/* The machine's own runtime, or NULL. */
const char *runtime_find(int kind);
/* Mounts of its own for this process, such that crun and runc can create containers. False: not
 * allowed. */
bool runtime_isolate(void);

/* What a call did. */
struct outcome {
	int status;     /* of waitpid() */
	char out[4096]; /* standard output */
	char err[4096];
};

/* Runs path with the words of line as arguments. */
struct outcome run_line(const char *path, const char *line);
pid_t spawn_line(const char *path, const char *line);
/* The exit status, or -1 where a signal ended it. */
int exit_code(const struct outcome *outcome);

/* The log since the last call of this, into ret. */
void read_log(struct bench_dir *dir, char *ret, size_t size);

#endif
