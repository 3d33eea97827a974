/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/request.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

struct answer {
	size_t len, of_call; /* bytes; in total, and for the current call */
	bool too_large;
	int grpc_status; /* -1: not seen yet */
	/* The time limit applies to all requests together. */
	struct timespec begun;
	int max_ms;
};

static long ms_left(const struct answer *answer)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return answer->max_ms - ((now.tv_sec - answer->begun.tv_sec) * 1000L +
					(now.tv_nsec - answer->begun.tv_nsec) / 1000000L);
}

static bool print_bytes(const char *p, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t written = write(STDOUT_FILENO, p + done, len - done);

		if (written < 0)
			return false;
		done += (size_t)written;
	}
	return true;
}

static size_t write_piece(char *p, size_t size, size_t n, void *data)
{
	struct answer *answer = data;
	size_t len = size * n;

	answer->too_large = len > HEIR_FETCH_MAX - answer->len;
	if (answer->too_large)
		return 0;
	answer->len += len;
	answer->of_call += len;
	return print_bytes(p, len) ? len : 0;
}

/* The gRPC status is in the trailers, or in the headers if there is no message. */
static size_t read_header(char *p, size_t size, size_t n, void *data)
{
	static const char name[] = "grpc-status:";
	struct answer *answer = data;
	size_t len = size * n, at = sizeof(name) - 1;

	if (len <= at || strncasecmp(p, name, at) != 0)
		return len;
	while (at < len && p[at] == ' ')
		at++;
	answer->grpc_status = 0;
	for (; at < len && p[at] >= '0' && p[at] <= '9' && answer->grpc_status < 1000; at++)
		answer->grpc_status = answer->grpc_status * 10 + (p[at] - '0');
	return len;
}

static bool set_options(CURL *curl, const char *socket, struct answer *answer)
{
	return curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       /* libcurl 7.88 fails on a second HTTP/2 call over the same connection. */
	       curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, write_piece) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, read_header) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_HEADERDATA, answer) == CURLE_OK;
}

enum { MAX_ID = 120, MESSAGE = 5 + 2 + MAX_ID + 2 };

/* Makes a gRPC message: a header of five bytes, then nothing, or PodSandboxStatusRequest { id = 1,
 * verbose = 2 }. */
static long make_message(const char *id, char message[static MESSAGE])
{
	size_t len = id ? strlen(id) : 0, n = 5;

	if (len > MAX_ID)
		return -1;
	memset(message, 0, 5);
	if (id) {
		message[n++] = 1 << 3 | 2;
		message[n++] = (char)len;
		memcpy(message + n, id, len);
		n += len;
		message[n++] = 2 << 3;
		message[n++] = 1;
	}
	message[4] = (char)(n - 5);
	return (long)n;
}

/* gRPC uses HTTP/2 from the start. */
static bool set_call(CURL *curl, struct curl_slist *headers, const char *message, long len)
{
	return curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
		       (long)CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, len) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_POSTFIELDS, message) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
}

static bool set_question(CURL *curl, enum heir_fetch_what what)
{
	static const char *const urls[] = {
		[HEIR_FETCH_CONFIG] = "http://crio/config",
		[HEIR_FETCH_PODS] = "http://crio/runtime.v1.RuntimeService/ListPodSandbox",
		[HEIR_FETCH_CONTAINERS] = "http://crio/runtime.v1.RuntimeService/ListContainers",
		[HEIR_FETCH_POD_STATUS] = "http://crio/runtime.v1.RuntimeService/PodSandboxStatus",
	};

	return curl_easy_setopt(curl, CURLOPT_URL, urls[what]) == CURLE_OK;
}

static enum heir_fetch_status status_of_answer(
	CURLcode code, long status, const struct answer *answer)
{
	if (answer->too_large)
		return HEIR_FETCH_TOO_LARGE;
	switch (code) {
	case CURLE_OK:
		return status == 200 ? HEIR_FETCH_FINE : HEIR_FETCH_REFUSED;
	case CURLE_COULDNT_CONNECT:
		return HEIR_FETCH_NO_CONNECTION;
	case CURLE_OPERATION_TIMEDOUT:
		return HEIR_FETCH_TOO_SLOW;
	case CURLE_HTTP_RETURNED_ERROR:
		return HEIR_FETCH_REFUSED;
	default:
		return HEIR_FETCH_BROKEN;
	}
}

static enum heir_fetch_status perform_request(CURL *curl, struct answer *answer)
{
	long status = 0, left = ms_left(answer);
	CURLcode code;

	answer->grpc_status = -1;
	answer->of_call = 0;
	if (left <= 0 || curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, left) != CURLE_OK)
		return HEIR_FETCH_TOO_SLOW;
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	return status_of_answer(code, status, answer);
}

static enum heir_fetch_status call_method(
	CURL *curl, struct curl_slist *headers, const char *id, struct answer *answer)
{
	/* From google.rpc.Code. */
	enum { OK = 0, NOT_FOUND = 5 };
	static const char empty[5];
	char message[MESSAGE];
	long len = make_message(id, message);
	enum heir_fetch_status status;

	if (len < 0 || !set_call(curl, headers, message, len))
		return HEIR_FETCH_USAGE;
	status = perform_request(curl, answer);
	if (status != HEIR_FETCH_FINE)
		return status;
	if (id && answer->grpc_status == NOT_FOUND && answer->of_call == 0)
		return print_bytes(empty, sizeof(empty)) ? HEIR_FETCH_FINE : HEIR_FETCH_BROKEN;
	/* Without a status the answer is not complete. */
	return answer->grpc_status == OK ? HEIR_FETCH_FINE
	       : answer->grpc_status < 0 ? HEIR_FETCH_BROKEN
					 : HEIR_FETCH_FAILED;
}

enum heir_fetch_status fetch_request(
	const char *socket, enum heir_fetch_what what, int max_ms, char *const *ids, int n_ids)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/grpc");
	enum heir_fetch_status ret = HEIR_FETCH_NO_CONNECTION;
	struct answer answer = {.max_ms = max_ms};
	CURL *curl = curl_easy_init();

	clock_gettime(CLOCK_MONOTONIC, &answer.begun);
	if (curl && headers && curl_slist_append(headers, "TE: trailers") &&
		set_options(curl, socket, &answer) && set_question(curl, what)) {
		if (what == HEIR_FETCH_CONFIG)
			ret = perform_request(curl, &answer);
		else if (what != HEIR_FETCH_POD_STATUS)
			ret = call_method(curl, headers, NULL, &answer);
		else
			ret = HEIR_FETCH_FINE;
		for (int i = 0; i < n_ids && ret == HEIR_FETCH_FINE; i++)
			ret = call_method(curl, headers, ids[i], &answer);
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	return ret;
}
