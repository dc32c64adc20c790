package antom

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestScalarsAsAntomWritesThem(t *testing.T) {
	type scalars struct {
		B Bool `json:"b,omitempty"`
		I Int  `json:"i,omitempty"`
		T Time `json:"t,omitzero"`
	}
	moment := NewTime(time.Date(2024, 1, 20, 0, 51, 6, 0, time.UTC))
	for text, want := range map[string]scalars{
		`{"b":true,"i":20}`:                       {B: true, I: 20},
		`{"b":"true","i":"20"}`:                   {B: true, I: 20},
		`{"b":"false","i":"-20"}`:                 {I: -20},
		`{"b":null,"i":null,"t":null}`:            {},
		`{"t":""}`:                                {},
		`{"t":"2024-01-20T08:51:06+08:00"}`:       {T: moment},
		`{"t":"2024-01-20T00:51:06Z"}`:            {T: moment},
		`{"t":"2024-01-20T00:51:06.000Z"}`:        {T: moment},
		`{"b":true,"unknown":{"deep":[1,2,"3"]}}`: {B: true},
	} {
		var got scalars
		if err := json.Unmarshal([]byte(text), &got); err != nil || got.B != want.B || got.I != want.I || !got.T.Equal(want.T.Time) {
			t.Errorf("%s is read as %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		`{"b":"yes"}`, `{"b":1}`, `{"b":{}}`, `{"i":"x"}`, `{"i":1.5}`, `{"i":true}`,
		`{"t":"2024-01-20"}`, `{"t":"2024-01-20T08:51:06"}`, `{"t":1}`,
	} {
		var got scalars
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s is read as %v", text, got)
		}
	}
}

func TestTimeIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := time.FixedZone("", rapid.IntRange(-12*60, 14*60).Draw(t, "offset")*60)
		want := NewTime(time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanos")).In(zone))
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Time
		if err := json.Unmarshal(text, &got); err != nil || !got.Equal(want.Time) {
			t.Fatalf("%s is read as %v, %v", text, got, err)
		}
	})
}

func TestUnknownTextsSurvive(t *testing.T) {
	const text = `{"result":{"resultCode":"NEVER_HEARD_OF","resultStatus":"X","resultMessage":""},` +
		`"paymentStatus":"HALF_PAID","transactions":[{"transactionType":"VOID","transactionStatus":"STUCK"}]}`
	var res InquiryPaymentResponse
	if err := json.Unmarshal([]byte(text), &res); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(res)
	if err != nil || string(again) != text {
		t.Errorf("comes back as %s, %v", again, err)
	}
}

func TestBothSpellingsOfCancelled(t *testing.T) {
	for _, text := range []string{`"ORDER_IS_CANCELED"`, `"ORDER_IS_CANCELLED"`} {
		var code ResultCode
		if err := json.Unmarshal([]byte(text), &code); err != nil || code != CodeOrderIsCanceled {
			t.Errorf("%s is read as %s, %v", text, code, err)
		}
	}
}
