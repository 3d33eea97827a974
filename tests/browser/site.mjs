// SPDX-License-Identifier: Apache-2.0
// The site of ./dev site in a browser, from files: ./dev test browser. Prints TAP.
//
// HEIR is the program, beside which the manual is; HEIR_SOURCE the repository, HEIR_BROWSER the
// directory where npm has put the packages and where pictures go, HEIR_CHROMIUM the browser,
// HEIR_PLAYGROUND what site/make-playground made, if it could.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { run } from "./run.mjs";

const { HEIR, HEIR_SOURCE, HEIR_BROWSER, HEIR_CHROMIUM, HEIR_PLAYGROUND } = process.env;
const require = createRequire(join(HEIR_BROWSER, "package.json"));
const { chromium } = require("playwright-core");
const { HtmlValidate } = require("html-validate");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const scratch = mkdtempSync(join(tmpdir(), "heir-site-"));
const pictures = join(HEIR_BROWSER, "pictures");
mkdirSync(pictures, { recursive: true });

const site = join(scratch, "site");
const made = spawnSync(join(HEIR_SOURCE, "site/make-site"),
	[HEIR, join(dirname(HEIR), "man"), site, ...(HEIR_PLAYGROUND ? [HEIR_PLAYGROUND] : [])], { encoding: "utf8" });
assert.equal(made.status, 0, made.stderr);

const browser = await chromium.launch({
	executablePath: HEIR_CHROMIUM,
	env: { ...process.env, HOME: scratch },
	args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

const address = (name) => `${pathToFileURL(site).href}/${name}`;

// A console message, an error, or a request for anything but pages of the site is a failure.
async function open(name, options, work) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
	const tab = await context.newPage();
	// Some machines are slow, and do something else at the same time.
	tab.setDefaultTimeout(120000);
	const wrong = [];
	tab.on("console", (message) => wrong.push(`console: ${message.text()}`));
	tab.on("pageerror", (error) => wrong.push(`error: ${error}`));
	tab.on("request", (request) => {
		if (!request.isNavigationRequest() ||
			!(request.url().startsWith(address("")) || request.url() === "about:blank"))
			wrong.push(`request: ${request.url()}`);
	});
	try {
		await tab.goto(address(name));
		await work(tab);
	} finally {
		await context.close();
	}
	assert.deepEqual(wrong, []);
}

const tests = [];
const test = (name, work) => tests.push([name, work]);

// One of each kind, and those with the widest tables and texts.
const pages = ["index.html", "troubleshooting.html", "how-heir-decides.html", "json.html",
	"deploy.html", "rules.html", "rules/path-missing.html", "rules/object-invalid.html",
	"man/heir.1.html", "search.html?q=conmon", "source/examples.html", "readme.html",
	...(HEIR_PLAYGROUND ? ["playground.html"] : [])];

test("html-validate has no complaint about any page", async () => {
	const judge = new HtmlValidate({
		extends: ["html-validate:standard"],
		// The names of sections are pandoc's, of the titles.
		rules: { "valid-id": "off", "long-title": "off" },
	});
	const words = [];
	const files = readdirSync(site, { recursive: true }).filter((name) => name.endsWith(".html"));
	assert.ok(files.length > 150);
	for (const name of files) {
		const verdict = await judge.validateString(readFileSync(join(site, name), "utf8"));
		words.push(...verdict.results.flatMap((r) => r.messages.map((m) =>
			`${name}:${m.line}:${m.column} ${m.ruleId}: ${m.message}`)));
	}
	assert.deepEqual(words.slice(0, 10), []);
});

for (const name of pages)
	for (const [colorScheme, width] of [["light", 1280], ["dark", 390]])
		test(`${name}: axe-core has no complaint, ${colorScheme}, ${width} pixels; it fits`, () =>
			// axe itself is a script, which the page's policy would not allow.
			open(name, { colorScheme, viewport: { width, height: 900 }, bypassCSP: true },
				async (tab) => {
					await tab.screenshot({ path: join(pictures,
						`site-${name.replace(/\W/g, "-")}-${width}.png`) });
					const [inner, outer] = await tab.evaluate(() =>
						[document.documentElement.scrollWidth, document.documentElement.clientWidth]);
					assert.ok(inner <= outer, `${inner} > ${outer}`);
					await tab.evaluate(axe);
					const { violations, passes } = await tab.evaluate("axe.run()");
					assert.ok(passes.length > 15);
					assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
				}));

test("the policy lets style and pictures in", () =>
	open("how-heir-decides.html", {}, async (tab) => {
		const seen = await tab.evaluate(() => ({
			grid: getComputedStyle(document.body).display,
			picture: document.querySelector("main img").naturalWidth,
		}));
		assert.deepEqual(seen, { grid: "grid", picture: 820 });
	}));

test("a message of CRI-O, typed on the first page, leads to its section", () =>
	open("index.html", {}, async (tab) => {
		await tab.fill("#symptom",
			"failed to find runtime handler nvidia from runtime list map[crun:0xc00 runc:0xc01]");
		await tab.keyboard.press("Enter");
		await tab.waitForURL(/search\.html\?q=/);
		const hits = tab.locator("#hits a");
		assert.equal(await hits.first().textContent(),
			"Troubleshooting by symptom: failed to find runtime handler");
		await hits.first().click();
		assert.match(tab.url(), /troubleshooting\.html#failed-to-find-runtime-handler$/);
	}));

test("the search answers while one types: rules, messages with other names in them, keys", () =>
	open("search.html", {}, async (tab) => {
		const first = async (words) => {
			await tab.fill("#query", words);
			return tab.locator("#hits a").first().textContent();
		};
		assert.equal(await first("path-stale-default"), "path-stale-default");
		assert.match(await first("default_runtime set to \"x\", but no runtime entry table"),
			/^Troubleshooting by symptom: default_runtime/);
		await first("inherit_when");
		assert.ok(await tab.locator("#hits a[href^='keys.html']").count() > 0);
		await tab.fill("#query", "zzzznothing");
		assert.equal(await tab.locator("#count").textContent(), "Nothing found");
		assert.equal(await tab.locator("#hits li").count(), 0);
		await tab.fill("#query", "<img src=x onerror=alert(1)>");
		assert.equal(await tab.locator("#hits img").count(), 0);
	}));

test("without JavaScript every page is reached by links", () =>
	open("search.html", { javaScriptEnabled: false }, async (tab) => {
		assert.ok(!(await tab.locator("#live").isVisible()));
		assert.ok(await tab.locator("main li a").count() > 120);
		await tab.locator("main li a", { hasText: /^monitor-missing$/ }).click();
		assert.equal(await tab.locator("h1").textContent(), "monitor-missing");
		await tab.locator("#pages a", { hasText: "Troubleshooting" }).click();
		await tab.locator(".toc a", { hasText: "conmon not found" }).click();
		assert.match(tab.url(), /#conmon-not-found$/);
	}));

test("the keyboard skips to the content, and one sees where it is", () =>
	open("index.html", {}, async (tab) => {
		await tab.keyboard.press("Tab");
		assert.ok((await tab.locator(".skip").boundingBox()).x >= 0);
		await tab.keyboard.press("Enter");
		await tab.keyboard.press("Tab");
		const at = await tab.evaluate(() => [document.activeElement.closest("main") !== null,
			getComputedStyle(document.activeElement).outlineStyle]);
		assert.deepEqual(at, [true, "solid"]);
	}));

// ---- The playground ----

// Has the page answered at all? It may have before anyone asks.
const ready = (tab) => tab.waitForFunction(() => Number(document.body.dataset.runs ?? 0) > 0);

// Until the answer to what was just done is there.
async function answered(tab, work) {
	const before = Number(await tab.evaluate(() => document.body.dataset.runs ?? 0));
	await work();
	await tab.waitForFunction((n) => Number(document.body.dataset.runs ?? 0) > n, before);
	return tab.locator("#answer").textContent();
}

if (HEIR_PLAYGROUND) {
	// What the program prints of a node of examples/, below the name that the page gives it.
	symlinkSync(join(HEIR_SOURCE, "examples/ocp-worker"), join(scratch, "node"));
	const native = (...args) => {
		const done = spawnSync(HEIR, ["--root", "node", "--crio-version", "1.37", ...args],
			{ cwd: scratch, encoding: "utf8", env: { LC_ALL: "C.UTF-8" } });
		return done.stderr + done.stdout;
	};

	test("playground: every command prints what the program prints", () =>
		open("playground.html", {}, async (tab) => {
			await ready(tab);
			assert.equal(await tab.locator("#answer").textContent(), native("show"));
			assert.match(await tab.locator("#verdict").textContent(), /would start\./);
			for (const command of ["check", "blame", "graph", "render"])
				assert.equal(await answered(tab, () => tab.check(`input[value=${command}]`)),
					native(command), command);
			await answered(tab, () => tab.check("input[value=explain]"));
			assert.equal(await answered(tab, () => tab.selectOption("#handler", "gpu-batch")),
				native("explain", "gpu-batch"));
		}));

	test("playground: the answer follows the text, the release and the semantics", () =>
		open("playground.html", {}, async (tab) => {
			await ready(tab);
			await answered(tab, () => tab.click("#clear"));
			await answered(tab, () => tab.click("#add"));
			assert.match(await tab.locator("#answer").textContent(), /^mine \* +\/usr\/bin\/crun .* inherit /m);
			assert.match(await answered(tab, () => tab.selectOption("#as", "stock")), /^dropped +mine /m);
			await answered(tab, () => tab.fill("#list textarea", '[crio.runtime]\nlog_level = "loud"\n'));
			assert.match(await tab.locator("#verdict").textContent(), /would not start: 1 reason\.$/);
			assert.match(await answered(tab, () => tab.check("input[value=check]")), /\[value-invalid\]/);
			await answered(tab, () => tab.selectOption("#release", "1.30"));
			assert.match(await tab.locator("#command-line").textContent(), /--crio-version 1\.30 --as stock check$/);
		}));

	test("playground: files and objects that are chosen are read, others of a directory are not", () =>
		open("playground.html", {}, async (tab) => {
			await ready(tab);
			await answered(tab, () => tab.click("#clear"));
			await answered(tab, () => tab.setInputFiles("#files", [{ name: "70-x.conf", mimeType: "text/plain",
				buffer: Buffer.from('[crio.runtime.runtimes.chosen]\nruntime_path = "/usr/bin/runc"\n') }]));
			assert.match(await tab.locator("#answer").textContent(), /^chosen +\/usr\/bin\/runc .*70-x\.conf:2$/m);
			await answered(tab, () => tab.click("#clear"));
			await answered(tab, () => tab.setInputFiles("#directory", join(HEIR_SOURCE, "examples/ocp-cluster")));
			await answered(tab, () => tab.selectOption("#pool", "gpu"));
			assert.match(await tab.locator("#answer").textContent(), /^gpu-legacy +/m);
			assert.match(await tab.locator("#command-line").textContent(), /-i objects .*--pool gpu show$/);
			await answered(tab, () => tab.click("#clear"));
			await answered(tab, () => tab.setInputFiles("#directory", join(HEIR_SOURCE, "examples/ocp-worker")));
			assert.match(await tab.locator("#state").textContent(), /^\d+ of \d+ files are read\.$/);
			assert.match(await tab.locator("#answer").textContent(), /^low-latency +/m);
			for (const format of ["gnu", "pax"]) {
				// With a name that does not fit into a header.
				const long = `${"x".repeat(60)}/${"y".repeat(60)}`;
				const archive = join(scratch, `gather-${format}.tar.gz`);
				assert.equal(spawnSync("tar", ["-czf", archive, `--format=${format}`,
					`--transform=s|^|${long}/|`, "-C", join(HEIR_SOURCE, "examples"), "ocp-cluster"]).status, 0);
				await answered(tab, () => tab.click("#clear"));
				await answered(tab, () => tab.setInputFiles("#files", archive));
				assert.match(await tab.locator("#command-line").textContent(), /-i objects /);
				await answered(tab, () => tab.selectOption("#pool", "gpu"));
				assert.match(await tab.locator("#answer").textContent(), /^gpu-legacy +/m, format);
			}
		}));

	test("playground: a link brings the input back, and its text stays text", () =>
		open("playground.html", {}, async (tab) => {
			await ready(tab);
			await answered(tab, () => tab.click("#clear"));
			await answered(tab, () => tab.click("#add"));
			await answered(tab, () => tab.fill("#list textarea",
				'[crio.runtime.runtimes."<img src=x onerror=alert(1)>"]\ninherit = "default"\n'));
			await answered(tab, () => tab.selectOption("#release", "1.33"));
			const wanted = await tab.locator("#answer").textContent();
			assert.match(wanted, /<img src=x/);
			await tab.click("#share");
			await tab.waitForURL(/#1=/);
			const url = tab.url();
			await tab.goto("about:blank");
			await tab.goto(url);
			await ready(tab);
			assert.equal(await tab.locator("#answer").textContent(), wanted);
			assert.equal(await tab.inputValue("#release"), "1.33");
			assert.equal(await tab.locator("main img").count(), 0);
			await tab.goto("about:blank");
			await tab.goto(`${url.split("#")[0]}#1=nonsense`);
			await ready(tab);
			assert.match(await tab.locator("#answer").textContent(), /^gpu-batch/m);
		}));
}

const failed = await run(tests);
await browser.close();
rmSync(scratch, { recursive: true, force: true });
process.exit(failed > 0 ? 1 : 0);
