package gateway

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

func TestANameIsSplit(t *testing.T) {
	for _, row := range []struct{ typed, country, first, last string }{
		{"Ana Cruz", "ES", "Ana", "Cruz"},
		{"  Jörg   Müller-Lüdenscheidt ", "DE", "Jorg", "Muller-Ludenscheidt"},
		{"Ann O'Neil", "IE", "Ann", "O'Neil"},
		{"John Ronald Reuel Tolkien", "GB", "John Ronald Reuel", "Tolkien"},
		{"Juan García Márquez", "MX", "Juan Garcia", "Marquez"},
		{"Vincent van Gogh", "NL", "Vincent", "van Gogh"},
		{"Robert De Niro", "US", "Robert", "De Niro"},
		{"María de la Cruz", "ES", "Maria", "de la Cruz"},
		{"Ahmad bin Ismail", "MY", "Ahmad", "bin Ismail"},
		{"van Gogh", "NL", "van Gogh", "van Gogh"},
		{"Van Morrison", "GB", "Van", "Morrison"},
		{"de la Cruz", "ES", "de la Cruz", "de la Cruz"},
		{"Cruz, Ana María", "ES", "Ana Maria", "Cruz"},
		{"de la Cruz, Ana", "ES", "Ana", "de la Cruz"},
		{"Sammy Davis, Jr.", "US", "Sammy", "Davis"},
		{"Dr. Martin Luther King Jr.", "US", "Martin Luther", "King"},
		{"Prof. Dr. Marie Curie", "FR", "Marie", "Curie"},
		{"Dr. Who", "GB", "Who", "Who"},
		{"Dr", "GB", "Dr", "Dr"},
		{"Suharto", "ID", "Suharto", "Suharto"},
		{"Áine", "IE", "Aine", "Aine"},
		{"Nguyễn Đình Chiểu", "VN", "Dinh Chieu", "Nguyen"},
		{"Kovács János Péter", "HU", "Janos Peter", "Kovacs"},
		{"Kim Min-jun", "KR", "Min-jun", "Kim"},
		{"Wang Xiaoming", "CN", "Xiaoming", "Wang"},
		{"Фёдор Щукин", "BG", "Fedor", "Shchukin"},
		{"刘 Andy 德华 Lau", "HK", "Andy", "Lau"},
		{"山田 Taro", "JP", "Taro", "Taro"},
		{"李小龍", "HK", "", ""}, {"김민준", "KR", "", ""}, {"山田太郎", "JP", "", ""}, {"山田 太郎", "JP", "", ""}, {"やまだ", "JP", "", ""},
		{"محمد بن راشد", "AE", "", ""},
		{"", "SG", "", ""}, {",", "SG", "", ""}, {"Jr.", "US", "Jr.", "Jr."}, {", Ana", "US", "Ana", "Ana"}, {"Cruz,", "ES", "Cruz", "Cruz"},
		{"Ann Lee, MD, PhD", "US", "Ann", "Lee"},
	} {
		got := antomName(row.typed, row.country)
		if got.FirstName != row.first || got.LastName != row.last {
			t.Errorf("%q of %s is %q and %q, want %q and %q", row.typed, row.country, got.FirstName, got.LastName, row.first, row.last)
		}
	}
}

// Whatever is typed, nothing of it is made up, and both parts are there or none.
func TestANameIsSplitWithoutLoss(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tokens := rapid.SliceOfN(rapid.SampledFrom([]string{"Ana", "van", "De", "Cruz", "Dr.", "Jr", ",", "刘", "Müller", "O'Neil", "bin"}), 0, 6).Draw(t, "tokens")
		country := rapid.SampledFrom([]string{"VN", "DE", "SG"}).Draw(t, "country")
		name := antomName(strings.Join(tokens, " "), country)
		if (name.FirstName == "") != (name.LastName == "") {
			t.Fatalf("%q is %+v", tokens, *name)
		}
		for token := range strings.FieldsSeq(name.FirstName + " " + name.LastName) {
			if !strings.Contains(name.FullName, token) {
				t.Fatalf("%q of %q is not in %q", token, tokens, name.FullName)
			}
		}
	})
}

func TestARequestNamesTheBuyerInParts(t *testing.T) {
	order := antomOrder(checkout.Order{
		ID: "o", Total: checkout.Money{Minor: 4200, Currency: "SGD"}, Buyer: checkout.Buyer{Name: "Zoë van Ångström", Country: "NL"},
	})
	want := antom.UserName{FirstName: "Zoe", LastName: "van Angstrom", FullName: "Zoe van Angstrom"}
	if *order.Buyer.Name != want || *order.Shipping.Name != want {
		t.Errorf("the request names %+v and %+v", *order.Buyer.Name, *order.Shipping.Name)
	}
	if order := antomOrder(checkout.Order{Total: checkout.Money{Minor: 4200, Currency: "SGD"}, Buyer: checkout.Buyer{Name: "李小龍", Country: "HK"}}); order.Buyer.Name != nil {
		t.Errorf("a name that Antom refuses is sent as %+v", *order.Buyer.Name)
	}
}
