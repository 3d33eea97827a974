/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of all rules, from pages_*.inc. A rule without a page does not compile. */
#include "check/pages.h"

#include "config/config.h"

#include <assert.h>
#include <stddef.h>

/* clang-format off */
#define DROPIN(name, text) {name, HEIR_PAGE_TEXT, text}
#define LOOSE(name, text) {name, HEIR_PAGE_LOOSE, text}
#define BINARY(path) {path, HEIR_PAGE_BINARY, NULL}
#define OPEN(path) {path, HEIR_PAGE_OPEN, NULL}
#define UNIT(args) DROPIN("/etc/systemd/system/crio.service", \
	"[Service]\nExecStart=/usr/bin/crio " args "\n")
#define LINK(path, target) {path, HEIR_PAGE_LINK, target}
#define DIRECTORY(path) {path, HEIR_PAGE_DIR, NULL}
#define OBJECTS(path, text) {path, HEIR_PAGE_OBJECTS, text}
#define ALONE(path, text) {path, HEIR_PAGE_ALONE, text}
#define FACTS(path, text) {path, HEIR_PAGE_FACTS, text}
#define FILES(...) {__VA_ARGS__}
/* A row of HEIR_RULES without a page does not compile: "PAGE_FOR_..." is not declared. Write the
 * page in pages_*.inc, as HACKING.md says. */
#define PAGE(rule, ...) PAGE_FOR_##rule,
enum {
#include "check/pages_fatal.inc"
#include "check/pages_unit.inc"
#include "check/pages_dropped.inc"
#include "check/pages_files.inc"
#include "check/pages_handlers.inc"
#include "check/pages_objects.inc"
#include "check/pages_rendered.inc"
};
#undef PAGE
#define HAS_PAGE(rule, ...) static_assert(PAGE_FOR_##rule >= 0, "each rule has a page");
HEIR_RULES(HAS_PAGE)

#define PAGE(rule, at, version, what, wrong, right) \
	[HEIR_RULE_##rule] = {what, at, version, wrong, right},

/* Used by most examples. */
#define GPU "[crio.runtime.runtimes.gpu]\n"
#define GPU_RUNC GPU "runtime_path = \"/usr/bin/runc\"\n"
#define GPU_WHEN(name) GPU "inherit_when = [\n" \
	"  { inherit = \"runc\", when = { \"" name "\" = true } },\n]\n"
#define CONDITION(name, condition) "[[crio.runtime.runtimes.gpu.inherit_when]]\n" \
	"inherit = \"" name "\"\nwhen = { " condition " }\n"
#define RUNC "[crio.runtime.runtimes.runc]\nruntime_path = \"/usr/bin/runc\"\n" RUNC_ROOT
#define RUNC_ROOT "runtime_root = \"/run/runc\"\n"
/* Without a finding: the state is not in the directory of crun. */
#define GPU_RIGHT GPU_RUNC RUNC_ROOT
/* What heir render writes, in general and per handler. */
#define RENDERED HEIR_RENDERED_LINE "\n"
#define REST "container_min_memory = \"12MiB\"\ncontainer_create_timeout = 240\n" \
	"monitor_cgroup = \"system.slice\"\n"
#define BRACKETS "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
#define MANY BRACKETS BRACKETS BRACKETS BRACKETS BRACKETS

/* Objects and their contents. */
#define CONFD "/etc/crio/crio.conf.d/"
#define HEAD "apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfig\n"
#define GPU_ROLE "  labels: {machineconfiguration.openshift.io/role: gpu}\n"
#define NO_ROLE ""
#define RENDERED_GPU "rendered-gpu-0123456789abcdef0123456789abcde"
#define CONFIG(name, role) \
	HEAD "metadata:\n  name: " name "\n" role \
	"spec:\n  config:\n    ignition: {version: 3.4.0}\n    storage:\n      files:\n"
#define HOLDS(path, source) "      - path: " path "\n        contents: {source: '" source "'}\n"
#define HOLDS_GPU(path) "      - path: " path "\n        contents:\n" \
	"          source: \"data:,%5Bcrio.runtime.runtimes.gpu%5D%0A\\\n" \
	"            runtime_path=%22/usr/bin/runc%22%0A\\\n" \
	"            runtime_root=%22/run/runc%22\"\n"
#define CLASS "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: gpu}\n"
#define GPU_POOL \
	"apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfigPool\n" \
	"metadata: {name: gpu, labels: {accelerator: gpu}}\nspec:\n" \
	"  machineConfigSelector:\n    matchExpressions:\n" \
	"    - key: machineconfiguration.openshift.io/role\n" \
	"      operator: In\n      values: [worker, gpu]\n"
#define GPU_NODES \
	"apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfigPool\n" \
	"metadata: {name: gpu}\nspec:\n  machineConfigSelector: {}\n" \
	"  nodeSelector: {matchLabels: {accelerator: gpu}}\n"
#define GPU_NODE(name, crio) \
	"---\napiVersion: v1\nkind: Node\n" \
	"metadata: {name: " name ", labels: {accelerator: gpu}}\n" \
	"status:\n  nodeInfo: {containerRuntimeVersion: 'cri-o://" crio "'}\n"
#define CTRCFG(name, value) \
	"---\napiVersion: machineconfiguration.openshift.io/v1\nkind: ContainerRuntimeConfig\n" \
	"metadata: {name: " name "}\nspec:\n  machineConfigPoolSelector:\n" \
	"    matchLabels: {accelerator: gpu}\n  containerRuntimeConfig:\n    " value "\n"
#define CTRCFG_FOR_NONE(name, value) \
	"---\napiVersion: machineconfiguration.openshift.io/v1\nkind: ContainerRuntimeConfig\n" \
	"metadata: {name: " name "}\nspec:\n  containerRuntimeConfig:\n    " value "\n"

const struct heir_rule_page heir_rule_pages[HEIR_N_RULES] = {
#include "check/pages_fatal.inc"
#include "check/pages_unit.inc"
#include "check/pages_dropped.inc"
#include "check/pages_files.inc"
#include "check/pages_handlers.inc"
#include "check/pages_objects.inc"
#include "check/pages_rendered.inc"
};
/* clang-format on */
