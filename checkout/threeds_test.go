package checkout

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// earlierAttempts are what has become of the attempts of an order before the next one.
func earlierAttempts() []struct {
	name     string
	payments []Payment
} {
	declined := func(method, code string) Payment {
		return Payment{RequestID: "a", Method: method, Status: PaymentFailed, ResultCode: code}
	}
	return []struct {
		name     string
		payments []Payment
	}{
		{"none", nil},
		{"card: DO_NOT_HONOR", []Payment{declined("CARD", "DO_NOT_HONOR")}},
		{"card: AUTHENTICATION_REQUIRED", []Payment{declined("CARD", "AUTHENTICATION_REQUIRED")}},
		{"card: USER_PAYMENT_VERIFICATION_FAILED", []Payment{declined("CARD", "USER_PAYMENT_VERIFICATION_FAILED")}},
		{"not known what was chosen: AUTHENTICATION_REQUIRED", []Payment{declined("", "AUTHENTICATION_REQUIRED")}},
		{"wallet: USER_PAYMENT_VERIFICATION_FAILED", []Payment{declined("GCASH", "USER_PAYMENT_VERIFICATION_FAILED")}},
		{"card: AUTHENTICATION_REQUIRED, then a wallet left unpaid", []Payment{
			declined("CARD", "AUTHENTICATION_REQUIRED"), {RequestID: "b", Method: "GCASH", Status: PaymentCancelled},
		}},
	}
}

// threeDSTable is the part of decisions.md about 3-D Secure.
func threeDSTable() string {
	offered := []string{MethodCard, "GCASH"}
	attempts := []struct {
		name string
		want Attempt
	}{
		{"card", Attempt{Method: MethodCard}},
		{"element that offers cards", Attempt{Element: true, Offered: offered}},
		{"element without cards", Attempt{Element: true, Offered: offered[1:]}},
		{"wallet", Attempt{Method: "GCASH", Offered: offered}},
		{"Korean issuer", Attempt{Method: MethodCard, Choice: CardChoice{Brand: "HYUNDAI"}}},
	}
	table := strings.Builder{}
	table.WriteString("\n# When 3-D Secure is required\n\nBy the setting `CARD_3DS`, and by what has become of the order's earlier attempts.\n\n" +
		"| next attempt | earlier attempts | auto | always | off |\n|---|---|---|---|---|\n")
	for _, attempt := range attempts {
		var rows, decisions []string
		for _, earlier := range earlierAttempts() {
			decision := required(attempt.want, earlier.payments)
			rows = append(rows, fmt.Sprintf("| %s | %s |%s\n", attempt.name, earlier.name, decision))
			decisions = append(decisions, decision)
		}
		if len(slices.Compact(decisions)) == 1 {
			rows = []string{fmt.Sprintf("| %s | any |%s\n", attempt.name, decisions[0])}
		}
		table.WriteString(strings.Join(rows, ""))
	}
	return table.String()
}

// required is the decision under each policy, as cells of the table.
func required(want Attempt, earlier []Payment) (cells string) {
	o := Order{Total: Money{4200, "KRW"}, Payments: earlier}
	for _, policy := range []ThreeDSPolicy{ThreeDSAuto, ThreeDSAlways, ThreeDSOff} {
		cell := "·"
		if o.NeedsThreeDS(want, Rules{ThreeDS: policy}) {
			cell = "required"
		}
		cells += " " + cell + " |"
	}
	return cells
}

// A bank that has demanded 3-D Secure would decline the same request again, so an
// attempt that was made before the decline was known is not begun.
func TestAnAttemptMadeBeforeTheBankDemandedThreeDSIsMadeAnew(t *testing.T) {
	for _, policy := range []ThreeDSPolicy{"", ThreeDSAuto, ThreeDSOff} {
		r := Rules{Now: noon, ThreeDS: policy}
		o := orderWith(MethodCard, PaymentFailed)
		next := Payment{RequestID: "b", Method: MethodCard, Status: PaymentCreated, Amount: sgd(4200)}
		if _, err := AddPayment(o, next, r); err != nil {
			t.Errorf("%q: after another decline: %v", policy, err)
		}
		o.Payments[0].ResultCode = "AUTHENTICATION_REQUIRED"
		if _, err := AddPayment(o, next, r); !errors.Is(err, ErrStale) {
			t.Errorf("%q: the same request again is begun: %v", policy, err)
		}
		next.ThreeDS = true
		if _, err := AddPayment(o, next, r); err != nil {
			t.Errorf("%q: with 3-D Secure: %v", policy, err)
		}
		wallet := Payment{RequestID: "b", Method: "GCASH", Status: PaymentCreated, Amount: sgd(4200)}
		if _, err := AddPayment(o, wallet, r); err != nil {
			t.Errorf("%q: a wallet: %v", policy, err)
		}
	}
}

// A brand of a co-badged card is no issuer of Korea: its bank runs 3-D Secure. A Korean card
// that is entered has none either.
func TestKoreanCardsHaveNoThreeDS(t *testing.T) {
	for _, row := range []struct {
		currency Currency
		brand    string
		region   CardRegion
		want     bool
	}{
		{"KRW", "SAMSUNG", "", false}, {"EUR", "SAMSUNG", "", true}, {"KRW", "VISA", "", true}, {"EUR", "CARTES_BANCAIRES", "", true},
		{"KRW", "", RegionKorea, false}, {"BRL", "", RegionBrazil, true}, {"KRW", "", "", true},
	} {
		o := Order{Total: Money{4200, row.currency}}
		card := Attempt{Method: MethodCard, Choice: CardChoice{Brand: row.brand}, CardRegion: row.region}
		if got := o.NeedsThreeDS(card, Rules{ThreeDS: ThreeDSAlways}); got != row.want {
			t.Errorf("%+v: 3-D Secure required: %v", row, got)
		}
	}
}
