// Component is what AMSCashierPayment and AMSVaulting have in common: one frame
// at a time, in a popup or inline, that tells its page by events how it goes.
class Component {
	#coolDown;

	constructor(options = {}) {
		checkCallbacks(options);
		localStorage.setItem("AMSSDK_STORAGE_ID", localStorage.getItem("AMSSDK_STORAGE_ID") || crypto.randomUUID());
		if (!["sandbox", "light_sandbox", "prod", undefined].includes(options.environment)) {
			console.warn("ams-checkout: unknown environment, prod is assumed");
		}
		this.options = options;
		this.instanceId = crypto.randomUUID();
		this.active = null;
		this.#coolDown = warmUp();
	}

	createComponent(params = {}) { return this.#start(params, null); }
	mountComponent(params = {}, selector) { return this.#start(params, selector); }

	#event(event) { this.options.onEventCallback?.(event); }

	async #start(params, selector) {
		if (this.options.networkMode === "proxy") {
			throw this.#error("SDK_INIT_PARAMETER_ERROR", "The network mode is not supported.");
		}
		if (this.active) {
			throw this.#error("SDK_CREATECOMPONENT_ERROR", "Only one component can be rendered at a time.");
		}
		let session;
		try {
			session = parseSession(params.sessionData ?? params.paymentSessionData);
		} catch (error) {
			if (error instanceof TypeError) {
				throw error;
			}
			throw this.#error("SDK_CREATEPAYMENT_PARAMETER_ERROR", error.message);
		}
		if (!selector && session.scene === "ELEMENT_PAYMENT") {
			throw this.#error("SDK_CREATECOMPONENT_ERROR", "unsupported payment method");
		}
		this.#coolDown();
		const start = { session, params, settled: false, close: {}, loading: true, retention: true, answers: new Map() };
		this.active = start;
		try {
			this.#event({ code: "SDK_START_OF_LOADING" }); // a callback that throws here aborts the start
			this.#build(start, selector);
		} catch (error) {
			this.unmount();
			throw error;
		}
		return new Promise((resolve, reject) => {
			start.resolve = () => { start.settled = true; resolve(undefined); };
			start.reject = (error) => { start.settled = true; reject(error); };
			this.#launch(start);
		});
	}

	#error(code, message, alsoEvent) {
		const error = { code, message };
		quietly(() => this.options.onError?.(error));
		if (alsoEvent) {
			quietly(() => this.#event(error));
		}
		return error;
	}

	// #build puts the frame into the page: in a popup, or where it is told. The
	// frame learns the page's whole address, as Antom does.
	#build(start, selector) {
		start.frame = frameOf("/sdk/component/" + start.session.sign + "/1.0/index.html", {
			session: start.session.key, displayType: selector ? "inline" : "popup", locale: this.options.locale || "en_US",
			instanceId: this.instanceId, sdkVersion: SDK_VERSION, refUrl: location.href, shadow: this.options.environment === "sandbox",
		});
		if (!selector) {
			start.popup = new Popup(start.frame, start.params.appearance?.showLoading === false, () => this.#wantsToClose(start));
			return;
		}
		const place = document.querySelector(selector);
		if (!place) {
			throw { code: "SDK_CREATEPAYMENT_PARAMETER_ERROR", message: "The selector matches nothing." };
		}
		place.append(start.frame);
	}

	// #launch has the frame and the session query go out together; the promise
	// resolves when both have answered, not when anything is paid.
	#launch(start) {
		start.listen = (event) => this.#receive(start, event);
		window.addEventListener("message", start.listen);
		start.timer = setTimeout(() => {
			start.reject(this.#error("SDK_CREATECOMPONENT_ERROR", "Load resource timeout", true));
		}, START_LIMIT);
		const launched = new Promise((resolve) => {
			start.launched = () => {
				clearTimeout(start.timer); // the query has a limit of its own
				resolve();
			};
		});
		Promise.all([launched, askGateway(start, this.options)]).then(([, query]) => {
			if (this.active === start && !start.settled) {
				this.#render(start, query);
			}
		});
	}

	// #render hands over to the app. A query that failed is the app's to show;
	// of cards the page gets it as well.
	#render(start, query) {
		const unfit = start.params.unfit?.(query);
		if (unfit) {
			start.reject(unfit);
			return;
		}
		if (!query.success && start.session.isCard) {
			const error = this.#error("SDK_CREATECOMPONENT_ERROR", query.errorMessage || "Network request error", true);
			if (query.errorActions?.showType === "NONE") {
				start.reject(error);
				return;
			}
		}
		this.#say(start, "renderComponent", {
			query, session: start.session.json, appearance: start.params.appearance || {},
			notRedirectAfterComplete: start.params.notRedirectAfterComplete === true, locale: this.options.locale || "en_US",
		});
		start.resolve();
		const { event, error } = query.says || {}; // an injected fault
		if (event || error) {
			setTimeout(() => { // by then the page knows that it is loaded
				if (error) {
					this.#error(error, "a fault asked for it");
				}
				if (event) {
					quietly(() => this.#event({ code: event, message: "a fault asked for it", result: {} }));
				}
			});
		}
	}

	#say(start, event, data, eventCallbackId) {
		start.frame.contentWindow?.postMessage(JSON.stringify({
			name: "SDK_TO_APP", mode: start.popup ? "popup" : "inline", appId: "ANTOM_PAYMENT_WEB", instanceId: this.instanceId,
			context: { event, data, eventCallbackId },
		}), sandbox);
	}

	// #asks says something to the app that it answers under the same id.
	#asks(start, event, data) {
		return new Promise((resolve) => {
			const id = crypto.randomUUID();
			start.answers.set(id, resolve);
			this.#say(start, event, data, id);
		});
	}

	// #receive takes the frame's messages, and only the frame's.
	#receive(start, { origin, source, data }) {
		if (origin !== sandbox || source !== start.frame.contentWindow) {
			return;
		}
		let message;
		try {
			message = JSON.parse(data);
		} catch {
			this.#error("SDK_INTERNAL_ERROR", "The message is not JSON.");
			return;
		}
		if (message.name !== "APP_TO_SDK" || message.instanceId !== this.instanceId) {
			return;
		}
		const { event, data: detail = {}, eventCallbackId } = message.context;
		switch (event) {
		case "onLaunch": start.launched(); break;
		case "onSizeChanged":
			style(start.frame, { height: detail.height + "px" });
			start.popup?.show();
			quietly(() => this.options.onSizeChanged?.(detail));
			break;
		case "dismissLoading":
			if (start.loading) {
				start.loading = false;
				quietly(() => this.#event({ code: "SDK_END_OF_LOADING", message: detail.message || "" }));
			}
			break;
		case "onEventCallback": quietly(() => this.#event(detail)); break;
		case "onRedirect": this.#redirect(detail); break;
		case "showCloseButton": start.popup?.showClose(true); break;
		case "hideCloseButton": start.popup?.showClose(false); break;
		case "setAllowRetention": start.retention = detail === true; break;
		case "declareEventCallbackInfo": start.close = detail.popWindowEventInfo || {}; break;
		case "popupWindow":
			start.closeWindow?.();
			start.closeWindow = detail.url && bankWindow(detail.url);
			break;
		case "beforeSubmit": this.#beforeSubmit(start, detail, eventCallbackId); break;
		case "submitPayResult":
		case "validateFieldsResult":
			start.answers.get(eventCallbackId)?.(detail);
			start.answers.delete(eventCallbackId);
			break;
		case "onError":
		case "onLog":
		case "onChange":
		case "onPaymentMethodSelected": quietly(() => this.options[event]?.(detail)); break;
		}
	}

	// #beforeSubmit asks the page whether the buyer's payment may go on. A page
	// whose callback fails has not agreed.
	async #beforeSubmit(start, detail, eventCallbackId) {
		let answer = { result: "CONTINUE" };
		if (this.options.onBeforeSubmit) {
			try {
				answer = await this.options.onBeforeSubmit(detail);
			} catch (error) {
				console.error(error);
				answer = { result: "CANCEL" };
			}
		}
		this.#say(start, "beforeSubmitDone", answer, eventCallbackId);
	}

	#redirect(way) {
		if (!redirect(way, () => this.unmount())) {
			this.#error("SDK_LAUNCH_PAYMENT_APP_ERROR", "There is no address to go to.", true);
			return;
		}
		quietly(() => this.#event({ code: "SDK_CALL_URL_SUCCESS", message: "redirect to " + (way.normalUrl || way.schemeUrl || way.applinkUrl) }));
	}

	// #wantsToClose: the buyer pressed ×. With retention they are asked first.
	#wantsToClose(start) {
		if (start.retention) {
			start.popup.ask(() => this.#closed(start));
		} else {
			this.#closed(start);
		}
	}

	// #closed: first onClose, then the event that the app declared, if it did.
	#closed(start) {
		const { enableCallback, eventName, eventResult } = start.close;
		this.unmount();
		quietly(() => this.options.onClose?.({}));
		if (enableCallback) {
			quietly(() => this.#event({ code: eventName, result: eventResult }));
		}
	}

	// submit resolves when the app has answered; the result of the payment is an event.
	submit(data) {
		if (!this.active) {
			return Promise.reject(this.#error("SDK_INTERNAL_ERROR", "There is no component to submit."));
		}
		return this.#asks(this.active, "submitPay", data).then(() => undefined);
	}

	validateFields() {
		const start = this.active;
		if (!start || start.loading) {
			return Promise.resolve({ isValid: false });
		}
		const late = new Promise((resolve) => setTimeout(() => resolve({}), START_LIMIT));
		return Promise.race([this.#asks(start, "validateFields"), late]).then(({ isValid }) => ({ isValid: isValid === true }));
	}

	unmount() {
		const start = this.active;
		if (!start) {
			return;
		}
		this.active = null;
		clearTimeout(start.timer);
		window.removeEventListener("message", start.listen);
		start.closeWindow?.();
		start.popup?.remove();
		start.frame?.remove();
	}

	canMakePayments() { return Promise.resolve(true); }
	static preload() { warmUp(); }
}
