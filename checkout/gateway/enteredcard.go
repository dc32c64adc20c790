package gateway

import (
	"context"
	"encoding/json"
	"fmt"

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
	addCard(request.PaymentMethod, card)
	defer func() { request.PaymentMethod.Metadata = nil }()
	return g.pay(ctx, p, &request, false)
}

// addCard adds what the buyer has typed to what the method of a card holds.
func addCard(m *antom.PaymentMethod, card checkout.EnteredCard) {
	if m.Metadata == nil {
		m.Metadata = &antom.Metadata{}
	}
	d := m.Metadata
	d.CardNo, d.CVV = card.Number(), card.CVC()
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
