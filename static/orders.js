// Keeps the list of orders up to date: a stream says when orders have changed, and the script
// reads the page again. The rows that are there get their new status where they stand; new ones
// are announced above the list, so that nothing jumps. A hidden page waits until it is seen.
"use strict";
(() => {
	const news = document.querySelector("[data-live]");
	const address = news && news.dataset.live;
	if (!address || !window.EventSource || !window.DOMParser) return;
	const link = news.querySelector("a");
	const live = document.getElementById("live");
	const pause = 2000; // between two readings
	let waiting = false, stale = false, source;

	const rowsOf = (page) => Array.from(page.querySelectorAll("[data-order]"));

	async function read() {
		waiting = false;
		if (document.hidden) {
			stale = true;
			return;
		}
		try {
			const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
			if (answer.redirected || !answer.ok) return source.close(); // signed out
			compare(new DOMParser().parseFromString(await answer.text(), "text/html"));
		} catch (e) {
			later();
		}
	}

	function compare(page) {
		const shown = new Map(rowsOf(document).map((row) => [row.dataset.order, row]));
		let added = 0;
		for (const row of rowsOf(page)) {
			const here = shown.get(row.dataset.order);
			if (!here) added++;
			else if (here.innerHTML !== row.innerHTML && !here.contains(document.activeElement)) here.replaceWith(document.adoptNode(row));
		}
		announce(added);
	}

	function announce(added) {
		if (!added) return;
		const text = added === 1 ? news.dataset.one : news.dataset.many.replace("#", added);
		if (link.textContent === text) return;
		link.textContent = live.textContent = text;
		news.hidden = false;
	}

	function later() {
		if (waiting) return;
		waiting = true;
		setTimeout(read, pause);
	}

	document.addEventListener("visibilitychange", () => {
		if (!document.hidden && stale) {
			stale = false;
			later();
		}
	});
	source = new EventSource(address);
	source.addEventListener("orders", later);
})();
