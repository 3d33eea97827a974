/* SPDX-License-Identifier: Apache-2.0 */
/* Extracts archive members below a directory. What heir does not read is not written: programs are
 * reduced to their kind and size, logs are omitted. */
#ifndef HEIR_UNPACK_EXTRACT_H
#define HEIR_UNPACK_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	EXTRACT_MAX_MEMBERS = 1000000,  /* read */
	EXTRACT_MAX_FILES = 300000,     /* written */
	EXTRACT_MAX_LINKS = 100000,     /* symbolic ones */
	EXTRACT_MAX_FILE = 16 << 20,    /* bytes per file, like HEIR_FILE_MAX */
	EXTRACT_MAX_PROGRAM = 64 << 10, /* larger programs are kept as a size only */
	/* If only objects are wanted: files that a Butane config may name, and bytes of one. */
	EXTRACT_MAX_BESIDE = 10000,
	EXTRACT_MAX_BESIDE_SIZE = 1 << 20,
	/* Maximum ratio of decompressed to compressed size, after the first bytes. */
	EXTRACT_MAX_RATIO = 300,
	EXTRACT_FREE_OF_RATIO = 64 << 20,
};

/* Bytes written, and bytes read after decompression. */
#define EXTRACT_MAX_WRITTEN (512LL << 20)
#define EXTRACT_MAX_READ (16LL << 30)

struct extract_link;

struct extract {
	int top;      /* the directory */
	bool objects; /* only files that may contain objects, and those that objects may name */
	/* Called for skipped members. */
	void (*skip)(void *data, const char *reason, const char *member);
	void *data;
	/* Counters for the limits. */
	uint32_t n_members, n_files, n_beside;
	int64_t written;
	struct extract_link *links;
	uint32_t n_links, size_links;
	/* The reason of a failure, and the member, or empty. */
	char why[256], member[512];
};

/* Reads the archive from a descriptor, or from memory if `fd` is -1. Creates files and
 * directories, and remembers links. Returns false with `why` set. */
bool extract_read(struct extract *x, int fd, const void *text, size_t len);
/* Creates the links. Calls `skip` for those that cannot be created. */
void extract_make_links(struct extract *x);
void extract_release(struct extract *x);

#endif
