/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines of a runtime from bytes, a NUL between the words: what heir-runtime reads of them
 * are arguments or parts of them, an id can be the name of a file, a root is absolute, and options
 * that mean nothing to it change nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/runtime.h"
#include "fuzz.h"

enum { MAX_WORDS = 64, MAX_BYTES = 8192 };

/* s ends where one of the words ends. */
static void require_argument(const char *s, int argc, char *const argv[])
{
	if (!s)
		return;
	for (int i = 1; i < argc; i++) {
		if (s >= argv[i] && s <= argv[i] + strlen(argv[i]))
			return;
	}
	abort();
}

static void check(int argc, char *const argv[], const struct heir_call *call)
{
	bool has_id = call->kind == HEIR_CALL_CONTAINER || call->kind == HEIR_CALL_CREATE ||
		      call->kind == HEIR_CALL_DELETE;

	require_argument(call->root, argc, argv);
	require_argument(call->id, argc, argv);
	require_argument(call->log, argc, argv);
	require(has_id == (call->id != NULL));
	require(!call->root || call->root[0] == '/');
	if (call->id)
		require(call->id[0] && call->id[0] != '.' && strlen(call->id) < HEIR_NAME_SIZE &&
			strspn(call->id, HEIR_NAME_BYTES) == strlen(call->id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[MAX_BYTES + 1], *argv[MAX_WORDS + 4] = {(char *)"/var/lib/heir/late/bin/gpu"};
	char *more[MAX_WORDS + 4] = {
		argv[0], (char *)"--debug=1", (char *)"--rootless", (char *)"x"};
	struct heir_call call, again;
	int argc = 1;

	if (size > MAX_BYTES)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	for (size_t at = 0; at < size && argc < MAX_WORDS; at += strlen(text + at) + 1)
		argv[argc++] = text + at;
	heir_call_read(argc, argv, &call);
	check(argc, argv, &call);
	memcpy(more + 4, argv + 1, (size_t)(argc - 1) * sizeof(argv[0]));
	heir_call_read(argc + 3, more, &again);
	require(again.kind == call.kind && again.root == call.root && again.id == call.id &&
		again.log == call.log && again.log_json == call.log_json);
	return 0;
}
