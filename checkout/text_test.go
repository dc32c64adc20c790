package checkout

import (
	"strings"
	"testing"
)

// cleanedBuyer is what a form becomes whose one field holds value; the rest is right.
func cleanedBuyer(t *testing.T, field, value string) (Buyer, map[string]string) {
	t.Helper()
	form := mei().Values()
	form[field] = value
	var b Buyer
	b.Set(func(name string) string { return form[name] })
	return b, complaints(t, b)
}

// People's devices and address books put marks, spaces and dashes around what their
// owners see as a plain number.
func TestTextsAreCleanedByWhatTheirFieldIs(t *testing.T) {
	for field, rows := range map[string]map[string]string{
		"phone": {
			"03\u20101234\u20105678": "03-1234-5678", "03\u20111234\u22125678": "03-1234-5678", "03\u20131234\u30fc5678": "03-1234-5678",
			"+65\u202f6123\u20094567": "+65 6123 4567", "+65\t6123 4567": "+65 6123 4567", "+65\u00a06123\u00a04567": "+65 6123 4567",
			"\u202a+65 6123 4567\u202c": "+65 6123 4567", "\u202d+65 6123 4567\u202c": "+65 6123 4567", "\u200e+65 6123\u200f 4567": "+65 6123 4567",
			"\u2066+65 6123 4567\u2069": "+65 6123 4567", "6123\u2060\u00ad\ufe0d4567": "61234567", "tel:+65-6123-4567": "+65-6123-4567", "Tel: 61234567": "61234567",
			"+65 6123 4567 ext. 12": "+65 6123 4567 ext. 12", "61234567x12": "61234567 ext. 12", "6123 4567 #12": "6123 4567 ext. 12", "tel:+6561234567;ext=12": "+6561234567 ext. 12",
			"(030) 123 45": "(030) 123 45", "＋８１（０）３１２３": "+81(0)3123", "٠١٢٣٤٥": "٠١٢٣٤٥",
		},
		"postal_code": {
			"〒100-0001": "100-0001", "〒 １００ー０００１": "100-0001", "100\u22120001": "100-0001", "100\u20100001": "100-0001", "100\u20130001": "100-0001",
			"SW1A\u00a01AA": "SW1A 1AA", "048616\u200b": "048616", "048616\u200e": "048616", "\ufeff048616": "048616",
		},
		"email": {
			"\u202amei@example.com\u202c": "mei@example.com", "mei@example.com\u200b": "mei@example.com", "mei\u2011ling@example.com": "mei-ling@example.com",
			"mailto:mei@example.com": "mei@example.com", "ｍｅｉ＠ｅｘａｍｐｌｅ。ｃｏｍ": "mei@example.com", "mei@ショー.jp": "mei@ショー.jp",
		},
		"country": {"\u200esg": "SG", "ｓｇ": "SG"},
		"name": {
			"\u202eMei\u202c Ling": "Mei Ling", "Mei\u00a0Ling": "Mei Ling", "Zoe\u0308": "Zo\u00eb", "Mei\u2011Ling": "Mei-Ling", "Mei\tLing": "Mei Ling",
			"\u3164Mei": "Mei", "क्\u200dष": "क्\u200dष", "می\u200cخواهم": "می\u200cخواهم", "Mei\u200d": "Mei", "辻\U000e0100": "辻\U000e0100", "Mei ❤\ufe0f": "Mei ❤\ufe0f",
			"山田　太郎": "山田　太郎", "Ｍｅｉ": "Ｍｅｉ", "Bjo\u0308rk": "Bj\u00f6rk", "شارع \u0601": "شارع \u0601",
		},
		"address1": {"1\u22122\u20113": "1-2-3", "丸の内１－１": "丸の内１－１", "ショート通り": "ショート通り", "1\u202fRue": "1 Rue"},
	} {
		for typed, want := range rows {
			b, wrong := cleanedBuyer(t, field, typed)
			if got := b.Values()[field]; got != want || wrong[field] != "" {
				t.Errorf("%s %+q becomes %+q, want %+q; complaint %q", field, typed, got, want, wrong[field])
			}
		}
	}
}

func TestWhatIsOnlyInvisibleIsEmpty(t *testing.T) {
	for _, nothing := range []string{"\u3164", "\u200b\u200d", "\u2060 \u00ad", "\u202e\u202c", "\ufe0f", "\u3000\u00a0"} {
		if b, wrong := cleanedBuyer(t, "name", nothing); wrong["name"] != "error.required" {
			t.Errorf("the name %+q is taken as %+q", nothing, b.Name)
		}
	}
}

// A line break within a field is no person's: it may smuggle a header. Bytes that are no
// text are not repaired.
func TestCleaningHidesNothingWrong(t *testing.T) {
	for field, value := range map[string]string{
		"email": "mei@example.com\nBcc: ann@example.com", "name": "Mei\rLing", "address1": "1 Raffles\u2028Place", "city": "Sing\xffapore", "phone": "612\n34567",
	} {
		if _, wrong := cleanedBuyer(t, field, value); wrong[field] != "error.invalid" {
			t.Errorf("%s %q: %q", field, value, wrong[field])
		}
	}
}

// Each address is odd, and receives email.
func TestOddAddressesThatReceiveEmailAreTaken(t *testing.T) {
	for _, address := range []string{
		"a..b@docomo.ne.jp", "ab.@docomo.ne.jp", ".ab@ezweb.ne.jp", "x@t.co", "ann+tag=1@example.com", "o'neil@example.ie", "_@example.com", "jörg@example.de",
		"ann@bücher.example", "ann@例え.テスト", "用户@例子.广告", "ann@xn--bcher-kva.example", "ann@sub_domain.example.com", "ann@ab--cd.example", "!#$%&'*+-/=?^_`{|}~@example.com",
		strings.Repeat("x", 65) + "@example.com", strings.Repeat("x", 242) + "@example.com",
	} {
		if b, wrong := cleanedBuyer(t, "email", address); wrong != nil || b.Email != address {
			t.Errorf("%s becomes %s: %v", address, b.Email, wrong)
		}
	}
}

func TestADomainLeavesTheShopInASCII(t *testing.T) {
	for address, want := range map[string]string{
		"Ann@BÜCHER.example": "Ann@xn--bcher-kva.example", "ann@例え.テスト": "ann@xn--r8jz45g.xn--zckzah", "Ann@Example.com": "Ann@Example.com", "jörg@straße.de": "jörg@xn--strae-oqa.de",
	} {
		if got := DeliverableEmail(address); got != want {
			t.Errorf("%s leaves as %s, want %s", address, got, want)
		}
	}
	if !SameEmail("ann@bücher.example", "Ann@xn--bcher-kva.example") || SameEmail("ann@bucher.example", "ann@bücher.example") {
		t.Error("a domain is another by its spelling")
	}
}

func TestAnOrderNumberIsUnderstoodAsADeviceWritesIt(t *testing.T) {
	for _, typed := range []string{"AB2CD-EF3GH", "ab2cd\u2011ef3gh", "ＡＢ２ＣＤ－ＥＦ３ＧＨ", "\u202aAB2CD EF3GH\u202c", " AB2CDEF3GH "} {
		if got := OrderNumber(typed); got != "AB2CD-EF3GH" {
			t.Errorf("%+q is %q", typed, got)
		}
	}
}

func TestProductsAreCleanedAndTheirNumbersFitIntoAddresses(t *testing.T) {
	p := Product{SKU: " MUG-01 ", Name: "\ufeffCafe\u0301\u00a0mug\u202e – large", Description: "Two\r\nlines\u200b", Price: Money{Minor: 1, Currency: "SGD"}}.Cleaned()
	if p.SKU != "MUG-01" || p.Name != "Café mug – large" || p.Description != "Two\r\nlines" {
		t.Errorf("it becomes %+v", p)
	}
	for _, sku := range []string{".", "..", "a/b", "a b", "%2e", ""} {
		if p.SKU = sku; CheckProduct(p) == nil {
			t.Errorf("the number %q is taken", sku)
		}
	}
	for _, sku := range []string{"a.b", "...", "A_1-2"} {
		if p.SKU = sku; CheckProduct(p) != nil {
			t.Errorf("the number %q is refused: %v", sku, CheckProduct(p))
		}
	}
	if p.SKU, p.Name = "A", "Two\nlines"; CheckProduct(p) == nil {
		t.Error("a name of two lines is taken")
	}
}
