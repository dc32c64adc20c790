package checkout

import "testing"

// cards are test numbers that the brands publish.
var cards = []string{
	"4111111111111111", "4242424242424242", "4222222222222", "5555555555554444", "2223003122003222", "378282246310005", "30569309025904", "6011111111111117",
	"3530111333300000", "6200000000000005", "6205500000000000004", "5000550000000029", "8171999927660000", "2200000000000004", "9792030394440796", "6759649826438453",
}

func TestACardNumberIsRefusedInEveryField(t *testing.T) {
	for _, field := range []string{"email", "name", "phone", "region", "city", "address1", "address2", "postal_code"} {
		for _, card := range []string{"4111111111111111", "4242 4242 4242 4242", "5555-5555-5555-4444", "3782 822463 10005", "4111\u00a01111\u20111111\u22121111", "４１１１１１１１１１１１１１１１"} {
			typed := card
			if field == "email" {
				typed += "@example.com"
			}
			if _, wrong := cleanedBuyer(t, field, typed); wrong[field] != "error.card_number" {
				t.Errorf("%s %q: %q", field, typed, wrong[field])
			}
		}
	}
}

func TestACardNumberIsFoundHoweverItIsWritten(t *testing.T) {
	for _, card := range cards {
		for _, text := range []string{card, "my card " + card + " 12/27", card[:4] + " " + card[4:8] + "  " + card[8:], card[:6] + "." + card[6:], "card:" + card, card + " 123", "12 " + card} {
			if !HoldsCardNumber(text) {
				t.Errorf("%q is taken", text)
			}
		}
	}
	for _, text := range []string{"1234567812345670", "٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢", "४२४२४२४२४२४२४२४२", "4242\u200d4242\u200c42424242", "4242_4242_4242_4242", "4242 – 4242 – 4242 – 4242"} {
		if !HoldsCardNumber(text) {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestWhatIsNoCardNumberIsTaken(t *testing.T) {
	for _, text := range []string{
		"", "4111111111111112", "1 Raffles Place #04-56", "Blk 12, #04-56, 560001, 98765432", "0000000000000000", "丸の内1-1", "411111111111", "42424242424242424242424",
		"10 Downing Street, SW1A 2AA", "12 Main St 048616 +65 6123 4567", "4242 4242 / 4242 4242",
	} {
		if HoldsCardNumber(text) {
			t.Errorf("%q is refused", text)
		}
	}
	for _, key := range []string{"20261127183000", "2026112718300012", "1764273600123456789", "0198a7b2-7c11-7000-8000-000000000001", "refund-17"} {
		if IDHoldsCardNumber(key) {
			t.Errorf("the key %q is refused", key)
		}
	}
}

// Many of these phone numbers have the check digit of a card. More than 15 digits are no
// phone's, and neither are 14 or 15 that begin as a brand's, without a plus.
func TestAPhoneNumberIsNoCardNumberByChance(t *testing.T) {
	for _, phone := range []string{
		"+49 1522 12345674", "4915221234567", "4900000000006", "+8613812345670", "8613812345670", "+4915221234567 ext. 4242", "0049 1522 1234567", "+376 312 345 678 906",
		"+81 90 1234 5678", "+628123456789019",
	} {
		if _, wrong := cleanedBuyer(t, "phone", phone); wrong["phone"] == "error.card_number" {
			t.Errorf("the phone number %q is refused", phone)
		}
	}
	for _, card := range cards {
		for _, phone := range []string{card, "+" + card, "+65 " + card, card[:4] + "-" + card[4:8] + "-" + card[8:], "(" + card[:4] + ") " + card[4:]} {
			if _, wrong := cleanedBuyer(t, "phone", phone); len(card) > 15 && wrong["phone"] != "error.card_number" {
				t.Errorf("the card %q is taken as a phone number", phone)
			}
		}
	}
	for _, card := range []string{"378282246310005", "30569309025904", "3782 822463 10005"} {
		if _, wrong := cleanedBuyer(t, "phone", card); wrong["phone"] != "error.card_number" {
			t.Errorf("the card %q is taken as a phone number", card)
		}
	}
}
