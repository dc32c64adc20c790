package books

import (
	"context"
	"fmt"
	"slices"

	"antom-checkout/checkout"
)

// total is the type of a summary's row that stands for all others.
const total = "TOTAL"

// sum is one side of a comparison.
type sum struct {
	count int
	net   checkout.Fine
}

func (s sum) plus(other checkout.BatchSum) sum {
	return sum{s.count + other.Count, s.net + other.Net}
}

// text is for people.
func (s sum) text(currency checkout.Currency) string {
	return fmt.Sprintf("%d rows, %s %s", s.count, currency, s.net)
}

// compareSums compares what the details of a batch add up to with its summary, type by
// type, and the summary with its own TOTAL. A side that was not read yet says nothing. The
// published amounts are rounded already, so what differs at all is shown.
func compareSums(found []checkout.BatchSum) (off []checkout.Difference) {
	type place struct {
		currency checkout.Currency
		kind     string
	}
	details, summary := map[place]sum{}, map[place]sum{}
	parts := map[place]sum{} // the rows of the summary without TOTAL
	detailed, summarised := map[checkout.Currency]bool{}, map[checkout.Currency]bool{}
	batch := ""
	for _, s := range found {
		batch = s.Batch
		at, all := place{s.Currency, s.Type}, place{s.Currency, total}
		if s.Kind == checkout.ReportSettlement {
			detailed[s.Currency] = true
			details[at], details[all] = details[at].plus(s), details[all].plus(s)
			continue
		}
		summarised[s.Currency] = true
		summary[at] = summary[at].plus(s)
		if s.Type != total {
			parts[all] = parts[all].plus(s)
		}
	}
	differs := func(at place, reason, theirs, ours string) {
		off = append(off, checkout.Difference{Subject: sumSubject(batch, at.currency, at.kind), Class: checkout.SumDiffers, Reason: reason, Theirs: theirs, Ours: ours})
	}
	for _, s := range found { // in the order of the store, so that the result is the same each time
		at := place{s.Currency, s.Type}
		switch both := detailed[s.Currency] && summarised[s.Currency]; {
		case s.Kind == checkout.ReportSummary && s.Type == total && summary[at] != parts[at]:
			differs(at, "total_is_not_its_parts", "batch "+batch+", summary TOTAL: "+summary[at].text(s.Currency), "its other rows: "+parts[at].text(s.Currency))
		case !both:
		case s.Kind == checkout.ReportSummary && summary[at] != details[at]:
			differs(at, "details_are_not_summary", "batch "+batch+", summary "+s.Type+": "+summary[at].text(s.Currency), "settlement details: "+details[at].text(s.Currency))
		case s.Kind == checkout.ReportSettlement && summary[at] == sum{}:
			differs(at, "not_in_summary", "batch "+batch+", settlement details "+s.Type+": "+details[at].text(s.Currency), "no row of the summary")
		}
	}
	return off
}

// sums compares the settlement details of a batch with its summary.
func (r *reading) sums(ctx context.Context, batch string) error {
	found, err := r.store.BatchSums(ctx, batch)
	if err != nil {
		return err
	}
	r.result.Sums = append(r.result.Sums, found...)
	off := compareSums(found)
	for _, d := range off {
		r.result.Classes[checkout.SumDiffers]++
		if err := r.differs(ctx, d); err != nil {
			return err
		}
	}
	for _, s := range found {
		subject := sumSubject(s.Batch, s.Currency, s.Type)
		if !slices.ContainsFunc(off, func(d checkout.Difference) bool { return d.Subject == subject }) {
			if err := r.end(ctx, subject, checkout.ResolvedByReport); err != nil {
				return err
			}
		}
	}
	return nil
}

func sumSubject(batch string, currency checkout.Currency, kind string) string {
	return "sum:" + batch + ":" + string(currency) + ":" + kind
}
