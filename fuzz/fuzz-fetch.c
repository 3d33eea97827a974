/* SPDX-License-Identifier: Apache-2.0 */
/* What heir-fetch makes of any answer: the first byte says which request is sent, the second how
 * the rest is cut into pieces. A thread answers each connection with the bytes. The request ends in
 * time, with a known status, and what it prints is bounded. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "fetch/request.h"
#include "fuzz.h"

enum { N_REQUESTS = HEIR_FETCH_POD_STATUS + 1, LIMIT_MS = 300, SLACK_MS = 3000 };

static struct sockaddr_un at = {.sun_family = AF_UNIX};
static int listener = -1, printed = -1;

/* What the server answers with. It holds the lock while it answers. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const uint8_t *answer;
static size_t answer_len, piece;

static void set_answer(const uint8_t *p, size_t len, size_t each)
{
	pthread_mutex_lock(&lock);
	answer = p;
	answer_len = len;
	piece = each;
	pthread_mutex_unlock(&lock);
}

static void wait_until_closed(int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};
	char buf[4096];

	while (poll(&pollfd, 1, LIMIT_MS + SLACK_MS) > 0 && read(fd, buf, sizeof(buf)) > 0)
		;
}

static void *serve(void *unused)
{
	char request[4096];

	(void)unused;
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		require(fd >= 0);
		pthread_mutex_lock(&lock);
		if (read(fd, request, sizeof(request)) > 0)
			for (size_t done = 0; done < answer_len;) {
				size_t left = answer_len - done;
				ssize_t n = write(fd, answer + done, left < piece ? left : piece);

				if (n <= 0)
					break;
				done += (size_t)n;
			}
		shutdown(fd, SHUT_WR);
		wait_until_closed(fd);
		close(fd);
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

static void remove_socket(void)
{
	unlink(at.sun_path);
}

/* The socket, the server, and a file that takes what is printed. */
static void set_up(void)
{
	pthread_t thread;

	signal(SIGPIPE, SIG_IGN);
	snprintf(at.sun_path, sizeof(at.sun_path), "/tmp/fuzz-fetch-%d", (int)getpid());
	unlink(at.sun_path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	require(listener >= 0 && bind(listener, (struct sockaddr *)&at, sizeof(at)) == 0 &&
		listen(listener, 8) == 0);
	atexit(remove_socket);
	printed = memfd_create("printed", MFD_CLOEXEC);
	require(printed >= 0 && dup2(printed, STDOUT_FILENO) >= 0);
	require(pthread_create(&thread, NULL, serve, NULL) == 0);
}

static long ms_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start->tv_sec) * 1000L + (now.tv_nsec - start->tv_nsec) / 1000000L;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char one[] = "0123", other[] = "abcd", *ids[] = {one, other};
	enum heir_fetch_status status;
	enum heir_fetch_what what;
	struct timespec start;
	struct stat st;

	if (size < 2)
		return 0;
	if (listener < 0)
		set_up();
	what = (enum heir_fetch_what)(data[0] % N_REQUESTS);
	set_answer(data + 2, size - 2, data[1] == 0 ? SIZE_MAX : data[1]);
	require(ftruncate(printed, 0) == 0 && lseek(printed, 0, SEEK_SET) == 0);
	clock_gettime(CLOCK_MONOTONIC, &start);
	status = fetch_request(
		at.sun_path, what, LIMIT_MS, ids, what == HEIR_FETCH_POD_STATUS ? 2 : 0);
	/* The data do not outlive this run. */
	set_answer(NULL, 0, SIZE_MAX);
	require(ms_since(&start) < LIMIT_MS + SLACK_MS);
	require(status != HEIR_FETCH_USAGE && status != HEIR_FETCH_NO_CONNECTION);
	require(fstat(printed, &st) == 0 && st.st_size <= HEIR_FETCH_MAX);
	return 0;
}
