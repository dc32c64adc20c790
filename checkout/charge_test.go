package checkout

import (
	"strings"
	"testing"
	"time"
)

// Which cards may be charged without their buyer, and what an operator reads otherwise.
func TestWhichCardsMayBeCharged(t *testing.T) {
	agreed := SavedCard{ID: "c", Buyer: "b", Consent: Consent{Charges: "Monthly."}, Region: "GLOBAL", NetworkTransactionID: "n"}
	with := func(change func(*SavedCard)) SavedCard {
		card := agreed
		change(&card)
		return card
	}
	for name, row := range map[string]struct {
		card     SavedCard
		payments []Card
		why      string // "" may be charged
	}{
		"agreed":                 {agreed, []Card{{}, {AdviceCode: "24"}}, ""},
		"no region reported":     {with(func(c *SavedCard) { c.Region = "" }), nil, ""},
		"removed":                {with(func(c *SavedCard) { c.RemovedAt = noon }), nil, "removed"},
		"refused":                {with(func(c *SavedCard) { c.Refused = "CARD_EXPIRED" }), nil, "CARD_EXPIRED"},
		"no consent":             {with(func(c *SavedCard) { c.Consent.Charges = "" }), nil, "agreed to none"},
		"a local card":           {with(func(c *SavedCard) { c.Region = "KR" }), nil, "region KR"},
		"no first payment":       {with(func(c *SavedCard) { c.NetworkTransactionID = "" }), nil, "network transaction id"},
		"never again, once":      {agreed, []Card{{AdviceCode: "03"}, {}}, "never"},
		"recurring stopped":      {agreed, []Card{{}, {AdviceCode: "21"}}, "never"},
		"never, and saved again": {with(func(c *SavedCard) { c.Refused = "" }), []Card{{AdviceCode: "03"}}, "never"},
	} {
		err := CheckCharge(row.card, row.payments)
		switch {
		case row.why == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case row.why != "" && (err == nil || err.Code != CodeCardNotChargeable || !strings.Contains(err.Detail, row.why)):
			t.Errorf("%s: %v, want %q", name, err, row.why)
		}
	}
}

func TestTheOrderOfACharge(t *testing.T) {
	agreed := Order{ID: "o", Buyer: Buyer{Email: "ann@example.com"}, BuyerReference: "b", Total: sgd(4200), Language: "de"}
	card := SavedCard{ID: "c", Buyer: "b", Consent: Consent{Charges: "Monthly."}}
	want := ChargeRequest{Key: Key{Operator: CommandLine, Idempotency: "k"}, Card: "c", Minor: 1900}
	o, err := NewCharge(agreed, card, want, "id", noon, time.Hour)
	if err != nil || o.Total != sgd(1900) || o.Lines[0].Name != "Monthly." || o.Buyer != agreed.Buyer || o.Status != OrderOpen || o.FormKey != want.FormKey() {
		t.Fatalf("%v: %+v", err, o)
	}
	if err := CheckChargeRepeat(o, want); err != nil {
		t.Errorf("the same again: %v", err)
	}
	for name, change := range map[string]func(*ChargeRequest){
		"another amount": func(c *ChargeRequest) { c.Minor++ }, "another card": func(c *ChargeRequest) { c.Card = "d" },
	} {
		other := want
		change(&other)
		if CheckChargeRepeat(o, other) == nil {
			t.Errorf("%s is the same charge", name)
		}
	}
	erased := agreed
	erased.ErasedAt, erased.BuyerReference = noon, ""
	if _, err := NewCharge(erased, card, want, "id", noon, time.Hour); err == nil {
		t.Error("a buyer whose data were erased is charged")
	}
	for _, minor := range []int64{0, -1} {
		want.Minor = minor
		if _, err := NewCharge(agreed, card, want, "id", noon, time.Hour); err == nil {
			t.Errorf("%d is charged", minor)
		}
	}
}

// The result is read from the payment, so that the same key reads it again later.
func TestTheResultOfACharge(t *testing.T) {
	for status, want := range map[PaymentStatus]ChargeResult{
		PaymentCreated: ChargeAwaited, PaymentUnknown: ChargeAwaited, PaymentProcessing: ChargeAwaited, PaymentPending: ChargeAwaited,
		PaymentAuthorized: ChargeSucceeded, PaymentPaid: ChargeSucceeded, PaymentRefunded: ChargeSucceeded,
		PaymentFailed: ChargeDeclined, PaymentCancelled: ChargeCancelled,
	} {
		if got := ChargeResultOf(orderWith(MethodCard, status)); got != want {
			t.Errorf("%s is %s, want %s", status, got, want)
		}
	}
	if got := ChargeResultOf(Order{}); got != ChargeAwaited {
		t.Errorf("without a payment it is %s", got)
	}
	if got := ChargeResultOf(Order{Closed: OrderExpired}); got != ChargeCancelled {
		t.Errorf("over before there was a payment it is %s", got)
	}
	confirms := orderWith(MethodCard, PaymentCancelled)
	confirms.Payments[0].Action = Action{Type: ActionRedirect}
	if got := ChargeResultOf(confirms); got != ChargeUnconfirmed {
		t.Errorf("cancelled after the bank has asked for its holder it is %s", got)
	}
	asked := Payment{Choice: CardChoice{Charge: true}, Status: PaymentProcessing, Action: Action{Type: ActionRedirect}}
	if !ChargeNeedsBuyer(asked) || ChargeNeedsBuyer(Payment{Status: PaymentProcessing, Action: asked.Action}) || ChargeNeedsBuyer(Payment{Choice: asked.Choice, Status: PaymentProcessing}) {
		t.Error("which charges need their buyer is decided otherwise")
	}
}
