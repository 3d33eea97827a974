/* SPDX-License-Identifier: Apache-2.0 */
/* How heir and heir-unpack speak to each other. heir-unpack reads the archive from descriptor
 * HEIR_UNPACK_FD, writes records to standard output and reads commands from standard input; when
 * that ends, it removes what it unpacked and exits. A record is a letter, text, and a NUL:
 *
 *   D PATH              the directory that was made, before anything is unpacked
 *   S REASON \n MEMBER  a member was skipped; at most HEIR_UNPACK_MAX_REPORTED of them
 *   N COUNT             how many members were skipped, before K
 *   K                   all is unpacked, or a command was obeyed
 *   E REASON \n MEMBER  it failed; MEMBER may be empty
 */
#ifndef HEIR_NODE_UNPACK_WORDS_H
#define HEIR_NODE_UNPACK_WORDS_H

enum {
	HEIR_UNPACK_FD = 4,
	HEIR_UNPACK_MS = 180000, /* unpacking may take this long */
	HEIR_UNPACK_MAX_REPORTED = 100,
};

/* The one command: make the symbolic links of the archive, for a reader that stays in the tree. */
#define HEIR_UNPACK_LINKS 'l'

/* What is unpacked, the second argument: all of a node, or only what may hold objects. */
#define HEIR_UNPACK_ALL "all"
#define HEIR_UNPACK_OBJECTS "objects"

#endif
