package checkout

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

const awkwardToken = "ALIPAYq1w2e3+/r4t5=="

// savingOrder is an order whose buyer agreed to have the card saved that pays it.
func savingOrder(choice CardChoice) Order {
	return Order{
		ID: "o", Status: OrderProcessing, Total: Money{Minor: 4200, Currency: "SGD"}, BuyerReference: "ann", CreatedAt: noon, ExpiresAt: noon.Add(time.Hour),
		Payments: []Payment{{
			RequestID: "p", Method: MethodCard, Mode: ModeAPI, Status: PaymentProcessing, Active: true,
			Amount: Money{Minor: 4200, Currency: "SGD"}, Choice: choice, CreatedAt: noon, ExpiresAt: noon.Add(time.Hour),
		}},
	}
}

var agreed = CardChoice{Save: true, Consent: Consent{Version: ConsentText, Language: "de", Charges: "Monthly."}}

// cardPaid is Antom's message that the payment was authorised, with the card's token.
func cardPaid() Event {
	return Event{
		Cause: Cause{ByNotification, "n"}, RequestID: "p", AntomID: "antom", Outcome: OutcomeSucceeded, Method: MethodCard,
		Amount: Money{Minor: 4200, Currency: "SGD"}, Card: Card{Brand: "VISA", LastFour: "0768", Expiry: "12/39", NetworkTransactionID: "016"},
		CardToken: NewCardToken(awkwardToken),
	}
}

func TestACardIsSavedIfItsBuyerHasAgreedAndPaid(t *testing.T) {
	rules := Rules{Now: noon.Add(time.Minute)}
	failed := cardPaid()
	failed.Outcome, failed.Code = OutcomeFailed, "DO_NOT_HONOR"
	untold := cardPaid()
	untold.CardToken = CardToken{}
	unnamed := savingOrder(agreed)
	unnamed.BuyerReference = ""
	wrong := cardPaid()
	wrong.Amount.Minor = 1
	for _, row := range []struct {
		name  string
		o     Order
		e     Event
		saved bool
	}{
		{"agreed and paid", savingOrder(agreed), cardPaid(), true},
		{"not agreed", savingOrder(CardChoice{}), cardPaid(), false},
		{"declined", savingOrder(agreed), failed, false},
		{"no token", savingOrder(agreed), untold, false},
		{"no buyer known", unnamed, cardPaid(), false},
		{"another amount", savingOrder(agreed), wrong, false},
	} {
		after, _ := Apply(row.o, row.e, rules)
		change := CardChangeOf(row.o, after, row.e, rules)
		if (change.Save.ID != "") != row.saved || after.Payments[0].CardSaved != row.saved {
			t.Errorf("%s: saved %v", row.name, change.Save)
		}
		if again, _ := Apply(after, row.e, rules); row.saved && CardChangeOf(after, again, row.e, rules).Save.ID != "" {
			t.Errorf("%s: the same message saves it again", row.name)
		}
	}
	o := savingOrder(agreed)
	after, _ := Apply(o, cardPaid(), rules)
	got := CardChangeOf(o, after, cardPaid(), rules).Save
	want := SavedCard{
		ID: "p", Buyer: "ann", Token: NewCardToken(awkwardToken), Brand: "VISA", Last4: "0768", Expiry: "12/39", NetworkTransactionID: "016",
		Consent: agreed.Consent, AgreedBy: "p", AgreedAt: noon, SavedAt: rules.Now, UsedAt: rules.Now,
	}
	if got != want {
		t.Errorf("saved is %+v, want %+v", got, want)
	}
}

func TestAPaymentByASavedCardUsesOrEndsTheCard(t *testing.T) {
	rules := Rules{Now: noon}
	for _, row := range []struct {
		outcome Outcome
		code    string
		advice  string
		used    string
		refused string
	}{
		{OutcomeSucceeded, "SUCCESS", "", "card", ""},
		{OutcomeFailed, "INVALID_ACCESS_TOKEN", "", "", "card"},
		{OutcomeFailed, "CARD_EXPIRED", "", "", "card"},
		{OutcomeFailed, "DO_NOT_HONOR", "03", "", "card"},
		{OutcomeFailed, "DO_NOT_HONOR", "24", "", ""},
		{OutcomeFailed, "USER_BALANCE_NOT_ENOUGH", "", "", ""},
		{OutcomePending, "PAYMENT_IN_PROCESS", "", "", ""},
		{OutcomeUnknown, "UNKNOWN_EXCEPTION", "", "", ""},
	} {
		o, e := savingOrder(CardChoice{Saved: "card"}), cardPaid()
		e.Outcome, e.Code, e.Card.AdviceCode = row.outcome, row.code, row.advice
		after, _ := Apply(o, e, rules)
		change := CardChangeOf(o, after, e, rules)
		if change.Used != row.used || change.Refused != row.refused || change.Save.ID != "" || row.refused != "" && change.Code != row.code {
			t.Errorf("%s %s: used %q, refused %q with %q", row.code, row.advice, change.Used, change.Refused, change.Code)
		}
		if row.refused != "" && !after.Payable() {
			t.Errorf("%s: the order is %s and cannot be paid in another way", row.code, after.Status)
		}
	}
}

func TestACardIsUsableUntilItsMonthIsOver(t *testing.T) {
	end := time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		card SavedCard
		now  time.Time
		want bool
	}{
		{SavedCard{Expiry: "12/39"}, end.Add(11 * time.Hour), true}, // it is December still in Hawaii
		{SavedCard{Expiry: "12/39"}, end.Add(12 * time.Hour), false},
		{SavedCard{Expiry: ""}, end, true},
		{SavedCard{Expiry: "soon!"}, end, true},
		{SavedCard{Expiry: "12/39", Refused: "CARD_EXPIRED"}, noon, false},
		{SavedCard{Expiry: "12/39", RemovedAt: noon}, noon, false},
	} {
		if got := row.card.Usable(row.now); got != row.want {
			t.Errorf("%+v at %s: %v", row.card, row.now, got)
		}
	}
}

func TestACardThatIsSavedAgainKeepsWhatWasAgreedOfCharges(t *testing.T) {
	charges, plain := Consent{Version: ConsentText, Charges: "Monthly."}, Consent{Version: ConsentText}
	first := SavedCard{ID: "p1", Token: NewCardToken("old"), NetworkTransactionID: "1", Consent: charges, AgreedBy: "p1", Refused: "CARD_EXPIRED"}
	newer := SavedCard{ID: "p2", Token: NewCardToken("new"), NetworkTransactionID: "2", Consent: plain, AgreedBy: "p2", UsedAt: noon}
	want := SavedCard{ID: "p1", Token: NewCardToken("new"), NetworkTransactionID: "1", Consent: charges, AgreedBy: "p1", UsedAt: noon}
	if got := first.SavedAgain(newer); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	first.Consent = plain
	newer.Consent = charges
	if got := first.SavedAgain(newer); got.AgreedBy != "p2" || !got.AllowsCharges() {
		t.Errorf("after agreeing to charges: %+v", got)
	}
}

func TestATokenDoesNotPrint(t *testing.T) {
	card := SavedCard{ID: "p", Token: NewCardToken(awkwardToken)}
	event := Event{CardToken: card.Token}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "card", card, "event", event, "token", card.Token)
	asJSON, err := json.Marshal(card)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		fmt.Sprintf("%v %+v %#v %s %q %x", card.Token, card, event, card.Token, card.Token, card.Token), log.String(), string(asJSON), card.Token.String(),
	} {
		if strings.Contains(text, "ALIPAY") || strings.Contains(text, fmt.Sprintf("%x", awkwardToken)) {
			t.Errorf("the token stands in %s", text)
		}
	}
}

// A request is dropped while its payment may be sent again; one that has its result stays
// as it is.
func TestARemovedCardTakesItsRequestAlong(t *testing.T) {
	for status, forgotten := range map[PaymentStatus]bool{PaymentCreated: true, PaymentUnknown: true, PaymentProcessing: true, PaymentPaid: false} {
		o := Order{Payments: []Payment{{RequestID: "p", Status: status, Body: []byte("token")}, {RequestID: "other", Status: status, Body: []byte("body")}}}
		after := ForgetRemovedCard(o, "p")
		p, other := after.Payment("p"), after.Payment("other")
		if p.Repeatable() == forgotten || (len(p.Body) == 0) != forgotten || !other.Repeatable() || len(o.Payments[0].Body) == 0 {
			t.Errorf("%s: the payment is repeatable %v, the other one %v", status, p.Repeatable(), other.Repeatable())
		}
	}
}

// Another browser may have become the buyer after a start was asked for: what it has begun by
// card is not paid with, or saved for, the wrong one.
func TestTheFirstBrowserIsTheBuyerOfAnOrderFromOutside(t *testing.T) {
	outside, own := Order{ID: "o", Terms: Terms{Source: SourceAPI}}, Order{ID: "o"}
	if !outside.MayUseCards("ann") || outside.MayUseCards("") || own.MayUseCards("ann") {
		t.Error("only an order from outside takes the browser that comes first")
	}
	if BindBuyer(own, "ann").BuyerReference != "" || BindBuyer(outside, "").BuyerReference != "" {
		t.Error("an order of the shop's form, or a browser without a cookie, is bound")
	}
	bound := BindBuyer(BindBuyer(outside, "ann"), "ben")
	if bound.BuyerReference != "ann" || bound.MayUseCards("ben") {
		t.Errorf("bound is %q", bound.BuyerReference)
	}
	for _, want := range []struct {
		Attempt
		refused error
	}{
		{Attempt{Buyer: "ann", Choice: CardChoice{Saved: "card"}}, nil},
		{Attempt{Buyer: "ben"}, nil},
		{Attempt{Buyer: "ben", Choice: CardChoice{Saved: "card"}}, ErrCardUnusable},
		{Attempt{Buyer: "ben", Choice: CardChoice{Save: true}}, ErrSaveUnasked},
	} {
		if err := CheckCardOwner(bound, want.Attempt); err != want.refused {
			t.Errorf("%s with %+v: %v", want.Buyer, want.Choice, err)
		}
	}
}
