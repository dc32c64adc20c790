package methods

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/checkout"
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

func TestTheTableOfMethodsIsSound(t *testing.T) {
	for i, m := range methods {
		switch {
		case !isCode(m.Code) || !checkout.IsName(m.Name, 40) || methodsByCode[m.Code].place != i:
			t.Errorf("%s: no code, no name, or there twice", m.Code)
		case uncarried[m.Code]:
			t.Errorf("%s is offered and called uncarried", m.Code)
		case m.most > 0 && m.most < m.least:
			t.Errorf("%s takes nothing", m.Code)
		}
		if _, err := checkout.ParseCurrency(string(m.currency)); err != nil && m.Code != "CARD" {
			t.Errorf("%s: %v", m.Code, err)
		}
		for _, country := range m.countries {
			if !checkout.IsCountry(country) {
				t.Errorf("%s: no country is %q", m.Code, country)
			}
		}
	}
}

func TestWithoutAntomTheConfiguredListIsOffered(t *testing.T) {
	for currency, want := range map[checkout.Currency]string{
		"SGD": "CARD ALIPAY_CN GRABPAY_SG SHOPEEPAY_SG PAYNOW GCASH",
		"JPY": "CARD ALIPAY_CN GCASH PAYPAY", // vouchers need a contract of their own
		"EUR": "CARD ALIPAY_CN GCASH IDEAL BANCONTACT EPS BANCOMATPAY",
		"CHF": "CARD ALIPAY_CN GCASH",
	} {
		expectCodes(t, fitting(configured(nil, currency), checkout.Money{Minor: 4200, Currency: currency}), want)
	}
	listed := []string{"KONBINI", "TNG", "PAYNOW", "CARD"}
	expectCodes(t, fitting(configured(listed, "SGD"), checkout.Money{Minor: 4200, Currency: "SGD"}), "TNG PAYNOW CARD") // the operator has listed TNG, which is at home abroad
	expectCodes(t, fitting(configured(listed, "JPY"), checkout.Money{Minor: 4200, Currency: "JPY"}), "KONBINI TNG CARD")
}

func TestLimitsHoldAtTheBorder(t *testing.T) {
	for _, row := range []struct {
		code        string
		least, most int64
		currency    checkout.Currency
	}{
		{"KONBINI", 1, 300_000, "JPY"}, {"TRUEMONEY", 100, 30_000_00, "THB"}, {"ZALOPAY", 1_000, 10_000_000, "VND"},
		{"QRIS", 0, 10_000_000_00, "IDR"}, {"BILLEASE", 50_00, 50_000_00, "PHP"}, {"AKULAKU_PAYLATER", 300_00, 25_000_000_00, "IDR"},
	} {
		m, _ := methodByCode(row.code)
		for amount, want := range map[int64]bool{row.least - 1: false, row.least: true, row.most: true, row.most + 1: false} {
			if amount > 0 && m.takes(checkout.Money{Minor: amount, Currency: row.currency}) != want {
				t.Errorf("%s takes %d %s: %v", row.code, amount, row.currency, !want)
			}
		}
	}
}

func options(list ...checkout.MethodOption) []checkout.MethodOption { return list }

func TestAMethodThatIsTooDearForOneOrderStaysForAnother(t *testing.T) {
	asked := checkout.Money{Minor: 400_000, Currency: "JPY"}
	offered := methodsOf(options(
		checkout.MethodOption{Code: "KONBINI", OverLimit: true},
		checkout.MethodOption{Code: "PAYPAY", OverLimit: true},
		checkout.MethodOption{Code: "NEWPAY", Category: "WALLET", OverLimit: true, Limit: checkout.Limit{Min: 500, Max: 1000}},
		checkout.MethodOption{Code: "MERPAY", Category: "WALLET", OverLimit: true},
		checkout.MethodOption{Code: "SEVENELEVEN", Enabled: false},
	), asked)
	for amount, want := range map[int64]string{
		400_000: "", 300_001: "PAYPAY MERPAY", 300_000: "KONBINI PAYPAY MERPAY", 1000: "KONBINI PAYPAY NEWPAY MERPAY", 499: "KONBINI PAYPAY MERPAY",
	} {
		expectCodes(t, fitting(offered, checkout.Money{Minor: amount, Currency: "JPY"}), want)
	}
}

func TestAntomsAnswerOverridesTheTable(t *testing.T) {
	limit := checkout.Limit{Min: 50, Max: 100_00}
	offered := methodsOf(options(
		checkout.MethodOption{Code: "TRUEMONEY", Enabled: true}, // at home in another currency
		checkout.MethodOption{Code: "GRABPAY_SG", Enabled: true, Limit: limit},
		checkout.MethodOption{Code: "PAYNOW", Enabled: true, Currencies: []string{"USD"}},
		checkout.MethodOption{Code: "SHOPEEPAY_SG", Enabled: false},
	), checkout.Money{Minor: 4200, Currency: "SGD"})
	expectCodes(t, fitting(offered, checkout.Money{Minor: 4200, Currency: "SGD"}), "TRUEMONEY GRABPAY_SG")
	expectCodes(t, fitting(offered, checkout.Money{Minor: 100_01, Currency: "SGD"}), "TRUEMONEY")
	expectCodes(t, fitting(offered, checkout.Money{Minor: 49, Currency: "SGD"}), "TRUEMONEY")
}

// A method that the table lacks is offered under Antom's name for it, unless it needs
// data that the shop does not send, or its code is not a valid one.
func TestMethodsThatOnlyAntomKnows(t *testing.T) {
	wallet := checkout.MethodOption{Code: "NEW_PAY", Category: "WALLET", Enabled: true, Name: "New Pay", Regions: []string{"SG"}}
	with := func(change func(*checkout.MethodOption)) checkout.MethodOption { o := wallet; change(&o); return o }
	for name, row := range map[string]struct {
		option checkout.MethodOption
		want   checkout.Method
	}{
		"a wallet":         {wallet, checkout.Method{Code: "NEW_PAY", Name: "New Pay", Flow: checkout.FlowWallet}},
		"without a name":   {with(func(o *checkout.MethodOption) { o.Name = "" }), checkout.Method{Code: "NEW_PAY", Name: "NEW PAY", Flow: checkout.FlowWallet}},
		"a name of a page": {with(func(o *checkout.MethodOption) { o.Name = "a\nb" }), checkout.Method{Code: "NEW_PAY", Name: "NEW PAY", Flow: checkout.FlowWallet}},
		"a long name":      {with(func(o *checkout.MethodOption) { o.Name = strings.Repeat("x", 41) }), checkout.Method{Code: "NEW_PAY", Name: "NEW PAY", Flow: checkout.FlowWallet}},
		"a bank's app":     {with(func(o *checkout.MethodOption) { o.Category = "MOBILE_BANKING_APP" }), checkout.Method{Code: "NEW_PAY", Name: "New Pay", Flow: checkout.FlowApp}},
		"an account":       {with(func(o *checkout.MethodOption) { o.Category = "VA" }), checkout.Method{Code: "NEW_PAY", Name: "New Pay", Flow: checkout.FlowTransfer}},
		"a counter":        {with(func(o *checkout.MethodOption) { o.Category = "OTC" }), checkout.Method{Code: "NEW_PAY", Name: "New Pay", Flow: checkout.FlowCounter}},
		"only a code": {with(func(o *checkout.MethodOption) {
			o.Category, o.ScanOnly = "BANK_TRANSFER", true
		}), checkout.Method{Code: "NEW_PAY", Name: "New Pay", Flow: checkout.FlowScan}},
		"a card":           {with(func(o *checkout.MethodOption) { o.Category = "CARD" }), checkout.Method{}},
		"who knows":        {with(func(o *checkout.MethodOption) { o.Category = "CRYSTAL_BALL" }), checkout.Method{}},
		"a bank to choose": {with(func(o *checkout.MethodOption) { o.NeedsBank = true }), checkout.Method{}},
		"Apple Pay":        {with(func(o *checkout.MethodOption) { o.Code = "APPLEPAY" }), checkout.Method{}},
		"markup":           {with(func(o *checkout.MethodOption) { o.Code = `"><script>` }), checkout.Method{}},
		"nothing":          {with(func(o *checkout.MethodOption) { o.Code = "" }), checkout.Method{}},
		"an endless code":  {with(func(o *checkout.MethodOption) { o.Code = strings.Repeat("X", 65) }), checkout.Method{}},
		"one that is off":  {with(func(o *checkout.MethodOption) { o.Enabled = false }), checkout.Method{}},
	} {
		got := checkout.Method{}
		if offered := methodsOf(options(row.option, row.option), checkout.Money{Minor: 4200, Currency: "SGD"}); len(offered) > 1 {
			t.Errorf("%s is offered twice", name)
		} else if len(offered) == 1 {
			got = offered[0].Method
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestTheOrderSuitsCountryAndDevice(t *testing.T) {
	desktop, phone := checkout.Device{Terminal: checkout.TerminalWeb}, checkout.Device{Terminal: checkout.TerminalWap, OS: checkout.OSIOS}
	list := func(words string) (all []method) {
		for code := range strings.FieldsSeq(words) {
			all = append(all, methodsByCode[code])
		}
		slices.SortStableFunc(all, func(a, b method) int { return strings.Compare(b.Code, a.Code) }) // an order that is not the table's
		return append(all, method{Method: checkout.Method{Code: "NEWPAY", Flow: checkout.FlowWallet}, place: len(methods), countries: []string{"AT"}})
	}
	for _, row := range []struct {
		methods, country string
		device           checkout.Device
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
