package antom

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const (
	notifyPath = "/hooks/antom/payment"
	paid       = `{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"},` +
		`"paymentRequestId":"PR-1","paymentId":"20240318","paymentAmount":{"currency":"SGD","value":"4200"}}`
)

// signedBy is the header under which Antom, or another signer, sends body.
func signedBy(t testing.TB, signer, path, body string) http.Header {
	header := http.Header{}
	signHeader(t, header, privateKey(t, signer), path, "Request-Time", body)
	return header
}

func notify(t testing.TB, body string) (Notification, error) {
	t.Helper()
	return newClient(t, config(t)).ParseNotification(notifyPath, signedBy(t, "antom", notifyPath, body), []byte(body))
}

func TestEveryKindOfNotification(t *testing.T) {
	ok := `"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}`
	for body, is := range map[string]func(Notification) bool{
		paid: func(n Notification) bool {
			p, ok := n.(*PaymentResult)
			return ok && p.PaymentRequestID == "PR-1" && p.PaymentAmount == sgd(t, 4200) && p.Outcome().Status == StatusSuccess
		},
		`{"notifyType":"PAYMENT_PENDING",` + ok + `,"paymentRequestId":"PR-1"}`: func(n Notification) bool {
			p, ok := n.(*PaymentPending)
			return ok && p.PaymentRequestID == "PR-1"
		},
		`{"notifyType":"CAPTURE_RESULT",` + ok + `,"paymentId":"20240318","captureAmount":{"currency":"SGD","value":4200}}`: func(n Notification) bool {
			p, ok := n.(*CaptureResult)
			return ok && p.PaymentID == "20240318" && p.CaptureAmount == sgd(t, 4200)
		},
		`{"notifyType":"REFUND_RESULT",` + ok + `,"refundRequestId":"RF-1","refundStatus":"SUCCESS"}`: func(n Notification) bool {
			p, ok := n.(*RefundResult)
			return ok && p.RefundRequestID == "RF-1" && p.RefundStatus == TransactionSuccess
		},
		`{"notifyType":"VAULTING_RESULT",` + ok + `,"vaultingRequestId":"V-1","paymentMethodDetail":{"paymentMethodType":"CARD","card":{"cardToken":"T"}}}`: func(n Notification) bool {
			p, ok := n.(*VaultingResult)
			return ok && p.VaultingRequestID == "V-1" && p.PaymentMethodDetail.Card.CardToken == "T"
		},
		`{` + ok + `,"vaultingRequestId":"V-2","vaultingStatus":"SUCCESS"}`: func(n Notification) bool {
			p, ok := n.(*VaultingResult)
			return ok && p.VaultingRequestID == "V-2" && p.VaultingStatus == VaultingSuccess
		},
		`{"disputeNotificationType":"DISPUTE_CREATED","disputeId":"D-1","defendable":"true"}`: func(n Notification) bool {
			p, ok := n.(*DisputeNotification)
			return ok && p.DisputeID == "D-1" && p.Defendable != nil && bool(*p.Defendable)
		},
		`{"notifyType":"UPDATE_AMOUNT_RESULT",` + ok + `,"news":[1]}`: func(n Notification) bool {
			p, ok := n.(*UnknownNotification)
			return ok && p.Kind() == "UPDATE_AMOUNT_RESULT" && strings.HasSuffix(string(p.Body), `"news":[1]}`)
		},
	} {
		n, err := notify(t, body)
		if err != nil || !is(n) {
			t.Errorf("%s is read as %T %+v, %v", body, n, n, err)
		}
	}
}

func TestNotificationsThatProveNothing(t *testing.T) {
	c := newClient(t, config(t))
	header := signedBy(t, "antom", notifyPath, paid)
	changed := func(name, value string) http.Header {
		h := header.Clone()
		h.Set(name, value)
		return h
	}
	without := func(name string) http.Header {
		h := header.Clone()
		h.Del(name)
		return h
	}
	doubled := func(name string) http.Header {
		h := header.Clone()
		h.Add(name, h.Get(name))
		return h
	}
	signature := header.Get("Signature")
	for name, test := range map[string]struct {
		path   string
		header http.Header
		body   string
	}{
		"unsigned":             {notifyPath, http.Header{}, paid},
		"another signer":       {notifyPath, signedBy(t, "merchant", notifyPath, paid), paid},
		"another path":         {"/hooks/antom/refund", header, paid},
		"a query is added":     {notifyPath + "?a=b", header, paid},
		"another body":         {notifyPath, header, strings.Replace(paid, "4200", "4201", 1)},
		"another client":       {notifyPath, changed("Client-Id", "SANDBOX_5X"), paid},
		"client in lower case": {notifyPath, changed("Client-Id", strings.ToLower(clientID)), paid},
		"another time":         {notifyPath, changed("Request-Time", "2019-05-28T12:12:15+08:00"), paid},
		"no client":            {notifyPath, without("Client-Id"), paid},
		"no time":              {notifyPath, without("Request-Time"), paid},
		"an answer's time":     {notifyPath, without("Request-Time"), paid},
		"two signatures":       {notifyPath, doubled("Signature"), paid},
		"two clients":          {notifyPath, doubled("Client-Id"), paid},
		"two times":            {notifyPath, doubled("Request-Time"), paid},
		"two in one header":    {notifyPath, changed("Signature", signature+","+signature), paid},
		"another algorithm":    {notifyPath, changed("Signature", strings.Replace(signature, "RSA256", "RSA512", 1)), paid},
		"unknown key version":  {notifyPath, changed("Signature", strings.Replace(signature, "keyVersion=1", "keyVersion=9", 1)), paid},
		"too large":            {notifyPath, signedBy(t, "antom", notifyPath, paid+strings.Repeat(" ", MaxNotification)), paid + strings.Repeat(" ", MaxNotification)},
	} {
		n, err := c.ParseNotification(test.path, test.header, []byte(test.body))
		if n != nil || !errors.Is(err, ErrSignature) || errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v, %v", name, n, err)
		}
	}
}

// Names of headers have no case: a map may hold them as Antom sends them, and two
// spellings of one name are two headers.
func TestHeaderNamesInAnyCase(t *testing.T) {
	c := newClient(t, config(t))
	header := http.Header{}
	for name, values := range signedBy(t, "antom", notifyPath, paid) {
		header[strings.ToLower(name)] = values
	}
	if n, err := c.ParseNotification(notifyPath, header, []byte(paid)); err != nil {
		t.Errorf("in lower case: %v, %v", n, err)
	}
	for name, values := range signedBy(t, "antom", notifyPath, paid) {
		twice := header.Clone()
		twice[name] = values
		if n, err := c.ParseNotification(notifyPath, twice, []byte(paid)); n != nil || !errors.Is(err, ErrSignature) {
			t.Errorf("%s in two spellings: %v, %v", name, n, err)
		}
	}
}

func TestTimeSyntaxIsStrict(t *testing.T) {
	for text, good := range map[string]bool{
		"2019-07-12T12:08:56+05:30": true, "2019-01-01T01:01:01Z": true, "1685599933871": true, "2019-01-01T01:01:01.123Z": true,
		"": false, "2019-01-01": false, "2019-01-01T01:01:01": false, "168559993387": false, "1685599933871.0": false,
		"2019-01-01T01:01:01Z.": false, "2019-01-01T01:01:01Z\n": false, "2019-01-01T01:01:01.Z": false, " 2019-01-01T01:01:01Z": false,
	} {
		if timeSyntax.MatchString(text) != good {
			t.Errorf("%q: match is %t", text, !good)
		}
	}
}

func TestNotificationsThatCanBeReadInTwoWays(t *testing.T) {
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	for name, body := range map[string]string{
		"trailing object":       paid + paid,
		"trailing word":         paid + "x",
		"cut":                   paid[:len(paid)-1],
		"empty":                 "",
		"null":                  "null",
		"an array":              "[" + paid + "]",
		"a text":                `"PAYMENT_RESULT"`,
		"a name twice":          strings.Replace(paid, `"paymentId"`, `"paymentRequestId":"PR-2","paymentId"`, 1),
		"an unknown name twice": strings.Replace(paid, `{`, `{"x":1,"x":1,`, 1),
		"a name twice, deep":    strings.Replace(paid, `"value":"4200"`, `"value":"4200","value":"1"`, 1),
		"a name twice, escaped": strings.Replace(paid, `"paymentId"`, `"payment\u0052equestId":"PR-2","paymentId"`, 1),
		"a name in capitals":    strings.Replace(paid, `"paymentAmount"`, `"PAYMENTAMOUNT"`, 1),
		"another case beside":   strings.Replace(paid, `"paymentId"`, `"PaymentRequestId":"PR-2","paymentId"`, 1),
		"unknown, two cases":    strings.Replace(paid, `{`, `{"x":1,"X":1,`, 1),
		"a long s":              strings.Replace(paid, `"result"`, `"reſult"`, 1),
		"a Kelvin sign":         strings.Replace(paid, `{`, "{\"cardTo\u212aen\":1,", 1),
		"value in capitals":     strings.Replace(paid, `"value"`, `"VALUE"`, 1),
		"not UTF-8":             strings.Replace(paid, "success", "succes\xff", 1),
		"too deep":              strings.Replace(paid, `{`, `{"x":`+deep+`,`, 1),
		"amount unreadable":     strings.Replace(paid, `"4200"`, `"42.00"`, 1),
		"amount negative":       strings.Replace(paid, `"4200"`, `"-1"`, 1),
		"id unreadable":         strings.Replace(paid, `"PR-1"`, `1`, 1),
		"id missing":            strings.Replace(paid, `"PR-1"`, `""`, 1),
		"no result":             strings.Replace(paid, `"result"`, `"x"`, 1),
		"strange status":        strings.Replace(paid, `"S"`, `"s"`, 1),
		"dispute of nothing":    `{"disputeNotificationType":"DISPUTE_CREATED"}`,
	} {
		n, err := notify(t, body)
		if n != nil || !errors.Is(err, ErrMalformed) || errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v, %v", name, n, err)
		}
	}
}

func TestNotificationsMayNestToTheLimit(t *testing.T) {
	for depth, good := range map[int]bool{maxDepth - 1: true, maxDepth: false} { // the outer object is one level
		body := strings.Replace(paid, `{`, `{"x":`+strings.Repeat("[", depth)+strings.Repeat("]", depth)+`,`, 1)
		if _, err := notify(t, body); (err == nil) != good {
			t.Errorf("depth %d: %v", depth, err)
		}
	}
}

func TestVariantsOfNotifications(t *testing.T) {
	n, err := notify(t, strings.Replace(paid, `"paymentId"`, `"whatIsNew":{"a":[{}]},
		"cardInfo":{"cardToken":"T-1","threeDSResult":{"caav":"C-1","eci":"02","challenged":"true","threeDSOffered":false}},
		"actualPaymentAmount":{"currency":"SGD","value":"42.00"},
		"paymentTime":"12 o'clock","transactions":null,
		"paymentResultInfo":null,"paymentId"`, 1))
	if err != nil {
		t.Fatal(err)
	}
	p := n.(*PaymentResult)
	if p.CardToken() != "T-1" || p.CardInfo.ThreeDSResult.CAVV != "C-1" ||
		!bool(*p.CardInfo.ThreeDSResult.Challenged) || bool(*p.CardInfo.ThreeDSResult.Offered) || !p.ActualPaymentAmount.IsZero() || p.PaymentAmount != sgd(t, 4200) {
		t.Errorf("read as %+v", p.PaymentNotification)
	}

	n, err = notify(t, strings.Replace(paid, `"paymentId"`, `"cardInfo":{},"paymentResultInfo":{"cardToken":"T-2","threeDSResult":{"cavv":"C-2","caav":"C-3"}},"paymentId"`, 1))
	if err != nil {
		t.Fatal(err)
	}
	p = n.(*PaymentResult)
	if p.CardToken() != "T-2" || p.PaymentResultInfo.ThreeDSResult.CAVV != "C-2" {
		t.Errorf("read as %+v", p.PaymentNotification)
	}
}

func TestCardTokenOfAnInquiry(t *testing.T) {
	for body, want := range map[string]string{
		`{"cardInfo":{"cardToken":"T-1"},"paymentResultInfo":{}}`:                  "T-1",
		`{"paymentResultInfo":{"cardToken":"T-2"},"cardInfo":{"cardToken":""}}`:    "T-2",
		`{"paymentResultInfo":{"cardToken":"T-3"},"cardInfo":{"cardToken":"T-4"}}`: "T-3",
		`{"cardInfo":null}`: "",
	} {
		res, err := decode[InquiryPaymentResponse]([]byte(body))
		if err != nil || res.CardToken() != want {
			t.Errorf("%s: token %q, %v", body, res.CardToken(), err)
		}
	}
}

func TestNotificationSignedByOpenSSL(t *testing.T) {
	text := vector(t, "notification.txt")
	head, signed, _ := strings.Cut(text, "\n")
	_, rest, _ := strings.Cut(signed, ".")
	at, body, _ := strings.Cut(rest, ".")
	header := http.Header{}
	header.Set("Client-Id", clientID)
	header.Set("Request-Time", at)
	header.Set("Signature", "algorithm=RSA256,keyVersion=1,signature="+vector(t, "notification.sig"))
	path := strings.TrimPrefix(head, "POST ")
	n, err := newClient(t, config(t)).ParseNotification(path, header, []byte(body))
	if err != nil || n.(*PaymentResult).PaymentRequestID != "PR-1" {
		t.Errorf("read as %v, %v", n, err)
	}
}

func TestAcknowledge(t *testing.T) {
	w := httptest.NewRecorder()
	if err := Acknowledge(w); err != nil {
		t.Fatal(err)
	}
	var ack Envelope
	if err := json.Unmarshal(w.Body.Bytes(), &ack); err != nil {
		t.Fatal(err)
	}
	if want := (Result{CodeSuccess, StatusSuccess, "success"}); ack.Result != want || w.Code != 200 {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
}
