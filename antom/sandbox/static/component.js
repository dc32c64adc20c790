// The page inside the SDK's frame: Antom calls it the app. It has the sandbox
// carry out what the buyer does; shop.js tells the shop's page.
"use strict";
(() => {
	const { session } = document.body.dataset;
	const { tell, emit } = shop;
	let options = {};    // what renderComponent brought
	let payment = null;  // how the sandbox says the payment stands
	let busy = false;
	let told = false;    // the payment's end has been told to the page
	let watching = false;

	shop.asked.renderComponent = (brought) => {
		options = brought;
		render();
	};
	shop.asked.submitPay = async (_, id) => {
		await act("pay");
		tell("submitPayResult", {}, id);
	};
	shop.asked.validateFields = (_, id) => tell("validateFieldsResult", { isValid: cardForm.isValid() }, id);

	// fitted tells the SDK how high the page is.
	const fitted = () => tell("onSizeChanged", { height: document.documentElement.scrollHeight, width: 420 });
	const shown = (...ids) => {
		for (const id of ["waiting", "failed", "payment", "over", "choice", "card", "challenge", "code"]) {
			$(id).hidden = !ids.includes(id);
		}
		fitted();
	};
	const resultOf = (p) => ({
		paymentRequestId: p.paymentRequestId,
		paymentStatus: p.paymentStatus,
		paymentResultCode: p.paymentResultCode,
		paymentResultMessage: p.paymentResultMessage,
		result: {
			resultCode: p.paymentResultCode,
			resultStatus: { SUCCESS: "S", FAIL: "F", CANCELLED: "F" }[p.paymentStatus] || "U",
			resultMessage: p.paymentResultMessage,
		},
	});

	// The merchant's colour and theme, as far as the stand-in has them.
	function dress({ accentColor, themeType, theme = themeType } = {}) {
		const { style } = document.documentElement;
		if (theme) style.colorScheme = theme === "night" ? "dark" : "light";
		if (accentColor) style.setProperty("--accent", accentColor);
	}

	function render() {
		const query = options.query || {};
		dress(options.appearance);
		tell("setAllowRetention", false);
		if (!query.success) {
			$("failure").textContent = query.errorMessage || "The sandbox did not answer.";
			shown("failed");
			tell("dismissLoading", { message: "" });
			tell("showCloseButton");
			emit("SDK_PAYMENT_ERROR", query.errorMessage || "Network request error", { result: { resultCode: query.errorCode || "", resultStatus: "F", resultMessage: query.errorMessage || "" } });
			return;
		}
		payment = query.payment;
		start();
	}

	// start shows what the method needs. A method with a page of its own leaves
	// at once: for it the SDK shows nothing but its loading sign.
	async function start() {
		if (!payment.paymentMethodType) {
			$("method").replaceChildren(...(payment.paymentMethods || []).map((m) => option(m.paymentMethodType, m.methodName)));
			cardForm.fill(payment);
			showChoice();
			return;
		}
		if (["wallet", "bank", "issuer"].includes(payment.page)) {
			if (await send({ act: "submit" })) {
				shop.leaveFor({ normalUrl: payment.normalUrl, schemeUrl: payment.schemeUrl });
				watch(); // a buyer who comes back from the app finds out here
			}
			return;
		}
		if (payment.page === "counter") {
			if (await send({ act: "submit" })) {
				$("qr").src = payment.qrUrl;
				$("counter").href = payment.normalUrl;
				showPayment("code");
				watch();
			}
			return;
		}
		cardForm.fill(payment);
		showPayment("card");
		if (payment.page === "three_ds") {
			showChallenge();
			return;
		}
		cardForm.showTyped();
		fitted();
	}

	// showChoice shows the methods, and the card form where a card is chosen.
	function showChoice() {
		const parts = $("method").value === "CARD" ? ["choice", "card"] : ["choice"];
		showPayment(...parts);
	}

	function showPayment(...parts) {
		const part = parts[parts.length - 1];
		$("amount").textContent = payment.amount;
		$("description").textContent = payment.orderDescription;
		$("pay").textContent = part === "code" ? "I paid at the counter" : part === "choice" ? "Go on" : "Pay " + payment.amount;
		if (payment.page === "vault") {
			$("pay").textContent = "Store this card";
		}
		$("pay").hidden = (options.appearance || {}).showSubmitButton === false && part !== "code";
		$("another").hidden = part === "choice";
		$("reason").replaceChildren(option("", "default reason"), ...(payment.reasons || []).map((r) => option(r, r)));
		shown("payment", ...parts);
		tell("dismissLoading", { message: "" });
		tell("showCloseButton");
		tell("declareEventCallbackInfo", { popWindowEventInfo: { enableCallback: true, eventName: "SDK_PAYMENT_CANCEL",
			eventResult: { result: { resultCode: "USER_CANCELED", resultStatus: "F", resultMessage: "The buyer closed the payment." } } } });
	}

	// showChallenge has the card's bank ask the buyer, in a window of its own.
	function showChallenge() {
		$("last-four").textContent = payment.lastFour || "";
		shown("challenge");
		shop.opensWindow(payment.challengeUrl);
		watch();
	}

	// send has the sandbox carry out an act, and takes over how things stand.
	async function send(what) {
		tell("onLog", { act: what.act });
		let answer;
		let code = "SDK_SUBMIT_NETWORK_ERROR";
		try {
			const response = await fetch("/sdk/payment", {
				method: "POST", headers: { "Content-Type": "application/json" },
				body: JSON.stringify({ session, ...what }),
			});
			answer = await response.json();
			if (!response.ok) {
				code = "SDK_PAYMENT_ERROR";
				throw new Error(answer.error);
			}
		} catch (error) {
			$("failure").textContent = error.message;
			shown("failed");
			tell("dismissLoading", { message: "" });
			tell("showCloseButton");
			emit(code, error.message, { result: { resultCode: "", resultStatus: "U", resultMessage: error.message } });
			return false;
		}
		payment = { ...payment, ...answer, mistake: answer.mistake };
		$("mistake").hidden = !answer.mistake;
		$("mistake").textContent = answer.mistake || "";
		fitted();
		return true;
	}

	// agreed asks the shop's page whether to go on; it may take its time.
	async function agreed() {
		busy = true;
		setButtons(true);
		const goOn = await shop.agrees({ paymentMethodType: payment.paymentMethodType });
		busy = false;
		setButtons(false);
		return goOn;
	}

	async function act(name) {
		if (busy) {
			emit("SDK_DUPLICATE_SUBMISSION_BEHAVIOR", "The payment is being submitted.");
			return;
		}
		if (!$("choice").hidden) {
			payment.paymentMethodType = $("method").value;
		}
		if (!$("choice").hidden && payment.paymentMethodType !== "CARD") {
			if (await agreed() && await send({ act: "submit", method: payment.paymentMethodType })) {
				start();
			}
			return;
		}
		if (name === "leave") {
			await send({ act: "leave" });
			shop.leaveFor({ normalUrl: payment.paymentRedirectUrl });
			return;
		}
		if (!await agreed()) {
			return;
		}
		busy = true;
		setButtons(true);
		const worked = await send({
			act: name, method: payment.paymentMethodType, reason: $("reason").value, ...cardForm.entered(),
		});
		busy = false;
		setButtons(false);
		if (!worked) {
			return;
		}
		if (payment.mistake) {
			emit("SDK_FORM_VERIFICATION_FAILED", payment.mistake);
		} else if (payment.page === "three_ds" && payment.paymentStatus === "PROCESSING") {
			emit("SDK_PAYMENT_CHALLENGE", "3-D Secure");
			showChallenge();
		} else if (name === "vanish") {
			over("Paid", "You have paid and never come back. The shop's page hears nothing from here.", false);
		} else {
			end();
		}
	}

	function setButtons(disabled) {
		tell(disabled ? "hideCloseButton" : "showCloseButton"); // the buyer cannot leave while a payment is sent
		for (const id of ["pay", "decline", "leave", "vanish"]) {
			$(id).disabled = disabled;
		}
	}

	function over(title, text, leadsBack = true) {
		told = true;
		tell("setAllowRetention", false);
		shop.closesWindow();
		$("onward").hidden = shop.speaksSDK || !leadsBack;
		$("onward").href = payment.paymentRedirectUrl;
		$("over-title").textContent = title;
		$("over-text").textContent = text;
		shown("over");
	}

	// end tells the page how the payment ended, once, and leads a buyer who has
	// paid back to the shop.
	function end() {
		const codes = { SUCCESS: "SDK_PAYMENT_SUCCESSFUL", FAIL: "SDK_PAYMENT_FAIL", CANCELLED: "SDK_PAYMENT_FAIL", PENDING: "SDK_PAYMENT_PROCESSING" };
		const code = codes[payment.paymentStatus];
		if (!code || told) {
			return;
		}
		const texts = { SUCCESS: ["Paid", "Thank you."], PENDING: ["Almost done", "The payment is confirmed later."] };
		over(...(texts[payment.paymentStatus] || ["Not paid", "The payment was declined: " + payment.paymentResultCode + "."]));
		tell("declareEventCallbackInfo", { popWindowEventInfo: { enableCallback: false } });
		emit(code, payment.paymentResultMessage, resultOf(payment));
		if (payment.paymentStatus === "SUCCESS" && options.notRedirectAfterComplete !== true) {
			setTimeout(() => shop.leaveFor({ normalUrl: payment.paymentRedirectUrl }), 300);
		}
	}

	// watch asks how a payment stands that the buyer pays elsewhere.
	async function watch() {
		if (watching) {
			return;
		}
		watching = true;
		while (!told) {
			await new Promise((resolve) => setTimeout(resolve, 500));
			try {
				const response = await fetch("/sdk/payment?session=" + encodeURIComponent(session));
				if (response.ok) {
					payment = { ...payment, ...(await response.json()) };
				}
			} catch {
				// Asked again in a moment.
			}
			end();
		}
	}

	for (const id of ["pay", "decline", "leave", "vanish"]) {
		$(id).addEventListener("click", () => act(id));
	}
	$("card").addEventListener("submit", (event) => {
		event.preventDefault();
		act("pay");
	});
	$("method").addEventListener("change", () => {
		tell("onPaymentMethodSelected", { paymentMethodType: $("method").value });
		showChoice();
	});
	$("challenge-again").addEventListener("click", () => shop.opensWindow(payment.challengeUrl));
	$("card").addEventListener("input", () => {
		tell("setAllowRetention", true); // from here on the buyer has something to lose
		tell("onChange", { isValid: cardForm.isValid() });
	});
	$("saved").addEventListener("change", () => {
		cardForm.showTyped();
		fitted();
	});
	shop.begin();
})();
