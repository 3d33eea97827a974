/* SPDX-License-Identifier: Apache-2.0 */
/* The protocol between heir and heir-unpack. heir-unpack reads the archive from descriptor
 * HEIR_UNPACK_FD, writes records to standard output, and reads commands from standard input; at
 * the end of input it removes what it unpacked and exits. A record is a letter, text, and a NUL:
 *
 *   D PATH              the directory, before anything is unpacked
 *   S REASON \n MEMBER  a member was skipped; at most HEIR_UNPACK_MAX_REPORTED of them
 *   N COUNT             how many members were skipped, before K
 *   K                   everything is unpacked, or a command was carried out
 *   E REASON \n MEMBER  it failed; MEMBER may be empty */
#ifndef HEIR_NODE_UNPACK_WORDS_H
#define HEIR_NODE_UNPACK_WORDS_H

enum {
	HEIR_UNPACK_FD = 4,
	HEIR_UNPACK_MS = 180000, /* time limit */
	HEIR_UNPACK_MAX_REPORTED = 100,
};

/* The only command: create the symbolic links of the archive, for a reader that stays in the
 * tree. */
#define HEIR_UNPACK_LINKS 'l'

/* What to unpack, the second argument: all files of a node, or only those that may contain
 * objects. */
#define HEIR_UNPACK_ALL "all"
#define HEIR_UNPACK_OBJECTS "objects"

#endif
