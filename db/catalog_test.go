package db

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/checkout"
	"antom-checkout/static"
)

func products(t *testing.T, store *Store, currency checkout.Currency) []checkout.Product {
	t.Helper()
	all, err := store.Products(t.Context(), currency)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAnEmptyShopIsFilled(t *testing.T) {
	currencies := []checkout.Currency{"SGD", "JPY", "IDR", "KWD", "KRW", "VND", "XAF", "TND", "ZAR"}
	for currency := range perSGD {
		if !slices.Contains(currencies, currency) {
			currencies = append(currencies, currency)
		}
	}
	store := openStore(t)
	for _, currency := range currencies {
		if err := store.Seed(t.Context(), currency); err != nil {
			t.Fatalf("seed in %s: %v", currency, err)
		}
		all := products(t, store, currency)
		if len(all) < 8 {
			t.Errorf("in %s there are %d products, want at least 8", currency, len(all))
		}
		for _, p := range all {
			if err := checkout.CheckProduct(p); err != nil {
				t.Errorf("in %s: %v", currency, err)
			}
			if p.Price.Currency != currency {
				t.Errorf("%s costs %v, want %s", p.SKU, p.Price, currency)
			}
			if p.Description == "" || !static.Has(p.Image) {
				t.Errorf("%s has description %q and picture %q, want both", p.SKU, p.Description, p.Image)
			}
		}
	}
}

func TestTheSeededPricesArePlausible(t *testing.T) {
	store := openStore(t)
	for currency, want := range map[checkout.Currency][2]int64{ // the cheapest and the dearest
		"SGD": {1800, 16800},
		"JPY": {2070, 19320},
		"KWD": {4230, 39480},
		"IDR": {22_500_000, 210_000_000},
	} {
		if err := store.Seed(t.Context(), currency); err != nil {
			t.Fatal(err)
		}
		var prices []int64
		for _, p := range products(t, store, currency) {
			prices = append(prices, p.Price.Minor)
		}
		if low, high := slices.Min(prices), slices.Max(prices); low != want[0] || high != want[1] {
			t.Errorf("in %s prices go from %d to %d, want %d to %d", currency, low, high, want[0], want[1])
		}
	}
}

func TestAFilledShopIsLeftAlone(t *testing.T) {
	store := openStore(t)
	mine := checkout.Product{SKU: "MUG-01", Name: "My own mug", Description: "Mine.", Price: sgd(99)}
	if err := store.ImportProducts(t.Context(), []checkout.Product{mine}); err != nil {
		t.Fatal(err)
	}
	if err := store.Seed(t.Context(), "SGD"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]checkout.Product{mine}, products(t, store, "SGD")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAnImportAddsUpdatesAndOrders(t *testing.T) {
	store := openStore(t)
	tea := checkout.Product{SKU: "TEA", Name: "Tea", Price: sgd(1200)}
	mug := checkout.Product{SKU: "MUG", Name: "Mug", Price: sgd(2400)}
	for _, imported := range [][]checkout.Product{{tea, mug}, {mug, tea}} {
		if err := store.ImportProducts(t.Context(), imported); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(imported, products(t, store, "SGD")); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	dearer := checkout.Product{SKU: "TEA", Name: "Green tea", Description: "From Uji.", Image: "products/tin.svg", Price: sgd(1500)}
	if err := store.ImportProducts(t.Context(), []checkout.Product{dearer}); err != nil {
		t.Fatal(err)
	}
	got, err := store.Product(t.Context(), "TEA", "SGD")
	if diff := cmp.Diff(dearer, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	_, err = store.Product(t.Context(), "TEA", "JPY")
	expectNotFound(t, "a product without a price in JPY", err)
	_, err = store.Product(t.Context(), "tea", "SGD")
	expectNotFound(t, "another SKU", err)
	if len(products(t, store, "JPY")) > 0 {
		t.Error("products are for sale in JPY though they have no such price")
	}
}

func TestAnImportIsStoredWholeOrNotAtAll(t *testing.T) {
	store := openStore(t)
	err := store.ImportProducts(t.Context(), []checkout.Product{
		{SKU: "TEA", Name: "Tea", Price: sgd(1200)},
		{SKU: "FREE", Name: "Free", Price: sgd(0)},
	})
	if err == nil || !strings.Contains(err.Error(), "FREE") {
		t.Errorf("got %v, want an error that names the product", err)
	}
	expectCount(t, store, 0, "products")
}

func TestACatalogueFileIsReadAsJSONOrCSV(t *testing.T) {
	want := []checkout.Product{
		{SKU: "TEA", Name: `Tea, "first flush"`, Description: "Two\nlines.", Image: "products/tin.svg", Price: sgd(1200)},
		{SKU: "mug_1.b-c", Name: "杯子", Price: sgd(1)},
	}
	for name, file := range map[string]struct {
		text  string
		isCSV bool
	}{
		"JSON": {`[
			{"sku": "TEA", "name": "Tea, \"first flush\"", "description": "Two\nlines.", "image": "products/tin.svg", "price": 1200},
			{"sku": "mug_1.b-c", "name": "杯子", "price": 1}
		]`, false},
		"CSV": {"sku,name,description,image,price\n" +
			"TEA,\"Tea, \"\"first flush\"\"\",\"Two\nlines.\",products/tin.svg,1200\n" +
			"mug_1.b-c,杯子,,,1\n", true},
		"CSV in another order, with another column": {"price,weight,name,image,sku,description\r\n" +
			"1200,7,\"Tea, \"\"first flush\"\"\",products/tin.svg,TEA,\"Two\nlines.\"\r\n" +
			"1,0,杯子,,mug_1.b-c,\r\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadCatalog(strings.NewReader(file.text), file.isCSV, "SGD")
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
		})
	}
}

// As Excel saves it, in any country.
func TestACatalogueFileIsReadAsSpreadsheetsWriteIt(t *testing.T) {
	seven := 7
	want := []checkout.Product{
		{SKU: "A-1", Name: "Cup, blue; large", Description: "Two\nlines.", Price: sgd(1250), Stock: &seven},
		{SKU: "B-2", Name: "Ä杯", Price: sgd(1)},
	}
	commas := "sku,name,price,stock,description\nA-1,\"Cup, blue; large\",1250,7,\"Two\nlines.\"\nB-2,Ä杯,1,,\n"
	semicolons := "sku;name;price;stock;description\nA-1;\"Cup, blue; large\";1250;7;\"Two\nlines.\"\nB-2;Ä杯;1;;\n"
	tabs := "sku\tname\tprice\tstock\tdescription\nA-1\tCup, blue; large\t1250\t7\t\"Two\nlines.\"\nB-2\tÄ杯\t1\t\t\n"
	inUTF16 := func(order binary.AppendByteOrder, text string) string {
		var b []byte
		for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
			b = order.AppendUint16(b, unit)
		}
		return string(b)
	}
	for name, text := range map[string]string{
		"commas": commas, "semicolons": semicolons, "tabs": tabs, "a byte order mark": "\ufeff" + commas, "CRLF": strings.ReplaceAll(semicolons, "\n", "\r\n"),
		"UTF-16, little end first": inUTF16(binary.LittleEndian, tabs), "UTF-16, big end first": inUTF16(binary.BigEndian, semicolons),
		"capitals":          strings.Replace(commas, "sku,name,price", "SKU,Name,PRICE", 1),
		"spaces":            strings.Replace(strings.Replace(commas, "sku,name,price", "sku, name , \"price\"", 1), "A-1,", " A-1 , ", 1),
		"a quoted header":   "\ufeff" + strings.Replace(commas, "sku,name", `"sku","name"`, 1),
		"empty rows":        strings.Replace(commas, "B-2", ",,,,\n\n , ,,,\nB-2", 1) + ",,,,\n",
		"cells at the end":  strings.Replace(commas, "1,,\n", "1,,,,\n", 1),
		"a short row":       strings.Replace(commas, "1,,\n", "1\n", 1),
		"a separator named": "sep=;\r\n" + semicolons,
	} {
		got, err := ReadCatalog(strings.NewReader(text), true, "SGD")
		for i := range got {
			got[i].Description = strings.ReplaceAll(got[i].Description, "\r\n", "\n")
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
		}
	}
	if got, err := ReadCatalog(strings.NewReader("\ufeff"+`[{"sku":"A","name":"A","price":1}]`), false, "SGD"); err != nil || len(got) != 1 {
		t.Errorf("JSON with a byte order mark: %v, %v", got, err)
	}
	if got, err := ReadCatalog(strings.NewReader("sku,name,price\nA,"+strings.Repeat("杯", 256)+",1\n"), true, "SGD"); err != nil || len(got) != 1 {
		t.Errorf("a name of 256 characters: %v", err)
	}
}

func TestACatalogueFileMayCountTheStock(t *testing.T) {
	for name, file := range map[string]struct {
		text  string
		isCSV bool
	}{
		"JSON": {`[{"sku":"A","name":"A","price":1,"stock":7},{"sku":"B","name":"B","price":1,"stock":0},{"sku":"C","name":"C","price":1}]`, false},
		"CSV":  {"sku,name,price,stock\nA,A,1,7\nB,B,1,0\nC,C,1,\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			read, err := ReadCatalog(strings.NewReader(file.text), file.isCSV, "SGD")
			if err != nil {
				t.Fatal(err)
			}
			store := openStore(t)
			if err := store.ImportProducts(t.Context(), read); err != nil {
				t.Fatal(err)
			}
			seven, none := 7, 0
			for i, want := range []*int{&seven, &none, nil} {
				if diff := cmp.Diff(want, products(t, store, "SGD")[i].Stock); diff != "" {
					t.Errorf("stock of %s (-want +got)\n%s", read[i].SKU, diff)
				}
			}
		})
	}
}

func TestEveryProblemOfACatalogueIsReportedAtOnce(t *testing.T) {
	for _, row := range []struct {
		name     string
		text     string
		isCSV    bool
		currency checkout.Currency
		want     []string // parts of the error
	}{
		{"wrong products", `[{"sku":"a b","name":"A","price":1},{"sku":"B","price":0},{"sku":"C","name":"C","price":-5},{"sku":"OK","name":"fine","price":1}]`,
			false, "SGD", []string{`"a b"`, "B: name", "B: price", "C: price"}},
		{"wrong products in CSV", "sku,name,price\na b,A,1\nB,,0\nC,C,-5\n",
			true, "SGD", []string{`"a b"`, "B: name", "B: price", "C: price"}},
		{"prices that are no integers", "sku,name,price\nA,A,12.00\nB,B,3\nC,C,much\n",
			true, "SGD", []string{"line 2", "line 4"}},
		{"a price and a name", "sku,name,price\nA,A,12.00\nB,,3\n",
			true, "SGD", []string{"line 2", "B: name"}},
		{"rupiah that do not end in 00", `[{"sku":"A","name":"A","price":150},{"sku":"B","name":"B","price":1500000}]`,
			false, "IDR", []string{"A: an IDR price"}},
		{"a SKU twice", `[{"sku":"A","name":"A","price":1},{"sku":"A","name":"another","price":2}]`,
			false, "SGD", []string{"A"}},
		{"less than no stock", `[{"sku":"A","name":"A","price":1,"stock":-1}]`, false, "SGD", []string{"A: stock"}},
		{"a stock that is no integer", "sku,name,price,stock\nA,A,1,many\n", true, "SGD", []string{"line 2"}},
		{"a misspelt field", `[{"sku":"A","name":"A","prize":1}]`, false, "SGD", []string{"prize"}},
		{"a price with decimals", `[{"sku":"A","name":"A","price":12.50}]`, false, "SGD", []string{"price"}},
		{"something after the list", `[{"sku":"A","name":"A","price":1}] and more`, false, "SGD", nil},
		{"no JSON", `sku,name,price`, false, "SGD", nil},
		{"nothing", "", false, "SGD", nil},
		{"nothing in CSV", "", true, "SGD", []string{"empty"}},
		{"columns missing", "sku,title\nA,A\n", true, "SGD", []string{"name"}},
		{"a row too short", "sku,name,price\nA,A\n", true, "SGD", []string{"line 2"}},
		{"a row too long", "sku,name,price\nA,Cup, blue,1\n", true, "SGD", []string{"line 2: 4 cells under 3 columns"}},
		{"a line after a quoted line break", "sku,name,price\nA,\"two\nlines\",1\n\nB,B,much\n", true, "SGD", []string{"line 5: price"}},
		{"a column twice", "sku,name,price,Price\nA,A,1,2\n", true, "SGD", []string{"two columns"}},
		{"no product", `[]`, false, "SGD", []string{"no product"}},
		{"no product in CSV", "sku,name,price\n,,\n", true, "SGD", []string{"no product"}},
		{"a workbook", "PK\x03\x04abc", true, "SGD", []string{"CSV UTF-8"}},
		{"another encoding", "sku,name,price\nA,Caf\xe9,1\n", true, "SGD", []string{"line 2 is not UTF-8"}},
		{"UTF-16 without its mark", "s\x00k\x00u\x00", true, "SGD", []string{"not UTF-8"}},
		{"a name too long", "sku,name,price\nA," + strings.Repeat("杯", 257) + ",1\n", true, "SGD", []string{"longer than 256 characters"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := ReadCatalog(strings.NewReader(row.text), row.isCSV, row.currency)
			if err == nil || got != nil {
				t.Fatalf("got %d products and %v, want none and an error", len(got), err)
			}
			for _, part := range row.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not name %q:\n%v", part, err)
				}
			}
			if strings.Contains(err.Error(), "OK") {
				t.Errorf("the error complains about a good product:\n%v", err)
			}
		})
	}
}
