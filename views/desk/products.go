package desk

// ProductRow is a product in the list.
type ProductRow struct {
	URL, SKU, Name, Picture string
	Price                   string // "": it has none
	Stock, Reserved         string // Reserved "": none
	State                   string // on, off, sold_out or no_price
	PlaceURL                string // moves it; "": the reader may not
	First, Last             bool
}

// severity is that of the state.
func (p ProductRow) severity() string {
	return map[string]string{"on": "good", "sold_out": "wait", "no_price": "bad"}[p.State]
}

// Products is the list of products.
type Products struct {
	Frame
	Rows              []ProductRow
	FromFile          bool   // CATALOG_FILE says what is sold
	NewURL, ImportURL string // "": the reader may not
}

// ProductForm is a form about a product.
type ProductForm struct {
	Action      string
	Fields      []Field
	Description string
}

// StockChange is an entry of the history of a stock.
type StockChange struct{ At, By, Was, Became string }

// Product is the page of one product. Forms that are missing are not for the reader.
type Product struct {
	Frame
	Row                      ProductRow
	Description              string
	OnSale, FromFile         bool
	Form, Stock              *ProductForm
	SaleURL                  string
	PictureURL, PictureWrong string
	History                  []StockChange
	ListURL                  string
}

// NewProduct is the form of a new product.
type NewProduct struct {
	Frame
	Form    ProductForm
	BackURL string
}

// Import is the form to import products.
type Import struct {
	Frame
	Action, BackURL, Currency string
	Problems                  []string // of the file that was refused
}

// FieldChange is what an import does to a field of a product.
type FieldChange struct{ Label, Was, Is string }

// ProductChange is what an import does to a product.
type ProductChange struct {
	SKU, Name, Warning string
	New                bool
	Fields             []FieldChange
}

// ImportPreview says what an import will change.
type ImportPreview struct {
	Frame
	Action, BackURL string
	Hidden          []Hidden
	Rows            []ProductChange
	Changed         bool // since the page was shown before
}

// PersonalData is the page about what is kept of buyers.
type PersonalData struct {
	Frame
	Action, Email, Wrong string
	Retention            string // how long it is kept after a paid order's last change; "": without end
	Searched             bool
	Orders               []PersonalOrder
	ExportURL, EraseURL  string
}

// PersonalOrder is an order that was placed with the address.
type PersonalOrder struct {
	Number, Placed string
	Erased         bool
	Needed         string // why the data cannot be erased yet, or ""
}

// Erased says what has come of an erasure.
type Erased struct {
	Frame
	Email, BackURL string
	Orders         []PersonalOrder
}
