// askGateway asks what there is to know of a session. It always answers: what
// fails is an answer without success.
async function askGateway(start, options) {
	const shadow = options.environment === "sandbox" ? { "load-test": "true", sofaPenAttrs: "instMock=O&loadMode=2" } : {};
	try {
		const response = await fetch(new URL("/mgw.htm", sandbox), {
			method: "POST",
			credentials: "include",
			signal: AbortSignal.timeout(START_LIMIT),
			headers: {
				"Content-Type": "application/json", "Operation-Type": "com.ipay.iexpcashier.sdkAction.query", appId: "ANTOM_PAYMENT_WEB",
				workspaceId: "default", version: "2.0", tntInstId: "ALIPW3SG", "Client-Time": String(Date.now()), "sdk-version": SDK_VERSION,
				"x-cors-antom_payment_web-default": "1", ...shadow,
			},
			body: JSON.stringify([{
				paymentSessionData: start.session.scene === "ELEMENT_PAYMENT" ? start.session.data : start.session.query,
				paymentSessionConfig: start.session.json.paymentSessionConfig,
				notRedirectAfterComplete: start.params.notRedirectAfterComplete === true,
				merchantAppointParam: start.params.merchantAppointParam,
				paymentMethodType: start.session.isCard ? "CARD" : undefined,
				envInfo: { terminalType: isPhone() ? "WAP" : "WEB", locale: options.locale || "en_US", browserInfo: { userAgent: navigator.userAgent, language: navigator.language } },
				extParams: { refUrl: location.href, appearance: start.params.appearance },
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
