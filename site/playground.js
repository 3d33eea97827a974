// SPDX-License-Identifier: Apache-2.0
// The page of the playground; host.js, which stands before it, runs heir.wasm.
"use strict";
(async () => {
	const get = (id) => document.getElementById(id);
	const state = get("state");
	const { releases, systems, examples } = JSON.parse(get("data").textContent);

	// How many files are shown with an editor; what a link or a dropped directory may hold.
	const SHOWN = 40, EDITABLE = 64 << 10, MAX_FILES = 20000, MAX_BYTES = 256 << 20, MAX_LINK = 8 << 20;

	// ---- The input: [{path, text or bytes, link}], of a node below /node, objects below /objects ----

	let files = [];
	let host = null;

	const isObject = (path) => /\.(ya?ml|json|bu|ign)$/i.test(path);

	// Where a file belongs that was dropped or chosen; null if heir does not read such a file.
	function place(path) {
		const clean = path.replace(/\\/g, "/").replace(/^[/.]+/, "").split("/").filter((part) => part && part !== "..").join("/");
		const etc = /(?:^|\/)((?:etc|usr|run|opt|var)\/.*)$/.exec(clean);
		if (etc && /(^|\/)(etc\/(crio|systemd|containers|os-release)|usr\/lib\/systemd)/.test(clean)) return `/node/${etc[1]}`;
		if (isObject(clean)) return `/objects/${clean}`;
		const name = clean.split("/").pop();
		const below = /(?:^|\/)crio\.conf\.d\/(.+)$/.exec(clean);
		if (below) return `/node/etc/crio/crio.conf.d/${below[1]}`;
		// Of a whole directory, as of a must-gather, most files are something else.
		if (clean.includes("/") && name !== "crio.conf") return null;
		return name === "crio.conf" ? "/node/etc/crio/crio.conf" : `/node/etc/crio/crio.conf.d/${name}`;
	}

	const shownPath = (path) => path.replace(/^\/node/, "").replace(/^\/objects\//, "");
	const wholePath = (path) => path.startsWith("/") ? `/node${path}` : isObject(path) ? `/objects/${path}` : place(path) ?? `/node/${path}`;

	// The files of a tar archive, as [path, Blob]: ustar, with the long names of GNU and pax.
	function untar(bytes) {
		const text = (at, size) => new TextDecoder().decode(bytes.subarray(at, at + size)).replace(/\0.*$/s, "");
		const found = [];
		let long = null;
		for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0 && found.length < MAX_FILES;) {
			const size = parseInt(text(at + 124, 12), 8) || 0, type = text(at + 156, 1);
			const prefix = text(at + 257, 5) === "ustar" ? text(at + 345, 155) : "";
			const name = long ?? (prefix ? `${prefix}/` : "") + text(at, 100);
			const data = bytes.subarray(at + 512, at + 512 + size);
			long = null;
			if (type === "L") long = text(at + 512, size);
			else if (type === "x") long = /^\d+ path=(.*)$/m.exec(text(at + 512, size))?.[1] ?? null;
			else if (type === "0" || type === "") found.push([name, new Blob([data])]);
			at += 512 + Math.ceil(size / 512) * 512;
		}
		return found;
	}

	async function unpack(path, file) {
		if (!/\.(tar|tgz|tar\.gz)$/i.test(path)) return [[path, file]];
		const packed = new Uint8Array(await file.arrayBuffer());
		try {
			return untar(/\.tar$/i.test(path) ? packed :
				await through(packed, new DecompressionStream("gzip"), MAX_BYTES));
		} catch {
			return [];
		}
	}

	async function bring(dropped) {
		const list = (await Promise.all(dropped.map(([path, file]) => unpack(path, file)))).flat();
		let bytes = 0;
		const brought = [];
		const read = list.map(([path, file]) => [place(path), file]).filter(([path]) => path);
		for (const [path, file] of read.slice(0, MAX_FILES)) {
			bytes += file.size;
			if (bytes > MAX_BYTES) break;
			const data = new Uint8Array(await file.arrayBuffer());
			let text;
			try {
				if (data.length <= EDITABLE) text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
			} catch {
				// Not text: it stays as it is.
			}
			brought.push(text === undefined ? { path, bytes: data } : { path, text });
		}
		const names = new Set(brought.map((file) => file.path));
		files = files.filter((file) => !names.has(file.path)).concat(brought);
		state.textContent = `${brought.length} of ${list.length} files are read.` + (brought.length < read.length
			? ` At most ${MAX_FILES} files and 256 MiB fit in this page.` : "");
		draw();
	}

	// ---- The editors ----

	function editor(file) {
		const box = document.createElement("details");
		const summary = document.createElement("summary");
		const name = document.createElement("input");
		const area = document.createElement("textarea");
		const remove = document.createElement("button");
		const row = document.createElement("div");
		row.className = "row";
		summary.textContent = shownPath(file.path);
		name.value = shownPath(file.path);
		name.setAttribute("aria-label", "Path");
		name.spellcheck = false;
		area.value = file.text;
		area.rows = Math.min(24, Math.max(6, file.text.split("\n").length + 1));
		area.spellcheck = false;
		area.setAttribute("aria-label", `Text of ${shownPath(file.path)}`);
		remove.type = "button";
		remove.textContent = "Remove";
		name.addEventListener("change", () => {
			file.path = wholePath(name.value);
			summary.textContent = name.value;
			later();
		});
		area.addEventListener("input", () => {
			file.text = area.value;
			later();
		});
		remove.addEventListener("click", () => {
			files = files.filter((other) => other !== file);
			draw();
			get("add").focus();
		});
		row.append(name, remove);
		box.append(summary, row, area);
		box.open = files.length <= 3 || file.isNew === true;
		return box;
	}

	function draw() {
		const editable = files.filter((file) => file.text !== undefined && file.link === undefined).slice(0, SHOWN);
		get("list").replaceChildren(...editable.map(editor));
		const more = files.length - editable.length;
		get("many").textContent = more > 0 ? `and ${more} file${more === 1 ? "" : "s"} without an editor` : "";
		later();
	}

	function add(path, text) {
		let free = path;
		for (let n = 2; files.some((file) => file.path === free); n++) free = path.replace(/(\.\w+)$/, `-${n}$1`);
		files.push({ path: free, text, isNew: true });
		draw();
		get("list").lastElementChild?.querySelector("textarea").focus();
	}

	function load(input) {
		files = (input.files ?? []).filter((f) => typeof f.path === "string" && /^\/(node|objects)\//.test(f.path) &&
			typeof (f.text ?? f.link) === "string").slice(0, MAX_FILES)
			.map(({ path, text, link }) => link === undefined ? { path, text } : { path, link, text: undefined });
		get("programs").value = (input.programs ?? examples[0].programs).join("\n");
		for (const [id, value] of Object.entries(input.choices ?? {}))
			if (["release", "as", "os"].includes(id) && [...get(id).options].some((o) => o.value === value)) get(id).value = value;
		draw();
	}

	// ---- Running ----

	const tree = () => {
		const map = new Map();
		if (files.some((file) => file.path.startsWith("/node/")) || !files.some((file) => file.path.startsWith("/objects/")))
			for (const program of get("programs").value.split("\n"))
				if (program.trim().startsWith("/")) map.set(`/node${program.trim()}`, { text: "#!/bin/sh\n", mode: 0o755 });
		for (const file of files) map.set(file.path, file);
		return map;
	};

	function options(map) {
		const paths = [...map.keys()];
		const objects = paths.some((path) => path.startsWith("/objects/"));
		const node = paths.some((path) => path.startsWith("/node/"));
		const words = [];
		get("os").disabled = !objects || node;
		get("pool").disabled = !objects;
		if (node) words.push("--root", "node");
		if (objects) words.push("-i", "objects");
		if (get("release").value) words.push("--crio-version", get("release").value);
		if (get("as").value !== "heir") words.push("--as", get("as").value);
		if (objects && !node && get("os").value) words.push("--os", get("os").value);
		if (objects && get("pool").value) words.push("--pool", get("pool").value);
		return words;
	}

	// Fills a list and keeps what was chosen, if it is still there.
	function fill(list, rows) {
		const before = list.value;
		list.replaceChildren(...rows.map(([value, text]) => new Option(text, value)));
		if (rows.some(([value]) => value === before)) list.value = before;
	}

	const parse = (text) => {
		try {
			return JSON.parse(text);
		} catch {
			return null;
		}
	};

	function answer() {
		const map = tree();
		const command = document.querySelector("input[name=command]:checked").value;
		let words = options(map);
		let shown = parse(host.run([...words, "show", "--format", "json"], map).stdout);
		if (shown?.pools && !words.includes("--pool")) {
			fill(get("pool"), shown.pools.map((pool) => [pool.pool, pool.pool]));
			words = options(map);
			shown = parse(host.run([...words, "show", "--format", "json"], map).stdout);
		} else if (!words.includes("-i")) {
			fill(get("pool"), [["", "-"]]);
		}
		const handlers = (shown?.handlers ?? []).map((handler) => handler.name);
		fill(get("handler"), handlers.map((name) => [name, name]));
		const verdict = get("verdict");
		const stops = shown?.stops?.length ?? 0;
		verdict.textContent = !shown || shown.starts === undefined ? "" : shown.starts
			? `CRI-O ${shown.crio_version} would start.`
			: `CRI-O ${shown.crio_version} would not start: ${stops} reason${stops === 1 ? "" : "s"}.`;
		verdict.className = shown && shown.starts === false ? "F" : "";
		const what = command === "explain" ? ["explain", get("handler").value] : [command];
		const done = command === "explain" && handlers.length === 0 ? { stdout: "", stderr: "There is no handler.\n" } :
			host.run([...words, ...what], map);
		get("command-line").textContent = `$ heir ${[...words, ...what].join(" ")}`;
		get("answer").textContent = done.stderr + done.stdout || "Nothing to report.";
	}

	let timer;
	function later() {
		clearTimeout(timer);
		timer = setTimeout(() => {
			if (!host) return;
			try {
				answer();
			} catch (error) {
				get("answer").textContent = `The program failed: ${error.message}`;
			}
			document.body.dataset.runs = Number(document.body.dataset.runs ?? 0) + 1;
		}, 150);
	}

	// ---- Links ----

	const through = async (bytes, stream, limit = Infinity) => {
		const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
		const parts = [];
		let size = 0;
		for (;;) {
			const { done, value } = await reader.read();
			if (done) break;
			size += value.length;
			if (size > limit) throw new Error("too much");
			parts.push(value);
		}
		return new Uint8Array(await new Blob(parts).arrayBuffer());
	};
	const decode = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

	async function share() {
		const input = {
			files: files.filter((file) => file.bytes === undefined).map(({ path, text, link }) => ({ path, text, link })),
			programs: get("programs").value.split("\n").filter(Boolean),
			choices: { release: get("release").value, as: get("as").value, os: get("os").value },
		};
		const packed = await through(new TextEncoder().encode(JSON.stringify(input)), new CompressionStream("gzip"));
		let binary = "";
		for (const byte of packed) binary += String.fromCharCode(byte);
		location.hash = `1=${btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")}`;
		const left = files.length - input.files.length;
		get("shared").textContent = "The address of this page has the input now; copy it from the address bar." +
			(left > 0 ? ` ${left} large or binary files are not in it.` : "");
	}

	async function fromLink() {
		const match = /^#1=([\w-]+)$/.exec(location.hash);
		if (!match) return false;
		try {
			const text = await through(decode(match[1].replace(/-/g, "+").replace(/_/g, "/")),
				new DecompressionStream("gzip"), MAX_LINK);
			load(JSON.parse(new TextDecoder().decode(text)));
			return true;
		} catch {
			state.textContent = "The address does not contain an input of this page.";
			return false;
		}
	}

	// ---- The page ----

	async function entries(entry, path, found) {
		if (found.length >= MAX_FILES) return;
		if (entry.isFile) {
			found.push([path + entry.name, await new Promise((good, bad) => entry.file(good, bad))]);
			return;
		}
		const reader = entry.createReader();
		for (;;) {
			const some = await new Promise((good, bad) => reader.readEntries(good, bad));
			if (some.length === 0) break;
			for (const one of some) await entries(one, `${path}${entry.name}/`, found);
		}
	}

	fill(get("release"), releases.map((name) => [name, name]));
	get("release").value = releases.at(-1);
	fill(get("os"), [["", "that of the release"], ...systems.map((name) => [name, name])]);
	fill(get("example"), examples.map((example, i) => [String(i), example.name]));
	fill(get("pool"), [["", "-"]]);

	get("example").addEventListener("change", () => load(examples[Number(get("example").value)]));
	get("add").addEventListener("click", () =>
		add("/node/etc/crio/crio.conf.d/50-mine.conf", '[crio.runtime.runtimes.mine]\ninherit = "default"\n'));
	get("add-object").addEventListener("click", () => add("/objects/machineconfig.yaml",
		"apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfig\nmetadata:\n  name: 99-worker-mine\n" +
		"  labels:\n    machineconfiguration.openshift.io/role: worker\nspec:\n  config:\n    ignition:\n      version: 3.2.0\n" +
		"    storage:\n      files:\n        - path: /etc/crio/crio.conf.d/50-mine.conf\n          contents:\n" +
		"            source: data:,%5Bcrio.runtime.runtimes.mine%5D%0Ainherit%20=%20%22default%22%0A\n"));
	get("clear").addEventListener("click", () => {
		files = [];
		draw();
	});
	for (const id of ["files", "directory"])
		get(id).addEventListener("change", async () => {
			await bring([...get(id).files].map((file) => [file.webkitRelativePath || file.name, file]));
			get(id).value = "";
		});
	document.addEventListener("dragover", (event) => event.preventDefault());
	document.addEventListener("drop", async (event) => {
		event.preventDefault();
		const dropped = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
		const found = [];
		for (const entry of dropped) await entries(entry, "", found);
		await bring(found);
	});
	for (const id of ["release", "as", "os", "pool", "handler", "programs"]) get(id).addEventListener("input", later);
	for (const radio of document.querySelectorAll("input[name=command]")) radio.addEventListener("change", later);
	get("share").addEventListener("click", share);
	window.addEventListener("hashchange", fromLink);

	state.textContent = "Unpacking the program …";
	try {
		const code = await through(decode(get("wasm").textContent), new DecompressionStream("gzip"));
		host = heirHost(await WebAssembly.compile(code));
	} catch (error) {
		state.textContent = `This browser cannot run the program: ${error.message}`;
		return;
	}
	state.textContent = "";
	get("play").hidden = false;
	if (!await fromLink()) load(examples[0]);
})();
