package sandbox

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"antom-checkout/antom"
)

// known lists the members of a card's facts that are filled.
func known(info *antom.PaymentResultInfo) (names []string) {
	for field, value := range reflect.ValueOf(*info).Fields() {
		if !value.IsZero() {
			names = append(names, field.Name)
		}
	}
	return names
}

// S2S cards of which all is known, of which a Korean one reports less, and that are refused.
func TestWhatIsReportedOfACard(t *testing.T) {
	ofTheCard := []string{"CardNo", "CardholderName", "CardBrand", "CardBIN", "LastFour", "ExpiryMonth", "ExpiryYear", "IssuingCountry", "IssuerName", "Funding", "CardCategory", "PaymentMethodRegion"}
	ofAnApproval := []string{"AuthorizationCode", "RRN", "CredentialType", "IncrementalAvailable", "ExtendedAvailable", "RefundAvailable"}
	for name, test := range map[string]struct {
		number       string
		has, lacking []string
	}{
		"approved": {"4054695723100768", slices.Concat(ofTheCard, ofAnApproval), []string{"RefusalCodeRaw"}},
		"refused":  {"4054692760174822", slices.Concat(ofTheCard, []string{"RefusalCodeRaw"}), ofAnApproval},
		"Korean":   {"9490220011669217", append(ofTheCard, "AuthorizationCode"), []string{"RRN", "AVSResultRaw", "CVVResultRaw", "ThreeDSResult", "NetworkTransactionID"}},
	} {
		s := newShop(t)
		req := s.payRequest("PR-1", "CARD", 4200)
		if name == "Korean" {
			inCurrency(t, "KRW", 30000)(req)
		}
		req.PaymentMethod.Metadata = &antom.Metadata{
			CardNo: test.number, ExpiryMonth: "12", ExpiryYear: "39", CVV: "123", CardholderName: &antom.UserName{FirstName: "Ada", LastName: "Berg"},
			DateOfBirth: "1990-01-31", CardPasswordDigest: "12",
		}
		answer, _ := s.client.Pay(t.Context(), req) // a refusal has facts, too
		s.after(time.Second)
		got := known(s.asks("PR-1").PaymentResultInfo)
		for _, member := range test.has {
			if !slices.Contains(got, member) {
				t.Errorf("%s: %s is empty in %+v", name, member, answer.PaymentResultInfo)
			}
		}
		for _, member := range test.lacking {
			if slices.Contains(got, member) {
				t.Errorf("%s: %s is reported", name, member)
			}
		}
		if !reflect.DeepEqual(answer.PaymentResultInfo, s.asks("PR-1").PaymentResultInfo) {
			t.Errorf("%s: pay and inquiry report two cards", name)
		}
	}
}

// The references of a payment are its own, also where its token pays again.
func TestTheReferencesOfAPaymentAreItsOwn(t *testing.T) {
	s := newShop(t)
	seen := map[string]bool{}
	s.paid("PR-0", "CARD", 4200)
	for i, id := range []string{"PR-1", "PR-2"} {
		req := s.payRequest(id, "CARD", 900+int64(i))
		req.PaymentMethod.ID = s.asks("PR-0").PaymentResultInfo.CardToken
		_, err := s.client.Pay(t.Context(), req)
		must(t, err)
	}
	for _, id := range []string{"PR-0", "PR-1", "PR-2"} {
		info := s.asks(id).PaymentResultInfo
		for _, reference := range []string{info.AuthorizationCode, info.RRN} {
			if len(reference) < 6 || seen[reference] {
				t.Errorf("%s has the reference %q, which is another payment's or none", id, reference)
			}
			seen[reference] = true
		}
	}
}

// A payment whose messages report nothing of the card: only inquiries do.
func TestNotificationWithoutTheCard(t *testing.T) {
	s := newShop(t)
	s.fault(Fault{Kind: EmptyCard, On: "PAYMENT_RESULT"})
	s.paid("PR-1", "CARD", 4200)
	n := s.received[0].(*antom.PaymentResult)
	if n.PaymentResultInfo == nil || len(known(n.PaymentResultInfo)) > 0 || n.CardInfo == nil || len(known(n.CardInfo)) > 0 || n.PaymentAmount != money(t, "SGD", 4200) {
		t.Errorf("the notification reports %+v and %+v", n.PaymentResultInfo, n.CardInfo)
	}
	if s.asks("PR-1").PaymentResultInfo.LastFour != "0768" {
		t.Error("the inquiry does not know the card")
	}
}
