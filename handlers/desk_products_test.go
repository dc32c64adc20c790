package handlers_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
)

// uploads posts a form with a file, which has a name that says nothing of its type.
func (b *buyer) uploads(path, field string, content []byte, pairs ...string) answer {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		must(b.t, form.WriteField(name, value))
	}
	if content != nil {
		part, err := form.CreateFormFile(field, "file.bin")
		must(b.t, err)
		_, err = part.Write(content)
		must(b.t, err)
	}
	must(b.t, form.Close())
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.shop.url+path, &body)
	must(b.t, err)
	req.Header.Set("Content-Type", form.FormDataContentType())
	return b.do(req)
}

// aPNG is a picture.
func aPNG(t *testing.T) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 8, 8))
	picture.Set(3, 3, color.RGBA{200, 30, 30, 255})
	var out bytes.Buffer
	must(t, png.Encode(&out, picture))
	return out.Bytes()
}

func (s *shop) product(sku string) checkout.StoredProduct {
	s.t.Helper()
	p, err := s.services.Goods.Get(s.t.Context(), sku, s.settings.Shop.Currency)
	must(s.t, err)
	return p
}

func threeProducts(currency checkout.Currency) []checkout.Product {
	five := 5
	price := func(minor int64) checkout.Money { return checkout.Money{Minor: minor, Currency: currency} }
	return []checkout.Product{
		{SKU: "MUG", Name: "Mug", Price: price(4200), Stock: &five}, {SKU: "new", Name: "Bowl", Price: price(2800)}, {SKU: "TIN", Name: "Tin", Price: price(1800)},
	}
}

func withThreeProducts(set *settings) { set.catalog = threeProducts("SGD") }

func TestAProductIsMadeChangedAndTakenOffSale(t *testing.T) {
	s := newShop(t, withThreeProducts)
	finance, viewer, buyer := s.newPerson(operators.Finance), s.newPerson(operators.Viewer), s.newBuyer()
	viewer.get("/dashboard/products").sees(http.StatusOK, `data-sku="MUG"`).seesNot(`data-test="new-product"`, "<button class=\"button quiet\" name=\"to\"")
	viewer.get("/dashboard/products/MUG").sees(http.StatusOK, `data-test="product"`).seesNot(`data-test="stock-form"`, `data-test="product-form"`)

	finance.post("/dashboard/new-product", "sku=JUG", "name=Jug", "price=12.505").sees(http.StatusUnprocessableEntity, "This is no price", `value="Jug"`)
	finance.post("/dashboard/new-product", "sku=MUG", "name=Jug", "price=12.50").sees(http.StatusUnprocessableEntity, "Another product has this SKU")
	finance.post("/dashboard/new-product", "sku=a b", "name=", "price=1", "stock=-1").sees(http.StatusUnprocessableEntity, "1 to 64 letters", "Give a name", "whole number of pieces")
	finance.post("/dashboard/new-product", "sku=JUG", "name=Jug", "price=12.50", "stock=3", "position=0", "reserved=9").goesTo("/dashboard/products/JUG?done=product_added")
	if p := s.product("JUG"); p.Price.Minor != 1250 || *p.Pieces != 3 || p.Reserved != 0 || !p.OnSale {
		t.Errorf("the new product is %+v", p)
	}
	finance.post("/dashboard/products/JUG", "name=Blue jug", "price=1,313", "description=Holds <b>2</b> l.").goesTo("/dashboard/products/JUG?done=product_saved")
	buyer.get("/products/JUG").sees(http.StatusOK, "Blue jug", "1,313.00", "&lt;b&gt;")

	finance.post("/dashboard/products/JUG/place", "to=up").goesTo("/dashboard/products")
	if page := buyer.get("/").body; strings.Index(page, "Blue jug") > strings.Index(page, "Tin") {
		t.Error("the product that was moved up is behind")
	}
	finance.get("/dashboard/products/new").sees(http.StatusOK, "Bowl") // a SKU that looks like a page

	buyer.post("/cart", "sku=JUG", "quantity=1").sees(http.StatusSeeOther)
	finance.post("/dashboard/products/JUG/sale", "on=false").goesTo("/dashboard/products/JUG?done=product_off")
	buyer.get("/").seesNot("Blue jug")
	buyer.get("/products/JUG").sees(http.StatusNotFound)
	buyer.get("/cart").seesNot("1,313.00")
	s.newBuyer().post("/cart", "sku=JUG", "quantity=1").sees(http.StatusNotFound)
	finance.get("/dashboard/products").sees(http.StatusOK, "Blue jug", "not on sale")
	finance.post("/dashboard/products/JUG/sale", "on=true").sees(http.StatusSeeOther)
	buyer.get("/").sees(http.StatusOK, "Blue jug")
	finance.get("/dashboard/products/none").sees(http.StatusNotFound)
	s.newPerson(operators.Owner).get("/dashboard/log").sees(http.StatusOK, "added the product", "SGD 1250 → SGD 131300", "took off sale", "A finance")
}

func TestPricesAreWrittenAsTheirCurrency(t *testing.T) {
	for currency, typed := range map[checkout.Currency]string{"JPY": "1250", "BHD": "1.250"} {
		s := newShop(t, func(set *settings) { set.currency, set.catalog = currency, threeProducts(currency) })
		finance := s.newPerson(operators.Finance)
		finance.post("/dashboard/products/MUG", "name=Mug", "price="+typed).sees(http.StatusSeeOther)
		if p := s.product("MUG"); p.Price.Minor != 1250 {
			t.Errorf("%s %s is %d", currency, typed, p.Price.Minor)
		}
		finance.post("/dashboard/products/MUG", "name=Mug", "price=1.2505").sees(http.StatusUnprocessableEntity)
	}
}

func TestTheHistoryOfAStockSaysWhoSetIt(t *testing.T) {
	s := newShop(t, withThreeProducts)
	finance := s.newPerson(operators.Finance)
	finance.post("/dashboard/products/MUG/stock", "stock=many").sees(http.StatusUnprocessableEntity, "whole number of pieces", `value="many"`, `value="Mug"`)
	finance.post("/dashboard/products/MUG/stock").sees(http.StatusUnprocessableEntity) // a form without the field stops no counting
	finance.post("/dashboard/products/MUG/stock", "stock=12").goesTo("/dashboard/products/MUG?done=product_stock")
	finance.post("/dashboard/products/MUG/stock", "stock=12").sees(http.StatusSeeOther) // is no change
	finance.post("/dashboard/products/MUG/stock", "stock=").sees(http.StatusSeeOther)
	must(t, s.services.Goods.CountStock(t.Context(), operators.CommandLine, "MUG", nil))
	page := finance.get("/dashboard/products/MUG").sees(http.StatusOK, "A finance", "catalogue file", "not counted")
	if n := strings.Count(page.body, `data-test="stock-change"`); n != 3 {
		t.Errorf("the history has %d entries", n)
	}
}

func TestAPictureIsTakenAndServedAsWhatItIs(t *testing.T) {
	s := newShop(t, withThreeProducts)
	finance := s.newPerson(operators.Finance)
	const path = "/dashboard/products/MUG/picture"
	whole := aPNG(t)
	for why, content := range map[string][]byte{
		"an SVG":                  []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
		"a page":                  []byte(`<html><script>alert(1)</script>`),
		"a GIF":                   []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"),
		"a picture that ends":     whole[:len(whole)/2],
		"a PNG by its name alone": append([]byte("\x89PNG\r\n\x1a\n"), "<script>"...),
	} {
		if a := finance.uploads(path, "picture", content); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "This is no PNG, JPEG or WebP") {
			t.Errorf("%s is answered %d", why, a.status)
		}
	}
	finance.uploads(path, "picture", append(whole, make([]byte, 1<<20)...)).sees(http.StatusUnprocessableEntity, "larger than 1 MB")
	finance.uploads(path, "picture", nil).sees(http.StatusUnprocessableEntity, "Choose a file")
	if p := s.product("MUG"); p.Image != "" {
		t.Errorf("a refused picture is shown: %s", p.Image)
	}
	finance.uploads(path, "picture", whole).goesTo("/dashboard/products/MUG?done=product_picture")
	buyer := s.newBuyer()
	src := regexp.MustCompile(`src="(/product-pictures/[0-9a-f]{32}\.png)"`).FindStringSubmatch(buyer.get("/").body)
	if src == nil {
		t.Fatal("the shop does not show the picture")
	}
	served := buyer.get(src[1]).sees(http.StatusOK)
	for name, want := range map[string]string{
		"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=31536000, immutable", "Content-Security-Policy": "default-src 'none'; sandbox",
	} {
		if got := served.header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if served.body != string(whole) {
		t.Error("the picture is not what was uploaded")
	}
	finance.uploads(path, "picture", nil, "remove=true").sees(http.StatusSeeOther)
	buyer.get("/").seesNot(src[1])
	buyer.get("/product-pictures/none.png").sees(http.StatusNotFound)
	s.newPerson(operators.Viewer).uploads(path, "picture", whole).sees(http.StatusForbidden)
}

// confirmsImport posts the preview of an import.
func (b *buyer) confirmsImport(preview answer, instead ...string) answer {
	b.t.Helper()
	fields := map[string]string{}
	for _, found := range regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(preview.body, -1) {
		fields[found[1]] = found[2]
	}
	pairs := append([]string{"seen=" + fields["seen"], "carried=" + fields["carried"]}, instead...)
	return b.uploads("/dashboard/product-import", "file", nil, pairs...)
}

func TestAnImportSaysWhatItChangesAndThenChangesIt(t *testing.T) {
	s := newShop(t, withThreeProducts)
	finance := s.newPerson(operators.Finance)
	const path = "/dashboard/product-import"
	const file = "sku;name;price;stock\nTIN;Tea tin;1900;7\nJUG;Jug;1250;\n"
	preview := finance.uploads(path, "file", []byte(file)).sees(http.StatusOK, `data-test="import-preview"`, `data-sku="TIN"`, "<del>SGD", "18.00</del>", "19.00</ins>", `data-sku="JUG"`).seesNot(`data-sku="MUG"`)
	if _, err := s.services.Goods.Get(t.Context(), "JUG", "SGD"); !checkout.IsNotFound(err) || s.product("TIN").Price.Minor != 1800 {
		t.Fatal("the preview has changed something")
	}
	finance.post("/dashboard/products/TIN/stock", "stock=4").sees(http.StatusSeeOther) // meanwhile
	preview = finance.confirmsImport(preview).sees(http.StatusOK, "have changed since the page was shown", "<del>4</del>")
	finance.confirmsImport(preview).goesTo("/dashboard/products?done=products_imported")
	if tin := s.product("TIN"); tin.Name != "Tea tin" || tin.Price.Minor != 1900 || *tin.Pieces != 7 {
		t.Errorf("the product is %+v", tin)
	}
	if page := s.newBuyer().get("/").body; strings.Index(page, "Jug") > strings.Index(page, "Mug") || !strings.Contains(page, "Bowl") {
		t.Error("the products of the file are not first, or another is gone")
	}
	finance.get("/dashboard/products/TIN").sees(http.StatusOK, "A finance")
	finance.uploads(path, "file", []byte(file)).sees(http.StatusOK, "No product changes")
}

func TestAFileWithAProblemImportsNothing(t *testing.T) {
	s := newShop(t, withThreeProducts)
	finance := s.newPerson(operators.Finance)
	const path = "/dashboard/product-import"
	finance.uploads(path, "file", []byte("sku,name,price,stock\nTIN,Tea tin,1900,7\nJUG,Jug,12.50,many\n")).
		sees(http.StatusUnprocessableEntity, "Nothing was imported", "line 3: price", "stock &#34;many&#34;")
	finance.uploads(path, "file", []byte("PK\x03\x04")).sees(http.StatusUnprocessableEntity, "this is a workbook")
	finance.uploads(path, "file", nil).sees(http.StatusUnprocessableEntity, "Choose a file")
	finance.uploads(path, "file", bytes.Repeat([]byte("a"), 1<<20+1)).sees(http.StatusUnprocessableEntity, "larger than 1 MB")
	finance.uploads(path, "file", bytes.Repeat([]byte("a"), 4<<20)).sees(http.StatusUnprocessableEntity, "larger than 1 MB")
	finance.post(path, "file=x").sees(http.StatusBadRequest)
	if tin := s.product("TIN"); tin.Name != "Tin" || tin.Price.Minor != 1800 {
		t.Errorf("the product is %+v", tin)
	}
	// What the database refuses is taken back whole: the last of these has no price that it takes.
	_, err := s.services.Goods.Import(t.Context(), operators.CommandLine, []checkout.Product{
		{SKU: "TIN", Name: "Other", Price: checkout.Money{Minor: 1, Currency: "SGD"}}, {SKU: "BAD", Name: "Bad", Price: checkout.Money{Minor: -1, Currency: "SGD"}},
	}, false)
	if err == nil || s.product("TIN").Name != "Tin" {
		t.Errorf("a fault (%v) leaves half an import", err)
	}
}

func TestACatalogueFileKeepsItsProducts(t *testing.T) {
	s := newShop(t, withThreeProducts, func(set *settings) { set.catalogFile = true })
	finance := s.newPerson(operators.Finance)
	finance.get("/dashboard/products").sees(http.StatusOK, "CATALOG_FILE says at each start").seesNot(`data-test="new-product"`)
	finance.get("/dashboard/products/MUG").sees(http.StatusOK, "CATALOG_FILE", `data-test="stock-form"`).seesNot(`data-test="product-form"`, `data-test="picture-form"`)
	finance.get("/dashboard/new-product").sees(http.StatusConflict)
	finance.get("/dashboard/product-import").sees(http.StatusConflict)
	finance.post("/dashboard/new-product", "sku=JUG", "name=Jug", "price=12.50").sees(http.StatusConflict)
	finance.post("/dashboard/products/MUG", "name=Jug", "price=12.50").sees(http.StatusConflict, "Change them in that file")
	finance.post("/dashboard/products/MUG/place", "to=down").sees(http.StatusConflict)
	finance.uploads("/dashboard/products/MUG/picture", "picture", aPNG(t)).sees(http.StatusConflict)
	finance.uploads("/dashboard/product-import", "file", []byte("sku,name,price\nMUG,Jug,1\n")).sees(http.StatusConflict)
	finance.post("/dashboard/products/MUG/stock", "stock=9").sees(http.StatusSeeOther)
	finance.post("/dashboard/products/MUG/sale", "on=false").sees(http.StatusSeeOther)
	if p := s.product("MUG"); p.Name != "Mug" || *p.Pieces != 9 || p.OnSale {
		t.Errorf("the product is %+v", p)
	}
}
