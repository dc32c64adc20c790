package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"antom-checkout/antom/reports"
	"antom-checkout/checkout"
	"antom-checkout/checkout/books"
)

const reconcileHelp = `reconcile FILE...        compares Antom's transaction, settlement and summary
                         reports (CSV) with the orders. Files of one day or batch
                         are best read together.
reconcile --inquire DAY  asks Antom about every payment of a day (by UTC+8) instead
reconcile list           the differences that are open, newest first; --all: all
reconcile resolve ID --note TEXT
                         ends a difference; it changes nothing else

Nothing of a report moves money or an order's status. What differs waits until a
person resolves it, or until a report agrees. Exit code 1: something differs, or a
file is refused. A file that is called list or resolve is named ./list or ./resolve.
`

// reconcileFlags are those of all forms of the command.
type reconcileFlags struct {
	inquire, amounts, note string
	all, json              bool
}

// errDiffers ends the command with exit code 1.
var errDiffers = errors.New("there are differences")

// reconcile compares reports, or Antom's answers, with the records, beside a running server
// or without one.
func reconcile(ctx context.Context, l *line) error {
	var f reconcileFlags
	l.flags.StringVar(&f.inquire, "inquire", "", "ask Antom about every payment made on this day, such as 2026-06-01")
	l.flags.StringVar(&f.amounts, "amounts", "major", "major: an amount without a decimal point is in dollars or yen; minor: in cents, as in reports until about 2023")
	l.flags.StringVar(&f.note, "note", "", "of resolve: why, for those who read it later")
	l.flags.BoolVar(&f.all, "all", false, "of list: those that are resolved, too")
	l.flags.BoolVar(&f.json, "json", false, "answer in JSON")
	s, err := l.load()
	if err != nil {
		return err
	}
	action := "read"
	if len(l.arguments) > 0 && (l.arguments[0] == "list" || l.arguments[0] == "resolve") {
		action = l.arguments[0]
	} else if f.inquire != "" {
		action = "inquire"
	}
	wrong := map[string]bool{
		"read": len(l.arguments) == 0, "inquire": len(l.arguments) > 0, "list": len(l.arguments) > 1, "resolve": len(l.arguments) != 2 || f.note == "",
	}[action]
	if wrong || f.amounts != "major" && f.amounts != "minor" {
		return usageError{fmt.Errorf("reconcile: name files, or a day with --inquire, or list, or resolve with --note\n\n%s", reconcileHelp)}
	}
	var files []*reports.File
	if action == "read" {
		if files, err = readReports(l.arguments, f.amounts == "minor"); err != nil {
			return err
		}
	}
	return l.beside(ctx, s, func(p *Program) error {
		service := booksOf(p)
		switch action {
		case "list":
			return listDifferences(ctx, service, l.stdout, f)
		case "resolve":
			return resolveDifference(ctx, service, l.stdout, l.arguments[1], f.note)
		case "inquire":
			result, err := service.Inquire(ctx, f.inquire)
			return showResult(l.stdout, result, err, f.json)
		}
		result, err := service.Read(ctx, files)
		return showResult(l.stdout, result, err, f.json)
	})
}

// booksOf makes the service that compares reports with the records.
func booksOf(p *Program) *books.Service {
	ids := checkout.NewIDs(p.Now)
	return books.New(books.Config{Merchant: p.Settings.AntomMerchant, Now: p.Now, NewID: ids.New}, p.Store, p.Services.Payments)
}

// exponentOf is that of a currency's code, as the reader of reports takes it.
func exponentOf(code string) (int, bool) {
	currency, err := checkout.ParseCurrency(code)
	return currency.Exponent(), err == nil
}

// reconciliation is what the dashboard compares reports with.
type reconciliation struct{ *books.Service }

// ReadReport implements desk.Reconciliation.
func (r reconciliation) ReadReport(ctx context.Context, name string, content []byte) (books.Result, error) {
	file, err := reports.Read(name, bytes.NewReader(content), reports.Options{Exponent: exponentOf})
	if err != nil {
		return books.Result{}, &checkout.Error{Code: checkout.CodeFormInvalid, Fields: map[string]string{"file": err.Error()}}
	}
	result, err := r.Read(ctx, []*reports.File{file})
	if errors.Is(err, books.ErrForeign) {
		err = &checkout.Error{Code: checkout.CodeFormInvalid, Fields: map[string]string{"file": err.Error()}}
	}
	return result, err
}

// readReports reads all files before the first one is compared, and tells of every file that
// is refused.
func readReports(paths []string, minor bool) (files []*reports.File, err error) {
	opt := reports.Options{Minor: minor, Exponent: exponentOf}
	var problems []error
	for _, path := range paths {
		f, err := readReport(path, opt)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		files = append(files, f)
	}
	return files, errors.Join(problems...)
}

func readReport(path string, opt reports.Options) (*reports.File, error) {
	file, err := os.Open(path) // #nosec G304 -- the operator names it
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return reports.Read(filepath.Base(path), file, opt)
}

// shownDifference is a difference as it is published.
type shownDifference struct {
	ID       string               `json:"id"`
	Class    checkout.ReportClass `json:"class"`
	Reason   string               `json:"reason,omitempty"`
	Order    string               `json:"order_id,omitempty"`
	Payment  string               `json:"payment_request_id,omitempty"`
	Line     int                  `json:"line,omitempty"`
	Theirs   string               `json:"antom,omitempty"`
	Ours     string               `json:"ours,omitempty"`
	OpenedAt time.Time            `json:"opened_at"`
	Resolved time.Time            `json:"resolved_at,omitzero"`
	By       string               `json:"resolved_by,omitempty"`
	Note     string               `json:"note,omitempty"`
}

func shown(d checkout.Difference) shownDifference {
	return shownDifference{
		ID: d.ID, Class: d.Class, Reason: d.Reason, Order: d.OrderID, Payment: d.PaymentRequestID, Line: d.Line,
		Theirs: d.Theirs, Ours: d.Ours, OpenedAt: d.OpenedAt, Resolved: d.ResolvedAt, By: d.ResolvedBy, Note: d.Note,
	}
}

// text is a difference on one line.
func (d shownDifference) text() string {
	parts := []string{d.ID, string(d.Class)}
	for _, part := range []struct{ name, text string }{
		{"", d.Reason}, {"order ", d.Order}, {"payment ", d.Payment}, {"Antom: ", d.Theirs}, {"ours: ", d.Ours}, {"resolved by ", d.By}, {"", d.Note},
	} {
		if part.text != "" {
			parts = append(parts, part.name+part.text)
		}
	}
	return strings.Join(parts, "  ")
}

// showResult writes what was found. Differences end the command with an error.
func showResult(out io.Writer, result books.Result, problem error, asJSON bool) error {
	if problem != nil {
		return problem
	}
	if asJSON {
		if err := writeResultJSON(out, result); err != nil {
			return err
		}
	} else {
		writeResult(out, result)
	}
	if !result.Agrees() {
		return errDiffers
	}
	return nil
}

func writeResultJSON(out io.Writer, result books.Result) error {
	type sum struct {
		Batch    string            `json:"batch"`
		Report   string            `json:"report"`
		Currency checkout.Currency `json:"currency"`
		Type     string            `json:"type"`
		Count    int               `json:"count"`
		Net      string            `json:"net"` // decimal, in major units
	}
	answer := struct {
		books.Result
		Sums        []sum             `json:"sums"`
		Differences []shownDifference `json:"differences"`
	}{Result: result, Sums: []sum{}, Differences: []shownDifference{}}
	for _, s := range result.Sums {
		answer.Sums = append(answer.Sums, sum{s.Batch, s.Kind, s.Currency, s.Type, s.Count, s.Net.String()})
	}
	for _, d := range result.Differences {
		answer.Differences = append(answer.Differences, shown(d))
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(answer)
}

func writeResult(out io.Writer, result books.Result) {
	for _, f := range result.Files {
		text := fmt.Sprintf("%s: %s, %d rows", f.Name, f.Kind, f.Rows)
		if f.Already {
			text += ", read before"
		}
		if len(f.Others) > 0 {
			text += ", with fee columns that no document names: " + strings.Join(f.Others, ", ")
		}
		fmt.Fprintln(out, text)
	}
	for _, class := range slices.Sorted(maps.Keys(result.Classes)) {
		fmt.Fprintf(out, "%-15s %d\n", class, result.Classes[class])
	}
	if result.Unanswered > 0 {
		fmt.Fprintf(out, "%-15s %d\n", "no answer", result.Unanswered)
	}
	for _, s := range result.Sums {
		fmt.Fprintf(out, "batch %s  %-12s %-26s %6d  %s %s\n", s.Batch, s.Kind, s.Type, s.Count, s.Currency, s.Net)
	}
	for _, d := range result.Differences {
		fmt.Fprintln(out, shown(d).text())
	}
}

// listDifferences writes differences, in JSON one a line.
func listDifferences(ctx context.Context, service *books.Service, out io.Writer, f reconcileFlags) error {
	list := func(ctx context.Context, w checkout.Window) ([]checkout.Difference, error) {
		return service.Differences(ctx, f.all, w)
	}
	return eachOf(ctx, list, func(d checkout.Difference) string { return d.ID }, func(d checkout.Difference) error {
		if f.json {
			encoder := json.NewEncoder(out)
			encoder.SetEscapeHTML(false)
			return encoder.Encode(shown(d))
		}
		_, err := fmt.Fprintln(out, shown(d).text())
		return err
	})
}

func resolveDifference(ctx context.Context, service *books.Service, out io.Writer, id, note string) error {
	err := service.Resolve(ctx, id, "command line", note)
	if checkout.IsNotFound(err) {
		return fmt.Errorf("there is no open difference %s; reconcile list shows those that are open", id)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, id, "is resolved")
	return err
}
