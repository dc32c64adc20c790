package checkout

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// goodCard is what a careful buyer types, by field.
func goodCard(change ...string) map[string]string {
	fields := map[string]string{
		"card_number": "4054 6957 2310 0768", "card_expiry": "12/29", "card_cvc": "123",
		"cardholder_first": "José", "cardholder_last": "Núñez",
		"billing_country": "DE", "billing_city": "Berlin", "billing_address1": "Hauptstr. 5", "billing_postal_code": "10115",
	}
	for _, pair := range change {
		name, value, _ := strings.Cut(pair, "=")
		fields[name] = value
	}
	return fields
}

func enter(change ...string) EnteredCard {
	fields := goodCard(change...)
	return EnterCard(func(name string) string { return fields[name] })
}

var endOf2026 = time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC)

func TestACardIsCheckedAtItsFields(t *testing.T) {
	const number, expiry, cvc, expired = "decline.INVALID_CARD_NUMBER", "decline.INVALID_EXPIRATION_DATE", "decline.INVALID_CVV", "decline.CARD_EXPIRED"
	for typed, problem := range map[string]string{
		"card_number=":                                    "error.required",
		"card_number=   ":                                 "error.required",
		"card_number=four thousand":                       number,
		"card_number=4054695723100768x":                   number,
		"card_number=40546957231":                         number, // 11 digits
		"card_number=4054695723100769":                    number, // the check digit
		"card_number=405469572310076":                     number, // a Visa of 15 digits
		"card_number=37828224631000":                      number, // an American Express of 14
		"card_number=0000000000000000":                    number,
		"card_number=" + strings.Repeat("4", 10<<10):      number,
		"card_expiry=":                                    "error.required",
		"card_expiry=soon":                                expiry,
		"card_expiry=13/29":                               expiry,
		"card_expiry=00/29":                               expiry,
		"card_expiry=12/1999":                             expiry,
		"card_expiry=12/29/30":                            expiry,
		"card_expiry=11/26":                               expired,
		"card_expiry=01/20":                               expired,
		"card_cvc=":                                       "error.required",
		"card_cvc=12":                                     cvc,
		"card_cvc=1234":                                   cvc, // a Visa
		"card_cvc=12a":                                    cvc,
		"cardholder_first=":                               "error.required",
		"cardholder_first=" + strings.Repeat("a", 10<<10): "error.too_long",
		"cardholder_last=王":                               "error.card_name",
		"cardholder_last=4054 6957 2310 0768":             "error.card_name",
		"cardholder_last=42":                              "error.card_name",
		"cardholder_first=a\nb":                           "error.invalid",
		"billing_country=":                                "error.required",
		"billing_country=Germany":                         "error.too_long",
		"billing_country=XX":                              "error.country",
		"billing_address1=":                               "error.required",
		"billing_postal_code=":                            "error.required",
		"billing_address1=4054 6957 2310 0768":            "error.invalid",
		"billing_city=" + strings.Repeat("x", 10<<10):     "error.too_long",
		"billing_postal_code=<script>":                    "error.invalid",
		"card_number=4054695723100768\x00":                number,
		"card_number=4054-6957-2310-0768":                 "",
		"card_number=４０５４６９５７２３１００７６８":             "",
		"card_number=\u2066٤٠٥٤٦٩٥٧٢٣١٠٠٧٦٨\u2069": "",
		"card_expiry=12 / 2029":               "",
		"card_expiry=1229":                    "",
		"card_expiry=2029-12":                 "",
		"card_expiry=1/27":                    "",
		"card_expiry=12/26":                   "", // to the end of the month
		"cardholder_first=Александр":          "",
		"cardholder_first=Anne-Marie O'Neill": "",
	} {
		fields := map[string]string{}
		var refused *Error
		if err := enter(typed).Check(endOf2026, ""); errors.As(err, &refused) {
			fields = refused.Fields
		}
		name, _, _ := strings.Cut(typed, "=")
		want := map[string]string{name: problem}
		if problem == "" {
			want = map[string]string{}
		}
		if !maps.Equal(fields, want) {
			t.Errorf("%.60q is %v, want %v", typed, fields, want)
		}
	}
}

// The code has as many digits as the brand's cards, and either number where the brand is
// not known.
func TestTheCodeFollowsTheBrand(t *testing.T) {
	for number, lengths := range map[string][]int{
		"4054695723100768": {3}, "5162774114974622": {3}, "378282246310005": {4}, "3530111333300000": {3}, "30569309025904": {3},
		"6011111111111117": {3}, "6200000000000005": {3}, "2223003122003222": {3}, "9490220011669217": {3, 4},
	} {
		for length := 1; length <= 5; length++ {
			err := enter("card_number="+number, "card_cvc="+strings.Repeat("1", length)).Check(endOf2026, "")
			if want := reflect.ValueOf(lengths).Index(0).Int() == int64(length) || len(lengths) == 2 && length == 4; (err == nil) != want {
				t.Errorf("a code of %d digits with %s: %v", length, number, err)
			}
		}
	}
}

func TestACardIsValidToTheEndOfItsMonthEverywhere(t *testing.T) {
	card := enter("card_expiry=11/26")
	for at, valid := range map[time.Time]bool{
		time.Date(2026, 11, 30, 23, 59, 59, 0, time.UTC): true,
		time.Date(2026, 12, 1, 11, 59, 59, 0, time.UTC):  true, // still November in the west
		time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC):    false,
	} {
		if err := card.Check(at, ""); (err == nil) != valid {
			t.Errorf("at %s: %v", at, err)
		}
	}
}

// secretTexts are what may be seen of a card nowhere. None can be part of what may be seen:
// the address of a pointer, in either base, and the time of a log line. So code and
// identity are no numbers here: they are kept as they were typed, to be refused.
var secretTexts = []string{"4054695723100768", "born19880412", "52998224725", "4054 6957 2310 0768", "nine87", "Núñez", "José", "Hauptstr"}

// secretCAVV is a proof that the holder of the card was authenticated.
const secretCAVV = "dHdlbnR5IGJ5dGVzIG9mIENBVlY="

func TestAnEnteredCardPrintsAndMarshalsNothing(t *testing.T) {
	card := enter("card_cvc=nine87", "card_identity=born19880412", "card_cpf=52998224725", "card_password=47")
	if kept := card.CVC() + string(card.typed().identity); kept != "nine87born19880412" {
		t.Fatalf("of code and identity the card keeps %q", kept)
	}
	holder := struct {
		Attempt Attempt
		inside  EnteredCard
		Pointer *EnteredCard
		Proof   MPI
	}{Attempt{Method: "CARD", Entered: card}, card, &card, MPI{CAVV: []byte(secretCAVV)}}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("a", "card", card, "all", holder, "at", &card)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("a", "card", card, "all", holder, "at", &card)
	seen := log.String() + card.String() + fmt.Sprintln(card, &card, holder, &holder)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		seen += fmt.Sprintf(verb+verb+verb, card, holder, &holder.inside)
	}
	panicked := func() (text string) {
		defer func() { text = fmt.Sprint(recover()) }()
		panic(holder)
	}
	seen += panicked()
	for _, secret := range append(slices.Clone(secretTexts), secretCAVV) {
		for _, spelt := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%v", []byte(secret))} {
			if strings.Contains(strings.ToLower(seen), strings.ToLower(spelt)) {
				t.Errorf("%q is printed", spelt)
			}
		}
	}
	for name, marshal := range map[string]func() ([]byte, error){
		"JSON":                    func() ([]byte, error) { return json.Marshal(card) },
		"JSON, within an attempt": func() ([]byte, error) { return json.Marshal(holder.Attempt) },
		"JSON, a proof":           func() ([]byte, error) { return json.Marshal(holder.Proof) },
		"XML":                     func() ([]byte, error) { return xml.Marshal(card) },
		"gob": func() (text []byte, err error) {
			var buffer bytes.Buffer
			err = gob.NewEncoder(&buffer).Encode(card)
			return buffer.Bytes(), err
		},
	} {
		if text, err := marshal(); err == nil {
			t.Errorf("as %s it is %s", name, text)
		}
	}
	if reflect.TypeFor[EnteredCard]().Comparable() || reflect.TypeFor[Attempt]().Comparable() {
		t.Error("a card can be compared")
	}
}

func TestAWipedCardHoldsNothing(t *testing.T) {
	card := enter()
	number := card.typed().number
	card.Wipe()
	if card.Number() != "" || strings.Trim(string(number), "\x00") != "" {
		t.Errorf("after wiping it holds %q, its memory %q", card.Number(), number)
	}
	EnteredCard{}.Wipe() // none was entered
}

// The form is shown again without the number, the code, and what may be a number.
func TestTheFormForgetsNumberAndCode(t *testing.T) {
	values := enter("cardholder_first=4054695723100768", "billing_address2=4054 6957 2310 0768", "card_expiry=4054695723100760", "billing_email=a@example.com").ShownAgain()
	want := map[string]string{
		"cardholder_last": "Núñez", "billing_country": "DE", "billing_region": "", "billing_city": "Berlin",
		"billing_address1": "Hauptstr. 5", "billing_postal_code": "10115",
	}
	if !maps.Equal(values, want) {
		t.Errorf("the form is filled in with %q", values)
	}
}

// No card is kept that another one could be compared with. So a second card is another
// attempt, unless the first may still be decided.
func TestAnEnteredCardGoesOnOnlyWithWhatIsUndecided(t *testing.T) {
	want := Attempt{Method: "CARD", Mode: ModeAPI, Entered: enter()}
	for name, c := range map[string]struct {
		incomplete bool
		age        time.Duration
		action     Action
		continues  bool
	}{
		"an entered card without an answer":            {true, 0, Action{}, true},
		"an entered card that Antom cannot have":       {true, callTime, Action{}, false},
		"an entered card whose bank asks the buyer":    {true, 0, Action{Type: ActionRedirect}, false},
		"a card that was to be entered at Antom's":     {false, 0, Action{Type: ActionRedirect}, false},
		"such a card, of which Antom has not answered": {false, 0, Action{}, false},
	} {
		p := &Payment{Method: "CARD", Mode: ModeAPI, Status: PaymentUnknown, Active: true, Incomplete: c.incomplete,
			CreatedAt: noon.Add(-c.age), ExpiresAt: noon.Add(time.Hour), Action: c.action}
		if got := want.Continues(p, noon); got != c.continues {
			t.Errorf("%s: continues %v", name, got)
		}
	}
}
