/* SPDX-License-Identifier: Apache-2.0 */
#include "check/pages.h"

#include "config/config.h"

#include <stddef.h>

/* clang-format off */
#define DROPIN(name, text) {name, HEIR_PAGE_TEXT, text}
#define LOOSE(name, text) {name, HEIR_PAGE_LOOSE, text}
#define BINARY(path) {path, HEIR_PAGE_BINARY, NULL}
#define OPEN(path) {path, HEIR_PAGE_OPEN, NULL}
#define LINK(path, target) {path, HEIR_PAGE_LINK, target}
#define DIRECTORY(path) {path, HEIR_PAGE_DIR, NULL}
#define FILES(...) {__VA_ARGS__}
#define PAGE(rule, at, version, what, wrong, right) \
	[HEIR_RULE_##rule] = {what, at, version, wrong, right},

/* What most examples are about. */
#define GPU "[crio.runtime.runtimes.gpu]\n"
#define GPU_RUNC GPU "runtime_path = \"/usr/bin/runc\"\n"
#define RUNC "[crio.runtime.runtimes.runc]\nruntime_path = \"/usr/bin/runc\"\n" RUNC_ROOT
#define RUNC_ROOT "runtime_root = \"/run/runc\"\n"
/* What heir render wrote, and what it writes of every handler. */
#define RENDERED HEIR_RENDERED_LINE "\n"
#define REST "container_min_memory = \"12MiB\"\ncontainer_create_timeout = 240\n" \
	"monitor_cgroup = \"system.slice\"\n"
#define BRACKETS "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
#define MANY BRACKETS BRACKETS BRACKETS BRACKETS BRACKETS

const struct heir_page heir_pages[HEIR_N_RULES] = {
#include "check/pages_fatal.inc"
#include "check/pages_dropped.inc"
#include "check/pages_files.inc"
#include "check/pages_handlers.inc"
#include "check/pages_rendered.inc"
};
/* clang-format on */
