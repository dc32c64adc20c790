package web

import (
	"testing"

	"antom-checkout/checkout"
	"antom-checkout/views"
)

// A new code or kind cannot leave the buyer without a text, or an answer without a
// status. That a text is there in every language is the catalogue's own test.
func TestEveryCodeHasATextAndAStatus(t *testing.T) {
	for _, code := range checkout.Codes() {
		if key := messages[code]; key == "" || !views.HasText(key) {
			t.Errorf("%s has no text: %q", code, key)
		}
	}
	if len(messages) != len(checkout.Codes()) {
		t.Errorf("%d texts for %d codes", len(messages), len(checkout.Codes()))
	}
	for _, kind := range checkout.Kinds() {
		if statuses[kind] == 0 {
			t.Errorf("%s has no status", kind)
		}
	}
}
