// Passkeys. A form with data-passkey has the browser make one ("create") or sign with one
// ("get"), and is posted with what the browser has answered. Without this script, and in a
// browser that knows no passkeys at this address, such a form stays hidden.
"use strict";
(() => {
	if (!window.PublicKeyCredential || !navigator.credentials) return;
	const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
	const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
	const known = (list) => (list || []).map((one) => Object.assign(one, { id: bytes(one.id) }));
	const live = document.getElementById("live");

	async function make(options) {
		options.challenge = bytes(options.challenge);
		options.user.id = bytes(options.user.id);
		options.excludeCredentials = known(options.excludeCredentials);
		const made = await navigator.credentials.create({ publicKey: options });
		return answer(made, {
			attestationObject: text(made.response.attestationObject),
			transports: made.response.getTransports ? made.response.getTransports() : [],
		});
	}

	async function sign(options) {
		options.challenge = bytes(options.challenge);
		options.allowCredentials = known(options.allowCredentials);
		const signed = await navigator.credentials.get({ publicKey: options });
		return answer(signed, {
			authenticatorData: text(signed.response.authenticatorData),
			signature: text(signed.response.signature),
			userHandle: signed.response.userHandle ? text(signed.response.userHandle) : null,
		});
	}

	function answer(credential, response) {
		response.clientDataJSON = text(credential.response.clientDataJSON);
		return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: response });
	}

	async function use(form) {
		const asked = await fetch(form.dataset.challenge, { method: "POST", body: new URLSearchParams(new FormData(form)) });
		const options = await asked.json();
		if (options.error) throw { message: options.error };
		live.textContent = form.dataset.waiting;
		form.querySelector("[name=credential]").value = await (form.dataset.passkey === "create" ? make : sign)(options.publicKey);
		form.submit();
	}

	// why is what to say of an error: the server's own words, or those of the form.
	function why(form, error) {
		if (!error.name) return error.message;
		if (error.name === "NotAllowedError" || error.name === "AbortError") return form.dataset.cancelled;
		return error.name === "InvalidStateError" ? form.dataset.known : form.dataset.failed;
	}

	document.querySelectorAll("form[data-passkey]").forEach((form) => {
		if (location.origin !== form.dataset.origin) return;
		const says = form.querySelector("[data-says]");
		const button = form.querySelector("button");
		form.hidden = false;
		document.querySelectorAll("[data-without]").forEach((note) => { note.hidden = true; });
		form.addEventListener("submit", async (event) => {
			event.preventDefault();
			button.disabled = true;
			says.hidden = true;
			try {
				await use(form);
			} catch (error) {
				live.textContent = "";
				says.textContent = why(form, error);
				says.hidden = false;
				button.disabled = false;
			}
		});
	});
})();
