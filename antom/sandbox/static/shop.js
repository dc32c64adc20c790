// How the app inside a frame speaks to the shop: through the SDK by JSON strings
// (postMessage); as a Checkout Page in a frame by plain {code, message, result};
// or, hosted on a page of its own, not at all.
"use strict";
const shop = (() => {
	const { parent: origin, speaks } = document.body.dataset;
	const address = new URLSearchParams(location.search);
	const instanceId = address.get("instanceId") || "";
	const framed = window.parent !== window;
	const asked = {}; // what the SDK may ask of the app, by its name
	const answers = new Map();

	const post = (message) => window.parent.postMessage(JSON.stringify(message), origin);

	const bySDK = {
		tell: (event, data, eventCallbackId) => post({ name: "APP_TO_SDK", instanceId, context: { event, data, eventCallbackId } }),
		emit: (code, message, result) => bySDK.tell("onEventCallback", { code, message, result }),
		leaveFor: (way) => bySDK.tell("onRedirect", { target: "_self", ...way }),
		opensWindow: (url) => bySDK.tell("popupWindow", { url }),
		closesWindow: () => bySDK.tell("popupWindow", {}),
		// agrees asks the shop's page, just before the buyer's payment is sent.
		agrees: (about) => new Promise((resolve) => {
			const id = crypto.randomUUID();
			answers.set(id, ({ result } = {}) => resolve(result !== "CANCEL"));
			bySDK.tell("beforeSubmit", about, id);
		}),
		begin: () => bySDK.tell("onLaunch", {}),
	};

	const byItself = {
		tell() {},
		emit: (code, message, result) => framed && post({ code, message, result }),
		leaveFor: ({ normalUrl }) => { window.top.location.href = normalUrl; },
		opensWindow: (url) => byItself.leaveFor({ normalUrl: url }),
		closesWindow() {},
		agrees: () => Promise.resolve(true),
		// begin asks about the session itself, as the SDK would.
		async begin() {
			let query;
			try {
				const answer = await fetch("/mgw.htm", { method: "POST", body: JSON.stringify([{ paymentSessionData: document.body.dataset.session }]) });
				query = await answer.json();
			} catch {
				query = { success: false, errorMessage: "Network request error" };
			}
			asked.renderComponent({ query });
		},
	};

	window.addEventListener("message", ({ source, origin: from, data }) => {
		if (speaks !== "sdk" || source !== window.parent || from !== origin) {
			return;
		}
		let message;
		try {
			message = JSON.parse(data);
		} catch {
			return;
		}
		if (message.name !== "SDK_TO_APP" || message.instanceId !== instanceId) {
			return;
		}
		const { event, data: detail, eventCallbackId } = message.context;
		if (event === "beforeSubmitDone") {
			answers.get(eventCallbackId)?.(detail);
			answers.delete(eventCallbackId);
		} else {
			asked[event]?.(detail, eventCallbackId);
		}
	});

	return { ...(speaks === "sdk" ? bySDK : byItself), asked, speaksSDK: speaks === "sdk" };
})();
