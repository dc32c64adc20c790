// AMSCheckoutPage shows the whole checkout page in a frame. That page sends plain
// {code, message, result}. Any sender is believed, since the real SDK does not
// check where a message comes from either.
class AMSCheckoutPage {
	#options;
	#frame = null;
	#listen = null;

	constructor(options = {}) {
		checkCallbacks(options);
		this.#options = options;
	}

	async mountComponent(params = {}, selector) {
		const session = this.#session(params);
		const place = document.querySelector(selector);
		if (!place) {
			throw { code: "SDK_CREATEPAYMENT_PARAMETER_ERROR", message: "The selector matches nothing." };
		}
		if (this.#frame) {
			throw this.#error("SDK_CREATECOMPONENT_ERROR", "Only one component can be rendered at a time.");
		}
		this.#listen = ({ data }) => this.#receive(data);
		window.addEventListener("message", this.#listen);
		this.#frame = frameOf("/checkout-page/index.html", { session: session.data, locale: this.#options.locale || "en_US" });
		style(this.#frame, { height: "640px" });
		place.append(this.#frame);
		await new Promise((resolve) => this.#frame.addEventListener("load", resolve, { once: true }));
	}

	#session(params) {
		try {
			return parseSession(params.sessionData ?? params.paymentSessionData);
		} catch (error) {
			throw this.#error("SDK_CREATEPAYMENT_PARAMETER_ERROR", error.message);
		}
	}

	#error(code, message) {
		const error = { code, message };
		quietly(() => this.#options.onError?.(error));
		return error;
	}

	#receive(data) {
		let event;
		try {
			event = JSON.parse(data);
		} catch {
			return; // other windows send messages too
		}
		if (typeof event?.code === "string" && event.code.startsWith("SDK_PAYMENT")) {
			quietly(() => this.#options.onEventCallback?.(event));
		}
	}

	unmount() {
		window.removeEventListener("message", this.#listen);
		this.#frame?.remove();
		this.#frame = null;
	}
}

// AMSVaulting stays on the page unless it is told to lead on.
class AMSVaulting extends Component {
	createComponent(params = {}) { return super.createComponent({ notRedirectAfterComplete: true, ...params }); }
	mountComponent(params = {}, selector) { return super.mountComponent({ notRedirectAfterComplete: true, ...params }, selector); }
}

Object.assign(window, { AMSCashierPayment: class AMSCashierPayment extends Component {}, AMSVaulting, AMSElement, AMSCheckoutPage });
