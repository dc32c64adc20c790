// Leads a buyer who has paid back to the merchant's shop, after a pause in which they read so.
// Its button ends that, and so does any key: a reader of the page by keyboard or screen reader
// has begun. Without this script the link to the shop is there, and says nothing of a pause.
"use strict";
(() => {
	const note = document.querySelector("[data-forward]");
	const came = window.performance && performance.getEntriesByType && performance.getEntriesByType("navigation")[0];
	if (!note || (came && came.type === "back_forward")) return; // a buyer who comes back wants to see the page
	const timer = setTimeout(() => location.assign(note.dataset.forward), 5000);
	const stay = () => {
		clearTimeout(timer);
		note.hidden = true;
	};
	note.hidden = false;
	note.querySelector("button").addEventListener("click", stay);
	addEventListener("keydown", stay);
	addEventListener("pagehide", stay);
})();
