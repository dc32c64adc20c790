package sandbox

import (
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
		t.Errorf("the shop received %q", got)
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
	if page := s.gets(answer.NormalURL); !strings.Contains(page, "Verify it’s you") {
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
