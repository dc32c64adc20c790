// The control page keeps itself up to date and calls the control API.
"use strict";
(() => {
	const said = document.getElementById("said");
	const call = async (path, method, body) => {
		const response = await fetch(path, { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
		const answer = await response.json();
		said.textContent = response.ok ? "Done." : answer.error;
	};
	document.addEventListener("click", (event) => {
		const { post, delete: remove, ask } = event.target.dataset;
		if (ask && !confirm(ask)) {
			return;
		}
		if (post) {
			call(post, "POST");
		} else if (remove) {
			call(remove, "DELETE");
		}
	});

	// Fields that are not text in JSON.
	const utc = (value) => value + (value.length === 16 ? ":00Z" : "Z"); // browsers leave out seconds that are 0
	const convert = { times: Number, chance: Number, status: Number, seed: Number, apply: () => true, from: utc, until: utc };
	document.addEventListener("submit", (event) => {
		const path = event.target.dataset.control;
		if (!path) {
			return;
		}
		event.preventDefault();
		const body = {};
		for (const [name, value] of new FormData(event.target)) {
			if (value !== "") {
				body[name] = convert[name] ? convert[name](value) : value;
			}
		}
		call(path, "POST", body);
	});

	// The page replaces its content after a change. What was open stays open, and
	// what was chosen stays chosen. A choice that is being made delays the change.
	const redraw = async () => {
		const text = await (await fetch(location.href)).text();
		const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("control");
		const page = document.getElementById("control");
		while (page.contains(document.activeElement) && document.activeElement.matches("select")) {
			await new Promise((resolve) => setTimeout(resolve, 300));
		}
		const focused = page.contains(document.activeElement) && document.activeElement.dataset.post;
		for (const old of page.querySelectorAll("[data-id]")) {
			const now = fresh.querySelector(`[data-id="${CSS.escape(old.dataset.id)}"]`);
			if (now) {
				now.open = old.open;
				now.value = old.value;
			}
		}
		page.replaceWith(document.adoptNode(fresh));
		if (focused) {
			fresh.querySelector(`[data-post="${CSS.escape(focused)}"]`)?.focus();
		}
		return fresh.dataset.count;
	};
	(async () => {
		let count = document.getElementById("control").dataset.count;
		for (;;) {
			try {
				const answer = await (await fetch("/control/changes?since=" + count)).json();
				if (String(answer.count) !== count) {
					count = await redraw();
				}
			} catch {
				await new Promise((resolve) => setTimeout(resolve, 2000)); // it may be starting again
			}
		}
	})();
})();
