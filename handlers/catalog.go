package handlers

import (
	"context"
	"net/http"
	"reflect"
	"sync"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

func (s storefront) showCatalog(c echo.Context) error {
	products, err := s.shop.Products(c.Request().Context())
	if err != nil {
		return err
	}
	cart, err := s.cart(c)
	if err != nil {
		return err
	}
	v := views.CatalogView{Frame: s.frame(c, cart)}
	for _, p := range products {
		v.Products = append(v.Products, productView(c, p))
	}
	page, err := s.shelf.page(c.Request().Context(), v)
	if err != nil {
		return err
	}
	return page.Answer(c, http.StatusOK)
}

// shelf remembers the front page, which is the same for all who read one language and have as
// many pieces in their cart. Each request reads the products; a page is shown again only while
// all that it shows is the same.
type shelf struct {
	mu    sync.Mutex
	pages map[shelfKey]shelfPage
}

type shelfKey struct {
	language string
	pieces   int
}

type shelfPage struct {
	shows views.CatalogView
	page  *web.Rendered
}

// The shelf remembers at most 64 pages, none of more than 100 products: 7 MB at most.
const (
	shelfPages    = 64
	shelfProducts = 100
)

func (s *shelf) page(ctx context.Context, v views.CatalogView) (*web.Rendered, error) {
	key := shelfKey{views.Language(ctx).String(), v.Frame.CartCount}
	s.mu.Lock()
	known := s.pages[key]
	s.mu.Unlock()
	if known.page != nil && reflect.DeepEqual(known.shows, v) {
		return known.page, nil
	}
	page, err := web.NewRendered(ctx, views.CatalogPage(v))
	if err != nil || len(v.Products) > shelfProducts {
		return page, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pages) >= shelfPages || s.pages == nil {
		s.pages = map[shelfKey]shelfPage{}
	}
	s.pages[key] = shelfPage{v, page}
	return page, nil
}

func (s storefront) showProduct(c echo.Context) error {
	product, err := s.shop.Product(c.Request().Context(), c.Param("sku"))
	if err != nil {
		return err
	}
	cart, err := s.cart(c)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, views.ProductPage(views.ProductView{
		Frame: s.frame(c, cart), Product: productView(c, product), Quantity: "1",
	}))
}

func productView(c echo.Context, p checkout.Product) views.Product {
	return views.Product{
		SKU:         p.SKU,
		Name:        p.Name,
		Description: p.Description,
		Image:       views.Image(p.Image),
		Price:       amountView(c, p.Price),
	}
}
