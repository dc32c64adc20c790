// The pay button: asks our server for a session and hands it to Antom's Web SDK.
// Nothing the SDK says is proof of a payment: what it says leads to the return
// page, where the server asks Antom, or gives the page back to the buyer. Without
// this script, or without the SDK, the same form pays by redirect.
"use strict";
(() => {
	const patience = 8000; // for the SDK to load and to show something; it would spin for 15 s itself
	const answerBy = 15000; // for the element to answer a submission; then the server is asked too
	const tries = 8; // at an answer that is still unknown, before the return page takes over
	const element = window.paymentElement; // of element.js, where Antom's list of methods replaces ours
	const name = element ? "AMSElement" : "AMSCashierPayment";

	// The machine. Each state lists its events, and for each event the next state
	// and what is done on the way there. An event that is not listed changes nothing.
	const table = {
		idle: { // the buyer chooses how to pay
			pay: ["starting", start],
			plain: ["leaving", nothing], // the browser posts the form: this page has no SDK
			without: ["leaving", post],
			choose: ["idle", afresh],
			swapped: ["idle", reopen],
			restored: ["idle", restore],
			ended: ["idle", drop],
		},
		starting: { // the session and the SDK are awaited, nothing is shown
			wait: ["starting", wait],
			session: ["starting", open],
			silent: ["starting", look],
			loaded: ["shown", nothing],
			opened: ["shown", settle],
			redirect: ["leaving", follow],
			post: ["leaving", post],
			ask: ["leaving", ask],
			sent: ["away", nothing],
			declined: ["idle", decline],
			trouble: ["idle", excuse],
			listed: ["idle", list],
			left: ["idle", leftIt],
			// An error before anything was shown means blocked, whatever its code.
			failed: ["idle", block],
			broken: ["idle", block],
			unlaunched: ["idle", block],
			unknown: ["idle", block],
			refused: ["idle", block],
			another: ["idle", giveBack],
			hidden: ["idle", drop],
			ended: ["idle", drop],
		},
		shown: { // the buyer pays inside the SDK; what is shown is not taken away for a broken part
			pay: ["submitting", submit], // only the element leaves our button usable
			opened: ["shown", settle],
			ask: ["leaving", ask],
			failed: ["leaving", ask],
			unknown: ["leaving", ask],
			unanswered: ["shown", inquire],
			pending: ["shown", waitOn],
			unheard: ["shown", waitOn],
			decided: ["leaving", ask],
			retry: ["shown", correct],
			sent: ["away", nothing],
			left: ["idle", leftIt],
			unlaunched: ["idle", block],
			another: ["idle", giveBack],
			choose: ["idle", afresh],
			hidden: ["idle", drop],
			ended: ["idle", drop],
		},
		submitting: { // the element has the buyer's click and owes an answer, which alone says whether to correct something
			ask: ["leaving", ask],
			unknown: ["leaving", ask],
			unanswered: ["submitting", inquire],
			pending: ["shown", waitOn],
			unheard: ["shown", waitOn],
			decided: ["leaving", ask],
			retry: ["shown", correct],
			sent: ["away", nothing],
			left: ["idle", leftIt],
			unlaunched: ["idle", block],
			hidden: ["away", drop],
			ended: ["idle", drop],
		},
		away: { // the buyer was sent to a wallet, and may come back here
			back: ["away", inquire],
			restored: ["away", returned],
			pending: ["away", question],
			decided: ["idle", afresh],
			choose: ["idle", afresh],
			swapped: ["away", reopen],
			pay: ["starting", start],
			plain: ["leaving", nothing],
			without: ["leaving", post],
			ask: ["leaving", ask],
			failed: ["leaving", ask],
			unknown: ["leaving", ask],
			retry: ["shown", correct],
			left: ["idle", leftIt],
			unlaunched: ["idle", block],
			another: ["idle", giveBack],
			hidden: ["away", drop],
			ended: ["idle", drop],
		},
		leaving: { // another page is loading; the SDK is not heard
			back: ["away", comeBack],
			hidden: ["away", drop],
			ended: ["idle", drop],
		},
	};

	// What each code of the SDK, and each answer of the element, is to the machine.
	const codes = {
		SDK_START_OF_LOADING: "progress",
		SDK_END_OF_LOADING: "loaded",
		SDK_FORM_VERIFICATION_FAILED: "progress",
		SDK_DUPLICATE_SUBMISSION_BEHAVIOR: "progress",
		SDK_PAYMENT_CHALLENGE: "progress",
		SDK_PAYMENT_RETRY: "progress",
		SDK_PAYMENT_WARN: "progress",
		SDK_PAYMENT_SHIPPINGCHANGE: "progress",

		SDK_PAYMENT_SUCCESSFUL: "ask",
		SDK_PAYMENT_AUTHORIZATION_SUCCESSFUL: "ask",
		SDK_PAYMENT_APPROVE: "ask",
		SDK_PAYMENT_PROCESSING: "ask",
		SDK_PAYMENT_PENDING: "ask",
		SDK_PAYMENT_CLICK_BACK_TO_MERCHANT: "ask",
		SDK_SUBMIT_NETWORK_ERROR: "ask",
		SDK_PAYMENT_FAIL: "failed",
		SDK_PAYMENT_ERROR: "failed",

		SDK_CALL_URL_SUCCESS: "sent",
		SDK_REDIRECT: "sent",
		SDK_PAYMENT_CANCEL: "left",
		SDK_LAUNCH_PAYMENT_APP_ERROR: "unlaunched",
		SDK_CALL_URL_ERROR: "unlaunched",

		SDK_CREATEPAYMENT_PARAMETER_ERROR: "broken",
		SDK_CREATECOMPONENT_ERROR: "broken",
		SDK_CREATE_COMPONENT_ERROR: "broken",
		SDK_INIT_PARAMETER_ERROR: "broken",
		SDK_INTERNAL_ERROR: "broken",
		INITIALIZE_WEB_TIMEOUT: "broken",
		ERR_DATA_STRUCT_UNRECOGNIZED: "broken",

		SUCCESS: "ask",
		PROCESSING: "ask",
		FAIL: "ask",
		CANCELLED: "left",
		RETRY: "retry",
	};

	// The same for the actions that our server answers with.
	const answers = { sdk: "session", redirect: "redirect", code: "post", done: "ask", closed: "ask", declined: "declined" };

	let at = { state: "idle", start: null }; // a new object for each transition
	let said = ["", false, false]; // the last words beside the button

	function happen(event, detail) {
		const row = table[at.state][event];
		if (!row) return;
		at = { state: row[0], start: at.start };
		row[1](detail);
		draw();
	}

	// A Start is one opening of the SDK, with its instance and its timer. Once
	// A Start is one opening of the SDK, with its instance and its timer. It is heard
	// for as long as it is the current one.
	class Start {
		get current() { return at.start === this; }

		tell(event, detail) {
			if (this.current) happen(event, detail);
		}

		watch(ms, event) {
			clearTimeout(this.timer);
			this.timer = setTimeout(() => this.tell(event), ms);
		}

		// The one ear for events and for what the element answers.
		hear(event) {
			const code = event && event.code;
			this.tell(Object.hasOwn(codes, code) ? codes[code] : "unknown");
		}

		// Errors, rejections and exceptions.
		fail(error) {
			if (at.state === "starting") this.tell("broken");
			else this.hear(error);
		}

		// The server gives the same session again until it expires, then a new one.
		async run() {
			await loaded();
			if (element && !window[name] && window.AMSCashierPayment) return this.tell("listed");
			if (!window[name]) return this.tell("broken");
			for (let n = 0; this.current && n < tries; n++) {
				const { action = {}, error } = await requested();
				if (action.type !== "wait") return this.tell(eventOf(action), { ...action, error });
				this.tell("wait");
				await sleep(1000 * (action.retry_after || 2));
			}
			this.tell("ask");
		}

		async open({ environment = words().environment, locale = words().locale, session_data: sessionData, ui }) {
			this.inPage = !!ui;
			this.watch(patience, "silent");
			try {
				this.sdk = new (element || Cashier)({
					environment, locale, sessionData, onLog() {},
					onEventCallback: (event) => this.hear(event),
					onError: (error) => this.fail(error),
					onClose: () => this.tell("left"),
				});
				await this.sdk.show(this.inPage);
				this.tell("opened");
			} catch (error) {
				this.fail(error);
			}
		}

		async submit() {
			this.watch(answerBy, "unanswered");
			try {
				this.hear(await this.sdk.submit());
			} catch (error) {
				this.fail(error);
			}
		}

		close() {
			clearTimeout(this.timer);
			try {
				if (this.sdk) this.sdk.close();
			} catch { /* it was not mounted */ }
		}
	}

	// AMSCashierPayment as element.js presents AMSElement. Antom's page speaks of one
	// instance at a time: an old start is closed before this is made.
	class Cashier {
		constructor({ sessionData, ...options }) {
			this.session = { sessionData, appearance: { showLoading: true } };
			this.sdk = new window.AMSCashierPayment(options);
		}
		show(inPage) {
			return inPage ? this.sdk.mountComponent(this.session, "#stage") : this.sdk.createComponent(this.session);
		}
		close() { this.sdk.unmount(); }
	}

	// The page.

	const $ = (id) => document.getElementById(id);
	const form = () => $("pay-form");
	const words = () => form().dataset; // addresses, texts, and how the SDK is to be shown
	const button = () => form().querySelector("[data-test=pay]");
	const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

	// The status script leaves the page as it is while a payment owns it.
	function draw() {
		const owned = !!at.start || at.state === "leaving";
		if (owned) document.documentElement.dataset.busy = "";
		else delete document.documentElement.dataset.busy;
		if (form()) button().disabled = owned && !(element && at.state === "shown");
	}

	function say(text, bad, offer) {
		if (!form()) return; // the order has ended meanwhile, and its page says so
		said = [text, bad, offer];
		const line = $("say");
		line.textContent = text;
		line.classList.toggle("bad", !!bad);
		$("without").hidden = !offer;
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
		button().hidden = on;
		const chosen = form().querySelector("[name=method]:checked");
		if (on && chosen) chosen.closest("label").after(place);
	}

	// Warm-up frames of the SDK are one pixel: they are not what the buyer waits for.
	const visible = () => [...document.querySelectorAll("iframe")].some((f) => f.offsetWidth > 9 && f.offsetHeight > 9);

	// Waits for the SDK's script; one that failed, or that hangs, is loaded anew.
	async function loaded() {
		let script = $("sdk");
		if (window[name] || window.AMSCashierPayment || !script) return;
		const waits = +(script.dataset.waits || 0);
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
		script.dataset.waits = waits + 1;
	}

	// Our server.

	// A connection that died silently never answers.
	function within(ms) {
		const late = new AbortController();
		setTimeout(() => late.abort(), ms);
		return late.signal;
	}

	async function requested() {
		const method = element ? "" : new FormData(form()).get("method") || "";
		try {
			const answer = await fetch(form().action, {
				method: "POST",
				headers: { Accept: "application/json", "Content-Type": "application/json" },
				body: JSON.stringify({ method }),
				signal: within(60000), // a start may ask Antom more than once
			});
			return await answer.json();
		} catch {
			return {};
		}
	}

	function eventOf({ type, method, url }) {
		if (type === "redirect" && (method === "POST" || !/^https?:/.test(url))) return "post"; // our own page does that
		return Object.hasOwn(answers, type) ? answers[type] : "trouble";
	}

	// Asks how the payment stands. An answer that comes after the next transition
	// is not heard.
	async function inquire() {
		const here = at;
		let event = "unheard";
		try {
			const answer = await fetch(document.querySelector("[data-test=status]").dataset.poll, { headers: { Accept: "application/json" }, signal: within(20000) });
			const news = await answer.json();
			if (answer.ok) event = news.status === "processing" ? "pending" : "decided";
		} catch { /* offline: the status script goes on asking */ }
		if (at === here) happen(event);
	}

	// The actions of the table.

	function nothing() {}

	function start(text) {
		drop();
		at.start = new Start();
		say(text || words().working);
		if (element) stage(true);
		at.start.run();
	}

	function wait() { say(words().waiting); }

	function open(session) {
		if (session.ui) stage(true);
		at.start.open(session);
	}

	function look() {
		if (!visible()) happen("broken");
	}

	function settle() {
		if (!at.start.inPage) return;
		if (said[0] === words().working) say("");
		if (!element) $("stage").focus();
	}

	function submit() {
		say(words().working);
		at.start.submit();
	}

	function waitOn() {
		say(words().waiting);
		at.start.watch(answerBy, "unanswered");
	}

	function correct() {
		clearTimeout(at.start.timer);
		say("");
	}

	// Ends the start: popup and stage go, the page scrolls again.
	function drop() {
		const { start } = at;
		at.start = null;
		if (start) start.close();
		stage(false);
		document.body.style.overflow = "";
	}

	function giveBack(text = "", bad, offer) {
		drop();
		say(text, bad, offer);
	}

	function block() { giveBack(words().blocked, true, true); }
	function excuse({ error } = {}) { giveBack(error || words().trouble, true); }

	function decline({ message }) {
		giveBack(message, true);
		document.dispatchEvent(new Event("checkout:stale")); // the server's page tells it better
	}

	// This build of the SDK has no element: our list and our form will do.
	function list() {
		delete words().sdk;
		giveBack();
	}

	// The element is not closed for good: it opens again with the same session.
	function leftIt() {
		giveBack(words().left);
		const here = at;
		if (element) setTimeout(() => at === here && happen("pay", words().left));
	}

	function ask() { location.assign(words().return); }
	function follow({ url }) { location.assign(url); }

	// The path without the SDK.
	function post() {
		drop();
		form().submit();
	}

	// Back to the choice of methods, as the server sees it now.
	function afresh() {
		giveBack();
		document.dispatchEvent(new Event("checkout:stale"));
		setTimeout(() => { // after the dialog has given the focus back to a button that was disabled
			const methods = $("methods");
			if (methods) methods.focus();
		});
	}

	// A buyer who comes back may have paid elsewhere. The server is asked first, and
	// only if it does not know, the buyer.
	function question() {
		const dialog = $("finished");
		if (dialog && !dialog.open) dialog.showModal();
	}

	function comeBack() {
		drop();
		inquire();
	}

	function returned() {
		say("");
		inquire();
	}

	function restore() {
		say("");
		begin();
	}

	function reopen() {
		if (!said[1]) begin();
	}

	// The element opens by itself, unless that would end a payment under way.
	function begin() {
		const dialog = $("finished");
		if (element && usesSDK() && !(dialog && "due" in dialog.dataset)) happen("pay");
	}

	const usesSDK = () => !!form() && "sdk" in words();

	// What happens to the page. On the document, because the status script may
	// replace the form.
	document.addEventListener("submit", (e) => {
		if (e.target.method === "dialog") return happen("choose");
		if (e.target !== form()) return;
		if (button().disabled) return e.preventDefault(); // a double click
		if (!usesSDK()) return happen("plain");
		e.preventDefault();
		happen("pay");
	});
	document.addEventListener("click", (e) => {
		if (e.target.id === "without") happen("without");
	});
	// Another method than the one whose form stands in the page.
	document.addEventListener("change", (e) => {
		if (e.target.name === "method" && $("stage") && !$("stage").hidden) happen("another");
	});
	document.addEventListener("securitypolicyviolation", (e) => {
		if (e.effectiveDirective === "frame-src") happen("refused");
	});
	document.addEventListener("checkout:swapped", () => {
		if (!form()) return happen("ended");
		draw();
		// The new page knows nothing of what was said; a failure it tells better itself.
		if (!document.querySelector('[data-state$=":failed"]')) say(...said);
		happen("swapped");
	});
	addEventListener("pagehide", () => happen("hidden"));
	addEventListener("pageshow", (e) => {
		if (e.persisted) happen("restored");
	});
	document.addEventListener("visibilitychange", () => {
		if (!document.hidden) happen("back");
	});

	// By the back button, and not out of the browser's memory.
	const [came] = performance.getEntriesByType("navigation");
	if (came && came.type === "back_forward" && form() && document.querySelector("[data-status=processing]")) {
		at.state = "away";
		happen("back");
	} else begin();
})();
