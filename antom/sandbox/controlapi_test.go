package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

func TestControlAPI(t *testing.T) {
	s := newShop(t)
	s.pays("PR-1", "ALIPAY_CN", 4200)
	for _, test := range []struct {
		request, body string
		status        int
		answer        string // a part of it
	}{
		{"POST /control/faults", `{"kind":"lose","on":"PAYMENT_RESULT","delay":"2m30s","times":1}`, 201, `"id": "fault-1"`},
		{"POST /control/faults", `{"kind":"earthquake"}`, 400, "no fault is called"},
		{"POST /control/faults", `{"kind":"lose","tines":1}`, 400, "tines"},
		{"POST /control/faults", `{"kind":"lose","delay":"soon"}`, 400, "not a duration"},
		{"GET /control/faults", "", 200, "2m30s"},
		{"DELETE /control/faults/fault-9", "", 404, "error"},
		{"DELETE /control/faults/fault-1", "", 200, "done"},
		{"DELETE /control/faults", "", 200, "done"},
		{"GET /control/faults", "", 200, "[]"},
		{"POST /control/payments/PR-9/pay", "", 404, "no payment or session"},
		{"POST /control/payments/PR-1/eat", "", 400, "no act is called"},
		{"POST /control/payments/PR-1/leave", "", 200, `"PROCESSING"`},
		{"POST /control/payments/PR-1/pay", "", 200, `"SUCCESS"`},
		{"POST /control/payments/PR-1/pay", "", 409, "over"},
		{"POST /control/payments/PR-1/close", "", 409, "already"},
		{"POST /control/clock", `{"advance":"1s"}`, 200, "now"},
		{"POST /control/clock", `{"advance":"-1s"}`, 409, "ahead only"},
		{"POST /control/idle", "", 200, "done"},
		{"GET /control/clock", "", 200, "2026-03-18T04:00:01Z"},
		{"GET /control/ledger", "", 200, `"payment_request_id": "PR-1"`},
		{"GET /control/notices", "", 200, `"acknowledged"`},
		{"GET /control/messages?payment_request_id=PR-1", "", 200, `"signing_string": "POST /ams/`},
		{"GET /control/reports?day=2026-03-18", "", 200, `2188120000000001,AntomSG,PAYMENT,`},
		{"GET /control/reports?day=2026-03-18&generation=1", "", 200, `customerId,referenceMerchantId`},
		{"GET /control/reports?day=2026-03-17", "", 200, `transactionCurrency\n\u003cEND\u003e\n`},
		{"GET /control/reports?day=today", "", 400, "day is not one"},
		{"GET /control/reports?day=2026-03-18&generation=3", "", 400, "generation is neither"},
		{"POST /control/payments/PR-1/dispute", `{"amount":100}`, 200, "dispute_id"},
		{"POST /control/disputes/1/judge", `{"verdict":"ACCEPT_BY_MERCHANT"}`, 404, "no dispute"},
		{"POST /control/seed", `{"seed":7}`, 200, "done"},
		{"POST /control/reset", "", 200, "done"},
		{"GET /control/ledger", "", 200, `"payments": []`},
		{"GET /control/messages", "", 200, `[]`},
		{"GET /control/credentials", "", 200, `"client_id": "SANDBOX_5X00000000000000"`},
	} {
		status, answer := s.requests(test.request, test.body)
		if status != test.status || !strings.Contains(answer, test.answer) {
			t.Errorf("%s %s answered %d %s, want %d %s", test.request, test.body, status, answer, test.status, test.answer)
		}
	}
}

func TestControlAPIRefusesOtherOrigins(t *testing.T) {
	s := newShop(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/control/reset", nil)
	must(t, err)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	req.Header.Set("Origin", "https://elsewhere.example")
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	must(t, res.Body.Close())
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("a page of another origin may call the control API: %d", res.StatusCode)
	}
}
