// Antom's Payment Element: all methods in one frame inside the page, in place of the
// shop's list. Loaded if SDK_UI is element; pay.js opens it.
"use strict";
window.paymentElement = class {
	constructor(options) {
		this.look = options.look;
		this.element = new window.AMSElement(Object.assign({}, options, {
			// The end of loading means nothing here: an error may follow it. mount answers when the element is shown.
			onEventCallback: (event) => event && event.code === "SDK_END_OF_LOADING" || options.onEventCallback(event),
		}));
	}
	async show() {
		const { error } = await this.element.mount({ type: "payment", appearance: this.look }, "#stage");
		if (error) throw error;
	}
	// The outcome, as a code of pay.js. The browser requires that a click calls it.
	async submit() {
		const { status, error } = await this.element.submitPayment();
		return { code: status === "FAIL" && error && !error.needChangeSessionForRetry ? "RETRY" : status };
	}
	close() { this.element.destroy(); }
};
