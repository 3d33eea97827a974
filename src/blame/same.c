/* SPDX-License-Identifier: Apache-2.0 */
/* Finds sources that are the same file on disk, by device and inode. */
#include <errno.h>
#include <stdlib.h>

#include "blame/blame.h"

struct identity {
	dev_t dev;
	ino_t ino;
	uint32_t source;
};

static int by_identity(const void *a, const void *b)
{
	const struct identity *x = a, *y = b;

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return x->source < y->source ? -1 : x->source > y->source;
}

/* Identifies the configuration's files by device and inode, sorted. */
static uint32_t identify_files(const struct heir_config *config, struct identity *ret)
{
	uint32_t n = 0;

	for (uint32_t s = 0; s < config->n_docs; s++) {
		const struct heir_source *source = &config->core->sources.items[s];
		struct stat st;

		if (!heir_blame_has(config, s) || source->object ||
			heir_root_stat(&config->core->root, source->path, &st) < 0)
			continue;
		ret[n++] = (struct identity){st.st_dev, st.st_ino, s};
	}
	qsort(ret, n, sizeof(*ret), by_identity);
	return n;
}

int heir_same_init(struct heir_same *same, const struct heir_config *config)
{
	struct identity *files = calloc(config->n_docs + 1u, sizeof(*files));
	uint32_t n;

	*same = (struct heir_same){calloc(config->n_docs + 1u, sizeof(*same->files)), 0};
	if (!files || !same->files) {
		free(files);
		return -ENOMEM;
	}
	same->n = config->n_docs;
	for (uint32_t s = 0; s < same->n; s++)
		same->files[s].first = s;
	n = identify_files(config, files);
	for (uint32_t i = 1; i < n; i++) {
		uint32_t first = same->files[files[i - 1].source].first;

		if (files[i].dev != files[i - 1].dev || files[i].ino != files[i - 1].ino)
			continue;
		same->files[files[i].source].first = first;
		same->files[first].is_again = true;
	}
	free(files);
	return 0;
}

void heir_same_release(struct heir_same *same)
{
	for (uint32_t s = 0; s < same->n; s++)
		free(same->files[s].alive);
	free(same->files);
	*same = (struct heir_same){NULL, 0};
}

bool heir_is_same_file(const struct heir_same *same, uint32_t a, uint32_t b)
{
	return a == b ||
	       (same && a < same->n && b < same->n && same->files[a].first == same->files[b].first);
}
