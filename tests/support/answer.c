/* SPDX-License-Identifier: Apache-2.0 */
#include "support/answer.h"

#include <stdlib.h>
#include <string.h>

int gather(void *data, const char *text, size_t len)
{
	struct answer *answer = data;
	char *longer = realloc(answer->text, answer->len + len + 1);

	if (!longer)
		return -1;
	answer->text = longer;
	memcpy(longer + answer->len, text, len);
	answer->len += len;
	longer[answer->len] = '\0';
	return 0;
}
