package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
)

func (s *shop) vaultRequest(number string, threeDS *antom.Bool) *antom.VaultPaymentMethodRequest {
	return &antom.VaultPaymentMethodRequest{
		VaultingRequestID: "VR-1", VaultingNotificationURL: s.hooks.URL + "/vaults", RedirectURL: "http://shop.example/cards",
		Env: &antom.Env{TerminalType: antom.TerminalWeb},
		PaymentMethodDetail: &antom.PaymentMethodDetail{PaymentMethodType: "CARD", Card: &antom.VaultCard{
			CardNo: number, ExpiryMonth: "12", ExpiryYear: "39", CVV: "123", Is3DSAuthentication: threeDS,
		}},
	}
}

func TestVaultedCardPays(t *testing.T) {
	s := newShop(t)
	stored, err := s.client.VaultPaymentMethod(t.Context(), s.vaultRequest("5162774114974622", nil))
	must(t, err)
	card := stored.PaymentMethodDetail.Card
	if card.Brand != "MASTERCARD" || card.LastFour != "4622" || card.CardNo != "" {
		t.Errorf("the stored card is %+v", card)
	}
	s.after(time.Second)
	if got := s.kinds(); got != "VAULTING_RESULT S" {
		t.Errorf("the shop heard %q", got)
	}
	req := s.payRequest("PR-1", "CARD", 4200)
	req.PaymentMethod.ID = card.CardToken
	answer, err := s.client.Pay(t.Context(), req)
	must(t, err)
	if answer.Result.Status != antom.StatusSuccess {
		t.Errorf("pay answered %+v", answer.Result)
	}
}

func TestVaultingAsksForThreeDSecure(t *testing.T) {
	s := newShop(t)
	answer, err := s.client.VaultPaymentMethod(t.Context(), s.vaultRequest("4054695723100768", antom.True))
	must(t, err)
	if answer.Result.Code != "VERIFICATION_IN_PROCESS" || answer.NormalURL == "" {
		t.Fatalf("vaultPaymentMethod answered %+v", answer)
	}
	if page := s.gets(answer.NormalURL); !strings.Contains(page, "Confirm it is you") {
		t.Error("the bank does not ask")
	}
	if to := s.acts(answer.NormalURL, "pay"); to != "http://shop.example/cards" {
		t.Errorf("the bank leads to %q", to)
	}
	asked, err := s.client.InquireVaulting(t.Context(), &antom.InquireVaultingRequest{VaultingRequestID: "VR-1"})
	must(t, err)
	if asked.VaultingStatus != antom.VaultingSuccess {
		t.Errorf("the vaulting is %s", asked.VaultingStatus)
	}
}

func TestVaultingOnItsPage(t *testing.T) {
	start := func(t *testing.T) (*shop, string) {
		s := newShop(t)
		session, err := s.client.CreateVaultingSession(t.Context(), &antom.VaultingSessionRequest{
			PaymentMethodType: "CARD", VaultingRequestID: "VR-1", VaultingNotificationURL: s.hooks.URL + "/vaults",
			RedirectURL: "http://shop.example/cards",
		})
		must(t, err)
		return s, session.NormalURL
	}
	for name, test := range map[string]struct {
		form   string
		wait   time.Duration
		status antom.VaultingStatus
		code   antom.ResultCode
	}{
		"stored":        {"act=pay&number=4054695723100768&month=12&year=2039&cvv=123", 0, antom.VaultingSuccess, "SUCCESS"},
		"refused card":  {"act=pay&number=4054692760174822&month=12&year=39&cvv=123", 0, antom.VaultingFail, "ACCESS_DENIED"},
		"declined":      {"act=decline&reason=LOST_CARD", 0, antom.VaultingFail, "LOST_CARD"},
		"left":          {"act=leave", 0, antom.VaultingProcessing, "VERIFICATION_IN_PROCESS"},
		"typed wrongly": {"act=pay&number=4054695723100769&month=12&year=39&cvv=123", 0, antom.VaultingProcessing, "VERIFICATION_IN_PROCESS"},
		"too late":      {"act=leave", time.Hour, antom.VaultingFail, "ORDER_IS_CLOSED"},
	} {
		t.Run(name, func(t *testing.T) {
			s, page := start(t)
			s.gets(page)
			s.posts(page, test.form)
			s.after(test.wait)
			asked, err := s.client.InquireVaulting(t.Context(), &antom.InquireVaultingRequest{VaultingRequestID: "VR-1"})
			must(t, err)
			if asked.VaultingStatus != test.status || asked.VaultingResultCode != test.code {
				t.Errorf("the vaulting is %s %s", asked.VaultingStatus, asked.VaultingResultCode)
			}
		})
	}
}

func TestNoncePaysOnce(t *testing.T) {
	s := newShop(t)
	must(t, s.call("fetchNonce", map[string]any{"card": map[string]string{
		"cardNo": "4054695723100768", "expiryMonth": "12", "expiryYear": "39", "cvv": "123",
	}}))
	token := ""
	for nonce := range s.box.cards.byToken {
		token = nonce
	}
	pay := func(id string) error {
		req := s.payRequest(id, "CARD", 4200)
		req.PaymentMethod.ID = token
		return s.call("pay", req)
	}
	must(t, pay("PR-1"))
	wantCode(t, pay("PR-2"), "INVALID_ACCESS_TOKEN")
}

func TestDisputes(t *testing.T) {
	open := func(t *testing.T) (*shop, string) {
		s := newShop(t)
		s.paid("PR-1", "CARD", 4200)
		id, err := s.box.Control().Dispute("PR-1", 1000, "")
		must(t, err)
		s.after(0)
		return s, id
	}
	// heard are the dispute notices, without the payment's.
	heard := func(s *shop) string {
		s.mu.Lock()
		defer s.mu.Unlock()
		var kinds []string
		for _, n := range s.heard {
			if d, ok := n.(*antom.DisputeNotification); ok {
				kinds = append(kinds, strings.TrimSpace(d.DisputeNotificationType+" "+d.DisputeJudgedResult+d.DisputeAcceptReason))
			}
		}
		return strings.Join(kinds, ", ")
	}
	t.Run("accepted", func(t *testing.T) {
		s, id := open(t)
		_, err := s.client.AcceptDispute(t.Context(), &antom.AcceptDisputeRequest{DisputeID: id})
		must(t, err)
		s.after(time.Second)
		if got := heard(s); got != "DISPUTE_CREATED, DISPUTE_ACCEPTED MERCHANT_ACCEPTED" {
			t.Errorf("the shop heard %q", got)
		}
		_, err = s.client.AcceptDispute(t.Context(), &antom.AcceptDisputeRequest{DisputeID: id})
		wantCode(t, err, "ORDER_STATUS_INVALID")
	})
	t.Run("defended and won", func(t *testing.T) {
		s, id := open(t)
		form, err := s.client.DownloadDisputeEvidence(t.Context(), &antom.DownloadDisputeEvidenceRequest{DisputeID: id, DisputeEvidenceType: antom.EvidenceTemplate})
		must(t, err)
		if form.DisputeEvidenceFormat != "PDF" {
			t.Errorf("the form is %s", form.DisputeEvidenceFormat)
		}
		_, err = s.client.SupplyDefenseDocument(t.Context(), &antom.SupplyDefenseDocumentRequest{DisputeID: id, DisputeEvidence: form.DisputeEvidence})
		must(t, err)
		must(t, s.box.Control().Judge(id, "VALIDATE_SUCCESS"))
		s.after(time.Second)
		if got := heard(s); got != "DISPUTE_CREATED, DEFENSE_SUPPLIED, DISPUTE_JUDGED VALIDATE_SUCCESS" {
			t.Errorf("the shop heard %q", got)
		}
	})
	t.Run("not answered", func(t *testing.T) {
		s, _ := open(t)
		s.after(7*24*time.Hour + time.Second)
		if got := heard(s); got != "DISPUTE_CREATED, DEFENSE_DUE_ALERT, DISPUTE_ACCEPTED TIMEOUT" {
			t.Errorf("the shop heard %q", got)
		}
	})
	t.Run("withdrawn", func(t *testing.T) {
		s, id := open(t)
		must(t, s.box.Control().Withdraw(id))
		s.after(time.Second)
		if got := heard(s); got != "DISPUTE_CREATED, DISPUTE_CANCELLED" {
			t.Errorf("the shop heard %q", got)
		}
	})
}

func TestConsultOffersWhatFits(t *testing.T) {
	s := newShop(t)
	answer, err := s.client.Consult(t.Context(), &antom.ConsultRequest{
		ProductCode: antom.ProductCheckout, PaymentAmount: money(t, "SGD", 4200), Env: &antom.Env{TerminalType: antom.TerminalWeb},
		UserRegion: "SG", BlockedPaymentMethods: []string{"DANA"},
	})
	must(t, err)
	offered := map[string]antom.PaymentOption{}
	for _, o := range answer.PaymentOptions {
		offered[o.PaymentMethodType] = o
	}
	for _, code := range []string{"CARD", "ALIPAY_CN", "GRABPAY_SG", "SHOPEEPAY_SG", "GCASH", "PAYNOW"} {
		if !offered[code].Enabled {
			t.Errorf("%s is not offered", code)
		}
	}
	if o := offered["IDEAL"]; bool(o.Enabled) || o.DisableReason != "CHANNEL_NOT_SUPPORT_CURRENCY" {
		t.Errorf("iDEAL is %+v", o)
	}
	if _, blocked := offered["DANA"]; blocked {
		t.Error("a blocked method is listed")
	}
	if first := answer.PaymentOptions[0]; first.PaymentMethodRegion[0] != "SG" {
		t.Errorf("the buyer's region does not come first: %+v", first)
	}
	res, err := http.Get(offered["CARD"].Logo.URL)
	must(t, err)
	must(t, res.Body.Close())
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("the logo is %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
}
