// SPDX-License-Identifier: Apache-2.0
// Searches the index that the page holds: [title, address, kind, text] per section. A section counts
// if it has half of the words' weight; a word that few sections have weighs more, one in a title
// twice. So a whole message of CRI-O can be pasted, with its names and paths.
"use strict";
(() => {
	const flat = (text) => (text.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? []).join(" ");
	const sections = JSON.parse(document.getElementById("index").textContent)
		.map(([title, address, kind, text]) =>
			({ title, address, kind, text, low: text.toLowerCase(), head: title.toLowerCase(),
				flat: flat(text), flatHead: flat(title) }));
	const field = document.getElementById("query");
	const hits = document.getElementById("hits");
	const count = document.getElementById("count");

	// Words are found by their beginning: "list" in "listed", and not in "enlist".
	const places = new Map();
	const at = (text, word) => {
		let pattern = places.get(word);
		if (!pattern) {
			const literal = word.replace(/[$]/g, "\\$&");
			pattern = new RegExp(`(?<![\\p{L}\\p{N}_])${literal}`, "u");
			places.set(word, pattern);
		}
		return text.search(pattern);
	};
	const wordsOf = (text) => [...new Set(flat(text).split(" "))].filter(Boolean).slice(0, 40);

	function find(query) {
		const words = wordsOf(query).map((word) => {
			const many = sections.filter((s) => at(s.low, word) >= 0 || at(s.head, word) >= 0).length;
			return { word, weight: many ? Math.log(1 + sections.length / many) : 0 };
		}).filter((w) => w.weight > 0);
		const all = words.reduce((sum, w) => sum + w.weight, 0);
		const phrase = flat(query);
		return sections.map((section) => {
			let found = 0, score = 0;
			for (const { word, weight } of words) {
				const inTitle = at(section.head, word) >= 0;
				if (!inTitle && at(section.low, word) < 0) continue;
				found += weight;
				score += weight * (inTitle ? 2 : 1);
			}
			// A long section has many words of any message.
			score /= 1 + Math.log10(1 + section.text.length / 1000);
			if (section.flat.includes(phrase)) score += all;
			if (section.flatHead.includes(phrase)) score += 2 * all;
			if (section.flatHead === phrase) score += 2 * all;
			return { section, score: found * 2 >= all ? score : 0 };
		}).filter((hit) => hit.score > 0).sort((a, b) => b.score - a.score).slice(0, 40)
			.map((hit) => ({ section: hit.section, words: words.map((w) => w.word) }));
	}

	// The surroundings of the first word that is found, all words marked.
	function excerpt(section, words) {
		const place = Math.max(0, Math.min(...words.map((w) => at(section.low, w)).filter((i) => i >= 0), 1e9));
		const from = place > 1e8 ? 0 : Math.max(0, place - 60);
		const text = section.text.slice(from, from + 200);
		const p = document.createElement("p");
		if (from > 0) p.append("… ");
		const low = text.toLowerCase();
		const starts = (where, i) => (i > 0 && /[\p{L}\p{N}_]/u.test(where[i - 1])) ? undefined :
			words.find((w) => where.startsWith(w, i));
		for (let i = 0; i < text.length;) {
			const word = starts(low, i);
			if (word) {
				const mark = document.createElement("mark");
				mark.textContent = text.slice(i, i + word.length);
				p.append(mark);
				i += word.length;
			} else {
				let end = i + 1;
				while (end < text.length && !starts(low, end)) end++;
				p.append(text.slice(i, end));
				i = end;
			}
		}
		return p;
	}

	function show() {
		const query = field.value;
		const found = query.trim() ? find(query) : [];
		hits.replaceChildren(...found.map(({ section, words }) => {
			const item = document.createElement("li");
			const link = document.createElement("a");
			link.href = section.address;
			link.textContent = section.title;
			item.append(link, ` (${section.kind})`, excerpt(section, words));
			return item;
		}));
		count.textContent = !query.trim() ? "" : found.length === 0 ? "Nothing found" :
			`${found.length} section${found.length === 1 ? "" : "s"} found`;
	}

	field.value = new URLSearchParams(location.search).get("q") ?? "";
	field.addEventListener("input", show);
	document.getElementById("form").addEventListener("submit", (event) => event.preventDefault());
	document.getElementById("live").hidden = false;
	show();
})();
