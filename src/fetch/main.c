/* SPDX-License-Identifier: Apache-2.0 */
/* heir-fetch SOCKET WHAT: prints what a CRI-O that listens there answers. A program of its own,
 * because an HTTP client costs more at every start than heir itself does. What there is to ask, and
 * how it ends, says apply/fetch.h. */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apply/fetch.h"

struct answer {
	size_t len;
	bool too_large;
};

static size_t write_piece(char *p, size_t size, size_t n, void *data)
{
	struct answer *answer = data;
	size_t len = size * n, done = 0;

	answer->too_large = len > HEIR_FETCH_MOST - answer->len;
	if (answer->too_large)
		return 0;
	answer->len += len;
	while (done < len) {
		ssize_t written = write(STDOUT_FILENO, p + done, len - done);

		if (written < 0)
			return 0;
		done += (size_t)written;
	}
	return len;
}

static bool set_options(CURL *curl, const char *socket, struct answer *answer)
{
	return curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)HEIR_FETCH_MS) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, write_piece) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer) == CURLE_OK;
}

/* A call of gRPC: HTTP/2 at once, and a message behind five bytes, which here is empty. */
static bool set_call(CURL *curl, struct curl_slist *headers)
{
	static const char empty[5];

	return curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
		       (long)CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)sizeof(empty)) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_POSTFIELDS, empty) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
}

static bool set_question(CURL *curl, enum heir_fetch_what what, struct curl_slist *headers)
{
	static const char *const urls[] = {
		[HEIR_FETCH_CONFIG] = "http://crio/config",
		[HEIR_FETCH_PODS] = "http://crio/runtime.v1.RuntimeService/ListPodSandbox",
		[HEIR_FETCH_CONTAINERS] = "http://crio/runtime.v1.RuntimeService/ListContainers",
	};

	return curl_easy_setopt(curl, CURLOPT_URL, urls[what]) == CURLE_OK &&
	       (what == HEIR_FETCH_CONFIG || set_call(curl, headers));
}

static enum heir_fetch_status judge(CURLcode code, long status, const struct answer *answer)
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

static enum heir_fetch_status ask(const char *socket, enum heir_fetch_what what)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/grpc");
	enum heir_fetch_status ret = HEIR_FETCH_NO_CONNECTION;
	struct answer answer = {0, false};
	CURL *curl = curl_easy_init();
	long status = 0;

	if (curl && headers && curl_slist_append(headers, "TE: trailers") &&
		set_options(curl, socket, &answer) && set_question(curl, what, headers)) {
		CURLcode code = curl_easy_perform(curl);

		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
		ret = judge(code, status, &answer);
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	return ret;
}

int main(int argc, char *argv[])
{
	static const char *const words[] = HEIR_FETCH_WORDS;

	for (int what = 0; argc == 3 && words[what]; what++)
		if (strcmp(argv[2], words[what]) == 0)
			return ask(argv[1], (enum heir_fetch_what)what);
	fputs("usage: heir-fetch SOCKET config|pods|containers\n", stderr);
	return HEIR_FETCH_USAGE;
}
