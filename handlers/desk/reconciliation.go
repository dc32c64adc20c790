package desk

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/books"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	view "antom-checkout/views/desk"
)

const (
	pathReconciliation = "/reconciliation"
	mostDifferences    = 200
	longestNote        = 500 // characters
)

// Reconciliation compares Antom's reports with the orders.
type Reconciliation interface {
	// ReadReport compares a report with the orders. Errors: CodeFormInvalid with a Detail for a
	// file that is refused.
	ReadReport(ctx context.Context, name string, content []byte) (books.Result, error)
	Overview(ctx context.Context, limit int) (books.Overview, error)
	// Resolve ends a difference, or answers ErrNotFound if it is not open.
	Resolve(ctx context.Context, id, by, note string) error
	// InquireAbout asks Antom about what a difference is about, and compares again. Errors:
	// ErrNotFound if it is not open, books.ErrNothingToInquire.
	InquireAbout(ctx context.Context, id string) (agrees bool, err error)
}

// reconciliationPages compare Antom's reports with the orders.
type reconciliationPages struct{ *desk }

// routes lists them.
func (d reconciliationPages) routes() []route {
	return []route{
		{http.MethodGet, pathReconciliation, operators.See, d.showReconciliation, "shows the reports that were read, and what differs"},
		{http.MethodPost, pathReconciliation, operators.Money, d.readReport, "compares a report with the orders"},
		{http.MethodPost, pathReconciliation + "/differences/:id", operators.Money, d.resolveDifference, "ends a difference with a note"},
	}
}

func (d reconciliationPages) showReconciliation(c echo.Context) error {
	return d.reconciliationPage(c, http.StatusOK, "")
}

func (d reconciliationPages) reconciliationPage(c echo.Context, code int, wrong string) error {
	o, err := d.Reconciliation.Overview(c.Request().Context(), mostDifferences)
	if err != nil {
		return err
	}
	v := view.Reconciliation{Frame: d.frame(c, "reconciliation"), Wrong: wrong}
	if personOf(c).May(operators.Money) {
		v.Action = BasePath + pathReconciliation
	}
	for _, f := range o.Files {
		v.Files = append(v.Files, view.ReportFile{Name: f.Name, Kind: f.Kind, Days: strings.Join(f.Days, ", "), Rows: f.Rows, Read: d.moment(c, f.ReadAt)})
	}
	for _, s := range o.Sums {
		v.Sums = append(v.Sums, view.BatchSum{Batch: s.Batch, Kind: s.Kind, Type: s.Type, Count: s.Count, Net: string(s.Currency) + " " + s.Net.String()})
	}
	for _, x := range o.Differences {
		shown := d.difference(c, checkout.ReportDifference{Difference: x})
		if v.Action != "" {
			shown.Action = BasePath + pathReconciliation + "/differences/" + url.PathEscape(x.ID)
		}
		v.Differences = append(v.Differences, shown)
	}
	return web.Render(c, code, view.ReconciliationPage(v))
}

// difference is what both sides say.
func (d *desk) difference(c echo.Context, x checkout.ReportDifference) view.Difference {
	shown := view.Difference{
		ID: x.ID, Class: string(x.Class), Reason: x.Reason, Theirs: x.Theirs, Ours: x.Ours, File: x.File, Line: x.Line, Since: d.moment(c, x.OpenedAt),
	}
	if key := "reason." + x.Reason; view.HasText(key) {
		shown.Reason = view.Text(c.Request().Context(), key)
	}
	if x.OrderID != "" {
		shown.OrderURL = orderURL(x.OrderID)
	}
	return shown
}

// readReport compares a report that was uploaded with the orders. The same report again
// changes nothing.
func (d reconciliationPages) readReport(c echo.Context) error {
	_, content, err := web.Upload(c, "file")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	name := fileName(c)
	result, err := d.Reconciliation.ReadReport(ctx, name, content)
	if isRefusedForm(err) {
		return d.reconciliationPage(c, http.StatusUnprocessableEntity, refusalOf(err))
	}
	if err == nil {
		err = d.record(ctx, c, "reconciliation.read", "", name)
	}
	if err != nil {
		return err
	}
	if result.Agrees() {
		return done(c, pathReconciliation, "report_agrees")
	}
	return done(c, pathReconciliation, "report_differs")
}

// fileName is what the uploaded file is called, without a folder.
func fileName(c echo.Context) string {
	if form := c.Request().MultipartForm; form != nil && len(form.File["file"]) > 0 {
		return checkout.CleanText(form.File["file"][0].Filename)
	}
	return ""
}

// refusalOf is what a refused file is told, in the words of its reader.
func refusalOf(err error) string {
	for _, problem := range checkout.FieldsOf(err) {
		return problem
	}
	return ""
}

func (d reconciliationPages) resolveDifference(c echo.Context) error {
	switch noted, err := d.resolve(c); {
	case err != nil:
		return err
	case !noted:
		return d.reconciliationPage(c, http.StatusUnprocessableEntity, view.Text(c.Request().Context(), "reconciliation.note.wrong"))
	}
	return done(c, pathReconciliation, "difference_resolved")
}

// resolve ends a difference with the note that was posted. It is false for a note that says
// nothing, is too long or holds a card number.
func (d *desk) resolve(c echo.Context) (noted bool, err error) {
	f, err := form(c)
	if err != nil {
		return false, err
	}
	ctx, id := c.Request().Context(), c.Param("id")
	note := checkout.CleanText(f.Get("note"))
	if note == "" || len([]rune(note)) > longestNote || checkout.IDHoldsCardNumber(note) {
		return false, nil
	}
	err = d.Reconciliation.Resolve(ctx, id, personOf(c).Operator(), note)
	if checkout.IsNotFound(err) {
		return true, nil // it was posted twice
	}
	if err == nil {
		err = d.record(ctx, c, "reconciliation.resolve", "", id)
	}
	return true, err
}
