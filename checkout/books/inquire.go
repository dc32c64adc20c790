package books

import (
	"context"
	"errors"
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

// InquireAbout asks Antom about the payments of the order that a difference is about, and then
// compares both sides again: the difference ends where they agree. Only a signed answer moves a
// status. Errors: ErrNotFound if there is no open difference of this id; ErrNothingToInquire if
// it is about no order.
func (s *Service) InquireAbout(ctx context.Context, id string) (agrees bool, err error) {
	d, err := s.store.OpenDifference(ctx, id)
	if err != nil {
		return false, err
	}
	if d.OrderID == "" {
		return false, ErrNothingToInquire
	}
	o, err := s.store.OrderByID(ctx, d.OrderID)
	if err != nil {
		return false, err
	}
	after, found, err := s.inquire.InquireAll(ctx, o)
	if err != nil {
		return false, err
	}
	if p := o.Payment(d.PaymentRequestID); p != nil && d.Subject == inquirySubject(p) {
		result := Result{Classes: map[checkout.ReportClass]int{}}
		err = s.answered(ctx, o, after, p, found[p.RequestID], &result)
		return result.Classes[checkout.RowMatched] == 1, err
	}
	r := s.emptyReading(&Result{})
	if err := r.examineAll(ctx, []checkout.Difference{d}); err != nil {
		return false, err
	}
	if err := r.storeFound(ctx); err != nil {
		return false, err
	}
	_, err = s.store.OpenDifference(ctx, id)
	if checkout.IsNotFound(err) {
		return true, nil
	}
	return false, err
}

// ErrNothingToInquire says that a difference is about no payment that Antom could be asked about.
var ErrNothingToInquire = errors.New("the difference is about no order")

func inquirySubject(p *checkout.Payment) string { return "inquiry:" + p.RequestID }

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
	subject := inquirySubject(p)
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
