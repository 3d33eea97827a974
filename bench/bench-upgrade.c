/* SPDX-License-Identifier: Apache-2.0 */
/* `heir upgrade` to ten releases on two operating systems against one `heir check` of the same
 * input, in turns: it may cost three times as much. A node, a pool of objects, and a cluster of
 * several pools. Of a node of a thousand handlers, where resolving them is all the work, each of
 * the twenty may cost half a check. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"
#include "scratch.h"

enum { TURNS = 100, LIMIT = 3, MAX_OF_MANY = 10, HANDLERS = 1000, MAX_WORDS = 16 };

static bool compare(const char *name, char *option, char *input, const char *pool, unsigned most)
{
	char *heir = (char *)bench_setting("HEIR");
	char *check[MAX_WORDS] = {heir, option, input, (char *)"check"};
	char *upgrade[MAX_WORDS] = {heir, option, input, (char *)"upgrade", (char *)"--to",
		(char *)"1.28..1.37", (char *)"--os", (char *)"rhel-9", (char *)"--os",
		(char *)"rhel-10"};
	static double us[2][TURNS];
	double ratio;

	if (pool) {
		check[4] = upgrade[10] = (char *)"--pool";
		check[5] = upgrade[11] = (char *)pool;
	}
	for (size_t i = 0; i < TURNS; i++)
		for (size_t k = 0; k < 2; k++) {
			size_t which = (i + k) % 2;

			us[which][i] = bench_run(which ? upgrade : check, 1);
		}
	ratio = bench_median(us[1], TURNS) / bench_median(us[0], TURNS);
	printf("%-28s check %7.0f us, upgrade %7.0f us (%.2fx)  %s\n", name,
		bench_median(us[0], TURNS), bench_median(us[1], TURNS), ratio,
		ratio <= most ? "fine" : "too much");
	return ratio <= most;
}

/* A node whose handlers each have a path and an annotation of their own. */
static char *make_node(void)
{
	static char path[PATH_MAX];
	char command[PATH_MAX * 3];
	FILE *file;

	snprintf(path, sizeof(path), "%s/many", bench_scratch());
	snprintf(command, sizeof(command), "cp -r '%s/examples/ocp-worker' '%s'",
		bench_setting("HEIR_SOURCE"), path);
	if (system(command) != 0)
		bench_give_up("cp");
	snprintf(command, sizeof(command), "%s/etc/crio/crio.conf.d/50-many.conf", path);
	file = fopen(command, "w");
	if (!file)
		bench_give_up(command);
	for (unsigned i = 0; i < HANDLERS; i++)
		fprintf(file,
			"[crio.runtime.runtimes.h%u]\nruntime_path = \"/usr/bin/%s\"\n"
			"runtime_root = \"/run/h%u\"\n"
			"allowed_annotations = [\"io.kubernetes.cri-o.Devices\"]\n",
			i, i % 2 ? "crun" : "runc", i);
	if (fclose(file) != 0)
		bench_give_up(command);
	return path;
}

int main(void)
{
	char node[PATH_MAX], pool[PATH_MAX], cluster[PATH_MAX];
	const char *source = bench_setting("HEIR_SOURCE");
	bool fine = true;

	snprintf(node, sizeof(node), "%s/examples/ocp-worker", source);
	snprintf(pool, sizeof(pool), "%s/examples/runc-upgrade", source);
	snprintf(cluster, sizeof(cluster), "%s/examples/ocp-cluster", source);
	fine = compare("a node", (char *)"--root", node, NULL, LIMIT) && fine;
	fine = compare("a pool", (char *)"-i", pool, "worker", LIMIT) && fine;
	fine = compare("a cluster", (char *)"-i", cluster, NULL, LIMIT) && fine;
	fine = compare("a node of 1,000 handlers", (char *)"--root", make_node(), NULL,
		       MAX_OF_MANY) &&
	       fine;
	return fine ? 0 : 1;
}
