package desk

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/jpeg" // to read the size of one
	_ "image/png"  // likewise
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
	_ "golang.org/x/image/webp" // likewise

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
	view "antom-checkout/views/desk"
)

// Limits of files.
const (
	maxPicture = 1 << 20
	maxSide    = 4096    // pixels of a picture
	maxImport  = 1 << 20 // of a CSV file
)

// readPicture takes a picture whose bytes are of one of the types and can be read. wrong is
// the key of a text that says what is wrong with it.
func readPicture(content []byte) (p checkout.Picture, wrong string) {
	p = checkout.Picture{Type: http.DetectContentType(content), Bytes: content}
	switch {
	case len(content) == 0:
		return p, "product.wrong.no_file"
	case len(content) > maxPicture:
		return p, "product.wrong.picture_large"
	case p.Extension() == "":
		return p, "product.wrong.picture"
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err == nil && (size.Width > maxSide || size.Height > maxSide) {
		return p, "product.wrong.picture_large"
	}
	if err == nil {
		_, _, err = image.Decode(bytes.NewReader(content)) // a file that breaks off shows half a picture
	}
	if err != nil {
		return p, "product.wrong.picture"
	}
	return p, ""
}

// setPicture takes the picture of a product, or takes it away.
func (d products) setPicture(c echo.Context) error {
	if refused, err := d.refusedEdit(c); refused {
		return err
	}
	ctx := c.Request().Context()
	p, err := d.product(c)
	if err != nil {
		return err
	}
	values, content, err := web.Upload(c, "picture")
	switch {
	case statusOf(err) == http.StatusRequestEntityTooLarge:
		return d.wrongProduct(c, p, nil, map[string]string{"picture": "product.wrong.picture_large"})
	case err != nil:
		return err
	}
	changed := p.Product
	if changed.Image = ""; url.Values(values).Get("remove") == "" {
		picture, wrong := readPicture(content)
		if wrong != "" {
			return d.wrongProduct(c, p, nil, map[string]string{"picture": wrong})
		}
		if changed.Image, err = d.Goods.AddPicture(ctx, picture); err != nil {
			return err
		}
	}
	if err := d.Goods.Change(ctx, changed); err != nil {
		return err
	}
	return d.productDone(c, p.SKU, "product.picture", p.SKU, "product_picture")
}

func (d products) showImport(c echo.Context) error {
	return d.importPage(c, http.StatusOK, nil)
}

func (d products) importPage(c echo.Context, status int, problems []string) error {
	if refused, err := d.refusedEdit(c); refused {
		return err
	}
	return web.Render(c, status, view.ImportPage(view.Import{
		Frame: d.frame(c, "products"), Action: BasePath + pathImport, BackURL: BasePath + pathProducts, Currency: string(d.Currency), Problems: problems,
	}))
}

// importProducts says what a file changes; posted again from that page, it changes it. What
// has become different meanwhile is shown anew.
func (d products) importProducts(c echo.Context) error {
	if refused, err := d.refusedEdit(c); refused {
		return err
	}
	ctx := c.Request().Context()
	values, content, wrong, err := d.importedFile(c)
	switch {
	case err != nil:
		return err
	case wrong != "":
		return d.importPage(c, http.StatusUnprocessableEntity, []string{view.Text(ctx, wrong)})
	}
	products, err := d.Goods.Read(bytes.NewReader(content), d.Currency)
	if err != nil {
		return d.importPage(c, http.StatusUnprocessableEntity, strings.Split(err.Error(), "\n"))
	}
	changes, err := d.Goods.Import(ctx, actor(c), products, true)
	if err != nil {
		return err
	}
	seen := fingerprint(changes)
	if values.Get("seen") != seen {
		return d.previewImport(c, content, seen, values.Has("seen"), changes)
	}
	if _, err := d.Goods.Import(ctx, actor(c), products, false); err != nil {
		return err
	}
	if err := d.People.Record(ctx, actor(c), "product.import", "", fmt.Sprint(len(changes))); err != nil {
		return err
	}
	return done(c, pathProducts, "products_imported")
}

// importedFile is the file that was uploaded, or that the preview carries along. wrong is the
// key of a text that says why there is none.
func (d products) importedFile(c echo.Context) (values url.Values, content []byte, wrong string, err error) {
	values, content, err = web.Upload(c, "file")
	if err == nil && len(content) == 0 && values.Has("carried") {
		if content, err = base64.StdEncoding.DecodeString(values.Get("carried")); err != nil {
			err = web.Unreadable(err)
		}
	}
	switch {
	case statusOf(err) == http.StatusRequestEntityTooLarge, len(content) > maxImport:
		return nil, nil, "products.import.large", nil
	case err == nil && len(content) == 0:
		return nil, nil, "product.wrong.no_file", nil
	}
	return values, content, "", err
}

func (d products) previewImport(c echo.Context, content []byte, seen string, changed bool, changes []checkout.ProductChange) error {
	v := view.ImportPreview{
		Frame: d.frame(c, "products"), Action: BasePath + pathImport, BackURL: BasePath + pathImport, Changed: changed,
		Hidden: []view.Hidden{{Name: "seen", Value: seen}, {Name: "carried", Value: base64.StdEncoding.EncodeToString(content)}},
	}
	for _, change := range changes {
		v.Rows = append(v.Rows, changeRow(c, change))
	}
	return web.Render(c, http.StatusOK, view.ImportPreviewPage(v))
}

// changeRow says what an import does to one product.
func changeRow(c echo.Context, change checkout.ProductChange) view.ProductChange {
	ctx := c.Request().Context()
	is := productRow(c, change.Is)
	row := view.ProductChange{SKU: is.SKU, Name: is.Name, New: change.Was == nil}
	was := view.ProductRow{}
	if change.Was != nil {
		was = productRow(c, *change.Was)
	}
	compare := func(key, before, after string) {
		if before != after {
			row.Fields = append(row.Fields, view.FieldChange{Label: view.Text(ctx, "product."+key), Was: before, Is: after})
		}
	}
	if change.Was != nil {
		compare("name", was.Name, is.Name)
		compare("description", change.Was.Description, change.Is.Description)
		compare("image", change.Was.Image, change.Is.Image)
	}
	compare("price", was.Price, is.Price)
	compare("stock", was.Stock, is.Stock)
	if change.Is.Image != "" && views.Image(change.Is.Image) == "" {
		row.Warning = view.Text(ctx, "products.import.no_picture", change.Is.Image)
	}
	return row
}

// fingerprint is of what an import changes.
func fingerprint(changes []checkout.ProductChange) string {
	hash := sha256.New()
	for _, change := range changes {
		for _, p := range []*checkout.StoredProduct{change.Was, &change.Is} {
			if p == nil {
				fmt.Fprintf(hash, "new\n")
				continue
			}
			count := -1
			if p.Pieces != nil {
				count = *p.Pieces
			}
			fmt.Fprintf(hash, "%q %q %q %q %d %d\n", p.SKU, p.Name, p.Description, p.Image, p.Price.Minor, count)
		}
	}
	return hex.EncodeToString(hash.Sum(nil))
}
