// Opens a new shop up to its pay page and runs Lighthouse on the cart, the pay page and
// the order page, as a phone on a slow network. It ends with an error if a score is
// not 100. Usage: node run.mjs PROGRAM, with Chromium at CHROME_PATH.
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as chromeLauncher from "chrome-launcher";
import lighthouse from "lighthouse";

const categories = ["performance", "accessibility", "best-practices"];

const shop = spawn(process.argv[2], ["serve"], {
	env: { ADDR: "127.0.0.1:0", SANDBOX_ADDR: "127.0.0.1:0", DATABASE_URL: join(mkdtempSync(join(tmpdir(), "lighthouse")), "checkout.db") },
	stdio: ["ignore", "pipe", "ignore"],
});
const chrome = await chromeLauncher.launch({ chromeFlags: ["--headless", "--no-sandbox", "--disable-gpu"] });
let low = 0;
try {
	const home = await new Promise((found) => createInterface(shop.stdout).on("line", (line) => {
		const address = /^The shop is at +(\S+)/.exec(line);
		if (address) found(address[1]);
	}));
	const cookies = new Map();
	const walk = async (path, form) => {
		const answer = await fetch(home + path, {
			redirect: "manual",
			headers: { Cookie: [...cookies].map((pair) => pair.join("=")).join("; ") },
			...(form && { method: "POST", body: new URLSearchParams(form) }),
		});
		for (const cookie of answer.headers.getSetCookie()) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
			cookies.set(name, value);
		}
		return answer;
	};
	await walk("/cart", { sku: "MUG-01", quantity: "1" });
	const [, formID] = /name="form_id" value="([^"]+)"/.exec(await (await walk("/cart")).text());
	const measure = async (name, path) => {
		const { lhr } = await lighthouse(home + path, {
			port: chrome.port, onlyCategories: categories, logLevel: "error",
			extraHeaders: { Cookie: [...cookies].map((pair) => pair.join("=")).join("; ") },
		});
		const scores = categories.map((c) => Math.round(100 * lhr.categories[c].score));
		const metrics = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"];
		console.log(`${name}: ${categories.map((c, i) => `${c} ${scores[i]}`).join(", ")} (${metrics.map((m) => `${m} ${lhr.audits[m].displayValue}`).join(", ")})`);
		for (const c of categories) {
			for (const { id, weight } of lhr.categories[c].auditRefs) {
				const audit = lhr.audits[id];
				if (weight > 0 && audit.score !== null && audit.score < 1) console.log(`  ${c} ${id}: ${audit.displayValue ?? audit.title} ${JSON.stringify(audit.details?.items ?? []).slice(0, 300)}`);
			}
		}
		if (Math.min(...scores) < 100) low++;
	};
	await measure("cart", "/cart");
	const pay = (await walk("/orders", {
		form_id: formID, email: "wei@example.com", name: "Tan Wei Ling", phone: "+65 6123 4567", country: "SG",
		address1: "1 Raffles Place", postal_code: "048616", city: "Singapore",
	})).headers.get("location");
	await measure("pay", pay);
	await measure("order", pay + "/return");
} finally {
	chrome.kill();
	shop.kill();
}
process.exitCode = low ? 1 : 0;
