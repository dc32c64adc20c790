// The control room: keeps itself up to date and pulls levers.
"use strict";
(() => {
	const said = document.getElementById("said");
	const pull = async (path, method, body) => {
		const response = await fetch(path, { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
		const answer = await response.json();
		said.textContent = response.ok ? "Done." : answer.error;
	};
	document.addEventListener("click", (event) => {
		const { post, delete: remove } = event.target.dataset;
		if (post) {
			pull(post, "POST");
		} else if (remove) {
			pull(remove, "DELETE");
		}
	});
	document.addEventListener("submit", (event) => {
		event.preventDefault();
		const body = {};
		for (const [name, value] of new FormData(event.target)) {
			if (value !== "") {
				body[name] = name === "times" ? Number(value) : name === "apply" ? true : value;
			}
		}
		pull(event.target.dataset.lever, "POST", body);
	});

	// The page draws itself anew when something has moved; what was open stays open.
	const redraw = async () => {
		const text = await (await fetch("/")).text();
		const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("room");
		const room = document.getElementById("room");
		const open = new Set([...room.querySelectorAll("details[open][data-id]")].map((d) => d.dataset.id));
		for (const details of fresh.querySelectorAll("details[data-id]")) {
			details.open = open.has(details.dataset.id);
		}
		room.replaceWith(fresh);
		return fresh.dataset.count;
	};
	(async () => {
		let count = document.getElementById("room").dataset.count;
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
