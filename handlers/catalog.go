package handlers

import (
	"net/http"

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
	return web.Render(c, http.StatusOK, views.CatalogPage(v))
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
