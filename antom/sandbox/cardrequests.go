package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"time"

	"antom-checkout/antom"
)

// This file checks what a card payment may carry beside the card (paymentMethodMetaData):
// each key has its effect or is refused.

// digest tells the number of a request from others, "" where it has none. It is no token,
// and pays nothing.
func (sc *savedCards) digest(m *antom.PaymentMethod) string {
	if m == nil || m.Metadata == nil || m.Metadata.CardNo == "" {
		return ""
	}
	mac := hmac.New(sha256.New, sc.tokenKey)
	mac.Write([]byte("digest of " + digitsOf(m.Metadata.CardNo)))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// cardKeys are the keys of a card payment, with the card that they are about.
type cardKeys struct {
	*antom.Metadata
	card   *antom.PaymentResultInfo // nil where Antom's page asks the buyer for it
	brands []string                 // of that card
}

// checkCardKeys refuses keys that do not fit the card or each other.
func (ps *payments) checkCardKeys(m method, pm *antom.PaymentMethod, saved *savedCard) *Refusal {
	if !m.isCard() || pm.Metadata == nil {
		return nil
	}
	keys := cardKeys{Metadata: pm.Metadata}
	switch entered := enteredCard(pm.Metadata); {
	case saved != nil:
		keys.card = &saved.Info
		keys.brands = brandsOf(testCardLike(saved.Info), saved.Info.CardBrand)
	case entered != nil:
		known, _ := testCardOf(digitsOf(entered.Number))
		keys.card = ps.cards.info(entered)
		keys.brands = brandsOf(known, keys.card.CardBrand)
	}
	return firstRefusal(
		limited("paymentMethodMetaData.cardNo", keys.CardNo, 32),
		checkName("paymentMethodMetaData.cardholderName", keys.CardholderName),
		checkPlace("paymentMethodMetaData.billingAddress", keys.BillingAddress),
		keys.checkOnFile(), keys.checkRecurring(ps.ledger), keys.checkMPI(), keys.checkBrand(isTrue(pm.RequireIssuerAuthentication)), keys.checkLocal(),
	)
}

func brandsOf(known testCard, brand string) []string {
	if known.CoBrand == "" {
		return []string{brand}
	}
	return []string{known.Brand, known.CoBrand}
}

func unfit(reason string, args ...any) *Refusal {
	return refuse("INVALID_PAYMENT_METHOD_META_DATA", reason, args...)
}

func (k cardKeys) checkOnFile() *Refusal {
	if isTrue(k.IsCardOnFile) && k.card == nil {
		return unfit("isCardOnFile stands without a stored card: neither paymentMethodId nor cardNo")
	}
	return nil
}

// checkRecurring checks a payment without the buyer: of a stored card, with the network
// transaction of the first payment, which its buyer has made.
func (k cardKeys) checkRecurring(l *ledger) *Refusal {
	switch {
	case k.RecurringType == "" && k.NetworkTransactionID == "":
		return nil
	case k.RecurringType != "SCHEDULED" && k.RecurringType != "UNSCHEDULED":
		return refuse("PARAM_ILLEGAL", "recurringType is %q, neither SCHEDULED nor UNSCHEDULED", clip(k.RecurringType, 32))
	case !isTrue(k.IsCardOnFile) || k.card == nil:
		return unfit("a payment without the buyer needs a stored card, and isCardOnFile")
	case k.card.PaymentMethodRegion != "GLOBAL":
		return unfit("a card of the region %s is not charged without the buyer", k.card.PaymentMethodRegion)
	case isTrue(k.Is3DSAuthentication):
		return unfit("a payment without the buyer has no 3-D Secure")
	case !slices.ContainsFunc(l.paymentList, func(p *Payment) bool {
		return p.Status == antom.PaymentSuccess && p.Card != nil && p.Card.NetworkTransactionID == k.NetworkTransactionID
	}):
		return unfit("no successful payment has the networkTransactionId %q", clip(k.NetworkTransactionID, 64))
	}
	return nil
}

// checkMPI checks the result of a 3-D Secure that was done elsewhere.
func (k cardKeys) checkMPI() *Refusal {
	mpi := k.MPIData
	switch {
	case mpi == nil:
		return nil
	case k.CardNo == "":
		return unfit("mpiData stands without cardNo")
	case isTrue(k.Is3DSAuthentication):
		return unfit("mpiData and is3DSAuthentication exclude each other")
	case mpi.ThreeDSVersion == "" || mpi.ECI == "" || mpi.CAVV == "" || mpi.DSTransactionID == "":
		return unfit("mpiData needs threeDSVersion, eci, cavv and dsTransactionId")
	case !slices.Contains([]string{"00", "01", "02", "04", "05", "06", "07"}, mpi.ECI):
		return unfit("mpiData.eci is %q", clip(mpi.ECI, 8))
	case !slices.Contains([]string{"", "PAN", "NETWORK_TOKEN"}, mpi.CredentialType):
		return unfit("mpiData.credentialType is neither PAN nor NETWORK_TOKEN")
	}
	return nil
}

// checkBrand checks the brand that the buyer of a co-badged card has chosen. A Korean
// issuer is chosen by the same key, before there is a card.
func (k cardKeys) checkBrand(byIssuer bool) *Refusal {
	switch {
	case k.SelectedCardBrand == "" || byIssuer || isTrue(k.RequireIssuerAuthentication):
		return nil
	case k.card == nil:
		return unfit("selectedCardBrand stands without the card that has the brand")
	case !slices.Contains(k.brands, k.SelectedCardBrand):
		return refuse("SELECTED_CARD_BRAND_NOT_AVAILABLE", "the card's brands are %v, not %q", k.brands, clip(k.SelectedCardBrand, 64))
	}
	return nil
}

// checkLocal checks what an entered card asks for where it is not of the region GLOBAL. A
// card that the merchant has stored was asked before.
func (k cardKeys) checkLocal() *Refusal {
	if k.CardNo == "" {
		return nil
	}
	region := k.card.PaymentMethodRegion
	asks := !isTrue(k.IsCardOnFile)
	switch {
	case k.PaymentMethodRegion != "" && k.PaymentMethodRegion != region:
		return unfit("paymentMethodRegion is %q, the card's is %s", clip(k.PaymentMethodRegion, 16), region)
	case region == "KR" && asks:
		return k.checkKorean()
	case region == "BR" && asks && !elevenDigits(k.CPF):
		return unfit("a card of Brazil needs cpf, a number of eleven digits")
	case region != "KR" && region != "GLOBAL" && asks && k.PayerEmail == "":
		return unfit("a card of the region %s needs payerEmail", region)
	}
	return limited("paymentMethodMetaData.payerEmail", k.PayerEmail, 64)
}

var twoDigits, tenDigits = regexp.MustCompile(`^\d{2}$`), regexp.MustCompile(`^\d{10}$`)

// checkKorean checks a Korean card whose issuer does not authenticate the buyer: a birth
// date or a business number, two digits of the password, and no 3-D Secure.
func (k cardKeys) checkKorean() *Refusal {
	born, err := time.Parse(time.DateOnly, k.DateOfBirth)
	switch {
	case isTrue(k.Is3DSAuthentication) || isTrue(k.EnableAuthenticationUpgrade):
		return unfit("a card of Korea has no 3-D Secure")
	case !twoDigits.MatchString(k.CardPasswordDigest):
		return unfit("a card of Korea needs cardPasswordDigest, the first two digits of its password")
	case (k.DateOfBirth == "") == (k.BusinessNo == ""):
		return unfit("a card of Korea needs either dateOfBirth or businessNo")
	case k.DateOfBirth != "" && (err != nil || born.Year() < 1900):
		return unfit("dateOfBirth is no date such as 1990-01-31")
	case k.BusinessNo != "" && !tenDigits.MatchString(k.BusinessNo):
		return unfit("businessNo has other than ten digits")
	}
	return nil
}

// elevenDigits reports whether a text is in the form of a CPF, the number of a Brazilian
// taxpayer. Antom's samples write it with dots and without, and their check digits are
// wrong: none are compared.
func elevenDigits(cpf string) bool {
	digits := strings.NewReplacer(".", "", "-", "").Replace(cpf)
	return len(digits) == 11 && strings.Trim(digits, "0123456789") == ""
}
