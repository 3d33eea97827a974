/* SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { LARGEST_FILE = 12 << 20 };

struct writer {
	const char *dir;
	FILE *file;
	unsigned files;
	size_t in_file, total;
};

static int finish(struct writer *w)
{
	FILE *file = w->file;

	w->file = NULL;
	w->total += w->in_file;
	w->in_file = 0;
	return file && fclose(file) != 0 ? -1 : 0;
}

static int next_file(struct writer *w)
{
	char path[4096];

	if (finish(w) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/etc/crio/crio.conf.d/%02u-many.conf", w->dir,
		10 + w->files++);
	w->file = fopen(path, "we");
	return w->file ? 0 : -1;
}

static int write_handler(struct writer *w, unsigned chain, unsigned link)
{
	char parent[64];
	int n;

	if ((!w->file || w->in_file > LARGEST_FILE - 1024) && next_file(w) < 0)
		return -1;
	if (link == 0)
		snprintf(parent, sizeof(parent), "default");
	else
		snprintf(parent, sizeof(parent), "chain-%u-%u", chain, link - 1);
	n = fprintf(w->file,
		"[crio.runtime.runtimes.chain-%u-%u]\n"
		"inherit = \"%s\"\n"
		"monitor_path = \"/usr/bin/conmon\"\n"
		"monitor_cgroup = \"system.slice\"\n"
		"container_min_memory = \"12MiB\"\n"
		"allowed_annotations = [\n"
		"  \"io.kubernetes.cri-o.userns-mode\",\n"
		"  \"io.kubernetes.cri-o.Devices\",\n"
		"]\n\n",
		chain, link, parent);
	if (n < 0)
		return -1;
	w->in_file += (size_t)n;
	return 0;
}

static int write_text(struct writer *w, const char *path, const char *text, mode_t mode)
{
	char full[4096];

	snprintf(full, sizeof(full), "%s/%s", w->dir, path);
	w->file = fopen(full, "we");
	if (!w->file || fputs(text, w->file) < 0 || fchmod(fileno(w->file), mode) < 0)
		return -1;
	return finish(w);
}

static int write_node(struct writer *w)
{
	static const char *const dirs[] = {
		"etc", "etc/crio", "etc/crio/crio.conf.d", "usr", "usr/bin"};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", w->dir, dirs[i]);
		if (mkdir(path, 0755) < 0)
			return -1;
	}
	if (write_text(w, "usr/bin/crun", "#!/bin/sh\n", 0755) < 0 ||
		write_text(w, "usr/bin/conmon", "#!/bin/sh\n", 0755) < 0)
		return -1;
	return write_text(w, "etc/crio/crio.conf.d/00-default",
		"[crio.runtime]\n"
		"default_runtime = \"crun\"\n\n"
		"[crio.runtime.runtimes.crun]\n"
		"runtime_path = \"/usr/bin/crun\"\n"
		"runtime_root = \"/run/crun\"\n",
		0644);
}

int bench_make_tree(const char *dir, unsigned handlers, unsigned depth, size_t *ret_bytes)
{
	struct writer w = {.dir = dir};
	unsigned done = 0;
	int r = write_node(&w);

	for (unsigned chain = 0; r == 0 && done < handlers; chain++) {
		unsigned links = handlers - done < depth ? handlers - done : depth;

		for (unsigned i = 0; r == 0 && i < links; i++)
			r = write_handler(&w, chain, chain % 2 ? links - 1 - i : i);
		done += links;
	}
	if (w.file && finish(&w) < 0)
		r = -1;
	*ret_bytes = w.total;
	return r;
}
