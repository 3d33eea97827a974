/* SPDX-License-Identifier: Apache-2.0 */
#include "support/grow.h"

#include <stdio.h>
#include <string.h>

#include "base/macro.h"
#include "support/tap.h"
#include "support/tree.h"

static uint64_t state;

void grow_seed(uint64_t seed)
{
	state = seed;
}

unsigned roll(unsigned n)
{
	state += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t z = state;

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (unsigned)((z ^ (z >> 31)) >> 33) % n;
}

#define PICK(list) ((list)[roll(ARRAY_LEN(list))])

void grow_say(struct grow_file *file, const char *text)
{
	size_t len = strlen(file->text);

	if (len + strlen(text) >= GROW_FILE_SIZE)
		tap_give_up("a random file became too large");
	memcpy(file->text + len, text, strlen(text) + 1);
}

static void say_key(struct grow_file *file, const char *key, const char *value)
{
	grow_say(file, key);
	grow_say(file, " = ");
	grow_say(file, value);
	grow_say(file, "\n");
}

static const char *const handlers[GROW_HANDLERS] = {
	"a", "b", "c", "d", "crun", "runc", "\"x y\"", "kata"};
static const char *const bare[] = {"a", "b", "c", "d", "crun", "runc", "x y", "kata"};
static const char *const paths[] = {"\"/usr/bin/crun\"", "'/usr/bin/runc'", "\"/gone\"",
	"\"\\u002fusr/bin/crun\"", "\"/opt/containerd-shim-k-v2\""};

/* What CRI-O knows of a handler. */
static void say_field(struct grow_file *file, unsigned which)
{
	static const char *const types[] = {"\"oci\"", "\"vm\"", "\"\"", "\"pod\"", "\"odd\""};
	static const char *const annotations[] = {"[]", "[\"devices.crio.io\"]",
		"[ 'umask.crio.io', \"io.containers.trace-syscall\" ]", "[\"unknown\"]",
		"[\n  \"devices.crio.io\", # one\n  \"umask.crio.io\",\n]"};

	switch (which) {
	case 0:
		say_key(file, "runtime_type", PICK(types));
		break;
	case 1:
		say_key(file, "runtime_root", roll(3) ? "\"/run/r\"" : "\"\"");
		break;
	case 2:
		say_key(file, "allowed_annotations", PICK(annotations));
		break;
	case 3:
		say_key(file, "default_annotations", "{ k = \"v\", \"a.b\" = 'w' }");
		break;
	case 4:
		say_key(file, "monitor_path", roll(2) ? "\"/usr/bin/conmon\"" : "\"\"");
		break;
	case 5:
		say_key(file, "monitor_env", "[\"A=\u00e4\"]");
		break;
	case 6:
		say_key(file, "container_create_timeout", roll(2) ? "300" : "0x5");
		break;
	case 7:
		say_key(file, "container_min_memory", roll(2) ? "\"1GiB\"" : "\"much\"");
		break;
	case 8:
		say_key(file, "privileged_without_host_devices", roll(2) ? "true" : "false");
		break;
	case 9:
		say_key(file, "inherit_default_runtime", roll(3) ? "false" : "true");
		break;
	default:
		say_key(file, "no_such_key", "[1, {x = 2}]");
	}
}

/* What heir adds. */
static void say_inheritance(struct grow_file *file)
{
	static const char *const requests[] = {"[\"all\"]", "[\"monitor_path\", \"monitor_env\"]",
		"[\"allowed_annotations\"]", "[]", "[\"nonsense\"]"};
	char parent[64];

	if (roll(5) == 0)
		say_key(file, "runtime_candidates", roll(2) ? "\"auto\"" : "[\"gone\", \"runc\"]");
	if (roll(3) == 0)
		say_key(file, "inherit_fields", PICK(requests));
	if (roll(4) == 0)
		return;
	snprintf(parent, sizeof(parent), "\"%s\"",
		roll(4) == 0   ? "default"
		: roll(8) == 0 ? "none"
		: roll(8) == 0 ? "${V:-crun}"
			       : PICK(bare));
	say_key(file, "inherit", parent);
}

void grow_handler(struct grow_file *file, const char *name, bool plain)
{
	grow_say(file, "[crio.runtime.runtimes.");
	grow_say(file, name);
	grow_say(file, "]\n");
	if (plain || roll(2))
		say_key(file, "runtime_path", PICK(paths));
	for (unsigned f = 0; f < 11; f++)
		if (roll(4) == 0)
			say_field(file, f);
	if (!plain)
		say_inheritance(file);
}

static void say_settings(struct grow_file *file, bool plain)
{
	static const char *const settings[] = {"conmon", "conmon_cgroup", "log_level"};

	grow_say(file, "[crio.runtime]\n");
	if (roll(3) == 0)
		say_key(file, "default_runtime", roll(2) ? "\"crun\"" : "\"a\"");
	if (roll(4) == 0)
		say_key(file, PICK(settings), "\"pod\"");
	if (roll(4) == 0)
		say_key(file, "cgroup_manager", "\"cgroupfs\"");
	if (!plain && roll(5) == 0)
		say_key(file, "implicit_inherit", roll(2) ? "true" : "false");
}

void grow(struct grow_tree *t, bool plain)
{
	/* In the order in which they are read. */
	enum { N_NAMES = 6 };
	static const char *const names[N_NAMES] = {"crio.conf", "crio.conf.d/00-default",
		"crio.conf.d/10-a", "crio.conf.d/50/c", "crio.conf.d/50-b.conf", "crio.conf.d/99~"};

	t->n = 0;
	t->plain = plain;
	for (unsigned i = 0; i < N_NAMES; i++) {
		struct grow_file *file = &t->files[t->n];

		if (roll(3) == 0)
			continue;
		t->n++;
		snprintf(file->path, sizeof(file->path), "etc/crio/%s", names[i]);
		file->text[0] = '\0';
		if (roll(2))
			say_settings(file, plain);
		for (unsigned h = 0; h < ARRAY_LEN(handlers); h++)
			if (roll(3) == 0)
				grow_handler(file, handlers[h], plain);
	}
}

/* A handler's table in heir.d, or by a name that holds a variable; and names that need quotes. */
static void say_wild_handler(struct grow_file *file, bool in_heir_d)
{
	static const char *const names[] = {"\"${V:-a}\"", "\"${V:-wild}\"", "\"${UNSET}\"", "\"\"",
		"\"q\\\"\\\\#\\n[x]\"", "'\u00e9.\u202e'", "wild", "\"nul\\u0000\""};
	static const char *const roots[] = {
		"\"/run/${V:-x}\"", "\"\\t\\u007f\\u001f\"", "'C:\\dir'", "\"\\U0001F600 # \""};

	grow_handler(file, in_heir_d && roll(2) ? PICK(handlers) : PICK(names), false);
	if (roll(2))
		say_key(file, "monitor_exec_cgroup", roll(2) ? "\"container\"" : PICK(roots));
	if (roll(3) == 0)
		say_key(file, "platform_runtime_paths",
			"{ \"linux/arm64\" = \"/usr/bin/crun\", 'a\"b' = '\\' }");
}

/* A table twice in one file is none of CRI-O's to read: one of each name. */
static bool has_line(const struct grow_file *file, const char *line)
{
	const char *at = strstr(file->text, line);

	return at && (at == file->text || at[-1] == '\n');
}

static void say_wild(struct grow_file *file, bool in_heir_d)
{
	static const char *const values[] = {"\"\"", "\"pod\"", "\"x.slice\"", "\"/usr/bin/crun\""};
	struct grow_file one;

	file->text[0] = '\0';
	if (roll(2)) {
		static const char *const settings[] = {
			"conmon", "conmon_cgroup", "default_runtime", "cgroup_manager"};
		const char *setting = PICK(settings);

		grow_say(file, "[crio.runtime]\n");
		if (setting[0] == 'd')
			say_key(file, setting, roll(2) ? "\"crun\"" : "\"wild\"");
		else if (setting[1] == 'g')
			say_key(file, setting, roll(2) ? "\"cgroupfs\"" : "\"systemd\"");
		else
			say_key(file, setting, PICK(values));
		if (roll(3) == 0)
			say_key(file, "conmon_env", roll(2) ? "[]" : "[\"B=1\", \"C=\\n\"]");
	}
	for (unsigned n = roll(4); n > 0; n--) {
		char header[128];
		size_t len;

		one.text[0] = '\0';
		say_wild_handler(&one, in_heir_d);
		len = strcspn(one.text, "\n") + 1;
		snprintf(header, sizeof(header), "%.*s", (int)len, one.text);
		if (!has_line(file, header))
			grow_say(file, one.text);
	}
}

void grow_wild(struct grow_tree *t)
{
	static const char *const names[] = {
		"crio.conf.d/20-wild", "heir.d/10-wild", "heir.d/20/w", "crio.conf.d/zzz-late"};

	grow(t, false);
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		struct grow_file *file = &t->files[t->n];

		if (roll(i == 3 ? 8 : 2))
			continue;
		t->n++;
		snprintf(file->path, sizeof(file->path), "etc/crio/%s", names[i]);
		say_wild(file, names[i][0] == 'h');
	}
}

void grow_write(const char *dir, const struct grow_tree *t)
{
	static const char *const binaries[] = {
		"usr/bin/crun", "usr/bin/runc", "usr/bin/kata", "opt/containerd-shim-k-v2"};

	for (size_t i = 0; i < ARRAY_LEN(binaries); i++)
		tree_file(dir, binaries[i], "", 0, 0755);
	for (unsigned i = 0; i < t->n; i++)
		tree_text(dir, t->files[i].path, t->files[i].text);
}
