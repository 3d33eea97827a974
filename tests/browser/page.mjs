// SPDX-License-Identifier: Apache-2.0
// The page of `heir report` in a browser: ./dev test browser. Prints TAP.
//
// HEIR is the program, HEIR_SOURCE the repository, HEIR_BROWSER the directory where npm has put the
// packages and where pictures go, HEIR_CHROMIUM the browser.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { run } from "./run.mjs";

const { HEIR, HEIR_SOURCE, HEIR_BROWSER, HEIR_CHROMIUM } = process.env;
const require = createRequire(join(HEIR_BROWSER, "package.json"));
const { chromium } = require("playwright-core");
const { HtmlValidate } = require("html-validate");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const scratch = mkdtempSync(join(tmpdir(), "heir-browser-"));
const pictures = join(HEIR_BROWSER, "pictures");
mkdirSync(pictures, { recursive: true });

// ---- Pages ----

function report(name, ...args) {
	const file = join(scratch, `${name}.html`);
	const done = spawnSync(HEIR, [...args, "report", "--output", file], { encoding: "utf8" });
	assert.ok(done.status === 0 || done.status === 1, `${args}: ${done.stderr}`);
	return { name, file, url: pathToFileURL(file).href };
}

// A node with this drop-in.
function node(name, text) {
	const root = join(scratch, `node-${name}`);
	mkdirSync(join(root, "etc/crio/crio.conf.d"), { recursive: true });
	mkdirSync(join(root, "usr/bin"), { recursive: true });
	for (const binary of ["crun", "runc"])
		writeFileSync(join(root, "usr/bin", binary), "#!/bin/sh\n", { mode: 0o755 });
	writeFileSync(join(root, "etc/crio/crio.conf.d/50-x.conf"), text);
	return root;
}

const handler = (name, parent) =>
	`[crio.runtime.runtimes.${JSON.stringify(name)}]\ninherit = ${JSON.stringify(parent)}\n`;

const hostileNames = [
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	"'><svg onload=alert(1)>",
	"javascript:alert(1)",
	"</title></style></pre></main>",
	"a&amp;b&#60;",
	"\u05d0\u05d1\u05d2 rtl",
	"漢字のハンドラ名前はとても長いので切られます",
	"x".repeat(400),
	"",
];

const example = (name) => join(HEIR_SOURCE, "examples", name);
const hostileNode = node(
	"hostile",
	hostileNames.map((name) => handler(name, "default")).join("") +
		handler("circle-a", "circle-b") + handler("circle-b", "circle-a") +
		'[crio.runtime.runtimes."rlo\\u202Eoci"]\ninherit = "nobody"\n');
const many = Array.from({ length: 300 }, (_, i) =>
	handler(`handler-${i}`, i % 7 === 0 ? "default" : `handler-${(i * 31) % (i || 1)}`));

const pages = {
	worker: report("worker", "--root", example("ocp-worker")),
	gpu: report("gpu", "--root", example("gpu-node"), "--facts", example("gpu-node/facts.json")),
	cluster: report("cluster", "-i", example("ocp-cluster"), "--default-runtime", "runc"),
	change: report("change", "--root", example("debian-node"), "--against", example("ocp-worker")),
	hostile: report("hostile", "--root", hostileNode),
	fatal: report("fatal", "--root", node("fatal", '[crio.runtime]\ndefault_runtime = "no"\n')),
	many: report("many", "--root", node("many", many.join(""))),
};

// ---- The browser ----

const browser = await chromium.launch({
	executablePath: HEIR_CHROMIUM,
	// It keeps things at home, which is none of the machine's directories here.
	env: { ...process.env, HOME: scratch },
	args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

// open(PAGE, OPTIONS, WORK): what the page says to the console, asks for or pops up is a failure.
async function open(page, options, work) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
	const tab = await context.newPage();
	const wrong = [];
	tab.on("console", (message) => wrong.push(`console: ${message.text()}`));
	tab.on("pageerror", (error) => wrong.push(`error: ${error}`));
	tab.on("dialog", (dialog) => {
		wrong.push(`dialog: ${dialog.message()}`);
		dialog.dismiss();
	});
	tab.on("request", (request) => {
		if (request.url().split("#")[0] !== page.url) wrong.push(`request: ${request.url()}`);
	});
	try {
		await tab.goto(page.url);
		await work(tab);
	} finally {
		await context.close();
	}
	assert.deepEqual(wrong, []);
}

const openAll = (tab) =>
	tab.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));

// ---- Tests ----

const tests = [];
const test = (name, work) => tests.push([name, work]);

for (const page of Object.values(pages)) {
	test(`${page.name}: html-validate has no complaint`, async () => {
		const judge = new HtmlValidate({ extends: ["html-validate:standard"] });
		const verdict = await judge.validateString(readFileSync(page.file, "utf8"));
		const words = verdict.results.flatMap((r) =>
			r.messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
		assert.deepEqual(words.slice(0, 10), []);
	});

	for (const colorScheme of page === pages.many ? ["light"] : ["light", "dark"])
		test(`${page.name}: axe-core has no complaint, ${colorScheme}`, () =>
			// axe itself is a script, which the page's policy would not allow.
			open(page, { colorScheme, bypassCSP: true }, async (tab) => {
				if (page !== pages.many) await openAll(tab);
				await tab.evaluate(axe);
				const { violations, passes } = await tab.evaluate("axe.run()");
				assert.ok(passes.length > 20);
				assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
			}));

	for (const width of [360, 820, 1600])
		test(`${page.name}: fits ${width} pixels, asks for nothing and says nothing`, () =>
			open(page, { viewport: { width, height: 900 } }, async (tab) => {
				await tab.screenshot({ path: join(pictures, `${page.name}-${width}.png`),
					fullPage: page !== pages.many });
				const [inner, outer] = await tab.evaluate(() =>
					[document.documentElement.scrollWidth, document.documentElement.clientWidth]);
				assert.ok(inner <= outer, `${inner} > ${outer}`);
				assert.equal(await tab.title(), "CRI-O’s runtime handlers");
			}));
}

test("the policy lets the page's style in, and no other", () =>
	open(pages.worker, {}, async (tab) => {
		const styled = () => tab.evaluate(() =>
			getComputedStyle(document.querySelector(".sums")).display);
		assert.equal(await styled(), "flex");
		const done = await tab.evaluate(() => new Promise((resolve) => {
			document.addEventListener("securitypolicyviolation",
				(event) => resolve(event.effectiveDirective));
			const image = document.createElement("img");
			image.src = "https://example.invalid/x.png";
			document.body.append(image);
			setTimeout(() => resolve("nothing"), 3000);
		})).catch(String);
		assert.equal(done, "img-src");
	}).catch((error) => {
		// The console tells of the violation that was provoked, and of no other.
		const said = error.actual ?? [];
		if (!(said.length > 0 && said.every((words) => /example\.invalid/.test(words)))) throw error;
	}));

test("the keyboard reaches and opens everything, and one sees where it is", () =>
	open(pages.worker, {}, async (tab) => {
		const all = await tab.evaluate(() => document.querySelectorAll("details").length);
		assert.ok(all > 30);
		await tab.keyboard.press("Tab");
		assert.equal(await tab.evaluate(() => document.activeElement.className), "skip");
		assert.ok((await tab.locator(".skip").boundingBox()).x >= 0);
		for (let i = 0; i < 1000; i++) {
			const at = await tab.evaluate(() => {
				const e = document.activeElement, style = getComputedStyle(e);
				const rect = e.querySelector("rect");
				return {
					name: e.tagName.toLowerCase(),
					seen: style.outlineStyle !== "none" ||
						(rect && parseFloat(getComputedStyle(rect).strokeWidth) > 2),
					closed: e.tagName === "SUMMARY" && !e.parentElement.open,
					html: e.outerHTML.slice(0, 100),
				};
			});
			if (at.name === "body") break;
			assert.ok(at.seen, at.html);
			if (at.closed) await tab.keyboard.press("Enter");
			await tab.keyboard.press("Tab");
		}
		assert.equal(await tab.evaluate(() => document.querySelectorAll("details:not([open])").length), 0);
	}));

test("skipping leads to the content", () =>
	open(pages.worker, {}, async (tab) => {
		await tab.keyboard.press("Tab");
		await tab.keyboard.press("Enter");
		await tab.keyboard.press("Tab");
		assert.ok(await tab.evaluate(() => document.activeElement.closest("main") !== null));
	}));

test("without JavaScript all of it can be read", () =>
	open(pages.gpu, { javaScriptEnabled: false }, async (tab) => {
		const value = tab.locator("details.handler", { hasText: "kata-snp" }).first();
		await value.locator("summary").first().click();
		const path = value.locator("details.value").first();
		assert.ok(await path.isVisible());
		const lineage = path.locator(".lineage");
		assert.ok(!(await lineage.isVisible()));
		await path.locator("summary").click();
		assert.ok(await lineage.isVisible());
		await tab.locator(".handlers tbody a").first().click();
		assert.match(tab.url(), /#p0-h\d+$/);
		await tab.locator(".graph a").first().click();
		assert.match(tab.url(), /#p0-h\d+$/);
		await tab.locator("a.rule").first().click();
		assert.match(tab.url(), /#rule-[a-z-]+$/);
	}));

test("hostile names remain text", () =>
	open(pages.hostile, {}, async (tab) => {
		await openAll(tab);
		const seen = await tab.evaluate(() => ({
			foreign: document.querySelectorAll("script, img, iframe, object, [onload], [onerror]").length,
			links: [...document.querySelectorAll("[href]")].map((e) => e.getAttribute("href")),
			names: [...document.querySelectorAll(".handlers tbody th bdi")].map((e) => e.textContent),
			text: document.body.innerText,
		}));
		assert.equal(seen.foreign, 0);
		assert.deepEqual(seen.links.filter((link) => !/^#[a-z0-9-]+$/.test(link)), []);
		for (const name of hostileNames) assert.ok(seen.names.includes(name || '""'), name);
		assert.ok(seen.names.includes("rlo\\u{202e}oci"));
		assert.doesNotMatch(seen.text, /[\u202a-\u202e\u2066-\u2069]/);
	}));

// Of a drawing the extents of boxes and of the words in them.
const drawn = (tab) => tab.evaluate(() =>
	[...document.querySelectorAll(".graph .box")].map((box) => {
		const { x, y, width, height } = box;
		return { x: x.baseVal.value, y: y.baseVal.value, width: width.baseVal.value,
			height: height.baseVal.value,
			words: [...box.querySelectorAll("text")].map((t) => [t.textContent, t.getBBox().width]) };
	}));

for (const page of [pages.worker, pages.hostile, pages.many])
	test(`${page.name}: boxes are apart, words stay within them`, () =>
		open(page, {}, async (tab) => {
			const boxes = await drawn(tab);
			const rows = await tab.locator(".handlers tbody tr").count();
			assert.ok(boxes.length >= rows && rows > 8);
			boxes.forEach((a, i) => {
				for (const [words, width] of a.words)
					// What is wider than others is cut at the edge, as the longest names are.
					if (/^[\x20-\x7e…]*$/.test(words)) assert.ok(width <= a.width - 12, words);
				for (const b of boxes.slice(0, i))
					assert.ok(a.x + a.width < b.x || b.x + b.width < a.x ||
						a.y + a.height < b.y || b.y + b.height < a.y);
			});
		}));

test("what is dropped or the default is told without colours too", () =>
	open(pages.hostile, { forcedColors: "active" }, async (tab) => {
		const look = (name) => tab.evaluate((n) => {
			const style = getComputedStyle(document.querySelector(`.graph .${n} rect`));
			return [style.strokeDasharray, style.strokeWidth, style.stroke];
		}, name);
		const [gone, main] = [await look("gone"), await look("main")];
		assert.notEqual(gone[0], "none");
		assert.notEqual(main[1], gone[1]);
		assert.match(main[2], /^rgb\(/);
		assert.match(await tab.locator(".gone .about").first().textContent(), /^dropped/);
		await tab.screenshot({ path: join(pictures, "hostile-forced-colors.png") });
	}));

test("a narrow page has before above after, and says where there is more", () =>
	open(pages.change, { viewport: { width: 390, height: 900 } }, async (tab) => {
		const seen = await tab.evaluate(() => {
			const row = [...document.querySelectorAll(".changes tbody tr")]
				.find((r) => r.querySelector("del") && r.querySelector("ins"));
			const [old, now] = ["del", "ins"].map((q) => row.querySelector(q).getBoundingClientRect());
			const scrolls = [...document.querySelectorAll(".wide")]
				.filter((e) => e.scrollWidth > e.clientWidth);
			return { below: now.top >= old.bottom, n: scrolls.length,
				hinted: scrolls.every((e) => getComputedStyle(e).backgroundImage.includes("gradient")) };
		});
		assert.ok(seen.below && seen.n > 0 && seen.hinted, JSON.stringify(seen));
	}));

test("the filter shows the handlers of a kind, without a script", () =>
	open(pages.change, { javaScriptEnabled: false }, async (tab) => {
		const seen = async () => [await tab.locator(".handlers tbody tr:visible").count(),
			await tab.locator("details.handler:visible").count()];
		const all = await seen(), dropped = await tab.locator(".handlers tr.is-dropped").count();
		const changed = await tab.locator(".handlers tr.is-changed").count();
		assert.ok(dropped > 0 && dropped < changed && changed <= all[0]);
		await tab.getByRole("radio", { name: "dropped" }).check();
		assert.deepEqual(await seen(), [dropped, dropped]);
		await tab.getByRole("radio", { name: "changed" }).check();
		assert.deepEqual(await seen(), [changed, changed]);
		await tab.getByRole("radio", { name: "all" }).check();
		assert.deepEqual(await seen(), all);
	}));

test("what changes is told apart in the drawing, without colours too", () =>
	open(pages.change, {}, async (tab) => {
		const fill = (query) => tab.evaluate((q) =>
			getComputedStyle(document.querySelector(q)).fill, query);
		const added = await fill(".graph .added rect");
		assert.notEqual(added, await fill(".graph .gone rect"));
		assert.notEqual(added, await fill(".graph .altered rect"));
		assert.match(await tab.locator(".graph .added .about").first().textContent(), /^added/);
		assert.match(await tab.locator(".legend").first().textContent(), /changed/);
	}));

test("nothing moves", () =>
	open(pages.worker, {}, async (tab) => {
		await openAll(tab);
		const moving = await tab.evaluate(() => [...document.querySelectorAll("*")].filter((e) => {
			const style = getComputedStyle(e);
			return style.scrollBehavior !== "auto" || style.animationName !== "none" ||
				style.transitionDuration !== "0s";
		}).length);
		assert.equal(moving, 0);
	}));

test("on paper closed parts are open, and what only leads around is not there", () =>
	open(pages.worker, { colorScheme: "dark" }, async (tab) => {
		await tab.emulateMedia({ media: "print" });
		const seen = await tab.evaluate(() => {
			const height = (query) => document.querySelector(query).getBoundingClientRect().height;
			return { nav: height("nav"), lineage: height(".lineage"), rule: height(".ruling p"),
				back: getComputedStyle(document.body).backgroundColor,
				bad: getComputedStyle(document.querySelector("span.bad, strong.bad")).color };
		});
		assert.equal(seen.nav, 0);
		assert.ok(seen.lineage > 20 && seen.rule > 10, JSON.stringify(seen));
		assert.deepEqual([seen.back, seen.bad], ["rgb(255, 255, 255)", "rgb(177, 18, 31)"]);
		await tab.pdf({ path: join(pictures, "worker.pdf"), format: "A4" });
	}));

const failed = await run(tests);
await browser.close();
rmSync(scratch, { recursive: true, force: true });
process.exit(failed > 0 ? 1 : 0);
