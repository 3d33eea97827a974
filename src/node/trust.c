/* SPDX-License-Identifier: Apache-2.0 */
#include "node/trust.h"

#include "base/way.h"

int heir_trust_open(const char *path)
{
	return heir_way_open(-1, path, HEIR_WAY_RUN);
}
