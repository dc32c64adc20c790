// The pay button: requests a session from the server and opens Antom's Web SDK with
// it. No event of the SDK proves a payment: an event leads to the return page, where
// the server inquires at Antom, or back to the choice of methods. Without this
// script, or without the SDK, the same form pays by redirect.
"use strict";
(() => {
	const showTimeout = 8000; // for the SDK to load and to show something; its own limit is 15 s
	const answerTimeout = 15000; // for the element to answer a submission; then the script polls the server
	const tries = 8; // while the answer is unknown, before the script leaves for the return page
	const choices = ["method", "card_brand", "installments", "save_card"]; // fields of the form
	const element = window.paymentElement; // of element.js, if Antom's list of methods replaces the shop's
	const name = element ? "AMSElement" : "AMSCashierPayment";

	// The state machine. Each state lists its events, and for each event the next state
	// and the action of the transition. An event that is not listed changes nothing.
	const table = {
		idle: { // the buyer chooses a method
			pay: ["starting", start],
			plain: ["leaving", nothing], // the browser submits the form: this page has no SDK
			without: ["leaving", post],
			choose: ["idle", chooseAgain],
			swapped: ["idle", reopen],
			restored: ["idle", restore],
			ended: ["idle", drop],
		},
		starting: { // the session and the SDK are loading, nothing is shown
			wait: ["starting", wait],
			asked: ["asked", nothing],
			session: ["starting", open],
			silent: ["starting", checkShown],
			loaded: ["shown", nothing],
			opened: ["shown", focusStage],
			redirect: ["leaving", redirect],
			post: ["leaving", post],
			outcome: ["leaving", showReturn],
			sent: ["away", nothing],
			declined: ["idle", decline],
			trouble: ["idle", reportTrouble],
			listed: ["idle", list],
			left: ["idle", dismiss],
			// An error before the SDK has shown anything means blocked, whatever its code.
			failed: ["idle", block],
			broken: ["idle", block],
			unlaunched: ["idle", block],
			unknown: ["idle", block],
			refused: ["idle", block],
			changed: ["idle", reset],
			hidden: ["idle", drop],
			ended: ["idle", drop],
		},
		shown: { // the buyer pays inside the SDK; a broken part does not close it
			pay: ["submitting", submit], // where the shop's button submits, which is disabled otherwise
			asked: ["asked", nothing],
			opened: ["shown", focusStage],
			outcome: ["leaving", showReturn],
			failed: ["leaving", showFailure],
			spent: ["leaving", showFailure],
			unknown: ["leaving", showFailure],
			broken: ["shown", refuse],
			unanswered: ["shown", inquire],
			pending: ["shown", keepWaiting],
			unreachable: ["shown", keepWaiting],
			decided: ["leaving", showReturn],
			retry: ["shown", correct],
			sent: ["away", nothing],
			left: ["idle", dismiss],
			unlaunched: ["idle", block],
			changed: ["idle", reset],
			choose: ["idle", chooseAgain],
			hidden: ["idle", drop],
			ended: ["idle", drop],
		},
		submitting: { // the element or the card form was submitted; its answer says whether the buyer must correct a field
			outcome: ["leaving", showReturn],
			failed: ["leaving", showFailure],
			spent: ["leaving", showFailure],
			unknown: ["leaving", showFailure],
			broken: ["submitting", refuse],
			unanswered: ["submitting", inquire],
			pending: ["shown", keepWaiting],
			unreachable: ["shown", keepWaiting],
			decided: ["leaving", showReturn],
			retry: ["shown", correct],
			asked: ["asked", correct],
			sent: ["away", nothing],
			left: ["idle", dismiss],
			unlaunched: ["idle", block],
			hidden: ["away", drop],
			ended: ["idle", drop],
		},
		asked: { // the bank asks the buyer, who may confirm elsewhere: a closed window means nothing
			outcome: ["leaving", showReturn],
			failed: ["leaving", showFailure],
			spent: ["leaving", showFailure],
			unknown: ["leaving", showFailure],
			retry: ["shown", correct],
			sent: ["away", nothing],
			left: ["away", comeBack],
			unlaunched: ["idle", block],
			changed: ["idle", reset],
			choose: ["idle", chooseAgain],
			hidden: ["away", drop],
			ended: ["idle", drop],
		},
		away: { // the buyer was sent to a wallet and may return
			back: ["away", inquire],
			restored: ["away", returned],
			pending: ["away", openDialog],
			decided: ["idle", chooseAgain],
			choose: ["idle", chooseAgain],
			swapped: ["away", reopen],
			pay: ["starting", start],
			plain: ["leaving", nothing],
			without: ["leaving", post],
			outcome: ["leaving", showReturn],
			failed: ["leaving", showFailure],
			spent: ["leaving", showFailure],
			unknown: ["leaving", showFailure],
			retry: ["shown", correct],
			left: ["idle", dismiss],
			unlaunched: ["idle", block],
			changed: ["idle", reset],
			hidden: ["away", drop],
			ended: ["idle", drop],
		},
		leaving: { // another page is loading; events of the SDK are ignored
			back: ["away", comeBack],
			hidden: ["away", drop],
			ended: ["idle", drop],
		},
	};

	// The event of each code of the SDK and of each answer of the element.
	const codes = {
		__proto__: null,

		SDK_START_OF_LOADING: "progress",
		SDK_END_OF_LOADING: "loaded",
		SDK_DUPLICATE_SUBMISSION_BEHAVIOR: "progress",
		SDK_PAYMENT_CHALLENGE: "asked",
		SDK_PAYMENT_RETRY: "progress",
		SDK_PAYMENT_WARN: "progress",
		SDK_PAYMENT_SHIPPINGCHANGE: "progress",

		SDK_PAYMENT_SUCCESSFUL: "outcome",
		SDK_PAYMENT_AUTHORIZATION_SUCCESSFUL: "outcome",
		SDK_PAYMENT_APPROVE: "outcome",
		SDK_PAYMENT_PROCESSING: "outcome",
		SDK_PAYMENT_PENDING: "outcome",
		SDK_PAYMENT_CLICK_BACK_TO_MERCHANT: "outcome",
		SDK_SUBMIT_NETWORK_ERROR: "outcome",
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

		SUCCESS: "outcome",
		PROCESSING: "outcome",
		FAIL: "spent",
		CANCELLED: "left",
		RETRY: "retry",
		SDK_FORM_VERIFICATION_FAILED: "retry",
	};

	// The event of each action that the server answers with.
	const answers = { __proto__: null, sdk: "session", redirect: "redirect", code: "post", done: "outcome", closed: "outcome", declined: "declined" };

	let at = { state: "idle", start: null }; // a new object for each transition
	let lastMessage = ["", false, false]; // beside the button

	function happen(event, detail) {
		const row = table[at.state][event];
		if (!row) return;
		at = { state: row[0], start: at.start };
		row[1](detail);
		draw();
	}

	// A Start is one opening of the SDK, with its instance and its timer. Its events
	// count only while it is the current one.
	class Start {
		get current() { return at.start === this; }

		raise(event, detail) {
			if (this.current) happen(event, detail);
		}

		watch(ms, event) {
			clearTimeout(this.timer);
			this.timer = setTimeout(() => this.raise(event), ms);
		}

		// Applies an event of the SDK or an answer of the element.
		apply(event) {
			this.raise(codes[event && event.code] || report(event));
		}

		// Errors, rejections and exceptions.
		fail(error) {
			report(error);
			if (at.state === "starting") this.raise("broken");
			else this.apply(error);
		}

		// The server answers with the same session until it expires or is refused, then with
		// a new one.
		async run() {
			await loaded();
			if (element && !window[name] && window.AMSCashierPayment) return this.raise("listed");
			if (!window[name]) return this.fail({ code: "SDK_NOT_LOADED" });
			for (let n = 0; this.current && n < tries; n++) {
				const { action = {}, error, fields, payment_request_id: payment } = await requested();
				this.payment = payment;
				if (action.type !== "wait") return this.raise(eventOf(action), Object.assign(action, { error: Object.values(fields || {})[0] || error }));
				this.raise("wait");
				await sleep(1000 * (action.retry_after || 2));
			}
			this.raise("outcome");
		}

		async open({ environment, locale, session_data: sessionData, ui, look }) {
			this.inPage = !!ui;
			this.watch(showTimeout, "silent");
			try {
				this.sdk = new (element || Cashier)({
					environment, locale, sessionData, look, onLog: report,
					onEventCallback: (event) => this.apply(event),
					onError: (error) => this.fail(error),
					onClose: () => this.raise("left"),
				});
				await this.sdk.show(this.inPage);
				this.raise("opened");
			} catch (error) {
				this.fail(error);
			}
		}

		async submit() {
			this.watch(answerTimeout, "unanswered");
			try {
				const answer = await this.sdk.submit();
				if (answer) this.apply(answer); // the card form answers by events
			} catch (error) {
				this.fail(error);
			}
		}

		// The SDK could not use the session: the next start names it, so that the server ends
		// it and makes a new one. The return page comes before that, so the tab remembers it.
		refuse() {
			try {
				if (this.payment) sessionStorage.refused = this.payment;
			} catch (e) { /* without storage the SDK cannot be used at all */ }
		}

		close() {
			clearTimeout(this.timer);
			try {
				if (this.sdk) this.sdk.close();
			} catch (e) { /* the SDK was not mounted */ }
		}
	}

	// AMSCashierPayment with the methods of element.js. Antom's documents allow one
	// instance at a time: the previous start is closed before this one is created.
	class Cashier {
		constructor(options) {
			this.session = { sessionData: options.sessionData, appearance: options.look };
			this.sdk = new window.AMSCashierPayment(options);
		}
		show(inPage) {
			return inPage ? this.sdk.mountComponent(this.session, "#stage") : this.sdk.createComponent(this.session);
		}
		submit() { return this.sdk.submit(); }
		close() { this.sdk.unmount(); }
	}

	// The page.

	const $ = (id) => document.getElementById(id);
	const form = () => $("pay-form");
	const settings = () => form().dataset; // addresses, texts, and the way to show the SDK
	const button = () => form().querySelector("[data-test=pay]");
	const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

	// The status script does not replace the page while a payment owns it.
	function draw() {
		const owned = !!at.start || at.state === "leaving";
		if (owned) document.documentElement.dataset.busy = "";
		else delete document.documentElement.dataset.busy;
		if (form()) button().disabled = owned && !(at.state === "shown" && at.start.submits);
	}

	function showMessage(text, bad, offer) {
		if (!form()) return; // the order is final, and its page shows that
		lastMessage = [text, bad, offer];
		const line = $("say");
		line.textContent = text;
		line.classList.toggle("bad", !!bad);
		$("without").hidden = !offer;
	}

	// The stage holds the SDK inside the page: the card form below its method, or the
	// Payment Element in place of the list of methods. The shop's button submits the
	// element, and the card form where the merchant wants that.
	function stage(on) {
		const place = $("stage");
		if (!place) return;
		place.hidden = !on;
		if (element) {
			$("methods").hidden = on;
			return;
		}
		button().hidden = on && !at.start.submits;
		const chosen = form().querySelector("[name=method]:checked");
		if (!on || !chosen) return;
		let row = chosen.closest("label");
		while (row.nextElementSibling && row.nextElementSibling.matches(".save, .choices")) row = row.nextElementSibling;
		row.after(place);
	}

	// The SDK preloads frames of one pixel, which show nothing.
	const visible = () => [...document.querySelectorAll("iframe")].some((f) => f.offsetWidth > 9 && f.offsetHeight > 9);

	// Waits for the script of the SDK. A script that failed or hangs is loaded again.
	async function loaded() {
		let script = $("sdk");
		if (window[name] || window.AMSCashierPayment || !script) return;
		const waits = +(script.dataset.waits || 0);
		if (waits || document.readyState === "complete") {
			const again = document.createElement("script");
			for (const property of ["id", "nonce", "integrity", "crossOrigin"]) again[property] = script[property];
			again.src = script.src.split("?")[0] + "?" + waits; // the same address would wait for the request that hangs
			script.replaceWith(again);
			script = again;
		}
		await new Promise((done) => {
			script.onload = script.onerror = done;
			addEventListener("load", done); // its error may have come before onerror was set
			setTimeout(done, showTimeout);
		});
		script.dataset.waits = waits + 1;
	}

	// The server.

	function refused() {
		try {
			return sessionStorage.refused;
		} catch (e) { /* without storage no session was refused */ }
	}

	async function requested() {
		const typed = new FormData(form());
		const { width, height, colorDepth } = screen;
		const start = {
			refused_session: refused(),
			screen_width: width, screen_height: height, color_depth: colorDepth,
			time_zone_offset: new Date().getTimezoneOffset(),
		};
		for (const name of choices) start[name] = !element && typed.get(name) || "";
		try {
			const answer = await fetch(form().action, {
				method: "POST",
				headers: { Accept: "application/json", "Content-Type": "application/json" },
				body: JSON.stringify(start),
				signal: window.within(60000), // a start may call Antom more than once
			});
			return await answer.json();
		} catch (e) {
			return {};
		}
	}

	// Tells the merchant of an error, once a page, by its code alone. What it leads to is
	// "unknown".
	const reported = {};
	function report(error) {
		const code = error && (error.code || error.name);
		if (code && !reported[code] && navigator.sendBeacon) navigator.sendBeacon("/sdk-reports", code);
		reported[code] = 1;
		return "unknown";
	}

	function eventOf({ type, method, url }) {
		if (type === "redirect" && (method === "POST" || !/^https?:/.test(url))) return "post"; // the interstitial page redirects
		return answers[type] || "trouble";
	}

	// Polls the status. An answer that arrives after the next transition is ignored.
	async function inquire() {
		const here = at;
		let event = "unreachable";
		try {
			const answer = await fetch(document.querySelector("[data-test=status]").dataset.poll, { headers: { Accept: "application/json" }, signal: window.within(20000) });
			const status = await answer.json();
			if (answer.ok) event = status.status === "processing" ? "pending" : "decided";
		} catch (e) { /* offline: the status script keeps polling */ }
		if (at === here) happen(event);
	}

	// The actions of the table.

	function nothing() {}

	function start(text) {
		drop();
		at.start = new Start();
		showMessage(text || settings().working);
		if (element) stage(true);
		at.start.run();
	}

	function wait() { showMessage(settings().waiting); }

	function open(session) {
		session.look = session.appearance[matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"];
		at.start.submits = element || session.look.showSubmitButton === false;
		if (session.ui) stage(true);
		at.start.open(session);
	}

	function checkShown() {
		if (!visible()) at.start.fail({ code: "SDK_NOT_SHOWN" });
	}

	function focusStage() {
		if (!at.start.inPage) return;
		if (lastMessage[0] === settings().working) showMessage("");
		if (!element) $("stage").focus();
	}

	function submit() {
		showMessage(settings().working);
		at.start.submit();
	}

	function keepWaiting() {
		showMessage(settings().waiting);
		at.start.watch(answerTimeout, "unanswered");
	}

	function correct() {
		clearTimeout(at.start.timer);
		showMessage("");
	}

	// Ends the start: closes popup and stage, and lets the page scroll again.
	function drop() {
		const { start } = at;
		at.start = null;
		if (start) start.close();
		stage(false);
		document.body.style.overflow = "";
	}

	function reset(text = "", bad, offer) {
		drop();
		showMessage(text, bad, offer);
	}

	function block() {
		refuse();
		askInForm(false);
		reset(settings().blocked, true, true);
	}

	function reportTrouble({ error } = {}) { reset(error || settings().trouble, true); }

	function decline({ message }) {
		reset(message, true);
		document.dispatchEvent(new Event("checkout:stale")); // the server's page explains the decline
	}

	// This build of the SDK has no element: the page uses its own list and form.
	function list() {
		delete settings().sdk;
		askInForm(false);
		reset();
	}

	// The element opens again with the same session.
	function dismiss() {
		reset(settings().left);
		const here = at;
		if (element) setTimeout(() => at === here && happen("pay", settings().left));
	}

	function showReturn() { location.assign(settings().return); }

	function refuse() { at.start.refuse(); }

	// No event proves a failure either: the server inquires about the session.
	function showFailure() {
		refuse();
		showReturn();
	}

	// Antom's form asks whether the card may be saved, so that the shop's box need not.
	function askInForm(asks) { document.documentElement.classList.toggle("asks", asks); }

	function redirect({ url }) { location.assign(url); }

	// Pays without the SDK.
	function post() {
		drop();
		form().submit();
	}

	// Back to the choice of methods, which is loaded again from the server.
	function chooseAgain() {
		reset();
		document.dispatchEvent(new Event("checkout:stale"));
		setTimeout(() => { // after the dialog has returned the focus to a disabled button
			const methods = $("methods");
			if (methods) methods.focus();
		});
	}

	// A buyer who returns may have paid in the wallet. The script polls the server first;
	// the dialog asks the buyer only while the outcome is unknown.
	function openDialog() {
		const dialog = $("finished");
		if (dialog && !dialog.showModal) chooseAgain(); // the page says it, too
		else if (dialog && !dialog.open) dialog.showModal();
	}

	function comeBack() {
		drop();
		inquire();
	}

	function returned() {
		showMessage("");
		inquire();
	}

	function restore() {
		showMessage("");
		begin();
	}

	function reopen() {
		if (!lastMessage[1]) begin();
	}

	// The element opens by itself, unless that would replace a payment under way.
	function begin() {
		const dialog = $("finished");
		if (element && usesSDK() && !(dialog && "due" in dialog.dataset)) happen("pay");
	}

	const usesSDK = () => !!form() && "sdk" in settings();

	// Events of the page. The document listens, because the status script may replace
	// the form.
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
	// The buyer chooses another method while the card form is shown.
	document.addEventListener("change", ({ target: { name, value } }) => {
		if (!choices.includes(name)) return;
		// What was chosen for a card would be refused beside another method.
		if (name === "method" && value !== "CARD") form().querySelectorAll(".choices select").forEach((list) => { list.value = ""; });
		if ($("stage") && !$("stage").hidden) happen("changed");
	});
	document.addEventListener("securitypolicyviolation", (e) => {
		if (e.effectiveDirective === "frame-src") happen("refused");
	});
	document.addEventListener("checkout:swapped", () => {
		if (!form()) return happen("ended");
		draw();
		// The new page lacks the last message, unless it explains a failure itself.
		if (!document.querySelector('[data-state$=":failed"]')) showMessage(...lastMessage);
		happen("swapped");
	});
	addEventListener("pagehide", () => happen("hidden"));
	addEventListener("pageshow", (e) => {
		if (e.persisted) happen("restored");
	});
	document.addEventListener("visibilitychange", () => {
		if (!document.hidden) happen("back");
	});

	askInForm(usesSDK());
	// The back button loaded this page again.
	const [came] = performance.getEntriesByType("navigation");
	if (came && came.type === "back_forward" && form() && document.querySelector("[data-status=processing]")) {
		at.state = "away";
		happen("back");
	} else begin();
})();
