package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
)

const (
	visaThatDemands       = "4054690000006515"
	mastercardThatDemands = "5162770000006511"
	visaThatAsks          = "4054690000003025"
	visaThatPays          = "4054695723100768"
	visaThatNeverAsks     = "4035501000000008"
)

// comesBy is a browser on its way that does what the page says by itself: nothing is
// shown, and it is led on.
func (s *shop) comesBy(page string) {
	s.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(page)
	must(s.t, err)
	must(s.t, res.Body.Close())
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "http://shop.example/") {
		s.t.Errorf("the bank's page answers %d and leads to %q", res.StatusCode, res.Header.Get("Location"))
	}
}

// entersCard starts a hosted card payment with these flags and enters a card on Antom's
// page. It returns the page.
func (s *shop) entersCard(flags *antom.Metadata, number string) string {
	s.t.Helper()
	req := s.payRequest("PR-1", "CARD", 4200)
	req.PaymentMethod.Metadata = flags
	answer, err := s.client.Pay(s.t.Context(), req)
	must(s.t, err)
	s.posts(answer.NormalURL, "number="+number+"&month=12&year=39&cvv=123&act=pay")
	return answer.NormalURL
}

// What the bank of a card makes of what the merchant has asked for.
func TestTheBankDecidesAboutThreeDS(t *testing.T) {
	none, upgrade, required := (*antom.Metadata)(nil), &antom.Metadata{EnableAuthenticationUpgrade: antom.True}, &antom.Metadata{Is3DSAuthentication: antom.True}
	const paid, asked, declined = "SUCCESS", "three_ds", "AUTHENTICATION_REQUIRED"
	faults := map[string]FaultKind{"soft decline": SoftDecline, "challenge": Challenge}
	for _, row := range []struct {
		card, fault             string
		none, upgrade, required string
	}{
		{visaThatPays, "", paid, paid, asked},
		{visaThatNeverAsks, "", paid, paid, paid},
		{visaThatDemands, "", declined, asked, asked},
		{mastercardThatDemands, "", declined, asked, asked},
		{visaThatAsks, "", asked, asked, asked},
		{visaThatPays, "soft decline", declined, asked, asked},
		{visaThatPays, "challenge", asked, asked, asked},
		{visaThatNeverAsks, "challenge", asked, asked, asked},
		{"4294097400915107", "soft decline", declined, declined, asked}, // Antom upgrades no card of Brazil
		{"9490220011669217", "soft decline", paid, paid, paid},          // Korean cards have no 3-D Secure
	} {
		for flags, want := range map[*antom.Metadata]string{none: row.none, upgrade: row.upgrade, required: row.required} {
			s := newShop(t)
			if row.fault != "" {
				s.fault(Fault{Kind: faults[row.fault], Times: 1})
			}
			s.entersCard(flags, row.card)
			p, _ := s.box.Control().Ledger().Payment("PR-1")
			got := p.Step
			switch {
			case p.Status == antom.PaymentSuccess:
				got = paid
			case p.Status == antom.PaymentFail:
				got = string(p.ResultCode)
			}
			if got != want {
				t.Errorf("%s %s with %+v: %s, want %s", row.card, row.fault, flags, got, want)
			}
			s.expectRawRefusal(p)
		}
	}
}

func (s *shop) expectRawRefusal(p Payment) {
	s.t.Helper()
	if p.Status != antom.PaymentFail {
		return
	}
	want := map[string]string{"VISA": "1A", "MASTERCARD": "65"}[p.Card.CardBrand]
	if p.Card.RefusalCodeRaw != want || p.Card.ThreeDSResult != nil {
		s.t.Errorf("a soft decline of %s has the raw code %q and %+v", p.Card.CardBrand, p.Card.RefusalCodeRaw, p.Card.ThreeDSResult)
	}
}

// How a challenge may end, and what stands of it in every message.
func TestAChallengeLeavesItsResult(t *testing.T) {
	upgrade := &antom.Metadata{EnableAuthenticationUpgrade: antom.True}
	for name, row := range map[string]struct {
		card                       string
		ends                       func(s *shop, page string)
		code                       antom.ResultCode
		eci, reason, cancel        string
		authenticated, sawAcquirer bool
	}{
		"passed":             {visaThatDemands, func(s *shop, page string) { s.acts(page, "pay") }, antom.CodeSuccess, "05", "", "", true, true},
		"passed, Mastercard": {mastercardThatDemands, func(s *shop, page string) { s.acts(page, "pay") }, antom.CodeSuccess, "02", "", "", true, true},
		"refused":            {visaThatDemands, func(s *shop, page string) { s.acts(page, "decline") }, "USER_PAYMENT_VERIFICATION_FAILED", "07", "01", "", false, false},
		"refused, Mastercard": {mastercardThatDemands, func(s *shop, page string) { s.posts(page, "act=decline&reason=AUTHENTICATION_REQUIRED") },
			"AUTHENTICATION_REQUIRED", "00", "01", "", false, false},
		"cancelled at the bank": {visaThatDemands, func(s *shop, page string) { s.acts(page, "cancel") }, "USER_PAYMENT_VERIFICATION_FAILED", "07", "01", "01", false, false},
		"left":                  {visaThatDemands, func(s *shop, page string) { s.acts(page, "leave"); s.after(8 * day) }, antom.CodeOrderIsClosed, "07", "14", "03", false, false},
		"passed, then declined": {visaThatDemands, func(s *shop, page string) { s.posts(page, "act=decline&reason=DO_NOT_HONOR") }, "DO_NOT_HONOR", "05", "", "", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			row.ends(s, s.entersCard(upgrade, row.card))
			s.after(time.Second)
			got := s.asks("PR-1")
			if got.PaymentResultCode != row.code {
				t.Errorf("it ends with %s, want %s", got.PaymentResultCode, row.code)
			}
			if got.PaymentResultInfo == nil {
				t.Fatalf("the inquiry answers %+v", got)
			}
			result := got.PaymentResultInfo.ThreeDSResult
			if result == nil || result.ThreeDSVersion == "" || result.DSTransactionID == "" || !isTrue(result.Offered) || !isTrue(result.Challenged) {
				t.Fatalf("the result is %+v", result)
			}
			if result.ECI != row.eci || result.StatusReason != row.reason || result.ChallengeCancel != row.cancel || (result.CAVV != "") != row.authenticated {
				t.Errorf("the result is %+v", result)
			}
			if acquirer := got.PaymentResultInfo.AVSResultRaw != ""; acquirer != row.sawAcquirer {
				t.Errorf("the acquirer saw the card: %v", acquirer)
			}
		})
	}
}

// Without a challenge the authentication is as strong: the issuer vouches for it.
func TestAFrictionlessAuthenticationIsAFullOne(t *testing.T) {
	s := newShop(t)
	s.entersCard(&antom.Metadata{Is3DSAuthentication: antom.True}, visaThatNeverAsks)
	result := s.asks("PR-1").PaymentResultInfo.ThreeDSResult
	if result == nil || result.ECI != "05" || result.CAVV == "" || result.Challenged == nil || isTrue(result.Challenged) {
		t.Errorf("the result is %+v", result)
	}
}

// The control API plays the buyer at the bank, too; in a session as well.
func TestTheControlAPIPlaysAChallenge(t *testing.T) {
	for name, row := range map[string]struct {
		acts []string
		want string
	}{
		"asked":     {[]string{"challenge"}, `"step": "three_ds"`},
		"confirmed": {[]string{"challenge", "pay"}, `"status": "SUCCESS"`},
		"refused":   {[]string{"challenge", "decline"}, `"result_code": "USER_PAYMENT_VERIFICATION_FAILED"`},
		"cancelled": {[]string{"challenge", "cancel-challenge"}, `"challengeCancel": "01"`},
		"left":      {[]string{"challenge", "leave", "close"}, `"challengeCancel": "03"`},
		"unasked":   {[]string{"pay"}, `"eci": "05"`}, // paying passes what the bank asks
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			session := s.sessionRequest("PR-1", "CARD", 4200)
			session.PaymentMethod.Metadata = &antom.Metadata{Is3DSAuthentication: antom.True}
			_, err := s.client.CreatePaymentSession(t.Context(), session)
			must(t, err)
			var status int
			var answer string
			for _, act := range row.acts {
				if status, answer = s.requests("POST /control/payments/PR-1/"+act, ""); status != http.StatusOK {
					t.Fatalf("%s is answered %d %s", act, status, answer)
				}
			}
			if !strings.Contains(answer, row.want) {
				t.Errorf("after %v the payment is %s, want %s", row.acts, answer, row.want)
			}
		})
	}
	s := newShop(t)
	s.pays("PR-2", "GCASH", 4200)
	for _, act := range []string{"challenge", "cancel-challenge"} {
		if status, _ := s.requests("POST /control/payments/PR-2/"+act, ""); status != http.StatusConflict {
			t.Errorf("%s of a wallet is answered %d", act, status)
		}
	}
}

// An element's session has the flags beside its methods.
func TestAnElementCarriesTheFlags(t *testing.T) {
	s := newShop(t)
	session := s.sessionRequest("PR-1", "", 4200)
	session.PaymentMethod, session.ProductScene = nil, antom.SceneElement
	session.AvailablePaymentMethod = &antom.AvailablePaymentMethod{
		Types: []antom.AvailableType{{Type: "CARD", Order: 1}}, Metadata: &antom.Metadata{Is3DSAuthentication: antom.True},
	}
	_, err := s.client.CreatePaymentSession(t.Context(), session)
	must(t, err)
	must(t, s.box.Control().Pay("PR-1"))
	if result := s.asks("PR-1").PaymentResultInfo.ThreeDSResult; result == nil || !isTrue(result.Challenged) {
		t.Errorf("the result is %+v", result)
	}
}

func TestTheControlRoomListsCardsAndActs(t *testing.T) {
	s := newShop(t)
	s.pays("PR-1", "CARD", 4200)
	must(t, s.box.Control().Challenge("PR-1"))
	page := s.gets(s.url + "/")
	for _, part := range []string{visaThatDemands, mastercardThatDemands, visaThatAsks, "soft-decline", "challenge", "payments/PR-1/challenge", "payments/PR-1/cancel-challenge"} {
		if !strings.Contains(page, part) {
			t.Errorf("the control room lacks %s", part)
		}
	}
}
