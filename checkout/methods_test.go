package checkout

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
)

func codes(list []method) (all []string) {
	for _, m := range list {
		all = append(all, m.Code)
	}
	return all
}

func expectCodes(t *testing.T, list []method, want string) {
	t.Helper()
	if got := strings.Join(codes(list), " "); got != want {
		t.Errorf("offered are\n%s\nwant\n%s", got, want)
	}
}

// local is the sandbox and a client of it.
func local(t *testing.T) *antom.Client {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	keys, err := sandbox.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.New(sandbox.Config{URL: "http://" + server.Listener.Addr().String(), Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = box
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	credentials := box.Credentials()
	client, err := antom.New(antom.Config{
		ClientID: credentials.ClientID, PrivateKey: credentials.MerchantPrivateKey, PublicKeys: credentials.AntomPublicKey, BaseURL: server.URL,
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// Two lists of the same methods, written down apart: ours says what buyers read,
// the sandbox's what Antom's documents allow. They agree on codes, currencies and
// limits.
func TestTheSandboxKnowsEveryMethodOfOurs(t *testing.T) {
	client := local(t)
	s := New(Config{SettlementCurrency: "SGD"}, nil, client)
	for _, m := range methods {
		if m.currency == "" {
			continue
		}
		asked := Money{Minor: max(m.least, 10_000), Currency: m.currency}
		answer, err := client.Consult(t.Context(), s.consultRequest(market{currency: m.currency, terminal: antom.TerminalWeb}, asked))
		if err != nil {
			t.Fatal(err)
		}
		offered := methodsOf(answer.PaymentOptions, asked)
		i := slices.IndexFunc(offered, func(o method) bool { return o.Code == m.Code })
		if i < 0 {
			t.Errorf("the sandbox does not offer %s for %v", m.Code, asked)
			continue
		}
		if o := offered[i]; m.reach == atHome && (o.least != m.least || o.most != m.most) {
			t.Errorf("%s takes %d to %d here, %d to %d in the sandbox", m.Code, m.least, m.most, o.least, o.most)
		}
	}
}

func TestTheTableOfMethodsIsSound(t *testing.T) {
	for i, m := range methods {
		switch {
		case !isCode(m.Code) || !isName(m.Name) || methodsByCode[m.Code].place != i:
			t.Errorf("%s: no code, no name, or there twice", m.Code)
		case uncarried[m.Code]:
			t.Errorf("%s is offered and called uncarried", m.Code)
		case m.most > 0 && m.most < m.least:
			t.Errorf("%s takes nothing", m.Code)
		}
		if _, err := ParseCurrency(string(m.currency)); err != nil && m.Code != "CARD" {
			t.Errorf("%s: %v", m.Code, err)
		}
		for _, country := range m.countries {
			if !IsCountry(country) {
				t.Errorf("%s: no country is %q", m.Code, country)
			}
		}
	}
}

func TestWithoutAntomTheConfiguredListIsOffered(t *testing.T) {
	s := New(Config{}, nil, nil)
	for currency, want := range map[Currency]string{
		"SGD": "CARD ALIPAY_CN GRABPAY_SG SHOPEEPAY_SG PAYNOW GCASH",
		"JPY": "CARD ALIPAY_CN GCASH PAYPAY", // vouchers take a contract of their own
		"EUR": "CARD ALIPAY_CN GCASH IDEAL BANCONTACT EPS BANCOMATPAY",
		"CHF": "CARD ALIPAY_CN GCASH",
	} {
		expectCodes(t, fitting(s.configured(currency), Money{4200, currency}), want)
	}
	s = New(Config{Methods: []string{"KONBINI", "TNG", "PAYNOW", "CARD"}}, nil, nil)
	expectCodes(t, fitting(s.configured("SGD"), Money{4200, "SGD"}), "TNG PAYNOW CARD") // the operator's word for TNG abroad
	expectCodes(t, fitting(s.configured("JPY"), Money{4200, "JPY"}), "KONBINI TNG CARD")
}

func TestLimitsHoldAtTheBorder(t *testing.T) {
	for _, row := range []struct {
		code        string
		least, most int64
		currency    Currency
	}{
		{"KONBINI", 1, 300_000, "JPY"}, {"TRUEMONEY", 100, 30_000_00, "THB"}, {"ZALOPAY", 1_000, 10_000_000, "VND"},
		{"QRIS", 0, 10_000_000_00, "IDR"}, {"BILLEASE", 50_00, 50_000_00, "PHP"}, {"AKULAKU_PAYLATER", 300_00, 25_000_000_00, "IDR"},
	} {
		m, _ := methodByCode(row.code)
		for amount, want := range map[int64]bool{row.least - 1: false, row.least: true, row.most: true, row.most + 1: false} {
			if amount > 0 && m.takes(Money{amount, row.currency}) != want {
				t.Errorf("%s takes %d %s: %v", row.code, amount, row.currency, !want)
			}
		}
	}
}

func options(list ...antom.PaymentOption) []antom.PaymentOption { return list }

func TestAMethodThatIsTooDearForOneOrderStaysForAnother(t *testing.T) {
	asked := Money{400_000, "JPY"}
	offered := methodsOf(options(
		antom.PaymentOption{PaymentMethodType: "KONBINI", DisableReason: antom.ExceedsLimit},
		antom.PaymentOption{PaymentMethodType: "PAYPAY", DisableReason: antom.ExceedsLimit},
		antom.PaymentOption{PaymentMethodType: "NEWPAY", PaymentMethodCategory: "WALLET", DisableReason: antom.ExceedsLimit, AmountLimits: antom.AmountLimits{"JPY": {Single: antom.AmountLimit{Min: 500, Max: 1000}}}},
		antom.PaymentOption{PaymentMethodType: "MERPAY", PaymentMethodCategory: "WALLET", DisableReason: antom.ExceedsLimit},
		antom.PaymentOption{PaymentMethodType: "SEVENELEVEN", DisableReason: "CHANNEL_DISABLE"},
	), asked)
	for amount, want := range map[int64]string{
		400_000: "", 300_001: "PAYPAY MERPAY", 300_000: "KONBINI PAYPAY MERPAY", 1000: "KONBINI PAYPAY NEWPAY MERPAY", 499: "KONBINI PAYPAY MERPAY",
	} {
		expectCodes(t, fitting(offered, Money{amount, "JPY"}), want)
	}
}

func TestAntomsWordGoesBeforeOurTable(t *testing.T) {
	limits := antom.AmountLimits{"SGD": {Single: antom.AmountLimit{Min: 50, Max: 100_00}}}
	offered := methodsOf(options(
		antom.PaymentOption{PaymentMethodType: "TRUEMONEY", Enabled: true}, // at home in another currency
		antom.PaymentOption{PaymentMethodType: "GRABPAY_SG", Enabled: true, AmountLimits: limits},
		antom.PaymentOption{PaymentMethodType: "PAYNOW", Enabled: true, SupportedCurrencies: []string{"USD"}},
		antom.PaymentOption{PaymentMethodType: "SHOPEEPAY_SG", DisableReason: "SERVICE_DEGRADE"},
	), Money{4200, "SGD"})
	expectCodes(t, fitting(offered, Money{4200, "SGD"}), "TRUEMONEY GRABPAY_SG")
	expectCodes(t, fitting(offered, Money{100_01, "SGD"}), "TRUEMONEY")
	expectCodes(t, fitting(offered, Money{49, "SGD"}), "TRUEMONEY")
}

// What Antom names and we do not know is offered by Antom's name, unless it needs
// what we do not send or is no name at all.
func TestMethodsThatOnlyAntomKnows(t *testing.T) {
	wallet := antom.PaymentOption{PaymentMethodType: "NEW_PAY", PaymentMethodCategory: "WALLET", Enabled: true, Logo: &antom.Logo{Name: "New Pay"}, PaymentMethodRegion: []string{"SG"}}
	with := func(change func(*antom.PaymentOption)) antom.PaymentOption { o := wallet; change(&o); return o }
	for name, row := range map[string]struct {
		option antom.PaymentOption
		want   Method
	}{
		"a wallet":         {wallet, Method{Code: "NEW_PAY", Name: "New Pay", Flow: FlowWallet}},
		"without a name":   {with(func(o *antom.PaymentOption) { o.Logo = nil }), Method{Code: "NEW_PAY", Name: "NEW PAY", Flow: FlowWallet}},
		"a name of a page": {with(func(o *antom.PaymentOption) { o.Logo = &antom.Logo{Name: "a\nb"} }), Method{Code: "NEW_PAY", Name: "NEW PAY", Flow: FlowWallet}},
		"a long name":      {with(func(o *antom.PaymentOption) { o.Logo = &antom.Logo{Name: strings.Repeat("x", 41)} }), Method{Code: "NEW_PAY", Name: "NEW PAY", Flow: FlowWallet}},
		"a bank's app":     {with(func(o *antom.PaymentOption) { o.PaymentMethodCategory = "MOBILE_BANKING_APP" }), Method{Code: "NEW_PAY", Name: "New Pay", Flow: FlowApp}},
		"an account":       {with(func(o *antom.PaymentOption) { o.PaymentMethodCategory = "VA" }), Method{Code: "NEW_PAY", Name: "New Pay", Flow: FlowTransfer}},
		"a counter":        {with(func(o *antom.PaymentOption) { o.PaymentMethodCategory = "OTC" }), Method{Code: "NEW_PAY", Name: "New Pay", Flow: FlowCounter}},
		"only a code": {with(func(o *antom.PaymentOption) {
			o.PaymentMethodCategory, o.Detail = "BANK_TRANSFER", &antom.PaymentOptionDetail{InteractionTypes: []string{"QR"}}
		}), Method{Code: "NEW_PAY", Name: "New Pay", Flow: FlowScan}},
		"a card":           {with(func(o *antom.PaymentOption) { o.PaymentMethodCategory = "CARD" }), Method{}},
		"who knows":        {with(func(o *antom.PaymentOption) { o.PaymentMethodCategory = "CRYSTAL_BALL" }), Method{}},
		"a bank to choose": {with(func(o *antom.PaymentOption) { o.Detail = &antom.PaymentOptionDetail{SupportBanks: []antom.Bank{{}}} }), Method{}},
		"Apple Pay":        {with(func(o *antom.PaymentOption) { o.PaymentMethodType = "APPLEPAY" }), Method{}},
		"markup":           {with(func(o *antom.PaymentOption) { o.PaymentMethodType = `"><script>` }), Method{}},
		"nothing":          {with(func(o *antom.PaymentOption) { o.PaymentMethodType = "" }), Method{}},
		"an endless code":  {with(func(o *antom.PaymentOption) { o.PaymentMethodType = strings.Repeat("X", 65) }), Method{}},
		"one that is off":  {with(func(o *antom.PaymentOption) { o.Enabled = false }), Method{}},
	} {
		got := Method{}
		if offered := methodsOf(options(row.option, row.option), Money{4200, "SGD"}); len(offered) > 1 {
			t.Errorf("%s is offered twice", name)
		} else if len(offered) == 1 {
			got = offered[0].Method
		}
		if got != row.want {
			t.Errorf("%s: %+v, want %+v", name, got, row.want)
		}
	}
	many := make([]antom.PaymentOption, 10_000)
	for i := range many {
		many[i] = wallet
		many[i].PaymentMethodType = fmt.Sprint("PAY", i)
	}
	if n := len(methodsOf(many, Money{4200, "SGD"})); n != maxOptions {
		t.Errorf("%d methods are kept", n)
	}
}

func TestLimitsThatCannotBeReadAreNone(t *testing.T) {
	for text, want := range map[string]antom.AmountLimit{
		`{"SGD":{"singleLimit":{"minAmount":"5","maxAmount":900}}}`:              {Min: 5, Max: 900},
		`{"SGD":{"singleLimit":{"maxAmount":"900"},"dayLimit":{"x":1}},"USD":1}`: {Max: 900},
		`{"SGD":{"singleLimit":{"maxAmount":"lots"}}}`:                           {},
		`{"SGD":"no"}`: {}, `[]`: {}, `"none"`: {}, `null`: {},
	} {
		var limits antom.AmountLimits
		if err := limits.UnmarshalJSON([]byte(text)); err != nil || limits["SGD"].Single != want {
			t.Errorf("%s: %+v, %v", text, limits, err)
		}
	}
}

func TestTheOrderSuitsCountryAndDevice(t *testing.T) {
	desktop, phone := Device{Terminal: antom.TerminalWeb}, Device{Terminal: antom.TerminalWap, OS: antom.OSIOS}
	list := func(words string) (all []method) {
		for code := range strings.FieldsSeq(words) {
			all = append(all, methodsByCode[code])
		}
		slices.SortStableFunc(all, func(a, b method) int { return strings.Compare(b.Code, a.Code) }) // no order of ours
		return append(all, method{Method: Method{Code: "NEWPAY", Flow: FlowWallet}, place: len(methods), countries: []string{"AT"}})
	}
	for _, row := range []struct {
		methods, country string
		device           Device
		want             string
	}{
		{"CARD ALIPAY_CN GRABPAY_SG PAYNOW GCASH", "SG", desktop, "CARD GRABPAY_SG PAYNOW ALIPAY_CN GCASH NEWPAY"},
		{"CARD ALIPAY_CN GRABPAY_SG PAYNOW GCASH", "PH", desktop, "CARD GCASH ALIPAY_CN GRABPAY_SG PAYNOW NEWPAY"},
		{"CARD ALIPAY_CN GRABPAY_SG PAYNOW GCASH", "CN", phone, "CARD ALIPAY_CN GRABPAY_SG GCASH NEWPAY PAYNOW"},
		{"CARD PROMPTPAY TRUEMONEY KPLUS ALIPAY_CN", "TH", desktop, "CARD PROMPTPAY TRUEMONEY KPLUS ALIPAY_CN NEWPAY"},
		{"CARD PROMPTPAY TRUEMONEY KPLUS ALIPAY_CN", "TH", phone, "CARD TRUEMONEY KPLUS PROMPTPAY ALIPAY_CN NEWPAY"},
		{"CARD IDEAL EPS BANCONTACT", "AT", desktop, "CARD EPS NEWPAY IDEAL BANCONTACT"},
		{"CARD IDEAL EPS BANCONTACT", "LU", desktop, "CARD BANCONTACT IDEAL EPS NEWPAY"},
		{"CARD IDEAL", "", desktop, "CARD IDEAL NEWPAY"},
	} {
		offered := list(row.methods)
		arrange(offered, row.country, row.device)
		expectCodes(t, offered, row.want)
	}
}
