package sandbox

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
)

// paysByCard sends a server-to-server payment with a card that a test may change.
func (s *shop) paysByCard(id string, change func(*antom.Metadata)) (*antom.PayResponse, error) {
	s.t.Helper()
	req := s.payRequest(id, "CARD", 4200)
	meta := antom.Metadata{CardNo: "4054695723100768", ExpiryMonth: "12", ExpiryYear: "39", CVV: "123"}
	change(&meta)
	req.PaymentMethod.Metadata = &meta
	if req.PaymentMethod.ID = meta.CardPasswordDigest; meta.CardPasswordDigest != "" { // a token, in tests only
		meta.CardPasswordDigest = ""
	}
	return s.client.Pay(s.t.Context(), req)
}

func byNumber(number, cvv string) func(*antom.Metadata) {
	return func(m *antom.Metadata) { m.CardNo, m.CVV = number, cvv }
}

func from(region, street, zip string) func(*antom.Metadata) {
	return func(m *antom.Metadata) {
		m.BillingAddress = &antom.Address{Region: region, City: "Town", Address1: street, ZipCode: zip}
	}
}

// What the bank compares: by the address, by the card, by what a test injects.
func TestTheBankComparesAddressAndSecurityCode(t *testing.T) {
	s := newShop(t)
	n := 0
	for name, test := range map[string]struct {
		change   func(*antom.Metadata)
		avs, cvv string
	}{
		"no address":               {func(*antom.Metadata) {}, "A", "Y"},
		"at home":                  {from("US", "1 Main Street", "10115"), "Y", "Y"},
		"at home, another zip":     {from("US", "1 Main Street", "20000"), "A", "Y"},
		"at home, another street":  {from("US", "200 Main Street", "10115"), "Z", "Y"},
		"abroad":                   {from("DE", "Hauptstr. 5", "10115"), "M", "Y"},
		"abroad, another zip":      {from("DE", "Hauptstr. 5", "20000"), "A", "Y"},
		"abroad, another street":   {from("DE", "200 Allee", "10115"), "P", "Y"},
		"in Britain":               {from("GB", "1 High Street", "N1 1AA"), "F", "Y"},
		"nothing fits":             {from("US", "200 Main Street", "20000"), "N", "Y"},
		"not compared":             {from("US", "1 Main Street", "20001"), "U", "Y"},
		"a card of another street": {byNumber("4054690000004114", "123"), "N", "Y"},
		"a card of another code":   {byNumber("5162770000004110", "123"), "A", "D"},
		"American Express":         {byNumber("371449000000000", "1234"), "A", "Y"},
		"a stored card":            {func(m *antom.Metadata) { m.IsCardOnFile, m.CVV = antom.True, "" }, "A", ""},
		"a refused card":           {byNumber("4054692760174822", "123"), "A", "Y"},
	} {
		n++
		answer, err := s.paysByCard(fmt.Sprintf("PR-%d", n), test.change)
		if err != nil && name != "a refused card" {
			t.Fatalf("%s: %v", name, err)
		}
		if got := answer.PaymentResultInfo; got.AVSResultRaw != test.avs || got.CVVResultRaw != test.cvv {
			t.Errorf("%s: AVS %q, CVV %q, want %q and %q", name, got.AVSResultRaw, got.CVVResultRaw, test.avs, test.cvv)
		}
	}
	s.fault(Fault{Kind: CardAVS, Code: "W", Times: 1})
	s.fault(Fault{Kind: CardCVV, Code: "U", Times: 1})
	answer, err := s.paysByCard("PR-injected", func(*antom.Metadata) {})
	must(t, err)
	if got := answer.PaymentResultInfo; got.AVSResultRaw != "W" || got.CVVResultRaw != "U" {
		t.Errorf("injected: AVS %q, CVV %q", got.AVSResultRaw, got.CVVResultRaw)
	}
}

// A card that Antom refuses itself has not come to its bank: nothing is reported of it.
func TestWhatNeverReachedTheBankIsNotReported(t *testing.T) {
	s := newShop(t)
	n := 0
	expectNothing := func(name string, info *antom.PaymentResultInfo) {
		if info != nil && info.AVSResultRaw+info.CVVResultRaw+info.NetworkTransactionID+info.RefusalCodeRaw+info.RefusalReasonRaw+info.MerchantAdviceCode != "" {
			t.Errorf("%s: %+v", name, info)
		}
	}
	for code, change := range map[antom.ResultCode]func(*antom.Metadata){
		"INVALID_CARD_NUMBER":     byNumber("4054695723100769", "123"),
		"INVALID_CVV":             byNumber("4054695723100768", "99"),
		"INVALID_EXPIRATION_DATE": func(m *antom.Metadata) { m.ExpiryMonth = "13" },
		"CARD_EXPIRED":            func(m *antom.Metadata) { m.ExpiryYear = "20" },
	} {
		n++
		answer, err := s.paysByCard(fmt.Sprintf("PR-%d", n), change)
		wantCode(t, err, code)
		expectNothing(string(code), answer.PaymentResultInfo)
	}
	for name, change := range map[string]func(*antom.Metadata){
		"four digits of Visa":              byNumber("4054695723100768", "1234"),
		"three digits of American Express": byNumber("371449000000000", "123"),
	} {
		n++
		_, err := s.paysByCard(fmt.Sprintf("PR-%d", n), change)
		if err == nil {
			t.Errorf("%s are accepted", name)
		}
	}
	_, err := s.paysByCard("PR-3ds", func(m *antom.Metadata) { m.Is3DSAuthentication = antom.True })
	must(t, err)
	must(t, s.box.Control().Decline("PR-3ds", ""))
	expectNothing("refused at the bank's page", s.asks("PR-3ds").PaymentResultInfo)
}

// A bank says why it refuses; Mastercard adds when to try again.
func TestBanksSayWhyTheyRefuse(t *testing.T) {
	s := newShop(t)
	for number, want := range map[string]string{
		"4054692760174822": "ACCESS_DENIED 05 Do not honor ",
		"4054690000005111": "USER_BALANCE_NOT_ENOUGH 51 Insufficient funds ",
		"5162770000005117": "USER_BALANCE_NOT_ENOUGH 51 Insufficient funds 25",
		"5162770000004318": "STOLEN_CARD 43 Stolen card, pick up 03",
		"5162770000006511": "AUTHENTICATION_REQUIRED 65 Authentication required ",
		"4054690000006515": "AUTHENTICATION_REQUIRED 1A Additional customer authentication required ",
	} {
		_, err := s.paysByCard("PR-"+number, byNumber(number, "123"))
		if err == nil {
			t.Errorf("%s pays", number)
		}
		asked := s.asks("PR-" + number)
		info := asked.PaymentResultInfo
		if got := fmt.Sprintf("%s %s %s %s", asked.PaymentResultCode, info.RefusalCodeRaw, info.RefusalReasonRaw, info.MerchantAdviceCode); got != want {
			t.Errorf("%s: %q, want %q", number, got, want)
		}
		if info.NetworkTransactionID == "" || info.AuthorizationCode != "" {
			t.Errorf("%s: %+v", number, info)
		}
	}
	s.fault(Fault{Kind: CardAdvice, Code: "21", Times: 1})
	_, err := s.client.CreatePaymentSession(t.Context(), s.sessionRequest("PR-session", "CARD", 4200))
	must(t, err)
	must(t, s.box.Control().Decline("PR-session", "DO_NOT_HONOR"))
	if info := s.asks("PR-session").PaymentResultInfo; info.LastFour != "0768" || info.RefusalCodeRaw != "05" || info.MerchantAdviceCode != "21" {
		t.Errorf("in an SDK: %+v", info)
	}
}

var reference = regexp.MustCompile(`^7\d{22}$`)

// Every payment has a network transaction of its own, in the form of its brand, and every
// capture and refund a reference of its own.
func TestReferencesOfACardAreUnique(t *testing.T) {
	s := newShop(t)
	seen := map[string]bool{}
	unique := func(what, id string) {
		if id == "" || seen[id] {
			t.Errorf("%s is %q", what, id)
		}
		seen[id] = true
	}
	for i, number := range []string{"4054695723100768", "4054695723100768", "5162774114974622", "5162774114974622"} {
		id := fmt.Sprintf("PR-%d", i)
		answer, err := s.paysByCard(id, byNumber(number, "123"))
		must(t, err)
		unique("the network transaction", answer.PaymentResultInfo.NetworkTransactionID)
		if asked := s.asks(id); asked.AcquirerReferenceNo != "" {
			t.Errorf("what is not captured has the reference %q", asked.AcquirerReferenceNo)
		}
		s.after(2 * time.Second)
		asked := s.asks(id)
		unique("the capture's reference", asked.AcquirerReferenceNo)
		if !reference.MatchString(asked.AcquirerReferenceNo) || !luhn(asked.AcquirerReferenceNo) {
			t.Errorf("the reference is %q", asked.AcquirerReferenceNo)
		}
		if notified, _ := s.sent("CAPTURE_RESULT").(map[string]any); notified["acquirerReferenceNo"] != asked.AcquirerReferenceNo {
			t.Errorf("the notification has %v, the inquiry %s", notified["acquirerReferenceNo"], asked.AcquirerReferenceNo)
		}
	}
}

// A payment without the buyer needs a stored card and the network transaction of the
// payment that its buyer has made.
func TestPaymentsWithoutTheBuyer(t *testing.T) {
	s := newShop(t)
	first, err := s.paysByCard("PR-first", func(m *antom.Metadata) { m.Tokenize = antom.True })
	must(t, err)
	s.after(2 * time.Second)
	token, network := s.asks("PR-first").CardToken(), first.PaymentResultInfo.NetworkTransactionID
	later := func(change func(*antom.Metadata)) func(*antom.Metadata) {
		return func(m *antom.Metadata) {
			*m = antom.Metadata{IsCardOnFile: antom.True, RecurringType: "SCHEDULED", NetworkTransactionID: network, CardPasswordDigest: token}
			change(m)
		}
	}
	answer, err := s.paysByCard("PR-later", later(func(*antom.Metadata) {}))
	must(t, err)
	if info := answer.PaymentResultInfo; answer.Result.Status != antom.StatusSuccess || info.CVVResultRaw != "" || info.NetworkTransactionID == network {
		t.Errorf("the later payment is %+v", answer)
	}
	n := 0
	for name, test := range map[string]struct {
		change func(*antom.Metadata)
		code   antom.ResultCode
	}{
		"no stored card":                {later(func(m *antom.Metadata) { m.IsCardOnFile = nil }), "INVALID_PAYMENT_METHOD_META_DATA"},
		"neither token nor number":      {later(func(m *antom.Metadata) { m.CardPasswordDigest = "" }), "INVALID_PAYMENT_METHOD_META_DATA"},
		"no type":                       {later(func(m *antom.Metadata) { m.RecurringType = "" }), "PARAM_ILLEGAL"},
		"another type":                  {later(func(m *antom.Metadata) { m.RecurringType = "MONTHLY" }), "PARAM_ILLEGAL"},
		"no network transaction":        {later(func(m *antom.Metadata) { m.NetworkTransactionID = "" }), "INVALID_PAYMENT_METHOD_META_DATA"},
		"a network transaction of none": {later(func(m *antom.Metadata) { m.NetworkTransactionID = "016153570198200" }), "INVALID_PAYMENT_METHOD_META_DATA"},
		"with 3-D Secure":               {later(func(m *antom.Metadata) { m.Is3DSAuthentication = antom.True }), "INVALID_PAYMENT_METHOD_META_DATA"},
		"a local card": {func(m *antom.Metadata) {
			m.CardNo, m.IsCardOnFile, m.RecurringType, m.NetworkTransactionID = "4294097400915107", antom.True, "UNSCHEDULED", network
		}, "INVALID_PAYMENT_METHOD_META_DATA"},
	} {
		n++
		_, err := s.paysByCard(fmt.Sprintf("PR-%d", n), test.change)
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		t.Run(name, func(t *testing.T) { wantCode(t, err, test.code) })
	}
}

// A 3-D Secure that was done elsewhere counts as it was, and its buyer is not asked again.
func TestThreeDSecureDoneElsewhere(t *testing.T) {
	s := newShop(t)
	mpi := antom.MPIData{ThreeDSVersion: "2.2.0", ECI: "06", CAVV: "AAABBBCCC=", DSTransactionID: "c4e59ceb-0000-4000-8000-000000000002", CredentialType: "PAN"}
	with := func(number string, change func(*antom.Metadata)) func(*antom.Metadata) {
		return func(m *antom.Metadata) {
			mine := mpi
			m.CardNo, m.MPIData = number, &mine
			change(m)
		}
	}
	const asking = "4054690000003025" // the card of a bank that always asks
	answer, err := s.paysByCard("PR-mpi", with(asking, func(*antom.Metadata) {}))
	must(t, err)
	got := answer.PaymentResultInfo.ThreeDSResult
	if answer.Result.Status != antom.StatusSuccess || got == nil || got.ECI != "06" || got.CAVV != mpi.CAVV || got.DSTransactionID != mpi.DSTransactionID {
		t.Errorf("pay answered %+v with %+v", answer.Result, got)
	}
	for i, change := range []func(*antom.Metadata){
		with(asking, func(m *antom.Metadata) { m.MPIData.ECI = "" }),
		with(asking, func(m *antom.Metadata) { m.MPIData.ECI = "99" }),
		with(asking, func(m *antom.Metadata) { m.MPIData.CAVV = "" }),
		with(asking, func(m *antom.Metadata) { m.MPIData.DSTransactionID = "" }),
		with(asking, func(m *antom.Metadata) { m.MPIData.ThreeDSVersion = "" }),
		with(asking, func(m *antom.Metadata) { m.MPIData.CredentialType = "CARD" }),
		with(asking, func(m *antom.Metadata) { m.Is3DSAuthentication = antom.True }),
		with("", func(*antom.Metadata) {}),
	} {
		_, err := s.paysByCard(fmt.Sprintf("PR-%d", i), change)
		wantCode(t, err, "INVALID_PAYMENT_METHOD_META_DATA")
	}
}

// The buyer of a co-badged card chooses its brand, and no other.
func TestTheBrandOfACoBadgedCard(t *testing.T) {
	s := newShop(t)
	const coBadged = "4970100000000212"
	for brand, want := range map[string]string{"": "VISA", "VISA": "VISA", "CARTES_BANCAIRES": "CARTES_BANCAIRES"} {
		answer, err := s.paysByCard("PR-of-"+brand, func(m *antom.Metadata) { m.CardNo, m.SelectedCardBrand = coBadged, brand })
		must(t, err)
		if info := answer.PaymentResultInfo; info.CardBrand != want || info.IssuingCountry != "FR" || info.Funding != "DEBIT" {
			t.Errorf("%q: %+v", brand, info)
		}
	}
	_, err := s.paysByCard("PR-mc", func(m *antom.Metadata) { m.CardNo, m.SelectedCardBrand = coBadged, "MASTERCARD" })
	wantCode(t, err, "SELECTED_CARD_BRAND_NOT_AVAILABLE")
	_, err = s.paysByCard("PR-cb", func(m *antom.Metadata) { m.SelectedCardBrand = "CARTES_BANCAIRES" })
	wantCode(t, err, "SELECTED_CARD_BRAND_NOT_AVAILABLE")
	hosted := s.payRequest("PR-hosted", "CARD", 4200)
	hosted.PaymentMethod.Metadata = &antom.Metadata{SelectedCardBrand: "VISA"}
	_, err = s.client.Pay(t.Context(), hosted)
	wantCode(t, err, "INVALID_PAYMENT_METHOD_META_DATA")
}

// A card of one region asks for more: of Korea instead of the security code, of Brazil and
// three other countries beside it. Nothing of it is shown in the control room.
func TestWhatLocalCardsAskFor(t *testing.T) {
	korean := func(change func(*antom.Metadata)) func(*antom.PayRequest) {
		return func(r *antom.PayRequest) {
			r.PaymentMethod.Metadata = &antom.Metadata{
				CardNo: "9490220011669217", ExpiryMonth: "12", ExpiryYear: "39", PaymentMethodRegion: "KR",
				DateOfBirth: "1990-01-31", CardPasswordDigest: "12",
			}
			change(r.PaymentMethod.Metadata)
			inCurrency(t, "KRW", 30000)(r)
		}
	}
	local := func(number, region, currency string, change func(*antom.Metadata)) func(*antom.PayRequest) {
		return func(r *antom.PayRequest) {
			r.PaymentMethod.Metadata = &antom.Metadata{
				CardNo: number, ExpiryMonth: "12", ExpiryYear: "39", CVV: "123", PaymentMethodRegion: region,
				CPF: "02987654320", PayerEmail: "ana@example.com",
			}
			change(r.PaymentMethod.Metadata)
			inCurrency(t, currency, 30000)(r)
		}
	}
	brazilian := func(change func(*antom.Metadata)) func(*antom.PayRequest) {
		return local("4294097400915107", "BR", "BRL", change)
	}
	asIs := func(*antom.Metadata) {}
	noEmail := func(m *antom.Metadata) { m.PayerEmail = "" }
	s := newShop(t)
	n := 0
	for name, row := range map[string]struct {
		request func(*antom.PayRequest)
		pays    bool
	}{
		"a Korean's own card":     {korean(asIs), true},
		"a Korean company's card": {korean(func(m *antom.Metadata) { m.DateOfBirth, m.BusinessNo = "", "1234567890" }), true},
		"a stored Korean card": {korean(func(m *antom.Metadata) {
			*m = antom.Metadata{CardNo: m.CardNo, ExpiryMonth: "12", ExpiryYear: "39", IsCardOnFile: antom.True}
		}), true},
		"neither birth nor business":      {korean(func(m *antom.Metadata) { m.DateOfBirth = "" }), false},
		"both birth and business":         {korean(func(m *antom.Metadata) { m.BusinessNo = "1234567890" }), false},
		"no such birthday":                {korean(func(m *antom.Metadata) { m.DateOfBirth = "1990-02-31" }), false},
		"six digits of a birthday":        {korean(func(m *antom.Metadata) { m.DateOfBirth = "900131" }), false},
		"nine digits of a business":       {korean(func(m *antom.Metadata) { m.DateOfBirth, m.BusinessNo = "", "123456789" }), false},
		"no password":                     {korean(func(m *antom.Metadata) { m.CardPasswordDigest = "" }), false},
		"the whole password":              {korean(func(m *antom.Metadata) { m.CardPasswordDigest = "1234" }), false},
		"3-D Secure of a Korean card":     {korean(func(m *antom.Metadata) { m.EnableAuthenticationUpgrade = antom.True }), false},
		"another region":                  {korean(func(m *antom.Metadata) { m.PaymentMethodRegion = "GLOBAL" }), false},
		"a Brazilian":                     {brazilian(asIs), true},
		"a CPF with dots":                 {brazilian(func(m *antom.Metadata) { m.CPF = "671.998.112-31" }), true},
		"no CPF":                          {brazilian(func(m *antom.Metadata) { m.CPF = "" }), false},
		"ten digits of a CPF":             {brazilian(func(m *antom.Metadata) { m.CPF = "0298765432" }), false},
		"a Brazilian without email":       {brazilian(noEmail), false},
		"a Brazilian without a code":      {brazilian(func(m *antom.Metadata) { m.CVV = "" }), false},
		"a Chilean":                       {local("4600729331819383", "CL", "CLP", asIs), true},
		"a Chilean without email":         {local("4600729331819383", "CL", "CLP", noEmail), false},
		"a Mexican without email":         {local("4006055482525268", "MX", "MXN", noEmail), false},
		"a Peruvian without email":        {local("4310377720003234", "PE", "PEN", noEmail), false},
		"a Peruvian, no region mentioned": {local("4310377720003234", "", "PEN", asIs), true},
	} {
		n++
		req := s.payRequest(fmt.Sprintf("PR-%d", n), "CARD", 4200)
		row.request(req)
		if _, err := s.client.Pay(t.Context(), req); (err == nil) != row.pays {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, m := range s.box.Control().Messages() {
		for _, secret := range []string{"9490220011669217", "1990-01-31", "1234567890", "02987654320", `cardPasswordDigest\":\"12`, `cardPasswordDigest":"12`} {
			if strings.Contains(m.Body, secret) {
				t.Fatalf("the control room shows %s in %s", secret, m.Body)
			}
		}
	}
}

// The same id stands for the same card.
func TestARepeatWithAnotherCardIsInconsistent(t *testing.T) {
	s := newShop(t)
	first, err := s.paysByCard("PR-1", func(*antom.Metadata) {})
	must(t, err)
	again, err := s.paysByCard("PR-1", byNumber("4054 6957 2310 0768", "123"))
	must(t, err)
	if again.PaymentID != first.PaymentID {
		t.Error("the same card again is another payment")
	}
	_, err = s.paysByCard("PR-1", byNumber("5162774114974622", "123"))
	wantCode(t, err, "REPEAT_REQ_INCONSISTENT")
	_, err = s.client.Pay(t.Context(), s.payRequest("PR-1", "CARD", 4200))
	wantCode(t, err, "REPEAT_REQ_INCONSISTENT")
	if _, ledger := s.requests("GET /control/ledger", ""); strings.Contains(ledger, "4054695723100768") {
		t.Error("the ledger has the number")
	}
}

func TestWhatIsKnownOfACardBeforeAPayment(t *testing.T) {
	s := newShop(t)
	ctx := t.Context()
	for _, req := range []antom.CardInfoRequest{{CardNo: "4970100000000212"}, {CardBIN: "49701000"}} {
		got, err := s.client.GetCardInfo(ctx, &req)
		must(t, err)
		if !slices.Equal(got.Brands(), []string{"VISA", "CARTES_BANCAIRES"}) || got.IssuingRegion != "FR" || got.Funding != "DEBIT" || got.CardCategory != "CONSUMER" {
			t.Errorf("the co-badged card is %+v", got)
		}
	}
	single, err := s.client.GetCardInfo(ctx, &antom.CardInfoRequest{CardBIN: "516277"})
	must(t, err)
	if !slices.Equal(single.Brands(), []string{"MASTERCARD"}) || !bool(single.SupportInstallment) {
		t.Errorf("the Mastercard is %+v", single)
	}
	for code, req := range map[antom.ResultCode]antom.CardInfoRequest{
		"PARAM_ILLEGAL":       {CardBIN: "4970"},
		"INVALID_CARD_NUMBER": {CardNo: "4970100000000213"},
		"CARD_NOT_SUPPORTED":  {CardBIN: "99999999"},
	} {
		_, err := s.client.GetCardInfo(ctx, &req)
		wantCode(t, err, code)
	}
	if _, err := s.client.GetCardInfo(ctx, &antom.CardInfoRequest{}); err == nil || !strings.Contains(err.Error(), "cardBin") {
		t.Errorf("without a card: %v", err)
	}
	installments, err := s.client.InquireInstallment(ctx, &antom.InquireInstallmentRequest{})
	must(t, err)
	if len(installments.Banks) != 1 || len(installments.Banks[0].Plans) == 0 || !slices.Contains(installments.Banks[0].BINs, "429409") {
		t.Errorf("the banks are %+v", installments.Banks)
	}
	for _, m := range s.box.Control().Messages() {
		if strings.Contains(m.Body, "4970100000000212") {
			t.Error("the control room shows the number of getCardInfo")
		}
	}
}

// A token is told of, changed and ended.
func TestTokensOfStoredCards(t *testing.T) {
	s := newShop(t)
	ctx := t.Context()
	token := func(id string) string {
		_, err := s.paysByCard(id, func(m *antom.Metadata) { m.Tokenize = antom.True; m.CardNo = "5162774114974622" })
		must(t, err)
		s.after(time.Second)
		return s.asks(id).CardToken()
	}("PR-first")
	until := s.box.Control().Now().Add(24 * time.Hour)
	_, err := s.client.UpdateToken(ctx, &antom.UpdateTokenRequest{Token: token, AccountHolderName: "Ada Berg", Email: "ada@example.com", TokenExpiryTime: antom.NewTime(until)})
	must(t, err)
	got, err := s.client.InquireToken(ctx, &antom.InquireTokenRequest{Token: token})
	must(t, err)
	if got.Token != token || got.AccountHolderName != "Ada Berg" || got.Email != "ada@example.com" || !got.TokenExpiryTime.Equal(until) || got.IssuerName == "" {
		t.Errorf("the token is %+v", got)
	}
	pay := func(id string) error {
		_, err := s.paysByCard(id, func(m *antom.Metadata) {
			*m = antom.Metadata{IsCardOnFile: antom.True, CardPasswordDigest: token}
		})
		return err
	}
	must(t, pay("PR-second"))
	s.after(25 * time.Hour)
	wantCode(t, pay("PR-after-its-end"), "INVALID_ACCESS_TOKEN")
	_, err = s.client.InquireToken(ctx, &antom.InquireTokenRequest{Token: token})
	wantCode(t, err, "INVALID_ACCESS_TOKEN")

	_, err = s.client.VaultPaymentMethod(ctx, s.vaultRequest("4054695723100768", nil))
	must(t, err)
	vaulting, err := s.client.InquireVaulting(ctx, &antom.InquireVaultingRequest{VaultingRequestID: "VR-1"})
	must(t, err)
	token = vaulting.PaymentMethodDetail.Card.CardToken
	must(t, pay("PR-third"))
	_, err = s.client.DeleteToken(ctx, &antom.DeleteTokenRequest{Token: token})
	must(t, err)
	wantCode(t, pay("PR-deleted"), "INVALID_ACCESS_TOKEN")
	_, err = s.client.DeleteToken(ctx, &antom.DeleteTokenRequest{Token: token})
	wantCode(t, err, "INVALID_ACCESS_TOKEN")
	if status, _ := s.requests("GET /control/ledger", ""); status != http.StatusOK {
		t.Errorf("the ledger answers %d", status)
	}
}
