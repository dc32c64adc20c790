package samples

import (
	"context"

	"antom-checkout/static"
	"antom-checkout/views/desk"
)

func products(ctx context.Context) []Page {
	text := func(key string) string { return desk.Text(ctx, key) }
	mug := desk.ProductRow{URL: "/", SKU: "MUG-01", Name: "Stoneware mug", Picture: static.URL("products/mug.svg"), Price: "S$42.00", Stock: "17", Reserved: "2", State: "on", PlaceURL: "/", First: true}
	all := desk.Products{Frame: Frame(ctx, "products"), NewURL: "/", ImportURL: "/", Rows: []desk.ProductRow{
		mug,
		{URL: "/", SKU: "SCARF-LONG-HANDWOVEN-2027", Name: "Scarf of undyed wool, woven by hand", Price: "S$1,180.00", Stock: text("products.not_counted"), State: "off", PlaceURL: "/"},
		{URL: "/", SKU: "TIN", Name: "Tea tin", Price: "S$18.00", Stock: "0", State: "sold_out", PlaceURL: "/"},
		{URL: "/", SKU: "OLD", Name: "Last year's tin", Stock: "3", State: "no_price", PlaceURL: "/", Last: true},
	}}
	fromFile, empty := all, all
	fromFile.FromFile, fromFile.NewURL, fromFile.Rows = true, "", []desk.ProductRow{mug}
	fromFile.Rows[0].PlaceURL = ""
	empty.Rows = nil
	field := func(name, value string) desk.Field {
		return desk.Field{Name: name, Label: text("product." + name), Type: "text", Value: value}
	}
	form := desk.ProductForm{Action: "/", Description: "Holds 300 ml.", Fields: []desk.Field{field("name", "Stoneware mug"), field("price", "42.00")}}
	stock := desk.ProductForm{Action: "/", Fields: []desk.Field{{Name: "stock", Label: text("product.stock"), Type: "text", Value: "17", Hint: text("product.stock.hint"), Optional: true}}}
	one := desk.Product{
		Frame: Frame(ctx, "products"), Row: mug, Description: "Holds 300 ml.", OnSale: true, Form: &form, Stock: &stock, SaleURL: "/", PictureURL: "/", ListURL: "/",
		History: []desk.StockChange{
			{At: "09:40 UTC+8", By: "Mei Lindqvist", Was: "3", Became: "17"},
			{At: "2027-02-27, 19:02 UTC+8", By: "catalogue file", Was: text("products.not_counted"), Became: "3"},
		},
	}
	seen, wrong := one, one
	seen.Form, seen.Stock, seen.SaleURL, seen.PictureURL, seen.History, seen.FromFile = nil, nil, "", "", nil, true
	wrong.PictureWrong, wrong.OnSale, wrong.Row.State = text("product.wrong.picture"), false, "off"
	badForm := form
	badForm.Fields = []desk.Field{field("sku", "a b"), field("name", ""), field("price", "12,345")}
	for i, key := range []string{"sku", "name", "price"} {
		badForm.Fields[i].Wrong = text("product.wrong." + key)
	}
	blank := desk.Import{Frame: Frame(ctx, "products"), Action: "/", BackURL: "/", Currency: "SGD"}
	bad := blank
	bad.Problems = []string{`line 2: price "12.50" is not an integer of minor units, such as 1250 for 12.50`, `line 7: stock "many" is not an integer`}
	preview := desk.ImportPreview{Frame: Frame(ctx, "products"), Action: "/", BackURL: "/", Changed: true, Rows: []desk.ProductChange{
		{SKU: "MUG-01", Name: "Stoneware mug", Fields: []desk.FieldChange{{Label: text("product.price"), Was: "S$42.00", Is: "S$44.00"}, {Label: text("product.stock"), Was: "17", Is: "40"}}},
		{SKU: "BOWL", Name: "Bowl", New: true, Fields: []desk.FieldChange{{Label: text("product.price"), Is: "S$28.00"}}, Warning: desk.Text(ctx, "products.import.no_picture", "bowl.png")},
	}}
	none := desk.ImportPreview{Frame: Frame(ctx, "products"), Action: "/", BackURL: "/"}
	return []Page{
		{"desk-products", desk.ProductsPage(all)}, {"desk-products-file", desk.ProductsPage(fromFile)}, {"desk-products-empty", desk.ProductsPage(empty)},
		{"desk-product", desk.ProductPage(one)}, {"desk-product-seen", desk.ProductPage(seen)}, {"desk-product-wrong", desk.ProductPage(wrong)},
		{"desk-product-new", desk.NewProductPage(desk.NewProduct{Frame: Frame(ctx, "products"), Form: badForm, BackURL: "/"})},
		{"desk-import", desk.ImportPage(blank)}, {"desk-import-wrong", desk.ImportPage(bad)},
		{"desk-import-preview", desk.ImportPreviewPage(preview)}, {"desk-import-none", desk.ImportPreviewPage(none)},
	}
}

func personal(ctx context.Context) []Page {
	search := desk.PersonalData{Frame: Frame(ctx, "personal-data"), Action: "/", ExportURL: "/", EraseURL: "/"}
	wrong, none, found := search, search, search
	wrong.Wrong = desk.Text(ctx, "personal.no_email")
	none.Email, none.Searched, none.Retention = "ann@example.com", true, "365"
	found.Email, found.Searched, found.Orders = "ann@example.com", true, []desk.PersonalOrder{
		{Number: "K7Q2-M9X4", Placed: "2026-05-02, 10:12 UTC+8"}, {Number: "H5TZ-3CDP", Placed: "09:12 UTC+8", Needed: "a payment is under way"},
	}
	erased := desk.Erased{Frame: Frame(ctx, "personal-data"), Email: "ann@example.com", BackURL: "/", Orders: []desk.PersonalOrder{{Number: "K7Q2-M9X4", Placed: "2026-05-02, 10:12 UTC+8", Erased: true}, found.Orders[1]}}
	return []Page{
		{"desk-personal", desk.PersonalDataPage(search)}, {"desk-personal-wrong", desk.PersonalDataPage(wrong)}, {"desk-personal-none", desk.PersonalDataPage(none)},
		{"desk-personal-found", desk.PersonalDataPage(found)}, {"desk-personal-erased", desk.ErasedPage(erased)},
	}
}
