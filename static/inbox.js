// Keeps right how much time is left for what has an end, while the page is open. The texts come
// with the page.
"use strict";
(() => {
	const hour = 60, day = 24 * hour; // in minutes
	const all = document.querySelectorAll("[data-until]");
	if (!all.length) return;

	function unit(minutes) {
		if (minutes <= 0) return ["none", 0];
		if (minutes < 2) return ["minute", 1];
		if (minutes < hour) return ["minutes", Math.floor(minutes)];
		if (minutes < 2 * hour) return ["hour", 1];
		if (minutes < 2 * day) return ["hours", Math.floor(minutes / hour)];
		return ["days", Math.floor(minutes / day)];
	}

	function count() {
		all.forEach((pill) => {
			const minutes = (Date.parse(pill.getAttribute("data-until")) - Date.now()) / 60000;
			const [name, n] = unit(minutes);
			const text = pill.getAttribute("data-" + name).replace("#", n);
			if (pill.textContent !== text) pill.textContent = text;
			pill.classList.toggle("bad", minutes < 2 * day);
			pill.classList.toggle("wait", minutes >= 2 * day);
		});
	}

	function countOn() {
		count();
		setTimeout(countOn, 20000);
	}

	countOn();
	document.addEventListener("visibilitychange", () => document.hidden || count());
})();
