// On the card page: groups the digits of the number, names the brand, shows what the card
// asks for, tells 3-D Secure of the browser, and sends the form once. Without this script
// the same form pays.
"use strict";
(() => {
	const $ = (id) => document.getElementById(id);
	const form = $("card-form");
	const number = form.elements.card_number;
	const expiry = form.elements.card_expiry;
	const code = form.elements.card_cvc;
	const button = form.querySelector("[data-test=pay]");
	const say = $("say");

	// How the numbers of each brand begin, after which digits a gap stands, and how many
	// digits the code has. The server decides what is right.
	const fours = [4, 8, 12, 16];
	const brands = [
		["American Express", /^3[47]/, [4, 10], 4],
		["Mastercard", /^(5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720))/, fours, 3],
		["JCB", /^35(2[89]|[3-8])/, fours, 3],
		["Diners Club", /^3(0[0-5]|095|[689])/, [4, 10], 3],
		["Discover", /^6(011|4[4-9]|5)/, fours, 3],
		["UnionPay", /^(62|81)/, fours, 3],
		["Maestro", /^(5[0678]|67)/, fours, 3],
		["Visa", /^4/, fours, 3],
	];
	const secrets = ["card_number", "card_cvc", "card_identity", "card_password"];
	const unknown = ["", /^/, fours, 4];
	const label = document.createElement("span");
	label.className = "brand-name";
	label.setAttribute("aria-live", "polite");
	number.parentNode.appendChild(label);

	const digits = (field) => field.value.replace(/\D/g, "");
	const brand = () => brands.find((b) => b[1].test(digits(number))) || unknown;

	// A field is written anew only while its caret is at the end: elsewhere the buyer
	// corrects something. What is no digit stays, to be refused beside the field.
	function write(field, text) {
		if (/[^\d\s/-]/.test(field.value) || field.selectionEnd < field.value.length) return;
		if (field.value !== text) field.value = text;
	}

	function group() {
		const [name, , gaps, length] = brand();
		write(number, digits(number).slice(0, 19).replace(/\d/g, (digit, at) => (gaps.includes(at) ? " " : "") + digit));
		if (label.textContent !== name) label.textContent = name;
		code.maxLength = length;
	}

	function slash(event) {
		const deleting = event.inputType && event.inputType.startsWith("delete");
		let typed = digits(expiry);
		if (/^[2-9]/.test(typed)) typed = "0" + typed;
		if (deleting || typed.length > 4 || /[/-]/.test(expiry.value) && typed.length < 3) return;
		write(expiry, typed.length < 2 ? typed : typed.slice(0, 2) + "/" + typed.slice(2));
	}

	// What the card asks for beside the usual fields, by the first field of each part. The
	// server knows it by the first digits of the number, and says nothing of a card that it
	// does not know: then the page is as it was.
	const parts = { card_cvc: form.querySelector(".f-card_cvc"), card_identity: $("korea"), card_cpf: $("brazil") };
	const usual = Object.keys(parts).filter((name) => !parts[name].hidden);
	const brandList = $("card_brand");
	const prefixLength = 8;
	let told = ""; // the digits that the page was last asked about

	function ask({ fields = [], brands = [] }) {
		const asked = fields.length ? fields : usual;
		for (const name of Object.keys(parts)) {
			parts[name].hidden = !asked.includes(name);
			parts[name].querySelectorAll("label .hint").forEach((optional) => { optional.hidden = fields.length > 0; });
		}
		offer(brands);
	}

	function offer(brands) {
		const chosen = brandList.querySelector(":checked");
		brandList.querySelectorAll("label, .wrong").forEach((old) => old.remove());
		brandList.hidden = !brands.length;
		brands.forEach((offered, at) => {
			const choice = document.createElement("input");
			choice.type = "radio";
			choice.name = "card_brand";
			choice.value = offered.card_brand;
			choice.checked = !at || !!chosen && chosen.value === offered.card_brand;
			const text = document.createElement("span");
			text.textContent = offered.name;
			const row = document.createElement("label");
			row.appendChild(choice);
			row.appendChild(text);
			brandList.appendChild(row);
		});
	}

	async function learn() {
		const prefix = digits(number).slice(0, prefixLength);
		if (prefix === told || prefix.length < prefixLength && !told) return;
		told = prefix.length < prefixLength ? "" : prefix;
		let facts = {};
		try {
			const answer = told && await fetch(form.dataset.facts, {
				method: "POST", body: "card_prefix=" + told,
				headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
			});
			if (answer && answer.ok) facts = await answer.json();
		} catch (e) { /* the server asks again when the card is sent */ }
		if (told === "" || told === prefix) ask(facts);
	}

	function describe() {
		const facts = {
			screen_width: screen.width, screen_height: screen.height, color_depth: screen.colorDepth,
			time_zone_offset: new Date().getTimezoneOffset(), java: !!navigator.javaEnabled && navigator.javaEnabled(),
		};
		for (const name of Object.keys(facts)) form.elements[name].value = facts[name];
	}

	number.addEventListener("input", group);
	number.addEventListener("input", learn);
	expiry.addEventListener("input", slash);
	form.addEventListener("submit", (event) => {
		if (button.disabled) return event.preventDefault();
		describe();
		button.disabled = true;
		say.textContent = form.dataset.working;
	});
	// A browser that shows the page again from its memory shows no number and no code.
	window.addEventListener("pageshow", (event) => {
		button.disabled = false;
		say.textContent = "";
		if (event.persisted) {
			for (const name of secrets) form.elements[name].value = "";
			learn();
		}
		group();
	});
})();
