/* SPDX-License-Identifier: Apache-2.0 */
/* The members of an archive as files below a directory. What heir does not read is not written:
 * of programs only a kind and a size, and nothing of logs. */
#ifndef HEIR_UNPACK_EXTRACT_H
#define HEIR_UNPACK_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	EXTRACT_MAX_MEMBERS = 1000000,  /* that are read */
	EXTRACT_MAX_FILES = 300000,     /* that are written */
	EXTRACT_MAX_LINKS = 100000,     /* symbolic ones */
	EXTRACT_MAX_FILE = 16 << 20,    /* bytes of a file that is read, as HEIR_FILE_MAX */
	EXTRACT_MAX_PROGRAM = 64 << 10, /* of a program larger than this only its size is kept */
	/* Compressed data may unpack to this many times their size, but for the first bytes. */
	EXTRACT_MAX_RATIO = 300,
	EXTRACT_FREE_OF_RATIO = 64 << 20,
};

/* Bytes that are written, and bytes that are read once they are decompressed. */
#define EXTRACT_MAX_WRITTEN (512LL << 20)
#define EXTRACT_MAX_READ (16LL << 30)

struct extract_link;

struct extract {
	int top;      /* the directory */
	bool objects; /* only what may hold objects */
	/* A member is skipped. */
	void (*skip)(void *data, const char *reason, const char *member);
	void *data;
	/* What is counted. */
	uint32_t n_members, n_files;
	int64_t written;
	struct extract_link *links;
	uint32_t n_links, size_links;
	/* What went wrong, and with which member; empty: with none. */
	char why[256], member[512];
};

/* Reads the archive from a descriptor, or from memory if `fd` is -1. Files and directories are
 * made, links are kept. False: `why` is set. */
bool extract_read(struct extract *x, int fd, const void *text, size_t len);
/* Makes the links. Of each that cannot be made `skip` is told. */
void extract_make_links(struct extract *x);
void extract_release(struct extract *x);

#endif
