package books

import (
	"context"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

// Inquire asks Antom about every payment that was made on a day instead of reading a
// report. Answers are recorded as any other: only they move a status. day is YYYY-MM-DD, by
// Antom's time zone.
func (s *Service) Inquire(ctx context.Context, day string) (Result, error) {
	result := Result{Classes: map[checkout.ReportClass]int{}}
	start, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return result, fmt.Errorf("%q is no day such as 2026-06-01", day)
	}
	end := start.AddDate(0, 0, 1)
	orders, err := s.store.OrdersPaidFor(ctx, start, end)
	if err != nil {
		return result, err
	}
	for _, id := range orders {
		if err := s.inquireOrder(ctx, id, start, end, &result); err != nil {
			return result, err
		}
	}
	return result, nil
}

func (s *Service) inquireOrder(ctx context.Context, id string, from, to time.Time, result *Result) error {
	before, err := s.store.OrderByID(ctx, id)
	if err != nil {
		return err
	}
	after, found, err := s.inquire.InquireAll(ctx, before)
	if err != nil {
		return err
	}
	for _, one := range before.Payments {
		p := before.Payment(one.RequestID)
		if p.CreatedAt.Before(from) || !p.CreatedAt.Before(to) {
			continue
		}
		if err := s.answered(ctx, before, after, p, found[p.RequestID], result); err != nil {
			return err
		}
	}
	return nil
}

// answered stores what Antom's answer about a payment differs in.
func (s *Service) answered(ctx context.Context, before, after checkout.Order, p *checkout.Payment, found checkout.Finding, result *Result) error {
	subject := "inquiry:" + p.RequestID
	d := checkout.Difference{
		ID: s.cfg.NewID(), Subject: subject, OrderID: before.ID, PaymentRequestID: p.RequestID, OpenedAt: s.cfg.Now(),
		Ours: string(p.Status) + " " + p.EffectiveAmount().String(),
	}
	d.Class, d.Reason, d.Theirs = compareAnswer(after, p, found)
	switch d.Class {
	case "":
		result.Unanswered++
		return nil
	case checkout.RowMatched:
		result.Classes[d.Class]++
		if err := s.store.ResolveDifference(ctx, subject, s.cfg.Now(), checkout.ResolvedByInquiry, ""); err != nil && !checkout.IsNotFound(err) {
			return err
		}
		return nil
	}
	result.Classes[d.Class]++
	result.Differences = append(result.Differences, d)
	return s.store.SaveDifferences(ctx, []checkout.Difference{d})
}

// compareAnswer compares a payment as it was known with what an inquiry has made of it. No
// answer has no class.
func compareAnswer(after checkout.Order, was *checkout.Payment, found checkout.Finding) (class checkout.ReportClass, reason, theirs string) {
	is := after.Payment(was.RequestID)
	switch {
	case found == checkout.FindingUnknown || found == "" || is == nil:
		return "", "", ""
	case found == checkout.FindingNotFound && (was.Status.HoldsFunds() || was.Status == checkout.PaymentRefunded):
		return checkout.RowMissingThere, "", "Antom does not know the payment"
	case found == checkout.FindingNotFound:
		return checkout.RowMatched, "", ""
	case after.ReviewPayment == is.RequestID && after.Review.NeedsResolution():
		return checkout.RowAmount, string(after.Review), "Antom holds " + string(after.Review)
	case is.Status != was.Status:
		return checkout.RowStatus, "", string(is.Status) + ", which is recorded now"
	case after.ReviewPayment == is.RequestID && after.Review != "":
		return checkout.RowStatus, string(after.Review), "Antom's answer contradicts"
	}
	return checkout.RowMatched, "", ""
}
