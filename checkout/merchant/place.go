package merchant

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"time"

	"golang.org/x/text/language"

	"antom-checkout/checkout"
)

// How long an order may stay payable.
const (
	ShortestExpiry = time.Minute
	LongestExpiry  = 30 * 24 * time.Hour
)

const (
	longestName = 256 // characters of a line's name
	mostMethods = 100 // that an order names
)

// OrderRequest is an order as a system of the merchant's places it, or a payment link.
type OrderRequest struct {
	FormKey  string // the same key is the same order; "" is a new one
	Operator string // the program that places it, by APIKey.Operator; "" is the buyer
	Lines    []LineRequest
	Currency string         // "" is the shop's
	Buyer    checkout.Buyer // as far as known, set by Buyer.Set
	// BuyerReference is the same for all orders of one browser; "" where the buyer is elsewhere.
	BuyerReference string
	Language       string        // BCP 47; "" is the buyer's
	ExpiresIn      time.Duration // zero is as the setting ORDER_TTL says
	checkout.Terms
}

// LineRequest is a line of an OrderRequest: an article of the catalogue by its SKU, or a
// name and a price of the merchant's own.
type LineRequest struct {
	SKU        string
	Name       string
	Quantity   int
	UnitAmount int64 // minor units
	ImageURL   string
}

// PlaceOrder places an order. The same FormKey again is the same order. Errors:
// CodeFormInvalid with a message key per JSON pointer, CodeSoldOut, and CodeReferenceUsed
// with the order that has the reference.
func (s *placing) PlaceOrder(ctx context.Context, req OrderRequest) (checkout.Order, error) {
	if req.FormKey == "" {
		req.FormKey = checkout.FormKey("request", s.cfg.NewID())
	}
	if order, err := s.store.OrderByForm(ctx, req.FormKey); !checkout.IsNotFound(err) {
		return order, err
	}
	order, err := s.newOrder(ctx, req)
	if err != nil {
		return checkout.Order{}, err
	}
	cause := checkout.Cause{Kind: checkout.ByShopper, ID: order.ID}
	if req.Operator != "" {
		cause = checkout.Key{Operator: req.Operator, Idempotency: order.ID}.Cause()
	}
	stored, err := s.store.CreateOrder(ctx, order, cause)
	if err != nil {
		return checkout.Order{}, fmt.Errorf("place order: %w", err)
	}
	if stored.ID == order.ID {
		s.cfg.Log.LogAttrs(ctx, slog.LevelInfo, "order placed", checkout.PlacedAttributes(stored, cause)...)
	}
	return stored, nil
}

// newOrder checks a request and makes an order of it, with today's prices of the catalogue.
func (s *placing) newOrder(ctx context.Context, req OrderRequest) (checkout.Order, error) {
	wrong := req.Check(s.cfg.RealMoney)
	currency := s.currency(req.Currency, wrong)
	lines, total, err := s.price(ctx, req.Lines, currency, wrong)
	if err != nil {
		return checkout.Order{}, err
	}
	checkBuyer(req.Buyer, wrong)
	s.checkMethods(req.Methods, currency, wrong)
	if req.ExpiresIn == 0 {
		req.ExpiresIn = s.cfg.OrderTTL
	} else if req.ExpiresIn < ShortestExpiry || req.ExpiresIn > LongestExpiry {
		wrong["/expires_in"] = "error.out_of_range"
	}
	if _, err := language.Parse(req.Language); err != nil && req.Language != "" {
		wrong["/locale"] = "error.invalid"
	}
	if len(wrong) > 0 {
		return checkout.Order{}, &checkout.Error{Code: checkout.CodeFormInvalid, Fields: wrong}
	}
	if slices.ContainsFunc(lines, func(l checkout.OrderLine) bool { return l.Short }) {
		return checkout.Order{}, checkout.NewError(checkout.CodeSoldOut, "")
	}
	now := s.cfg.Now()
	return checkout.Order{
		ID: s.cfg.NewID(), Number: checkout.NewNumber(), Token: checkout.NewToken(), FormKey: req.FormKey,
		Buyer: req.Buyer, BuyerReference: req.BuyerReference, Lines: lines, Total: total, Language: req.Language, Terms: req.Terms,
		CreatedAt: now, ExpiresAt: now.Add(req.ExpiresIn), Status: checkout.OrderOpen,
	}, nil
}

func (s *placing) currency(code string, wrong map[string]string) checkout.Currency {
	if code == "" {
		return s.cfg.Currency
	}
	currency, err := checkout.ParseCurrency(code)
	if err != nil {
		wrong["/currency"] = "error.unknown_currency"
	}
	return currency
}

// price makes order lines of the requested ones, and adds them up.
func (s *placing) price(ctx context.Context, requested []LineRequest, currency checkout.Currency, wrong map[string]string) ([]checkout.OrderLine, checkout.Money, error) {
	total := checkout.Money{Currency: currency}
	switch {
	case len(requested) == 0:
		wrong["/lines"] = "error.required"
	case len(requested) > checkout.MaxLines:
		wrong["/lines"] = "error.too_many"
		return nil, total, nil
	}
	lines := make([]checkout.OrderLine, 0, len(requested))
	for i, r := range requested {
		at := "/lines/" + strconv.Itoa(i)
		if r.SKU != "" && slices.ContainsFunc(requested[:i], func(l LineRequest) bool { return l.SKU == r.SKU }) {
			wrong[at+"/sku"] = "error.listed_twice"
			continue
		}
		line, problems, err := s.line(ctx, r, currency)
		if err != nil {
			return nil, total, err
		}
		for member, problem := range problems {
			wrong[at+member] = problem
		}
		lines, total = append(lines, line), total.Plus(line.Total())
	}
	return lines, total, nil
}

// line makes one order line, and names its wrong members.
func (s *placing) line(ctx context.Context, r LineRequest, currency checkout.Currency) (line checkout.OrderLine, wrong map[string]string, err error) {
	wrong = map[string]string{}
	line = checkout.OrderLine{SKU: r.SKU, Quantity: r.Quantity, Unit: checkout.Money{Currency: currency}}
	if r.Quantity < 1 || r.Quantity > checkout.MaxQuantity {
		wrong["/quantity"], line.Quantity = "error.out_of_range", 0
	}
	if r.SKU == "" {
		maps.Copy(wrong, s.ownLine(r, &line))
		return line, wrong, nil
	}
	if currency == "" { // it is wrong already
		return line, wrong, nil
	}
	for member, given := range map[string]bool{"/name": r.Name != "", "/unit_amount": r.UnitAmount != 0, "/image_url": r.ImageURL != ""} {
		if given {
			wrong[member] = "error.set_by_the_catalogue"
		}
	}
	product, err := s.store.Product(ctx, r.SKU, currency)
	switch {
	case checkout.IsNotFound(err):
		wrong["/sku"] = "error.not_in_the_catalogue"
		return line, wrong, nil
	case err != nil:
		return line, nil, fmt.Errorf("price %s: %w", r.SKU, err)
	}
	line.Name, line.Image, line.Unit, line.Short = product.Name, product.Image, product.Price, product.Short(r.Quantity)
	return line, wrong, nil
}

// ownLine fills a line that is not the catalogue's, and names what is wrong with it.
func (s *placing) ownLine(r LineRequest, line *checkout.OrderLine) map[string]string {
	wrong := map[string]string{}
	line.Name, line.Image = checkout.CleanText(r.Name), r.ImageURL
	if problem := nameProblem(line.Name); problem != "" {
		wrong["/name"] = problem
	}
	unit := checkout.Money{Minor: r.UnitAmount, Currency: line.Unit.Currency}
	if problem := priceProblem(unit); problem != "" {
		wrong["/unit_amount"] = problem
	} else {
		line.Unit = unit
	}
	if r.ImageURL != "" && !checkout.IsAddress(r.ImageURL, s.cfg.RealMoney) {
		wrong["/image_url"] = "error.https_address_required"
	}
	return wrong
}

// nameProblem is what is wrong with a name that buyers read, as a message key, or "".
func nameProblem(name string) string {
	switch {
	case name == "":
		return "error.required"
	case !checkout.IsName(name, longestName):
		return "error.invalid"
	case checkout.HoldsCardNumber(name):
		return "error.card_number"
	}
	return ""
}

// priceProblem is likewise what is wrong with a price.
func priceProblem(price checkout.Money) string {
	switch {
	case price.Minor < 1 || price.Minor > checkout.MaxPrice:
		return "error.out_of_range"
	case !price.Payable():
		return "error.whole_rupiah_required"
	}
	return ""
}

func (s *placing) checkMethods(codes []string, currency checkout.Currency, wrong map[string]string) {
	if len(codes) > mostMethods {
		wrong["/methods"] = "error.too_many"
		return
	}
	for i, code := range codes {
		at := "/methods/" + strconv.Itoa(i)
		switch {
		case currency != "" && !s.cfg.Takes(code, currency):
			wrong[at] = "error.method_unknown"
		case slices.Contains(codes[:i], code):
			wrong[at] = "error.listed_twice"
		}
	}
}

// buyerPointers are where the fields of a buyer are in a request.
var buyerPointers = map[string]string{
	"email": "/buyer/email", "name": "/buyer/name", "phone": "/buyer/phone", "country": "/buyer/address/country", "region": "/buyer/address/region",
	"city": "/buyer/address/city", "address1": "/buyer/address/line1", "address2": "/buyer/address/line2", "postal_code": "/buyer/address/postal_code",
}

// checkBuyer checks what is given of a buyer.
func checkBuyer(b checkout.Buyer, wrong map[string]string) {
	for field, problem := range checkout.FieldsOf(b.CheckWith(nil)) {
		wrong[buyerPointers[field]] = problem
	}
}
