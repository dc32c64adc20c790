package cardhunt_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"testing"

	"antom-checkout/checkout/cardhunt"
)

// The hunt finds a card however a program has written it, and nothing where there is none.
func TestTheHuntFindsACardInEverySpelling(t *testing.T) {
	const number, holder = "4054695723100768", "Zoë Quarterman"
	spelt := cardhunt.Spellings(number, holder)
	marshalled, err := json.Marshal(map[string]any{"holder": holder, "bytes": []byte("no. " + number)})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"plain": "card " + number + ";", "JSON": string(marshalled), "URL": "?" + url.Values{"holder": {holder}}.Encode(),
		"hex": hex.EncodeToString([]byte("<" + number + ">")), "bytes": fmt.Sprint([]byte("x" + number)), "escaped": `"\u005a\u006F\u00eb\u0020\u0051\u0075\u0061\u0072\u0074\u0065\u0072\u006d\u0061\u006e"`,
		"base64": base64.URLEncoding.EncodeToString([]byte("card=" + number + "&")), "another case": "ZOË QUARTERMAN",
	} {
		if len(cardhunt.Find([]byte(text), spelt)) == 0 {
			t.Errorf("%s: the hunt does not see %s", name, text)
		}
	}
	if found := cardhunt.Find([]byte("VISA ************0768 405469 Zoe Q."), spelt); found != nil {
		t.Errorf("the hunt sees %v in a receipt", found)
	}
}
