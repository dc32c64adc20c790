// Antom's Payment Element: all methods in one frame inside the page, in place of
// our own list. Loaded where SDK_UI is element; pay.js calls it.
"use strict";
window.paymentElement = (() => {
	let element;
	return {
		async open(options) {
			element = new window.AMSElement(options);
			const { error } = await element.mount({ type: "payment", appearance: { layout: { type: "Accordion" } } }, "#stage");
			if (error) throw error;
		},
		// How it went, as a code of pay.js's table. It must come straight from a click.
		async submit() {
			const { status, error } = await element.submitPayment();
			return { code: status === "FAIL" && error && !error.needChangeSessionForRetry ? "RETRY" : status };
		},
		close() {
			if (element) element.destroy();
			element = undefined;
		},
	};
})();
