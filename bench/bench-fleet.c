/* SPDX-License-Identifier: Apache-2.0 */
/* `heir fleet` on 10,000 nodes of 50 MachineConfigs, as `oc get -o json` prints them: at most 3 s,
 * and 4 times the memory that the list takes. Half of the nodes lack a handler. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "run.h"
#include "scratch.h"

enum { ROUNDS = 5, NODES = 10000, KINDS = 50, MAX_MS = 3000, MAX_TIMES = 4 };

static void add_config(FILE *f, unsigned kind)
{
	fprintf(f,
		"{\"apiVersion\": \"machineconfiguration.openshift.io/v1\",\n"
		" \"kind\": \"MachineConfig\",\n \"metadata\": {\"name\": "
		"\"rendered-p%u-%032u\"},\n"
		" \"spec\": {\"config\": {\"ignition\": {\"version\": \"3.4.0\"},\n"
		"  \"storage\": {\"files\": [{\"path\": \"/etc/crio/crio.conf.d/00-default\",\n"
		"   \"contents\": {\"source\": \"data:,%%5Bcrio.runtime%%5D%%0Adefault_runtime%%3D"
		"%%22crun%%22%%0A%%5Bcrio.runtime.runtimes.h%u%%5D%%0Aruntime_path%%3D"
		"%%22/usr/bin/crun%%22%%0A\"}}]}}}},\n",
		kind, kind, kind);
	fprintf(f,
		"{\"apiVersion\": \"machineconfiguration.openshift.io/v1\",\n"
		" \"kind\": \"MachineConfigPool\",\n \"metadata\": {\"name\": \"p%u\"},\n"
		" \"spec\": {\"configuration\": {\"name\": \"rendered-p%u-%032u\"},\n"
		"  \"nodeSelector\": {\"matchLabels\": {\"node-role.kubernetes.io/p%u\": "
		"\"\"}}}},\n",
		kind, kind, kind, kind);
}

static void add_handler(FILE *f, const char *name)
{
	fprintf(f,
		"     {\n      \"features\": {\n       \"recursiveReadOnlyMounts\": true,\n"
		"       \"userNamespaces\": true\n      },\n      \"name\": \"%s\"\n     },\n",
		name);
}

static void add_node(FILE *f, unsigned i)
{
	static const char *const keys[] = {"currentConfig", "desiredConfig", "lastAppliedDrain"};
	unsigned kind = i % KINDS;
	char own[16];

	fprintf(f,
		"{\n \"apiVersion\": \"v1\",\n \"kind\": \"Node\",\n \"metadata\": {\n"
		"  \"name\": \"node-%u\",\n  \"labels\": {\n"
		"   \"kubernetes.io/hostname\": \"node-%u\",\n   \"kubernetes.io/os\": \"linux\",\n"
		"   \"node-role.kubernetes.io/p%u\": \"\"\n  },\n  \"annotations\": {\n",
		i, i, kind);
	for (unsigned k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
		fprintf(f, "   \"machineconfiguration.openshift.io/%s\": \"rendered-p%u-%032u\",\n",
			keys[k], kind, kind);
	fprintf(f, "   \"machineconfiguration.openshift.io/state\": \"Done\"\n  }\n },\n"
		   " \"status\": {\n  \"images\": [\n");
	/* A node reports 50 of them, unless its kubelet is told otherwise. */
	for (unsigned k = 0; k < 3; k++)
		fprintf(f,
			"   {\"names\": [\"quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:"
			"%064u\"], \"sizeBytes\": %u},\n",
			k, 1000000 + k);
	fprintf(f,
		"   {\"names\": [], \"sizeBytes\": 1}\n  ],\n  \"nodeInfo\": {\n"
		"   \"containerRuntimeVersion\": \"cri-o://1.3%u.3-3.rhaos4.20.git22d4f06.el9\",\n"
		"   \"osImage\": \"Red Hat Enterprise Linux CoreOS 9.6.20250811-0 (Plow)\"\n  },\n"
		"  \"runtimeHandlers\": [\n",
		1 + kind % 4);
	snprintf(own, sizeof(own), "h%u", kind);
	add_handler(f, "crun");
	if (i % (2 * KINDS) < KINDS)
		add_handler(f, own);
	fprintf(f, "     {\"name\": \"\"}\n  ]\n }\n}%s\n", i + 1 < NODES ? "," : "");
}

static void make_list(char path[PATH_MAX])
{
	FILE *f;

	if (snprintf(path, PATH_MAX, "%s/nodes.json", bench_scratch()) >= PATH_MAX)
		bench_give_up("snprintf");
	f = fopen(path, "w");
	if (!f)
		bench_give_up(path);
	fprintf(f, "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [\n");
	for (unsigned kind = 0; kind < KINDS; kind++)
		add_config(f, kind);
	for (unsigned i = 0; i < NODES; i++)
		add_node(f, i);
	fprintf(f, "]}\n");
	if (fclose(f) != 0)
		bench_give_up(path);
}

/* False: it took too long, or too much. */
static bool measure(char *const argv[], const char *word, double mb)
{
	struct bench_memory memory;
	double us[ROUNDS], ms, times;

	for (size_t i = 0; i < ROUNDS; i++)
		if (bench_spawn(argv, &us[i]) != 1) {
			fprintf(stderr, "heir did not find that nodes differ\n");
			exit(1);
		}
	ms = bench_median(us, ROUNDS) / 1e3;
	printf("%u nodes, %.1f MB, as %s: %.0f ms", NODES, mb, word, ms);
	if (!bench_memory(argv, &memory)) {
		printf("\n");
		return ms <= MAX_MS;
	}
	times = (double)memory.highest * 1024 / (mb * 1e6);
	printf(", at most %.1f MiB, %.1f times the list\n", (double)memory.highest / 1024, times);
	return ms <= MAX_MS && times <= MAX_TIMES;
}

int main(void)
{
	char *heir = (char *)bench_setting("HEIR");
	char path[PATH_MAX];
	char *const text[] = {heir, (char *)"-i", path, (char *)"fleet", NULL};
	char *const json[] = {heir, (char *)"-i", path, (char *)"--format", (char *)"json",
		(char *)"fleet", NULL};
	struct stat st;
	bool fine;

	make_list(path);
	if (stat(path, &st) < 0)
		bench_give_up(path);
	fine = measure(text, "text", (double)st.st_size / 1e6);
	return measure(json, "JSON", (double)st.st_size / 1e6) && fine ? 0 : 1;
}
