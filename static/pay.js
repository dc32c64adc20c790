// The pay button: asks our server for a session and hands it to Antom's Web SDK.
// Nothing the SDK says is proof of a payment. Every event either leads to the
// return page, where the server asks Antom, or gives the page back to the buyer.
// Without this script, or without the SDK, the same form pays by redirect.
"use strict";
(() => {
	const patience = 8000; // for the SDK to come and to show something; it would spin for 15 s itself
	const tries = 8; // at an answer that is still unknown, before the return page takes over
	const cancelled = ["SDK_PAYMENT_CANCEL", "SDK_LAUNCH_PAYMENT_APP_ERROR", "SDK_CALL_URL_ERROR"];
	const quiet = ["SDK_START_OF_LOADING", "SDK_FORM_VERIFICATION_FAILED", "SDK_DUPLICATE_SUBMISSION_BEHAVIOR", "SDK_PAYMENT_CHALLENGE", "SDK_PAYMENT_RETRY"];
	const shown = ["SDK_END_OF_LOADING", "SDK_CALL_URL_SUCCESS"];
	const broken = ["SDK_CREATECOMPONENT_ERROR", "SDK_CREATE_COMPONENT_ERROR", "SDK_CREATEPAYMENT_PARAMETER_ERROR", "SDK_INIT_PARAMETER_ERROR"];

	let sdk, watch, words, busy, up, leaving, said;
	let away, asking; // the buyer was sent to a wallet from this page, and is asked about it

	const form = () => document.getElementById("pay-form");
	const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

	function say(text, bad, offer) {
		if (!form()) return; // the order has ended meanwhile, and its page says so
		said = [text, bad, offer];
		const line = document.getElementById("say");
		line.textContent = text;
		line.classList.toggle("bad", !!bad);
		document.getElementById("without").hidden = !offer;
	}

	function work(on) {
		busy = on;
		if (on) document.documentElement.dataset.busy = "";
		else delete document.documentElement.dataset.busy;
		if (form()) form().querySelector("[data-test=pay]").disabled = on;
	}

	// Safe to call at any time and twice: the popup goes, the page scrolls again.
	function close() {
		clearTimeout(watch);
		try {
			if (sdk) sdk.unmount();
		} catch { /* it was not mounted */ }
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

	// The path without the SDK. It leaves by a page of our own, because our
	// form-action policy lets no form off this site.
	function submit() {
		leaving = away = true;
		form().submit();
	}

	const left = () => giveBack(words.left);
	const blocked = () => giveBack(words.blocked, true, true);

	// The one ear for onEventCallback, onError, rejected promises and exceptions.
	function hear(event) {
		const code = event && event.code;
		if (shown.includes(code)) {
			up = true;
			if (code === "SDK_CALL_URL_SUCCESS") away = true;
		}
		else if (quiet.includes(code)) return;
		else if (cancelled.includes(code)) left();
		else if (broken.includes(code) || (!up && !/^SDK_PAYMENT_/.test(code))) blocked();
		else if (!leaving) leave(words.return);
	}

	function loaded() {
		const script = document.getElementById("sdk");
		if (window.AMSCashierPayment || !script || document.readyState === "complete") return;
		return Promise.race([
			new Promise((done) => ["load", "error"].forEach((name) => script.addEventListener(name, done))),
			sleep(patience),
		]);
	}

	// Warm-up frames of the SDK are one pixel: they are not what the buyer waits for.
	const visible = () => [...document.querySelectorAll("iframe")].some((f) => f.offsetWidth > 9 && f.offsetHeight > 9);

	async function open(action) {
		up = false;
		watch = setTimeout(() => up || visible() || blocked(), patience);
		try {
			sdk = sdk || new window.AMSCashierPayment({
				environment: action.environment || words.environment,
				locale: action.locale || words.locale,
				onLog() {},
				onEventCallback: hear,
				onError: hear,
				onClose: left,
			});
			await sdk.createComponent({ sessionData: action.session_data, appearance: { showLoading: true } });
			up = true;
		} catch (error) {
			hear(error);
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

	async function pay() {
		work(true);
		say(words.working);
		await loaded();
		if (!window.AMSCashierPayment) return blocked();
		const method = new FormData(form()).get("method") || "";
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

	// Whoever comes back to this page may have paid elsewhere. The server is asked
	// first, and only if it does not know, the buyer.
	async function welcome() {
		if (!away || asking || document.hidden) return;
		asking = true;
		leaving = false;
		try {
			const answer = await fetch(document.querySelector("[data-test=status]").dataset.poll, { headers: { Accept: "application/json" } });
			const news = await answer.json();
			const dialog = document.getElementById("finished");
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
			const methods = document.getElementById("methods");
			if (methods) methods.focus();
		});
	}

	// On the document, because the status script may replace the form.
	document.addEventListener("submit", (e) => {
		if (e.target.method === "dialog") return afresh();
		if (e.target !== form()) return;
		if (busy) return e.preventDefault(); // a double click
		words = { ...e.target.dataset, pay: e.target.action };
		if (!("sdk" in words)) return work((away = true));
		e.preventDefault();
		pay();
	});
	document.addEventListener("click", (e) => {
		if (e.target.id !== "without") return;
		close();
		work(true);
		submit();
	});
	document.addEventListener("checkout:swapped", () => {
		if (busy && !form()) close();
		work(busy && !!form());
		// The new page knows nothing of what was said; a failure it tells better itself.
		if (said && !document.querySelector('[data-state$=":failed"]')) say(...said);
	});
	addEventListener("pagehide", close);
	addEventListener("pageshow", (e) => {
		if (!e.persisted) return;
		leaving = false;
		work(false);
		say("");
		welcome();
	});
	document.addEventListener("visibilitychange", welcome);
})();
