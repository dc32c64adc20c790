package checkout

import (
	"reflect"
	"testing"
)

// filled has another text or number in every field.
func filled(v reflect.Value, text string, number int64) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Struct:
			filled(f, text, number)
		case reflect.String:
			f.SetString(text)
		default:
			f.SetInt(number)
		}
	}
}

func TestAFilledPartOfACardBeatsAnEmptyOne(t *testing.T) {
	var first, second Card
	filled(reflect.ValueOf(&first).Elem(), "first", 3)
	filled(reflect.ValueOf(&second).Elem(), "second", 6)
	if got := first.FilledBy(Card{}); got != first {
		t.Errorf("after an empty report the card is %+v", got)
	}
	if got := (Card{}).FilledBy(first); got != first {
		t.Errorf("after the first report the card is %+v", got)
	}
	if got := first.FilledBy(second); got != second {
		t.Errorf("after a later report the card is %+v", got)
	}
}

// In one session a buyer may try again with another card, and a message about the try
// before may come late.
func TestTheCardIsThatOfTheLatestTry(t *testing.T) {
	declined := Card{Brand: "VISA", LastFour: "4822", Expiry: "12/39", RefusalCode: "05", AdviceCode: "03"}
	paid := Card{Brand: "MASTERCARD", LastFour: "4622", AVS: "Y"}
	known := Payment{RequestID: "a", AntomID: "1", Method: MethodCard, Status: PaymentFailed, Card: declined}
	outdated := Knowledge{Status: PaymentProcessing}
	for name, row := range map[string]struct {
		event Event
		want  Card
	}{
		"the same try again":                    {Event{AntomID: "1", Card: Card{LastFour: "4822", ARN: "74987"}}, Card{Brand: "VISA", LastFour: "4822", Expiry: "12/39", RefusalCode: "05", AdviceCode: "03", ARN: "74987"}},
		"an empty message":                      {Event{AntomID: "1"}, declined},
		"another try":                           {Event{AntomID: "2", Card: paid}, paid},
		"another try of which nothing is known": {Event{AntomID: "2"}, Card{}},
		"another card of the same try":          {Event{AntomID: "1", Card: paid}, paid},
		"an outdated answer about another try":  {Event{AntomID: "2", Card: paid, Asked: &outdated}, declined},
	} {
		p := known
		p.applyFacts(row.event)
		if p.Card != row.want {
			t.Errorf("%s: the card is %+v, want %+v", name, p.Card, row.want)
		}
	}
}

// A message that contradicts what is known, or may be outdated, reports no card either.
func TestADoubtfulMessageReportsNoCard(t *testing.T) {
	known := Card{Brand: "VISA", LastFour: "0768"}
	for name, event := range map[string]Event{
		"another amount":   notified(OutcomeSucceeded, sgd(4300)),
		"another Antom id": {Cause: Cause{ByNotification, "n"}, RequestID: "a", AntomID: "2", Outcome: OutcomeFailed},
		"another payment":  {Cause: Cause{ByResponse, "r"}, RequestID: "b", Outcome: OutcomeFailed},
	} {
		o := orderWith(MethodCard, PaymentProcessing)
		o.Payments[0].Card, o.Payments[0].AntomID = known, "1"
		event.Card = Card{Brand: "MASTERCARD", LastFour: "4622"}
		if after, _ := Apply(o, event, Rules{Now: noon}); after.Payments[0].Card != known {
			t.Errorf("%s: the card is %+v", name, after.Payments[0].Card)
		}
	}
}
