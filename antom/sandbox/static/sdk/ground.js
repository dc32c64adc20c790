// A stand-in for Antom's Web SDK (ams-checkout 1.47): the same classes, options,
// promises and events, with the sandbox that served this script in Antom's place.
// It is written to be read, and sets styles through the CSSOM only, so that it
// runs under a Content-Security-Policy without 'unsafe-inline'.
const sandbox = new URL(document.currentScript.src).origin;
const SDK_VERSION = "1.47.2";
const START_LIMIT = 15000; // for the frame, and for the query
const APP_LIMIT = 2000;    // for a phone's app to open

const style = (element, rules) => Object.assign(element.style, rules);
const isPhone = () => /Mobi/.test(navigator.userAgent);

// checkCallbacks refuses options that cannot be called, as the real constructors do.
function checkCallbacks(options) {
	for (const name of ["onEventCallback", "onError", "onLog", "onClose", "onSizeChanged", "onPaymentMethodSelected", "onChange", "onBeforeSubmit"]) {
		if (options[name] !== undefined && options[name] !== null && typeof options[name] !== "function") {
			throw new Error("Parameter type should be function");
		}
	}
}

// quietly calls a page's callback: one that throws harms nothing but itself.
function quietly(call) {
	try {
		call();
	} catch (error) {
		console.error(error);
	}
}

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
	const config = json.paymentSessionConfig === undefined ? {} : json.paymentSessionConfig;
	if (!config.productScene) { // a config that is null throws a TypeError here, as Antom's does
		throw new Error("The sessionData names no product scene.");
	}
	const { productScene: scene, paymentMethodCategoryType: category } = config;
	return { data, key: parts[0], query: parts.slice(0, 3).join("&&"), json, scene, sign: category ? scene + "_" + category : scene, isCard: category === "CARD" };
}

// frameOf makes one of the sandbox's frames.
function frameOf(path, params) {
	const frame = document.createElement("iframe");
	const address = new URL(path, sandbox);
	address.search = new URLSearchParams(params);
	frame.src = address.href;
	frame.title = "Antom sandbox";
	frame.allow = "payment";
	style(frame, { border: "0", width: "100%", height: "240px", display: "block", colorScheme: "light dark" });
	return frame;
}

// warmUp has the browser fetch what the apps are made of, in frames of one
// pixel; it returns how to take them away.
function warmUp() {
	const frames = ["CARD", "APM"].map((app) => {
		const frame = frameOf("/sdk/warm-up", { app });
		frame.tabIndex = -1;
		frame.setAttribute("aria-hidden", "true");
		style(frame, { position: "absolute", width: "1px", height: "1px", opacity: "0", pointerEvents: "none" });
		document.body?.append(frame);
		return frame;
	});
	const coolDown = () => frames.forEach((frame) => frame.remove());
	setTimeout(coolDown, 10000);
	return coolDown;
}

// redirect leads the buyer on; false when there is no address to go to. A phone
// tries the app first, and the web page when no app has opened after a while.
function redirect({ normalUrl, schemeUrl, applinkUrl, target }, beforeLeaving) {
	const app = isPhone() && [applinkUrl, schemeUrl].filter(Boolean);
	const isWeb = /^https?:/.test(normalUrl || "");
	if (!isWeb && !app?.length) {
		return false;
	}
	const goOn = () => {
		if (target === "_replace") {
			location.replace(normalUrl);
		} else if (target === "_blank") {
			window.open(normalUrl);
		} else {
			beforeLeaving();
			location.href = normalUrl;
		}
	};
	if (!app?.length) {
		goOn();
		return true;
	}
	const stillHere = () => document.visibilityState === "visible";
	app.forEach((address, i) => setTimeout(() => {
		if (stillHere()) {
			location.href = address;
		}
	}, i * APP_LIMIT / 2));
	setTimeout(() => {
		if (stillHere() && isWeb) {
			goOn();
		}
	}, APP_LIMIT);
	return true;
}
