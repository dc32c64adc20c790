package antom

import (
	"context"
	"encoding/json"
)

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
	AmountLimits          AmountLimits         `json:"amountLimitInfoMap,omitempty"`
	Logo                  *Logo                `json:"logo,omitempty"`
	Detail                *PaymentOptionDetail `json:"paymentOptionDetail,omitempty"`
	Installment           *Installment         `json:"installment,omitempty"`
}

// ExceedsLimit is the DisableReason of a method that cannot take this amount,
// and may take another.
const ExceedsLimit = "EXCEED_CHANNEL_LIMIT_RULE"

// AmountLimits are the limits of a method by currency. The official SDKs name the
// members; no document shows a sample, so a form that cannot be read is no limit
// and the rest of the answer counts.
type AmountLimits map[string]AmountLimitInfo

// UnmarshalJSON leaves out what it cannot read.
func (l *AmountLimits) UnmarshalJSON(data []byte) error {
	members := map[string]json.RawMessage{}
	if json.Unmarshal(data, &members) != nil {
		return nil
	}
	*l = AmountLimits{}
	for currency, text := range members {
		var info AmountLimitInfo
		if json.Unmarshal(text, &info) == nil {
			(*l)[currency] = info
		}
	}
	return nil
}

// AmountLimitInfo holds the limits of one payment; those of a day and a month are
// the buyer's, and not known here.
type AmountLimitInfo struct {
	Single AmountLimit `json:"singleLimit,omitzero"`
}

// AmountLimit is a range in minor units; 0 is no limit.
type AmountLimit struct {
	Min Int `json:"minAmount,omitzero"`
	Max Int `json:"maxAmount,omitzero"`
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
