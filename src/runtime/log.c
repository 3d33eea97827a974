/* SPDX-License-Identifier: Apache-2.0 */
/* Errors in the formats that runtimes use, so that CRI-O and people find them where they look for
 * a runtime's. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/runtime.h"

enum { MESSAGE_SIZE = 2 * HEIR_PATH_SIZE };

static void write_bytes(int fd, const char *s, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, s, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		s += n;
		len -= (size_t)n;
	}
}

/* Bytes that would end a string of JSON, or confuse a terminal, become "?". */
static void make_printable(char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s < ' ' || *s == 0x7f || *s == '\\')
			*s = '?';
		else if (*s == '"')
			*s = '\'';
	}
}

void heir_log(const struct heir_call *call, const char *format, ...)
{
	char message[MESSAGE_SIZE], line[MESSAGE_SIZE + 128];
	va_list args;
	int fd, n;

	va_start(args, format);
	n = vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	if (n < 0)
		return;
	make_printable(message);
	n = snprintf(line, sizeof(line), "heir-runtime: %s\n", message);
	if (n > 0 && !call->no_stderr)
		write_bytes(STDERR_FILENO, line, (size_t)n);
	if (!call->log)
		return;
	n = snprintf(line, sizeof(line),
		call->log_json ? "{\"msg\":\"heir-runtime: %s\",\"level\":\"error\"}\n"
			       : "level=error msg=\"heir-runtime: %s\"\n",
		message);
	fd = open(call->log,
		O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK,
		0600);
	if (fd < 0)
		return;
	if (n > 0)
		write_bytes(fd, line, (size_t)n);
	close(fd);
}
