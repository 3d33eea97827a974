/* SPDX-License-Identifier: Apache-2.0 */
/* A request to the CRI-O that listens on a socket. */
#ifndef HEIR_FETCH_REQUEST_H
#define HEIR_FETCH_REQUEST_H

#include "apply/fetch.h"

/* Sends a request, for HEIR_FETCH_POD_STATUS one per id, and prints the answers to standard output:
 * at most HEIR_FETCH_MAX bytes, within max_ms milliseconds. */
enum heir_fetch_status fetch_request(
	const char *socket, enum heir_fetch_what what, int max_ms, char *const *ids, int n_ids);

#endif
