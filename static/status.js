// Keeps the status of the order on the page up to date until it is final: by
// server-sent events, and by polling while no events arrive. A hidden page does
// neither.
// The server renders the status, so the script loads the page again and replaces
// <main>.
"use strict";
(() => {
	const live = document.getElementById("live");
	const firstTimeout = 5000; // a stream sends the status at once
	const pingTimeout = 40000; // and then a ping every 15 s
	const answerTimeout = 20000; // an inquiry at Antom may take half of it
	let source, silenceTimer, polling, shown, clockTimer, warned;

	const statusElement = () => document.querySelector("[data-test=status]");

	// A broken connection may never answer, so every request has a time limit, in browsers
	// that can end one. pay.js uses it too.
	window.within = (ms) => {
		if (!window.AbortController) return;
		const late = new AbortController();
		setTimeout(() => late.abort(), ms);
		return late.signal;
	};

	function get(address, type) {
		return fetch(address, { headers: { Accept: type }, signal: window.within(answerTimeout) });
	}

	function apply(status) {
		const payment = status.last_payment && status.last_payment.status;
		const state = status.status + ":" + (payment || "");
		if (status.final) stop();
		// A payment under way owns the page; only a final status overrides it.
		const busy = "busy" in document.documentElement.dataset;
		if (state === shown || (busy && !status.final)) return;
		shown = state;
		show();
	}

	async function show() {
		const leave = statusElement().dataset.leave;
		if (leave) return location.assign(leave);
		try {
			const answer = await get(statusElement().dataset.self || location.pathname, "text/html");
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			if (!page.querySelector("[data-test=status]") || page.querySelector("[data-forward]")) return location.reload();
			// A pay form on the new page needs the scripts of that page too.
			if (page.getElementById("pay-form") && !document.querySelector('script[src*="/pay."]')) return location.reload();
			swap(page);
		} catch (e) {
			setTimeout(show, 2000);
		}
	}

	function swap(page) {
		const old = document.querySelector("main");
		const next = document.adoptNode(page.querySelector("main"));
		const focus = old.contains(document.activeElement) && document.activeElement.id;
		const chosen = old.querySelector("[name=method]:checked");
		old.replaceWith(next);
		document.title = page.title;
		if (chosen) {
			const again = document.getElementById(chosen.id);
			if (again) {
				again.checked = true;
				const group = again.closest("details");
				if (group) group.open = true;
			}
		}
		// A reader whose focus was in the old content must not lose their place.
		if (focus !== false) (document.getElementById(focus) || next.querySelector("h1")).focus({ preventScroll: true });
		live.textContent = [...statusElement().querySelectorAll("h1, p:not([hidden])")].slice(0, 2).map((e) => e.textContent).join(". ");
		endSpinner();
		tick();
		document.dispatchEvent(new Event("checkout:swapped"));
	}

	// After a few seconds text explains the wait in place of the spinner.
	function endSpinner() {
		const fresh = document.querySelector("[data-calm]");
		if (!fresh) return;
		setTimeout(() => {
			for (const e of fresh.parentElement.querySelectorAll(".fresh, .calm")) {
				e.hidden = e.matches(".fresh");
			}
		}, +fresh.dataset.calm);
	}

	// The time to pay is shown for its last five minutes, by the shop's clock. At its end
	// the script loads the page again.
	function tick() {
		clearTimeout(clockTimer);
		const clock = document.getElementById("clock");
		if (!clock) return;
		const { until, now, soon } = clock.dataset;
		if (!("ahead" in clock)) clock.ahead = now ? Date.now() - Date.parse(now) : 0; // how far this clock is ahead of the shop's
		const left = Math.ceil((Date.parse(until) - Date.now() + clock.ahead) / 1000);
		if (left > 300) {
			clockTimer = setTimeout(tick, 1000 * Math.min(left - 300, 60));
			return;
		}
		const rest = Math.max(left, 0);
		clock.lastElementChild.textContent = Math.floor(rest / 60) + ":" + String(rest % 60).padStart(2, "0");
		clock.classList.add("on");
		if (!warned && left > 0) setTimeout(() => (live.textContent = soon), 1000); // a live region announces changes only, so the text is set later
		warned = true;
		if (left > 0) clockTimer = setTimeout(tick, 1000);
		else clockTimer = setTimeout(() => ("busy" in document.documentElement.dataset ? tick() : show()), 3000);
	}

	// A proxy may hold a stream open and pass nothing on. Silence therefore starts
	// polling beside the stream; the next event of the stream ends it.
	function subscribe() {
		const status = statusElement();
		if (source || document.hidden || !status || !status.dataset.events || "final" in status.dataset) return;
		let misses = 0;
		const stream = source = new EventSource(status.dataset.events);
		const alive = () => {
			misses = 0;
			polling = null;
			expect(pingTimeout);
		};
		stream.addEventListener("ping", alive);
		stream.addEventListener("status", (e) => {
			alive();
			apply(JSON.parse(e.data));
		});
		stream.onerror = () => {
			if (stream.readyState !== EventSource.CLOSED && ++misses < 3) return; // the browser connects again itself
			stream.close();
			expect(0);
		};
		expect(firstTimeout);
	}

	function expect(ms) {
		clearTimeout(silenceTimer);
		silenceTimer = setTimeout(poll, ms);
	}

	async function poll() {
		if (polling) return;
		const mine = polling = {};
		for (let n = 0; polling === mine; n++) {
			try {
				const answer = await get(statusElement().dataset.poll, "application/json");
				if (answer.ok) apply(await answer.json());
			} catch (e) { /* offline: the next round may find the network again */ }
			await new Promise((done) => setTimeout(done, Math.min(2000 + 50 * n, 30000))); // the wait may last for hours
		}
	}

	function stop() {
		clearTimeout(silenceTimer);
		if (source) source.close();
		source = polling = null;
	}

	if (!statusElement()) return;
	shown = statusElement().dataset.state;
	subscribe();
	endSpinner();
	tick();
	clearTimeout(window.fallback); // this script runs: the page need not load itself again
	document.addEventListener("checkout:stale", show);
	addEventListener("pagehide", stop);
	addEventListener("pageshow", (e) => {
		if (!e.persisted) return;
		subscribe();
		tick();
	});
	// With HTTP/1.1 a browser has six connections for all pages of a shop: a hidden page
	// must not hold one.
	document.addEventListener("visibilitychange", () => (document.hidden ? stop() : subscribe()));
})();
