// On the code page: shows the time left and its end in the buyer's time zone and
// language, and copies numbers with a tap.
"use strict";
(() => {
	const lang = document.documentElement.lang;
	const live = document.getElementById("live");

	for (const moment of document.querySelectorAll("time")) {
		const at = new Date(moment.dateTime);
		const today = at.toDateString() === new Date().toDateString();
		const parts = { hour: "numeric", minute: "2-digit" };
		if (!today) Object.assign(parts, { year: "numeric", month: "short", day: "numeric" });
		moment.textContent = new Intl.DateTimeFormat(lang, parts).format(at);
	}

	// The same format as views.Span, by the shop's clock.
	const left = document.querySelector("[data-until]");
	const ahead = left && Date.now() - Date.parse(left.dataset.now);
	function tick() {
		const ms = Math.max(0, Date.parse(left.dataset.until) - Date.now() + ahead);
		const hours = Math.round(ms / 36e5);
		const minutes = Math.round(ms / 6e4);
		const [n, unit] = hours >= 48 ? [hours / 24, "day"] : minutes >= 120 ? [minutes / 60, "hour"] : [ms / 6e4, "minute"];
		try {
			left.textContent = new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long" }).format(Math.floor(n));
			setTimeout(tick, 1e4);
		} catch (e) { /* a browser that knows no units: the server's text stays */ }
	}
	if (left) tick();

	for (const button of document.querySelectorAll("[data-copy]")) {
		button.hidden = !navigator.clipboard;
		button.addEventListener("click", async () => {
			try {
				await navigator.clipboard.writeText(button.dataset.copy);
			} catch (e) {
				return getSelection().selectAllChildren(button.previousElementSibling); // not allowed: the number is selected, to be copied by hand
			}
			button.textContent = live.textContent = button.dataset.copied;
		});
	}
})();
