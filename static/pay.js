// The pay button: asks our server for a session and hands it to Antom's Web SDK.
// Nothing the SDK says is proof of a payment: what it says leads to the return
// page, where the server asks Antom, or gives the page back to the buyer. Without
// this script, or without the SDK, the same form pays by redirect.
"use strict";
(() => {
	const patience = 8000; // for the SDK to come and to show something; it would spin for 15 s itself
	const tries = 8; // at an answer that is still unknown, before the return page takes over
	const element = window.paymentElement; // of element.js, where Antom's list of methods replaces ours
	const name = element ? "AMSElement" : "AMSCashierPayment";

	let words = {}; // of the form: addresses, texts, and how the SDK is to be shown
	let sdk, turn = 0, watch, up; // the SDK, its starts, and whether it has shown something
	let waits = 0; // for the SDK's script
	let busy, leaving, said;
	let away, asking; // the buyer was sent to a wallet from this page, and is asked about it

	const $ = (id) => document.getElementById(id);
	const form = () => $("pay-form");
	const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

	function say(text, bad, offer) {
		if (!form()) return; // the order has ended meanwhile, and its page says so
		said = [text, bad, offer];
		const line = $("say");
		line.textContent = text;
		line.classList.toggle("bad", !!bad);
		$("without").hidden = !offer;
	}

	// While a payment owns the page the status script leaves it as it is.
	function work(on, owns = on) {
		busy = on;
		if (owns) document.documentElement.dataset.busy = "";
		else delete document.documentElement.dataset.busy;
		if (form()) form().querySelector("[data-test=pay]").disabled = on;
	}

	// The stage is where the SDK shows itself inside the page: the card form below
	// its choice, with Antom's own button, or the Payment Element instead of our list.
	function stage(on) {
		const place = $("stage");
		if (!place) return;
		place.hidden = !on;
		if (element) {
			$("methods").hidden = on;
			return;
		}
		form().querySelector("[data-test=pay]").hidden = on;
		const chosen = form().querySelector("[name=method]:checked");
		if (on && chosen) chosen.closest("label").after(place);
	}

	// Safe to call at any time and twice: popup and stage go, the page scrolls again.
	function close() {
		turn++;
		clearTimeout(watch);
		try {
			if (element) element.close();
			else if (sdk) sdk.unmount();
		} catch { /* it was not mounted */ }
		stage(false);
		document.body.style.overflow = "";
	}

	function giveBack(text, bad, offer) {
		if (leaving) return;
		away = false;
		close();
		work(false);
		say(text, bad, offer);
	}

	function leave(address) {
		leaving = away = true;
		clearTimeout(watch);
		location.assign(address);
	}

	// The path without the SDK.
	function submit() {
		leaving = away = true;
		form().submit();
	}

	// What may follow an event.
	const stay = () => {};
	const shown = () => { up = true; };
	const gone = () => { up = away = true; }; // to the wallet, by the SDK itself
	const ask = () => leave(words.return); // the server asks Antom
	const blocked = () => giveBack(words.blocked, true, true);
	const broken = () => up || blocked(); // what has been shown is not taken away for it
	const usable = () => work(false, true);
	const correct = () => { usable(); say(""); };
	function left() {
		giveBack(words.left);
		const mine = turn; // it may be said twice
		if (element) setTimeout(() => mine === turn && start(words.left)); // the same session again
	}

	// Every code of the SDK, and the words that AMSElement's promises resolve with.
	const reactions = {
		SDK_START_OF_LOADING: stay,
		SDK_END_OF_LOADING: shown,
		SDK_FORM_VERIFICATION_FAILED: stay,
		SDK_DUPLICATE_SUBMISSION_BEHAVIOR: stay,
		SDK_PAYMENT_CHALLENGE: stay,
		SDK_PAYMENT_RETRY: stay,
		SDK_PAYMENT_WARN: stay,
		SDK_PAYMENT_SHIPPINGCHANGE: stay,

		SDK_PAYMENT_SUCCESSFUL: ask,
		SDK_PAYMENT_AUTHORIZATION_SUCCESSFUL: ask,
		SDK_PAYMENT_APPROVE: ask,
		SDK_PAYMENT_PROCESSING: ask,
		SDK_PAYMENT_PENDING: ask,
		SDK_PAYMENT_FAIL: ask,
		SDK_PAYMENT_ERROR: ask,
		SDK_PAYMENT_CLICK_BACK_TO_MERCHANT: ask,
		SDK_SUBMIT_NETWORK_ERROR: ask,

		SDK_CALL_URL_SUCCESS: gone,
		SDK_REDIRECT: gone,
		SDK_PAYMENT_CANCEL: left,
		SDK_LAUNCH_PAYMENT_APP_ERROR: blocked,
		SDK_CALL_URL_ERROR: blocked,

		SDK_CREATEPAYMENT_PARAMETER_ERROR: broken,
		SDK_CREATECOMPONENT_ERROR: broken,
		SDK_CREATE_COMPONENT_ERROR: broken,
		SDK_INIT_PARAMETER_ERROR: broken,
		SDK_INTERNAL_ERROR: broken,
		INITIALIZE_WEB_TIMEOUT: broken,
		ERR_DATA_STRUCT_UNRECOGNIZED: broken,

		SUCCESS: ask,
		PROCESSING: ask,
		FAIL: ask,
		CANCELLED: left,
		RETRY: correct,
	};

	// The one ear for events, errors, rejections, what AMSElement resolves with, and
	// exceptions. What is not known is asked of the server; an exception has no
	// code, and before anything was shown nobody can have paid.
	function hear(event) {
		if (leaving) return;
		const code = event && event.code;
		const unknown = up || typeof code === "string" ? ask : blocked;
		(Object.hasOwn(reactions, code) ? reactions[code] : unknown)();
	}

	// Waits for the SDK's script; one that failed, or that hangs, is loaded anew.
	async function loaded() {
		let script = $("sdk");
		if (window[name] || window.AMSCashierPayment || !script) return;
		if (waits || document.readyState === "complete") {
			const again = document.createElement("script");
			for (const property of ["id", "nonce", "integrity", "crossOrigin"]) again[property] = script[property];
			again.src = script.src.split("?")[0] + "?" + waits; // the same address would wait for the one that hangs
			script.replaceWith(again);
			script = again;
		}
		await Promise.race([
			new Promise((done) => {
				script.onload = script.onerror = done;
				addEventListener("load", done); // its error may have come before we listened
			}),
			sleep(patience),
		]);
		waits++;
	}

	// Warm-up frames of the SDK are one pixel: they are not what the buyer waits for.
	const visible = () => [...document.querySelectorAll("iframe")].some((f) => f.offsetWidth > 9 && f.offsetHeight > 9);

	async function open(action) {
		close();
		const mine = turn;
		const { environment = words.environment, locale = words.locale, session_data: sessionData, ui } = action;
		const options = { environment, locale, onLog() {}, onEventCallback: hear, onError: hear, onClose: left };
		const session = { sessionData, appearance: { showLoading: true } };
		up = false;
		watch = setTimeout(() => up || visible() || blocked(), patience);
		if (ui) stage(true);
		try {
			if (element) await element.open({ ...options, sessionData });
			else {
				sdk ||= new window.AMSCashierPayment(options);
				await (ui ? sdk.mountComponent(session, "#stage") : sdk.createComponent(session));
			}
			if (mine !== turn) return;
			up = true;
			if (ui && said[0] === words.working) say("");
			if (element) usable();
			else if (ui) $("stage").focus();
		} catch (error) {
			if (mine === turn) hear(error);
		}
	}

	function act(action, error) {
		switch (action.type) {
			case "sdk": return open(action);
			case "redirect":
				if (action.method === "POST" || !/^https?:/.test(action.url)) return submit();
				return leave(action.url);
			case "code": return submit();
			case "done":
			case "closed": return leave(words.return);
			case "declined":
				giveBack(action.message, true);
				document.dispatchEvent(new Event("checkout:stale")); // the server's page tells it better
				return;
		}
		giveBack(error || words.trouble, true);
	}

	// Asks for a session and shows it. The server gives the same session again
	// until it expires, then a new one.
	async function start(text = words.working) {
		work(true);
		say(text);
		if (element) stage(true);
		await loaded();
		if (element && !window[name] && window.AMSCashierPayment) {
			delete form().dataset.sdk; // this build has no element: our list and our form will do
			return giveBack("");
		}
		if (!window[name]) return blocked();
		const method = element ? "" : new FormData(form()).get("method") || "";
		for (let n = 0; n < tries; n++) {
			let news;
			try {
				const answer = await fetch(words.pay, {
					method: "POST",
					headers: { Accept: "application/json", "Content-Type": "application/json" },
					body: JSON.stringify({ method }),
				});
				news = await answer.json();
			} catch {
				return giveBack(words.trouble, true);
			}
			const action = news.action || {};
			if (action.type !== "wait") return act(action, news.error);
			say(words.waiting);
			await sleep(1000 * (action.retry_after || 2));
		}
		leave(words.return);
	}

	async function pay() {
		if (!element || $("stage").hidden) return start();
		work(true);
		say(words.working);
		try {
			hear(await element.submit());
		} catch (error) {
			hear(error);
		}
	}

	// Whoever comes back to this page may have paid elsewhere. The server is asked
	// first, and only if it does not know, the buyer.
	async function welcome() {
		if (!away || asking || document.hidden) return;
		asking = true;
		leaving = false;
		try {
			const answer = await fetch(document.querySelector("[data-test=status]").dataset.poll, { headers: { Accept: "application/json" } });
			const news = await answer.json();
			const dialog = $("finished");
			if (leaving || !dialog || !answer.ok) return;
			if (news.status !== "processing") afresh();
			else if (!dialog.open) dialog.showModal();
		} catch { /* offline: the status script goes on asking */
		} finally {
			asking = false;
		}
	}

	// Back to the choice of methods, as the server sees it now.
	function afresh() {
		leaving = false;
		giveBack("");
		document.dispatchEvent(new Event("checkout:stale"));
		setTimeout(() => { // after the dialog has given the focus back to a button that was disabled
			const methods = $("methods");
			if (methods) methods.focus();
		});
	}

	// The form may come and go with the order's status; false: it needs no script.
	function adopt() {
		if (form()) words = { ...form().dataset, pay: form().action };
		return !!form() && "sdk" in words;
	}

	// The element opens by itself, unless that would end a payment under way.
	const due = () => $("finished") && "due" in $("finished").dataset;
	function begin() {
		if (element && adopt() && !due()) start();
	}

	// On the document, because the status script may replace the form.
	document.addEventListener("submit", (e) => {
		if (e.target.method === "dialog") return afresh();
		if (e.target !== form()) return;
		if (busy) return e.preventDefault(); // a double click
		if (!adopt()) return work((away = true));
		e.preventDefault();
		pay();
	});
	document.addEventListener("click", (e) => {
		if (e.target.id !== "without") return;
		close();
		work(true);
		submit();
	});
	// Another method than the one whose form stands in the page.
	document.addEventListener("change", (e) => {
		if (e.target.name === "method" && $("stage") && !$("stage").hidden) giveBack("");
	});
	document.addEventListener("securitypolicyviolation", (e) => {
		if (busy && !up && e.effectiveDirective === "frame-src") blocked();
	});
	document.addEventListener("checkout:swapped", () => {
		if (!form()) close();
		work(busy && !!form());
		// The new page knows nothing of what was said; a failure it tells better itself.
		if (said && !document.querySelector('[data-state$=":failed"]')) say(...said);
		if (!(said && said[1])) begin();
	});
	addEventListener("pagehide", close);
	addEventListener("pageshow", (e) => {
		if (!e.persisted) return;
		leaving = false;
		work(false);
		say("");
		if (!away) begin();
		welcome();
	});
	document.addEventListener("visibilitychange", welcome);

	// By the back button, and not out of the browser's memory.
	const [came] = performance.getEntriesByType("navigation");
	if (came && came.type === "back_forward" && form() && document.querySelector("[data-status=processing]")) {
		away = true;
		welcome();
	} else begin();
})();
