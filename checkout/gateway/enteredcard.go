package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// SubmitCard sends the stored request of a payment with the card that is not stored with
// it. What the card adds lives for this call: a repeat would be another request.
func (g *Gateway) SubmitCard(ctx context.Context, p checkout.Payment, card checkout.EnteredCard) (checkout.Event, *checkout.Call, error) {
	ctx = about(ctx, p.RequestID)
	var request antom.PayRequest
	if err := json.Unmarshal(p.Body, &request); err != nil {
		return checkout.Event{}, nil, fmt.Errorf("stored request of %s: %w", p.RequestID, err)
	}
	addCard(request.PaymentMethod, card, g.now())
	defer func() { request.PaymentMethod.Metadata = nil }()
	return g.pay(ctx, p, &request, false)
}

// longestPayerEmail is how many characters Antom takes of the address that local cards need.
const longestPayerEmail = 64

// forEnteredCard adds to the method of an entered card what may be stored: the brand that
// the buyer has chosen, and the region of a local card, which rules out some of 3-D Secure.
func forEnteredCard(m *antom.PaymentMethod, o checkout.Order, want checkout.Attempt) *antom.PaymentMethod {
	if !want.Entered.Given() {
		return m
	}
	m.Metadata = orNew(m.Metadata)
	d := m.Metadata
	d.SelectedCardBrand, d.PaymentMethodRegion = want.Choice.Brand, string(want.CardRegion)
	switch want.CardRegion {
	case "":
		return m
	case checkout.RegionKorea:
		d.Is3DSAuthentication, d.EnableAuthenticationUpgrade = nil, nil
		return m
	case checkout.RegionBrazil:
		d.EnableAuthenticationUpgrade = nil
	}
	if email := checkout.DeliverableEmail(o.Buyer.Email); len(email) <= longestPayerEmail {
		d.PayerEmail = email
	}
	return m
}

// addCard adds what the buyer has typed to what the method of a card holds.
func addCard(m *antom.PaymentMethod, card checkout.EnteredCard, now time.Time) {
	m.Metadata = orNew(m.Metadata)
	d := m.Metadata
	d.CardNo = card.Number()
	switch checkout.CardRegion(d.PaymentMethodRegion) {
	case checkout.RegionKorea:
		d.CardPasswordDigest = card.Password()
		d.DateOfBirth, d.BusinessNo = card.Identity(now)
	case checkout.RegionBrazil:
		d.CVV, d.CPF = card.CVC(), card.CPF()
	default:
		d.CVV = card.CVC()
	}
	d.ExpiryMonth, d.ExpiryYear = card.Expiry()
	first, last := card.Holder()
	d.CardholderName = &antom.UserName{FirstName: first, LastName: last}
	b := card.Billing()
	d.BillingAddress = &antom.Address{
		Region: b.Country, State: b.Region, City: b.City, Address1: b.Address1, Address2: b.Address2, ZipCode: b.PostalCode,
	}
	if mpi := card.MPI(); mpi != nil {
		d.MPIData = &antom.MPIData{
			ThreeDSVersion: mpi.Version, ECI: mpi.ECI, CAVV: string(mpi.CAVV), DSTransactionID: mpi.TransactionID, CredentialType: antom.CredentialPAN,
		}
	}
	d.MakeSafe() // characters that Antom refuses must not fail a payment
}
