/* SPDX-License-Identifier: Apache-2.0 */
/* heir-fetch SOCKET: prints what a CRI-O that listens there answers to GET /config. A program of
 * its own, because an HTTP client costs more at every start than heir itself does. How it ends says
 * apply/fetch.h. */
#include <curl/curl.h>
#include <stdio.h>
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
	return curl_easy_setopt(curl, CURLOPT_URL, "http://crio/config") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)HEIR_FETCH_MS) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, write_piece) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer) == CURLE_OK;
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

int main(int argc, char *argv[])
{
	struct answer answer = {0, false};
	enum heir_fetch_status ret;
	long status = 0;
	CURLcode code;
	CURL *curl;

	if (argc != 2) {
		fputs("usage: heir-fetch SOCKET\n", stderr);
		return HEIR_FETCH_USAGE;
	}
	curl = curl_easy_init();
	if (!curl || !set_options(curl, argv[1], &answer)) {
		curl_easy_cleanup(curl);
		return HEIR_FETCH_NO_CONNECTION;
	}
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	ret = judge(code, status, &answer);
	curl_easy_cleanup(curl);
	return ret;
}
