package antom

import (
	"context"
	"encoding/json"
	"slices"
)

// The calls of this file are known from Antom's Java SDK 2.2.8 (model/ams) alone, and no
// page lists their result codes: an F whose code every API may answer is understood, any
// other one is final.

// CardInfoRequest names a card by its number, which needs a PCI qualification, or by the
// number's first digits. How many are enough is not documented; eight are a whole BIN.
type CardInfoRequest struct {
	CardNo              string `json:"cardNo,omitempty"`
	CardBIN             string `json:"cardBin,omitempty"`
	PaymentMethodRegion string `json:"paymentMethodRegion,omitempty"` // GLOBAL, BR, KR and others
}

// CardInfoResponse is what Antom knows of a card. Any value may be empty.
type CardInfoResponse struct {
	Envelope
	CardBrand          string       `json:"cardBrand,omitempty"`
	LocalCardBrand     string       `json:"localCardBrand,omitempty"`
	CoBadgedBrand      string       `json:"coBagedCardBrand,omitempty"` // Antom spells it so
	IssuingRegion      string       `json:"issuingRegion,omitempty"`    // ISO 3166 alpha-2
	Funding            string       `json:"funding,omitempty"`          // CREDIT, DEBIT, PREPAID and others
	CardCategory       string       `json:"cardCategory,omitempty"`     // CONSUMER or COMMERCIAL
	SupportInstallment Bool         `json:"supportInstallment,omitempty"`
	Installment        *Installment `json:"installment,omitempty"`
}

// Brands are the brands that the card carries, the first one first. More than one means
// that a buyer in the EEA has to be able to choose; the choice is
// [Metadata.SelectedCardBrand].
func (r *CardInfoResponse) Brands() []string {
	var brands []string
	for _, brand := range []string{r.CardBrand, r.CoBadgedBrand, r.LocalCardBrand} {
		if brand != "" && !slices.Contains(brands, brand) {
			brands = append(brands, brand)
		}
	}
	return brands
}

// GetCardInfo (payments/getCardInfo) tells brands, country and kind of a card before it
// is paid with. An F or U must not stop a checkout: go on without the choice of a brand.
func (c *Client) GetCardInfo(ctx context.Context, req *CardInfoRequest) (*CardInfoResponse, error) {
	return call[CardInfoResponse](ctx, c, "payments/getCardInfo", req)
}

// InquireInstallmentRequest names the merchant's account, where there are several.
type InquireInstallmentRequest struct {
	MerchantAccountID string `json:"merchantAccountId,omitempty"`
}

// InquireInstallmentResponse lists the banks whose cards may be paid in instalments.
type InquireInstallmentResponse struct {
	Envelope
	Banks InstallmentBanks `json:"installmentBanks,omitempty"`
}

// InstallmentBank is a bank with its plans.
type InstallmentBank struct {
	Name      string            `json:"bankName,omitempty"`
	ShortName string            `json:"bankShortName,omitempty"`
	Logo      *Logo             `json:"logo,omitempty"`
	Terms     string            `json:"bankTerms,omitempty"`
	PromoURL  string            `json:"bankPromoUrl,omitempty"`
	BINs      []string          `json:"bins,omitempty"`
	Plans     []InstallmentPlan `json:"plans,omitempty"`
}

// InstallmentBanks is one bank or a list of them: the SDK's model has one, by a name in
// the plural. It is written as a list.
type InstallmentBanks []InstallmentBank

// UnmarshalJSON reads a list, or a single bank.
func (b *InstallmentBanks) UnmarshalJSON(data []byte) error {
	if len(data) == 0 || data[0] != '{' {
		return json.Unmarshal(data, (*[]InstallmentBank)(b))
	}
	var bank InstallmentBank
	if err := json.Unmarshal(data, &bank); err != nil {
		return err
	}
	*b = InstallmentBanks{bank}
	return nil
}

// InquireInstallment (payments/inquireInstallment) lists banks with their plans.
func (c *Client) InquireInstallment(ctx context.Context, req *InquireInstallmentRequest) (*InquireInstallmentResponse, error) {
	return call[InquireInstallmentResponse](ctx, c, "payments/inquireInstallment", req)
}

// InquireTokenRequest names a stored card by its token. Whether these calls know the
// tokens of payments, or only those of vaulting, is not documented.
type InquireTokenRequest struct {
	Token             string `json:"token"`
	MerchantAccountID string `json:"merchantAccountId,omitempty"`
}

// TokenResponse is what Antom knows of a token. Any value may be empty.
type TokenResponse struct {
	Envelope
	Token             string `json:"token,omitempty"`
	AccountHolderName string `json:"accountHolderName,omitempty"`
	Email             string `json:"email,omitempty"`
	IssuerName        string `json:"issuerName,omitempty"`
	IssuingCountry    string `json:"issuingCountry,omitempty"`
	TokenExpiryTime   Time   `json:"tokenExpiryTime,omitzero"`
}

// InquireToken (vaults/inquireToken) tells what is known of a token.
func (c *Client) InquireToken(ctx context.Context, req *InquireTokenRequest) (*TokenResponse, error) {
	return call[TokenResponse](ctx, c, "vaults/inquireToken", req)
}

// UpdateTokenRequest changes what is known of a token; what is empty stays.
type UpdateTokenRequest struct {
	Token             string `json:"token"`
	AccountHolderName string `json:"accountHolderName,omitempty"`
	Email             string `json:"email,omitempty"`
	TokenExpiryTime   Time   `json:"tokenExpiryTime,omitzero"`
}

// UpdateToken (vaults/updateToken) changes what is known of a token.
func (c *Client) UpdateToken(ctx context.Context, req *UpdateTokenRequest) (*TokenResponse, error) {
	return call[TokenResponse](ctx, c, "vaults/updateToken", req)
}

// DeleteTokenRequest names a token that is to pay no longer.
type DeleteTokenRequest struct {
	Token string `json:"token"`
}

// DeleteTokenResponse confirms it.
type DeleteTokenResponse struct{ Envelope }

// DeleteToken (vaults/deleteToken) ends a token. Forget your own copy first: it may not
// be used again, whatever is answered here.
func (c *Client) DeleteToken(ctx context.Context, req *DeleteTokenRequest) (*DeleteTokenResponse, error) {
	return call[DeleteTokenResponse](ctx, c, "vaults/deleteToken", req)
}
