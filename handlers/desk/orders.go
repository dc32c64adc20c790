package desk

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
	view "antom-checkout/views/desk"
)

// Books is what the dashboard reads of orders.
type Books interface {
	// Orders lists the orders of a filter, as many as the window has room for.
	Orders(ctx context.Context, f checkout.OrderFilter, w checkout.Window) ([]checkout.Order, error)
	// SearchOrders lists them as Orders does, but looks at some thousand orders at once.
	// searchedTo is the order after which the search goes on, or "" at its end.
	SearchOrders(ctx context.Context, f checkout.OrderFilter, w checkout.Window) (orders []checkout.Order, searchedTo string, err error)
	// OrderByID finds an order, or answers ErrNotFound.
	OrderByID(ctx context.Context, id string) (checkout.Order, error)
	// Timeline lists all changes of status of an order with their evidence, oldest first, and
	// ProofRows the same changes with Antom's messages behind them as they came.
	Timeline(ctx context.Context, orderID string) ([]checkout.TimelineEntry, error)
	ProofRows(ctx context.Context, orderID string) ([]checkout.ProofTransition, []checkout.ProofMessage, error)
	// OrderEffects lists the effects of an order, and OrderDeliveries what was brought to webhook
	// endpoints.
	OrderEffects(ctx context.Context, orderID string) ([]checkout.OutboxRow, error)
	OrderDeliveries(ctx context.Context, orderID string) ([]checkout.OrderDelivery, error)
}

// MethodTable knows the payment methods.
type MethodTable interface {
	Method(code string) checkout.Method
	Codes() []string
}

const pathOrders = "/orders"

// perPage is how many orders a page lists.
const perPage = 50

// orderPages are the list of orders and the page of one.
type orderPages struct{ *desk }

// routes are the list of orders and the page of one.
func (d orderPages) routes() []route {
	return []route{
		{http.MethodGet, pathOrders, operators.See, d.listOrders, "lists orders"},
		{http.MethodGet, pathOrders + "/events", operators.See, d.streamOrders, "tells when orders have changed"},
		{http.MethodGet, pathOrders + "/:id", operators.See, d.showOrder, "shows an order"},
	}
}

// listOrders shows the orders of a filter.
func (d orderPages) listOrders(c echo.Context) error {
	filter, shown := d.readFilter(c)
	after := c.QueryParam("after")
	orders, searchedTo, err := d.Books.SearchOrders(c.Request().Context(), filter, checkout.Window{After: after, Limit: perPage + 1})
	if err != nil {
		return err
	}
	asked := filterQuery(c)
	v := view.Orders{
		Frame: d.frame(c, "orders"), Filter: shown, Filtered: len(asked) > 0, ClearURL: BasePath + pathOrders, SearchURL: ordersURL("", asked),
	}
	next := searchedTo
	if len(orders) > perPage {
		orders = orders[:perPage]
		next = orders[perPage-1].ID
	}
	if next != "" {
		more := filterQuery(c)
		more.Set("after", next)
		v.Page.NextURL = ordersURL("", more)
	}
	v.Unfinished = searchedTo != ""
	if after == "" {
		v.StreamURL = BasePath + pathOrders + "/events"
	} else {
		v.Page.FirstURL = ordersURL("", asked)
	}
	for _, e := range exports() {
		v.Exports = append(v.Exports, view.Export{Kind: e.name, URL: ordersURL("/export/"+e.name, asked)})
	}
	for _, o := range orders {
		v.Rows = append(v.Rows, d.orderRow(c, o))
	}
	return web.Render(c, http.StatusOK, view.OrdersPage(v))
}

// ordersURL is an address below the list, with the filter.
func ordersURL(path string, filter url.Values) string {
	if len(filter) == 0 {
		return BasePath + pathOrders + path
	}
	return BasePath + pathOrders + path + "?" + filter.Encode()
}

// filterFields are the parameters that say which orders are listed.
var filterFields = []string{"q", "status", "method", "currency", "amount_from", "amount_to", "from", "to", "waiting"}

// filterQuery are the parameters of the filter, without those that are empty.
func filterQuery(c echo.Context) url.Values {
	asked := url.Values{}
	for _, name := range filterFields {
		if value := strings.TrimSpace(c.QueryParam(name)); value != "" {
			asked.Set(name, value)
		}
	}
	return asked
}

// readFilter reads the filter from a request's address. What cannot be read filters nothing,
// and is said. An amount without a currency is in the shop's.
func (d orderPages) readFilter(c echo.Context) (f checkout.OrderFilter, shown view.OrderFilter) {
	get := func(name string) string { return strings.TrimSpace(c.QueryParam(name)) }
	shown = view.OrderFilter{
		Search: get("q"), Status: get("status"), Method: get("method"), Currency: get("currency"), AmountFrom: get("amount_from"),
		AmountTo: get("amount_to"), From: get("from"), To: get("to"), Waiting: get("waiting") == "true", Wrong: map[string]bool{},
		Statuses: statusOptions(c), Methods: d.methodOptions(c),
	}
	f = checkout.OrderFilter{Search: shown.Search, Method: shown.Method, Waiting: shown.Waiting}
	if status := checkout.OrderStatus(shown.Status); slices.Contains(checkout.OrderStatuses(), status) {
		f.Status = status
	}
	d.readAmounts(c, &f, &shown)
	f.CreatedFrom = d.readDay(shown.From, 0, "from", shown.Wrong)
	if f.CreatedTo = d.readDay(shown.To, 1, "to", shown.Wrong); !f.CreatedTo.IsZero() {
		f.CreatedTo = f.CreatedTo.Add(-time.Millisecond)
	}
	return f, shown
}

func (d orderPages) readAmounts(c echo.Context, f *checkout.OrderFilter, shown *view.OrderFilter) {
	currency := d.Currency
	if shown.Currency != "" {
		parsed, err := checkout.ParseCurrency(strings.ToUpper(shown.Currency))
		shown.Wrong["currency"] = err != nil
		currency, f.Currency = parsed, parsed
	}
	read := func(name, text string) int64 {
		if text == "" || currency == "" {
			return 0
		}
		m, ok := checkout.ParseAmount(text, currency, views.Language(c.Request().Context()))
		shown.Wrong[name] = !ok
		f.Currency = currency
		return m.Minor
	}
	f.AmountFrom, f.AmountTo = read("amount_from", shown.AmountFrom), read("amount_to", shown.AmountTo)
	for name, wrong := range shown.Wrong {
		if !wrong {
			delete(shown.Wrong, name)
		}
	}
}

// readDay is the beginning of a day in the shop's time zone, or of one later.
func (d orderPages) readDay(text string, later int, name string, wrong map[string]bool) time.Time {
	if text == "" {
		return time.Time{}
	}
	day, err := time.ParseInLocation(time.DateOnly, text, d.zone())
	if err != nil {
		wrong[name] = true
		return time.Time{}
	}
	return day.AddDate(0, 0, later)
}

func (d *desk) zone() *time.Location {
	if d.TimeZone == nil {
		return time.UTC
	}
	return d.TimeZone
}

func statusOptions(c echo.Context) []view.Option {
	all := []view.Option{{Text: view.Text(c.Request().Context(), "filter.any")}}
	for _, s := range checkout.OrderStatuses() {
		all = append(all, view.Option{Value: string(s), Text: view.Text(c.Request().Context(), "status."+string(s))})
	}
	return all
}

func (d orderPages) methodOptions(c echo.Context) []view.Option {
	all := []view.Option{{Text: view.Text(c.Request().Context(), "filter.any")}}
	for _, code := range d.Methods.Codes() {
		all = append(all, view.Option{Value: code, Text: d.methodName(c, code)})
	}
	return all
}

// methodName is what people call a method.
func (d *desk) methodName(c echo.Context, code string) string {
	if code == "" {
		return ""
	}
	m := d.Methods.Method(code)
	return views.MethodName(c.Request().Context(), m.Code, m.Name)
}

func (d orderPages) orderRow(c echo.Context, o checkout.Order) view.OrderRow {
	row := view.OrderRow{
		ID: o.ID, URL: orderURL(o.ID), Number: o.Number, Reference: o.Reference, Buyer: strings.TrimSpace(o.Buyer.Name + " " + o.Buyer.Email),
		Amount: amountText(c, o.Total), Status: orderStatus(o.Status), Placed: d.moment(c, o.CreatedAt),
	}
	if p := o.Current(); p != nil {
		row.Method = strings.TrimSpace(d.methodName(c, p.Method) + " " + p.Card.LastFour)
	}
	_, row.Waits = checkout.OrderInInbox(o, o.CreatedAt, d.rules())
	return row
}

func orderURL(id string) string { return BasePath + pathOrders + "/" + url.PathEscape(id) }

// rules are those that say what can be ordered now.
func (d *desk) rules() checkout.Rules { return checkout.Rules{Now: d.Now()} }

// amountText writes money for the page's language.
func amountText(c echo.Context, m checkout.Money) string {
	return m.Format(views.Language(c.Request().Context()))
}

// moment is a time as the page shows it.
func (d *desk) moment(c echo.Context, t time.Time) view.Moment {
	if t.IsZero() {
		return view.Moment{}
	}
	return view.Moment{Text: views.Clock(c.Request().Context(), t, d.Now()), ISO: t.UTC().Format(time.RFC3339)}
}

// orderStatus is an order's status with its severity.
func orderStatus(s checkout.OrderStatus) view.Status {
	return status(string(s))
}

// severities say how urgent a status of an order, a payment, an operation, an effect or a
// delivery is; those that are missing are plain.
var severities = map[string]string{
	"paid": "good", "success": "good", "sent": "good", "delivered": "good",
	"processing": "wait", "authorized": "wait", "pending": "wait", "unknown": "wait", "review": "bad",
	"failed": "bad", "dead": "bad",
	"dispute_open": "bad", "dispute_defended": "wait", "dispute_won": "good", "dispute_lost": "bad",
}

func status(s string) view.Status { return view.Status{Key: s, Severity: severities[s]} }
