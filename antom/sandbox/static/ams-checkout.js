// A stand-in for Antom's Web SDK (ams-checkout 1.47): the same classes, options,
// promises and events, with the sandbox that served this file in Antom's place.
// It is written to be read, and sets styles through the CSSOM only, so that it
// runs under a Content-Security-Policy without 'unsafe-inline'.
"use strict";
(() => {
	const sandbox = new URL(document.currentScript.src).origin;
	const SDK_VERSION = "1.47.2";
	const START_LIMIT = 15000; // for the frame, and for the query

	const style = (element, rules) => Object.assign(element.style, rules);

	// parseSession reads "<opaque>&&<region>&&<number>&&<base64 JSON>".
	function parseSession(data) {
		if (typeof data !== "string") {
			throw new Error("The sessionData is not a string.");
		}
		const parts = data.split("&&");
		if (parts.length < 4 || !parts[0]) {
			throw new Error("The sessionData is malformed.");
		}
		const bytes = Uint8Array.from(atob(parts[3]), (c) => c.charCodeAt(0));
		const json = JSON.parse(new TextDecoder().decode(bytes));
		if (!json.paymentSessionConfig.productScene) {
			throw new Error("The sessionData names no product scene.");
		}
		const { productScene, paymentMethodCategoryType: category } = json.paymentSessionConfig;
		return { key: parts[0], query: parts.slice(0, 3).join("&&"), json, sign: category ? productScene + "_" + category : productScene, isCard: category === "CARD" };
	}

	class Component {
		constructor(options = {}) {
			for (const name of ["onEventCallback", "onError", "onLog", "onClose", "onSizeChanged", "onPaymentMethodSelected", "onChange", "onBeforeSubmit"]) {
				if (options[name] !== undefined && options[name] !== null && typeof options[name] !== "function") {
					throw new Error("Parameter type should be function");
				}
			}
			localStorage.setItem("AMSSDK_STORAGE_ID", localStorage.getItem("AMSSDK_STORAGE_ID") || crypto.randomUUID());
			if (!["sandbox", "prod", undefined].includes(options.environment)) {
				console.warn("ams-checkout: unknown environment, prod is assumed");
			}
			this.options = options;
			this.instanceId = crypto.randomUUID();
			this.active = null;
		}

		createComponent(params = {}) { return this.#start(params, null); }
		mountComponent(params = {}, selector) { return this.#start(params, selector); }

		#event(event) { this.options.onEventCallback?.(event); }
		#quietly(call) {
			try {
				call();
			} catch (error) {
				console.error(error); // a page's callback that throws later on harms nothing
			}
		}

		async #start(params, selector) {
			if (this.active) {
				throw this.#error("SDK_CREATECOMPONENT_ERROR", "Only one component can be rendered at a time.");
			}
			let session;
			try {
				session = parseSession(params.sessionData ?? params.paymentSessionData);
			} catch (error) {
				throw this.#error("SDK_CREATEPAYMENT_PARAMETER_ERROR", error.message);
			}
			if (!selector && session.json.paymentSessionConfig.productScene === "ELEMENT_PAYMENT") {
				throw this.#error("SDK_CREATECOMPONENT_ERROR", "unsupported payment method");
			}
			const start = { session, params, settled: false, close: {}, loading: true };
			this.active = start;
			try {
				this.#event({ code: "SDK_START_OF_LOADING" }); // a callback that throws here aborts the start
				start.box = this.#build(start, selector);
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
			this.#quietly(() => this.options.onError?.(error));
			if (alsoEvent) {
				this.#quietly(() => this.#event(error));
			}
			return error;
		}

		// #build puts the frame into the page: in a popup, or where it is told.
		#build(start, selector) {
			const frame = document.createElement("iframe");
			const address = new URL("/sdk/component/" + start.session.sign + "/1.0/index.html", sandbox);
			address.search = new URLSearchParams({
				session: start.session.key, displayType: selector ? "inline" : "popup", locale: this.options.locale || "en_US",
				instanceId: this.instanceId, sdkVersion: SDK_VERSION, shadow: this.options.environment === "sandbox",
			});
			frame.src = address.href;
			frame.title = "Antom sandbox";
			frame.allow = "payment";
			style(frame, { border: "0", width: "100%", height: "240px", display: "block", background: "Canvas" });
			start.frame = frame;
			if (selector) {
				const place = document.querySelector(selector);
				if (!place) {
					throw { code: "SDK_CREATEPAYMENT_PARAMETER_ERROR", message: "The selector matches nothing." };
				}
				place.append(frame);
				return frame;
			}
			const mask = document.createElement("div");
			mask.dataset.test = "sdk-popup";
			style(mask, { position: "fixed", inset: "0", zIndex: "2147483000", background: "rgba(0,0,0,.5)", display: "flex", alignItems: "center", justifyContent: "center" });
			const popup = document.createElement("div");
			popup.setAttribute("role", "dialog");
			popup.setAttribute("aria-modal", "true");
			popup.setAttribute("aria-label", "Payment");
			style(popup, { position: "relative", width: "420px", maxWidth: "100%", maxHeight: "92vh", overflow: "auto", borderRadius: "12px", background: "Canvas", color: "CanvasText" });
			const close = document.createElement("button");
			close.type = "button";
			close.textContent = "×";
			close.setAttribute("aria-label", "Close");
			close.dataset.test = "sdk-close";
			style(close, { position: "absolute", top: "4px", right: "8px", width: "36px", height: "36px", border: "0", background: "transparent", color: "#333", fontSize: "24px", cursor: "pointer", display: "none" });
			close.addEventListener("click", () => this.#closed(start));
			start.closeButton = close;
			popup.append(frame, close);
			mask.append(popup);
			if (start.params.appearance?.showLoading === false) {
				style(popup, { visibility: "hidden" });
			}
			start.popup = popup;
			document.body.append(mask);
			document.body.style.overflow = "hidden";
			return mask;
		}

		// #launch has the frame and the session query go out together; the promise
		// resolves when both have answered, not when anything is paid.
		#launch(start) {
			start.listen = (event) => this.#hear(start, event);
			window.addEventListener("message", start.listen);
			start.timer = setTimeout(() => {
				start.reject(this.#error("SDK_CREATECOMPONENT_ERROR", "Load resource timeout", true));
			}, START_LIMIT);
			const launched = new Promise((resolve) => { start.launched = resolve; });
			Promise.all([launched, this.#query(start)]).then(([, query]) => {
				if (this.active !== start || start.settled) {
					return;
				}
				clearTimeout(start.timer);
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
			});
		}

		async #query(start) {
			try {
				const response = await fetch(new URL("/mgw.htm", sandbox), {
					method: "POST",
					signal: AbortSignal.timeout(START_LIMIT),
					headers: {
						"Content-Type": "application/json", "Operation-Type": "com.ipay.iexpcashier.sdkAction.query", appId: "ANTOM_PAYMENT_WEB",
						workspaceId: "default", version: "2.0", tntInstId: "ALIPW3SG", "Client-Time": String(Date.now()), "sdk-version": SDK_VERSION,
					},
					body: JSON.stringify([{
						paymentSessionData: start.session.query, paymentSessionConfig: start.session.json.paymentSessionConfig,
						notRedirectAfterComplete: start.params.notRedirectAfterComplete === true,
						envInfo: { terminalType: /Mobi/.test(navigator.userAgent) ? "WAP" : "WEB", locale: this.options.locale || "en_US" },
					}]),
				});
				const status = response.headers.get("Result-Status");
				if (status && status !== "1000") {
					throw new Error("Network request error");
				}
				return await response.json();
			} catch {
				return { success: false, errorMessage: "Network request error" };
			}
		}

		#say(start, event, data) {
			start.frame.contentWindow?.postMessage(JSON.stringify({
				name: "SDK_TO_APP", mode: "popup", appId: "ANTOM_PAYMENT_WEB", instanceId: this.instanceId, context: { event, data },
			}), sandbox);
		}

		// #hear takes what the frame says; nobody else may say it.
		#hear(start, { origin, source, data }) {
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
			const { event, data: detail = {} } = message.context;
			switch (event) {
			case "onLaunch": start.launched(); break;
			case "onSizeChanged":
				style(start.frame, { height: detail.height + "px" });
				if (start.popup) {
					style(start.popup, { visibility: "visible" });
				}
				this.#quietly(() => this.options.onSizeChanged?.(detail));
				break;
			case "dismissLoading":
				if (start.loading) {
					start.loading = false;
					this.#quietly(() => this.#event({ code: "SDK_END_OF_LOADING", message: detail.message || "" }));
				}
				break;
			case "onEventCallback": this.#quietly(() => this.#event(detail)); break;
			case "onRedirect": this.#redirect(start, detail); break;
			case "submitForm": this.#submitForm(detail.attributes || {}); break;
			case "showCloseButton": start.closeButton && style(start.closeButton, { display: "block" }); break;
			case "hideCloseButton": start.closeButton && style(start.closeButton, { display: "none" }); break;
			case "declareEventCallbackInfo": start.close = detail.popWindowEventInfo || {}; break;
			case "validateFieldsResult": start.validated?.(detail); break;
			case "onClose": this.#closed(start); break;
			case "onError": this.#quietly(() => this.options.onError?.(detail)); break;
			case "onLog": this.#quietly(() => this.options.onLog?.(detail)); break;
			}
		}

		#redirect(start, { normalUrl, target }) {
			let address;
			try {
				address = new URL(normalUrl);
			} catch {
				this.#error("SDK_LAUNCH_PAYMENT_APP_ERROR", "There is no address to go to.", true);
				return;
			}
			this.#quietly(() => this.#event({ code: "SDK_CALL_URL_SUCCESS", message: "redirect to " + address.href }));
			if (target === "_replace") {
				location.replace(address.href);
			} else if (target === "_blank") {
				window.open(address.href);
			} else {
				this.unmount();
				location.href = address.href;
			}
		}

		#submitForm({ action, data = {} }) {
			const form = document.createElement("form");
			form.method = "post";
			form.action = action;
			form.hidden = true;
			for (const [name, value] of Object.entries(data)) {
				const input = document.createElement("input");
				input.type = "hidden";
				input.name = name;
				input.value = value;
				form.append(input);
			}
			document.body.append(form);
			form.submit();
		}

		// #closed: the buyer closed the popup. First onClose, then the event that the
		// app declared, if it did.
		#closed(start) {
			const { enableCallback, eventName, eventResult } = start.close;
			this.unmount();
			this.#quietly(() => this.options.onClose?.({}));
			if (enableCallback) {
				this.#quietly(() => this.#event({ code: eventName, result: eventResult }));
			}
		}

		submit(data) {
			if (!this.active) {
				return Promise.reject(this.#error("SDK_INTERNAL_ERROR", "There is no component to submit."));
			}
			this.#say(this.active, "submitPay", data);
			return Promise.resolve();
		}

		validateFields() {
			const start = this.active;
			if (!start || start.loading) {
				return Promise.resolve({ isValid: false });
			}
			return new Promise((resolve) => {
				const timer = setTimeout(() => resolve({ isValid: false }), START_LIMIT);
				start.validated = (answer) => { clearTimeout(timer); resolve({ isValid: answer.isValid === true }); };
				this.#say(start, "validateFields");
			});
		}

		unmount() {
			const start = this.active;
			if (!start) {
				return;
			}
			this.active = null;
			clearTimeout(start.timer);
			window.removeEventListener("message", start.listen);
			start.box?.remove();
			if (start.popup) {
				document.body.style.overflow = "auto";
			}
		}

		canMakePayments() { return Promise.resolve(true); }
		static preload() {}
	}

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
			this.#component = new Component({ ...options, onEventCallback: (event) => this.#hear(event) });
		}

		#hear(event) {
			if (event.code === "SDK_START_OF_LOADING") {
				this.#options.loading?.onStartLoading?.();
			} else if (event.code === "SDK_END_OF_LOADING") {
				this.#options.loading?.onEndLoading?.();
			}
			this.#options.onEventCallback?.(event);
			const statuses = { SDK_PAYMENT_SUCCESSFUL: "SUCCESS", SDK_PAYMENT_FAIL: "FAIL", SDK_PAYMENT_PROCESSING: "PROCESSING", SDK_PAYMENT_CANCEL: "CANCELLED" };
			if (statuses[event.code]) {
				this.#settle({ status: statuses[event.code] }, event);
			} else if (["SDK_PAYMENT_ERROR", "SDK_FORM_VERIFICATION_FAILED"].includes(event.code)) {
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

	window.AMSElement = AMSElement;
	window.AMSCashierPayment = class AMSCashierPayment extends Component {};
	window.AMSVaulting = class AMSVaulting extends Component {
		createComponent(params = {}) { return super.createComponent({ notRedirectAfterComplete: true, ...params }); }
		mountComponent(params = {}, selector) { return super.mountComponent({ notRedirectAfterComplete: true, ...params }, selector); }
	};
})();
