package antom

import "context"

// Product scenes of a payment session. None is the SDK class AMSCashierPayment.
const (
	SceneElement  = "ELEMENT_PAYMENT"
	SceneCheckout = "CHECKOUT_PAYMENT"
)

// PaymentSessionRequest requests a session that an Antom SDK turns into a payment.
type PaymentSessionRequest struct {
	ProductCode                 string                  `json:"productCode"` // [ProductCheckout]
	ProductScene                string                  `json:"productScene,omitempty"`
	PaymentRequestID            string                  `json:"paymentRequestId"` // new for every attempt, at most 64
	Order                       *Order                  `json:"order"`
	PaymentAmount               Amount                  `json:"paymentAmount"`
	PaymentMethod               *PaymentMethod          `json:"paymentMethod,omitempty"`
	PaymentFactor               *PaymentFactor          `json:"paymentFactor,omitempty"` // CARD
	SettlementStrategy          *SettlementStrategy     `json:"settlementStrategy,omitempty"`
	PaymentRedirectURL          string                  `json:"paymentRedirectUrl"`
	PaymentNotifyURL            string                  `json:"paymentNotifyUrl,omitempty"`
	PaymentSessionExpiryTime    Time                    `json:"paymentSessionExpiryTime,omitzero"` // at most 1 h ahead
	PaymentExpiryTime           Time                    `json:"paymentExpiryTime,omitzero"`
	Env                         *Env                    `json:"env,omitempty"`
	Locale                      string                  `json:"locale,omitempty"` // en_US; in_ID, not id_ID
	SavedPaymentMethods         []PaymentMethod         `json:"savedPaymentMethods,omitempty"`
	AvailablePaymentMethod      *AvailablePaymentMethod `json:"availablePaymentMethod,omitempty"`
	AllowedPaymentMethodRegions []string                `json:"allowedPaymentMethodRegions,omitempty"`
	CreditPayPlan               *CreditPayPlan          `json:"creditPayPlan,omitempty"`
	EnableInstallmentCollection *Bool                   `json:"enableInstallmentCollection,omitempty"` // Antom's form asks for instalments
	MerchantRegion              string                  `json:"merchantRegion,omitempty"`
	UserRegion                  string                  `json:"userRegion,omitempty"`
	Metadata                    string                  `json:"metadata,omitempty"` // a JSON string
}

// AvailablePaymentMethod restricts and orders the methods a session offers.
type AvailablePaymentMethod struct {
	Types    []AvailableType `json:"paymentMethodTypeList,omitempty"`
	Metadata *Metadata       `json:"paymentMethodMetaData,omitempty"` // of a card, whichever way it is chosen
}

// AvailableType is one offered method; a smaller Order comes first.
type AvailableType struct {
	Type            string `json:"paymentMethodType"`
	Order           Int    `json:"paymentMethodOrder,omitzero"`
	ExpressCheckout *Bool  `json:"expressCheckout,omitempty"`
}

// PaymentSessionResponse holds the session. Data goes to the SDK as it is and
// is never read; see the Web SDK's documents.
type PaymentSessionResponse struct {
	Envelope
	Data       string `json:"paymentSessionData,omitempty"`
	ID         string `json:"paymentSessionId,omitempty"`
	ExpiryTime Time   `json:"paymentSessionExpiryTime,omitzero"`
	NormalURL  string `json:"normalUrl,omitempty"` // hosted Checkout Page only
}

// CreatePaymentSession creates a session for a client SDK. S means the session
// exists, which is no payment yet: [Client.InquiryPayment] may answer
// ORDER_NOT_EXIST until the buyer submits. F is a refusal, U is unknown: send
// the same request again.
// See https://global.alipay.com/docs/ac/ams/session_cashier.
func (c *Client) CreatePaymentSession(ctx context.Context, req *PaymentSessionRequest) (*PaymentSessionResponse, error) {
	return call[PaymentSessionResponse](ctx, c, "payments/createPaymentSession", req)
}
