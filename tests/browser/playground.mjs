// SPDX-License-Identifier: Apache-2.0
// heir.wasm of the playground against the program: the same files, the same bytes. Prints TAP.
//
// HEIR is the program, HEIR_SOURCE the repository, HEIR_PLAYGROUND the directory of heir.wasm,
// HEIR_VECTORS the vectors.

import { spawnSync } from "node:child_process";
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync,
	rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const { HEIR, HEIR_SOURCE, HEIR_PLAYGROUND, HEIR_VECTORS } = process.env;
const heirHost = new Function(
	`${readFileSync(join(HEIR_SOURCE, "site/wasm/host.js"), "utf8")}; return heirHost;`)();
const host = heirHost(await WebAssembly.compile(readFileSync(join(HEIR_PLAYGROUND, "heir.wasm"))));
const scratch = mkdtempSync(join(tmpdir(), "heir-playground-"));

// How many of each file, from its beginning.
const COUNTS = {
	"crio-named.jsonl": 60, "crio-random.jsonl": 60, "crio-releases.jsonl": 60,
	"crio-dialect.jsonl": 30, "crio-start-named.jsonl": 60, "crio-start.jsonl": 60,
	"heir-random.jsonl": 60,
};

// What a directory holds, as the host takes it.
function load(directory, at, files = new Map()) {
	for (const name of readdirSync(directory)) {
		const path = join(directory, name), status = lstatSync(path);
		if (status.isDirectory()) {
			files.set(`${at}/${name}`, { directory: true });
			load(path, `${at}/${name}`, files);
		} else if (status.isSymbolicLink()) {
			files.set(`${at}/${name}`, { link: readlinkSync(path) });
		} else {
			files.set(`${at}/${name}`, { bytes: readFileSync(path), mode: status.mode & 0o7777 });
		}
	}
	return files;
}

function plant(root, vector) {
	const put = (path, text, mode) => {
		mkdirSync(dirname(join(root, path)), { recursive: true });
		writeFileSync(join(root, path), text);
		chmodSync(join(root, path), mode);
	};
	mkdirSync(root, { recursive: true });
	const text = (path) => vector.contents?.[path] ?? "#!/bin/sh\n";
	for (const path of vector.bins ?? []) put(path, text(path), 0o755);
	for (const path of vector.nonexec ?? []) put(path, text(path), 0o644);
	for (const [path, content] of Object.entries(vector.files ?? {})) put(path, content, 0o644);
	for (const [path, content] of Object.entries(vector.files_base64 ?? {}))
		put(path, Buffer.from(content, "base64"), 0o644);
	for (const [path, target] of Object.entries(vector.links ?? {})) {
		mkdirSync(dirname(join(root, path)), { recursive: true });
		try {
			symlinkSync(target, join(root, path));
		} catch (error) {
			if (error.code !== "EEXIST") throw error;
		}
	}
}

// The first difference, or null.
function compare(directory, files, args) {
	const native = spawnSync(HEIR, args, { cwd: directory, encoding: "utf8",
		env: { LC_ALL: "C.UTF-8", PATH: "/usr/bin:/bin", HOME: "/nonexistent",
			ASAN_OPTIONS: process.env.ASAN_OPTIONS ?? "" } });
	const here = host.run(args, files);
	for (const what of ["status", "stdout", "stderr"])
		if (native[what] !== here[what])
			return `${args.join(" ")}: ${what}\n  program:    ${String(native[what]).slice(0, 400)}\n` +
				`  playground: ${String(here[what]).slice(0, 400)}`;
	return null;
}

const tests = [];

let n = 0;
for (const [name, count] of Object.entries(COUNTS)) {
	const lines = readFileSync(join(HEIR_VECTORS, name), "utf8").split("\n").filter(Boolean);
	tests.push([`${name}: show and check say the same of ${Math.min(count, lines.length)} trees`, () => {
		const wrong = [];
		for (const line of lines.slice(0, count)) {
			const vector = JSON.parse(line), directory = join(scratch, `v${n++}`);
			plant(join(directory, "case"), vector);
			const files = load(directory, "");
			const options = ["--root", "case", "--crio-version", vector.release ?? "1.37"];
			if (name.startsWith("crio-")) options.push("--as", "stock");
			if (vector.facts) {
				writeFileSync(join(directory, "facts.json"), JSON.stringify(vector.facts));
				files.set("/facts.json", { text: JSON.stringify(vector.facts) });
				options.push("--facts", "facts.json");
			}
			for (const [variable, value] of Object.entries(vector.env ?? {}))
				options.push("--env", `${variable}=${value}`);
			for (const command of [["show", "--format", "json"], ["check", "--format", "json"]]) {
				const difference = compare(directory, files, [...options, ...command]);
				if (difference) wrong.push(`${vector.name}: ${difference}`);
			}
			rmSync(directory, { recursive: true });
		}
		return wrong;
	}]);
}

const examples = load(HEIR_SOURCE + "/examples", "/examples");
for (const command of [
	["--root", "examples/ocp-worker", "show"],
	["--root", "examples/ocp-worker", "explain", "gpu-batch"],
	["--root", "examples/ocp-worker", "explain", "high-performance", "runtime_path"],
	["--root", "examples/ocp-worker", "check"],
	["--root", "examples/ocp-worker", "graph"],
	["--root", "examples/ocp-worker", "blame"],
	["--root", "examples/debian-node", "render"],
	["--root", "examples/gpu-node", "--facts", "examples/gpu-node/facts.json", "show", "--format", "json"],
	["--root", "examples/debian-node", "report"],
	["-i", "examples/ocp-cluster", "--pool", "gpu", "show"],
	["-i", "examples/ocp-cluster", "--pool", "gpu", "check"],
	["-i", "examples/ocp-cluster", "--pool", "gpu", "blame"],
	["-i", "examples/runc-upgrade", "upgrade", "--to", "4.22"],
	["-i", "examples/ocp-fleet", "fleet"],
	["--crio-version", "1.30", "schema"],
	["rules", "path-missing"],
])
	tests.push([`heir ${command.join(" ")}`, () => {
		const difference = compare(HEIR_SOURCE, examples, command);
		return difference ? [difference] : [];
	}]);

console.log(`1..${tests.length}`);
let failed = 0;
for (const [i, [name, work]] of tests.entries()) {
	let wrong;
	try {
		wrong = work();
	} catch (error) {
		wrong = [error.stack];
	}
	if (wrong.length > 0) failed++;
	console.log(`${wrong.length > 0 ? "not ok" : "ok"} ${i + 1} - ${name}`);
	for (const line of wrong.slice(0, 5)) console.log(line.replace(/^/gm, "# "));
	if (wrong.length > 5) console.log(`# and ${wrong.length - 5} more`);
}
rmSync(scratch, { recursive: true, force: true });
process.exit(failed > 0 ? 1 : 0);
