// SPDX-License-Identifier: Apache-2.0
// Runs heir.wasm: what of WASI it imports, and one run per instance. `files` is a map of a path to
// {text} or {bytes}, with {link} for a link and {mode} where it is not 0644.
"use strict";

function heirHost(module) {
	const utf8 = new TextEncoder();

	class Exit extends Error {
		constructor(status) {
			super(`exit ${status}`);
			this.status = status;
		}
	}

	// Results of WASI.
	const OK = 0, BADF = 8, NOSYS = 52, SPIPE = 70;
	const LIMIT = 16 << 20;

	function run(args, files, environment = { LC_ALL: "C.UTF-8", PATH: "/usr/bin:/bin" }) {
		const out = { 1: [], 2: [] };
		const length = { 1: 0, 2: 0 };
		const variables = Object.entries(environment).map(([name, value]) => utf8.encode(`${name}=${value}\0`));
		let instance;
		const memory = () => new DataView(instance.exports.memory.buffer);
		const bytes = (at, size) => new Uint8Array(instance.exports.memory.buffer, at, size);

		const imports = {
			proc_exit(status) {
				throw new Exit(status);
			},
			fd_write(fd, list, n, ret) {
				if (!out[fd]) return BADF;
				let written = 0;
				for (let i = 0; i < n; i++) {
					const at = memory().getUint32(list + 8 * i, true);
					const size = memory().getUint32(list + 8 * i + 4, true);
					if (length[fd] < LIMIT) out[fd].push(bytes(at, size).slice());
					length[fd] += size;
					written += size;
				}
				memory().setUint32(ret, written, true);
				return OK;
			},
			fd_fdstat_get(fd, ret) {
				if (fd > 2) return BADF;
				bytes(ret, 24).fill(0);
				memory().setUint8(ret, 2);
				return OK;
			},
			fd_prestat_get: () => BADF,
			fd_close: () => OK,
			fd_seek: () => SPIPE,
			environ_sizes_get(n, size) {
				memory().setUint32(n, variables.length, true);
				memory().setUint32(size, variables.reduce((sum, v) => sum + v.length, 0), true);
				return OK;
			},
			environ_get(list, at) {
				for (const variable of variables) {
					memory().setUint32(list, at, true);
					bytes(at, variable.length).set(variable);
					list += 4;
					at += variable.length;
				}
				return OK;
			},
			clock_time_get(id, precision, ret) {
				memory().setBigUint64(ret, BigInt(Date.now()) * 1000000n, true);
				return OK;
			},
			random_get(at, size) {
				for (let i = 0; i < size; i += 65536)
					crypto.getRandomValues(bytes(at + i, Math.min(65536, size - i)));
				return OK;
			},
		};
		// Whatever else libc may call.
		const all = Object.fromEntries(WebAssembly.Module.imports(module).map((entry) =>
			[entry.name, imports[entry.name] ?? (() => NOSYS)]));
		instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: all });
		instance.exports._initialize();

		const put = (data) => {
			const at = instance.exports.allocate(data.length);
			bytes(at, data.length).set(data);
			return at;
		};
		const DIRECTORY = 0o040755, FILE = 0o100000, LINK = 0o120777;
		instance.exports.add(put(utf8.encode("/tmp\0")), DIRECTORY, 0, 0);
		for (const [path, file] of files) {
			const data = file.bytes ?? utf8.encode(file.link ?? file.text ?? "");
			const mode = file.link !== undefined ? LINK : file.directory ? DIRECTORY : FILE | (file.mode ?? 0o644);
			instance.exports.add(put(utf8.encode(`${path}\0`)), mode, put(data), data.length);
		}
		const words = utf8.encode(["heir", ...args].map((word) => `${word}\0`).join(""));
		let status;
		try {
			instance.exports.run(put(words), words.length);
		} catch (error) {
			if (!(error instanceof Exit)) throw error;
			status = error.status;
		}
		const text = (fd) => {
			const whole = new Uint8Array(out[fd].reduce((sum, part) => sum + part.length, 0));
			let at = 0;
			for (const part of out[fd]) {
				whole.set(part, at);
				at += part.length;
			}
			return new TextDecoder().decode(whole);
		};
		return { status, stdout: text(1), stderr: text(2) };
	}

	return { run };
}
