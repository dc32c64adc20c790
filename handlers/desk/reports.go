package desk

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	view "antom-checkout/views/desk"
)

const pathReports = "/reports"

// Sales is what the dashboard reads of what was sold.
type Sales interface {
	// Sales sums up what was placed, paid, refunded and charged from a moment until before
	// another one, by the days that begin with them.
	Sales(ctx context.Context, from, to time.Time) ([]checkout.SalesSum, error)
}

// reportPages are what was sold.
type reportPages struct{ *desk }

// routes lists them.
func (d reportPages) routes() []route {
	return []route{
		{http.MethodGet, pathReports, operators.See, d.showReports, "shows what was sold"},
		{http.MethodGet, pathReports + "/export", operators.See, d.exportReport, "writes what was sold into a file"},
	}
}

// usualSteps is how many steps a report has that no days were chosen for.
var usualSteps = map[checkout.Grain]int{checkout.ByDay: 30, checkout.ByWeek: 12, checkout.ByMonth: 12}

// period reads what the report is about: whole steps until today, or whole days. ok is false
// for days that cannot be read, and for too many.
func (d reportPages) period(c echo.Context) (p checkout.ReportPeriod, ok bool) {
	p.Grain, ok = checkout.ByDay, true
	for _, g := range checkout.Grains() {
		if c.QueryParam("by") == string(g) {
			p.Grain = g
		}
	}
	today := checkout.ByDay.Start(d.Now().In(d.zone()))
	p.From, p.To = p.Grain.Next(p.Grain.Start(today), 1-usualSteps[p.Grain]), checkout.ByDay.Next(today, 1)
	read := func(name string, into *time.Time, days int) {
		if text := c.QueryParam(name); text != "" {
			day, err := time.ParseInLocation(time.DateOnly, text, d.zone())
			*into, ok = checkout.ByDay.Next(day, days), ok && err == nil
		}
	}
	usual := p
	read("from", &p.From, 0)
	read("to", &p.To, 1)
	steps := p.Steps()
	if !ok || len(steps) == 0 || p.Grain.Next(steps[len(steps)-1], 1).Before(p.To) {
		return usual, false
	}
	return p, true
}

func (d reportPages) showReports(c echo.Context) error {
	ctx := c.Request().Context()
	p, ok := d.period(c)
	sums, err := d.Sales.Sales(ctx, p.From, p.To)
	if err != nil {
		return err
	}
	from, to := p.From.Format(time.DateOnly), p.To.AddDate(0, 0, -1).Format(time.DateOnly)
	v := view.Reports{
		Frame: d.frame(c, "reports"), Grain: string(p.Grain), From: from, To: to,
		ExportURL: BasePath + pathReports + "/export?" + query("by", string(p.Grain)) + "&" + query("from", from) + "&" + query("to", to),
	}
	if !ok {
		v.Wrong = view.Text(ctx, "reports.wrong")
	}
	for _, g := range checkout.Grains() {
		v.Grains = append(v.Grains, view.Tick{Value: string(g), Text: view.Text(ctx, "reports."+string(g)), Chosen: g == p.Grain})
	}
	for _, r := range checkout.NewSalesReports(sums, p) {
		v.Currencies = append(v.Currencies, d.salesView(c, r))
	}
	v.Conversion, v.Declines = d.conversion(c, checkout.NewConversion(sums))
	code := http.StatusOK
	if !ok {
		code = http.StatusUnprocessableEntity
	}
	return web.Render(c, code, view.ReportsPage(v))
}

func (d reportPages) salesView(c echo.Context, r checkout.SalesReport) view.SalesView {
	total := salesRow(c, "", r.Currency, r.Total)
	v := view.SalesView{Currency: string(r.Currency), Sold: total.Sold, Refunded: total.Refunded, Net: total.Net, Fees: total.Fees, Orders: total.Orders}
	for _, step := range r.Steps {
		v.Steps = append(v.Steps, salesRow(c, step.Start.Format(time.DateOnly), r.Currency, step.Sales))
	}
	for _, m := range r.Methods {
		name := d.methodName(c, m.Method)
		if name == "" {
			name = view.Text(c.Request().Context(), "reports.no_method")
		}
		v.Methods = append(v.Methods, salesRow(c, name, r.Currency, m.Sales))
	}
	v.Chart = chart(c, r, v.Steps)
	return v
}

func salesRow(c echo.Context, name string, currency checkout.Currency, s checkout.Sales) view.SalesRow {
	money := func(minor int64) string { return amountText(c, checkout.Money{Minor: minor, Currency: currency}) }
	return view.SalesRow{
		Name: name, Orders: strconv.Itoa(s.Orders), Sold: money(s.Sold), Refunds: strconv.Itoa(s.Refunds), Refunded: money(s.Refunded), Net: money(s.Net()),
		Fees: feesOf(c, s),
	}
}

// feesOf is what Antom charged, in each currency of settlement, and whether reports of
// settlement know all of it. A fee that no report has told of is not shown as none.
func feesOf(c echo.Context, s checkout.Sales) view.Fees {
	ctx := c.Request().Context()
	if s.Empty() {
		return view.Fees{}
	}
	if s.Reconciled() == checkout.Unreconciled && len(s.Charges) == 0 {
		return view.Fees{Note: view.Text(ctx, "reports.unreconciled")}
	}
	var fees view.Fees
	for _, charge := range s.Charges {
		fees.Amounts = append(fees.Amounts, fineText(c, charge.Charged, charge.ChargedIn))
	}
	if s.Reconciled() != checkout.Reconciled {
		fees.Note = view.Text(ctx, "reports.partly_reconciled", s.Reported, s.Orders+s.Refunds)
	}
	return fees
}

// fineText writes an amount that may be finer than the currency's smallest unit.
func fineText(c echo.Context, amount checkout.Fine, currency checkout.Currency) string {
	if minor, exact := amount.Minor(currency); exact {
		return amountText(c, checkout.Money{Minor: minor, Currency: currency})
	}
	return string(currency) + " " + amount.String()
}

// The size of a chart, in its own units, and the part of a step that its bar takes.
const (
	chartHeight = 120
	barWidth    = 8
	stepWidth   = 10
)

// chart draws what was sold in each step.
func chart(c echo.Context, r checkout.SalesReport, rows []view.SalesRow) view.Chart {
	top := int64(1)
	for _, s := range r.Steps {
		top = max(top, s.Sold, s.Refunded)
	}
	height := func(minor int64) int {
		if minor == 0 {
			return 0
		}
		return max(1, int(float64(minor)/float64(top)*chartHeight))
	}
	v := view.Chart{
		Width: stepWidth * len(r.Steps), Height: chartHeight, First: rows[0].Name, Last: rows[len(rows)-1].Name,
		Top: amountText(c, checkout.Money{Minor: top, Currency: r.Currency}),
	}
	for i, s := range r.Steps {
		sold := height(s.Sold)
		v.Bars = append(v.Bars, view.Bar{
			X: i*stepWidth + (stepWidth-barWidth)/2, Y: chartHeight - sold, Width: barWidth, Height: sold, RefundedHeight: height(s.Refunded),
			Title: view.Text(c.Request().Context(), "reports.bar", rows[i].Name, rows[i].Sold, rows[i].Refunded),
		})
	}
	return v
}

// conversion says how far the orders came, and why attempts failed.
func (d reportPages) conversion(c echo.Context, counted checkout.Conversion) (steps, declines []view.Share) {
	ctx := c.Request().Context()
	if counted.Placed == 0 {
		return nil, nil
	}
	share := func(name string, n, of int) view.Share {
		s := view.Share{Name: name, Count: strconv.Itoa(n)}
		if of > 0 {
			s.Part = strconv.Itoa((n*100+of/2)/of) + " %"
		}
		return s
	}
	steps = []view.Share{
		share(view.Text(ctx, "reports.placed"), counted.Placed, 0),
		share(view.Text(ctx, "reports.started"), counted.Started, counted.Placed),
		share(view.Text(ctx, "reports.paid"), counted.Paid, counted.Placed),
	}
	failed := 0
	for _, x := range counted.Declines {
		failed += x.Count
	}
	for _, x := range counted.Declines {
		name := x.Code
		if name == "" {
			name = view.Text(ctx, "reports.no_code")
		}
		declines = append(declines, share(name, x.Count, failed))
	}
	return steps, declines
}

// exportReport writes a row for each step, currency and method.
func (d reportPages) exportReport(c echo.Context) error {
	p, ok := d.period(c)
	if !ok {
		return echo.NewHTTPError(http.StatusUnprocessableEntity)
	}
	sums, err := d.Sales.Sales(c.Request().Context(), p.From, p.To)
	if err != nil {
		return err
	}
	rows := [][]string{{string(p.Grain), "currency", "method", "orders", "sold", "refunds", "refunded", "fees", "fee_currency", "reconciled"}}
	for _, r := range methodReports(sums, p) {
		for _, step := range r.Steps {
			rows = append(rows, salesCells(step, r.Currency, r.Methods[0].Method)...)
		}
	}
	stream, file := d.file(c, "sales")
	_ = writePart(stream, file, rows) // the browser has left
	return nil
}

// salesCells is a row of a step, and one more for each further currency that fees were charged
// in, so that every column can be added up. Fees that no report has told of are empty.
func salesCells(step checkout.SalesStep, currency checkout.Currency, method string) (rows [][]string) {
	money := func(minor int64) string { return decimal(checkout.Money{Minor: minor, Currency: currency}) }
	row := func(s checkout.Sales, fees, feeCurrency string) {
		rows = append(rows, []string{
			step.Start.Format(time.DateOnly), string(currency), method, strconv.Itoa(s.Orders), money(s.Sold), strconv.Itoa(s.Refunds), money(s.Refunded),
			fees, feeCurrency, string(step.Reconciled()),
		})
	}
	if step.Empty() {
		return nil
	}
	if len(step.Charges) == 0 {
		row(step.Sales, "", "")
	}
	for i, charge := range step.Charges {
		s := step.Sales
		if i > 0 {
			s = checkout.Sales{}
		}
		row(s, charge.Charged.String(), string(charge.ChargedIn))
	}
	return rows
}

// methodReports are the reports of each method by itself.
func methodReports(sums []checkout.SalesSum, p checkout.ReportPeriod) (all []checkout.SalesReport) {
	byMethod, methods := map[string][]checkout.SalesSum{}, []string{}
	for _, s := range sums {
		if byMethod[s.Name] == nil {
			methods = append(methods, s.Name)
		}
		byMethod[s.Name] = append(byMethod[s.Name], s)
	}
	for _, m := range methods {
		all = append(all, checkout.NewSalesReports(byMethod[m], p)...)
	}
	return all
}
