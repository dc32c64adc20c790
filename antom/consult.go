package antom

import (
	"context"
	"encoding/json"
	"strconv"
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

// AmountLimits are the limits of a method by currency. Official SDKs and Antom's OpenAPI
// write a limit as an amount, older answers as a bare number of the currency that
// the limits stand under. No document shows a sample, so a form that cannot be read is
// no limit and the rest of the answer counts.
type AmountLimits map[string]AmountLimitInfo

// UnmarshalJSON leaves out what it cannot read.
func (l *AmountLimits) UnmarshalJSON(data []byte) error {
	members := map[string]json.RawMessage{}
	if json.Unmarshal(data, &members) != nil {
		return nil
	}
	*l = AmountLimits{}
	for currency, text := range members {
		var info struct {
			Single struct {
				Min json.RawMessage `json:"minAmount"`
				Max json.RawMessage `json:"maxAmount"`
			} `json:"singleLimit"`
		}
		if json.Unmarshal(text, &info) == nil {
			(*l)[currency] = AmountLimitInfo{AmountLimit{readLimit(info.Single.Min, currency), readLimit(info.Single.Max, currency)}}
		}
	}
	return nil
}

// readLimit reads an amount, or a number of the currency's smallest unit.
func readLimit(text json.RawMessage, currency string) Amount {
	var limit Amount
	var bare Int
	switch {
	case len(text) == 0:
	case json.Unmarshal(text, &limit) == nil:
	case json.Unmarshal(text, &bare) == nil:
		limit, _ = NewAmount(currency, int64(bare)) // the zero Amount where the number is none
	}
	return limit
}

// AmountLimitInfo holds the limits of one payment; those of a day and a month are
// the buyer's, and not known here.
type AmountLimitInfo struct {
	Single AmountLimit `json:"singleLimit,omitzero"`
}

// AmountLimit is a range; the zero Amount is no limit.
type AmountLimit struct {
	Min Amount `json:"minAmount,omitzero"`
	Max Amount `json:"maxAmount,omitzero"`
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
	Interval             string `json:"interval,omitempty"` // [Monthly]
	Enabled              Bool   `json:"enabled,omitempty"`
}

// UnmarshalJSON reads installmentNum as text and as a number.
func (p *InstallmentPlan) UnmarshalJSON(data []byte) error {
	type plain InstallmentPlan
	wire := struct {
		*plain
		Num Int `json:"installmentNum"`
	}{plain: (*plain)(p)}
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	p.InstallmentNum = strconv.Itoa(int(wire.Num))
	return nil
}

// UnmarshalJSON leaves out what it cannot read: a plan that is not understood is not
// offered, and the rest of the answer counts.
func (i *Installment) UnmarshalJSON(data []byte) error {
	var wire struct {
		SupportCardBrands []CardBrand       `json:"supportCardBrands"`
		Plans             []json.RawMessage `json:"plans"`
	}
	if json.Unmarshal(data, &wire) != nil {
		return nil
	}
	i.SupportCardBrands = wire.SupportCardBrands
	for _, text := range wire.Plans {
		var plan InstallmentPlan
		if json.Unmarshal(text, &plan) == nil {
			i.Plans = append(i.Plans, plan)
		}
	}
	return nil
}

// Consult asks which payment methods fit an amount, a terminal and a region.
// S lists them. F and U list nothing, which must not stop a checkout: offer
// the methods you know of.
// See https://global.alipay.com/docs/ac/ams/consult.
func (c *Client) Consult(ctx context.Context, req *ConsultRequest) (*ConsultResponse, error) {
	return call[ConsultResponse](ctx, c, "payments/consult", req)
}
