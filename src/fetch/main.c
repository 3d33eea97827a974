/* SPDX-License-Identifier: Apache-2.0 */
/* heir-fetch SOCKET WHAT [MS [ID...]]: prints the answer of the CRI-O that listens on a socket. It
 * is a program of its own, because an HTTP client would add more to every start of heir than all
 * of heir's own work. apply/fetch.h has the requests and exit statuses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/request.h"

int main(int argc, char *argv[])
{
	static const char *const words[] = HEIR_FETCH_WORDS;
	int max_ms = HEIR_FETCH_MS;

	if (argc > 3)
		max_ms = atoi(argv[3]);
	for (int what = 0; argc >= 3 && words[what]; what++)
		if (strcmp(argv[2], words[what]) == 0 &&
			(argc <= 4 || what == HEIR_FETCH_POD_STATUS))
			return fetch_request(
				argv[1], (enum heir_fetch_what)what, max_ms, argv + 4, argc - 4);
	fputs("usage: heir-fetch SOCKET config|pods|containers|podstatus [MS [ID...]]\n", stderr);
	return HEIR_FETCH_USAGE;
}
