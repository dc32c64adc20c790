// The brand of the card while its number is typed. Everything else on the
// buyer's pages is plain forms.
"use strict";
(() => {
	const number = document.getElementById("number");
	const brand = document.getElementById("brand");
	if (!number || !brand) {
		return;
	}
	const brands = [
		[/^4/, "Visa"],
		[/^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, "Mastercard"],
		[/^3[47]/, "Amex"],
		[/^35(2[89]|[3-8])/, "JCB"],
		[/^3(0[0-5]|6|8)/, "Diners"],
		[/^(6011|65|64[4-9])/, "Discover"],
		[/^62/, "UnionPay"],
		[/^(50|5[6-8]|67)/, "Maestro"],
		[/^9490/, "Hyundai"],
	];
	const show = () => {
		const digits = number.value.replace(/\D/g, "");
		brand.textContent = (brands.find(([begins]) => begins.test(digits)) || [null, ""])[1];
	};
	number.addEventListener("input", show);
	show();
})();
