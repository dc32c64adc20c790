package merchant

import (
	"context"
	"time"

	"antom-checkout/checkout"
)

// LinkStore is what the Service reads and writes of payment links.
type LinkStore interface {
	// AddPaymentLink stores a new link. If one with the same FormKey is stored already, that
	// one is returned and nothing changes.
	AddPaymentLink(ctx context.Context, l checkout.PaymentLink) (checkout.PaymentLink, error)
	// PaymentLinks lists links, newest first. PaymentLink and PaymentLinkByCode find one, or
	// answer ErrNotFound.
	PaymentLinks(ctx context.Context, w checkout.Window) ([]checkout.PaymentLink, error)
	PaymentLink(ctx context.Context, id string) (checkout.PaymentLink, error)
	PaymentLinkByCode(ctx context.Context, code string) (checkout.PaymentLink, error)
	// UpdatePaymentLink lets change decide, and commits what differs.
	UpdatePaymentLink(ctx context.Context, id string, change func(checkout.PaymentLink) (checkout.PaymentLink, error)) (checkout.PaymentLink, error)
}

// LinkRequest is a payment link as a system of the merchant's makes it.
type LinkRequest struct {
	FormKey    string // the same key is the same link; "" is a new one
	Lines      []LineRequest
	Amount     *checkout.AmountRange // instead of lines
	Currency   string                // "" is the shop's
	Adjustable bool
	LinkTerms
}

// LinkTerms is what may be changed later.
type LinkTerms struct {
	Name       string
	Active     bool
	MaxUses    int       // 0: without a limit
	ExpiresAt  time.Time // zero: never
	Methods    []string
	SuccessURL string
	Metadata   map[string]string
}

// CreateLink makes a payment link. Errors: CodeFormInvalid with a message key per JSON
// pointer.
func (s *links) CreateLink(ctx context.Context, req LinkRequest) (checkout.PaymentLink, error) {
	wrong := map[string]string{}
	l := checkout.PaymentLink{ID: s.cfg.NewID(), Code: checkout.NewLinkCode(), FormKey: req.FormKey, Adjustable: req.Adjustable, CreatedAt: s.cfg.Now()}
	if l.FormKey == "" {
		l.FormKey = checkout.FormKey("request", l.ID)
	}
	l.Currency = s.currency(req.Currency, wrong)
	if req.Amount != nil {
		l.Amount = *req.Amount
		checkAmounts(req, l.Currency, wrong)
	} else if err := s.takeLines(ctx, &l, req.Lines, wrong); err != nil {
		return checkout.PaymentLink{}, err
	}
	s.take(&l, req.LinkTerms, wrong)
	if !l.ExpiresAt.IsZero() && !l.ExpiresAt.After(l.CreatedAt) {
		wrong["/expires_at"] = "error.out_of_range"
	}
	if len(wrong) > 0 {
		return checkout.PaymentLink{}, &checkout.Error{Code: checkout.CodeFormInvalid, Fields: wrong}
	}
	return s.store.AddPaymentLink(ctx, l)
}

// takeLines checks lines at today's prices. Those of the catalogue are priced again when
// they are ordered.
func (s *links) takeLines(ctx context.Context, l *checkout.PaymentLink, lines []LineRequest, wrong map[string]string) error {
	priced, _, err := s.price(ctx, lines, l.Currency, wrong)
	for _, line := range priced {
		if line.SKU != "" {
			line = checkout.OrderLine{SKU: line.SKU, Quantity: line.Quantity}
		}
		l.Lines = append(l.Lines, line)
	}
	return err
}

// checkAmounts checks what a buyer may choose.
func checkAmounts(req LinkRequest, currency checkout.Currency, wrong map[string]string) {
	if len(req.Lines) > 0 {
		wrong["/amount"] = "error.lines_are_given"
	}
	if req.Adjustable {
		wrong["/adjustable_quantity"] = "error.lines_required"
	}
	a := *req.Amount
	for member, minor := range map[string]int64{"/amount/min": a.Min, "/amount/max": a.Max, "/amount/suggested": a.Suggested} {
		none := minor == 0 && member == "/amount/suggested"
		if problem := priceProblem(checkout.Money{Minor: minor, Currency: currency}); problem != "" && !none {
			wrong[member] = problem
		}
	}
	if a.Max < a.Min {
		wrong["/amount/max"] = "error.out_of_range"
	}
	if a.Suggested != 0 && !a.Holds(a.Suggested) {
		wrong["/amount/suggested"] = "error.out_of_range"
	}
}

// take gives a link terms, and names what is wrong with them.
func (s *links) take(l *checkout.PaymentLink, t LinkTerms, wrong map[string]string) {
	l.Name, l.Active, l.MaxUses, l.ExpiresAt = checkout.CleanText(t.Name), t.Active, t.MaxUses, t.ExpiresAt
	l.Methods, l.SuccessURL, l.Metadata = t.Methods, t.SuccessURL, t.Metadata
	for pointer, problem := range s.termsOf(*l).Check(s.cfg.RealMoney) {
		wrong[pointer] = problem
	}
	s.checkMethods(t.Methods, l.Currency, wrong)
	if problem := nameProblem(l.Name); problem != "" {
		wrong["/name"] = problem
	}
	if t.MaxUses < 0 {
		wrong["/max_uses"] = "error.out_of_range"
	}
}

// termsOf are those of a link's orders. A buyer who leaves comes back to the link.
func (s *links) termsOf(l checkout.PaymentLink) checkout.Terms {
	return checkout.Terms{
		Source: checkout.SourceLink, Link: l.ID, Methods: l.Methods, SuccessURL: l.SuccessURL, CancelURL: s.linkURL(l), Metadata: l.Metadata,
	}
}

// ChangeLink lets change decide about a link's terms. Its orders stay as they were placed.
// Errors: CodeNotFound, CodeFormInvalid as of CreateLink.
func (s *links) ChangeLink(ctx context.Context, id string, change func(*LinkTerms)) (checkout.PaymentLink, error) {
	return s.store.UpdatePaymentLink(ctx, id, func(l checkout.PaymentLink) (checkout.PaymentLink, error) {
		t := LinkTerms{l.Name, l.Active, l.MaxUses, l.ExpiresAt, l.Methods, l.SuccessURL, l.Metadata}
		change(&t)
		wrong := map[string]string{}
		if s.take(&l, t, wrong); len(wrong) > 0 {
			return l, &checkout.Error{Code: checkout.CodeFormInvalid, Fields: wrong}
		}
		return l, nil
	})
}

// Link finds a payment link by its id. Errors: CodeNotFound.
func (s *links) Link(ctx context.Context, id string) (checkout.PaymentLink, error) {
	return s.store.PaymentLink(ctx, id)
}

// Links lists payment links, newest first.
func (s *links) Links(ctx context.Context, w checkout.Window) ([]checkout.PaymentLink, error) {
	return s.store.PaymentLinks(ctx, w)
}

// Offer is what a payment link sells now.
type Offer struct {
	checkout.PaymentLink
	Status checkout.LinkStatus
	Lines  []checkout.OrderLine // at today's prices
	Total  checkout.Money       // of the lines
	Gone   bool                 // some of what it sells is no longer sold
}

// LinkOffer finds what the link with a code sells. Errors: CodeNotFound.
func (s *links) LinkOffer(ctx context.Context, code string) (Offer, error) {
	if !checkout.IsLinkCode(code) {
		return Offer{}, checkout.ErrNotFound
	}
	l, err := s.store.PaymentLinkByCode(ctx, code)
	if err != nil {
		return Offer{}, err
	}
	offer := Offer{PaymentLink: l, Status: l.Status(s.cfg.Now()), Total: checkout.Money{Currency: l.Currency}}
	if !l.Sells() {
		return offer, nil
	}
	wrong := map[string]string{}
	offer.Lines, offer.Total, err = s.price(ctx, requestsOf(l, 1), l.Currency, wrong)
	offer.Gone = len(wrong) > 0
	return offer, err
}

// requestsOf are the lines of a link, each so many times.
func requestsOf(l checkout.PaymentLink, times int) []LineRequest {
	lines := make([]LineRequest, len(l.Lines))
	for i, line := range l.Lines {
		lines[i] = LineRequest{SKU: line.SKU, Name: line.Name, Quantity: line.Quantity * times, UnitAmount: line.Unit.Minor, ImageURL: line.Image}
	}
	return lines
}

// LinkOrder is a filled-in page of a payment link.
type LinkOrder struct {
	FormKey        string // the same form gives the same key
	Buyer          checkout.Buyer
	BuyerReference string // the same for all orders of one browser
	checkout.LinkChoice
}

// PlaceFromLink makes the order of a link's page. The same form again is the same order.
// Errors: CodeNotFound, CodeLinkUsedUp, CodeLinkClosed, CodeSoldOut, and CodeFormInvalid
// with a message key per field of the page.
func (s *links) PlaceFromLink(ctx context.Context, code string, req LinkOrder) (checkout.Order, error) {
	offer, err := s.LinkOffer(ctx, code)
	if err != nil {
		return checkout.Order{}, err
	}
	if order, err := s.store.OrderByForm(ctx, req.FormKey); !checkout.IsNotFound(err) {
		return order, err
	}
	switch {
	case offer.Status == checkout.LinkUsedUp:
		return checkout.Order{}, checkout.NewError(checkout.CodeLinkUsedUp, "")
	case offer.Status != checkout.LinkOpen || offer.Gone:
		return checkout.Order{}, checkout.NewError(checkout.CodeLinkClosed, "")
	}
	times, amount, wrong := offer.Choose(req.LinkChoice)
	for field, problem := range checkout.FieldsOf(req.Buyer.CheckWith(nil)) {
		wrong[field] = problem
	}
	if len(wrong) > 0 {
		return checkout.Order{}, &checkout.Error{Code: checkout.CodeFormInvalid, Fields: wrong}
	}
	lines := []LineRequest{{Name: offer.Name, Quantity: 1, UnitAmount: amount.Minor}}
	if offer.Sells() {
		lines = requestsOf(offer.PaymentLink, times)
	}
	terms := s.termsOf(offer.PaymentLink)
	terms.Reference = req.Reference
	return s.PlaceOrder(ctx, OrderRequest{
		FormKey: req.FormKey, Lines: lines, Currency: string(offer.Currency), Buyer: req.Buyer, BuyerReference: req.BuyerReference,
		Language: req.Language.String(), Terms: terms,
	})
}
