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


# What a command needs to do anything, in turn; every other one is run alone.
ARGUMENTS = {
    "explain": [["p3"]], "exec": [[NAMES[0], "--", "--version"], ["p3", "--", NAMES[0]]],
    "check": [[], ["--fix", "--dry-run"]], "apply": [[], ["--dry-run"]],
    "drift": [[], ["--live", "facts"]], "blame": [[], ["p3"]],
}


def table_of(heir):
    """The commands and their formats, as heir itself lists them."""
    help_of = json.loads(subprocess.run([heir, "help", "--format", "json"], check=True,
                                        capture_output=True).stdout)
    return {command["name"]: command["formats"] for command in help_of["commands"]}


def commands(table):
    for command, formats in table.items():
        if command == "collect":  # a tar, never on a terminal
            continue
        for words in ARGUMENTS.get(command, [[]]):
            yield [command] + words
            for name in formats:
                at = words.index("--") if "--" in words else len(words)
                yield [command] + words[:at] + ["--format", name] + words[at:]
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


def main():
    heir, node = sys.argv[1:]
    facts = make_node(node)
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "xterm", "NO_COLOR": "1",
           "HEIR_PAGER": "cat"}
    n = 0
    for command in commands(table_of(heir)):
        words = [heir, "--root", node, "--facts", facts] + command
        words = [facts if w == "facts" and command[0] != "facts" else w for w in words]
        p = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, env=env,
                           check=False)
        is_html = command[0] == "report"
        is_data = command[0] == "cat" and "json" not in command or "--dry-run" in command
        found = judge(f"{command} > pipe", p.stdout, "github" in command, is_html, is_data)
        found += judge(f"{command} 2> pipe", p.stderr, False, False, False)
        code = p.returncode
        if not is_html and "github" not in command:
            data, code = in_terminal(words, env)
            found += judge(f"{command} in a terminal", data, False, False, False)
        if code not in (0, 1, 2, 3) or p.returncode not in (0, 1, 2, 3):
            found.append(f"{command}: ends with {p.returncode} and {code}")
        for line in found:
            print(line)
        n += 1
    print(f"{n} commands", file=sys.stderr)


if __name__ == "__main__":
    main()
