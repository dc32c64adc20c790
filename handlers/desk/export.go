package desk

import (
	"context"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
)

// exportedAtOnce is how many orders are in memory while a file is written.
const exportedAtOnce = 200

// writePatience is how long a browser may take to read a part of a file.
const writePatience = 30 * time.Second

// export is a file of the orders that a filter lists.
type export struct {
	name   string
	header []string
	rows   func(checkout.Order) [][]string
}

// exports lists all files.
func exports() []export {
	return []export{
		{"orders", []string{"order", "number", "reference", "status", "currency", "total", "refunded", "created_at", "paid_at", "method", "name", "email", "country", "payment_link"}, orderCells},
		{"payments", []string{"order", "number", "payment_request_id", "antom_payment_id", "method", "mode", "status", "currency", "amount", "refunded", "result_code", "card_brand", "card_last4", "created_at"}, paymentCells},
		{"refunds", []string{"order", "number", "payment_request_id", "refund_request_id", "status", "currency", "amount", "result_code", "reason", "created_at"}, refundCells},
	}
}

// exportFiles are the files of what the list shows.
type exportFiles struct{ *desk }

// routes are the files.
func (d exportFiles) routes() (all []route) {
	for _, e := range exports() {
		all = append(all, route{http.MethodGet, pathOrders + "/export/" + e.name, operators.See,
			func(c echo.Context) error { return d.exportFile(c, e) }, "writes a file of " + e.name})
	}
	return all
}

// exportFile writes a file part by part, so that one of any length takes the same memory.
func (d exportFiles) exportFile(c echo.Context, e export) error {
	filter, _ := orderPages(d).readFilter(c)
	ctx := c.Request().Context()
	orders, err := d.Books.Orders(ctx, filter, checkout.Window{Limit: exportedAtOnce})
	if err != nil {
		return err
	}
	stream, file := d.file(c, e.name)
	rows := [][]string{e.header}
	for {
		for _, o := range orders {
			rows = append(rows, e.rows(o)...)
		}
		if err := writePart(stream, file, rows); err != nil {
			return nil // the browser has left
		}
		if len(orders) < exportedAtOnce {
			return nil
		}
		rows = rows[:0]
		after := orders[len(orders)-1].ID
		if orders, err = d.nextPart(ctx, filter, after); err != nil {
			panic(http.ErrAbortHandler) // half a file must not look like a whole one
		}
	}
}

func (d exportFiles) nextPart(ctx context.Context, filter checkout.OrderFilter, after string) ([]checkout.Order, error) {
	return d.Books.Orders(ctx, filter, checkout.Window{After: after, Limit: exportedAtOnce})
}

// file begins a CSV file that a browser stores.
func (d *desk) file(c echo.Context, name string) (*http.ResponseController, *csv.Writer) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8; header=present")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`-`+d.Now().In(d.zone()).Format(time.DateOnly)+`.csv"`)
	c.Response().WriteHeader(http.StatusOK)
	file := csv.NewWriter(c.Response())
	file.UseCRLF = true
	return http.NewResponseController(c.Response()), file
}

func writePart(stream *http.ResponseController, file *csv.Writer, rows [][]string) error {
	for _, row := range rows {
		for i := range row {
			row[i] = cell(row[i])
		}
		if err := file.Write(row); err != nil {
			return err
		}
	}
	file.Flush()
	if err := file.Error(); err != nil {
		return err
	}
	_ = stream.SetWriteDeadline(time.Now().Add(writePatience)) // a recorder in tests has none
	return stream.Flush()
}

// cell is a text that no spreadsheet takes for a formula. A negative number is none.
func cell(text string) string {
	if _, err := strconv.ParseFloat(text, 64); err == nil && strings.Trim(text, "-0123456789.") == "" {
		return text
	}
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

func orderCells(o checkout.Order) [][]string {
	method := ""
	if p := o.Current(); p != nil {
		method = p.Method
	}
	return [][]string{{
		o.ID, o.Number, o.Reference, string(o.Status), string(o.Total.Currency), decimal(o.Total), decimal(checkout.Refunded(o)), stamp(o.CreatedAt), stamp(o.PaidAt),
		method, o.Buyer.Name, o.Buyer.Email, o.Buyer.Country, o.Link,
	}}
}

func paymentCells(o checkout.Order) (rows [][]string) {
	for _, p := range o.Payments {
		amount := p.EffectiveAmount()
		rows = append(rows, []string{
			o.ID, o.Number, p.RequestID, p.AntomID, p.Method, string(p.Mode), string(p.Status), string(amount.Currency), decimal(amount), decimal(p.Refunded()),
			p.ResultCode, p.Card.Brand, p.Card.LastFour, stamp(p.CreatedAt),
		})
	}
	return rows
}

func refundCells(o checkout.Order) (rows [][]string) {
	for _, p := range o.Payments {
		for _, op := range p.Operations {
			if op.Kind == checkout.Refund {
				rows = append(rows, []string{
					o.ID, o.Number, p.RequestID, op.RequestID, string(op.Status), string(op.Amount.Currency), decimal(op.Amount), op.ResultCode, op.Reason, stamp(op.CreatedAt),
				})
			}
		}
	}
	return rows
}

// decimal is an amount as programs read it: 1234.50.
func decimal(m checkout.Money) string {
	digits, exponent := strconv.FormatInt(m.Minor, 10), m.Currency.Exponent()
	if exponent == 0 {
		return digits
	}
	if missing := exponent + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	return digits[:len(digits)-exponent] + "." + digits[len(digits)-exponent:]
}

// stamp is a moment in UTC, or "".
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
