// AMSElement is the Payment Element: the session comes first, mount and
// submitPayment resolve with what happened and never reject.
class AMSElement {
	#component;
	#options;
	#session;
	#awaited = null;

	constructor(options = {}) {
		this.#options = options;
		this.#session = options.sessionData;
		if (!options.sessionData) {
			const error = { code: "SDK_CREATE_COMPONENT_ERROR", message: "The sessionData is missing." };
			options.onEventCallback?.(error);
			throw new Error(error.message);
		}
		this.#component = new Component({ ...options, onEventCallback: (event) => this.#receive(event) });
	}

	#receive(event) {
		if (event.code === "SDK_START_OF_LOADING") {
			this.#options.loading?.onStartLoading?.();
		} else if (event.code === "SDK_END_OF_LOADING") {
			this.#options.loading?.onEndLoading?.();
		}
		this.#options.onEventCallback?.(event);
		const statuses = { SDK_PAYMENT_SUCCESSFUL: "SUCCESS", SDK_PAYMENT_FAIL: "FAIL", SDK_PAYMENT_PROCESSING: "PROCESSING", SDK_PAYMENT_CANCEL: "CANCELLED" };
		if (statuses[event.code]) {
			this.#settle({ status: statuses[event.code] }, event);
		} else if (["SDK_PAYMENT_ERROR", "SDK_SUBMIT_NETWORK_ERROR", "SDK_FORM_VERIFICATION_FAILED"].includes(event.code)) {
			this.#settle({ status: "FAIL" }, event);
		}
	}

	#settle(answer, { code, message, result }) {
		if (answer.status === "FAIL") {
			answer.error = {
				code: result?.paymentResultCode || code, message: message || "",
				needChangeSessionForRetry: code === "SDK_PAYMENT_FAIL",
			};
		}
		this.#awaited?.(answer);
		this.#awaited = null;
	}

	async mount(params = {}, selector) {
		let timer;
		const late = new Promise((resolve) => {
			timer = setTimeout(() => resolve({ error: { code: "INITIALIZE_WEB_TIMEOUT", message: "The payment form did not start in time." } }), 10000);
		});
		const started = this.#component.mountComponent({
			sessionData: this.#session, notRedirectAfterComplete: params.notRedirectAfterComplete,
			appearance: { ...params.appearance, showSubmitButton: false }, merchantAppointParam: params.merchantAppointParam,
			unfit: (query) => query.paymentMethods?.length && query.orderAmountView && query.paymentAmountView ? null : { code: "ERR_DATA_STRUCT_UNRECOGNIZED", message: "The session's answer has no payment methods or no amounts." },
		}, selector).then(() => ({}), ({ code, message }) => ({ error: { code, message } }));
		const answer = await Promise.race([started, late]);
		clearTimeout(timer);
		return answer;
	}

	submitPayment() {
		return new Promise((resolve) => {
			this.#awaited = resolve;
			this.#component.submit().catch(({ code, message }) => this.#settle({ status: "FAIL" }, { code, message }));
		});
	}

	validateFields() { return this.#component.validateFields(); }
	updatePayment(sessionData) { this.#session = sessionData; }
	destroy() { this.#component.unmount(); }
}
