package e2e

import "testing"

const cardPage = "/checkout/[^/]+/card"

// In the server-to-server mode a card is typed on a page of the shop, with a script that
// groups the digits, and without.
func TestACardIsTypedInTheShop(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		t.Run(map[bool]string{true: "with scripts", false: "without"}[scripts], func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, "CARD_MODE=server", "PCI_ATTESTATION=saq-d:2099-12-31")
			buyer := shop.buyer(phone)
			if !scripts {
				buyer.withoutJavaScript()
			}
			buyer.orders("MUG-01")
			buyer.chooses("CARD")
			buyer.pays()
			buyer.arrives(cardPage)
			buyer.seesHook("card-form")

			fills := func(number string) {
				if scripts { // key by key, because they write the field anew
					buyer.clicks("#card_number")
					buyer.types(number)
					buyer.clicks("#card_expiry")
					buyer.types("1239")
				} else {
					buyer.fills("card_number", number)
					buyer.fills("card_expiry", "1239")
				}
				buyer.fills("card_cvc", "123")
				buyer.fills("cardholder_first", "Wei")
				buyer.fills("cardholder_last", "Tan")
			}
			buyer.mayComplain("422")
			fills("4054695723100769") // the check digit is wrong
			if scripts {
				buyer.until("groups of four", `document.getElementById("card_number").value === "4054 6957 2310 0769"`)
				buyer.until("the brand", `document.querySelector(".brand-name").textContent === "Visa"`)
				buyer.until("a slash", `document.getElementById("card_expiry").value === "12/39"`)
				buyer.until("three digits at most", `document.getElementById("card_cvc").maxLength === 3`)
			}
			buyer.pays()
			buyer.until("what is wrong", `document.getElementById("card_number-problem") !== null`)
			buyer.until("neither number nor code", `document.getElementById("card_number").value + document.getElementById("card_cvc").value === ""`)
			buyer.until("the name, still there", `document.getElementById("cardholder_last").value === "Tan"`)
			buyer.fills("card_expiry", "")
			fills("4054695723100768")
			buyer.pays()
			buyer.arrives(returnPage)
			buyer.sees("paid")
			shop.paidOnce()
		})
	}
}

// A co-badged card shows its brands while it is typed, a Korean one what it asks for;
// without scripts the page asks when the card is sent.
func TestACardAsksWhileItIsTyped(t *testing.T) {
	const settings = "CARD_MODE=server"
	typesCard := func(buyer *buyer, number string) {
		buyer.fills("card_number", number)
		buyer.fills("card_expiry", "12/39")
		buyer.fills("card_cvc", "123")
		buyer.fills("cardholder_first", "Wei")
		buyer.fills("cardholder_last", "Tan")
	}
	for _, scripts := range []bool{true, false} {
		t.Run(map[bool]string{true: "with scripts", false: "without"}[scripts], func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, settings, "PCI_ATTESTATION=saq-d:2099-12-31")
			buyer := shop.buyer(phone)
			if !scripts {
				buyer.withoutJavaScript()
			}
			buyer.orders("MUG-01")
			buyer.chooses("CARD")
			buyer.pays()
			buyer.arrives(cardPage)
			buyer.hasNo(`[name="card_brand"]`)
			typesCard(buyer, "4970 1000 0000 0212")
			if !scripts {
				buyer.mayComplain("422")
				buyer.pays()
				buyer.until("what to choose", `document.getElementById("card_brand-problem") !== null`)
				typesCard(buyer, "4970 1000 0000 0212")
			}
			buyer.until("both brands, the first one chosen", `[...document.querySelectorAll("[name=card_brand]")].map((b) => b.value + b.checked).join() === "VISAtrue,CARTES_BANCAIRESfalse"`)
			buyer.clicks(`[value="CARTES_BANCAIRES"]`)
			if scripts {
				buyer.fills("card_number", "9490 2200 1166 9217")
				buyer.until("no brands of another card", `document.getElementById("card_brand").hidden && document.querySelector("[name=card_brand]") === null`)
				buyer.until("the code, in dollars", `!document.querySelector(".f-card_cvc").hidden && document.getElementById("korea").hidden`)
				buyer.fills("card_number", "4294 0974 0091 5107")
				buyer.until("what a Brazilian card asks for", `!document.getElementById("brazil").hidden`)
				buyer.fills("card_number", "4970 1000 0000 0212")
				buyer.until("the brands again", `!document.getElementById("card_brand").hidden && document.getElementById("brazil").hidden`)
				buyer.clicks(`[value="CARTES_BANCAIRES"]`)
			}
			buyer.pays()
			buyer.arrives(returnPage)
			buyer.sees("paid")
			shop.paidOnce()
			buyer.until("the brand on the receipt", `document.body.textContent.includes("Cartes Bancaires")`)
		})
	}
}
