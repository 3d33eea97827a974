#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every command in every format on a node whose names and values are hostile, and looks for
what got out as it is: control characters, C1 and such as turn text around, bytes that are not UTF-8,
and lines that a CI system would obey. Usage: raw_bytes.py HEIR DIR; prints what it found.

Text is looked at twice: in a pipe, and in a terminal. What is data for other programs, `heir cat`
and a diff, is byte for byte that of the files in a pipe; a CI system must not obey it even so."""
import json
import os
import pty
import re
import subprocess
import sys
import urllib.parse

NAMES = [
    "\x1b[31mred\x07", "\u009b1m\u202egnp", "two\nlines", "::error::boo", "  ::warning::x",
    "##[group]g", "##vso[task]x", "\u00a0::notice::n", "x\n::error::y", "x\r::error::y",
    "\u200bz", "\u2066i\u2069", "\x7f",
]
RAW = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def quoted(text):
    return '"' + "".join(
        "\\u%04x" % ord(c) if ord(c) < 32 or c in '\x7f"\\' else c for c in text) + '"'


def make_node(node):
    conf_d = os.path.join(node, "etc/crio/crio.conf.d")
    os.makedirs(conf_d)
    os.makedirs(os.path.join(node, "usr/bin"))
    with open(os.path.join(node, "usr/bin/crun"), "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\n")
        os.fchmod(f.fileno(), 0o755)
    with open(os.path.join(conf_d, "50-evil ::error::.conf"), "w", encoding="utf-8",
              newline="") as f:
        for i, name in enumerate(NAMES):
            q = quoted(name)
            f.write(f"""[crio.runtime.runtimes.{q}]
inherit = "crun"
{quoted("k" + name)} = {q} # {name!r}
 ::error::in a comment ##[group]
""".replace(" ::error::in", "# ::error::in") + f"""allowed_annotations = [{q}]
monitor_env = [{q}]
[crio.runtime.runtimes.p{i}]
runtime_path = {quoted("/" + name)}
monitor_cgroup = {q}
[crio.runtime.runtimes.w{i}]
inherit_when = [{{inherit = {q}, when = {{{quoted("a." + name)} = {q},
  {q} = {{op = "InRegexp", value = {quoted(name + "(")}}}}}}}]
[crio.runtime.runtimes.c{i}]
Runtime_Path = '''
  ::error::a line of a value
'''
""")
    for name in (b"::error::60-\x1b[31m\xe2\x80\xae##[group].conf", b"70-\xff\n::error::"):
        with open(os.path.join(conf_d.encode(), name), "w", encoding="utf-8") as f:
            f.write("[crio.runtime]\n")
    facts = os.path.join(node, "facts")
    with open(facts, "w", encoding="utf-8") as f:
        json.dump({"schema": "heir.facts/1",
                   "features": {"a": {n: n for n in NAMES}, **{n: [n] for n in NAMES}},
                   "runtimes": {"/" + n: None for n in NAMES}}, f)
    return facts


def make_objects(path, text):
    """The objects of a cluster, with those names and the drop-in of the node in a MachineConfig."""
    mco = "machineconfiguration.openshift.io/"
    items = [{"apiVersion": mco + "v1", "kind": "MachineConfig",
              "metadata": {"name": "rendered-worker-1", "labels": {mco + "role": "worker"}},
              "spec": {"config": {"ignition": {"version": "3.5.0"}, "storage": {"files": [
                  {"path": "/etc/crio/crio.conf.d/50-" + name, "overwrite": True,
                   "contents": {"source": "data:," + urllib.parse.quote(text)}}
                  for name in ["evil.conf"] + NAMES]}}}},
             {"apiVersion": mco + "v1", "kind": "MachineConfigPool",
              "metadata": {"name": "worker"}, "spec": {
                  "machineConfigSelector": {"matchLabels": {mco + "role": "worker"}},
                  "nodeSelector": {"matchLabels": {"node-role.kubernetes.io/worker": ""}}}}]
    for i, name in enumerate(NAMES):
        items += [
            {"apiVersion": "v1", "kind": "Node", "metadata": {
                "name": "n" + name, "labels": {"node-role.kubernetes.io/worker": "", name: name},
                "annotations": {mco + "currentConfig": "rendered-worker-1" + name * (i % 2),
                                mco + "desiredConfig": "rendered-worker-1", mco + "state": name}},
             "status": {"nodeInfo": {"containerRuntimeVersion": "cri-o://1.34.0" + name * (i % 3),
                                     "osImage": name},
                        "runtimeHandlers": [{"name": name}, {"name": "crun"}]}},
            {"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass",
             "metadata": {"name": "r" + name}, "handler": name,
             "scheduling": {"nodeSelector": {name: name}}},
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p" + name, "namespace": name},
             "spec": {"nodeName": "n" + name, "runtimeClassName": "r" + name},
             "status": {"phase": "Running"}},
            {"apiVersion": mco + "v1", "kind": "MachineConfigPool", "metadata": {"name": name},
             "spec": {"machineConfigSelector": {"matchLabels": {name: name}}}},
            {"apiVersion": mco + "v1", "kind": "ContainerRuntimeConfig",
             "metadata": {"name": "c" + name}, "spec": {
                 "machineConfigPoolSelector": {"matchExpressions": [
                     {"key": name, "operator": name}]},
                 "containerRuntimeConfig": {"defaultRuntime": name, "logLevel": name}}}]
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"apiVersion": "v1", "kind": "List", "items": items}, f)


# What a command needs to do anything, in turn; every other one is run alone.
ARGUMENTS = {
    "explain": [["p3"]], "exec": [[NAMES[0], "--", "--version"], ["p3", "--", NAMES[0]]],
    "check": [[], ["--fix", "--dry-run"], ["--statistics"], ["--against", "OTHER"],
              ["--for", "1.30,1.37"]],
    "apply": [["--dry-run"], []], "drift": [["--live", "FACTS"], ["--live", "LIVE"]],
    "blame": [[], ["50-evil ::error::.conf"], [NAMES[0]]],
    "diff": [[], ["--against", "OTHER"], ["--without", "50-evil ::error::.conf"]],
    "report": [[], ["--against", "OTHER"], ["--title", NAMES[0]]],
    "upgrade": [["--to", "1.37"], ["--to", NAMES[0]]],
    "rules": [[], ["path-missing"]], "completion": [["bash"]],
}
# The same of objects instead of a node.
CLUSTER = {
    "fleet": [[]], "show": [[], ["--pool", "worker"]], "check": [[], ["--pool", "worker"]],
    "diff": [["--default-runtime", "p3"], ["--pool", NAMES[0]]], "cat": [["--pool", "worker"]],
    "explain": [["--pool", "worker", "p3"]], "graph": [["--pool", "worker"]],
    "render": [["--pool", "worker"]], "report": [["--pool", "worker"]],
    "blame": [["--pool", "worker"]], "upgrade": [["--to", "1.37", "--pool", "worker"]],
}
# Of the node of another machine these run nothing.
ONLY_REFUSED = {"exec", "fleet"}


def table_of(heir):
    """The commands and their formats, as heir itself lists them."""
    help_of = json.loads(subprocess.run([heir, "help", "--format", "json"], check=True,
                                        capture_output=True).stdout)
    return {command["name"]: command["formats"] for command in help_of["commands"]}


def options_of(heir):
    """The options that each command takes about the node."""
    help_of = json.loads(subprocess.run([heir, "help", "--format", "json"], check=True,
                                        capture_output=True).stdout)
    return {command["name"]: {"--" + option for option in command["options"]}
            for command in help_of["commands"]}


def taken(options, command, pairs):
    """Those of the pairs of option and value that the command takes."""
    takes = options.get(command[0])
    alias = {"-i": "--input"}
    return [word for option, value in pairs
            if takes is None or alias.get(option, option) in takes for word in (option, value)]


def in_formats(table, command, arguments):
    for words in arguments:
        yield [command] + words
        for name in table[command]:
            at = words.index("--") if "--" in words else len(words)
            yield [command] + words[:at] + ["--format", name] + words[at:]


def cluster_commands(table):
    for command, arguments in CLUSTER.items():
        yield from in_formats(table, command, arguments)


def commands(table):
    for command in table:
        if command != "collect":  # a tar, never on a terminal
            yield from in_formats(table, command, ARGUMENTS.get(command, [[]]))
    for name in NAMES + ["p3", "w3", "c3", "nope"]:
        for words in ([], ["--format", "json"]):
            yield ["explain", name] + words
            yield ["show", name] + words
        yield [name]
        yield ["--as", name, "show"]
        yield ["--crio-version", name, "show"]
        yield ["rules", name]
        yield ["check", "--rule", name]
    yield ["--verbose", "check"]


def in_terminal(words, env):
    main, end = pty.openpty()
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=end, stderr=end, env=env) as p:
        os.close(end)
        data = b""
        while True:
            try:
                piece = os.read(main, 65536)
            except OSError:
                break
            if not piece:
                break
            data += piece
    os.close(main)
    return data.replace(b"\r\n", b"\n"), p.returncode


def judge(what, data, is_github, is_html, is_data):
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return [f"{what}: not UTF-8"] if not is_data else []
    found = []
    if not is_data:
        found += [f"{what}: {m.group()!r} in {text[max(0, m.start() - 20):m.end() + 20]!r}"
                  for m in RAW.finditer(text)][:1]
    for line in re.split("[\n\r]", text):
        if (not is_github and line.lstrip().startswith("::")) or (
                not is_html and re.search(r"##(\[|vso\[)", line)):
            found.append(f"{what}: CI would obey {line[:80]!r}")
            break
    return found


def without_effect(table, codes, silent):
    """Commands that never did anything: wrong use, whatever they were given."""
    return [f"{where}{command}: every call of it is wrong use"
            for where, names in (("", set(table) - {"collect"} - silent), ("-i: ", set(CLUSTER)))
            for command in names if not codes.get(where + command, set()) - {2}]


def run_all(heir, first, where, all_commands, env, paths):
    """What was found, how many commands there were, and how the commands ended."""
    found, codes, n = [], {}, 0
    options = options_of(heir)
    for command in all_commands:
        about = list(first)
        if "--crio-version" not in command and "--for" not in command:
            about.append(("--crio-version", "1.34"))
        words = [heir] + taken(options, command, about) + command
        words = [paths.get(w, w) for w in words]
        p = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, env=env,
                           check=False)
        what = f"{where}{command}"
        is_html = command[0] == "report"
        is_data = command[0] == "cat" and "json" not in command or "--dry-run" in command
        found += judge(f"{what} > pipe", p.stdout, "github" in command, is_html, is_data)
        found += judge(f"{what} 2> pipe", p.stderr, False, False, False)
        code = p.returncode
        if not is_html and "github" not in command:
            data, code = in_terminal(words, env)
            found += judge(f"{what} in a terminal", data, False, False, False)
        if code not in (0, 1, 2, 3) or p.returncode not in (0, 1, 2, 3):
            found.append(f"{what}: ends with {p.returncode} and {code}")
        codes.setdefault(where + command[0], set()).add(p.returncode)
        n += 1
    return found, codes, n


def main():
    heir, node = sys.argv[1:]
    facts = make_node(node)
    paths = {"FACTS": facts, "OTHER": os.path.join(node, "other"),
             "LIVE": os.path.join(node, "live")}
    os.makedirs(os.path.join(paths["OTHER"], "etc/crio/crio.conf.d"))
    with open(os.path.join(node, "etc/crio/crio.conf.d/50-evil ::error::.conf"),
              encoding="utf-8", newline="") as f:
        text = f.read()
    with open(paths["LIVE"], "w", encoding="utf-8", newline="") as f:
        f.write("[crio.runtime]\n" + "".join(
            f"[crio.runtime.runtimes.{quoted(n)}]\nruntime_path = {quoted(n)}\n" for n in NAMES))
    objects = os.path.join(node, "objects.json")
    make_objects(objects, text)
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "xterm", "NO_COLOR": "1",
           "HEIR_PAGER": "cat"}
    table = table_of(heir)
    found, codes, n = run_all(heir, [("--root", node), ("--facts", facts)], "", commands(table), env,
                              paths)
    more, more_codes, m = run_all(heir, [("-i", objects)], "-i: ", cluster_commands(table), env,
                                  paths)
    found += more + without_effect(table, {**codes, **more_codes}, ONLY_REFUSED)
    for line in found:
        print(line)
    print(f"{n + m} commands", file=sys.stderr)


if __name__ == "__main__":
    main()
