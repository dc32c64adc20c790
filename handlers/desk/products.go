package desk

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
	view "antom-checkout/views/desk"
)

// Goods are the products as the merchant changes them.
type Goods interface {
	// List lists all products in the merchant's order, and Get finds one, or answers ErrNotFound.
	List(ctx context.Context, currency checkout.Currency) ([]checkout.StoredProduct, error)
	Get(ctx context.Context, sku string, currency checkout.Currency) (checkout.StoredProduct, error)
	// Add puts a new product at the end. Errors: ErrSKUTaken.
	Add(ctx context.Context, by operators.Actor, p checkout.Product) error
	// Change writes name, description, picture and price.
	Change(ctx context.Context, p checkout.Product) error
	SetOnSale(ctx context.Context, sku string, on bool) error
	Move(ctx context.Context, sku string, up bool) error
	// CountStock says how many pieces there are; nil stops counting.
	CountStock(ctx context.Context, by operators.Actor, sku string, pieces *int) error
	// History lists what was changed of a stock, newest first.
	History(ctx context.Context, sku string, limit int) ([]checkout.StockChange, error)
	// Read reads a CSV file, and Import brings its products in: all or none. A dry run says
	// what would change.
	Read(r io.Reader, currency checkout.Currency) ([]checkout.Product, error)
	Import(ctx context.Context, by operators.Actor, products []checkout.Product, dry bool) ([]checkout.ProductChange, error)
	// AddPicture keeps a picture and answers its name; Picture finds it, or answers ErrNotFound.
	AddPicture(ctx context.Context, p checkout.Picture) (name string, err error)
	Picture(ctx context.Context, name string) (checkout.Picture, error)
}

// The pages of products. A SKU may be "new" or "import", so those are no paths below products.
const (
	pathProducts   = "/products"
	pathProduct    = pathProducts + "/:sku"
	pathPicture    = pathProduct + "/picture"
	pathNewProduct = "/new-product"
	pathImport     = "/product-import"
)

// Uploads are the routes that take files.
var Uploads = []string{BasePath + pathPicture, BasePath + pathImport, BasePath + pathReconciliation, BasePath + pathDispute + "/defend"}

const changesShown = 50 // of the history of a stock

// products are the pages of products.
type products struct{ *desk }

func (d products) routes() []route {
	return []route{
		{http.MethodGet, pathProducts, operators.See, d.listProducts, "lists the products"},
		{http.MethodGet, pathProduct, operators.See, d.showProduct, "shows a product with the history of its stock"},
		{http.MethodPost, pathProduct, operators.Money, d.changeProduct, "changes name, price and text of a product"},
		{http.MethodPost, pathProduct + "/stock", operators.Money, d.setStock, "says how many pieces there are"},
		{http.MethodPost, pathProduct + "/sale", operators.Money, d.setOnSale, "puts a product on sale, or takes it off"},
		{http.MethodPost, pathProduct + "/place", operators.Money, d.moveProduct, "moves a product up or down"},
		{http.MethodPost, pathPicture, operators.Money, d.setPicture, "takes the picture of a product"},
		{http.MethodGet, pathNewProduct, operators.Money, d.showNewProduct, "is the form of a new product"},
		{http.MethodPost, pathNewProduct, operators.Money, d.addProduct, "adds a product"},
		{http.MethodGet, pathImport, operators.Money, d.showImport, "is the form to import products"},
		{http.MethodPost, pathImport, operators.Money, d.importProducts, "says what a file of products changes, and then changes it"},
	}
}

func productPath(sku string) string { return pathProducts + "/" + url.PathEscape(sku) }

// mayEdit reports whether the person may change what the catalogue file would say.
func (d products) mayEdit(c echo.Context) bool {
	return personOf(c).May(operators.Money) && !d.CatalogFile
}

// refusedEdit refuses a change of what CATALOG_FILE says: the next start would undo it.
func (d products) refusedEdit(c echo.Context) (refused bool, err error) {
	if !d.CatalogFile {
		return false, nil
	}
	ctx := c.Request().Context()
	return true, web.Render(c, http.StatusConflict, view.ErrorPage(view.Error{
		Frame: d.frame(c, "products"), Status: http.StatusConflict, Text: view.Text(ctx, "products.from_file"), Reference: web.RequestID(ctx),
	}))
}

func (d products) listProducts(c echo.Context) error {
	all, err := d.Goods.List(c.Request().Context(), d.Currency)
	if err != nil {
		return err
	}
	v := view.Products{Frame: d.frame(c, "products"), FromFile: d.CatalogFile}
	if d.mayEdit(c) {
		v.NewURL, v.ImportURL = BasePath+pathNewProduct, BasePath+pathImport
	}
	for i, p := range all {
		row := productRow(c, p)
		if d.mayEdit(c) {
			row.PlaceURL, row.First, row.Last = row.URL+"/place", i == 0, i == len(all)-1
		}
		v.Rows = append(v.Rows, row)
	}
	return web.Render(c, http.StatusOK, view.ProductsPage(v))
}

func productRow(c echo.Context, p checkout.StoredProduct) view.ProductRow {
	row := view.ProductRow{
		URL: BasePath + productPath(p.SKU), SKU: p.SKU, Name: p.Name, Picture: views.Image(p.Image), Stock: pieces(c, p.Pieces), State: "on",
	}
	if p.Price.Minor > 0 {
		row.Price = p.Price.Format(views.Language(c.Request().Context()))
	}
	if p.Reserved > 0 {
		row.Reserved = strconv.Itoa(p.Reserved)
	}
	switch {
	case !p.OnSale:
		row.State = "off"
	case p.Price.Minor == 0:
		row.State = "no_price"
	case p.Pieces != nil && *p.Pieces <= p.Reserved:
		row.State = "sold_out"
	}
	return row
}

// pieces is a count in words.
func pieces(c echo.Context, n *int) string {
	if n == nil {
		return view.Text(c.Request().Context(), "products.not_counted")
	}
	return strconv.Itoa(*n)
}

// typedProduct is what was typed into the form of a product, and what is wrong with it: the
// keys of texts, by field.
type typedProduct struct {
	url.Values
	wrong map[string]string
}

func (t typedProduct) field(c echo.Context, name string, f view.Field) view.Field {
	ctx := c.Request().Context()
	f.Name, f.Label, f.Value, f.Complete = name, view.Text(ctx, "product."+name), t.Get(name), "off"
	if f.Type == "" {
		f.Type = "text"
	}
	if key := t.wrong[name]; key != "" {
		f.Wrong = view.Text(ctx, key)
	}
	return f
}

// fields are those of the form; the description has a field of its own.
func (d products) fields(c echo.Context, t typedProduct, isNew bool) view.ProductForm {
	ctx := c.Request().Context()
	form := view.ProductForm{Description: t.Get("description")}
	if isNew {
		form.Fields = append(form.Fields, t.field(c, "sku", view.Field{Hint: view.Text(ctx, "product.sku.hint")}))
	}
	form.Fields = append(form.Fields,
		t.field(c, "name", view.Field{}),
		t.field(c, "price", view.Field{Mode: "decimal", Hint: view.Text(ctx, "product.price.hint", string(d.Currency))}))
	if isNew {
		form.Fields = append(form.Fields, t.field(c, "stock", view.Field{Mode: "numeric", Optional: true, Hint: view.Text(ctx, "product.stock.hint")}))
	}
	return form
}

// typed reads the form of a product.
func (d products) typed(c echo.Context, sku string) (p checkout.Product, t typedProduct, err error) {
	values, err := c.FormParams()
	if err != nil {
		return p, t, web.Unreadable(err)
	}
	t = typedProduct{values, map[string]string{}}
	price, readable := checkout.ParseAmount(values.Get("price"), d.Currency, views.Language(c.Request().Context()))
	p = checkout.Product{SKU: sku, Name: values.Get("name"), Description: values.Get("description"), Price: price}.Cleaned()
	p.Price.Currency = d.Currency
	for field := range checkout.WrongFields(p) {
		t.wrong[field] = "product.wrong." + field
	}
	if !readable {
		t.wrong["price"] = "product.wrong.price"
	}
	return p, t, nil
}

// typedPieces reads a count of pieces; nothing is a stock that is not counted.
func typedPieces(text string) (n *int, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, true
	}
	count, err := strconv.Atoi(text)
	return &count, err == nil && count >= 0 && count <= checkout.MaxPieces
}

func (d products) showNewProduct(c echo.Context) error {
	return d.newProductPage(c, http.StatusOK, typedProduct{})
}

func (d products) newProductPage(c echo.Context, status int, t typedProduct) error {
	if refused, err := d.refusedEdit(c); refused {
		return err
	}
	form := d.fields(c, t, true)
	form.Action = BasePath + pathNewProduct
	return web.Render(c, status, view.NewProductPage(view.NewProduct{Frame: d.frame(c, "products"), Form: form, BackURL: BasePath + pathProducts}))
}

func (d products) addProduct(c echo.Context) error {
	if refused, err := d.refusedEdit(c); refused {
		return err
	}
	ctx := c.Request().Context()
	p, t, err := d.typed(c, c.FormValue("sku"))
	if err != nil {
		return err
	}
	stock, ok := typedPieces(t.Get("stock"))
	if p.Stock = stock; !ok {
		t.wrong["stock"] = "product.wrong.stock"
	}
	if len(t.wrong) == 0 {
		err = d.Goods.Add(ctx, actor(c), p)
	}
	if errors.Is(err, checkout.ErrSKUTaken) {
		t.wrong["sku"], err = "product.wrong.taken", nil
	}
	switch {
	case err != nil:
		return err
	case len(t.wrong) > 0:
		return d.newProductPage(c, http.StatusUnprocessableEntity, t)
	}
	return d.productDone(c, p.SKU, "product.add", p.SKU, "product_added")
}

// productDone notes a change of a product in the operators' log, and goes back to its page.
func (d products) productDone(c echo.Context, sku, action, about, text string) error {
	if err := d.People.Record(c.Request().Context(), actor(c), action, "", about); err != nil {
		return err
	}
	return done(c, productPath(sku), text)
}

func (d products) product(c echo.Context) (checkout.StoredProduct, error) {
	return d.Goods.Get(c.Request().Context(), c.Param("sku"), d.Currency)
}

func (d products) showProduct(c echo.Context) error {
	p, err := d.product(c)
	if err != nil {
		return err
	}
	return d.productPage(c, http.StatusOK, p, d.asTyped(c, p))
}

// asTyped is a product as its form holds it.
func (d products) asTyped(c echo.Context, p checkout.StoredProduct) typedProduct {
	t := typedProduct{Values: url.Values{"name": {p.Name}, "description": {p.Description}}}
	if p.Price.Minor > 0 {
		t.Set("price", p.Price.Digits(views.Language(c.Request().Context())))
	}
	if p.Pieces != nil {
		t.Set("stock", strconv.Itoa(*p.Pieces))
	}
	return t
}

func (d products) productPage(c echo.Context, status int, p checkout.StoredProduct, t typedProduct) error {
	ctx := c.Request().Context()
	history, err := d.Goods.History(ctx, p.SKU, changesShown)
	if err != nil {
		return err
	}
	v := view.Product{
		Frame: d.frame(c, "products"), Row: productRow(c, p), Description: p.Description, OnSale: p.OnSale, FromFile: d.CatalogFile, ListURL: BasePath + pathProducts,
	}
	for _, change := range history {
		v.History = append(v.History, view.StockChange{
			At: views.Clock(ctx, change.At, d.Now()), By: change.By, Was: pieces(c, change.Was), Became: pieces(c, change.Became),
		})
	}
	if personOf(c).May(operators.Money) {
		v.Stock = &view.ProductForm{Action: v.Row.URL + "/stock", Fields: []view.Field{
			t.field(c, "stock", view.Field{Mode: "numeric", Optional: true, Hint: view.Text(ctx, "product.stock.hint")}),
		}}
		v.SaleURL = v.Row.URL + "/sale"
	}
	if d.mayEdit(c) {
		form := d.fields(c, t, false)
		form.Action, v.Form = v.Row.URL, &form
		v.PictureURL = v.Row.URL + "/picture"
		if key := t.wrong["picture"]; key != "" {
			v.PictureWrong = view.Text(ctx, key)
		}
	}
	return web.Render(c, status, view.ProductPage(v))
}

// wrongProduct shows a product again with what is wrong; what was not typed is as it is stored.
func (d products) wrongProduct(c echo.Context, p checkout.StoredProduct, typed url.Values, wrong map[string]string) error {
	t := d.asTyped(c, p)
	for name := range t.Values {
		if typed.Has(name) {
			t.Set(name, typed.Get(name))
		}
	}
	t.wrong = wrong
	return d.productPage(c, http.StatusUnprocessableEntity, p, t)
}

func (d products) changeProduct(c echo.Context) error {
	if refused, err := d.refusedEdit(c); refused {
		return err
	}
	was, err := d.product(c)
	if err != nil {
		return err
	}
	p, t, err := d.typed(c, was.SKU)
	if err != nil {
		return err
	}
	if len(t.wrong) > 0 {
		return d.wrongProduct(c, was, t.Values, t.wrong)
	}
	p.Image = was.Image
	if err := d.Goods.Change(c.Request().Context(), p); err != nil {
		return err
	}
	about := p.SKU
	if p.Price != was.Price {
		about += " " + was.Price.String() + " → " + p.Price.String()
	}
	return d.productDone(c, p.SKU, "product.change", about, "product_saved")
}

func (d products) setStock(c echo.Context) error {
	p, err := d.product(c)
	if err != nil {
		return err
	}
	values, err := c.FormParams()
	if err != nil {
		return web.Unreadable(err)
	}
	count, ok := typedPieces(values.Get("stock"))
	if !ok || !values.Has("stock") {
		return d.wrongProduct(c, p, values, map[string]string{"stock": "product.wrong.stock"})
	}
	if err := d.Goods.CountStock(c.Request().Context(), actor(c), p.SKU, count); err != nil {
		return err
	}
	return d.productDone(c, p.SKU, "product.stock", p.SKU+" "+strings.TrimSpace(values.Get("stock")), "product_stock")
}

func (d products) setOnSale(c echo.Context) error {
	p, err := d.product(c)
	if err != nil {
		return err
	}
	on := c.FormValue("on") == "true"
	if err := d.Goods.SetOnSale(c.Request().Context(), p.SKU, on); err != nil {
		return err
	}
	if on {
		return d.productDone(c, p.SKU, "product.on_sale", p.SKU, "product_on")
	}
	return d.productDone(c, p.SKU, "product.off_sale", p.SKU, "product_off")
}

func (d products) moveProduct(c echo.Context) error {
	if refused, err := d.refusedEdit(c); refused {
		return err
	}
	ctx, sku := c.Request().Context(), c.Param("sku")
	if err := d.Goods.Move(ctx, sku, c.FormValue("to") == "up"); err != nil {
		return err
	}
	if err := d.People.Record(ctx, actor(c), "product.move", "", sku); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, BasePath+pathProducts)
}
