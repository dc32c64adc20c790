// Keeps what the page says about the order up to date: by server-sent events, by
// polling while those do not come, until the server calls the status final. A page
// that is not shown does neither.
// What a status looks like is the server's to say, so the script fetches the page
// again and puts the new <main> in place of the old one.
"use strict";
(() => {
	const live = document.getElementById("live");
	const firstBy = 5000; // a stream tells the status at once
	const beatBy = 40000; // and then sends a ping every 15 s
	const answerBy = 20000; // an inquiry at Antom may take half of it
	let source, silence, polling, told, ticking, warned;

	const here = () => document.querySelector("[data-test=status]");

	// A connection that died silently never answers.
	function get(address, type) {
		const late = new AbortController();
		setTimeout(() => late.abort(), answerBy);
		return fetch(address, { headers: { Accept: type }, signal: late.signal });
	}

	function hear(news) {
		const payment = news.last_payment && news.last_payment.status;
		const state = news.status + ":" + (payment || "");
		if (news.final) stop();
		// A payment under way owns the page; only the end of the order overrules it.
		const busy = "busy" in document.documentElement.dataset;
		if (state === told || (busy && !news.final)) return;
		told = state;
		show();
	}

	async function show() {
		const leave = here().dataset.leave;
		if (leave) return location.assign(leave);
		try {
			const answer = await get(here().dataset.self || location.pathname, "text/html");
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			if (!page.querySelector("[data-test=status]")) return location.reload();
			// A form that comes with the new page needs the scripts that come with it too.
			if (page.getElementById("pay-form") && !document.querySelector('script[src*="/pay."]')) return location.reload();
			swap(page);
		} catch {
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
		// Who was somewhere in the old content must not be thrown back to the top of the page.
		if (focus !== false) (document.getElementById(focus) || next.querySelector("h1")).focus({ preventScroll: true });
		live.textContent = [...here().querySelectorAll("h1, p:not([hidden])")].slice(0, 2).map((e) => e.textContent).join(". ");
		calm();
		tick();
		document.dispatchEvent(new Event("checkout:swapped"));
	}

	// After a few seconds a spinner only makes people nervous.
	function calm() {
		const fresh = document.querySelector("[data-calm]");
		if (!fresh) return;
		setTimeout(() => {
			for (const e of fresh.parentElement.children) {
				if (e.matches(".fresh, .calm")) e.hidden = e.matches(".fresh");
			}
		}, +fresh.dataset.calm);
	}

	// The time to pay is shown for its last five minutes, by the shop's clock. What
	// happens at its end is the server's to say.
	function tick() {
		clearTimeout(ticking);
		const clock = document.getElementById("clock");
		if (!clock) return;
		const { until, now, soon } = clock.dataset;
		clock.ahead ??= now ? Date.now() - Date.parse(now) : 0; // of the shop's clock
		const left = Math.ceil((Date.parse(until) - Date.now() + clock.ahead) / 1000);
		if (left > 300) {
			ticking = setTimeout(tick, 1000 * Math.min(left - 300, 60));
			return;
		}
		const rest = Math.max(left, 0);
		clock.lastElementChild.textContent = Math.floor(rest / 60) + ":" + String(rest % 60).padStart(2, "0");
		clock.classList.add("on");
		if (!warned && left > 0) setTimeout(() => (live.textContent = soon), 1000); // what is there from the start is not announced
		warned = true;
		if (left > 0) ticking = setTimeout(tick, 1000);
		else ticking = setTimeout(() => ("busy" in document.documentElement.dataset ? tick() : show()), 3000);
	}

	// Something on the way may hold a stream open and let nothing through, so its
	// silence starts polling beside it, and its next word ends that.
	function listen() {
		const status = here();
		if (source || document.hidden || !status || !status.dataset.events || "final" in status.dataset) return;
		let misses = 0;
		const stream = source = new EventSource(status.dataset.events);
		const alive = () => {
			misses = 0;
			polling = null;
			expect(beatBy);
		};
		stream.addEventListener("ping", alive);
		stream.addEventListener("status", (e) => {
			alive();
			hear(JSON.parse(e.data));
		});
		stream.onerror = () => {
			if (stream.readyState !== EventSource.CLOSED && ++misses < 3) return; // the browser tries again itself
			stream.close();
			expect(0);
		};
		expect(firstBy);
	}

	function expect(ms) {
		clearTimeout(silence);
		silence = setTimeout(poll, ms);
	}

	async function poll() {
		if (polling) return;
		const mine = polling = {};
		for (let n = 0; polling === mine; n++) {
			try {
				const answer = await get(here().dataset.poll, "application/json");
				if (answer.ok) hear(await answer.json());
			} catch { /* offline: the next round may find the network again */ }
			await new Promise((done) => setTimeout(done, Math.min(2000 + 50 * n, 30000))); // hours may go by
		}
	}

	function stop() {
		clearTimeout(silence);
		if (source) source.close();
		source = polling = null;
	}

	if (!here()) return;
	told = here().dataset.state;
	listen();
	calm();
	tick();
	document.addEventListener("checkout:stale", show);
	addEventListener("pagehide", stop);
	addEventListener("pageshow", (e) => {
		if (!e.persisted) return;
		listen();
		tick();
	});
	// Without HTTP/2 a browser has six connections for all pages of a shop: a hidden
	// page must not hold one.
	document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
})();
