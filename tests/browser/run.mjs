// SPDX-License-Identifier: Apache-2.0
// Runs tests, which throw where they fail, and prints TAP.

// tests: [name, function] each. How many failed.
export async function run(tests) {
	console.log(`1..${tests.length}`);
	let failed = 0;
	for (const [i, [name, work]] of tests.entries()) {
		try {
			await work();
			console.log(`ok ${i + 1} - ${name}`);
		} catch (error) {
			failed++;
			console.log(`not ok ${i + 1} - ${name}`);
			console.log(String(error.message ?? error).replace(/^/gm, "# "));
		}
	}
	return failed;
}
