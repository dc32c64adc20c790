package desk

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
	view "antom-checkout/views/desk"
)

// Personal is what is kept about buyers.
type Personal interface {
	// OrdersOf finds the orders that were placed with an email address, oldest first.
	OrdersOf(ctx context.Context, email string) ([]checkout.Order, error)
	// Export is what is kept about the buyer of orders, as JSON.
	Export(ctx context.Context, orders []checkout.Order) ([]byte, error)
	// Erase erases the buyer's data of an order. Errors: CodeDataNeeded.
	Erase(ctx context.Context, orderID string) (checkout.Order, error)
	// ForgetOld removes what was erased from the database's log as well.
	ForgetOld(ctx context.Context) error
	// Retention is how long data stay after the last change of a paid order; 0 is without end.
	Retention() time.Duration
}

const (
	pathPersonal = "/personal-data"
	pathExport   = pathPersonal + "/export"
	pathErase    = pathPersonal + "/erasure"
)

// personalPages are the pages of what is kept about buyers.
type personalPages struct{ *desk }

// routes take the address of a person in the body of a form, so that it is in no log
// and no history.
func (d personalPages) routes() []route {
	return []route{
		{http.MethodGet, pathPersonal, operators.Manage, d.showPersonal, "is the form to find what is kept about a buyer"},
		{http.MethodPost, pathPersonal, operators.Manage, d.findPersonal, "lists the orders of a buyer"},
		{http.MethodPost, pathExport, operators.Manage, d.exportPersonal, "exports what is kept about a buyer"},
		{http.MethodPost, pathErase, operators.Manage, d.erasePersonal, "says what erasing does, and then erases a buyer's data"},
	}
}

func (d personalPages) personalView(c echo.Context) view.PersonalData {
	v := view.PersonalData{Frame: d.frame(c, "personal-data"), Action: BasePath + pathPersonal, ExportURL: BasePath + pathExport, EraseURL: BasePath + pathErase}
	if kept := d.Personal.Retention(); kept > 0 {
		v.Retention = strconv.Itoa(int(kept.Hours() / 24))
	}
	return v
}

func (d personalPages) showPersonal(c echo.Context) error {
	return web.Render(c, http.StatusOK, view.PersonalDataPage(d.personalView(c)))
}

// ordersOf finds the orders of the person whose address the form holds.
func (d personalPages) ordersOf(c echo.Context) (email string, orders []checkout.Order, err error) {
	email = strings.TrimSpace(c.FormValue("email"))
	if email == "" {
		return "", nil, nil
	}
	orders, err = d.Personal.OrdersOf(c.Request().Context(), email)
	return email, orders, err
}

func (d personalPages) findPersonal(c echo.Context) error {
	email, orders, err := d.ordersOf(c)
	if err != nil {
		return err
	}
	return d.personalPage(c, email, orders)
}

func (d personalPages) personalPage(c echo.Context, email string, orders []checkout.Order) error {
	v := d.personalView(c)
	v.Email, v.Searched = email, email != ""
	status := http.StatusOK
	if email == "" {
		v.Wrong, status = view.Text(c.Request().Context(), "personal.no_email"), http.StatusUnprocessableEntity
	}
	for _, o := range orders {
		v.Orders = append(v.Orders, d.personalOrder(c, o))
	}
	return web.Render(c, status, view.PersonalDataPage(v))
}

func (d personalPages) personalOrder(c echo.Context, o checkout.Order) view.PersonalOrder {
	return view.PersonalOrder{
		Number: o.Number, Placed: views.Clock(c.Request().Context(), o.CreatedAt, d.Now()), Erased: o.Erased(), Needed: checkout.NeedsBuyer(o),
	}
}

// recordOrders notes what was done with the buyer's data of orders. The address is left out:
// the log is never erased.
func (d personalPages) recordOrders(c echo.Context, action string, orders []checkout.Order) error {
	for _, o := range orders {
		if err := d.People.Record(c.Request().Context(), actor(c), action, o.ID, ""); err != nil {
			return err
		}
	}
	return nil
}

func (d personalPages) exportPersonal(c echo.Context) error {
	email, orders, err := d.ordersOf(c)
	if err != nil {
		return err
	}
	if len(orders) == 0 {
		return d.personalPage(c, email, nil)
	}
	text, err := d.Personal.Export(c.Request().Context(), orders)
	if err != nil {
		return err
	}
	if err := d.recordOrders(c, "personal.export", orders); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="personal-data.json"`)
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, text)
}

// erasePersonal first says what goes and what stays. What is still needed stays, and the
// answer says why.
func (d personalPages) erasePersonal(c echo.Context) error {
	ctx := c.Request().Context()
	email, orders, err := d.ordersOf(c)
	switch {
	case err != nil:
		return err
	case len(orders) == 0:
		return d.personalPage(c, email, nil)
	case c.FormValue("confirmed") == "":
		return d.confirmErasure(c, email, orders)
	}
	v := view.Erased{Frame: d.frame(c, "personal-data"), Email: email, BackURL: BasePath + pathPersonal}
	var erased []checkout.Order
	for _, o := range orders {
		after, err := d.Personal.Erase(ctx, o.ID)
		var needed *checkout.Error
		switch {
		case err == nil:
			erased = append(erased, after)
		case errors.As(err, &needed) && needed.Code == checkout.CodeDataNeeded:
			after = o
		default:
			return errors.Join(err, d.recordOrders(c, "personal.erase", erased))
		}
		v.Orders = append(v.Orders, d.personalOrder(c, after))
	}
	if err := errors.Join(d.recordOrders(c, "personal.erase", erased), d.Personal.ForgetOld(ctx)); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.ErasedPage(v))
}

func (d personalPages) confirmErasure(c echo.Context, email string, orders []checkout.Order) error {
	ctx := c.Request().Context()
	needed := 0
	for _, o := range orders {
		if checkout.NeedsBuyer(o) != "" {
			needed++
		}
	}
	v := view.Confirm{
		Frame: d.frame(c, "personal-data"), Title: view.Text(ctx, "personal.erase.title"), Action: BasePath + pathErase, Button: view.Text(ctx, "personal.erase"), Danger: true,
		Text:    []string{view.Text(ctx, "personal.erase.goes", email, len(orders)-needed), view.Text(ctx, "personal.erase.stays"), view.Text(ctx, "personal.erase.outside")},
		Hidden:  []view.Hidden{{Name: "email", Value: email}, {Name: "confirmed", Value: "true"}},
		BackURL: BasePath + pathPersonal,
	}
	if needed > 0 {
		v.Text = append(v.Text, view.Text(ctx, "personal.erase.needed", needed))
	}
	return web.Render(c, http.StatusOK, view.ConfirmPage(v))
}
