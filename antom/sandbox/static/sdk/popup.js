// panel, bar and button are what the popup and the bank's window are made of.
function panel(label, width) {
	const panel = document.createElement("div");
	panel.setAttribute("role", "dialog");
	panel.setAttribute("aria-modal", "true");
	panel.setAttribute("aria-label", label);
	style(panel, {
		position: "relative", width, maxWidth: "100%", maxHeight: "92vh", display: "flex", flexDirection: "column",
		overflow: "hidden", borderRadius: "12px", background: "Canvas", color: "CanvasText",
	});
	return panel;
}

function mask() {
	const mask = document.createElement("div");
	style(mask, {
		position: "fixed", inset: "0", zIndex: "2147483000", background: "rgba(0,0,0,.5)", display: "flex",
		alignItems: "center", justifyContent: "center", colorScheme: "light dark", font: "14px/1.4 system-ui, sans-serif",
	});
	return mask;
}

function bar(title, close) {
	const bar = document.createElement("div");
	style(bar, { display: "flex", flex: "none", alignItems: "center", justifyContent: "space-between", paddingLeft: "16px", minHeight: "44px" });
	const name = document.createElement("strong");
	name.textContent = title;
	bar.append(name, close);
	return bar;
}

function button(text, hook, onClick) {
	const button = document.createElement("button");
	button.type = "button";
	button.textContent = text;
	button.dataset.test = hook;
	style(button, { minHeight: "44px", padding: "8px 16px", font: "inherit", cursor: "pointer", borderRadius: "8px", border: "1px solid GrayText", background: "Canvas", color: "CanvasText" });
	button.addEventListener("click", onClick);
	return button;
}

function cross(hook, onClick) {
	const cross = button("×", hook, onClick);
	cross.setAttribute("aria-label", "Close");
	style(cross, { width: "44px", height: "44px", padding: "0", border: "0", background: "transparent", fontSize: "26px", lineHeight: "1" });
	return cross;
}

// bankWindow opens a second frame above everything, as for 3-D Secure; it
// returns how to take it away.
function bankWindow(url) {
	const above = mask();
	const close = () => above.remove();
	const dialog = panel("Your bank", "500px");
	const frame = frameOf(url, new URL(url, sandbox).searchParams);
	frame.dataset.test = "sdk-window";
	style(frame, { height: "min(640px, 80vh)" });
	dialog.append(bar("Your bank", cross("sdk-window-close", close)), frame);
	above.append(dialog);
	document.body.append(above);
	return close;
}

// Popup is the window over the page in which a component is shown: a bar with
// the × above the frame, so that it never covers what the frame says.
class Popup {
	constructor(frame, hidden, onClose) {
		this.mask = mask();
		this.mask.dataset.test = "sdk-popup";
		this.dialog = panel("Payment", "420px");
		style(this.dialog, { visibility: hidden ? "hidden" : "visible" });
		this.close = cross("sdk-close", onClose);
		style(this.close, { visibility: "hidden" }); // until the app wants it shown
		const body = document.createElement("div");
		style(body, { overflow: "auto", position: "relative" });
		body.append(frame);
		this.dialog.append(bar("Payment", this.close), body);
		this.mask.append(this.dialog);
		document.body.append(this.mask);
		document.body.style.overflow = "hidden";
	}

	show() { style(this.dialog, { visibility: "visible" }); }
	showClose(visible) { style(this.close, { visibility: visible ? "visible" : "hidden" }); }

	// ask wonders whether the buyer really wants to leave, once at a time.
	ask(onLeave) {
		if (this.question) {
			return;
		}
		this.question = document.createElement("div");
		this.question.setAttribute("role", "alertdialog");
		this.question.setAttribute("aria-label", "Leave the payment?");
		style(this.question, {
			position: "absolute", inset: "0", display: "flex", flexDirection: "column", gap: "12px", alignItems: "center",
			justifyContent: "center", padding: "16px", textAlign: "center", background: "Canvas", color: "CanvasText",
		});
		const text = document.createElement("p");
		text.textContent = "Leave the payment? Nothing has been paid yet.";
		const stay = button("Stay", "sdk-stay", () => {
			this.question.remove();
			this.question = null;
		});
		this.question.append(text, stay, button("Leave", "sdk-leave", onLeave));
		this.dialog.append(this.question);
		stay.focus();
	}

	remove() {
		this.mask.remove();
		document.body.style.overflow = "auto"; // not what it was before: Antom's does so too
	}
}
