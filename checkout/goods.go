package checkout

import (
	"errors"
	"time"
)

// ErrSKUTaken is what a Store answers to a new product whose SKU another one has.
var ErrSKUTaken = errors.New("another product has this SKU")

// StoredProduct is a product as its merchant sees it: Pieces counts all, and Product.Stock is
// not used.
type StoredProduct struct {
	Product
	Pieces   *int // in the store; nil: they are not counted
	Reserved int  // of these, for payments in progress
	OnSale   bool // it is shown and sold, if it has a price
}

// StockChange is an entry of the history of a stock: the pieces before and after.
type StockChange struct {
	At          time.Time
	By          string // who changed it, as they were called then
	Was, Became *int   // nil: they were not counted
}

// ProductChange is what an import does to one product. A new product has no Was.
type ProductChange struct {
	Was *StoredProduct
	Is  StoredProduct
}

// CompareProducts lists what is new or different in after, in its order. Places in the
// catalogue are not compared.
func CompareProducts(before, after []StoredProduct) (changes []ProductChange) {
	known := map[string]StoredProduct{}
	for _, p := range before {
		known[p.SKU] = p
	}
	for _, is := range after {
		was, found := known[is.SKU]
		switch {
		case !found:
			changes = append(changes, ProductChange{Is: is})
		case was.Name != is.Name || was.Description != is.Description || was.Image != is.Image || was.Price != is.Price || !SamePieces(was.Pieces, is.Pieces):
			changes = append(changes, ProductChange{Was: &was, Is: is})
		}
	}
	return changes
}

// SamePieces reports whether two counts are the same; nil is a stock that is not counted.
func SamePieces(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }

// Picture is a picture as it is served.
type Picture struct {
	Type  string // its media type
	Bytes []byte
}

// PictureTypes are what pictures of products may be, with how the names of such files end.
// SVG is missing: it is a document that can hold scripts.
var PictureTypes = map[string]string{"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}

// Extension is how the name of a file of this picture ends.
func (p Picture) Extension() string { return PictureTypes[p.Type] }
