package antom

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPlainText(t *testing.T) {
	for text, want := range map[string]string{
		"Zoë Ångström":           "Zoe Angstrom",
		"Nguyễn Đình Chiểu":      "Nguyen Dinh Chieu",
		"Straße 5, Łódź":         "Strasse 5, Lodz",
		"Bjørn Æsir Þór":         "Bjorn AEsir Thor",
		"“Café – crème”…":        `"Cafe - creme"...`,
		"ＡＢＣ１２３":                 "ABC123",
		"½ kg ﬁne":               "1/2 kg fine",
		"刘德华":                    "",
		"Фёдор Щукин, Юлия":      "Fedor Shchukin, Yuliya",
		"Ґанна Їжак-Євтушенко":   "Ganna Izhak-Yevtushenko",
		"Ђорђе Љубић":            "Djordje Ljubic",
		"Γιώργος Ψυχάρης":        "Giorgos Psycharis",
		"สมชาย":                  "",
		"محمد بن راشد":           "",
		"刘 Andy 德华 Lau":          "Andy Lau",
		" a\tb\r\n c\u00a0d ":    "a b c d",
		"a\x00b\x7fc\u200bd\xff": "abcd",
		"☕ coffee ☕":             "coffee",
		"":                       "",
	} {
		if got := PlainText(text, 100); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	if got := PlainText("ab cd", 3); got != "ab" {
		t.Errorf("cut to %q", got)
	}
	if got := PlainText("ß", 1); got != "s" {
		t.Errorf("cut to %q", got)
	}
}

func TestPlainTextIsAlwaysFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, limit := rapid.String().Draw(t, "text"), rapid.IntRange(0, 300).Draw(t, "limit")
		plain := PlainText(text, limit)
		if problems := textProblems(plain, "x", "x"); len(problems) > 0 || len(plain) > limit {
			t.Fatalf("%q becomes %q: %v", text, plain, problems)
		}
		if again := PlainText(plain, limit); again != plain {
			t.Fatalf("%q becomes %q, and that %q", text, plain, again)
		}
	})
}

func TestASafeOrderIsSent(t *testing.T) {
	req := payRequest(t)
	long := strings.Repeat("é", 300)
	req.Order = &Order{
		ReferenceOrderID: "ORD-1", Description: "两个杯子", Amount: req.PaymentAmount,
		Goods: []Goods{{ReferenceGoodsID: "SKU-1", Name: "杯子", Category: long, Brand: "Rörstrand"}, {ReferenceGoodsID: "SKU-2", Name: "Tasse à café"}},
		Buyer: &Buyer{Name: &UserName{FirstName: "德华", FullName: long}, Email: "刘@例子.中国", PhoneNo: "+65 8123 4567"},
		Shipping: &Shipping{
			Name: &UserName{LastName: "Müller"}, PhoneNo: "+49 (0) 30 1234567890", ShipToEmail: "m@example.com", Carrier: "Dépêche",
			Address: &Address{Region: "DE", State: "Nordrhein-Westfalen", City: "Köln", Address1: long, Address2: "3. Stock", ZipCode: "50667"},
		},
		Env: &Env{TerminalType: TerminalWeb, UserAgent: "Mozilla/5.0 (Ünix)", BrowserInfo: &BrowserInfo{UserAgent: "Ü"}},
	}
	req.Order.MakeSafe()
	if _, err := encode(req); err != nil {
		t.Fatal(err)
	}
	o := req.Order
	for _, test := range []struct{ got, want string }{
		{o.Description, "ORD-1"}, {o.Goods[0].Name, "SKU-1"}, {o.Goods[0].Brand, "Rorstrand"}, {o.Goods[1].Name, "Tasse a cafe"},
		{o.Goods[0].Category, strings.Repeat("e", 64)}, {o.Buyer.Name.FirstName, ""}, {o.Buyer.Name.FullName, strings.Repeat("e", 128)},
		{o.Buyer.Email, ""}, {o.Buyer.PhoneNo, "+65 8123 4567"}, {o.Shipping.Name.LastName, "Muller"}, {o.Shipping.PhoneNo, ""},
		{o.Shipping.ShipToEmail, "m@example.com"}, {o.Shipping.Carrier, "Depeche"}, {o.Shipping.Address.City, "Koln"},
		{o.Shipping.Address.State, ""}, {o.Shipping.Address.ZipCode, "50667"}, {o.Env.UserAgent, "Mozilla/5.0 (Unix)"},
	} {
		if test.got != test.want {
			t.Errorf("became %q, want %q", test.got, test.want)
		}
	}
	(&Order{ReferenceOrderID: "ORD-1", Description: "mugs", Buyer: &Buyer{}, Shipping: &Shipping{}}).MakeSafe() // nothing in it
	nameless := &Order{ReferenceOrderID: "ORD-1", Buyer: &Buyer{Name: &UserName{FullName: "刘德华"}}, Shipping: &Shipping{Name: &UserName{LastName: "สมชาย"}}}
	nameless.MakeSafe()
	if nameless.Buyer.Name != nil || nameless.Shipping.Name != nil {
		t.Errorf("names of which nothing remains become %+v and %+v", nameless.Buyer.Name, nameless.Shipping.Name)
	}
}
