/* SPDX-License-Identifier: Apache-2.0 */
/* Files of this machine that nobody but root can have put where they are: the file, the directories
 * above it and the links on the way belong to root, and nobody else may write them. A directory
 * with the sticky bit may be written by all: what is root's in there stays. */
#ifndef HEIR_NODE_TRUST_H
#define HEIR_NODE_TRUST_H

/* Opens `path` with O_PATH, links followed; a relative one starts at "/". Only the way to it is
 * judged, not what it is. A descriptor for the caller to close, or: -EPERM another than root may
 * lead the path elsewhere; else -errno. */
int heir_trust_open(const char *path);

#endif
