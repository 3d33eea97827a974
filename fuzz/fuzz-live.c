/* SPDX-License-Identifier: Apache-2.0 */
/* The answer to GET /config: whatever it says, it is taken or refused in words, and each field of
 * each handler can be asked for. The first byte is the release that is assumed. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "apply/live.h"
#include "config/release.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heir_version version = {heir_releases[0].minor, HEIR_PATCH_LAST};
	struct heir_live live = HEIR_LIVE_NULL;
	char *text;
	int r;

	if (size == 0)
		return 0;
	version.minor += data[0] % (heir_release_newest()->minor - version.minor + 1);
	text = malloc(size);
	require(text != NULL);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	r = heir_live_init(&live, (struct heir_str){text, size - 1}, version);
	require(r == 0 || (r == -EBADMSG && live.error));
	for (uint32_t i = 0; r == 0 && i < live.config.n_handlers; i++) {
		for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++) {
			struct heir_origin origin;

			require(heir_live_get(&live, live.config.handlers[i], (enum heir_field)f,
					&origin) == 0);
		}
		heir_core_forget_values(&live.core);
	}
	heir_live_release(&live);
	free(text);
	return 0;
}
