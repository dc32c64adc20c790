// Package books compares Antom's reconciliation reports, or its answers about a day, with
// the merchant's records. Nothing of a report moves money or a status: what differs is
// stored as a difference, and waits for a person or for a report that agrees.
//
//	b := books.New(books.Config{Now: time.Now, NewID: ids.New}, store, payments)
//	result, err := b.Read(ctx, []*reports.File{file})
package books

import (
	"context"
	"errors"
	"fmt"
	"time"

	"antom-checkout/antom/reports"
	"antom-checkout/checkout"
)

// Store is what the Service reads and writes.
type Store interface {
	// FindPayments tells which orders some references, of one id each, are about. What is about
	// none is left out. KnownOrders are those of some ids that are orders', by themselves.
	FindPayments(ctx context.Context, by []checkout.Reference) (map[checkout.Reference]string, error)
	KnownOrders(ctx context.Context, ids []string) (map[string]string, error)
	// OrderByID finds an order, and Timeline lists the rows of its ledger.
	OrderByID(ctx context.Context, id string) (checkout.Order, error)
	Timeline(ctx context.Context, orderID string) ([]checkout.TimelineEntry, error)
	// LedgerMoves lists the rows of the ledger of a time by which payments were paid, and
	// refunds and cancels done, oldest first.
	LedgerMoves(ctx context.Context, from, to time.Time) ([]checkout.LedgerMove, error)
	// OrdersPaidFor lists the orders whose payments were made in a time.
	OrdersPaidFor(ctx context.Context, from, to time.Time) ([]string, error)

	// ReportFileByHash finds a file that was read, or answers ErrNotFound. ReportFiles lists
	// them, newest first. AddReportFile stores one, after its rows.
	ReportFileByHash(ctx context.Context, sha256 string) (checkout.ReportFile, error)
	ReportFiles(ctx context.Context, w checkout.Window) ([]checkout.ReportFile, error)
	AddReportFile(ctx context.Context, f checkout.ReportFile) error
	// ReportMerchant is the merchant of the files that were read, or "".
	ReportMerchant(ctx context.Context) (string, error)
	// ReportDays lists the days of which transaction details were read.
	ReportDays(ctx context.Context) ([]string, error)
	// SaveReportRows stores rows; one that is stored already is replaced.
	SaveReportRows(ctx context.Context, rows []checkout.ReportRow) error
	// ReportRow finds a row, or answers ErrNotFound. RowsAbout lists the rows about an act.
	ReportRow(ctx context.Context, kind, key string) (checkout.ReportRow, error)
	RowsAbout(ctx context.Context, act string) ([]checkout.ReportRow, error)
	// OtherGeneration reports whether a batch was read in the columns of another generation.
	OtherGeneration(ctx context.Context, kind, batch string, generation int) (bool, error)
	// BatchSums adds up what was read of a batch. Batches lists those of the latest files.
	BatchSums(ctx context.Context, batch string) ([]checkout.BatchSum, error)
	Batches(ctx context.Context, limit int) ([]string, error)

	// SaveDifferences stores differences. One about the same subject takes the place of the
	// one before where Difference.Replaced says so.
	SaveDifferences(ctx context.Context, found []checkout.Difference) error
	// Differences lists differences, newest first: all, or those that are open.
	Differences(ctx context.Context, all bool, w checkout.Window) ([]checkout.Difference, error)
	// OpenDifference finds one that is open by its id, or answers ErrNotFound.
	OpenDifference(ctx context.Context, id string) (checkout.Difference, error)
	// ResolveDifference ends an open difference, or answers ErrNotFound.
	ResolveDifference(ctx context.Context, subjectOrID string, at time.Time, by, note string) error
}

// Inquirer asks Antom how the payments of an order stand, and records the signed answers.
type Inquirer interface {
	InquireAll(ctx context.Context, o checkout.Order) (checkout.Order, map[string]checkout.Finding, error)
}

// Config is what the Service needs to know.
type Config struct {
	Merchant string // the merchant's id at Antom; "" is that of the first file that is read
	Now      func() time.Time
	NewID    func() string
}

// Service reads reports.
type Service struct {
	cfg     Config
	store   Store
	inquire Inquirer
}

// New makes the Service.
func New(cfg Config, store Store, inquire Inquirer) *Service { return &Service{cfg, store, inquire} }

// Result is what reading has found. It is published as JSON.
type Result struct {
	Files       []FileResult                 `json:"files"`
	Classes     map[checkout.ReportClass]int `json:"classes"` // of the rows of the files, and of what lacks one
	Sums        []checkout.BatchSum          `json:"-"`
	Differences []checkout.Difference        `json:"-"`          // that are open because of what was read
	Unanswered  int                          `json:"unanswered"` // payments about which Antom gave no answer
}

// FileResult is what became of a file.
type FileResult struct {
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`
	Rows    int      `json:"rows"`
	Days    []string `json:"days,omitempty"`
	Already bool     `json:"already"` // it was read before, and nothing has changed
	Others  []string `json:"other_fee_columns,omitempty"`
}

// Agrees reports whether nothing differs.
func (r Result) Agrees() bool { return len(r.Differences) == 0 && r.Unanswered == 0 }

// ErrForeign is a file of another merchant.
var ErrForeign = errors.New("the file is of another merchant")

// Read compares files with the records and stores what they say. A file that was read
// before is not read again. Files of one day or batch are best read together: what one
// lacks the other may have. Of a file that is refused nothing is stored.
func (s *Service) Read(ctx context.Context, files []*reports.File) (Result, error) {
	result := Result{Classes: map[checkout.ReportClass]int{}}
	reading, err := s.newReading(ctx, &result)
	if err != nil {
		return result, err
	}
	merchant, err := s.merchant(ctx)
	if err != nil {
		return result, err
	}
	for _, f := range files {
		if err := s.check(ctx, f, &merchant); err != nil {
			return result, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	for _, f := range files {
		if err := reading.file(ctx, f); err != nil {
			return result, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return result, reading.finish(ctx)
}

// merchant is whose files are read, or "" before the first one.
func (s *Service) merchant(ctx context.Context) (string, error) {
	if s.cfg.Merchant != "" {
		return s.cfg.Merchant, nil
	}
	return s.store.ReportMerchant(ctx)
}

// check refuses a file of another merchant, and a batch in other columns than before: its
// rows would have other ids, and count twice.
func (s *Service) check(ctx context.Context, f *reports.File, merchant *string) error {
	if *merchant == "" {
		*merchant = f.Merchant
	}
	if f.Merchant != "" && f.Merchant != *merchant {
		return fmt.Errorf("%w: %s, not %s; ANTOM_MERCHANT_ID says which is yours", ErrForeign, f.Merchant, *merchant)
	}
	if f.Kind == reports.Transactions {
		return nil
	}
	seen := map[string]bool{}
	for _, r := range f.Rows {
		if seen[r.Batch] {
			continue
		}
		seen[r.Batch] = true
		if other, err := s.store.OtherGeneration(ctx, string(f.Kind), r.Batch, f.Generation); err != nil {
			return err
		} else if other {
			return fmt.Errorf("batch %s was read already, in the columns of another generation; its rows would count twice", r.Batch)
		}
	}
	return nil
}

// Differences lists differences, newest first: all, or those that are open.
func (s *Service) Differences(ctx context.Context, all bool, w checkout.Window) ([]checkout.Difference, error) {
	return s.store.Differences(ctx, all, w)
}

// Resolve ends a difference. by is who has decided it, note says why. It changes nothing
// else. Error: ErrNotFound if there is no open one of this id.
func (s *Service) Resolve(ctx context.Context, id, by, note string) error {
	return s.store.ResolveDifference(ctx, id, s.cfg.Now(), by, note)
}

// Overview is what a page shows: the latest files, what their batches add up to, and what
// is open.
type Overview struct {
	Files       []checkout.ReportFile
	Sums        []checkout.BatchSum
	Differences []checkout.Difference
}

// Overview reads it, at most limit of each.
func (s *Service) Overview(ctx context.Context, limit int) (o Overview, err error) {
	if o.Files, err = s.store.ReportFiles(ctx, checkout.Window{Limit: limit}); err != nil {
		return o, err
	}
	batches, err := s.store.Batches(ctx, limit)
	if err != nil {
		return o, err
	}
	for _, batch := range batches {
		sums, err := s.store.BatchSums(ctx, batch)
		if err != nil {
			return o, err
		}
		o.Sums = append(o.Sums, sums...)
	}
	o.Differences, err = s.store.Differences(ctx, false, checkout.Window{Limit: limit})
	return o, err
}
