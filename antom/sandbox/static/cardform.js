// The app's card form: a stored card, or one that is typed.
"use strict";
const $ = (id) => document.getElementById(id);

function option(value, text) {
	const element = document.createElement("option");
	element.value = value;
	element.textContent = text;
	return element;
}

const cardForm = (() => {
	function type(number) {
		$("number").value = number;
		$("number").dispatchEvent(new Event("input")); // buyer.js shows the brand; the form gets no event
	}
	$("test-cards").addEventListener("change", () => type($("test-cards").value));

	return {
		// fill offers what the buyer may choose from.
		fill({ testCards, savedCards = [], plans = [], asksConsent = false }) {
			$("save-label").hidden = !asksConsent;
			type(testCards[0].Number);
			$("test-cards").replaceChildren(...testCards.map((c) => option(c.Number, c.Number + "  " + c.Name)));
			$("saved-label").hidden = savedCards.length === 0;
			$("saved").replaceChildren(...savedCards.map((c) => option(c.cardToken, c.name)), option("", "Another card"));
			$("plans-label").hidden = plans.length === 0;
			$("plans").replaceChildren(option("", "Pay at once"), ...plans.map((n) => option(n, n + " monthly parts")));
		},
		showTyped() { $("typed").hidden = !$("saved-label").hidden && $("saved").value !== ""; },
		entered: () => ({
			cardToken: $("saved-label").hidden ? "" : $("saved").value,
			number: $("number").value, saveCard: $("save").checked, month: $("month").value, year: $("year").value, cvv: $("cvv").value, installments: +$("plans").value,
		}),
		isValid: () => /^\d{12,19}$/.test($("number").value.replace(/[ -]/g, "")) && /^\d{1,2}$/.test($("month").value) &&
			/^\d{2}(\d{2})?$/.test($("year").value) && /^\d{3,4}$/.test($("cvv").value),
	};
})();
