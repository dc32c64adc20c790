// Keeps the list of orders up to date: a stream says when orders have changed, and the script
// reads the page again. The rows that are there get their new status where they stand; new ones
// are announced above the list, so that nothing jumps. A hidden page waits until it is seen.
"use strict";
(() => {
	const news = document.querySelector("[data-stream]");
	const address = news && news.getAttribute("data-stream");
	if (!address || !window.EventSource || !window.DOMParser) return;
	const link = news.querySelector("a");
	const spoken = document.getElementById("live");
	const pause = 2000; // between two readings
	let waiting = false, stale = false;

	async function read() {
		waiting = false;
		if (document.hidden) {
			stale = true;
			return;
		}
		try {
			const answer = await fetch(location);
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			if (page.querySelector("[data-stream]")) show(page);
			else source.close(); // the person is signed out
		} catch (e) {
			readLater();
		}
	}

	function show(page) {
		let added = 0;
		page.querySelectorAll("[data-order]").forEach((row) => {
			const here = document.querySelector('[data-order="' + row.getAttribute("data-order") + '"]');
			if (!here) added++;
			else if (here.textContent !== row.textContent && !here.contains(document.activeElement)) here.replaceWith(document.adoptNode(row));
		});
		if (added) announce(news.getAttribute(added === 1 ? "data-one" : "data-many").replace("#", added));
	}

	function announce(text) {
		if (link.textContent === text) return;
		link.textContent = spoken.textContent = text;
		news.hidden = false;
	}

	function readLater() {
		if (waiting) return;
		waiting = true;
		setTimeout(read, pause);
	}

	document.addEventListener("visibilitychange", () => {
		if (!document.hidden && stale) {
			stale = false;
			readLater();
		}
	});
	const source = new EventSource(address);
	source.addEventListener("orders", readLater);
})();
