package antom

import "context"

// ConsultRequest asks which payment methods a buyer may be offered.
type ConsultRequest struct {
	ProductCode                 string              `json:"productCode"` // [ProductCheckout]
	PaymentAmount               Amount              `json:"paymentAmount"`
	Env                         *Env                `json:"env"`
	MerchantRegion              string              `json:"merchantRegion,omitempty"`
	UserRegion                  string              `json:"userRegion,omitempty"` // sorts the answer
	AllowedPaymentMethodRegions []string            `json:"allowedPaymentMethodRegions,omitempty"`
	AllowedPaymentMethods       []string            `json:"allowedPaymentMethods,omitempty"`
	BlockedPaymentMethods       []string            `json:"blockedPaymentMethods,omitempty"`
	SettlementStrategy          *SettlementStrategy `json:"settlementStrategy,omitempty"`
	PaymentFactor               *PaymentFactor      `json:"paymentFactor,omitempty"` // CARD
	Buyer                       *Buyer              `json:"buyer,omitempty"`
	CustomerID                  string              `json:"customerId,omitempty"`
	ExtendInfo                  string              `json:"extendInfo,omitempty"`
}

// ConsultResponse lists the methods, the fitting ones and the others.
type ConsultResponse struct {
	Envelope
	PaymentOptions []PaymentOption `json:"paymentOptions,omitempty"`
}

// PaymentOption is one method; offer it when Enabled.
type PaymentOption struct {
	PaymentMethodType     string               `json:"paymentMethodType"`
	PaymentMethodCategory string               `json:"paymentMethodCategory,omitempty"` // WALLET, CARD and others
	PaymentMethodRegion   []string             `json:"paymentMethodRegion,omitempty"`
	Enabled               Bool                 `json:"enabled"`
	DisableReason         string               `json:"disableReason,omitempty"` // when not enabled
	Preferred             Bool                 `json:"preferred,omitempty"`
	SupportedCurrencies   []string             `json:"supportedCurrencies,omitempty"`
	Logo                  *Logo                `json:"logo,omitempty"`
	Detail                *PaymentOptionDetail `json:"paymentOptionDetail,omitempty"`
	Installment           *Installment         `json:"installment,omitempty"`
}

// Logo is a method's or card brand's picture, from Antom's own servers.
type Logo struct {
	Name string `json:"logoName,omitempty"`
	URL  string `json:"logoUrl,omitempty"`
}

// PaymentOptionDetail says more of cards and of online banking.
type PaymentOptionDetail struct {
	SupportCardBrands []CardBrand `json:"supportCardBrands,omitempty"`
	Funding           []string    `json:"funding,omitempty"`
	SupportBanks      []Bank      `json:"supportBanks,omitempty"`
	InteractionTypes  []string    `json:"interactionTypes,omitempty"` // QR, REDIRECT
}

// CardBrand is a brand the merchant may take.
type CardBrand struct {
	CardBrand string `json:"cardBrand"`
	Logo      *Logo  `json:"logo,omitempty"`
}

// Bank is a bank the buyer may choose.
type Bank struct {
	IdentifierCode string `json:"bankIdentifierCode,omitempty"`
	ShortName      string `json:"bankShortName,omitempty"`
	Logo           *Logo  `json:"bankLogo,omitempty"`
}

// Installment says in how many parts a card payment may be split.
type Installment struct {
	SupportCardBrands []CardBrand       `json:"supportCardBrands,omitempty"`
	Plans             []InstallmentPlan `json:"plans,omitempty"`
}

// InstallmentPlan is one such offer, for payments between two amounts.
type InstallmentPlan struct {
	InterestRate         string `json:"interestRate,omitempty"`
	MinInstallmentAmount Amount `json:"minInstallmentAmount,omitzero"`
	MaxInstallmentAmount Amount `json:"maxInstallmentAmount,omitzero"`
	InstallmentNum       string `json:"installmentNum,omitempty"`
	Interval             string `json:"interval,omitempty"` // MONTH
	Enabled              Bool   `json:"enabled,omitempty"`
}

// Consult asks which payment methods fit an amount, a terminal and a region.
// S lists them. F and U list nothing, which must not stop a checkout: offer
// the methods you know of.
// See https://global.alipay.com/docs/ac/ams/consult.
func (c *Client) Consult(ctx context.Context, req *ConsultRequest) (*ConsultResponse, error) {
	return call[ConsultResponse](ctx, c, "payments/consult", req)
}
