package checkout

import (
	"errors"
	"maps"
	"strings"
	"testing"
)

// mei is a buyer whose form is right.
func mei() Buyer {
	return Buyer{
		Email: "mei@example.com", Name: "Tan Mei Ling", Phone: "+65 6123 4567",
		Country: "SG", City: "Singapore", Address1: "1 Raffles Place", PostalCode: "048616",
	}
}

// complaints are the message keys by field, nil when the form is right.
func complaints(t *testing.T, b Buyer) map[string]string {
	t.Helper()
	err := b.Check()
	if err == nil {
		return nil
	}
	var invalid *Error
	if !errors.As(err, &invalid) || invalid.Code != CodeFormInvalid || len(invalid.Fields) == 0 {
		t.Fatalf("Check answers %#v, want an Invalid error with its fields", err)
	}
	return invalid.Fields
}

func expectComplaints(t *testing.T, b Buyer, want map[string]string) {
	t.Helper()
	if got := complaints(t, b); !maps.Equal(got, want) {
		t.Errorf("complaints %v, want %v", got, want)
	}
}

func TestBuyersFromManyCountriesAreWelcome(t *testing.T) {
	for name, b := range map[string]Buyer{
		"Singapore":                      mei(),
		"Singapore without city":         {Email: "a@example.com", Name: "Ng", Country: "SG", Address1: "Blk 2", PostalCode: "460002"},
		"Hong Kong without postal code":  {Email: "chan@example.hk", Name: "陳大文", Country: "HK", Address1: "彌敦道 1 號", Region: "九龍"},
		"Japan":                          {Email: "taro@example.jp", Name: "山田 太郎", Phone: "090-1234-5678", Country: "JP", Region: "東京都", City: "千代田区", Address1: "丸の内1-1", PostalCode: "100-0005"},
		"Germany":                        {Email: "jörg.müller@example.de", Name: "Jörg Müller-Lüdenscheidt", Phone: "(030) 123 45/67", Country: "DE", City: "Berlin", Address1: "Straße des 17. Juni 1", Address2: "c/o Groß", PostalCode: "10623"},
		"Britain":                        {Email: "ann+shop@example.co.uk", Name: "Ann O'Neil", Country: "GB", City: "London", Address1: "10 Downing Street", PostalCode: "SW1A 2AA"},
		"Ireland without postal code":    {Email: "a@example.ie", Name: "Áine", Country: "IE", City: "Galway", Address1: "Main Street"},
		"the Emirates":                   {Email: "a@example.ae", Name: "محمد بن راشد", Country: "AE", City: "دبي", Address1: "شارع الشيخ زايد"},
		"India":                          {Email: "a@example.in", Name: "अनीता", Country: "IN", Region: "Maharashtra", City: "Mumbai", Address1: "1 Marine Drive", PostalCode: "400 020"},
		"a name with 4-byte letters":     {Email: "a@example.jp", Name: "𠮷野家 🦀", Country: "JP", City: "東京", Address1: "1-1", PostalCode: "1000005"},
		"a name of 128 four-byte marks":  {Email: "a@example.sg", Name: strings.Repeat("𠮷", 128), Country: "SG", Address1: "1", PostalCode: "1"},
		"a name that looks like markup":  {Email: "a@example.sg", Name: `<script>alert("1")</script>`, Country: "SG", Address1: "1", PostalCode: "1"},
		"a name with a joiner and marks": {Email: "a@example.in", Name: "क्\u200dष Zoë", Country: "SG", Address1: "1", PostalCode: "1"},
	} {
		t.Run(name, func(t *testing.T) { expectComplaints(t, b, nil) })
	}
}

func TestEveryWrongFieldIsNamedWithItsReason(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	for _, row := range []struct {
		name, field, value, want string
	}{
		{"no email", "email", "", "error.required"},
		{"no at sign", "email", "mei.example.com", "error.email"},
		{"nothing after the at sign", "email", "mei@", "error.email"},
		{"nothing before the at sign", "email", "@example.com", "error.email"},
		{"two at signs", "email", "mei@x@example.com", "error.email"},
		{"a space in it", "email", "mei ling@example.com", "error.email"},
		{"nothing but dots", "email", "..@example.com", "error.email"},
		{"a domain without a dot", "email", "mei@gmail", "error.email_domain"},
		{"a domain that begins with a dot", "email", "mei@.example.com", "error.email"},
		{"a domain with two dots", "email", "mei@example..com", "error.email"},
		{"a domain that ends with a hyphen", "email", "mei@example-.com", "error.email"},
		{"a number for a domain", "email", "mei@192.168.1.1", "error.email"},
		{"an address of the network", "email", "mei@[192.168.1.1]", "error.email"},
		{"a domain with a strange sign", "email", "mei@exam(ple.com", "error.email"},
		{"with a display name", "email", "Mei <mei@example.com>", "error.email"},
		{"in angle brackets", "email", "<mei@example.com>", "error.email"},
		{"two addresses", "email", "mei@example.com, ann@example.com", "error.email"},
		{"with a comment", "email", "mei@example.com (Mei)", "error.email"},
		{"a header smuggled in", "email", "mei@example.com\nBcc: ann@example.com", "error.invalid"},
		{"a carriage return", "email", "mei@example.com\r\n", "error.invalid"},
		{"255 letters", "email", long(255-len("@example.com")) + "@example.com", "error.too_long"},

		{"no name", "name", "", "error.required"},
		{"200 letters", "name", long(200), "error.too_long"},
		{"200 four-byte letters", "name", strings.Repeat("𠮷", 200), "error.too_long"},
		{"a zero byte", "name", "Mei\x00Ling", "error.invalid"},
		{"an escape", "name", "Mei\x1b[31m", "error.invalid"},
		{"a newline", "name", "Mei\nLing", "error.invalid"},
		{"a line break of Unicode", "name", "Mei\u2028Ling", "error.invalid"},
		{"a C1 control", "name", "Mei\u0085Ling", "error.invalid"},
		{"bytes that are no UTF-8", "name", "Mei\xff", "error.invalid"},

		{"letters", "phone", "call me", "error.phone"},
		{"four digits", "phone", "1234", "error.phone"},
		{"21 digits", "phone", strings.Repeat("1", 21), "error.phone"},
		{"no digit", "phone", "+-()", "error.phone"},
		{"an extension", "phone", "61234567x12", "error.phone"},
		{"a newline", "phone", "612\n34567", "error.invalid"},
		{"33 characters", "phone", "1" + strings.Repeat(" ", 31) + "2", "error.too_long"},

		{"no country", "country", "", "error.required"},
		{"three letters", "country", "SGP", "error.too_long"},
		{"one letter", "country", "S", "error.country"},
		{"lower case", "country", "sg", "error.country"},
		{"nobody's code", "country", "ZZ", "error.country"},
		{"a union, no country", "country", "EU", "error.country"},
		{"digits", "country", "12", "error.country"},
		{"a part of the world", "country", "01", "error.country"},
		{"not its ISO code", "country", "UK", "error.country"}, // GB
		{"a country of the past", "country", "SU", "error.country"},
		{"another of the past", "country", "YU", "error.country"},

		{"65 letters", "region", long(65), "error.too_long"},
		{"a tab", "region", "a\tb", "error.invalid"},
		{"65 letters", "city", long(65), "error.too_long"},
		{"no street", "address1", "", "error.required"},
		{"129 letters", "address1", long(129), "error.too_long"},
		{"129 letters", "address2", long(129), "error.too_long"},
		{"a newline", "address2", "a\nb", "error.invalid"},

		{"no postal code", "postal_code", "", "error.required"},
		{"17 letters", "postal_code", long(17), "error.too_long"},
		{"a strange sign", "postal_code", "0486!6", "error.invalid"},
		{"markup", "postal_code", "<b>", "error.invalid"},
	} {
		t.Run(row.field+": "+row.name, func(t *testing.T) {
			b := mei()
			for _, field := range b.fields() {
				if field.name == row.field {
					*field.value = row.value
				}
			}
			if got := complaints(t, b)[row.field]; got != row.want {
				t.Errorf("%s %q: %q, want %q", row.field, row.value, got, row.want)
			}
		})
	}
}

func TestAnEmptyFormIsToldEverythingAtOnce(t *testing.T) {
	expectComplaints(t, Buyer{}, map[string]string{
		"email": "error.required", "name": "error.required", "country": "error.required",
		"city": "error.required", "address1": "error.required", "postal_code": "error.required",
	})
}

func TestWhatMayBeMissingDependsOnTheCountry(t *testing.T) {
	for country, want := range map[string]map[string]string{
		"SG": {"postal_code": "error.required"},
		"HK": nil,
		"MO": nil,
		"AE": {"city": "error.required"},
		"DE": {"city": "error.required", "postal_code": "error.required"},
		"JP": {"city": "error.required", "postal_code": "error.required"},
	} {
		t.Run(country, func(t *testing.T) {
			b := mei()
			b.Country, b.City, b.PostalCode = country, "", ""
			expectComplaints(t, b, want)
		})
	}
}

func TestAPhoneNumberMayBeWrittenInAnyWay(t *testing.T) {
	for _, phone := range []string{
		"", "12345", "61234567", "+6561234567", "+65 6123 4567", "+65-6123-4567", "+65.6123.4567",
		"(030) 12 34 56", "030/123456", "+49 (0)30 123456", "+65\u00a06123\u00a04567", strings.Repeat("9", 20), "٠١٢٣٤٥٦٧",
	} {
		b := mei()
		b.Phone = phone
		if got := complaints(t, b); got != nil {
			t.Errorf("phone %q is refused: %v", phone, got)
		}
	}
}

func TestAFormIsReadWithItsSpacesTrimmed(t *testing.T) {
	form := map[string]string{
		"email": " mei@example.com\n", "name": "\tTan  Mei Ling ", "phone": " +65 6123 4567 ", "country": " sg\r\n",
		"region": " ", "city": "\u00a0Singapore\u3000", "address1": " 1 Raffles Place ", "address2": "", "postal_code": " 048616 ",
	}
	b := Buyer{Region: "what was there before"}
	b.Set(func(name string) string { return form[name] })
	want := mei()
	want.Name = "Tan  Mei Ling"
	if b != want {
		t.Errorf("read\n%+v, want\n%+v", b, want)
	}
	expectComplaints(t, b, nil)
}

func TestACountryInLowerCaseIsUnderstood(t *testing.T) {
	var b Buyer
	b.Set(func(name string) string {
		return map[string]string{"email": "a@example.hk", "name": "Chan", "country": "hk", "address1": "1 Nathan Road"}[name]
	})
	if b.Country != "HK" {
		t.Fatalf("country is %q, want HK", b.Country)
	}
	expectComplaints(t, b, nil) // Hong Kong has neither city nor postal code
}

func TestWideLettersOfAKeyboardAreRead(t *testing.T) {
	form := map[string]string{
		"email": "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "name": "山田　太郎", "phone": "＋８１（０）３－１２３４－５６７８", "country": "ｊｐ", "city": "千代田区",
		"address1": "丸の内１－１", "postal_code": "１００－０００５",
	}
	var b Buyer
	b.Set(func(name string) string { return form[name] })
	expectComplaints(t, b, nil)
	if b.Email != "taro@example.jp" || b.Country != "JP" || b.PostalCode != "100-0005" || b.Phone != "+81(0)3-1234-5678" {
		t.Errorf("read %+v", b)
	}
	if b.Name != "山田　太郎" || b.Address1 != "丸の内１－１" {
		t.Errorf("name and street were changed: %+v", b)
	}
}
